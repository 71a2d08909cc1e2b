"""Settings → real parts, wired: the only place that chooses implementations."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.model import Answer, BuildReport, Document, DocumentInfo, Filters, Hit, Question
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.ask import Asker, Progress
    from assistant.index import Index
    from assistant.index.embedding import Embedder

ANSWERERS = ("extractive", "generative")


class Assistant:
    """Everything a door can ask for, over one index. Parts load when first needed; safe for several threads.

    A new generation of the index is picked up by the next question, without a restart.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self._asker: Asker | None = None

    # ---------------------------------------------------------------------------------------- asking

    def ask(self, question: Question, *, answerer: str = "extractive", progress: Progress | None = None) -> Answer:
        """A verified answer. See `ask.Asker`.

        Raises:
            SettingsError: no such answerer, or one that needs a language model where none is set.
            IndexUnusable: there is no index, or it does not fit the settings.
        """
        asker = self.asker(answerer)
        return asker.ask(question, progress=progress) if progress is not None else asker.ask(question)

    def search(self, question: Question, *, limit: int) -> list[Hit]:
        """The best passages for a question, without an answer."""
        asker = self.asker("extractive")
        return list(asker.retriever.retrieve(question, limit=limit))

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
            if index.refresh() or self._asker is None:
                self._asker = self._wire(index)
            return self._asker

    def _wire(self, index: Index) -> Asker:
        from assistant.answering import confidence
        from assistant.answering.extractive import ExtractiveAnswerer, successors_of
        from assistant.ask import Asker
        from assistant.retrieval import DenseSearcher, Retriever

        embedder = self.embedder
        documents = {info.id: info for info in index.documents()}
        document_of = lru_cache(maxsize=256)(index.document)
        retriever = Retriever(
            dense=DenseSearcher(embedder, index),
            lexical=index.lexical,
            library=index,
            successors=successors_of(tuple(documents.values())),
        )
        answerer = ExtractiveAnswerer(
            vocabulary=index.lexical,
            embedder=embedder,
            document_of=document_of,
            successors=successors_of(tuple(documents.values())),
            calibration=confidence.load(),
        )
        return Asker(retriever, answerer, _Texts(index, document_of, documents))

    # ---------------------------------------------------------------------------------------- documents

    def documents(self) -> Sequence[DocumentInfo]:
        """What is in the index, by id."""
        with self._lock:
            self.index.refresh()
            return self.index.documents()

    def passage_counts(self) -> Mapping[str, int]:
        """How many passages each document has."""
        return self.index.passage_counts()

    def document(self, document_id: str) -> Document:
        """A document with its text and layout. Raises KeyError for an unknown id."""
        with self._lock:
            self.index.refresh()
            return self.index.document(document_id)

    def file(self, document_id: str) -> Path | None:
        """The original file, when it still stands where it was indexed and is unchanged."""
        return self.index.file(document_id)

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        """A page of a PDF as PNG, or None when the original cannot be drawn."""
        path = self.file(document_id)
        if path is None:
            return None
        from assistant.ingest import kinds

        if kinds.kind_of(path) != "pdf":
            return None
        from assistant.ingest.pdf import render_page

        image = render_page(path, page, width_pixels=width_pixels)
        buffer = io.BytesIO()
        image.save(buffer, format="PNG")
        return buffer.getvalue()

    # ---------------------------------------------------------------------------------------- parts

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model, prepared on first use."""
        from assistant.index import embedding

        return embedding.load(self.settings.embedding_model, models=self.settings.models)

    @cached_property
    def index(self) -> Index:
        """The opened index."""
        from assistant.index import Index

        return Index.open(
            self.settings.index,
            embedding_identity=self.embedder.identity,
            chroma_url=self.settings.chroma_url,
        )

    def close(self) -> None:
        """Let go of the index; the next question opens it again."""
        with self._lock:
            if "index" in self.__dict__:
                self.index.close()
                del self.__dict__["index"]
            self._asker = None


@dataclass(frozen=True, slots=True)
class _Texts:
    """What verification reads."""

    index: Index
    document_of: Callable[[str], Document]
    documents: Mapping[str, DocumentInfo]

    def text(self, document_id: str) -> str:
        return self.document_of(document_id).text

    def info(self, document_id: str) -> DocumentInfo:
        return self.documents[document_id]

    def passages(self, ids: Sequence[str]) -> Sequence[object]:
        return self.index.passages(ids)
