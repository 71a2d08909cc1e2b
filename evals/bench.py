"""Retrieval on a folder in BEIR form, by the parts that `ask` uses: the measured thing is the product.

Each BEIR document is read, split and embedded as a text file of the corpus would be, and searched by the same lexical
index, embedding model and `Retriever`; a document scores as its best passage. Two things differ: vectors are compared
one by one in memory instead of in Chroma (the same cosine, without what an approximate graph may miss), and hybrid
search is cut at 100 passages, so recall@100 counts somewhat fewer than 100 documents where documents are long.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import assembly
from assistant import passages as splitting
from assistant.errors import SettingsError
from assistant.index.lexical import LexicalIndex
from assistant.ingest import plain
from assistant.model import NO_FILTERS, DocumentInfo, Filters, Passage, Question, Scored
from assistant.retrieval import CANDIDATES, DenseSearcher, Retriever, Searcher
from assistant.settings import Settings
from evals.metrics import first_of_each, ndcg, recall, reciprocal_rank
from evals.summary import percentiles

Vectors = NDArray[np.float32]
Run = Mapping[str, Sequence[str]]  # query id → document ids, best first
Qrels = Mapping[str, Mapping[str, int]]  # query id → document id → grade
_DEEPEST = 100  # documents a ranking holds
_PASSAGES = 400  # asked of a single searcher, so that 100 documents come out also where documents are long
_EMBEDDED_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class BeirDocument:
    """A line of corpus.jsonl."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A test collection: documents, queries and the judged pairs. Queries without a relevant document are left out."""

    name: str
    documents: tuple[BeirDocument, ...]
    queries: Mapping[str, str]
    qrels: Qrels


class Embedder(Protocol):
    """Vectors of passages and of a query, L2-normalised; counts tokens as the model does."""

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...

    def embed_query(self, text: str) -> Vectors: ...


# ------------------------------------------------------------------------------------------------ reading


def read_beir(folder: Path, *, limit: int | None = None) -> BeirSet:
    """The collection in a folder, with the first `limit` of its judged queries.

    Raises:
        SettingsError: a file is missing or not in BEIR form; names the file and the line.
    """
    documents = {}
    for where, line in _json_lines(folder / "corpus.jsonl"):
        document = BeirDocument(_text(line, "_id", where), line.get("title") or "", _text(line, "text", where))
        if document.id in documents:
            raise SettingsError(f"{where}: _id {document.id!r} stands on an earlier line as well")
        documents[document.id] = document
    qrels = _read_qrels(folder / "qrels" / "test.tsv")
    queries = {
        _text(line, "_id", where): _text(line, "text", where) for where, line in _json_lines(folder / "queries.jsonl")
    }
    judged = [query for query in queries if any(grade > 0 for grade in qrels.get(query, {}).values())][:limit]
    if not judged:
        raise SettingsError(f"{folder}: no query of queries.jsonl has a relevant document in qrels/test.tsv")
    name = folder.resolve().name
    return BeirSet(
        name,
        tuple(documents.values()),
        {query: queries[query] for query in judged},
        {query: qrels[query] for query in judged},
    )


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path}, line {number}", line.rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error}); a BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv"
        ) from error


def _json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, line in _lines(path):
        try:
            data = json.loads(line)
        except ValueError as error:
            raise SettingsError(f"{where}: not JSON ({error})") from error
        if not isinstance(data, dict):
            raise SettingsError(f"{where}: not a JSON object")
        yield where, data


def _text(line: Mapping[str, Any], key: str, where: str) -> str:
    value = line.get(key)
    if not isinstance(value, str):
        raise SettingsError(f"{where}: {key!r} is text, not {value!r}")
    return value


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, (where, line) in enumerate(_lines(path)):
        fields = line.split("\t")
        if number == 0 and fields[-1].strip() == "score":
            continue
        try:
            query, document, grade = fields
            qrels.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise SettingsError(
                f"{where}: not query-id, corpus-id and whole score with tabs between: {line!r}"
            ) from error
    return qrels


# ------------------------------------------------------------------------------------------------ indexing


class MemoryIndex:
    """Passages of a collection with their vectors: what `Retriever` wants to know, held in memory."""

    def __init__(self, documents: Sequence[DocumentInfo], passages: Sequence[Passage], vectors: Vectors) -> None:
        self.infos = {info.id: info for info in documents}
        self._passages = {passage.id: passage for passage in passages}
        self._ids = [passage.id for passage in passages]
        self._owners = np.array([passage.document_id for passage in passages], dtype=object)
        self._vectors = vectors

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        return [self._passages[id] for id in ids]

    def passages_of(self, document_id: str) -> list[Passage]:
        return [passage for passage in self._passages.values() if passage.document_id == document_id]

    def passages_at(self, document_id: str, ordinals: Sequence[int]) -> list[Passage]:
        return [passage for passage in self.passages_of(document_id) if passage.ordinal in ordinals]

    def dense_search(self, vector: Vectors, *, limit: int, filters: Filters = NO_FILTERS) -> list[Scored]:
        """The nearest passages, exactly. Of the filters only `documents` can occur here."""
        scores = self._vectors @ vector
        places = np.arange(len(scores))
        if filters.documents:
            places = np.flatnonzero(np.isin(self._owners, list(filters.documents)))
        limit = min(limit, len(places))
        if limit < 1:
            return []
        best = places[np.argpartition(-scores[places], limit - 1)[:limit]]
        found = [Scored(self._ids[place], float(scores[place])) for place in best]
        return sorted(found, key=lambda hit: (-hit.score, hit.passage_id))


@dataclass(frozen=True, slots=True)
class Systems:
    """The three searches over one collection, each giving document ids, best first."""

    dense: Callable[[str], list[str]]
    lexical: Callable[[str], list[str]]
    hybrid: Callable[[str], list[str]]
    passages: int


@contextmanager
def indexed(beir: BeirSet, embedder: Embedder, *, progress: Progress) -> Iterator[Systems]:
    """The searches over a collection; the lexical index lies in a temporary folder meanwhile."""
    infos: list[DocumentInfo] = []
    passages: list[Passage] = []
    texts: list[str] = []
    for document in beir.documents:
        # the product reads and splits documents for itself; nothing here knows that this is a test collection
        parsed = plain.parse(document.text, DocumentInfo(id=document.id, title=" ".join(document.title.split())))
        split = splitting.split(parsed, count_tokens=embedder.count_tokens)
        heads = splitting.table_heads(parsed, split)
        infos.append(parsed.info)
        passages += split
        texts += [
            splitting.embedded_text(passage, parsed.info, table_head=heads.get(passage.id, "")) for passage in split
        ]
    if not passages:
        raise SettingsError(f"{beir.name}: no document has any text")
    vectors = _embed(texts, embedder, progress)
    index = MemoryIndex(infos, passages, vectors)
    with tempfile.TemporaryDirectory(prefix="assistant-bench-") as folder:
        LexicalIndex.create(Path(folder), ((passage, index.infos[passage.document_id]) for passage in passages))
        lexical = LexicalIndex.open(Path(folder))
        try:
            dense = DenseSearcher(embedder, index)
            retriever = Retriever(dense=dense, lexical=lexical, library=index)
            yield Systems(
                dense=lambda text: _documents(dense, text, index),
                lexical=lambda text: _documents(lexical, text, index),
                hybrid=lambda text: first_of_each(
                    hit.passage.document_id for hit in retriever.retrieve(Question(text), limit=CANDIDATES)
                ),
                passages=len(passages),
            )
        finally:
            lexical.close()


def _embed(texts: Sequence[str], embedder: Embedder, progress: Progress) -> Vectors:
    parts = []
    for at in range(0, len(texts), _EMBEDDED_AT_ONCE):
        parts.append(embedder.embed_passages(texts[at : at + _EMBEDDED_AT_ONCE]))
        progress("embedding passages", min(at + _EMBEDDED_AT_ONCE, len(texts)), len(texts))
    return np.concatenate(parts)


def _documents(searcher: Searcher, text: str, index: MemoryIndex) -> list[str]:
    found = index.passages([hit.passage_id for hit in searcher.search(text, limit=_PASSAGES)])
    return first_of_each(passage.document_id for passage in found)[:_DEEPEST]


# ------------------------------------------------------------------------------------------------ measuring


def measure(qrels: Qrels, run: Run) -> dict[str, float]:
    """Means over the judged queries; one without a ranking found nothing. A test checks them against `ir_measures`."""
    per_query = measure_each(qrels, run)
    return {
        name: round(math.fsum(one[name] for one in per_query.values()) / len(per_query), 4)
        for name in ("ndcg@10", "recall@10", "recall@100", "mrr@10")
    }


def measure_each(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """The measures of every query that has a relevant document."""
    figures: dict[str, dict[str, float]] = {}
    for query, relevant in qrels.items():
        ranking = run.get(query, ())
        measures = {
            "ndcg@10": ndcg(ranking, relevant, 10),
            "recall@10": recall(ranking, relevant, 10),
            "recall@100": recall(ranking, relevant, 100),
            "mrr@10": reciprocal_rank(ranking, relevant, 10),
        }
        given = {name: value for name, value in measures.items() if value is not None}
        if given:
            figures[query] = given
    return figures


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What was measured on a collection, with the rankings behind it."""

    report: dict[str, Any]
    runs: Mapping[str, Run]


def benchmark(beir: BeirSet, embedder: Embedder, *, progress: Progress) -> Benchmark:
    """Index the collection, ask every query of every system, and measure. The report is as the contract has it."""
    embedder.embed_query("warm")  # loading the model is not indexing
    started = time.perf_counter()
    with indexed(beir, embedder, progress=progress) as systems:
        index_seconds = time.perf_counter() - started
        runs: dict[str, dict[str, list[str]]] = {"lexical": {}, "dense": {}, "hybrid": {}}
        milliseconds: list[float] = []
        for number, (query, text) in enumerate(beir.queries.items(), start=1):
            started = time.perf_counter()  # hybrid goes first: nothing of the query is known yet
            runs["hybrid"][query] = systems.hybrid(text)
            milliseconds.append((time.perf_counter() - started) * 1000)
            runs["lexical"][query] = systems.lexical(text)
            runs["dense"][query] = systems.dense(text)
            progress("asking", number, len(beir.queries))
        passages = systems.passages
    report = {
        "dataset": beir.name,
        "documents": len(beir.documents),
        "passages": passages,
        "queries": len(beir.queries),
        "systems": {name: measure(beir.qrels, run) for name, run in runs.items()},
        "index_seconds": round(index_seconds, 2),
        "query_ms": percentiles(milliseconds),
    }
    return Benchmark(report, runs)


# ------------------------------------------------------------------------------------------------ command


class Progress(Protocol):
    """Told how far a step is."""

    def __call__(self, step: str, done: int, total: int, /) -> None: ...


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on standard error for each step."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def show(step: str, done: int, total: int, /) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done)

        yield show


def command(options: argparse.Namespace, settings: Settings) -> int:
    """`assistant eval bench BEIR_DIR [--limit N] [--json]`."""
    beir = read_beir(options.folder, limit=options.limit)
    with progress_bar() as progress:
        report = benchmark(beir, assembly.load_embedder(settings), progress=progress).report
    if options.json:
        json.dump(report, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _show(report)
    return 0


def _show(report: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{report['dataset']}: {report['documents']} documents, {report['passages']} passages, "
        f"{report['queries']} queries",
        box=None,
        header_style="bold",
    )
    names = ("ndcg@10", "recall@10", "recall@100", "mrr@10")
    table.add_column("system")
    for name in names:
        table.add_column(name, justify="right")
    for system, measures in report["systems"].items():
        table.add_row(system, *(f"{measures[name]:.3f}" for name in names))
    console = Console()
    console.print(table)
    console.print(
        f"indexed in {report['index_seconds']} s; hybrid query p50 {report['query_ms']['p50']} ms, "
        f"p95 {report['query_ms']['p95']} ms"
    )
