"""Files → documents: the public face. Content tells what a file is; what cannot be read is refused by name."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UnreadableDocument
from assistant.ingest import hidden, metadata
from assistant.model import Document

if TYPE_CHECKING:
    from assistant.ingest.kinds import Told
    from assistant.ingest.ocr import Ocr
    from assistant.model import DocumentInfo

__all__ = ["RECIPE", "candidates", "fingerprint_parts", "id_of_path", "is_candidate", "parse", "relative_name"]

# How files become documents. Raise the number when a parser changes what it makes of a file: indexes then read all anew.
RECIPE = "ingest 2"

_BACKUPS = (".bak", ".tmp", ".swp", ".swo", ".part", ".crdownload", ".orig", "~")


def parse(path: Path, *, corpus: Path, ocr: Ocr | None = None) -> Document:
    """The document in a file.

    Args:
        path: the file, inside `corpus`.
        corpus: the folder that paths and ids are relative to.
        ocr: reads pages that are images; without it they are listed in `needs_ocr`.

    Raises:
        UnreadableDocument: it cannot become text; `path` is relative to the corpus, the reason is in plain Dutch.
    """
    name = relative_name(path, corpus=corpus)
    try:
        return _parse(path, name, corpus=corpus, ocr=ocr)
    except RecursionError as error:
        raise UnreadableDocument(name, "te diep genest om te lezen") from error
    except MemoryError as error:
        raise UnreadableDocument(name, "kost meer geheugen dan een document mag gebruiken") from error


def candidates(corpus: Path, *, on_error: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """The files of a corpus folder that are looked at, sorted by path. Linked folders are not entered.

    `on_error` hears of folders that cannot be listed; the error's `filename` says which.
    """
    for folder, folders, files in os.walk(corpus, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if is_candidate(path):
                yield path


EXAMPLES = "examples.toml"  # questions for the page's first screen; the page reads them


def is_candidate(path: Path) -> bool:
    """Whether a file of a corpus folder is looked at: no sidecar, hidden file, backup, README or example questions."""
    name = path.name
    if name == EXAMPLES:
        return False
    if name.startswith((".", "~$", "#")) or name.endswith((metadata.SIDECAR_ENDING, *_BACKUPS)) or path.is_dir():
        return False
    return name.lower() != "readme.md" or _says_it_is_a_document(path)


def _says_it_is_a_document(readme: Path) -> bool:
    """A README.md explains its folder, unless it has front matter (or cannot be read, which `parse` will say)."""
    if metadata.sidecar_of(readme).is_file():
        return True
    try:
        with readme.open("rb") as file:
            return metadata.has_front_matter(file.read(2**16).decode("utf-8", "replace"))
    except OSError:
        return True


def id_of_path(path: str) -> str:
    """The id of a document that has none of its own, made of its path relative to the corpus."""
    return metadata.slug(path)


def fingerprint_parts(path: Path) -> list[Path]:
    """The files a document is made of: the file, and its sidecar when there is one."""
    sidecar = metadata.sidecar_of(path)
    return [path, sidecar] if sidecar.is_file() else [path]


def relative_name(path: Path, *, corpus: Path) -> str:
    """A path relative to its corpus with forward slashes; bytes that are no UTF-8 show as `\\xe9`."""
    try:
        relative = path.relative_to(corpus)
    except ValueError:
        relative = Path(path.name)
    return os.fsencode(relative.as_posix()).decode("utf-8", "backslashreplace")


def _parse(path: Path, name: str, *, corpus: Path, ocr: Ocr | None) -> Document:
    from assistant.ingest import kinds

    data = _read(path, name, corpus=corpus)
    given = metadata.read_sidecar(path, document=name)
    told = kinds.tell(data, path=name)
    del data
    text = told.text
    if told.kind is kinds.Kind.MARKDOWN:
        own, text = metadata.split_front_matter(text, document=name)
        given = metadata.Given({**given.values, **own.values}, (*given.notes, *own.notes))
    info = replace(metadata.unknown_info(name), **given.values)
    document = _read_kind(told, text, info, ocr=ocr)
    if not document.text.strip() and not document.needs_ocr:
        raise UnreadableDocument(name, "bevat geen tekst")
    document = metadata.complete(document, given=given)
    odd = (hidden.LOOK_ALIKES,) if hidden.has_look_alikes(document.text) else ()
    notes = tuple(dict.fromkeys((*told.notes, *document.notes, *odd)))
    return replace(document, notes=notes, id_given="id" in given.values)


def _read(path: Path, name: str, *, corpus: Path) -> bytes:
    """The bytes of a regular file that is really inside the corpus and not too large."""
    from assistant.ingest.kinds import LARGEST_FILE

    try:
        if not path.resolve(strict=True).is_relative_to(corpus.resolve()):
            raise UnreadableDocument(name, "verwijst naar een bestand buiten de map met documenten")
        # not blocking: opening a named pipe would wait for a writer for ever
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableDocument(name, "geen gewoon bestand")
            if status.st_size > LARGEST_FILE:
                raise UnreadableDocument(
                    name, f"{status.st_size // 2**20} MB groot; meer dan {LARGEST_FILE // 2**20} MB wordt niet gelezen"
                )
            return file.read(LARGEST_FILE + 1)
    except PermissionError as error:
        raise UnreadableDocument(name, "geen toestemming om het bestand te lezen") from error
    except FileNotFoundError as error:
        raise UnreadableDocument(name, "het bestand bestaat niet (meer)") from error
    except IsADirectoryError as error:
        raise UnreadableDocument(name, "een map, geen bestand") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links that go round
        raise UnreadableDocument(name, f"kan niet worden geopend: {error}") from error


def _read_kind(told: Told, text: str, info: DocumentInfo, *, ocr: Ocr | None) -> Document:
    from assistant.ingest.kinds import Kind

    # every parser loads its own libraries, and only when a file of its kind comes along
    match told.kind:
        case Kind.PDF:
            from assistant.ingest import pdf

            return pdf.parse(told.data, info, ocr=ocr)
        case Kind.DOCX:
            from assistant.ingest import word

            return word.parse(told.data, info)
        case Kind.ODT:
            from assistant.ingest import opendocument

            return opendocument.parse(told.data, info)
        case Kind.HTML:
            from assistant.ingest import markup

            return markup.parse_html(text, info)
        case Kind.MARKDOWN:
            from assistant.ingest import markup

            return markup.parse_markdown(text, info)
        case Kind.OFFICIAL:
            from assistant.ingest import official

            return official.parse(text, info)
        case Kind.IMAGE:
            from assistant.ingest import images

            return images.parse(told.data, info, ocr=ocr)
        case Kind.PLAIN:
            from assistant.ingest import plain

            return plain.parse(text, info)
