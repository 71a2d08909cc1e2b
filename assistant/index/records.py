"""A document and its passages as compact bytes and back: what Chroma keeps and the local store repeats."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from assistant.errors import IndexUnusable
from assistant.model import Anchor, Block, BlockKind, Document, DocumentInfo, Page, Passage, WordBox

_LENGTH = struct.Struct(">I")
_LEVEL = 6  # zlib's own default; 9 takes twice the time for 1 % on policy texts
_BOX = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Source:
    """The file a document was read from."""

    corpus: str  # absolute folder
    path: str  # relative to it, with forward slashes
    sha256: str  # of the file and what belongs to it (a sidecar)
    tools: str = ""  # what could not be had when the file was read (OCR); "" when more tools would change nothing


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage and the digest of the text that was embedded for it. Equal digests have equal vectors."""

    passage: Passage
    digest: str


@dataclass(frozen=True, slots=True)
class Record:
    """A document as the index keeps it: pieces that can be read apart, each compressed."""

    info: DocumentInfo
    source: Source
    text: bytes
    layout: bytes  # blocks, pages, pages without text, notes
    words: bytes
    passages: bytes


def encode(document: Document, source: Source, passages: Sequence[StoredPassage]) -> Record:
    """A document as the index keeps it. Word boxes are kept to a hundredth of a point."""
    layout = {
        "anchors": (anchors := _Anchors()).table,
        "blocks": [
            (block.kind, block.start, block.end, anchors.number(block.anchor), block.level, block.group)
            for block in document.blocks
        ],
        "pages": [(page.number, page.width, page.height, page.start, page.end) for page in document.pages],
        "needs_ocr": document.needs_ocr,
        "notes": document.notes,
    }
    words = {
        "start": [word.start for word in document.words],
        "end": [word.end for word in document.words],
        "page": [word.page for word in document.words],
        **{side: [round(getattr(word, side), 2) for word in document.words] for side in _BOX},
    }
    return Record(
        info=document.info,
        source=source,
        text=zlib.compress(document.text.encode(), _LEVEL),
        layout=_packed(layout),
        words=_packed(words) if document.words else b"",
        passages=encode_passages(passages),
    )


def encode_passages(passages: Sequence[StoredPassage]) -> bytes:
    """The passages of a document without their text, which is a slice of the document's."""
    anchors = _Anchors()
    rows = [
        (
            one.passage.id,
            one.passage.start,
            one.passage.end,
            anchors.number(one.passage.anchor),
            one.passage.kind,
            one.digest,
        )
        for one in passages
    ]
    return _packed({"anchors": anchors.table, "passages": rows})


def decode(record: Record, *, words: bool = True) -> Document:
    """The document; without its word boxes when they are not asked for (they are most of the work)."""
    layout = _unpacked(record.layout)
    anchors = [_anchor(row) for row in layout["anchors"]]
    return Document(
        info=record.info,
        text=decode_text(record.text),
        blocks=tuple(
            Block(BlockKind(kind), start, end, anchors[anchor], level, group)
            for kind, start, end, anchor, level, group in layout["blocks"]
        ),
        pages=tuple(Page(*page) for page in layout["pages"]),
        words=_words(record.words) if words and record.words else (),
        needs_ocr=tuple(layout["needs_ocr"]),
        notes=tuple(layout["notes"]),
    )


def decode_text(piece: bytes) -> str:
    """The normalised text alone."""
    return zlib.decompress(piece).decode()


def decode_passages(record: Record) -> list[StoredPassage]:
    """The passages of a document, in order."""
    data = _unpacked(record.passages)
    anchors = [_anchor(row) for row in data["anchors"]]
    text = decode_text(record.text)
    return [
        StoredPassage(
            Passage(id, record.info.id, ordinal, start, end, text[start:end], anchors[anchor], BlockKind(kind)), digest
        )
        for ordinal, (id, start, end, anchor, kind, digest) in enumerate(data["passages"])
    ]


def info_to_json(info: DocumentInfo) -> str:
    """What is known of a document, as JSON."""
    return json.dumps(asdict(info), ensure_ascii=False, separators=(",", ":"))


def info_from_json(text: str) -> DocumentInfo:
    """The inverse of `info_to_json`. Raises IndexUnusable for anything else."""
    try:
        data = json.loads(text)
        return DocumentInfo(**{**data, "supersedes": tuple(data["supersedes"])})
    except (ValueError, TypeError, KeyError) as error:
        raise IndexUnusable(
            f"a document in the index cannot be read ({error}); run `assistant build --fresh`"
        ) from error


def to_bytes(record: Record) -> bytes:
    """All pieces of a record behind each other, each led by its length."""
    head = json.dumps({"info": asdict(record.info), "source": asdict(record.source)}, ensure_ascii=False).encode()
    pieces = (head, record.text, record.layout, record.words, record.passages)
    return b"".join(_LENGTH.pack(len(piece)) + piece for piece in pieces)


def from_bytes(data: bytes) -> Record:
    """The inverse of `to_bytes`. Raises IndexUnusable for anything else."""
    pieces: list[bytes] = []
    at = 0
    try:
        while at < len(data):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size + length
            pieces.append(data[at - length : at])
        head, text, layout, words, passages = pieces
        known = json.loads(head)
        info = info_from_json(json.dumps(known["info"]))
        source = Source(**{field.name: known["source"][field.name] for field in fields(Source)})
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise IndexUnusable(f"a document in Chroma cannot be read ({error}); run `assistant build --fresh`") from error
    return Record(info, source, text, layout, words, passages)


class _Anchors:
    """Anchors numbered in order of first use: neighbouring blocks mostly share one."""

    def __init__(self) -> None:
        self.table: list[tuple[int | None, tuple[str, ...], str | None]] = []
        self._numbers: dict[Anchor, int] = {}

    def number(self, anchor: Anchor) -> int:
        if anchor not in self._numbers:
            self._numbers[anchor] = len(self.table)
            self.table.append((anchor.page, anchor.section, anchor.article))
        return self._numbers[anchor]


def _anchor(row: Sequence[Any]) -> Anchor:
    page, section, article = row
    return Anchor(page, tuple(section), article)


def anchor_to_json(anchor: Anchor) -> str:
    """An anchor as JSON."""
    return json.dumps((anchor.page, anchor.section, anchor.article), ensure_ascii=False)


def anchor_from_json(text: str) -> Anchor:
    """The inverse of `anchor_to_json`."""
    return _anchor(json.loads(text))


def _words(piece: bytes) -> tuple[WordBox, ...]:
    columns = _unpacked(piece)
    return tuple(map(WordBox, *(columns[name] for name in ("start", "end", "page", *_BOX))))


def _packed(data: object) -> bytes:
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), _LEVEL)


def _unpacked(piece: bytes) -> Any:
    return json.loads(zlib.decompress(piece))
