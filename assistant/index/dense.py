"""Chroma: vectors of passages, and the documents they were cut from. What it holds is the truth of an index.

Each generation has two collections. `passages`: id, vector, document_id, start, end; the text is the stretch start:end of
the document, so it is kept once (as Chroma documents, texts would take eight times their size for a search we do not use).
`documents`: the packed document in parts of a metadata value, and one record for each file that is no document.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from numpy.typing import NDArray

from assistant.errors import IndexUnusable
from assistant.index import records
from assistant.index.records import Record, Source
from assistant.index.store import Refused
from assistant.model import Passage, Scored

Vectors = NDArray[np.float32]

# HNSW (Malkov and Yashunin 2018), asked only above `exact.MOST` passages. With 16 neighbours one of 60 outlying vectors
# among 3,000 could not be reached at all; with 32 none.
_GRAPH = {"space": "ip", "ef_construction": 200, "ef_search": 100, "max_neighbors": 32}
_SYNC_EVERY = 20_000  # vectors; each time Chroma writes its whole graph
_EXACT = 400  # passages; so few are compared one by one, which Chroma's filtered search does more slowly
_BROAD = 4  # a filter that leaves at least 1/4 is applied to more results instead of within the graph
_ADD_AT_ONCE = 1_000
_DELETE_AT_ONCE = 200  # documents named in one condition
_PART_CHARACTERS = 1_000_000  # of a packed document; a server takes 40 MB in one request
_REQUEST_CHARACTERS = 8_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a generation's collections are: a folder of its own, or under a prefix on a server."""

    folder: Path | None = None
    url: str | None = None
    prefix: str = ""

    def __str__(self) -> str:
        return f"the Chroma server at {self.url}" if self.url else f"Chroma in {self.folder}"


class DenseIndex:
    """The two collections of one generation. Safe for several reading threads.

    Raises:
        IndexUnusable: from every method, when Chroma is damaged, out of disk or out of reach.
    """

    def __init__(self, place: Place, client: Any, passages: Any, documents: Any) -> None:
        self._place = place
        self._client = client
        self._passages = passages
        self._documents = documents

    @classmethod
    def create(cls, place: Place) -> DenseIndex:
        """New, empty collections, open for writing."""
        with explained(place):
            client = connect(place)
            graph = {**_GRAPH, "sync_threshold": _SYNC_EVERY, "batch_size": _ADD_AT_ONCE}
            small = {"space": "l2", "ef_construction": 10, "ef_search": 10, "max_neighbors": 4}
            passages = client.create_collection(
                f"{place.prefix}passages", embedding_function=None, configuration={"hnsw": graph}
            )
            documents = client.create_collection(
                f"{place.prefix}documents", embedding_function=None, configuration={"hnsw": small}
            )
        return cls(place, client, passages, documents)

    @classmethod
    def open(cls, place: Place) -> DenseIndex:
        """The collections of a generation, to read (or, of one in the making, to change)."""
        if place.folder is not None and not (place.folder / "chroma.sqlite3").is_file():
            raise IndexUnusable(f"{place} is not there; run `assistant build --fresh`")
        with explained(place):
            client = connect(place)
            passages, documents = (
                client.get_collection(f"{place.prefix}{name}", embedding_function=None)
                for name in ("passages", "documents")
            )
        return cls(place, client, passages, documents)

    # ---------------------------------------------------------------------------------------- reading

    def count(self) -> int:
        """How many passages there are."""
        with explained(self._place):
            return int(self._passages.count())

    def search(self, vector: Vectors, *, limit: int, among: Among | None = None) -> list[Scored]:
        """The passages nearest to a normalised vector, best first; the score is the cosine similarity."""
        if limit < 1:
            return []
        if among is None:
            return self._nearest(vector, limit)
        if among.count <= _EXACT:
            ids = among.passage_ids()
            return _best(ids, self.vectors(ids) @ vector, limit)
        total = self.count()
        if among.count * _BROAD >= total:
            wider = self._nearest(vector, 2 * limit * total // among.count + 10)
            found = list(among.keep(wider))[:limit]
            if len(found) == limit:
                return found
        return self._nearest(vector, limit, ids=among.passage_ids())

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of passages, one row each, in the order of `ids`."""
        if not ids:
            return np.zeros((0, 0), dtype=np.float32)
        rows: dict[str, Any] = {}
        with explained(self._place):
            for at in range(0, len(ids), _ADD_AT_ONCE):
                got = self._passages.get(ids=list(ids[at : at + _ADD_AT_ONCE]), include=["embeddings"])
                rows.update(zip(got["ids"], got["embeddings"], strict=True))
        missing = [id for id in ids if id not in rows]
        if missing:
            raise IndexUnusable(f"{self._place} lacks {len(missing)} passages; run `assistant build --fresh`")
        return np.array([rows[id] for id in ids], dtype=np.float32)

    def check(self, ids: Sequence[str]) -> None:
        """Look up every passage and search once. Raises IndexUnusable when something is missing or damaged."""
        for at in range(0, len(ids), _ADD_AT_ONCE):
            some = self.vectors(ids[at : at + _ADD_AT_ONCE])
            if at == 0 and len(some):
                self._nearest(some[0], 1)

    def records(self) -> Iterator[Record]:
        """All documents, by id."""
        heads = self._ids({"part": 0})
        for id, parts in sorted(heads.items()):
            with explained(self._place):
                keys = [_part_id(id, number) for number in range(parts)]
                got = self._documents.get(ids=keys, include=["metadatas"])
            pieces = {key: str(metadata["packed"]) for key, metadata in zip(got["ids"], got["metadatas"], strict=True)}
            if len(pieces) != parts:
                raise IndexUnusable(f"{self._place} lacks part of document {id}; run `assistant build --fresh`")
            try:
                packed = base64.b85decode("".join(pieces[key] for key in keys))
            except ValueError as error:
                raise IndexUnusable(
                    f"{self._place}: document {id} is damaged; run `assistant build --fresh`"
                ) from error
            yield records.from_bytes(packed)

    def refused(self) -> list[Refused]:
        """The files that did not become documents."""
        with explained(self._place):
            got = self._documents.get(where={"kind": "refused"}, include=["metadatas"])
        known = [json.loads(str(metadata["file"])) for metadata in got["metadatas"]]
        return [Refused(**{**one, "source": Source(**one["source"])}) for one in known]

    def manifest(self) -> str | None:
        """The manifest as it was left with the collections, when they are complete."""
        metadata: Mapping[str, Any] = self._documents.metadata or {}
        return str(metadata["manifest"]) if "manifest" in metadata else None

    def _ids(self, where: Mapping[str, Any]) -> dict[str, int]:
        with explained(self._place):
            got = self._documents.get(where=where, include=["metadatas"])
        return {str(metadata["document_id"]): int(metadata["parts"]) for metadata in got["metadatas"]}

    def _nearest(self, vector: Vectors, limit: int, *, ids: Sequence[str] | None = None) -> list[Scored]:
        with explained(self._place):
            got = self._passages.query(
                query_embeddings=[vector], n_results=limit, include=["distances"], ids=list(ids) if ids else None
            )
        hits = [
            Scored(id, 1.0 - float(distance)) for id, distance in zip(got["ids"][0], got["distances"][0], strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))

    # ---------------------------------------------------------------------------------------- writing

    def put_passages(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add passages, or replace those with the same ids."""
        with explained(self._place):
            for at in range(0, len(passages), _ADD_AT_ONCE):
                some = passages[at : at + _ADD_AT_ONCE]
                self._passages.upsert(
                    ids=[passage.id for passage in some],
                    embeddings=vectors[at : at + _ADD_AT_ONCE],
                    metadatas=[_place_of(passage) for passage in some],
                )

    def move_passages(self, passages: Sequence[Passage]) -> None:
        """Note new places of passages whose vectors stay."""
        with explained(self._place):
            for at in range(0, len(passages), _ADD_AT_ONCE):
                some = passages[at : at + _ADD_AT_ONCE]
                self._passages.update(ids=[passage.id for passage in some], metadatas=[_place_of(one) for one in some])

    def remove_passages(self, ids: Sequence[str]) -> None:
        """Take passages out. Chroma keeps their room in its graph."""
        with explained(self._place):
            for at in range(0, len(ids), _ADD_AT_ONCE):
                self._passages.delete(ids=list(ids[at : at + _ADD_AT_ONCE]))

    def put_records(self, added: Sequence[Record]) -> None:
        """Add documents. Those with their ids are removed first, by the caller."""
        rows: list[dict[str, str | int]] = []
        size = 0
        for record in added:
            packed = base64.b85encode(records.to_bytes(record)).decode()
            parts = [packed[at : at + _PART_CHARACTERS] for at in range(0, len(packed), _PART_CHARACTERS)]
            for number, part in enumerate(parts):
                if rows and (size + len(part) > _REQUEST_CHARACTERS or len(rows) >= _ADD_AT_ONCE):
                    self._add_parts(rows)
                    rows, size = [], 0
                head: dict[str, str | int] = {
                    "kind": "document",
                    "document_id": record.info.id,
                    "part": number,
                    "parts": len(parts),
                }
                rows.append({**head, "packed": part})
                size += len(part)
        if rows:
            self._add_parts(rows)

    def _add_parts(self, rows: Sequence[Mapping[str, str | int]]) -> None:
        keys = [_part_id(str(row["document_id"]), int(row["part"])) for row in rows]
        with explained(self._place):
            self._documents.add(ids=keys, embeddings=_dots(keys), metadatas=list(rows))

    def remove_records(self, documents: Sequence[str]) -> None:
        """Take documents out; their passages stay until they are removed."""
        with explained(self._place):
            for at in range(0, len(documents), _DELETE_AT_ONCE):
                self._documents.delete(where={"document_id": {"$in": list(documents[at : at + _DELETE_AT_ONCE])}})

    def refuse(self, files: Sequence[Refused]) -> None:
        """Replace the list of files that did not become documents."""
        keys = [f"file:{zlib.crc32(one.source.corpus.encode()):08x}:{one.source.path}" for one in files]
        with explained(self._place):
            self._documents.delete(where={"kind": "refused"})
            for at in range(0, len(files), _ADD_AT_ONCE):
                some = keys[at : at + _ADD_AT_ONCE]
                self._documents.add(
                    ids=some,
                    embeddings=_dots(some),
                    metadatas=[
                        {"kind": "refused", "file": json.dumps(asdict(one), ensure_ascii=False)}
                        for one in files[at : at + _ADD_AT_ONCE]
                    ],
                )

    def finish(self, manifest: str) -> None:
        """Write everything down so that readers find nothing left to do, leave the manifest, and close.

        Chroma works through its log when a reader comes, and writes its graph every so many vectors. So the graph's
        interval is set to its smallest, and two passages are written once more, which makes Chroma write now.
        """
        with explained(self._place):
            self._documents.modify(metadata={"manifest": manifest})
            if self._place.folder is None:
                return self.close()
            names = [self._passages.name, self._documents.name]
            for collection in (self._passages, self._documents):
                collection.modify(configuration={"hnsw": {"sync_threshold": 2, "batch_size": 2}})
            self.close()
            client = connect(self._place)
            for name in names:
                collection = client.get_collection(name, embedding_function=None)
                got = collection.get(limit=2, include=["embeddings", "metadatas"])
                if len(got["ids"]) == 2:
                    collection.upsert(ids=got["ids"], embeddings=got["embeddings"], metadatas=got["metadatas"])
            disconnect(client)
        _shrink(self._place)
        return None

    def resume(self) -> None:
        """Undo what `finish` set for readers: a copied generation is going to be changed."""
        with explained(self._place):
            wide = {"hnsw": {"sync_threshold": _SYNC_EVERY, "batch_size": _ADD_AT_ONCE}}
            for collection in (self._passages, self._documents):
                collection.modify(configuration=wide)

    def close(self) -> None:
        """Let go of Chroma."""
        with explained(self._place):
            disconnect(self._client)


class Among(Protocol):
    """The passages that a filter leaves."""

    @property
    def count(self) -> int: ...

    def passage_ids(self) -> Sequence[str]: ...

    def keep(self, hits: Sequence[Scored]) -> Sequence[Scored]: ...


def connect(place: Place) -> Any:
    """A Chroma client that phones home to no one. Raises whatever Chroma raises: use it within `explained`."""
    quiet = Settings(anonymized_telemetry=False, chroma_otel_collection_endpoint="")
    if place.folder is not None:
        return chromadb.PersistentClient(path=str(place.folder), settings=quiet)
    from urllib.parse import urlsplit

    address = urlsplit(place.url or "")
    return chromadb.HttpClient(
        host=address.hostname or "",
        port=address.port or (443 if address.scheme == "https" else 80),
        ssl=address.scheme == "https",
        settings=quiet,
    )


def disconnect(client: Any) -> None:
    """Let go of a Chroma client. That of a server does not close its connections by itself."""
    client.close()
    for part in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(part, "_server", None), "_session", None)
        if session is not None:
            session.close()


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """Turn what Chroma, SQLite and the connection to a server raise into `IndexUnusable` with what to do about it."""
    try:
        yield
    except NotFoundError as error:
        raise IndexUnusable(f"{place} lacks a collection of this index; run `assistant build --fresh`") from error
    except (ChromaError, ValueError, OSError, RuntimeError, sqlite3.Error) as error:
        raise IndexUnusable(_told(place, error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # Chroma's Rust side raises this, and it is no Exception
            raise IndexUnusable(_told(place, error)) from error
        raise


def _told(place: Place, error: BaseException) -> str:
    said = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
    if place.url:
        return f"{place} gave no usable reply ({said}); check that it runs and that ASSISTANT_CHROMA_URL names it"
    if "full" in said.lower() or "no space" in said.lower() or "too large" in said.lower():
        return f"{place}: no room on the disk ({said}); free some and build again, the index you had is untouched"
    return f"{place} is damaged or cannot be used ({said}); run `assistant doctor`, or `assistant build --fresh`"


def _shrink(place: Place) -> None:
    """Give the room of Chroma's emptied log back; SQLite does not do that by itself."""
    assert place.folder is not None
    with closing(sqlite3.connect(place.folder / "chroma.sqlite3", isolation_level=None)) as connection:
        (free,), (pages,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_count")
        )
        if free * 5 > pages:
            connection.execute("VACUUM")


def _best(ids: Sequence[str], scores: Vectors, limit: int) -> list[Scored]:
    hits = [Scored(id, float(score)) for id, score in zip(ids, scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]


def _place_of(passage: Passage) -> dict[str, str | int]:
    return {"document_id": passage.document_id, "start": passage.start, "end": passage.end}


def _part_id(document_id: str, number: int) -> str:
    return f"document:{document_id}:{number}"


def _dots(keys: Sequence[str]) -> Vectors:
    """Records of documents have no meaning to search by, but Chroma wants a vector: a point on a line."""
    return np.array([[zlib.crc32(key.encode()) / 2**32] for key in keys], dtype=np.float32)
