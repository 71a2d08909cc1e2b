"""Text of a PDF page that its reader does not see: found by how it is drawn, and where that leaves doubt by what a drawing shows.

Most pages have nothing odd, which one walk over their objects tells. Only of a page that has is a picture made.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from assistant.ingest.boxes import Box
from assistant.ingest.hidden import DIFFERENT, PALE, TINY_POINTS, Colour, Way, alike

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

A4 = 842.0  # points; on a smaller page letters are smaller too
_CLEAR = 26  # of 255: less opaque than this is not there
_BACKGROUND = 0.35  # of the pixels around letters that can be read are something else than the letters
_INK = 0.01  # of those pixels, at least, are letter where there is one
_SCAN_PICTURE = 0.5  # of a page
_SCAN_LETTERS = 0.8  # of its letters are invisible
_MOST_PIXELS = 2_000_000
_DEEPEST_FORM = 4
_LEAST_FILL = 5.0  # points; a thinner area is a line


@dataclass(slots=True)
class Suspect:
    """Why the text of one drawing command may be hidden, and its colour."""

    way: Way
    colour: Colour
    shape: Any


@dataclass(slots=True)
class Suspects:
    """What the objects of a page tell of its text. Coordinates are the page's own.

    `by_shape`: the odd text objects by address.
    """

    scale: float  # of the largest side of the page to that of A4, at most 1
    by_shape: dict[int, Suspect] = field(default_factory=dict)
    page: Box | None = None
    fills: dict[Colour, list[Box]] = field(default_factory=dict)  # areas in a colour, for text in the same one
    pictures: list[Box] = field(default_factory=list)
    _like: dict[Colour, list[Box]] = field(default_factory=dict)
    _last_clip: tuple[tuple[float, ...], Box | None] = ((), None)
    _numbers: list[Any] = field(default_factory=lambda: [ctypes.c_uint() for _ in range(4)])
    _edges: list[Any] = field(default_factory=lambda: [ctypes.c_float() for _ in range(4)])
    _matrix: Any = field(default_factory=pdfium.FS_MATRIX)
    _size: Any = field(default_factory=ctypes.c_float)

    def see(self, shape: Any, kind: int, *, depth: int = 0, scale: float = 1.0) -> None:
        """Take note of an object of the page, in the order in which they are drawn."""
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self._see_text(shape, depth=depth, scale=scale)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE and depth == 0:
            self.pictures.append(self._bounds(shape))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and depth == 0:
            self._see_fill(shape)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            pdfium.FPDFPageObj_GetMatrix(shape, self._matrix)
            inner = scale * abs(self._matrix.a * self._matrix.d - self._matrix.b * self._matrix.c) ** 0.5
            for at in range(pdfium.FPDFFormObj_CountObjects(shape)):
                part = pdfium.FPDFFormObj_GetObject(shape, at)
                self.see(part, pdfium.FPDFPageObj_GetType(part), depth=depth + 1, scale=inner)

    def keep_written(self, textpage: Any) -> None:
        """Forget the suspects that write nothing but space."""
        buffer = (ctypes.c_ushort * 64)()
        for address, suspect in list(self.by_shape.items()):
            length = pdfium.FPDFTextObj_GetText(suspect.shape, textpage, buffer, len(buffer) * 2) // 2
            if length <= len(buffer) and all(code in (0, 32, 160, 9, 10, 13) for code in buffer[: max(length, 0)]):
                del self.by_shape[address]

    def _see_fill(self, shape: Any) -> None:
        red, green, blue, alpha = self._numbers
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(shape, mode, stroke)
        if not mode.value or not pdfium.FPDFPageObj_GetFillColor(shape, red, green, blue, alpha) or not alpha.value:
            return
        colour = (red.value, green.value, blue.value)
        bounds = self._bounds(shape)
        wide, high = bounds.right - bounds.left, bounds.top - bounds.bottom
        if min(colour) < PALE and min(wide, high) >= _LEAST_FILL * self.scale:
            self.fills.setdefault(colour, []).append(bounds)
            self._like.clear()

    def _see_text(self, shape: Any, *, depth: int, scale: float) -> None:
        mode = pdfium.FPDFTextObj_GetTextRenderMode(shape)
        red, green, blue, alpha = self._numbers
        ask = pdfium.FPDFPageObj_GetStrokeColor if mode == 1 else pdfium.FPDFPageObj_GetFillColor
        known = ask(shape, red, green, blue, alpha)
        colour = (red.value, green.value, blue.value) if known else (0, 0, 0)
        way = self._way(shape, mode, colour, alpha.value if known else 255, depth=depth, scale=scale)
        if way is not None:
            address = ctypes.cast(shape, ctypes.c_void_p).value
            if address is not None:
                self.by_shape[address] = Suspect(way, colour, shape)

    def _way(self, shape: Any, mode: int, colour: Colour, alpha: int, *, depth: int, scale: float) -> Way | None:
        if mode in (3, 7):
            return Way.INVISIBLE
        if alpha < _CLEAR:
            return Way.CLEAR
        matrix = self._matrix
        pdfium.FPDFTextObj_GetFontSize(shape, self._size)
        pdfium.FPDFPageObj_GetMatrix(shape, matrix)
        upward = (matrix.c * matrix.c + matrix.d * matrix.d) ** 0.5
        if abs(self._size.value) * upward * scale < TINY_POINTS * self.scale:
            return Way.TINY
        if colour[0] >= PALE and min(colour) >= PALE and not self._is_outlined(shape, mode):
            return Way.COLOUR
        if depth == 0:
            areas = self._areas_like(colour)
            if areas:
                bounds = self._bounds(shape)
                if any(_overlap(bounds, area) for area in areas):
                    return Way.COLOUR
            clip = self._clip(shape)
            if clip is not None and not _overlap(clip, self._bounds(shape)):
                return Way.OUTSIDE
        return None

    def _is_outlined(self, shape: Any, mode: int) -> bool:
        """Whether letters have an outline in a colour that is seen."""
        if mode not in (2, 6):
            return False
        red, green, blue, alpha = self._numbers
        known = pdfium.FPDFPageObj_GetStrokeColor(shape, red, green, blue, alpha)
        return bool(known) and alpha.value >= _CLEAR and min(red.value, green.value, blue.value) < PALE

    def _areas_like(self, colour: Colour) -> list[Box]:
        """The areas in the colour of some text, drawn before it."""
        if not self.fills:
            return []
        if colour not in self._like:
            self._like[colour] = [area for fill, areas in self.fills.items() if alike(colour, fill) for area in areas]
        return self._like[colour]

    def _bounds(self, shape: Any) -> Box:
        """Left, top, right, bottom, in the page's own coordinates: the top is the larger of the two."""
        left, bottom, right, top = self._edges
        if not pdfium.FPDFPageObj_GetBounds(shape, left, bottom, right, top):
            return Box(0.0, 0.0, 0.0, 0.0)
        return Box(left.value, top.value, right.value, bottom.value)

    def _clip(self, shape: Any) -> Box | None:
        """The part of the page in which an object is shown, or None for all of it."""
        clip = pdfium.FPDFPageObj_GetClipPath(shape)
        paths = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
        if paths <= 0:
            return None
        # most objects have the clip of the one before: two corners of the innermost tell
        key = (paths, *self._corner(clip, paths - 1, 0), *self._corner(clip, paths - 1, 2))
        if key != self._last_clip[0]:
            self._last_clip = key, self._read_clip(clip, paths)
        return self._last_clip[1]

    def _corner(self, clip: Any, path: int, at: int) -> tuple[float, float]:
        x, y = self._edges[:2]
        if not pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(clip, path, at), x, y):
            return 0.0, 0.0
        return x.value, y.value

    def _read_clip(self, clip: Any, paths: int) -> Box | None:
        shown: Box | None = None
        for path in range(min(paths, 8)):
            count = pdfium.FPDFClipPath_CountPathSegments(clip, path)
            if not 2 <= count <= 200:
                continue
            points = [self._corner(clip, path, at) for at in range(count)]
            horizontal, vertical = [point[0] for point in points], [point[1] for point in points]
            box = Box(min(horizontal), max(vertical), max(horizontal), min(vertical))
            shown = box if shown is None else _common(shown, box)
        if shown is None or not self.page:
            return shown
        page = self.page
        whole = shown.left <= page.left + 1 and shown.right >= page.right - 1
        return None if whole and shown.bottom <= page.bottom + 1 and shown.top >= page.top - 1 else shown


def _overlap(one: Box, other: Box) -> bool:
    return (
        min(one.right, other.right) > max(one.left, other.left)
        and min(one.top, other.top) > max(one.bottom, other.bottom)
    )  # fmt: skip


def _common(one: Box, other: Box) -> Box:
    return Box(
        max(one.left, other.left), min(one.top, other.top), min(one.right, other.right), max(one.bottom, other.bottom)
    )


class Judge:
    """Says of suspect text whether a reader sees it.

    Args:
        page: the page, to be drawn when its objects alone do not tell.
        suspects: what its objects tell.
        pictures: the pictures of the page as boxes from the top left corner.
        area: of the page, in points.
    """

    def __init__(self, page: Any, suspects: Suspects, pictures: list[Box], area: float) -> None:
        self._page = page
        self._suspects = suspects
        self._pictures = pictures
        self._area = max(area, 1.0)
        self._drawing: tuple[Pixels, float] | None = None

    def is_scan(self, invisible: int, letters: int) -> bool:
        """Whether the invisible text is what a scanner read from the picture that fills the page."""
        covered = sum((box.right - box.left) * (box.bottom - box.top) for box in self._pictures) / self._area
        return covered >= _SCAN_PICTURE and invisible >= _SCAN_LETTERS * letters

    def is_hidden(self, suspect: Suspect, box: Box) -> bool:
        """Whether nobody sees this text at this place, given in points from the top left corner."""
        if suspect.way in (Way.TINY, Way.CLEAR):
            return True
        if suspect.way is Way.INVISIBLE:
            # read from a picture on a page that has other text as well
            middle, centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            on_picture = any(
                one.left <= middle <= one.right and one.top <= centre <= one.bottom for one in self._pictures
            )
            return not on_picture or self._is_blank(box)
        pixels = self._pixels(box)
        if not pixels.size:
            return True
        apart = abs(pixels.astype("int16") - suspect.colour).max(axis=-1) >= DIFFERENT
        share = float(apart.mean())
        if suspect.way is Way.OUTSIDE:
            return share > 1 - _INK
        return share < _BACKGROUND

    def _is_blank(self, box: Box) -> bool:
        pixels = self._pixels(box)
        return not pixels.size or int(pixels.max()) - int(pixels.min()) < 2 * DIFFERENT

    def _pixels(self, box: Box) -> Pixels:
        if self._drawing is None:
            scale = min(2.0, (_MOST_PIXELS / self._area) ** 0.5)
            bitmap = self._page.render(scale=scale, draw_annots=False)
            try:
                import numpy as np

                self._drawing = np.asarray(bitmap.to_pil().convert("RGB")), scale
            finally:
                bitmap.close()
        pixels, scale = self._drawing
        left, top = max(0, int(box.left * scale)), max(0, int(box.top * scale))
        return pixels[top : max(top, round(box.bottom * scale)), left : max(left, round(box.right * scale))]


def parts(ways: list[Suspect | None]) -> Iterator[tuple[int, int, Suspect | None]]:
    """The stretches of characters that were drawn alike: (start, end, why they are suspect)."""
    start = 0
    for at in range(1, len(ways) + 1):
        if at == len(ways) or ways[at] is not ways[start]:
            yield start, at, ways[start]
            start = at
