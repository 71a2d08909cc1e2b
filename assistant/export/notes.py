"""Footnotes: one for every use of a citation, numbered through the whole export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from assistant import citing
from assistant.export import Checked, Lost, printable, web_address
from assistant.export.wording import Wording, lost_quote
from assistant.model import Answer, Citation, DocumentInfo


class Note(NamedTuple):
    """One use of a citation. `first` is the note that gave the same quote before, when one did."""

    number: int  # through the whole export, from 1
    citation: Citation
    lost: Lost | None
    first: int | None


class Notes:
    """Numbers the footnotes of an export in the order in which they are used."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, int, int, str], int] = {}
        self._all: list[Note] = []

    def use(self, checked: Checked, numbers: Sequence[int]) -> list[Note]:
        """The notes for citations of an answer that are used together, in one place."""
        if checked.answer is None:
            return []
        citations = {citation.number: citation for citation in checked.answer.citations}
        used: list[Note] = []
        for number in dict.fromkeys(numbers):
            citation = citations[number]
            place = (citation.document.id, citation.start, citation.end, citation.quote)
            note = Note(len(self._all) + 1, citation, checked.lost.get(number), self._first.get(place))
            self._first.setdefault(place, note.number)
            self._all.append(note)
            used.append(note)
        return used

    def __iter__(self) -> Iterator[Note]:
        return iter(self._all)


def nearest(answer: Answer) -> tuple[int, ...]:
    """The citations that no statement uses: for an abstention, the passages that came nearest."""
    used = {number for statement in answer.statements for number in statement.citations}
    return tuple(citation.number for citation in answer.citations if citation.number not in used)


# ------------------------------------------------------------------------------------------------ what a note says


class Kind(StrEnum):
    """What a piece of text in a note is, so that each format can show it as it does."""

    TEXT = "text"
    ITALIC = "italic"
    STRONG = "strong"
    QUOTE = "quote"
    LINK = "link"
    NOTE = "note"  # the number of another note


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a note or a list of sources. Only `QUOTE` is literal text of a document; its marks are part of it."""

    text: str
    kind: Kind = Kind.TEXT
    language: str = ""  # of a quote


def pieces(note: Note, words: Wording) -> list[Piece]:
    """What a note says: reference, quote and address; or where the same quote was given before."""
    citation = note.citation
    info = citation.document
    written = _reference(citing.runs(info, citation.anchor, language=words.language))
    if note.first is not None:
        return [Piece(f"{words.see_note} "), Piece(str(note.first), Kind.NOTE), Piece(": "), *written, Piece(".")]
    quote = printable(citation.quote).strip()
    if note.lost is None:
        said = [Piece(": "), Piece(citing.quoted(quote), Kind.QUOTE, info.language)]
    else:
        said = [
            Piece(". "),
            Piece(lost_quote(note.lost, words), Kind.STRONG),
            Piece(f" {words.then} {quote}"),
        ]
    return [*written, *said, *_address(info, " (", ")")]


def source(info: DocumentInfo, words: Wording) -> list[Piece]:
    """A document in the list of sources: title, what it is, its reference and its address."""
    runs = _reference(citing.runs(info, language=words.language))
    if not citing.is_described(info) and info.title:
        about = [info.type, info.publisher, citing.spelled_date(info.date, words.language)]
        details = ", ".join(part for part in about if part)
        title = [Piece(printable(info.title), Kind.ITALIC), Piece(f" ({printable(details)}), " if details else ", ")]
        runs = [*title, *runs]
    return [*runs, *_address(info, ", ", "")]


def _reference(runs: Sequence[citing.Run]) -> list[Piece]:
    return [Piece(printable(run.text), Kind.ITALIC if run.italic else Kind.TEXT) for run in runs]


def _address(info: DocumentInfo, before: str, after: str) -> list[Piece]:
    if not info.url:
        return []
    if web_address(info.url) is None:
        return [Piece(f"{before}{printable(info.url)}{after}")]
    return [Piece(before), Piece(info.url, Kind.LINK), Piece(after)]
