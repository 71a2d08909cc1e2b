"""Ask a set of questions, judge the answers, write report.json and report.html, and hold them to thresholds.

The same code, corpus and questions give the same report byte for byte, apart from everything under `timings`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from assistant.answering import confidence
from assistant.assembly import Assistant
from assistant.errors import AssistantError, SettingsError
from assistant.model import Answer, Citation, Document, DocumentInfo, Passage, Question, Turn
from assistant.settings import PROJECT, Settings
from evals import plots
from evals import report as page
from evals.bench import Progress, progress_bar
from evals.cases import Case, case_json, question_files, read_cases
from evals.metrics import Judged, fact_ranks, first_of_each, judge, reciprocal_rank, said
from evals.replies import Replies
from evals.report_file import dumps
from evals.summary import Figure, latency, reliability, risk_coverage, summarise

THRESHOLDS = Path(__file__).with_name("thresholds.toml")
STAGES = ("retrieve", "answer", "verify", "total")
# A report is kept under version control, so it holds what a reader needs and no more.
_DOCUMENTS_SHOWN = 3
_NEAREST_CHARACTERS = 120
_GROUPED = tuple(dict.fromkeys((*page.COLUMNS, "ndcg@10", "passage_mrr", "on_topic", "abstention_f1")))
_NOT_OF_A_CASE = re.compile(r".*@(1|3|5|20)")  # depths that only the summary has


class Answers(Protocol):
    """What is measured: an `Assistant` with what it was made of, or a stand-in."""

    def ask(self, question: Question, /) -> Answer: ...

    def documents(self) -> Sequence[DocumentInfo]: ...

    def document(self, document_id: str, /) -> Document: ...

    def passages_of(self, document_id: str, /) -> Sequence[Passage]: ...


# ------------------------------------------------------------------------------------------------ asking


def ask_all(cases: Sequence[Case], assistant: Answers, *, progress: Progress) -> list[Judged]:
    """Every case with its answer and what the measures say of it."""
    replaced = frozenset(old for info in assistant.documents() for old in info.supersedes)
    judged: list[Judged] = []
    for number, case in enumerate(cases, start=1):
        answer = ask(case, assistant)
        judged.append(
            judge(
                case,
                answer,
                text_of=lambda id: assistant.document(id).text,
                passages_of=assistant.passages_of,
                replaced=replaced,
            )
        )
        progress("asking", number, len(cases))
    return judged


def ask(case: Case, assistant: Answers) -> Answer:
    """The answer to the last question of a case; the earlier turns of its conversation are asked as well."""
    turns: list[Turn] = []
    for earlier in case.turns:
        turns.append(Turn(earlier, said(assistant.ask(Question(earlier, turns=tuple(turns))))))
    return assistant.ask(Question(case.question, turns=tuple(turns)))


# ------------------------------------------------------------------------------------------------ reporting


def report_of(judged: Sequence[Judged], *, about: Mapping[str, Any], timings: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a run found, ready for JSON.

    Args:
        about: what was run: questions, split, settings, index, commit.
        timings: what differs between runs of the same thing; latencies per stage are added.
    """
    summary = _figures(summarise(judged))
    area = summary["risk_coverage_area"]
    return {
        **about,
        "cases": len(judged),
        "summary": summary,
        "risk_coverage": {
            "points": [asdict(point) for point in risk_coverage(judged)],
            "area": area and area["value"],
        },
        "reliability": [asdict(one) for one in reliability(judged)],
        "by_theme": _grouped(judged, lambda case: case.theme),
        "by_kind": _grouped(judged, lambda case: case.kind),
        "by_turns": _grouped(judged, lambda case: "follow-up" if case.turns else "single question"),
        "findings": sum(len(one.answer.findings) for one in judged),
        "checks": _checks(judged),
        "documents": _titles(judged),
        "results": [_result(one) for one in judged],
        "timings": {
            **timings,
            "stages_ms": {
                stage: latency([one.answer.timings_ms[stage] for one in judged if stage in one.answer.timings_ms])
                for stage in STAGES
            },
            "cases_ms": {one.case.id: one.answer.timings_ms.get("total") for one in judged},
        },
    }


def _checks(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """For each check of written sentences, how many it caught and what became of them; see `evals.sentences` for how rightly."""
    caught: dict[str, dict[str, int]] = {}
    for finding in (finding for one in judged for finding in one.answer.findings if finding.done):
        done = caught.setdefault(finding.problem.partition(": ")[0], {})
        done[finding.done] = done.get(finding.done, 0) + 1
    return dict(sorted(caught.items()))


def sample(cases: Sequence[Case], size: int | None) -> list[Case]:
    """At most `size` cases, spread by the digest of their ids: the same ones every time."""
    if size is None or size >= len(cases):
        return list(cases)
    chosen = sorted(cases, key=lambda case: hashlib.sha256(f"sample {case.id}".encode()).hexdigest())[:size]
    return [case for case in cases if case in chosen]


def _grouped(judged: Sequence[Judged], key: Callable[[Case], str]) -> dict[str, Any]:
    """The measures of each group that the page shows, and how its verdicts fell."""
    names = sorted({key(one.case) for one in judged})
    groups = {name: [one for one in judged if key(one.case) == name] for name in names}
    made = {}
    for name, group in groups.items():
        figures = summarise(group)
        made[name] = {
            "cases": len(group),
            "verdicts": {
                shown: sum(page.shown_verdict(one.verdict, right=one.right) == shown for one in group)
                for shown in page.VERDICTS
            },
            "summary": _figures({measure: figures.get(measure) for measure in _GROUPED}),
        }
    return made


def _figures(figures: Mapping[str, Figure | None]) -> dict[str, Any]:
    return {name: asdict(figure) if figure is not None else None for name, figure in figures.items()}


def _titles(judged: Sequence[Judged]) -> dict[str, str]:
    """The titles of the documents that an answer cites."""
    cited = {citation.document.id: citation.document.title for one in judged for citation in one.answer.citations}
    return dict(sorted(cited.items()))


def _result(one: Judged) -> dict[str, Any]:
    answer = one.answer
    sure = answer.confidence
    return {
        **case_json(one.case),
        "verdict": one.verdict,
        "right": one.right,
        "measures": {
            name: round(value, 4)
            for name, value in one.measures.items()
            if value is not None and not _NOT_OF_A_CASE.fullmatch(name)
        },
        "answer": {
            "outcome": answer.outcome,
            "reason": answer.reason,
            "understood_as": answer.understood_as,
            "confidence": None if sure is None else round(sure, 4),
            "statements": [{"text": said.text, "citations": list(said.citations)} for said in answer.statements],
            "citations": _cited(one),
        },
        "findings": [asdict(finding) for finding in answer.findings],
        "found": _found(one),
    }


def _cited(one: Judged) -> list[dict[str, Any]]:
    """What a reader needs of the citations. Of the passages nearest to a silence that is where the first stands, and how
    it begins when there should have been an answer."""
    citations = one.answer.citations
    if one.answer.statements:
        return [_citation(citation, citation.quote) for citation in citations]
    return [_citation(citation, "" if one.right else _beginning(citation.quote)) for citation in citations[:1]]


def _citation(citation: Citation, quote: str) -> dict[str, Any]:
    return {
        "number": citation.number,
        "document_id": citation.document.id,
        "label": citation.anchor.label,
        "start": citation.start,
        "end": citation.end,
        "quote": quote,
    }


def _beginning(quote: str) -> str:
    if len(quote) <= _NEAREST_CHARACTERS:
        return quote
    return " ".join(quote[:_NEAREST_CHARACTERS].split()[:-1]) + " …"


def _found(one: Judged) -> dict[str, Any]:
    """Where retrieval put what was wanted: the rank of the first accepted source among the documents (`source`), for
    each fact the rank of the first passage that holds it (`facts`), and, unless all went well, which documents came first."""
    documents = first_of_each(hit.document.id for hit in one.answer.hits)
    best = reciprocal_rank(documents, dict.fromkeys(one.case.sources, 1))
    return {
        "source": round(1 / best) if best else None,
        "facts": fact_ranks(one.case, one.answer),
        "documents": [] if one.right else documents[:_DOCUMENTS_SHOWN],
    }


# ------------------------------------------------------------------------------------------------ what was run


def describe(
    path: Path, split: str | None, cases: Sequence[Case], assistant: Assistant, *, answerer: str = "extractive"
) -> dict[str, Any]:
    """What decides the outcome of a run: questions, code, settings, index. No paths of this machine."""
    settings = assistant.settings
    manifest = asdict(assistant.index.manifest)
    texts = hashlib.sha256()
    for info in assistant.documents():
        texts.update(f"{info.id}\0{assistant.document(info.id).text}\0".encode())
    return {
        "questions": path.name,
        "questions_sha256": hashlib.sha256(b"".join(file.read_bytes() for file in question_files(path))).hexdigest(),
        "split": split or "all",
        "test_split_used": any(case.split == "test" for case in cases),
        "commit": commit(),
        "settings": {
            "answerer": answerer,
            **({"language_model": settings.llm_model} if answerer == "generative" else {}),
            "embedding_model": Path(settings.embedding_model).name,
            "threshold": confidence.load().threshold,
        },
        "index": {
            **{
                name: manifest[name]
                for name in ("embedding", "dimensions", "recipe", "schema", "documents", "passages")
            },
            "texts_sha256": texts.hexdigest(),
        },
    }


def commit() -> str | None:
    """The commit of the code, with `+` when tracked files were changed since; None outside a repository."""
    found = _git("rev-parse", "--short=12", "HEAD")
    return found and found + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*arguments: str) -> str | None:
    try:
        ran = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None  # no git, or not a checkout: the report says "unknown"
    return ran.stdout.strip()


# ------------------------------------------------------------------------------------------------ thresholds


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a measure of the summary must reach."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None

    def missed_by(self, summary: Mapping[str, Any]) -> str | None:
        """Why the threshold is missed, naming it; None when it is met."""
        figure = summary.get(self.measure)
        wanted = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        if figure is None:
            return f"{self.measure} was not measured: no case it applies to (wanted {wanted})"
        value = figure["value"]
        if (self.at_least is not None and value < self.at_least) or (self.at_most is not None and value > self.at_most):
            return f"{self.measure} is {value:g}, wanted {wanted}"
        return None


def thresholds_of(questions: Path) -> Path:
    """The file with the thresholds of a set of questions: `thresholds.toml` beside them, or else the one beside this module."""
    own = (questions if questions.is_dir() else questions.parent) / THRESHOLDS.name
    return own if own.is_file() else THRESHOLDS


def read_thresholds(path: Path) -> list[Threshold]:
    """The thresholds of the gate.

    Raises:
        SettingsError: the file is missing or not of the form `measure = { at_least = 0.9 }`.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        gate = data["gate"]
        return [_threshold(name, limits) for name, limits in gate.items()]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"{path} has no readable thresholds ({error}); under [gate], one a line: measure = {{ at_least = 0.9 }}"
        ) from error


def _threshold(name: str, limits: Any) -> Threshold:
    if not isinstance(limits, dict) or len(limits) != 1 or not set(limits) <= {"at_least", "at_most"}:
        raise ValueError(f"{name} is {limits!r}")
    if not all(isinstance(value, int | float) for value in limits.values()):
        raise ValueError(f"{name} is {limits!r}")
    return Threshold(name, **limits)


def missed(summary: Mapping[str, Any], thresholds: Sequence[Threshold]) -> list[str]:
    """What falls short, in words.

    Raises:
        SettingsError: a threshold names a measure that does not exist.
    """
    for threshold in thresholds:
        if threshold.measure not in summary:
            raise SettingsError(
                f"thresholds.toml: there is no measure {threshold.measure!r}; known are {', '.join(sorted(summary))}"
            )
    found = (threshold.missed_by(summary) for threshold in thresholds)
    return [said_of for said_of in found if said_of is not None]


# ------------------------------------------------------------------------------------------------ command


def command(options: argparse.Namespace, settings: Settings) -> int:
    """`assistant eval run QUESTIONS.jsonl [--index DIR] [--out DIR] [--gate] [--split dev|test] [--json]`."""
    thresholds = read_thresholds(thresholds_of(options.questions))
    cases = [case for case in read_cases(options.questions) if options.split in (None, case.split)]
    if not cases:
        raise SettingsError(f"{options.questions} has no questions of the {options.split} split")
    if any(case.split == "test" for case in cases):
        print(TEST_SPLIT_USED, file=sys.stderr)
    cases = sample(cases, options.sample)
    replies = _replies(options.replies, settings, options.answerer)
    assistant = Assistant(settings, around=replies.around) if replies else Assistant(settings)
    out = options.out if options.out is not None else _default_out(options.questions, options.split)
    with progress_bar() as progress:
        assistant.warm()
        started = time.perf_counter()
        judged = ask_all(cases, _Remembering(assistant, options.answerer, replies), progress=progress)
        seconds = time.perf_counter() - started
    manifest = assistant.index.manifest
    made = report_of(
        judged,
        about=describe(options.questions, options.split, cases, assistant, answerer=options.answerer),
        timings={
            "seconds": round(seconds, 1),
            "index_generation": manifest.generation,
            "index_created": manifest.created,
            **(
                {"replies_asked": replies.asked, "replies_known_seconds": round(replies.known_seconds)}
                if replies
                else {}
            ),
        },
    )
    short = missed(made["summary"], thresholds)
    made["gate"] = {"thresholds": [_threshold_json(one) for one in thresholds], "missed": short}
    write(made, out)
    if not plots.available():
        print(plots.MISSING, file=sys.stderr)
    if options.json:
        json.dump(_short(made, out), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _show(made, out)
    if options.gate and short:
        for line in short:
            print(f"gate: {line}", file=sys.stderr)
        return 1
    return 0


TEST_SPLIT_USED = (
    "!! This run uses the TEST split. It is for reporting only: whatever is changed after looking at it makes its "
    "figures worthless. Tune with --split dev."
)


class _Remembering:
    """An assistant whose documents and passages are read once: every case is held against them."""

    def __init__(self, assistant: Assistant, answerer: str, replies: Replies | None = None) -> None:
        self._assistant = assistant
        self._answerer = answerer
        self._replies = replies
        self._documents: dict[str, Document] = {}
        self._passages: dict[str, Sequence[Passage]] = {}

    def ask(self, question: Question, /) -> Answer:
        if self._replies is None:
            return self._assistant.ask(question, answerer=self._answerer)
        before = self._replies.known_seconds
        answer = self._assistant.ask(question, answerer=self._answerer)
        return _slowed(answer, milliseconds=1000 * (self._replies.known_seconds - before))

    def documents(self) -> Sequence[DocumentInfo]:
        return self._assistant.documents()

    def document(self, document_id: str, /) -> Document:
        if document_id not in self._documents:
            # word boxes are large and no measure reads them
            self._documents[document_id] = replace(self._assistant.document(document_id), words=())
        return self._documents[document_id]

    def passages_of(self, document_id: str, /) -> Sequence[Passage]:
        if document_id not in self._passages:
            self._passages[document_id] = self._assistant.index.passages_of(document_id)
        return self._passages[document_id]


def _replies(path: Path | None, settings: Settings, answerer: str) -> Replies | None:
    if path is None:
        return None
    if answerer != "generative":
        raise SettingsError("--replies keeps what a language model replies: it goes with --answerer generative")
    return Replies(path, model=f"{settings.llm_model}, temperature {settings.llm_temperature:g}")


def _slowed(answer: Answer, *, milliseconds: float) -> Answer:
    """An answer that took as long as it did when the model's replies were made."""
    slower = {
        stage: answer.timings_ms[stage] + milliseconds for stage in ("answer", "total") if stage in answer.timings_ms
    }
    return replace(answer, timings_ms={**answer.timings_ms, **slower})


def _default_out(questions: Path, split: str | None) -> Path:
    return PROJECT / "indexes" / "reports" / f"{questions.stem}-{split or 'all'}"


def _threshold_json(threshold: Threshold) -> dict[str, object]:
    return {name: value for name, value in asdict(threshold).items() if value is not None}


def write(made: Mapping[str, Any], out: Path) -> None:
    """report.json and report.html in a folder.

    Raises:
        AssistantError: they cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(dumps(made), encoding="utf-8")
        (out / "report.html").write_text(page.render(made), encoding="utf-8")
    except OSError as error:
        raise AssistantError(f"the report cannot be written to {out}: {error.strerror}") from error


def _short(made: Mapping[str, Any], out: Path) -> dict[str, Any]:
    return {
        **{name: made[name] for name in ("questions", "split", "test_split_used", "commit", "cases", "summary")},
        "risk_coverage_area": made["risk_coverage"]["area"],
        "missed": made["gate"]["missed"],
        "timings": {name: made["timings"][name] for name in ("seconds", "stages_ms")},
        "report": str(out / "report.json"),
        "page": str(out / "report.html"),
    }


def _show(made: Mapping[str, Any], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("measure", title=f"{made['questions']} ({made['split']}): {made['cases']} questions", box=None)
    for heading in ("value", "95 % interval", "cases"):
        table.add_column(heading, justify="right")
    for name in page.HEADLINES:
        figure = made["summary"].get(name)
        if figure is None:
            table.add_row(name, "-", "", "0")
        else:
            interval = f"{figure['low']:.3f} to {figure['high']:.3f}"
            table.add_row(name, f"{figure['value']:.3f}", interval, str(figure["cases"]))
    console.print(table)
    for line in made["gate"]["missed"]:
        console.print(f"[yellow]below the threshold[/] {line}", highlight=False)
    console.print(f"{out / 'report.html'}", highlight=False, soft_wrap=True)
