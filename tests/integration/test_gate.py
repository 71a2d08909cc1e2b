"""The gate in its place: `assistant eval run --gate` over a real index fails when an answer goes bad, and only then."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import assembly
from assistant.assembly import Assistant
from assistant.cli import main
from assistant.model import Answer, Question, Statement
from assistant.settings import PROJECT, Settings
from evals import run
from tests.fakes import HashingEmbedder, write_corpus
from tests.integration.conftest import CORPUS

MONEY, MINISTER = "Hoeveel geld is er beschikbaar voor de wijk?", "Wie is de minister in deze regeling?"
SKATING, TOWER = "Wie won de Elfstedentocht in 1997?", "Hoe hoog is de Eiffeltoren?"
CASES = [
    {"id": "a", "question": MONEY, "answerable": True, "facts": [["256 mln"]], "sources": ["kst-1"]},
    {"id": "b", "question": MINISTER, "answerable": True, "facts": [["Minister van SZW"]], "sources": ["stcrt-1"]},
    {"id": "c", "question": SKATING, "answerable": False, "kind": "unanswerable_far"},
    {"id": "d", "question": TOWER, "answerable": False, "kind": "unanswerable_far"},
]
THRESHOLDS = """\
[gate]
exactness = { at_least = 1.0 }
citation_precision = { at_least = 0.95 }
"recall@10" = { at_least = 0.95 }
facts_right = { at_least = 0.85 }
facts_wrong = { at_most = 0.05 }
abstention_recall = { at_least = 0.8 }
"""


class Embedder(HashingEmbedder):
    max_tokens = 512


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with an index over it, questions about it, and thresholds."""
    made = tmp_path_factory.mktemp("gate")
    write_corpus(made / "corpus", CORPUS)
    (made / "questions.jsonl").write_text("\n".join(json.dumps(case) for case in CASES), encoding="utf-8")
    (made / "thresholds.toml").write_text(THRESHOLDS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(assembly, "load_embedder", lambda settings, **more: Embedder())
        assembly.build(Settings(corpus=(made / "corpus",), index=made / "index"))
    return made


def gate(folder: Path, out: Path) -> int:
    """The exit code of `assistant eval run --gate` over the folder."""
    assembly.load_embedder = lambda settings, **more: Embedder()
    run.THRESHOLDS = folder / "thresholds.toml"
    questions = str(folder / "questions.jsonl")
    return main(["eval", "run", questions, "--gate", "--json", "--index", str(folder / "index"), "--out", str(out)])


@pytest.fixture(autouse=True)
def put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `gate` sets is as it was after each test, and no setting of this machine gets in."""
    for variable in [name for name in os.environ if name.startswith("ASSISTANT_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr(assembly, "load_embedder", assembly.load_embedder)
    monkeypatch.setattr(run, "THRESHOLDS", run.THRESHOLDS)


# ------------------------------------------------------------------------------------------------ answers going bad

Spoil = Callable[[Answer, Assistant], Answer]


def another_answer(answer: Answer, assistant: Assistant) -> Answer:
    """Quoted word for word, but not what was asked."""
    other = assistant.ask(Question(MINISTER))
    return replace(answer, statements=other.statements, citations=other.citations)


def silence(answer: Answer, assistant: Assistant) -> Answer:
    return replace(answer, outcome="abstained", statements=(), reason="Dat weet ik niet.")


def another_figure(answer: Answer, assistant: Assistant) -> Answer:
    """A figure that the quote does not hold."""
    text = answer.statements[0].text.replace("256", "265")
    return replace(answer, statements=(replace(answer.statements[0], text=text),))


def shifted_quote(answer: Answer, assistant: Assistant) -> Answer:
    first = replace(answer.citations[0], start=answer.citations[0].start + 1)
    return replace(answer, citations=(first, *answer.citations[1:]))


def padded(answer: Answer, assistant: Assistant) -> Answer:
    """A second citation that adds nothing."""
    other = replace(assistant.ask(Question(MINISTER)).citations[0], number=9)
    first = replace(answer.statements[0], citations=(*answer.statements[0].citations, 9))
    return replace(answer, statements=(first, *answer.statements[1:]), citations=(*answer.citations, other))


def an_answer_anyway(answer: Answer, assistant: Assistant) -> Answer:
    """Something is said where the documents are silent."""
    other = assistant.ask(Question(MINISTER))
    return replace(answer, outcome="answered", statements=other.statements, citations=other.citations)


def nothing_found(answer: Answer, assistant: Assistant) -> Answer:
    return replace(answer, hits=())


def the_same(answer: Answer, assistant: Assistant) -> Answer:
    return replace(answer, statements=tuple(Statement(one.text, one.citations) for one in answer.statements))


def run_spoiled(
    question: str, spoil: Spoil, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, Any]]:
    class Spoiled(Assistant):
        def ask(self, asked: Question, **more: Any) -> Answer:  # type: ignore[override]
            answer = super().ask(asked, **more)
            return spoil(answer, Assistant(self.settings)) if asked.text == question else answer

    monkeypatch.setattr(run, "Assistant", Spoiled)
    code = gate(folder, out)
    return code, json.loads((out / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("question", "spoil", "missed"),
    [
        (MONEY, another_answer, {"facts_right", "facts_wrong"}),
        (MONEY, silence, {"facts_right"}),
        (MONEY, another_figure, {"facts_right", "facts_wrong", "citation_precision"}),
        (MONEY, shifted_quote, {"exactness"}),
        (MONEY, padded, {"citation_precision"}),
        (MONEY, nothing_found, {"recall@10"}),
        (TOWER, an_answer_anyway, {"abstention_recall"}),
        (MONEY, the_same, set()),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_the_gate_fails_when_one_answer_goes_bad_and_names_every_threshold_that_is_missed(
    question: str,
    spoil: Spoil,
    missed: set[str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, report = run_spoiled(question, spoil, folder, tmp_path, monkeypatch)
    errors = capsys.readouterr().err
    assert code == (1 if missed else 0)
    assert set(re.findall(r"^gate: (\S+) is", errors, re.MULTILINE)) == missed
    assert {line.split()[0] for line in report["gate"]["missed"]} == missed


def test_a_fall_past_any_threshold_of_the_project_fails() -> None:
    thresholds = run.read_thresholds(run.THRESHOLDS)
    limits = {one.measure: one.at_least if one.at_least is not None else one.at_most for one in thresholds}
    met = {measure: {"value": limit} for measure, limit in limits.items()}
    assert run.missed(met, thresholds) == []
    for one in thresholds:
        worse = (limits[one.measure] or 0.0) + (0.001 if one.at_most is not None else -0.001)
        (line,) = run.missed({**met, one.measure: {"value": worse}}, thresholds)
        assert line.startswith(f"{one.measure} is ")


# ------------------------------------------------------------------------------------------------ twice the same


def test_two_runs_in_processes_of_their_own_differ_in_nothing_but_time(folder: Path, tmp_path: Path) -> None:
    """Whatever order sets and dictionaries have there: hash seeds differ."""
    code = (
        "import sys; from pathlib import Path; from tests.integration.test_gate import gate; "
        "sys.exit(gate(*map(Path, sys.argv[1:])))"
    )
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder), str(out)],
            cwd=PROJECT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        report = (out / "report.json").read_text(encoding="utf-8").splitlines()
        page = (out / "report.html").read_text(encoding="utf-8")
        assert str(folder) not in page + "".join(report)
        written.append((
            [line for line in report if not line.startswith('"timings":')],
            re.sub(r"<section id=timings>.*?</section>", "", page, flags=re.DOTALL),
        ))  # fmt: skip
    assert written[0] == written[1]
    assert written[0][1].count("<svg") == 6
