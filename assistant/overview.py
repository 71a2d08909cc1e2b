"""What is in the index, counted and listed for a person: facets beside the filters, the table of documents, a first look.

Pure functions over what the index knows of its documents; nothing here reads one.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Literal, NamedTuple, get_args

from assistant.answering.extractive import successors_of
from assistant.model import NO_FILTERS, DocumentInfo, Filters, UnreadableFile, date_span
from assistant.text import clean, fold

_REMEMBERED = 50_000  # texts whose sorting and searching form is kept, so that typing in the search box does not lag

# ------------------------------------------------------------------------------------------------ facets


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that can be chosen, and how many documents remain when it is, beside the choices in the other facets."""

    value: str  # in its most common spelling
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facets:
    """The values of each facet in alphabetical order, years from the newest, and how many documents pass all filters."""

    types: tuple[FacetValue, ...]
    dossiers: tuple[FacetValue, ...]
    publishers: tuple[FacetValue, ...]
    years: tuple[FacetValue, ...]
    remaining: int
    total: int


def facets(infos: Sequence[DocumentInfo], filters: Filters = NO_FILTERS) -> Facets:
    """For every value of every facet: how many documents remain with it and the choices in the *other* facets.

    A facet's own choice does not restrict its own counts, so that one sees what choosing another value would bring. The
    facets are type, dossier, publisher and year (whose choice is the period from `since` to `until`; a year counts as
    chosen when a day of it lies in the period). `documents` restricts all of them.

    What passes is what `Store.allowed` lets through: names without regard to case, a document that is dated with a year
    or month when any of its days lies in the period, one without a date in no period. A value that nothing remains of
    stays, with 0, and so does a chosen one that no document has. A document without a value counts under none.

    Raises:
        ValueError: a date of the filters is not of the form YYYY, YYYY-MM or YYYY-MM-DD.
    """
    within = set(filters.documents)
    period = _Period.of(filters)
    columns = [
        _Column([getattr(info, name) for info in infos if not within or info.id in within], lets_through)
        for name, lets_through in (
            ("type", _one_of(filters.types)),
            ("dossier", _one_of(filters.dossiers)),
            ("publisher", _one_of(filters.publishers)),
            ("date", period.lets_through),
        )
    ]
    passed = [sum(row) for row in zip(*(column.passes for column in columns), strict=True)]
    types, dossiers, publishers, dates = (column.counts(passed, of=len(columns)) for column in columns)
    return Facets(
        types=_by_name(types, filters.types),
        dossiers=_by_name(dossiers, filters.dossiers),
        publishers=_by_name(publishers, filters.publishers),
        years=_by_year(dates, period),
        remaining=passed.count(len(columns)),
        total=len(infos),
    )


class _Column:
    """The values of a facet, document by document, and whether the filters let each through."""

    def __init__(self, values: Sequence[str], lets_through: Callable[[str], bool]) -> None:
        self._values = values
        self._all = Counter(values)
        passing = {value for value in self._all if lets_through(value)}
        self.passes = [value in passing for value in values]

    def counts(self, passed: Sequence[int], *, of: int) -> dict[str, int]:
        """For every value, the most common first: how many documents with it pass all other columns."""
        others = of - 1
        left = Counter(
            itertools.compress(self._values, (n - own == others for n, own in zip(passed, self.passes, strict=True)))
        )
        return {value: left[value] for value, _ in sorted(self._all.items(), key=lambda item: (-item[1], item[0]))}


def _one_of(chosen: Sequence[str]) -> Callable[[str], bool]:
    wanted = {one.lower() for one in chosen}
    return lambda value: not wanted or value.lower() in wanted


def _by_name(counts: Mapping[str, int], chosen: Sequence[str]) -> tuple[FacetValue, ...]:
    wanted = {one.lower() for one in chosen}
    spellings: dict[str, str] = {}
    totals: Counter[str] = Counter()
    for value in (*counts, *chosen):
        spellings.setdefault(value.lower(), value)
    for value, count in counts.items():
        totals[value.lower()] += count
    found = [FacetValue(value, totals[key], key in wanted) for key, value in spellings.items() if value]
    return tuple(sorted(found, key=lambda one: _alphabetical(one.value)))


def _by_year(counts: Mapping[str, int], period: _Period) -> tuple[FacetValue, ...]:
    totals: dict[str, int] = {}
    for date, count in counts.items():
        if _span(date) is not None:
            totals[date[:4]] = totals.get(date[:4], 0) + count
    return tuple(
        FacetValue(year, totals[year], chosen=period.given and period.lets_through(year))
        for year in sorted(totals, reverse=True)
    )


@dataclass(frozen=True, slots=True)
class _Period:
    """The first and last day that filters allow, as `date_span` writes days; None where they set none."""

    first: int | None
    last: int | None

    @classmethod
    def of(cls, filters: Filters) -> _Period:
        since, until = date_span(filters.since or ""), date_span(filters.until or "")
        return cls(since[0] if since is not None else None, until[1] if until is not None else None)

    @property
    def given(self) -> bool:
        return self.first is not None or self.last is not None

    def lets_through(self, date: str) -> bool:
        if not self.given:
            return True
        span = _span(date)
        return (
            span is not None
            and (self.first is None or span[1] >= self.first)
            and (self.last is None or span[0] <= self.last)
        )


@lru_cache(maxsize=_REMEMBERED)
def _span(date: str) -> tuple[int, int] | None:
    """The days of a document's date; None for one that is none of the calendar's, as no filter finds it either."""
    try:
        return date_span(date)
    except ValueError:
        return None


# ------------------------------------------------------------------------------------------------ the table

Status = Literal["current", "replaced", "needs_ocr", "unreadable"]
Column = Literal[
    "title", "type", "publisher", "date", "dossier", "identifier", "passages", "pages", "path", "url", "provenance",
    "status",
]  # fmt: skip
STATUSES: tuple[Status, ...] = get_args(Status)
COLUMNS: tuple[Column, ...] = get_args(Column)


@dataclass(frozen=True, slots=True)
class Row:
    """A document, or a file that did not become one, as a line of the table.

    `status` is the first that holds of: `unreadable` (`reason` says why; `info` has a title made of the file's name, its
    path, and nothing else: no id, no provenance), `needs_ocr` (`ocr_pages` could not be read here), `replaced`
    (`replaced_by` supersede it), `current`. Pages and successors are there whatever the status is.
    """

    status: Status
    info: DocumentInfo
    passages: int | None  # None for an unreadable file
    reason: str = ""
    replaced_by: tuple[DocumentInfo, ...] = ()  # newest first
    ocr_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the table of documents.

    `totals` counts every status among the rows that the query finds, whichever status is asked for; `found` are the
    rows that query and status leave, spread over `pages` pages (one, when there are none).
    """

    rows: tuple[Row, ...]
    found: int
    page: int  # 1-based
    pages: int
    size: int
    totals: Mapping[Status, int]


def listing(
    infos: Sequence[DocumentInfo],
    counts: Mapping[str, int],
    unreadable: Sequence[UnreadableFile] = (),
    needs_ocr: Sequence[tuple[str, Sequence[int]]] = (),
    *,
    query: str = "",
    sort: Column = "title",
    descending: bool = False,
    page: int = 1,
    size: int = 50,
    status: Status | None = None,
) -> Listing:
    """The documents and the unreadable files that a query finds, sorted, one page of them.

    Sorting ignores case, accents and punctuation and takes numbers by value (nr. 9 before nr. 10); what a row does not
    have comes last in both directions, and rows that are alike keep the order of their titles. A page beyond the last
    is the last.

    Args:
        counts: passages by document id.
        needs_ocr: path and page numbers, as `Index.needs_ocr` gives them.
        query: all its words must stand somewhere in title, identifier, publisher, type, dossier or path; parts of words
            do, case and accents do not count.

    Raises:
        ValueError: no such column or status, or a size below 1.
    """
    if sort not in COLUMNS:
        raise ValueError(f"there is no column {sort!r}; choose one of {', '.join(COLUMNS)}")
    if status is not None and status not in STATUSES:
        raise ValueError(f"there is no status {status!r}; choose one of {', '.join(STATUSES)}")
    if size < 1:
        raise ValueError(f"a page has at least one row, not {size}")
    wanted = fold(clean(query)).split()
    successors = successors_of(infos)
    lacking = {path: tuple(pages) for path, pages in needs_ocr if pages}

    def status_of(info: DocumentInfo) -> Status:
        return "needs_ocr" if info.path in lacking else "replaced" if info.id in successors else "current"

    entries = [_Entry(status_of(info), info, counts.get(info.id, 0)) for info in infos]
    entries += [_Entry("unreadable", _file_info(file), None, file.reason) for file in unreadable]
    if wanted:
        entries = [entry for entry in entries if _holds(entry.info, wanted)]
    totals = Counter(entry.status for entry in entries)
    if status is not None:
        entries = [entry for entry in entries if entry.status == status]
    pages = max(1, -(-len(entries) // size))
    page = min(max(page, 1), pages)
    shown = _sorted(entries, sort, descending=descending)[(page - 1) * size : page * size]
    by_id = {info.id: info for info in infos}
    return Listing(
        rows=tuple(
            Row(
                status=entry.status,
                info=entry.info,
                passages=entry.passages,
                reason=entry.reason,
                replaced_by=tuple(by_id[id] for id in successors.get(entry.info.id, ())),
                ocr_pages=lacking.get(entry.info.path, ()) if entry.info.id else (),
            )
            for entry in shown
        ),
        found=len(entries),
        page=page,
        pages=pages,
        size=size,
        totals={one: totals[one] for one in STATUSES},
    )


class _Entry(NamedTuple):
    """What sorting and searching need of a row."""

    status: Status
    info: DocumentInfo
    passages: int | None
    reason: str = ""


def _file_info(file: UnreadableFile) -> DocumentInfo:
    return DocumentInfo(id="", title=file.path.rpartition("/")[2], language="", provenance="", path=file.path)


def _holds(info: DocumentInfo, words: Sequence[str]) -> bool:
    text = _searched(info.title, info.identifier, info.publisher, info.type, info.dossier, info.path)
    return all(word in text for word in words)


@lru_cache(maxsize=_REMEMBERED)
def _searched(*fields: str) -> str:
    return fold(clean("\n".join(fields)))


def _sorted(entries: Sequence[_Entry], column: Column, *, descending: bool) -> list[_Entry]:
    """Sorted by the title and then, which keeps the order of what is alike, by the column."""
    entries = sorted(entries, key=lambda entry: (_alphabetical(entry.info.title), entry.info.path))
    key = _KEYS.get(column) or (lambda entry: _alphabetical(getattr(entry.info, column)))
    keyed = [(key(entry), entry) for entry in entries]
    present = sorted((pair for pair in keyed if pair[0]), key=itemgetter(0), reverse=descending)
    return [entry for _, entry in present] + [entry for value, entry in keyed if not value]


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:012}"


_KEYS: Mapping[Column, Callable[[_Entry], str]] = {  # "" for what a row does not have
    # as they are written, dates sort by their first day, the wider one first: 2023, 2023-01, 2023-01-01, 2023-02
    "date": lambda entry: entry.info.date if _span(entry.info.date) is not None else "",
    "passages": lambda entry: _number(entry.passages),
    "pages": lambda entry: _number(entry.info.pages),
    "status": lambda entry: _number(STATUSES.index(entry.status)),
}
_PIECE = re.compile(r"[0-9]+|[^\W0-9_]+")


@lru_cache(maxsize=_REMEMBERED)
def _alphabetical(text: str) -> str:
    """A key that sorts texts as a Dutch reader expects; "" for a text without letters or digits."""
    return " ".join(_sortable(piece) for piece in _PIECE.findall(fold(clean(text))))


def _sortable(piece: str) -> str:
    """A word as it is; a number led by its length, so that 9 (`000019`) comes before 10 (`0000210`)."""
    if not piece[0].isdigit():
        return piece
    number = piece.lstrip("0")
    return f"{len(number):05}{number}"


# ------------------------------------------------------------------------------------------------ a first look


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many documents there are, how many of each type (most first), and the dates they reach from and to."""

    documents: int
    types: tuple[tuple[str, int], ...]
    oldest: str  # as the document has it: YYYY, YYYY-MM or YYYY-MM-DD; "" when no document has a date
    newest: str


def holdings(infos: Sequence[DocumentInfo]) -> Holdings:
    """What there is, for a first screen. Types that differ in case are one; documents without a type are in none."""
    dates = sorted(info.date for info in infos if _span(info.date) is not None)
    types = [(one.value, one.count) for one in facets(infos).types]
    return Holdings(
        documents=len(infos),
        types=tuple(sorted(types, key=lambda item: -item[1])),
        oldest=dates[0] if dates else "",
        newest=dates[-1] if dates else "",
    )
