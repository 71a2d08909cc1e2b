"""The tab for a list of questions, without a browser: read, answered row by row, stopped, shown again and taken along."""

from __future__ import annotations

import base64
import csv
import io
import threading
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

import docx
import pytest

from assistant.model import Answer, Question
from assistant.web.question_list import QuestionList
from assistant.web.requests import Endpoints, Reply
from assistant.web.wording import DUTCH
from tests.fakes_web import HOSTILE, FakeAssistant

RUNS = "Tot wanneer loopt de Stadsagenda?"
MONEY = "Wat is het budget?"
AFTER = "En daarna?"
UNKNOWN = "Wat kost een brommer in Proefstad?"
BROKEN = "Gaat dit stuk?"


class Tags(HTMLParser):
    """The elements of a fragment, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def offered(assistant: FakeAssistant | None = None) -> Endpoints:
    endpoints = Endpoints()
    QuestionList(assistant or FakeAssistant()).offer(endpoints)
    return endpoints


def answering(assistant: FakeAssistant, questions: Sequence[str], *, language: str = "nl") -> Iterator[Reply]:
    listed = [{"number": number, "question": question} for number, question in enumerate(questions, 1)]
    return offered(assistant).steps["answer_questions"]({"questions": listed, "language": language})


def answered(questions: Sequence[str], **options: Any) -> list[Reply]:
    """The rows, without what is said on the way."""
    return [reply for reply in answering(FakeAssistant(), questions, **options) if "exchange" in reply]


# ------------------------------------------------------------------------------------------------ reading


def test_pasted_text_and_files_become_questions_on_a_line_each() -> None:
    read = offered().once["read_questions"]
    text = f"Vragen voor de raad\n\n1. {RUNS}\n2. {MONEY}\n"
    assert read({"text": text}) == {"questions": [RUNS, MONEY]}
    data = base64.b64encode(text.encode()).decode()
    assert read({"name": "raad.txt", "data": data}) == {"questions": [RUNS, MONEY]}


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"text": "  "}, "De lijst is leeg."),
        ({"text": "  ", "language": "en"}, "The list is empty."),
        ({"text": "\n".join(f"Wat is {number}?" for number in range(101))}, "Dit zijn 101 vragen"),
        ({"name": "a.pdf", "data": base64.b64encode(b"%PDF-1.7\n").decode()}, "Uit een PDF-bestand worden geen vragen"),
        ({"name": "a.txt", "data": "geen base64!"}, "De pagina stuurde iets"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_with_what_to_do(request_: dict[str, Any], problem: str) -> None:
    reply = offered().once["read_questions"](request_)
    assert reply["problem"].startswith(problem)
    assert "questions" not in reply


# ------------------------------------------------------------------------------------------------ answering


def test_every_question_is_named_as_it_is_asked_and_then_gets_its_row() -> None:
    assistant = FakeAssistant()
    replies = list(answering(assistant, [RUNS, AFTER, UNKNOWN, BROKEN]))
    told = [reply.get("asking") or (reply["number"], reply["exchange"]["question"]) for reply in replies if reply]
    assert told == [1, (1, RUNS), 2, (2, AFTER), 3, (3, UNKNOWN), 4, (4, BROKEN)]
    rows = [Tags(reply["html"]).all("tr")[0] for reply in replies if "html" in reply]
    assert [row["data-came"] for row in rows] == ["answered", "partly", "abstained", "failed"]
    assert [question.turns for question in assistant.asked] == [()] * 4, "every question is asked by itself"


def test_a_row_says_its_outcome_in_words_and_its_markers_open_the_source() -> None:
    found, partly, nothing, failed = answered([RUNS, AFTER, UNKNOWN, BROKEN])
    buttons = Tags(found["html"]).all("button")
    assert [button["aria-label"][:3] for button in buttons] == ["[1]", "[2]", "[1]"]
    assert all(button["class"] == "marker" and button["data-document"] == "brief-1" for button in buttons)
    # hooks of the newest answer of the conversation, which a list is not
    assert "data-citation=" not in found["html"]
    assert 'id="answer"' not in found["html"]
    assert ">beantwoord<" in found["html"]
    assert ">gedeeltelijk<" in partly["html"]
    assert "Alleen het eerste deel." in partly["html"]
    assert "Begrepen als: En daarna? (Stadsagenda)" in partly["html"]
    assert ">geen antwoord<" in nothing["html"]
    assert DUTCH.nearest in nothing["html"]
    assert ">mislukt<" in failed["html"]
    assert "Er ging onverwacht iets mis" in failed["html"]
    assert "secret detail" not in str(failed)
    assert Tags(failed["html"]).all("button") == [
        {"type": "button", "class": "button", "data-again": "4", "aria-label": "Opnieuw: Nr. 4"}
    ]


def test_one_that_failed_is_asked_again_under_its_own_number() -> None:
    steps = offered().steps["answer_questions"]({"questions": [{"number": 17, "question": RUNS}]})
    assert [reply.get("asking", reply.get("number")) for reply in steps if reply] == [17, 17]


def test_questions_and_titles_never_become_markup() -> None:
    (row,) = answered([f"Hoe loopt het {HOSTILE}?"])
    (shown,) = offered().once["show_questions"]({"rows": [{"number": 1, "exchange": row["exchange"]}]})["rows"]
    (failed,) = answered([f"stuk {HOSTILE}"])
    for html in (row["html"], shown, failed["html"]):
        tags = {tag for tag, _ in Tags(html).found}
        assert tags <= {"tr", "td", "th", "span", "p", "button", "strong", "details", "summary", "ul", "li"}
        assert "&lt;img" in html


def test_without_an_index_every_row_says_so_and_the_rest_is_not_asked() -> None:
    assistant = FakeAssistant()
    assistant.without_index = True
    rows = [reply for reply in answering(assistant, [RUNS] * 6, language="en") if "html" in reply]
    assert len(rows) == 6
    assert all("There is no usable index of the documents" in row["html"] for row in rows)
    assert len(assistant.asked) == 3


def test_a_question_that_is_too_long_is_told_before_any_is_asked() -> None:
    assistant = FakeAssistant()
    (reply,) = answering(assistant, [RUNS, "Hoe? " * 2000])
    assert reply == {"problem": "Vraag 2 is te lang. Maak die vraag korter dan 4000 tekens."}
    assert assistant.asked == []


def test_who_leaves_is_not_answered_any_more() -> None:
    """The question that is being asked is finished; the next one is not asked."""

    class Slow(FakeAssistant):
        def ask(self, question: Question, **options: Any) -> Answer:
            answer = super().ask(question, **options)
            asked.set()
            release.wait(20)
            return answer

    asked, release = threading.Event(), threading.Event()
    assistant = Slow()
    replies = answering(assistant, [RUNS, MONEY, AFTER])
    assert next(replies) == {"asking": 1}
    assert asked.wait(20)
    assert next(replies) == {}, "a chance to leave in the middle of a question"
    replies.close()  # type: ignore[attr-defined]  # a generator
    release.set()
    for thread in threading.enumerate():
        if thread.name == "question list":
            thread.join(20)
    assert [question.text for question in assistant.asked] == [RUNS]


# ------------------------------------------------------------------------------------------------ afterwards


def test_kept_rows_are_shown_again_in_the_language_of_the_page() -> None:
    kept = [{"number": row["number"], "exchange": row["exchange"]} for row in answered([RUNS, UNKNOWN])]
    rows = offered().once["show_questions"]({"rows": kept, "language": "en"})["rows"]
    assert [Tags(row).all("tr")[0]["data-number"] for row in rows] == ["1", "2"]
    assert ">answered<" in rows[0]
    assert ">no answer<" in rows[1]


def test_the_list_is_taken_along_as_a_table_with_a_row_for_every_question() -> None:
    exchanges = [row["exchange"] for row in answered([RUNS, UNKNOWN])]
    exchanges.append({"question": MONEY, "answer": None, "problem": DUTCH.question_list.not_asked})
    reply = offered().once["export_questions"]({"exchanges": exchanges, "format": "csv", "title": "Raad 25 november"})
    assert reply["name"].startswith("vragenlijst-raad-25-november-")
    assert reply["name"].endswith(".csv")
    written = base64.b64decode(reply["data"]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    assert [row[:3] for row in rows[1:]] == [
        ["1", RUNS, "beantwoord"],
        ["2", UNKNOWN, "geen antwoord"],
        ["3", MONEY, "mislukt"],
    ]
    assert rows[3][-1] == DUTCH.question_list.not_asked


@pytest.mark.parametrize(
    ("name", "title"), [("", "Vragenlijst"), ("Raad", "Vragenlijst: Raad"), ("vragenlijst raad", "vragenlijst raad")]
)
def test_the_list_is_taken_along_as_a_word_document(name: str, title: str) -> None:
    exchanges = [row["exchange"] for row in answered([RUNS, BROKEN])]
    reply = offered().once["export_questions"]({"exchanges": exchanges, "format": "word", "title": name})
    document = docx.Document(io.BytesIO(base64.b64decode(reply["data"])))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == title
    assert "2 vragen: 1 beantwoord, 1 mislukt." in texts
    assert f"1. {RUNS}" in texts


def test_the_frame_is_dutch_until_the_page_is_switched() -> None:
    from assistant.web.question_list import markup as made

    markup = made()
    labels = [one["for"] for one in Tags(markup).all("label")]
    assert labels == ["list-text", "list-file"]
    assert 'data-text="question_list.heading">Veel vragen in één keer<' in markup
    assert all(button["type"] == "button" for button in Tags(markup).all("button"))
