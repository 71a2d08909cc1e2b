"""A list of questions: read from pasted text or a file, answered one after another, counted.

Reading goes bytes → pieces (a paragraph, a list item, a cell) → questions. What is no question (titles, introductions, the
answers in a set of Kamervragen) is left out; a question is never cut off and never left out because it is too much.
"""

from __future__ import annotations

import csv
import io
import logging
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from assistant.answering.small_talk import LONGEST_QUESTION_CHARACTERS
from assistant.errors import (
    AssistantError,
    IndexUnusable,
    ModelUnavailable,
    SettingsError,
    UnreadableDocument,
    UnreadableQuestions,
)
from assistant.model import Answer, BlockKind, DocumentInfo, Exchange, Question
from assistant.text import clean, sentences

if TYPE_CHECKING:
    from assistant.ingest.office import Package
    from assistant.model import Document

MOST_QUESTIONS = 100
LARGEST_LIST = 5 * 2**20  # bytes, of the file or the pasted text
LONGEST_QUESTION = LONGEST_QUESTION_CHARACTERS
# A list of a hundred questions is small; a file that unpacks to more is not read in the process that serves the page
_LARGEST_XML = 10 * 2**20  # bytes of all XML in a file together
_MOST_TAGS = 300_000  # in one file inside; the busiest of real letters has 5,000
_LONGEST_TEXT = 500_000  # characters; a hundred questions of the greatest length are 400,000
_MOST_LINES = 20_000
_MOST_COLUMNS = 200

_log = logging.getLogger(__name__)


# ------------------------------------------------------------------------------------------------ reading


def read(data: bytes | str, name: str = "") -> list[str]:
    """The questions in pasted text, or in a file: TXT, MD, CSV, TSV, DOCX, ODT or XLSX.

    In order and with duplicates, because people compare row numbers. Numbers, bullets and *Vraag 3:* are taken off. What
    leans on the question before it (*Zo ja, wanneer?*) stays with it, because every question is asked by itself.

    Args:
        data: the bytes of a file, or text as it was pasted.
        name: of the file, for messages and to tell CSV from text; "" for pasted text.

    Raises:
        UnreadableQuestions: no questions, more than `MOST_QUESTIONS`, one too long, or a file that cannot be read.
    """
    found = list(_read(data, name))
    if not found:
        raise UnreadableQuestions(
            name,
            "Hier staan geen vragen in. Zet elke vraag op een eigen regel en eindig met een vraagteken.",
            "There are no questions in this. Put every question on a line of its own and end it with a question mark.",
        )
    if len(found) > MOST_QUESTIONS:
        raise UnreadableQuestions(
            name,
            f"Dit zijn {len(found)} vragen; een vragenlijst heeft er hoogstens {MOST_QUESTIONS}. Maak er twee lijsten van.",
            f"These are {len(found)} questions; a list has at most {MOST_QUESTIONS}. Make two lists of them.",
        )
    for number, question in enumerate(found, 1):
        if len(question) > LONGEST_QUESTION:
            raise UnreadableQuestions(
                name,
                f"Vraag {number} heeft {len(question)} tekens; dat mogen er hoogstens {LONGEST_QUESTION} zijn. "
                "Maak die vraag korter.",
                f"Question {number} has {len(question)} characters; at most {LONGEST_QUESTION} are allowed. "
                "Make that question shorter.",
            )
    return found


def _read(data: bytes | str, name: str) -> Iterable[str]:
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "replace"))
    if size > LARGEST_LIST:
        raise UnreadableQuestions(
            name,
            f"De lijst is groter dan {LARGEST_LIST // 2**20} MB. Bewaar alleen de vragen in een nieuw bestand.",
            f"The list is larger than {LARGEST_LIST // 2**20} MB. Save just the questions in a new file.",
        )
    if not data.strip():
        raise UnreadableQuestions(name, "De lijst is leeg.", "The list is empty.")
    if isinstance(data, str):
        return _of_text(_limited(data, name))
    try:
        return _of_file(data, name)
    except UnreadableDocument as error:
        what, _, advice = error.reason.partition(";")
        if "PDF" in advice:  # good advice for a document, but questions are not read from a PDF
            advice = " bewaar de vragen als TXT, CSV, DOCX, ODT of XLSX"
        raise UnreadableQuestions(
            name,
            f"Dit bestand kan niet worden gelezen: {what}{advice and ';'}{advice}.",
            "This file cannot be read: it is damaged, empty, protected with a password or of a kind that is not read. "
            "Save the questions as TXT, CSV, DOCX, ODT or XLSX.",
        ) from error
    except (RecursionError, MemoryError) as error:
        raise _too_complex(name) from error


def _of_file(data: bytes, name: str) -> Iterable[str]:
    from assistant.ingest import kinds, opendocument, word
    from assistant.ingest.kinds import Kind

    if data.startswith(b"PK"):
        names = _check_package(data, name)
        if "xl/workbook.xml" in names:
            return _of_workbook(data, name)
    ending = PurePosixPath(name.lower()).suffix
    told = kinds.tell(data, path=name)
    info = DocumentInfo(id="", title="", path=name)
    if told.kind is Kind.DOCX:
        return _of_document(word.parse(told.data, info), name)
    if told.kind is Kind.ODT:
        return _of_document(opendocument.parse(told.data, info), name)
    if told.kind in (Kind.PLAIN, Kind.MARKDOWN) or (told.text and ending in _TEXTS):
        text = _limited(told.text, name)
        return _of_csv(text, name) if ending in (".csv", ".tsv") else _of_text(text)
    dutch, english = _NOT_READ[told.kind.value]
    raise UnreadableQuestions(
        name,
        f"Uit {dutch} worden geen vragen gelezen. Bewaar de vragen als TXT, CSV, DOCX, ODT of XLSX, of plak ze als tekst.",
        f"Questions are not read from {english}. Save them as TXT, CSV, DOCX, ODT or XLSX, or paste them as text.",
    )


_NOT_READ = {
    "pdf": ("een PDF-bestand", "a PDF file"),
    "html": ("een webpagina", "a web page"),
    "official": ("een XML-bestand", "an XML file"),
    "image": ("een afbeelding", "a picture"),
}
_TEXTS = (".txt", ".md", ".csv", ".tsv")  # read as text, also when they begin like a web page


def _limited(text: str, name: str) -> str:
    if len(text) > _LONGEST_TEXT or len(text.splitlines()) > _MOST_LINES:
        raise _too_complex(name)
    return text


def _too_complex(name: str) -> UnreadableQuestions:
    return UnreadableQuestions(
        name,
        "Dit bestand is te groot of te ingewikkeld opgebouwd voor een vragenlijst. Bewaar alleen de vragen in een nieuw bestand.",
        "This file is too large or too complicated for a list of questions. Save just the questions in a new file.",
    )


def _check_package(data: bytes, name: str) -> frozenset[str]:
    """The names in an archive, after refusing what would cost much to read; ingest's own limits are those of a large build."""
    from assistant.ingest.kinds import check_archive, member_bytes, open_archive

    archive = open_archive(data, path=name)
    check_archive(archive, path=name)
    members = [member for member in archive.infolist() if not member.filename.lower().endswith(_PICTURES)]
    if sum(member.file_size for member in members) > _LARGEST_XML:
        raise _too_complex(name)
    for member in members:
        if member.file_size > _MOST_TAGS and member_bytes(archive, member.filename, path=name).count(b"<") > _MOST_TAGS:
            raise _too_complex(name)
    return frozenset(member.filename for member in members)


_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".svg", ".odttf", ".ttf")


# ------------------------------------------------------------------------------------------------ what is a question

# After the numbering is gone, a line that begins like this asks something, also without a question mark
_OPENS = re.compile(
    r"(?!(?:wat betreft|hoe dan ook|hoe (?:meer|eerder|beter)|waar (?:nodig|mogelijk|van toepassing)|wat dat betreft)\b)"
    r"(?:(?:aan|bij|door|in|met|naar|om|onder|op|over|per|sinds|tegen|tot|uit|van|vanaf|voor|volgens)\s+"
    r"(?:wie|wat|welke?|wanneer|hoeveel|hoeverre|wiens|hoe)"
    r"|hoe(?:veel|lang|zo)?|wat|wanneer|waar(?:aan|bij|door|in|mee|naar|om|op|over|toe|uit|van|voor)?|wie|wiens|welke?"
    r"|kunt u|kunnen|kan|kent u|bent u|is (?:er|het|de|dit|dat|een)|zijn (?:er|de|alle)|klopt het|heeft (?:u|de|het)|hebben"
    r"|deelt u|wilt u|vindt u|weet u|gaat u|ziet u|erkent u|hoort|moet(?:en)?|mag|mogen|geldt|gelden|krijg(?:t|en)"
    r"|what|when|where|who|whose|whom|which|why|how|is there|are there|can|does|do|did|could|will)\b",
    re.IGNORECASE,
)
# A numbered item that begins like this asks something too
_ORDERS = re.compile(
    r"(?:geef|noem|beschrijf|leg uit|licht|som|toon|vermeld|vergelijk|graag|(?:een )?overzicht"
    r"|list|describe|explain|name|give)\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"\?(?=\d{0,2}(?:[\s\"'”’»)\]]|\Z))")  # a question mark that is not part of a web address
_ASKS = re.compile(r"\?[\"'”’»)\]!.]*\Z")
# What cannot be asked without the question before it
_LEANS = re.compile(
    r"(?:(?:en )?zo (?:ja|nee|niet|neen|nodig)\b|(?:indien|als) (?:ja|nee|niet|zo|wel|dat)\b|waarom (?:wel|niet)\b"
    r"|if (?:so|not|yes|no)\b"
    r"|why not\b|hoe (?:dan|zo)\b|hoezo\b)",
    re.IGNORECASE,
)
_LEANS_IN_PARAGRAPH = re.compile(
    r"(?:en|of|maar|ook|dus|daarnaast|and|or)\b|(?:kunt|wilt) u (?:uw antwoord|toelichten)\b", re.IGNORECASE
)
_POINTS = re.compile(
    r"\b(?:(?:dit|deze)"
    r"(?! (?:jaar|kabinet|moment|voorjaar|najaar|kwartaal|maand|week|kabinetsperiode|regering|periode|gemeente|stad)\b)"
    r"|hier ?(?:aan|bij|door|in|mee|om|op|over|toe|van|voor|tegen)|daar(?:aan|bij|door|in|mee|om|op|over|toe|van|voor|tegen)"
    r"|er(?:aan|bij|door|in|mee|om|op|over|toe|van|voor|tegen)|hij|zij|ze|hun|hen|het(?= \w+en\W*\Z)"
    r"|this|these|they|them|it)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:graag|geef|licht|zo (?:ja|nee)|indien|please)\b", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\s?\[\d{1,3}\]|(?<=[\w?.!”’\"'])\s?\d{1,2}\)|(?<=\?)(?:\s?\(\d{1,2}\)|\d{1,2}(?=\s|\Z))")
_LONGEST_SHORT = 12  # words; so short a line may ask with a full stop: "Wat kost het."
_MOST_QUOTED = 300  # sentences of one piece in which quotation marks are looked at


def _plain(text: str) -> str:
    """Text of a question on one line, without the marks of notes: `[3]`, `gedrag2)`, `vraagt? 1)`, `vraagt?1`."""
    text = re.sub(r"\?(?=[A-ZÀ-Ý][a-z])", "? ", " ".join(clean(text).split()))
    parts: list[str] = []
    at = brackets = 0  # how many are open
    for mark in _NOTE_MARK.finditer(text):
        before = text[at : mark.start()]
        brackets = max(0, brackets + before.count("(") - before.count(")"))
        of_bracket = brackets > 0 and "(" not in mark.group() and mark.group().endswith(")")
        parts.append(before + (mark.group() if of_bracket else ""))
        brackets -= of_bracket
        at = mark.end()
    text = "".join(parts) + text[at:]
    return re.sub(r"(?<=\w)\s+(?=[?,])", "", text).strip()


def _asked_by_looks(text: str, *, marked: bool) -> bool:
    """Whether a text without a question mark asks something."""
    if _OPENS.match(text):
        return not text.endswith((".", ":", ";")) or (
            not text.endswith((":", ";")) and (marked or len(text.split()) <= _LONGEST_SHORT)
        )
    return marked and _ORDERS.match(text) is not None


def _asked(text: str, *, marked: bool) -> list[str]:
    """The questions in a paragraph, each with what it leans on."""
    found: list[str] = []
    context = ""
    said = _sentences(text)
    for sentence in said:
        if not _ASKS.search(sentence):
            if found and not context and _GOES_ON.match(sentence):
                found[-1] += f" {sentence}"
            else:
                context = sentence
            continue
        pointing = _POINTS.search(sentence) is not None
        leans = _LEANS.match(sentence) is not None or _LEANS_IN_PARAGRAPH.match(sentence) is not None
        with_context = f"{context} {sentence}" if context and (pointing or leans) else sentence
        if found and (leans or (pointing and not context)):
            found[-1] += f" {with_context}"
        else:
            found.append(with_context)
        context = ""
    if not found and (len(said) == 1 or marked) and _asked_by_looks(text, marked=marked):
        return [text]
    return found


def _sentences(text: str) -> list[str]:
    """Sentences; also cut after a question mark before a small letter, and not between quotation marks."""
    cut = [
        part
        for span in sentences(text)
        for part in re.split(r"(?<=\?)\s+(?=[a-z])", text[span.start : span.end])
        if re.search(r"\w", part)
    ]
    if len(cut) > _MOST_QUOTED:
        return cut
    whole: list[str] = []
    for place, part in enumerate(cut):
        if whole and _is_open(whole[-1]) and not _is_open(" ".join([whole[-1], *cut[place:]])):
            whole[-1] += f" {part}"
        else:
            whole.append(part)
    return whole


def _is_open(text: str) -> bool:
    """Whether a quotation or a bracket is still open at the end of a text."""
    return (
        text.count('"') % 2 == 1
        or text.count("“") + text.count("„") > text.count("”")
        or text.count("‘") > text.count("’")
        or text.count("«") > text.count("»")
        or text.count("(") > text.count(")")
    )


# ------------------------------------------------------------------------------------------------ pieces

_NUMBERS = r"\d{1,3}[a-z]?(?:\s*(?:,|&|/|-|–|en|and|t/m)\s*\d{1,3})*"
_LABEL = re.compile(
    rf"(?:deel)?(?:vraag|vragen|question|vr|v|q)\.?\s*(?:nr\.?\s*|nummer\s*)?{_NUMBERS}\s*(?:[.:)–-]+\s*|\s(?=\S)|\Z)"
    r"|(?:vraag|question)\s*:\s*",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    rf"(?:antwoord|antwoorden|answers?|reactie)(?:\s+(?:op|to))?(?:\s+(?:de\s+)?(?:vraag|vragen|questions?))?(?:\s*{_NUMBERS})?"
    r"\s*(?::|[.)–-]*\s*\Z)",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"[•●○◦▪▫■□►▶➢➤✓✔→⁃‣·☐☑\uf0b7\uf0a7\uf0d8]\s*|[-–—*+>§]+\s+|o\s+(?=[A-ZÀ-Ý])|\[[ xX]?\]\s*"
    r"|\(?(?:\d{1,3}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,4})[.)\]:]\)?(?:\s+|\Z)|\(?\d{1,3}(?:[.)\]]|\s*[-–])\s*(?=[A-ZÀ-Ý‘“\"'])"
    r"|\d{1,2}(?:\.\d{1,2})+\s+(?=\D)|\d{1,3}\t\s*|\d{1,3}(?=\Z)"
)
_BARE_NUMBER = re.compile(r"\d{1,3}\s+(?=[A-ZÀ-Ý])")  # "3 Hoeveel gemeenten", not "3 Gemeenten"
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+")
_TABLE_RULE = re.compile(r"[|:\s-]+")
_RULE = re.compile(r"[-=_*~\s]{3,}")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S))(.+?)\1")
_TITLE = re.compile(
    r"(?:lijst|vragenlijst|vragen|schriftelijke vragen|raadsvragen|kamervragen|feitelijke vragen|technische vragen|questions)\b",
    re.I,
)
_OPEN_WORD = re.compile(
    r"(?:^|\s)(?:de|het|een|van|op|aan|met|voor|en|of|te|om|bij|naar|door|dat|die|deze|in|per|als|tot|uit|is|zijn|the|a|of|for|to)\Z",
    re.IGNORECASE,
)
_WIDE = 40  # characters; a line this long may have been broken because the next word did not fit
_VERY_WIDE = 60

Role = Literal["", "question", "answer"]


@dataclass(slots=True)
class _Piece:
    """A paragraph, list item or cell of the list. `role` is what its label says: *Vraag 3*, *Antwoord op vraag 3*."""

    lines: list[str] = field(default_factory=list)
    marked: bool = False  # numbered, bulleted or labelled
    heading: bool = False
    role: Role = ""
    whole: bool = False  # a cell of a column of questions: one question, whatever it says

    @property
    def text(self) -> str:
        joined = self.lines[0] if self.lines else ""
        parts = [joined]
        for line in self.lines[1:]:
            if parts[-1].endswith("-") and parts[-1][-2:-1].isalpha() and re.match(r"(?!(?:en|of)\b)[a-z]", line):
                parts[-1] = parts[-1][:-1]  # a word broken at the line end
                parts.append(line)
            else:
                parts += [" ", line]
        return _plain("".join(parts))


def _unmark(line: str, *, bare: bool = False) -> tuple[str, bool, Role]:
    """A line without its numbering, whether it had any, and what its label says it is.

    Args:
        bare: a number before a capital is numbering, whatever follows.
    """
    role: Role = ""
    marked = False
    for _ in range(4):  # "> 3. a) Vraag: ..."
        answer = _ANSWER.match(line)
        if answer:
            return line[answer.end() :].strip(), True, "answer"
        found = _LABEL.match(line)
        if found:
            role = "question"
        else:
            found = _MARKER.match(line)
        if not found:
            number = _BARE_NUMBER.match(line)
            found = number if number and (bare or _OPENS.match(line, number.end())) else None
        if not found:
            break
        marked = True
        line = line[found.end() :].strip()
    return line, marked, role


def _of_text(text: str) -> list[str]:
    """The questions in running text or Markdown; cells pasted from a spreadsheet are read as a table."""
    from assistant.ingest import metadata

    if metadata.has_front_matter(text):
        text = metadata.split_front_matter(text, document="")[1]
    lines = ["\t".join(clean(cell) for cell in line.split("\t")).strip() for line in text.splitlines()]
    tabs = Counter(line.count("\t") for line in lines if line)
    if len(tabs) == 1 and next(iter(tabs)) > 0:
        return _of_table(
            list(csv.reader((line for line in lines if line), delimiter="\t", quoting=csv.QUOTE_NONE)), sure=True
        )
    return _of_pieces(list(_pieces_of_lines(lines)))


def _pieces_of_lines(lines: Sequence[str]) -> Iterator[_Piece]:
    asks = any(_MARK.search(line) for line in lines)
    numbers = [int(found.group()) for found in map(_BARE_NUMBER.match, lines) if found]
    counting = len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))
    current: _Piece | None = None
    table: list[list[str]] = []
    after_blank = True
    for line in [*lines, ""]:
        if line.startswith("|") and line.endswith("|") and len(line) > 2:
            if not _TABLE_RULE.fullmatch(line):
                table.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if table:
            yield from _cells(table)
            table = []
        if not line or _RULE.fullmatch(line):
            if current is not None and line and not current.marked and not after_blank and not _MARK.search(line):
                current.heading = len(current.lines) == 1 and not _MARK.search(current.lines[0])  # underlined
            after_blank = True
            continue
        heading = _MARKDOWN_HEADING.match(line)
        if heading:
            line = line[heading.end() :].strip("# ")
        line = _EMPHASIS.sub(r"\2", line)
        line, marked, role = _unmark(line, bare=counting)
        line = _EMPHASIS.sub(r"\2", line)
        pending = current is not None and current.marked and not current.lines and not marked
        if pending and current is not None and line:
            current.lines.append(line)  # the number stood on a line of its own
        elif (
            current is not None
            and not (marked or heading or after_blank or current.heading)
            and _continues(current, line, asks=asks)
        ):
            current.lines.append(line)
        else:
            if current is not None:
                yield current
            current = _Piece([line] if line else [], marked, heading is not None, role)
        after_blank = False
    if current is not None:
        yield current


def _continues(before: _Piece, line: str, *, asks: bool) -> bool:
    """Whether a line goes on with the question on the line before it."""
    if not before.lines:
        return True
    last = before.lines[-1]
    if last.endswith(("?", "!", ".", ":", ";")):
        return (asks and before.marked) or (last.endswith("?") and _LEANS.match(line) is not None)
    if last.endswith("-") or _OPEN_WORD.search(last):
        return True
    opens = _OPENS.match(line) is not None
    if line[:1].islower():
        if before.marked:
            return True
        if opens:
            return asks and before.lines[0][:1].isupper()
        return asks or len(last) >= _VERY_WIDE
    if _LEANS.match(line):
        return True
    reasons = before.marked + (len(last) >= _WIDE) + (_OPENS.match(before.lines[0]) is not None)
    return asks and not opens and reasons >= 2


def _of_document(document: Document, name: str) -> list[str]:
    """The questions in a Word or OpenDocument text: paragraphs, list items, and cells of tables."""
    _limited(document.text, name)
    pieces: list[_Piece] = []
    tables: list[list[list[str]]] = []
    group = 0
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind is BlockKind.TABLE_ROW:
            if not tables or block.group != group or not pieces or pieces[-1].lines != [_TABLE_HERE]:
                tables.append([])
                pieces.append(_Piece([_TABLE_HERE]))
            group = block.group
            tables[-1].append([cell.strip() for cell in re.split(r"(?:^|\s)\|(?:\s|$)", text)])
        elif block.kind is not BlockKind.FOOTNOTE:
            line, marked, role = _unmark(text)
            before = pieces[-1] if pieces else None
            if before is not None and before.marked and not before.lines and not marked:
                before.lines.append(line)
                before.heading = False
                continue
            is_heading = block.kind is BlockKind.HEADING and not role
            marked = marked or block.kind is BlockKind.LIST_ITEM
            pieces.append(_Piece([line] if line else [], marked, is_heading, role))
    waiting = iter(tables)
    flat: list[_Piece] = []
    for piece in pieces:
        flat += _cells(next(waiting)) if piece.lines == [_TABLE_HERE] else [piece]
    found = _of_pieces(flat)
    if not found:  # nothing that asks outside tables; then a table is the list
        found = [question for rows in tables for question in _of_table(rows, sure=True)]
    return found


_TABLE_HERE = "\x00table"  # cannot stand in the text of a document


def _cells(rows: Sequence[Sequence[str]]) -> list[_Piece]:
    return [_Piece([question], marked=True, whole=True) for question in _of_table(rows, sure=False)]


def _of_pieces(pieces: Sequence[_Piece]) -> list[str]:
    """The questions among pieces, without the answers that stand between them."""
    pieces = _without_answers(pieces)
    texts = [(piece, piece.text) for piece in pieces]
    found: list[str] = []
    if not any(piece.whole or _MARK.search(text) for piece, text in texts):
        listed = [
            (piece, text)
            for place, (piece, text) in enumerate(texts)
            if re.search(r"\w", text)
            and not piece.heading
            and not text.endswith(":")
            and not (place == 0 and not piece.marked and _TITLE.match(text))
        ]
        only_marked = sum(piece.marked for piece, _ in listed) >= 2
        return [text for piece, text in listed if piece.marked or not only_marked]
    for piece, text in texts:
        if piece.whole:
            found.append(text)
        elif found and not piece.marked and _LEANS.match(text) and _ASKS.search(text):
            found[-1] += f" {text}"
        elif not piece.heading or _ASKS.search(text):
            found += _asked(text, marked=piece.marked)
    return found


def _without_answers(pieces: Sequence[_Piece]) -> Sequence[_Piece]:
    """Pieces outside the answers of a document that has both: an answer runs until the next question begins."""
    if not any(piece.role == "answer" for piece in pieces):
        return pieces
    labelled = any(piece.role == "question" for piece in pieces)
    kept: list[_Piece] = []
    answering = labelled  # what stands before the first label is the letter around it
    for piece in pieces:
        if piece.role == "answer":
            answering = True
        elif piece.role == "question" or (not labelled and piece.marked):
            answering = False
        if not answering:
            kept.append(piece)
    return kept


# ------------------------------------------------------------------------------------------------ tables

_QUESTION_COLUMN = re.compile(
    r"(?!(?:nr|nummer|type|soort|datum|aantal|indiener|steller|status|antwoord|reactie|toelichting|id|answer|number)\b)"
    r"(?:[\w-]+ ){0,2}[\w-]*(?:vraag(?:stelling|tekst)?|vragen|questions?)(?: text)?(?: ?\(.{0,30}\))?:?",
    re.IGNORECASE,
)
_ANSWER_COLUMN = re.compile(r"(?:antwoord|reactie|answer|toelichting|opmerking)", re.IGNORECASE)
_HEADER_WITHIN = 10  # rows from the top; above the header stands a title, sometimes


def _of_table(rows: Sequence[Sequence[str]], *, sure: bool) -> list[str]:
    """The questions in a table: the column whose header says so, else the one with most cells that look like questions.

    Args:
        sure: the table is the list; otherwise one without anything that looks like a question holds none.
    """
    rows = [[_unmarked_cell(cell) for cell in row[:_MOST_COLUMNS]] for row in rows]
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        for column, cell in enumerate(row):
            if _QUESTION_COLUMN.fullmatch(cell) and not cell.endswith("?"):
                below = [later[column] for later in rows[place + 1 :] if column < len(later)]
                if any(below):
                    return [text for text in below if text and text != cell]
    width = max((len(row) for row in rows), default=0)
    columns = [[row[column] if column < len(row) else "" for row in rows] for column in range(width)]
    columns = [column for column in columns if not (column and _ANSWER_COLUMN.match(column[0]))]
    likely = [[cell for cell in column if _cell_asks(cell)] for column in columns]
    best = max(likely, key=len, default=[])
    if best or not sure or len(columns) != 1:
        return best
    return [cell for cell in columns[0] if re.search(r"\w", cell)]


def _unmarked_cell(cell: str) -> str:
    """A cell on one line, without numbering; a cell that is only a number stays, being no question."""
    text = " ".join(clean(cell).split())
    return _plain(_unmark(text)[0]) or text


def _cell_asks(cell: str) -> bool:
    return _MARK.search(cell) is not None or _asked_by_looks(cell, marked=True)


_DELIMITERS = ";\t,|"
_SNIFFED = 200  # rows


def _of_csv(text: str, name: str) -> list[str]:
    delimiter = ""
    if text[:4].lower() == "sep=" and text[5:6] in ("\n", "\r"):
        delimiter, text = text[4], text[6:]
    try:
        delimiter = delimiter or _delimiter(text)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or "\x1f"))
    except csv.Error as error:
        raise UnreadableQuestions(
            name,
            "Dit CSV-bestand klopt niet; waarschijnlijk staat er een aanhalingsteken te veel in. "
            "Bewaar het opnieuw als XLSX of CSV.",
            "This CSV file is not sound, probably there is a quotation mark too many. Save it again as XLSX or CSV.",
        ) from error
    return _of_table([row for row in rows if any(cell.strip() for cell in row)], sure=True)


def _delimiter(text: str) -> str:
    """What parts the columns, "" when there is one column: the sign that gives most rows the same number of columns."""
    best, agreed = "", 0.8
    for delimiter in _DELIMITERS:
        counts = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                counts.append(len(row))
            if len(counts) == _SNIFFED:
                break
        if not counts or counts[0] < 2:
            continue
        columns, rows = Counter(counts).most_common(1)[0]
        if (
            columns > 1
            and rows / len(counts) > agreed
            and not (delimiter == "," and ", " in text and not re.search(r",\S", text))
        ):
            best, agreed = delimiter, rows / len(counts)
    return best


def _of_workbook(data: bytes, name: str) -> list[str]:
    """The questions on the first visible sheet of a workbook that has any."""
    from assistant.ingest.office import Package, tag_of, value_of

    package = Package(data, name)
    links = {
        value_of(link, "Id"): value_of(link, "Target") for link in _children(package, "xl/_rels/workbook.xml.rels")
    }
    shared = [_string(item) for item in _children(package, "xl/sharedStrings.xml") if tag_of(item) == "si"]
    for sheet in package.needed("xl/workbook.xml").iter("{*}sheet"):
        target = links.get(value_of(sheet, "id"), "")
        place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        tree = package.tree(place) if value_of(sheet, "state") not in ("hidden", "veryHidden") else None
        if tree is None:
            continue
        rows: list[list[str]] = []
        room = _LONGEST_TEXT  # a long string can be shared by very many cells
        for row in tree.iter("{*}row"):
            rows.append(_row(row, shared))
            room -= sum(map(len, rows[-1])) + 1
            if room < 0:
                raise _too_complex(name)
        found = _of_table([row for row in rows if any(cell.strip() for cell in row)], sure=True)
        if found:
            return found
    return []


def _children(package: Package, name: str) -> Iterable[Any]:
    tree = package.tree(name)
    return tree if tree is not None else ()


def _string(item: Any) -> str:
    """The text of a cell's string, without what is said about its pronunciation."""
    spoken = {text for aloud in item.iter("{*}rPh") for text in aloud.iter("{*}t")}
    return "".join(text.text or "" for text in item.iter("{*}t") if text not in spoken)


def _row(row: Any, shared: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter("{*}c"):
        column = _column(cell.get("r", ""), otherwise=len(cells))
        if column >= _MOST_COLUMNS:
            break
        cells += [""] * (column + 1 - len(cells))
        value = next((child.text or "" for child in cell.iter("{*}v")), "")
        if cell.get("t") == "s":
            value = shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
        elif cell.get("t") == "inlineStr":
            value = _string(cell)
        cells[column] = value
    return cells


def _column(place: str, *, otherwise: int) -> int:
    """`C7` is the third column: 2."""
    letters = re.match(r"[A-Z]{1,3}", place)
    number = 0
    for letter in letters.group() if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1 if number else otherwise


# ------------------------------------------------------------------------------------------------ answering

_GIVES_UP_AFTER = 3  # questions in a row that find no usable index

_PROBLEMS: Mapping[type, str] = MappingProxyType(
    {
        IndexUnusable: "Er is geen bruikbare index van de documenten, dus deze vraag is niet beantwoord.",
        ModelUnavailable: "Het model kan niet worden geladen, dus deze vraag is niet beantwoord.",
        SettingsError: "Een instelling van het programma klopt niet, dus deze vraag is niet beantwoord.",
        AssistantError: "Deze vraag kon niet worden beantwoord.",
        Exception: "Bij deze vraag ging onverwacht iets mis. Stel de vraag later nog eens.",
    }
)


def plain_problem(error: Exception) -> str:
    """What went wrong with a question, in plain Dutch."""
    return next(_PROBLEMS[kind] for kind in type(error).__mro__ if kind in _PROBLEMS)


def answer_all(
    ask: Callable[[Question], Answer],
    questions: Sequence[str],
    *,
    progress: Callable[[int, int], None],
    stopped: Callable[[], bool],
    explain: Callable[[Exception], str] = plain_problem,
) -> Iterator[tuple[int, Exchange]]:
    """Each question by itself, one after another: its number in the list (from 1) and what came of it.

    One question at a time, so that people who ask something meanwhile are not kept waiting by a list. A question that fails
    gets a `problem` and the next one is asked; when three in a row find no usable index, the rest is not asked any more and
    gets the same problem.

    Args:
        progress: told, before every question, its number and how many there are.
        stopped: asked before every question; once it says yes nothing more comes.
        explain: an error in plain words; the page gives its own, in the language of its user.
    """
    without_index = 0
    problem = ""
    for number, text in enumerate(questions, 1):
        if stopped():
            return
        progress(number, len(questions))
        if without_index >= _GIVES_UP_AFTER:
            yield number, Exchange(text, problem=problem)
            continue
        try:
            exchange = Exchange(text, ask(Question(text)))
            without_index = 0
        except Exception as error:  # noqa: BLE001  one question of many: told in its row, logged in full
            without_index = without_index + 1 if isinstance(error, IndexUnusable) else 0
            problem = explain(error)
            exchange = Exchange(text, problem=problem)
            _log.error("question %d of a list failed", number, exc_info=error)
            if without_index == _GIVES_UP_AFTER:
                _log.error("no usable index %d times in a row: the other questions are not asked", without_index)
        yield number, exchange
