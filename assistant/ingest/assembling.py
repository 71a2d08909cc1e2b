"""Blocks in reading order → one normalised text with true offsets: what every parser ends in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.ingest.hidden import marks_in
from assistant.model import Anchor, Block, BlockKind, Document, DocumentInfo, Page, WordBox
from assistant.text import clean

Word = tuple[str, float, float, float, float]  # text, left, top, right, bottom in PDF points from the top left corner

_SPACE = re.compile(r"\s+")


class TextAssembler:
    """Collects a document's blocks and keeps track of headings, pages and positions.

    The resulting text is the normalised text of the contract: NFC, one space between words, blocks separated by a blank
    line (rows of one table and items of one list by a line end), list items led by "• ", cells separated by " | ".
    Nothing that came in as text is left out.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []  # (level, text) of the headings above the current place
        self._pages: list[Page] = []
        self._words: list[WordBox] = []
        self._page: tuple[int, float, float, int] | None = None  # number, width, height, start
        self._article: str | None = None
        self._groups = 0
        self._marks: dict[str, None] = {}  # notes on signs that were taken out, each once

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def new_group(self) -> int:
        """A fresh number for the items of one list or the rows of one table."""
        self._groups += 1
        return self._groups

    def start_page(self, number: int, *, width: float, height: float) -> None:
        """What follows stands on this page (1-based; size in PDF points)."""
        self._close_page()
        self._page = (number, width, height, self._length)

    def start_article(self, article: str | None) -> None:
        """What follows belongs to this article ("7a" or "4, lid 2"); None ends it. A heading ends it as well."""
        self._article = article

    def heading(self, text: str, *, level: int, article: str | None = None, words: Sequence[Word] = ()) -> None:
        """A heading; deeper headings above the place are closed. Level 1 is the outermost."""
        text = self._cleaned(text)
        if not text:
            return
        self.close_headings(level)
        self._headings.append((level, text))
        self._article = article
        self._append(BlockKind.HEADING, text, words, level=level)

    def close_headings(self, level: int) -> None:
        """Headings of this level and deeper no longer stand above what follows."""
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()

    def paragraph(self, text: str, *, words: Sequence[Word] = (), kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        """A paragraph (or a footnote). White space inside is folded to single spaces."""
        self._append(kind, text, words)

    def list_item(
        self, text: str, *, group: int, depth: int = 0, marker: str = "•", words: Sequence[Word] = ()
    ) -> None:
        """An item of the list `group`; `marker` is what leads it: "•", "a.", "3°", or "" for its second paragraph."""
        lead = f"{marker} " if marker else ""
        self._append(BlockKind.LIST_ITEM, text, words, level=depth, group=group, lead=lead)

    def table_row(self, cells: Sequence[str], *, group: int, words: Sequence[Word] = ()) -> None:
        """A row of the table `group`. Empty cells keep their place so that columns stay aligned."""
        row = " | ".join(map(self._cleaned, cells))
        if row.replace("|", "").strip():
            self._append(BlockKind.TABLE_ROW, row.strip(), words, group=group)

    def build(self, info: DocumentInfo, *, needs_ocr: Sequence[int] = (), notes: Sequence[str] = ()) -> Document:
        """The document. It may be without text: the caller decides whether that is an error."""
        self._close_page()
        return Document(
            info=info,
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            pages=tuple(self._pages),
            words=tuple(self._words),
            needs_ocr=tuple(needs_ocr),
            notes=(*notes, *self._marks),
        )

    def _cleaned(self, text: str) -> str:
        for said in marks_in(text):
            self._marks[said] = None
        return _SPACE.sub(" ", clean(text)).strip()

    def _close_page(self) -> None:
        if self._page is not None:
            number, width, height, start = self._page
            self._pages.append(Page(number, width, height, min(start, self._length), self._length))
            self._page = None

    def _append(
        self,
        kind: BlockKind,
        text: str,
        words: Sequence[Word],
        *,
        level: int = 0,
        group: int = 0,
        lead: str = "",
    ) -> None:
        text = self._cleaned(text)
        if not text:
            return
        if self._parts:
            same = bool(group) and bool(self._blocks) and self._blocks[-1].group == group
            gap = "\n" if same else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._parts.append(lead + text)
        self._length += len(lead) + len(text)
        anchor = Anchor(
            page=self._page[0] if self._page else None,
            section=tuple(heading for _, heading in self._headings),
            article=self._article,
        )
        self._blocks.append(Block(kind, start, self._length, anchor, level, group))
        self._place(words, text, start + len(lead))

    def _place(self, words: Sequence[Word], text: str, offset: int) -> None:
        """Walk through the block's text and give every word that stands there its box; a word not found gets none."""
        if self._page is None:
            return
        at = 0
        for raw, left, top, right, bottom in words:
            word = _SPACE.sub(" ", clean(raw)).strip()
            if not word:
                continue
            found = text.find(word, at)
            if found < 0:
                continue
            at = found + len(word)
            self._words.append(WordBox(offset + found, offset + at, self._page[0], left, top, right, bottom))
