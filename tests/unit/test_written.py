"""What a model writes becomes sentences with their sources, whatever form the markers have and however the pieces fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.checking import Written
from assistant.answering.written import Reading


def sentences(text: str, *, size: int | None = None) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a reply that comes in pieces of a size; at once without one."""
    reading = Reading()
    step = size or max(len(text), 1)
    found = [one for at in range(0, len(text), step) for one in reading.add(text[at : at + step])]
    return [(one.text, one.cited) for one in [*found, *reading.end()]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("De Agenda loopt tot eind 2025 [1].", [("De Agenda loopt tot eind 2025.", (1,))]),
        ("De Agenda loopt tot eind 2025. [1]", [("De Agenda loopt tot eind 2025.", (1,))]),
        ("Er is geld. [1][3]", [("Er is geld.", (1, 3))]),
        ("Er is geld [1] [3].", [("Er is geld.", (1, 3))]),
        ("Er is geld [1, 3].", [("Er is geld.", (1, 3))]),
        ("Er is geld [1 en 3].", [("Er is geld.", (1, 3))]),
        ("Er is geld [1-3].", [("Er is geld.", (1, 2, 3))]),
        ("Er is geld [bron 2].", [("Er is geld.", (2,))]),
        ("Er is geld [Bronnen 2, 4].", [("Er is geld.", (2, 4))]),
        ("Er is geld (bron 2).", [("Er is geld.", (2,))]),
        ("Er is geld【2】.", [("Er is geld.", (2,))]),
        ("Er is geld【2†source】.", [("Er is geld.", (2,))]),
        ("Er is geld [^2].", [("Er is geld.", (2,))]),
        ("There is money [source 1].", [("There is money.", (1,))]),
        ("A loopt af [1]. B begint [2].", [("A loopt af.", (1,)), ("B begint.", (2,))]),
        ("- A loopt af [1]\n- B begint [2]", [("A loopt af.", (1,)), ("B begint.", (2,))]),
        ("1. A loopt af [1]\n2. B begint [2]", [("A loopt af.", (1,)), ("B begint.", (2,))]),
        # two sentences before one group of markers lean on the same source
        ("A loopt af. Daarna begint B. [2]", [("A loopt af.", (2,)), ("Daarna begint B.", (2,))]),
        ("**Antwoord:** De **Agenda** loopt af [1].", [("De Agenda loopt af.", (1,))]),
        ("## Looptijd\nDe Agenda loopt af [1].", [("De Agenda loopt af.", (1,))]),
        ("Antwoord: De Agenda loopt af [1].", [("De Agenda loopt af.", (1,))]),
        ("De Agenda loopt af.", [("De Agenda loopt af.", ())]),  # no marker: nothing is cited
        ("De Agenda loopt af [99].", [("De Agenda loopt af.", (99,))]),  # whether it exists is not read here
        ("<think>Bron 1 zegt iets [1].</think>De Agenda loopt af [2].", [("De Agenda loopt af.", (2,))]),
        ("<think>altijd maar denken [1]. En nog [2].", []),  # never done thinking
        ("De Agenda loopt af [1].<|im_end|>", [("De Agenda loopt af.", (1,))]),
        ("Zie artikel 4 [lid 2] [1].", [("Zie artikel 4 [lid 2].", (1,))]),  # brackets that are no marker stay
        ("Het gaat om € 2,5 mln. in 2024 [1].", [("Het gaat om € 2,5 mln. in 2024.", (1,))]),
        ("", []),
        ("[1]", []),
        (" . ", []),
    ],
)
@pytest.mark.parametrize("size", [None, 1, 3, 7])
def test_sentences_come_with_the_numbers_of_their_sources(
    text: str, expected: list[tuple[str, tuple[int, ...]]], size: int | None
) -> None:
    assert sentences(text, size=size) == expected


@pytest.mark.parametrize(
    "text", ["NIET GEVONDEN", "niet gevonden.", "NIET GEVONDEN [1]", "**NIET GEVONDEN**", "\n NIET_GEVONDEN \n"]
)
@pytest.mark.parametrize("size", [None, 2])
def test_that_the_sources_do_not_hold_it_is_heard_and_is_no_sentence(text: str, size: int | None) -> None:
    reading = Reading()
    step = size or len(text)
    found = [one for at in range(0, len(text), step) for one in reading.add(text[at : at + step])]
    assert found + reading.end() == [] and reading.not_found


def test_a_sentence_is_given_as_soon_as_something_follows_its_markers() -> None:
    reading = Reading()
    assert reading.add("De Agenda loopt af [1]") == []  # another marker may follow
    assert reading.add("[3]") == []
    assert reading.add(". ") == []
    assert reading.add("Daarna") == [Written("De Agenda loopt af.", (1, 3))]
    assert reading.add(" volgt iets. [2]") == []
    assert reading.end() == [Written("Daarna volgt iets.", (2,))]


def test_a_reply_of_thoughts_alone_is_empty() -> None:
    reading = Reading()
    reading.add("<think>hm</think>  \n")
    assert reading.end() == [] and reading.empty


@given(st.text(alphabet="ab .[]1239,()<think/>\n*#-", max_size=80), st.integers(1, 9))
def test_how_a_reply_is_cut_into_pieces_changes_nothing(text: str, size: int) -> None:
    assert sentences(text, size=size) == sentences(text)
