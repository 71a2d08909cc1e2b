"""What users thought of answers: kept by many at once, without who they are, and given back as lines for the evals."""

from __future__ import annotations

import datetime
import json
import multiprocessing
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant import feedback
from assistant.errors import AssistantError, SettingsError
from assistant.feedback import Feedback, FeedbackUnavailable, lines
from assistant.model import Filters
from evals.cases import Case, read_cases, split_of

QUESTION = "Hoeveel geld is er voor de wijk?"
ANSWER: dict[str, Any] = {
    "question": QUESTION,
    "understood_as": None,
    "outcome": "answered",
    "reason": None,
    "answerer": "extractive",
    "statements": [{"text": "Er is € 256 miljoen.", "citations": [1, 2]}],
    "citations": [{"number": 1, "document_id": "kst-1"}, {"number": 2, "document_id": "stcrt-1"}],
    "suggestions": [],
    "timings_ms": {"total": 12.5},
}
WHEN = datetime.datetime(2026, 3, 1, 1, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "feedback.sqlite"


def written(path: Path, found: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found), encoding="utf-8")
    return path


def test_an_entry_comes_back_as_a_line_of_the_evals_with_all_that_was_said_in_its_note(path: Path) -> None:
    id = Feedback(path).add(
        "down",
        reason="verkeerde bron",
        comment="  Dit staat in de brief van Zoë.\x00\n",
        question=QUESTION,
        answer=ANSWER | {"understood_as": "Hoeveel geld is er voor de wijk in 2025?"},
        turns=["Wat is de Agenda?"],
        filters=Filters(types=("nota", "regeling"), since="2024"),
        created=WHEN,
    )
    assert list(lines(path)) == [
        {
            "id": id,
            "split": "dev",
            "theme": "overig",
            "kind": "follow_up",
            "question": QUESTION,
            "turns": ["Wat is de Agenda?"],
            "answerable": None,
            "facts": [],
            "sources": [],
            "note": 'thumb down (verkeerde bron) on 2026-03-01: "Dit staat in de brief van Zoë."; '
            "answered: Er is € 256 miljoen.; understood as: Hoeveel geld is er voor de wijk in 2025?; "
            "cited: kst-1, stcrt-1; within: types nota, regeling; since 2024",
        }
    ]


def test_a_line_is_a_case_once_a_person_has_filled_in_what_to_expect_and_not_before(path: Path) -> None:
    kept = Feedback(path)
    kept.add("up", question=QUESTION, answer=ANSWER)
    silent: dict[str, Any] = ANSWER | {
        "outcome": "abstained",
        "reason": "Dat staat er niet.",
        "statements": [],
        "citations": [],
    }
    kept.add("down", reason="onvolledig", question="Wie betaalt dat?", answer=silent, turns=[QUESTION])
    found = sorted(lines(path), key=lambda line: str(line["question"]))
    file = path.with_name("lines.jsonl")
    with pytest.raises(SettingsError, match=r"line 1: 'answerable' is true or false, not None"):
        read_cases(written(file, found))
    filled = [
        found[0] | {"answerable": True, "facts": [["256 miljoen"]], "sources": ["kst-1"]},
        found[1] | {"answerable": False},
    ]
    first, second = read_cases(written(file, filled))
    assert first == Case(
        id=str(found[0]["id"]), question=QUESTION, answerable=True, split="dev", theme="overig", kind="plain",
        facts=(("256 miljoen",),), sources=("kst-1",), note=first.note,
    )  # fmt: skip
    assert (second.answerable, second.turns) == (False, (QUESTION,))
    assert "abstained: Dat staat er niet." in second.note


def test_every_id_belongs_to_the_dev_split_as_its_digest_says(path: Path) -> None:
    kept = Feedback(path)
    ids = {kept.add("up", question=QUESTION, answer=ANSWER) for _ in range(30)}
    assert len(ids) == 30
    assert {split_of(id) for id in ids} == {"dev"}


def test_who_says_more_about_an_answer_has_one_entry(path: Path) -> None:
    kept = Feedback(path)
    first = kept.add("down", question=QUESTION, answer=ANSWER)
    assert (
        kept.add("down", reason="fout", comment="Het is 250.", question=QUESTION, answer=ANSWER, replaces=first)
        == first
    )
    (line,) = lines(path)
    assert "(fout)" in str(line["note"]) and "Het is 250." in str(line["note"])


def test_nothing_says_who_it_was(path: Path) -> None:
    Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    connection = sqlite3.connect(path)
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(feedback)")]
    connection.close()
    assert columns == "id created verdict reason comment question turns filters answer".split()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"verdict": "sideways"}, "verdict is one of up, down"),
        ({"verdict": "down", "reason": "stom"}, "one of fout, onvolledig, verkeerde bron, onduidelijk"),
        ({"verdict": "up", "reason": "fout"}, "a reason goes with `down`"),
        ({"verdict": "down", "comment": "x" * 2001}, "at most 2000 characters, not 2001"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(path: Path, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Feedback(path).add(question=QUESTION, answer=ANSWER, **wrong)
    assert not path.exists()


@pytest.mark.parametrize("text", ["\ud800 los", "nul \x00 teken", "🚲 '); DROP TABLE feedback; --", "x" * 2000, ""])
def test_any_text_can_be_said_and_asked(path: Path, text: str) -> None:
    Feedback(path).add("down", comment=text, question=text, answer=ANSWER | {"reason": text})
    (line,) = lines(path)
    json.dumps(line, ensure_ascii=False).encode("utf-8")


# ------------------------------------------------------------------------------------------------ many at once


def _add_many(path: Path, name: str) -> None:
    for number in range(15):
        Feedback(path).add("up", question=f"{name} {number}", answer=ANSWER)


def test_threads_and_processes_that_begin_at_once_lose_nothing(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add_many, args=(path, f"process {n}")) for n in range(3)]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(_add_many, path, f"thread {n}") for n in range(4)]:
            done.result()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len({line["question"] for line in lines(path)}) == 7 * 15


def test_threads_that_begin_with_an_empty_file_agree_on_its_form(tmp_path: Path) -> None:
    for attempt in range(10):
        path = tmp_path / f"{attempt}.sqlite"
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(Feedback(path).add, "up", question="?", answer=ANSWER) for _ in range(8)]:
                done.result()
        assert len(list(lines(path))) == 8


def test_one_can_read_while_another_writes(path: Path) -> None:
    Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    reading = lines(path)
    assert next(reading)["question"] == QUESTION
    Feedback(path).add("up", question="En nu?", answer=ANSWER)
    assert list(reading) == []  # as it was when reading began
    assert len(list(lines(path))) == 2


# ------------------------------------------------------------------------------------------------ what goes wrong


def test_before_anyone_said_anything_there_is_nothing_and_no_file(path: Path) -> None:
    assert list(lines(path)) == []
    assert not path.exists()
    path.parent.mkdir()
    path.touch()
    assert list(lines(path)) == []


def test_a_full_disk_is_told_and_keeps_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    monkeypatch.setattr(feedback, "_MOST_PAGES", 3)  # of SQLite itself: as full as a disk can be
    with pytest.raises(FeedbackUnavailable, match="no room left; free some"):
        Feedback(path).add("up", question="x" * 50_000, answer=ANSWER)
    assert [line["question"] for line in lines(path)] == [QUESTION]


def test_a_file_or_folder_that_may_not_be_written_is_told(path: Path) -> None:
    Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    superuser = os.geteuid() == 0
    path.chmod(0o444)
    path.parent.chmod(0o555)
    path.parent.parent.chmod(0o755)
    try:
        if superuser:  # whom no rights hold back
            os.seteuid(65534)
        with pytest.raises(FeedbackUnavailable, match=r"feedback\.sqlite is not to be had .*: it may not be written"):
            Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    finally:
        if superuser:
            os.seteuid(0)
        path.parent.chmod(0o755)


def test_a_file_that_stays_busy_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    monkeypatch.setattr(feedback, "_BUSY_SECONDS", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(FeedbackUnavailable, match="another program kept it busy"):
            Feedback(path).add("up", question=QUESTION, answer=ANSWER)
    finally:
        other.close()


@pytest.mark.parametrize("kind", ["text", "folder", "another database", "newer"])
def test_what_is_no_file_of_feedback_is_left_alone(path: Path, kind: str) -> None:
    path.parent.mkdir()
    if kind == "text":
        path.write_text("dit zijn geen meningen " * 100, encoding="utf-8")
    elif kind == "folder":
        path.mkdir()
    else:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 9" if kind == "newer" else "CREATE TABLE passages (id TEXT)")
        connection.commit()
        connection.close()
    before = path.read_bytes() if path.is_file() else b""
    for use in (lambda: Feedback(path).add("up", question=QUESTION, answer=ANSWER), lambda: list(lines(path))):
        with pytest.raises(AssistantError, match=r"feedback\.sqlite"):
            use()
    assert (path.read_bytes() if path.is_file() else b"") == before
