"""Taking an answer or a conversation along, without a browser: the file, its name, and what became of its quotes."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import io
from collections.abc import Mapping
from typing import Any

import docx
import pytest

from assistant.model import Document, Exchange, Question
from assistant.web.asking import exchange_json
from assistant.web.requests import Endpoints, Reply
from assistant.web.taking import Taking, file_name
from tests.fakes_web import DOCUMENTS, HOSTILE, FakeAssistant

RUNS = "Tot wanneer loopt de Stadsagenda?"
MADE = datetime.datetime(2026, 11, 25, 14, 5, tzinfo=datetime.UTC)


class Other(FakeAssistant):
    """The same with other documents than when the question was answered."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        super().__init__()
        self._documents = documents

    def document(self, document_id: str) -> Document:
        return self._documents[document_id]


def kept(question: str) -> dict[str, object]:
    """An exchange as the browser kept it."""
    return exchange_json(Exchange(question, FakeAssistant().ask(Question(question))))


def asked(library: FakeAssistant, request: dict[str, Any]) -> Reply:
    offered = Endpoints()
    Taking(lambda _: library).offer(offered)
    return offered.once["export"](request)


def text_of(reply: Reply) -> str:
    return base64.b64decode(reply["data"]).decode()


@pytest.mark.parametrize(
    ("what", "title", "name"),
    [
        ("gesprek", "SPUK Kansrijke Wijk", "gesprek-spuk-kansrijke-wijk-2026-11-25.docx"),
        ("gesprek", "", "gesprek-2026-11-25.docx"),
        # accents become plain letters, other scripts fall away
        ("antwoord", "Eén café – wat kost dat?", "antwoord-een-cafe-wat-kost-dat-2026-11-25.docx"),
        ("gesprek", "日本語", "gesprek-2026-11-25.docx"),
        # no way out of the folder, no markup, no line ends
        ("gesprek", "../../etc/passwd\n\0", "gesprek-etc-passwd-2026-11-25.docx"),
        ("gesprek", HOSTILE[:36], "gesprek-img-src-x-onerror-window-hacked-1-2026-11-25.docx"),
        # a long title ends between words, also when there is no place for one
        ("gesprek", "woord " * 40, f"gesprek-{'woord-' * 10}2026-11-25.docx"),
        ("gesprek", "w" * 500, f"gesprek-{'w' * 60}-2026-11-25.docx"),
        # a file that already says what it is
        ("vragenlijst", "Vragenlijst raad", "vragenlijst-raad-2026-11-25.docx"),
    ],
)
def test_a_file_has_a_name_that_people_read_and_every_system_takes(what: str, title: str, name: str) -> None:
    assert file_name(what, title, ending=".docx", made=MADE) == name


def test_a_conversation_becomes_a_word_document_with_its_questions_as_headings() -> None:
    exchanges = [kept(RUNS), kept("Wat is het budget?")]
    reply = asked(FakeAssistant(), {"exchanges": exchanges, "format": "word", "title": f"Debat {HOSTILE}"[:400]})
    assert reply["name"].startswith("gesprek-debat-img-src-x")
    assert reply["name"].endswith(".docx")
    assert reply["type"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    document = docx.Document(io.BytesIO(base64.b64decode(reply["data"])))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert headings[:2] == [RUNS, "Wat is het budget?"]
    assert document.paragraphs[0].text == f"Debat {HOSTILE}"


@pytest.mark.parametrize(
    ("language", "name", "made"), [("nl", "antwoord-", "Gemaakt op "), ("en", "answer-", "Made on ")]
)
def test_one_answer_becomes_a_page_to_print_in_the_language_of_the_page(language: str, name: str, made: str) -> None:
    request = {"exchanges": [kept(RUNS)], "format": "print", "what": "answer", "title": RUNS, "language": language}
    reply = asked(FakeAssistant(), request)
    assert reply["name"].startswith(f"{name}tot-wanneer-loopt-de-stadsagenda-")
    assert reply["type"] == "text/html;charset=utf-8"
    page = text_of(reply)
    assert f'<html lang="{language}">' in page
    assert made in page
    assert "De Stadsagenda loopt tot <strong>eind 2031</strong>." in page
    assert "<script" not in page
    assert "<img" not in page


def test_a_conversation_without_a_name_is_called_what_it_is() -> None:
    before = datetime.datetime.now().astimezone()
    reply = asked(FakeAssistant(), {"exchanges": [kept(RUNS)], "format": "markdown", "title": "  "})
    after = datetime.datetime.now().astimezone()
    assert text_of(reply).startswith("# Gesprek\n\nGemaakt op ")
    assert reply["name"] in {f"gesprek-{day:%Y-%m-%d}.md" for day in (before, after)}, "midnight may come in between"


def test_a_quote_is_compared_with_the_document_of_now() -> None:
    letter = DOCUMENTS["brief-1"]
    changed = dataclasses.replace(letter, text=letter.text.replace("eind 2031", "eind 2035"))
    request = {"exchanges": [kept(RUNS)], "format": "markdown"}
    assert "Let op" not in text_of(asked(FakeAssistant(), request))
    assert "Let op: dit citaat staat niet meer zo in het document" in text_of(
        asked(Other({"brief-1": changed}), request)
    )
    assert "Let op: dit document is niet meer beschikbaar" in text_of(asked(Other({}), request))


def test_when_the_private_documents_are_gone_the_other_quotes_are_still_compared() -> None:
    """The page then gives the corpus alone. Only what came from the private documents is told to be gone."""
    own = kept(RUNS)
    citations: Any = own["answer"]["citations"]  # type: ignore[index]
    citations[1]["document_id"] = "eigen-1"
    text = text_of(asked(FakeAssistant(), {"exchanges": [own], "format": "markdown", "collection": "c1"}))
    assert text.count("Let op: dit document is niet meer beschikbaar") == 1
    assert text.count("Let op: dit citaat staat niet meer zo") == 0


def test_a_question_that_failed_goes_along_with_what_went_wrong() -> None:
    failed = {"question": "Wat nu?", "answer": None, "problem": f"Mislukt {HOSTILE}"}
    text = text_of(asked(FakeAssistant(), {"exchanges": [failed], "format": "print"}))
    assert "Deze vraag is niet beantwoord." in text
    assert "Mislukt &lt;img" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"exchanges": [], "format": "word"},  # nothing to take along
        {"exchanges": [{"question": "a"}], "format": "pdf"},  # not made
        {"exchanges": [{"question": "a"}] * 401, "format": "word"},  # more than a conversation has
    ],
)
def test_what_the_page_would_not_ask_for_is_refused(wrong: dict[str, Any]) -> None:
    assert asked(FakeAssistant(), wrong) == {
        "problem": "De pagina stuurde iets dat het programma niet begrijpt. Laad de pagina opnieuw."
    }
