"""Private collections: answered from together with the corpus, seen by nobody else, and gone without a trace."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from assistant import collections as uploads
from assistant.assembly import Assistant
from assistant.build import build
from assistant.collections import Collections, CorpusUploads, State, UnknownCollection, Upload, UploadRefused
from assistant.collections import private as private_collections
from assistant.collections import uploads as words
from assistant.collections.scratch import Scratch
from assistant.errors import IndexMismatch, IndexUnusable, SettingsError
from assistant.index import Index
from assistant.index.generations import IndexFolder
from assistant.index.places import Places
from assistant.model import BuildReport, Filters, Question, UnreadableFile
from assistant.settings import PROJECT, Settings
from tests.fakes import HashingEmbedder, write_corpus
from tests.integration.test_chroma_server import chroma_url  # noqa: F401  a fixture
from tests.made_pdf import MadePage, made_pdf

NOTE = "# Notitie over zwaluwen\n\nDe wethouder hangt in 2026 veertig nestkasten voor zwaluwen op aan het stadhuis.\n"
OTHER = "# Notitie over bomen\n\nDe wethouder plant in 2027 zestig lindebomen langs de singel.\n"
QUESTION = Question("Hoeveel nestkasten voor zwaluwen hangt de wethouder op?")
PATIENCE = 60.0


def pdf(*lines: str) -> bytes:
    return made_pdf(MadePage().text(60, 70, "Brief", size=16, bold=True).lines(60, 100, *lines), title="Brief")


@pytest.fixture
def assistant(small_index: Index, tmp_path: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(index=small_index._places.folder.folder))
    made.embedder = HashingEmbedder()
    made._collections = Collections(lambda: made.embedder, forgotten=made._let_go, parent=tmp_path)
    yield made
    made.collections.close()
    made.close()


def added(assistant: Assistant, collection: str, **files: str | bytes) -> list[Upload]:
    """Files added under their names with the last `_` as a dot, once they are read."""
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        data = content.encode() if isinstance(content, str) else content
        assistant.collections.add(collection, f"{stem}.{ending}", data)
    return list(assistant.collections.wait(collection, seconds=PATIENCE))


# ------------------------------------------------------------------------------------------------ asking


def test_a_question_is_answered_from_a_private_document_with_a_quote_that_opens(assistant: Assistant) -> None:
    collection = assistant.collections.open()
    (upload,) = added(
        assistant,
        collection,
        brief_pdf=pdf("De wethouder hangt in 2026 veertig nestkasten", "voor zwaluwen op aan het stadhuis."),
    )
    assert (upload.state, upload.reason) == (State.READY, "")
    assert upload.document is not None and upload.done == upload.total > 0
    within = assistant.within(collection)
    answer = within.ask(QUESTION)
    assert answer.outcome == "answered"
    citation = answer.citations[0]
    assert citation.document.id == upload.document.id
    assert citation.document.id.startswith("eigen-")
    assert (citation.document.type, citation.document.provenance) == ("eigen document", "origineel")
    assert (citation.document.path, citation.document.publisher) == ("brief.pdf", "")
    document = within.document(citation.document.id)
    assert document.text[citation.start : citation.end] == citation.quote and "veertig" in citation.quote
    image = within.page_image(citation.document.id, 1, width_pixels=200)
    assert image is not None and image.startswith(b"\x89PNG")
    file = within.file(citation.document.id)
    assert file is not None and file.read_bytes().startswith(b"%PDF")


def test_the_corpus_answers_too_and_filters_choose(assistant: Assistant) -> None:
    collection = assistant.collections.open()
    (upload,) = added(
        assistant,
        collection,
        notitie_md="# Brief over de wijk\n\n## Geld\n\nVoor de wijk is € 300 miljoen beschikbaar tot en met 2026.\n",
    )
    assert upload.document is not None
    within = assistant.within(collection)
    question = Question("Hoeveel geld is er voor de wijk beschikbaar?")

    def cited(filters: Filters) -> set[str]:
        return {one.document.id for one in within.ask(replace(question, filters=filters)).citations}

    assert cited(Filters()) == {"kst-1", upload.document.id}
    assert cited(Filters(documents=(upload.document.id,))) == {upload.document.id}
    assert cited(Filters(types=("Kamerbrief",))) == {"kst-1"}
    assert cited(Filters(types=("eigen document",))) == {upload.document.id}
    assert {info.id for info in within.documents()} == {
        *(info.id for info in assistant.documents()),
        upload.document.id,
    }
    best = within.search(question, limit=3)
    assert {hit.document.id for hit in best[:2]} == {"kst-1", upload.document.id}
    assert all(set(hit.found_by) == {"dense", "lexical"} for hit in best[:2])


def test_without_a_ready_document_a_collection_answers_as_the_corpus_does(assistant: Assistant) -> None:
    within = assistant.within(assistant.collections.open())
    question = Question("Hoeveel geld is er voor de wijk beschikbaar?")
    mine, theirs = (replace(one.ask(question), timings_ms={}) for one in (within, assistant))
    assert mine == theirs and mine.outcome == "answered"
    assert within.document("kst-1") == assistant.document("kst-1")


def test_a_document_that_says_what_it_is_keeps_that_but_not_its_id(assistant: Assistant) -> None:
    """A private copy of an official document stands beside the one of the corpus, never in its place."""
    collection = assistant.collections.open()
    front = "---\nid: kst-1\ntitle: Mijn brief\ntype: raadsbrief\npublisher: Gemeente\nprovenance: samenvatting\n---\n"
    (upload,) = added(assistant, collection, brief_md=front + NOTE)
    assert upload.document is not None
    info = upload.document
    assert (info.title, info.type, info.publisher) == ("Mijn brief", "raadsbrief", "Gemeente")
    assert info.id != "kst-1" and info.provenance == "origineel"
    within = assistant.within(collection)
    assert within.document("kst-1").text == assistant.document("kst-1").text
    assert "zwaluwen" in within.document(info.id).text


def test_beside_an_index_on_a_chroma_server_private_documents_stay_on_this_machine(
    chroma_url: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    import chromadb

    embedder = HashingEmbedder()
    corpus = write_corpus(tmp_path / "corpus", {"brief.md": OTHER})
    build([corpus], Places(IndexFolder(tmp_path / "index"), chroma_url), embedder, ocr_available=False)
    assistant = Assistant(Settings(index=tmp_path / "index", chroma_url=chroma_url))
    assistant.embedder = embedder  # type: ignore[assignment]
    assistant._collections = Collections(lambda: embedder, forgotten=assistant._let_go, parent=tmp_path)
    host, port = chroma_url.removeprefix("http://").split(":")
    client = chromadb.HttpClient(host=host, port=int(port), settings=chromadb.Settings(anonymized_telemetry=False))
    before = {one.name for one in client.list_collections()}
    collection = assistant.collections.open()
    (upload,) = added(assistant, collection, notitie_md=NOTE)
    within = assistant.within(collection)
    assert upload.document is not None
    assert [one.document.id for one in within.ask(QUESTION).citations] == [upload.document.id]
    assert within.ask(Question("Hoeveel lindebomen plant de wethouder?")).citations[0].document.path == "brief.md"
    assert {one.name for one in client.list_collections()} == before
    assistant.collections.close()
    assistant.close()


# ------------------------------------------------------------------------------------------------ isolation


def test_no_collection_sees_the_documents_of_another(assistant: Assistant) -> None:
    one, other = assistant.collections.open(), assistant.collections.open()
    (mine,) = added(assistant, one, notitie_md=NOTE)
    (theirs,) = added(assistant, other, notitie_md=OTHER)
    assert mine.document is not None and theirs.document is not None
    assert mine.document.id != theirs.document.id  # also under one name
    for collection, own, foreign in ((one, mine, theirs), (other, theirs, mine)):
        assert own.document is not None and foreign.document is not None
        within = assistant.within(collection)
        assert own.document.id in {info.id for info in within.documents()}
        assert foreign.document.id not in {info.id for info in within.documents()}
        assert within.document(own.document.id).info == own.document
        assert within.page_image(foreign.document.id, 1, width_pixels=100) is None
        with pytest.raises(KeyError):
            within.document(foreign.document.id)
        assert within.file(foreign.document.id) is None
        for question in ("Hoeveel nestkasten voor zwaluwen?", "Hoeveel lindebomen langs de singel?"):
            filters = Filters(documents=(foreign.document.id,))
            assert within.search(Question(question, filters), limit=20) == []
            found = {hit.document.id for hit in within.search(Question(question), limit=20)}
            assert foreign.document.id not in found and own.document.id in found
    assert not any(info.id.startswith("eigen-") for info in assistant.documents())
    assert all(hit.document.id[:6] != "eigen-" for hit in assistant.search(QUESTION, limit=20))


@pytest.mark.parametrize("token", ["", "x", "../..", "0" * 32])
def test_an_id_that_nobody_was_given_opens_nothing(assistant: Assistant, token: str) -> None:
    collections = assistant.collections
    calls: list[Callable[[], object]] = [
        lambda: assistant.within(token),
        lambda: collections.documents(token),
        lambda: collections.add(token, "a.txt", b"tekst"),
        lambda: collections.remove(token, "x"),
        lambda: collections.index(token),
    ]
    for call in calls:
        with pytest.raises(KeyError):
            call()


def test_ids_cannot_be_guessed(assistant: Assistant) -> None:
    ids = {assistant.collections.open() for _ in range(20)}
    assert len(ids) == 20 and all(len(id) >= 32 for id in ids)
    assert not any(id in str(path) for id in ids for path in assistant.collections._scratch.folder.rglob("*"))


# ------------------------------------------------------------------------------------------------ file names

NAMES = [
    ("../../x.txt", "x.txt"),
    ("/etc/passwd", "passwd.txt"),
    ("C:\\Users\\ik\\Mijn brief.txt", "Mijn brief.txt"),
    ("a\0b.txt", "a b.txt"),
    ("..", "document.txt"),
    ("", "document.txt"),
    (".verborgen", "verborgen.txt"),
    ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),  # data: escaped where it is shown
    ("regel\nregel\u202e.txt", "regel regel.txt"),
    # neither a sidecar nor a backup of another file
    ("brief.pdf.meta.toml", "brief.pdf.meta.toml.txt"),
    ("brief.txt.bak", "brief.txt.bak.txt"),
    ("\udcff.txt", "?.txt"),
    ("é" * 300 + ".txt", "é" * 73 + ".txt"),
    ("zonder ending", "zonder ending.txt"),
]


@pytest.mark.parametrize(("name", "kept"), NAMES)
def test_a_name_is_made_safe(name: str, kept: str) -> None:
    assert words.check(name, b"Gewone tekst over zwaluwen.").name == kept
    assert len(kept.encode()) <= 160


def test_files_stay_inside_their_folder_whatever_they_are_called(assistant: Assistant, tmp_path: Path) -> None:
    collection = assistant.collections.open()
    before = {path for path in tmp_path.rglob("*") if path.is_dir()}
    for name, _ in NAMES:
        assistant.collections.add(collection, name, f"Tekst van {name!r}.".encode())
    uploaded = assistant.collections.wait(collection, seconds=PATIENCE)
    assert [upload.state for upload in uploaded] == [State.READY] * len(NAMES)
    assert len({upload.name for upload in uploaded}) == len(NAMES)
    assert [upload.name for upload in uploaded if upload.name.startswith("document")] == [
        "document.txt",
        "document (2).txt",
    ]
    own = assistant.collections._scratch.folder
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"]
    assert before and made and all(path.is_relative_to(own) for path in made)


def test_two_files_of_one_name_are_both_kept_and_the_same_file_twice_is_one(assistant: Assistant) -> None:
    collection = assistant.collections.open()
    first, second = added(assistant, collection, brief_md=NOTE), added(assistant, collection, brief_md=OTHER)
    assert [upload.name for upload in second] == ["brief.md", "brief (2).md"]
    again = assistant.collections.add(collection, "brief.md", NOTE.encode())
    assert again == first[0] and len(assistant.collections.documents(collection)) == 2
    texts = [assistant.within(collection).document(one.document.id).text for one in second if one.document is not None]
    assert "zwaluwen" in texts[0] and "lindebomen" in texts[1]


# ------------------------------------------------------------------------------------------------ what is refused


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def word(text: str) -> bytes:
    buffer = io.BytesIO()
    made = docx.Document()
    made.add_paragraph(text)
    made.save(buffer)
    return buffer.getvalue()


REFUSED = [
    ("leeg.pdf", b"", words.WrongKind, "het bestand is leeg"),
    ("leeg.txt", b" \n" * 50, words.WrongKind, "het bestand is leeg"),
    # by content, whatever it is called
    ("brief.pdf", b"\x7fELF" + bytes(100), words.WrongKind, "programma, geen document"),
    ("brief.docx", zipped(a_txt="een", b_txt="twee"), words.WrongKind, "een archief (zip)"),
    ("een.zip", zipped(brief_txt="een tekst"), words.WrongKind, "een archief (zip)"),
    ("foto.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), words.WrongKind, "een afbeelding"),
    ("oud.doc", b"{\\rtf1 tekst}", words.WrongKind, "RTF-bestand"),
    ("half.docx", word("tekst")[:-40], words.WrongKind, "beschadigd"),
    ("groot.txt", b"a" * (words.LARGEST_UPLOAD + 1), words.TooLarge, "hoogstens 25 MB"),
]


@pytest.mark.parametrize(("name", "data", "kind", "says"), REFUSED, ids=[f"{row[0]} {row[3]}" for row in REFUSED])
def test_what_is_no_document_is_refused_before_anything_is_parsed(
    assistant: Assistant, name: str, data: bytes, kind: type[UploadRefused], says: str
) -> None:
    collection = assistant.collections.open()
    with pytest.raises(kind) as caught:
        assistant.collections.add(collection, name, data)
    assert says in caught.value.dutch and f"‘{name}’" in caught.value.dutch
    assert str(caught.value) == caught.value.english and f"‘{name}’" in caught.value.english
    assert assistant.collections.documents(collection) == ()
    assert not list(assistant.collections._scratch.folder.rglob("document/*"))


def test_a_hostile_archive_costs_the_server_nothing(assistant: Assistant) -> None:
    """Its directory says how much there is; nothing of it is unpacked here."""
    members = {f"m{number}_txt": "" for number in range(6_000)}
    bombs = [zipped(**members), zipped(mimetype="x" * 3_000_000, content_xml="<a/>")]
    for bomb in bombs:
        started = time.perf_counter()
        with pytest.raises(words.WrongKind):
            words.check("x.odt", bomb)
        assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("een.docx", word("De wethouder telt zwaluwen.")),
        ("een.html", b"<html><body><p>De wethouder telt zwaluwen.</p></body></html>"),
        ("een.xml", b"<?xml version='1.0'?><brief><al>De wethouder telt zwaluwen.</al></brief>"),
        ("een.txt", "De wethouder telt zwaluwen. Één keer.".encode("cp1252")),
        ("een.md", b"# Kop\n\nDe wethouder telt zwaluwen."),
        ("lang.txt", ("De wethouder telt zwaluwen. " * 5_000).encode()),
    ],
)  # fmt: skip
def test_every_promised_kind_is_read(assistant: Assistant, name: str, data: bytes) -> None:
    collection = assistant.collections.open()
    assistant.collections.add(collection, name, data)
    (upload,) = assistant.collections.wait(collection, seconds=PATIENCE)
    assert (upload.state, upload.name) == (State.READY, name)
    assert upload.document is not None
    assert "De wethouder telt zwaluwen." in assistant.within(collection).document(upload.document.id).text


def test_a_file_that_cannot_become_text_is_listed_with_its_reason(assistant: Assistant) -> None:
    collection = assistant.collections.open()
    files = added(assistant, collection, geheim_pdf=made_pdf(MadePage(), encrypt=True), notitie_md=NOTE, leeg_pdf=pdf())
    states = {upload.name: upload.state for upload in files}
    assert states["geheim.pdf"] is State.UNREADABLE and states["notitie.md"] is State.READY
    reasons = {upload.name: upload.reason for upload in files if upload.reason}
    assert "wachtwoord" in reasons["geheim.pdf"]
    within = assistant.within(collection)
    assert UnreadableFile("geheim.pdf", reasons["geheim.pdf"]) in within.unreadable()
    assert UnreadableFile("geheim.pdf", reasons["geheim.pdf"]) not in assistant.unreadable()
    assert within.ask(QUESTION).outcome == "answered"


def test_a_collection_has_room_for_so_much_and_no_more(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    collections = assistant.collections
    collection = collections.open()
    monkeypatch.setattr(private_collections, "MOST_FILES", 2)
    added(assistant, collection, een_txt="Een.", twee_txt="Twee.")
    with pytest.raises(uploads.TooManyFiles):
        collections.add(collection, "drie.txt", b"Drie.")
    collections.remove(collection, collections.documents(collection)[0].id)
    monkeypatch.setattr(private_collections, "LARGEST_COLLECTION", 10)
    with pytest.raises(uploads.CollectionFull):
        collections.add(collection, "drie.txt", b"Drie woorden dus.")
    monkeypatch.setattr(private_collections, "LARGEST_TOGETHER", 8)
    with pytest.raises(uploads.TooManyCollections):
        collections.add(collection, "drie.txt", b"Drie.")
    monkeypatch.setattr(private_collections, "MOST_COLLECTIONS", 1)
    with pytest.raises(uploads.TooManyCollections):
        collections.open()
    assert [upload.name for upload in collections.documents(collection)] == ["twee.txt"]


def test_more_text_than_a_conversation_can_have_is_told(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_collections.pieces, "MOST_PASSAGES", 1)
    collection = assistant.collections.open()
    first, second = added(assistant, collection, een_md=NOTE), added(assistant, collection, twee_md=OTHER)
    assert first[0].state is State.READY
    assert second[1].state is State.UNREADABLE and "meer dan" in second[1].reason


# ------------------------------------------------------------------------------------------------ in the background


def test_adding_returns_at_once_and_progress_can_be_followed(assistant: Assistant) -> None:
    hold = threading.Event()
    assistant.embedder = HashingEmbedder(on_embed=lambda _: hold.wait(PATIENCE))  # type: ignore[arg-type,func-returns-value]
    collection = assistant.collections.open()
    upload = assistant.collections.add(collection, "notitie.md", NOTE.encode())
    assert upload.state is State.QUEUED
    wait_for(lambda: state_of(assistant, collection) is State.EMBEDDING)
    # meanwhile questions are answered, here and elsewhere, from what is ready
    assert assistant.within(collection).search(QUESTION, limit=1)[0].document.id[:6] != "eigen-"
    assert assistant.ask(QUESTION).question == QUESTION.text
    hold.set()
    (upload,) = assistant.collections.wait(collection, seconds=PATIENCE)
    assert upload.state is State.READY
    assert assistant.within(collection).search(QUESTION, limit=1)[0].document.id[:6] == "eigen-"


def test_no_more_than_two_files_are_read_at_once(assistant: Assistant) -> None:
    hold = threading.Event()
    assistant.embedder = HashingEmbedder(on_embed=lambda _: hold.wait(PATIENCE))  # type: ignore[arg-type,func-returns-value]
    collection = assistant.collections.open()
    for number in range(4):
        assistant.collections.add(collection, f"{number}.md", NOTE.encode() + b"%d" % number)

    def states() -> list[State]:
        return [upload.state for upload in assistant.collections.documents(collection)]

    wait_for(lambda: states().count(State.EMBEDDING) == 2)
    assert states().count(State.QUEUED) == 2
    hold.set()
    assert {one.state for one in assistant.collections.wait(collection, seconds=PATIENCE)} == {State.READY}


def test_a_fault_of_ours_is_told_and_the_next_file_is_read(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: int) -> None:
        raise OSError("no space left on device")

    assistant.embedder = HashingEmbedder(on_embed=fail)
    collection = assistant.collections.open()
    (upload,) = added(assistant, collection, notitie_md=NOTE)
    assert upload.state is State.FAILED and "aan onze kant" in upload.reason
    assert "no space left" in caplog.text
    assistant.embedder = HashingEmbedder()
    again = assistant.collections.add(collection, "notitie.md", NOTE.encode())  # what failed may be tried again
    assert again.id != upload.id
    assert assistant.collections.wait(collection, seconds=PATIENCE)[-1].state is State.READY


def state_of(assistant: Assistant, collection: str) -> State:
    return assistant.collections.documents(collection)[-1].state


def wait_for(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)


# ------------------------------------------------------------------------------------------------ and gone


def test_a_removed_file_is_not_found_any_more_and_leaves_nothing(assistant: Assistant) -> None:
    collection = assistant.collections.open()
    first, second = added(assistant, collection, een_md=NOTE, twee_md=OTHER)
    assert first.document is not None and second.document is not None
    within = assistant.within(collection)
    assert within.ask(QUESTION).outcome == "answered"
    assistant.collections.remove(collection, first.id)
    assert first.document.id not in {info.id for info in within.documents()}
    assert second.document.id in {info.id for info in within.documents()}
    assert within.ask(QUESTION).outcome == "abstained"
    with pytest.raises(KeyError):
        within.document(first.document.id)
    with pytest.raises(KeyError):
        assistant.collections.remove(collection, first.id)
    assert traces(assistant, b"zwaluwen", first.id) == []
    assistant.collections.remove(collection, second.id)
    assert {info.id for info in within.documents()} == {info.id for info in assistant.documents()}


def traces(assistant: Assistant, text: bytes, name: str) -> list[Path]:
    """Files of the temporary folder that hold a text as it is, or have a name in their path."""
    files = [path for path in assistant.collections._scratch.folder.rglob("*") if path.is_file()]
    return [path for path in files if text in path.read_bytes() or name in str(path)]


def test_a_forgotten_collection_leaves_nothing(assistant: Assistant) -> None:
    collections = assistant.collections
    collection, other = collections.open(), collections.open()
    added(assistant, collection, een_md=NOTE)
    added(assistant, other, twee_md=OTHER)
    within = assistant.within(collection)
    within.ask(QUESTION)
    collections.forget(collection)
    assert traces(assistant, b"zwaluwen", "een.md") == []
    assert len(list(collections._scratch.folder.iterdir())) == 1
    for call in (lambda: within.ask(QUESTION), within.documents, lambda: collections.documents(collection)):
        with pytest.raises(UnknownCollection, match="Add them again"):
            call()
    assert collection not in assistant._withins
    collections.forget(collection)  # once more is no mistake
    assert assistant.within(other).documents()


def test_a_collection_can_be_forgotten_while_its_files_are_read(assistant: Assistant) -> None:
    collections = assistant.collections
    assistant.embedder = HashingEmbedder(on_embed=lambda _: time.sleep(0.05))
    for pause in (0, 0.05, 0.3):
        collection = collections.open()
        for number in range(5):
            collections.add(collection, f"{number}.md", (NOTE + f"\n\n## Kop {number}\n\nTekst.\n").encode())
        time.sleep(pause)
        started = time.perf_counter()
        collections.forget(collection)
        assert time.perf_counter() - started < 10
        assert list(collections._scratch.folder.iterdir()) == []
    last = collections.open()
    (upload,) = added(assistant, last, notitie_md=NOTE)
    assert upload.state is State.READY  # nobody hangs on what is gone
    assert len(list(collections._scratch.folder.iterdir())) == 1


def test_a_collection_that_nobody_uses_is_removed(tmp_path: Path) -> None:
    now = [0.0]
    forgotten: list[str] = []
    collections = Collections(HashingEmbedder, parent=tmp_path, clock=lambda: now[0], forgotten=forgotten.append)
    try:
        used, unused = collections.open(), collections.open()
        for id in (used, unused):
            collections.add(id, "notitie.md", NOTE.encode())
            collections.wait(id, seconds=PATIENCE)
        now[0] = 5 * 3600
        assert collections.documents(used)  # which is a use of it
        now[0] = 6 * 3600 + 1
        collections.expire()
        assert forgotten == [unused]
        assert collections.documents(used)[0].state is State.READY
        with pytest.raises(UnknownCollection):
            collections.documents(unused)
        assert len(list(collections._scratch.folder.iterdir())) == 1
    finally:
        collections.close()


def test_closing_takes_everything_away(tmp_path: Path) -> None:
    collections = Collections(HashingEmbedder, parent=tmp_path)
    folder = collections._scratch.folder
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700
    assert not folder.is_relative_to(PROJECT)
    collections.add(collections.open(), "notitie.md", NOTE.encode())
    collections.close()
    assert not folder.exists()
    collections.close()
    with pytest.raises(uploads.TooManyCollections):
        collections.open()


PROCESS = """
import sys, time
from pathlib import Path
sys.path.insert(0, {project!r})
from assistant.collections import Collections
from tests.fakes import HashingEmbedder

if __name__ == "__main__":
    collections = Collections(HashingEmbedder, parent=Path(sys.argv[1]))
    id = collections.open()
    collections.add(id, "geheim.md", b"# Geheim\\n\\nDe wethouder telt zwaluwen.\\n")
    if sys.argv[2] == "read":
        collections.wait(id, seconds=60)
    print("ready", flush=True)
    if sys.argv[2] != "leave":
        sys.stdin.read()
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Another server with a file in a collection; `leave` ends at once, in the middle of reading."""
    program = tmp_path / "server.py"
    program.write_text(PROCESS.format(project=str(PROJECT)))
    (tmp_path / "tmp").mkdir()
    running: list[subprocess.Popen[str]] = []

    def start(what: str) -> subprocess.Popen[str]:
        one = subprocess.Popen(
            [sys.executable, program, tmp_path / "tmp", what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(one)
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
        return one

    yield start
    for one in running:
        one.kill()
        one.communicate()


def secrets_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*geheim*")]


@pytest.mark.parametrize("what", ["read", "leave"])
def test_a_process_that_ends_leaves_nothing(
    process: Callable[[str], subprocess.Popen[str]], tmp_path: Path, what: str
) -> None:
    one = process(what)
    if what == "read":
        assert secrets_in(tmp_path / "tmp") == ["geheim.md"]
    started = time.monotonic()
    one.communicate(timeout=PATIENCE)
    assert one.returncode == 0 and time.monotonic() - started < 20
    assert secrets_in(tmp_path / "tmp") == []
    assert list((tmp_path / "tmp").glob("assistant-eigen-*")) == [], "not even the folder it stood in"


def test_what_a_killed_process_left_is_removed_by_the_next_and_nobody_elses(
    process: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    killed, living = process("read"), process("read")
    assert secrets_in(tmp_path / "tmp") == ["geheim.md"] * 2
    killed.send_signal(signal.SIGKILL)
    killed.wait(PATIENCE)
    assert secrets_in(tmp_path / "tmp") == ["geheim.md"] * 2
    scratch = Scratch(tmp_path / "tmp")
    assert secrets_in(tmp_path / "tmp") == ["geheim.md"]
    assert scratch.folder.is_dir()
    living.communicate(timeout=PATIENCE)
    assert secrets_in(tmp_path / "tmp") == [] and scratch.folder.is_dir()
    scratch.close()


def test_the_last_process_takes_the_whole_folder_away_and_the_next_makes_it_again(tmp_path: Path) -> None:
    first, second = Scratch(tmp_path), Scratch(tmp_path)
    first.close()
    assert second.folder.is_dir()
    second.close()
    second.close()
    assert list(tmp_path.iterdir()) == []
    third = Scratch(tmp_path)
    assert third.folder.is_dir()
    third.close()


def test_many_that_come_and_go_at_once_do_not_take_each_others_folders_away(tmp_path: Path) -> None:
    def come_and_go(_: int) -> bool:
        scratch = Scratch(tmp_path)
        there = scratch.folder.is_dir()
        scratch.close()
        return there

    with ThreadPoolExecutor(8) as together:
        assert all(together.map(come_and_go, range(200)))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    first = Scratch(tmp_path)
    base = first.folder.parent
    base.chmod(0o755)
    second = Scratch(tmp_path)
    assert second.folder.parent != base and second.folder.parent.stat().st_mode & 0o777 == 0o700
    second.close()
    base.rename(tmp_path / "elders")
    base.symlink_to(tmp_path / "elders")
    third = Scratch(tmp_path)
    assert third.folder.resolve().parent not in (base, tmp_path / "elders")
    third.close()


# ------------------------------------------------------------------------------------------------ into the corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "brief.md").write_text(OTHER, encoding="utf-8")
    return folder


def test_an_operator_adds_to_the_corpus_itself(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.assembly.load_embedder", lambda *_, **__: HashingEmbedder())
    assistant = Assistant(Settings(corpus=(corpus,), index=tmp_path / "index", uploads="corpus"))
    assistant.embedder = HashingEmbedder()  # type: ignore[assignment]
    uploads = assistant.corpus_uploads
    first = uploads.add("../notitie.md", NOTE.encode())
    assert first.name == "notitie.md"
    assert [one.state for one in uploads.wait(seconds=PATIENCE)] == [State.READY]
    assert assistant.ask(QUESTION).outcome == "answered"
    uploads.add("notitie.md", NOTE.replace("veertig", "vijftig").encode())
    uploads.add("README.md", b"# Lees mij\n\nDit is een gewoon document.\n")
    uploads.add("geheim.pdf", made_pdf(MadePage(), encrypt=True))
    done = uploads.wait(seconds=PATIENCE)
    assert [(one.name, one.state) for one in done] == [
        ("notitie.md", State.READY),
        ("notitie (2).md", State.READY),
        ("document-README.md", State.READY),
        ("geheim.pdf", State.UNREADABLE),
    ]
    assert "wachtwoord" in done[-1].reason
    assert done[1].document is not None and done[1].document.path == "uploads/notitie (2).md"
    assert (corpus / "uploads" / "notitie.md").read_text(encoding="utf-8") == NOTE
    with pytest.raises(words.WrongKind):
        uploads.add("programma", b"\x7fELF" + bytes(100))
    assert sorted(path.name for path in (corpus / "uploads").iterdir()) == sorted(one.name for one in done)
    assistant.close()


def report(*unreadable: UnreadableFile) -> BuildReport:
    return BuildReport(unreadable=unreadable)


def test_a_build_of_someone_else_is_waited_for(corpus: Path) -> None:
    busy = iter([IndexUnusable("process 1 is building"), IndexUnusable("process 1 is building")])

    def rebuild() -> BuildReport:
        for error in busy:
            raise error
        return report(UnreadableFile("uploads/a.txt", "bevat geen tekst"))

    uploads = CorpusUploads(corpus, rebuild, list, wait=0.01)
    uploads.add("a.txt", b"Tekst.")
    (one,) = uploads.wait(seconds=PATIENCE)
    assert (one.state, one.reason) == (State.UNREADABLE, "bevat geen tekst")


@pytest.mark.parametrize("error", [IndexMismatch("another model"), OSError("disk full")])
def test_an_index_that_cannot_be_brought_up_to_date_is_told(
    corpus: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def rebuild() -> BuildReport:
        raise error

    uploads = CorpusUploads(corpus, rebuild, list, wait=0.01)
    uploads.add("a.txt", b"Tekst.")
    (one,) = uploads.wait(seconds=PATIENCE)
    assert one.state is State.FAILED and "assistant build" in one.reason
    assert str(error) in caplog.text
    assert (corpus / "uploads" / "a.txt").read_bytes() == b"Tekst."


def test_the_uploads_folder_does_not_lead_elsewhere(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "elders").mkdir()
    (corpus / "uploads").symlink_to(tmp_path / "elders")
    with pytest.raises(uploads.NoRoom):
        CorpusUploads(corpus, report, list).add("a.txt", b"Tekst.")
    assert list((tmp_path / "elders").iterdir()) == []


@pytest.mark.parametrize(("allowed", "refused"), [("off", "both"), ("private", "corpus"), ("corpus", "private")])
def test_the_setting_decides_where_uploads_go(allowed: str, refused: str, tmp_path: Path) -> None:
    assistant = Assistant(Settings(index=tmp_path, corpus=(tmp_path,), uploads=allowed))
    if refused in ("both", "private"):
        with pytest.raises(SettingsError, match=f"ASSISTANT_UPLOADS is {allowed}"):
            _ = assistant.collections
    if refused in ("both", "corpus"):
        with pytest.raises(SettingsError, match=f"ASSISTANT_UPLOADS is {allowed}"):
            _ = assistant.corpus_uploads
