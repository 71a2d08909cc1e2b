"""The page without a browser: what it shows for which answer, and that nothing from a document can act on it."""

from __future__ import annotations

import dataclasses
import signal
import socket
import subprocess
import sys
import urllib.request
from html.parser import HTMLParser

import pytest

from assistant import web
from assistant.errors import AssistantError, IndexMismatch, IndexUnusable, ModelUnavailable, UnreadableDocument
from assistant.model import Answer, Document, Filters, Question, Statement, Turn, WordBox
from assistant.settings import PROJECT
from assistant.text import Span
from assistant.web import asking, wording
from assistant.web.asking import Exchange, WrongFilter
from assistant.web.conversation import check, conversation_html
from assistant.web.source import merged, source_html
from assistant.web.wording import DUTCH, ENGLISH
from tests.fakes_web import DOCUMENTS, HOSTILE, LETTER, SCHEME, FakeAssistant, cite


class Element(HTMLParser):
    """Reads a fragment into (tag, attributes, text inside) and refuses what is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)
        assert [tag for tag, _, _ in self._open] == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs}, list[str]())
        self.found.append(element)
        if tag != "img":
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        opened, _, _ = self._open.pop()
        assert opened == tag

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        """The text of every such element."""
        return [
            "".join(text)
            for name, given, text in self.found
            if name == tag and all(given.get(key.replace("_", "-")) == value for key, value in attributes.items())
        ]

    def having(self, attribute: str) -> list[dict[str, str]]:
        """The attributes of every element that has this one."""
        return [given for _, given, _ in self.found if attribute in given]


def last(assistant: FakeAssistant, text: str, *turns: Turn) -> Exchange:
    return list(asking.ask(assistant, Question(text, turns=turns)))[-1]


def source(document_id: str, quote: str, *, until: str = "", assistant: FakeAssistant | None = None) -> Element:
    citation = cite(1, document_id, quote, until=until)
    html = source_html(
        assistant or FakeAssistant(),
        document_id,
        Span(citation.start, citation.end),
        check(citation.quote),
        DUTCH,
    )
    return Element(html)


# ------------------------------------------------------------------------------------------------ conversation


def test_without_questions_the_page_offers_examples_that_ask() -> None:
    buttons = Element(conversation_html((), DUTCH)).having("data-ask")
    assert [button["data-ask"] for button in buttons] == list(wording.EXAMPLES)


def test_an_answer_has_its_outcome_a_button_for_every_citation_and_the_asked_date_in_strong() -> None:
    page = Element(conversation_html([last(FakeAssistant(), "Tot wanneer loopt de agenda?")], DUTCH))
    assert [given["data-outcome"] for given in page.having("id")] == ["answered"]
    assert page.texts("strong") == ["eind 2031"]
    assert page.texts("button", data_citation="1") == ["[1]", "[1]"]
    assert page.texts("button", data_citation="2") == ["[2]"]
    opens = page.having("data-citation")[0]
    start, end = int(opens["data-start"]), int(opens["data-end"])
    assert DOCUMENTS[opens["data-document"]].text[start:end] == "De Stadsagenda loopt tot eind 2031."


def test_sources_say_what_they_are_whose_words_they_are_and_where_the_original_is() -> None:
    page = Element(conversation_html([last(FakeAssistant(), "Tot wanneer loopt de agenda?")], DUTCH))
    where = "Kamerbrief · 7 juli 2023 · Ministerie van Proefstad · proef-1 · Looptijd & doel"
    assert page.texts("span", **{"class": "where"}) == [where, where]
    assert page.texts("span", **{"class": "provenance ours"}) == ["onze samenvatting", "onze samenvatting"]
    assert {given["href"] for given in page.having("href")} == {"https://example.org/brief-1"}
    scheme = Element(conversation_html([last(FakeAssistant(), "budget")], DUTCH))
    assert scheme.texts("span", **{"class": "provenance itself"}) == ["het document zelf"]
    assert scheme.having("href") == [], "an address that is no web address is no link"


def test_an_abstention_gives_its_reason_the_nearest_passages_and_suggestions_that_ask() -> None:
    page = Element(conversation_html([last(FakeAssistant(), "Wat kost een brommer?")], DUTCH))
    assert page.having("data-outcome")[0]["data-outcome"] == "abstained"
    assert page.texts("p")[0] == "De documenten zeggen niets over ‘Wat kost een brommer?’."
    assert page.texts("blockquote") == ["Het geld is zo verdeeld:", "Artikel 2 gaat over de aanvraag."]
    assert [given["data-ask"] for given in page.having("data-ask")] == ["Tot wanneer loopt de Stadsagenda?"]
    assert page.texts("p", **{"class": "statement"}) == []


def test_a_partial_answer_says_what_is_missing_and_how_the_question_was_understood() -> None:
    page = Element(conversation_html([last(FakeAssistant(), "En daarna?")], DUTCH))
    assert page.texts("p", **{"class": "partly"}) == ["Gedeeltelijk antwoord. Alleen het eerste deel."]
    assert page.texts("q") == ["En daarna? (Stadsagenda)"]


def test_the_hooks_are_on_the_newest_answer_only() -> None:
    assistant = FakeAssistant()
    first, second = last(assistant, "Tot wanneer loopt de agenda?"), last(assistant, "budget")
    page = Element(conversation_html([first, second], DUTCH))
    assert [given["data-outcome"] for given in page.having("id")] == ["answered"]
    assert len(page.having("data-citation")) == 1
    asked_again = Element(conversation_html([first, second, Exchange("nog een", "zoeken")], DUTCH))
    assert asked_again.having("id") == [] and asked_again.having("data-citation") == []
    assert asked_again.texts("p", **{"class": "progress"}) == ["Zoeken …"]
    assert len(asked_again.having("data-document")) == len(page.having("data-document")), "old sources still open"


@pytest.mark.parametrize("language", [DUTCH, ENGLISH], ids=["nl", "en"])
def test_nothing_from_a_question_a_title_or_a_quote_becomes_markup(language: wording.Wording) -> None:
    quote = cite(1, "brief-1", HOSTILE)
    answer = Answer(
        HOSTILE,
        "partly",
        (Statement(HOSTILE, (1,), ((3, 9),)),),
        (quote,),
        HOSTILE,
        HOSTILE,
        (HOSTILE,),
        answerer=HOSTILE,
    )
    abstained = dataclasses.replace(answer, outcome="abstained", statements=())
    exchanges = [
        Exchange(HOSTILE, HOSTILE),
        Exchange(HOSTILE, error=AssistantError(HOSTILE)),
        Exchange(HOSTILE, answer=abstained),
        Exchange(HOSTILE, answer=answer),
    ]
    page = Element(conversation_html(exchanges, language))
    assert {tag for tag, _, _ in page.found} & {"img", "script"} == set()
    assert page.having("onerror") == []
    assert HOSTILE in page.texts("p", **{"class": "statement"})[0]


# ------------------------------------------------------------------------------------------------ asking


def test_progress_comes_in_words_before_the_answer() -> None:
    exchanges = list(asking.ask(FakeAssistant(), Question("Tot wanneer loopt de agenda?")))
    shown = [wording.step(exchange.step, DUTCH) for exchange in exchanges[:-1]]
    assert shown == ["Zoeken …", "20 passages lezen …", "Citaten controleren …"]
    assert [wording.step(exchange.step, ENGLISH) for exchange in exchanges[:-1]] == [
        "Searching …",
        "20 passages to read …",
        "Checking quotes …",
    ]
    assert exchanges[-1].answer is not None and exchanges[-1].answer.outcome == "answered"


def test_a_follow_up_takes_the_earlier_questions_and_answers_along() -> None:
    earlier = [last(FakeAssistant(), "budget"), Exchange("mislukt", error=AssistantError("x"))]
    said = "Het budget bedraagt 12,5 miljoen euro per jaar en wordt verdeeld over twaalf gemeenten."
    assert asking.turns(earlier) == (Turn("budget", said),)
    assert len(asking.turns(earlier * 20)) <= asking.REMEMBERED


def test_filters_are_what_was_chosen() -> None:
    chosen = asking.filters(["nota"], ["1"], " 2023-07 ", "", DUTCH)
    assert chosen == Filters(types=("nota",), dossiers=("1",), since="2023-07", until=None)
    assert asking.filters([], [], "", "", DUTCH) == Filters()


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("7-7-2023", "", "‘7-7-2023’ bij ‘Vanaf’ is geen geldige datum."),
        ("", "2023-02-30", "‘2023-02-30’ bij ‘Tot en met’ is geen geldige datum."),
        ("2024", "2023-12", "‘Vanaf’ (2024) ligt na ‘Tot en met’ (2023-12)."),
    ],
)
def test_a_wrong_date_is_told_in_plain_dutch(since: str, until: str, message: str) -> None:
    with pytest.raises(WrongFilter, match=r"^" + message.replace("(", r"\(").replace(")", r"\)")):
        asking.filters([], [], since, until, DUTCH)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (IndexUnusable("x"), "assistant build"),
        (IndexMismatch("x"), "assistant build --fresh"),
        (ModelUnavailable("x"), "assistant doctor"),
        (UnreadableDocument("a", "b"), "assistant doctor"),
        (RuntimeError("x"), "probeer het opnieuw"),
    ],
)
def test_an_error_is_a_sentence_that_says_what_to_do(error: Exception, says: str) -> None:
    page = Element(conversation_html([Exchange("v", error=error)], DUTCH))
    assert says in page.texts("div", role="alert")[0]


def test_an_unexpected_error_is_logged_in_full_and_shown_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    html = conversation_html([last(FakeAssistant(), "stuk")], DUTCH)
    assert "secret detail" not in html and "secret detail" in caplog.text


# ------------------------------------------------------------------------------------------------ the source panel


@pytest.mark.parametrize(
    ("quote", "until", "marks"),
    [
        ("De Stadsagenda loopt tot eind 2031.", "", ["De Stadsagenda loopt tot eind 2031."]),
        ("loopt tot", "", ["loopt tot"]),  # part of a sentence
        ("& doel", "", ["& doel"]),  # in a heading, with a character that HTML writes otherwise
        (
            "De agenda kent deze doelen:",
            "een goede school",  # a lead and its list: three blocks
            ["De agenda kent deze doelen:", "• gezonde wijken", "• een goede school"],
        ),
        ("2030 | 4 miljoen |", "", ["2030", "4 miljoen"]),  # a row: its cells, not the bars between them
        ("4 miljoen", "", ["4 miljoen"]),
        ("2031 |  | nog niet", "", ["2031", "nog niet"]),  # an empty cell between
        (HOSTILE, "", [HOSTILE]),
    ],
)
def test_the_quote_and_nothing_else_is_marked_in_the_text(quote: str, until: str, marks: list[str]) -> None:
    assert source("brief-1", quote, until=until).texts("mark") == marks


def test_the_text_is_laid_out_as_headings_lists_and_tables() -> None:
    panel = source("brief-1", "loopt tot")
    assert panel.texts("h3") == ["Brief over de Stadsagenda"] and panel.texts("h4") == ["Looptijd & doel"]
    assert panel.texts("li") == ["• gezonde wijken", "• een goede school"]
    assert panel.texts("th") == ["Jaar", "Bedrag", "Opmerking"]
    assert panel.texts("td") == ["2030", "4 miljoen", "", "2031", "", "nog niet bekend"]
    assert panel.texts("p", **{"class": "footnote"}) == ["1 Zie de begroting."]
    assert panel.texts("h2") == [LETTER.title]
    assert "Deze tekst is een proef." in panel.texts("p", **{"class": "notice"})
    assert panel.having("onerror") == [] and panel.texts("script") == []


def test_only_the_surroundings_of_a_quote_in_a_very_long_document_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.web.source.AROUND_CHARACTERS", 400)
    panel = source("brief-1", "Alinea 20 over iets")
    assert panel.texts("mark") == ["Alinea 20 over iets"]
    assert panel.texts("p", **{"class": "notice"})[:2] == [DUTCH.cut_before, DUTCH.cut_after]
    assert len("".join(panel.texts("p"))) < 2_500


def test_a_quote_of_a_pdf_is_drawn_on_its_page_a_box_a_line() -> None:
    panel = source("regeling-1", "Het budget bedraagt", until="twaalf gemeenten.")
    boxes = [given["style"] for given in panel.having("data-highlight")]
    assert len(boxes) == 2 and boxes[0].startswith("left:9.524%;top:15.000%;")
    (image,) = panel.having("src")
    assert image["alt"] == "Bladzijde 1 met het citaat gemarkeerd"
    assert image["src"].startswith("data:image/png;base64,")
    assert panel.texts("mark") == []


def test_a_quote_over_two_pages_is_drawn_on_both() -> None:
    panel = source("regeling-1", "verdeeld over", until="Artikel 2")
    assert [given["alt"] for given in panel.having("src")] == [
        "Bladzijde 1 met het citaat gemarkeerd",
        "Bladzijde 2 met het citaat gemarkeerd",
    ]
    assert len(panel.having("data-highlight")) == 2


class WithoutPages(FakeAssistant):
    """The original PDF has gone since it was indexed."""

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        return None


class WithDamagedFile(FakeAssistant):
    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        raise UnreadableDocument("regeling.pdf", "Het bestand is beschadigd.")


@pytest.mark.parametrize("assistant", [WithoutPages(), WithDamagedFile()], ids=["gone", "damaged"])
def test_a_pdf_that_cannot_be_drawn_is_shown_as_marked_text(assistant: FakeAssistant) -> None:
    panel = source("regeling-1", "Het budget bedraagt", until="twaalf gemeenten.", assistant=assistant)
    assert " ".join(panel.texts("mark")) == (
        "Het budget bedraagt 12,5 miljoen euro per jaar en wordt verdeeld over twaalf gemeenten."
    )
    assert panel.texts("p", **{"class": "notice"}) == [DUTCH.not_drawn]


@pytest.mark.parametrize(("start", "end"), [(10, 30), (-5, 4), (10**9, 10**9 + 4), (30, 10)])
@pytest.mark.parametrize("document_id", ["brief-1", "regeling-1"])
def test_nothing_is_highlighted_where_a_document_no_longer_says_the_quote(
    document_id: str, start: int, end: int
) -> None:
    html = source_html(FakeAssistant(), document_id, Span(start, end), check("wat er eerst stond"), DUTCH)
    panel = Element(html)
    assert panel.texts("mark") == [] and panel.having("data-highlight") == []
    assert DUTCH.changed in panel.texts("p", **{"class": "notice"})


def test_a_document_that_has_left_the_index_is_told() -> None:
    html = source_html(FakeAssistant(), "weg", Span(0, 1), "", DUTCH)
    assert Element(html).texts("p", **{"class": "notice"}) == [DUTCH.gone]


def test_words_of_a_line_make_one_box_and_columns_stay_apart() -> None:
    def word(left: float, right: float, top: float) -> WordBox:
        return WordBox(0, 1, 1, left, top, right, top + 10)

    line = [word(10, 40, 100), word(43, 60, 100.5), word(63, 90, 99)]
    assert merged(line) == [(10, 99, 90, 110.5)]
    assert len(merged([word(10, 40, 100), word(10, 40, 112)])) == 2  # the next line
    assert len(merged([word(10, 40, 100), word(300, 340, 100)])) == 2  # another column at the same height
    assert merged([]) == []


def test_every_word_of_every_language_is_there() -> None:
    for field in dataclasses.fields(wording.Wording):
        assert getattr(DUTCH, field.name) and getattr(ENGLISH, field.name)
    assert set(DUTCH.errors) == set(ENGLISH.errors)
    assert wording.date("2023-07-07", DUTCH) == "7 juli 2023" and wording.date("2025-05", ENGLISH) == "May 2025"
    assert wording.date("2024", DUTCH) == "2024" and wording.date("2024-13-01", DUTCH) == "2024-13-01"
    assert SCHEME.provenance == "origineel" and wording.provenance(SCHEME, ENGLISH) == "the document itself"


# ------------------------------------------------------------------------------------------------ serving


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AssistantError, match=rf"127\.0\.0\.1:{port}: .*assistant serve --port {port + 1}"):
            web.serve(FakeAssistant(), host="127.0.0.1", port=port)


_SERVE = """
from assistant import web
from tests.fakes_web import FakeAssistant
web.serve(FakeAssistant(), host="127.0.0.1", port={port})
"""


@pytest.mark.slow
def test_ctrl_c_stops_the_page_without_a_traceback() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", _SERVE.format(port=port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT) as server:
        assert server.stdout is not None
        address = server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as response:
            policy = response.headers["content-security-policy"]
        server.send_signal(signal.SIGINT)
        rest, complaints = server.communicate(timeout=60)
    assert address == f"De chat staat op http://127.0.0.1:{port} (stoppen: Ctrl-C)\n"
    assert "default-src 'self'" in policy and "http" not in policy
    assert (server.returncode, rest, complaints) == (0, "Gestopt.\n", "")


def test_quotes_of_the_fakes_are_exact() -> None:
    document: Document = DOCUMENTS["regeling-1"]
    for box in document.words:
        assert " " not in document.text[box.start : box.end]
