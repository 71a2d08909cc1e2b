"""Exact dense search: every vector is compared, filtered or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexUnusable
from assistant.index.exact import ExactVectors

PASSAGES = [(f"p{number}", f"d{number // 4}") for number in range(40)]


@pytest.fixture
def rows() -> np.ndarray:
    made = np.random.default_rng(1).normal(size=(40, 8)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def vectors(tmp_path: Path, rows: np.ndarray) -> ExactVectors:
    ExactVectors.write(tmp_path / "vectors.npy", [rows[:15], rows[15:]], count=40, dimensions=8)
    return ExactVectors.open(tmp_path / "vectors.npy", PASSAGES)


def test_every_vector_finds_itself_first_with_its_cosine(vectors: ExactVectors, rows: np.ndarray) -> None:
    for (passage_id, _), row in zip(PASSAGES, rows, strict=True):
        first, second = vectors.search(row, limit=2)
        assert (first.passage_id, round(first.score, 5)) == (passage_id, 1.0)
        assert second.score <= first.score


def test_hits_are_those_of_a_full_sort_also_within_documents(vectors: ExactVectors, rows: np.ndarray) -> None:
    query = rows.mean(axis=0) / np.linalg.norm(rows.mean(axis=0))
    for documents in (None, ["d3", "d7", "nowhere"]):
        allowed = [place for place, (_, d) in enumerate(PASSAGES) if documents is None or d in documents]
        expected = sorted(allowed, key=lambda place: -float(rows[place] @ query))[:5]
        assert [hit.passage_id for hit in vectors.search(query, limit=5, documents=documents)] == [
            PASSAGES[place][0] for place in expected
        ]


def test_no_documents_give_no_hits_and_a_large_limit_gives_all(vectors: ExactVectors, rows: np.ndarray) -> None:
    assert vectors.search(rows[0], limit=5, documents=[]) == []
    assert len(vectors.search(rows[0], limit=500)) == 40


def test_a_file_that_is_damaged_or_of_another_size_is_refused(tmp_path: Path, rows: np.ndarray) -> None:
    path = tmp_path / "vectors.npy"
    ExactVectors.write(path, [rows], count=40, dimensions=8)
    with pytest.raises(IndexUnusable, match="40 vectors for 39 passages"):
        ExactVectors.open(path, PASSAGES[:39])
    path.write_bytes(b"damaged")
    with pytest.raises(IndexUnusable, match="damaged"):
        ExactVectors.open(path, PASSAGES)
