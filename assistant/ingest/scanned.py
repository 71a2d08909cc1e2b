"""Words that were read from images → pieces, by way of the text handling that other scanner output gets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.ingest import markers, metadata, plain
from assistant.ingest.boxes import Word
from assistant.ingest.layout import flows_of, segments_of
from assistant.ingest.printed import Piece, Placed
from assistant.ingest.printed_blocks import QUESTION
from assistant.model import BlockKind, Document

_WIDE_GAP = 0.75  # of the height of a line: more white between lines is an empty line
_LOOK_AHEAD = 40  # characters within which the next word of a block stands


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word that was read, the line of the page it stands on, and how sure the reader is (0 to 100)."""

    word: Word
    line: tuple[int, int, int]  # block, paragraph, line
    confidence: float


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page that was read from its image."""

    number: int
    words: Sequence[RecognisedWord]


def scanned_pieces(pages: Sequence[ScannedPage]) -> Iterator[list[Piece]]:
    """The pieces of pages that follow each other.

    `plain.parse` makes the blocks, because it knows what scanners make of bullets and broken lines; here the words are
    found back in them, for their boxes.
    """
    texts: list[str] = []
    placed: list[Placed] = []
    for page in pages:
        lines = _lines(page.words)
        texts.append(_text(lines))
        placed.extend((word, page.number) for line in lines for word in line)
    document = plain.parse("\f".join(texts), metadata.unknown_info("scan"))
    yield from _pieces(document, placed, first_page=pages[0].number)


def _lines(words: Sequence[RecognisedWord]) -> list[list[Word]]:
    """The lines of a page in the reading order of printed pages.

    All words of a line that was recognised get the height of that line, so that letters with and without tails do not
    part them.
    """
    recognised: dict[tuple[int, int, int], list[Word]] = {}
    for read in words:
        recognised.setdefault(read.line, []).append(read.word)
    originals: dict[Word, Word] = {}
    for line in recognised.values():
        top, bottom = median(word.top for word in line), median(word.bottom for word in line)
        for word in line:
            originals[word._replace(top=top, bottom=bottom, size=bottom - top)] = word
    lines: list[list[Word]] = []
    for flow in flows_of(segments_of(originals)):
        for row in flow.rows:
            same = [word._replace(glued=False) for segment in row.segments for word in segment.words]
            lines.append([originals.get(word._replace(raised=False), word) for word in same])
    return lines


def _text(lines: Sequence[Sequence[Word]]) -> str:
    """The lines of a page, with an empty line wherever the page has more white than between two lines."""
    parts: list[str] = []
    before: Sequence[Word] | None = None
    apart = False
    for line in lines:
        text = " ".join(word.text for word in line)
        heading = QUESTION.fullmatch(text) is not None
        if before is not None:
            height = min(_height(before), _height(line))
            gap = min(word.top for word in line) - max(word.bottom for word in before)
            wide = gap > _WIDE_GAP * height or gap < -2 * height
            parts.append("\n\n" if wide or heading or apart else "\n")
        parts.append(text)
        before, apart = line, heading
    return "".join(parts)


def _height(line: Sequence[Word]) -> float:
    heights = sorted(word.bottom - word.top for word in line)
    return heights[len(heights) // 2]


def _pieces(document: Document, placed: Sequence[Placed], *, first_page: int) -> Iterator[list[Piece]]:
    """The blocks of the text with the words that stand in them, a list for each page.

    Words and blocks come in the same order. A word that stands in no block was a bullet or a page number.
    """
    at = 0
    current = first_page
    pieces: list[Piece] = []
    for place, block in enumerate(document.blocks):
        text = document.text[block.start : block.end]
        following = document.blocks[place + 1 : place + 2]
        ahead = "".join(document.text[later.start : later.end] for later in following)
        words, at = _words_in(text, ahead, placed, at)
        page = words[0][1] if words else current
        if page != current:
            yield pieces
            pieces, current = [], page
        pieces.append(_piece(block.kind, text, words, page, level=block.level, group=block.group))
    yield pieces


def _words_in(text: str, ahead: str, placed: Sequence[Placed], at: int) -> tuple[list[Placed], int]:
    """The words that stand in a block, from the word `at` on, and the first that does not."""
    words: list[Placed] = []
    place = 0
    while at < len(placed):
        found, written = _find(placed[at][0].text, text, place)
        if found < 0:
            rest = len(text) - place
            begins_next = 0 <= _find(placed[at][0].text, ahead, 0)[0] <= 4
            if rest <= 1 or begins_next:
                break
            at += 1  # a bullet that was read as a letter, or a page number
            continue
        words.append(placed[at])
        place = found + len(written)
        at += 1
    return words, at


def _find(written: str, text: str, place: int) -> tuple[int, str]:
    """Where a word stands in a text as a whole word, and as what; -1 when it does not."""
    halves = [written]
    if len(written) > 1 and written.endswith("-"):
        halves.append(written[:-1])  # mended at the line end
    for half in halves:
        found = text.find(half, place)
        while 0 <= found <= place + _LOOK_AHEAD:
            end = found + len(half)
            whole = end == len(text) or text[end] == " " or half.endswith("-") or half != written
            if whole and (found == place or text[found - 1] == " "):
                return found, half
            found = text.find(half, found + 1)
    return -1, written


def _piece(kind: BlockKind, text: str, words: list[Placed], page: int, *, level: int, group: int) -> Piece:
    marker = ""
    if kind is BlockKind.LIST_ITEM:
        first, _, rest = text.partition(" ")
        if markers.item_marker(first) and rest:
            marker, text = first, rest
            if words and words[0][0].text == marker:
                words = words[1:]
    return Piece(
        kind,
        page,
        [words],
        marker=marker,
        depth=level if kind is BlockKind.LIST_ITEM else 0,
        group=-group,  # so that no list of a printed page has the same number
        level=level if kind is BlockKind.HEADING else 0,
        texts=[re.sub(r"\s+", " ", text)],
    )
