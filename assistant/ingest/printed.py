"""Lines of printed pages → headings, paragraphs, lists, tables and footnotes → Document, with a box for every word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from assistant.ingest.assembling import TextAssembler
from assistant.ingest.boxes import Word
from assistant.ingest.flowing import article_of
from assistant.model import BlockKind, Document, DocumentInfo, Page, WordBox
from assistant.text import clean

Placed = tuple[Word, int]  # a word as it is seen, and its page


@dataclass(slots=True)
class Piece:
    """A block before it gets its place in the text."""

    kind: BlockKind
    page: int
    cells: list[list[Placed]]  # one list, but for table rows
    marker: str = ""  # of a list item
    depth: int = 0  # of a list item
    group: int = 0  # pieces of one list or table share a number
    level: int = 0  # of a heading
    size: float = 0.0
    bold: bool = False
    open_end: bool = False  # it may go on in the next column or on the next page
    texts: list[str] = field(default_factory=list)  # ready text of the cells; made from the words when empty

    @property
    def words(self) -> list[Placed]:
        return [placed for cell in self.cells for placed in cell]


class Writer:
    """Puts pieces into one text and keeps where every word of every page went.

    A block that runs over a page end belongs to the page where it starts; the next page starts inside it.
    """

    def __init__(self, sizes: Sequence[tuple[int, float, float]], known_words: frozenset[str]) -> None:
        self._assembler = TextAssembler()
        self._sizes = {number: (width, height) for number, width, height in sizes}
        self._page = 0
        self._article: str | None = None
        self._known = known_words
        self._groups: dict[int, int] = {}
        self._words: list[WordBox] = []

    def write(self, piece: Piece) -> None:
        """One more block."""
        self._turn_to(piece.page)
        before = self._assembler.length
        texts = piece.texts or [joined(cell, known=self._known) for cell in piece.cells]
        match piece.kind:
            case BlockKind.HEADING:
                self._article = article_of(texts[0])
                self._assembler.heading(texts[0], level=piece.level, article=self._article)
            case BlockKind.LIST_ITEM:
                self._follow_members(piece)
                self._assembler.list_item(
                    texts[0], group=self._group(piece.group), depth=piece.depth, marker=piece.marker
                )
            case BlockKind.TABLE_ROW:
                self._assembler.table_row(texts, group=self._group(piece.group))
            case _:
                self._assembler.paragraph(texts[0], kind=piece.kind)
        after = self._assembler.length
        if after > before:
            text = " | ".join(_folded(text) for text in texts).strip()
            self._words.extend(_boxes(text, after - len(text), piece.words))

    def build(self, info: DocumentInfo, *, needs_ocr: Sequence[int], notes: Sequence[str]) -> Document:
        """The document, with words and pages in place."""
        document = self._assembler.build(info, needs_ocr=needs_ocr, notes=notes)
        return replace(document, words=tuple(self._words), pages=self._pages(document))

    def _follow_members(self, piece: Piece) -> None:
        """Under an article heading the items 1, 2, ... are the leden of the article."""
        number = piece.marker.strip("().")
        if self._article is not None and ", lid " not in self._article and piece.depth == 0 and number.isdecimal():
            self._assembler.start_article(f"{self._article}, lid {number}")

    def _turn_to(self, page: int) -> None:
        if page > self._page:
            width, height = self._sizes[page]
            self._assembler.start_page(page, width=width, height=height)
            self._page = page

    def _group(self, group: int) -> int:
        if group not in self._groups:
            self._groups[group] = self._assembler.new_group()
        return self._groups[group]

    def _pages(self, document: Document) -> tuple[Page, ...]:
        """Where every page begins and ends: at its first word, or first block when that comes earlier."""
        starts: dict[int, int] = {}
        for block in document.blocks:
            if block.anchor.page is not None:
                starts.setdefault(block.anchor.page, block.start)
        for word in self._words:
            starts[word.page] = min(starts.get(word.page, word.start), word.start)
        pages: list[Page] = []
        end = len(document.text)
        for number in sorted(self._sizes, reverse=True):
            width, height = self._sizes[number]
            start = min(starts.get(number, end), end)
            pages.append(Page(number, width, height, start, end))
            end = start
        return tuple(reversed(pages))


def _folded(text: str) -> str:
    return " ".join(clean(text).split())


def _boxes(text: str, offset: int, placed: Iterable[Placed]) -> Iterable[WordBox]:
    """Walk through a block and give every word that stands there its box. Words come in the order of the text."""
    at = 0
    for word, page in placed:
        written = _folded(word.text)
        found = text.find(written, at) if written else -1
        if found < 0 and written.endswith("-"):  # mended at the line end
            written = written[:-1]
            found = text.find(written, at) if written else -1
        if found < 0:
            continue
        at = found + len(written)
        box = (round(word.left, 2), round(word.top, 2), round(word.right, 2), round(word.bottom, 2))
        yield WordBox(offset + found, offset + at, page, *box)


# ------------------------------------------------------------------------------------------------ words into text

_STAYS = re.compile(r"(?:en|of|tot|als|dan|noch|resp\.|c\.q\.|danwel|alsmede|maar)\b")


def joined(placed: Sequence[Placed], *, known: frozenset[str] = frozenset()) -> str:
    """Words as running text. A word broken at a line end is mended; a hyphen that belongs to the word stays.

    Broken is told by what follows and by the words of the document: "in- en uitvoer" and "AI-systeem" keep theirs, and
    so does "beleids-medewerker" when the document writes that within a line.
    """
    parts: list[str] = []
    last: Word | None = None
    for word, _ in placed:
        if last is not None:
            if _is_broken(last, word):
                parts[-1] = _mended(parts[-1], word.text, known=known)
            elif not word.glued:
                parts.append(" ")
        parts.append(word.text)
        last = word
    return "".join(parts)


def _is_broken(last: Word, word: Word) -> bool:
    """Whether a word goes on at the start of the next line (or column) with this one."""
    if not last.text.endswith("-") or len(last.text) < 2 or not last.text[-2].isalnum():
        return False
    return word.left < last.right and (word.top >= last.bottom - 0.6 * max(word.size, 1) or word.bottom < last.top)


def _mended(before: str, word: str, *, known: frozenset[str]) -> str:
    if _STAYS.match(word):
        return before + " "
    if not (before[-2].islower() and word[:1].islower()):
        return before  # AI-\nsysteem, Noord-\nHolland, 2023-\n2024
    whole, hyphened = (before[:-1] + word).lower(), (before + word).lower()
    stripped = hyphened.strip(".,;:!?()\"'“”‘’")
    if stripped in known and whole.strip(".,;:!?()\"'“”‘’") not in known:
        return before
    return before[:-1]
