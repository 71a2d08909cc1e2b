"""Parsing in processes of its own, limited in time and memory: a hostile file costs its time-out and nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pebble import ProcessExpired, ProcessPool

from assistant.errors import UnreadableDocument
from assistant.ingest import relative_name
from assistant.model import Document

if TYPE_CHECKING:
    from assistant.ingest.ocr import Ocr

_LOOK_AHEAD = 2  # tasks a worker, so that a few finished documents wait here and not a folder of them
_SMALL_BYTES = 64 * 1024  # files without pages below this size are handed over together: that costs 5 ms each time
_TOGETHER = 25
_FILES_PER_PROCESS = 500  # a process is replaced now and then: PDF and XML libraries leak
_TEXT_SECONDS_PER_PAGE = 0.5  # reading its text; ten times what a full page takes on a quiet machine
_LONGEST_SECONDS = 2 * 3600.0  # for one file, however many pages it says it has

_OUT_OF_MEMORY = 77  # exit code of a worker
CAN_END_ITSELF = hasattr(signal, "setitimer")  # not on Windows

Job = tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class Allowance:
    """The time a worker gives itself for a file with pages; when it is over the kernel ends the worker."""

    seconds: float
    seconds_per_page: float

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Count down while the file is read."""
        _wake_me(self.seconds)
        try:
            yield
        finally:
            _wake_me(0)

    def extend(self, pages: int, *, ocr: bool) -> None:
        """Start over with the time that is right for this many pages."""
        _wake_me(self.for_pages(pages, ocr=ocr))

    def for_pages(self, pages: int, *, ocr: bool) -> float:
        """Seconds for a file of so many pages."""
        per_page = self.seconds_per_page if ocr else min(_TEXT_SECONDS_PER_PAGE, self.seconds_per_page)
        return min(self.seconds + pages * per_page, max(_LONGEST_SECONDS, self.seconds))


def _wake_me(seconds: float) -> None:
    if CAN_END_ITSELF:
        signal.setitimer(signal.ITIMER_REAL, seconds)  # SIGALRM: nobody handles it, so it ends the process


@dataclass(frozen=True, slots=True)
class _Task:
    """Files that were handed to a worker: one, or several small ones."""

    jobs: tuple[Job, ...]
    timeout: float
    future: Any


def _together(files: Iterable[Job]) -> Iterator[tuple[Job, ...]]:
    """Small files in a row in groups, others by themselves; the order stays."""
    group: list[Job] = []
    for job in files:
        if not _is_small(job[0]):
            if group:
                yield tuple(group)
                group = []
            yield (job,)
            continue
        group.append(job)
        if len(group) == _TOGETHER:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)


def _is_small(path: Path) -> bool:
    try:
        size = path.stat().st_size if path.is_file() else _SMALL_BYTES
    except OSError:
        return False  # `parse` says what is wrong with it
    return size < _SMALL_BYTES and not _may_have_pages(path)


class ParserPool:
    """Parses files in limited processes; one that hangs, dies or takes too much memory gives an `UnreadableDocument`.

    Args:
        workers: how many files are parsed at the same time.
        timeout_seconds: for one file. PDF files and images get more, by their number of pages.
        seconds_per_page: what a page gets on top of that when Tesseract is there to read it.
        memory_bytes: address space of a worker (Linux only; elsewhere the time-out alone protects).
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        timeout_seconds: float = 60,
        seconds_per_page: float = 20,
        memory_bytes: int = 2 * 2**30,
    ) -> None:
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._seconds_per_page = seconds_per_page
        self._memory_bytes = memory_bytes
        self._pool: ProcessPool | None = None

    def __enter__(self) -> ParserPool:
        # not fork: the program has threads (index, model), and a forked copy of their locks can hang for ever
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        resource_tracker.ensure_running()  # by itself: it lets Ctrl-C through again when it has started
        try:
            with _ctrl_c_waits():  # server and workers inherit that: Ctrl-C is for the program, which then stops them
                if method == "forkserver":
                    forkserver.ensure_running()
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=_FILES_PER_PROCESS,
                    initializer=_limit_process,
                    initargs=[self._memory_bytes],
                    context=multiprocessing.get_context(method),
                )
                _ = self._pool.active  # starts it: one that is interrupted while it starts cannot be stopped
        except BaseException:
            self._end(stopped=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(stopped=kind is not None)

    def _end(self, *, stopped: bool) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            if stopped:
                pool.stop()
            else:
                pool.close()
            pool.join()

    def parse(self, files: Iterable[Job]) -> Iterator[tuple[Path, Document | UnreadableDocument]]:
        """Parse (path, corpus) pairs; results come in the same order, a few files ahead of the reader at most."""
        if self._pool is None:
            raise RuntimeError("ParserPool is used as a context manager: with ParserPool() as pool: ...")
        waiting: deque[_Task] = deque()
        try:
            for jobs in _together(files):
                waiting.append(self._schedule(jobs))
                if len(waiting) >= self._workers * _LOOK_AHEAD:
                    yield from self._results(waiting.popleft())
            while waiting:
                yield from self._results(waiting.popleft())
        finally:
            for task in waiting:
                task.future.cancel()

    def _results(self, task: _Task) -> Iterator[tuple[Path, Document | UnreadableDocument]]:
        if len(task.jobs) > 1:
            try:
                packed = task.future.result()
            except Exception:  # noqa: BLE001  one of them hung, died or took too much: each gets a process and time of its own
                for job in task.jobs:
                    yield from self._results(self._schedule((job,)))
            else:
                for (path, _), one in zip(task.jobs, packed, strict=True):
                    yield path, pickle.loads(one)
        else:
            ((path, corpus),) = task.jobs
            yield path, self._result(task.future, relative_name(path, corpus=corpus), timeout=task.timeout)

    def _schedule(self, jobs: tuple[Job, ...]) -> _Task:
        assert self._pool is not None
        timeout = self._timeout_seconds
        if len(jobs) > 1:
            return _Task(jobs, timeout, self._pool.schedule(_parse_together, args=[jobs], timeout=timeout))
        ((path, corpus),) = jobs
        allowance = None
        if _may_have_pages(path):
            # how many pages a hostile file has is for the worker to find out: it ends itself when its time is over
            allowance = Allowance(self._timeout_seconds, self._seconds_per_page)
            timeout = max(_LONGEST_SECONDS, self._timeout_seconds) if CAN_END_ITSELF else self._timeout_seconds
        return _Task(jobs, timeout, self._pool.schedule(_parse, args=[path, corpus, allowance], timeout=timeout))

    def _result(self, future: Any, name: str, *, timeout: float) -> Document | UnreadableDocument:
        try:
            result: Document | UnreadableDocument = pickle.loads(future.result())
        except FutureTimeout:
            return UnreadableDocument(name, f"het lezen duurde langer dan {timeout:.0f} seconden en is afgebroken")
        except ProcessExpired as error:
            return UnreadableDocument(name, _cause_of_death(error.exitcode))
        except Exception as error:  # noqa: BLE001  a fault of a parser on one file must not end the build of the others
            return UnreadableDocument(name, f"kan niet worden gelezen: {type(error).__name__}: {error}"[:300])
        return result


def _cause_of_death(exit_code: int | None) -> str:
    if exit_code == _OUT_OF_MEMORY:
        return "kost meer geheugen dan een document mag gebruiken"
    number = -exit_code if exit_code is not None and exit_code < 0 else 0
    if CAN_END_ITSELF and number == signal.SIGALRM.value:
        return "het lezen duurde te lang voor het aantal pagina's en is afgebroken"
    if number == signal.SIGKILL.value:
        return "het lezen is door het systeem afgebroken, waarschijnlijk door gebrek aan geheugen"
    name = signal.Signals(number).name if number in {member.value for member in signal.Signals} else f"code {exit_code}"
    return f"het leesprogramma is op dit bestand gestopt ({name}); het bestand is waarschijnlijk beschadigd"


# ------------------------------------------------------------------------------------------------ inside the worker


def _parse(path: Path, corpus: Path, allowance: Allowance | None) -> bytes:
    """The document, or why there is none, packed here: when that takes too much memory it is this file's error.

    A process that ran out of memory does not get it all back, so it ends, and the next file gets a fresh one.
    """
    try:
        result = _document(path, corpus, allowance)
        if isinstance(result, UnreadableDocument) and isinstance(result.__cause__, MemoryError):
            os._exit(_OUT_OF_MEMORY)
        return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def _parse_together(jobs: tuple[Job, ...]) -> list[bytes]:
    return [_parse(path, corpus, None) for path, corpus in jobs]


def _document(path: Path, corpus: Path, allowance: Allowance | None) -> Document | UnreadableDocument:
    from assistant import ingest

    try:
        if allowance is None:
            return ingest.parse(path, corpus=corpus, ocr=_ocr_for(path))
        with allowance.running():
            ocr = _ocr_for(path)
            allowance.extend(_pages(path), ocr=ocr is not None)
            return ingest.parse(path, corpus=corpus, ocr=ocr)
    except UnreadableDocument as error:
        return error


def _pages(path: Path) -> int:
    """How many pages a PDF or image has; 0 when it cannot be opened, which `parse` will say."""
    if b"%PDF-" in _head(path):
        from pypdfium2 import PdfDocument, PdfiumError

        try:
            with PdfDocument(path) as file:
                return len(file)
        except (PdfiumError, OSError):
            return 0
    from PIL import Image

    try:
        with Image.open(path) as image:
            return getattr(image, "n_frames", 1)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0


def _ocr_for(path: Path) -> Ocr | None:
    """A reader of images, for the files that may hold some; others need not spend the time of looking for it."""
    if not _may_have_pages(path) and not _head(path).startswith(b"PK"):  # an archive may hold a PDF or an image
        return None
    from assistant.ingest import ocr

    return ocr.find()


def _may_have_pages(path: Path) -> bool:
    """Whether a file is a PDF or an image, as far as its first bytes tell."""
    head = _head(path)
    return b"%PDF-" in head or head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*"))


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(1024)
    except OSError:
        return b""  # `parse` says what is wrong with it


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Ctrl-C waits until the end, and does not reach processes that are started here.

    Holding the signal back is for those, which inherit it; in this process another thread may get it, and Python then tells the
    main thread all the same.
    """
    came: list[int] = []
    main = threading.current_thread() is threading.main_thread()  # only it can set a handler, and only it hears Ctrl-C
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number)) if main else None
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)  # one that was held back is noted now
        if main:
            signal.signal(signal.SIGINT, handler)
    if came:
        signal.raise_signal(signal.SIGINT)


def _limit_process(memory_bytes: int) -> None:
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
