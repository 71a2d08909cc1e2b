"""The words of the domain: frozen values without behaviour that needs a disk, a network or a model.

Every position is an offset in characters (Unicode code points) into `Document.text`, half open: `text[start:end]`.
"""

from __future__ import annotations

import bisect
import calendar
import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

# --------------------------------------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a person finds a piece of text: page, headings above it, article."""

    page: int | None = None  # 1-based
    section: tuple[str, ...] = ()  # headings from the outside in
    article: str | None = None  # "7a", or "4, lid 2"

    @property
    def label(self) -> str:
        """The anchor in words, as it is shown beside a quote: `p. 3, Kernpunten, art. 4, lid 2`."""
        parts = [f"p. {self.page}"] if self.page is not None else []
        if self.section:
            parts.append(self.section[-1])
        if self.article is not None:
            parts.append(f"art. {self.article}")
        return ", ".join(parts)


class BlockKind(StrEnum):
    """What a stretch of a document is, as far as it matters for splitting and quoting."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"  # cells joined with " | "; the first row of a table is its header when it has one
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or table row of a document, in reading order. Blocks do not overlap."""

    kind: BlockKind
    start: int
    end: int
    anchor: Anchor
    level: int = 0  # headings: 1 is the outermost; list items: depth, 0 is the outermost
    group: int = 0  # list items and rows of one list or table share a number; 0 means none


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a paginated document: its 1-based number, its size in PDF points, and its stretch of the text."""

    number: int
    width: float
    height: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WordBox:
    """Where a word stands on its page, in PDF points from the top left corner."""

    start: int
    end: int
    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a document without its text. Dates are YYYY, YYYY-MM or YYYY-MM-DD; "" means not known."""

    id: str
    title: str
    type: str = ""  # Kamerbrief, regeling, nota, beleidsdocument, ...
    publisher: str = ""
    date: str = ""
    identifier: str = ""  # kst-36200-XV-96, stcrt-2023-17605, BWBR0045754, ...
    dossier: str = ""  # 36200-XV
    url: str = ""
    language: str = "nl"
    provenance: str = "origineel"  # or "samenvatting": our own words, the original named and linked
    supersedes: tuple[str, ...] = ()  # ids of documents whose figures or rules this one replaces
    path: str = ""  # relative to its corpus folder, with forward slashes
    pages: int | None = None  # number of pages; None when the format has none


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its text, normalised once and for all, and where everything in it stands."""

    info: DocumentInfo
    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    words: tuple[WordBox, ...] = ()  # empty when the format has no pages
    needs_ocr: tuple[int, ...] = ()  # pages that are images and could not be read here
    notes: tuple[str, ...] = ()  # what a reader should know: OCR was used, the text layer was unusable, ...
    id_given: bool = True  # in front matter or a sidecar; otherwise it was found in the text or made of the path


def anchor_at(document: Document, place: int) -> Anchor:
    """Where a person finds the character at a place of the text: the anchor of the block it stands in."""
    at = bisect.bisect_right(document.blocks, place, key=lambda block: block.start) - 1
    return document.blocks[at].anchor if at >= 0 else Anchor()


@dataclass(frozen=True, slots=True)
class Passage:
    """An exact slice of a document's text, small enough to embed, with the place where a person finds it.

    The passages of a document do not overlap; between them there is only white space.
    """

    id: str  # stable: made from the document id and the text
    document_id: str
    ordinal: int  # 0-based place in the document
    start: int
    end: int
    text: str
    anchor: Anchor
    kind: BlockKind = BlockKind.PARAGRAPH  # what most of it is: paragraph, list_item, table_row, ...


# --------------------------------------------------------------------------------------------- asking


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be used. Empty means all. `since` and `until` are inclusive: YYYY, YYYY-MM or YYYY-MM-DD.

    Types, dossiers and publishers are compared without regard to case.
    """

    types: tuple[str, ...] = ()
    dossiers: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    documents: tuple[str, ...] = ()  # document ids
    publishers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.types or self.dossiers or self.since or self.until or self.documents or self.publishers)


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and what was answered to it."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a user asks, within which documents, after which earlier turns."""

    text: str
    filters: Filters = NO_FILTERS
    turns: tuple[Turn, ...] = ()


class Scored(NamedTuple):
    """A passage as one searcher found it. Scores of different searchers are not on one scale."""

    passage_id: str
    score: float


NEIGHBOUR = "neighbour"  # as a key of `Hit.found_by`: it stands beside a good hit, whose rank is given


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, how good it is, and at which rank each searcher found it (1 is best)."""

    passage: Passage
    document: DocumentInfo
    score: float
    rank: int
    found_by: Mapping[str, int] = field(default_factory=dict)  # {"dense": 3, "lexical": 1}
    scores: Mapping[str, float] = field(default_factory=dict)  # each searcher's own: {"dense": 0.87, "lexical": 14.2}


def date_span(date: str) -> tuple[int, int] | None:
    """The first and last day of a date as YYYYMMDD numbers; a year or a month spans its days, "" gives None.

    Raises:
        ValueError: not of the form YYYY, YYYY-MM or YYYY-MM-DD, or no day of the calendar.
    """
    if not date:
        return None
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", date) is None:
        raise ValueError(f"{date!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (*(int(part) for part in date.split("-")), 0, 0)[:3]
    first = datetime.date(year, month or 1, day or 1)
    last_month = month or 12
    last = datetime.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return first.year * 10_000 + first.month * 100 + first.day, last.year * 10_000 + last.month * 100 + last.day


# --------------------------------------------------------------------------------------------- answering


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a document that an answerer wants to cite. Nothing is checked yet."""

    document_id: str
    passage_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """A sentence an answerer proposes and the evidence it leans on.

    `lead` says where it comes from (*Kamerbrief van 7 juli 2023*) and is shown before it; what `text` claims must stand in
    the evidence.
    """

    text: str
    evidence: tuple[Evidence, ...]
    lead: str = ""


Outcome = Literal["answered", "partly", "abstained"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something verification refused, kept so that it can be counted and looked into.

    `done` says what became of a sentence that a language model wrote: mended, replaced or left out.
    """

    statement: str
    problem: str
    done: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answerer proposes. Doors cannot show it: only `answering.verify` turns a draft into an `Answer`."""

    statements: tuple[DraftStatement, ...]
    outcome: Outcome
    reason: str | None = None
    nearest: tuple[Evidence, ...] = ()  # for an abstention: the closest passages
    suggestions: tuple[str, ...] = ()
    understood_as: str | None = None
    confidence: float | None = None  # 0..1, calibrated on the dev questions; None when the answerer has none
    answerer: str = "extractive"
    notices: tuple[str, ...] = ()  # what a reader should know of how the answer came about, in plain words
    findings: tuple[Finding, ...] = ()  # what the answerer itself refused to propose


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked quote: `quote == text[start:end]` of the document, always."""

    number: int
    document: DocumentInfo
    anchor: Anchor
    quote: str
    start: int
    end: int
    passage_id: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer with the numbers of the citations it stands on (at least one).

    `emphasis` are stretches of `text` (start, end) that hold what was asked for: the date, the amount, the name.
    """

    text: str
    citations: tuple[int, ...]
    emphasis: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What survived verification, and the only thing a door accepts."""

    question: str
    outcome: Outcome
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    reason: str | None = None
    understood_as: str | None = None
    suggestions: tuple[str, ...] = ()
    answerer: str = "extractive"
    confidence: float | None = None
    notices: tuple[str, ...] = ()  # what a reader should know of how the answer came about, in plain words
    hits: tuple[Hit, ...] = ()
    findings: tuple[Finding, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)  # retrieve, answer, verify, total


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, or the problem that kept it from being answered, in plain words."""

    question: str
    answer: Answer | None = None
    problem: str = ""


# --------------------------------------------------------------------------------------------- building


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that did not become a document, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, in documents unless named otherwise."""

    documents: int = 0
    passages: int = 0
    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    embedded_passages: int = 0
    unreadable: tuple[UnreadableFile, ...] = ()
    needs_ocr: tuple[tuple[str, tuple[int, ...]], ...] = ()  # (path, pages)
    seconds: float = 0.0
