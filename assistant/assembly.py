"""Settings → real parts, wired: the only place that chooses implementations."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
    from assistant.answering.language_model import Chat
    from assistant.ask import Asker, Progress
    from assistant.build import Progress as BuildProgress
    from assistant.collections import Collections, CorpusUploads
    from assistant.doctor import Check
    from assistant.feedback import Feedback
    from assistant.index import Index
    from assistant.index.embedding import Embedder
    from assistant.index.joined import JoinedIndex
    from assistant.index.places import Places

_T = TypeVar("_T")

ANSWERERS = ("extractive", "generative")
_OPENINGS = 3  # questions to begin with
_OPEN_COLLECTIONS = 32  # private collections whose files are held open and whose words are remembered


class Assistant:
    """Everything a door can ask for, over one index. Parts load when first needed; safe for several threads.

    A new generation of the index is picked up by the next question, without a restart.

    Args:
        around: puts something between the language model of the settings and who asks it, a recorder for instance.
    """

    def __init__(self, settings: Settings, *, around: Callable[[Chat], Chat] = lambda chat: chat) -> None:
        self.settings = settings
        self._around = around
        self._lock = threading.RLock()
        self._index: Index | JoinedIndex | None = None
        self._asker: Asker | None = None
        self._collections: Collections | None = None
        self._corpus_uploads: CorpusUploads | None = None
        self._withins: dict[str, _Within] = {}

    # ---------------------------------------------------------------------------------------- asking

    def ask(
        self,
        question: Question,
        *,
        answerer: str = "extractive",
        progress: Progress | None = None,
        growing: Callable[[Answer], None] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> Answer:
        """A verified answer. See `ask.Asker`.

        Raises:
            SettingsError: no such answerer, or one that needs a language model where none is set.
            IndexUnusable: there is no index, or it does not fit the settings.
        """
        listeners = {"progress": progress, "growing": growing, "stopped": stopped}
        given: dict[str, Any] = {name: listener for name, listener in listeners.items() if listener is not None}
        return self._with_current(lambda asker: asker.ask(question, **given), answerer)

    def search(self, question: Question, *, limit: int) -> list[Hit]:
        """The best passages for a question, without an answer."""
        return self._with_current(lambda asker: list(asker.retriever.retrieve(question, limit=limit)), "extractive")

    @property
    def writes(self) -> bool:
        """Whether there is a language model to write answers with."""
        return self.settings.llm_model is not None

    def asker(self, answerer: str = "extractive") -> Asker:
        """The parts that answer, over the current generation of the index."""
        if answerer not in ANSWERERS:
            raise SettingsError(f"there is no answerer {answerer!r}; choose one of {', '.join(ANSWERERS)}")
        if answerer == "generative" and not self.writes:
            raise SettingsError(
                "the generative answerer needs a language model: set ASSISTANT_LLM_MODEL, for instance to openai:NAME"
            )
        with self._lock:
            index = self.index
            if self._asker is None:
                self._asker = self._wire(index)
            return self._asker if answerer == "extractive" else self._writing(self._asker, index)

    def warm(self) -> None:
        """Load model and index and answer once, so that the first question does not wait for it."""
        if self.settings.uploads == "private":
            _ = self.collections  # which clears what an earlier run left
        index = self.index
        index.warm()
        if len(index):
            self.ask(Question("Wat is het beleid?"))

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

    def _wire(self, index: Index | JoinedIndex) -> Asker:
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
            openings=self.openings,
        )
        return Asker(retriever, answerer, _Texts(index, document_of))

    def openings(self) -> tuple[str, ...]:
        """The first question of each of the first themes. A file that cannot be read is for who opens the page to hear of."""
        from assistant import examples

        try:
            themes = examples.themes(self.example_folders())
        except SettingsError as error:
            logging.getLogger(__name__).warning("%s", error)
            return ()
        return tuple(question for theme in themes for question in theme.questions[:1])[:_OPENINGS]

    def _writing(self, asker: Asker, index: Index | JoinedIndex) -> Asker:
        """The same parts with a language model that writes the answers."""
        from assistant.answering.checking import Checker
        from assistant.answering.extractive import ExtractiveAnswerer
        from assistant.answering.follow_up import understand
        from assistant.answering.generative import GenerativeAnswerer, Rewriter
        from assistant.ask import Asker

        assert isinstance(asker.answerer, ExtractiveAnswerer)
        document_of = asker.answerer.document_of
        writer = GenerativeAnswerer(
            chat=self.chat,
            extractive=asker.answerer,
            checker=Checker(self.embedder, document_of),
            timeout_seconds=self.settings.llm_timeout_seconds,
            context_tokens=self.settings.llm_context_tokens,
        )
        rewrite = Rewriter(self.chat, understand, timeout_seconds=self.settings.llm_timeout_seconds)
        return Asker(asker.retriever, writer, asker.texts, rewrite)

    # ---------------------------------------------------------------------------------------- documents

    def documents(self) -> Sequence[DocumentInfo]:
        """What is in the index, by id."""
        return tuple(self._reading().infos.values())

    def example_folders(self) -> Sequence[Path]:
        """Where example questions may stand: the corpus folders."""
        return self.settings.corpus

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

    # ---------------------------------------------------------------------------------------- judgements

    @cached_property
    def feedback(self) -> Feedback | None:
        """Where judgements of answers are kept; None when the operator keeps none."""
        from assistant.feedback import Feedback

        return Feedback(self.settings.feedback) if self.settings.feedback is not None else None

    # ---------------------------------------------------------------------------------------- uploads

    @property
    def collections(self) -> Collections:
        """The private collections of conversations. See `collections.Collections`.

        Raises:
            SettingsError: the settings do not allow them.
        """
        from assistant.collections import Collections

        if self.settings.uploads != "private":
            raise SettingsError(f"ASSISTANT_UPLOADS is {self.settings.uploads}: there are no private documents")
        with self._lock:
            if self._collections is None:
                self._collections = Collections(lambda: self.embedder, forgotten=self._let_go)
            return self._collections

    @property
    def corpus_uploads(self) -> CorpusUploads:
        """What an operator adds to the corpus itself. See `collections.CorpusUploads`.

        Raises:
            SettingsError: the settings do not allow it.
        """
        from assistant.collections import CorpusUploads

        if self.settings.uploads != "corpus":
            raise SettingsError(f"ASSISTANT_UPLOADS is {self.settings.uploads}: nothing can be added to the corpus")
        with self._lock:
            if self._corpus_uploads is None:
                self._corpus_uploads = CorpusUploads(
                    self.settings.corpus[0],
                    lambda: build(self.settings, embedder=self.embedder),
                    lambda: list(self.documents()),
                )
            return self._corpus_uploads

    def within(self, collection_id: str) -> Assistant:
        """The same over the corpus and the documents of one private collection, whose ids nobody else's have.

        Cheap: ask for it again with every request. Raises UnknownCollection (a KeyError) when there is none, here and
        from its methods.
        """
        self.collections.documents(collection_id)
        with self._lock:
            within = self._withins.pop(collection_id, None) or _Within(self, collection_id)
            self._withins[collection_id] = within  # last, as the newest
            while len(self._withins) > _OPEN_COLLECTIONS:
                del self._withins[next(iter(self._withins))]  # it is opened again when it is asked
            return within

    def _let_go(self, collection_id: str) -> None:
        with self._lock:
            self._withins.pop(collection_id, None)

    # ---------------------------------------------------------------------------------------- parts

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model, prepared on first use."""
        from assistant.index.embedding import Remembering

        return Remembering(load_embedder(self.settings))

    @cached_property
    def chat(self) -> Chat:
        """The language model of the settings."""
        from assistant.answering.language_model import LangChainChat

        assert self.settings.llm_model is not None
        return self._around(
            LangChainChat(
                self.settings.llm_model,
                base_url=self.settings.llm_base_url,
                api_key=self.settings.llm_api_key,
                timeout_seconds=self.settings.llm_timeout_seconds,
                temperature=self.settings.llm_temperature,
            )
        )

    @property
    def index(self) -> Index | JoinedIndex:
        """The current generation of the index, fit to ask questions of."""
        with self._lock:
            if self._index is None or not self._index.is_current():
                self._open(embedding=self.embedder.identity)
            assert self._index is not None
            if self._index.manifest.embedding != self.embedder.identity:  # opened before only to read
                self._open(embedding=self.embedder.identity)
            return self._index

    def _reading(self) -> Index | JoinedIndex:
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


class _Within(Assistant):
    """An assistant over the index of another one and a private collection beside it."""

    def __init__(self, whole: Assistant, collection_id: str) -> None:
        super().__init__(whole.settings)
        self._whole = whole
        self._collection_id = collection_id
        self._own: Index | None = None

    @cached_property
    def embedder(self) -> Embedder:
        return self._whole.embedder

    @cached_property
    def chat(self) -> Chat:
        return self._whole.chat

    @property
    def collections(self) -> Collections:
        return self._whole.collections

    def within(self, collection_id: str) -> Assistant:
        return self._whole.within(collection_id)

    def unreadable(self) -> Sequence[UnreadableFile]:
        return (*super().unreadable(), *self.collections.unreadable(self._collection_id))

    @property
    def index(self) -> Index | JoinedIndex:
        return self._joined(self._whole.index)

    def _reading(self) -> Index | JoinedIndex:
        return self._joined(self._whole._reading())

    def _joined(self, corpus: Index | JoinedIndex) -> Index | JoinedIndex:
        from assistant.index.joined import JoinedIndex

        assert not isinstance(corpus, JoinedIndex)
        with self._lock:
            own = self.collections.index(self._collection_id, seen=self._own)
            at_hand = self._index
            if isinstance(at_hand, JoinedIndex):
                same = at_hand.corpus is corpus and at_hand.own is own
            else:
                same = at_hand is corpus and own is None
            if not same:
                self._asker = None
                self._index = corpus if own is None else JoinedIndex(corpus, own)
            self._own = own
            assert self._index is not None
            return self._index

    def close(self) -> None:
        """Let go of both indexes, which are closed by who opened them or when nobody uses them any more."""
        with self._lock:
            self._asker, self._index, self._own = None, None, None


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


def build(
    settings: Settings,
    *,
    fresh: bool = False,
    progress: BuildProgress | None = None,
    embedder: Embedder | None = None,
) -> BuildReport:
    """Make the index hold exactly what is in the corpus folders. See `build.build`.

    Args:
        embedder: the embedding model where it is loaded already.
    """
    from assistant import build as flow
    from assistant.ingest import ocr

    if embedder is None:
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

    index: Index | JoinedIndex
    document_of: Callable[[str], Document]

    def text(self, document_id: str) -> str:
        return self.document_of(document_id).text

    def info(self, document_id: str) -> DocumentInfo:
        return self.index.infos[document_id]

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        return self.index.passages(ids)

    def anchor(self, document_id: str, place: int) -> Anchor:
        return anchor_at(self.document_of(document_id), place)
