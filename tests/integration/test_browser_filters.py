"""The filters in Debian's Chromium: chosen with mouse and keyboard, sent with a question, kept, linked to, and mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.model import DocumentInfo, Filters
from assistant.web.wording import DUTCH, ENGLISH
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
    hold_back,
    ready,
    start_asking,
)
from tests.fakes_web import HOSTILE, LETTER, SCHEME, FakeAssistant

pytestmark = IN_CHROMIUM

REPORTS = tuple(
    replace(
        SCHEME,
        id=f"rapport-{number}",
        title=f"Rapport {number}",
        type="rapport",
        publisher=name,
        date=f"20{10 + number}",
    )
    for number, name in enumerate(
        ("Bureau Één", "Bureau Twee", "Bureau Drie", "CBS", "NSOB", "Movisie", "TNO", HOSTILE)
    )
)


class Shelf(FakeAssistant):
    def documents(self) -> Sequence[DocumentInfo]:
        return (LETTER, SCHEME, *REPORTS)  # ten, of nine publishers


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return Shelf()


def open_panel(page: Page) -> Locator:
    expect(page.locator("#filters-said")).to_contain_text("10")
    page.click("#filters-open")
    return page.locator("#filters-panel")


def choose(page: Page, facet: str, value: str) -> None:
    page.locator(f"#filters-panel [data-facet={facet}] label", has_text=value).locator("input").check()


def shown(page: Page, facet: str) -> list[str]:
    """The values that can be seen, each with its count."""
    lines = page.locator(f"#filters-panel [data-facet={facet}] li:visible")
    return [" ".join(text.split()) for text in lines.evaluate_all("all => all.map(one => one.innerText)")]


def has_chips(page: Page, *names: str) -> None:
    expect(page.locator("#filters-chosen .chip:visible")).to_have_text([f"{name} ×" for name in names])


# ------------------------------------------------------------------------------------------------ choosing


def test_one_quiet_line_opens_a_panel_whose_counts_follow_what_is_chosen(page: Page) -> None:
    expect(page.locator("#filters-said")).to_have_text("Zoekt in alle 10 documenten")
    button = page.get_by_role("button", name="Beperk")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#filters-panel")).to_be_hidden()
    panel = open_panel(page)
    expect(panel).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    types = ["Kamerbrief 1 document", "rapport 8 documenten", "regeling 1 document"]
    eventually(page, lambda: shown(page, "types"), types)
    eventually(page, lambda: len(shown(page, "publishers")), 9)
    choose(page, "types", "Kamerbrief")
    expect(page.locator("#filters-left")).to_have_text("Nog 1 van 10 documenten")
    expect(page.locator("#spoken")).to_have_text("Nog 1 van 10 documenten")
    only = ["Ministerie van Proefstad 1 document"]  # zero counts are hidden
    eventually(page, lambda: shown(page, "publishers"), only)
    eventually(page, lambda: len(shown(page, "types")), 3)  # the other types are still to be chosen
    choose(page, "types", "rapport")
    expect(page.locator("#filters-left")).to_have_text("Nog 9 van 10 documenten")
    choose(page, "publishers", "CBS")
    expect(page.locator("#filters-left")).to_have_text("Nog 1 van 10 documenten")
    page.locator("#filters-panel [data-facet=types] input:checked >> nth=1").uncheck()
    expect(page.locator("#filters-left")).to_have_text("Geen van de 10 documenten past bij deze filters")
    # What is chosen stays, to be taken away.
    eventually(page, lambda: "CBS 0 documenten" in shown(page, "publishers"), True)
    page.get_by_role("button", name="Wis filters").click()
    expect(page.locator("#filters-left")).to_have_text("Zoekt in alle 10 documenten")
    expect(page.locator("#filters-panel input:checked")).to_have_count(0)


def test_a_long_list_is_searched_without_regard_to_case_and_accents(page: Page) -> None:
    open_panel(page)
    expect(page.locator("[data-facet=dossiers]")).to_be_hidden()  # one dossier is no choice
    box = page.get_by_label("Zoek een uitgever")
    box.fill("bureau EEN")
    eventually(page, lambda: shown(page, "publishers"), ["Bureau Één 1 document"])
    expect(page.locator("#spoken")).to_have_text("1 gevonden")
    box.fill("onzin")
    expect(page.locator("[data-facet=publishers] .note")).to_have_text(DUTCH.within.no_match)
    box.press("Escape")
    expect(page.locator("#filters-panel")).to_be_visible()  # the first Escape empties the box
    box.press("Escape")
    expect(page.locator("#filters-panel")).to_be_hidden()
    expect(page.locator("#filters-open")).to_be_focused()


def test_everything_is_chosen_and_taken_away_by_keyboard(page: Page) -> None:
    expect(page.locator("#filters-said")).to_contain_text("10")
    page.locator("#filters-open").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#filters-left")).to_have_text("Nog 1 van 10 documenten")
    expect(page.locator("[data-facet=types] input >> nth=0")).to_be_focused()  # counting anew leaves the focus
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#filters-left")).to_have_text("Nog 9 van 10 documenten")
    page.keyboard.press("Escape")
    has_chips(page, "Kamerbrief", "rapport")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Haal weg: Kamerbrief")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Haal weg: rapport")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#filters-open")).to_be_focused()
    expect(page.locator("#filters-said")).to_have_text("Zoekt in alle 10 documenten")


def test_a_hostile_publisher_is_text(page: Page, trouble: list[str]) -> None:
    open_panel(page)
    choose(page, "publishers", HOSTILE[:20])
    page.get_by_role("button", name="Klaar").click()
    has_chips(page, HOSTILE)
    assert page.locator("#within img, #within script").count() == 0
    assert page.evaluate("window.hacked") is None
    assert trouble == []


# ------------------------------------------------------------------------------------------------ with a question


def test_filters_go_with_the_question_and_stay_with_the_conversation(page: Page, assistant: FakeAssistant) -> None:
    open_panel(page)
    choose(page, "types", "Kamerbrief")
    page.fill("#filters-since", "2023")
    ask(page, RUNS)
    assert assistant.asked[-1].filters == Filters(types=("Kamerbrief",), since="2023")
    expect(page.locator("#filters-panel")).to_be_hidden()  # the answer comes where it was
    has_chips(page, "Kamerbrief", "Vanaf 2023")
    page.click("[data-do=link]")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('vraag='))")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "soort=Kamerbrief" in link and "vanaf=2023" in link

    page.click("#restart")
    expect(page.locator("#filters-said")).to_have_text("Zoekt in alle 10 documenten")
    has_chips(page)
    ask(page, MONEY)
    assert not assistant.asked[-1].filters
    page.reload()
    ready(page)
    page.click("#conversations .choose >> nth=1")
    expect(page.locator("#filters-said")).to_have_text("Zoekt in 1 van de 10 documenten")
    has_chips(page, "Kamerbrief", "Vanaf 2023")
    expect(page.locator("#filters-since")).to_have_value("2023")
    page.get_by_role("button", name="Haal weg: Vanaf 2023").click()
    page.reload()
    ready(page)
    expect(page.locator("#filters-said")).to_contain_text("10")
    has_chips(page, "Kamerbrief")


def test_filters_come_from_the_address(visit: Visit, assistant: FakeAssistant) -> None:
    page = visit(
        query="?vraag=Tot+wanneer+loopt+het%3F&soort=rapport&soort=nota&uitgever=CBS&dossier=1&vanaf=2011&tot=2020-01"
    )
    expect(page.locator("#answer")).to_be_visible()
    assert assistant.asked[-1].filters == Filters(
        types=("rapport", "nota"), dossiers=("1",), publishers=("CBS",), since="2011", until="2020-01"
    )
    has_chips(page, "rapport", "nota", "Dossier 1", "CBS", "Vanaf 2011", "Tot en met 2020-01")


def test_a_wrong_date_keeps_the_question_and_is_told_at_its_field(page: Page, assistant: FakeAssistant) -> None:
    open_panel(page)
    since = page.get_by_label("Vanaf", exact=True)
    with page.expect_response(lambda reply: '"since":"202"' in (reply.request.post_data or "")):
        since.press_sequentially("202")
    at_rest(page)
    expect(since).not_to_have_attribute("aria-invalid", "true")  # who is still typing is left alone
    asked = len(assistant.asked)
    start_asking(page, RUNS)
    told = "‘202’ bij ‘Vanaf’ is geen geldige datum. Schrijf een jaar, maand of dag zo: 2023, 2023-07 of 2023-07-07."
    expect(page.locator("#message [role=alert]")).to_have_text(told)
    expect(page.locator("#question textarea")).to_have_value(RUNS)
    expect(page.locator("#filters-panel")).to_be_visible()
    expect(since).to_have_attribute("aria-invalid", "true")
    expect(since).to_have_accessible_description(
        f"{DUTCH.within.form} {DUTCH.date_form}. {DUTCH.within.undated} {told}"
    )
    assert len(assistant.asked) == asked
    since.fill("2024")
    page.get_by_label("Tot en met").fill("2023")
    page.locator("#filters-until").press("Enter")
    expect(page.locator("#filters-until-wrong")).to_contain_text("‘Vanaf’ (2024) ligt na ‘Tot en met’ (2023)")
    expect(since).not_to_have_attribute("aria-invalid", "true")
    since.fill("2022")
    expect(page.locator("#filters-until-wrong")).to_be_hidden()
    page.click("#ask")
    expect(page.locator("#answer")).to_be_visible()
    assert assistant.asked[-1].filters == Filters(since="2022", until="2023")


def test_who_asks_before_the_date_was_looked_at_finds_the_answer_where_the_panel_was(page: Page) -> None:
    open_panel(page)
    page.fill("#filters-since", "2023")
    held = hold_back(page, "**/run/facets")
    ask(page, RUNS)
    expect(page.locator("#filters-panel")).to_be_visible()  # it may be wrong
    for one in held:
        one.continue_()
    expect(page.locator("#filters-panel")).to_be_hidden()
    has_chips(page, "Vanaf 2023")


def test_an_abstention_within_filters_offers_to_ask_without_them(page: Page, assistant: FakeAssistant) -> None:
    ask(page, UNKNOWN)
    expect(page.get_by_role("button", name=DUTCH.within.unfiltered)).to_have_count(0)
    open_panel(page)
    choose(page, "types", "Kamerbrief")
    ask(page, UNKNOWN)
    assert assistant.asked[-1].filters
    page.get_by_role("button", name=DUTCH.within.unfiltered).click()
    expect(page.get_by_role("button", name=DUTCH.within.unfiltered)).to_have_count(0)
    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)
    assert not assistant.asked[-1].filters
    expect(page.locator("#filters-said")).to_have_text("Zoekt in alle 10 documenten")
    open_panel(page)
    choose(page, "types", "Kamerbrief")
    ask(page, UNKNOWN)
    expect(page.get_by_role("button", name=DUTCH.within.unfiltered)).to_have_count(1)
    ask(page, UNKNOWN)
    # Asked again from above, what came after it would be dropped.
    expect(page.get_by_role("button", name=DUTCH.within.unfiltered)).to_have_count(1)
    expect(page.locator("[data-newest]").get_by_role("button", name=DUTCH.within.unfiltered)).to_be_visible()


# ------------------------------------------------------------------------------------------------ for everyone


def test_the_other_language_keeps_what_is_chosen(page: Page) -> None:
    open_panel(page)
    choose(page, "types", "Kamerbrief")
    page.get_by_role("button", name="Klaar").click()
    page.click("#language")
    expect(page.locator("#filters-said")).to_have_text("Searches 1 of the 10 documents")
    page.get_by_role("button", name=ENGLISH.within.open).click()
    expect(page.get_by_role("group", name="Publisher")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Kamerbrief 1 document")).to_be_checked()


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 800, "light"), (1280, 800, "dark"), (360, 740, "light")]
)
def test_axe_finds_nothing_and_nothing_falls_beside_the_page(
    visit: Visit, width: int, height: int, scheme: str
) -> None:
    page = visit(width=width, height=height, scheme=scheme)
    open_panel(page)
    choose(page, "types", "Kamerbrief")
    page.fill("#filters-until", "ooit")
    page.press("#filters-until", "Tab")
    expect(page.locator("#filters-until-wrong")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("#filters-until", "")
    page.get_by_role("button", name="Klaar").click()
    expect(page.locator("#filters-chosen .chip")).to_be_visible()
    assert axe(page) == []
    small = page.locator("#within :is(button, input):visible").evaluate_all(
        "all => all.filter(one => (one.closest('label') ?? one).getBoundingClientRect().height < 24).map(one => one.outerHTML)"
    )
    assert small == []


def test_on_a_screen_that_is_mostly_panel_the_box_does_not_cover_the_page(visit: Visit) -> None:
    page = visit(width=320, height=256)  # 1280 by 1024 at 400 %
    open_panel(page)
    expect(page.locator("#composer")).to_have_css("position", "static")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
