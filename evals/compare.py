"""Two runs of the same questions, case by case: gains, losses, and whether the difference is more than chance.

    python -m evals.compare A/report.json B/report.json [--json] [--html FILE]

*Right* (a correct answer, or silence where the documents are silent) is compared by the exact McNemar test (McNemar 1947;
the exact binomial form of Fagerland, Lydersen and Laake 2013), other measures by a paired bootstrap over cases (Efron and
Tibshirani 1993, ch. 16).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import AssistantError, SettingsError
from evals import plots
from evals.report import answer_shown, page, shown_verdict, text
from evals.report_file import read as read_report

Result = Mapping[str, Any]  # of a question, as a report has it
Pair = tuple[Result, Result]

COMPARED = (
    "right", "facts_right", "facts_wrong", "success@10", "recall@10", "ndcg@10", "mrr", "fact_recall@10",
    "passage_ndcg@10", "passage_mrr", "citation_recall", "citation_precision", "on_topic", "exactness", "outdated",
)  # fmt: skip
_RESAMPLES = 10_000
_SEED = 20231207


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose verdict is another in the second run."""

    id: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a measure rose from the first run to the second, over the cases it applies to in both."""

    measure: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two runs. `p_right`: the chance of so uneven gains and losses if neither run were better."""

    cases: int
    right_before: int
    right_after: int
    gains: tuple[Change, ...]
    losses: tuple[Change, ...]
    other: tuple[Change, ...]  # another verdict, but right in both or in neither
    p_right: float
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()  # what makes the runs less comparable


def compare(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """The second report beside the first, over the questions they share.

    Raises:
        SettingsError: they share no question.
    """
    pairs = _shared(first, second)
    if not pairs:
        raise SettingsError("the two reports have no question in common, so there is nothing to compare")
    gains = [pair for pair in pairs if pair[1]["right"] and not pair[0]["right"]]
    losses = [pair for pair in pairs if pair[0]["right"] and not pair[1]["right"]]
    other = [pair for pair in pairs if pair[0]["right"] == pair[1]["right"] and _shown(pair[0]) != _shown(pair[1])]
    found = (difference(name, pairs) for name in COMPARED)
    return Comparison(
        cases=len(pairs),
        right_before=sum(one["right"] for one, _ in pairs),
        right_after=sum(one["right"] for _, one in pairs),
        gains=_changes(gains),
        losses=_changes(losses),
        other=_changes(other),
        p_right=mcnemar(len(gains), len(losses)),
        differences=tuple(one for one in found if one is not None),
        notes=tuple(_notes(first, second, pairs)),
    )


def _shared(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Pair]:
    """The results of the questions that stand in both, in the order of the first."""
    after = {result["id"]: result for result in second["results"]}
    return [
        (one, after[one["id"]])
        for one in first["results"]
        if one["id"] in after and after[one["id"]]["question"] == one["question"]
    ]


def _shown(result: Result) -> str:
    return shown_verdict(result["verdict"], right=result["right"])


def _changes(pairs: Sequence[Pair]) -> tuple[Change, ...]:
    return tuple(Change(one["id"], one["question"], _shown(one), _shown(other)) for one, other in pairs)


_EXPECTED = ("answerable", "facts", "sources", "turns")


def _notes(first: Mapping[str, Any], second: Mapping[str, Any], pairs: Sequence[Pair]) -> list[str]:
    notes = []
    before, after, shared = len(first["results"]), len(second["results"]), len(pairs)
    if before != shared or after != shared:
        notes.append(
            f"{shared} questions are in both; {before - shared} only in the first, {after - shared} only in the second"
        )
    other = sum(any(one[key] != two[key] for key in _EXPECTED) for one, two in pairs)
    if other:
        notes.append(f"{other} of the questions expect something else in the second")
    if first["index"]["texts_sha256"] != second["index"]["texts_sha256"]:
        notes.append("the indexes hold other documents or texts")
    if first["test_split_used"] or second["test_split_used"]:
        notes.append("the TEST split was used; do not tune on what is seen here")
    return notes


def mcnemar(gains: int, losses: int) -> float:
    """Two-sided exact McNemar test: how likely an imbalance of this size is when gains and losses are equally likely."""
    total = gains + losses
    tail = sum(math.comb(total, count) for count in range(min(gains, losses) + 1))
    return _round(min(1.0, 2 * tail / 2**total))


def difference(name: str, pairs: Sequence[Pair]) -> Difference | None:
    """The mean rise of a measure with its 95 % paired bootstrap interval; None when it never applies to both."""
    both = [(_value(one, name), _value(other, name)) for one, other in pairs]
    given = [pair for pair in both if None not in pair]
    if not given:
        return None
    values = np.array(given, dtype=np.float64)
    rises = values[:, 1] - values[:, 0]
    draws = np.random.default_rng(_SEED).integers(0, len(rises), size=(_RESAMPLES, len(rises)))
    low, high = np.quantile(rises[draws].mean(axis=1), [0.025, 0.975])
    before, after = values.mean(axis=0)
    return Difference(name, _round(before), _round(after), _round(rises.mean()), _round(low), _round(high), len(given))


def _value(result: Result, name: str) -> float | None:
    value = result["right"] if name == "right" else result["measures"].get(name)
    return None if value is None else float(value)


def _round(value: float) -> float:
    return round(float(value), 4)


# ------------------------------------------------------------------------------------------------ command


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.compare", description="Two runs of the same questions.")
    parser.add_argument("first", type=Path, metavar="A/report.json")
    parser.add_argument("second", type=Path, metavar="B/report.json")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the comparison as a page as well")
    try:
        return command(parser.parse_args(arguments))
    except AssistantError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1


def command(options: argparse.Namespace) -> int:
    """Compare `options.first` with `options.second`; a folder means the report.json in it.

    Raises:
        SettingsError: a report cannot be read, or they share no question.
        AssistantError: the page cannot be written.
    """
    first, second = read_report(options.first), read_report(options.second)
    found = compare(first, second)
    file: Path | None = options.html if "html" in options else None
    if file is not None:
        try:
            file.write_text(render(found, first, second), encoding="utf-8")
        except OSError as error:
            raise AssistantError(f"the comparison cannot be written to {file}: {error.strerror}") from error
    if options.json:
        json.dump(asdict(found), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(in_words(found))
    return 0


def in_words(found: Comparison) -> str:
    """The comparison for a person."""
    lines = [f"note: {note}" for note in found.notes]
    lines.append(
        f"{found.cases} questions, right {found.right_before} -> {found.right_after}: {len(found.gains)} gained, "
        f"{len(found.losses)} lost (exact McNemar p = {found.p_right:.4f})"
    )
    for heading, changes in (("gained", found.gains), ("lost", found.losses), ("otherwise changed", found.other)):
        lines += [f"\n{heading}"] if changes else []
        lines += [f"  {one.id}  {one.before} -> {one.after}  {one.question}" for one in changes]
    lines.append("\nmeasure                 before    after   change  95 % interval       cases")
    for one in found.differences:
        sure = " *" if one.low > 0 or one.high < 0 else ""
        lines.append(
            f"{one.measure:<22}{one.before:>8.3f} {one.after:>8.3f} {one.difference:>+8.3f}  "
            f"{one.low:+.3f} to {one.high:+.3f}  {one.cases:>5}{sure}"
        )
    lines.append("* the interval leaves out 0")
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------------ page


def render(found: Comparison, first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """The comparison as a page that needs nothing else: what changed, with both answers of every such case."""
    title = f"{_name(first)} and then {_name(second)}"
    pairs = {one["id"]: (one, other) for one, other in _shared(first, second)}
    drawing = f"<p class=note>{text(plots.MISSING)}</p>"
    if plots.available():
        drawing = plots.differences([asdict(one) for one in found.differences])
    rows = "".join(
        f"<tr><th scope=row>{text(one.measure)}<td class=n>{one.before:.3f}<td class=n>{one.after:.3f}<td class=n>"
        f"{one.difference:+.3f}<td class=n>{one.low:+.3f} to {one.high:+.3f}<td class=n>{one.cases}"
        for one in found.differences
    )
    parts = [
        f"<h1>{text(title)}</h1>",
        f"<p class=about>{found.cases} questions, right {found.right_before} → {found.right_after}: {len(found.gains)} gained, "
        f"{len(found.losses)} lost (exact McNemar p = {found.p_right:.4f})</p>",
        *(f"<p class=loud>{text(note)}</p>" for note in found.notes),
        f"<div class=plots><figure>{drawing}</figure><div class=wide><table><thead>"
        f"<tr><th>measure<th>before<th>after<th>change<th>95 % interval<th>cases</thead><tbody>{rows}</tbody></table></div></div>",
    ]
    for heading, changes in (("Gained", found.gains), ("Lost", found.losses), ("Otherwise changed", found.other)):
        if changes:
            parts.append(f"<h2>{heading} ({len(changes)})</h2>")
            parts += [_changed(change, *pairs[change.id]) for change in changes]
    return page(title, "\n".join(parts))


def _name(report: Mapping[str, Any]) -> str:
    return f"{report['questions']} ({report['split']}) at {report['commit'] or 'an unknown commit'}"


def _changed(change: Change, one: Result, other: Result) -> str:
    badges = " → ".join(f"<b class={shown}>{shown}</b>" for shown in (change.before, change.after))
    return (
        f"<details class=case><summary>{badges} <i>{text(change.id)}</i> {text(change.question)}</summary>"
        f"<p class=note>before</p>{answer_shown(one['answer'])}<p class=note>after</p>{answer_shown(other['answer'])}</details>"
    )


if __name__ == "__main__":
    sys.exit(main())
