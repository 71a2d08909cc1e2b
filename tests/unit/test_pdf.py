"""From words on a page to headings, paragraphs, lists and tables: on small pages made here, in memory."""

from __future__ import annotations

import pytest

from assistant.errors import UnreadableDocument
from assistant.ingest import metadata, pdf
from assistant.ingest.boxes import Box, Word, turned
from assistant.ingest.pages_in_words import pages_in_words
from assistant.ingest.printed import joined
from assistant.model import BlockKind, Document
from tests.made_pdf import MadePage, made_pdf

BODY = (
    "De gemeente vraagt de uitkering voor het einde van het jaar aan en",
    "legt daarbij uit hoe zij de wijk samen met bewoners wil verbeteren,",
    "welke partners daaraan meedoen en wat het in de komende jaren kost.",
)


def read(*pages: MadePage, title: str = "") -> Document:
    return pdf.parse(made_pdf(*pages, title=title), metadata.unknown_info("test.pdf"), ocr=None)


def blocks(document: Document, kind: BlockKind) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind is kind]


def test_lines_become_paragraphs_and_larger_type_a_heading_with_the_section_under_it() -> None:
    page = MadePage().text(70, 80, "Aanvraag", size=16, bold=True).lines(70, 110, *BODY)
    document = read(page.lines(70, 170, *BODY[:2], "welke partners meedoen."))
    assert blocks(document, BlockKind.HEADING) == ["Aanvraag"]
    assert blocks(document, BlockKind.PARAGRAPH)[0] == " ".join(BODY)
    assert len(blocks(document, BlockKind.PARAGRAPH)) == 2
    assert document.blocks[-1].anchor.section == ("Aanvraag",)
    assert document.blocks[-1].anchor.page == 1


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [f"links regel {number} van de eerste kolom tekst" for number in range(1, 7)]
    right = [f"rechts regel {number} van de tweede kolom tekst" for number in range(1, 7)]
    page = MadePage().text(60, 60, "Een titel boven de beide kolommen van deze pagina", size=14)
    for place, (one, two) in enumerate(zip(left, right, strict=True)):
        page.text(60, 100 + 13 * place, one).text(320, 100 + 13 * place, two)  # row by row, as some programs write
    text = read(page).text
    assert " ".join(left + right) in text.replace("\n\n", " ")


def test_a_note_in_the_margin_does_not_interrupt_the_sentence_beside_it() -> None:
    page = MadePage().lines(200, 100, *BODY, *BODY)
    page.lines(40, 104, "Datum", "3 mei 2024", "Kenmerk", "2024-12", size=7, leading=9)
    text = read(page).text
    assert " ".join(BODY) in text
    assert "Datum 3 mei 2024" in text
    assert text.index("Datum") > text.index("kost")


def test_labels_and_values_without_drawn_lines_are_rows_with_cells() -> None:
    page = MadePage()
    for place, (label, value) in enumerate([("Zaak:", "Brief van de minister"), ("Besluit:", "Voor kennisgeving")]):
        page.text(70, 100 + 40 * place, label).text(160, 100 + 40 * place, value)
        page.text(160, 113 + 40 * place, "aangenomen in de vergadering")
    assert blocks(read(page), BlockKind.TABLE_ROW) == [
        "Zaak: | Brief van de minister aangenomen in de vergadering",
        "Besluit: | Voor kennisgeving aangenomen in de vergadering",
    ]


def test_a_drawn_table_keeps_empty_cells_and_cells_of_several_lines() -> None:
    page = MadePage()
    for y in (100, 120, 160):
        page.rule(70, y, 430, y)
    for x in (70, 190, 310, 430):
        page.rule(x, 100, x, 160)
    page.text(75, 114, "Gemeente").text(195, 114, "Bedrag").text(315, 114, "Jaar")
    page.text(75, 134, "Almere").text(75, 147, "Buiten").text(315, 134, "2024")
    document = read(page)
    assert blocks(document, BlockKind.TABLE_ROW) == ["Gemeente | Bedrag | Jaar", "Almere Buiten | | 2024"]
    assert len({block.group for block in document.blocks}) == 1


def test_running_headers_and_page_numbers_are_left_out_and_said_to_be() -> None:
    pages = []
    for number in (1, 2, 3):
        page = MadePage().text(70, 40, "Nota wijkaanpak 2024").text(290, 810, f"{number}")
        pages.append(page.text(70, 100, f"Antwoord {number}").lines(70, 113, *BODY))
    document = read(*pages)
    assert "Nota wijkaanpak" not in document.text
    assert blocks(document, BlockKind.HEADING) == ["Antwoord 1", "Antwoord 2", "Antwoord 3"]
    assert any("Nota wijkaanpak 2024" in note for note in document.notes)
    assert "Paginanummers zijn weggelaten" in document.notes


def test_a_line_that_comes_back_but_touches_the_text_is_no_running_header() -> None:
    """On two pages the text begins with the same words: nothing parts them from what follows."""
    pages = [
        MadePage().lines(70, 60, "Besluit: de minister wordt verzocht het volgende te doen en", *BODY) for _ in "ab"
    ]
    assert read(*pages).text.count("Besluit: de minister") == 2


def test_a_sentence_that_runs_over_a_page_end_is_one_block_and_its_words_know_their_page() -> None:
    first = MadePage().lines(70, 700, *BODY[:2])
    second = MadePage().lines(70, 100, BODY[2])
    document = read(first, second)
    assert blocks(document, BlockKind.PARAGRAPH) == [" ".join(BODY)]
    pages = {document.text[word.start : word.end]: word.page for word in document.words}
    assert (pages["gemeente"], pages["partners"]) == (1, 2)
    one, two = document.pages
    assert one.end == two.start == document.text.index("welke partners")


def test_footnotes_come_after_the_text_and_their_numbers_leave_the_sentence() -> None:
    page = MadePage().lines(70, 100, *BODY)
    page.text(70, 150, "Dat staat in de wet.").text(160, 146, "1", size=6).text(166, 150, "Zo is het geregeld.")
    page.text(70, 760, "1 Wet van 3 mei 2024, artikel 2.", size=7)
    document = read(page)
    assert blocks(document, BlockKind.FOOTNOTE) == ["1 Wet van 3 mei 2024, artikel 2."]
    assert document.blocks[-1].kind is BlockKind.FOOTNOTE
    assert "Dat staat in de wet. Zo is het geregeld." in document.text


def test_bullets_and_numbers_make_lists_with_their_second_lines() -> None:
    page = MadePage().lines(70, 100, *BODY[:2], "en het gaat om drie dingen:")
    page.text(70, 140, "•").text(84, 140, "de wijk heeft een plan dat met bewoners is gemaakt en dat")
    page.text(84, 153, "de gemeenteraad heeft vastgesteld;")
    page.text(70, 166, "•").text(84, 166, "er is geld.")
    document = read(page)
    assert blocks(document, BlockKind.LIST_ITEM) == [
        "• de wijk heeft een plan dat met bewoners is gemaakt en dat de gemeenteraad heeft vastgesteld;",
        "• er is geld.",
    ]


def test_items_under_an_article_are_its_leden() -> None:
    page = MadePage().lines(70, 60, *BODY).text(70, 110, "Artikel 2 Doel", bold=True)
    page.text(70, 123, "1.").text(90, 123, "De uitkering dient een doel.")
    page.text(70, 136, "2.").text(90, 136, "Dat doel is een betere wijk.")
    document = read(page)
    assert [block.anchor.article for block in document.blocks][-2:] == ["2, lid 1", "2, lid 2"]


def test_text_that_runs_upward_in_the_margin_is_kept_and_read_last() -> None:
    document = read(MadePage().upward(30, 500, "Concept van mei").lines(70, 100, *BODY))
    assert document.text == " ".join(BODY) + "\n\nConcept van mei"
    box = next(word for word in document.words if document.text[word.start : word.end] == "Concept")
    assert box.bottom - box.top > 2 * (box.right - box.left)
    assert box.bottom == pytest.approx(500, abs=3)


def word(text: str, line: int, left: float) -> tuple[Word, int]:
    return Word(text, left, 100.0 + 13 * line, left + 5 * len(text), 110.0 + 13 * line, 10.0), 1


@pytest.mark.parametrize(
    ("before", "after", "known", "text"),
    [
        ("beleids-", "medewerker", (), "beleidsmedewerker"),
        ("in-", "en uitvoer", (), "in- en uitvoer"),  # the second half of "invoer" is left out
        ("AI-", "systeem", (), "AI-systeem"),  # after a capital the hyphen is real
        ("Noord-", "Holland", (), "Noord-Holland"),
        ("2023-", "2024", (), "2023-2024"),
        ("wet-", "technisch", ("wet-technisch",), "wet-technisch"),  # as the document writes it elsewhere
        ("-", "punt", (), "- punt"),  # a dash
    ],
)
def test_a_word_broken_at_the_line_end_is_mended_unless_the_hyphen_is_its_own(
    before: str, after: str, known: tuple[str, ...], text: str
) -> None:
    words = [word(before, 0, 400.0)]
    words += [word(part, 1, 70.0 + 60 * place) for place, part in enumerate(after.split())]
    assert joined(words, known=frozenset(known)) == text


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (40.0, 60.0, 560.0, 800.0)])
def test_boxes_are_where_the_ink_is_on_rotated_and_cropped_pages(
    rotate: int, crop: tuple[float, float, float, float] | None
) -> None:
    data = made_pdf(MadePage(rotate=rotate, crop=crop).text(200, 300, "Wijkaanpak", size=20))
    document = pdf.parse(data, metadata.unknown_info("test.pdf"), ocr=None)
    assert document.text == "Wijkaanpak"
    box, page = document.words[0], document.pages[0]
    image = pdf.render_bytes(data, 1, width_pixels=round(page.width), path="test.pdf").convert("L")
    left, top, right, bottom = image.point(lambda shade: 255 if shade < 128 else 0).getbbox() or (0, 0, 0, 0)
    assert box.left - 2 <= left and right <= box.right + 2
    assert box.top - 2 <= top and bottom <= box.bottom + 2
    assert (box.right - box.left) * (box.bottom - box.top) < 4 * (right - left) * (bottom - top)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turning_there_and_back_changes_nothing(quarters: int) -> None:
    box = Box(10, 20, 40, 30)
    there = turned(box, quarters, 200, 300)
    size = (300, 200) if quarters % 2 else (200, 300)
    assert turned(there, -quarters, *size) == box


@pytest.mark.parametrize(
    ("text", "garbage"),
    [
        ("De Minister stuurt de Kamer jaarlijks een voortgangsrapportage over de wijkaanpak.", False),
        ("12.500 | 13.750 | 14.000 | 2023 | 2024 | 2025 | 100% | 95,5%", False),  # a page of figures
        ("Inleiding .................... 3 Doel ...................... 4", False),  # a table of contents
        ("\x04\x05\x04\x06\x07\x08\t\x04\x08\x0b\x05\x0c\x0e\x05\x0e\x0f\x04\x06\x10\x08\x11" * 2, True),
        ("+,-./,0,1234,052-6,-70,829,02-629-::/;.5,<2=5:>3:3,,-:?,0@,2/9A2=/0.6,3", True),
        ("\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008\ue009\ue00a\ue00b\ue00c\ue00d\ue00e\ue00f\ue010" * 2, True),
        ("Xqz wvt brk plm ngh tts rkl dfg xcv bnm qwr tzp sdf ghj klx cvb nmq wrt zps dfg hjk lxc vbn mqw", True),
    ],
)
def test_a_text_layer_that_no_person_could_read_is_told_from_text(text: str, garbage: bool) -> None:
    assert pdf.is_garbage(text) is garbage


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("Microsoft Word - brief definitief.docx", ""),
        ("46359tmp1C11~-1-48f9695f.xml", ""),
        ("Logo                        Den Haag, 2 november 2007", ""),
        ("Voortgang van de wijkaanpak in 2024", "Voortgang van de wijkaanpak in 2024"),
    ],
)
def test_the_title_in_the_file_counts_only_when_a_person_wrote_it(title: str, taken: str) -> None:
    assert read(MadePage().lines(70, 100, *BODY), title=title).info.title == taken


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.4\n" + b"geen pdf " * 50, "beschadigd"),
        (made_pdf(), "beschadigd"),  # without pages
        (made_pdf(MadePage().text(70, 100, "geheim"), encrypt=True), "wachtwoord"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        pdf.parse(data, metadata.unknown_info("test.pdf"), ocr=None)


@pytest.mark.parametrize(
    ("numbers", "text"), [([3], "pagina 3"), ([1, 2, 3, 7], "pagina's 1-3, 7"), ([2, 4], "pagina's 2, 4")]
)
def test_page_numbers_are_written_as_a_person_would(numbers: list[int], text: str) -> None:
    assert pages_in_words(numbers) == text
