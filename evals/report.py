"""A report as one HTML page that needs nothing else: no outside scripts, styles, fonts or pictures.

Everything on it that differs between two runs of the same thing stands in the section `#timings`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from evals import plots
from evals.report_file import quoted_by

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
    "ndcg@10": "ranking of accepted sources",
    "mrr": "1 / rank of the first accepted source",
    "fact_recall@10": "expected facts that the first ten passages hold",
    "passage_recall@10": "share of all passages that hold an expected fact among the first ten",
    "passage_ndcg@10": "ranking of passages that hold expected facts",
    "passage_mrr": "1 / rank of the first passage that holds an expected fact",
    "citation_recall": "statements that their quotes support (ALCE)",
    "citation_precision": "citations that add something to a supported statement (ALCE)",
    "on_topic": "statements whose quotes hold an expected fact",
    "on_topic_citations": "citations that bring an expected fact to their statement",
    "fact_cited": "stated facts that a quote from an accepted source holds",
    "exactness": "quotes that are exactly the text at their place",
    "abstention_precision": "silences that were right",
    "abstention_recall": "unanswerable questions met with silence",
    "abstention_f1": "both together",
    "outdated": "answers on replaced figures that give the old one as current",
    "coverage": "questions that were answered",
    "risk": "mean loss of an answer that was given: 0 correct, 1 wrong",
    "risk_coverage_area": "the same when only the surest are given, mean over how many",
    "brier": "squared difference of confidence and outcome of an answer",
    "overconfidence": "mean confidence of answers minus the share that is correct",
}
_TILES = (
    "right", "facts_right", "facts_wrong", "recall@10", "citation_precision", "exactness", "abstention_f1", "outdated",
)  # fmt: skip
_PLOTTED = (
    "right", "facts_right", "facts_wrong", "success@10", "recall@10", "ndcg@10", "mrr", "fact_recall@10", "passage_mrr",
    "citation_precision", "on_topic", "exactness", "abstention_precision", "abstention_recall", "abstention_f1", "outdated",
)  # fmt: skip
COLUMNS = (
    "right", "correct", "partly", "wrong", "abstained", "facts_right", "facts_wrong", "recall@10", "fact_recall@10",
    "citation_precision", "abstention_recall",
)  # fmt: skip
# Said of a case when they are not as good as can be, which is the value here.
_OF_A_CASE: Mapping[str, float] = {
    "recall@10": 1, "ndcg@10": 1, "citation_recall": 1, "citation_precision": 1, "on_topic": 1, "fact_cited": 1,
    "exactness": 1, "outdated": 0,
}  # fmt: skip
VERDICTS: Mapping[str, str] = {
    "correct": "correct",
    "partly": "partly",
    "wrong": "wrong",
    "missed": "missed: silent though answerable",
    "silent": "silent, rightly",
}


def shown_verdict(verdict: str, *, right: bool) -> str:
    """The verdict as the page filters by it: silence is told apart by whether it was right."""
    return verdict if verdict != "abstained" else "silent" if right else "missed"


def render(report: Mapping[str, Any]) -> str:
    """The page of a report as `run.report_of` makes it."""
    title = f"{report['questions']} ({report['split']}), {report['cases']} questions"
    parts = [
        f"<h1>{text(title)}</h1>",
        _about(report),
        _warnings(report),
        _tiles(report),
        _plots(report),
        "<h2>All measures</h2>",
        _measures(report),
        "<h2>Per theme, kind and turn</h2>",
        *(_groups(heading, report[key]) for heading, key in _GROUPS),
        "<h2>Every question</h2>",
        _filter_bar(report["results"]),
        *(_case(result) for result in report["results"]),
        _timings(report["timings"]),
        "<h2>What was run</h2>",
        _settings(report),
    ]
    return page(title, "\n".join(parts), script=_beside("report.js"))


_GROUPS = (("theme", "by_theme"), ("kind", "by_kind"), ("turn", "by_turns"))


def page(title: str, body: str, *, script: str = "") -> str:
    """A whole page in the dress of the reports."""
    scripted = f"<script>{script}</script>\n" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{_beside('report.css')}</style>\n</head>\n<body>\n{body}\n{scripted}"
        "</body>\n</html>\n"
    )


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def text(value: object) -> str:
    """A value as text of the page."""
    return escape(str(value), quote=False)


# ------------------------------------------------------------------------------------------------ top of the page


def _about(report: Mapping[str, Any]) -> str:
    index = report["index"]
    return (
        f"<p class=about>code {text(report['commit'] or 'unknown')} · {index['documents']} documents, "
        f"{index['passages']} passages · embedding {text(index['embedding'])} · "
        f"answerer {text(report['settings']['answerer'])}</p>"
    )


def _warnings(report: Mapping[str, Any]) -> str:
    lines = []
    if report["test_split_used"]:
        lines.append(
            "<p class=loud><strong>The test split was used.</strong> It is for reporting only; whatever is changed after "
            "looking at it makes these figures worthless.</p>"
        )
    for line in report["gate"]["missed"]:
        lines.append(f"<p class=loud>Below the threshold: {text(line)}</p>")
    if report["findings"]:
        lines.append(f"<p class=loud>Verification refused {report['findings']} statements; see the cases.</p>")
    return "\n".join(lines)


def _wanted(report: Mapping[str, Any], name: str) -> str:
    """The threshold of a measure in signs, "" when it has none."""
    for one in report["gate"]["thresholds"]:
        if one["measure"] == name:
            return f"≥ {one['at_least']:g}" if "at_least" in one else f"≤ {one['at_most']:g}"
    return ""


def _tiles(report: Mapping[str, Any]) -> str:
    short = {line.split(" ", 1)[0] for line in report["gate"]["missed"]}
    tiles = []
    for name in _TILES:
        figure = report["summary"].get(name)
        if figure is None:
            continue
        wanted = _wanted(report, name)
        state = "" if not wanted else " short" if name in short else " met"
        tiles.append(
            f'<div class="tile{state}" title="{text(HEADLINES[name])}"><span>{_words(name)}</span><b>{figure["value"]:.3f}</b>'
            f"<span>{figure['low']:.3f} to {figure['high']:.3f}</span><span>{figure['cases']} cases</span>"
            f"{f'<span>wanted {wanted}</span>' if wanted else ''}</div>"
        )
    return f"<div class=tiles>{''.join(tiles)}</div>"


def _words(name: str) -> str:
    return text(name.replace("_", " "))


def _plots(report: Mapping[str, Any]) -> str:
    if not plots.available():
        return f"<p class=note>{text(plots.MISSING)}</p>"
    points = report["risk_coverage"]["points"]
    key = "".join(f'<span><i class="i-{name}"></i>{name}</span>' for name in VERDICTS)
    threshold = report["settings"].get("threshold")
    drawn = [
        _figure(
            "Measures",
            "with their 95 % intervals; a red mark is a threshold of the gate.",
            plots.measures(_PLOTTED, report["summary"], report["gate"]["thresholds"]),
        ),
        *(
            _figure(f"Verdicts per {what}", f"<span class=key>{key}</span>", plots.verdicts(report[group], what))
            for what, group in _GROUPS
        ),
    ]
    if points:
        drawn.append(
            _figure(
                "How often wrong, the surest first",
                f"Risk and coverage (El-Yaniv and Wiener 2010); area {report['risk_coverage']['area']:.3f}, lower is better.",
                plots.risk_coverage(points),
            )
        )
    if report["reliability"]:
        drawn.append(
            _figure(
                "What the confidence is worth",
                "Reliability of given answers, in bins of equally many; on the dashed line confidence is what it says.",
                plots.reliability(report["reliability"], threshold),
            )
        )
    return _with_classes("".join(drawn))


def _with_classes(drawn: str) -> str:
    """The plots with styles that they share said once."""
    styles = [style for style, count in Counter(re.findall(r'style="([^"]*)"', drawn)).items() if count > 2]
    rules = []
    for number, style in enumerate(styles):
        drawn = drawn.replace(f'style="{style}"', f'class="s{number}"')
        rules.append(f".s{number}{{{style}}}")
    return f"<style>{''.join(rules)}</style><div class=plots>{drawn}</div>"


def _figure(heading: str, says: str, drawing: str) -> str:
    return f"<figure><figcaption><b>{text(heading)}</b> {says}</figcaption>{drawing}</figure>\n"


def _measures(report: Mapping[str, Any]) -> str:
    rows = []
    for name, says in HEADLINES.items():
        figure = report["summary"].get(name)
        if figure is not None:
            rows.append(
                f"<tr><th scope=row>{text(name)}<td class=n>{figure['value']:.3f}<td class=n>{figure['low']:.3f} to "
                f"{figure['high']:.3f}<td class=n>{figure['cases']}<td class=n>{_wanted(report, name)}<td class=says>{text(says)}"
            )
    return (
        "<div class=wide><table><thead><tr><th>measure<th>value<th>95 % interval<th>cases<th>wanted<th class=says>what it says"
        f"</thead>\n<tbody>{''.join(rows)}</tbody></table></div>\n"
        "<p class=note>Intervals: bootstrap over cases, fixed seed. A measure is taken over the cases it applies to.</p>"
    )


def _groups(heading: str, groups: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{_words(name)}" for name in COLUMNS)
    rows = "".join(
        f"<tr><th scope=row>{text(name or '–')}<td class=n>{group['cases']}"
        + "".join(_cell(group["summary"].get(column)) for column in COLUMNS)
        for name, group in groups.items()
    )
    return f"<div class=wide><table class=groups><thead><tr><th>{heading}<th>cases{head}</thead><tbody>{rows}</tbody></table></div>"


def _cell(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return "<td class=n>–"
    return f'<td class=n title="{figure["low"]:.2f} to {figure["high"]:.2f}, {figure["cases"]}">{figure["value"]:.3f}'


def _timings(timings: Mapping[str, Any]) -> str:
    stages = timings["stages_ms"]
    rows = "".join(
        f"<tr><th scope=row>{text(stage)}"
        + "".join(
            f"<td class=n>{figures[name]:.0f}<td class=n>{figures[f'{name}_low']:.0f} to {figures[f'{name}_high']:.0f}"
            for name in ("p50", "p95")
        )
        for stage, figures in stages.items()
        if figures is not None
    )
    drawing = plots.latency(stages) if rows and plots.available() else ""
    return (
        f"<section id=timings><h2>Milliseconds per stage</h2><div class=plots><figure>{drawing}</figure>"
        "<div class=wide><table><thead><tr><th>stage<th>p50<th>95 % interval<th>p95<th>95 % interval</thead>"
        f"<tbody>{rows}</tbody></table></div></div></section>"
    )


# ------------------------------------------------------------------------------------------------ cases


def _filter_bar(results: Sequence[Mapping[str, Any]]) -> str:
    given = [shown_verdict(result["verdict"], right=result["right"]) for result in results]
    buttons = "".join(
        f'<button type=button data-show="{name}" class="{name}">{text(label)} ({given.count(name)})</button>'
        for name, label in VERDICTS.items()
    )
    kinds = _options("kind", (result["kind"] for result in results))
    themes = _options("theme", (result["theme"] for result in results))
    return (
        f'<div class=filters><button type=button data-show="" aria-pressed=true>all ({len(results)})</button>{buttons}'
        f"{kinds}{themes}<input type=search id=search placeholder='word in question or answer' "
        'aria-label="word in question or answer"> <span id=count role=status></span></div>'
    )


def _options(name: str, values: Iterable[str]) -> str:
    options = "".join(f'<option value="{escape(value)}">{text(value)}</option>' for value in sorted(set(values)))
    return f'<select id={name} aria-label="{name}"><option value="">every {name}</option>{options}</select>'


def _case(result: Mapping[str, Any]) -> str:
    shown = shown_verdict(result["verdict"], right=result["right"])
    answer = result["answer"]
    turns = "".join(f"<p class=turn>{text(turn)}</p>" for turn in result["turns"])
    data = {"verdict": shown, "kind": result["kind"], "theme": result["theme"]}
    return (
        f"<details class=case {' '.join(f'data-{name}={_attribute(value)}' for name, value in data.items())}>"
        f"<summary><b>{shown}</b> <i>{text(result['id'])}</i> {text(result['question'])}</summary>\n"
        f"{turns}{_expected(result)}{answer_shown(answer)}{_refused(result)}{_last_line(result)}</details>"
    )


def _attribute(value: str) -> str:
    """The value of an attribute, in quotes where it needs them."""
    return value if value.isidentifier() else f'"{escape(value)}"'


_SOURCES_SHOWN = 3


def _expected(result: Mapping[str, Any]) -> str:
    if not result["answerable"]:
        return "<p><b>Expected</b> silence"
    facts = "; ".join(text(" / ".join(spellings)) for spellings in result["facts"]) or "an answer"
    sources = ", ".join(text(source) for source in result["sources"][:_SOURCES_SHOWN])
    more = len(result["sources"]) - _SOURCES_SHOWN
    return f"<p><b>Expected</b> {facts} <small>from {sources}{f' and {more} more' if more > 0 else ''}</small>"


def answer_shown(answer: Mapping[str, Any]) -> str:
    """An answer with its evidence. A quote that a statement ends with is marked there and not said again."""
    sure = "" if answer["confidence"] is None else f", confidence {answer['confidence']:.2f}"
    understood = f", understood as: {text(answer['understood_as'])}" if answer["understood_as"] else ""
    within = {citation["number"]: quoted_by(answer, citation) for citation in answer["citations"]}
    left = [citation for citation in answer["citations"] if within[citation["number"]] is None]
    rows = "".join(
        f"<li value={citation['number']}>{_place(citation)}"
        + (f": <q>{text(citation['quote'])}</q>" if citation["quote"] else "")
        for citation in left
    )
    return (
        f"<p><b>{text(answer['outcome'].capitalize())}</b><small>{sure}{understood}</small>"
        + "".join(
            _statement(one, [citation for citation in answer["citations"] if within[citation["number"]] == place])
            for place, one in enumerate(answer["statements"])
        )
        + (f"<p><em>{text(answer['reason'])}</em>" if answer["reason"] else "")
        + ("" if answer["statements"] or not rows else "<p><small>Nearest passage</small>")
        + (f"<ol>{rows}</ol>" if rows else "")
    )


def _statement(statement: Mapping[str, Any], quoted: Sequence[Mapping[str, Any]]) -> str:
    """A statement with the places of the quotes it ends with; other citations are numbers of the list below it."""
    said = statement["text"]
    at = len(said) - max((citation["end"] - citation["start"] for citation in quoted), default=0)
    quote = f"<q>{text(said[at:])}</q>" if quoted else ""
    places = "".join(f" <small>{_place(citation)}</small>" for citation in quoted)
    here = {citation["number"] for citation in quoted}
    numbers = "".join(f"<sup>[{number}]</sup>" for number in statement["citations"] if number not in here)
    return f"<blockquote>{text(said[:at])}{quote}{numbers}{places}</blockquote>"


def _place(citation: Mapping[str, Any]) -> str:
    label = f", {citation['label']}" if citation["label"] else ""
    return f"{text(citation['document_id'] + label)} ({citation['start']}–{citation['end']})"


def _refused(result: Mapping[str, Any]) -> str:
    rows = "".join(f"<li>{text(one['problem'])}: {text(one['statement'])}" for one in result["findings"])
    return f"<p><b>Refused by verification</b></p><ul>{rows}</ul>" if rows else ""


def _last_line(result: Mapping[str, Any]) -> str:
    """Where retrieval put what was wanted, which measures are not perfect, and why a question that went
    wrong is there."""
    found = result["found"]
    said = []
    if result["answerable"] and result["sources"]:
        ranks = ", ".join(str(rank) if rank else "none" for rank in found["facts"])
        said.append(f"source at {found['source'] or 'none'}" + (f", facts in passage {ranks}" if ranks else ""))
    said += ["found first " + ", ".join(found["documents"])] if found["documents"] else []
    said += [
        f"{name.replace('_', ' ')} {result['measures'][name]:.2f}"
        for name, perfect in _OF_A_CASE.items()
        if result["measures"].get(name, perfect) != perfect
    ]
    said += [result["note"]] if result["note"] and not result["right"] else []
    return f"<p><small>{text(' · '.join(said))}</small>" if said else ""


def _settings(report: Mapping[str, Any]) -> str:
    kept = ("questions", "questions_sha256", "split", "commit", "settings", "index", "gate")
    shown = json.dumps({name: report[name] for name in kept}, ensure_ascii=False, indent=2)
    titles = "".join(f"<tr><td>{text(id)}<td>{text(title)}" for id, title in report["documents"].items())
    return (
        f"<pre>{text(shown)}</pre><details><summary>Documents that were cited</summary><div class=wide><table>"
        f"<tbody>{titles}</tbody></table></div></details>"
    )
