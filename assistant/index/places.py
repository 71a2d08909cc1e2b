"""Where the parts of an index are: a folder by itself, or a folder that goes with a Chroma server.

With a server, the server has the vectors, the documents and the name of the current generation; the folder has what is
derived from them (the local store and the lexical index), made again whenever it is missing. So two programs on two
machines share one index by sharing the server; their index folders need the same name, which names the collections.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import IndexUnusable
from assistant.index.exact import MOST, ExactVectors
from assistant.index.generations import MANIFEST, IndexFolder, manifest_from_json, write_in_one_step
from assistant.index.lexical import LexicalIndex
from assistant.index.store import Store

if TYPE_CHECKING:
    from assistant.index.dense import DenseIndex, Place

DENSE, STORE, LEXICAL, EXACT = "chroma", "store.sqlite", "lexical", "vectors.npy"


_AT_ONCE = 5_000  # vectors


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of an index and, by setting, the address of its Chroma server."""

    folder: IndexFolder
    chroma_url: str | None = None

    def __str__(self) -> str:
        return str(self.folder.folder) if self.chroma_url is None else f"the Chroma server at {self.chroma_url}"

    @property
    def namespace(self) -> str:
        """What the names of this index's collections on a server begin with."""
        name = re.sub(r"[^A-Za-z0-9-]+", "-", self.folder.folder.resolve().name).strip("-") or "index"
        return f"assistant-{name}"

    def current(self) -> str | None:
        """The name of the current generation; None when nothing was built yet."""
        if self.chroma_url is None:
            return self.folder.current()
        from assistant.index import server

        return server.current(self.chroma_url, self.namespace)

    def dense(self, generation: str) -> Place:
        """Where the collections of a generation are."""
        from assistant.index.dense import Place

        if self.chroma_url is None:
            return Place(folder=self.folder.path(generation) / DENSE)
        return Place(url=self.chroma_url, prefix=f"{self.namespace}.{generation}.")

    @contextmanager
    def building(self) -> Iterator[Callable[[], None]]:
        """Be the one build of this index, here and on its server; gives what to call now and then while it goes on.

        Raises:
            IndexUnusable: another build is running (named), or the folder cannot be written.
        """
        with self.folder.building():
            if self.chroma_url is None:
                yield lambda: None
                return
            from assistant.index import server

            with server.Building(self.chroma_url, self.namespace) as building:
                yield building.alive

    def swap(self, generation: str) -> None:
        """Make a complete generation the current one, in one step."""
        if self.chroma_url is not None:
            from assistant.index import server

            server.swap(self.chroma_url, self.namespace, generation)
        self.folder.swap(generation)

    def clean(self) -> None:
        """Remove generations that no one can want any more. Only inside `IndexFolder.building`."""
        if self.chroma_url is not None:
            from assistant.index import server

            server.clean(self.chroma_url, self.namespace)
        self.folder.clean()

    def derive(self, generation: str, *, building: bool = False, again: bool = False) -> None:
        """Make what is derived of a server's generation, unless it is there; others wait while it is made.

        Args:
            building: called by the build that has this folder already.
            again: also when it is there, because it is damaged.
        """
        path = self.folder.path(generation)
        if (path / MANIFEST).is_file() and not again:
            return
        with self.folder.deriving():
            if (path / MANIFEST).is_file() and not again:  # another program was quicker
                return
            from assistant.index.dense import DenseIndex

            made = path.with_name(f".{generation}.{os.getpid()}")
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(parents=True)
            dense = DenseIndex.open(self.dense(generation))
            try:
                text = dense.manifest()
                if text is None:
                    raise IndexUnusable(
                        f"generation {generation} in {self} is incomplete; run `assistant build --fresh`"
                    )
                derive(dense, made)
                write_in_one_step(made / MANIFEST, manifest_from_json(text, where=str(self)).to_json())
                shutil.rmtree(path, ignore_errors=True)
                made.rename(path)
            finally:
                dense.close()
                shutil.rmtree(made, ignore_errors=True)
            if not building:
                self.folder.swap(generation)


def derive(dense: DenseIndex, path: Path) -> None:
    """Make the local store, the lexical index and the exact vectors of a generation from what Chroma holds."""
    store = Store.create(path / STORE)
    try:
        for record in dense.records():
            store.put(record)
        store.refuse(dense.refused())
        store.commit()
        LexicalIndex.create(path / LEXICAL, store.passages_with_info())
        write_exact(dense, store, path)
    finally:
        store.close()


def write_exact(dense: DenseIndex, store: Store, path: Path) -> None:
    """Put the vectors of a generation side by side, when they are few enough to be compared one by one."""
    ids = [passage_id for passage_id, _ in store.passage_places()]
    if not 0 < len(ids) <= MOST:
        return
    batches = (dense.vectors(ids[at : at + _AT_ONCE]) for at in range(0, len(ids), _AT_ONCE))
    first = next(batches)
    ExactVectors.write(path / EXACT, itertools.chain([first], batches), count=len(ids), dimensions=first.shape[1])
