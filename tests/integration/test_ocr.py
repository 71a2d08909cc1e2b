"""Pages that are pictures: read by Tesseract when it is there, listed when it is not."""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from assistant.errors import UnreadableDocument
from assistant.ingest import images, metadata, ocr, pdf
from assistant.ingest.boxes import Word
from assistant.ingest.scanned import RecognisedWord, ScannedPage, scanned_pieces
from assistant.model import BlockKind
from tests.made_pdf import MadePage, made_pdf

SCANS = Path(__file__).parents[3] / "shared" / "govdocs" / "scan"
tesseract = pytest.mark.skipif(ocr.find() is None, reason="Tesseract with Dutch is not installed")
LINES = (
    "De gemeente vraagt de uitkering aan voor het einde van het jaar.",
    "Het kabinet stelt 75 miljoen beschikbaar.",
)


def scan_of(*lines: str, turned: bool = False) -> Image.Image:
    """A page of A4 at 150 dots per inch with these lines on it."""
    image = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(image)
    for place, line in enumerate(lines):
        pen.text((150, 200 + 60 * place), line, font=ImageFont.load_default(size=28), fill=0)
    return image.rotate(180) if turned else image


@tesseract
def test_a_scanned_page_becomes_text_with_boxes_where_the_words_are() -> None:
    document = pdf.parse(made_pdf(MadePage().picture(scan_of(*LINES))), metadata.unknown_info("s.pdf"), ocr=ocr.find())
    assert " ".join(LINES) in " ".join(document.text.split())
    assert document.needs_ocr == ()
    assert any("OCR" in note for note in document.notes)
    first = next(word for word in document.words if document.text[word.start : word.end] == "gemeente")
    assert (first.page, round(first.top / 10)) == (1, pytest.approx(200 * 72 / 150 / 10, abs=1))


def test_without_tesseract_pages_that_are_pictures_are_listed() -> None:
    data = made_pdf(MadePage().text(70, 100, "Een gewone bladzijde met tekst."), MadePage().picture(scan_of(*LINES)))
    document = pdf.parse(data, metadata.unknown_info("s.pdf"), ocr=None)
    assert document.needs_ocr == (2,)
    assert document.text == "Een gewone bladzijde met tekst."


@tesseract
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_an_image_file_is_a_scan_too(kind: str) -> None:
    buffer = io.BytesIO()
    scan_of(*LINES).save(buffer, format=kind, dpi=(150, 150))
    document = images.parse(buffer.getvalue(), metadata.unknown_info("s"), ocr=ocr.find())
    assert LINES[0] in document.text
    assert (document.info.pages, round(document.pages[0].width)) == (1, 595)
    without = images.parse(buffer.getvalue(), metadata.unknown_info("s"), ocr=None)
    assert (without.text, without.needs_ocr) == ("", (1,))


def test_a_damaged_or_huge_image_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="beschadigd"):
        images.parse(b"\x89PNG\r\n\x1a\n" + b"x" * 100, metadata.unknown_info("s.png"), ocr=None)
    buffer = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(buffer, format="PNG")
    with pytest.raises(UnreadableDocument, match="kleiner"):
        images.parse(buffer.getvalue(), metadata.unknown_info("s.png"), ocr=None)


def recognised(*lines: str) -> list[RecognisedWord]:
    words = []
    for number, line in enumerate(lines):
        left = 70.0
        for text in line.split():
            word = Word(text, left, 100 + 14.0 * number, left + 6 * len(text), 110 + 14.0 * number, 10)
            words.append(RecognisedWord(word, (1, 1, number), 90.0))
            left += 6 * len(text) + 4
    return words


def test_bullets_that_were_read_as_letters_are_bullets_and_broken_lines_are_joined() -> None:
    words = recognised(
        "De gemeenten krijgen voor de uitvoering van het plan in de wijk het volgende:",
        "e Een bedrag voor de eerste drie jaren van het programma in de wijk, dat jaar-",
        "lijks wordt uitgekeerd.",
        "e Een vast aanspreekpunt bij het ministerie.",
    )
    pieces = [piece for page in scanned_pieces([ScannedPage(4, words)]) for piece in page]
    items = [piece for piece in pieces if piece.kind is BlockKind.LIST_ITEM]
    assert [piece.texts[0].split(" ")[:2] for piece in items] == [["Een", "bedrag"], ["Een", "vast"]]
    assert "jaarlijks" in items[0].texts[0]
    assert {piece.marker for piece in items} == {"•"}
    assert all(page == 4 for piece in pieces for _, page in piece.words)
    assert [word.text for word, _ in items[1].words][:2] == ["Een", "vast"]


def _flat(text: str) -> str:
    """Text with white space folded and words at line ends mended, as both sides are compared."""
    return " ".join(re.sub(r"(\w)-\s*\n\s*(?=[a-z])", r"\1", text).replace("• ", "").split())


@tesseract
@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not SCANS.is_dir(), reason="../shared/govdocs/scan is not here")
@pytest.mark.parametrize(("stem", "floor"), [("01bf9f06", 0.97), ("1aa9bd01", 0.95)])
def test_scans_of_real_letters_give_their_words(stem: str, floor: float) -> None:
    """Word recall: the words of the true text, each as often as it stands there, that the document has as well."""
    path = next(SCANS.glob(f"{stem}*.pdf"))
    document = pdf.parse(path.read_bytes(), metadata.unknown_info(path.name), ocr=ocr.find())
    true = Counter(re.findall(r"\w+", _flat(path.with_suffix(".txt").read_text(encoding="utf-8")).lower()))
    read = Counter(re.findall(r"\w+", _flat(document.text).lower()))
    assert (true & read).total() / true.total() >= floor


def test_looking_for_tesseract_finds_what_is_installed() -> None:
    assert (ocr.find() is not None) == (shutil.which("tesseract") is not None)
