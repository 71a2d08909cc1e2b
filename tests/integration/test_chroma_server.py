"""By setting, vectors and documents stand on a Chroma server, and several programs share one index."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.build import build
from assistant.errors import IndexUnusable
from assistant.index import Index
from assistant.index import server as server_pointers
from assistant.index.generations import IndexFolder
from assistant.index.places import Places
from tests.fakes import HashingEmbedder, write_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("chroma")
    folder = tmp_path_factory.mktemp("chroma")
    server = subprocess.Popen(
        [command, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                if httpx.get(f"{url}/api/v2/heartbeat").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("the Chroma server did not come up")
        yield url
    finally:
        server_pointers.close()
        server.terminate()
        server.wait()


def open_index(folder: Path, url: str) -> Index:
    return Index.open(folder, embedding=HashingEmbedder().identity, chroma_url=url)


def test_two_programs_share_one_index_and_both_see_what_either_builds(chroma_url: str, tmp_path: Path) -> None:
    corpus = write_corpus(
        tmp_path / "corpus", {"een.md": "De agenda loopt tot eind 2025.", "twee.md": "De school is dicht."}
    )
    here, there = tmp_path / "here" / "shared", tmp_path / "there" / "shared"
    build([corpus], Places(IndexFolder(here), chroma_url), HashingEmbedder(), ocr_available=False)

    first, second = open_index(here, chroma_url), open_index(there, chroma_url)
    vector = HashingEmbedder().embed_query("agenda eind 2025")
    assert first.dense_search(vector, limit=2) == second.dense_search(vector, limit=2) != []
    assert first.lexical.search("agenda", limit=2) == second.lexical.search("agenda", limit=2) != []
    assert second.document("een-md").text == "De agenda loopt tot eind 2025."

    (corpus / "een.md").unlink()
    report = build([corpus], Places(IndexFolder(there), chroma_url), HashingEmbedder(), ocr_available=False)
    assert (report.removed, report.unchanged, report.embedded_passages) == (1, 1, 0)
    assert not first.is_current()
    assert first.dense_search(vector, limit=2), "who was reading goes on reading the generation before"
    first.close()
    second.close()
    again = open_index(here, chroma_url)
    assert set(again.infos) == {"twee-md"}
    again.close()


def test_indexes_of_other_names_on_one_server_do_not_meet(chroma_url: str, tmp_path: Path) -> None:
    for name, text in (("a", "Over de wijk."), ("b", "Over de stad.")):
        corpus = write_corpus(tmp_path / name / "corpus", {"x.md": text})
        places = Places(IndexFolder(tmp_path / f"index-{name}"), chroma_url)
        build([corpus], places, HashingEmbedder(), ocr_available=False)
    for name, text in (("a", "Over de wijk."), ("b", "Over de stad.")):
        index = open_index(tmp_path / f"index-{name}", chroma_url)
        assert index.document("x-md").text == text
        index.close()


def test_two_builds_on_one_server_from_different_folders_are_one_build_and_a_clear_refusal(
    chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"x.md": "Over de wijk."})
    here, there = tmp_path / "here" / "busy", tmp_path / "there" / "busy"

    def build_from(folder: Path) -> None:
        build([corpus], Places(IndexFolder(folder), chroma_url), HashingEmbedder(), ocr_available=False)

    monkeypatch.setattr(server_pointers, "_BEAT_SECONDS", 0.2)
    monkeypatch.setattr(server_pointers, "_WATCH_SECONDS", 2)
    with (
        Places(IndexFolder(here), chroma_url).building(),
        pytest.raises(IndexUnusable, match="is building the index on the Chroma server"),
    ):
        build_from(there)
    build_from(there)


def test_a_build_that_died_is_taken_over_and_one_that_only_seemed_dead_finds_out(
    chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"x.md": "Over de wijk."})
    monkeypatch.setattr(server_pointers, "_BEAT_SECONDS", 3600)  # its heart never beats
    monkeypatch.setattr(server_pointers, "_WATCH_SECONDS", 0.5)
    with Places(IndexFolder(tmp_path / "here" / "slow"), chroma_url).building() as alive:
        alive()
        there = Places(IndexFolder(tmp_path / "there" / "slow"), chroma_url)
        build([corpus], there, HashingEmbedder(), ocr_available=False)
        with pytest.raises(IndexUnusable, match="another build took over"):
            alive()


def test_a_machine_builds_on_a_shared_index_that_it_never_read_and_mends_what_it_lost(
    chroma_url: str, tmp_path: Path
) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"een.md": "De agenda.", "twee.md": "De school."})
    here, there = tmp_path / "here" / "both", tmp_path / "there" / "both"
    build([corpus], Places(IndexFolder(here), chroma_url), HashingEmbedder(), ocr_available=False)
    report = build([corpus], Places(IndexFolder(there), chroma_url), HashingEmbedder(), ocr_available=False)
    assert (report.unchanged, report.embedded_passages) == (2, 0)
    generation = str(Places(IndexFolder(there), chroma_url).current())
    (IndexFolder(there).path(generation) / "store.sqlite").write_bytes(b"damaged" * 100)
    report = build([corpus], Places(IndexFolder(there), chroma_url), HashingEmbedder(), ocr_available=False)
    assert (report.documents, report.unchanged) == (2, 2)
    index = open_index(there, chroma_url)
    assert index.document("een-md").text == "De agenda."
    index.close()


def test_a_server_that_is_not_there_is_named_in_a_plain_message(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match=r"http://127\.0\.0\.1:9"):
        open_index(tmp_path / "x", "http://127.0.0.1:9")
