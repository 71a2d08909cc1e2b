"""What a file is, told by its bytes. Its name only decides between plain text and Markdown, which look alike."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NamedTuple

from assistant.errors import UnreadableDocument
from assistant.ingest.metadata import has_front_matter

LARGEST_FILE = 200 * 2**20  # bytes
LARGEST_TEXT = 20_000_000  # characters; about eight thousand pages
LARGEST_UNPACKED = 500 * 2**20  # bytes of everything in an archive together
_MOST_ENTRIES = 10_000
_STEEPEST_RATIO = 200  # unpacked to packed; text packs about 1:10, an empty spreadsheet 1:100
_RATIO_COUNTS_FROM = 10 * 2**20  # bytes unpacked below which the ratio does not matter


class Kind(StrEnum):
    """The kinds of document that can be read."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"
    OFFICIAL = "official"  # XML
    IMAGE = "image"


class Told(NamedTuple):
    """What a file turned out to be, and the bytes to parse: those of the member when it came out of an archive."""

    kind: Kind
    data: bytes
    text: str = ""  # the decoded text, for the kinds that are text
    notes: tuple[str, ...] = ()


_SAVE_AS = "sla het op als DOCX of PDF"
# (first bytes, what it is); none of these can be read
_REFUSED = [
    (b"{\\rtf", f"RTF-bestand; {_SAVE_AS}"),
    (b"%!PS", "PostScript-bestand; zet het om naar PDF"),
    (b"\x1f\x8b", "gzip-archief; pak het eerst uit"),
    (b"BZh", "bzip2-archief; pak het eerst uit"),
    (b"\xfd7zXZ\x00", "xz-archief; pak het eerst uit"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip-archief; pak het eerst uit"),
    (b"Rar!\x1a\x07", "RAR-archief; pak het eerst uit"),
    (b"GIF8", "afbeelding (GIF); zet hem om naar PNG of PDF"),
    (b"BM\x00", "afbeelding (BMP); zet hem om naar PNG of PDF"),
    (b"\x7fELF", "programma, geen document"),
    (b"MZ", "programma, geen document"),
    (b"ID3", "geluidsbestand, geen document"),
    (b"OggS", "geluidsbestand, geen document"),
    (b"SQLite format 3\x00", "databasebestand, geen document"),
]
_IMAGES = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*"]
_OLD_OFFICE = [
    ("EncryptedPackage", "met een wachtwoord beveiligd; sla het op zonder wachtwoord"),
    ("WordDocument", f"Word 97-2003 (.doc); {_SAVE_AS}"),
    ("PowerPoint Document", "PowerPoint 97-2003 (.ppt); sla het op als PDF"),
    ("Workbook", "Excel 97-2003 (.xls); sla het op als PDF"),
    ("Book", "Excel 5 (.xls); sla het op als PDF"),
    ("__substg1.0_", "Outlook-bericht (.msg); sla het op als PDF of HTML"),
]
_DOCUMENT_ENDINGS = {".pdf", ".docx", ".odt", ".html", ".htm", ".xhtml", ".md", ".txt", ".xml"}
_HTML_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|div|p|table|h[1-6]|span|ul|section|article)\b[^<]*>", re.IGNORECASE
)
_MARKDOWN_SIGNS = [
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"^(?:```|~~~)", re.MULTILINE),
    re.compile(r"^\|?\s*:?-{3,}:?\s*\|", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]{1,300}\]\((?:https?://|/|#)[^)\n]*\)"),
    re.compile(r"\*\*[^*\s][^*\n]*\*\*"),
]


def tell(data: bytes, *, path: str, inside: bool = False) -> Told:
    """What a file is, by its content.

    Args:
        data: the bytes of the file.
        path: its name, for messages; the ending decides between Markdown and plain text only.
        inside: it came out of an archive, so another archive is refused.

    Raises:
        UnreadableDocument: it is empty, of a kind that is not read here, or an archive without exactly one document.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableDocument(path, "het bestand is leeg")
    head = data[:1024]
    if b"%PDF-" in head and not _looks_textual(head[: head.index(b"%PDF-")]):
        return Told(Kind.PDF, data)
    if head.startswith(b"PK"):
        return _archive(data, path=path, inside=inside)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        for stream, what in _OLD_OFFICE:
            if stream.encode("utf-16-le") in data:
                raise UnreadableDocument(path, what)
        raise UnreadableDocument(path, f"oud Office-bestand van een onbekende soort; {_SAVE_AS}")
    if any(head.startswith(magic) for magic in _IMAGES):
        return Told(Kind.IMAGE, data)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise UnreadableDocument(path, "afbeelding (WebP); zet hem om naar PNG of PDF")
    for magic, what in _REFUSED:
        if head.startswith(magic):
            raise UnreadableDocument(path, what)
    return _textual(data, path=path)


def _looks_textual(before: bytes) -> bool:
    """Whether what stands before "%PDF-" is a text that merely speaks of it, not the junk some senders put there."""
    return len(before) > 16 and before.isascii() and b" " in before.strip() and before.strip()[:1].isalpha()


# ------------------------------------------------------------------------------------------------ text


def _textual(data: bytes, *, path: str) -> Told:
    text, notes = decode(data, path=path)
    if len(text) > LARGEST_TEXT:
        raise UnreadableDocument(
            path, f"de tekst is langer dan {LARGEST_TEXT // 1_000_000} miljoen tekens; splits het bestand"
        )
    start = text.lstrip()[:4096]
    if start.startswith("<"):
        kind = _markup(start)
        if kind:
            return Told(kind, data, text, notes)
    if start.startswith(("From ", "Return-Path:", "Received:", "MIME-Version:")) and "\nContent-Type:" in text[:20000]:
        raise UnreadableDocument(path, "e-mailbericht (.eml); sla het op als PDF of HTML")
    if _is_download_log(start):
        raise UnreadableDocument(path, "verslag van een download (wget of curl), niet het document zelf")
    if has_front_matter(text):
        return Told(Kind.MARKDOWN, data, text, notes)
    signs = sum(1 for sign in _MARKDOWN_SIGNS if sign.search(text[:200_000]))
    if path.lower().endswith((".md", ".markdown")) or (signs >= 2 and not path.lower().endswith(".txt")):
        return Told(Kind.MARKDOWN, data, text, notes)
    if _HTML_TAG.search(start) and "</" in text:
        return Told(Kind.HTML, data, text, notes)
    return Told(Kind.PLAIN, data, text, notes)


def _markup(start: str) -> Kind | None:
    """HTML, XML, or neither for a text that begins with "<"."""
    bare = re.sub(
        r"<\?.*?\?>|<!--.*?(?:-->|\Z)|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>|\s+", " ", start, flags=re.DOTALL | re.I
    )
    root = re.search(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", bare)
    if root is None:
        return Kind.OFFICIAL if start.startswith("<?xml") else None
    name = root[2].lower()
    if name == "html" or re.search(r"<!doctype\s+html", start, re.IGNORECASE):
        return Kind.HTML
    if start.startswith("<?xml"):
        return Kind.OFFICIAL
    if _HTML_TAG.match(bare.lstrip()[root.start() :] if root.start() == 0 else bare[root.start() :]):
        return Kind.HTML
    return Kind.OFFICIAL


def _is_download_log(start: str) -> bool:
    return bool(re.match(r"--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--\s+https?://", start)) and "HTTP request sent" in start


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_DOUBLE_MARKS = ("\ufeff", "ï»¿")  # a byte-order mark, and one that was read as windows-1252 and saved again


def decode(data: bytes, *, path: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, with line ends as they are and without byte-order marks, and remarks for the reader.

    Raises:
        UnreadableDocument: it is no text in any encoding that is used for Dutch.
    """
    text, notes = _decoded(data, path=path)
    while text.lstrip()[:3].startswith(_DOUBLE_MARKS):
        text = text.lstrip()
        text = text.removeprefix(_DOUBLE_MARKS[0]).removeprefix(_DOUBLE_MARKS[1])
    sample = text[:100_000]
    strange = len(_CONTROL.findall(sample))
    if strange > max(4, len(sample) // 100):
        raise UnreadableDocument(path, "onbekende soort bestand: geen tekst en geen bekend documenttype")
    return text, notes


def _decoded(data: bytes, *, path: str) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ()
    sample = data[:4096]
    zeros = sample.count(0)
    if zeros > len(sample) // 5:
        even = sample[::2].count(0)
        encoding = "utf-16-be" if even > zeros // 2 else "utf-16-le"
        return data.decode(encoding, "replace"), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 20 < sum(1 for character in text if character > "\x7f"):
        return text, (f"{broken} tekens waren onleesbaar en staan er als � in",)
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        western = data.decode("latin-1")
    high = [character for character in western if character > "\x7f"]
    if sum(1 for character in high if character in _DUTCH_HIGH) * 10 >= len(high) * 9:
        return western, ("gelezen als windows-1252",)
    import charset_normalizer

    best = charset_normalizer.from_bytes(
        data[: 2**16], cp_isolation=["cp1252", "iso8859_15", "cp850", "mac_roman", "iso8859_2", "cp1250"]
    ).best()
    if best is None:
        raise UnreadableDocument(path, "onbekende soort bestand: geen tekst en geen bekend documenttype")
    return data.decode(best.encoding, "replace"), (f"gelezen als {best.encoding.replace('_', '-')}",)


_DUTCH_HIGH = frozenset("éëèêïíîöóôòüúûùáàâäçñÉËÈÊÏÍÖÓÜÚÁÀÄÇÑß–—‘’“”„…•€§°±²³½¼×·«»©®™\xa0\xadæøåÆØÅ´`¨")


# ------------------------------------------------------------------------------------------------ archives


def open_archive(data: bytes, *, path: str) -> zipfile.ZipFile:
    """A zip (DOCX and ODT are one) with its directory read. Nothing is unpacked and no size is checked yet.

    Raises:
        UnreadableDocument: it is damaged.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise UnreadableDocument(
            path, "het bestand is beschadigd: een archief (zip, DOCX of ODT) zonder einde"
        ) from error


def _archive(data: bytes, *, path: str, inside: bool) -> Told:
    archive = open_archive(data, path=path)
    members = [member for member in archive.infolist() if not member.is_dir()]
    check_archive(archive, path=path)
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Told(Kind.DOCX, data)
        if any(name.startswith("xl/") for name in names):
            raise UnreadableDocument(path, "Excel-werkmap (.xlsx); sla het op als PDF")
        if any(name.startswith("ppt/") for name in names):
            raise UnreadableDocument(path, "PowerPoint-presentatie (.pptx); sla het op als PDF")
    if "mimetype" in names and "content.xml" in names:
        kind = member_bytes(archive, "mimetype", path=path)[:200].decode("ascii", "replace").strip()
        if kind.startswith("application/vnd.oasis.opendocument.text"):
            return Told(Kind.ODT, data)
        raise UnreadableDocument(
            path, f"OpenDocument van een andere soort ({kind.rsplit('.', 1)[-1]}); sla het op als PDF"
        )
    if "META-INF/container.xml" in names:
        raise UnreadableDocument(path, "e-book (.epub); zet het om naar PDF of HTML")
    if inside:
        raise UnreadableDocument(path, "archief in een archief; pak het eerst uit")
    return _only_document(archive, members, path=path)


def _only_document(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], *, path: str) -> Told:
    shown = [m for m in members if not m.filename.startswith("__MACOSX/") and not _base(m).startswith(".")]
    if not shown:
        raise UnreadableDocument(path, "leeg archief")
    documents = [member for member in shown if PurePosixPath(member.filename).suffix.lower() in _DOCUMENT_ENDINGS]
    if not documents and len(shown) == 1:
        documents = shown
    if len(documents) != 1:
        many = f"{len(documents)} documenten" if documents else "geen leesbaar document"
        raise UnreadableDocument(path, f"archief met {many}; pak het uit en zet de documenten zelf in de map")
    name = documents[0].filename
    try:
        told = tell(member_bytes(archive, name, path=path), path=name, inside=True)
    except UnreadableDocument as error:
        raise UnreadableDocument(path, f"archief met {_base(documents[0])}: {error.reason}") from error
    return told._replace(notes=(f"uit het archief gehaald: {_printable(name)}", *told.notes))


def _base(member: zipfile.ZipInfo) -> str:
    return _printable(PurePosixPath(member.filename).name)


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:200]


def check_archive(archive: zipfile.ZipFile, *, path: str) -> None:
    """Refuse an archive that unpacks to far more than it should, by what it says of itself.

    Raises:
        UnreadableDocument: too many members, too large unpacked, packed too steeply, or members with a password.
    """
    members = archive.infolist()
    if len(members) > _MOST_ENTRIES:
        raise UnreadableDocument(path, f"archief met meer dan {_MOST_ENTRIES} bestanden")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > LARGEST_UNPACKED or (unpacked > _RATIO_COUNTS_FROM and unpacked > _STEEPEST_RATIO * max(packed, 1)):
        raise UnreadableDocument(path, f"wordt uitgepakt {unpacked // 2**20} MB groot (een zipbom?); niet gelezen")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableDocument(path, "met een wachtwoord beveiligd; sla het op zonder wachtwoord")


def member_bytes(archive: zipfile.ZipFile, name: str, *, path: str) -> bytes:
    """A member of an archive, never larger than the archive says it is.

    Raises:
        UnreadableDocument: the member is missing, damaged, or larger than it says.
    """
    import zlib

    try:
        size = archive.getinfo(name).file_size
        with archive.open(name) as file:
            data = file.read(size + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableDocument(
            path, f"het bestand is beschadigd: {_printable(name)} kan niet worden uitgepakt"
        ) from error
    if len(data) > size:
        raise UnreadableDocument(path, f"het bestand is beschadigd: {_printable(name)} is groter dan het archief zegt")
    return data
