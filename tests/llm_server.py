"""A server on loopback that speaks the OpenAI protocol for chat, and misbehaves exactly as it is told.

What it does with a request is a function of the connection; below are the parts such functions are made of.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Behaviour = Callable[["Caller"], None]

STREAM = {"Content-Type": "text/event-stream"}


@dataclass
class Request:
    """What was asked of the server."""

    path: str
    headers: dict[str, str]  # names in lower case
    body: Any
    at: float = field(default_factory=time.monotonic)


class Caller:
    """The other end of a connection: what the server says goes through it, byte for byte."""

    def __init__(self, connection: socket.socket, request: Request, closing: threading.Event) -> None:
        self.request = request
        self._connection = connection
        self._closing = closing

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def head(self, status: int = 200, headers: Mapping[str, str] = STREAM) -> None:
        """The status line and headers; the body then runs until the connection closes."""
        lines = [
            f"HTTP/1.1 {status} Status",
            *(f"{name}: {value}" for name, value in headers.items()),
            "Connection: close",
        ]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def event(self, data: object) -> None:
        """One server-sent event."""
        self.send(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())

    def delta(self, **delta: object) -> None:
        """One chunk of a chat completion."""
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        self.event({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "proef", "choices": [choice]})

    def words(self, text: str) -> None:
        """A text in chunks of a word."""
        for word in text.split(" "):
            self.delta(content=f"{word} ")

    def done(self) -> None:
        choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self.event({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "proef", "choices": [choice]})
        self.event("[DONE]")

    def wait(self, seconds: float) -> None:
        """Do nothing for a while, or until the caller has hung up or the server closes."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._closing.wait(0.02):
            with contextlib.suppress(BlockingIOError):
                if not self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                    raise ConnectionResetError("the caller has hung up")


class LanguageModelServer:
    """Does with one request after another what it was told; the last behaviour again and again.

    `open` counts the connections that the other side has not let go of.
    """

    def __init__(self, *behaviours: Behaviour) -> None:
        self.requests: list[Request] = []
        self._behaviours = list(behaviours)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, name="server", daemon=True)
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def open(self) -> int:
        with self._lock:
            return sum(thread.is_alive() for thread in self._threads)

    def __enter__(self) -> LanguageModelServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join(5)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="server", daemon=True)
            with self._lock:
                self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # A caller that hangs up is what these tests are about.
        with connection, contextlib.suppress(ConnectionError, ValueError):
            if connection.recv(1, socket.MSG_PEEK) == b"\x16":  # encrypted; as servers that speak no TLS do
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            request = _read(connection)
            with self._lock:
                self.requests.append(request)
                behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
            behaviour(Caller(connection, request, self._closing))


def _read(connection: socket.socket) -> Request:
    with connection.makefile("rb") as file:
        _, path, _ = file.readline().decode("latin-1").split(" ")
        headers = {}
        while (line := file.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = file.read(int(headers.get("content-length", "0")))
    return Request(path, headers, json.loads(body) if body else None)


# ------------------------------------------------------------------------------------------------ behaviours


def writes(*texts: str) -> Behaviour:
    """A good answer: each text in chunks of a word."""

    def behave(caller: Caller) -> None:
        caller.head()
        caller.delta(role="assistant", content="")
        for text in texts:
            caller.words(text)
        caller.done()

    return behave


def chunks(*deltas: Mapping[str, object]) -> Behaviour:
    """A stream of just these deltas."""

    def behave(caller: Caller) -> None:
        caller.head()
        for delta in deltas:
            caller.delta(**delta)
        caller.done()

    return behave


def streams(*data: bytes) -> Behaviour:
    """A stream of just these bytes, then the connection closes."""

    def behave(caller: Caller) -> None:
        caller.head()
        for one in data:
            caller.send(one)

    return behave


def replies(status: int, body: str | bytes = "", **headers: str) -> Behaviour:
    """One body with a status. Names of headers are written with `_` for `-`."""
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(caller: Caller) -> None:
        caller.head(status, named | {"Content-Length": str(len(data))})
        caller.send(data)

    return behave


def fails(status: int, message: str = "Mislukt", **headers: str) -> Behaviour:
    """An error as OpenAI writes it."""
    return replies(status, json.dumps({"error": {"message": message, "type": "error", "code": None}}), **headers)


def endlessly(pieces: Callable[[], Iterable[Mapping[str, object]]]) -> Behaviour:
    """A stream that goes on until the caller hangs up."""

    def behave(caller: Caller) -> None:
        caller.head()
        while True:
            for delta in pieces():
                caller.delta(**delta)

    return behave
