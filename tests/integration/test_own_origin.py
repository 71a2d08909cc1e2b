"""Whose requests the page answers: its own scripts and programs of this machine; no other site, by whatever name it comes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.web.own_origin import OwnOrigin

PLACES = ("/own-documents",)


async def _reached(request: Request) -> PlainTextResponse:
    return PlainTextResponse("reached")


def _client(host: str) -> TestClient:
    app = Starlette(
        routes=[Route("/{path:path}", _reached, methods=["GET", "POST"])],
        middleware=[Middleware(OwnOrigin, host=host, places=PLACES)],
    )
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.fixture
def client() -> Iterator[TestClient]:
    with _client("127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(
    ("listens", "named", "status"),
    [
        ("127.0.0.1", "127.0.0.1:7860", 200),
        ("127.0.0.1", "localhost:7860", 200),
        ("127.0.0.1", "LOCALHOST.", 200),
        ("::1", "[::1]:7860", 200),
        ("localhost", "desk.localhost", 200),
        ("127.0.0.1", "10.0.0.5:7860", 200),  # through a tunnel: an address leads nowhere else
        ("127.0.0.1", "evil.example:7860", 421),  # a name that leads here for a moment
        ("127.0.0.1", "127.0.0.1.evil.example", 421),
        ("127.0.0.1", "localhost.evil.example", 421),
        ("127.0.0.1", "[", 421),
        ("127.0.0.1", "", 421),
        ("0.0.0.0", "werkplek.gemeente.example", 200),  # served to others: its names are not known
        ("192.168.1.4", "werkplek", 200),
    ],
)
def test_a_page_on_this_machine_answers_to_names_of_this_machine(listens: str, named: str, status: int) -> None:
    with _client(listens) as client:
        reply = client.get("/", headers={"host": named})
    assert reply.status_code == status
    assert ("127.0.0.1" in reply.text) == (status == 421), "who is refused hears by what name it works"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # no browser
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:7860"}, 200),
        ({"origin": "http://127.0.0.1:7860"}, 200),  # an older browser
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8000"}, 403),
        ({"sec-fetch-site": "none"}, 403),  # nobody types a POST
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/gradio_api/run/thumb", "/gradio_api/call/ask", "/own-documents"])
def test_what_another_site_sends_is_refused(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    assert client.post(path, headers=headers).status_code == status


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/process_recording", "/gradio_api/stream/x", "/login", "/own-documents/x"],
)
def test_nothing_can_be_sent_where_the_page_sends_nothing(client: TestClient, path: str) -> None:
    assert client.post(path).status_code == 404


def test_a_refusal_carries_the_policy_too(client: TestClient) -> None:
    for reply in (client.get("/"), client.get("/", headers={"host": "evil.example"}), client.post("/login")):
        policy = reply.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy
