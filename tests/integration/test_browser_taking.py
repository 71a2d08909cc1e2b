"""Taking along in Debian's Chromium: a file in the downloads, a window to print, and what is told when it does not work."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.browser import AFTER, IN_CHROMIUM, MONEY, RUNS, UNKNOWN, Visit, ask, axe, ready
from tests.fakes_web import HOSTILE

pytestmark = IN_CHROMIUM

PRINTS = "window.printed = 0; window.print = () => { window.printed += 1; };"
HOLDS_WINDOWS = "window.open = () => null;"
WHOLE = "#take-conversation"


def taken(page: Page, place: str, format: str, folder: Path) -> Path:
    """The file that comes of a choice; the menu is opened first."""
    opener = page.locator(f"{place} .take")
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    with page.expect_download() as download:
        page.click(f"{place} [data-take='{format}']")
    path: Path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_whole_conversation_is_saved_as_a_word_document(page: Page, tmp_path: Path, trouble: list[str]) -> None:
    expect(page.locator(WHOLE)).to_be_hidden()  # there is nothing to take along yet
    ask(page, RUNS)
    ask(page, MONEY)
    path = taken(page, WHOLE, "word", tmp_path)
    assert path.name.startswith("gesprek-tot-wanneer-loopt-de-stadsagenda-")
    document = docx.Document(io.BytesIO(path.read_bytes()))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert headings[:2] == [RUNS, MONEY]
    expect(page.locator("#toast")).to_have_text(f"Gemaakt: {path.name}. Het staat bij uw downloads.")
    expect(page.locator("#spoken")).to_have_text(f"Gemaakt: {path.name}. Het staat bij uw downloads.")
    assert trouble == []


def test_one_answer_is_saved_as_markdown_also_an_earlier_one_after_a_reload(page: Page, tmp_path: Path) -> None:
    ask(page, RUNS)
    ask(page, UNKNOWN)
    page.reload()
    ready(page)
    expect(page.locator(".turn .take")).to_have_count(2)
    first = taken(page, "[data-turn='0']", "markdown", tmp_path).read_text(encoding="utf-8")
    assert f"## {RUNS}" in first
    assert UNKNOWN not in first
    second = taken(page, "[data-turn='1']", "markdown", tmp_path).read_text(encoding="utf-8")
    assert "**Geen antwoord in de documenten.**" in second


def test_printing_opens_a_window_of_its_own_and_prints_there(visit: Visit, trouble: list[str]) -> None:
    page = visit(script=PRINTS)
    ask(page, f"{RUNS} {HOSTILE}")
    page.click(f"{WHOLE} .take")
    with page.context.expect_page() as opened:
        page.click(f"{WHOLE} [data-take='print']")
    view = opened.value
    view.wait_for_function("window.printed === 1")
    expect(view.locator("h2").first).to_have_text(f"{RUNS} {HOSTILE}")
    expect(view.locator("strong").first).to_have_text("eind 2031")
    assert view.locator("script, img").count() == 0
    assert view.evaluate("[window.hacked, window.opener]") == [None, None]
    assert page.evaluate("window.printed") == 0, "the page itself is not printed"
    assert trouble == []


def test_a_window_that_is_held_back_is_told_where_the_button_is(visit: Visit) -> None:
    page = visit(script=HOLDS_WINDOWS)
    ask(page, RUNS)
    page.click(".turn .take")
    page.click(".turn [data-take='print']")
    problem = page.locator(".turn .take-formats [role='alert']")
    expect(problem).to_contain_text("De browser hield het nieuwe venster tegen. Sta vensters van deze pagina toe")
    page.click(".turn .take")
    page.click(".turn .take")
    expect(problem).to_have_count(0)


def test_without_a_connection_nothing_is_saved_and_the_window_to_print_goes_away(page: Page) -> None:
    ask(page, RUNS)
    page.route("**/run/export", lambda route: route.abort())
    page.click(f"{WHOLE} .take")
    page.click(f"{WHOLE} [data-take='word']")
    expect(page.locator(f"{WHOLE} [role='alert']")).to_contain_text("Er is geen verbinding met het programma.")
    with page.context.expect_page() as opened:
        page.click(f"{WHOLE} [data-take='print']")
    if not opened.value.is_closed():
        opened.value.wait_for_event("close")
    expect(page.locator(f"{WHOLE} [role='alert']")).to_have_count(1)


def test_the_formats_are_chosen_with_the_keyboard_alone(page: Page) -> None:
    ask(page, RUNS)
    opener = page.locator(".turn .take")
    opener.focus()
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.locator(".turn [data-take='word']")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator(".turn .take-formats")).to_be_hidden()


def test_a_new_conversation_has_nothing_to_take_along(page: Page) -> None:
    ask(page, RUNS)
    expect(page.locator(WHOLE)).to_be_visible()
    page.click("#restart")
    expect(page.locator(WHOLE)).to_be_hidden()
    page.click("#conversations .choose")
    expect(page.locator(WHOLE)).to_be_visible()


def test_the_buttons_speak_the_language_of_the_page(english: Page) -> None:
    ask(english, RUNS)
    expect(english.locator(f"{WHOLE} .take")).to_have_text("Take this conversation along")
    english.click("#language")
    expect(english.locator(f"{WHOLE} .take")).to_have_text("Neem dit gesprek mee")
    expect(english.locator(".turn .take")).to_have_text("Neem mee")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")])
def test_open_formats_are_accessible_and_fit(visit: Visit, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme)
    ask(page, RUNS)
    ask(page, AFTER)
    page.click(f"{WHOLE} .take")
    page.click("[data-turn='1'] .take")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for box in [one.bounding_box() for one in page.locator("[data-take]:visible").all()]:
        assert box is not None
        assert box["height"] >= 24
