"""Plain text → Document, also when it is the raw output of a scanner.

Such text has its lines broken at the width of the page, bullets read as letters (`e`, `¢`, `n`), page numbers, form
feeds and stray blanks. Lines are joined into paragraphs and list items; no letter of a word is changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.ingest.flowing import Flow, article_of, follows
from assistant.ingest.hidden import marks_in
from assistant.model import Document, DocumentInfo
from assistant.text import clean

_SURE_BULLETS = frozenset("•▪●►■□◦‣∙·»¢¤")  # never the first thing on a line of running text
_DASHES = frozenset("-–—*+")
_LETTER_BULLETS = frozenset("enoc°©®")  # what OCR makes of a bullet; no Dutch sentence begins with one of these alone
_NUMBER = re.compile(r"(?P<marker>\(?(?:\d{1,2}|[a-z])[.)]|\d{1,2}°)\s+(?P<text>\S.*)")
_NUMBERED_HEADING = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?=[A-ZÀ-Ý])")
_CHAPTER = re.compile(r"(?:hoofdstuk|deel|bijlage|titel)\s+(?:\d+|[IVXLC]+|[A-Z])\b", re.IGNORECASE)
# the headings of answers to questions of Parliament, also where no empty line stands around them
_QUESTION = re.compile(
    r"(?:vraag|vragen|antwoord|antwoorden)(?: op vraag)? \d{1,3}(?:(?:, | en | t/m |-)\d{1,3})*:?", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(
    r"(?:[-–—]\s*)?(?:pagina|blz\.?|p\.)?\s*\d{1,4}(?:\s*(?:van|/)\s*\d{1,4})?(?:\s*[-–—])?", re.IGNORECASE
)
# no sentence, heading or line of an address ends in one of these
_OPEN_WORD = re.compile(
    r"(?:^|\s)(?:de|het|een|van|op|aan|met|voor|en|of|te|om|bij|naar|door|dat|die|deze)\Z", re.IGNORECASE
)
_IN_ADDRESS = re.compile(r"(?:https?://|www\.|/)\S*\Z")
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_HEADING_ENDS_WRONG = (".", ",", ";", "!", "…", "-")
_LONGEST_HEADING = 90  # characters
_MOST_HEADING_WORDS = 12
_UNWRAPPED = 160  # characters; a text whose longest lines are longer has a paragraph on every line


@dataclass(frozen=True, slots=True)
class _Line:
    text: str  # without leading and trailing blanks
    after_blank: bool  # an empty line (or the start of the text) stands above it
    page: int  # 1-based


def parse(text: str, info: DocumentInfo) -> Document:
    """Paragraphs, list items and headings of a text file. Form feeds are page ends; pages then have no size."""
    flow = Flow()
    for said in marks_in(text):
        flow.note(said)
    paginated = "\f" in text.rstrip("\f\n\r \t")
    lines, dropped = _lines(text)
    if dropped:
        flow.note("Losse paginanummers zijn weggelaten")
    bullets = _bullets(lines)
    width = _width(lines)
    page = 0
    for group in _groups(lines, bullets=bullets, width=width):
        if paginated and group.page != page:
            _turn_pages(flow, page, group.page)
            page = group.page
        group.say(flow)
    return flow.build(info)


def _turn_pages(flow: Flow, last: int, page: int) -> None:
    flow.end_block()
    for number in range(last + 1, page + 1):
        flow.assembler.start_page(number, width=0.0, height=0.0)


# ------------------------------------------------------------------------------------------------ lines


def _lines(text: str) -> tuple[list[_Line], int]:
    """The lines with text, and how many page numbers were left out."""
    lines: list[_Line] = []
    dropped = 0
    for page, part in enumerate(text.replace("\x1a", "").split("\f"), start=1):
        raw = [" ".join(line.split()) for line in clean(part).split("\n")]
        filled = [place for place, line in enumerate(raw) if line]
        edges = {filled[0], filled[-1]} if len(filled) > 1 else set()
        blank = page == 1
        for place, line in enumerate(raw):
            if not line:
                blank = True
            elif place in edges and _PAGE_NUMBER.fullmatch(line):
                dropped += 1
            else:
                lines.append(_Line(line, blank, page))
                blank = False
    return lines, dropped


def _bullets(lines: Sequence[_Line]) -> frozenset[str]:
    """The characters that are bullets in this text."""
    alone: Counter[str] = Counter()
    blank: Counter[str] = Counter()
    for line in lines:
        if len(line.text) > 2 and line.text[1] == " ":
            character = line.text[0]
            if character in _LETTER_BULLETS and not (line.text[2].isupper() or line.text[2].isdigit()):
                continue
            alone[character] += 1
            blank[character] += line.after_blank
    # one bullet read differently from the others is a bullet too, when it opens a block of its own
    others = sum(1 for line in lines if line.text[0] in _SURE_BULLETS)
    seen = others + sum(alone[character] for character in _LETTER_BULLETS)
    letters = {
        character
        for character in _LETTER_BULLETS
        if alone[character] >= 2 or (blank[character] and seen - alone[character] >= 2)
    }
    dashes = {character for character in _DASHES if alone[character] >= 2 or blank[character]}
    return frozenset(_SURE_BULLETS | letters | dashes)


def _width(lines: Sequence[_Line]) -> int:
    """How long a full line is; 0 when lines are not broken at a width."""
    lengths = sorted(len(line.text) for line in lines)
    if not lengths:
        return 0
    usual = lengths[int(len(lengths) * 0.9)] if len(lengths) > 9 else lengths[-1]
    return 0 if usual > _UNWRAPPED or usual < 30 else usual


# ------------------------------------------------------------------------------------------------ groups of lines


@dataclass(slots=True)
class _Group:
    """Lines that make one block."""

    page: int
    marker: str = ""  # of a list item
    heading: int = 0  # level
    text: str = ""

    def append(self, line: str) -> None:
        """One more line. A word broken at the line end is mended, unless the hyphen stays ("in- en uitvoer")."""
        if self.text.endswith("-") and _IN_ADDRESS.search(self.text):
            self.text += line  # of a web address the hyphen may be a part
        elif (
            self.text.endswith("-")
            and self.text[-2:-1].isalpha()
            and line[:1].islower()
            and not re.match(r"(?:en|of|tot|als|dan|noch)\b", line)
        ):
            self.text = self.text[:-1] + line
        else:
            self.text = f"{self.text} {line}" if self.text else line

    def say(self, flow: Flow) -> None:
        """Tell the flow what this is; items that follow each other are one list."""
        if self.marker:
            flow.begin_item(self.marker)
            flow.add(self.text)
            flow.end_item()
        elif self.heading:
            flow.heading(self.text, level=self.heading, article=article_of(self.text))
        else:
            flow.add(self.text)
            flow.end_block()


class _ListMark(_Group):
    """Where a list begins or ends."""

    def say(self, flow: Flow) -> None:
        if self.heading:
            flow.begin_list()
        else:
            flow.end_list()


def _groups(lines: Sequence[_Line], *, bullets: frozenset[str], width: int) -> Iterator[_Group]:
    """Headings, paragraphs and items in order, with marks around every list."""
    listing = False
    for group in _blocks(lines, bullets=bullets, width=width):
        if bool(group.marker) != listing:
            yield _ListMark(group.page, heading=int(not listing))
            listing = not listing
        yield group
    if listing:
        yield _ListMark(lines[-1].page)


def _blocks(lines: Sequence[_Line], *, bullets: frozenset[str], width: int) -> Iterator[_Group]:
    current: _Group | None = None
    last_number = ""
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else None
        after = lines[place + 1] if place + 1 < len(lines) else None
        marker, text = _item(line, before, bullets=bullets, last_number=last_number)
        level = 0 if marker and marker == "•" else _heading_level(line, after, bullets=bullets)
        if level:
            marker, text = "", line.text
        if (
            marker
            or level
            or current is None
            or current.heading
            or before is None
            or _breaks(before, line, width=width)
        ):
            if current is not None:
                yield current
            current = _Group(line.page, marker, level)
            last_number = "" if marker == "•" else marker
        current.append(text)
    if current is not None:
        yield current


def _item(line: _Line, before: _Line | None, *, bullets: frozenset[str], last_number: str) -> tuple[str, str]:
    """The marker of a list item and its text; "" when the line is none."""
    text = line.text
    if text[0] in bullets and text[1:2] == " " and len(text) > 2:
        if text[0] not in _LETTER_BULLETS or text[2].isupper() or text[2].isdigit():
            return "•", text[2:]
        return "", text
    if text[0] in _SURE_BULLETS and len(text) > 1:
        return "•", text[1:].lstrip()
    found = _NUMBER.fullmatch(text)
    if found:
        starts = found["marker"].strip("().°") in ("1", "a")
        continues = follows(last_number, found["marker"])
        parted = line.after_blank or before is None or _ENDS_SENTENCE.search(before.text) is not None
        if continues or (starts and parted) or (line.after_blank and found["text"][0].isupper()):
            return found["marker"], found["text"]
    return "", text


def _heading_level(line: _Line, after: _Line | None, *, bullets: frozenset[str]) -> int:
    """1 for a heading (deeper for 1.1 and articles), 0 for anything else.

    A heading is a short line that stands apart, does not end like a sentence, and has something under it.
    """
    text = line.text
    if after is not None and text[0].isupper() and _QUESTION.fullmatch(text):
        return 4
    if after is None or not line.after_blank or len(text) > _LONGEST_HEADING or text.endswith(_HEADING_ENDS_WRONG):
        return 0
    if after.text[0].islower() and not (after.text[0] in bullets and after.text[1:2] == " "):
        return 0  # it goes on in the next line
    if len(text.split()) > _MOST_HEADING_WORDS or re.search(r"[^\W\d_]{3}", text) is None or "@" in text or "|" in text:
        return 0
    apart = after.after_blank or after.page != line.page
    article = article_of(text)
    if article and (apart or re.fullmatch(r"art(?:ikel|\.)\s+\S+?[.:]?", text, re.IGNORECASE)):
        return 3
    numbered = _NUMBERED_HEADING.match(text)
    if numbered and apart and not _NUMBER.fullmatch(after.text):
        return min(numbered["number"].count(".") + 1, 5)
    if numbered or not (text[0].isupper() or text[0].isdigit()):
        return 0
    if text.endswith(":") or re.match(r"\d", text):
        return 0
    if _CHAPTER.match(text) and apart:
        return 1
    under_it = after.text[0] in bullets and after.text[1:2] == " "
    return 1 if apart or under_it else 0


def _breaks(before: _Line, line: _Line, *, width: int) -> bool:
    """Whether a new paragraph begins at this line."""
    open_end = not _ENDS_SENTENCE.search(before.text) and line.text[0].islower()
    if not width:
        return True
    if _OPEN_WORD.search(before.text) or (before.text.endswith("-") and line.text[0].islower()):
        return False
    if line.after_blank or line.page != before.page:
        # a page end or a stray empty line inside a sentence does not end it
        return not (open_end and len(before.text) > width * 0.6)
    room = width - len(before.text) - 1 - len(line.text.split(" ", 1)[0])
    if room > width * 0.4:
        return True  # the next word would have fitted with ease: this line end was meant
    return room > width * 0.15 and _ENDS_SENTENCE.search(before.text) is not None and not line.text[0].islower()
