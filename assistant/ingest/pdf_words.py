"""What stands on a page of a PDF: words with their boxes, ruled lines and pictures.

Boxes are in PDF points from the top left corner of the page as a reader sees it: turned and cropped.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from assistant.ingest.boxes import Box, Rule, Sheet, Word, turned
from assistant.ingest.hidden import Way
from assistant.ingest.pdf_hidden import A4, Judge, Suspects, parts

_HYPHEN_MARKS = "\ufffe\x02"  # what pdfium puts in the place of a hyphen at a line end
_WORDS = re.compile(rf"[^\s\x00{_HYPHEN_MARKS}]+[{_HYPHEN_MARKS}]?|[{_HYPHEN_MARKS}]")
_REFERENCE_SIGNS = frozenset("0123456789*†")
_REFERENCE_BEFORE = re.compile(r"(?P<number>\d{1,3})(?P<word>[^\d\s].*)")
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_MOST_PATHS = 5000  # drawings and maps have more; they hold no tables
_MOST_SEGMENTS = 1000  # of one path
_DRAWN_LETTERS = 300  # paths on a page whose letters are drawn as outlines
_PICTURES = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING)


class _Glyph(NamedTuple):
    """Size, direction (quarter turns counter-clockwise), weight and base line of one character."""

    size: float
    quarter: int
    bold: bool
    base: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """Words of a page before they are put upright, each with its direction."""

    words: list[tuple[Word, int]]
    text: str


def read_sheet(page: Any, number: int) -> Sheet:
    """The words and ruled lines of a page; those that run in the most common direction are put upright."""
    reader = _PageReader(page)
    rules, covered = reader.rules_and_pictures()
    drawn = reader.words()
    directions: Counter[int] = Counter()
    for word, quarter in drawn.words:
        directions[quarter] += len(word.text)
    main = directions.most_common(1)[0][0] if directions else 0
    width, height = reader.width, reader.height
    upright = [turned(word, main, width, height) for word, quarter in drawn.words if quarter == main]
    asides = [(turned(word, quarter, width, height), quarter) for word, quarter in drawn.words if quarter != main]
    return Sheet(
        number=number,
        width=width,
        height=height,
        quarter=main,
        words=upright,
        asides=asides,
        rules=[turned(rule, main, width, height) for rule in rules],
        raw=drawn.text,
        covered=covered,
        hidden=frozenset(reader.hidden),
    )


class _PageReader:
    def __init__(self, page: Any) -> None:
        self._page = page.raw
        self._handle = page
        crop = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(self._page, crop)
        self._crop = crop
        self._rotation = pdfium.FPDFPage_GetRotation(self._page) % 4
        self._flat = (crop.right - crop.left, crop.top - crop.bottom)
        self.width, self.height = page.get_size()
        self._rect = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._suspects = Suspects(
            scale=min(1.0, max(self.width, self.height) / A4), page=Box(crop.left, crop.top, crop.right, crop.bottom)
        )
        self.hidden: set[Way] = set()  # how text on this page is hidden that was left out
        self._last_shape: int | None = None
        self._last_glyph = _Glyph(0.0, 0, False, 0.0)

    def words(self) -> Drawn:
        textpage = self._handle.get_textpage()
        try:
            count = textpage.count_chars()
            text = textpage.get_text_range() if count else ""
            if len(text) != count:  # a character outside the basic plane, or one without Unicode
                text = "".join(_character(pdfium.FPDFText_GetUnicode(textpage.raw, at)) for at in range(count))
            words: list[tuple[Word, int]] = []
            for start, end in self._seen_words(textpage.raw, text):
                words.extend(self._word(textpage.raw, text, start, end))
            return Drawn(words, text)
        finally:
            textpage.close()

    def _seen_words(self, textpage: Any, text: str) -> Iterator[tuple[int, int]]:
        """The words of a page as far as a reader sees them: start and end in its text."""
        by_shape = self._suspects.by_shape
        if by_shape:
            self._suspects.keep_written(textpage)
        if not by_shape:
            yield from (found.span() for found in _WORDS.finditer(text))
            return
        odd = [by_shape.get(self._shape(textpage, at) or 0) for at in range(len(text))]
        pictures = [self._seen(box.left, box.bottom, box.right, box.top) for box in self._suspects.pictures]
        judge = Judge(self._handle, self._suspects, pictures, self.width * self.height)
        invisible = sum(one is not None and one.way is Way.INVISIBLE for one in odd)
        if judge.is_scan(invisible, sum(not letter.isspace() for letter in text)):
            odd = [None if one is not None and one.way is Way.INVISIBLE else one for one in odd]
        for found in _WORDS.finditer(text):
            begun: int | None = None  # where the part of the word that is seen begins
            for start, end, suspect in parts(odd[found.start() : found.end()]):
                start, end = start + found.start(), end + found.start()
                box = _joined(self._box(textpage, start), self._box(textpage, end - 1))
                if suspect is not None and judge.is_hidden(suspect, box):
                    self.hidden.add(suspect.way)
                    if begun is not None:
                        yield begun, start
                    begun = None
                elif begun is None:
                    begun = start
            if begun is not None:
                yield begun, found.end()

    @staticmethod
    def _shape(textpage: Any, at: int) -> int | None:
        return ctypes.cast(pdfium.FPDFText_GetTextObject(textpage, at), ctypes.c_void_p).value

    def _word(self, textpage: Any, text: str, start: int, end: int) -> Iterator[tuple[Word, int]]:
        glyph = self._glyph(textpage, start)
        first, last = self._box(textpage, start), self._box(textpage, end - 1)
        if not _plausible(first, last, end - start, glyph):
            yield from self._scattered(textpage, text, start, end)
            return
        written = text[start:end]
        if written[-1] in _HYPHEN_MARKS:
            written = f"{written[:-1]}-"
        parts = self._parts(textpage, written, start, end, glyph)
        for place, (part_start, part_end, raised) in enumerate(parts):
            shape = glyph if part_start == start else self._glyph(textpage, part_start)
            box = _joined(
                first if part_start == start else self._box(textpage, part_start),
                last if part_end == end else self._box(textpage, part_end - 1),
            )
            if self._is_outside(box):
                self.hidden.add(Way.OUTSIDE)
                continue
            part = written[part_start - start : part_end - start]
            yield Word(part, *box, shape.size, shape.bold, raised, place > 0), shape.quarter

    def _parts(self, textpage: Any, written: str, start: int, end: int, glyph: _Glyph) -> list[tuple[int, int, bool]]:
        """A word with a raised reference number at its end or start falls apart into the two."""
        last = len(written.rstrip(".,;:?!»”’)]"))
        if last > 1 and written[last - 1] in _REFERENCE_SIGNS:
            cut = last
            while (
                cut > 1 and written[cut - 1] in _REFERENCE_SIGNS and self._is_raised(textpage, start + cut - 1, glyph)
            ):
                cut -= 1
            if cut < last:
                parts = [(start, start + cut, False), (start + cut, start + last, True), (start + last, end, False)]
                return [part for part in parts if part[0] < part[1]]
        before = _REFERENCE_BEFORE.fullmatch(written)
        if before:
            cut = start + before.start("word")
            if self._is_raised(textpage, start, self._glyph(textpage, cut)):
                return [(start, cut, True), (cut, end, False)]
        return [(start, end, False)]

    def _is_raised(self, textpage: Any, at: int, glyph: _Glyph) -> bool:
        """Whether a character is smaller than, and stands above, the one that `glyph` tells of."""
        this = self._glyph(textpage, at)
        return this.size < 0.85 * glyph.size and this.base > glyph.base + 0.1 * glyph.size

    def _scattered(self, textpage: Any, text: str, start: int, end: int) -> Iterator[tuple[Word, int]]:
        """A "word" whose letters do not stand in one line: cut where they jump."""
        run = start
        for at in range(start + 1, end + 1):
            glyph = self._glyph(textpage, run)
            if at < end and _plausible(self._box(textpage, at - 1), self._box(textpage, at), 2, glyph):
                continue
            box = _joined(self._box(textpage, run), self._box(textpage, at - 1))
            if self._is_outside(box):
                self.hidden.add(Way.OUTSIDE)
            else:
                written = text[run:at].replace("\ufffe", "-").replace("\x02", "-")
                yield Word(written, *box, glyph.size, glyph.bold, False, False), glyph.quarter
            run = at

    def _glyph(self, textpage: Any, at: int) -> _Glyph:
        """What a character looks like; the same for all that were written in one go."""
        shape = self._shape(textpage, at)
        if shape is None or shape != self._last_shape:
            self._last_shape, self._last_glyph = shape, self._read_glyph(textpage, at)
        return self._last_glyph

    def _read_glyph(self, textpage: Any, at: int) -> _Glyph:
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(textpage, at, matrix)
        size = pdfium.FPDFText_GetFontSize(textpage, at) * math.hypot(matrix.c, matrix.d)
        angle = math.degrees(math.atan2(matrix.b, matrix.a))
        weight = pdfium.FPDFText_GetFontWeight(textpage, at)
        length = pdfium.FPDFText_GetFontInfo(textpage, at, self._name, len(self._name), self._flags)
        name = self._name.raw[: max(0, min(length - 1, len(self._name)))]
        bold = weight >= _BOLD_WEIGHT or _BOLD_NAME.search(name) is not None
        quarter = (round(angle / 90) - self._rotation) % 4
        # along the normal of the writing direction, so that it means "higher on the line" at every angle
        length_up = math.hypot(matrix.c, matrix.d) or 1.0
        base = (matrix.e * matrix.c + matrix.f * matrix.d) / length_up
        return _Glyph(size if math.isfinite(size) else 0.0, quarter, bold, base)

    def _box(self, textpage: Any, at: int) -> Box:
        rect = self._rect
        pdfium.FPDFText_GetLooseCharBox(textpage, at, rect)
        return self._seen(rect.left, rect.bottom, rect.right, rect.top)

    def _seen(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the page's own coordinates as it is seen: from the top left, turned and cropped."""
        crop = self._crop
        flat = Box(left - crop.left, crop.top - top, right - crop.left, crop.top - bottom)
        return turned(flat, self._rotation, *self._flat)

    def _is_outside(self, box: Box) -> bool:
        middle, centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        return not (-1 <= middle <= self.width + 1 and -1 <= centre <= self.height + 1)

    # ------------------------------------------------------------------------------------------ drawings

    def rules_and_pictures(self) -> tuple[list[Rule], float]:
        """Straight horizontal and vertical lines, and how much of the page is picture or drawing (0 to 1)."""
        rules: list[Rule] = []
        area = max(self.width * self.height, 1.0)
        covered = 0.0
        paths = 0
        edges = [ctypes.c_float() for _ in range(4)]
        for at in range(pdfium.FPDFPage_CountObjects(self._page)):
            shape = pdfium.FPDFPage_GetObject(self._page, at)
            kind = pdfium.FPDFPageObj_GetType(shape)
            self._suspects.see(shape, kind)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                paths += 1
                if paths <= _MOST_PATHS:
                    rules.extend(self._rules(shape))
            if kind in _PICTURES and pdfium.FPDFPageObj_GetBounds(shape, *edges):
                box = self._seen(*(edge.value for edge in edges))
                wide = min(box.right, self.width) - max(box.left, 0.0)
                high = min(box.bottom, self.height) - max(box.top, 0.0)
                covered += max(wide, 0.0) * max(high, 0.0) / area
        if paths > _MOST_PATHS:
            rules = []
        return rules, 1.0 if paths > _DRAWN_LETTERS else min(covered, 1.0)

    def _rules(self, shape: Any) -> Iterator[Rule]:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(shape, fill, stroke)
        if not stroke.value and (not fill.value or _is_white(shape)):
            return
        count = pdfium.FPDFPath_CountSegments(shape)
        if not 2 <= count <= _MOST_SEGMENTS:
            return
        matrix = self._matrix
        pdfium.FPDFPageObj_GetMatrix(shape, matrix)
        x, y = ctypes.c_float(), ctypes.c_float()
        start = before = (0.0, 0.0)
        for at in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(shape, at)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = (
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                yield from self._straight(before, point)
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield from self._straight(point, start)
            before = point

    def _straight(self, one: tuple[float, float], two: tuple[float, float]) -> Iterator[Rule]:
        wide, high = abs(one[0] - two[0]), abs(one[1] - two[1])
        if (wide < 1 and high > 5) or (high < 1 and wide > 5):
            seen = self._seen(min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1]))
            yield Rule(*seen)


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\x01"


def _is_white(shape: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = pdfium.FPDFPageObj_GetFillColor(shape, red, green, blue, alpha)
    return bool(known) and (min(red.value, green.value, blue.value) >= 250 or alpha.value == 0)


def _plausible(first: Box, last: Box, letters: int, glyph: _Glyph) -> bool:
    """Whether two letters can be the first and last of one word."""
    size = max(glyph.size, 1.0)
    if glyph.quarter % 2:
        first, last = Box(*_flipped(first)), Box(*_flipped(last))
    if abs((first.top + first.bottom) - (last.top + last.bottom)) / 2 > 0.6 * size:
        return False
    return max(first.right, last.right) - min(first.left, last.left) <= 1.6 * size * (letters + 1)


def _flipped(box: Box) -> tuple[float, float, float, float]:
    return box.top, box.left, box.bottom, box.right


def _joined(one: Box, two: Box) -> Box:
    return Box(min(one.left, two.left), min(one.top, two.top), max(one.right, two.right), max(one.bottom, two.bottom))
