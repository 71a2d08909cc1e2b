"""Fusing both searches: scores decide, and neither side can hide what the other is sure of."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.model import Scored
from assistant.retrieval import fuse


def ids(hits: list[Scored]) -> list[str]:
    return [hit.passage_id for hit in hits]


def test_one_empty_side_leaves_the_order_of_the_other() -> None:
    hits = [Scored("a", 0.9), Scored("b", 0.8), Scored("c", 0.1)]
    assert ids(fuse(hits, [])) == ids(fuse([], hits)) == ["a", "b", "c"]


def test_the_only_passage_with_the_words_of_the_question_is_lifted_above_its_neighbours() -> None:
    """A lexical list of one hit has no spread of its own; everything else scores 0 there."""
    dense = [Scored(name, 0.90 - place / 1000) for place, name in enumerate("abcdef")]
    assert ids(fuse(dense, [Scored("d", 31.7)]))[0] == "d"


def test_a_passage_that_both_sides_find_beats_one_that_only_one_side_finds() -> None:
    dense = [Scored("both", 0.9), Scored("dense", 0.9), Scored("x", 0.8)]
    lexical = [Scored("both", 9.0), Scored("lexical", 9.0), Scored("y", 1.0)]
    assert ids(fuse(dense, lexical))[0] == "both"


scores = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 50)), max_size=8, unique_by=lambda pair: pair[0]
).map(lambda pairs: sorted((Scored(*pair) for pair in pairs), key=lambda hit: (-hit.score, hit.passage_id)))


@given(scores, scores)
def test_fusing_keeps_every_passage_once_and_orders_by_score(dense: list[Scored], lexical: list[Scored]) -> None:
    fused = fuse(dense, lexical)
    assert sorted(ids(fused)) == sorted({hit.passage_id for hit in (*dense, *lexical)})
    assert all(one.score >= other.score for one, other in pairwise(fused))


@given(scores)
def test_fusing_a_ranking_with_itself_keeps_its_order(hits: list[Scored]) -> None:
    places = {hit.passage_id: hit.score for hit in hits}
    fused = [places[name] for name in ids(fuse(hits, hits, pool=len(hits)))]
    assert all(one >= other - 1e-6 for one, other in pairwise(fused))
