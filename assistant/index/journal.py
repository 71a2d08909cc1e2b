"""Vectors that a build has already paid for: after Ctrl-C, kill -9 or a power cut the next build starts from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexUnusable

Vectors = NDArray[np.float32]
_AT_ONCE = 500  # keys in one query


class Journal:
    """A file of vectors by digest of the embedded text, for one embedding model.

    Raises:
        IndexUnusable: on opening and from `put`, when the disk is full or the file cannot be written.
    """

    def __init__(self, path: Path, *, embedding: str) -> None:
        self._path = path
        try:
            self._connection = self._open(embedding)
        except sqlite3.DatabaseError:
            self._forget()  # cut off in the middle of a write: only a memory, begin again
            try:
                self._connection = self._open(embedding)
            except sqlite3.Error as error:
                raise IndexUnusable(f"{path} cannot be written ({error}); free some room and build again") from error

    def _open(self, embedding: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        try:
            self._prepare(connection, embedding)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @staticmethod
    def _prepare(connection: sqlite3.Connection, embedding: str) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE IF NOT EXISTS model (identity TEXT)")
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (digest TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        row = connection.execute("SELECT identity FROM model").fetchone()
        if row is None or row[0] != embedding:
            connection.execute("DELETE FROM vectors")
            connection.execute("DELETE FROM model")
            connection.execute("INSERT INTO model VALUES (?)", (embedding,))
        connection.commit()

    def get(self, digests: Sequence[str]) -> dict[str, Vectors]:
        """The vectors known for some of these digests, each of shape (dimensions,)."""
        found: dict[str, Vectors] = {}
        for at in range(0, len(digests), _AT_ONCE):
            part = digests[at : at + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._connection.execute(f"SELECT digest, vector FROM vectors WHERE digest IN ({marks})", list(part))
            found.update((digest, np.frombuffer(blob, dtype=np.float32)) for digest, blob in rows)
        return found

    def put(self, vectors: Mapping[str, Vectors]) -> None:
        """Remember vectors by digest; they are safe when this returns."""
        try:
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    ((digest, vector.astype(np.float32).tobytes()) for digest, vector in vectors.items()),
                )
        except sqlite3.Error as error:
            raise IndexUnusable(f"{self._path} cannot be written ({error}); free some room and build again") from error

    def close(self) -> None:
        """Keep what is there for a next build."""
        self._connection.close()

    def remove(self) -> None:
        """The build is complete: nothing needs to be remembered."""
        self._connection.close()
        self._forget()

    def _forget(self) -> None:
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
