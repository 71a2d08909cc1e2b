"""The source panel without a browser: the document around a quote, its pages and pieces, and what it says about itself."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant import citing
from assistant.errors import IndexUnusable
from assistant.model import Anchor, Block, BlockKind, Document, DocumentInfo
from assistant.text import Span
from assistant.web import source
from assistant.web.conversation import check
from assistant.web.requests import Endpoints, Reply
from assistant.web.source import SourcePanel, source_html
from assistant.web.wording import DUTCH, ENGLISH
from tests.fakes_web import DOCUMENTS, HOSTILE, LETTER, SCHEME, FakeAssistant, cite

NEWER = dataclasses.replace(
    LETTER, id="brief-2", title=f"Tweede brief {HOSTILE}", date="2024-01-05", supersedes=("brief-1",), language="en"
)


def long_document(paragraphs: int, *, info: DocumentInfo | None = None) -> Document:
    """Numbered paragraphs, every tenth followed by a table of three rows."""
    texts, blocks = list[str](), list[Block]()

    def add(kind: BlockKind, content: str, group: int = 0) -> None:
        start = blocks[-1].end + 2 if blocks else 0
        blocks.append(Block(kind, start, start + len(content), Anchor(), 0, group))
        texts.append(content)

    for number in range(paragraphs):
        add(BlockKind.PARAGRAPH, f"Lid {number}. De gemeente houdt zich hieraan en zegt dat elk jaar opnieuw.")
        if number % 10 == 9:
            for row in ("Jaar | Bedrag", f"{number} | veel", f"{number + 1} | meer"):
                add(BlockKind.TABLE_ROW, row, group=number)
    return Document(info or DocumentInfo("lang-1", "Lange regeling"), "\n\n".join(texts), tuple(blocks))


class MoreDocuments(FakeAssistant):
    """With a document that replaces the letter and a long one."""

    def __init__(self, paragraphs: int = 400) -> None:
        super().__init__()
        self.more = {
            "brief-2": dataclasses.replace(DOCUMENTS["brief-1"], info=NEWER),
            "lang-1": long_document(paragraphs),
        }
        self.widths: list[int] = []

    def documents(self) -> Sequence[DocumentInfo]:
        return [*super().documents(), *(document.info for document in self.more.values())]

    def document(self, document_id: str) -> Document:
        return self.more[document_id] if document_id in self.more else super().document(document_id)

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        self.widths.append(width_pixels)
        return super().page_image(document_id, page, width_pixels=width_pixels)


class Panel:
    """The endpoints of the panel over an assistant, called as the page does."""

    def __init__(self, assistant: FakeAssistant) -> None:
        self.collections: list[str | None] = []
        self.endpoints = Endpoints()

        def library_of(collection: str | None) -> FakeAssistant:
            self.collections.append(collection)
            return assistant

        SourcePanel(library_of).offer(self.endpoints)

    def __call__(self, name: str, **request: Any) -> Reply:
        return self.endpoints.once[name](request)


def of(document_id: str, quote: str, *, until: str = "") -> dict[str, Any]:
    """The quote as the page asks for it."""
    citation = cite(1, document_id, quote, until=until)
    return {
        "document": document_id,
        "start": citation.start,
        "end": citation.end,
        "check": check(citation.quote),
    }


MONEY = of("regeling-1", "Het budget bedraagt", until="twaalf gemeenten.")
RUNS = of("brief-1", "De Stadsagenda loopt tot eind 2031.")


def attributes(html: str, having: str) -> list[dict[str, str]]:
    """The attributes of every element that has this one."""
    found = list[dict[str, str]]()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = {name: value or "" for name, value in attrs}
            if having in given:
                found.append({**given, "tag": tag})

    Reader().feed(html)
    return found


def said(html: str) -> str:
    """What a reader sees of it."""
    read = list[str]()

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            read.append(data)

    Reader().feed(html)
    return " ".join(read)


# ------------------------------------------------------------------------------------------------ what it says


def test_the_panel_says_plainly_whose_words_it_shows_and_links_the_original() -> None:
    panel = Panel(FakeAssistant())
    summary, itself = panel("source", **RUNS)["html"], panel("source", **MONEY)["html"]
    assert "Dit is onze samenvatting, niet het document zelf." in said(summary)
    assert [link["href"] for link in attributes(summary, "href")] == ["https://example.org/brief-1"]
    assert "Dit is het document zelf." in said(itself) and attributes(itself, "href") == []
    english = panel("source", **RUNS, language="en")["html"]
    assert "This is our summary, not the document itself." in said(english) and DUTCH.panel.copy_quote not in english


def test_a_document_that_was_replaced_names_the_newer_one_and_opens_it() -> None:
    html = Panel(MoreDocuments())("source", **RUNS)["html"]
    (button,) = attributes(html, "data-document")
    assert button["data-document"] == "brief-2"
    assert "Er is een nieuwer document:" in said(html) and f"{NEWER.title}, 5 januari 2024" in said(html)
    assert attributes(html, "onerror") == [] and attributes(html, "src") == []
    assert attributes(Panel(MoreDocuments())("source", document="brief-2")["html"], "data-document") == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_quote_and_reference_are_ready_to_be_copied(language: citing.Language) -> None:
    html = Panel(FakeAssistant())("source", **MONEY, language=language)["html"]
    citation = cite(1, "regeling-1", "Het budget bedraagt", until="twaalf gemeenten.")
    assert [button["data-copy"] for button in attributes(html, "data-copy")] == [
        citing.copied(citation, language),
        citing.reference(SCHEME, Anchor(page=1), language=language),
    ]


def test_the_text_of_a_document_is_in_its_own_language_and_what_we_say_is_not() -> None:
    html = Panel(MoreDocuments())("source", document="brief-2")["html"]
    assert {(part["tag"], part["lang"]) for part in attributes(html, "lang")} == {("h2", "en"), ("div", "en")}
    title = next(part for part in attributes(html, "id") if part["id"] == "source-title")
    assert title["tabindex"] == "-1"


# ------------------------------------------------------------------------------------------------ a whole document


def test_a_document_opens_as_a_whole_without_anything_marked_or_said_to_have_changed() -> None:
    panel = Panel(FakeAssistant())
    for document in ("brief-1", "regeling-1"):
        html = panel("source", document=document)["html"]
        assert "<mark" not in html and attributes(html, "data-highlight") == []
        assert attributes(html, "data-to-quote") == [] and len(attributes(html, "data-copy")) == 1
        assert DUTCH.changed not in said(html)
    pages = attributes(panel("source", document="regeling-1")["html"], "data-page")
    assert [page["data-page"] for page in pages] == ["1", "2"]


def test_all_of_a_long_text_is_reached_piece_by_piece_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "AROUND_CHARACTERS", 2_000)
    monkeypatch.setattr(source, "PIECE_CHARACTERS", 3_000)
    assistant = MoreDocuments()
    document = assistant.document("lang-1")
    start = document.text.index("Lid 200.")
    quote = document.text[start : start + 20]
    panel = Panel(assistant)
    opened = {"document": "lang-1", "start": start, "end": start + 20, "check": check(quote)}
    html = panel("source", **opened)["html"]
    assert re.findall("<mark>(.*?)</mark>", html) == [quote]
    pieces = 0
    while mores := attributes(html, "data-side"):
        assert len(mores) <= 2
        more = mores[0]
        reply = panel(
            "piece",
            document="lang-1",
            side=more["data-side"],
            place=int(more["data-place"]),
            version=more["data-version"],
        )
        assert "<mark" not in reply["html"]
        pattern = rf'<div class="more" data-side="{more["data-side"]}".*?</div>'
        html = re.sub(pattern, lambda match: reply["html"], html, count=1)  # noqa: B023  used at once
        pieces += 1
    assert pieces > 8
    assert re.findall(r"<p>(?:<mark>)?Lid (\d+)\.", html) == [str(number) for number in range(400)]
    assert re.findall(r"<td>(\d+)</td>", html) == [
        str(number + more) for number in range(9, 400, 10) for more in (0, 1)
    ]


def test_a_table_that_begins_in_an_earlier_piece_gets_no_header_of_its_first_row_here() -> None:
    assistant = MoreDocuments(10)
    document = assistant.document("lang-1")
    place = document.text.index("9 | veel")
    reply = Panel(assistant)("piece", document="lang-1", side="after", place=place, version=check(document.text))
    assert "<th" not in reply["html"] and "<td>9</td>" in reply["html"]
    place = document.text.index("Jaar | Bedrag")
    whole = Panel(assistant)("piece", document="lang-1", side="after", place=place, version=check(document.text))
    assert whole["html"].count("<th ") == 2


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("place", [-5, 0, 10**9])
def test_a_piece_from_nowhere_is_no_piece_and_no_error(side: str, place: int) -> None:
    assistant = MoreDocuments(10)
    version = check(assistant.document("lang-1").text)
    reply = Panel(assistant)("piece", document="lang-1", side=side, place=place, version=version)
    assert "problem" not in reply


def test_a_piece_of_a_document_that_changed_since_is_refused() -> None:
    reply = Panel(MoreDocuments())("piece", document="lang-1", side="after", place=100, version=check("anders"))
    assert reply == {"problem": DUTCH.changed}
    assert Panel(MoreDocuments())("piece", document="weg", side="after", place=0, version="") == {"problem": DUTCH.gone}


# ------------------------------------------------------------------------------------------------ pages


def test_the_pages_of_the_quote_are_drawn_at_once_and_the_others_when_they_are_asked_for() -> None:
    assistant = MoreDocuments()
    panel = Panel(assistant)
    html = panel("source", **MONEY)["html"]
    assert len(attributes(html, "data-page")) == 2 and len(attributes(html, "src")) == 1
    assert "Bladzijde 2 wordt getekend …" in said(html)
    page = panel("page", **MONEY, page=2, width=2_000)["html"]
    (image,) = attributes(page, "src")
    assert image["alt"] == "Bladzijde 2. Kies ‘Tekst’ om hem te lezen." and attributes(page, "data-highlight") == []
    assert assistant.widths == [source.IMAGE_WIDTH_PIXELS, 2_000]
    again = panel("page", **MONEY, page=1)["html"]
    assert attributes(again, "data-highlight") == attributes(html, "data-highlight"), "drawn anew with the same boxes"


def test_the_quote_stands_as_text_above_its_page() -> None:
    html = Panel(FakeAssistant())("source", **MONEY)["html"]
    assert html.index("<blockquote") < html.index("<img")
    words = "Het budget bedraagt 12,5 miljoen euro per jaar en wordt verdeeld over twaalf gemeenten."
    assert f'<blockquote lang="nl" tabindex="0">{words}</blockquote>' in html


def test_a_page_drawn_later_has_no_highlight_when_the_document_changed_meanwhile() -> None:
    stale = {**MONEY, "check": check("wat er eerst stond")}
    page = Panel(FakeAssistant())("page", **stale, page=1)["html"]
    assert len(attributes(page, "src")) == 1 and attributes(page, "data-highlight") == []


class WithoutPages(FakeAssistant):
    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        return None


def test_a_page_that_is_not_there_or_cannot_be_drawn_is_told() -> None:
    told = DUTCH.panel.page_gone
    assert Panel(FakeAssistant())("page", **MONEY, page=3) == {"problem": told.format(page=3)}
    assert Panel(WithoutPages())("page", **MONEY, page=1) == {"problem": told.format(page=1)}
    assert Panel(FakeAssistant())("page", **RUNS, page=1) == {"problem": told.format(page=1)}


def test_a_pdf_can_be_read_as_text_with_its_page_numbers() -> None:
    html = Panel(FakeAssistant())("source", **MONEY, view="text")["html"]
    assert re.findall("<mark>(.*?)</mark>", html) == [
        "Het budget bedraagt 12,5 miljoen euro per jaar en wordt",
        "verdeeld over twaalf gemeenten.",
    ]
    assert re.findall('<p class="page-number"[^>]*>(.*?)</p>', html) == ["Bladzijde 1", "Bladzijde 2"]
    pressed = {one["data-view"]: one["aria-pressed"] for one in attributes(html, "data-view")}
    assert pressed == {"pages": "false", "text": "true"} and DUTCH.not_drawn not in said(html)


class WithoutPlaces(FakeAssistant):
    """Knows the pages of its document, but not where the words stand on them."""

    def document(self, document_id: str) -> Document:
        return dataclasses.replace(super().document(document_id), words=())


def test_where_no_positions_are_stored_the_quote_is_marked_in_the_text_and_not_guessed_on_a_page() -> None:
    panel = Panel(WithoutPlaces())
    html = panel("source", **MONEY)["html"]
    assert len(re.findall("<mark>", html)) == 2 and attributes(html, "src") == []
    assert DUTCH.panel.no_place in said(html)
    pages = panel("source", **MONEY, view="pages")["html"]
    assert len(attributes(pages, "src")) == 1 and attributes(pages, "data-highlight") == []
    assert DUTCH.panel.no_place in said(pages) and "12,5 miljoen" in said(pages)


# ------------------------------------------------------------------------------------------------ requests


def test_every_request_is_answered_from_the_library_of_its_collection() -> None:
    panel = Panel(FakeAssistant())
    version = check(DOCUMENTS["brief-1"].text)
    panel("source", **RUNS, collection="geheim")
    panel("page", **MONEY, page=1, collection="geheim")
    panel("piece", document="brief-1", side="after", place=0, version=version)
    assert panel.collections == ["geheim", "geheim", None]


def test_what_the_page_does_not_send_is_refused() -> None:
    panel = Panel(FakeAssistant())
    for request in (
        {},
        {"document": "brief-1", "view": "cinema"},
        {"document": "x" * 500},
        {"document": "a", "more": 1},
    ):
        assert panel("source", **request) == {"problem": DUTCH.not_understood}
    assert panel("page", **MONEY, page=1, width=10**6) == {"problem": DUTCH.not_understood}


class Unusable(FakeAssistant):
    def document(self, document_id: str) -> Document:
        raise IndexUnusable("indexes/proef: there is no index; run `assistant build`")


def test_an_index_that_cannot_be_read_is_told_with_what_to_do() -> None:
    panel = Panel(Unusable())
    assert DUTCH.errors[IndexUnusable] in said(panel("source", **RUNS)["html"])
    assert panel("page", **MONEY, page=1)["problem"] == DUTCH.errors[IndexUnusable]
    html = source_html(Unusable(), "brief-1", Span(0, 1), "", ENGLISH)
    assert ENGLISH.errors[IndexUnusable] in said(html)
