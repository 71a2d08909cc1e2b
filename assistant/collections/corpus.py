"""Uploads of an operator: a checked file goes into the corpus folder, and the index is brought up to date."""

from __future__ import annotations

import itertools
import logging
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.collections.uploads import NoRoom, State, Upload, check, numbered
from assistant.errors import AssistantError, IndexMismatch, IndexUnusable
from assistant.model import BuildReport, DocumentInfo

_log = logging.getLogger(__name__)

FOLDER = "uploads"  # inside the corpus folder
_TRIES, _WAIT = 60, 5.0  # while another program builds the index: five minutes
_MOST_REMEMBERED = 200

_NOT_INDEXED = (
    "het bestand staat in de map met documenten, maar de index kon niet worden bijgewerkt; "
    "‘assistant build’ doet dat alsnog"
)


class CorpusUploads:
    """Files on their way into the corpus. Safe for several threads; nothing is ever overwritten.

    Args:
        corpus: the folder that gets a subfolder `uploads`.
        rebuild: brings the index up to date, and hears of nothing that has to be said; see `assembly.build`.
        documents: what is in the index now.
        wait: seconds between tries while another program builds the index.
    """

    def __init__(
        self,
        corpus: Path,
        rebuild: Callable[[], BuildReport],
        documents: Callable[[], list[DocumentInfo]],
        *,
        wait: float = _WAIT,
    ) -> None:
        self._corpus = corpus
        self._rebuild = rebuild
        self._in_index = documents
        self._wait = wait
        self._changed = threading.Condition()
        self._uploads: dict[str, Upload] = {}
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def add(self, name: str, content: bytes | Path) -> Upload:
        """Put a file into the corpus and index it in the background; `documents` says how far it is.

        A name that is there already gets a number behind it.

        Raises:
            UploadRefused: too large, of a kind that is not read, or the folder cannot be written.
        """
        checked = check(name, content)
        try:
            path = self._new(checked.name, checked.data)
        except OSError as error:
            raise NoRoom(checked.name, error.strerror or str(error)) from error
        upload = Upload(secrets.token_hex(8), path.name, len(checked.data))
        with self._changed:
            self._uploads[upload.id] = upload
            for old in list(self._uploads)[: max(0, len(self._uploads) - _MOST_REMEMBERED)]:
                if self._uploads[old].state.is_final:
                    del self._uploads[old]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="uploads into the corpus", daemon=True)
                self._thread.start()
        self._queue.put(upload.id)
        return upload

    def documents(self) -> tuple[Upload, ...]:
        """The files that were added since the program started, as they are now, in that order."""
        with self._changed:
            return tuple(self._uploads.values())

    def wait(self, *, seconds: float) -> tuple[Upload, ...]:
        """As `documents`, once every file is indexed or cannot be, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(
                lambda: all(upload.state.is_final for upload in self._uploads.values()), timeout=seconds
            )
        return self.documents()

    def _new(self, name: str, data: bytes) -> Path:
        folder = self._corpus / FOLDER
        folder.mkdir(exist_ok=True)
        if not folder.resolve().is_relative_to(self._corpus.resolve()):
            raise OSError(f"{folder} leads out of the corpus folder")
        if name.lower() == "readme.md":
            name = f"document-{name}"  # by its own name it would explain its folder and be no document
        for number in itertools.count(1):
            path = folder / (name if number == 1 else numbered(name, number))
            try:
                with path.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            except FileExistsError:
                continue
            except OSError:
                path.unlink(missing_ok=True)  # half a file is no document
                raise
            return path
        raise AssertionError("counting does not end")

    def _work(self) -> None:
        while True:
            ids = [self._queue.get()]
            while not self._queue.empty():  # whatever came meanwhile goes into one build
                ids.append(self._queue.get())
            self._set(ids, State.READING)
            try:
                report = self._built()
                unreadable = {one.path: one.reason for one in report.unreadable}
                known = {info.path: info for info in self._in_index()}
            except Exception as error:  # noqa: BLE001  told to who uploaded; the next upload tries again
                level = logging.WARNING if isinstance(error, AssistantError) else logging.ERROR
                _log.log(level, "the index could not be brought up to date after an upload", exc_info=error)
                self._set(ids, State.FAILED, reason=_NOT_INDEXED)
                continue
            for id in ids:
                path = f"{FOLDER}/{self._uploads[id].name}"
                if path in known:
                    self._set([id], State.READY, document=known[path])
                elif path in unreadable:
                    self._set([id], State.UNREADABLE, reason=unreadable[path])
                else:
                    self._set([id], State.FAILED, reason=_NOT_INDEXED)

    def _built(self) -> BuildReport:
        for left in range(_TRIES, -1, -1):
            try:
                return self._rebuild()
            except IndexUnusable as error:
                if not left or isinstance(error, IndexMismatch):
                    raise
                time.sleep(self._wait)  # another program builds it, most likely
        raise AssertionError("the last try returns or raises")

    def _set(self, ids: list[str], state: State, *, reason: str = "", document: DocumentInfo | None = None) -> None:
        with self._changed:
            for id in ids:
                self._uploads[id] = replace(self._uploads[id], state=state, reason=reason, document=document)
            self._changed.notify_all()
