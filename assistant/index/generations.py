"""The folder of an index: generations of which one is current, and who may read, write and remove them.

    current                 the name of the current generation, replaced in one step
    generations/NAME/       one complete index each; its manifest.json is written last; never changed afterwards
    lock                    held by the one build that may run
    seen.json, embedded.sqlite   what a build remembers between runs (see files.py, journal.py)

Readers hold a shared lock on their generation, so a build removes only what no one reads. Whatever moment a build is
killed at, `current` names a complete generation or does not exist yet; the next build clears what was left.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import IndexMismatch, IndexUnusable

# Raise it when what is stored changes shape or words are stemmed otherwise; older indexes are then built again.
SCHEMA = 4

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What shaped a generation, and what is in it."""

    generation: str
    embedding: str  # identity of the embedding model
    dimensions: int
    recipe: str  # how files were read and split
    documents: int
    passages: int
    unreadable: int
    leaked: int  # vectors deleted since the graph was last written anew; Chroma keeps their place
    created: str  # ISO 8601, UTC
    schema: int = SCHEMA

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def manifest_from_json(text: str, *, where: str) -> Manifest:
    """A manifest.

    Raises:
        IndexUnusable: it is damaged.
        IndexMismatch: another version of the program wrote it.
    """
    try:
        data = json.loads(text)
        schema = data["schema"]
        if schema != SCHEMA:
            raise IndexMismatch(
                f"the index in {where} has schema {schema}, this program reads {SCHEMA}; run `assistant build --fresh`"
            )
        return Manifest(**data)
    except (ValueError, TypeError, KeyError) as error:
        raise IndexUnusable(f"the manifest in {where} is damaged ({error}); run `assistant build --fresh`") from error


class IndexFolder:
    """The generations of one index on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._generations = folder / "generations"
        self._current = folder / "current"

    # ---------------------------------------------------------------------------------------- reading

    def current(self) -> str | None:
        """The name of the current generation; None when nothing was built yet.

        Raises:
            IndexUnusable: the folder cannot be read, or `current` names nothing.
        """
        try:
            name = self._current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IndexUnusable(f"the index in {self.folder} cannot be read: {error}") from error
        except UnicodeDecodeError:
            name = ""
        if not name or "/" in name or name.startswith("."):
            raise IndexUnusable(f"{self._current} is damaged; run `assistant build --fresh`")
        return name

    def path(self, generation: str) -> Path:
        """The folder of a generation."""
        return self._generations / generation

    def manifest(self, generation: str) -> Manifest:
        """The manifest of a generation. Raises IndexUnusable when it is missing or damaged."""
        path = self.path(generation) / MANIFEST
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise IndexUnusable(
                f"the index in {self.folder} is incomplete: {path.name} of generation {generation} cannot be read "
                f"({error.__class__.__name__}); run `assistant build --fresh`"
            ) from error
        return manifest_from_json(text, where=str(self.folder))

    def hold(self, generation: str) -> int:
        """Keep a generation from being removed: a file descriptor with a shared lock. Close it to let go.

        Raises:
            FileNotFoundError: the generation is gone, or about to be.
            IndexUnusable: it cannot be opened.
        """
        path = self.path(generation)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise IndexUnusable(f"the index in {self.folder} cannot be read: {error}") from error
        try:
            _lock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if not path.exists():  # removed between opening and locking
                raise FileNotFoundError(path)
        except BlockingIOError as error:
            os.close(descriptor)
            raise FileNotFoundError(path) from error
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    # ---------------------------------------------------------------------------------------- writing

    @contextmanager
    def building(self) -> Iterator[None]:
        """Be the one build of this index.

        Raises:
            IndexUnusable: another build is running (named), or the folder cannot be written.
        """
        path = self.folder / "lock"
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise IndexUnusable(
                f"the index folder {self.folder} cannot be written ({error.strerror}); choose another with --index"
            ) from error
        try:
            try:
                _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.read(descriptor, 200).decode(errors="replace").strip() or "another program"
                raise IndexUnusable(
                    f"{holder} is building the index in {self.folder}; wait until it is done, or stop it"
                ) from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
            yield
        finally:
            os.close(descriptor)  # the lock goes with it, also when the process is killed

    @contextmanager
    def deriving(self) -> Iterator[None]:
        """Be the one program that makes what is derived from a server's index; waits for another to finish."""
        try:
            self._generations.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder / "derive.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise IndexUnusable(
                f"the index folder {self.folder} cannot be written ({error.strerror}); choose another with --index"
            ) from error
        try:
            _lock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def new(self) -> str:
        """Make the folder of a new generation and give its name."""
        name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        self.path(name).mkdir(parents=True)
        return name

    def complete(self, manifest: Manifest) -> None:
        """Write the manifest of a generation, after everything else of it is safely on disk."""
        path = self.path(manifest.generation)
        for folder, _, names in os.walk(path):
            for name in names:
                _sync(Path(folder) / name)
            _sync(Path(folder))
        write_in_one_step(path / MANIFEST, manifest.to_json())

    def swap(self, generation: str) -> None:
        """Make a complete generation the current one, in one step."""
        write_in_one_step(self._current, generation + "\n")

    def leftovers(self) -> list[str]:
        """Generations that are not current, oldest first."""
        if not self._generations.is_dir():
            return []
        current = self.current()
        return sorted(path.name for path in self._generations.iterdir() if path.name != current)

    def clean(self) -> list[str]:
        """Remove generations that are not current and that no one reads; gives their names. Only inside `building`."""
        return [name for name in self.leftovers() if self._remove(name)]

    def remove(self, generation: str) -> None:
        """Remove a generation that did not come about."""
        shutil.rmtree(self.path(generation), ignore_errors=True)

    def _remove(self, name: str) -> bool:
        path = self.path(name)
        if not path.is_dir():
            path.unlink(missing_ok=True)
            return True
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(BlockingIOError):  # someone reads it
                _lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            return not path.exists()
        finally:
            os.close(descriptor)


def write_in_one_step(path: Path, text: str) -> None:
    """Write a file so that others see the old text or the new, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _lock(descriptor: int, how: int) -> None:
    """Lock a file. On a file system without locks (some network shares) go on without: one program at a time there.

    Raises:
        BlockingIOError: another program has it, and we do not wait.
    """
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        raise
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.ENOLCK, errno.EINVAL):
            raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
