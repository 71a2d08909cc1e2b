"""What is known of a document: given beats found, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UnreadableDocument
from assistant.ingest import metadata
from assistant.ingest.assembling import TextAssembler
from assistant.model import Document, DocumentInfo


def document(*paragraphs: str, path: str = "map/nota over fietsen.txt") -> Document:
    assembler = TextAssembler()
    for paragraph in paragraphs:
        assembler.paragraph(paragraph)
    return assembler.build(metadata.unknown_info(path))


def test_front_matter_is_split_from_the_text_and_keeps_dates_as_they_were_written() -> None:
    given, text = metadata.split_front_matter(
        "---\ntitle: Het plan\ndate: 2023-07\nsupersedes: [oud-1, oud-2]\nkleur: rood\n---\nTekst.\n", document="a.md"
    )
    assert text == "Tekst.\n"
    assert given.values == {"title": "Het plan", "date": "2023-07", "supersedes": ("oud-1", "oud-2")}
    assert given.notes == ("de front matter: onbekende sleutels overgeslagen: kleur",)


def test_a_rule_between_lines_is_no_front_matter() -> None:
    text = "---\nEen regel tussen strepen.\n---\nTekst.\n"
    assert metadata.split_front_matter(text, document="a.md") == (metadata.NOTHING_GIVEN, text)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("date: 31-02-2023", "de front matter: date is geen datum"),
        ("date: 2023-02-31", "de front matter: date is geen datum"),
        ("url: javascript:alert(1)", "de front matter: url is geen adres"),
        ("provenance: geleend", "de front matter: provenance is origineel of samenvatting"),
        ("title: [a, b]", "de front matter: title is geen tekst"),
        ("title: 'open", "de front matter is geen geldige YAML"),
        ("title: &a [*a]", "de front matter"),
    ],
)
def test_a_value_that_is_not_allowed_names_its_key(line: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        metadata.split_front_matter(f"---\n{line}\n---\nTekst.\n", document="a.md")
    assert refused.value.reason.startswith(reason)


def test_a_sidecar_speaks_for_its_file(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    assert metadata.read_sidecar(path, document="brief.pdf") == metadata.NOTHING_GIVEN
    (tmp_path / "brief.pdf.meta.toml").write_text('title = "Brief"\ndate = 2023-07-07\n', encoding="utf-8")
    assert metadata.read_sidecar(path, document="brief.pdf").values == {"title": "Brief", "date": "2023-07-07"}
    (tmp_path / "brief.pdf.meta.toml").write_text("title = ", encoding="utf-8")
    with pytest.raises(UnreadableDocument, match="geen geldige TOML"):
        metadata.read_sidecar(path, document="brief.pdf")


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("kst-36200-XV-96", "kst-36200-XV-96"),
        ("https://zoek.officielebekendmakingen.nl/stcrt-2023-17605.html", "stcrt-2023-17605"),
        ("map/BWBR0045754_2023-04-01_0.xml", "BWBR0045754"),
        ("ECLI:NL:HR:2011:BP5608", "ECLI:NL:HR:2011:BP5608"),
        ("een pakst-123 is niets", ""),
    ],
)
def test_official_numbers_are_recognised(text: str, identifier: str) -> None:
    assert metadata.official_identifier(text) == identifier


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Datum 7 juli 2023", "2023-07-07"),
        ("Ons kenmerk 1\nDatum: 07-07-2023", "2023-07-07"),
        ("Datum | 7 juli 2023", "2023-07-07"),
        ("Den Haag, 17 september 2024", "2024-09-17"),
        ("’s-Gravenhage, 1 maart 2020", "2020-03-01"),
        ("Datum 31 februari 2023", ""),  # no day of the calendar
        ("In de brief van 7 juli 2023 staat", ""),  # not the date of this letter
        ("De vergadering is op 3 mei 2022", ""),
    ],
)
def test_a_letter_says_its_own_date(text: str, date: str) -> None:
    assert metadata.letter_date(text) == date


def test_what_is_unknown_is_completed_from_the_text_and_the_path() -> None:
    info = metadata.complete(document("Onderwerp: Nieuwe paden", "Tekst."), given=metadata.NOTHING_GIVEN).info
    assert info == DocumentInfo(
        id="map-nota-over-fietsen-txt", title="Nieuwe paden", language="nl", path="map/nota over fietsen.txt"
    )


def test_an_official_number_says_kind_dossier_and_address() -> None:
    info = metadata.complete(document("Tekst.", path="kst-36200-XV-96.txt"), given=metadata.NOTHING_GIVEN).info
    assert (info.id, info.type, info.dossier) == ("kst-36200-XV-96", "Kamerstuk", "36200-XV")
    assert info.url == "https://zoek.officielebekendmakingen.nl/kst-36200-XV-96.html"


def test_what_a_page_says_is_left_out_when_it_is_not_allowed() -> None:
    info = metadata.fill(metadata.unknown_info("a"), date="binnenkort", url="/paden", title="Paden")
    assert (info.date, info.url, info.title) == ("", "", "Paden")
    assert metadata.fill(info, title="Anders").title == "Paden"
