"""The local store of a generation: documents, passages and files by key, in SQLite. Derived from what Chroma holds."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import IndexUnusable
from assistant.index import records
from assistant.index.records import Record, Source, StoredPassage
from assistant.model import BlockKind, Document, DocumentInfo, Filters, Passage, UnreadableFile, date_span

_TABLES = """
    CREATE TABLE documents (
        id TEXT PRIMARY KEY, info TEXT NOT NULL, type TEXT NOT NULL, dossier TEXT NOT NULL, publisher TEXT NOT NULL,
        date_from INTEGER, date_to INTEGER, passage_count INTEGER NOT NULL,
        corpus TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, tools TEXT NOT NULL,
        text BLOB NOT NULL, layout BLOB NOT NULL, words BLOB NOT NULL, passages BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE passages (
        id TEXT PRIMARY KEY, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
        "end" INTEGER NOT NULL, anchor TEXT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, text TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX passages_of ON passages (document_id, ordinal);
    CREATE INDEX passages_by_digest ON passages (digest);
    CREATE TABLE refused (
        corpus TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, reason TEXT NOT NULL, tools TEXT NOT NULL,
        claims TEXT NOT NULL, PRIMARY KEY (corpus, path)
    ) WITHOUT ROWID;
"""
_PASSAGE = 'id, document_id, ordinal, start, "end", text, anchor, kind'
_RECORD = "info, corpus, path, sha256, tools, text, layout, words, passages"
_AT_ONCE = 500  # keys in one query; SQLite allows 32,766 parameters


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that did not become a document: unreadable, or its place is taken."""

    source: Source
    reason: str
    claims: str = ""  # the document id it would have, when another file already has it


class Store:
    """One generation's documents, passages and refused files. Safe for several threads.

    Raises:
        IndexUnusable: from every method, when the file is damaged, gone, or cannot be written.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def create(cls, path: Path) -> Store:
        """A new, empty store, open for writing. What is written lasts after `commit`."""
        with _explained(path):
            connection = _connect(f"{path.resolve().as_uri()}?mode=rwc")
            connection.execute("PRAGMA journal_mode = MEMORY")  # nobody reads it before the generation is complete
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_TABLES)
        return cls(path, connection)

    @classmethod
    def change(cls, path: Path) -> Store:
        """A store of a generation in the making, open for writing."""
        with _explained(path):
            connection = _connect(f"{path.resolve().as_uri()}?mode=rw")
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("PRAGMA synchronous = OFF")
        return cls(path, connection)

    @classmethod
    def open(cls, path: Path) -> Store:
        """A store to read. It is never changed, so no lock files are needed and a read-only folder will do."""
        with _explained(path):
            connection = _connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1")
            connection.execute("SELECT id FROM passages LIMIT 1").fetchone()
        return cls(path, connection)

    # ---------------------------------------------------------------------------------------- reading

    def infos(self) -> list[DocumentInfo]:
        """What is known of every document, by id."""
        return [records.info_from_json(info) for (info,) in self._all("SELECT info FROM documents ORDER BY id")]

    def passage_counts(self) -> dict[str, int]:
        """How many passages each document has."""
        return dict(self._all("SELECT id, passage_count FROM documents"))

    def counts(self) -> tuple[int, int]:
        """How many documents and passages there are."""
        ((documents, passages),) = self._all("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages)")
        return documents, passages

    def record(self, document_id: str) -> Record:
        """A document as it is kept. Raises KeyError for an unknown id."""
        rows = self._all(f"SELECT {_RECORD} FROM documents WHERE id = ?", document_id)
        if not rows:
            raise KeyError(document_id)
        return _record(rows[0])

    def document(self, document_id: str, *, words: bool = True) -> Document:
        """A document; word boxes take most of the time and can be left out. Raises KeyError for an unknown id."""
        with _explained(self._path):
            return records.decode(self.record(document_id), words=words)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids, in that order. Raises KeyError for an unknown id."""
        found: dict[str, Passage] = {}
        for part in _parts(ids):
            rows = self._all(f"SELECT {_PASSAGE} FROM passages WHERE id IN ({_marks(part)})", *part)
            found.update((row[0], _passage(row)) for row in rows)
        return [found[id] for id in ids]

    def has(self, document_id: str) -> bool:
        """Whether there is a document with this id."""
        return bool(self._all("SELECT 1 FROM documents WHERE id = ?", document_id))

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of a document, in order; none for an unknown id."""
        rows = self._all(f"SELECT {_PASSAGE} FROM passages WHERE document_id = ? ORDER BY ordinal", document_id)
        return [_passage(row) for row in rows]

    def passages_at(self, document_id: str, ordinals: Sequence[int]) -> list[Passage]:
        """The passages at these places of a document, in order; places it does not have are left out."""
        rows = self._all(
            f"SELECT {_PASSAGE} FROM passages WHERE document_id = ? AND ordinal IN ({_marks(ordinals)}) ORDER BY ordinal",
            document_id,
            *ordinals,
        )
        return [_passage(row) for row in rows]

    def digests_of(self, document_id: str) -> dict[str, str]:
        """The digests of a document's passages by passage id."""
        return dict(self._all("SELECT id, digest FROM passages WHERE document_id = ?", document_id))

    def with_digests(self, digests: Sequence[str]) -> dict[str, str]:
        """For each digest that some passage has: the id of one such passage."""
        found: dict[str, str] = {}
        for part in _parts(digests):
            found.update(
                self._all(f"SELECT digest, min(id) FROM passages WHERE digest IN ({_marks(part)}) GROUP BY 1", *part)
            )
        return found

    def passages_with_info(self, ids: Iterable[str] | None = None) -> Iterator[tuple[Passage, DocumentInfo]]:
        """Passages, each with its document; all of them, by document, when no ids are given. Memory stays bounded."""
        infos = {info.id: info for info in self.infos()}
        if ids is None:
            for id in infos:
                yield from ((passage, infos[id]) for passage in self.passages_of(id))
        else:
            for part in _parts(list(ids)):
                yield from ((passage, infos[passage.document_id]) for passage in self.passages(part))

    def allowed(self, filters: Filters) -> list[str]:
        """The ids of the documents that pass the filters. A document without a date passes no date filter.

        Raises:
            ValueError: a date filter is not of the form YYYY, YYYY-MM or YYYY-MM-DD.
        """
        clauses, values = ["1"], list[object]()
        columns = {"type": filters.types, "dossier": filters.dossiers, "publisher": filters.publishers}
        for column, chosen in columns.items():
            if chosen:
                clauses.append(f"{column} IN ({_marks(chosen)})")
                values += [value.lower() for value in chosen]
        since, until = date_span(filters.since or ""), date_span(filters.until or "")
        if since is not None:
            clauses.append("date_to >= ?")
            values.append(since[0])
        if until is not None:
            clauses.append("date_from <= ?")
            values.append(until[1])
        rows = self._all(f"SELECT id FROM documents WHERE {' AND '.join(clauses)} ORDER BY id", *values)
        allowed = [id for (id,) in rows]
        return [id for id in allowed if id in set(filters.documents)] if filters.documents else allowed

    def passage_places(self) -> list[tuple[str, str]]:
        """Passage id and document id of every passage, by document and then by place in it."""
        return [
            (id, document_id)
            for id, document_id in self._all("SELECT id, document_id FROM passages ORDER BY document_id, ordinal")
        ]

    def passage_ids(self, documents: Sequence[str]) -> list[str]:
        """The ids of all passages of some documents."""
        found: list[str] = []
        for part in _parts(documents):
            rows = self._all(f"SELECT id FROM passages WHERE document_id IN ({_marks(part)})", *part)
            found += [id for (id,) in rows]
        return found

    def documents_of(self, passages: Sequence[str]) -> dict[str, str]:
        """The document id of each passage id."""
        found: dict[str, str] = {}
        for part in _parts(passages):
            found.update(self._all(f"SELECT id, document_id FROM passages WHERE id IN ({_marks(part)})", *part))
        return found

    def sources(self) -> dict[str, Source]:
        """The file of every document, by document id."""
        rows = self._all("SELECT id, corpus, path, sha256, tools FROM documents")
        return {id: Source(*rest) for id, *rest in rows}

    def sources_of(self, documents: Sequence[str]) -> dict[str, Source]:
        """The files of some documents, by document id."""
        found: dict[str, Source] = {}
        for part in _parts(documents):
            rows = self._all(
                f"SELECT id, corpus, path, sha256, tools FROM documents WHERE id IN ({_marks(part)})", *part
            )
            found.update((id, Source(*rest)) for id, *rest in rows)
        return found

    def refused(self) -> list[Refused]:
        """The files that did not become documents, by path."""
        rows = self._all("SELECT corpus, path, sha256, tools, reason, claims FROM refused ORDER BY path, corpus")
        return [Refused(Source(*row[:4]), *row[4:]) for row in rows]

    def unreadable(self) -> list[UnreadableFile]:
        """The files that did not become documents, as a person sees them."""
        return [UnreadableFile(one.source.path, one.reason) for one in self.refused()]

    def needs_ocr(self) -> list[tuple[str, tuple[int, ...]]]:
        """Documents with pages that could not be read here: path and page numbers."""
        rows = self._all(f"SELECT {_RECORD} FROM documents WHERE tools <> '' ORDER BY path")
        with _explained(self._path):
            found = [(row[2], records.decode(_record(row), words=False).needs_ocr) for row in rows]
        return [(path, pages) for path, pages in found if pages]

    def check(self) -> str | None:
        """What SQLite finds wrong with the file; None when nothing is."""
        try:
            ((verdict,),) = self._all("PRAGMA quick_check(1)")
        except IndexUnusable as error:
            return str(error)
        return None if verdict == "ok" else str(verdict)

    # ---------------------------------------------------------------------------------------- writing

    def put(self, record: Record, passages: Sequence[StoredPassage] | None = None) -> None:
        """Add a document, or replace the one with its id. Its passages are unpacked when they are not given."""
        stored = records.decode_passages(record) if passages is None else passages
        info, source = record.info, record.source
        try:
            first, last = date_span(info.date) or (None, None)
        except ValueError:
            first, last = None, None  # a date that is none of the calendar's is shown, and no filter finds it
        with self._writing() as connection:
            connection.execute("DELETE FROM passages WHERE document_id = ?", (info.id,))
            connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    *(info.id, records.info_to_json(info), info.type.lower(), info.dossier.lower()),
                    *(info.publisher.lower(), first, last, len(stored)),
                    *(source.corpus, source.path, source.sha256, source.tools),
                    *(record.text, record.layout, record.words, record.passages),
                ),
            )
            connection.executemany(
                "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    (
                        p.id,
                        p.document_id,
                        p.ordinal,
                        p.start,
                        p.end,
                        records.anchor_to_json(p.anchor),
                        p.kind,
                        digest,
                        p.text,
                    )
                    for p, digest in ((one.passage, one.digest) for one in stored)
                ),
            )

    def remove(self, document_id: str) -> None:
        """Take a document and its passages out."""
        with self._writing() as connection:
            connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
            connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def refuse(self, files: Sequence[Refused]) -> None:
        """Replace the list of files that did not become documents."""
        rows = [(f.source.corpus, f.source.path, f.source.sha256, f.reason, f.source.tools, f.claims) for f in files]
        with self._writing() as connection:
            connection.execute("DELETE FROM refused")
            connection.executemany("INSERT INTO refused VALUES (?,?,?,?,?,?)", rows)

    def commit(self) -> None:
        """Make what was written last."""
        with self._writing() as connection:
            connection.commit()

    def close(self) -> None:
        """Let go of the file; what was not committed is lost."""
        with self._lock:
            self._connection.close()

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, _explained(self._path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _explained(self._path):
            yield self._connection


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.text_factory = str
    return connection


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, zlib.error, UnicodeDecodeError) as error:
        if "full" in str(error):
            raise IndexUnusable(f"no room on the disk of {path.parent} ({error}); free some and build again") from error
        raise IndexUnusable(
            f"{path.name} in {path.parent} is not there or damaged ({error}); "
            "`assistant build` makes it again from what Chroma holds"
        ) from error


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]


def _passage(row: Sequence[Any]) -> Passage:  # the columns of _PASSAGE
    id, document_id, ordinal, start, end, text, anchor, kind = row
    return Passage(id, document_id, ordinal, start, end, text, records.anchor_from_json(anchor), BlockKind(kind))


def _record(row: Sequence[Any]) -> Record:  # the columns of _RECORD
    info, corpus, path, sha256, tools, *pieces = row
    return Record(records.info_from_json(info), Source(corpus, path, sha256, tools), *pieces)
