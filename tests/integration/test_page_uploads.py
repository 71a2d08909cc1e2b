"""Uploads without a browser: what is taken in and what is refused, whose it is, and that nothing stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Posted
from starlette.testclient import TestClient

from assistant import web
from assistant.assembly import Assistant
from assistant.collections import LARGEST_UPLOAD, Collections, CorpusUploads, State
from assistant.index import Index
from assistant.model import BuildReport, Question
from assistant.settings import Settings
from assistant.web.requests import Ask, ChosenFilters, Endpoints, Request, Told
from assistant.web.uploads import PLACE, Removed, Uploads
from tests.fakes import HashingEmbedder
from tests.fakes_web import HOSTILE

NOTE = "# Notitie over zwaluwen\n\nDe wethouder hangt in 2026 veertig nestkasten voor zwaluwen op aan het stadhuis.\n"
QUESTION = "Hoeveel nestkasten voor zwaluwen hangt de wethouder op?"
OURS = {"x-own-documents": "1"}
PATIENCE = 60.0


@pytest.fixture
def assistant(small_index: Index, tmp_path: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(index=small_index._places.folder.folder))
    made.embedder = HashingEmbedder()  # type: ignore[assignment]
    made._collections = Collections(lambda: made.embedder, forgotten=made._let_go, parent=tmp_path)
    collections = made.collections
    yield made
    collections.close()
    made.close()


@pytest.fixture
def uploads(assistant: Assistant) -> Uploads:
    return Uploads(assistant)


@pytest.fixture
def client(uploads: Uploads) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=uploads.routes()), base_url="http://127.0.0.1") as client:
        yield client


def post(
    client: TestClient, name: str, content: bytes | str, headers: dict[str, str] | None = None, **query: str
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        f"/{PLACE}", params={"name": name, **query}, content=data, headers=OURS if headers is None else headers
    )


def built(assistant: Assistant) -> Any:
    """The page, not served."""

    async def build() -> Any:
        return web.build(assistant)

    return asyncio.run(build())  # Gradio would leave an event loop behind that nobody closes


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


# ------------------------------------------------------------------------------------------------ taken


def test_the_first_file_opens_a_collection_that_the_next_one_joins_and_questions_find_them(
    client: TestClient, uploads: Uploads, assistant: Assistant, tmp_path: Path
) -> None:
    first = post(client, "notitie.md", NOTE).json()
    collection = first["collection"]
    assert (first["upload"]["name"], first["upload"]["final"]) == ("notitie.md", False)
    second = post(client, "leeg rapport.txt", "Een zin over iets anders.", {**OURS, "x-collection": collection}).json()
    assert second["collection"] == collection and "gone" not in second
    assistant.collections.wait(collection, seconds=PATIENCE)
    listed = uploads.listed(Request(collection=collection))
    assert [(one["name"], one["state"]) for one in listed["uploads"]] == [
        ("notitie.md", "ready"),
        ("leeg rapport.txt", "ready"),
    ]
    assert listed["uploads"][0]["document"].startswith("eigen-")
    answer = assistant.within(collection).ask(Question(QUESTION))
    assert answer.citations[0].document.id == listed["uploads"][0]["document"]
    left = uploads.remove(Removed(collection=collection, upload=first["upload"]["id"]))
    assert [one["name"] for one in left["uploads"]] == ["leeg rapport.txt"]
    assert uploads.forget(Request(collection=collection)) == {}
    assert files(tmp_path) == []
    assert uploads.forget(Request(collection=collection)) == {}, "what is gone can be forgotten again"


def test_only_ones_own_documents_answer_when_that_is_asked(uploads: Uploads, assistant: Assistant) -> None:
    collection = assistant.collections.open()
    words = Request().words.uploads
    request = Ask(question=QUESTION, collection=collection)
    with pytest.raises(Told, match=words.none_ready[:40]):
        uploads.only_own(assistant.within(collection), request)
    mine = "# Brief over de wijk\n\n## Geld\n\nVoor de wijk is € 300 miljoen beschikbaar tot en met 2026.\n"
    assistant.collections.add(collection, "brief.md", mine.encode())
    assistant.collections.wait(collection, seconds=PATIENCE)
    own = uploads.only_own(assistant.within(collection), request)
    answer = own.ask(Question("Hoeveel geld is er voor de wijk beschikbaar?"))
    assert [citation.document.id[:6] for citation in answer.citations] == ["eigen-"]
    assert "300 miljoen" in answer.citations[0].quote and "256" not in answer.statements[0].text
    assistant.collections.forget(collection)
    with pytest.raises(Told, match=words.gone[:40]):
        uploads.only_own(assistant, request)


def test_documents_that_are_gone_are_told_and_the_conversation_goes_on(
    client: TestClient, uploads: Uploads, assistant: Assistant
) -> None:
    gone = uploads.listed(Request(collection="nooit-gemaakt"))
    assert gone["uploads"] == [] and gone["gone"].startswith("Uw eigen documenten bij dit gesprek zijn er niet meer")
    anew = post(client, "notitie.md", NOTE, {**OURS, "x-collection": "nooit-gemaakt"}, language="en").json()
    assert anew["gone"].startswith("Your own documents") and anew["collection"] != "nooit-gemaakt"
    page = built(assistant)
    asked = Ask(question="Hoeveel geld is er voor de wijk beschikbaar?", collection="nooit-gemaakt")
    assert list(page._ask(asked))[-1]["exchange"]["answer"]["outcome"] == "answered"
    with pytest.raises(Told, match="zijn er niet meer"):
        list(page._ask(asked.model_copy(update={"filters": ChosenFilters(mine=True)})))


def test_the_page_opens_private_documents_of_a_conversation_and_of_no_other(assistant: Assistant) -> None:
    collection = assistant.collections.open()
    assistant.collections.add(collection, "notitie.md", NOTE.encode())
    (upload,) = assistant.collections.wait(collection, seconds=PATIENCE)
    assert upload.document is not None
    offered = built(assistant)._endpoints()
    asked = {"document": upload.document.id}
    assert "veertig nestkasten" in offered.once["source"]({**asked, "collection": collection})["html"]
    assert "veertig nestkasten" not in offered.once["source"](asked)["html"]
    documents = offered.once["documents"]
    assert documents({"query": "zwaluwen", "collection": collection})["said"] == "1 gevonden van 5"
    assert documents({"query": "zwaluwen"})["said"] == "0 gevonden van 4"


# ------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("groot.txt", b"x" * (LARGEST_UPLOAD + 1), 413, "‘groot.txt’ is te groot"),
        ("programma.pdf", b"MZ\x90\x00\x03" + bytes(200), 422, "‘programma.pdf’ kan niet worden toegevoegd"),
        ("leeg.pdf", b"", 422, "‘leeg.pdf’ kan niet worden toegevoegd"),
        ("foto.png", b"\x89PNG\r\n\x1a\n" + bytes(99), 422, "‘foto.png’ kan niet worden toegevoegd"),
    ],
)
def test_what_is_not_taken_is_told_and_leaves_nothing(
    client: TestClient, assistant: Assistant, tmp_path: Path, name: str, content: bytes, status: int, said: str
) -> None:
    response = post(client, name, content)
    assert response.status_code == status
    assert response.json()["problem"].startswith(said)
    assert assistant.collections._collections == {} and files(tmp_path) == []


def test_a_size_that_is_not_told_is_found_out_as_the_bytes_come_in(client: TestClient, assistant: Assistant) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(200):
            read += 2**20
            yield bytes(2**20)

    response = client.post(f"/{PLACE}", params={"name": "lang.txt", "language": "en"}, content=endless(), headers=OURS)
    assert response.status_code == 413 and "is too large" in response.json()["problem"]
    assert assistant.collections._collections == {}


def test_a_file_that_is_cut_off_leaves_nothing(uploads: Uploads, assistant: Assistant, tmp_path: Path) -> None:
    parts: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"# Notitie", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(parts)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/{PLACE}",
        "query_string": b"name=notitie.md",
        "headers": [(name.encode(), value.encode()) for name, value in OURS.items()],
    }
    response = asyncio.run(uploads._receive(Posted(scope, receive)))
    assert response.status_code == 408
    assert assistant.collections._collections == {} and files(tmp_path) == []


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        (OURS, True),  # no browser at all
        ({}, False),  # what a form of another site can send
        ({**OURS, "sec-fetch-site": "same-origin", "origin": "http://elsewhere.example"}, True),  # behind a proxy
        ({**OURS, "sec-fetch-site": "cross-site"}, False),
        ({**OURS, "sec-fetch-site": "same-site"}, False),
        ({**OURS, "origin": "http://127.0.0.1"}, True),
        ({**OURS, "origin": "http://127.0.0.1.example.org"}, False),
        ({**OURS, "origin": "null"}, False),
    ],
)
def test_another_site_cannot_add_documents(client: TestClient, headers: dict[str, str], taken: bool) -> None:
    response = post(client, "notitie.md", NOTE, headers)
    assert (response.status_code == 200) is taken
    assert ("upload" in response.json()) is taken


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/notitie.md", "notitie.md"),
        ("C:\\map\\notitie.md", "notitie.md"),
        (f"{HOSTILE}.md", None),
        ("a\x00b\r\nX-Evil: 1.md", "a b X-Evil: 1.md"),
        ("", "document.txt"),
    ],
)
def test_a_name_is_data(client: TestClient, tmp_path: Path, name: str, kept: str | None) -> None:
    response = post(client, name, "Een zin in een bestand met een rare naam.")
    shown = response.json()["upload"]["name"]
    assert "/" not in shown and "\\" not in shown and shown.isprintable()
    assert kept is None or shown == kept
    assert response.headers["content-type"] == "application/json" and "x-evil" not in response.headers
    assert all(path.is_relative_to(tmp_path) for path in tmp_path.rglob(shown))


# ------------------------------------------------------------------------------------------------ settings


def test_without_uploads_there_is_no_way_in(assistant: Assistant) -> None:
    assistant.settings = replace(assistant.settings, uploads="off")
    uploads, offered = Uploads(assistant), Endpoints()
    uploads.offer(offered)
    uploads.warm()
    assert uploads.routes() == [] and list(offered.once) == ["forget"]
    assert offered.once["forget"]({"collection": "van-vroeger"}) == {}
    assert uploads.unreadable("van-vroeger") == ()
    page = built(assistant)
    assert list(page._ask(Ask(question="Hoeveel geld is er voor de wijk?", collection="van-vroeger")))[-1]["done"]


def test_an_operator_adds_to_the_corpus_and_nothing_is_private(assistant: Assistant, tmp_path: Path) -> None:
    assistant.settings = replace(assistant.settings, uploads="corpus", corpus=(tmp_path,))
    built: list[int] = []

    def rebuild() -> BuildReport:
        built.append(1)
        return BuildReport()

    assistant._corpus_uploads = CorpusUploads(tmp_path, rebuild, list)
    uploads, offered = Uploads(assistant), Endpoints()
    uploads.offer(offered)
    assert "remove_upload" not in offered.once
    with TestClient(Starlette(routes=uploads.routes())) as client:
        reply = post(client, "notitie.md", NOTE, {**OURS, "x-collection": "iets"}).json()
    assert "collection" not in reply
    assert (tmp_path / "uploads" / "notitie.md").read_text(encoding="utf-8") == NOTE
    (upload,) = assistant.corpus_uploads.wait(seconds=PATIENCE)
    assert built == [1] and upload.state is State.FAILED  # this index does not hold it
    (listed,) = uploads.listed(Request())["uploads"]
    assert listed["state"] == "failed" and "assistant build" in listed["reason"]
