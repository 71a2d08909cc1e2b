"""The index: what was built, opened to read. Dense (Chroma) and lexical (tantivy) search over the same passages."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexMismatch, IndexUnusable
from assistant.index.exact import MOST, ExactVectors
from assistant.index.generations import IndexFolder, Manifest
from assistant.index.lexical import LexicalIndex
from assistant.index.places import EXACT, LEXICAL, STORE, Places
from assistant.index.records import Source
from assistant.index.store import Store
from assistant.model import NO_FILTERS, Document, DocumentInfo, Filters, Passage, Scored, UnreadableFile

if TYPE_CHECKING:
    from assistant.index.dense import DenseIndex

__all__ = ["Index"]

_TRIES = 5  # a build may swap and clean between our look at `current` and our hold on it


class Index:
    """One complete generation, opened to read; it never changes. Safe for several threads.

    While it is open no build removes it. Ask `is_current` before each use and open again when it is not.
    """

    def __init__(self, places: Places, manifest: Manifest, held: int, store: Store, lexical: LexicalIndex) -> None:
        self._places = places
        self._held: int | None = held
        self._store = store
        self.manifest = manifest
        self.lexical = lexical

    @classmethod
    def open(cls, folder: Path, *, embedding: str | None, chroma_url: str | None = None) -> Index:
        """The current generation of an index folder, or of the Chroma server that the folder goes with.

        Args:
            embedding: identity of the model that will be asked with; None when no vectors will be compared.

        Raises:
            IndexMismatch: another model or version of the program made it.
            IndexUnusable: there is none, or it is damaged or cannot be read.
        """
        places = Places(IndexFolder(folder), chroma_url)
        for _ in range(_TRIES):
            generation = places.current()
            if generation is None:
                raise IndexUnusable(f"there is no index in {places} yet; run `assistant build`")
            if chroma_url is not None:
                places.derive(generation)
            try:
                held = places.folder.hold(generation)
            except FileNotFoundError:
                continue
            try:
                manifest = places.folder.manifest(generation)
                if embedding is not None and manifest.embedding != embedding:
                    raise IndexMismatch(
                        f"the index in {folder} was built with embedding model {manifest.embedding}, the settings say "
                        f"{embedding}; set ASSISTANT_EMBEDDING_MODEL back, or run `assistant build --fresh`"
                    )
                path = places.folder.path(generation)
                lexical = LexicalIndex.open(path / LEXICAL)
                return cls(places, manifest, held, Store.open(path / STORE), lexical)
            except BaseException:
                os.close(held)
                raise
        raise IndexUnusable(
            f"the index in {folder} names generation {generation}, which is not there; run `assistant build --fresh`"
        )

    def is_current(self) -> bool:
        """Whether no newer generation has been swapped in. Costs a look at a small file (or one request)."""
        return self._places.current() == self.manifest.generation

    def close(self) -> None:
        """Let go of everything; an index that is no longer used by anyone does this by itself."""
        self._store.close()
        self.lexical.close()
        if "_dense" in self.__dict__:
            self._dense.close()
            del self.__dict__["_dense"]
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def __del__(self) -> None:
        if self._held is not None:
            self.close()

    # ---------------------------------------------------------------------------------------- documents

    @cached_property
    def infos(self) -> Mapping[str, DocumentInfo]:
        """What is known of every document, by id, in order of id."""
        return MappingProxyType({info.id: info for info in self._store.infos()})

    def document(self, document_id: str, *, words: bool = True) -> Document:
        """A document with its text and layout; word boxes can be left out. Raises KeyError for an unknown id."""
        return self._store.document(document_id, words=words)

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """The passages with these ids, in that order. Raises KeyError for an unknown id."""
        return self._store.passages(ids)

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """The passages of a document, in order; none for an unknown id."""
        return self._store.passages_of(document_id)

    def passages_at(self, document_id: str, ordinals: Sequence[int]) -> Sequence[Passage]:
        """The passages at these places of a document, in order; places it does not have are left out."""
        return self._store.passages_at(document_id, ordinals)

    def passage_counts(self) -> Mapping[str, int]:
        """How many passages each document has."""
        return self._counts

    def unreadable(self) -> Sequence[UnreadableFile]:
        """The files that did not become documents, and why."""
        return self._store.unreadable()

    def needs_ocr(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        """Documents with pages that are images and could not be read: path and page numbers."""
        return self._store.needs_ocr()

    def source(self, document_id: str) -> Source | None:
        """The file a document was read from, as it was then; None for an unknown id."""
        return self._store.sources_of([document_id]).get(document_id)

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        return MappingProxyType(self._store.passage_counts())

    # ---------------------------------------------------------------------------------------- searching

    def __len__(self) -> int:
        return self.manifest.passages

    def dense_search(
        self, vector: NDArray[np.float32], *, limit: int, filters: Filters = NO_FILTERS
    ) -> Sequence[Scored]:
        """The passages nearest to a normalised vector of shape (dimensions,); the score is the cosine similarity."""
        if not self.manifest.passages:
            return []
        allowed = self._store.allowed(filters) if filters else None
        if self._exact is not None:
            return self._exact.search(vector, limit=limit, documents=allowed)
        if allowed is None:
            return self._dense.search(vector, limit=limit)
        among = _Among(self._store, allowed, self._counts)
        return self._dense.search(vector, limit=limit, among=among) if among.count else []

    @cached_property
    def _exact(self) -> ExactVectors | None:
        """All vectors side by side; None for an index so large that Chroma's graph is asked."""
        path = self._places.folder.path(self.manifest.generation) / EXACT
        return ExactVectors.open(path, self._store.passage_places()) if self.manifest.passages <= MOST else None

    @cached_property
    def _dense(self) -> DenseIndex:
        from assistant.index.dense import DenseIndex

        return DenseIndex.open(self._places.dense(self.manifest.generation))

    def warm(self) -> None:
        """Load what the first question would otherwise wait for."""
        self.dense_search(np.full(self.manifest.dimensions, self.manifest.dimensions**-0.5, np.float32), limit=1)


class _Among:
    """The passages that a filter leaves."""

    def __init__(self, store: Store, documents: Sequence[str], counts: Mapping[str, int]) -> None:
        self._store = store
        self._documents = documents
        self.count = sum(counts[document_id] for document_id in documents)

    def passage_ids(self) -> Sequence[str]:
        return self._store.passage_ids(self._documents)

    def keep(self, hits: Sequence[Scored]) -> Sequence[Scored]:
        allowed = set(self._documents)
        document_of = self._store.documents_of([hit.passage_id for hit in hits])
        return [hit for hit in hits if document_of[hit.passage_id] in allowed]
