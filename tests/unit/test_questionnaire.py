"""A list of questions is read whole from whatever layout it comes in, and answered to the end whatever fails."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator

import pytest

from assistant.errors import AssistantError, IndexMismatch, IndexUnusable, UnreadableQuestions
from assistant.model import Answer, Exchange, Outcome, Question
from assistant.questionnaire import (
    LARGEST_LIST,
    LONGEST_QUESTION,
    answer_all,
    plain_problem,
    read,
)

LIST = [
    "Hoeveel geld is er beschikbaar voor de specifieke uitkering Kansrijke Wijk?",
    "Tot wanneer kan een gemeente de tweede tranche aanvragen?",
    "Welke gemeenten doen mee aan het programma?",
    "Hoe wordt de Kamer geïnformeerd over de voortgang?",
    "Wat is er toegezegd over de evaluatie van de regeling?",
    "Klopt het dat de uitkering in 2026 stopt? Zo ja, waarom?",
    "Wie beslist over het toekennen van de uitkering?",
    "Aan welke voorwaarden moet een aanvraag voldoen?",
    "Kunt u een overzicht geven van de uitgaven per stadsdeel?",
    "Wordt er in 2025 een nieuwe monitor uitgevoerd? Zo nee, waarom niet?",
    "Waarvoor mag de gemeente het geld niet gebruiken?",
    "Binnen hoeveel weken moet het college een besluit nemen?",
    "Is cofinanciering verplicht en hoe hoog is die dan?",
    "Welke doelen zijn er gesteld voor het leren van de taal?",
    "Wat kost de aanpak van energiearmoede in totaal?",
    "Wanneer ontvangt de raad de tussenrapportage?",
    "Bent u bekend met het bericht “Hoe lang nog? Bewoners wachten op herstel” in de krant?",
    "Op welke manier worden bewoners betrokken bij de plannen?",
    "Hoeveel woningen worden er tot en met 2030 gerenoveerd?",
    "Wat gebeurt er met geld dat niet is uitgegeven?",
    "Welk artikel van de regeling gaat over terugvordering?",
    "Deelt u de mening dat kleine gemeenten extra hulp nodig hebben?",
    "Hoe verhoudt de uitkering zich tot het gemeentefonds?",
    "Zijn er gemeenten die hun aanvraag hebben ingetrokken?",
    "Hoe vaak overlegt de minister met de burgemeesters?",
    "Wie is aanspreekpunt bij het ministerie van Binnenlandse Zaken?",
    "Wat zegt artikel 4, lid 2 over de verantwoording?",
    "Welke scholen krijgen een rijke schooldag?",
    "Hoe hoog is het subsidieplafond voor 2024?",
    "Geldt de regeling ook voor Caribisch Nederland?",
]


def _wrapped(width: int) -> str:
    import textwrap

    return "\n".join(
        textwrap.fill(f"{number}. {question}", width, subsequent_indent="   ")
        for number, question in enumerate(LIST, 1)
    )


LAYOUTS = {
    "a line each": "\n".join(LIST),
    "an empty line between": "\r\n\r\n".join(LIST),
    "numbers": "\n".join(f"{number}. {question}" for number, question in enumerate(LIST, 1)),
    "numbers in brackets": "\n".join(f"({number}) {question}" for number, question in enumerate(LIST, 1)),
    "numbers without a point": "\n".join(f" {number}  {question}" for number, question in enumerate(LIST, 1)),
    "numbers of sections": "\n".join(f"2.{number} {question}" for number, question in enumerate(LIST, 1)),
    "letters": "\n".join(f"{'abcdefghij'[number % 10]}) {question}" for number, question in enumerate(LIST)),
    "bullets": "\n".join(f"•\t{question}" for question in LIST),
    "dashes": "\n".join(f"  - {question}" for question in LIST),
    "labels": "\n".join(f"Vraag {number}: {question}" for number, question in enumerate(LIST, 1)),
    "labels on a line of their own": "\n".join(
        f"Vraag {number}\n{question}\n" for number, question in enumerate(LIST, 1)
    ),
    "numbers on a line of their own": "\n".join(f"{number}\n{question}" for number, question in enumerate(LIST, 1)),
    "wrapped at 40": _wrapped(40),
    "wrapped at 72": _wrapped(72),
    "a quoted e-mail": "\n".join(f"> {question}" for question in LIST),
    "Markdown": "# Vragen voor de commissie\n\n## Geld\n\n" + "\n".join(f"* **{question}**" for question in LIST),
    "a title and themes": "Vragenlijst commissie Wonen\nGraag antwoord voor vrijdag.\n\nFinanciën\n"
    + "\n".join(LIST[:10])
    + "\n\nPlanning\n\n"
    + "\n".join(LIST[10:]),
    "pasted from a spreadsheet": "Nr\tThema\tVraag\n"
    + "\n".join(f"{number}\tWonen\t{question}" for number, question in enumerate(LIST, 1)),
    "a table in Markdown": "| nr | vraag |\n|---|---|\n"
    + "\n".join(f"| {number} | {question} |" for number, question in enumerate(LIST, 1)),
    "answers between": "De minister antwoordt, waar het kan, zonder omhaal. Wie weet helpt het?\n"
    + "\n".join(
        f"Vraag {number}\n{question}\nAntwoord op vraag {number}\nDat hangt ervan af. Wat is er mis mee?"
        for number, question in enumerate(LIST, 1)
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_questions_come_out_of_every_layout(layout: str) -> None:
    assert read(LAYOUTS[layout]) == LIST


TEXTS = [
    # (why, text, questions)
    (
        "several in a paragraph",
        "Wat kost het plan? Wie betaalt het plan?",
        ["Wat kost het plan?", "Wie betaalt het plan?"],
    ),
    ("small letters too", "wat kost het plan? wie betaalt mee?", ["wat kost het plan?", "wie betaalt mee?"]),
    ("no space after the mark", "Wat kost het plan?Wie betaalt?", ["Wat kost het plan?", "Wie betaalt?"]),
    ("what leans stays", "Komt er geld? Zo ja, wanneer? Zo nee, waarom niet?", None),
    ("what points back stays", "Wat houdt de motie in? Hoe wordt deze uitgevoerd?", None),
    ("a pronoun points back", "Welke uitkering is er? Wie kan het aanvragen?", None),
    ("an order after it stays", "Wat kost het plan? Graag per jaar.", None),
    (
        "this year points at nothing",
        "Wat kost het plan? Wat is dit jaar het budget?",
        ["Wat kost het plan?", "Wat is dit jaar het budget?"],
    ),
    (
        "what a question points at goes with it",
        "1. Er is € 5 miljoen voor de wijk. Waaraan wordt dit besteed?",
        ["Er is € 5 miljoen voor de wijk. Waaraan wordt dit besteed?"],
    ),
    (
        "an introduction does not",
        "Wij hebben vragen. Wat kost het plan?",
        ["Wat kost het plan?"],
    ),
    ("leaning on a line of its own", "Komt er geld?\nZo ja, wanneer?", ["Komt er geld? Zo ja, wanneer?"]),
    ("duplicates are kept", "Wat kost het?\nWat kost het?", ["Wat kost het?", "Wat kost het?"]),
    (
        "a question word without a mark",
        "Wie betaalt?\nHoeveel gemeenten doen mee",
        ["Wie betaalt?", "Hoeveel gemeenten doen mee"],
    ),
    ("'wat betreft' asks nothing", "Wie betaalt?\nWat betreft de rest volgt later bericht", ["Wie betaalt?"]),
    (
        "a numbered order",
        "1. Wie betaalt?\n2. Geef een overzicht van de kosten.",
        ["Wie betaalt?", "Geef een overzicht van de kosten."],
    ),
    (
        "without any mark every line counts",
        "budget 2025\n\nlooptijd\nvoorwaarden",
        ["budget 2025", "looptijd", "voorwaarden"],
    ),
    ("but headings do not", "# Vragen\n\nbudget 2025\nlooptijd", ["budget 2025", "looptijd"]),
    (
        "nor what is not numbered in a numbered list",
        "Vragen van de raad\n1. budget\n2. looptijd",
        ["budget", "looptijd"],
    ),
    (
        "a word broken at the line end",
        "Wat is de kosten-\nontwikkeling in de wijk?",
        ["Wat is de kostenontwikkeling in de wijk?"],
    ),
    ("marks of notes", "Kent u het bericht?1) Wat vindt u van het beleid2) in de wijk?3", None),
    ("a bracket is no note", "Wat zegt de wet (artikel 3) hierover?", ["Wat zegt de wet (artikel 3) hierover?"]),
    ("a question mark in an address", "Zie https://overheid.nl/?id=3\nWat staat er?", ["Wat staat er?"]),
    ("English", "Question 1: Who decides?\nQ2. When does it start?", ["Who decides?", "When does it start?"]),
    ("letters below a number", "3. a) Wie betaalt?\n   b) Wie beslist?", ["Wie betaalt?", "Wie beslist?"]),
    ("invisible characters", "\ufeff1.\u00a0Wie be\u00adtaalt\u200b?", ["Wie betaalt?"]),
    ("a year is no number of a list", "2025 is het laatste jaar?", ["2025 is het laatste jaar?"]),
]
KEPT_WHOLE = {
    "marks of notes": ["Kent u het bericht?", "Wat vindt u van het beleid in de wijk?"],
}


@pytest.mark.parametrize(("why", "text", "questions"), TEXTS, ids=[row[0] for row in TEXTS])
def test_text_is_cut_into_questions_that_can_be_asked_alone(why: str, text: str, questions: list[str] | None) -> None:
    assert read(text) == (questions or KEPT_WHOLE.get(why) or [text])


TABLES = [
    (
        "semicolons in quotes",
        'nr;Vraag;Antwoord\n1;"Wat kost het; en wie betaalt?";\n',
        ["Wat kost het; en wie betaalt?"],
    ),
    (
        "a column by its header",
        "nr;onderwerp;vraag\n1;Geld;Budget in 2025\n2;Tijd;Looptijd\n",
        ["Budget in 2025", "Looptijd"],
    ),
    (
        "quoted, with commas and a line end",
        'id,question\n1,"Who pays,\nand how much?"\n2,"When?"\n',
        ["Who pays, and how much?", "When?"],
    ),
    ("a column by its looks", "Geld;Wat kost het?;ja\nTijd;Tot wanneer?;nee\n", ["Wat kost het?", "Tot wanneer?"]),
    ("tabs", "thema\tvraag\nGeld\tWat kost het?\n", ["Wat kost het?"]),
    ("Excel says which sign", "sep=|\nthema|vraag\nGeld|Wat kost het?\n", ["Wat kost het?"]),
    ("one column", "Wat kost het, en wie betaalt?\nTot wanneer?\n", ["Wat kost het, en wie betaalt?", "Tot wanneer?"]),
    (
        "one column with commas all over",
        "Wat is a, b en c?\nWat is d, e en f?\n",
        ["Wat is a, b en c?", "Wat is d, e en f?"],
    ),
    ("a title above the header", "Lijst;;\n;;\nnr;Vragen (raad);status\n1;Wat kost het?;open\n", ["Wat kost het?"]),
    ("the number of a question is no question", "vraagnummer;tekst\n1;Wat kost het?\n", ["Wat kost het?"]),
    ("answers are no questions", "Tekst;Antwoord\nWat kost het?;Wie vraagt dat? Wat wilt u?\n", ["Wat kost het?"]),
]


@pytest.mark.parametrize(("why", "text", "questions"), TABLES, ids=[row[0] for row in TABLES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_gives_its_column_of_questions(why: str, text: str, questions: list[str], encoding: str) -> None:
    del why
    assert read(text.encode(encoding), "lijst.csv") == questions


def test_a_csv_keeps_its_accents_in_windows_1252() -> None:
    assert read("vraag\r\nHoe wordt de raad geïnformeerd?\r\n".encode("cp1252"), "LIJST.CSV") == [
        "Hoe wordt de raad geïnformeerd?"
    ]


REFUSED = [
    ("empty", "  \n ", "leeg", "empty"),
    ("no question", "Alleen een mededeling:\n\n---\n", "geen vragen", "no questions"),
    ("too many says how many", "\n".join(f"Wat is punt {n}?" for n in range(137)), "137 vragen", "137 questions"),
    ("one too long", f"Wat is dit?\nWat is {'heel ' * (LONGEST_QUESTION // 5 + 1)}lang?", "Vraag 2", "Question 2"),
    ("too large", b"?" * (LARGEST_LIST + 1), "groter dan 5 MB", "larger than 5 MB"),
    ("a PDF", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "PDF", "PDF"),
    (
        "a kind that ingest would have as PDF",
        b"{\\rtf1 Wat?}",
        "RTF-bestand; bewaar de vragen als TXT",
        "TXT, CSV, DOCX",
    ),
    ("a program", b"\x7fELF" + bytes(range(256)), "programma", "not read"),
    ("half an archive", b"PK\x03\x04" + b"\x14" * 60, "beschadigd", "damaged"),
]


@pytest.mark.parametrize(("why", "data", "dutch", "english"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_list_of_questions_is_refused_in_plain_words(
    why: str, data: bytes | str, dutch: str, english: str
) -> None:
    del why
    with pytest.raises(UnreadableQuestions) as caught:
        read(data, "lijst.txt")
    assert dutch in caught.value.dutch
    assert english in caught.value.english
    assert str(caught.value) == f"lijst.txt: {caught.value.dutch}"
    assert pickle.loads(pickle.dumps(caught.value)).english == caught.value.english


def test_a_hundred_questions_are_a_list() -> None:
    assert len(read("\n".join(f"Wat is punt {number}?" for number in range(100)))) == 100


HOSTILE = [
    ("open quotations", '("„‘' * 5000 + " Wat? " * 20000),
    ("brackets", "(" * 400_000 + "? "),
    ("numbers", "1. " * 150_000 + "Wat?"),
    ("one letter a line", "a\n" * 19_000 + "?"),
    ("tabs", "\t" * 400_000 + "?"),
    ("stars", "**_" * 150_000),
    ("question marks", "? " * 240_000),
    ("note marks", "a1) [2] " * 60_000 + "?"),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("why", "text"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_hostile_text_ends_in_questions_or_in_a_plain_error(why: str, text: str) -> None:
    del why
    for name in ("", "lijst.csv"):
        try:
            found = read(text.encode() if name else text, name)
        except UnreadableQuestions:
            continue
        assert len(found) <= 100


# ------------------------------------------------------------------------------------------------ answering


def _answer(question: str, outcome: Outcome = "answered") -> Answer:
    return Answer(question, outcome, (), ())


def _failing(errors: dict[str, Exception]) -> tuple[Callable[[Question], Answer], list[Question]]:
    asked: list[Question] = []

    def ask(question: Question) -> Answer:
        asked.append(question)
        if question.text in errors:
            raise errors[question.text]
        return _answer(question.text)

    return ask, asked


def _run(ask: Callable[[Question], Answer], questions: list[str]) -> Iterator[tuple[int, Exchange]]:
    return answer_all(ask, questions, progress=lambda number, total: None, stopped=lambda: False)


def test_every_question_is_asked_by_itself_and_in_order() -> None:
    ask, asked = _failing({})
    told: list[tuple[int, int]] = []
    run = answer_all(ask, ["a", "b", "a"], progress=lambda *step: told.append(step), stopped=lambda: False)
    assert next(run) == (1, Exchange("a", _answer("a")))
    assert told == [(1, 3)]  # the next one is asked only when the first has been taken
    assert [number for number, _ in run] == [2, 3]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert asked == [Question("a"), Question("b"), Question("a")]


def test_a_question_that_fails_is_told_in_its_row_and_the_run_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    ask, asked = _failing({"b": ZeroDivisionError("sum 42"), "c": AssistantError("internals")})
    with caplog.at_level(logging.ERROR):
        exchanges = [exchange for _, exchange in _run(ask, ["a", "b", "c", "d"])]
    assert [bool(one.answer) for one in exchanges] == [True, False, False, True]
    assert exchanges[1].problem == plain_problem(ZeroDivisionError()) != exchanges[2].problem
    assert not any("42" in one.problem or "internals" in one.problem for one in exchanges)
    assert "ZeroDivisionError: sum 42" in caplog.text
    assert len(asked) == 4


def test_stop_works_between_questions() -> None:
    ask, asked = _failing({})
    run = answer_all(ask, ["a", "b", "c"], progress=lambda *_: None, stopped=lambda: len(asked) == 2)
    assert [exchange.question for _, exchange in run] == ["a", "b"]
    assert len(asked) == 2


def test_without_an_index_three_questions_are_tried_and_all_are_marked() -> None:
    questions = [str(number) for number in range(10)]
    ask, asked = _failing({question: IndexMismatch("old") for question in questions})
    exchanges = dict(_run(ask, questions))
    assert len(asked) == 3
    assert list(exchanges) == list(range(1, 11))
    assert {one.problem for one in exchanges.values()} == {plain_problem(IndexUnusable())}


def test_an_index_that_comes_back_is_used_again() -> None:
    gone = {question: IndexUnusable("gone") for question in ("0", "1", "3", "4")}
    ask, asked = _failing({**gone, "5": AssistantError("other")})
    exchanges = [exchange for _, exchange in _run(ask, [str(number) for number in range(8)])]
    assert len(asked) == 8
    assert [bool(one.answer) for one in exchanges] == [False, False, True, False, False, False, True, True]


def test_a_page_says_problems_in_its_own_words() -> None:
    ask, _ = _failing({"a": IndexUnusable("gone")})
    run = answer_all(ask, ["a"], progress=lambda *_: None, stopped=lambda: False, explain=lambda error: "No index.")
    assert next(run)[1].problem == "No index."
