"""PDF files as they come: real ones, long ones, hostile ones, and the picture of a page."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import pytest

from assistant import ingest
from assistant.errors import UnreadableDocument
from assistant.ingest import metadata, pdf
from assistant.model import BlockKind, Document
from tests.made_pdf import MadePage, made_pdf

GOVDOCS = Path(__file__).parents[3] / "shared" / "govdocs"
LINE = "de gemeente vraagt de uitkering aan voor een plan met de wijk en haar bewoners."


def test_a_page_is_drawn_in_the_width_asked_for_and_never_huge(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(made_pdf(MadePage().text(70, 100, "Tekst"), MadePage(width=100, height=14_000)))
    assert pdf.render_page(path, 1, width_pixels=800).width == 800
    long = pdf.render_page(path, 2, width_pixels=4000)
    assert long.width * long.height < 45_000_000
    with pytest.raises(ValueError, match="pages 1 to 2"):
        pdf.render_page(path, 3, width_pixels=800)


def test_three_hundred_pages_cost_little_time_and_memory(tmp_path: Path) -> None:
    """A tenth of the 3,000 pages that were measured by hand; both grow with the number of pages."""
    data = made_pdf(*(MadePage().lines(60, 60, *[LINE] * 50).text(290, 815, str(n)) for n in range(1, 301)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    document = pdf.parse(data, metadata.unknown_info("long.pdf"), ocr=None)
    assert time.process_time() - started < 60
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown / (1024 if sys.platform == "linux" else 2**20) < 400
    assert (document.info.pages, len(document.pages)) == (300, 300)
    assert document.pages[-1].end == len(document.text)


def test_an_endless_page_is_read_in_time_that_grows_with_its_text() -> None:
    def seconds(lines: int) -> float:
        page = MadePage(height=14_000)
        for place in range(lines):
            page.text(60, 20 + place * 13_900 / lines, LINE, size=13_000 / lines)
        started = time.process_time()
        pdf.parse(made_pdf(page), metadata.unknown_info("endless.pdf"), ocr=None)
        return time.process_time() - started

    seconds(100)
    assert seconds(4000) < 12 * seconds(1000) + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],  # cut off
        lambda data: data.replace(b"/Kids [", b"/Kids [2 0 R "),  # a page tree that holds itself
        lambda data: data.replace(b"/Count 3", b"/Count 99999999"),
        lambda data: data.replace(b"FlateDecode", b"FlateDecod3"),
        lambda data: data.replace(b"/Length", b"/Lengte"),
        lambda data: data.replace(b"[0 0 595 842]", b"[0 0 0 0]"),
        lambda data: data.replace(b"[0 0 595 842]", b"[0 0 1e30 1e30]"),
    ],
)
def test_a_damaged_file_gives_a_document_or_a_reason_but_never_another_error(change) -> None:  # type: ignore[no-untyped-def]
    data = change(made_pdf(*(MadePage().lines(60, 60, *[LINE] * 5) for _ in range(3))))
    try:
        document = pdf.parse(data, metadata.unknown_info("a.pdf"), ocr=None)
    except UnreadableDocument as error:
        assert error.reason
    else:
        assert document.info.pages is not None


# ------------------------------------------------------------------------------------------------ real files


def govdoc(name: str) -> Document:
    path = next((GOVDOCS / "pdf").glob(f"{name}*.pdf"))
    return ingest.parse(path, corpus=GOVDOCS)


@pytest.mark.shared
@pytest.mark.skipif(not GOVDOCS.is_dir(), reason="../shared/govdocs is not here")
def test_every_real_pdf_gives_text_or_says_which_pages_are_pictures() -> None:
    paths = sorted(path for folder in ("pdf", "scan", "awkward") for path in (GOVDOCS / folder).glob("*.pdf"))
    assert len(paths) > 35
    for path in paths:
        document = ingest.parse(path, corpus=GOVDOCS)
        assert document.text.strip() or len(document.needs_ocr) == document.info.pages, path.name
        for block in document.blocks:
            assert document.text[block.start : block.end].strip(), path.name
        ends = [page.end for page in document.pages]
        assert ends == sorted(ends)
        assert all(0 <= word.start < word.end <= len(document.text) for word in document.words)
        placed = sum(word.end - word.start for word in document.words)
        letters = sum(len(part) for part in document.text.replace("|", " ").replace("•", " ").split())
        assert placed >= 0.98 * letters, path.name


@pytest.mark.shared
@pytest.mark.skipif(not GOVDOCS.is_dir(), reason="../shared/govdocs is not here")
def test_an_aanhangsel_is_read_as_a_person_reads_it() -> None:
    document = govdoc("1a2d8959")
    info = document.info
    assert (info.identifier, info.type, info.date) == ("ah-tk-20232024-2210", "Kamervragen", "2024-07-23")
    assert info.title.startswith("Vragen van het lid Erkens (VVD)")
    headings = [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.HEADING]
    assert [f"Vraag {n}" for n in range(1, 10)] == [h for h in headings if h.startswith("Vraag ")][:9]
    assert "Antwoord 2" in headings  # the first line of page 2, where a running header could have been
    assert "stikstofproblematiek zijn pas in meer detail zichtbaar" in document.text
    assert "Oost- en Zuid-Nederland" in document.text
    assert "vergaderjaar 2023–2024, Aanhangsel 1" not in document.text


@pytest.mark.shared
@pytest.mark.skipif(not GOVDOCS.is_dir(), reason="../shared/govdocs is not here")
def test_rows_of_real_tables_stay_together() -> None:
    rows = [
        document.text[block.start : block.end]
        for document in (govdoc("besluitenlijst_example1"), govdoc("algoritmekader-Levenscyclus"), govdoc("00fe7edd"))
        for block in document.blocks
        if block.kind is BlockKind.TABLE_ROW
    ]
    assert "Besluit: | Betrekken bij de verdere behandeling van het wetsvoorstel" in rows
    assert any(row.startswith("Levenscyclusfase | Ontwikkelen | Dit is de fase waarin") for row in rows)
    assert "TOTAAL | 12 | 17 | 40" in rows


@pytest.mark.shared
@pytest.mark.skipif(not GOVDOCS.is_dir(), reason="../shared/govdocs is not here")
def test_an_unusable_text_layer_is_noticed() -> None:
    document = ingest.parse(GOVDOCS / "awkward" / "garble.pdf", corpus=GOVDOCS)
    assert document.text == ""
    assert document.needs_ocr == tuple(range(1, 12))
    assert any("onbruikbaar" in note for note in document.notes)
