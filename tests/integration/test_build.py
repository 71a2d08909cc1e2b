"""Building: only what changed is done again, and readers always see one whole index."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.build import build
from assistant.errors import AssistantError, IndexMismatch, IndexUnusable, SettingsError
from assistant.index import Index
from assistant.index.generations import SCHEMA, IndexFolder
from assistant.index.places import Places
from assistant.model import BuildReport
from tests.fakes import HashingEmbedder, write_corpus

FILES = {
    "een.md": "# Een\n\nDe agenda loopt tot eind 2025.\n",
    "twee.md": "# Twee\n\nDe regeling kent drie tranches.\n",
    "drie.md": "# Drie\n\nDe gemeente vraagt de uitkering aan.\n",
}


class Bench:
    """A corpus folder, an index folder and an embedder that counts."""

    def __init__(self, folder: Path) -> None:
        self.corpus = write_corpus(folder / "corpus", FILES)
        self.index = folder / "index"
        self.embedder = HashingEmbedder()

    def build(self, *, fresh: bool = False, ocr_available: bool = False) -> BuildReport:
        return build([self.corpus], self.places, self.embedder, ocr_available=ocr_available, fresh=fresh)

    @property
    def places(self) -> Places:
        return Places(IndexFolder(self.index))

    def open(self) -> Index:
        return Index.open(self.index, embedding=self.embedder.identity)

    def texts(self) -> dict[str, str]:
        index = self.open()
        try:
            return {id: index.document(id).text for id in index.infos}
        finally:
            index.close()

    def found(self, words: str) -> set[str]:
        """The documents that both searches find for some words."""
        index = self.open()
        try:
            hits = [
                *index.lexical.search(words, limit=3),
                *index.dense_search(self.embedder.embed_query(words), limit=3),
            ]
            return {passage.document_id for passage in index.passages([hit.passage_id for hit in hits])}
        finally:
            index.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def summary(report: BuildReport) -> dict[str, int]:
    names = "documents added changed renamed removed unchanged embedded_passages".split()
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def test_a_second_build_of_the_same_files_does_nothing(bench: Bench) -> None:
    assert summary(bench.build()) == {"documents": 3, "added": 3, "embedded_passages": 3}
    generation = bench.places.current()
    bench.embedder.embedded.clear()
    assert summary(bench.build()) == {"documents": 3, "unchanged": 3}
    assert bench.embedder.embedded == []
    assert bench.places.current() == generation


def test_files_that_were_only_touched_are_not_parsed_again(bench: Bench) -> None:
    bench.build()
    os.utime(bench.corpus / "een.md", (1, 1))
    assert summary(bench.build()) == {"documents": 3, "unchanged": 3}


def test_a_changed_file_is_read_again_and_only_its_changed_passages_are_embedded(bench: Bench) -> None:
    bench.build()
    text = FILES["een.md"] + "\n## Erbij\n\nEr komt een vervolg in 2026.\n"
    (bench.corpus / "een.md").write_text(text, encoding="utf-8")
    bench.embedder.embedded.clear()
    assert summary(bench.build()) == {"documents": 3, "changed": 1, "unchanged": 2, "embedded_passages": 1}
    assert [text.splitlines()[-1] for text in bench.embedder.embedded] == ["Er komt een vervolg in 2026."]
    assert "vervolg" in bench.texts()["een-md"]


def test_a_renamed_file_costs_no_embedding(bench: Bench) -> None:
    bench.build()
    (bench.corpus / "map").mkdir()
    (bench.corpus / "een.md").rename(bench.corpus / "map" / "eerste.md")
    assert summary(bench.build()) == {"documents": 3, "renamed": 1, "unchanged": 2}
    assert set(bench.texts()) == {"map-eerste-md", "twee-md", "drie-md"}


def test_a_removed_file_is_gone_from_both_searches_at_once(bench: Bench) -> None:
    bench.build()
    assert "twee-md" in bench.found("regeling tranches")
    (bench.corpus / "twee.md").unlink()
    assert summary(bench.build()) == {"documents": 2, "removed": 1, "unchanged": 2}
    assert "twee-md" not in bench.found("regeling tranches")


def test_an_incremental_index_answers_like_one_that_was_made_anew(bench: Bench) -> None:
    bench.build()
    (bench.corpus / "twee.md").write_text("# Twee\n\nDe regeling kent vier tranches.\n", encoding="utf-8")
    (bench.corpus / "drie.md").unlink()
    write_corpus(bench.corpus, {"vier.md": "# Vier\n\nHet college besluit over de wijkaanpak.\n"})
    bench.build()
    index = bench.open()
    step_by_step = [index.lexical.search(q, limit=9) for q in ("regeling", "wijk", "college tranche")]
    index.close()
    bench.build(fresh=True)
    index = bench.open()
    assert [index.lexical.search(q, limit=9) for q in ("regeling", "wijk", "college tranche")] == step_by_step
    index.close()


def test_a_file_that_cannot_be_read_is_a_line_of_the_report_until_it_can(bench: Bench) -> None:
    (bench.corpus / "leeg.pdf").write_bytes(b"")
    report = bench.build()
    assert [(file.path, file.reason) for file in report.unreadable] == [("leeg.pdf", "het bestand is leeg")]
    assert bench.build().unreadable == report.unreadable
    (bench.corpus / "leeg.pdf").write_text("Nu een gewone tekst over de wijk.", encoding="utf-8")
    report = bench.build()
    assert report.unreadable == ()
    assert report.added == 1


def test_two_files_with_one_id_are_one_document_and_a_named_refusal(bench: Bench) -> None:
    head = "---\nid: zelfde\n---\n"
    write_corpus(bench.corpus, {"a.md": head + "De eerste tekst.", "b.md": head + "De tweede tekst."})
    report = bench.build()
    assert [file.path for file in report.unreadable] == ["b.md"]
    assert "zelfde" in report.unreadable[0].reason
    assert "a.md" in report.unreadable[0].reason
    (bench.corpus / "a.md").unlink()
    report = bench.build()
    assert report.unreadable == ()
    assert bench.texts()["zelfde"] == "De tweede tekst."


def test_two_copies_of_an_official_document_are_both_documents_when_nobody_gave_them_an_id(bench: Bench) -> None:
    page = "<html><head><meta name='DC.identifier' content='kst-30995-7'></head><body><h1>Brief</h1><p>{}</p></body></html>"
    write_corpus(bench.corpus, {"a.html": page.format("De eerste kopie."), "b.html": page.format("De tweede kopie.")})
    assert bench.build().unreadable == ()
    texts = bench.texts()
    assert "De eerste kopie." in texts["kst-30995-7"]
    assert "De tweede kopie." in texts["b-html"]
    assert bench.build().unchanged == 5


def test_two_documents_that_trade_their_ids_both_stay(bench: Bench) -> None:
    write_corpus(bench.corpus, {"a.md": "---\nid: x\n---\nTekst van a.", "b.md": "---\nid: y\n---\nTekst van b."})
    bench.build()
    write_corpus(bench.corpus, {"a.md": "---\nid: y\n---\nTekst van a.", "b.md": "---\nid: x\n---\nTekst van b."})
    bench.build()
    texts = bench.texts()
    assert (texts["x"], texts["y"]) == ("Tekst van b.", "Tekst van a.")
    assert len(texts) == 5


def test_a_missing_or_empty_corpus_is_an_error_that_keeps_the_index_and_fresh_empties_it(bench: Bench) -> None:
    bench.build()
    shutil.rmtree(bench.corpus)
    with pytest.raises(SettingsError, match="corpus folder"):
        bench.build()
    bench.corpus.mkdir()
    with pytest.raises(AssistantError, match="the index stays as it is"):
        bench.build()
    assert len(bench.texts()) == 3
    assert summary(bench.build(fresh=True)) == {}
    index = bench.open()
    assert index.dense_search(bench.embedder.embed_query("wijk"), limit=5) == []
    assert index.lexical.search("wijk", limit=5) == []
    index.close()


def test_documents_in_a_folder_that_cannot_be_looked_at_now_are_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network share that is down for a moment does not empty the index."""
    write_corpus(bench.corpus, {"ver/weg.md": "# Ver weg\n\nDe brug over de rivier.\n"})
    bench.build()
    walk = os.walk

    def fails(
        top: Path, onerror: Callable[[OSError], None] | None = None
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        for folder, folders, files in walk(top):
            if onerror is not None and "ver" in folders:
                folders.remove("ver")
                onerror(PermissionError(13, "Permission denied", str(bench.corpus / "ver")))
            yield folder, folders, files

    monkeypatch.setattr(os, "walk", fails)
    report = bench.build()
    assert [(file.path, report.removed, report.unchanged) for file in report.unreadable] == [("ver", 0, 4)]
    assert "ver-weg-md" in bench.found("brug rivier")


def test_who_may_only_read_an_index_searches_a_copy_of_its_words(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """tantivy wants to write a lock file even to read. Root may write everywhere, so the rights are looked at."""
    bench.build()
    lexical = bench.places.folder.path(str(bench.places.current())) / "lexical"
    for path in (*lexical.iterdir(), lexical):
        path.chmod(path.stat().st_mode & ~0o222)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(tempfile, "tempdir", str(bench.index.parent))
    assert "twee-md" in bench.found("regeling tranches")
    index = bench.open()
    (copy,) = bench.index.parent.glob("assistant-*")
    assert all(path.stat().st_mode & 0o200 for path in (copy, *copy.iterdir()))
    index.close()
    lexical.chmod(0o755)


def test_a_damaged_pointer_is_mended_by_a_fresh_build(bench: Bench) -> None:
    bench.build()
    (bench.index / "current").write_bytes(b"\xad\xff\x00")
    for use in (bench.build, bench.open):
        with pytest.raises(IndexUnusable, match="build --fresh"):
            use()
    assert bench.build(fresh=True).documents == 3
    assert len(bench.texts()) == 3
    assert len(list((bench.index / "generations").iterdir())) == 1


def test_an_index_of_another_model_is_refused_with_what_to_do(bench: Bench) -> None:
    bench.build()
    other = HashingEmbedder("another model")
    with pytest.raises(IndexMismatch, match=r"another model.*--fresh"):
        build([bench.corpus], bench.places, other, ocr_available=False)
    with pytest.raises(IndexMismatch, match="hashing 64"):
        Index.open(bench.index, embedding=other.identity)
    build([bench.corpus], bench.places, other, ocr_available=False, fresh=True)
    Index.open(bench.index, embedding=other.identity).close()


def test_an_index_of_an_earlier_version_is_refused_with_what_to_do_and_made_again(bench: Bench) -> None:
    bench.build()
    (manifest,) = bench.index.glob("generations/*/manifest.json")
    known = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(known | {"schema": SCHEMA - 1}))
    for use in (bench.build, bench.open):
        with pytest.raises(
            IndexMismatch, match=rf"schema {SCHEMA - 1}.* reads {SCHEMA}; run `assistant build --fresh`"
        ):
            use()
    assert bench.build(fresh=True).documents == 3
    assert len(bench.texts()) == 3


def test_a_reader_keeps_its_generation_while_builds_go_on_and_sees_the_new_one_when_it_looks(bench: Bench) -> None:
    bench.build()
    reader = bench.open()
    (bench.corpus / "een.md").unlink()
    bench.build()
    assert not reader.is_current()
    assert "eind 2025" in reader.document("een-md").text
    assert reader.dense_search(bench.embedder.embed_query("agenda eind 2025"), limit=1)
    reader.close()
    assert len(bench.texts()) == 2
    bench.build(fresh=True)
    assert [path.name for path in (bench.index / "generations").iterdir()] == [bench.places.current()]


def test_two_builds_at_once_are_one_build_and_a_clear_refusal(bench: Bench) -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait(_: int) -> None:
        entered.set()
        leave.wait(20)

    slow = HashingEmbedder(on_embed=wait)
    first = threading.Thread(target=build, args=([bench.corpus], bench.places, slow), kwargs={"ocr_available": False})
    first.start()
    try:
        assert entered.wait(20)
        with pytest.raises(IndexUnusable, match="is building the index"):
            bench.build()
    finally:
        leave.set()
        first.join()
    assert len(bench.texts()) == 3


def test_an_interrupted_build_leaves_the_old_index_and_does_not_pay_twice(bench: Bench) -> None:
    bench.build()
    write_corpus(
        bench.corpus, {f"map{n}/{n}.md": f"# Stuk {n}\n\nNummer {n} gaat over wijk {n}.\n" for n in range(600)}
    )

    def stop(count: int) -> None:
        stop.calls += 1  # type: ignore[attr-defined]
        if stop.calls == 3:  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    stop.calls = 0  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        build([bench.corpus], bench.places, HashingEmbedder(on_embed=stop), ocr_available=False)
    assert len(bench.texts()) == 3
    report = bench.build()
    assert report.added == 600
    assert 0 < report.embedded_passages < 300
    assert not (bench.index / "embedded.sqlite").exists()


KILLED = """
import sys
from pathlib import Path
from assistant.build import build
from assistant.index.generations import SCHEMA, IndexFolder
from assistant.index.places import Places
from tests.fakes import HashingEmbedder

if __name__ == "__main__":
    print("started", flush=True)
    build([Path(sys.argv[1])], Places(IndexFolder(Path(sys.argv[2]))), HashingEmbedder(), ocr_available=False)
    print("done", flush=True)
"""


@pytest.mark.slow
def test_kill_9_at_any_moment_leaves_the_old_index_or_the_new_one(bench: Bench, tmp_path: Path) -> None:
    bench.build()
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    write_corpus(bench.corpus, {f"{n}.md": f"# Stuk {n}\n\nNummer {n} gaat over wijk {n}.\n" for n in range(40)})
    states: list[int] = []
    seconds = 0.4
    while len(states) < 8:
        process = subprocess.Popen(
            [sys.executable, str(script), str(bench.corpus), str(bench.index)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        states.append(len(bench.texts()))
        assert states[-1] in (3, 43)
        if states[-1] == 43:  # it was complete: make it do its work again
            write_corpus(bench.corpus, {f"{n}.md": f"# Stuk {n}\n\nAnders, poging {len(states)}.\n" for n in range(40)})
        seconds += 0.25
    report = bench.build()
    assert report.documents == 43
    assert [path.name for path in (bench.index / "generations").iterdir()] == [bench.places.current()]


def test_an_error_right_after_the_swap_does_not_take_the_new_index_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.build()
    (bench.corpus / "een.md").unlink()
    swap = Places.swap

    def swap_and_stop(places: Places, generation: str) -> None:
        swap(places, generation)
        raise KeyboardInterrupt

    monkeypatch.setattr(Places, "swap", swap_and_stop)
    with pytest.raises(KeyboardInterrupt):
        bench.build()
    assert set(bench.texts()) == {"twee-md", "drie-md"}


@pytest.mark.parametrize("part", ["store.sqlite", "lexical", "lexical/analysis.json", "vectors.npy"])
def test_a_lost_or_damaged_derived_part_is_made_again_from_chroma(bench: Bench, part: str) -> None:
    bench.build()
    path = bench.places.folder.path(str(bench.places.current())) / part
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.write_bytes(b"damaged" * 100)
    with pytest.raises(IndexUnusable, match="build"):
        bench.found("regeling tranches")
    assert summary(bench.build()) == {"documents": 3, "unchanged": 3}
    assert "twee-md" in bench.found("regeling tranches")


def test_damage_in_chroma_is_said_and_mended_by_a_fresh_build(bench: Bench) -> None:
    bench.build()
    path = bench.places.folder.path(str(bench.places.current())) / "chroma" / "chroma.sqlite3"
    path.write_bytes(b"damaged" * 1000)
    (bench.corpus / "een.md").unlink()
    with pytest.raises(IndexUnusable, match="--fresh"):
        bench.build()
    assert "twee-md" in bench.found("regeling tranches"), "answers go on from what was derived"
    bench.build(fresh=True)
    assert "twee-md" in bench.found("regeling tranches")


def test_deleting_again_and_again_does_not_make_the_index_grow(bench: Bench) -> None:
    """Chroma keeps the place of deleted vectors; a generation is written anew before much has leaked."""
    bench.build()
    leaked = []
    for round in range(6):
        write_corpus(bench.corpus, {"een.md": f"# Een\n\nDe agenda, ronde {round}.\n"})
        bench.build()
        leaked.append(bench.places.folder.manifest(str(bench.places.current())).leaked)
    assert max(leaked) <= 1
    connection = sqlite3.connect(bench.places.folder.path(str(bench.places.current())) / "chroma" / "chroma.sqlite3")
    (queued,) = connection.execute("SELECT count(*) FROM embeddings_queue").fetchone()
    connection.close()
    assert queued <= 10
