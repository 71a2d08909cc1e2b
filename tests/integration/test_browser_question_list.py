"""The list of questions in Debian's Chromium: entered, corrected, answered row by row, stopped, kept and taken along."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Dialog, Page, expect

from assistant import questionnaire
from assistant.errors import IndexUnusable
from assistant.model import Answer, Question
from tests.browser import (
    AFTER,
    IN_CHROMIUM,
    MONEY,
    NO_STORAGE,
    PATIENCE,
    RUNS,
    UNKNOWN,
    Visit,
    ask,
    axe,
    eventually,
    ready,
)
from tests.fakes_web import EXAMPLES, HOSTILE, FakeAssistant

pytestmark = IN_CHROMIUM

FALTERS = "Hapert het budget?"  # fails the first time, and is answered the second
WAITS = "Wanneer wacht u?"


class Faltering(FakeAssistant):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.falters = True

    def ask(self, question: Question, **options: Any) -> Answer:
        if question.text == FALTERS and self.falters:
            self.asked.append(question)
            raise IndexUnusable("indexes/proef: being built")
        return super().ask(question, **options)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Faltering:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    return Faltering(folder)


@pytest.fixture
def held(assistant: Faltering) -> Iterator[Faltering]:
    """The assistant, whose questions with "wacht" in them wait until the test lets go."""
    assistant.hold.clear()
    yield assistant
    assistant.hold.set()


def accept(dialog: Dialog) -> None:
    dialog.accept()


def open_tab(page: Page) -> None:
    page.get_by_role("tab").nth(2).click()
    expect(page.locator("#question-list")).to_be_visible()


def enter(page: Page, *questions: str) -> None:
    """Paste questions and let them be read."""
    open_tab(page)
    page.fill("#list-text", "\n".join(f"{number}. {question}" for number, question in enumerate(questions, 1)))
    page.click("#list-read")
    expect(page.locator("#list-check")).to_be_visible()


def answer(page: Page, *questions: str) -> None:
    enter(page, *questions)
    page.click("#list-answer")
    expect(page.locator("#list-answers tbody tr:not([data-came=waiting])")).to_have_count(len(questions))
    expect(page.locator("#list-stop")).to_be_hidden()
    expect(page.locator("#list-answers")).to_be_visible()


def rows(page: Page) -> list[list[str]]:
    """Number, question and outcome of every row."""
    found: list[list[str]] = page.locator("#list-answers tbody tr").evaluate_all(
        "all => all.map(row => ['.number', '.question', '.outcome'].map(name => row.querySelector(name).innerText.trim()))"
    )
    return found


def has_rows(page: Page, *wanted: tuple[str, str, str]) -> None:
    eventually(page, lambda: rows(page), [list(row) for row in wanted])


# ------------------------------------------------------------------------------------------------ entering


def test_pasted_questions_are_shown_to_be_corrected_before_they_are_asked(page: Page, assistant: Faltering) -> None:
    before = len(assistant.asked)
    enter(page, RUNS, MONEY)
    expect(page.locator("#list-found")).to_have_text("2 vragen gevonden")
    expect(page.locator("#list-found")).to_be_focused()
    expect(page.locator("#list-questions")).to_have_value(f"{RUNS}\n{MONEY}")
    expect(page.locator("#list-answer")).to_have_text("Beantwoord 2 vragen")
    page.fill("#list-questions", f"{RUNS}\n\n{UNKNOWN}\n{MONEY}\n")
    expect(page.locator("#list-answer")).to_have_text("Beantwoord 3 vragen")
    assert len(assistant.asked) == before
    page.fill("#list-questions", MONEY)
    expect(page.locator("#list-answer")).to_have_text("Beantwoord 1 vraag")
    page.click("#list-answer")
    expect(page.locator("#list-title")).to_have_text(
        "1 vraag: 1 beantwoord, 0 gedeeltelijk, 0 geen antwoord, 0 mislukt."
    )
    has_rows(page, ("1", MONEY, "beantwoord"))


def test_a_word_file_is_read_and_gives_the_list_its_name(page: Page, tmp_path: Path) -> None:
    document = docx.Document()
    for question in (RUNS, MONEY):
        document.add_paragraph(question, style="List Number")
    document.save(str(tmp_path / "Raad & debat.docx"))
    open_tab(page)
    page.set_input_files("#list-file", tmp_path / "Raad & debat.docx")
    expect(page.locator("#list-questions")).to_have_value(f"{RUNS}\n{MONEY}")
    page.click("#list-answer")
    with page.expect_download() as download:
        page.click("#list-word")
    assert download.value.suggested_filename.startswith("vragenlijst-raad-debat-")
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(download.value.path().read_bytes())).paragraphs]
    assert texts[0] == "Vragenlijst: Raad & debat"
    assert f"2. {MONEY}" in texts


def test_what_cannot_be_read_is_told_and_stays_to_be_mended(page: Page, tmp_path: Path) -> None:
    open_tab(page)
    page.click("#list-read")
    expect(page.locator("#list-problem [role='alert']")).to_have_text("De lijst is leeg.")
    (tmp_path / "brief.pdf").write_bytes(b"%PDF-1.7\n")
    page.set_input_files("#list-file", tmp_path / "brief.pdf")
    expect(page.locator("#list-problem")).to_contain_text("Uit een PDF-bestand worden geen vragen gelezen.")
    (tmp_path / "groot.txt").write_bytes(b"Wat is dit?\n" * 500_000)
    page.set_input_files("#list-file", tmp_path / "groot.txt")
    expect(page.locator("#list-problem")).to_contain_text("Dit bestand is groter dan 5 MB.")
    enter(page, RUNS)
    expect(page.locator("#list-problem")).to_be_empty()
    page.fill("#list-questions", "\n".join(f"Wat is {number}?" for number in range(103)))
    page.click("#list-answer")
    expect(page.locator("#list-problem")).to_have_text(
        "Dit zijn 103 vragen. Haal er 3 weg: een lijst heeft er hoogstens 100."
    )
    page.fill("#list-questions", " \n ")
    page.click("#list-answer")
    expect(page.locator("#list-problem")).to_contain_text("Er staan nog geen vragen.")


# ------------------------------------------------------------------------------------------------ answering


def test_every_question_becomes_a_row_whose_markers_open_the_source(page: Page, trouble: list[str]) -> None:
    answer(page, RUNS, AFTER, UNKNOWN, MONEY)
    has_rows(
        page,
        ("1", RUNS, "beantwoord"),
        ("2", AFTER, "gedeeltelijk"),
        ("3", UNKNOWN, "geen antwoord"),
        ("4", MONEY, "beantwoord"),
    )
    title = "4 vragen: 2 beantwoord, 1 gedeeltelijk, 1 geen antwoord, 0 mislukt."
    expect(page.locator("#list-title")).to_have_text(title)
    expect(page.locator("#spoken")).to_have_text(f"Klaar. {title}")
    page.click("[data-number='1'] .marker >> nth=0")
    expect(page.locator("#source mark")).to_have_text("De Stadsagenda loopt tot eind 2031.")
    expect(page.locator("#source .position")).to_have_text("1 van 2")  # of this row, not of the whole list
    page.keyboard.press("Escape")
    page.click("[data-number='3'] summary")
    page.click("[data-number='3'] .marker >> nth=0")
    expect(page.locator("#source mark").first).to_have_text("Het geld is zo verdeeld:")
    assert page.locator("#question-list [data-citation], #question-list #answer").count() == 0
    assert trouble == []


def test_progress_is_told_in_words_and_stop_keeps_what_was_answered(
    page: Page, held: Faltering, tmp_path: Path
) -> None:
    enter(page, RUNS, WAITS, MONEY)
    page.click("#list-answer")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuetext", "1 van 3")
    expect(bar).to_have_attribute("aria-valuenow", "1")
    expect(bar).to_have_attribute("aria-valuemax", "3")
    expect(page.locator("#list-title")).to_have_text("1 van 3")
    expect(page.locator("[data-number='2'] .outcome")).to_have_text("zoeken …")
    page.click("#list-stop")
    expect(page.locator("#list-title")).to_have_text("Gestopt. 1 van 3 vragen zijn beantwoord en blijven staan.")
    expect(page.locator("#list-title")).to_be_focused()
    has_rows(page, ("1", RUNS, "beantwoord"))
    with page.expect_download() as download:
        page.click("#list-csv")
    written = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [row[2] for row in written[1:]] == ["beantwoord", "mislukt", "mislukt"]
    assert written[3][-1] == "Niet gesteld: het beantwoorden is gestopt."

    held.hold.set()
    asked = len(held.asked)
    page.get_by_role("button", name="Ga verder met 2 vragen").click()
    expect(page.locator("#list-title")).to_have_text(
        "3 vragen: 2 beantwoord, 0 gedeeltelijk, 1 geen antwoord, 0 mislukt."
    )
    assert {question.text for question in held.asked[asked:]} == {WAITS, MONEY}, "what was answered is not asked again"


def test_a_question_that_failed_says_why_and_is_asked_again_alone(page: Page, assistant: Faltering) -> None:
    assistant.falters = True
    answer(page, RUNS, FALTERS, MONEY)
    failed = page.locator("[data-number='2']")
    expect(failed.locator(".outcome")).to_have_text("mislukt")
    expect(failed).to_contain_text("Er is geen bruikbare index van de documenten.")
    has_rows(page, ("1", RUNS, "beantwoord"), ("2", FALTERS, "mislukt"), ("3", MONEY, "beantwoord"))
    assistant.falters = False
    asked = len(assistant.asked)
    page.get_by_role("button", name="Opnieuw: Nr. 2").click()
    expect(page.locator("[data-number='2'] .outcome")).to_have_text("beantwoord")
    expect(page.locator("[data-number='2'] .question")).to_be_focused()
    expect(page.locator("#list-title")).to_have_text(
        "3 vragen: 3 beantwoord, 0 gedeeltelijk, 0 geen antwoord, 0 mislukt."
    )
    expect(page.locator("#list-answers tbody .number")).to_have_text(["1", "2", "3"])
    assert [question.text for question in assistant.asked[asked:]] == [FALTERS]


def test_several_that_failed_are_asked_again_together(page: Page, assistant: Faltering) -> None:
    assistant.falters = True
    answer(page, FALTERS, RUNS, FALTERS)
    assistant.falters = False
    page.get_by_role("button", name="Stel 2 mislukte vragen opnieuw").click()
    expect(page.locator("#list-title")).to_contain_text("3 beantwoord")
    expect(page.locator("#list-retry")).to_be_hidden()


def test_a_corrected_question_is_asked_and_the_others_keep_their_answers(page: Page, assistant: Faltering) -> None:
    answer(page, RUNS, UNKNOWN)
    asked = len(assistant.asked)
    page.get_by_role("button", name="Wijzig vragen").click()
    expect(page.locator("#list-questions")).to_have_value(f"{RUNS}\n{UNKNOWN}")
    page.fill("#list-questions", f"{MONEY}\n{RUNS}")
    page.click("#list-answer")
    expect(page.locator("#list-title")).to_contain_text("2 vragen: 2 beantwoord")
    has_rows(page, ("1", MONEY, "beantwoord"), ("2", RUNS, "beantwoord"))
    assert [question.text for question in assistant.asked[asked:]] == [MONEY]


def test_filters_and_the_conversation_do_not_count_for_the_list(page: Page, assistant: Faltering) -> None:
    ask(page, RUNS)
    answer(page, AFTER)
    assert assistant.asked[-1] == Question(AFTER)
    expect(page.locator("#question-list > .note")).to_contain_text("De assistent zoekt in alle documenten.")


# ------------------------------------------------------------------------------------------------ kept


def test_the_list_survives_another_tab_and_a_reload_until_it_is_cleared(page: Page) -> None:
    answer(page, RUNS, MONEY)
    page.get_by_role("tab").nth(0).click()
    open_tab(page)
    expect(page.locator("#list-answers tbody tr")).to_have_count(2)
    page.reload()
    ready(page)
    open_tab(page)
    expect(page.locator("#list-answers tbody tr")).to_have_count(2)
    expect(page.locator("#list-title")).to_contain_text("2 vragen: 2 beantwoord")
    page.click("[data-number='1'] .marker >> nth=0")
    expect(page.locator("#source mark")).to_have_text("De Stadsagenda loopt tot eind 2031.")
    page.keyboard.press("Escape")
    page.once("dialog", accept)
    page.click("#list-clear")
    expect(page.locator("#list-text")).to_be_focused()
    expect(page.locator("#list-text")).to_have_value("")
    page.reload()
    ready(page)
    open_tab(page)
    expect(page.locator("#list-enter")).to_be_visible()


def test_a_list_in_two_tabs_of_the_browser_is_one_list(page: Page, visit: Visit) -> None:
    answer(page, RUNS)
    beside = visit(context=page.context)
    open_tab(beside)
    expect(beside.locator("#list-answers tbody tr")).to_have_count(1)
    beside.click("#list-change")
    beside.fill("#list-questions", f"{RUNS}\n{MONEY}")
    beside.click("#list-answer")
    expect(beside.locator("#list-stop")).to_be_hidden()
    expect(page.locator("#list-answers tbody tr")).to_have_count(2)
    page.reload()
    ready(page)
    open_tab(page)
    expect(page.locator("#list-answers tbody tr")).to_have_count(2)


def test_questions_are_answered_on_while_another_tab_is_open(page: Page, held: Faltering) -> None:
    enter(page, RUNS, WAITS, MONEY)
    page.click("#list-answer")
    expect(page.locator("#list-title")).to_have_text("1 van 3")
    page.get_by_role("tab").nth(0).click()
    held.hold.set()
    open_tab(page)
    expect(page.locator("#list-title")).to_contain_text("3 vragen:")


def test_who_reloads_the_page_goes_on_where_it_was_and_the_program_stops_meanwhile(
    page: Page, held: Faltering, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists: list[tuple[threading.Thread, Callable[[], bool]]] = []  # who answers a list, and whether it was told to stop
    answer_all = questionnaire.answer_all

    def watched(*args: Any, stopped: Callable[[], bool], **options: Any) -> Any:
        lists.append((threading.current_thread(), stopped))
        return answer_all(*args, stopped=stopped, **options)

    monkeypatch.setattr(questionnaire, "answer_all", watched)
    enter(page, RUNS, WAITS, *[f"Wat is budget {number}?" for number in range(5)])
    page.click("#list-answer")
    expect(page.locator("#list-title")).to_have_text("1 van 7")
    page.reload()
    ready(page)
    open_tab(page)
    expect(page.locator("#list-title")).to_have_text("Gestopt. 1 van 7 vragen zijn beantwoord en blijven staan.")
    ((thread, stopped),) = lists
    eventually(page, stopped, True)  # the program has noticed
    asked = len(held.asked)
    held.hold.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(held.asked) == asked, "nobody waits for the other questions"
    page.click("#list-continue")
    expect(page.locator("#list-title")).to_contain_text("7 vragen: 6 beantwoord")


# ------------------------------------------------------------------------------------------------ everyone


def test_hostile_questions_stay_text(page: Page, trouble: list[str]) -> None:
    answer(page, f"Hoe loopt het {HOSTILE}?", f"Wat kost {HOSTILE}?", f"Gaat {HOSTILE} stuk?")
    page.reload()
    ready(page)
    open_tab(page)
    expect(page.locator("#list-answers tbody tr")).to_have_count(3)
    assert page.locator("#question-list :is(img, script)").count() == 0
    assert page.evaluate("window.hacked") is None
    assert trouble == []


def test_the_whole_tab_speaks_the_language_of_the_page(english: Page) -> None:
    answer(english, RUNS, UNKNOWN)
    expect(english.locator("#list-title")).to_have_text("2 questions: 1 answered, 0 partly, 1 no answer, 0 failed.")
    english.click("#language")
    expect(english.locator("#list-title")).to_contain_text("2 vragen: 1 beantwoord")
    expect(english.locator("[data-number='2'] .outcome")).to_have_text("geen antwoord")
    expect(english.locator("#list-word")).to_have_text("Download als Word")


def test_everything_is_done_with_the_keyboard_alone(page: Page) -> None:
    open_tab(page)
    page.get_by_role("tab").nth(2).focus()
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "list-text":
            break
    page.keyboard.insert_text(f"{RUNS}\n{MONEY}")
    page.keyboard.press("Tab")
    expect(page.locator("#list-read")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#list-found")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#list-questions")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#list-title")).to_contain_text("2 vragen: 2 beantwoord")
    expect(page.locator("#list-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#list-word")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")])
def test_every_state_is_accessible_and_fits(visit: Visit, assistant: Faltering, width: int, scheme: str) -> None:
    assistant.falters = True
    page = visit(width=width, scheme=scheme)

    def fits() -> None:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    open_tab(page)
    page.click("#list-read")
    expect(page.locator("#list-problem [role='alert']")).to_be_visible()
    fits()
    enter(page, RUNS, WAITS, UNKNOWN, FALTERS, AFTER)
    fits()
    assistant.hold.clear()
    page.click("#list-answer")
    expect(page.locator("[data-number='2'] .outcome")).to_have_text("zoeken …")
    fits()
    assistant.hold.set()
    expect(page.locator("#list-stop")).to_be_hidden()
    fits()


def test_a_browser_that_keeps_nothing_says_so_and_goes_on(visit: Visit) -> None:
    page = visit(script=NO_STORAGE)
    answer(page, RUNS)
    expect(page.locator("#toast")).to_have_text(
        "Deze browser kan de lijst niet bewaren. Download hem voordat u de pagina sluit."
    )
    expect(page.locator("#list-answers tbody tr")).to_have_count(1)
