"""Whether everyone can use the page: axe-core on its states, one announcement an answer, keyboard, zoom, calm, colours."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import AFTER, IN_CHROMIUM, MONEY, RUNS, UNKNOWN, Visit, ask, at_rest, axe, eventually, start_asking
from tests.fakes_web import FakeAssistant

pytestmark = IN_CHROMIUM


# ------------------------------------------------------------------------------------------------ states of the page


def _first_screen(page: Page) -> None:
    expect(page.locator(".start")).to_be_visible()


def _answered(page: Page) -> None:
    ask(page, RUNS)


def _source_as_text(page: Page) -> None:
    page.click('[data-citation="1"] >> nth=0')
    expect(page.locator("#source mark").first).to_be_visible()


def _closed_partly(page: Page) -> None:
    page.keyboard.press("Escape")
    ask(page, AFTER)
    expect(page.locator("#answer .partly")).to_be_visible()


def _page_image(page: Page) -> None:
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]").first).to_be_visible()


def _abstained(page: Page) -> None:
    page.keyboard.press("Escape")
    ask(page, UNKNOWN)
    page.locator("#answer summary").click()


def _conversations(page: Page) -> None:
    if page.locator("#conversations-open").is_visible():
        page.click("#conversations-open")
    page.get_by_role("button", name="Hernoem").first.click()
    expect(page.get_by_label("Naam van het gesprek")).to_be_visible()


def _editing(page: Page) -> None:
    page.keyboard.press("Escape")
    page.locator("[data-newest]").get_by_role("button", name="Wijzig vraag").click()
    expect(page.locator("#editing")).to_be_visible()


def _filters(page: Page) -> None:
    page.get_by_role("button", name="Laat de vraag zoals hij was").click()
    page.click("#filters-open")
    expect(page.locator("#filters-open")).to_have_attribute("aria-expanded", "true")


def _problem(page: Page) -> None:
    start_asking(page, "stuk")
    expect(page.locator(".turn .problem")).to_be_visible()
    expect(page.locator("body.asking")).to_have_count(0)


STATES: tuple[Callable[[Page], None], ...] = (
    _first_screen,
    _answered,
    _source_as_text,
    _closed_partly,
    _page_image,
    _abstained,
    _conversations,
    _editing,
    _filters,
    _problem,
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_serious_in_any_state(visit: Visit, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme, motion="reduce")
    found = {}
    for state in STATES:
        state(page)
        found[state.__name__] = axe(page)
    assert found == {state.__name__: [] for state in STATES}


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_serious_on_any_tab(visit: Visit, width: int) -> None:
    page = visit(width=width, motion="reduce")
    tabs = page.get_by_role("tab")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        expect(tabs.nth(number)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[aria-busy=true]:visible")).to_have_count(0)
        assert axe(page) == [], tabs.nth(number).inner_text()


# ------------------------------------------------------------------------------------------------ listening

_LISTEN = """() => {
    window.heard = [];
    new MutationObserver(() => heard.push(document.getElementById("spoken")?.textContent))
        .observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def _heard(page: Page) -> list[str]:
    """What the live region said, once for each time that it changed."""
    heard: list[str | None] = page.evaluate("heard")
    said: list[str] = []
    for words in heard:
        if words and (not said or said[-1] != words):
            said.append(words)
    return said


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        (RUNS, "Antwoord: De Stadsagenda loopt tot eind 2031."),
        (AFTER, "Antwoord: Gedeeltelijk antwoord. Alleen het eerste deel."),
        (UNKNOWN, "Geen antwoord: De documenten zeggen niets over"),
        ("stuk", "Er ging onverwacht iets mis."),
    ],
)
def test_of_an_answer_the_steps_are_heard_and_then_the_answer_once(page: Page, question: str, begins: str) -> None:
    page.evaluate(_LISTEN)
    start_asking(page, question)
    expect(page.locator("body.asking")).to_have_count(0)
    page.wait_for_timeout(300)
    *steps, answer = _heard(page)
    assert set(steps) <= {"Zoeken …", "20 passages lezen …", "Citaten controleren …"}
    assert answer.startswith(begins) and "[1]" not in answer
    live = page.locator(".turn [aria-live], .turn [role=alert], .turn [role=status]")
    expect(live).to_have_count(0)  # nothing else says it again


def test_citations_are_buttons_with_names(page: Page) -> None:
    ask(page, RUNS)
    markers = page.locator("#answer .statement").first.get_by_role("button")
    name = markers.first.get_attribute("aria-label")
    assert (
        name is not None and name.startswith("[1] Bron: Brief over de Stadsagenda") and name.endswith("Looptijd & doel")
    )
    assert markers.first.inner_text() in name, "who speaks to the page can say what is seen"


# ------------------------------------------------------------------------------------------------ keyboard


def _stops(page: Page, most: int = 60) -> list[str]:
    """Where Tab stops from the top of the page, by what names each place."""
    page.evaluate("document.activeElement?.blur(); window.getSelection().removeAllRanges()")
    found: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
                const at = document.activeElement;
                if (!at || at === document.body) return null;
                const box = at.getBoundingClientRect(), style = getComputedStyle(at);
                const seen = box.width > 0 && (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
                const name = at.id || at.dataset.do || (at.dataset.citation && "citation") || (at.dataset.ask && "example")
                    || at.className.split(" ")[0] || at.tagName;
                return (at.tagName === "TEXTAREA" ? "question" : name) + (seen ? "" : " without a visible focus");
            }"""
        )
        if here is None or (found and here == found[0] and len(found) > 3):
            break
        found.append(here)
    return found


def test_tab_goes_through_the_page_in_the_order_of_reading_with_a_visible_focus(page: Page) -> None:
    ask(page, RUNS)
    page.mouse.click(2, 2)
    stops = _stops(page)
    assert not [stop for stop in stops if "without" in stop]
    wanted = ["language", "tab-ask-button", "restart", "choose", "small", "small", "conversations-clear", "citation"]
    order = [stops.index(stop) for stop in wanted]
    assert order == sorted(order)
    assert stops.index("citation") < stops.index("copy") < stops.index("question") < stops.index("ask")


def test_the_focus_is_not_hidden_behind_the_question_box(visit: Visit) -> None:
    page = visit(motion="reduce")
    for question in (RUNS, UNKNOWN):
        ask(page, question)
    page.mouse.click(2, 2)
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => {
                const at = document.activeElement;
                if (!at || at === document.body || at.closest("#composer")) return null;
                const box = at.getBoundingClientRect();
                const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return at.contains(top) || top?.contains(at) ? null : at.outerHTML.slice(0, 120);
            }"""
        )
        if covered:
            hidden.append(covered)
    assert hidden == []


# ------------------------------------------------------------------------------------------------ zoom, targets, calm, colours


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_has_to_be_scrolled_sideways(visit: Visit, width: int) -> None:
    """320 px is what is left of 1280 at 400 % zoom."""
    page = visit(width=width, height=512)
    wide = {}
    for state in STATES:
        state(page)
        wide[state.__name__] = page.evaluate(
            """() => {
                const room = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= room) return [];
                return [...document.querySelectorAll("body *")].filter(part => part.getBoundingClientRect().right > room + 1)
                    .map(part => part.outerHTML.slice(0, 80)).slice(-3);
            }"""
        )
    assert wide == {state.__name__: [] for state in STATES}


def test_at_400_percent_the_question_box_does_not_stand_before_the_text(visit: Visit) -> None:
    page = visit(width=320, height=256)
    ask(page, RUNS)
    at_rest(page)
    page.locator("#answer .statement").first.scroll_into_view_if_needed()
    expect(page.locator("#answer .statement").first).to_be_in_viewport(ratio=1)
    expect(page.locator("#composer")).not_to_be_in_viewport()


@pytest.mark.parametrize("width", [1280, 360])
def test_everything_to_click_is_large_enough_to_hit(visit: Visit, width: int) -> None:
    """WCAG 2.2 asks for 24 by 24 px, or that much room around the middle; a link within a line of text is exempt."""
    page = visit(width=width)
    small = {}
    for state in STATES:
        state(page)
        small[state.__name__] = page.evaluate(
            """() => {
                const all = [...document.querySelectorAll("button, input, textarea, summary, [role=tab]")]
                    .filter(part => part.checkVisibility({ visibilityProperty: true }) && part.getBoundingClientRect().width > 1)
                    .map(part => part.matches("[type=checkbox], [type=radio]") ? part.closest("label") ?? part : part)
                    .map(part => [part, part.getBoundingClientRect()]);
                const middle = box => [box.left + box.width / 2, box.top + box.height / 2];
                return all.filter(([part, box]) => (box.width < 24 || box.height < 24) && all.some(([other, near]) => {
                    if (other === part || other.contains(part) || part.contains(other)) return false;
                    const [x, y] = middle(box);
                    const dx = Math.max(near.left - x, 0, x - near.right), dy = Math.max(near.top - y, 0, y - near.bottom);
                    return Math.hypot(dx, dy) < 12;
                })).map(([part, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${part.outerHTML.slice(0, 100)}`);
            }"""
        )
    assert small == {state.__name__: [] for state in STATES}


def test_who_wants_no_motion_gets_none(visit: Visit, assistant: FakeAssistant) -> None:
    page = visit(motion="reduce")
    assistant.hold.clear()
    try:
        start_asking(page, "wacht: wat is het budget?")
        expect(page.locator("[data-progress]")).to_have_text("20 passages lezen …")
        assert page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") == 0
        assert page.evaluate("desk.calm()") == "auto"
    finally:
        assistant.hold.set()
    expect(page.locator("#answer")).to_be_visible()


def test_who_prefers_dark_gets_dark_and_may_change_it_while_reading(dark: Page) -> None:
    def light() -> float:
        rgb = dark.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)")
        return float(sum(rgb) / 3)

    eventually(dark, lambda: light() < 40, True)
    ask(dark, RUNS)
    assert dark.locator("#answer .statement").first.evaluate(
        "part => getComputedStyle(part).color.match(/[\\d.]+/g).slice(0, 3).every(value => value > 180)"
    )


def test_the_page_says_what_it_is(page: Page) -> None:
    expect(page).to_have_title("Vraag het de documenten")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Gesprekken")).to_have_count(1)
    ask(page, RUNS)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    assert levels[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))
