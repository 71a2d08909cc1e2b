"""An uploaded file: its name made safe, what is taken and what is refused, in Dutch and in English.

Size and kind are looked at here, in the server itself and at a cost that the sender cannot raise; whatever takes parsing is
left to the sandbox. A kind is told by content, as everywhere.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from assistant.errors import AssistantError, UnreadableDocument
from assistant.ingest import kinds
from assistant.ingest.kinds import Kind
from assistant.model import DocumentInfo

LARGEST_UPLOAD = 25 * 2**20  # bytes of one file
MOST_FILES = 50  # in a collection
LARGEST_COLLECTION = 200 * 2**20  # bytes of all its files
MOST_COLLECTIONS = 200  # at once
LARGEST_TOGETHER = 4 * 2**30  # bytes of the files of all collections

_LONGEST_NAME = 150  # bytes; file systems allow 255, and endings of our own come behind it
_SAMPLE = 2**16  # bytes that tell one kind of text from another
_MOST_MEMBERS = 5_000  # of a DOCX or ODT; real ones have tens
_LARGEST_DIRECTORY = 2 * 2**20  # bytes
_END_OF_ARCHIVE = struct.Struct("<4s4H2LH")
_ENDINGS = {
    Kind.PDF: ".pdf",
    Kind.DOCX: ".docx",
    Kind.ODT: ".odt",
    Kind.HTML: ".html",
    Kind.OFFICIAL: ".xml",
    Kind.MARKDOWN: ".md",
    Kind.PLAIN: ".txt",
}
_DOCUMENT_ENDINGS = {*_ENDINGS.values(), ".htm", ".xhtml", ".markdown"}


class State(StrEnum):
    """How far an uploaded file is."""

    QUEUED = "queued"
    READING = "reading"
    EMBEDDING = "embedding"
    READY = "ready"  # questions find it
    UNREADABLE = "unreadable"  # the file cannot become a document
    FAILED = "failed"  # something of ours went wrong; the same file may work later

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (State.READY, State.UNREADABLE, State.FAILED)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken, as it is at this moment."""

    id: str
    name: str  # for people: without folders and odd characters; no two of a collection share one
    size: int  # bytes
    state: State = State.QUEUED
    reason: str = ""  # why it is unreadable or failed, a sentence in plain Dutch
    done: int = 0  # passages embedded ...
    total: int = 0  # ... of so many, once that is known
    document: DocumentInfo | None = None  # when it is ready
    needs_ocr: tuple[int, ...] = ()  # pages of it that are images and could not be read


# ------------------------------------------------------------------------------------------------ what is refused


class UploadRefused(AssistantError):
    """A file that is not taken. Nothing of it was kept, and the files there were are untouched.

    `str()` is the English sentence, `dutch` the Dutch one; both say what to do.
    """

    def __init__(self, dutch: str, english: str) -> None:
        super().__init__(english)
        self.dutch = dutch
        self.english = english


class TooLarge(UploadRefused):
    """The file has more bytes than one file may have."""

    def __init__(self, name: str) -> None:
        most = LARGEST_UPLOAD // 2**20
        super().__init__(
            f"‘{name}’ is te groot: een bestand mag hoogstens {most} MB zijn. Splits het, of voeg alleen het deel toe "
            "waar het om gaat.",
            f"‘{name}’ is too large: a file may have at most {most} MB. Split it, or add only the part that matters.",
        )
        self.name = name


class WrongKind(UploadRefused):
    """The file is of a kind that is not read, empty, or damaged. `reason` is a clause in Dutch."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"‘{name}’ kan niet worden toegevoegd: {reason}. U kunt PDF, DOCX, ODT, HTML, XML, TXT en Markdown toevoegen.",
            f"‘{name}’ cannot be added ({reason}). You can add PDF, DOCX, ODT, HTML, XML, TXT and Markdown.",
        )
        self.name = name
        self.reason = reason


class TooManyFiles(UploadRefused):
    """The collection has as many files as it may have."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"‘{name}’ past er niet meer bij: een gesprek kan {MOST_FILES} eigen documenten hebben. Haal er eerst een weg.",
            f"‘{name}’ does not fit: a conversation can have {MOST_FILES} documents of your own. Remove one first.",
        )
        self.name = name


class CollectionFull(UploadRefused):
    """The files of the collection would have more bytes together than they may have."""

    def __init__(self, name: str) -> None:
        most = LARGEST_COLLECTION // 2**20
        super().__init__(
            f"‘{name}’ past er niet meer bij: uw documenten mogen samen {most} MB zijn. Haal er eerst een weg.",
            f"‘{name}’ does not fit: your documents may have {most} MB together. Remove one first.",
        )
        self.name = name


class TooManyCollections(UploadRefused):
    """Too many conversations have documents of their own, or these take too much room together."""

    def __init__(self) -> None:
        super().__init__(
            "Er zijn nu te veel gesprekken met eigen documenten. Probeer het later opnieuw, of verwijder een gesprek met "
            "eigen documenten.",
            "Too many conversations have documents of their own now. Try again later, or delete a conversation with "
            "documents of your own.",
        )


class NoRoom(UploadRefused):
    """The disk cannot take or give the file. `cause` says why, for the operator."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(
            f"‘{name}’ kon niet worden bewaard: de map op de server is vol of niet te gebruiken. Meld dit aan de beheerder.",
            f"‘{name}’ could not be kept: the folder on the server is full or cannot be used ({cause}). Tell the operator.",
        )
        self.name = name
        self.cause = cause


class UnknownCollection(AssistantError, KeyError):
    """There is no such collection (any more): never made, forgotten, or not used for too long."""

    dutch = "Uw documenten bij dit gesprek zijn er niet meer: na 6 uur zonder gebruik worden ze verwijderd. Voeg ze opnieuw toe."
    english = (
        "Your documents of this conversation are gone: after 6 hours without use they are removed. Add them again."
    )

    def __str__(self) -> str:
        return self.english


# ------------------------------------------------------------------------------------------------ looking at a file


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is taken: its name, made safe, and its bytes."""

    name: str
    data: bytes


def check(name: str, content: bytes | Path) -> Checked:
    """Look at a file before anything is done with it.

    Args:
        name: as the user's browser gave it: anything at all.
        content: the bytes, or the file they are in, of which no more is read than is allowed.

    Raises:
        TooLarge, WrongKind: it is not taken.
        NoRoom: the file with the bytes cannot be read.
    """
    name = safe_name(name)
    if isinstance(content, bytes):
        data = content
    else:
        try:
            with content.open("rb") as file:
                data = file.read(LARGEST_UPLOAD + 1)
        except OSError as error:
            raise NoRoom(name, error.strerror or str(error)) from error
    if len(data) > LARGEST_UPLOAD:
        raise TooLarge(name)
    try:
        kind = _kind(data, name)
    except UnreadableDocument as error:
        raise WrongKind(name, error.reason) from error
    if PurePosixPath(name).suffix.lower() not in _DOCUMENT_ENDINGS:
        name += _ENDINGS[kind]  # called x.pdf.meta.toml or x.bak it would be taken for a sidecar or a backup
    return Checked(name, data)


def _kind(data: bytes, name: str) -> Kind:
    """What a file is, without unpacking or decoding all of it; raises UnreadableDocument when that is not read here."""
    if data.startswith(b"PK"):
        _check_archive(data, name)
        sample = data
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        sample = data  # an old Office file, which is only searched for what to call it
    else:
        sample = data[:_SAMPLE]
        if len(data) > _SAMPLE:
            # not in the middle of a character of several bytes
            sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b" "), _SAMPLE // 2) & ~1]
    kind = kinds.tell(sample, path=name).kind
    if kind is Kind.IMAGE:
        raise UnreadableDocument(name, "het is een afbeelding; zet hem om naar PDF")
    return kind


def _check_archive(data: bytes, name: str) -> None:
    """That a zip is a DOCX or ODT of reasonable shape, from its directory alone."""
    at = data.rfind(b"PK\x05\x06", -(2**16) - _END_OF_ARCHIVE.size)
    if at < 0 or at + _END_OF_ARCHIVE.size > len(data):
        raise UnreadableDocument(name, "het bestand is beschadigd: het einde ontbreekt")
    _, _, _, _, members, directory, _, _ = _END_OF_ARCHIVE.unpack_from(data, at)
    if members > _MOST_MEMBERS or directory > _LARGEST_DIRECTORY:
        raise UnreadableDocument(name, f"het is een archief met meer dan {_MOST_MEMBERS} bestanden")
    with kinds.open_archive(data, path=name) as archive:
        names = {member.filename: member.file_size for member in archive.infolist()}
    if "[Content_Types].xml" not in names and names.get("mimetype", 2**10) >= 2**10:
        raise UnreadableDocument(name, "het is een archief (zip); pak het uit en voeg de documenten zelf toe")


# ------------------------------------------------------------------------------------------------ names


def safe_name(name: str) -> str:
    """What a file is called here: the last part of its path, printable, no longer than a file system allows."""
    last = name.encode("utf-8", "replace").decode().replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    shown = "".join(character if character.isprintable() else " " for character in unicodedata.normalize("NFC", last))
    shown = " ".join(shown.split()).lstrip(".~#$ ").rstrip(". ")
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending.encode()) > 10:
        stem, dot, ending = shown, "", ""
    room = _LONGEST_NAME - len((dot + ending).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip()
    return f"{stem}{dot}{ending}" if stem else f"document{dot}{ending}"


def numbered(name: str, number: int) -> str:
    """The name of another file of the same name: `brief (2).pdf`."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
