"""Settings → real parts, wired: the only place that chooses implementations."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assistant.errors import IndexUnusable, SettingsError, UnreadableDocument
from assistant.model import (
    Anchor,
    Answer,
    BuildReport,
    Document,
    DocumentInfo,
    Hit,
    Passage,
    Question,
    UnreadableFile,
    anchor_at,
)
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.ask import Asker, Progress
    from assistant.build import Progress as BuildProgress
    from assistant.doctor import Check
    from assistant.index import Index
    from assistant.index.embedding import Embedder
    from assistant.index.places import Places

_T = TypeVar("_T")

ANSWERERS = ("extractive", "generative")


class Assistant:
    """Everything a door can ask for, over one index. Parts load when first needed; safe for several threads.

    A new generation of the index is picked up by the next question, without a restart.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self._index: Index | None = None
        self._asker: Asker | None = None

    # ---------------------------------------------------------------------------------------- asking

    def ask(self, question: Question, *, answerer: str = "extractive", progress: Progress | None = None) -> Answer:
        """A verified answer. See `ask.Asker`.

        Raises:
            SettingsError: no such answerer, or one that needs a language model where none is set.
            IndexUnusable: there is no index, or it does not fit the settings.
        """
        said = progress if progress is not None else _silent
        return self._with_current(lambda asker: asker.ask(question, progress=said), answerer)

    def search(self, question: Question, *, limit: int) -> list[Hit]:
        """The best passages for a question, without an answer."""
        return self._with_current(lambda asker: list(asker.retriever.retrieve(question, limit=limit)), "extractive")

    def asker(self, answerer: str = "extractive") -> Asker:
        """The parts that answer, over the current generation of the index."""
        if answerer not in ANSWERERS:
            raise SettingsError(f"there is no answerer {answerer!r}; choose one of {', '.join(ANSWERERS)}")
        if answerer == "generative":
            if self.settings.llm_model is None:
                raise SettingsError(
                    "the generative answerer needs a language model: set ASSISTANT_LLM_MODEL, for instance to openai:NAME"
                )
            raise SettingsError(
                "written answers by a language model are not part of this version; use --answerer extractive"
            )
        with self._lock:
            index = self.index
            if self._asker is None:
                self._asker = self._wire(index)
            return self._asker

    def warm(self) -> None:
        """Load model and index and answer once, so that the first question does not wait for it."""
        index = self.index
        index.warm()
        if len(index):
            self.ask(Question("Waar gaat dit over?"))

    def _with_current(self, work: Callable[[Asker], _T], answerer: str) -> _T:
        """Do something with the current generation; once more when it was replaced and taken away meanwhile."""
        asker = self.asker(answerer)
        try:
            return work(asker)
        except IndexUnusable:
            with self._lock:
                stale = self._index
            if stale is None or stale.is_current():
                raise
            return work(self.asker(answerer))

    def _wire(self, index: Index) -> Asker:
        from assistant.answering import confidence
        from assistant.answering.extractive import ExtractiveAnswerer, successors_of
        from assistant.ask import Asker
        from assistant.retrieval import DenseSearcher, Retriever

        document_of = lru_cache(maxsize=256)(partial(index.document, words=False))
        successors = successors_of(tuple(index.infos.values()))
        retriever = Retriever(
            dense=DenseSearcher(self.embedder, index), lexical=index.lexical, library=index, successors=successors
        )
        answerer = ExtractiveAnswerer(
            vocabulary=index.lexical,
            embedder=self.embedder,
            document_of=document_of,
            successors=successors,
            calibration=confidence.load(),
        )
        return Asker(retriever, answerer, _Texts(index, document_of))

    # ---------------------------------------------------------------------------------------- documents

    def documents(self) -> Sequence[DocumentInfo]:
        """What is in the index, by id."""
        return tuple(self._reading().infos.values())

    def passage_counts(self) -> Mapping[str, int]:
        """How many passages each document has."""
        return self._reading().passage_counts()

    def document(self, document_id: str) -> Document:
        """A document with its text and layout. Raises KeyError for an unknown id."""
        return self._reading().document(document_id)

    def unreadable(self) -> Sequence[UnreadableFile]:
        """The files that did not become documents, and why."""
        return self._reading().unreadable()

    def file(self, document_id: str) -> Path | None:
        """The original file, when it still stands there unchanged: another page would get a wrong highlight."""
        from assistant import ingest
        from assistant.index.files import digest_now

        source = self._reading().source(document_id)
        if source is None:
            return None
        path = Path(source.corpus, source.path)
        try:
            unchanged = digest_now(ingest.fingerprint_parts(path)) == source.sha256
        except OSError:  # gone, or not to be read any more
            return None
        return path if unchanged else None

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        """A page of a PDF as PNG, or None when the original cannot be drawn."""
        path = self.file(document_id)
        if path is None or not _is_pdf(path):
            return None
        from assistant.ingest.pdf import render_page

        try:
            image = render_page(path, page, width_pixels=width_pixels)
        except UnreadableDocument:
            return None  # the file was replaced by something else since it was indexed; the text is still there
        buffer = io.BytesIO()
        image.save(buffer, format="PNG", compress_level=1)  # on this machine: time counts, bytes do not
        return buffer.getvalue()

    # ---------------------------------------------------------------------------------------- parts

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model, prepared on first use."""
        from assistant.index.embedding import Remembering

        return Remembering(load_embedder(self.settings))

    @property
    def index(self) -> Index:
        """The current generation of the index, fit to ask questions of."""
        with self._lock:
            if self._index is None or not self._index.is_current():
                self._open(embedding=self.embedder.identity)
            assert self._index is not None
            if self._index.manifest.embedding != self.embedder.identity:  # opened before only to read
                self._open(embedding=self.embedder.identity)
            return self._index

    def _reading(self) -> Index:
        """The current generation, without loading a model."""
        with self._lock:
            if self._index is None or not self._index.is_current():
                self._open(embedding=None)
            assert self._index is not None
            return self._index

    def _open(self, *, embedding: str | None) -> None:
        from assistant.index import Index

        # What was open before closes by itself once the last question that uses it is answered.
        self._asker = None
        self._index = Index.open(self.settings.index, embedding=embedding, chroma_url=self.settings.chroma_url)

    def close(self) -> None:
        """Let go of the index; the next question opens it again."""
        with self._lock:
            self._asker = None
            if self._index is not None:
                self._index.close()
                self._index = None


def _silent(step: str) -> None:
    del step


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return b"%PDF-" in file.read(1024)
    except OSError:
        return False


def load_embedder(settings: Settings, *, progress: Callable[[str], None] | None = None) -> Embedder:
    """The embedding model of the settings, prepared when it is used for the first time."""
    from assistant.index import embedding

    return embedding.load(settings.embedding_model, models=settings.models, progress=progress)


def build(settings: Settings, *, fresh: bool = False, progress: BuildProgress | None = None) -> BuildReport:
    """Make the index hold exactly what is in the corpus folders. See `build.build`."""
    from assistant import build as flow
    from assistant.ingest import ocr

    embedder = load_embedder(settings, progress=(lambda step: progress.begin(step, 0)) if progress else None)
    return flow.build(
        settings.corpus,
        places_of(settings),
        embedder,
        ocr_available=ocr.find() is not None,
        fresh=fresh,
        progress=progress,
    )


def examine(settings: Settings) -> list[Check]:
    """What is wrong with index, model or machine. See `doctor.examine`."""
    from assistant import doctor
    from assistant.ingest import ocr

    return list(
        doctor.examine(
            corpora=settings.corpus,
            places=places_of(settings),
            embedding=lambda: load_embedder(settings).identity,
            ocr_available=lambda: ocr.find() is not None,
        )
    )


def places_of(settings: Settings) -> Places:
    """Where the parts of the index are."""
    from assistant.index.generations import IndexFolder
    from assistant.index.places import Places

    return Places(IndexFolder(settings.index), settings.chroma_url)


@dataclass(frozen=True, slots=True)
class _Texts:
    """What verification reads."""

    index: Index
    document_of: Callable[[str], Document]

    def text(self, document_id: str) -> str:
        return self.document_of(document_id).text

    def info(self, document_id: str) -> DocumentInfo:
        return self.index.infos[document_id]

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        return self.index.passages(ids)

    def anchor(self, document_id: str, place: int) -> Anchor:
        return anchor_at(self.document_of(document_id), place)
