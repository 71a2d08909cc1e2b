"""Files → index, top to bottom: look → compare → parse → split → embed → write → swap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import ingest, passages
from assistant.errors import AssistantError, IndexMismatch, SettingsError, UnreadableDocument
from assistant.index import records
from assistant.index.files import SeenFiles
from assistant.index.generations import Manifest
from assistant.index.journal import Journal
from assistant.index.places import STORE, Places
from assistant.index.records import Source, StoredPassage
from assistant.index.store import Refused, Store
from assistant.index.writing import Base, Writer, open_base
from assistant.ingest.sandbox import ParserPool
from assistant.model import BuildReport, Document

RECIPE = f"{ingest.RECIPE}; {passages.RECIPE}"  # another recipe than an index was made with: every file is read again

_EMBEDDED_AT_ONCE = 256  # passages; enough to sort by length, little enough to lose on Ctrl-C
_DOCUMENTS_AT_ONCE = 200
_OCR = "ocr"  # what a document still lacks when pages of it could not be read here

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """The embedding model."""

    @property
    def identity(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]: ...


class Progress(Protocol):
    """Hears what is being done."""

    def begin(self, step: str, total: int) -> None: ...

    def advance(self, done: int = 1) -> None: ...


class Silent:
    """Progress that no one sees."""

    def begin(self, step: str, total: int) -> None:
        """Nothing."""

    def advance(self, done: int = 1) -> None:
        """Nothing."""


def build(
    corpora: Sequence[Path],
    places: Places,
    embedder: Embedder,
    *,
    ocr_available: bool,
    fresh: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Make the index hold exactly what is in the corpus folders, doing only what changed.

    Readers see the old index until the new one is complete. Stopped at any moment, the old one stays; vectors that were
    made by then are not made again.

    Args:
        corpora: folders with documents.
        ocr_available: pages that are images can be read here now; documents that lacked it are read again.
        fresh: use nothing of the index there is, and do not even look at it.

    Raises:
        SettingsError: a corpus folder is missing.
        AssistantError: all corpus folders are empty while the index is not (unless `fresh`).
        IndexMismatch: the index was made with another embedding model, and `fresh` is not given.
        IndexUnusable: the index cannot be written, is damaged beyond repair, or another build is running.
    """
    started = time.perf_counter()
    progress = progress or Silent()
    for corpus in corpora:
        if not corpus.is_dir():
            raise SettingsError(f"corpus folder {corpus} does not exist or is no folder; name another with --corpus")
    with ExitStack() as stack:
        alive = stack.enter_context(places.building())
        if not fresh:  # which does not look at what is there, damaged or not; what it leaves is cleared at its end
            places.clean()
        seen = SeenFiles(places.folder.folder / "seen.json")
        files, unlisted = _look(corpora, seen, progress)
        if not fresh and not files and not unlisted and places.current() is not None:
            raise AssistantError(
                f"there is no file to read in {', '.join(map(str, corpora))}, so the index stays as it is; put documents "
                "there, name another folder with --corpus, or empty the index with --fresh"
            )
        base = None if fresh else open_base(places)
        if base is not None:
            stack.callback(base.close)
            if base.manifest.embedding != embedder.identity:
                raise IndexMismatch(
                    f"the index in {places} was built with embedding model {base.manifest.embedding}, the settings say "
                    f"{embedder.identity}; set ASSISTANT_EMBEDDING_MODEL back, or run `assistant build --fresh`"
                )
        plan = _compare(files, base, unlisted, ocr_available=ocr_available)
        refused = {_key(one.source): one for one in (*unlisted, *plan.still_refused)}
        if base is not None and not plan.changes and not _news(refused, base):
            manifest, embedded = base.manifest, 0
        else:
            manifest, embedded = _write(plan, refused, places, base, embedder, alive=alive, progress=progress)
        seen.save()
        return _report(places, manifest, plan, embedded=embedded, seconds=time.perf_counter() - started)


# ------------------------------------------------------------------------------------------------ look and compare

Key = tuple[str, str]  # corpus and relative path


def _key(source: Source) -> Key:
    return source.corpus, source.path


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a corpus as it is now."""

    path: Path
    source: Source

    @property
    def corpus(self) -> Path:
        return Path(self.source.corpus)


def _look(corpora: Sequence[Path], seen: SeenFiles, progress: Progress) -> tuple[dict[Key, _File], list[Refused]]:
    """Every candidate file with its digest, and what could not even be looked at."""
    files: dict[Key, _File] = {}
    refused: list[Refused] = []
    progress.begin("bestanden bekijken", 0)
    for corpus in dict.fromkeys(folder.resolve() for folder in corpora):

        def unlistable(error: OSError, corpus: Path = corpus) -> None:
            name = ingest.relative_name(Path(error.filename or corpus), corpus=corpus)
            refused.append(Refused(Source(str(corpus), name, ""), f"map kan niet worden bekeken: {error.strerror}"))

        for path in ingest.candidates(corpus, on_error=unlistable):
            name = ingest.relative_name(path, corpus=corpus)
            try:
                digest = seen.digest(ingest.fingerprint_parts(path))
            except OSError:
                digest = ""  # parsing says in words what is wrong with it; "" is never taken for unchanged
            files[str(corpus), name] = _File(path, Source(str(corpus), name, digest))
            progress.advance()
    return files, refused


@dataclass(slots=True)
class _Plan:
    """What has to be done, in files and document ids."""

    read: list[_File] = field(default_factory=list)  # sorted by corpus and path
    remove: list[str] = field(default_factory=list)
    still_refused: list[Refused] = field(default_factory=list)
    before: dict[Key, str] = field(default_factory=dict)  # the document id of each file in the base
    moved: dict[str, list[Key]] = field(default_factory=dict)  # digest -> files that are gone
    keep: bool = False  # the base's documents stay, apart from those above
    unchanged: int = 0
    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0

    @property
    def changes(self) -> bool:
        return bool(self.read or self.remove)


def _compare(
    files: Mapping[Key, _File], base: Base | None, unlisted: Sequence[Refused], *, ocr_available: bool
) -> _Plan:
    plan = _Plan()
    if base is None:
        plan.read = list(files.values())
        return plan
    known = {_key(source): (document_id, source) for document_id, source in base.store.sources().items()}
    refused = {_key(one.source): one for one in base.store.refused()}
    plan.before = {key: document_id for key, (document_id, _) in known.items()}
    plan.keep = base.manifest.recipe == RECIPE
    stale: set[str] = set()  # ids that are free again, or may be: files that were refused for them get another chance
    for key, (document_id, source) in known.items():
        file = files.get(key)
        if file is None and plan.keep and _is_under(key, unlisted):
            plan.unchanged += 1  # its folder cannot be looked at now: nothing says that it is gone
        elif file is None:
            plan.remove.append(document_id)
            plan.moved.setdefault(source.sha256, []).append(key)
            stale.add(document_id)
        elif not plan.keep or file.source.sha256 != source.sha256 or (source.tools == _OCR and ocr_available):
            plan.read.append(file)
            stale.add(document_id)
        else:
            plan.unchanged += 1
    for key, file in files.items():
        if key in known:
            continue
        old = refused.get(key)
        same = old is not None and old.source.sha256 == file.source.sha256 != ""
        if old is not None and same and plan.keep and old.claims not in stale:
            plan.still_refused.append(old)
        else:
            plan.read.append(file)
    plan.read.sort(key=lambda file: (file.source.corpus, file.source.path))
    return plan


def _is_under(key: Key, unlisted: Sequence[Refused]) -> bool:
    corpus, path = key
    return any(
        one.source.corpus == corpus and (one.source.path == "." or path.startswith(f"{one.source.path}/"))
        for one in unlisted
    )


def _news(refused: Mapping[Key, Refused], base: Base) -> bool:
    """Whether other files are refused than before."""
    return {key: one.reason for key, one in refused.items()} != {
        _key(one.source): one.reason for one in base.store.refused()
    }


# ------------------------------------------------------------------------------------------------ parse, split, embed, write


@dataclass(frozen=True, slots=True)
class _Ready:
    """A parsed document, cut into passages, with the text to embed for each."""

    document: Document
    source: Source
    passages: tuple[StoredPassage, ...]
    texts: Mapping[str, str]  # by digest


def _write(
    plan: _Plan,
    refused: dict[Key, Refused],
    places: Places,
    base: Base | None,
    embedder: Embedder,
    *,
    alive: Callable[[], None],
    progress: Progress,
) -> tuple[Manifest, int]:
    """Make and swap in a new generation; gives its manifest and how many passages were embedded."""
    journal = Journal(places.folder.folder / "embedded.sqlite", embedding=embedder.identity)
    vectors = _VectorSource(base, journal, embedder)
    try:
        with Writer(
            places,
            base=base,
            keep=plan.keep,
            embedding=embedder.identity,
            dimensions=embedder.dimensions,
            recipe=RECIPE,
        ) as writer:
            claimed = _Claims(plan, base)
            if plan.keep:
                writer.remove(plan.remove)
            progress.begin("lezen en berekenen", len(plan.read))
            for batch in _batches(_parsed(plan.read, embedder, refused, claimed), plan, progress):
                alive()
                found = vectors.of(batch)
                writer.remove([stale for ready in batch for stale in claimed.stale_of(ready)])
                encoded = [records.encode(ready.document, ready.source, ready.passages) for ready in batch]
                writer.put(list(zip(encoded, (ready.passages for ready in batch), strict=True)), found)
            writer.remove(claimed.lost())
            progress.begin("woordenindex en afronden", 0)
            manifest = writer.finish(list(refused.values()), alive=alive)
    finally:
        journal.close()
    journal.remove()
    plan.added, plan.changed, plan.renamed, plan.removed = claimed.counts()
    return manifest, vectors.embedded


def _parsed(
    files: Sequence[_File], embedder: Embedder, refused: dict[Key, Refused], claims: _Claims
) -> Iterator[_Ready | None]:
    """Every file read and cut into passages, in order; None for one that became no document."""
    if not files:
        return
    with ParserPool() as pool:
        results = pool.parse((file.path, file.corpus) for file in files)
        for file, (_, result) in zip(files, results, strict=True):
            if isinstance(result, UnreadableDocument):
                refused[_key(file.source)] = Refused(file.source, result.reason)
                claims.refused(file)
                yield None
                continue
            owner = claims.owner(result.info.id)
            if owner is not None and not result.id_given:
                # a second copy of one document, a scan beside its text: it is called after its file
                result = replace(result, info=replace(result.info, id=ingest.id_of_path(result.info.path)))
                owner = claims.owner(result.info.id)
            if owner is not None:
                reason = f"heeft dezelfde id ({result.info.id}) als {owner[1]}; elke id komt één keer voor"
                refused[_key(file.source)] = Refused(file.source, reason, claims=result.info.id)
                claims.refused(file)
                yield None
                continue
            claims.take(result.info.id, file)
            yield _ready(result, file.source, embedder)


def _ready(document: Document, source: Source, embedder: Embedder) -> _Ready:
    cut = passages.split(document, count_tokens=embedder.count_tokens)
    heads = passages.table_heads(document, cut)
    texts = [passages.embedded_text(one, document.info, table_head=heads.get(one.id, "")) for one in cut]
    digests = [passages.digest(text) for text in texts]
    stored = tuple(StoredPassage(passage, digest) for passage, digest in zip(cut, digests, strict=True))
    tools = _OCR if document.needs_ocr else ""
    kept = Source(source.corpus, source.path, source.sha256, tools)
    return _Ready(document, kept, stored, dict(zip(digests, texts, strict=True)))


def _batches(ready: Iterable[_Ready | None], plan: _Plan, progress: Progress) -> Iterator[list[_Ready]]:
    batch: list[_Ready] = []
    size = files = 0
    for one in ready:
        files += 1
        if one is not None:
            batch.append(one)
            size += len(one.passages)
        if size >= _EMBEDDED_AT_ONCE or files >= _DOCUMENTS_AT_ONCE:
            yield batch
            progress.advance(files)
            batch, size, files = [], 0, 0
    yield batch
    progress.advance(files)


class _VectorSource:
    """Vectors by digest: from the index there is, from an interrupted build, or made now."""

    def __init__(self, base: Base | None, journal: Journal, embedder: Embedder) -> None:
        self._base = base
        self._journal = journal
        self._embedder = embedder
        self.embedded = 0

    def of(self, batch: Sequence[_Ready]) -> dict[str, Vectors]:
        texts = {digest: text for ready in batch for digest, text in ready.texts.items()}
        found = self._base.vectors(list(texts)) if self._base is not None and texts else {}
        found |= self._journal.get([digest for digest in texts if digest not in found])
        new = [digest for digest in texts if digest not in found]
        for at in range(0, len(new), _EMBEDDED_AT_ONCE):
            some = new[at : at + _EMBEDDED_AT_ONCE]
            made = dict(zip(some, self._embedder.embed_passages([texts[digest] for digest in some]), strict=True))
            self._journal.put(made)
            found |= made
            self.embedded += len(some)
        return found


class _Claims:
    """Which file has which document id, so that every id is given once and nothing outdated stays."""

    def __init__(self, plan: _Plan, base: Base | None) -> None:
        self._plan = plan
        self._reading = {_key(file.source) for file in plan.read}
        kept = {} if base is None or not plan.keep else plan.before
        gone = set(plan.remove)
        # ids of files that stay as they are; ids of files that are read again are given anew
        self._owners: dict[str, Key] = {
            id: key for key, id in kept.items() if key not in self._reading and id not in gone
        }
        self._outdated: dict[Key, str] = {key: id for key, id in kept.items() if key in self._reading}
        self._unread = dict(plan.before)
        self._added = self._changed = self._renamed = 0
        self._lost = 0

    def owner(self, document_id: str) -> Key | None:
        """The other file that has this id already; None when it is free."""
        return self._owners.get(document_id)

    def take(self, document_id: str, file: _File) -> None:
        """Note that a file has this id now."""
        key = _key(file.source)
        self._owners[document_id] = key
        if key in self._unread:
            self._changed += 1
        elif self._plan.moved.get(file.source.sha256):
            self._plan.moved[file.source.sha256].pop()
            self._renamed += 1
        else:
            self._added += 1

    def refused(self, file: _File) -> None:
        """Note that a file became no document."""
        if _key(file.source) in self._unread:
            self._lost += 1

    def stale_of(self, ready: _Ready) -> list[str]:
        """The id a file had before, when it has another now and no other file took the old one."""
        old = self._outdated.pop(_key(ready.source), None)
        return [old] if old is not None and old != ready.document.info.id and old not in self._owners else []

    def lost(self) -> list[str]:
        """Ids of files that were documents and are none any more."""
        return [id for id in self._outdated.values() if id not in self._owners]

    def counts(self) -> tuple[int, int, int, int]:
        """Documents added, changed, renamed and removed."""
        removed = len(self._plan.remove) - self._renamed + self._lost
        return self._added, self._changed, self._renamed, removed


def _report(places: Places, manifest: Manifest, plan: _Plan, *, embedded: int, seconds: float) -> BuildReport:
    store = Store.open(places.folder.path(manifest.generation) / STORE)
    try:
        return BuildReport(
            documents=manifest.documents,
            passages=manifest.passages,
            added=plan.added,
            changed=plan.changed,
            renamed=plan.renamed,
            removed=plan.removed,
            unchanged=plan.unchanged,
            embedded_passages=embedded,
            unreadable=tuple(store.unreadable()),
            needs_ocr=tuple(store.needs_ocr()),
            seconds=seconds,
        )
    finally:
        store.close()
