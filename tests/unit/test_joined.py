"""Two indexes asked as one give what one index over all documents would give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import passages
from assistant.index import Index, private
from assistant.index.joined import JoinedIndex
from assistant.index.lexical import LexicalIndex
from assistant.index.records import Source, StoredPassage
from assistant.model import Document, Filters
from tests.fakes import DIMENSIONS, HashingEmbedder, document

EMBEDDER = HashingEmbedder()

# Of one length each, so that only what words are worth can differ between one index and two.
CORPUS = {
    "kst-1": "De gemeente krijgt elk jaar geld voor scholen",
    "kst-2": "De gemeente schrijft elk jaar over de scholen",
    "kst-3": "De provincie krijgt elk jaar geld voor wegen",
    "kst-4": "De gemeente bouwt elk jaar nieuwe mooie huizen",
    "eigen-bijdrage": "De minister krijgt elk jaar post over zwaluwen",
}
OWN = {
    "eigen-1-zwaluw": "De gemeente telt elk jaar nesten van zwaluwen",
    "eigen-2-geld": "De gemeente geeft elk jaar geld aan scholen",
}


def made(id: str, text: str) -> Document:
    info = {"type": "eigen document"} if id in OWN else {"type": "Kamerbrief", "date": "2023-07-07"}
    return document(text, id=id, title="Titel", **info)


def opened(folder: Path, texts: dict[str, str], *, marked: bool) -> Index:
    """A private index of these texts; one that stands for a corpus has passages without the mark."""
    files = {}
    for id, text in texts.items():
        one = made(id, text)
        cut = passages.split(one, count_tokens=EMBEDDER.count_tokens)
        kept = private.marked(cut) if marked else cut
        vectors = EMBEDDER.embed_sentences([passage.text for passage in cut])
        files[id] = folder / "files" / id
        files[id].mkdir(parents=True)
        stored = [StoredPassage(passage, passages.digest(passage.text)) for passage in kept]
        private.lay_ready(files[id], one, Source(str(folder), f"{id}.md", ""), stored, vectors)
    private.write(folder / "index", files, embedding=EMBEDDER.identity, dimensions=DIMENSIONS, recipe="")
    return Index.open(folder / "index", embedding=EMBEDDER.identity)


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Index, Index]]:
    """The corpus, the private index, and one index over all."""
    folder = tmp_path_factory.mktemp("joined")
    made = (
        opened(folder / "corpus", CORPUS, marked=False),
        opened(folder / "own", OWN, marked=True),
        opened(folder / "all", {**CORPUS, **OWN}, marked=False),
    )
    yield made
    for one in made:
        one.close()


@pytest.fixture
def joined(sides: tuple[Index, Index, Index]) -> JoinedIndex:
    return JoinedIndex(sides[0], sides[1])


QUERIES = ["zwaluwen", "geld voor scholen", "De gemeente telt zwaluwen", "wegen provincie", "komkommer", "elk jaar"]


@pytest.mark.parametrize("query", QUERIES)
def test_words_score_as_in_one_index_over_all(
    query: str, joined: JoinedIndex, sides: tuple[Index, Index, Index]
) -> None:
    whole = sides[2]
    assert scored(joined, joined.lexical.search(query, limit=10)) == scored(
        whole, whole.lexical.search(query, limit=10)
    )


@pytest.mark.parametrize("query", QUERIES)
def test_meaning_scores_as_in_one_index_over_all(
    query: str, joined: JoinedIndex, sides: tuple[Index, Index, Index]
) -> None:
    vector, whole = EMBEDDER.embed_query(query), sides[2]
    assert scored(joined, joined.dense_search(vector, limit=10)) == scored(whole, whole.dense_search(vector, limit=10))


def scored(index: Index | JoinedIndex, hits: object) -> dict[str, float]:
    """The score of each document found."""
    pairs = [(hit.passage_id, hit.score) for hit in hits]  # type: ignore[attr-defined]
    found = index.passages([id for id, _ in pairs])
    return {
        passage.document_id: pytest.approx(score, rel=1e-4) for passage, (_, score) in zip(found, pairs, strict=True)
    }


def test_without_weighing_a_private_word_would_be_worth_too_little(sides: tuple[Index, Index, Index]) -> None:
    """The case the weighing is for: a word that is rare in both together but stands in half of a small collection."""
    corpus, own, _ = sides
    joined = JoinedIndex(corpus, own).lexical.search("zwaluwen", limit=10)
    alone = {hit.passage_id: hit.score for hit in own.lexical.search("zwaluwen", limit=10)}
    assert len(joined) == 2
    assert all(hit.score > 1.3 * alone[hit.passage_id] for hit in joined if hit.passage_id in alone)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {*CORPUS, *OWN}),
        (Filters(documents=tuple(OWN)), set(OWN)),
        (Filters(documents=("kst-1",)), {"kst-1"}),
        (Filters(documents=("kst-1", "eigen-2-geld")), {"kst-1", "eigen-2-geld"}),
        # a filter on documents of which none is left must not become no filter at all
        (Filters(documents=("verdwenen",)), set()),
        (Filters(types=("Kamerbrief",)), set(CORPUS)),
        (Filters(types=("Eigen document",)), set(OWN)),
        (Filters(since="2023"), set(CORPUS)),
        (Filters(types=("Kamerbrief",), documents=tuple(OWN)), set()),
    ],
)
def test_filters_hold_on_both_sides(joined: JoinedIndex, filters: Filters, expected: set[str]) -> None:
    by_words = joined.lexical.search("elk jaar", limit=20, filters=filters)
    by_meaning = joined.dense_search(EMBEDDER.embed_query("elk jaar"), limit=20, filters=filters)
    for hits in (by_words, by_meaning):
        assert {passage.document_id for passage in joined.passages([hit.passage_id for hit in hits])} == expected


def test_the_best_of_both_sides_are_kept(joined: JoinedIndex) -> None:
    hits = joined.dense_search(EMBEDDER.embed_query("zwaluwen"), limit=2)
    assert {passage.document_id for passage in joined.passages([hit.passage_id for hit in hits])} == {
        "eigen-bijdrage",
        "eigen-1-zwaluw",
    }


def test_documents_and_passages_of_either_side_are_found_by_id(joined: JoinedIndex) -> None:
    assert list(joined.infos) == [*sorted(CORPUS), *sorted(OWN)]
    assert len(joined) == len(CORPUS) + len(OWN) == len(joined.lexical)
    assert joined.passage_counts() == dict.fromkeys((*CORPUS, *OWN), 1)
    ids = {}
    for id, text in {**CORPUS, **OWN}.items():
        assert joined.document(id).text.strip() == text
        (passage,) = joined.passages_of(id)
        assert joined.passages_at(id, (0, 1)) == [passage]
        source = joined.source(id)
        assert source is not None and source.path == f"{id}.md"
        ids[id] = passage.id
    mixed = [ids["eigen-2-geld"], ids["kst-3"], ids["eigen-bijdrage"], ids["eigen-1-zwaluw"]]
    assert [passage.id for passage in joined.passages(mixed)] == mixed
    with pytest.raises(KeyError):
        joined.document("kst-9")
    with pytest.raises(KeyError):
        joined.passages([ids["kst-1"], "eigen-0000"])
    assert joined.source("kst-9") is None and joined.passages_of("kst-9") == []


def test_words_of_both_sides_make_one_vocabulary(joined: JoinedIndex) -> None:
    assert joined.lexical.document_frequency("gemeent") == 5
    assert joined.lexical.document_frequency("zwaluw") == 2
    assert joined.lexical.document_frequency("komkommer") == 0
    assert joined.lexical.parts("gemeentegeld") == ("gemeente", "geld")


def test_abbreviations_of_both_sides_are_known(tmp_path: Path) -> None:
    names = [("een", "De Raad voor Hoge Nesten (RHN) telt. "), ("twee", "De Ronde Hoge Nestkast (RHN) hangt. ")]
    sides = [opened(tmp_path / name, {name: text * 2}, marked=name == "twee") for name, text in names]
    longs = JoinedIndex(*sides).lexical.abbreviations["rhn"]
    assert longs == (*sides[0].lexical.abbreviations["rhn"], *sides[1].lexical.abbreviations["rhn"])
    assert isinstance(sides[0].lexical, LexicalIndex) and len(set(longs)) == 2
    for one in sides:
        one.close()


def test_the_index_is_current_until_either_side_has_a_newer_one(tmp_path: Path) -> None:
    sides = [opened(tmp_path / name, {name: "Tekst."}, marked=name == "b") for name in "ab"]
    joined = JoinedIndex(*sides)
    assert joined.is_current()
    private.write(
        tmp_path / "b" / "index",
        {"b": tmp_path / "b" / "files" / "b"},
        embedding=EMBEDDER.identity,
        dimensions=DIMENSIONS,
        recipe="",
    )
    assert not joined.is_current() and sides[0].is_current()
    assert joined.passages_of("b")[0].text == "Tekst."  # who was reading goes on
    for one in sides:
        one.close()


def test_an_index_without_files_is_no_index(tmp_path: Path) -> None:
    index = opened(tmp_path, {"a": "Tekst."}, marked=True)
    assert private.write(tmp_path / "index", {}, embedding="", dimensions=1, recipe="") is None
    assert not (tmp_path / "index").exists()
    assert not index.is_current()
    index.close()
