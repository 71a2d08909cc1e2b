"""The page without a browser: what it shows for which answer, and that nothing from a document can act on it."""

from __future__ import annotations

import dataclasses
import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from assistant import examples, web
from assistant.errors import (
    AssistantError,
    IndexMismatch,
    IndexUnusable,
    ModelUnavailable,
    SettingsError,
    UnreadableDocument,
)
from assistant.examples import Example, Theme
from assistant.model import Answer, Document, DocumentInfo, Exchange, Filters, Question, Statement, Turn, WordBox
from assistant.settings import PROJECT
from assistant.text import Span
from assistant.web import asking, wording
from assistant.web.conversation import check, growing_html, progress_html, said_html
from assistant.web.requests import (
    REMEMBERED,
    Ask,
    ChosenFilters,
    Conversation,
    Endpoints,
    KeptExchange,
    Request,
    Told,
    problem,
)
from assistant.web.source import merged, source_html
from assistant.web.start import Start
from assistant.web.wording import DUTCH, ENGLISH
from tests.fakes_web import DOCUMENTS, EXAMPLES, HOSTILE, LETTER, SCHEME, FakeAssistant, cite


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


def replies(assistant: FakeAssistant, question: str, **more: Any) -> list[dict[str, Any]]:
    return list(asking.ask(assistant, Ask(question=question, **more)))


def kept(assistant: FakeAssistant, question: str) -> dict[str, Any]:
    """What the browser keeps of a question and its answer: JSON that went over the wire."""
    exchange: dict[str, Any] = json.loads(json.dumps(replies(assistant, question)[-1]["exchange"]))
    return exchange


def answered(question: str) -> Element:
    """The answer as the page shows it when it has just been given."""
    return Element(replies(FakeAssistant(), question)[-1]["html"])


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


def test_an_answer_has_its_outcome_a_button_for_every_citation_and_the_asked_date_in_strong() -> None:
    page = answered("Tot wanneer loopt de agenda?")
    assert [given["data-outcome"] for given in page.having("id")] == ["answered"]
    assert page.texts("strong") == ["eind 2031"]
    assert page.texts("button", data_citation="1") == ["[1]", "[1]"]
    assert page.texts("button", data_citation="2") == ["[2]"]
    opens = page.having("data-citation")[0]
    start, end = int(opens["data-start"]), int(opens["data-end"])
    assert DOCUMENTS[opens["data-document"]].text[start:end] == "De Stadsagenda loopt tot eind 2031."


def test_sources_say_what_they_are_whose_words_they_are_and_where_the_original_is() -> None:
    page = answered("Tot wanneer loopt de agenda?")
    where = "Kamerbrief · 7 juli 2023 · Ministerie van Proefstad · proef-1"
    assert page.texts("span", **{"class": "where"}) == [where], "two citations of one document: it is named once"
    assert page.texts("ul", **{"class": "places"}) == ["[1] Looptijd & doel[2] Looptijd & doel"]
    assert page.texts("span", **{"class": "provenance ours"}) == ["onze samenvatting"]
    assert {given["href"] for given in page.having("href")} == {"https://example.org/brief-1"}
    scheme = answered("budget")
    assert scheme.texts("span", **{"class": "provenance itself"}) == ["het document zelf"]
    assert scheme.having("href") == [], "an address that is no web address is no link"


def test_a_nearest_passage_is_shown_without_the_headings_that_stand_around_it() -> None:
    answer = FakeAssistant().ask(Question("Wat kost een brommer?"))
    first = answer.citations[0]
    headed = dataclasses.replace(
        first,
        document=dataclasses.replace(first.document, identifier="000_ada212ff493f49c0.txt"),
        quote=f"{first.document.title}\n\n{first.anchor.section[-1]}\n\n{first.quote}",
    )
    page = Element(said_html(Exchange("brommer", dataclasses.replace(answer, citations=(headed,))), DUTCH, newest=True))
    assert page.texts("blockquote") == [first.quote]
    assert page.texts("span", **{"class": "where"}) == [
        f"Kamerbrief · 7 juli 2023 · Ministerie van Proefstad · {first.anchor.label}"
    ], "the name of a file tells a reader nothing"


def test_an_abstention_gives_its_reason_the_nearest_passages_and_suggestions_that_ask() -> None:
    page = answered("Wat kost een brommer?")
    assert page.having("data-outcome")[0]["data-outcome"] == "abstained"
    assert page.texts("p")[0] == "De documenten zeggen niets over ‘Wat kost een brommer?’."
    assert page.texts("blockquote") == ["Het geld is zo verdeeld:", "Artikel 2 gaat over de aanvraag."]
    assert [given["data-ask"] for given in page.having("data-ask")] == ["Tot wanneer loopt de Stadsagenda?"]
    assert page.texts("p", **{"class": "statement"}) == []
    assert page.texts("summary") == ["Zo vraagt u het beter"]
    assert [text for text in page.texts("li") if text in DUTCH.better] == list(DUTCH.better)


def test_a_partial_answer_says_what_is_missing_and_how_the_question_was_understood() -> None:
    page = answered("En daarna?")
    assert page.texts("p", **{"class": "partly"}) == ["Gedeeltelijk antwoord. Alleen het eerste deel."]
    assert page.texts("q") == ["En daarna? (Stadsagenda)"]
    (correct,) = [given for given in page.having("data-do") if given["data-do"] == "correct"]
    assert correct["data-for"] == "En daarna? (Stadsagenda)"


def test_every_answer_has_the_tools_that_make_sense_for_it() -> None:
    def tools(page: Element) -> list[str]:
        return [given["data-do"] for given in page.having("data-do")]

    assert tools(answered("budget")) == ["copy", "retry", "edit", "link"]
    assert tools(answered("Wat kost een brommer?")) == ["retry", "edit", "link"]
    assert tools(answered("stuk")) == ["retry", "edit", "link"]


def test_the_hooks_are_on_the_newest_answer_only() -> None:
    assistant = FakeAssistant()
    exchanges = [kept(assistant, "Tot wanneer loopt de agenda?"), kept(assistant, "budget")]
    older, newest = map(Element, asking.render(Conversation(exchanges=exchanges))["said"])
    assert [given["data-outcome"] for given in newest.having("id")] == ["answered"]
    assert [given["data-citation"] for given in newest.having("data-citation")] == ["1"]
    assert older.having("id") == [] and older.having("data-citation") == []
    assert [given["data-document"] for given in older.having("data-document")] == ["brief-1"] * 6, "it still opens"
    progress = Element(replies(assistant, "budget")[1]["html"])
    assert progress.having("id") == [] and progress.texts("p", **{"class": "progress"}) == ["Zoeken …"]


@pytest.mark.parametrize("question", ["Tot wanneer loopt de agenda?", "budget", "En daarna?", "Wat kost dat?", "stuk"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_kept_conversation_reads_as_when_it_was_given(question: str, language: str) -> None:
    shown = replies(FakeAssistant(), question, language=language)[-1]
    exchange = json.loads(json.dumps(shown["exchange"]))
    request = Conversation.model_validate({"language": language, "exchanges": [exchange]})
    assert asking.render(request)["said"] == [shown["html"]]


def test_of_a_kept_answer_that_does_not_fit_together_only_what_fits_is_shown() -> None:
    exchange = kept(FakeAssistant(), "budget")
    answer = exchange["answer"]
    answer["statements"][0].update(citations=[1, 7], emphasis=[[5, 2], [-3, 4], [0, 10**9], [4, 10], [6, 12]])
    answer["citations"][0].update(url="javascript:alert(1)", title=HOSTILE, added_by_a_later_version=True)
    (html,) = asking.render(Conversation(exchanges=[KeptExchange.model_validate(exchange)]))["said"]
    page = Element(html)
    assert page.texts("button", data_citation="1") == ["[1]"] and page.texts("button", data_citation="7") == []
    assert page.texts("strong") == ["budget"]
    assert page.having("href") == [] and page.texts("script") == []


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
    pieces = [
        progress_html(HOSTILE, language),
        said_html(Exchange(HOSTILE, problem=HOSTILE), language, newest=False, detail=HOSTILE),
        said_html(Exchange(HOSTILE, abstained), language, newest=False),
        growing_html(answer, language),
        said_html(Exchange(HOSTILE, answer), language, newest=True),
    ]
    page = Element("".join(pieces))
    assert {tag for tag, _, _ in page.found} & {"img", "script"} == set()
    assert page.having("onerror") == []
    assert HOSTILE in page.texts("p", **{"class": "statement"})[0]
    assert [given["id"] for given in page.having("id")] == ["answer"], "what is still being written is no answer yet"


# ------------------------------------------------------------------------------------------------ the first screen


def first_screen(assistant: FakeAssistant, **more: Any) -> Element:
    themes = examples.themes(assistant.example_folders())
    return Element(Start(assistant, lambda: themes).screen(Request(**more))["html"])


def test_the_first_screen_offers_of_every_theme_questions_that_are_answered(tmp_path: Path) -> None:
    (tmp_path / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    page = first_screen(FakeAssistant(tmp_path))
    asks = ["Tot wanneer loopt de Stadsagenda?", "Wat is het budget?", "Hoe loopt het?"]
    assert [given["data-ask"] for given in page.having("data-ask")] == asks, "three at most, none that is not answered"
    assert page.texts("h3") == ["Tijdlijn"], "a theme without an answer is left out"
    assert page.texts("h2") == [DUTCH.examples, DUTCH.holdings, DUTCH.what_not]
    english = first_screen(FakeAssistant(tmp_path), language="en")
    assert english.texts("h3") == ["Timeline"]
    assert english.texts("h2") == [ENGLISH.examples, ENGLISH.holdings, ENGLISH.what_not]


def test_the_first_screen_says_what_is_in_the_collection_and_what_the_assistant_does_not_do() -> None:
    page = first_screen(FakeAssistant())
    assert "2 documenten, van 7 juli 2023 tot en met februari 2024" in page.texts("p")
    items = page.texts("li")
    assert {"Kamerbrief 1", "regeling 1", *DUTCH.limits} <= set(items)


@pytest.mark.parametrize(
    ("dates", "dutch", "english"),
    [
        (["2023-07-07"], "1 document, van 7 juli 2023", "1 document, of 7 July 2023"),
        ([""], "1 document", "1 document"),
        (["", ""], "2 documenten", "2 documents"),
        (["2024", "2024", ""], "3 documenten, van 2024", "3 documents, of 2024"),
    ],
)
def test_one_document_and_documents_without_date_are_counted_in_good_language(
    dates: list[str], dutch: str, english: str
) -> None:
    class Holding(FakeAssistant):
        def documents(self) -> list[DocumentInfo]:
            return [DocumentInfo(f"d{place}", "Titel", date=date) for place, date in enumerate(dates)]

    assert dutch in first_screen(Holding()).texts("p")
    assert english in first_screen(Holding(), language="en").texts("p")


class Answering(FakeAssistant):
    """Knows an answer to every question."""

    def ask(self, question: Question, **more: Any) -> Answer:
        answer = super().ask(Question("budget"), **more)
        return dataclasses.replace(answer, question=question.text)


def test_without_themes_the_newest_documents_are_asked_about_and_their_titles_stay_text() -> None:
    page = first_screen(Answering())
    asks = [given["data-ask"] for given in page.having("data-ask")]
    assert asks == [f"Waar gaat ‘{SCHEME.title}’ over?", f"Waar gaat ‘{LETTER.title}’ over?"]
    assert page.texts("h3") == [] and page.having("onerror") == [] and page.texts("script") == []
    assert first_screen(FakeAssistant()).having("data-ask") == [], "nothing is offered that is not answered"


class Emptied(FakeAssistant):
    def documents(self) -> Sequence[DocumentInfo]:
        return ()


def test_an_empty_index_is_told_and_nothing_is_asked_of_it() -> None:
    assistant = Emptied()
    page = first_screen(assistant)
    assert DUTCH.holding_none in page.texts("p") and page.having("data-ask") == [] and assistant.asked == []


def test_examples_are_tried_once_for_every_state_of_the_index() -> None:
    assistant = FakeAssistant()
    screen = Start(assistant, lambda: [Theme("a", "a", (Example("Wat is het budget?"),))])
    for _ in range(3):
        screen.screen(Request())
    assert len(assistant.asked) == 1
    screen.examples([LETTER])
    assert len(assistant.asked) == 2


def test_an_example_whose_answer_lacks_what_it_should_say_is_not_offered() -> None:
    examples = (Example("Wat is het budget?", "12,5 miljoen"), Example("Hoe groot is het budget?", "13 miljoen"))
    screen = Start(FakeAssistant(), lambda: [Theme("a", "a", examples)])
    (theme,) = screen.examples([LETTER])
    assert theme.questions == ("Wat is het budget?",)


def test_an_answer_is_followed_by_examples_that_rest_on_the_same_documents() -> None:
    assistant = FakeAssistant()
    examples = (Example("Wat is het budget?"), Example("Tot wanneer loopt de agenda?"), Example("Hoe loopt het?"))
    screen = Start(assistant, lambda: [Theme("a", "a", examples)])
    screen.examples([LETTER])
    answer = assistant.ask(Question("Hoe loopt het?"))
    assert screen.related(answer) == ("Tot wanneer loopt de agenda?",), "not the question itself, not another document"
    *_, done = asking.ask(assistant, Ask(question="Hoe loopt het?"), related=screen.related)
    assert [given["data-ask"] for given in Element(done["html"]).having("data-ask")] == ["Tot wanneer loopt de agenda?"]
    assert screen.related(assistant.ask(Question("brommer"))) == (), "an abstention has its own way on"


@pytest.mark.parametrize("text", ["[[theme]]\nnl = 'x'", "[[theme", "theme = 3", "\udcff"])
def test_a_file_of_examples_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "examples.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SettingsError, match=r"examples\.toml does not hold \[\[theme\]\]"):
        examples.themes([tmp_path / "nothing here", tmp_path])


# ------------------------------------------------------------------------------------------------ asking


def test_progress_comes_in_words_before_the_answer() -> None:
    *steps, done = replies(FakeAssistant(), "Tot wanneer loopt de agenda?")
    assert [step.get("step") for step in steps] == [
        None,
        "Zoeken …",
        "20 passages lezen …",
        "Citaten controleren …",
    ]
    assert [Element(step["html"]).texts("p", data_progress="") for step in steps[1:]] == [
        [step["step"]] for step in steps[1:]
    ]
    assert not any("done" in step or "exchange" in step for step in steps)
    english = replies(FakeAssistant(), "Tot wanneer loopt de agenda?", language="en")
    assert [step["step"] for step in english[1:-1]] == ["Searching …", "20 passages to read …", "Checking quotes …"]
    assert done["done"] and done["exchange"]["answer"]["outcome"] == "answered"


def test_a_follow_up_takes_the_last_questions_and_answers_along() -> None:
    turns = [{"question": f"vraag {number}", "answer": f"antwoord {number}"} for number in range(20)]
    assistant = FakeAssistant()
    replies(assistant, "  En daarna? ", turns=turns)
    (question,) = assistant.asked
    assert question.text == "En daarna?"
    assert question.turns == tuple(Turn(**turn) for turn in turns[-REMEMBERED:])
    replies(assistant, "budget", turns=[{"question": "mislukt"}])
    assert assistant.asked[-1].turns == (Turn("mislukt", ""),)


def test_filters_are_what_was_chosen() -> None:
    chosen = ChosenFilters(types=["nota"], dossiers=["1"], publishers=["Financiën"], since=" 2023-07 ")
    assert chosen.filters(DUTCH) == Filters(
        types=("nota",), dossiers=("1",), publishers=("Financiën",), since="2023-07", until=None
    )
    assert ChosenFilters().filters(DUTCH) == Filters()
    assistant = FakeAssistant()
    replies(assistant, "budget", filters={"types": ["nota"], "until": "2024"})
    assert assistant.asked[-1].filters == Filters(types=("nota",), until="2024")


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("7-7-2023", "", "‘7-7-2023’ bij ‘Vanaf’ is geen geldige datum."),
        ("", "2023-02-30", "‘2023-02-30’ bij ‘Tot en met’ is geen geldige datum."),
        ("2024", "2023-12", "‘Vanaf’ (2024) ligt na ‘Tot en met’ (2023-12)."),
    ],
)
def test_a_wrong_date_is_told_in_plain_dutch_and_nothing_is_asked(since: str, until: str, message: str) -> None:
    with pytest.raises(Told, match=r"^" + message.replace("(", r"\(").replace(")", r"\)")):
        ChosenFilters(since=since, until=until).filters(DUTCH)
    assistant = FakeAssistant()
    (reply,) = endpoint(assistant)({"question": "budget", "filters": {"since": since, "until": until}})
    assert reply["problem"].startswith(message) and "exchange" not in reply and assistant.asked == []


def test_who_leaves_in_the_middle_of_a_step_is_let_go_and_the_work_ends_at_its_next_step() -> None:
    assistant = FakeAssistant()
    finished = threading.Event()

    class Watched(FakeAssistant):
        def ask(self, question: Question, **more: Any) -> Answer:
            try:
                return assistant.ask(question, **more)
            finally:
                finished.set()

    given = asking.ask(Watched(), Ask(question="wacht: budget"))
    said = [next(given) for _ in range(4)]
    assert [reply.get("step") for reply in said] == [None, "Zoeken …", "20 passages lezen …", None]
    assert said[-1] == {}, "nothing new, and a chance to leave"
    given.close()
    assert not finished.is_set()
    assistant.hold.set()
    assert finished.wait(5)


# ------------------------------------------------------------------------------------------------ requests


def endpoint(assistant: FakeAssistant) -> Any:
    """The endpoint `ask` as the browser calls it, with everything it replies."""
    offered = Endpoints()
    offered.add_steps("ask", Ask, lambda request: asking.ask(assistant, request))
    return lambda request: list(offered.steps["ask"](request))


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
    told = problem(error, {"language": "nl"})["problem"]
    assert says in told
    page = Element(said_html(Exchange("v", problem=told), DUTCH, newest=True))
    assert says in page.texts("div", **{"class": "problem"})[0]


def test_a_question_that_failed_is_kept_with_its_sentence_and_shows_the_technical_message_now_only() -> None:
    assistant = FakeAssistant()
    assistant.without_index = True
    done = replies(assistant, "budget")[-1]
    assert done["exchange"]["answer"] is None and "assistant build" in done["exchange"]["problem"]
    page = Element(done["html"])
    assert page.texts("details") == [f"{DUTCH.technical}indexes/proef: there is no index; run `assistant build`"]
    assert "indexes/proef" not in json.dumps(done["exchange"])


def test_an_unexpected_error_is_logged_in_full_and_shown_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    shown = json.dumps(replies(FakeAssistant(), "stuk"))
    assert "secret detail" not in shown and "secret detail" in caplog.text


def test_an_error_before_the_first_step_is_a_reply_too(caplog: pytest.LogCaptureFixture) -> None:
    def fails(request: Request) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    offered = Endpoints()
    offered.add("fails", Request, fails)
    assert offered.once["fails"]({"language": "en"}) == {"problem": ENGLISH.errors[Exception]}
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"question": 3},
        {"question": "budget", "unknown": 1},
        {"question": "budget", "language": "fr"},
        {"question": "budget", "filters": {"types": "nota"}},
        {"question": "x" * 100_001},
        {"question": "budget", "turns": [{"question": "x" * 100_001}]},
    ],
)
def test_a_request_that_the_page_does_not_send_is_refused_and_nothing_is_asked(request_: Mapping[str, Any]) -> None:
    assistant = FakeAssistant()
    assert endpoint(assistant)(request_) == [{"problem": DUTCH.not_understood}]
    assert assistant.asked == []


@pytest.mark.parametrize("sent", ["x", None, 3, ["nl"]])
def test_a_request_that_is_no_form_at_all_gets_a_sentence_too(sent: Any) -> None:
    assert endpoint(FakeAssistant())(sent) == [{"problem": DUTCH.not_understood}]


def test_what_people_wrote_stays_out_of_the_log_of_a_request_that_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    told = endpoint(FakeAssistant())({"question": "mijn burgerservicenummer " * 5_000, "filters": {"geheim": "slot"}})
    assert told == [{"problem": DUTCH.not_understood}]
    assert "string_too_long" in caplog.text and "question" in caplog.text
    assert "burgerservicenummer" not in caplog.text and "slot" not in caplog.text


def test_a_question_that_is_too_long_to_answer_does_not_end_its_conversation() -> None:
    assistant = FakeAssistant()
    (*_, last) = endpoint(assistant)({"question": "budget", "turns": [{"question": "x" * 90_000, "answer": ""}]})
    assert last["done"] and len(assistant.asked) == 1


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
def test_a_served_page_takes_nothing_from_elsewhere_and_ctrl_c_stops_it_without_a_traceback() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", _SERVE.format(port=port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT) as server:
        assert server.stdout is not None
        address = server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as response:
            policy = response.headers["content-security-policy"]
        lent = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": "evil.example"})
        kept_by_gradio = urllib.request.Request(f"http://127.0.0.1:{port}/gradio_api/upload", data=b"x", method="POST")
        refused = []
        for sent in (lent, kept_by_gradio):
            with pytest.raises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(sent, timeout=30)
            with refusal.value as reply:
                refused.append(reply.code)
        server.send_signal(signal.SIGINT)
        rest, complaints = server.communicate(timeout=60)
    assert address == f"De chat staat op http://127.0.0.1:{port} (stoppen: Ctrl-C)\n"
    assert "default-src 'self'" in policy and "http" not in policy
    assert refused == [421, 404]
    assert (server.returncode, rest, complaints) == (0, "Gestopt.\n", "")


def test_quotes_of_the_fakes_are_exact() -> None:
    document: Document = DOCUMENTS["regeling-1"]
    for box in document.words:
        assert " " not in document.text[box.start : box.end]
