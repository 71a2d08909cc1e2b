"""What programs that share an index on a Chroma server tell each other: which generation is current, who is building."""

from __future__ import annotations

import atexit
import os
import secrets
import socket
import threading
from typing import Any

import httpx
from chromadb.errors import ChromaError, NotFoundError

from assistant.errors import IndexUnusable
from assistant.index.dense import Place, connect, disconnect, explained

_BEAT_SECONDS = 5
_WATCH_SECONDS = 20  # several beats: who has not moved by then is dead


def current(url: str, namespace: str) -> str | None:
    """The name of the current generation; None when nothing was built on this server yet."""
    pointer = _pointer(url, namespace)
    return None if pointer is None else str((pointer.metadata or {})["generation"])


def swap(url: str, namespace: str, generation: str) -> None:
    """Make a complete generation the current one. The one before it stays, for those who are still reading it."""
    pointer = _pointer(url, namespace)
    with explained(Place(url=url)):
        if pointer is None:
            _client(url).create_collection(
                f"{namespace}.current", embedding_function=None, metadata={"generation": generation, "before": ""}
            )
        else:
            before = str((pointer.metadata or {})["generation"])
            pointer.modify(metadata={"generation": generation, "before": before})


class Building:
    """The one build that may run on a server's index, wherever it runs: a collection that only one can create.

    A build that was killed leaves it behind, so it counts only while its holder keeps saying that it is alive, which a
    thread does every `_BEAT_SECONDS`. Whether it does is told by watching it, not by the clocks of two machines.

    Raises:
        IndexUnusable: on entering, when another build is running (named); from `alive`, when another took over.
    """

    def __init__(self, url: str, namespace: str) -> None:
        self._url = url
        self._name = f"{namespace}.building"
        self._holder = f"process {os.getpid()} on {socket.gethostname()}"
        self._token = secrets.token_hex(8)
        self._beats = 0
        self._done = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="building", daemon=True)

    def __enter__(self) -> Building:
        with explained(Place(url=self._url)):
            if not self._create():
                self._take_over()
        self.alive()
        self._heart.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._done.set()
        self._heart.join()
        try:
            with explained(Place(url=self._url)):
                if self._told().get("token") == self._token:
                    _client(self._url).delete_collection(self._name)
        except IndexUnusable:
            if kind is None:
                raise  # otherwise what went wrong first is what the user should hear

    def alive(self) -> None:
        """Check that this is still the one build."""
        with explained(Place(url=self._url)):
            if self._told().get("token") != self._token:
                raise IndexUnusable(
                    f"another build took over the index on the Chroma server at {self._url}, because nothing was heard "
                    "of this one; the index is as that build left it"
                )

    def _beat(self) -> None:
        while not self._done.wait(_BEAT_SECONDS):
            try:
                if self._told().get("token") == self._token:
                    self._beats += 1
                    self._collection().modify(metadata=self._metadata())
            except (ChromaError, ValueError, OSError, httpx.HTTPError):
                continue  # the build itself meets the same trouble and says so

    def _take_over(self) -> None:
        before = self._told()
        if not self._done.wait(_WATCH_SECONDS) and self._told() != before:
            raise IndexUnusable(
                f"{before.get('holder', 'another program')} is building the index on the Chroma server at {self._url}; "
                "wait until it is done, or stop it"
            )
        _client(self._url).delete_collection(self._name)
        self._create()

    def _create(self) -> bool:
        try:
            _client(self._url).create_collection(self._name, embedding_function=None, metadata=self._metadata())
        except ChromaError:
            if not self._told():
                raise
            return False
        return True

    def _told(self) -> dict[str, Any]:
        try:
            return dict(self._collection().metadata or {})
        except NotFoundError:
            return {}

    def _collection(self) -> Any:
        return _client(self._url).get_collection(self._name, embedding_function=None)

    def _metadata(self) -> dict[str, str | int]:
        return {"holder": self._holder, "token": self._token, "beats": self._beats}


def clean(url: str, namespace: str) -> None:
    """Remove the collections of every generation but the current one and the one before it."""
    pointer = _pointer(url, namespace)
    kept = set((pointer.metadata or {}).values()) if pointer is not None else set()
    with explained(Place(url=url)):
        for name in _names(url):
            space, _, rest = name.partition(".")
            if space == namespace and rest not in ("current", "building") and rest.partition(".")[0] not in kept:
                _client(url).delete_collection(name)


def remove(url: str, namespace: str, generation: str) -> None:
    """Remove the collections of a generation that did not come about."""
    with explained(Place(url=url)):
        for name in _names(url):
            if name.startswith(f"{namespace}.{generation}."):
                _client(url).delete_collection(name)


def _names(url: str) -> list[str]:
    found: list[str] = []
    while page := _client(url).list_collections(limit=500, offset=len(found)):
        found += [collection.name for collection in page]
    return found


def _pointer(url: str, namespace: str) -> Any:
    with explained(Place(url=url)):
        try:
            return _client(url).get_collection(f"{namespace}.current", embedding_function=None)
        except NotFoundError:
            return None


_clients: dict[str, Any] = {}


def _client(url: str) -> Any:
    if url not in _clients:
        _clients[url] = connect(Place(url=url))
    return _clients[url]


@atexit.register
def close() -> None:
    """Let go of the connections; the next call makes them again."""
    while _clients:
        disconnect(_clients.popitem()[1])
