"""Question → hits: filter, search both ways, fuse the scores, follow references, add neighbours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import references
from assistant.model import NEIGHBOUR, NO_FILTERS, DocumentInfo, Filters, Hit, Passage, Question, Scored


class Searcher(Protocol):
    """Finds passages for a text within filters, best first."""

    def search(self, text: str, *, limit: int, filters: Filters = NO_FILTERS) -> Sequence[Scored]: ...


class Library(Protocol):
    """What is known of passages and documents beyond their ids."""

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]: ...

    def passages_of(self, document_id: str) -> Sequence[Passage]: ...

    def passages_at(self, document_id: str, ordinals: Sequence[int]) -> Sequence[Passage]: ...

    @property
    def infos(self) -> Mapping[str, DocumentInfo]: ...


class QueryEmbedder(Protocol):
    """Turns a question into a vector of shape (dimensions,), L2-normalised."""

    def embed_query(self, text: str) -> NDArray[np.float32]: ...


class VectorSearch(Protocol):
    """Finds passages near a vector; the score is the cosine similarity."""

    def dense_search(
        self, vector: NDArray[np.float32], *, limit: int, filters: Filters = NO_FILTERS
    ) -> Sequence[Scored]: ...


@dataclass(frozen=True, slots=True)
class DenseSearcher:
    """Search by meaning: the question's vector among the passages' vectors."""

    embedder: QueryEmbedder
    vectors: VectorSearch

    def search(self, text: str, *, limit: int, filters: Filters = NO_FILTERS) -> Sequence[Scored]:
        return self.vectors.dense_search(self.embedder.embed_query(text), limit=limit, filters=filters)


# How much a standard deviation of the lexical score counts beside one of the dense score. On the three bench sets every
# weight from .3 to .7 stays above the better single side; .5 lies in the middle: nDCG@10 .722, .744 and .905 where the
# better side has .717, .690 and .896. See ARCHITECTURE.md.
LEXICAL_WEIGHT = 0.5
CANDIDATES = 100  # from each side; deeper lists changed nothing in the first ten
_NAMED_DOCUMENT = 6.0  # standard deviations: a document named by its number stands above everything else
_NAMED_ARTICLE = 3.0
_JUST_BELOW = 0.01  # where a newer document stands beside the one it replaces
_LOOK_AHEAD = 5  # the best hits whose documents may have been replaced


def fuse(
    dense: Sequence[Scored],
    lexical: Sequence[Scored],
    *,
    lexical_weight: float = LEXICAL_WEIGHT,
    pool: int = CANDIDATES,
) -> list[Scored]:
    """Add the standardised scores of both sides, best first; a passage one side missed gets that side's lowest score.

    Scores instead of ranks, because ranks throw away how sure each side is (see Bruch, Gai and Ingber 2023, "An
    analysis of fusion functions for hybrid retrieval"). A lexical side with fewer than `pool` hits has seen everything
    that has a word of the question, so the rest of the pool scores 0 there. One empty side leaves the other side's order as it is.
    """
    rest = [0.0] * max(0, pool - len(lexical)) if lexical else []
    sides = [(_standardised(dense, []), 1.0), (_standardised(lexical, rest), lexical_weight)]
    total: dict[str, float] = {}
    for passage_id in {hit.passage_id for hit in (*dense, *lexical)}:
        total[passage_id] = sum(weight * side.get(passage_id, side[""]) for side, weight in sides if side)
    return sorted((Scored(*item) for item in total.items()), key=lambda hit: (-hit.score, hit.passage_id))


def _standardised(hits: Sequence[Scored], rest: Sequence[float]) -> dict[str, float]:
    """Scores in standard deviations from their mean, by passage id; under "" that of a passage which was not found."""
    if not hits:
        return {}
    scores = np.array([*(hit.score for hit in hits), *rest], dtype=np.float64)
    spread = max(float(scores.std()), 1e-9)
    standard = (scores - float(scores.mean())) / spread
    return {**{hit.passage_id: float(one) for hit, one in zip(hits, standard, strict=False)}, "": float(standard.min())}


class Retriever:
    """Hybrid retrieval over one index.

    Args:
        searchers: by name; "dense" and "lexical" are fused.
        library: gives passages and documents for ids.
        successors: for each document id the documents that replace its figures or rules, newest first.
    """

    def __init__(
        self,
        *,
        dense: Searcher,
        lexical: Searcher,
        library: Library,
        successors: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self._dense = dense
        self._lexical = lexical
        self._library = library
        self._successors = successors

    def retrieve(self, question: Question, *, limit: int = 20) -> list[Hit]:
        """The best passages for a question, best first, at most `limit`.

        A document or article that the question names by number comes first, when the index has it and the filters
        allow it.
        """
        pool = max(CANDIDATES, limit)
        dense = self._dense.search(question.text, limit=pool, filters=question.filters)
        lexical = self._lexical.search(question.text, limit=pool, filters=question.filters)
        fused = fuse(dense, lexical, pool=pool)
        documents = self._library.infos
        named = references.find(question.text)
        if named:
            fused = self._follow(named, question, fused, documents)
        fused = self._succeed(question, fused[:limit])[:limit]
        ranks = {"dense": _ranks(dense), "lexical": _ranks(lexical)}
        raw = {
            "dense": {hit.passage_id: hit.score for hit in dense},
            "lexical": {hit.passage_id: hit.score for hit in lexical},
        }
        passages = self._library.passages([hit.passage_id for hit in fused])
        return [
            Hit(
                passage=passage,
                document=documents[passage.document_id],
                score=scored.score,
                rank=rank,
                found_by={name: places[passage.id] for name, places in ranks.items() if passage.id in places},
                scores={name: scores[passage.id] for name, scores in raw.items() if passage.id in scores},
            )
            for rank, (scored, passage) in enumerate(zip(fused, passages, strict=True), start=1)
        ]

    def neighbours(self, hits: Sequence[Hit], *, best: int = 3) -> list[Hit]:
        """The passages directly before and after the best hits in their documents, where not among the hits already."""
        seen = {hit.passage.id for hit in hits}
        found: list[Hit] = []
        for hit in hits[:best]:
            beside = (hit.passage.ordinal - 1, hit.passage.ordinal + 1)
            for passage in self._library.passages_at(hit.passage.document_id, beside):
                if passage.id not in seen:
                    seen.add(passage.id)
                    found.append(
                        replace(
                            hit,
                            passage=passage,
                            rank=len(hits) + len(found) + 1,
                            found_by={NEIGHBOUR: hit.rank},
                            scores={},
                        )
                    )
        return found

    def _succeed(self, question: Question, fused: Sequence[Scored]) -> list[Scored]:
        """Beside passages of replaced documents, the best ones of what replaced them, so that no old rule stands alone."""
        passages = {passage.id: passage for passage in self._library.passages([hit.passage_id for hit in fused])}
        scores = {hit.passage_id: hit.score for hit in fused}
        for hit in fused[:_LOOK_AHEAD]:
            newer = self._successors.get(passages[hit.passage_id].document_id, ())
            if not newer or (question.filters.documents and not set(newer) <= set(question.filters.documents)):
                continue
            within = replace(question.filters, documents=tuple(newer))
            for other in self._dense.search(question.text, limit=2, filters=within):
                scores[other.passage_id] = max(scores.get(other.passage_id, -math.inf), hit.score - _JUST_BELOW)
        return sorted((Scored(*item) for item in scores.items()), key=lambda hit: (-hit.score, hit.passage_id))

    def _follow(
        self,
        named: Sequence[references.Reference],
        question: Question,
        fused: Sequence[Scored],
        documents: Mapping[str, DocumentInfo],
    ) -> list[Scored]:
        """Lift what the question names: passages of a named document (all of them), of a named article (where found)."""
        scores = {hit.passage_id: hit.score for hit in fused}
        lowest = min(scores.values(), default=0.0)
        meant = {info.id for info in documents.values() if any(references.matches_document(one, info) for one in named)}
        if question.filters.documents:
            meant &= set(question.filters.documents)
        if meant:
            # Within the named documents the usual search decides the order; everything else comes after.
            within = replace(question.filters, documents=tuple(sorted(meant)))
            inside = fuse(
                self._dense.search(question.text, limit=CANDIDATES, filters=within),
                self._lexical.search(question.text, limit=CANDIDATES, filters=within),
            )
            for hit in inside:
                scores[hit.passage_id] = max(scores.get(hit.passage_id, lowest), hit.score) + _NAMED_DOCUMENT
        articles = [one for one in named if one.article is not None]
        if articles:
            passages = {passage.id: passage for passage in self._library.passages(list(scores))}
            for document_id in {passage.document_id for passage in passages.values()} & meant:
                # An article of a named document is found even when neither search reached it.
                passages |= {passage.id: passage for passage in self._library.passages_of(document_id)}
            for passage in passages.values():
                if any(references.matches_anchor(one, passage.anchor) for one in articles):
                    base = scores.get(passage.id, lowest + _NAMED_DOCUMENT)
                    scores[passage.id] = base + _NAMED_ARTICLE
        return sorted((Scored(*item) for item in scores.items()), key=lambda hit: (-hit.score, hit.passage_id))


def _ranks(hits: Sequence[Scored]) -> dict[str, int]:
    return {hit.passage_id: rank for rank, hit in enumerate(hits, start=1)}
