"""The source panel in Chromium: from citation to citation, through the document, beside the conversation and over it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.model import Answer, Citation, Document, DocumentInfo, Question, Statement
from tests.browser import (
    IN_CHROMIUM,
    MONEY,
    RUNS,
    UNKNOWN,
    Visit,
    ask,
    at_rest,
    axe,
    eventually,
    fetching_ahead,
    hold_back,
    open_citation,
    redrawing,
)
from tests.fakes_web import EXAMPLES, cite
from tests.integration.test_page_source import MoreDocuments, long_document

pytestmark = IN_CHROMIUM

LAW = "Wat zegt de wet?"  # answered from the middle of a law of three megabytes
MANY = "Waar komt dit vandaan?"  # answered with five citations, of three documents


class Sources(MoreDocuments):
    """Answers with many citations, and from a law that is too long to show at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.more["wet-1"] = long_document(36_000, info=DocumentInfo("wet-1", "Lange wet", provenance="origineel"))

    def ask(
        self, question: Question, *, answerer: str = "extractive", progress: Callable[[str], None] | None = None
    ) -> Answer:
        if question.text == LAW:
            return _answer(question.text, [self._law()])
        if question.text == MANY:
            quotes = (
                cite(1, "brief-1", "De Stadsagenda loopt tot eind 2031."),
                cite(2, "regeling-1", "Het budget bedraagt", until="twaalf gemeenten."),
                cite(3, "regeling-1", "Artikel 2 gaat over de aanvraag."),
                cite(4, "brief-1", "Alinea 20 over iets anders."),
            )
            return _answer(question.text, [*quotes, self._law(5)])
        return super().ask(question, answerer=answerer, progress=progress)

    def _law(self, number: int = 1) -> Citation:
        document: Document = self.more["wet-1"]
        start = document.text.index("Lid 18000.")
        end = start + len("Lid 18000. De gemeente houdt zich hieraan")
        anchor = document.blocks[0].anchor
        return Citation(number, document.info, anchor, document.text[start:end], start, end, "wet")


def _answer(question: str, citations: Sequence[Citation]) -> Answer:
    statements = tuple(Statement(" ".join(one.quote.split()), (one.number,)) for one in citations)
    return Answer(question, "answered", statements, tuple(citations))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    return Sources(folder)


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return float(box["y"])


def stays(page: Page, selector: str, before: float) -> None:
    """Where something was, it is once nothing moves any more."""
    at_rest(page)
    assert top(page, selector) == pytest.approx(before, abs=2)


def copied(page: Page) -> str:
    text = page.evaluate("navigator.clipboard.readText()")
    assert isinstance(text, str)
    return text


# ------------------------------------------------------------------------------------------------ the citations of an answer


def test_a_citation_opens_at_once_whatever_it_is_from(page: Page) -> None:
    with fetching_ahead(page, 5) as fetched:
        ask(page, MANY)
    opened, drawn = [], []
    for number in (1, 2, 3, 4, 5):
        opened.append(open_citation(page, number))
        drawn.append(redrawing(page))
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
    assert len(fetched) == 5, "nothing is fetched when a marker is clicked"
    assert max(opened) < 1_000, "300 ms on a quiet machine"
    assert sorted(opened)[2] < 300
    assert sorted(opened)[2] < 6 * sorted(drawn)[2]


def test_the_citations_of_an_answer_are_gone_through_without_closing(page: Page, trouble: list[str]) -> None:
    ask(page, MANY)
    page.click('[data-citation="1"]')
    panel = page.locator("#source")
    way = panel.get_by_role("group", name="Citaten van dit antwoord")
    expect(way).to_contain_text("1 van 5")
    expect(way.get_by_role("button", name="Vorig citaat")).to_have_attribute("aria-disabled", "true")
    way.get_by_role("button", name="Volgend citaat [2]").click()
    expect(way).to_contain_text("2 van 5")
    expect(panel.locator("[data-highlight]").first).to_be_in_viewport()
    expect(way.get_by_role("button", name="Volgend citaat [3]")).to_be_focused()
    expect(page.locator("#spoken")).to_have_text("Citaat 2 van 5: Regeling proefgelden")
    open_now = page.locator('#answer [aria-expanded="true"]')
    expect(open_now).to_have_count(3)  # the marker, and the title and number below the answer
    expect(open_now.first).to_have_text("[2]")
    for number in (3, 4, 5):
        page.keyboard.press("Enter")
        expect(way).to_contain_text(f"{number} van 5")
    page.keyboard.press("Enter")
    expect(way).to_contain_text("5 van 5")
    way.get_by_role("button", name="Vorig citaat [4]").click()
    expect(panel.locator("mark")).to_have_text("Alinea 20 over iets anders.")
    expect(panel.locator("mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator('#answer [data-citation="4"]')).to_be_focused()
    expect(page.locator('#answer [aria-expanded="true"]')).to_have_count(0)
    assert trouble == []


def test_arrows_go_from_citation_to_citation_in_the_panel_and_not_in_a_box(page: Page) -> None:
    ask(page, MANY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#source .position")).to_have_text("2 van 5")
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#source .position")).to_have_text("3 van 5")
    page.locator("[data-page-number]").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#question textarea").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#source .position")).to_have_text("3 van 5")
    page.locator('#answer [data-citation="3"]').focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#source .position")).to_have_text("2 van 5")


def test_an_answer_with_one_citation_has_no_other_to_go_to(page: Page) -> None:
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]").first).to_be_visible()
    expect(page.locator("#source .source-citations")).to_have_count(0)


def test_a_newer_document_is_opened_and_the_way_back_to_the_citation_stays(page: Page) -> None:
    ask(page, RUNS)
    page.click('[data-citation="1"]')
    notice = page.locator("#source .newer")
    expect(notice).to_contain_text("Er is een nieuwer document:")
    notice.get_by_role("button").click()
    expect(page.locator("#source-title")).to_contain_text("Tweede brief")
    expect(page.locator("#source-title")).to_be_focused()
    expect(page.locator("#source mark")).to_have_count(0)
    page.get_by_role("button", name="Terug naar citaat [1]").click()
    expect(page.locator("#source mark")).to_have_text("De Stadsagenda loopt tot eind 2031.")
    assert page.evaluate("window.hacked") is None


def test_quote_and_reference_go_to_the_clipboard(page: Page) -> None:
    ask(page, RUNS)
    page.click('[data-citation="1"]')
    page.get_by_role("button", name="Kopieer citaat").click()
    expect(page.locator("#spoken")).to_have_text(re.compile("Gekopieerd"))
    assert copied(page).startswith("‘De Stadsagenda loopt tot eind 2031.’ (Ministerie van Proefstad, Brief")
    page.get_by_role("button", name="Kopieer verwijzing").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('Ministerie'))")
    assert "Stadsagenda loopt" not in copied(page)  # no more than the reference


# ------------------------------------------------------------------------------------------------ through the document


def test_a_law_of_three_megabytes_opens_at_the_quote_and_goes_on_in_both_directions(page: Page) -> None:
    with fetching_ahead(page, 1) as fetched:
        ask(page, LAW)
    opened, drawn = open_citation(page, 1), [redrawing(page) for _ in range(3)]
    assert opened < 1_000
    assert opened < 10 * max(drawn), "one opening may be held up by something else"
    assert len(fetched) == 1
    body = page.locator("#source .source-body")
    expect(page.locator("#source mark")).to_be_in_viewport()
    assert page.locator("#source .text p").count() < 1_000
    body.evaluate("body => body.scrollTo(0, 0)")
    first = page.locator("#source .text p").first
    expect(page.locator("#source .text")).to_have_count(2)
    read = body.evaluate("body => body.scrollTop")
    assert read > 1_000, "what was read stays where it was; the new text is above it"
    number = re.search(r"\d+", first.inner_text())
    assert number is not None and int(number[0]) < 17_700
    body.evaluate("body => body.scrollTo(0, body.scrollHeight)")
    expect(page.locator("#source .text")).to_have_count(3)
    page.get_by_role("button", name="Naar het citaat").click()
    expect(page.locator("#source mark")).to_be_in_viewport()
    expect(page.locator("#source mark")).to_be_focused()


def test_the_rest_of_a_long_text_comes_by_a_button_as_well(page: Page) -> None:
    page.route("**/run/piece", lambda route: route.abort())  # by itself nothing comes
    ask(page, LAW)
    page.click('[data-citation="1"]')
    expect(page.locator("#source mark")).to_be_in_viewport()
    rest = page.locator('#source [data-side="after"]')
    rest.get_by_role("button").focus()
    expect(rest).to_contain_text("Er is geen verbinding met het programma.")
    expect(rest.get_by_role("button")).to_be_focused()
    page.unroute("**/run/piece")
    page.keyboard.press("Enter")
    expect(page.locator("#source .text")).to_have_count(2)
    expect(page.locator("#source .text").last).to_be_focused()


def test_who_is_on_the_button_when_the_rest_comes_by_itself_is_then_in_the_text(page: Page) -> None:
    held = hold_back(page, "**/run/piece")
    ask(page, LAW)
    page.click('[data-citation="1"]')
    expect(page.locator("#source mark")).to_be_in_viewport()
    page.locator('#source [data-side="after"] button').focus()
    eventually(page, lambda: len(held), 1)
    held[0].continue_()
    expect(page.locator("#source .text")).to_have_count(2)
    expect(page.locator("#source .text").last).to_be_focused()


def test_who_leafs_on_before_the_pages_have_come_is_not_taken_back_to_the_quote(visit: Visit) -> None:
    page = visit(
        script="""
        const decode = HTMLImageElement.prototype.decode;
        HTMLImageElement.prototype.decode = function () {
            return new Promise(done => (window.come ??= []).push(() => done(decode.call(this))));
        };"""
    )
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]").first).to_be_in_viewport()
    page.get_by_role("button", name="Volgende bladzijde").click()
    second = page.locator('#source [data-page="2"] img')
    expect(second).to_be_in_viewport(ratio=0.5)
    page.evaluate("come.forEach(done => done())")
    at_rest(page)
    expect(second).to_be_in_viewport(ratio=0.5)


def test_pages_are_leafed_through_by_buttons_and_by_number(page: Page) -> None:
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]")).to_have_count(2)
    number = page.locator("[data-page-number]")
    expect(number).to_have_value("1")
    page.get_by_role("button", name="Volgende bladzijde").click()
    second = page.locator('#source [data-page="2"] img')
    expect(second).to_be_in_viewport()
    expect(number).to_have_value("2")
    expect(page.get_by_role("button", name="Volgende bladzijde")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#source [data-highlight]")).to_have_count(2)
    number.fill("1")
    number.press("Enter")
    expect(page.locator('#source [data-page="1"] img')).to_be_in_viewport()
    number.fill("99")
    number.press("Enter")
    expect(number).to_have_value("2")
    page.get_by_role("button", name="Naar het citaat").click()
    expect(page.locator("#source [data-highlight]").first).to_be_in_viewport()
    expect(page.locator("#source blockquote")).to_be_focused()


def test_zooming_keeps_the_highlight_on_the_words_and_sharpens_the_page(page: Page) -> None:
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]")).to_have_count(2)

    def place() -> list[float]:
        found = page.evaluate(
            """async () => {
                await document.querySelector('#source .page img').decode();
                const box = document.querySelector('#source [data-highlight]').getBoundingClientRect();
                const sheet = document.querySelector('#source .page img').getBoundingClientRect();
                return [box.left - sheet.left, box.top - sheet.top, box.width, box.height].map(
                    (value, at) => value / (at % 2 ? sheet.height : sheet.width));
            }"""
        )
        assert isinstance(found, list)
        return found

    before, width = place(), page.locator("#source .page").first.evaluate("sheet => sheet.clientWidth")
    for _ in range(4):
        page.get_by_role("button", name="Vergroot").click()
    expect(page.locator("[data-zoomed]")).to_have_text("300%")
    expect(page.locator('#source img[data-width="2200"]').first).to_be_visible()
    assert page.locator("#source .page").first.evaluate("sheet => sheet.clientWidth") == pytest.approx(
        3 * width, rel=0.02
    )
    assert place() == pytest.approx(before, abs=0.002)
    expect(page.locator("#source [data-highlight]")).to_have_count(2)
    page.get_by_role("button", name="Hele breedte").click()
    expect(page.locator("[data-zoomed]")).to_have_text("100%")


def test_a_pdf_is_read_as_text_and_the_choice_stays(page: Page) -> None:
    ask(page, MANY)
    page.click('[data-citation="2"]')
    page.get_by_role("button", name="Tekst", exact=True).click()
    expect(page.locator("#source mark").first).to_have_text("Het budget bedraagt 12,5 miljoen euro per jaar en wordt")
    expect(page.get_by_role("button", name="Tekst", exact=True)).to_be_focused()
    page.get_by_role("button", name="Volgend citaat [3]").click()
    expect(page.locator("#source mark").first).to_have_text("Artikel 2 gaat over de aanvraag.")
    page.get_by_role("button", name="Bladzijden", exact=True).click()
    expect(page.locator("#source [data-highlight]")).to_have_count(1)
    expect(page.locator("#source [data-highlight]")).to_be_in_viewport()


# ------------------------------------------------------------------------------------------------ beside and over the page


def test_what_is_being_read_stays_where_it_is_when_the_panel_opens_and_closes(page: Page) -> None:
    for question in (RUNS, UNKNOWN, MANY):
        ask(page, question)
    at_rest(page)
    marker = '#answer [data-citation="3"]'
    page.hover(marker)  # in sight, so that the click scrolls nothing
    before = top(page, marker)
    page.click(marker)
    expect(page.locator("#source [data-highlight]")).to_be_in_viewport()
    stays(page, marker, before)
    expect(page.locator("#source")).to_have_attribute("role", "complementary")
    expect(page.locator("#question textarea")).to_be_editable()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    stays(page, marker, before)


def test_on_a_phone_the_panel_is_a_dialog_that_keeps_the_focus_and_the_page_still(phone: Page) -> None:
    for question in (UNKNOWN, MANY):
        ask(phone, question)
    marker = phone.locator('#answer [data-citation="2"]')
    at_rest(phone)
    marker.focus()
    at_rest(phone)
    before = phone.evaluate("scrollY")
    phone.keyboard.press("Enter")
    panel = phone.locator("#source")
    expect(panel).to_have_attribute("role", "dialog")
    expect(panel).to_have_attribute("aria-modal", "true")
    expect(phone.locator("#source [data-highlight]").first).to_be_visible()
    expect(phone.locator("#source-title")).to_be_focused()
    stops = list[str]()
    for _ in range(40):
        phone.keyboard.press("Tab")
        stops.append(
            phone.evaluate(
                "document.activeElement === document.body ? '' : "
                "document.activeElement.closest('#source') ? document.activeElement.tagName : 'BENEATH'"
            )
        )
    assert "BENEATH" not in stops
    assert stops[0] == "BUTTON" and "BLOCKQUOTE" in stops and "INPUT" in stops
    assert stops.index("INPUT") < stops.index("BLOCKQUOTE"), "controls before the quote"
    phone.mouse.move(180, 20)
    phone.mouse.wheel(0, 600)
    at_rest(phone)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    phone.locator("#source [data-close]").click()
    expect(panel).to_be_hidden()
    expect(marker).to_be_focused()
    at_rest(phone)
    assert phone.evaluate("scrollY") == pytest.approx(before, abs=3)
    expect(phone.locator("[inert]")).to_have_count(0)


def test_a_window_that_becomes_wide_makes_the_page_reachable_again(phone: Page) -> None:
    ask(phone, RUNS)
    phone.click('[data-citation="1"]')
    expect(phone.locator("#source mark")).to_be_in_viewport()
    expect(phone.locator("[inert]")).not_to_have_count(0)
    phone.set_viewport_size({"width": 1280, "height": 800})
    expect(phone.locator("#source")).to_have_attribute("role", "complementary")
    expect(phone.locator("[inert]")).to_have_count(0)


def test_enlarged_four_times_the_document_is_still_in_reach(visit: Visit) -> None:
    page = visit(width=320, height=256)
    ask(page, MANY)
    page.locator('#answer [data-citation="4"]').click()
    expect(page.locator("#source mark")).to_be_in_viewport()
    page.get_by_role("button", name="Volgend citaat [5]").click()
    expect(page.locator("#source mark")).to_be_in_viewport()
    expect(page.locator("#source mark")).to_have_text("Lid 18000. De gemeente houdt zich hieraan")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_wrong_with_the_panel(visit: Visit, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme)
    ask(page, MANY)
    for number, shows in ((1, "mark"), (2, "[data-highlight]")):
        page.click(f'[data-citation="{number}"]')
        expect(page.locator(f"#source {shows}").first).to_be_visible()
        assert axe(page) == []
        page.keyboard.press("Escape")


def test_the_panel_speaks_english(english: Page) -> None:
    ask(english, MANY)
    english.click('[data-citation="2"]')
    expect(english.locator("#source")).to_contain_text("This is the document itself.")
    for name in ("Next citation [3]", "Copy quote", "Copy reference", "To the quote", "Text", "Next page", "Zoom in"):
        expect(english.locator("#source").get_by_role("button", name=name, exact=True)).to_be_visible()
