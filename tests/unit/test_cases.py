"""Questions of the evals: how they are read, and when a text holds an expected fact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import SettingsError
from evals.cases import Case, case_json, holds_fact, read_cases, split_of

QUESTIONS = Path(__file__).resolve().parents[2] / "evals" / "questions"
LINE: dict[str, Any] = {
    "id": "fi-001",
    "split": "test",
    "theme": "financiering",
    "kind": "plain",
    "question": "Hoeveel geld is er?",
    "answerable": True,
    "facts": [["€ 256 miljoen", "256 mln"]],
    "sources": ["ro-2023-12-08"],
    "note": "an amount",
}


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


# ------------------------------------------------------------------------------------------------ reading


def test_a_line_becomes_a_case_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    (case,) = read_cases(write(tmp_path / "q.jsonl", "", LINE, "  "))
    assert case == Case(
        id="fi-001",
        question="Hoeveel geld is er?",
        answerable=True,
        split="test",
        theme="financiering",
        facts=(("€ 256 miljoen", "256 mln"),),
        sources=("ro-2023-12-08",),
        note="an amount",
    )


def test_a_line_may_be_as_short_as_its_question_and_may_follow_on_earlier_turns(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "question": "Wat is de SPUK?", "answerable": False},
        {"id": "b", "question": "En de tweede?", "answerable": True, "turns": ["Wat is de SPUK?"], "outdated": ["€ 5"]},
    ]
    first, second = read_cases(write(tmp_path / "q.jsonl", *lines))
    assert (first.split, first.facts, first.turns) == ("dev", (), ())
    assert (second.turns, second.outdated) == (("Wat is de SPUK?",), ("€ 5",))
    assert case_json(second)["turns"] == ["Wat is de SPUK?"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "Expecting property name"),
        ("[]", "this is not a JSON object"),
        ({**LINE, "fact": []}, "unknown key 'fact'"),
        ({"id": "a", "question": "?"}, "'answerable' is missing"),
        ({**LINE, "answerable": "ja"}, "'answerable' is true or false, not 'ja'"),
        ({**LINE, "id": " "}, "'id' is empty"),
        ({**LINE, "split": "train"}, "'split' is dev or test, not 'train'"),
        ({**LINE, "facts": ["€ 256 miljoen"]}, "'facts' is a list of lists of accepted spellings"),
        ({**LINE, "facts": [[]]}, "'facts' is a list of lists of accepted spellings"),
        ({**LINE, "sources": "x"}, "'sources' is a list of texts, not 'x'"),
        ({**LINE, "answerable": False}, "a question that cannot be answered has no expected facts"),
        (LINE, "id 'fi-001' stands on an earlier line as well"),
    ],
)
def test_a_line_that_is_no_case_is_named_with_file_and_line(tmp_path: Path, line: object, says: str) -> None:
    path = write(tmp_path / "q.jsonl", LINE, "", line)
    with pytest.raises(SettingsError, match=rf"q\.jsonl, line 3: {says}"):
        read_cases(path)


def test_a_missing_or_empty_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read as questions"):
        read_cases(tmp_path / "none.jsonl")
    with pytest.raises(SettingsError, match="holds no questions"):
        read_cases(write(tmp_path / "empty.jsonl", ""))


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*.jsonl")), ids=lambda path: path.name)
def test_the_question_sets_can_be_read_and_their_splits_are_those_of_their_ids(path: Path) -> None:
    for case in read_cases(path):
        assert case.split == split_of(case.id), case.id


# ------------------------------------------------------------------------------------------------ facts in texts

HELD = [
    # (text, spellings, why)
    ("De Agenda loopt tot eind 2025.", ["eind 2025"], "as it stands"),
    ("DE AGENDA LOOPT TOT EIND\n2025", ["Eind  2025"], "case and white space do not count"),
    ("Er is € 256 miljoen.", ["256 mln"], "an amount without its sign"),
    ("Er is 256 mln euro.", ["€ 256 miljoen"], "an amount in other words"),
    ("Er is € 256.000.000 beschikbaar.", ["€ 256 miljoen"], "an amount in digits"),
    ("De brief is van 7 juli 2023.", ["7-7-2023"], "a date in other digits"),
    ("The letter of July 7, 2023", ["7 juli 2023"], "a date in English"),
    ("Er zijn 6 hoofdthema's.", ["zes hoofdthema's"], "a number as a word"),
    ("Dat is 85 procent.", ["85%"], "a percentage"),
    ("De regeling heeft nummer 2023-0000366768.", ["2023-0000366768"], "a mark is compared as it stands"),
    ("Het bestuur kiest.", ["raad", "bestuur"], "any spelling will do"),
]
NOT_HELD = [
    ("Er is € 256 miljoen.", ["€ 25 miljoen"], "another amount"),
    ("Er is € 2,5 miljoen.", ["5 miljoen"], "part of an amount"),
    ("Het zijn er 1.185.", ["185"], "part of a number"),
    ("Het zijn er 185.", ["85"], "the end of a number"),
    ("Het zijn er 85.000.", ["85"], "the beginning of a number"),
    ("Dat was op 17 juli 2023.", ["7 juli 2023"], "the end of a date"),
    ("Het kost € 5 per keer.", ["5 gemeenten"], "the number of something else"),
    ("Daarvan gaat 85 euro naar zorg.", ["85%"], "an amount is no percentage"),
    ("", ["eind 2025"], "nothing"),
]


@pytest.mark.parametrize(("text", "spellings", "why"), HELD, ids=[why for *_, why in HELD])
def test_a_text_holds_a_fact(text: str, spellings: list[str], why: str) -> None:
    del why
    assert holds_fact(text, spellings)


@pytest.mark.parametrize(("text", "spellings", "why"), NOT_HELD, ids=[why for *_, why in NOT_HELD])
def test_a_text_does_not_hold_a_fact(text: str, spellings: list[str], why: str) -> None:
    del why
    assert not holds_fact(text, spellings)
