"""Parsing in processes of its own, limited in time and memory: a hostile file costs its time-out and nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pebble import ProcessExpired, ProcessPool

from assistant.errors import UnreadableDocument
from assistant.ingest import relative_name
from assistant.model import Document

if TYPE_CHECKING:
    from assistant.ingest.ocr import Ocr

_LOOK_AHEAD = 2  # files a worker, so that a finished document waits here and not a folder of them
_FILES_PER_PROCESS = 500  # a process is replaced now and then: PDF and XML libraries leak
_SECONDS_PER_PAGE = 20  # of OCR, on top of the time-out of the file
_LONGEST_SECONDS = 2 * 3600.0

Job = tuple[Path, Path]


class ParserPool:
    """Parses files in limited processes; one that hangs, dies or takes too much memory gives an `UnreadableDocument`.

    Args:
        workers: how many files are parsed at the same time.
        timeout_seconds: for one file. A PDF that may need OCR gets more, by its number of pages.
        memory_bytes: address space of a worker (Linux only; elsewhere the time-out alone protects).
    """

    def __init__(self, *, workers: int = 1, timeout_seconds: float = 60, memory_bytes: int = 2 * 2**30) -> None:
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None

    def __enter__(self) -> ParserPool:
        # not fork: the program has threads (index, model), and a forked copy of their locks can hang for ever
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=_FILES_PER_PROCESS,
            initializer=_limit_process,
            initargs=[self._memory_bytes, os.getpid()],
            context=multiprocessing.get_context(method),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            if kind is None:
                pool.close()
            else:
                pool.stop()
            pool.join()

    def parse(self, files: Iterable[Job]) -> Iterator[tuple[Path, Document | UnreadableDocument]]:
        """Parse (path, corpus) pairs; results come in the same order, a few files ahead of the reader at most."""
        if self._pool is None:
            raise RuntimeError("ParserPool is used as a context manager: with ParserPool() as pool: ...")
        waiting: deque[tuple[Job, Any]] = deque()
        try:
            for job in files:
                waiting.append((job, self._schedule(job)))
                if len(waiting) >= self._workers * _LOOK_AHEAD:
                    yield self._next(waiting)
            while waiting:
                yield self._next(waiting)
        finally:
            for _, future in waiting:
                future.cancel()

    def _next(self, waiting: deque[tuple[Job, Any]]) -> tuple[Path, Document | UnreadableDocument]:
        (path, corpus), future = waiting.popleft()
        return path, self._result(future, relative_name(path, corpus=corpus), timeout=self._timeout_seconds)

    def _schedule(self, job: Job) -> Any:
        assert self._pool is not None
        return self._pool.schedule(_parse, args=list(job), timeout=self._timeout_seconds)

    def _result(self, future: Any, name: str, *, timeout: float) -> Document | UnreadableDocument:
        try:
            result: Document | UnreadableDocument = future.result()
        except FutureTimeout:
            return UnreadableDocument(name, f"het lezen duurde langer dan {timeout:.0f} seconden en is afgebroken")
        except ProcessExpired as error:
            return UnreadableDocument(name, _cause_of_death(error.exitcode))
        except MemoryError:
            return UnreadableDocument(name, "kost meer geheugen dan een document mag gebruiken")
        except Exception as error:  # noqa: BLE001  a fault of a parser on one file must not end the build of the others
            return UnreadableDocument(name, f"kan niet worden gelezen: {type(error).__name__}: {error}"[:300])
        return result


def _cause_of_death(exit_code: int | None) -> str:
    number = -exit_code if exit_code is not None and exit_code < 0 else 0
    if number == signal.SIGKILL.value:
        return "het lezen is door het systeem afgebroken, waarschijnlijk door gebrek aan geheugen"
    name = signal.Signals(number).name if number in {member.value for member in signal.Signals} else f"code {exit_code}"
    return f"het leesprogramma is op dit bestand gestopt ({name}); het bestand is waarschijnlijk beschadigd"


# ------------------------------------------------------------------------------------------------ inside the worker


def _parse(path: Path, corpus: Path) -> Document | UnreadableDocument:
    from assistant import ingest

    try:
        return ingest.parse(path, corpus=corpus, ocr=_ocr_for(path))
    except UnreadableDocument as error:
        return error


def _ocr_for(path: Path) -> Ocr | None:
    """A reader of images, for the files that may hold some; others need not spend the time of looking for it."""
    if not _may_hold_images(path):
        return None
    from assistant.ingest import ocr

    return ocr.find()


def _may_hold_images(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return False  # `parse` says what is wrong with it
    return b"%PDF-" in head or head.startswith((b"PK", b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*"))


def _limit_process(memory_bytes: int, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which then stops its workers
    if sys.platform == "linux":
        import ctypes
        import resource

        # the kernel ends this process when the program that started it is killed
        death_signal = 1  # PR_SET_PDEATHSIG
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(death_signal, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    del parent
