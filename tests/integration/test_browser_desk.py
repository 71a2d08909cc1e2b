"""The conversation in Debian's Chromium: kept in the browser, corrected, edited, stopped, linked to, and told when it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from assistant.web import wording
from assistant.web.wording import DUTCH
from tests.browser import (
    AFTER,
    IN_CHROMIUM,
    MONEY,
    NO_STORAGE,
    RUNS,
    UNKNOWN,
    Visit,
    ask,
    eventually,
    ready,
    serving,
    start_asking,
)
from tests.fakes_web import HOSTILE, FakeAssistant

pytestmark = IN_CHROMIUM


@pytest.fixture
def held(assistant: FakeAssistant) -> Iterator[FakeAssistant]:
    """The assistant, whose questions with "wacht" in them wait until the test lets go."""
    assistant.hold.clear()
    yield assistant
    assistant.hold.set()


def has_titles(page: Page, *titles: str) -> None:
    expect(page.locator("#conversations .choose")).to_have_text(titles)


def accept(dialog: Dialog) -> None:
    dialog.accept()


# ------------------------------------------------------------------------------------------------ several conversations


def test_conversations_stay_in_this_browser_and_nowhere_else(page: Page, visit: Visit) -> None:
    ask(page, RUNS)
    ask(page, AFTER)
    page.click("#restart")
    expect(page.locator(".start")).to_be_visible()
    ask(page, MONEY)
    expect(page.locator("#conversations .choose")).to_have_text([MONEY, RUNS])
    page.reload()
    ready(page)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen euro")  # the one in use is shown again
    expect(page.locator(".turn")).to_have_count(1)
    page.click("#conversations .choose >> nth=1")
    expect(page.locator(".turn .asked")).to_have_text([re.compile(re.escape(RUNS)), re.compile(re.escape(AFTER))])
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "partly")
    expect(page.locator("#question textarea")).to_be_focused()
    page.click("#answer [data-citation='1']")
    expect(page.locator("#source mark")).to_have_text("Daarna volgt een evaluatie.")

    beside = visit(context=page.context)  # another tab of the same browser begins anew and sees the list
    expect(beside.locator(".turn")).to_have_count(0)
    has_titles(beside, MONEY, RUNS)
    elsewhere = visit()
    expect(elsewhere.locator("#conversations .choose")).to_have_count(0)


def test_a_follow_up_after_a_reload_carries_the_conversation(page: Page, assistant: FakeAssistant) -> None:
    ask(page, RUNS)
    ask(page, MONEY)
    page.reload()
    ready(page)
    ask(page, AFTER)
    assert [turn.question for turn in assistant.asked[-1].turns] == [RUNS, MONEY]
    assert assistant.asked[-1].turns[1].answer.startswith("Het budget bedraagt 12,5 miljoen")


def test_a_conversation_gets_another_name_and_keeps_it(page: Page) -> None:
    ask(page, RUNS)
    page.get_by_role("button", name=f"Hernoem: {RUNS}").click()
    box = page.get_by_label("Naam van het gesprek")
    expect(box).to_be_focused()
    expect(box).to_have_value(RUNS)
    box.fill("Weg")
    box.press("Escape")
    expect(page.locator("#conversations .choose")).to_have_text([RUNS])
    page.get_by_role("button", name=f"Hernoem: {RUNS}").click()
    box.fill(f"  Voor het debat {HOSTILE} ")
    box.press("Enter")
    name = f"Voor het debat {HOSTILE}"[:120]
    expect(page.locator("#conversations .choose")).to_have_text([name])
    expect(page.locator("#conversations .choose")).to_be_focused()
    page.reload()
    ready(page)
    has_titles(page, name)
    ask(page, MONEY)
    has_titles(page, name)  # the next question leaves it
    assert page.locator("#conversations img, #conversations script").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_conversation_is_deleted_only_after_a_yes(page: Page) -> None:
    ask(page, RUNS)
    page.click("#restart")
    ask(page, MONEY)
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.get_by_role("button", name=f"Verwijder: {RUNS}").click()
    assert asked == [f"Gesprek ‘{RUNS}’ verwijderen? De vragen, antwoorden en eigen documenten zijn dan weg."]
    has_titles(page, MONEY, RUNS)
    page.once("dialog", accept)
    page.get_by_role("button", name=f"Verwijder: {RUNS}").click()
    expect(page.locator("#conversations .choose")).to_have_text([MONEY])
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")  # the other one stays open
    expect(page.locator("#restart")).to_be_focused()
    page.once("dialog", accept)
    page.get_by_role("button", name=f"Verwijder: {MONEY}").click()
    expect(page.locator(".start")).to_be_visible()
    expect(page.locator("#conversations .choose")).to_have_count(0)
    assert _kept(page) == {}


def test_all_conversations_are_deleted_at_once(page: Page) -> None:
    expect(page.locator("#conversations-clear")).to_be_hidden()
    for question in (RUNS, MONEY):
        ask(page, question)
        page.click("#restart")
    page.once("dialog", accept)
    page.get_by_role("button", name="Verwijder alle gesprekken").click()
    expect(page.locator("#conversations .choose")).to_have_count(0)
    expect(page.locator("#conversations-clear")).to_be_hidden()
    assert _kept(page) == {}
    page.reload()
    ready(page)
    expect(page.locator(".start")).to_be_visible()


def _kept(page: Page) -> dict[str, str]:
    """Everything in the browser's storage that holds something said."""
    kept: dict[str, str] = page.evaluate("({ ...localStorage })")
    return {name: value for name, value in kept.items() if RUNS in value or MONEY in value}


@pytest.mark.parametrize("menu", [True, False], ids=["with Enter", "with Escape and out"])
def test_on_a_phone_the_list_of_conversations_opens_and_closes_by_keyboard(phone: Page, menu: bool) -> None:
    expect(phone.locator("#conversations-open")).to_be_hidden()  # nothing to choose from yet
    ask(phone, RUNS)
    phone.click("#restart")
    opens = phone.locator("#conversations-open")
    expect(opens).to_have_attribute("aria-expanded", "false")
    expect(phone.locator("#conversations-list")).to_be_hidden()
    opens.focus()
    phone.keyboard.press("Enter")
    expect(opens).to_have_attribute("aria-expanded", "true")
    expect(phone.locator("#conversations .choose")).to_be_visible()
    if not menu:
        phone.keyboard.press("Tab")
        phone.keyboard.press("Escape")
        expect(opens).to_be_focused()
    else:
        phone.keyboard.press("Enter")
    expect(phone.locator("#conversations-list")).to_be_hidden()
    expect(opens).to_have_attribute("aria-expanded", "false")
    phone.keyboard.press("Enter")
    phone.locator("#conversations .choose").press("Enter")
    expect(phone.locator("#conversations-list")).to_be_hidden()
    expect(phone.locator("#answer")).to_contain_text("eind 2031")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


# ------------------------------------------------------------------------------------------------ two tabs, odd stores


def has_asked(page: Page, *questions: str) -> None:
    expect(page.locator(".turn:visible .asked")).to_have_text([re.compile(f"{re.escape(one)}$") for one in questions])


def test_two_tabs_in_one_conversation_lose_nothing_of_each_other(page: Page, visit: Visit) -> None:
    ask(page, RUNS)
    beside = visit(context=page.context)
    beside.click("#conversations .choose")
    expect(beside.locator("#answer")).to_contain_text("eind 2031")
    ask(page, MONEY)
    expect(beside.locator(".turn")).to_have_count(2)
    expect(beside.locator("#answer")).to_contain_text("12,5 miljoen")
    ask(beside, UNKNOWN)
    expect(page.locator(".turn")).to_have_count(3)
    page.reload()
    ready(page)
    has_asked(page, RUNS, MONEY, UNKNOWN)


def test_a_question_that_waits_keeps_what_another_tab_asked_meanwhile(
    page: Page, visit: Visit, held: FakeAssistant
) -> None:
    ask(page, RUNS)
    beside = visit(context=page.context)
    beside.click("#conversations .choose")
    expect(beside.locator("#answer")).to_be_visible()
    start_asking(page, "wacht: wat is het budget?")
    expect(page.locator("[data-progress]")).to_be_visible()
    ask(beside, UNKNOWN)
    page.wait_for_function("conversations.current().turns.length === 2")  # the browser has told this tab
    held.hold.set()
    expect(page.locator(".turn")).to_have_count(3)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    has_asked(page, RUNS, UNKNOWN, "wacht: wat is het budget?")
    expect(beside.locator(".turn")).to_have_count(3)


def test_a_conversation_that_another_tab_deletes_does_not_come_back(page: Page, visit: Visit) -> None:
    ask(page, RUNS)
    beside = visit(context=page.context)
    beside.click("#conversations .choose")
    expect(beside.locator("#answer")).to_be_visible()
    page.once("dialog", accept)
    page.get_by_role("button", name=f"Verwijder: {RUNS}").click()
    expect(beside.locator(".start")).to_be_visible()
    ask(beside, MONEY)
    has_titles(page, MONEY)
    has_titles(beside, MONEY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("conversations", "{}"),
        ("conversations", '"x"'),
        ("conversations", '[null, 3, {"title": "zonder id"}]'),
        ("conversations", "[{"),
        ("conversation.x", '{"id": "x"}'),
        ("conversation.x", '{"id": "x", "turns": "y"}'),
        ("question-list", '{"questions": "x", "stage": "answers"}'),
    ],
)
def test_what_is_kept_and_damaged_is_left_out_and_the_page_works(
    visit: Visit, trouble: list[str], name: str, value: str
) -> None:
    once = f"if (!localStorage.length) localStorage.setItem('assistant.{name}', {value!r});"
    page = visit(
        script=f"{once} sessionStorage.getItem('assistant.current') ?? sessionStorage.setItem('assistant.current', 'x')"
    )
    expect(page.locator(".start")).to_be_visible()
    ask(page, RUNS)
    page.reload()
    ready(page)
    has_titles(page, RUNS)
    has_asked(page, RUNS)
    assert trouble == []


def test_a_question_far_too_long_does_not_end_the_conversation(page: Page, assistant: FakeAssistant) -> None:
    ask(page, "woord " * 20_000)
    ask(page, MONEY)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    assert len(assistant.asked[-1].turns) == 1
    for _ in range(7):
        ask(page, RUNS)
    assert [turn.question for turn in assistant.asked[-1].turns] == [RUNS] * 6


def test_a_language_that_is_chosen_while_an_answer_is_on_its_way_is_that_of_all_answers(
    page: Page, held: FakeAssistant
) -> None:
    ask(page, RUNS)
    start_asking(page, "wacht: wat is het budget?")
    expect(page.locator("[data-progress]")).to_be_visible()
    page.click("#language")
    held.hold.set()
    expect(page.get_by_role("button", name="Edit question")).to_have_count(2)
    expect(page.get_by_role("button", name="Wijzig vraag")).to_have_count(0)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")


def test_choosing_the_conversation_that_waits_for_an_answer_leaves_it_waiting(page: Page, held: FakeAssistant) -> None:
    ask(page, RUNS)
    start_asking(page, "wacht: wat is het budget?")
    expect(page.locator("[data-progress]")).to_be_visible()
    page.click("#conversations .choose")
    held.hold.set()
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    expect(page.locator(".turn")).to_have_count(2)


# ------------------------------------------------------------------------------------------------ asking again, otherwise


def test_how_a_question_was_understood_can_be_corrected(page: Page, assistant: FakeAssistant) -> None:
    ask(page, RUNS)
    ask(page, AFTER)
    page.get_by_role("button", name="Bedoelt u iets anders? Pas aan").click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value("En daarna? (Stadsagenda)")
    ask(page, "Wat is het budget daarna?")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last).to_contain_text("12,5 miljoen")
    assert [turn.question for turn in assistant.asked[-1].turns] == [RUNS]
    has_titles(page, RUNS)


def test_a_question_is_asked_again_in_its_own_place(page: Page, assistant: FakeAssistant) -> None:
    ask(page, RUNS)
    ask(page, MONEY)
    before = len(assistant.asked)
    page.locator("[data-newest]").get_by_role("button", name="Vraag opnieuw").click()
    expect(page.locator("body.asking")).to_have_count(0)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    expect(page.locator(".turn")).to_have_count(2)
    assert [question.text for question in assistant.asked[before:]] == [MONEY]
    assert [turn.question for turn in assistant.asked[-1].turns] == [RUNS]


def test_an_empty_question_is_not_asked(page: Page, assistant: FakeAssistant) -> None:
    before = len(assistant.asked)
    page.fill("#question", "   ")
    page.click("#ask")
    expect(page.locator("#message")).to_contain_text("Typ eerst uw vraag.")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator(".turn")).to_have_count(0)
    assert len(assistant.asked) == before


def test_editing_an_earlier_question_drops_what_came_after_it_unless_it_is_left_alone(page: Page) -> None:
    for question in (RUNS, MONEY, AFTER):
        ask(page, question)
    edit = page.locator(".turn").nth(1).get_by_role("button", name="Wijzig vraag")
    edit.click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value(MONEY)
    expect(page.locator("#editing")).to_contain_text("Wat daarna kwam, vervalt.")
    page.get_by_role("button", name="Laat de vraag zoals hij was").click()
    expect(page.locator("#editing")).to_have_count(0)
    expect(page.locator("#question textarea")).to_have_value("")
    edit.click()
    page.keyboard.press("Escape")
    expect(page.locator("#editing")).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.locator(".turn")).to_have_count(3)
    ask(page, UNKNOWN)
    expect(page.locator(".turn")).to_have_count(4)  # an ordinary question again
    edit.click()
    ask(page, "Hoe lang loopt het?")
    expect(page.locator("#editing")).to_have_count(0)
    expect(page.locator(".turn .asked")).to_have_text([re.compile(re.escape(RUNS)), re.compile("Hoe lang loopt het?")])
    page.reload()
    ready(page)
    expect(page.locator(".turn")).to_have_count(2)


def test_stop_works_at_once_and_puts_everything_back(page: Page, held: FakeAssistant) -> None:
    ask(page, RUNS)
    ask(page, MONEY)
    page.locator(".turn").first.get_by_role("button", name="Wijzig vraag").click()
    start_asking(page, "wacht: hoe lang loopt het?")
    expect(page.locator("[data-progress]")).to_have_text("20 passages lezen …")
    expect(page.locator("#ask")).to_be_hidden()
    expect(page.locator(".turn:visible")).to_have_count(1)
    page.click("#stop")
    expect(page.locator("#message")).to_contain_text("Gestopt. Deze vraag is niet beantwoord.", timeout=1_000)
    assert not held.hold.is_set()
    expect(page.locator("#question textarea")).to_have_value("wacht: hoe lang loopt het?")
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#stop")).to_be_hidden()
    expect(page.locator(".turn:visible .asked")).to_have_count(2)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    expect(page.locator("[data-citation]")).to_have_count(1)
    expect(page.locator("#editing")).to_be_visible()  # the same question can be asked once more, or left
    held.hold.set()
    page.click("#ask")
    expect(page.locator("#answer")).to_contain_text("eind 2031")
    expect(page.locator(".turn")).to_have_count(1)


def test_many_stopped_questions_leave_room_for_the_next(page: Page, visit: Visit, held: FakeAssistant) -> None:
    for number in range(6):  # more than are answered at the same time
        start_asking(page, f"wacht {number}")
        expect(page.locator("[data-progress]")).to_have_text("20 passages lezen …")
        page.click("#stop")
        expect(page.locator("#message .problem")).to_be_visible()
    ask(page, MONEY)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")


def test_another_conversation_can_be_opened_while_an_answer_is_on_its_way(page: Page, held: FakeAssistant) -> None:
    ask(page, RUNS)
    start_asking(page, "wacht: wat is het budget?")
    expect(page.locator("[data-progress]")).to_be_visible()
    page.click("#restart")
    expect(page.locator(".start")).to_be_visible()
    held.hold.set()
    ask(page, UNKNOWN)
    expect(page.locator(".turn")).to_have_count(1)
    page.click("#conversations .choose >> nth=1")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#answer")).to_contain_text("eind 2031")


def test_shift_and_enter_begin_a_new_line(page: Page, assistant: FakeAssistant) -> None:
    page.focus("#question textarea")
    page.keyboard.type("Tot wanneer")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("loopt het?")
    expect(page.locator("#question textarea")).to_have_value("Tot wanneer\nloopt het?")
    expect(page.locator(".turn")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("eind 2031")
    assert assistant.asked[-1].text == "Tot wanneer\nloopt het?"
    expect(page.locator(".turn")).to_have_count(1)


# ------------------------------------------------------------------------------------------------ addresses


def test_an_address_asks_its_question_in_its_language_and_a_reload_does_not_ask_again(
    visit: Visit, assistant: FakeAssistant
) -> None:
    page = visit(query="?vraag=En+daarna%3F&taal=en")
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "partly")
    expect(page.locator("#answer .partly")).to_contain_text("Partial answer")
    expect(page.locator("#ask")).to_have_text("Ask")
    asked = len(assistant.asked)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#toast")).to_have_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")  # written before it is told
    assert link.endswith("/?vraag=En+daarna%3F+%28Stadsagenda%29&taal=en")  # the question as it was understood
    page.reload()
    ready(page)
    expect(page.locator("#answer")).to_have_attribute("data-outcome", "partly")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert len(assistant.asked) == asked
    page.goto(link)
    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator("#conversations .choose")).to_have_count(2)  # a conversation of its own
    assert assistant.asked[-1].text == "En daarna? (Stadsagenda)" and assistant.asked[-1].turns == ()


def test_a_copied_answer_is_plain_text_with_its_sources(page: Page) -> None:
    ask(page, MONEY)
    page.get_by_role("button", name="Kopieer antwoord").click()
    expect(page.locator("#toast")).to_have_text("Gekopieerd.")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0] == MONEY
    assert copied[2].endswith("verdeeld over twaalf gemeenten. [1]")
    assert copied[-2] == "Bronnen:" and copied[-1].startswith("[1] Regeling proefgelden")


# ------------------------------------------------------------------------------------------------ when something fails


def test_a_program_that_has_gone_is_told_in_dutch_and_the_conversation_stays(visit: Visit, address: str) -> None:
    page = visit()
    ask(page, RUNS)
    with serving(FakeAssistant()) as elsewhere:
        page.goto(elsewhere)
        ready(page)
        ask(page, MONEY)
    start_asking(page, UNKNOWN)
    expect(page.locator("#message")).to_contain_text("Er is geen verbinding met het programma. Kijk of het nog draait")
    expect(page.locator("#question textarea")).to_have_value(UNKNOWN)
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#answer")).to_contain_text("12,5 miljoen")
    page.wait_for_timeout(1_500)  # Gradio notices by itself as well
    shown = page.locator("body").inner_text()
    assert not re.search(r"connection|error|lost", shown, re.IGNORECASE), shown
    page.click('[data-citation="1"]')
    expect(page.locator("#source")).to_be_visible()


def test_a_browser_that_keeps_nothing_is_told_once_and_the_page_works(visit: Visit, trouble: list[str]) -> None:
    page = visit(script=NO_STORAGE)
    ask(page, RUNS)
    expect(page.locator("#toast")).to_have_text(DUTCH.store_off)
    ask(page, AFTER)
    expect(page.locator(".turn")).to_have_count(2)
    page.click("#language")
    expect(page.locator("#answer .partly")).to_contain_text("Partial answer")
    page.click("#restart")
    expect(page.locator(".start")).to_be_visible()
    ask(page, MONEY)
    assert trouble == []


# ------------------------------------------------------------------------------------------------ first screen, language


def test_the_first_screen_teaches_what_can_be_asked(page: Page) -> None:
    start = page.locator(".start")
    expect(start.locator("h2")).to_have_text([DUTCH.examples, DUTCH.holdings, DUTCH.what_not])
    expect(start.locator("h3")).to_have_text(["Tijdlijn"])
    expect(start).to_contain_text("2 documenten, van 7 juli 2023 tot en met februari 2024")
    expect(start.locator(".kinds li")).to_have_text(["Kamerbrief 1", "regeling 1"])
    expect(start.locator(".limits li")).to_have_text(list(DUTCH.limits))
    for example in start.locator("[data-ask]").all_inner_texts():
        page.get_by_role("button", name=example).click()
        expect(page.locator("#answer")).to_have_attribute("data-outcome", "answered")
        page.click("#restart")
        expect(start).to_be_visible()


def test_the_language_switch_turns_every_text_and_lasts(visit: Visit) -> None:
    page = visit()
    ask(page, UNKNOWN)
    page.locator("summary", has_text="Zo vraagt u het beter").click()
    page.get_by_role("button", name="Wijzig vraag").click()
    page.click("#language")
    expect(page.locator("#ask")).to_have_text("Ask")
    expect(page.locator("#answer h3").first).to_have_text("No answer in the documents")
    _nothing_dutch(page)
    page.click("#restart")
    expect(page.locator(".start h3")).to_have_text("Timeline")
    _nothing_dutch(page)
    page.reload()
    ready(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#ask")).to_have_text("Ask")
    expect(page.locator(".start h3")).to_have_text("Timeline")
    _nothing_dutch(page)
    page.click("#language")
    expect(page.locator(".start h3")).to_have_text("Tijdlijn")
    expect(page).to_have_title(DUTCH.title)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and "{" not in value:
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "months":
                yield from _strings(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _strings(part)


# Words that are the page's own and Dutch only; what comes from a document stays in its language.
_TEXTS = wording.texts()
_DUTCH = sorted(set(_strings(_TEXTS["nl"])) - set(_strings(_TEXTS["en"])))


def _nothing_dutch(page: Page) -> None:
    """No text, label, title or placeholder of the page is one of the Dutch ones, once all have been turned."""
    eventually(page, lambda: _dutch(page), set[str]())
    marked: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('[data-text]')].map(part => [part.dataset.text, part.textContent])"
    )
    texts = page.evaluate("JSON.parse(document.getElementById('texts').textContent).en")
    for name, text in marked:
        value = texts
        for key in name.split("."):
            value = value[key]
        assert text == value, name


def _dutch(page: Page) -> set[str]:
    found: list[str] = page.evaluate(
        """() => {
            const said = [document.title];
            for (const part of document.body.querySelectorAll("*")) {
                if (part.closest("script, style, footer")) continue;
                for (const name of ["aria-label", "title", "placeholder", "alt"]) said.push(part.getAttribute(name));
                for (const text of part.childNodes) if (text.nodeType === 3) said.push(text.data.trim());
            }
            return said.filter(Boolean);
        }"""
    )
    return {text for text in found for words in _DUTCH if text.strip(" :.…") == words.strip(" :.…")}
