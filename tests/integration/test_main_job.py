"""The main job with nothing faked: the corpus of this repository, the bundled model, the page in a browser."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.assembly import Assistant, build
from assistant.index.embedding import BundledEmbedder, Vectors
from assistant.model import Answer, Filters, Question, Turn
from assistant.settings import PROJECT, Settings

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A built index over the corpus, and one PDF of our own beside it."""
    from tests.made_pdf import MadePage, made_pdf

    own = tmp_path_factory.mktemp("own")
    page = MadePage().lines(60, 60, "De wethouder van Voorbeeldstad opent op 3 maart 2031 het nieuwe buurthuis.")
    (own / "buurthuis.pdf").write_bytes(made_pdf(page))
    chosen = Settings(
        corpus=(PROJECT / "corpus", own),
        index=tmp_path_factory.mktemp("main") / "index",
        models=PROJECT / "indexes" / "models",
    )
    build(chosen)
    return chosen


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[Assistant]:
    made = Assistant(settings)
    yield made
    made.close()


def first(answer: Answer) -> str:
    return answer.statements[0].text if answer.statements else ""


def test_the_question_of_the_first_page_gets_the_one_exact_sentence(assistant: Assistant) -> None:
    answer = assistant.ask(Question("Tot wanneer loopt de Agenda?"))
    assert (answer.outcome, first(answer), len(answer.statements)) == ("answered", "De Agenda loopt tot eind 2025.", 1)
    (citation,) = answer.citations
    assert citation.quote == "De Agenda loopt tot eind 2025."
    ((start, end),) = answer.statements[0].emphasis
    assert first(answer)[start:end] == "eind 2025"


def test_warming_up_goes_all_the_way_to_comparing_sentences(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    embed = BundledEmbedder.embed_sentences

    def counting(self: BundledEmbedder, texts: Sequence[str]) -> Vectors:
        compared.append(len(texts))
        return embed(self, texts)

    monkeypatch.setattr(BundledEmbedder, "embed_sentences", counting)
    made = Assistant(settings)
    made.warm()
    made.close()
    assert compared


def test_the_newest_figure_comes_first_and_what_it_replaced_is_called_so(assistant: Assistant) -> None:
    answer = assistant.ask(Question("Hoeveel geld is er voor de eerste tranche van de SPUK Kansrijke Wijk?"))
    assert "€ 256 miljoen" in first(answer)
    for statement in answer.statements:
        if "€ 200 miljoen" in statement.text or "€ 250 miljoen" in statement.text:
            assert "vervangen" in statement.text


def test_a_question_in_english_is_answered_from_the_dutch_text(assistant: Assistant) -> None:
    answer = assistant.ask(Question("What is the goal of the Agenda?"))
    assert "sociale stabiliteit" in " ".join(statement.text for statement in answer.statements)


def test_a_follow_up_is_understood_from_the_question_before(assistant: Assistant) -> None:
    before = Turn("Hoeveel geld is er voor de SPUK Kansrijke Wijk?")
    answer = assistant.ask(Question("En voor de tweede tranche?", turns=(before,)))
    assert answer.understood_as == "Hoeveel geld is er voor de tweede tranche van de SPUK Kansrijke Wijk?"
    assert "tweede tranche" in first(answer)


@pytest.mark.parametrize(
    "question",
    [
        "Wat kost een paspoort in Utrecht?",
        "Wie wint het wereldkampioenschap voetbal in 2034?",
        "Welk budget heeft de gemeente Delfzijl voor de SPUK?",
    ],
)
def test_what_the_documents_do_not_say_is_not_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(Question(question))
    assert (answer.outcome, answer.statements) == ("abstained", ())
    assert answer.reason


def test_filters_keep_answers_within_what_was_chosen(assistant: Assistant) -> None:
    answer = assistant.ask(Question("Wanneer konden gemeenten aanvragen?", Filters(types=("regeling",))))
    assert {citation.document.type for citation in answer.citations} <= {"regeling"}
    assert {hit.document.type for hit in answer.hits} == {"regeling"}


def test_a_document_named_by_number_comes_first(assistant: Assistant) -> None:
    for question, document in (
        ("36 200 XV, nr. 96", "kst-36200-XV-96"),
        ("kst-36200-XV-96", "kst-36200-XV-96"),
        ("Stcrt. 2023, 17605", "stcrt-2023-17605"),
    ):
        hits = assistant.search(Question(question), limit=3)
        assert hits[0].document.id == document, question


def test_a_build_picked_up_by_a_running_program_takes_a_removed_document_out_of_its_answers(
    settings: Settings, assistant: Assistant, tmp_path: Path
) -> None:
    (tmp_path / "eigen.md").write_text("# Zwemles\n\nHet zwembad Klaterstein opent op 4 mei 2032.\n", encoding="utf-8")
    question = Question("Wanneer opent het zwembad Klaterstein?")
    build(dataclasses.replace(settings, corpus=(*settings.corpus, tmp_path)))
    assert "4 mei 2032" in first(assistant.ask(question))
    build(settings)
    assert "4 mei 2032" not in first(assistant.ask(question))


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")
def test_in_the_browser_the_marker_opens_the_exact_sentence_in_text_and_on_the_page_of_a_pdf(
    settings: Settings,
) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"ASSISTANT_MODELS": str(settings.models)}
    command = [sys.executable, "-m", "assistant", "serve", "--index", str(settings.index), "--port", str(port)]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        assert f"127.0.0.1:{port}" in server.stdout.readline()
        with sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM),
                args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            page.fill("#question", "Tot wanneer loopt de Agenda?")
            page.click("#ask")
            page.wait_for_selector('#answer[data-outcome="answered"]')
            assert "De Agenda loopt tot eind 2025." in page.inner_text("#answer")
            page.click('#answer [data-citation="1"]')
            assert page.inner_text("#source mark") == "De Agenda loopt tot eind 2025."
            page.fill("#question", "Wanneer opent de wethouder van Voorbeeldstad het nieuwe buurthuis?")
            page.click("#ask")
            page.wait_for_function("document.querySelector('#answer')?.innerText.includes('3 maart 2031')")
            page.click('#answer [data-citation="1"]')
            page.wait_for_selector("#source [data-highlight]")
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()
