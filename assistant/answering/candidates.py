"""Hits → candidate quotes: every sentence, list and table row that can be quoted by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.model import Block, BlockKind, Document, DocumentInfo, Hit
from assistant.text import Span, sentences


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that can be quoted, and what stands around it.

    `pieces` are the stretches of the document that are quoted together: one sentence, a sentence with the one it leans
    on, a list with its lead-in, or a table row with its header.
    """

    hit: Hit
    pieces: tuple[Span, ...]
    text: str  # what a reader sees
    kind: BlockKind
    section: tuple[str, ...]
    core: str = ""  # the sentence itself, without what it leans on
    place: int = 0  # of its first character in the document

    @property
    def document(self) -> DocumentInfo:
        return self.hit.document


_MARKER = re.compile(r"(?:[•–*·o-]|\(?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})[.)°])\s+(?=\S)")
_LEANS = re.compile(
    r"(?:(?:zij|ze|hij|deze|dit|die|daarom|daarmee|daarbij|daardoor|hierdoor|hiermee|hierbij|hierover|hiervoor|daarnaast|"
    r"daarvoor|daarvan|daaronder|hieronder|daarover|daarin|hierin|daarna|vervolgens|hun|bovendien|ook|toch|echter|zo|dat|daartoe|hiertoe|"
    r"er(?:van|mee|in|voor|toe|door|over)|laatstgenoemde|eerstgenoemde|beide)\b"
    r"|(?:het|dat)\s+(?:is|was|zijn|waren|gaat|ging|wordt|werd|heeft|had|geeft|betreft|kan|moet|zal|loopt|geldt|richt|komt)\b"
    r"|(?:in|bij|met|op|van|voor|tot|door)\s+(?:deze|dit|dat|die)\b"
    r"|(?:de|het|een)\s+\w+\s+(?:voor|van|achter|bij|om)\s+(?:deze|dit|dat|die)\b)",
    re.IGNORECASE,
)
_LEANS_IN_ENGLISH = re.compile(r"(?:this|these|that|those|it|its|they|their|he|she|such)\b", re.IGNORECASE)
_BETWEEN_CELLS = re.compile(
    r"(?:\A|(?<= ))\|(?= |\Z)"
)  # an empty first or last cell leaves its bar at the end of the row
_MAX_LIST_CHARACTERS = 1_600
_MAX_SENTENCE_CHARACTERS = 900


def candidates(
    hits: Sequence[Hit], document_of: Callable[[str], Document], *, lists_under_headings: bool = False
) -> list[Candidate]:
    """Everything in the hits that can be quoted by itself, in order of the hits; no stretch twice.

    A list is one candidate with the sentence that leads it in; with `lists_under_headings` also when only a heading
    stands above it. Its items are candidates by themselves as well.
    """
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        document = document_of(hit.document.id)
        for candidate in _of_passage(hit, document, lists_under_headings):
            key = (document.info.id, candidate.place)
            if key not in seen:
                seen.add(key)
                found.append(candidate)
    return found


def leans(text: str) -> bool:
    """Whether a sentence cannot be understood without the one before it: *Dit bedrag is bestemd voor ...*."""
    return _LEANS.match(text) is not None or _LEANS_IN_ENGLISH.match(text) is not None


_ABOUT_THE_SUMMARY = "over deze samenvatting"  # our summaries end in a section about themselves, not about policy


def is_about_the_summary(hit: Hit) -> bool:
    """Whether a passage speaks of our summary itself: nothing in it is quoted as an answer."""
    section = hit.passage.anchor.section
    return hit.document.provenance == "samenvatting" and bool(section) and section[-1].lower() == _ABOUT_THE_SUMMARY


def _of_passage(hit: Hit, document: Document, lists_under_headings: bool) -> Iterator[Candidate]:
    if is_about_the_summary(hit):
        return
    blocks = document.blocks
    first = _first_block(blocks, hit.passage.start)
    place = first
    done_groups: set[int] = set()
    while place < len(blocks) and blocks[place].start < hit.passage.end:
        block = blocks[place]
        if block.kind is BlockKind.LIST_ITEM and block.group not in done_groups:
            done_groups.add(block.group)
            whole = _list(hit, document, place, lists_under_headings)
            if whole is not None:
                yield whole
        if block.kind is BlockKind.TABLE_ROW:
            row = _row(hit, document, place)
            if row is not None:
                yield row
        elif block.kind is not BlockKind.HEADING:
            yield from _sentences(hit, document, place)
        place += 1


def _first_block(blocks: Sequence[Block], start: int) -> int:
    low, high = 0, len(blocks)
    while low < high:
        middle = (low + high) // 2
        if blocks[middle].end <= start:
            low = middle + 1
        else:
            high = middle
    return low


def _sentences(hit: Hit, document: Document, place: int) -> Iterator[Candidate]:
    block = document.blocks[place]
    body = document.text[block.start : block.end]
    marker = _MARKER.match(body) if block.kind is BlockKind.LIST_ITEM else None
    offset = block.start + (marker.end() if marker else 0)
    spans = [Span(offset + span.start, offset + span.end) for span in sentences(document.text[offset : block.end])]
    for number, span in enumerate(spans):
        if not hit.passage.start <= span.start < hit.passage.end or span.end - span.start > _MAX_SENTENCE_CHARACTERS:
            continue
        core = document.text[span.start : span.end]
        if not any(character.isalnum() for character in core):
            continue
        if core.endswith(":") and number == len(spans) - 1 and _has_list_after(document.blocks, place):
            continue  # quoted with its list instead
        start = span.start
        back = number
        while back > 0 and number - back < 2 and _LEANS.match(document.text[start : start + 60]):
            back -= 1
            start = spans[back].start
        pieces: tuple[Span, ...] = (Span(start, span.end),)
        text = document.text[start : span.end]
        if back == 0 and _LEANS.match(text[:60]):
            before = _sentence_before(document, place)
            if before is not None:
                pieces = (before, *pieces)
                text = document.text[before.start : before.end] + " " + text
        yield Candidate(hit, pieces, " ".join(text.split()), block.kind, block.anchor.section, core, span.start)


def _sentence_before(document: Document, place: int) -> Span | None:
    """The last sentence of the paragraph before, when it stands under the same heading."""
    if place == 0:
        return None
    block, before = document.blocks[place], document.blocks[place - 1]
    if before.kind is not BlockKind.PARAGRAPH or before.anchor.section != block.anchor.section:
        return None
    spans = sentences(document.text[before.start : before.end])
    if not spans or document.text[before.start + spans[-1].start : before.start + spans[-1].end].endswith(":"):
        return None
    return Span(before.start + spans[-1].start, before.start + spans[-1].end)


# What takes something back of the sentence before: *Dat mag alleen als ...*, *Voor dat reserveren geldt een beperking: ...*. Beside
# what leans on any sentence (see `leans`) there are openings that only a limit has.
_OPENS_A_LIMIT = re.compile(
    r"(?:wel|maar|alleen|(?:de )?voorwaarde|(?:een )?uitzondering|behalve|but|only|the condition|an exception|however)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:alleen|mits|voorwaarden?|tenzij|behalve|uitgezonderd|uitzondering|beperking|hooguit|ten hoogste|maximaal|moet(?:en)?|moest(?:en)?|"
    r"mag niet|mogen niet|geldt niet|slechts|uitsluitend|only|provided|unless|except|condition|must|may not|at most)\b",
    re.IGNORECASE,
)
_LONGEST_CONDITION = 320  # characters
_LONGEST_FOLLOWING = 400


def condition_after(candidate: Candidate, document_of: Callable[[str], Document]) -> Candidate | None:
    """The sentence straight after a quoted one, in its own paragraph, when it limits what that says; else None."""
    if candidate.kind is not BlockKind.PARAGRAPH:
        return None
    document = document_of(candidate.document.id)
    place = _first_block(document.blocks, candidate.pieces[-1].start)
    for after in _sentences(candidate.hit, document, place):
        own = after.pieces[-1]
        if after.place < candidate.pieces[-1].end:
            continue
        goes_on = leans(after.core) or _OPENS_A_LIMIT.match(after.core) is not None
        if not goes_on or _LIMITS.search(after.core) is None or len(after.core) > _LONGEST_CONDITION:
            return None
        alone = Span(after.place, own.end)
        return Candidate(
            after.hit, (alone,), " ".join(after.core.split()), after.kind, after.section, after.core, after.place
        )
    return None


def following(candidate: Candidate, document_of: Callable[[str], Document], *, most: int) -> list[Candidate]:
    """What stands straight after a quoted sentence under the same heading, at most `most` sentences or a whole list.

    It ends before what is too long to quote, so that nothing stands beside a sentence that it did not follow.
    """
    document = document_of(candidate.document.id)
    end = candidate.pieces[-1].end
    place = _first_block(document.blocks, candidate.pieces[-1].start)
    section = document.blocks[place].anchor.section
    found: list[Candidate] = []
    while place < len(document.blocks) and document.blocks[place].anchor.section == section and len(found) < most:
        block = document.blocks[place]
        if block.kind is BlockKind.LIST_ITEM:
            whole = _list(candidate.hit, document, place, under_heading=False)
            if whole is not None and not document.text[end : whole.place].strip() and end <= whole.place:
                found.append(whole)
            break
        if block.kind is not BlockKind.PARAGRAPH:
            break
        for one in _sentences(candidate.hit, document, place):
            if one.place < end or len(found) == most:
                continue
            if len(one.core) > _LONGEST_FOLLOWING or document.text[end : one.place].strip():
                return found
            end = one.pieces[-1].end
            alone = Span(one.place, end)
            text = " ".join(one.core.split())
            found.append(Candidate(one.hit, (alone,), text, one.kind, one.section, one.core, one.place))
        place += 1
    return found


def _has_list_after(blocks: Sequence[Block], place: int) -> bool:
    return place + 1 < len(blocks) and blocks[place + 1].kind is BlockKind.LIST_ITEM


def _list(hit: Hit, document: Document, place: int, under_heading: bool) -> Candidate | None:
    """A whole list with the sentence (or heading) that leads it in, when there is one and it is not too long."""
    blocks = document.blocks
    group = blocks[place].group
    first = place
    while first > 0 and blocks[first - 1].kind is BlockKind.LIST_ITEM and blocks[first - 1].group == group:
        first -= 1
    last = place
    while last + 1 < len(blocks) and blocks[last + 1].kind is BlockKind.LIST_ITEM and blocks[last + 1].group == group:
        last += 1
    if first == 0:
        return None
    lead_block = blocks[first - 1]
    if lead_block.kind is BlockKind.PARAGRAPH:
        lead_spans = sentences(document.text[lead_block.start : lead_block.end])
        start = lead_block.start + (lead_spans[-1].start if lead_spans else 0)
        lead = document.text[start : lead_block.end].strip()
        if not lead.endswith(":"):
            return None
    elif lead_block.kind is BlockKind.HEADING and under_heading and last > first:
        start = lead_block.start
        lead = document.text[start : lead_block.end].rstrip(" :") + ":"
    else:
        return None
    if blocks[last].end - start > _MAX_LIST_CHARACTERS:
        return None
    items = []
    for block in blocks[first : last + 1]:
        body = document.text[block.start : block.end]
        marker = _MARKER.match(body)
        items.append(" ".join(body[marker.end() if marker else 0 :].split()).rstrip(";,. "))
    text = f"{lead} {'; '.join(items)}."
    whole = Span(start, blocks[last].end)
    return Candidate(hit, (whole,), text, BlockKind.LIST_ITEM, lead_block.anchor.section, text, start)


def cells_of(row: str) -> list[str]:
    """The cells of a table row as it stands in a document, an empty one as ''."""
    return [cell.strip() for cell in _BETWEEN_CELLS.split(row)]


def _row(hit: Hit, document: Document, place: int) -> Candidate | None:
    """A table row, read with the names of its columns."""
    blocks = document.blocks
    row = blocks[place]
    first = place
    while first > 0 and blocks[first - 1].kind is BlockKind.TABLE_ROW and blocks[first - 1].group == row.group:
        first -= 1
    if first == place or not hit.passage.start <= row.start < hit.passage.end:
        return None
    header = blocks[first]
    names, cells = (cells_of(document.text[block.start : block.end]) for block in (header, row))
    if len(names) == len(cells):
        parts = [f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True) if cell]
    else:
        parts = [cell for cell in cells if cell]
    text = "; ".join(parts)
    if not text:
        return None
    if not text.endswith((".", "!", "?")):
        text += "."
    pieces = (Span(row.start, row.end), Span(header.start, header.end))
    return Candidate(hit, pieces, text, BlockKind.TABLE_ROW, row.anchor.section, text, row.start)
