"""How well the verification of written sentences tells true from false, over sentences of which that is known.

    python -m evals.sentences [--split dev|test|all] [--fit] [--json FILE]

`sentences.jsonl` holds sentences as a language model writes them from numbered sources, each with its label: true, or what was
made false in it. They go through the checker that written answers go through, over the passages of the index. A false
sentence that is blocked is *caught*; a true one that is blocked is a loss.

`--fit` chooses MIN_COVERAGE, MIN_COSINE and COSINE_FOR_MISSING of `assistant.answering.checking` on the dev half: at most 5 % of
the true sentences blocked, then as many false ones caught as can be, and says how thresholds chosen on four fifths of that half do
on the fifth they have not seen. The held-out half is never fitted on, and shown only when it is asked for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.answering.checking import (
    COSINE_FOR_MISSING,
    MIN_COSINE,
    MIN_COVERAGE,
    Checker,
    Problem,
    Verdict,
    Written,
)
from assistant.assembly import Assistant
from assistant.errors import AssistantError, SettingsError
from assistant.model import DocumentInfo, Hit, Passage
from assistant.settings import load
from evals.cases import SPLITS, split_of
from evals.summary import Figure, ratio

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SENTENCES = Path(__file__).with_name("sentences.jsonl")

# The labels, and what was done to a true sentence to get a false one.
LABELS = {
    "true": "true: in other words, shortened, from two passages, in English",
    "wrong_number": "a number, percentage or reference number that no source has",
    "wrong_amount": "another amount of money",
    "wrong_date": "another day or month",
    "wrong_year": "another year",
    "wrong_body": "another ministry or organisation",
    "wrong_name": "another person, place, party or title",
    "negated": "a negation put in or left out",
    "modality": "must, may, can, need not: one for another",
    "opposite": "rises for falls, at least for at most, before for after",
    "wrong_tranche": "another tranche, pillar, round or paragraph",
    "mixed": "a figure that the source has, but of something else",
    "unsupported": "plausible, and in no source",
    "wrong_source": "true, but the cited passage does not say it",
}
TRUE = "true"
# "At least .95 of the wrong numbers, dates and names caught" is about these.
EXACT = ("wrong_number", "wrong_amount", "wrong_date", "wrong_year", "wrong_body", "wrong_name")
MOST_TRUE_BLOCKED = 0.05

_SHORTEST_SNIPPET = 20
_SOURCES = range(2, 5)
_KEYS = {"id", "label", "sentence", "sources", "cited", "note"}
_COVERAGES = tuple(round(float(value), 2) for value in np.arange(0, 1.001, 0.05))
_FOR_MISSING = tuple(round(float(value), 2) for value in np.arange(0, 0.41, 0.05))
_FOLDS = 5
_COSINES = tuple(round(float(value), 2) for value in np.arange(0.70, 0.981, 0.01))


@dataclass(frozen=True, slots=True)
class Place:
    """A passage: the one of this document that contains this text."""

    document: str
    contains: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence without its markers, the sources its writer was given, and the numbers of those it cites."""

    id: str
    label: str
    sentence: str
    sources: tuple[Place, ...]
    cited: tuple[int, ...]
    note: str = ""

    @property
    def split(self) -> str:
        return split_of(self.id)

    @property
    def is_true(self) -> bool:
        return self.label == TRUE


class Library(Protocol):
    """Where passages are; the index fits."""

    @property
    def infos(self) -> Mapping[str, DocumentInfo]: ...

    def passages_of(self, document_id: str) -> Sequence[Passage]: ...


class SentenceChecker(Protocol):
    """What is measured."""

    def check(self, written: Written, sources: Sequence[Hit]) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A labelled sentence and what the checker made of it."""

    of: Labelled
    verdict: Verdict

    @property
    def blocked(self) -> bool:
        return self.verdict.problem is not None


# ------------------------------------------------------------------------------------------------ reading


def read_sentences(path: Path) -> list[Labelled]:
    """The labelled sentences of a file, in their order.

    Raises:
        SettingsError: the file cannot be read or a line is not a labelled sentence; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as labelled sentences: {error}") from error
    found: dict[str, Labelled] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = _labelled(json.loads(line))
            if one.id in found:
                raise ValueError(f"id {one.id!r} stands on an earlier line as well")
        except ValueError as error:
            raise SettingsError(f"{path}, line {number}: {error}") from error
        found[one.id] = one
    if not found:
        raise SettingsError(f"{path} holds no sentences")
    return list(found.values())


def _labelled(data: Any) -> Labelled:
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise ValueError(f"this is not a JSON object with exactly the keys {', '.join(sorted(_KEYS))}")
    for key in ("id", "sentence", "note"):
        if not isinstance(data[key], str) or not data[key].strip():
            raise ValueError(f"{key!r} is text, not {data[key]!r}")
    if data["label"] not in LABELS:
        raise ValueError(f"'label' is one of {', '.join(LABELS)}, not {data['label']!r}")
    sources, cited = data["sources"], data["cited"]
    if not isinstance(sources, list) or len(sources) not in _SOURCES or not all(_is_place(one) for one in sources):
        raise ValueError(
            f"'sources' are 2 to 4 objects of a 'document' and what it 'contains' "
            f"({_SHORTEST_SNIPPET} characters or more), not {sources!r}"
        )
    if not isinstance(cited, list) or not cited or not all(number in range(1, len(sources) + 1) for number in cited):
        raise ValueError(f"'cited' are numbers of the sources, not {cited!r}")
    places = tuple(Place(**one) for one in sources)
    return Labelled(data["id"], data["label"], data["sentence"], places, tuple(cited), data["note"])


def _is_place(data: object) -> bool:
    return (
        isinstance(data, dict)
        and set(data) == {"document", "contains"}
        and all(isinstance(value, str) for value in data.values())
        and len(data["contains"]) >= _SHORTEST_SNIPPET
    )


def find(one: Labelled, library: Library) -> list[Hit]:
    """The sources of a sentence as the model gets them: source n is at n - 1.

    Raises:
        SettingsError: a snippet stands in no passage of its document, or in more than one; names the sentence.
    """
    hits = []
    for rank, place in enumerate(one.sources, start=1):
        holding = [passage for passage in library.passages_of(place.document) if place.contains in passage.text]
        if len(holding) != 1:
            raise SettingsError(
                f"{one.id}: {place.contains!r} stands in {len(holding)} passages of {place.document}; it finds one "
                f"passage only when it stands in exactly one"
            )
        hits.append(Hit(holding[0], library.infos[place.document], score=1.0, rank=rank))
    return hits


def check(sentences: Sequence[Labelled], library: Library, checker: SentenceChecker) -> list[Checked]:
    """What the checker makes of every sentence."""
    return [Checked(one, checker.check(Written(one.sentence, one.cited), find(one, library))) for one in sentences]


# ------------------------------------------------------------------------------------------------ measuring


def measure(checked: Sequence[Checked]) -> dict[str, Any]:
    """What was blocked, rightly and wrongly, as one JSON object.

    `precision` is the share of blocked sentences that are false, `recall` the share of false sentences that are blocked.
    A share that has nothing to be a share of is None.
    """
    false = [one for one in checked if not one.of.is_true]
    true = [one for one in checked if one.of.is_true]
    by_problem = {problem: [one for one in checked if one.verdict.problem == problem] for problem in Problem}
    return {
        "sentences": len(checked),
        "true": len(true),
        "false": len(false),
        "blocked": sum(one.blocked for one in checked),
        "precision": _share([not one.of.is_true for one in checked if one.blocked]),
        "recall": _share([one.blocked for one in false]),
        "exact_recall": _share([one.blocked for one in false if one.of.label in EXACT]),
        "true_blocked": _share([one.blocked for one in true]),
        "labels": {
            label: _share([one.blocked for one in checked if one.of.label == label])
            for label in LABELS
            if any(one.of.label == label for one in checked)
        },
        "problems": {
            problem.name.lower(): {
                "rightly": sum(not one.of.is_true for one in blocked),
                "wrongly": sum(one.of.is_true for one in blocked),
                "labels": dict(Counter(one.of.label for one in blocked if not one.of.is_true).most_common()),
            }
            for problem, blocked in by_problem.items()
            if blocked
        },
        "passed_false": [_miss(one) for one in false if not one.blocked],
        "blocked_true": [_miss(one) for one in true if one.blocked],
    }


def _share(hits: Sequence[bool]) -> dict[str, Any] | None:
    """How many of these, their share and its 95 % interval."""
    share: Figure | None = ratio([float(hit) for hit in hits], [1.0] * len(hits)) if hits else None
    if share is None:
        return None
    return {"count": sum(hits), "of": len(hits), "value": share.value, "low": share.low, "high": share.high}


def _miss(one: Checked) -> dict[str, Any]:
    return {
        "id": one.of.id,
        "label": one.of.label,
        "sentence": one.of.sentence,
        "cited": [one.of.sources[number - 1].document for number in one.of.cited],
        "note": one.of.note,
        "problem": one.verdict.problem.name.lower() if one.verdict.problem is not None else None,
        "detail": one.verdict.detail,
        "coverage": round(one.verdict.coverage, 3),
        "cosine": round(one.verdict.cosine, 3),
    }


# ------------------------------------------------------------------------------------------------ fitting


@dataclass(frozen=True, slots=True)
class Fit:
    """Thresholds and what they do to the sentences they were chosen on.

    `blocked_anyway` true sentences are blocked by the other checks, whatever the thresholds are. `met`: not more true
    sentences are blocked than may be.
    """

    min_coverage: float
    min_cosine: float
    cosine_for_missing: float
    caught: int
    false: int
    true_blocked: int
    true: int
    blocked_anyway: int
    met: bool


def fit(checked: Sequence[Checked], *, most_true_blocked: float = MOST_TRUE_BLOCKED) -> Fit:
    """The thresholds that block at most this share of the true sentences, and then catch the most false ones.

    Of those that do equally well the ones that block fewest true sentences; of these the middle one, which is farthest from
    where it would do worse. When the other checks alone block more than the share, those that add no true sentence to them.

    Args:
        checked: by a checker without thresholds, so that every sentence that passed has its coverage and cosine.
    """
    true = np.array([one.of.is_true for one in checked])
    other = np.array([one.blocked for one in checked])
    coverage = np.array([one.verdict.coverage for one in checked])
    cosine = np.array([one.verdict.cosine for one in checked])
    anyway = int((other & true).sum())
    allowed = max(int(most_true_blocked * true.sum()), anyway)
    best: list[Fit] = []
    for min_coverage in _COVERAGES:
        for for_missing in _FOR_MISSING:
            for min_cosine in _COSINES:
                blocked = other | (coverage < min_coverage) | (cosine < min_cosine + for_missing * (1 - coverage))
                lost, caught = int((blocked & true).sum()), int((blocked & ~true).sum())
                if lost > allowed or (best and (caught, -lost) < (best[0].caught, -best[0].true_blocked)):
                    continue
                met = bool(lost <= most_true_blocked * true.sum())
                sizes = (caught, int((~true).sum()), lost, int(true.sum()), anyway)
                found = Fit(min_coverage, min_cosine, for_missing, *sizes, met)
                best = [*best, found] if best and (best[0].caught, best[0].true_blocked) == (caught, lost) else [found]
    if not best:
        raise SettingsError(
            "every choice of thresholds blocks too many true sentences; lower the grid of evals.sentences"
        )
    return best[len(best) // 2]


def cross_validated(checked: Sequence[Checked]) -> tuple[int, int]:
    """How many false sentences are caught and true ones blocked by thresholds that were chosen without them."""
    caught = lost = 0
    for fold in range(_FOLDS):
        found = fit([one for place, one in enumerate(checked) if place % _FOLDS != fold])
        for one in checked[fold::_FOLDS]:
            verdict = one.verdict
            least = found.min_cosine + found.cosine_for_missing * (1 - verdict.coverage)
            blocked = one.blocked or verdict.coverage < found.min_coverage or verdict.cosine < least
            caught += blocked and not one.of.is_true
            lost += blocked and one.of.is_true
    return caught, lost


# ------------------------------------------------------------------------------------------------ the command


HELD_OUT = (
    "!! This shows the HELD-OUT half. It is for reporting only: whatever is changed after looking at it makes its figures "
    "worthless. Look at --split dev."
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.sentences", description="Measures verification.")
    parser.add_argument("--split", choices=(*SPLITS, "all"), default="dev", help="which half (default: dev)")
    parser.add_argument("--fit", action="store_true", help="choose the thresholds on the dev half")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything, every miss as well, to a file")
    options = parser.parse_args(arguments)
    try:
        return command(options, Assistant(load()))
    except AssistantError as error:
        print(f"sentences: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1


def command(options: argparse.Namespace, assistant: Assistant) -> int:
    """Measure, and fit when asked, with the checker that `assistant` writes with."""
    sentences = read_sentences(SENTENCES)
    index = assistant.index
    make = partial(Checker, assistant.embedder, lru_cache(maxsize=256)(partial(index.document, words=False)))
    splits = SPLITS if options.split == "all" else (options.split,)
    made: dict[str, Any] = {
        "thresholds": {
            "min_coverage": MIN_COVERAGE,
            "min_cosine": MIN_COSINE,
            "cosine_for_missing": COSINE_FOR_MISSING,
        },
        "held_out_shown": "test" in splits,
        "splits": {
            split: measure(check([one for one in sentences if one.split == split], index, make())) for split in splits
        },
    }
    fitted: Fit | None = None
    if options.fit:
        dev = [one for one in sentences if one.split == "dev"]
        unbound = check(dev, index, make(min_coverage=0.0, min_cosine=-1.0))
        fitted = fit(unbound)
        caught, lost = cross_validated(unbound)
        made["fit"] = asdict(fitted) | {"cross_validated": {"caught": caught, "true_blocked": lost}}
    if options.json is not None:
        try:
            options.json.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise AssistantError(f"{options.json} cannot be written: {error.strerror}") from error
    _show(made, fitted)
    return 0


def _show(made: Mapping[str, Any], fitted: Fit | None) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    thresholds = made["thresholds"]
    console.print(
        f"MIN_COVERAGE {thresholds['min_coverage']}, MIN_COSINE {thresholds['min_cosine']}, "
        f"COSINE_FOR_MISSING {thresholds['cosine_for_missing']}"
    )
    if made["held_out_shown"]:
        console.print(HELD_OUT, markup=False)
    for split, measured in made["splits"].items():
        _show_half("held out (test)" if split == "test" else split, measured, console)
    if fitted is not None:
        console.print(f"\n{fitted_text(fitted)}", markup=False)
        unseen = made["fit"]["cross_validated"]
        console.print(
            f"cross-validated: {unseen['caught']} of {fitted.false} false sentences caught, "
            f"{unseen['true_blocked']} of {fitted.true} true ones blocked"
        )


def _show_half(name: str, measured: Mapping[str, Any], console: Console) -> None:
    from rich.table import Table

    labels = Table("label", title=f"{name}: {measured['sentences']} sentences, {measured['true']} true", box=None)
    for heading in ("blocked", "of", "share", "95 % interval"):
        labels.add_column(heading, justify="right")
    for label, share in measured["labels"].items():
        _add(labels, label, share)
    labels.add_section()
    _add(labels, "recall of blocked", measured["recall"])
    _add(labels, "precision of blocked", measured["precision"])
    _add(labels, "numbers, dates, names", measured["exact_recall"])
    console.print(labels)
    problems = Table("problem", title="by check", box=None)
    for heading in ("rightly", "wrongly"):
        problems.add_column(heading, justify="right")
    problems.add_column("labels")
    for problem, counts in measured["problems"].items():
        given = ", ".join(f"{label} {count}" for label, count in counts["labels"].items())
        problems.add_row(problem, str(counts["rightly"]), str(counts["wrongly"]), given)
    console.print(problems)
    for title, misses in (("false, passed", measured["passed_false"]), ("true, blocked", measured["blocked_true"])):
        console.print(f"\n{title}: {len(misses)}")
        for miss in misses:
            console.print(miss_text(miss), markup=False)


def _add(table: Table, name: str, share: Mapping[str, Any] | None) -> None:
    if share is None:
        table.add_row(name, "", "0", "-", "")
        return
    interval = f"{share['low']:.3f} to {share['high']:.3f}"
    table.add_row(name, str(share["count"]), str(share["of"]), f"{share['value']:.3f}", interval)


def miss_text(miss: Mapping[str, Any]) -> str:
    """A miss as one line: id, label, what the checker said, the sentence, what was changed and where it cites."""
    said = f"{miss['problem']}: {miss['detail']}" if miss["detail"] else miss["problem"]
    said = said or "passed"
    if miss["coverage"] or miss["cosine"]:
        said += f" (coverage {miss['coverage']:.2f}, cosine {miss['cosine']:.3f})"
    return f"  {miss['id']} {miss['label']} [{said}] {miss['sentence']} ({miss['note']}; {', '.join(miss['cited'])})"


def fitted_text(fitted: Fit) -> str:
    """What was chosen, and what it does on the dev half."""
    chosen = (
        f"fitted on dev: MIN_COVERAGE = {fitted.min_coverage}, MIN_COSINE = {fitted.min_cosine}, "
        f"COSINE_FOR_MISSING = {fitted.cosine_for_missing}: "
        f"{fitted.caught} of {fitted.false} false sentences caught, {fitted.true_blocked} of {fitted.true} true ones blocked "
        f"({fitted.blocked_anyway} of them by the other checks)"
    )
    return chosen if fitted.met else f"{chosen}; more than {MOST_TRUE_BLOCKED:.0%} of the true ones"


if __name__ == "__main__":
    sys.exit(main())
