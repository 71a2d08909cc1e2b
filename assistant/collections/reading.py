"""One file → the pieces that a private index is written from: parse in the sandbox → split → embed."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import passages
from assistant.errors import UnreadableDocument
from assistant.index import private
from assistant.index.records import Source, StoredPassage
from assistant.ingest import id_of_path
from assistant.ingest.sandbox import Job, ParserPool
from assistant.model import Document, DocumentInfo

Vectors = NDArray[np.float32]

OWN_TYPE = "eigen document"
MOST_CHARACTERS = 5_000_000  # of one document: two thousand pages, about a minute of embedding
# A question waits at most for one such batch (0.1 s), as the model works off in turn what it is given; larger ones are no
# quicker.
_EMBEDDED_AT_ONCE = 4
_SECONDS_PER_PAGE = 5.0  # when text in images is read; a build gives four times that, but here someone waits
_SLUG = 60  # characters of a file's name in its document id


class Embedder(Protocol):
    """The embedding model, the same that the corpus was indexed with."""

    @property
    def identity(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class Pieces:
    """A file that was read: what `index.private.lay_ready` takes."""

    document: Document
    source: Source
    passages: tuple[StoredPassage, ...]
    vectors: Vectors


class Stopped(Exception):
    """Nobody wants the file any more."""


class _StoppablePool(ParserPool):
    """A pool for one file, which another thread can take away from it."""

    def __init__(self, *, seconds_per_page: float) -> None:
        super().__init__(seconds_per_page=seconds_per_page)
        self._lock = threading.Lock()
        self._task: Any = None
        self._stopped = False

    def stop(self) -> None:
        """End the process that parses; a pool that was not given its file yet does not take it any more."""
        with self._lock:
            self._stopped = True
            if self._task is not None:
                self._task.future.cancel()

    def _schedule(self, jobs: tuple[Job, ...]) -> Any:
        with self._lock:
            if self._stopped:
                raise Stopped
            self._task = super()._schedule(jobs)
            return self._task


class Reading:
    """The reading of one file. `stop()` ends it from another thread, also in the middle of a parser that hangs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: _StoppablePool | None = None
        self._stopped = False

    def stop(self) -> None:
        """Let `read` end with `Stopped` as soon as it can."""
        with self._lock:
            self._stopped = True
            pool = self._pool
        if pool is not None:
            pool.stop()

    def read(
        self, path: Path, embedder: Embedder, turn: threading.Lock, *, embedding: Callable[[int, int], None]
    ) -> Pieces:
        """The pieces of a file that has a folder to itself.

        Args:
            turn: held while a batch is embedded, so that readers take turns and questions come in between.
            embedding: told how many passages are embedded, of how many.

        Raises:
            UnreadableDocument: it cannot become a document, or not one of a size that a conversation can have.
            Stopped: `stop` was called.
        """
        document = self._parsed(path)
        if len(document.text) > MOST_CHARACTERS:
            raise UnreadableDocument(
                path.name, "langer dan 2.000 bladzijden; voeg alleen het deel toe waar het om gaat"
            )
        if not document.text.strip():
            raise UnreadableDocument(
                path.name, "bevat alleen afbeeldingen van tekst, en tekst in afbeeldingen kan hier niet worden gelezen"
            )
        document = replace(document, info=_as_own(document.info))
        cut = passages.split(document, count_tokens=embedder.count_tokens)
        heads = passages.table_heads(document, cut)
        texts = [passages.embedded_text(one, document.info, table_head=heads.get(one.id, "")) for one in cut]
        stored = tuple(
            StoredPassage(passage, passages.digest(text))
            for passage, text in zip(private.marked(cut), texts, strict=True)
        )
        vectors = np.empty((len(texts), embedder.dimensions), dtype=np.float32)
        for at in range(0, len(texts), _EMBEDDED_AT_ONCE):
            self._check()
            embedding(at, len(texts))
            with turn:
                vectors[at : at + _EMBEDDED_AT_ONCE] = embedder.embed_passages(texts[at : at + _EMBEDDED_AT_ONCE])
        embedding(len(texts), len(texts))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        tools = "ocr" if document.needs_ocr else ""
        return Pieces(document, Source(str(path.parent), path.name, sha256, tools), stored, vectors)

    def _parsed(self, path: Path) -> Document:
        pool = _StoppablePool(seconds_per_page=_SECONDS_PER_PAGE)
        with pool:
            with self._lock:
                self._check()
                self._pool = pool
            ((_, result),) = pool.parse([(path, path.parent)])
            with self._lock:
                self._pool = None
                self._check()
        if isinstance(result, UnreadableDocument):
            raise result
        return result

    def _check(self) -> None:
        if self._stopped:
            raise Stopped


_LONGEST_TITLE = 80  # characters


def _as_own(info: DocumentInfo) -> DocumentInfo:
    """What is known of a user's own document: an id that no other document has, and a type when it has none itself."""
    slug = re.sub(r"^-|-$", "", id_of_path(info.path)[:_SLUG])
    # A title that is a whole sentence was guessed from the text; its owner knows the file by its name.
    guessed = len(info.title) > _LONGEST_TITLE or info.title.rstrip().endswith((".", "?", "!", ":"))
    return replace(
        info,
        title=Path(info.path).stem if guessed else info.title,
        id=f"{private.MARK}{secrets.token_hex(4)}-{slug}",
        type=info.type or OWN_TYPE,
        provenance="origineel",
        supersedes=(),  # what someone adds to a conversation replaces nothing of everyone's
    )
