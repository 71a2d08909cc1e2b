"""What Word and OpenDocument files have in common: a package of XML files, and what readers of them say to a `Flow`."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from assistant.errors import UnreadableDocument
from assistant.ingest import metadata
from assistant.ingest.flowing import Flow, article_of
from assistant.ingest.kinds import LARGEST_TEXT, check_archive, member_bytes
from assistant.ingest.markup import counted, to_roman, xml_tree
from assistant.model import Document, DocumentInfo

LONG_CELL = 1500  # characters; a table with such a cell is there for the layout of the page
_LARGEST_PART = 60 * 2**20  # bytes of one XML file inside; a thousand pages are about 10 MB
# Levels of headings by looks only, below all real ones (1 for the title, 2 to 10): in running text (an article one
# deeper), and in text boxes and cells, where they end with the box
_BOLD, BOLD_APART = 10, 12
_BOILERPLATE_TITLE = re.compile(
    r"(?:microsoft word\b|document\s*\d*\Z|untitled|naamloos|titel\Z|title\Z|\S+\.\w{3,4}\Z)", re.I
)


class Package:
    """The files inside a document, each read at most once and never larger than allowed."""

    def __init__(self, data: bytes, path: str) -> None:
        self.path = path
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError) as error:
            raise UnreadableDocument(path, "het bestand is beschadigd: het archief heeft geen einde") from error
        check_archive(self._archive, path=path)
        self._names = set(self._archive.namelist())

    def tree(self, name: str) -> etree._Element | None:
        """The XML of a file inside; None when there is no such file."""
        if name not in self._names:
            return None
        if self._archive.getinfo(name).file_size > _LARGEST_PART:
            raise UnreadableDocument(self.path, f"meer dan {_LARGEST_PART // 2**20} MB tekst; splits het document")
        data = member_bytes(self._archive, name, path=self.path)
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return xml_tree(data.decode(encoding, "replace"), path=self.path)

    def needed(self, name: str) -> etree._Element:
        """The XML of a file without which there is no document."""
        tree = self.tree(name)
        if tree is None:
            raise UnreadableDocument(self.path, f"het bestand is beschadigd: {name} ontbreekt")
        return tree


def tag_of(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def child_of(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The element reached by going down the names, ignoring namespaces."""
    at = element
    for name in names:
        at = None if at is None else next((child for child in at if tag_of(child) == name), None)
    return at


def value_of(element: etree._Element | None, name: str = "val") -> str:
    """An attribute, ignoring its namespace."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def number_of(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else otherwise


def checked(document: Document, info: DocumentInfo) -> Document:
    if len(document.text) > LARGEST_TEXT:
        raise UnreadableDocument(
            info.path, f"de tekst is langer dan {LARGEST_TEXT // 1_000_000} miljoen tekens; splits het bestand"
        )
    return document


def with_properties(document: Document, *, title: str, created: str) -> Document:
    """What the file says of itself, after what the letter in it says: a title people type, a date programs set.

    Its author is a person or a computer, no publisher, and its language that of the program; neither is used.
    """
    info = document.info
    title = " ".join(title.split())
    if not re.search(r"[^\W\d_]{3}", title) or _BOILERPLATE_TITLE.match(title):
        title = ""
    date = metadata.letter_date(document.text) or created[:10]
    return replace(document, info=metadata.fill(info, title=metadata.shorten(title), date=date))


def say_bold(flow: Flow, text: str, *, apart: bool) -> None:
    article = article_of(text)
    flow.heading(text, level=BOLD_APART if apart else _BOLD + bool(article), article=article)


class OpenList:
    """The list that paragraphs of a word processor make together: each names its level and its marker only."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._levels: list[int] = []

    @property
    def is_open(self) -> bool:
        return bool(self._levels)

    def begin_item(self, level: int, marker: str) -> None:
        if not self._levels:
            self._flow.begin_list()
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
            self._flow.end_item()
        self._levels.append(level)
        self._flow.begin_item(marker)

    def close(self) -> None:
        if self._levels:
            while self._levels:
                self._levels.pop()
                self._flow.end_item()
            self._flow.end_list()


def say_rows(flow: Flow, rows: Sequence[Sequence[str]]) -> None:
    """The rows of a table as one group; the notes of its cells come after it."""
    notes = flow.take_footnotes()
    for row in rows:
        flow.row(row)
    for note in notes:
        flow.footnote(note)
    flow.end_block()


def property_of(core: etree._Element | None, name: str) -> str:
    found = child_of(core, name)
    return (found.text or "").strip() if found is not None else ""


def figure(number: int, style: str) -> str:
    match style:
        case "lowerLetter" | "upperLetter":
            letters = (
                counted((number - 1) % 26 + 1, "a") * ((number - 1) // 26 + 1) if 0 < number < 1000 else str(number)
            )
            return letters if style == "lowerLetter" else letters.upper()
        case "lowerRoman" | "upperRoman" if 0 < number < 4000:
            return to_roman(number).lower() if style == "lowerRoman" else to_roman(number)
        case "decimalZero":
            return f"{number:02}"
        case "ordinal":
            return f"{number}e"
        case "bullet" | "none":
            return ""
    return str(number)
