"""PDF → Document, and a page of it as a picture."""

from __future__ import annotations

import pickle
import re
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.errors import UnreadableDocument
from assistant.ingest import hidden, metadata
from assistant.ingest.boxes import Sheet
from assistant.ingest.first_page import from_first_page
from assistant.ingest.kinds import LARGEST_TEXT
from assistant.ingest.layout import Segment, flows_of, segments_of
from assistant.ingest.pages_in_words import pages_in_words
from assistant.ingest.pdf_words import read_sheet
from assistant.ingest.printed import Piece, Writer
from assistant.ingest.printed_blocks import (
    HeadingStyle,
    PieceMaker,
    Style,
    chained,
    heading_levels,
    heading_style,
    letters_of,
)
from assistant.ingest.ruled_tables import find_tables
from assistant.ingest.running_lines import Edge, Running, edges_of, find_running
from assistant.ingest.scanned import ScannedPage, scanned_pieces
from assistant.model import BlockKind, Document, DocumentInfo

if TYPE_CHECKING:
    from PIL.Image import Image

    from assistant.ingest.ocr import Ocr

_MOST_PAGES = 20_000
_MOST_PIXELS = 40_000_000  # of a page that is drawn
_FEW_WORDS = 50  # beside pictures that cover a good part of the page: a stamp, page number or footnotes
_MOSTLY_PICTURE = 0.2  # of the page
_SOME_PICTURE = 0.02  # on a page without any word
_PACKAGE = 500  # pieces
_SCAN_RESOLUTION = 300  # dots per inch


def parse(data: bytes, info: DocumentInfo, *, ocr: Ocr | None) -> Document:
    """The text of a PDF in reading order, with the place of every word on its page.

    Running headers, footers and page numbers are left out. Pages that are pictures, or whose text layer is unusable,
    are read by `ocr`; without it they are listed in `needs_ocr`.

    Raises:
        UnreadableDocument: damaged, protected by a password, without pages or far too large.
    """
    file = _open(data, path=info.path)
    try:
        return _Reading(file, info, ocr).document()
    finally:
        file.close()


_ONE_AT_A_TIME = threading.Lock()  # PDFium is not safe for threads: pictures came out wrong when several drew at once


def render_page(path: Path, page: int, *, width_pixels: int) -> Image:
    """A page (1-based) as a picture of this width; smaller when the page is so long that it would be huge.

    Raises:
        UnreadableDocument: the file cannot be opened.
        ValueError: it has no such page.
    """
    return render_bytes(path, page, width_pixels=width_pixels, path=path.name)


def render_bytes(source: bytes | Path, page: int, *, width_pixels: int, path: str) -> Image:
    """As `render_page`, of a file that may be in memory; `path` is its name for messages."""
    with _ONE_AT_A_TIME:
        return _rendered(source, page, width_pixels=width_pixels, path=path)


def _rendered(source: bytes | Path, page: int, *, width_pixels: int, path: str) -> Image:
    file = _open(source, path=path)
    try:
        if not 1 <= page <= len(file):
            raise ValueError(f"{path} has pages 1 to {len(file)}, not {page}")
        sheet = file[page - 1]
        width, height = sheet.get_size()
        # pdfium rounds up, so a hair less gives the width that was asked for
        return _drawn(sheet, scale=(width_pixels - 0.001) / max(width, 1.0), area=width * height)
    finally:
        file.close()


def _drawn(page: Any, *, scale: float, area: float, grey: bool = False) -> Image:
    largest = (_MOST_PIXELS / max(area, 1.0)) ** 0.5
    bitmap = page.render(scale=min(scale, largest), grayscale=grey)
    try:
        image: Image = bitmap.to_pil().copy()
        return image
    finally:
        bitmap.close()


_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "met een wachtwoord beveiligd; sla het op zonder wachtwoord",
    pdfium.FPDF_ERR_SECURITY: "beveiligd op een manier die niet wordt ondersteund; sla het op zonder beveiliging",
    pdfium.FPDF_ERR_FORMAT: "het bestand is beschadigd of geen PDF",
    pdfium.FPDF_ERR_PAGE: "het bestand is beschadigd: een pagina ontbreekt",
}


def _open(source: bytes | Path, *, path: str) -> Any:
    try:
        file = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        reason = _REASONS.get(getattr(error, "err_code", None), "het bestand is beschadigd of geen PDF")
        raise UnreadableDocument(path, reason) from error
    except (OSError, ValueError) as error:
        raise UnreadableDocument(path, "het bestand kan niet worden geopend") from error
    if not 1 <= len(file) <= _MOST_PAGES:
        pages = len(file)
        file.close()
        reason = "heeft geen pagina's" if not pages else f"heeft {pages} pagina's; splits het bestand"
        raise UnreadableDocument(path, reason)
    return file


# ------------------------------------------------------------------------------------------------ reading


@dataclass(slots=True)
class _Kept:
    """A page between the two passes over a document, packed small: a long document has millions of words."""

    number: int
    width: float
    height: float
    upright_height: float
    packed: bytes = b""  # Sheet and its segments
    edges: list[Edge] = field(default_factory=list)
    scan: ScannedPage | None = None


class _Reading:
    """One pass over the pages to see what is on them, and one to write them down."""

    def __init__(self, file: Any, info: DocumentInfo, ocr: Ocr | None) -> None:
        self._file = file
        self._info = info
        self._ocr = ocr
        self._letters: Counter[tuple[float, bool]] = Counter()
        self._known: set[str] = set()
        self._needs_ocr: list[int] = []
        self._failed: list[int] = []  # pages on which Tesseract itself failed
        self._damaged: list[int] = []
        self._garbled: list[int] = []
        self._scanned: list[int] = []
        self._hidden: dict[int, frozenset[hidden.Way]] = {}
        self._characters = 0

    def document(self) -> Document:
        kept = [self._look(number) for number in range(1, len(self._file) + 1)]
        if len(self._damaged) == len(kept):
            raise UnreadableDocument(self._info.path, "het bestand is beschadigd: geen enkele pagina is leesbaar")
        running = find_running({page.number: page.edges for page in kept if page.edges})
        maker = PieceMaker(Style.of([self._letters]))
        # pieces wait in small packages until all headings, and so their levels, are known
        packages: list[bytes] = []
        styles: set[HeadingStyle] = set()
        pieces = chained(self._pages(kept, running, maker))
        while package := list(islice(pieces, _PACKAGE)):
            styles.update(heading_style(piece) for piece in package if _needs_level(piece))
            packages.append(pickle.dumps(package, protocol=pickle.HIGHEST_PROTOCOL))
        levels = heading_levels(styles)
        writer = Writer([(page.number, page.width, page.height) for page in kept], frozenset(self._known))
        for place, packed in enumerate(packages):
            packages[place] = b""
            for piece in pickle.loads(packed):
                if _needs_level(piece):
                    piece.level = levels[heading_style(piece)]
                writer.write(piece)
        document = writer.build(
            replace(self._info, pages=len(self._file)), needs_ocr=self._needs_ocr, notes=self._notes(running, maker)
        )
        return replace(document, info=_described(self._file, from_first_page(document)))

    def _look(self, number: int) -> _Kept:
        """What is on a page: words, or a picture to be read."""
        try:
            page = self._file[number - 1]
        except pypdfium2.PdfiumError:
            self._damaged.append(number)
            return _Kept(number, 0.0, 0.0, 0.0)
        try:
            sheet = read_sheet(page, number)
            self._characters += len(sheet.raw)
            if sheet.hidden:
                self._hidden[number] = sheet.hidden
            if self._characters > LARGEST_TEXT:
                million = LARGEST_TEXT // 1_000_000
                raise UnreadableDocument(
                    self._info.path, f"de tekst is langer dan {million} miljoen tekens; splits het bestand"
                )
            kept = _Kept(number, sheet.width, sheet.height, sheet.upright_size[1])
            garbled = is_garbage(sheet.raw)
            if garbled:
                self._garbled.append(number)
            # a page with some words and a picture that gave no text keeps its words
            if (garbled or is_picture(sheet)) and (self._read_picture(page, kept) or garbled):
                return kept
            return self._keep(sheet, kept)
        finally:
            page.close()

    def _read_picture(self, page: Any, kept: _Kept) -> bool:
        """Whether a page that is a picture gave text."""
        if self._ocr is None:
            self._needs_ocr.append(kept.number)
            return False
        image = _drawn(page, scale=_SCAN_RESOLUTION / 72, area=kept.width * kept.height, grey=True)
        words = self._ocr.words(image, points=(kept.width, kept.height))
        if words is None:
            self._failed.append(kept.number)
            return False
        if not words:
            return False
        self._scanned.append(kept.number)
        kept.scan = ScannedPage(kept.number, words)
        # the lines at the edges are looked at like those of a printed page
        kept.edges = edges_of(segments_of(recognised.word for recognised in words), kept.height)
        return True

    def _keep(self, sheet: Sheet, kept: _Kept) -> _Kept:
        self._letters.update(letters_of(sheet.words))
        self._known.update(word.text.lower().strip(".,;:!?()\"'“”‘’") for word in sheet.words)
        tables, rest = find_tables(sheet.rules, sheet.words)
        segments = segments_of(rest)
        kept.edges = edges_of(segments, kept.upright_height)
        for table in tables:
            inside = [word for row in table.rows for cell in row for word in cell]
            segments.append(Segment(inside, table=table))
        sheet.words, sheet.rules, sheet.raw = [], [], ""
        kept.packed = pickle.dumps((sheet, segments), protocol=pickle.HIGHEST_PROTOCOL)
        return kept

    def _pages(self, kept: Sequence[_Kept], running: Running, maker: PieceMaker) -> Iterator[list[Piece]]:
        scans: list[ScannedPage] = []
        for page in kept:
            if page.scan is not None:
                scans.append(_without_running(page.scan, running.places.get(page.number, set())))
                continue
            if scans:
                yield from scanned_pieces(scans)
                scans = []
            if page.packed:
                sheet, segments = pickle.loads(page.packed)
                page.packed = b""
                left_out = running.places.get(page.number, set())
                shown = [segment for place, segment in enumerate(segments) if place not in left_out]
                pieces = maker.pieces(sheet, flows_of(shown))
                for aside in _asides(sheet):
                    pieces.extend(maker.pieces(aside, flows_of(segments_of(aside.words))))
                yield pieces
        if scans:
            yield from scanned_pieces(scans)

    def _notes(self, running: Running, maker: PieceMaker) -> list[str]:
        notes = []
        if running.lines:
            shown = "; ".join(f"“{line[:80]}”" for line in running.lines[:3])
            more = f" en nog {len(running.lines) - 3}" if len(running.lines) > 3 else ""
            notes.append(f"Kop- en voetregels zijn weggelaten: {shown}{more}")
        if running.numbers:
            notes.append("Paginanummers zijn weggelaten")
        if maker.references:
            notes.append("Verwijsnummers van voetnoten zijn uit de lopende tekst weggelaten")
        if self._hidden:
            where = f"op {pages_in_words(list(self._hidden))}"
            notes.append(hidden.note(where, frozenset[hidden.Way]().union(*self._hidden.values())))
        if self._garbled:
            notes.append(f"De tekstlaag is onbruikbaar op {pages_in_words(self._garbled)}")
        if self._scanned:
            notes.append(f"Tekst herkend uit een afbeelding (OCR) op {pages_in_words(self._scanned)}")
        if self._failed:
            notes.append(f"Tekst herkennen (OCR) mislukte op {pages_in_words(self._failed)}")
        if self._damaged:
            notes.append(f"Beschadigd en overgeslagen: {pages_in_words(self._damaged)}")
        return notes


def _without_running(scan: ScannedPage, places: Collection[int]) -> ScannedPage:
    """A scanned page without its running lines."""
    if not places:
        return scan
    segments = segments_of(recognised.word for recognised in scan.words)
    left_out = {word for place in places for word in segments[place].words}
    return ScannedPage(scan.number, [recognised for recognised in scan.words if recognised.word not in left_out])


def _asides(sheet: Sheet) -> Iterator[Sheet]:
    """What is written in another direction than most of the page, put upright: it is read last."""
    for quarter in sorted({quarter for _, quarter in sheet.asides}):
        words = [word for word, direction in sheet.asides if direction == quarter]
        yield replace(sheet, quarter=quarter, words=words, asides=[])


def _needs_level(piece: Piece) -> bool:
    return piece.kind is BlockKind.HEADING and not piece.level  # headings of scans have theirs


# ------------------------------------------------------------------------------------------------ what a page is


def is_picture(sheet: Sheet) -> bool:
    """Whether the text of a page is in its pictures: there is none beside them, or a stamp and a footnote at most."""
    words = len(sheet.words)
    if not words:
        return sheet.covered >= _SOME_PICTURE
    return words < _FEW_WORDS and sheet.covered >= _MOSTLY_PICTURE


_VOWELS = frozenset("aeiouyáéíóúàèìòùäëïöüâêîôû")


def is_garbage(text: str) -> bool:
    """Whether a text layer is no text a person could read: letters without meaning, or signs instead of letters."""
    signs = Counter(text)
    for space in [sign for sign in signs if sign.isspace()]:
        del signs[space]
    total = signs.total()
    if total < 20:
        return False
    unreadable = sum(
        count
        for sign, count in signs.items()
        if (sign < " " and sign != "\x02") or "\ue000" <= sign <= "\uf8ff" or sign == "\ufffd"
    )  # "\x02" is a hyphen at a line end
    if unreadable > 0.1 * total:
        return True
    leaders = sum(signs[sign] for sign in "._…-–—")
    if sum(count for sign, count in signs.items() if sign.isalnum()) < 0.6 * (total - leaders):
        return True
    latin = sum(count for sign, count in signs.items() if sign.isalpha() and sign < "\u0250")
    vowels = sum(count for sign, count in signs.items() if sign.lower() in _VOWELS)
    return latin >= 60 and not 0.2 * latin <= vowels <= 0.65 * latin


_MADE_BY_PROGRAMS = re.compile(
    r"^(?:microsoft word|microsoft powerpoint|untitled|naamloos|document\d*|logo\b|.*\.(?:docx?|indd|xml|pdf|rtf|odt|xlsx?|tmp)\b)"
    r"|~|\s{3}|^[\d_.-]+$",
    re.IGNORECASE,
)


def _described(file: Any, info: DocumentInfo) -> DocumentInfo:
    """What the file says of itself, where that can be trusted: a title that a person wrote."""
    found = file.get_metadata_dict()
    title = " ".join(found.get("Title", "").split())
    if not title or _MADE_BY_PROGRAMS.search(title) or len(title) < 8 or " " not in title:
        return info
    return metadata.fill(info, title=metadata.shorten(title))
