"""Two indexes asked as one: the corpus, and the private documents of one conversation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from assistant.index import Index
from assistant.index.lexical import LexicalIndex
from assistant.index.private import is_marked
from assistant.index.records import Source
from assistant.model import NO_FILTERS, Document, DocumentInfo, Filters, Passage, Scored, UnreadableFile


class JoinedIndex:
    """A corpus and a private index of the same embedding model, with the surface of one `Index`.

    Neither is copied or changed, and both stay their owners' to close. Safe for several threads.

    Cosines of the two sides are comparable as they are, because one model made all vectors; see `JoinedLexical` for words.
    """

    def __init__(self, corpus: Index, own: Index) -> None:
        self.corpus = corpus
        self.own = own
        self.manifest = corpus.manifest
        self.infos: Mapping[str, DocumentInfo] = MappingProxyType({**corpus.infos, **own.infos})
        self.lexical = JoinedLexical(corpus.lexical, own.lexical, self._sides)

    def is_current(self) -> bool:
        """Whether neither side has a newer generation."""
        return self.corpus.is_current() and self.own.is_current()

    def warm(self) -> None:
        """Load what the first question would otherwise wait for."""
        self.corpus.warm()
        self.own.warm()

    def close(self) -> None:
        """Nothing: the sides are closed by who opened them, or when nobody uses them any more."""

    # ---------------------------------------------------------------------------------------- documents

    def document(self, document_id: str, *, words: bool = True) -> Document:
        """A document with its text and layout; word boxes can be left out. Raises KeyError for an unknown id."""
        return self._side(document_id).document(document_id, words=words)

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """The passages with these ids, in that order. Raises KeyError for an unknown id."""
        own = [id for id in ids if is_marked(id)]
        if not own:
            return self.corpus.passages(ids)
        others = self.corpus.passages([id for id in ids if not is_marked(id)])
        found = {passage.id: passage for passage in (*others, *self.own.passages(own))}
        return [found[id] for id in ids]

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """The passages of a document, in order; none for an unknown id."""
        return self._side(document_id).passages_of(document_id)

    def passages_at(self, document_id: str, ordinals: Sequence[int]) -> Sequence[Passage]:
        """The passages at these places of a document, in order; places it does not have are left out."""
        return self._side(document_id).passages_at(document_id, ordinals)

    def passage_counts(self) -> Mapping[str, int]:
        """How many passages each document has."""
        return {**self.corpus.passage_counts(), **self.own.passage_counts()}

    def unreadable(self) -> Sequence[UnreadableFile]:
        """The files that did not become documents, and why."""
        return (*self.corpus.unreadable(), *self.own.unreadable())

    def needs_ocr(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        """Documents with pages that are images and could not be read: path and page numbers."""
        return (*self.corpus.needs_ocr(), *self.own.needs_ocr())

    def source(self, document_id: str) -> Source | None:
        """The file a document was read from, as it was then; None for an unknown id."""
        return self._side(document_id).source(document_id)

    def _side(self, document_id: str) -> Index:
        return self.own if document_id in self.own.infos else self.corpus

    # ---------------------------------------------------------------------------------------- searching

    def __len__(self) -> int:
        return len(self.corpus) + len(self.own)

    def dense_search(
        self, vector: NDArray[np.float32], *, limit: int, filters: Filters = NO_FILTERS
    ) -> Sequence[Scored]:
        """The passages nearest to a normalised vector of shape (dimensions,); the score is the cosine similarity."""
        sides = self._sides(filters)
        return _best(
            [
                hit
                for index, within in zip((self.corpus, self.own), sides, strict=True)
                if within is not None
                for hit in index.dense_search(vector, limit=limit, filters=within)
            ],
            limit,
        )

    def _sides(self, filters: Filters) -> tuple[Filters | None, Filters | None]:
        """The filters for either side; None where a filter on documents leaves nothing to search."""
        if not filters.documents:
            return filters, filters
        own = tuple(id for id in filters.documents if id in self.own.infos)
        others = tuple(id for id in filters.documents if id not in self.own.infos)
        return (
            replace(filters, documents=others) if others else None,
            replace(filters, documents=own) if own else None,
        )


class JoinedLexical:
    """BM25 over two lexical indexes as if it were one; also what the words of both together are worth.

    A BM25 score is a sum over words of how much a word is worth (its idf: the fewer passages have it, the more) times how
    much of it a passage has. The second factor is comparable between the sides: passages of both are cut to one size, so
    that each side's average length is about the same. The first is not: in a collection of ten passages a word that
    nearly no document of the country uses is worth 2, in a corpus of 10,000 it is worth 9, and merged as they are private
    passages would always come last (or first, for everyday words). So on each side every word of the question is weighed
    with the idf it has in both together divided by the one it has there: what remains is the score that one index over
    all passages would give, apart from those average lengths.
    """

    def __init__(
        self,
        corpus: LexicalIndex,
        own: LexicalIndex,
        sides: Callable[[Filters], tuple[Filters | None, Filters | None]],
    ) -> None:
        self._both = (corpus, own)
        self._weighed = tuple(_Weighed(side, self._both) for side in self._both)
        self._sides = sides
        self.abbreviations: Mapping[str, tuple[str, ...]] = _merged(corpus.abbreviations, own.abbreviations)

    def __len__(self) -> int:
        return sum(len(side) for side in self._both)

    def search(self, text: str, *, limit: int, filters: Filters = NO_FILTERS) -> list[Scored]:
        """The best passages by BM25, best first. Words that no passage has count for nothing."""
        sides = zip(self._weighed, self._sides(filters), strict=True)
        found = [side.search(text, limit=limit, filters=within) for side, within in sides if within is not None]
        return _best([hit for hits in found for hit in hits], limit)

    def document_frequency(self, stem: str) -> int:
        """How many passages hold a stem as a whole word."""
        return sum(side.document_frequency(stem) for side in self._both)

    def parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded compound that either side knows as words of their own; () for other words."""
        return next((parts for side in self._both if (parts := side.parts(word))), ())


class _Weighed(LexicalIndex):
    """One side, its words weighed by what they are worth in both."""

    def __init__(self, side: LexicalIndex, both: Sequence[LexicalIndex]) -> None:
        super().__init__(side._index, side._analysis)
        self._side = side  # which keeps the files it reads, when those are a copy
        self._both = both

    def _weigh(self, said: list[str], weight: float, weights: dict[str, Counter[str]]) -> None:
        alone = {field: Counter[str]() for field in weights}
        super()._weigh(said, weight, alone)
        for field, stem, value in _entries(alone):
            weights[field][stem] += value * self._worth(field, stem)  # type: ignore[assignment]

    def _worth(self, field: str, stem: str) -> float:
        here = _frequency(self._side, field, stem)
        if not here:
            return 1.0  # nothing has it
        together = sum(_frequency(side, field, stem) for side in self._both)
        return _idf(sum(len(side) for side in self._both), together) / _idf(len(self._side), here)


def _entries(weights: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, str, float]]:
    for field, stems in weights.items():
        for stem, value in stems.items():
            yield field, stem, value


def _frequency(side: LexicalIndex, field: str, stem: str) -> int:
    return int(side._searcher.doc_freq(field, stem))


def _idf(passages: int, having: int) -> float:
    """As tantivy has it."""
    return math.log(1 + (passages - having + 0.5) / (having + 0.5))


def _merged(one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(
        {
            short: tuple(dict.fromkeys((*one.get(short, ()), *other.get(short, ()))))
            for short in (*one, *(short for short in other if short not in one))
        }
    )


def _best(hits: Sequence[Scored], limit: int) -> list[Scored]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]
