"""Document → passages: structure first, then size. Every passage is an exact slice; together they miss nothing.

A passage stays within one section and one article. Inside it, whole paragraphs, lists and tables are packed up to
`AIM_TOKENS`; what is larger than `MOST_TOKENS` is cut between items, rows or sentences, and only at white space when a
single sentence is longer than that. A heading goes with the text under it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.model import Anchor, Block, BlockKind, Document, DocumentInfo, Passage
from assistant.text import Span, sentences

CountTokens = Callable[[Sequence[str]], Sequence[int]]
"""How many tokens the embedding model makes of each text, without prefix and special tokens."""

# e5-small reads 512 tokens; title, headings and prefix take up to CONTEXT_TOKENS of them. Shorter passages are found
# more precisely and longer ones keep a list or a table whole; see ARCHITECTURE.md for the figures behind these.
AIM_TOKENS = 220
MOST_TOKENS = 400
CONTEXT_TOKENS = 100
RECIPE = f"passages 1: {AIM_TOKENS}/{MOST_TOKENS}/{CONTEXT_TOKENS} tokens"

_CONTEXT_CHARACTERS = 300  # of title and headings together: below CONTEXT_TOKENS for any Dutch text
_TABLE_HEAD_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that is not cut any further, with where it stands."""

    start: int
    end: int
    tokens: int
    anchor: Anchor
    kind: BlockKind
    glued: bool  # it belongs with the piece before: an item of a list under its lead-in, a row of the same table


def split(document: Document, *, count_tokens: CountTokens) -> list[Passage]:
    """The passages of a document, in order.

    Guarantees: each is `document.text[start:end]` and has at most `MOST_TOKENS` tokens as far as white space allows; no
    two overlap; what stands between them is white space. The same document gives the same passages and ids.
    """
    passages: list[Passage] = []
    seen: Counter[str] = Counter()
    for pieces in _sections(_pieces(document, count_tokens)):
        for packed in _pack(pieces):
            passages.append(_passage(document, packed, ordinal=len(passages), seen=seen))
    return passages


def embedded_text(passage: Passage, info: DocumentInfo, *, table_head: str = "") -> str:
    """What is embedded for a passage: title and nearest headings (where the text does not hold them), then its text."""
    lines = [info.title] if info.title else []
    lines += [
        heading for heading in passage.anchor.section[-2:] if heading != info.title and heading not in passage.text
    ]
    context = "\n".join(lines)[:_CONTEXT_CHARACTERS]
    return "\n".join(part for part in (context, table_head, passage.text) if part)


def table_heads(document: Document, passages: Sequence[Passage]) -> dict[str, str]:
    """For each passage that continues a table: the table's first row, so that columns keep their names when embedded."""
    first_rows: dict[int, Block] = {}
    for block in document.blocks:
        if block.kind is BlockKind.TABLE_ROW:
            first_rows.setdefault(block.group, block)
    if not first_rows:
        return {}
    begins = {block.start: block for block in document.blocks if block.kind is BlockKind.TABLE_ROW}
    heads: dict[str, str] = {}
    for passage in passages:
        row = begins.get(passage.start)
        if row is not None and (head := first_rows[row.group]).start < passage.start:
            heads[passage.id] = document.text[head.start : head.end][:_TABLE_HEAD_CHARACTERS]
    return heads


def digest(text: str) -> str:
    """The digest of an embedded text; texts with equal digests have equal vectors."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# ------------------------------------------------------------------------------------------------ pieces


def _pieces(document: Document, count_tokens: CountTokens) -> Iterator[_Piece]:
    blocks = [block for block in document.blocks if document.text[block.start : block.end].strip()]
    counts = count_tokens([document.text[block.start : block.end] for block in blocks])
    group, leads_in = 0, False
    for block, tokens in zip(blocks, counts, strict=True):
        same = bool(block.group) and block.group == group
        glued = same or (leads_in and block.kind is BlockKind.LIST_ITEM)
        group = block.group
        leads_in = block.kind is BlockKind.PARAGRAPH and document.text[block.start : block.end].endswith(":")
        if tokens <= MOST_TOKENS:
            yield _Piece(block.start, block.end, tokens, block.anchor, block.kind, glued)
            continue
        for number, (span, size) in enumerate(_cut(document.text, block, count_tokens)):
            yield _Piece(span.start, span.end, size, block.anchor, block.kind, glued or number > 0)


def _cut(text: str, block: Block, count_tokens: CountTokens) -> Iterator[tuple[Span, int]]:
    """A block that is too long, in sentences; a sentence that is too long, in runs of words."""
    spans = [Span(block.start + s.start, block.start + s.end) for s in sentences(text[block.start : block.end])]
    for span, tokens in zip(spans, count_tokens([text[s.start : s.end] for s in spans]), strict=True):
        if tokens <= MOST_TOKENS:
            yield span, tokens
        else:
            yield from _cut_words(text, span, count_tokens)


def _cut_words(text: str, span: Span, count_tokens: CountTokens) -> Iterator[tuple[Span, int]]:
    words = [
        Span(span.start + m.start(), span.start + m.end()) for m in re.finditer(r"\S+", text[span.start : span.end])
    ]
    sizes = count_tokens([text[word.start : word.end] for word in words])
    start, size = 0, 0
    for place, tokens in enumerate(sizes):
        if place > start and size + tokens > AIM_TOKENS:
            yield Span(words[start].start, words[place - 1].end), size
            start, size = place, 0
        size += tokens
    yield Span(words[start].start, words[-1].end), size


# ------------------------------------------------------------------------------------------------ packing


def _sections(pieces: Iterator[_Piece]) -> Iterator[list[_Piece]]:
    """Runs of pieces under the same headings and article; a heading without text of its own joins what follows."""
    current: list[_Piece] = []
    for piece in pieces:
        if current and _place(current[-1]) != _place(piece) and not _only_headings(current):
            yield current
            current = []
        current.append(piece)
    if current:
        yield current


def _place(piece: _Piece) -> tuple[tuple[str, ...], str]:
    return piece.anchor.section, (piece.anchor.article or "").split(",")[0]


def _only_headings(pieces: Sequence[_Piece]) -> bool:
    """Whether nothing but headings stands here yet, and not so many that they are a text of their own."""
    return all(piece.kind is BlockKind.HEADING for piece in pieces) and sum(p.tokens for p in pieces) < CONTEXT_TOKENS


def _pack(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces joined until a passage is large enough, not tearing apart what belongs together as long as it fits."""
    current: list[_Piece] = []
    size = 0
    for place, piece in enumerate(pieces):
        most = MOST_TOKENS if piece.glued or _only_headings(current) else AIM_TOKENS
        whole = piece.tokens if piece.glued else _group_tokens(pieces, place)
        # a list or table that fits by itself is not begun at the end of another passage and broken off there
        breaks = current and not piece.glued and size + whole > most and not _only_headings(current)
        if current and (breaks or size + piece.tokens > most):
            yield current
            current, size = [], 0
        current.append(piece)
        size += piece.tokens
    if current:
        yield current


def _group_tokens(pieces: Sequence[_Piece], place: int) -> int:
    """The size of the list or table that begins here, or of the piece itself; no more than a passage can hold."""
    total = pieces[place].tokens
    for piece in pieces[place + 1 :]:
        if not piece.glued or total > MOST_TOKENS:
            break
        total += piece.tokens
    return total if total <= MOST_TOKENS else pieces[place].tokens


def _passage(document: Document, pieces: Sequence[_Piece], *, ordinal: int, seen: Counter[str]) -> Passage:
    start, end = pieces[0].start, pieces[-1].end
    text = document.text[start:end]
    # where a person finds it: the place of its first text, not of a heading that another heading stands under
    told = next((piece for piece in pieces if piece.kind is not BlockKind.HEADING), pieces[-1])
    articles = {piece.anchor.article for piece in pieces if piece.kind is not BlockKind.HEADING}
    article = told.anchor.article if len(articles) < 2 else (told.anchor.article or "").split(",")[0] or None
    page = pieces[0].anchor.page
    kinds: Counter[BlockKind] = Counter()
    for piece in pieces:
        if piece.kind is not BlockKind.HEADING or len(pieces) == 1:
            kinds[piece.kind] += piece.tokens
    kind = kinds.most_common(1)[0][0] if kinds else BlockKind.HEADING
    name = hashlib.sha256(f"{document.info.id}\0{text}".encode()).hexdigest()[:20]
    seen[name] += 1
    passage_id = name if seen[name] == 1 else f"{name}-{seen[name]}"
    anchor = Anchor(page, told.anchor.section, article)
    return Passage(passage_id, document.info.id, ordinal, start, end, text, anchor, kind)
