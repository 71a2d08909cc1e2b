"""`assistant eval bench`: reads BEIR folders, searches with the product's parts, measures as trec_eval does."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG
from numpy.typing import NDArray

from assistant import dutch
from assistant.errors import AssistantError, SettingsError
from assistant.model import Anchor, DocumentInfo, Filters, Passage
from assistant.settings import Settings
from evals import bench, speed
from evals.metrics import ndcg, recall, reciprocal_rank, success

DIMENSIONS = 64


class HashingEmbedder:
    """Vectors that are alike when texts share words: enough to tell searches apart without a model."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        for stem in dutch.content_stems(text):
            vector[int(hashlib.sha256(stem.encode()).hexdigest(), 16) % DIMENSIONS] += 1
        return vector / max(float(np.linalg.norm(vector)), 1e-6)


def silent(step: str, done: int, total: int, /) -> None:
    del step, done, total


def write_beir(
    folder: Path,
    documents: Mapping[str, tuple[str, str]],
    queries: Mapping[str, str],
    qrels: Sequence[tuple[str, str, int]],
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    lines = [{"_id": id, "title": title, "text": text} for id, (title, text) in documents.items()]
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    asked = [{"_id": id, "text": text} for id, text in queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(line) for line in asked) + "\n", encoding="utf-8")
    rows = ["query-id\tcorpus-id\tscore", *(f"{query}\t{document}\t{grade}" for query, document, grade in qrels)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


LONG = "\n\n".join(
    f"Alinea {number} gaat over het onderhoud van fietspaden en over niets anders dan dat. " * 8 for number in range(12)
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_beir(
        tmp_path / "small",
        {
            "bomen": ("Bomen", "De gemeente kapt bomen alleen met een vergunning van het college."),
            "honden": ("Honden", "Voor elke hond betaalt de eigenaar hondenbelasting."),
            "lang": ("Fietsen", f"{LONG}\n\nVoor bakfietsen bestaat een aparte stallingsregeling."),
            "leeg": ("", "   "),
        },
        {
            "q1": "Mag ik bomen kappen?",
            "q2": "hondenbelasting",
            "q3": "stallingsregeling bakfietsen",
            "q4": "niet beoordeeld",
        },
        [("q1", "bomen", 2), ("q1", "honden", 0), ("q2", "honden", 1), ("q3", "lang", 1)],
    )


# ------------------------------------------------------------------------------------------------ reading


def test_a_folder_is_read_with_its_grades_and_only_judged_queries(small: Path) -> None:
    beir = bench.read_beir(small)
    assert beir.name == "small"
    assert [document.id for document in beir.documents] == ["bomen", "honden", "lang", "leeg"]
    assert list(beir.queries) == ["q1", "q2", "q3"]
    assert beir.qrels["q1"] == {"bomen": 2, "honden": 0}


def test_a_limit_keeps_the_first_queries_and_their_judgements(small: Path) -> None:
    beir = bench.read_beir(small, limit=2)
    assert list(beir.queries) == list(beir.qrels) == ["q1", "q2"]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}\n', "line 2: _id 'a' stands on an"),
        ("corpus.jsonl", '{"_id": 7, "text": "x"}\n', "line 1: '_id' is text"),
        ("corpus.jsonl", "[]\n", "line 1: not a JSON object"),
        ("queries.jsonl", '{"_id": "q1"\n', "line 1: not JSON"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tbomen\n", "line 2: not query-id"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tbomen\t0\n", "no query of queries.jsonl has a relevant"),
    ],
)  # fmt: skip
def test_what_is_not_beir_is_named_with_its_line(small: Path, file: str, content: str, says: str) -> None:
    (small / file).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        bench.read_beir(small)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"corpus\.jsonl cannot be read"):
        bench.read_beir(tmp_path)


# ------------------------------------------------------------------------------------------------ searching


def test_all_three_systems_find_documents_and_the_report_is_as_the_contract_has_it(small: Path) -> None:
    result = bench.benchmark(bench.read_beir(small), HashingEmbedder(), progress=silent)
    report = result.report
    assert report.keys() >= {"dataset", "documents", "queries", "systems", "index_seconds", "query_ms"}
    assert (report["dataset"], report["documents"], report["queries"]) == ("small", 4, 3)
    assert list(report["systems"]) == ["lexical", "dense", "hybrid"]
    for measures in report["systems"].values():
        assert list(measures) == ["ndcg@10", "recall@10", "recall@100", "mrr@10"]
    assert report["systems"]["lexical"]["mrr@10"] == report["systems"]["hybrid"]["recall@10"] == 1.0
    assert report["query_ms"].keys() == {"p50", "p95"}


def test_a_long_document_is_split_and_counts_once_at_its_best_passage(small: Path) -> None:
    with bench.indexed(bench.read_beir(small), HashingEmbedder(), progress=silent) as systems:
        assert systems.passages > 4
        for search in (systems.lexical, systems.dense, systems.hybrid):
            ranking = search("stallingsregeling voor bakfietsen")
            assert ranking[0] == "lang"
            assert len(ranking) == len(set(ranking))


def passage(id: str, document_id: str) -> Passage:
    return Passage(id, document_id, 0, 0, 1, "x", Anchor())


def test_dense_search_gives_the_nearest_passages_in_order_and_keeps_to_the_filter() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
    passages = [passage("p1", "a"), passage("p2", "b"), passage("p3", "b")]
    index = bench.MemoryIndex([DocumentInfo("a", "A"), DocumentInfo("b", "B")], passages, vectors)
    query = np.array([0.8, 0.6], dtype=np.float32)
    assert [hit.passage_id for hit in index.dense_search(query, limit=2)] == ["p2", "p1"]
    assert [hit.passage_id for hit in index.dense_search(query, limit=9, filters=Filters(documents=("b",)))] == [
        "p2",
        "p3",
    ]
    assert index.dense_search(query, limit=9, filters=Filters(documents=("c",))) == []


def test_the_command_prints_one_json_document_and_progress_elsewhere(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(settings: Settings) -> HashingEmbedder:
        del settings
        return HashingEmbedder()

    monkeypatch.setattr("assistant.assembly.load_embedder", load)
    options = argparse.Namespace(folder=small, limit=1, json=True)
    assert bench.command(options, Settings()) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["queries"] == 1
    assert "embedding passages" in output.err


# ------------------------------------------------------------------------------------------------ measuring

DOCUMENTS = [f"d{number:03}" for number in range(130)]
QUERIES = ["q1", "q2", "q3"]
grades = st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1, max_size=20)
rankings = st.lists(st.sampled_from(DOCUMENTS), unique=True, max_size=120)


def by_ir_measures(measure: Any, qrels: bench.Qrels, run: bench.Run) -> float:
    judged = [
        ir_measures.Qrel(query, document, grade) for query, line in qrels.items() for document, grade in line.items()
    ]
    scored = [
        ir_measures.ScoredDoc(query, document, 1000.0 - rank)
        for query, ranking in run.items()
        for rank, document in enumerate(ranking)
    ]
    return float(ir_measures.calc_aggregate([measure], judged, scored)[measure])


@settings(max_examples=60, deadline=None)
@given(
    qrels=st.dictionaries(st.sampled_from(QUERIES), grades.filter(lambda line: max(line.values()) > 0), min_size=1),
    run=st.dictionaries(st.sampled_from(QUERIES), rankings),
)
def test_the_measures_agree_with_ir_measures(qrels: dict[str, dict[str, int]], run: dict[str, list[str]]) -> None:
    run = {query: ranking for query, ranking in run.items() if query in qrels and ranking}
    ours = bench.measure(qrels, run)
    theirs = {
        "ndcg@10": by_ir_measures(nDCG @ 10, qrels, run),
        "recall@10": by_ir_measures(R @ 10, qrels, run),
        "recall@100": by_ir_measures(R @ 100, qrels, run),
        "mrr@10": by_ir_measures(RR @ 10, qrels, run),
    }
    assert ours == pytest.approx(theirs, abs=6e-5)


@pytest.mark.parametrize("function", [recall, ndcg, success, reciprocal_rank])
def test_a_query_without_a_relevant_document_gives_no_number(function: Any) -> None:
    assert function(["a", "b"], {}, 10) is None
    assert function(["a", "b"], {"a": 0}, 10) is None


def test_ndcg_uses_linear_gains_and_the_base_two_logarithm_of_the_rank() -> None:
    """Grade 1 first and grade 2 second: (1 + 2/log2 3) against the ideal (2 + 1/log2 3)."""
    assert ndcg(["one", "two"], {"one": 1, "two": 2}, 10) == pytest.approx((1 + 2 / 1.5849625) / (2 + 1 / 1.5849625))


@pytest.mark.shared
def test_the_shared_sets_can_be_read() -> None:
    folder = Path(__file__).resolve().parents[3] / "shared" / "bench"
    if not folder.is_dir():
        pytest.skip("../shared/bench is not here")
    for name in ("kamervragen_qa", "rijksoverheid_vac_passages"):
        beir = bench.read_beir(folder / name)
        assert beir.queries.keys() == beir.qrels.keys()


# ------------------------------------------------------------------------------------------------ speed


def test_paired_rounds_alternate_who_goes_first_and_give_one_ratio_each() -> None:
    order: list[str] = []

    def take(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    assert speed.paired(lambda: take("ours", 1), lambda: take("theirs", 3), 3) == [(1, 3)] * 3
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]


def test_the_ratio_of_speeds_is_the_median_over_rounds_with_its_range() -> None:
    figures = speed.compared([(1.0, 3.0), (2.0, 8.0), (1.0, 5.0)])
    assert figures["times_faster"] == {"median": 4.0, "least": 3.0, "most": 5.0}
    assert (figures["ours_seconds"], figures["yardstick_seconds"]) == (1.0, 5.0)


def test_made_up_texts_are_always_the_same_and_differ_from_each_other() -> None:
    texts = speed.texts_of_own_corpus(50)
    assert texts == speed.texts_of_own_corpus(50)
    assert len(set(texts)) == 50


class RealEmbedder(HashingEmbedder):
    identity = "hashing"
    dimensions = DIMENSIONS
    max_tokens = 512

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_passages(texts)


def test_made_up_vectors_are_normalised_always_the_same_and_near_real_ones() -> None:
    texts = speed.texts_of_own_corpus(40)
    made = speed.MadeUpEmbedder(RealEmbedder(), texts)
    vectors = made.embed_passages(["een", "twee", "drie"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(vectors, made.embed_passages(["een", "twee", "drie"]))
    assert (vectors @ RealEmbedder().embed_passages(texts).T).max(axis=1).min() > 0.7


class Echo(speed.OurSide):
    """A side without a model, for a process of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def embed_query(self, text: str) -> float:
        if text == "fail":
            raise AssistantError("no model here")
        return float(len(text))


def test_a_side_works_in_a_process_of_its_own_and_its_errors_arrive() -> None:
    with speed.Apart(Echo, Settings()) as side:
        assert side.do("embed_query", "four") == 4.0
        with pytest.raises(AssistantError, match="embed_query failed: no model here"):
            side.do("embed_query", "fail")
        with pytest.raises(AssistantError, match="one of the two measured processes died"):
            side.do("embed_query", "again")
