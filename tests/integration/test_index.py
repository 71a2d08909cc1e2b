"""Searching a built index: one contract for both searchers, filters, and what a hit points at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.index import Index
from assistant.model import NO_FILTERS, Filters, Question, Scored
from assistant.retrieval import DenseSearcher, Retriever, Searcher
from tests.fakes import HashingEmbedder


@pytest.fixture(params=["dense", "lexical"])
def searcher(request: pytest.FixtureRequest, small_index: Index) -> Searcher:
    return DenseSearcher(HashingEmbedder(), small_index) if request.param == "dense" else small_index.lexical


def documents_of(index: Index, hits: Sequence[Scored]) -> list[str]:
    return [passage.document_id for passage in index.passages([hit.passage_id for hit in hits])]


def test_the_passage_with_the_words_of_the_question_comes_first(searcher: Searcher, small_index: Index) -> None:
    hits = searcher.search("Is er € 256 miljoen beschikbaar voor de wijk?", limit=3)
    assert documents_of(small_index, hits)[0] == "kst-1"


def test_hits_are_ordered_by_score_and_no_more_than_asked(searcher: Searcher) -> None:
    hits = searcher.search("gemeente uitkering aanvraag regeling", limit=2)
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score
    assert len({hit.passage_id for hit in hits}) == 2


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(types=("regeling",)), {"stcrt-1"}),
        (Filters(types=("REGELING", "kamerbrief")), {"stcrt-1", "kst-1"}),
        (Filters(dossiers=("36200-XV",)), {"kst-1"}),
        (Filters(since="2024"), {"stcrt-1"}),
        (Filters(until="2023-07"), {"kst-1"}),
        (Filters(until="2023-07-06"), set()),
        (Filters(since="2025-09-30"), {"stcrt-1"}),  # the document says September: it may be of that day
        (Filters(since="2025-10-01"), set()),
        (Filters(documents=("pagina-html", "kst-1")), {"pagina-html", "kst-1"}),
        (Filters(types=("regeling",), until="2024"), set()),
        (Filters(publishers=("MINISTERIE VAN FINANCIËN",)), {"kst-1"}),
        (Filters(publishers=("ministerie van szw", "Ministerie van Financiën")), {"stcrt-1", "kst-1"}),
        (Filters(publishers=("Ministerie van SZW",), types=("Kamerbrief",)), set()),
        (Filters(publishers=("Ministerie",)), set()),  # the whole name, as for kinds and dossiers
    ],
)
def test_filters_leave_only_what_they_allow(
    searcher: Searcher, small_index: Index, filters: Filters, allowed: set[str]
) -> None:
    hits = searcher.search("de minister en de gemeente: regeling, brief, uitkering, wijk", limit=10, filters=filters)
    assert set(documents_of(small_index, hits)) == allowed


def test_nothing_is_found_for_nothing(small_index: Index) -> None:
    assert small_index.lexical.search("", limit=5) == []
    assert small_index.lexical.search("de het een", limit=5) == []
    assert small_index.lexical.search("wijk", limit=5, filters=Filters(types=("gedicht",))) == []


def test_a_part_of_a_compound_finds_it_and_the_compound_finds_its_parts(small_index: Index) -> None:
    """*Uitkeringsvoorwaarden* is split because the corpus knows *uitkering* and *voorwaarden* by themselves."""
    assert "stcrt-1" in documents_of(small_index, small_index.lexical.search("voorwaarden", limit=5))
    assert "pagina-html" in documents_of(small_index, small_index.lexical.search("uitkeringsvoorwaarden", limit=5))


def test_the_score_of_dense_search_is_the_cosine(small_index: Index) -> None:
    embedder = HashingEmbedder()
    vector = embedder.embed_query("school dicht zomer")
    (hit,) = small_index.dense_search(vector, limit=1)
    (passage,) = small_index.passages([hit.passage_id])
    info = small_index.infos[passage.document_id]
    from assistant.passages import embedded_text

    expected = float(embedder.embed_query(embedded_text(passage, info)) @ vector)
    assert hit.score == pytest.approx(expected, abs=1e-5)


def test_every_passage_is_a_slice_of_its_document(small_index: Index) -> None:
    count = 0
    for document_id in small_index.infos:
        text = small_index.document(document_id).text
        for passage in small_index.passages_of(document_id):
            assert passage.text == text[passage.start : passage.end]
            count += 1
    assert count == len(small_index) == sum(small_index.passage_counts().values())


def test_neighbours_stand_directly_beside_a_good_hit_and_say_beside_which(small_index: Index) -> None:
    retriever = Retriever(
        dense=DenseSearcher(HashingEmbedder(), small_index), lexical=small_index.lexical, library=small_index
    )
    hits = retriever.retrieve(Question("Wie dient de aanvraag in?"), limit=1)
    found = retriever.neighbours(hits)
    assert {abs(one.passage.ordinal - hits[0].passage.ordinal) for one in found} == {1}
    assert {one.passage.document_id for one in found} == {hits[0].passage.document_id}
    assert [one.found_by for one in found] == [{"neighbour": 1}] * len(found)
    assert retriever.neighbours([*hits, *found]) == []


def test_an_unknown_document_or_passage_is_a_key_error(small_index: Index) -> None:
    with pytest.raises(KeyError):
        small_index.document("nergens")
    with pytest.raises(KeyError):
        small_index.passages(["nergens"])


def test_the_retriever_says_which_search_found_a_hit_at_which_rank(small_index: Index) -> None:
    retriever = Retriever(
        dense=DenseSearcher(HashingEmbedder(), small_index), lexical=small_index.lexical, library=small_index
    )
    hits = retriever.retrieve(Question("Wie dient de aanvraag in?"), limit=4)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    dense = small_index.dense_search(HashingEmbedder().embed_query("Wie dient de aanvraag in?"), limit=100)
    for hit in hits:
        assert dense[hit.found_by["dense"] - 1].passage_id == hit.passage.id
        assert hit.scores["dense"] == pytest.approx(dense[hit.found_by["dense"] - 1].score)


def test_a_broad_filter_and_a_narrow_one_give_the_exact_nearest(small_index: Index) -> None:
    """Chroma's filtered search is not used below a few hundred passages: those are compared one by one."""
    vector = HashingEmbedder().embed_query("gemeente")
    everything = small_index.dense_search(vector, limit=50, filters=NO_FILTERS)
    documents = tuple(small_index.infos)
    same = small_index.dense_search(vector, limit=50, filters=Filters(documents=documents))
    assert [hit.passage_id for hit in same] == [hit.passage_id for hit in everything]
    assert np.allclose([hit.score for hit in same], [hit.score for hit in everything], atol=1e-5)
