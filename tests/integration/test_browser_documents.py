"""The documents tab in Chromium: found while typing, sorted, turned through, opened, and asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from playwright.sync_api import Page, expect

from assistant.model import DocumentInfo, UnreadableFile
from tests.browser import IN_CHROMIUM, Visit, at_rest, axe
from tests.fakes_web import HOSTILE, LETTER, SCHEME, FakeAssistant

pytestmark = IN_CHROMIUM

MANY = tuple(DocumentInfo(id=f"nota-{number}", title=f"Nota nr. {number}", type="nota") for number in range(1, 71))
NEWER = DocumentInfo(id="brief-2", title="Nieuwe brief", type="Kamerbrief", supersedes=("brief-1",))
SCAN = DocumentInfo(id="scan", title="Ingescand besluit", path="besluit.pdf", pages=2)


class Shelves(FakeAssistant):
    def documents(self) -> Sequence[DocumentInfo]:
        return (LETTER, SCHEME, NEWER, SCAN, *MANY)

    @property
    def infos(self) -> Mapping[str, DocumentInfo]:
        return {info.id: info for info in self.documents()}

    def needs_ocr(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        return [("besluit.pdf", (1, 2))]

    def unreadable(self) -> Sequence[UnreadableFile]:
        return [UnreadableFile(f"map/{HOSTILE}.pdf", "het bestand is beveiligd met een wachtwoord")]


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return Shelves()


def opened(page: Page) -> Page:
    page.locator("#tab-documents-button").click()
    expect(page.locator("#documents tbody tr").first).to_be_visible()
    return page


def test_everything_is_listed_a_page_at_a_time_with_its_totals(page: Page, trouble: list[str]) -> None:
    opened(page)
    expect(page.locator("#documents-said")).to_have_text("74 documenten, 1 nog niet gelezen, 1 onleesbaar")
    expect(page.locator("#documents tbody tr")).to_have_count(50)
    expect(page.locator("#documents-pages")).to_contain_text("Deel 1 van 2")
    page.get_by_role("button", name="Volgende").click()
    expect(page.locator("#documents-pages")).to_contain_text("Deel 2 van 2")
    expect(page.locator("#documents tbody tr")).to_have_count(25)
    expect(page.get_by_role("button", name="Volgende")).to_be_focused()
    expect(page.get_by_role("button", name="Volgende")).to_have_attribute("aria-disabled", "true")
    assert trouble == [] and page.evaluate("window.hacked") is None


def test_the_list_is_searched_while_typing_and_says_once_how_many_are_left(page: Page) -> None:
    opened(page)
    page.get_by_label("Zoek een document").press_sequentially("nota 17")
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    expect(page.locator("#documents-said")).to_have_text("1 gevonden van 75")
    expect(page.locator("#spoken")).to_have_text("1 gevonden van 75")
    page.get_by_label("Zoek een document").fill("zeppelin")
    expect(page.locator("#documents tbody")).to_contain_text("Geen document gevonden")
    page.get_by_label("Zoek een document").fill("")
    page.get_by_label("Status").select_option("unreadable")
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    expect(page.locator("#documents tbody")).to_contain_text("Onleesbaar: het bestand is beveiligd met een wachtwoord")
    expect(page.locator("#documents tbody img")).to_have_count(0)


def test_a_column_header_sorts_and_sorts_the_other_way(page: Page) -> None:
    opened(page)
    page.get_by_label("Status").select_option("current")
    header = page.get_by_role("columnheader", name="Titel")
    expect(header).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Titel", exact=True).click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#documents tbody th").first).to_contain_text("Regeling proefgelden")
    page.get_by_role("button", name="Status", exact=True).press("Enter")
    expect(header).not_to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("columnheader", name="Status")).to_have_attribute("aria-sort", "ascending")


def test_a_title_opens_the_whole_document_and_closing_goes_back_to_it(page: Page) -> None:
    opened(page)
    page.get_by_label("Zoek een document").fill("stadsagenda")
    title = page.locator('#documents tbody th [data-document="brief-1"]')
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    title.click()
    expect(page.locator("#source")).to_contain_text("De Stadsagenda loopt tot eind 2031.")
    expect(page.locator("#source mark")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(title).to_be_focused()
    expect(page.locator("#documents tbody .status")).to_contain_text("Vervangen door Nieuwe brief")


def test_a_question_about_a_document_begins_in_the_box_and_is_asked_of_that_document_alone(
    page: Page, assistant: FakeAssistant
) -> None:
    opened(page)
    page.get_by_label("Zoek een document").fill("proefgelden")
    page.get_by_role("button", name="Vraag over dit document: Regeling proefgelden").click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value("Wat staat er in ‘Regeling proefgelden’ over ")
    expect(page.locator("#filters-chosen .chip")).to_have_text("Regeling proefgelden ×")
    page.keyboard.type("het budget?")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_visible()
    assert assistant.asked[-1].filters.documents == ("regeling-1",)


def test_the_list_is_fetched_anew_when_the_tab_is_opened_again(page: Page, assistant: FakeAssistant) -> None:
    opened(page)
    page.get_by_label("Zoek een document").fill("wachtwoord.txt")
    expect(page.locator("#documents-said")).to_have_text("0 gevonden van 75")
    page.locator("#tab-ask-button").click()
    expect(page.locator("#documents")).to_be_hidden()
    at_rest(page)  # the page has noticed as well
    assistant.unreadable = lambda: [UnreadableFile("wachtwoord.txt", "leeg")]  # type: ignore[method-assign]
    try:
        page.locator("#tab-documents-button").click()
        expect(page.locator("#documents-said")).to_have_text("1 gevonden van 75")
    finally:
        del assistant.unreadable


def test_trouble_is_told_and_the_list_stays(page: Page, assistant: FakeAssistant) -> None:
    opened(page)
    assistant.without_index = True
    try:
        page.get_by_label("Zoek een document").fill("nota")
        expect(page.locator("#documents [role=alert]")).to_contain_text("Er is geen bruikbare index")
        expect(page.locator("#documents tbody tr")).to_have_count(50)
    finally:
        assistant.without_index = False
    page.get_by_label("Zoek een document").fill("nota 1")
    expect(page.locator("#documents [role=alert]")).to_have_count(0)


def test_on_a_phone_every_row_is_a_card_and_nothing_sticks_out(visit: Visit) -> None:
    for width in (360, 320):
        page = opened(visit(width=width, height=740))
        expect(page.locator("#documents-list")).not_to_have_attribute("aria-busy", "true")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        card = page.locator("#documents tbody tr").first
        expect(card).to_have_css("display", "block")
        expect(card.locator("td", has_text="Status")).to_be_visible()
        expect(page.get_by_role("row")).to_have_count(51)  # a table to who listens, whatever it looks like


def test_in_english_and_back(english: Page) -> None:
    page = opened(english)
    expect(page.locator("#tab-documents-button")).to_have_text("Documents")
    expect(page.locator("#documents-said")).to_have_text("74 documents, 1 not yet read, 1 unreadable")
    page.locator("#language").click()
    expect(page.locator("#documents-said")).to_have_text("74 documenten, 1 nog niet gelezen, 1 onleesbaar")
    expect(page.locator("#tab-documents-button")).to_have_text("Documenten")
    expect(page.get_by_label("Status").locator("option").first).to_have_text("Alle (75)")


def test_a_tab_that_was_never_opened_has_its_name_in_the_language_of_the_page(page: Page) -> None:
    expect(page.locator("#tab-documents-button")).to_have_text("Documenten")
    page.locator("#language").click()
    expect(page.locator("#tab-documents-button")).to_have_text("Documents")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_axe_finds_nothing_serious(visit: Visit, scheme: str, width: int) -> None:
    page = opened(visit(scheme=scheme, width=width))
    page.get_by_label("Status").select_option("unreadable")
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    assert axe(page) == []
    page.get_by_label("Status").select_option("")
    expect(page.locator("#documents tbody tr")).to_have_count(50)
    assert axe(page) == []
