"""The current generation of an index on a Chroma server: a small collection whose metadata names it."""

from __future__ import annotations

import atexit
from typing import Any

from chromadb.errors import NotFoundError

from assistant.index.dense import Place, connect, disconnect, explained


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


def clean(url: str, namespace: str) -> None:
    """Remove the collections of every generation but the current one and the one before it."""
    pointer = _pointer(url, namespace)
    kept = set((pointer.metadata or {}).values()) if pointer is not None else set()
    with explained(Place(url=url)):
        for name in _names(url):
            space, _, rest = name.partition(".")
            if space == namespace and rest != "current" and rest.partition(".")[0] not in kept:
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
