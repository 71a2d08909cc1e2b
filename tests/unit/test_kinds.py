"""What a file is, is told by its bytes; what cannot be read is refused with a reason in plain Dutch."""

from __future__ import annotations

import io
import zipfile

import pytest

from assistant.errors import UnreadableDocument
from assistant.ingest import kinds
from assistant.ingest.kinds import Kind


def archive(*files: tuple[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files:
            target.writestr(name, content)
    return data.getvalue()


ODT = ("mimetype", "application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"%PDF-1.7\n...", Kind.PDF),  # the name lies
        ("a.pdf", b"Een gewone tekst over fietsen.", Kind.PLAIN),
        ("a.txt", b"De eerste bytes van zo'n bestand zijn %PDF- en dat is alles.", Kind.PLAIN),
        ("a.bin", b"\x0a\x00%PDF-1.4\n", Kind.PDF),  # rubbish before the start
        ("a.txt", b"<!DOCTYPE html><html><body><p>x</p></body></html>", Kind.HTML),
        ("a.xml", b"\xef\xbb\xbf<?xml version='1.0'?><html xmlns='x'><body/></html>", Kind.HTML),
        ("a.html", b"<?xml version='1.0'?><kamerstuk><al>x</al></kamerstuk>", Kind.OFFICIAL),
        ("a.xml", "ï»¿\n<?xml version='1.0'?><kamerstuk/>".encode(), Kind.OFFICIAL),  # a mark read wrongly and saved
        ("a.xml", b"<metadata_gegevens/>", Kind.OFFICIAL),
        ("a", b"<p>Los stuk van een pagina</p>", Kind.HTML),
        ("a.md", b"Gewoon een zin.", Kind.MARKDOWN),
        ("a", b"---\ntitle: Plan\n---\nTekst.", Kind.MARKDOWN),
        ("a", b"# Plan\n\nMet **nadruk** erin.\n", Kind.MARKDOWN),
        ("a.txt", b"# Plan\n\nMet **nadruk** erin.\n", Kind.PLAIN),
        ("a", b"# Een opmerking van een programma", Kind.PLAIN),
        ("a.jpg", b"\xff\xd8\xff\xe0....", Kind.IMAGE),
        ("a.zip", archive(("[Content_Types].xml", "x"), ("word/document.xml", "x")), Kind.DOCX),
        ("a.docx", archive(ODT, ("content.xml", "x")), Kind.ODT),
        ("a.zip", archive(("map/brief.txt", "De brief over fietspaden."), ("map/logo.png", b"\x89PNG")), Kind.PLAIN),
        ("a.zip", archive(("foto.png", b"\x89PNG\r\n\x1a\n...")), Kind.IMAGE),
    ],
)
def test_a_kind_is_told_by_content(name: str, data: bytes, kind: Kind) -> None:
    assert kinds.tell(data, path=name).kind is kind


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "het bestand is leeg"),
        (b" \r\n\x00\x00", "het bestand is leeg"),
        (b"{\\rtf1 x}", "RTF-bestand"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "met een wachtwoord beveiligd"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word 97-2003"),
        (bytes(range(256)) * 20, "onbekende soort bestand"),
        (b"PK\x03\x04 kapot", "het bestand is beschadigd"),
        (archive(), "leeg archief"),
        (archive(("a.txt", "een"), ("b.txt", "twee")), "archief met 2 documenten"),
        (archive(("a.zip", archive(("b.zip", archive(("c.txt", "x")))))), "archief met a.zip: archief in een archief"),
        (archive(("[Content_Types].xml", "x"), ("xl/workbook.xml", "x")), "Excel-werkmap"),
        (archive(("bom.txt", bytes(50 * 2**20))), "zipbom"),
        (b"--2024-01-02 03:04:05--  https://voorbeeld.nl/\nHTTP request sent, awaiting", "verslag van een download"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason) as refused:
        kinds.tell(data, path="map/bestand")
    assert refused.value.path == "map/bestand"


def test_a_member_that_is_larger_than_it_says_is_refused() -> None:
    data = bytearray(archive(("a.txt", b"x" * 5000)))
    size = (5000).to_bytes(4, "little")
    lie = (10).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(data).replace(size, lie))) as target, pytest.raises(UnreadableDocument):
        kinds.member_bytes(target, "a.txt", path="a.zip")


@pytest.mark.parametrize(
    ("data", "text", "noted"),
    [
        ("Financiën: € 5".encode(), "Financiën: € 5", False),
        ("Financiën: € 5".encode("utf-8-sig"), "Financiën: € 5", False),
        ("Financiën: € 5".encode("utf-16"), "Financiën: € 5", False),
        ("Financiën: € 5".encode("utf-16-le"), "Financiën: € 5", False),
        ("Coördinatie in België, café".encode("cp1252"), "Coördinatie in België, café", True),
        (b"Een kapot teken \xff tussen " + "ë".encode() * 30, "Een kapot teken � tussen " + "ë" * 30, True),
    ],
)
def test_text_is_decoded_whatever_wrote_it(data: bytes, text: str, noted: bool) -> None:
    decoded, notes = kinds.decode(data, path="a.txt")
    assert decoded == text
    assert bool(notes) is noted
