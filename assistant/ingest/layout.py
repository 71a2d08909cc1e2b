"""Words on a page → lines in reading order: columns, side notes and aligned rows are told apart.

What stands beside each other is either prose in columns (read one column after the other), a side note (read after the
text it stands beside) or a row of things that belong together, a label and its value (read across).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from assistant.ingest.boxes import Word
from assistant.ingest.markers import is_marker
from assistant.ingest.ruled_tables import RuledTable

_SPACE = 1.1  # of the type size: a wider gap parts two segments of a line
_NARROWEST_GUTTER = 7.0  # points
_MARKER_REACH = 5.0  # of the type size, from a list marker to its text
_LONG_TEXT = 4  # words in a line of prose
_SAME_ROW = 0.4  # of the type size
_REFERENCE = re.compile(r"\d{1,3}|\*{1,3}|†")


@dataclass(slots=True)
class Segment:
    """Words beside each other on one line, with no more than a space between them."""

    words: list[Word]
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    size: float = 0.0
    middle: float = 0.0
    bold: bool = False
    table: RuledTable | None = None  # a whole table that takes this place

    def __post_init__(self) -> None:
        self.measure()

    def measure(self) -> None:
        """Bring the outline up to date with the words; raised numbers do not count for size and place."""
        if self.table is not None:
            self.left, self.top, self.right, self.bottom = self.table.box
            self.middle, self.size = (self.top + self.bottom) / 2, self.words[0].size
            return
        body = [word for word in self.words if not word.raised] or self.words
        self.left = min(word.left for word in self.words)
        self.right = max(word.right for word in self.words)
        main = max(body, key=lambda word: len(word.text))
        self.top, self.bottom, self.size = main.top, main.bottom, main.size
        self.middle = (main.top + main.bottom) / 2
        lettered = [word for word in body if any(character.isalnum() for character in word.text)]
        self.bold = bool(lettered) and all(word.bold for word in lettered)

    @property
    def text(self) -> str:
        """The words with spaces between them."""
        return "".join(
            word.text if word.glued or not place else f" {word.text}" for place, word in enumerate(self.words)
        )


@dataclass(slots=True)
class Row:
    """Segments on one line, from left to right."""

    segments: list[Segment]

    @property
    def left(self) -> float:
        return self.segments[0].left

    @property
    def right(self) -> float:
        return self.segments[-1].right

    @property
    def top(self) -> float:
        return min(segment.top for segment in self.segments)

    @property
    def bottom(self) -> float:
        return max(segment.bottom for segment in self.segments)

    @property
    def size(self) -> float:
        return max(self.segments, key=lambda segment: len(segment.text)).size


@dataclass(slots=True)
class Flow:
    """Lines that are read one after the other. With `gutters` they are rows whose cells lie between the gutters."""

    rows: list[Row] = field(default_factory=list)
    gutters: list[tuple[float, float]] = field(default_factory=list)
    side: bool = False  # a note beside the text


# ------------------------------------------------------------------------------------------------ lines


def segments_of(words: Iterable[Word]) -> list[Segment]:
    """Words in the order of the file → segments. A new one begins at a wide gap or another line."""
    groups: list[list[Word]] = []
    last: Word | None = None
    for word in words:
        if last is not None and _continues(last, word):
            groups[-1].append(word)
        else:
            groups.append([word])
        last = word
    return _mended([Segment(group) for group in groups])


def _continues(last: Word, word: Word) -> bool:
    size = max(last.size, word.size, 1.0)
    overlap = min(last.bottom, word.bottom) - max(last.top, word.top)
    if overlap < 0.4 * min(last.bottom - last.top, word.bottom - word.top):
        return False
    return word.left - last.right <= _SPACE * size and word.left >= last.left


def _mended(segments: list[Segment]) -> list[Segment]:
    """Segments of one line that were written apart in the file are joined; a list marker joins its text."""
    mended: list[Segment] = []
    for row in rows_of(segments):
        current = row.segments[0]
        for following in row.segments[1:]:
            size = max(current.size, following.size, 1.0)
            gap = following.left - current.right
            reach = _MARKER_REACH if is_marker(current.text) else _SPACE
            if gap <= reach * size:
                if not gap > 0.1 * size and not following.words[0].glued:
                    following.words[0] = following.words[0]._replace(glued=gap < 0.02 * size and gap > -size)
                current.words.extend(following.words)
                current.measure()
            else:
                mended.append(current)
                current = following
        mended.append(current)
    for segment in mended:
        _raise_references(segment)
    return mended


def _raise_references(segment: Segment) -> None:
    """Small numbers above the line that the file writes as words of their own are reference numbers too."""
    for place, word in enumerate(segment.words):
        if (
            place
            and not word.raised
            and _REFERENCE.fullmatch(word.text)
            and word.size < 0.85 * segment.size
            and (word.top + word.bottom) / 2 < segment.middle
        ):
            segment.words[place] = word._replace(raised=True, glued=True)


def rows_of(segments: Iterable[Segment]) -> list[Row]:
    """Segments gathered into lines from top to bottom."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda segment: (segment.middle, segment.left)):
        first = rows[-1][0] if rows else None
        if first is not None and abs(segment.middle - first.middle) <= _SAME_ROW * max(
            min(segment.size, first.size), 0.5 * max(segment.size, first.size)
        ):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [Row(sorted(row, key=lambda segment: segment.left)) for row in rows]


# ------------------------------------------------------------------------------------------------ reading order


def flows_of(segments: Sequence[Segment], *, depth: int = 0) -> list[Flow]:
    """Segments of a page → flows in reading order."""
    flows: list[Flow] = []
    for rows, gutters in _bands(rows_of(segments)):
        flows.extend(_band_flows(rows, gutters, depth=depth))
    return flows


def _bands(rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[tuple[float, float]]]]:
    """Consecutive rows that leave the same gutters free; a band without gutters is plain text."""
    band: list[Row] = []
    free: list[tuple[float, float]] = []
    reach = (_FAR, -_FAR)  # from left to right, of the rows in the band
    for row in rows:
        gaps = _gaps(row)
        shared = _shared(free, gaps) if band else gaps
        wider = (min(reach[0], row.left), max(reach[1], row.right))
        if band and not _within(shared, wider) and (_within(free, reach) or _within(gaps, (row.left, row.right))):
            yield from _trimmed(band, free)
            band, shared, wider = [], gaps, (row.left, row.right)
        band.append(row)
        free, reach = shared, wider
    if band:
        yield from _trimmed(band, free)


_FAR = 1e7


def _gaps(row: Row) -> list[tuple[float, float]]:
    edges = [-_FAR]
    for segment in row.segments:
        edges += [segment.left, segment.right]
    edges.append(_FAR)
    return [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2) if edges[at + 1] > edges[at]]


def _shared(one: list[tuple[float, float]], two: list[tuple[float, float]]) -> list[tuple[float, float]]:
    shared = []
    at = other = 0
    while at < len(one) and other < len(two):
        left, right = max(one[at][0], two[other][0]), min(one[at][1], two[other][1])
        if right - left >= _NARROWEST_GUTTER:
            shared.append((left, right))
        if one[at][1] < two[other][1]:
            at += 1
        else:
            other += 1
    return shared


def _inner(free: list[tuple[float, float]], rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The gutters with text on both sides."""
    if not free:
        return []
    return _within(free, (min(row.left for row in rows), max(row.right for row in rows)))


def _within(free: list[tuple[float, float]], reach: tuple[float, float]) -> list[tuple[float, float]]:
    return [gutter for gutter in free if gutter[0] >= reach[0] and gutter[1] <= reach[1]]


def _trimmed(band: list[Row], free: list[tuple[float, float]]) -> Iterator[tuple[list[Row], list[tuple[float, float]]]]:
    """A band without the rows above and below that have text on one side of the gutters only and are not part of it."""
    gutters = _inner(free, band)
    if not gutters:
        yield band, []
        return
    across = [place for place, row in enumerate(band) if len(row.segments) > 1]
    if not across:  # the sides stand under each other, not beside each other
        if _beside(band, gutters):
            yield band, gutters
        else:
            yield band, []
        return
    first, last = _reach(band, across, gutters)
    if first:
        yield band[:first], []
    yield band[first : last + 1], _inner(gutters, band[first : last + 1])
    if last + 1 < len(band):
        yield band[last + 1 :], []


def _beside(band: Sequence[Row], gutters: Sequence[tuple[float, float]]) -> bool:
    """Whether rows on the two sides of a gutter overlap in height although none stand on one line."""
    middle = sum(gutters[0]) / 2
    left = [row for row in band if row.right <= middle]
    right = [row for row in band if row.left >= middle]
    if not left or not right:
        return False
    return min(left[-1].bottom, right[-1].bottom) > max(left[0].top, right[0].top)


def _reach(band: Sequence[Row], across: Sequence[int], gutters: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """From the first to the last row of a band that belongs to its columns: lines that follow closely do."""
    first, last = across[0], across[-1]
    while first and _close(band[first - 1], band[first]):
        first -= 1
    while first < across[0] and _only_left(band[first], gutters):
        first += 1  # a heading over the columns
    while last + 1 < len(band) and _close(band[last], band[last + 1]):
        last += 1
    return first, last


def _only_left(row: Row, gutters: Sequence[tuple[float, float]]) -> bool:
    return row.right <= gutters[0][1]


def _close(above: Row, below: Row) -> bool:
    return below.top - above.bottom < 0.8 * max(above.size, below.size, 1.0)


def _band_flows(rows: list[Row], gutters: list[tuple[float, float]], *, depth: int) -> Iterator[Flow]:
    if not gutters or depth > 6:
        yield Flow(rows)
        return
    for gutter in gutters:
        left, right = _sides(rows, gutter)
        match _relation(left, right):
            case "columns":
                yield from flows_of(left, depth=depth + 1)
                yield from flows_of(right, depth=depth + 1)
                return
            case "note left":
                yield from flows_of(right, depth=depth + 1)
                yield from _as_notes(left, depth=depth)
                return
            case "note right":
                yield from flows_of(left, depth=depth + 1)
                yield from _as_notes(right, depth=depth)
                return
    yield Flow(rows, gutters)


def _as_notes(segments: list[Segment], *, depth: int) -> Iterator[Flow]:
    for flow in flows_of(segments, depth=depth + 1):
        flow.side = True
        yield flow


def _sides(rows: Sequence[Row], gutter: tuple[float, float]) -> tuple[list[Segment], list[Segment]]:
    middle = (gutter[0] + gutter[1]) / 2
    left: list[Segment] = []
    right: list[Segment] = []
    for row in rows:
        for segment in row.segments:
            (left if segment.right <= middle else right).append(segment)
    return left, right


def _relation(left: list[Segment], right: list[Segment]) -> str:
    """What two sides of a gutter are to each other: columns of prose, a note beside text, or cells of rows."""
    if len(left) >= 4 and len(right) >= 4 and _is_prose(left) and _is_prose(right):
        return "columns"
    left_letters = sum(len(segment.text) for segment in left)
    right_letters = sum(len(segment.text) for segment in right)
    side, main = (left, right) if left_letters < right_letters else (right, left)
    if len(main) < 4:
        return "rows"
    if _aligned(side, main) < 0.7:
        return "note left" if side is left else "note right"
    return "rows"


def _is_prose(side: Sequence[Segment]) -> bool:
    width = max(segment.right for segment in side) - min(segment.left for segment in side)
    words = median(len(segment.words) for segment in side)
    return words >= _LONG_TEXT and median(segment.right - segment.left for segment in side) >= 0.7 * width


def _aligned(side: Sequence[Segment], main: Sequence[Segment]) -> float:
    """Which share of the side's lines stands on a line of the main text in the same type size."""
    lines = sorted((segment.middle, segment.size) for segment in main)
    at = 0
    matched = 0
    for segment in sorted(side, key=lambda segment: segment.middle):
        while at + 1 < len(lines) and abs(lines[at + 1][0] - segment.middle) <= abs(lines[at][0] - segment.middle):
            at += 1
        middle, size = lines[at]
        if abs(middle - segment.middle) <= 0.25 * segment.size and abs(size - segment.size) <= 0.12 * size:
            matched += 1
    return matched / max(len(side), 1)
