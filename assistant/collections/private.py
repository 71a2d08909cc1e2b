"""Private collections: documents of one conversation, read in the background, gone when the conversation is.

    <folder of this process>/<collection>/files/<upload>/NAME, record, vectors.npy
                                          index/          written anew with every file, opened by `index.Index`

What is in a collection is known to who has its id, which cannot be guessed, and is only in that temporary folder and in the
memory of this process.
"""

from __future__ import annotations

import atexit
import logging
import queue
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant import passages
from assistant.collections.reading import Embedder, Reading, Stopped
from assistant.collections.scratch import Scratch
from assistant.collections.uploads import (
    LARGEST_COLLECTION,
    LARGEST_TOGETHER,
    MOST_COLLECTIONS,
    MOST_FILES,
    CollectionFull,
    NoRoom,
    State,
    TooManyCollections,
    TooManyFiles,
    UnknownCollection,
    Upload,
    check,
    numbered,
)
from assistant.errors import AssistantError, IndexUnusable, UnreadableDocument
from assistant.index import Index
from assistant.index import private as pieces
from assistant.index.generations import IndexFolder
from assistant.model import UnreadableFile

_log = logging.getLogger(__name__)

UNUSED_SECONDS = 6 * 3600.0  # after which a collection is removed
READ_AT_ONCE = 2
_LOOKED_EVERY = 300.0  # seconds between looks for collections that nobody uses
_PATIENCE = 5.0  # seconds for readers to stop at the end

_FAILED = "er ging aan onze kant iets mis bij het lezen; haal het document weg en voeg het opnieuw toe"
_TOO_MUCH = (
    f"hiermee zouden uw documenten samen meer dan {pieces.MOST_PASSAGES:,} passages hebben; haal er eerst een weg"
).replace(",", ".")


@dataclass(slots=True)
class _File:
    """A file of a collection. Changed only under the lock of `Collections`."""

    upload: Upload
    folder: Path
    reading: Reading = field(default_factory=Reading)
    ready: bool = False  # its pieces lie ready
    passages: int = 0  # as soon as it is known how many it has


@dataclass(slots=True)
class _Collection:
    """The files of one conversation."""

    id: str
    folder: Path
    used: float
    files: dict[str, _File] = field(default_factory=dict)
    gone: bool = False
    writing: threading.Lock = field(default_factory=threading.Lock)  # held while anything is written into its folder

    @property
    def index(self) -> Path:
        return self.folder / "index"


class Collections:
    """All private collections of this process. Safe for several threads.

    Every method that takes a collection's id raises `UnknownCollection` (a KeyError) when there is none, `forget` excepted,
    and counts as a use of it. Ids are made by `open` and nowhere else.

    Args:
        embedder: gives the model the corpus was indexed with; asked for when the first file is read.
        forgotten: told the id of every collection that is gone, so that others let go of what they hold of it.
        parent: where the temporary folder is made; None is the machine's folder for temporary files.
        clock: seconds that only go up.
    """

    def __init__(
        self,
        embedder: Callable[[], Embedder],
        *,
        forgotten: Callable[[str], None] | None = None,
        parent: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._embedder = embedder
        self._forgotten = forgotten or (lambda _: None)
        self._clock = clock
        self._changed = threading.Condition()
        self._collections: dict[str, _Collection] = {}
        self._queue: queue.SimpleQueue[tuple[_Collection, _File] | None] = queue.SimpleQueue()
        self._turn = threading.Lock()  # to embed
        self._threads: list[threading.Thread] = []
        self._closed = threading.Event()
        self._scratch = Scratch(parent)
        atexit.register(self.close)

    # ---------------------------------------------------------------------------------------- collections

    def open(self) -> str:
        """A new, empty collection; gives its id.

        Raises:
            TooManyCollections: there are as many as there may be.
        """
        self.expire()
        with self._changed:
            if len(self._collections) >= MOST_COLLECTIONS or self._closed.is_set():
                raise TooManyCollections
            id = secrets.token_urlsafe(24)
            folder = self._scratch.folder / secrets.token_hex(8)  # not the id: paths come into messages
            self._collections[id] = _Collection(id, folder, self._clock())
            self._start()
        return id

    def forget(self, collection_id: str) -> None:
        """Remove a collection with everything in it; one that is not there is gone already."""
        with self._changed:
            collection = self._collections.pop(collection_id, None)
            if collection is None:
                return
            collection.gone = True
            reading = [file.reading for file in collection.files.values() if not file.upload.state.is_final]
            self._changed.notify_all()
        for one in reading:
            one.stop()
        self._forgotten(collection_id)
        with collection.writing:
            shutil.rmtree(collection.folder, ignore_errors=True)

    def expire(self) -> None:
        """Forget the collections that nobody used for `UNUSED_SECONDS`. Done every few minutes by itself."""
        oldest = self._clock() - UNUSED_SECONDS
        with self._changed:
            unused = [one.id for one in self._collections.values() if one.used < oldest]
        for id in unused:
            self.forget(id)

    def close(self) -> None:
        """Forget everything and stop; done by itself when the process ends. Again does nothing."""
        if self._closed.is_set():
            return
        self._closed.set()
        atexit.unregister(self.close)
        for id in list(self._collections):
            self.forget(id)
        for _ in range(READ_AT_ONCE):
            self._queue.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._scratch.close()

    # ---------------------------------------------------------------------------------------- files

    def add(self, collection_id: str, name: str, content: bytes | Path) -> Upload:
        """Take a file into a collection and read it in the background; `documents` says how far it is.

        The same file under the same name again gives the upload there is, unless that failed.

        Args:
            name: as the user's browser gave it; only its last part is used, made safe.
            content: the bytes, or a file that holds them. It is copied, and removing it is up to the caller.

        Raises:
            UploadRefused: too large, of a kind that is not read, one too many, or no room; see its subclasses.
        """
        self._collection(collection_id)
        checked = check(name, content)
        upload = Upload(secrets.token_hex(8), checked.name, len(checked.data))
        collection = self._collection(collection_id)
        with collection.writing, self._changed:
            if collection.gone:
                raise UnknownCollection(collection_id)
            same = _same(collection, upload, checked.data)
            if same is not None:
                return same
            if len(collection.files) >= MOST_FILES:
                raise TooManyFiles(upload.name)
            taken = sum(file.upload.size for file in collection.files.values())
            if taken + upload.size > LARGEST_COLLECTION:
                raise CollectionFull(upload.name)
            every = sum(file.upload.size for one in self._collections.values() for file in one.files.values())
            if every + upload.size > LARGEST_TOGETHER:
                raise TooManyCollections
            names = {file.upload.name for file in collection.files.values()}
            number = 1
            while upload.name in names:
                number += 1
                upload = replace(upload, name=numbered(checked.name, number))
            file = _File(upload, collection.folder / "files" / upload.id)
            try:
                file.folder.mkdir(parents=True, mode=0o700)
                (file.folder / "document").mkdir()
                (file.folder / "document" / upload.name).write_bytes(checked.data)
            except OSError as error:
                shutil.rmtree(file.folder, ignore_errors=True)
                raise NoRoom(upload.name, error.strerror or str(error)) from error
            collection.files[upload.id] = file
        self._queue.put((collection, file))
        return upload

    def documents(self, collection_id: str) -> tuple[Upload, ...]:
        """The files of a collection as they are now, in the order they were added."""
        collection = self._collection(collection_id)
        with self._changed:
            return tuple(file.upload for file in collection.files.values())

    def wait(self, collection_id: str, *, seconds: float) -> tuple[Upload, ...]:
        """As `documents`, once every file is read or cannot be, or after so many seconds."""
        collection = self._collection(collection_id)
        with self._changed:
            self._changed.wait_for(
                lambda: collection.gone or all(file.upload.state.is_final for file in collection.files.values()),
                timeout=seconds,
            )
        return self.documents(collection_id)

    def remove(self, collection_id: str, upload_id: str) -> None:
        """Take a file out of its collection; when this returns nothing of it is on disk. Raises KeyError for an unknown file."""
        collection = self._collection(collection_id)
        with self._changed:
            file = collection.files.pop(upload_id)
            self._changed.notify_all()
        file.reading.stop()
        with collection.writing:
            if file.ready:
                self._write(collection)
            shutil.rmtree(file.folder, ignore_errors=True)

    def unreadable(self, collection_id: str) -> tuple[UnreadableFile, ...]:
        """The files that did not become documents, and why."""
        return tuple(
            UnreadableFile(upload.name, upload.reason)
            for upload in self.documents(collection_id)
            if upload.state in (State.UNREADABLE, State.FAILED)
        )

    # ---------------------------------------------------------------------------------------- asking

    def index(self, collection_id: str, *, seen: Index | None = None) -> Index | None:
        """The index over what is ready now, opened, or None when nothing is.

        Args:
            seen: the one this gave before, which is given again when it still is the newest.

        Raises:
            IndexUnusable: it was written with another embedding model, or the disk is damaged.
        """
        collection = self._collection(collection_id)
        if seen is not None and seen.is_current():
            return seen
        try:
            return self._opened(collection)
        except IndexUnusable:  # it was written anew and taken away while it was being opened
            with collection.writing:
                if collection.gone:
                    raise UnknownCollection(collection_id) from None
                return self._opened(collection)

    def _opened(self, collection: _Collection) -> Index | None:
        if IndexFolder(collection.index).current() is None:
            return None
        return Index.open(collection.index, embedding=self._embedder().identity)

    def _collection(self, collection_id: str) -> _Collection:
        with self._changed:
            collection = self._collections.get(collection_id)
            if collection is None:
                raise UnknownCollection(collection_id)
            collection.used = self._clock()
            return collection

    # ---------------------------------------------------------------------------------------- in the background

    def _start(self) -> None:
        if self._threads:
            return
        for number in range(READ_AT_ONCE):
            self._threads.append(threading.Thread(target=self._work, name=f"uploads {number}", daemon=True))
        self._threads.append(threading.Thread(target=self._look, name="uploads expiry", daemon=True))
        for thread in self._threads:
            thread.start()

    def _look(self) -> None:
        while not self._closed.wait(_LOOKED_EVERY):
            self.expire()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            collection, file = job
            try:
                self._read(collection, file)
            except Stopped:
                pass  # it was removed, and its folder with it
            except UnreadableDocument as error:
                self._set(file, state=State.UNREADABLE, reason=error.reason)
            except Exception as error:  # noqa: BLE001  a fault on one file must not end the reading of others
                if self._is_wanted(collection, file):
                    level = logging.WARNING if isinstance(error, AssistantError) else logging.ERROR
                    _log.log(level, "an upload could not be read", exc_info=error)
                    self._set(file, state=State.FAILED, reason=_FAILED)

    def _read(self, collection: _Collection, file: _File) -> None:
        def embedding(done: int, total: int) -> None:
            with self._changed:
                file.passages = total
                together = sum(one.passages for one in collection.files.values())
                collection.used = self._clock()
            if together > pieces.MOST_PASSAGES:
                raise UnreadableDocument(file.upload.name, _TOO_MUCH)
            self._set(file, state=State.EMBEDDING, done=done, total=total)

        self._set(file, state=State.READING)
        path = file.folder / "document" / file.upload.name
        made = file.reading.read(path, self._embedder(), self._turn, embedding=embedding)
        with collection.writing:
            if not self._is_wanted(collection, file):
                return
            pieces.lay_ready(file.folder, made.document, made.source, made.passages, made.vectors)
            with self._changed:
                file.ready = True
                file.upload = replace(file.upload, document=made.document.info, needs_ocr=made.document.needs_ocr)
            try:
                self._write(collection)
            except BaseException:
                with self._changed:
                    file.ready = False
                raise
        self._set(file, state=State.READY)

    def _write(self, collection: _Collection) -> None:
        """Write the index of what lies ready. Only inside `collection.writing`."""
        if collection.gone:
            return
        with self._changed:
            files = {
                file.upload.document.id: file.folder
                for file in collection.files.values()
                if file.ready and file.upload.document is not None
            }
        embedder = self._embedder()
        pieces.write(
            collection.index,
            files,
            embedding=embedder.identity,
            dimensions=embedder.dimensions,
            recipe=passages.RECIPE,
        )

    def _is_wanted(self, collection: _Collection, file: _File) -> bool:
        with self._changed:
            return not collection.gone and file.upload.id in collection.files

    def _set(self, file: _File, *, state: State, reason: str = "", done: int = 0, total: int = 0) -> None:
        with self._changed:
            file.upload = replace(
                file.upload, state=state, reason=reason, done=done or file.upload.done, total=total or file.upload.total
            )
            if state in (State.UNREADABLE, State.FAILED):
                file.passages = 0
            self._changed.notify_all()


def _same(collection: _Collection, upload: Upload, data: bytes) -> Upload | None:
    """The upload of the same bytes under the same name, when there is one that did not fail."""
    for file in collection.files.values():
        known = file.upload
        if (known.name, known.size) != (upload.name, upload.size) or known.state is State.FAILED:
            continue
        if (file.folder / "document" / known.name).read_bytes() == data:
            return known
    return None
