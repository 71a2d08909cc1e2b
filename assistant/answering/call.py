"""A call to a language model's server, for one reply: who waits for it can hang up, and it brings no more than a reply is.

Providers' clients stand on httpx or its successor httpx2, which are alike here. A thread that waits for a server in one of them
cannot be told to stop; its connection can be shut down under it.
"""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

MOST_BYTES = 8_000_000  # of one reply on the wire: thousands of tokens, each in its wrapping


class HungUp(Exception):
    """Nobody waits for the reply any more."""


class NoReply(Exception):
    """What the server sends cannot be a reply: too much, or compressed although that was not asked for."""


class Call:
    """The connections that are made for one reply."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []

    def connected(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.append(connection)
        if self.over.is_set():
            self.hang_up()

    def hang_up(self) -> None:
        """End the call: what is being read from the server ends at once, and nothing more is asked of it."""
        self.over.set()
        with self._lock:
            while self._connections:
                _shut(self._connections.pop())


_calls: ContextVar[Call | None] = ContextVar("call", default=None)


def current() -> Call:
    """The call that this thread makes; one that nobody will end when there is none."""
    return _calls.get() or Call()


def make(call: Call) -> None:
    """Let this thread work for a call."""
    _calls.set(call)


def guard(client: Any) -> None:
    """Let an httpx client make its requests as part of the current call of its thread.

    Redirects are not followed: the question and the sources are for the server that was set, and so is the key.
    """
    client.follow_redirects = False
    client.event_hooks = {"request": [_going], "response": [_coming]}


def _going(request: Any) -> None:
    call = current()
    if call.over.is_set():
        raise HungUp
    # A compressed reply can be a thousand times what came over the wire, and a connection kept for later would not be ours to end.
    request.headers["Accept-Encoding"] = "identity"
    request.headers["Connection"] = "close"

    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connection = info["return_value"].get_extra_info("socket")
            if connection is not None:
                call.connected(connection)

    request.extensions = {**request.extensions, "trace": trace}


def _coming(response: Any) -> None:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise NoReply("the reply is compressed, which was not asked for")
    chunks = response.iter_raw
    response.iter_raw = lambda chunk_size=None: _counted(chunks(chunk_size))


def _counted(chunks: Iterator[bytes]) -> Iterator[bytes]:
    length = 0
    for chunk in chunks:
        length += len(chunk)
        if length > MOST_BYTES:
            raise NoReply(f"the reply is longer than {MOST_BYTES // 1_000_000} MB")
        yield chunk


_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # SO_LINGER of no seconds: closing is a reset


def _shut(connection: socket.socket) -> None:
    try:
        # A server that sends faster than is read waits for room, and a half-closed connection never gives it any: it would wait
        # for as long as the system keeps such a connection, a minute. A reset tells it at once.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        if isinstance(connection, ssl.SSLSocket):
            # Its own `shutdown` forgets the encryption while another thread may be reading.
            super(ssl.SSLSocket, connection).shutdown(socket.SHUT_RDWR)
        else:
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed already
