"""Documents of one's own in Chromium: added, followed, asked about, removed, and gone with their conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.assembly import Assistant
from assistant.collections import Collections
from assistant.index import Index
from assistant.settings import Settings
from tests.browser import IN_CHROMIUM, Visit, ask, axe, eventually, ready
from tests.fakes import HashingEmbedder

pytestmark = IN_CHROMIUM

NOTE = "# Notitie over zwaluwen\n\nDe wethouder hangt in 2026 veertig nestkasten voor zwaluwen op aan het stadhuis.\n"
MINE = "# Brief over de wijk\n\n## Geld\n\nVoor de wijk is € 300 miljoen beschikbaar tot en met 2026.\n"
MONEY = "Hoeveel geld is er voor de wijk beschikbaar?"
HOSTILE_NAME = "<img src=x onerror=window.hacked=1>.md"
FINAL = re.compile("^(klaar|onleesbaar|niet|‘)")
PATIENCE = 30_000  # ms; others use the machine as well


@pytest.fixture(scope="module")
def assistant(small_index: Index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    made = Assistant(Settings(index=small_index._places.folder.folder, corpus=(tmp_path_factory.mktemp("corpus"),)))
    made.embedder = HashingEmbedder()  # type: ignore[assignment]
    made._collections = Collections(
        lambda: made.embedder, forgotten=made._let_go, parent=tmp_path_factory.mktemp("uploads")
    )
    yield made
    made.collections.close()
    made.close()


def file(name: str, content: str | bytes) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def add(page: Page, *files: Any) -> None:
    """Choose files and wait until nothing more happens to them by itself."""
    with page.expect_file_chooser() as chooser:
        if page.locator("#own-panel").is_hidden():
            page.locator("#own-open").click()
        page.get_by_role("button", name="Kies bestanden").click()
    chooser.value.set_files(list(files))
    for one in files:
        name = one.name if isinstance(one, Path) else one["name"]
        state = page.locator("#own-list li", has_text=name).locator(".state")
        expect(state).to_contain_text(FINAL, timeout=PATIENCE)


def test_a_file_is_added_found_opened_and_removed(page: Page, trouble: list[str]) -> None:
    expect(page.locator("#own-open")).to_have_text("Eigen documenten toevoegen")
    page.locator("#own-open").click()
    expect(page.locator("#own-panel")).to_contain_text(
        "Alleen voor dit gesprek, op de computer waar het programma draait."
    )
    add(page, file("notitie.md", NOTE))
    expect(page.locator("#own-open")).to_have_text("1 eigen document")
    expect(page.locator("#spoken")).to_have_text("notitie.md: klaar")
    expect(page.locator("#filters-said")).to_contain_text("5 documenten")
    page.get_by_role("button", name="Toon notitie.md").click()
    expect(page.locator("#source")).to_contain_text("veertig nestkasten")
    page.keyboard.press("Escape")
    ask(page, "Hoeveel nestkasten voor zwaluwen hangt de wethouder op?")
    expect(page.locator("#own-panel")).to_be_hidden()
    page.locator('#answer [data-citation="1"]').first.click()
    expect(page.locator("#source mark")).to_contain_text("veertig nestkasten")
    page.keyboard.press("Escape")
    page.locator("#own-open").click()
    page.get_by_role("button", name="Verwijder: notitie.md").click()
    expect(page.locator("#own-list li")).to_have_count(0)
    expect(page.get_by_role("button", name="Kies bestanden")).to_be_focused()
    expect(page.locator("#spoken")).to_have_text("notitie.md is verwijderd.")
    expect(page.locator("#filters-said")).to_contain_text("4 documenten")
    assert trouble == []


def test_searching_ones_own_documents_only(page: Page) -> None:
    add(page, file("brief.md", MINE))
    page.get_by_label("Alleen in mijn documenten zoeken").check()
    expect(page.locator("#filters-said")).to_contain_text("1 van de 5")
    ask(page, MONEY)
    expect(page.locator("#answer")).to_contain_text("300 miljoen")
    expect(page.locator("#answer")).not_to_contain_text("256")
    page.locator("#own-open").click()
    page.get_by_label("Alleen in mijn documenten zoeken").uncheck()
    ask(page, MONEY)
    expect(page.locator("#answer")).to_contain_text("256")


def test_what_cannot_be_added_is_said_before_and_after_it_is_sent(page: Page, tmp_path: Path) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "own-documents" in request.url else None)
    contents = {
        "programma.exe": b"MZ",
        "leeg.txt": b"",
        "groot.pdf": bytes(26 * 2**20),
        "vermomd.pdf": b"MZ\x90\x00" + bytes(400),
        "kapot.pdf": b"%PDF-1.4 en dan niets",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    add(page, *(tmp_path / name for name in contents))
    states = page.locator("#own-list li").all_inner_texts()
    assert len(states) == 5 and all("Verwijder" in state for state in states)
    said = {state.split("\n")[0]: state for state in states}
    assert "dit soort bestand kan niet" in said["programma.exe"]
    assert "het bestand is leeg" in said["leeg.txt"]
    assert "groter dan 25 MB" in said["groot.pdf"]
    assert "‘vermomd.pdf’ kan niet worden toegevoegd" in said["vermomd.pdf"]
    assert "onleesbaar:" in said["kapot.pdf"]
    assert [url.partition("name=")[2].partition("&")[0] for url in sent] == ["vermomd.pdf", "kapot.pdf"]
    expect(page.locator("#own-open")).to_have_text("Eigen documenten toevoegen")
    for name in said:
        page.get_by_role("button", name=f"Verwijder: {name}").click()
    expect(page.locator("#own-list li")).to_have_count(0)


def test_a_hostile_name_is_text(page: Page) -> None:
    add(page, file(HOSTILE_NAME, NOTE))
    expect(page.locator("#own-list .opens")).to_have_text(HOSTILE_NAME)
    page.locator("#tab-documents-button").click()
    page.get_by_label("Zoek een document").fill("zwaluwen")
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    expect(page.locator("#documents .own-badge")).to_have_text("van u")
    assert page.evaluate("window.hacked") is None


def test_files_can_be_dropped_on_the_conversation_and_not_beside_it(page: Page) -> None:
    drop = """(place, name) => {
        const data = new DataTransfer();
        data.items.add(new File(['# Notitie\\n\\nDe wethouder plant in 2027 zestig lindebomen.'], name));
        for (const kind of ['dragover', 'drop'])
            place.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    page.locator("#heading").evaluate(drop, "mis.md")
    page.locator("#conversation").evaluate(drop, "raak.md")
    expect(page.locator("#own-list li")).to_have_count(1)
    expect(page.locator("#own-list .state")).to_have_text("klaar", timeout=PATIENCE)
    expect(page.locator("#own-list .opens")).to_have_text("raak.md")


def test_documents_belong_to_their_conversation_and_go_with_it(page: Page, assistant: Assistant) -> None:
    add(page, file("notitie.md", NOTE))
    collection = page.evaluate("conversations.current().collection")
    page.locator("#restart").click()
    expect(page.locator("#own-open")).to_have_text("Eigen documenten toevoegen")
    expect(page.locator("#filters-said")).to_contain_text("4 documenten")
    page.reload()
    ready(page)
    page.locator("#conversations .choose").first.click()
    expect(page.locator("#own-open")).to_have_text("1 eigen document")
    expect(page.locator("#filters-said")).to_contain_text("5 documenten")
    assert page.evaluate("conversations.current().collection") == collection
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#conversations").get_by_role("button", name="Verwijder:").first.click()
    expect(page.locator("#own-open")).to_have_text("Eigen documenten toevoegen")
    eventually(page, lambda: collection in assistant.collections._collections, False)


def test_documents_that_are_gone_are_told_and_the_conversation_goes_on(page: Page, assistant: Assistant) -> None:
    add(page, file("brief.md", MINE))
    page.get_by_label("Alleen in mijn documenten zoeken").check()
    assistant.collections.forget(page.evaluate("conversations.current().collection"))
    page.fill("#question", MONEY)
    page.click("#ask")
    expect(page.locator("#message")).to_contain_text("Uw eigen documenten bij dit gesprek zijn er niet meer.")
    expect(page.locator("#own-notice")).to_contain_text("Het gesprek gaat gewoon verder.")
    expect(page.locator("#own-open")).to_have_text("Eigen documenten toevoegen")
    page.wait_for_function("conversations.current().collection === null")
    expect(page.locator("#question textarea")).to_have_value(MONEY)
    page.click("#ask")
    expect(page.locator("#answer")).to_contain_text("256 miljoen")
    page.get_by_role("button", name="Sluit deze melding").click()
    expect(page.locator("#own-notice")).to_be_empty()


def test_without_a_connection_the_file_says_so_and_the_next_is_tried(page: Page) -> None:
    page.route("**/own-documents?*weg.md*", lambda route: route.abort())
    add(page, file("weg.md", NOTE), file("notitie.md", NOTE))
    expect(page.locator("#own-list li", has_text="weg.md")).to_contain_text("er is geen verbinding met het programma")
    expect(page.locator("#own-list li", has_text="notitie.md")).to_contain_text("klaar")


def test_by_keyboard_alone(page: Page) -> None:
    with page.expect_file_chooser() as chooser:  # from here on: a chooser that opens before it is waited for is missed
        page.locator("#own-open").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Kies bestanden")).to_be_focused()
        page.keyboard.press("Enter")
    chooser.value.set_files([file("notitie.md", NOTE)])
    expect(page.locator("#own-list .state")).to_have_text("klaar", timeout=PATIENCE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Toon notitie.md")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#own-panel")).to_be_hidden()
    expect(page.locator("#own-open")).to_be_focused()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_serious(visit: Visit, scheme: str, width: int) -> None:
    page = visit(scheme=scheme, width=width)
    add(page, file("notitie.md", NOTE), file("kapot.pdf", b"%PDF-1.4 en dan niets"), file("leeg.txt", ""))
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_in_english(english: Page) -> None:
    english.locator("#own-open").click()
    expect(english.locator("#own-panel")).to_contain_text("For this conversation only")
    english.locator("#own-files").set_input_files([file("note.md", NOTE)])
    expect(english.locator("#own-list .state")).to_have_text("ready", timeout=PATIENCE)
    english.locator("#language").click()
    expect(english.locator("#own-list .state")).to_have_text("klaar")
    expect(english.locator("#own-open")).to_have_text("1 eigen document")
