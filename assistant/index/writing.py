"""A generation in the making: begun as a copy of the current one or empty, filled, completed, swapped in.

Chroma leaks room for deleted vectors and never shrinks its graph. So a copy is made only while little has leaked;
otherwise (and on a server, whose collections cannot be copied) everything is carried over into new collections.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexUnusable
from assistant.index import places as where
from assistant.index import server
from assistant.index.dense import DenseIndex
from assistant.index.exact import MOST, ExactVectors
from assistant.index.generations import Manifest
from assistant.index.lexical import LexicalIndex
from assistant.index.places import DENSE, EXACT, LEXICAL, STORE, Places
from assistant.index.records import Record, StoredPassage
from assistant.index.store import Refused, Store
from assistant.model import Passage

Vectors = NDArray[np.float32]

_MOST_LEAKED = 0.25  # share of a graph's places that may be empty before it is written anew


class Base:
    """The current generation as the source of what need not be made again."""

    def __init__(self, places: Places, manifest: Manifest) -> None:
        self.manifest = manifest
        self.path = places.folder.path(manifest.generation)
        self.store = Store.open(self.path / STORE)
        try:
            self.dense = DenseIndex.open(places.dense(manifest.generation))
        except BaseException:
            self.store.close()
            raise

    def vectors(self, digests: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of passages whose embedded text was the same, by digest."""
        known = self.store.with_digests(digests)
        if not known:
            return {}
        rows = self.dense.vectors(list(known.values()))
        return dict(zip(known, rows, strict=True))

    def close(self) -> None:
        self.store.close()
        self.dense.close()


def open_base(places: Places) -> Base | None:
    """The current generation to build on; None when there is none.

    A local store or lexical index that is missing or damaged is made again from what Chroma holds, in a generation of
    its own.

    Raises:
        IndexUnusable: what Chroma holds is damaged as well.
    """
    generation = places.current()
    if generation is None:
        return None
    if places.chroma_url is not None:
        places.derive(generation, building=True)
    manifest = places.folder.manifest(generation)
    if _derived_is_sound(places, generation):
        return Base(places, manifest)
    repaired = _derive_again(places, manifest)
    return Base(places, repaired)


def _derived_is_sound(places: Places, generation: str) -> bool:
    path = places.folder.path(generation)
    try:
        store = Store.open(path / STORE)
        try:
            sound = store.check() is None
            if (path / EXACT).is_file() or 0 < store.counts()[1] <= MOST:
                ExactVectors.open(path / EXACT, store.passage_places())
        finally:
            store.close()
        LexicalIndex.open(path / LEXICAL)
    except IndexUnusable:
        return False
    return sound


def _derive_again(places: Places, manifest: Manifest) -> Manifest:
    folder = places.folder
    old = folder.path(manifest.generation)
    if places.chroma_url is not None:
        places.derive(manifest.generation, building=True, again=True)
        return manifest
    name = folder.new()
    try:
        with _room(old):
            shutil.copytree(old / DENSE, folder.path(name) / DENSE)
        dense = DenseIndex.open(places.dense(name))
        try:
            where.derive(dense, folder.path(name))
        finally:
            dense.close()
        made = replace(manifest, generation=name)
        folder.complete(made)
        folder.swap(name)
    except BaseException:
        folder.remove(name)
        raise
    folder.clean()
    return made


class Writer:
    """The one generation that is being made. Used as a context manager: what is not finished is taken away again."""

    def __init__(self, places: Places, *, base: Base | None, keep: bool, embedding: str, dimensions: int, recipe: str):
        """Begin a generation.

        Args:
            base: the current generation, if any.
            keep: begin with everything the base has.
            embedding, dimensions, recipe: what shapes the index, for its manifest.
        """
        self._places = places
        self._base = base
        self._shape = (embedding, dimensions, recipe)
        self._leaked = 0
        self._finished = False
        self._generation = places.folder.new()
        self._path = places.folder.path(self._generation)
        self._store: Store | None = None
        self._dense: DenseIndex | None = None
        try:
            self._begin(base if keep else None)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def _begin(self, base: Base | None) -> None:
        leaks = base is not None and base.manifest.leaked > _MOST_LEAKED * max(base.manifest.passages, 1)
        self._copied = base is not None and self._places.chroma_url is None and not leaks
        if base is None:
            self._store = Store.create(self._path / STORE)
            self._dense = DenseIndex.create(self._places.dense(self._generation))
            return
        with _room(self._path):
            shutil.copyfile(base.path / STORE, self._path / STORE)
            if self._copied:
                shutil.copytree(base.path / DENSE, self._path / DENSE)
        self._store = Store.change(self._path / STORE)
        if self._copied:
            self._leaked = base.manifest.leaked
            self._dense = DenseIndex.open(self._places.dense(self._generation))
            self._dense.resume()
        else:
            self._dense = DenseIndex.create(self._places.dense(self._generation))
            self._carry_over(base)

    def _carry_over(self, base: Base) -> None:
        assert self._dense is not None and self._store is not None
        for record in base.dense.records():
            self._dense.put_records([record])
            passages = base.store.passages_of(record.info.id)
            self._dense.put_passages(passages, base.dense.vectors([passage.id for passage in passages]))

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._finished:
            return
        if self._store is not None:
            self._store.close()
        if self._dense is not None:
            self._dense.close()
        self._places.folder.remove(self._generation)
        if self._places.chroma_url is not None:
            server.remove(self._places.chroma_url, self._places.namespace, self._generation)

    # ---------------------------------------------------------------------------------------- changing

    def put(self, documents: Sequence[tuple[Record, Sequence[StoredPassage]]], vectors: Mapping[str, Vectors]) -> None:
        """Add documents, or replace those with their ids. No id occurs twice.

        Args:
            vectors: by digest, for every passage; of shape (dimensions,), normalised.
        """
        assert self._dense is not None and self._store is not None
        known = [record.info.id for record, _ in documents if self._store.has(record.info.id)]
        gone: list[str] = []
        moved: list[Passage] = []
        new: list[StoredPassage] = []
        for record, passages in documents:
            old = self._store.digests_of(record.info.id)
            now = {one.passage.id for one in passages}
            gone += [id for id in old if id not in now]
            for one in passages:
                if old.get(one.passage.id) == one.digest:
                    moved.append(one.passage)
                else:
                    new.append(one)
            self._leaked += len(gone)
        self._dense.remove_passages(gone)
        self._dense.move_passages(moved)
        self._dense.put_passages([one.passage for one in new], _stacked([vectors[one.digest] for one in new]))
        self._dense.remove_records(known)
        self._dense.put_records([record for record, _ in documents])
        for record, passages in documents:
            self._store.put(record, passages)

    def remove(self, documents: Sequence[str]) -> None:
        """Take documents out."""
        assert self._dense is not None and self._store is not None
        old = self._store.passage_ids(documents)
        self._dense.remove_passages(old)
        self._dense.remove_records(documents)
        for document_id in documents:
            self._store.remove(document_id)
        self._leaked += len(old)

    # ---------------------------------------------------------------------------------------- finishing

    def finish(self, refused: Sequence[Refused], *, alive: Callable[[], None]) -> Manifest:
        """Complete the generation and make it the current one. Nothing of it is seen by readers before that.

        Args:
            alive: says that this build goes on; raises IndexUnusable when another one took its place.
        """
        assert self._dense is not None and self._store is not None
        self._store.refuse(refused)
        self._dense.refuse(refused)
        self._store.commit()
        documents, passages = self._store.counts()
        with _room(self._path):
            LexicalIndex.create(self._path / LEXICAL, self._store.passages_with_info())
            alive()
            where.write_exact(self._dense, self._store, self._path)
        embedding, dimensions, recipe = self._shape
        manifest = Manifest(
            generation=self._generation,
            embedding=embedding,
            dimensions=dimensions,
            recipe=recipe,
            documents=documents,
            passages=passages,
            unreadable=len(refused),
            leaked=self._leaked if self._copied else 0,
            created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        )
        self._dense.finish(manifest.to_json())
        self._store.close()
        with _room(self._path):
            self._places.folder.complete(manifest)
            alive()
            # from here on it may be the current one, also when something goes wrong meanwhile: the next build clears up
            self._finished = True
            self._places.swap(self._generation)
        if self._base is not None:
            self._base.close()
        self._places.clean()
        return manifest


def _stacked(rows: Sequence[Vectors]) -> Vectors:
    return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)


class _room:
    """A full disk, or one that cannot be written, said in words; the index there was is untouched."""

    def __init__(self, path: os.PathLike[str]) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError | ValueError | shutil.Error):
            raise IndexUnusable(
                f"{self._path} cannot be written ({error}); free some room and build again, the index you had is untouched"
            ) from error
