"""Exercises: reading and writing dossiers, and what counts as a right sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.model import Anchor, Answer, Citation, DocumentInfo, Statement
from assistant.settings import PROJECT
from evals import unseen
from evals.cases import read_cases

FILE = """== Regeling buurtsport
# Regeling van 12 maart 2021 | Artikel 3. Hoogte
De minister stelt € 4 miljoen beschikbaar.
1. Een gemeente ontvangt € 18.000.

# Brief | Ronde
Ronde: tweede; Sluit: 30 april.
? Hoeveel krijgt een gemeente? => 1.2
? Wat is het budget => van alles? => 1.1 2.1
? Wie tekende? => -
"""


def dossier(folder: Path) -> unseen.Dossier:
    (folder / "a01.txt").write_text(FILE, encoding="utf-8")
    return unseen.read(folder / "a01.txt")


def test_a_dossier_is_read_with_its_passages_and_questions(tmp_path: Path) -> None:
    read = dossier(tmp_path)
    assert [(one.title, one.heading, len(one.lines)) for one in read.passages] == [
        ("Regeling van 12 maart 2021", "Artikel 3. Hoogte", 2),
        ("Brief", "Ronde", 1),
    ]
    assert read.questions == [
        ("Hoeveel krijgt een gemeente?", ((1, 2),)),
        ("Wat is het budget => van alles?", ((1, 1), (2, 1))),
        ("Wie tekende?", ()),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("== A\n# T | H\nEen zin.\n? Wat? => 1.2", "a.txt:4: there is no line 1.2"),
        ("== A\n# T | H\nEen zin.\n? Wat? => 0.1", "a.txt:4: there is no line 0.1"),
        ("== A\n# T | H\nEen zin.\n? Wat?", "a.txt:4: not a question with its lines"),
        ("== A\nEen zin.", "a.txt:2: text before the first passage"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(complaint)):
        unseen.read(tmp_path / "a.txt")


def test_every_document_of_a_dossier_becomes_a_file_that_reads_back_line_by_line(tmp_path: Path) -> None:
    ids = unseen.write_corpus([dossier(tmp_path)], tmp_path)
    assert ids == {"a01": ("a01-1", "a01-2")}
    text = (tmp_path / "a01-1.md").read_text(encoding="utf-8")
    assert text.startswith('---\nid: a01-1\ntitle: "Regeling van 12 maart 2021"\n')
    assert text.endswith(
        "## Artikel 3. Hoogte\n\nDe minister stelt € 4 miljoen beschikbaar.\n\n1\\. Een gemeente ontvangt € 18.000.\n"
    )


def test_the_exercises_are_many_and_not_about_what_the_evals_ask() -> None:
    dossiers = [unseen.read(path) for path in sorted(unseen.EXERCISES.glob("*.txt"))]
    questions = [(asked, places) for dossier in dossiers for asked, places in dossier.questions]
    assert len(dossiers) >= 90 and len(questions) >= 5_000
    assert 0.2 < sum(not places for _, places in questions) / len(questions) < 0.35
    text = "\n".join(path.read_text(encoding="utf-8") for path in unseen.EXERCISES.glob("*.txt")).lower()
    for subject in ("kansrijke wijk", "veerkrachtige", "weerbare samenleving", "preventie met gezag", "social lab"):
        assert subject not in text
    evals = {case.question.lower() for case in read_cases(PROJECT / "evals" / "questions")}
    assert not evals & {asked.lower() for asked, _ in questions}


def test_what_is_held_out_teaches_nothing_and_is_of_every_subject() -> None:
    dossiers = unseen.read_all(unseen.EXERCISES)
    held, taught = ({one.id for one in some} for some in (unseen.held_out(dossiers), unseen.taught(dossiers)))
    assert not held & taught and len(held) + len(taught) == len(dossiers)
    assert {id[0] for id in held} == {one.id[0] for one in dossiers} and len(taught) > len(held) > 30


# ------------------------------------------------------------------------------------------------ verdicts


def answer(*quotes: str) -> Answer:
    info = DocumentInfo("a01-1", "Regeling")
    citations = tuple(
        Citation(number, info, Anchor(), quote, 0, len(quote), "p") for number, quote in enumerate(quotes, start=1)
    )
    said = tuple(Statement(one.quote, (one.number,)) for one in citations)
    return Answer("?", "answered" if quotes else "abstained", said, citations)


WANTED = ("Een gemeente ontvangt € 18.000.", "Ronde: tweede; Sluit: 30 april.")


@pytest.mark.parametrize(
    ("quotes", "wanted", "expected"),
    [
        (["Een gemeente ontvangt  € 18.000."], WANTED, "first"),
        (["Dit is ervoor. Een gemeente ontvangt € 18.000."], WANTED, "first"),  # with the sentence it leans on
        (["Iets anders.", "Ronde: tweede; Sluit: 30 april."], WANTED, "later"),
        (["Een gemeente ontvangt € 19.000."], WANTED, "wrong"),
        (["Een gemeente ontvangt € 18."], WANTED, "first"),  # a sentence taken to end at the point
        (["Een gemeente ontvang"], WANTED, "wrong"),  # no whole words
        ([], WANTED, "missed"),
        ([], (), "silent"),
        (["Een gemeente ontvangt € 18.000."], (), "answered"),
    ],
)
def test_the_verdict_looks_at_what_is_quoted(quotes: list[str], wanted: tuple[str, ...], expected: str) -> None:
    assert unseen.verdict(answer(*quotes), wanted) == expected


def test_shares_are_of_the_questions_they_are_about() -> None:
    verdicts = ["first", "first", "later", "missed", "silent", "silent", "answered"]
    asked = [unseen.Asked("a", one, WANTED if one in ("first", "later", "missed") else (), "", one) for one in verdicts]
    figures = unseen.summary(asked)
    assert {name: figure["value"] for name, figure in figures.items()} == {
        "first": 0.5,
        "later": 0.25,
        "wrong": 0.0,
        "missed": 0.25,
        "silent_on_what_is_not_there": pytest.approx(0.6667, abs=1e-4),
    }
    assert figures["first"]["cases"] == 4 and figures["silent_on_what_is_not_there"]["cases"] == 3
