"""Running text → blocks: what the parsers of marked-up formats (HTML, Markdown, XML, Office) have in common.

A parser walks through its own tree and says what it meets (text, a heading, an item, a row); `Flow` collects the text
until something ends the block, leads list items with their markers and knows to which article and paragraph (lid) of a
regulation the text belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.ingest.assembling import TextAssembler
from assistant.model import BlockKind, Document, DocumentInfo

DEEPEST_HEADING = 12  # deeper headings count as this level, so that hostile nesting cannot make endless section paths
_ORDINALS = (
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende "
    "vijftiende zestiende zeventiende achttiende negentiende twintigste"
).split()
_ARTICLE = re.compile(
    r"art(?:ikel|icle|\.)\s+(?P<article>[1-9]\d*(?:[.:]\d+)*[a-z]{0,3}|[IVXLC]+[a-z]?)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MEMBER = re.compile(rf"\s*,\s*(?:(?P<word>{'|'.join(_ORDINALS)})\s+lid|lid\s+(?P<number>\d+[a-z]?))\b", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[\w\s,]*\bvan\s+(?:de|het|deze|dit)\b", re.IGNORECASE)
_BULLETS = frozenset(("", "-", "–", "—", "*", "·", "o", "•", "▪", "●", "►", "\uf0b7"))
_OWN_MARKER = re.compile(r"(\(?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})[.)°]|[-–—•·▪●])\s+(?=\S)")
_ONLY_MARKER = re.compile(r"\(?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})[.)°]|[-–—•·▪●]")
_NUMBERED = re.compile(r"(\d{1,3}[a-z]?)\.\s")


_TYPED_BULLET = re.compile(r"(?:[•▪●■◦‣∙·\uf0b7]\s*|[-–—]\s+)(?=\S)")
_LONGEST_HEADING = 120  # characters of a paragraph that is a heading by its looks only


def looks_like_heading(text: str) -> bool:
    """Whether a paragraph that is set apart (all bold) reads like a heading, not like an emphasised sentence."""
    text = text.strip()
    if re.fullmatch(r"art(?:ikel|\.)\s+[\w:.]{1,8}", text, re.IGNORECASE):
        return True
    return (
        0 < len(text) <= _LONGEST_HEADING
        and text[-1] not in ".,;:!?…"
        and re.search(r"[^\W\d_]{2}", text) is not None
        and not text[0].islower()
    )


def article_of(heading: str) -> str | None:
    """The article a heading announces: `Artikel 7a Doel` gives "7a", `Artikel 2, derde lid` gives "2, lid 3".

    A heading that merely speaks of an article ("Artikel 1 van de Grondwet in de klas") gives None.
    """
    found = _ARTICLE.match(heading.strip())
    if found is None:
        return None
    rest = found["rest"]
    member = _MEMBER.match(rest)
    article = found["article"]
    article = article.upper() if article[0].isalpha() else article.lower()
    if member:
        number = member["number"] or str(_ORDINALS.index(member["word"].lower()) + 1)
        return f"{article}, lid {number}"
    if _ELSEWHERE.match(rest) or re.match(r"\s+(?:en|of|t/m|tot)\s", rest):
        return None
    return article


def follows(last: str, marker: str) -> bool:
    """Whether a list marker comes right after another: "b." after "a.", "(10)" after "(9)"."""
    one, two = last.strip("().°"), marker.strip("().°")
    if one.isdecimal() and two.isdecimal() and len(one + two) < 12:
        return int(two) == int(one) + 1
    return len(one) == 1 and len(two) == 1 and ord(two) == ord(one) + 1


@dataclass(slots=True)
class _Item:
    marker: str
    waiting: str = ""  # a marker that stood where text was expected; it is text when nothing follows


class Flow:
    """Collects running text and structure, and hands finished blocks to a `TextAssembler`."""

    def __init__(self) -> None:
        self.assembler = TextAssembler()
        self.notes: list[str] = []
        self._inline: list[str] = []
        self._lead = ""
        self._footnotes: list[str] = []
        self._items: list[_Item] = []  # the open list items, outermost first
        self._lists = 0  # how many lists are open
        self._group = 0
        self._table = 0
        self._last = (0, "")  # group and marker of the list item just before; (0, "") after anything else
        self._article: str | None = None  # of the heading above, when its numbered paragraphs are its leden

    @property
    def in_list(self) -> bool:
        """Whether the current place is inside a list item."""
        return bool(self._items)

    @property
    def article(self) -> str | None:
        """The article whose heading stands above the current place."""
        return self._article

    # ------------------------------------------------------------------------------------------ text

    def add(self, text: str) -> None:
        """Text that belongs to the current block."""
        self._inline.append(text)

    def tighten(self) -> None:
        """White space at the end of what was added so far goes: what stood between it and a comma was left out."""
        while self._inline:
            self._inline[-1] = self._inline[-1].rstrip()
            if self._inline[-1]:
                return
            self._inline.pop()

    def lead(self, text: str) -> None:
        """What the next block starts with: the number of a lid or a question."""
        self._lead = f"{text.strip()} " if text.strip() else ""

    def footnote(self, text: str) -> None:
        """A footnote met inside a sentence; it comes after the block, so that the sentence stays whole."""
        if text.strip():
            self._footnotes.append(text)

    def take_footnotes(self) -> list[str]:
        """The footnotes that wait for the end of the block, which will not get them."""
        footnotes, self._footnotes = self._footnotes, []
        return footnotes

    def end_block(self) -> None:
        """What was collected becomes a block: a list item inside a list, a paragraph elsewhere."""
        text = " ".join("".join(self._inline).split())
        self._inline.clear()
        if text:
            text, self._lead = self._lead + text, ""
            if self._items:
                self._emit_item(text)
            else:
                self._emit_paragraph(text)
        footnotes, self._footnotes = self._footnotes, []
        for footnote in footnotes:
            self.assembler.paragraph(footnote, kind=BlockKind.FOOTNOTE)

    def _emit_paragraph(self, text: str) -> None:
        bullet = _TYPED_BULLET.match(text)
        if bullet:  # a list whose bullets are typed, every item a paragraph
            group = self._last[0] if self._last[1] == "•" else self.assembler.new_group()
            self.assembler.list_item(text[bullet.end() :], group=group)
            self._last = (group, "•")
            return
        self._last = (0, "")
        self._follow_members(text, paragraph=True)
        self.assembler.paragraph(text)

    def _emit_item(self, text: str) -> None:
        item = self._items[-1]
        if item.marker == "•" and _ONLY_MARKER.fullmatch(text):  # the marker is a text of its own before the item
            item.marker = "•" if text in _BULLETS else text
            item.waiting = text
            return
        item.waiting = ""
        own = _OWN_MARKER.match(text) if item.marker == "•" else None
        if own:  # a list that writes its own letters or dashes at the start of its items
            item.marker = "•" if own[1] in _BULLETS else own[1]
            text = text[own.end() :]
        if len(self._items) == 1 and item.marker:
            self._follow_members(f"{item.marker} ", paragraph=False)
        if len(self._items) == 1 and item.marker:
            last_group, last_marker = self._last
            if (
                last_group
                and last_group != self._group
                and (item.marker == last_marker == "•" or follows(last_marker, item.marker))
            ):
                self._group = last_group  # every item is a list of its own, but together they are one
            self._last = (self._group, item.marker)
        self.assembler.list_item(text, group=self._group, depth=len(self._items) - 1, marker=item.marker)
        item.marker = ""

    def _follow_members(self, text: str, *, paragraph: bool) -> None:
        """Under an article heading, "1. ..." is lid 1; an unnumbered paragraph belongs to the article as a whole."""
        if self._article is None or ", lid " in self._article:
            return
        number = _NUMBERED.match(text)
        if number:
            self.assembler.start_article(f"{self._article}, lid {number[1]}")
        elif paragraph:
            self.assembler.start_article(self._article)
            if (
                text[-1] in ".:;,"
            ):  # after a sentence without a number, numbers are parts of it: "wordt verstaan onder:"
                self._article = None

    # ------------------------------------------------------------------------------------------ structure

    def heading(self, text: str, *, level: int, article: str | None = None, members: bool = True) -> None:
        """A heading. With `members` its numbered paragraphs are taken for the leden of its article."""
        self.end_block()
        self._lead = ""
        self._last = (0, "")
        if not text.strip():
            return
        self._article = article if members else None
        self.assembler.heading(text, level=max(1, min(level, DEEPEST_HEADING)), article=article)

    def belongs_to(self, article: str | None) -> None:
        """What follows belongs to this article or lid, whatever number it begins with; None ends the article."""
        self.end_block()
        self._article = None
        self.assembler.start_article(article)

    def close_headings(self, level: int) -> None:
        """Headings of this level and deeper no longer stand above what follows."""
        self.end_block()
        self.assembler.close_headings(max(1, min(level, DEEPEST_HEADING)))

    def begin_list(self) -> None:
        """A list, or one inside an item of another."""
        self.end_block()
        if not self._lists:
            self._group = self.assembler.new_group()
        self._lists += 1

    def end_list(self) -> None:
        self.end_block()
        self._lists -= 1

    def begin_item(self, marker: str = "•") -> None:
        """An item; its first block gets the marker, further blocks stand under it without one."""
        self.end_block()
        marker = " ".join(marker.split())
        if marker in _BULLETS or not marker.isprintable():
            marker = "•"
        self._items.append(_Item(marker))

    def end_item(self) -> None:
        self.end_block()
        item = self._items[-1]
        if item.waiting:
            self.assembler.list_item(item.waiting, group=self._group, depth=len(self._items) - 1)
        self._items.pop()

    def begin_table(self) -> None:
        self.end_block()
        self._last = (0, "")
        self._table = self.assembler.new_group()

    def row(self, cells: Sequence[str]) -> None:
        """A row of the table that was begun last."""
        self.end_block()
        self.assembler.table_row(cells, group=self._table)

    def note(self, text: str) -> None:
        """Something a reader should know of the document; said once."""
        if text not in self.notes:
            self.notes.append(text)

    def build(self, info: DocumentInfo) -> Document:
        """The document of everything so far."""
        self.end_block()
        return self.assembler.build(info, notes=self.notes)
