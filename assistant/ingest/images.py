"""An image file (PNG, JPEG, TIFF) → Document: a scan without a PDF around it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from assistant.errors import UnreadableDocument
from assistant.ingest.pages_in_words import pages_in_words
from assistant.ingest.printed import Writer
from assistant.ingest.scanned import ScannedPage, scanned_pieces
from assistant.model import Document, DocumentInfo

if TYPE_CHECKING:
    from assistant.ingest.ocr import Ocr

LARGEST_IMAGE = 100_000_000  # pixels; A4 at 600 dots per inch is 35 million
_MOST_FRAMES = 500
_USUAL_RESOLUTION = 200.0  # dots per inch of a scan that does not say
_LARGEST_READ = 6000  # pixels along the longer side; Tesseract reads nothing better in larger images


def parse(data: bytes, info: DocumentInfo, *, ocr: Ocr | None) -> Document:
    """The text of an image, one page for each frame. Without `ocr` all pages are listed in `needs_ocr`.

    Raises:
        UnreadableDocument: damaged, or larger than is read.
    """
    sizes: list[tuple[int, float, float]] = []
    pages: list[ScannedPage] = []
    failed: list[int] = []
    for number, image in enumerate(_frames(data, path=info.path), start=1):
        points = _size_in_points(image)
        sizes.append((number, *points))
        if ocr is not None:
            words = ocr.words(_upright(image), points=points)
            if words is None:
                failed.append(number)
            pages.append(ScannedPage(number, words or []))
    writer = Writer(sizes, frozenset())
    if any(page.words for page in pages):
        for pieces in scanned_pieces(pages):
            for piece in pieces:
                writer.write(piece)
    numbers = [number for number, _, _ in sizes]
    read = [number for number in numbers if number not in failed]
    notes = [] if ocr is None or not read else [f"Tekst herkend uit een afbeelding (OCR) op {pages_in_words(read)}"]
    if failed:
        notes.append(f"Tekst herkennen (OCR) mislukte op {pages_in_words(failed)}")
    needs_ocr = numbers if ocr is None else []
    return writer.build(replace(info, pages=len(sizes)), needs_ocr=needs_ocr, notes=notes)


def _frames(data: bytes, *, path: str) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # there is a limit of our own below
            image = Image.open(io.BytesIO(data))
        with image:
            frames = getattr(image, "n_frames", 1)
            if frames > _MOST_FRAMES:
                raise UnreadableDocument(path, f"afbeelding met {frames} pagina's; splits het bestand")
            for frame in ImageSequence.Iterator(image):
                if frame.width * frame.height > LARGEST_IMAGE:
                    size = f"{frame.width} bij {frame.height} beeldpunten"
                    raise UnreadableDocument(path, f"afbeelding van {size}; sla hem kleiner op")
                yield frame
    except Image.DecompressionBombError as error:
        raise UnreadableDocument(path, "afbeelding met veel te veel beeldpunten; sla hem kleiner op") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableDocument(path, "de afbeelding is beschadigd") from error


def _size_in_points(image: Image.Image) -> tuple[float, float]:
    """The size on paper, as a reader sees it: cameras store the turn apart from the picture."""
    across, down = image.info.get("dpi", (0, 0))[:2]
    across = float(across) if 50 <= float(across) <= 2400 else _USUAL_RESOLUTION
    down = float(down) if 50 <= float(down) <= 2400 else _USUAL_RESOLUTION
    width, height = image.width * 72 / across, image.height * 72 / down
    turned = image.getexif().get(0x0112, 1) >= 5  # the tag for orientation
    return (height, width) if turned else (width, height)


def _upright(image: Image.Image) -> Image.Image:
    """The image as it is read: grey, on white, turned as it is seen, and not larger than helps."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        image = Image.alpha_composite(white, layered)
    grey = ImageOps.exif_transpose(image).convert("L")
    grey.thumbnail((_LARGEST_READ, _LARGEST_READ))
    return grey
