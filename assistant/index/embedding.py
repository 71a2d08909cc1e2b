"""The embedding model: texts → vectors. The bundled one runs on onnxruntime, others on sentence-transformers."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelUnavailable
from assistant.index import bundled
from assistant.index.tokens import Tokens

# Nothing is fetched, nothing is reported. The packages of Hugging Face read these when they are imported, which nothing
# here does before a model asks for it.
for _switch, _value in {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime reports to its maker by default, and keeps a device id in the home folder
}.items():
    os.environ.setdefault(_switch, _value)

Vectors = NDArray[np.float32]
Progress = Callable[[str], None]

BUNDLED = "bundled"
_QUERY, _PASSAGE = "query: ", "passage: "
_E5 = re.compile(r"(?:^|[/_-])e5-(?!.*instruct)", re.IGNORECASE)
_ENDLESS = 1_000_000  # what libraries say when a model has no longest text
_SAMPLED = 1_000
# One run of the encoder uses one core, and as many runs go on at once as there are cores: on two cores that embeds twice
# the passages per second of one run on both, whose parts wait for each other. Longer runs than this leave the cache.
_TOKENS_AT_ONCE = 256


class Embedder(Protocol):
    """Vectors of texts: float32, L2-normalised, (n, dimensions) for a sequence, also of none. Safe for several threads.

    The vector of a text does not depend on the texts beside it (cosine at least 0.999).
    """

    @property
    def identity(self) -> str:
        """Names the model; two with one identity give the same vectors."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """What a text may have, prefix and special tokens included; the rest is not seen."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question, shape (dimensions,)."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what may answer a question."""
        ...

    def embed_sentences(self, texts: Sequence[str]) -> Vectors:
        """The same vectors as `embed_passages`, for short texts while someone waits."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by itself, without prefix and special tokens."""
        ...


class Remembering:
    """A model that does not compute a question or sentence twice: retrieval and answering both ask for the question's.

    Keeps the last `questions` and `sentences` vectors, 1.5 kB each with 384 dimensions.
    """

    def __init__(self, model: Embedder, *, questions: int = 256, sentences: int = 4_096) -> None:
        self._model = model
        self.identity = model.identity
        self.dimensions = model.dimensions
        self.max_tokens = model.max_tokens
        self.embed_passages = model.embed_passages
        self.count_tokens = model.count_tokens
        self.embed_query = lru_cache(maxsize=questions)(model.embed_query)
        self._sentences: OrderedDict[str, Vectors] = OrderedDict()
        self._most = sentences
        self._lock = threading.Lock()

    def embed_sentences(self, texts: Sequence[str]) -> Vectors:
        """As the model gives them; those that are known are not computed again."""
        with self._lock:
            found = {text: self._sentences[text] for text in texts if text in self._sentences}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self._model.embed_sentences(new), strict=True))
        with self._lock:
            for text in new:
                self._sentences[text] = found[text]
            while len(self._sentences) > self._most:
                self._sentences.popitem(last=False)
        return np.stack([found[text] for text in texts]) if texts else np.zeros((0, self.dimensions), np.float32)


def load(name: str, *, models: Path, progress: Progress | None = None) -> Embedder:
    """The embedding model of that name.

    Args:
        name: `bundled`, or a sentence-transformers model by name or folder.
        models: where the bundled model is prepared on first use.
        progress: told what is being done when it takes more than a moment.

    Raises:
        ModelUnavailable: it cannot be prepared or loaded; the message says what to do.
    """
    if name == BUNDLED:
        return BundledEmbedder(bundled.prepared(models, progress=progress))
    return OtherEmbedder(name)


class BundledEmbedder:
    """multilingual-e5-small on onnxruntime, from a prepared folder."""

    identity = bundled.IDENTITY
    max_tokens = bundled.MAX_TOKENS

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokens = Tokens(folder)
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / bundled.ENCODER), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises classes of its own making
            raise ModelUnavailable(
                f"the prepared embedding model in {folder} cannot be loaded ({error}); "
                "remove that folder, it is then made again"
            ) from error
        self._runs = ThreadPoolExecutor(_cores(), thread_name_prefix="embedding")
        self.dimensions: int = self._session.get_outputs()[0].shape[1]

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._embed([_QUERY + text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed([_PASSAGE + text for text in texts])

    def embed_sentences(self, texts: Sequence[str]) -> Vectors:
        return self._embed([_PASSAGE + text for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._tokens.encode(texts)]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        begin, end, most = self._tokens.begin, self._tokens.end, self.max_tokens - 2
        tokens = [[begin, *ids[:most], end] for ids in self._tokens.encode(texts)]

        def run(batch: list[int]) -> None:
            ids = np.full(
                (len(batch), max(len(tokens[place]) for place in batch)), self._tokens.padding, dtype=np.int64
            )
            attended = np.zeros_like(ids)
            for row, place in enumerate(batch):
                ids[row, : len(tokens[place])] = tokens[place]
                attended[row, : len(tokens[place])] = 1
            vectors[batch] = self._session.run(None, {"input_ids": ids, "attention_mask": attended})[0]

        batches = _batches([len(one) for one in tokens])
        if len(batches) == 1:
            run(batches[0])
        else:
            for _ in self._runs.map(run, batches):  # going through it raises what a run raised
                pass
        return vectors


class OtherEmbedder:
    """Any sentence-transformers model, by name or folder, with its own prompts."""

    def __init__(self, name: str) -> None:
        offline = os.environ["HF_HUB_OFFLINE"].lower() not in ("0", "false", "no", "off", "")
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(name, device="cpu", local_files_only=offline)
        except Exception as error:  # whatever the libraries, the disk or the files of the model come with
            raise ModelUnavailable(
                f"the embedding model {name!r} cannot be loaded ({_first_line(error)}); give the folder of a "
                "sentence-transformers model or the name of one that was downloaded before, "
                "or unset ASSISTANT_EMBEDDING_MODEL to use the bundled model"
            ) from error
        self._prompts = _prompts(name, self._model.prompts)
        self.dimensions: int = self._model.get_embedding_dimension()
        most = self._model.max_seq_length
        self.max_tokens: int = int(most) if most is not None and most < _ENDLESS else bundled.MAX_TOKENS
        shown = Path(name).resolve().name if Path(name).is_dir() else name
        self.identity = f"{shown} {_fingerprint(self._model, self._prompts)}"

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._embed(self._model.encode_query, [text], self._prompts[0])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(self._model.encode_document, texts, self._prompts[1])

    def embed_sentences(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        sound = [_sound(text) for text in texts]
        tokenizer = self._model.tokenizer
        if hasattr(tokenizer, "encode_batch"):  # static models carry one of the `tokenizers` package
            return [len(one.ids) for one in tokenizer.encode_batch(sound, add_special_tokens=False)]
        return [len(ids) for ids in tokenizer(sound, add_special_tokens=False, verbose=False)["input_ids"]]

    def _embed(self, encode: Callable[..., Any], texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        found = encode(
            [_sound(text) for text in texts], prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts that are run together: of about one length, the longest first so that no core ends long after."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    batches: list[list[int]] = []
    for place in order:
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= _TOKENS_AT_ONCE:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


def _prompts(name: str, own: Mapping[str, str]) -> tuple[str, str]:
    """What goes before a question and before a passage. E5 models need theirs but often come without saying so."""
    query = own.get("query") or ""
    passage = own.get("document") or own.get("passage") or ""
    if not query and not passage and _E5.search(name):
        return _QUERY, _PASSAGE
    return query, passage


def _fingerprint(model: Any, prompts: tuple[str, str]) -> str:
    """Changes when the model does: its parts, its prompts, and some numbers out of every weight."""
    digest = hashlib.sha256(repr((prompts, model.max_seq_length, [type(part).__name__ for part in model])).encode())
    for name, weight in model.state_dict().items():
        flat = weight.detach().reshape(-1)
        some = flat[:: max(1, len(flat) // _SAMPLED)].double().numpy()
        digest.update(f"{name} {tuple(weight.shape)}".encode())
        digest.update(some.tobytes())
    return digest.hexdigest()[:12]


def _sound(text: str) -> str:
    """Without halves of surrogate pairs, as file names and broken input bring them; tokenizers refuse those."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
