"""All vectors of a generation side by side, compared one by one: dense search that misses nothing.

An HNSW graph can lose a vector that lies far from all others: its neighbours drop their links to it, and no search comes
past it any more (seen with a document added to an index of 338 passages, whose own text did not find it). A document that
was added today must be found, so up to `MOST` passages a question is compared with every vector, which is quicker than
the graph as well. Derived from what Chroma holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexUnusable
from assistant.model import Scored

Vectors = NDArray[np.float32]

MOST = 50_000  # passages: 77 MB of 384 dimensions, compared in about 10 ms; larger indexes ask Chroma's graph
_AT_ONCE = 8_192  # rows written or compared at a time


class ExactVectors:
    """Rows of one file, in the order of the passages: by document, then by place in it. Safe for several threads."""

    def __init__(self, rows: Vectors, ids: Sequence[str], spans: Mapping[str, tuple[int, int]]) -> None:
        self._rows = rows
        self._ids = ids
        self._spans = spans

    @staticmethod
    def write(path: Path, batches: Iterable[Vectors], *, count: int, dimensions: int) -> None:
        """Write `count` rows of shape (dimensions,), normalised, given in batches. Memory stays bounded."""
        rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, dimensions))
        at = 0
        for batch in batches:
            rows[at : at + len(batch)] = batch
            at += len(batch)
        rows.flush()

    @classmethod
    def open(cls, path: Path, passages: Sequence[tuple[str, str]]) -> ExactVectors:
        """The rows of a file.

        Args:
            passages: passage id and document id of each row, in the order of the rows; a document's stand together.

        Raises:
            IndexUnusable: the file is damaged or does not fit the passages.
        """
        try:
            rows = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise IndexUnusable(
                f"{path.name} in {path.parent} is damaged ({error}); `assistant build` makes it again from what Chroma holds"
            ) from error
        if len(rows) != len(passages):
            raise IndexUnusable(
                f"{path.name} in {path.parent} has {len(rows)} vectors for {len(passages)} passages; "
                "`assistant build` makes it again from what Chroma holds"
            )
        spans: dict[str, tuple[int, int]] = {}
        for place, (_, document_id) in enumerate(passages):
            first, _ = spans.get(document_id, (place, place))
            spans[document_id] = (first, place + 1)
        return cls(rows, [passage_id for passage_id, _ in passages], spans)

    def search(self, vector: Vectors, *, limit: int, documents: Sequence[str] | None = None) -> list[Scored]:
        """The passages nearest to a normalised vector, best first; the score is the cosine similarity.

        Args:
            documents: only these; None means all.
        """
        if documents is None:
            scores = self._rows @ vector
            places = np.arange(len(scores))
        else:
            spans = sorted(self._spans[document_id] for document_id in documents if document_id in self._spans)
            if not spans:
                return []
            places = np.concatenate([np.arange(first, last) for first, last in spans])
            scores = np.concatenate([self._rows[first:last] @ vector for first, last in spans])
        if len(scores) > limit:
            best = np.argpartition(-scores, limit - 1)[:limit]
            scores, places = scores[best], places[best]
        found = [Scored(self._ids[int(place)], float(score)) for place, score in zip(places, scores, strict=True)]
        return sorted(found, key=lambda hit: (-hit.score, hit.passage_id))
