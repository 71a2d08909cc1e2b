"""Judgements of answers in Debian's Chromium: given, changed, kept with the conversation, and absent when they are off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant import feedback
from assistant.feedback import Feedback
from assistant.model import Answer, DocumentInfo, Question
from assistant.web.wording import DUTCH, ENGLISH
from tests.browser import IN_CHROMIUM, MONEY, RUNS, UNKNOWN, Visit, ask, axe, eventually, ready, serving
from tests.fakes_web import FakeAssistant, cite

pytestmark = IN_CHROMIUM

OWN = "Wat staat er in mijn eigen nota?"


class Judged(FakeAssistant):
    """A fake whose answers are judged; one of them comes from a document of the user's own."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.feedback = Feedback(path)

    def ask(self, question: Question, **listeners: Any) -> Answer:
        answer = super().ask(question, **listeners)
        if "eigen" not in question.text:
            return answer
        own = cite(1, "brief-1", "De Stadsagenda loopt tot eind 2031.")
        own = replace(own, document=DocumentInfo(id="eigen-1a2b3c4d-nota", title="Nota"))
        return replace(answer, citations=(own,))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return Judged(tmp_path_factory.mktemp("feedback") / "feedback.sqlite")


@pytest.fixture
def kept(assistant: Judged) -> Callable[[], list[str]]:
    """What is kept from this test on: verdict and reason of every entry, oldest first."""
    before = {line["id"] for line in feedback.lines(assistant.path)}
    return lambda: [
        str(line["note"]).split(" on ")[0] for line in feedback.lines(assistant.path) if line["id"] not in before
    ]


def has_pressed(page: Page, *names: str) -> None:
    expect(page.locator(".thumbs [aria-pressed=true]")).to_have_text(names)


def test_a_good_answer_is_one_click_and_one_word_of_thanks(page: Page, kept: Callable[[], list[str]]) -> None:
    ask(page, RUNS)
    button = page.get_by_role("button", name="Goed antwoord")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_accessible_description(DUTCH.thumbs.stored)
    expect(page.locator(".thumb > .note")).to_be_visible()  # said before anything is stored
    button.click()
    expect(page.locator(".thumb-said")).to_have_text("Dank u. Uw oordeel is bewaard.")
    expect(page.locator("#spoken")).to_have_text("Dank u. Uw oordeel is bewaard.")
    has_pressed(page, "Goed antwoord")
    button.click()
    assert kept() == ["thumb up"]


def test_a_double_click_is_one_judgement(page: Page, kept: Callable[[], list[str]]) -> None:
    ask(page, RUNS)
    page.locator("[data-do='thumb-up']").dblclick()
    expect(page.locator(".thumb-said")).to_have_text(DUTCH.thumbs.thanks)
    assert kept() == ["thumb up"]


def test_what_is_not_good_gets_a_reason_and_can_be_changed(page: Page, kept: Callable[[], list[str]]) -> None:
    ask(page, RUNS)
    down = page.get_by_role("button", name="Niet goed")
    down.click()
    expect(down).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("group", name="Wat is er niet goed?")).to_be_visible()
    expect(page.get_by_label("Het klopt niet")).to_be_focused()
    assert kept() == [], "nothing is stored before the user says so"
    page.keyboard.press("Escape")
    expect(page.locator(".thumb form")).to_have_count(0)
    expect(down).to_be_focused()
    down.press("Enter")
    page.get_by_label("Het komt uit de verkeerde bron").check()
    page.get_by_label("Toelichting").fill("Zie de regeling.")
    page.get_by_role("button", name="Bewaar oordeel").click()
    expect(page.locator(".thumb-said")).to_have_text("Dank u. Uw oordeel is bewaard.")
    expect(down).to_be_focused()
    has_pressed(page, "Niet goed")
    assert kept() == ["thumb down (verkeerde bron)"]

    page.reload()
    ready(page)
    expect(down).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(page.get_by_label("Het komt uit de verkeerde bron")).to_be_checked()
    expect(page.get_by_label("Toelichting")).to_have_value("Zie de regeling.")
    page.get_by_role("button", name="Goed antwoord").click()
    expect(page.locator(".thumb-said")).to_have_text("Uw oordeel is gewijzigd.")
    expect(page.locator(".thumb form")).to_have_count(0)
    has_pressed(page, "Goed antwoord")
    assert kept() == ["thumb up"]


def test_every_answer_of_the_conversation_can_be_judged_but_none_from_ones_own_documents(
    page: Page, assistant: Judged, kept: Callable[[], list[str]]
) -> None:
    for question in (MONEY, OWN, RUNS, UNKNOWN):
        ask(page, question)
    expect(page.locator(".turn")).to_have_count(4)
    count = "all => all.map(one => one.querySelectorAll('.thumbs').length)"
    eventually(page, lambda: page.locator(".turn").evaluate_all(count), [1, 0, 1, 1])
    page.locator("[data-turn='2'] [data-do=thumb-up]").click()
    expect(page.locator("[data-turn='2'] .thumb-said")).to_be_visible()
    (line,) = [line for line in feedback.lines(assistant.path) if line["question"] == RUNS and "turns" in line]
    assert line["turns"] == [MONEY], "what was asked of one's own documents stays here"
    page.click("#language")
    expect(page.get_by_role("button", name=ENGLISH.thumbs.up).nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".thumbs")).to_have_count(3)


def test_what_cannot_be_kept_is_told_and_not_pressed(
    page: Page, assistant: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(page, RUNS)
    monkeypatch.setattr(assistant.feedback, "_path", assistant.path.parent)  # a folder
    page.get_by_role("button", name="Goed antwoord").click()
    expect(page.locator(".thumb-said[role=alert]")).to_contain_text("Uw oordeel kon niet worden bewaard.")
    has_pressed(page)
    monkeypatch.undo()
    page.get_by_role("button", name="Goed antwoord").click()
    expect(page.locator(".thumb-said")).to_have_text("Dank u. Uw oordeel is bewaard.")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
def test_axe_finds_nothing_and_nothing_falls_beside_the_page(visit: Visit, width: int, scheme: str) -> None:
    page = visit(width=width, scheme=scheme)
    ask(page, RUNS)
    page.get_by_role("button", name="Niet goed").click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Bewaar oordeel").click()
    expect(page.locator(".thumb-said")).to_be_visible()
    assert axe(page) == []
    heights = page.locator(".thumbs button").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) >= 24


def test_no_thumb_is_shown_when_judgements_are_not_kept(browser: Browser) -> None:
    with serving(FakeAssistant()) as address:
        page = browser.new_page()
        page.goto(address)
        ready(page)
        ask(page, RUNS)
        expect(page.locator(".tools")).to_be_visible()
        expect(page.locator("[data-do^=thumb]")).to_have_count(0)
        page.close()
