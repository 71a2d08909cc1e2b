"""Running headers, footers and page numbers: lines that stand at the same place on page after page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.ingest.layout import Segment, rows_of

_ZONE = 0.14  # of the height of the page, at its top and at its bottom
_WINDOW = 3  # pages within which a line comes back (left and right pages, chapter by chapter)
_SAME_HEIGHT = 4.0  # points
_APART = 0.5  # of the type size, between a running line and the text
_MOST_ROWS = 6  # at either end of a page
_NUMBER = re.compile(
    r"(?:[-–—]\s*)?(?:pagina|blz\.?|p\.|page)?\s*(?P<number>\d{1,4}|[ivxl]{1,6})(?:\s*(?:van|/|of)\s*\d{1,4})?(?:\s*[-–—])?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Edge:
    """A segment in the margin zone of a page, as far as it matters here."""

    place: int  # among the segments of its page
    text: str
    middle: float
    row: int  # counted from the edge of the page
    at_top: bool
    apart: bool  # white space, or nothing, between it and what stands further inward


@dataclass(frozen=True, slots=True)
class Running:
    """Which segments of which page are left out, and what they said (page numbers aside)."""

    places: Mapping[int, set[int]]  # page number -> places of segments
    lines: tuple[str, ...]
    numbers: bool


def edges_of(segments: Sequence[Segment], height: float) -> list[Edge]:
    """The segments of a page that may be running lines."""
    places = {id(segment): place for place, segment in enumerate(segments)}
    rows = rows_of(segments)
    edges: list[Edge] = []
    for at_top in (True, False):
        ordered = rows if at_top else rows[::-1]
        for depth, row in enumerate(ordered[:_MOST_ROWS]):
            if not (row.bottom <= _ZONE * height if at_top else row.top >= (1 - _ZONE) * height):
                break
            for segment in row.segments:
                apart = _is_apart(segment, segments, at_top=at_top)
                edges.append(Edge(places[id(segment)], segment.text, segment.middle, depth, at_top, apart))
    return edges


def _is_apart(segment: Segment, segments: Sequence[Segment], *, at_top: bool) -> bool:
    """Whether there is white space on the inner side of a segment, within its own width."""
    inward = [
        other for other in segments if (other.middle > segment.middle if at_top else other.middle < segment.middle)
    ]
    if not inward:
        return False  # it is all there is on the page
    gaps = (
        other.top - segment.bottom if at_top else segment.top - other.bottom
        for other in inward
        if other.left < segment.right and other.right > segment.left
    )
    return min(gaps, default=_APART * segment.size) >= _APART * segment.size


def find_running(pages: Mapping[int, Sequence[Edge]]) -> Running:
    """The running lines of a document, from the edges of its pages.

    A line counts when it comes back within a few pages at the same height, with the same words; numbers in it may count
    along with the pages. It must stand apart from the text, or be followed inward by another running line that does.
    """
    seen: dict[str, list[tuple[int, Edge]]] = defaultdict(list)
    for number, edges in sorted(pages.items()):
        for edge in edges:
            seen[_DIGITS.sub("#", edge.text.lower())].append((number, edge))
    found: dict[int, list[Edge]] = defaultdict(list)
    for occurrences in seen.values():
        for at, (number, edge) in enumerate(occurrences):
            if _comes_back(occurrences, at) or _is_own_number(edge, number):
                found[number].append(edge)
    places: dict[int, set[int]] = {}
    lines: dict[str, None] = {}
    numbers = False
    for number, edges in sorted(found.items()):
        kept = _standing_apart(edges, pages[number])
        places[number] = {edge.place for edge in kept}
        for edge in kept:
            if _NUMBER.fullmatch(edge.text):
                numbers = True
            else:
                lines.setdefault(re.sub(rf"\s+{number}$|^{number}\s+", "", edge.text))
    return Running(places, tuple(lines), numbers)


def _comes_back(occurrences: Sequence[tuple[int, Edge]], at: int) -> bool:
    number, edge = occurrences[at]
    for step in (-1, 1):
        other = at + step
        while 0 <= other < len(occurrences) and abs(occurrences[other][0] - number) <= _WINDOW:
            page, candidate = occurrences[other]
            same_place = abs(candidate.middle - edge.middle) <= _SAME_HEIGHT and candidate.at_top == edge.at_top
            if page != number and same_place and _count_along(edge.text, candidate.text, page - number):
                return True
            other += step
    return False


def _count_along(one: str, two: str, pages: int) -> bool:
    """Whether the numbers in two lines are the same, or differ by as much as their pages do."""
    pairs = zip(_DIGITS.findall(one), _DIGITS.findall(two), strict=True)
    return all(int(first) == int(second) or int(second) - int(first) == pages for first, second in pairs)


def _is_own_number(edge: Edge, number: int) -> bool:
    found = _NUMBER.fullmatch(edge.text)
    return found is not None and found["number"] == str(number)


def _standing_apart(found: Sequence[Edge], edges: Sequence[Edge]) -> list[Edge]:
    """The running lines that are parted from the text by white space, themselves or by way of others behind them."""
    kept: list[Edge] = []
    for at_top in (True, False):
        rows = {edge.row for edge in found if edge.at_top == at_top}
        for edge in found:
            if edge.at_top != at_top:
                continue
            row = edge.row
            while row in rows and not any(e.apart for e in edges if e.at_top == at_top and e.row == row):
                row += 1
            if row in rows:
                kept.append(edge)
    return kept
