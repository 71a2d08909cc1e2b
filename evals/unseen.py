"""Questions about documents that nothing was tuned on: which sentence does the answerer choose, and when is it silent?

    python -m evals.unseen [--sample 600] [--out unseen.json]

The dev questions have shaped rules and weights, so their figures flatter. The exercises (`exercises/*.txt`) are made-up
dossiers of Dutch policy text about other subjects, each with questions and the lines that answer them. Two thirds of
them teach (`calibrate.py`); every third is held out, and those are built into an index of their own with the settings of
this program and asked as at any door, all at once or (`--within`) each within its dossier. Nothing is fitted on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant import assembly
from assistant.assembly import Assistant
from assistant.errors import AssistantError, SettingsError
from assistant.model import Answer, Filters, Question
from assistant.settings import load
from evals.bench import Progress, progress_bar
from evals.summary import mean

EXERCISES = Path(__file__).with_name("exercises")
SAMPLE = 600
_HELD_OUT = 3
Place = tuple[int, int]  # passage, line; both from 1
_QUESTION = re.compile(r"\?\s*(?P<asked>.+?)\s*=>\s*(?P<places>-|\d+\.\d+(?:\s+\d+\.\d+)*)")


# ------------------------------------------------------------------------------------------------ exercises


@dataclass(slots=True)
class Passage:
    """Lines under a heading of a document: sentences, lists with their lead-in, table rows."""

    title: str
    heading: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Dossier:
    """Passages of several documents about one thing, and questions with the lines that each answer them; none = silence."""

    id: str
    passages: list[Passage] = field(default_factory=list)
    questions: list[tuple[str, tuple[Place, ...]]] = field(default_factory=list)

    def line(self, place: Place) -> str:
        """The line at a place.

        Raises:
            IndexError: there is none.
        """
        passage, line = place
        if passage < 1 or line < 1:
            raise IndexError(place)
        return self.passages[passage - 1].lines[line - 1]


def read(path: Path) -> Dossier:
    """A dossier from its file; `exercises/README.md` says how one is written.

    Raises:
        SettingsError: the file cannot be read, a line is not understood, or a question names a line that is not there.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as a dossier: {error}") from error
    dossier = Dossier(path.stem)
    for number, raw in enumerate(lines, start=1):
        line, where = raw.strip(), f"{path.name}:{number}"
        if line.startswith("# "):
            title, _, heading = line[2:].partition("|")
            dossier.passages.append(Passage(title.strip(), heading.strip()))
        elif line.startswith("?"):
            found = _QUESTION.fullmatch(line)
            if found is None:
                raise SettingsError(f"{where}: not a question with its lines: {line!r}")
            dossier.questions.append((found["asked"], _places(found["places"], dossier, where)))
        elif line and not line.startswith("== "):
            if not dossier.passages:
                raise SettingsError(f"{where}: text before the first passage: {line!r}")
            dossier.passages[-1].lines.append(line)
    return dossier


def read_all(folder: Path) -> list[Dossier]:
    """The dossiers of a folder, by name.

    Raises:
        SettingsError: there are none, or one is not understood.
    """
    dossiers = [read(path) for path in sorted(folder.glob("*.txt"))]
    if not dossiers:
        raise SettingsError(f"there are no exercises in {folder}")
    return dossiers


def held_out(dossiers: Sequence[Dossier]) -> list[Dossier]:
    """Those that nothing is fitted on: every third, so that each subject has some."""
    return list(dossiers[::_HELD_OUT])


def taught(dossiers: Sequence[Dossier]) -> list[Dossier]:
    """The others."""
    return [one for place, one in enumerate(dossiers) if place % _HELD_OUT]


def _places(written: str, dossier: Dossier, where: str) -> tuple[Place, ...]:
    if written == "-":
        return ()
    places = []
    for one in written.split():
        passage, _, line = one.partition(".")
        place = (int(passage), int(line))
        try:
            dossier.line(place)
        except IndexError:
            raise SettingsError(f"{where}: there is no line {one}") from None
        places.append(place)
    return tuple(places)


def write_corpus(dossiers: Iterable[Dossier], folder: Path) -> dict[str, tuple[str, ...]]:
    """One Markdown file for every document of the dossiers; the ids of each dossier's documents, by its own id."""
    written: dict[str, tuple[str, ...]] = {}
    for dossier in dossiers:
        documents: dict[str, list[Passage]] = {}
        for passage in dossier.passages:
            documents.setdefault(passage.title, []).append(passage)
        ids = []
        for number, (title, passages) in enumerate(documents.items(), start=1):
            id = f"{dossier.id}-{number}"
            front = f"---\nid: {id}\ntitle: {json.dumps(title, ensure_ascii=False)}\nlanguage: nl\n---\n"
            parts = [front, f"# {title}"]
            for passage in passages:
                parts += [f"## {passage.heading}", *map(_escaped, passage.lines)]
            (folder / f"{id}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
            ids.append(id)
        written[dossier.id] = tuple(ids)
    return written


def _escaped(line: str) -> str:
    """A line as a paragraph of Markdown, whatever it begins with."""
    return re.sub(r"^(\d+)([.)])|^([-+*#>|])", lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", line)


# ------------------------------------------------------------------------------------------------ asking


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the lines that answer it, and what came of it."""

    dossier: str
    question: str
    wanted: tuple[str, ...]
    first: str  # what the first statement quotes; empty for silence
    verdict: str  # of an answerable one: first, later, wrong, missed; otherwise: silent, answered


def verdict(answer: Answer, wanted: Sequence[str]) -> str:
    """Whether the first statement, a later one or none is a line that answers."""
    if not answer.statements:
        return "missed" if wanted else "silent"
    if not wanted:
        return "answered"
    right = [is_one_of(_quoted(answer, place), wanted) for place in range(len(answer.statements))]
    return "first" if right[0] else "later" if any(right) else "wrong"


def _quoted(answer: Answer, statement: int) -> str:
    numbers = answer.statements[statement].citations
    return " ".join(one.quote for one in answer.citations if one.number in numbers)


def is_one_of(quote: str, wanted: Sequence[str]) -> bool:
    """Whether a quote holds a line that answers, or is the part of it that was taken for a sentence."""
    said = _words(quote)
    return bool(said.strip()) and any(_words(line) in said or said in _words(line) for line in wanted)


def _words(text: str) -> str:
    """The words between spaces, so that one text lies in another by whole words only."""
    words = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(words)} "


@contextmanager
def indexed(dossiers: Sequence[Dossier]) -> Iterator[tuple[Assistant, dict[str, tuple[str, ...]]]]:
    """An assistant over the dossiers' documents alone, and the ids of those of each dossier."""
    with tempfile.TemporaryDirectory(prefix="unseen-") as place:
        corpus = Path(place) / "corpus"
        corpus.mkdir()
        documents = write_corpus(dossiers, corpus)
        settings = replace(load(), corpus=(corpus,), index=Path(place) / "index", chroma_url=None)
        assembly.build(settings)
        assistant = Assistant(settings)
        try:
            yield assistant, documents
        finally:
            assistant.close()


def some_of(dossiers: Sequence[Dossier], sample: int) -> list[tuple[Dossier, str, tuple[Place, ...]]]:
    """A sample of the questions with their dossiers and places, the same every time."""
    every = [(dossier, asked, places) for dossier in dossiers for asked, places in dossier.questions]
    every.sort(key=lambda one: hashlib.sha256(f"{one[0].id} {one[1]}".encode()).hexdigest())
    return every[:sample]


def ask_all(
    dossiers: Sequence[Dossier],
    assistant: Assistant,
    documents: Mapping[str, tuple[str, ...]],
    *,
    sample: int,
    within: bool,
    progress: Progress,
) -> list[Asked]:
    """A sample of the questions asked of all documents, or of those of their dossier."""
    chosen = some_of(dossiers, sample)
    done = []
    for number, (dossier, question, places) in enumerate(chosen, start=1):
        filters = Filters(documents=documents[dossier.id]) if within else Filters()
        answer = assistant.ask(Question(question, filters))
        wanted = tuple(dossier.line(place) for place in places)
        first = _quoted(answer, 0) if answer.statements else ""
        done.append(Asked(dossier.id, question, wanted, first, verdict(answer, wanted)))
        progress("asking", number, len(chosen))
    return done


def summary(asked: Sequence[Asked]) -> dict[str, Any]:
    """Shares with their intervals: of the answerable questions, and how often what is not there is met with silence."""
    there = [one.verdict for one in asked if one.wanted]
    not_there = [one.verdict for one in asked if not one.wanted]
    figures = {name: mean([float(one == name) for one in there]) for name in ("first", "later", "wrong", "missed")}
    figures["silent_on_what_is_not_there"] = mean([float(one == "silent") for one in not_there])
    return {name: asdict(figure) if figure is not None else None for name, figure in figures.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m evals.unseen", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sample", type=int, default=SAMPLE, metavar="N", help=f"how many questions to ask (default {SAMPLE})"
    )
    parser.add_argument("--within", action="store_true", help="ask each question within the documents of its dossier")
    parser.add_argument("--exercises", type=Path, default=EXERCISES)
    parser.add_argument("--out", type=Path, help="write figures and every question with its verdict as JSON")
    given = parser.parse_args(arguments)
    if given.sample < 1:
        parser.error("--sample is at least 1")
    if given.out and not given.out.parent.is_dir():
        parser.error(f"--out: there is no folder {given.out.parent}")
    try:
        asked = _asked_of_all(given.exercises, sample=given.sample, within=given.within)
    except AssistantError as error:
        print(f"unseen: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    figures = summary(asked)
    for name, figure in figures.items():
        if figure is not None:
            print(
                f"{name:30} {figure['value']:.3f}  ({figure['low']:.3f}-{figure['high']:.3f}, {figure['cases']} questions)"
            )
    if given.out:
        report = {"within": given.within, "summary": figures, "questions": [asdict(one) for one in asked]}
        given.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _asked_of_all(exercises: Path, *, sample: int, within: bool) -> list[Asked]:
    dossiers = held_out(read_all(exercises))
    with indexed(dossiers) as (assistant, documents), progress_bar() as progress:
        return ask_all(dossiers, assistant, documents, sample=sample, within=within, progress=progress)


if __name__ == "__main__":
    sys.exit(main())
