"""Lines in reading order → pieces: which lines make a paragraph, what is a heading, an item, a row or a footnote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.ingest import markers
from assistant.ingest.boxes import Sheet, Word, turned
from assistant.ingest.flowing import article_of, follows
from assistant.ingest.layout import Flow, Row, Segment, rows_of, segments_of
from assistant.ingest.printed import Piece, Placed, joined
from assistant.ingest.ruled_tables import RuledTable
from assistant.model import BlockKind

_ENDS = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
QUESTION = re.compile(
    r"(?:Vraag|Vragen|Antwoord(?:en)?(?: op)?(?: de)?(?: vra(?:ag|gen))?|Toelichting)"
    r"(?: \d{1,3}(?:(?:, | en | t/m | tot en met |, en |–|-)\d{1,3})*)?[.:]?"
)
_NUMBERED = re.compile(r"(?P<number>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,4})\.?\s+(?=\S)")
_CHAPTER = re.compile(r"(?:hoofdstuk|deel|bijlage|titel|paragraaf|afdeling)\s+(?:\d+|[IVXLC]+|[A-Z])\b", re.IGNORECASE)
_NOTE_NUMBER = re.compile(r"(?:\d{1,3}|\*{1,3}|[ivx]{1,5})[.)]?")
_LEADERS = re.compile(r"\s*(?:\.\s?){4,}\s*|\s*…{2,}\s*")
_LONGEST_HEADING = 200  # characters
_MOST_HEADING_LINES = 3
_INDENT = 6.0  # points, between the markers of a list and those of a list inside it
_LONGEST_PARAGRAPH = 2000  # words that may still go on over a page end; text without full stops has no end
_GOES_ON = frozenset("de het een van en in op met voor te".split())  # no sentence ends in these
_UNNUMBERED = 9  # depth of a heading without a number: below the numbered ones in the same type


@dataclass(slots=True)
class Line:
    """A line of one column."""

    words: list[Placed]
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    body_left: float  # where the text begins after a list marker


@dataclass(frozen=True, slots=True)
class Style:
    """What is usual in this document."""

    size: float  # of the running text
    bold: bool = False  # whether running text is bold

    @classmethod
    def of(cls, sheets: Iterable[Counter[tuple[float, bool]]]) -> Style:
        """The most used type size, by the letters in it."""
        letters: Counter[tuple[float, bool]] = Counter()
        for counted in sheets:
            letters.update(counted)
        sizes: Counter[float] = Counter()
        for (size, _), count in letters.items():
            sizes[size] += count
        if not sizes:
            return cls(10.0)
        bold = sum(count for (_, is_bold), count in letters.items() if is_bold)
        return cls(sizes.most_common(1)[0][0], 2 * bold > sum(letters.values()))


def letters_of(words: Iterable[Word]) -> Counter[tuple[float, bool]]:
    """How many letters stand in each type size and weight."""
    letters: Counter[tuple[float, bool]] = Counter()
    for word in words:
        letters[round(word.size * 2) / 2, word.bold] += len(word.text)
    return letters


class PieceMaker:
    """Turns the flows of one page after the other into pieces."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._groups = 0
        self.references = 0  # numbers of footnotes left out of sentences

    def pieces(self, sheet: Sheet, flows: Sequence[Flow]) -> list[Piece]:
        """The pieces of a page in reading order, its footnotes last."""
        body: list[Piece] = []
        notes: list[Piece] = []
        for flow in flows:
            rows, foot = self._without_footnotes(flow)
            body.extend(self._flow(sheet, Flow(rows, flow.gutters, flow.side)))
            notes.extend(self._footnotes(sheet, foot))
        self._drop_references(body, {_bare(piece.words[0][0].text) for piece in notes if piece.words})
        return body + notes

    def _group(self) -> int:
        self._groups += 1
        return self._groups

    # -------------------------------------------------------------------------------------- footnotes

    def _without_footnotes(self, flow: Flow) -> tuple[list[Row], list[Row]]:
        """The rows of a flow, and those at its end in small type that begin with a number."""
        rows = flow.rows
        if flow.side:
            return rows, []
        end = len(rows)
        if not rows:
            return [], []
        # what stands under them but in another column is a note in the margin
        left, right = median(row.left for row in rows), median(row.right for row in rows)
        while end > 1 and (rows[end - 1].left >= right or rows[end - 1].right <= left):
            end -= 1
        start = end
        while start and rows[start - 1].size <= 0.93 * self._style.size and not _has_table(rows[start - 1]):
            start -= 1
        # a small caption in front of them is not a footnote
        start = next((at for at in range(start, end) if _starts_note(rows[at])), end)
        return [*rows[:start], *rows[end:]], rows[start:end]

    def _footnotes(self, sheet: Sheet, rows: Sequence[Row]) -> Iterator[Piece]:
        current: Piece | None = None
        for row in rows:
            line = _line(sheet, row.segments)
            if current is None or _starts_note(row):
                if current is not None:
                    yield current
                current = Piece(BlockKind.FOOTNOTE, sheet.number, [[]], size=line.size)
            words = [(word._replace(raised=False, glued=False), page) for word, page in line.words[:1]]
            current.cells[0].extend([*words, *line.words[1:]])
            if len(current.cells[0]) > 1:
                second, page = current.cells[0][1]
                current.cells[0][1] = (second._replace(glued=False), page)
        if current is not None:
            yield current

    def _drop_references(self, pieces: Iterable[Piece], numbers: set[str]) -> None:
        for piece in pieces:
            for place, cell in enumerate(piece.cells):
                kept: list[Placed] = []
                dropped = False
                for word, page in cell:
                    if kept and word.raised and _bare(word.text) in numbers:
                        dropped = True
                        self.references += 1
                        continue
                    closes = dropped and word.text[0] in ".,;:?!»”’)]"
                    kept.append((word._replace(glued=True), page) if closes else (word, page))
                    dropped = False
                piece.cells[place] = kept

    # -------------------------------------------------------------------------------------- flows

    def _flow(self, sheet: Sheet, flow: Flow) -> Iterator[Piece]:
        lines: list[Line] = []
        across = 0
        for row in flow.rows:
            across += len(row.segments) > 1
        as_table = bool(flow.gutters) and across >= 2
        if as_table:
            yield from self._aligned(sheet, flow)
            return
        for row in flow.rows:
            table = next((segment.table for segment in row.segments if segment.table is not None), None)
            if table is not None:
                yield from self._lines(lines, sheet)
                lines = []
                yield from self._ruled(sheet, table)
                rest = [segment for segment in row.segments if segment.table is None]
                if rest:
                    lines.append(_line(sheet, rest))
            else:
                lines.append(_line(sheet, row.segments))
        yield from self._lines(lines, sheet)

    def _ruled(self, sheet: Sheet, table: RuledTable) -> Iterator[Piece]:
        group = self._group()
        for row in table.rows:
            cells = [_cell(sheet, words) for words in row]
            yield Piece(BlockKind.TABLE_ROW, sheet.number, cells, group=group)

    def _aligned(self, sheet: Sheet, flow: Flow) -> Iterator[Piece]:
        """Rows of a table without drawn lines. A line without its first cell goes on in the row above it."""
        group = self._group()
        edges = [(left + right) / 2 for left, right in flow.gutters]
        current: list[list[Placed]] | None = None
        above: Row | None = None
        for place, row in enumerate(flow.rows):
            cells: list[list[Placed]] = [[] for _ in range(len(edges) + 1)]
            for segment in row.segments:
                column = sum(1 for edge in edges if segment.left >= edge)
                cells[column].extend(_line(sheet, [segment]).words)
            below = flow.rows[place + 1] if place + 1 < len(flow.rows) else None
            if current is not None and above is not None and not cells[0] and _goes_on_below(above, row):
                for column, words in enumerate(cells):
                    current[column].extend(words)
            else:
                if current is not None:
                    yield Piece(BlockKind.TABLE_ROW, sheet.number, current, group=group)
                current = cells
                if self._is_heading_row(above, row, below):
                    only = row.segments[0]
                    heading = _line(sheet, [only]).words
                    yield Piece(BlockKind.HEADING, sheet.number, [heading], size=only.size, bold=only.bold)
                    current, group = None, self._group()
            above = row
        if current is not None:
            yield Piece(BlockKind.TABLE_ROW, sheet.number, current, group=group)

    def _is_heading_row(self, above: Row | None, row: Row, below: Row | None) -> bool:
        """Whether a line between the rows of a table is a heading: alone, heavy and apart."""
        only = row.segments[0]
        if len(row.segments) > 1 or below is None or not (only.bold or only.size > 1.1 * self._style.size):
            return False
        alone = above is None or row.top - above.bottom > 0.4 * row.size
        return alone and below.top - row.bottom > 0.4 * row.size and re.search(r"[^\W\d_]{2}", only.text) is not None

    # -------------------------------------------------------------------------------------- lines

    def _lines(self, lines: Sequence[Line], sheet: Sheet) -> Iterator[Piece]:
        if not lines:
            return
        leading = _leading(lines)
        right = max(line.right for line in lines)
        left = min(line.left for line in lines)
        current: Piece | None = None
        gathered: list[Line] = []
        group = 0
        last_marker = ""
        stack: list[float] = []  # where the markers of the open list stand, outermost first
        contents = 0
        held: list[Placed] = []  # the first line of an entry of the contents that takes two
        for place, line in enumerate(lines):
            before = lines[place - 1] if place else None
            after = lines[place + 1] if place + 1 < len(lines) else None
            if contents and after is not None and not held and _is_entry(after) and not _is_entry(line):
                held = line.words
                continue
            if _is_entry(line):
                if current is not None:
                    yield self._finished(current, gathered, lines, place)
                    current = None
                contents = contents or self._group()
                entry = f"{joined(held)} {line.text}" if held else line.text
                cells = [part.strip(" .…") for part in _LEADERS.split(entry)]
                yield Piece(BlockKind.TABLE_ROW, sheet.number, [held + line.words], group=contents, texts=cells)
                held = []
                continue
            contents = 0
            new = before is None or current is None or self._breaks(before, line, leading, right - left, right)
            if not new and before is not None and current is not None and current.kind is BlockKind.LIST_ITEM:
                # under an item but not indented like it, after a full sentence: the list is over
                hanging = gathered[0].body_left > gathered[0].left + 5
                new = hanging and line.left < gathered[0].left + 3 and re.search(r"[.!?;]$", before.text) is not None
            marker = self._marker(line, before, new=new, listing=group, last=last_marker)
            if marker and not self._looks_like_heading(line, marker):
                if current is not None:
                    yield self._finished(current, gathered, lines, place)
                if not group:
                    group, stack = self._group(), []
                while len(stack) > 1 and line.left < stack[-1] - _INDENT:
                    stack.pop()
                if not stack or (line.left > stack[-1] + _INDENT and not follows(last_marker, marker)):
                    stack.append(line.left)
                current = Piece(
                    BlockKind.LIST_ITEM,
                    sheet.number,
                    [_without_marker(line.words)],
                    marker=marker,
                    depth=len(stack) - 1,
                    group=group,
                    size=line.size,
                    bold=line.bold,
                )
                gathered, last_marker = [line], marker
                continue
            if current is not None and not new:
                current.cells[0].extend(line.words)
                gathered.append(line)
                continue
            if current is not None:
                yield self._finished(current, gathered, lines, place)
            group, last_marker = 0, ""
            current = Piece(BlockKind.PARAGRAPH, sheet.number, [list(line.words)], size=line.size, bold=line.bold)
            gathered = [line]
        if current is not None:
            yield self._finished(current, gathered, lines, len(lines))

    def _marker(self, line: Line, before: Line | None, *, new: bool, listing: int, last: str) -> str:
        if len(line.words) < 2:
            return ""
        first = line.words[0][0].text
        marker = markers.item_marker(first)
        if not marker:
            return ""
        if marker == "•":
            if markers.is_sure(first):
                return marker
            ended = before is None or _ENDS.search(before.text) is not None or before.text.endswith(",")
            return marker if (new or ended or (listing and last == "•")) and line.words[1][0].text != first else ""
        if last and follows(last, marker):
            return marker
        return marker if new or (before is not None and _ENDS.search(before.text)) else ""

    def _looks_like_heading(self, line: Line, marker: str) -> bool:
        if marker == "•" or _ENDS.search(line.text):
            return False
        heavier = line.bold and not self._style.bold
        return heavier or line.size > 1.1 * self._style.size

    def _breaks(self, before: Line, line: Line, leading: float, width: float, right: float) -> bool:
        """Whether a new block begins at this line."""
        if line.left >= before.right or line.right <= before.left:
            return True
        if abs(line.size - before.size) > 0.12 * max(line.size, before.size):
            return True
        if line.bold != before.bold and (self._is_short(before) or self._is_short(line)):
            return True
        if QUESTION.fullmatch(before.text) or QUESTION.fullmatch(line.text):
            return True
        step = line.top - before.top
        if step > max(1.35 * leading + 0.5, 1.45 * line.size) or step <= 0:
            return True
        first = line.words[0][0]
        fits = right - before.right - (first.right - first.left) - 0.3 * line.size
        ends = _ENDS.search(before.text) is not None
        lower = line.text[:1].islower()
        if fits > 0.4 * width and not lower and before.body_left < right - 0.5 * width:
            return True
        return fits > 0.1 * width and ends and not lower

    def _is_short(self, line: Line) -> bool:
        return len(line.text) <= 120

    def _finished(self, piece: Piece, gathered: Sequence[Line], lines: Sequence[Line], after: int) -> Piece:
        """The piece with what can only be said when all its lines are known."""
        text = joined(piece.cells[0])
        piece.open_end = after == len(lines) and not re.search(r"[.!?:][\"'”’»)\]]*$", text)
        if piece.kind is BlockKind.PARAGRAPH and self._is_heading(text, gathered):
            piece.kind = BlockKind.HEADING
            piece.open_end = False
        return piece

    def _is_heading(self, text: str, gathered: Sequence[Line]) -> bool:
        if len(gathered) > _MOST_HEADING_LINES or len(text) > _LONGEST_HEADING:
            return False
        if re.search(r"[^\W\d_]{2}", text) is None or "@" in text or re.match(r"(?:https?:|www\.)", text):
            return False
        if QUESTION.fullmatch(text) and len(gathered) == 1:
            return True
        size = max(line.size for line in gathered)
        bold = all(line.bold for line in gathered) and not self._style.bold
        numbered = _NUMBERED.match(text) is not None
        if text.endswith((".", ",", ";", "-")) and not (numbered and (bold or size > 1.1 * self._style.size)):
            return False
        if text[:1].islower():
            return False
        if size >= 1.12 * self._style.size:
            return True
        if bold and size >= 0.95 * self._style.size:
            return not text.endswith(":") or len(text) < 60
        if article_of(text) and len(gathered) == 1 and len(text) < 60:
            return True
        return _CHAPTER.match(text) is not None and len(gathered) == 1 and len(text) < 80


# ------------------------------------------------------------------------------------------------ over pages


def chained(pages: Iterable[list[Piece]]) -> Iterator[Piece]:
    """The pieces of all pages, with a paragraph, list or table that runs on over a column or page end made one.

    The footnotes of a page come after its text, but before a paragraph that runs on from it: so the text of every page
    stays in one stretch.
    """
    held: Piece | None = None
    notes: list[Piece] = []
    for pieces in pages:
        body = [piece for piece in pieces if piece.kind is not BlockKind.FOOTNOTE]
        for place, piece in enumerate(body):
            if held is not None and _goes_on(held, piece):
                yield from notes
                notes = []
                held.cells[0].extend(piece.cells[0])
                held.open_end = piece.open_end
                continue
            if held is not None:
                if place == 0 and _same_group(held, piece):
                    _regroup(body, piece.group, held.group)
                yield held
            yield from notes
            notes = []
            held = piece
        notes.extend(piece for piece in pieces if piece.kind is BlockKind.FOOTNOTE)
    if held is not None:
        yield held
    yield from notes


def _same_group(held: Piece, piece: Piece) -> bool:
    """Whether a list or table on a new page is the one that the last page ended in."""
    if not (held.group and piece.group) or held.kind is not piece.kind:
        return False
    if piece.kind is BlockKind.LIST_ITEM:
        return held.marker == piece.marker == "•" or follows(held.marker, piece.marker)
    return piece.kind is BlockKind.TABLE_ROW and len(held.cells) == len(piece.cells)


def _regroup(pieces: Iterable[Piece], old: int, new: int) -> None:
    for piece in pieces:
        if piece.group == old:
            piece.group = new


def _goes_on(held: Piece, piece: Piece) -> bool:
    if not held.open_end or piece.kind is not BlockKind.PARAGRAPH:
        return False
    if held.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return False
    if abs(held.size - piece.size) > 0.12 * max(held.size, piece.size) or held.bold != piece.bold:
        return False
    before, after = held.cells[0], piece.cells[0]
    if not after or not 5 <= len(before) <= _LONGEST_PARAGRAPH:
        return False
    first, last = after[0][0].text, before[-1][0].text
    return first[:1].islower() or (last.endswith("-") and len(last) > 1) or last in _GOES_ON


HeadingStyle = tuple[float, bool, int]  # smaller sorts higher: size, weight, depth of the number


def heading_levels(styles: Iterable[HeadingStyle]) -> dict[HeadingStyle, int]:
    """The level of every style of heading: larger type first, then bold, then the depth of the number."""
    return {style: min(rank, 6) for rank, style in enumerate(sorted(set(styles)), start=1)}


def heading_style(piece: Piece) -> HeadingStyle:
    """How a heading looks, for its level."""
    text = joined(piece.cells[0])
    numbered = _NUMBERED.match(text)
    depth = _UNNUMBERED
    if numbered:
        depth = numbered["number"].count(".") + 1
    elif _CHAPTER.match(text):
        depth = 1
    return (-round(piece.size * 2) / 2, not piece.bold, depth)


# ------------------------------------------------------------------------------------------------ lines of a page


def _line(sheet: Sheet, segments: Sequence[Segment]) -> Line:
    words = [word for segment in segments for word in segment.words]
    main = max(segments, key=lambda segment: len(segment.text))
    text = " ".join(segment.text for segment in segments)
    body = words[1].left if len(words) > 1 and markers.is_marker(words[0].text) else words[0].left
    return Line(
        words=[_seen(sheet, word) for word in words],
        text=text,
        left=words[0].left,
        right=max(segment.right for segment in segments),
        top=main.top,
        bottom=main.bottom,
        size=main.size,
        bold=all(segment.bold for segment in segments),
        body_left=body,
    )


def _seen(sheet: Sheet, word: Word) -> Placed:
    """A word of an upright page where a reader sees it."""
    if sheet.quarter:
        width, height = sheet.upright_size
        word = turned(word, -sheet.quarter, width, height)
    return word, sheet.number


def _cell(sheet: Sheet, words: Sequence[Word]) -> list[Placed]:
    """The words of a table cell, line by line."""
    placed: list[Placed] = []
    for row in rows_of(segments_of(words)):
        placed.extend(_line(sheet, row.segments).words)
    return placed


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from line to line."""
    steps = Counter(
        round(below.top - above.top, 0)
        for above, below in pairwise(lines)
        if 0 < below.top - above.top < 2.2 * max(above.size, 1)
    )
    if not steps:
        return 1.3 * max(lines[0].size, 1)
    most = max(steps.values())
    return min(step for step, count in steps.items() if count >= 0.5 * most)


def _without_marker(words: list[Placed]) -> list[Placed]:
    second, page = words[1]
    return [(second._replace(glued=False), page), *words[2:]]


def _goes_on_below(above: Row, row: Row) -> bool:
    """Whether a row without its first cell goes on with what stands in its last column right above it."""
    last, over = row.segments[-1], above.segments[-1]
    if last.bold != over.bold or abs(last.size - over.size) > 0.12 * last.size:
        return False
    return row.top - above.bottom < 0.45 * max(row.size, above.size) and abs(last.left - over.left) < 20 * last.size


def _has_table(row: Row) -> bool:
    return any(segment.table is not None for segment in row.segments)


def _is_entry(line: Line) -> bool:
    """Whether a line is one of a table of contents: dots lead to a page number."""
    return _LEADERS.search(line.text) is not None


def _starts_note(row: Row) -> bool:
    words = row.segments[0].words
    return len(words) > 1 and _NOTE_NUMBER.fullmatch(words[0].text) is not None


def _bare(text: str) -> str:
    return text.strip(".)(")
