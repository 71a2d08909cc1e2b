"""The documents tab: everything in the index, found, sorted and told apart, a page of the list at a time."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Annotated, Protocol

from pydantic import Field

from assistant.index.private import is_marked
from assistant.model import DocumentInfo, UnreadableFile
from assistant.overview import Column, Listing, Row, Status, listing
from assistant.web import wording
from assistant.web.requests import Endpoints, Reply, Request, Short
from assistant.web.wording import DUTCH, Wording

A_PAGE = 50
_MOST_PAGES_NAMED = 12  # of a scan; more are no help to anyone

# In the order of the table: what is sorted by, and its name among the texts.
_COLUMNS: tuple[tuple[Column, str], ...] = (
    ("title", "title"),
    ("type", "type"),
    ("date", "date"),
    ("publisher", "publisher"),
    ("identifier", "identifier"),
    ("passages", "passages"),
    ("pages", "page_count"),
    ("status", "status_column"),
)
_STATUSES: tuple[Status, ...] = ("current", "replaced", "needs_ocr", "unreadable")


class Shelf(Protocol):
    """One generation of an index, which does not change."""

    @property
    def infos(self) -> Mapping[str, DocumentInfo]: ...

    def passage_counts(self) -> Mapping[str, int]: ...

    def needs_ocr(self) -> Sequence[tuple[str, tuple[int, ...]]]: ...


class Library(Protocol):
    """What is listed."""

    @property
    def index(self) -> Shelf: ...

    def unreadable(self) -> Sequence[UnreadableFile]: ...


class Asked(Request):
    """Which rows of the list the page wants."""

    query: Short = ""
    status: Status | None = None
    sort: Column = "title"
    descending: bool = False
    page: Annotated[int, Field(ge=1)] = 1


@dataclass(frozen=True, slots=True)
class _Held:
    """What the list is made of, read once for every generation of an index."""

    infos: Sequence[DocumentInfo]
    counts: Mapping[str, int]
    needs_ocr: Sequence[tuple[str, tuple[int, ...]]]


class Documents:
    """The tab, over the library that a conversation may see."""

    def __init__(
        self, library_of: Callable[[str | None], Library], own_unreadable: Callable[[str | None], Collection[str]]
    ) -> None:
        self._library_of = library_of
        self._own_unreadable = own_unreadable  # the paths of the conversation's own files
        # Weak: an index of which there is a newer generation must be let go of.
        self._held: weakref.WeakKeyDictionary[Shelf, _Held] = weakref.WeakKeyDictionary()

    def offer(self, endpoints: Endpoints) -> None:
        endpoints.add("documents", Asked, self.listed)

    def warm(self) -> None:
        """List once, so that the tab opens at once."""
        self.listed(Asked())

    def listed(self, request: Asked) -> Reply:
        """`html` of the rows, `said` about how many there are, and where in the list this is."""
        words = request.words
        library = self._library_of(request.collection)
        held = self._hold(library.index)
        unreadable = library.unreadable()
        found = listing(
            held.infos,
            held.counts,
            unreadable,
            held.needs_ocr,
            query=request.query,
            sort=request.sort,
            descending=request.descending,
            page=request.page,
            size=A_PAGE,
            status=request.status,
        )
        total = len(held.infos) + len(unreadable)
        own = self._own_unreadable(request.collection)
        rows = "".join(_row(row, own, words) for row in found.rows)
        nothing = words.documents.none if total else words.documents.empty
        return {
            "html": rows
            or f'<tr role="row"><td role="cell" class="none" colspan="{len(_COLUMNS)}">{nothing}</td></tr>',
            "said": _said(found, request, total, words),
            "totals": {"": sum(found.totals.values()), **found.totals},
            "page": found.page,
            "pages": found.pages,
        }

    def _hold(self, shelf: Shelf) -> _Held:
        held = self._held.get(shelf)
        if held is None:
            held = _Held(tuple(shelf.infos.values()), shelf.passage_counts(), shelf.needs_ocr())
            self._held[shelf] = held
        return held


def _said(found: Listing, request: Asked, total: int, words: Wording) -> str:
    """`72 documenten, 3 onleesbaar`, or how many of all a search leaves."""
    said = words.documents
    if request.query.strip() or request.status is not None:
        return said.found.format(found=found.found, total=total)
    unreadable, unread = found.totals["unreadable"], found.totals["needs_ocr"]
    count = total - unreadable
    parts = [(said.one if count == 1 else said.many).format(count=count)]
    parts += [said.unread.format(count=unread)] if unread else []
    parts += [said.unreadable_files.format(count=unreadable)] if unreadable else []
    return ", ".join(parts)


# ------------------------------------------------------------------------------------------------ rows


def _row(row: Row, own: Collection[str], words: Wording) -> str:
    info, said = row.info, words.documents
    dossier = (
        f'<span class="dossier">{escape(said.dossier.format(dossier=info.dossier))}</span>' if info.dossier else ""
    )
    cells = (
        (said.type, escape(info.type), "type"),
        (said.date, escape(wording.date(info.date, words)), "date"),
        (said.publisher, escape(info.publisher), "publisher"),
        (said.identifier, escape(info.identifier) + dossier, "identifier"),
        (said.passages, _number(row.passages), "number"),
        (said.page_count, _number(info.pages), "number"),
        (said.status_column, _status(row, words), "status"),
    )
    return f'<tr role="row" class="{row.status}">{_title(row, own, words)}{"".join(map(_cell, cells))}</tr>'


def _cell(cell: tuple[str, str, str]) -> str:
    """A cell; where the table is shown as cards each says what it is, and an empty one is left out."""
    name, html, kind = cell
    empty = "" if html else " empty"
    return f'<td role="cell" class="{kind}{empty}"><span class="cell-name">{escape(name)}</span> {html or "–"}</td>'


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _title(row: Row, own: Collection[str], words: Wording) -> str:
    info, said = row.info, words.documents
    if not info.id:
        badge = _own_badge(info.path in own, words)
        folder = f'<span class="path">{escape(info.path)}</span>' if info.path != info.title else ""
        return f'<th role="rowheader" scope="row"><span class="name">{escape(info.title)}</span>{badge}{folder}</th>'
    title = info.title or info.id
    about = (
        f'<button type="button" class="tool" data-about="{escape(info.id)}" '
        f'aria-label="{escape(said.about)}: {escape(title)}">{escape(said.about)}</button>'
    )
    badge = _own_badge(is_marked(info.id), words)
    return f'<th role="rowheader" scope="row">{_opens(info)}{badge}{about}</th>'


def _own_badge(is_own: bool, words: Wording) -> str:
    return f' <span class="own-badge">{escape(words.documents.own)}</span>' if is_own else ""


def _opens(info: DocumentInfo) -> str:
    """A button that shows the document in the source panel."""
    title, language = escape(info.title or info.id), escape(info.language)
    whole = f'data-document="{escape(info.id)}" data-start="0" data-end="0" data-check=""'
    return f'<button type="button" class="opens" {whole} lang="{language}">{title}</button>'


def _status(row: Row, words: Wording) -> str:
    said = words.documents
    if row.status == "unreadable":
        name, _, _ = said.unreadable_because.partition("{reason}")
        return f'{escape(name)}<span lang="nl">{escape(row.reason)}</span>'
    newer = ", ".join(_opens(info) for info in row.replaced_by)
    if row.status == "replaced":
        return f"{escape(said.replaced_by)} {newer}"
    if row.status == "needs_ocr":
        also = f"<br>{escape(said.also_replaced)} {newer}" if newer else ""
        return escape(_unread(row, words)) + also
    return escape(said.current)


def _unread(row: Row, words: Wording) -> str:
    if len(row.ocr_pages) == row.info.pages:
        return words.documents.needs_ocr
    pages = ", ".join(map(str, row.ocr_pages[:_MOST_PAGES_NAMED]))
    more = " …" if len(row.ocr_pages) > _MOST_PAGES_NAMED else ""
    return words.documents.partly_read.format(pages=pages + more)


# ------------------------------------------------------------------------------------------------ the frame


def markup() -> str:
    options = "".join(
        f'<option value="{status or ""}" data-text="documents.{status or "all"}">'
        f"{escape(getattr(DUTCH.documents, status or 'all'))}</option>"
        for status in (None, *_STATUSES)
    )
    headers = "".join(
        f'<th role="columnheader" scope="col" class="{column}"><button type="button" data-sort="{column}">{_text(name)}'
        '<span class="arrow" aria-hidden="true"></span></button></th>'
        for column, name in _COLUMNS
    )
    return f"""\
<div id="documents">
<h2 class="unseen" id="documents-title">{_text("table")}</h2>
<form id="documents-find" role="search" aria-labelledby="documents-title">
<p class="field wide"><label for="documents-query">{_text("search")}</label>
<input type="search" id="documents-query" maxlength="400" autocomplete="off" spellcheck="false"
 data-placeholder="documents.search_hint" placeholder="{escape(DUTCH.documents.search_hint)}"></p>
<p class="field"><label for="documents-status">{_text("status")}</label><select id="documents-status">{options}</select></p>
</form>
<p id="documents-said"></p>
<div id="documents-problem"></div>
<div id="documents-list" role="region" aria-labelledby="documents-title" tabindex="0">
<p class="sort-by" aria-hidden="true">{_text("sort_by")}</p>
<table role="table" aria-labelledby="documents-title">
<thead role="rowgroup"><tr role="row">{headers}</tr></thead>
<tbody role="rowgroup"></tbody></table>
</div>
<nav id="documents-pages" aria-labelledby="documents-title" hidden>
<button type="button" class="button" data-turn-page="-1">{_text("previous")}</button>
<span></span>
<button type="button" class="button" data-turn-page="1">{_text("next")}</button>
</nav>
</div>"""


def _text(name: str) -> str:
    """A text that desk.js puts in the language of the page."""
    return f'<span data-text="documents.{name}">{escape(getattr(DUTCH.documents, name))}</span>'
