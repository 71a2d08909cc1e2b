"""The lexical index: BM25 over Dutch stems and parts of compounds, in tantivy. Derived from what Chroma holds."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import tantivy

from assistant import dutch
from assistant.errors import IndexUnusable
from assistant.model import NO_FILTERS, DocumentInfo, Filters, Passage, Scored, date_span

_ANALYSIS = "analysis.json"
_WRITER_BYTES = 64 * 2**20
# Whole words and parts of compounds count alike; what an abbreviation stands for counts, in all,
# half as much as a word. Chosen on the bench sets.
_PARTS_WEIGHT = 1.0
_EXPANSION_WEIGHT = 0.5
_LONGEST_QUERY_WORDS = 400  # a pasted page is cut here; BM25 gains nothing from more
_LATEST_DAY = 99991231


class LexicalIndex:
    """A folder with a tantivy index and the vocabulary that its analysis needs. Safe for several reading threads.

    A passage is found by its title, headings and text, under two analyses: stems of whole words (`body`) and stems of
    the parts of compounds, other words being their own part (`parts`).
    """

    def __init__(self, index: tantivy.Index, analysis: _Analysis, copy: TemporaryDirectory[str] | None = None) -> None:
        self._index = index
        self._copy = copy  # lives as long as we do
        self._schema = index.schema
        self._searcher = index.searcher()
        self._analysis = analysis

    @staticmethod
    def create(folder: Path, passages: Iterable[tuple[Passage, DocumentInfo]]) -> None:
        """Write a new index into an empty or missing folder. Reads `passages` once; memory stays bounded."""
        folder.mkdir(parents=True, exist_ok=True)
        with _Spool(passages, folder) as pending:
            analysis = _Analysis.learn(pending.read())
            _write(tantivy.Index(_schema(), path=str(folder)), analysis, pending.again())
        analysis.save(folder / _ANALYSIS)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """The index of a folder.

        Raises:
            IndexUnusable: it is not there or damaged.
        """
        analysis = _Analysis.load(folder / _ANALYSIS)
        if os.access(folder, os.W_OK):
            return cls(_open(folder), analysis)
        # tantivy wants a lock file even to read; who may only read the index reads a copy
        copy = TemporaryDirectory(prefix="assistant-")
        for file in folder.iterdir():
            shutil.copyfile(
                file, Path(copy.name, file.name)
            )  # the contents alone: with the rights it could not lock either
        return cls(_open(Path(copy.name)), analysis, copy)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, text: str, *, limit: int, filters: Filters = NO_FILTERS) -> list[Scored]:
        """The best passages by BM25, best first. Words that no passage has count for nothing."""
        query = self._query(text, filters)
        if query is None:
            return []
        found = self._searcher.search(query, limit=limit, count=False)
        hits = [Scored(self._searcher.doc(address)["id"][0], float(score)) for score, address in found.hits]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))

    def document_frequency(self, stem: str) -> int:
        """How many passages hold a stem as a whole word."""
        return int(self._searcher.doc_freq("body", stem))

    def parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded compound that the corpus knows as words of their own; () for other words."""
        return self._analysis.compounds.parts(word)

    @property
    def abbreviations(self) -> Mapping[str, tuple[str, ...]]:
        """Abbreviations with their long forms: those of the field and those the corpus explains itself."""
        return self._analysis.abbreviations

    def close(self) -> None:
        """Take the copy away, where one was needed; nothing else is held open beyond memory maps."""
        if self._copy is not None:
            self._copy.cleanup()

    def _query(self, text: str, filters: Filters) -> tantivy.Query | None:
        said = [word.text for word in dutch.words(text)][:_LONGEST_QUERY_WORDS]
        weights = {"body": Counter[str](), "parts": Counter[str]()}
        self._weigh(said, 1.0, weights)
        for other in dutch.expansions(said, self._analysis.abbreviations):
            others = [word.text for word in dutch.words(other)]
            self._weigh(others, _EXPANSION_WEIGHT / len(others), weights)
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for field, field_weight in (("body", 1.0), ("parts", _PARTS_WEIGHT)):
            for stem, weight in weights[field].items():
                term = tantivy.Query.term_query(self._schema, field, stem, "freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, weight * field_weight)))
        if not clauses:
            return None
        words = tantivy.Query.boolean_query(clauses)
        allowed = [(tantivy.Occur.Must, query) for query in self._filter_queries(filters)]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, words), *allowed]) if allowed else words

    def _weigh(self, said: list[str], weight: float, weights: dict[str, Counter[str]]) -> None:
        for word in said:
            if word in dutch.STOPWORDS:
                continue
            weights["body"][dutch.stem(word)] += weight  # type: ignore[assignment]
            for part in self._analysis.compounds.parts(word) or (word,):
                weights["parts"][dutch.stem(part)] += weight  # type: ignore[assignment]

    def _filter_queries(self, filters: Filters) -> Iterator[tantivy.Query]:
        def one_of(field: str, values: Iterable[str]) -> tantivy.Query:
            terms = [tantivy.Query.term_query(self._schema, field, value, "basic") for value in values]
            either = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
            return tantivy.Query.const_score_query(either, 0.0)

        if filters.types:
            yield one_of("type", (value.lower() for value in filters.types))
        if filters.dossiers:
            yield one_of("dossier", (value.lower() for value in filters.dossiers))
        if filters.publishers:
            yield one_of("publisher", (value.lower() for value in filters.publishers))
        if filters.documents:
            yield one_of("document_id", filters.documents)
        since, until = date_span(filters.since or ""), date_span(filters.until or "")
        if since is not None:
            yield self._between("date_to", since[0], _LATEST_DAY)
        if until is not None:
            yield self._between("date_from", 1, until[1])

    def _between(self, field: str, low: int, high: int) -> tantivy.Query:
        within = tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Integer, low, high)
        return tantivy.Query.const_score_query(within, 0.0)


class _Analysis:
    """What turning text into terms depends on: the words of the corpus and its abbreviations."""

    def __init__(self, frequencies: Counter[str], found_abbreviations: Mapping[str, str]) -> None:
        self._frequencies = frequencies
        self._found = dict(found_abbreviations)
        self.compounds = dutch.Compounds(frequencies)
        merged = {short: tuple(longs) for short, longs in dutch.ABBREVIATIONS.items()}
        for short, long in self._found.items():
            if long not in merged.get(short, ()):
                merged[short] = (*merged.get(short, ()), long)
        self.abbreviations: Mapping[str, tuple[str, ...]] = merged

    @classmethod
    def learn(cls, texts: Iterable[str]) -> _Analysis:
        """The words and abbreviations of texts."""
        frequencies: Counter[str] = Counter()
        found: dict[str, str] = {}
        for text in texts:
            frequencies.update(word.text for word in dutch.words(text))
            if "(" in text:
                found.update(dutch.find_abbreviations(text))
        return cls(frequencies, found)

    @classmethod
    def load(cls, path: Path) -> _Analysis:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls(Counter(data["frequencies"]), data["abbreviations"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnusable(
                f"the lexical index in {path.parent} has no readable {path.name} ({error}); "
                "run `assistant build`, which makes it again from what Chroma holds"
            ) from error

    def save(self, path: Path) -> None:
        data = {
            "frequencies": dict(sorted(self._frequencies.items())),
            "abbreviations": dict(sorted(self._found.items())),
        }
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    def terms(self, text: str) -> tuple[str, str]:
        """Stems of whole words and of parts of compounds, each as one string with spaces between."""
        body: list[str] = []
        parts: list[str] = []
        for word in dutch.words(text):
            if word.text in dutch.STOPWORDS:
                continue
            stem = dutch.stem(word.text)
            body.append(stem)
            split = self.compounds.parts(word.text)
            if split:
                parts.extend(dutch.stem(part) for part in split)
            else:
                parts.append(stem)
        return " ".join(body), " ".join(parts)


class _Spool:
    """Reads an iterable twice by way of a temporary file: analysis must know every word before the first is written."""

    def __init__(self, passages: Iterable[tuple[Passage, DocumentInfo]], folder: Path) -> None:
        self._passages = passages
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by the context manager below

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self) -> Iterator[str]:
        for pair in self._passages:
            pickle.dump(pair, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            yield _searchable(*pair)

    def again(self) -> Iterator[tuple[Passage, DocumentInfo]]:
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield pickle.load(self._file)


def _searchable(passage: Passage, info: DocumentInfo) -> str:
    lines = [info.title]
    lines += [heading for heading in passage.anchor.section if heading not in passage.text and heading != info.title]
    return "\n".join([*lines, passage.text])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("document_id", "type", "dossier", "publisher"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in ("date_from", "date_to"):
        builder.add_integer_field(field, indexed=True, fast=True)
    for field in ("body", "parts"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _write(
    index: tantivy.Index,
    analysis: _Analysis,
    passages: Iterable[tuple[Passage, DocumentInfo]],
) -> None:
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    for passage, info in passages:
        body, parts = analysis.terms(_searchable(passage, info))
        fields: dict[str, Any] = {
            "id": passage.id,
            "document_id": passage.document_id,
            "type": info.type.lower(),
            "dossier": info.dossier.lower(),
            "publisher": info.publisher.lower(),
            "body": body,
            "parts": parts,
        }
        span = date_span(info.date)
        if span is not None:
            fields["date_from"], fields["date_to"] = span
        writer.add_document(tantivy.Document(**fields))
    writer.commit()
    writer.wait_merging_threads()


def _open(folder: Path) -> tantivy.Index:
    try:
        return tantivy.Index.open(str(folder))
    except (ValueError, OSError) as error:
        raise IndexUnusable(
            f"the lexical index in {folder} is not there or damaged ({error}); "
            "run `assistant build`, which makes it again from what Chroma holds"
        ) from error
