"""The page in Debian's Chromium, over a small fake assistant: the hooks, the source panel, the keyboard, the network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import (
    AFTER,
    IN_CHROMIUM,
    MONEY,
    RUNS,
    UNKNOWN,
    Visit,
    ask,
    fetching_ahead,
    open_citation,
    ready,
    redrawing,
    start_asking,
)
from tests.fakes_web import HOSTILE, FakeAssistant

pytestmark = IN_CHROMIUM


def test_the_page_asks_nothing_of_any_other_address_and_the_browser_has_no_complaints(
    page: Page, trouble: list[str]
) -> None:
    ask(page, RUNS)
    page.click('[data-citation="1"]')
    expect(page.locator("#source mark")).to_be_visible()
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]").first).to_be_visible()
    page.click("#language")
    expect(page.locator("#ask")).to_have_text("Ask")
    page.wait_for_timeout(500)
    assert trouble == []


def test_typing_and_enter_reach_the_text_box_by_its_hook_and_inside_it(page: Page) -> None:
    page.fill("#question textarea", RUNS)
    expect(page.locator("#question textarea")).to_have_value("Tot wanneer loopt de Stadsagenda?")
    assert page.input_value("#question") == "Tot wanneer loopt de Stadsagenda?"
    page.press("#question", "Enter")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "answered")
    expect(page.locator("#answer strong")).to_have_text("eind 2031")
    expect(page.locator("#question textarea")).to_have_value("")
    assert page.get_by_label("Uw vraag").evaluate("box => box.tagName") == "TEXTAREA"


def test_a_marker_opens_the_exact_sentence_quickly_and_escape_goes_back_to_it(page: Page) -> None:
    with fetching_ahead(page, 2) as fetched:
        ask(page, RUNS)
    opened, drawn = [], []
    for number in (1, 2, 1):
        marker = page.locator(f'#answer [data-citation="{number}"]').first
        opened.append(open_citation(page, number))
        drawn.append(redrawing(page))
        expect(page.locator("#source mark").first).to_be_in_viewport()
        if number == 1:
            expect(page.locator("#source mark")).to_have_text("De Stadsagenda loopt tot eind 2031.")
        page.keyboard.press("Escape")
        expect(page.locator("#source")).to_be_hidden()
        expect(marker).to_be_focused()
    assert len(fetched) == 2, "nothing is fetched when a marker is clicked"
    assert max(opened) < 1_000, "300 ms on a quiet machine"
    assert sorted(opened)[1] < 6 * sorted(drawn)[1]


def test_everything_works_with_the_keyboard_alone(page: Page) -> None:
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(RUNS)
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_visible()
    page.locator('#answer [data-citation="2"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source mark")).to_have_count(3)
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#source [data-close]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_be_hidden()


def test_the_highlight_of_a_pdf_covers_the_printed_words(page: Page) -> None:
    ask(page, MONEY)
    page.click('[data-citation="1"]')
    expect(page.locator("#source [data-highlight]")).to_have_count(2)
    covered = page.evaluate(
        """async () => {
            const image = document.querySelector('#source img');
            await image.decode();
            const canvas = document.createElement('canvas');
            canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
            const context = canvas.getContext('2d');
            context.drawImage(image, 0, 0);
            const frame = image.getBoundingClientRect();
            const dark = (left, top, right, bottom) => {
                const x = (left - frame.left) / frame.width * canvas.width;
                const y = (top - frame.top) / frame.height * canvas.height;
                const data = context.getImageData(x, y, (right - left) / frame.width * canvas.width,
                                                  (bottom - top) / frame.height * canvas.height).data;
                let count = 0;
                for (let at = 0; at < data.length; at += 4) if (data[at] < 128) count++;
                return count;
            };
            const boxes = [...document.querySelectorAll('#source [data-highlight]')].map(box => box.getBoundingClientRect());
            // Everything printed on the page is the title above the quote and the quote itself.
            const all = dark(frame.left, boxes[0].top, frame.right, frame.bottom);
            const inside = boxes.reduce((sum, box) => sum + dark(box.left, box.top, box.right, box.bottom), 0);
            return inside / all;
        }"""
    )
    assert covered > 0.97
    expect(page.locator("#source [data-highlight]").first).to_be_in_viewport()


def test_an_abstention_shows_nearest_passages_and_its_suggestion_asks(page: Page) -> None:
    ask(page, UNKNOWN)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "abstained")
    expect(page.locator("#answer .card")).to_have_count(2)
    page.click("#answer [data-ask]")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "answered")
    expect(page.locator(".turn")).to_have_count(2)


def test_a_follow_up_carries_the_conversation_and_says_how_it_was_understood(
    page: Page, assistant: FakeAssistant
) -> None:
    ask(page, RUNS)
    ask(page, AFTER)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "partly")
    expect(page.locator("#answer .understood")).to_contain_text("Begrepen als: En daarna? (Stadsagenda)")
    (turn,) = assistant.asked[-1].turns
    assert turn.question == RUNS and turn.answer.startswith("De Stadsagenda loopt tot eind 2031. De agenda kent")
    page.click("#restart")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, MONEY)
    assert assistant.asked[-1].turns == ()


def test_what_other_parts_add_goes_with_the_question_and_a_refused_question_stays_in_the_box(
    page: Page, assistant: FakeAssistant
) -> None:
    page.evaluate("chosen = { types: ['Kamerbrief'], since: 'juli 2023' }")
    page.evaluate("asking.addToRequest(() => ({ filters: chosen }))")
    page.fill("#question", RUNS)
    page.click("#ask")
    expect(page.locator("#message")).to_contain_text("‘juli 2023’ bij ‘Vanaf’ is geen geldige datum")
    expect(page.locator("#question textarea")).to_have_value(RUNS)
    expect(page.locator(".start")).to_be_visible()
    page.evaluate("chosen.since = '2023-07'")
    page.click("#ask")
    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator("#message .problem")).to_have_count(0)
    asked = assistant.asked[-1].filters
    assert asked.types == ("Kamerbrief",) and asked.since == "2023-07" and asked.until is None


def test_the_language_switch_turns_everything_and_back(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    ask(page, UNKNOWN)
    page.click("#language")
    expect(page.locator("#ask")).to_have_text("Ask")
    expect(page.locator("#answer h3").first).to_have_text("No answer in the documents")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#language")).to_have_text("Nederlands")
    page.click('[data-citation="1"]')
    expect(page.locator("#source")).to_contain_text("our summary")
    page.click("#language")
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator("#ask")).to_have_text("Vraag")


def test_no_script_comes_out_of_a_document_a_title_or_a_question(page: Page, trouble: list[str]) -> None:
    ask(page, f"{HOSTILE} loopt")
    expect(page.locator(".asked")).to_contain_text("<script>")
    expect(page.locator("#answer .title").first).to_contain_text("${window.hacked=1} {{hacked}}")
    page.click('[data-citation="1"]')
    expect(page.locator("#source .text")).to_contain_text("<script>")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#conversation img, #conversation script, #source img, #source script").count() == 0
    assert trouble == []


def test_a_second_question_takes_the_hooks_from_the_first_at_once_and_a_refused_one_gives_them_back(
    page: Page, assistant: FakeAssistant
) -> None:
    ask(page, RUNS)
    page.evaluate("until = 'ooit'")
    page.evaluate("asking.addToRequest(() => ({ filters: { until } }))")
    page.fill("#question", MONEY)
    for _ in range(2):  # refused twice for the same reason
        page.press("#question", "Enter")
        expect(page.locator("#message .problem")).to_be_visible()
        expect(page.locator("#answer")).to_contain_text("eind 2031")
    expect(page.locator('[data-citation="2"]')).to_be_visible()
    page.evaluate("until = ''")
    assistant.hold.clear()
    page.fill("#question", "wacht: Wat is het budget?")
    page.click("#ask")
    expect(page.locator("#answer, [data-citation]")).to_have_count(0)
    assistant.hold.set()
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    expect(page.locator("[data-citation]")).to_have_count(1)


def test_progress_is_told_while_others_are_answered(page: Page, visit: Visit, assistant: FakeAssistant) -> None:
    assistant.hold.clear()
    start_asking(page, "wacht even: tot wanneer loopt het?")
    expect(page.locator("[data-progress]")).to_have_text("20 passages lezen …")
    expect(page.locator("#spoken")).to_have_text("20 passages lezen …")
    expect(page.locator("#answer")).to_have_count(0)
    other = visit()
    ask(other, MONEY)
    expect(other.locator("#answer")).to_have_attribute("data-outcome", "answered")
    assistant.hold.set()
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "answered")


def test_a_missing_index_is_a_plain_sentence_on_the_page(page: Page, assistant: FakeAssistant) -> None:
    assistant.without_index = True
    try:
        page.reload()
        ready(page)
        expect(page.locator("#message")).to_contain_text("Er is geen bruikbare index")
        page.fill("#question", RUNS)
        page.click("#ask")
        expect(page.locator(".turn .problem")).to_contain_text("Maak die met ‘assistant build’")
        assert "Traceback" not in page.content()
    finally:
        assistant.without_index = False


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_fits_its_window_and_its_text_stands_out(visit: Visit, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme)
    ask(page, RUNS)
    page.click('[data-citation="1"]')
    expect(page.locator("#source mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrasts = page.evaluate(
        """() => {
            const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
            const behind = element => {
                for (let at = element; at; at = at.parentElement) {
                    const colour = numbers(getComputedStyle(at).backgroundColor);
                    if (colour.length === 3 || colour[3] > .99) return colour;
                }
                return [255, 255, 255];
            };
            const all = '.asked, .statement, .statement strong, .marker, .where, .how, .title, .links a, .provenance, '
                + '.tool, #heading h1, #heading p, #ask, #language, #restart, #question textarea, #question span, '
                + '#conversations h2, #conversations .choose, #conversations .small, #conversations .note, #tabs [role=tab], '
                + '#source h2, #source p, #source mark, #source th, #source td';
            return [...document.querySelectorAll(all)].map(element => {
                const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
                return [(a + .05) / (b + .05), element.outerHTML.slice(0, 80)];
            }).filter(([ratio]) => ratio < 4.5);
        }"""
    )
    assert contrasts == []
