"""A small index without Chroma, of files that each lie ready beside it: an upload joins it in the time of writing it anew.

A file that was read and embedded leaves two pieces in a folder of its own: its record and its vectors. The index is
written from those pieces, as a generation like any other, so that `Index` opens it and who is reading the one before goes
on undisturbed. Below `MOST_PASSAGES` every vector is compared, so there is no graph that Chroma would have to keep.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.index import records
from assistant.index.exact import MOST, ExactVectors
from assistant.index.generations import IndexFolder, Manifest
from assistant.index.lexical import LexicalIndex
from assistant.index.places import EXACT, LEXICAL, STORE
from assistant.index.records import Source, StoredPassage
from assistant.index.store import Store
from assistant.model import Document, Passage

Vectors = NDArray[np.float32]

MOST_PASSAGES = 10_000  # the words of the whole index are analysed again with every file: 3 s at this size
assert MOST_PASSAGES <= MOST

# What ids of private passages begin with: those of other indexes are hexadecimal, so the two are never taken for each other.
MARK = "eigen-"

_RECORD, _VECTORS = "record", "vectors.npy"


def marked(passages: Sequence[Passage]) -> list[Passage]:
    """The passages of a document with ids that no other index has."""
    return [replace(passage, id=f"{MARK}{passage.id}") for passage in passages]


def is_marked(passage_id: str) -> bool:
    """Whether a passage is of a private index."""
    return passage_id.startswith(MARK)


def lay_ready(
    folder: Path, document: Document, source: Source, passages: Sequence[StoredPassage], vectors: Vectors
) -> None:
    """Put what the index needs of a file into its folder; `vectors` has a row for each passage, in order."""
    np.save(folder / _VECTORS, vectors, allow_pickle=False)
    (folder / _RECORD).write_bytes(records.to_bytes(records.encode(document, source, passages)))


def write(place: Path, files: Mapping[str, Path], *, embedding: str, dimensions: int, recipe: str) -> Manifest | None:
    """Make the index in `place` hold exactly these files; without any there is no index there any more.

    Readers of the index before keep what they have open; its files are taken away at once.

    Args:
        files: the folder of each file by the id of its document.
    """
    folder = IndexFolder(place)
    if not files:
        shutil.rmtree(place, ignore_errors=True)
        return None
    name = folder.new()
    path = folder.path(name)
    try:
        store = Store.create(path / STORE)
        try:
            for document_id in sorted(files):
                store.put(records.from_bytes((files[document_id] / _RECORD).read_bytes()))
            store.commit()
            documents, passages = store.counts()
            LexicalIndex.create(path / LEXICAL, store.passages_with_info())
        finally:
            store.close()
        rows = (np.load(files[id] / _VECTORS, allow_pickle=False) for id in sorted(files))
        ExactVectors.write(path / EXACT, rows, count=passages, dimensions=dimensions)
        manifest = Manifest(
            generation=name,
            embedding=embedding,
            dimensions=dimensions,
            recipe=recipe,
            documents=documents,
            passages=passages,
            unreadable=0,
            leaked=0,
            created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        )
        folder.complete(manifest)
        folder.swap(name)
    except BaseException:
        folder.remove(name)
        raise
    for old in folder.leftovers():
        folder.remove(old)  # not kept for its readers: a file that was removed must be gone
    return manifest
