"""What the files of a corpus are, without reading those that did not change."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.index.generations import write_in_one_step

Stamp = tuple[int, int, int, int]  # size, modified, changed, inode

_READ_AT_ONCE = 2**20
_LARGEST = 2**30  # bytes; of a larger file, which is refused anyway, only size and time tell whether it changed


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when its digest was made: a change of any of these means it must be read again."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    digest: str


def digest_now(parts: Sequence[Path]) -> str:
    """The digest of a file and what belongs to it, as `SeenFiles.digest` gives it; read again only after a change.

    Raises:
        OSError: a file cannot be read.
    """
    digests = [_digest_at(part, _stamp(part)) for part in parts]
    return _joined(digests)


@lru_cache(maxsize=1_000)
def _digest_at(path: Path, stamp: Stamp) -> str:
    size, modified_ns, _, _ = stamp
    return _sha256(path) if size <= _LARGEST else f"unread:{size}:{modified_ns}"


def _joined(digests: Sequence[str]) -> str:
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


class SeenFiles:
    """Digests of files by absolute path, kept between builds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _load(path)
        self._now: dict[str, Seen] = {}

    def digest(self, parts: Iterable[Path]) -> str:
        """The SHA-256 of a file and of what belongs to it (a sidecar), each by its content.

        Raises:
            OSError: a file cannot be read.
        """
        return _joined([self._digest_of(part) for part in parts])

    def save(self) -> None:
        """Keep what was learned; files that were not asked for are forgotten."""
        rows = {
            path: (seen.size, seen.modified_ns, seen.changed_ns, seen.inode, seen.digest)
            for path, seen in self._now.items()
        }
        write_in_one_step(self._path, json.dumps(rows, separators=(",", ":")))

    def _digest_of(self, path: Path) -> str:
        stamp = _stamp(path)
        name = os.fsencode(path).decode("utf-8", "surrogateescape")
        known = self._known.get(name)
        if known is not None and (known.size, known.modified_ns, known.changed_ns, known.inode) == stamp:
            self._now[name] = known
            return known.digest
        digest = _digest_at(path, stamp)
        self._now[name] = Seen(*stamp, digest)
        return digest


def _sha256(path: Path) -> str:
    # not blocking: opening a named pipe would wait for a writer for ever; reading it gives nothing
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        running = hashlib.sha256()
        left = _LARGEST + 1
        while left > 0 and (data := file.read(min(_READ_AT_ONCE, left))):
            running.update(data)
            left -= len(data)
        return running.hexdigest()


def _load(path: Path) -> Mapping[str, Seen]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {name: Seen(*row) for name, row in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # only a memory: without it, files are read once more
