"""Speed and retrieval beside the pipeline people would build: LangChain, langchain-chroma and sentence-transformers.

    python -m evals.speed [--quick] [--out speed.json]      both pipelines, in one run, on the same files
    python -m evals.speed --scale 10000 [--out scale.json]  ours alone on many passages

The yardstick runs the same prepared multilingual-e5-small, in floats as sentence-transformers does, with the prefixes the
model wants, its texts cut by RecursiveCharacterTextSplitter, its vectors in Chroma. Rounds alternate between the two and
each round gives one ratio; shown are medians and the smallest and largest ratio. Each side works in a process of its own,
because threads of torch and onnxruntime in one process get in each other's way. Absolute times say more about the machine
than about the code, and on a busy machine the ratios do as well: torch loses most when its threads must wait for a core.

With --scale the vectors are made up (mixtures of real ones with noise): searching does not mind, and embedding 100,000
texts would measure something else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import assembly
from assistant import build as flow
from assistant.assembly import Assistant
from assistant.errors import AssistantError, SettingsError
from assistant.index import bundled
from assistant.index.embedding import BUNDLED, Embedder
from assistant.model import BuildReport, Question
from assistant.settings import PROJECT, Settings, load
from assistant.text import sentences
from evals.bench import BeirSet, Progress, Run, benchmark, measure, progress_bar, read_beir
from evals.cases import read_cases
from evals.metrics import first_of_each
from evals.summary import percentiles

Vectors = NDArray[np.float32]

BENCH = PROJECT.parent / "shared" / "bench"
SETS = ("rijksoverheid_vac_passages", "kamervragen_qa")
QUESTIONS = PROJECT / "evals" / "questions" / "first.jsonl"
_SEED = 20231207
_CHUNK_CHARACTERS = 1_000  # about as many passages as ours; without overlap, which would only cost the yardstick time
_DEEPEST = 100
_BUSY = 0.7  # processes waiting for a core in the minute before


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    files: int  # indexed end to end
    build_rounds: int
    embedded: int  # texts in a round of embedding
    embedding_rounds: int
    queries: int
    cold_starts: int
    sets: tuple[str, ...]  # retrieval figures


FULL = Size(files=735, build_rounds=3, embedded=256, embedding_rounds=5, queries=120, cold_starts=5, sets=SETS)
QUICK = Size(files=200, build_rounds=2, embedded=64, embedding_rounds=3, queries=40, cold_starts=3, sets=())


# ------------------------------------------------------------------------------------------------ the yardstick


class Yardstick:
    """Dense retrieval as the tutorials have it, with the prefixes that e5 wants."""

    def __init__(self, model: Path) -> None:
        try:
            from langchain_huggingface import HuggingFaceEmbeddings
        except ImportError as error:
            raise AssistantError(
                f"the pipeline to compare with is not installed ({error.name} is missing); `make bench` installs it"
            ) from error
        normalised = {"normalize_embeddings": True}
        self.embeddings: Any = HuggingFaceEmbeddings(
            model_name=str(model),
            model_kwargs={"device": "cpu"},
            encode_kwargs={"prompt": "passage: ", **normalised},
            query_encode_kwargs={"prompt": "query: ", **normalised},
        )

    def build(self, files: Sequence[Path], folder: Path) -> tuple[Any, int]:
        """A Chroma store over text files, and how many passages it holds."""
        from langchain_chroma import Chroma
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        documents = [Document(path.read_text(encoding="utf-8"), metadata={"source": path.stem}) for path in files]
        splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK_CHARACTERS, chunk_overlap=0)
        passages = splitter.split_documents(documents)
        store = Chroma.from_documents(
            passages, self.embeddings, persist_directory=str(folder), collection_metadata={"hnsw:space": "cosine"}
        )
        return store, len(passages)

    def open(self, folder: Path) -> Any:
        """A store that was built before."""
        from langchain_chroma import Chroma

        return Chroma(persist_directory=str(folder), embedding_function=self.embeddings)


# ------------------------------------------------------------------------------------------------ what is indexed


def texts_of_own_corpus(count: int, *, sentences_each: int = 7) -> list[str]:
    """Made-up texts: sentences of our own corpus in random order, with some words exchanged. Always the same ones."""
    shuffled = random.Random(_SEED)
    pool: list[str] = []
    for path in sorted((PROJECT / "corpus").rglob("*.md")):
        body = path.read_text(encoding="utf-8").split("\n---\n", 1)[-1]
        found = (body[span.start : span.end] for span in sentences(body))
        pool += [one for one in found if 40 < len(one) < 400 and one[0].isalpha()]
    if not pool:
        raise SettingsError(f"{PROJECT / 'corpus'} holds no text to make texts of")
    words = sorted({word for one in pool for word in one.split() if word.isalpha() and len(word) > 4})

    def exchanged(sentence: str) -> str:
        return " ".join(shuffled.choice(words) if shuffled.random() < 0.15 else word for word in sentence.split())

    return [" ".join(exchanged(one) for one in shuffled.choices(pool, k=sentences_each)) for _ in range(count)]


def write_files(texts: Sequence[str], folder: Path) -> list[Path]:
    """One text file for each text."""
    folder.mkdir(parents=True)
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"tekst-{number:05}.txt")
        paths[-1].write_text(text + "\n", encoding="utf-8")
    return paths


def material(files: int) -> tuple[str, list[str], list[str]]:
    """The name of what is indexed, its texts, and questions to ask of it."""
    folder = BENCH / SETS[0]
    if folder.is_dir():
        beir = read_beir(folder)
        texts = [f"{one.title}\n\n{one.text}".strip() for one in beir.documents[:files]]
        return SETS[0], texts, list(beir.queries.values())
    questions = [case.question for case in read_cases(QUESTIONS) if case.split == "dev"]
    return "texts made of our own corpus", texts_of_own_corpus(files), questions


# ------------------------------------------------------------------------------------------------ rounds


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def paired(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> list[tuple[float, float]]:
    """The seconds that both say they took in each round; who goes first alternates."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            other = theirs()
            pairs.append((ours(), other))
        else:
            pairs.append((ours(), theirs()))
    return pairs


def compared(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Medians in seconds, and how many times as long the yardstick takes."""
    ratios = [theirs / ours for ours, theirs in pairs]
    return {
        "ours_seconds": round(statistics.median(ours for ours, _ in pairs), 4),
        "yardstick_seconds": round(statistics.median(theirs for _, theirs in pairs), 4),
        "times_faster": {
            "median": round(statistics.median(ratios), 2),
            "least": round(min(ratios), 2),
            "most": round(max(ratios), 2),
        },
        "rounds": len(pairs),
    }


# ------------------------------------------------------------------------------------------------ sides


class OurSide:
    """Our parts, timed from within. Every method gives seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._embedder = assembly.load_embedder(settings)
        self._assistant = Assistant(settings)

    def embed_passages(self, texts: Sequence[str]) -> float:
        return seconds(lambda: self._embedder.embed_passages(texts))

    def embed_query(self, text: str) -> float:
        return seconds(lambda: self._embedder.embed_query(text))

    def open(self, index: Path) -> float:
        self._assistant = Assistant(replace(self._settings, index=index))
        return seconds(self._assistant.warm)

    def search(self, text: str) -> float:
        return seconds(lambda: self._assistant.search(Question(text), limit=10))

    def answer(self, text: str) -> float:
        return seconds(lambda: self._assistant.ask(Question(text)))


class YardstickSide:
    """The same of the yardstick."""

    def __init__(self, model: Path) -> None:
        self._yardstick = Yardstick(model)
        self._model = self._yardstick.embeddings._client  # sentence-transformers itself
        self._retriever: Any = None

    def embed_passages(self, texts: Sequence[str]) -> float:
        return seconds(lambda: self._model.encode(texts, prompt="passage: ", show_progress_bar=False))

    def embed_query(self, text: str) -> float:
        return seconds(lambda: self._model.encode([text], prompt="query: ", show_progress_bar=False))

    def build(self, files: Sequence[Path], folder: Path) -> tuple[float, int]:
        started = time.perf_counter()
        _, passages = self._yardstick.build(files, folder)
        return time.perf_counter() - started, passages

    def open(self, store: Path) -> float:
        self._retriever = self._yardstick.open(store).as_retriever(search_kwargs={"k": 10})
        return self.search("warm")

    def search(self, text: str) -> float:
        return seconds(lambda: self._retriever.invoke(text))


class Apart:
    """A side in a process of its own; `do` calls one of its methods there and waits."""

    def __init__(self, side: type[OurSide] | type[YardstickSide], argument: Settings | Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, side, argument), daemon=False)
        self._process.start()
        theirs.close()

    def do(self, method: str, *arguments: object) -> Any:
        """What the method gives.

        Raises:
            AssistantError: it failed there, or the process died.
        """
        try:
            self._pipe.send((method, arguments))
            failed, result = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            raise AssistantError("one of the two measured processes died; see above") from error
        if failed:
            raise AssistantError(f"{method} failed: {result}")
        return result

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join(timeout=30)
        if self._process.is_alive():
            self._process.terminate()


def _serve(pipe: Connection, side: type[OurSide] | type[YardstickSide], argument: Any) -> None:
    try:
        works = side(argument)
        while True:
            method, arguments = pipe.recv()
            pipe.send((False, getattr(works, method)(*arguments)))
    except EOFError:
        return  # nothing more is asked
    except AssistantError as error:
        pipe.send((True, str(error)))


# ------------------------------------------------------------------------------------------------ measuring both


def measure_embedding(
    ours: Apart, theirs: Apart, texts: Sequence[str], size: Size, questions: Sequence[str]
) -> dict[str, Any]:
    """Passages a second and milliseconds a query, model against model."""
    some = list(texts[: size.embedded])
    for side in (ours, theirs):
        side.do("embed_passages", some[:8])
        side.do("embed_query", "warm")
    passages = compared(
        paired(
            lambda: ours.do("embed_passages", some),
            lambda: theirs.do("embed_passages", some),
            size.embedding_rounds,
        )
    )
    passages["ours_per_second"] = round(len(some) / passages["ours_seconds"], 1)
    passages["yardstick_per_second"] = round(len(some) / passages["yardstick_seconds"], 1)
    return {"passages": passages, "query": _one_by_one("embed_query", ours, theirs, questions, size)}


def _one_by_one(method: str, ours: Apart, theirs: Apart, questions: Sequence[str], size: Size) -> dict[str, Any]:
    """Each question by both sides; five rounds of medians, so that one hiccup is no smallest or largest ratio."""
    pairs = [(ours.do(method, text), theirs.do(method, text)) for text in questions[: size.queries]]
    fifths = [pairs[at::5] for at in range(5)]
    medians = [
        (statistics.median(o for o, _ in some), statistics.median(t for _, t in some)) for some in fifths if some
    ]
    return compared(medians) | {
        "ours_ms": percentiles([mine * 1000 for mine, _ in pairs]),
        "yardstick_ms": percentiles([other * 1000 for _, other in pairs]),
    }


@dataclass(frozen=True, slots=True)
class Built:
    """Both indexes over the same files."""

    index: Path
    store: Path
    report: dict[str, Any]


def measure_build(settings: Settings, yardstick: Apart, texts: Sequence[str], work: Path, size: Size) -> Built:
    """Files to index, end to end, the model loaded. Both rates count our passages: their ratio is that of the times."""
    files = write_files(texts, work / "corpus")
    passages = {"ours": 0, "yardstick": 0}
    made: dict[str, Path] = {}

    def ours() -> float:
        made["ours"] = work / f"index-{len(list(work.iterdir()))}"
        printed = json.loads(
            run_module(
                settings, "assistant", "build", "--corpus", str(work / "corpus"), "--index", str(made["ours"]), "--json"
            )
        )
        passages["ours"] = printed["passages"]
        return float(printed["seconds"])

    def theirs() -> float:
        made["theirs"] = work / f"store-{len(list(work.iterdir()))}"
        took, passages["yardstick"] = yardstick.do("build", files, made["theirs"])
        return float(took)

    report = compared(paired(ours, theirs, size.build_rounds))
    report |= {
        "files": len(files),
        "ours_passages": passages["ours"],
        "yardstick_passages": passages["yardstick"],
        "ours_per_second": round(passages["ours"] / report["ours_seconds"], 1),
        "yardstick_per_second": round(passages["ours"] / report["yardstick_seconds"], 1),
    }
    return Built(made["ours"], made["theirs"], report)


def measure_asking(ours: Apart, theirs: Apart, built: Built, questions: Sequence[str], size: Size) -> dict[str, Any]:
    """A question's way to ten passages in both, and to a verified answer in ours; both warm."""
    ours.do("open", built.index)
    theirs.do("open", built.store)
    search = _one_by_one("search", ours, theirs, questions, size)
    answers = [ours.do("answer", text) * 1000 for text in questions[: size.queries]]
    return {"search": search, "answer_ms": percentiles(answers)}


def measure_cold_start(settings: Settings, model: Path, built: Built, question: str, size: Size) -> dict[str, Any]:
    """From the shell to an answer (ours) or to ten passages (yardstick), everything loaded anew."""
    ask = ("assistant", "ask", question, "--index", str(built.index), "--json")
    theirs = ("evals.speed", "--yardstick-ask", str(model), str(built.store), question)
    return compared(
        paired(
            lambda: seconds(lambda: run_module(settings, *ask)),
            lambda: seconds(lambda: run_module(settings, *theirs)),
            size.cold_starts,
        )
    )


def run_module(settings: Settings, *arguments: str) -> str:
    """What `python -m ARGUMENTS` prints.

    Raises:
        AssistantError: it failed.
    """
    environment = os.environ | {
        "ASSISTANT_MODELS": str(settings.models.resolve()),
        "ASSISTANT_EMBEDDING_MODEL": settings.embedding_model,
        "HF_HUB_OFFLINE": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", *arguments], env=environment, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise AssistantError(f"`python -m {' '.join(arguments)}` failed: {ran.stderr.strip()[-500:]}")
    return ran.stdout


def yardstick_ask(model: Path, store: Path, question: str) -> int:
    """What a cold start of the yardstick does; run in a process of its own."""
    for document in Yardstick(model).open(store).similarity_search(question, k=10):
        print(document.page_content[:80])
    return 0


def measure_retrieval(
    embedder: Embedder, yardstick: Yardstick, name: str, work: Path, progress: Progress
) -> dict[str, Any]:
    """nDCG and the like of our three searches, of the yardstick, and of it with BM25 in an EnsembleRetriever."""
    beir = read_beir(BENCH / name)
    ours = benchmark(beir, embedder, progress=lambda step, done, total: progress(f"{name}: {step}", done, total))
    runs = _yardstick_runs(beir, yardstick, work / name, progress)
    return {
        **ours.report["systems"],
        **{system: measure(beir.qrels, run) for system, run in runs.items()},
    }


def _yardstick_runs(beir: BeirSet, yardstick: Yardstick, work: Path, progress: Progress) -> dict[str, Run]:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    # file names stand for ids, which may hold characters that a file system refuses
    files = write_files([f"{one.title}\n\n{one.text}".strip() for one in beir.documents], work / "files")
    ids = {path.stem: one.id for path, one in zip(files, beir.documents, strict=True)}
    store, _ = yardstick.build(files, work / "store")
    dense = store.as_retriever(search_kwargs={"k": _DEEPEST})
    held = store.get(include=["documents", "metadatas"])
    lexical = BM25Retriever.from_texts(held["documents"], metadatas=held["metadatas"], k=_DEEPEST)
    both = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    runs: dict[str, dict[str, list[str]]] = {"yardstick dense": {}, "yardstick dense + BM25": {}}
    for number, (query, text) in enumerate(beir.queries.items(), start=1):
        for system, retriever in (("yardstick dense", dense), ("yardstick dense + BM25", both)):
            found = (ids[document.metadata["source"]] for document in retriever.invoke(text))
            runs[system][query] = first_of_each(found)[:_DEEPEST]
        progress(f"{beir.name}: asking the yardstick", number, len(beir.queries))
    return dict(runs)


def against_yardstick(settings: Settings, size: Size, progress: Progress) -> dict[str, Any]:
    """Everything of both pipelines, in one run, with the bundled model on both sides."""
    settings = replace(settings, embedding_model=BUNDLED)
    model = bundled.prepared(settings.models) / bundled.SENTENCE_TRANSFORMERS
    name, texts, questions = material(size.files)
    steps = 4 + len(size.sets)
    report: dict[str, Any] = {"machine": machine(), "texts": name}
    with tempfile.TemporaryDirectory(prefix="assistant-speed-") as folder:
        work = Path(folder)
        with Apart(OurSide, settings) as ours, Apart(YardstickSide, model) as theirs:
            report["embedding"] = measure_embedding(ours, theirs, texts, size, questions)
            progress("measuring", 1, steps)
            built = measure_build(settings, theirs, texts, work, size)
            report["build"] = built.report
            progress("measuring", 2, steps)
            report["asking"] = measure_asking(ours, theirs, built, questions, size)
            progress("measuring", 3, steps)
        report["cold_start"] = measure_cold_start(settings, model, built, questions[0], size)
        progress("measuring", 4, steps)
        sets = [one for one in size.sets if (BENCH / one).is_dir()]
        report["retrieval"] = {}
        if sets:
            embedder, yardstick = assembly.load_embedder(settings), Yardstick(model)
        for number, one in enumerate(sets, start=5):
            report["retrieval"][one] = measure_retrieval(embedder, yardstick, one, work, progress)
            progress("measuring", number, steps)
        progress("measuring", steps, steps)
    return report


def machine() -> dict[str, Any]:
    """What a reader must know of where this ran."""
    packages = ("torch", "sentence-transformers", "onnxruntime", "chromadb", "langchain-chroma", "tantivy")
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": platform.machine(),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages if find_spec(name.replace("-", "_")) is not None},
    }


# ------------------------------------------------------------------------------------------------ many passages


class MadeUpEmbedder:
    """Vectors that lie as real ones do, made from nothing but the text's digest: a real one, part of another, and noise."""

    def __init__(self, real: Embedder, texts: Sequence[str]) -> None:
        self._real = real
        self._base = real.embed_passages(texts)
        self.identity = real.identity
        self.dimensions = real.dimensions

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        return self._real.count_tokens(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        made = np.stack([self._one(text) for text in texts])
        vectors: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
        return vectors

    def _one(self, text: str) -> Vectors:
        chance = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
        one, other = self._base[chance.integers(0, len(self._base), size=2)]
        share = chance.uniform(0, 0.5)
        noise = chance.standard_normal(self.dimensions) * 0.3 / np.sqrt(self.dimensions)
        vector: Vectors = ((1 - share) * one + share * other + noise).astype(np.float32)
        return vector


class _BuildProgress:
    """Passes on what a build tells of its steps."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._name = name
        self._step, self._done, self._total = "", 0, 0

    def begin(self, step: str, total: int) -> None:
        self._step, self._done, self._total = step, 0, total

    def advance(self, done: int = 1) -> None:
        self._done += done
        self._progress(f"{self._name}: {self._step}", self._done, self._total)


_MOST_FILES = 10_000


def at_scale(settings: Settings, passages: int, progress: Progress) -> dict[str, Any]:
    """Building, building again without a change, searching and answering over many passages, ours alone."""
    real = assembly.load_embedder(settings)
    texts = texts_of_own_corpus(passages)
    files = min(passages, _MOST_FILES)
    per_file = passages // files
    questions = [case.question for case in read_cases(QUESTIONS) if case.split == "dev" and case.question]
    with tempfile.TemporaryDirectory(prefix="assistant-scale-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number in range(files):
            own = texts[number * per_file : (number + 1) * per_file]
            body = "\n\n".join(f"## Deel {part}\n\n{text}" for part, text in enumerate(own, start=1))
            (corpus / f"tekst-{number:05}.md").write_text(f"# Tekst {number}\n\n{body}\n", encoding="utf-8")
        progress("at scale", 1, 5)
        embedder = MadeUpEmbedder(real, texts[:400])
        within = replace(settings, corpus=(corpus,), index=Path(folder) / "index")

        def build(name: str) -> BuildReport:
            shown = _BuildProgress(progress, name)
            return flow.build(within.corpus, assembly.places_of(within), embedder, ocr_available=False, progress=shown)

        first = build("first build")
        progress("at scale", 2, 5)
        again = build("unchanged")
        progress("at scale", 3, 5)
        assistant = Assistant(within)
        assistant.warm()
        searches = [seconds(lambda: assistant.search(Question(text), limit=10)) * 1000 for text in questions]  # noqa: B023
        progress("at scale", 4, 5)
        answers = [seconds(lambda: assistant.ask(Question(text))) * 1000 for text in questions[:60]]  # noqa: B023
        progress("at scale", 5, 5)
        size = sum(path.stat().st_size for path in within.index.rglob("*") if path.is_file())
        assistant.close()
    return {
        "machine": machine(),
        "files": files,
        "passages": first.passages,
        "build_seconds": round(first.seconds, 1),
        "unchanged_rebuild_seconds": round(again.seconds, 2),
        "unchanged": again.unchanged,
        "search_ms": percentiles(searches),
        "answer_ms": percentiles(answers),
        "index_megabytes": round(size / 2**20),
        "peak_memory_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


# ------------------------------------------------------------------------------------------------ command


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.speed", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few hundred passages, no retrieval figures")
    parser.add_argument("--scale", type=int, metavar="N", help="ours alone on N made-up passages")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--yardstick-ask", nargs=3, metavar=("MODEL", "STORE", "QUESTION"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        if options.yardstick_ask:
            model, store, question = options.yardstick_ask
            return yardstick_ask(Path(model), Path(store), question)
        if options.scale is not None and not 400 <= options.scale <= 1_000_000:
            raise SettingsError(f"--scale is from 400 to 1000000, not {options.scale}")
        settings = load()
        with progress_bar() as progress:
            if options.scale is not None:
                report = at_scale(settings, options.scale, progress)
            else:
                report = against_yardstick(settings, QUICK if options.quick else FULL, progress)
    except AssistantError as error:
        print(f"speed: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    sys.stdout.write(scale_in_words(report) if options.scale is not None else in_words(report))
    if options.out is not None:
        options.out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


def in_words(report: dict[str, Any]) -> str:
    """The comparison as a table for a person."""
    embedding, build, asking, cold = (report[name] for name in ("embedding", "build", "asking", "cold_start"))
    busy = report["machine"]["load_before"] > _BUSY
    lines = [
        *(
            ["!! The machine was busy before this began, which flatters us. Run it again on an idle one.", ""]
            if busy
            else []
        ),
        f"{report['texts']}; {report['machine']['cores']} cores, load {report['machine']['load_before']} before; "
        "ratios are medians of paired rounds, smallest to largest in brackets",
        "",
        f"{'':<34}{'ours':>12}{'yardstick':>12}   times faster",
    ]

    def row(name: str, ours: object, theirs: object, figures: dict[str, Any] | None = None) -> None:
        ratio = ""
        if figures is not None:
            times = figures["times_faster"]
            ratio = f"   {times['median']:.2f} ({times['least']:.2f} to {times['most']:.2f})"
        lines.append(f"{name:<34}{ours!s:>12}{theirs!s:>12}{ratio}")

    passages, query = embedding["passages"], embedding["query"]
    row("embedding, passages/s", passages["ours_per_second"], passages["yardstick_per_second"], passages)
    row("embedding, ms per query (p50)", query["ours_ms"]["p50"], query["yardstick_ms"]["p50"], query)
    row(f"build of {build['files']} files, passages/s", build["ours_per_second"], build["yardstick_per_second"], build)
    search = asking["search"]
    row("search, ms (p50)", search["ours_ms"]["p50"], search["yardstick_ms"]["p50"], search)
    row("search, ms (p95)", search["ours_ms"]["p95"], search["yardstick_ms"]["p95"])
    row("verified answer, ms (p95)", asking["answer_ms"]["p95"], "-")
    row("cold start, s", f"{cold['ours_seconds']:.2f}", f"{cold['yardstick_seconds']:.2f}", cold)
    for name, systems in report["retrieval"].items():
        lines += ["", f"{name:<34}{'ndcg@10':>12}{'recall@10':>12}{'recall@100':>12}{'mrr@10':>12}"]
        lines += [
            f"{system:<34}"
            + "".join(f"{figures[one]:>12.3f}" for one in ("ndcg@10", "recall@10", "recall@100", "mrr@10"))
            for system, figures in systems.items()
        ]
    return "\n".join(lines) + "\n"


def scale_in_words(report: dict[str, Any]) -> str:
    """The measurements on many passages for a person."""
    return (
        f"{report['passages']} passages in {report['files']} files, {report['machine']['cores']} cores\n"
        f"build                 {report['build_seconds']:.1f} s (vectors made up)\n"
        f"build, unchanged      {report['unchanged_rebuild_seconds']:.2f} s\n"
        f"search                p50 {report['search_ms']['p50']} ms, p95 {report['search_ms']['p95']} ms\n"
        f"verified answer       p50 {report['answer_ms']['p50']} ms, p95 {report['answer_ms']['p95']} ms\n"
        f"index on disk         {report['index_megabytes']} MB; peak memory {report['peak_memory_megabytes']} MB\n"
    )


if __name__ == "__main__":
    sys.exit(main())
