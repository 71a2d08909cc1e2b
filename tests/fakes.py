"""Stand-ins for what is slow or outside: an embedding model made of hashes, and documents made in memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import dutch
from assistant.ingest.flowing import Flow
from assistant.model import Document, DocumentInfo

Vectors = NDArray[np.float32]
DIMENSIONS = 64


class HashingEmbedder:
    """Vectors of hashed word stems: texts that share words are near each other, always in the same way."""

    def __init__(self, identity: str = "hashing 64", *, on_embed: Callable[[int], None] | None = None) -> None:
        self.identity = identity
        self.dimensions = DIMENSIONS
        self.embedded: list[str] = []
        self._on_embed = on_embed

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self._on_embed is not None:
            self._on_embed(len(texts))
        self.embedded += texts
        return self.embed_sentences(texts)

    def embed_sentences(self, texts: Sequence[str]) -> Vectors:
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)

    def embed_query(self, text: str) -> Vectors:
        vector = np.full(DIMENSIONS, 1e-3, dtype=np.float32)
        for stem in dutch.content_stems(text):
            vector[zlib.crc32(stem.encode()) % DIMENSIONS] += 1
        return vector / np.float32(np.linalg.norm(vector))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def document(*parts: str | tuple[str, ...], id: str = "doc", title: str = "Titel", **info: str) -> Document:
    """A document of paragraphs (text), headings ("# text", "## text"), lists (("a", "b")) and articles ("# Artikel 3 ...")."""
    from assistant.ingest.flowing import article_of

    flow = Flow()
    for part in parts:
        if isinstance(part, tuple):
            flow.begin_list()
            for item in part:
                flow.begin_item()
                flow.add(item)
                flow.end_item()
            flow.end_list()
        elif part.startswith("#"):
            marks, _, text = part.partition(" ")
            flow.heading(text, level=len(marks), article=article_of(text))
        else:
            flow.add(part)
            flow.end_block()
    return flow.build(DocumentInfo(id=id, title=title, **info))  # type: ignore[arg-type]


def write_corpus(folder: Path, files: dict[str, str]) -> Path:
    """A corpus folder with these files; folders in names are made."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
