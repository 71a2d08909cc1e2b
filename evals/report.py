"""A report as one HTML page that needs nothing else: no outside scripts, styles, fonts or pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

# The measures a reader wants first, in this order, and what each says.
HEADLINES: Mapping[str, str] = {
    "right": "served as well as can be: a correct answer, or silence where the documents are silent",
    "correct": "answerable questions with every expected fact",
    "partly": "answerable questions with some of several expected facts",
    "wrong": "answerable questions answered with none of the expected facts",
    "abstained": "answerable questions met with silence",
    "facts_right": "expected facts that the answer states, mean per answerable question",
    "facts_wrong": "expected facts for which something else was answered",
    "facts_missing": "expected facts left out",
    "success@10": "an accepted source among the first ten documents found",
    "recall@10": "share of all accepted sources among the first ten documents found",
    "fact_recall@10": "expected facts that the first ten passages hold",
    "ndcg@10": "ranking of accepted sources",
    "mrr": "1 / rank of the first accepted source",
    "citation_recall": "statements that their quotes support (ALCE)",
    "citation_precision": "citations that add something to a supported statement (ALCE)",
    "fact_cited": "stated facts that a quote from an accepted source holds",
    "on_topic": "statements whose quotes hold an expected fact",
    "exactness": "quotes that are exactly the text at their place",
    "abstention_precision": "silences that were right",
    "abstention_recall": "unanswerable questions met with silence",
    "abstention_f1": "both together",
    "outdated": "answers on replaced figures that give the old one as current",
    "risk": "mean loss of an answer that was given: 0 correct, 1 wrong",
    "coverage": "questions that were answered",
}
_LOW_IS_GOOD = {"wrong", "facts_wrong", "facts_missing", "outdated", "risk"}
_COLUMNS = (
    "right", "correct", "partly", "wrong", "abstained", "facts_right", "facts_wrong", "success@10", "fact_recall@10",
    "citation_precision", "abstention_recall",
)  # fmt: skip
_FILTERS: Mapping[str, str] = {
    "correct": "correct",
    "partly": "partly",
    "wrong": "wrong",
    "missed": "silent though answerable",
    "silent": "rightly silent",
}


def render(report: Mapping[str, Any]) -> str:
    """The page of a report as `run.report_of` makes it."""
    title = f"{report['questions']} ({report['split']}), {report['cases']} questions"
    parts = [
        f"<h1>{_text(title)}</h1>",
        _about(report),
        _warnings(report),
        "<h2>Summary</h2>",
        _summary(report),
        "<h2>How sure, how often wrong</h2>",
        _risk_coverage(report["risk_coverage"]),
        "<h2>Per theme, kind and turn</h2>",
        *(_groups(heading, report[key]) for heading, key in _GROUPS),
        "<h2>Milliseconds per stage</h2>",
        _timings(report["timings"]),
        "<h2>Every question</h2>",
        _filter_bar(report["results"]),
        *(_case(result) for result in report["results"]),
        "<h2>What was run</h2>",
        _settings(report),
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n<script>{_SCRIPT}</script>\n"
        "</body>\n</html>\n"
    )


_GROUPS = (("theme", "by_theme"), ("kind", "by_kind"), ("turn", "by_turns"))


def _text(value: object) -> str:
    return escape(str(value))


def _number(figure: Mapping[str, Any] | None) -> str:
    return "–" if figure is None else f"{figure['value']:.3f}"


# ------------------------------------------------------------------------------------------------ top of the page


def _about(report: Mapping[str, Any]) -> str:
    index = report["index"]
    return (
        f"<p class=about>code {_text(report['commit'] or 'unknown')} · {index['documents']} documents, "
        f"{index['passages']} passages · embedding {_text(index['embedding'])} · "
        f"answerer {_text(report['settings']['answerer'])}</p>"
    )


def _warnings(report: Mapping[str, Any]) -> str:
    lines = []
    if report["test_split_used"]:
        lines.append(
            "<p class=loud><strong>The test split was used.</strong> It is for reporting only; whatever is changed after "
            "looking at it makes these figures worthless.</p>"
        )
    for line in report["gate"]["missed"]:
        lines.append(f"<p class=loud>Below the threshold: {_text(line)}</p>")
    if report["findings"]:
        lines.append(f"<p class=loud>Verification refused {report['findings']} statements; see the cases.</p>")
    return "\n".join(lines)


def _summary(report: Mapping[str, Any]) -> str:
    wanted = {one["measure"]: one for one in report["gate"]["thresholds"]}
    rows = []
    for name, says in HEADLINES.items():
        figure = report["summary"].get(name)
        if figure is None:
            continue
        limit = wanted.get(name)
        target = ""
        if limit is not None:
            target = f"≥ {limit['at_least']:g}" if "at_least" in limit else f"≤ {limit['at_most']:g}"
        at = None if limit is None else float(limit.get("at_least", limit.get("at_most", 0)))
        rows.append(
            f"<tr><th scope=row>{_text(name)}</th><td class=n>{figure['value']:.3f}</td><td>{_bar(name, figure, at)}</td>"
            f"<td class=n>{figure['low']:.3f} to {figure['high']:.3f}</td><td class=n>{figure['cases']}</td>"
            f"<td class=n>{target}</td><td class=says>{_text(says)}</td></tr>"
        )
    return (
        "<table><thead><tr><th>measure<th>value<th><th>95 % interval<th>cases<th>wanted<th>what it says</tr></thead>\n"
        f"<tbody>{''.join(rows)}</tbody></table>\n"
        "<p class=note>Intervals: bootstrap over cases, fixed seed. A measure is taken over the cases it applies to. "
        "The mark on a bar is its threshold.</p>"
    )


def _bar(name: str, figure: Mapping[str, Any], target: float | None) -> str:
    """A bar from 0 to 1 with the interval as a line and the threshold as a mark."""
    width, height = 180, 16
    value, low, high = (max(0.0, min(1.0, figure[key])) * width for key in ("value", "low", "high"))
    mark = (
        ""
        if target is None
        else f'<line class=target x1="{target * width:.1f}" x2="{target * width:.1f}" y1="0" y2="{height}"/>'
    )
    return (
        f'<svg class="bar{" cost" if name in _LOW_IS_GOOD else ""}" width="{width}" height="{height}" role="img" '
        f'aria-label="{figure["value"]:.3f}"><rect class=back width="{width}" height="{height}"/>'
        f'<rect class=fill width="{value:.1f}" height="{height}"/>'
        f'<line class=interval x1="{low:.1f}" x2="{high:.1f}" y1="{height / 2}" y2="{height / 2}"/>{mark}</svg>'
    )


def _risk_coverage(curve: Mapping[str, Any]) -> str:
    points = curve["points"]
    if not points:
        return "<p>No question was answered.</p>"
    width, height, margin = 560, 260, 44
    top: float = min(1.0, max(0.1, *(point["risk"] for point in points)) * 1.1)

    def x(coverage: float) -> float:
        return margin + coverage * (width - 2 * margin)

    def y(risk: float) -> float:
        return height - margin - risk / top * (height - 2 * margin)

    line = " ".join(f"{x(point['coverage']):.1f},{y(point['risk']):.1f}" for point in points)
    grid = []
    for step in range(6):
        share = step / 5
        grid.append(
            f'<line class=grid x1="{x(0):.1f}" x2="{x(1):.1f}" y1="{y(share * top):.1f}" y2="{y(share * top):.1f}"/>'
        )
        grid.append(f'<text x="{margin - 6}" y="{y(share * top) + 4:.1f}" text-anchor="end">{share * top:.2f}</text>')
        grid.append(f'<text x="{x(share):.1f}" y="{height - margin + 16}" text-anchor="middle">{share:.1f}</text>')
    dots = "".join(
        f'<circle cx="{x(point["coverage"]):.1f}" cy="{y(point["risk"]):.1f}" r="3"><title>confidence at least '
        f"{point['confidence']:.2f}: {point['coverage']:.0%} answered, mean loss {point['risk']:.3f}</title></circle>"
        for point in points
    )
    return (
        f'<svg class=curve viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="risk-coverage curve">'
        f'{"".join(grid)}<polyline points="{line}"/>{dots}'
        f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">share of questions answered</text>'
        f'<text x="{margin - 6}" y="{margin - 14}" text-anchor="start">mean loss of an answer</text></svg>'
        f"<p class=note>Answering only what is surest first (El-Yaniv and Wiener 2010). Area under the curve "
        f"{curve['area']:.3f}; lower is better.</p>"
    )


def _groups(heading: str, groups: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{_text(name)}</th>" for name in _COLUMNS)
    rows = "".join(
        f"<tr><th scope=row>{_text(name or '–')}</th><td class=n>{group['cases']}</td>"
        + "".join(_cell(group["summary"].get(column)) for column in _COLUMNS)
        + "</tr>"
        for name, group in groups.items()
    )
    return f"<table class=groups><thead><tr><th>{heading}</th><th>cases</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "<td class=n>–</td>"
    return f'<td class=n title="{figure["low"]:.3f} to {figure["high"]:.3f}, {figure["cases"]} cases">{_number(figure)}</td>'


def _timings(timings: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th scope=row>{_text(stage)}</th><td class=n>{figures['p50']:.0f}</td><td class=n>{figures['p95']:.0f}</td></tr>"
        for stage, figures in timings["stages_ms"].items()
        if figures is not None
    )
    return f"<table id=timings><thead><tr><th>stage<th>p50<th>p95</tr></thead><tbody>{rows}</tbody></table>"


# ------------------------------------------------------------------------------------------------ cases


def shown_verdict(result: Mapping[str, Any]) -> str:
    """The verdict as the page filters by it: silence is told apart by whether it was right."""
    if result["verdict"] == "abstained":
        return "silent" if result["right"] else "missed"
    return str(result["verdict"])


def _filter_bar(results: Sequence[Mapping[str, Any]]) -> str:
    counts = {name: sum(shown_verdict(result) == name for result in results) for name in _FILTERS}
    buttons = "".join(
        f'<button type=button data-show="{name}" class="{name}">{_text(label)} ({counts[name]})</button>'
        for name, label in _FILTERS.items()
    )
    kinds = _options("kind", (result["kind"] for result in results))
    themes = _options("theme", (result["theme"] for result in results))
    return (
        f'<div class=filters><button type=button data-show="" aria-pressed=true>all ({len(results)})</button>{buttons}'
        f"{kinds}{themes}<input type=search id=search placeholder='word in question or answer' "
        'aria-label="word in question or answer"> <span id=count></span></div>'
    )


def _options(name: str, values: Iterable[str]) -> str:
    options = "".join(f'<option value="{_text(value)}">{_text(value)}</option>' for value in sorted(set(values)))
    return f'<select id={name} aria-label="{name}"><option value="">every {name}</option>{options}</select>'


def _case(result: Mapping[str, Any]) -> str:
    shown = shown_verdict(result)
    answer = result["answer"]
    turns = "".join(f"<p class=turn>{_text(turn)}</p>" for turn in result["turns"])
    return (
        f'<details class=case data-verdict="{shown}" data-kind="{_text(result["kind"])}" '
        f'data-theme="{_text(result["theme"])}"><summary><span class="badge {shown}">{_text(_FILTERS[shown])}</span> '
        f"<span class=id>{_text(result['id'])}</span> {_text(result['question'])}</summary>\n"
        f"{turns}{_understood(answer)}{_expected(result)}{_answered(answer)}{_cited(answer)}{_refused(result)}{_found(result)}"
        f"{_measured(result)}</details>"
    )


def _understood(answer: Mapping[str, Any]) -> str:
    return f"<p class=note>understood as: {_text(answer['understood_as'])}</p>" if answer["understood_as"] else ""


def _expected(result: Mapping[str, Any]) -> str:
    if not result["answerable"]:
        return "<p><b>Expected</b> silence: the documents do not answer this.</p>"
    facts = "; ".join(_text(" / ".join(spellings)) for spellings in result["facts"]) or "an answer"
    sources = ", ".join(_text(source) for source in result["sources"])
    return f"<p><b>Expected</b> {facts} <span class=note>from {sources}</span></p>"


def _answered(answer: Mapping[str, Any]) -> str:
    sure = "" if answer["confidence"] is None else f" <span class=note>confidence {answer['confidence']:.2f}</span>"
    said = "".join(
        f"<p class=statement>{_text(one['text'])} "
        f"{''.join(f'<sup>[{number}]</sup>' for number in one['citations'])}</p>"
        for one in answer["statements"]
    )
    reason = f"<p class=reason>{_text(answer['reason'])}</p>" if answer["reason"] else ""
    return f"<p><b>Answer</b> {_text(answer['outcome'])}{sure}</p>{said}{reason}"


def _cited(answer: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<li value={one['number']}><q>{_text(one['quote'])}</q> <span class=note>{_text(one['document_id'])}, "
        f"{_text(one['anchor']['label'])} ({one['start']}–{one['end']})</span></li>"
        for one in answer["citations"]
    )
    return f"<ol class=evidence>{rows}</ol>" if rows else ""


def _refused(result: Mapping[str, Any]) -> str:
    rows = "".join(f"<li>{_text(one['problem'])}: {_text(one['statement'])}</li>" for one in result["findings"])
    return f"<p><b>Refused by verification</b></p><ul>{rows}</ul>" if rows else ""


def _found(result: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<li{' class=gold' if hit['document_id'] in result['sources'] else ''}><b>{_text(hit['document_id'])}</b> "
        f"{_text(hit['label'])} <span class=note>{hit['score']:.2f}, {_text(_places(hit['found_by']))}</span> "
        f"{_text(hit['text'])}</li>"
        for hit in result["hits"]
    )
    return f"<details><summary>passages found</summary><ol>{rows}</ol></details>" if rows else ""


def _places(found_by: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {rank}" for name, rank in found_by.items()) or "by reference"


def _measured(result: Mapping[str, Any]) -> str:
    figures = ", ".join(f"{_text(name)} {value:g}" for name, value in result["measures"].items())
    note = f"{_text(result['note'])}. " if result["note"] else ""
    return f"<p class=note>{note}{_text(result['theme'])}, {_text(result['kind'])}, {_text(result['split'])}. {figures}</p>"


def _settings(report: Mapping[str, Any]) -> str:
    kept = ("questions", "questions_sha256", "split", "commit", "settings", "index", "gate")
    shown = json.dumps({name: report[name] for name in kept}, ensure_ascii=False, indent=2)
    return f"<pre>{_text(shown)}</pre>"


# ------------------------------------------------------------------------------------------------ style and script

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6470; --line: #d5dae1; --back: #eef1f5; --paper: #fff;
  --good: #23774a; --half: #8a6300; --bad: #b3261e; --quiet: #4a5b8c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaee; --soft: #a3adb9; --line: #3a424d; --back: #262c34;
  --paper: #171b20; --good: #63c08d; --half: #e0b34d; --bad: #f2877f; --quiet: #9fb1e6; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; padding: 0 1rem;
  max-width: 76rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; margin: .6rem 0 1.2rem; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .22rem .7rem .22rem 0; border-bottom: 1px solid var(--line); font-weight: 400;
  vertical-align: top; }
thead th { color: var(--soft); font-size: .85rem; } td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
.groups td.n { text-align: right; } .about, .note, .says, .id { color: var(--soft); font-size: .88rem; }
.loud { border-left: 4px solid var(--bad); background: var(--back); padding: .5rem .8rem; margin: .5rem 0; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.bar .back { fill: var(--back); } .bar .fill { fill: var(--good); opacity: .75; } .bar.cost .fill { fill: var(--bad); }
.bar .interval { stroke: var(--ink); stroke-width: 1.5; } .bar .target { stroke: var(--ink); stroke-dasharray: 2 2; }
.curve { max-width: 100%; height: auto; } .curve .grid { stroke: var(--line); }
.curve polyline { fill: none; stroke: var(--quiet); stroke-width: 2; } .curve circle { fill: var(--quiet); }
.filters { position: sticky; top: 0; background: var(--paper); padding: .6rem 0; display: flex; flex-wrap: wrap; gap: .4rem;
  align-items: center; }
button, select, input { font: inherit; font-size: .88rem; padding: .25rem .6rem; border: 1px solid var(--line);
  border-radius: .4rem; background: var(--back); color: var(--ink); }
button[aria-pressed=true] { outline: 2px solid var(--quiet); }
.case { border-bottom: 1px solid var(--line); padding: .35rem 0; } .case[hidden] { display: none; }
.case > summary { cursor: pointer; } .case > :not(summary) { margin-left: 1.2rem; }
.badge { font-size: .78rem; border: 1px solid currentColor; border-radius: .3rem; padding: 0 .35rem; }
.correct { color: var(--good); } .partly { color: var(--half); } .wrong, .missed { color: var(--bad); }
.silent { color: var(--quiet); } .statement { margin: .2rem 0 .2rem 1.2rem; } .reason { font-style: italic; }
.turn::before { content: "earlier: "; color: var(--soft); } .gold b { color: var(--good); }
pre { background: var(--back); padding: .8rem; overflow-x: auto; font-size: .82rem; }
"""

_SCRIPT = """
const cases = [...document.querySelectorAll('.case')];
const buttons = [...document.querySelectorAll('button[data-show]')];
const field = (id) => document.getElementById(id);
let verdict = '';
function show() {
  const word = field('search').value.trim().toLowerCase();
  let count = 0;
  for (const one of cases) {
    const fits = (!verdict || one.dataset.verdict === verdict)
      && (!field('kind').value || one.dataset.kind === field('kind').value)
      && (!field('theme').value || one.dataset.theme === field('theme').value)
      && (!word || one.textContent.toLowerCase().includes(word));
    one.hidden = !fits;
    count += fits;
  }
  for (const button of buttons) button.setAttribute('aria-pressed', button.dataset.show === verdict);
  field('count').textContent = count + ' shown';
}
for (const button of buttons) button.addEventListener('click', () => { verdict = button.dataset.show; show(); });
for (const id of ['search', 'kind', 'theme']) field(id).addEventListener('input', show);
show();
"""
