"""Dutch words: splitting, stems, compounds, abbreviations, and words that stand for one another."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import dutch
from assistant.text import fold

WORDS = [
    ("De SPUK Kansrijke Wijk", ["de", "spuk", "kansrijke", "wijk"], "lower case"),
    ("coördinatie op Curaçao", ["coordinatie", "op", "curacao"], "without accents"),
    ("thema's en thema’s", ["thema", "en", "thema"], "a plural with 's loses it"),
    ("36 200 XV, nr. 96", ["36200", "xv", "nr", "96"], "grouped digits are one number"),
    ("€ 1.250.000,50", ["1250000", "50"], "so are points"),
    ("in 2023 200 gemeenten", ["in", "2023", "200", "gemeenten"], "a year beside a number is not grouped"),
    ("36\u00a0200", ["36200"], "a space that does not break groups too"),
    ("e-mail via A&B", ["e", "mail", "via", "a", "b"], "signs part words"),
    ("artikel 7a", ["artikel", "7a"], "a letter stays with its number"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), WORDS)
def test_words(text: str, expected: list[str], reason: str) -> None:
    assert [word.text for word in dutch.words(text)] == expected, reason


@given(st.text(max_size=60))
def test_words_stand_where_they_say(text: str) -> None:
    end = 0
    for word in dutch.words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.text == fold(word.text)
        end = word.end


SAME_STEM = [
    ("gemeente", "gemeenten", "plural"),
    ("uitkering", "uitkeringen", "plural in -en"),
    ("wijk", "wijken", "short words"),
    ("kansrijk", "kansrijke", "adjectives"),
    ("weerbaar", "weerbare", "open and closed syllables"),
    ("voorwaarde", "voorwaarden", "plural in -n"),
]


@pytest.mark.parametrize(("one", "other", "reason"), SAME_STEM)
def test_forms_of_one_word_share_a_stem(one: str, other: str, reason: str) -> None:
    assert dutch.stem(one) == dutch.stem(other), reason


@pytest.mark.parametrize(
    ("one", "other"), [("weer", "weerbaarheid"), ("gemeente", "gemeen"), ("wijk", "wijze"), ("brief", "brigade")]
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert dutch.stem(one) != dutch.stem(other)


@pytest.mark.parametrize("word", ["7a", "36200", "2023", "covid19"])
def test_numbers_are_their_own_stem(word: str) -> None:
    assert dutch.stem(word) == word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("betaalt", "betalen"),
        ("krijgt", "krijgen"),
        ("brief", "brieven"),
        ("beschermt", "beschermen"),
        ("evaluatie", "geëvalueerd"),
        ("publicatie", "gepubliceerd"),
        ("toezegging", "toegezegd"),
        ("aanvragen", "aangevraagd"),
    ],
)
def test_loose_stems_join_verb_forms(one: str, other: str) -> None:
    assert dutch.loose_stem(dutch.stem(one)) == dutch.loose_stem(dutch.stem(other))


def test_content_stems_leave_out_words_without_a_subject() -> None:
    assert dutch.content_stems("Wat is het doel van de Agenda?") == [dutch.stem("doel"), dutch.stem("agenda")]


# ------------------------------------------------------------------------------------------------ compounds

VOCABULARY = dict.fromkeys(
    "uitkering voorwaarden voorwaarde gemeente fonds veerkracht congres jeugd criminaliteit wijk aanpak besteding stad deel kamer "
    "brief begroting samenleving regeling gemeentefonds hele personeel kosten".split(),
    5,
)
COMPOUNDS = dutch.Compounds(VOCABULARY)
SPLIT = [
    ("uitkeringsvoorwaarden", ("uitkering", "voorwaarden"), "a linking s"),
    ("gemeentefonds", ("gemeente", "fonds"), "nothing between, though the whole is known too"),
    ("veerkrachtcongres", ("veerkracht", "congres"), "a new word"),
    ("personeelskosten", ("personeel", "kosten"), "another linking s"),
    ("stadsdeelaanpak", ("stad", "deel", "aanpak"), "three parts"),
    ("wijkenaanpak", ("wijk", "aanpak"), "a linking en"),
    ("gemeentebegrotingsregeling", ("gemeente", "begroting", "regeling"), "long ones"),
    ("uitkering", (), "a known word is no compound of itself"),
    ("wijken", (), "too short to split"),
    ("onbekendewoorden", (), "parts that nobody uses"),
    ("36200xv", (), "digits"),
]


@pytest.mark.parametrize(("word", "parts", "reason"), SPLIT)
def test_compounds_split_into_words_of_the_corpus(word: str, parts: tuple[str, ...], reason: str) -> None:
    assert COMPOUNDS.parts(word) == parts, reason
    assert COMPOUNDS.parts(word) == parts, "and again from memory"


def test_a_part_must_occur_often_enough() -> None:
    assert dutch.Compounds({"wijk": 5, "aanpak": 1}).parts("wijkaanpak") == ()
    assert dutch.Compounds({"wijk": 5, "aanpak": 1}, least=1).parts("wijkaanpak") == ("wijk", "aanpak")


@given(st.lists(st.sampled_from(sorted(VOCABULARY)), min_size=1, max_size=4).map("".join))
def test_parts_are_known_words_that_make_up_the_compound(word: str) -> None:
    parts = COMPOUNDS.parts(word)
    assert all(part in VOCABULARY for part in parts)
    rest = word
    for part in parts:
        assert part in rest
        rest = rest[rest.index(part) + len(part) :]
    assert len(parts) != 1


# ------------------------------------------------------------------------------------------------ abbreviations

EXPLAINED = [
    (
        "Het Nationaal Programma Leefbaarheid en Veiligheid (NPLV) loopt.",
        {"nplv": "nationaal programma leefbaarheid en veiligheid"},
        "every capital",
    ),
    (
        "De Vereniging van Nederlandse Gemeenten (VNG) stemt in.",
        {"vng": "vereniging van nederlandse gemeenten"},
        "the capital, not the nearest v",
    ),
    ("Een specifieke uitkering (SPUK) is geld.", {"spuk": "specifieke uitkering"}, "letters within words"),
    ("De decentrale uitkering (DU) is geld.", {"du": "decentrale uitkering"}, "the article is no part of it"),
    ("De Expertise-unit Sociale Stabiliteit (ESS) helpt.", {"ess": "expertise-unit sociale stabiliteit"}, "a hyphen"),
    ("De minister (BZK) sprak.", {}, "a name that is not explained"),
    ("In de wijk (Zuid) is het zo.", {}, "an ordinary word in brackets"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), EXPLAINED)
def test_abbreviations_a_text_explains(text: str, expected: dict[str, str], reason: str) -> None:
    assert dutch.find_abbreviations(text) == expected, reason


EXPANDED = [
    ("spuk kansrijke wijk", ["specifieke uitkering"], "long for short"),
    ("specifieke uitkeringen voor wijken", ["spuk"], "short for long, in any form"),
    ("nationaal programma leefbaarheid en veiligheid", ["nplv"], "many words"),
    ("spuk of specifieke uitkering", [], "nothing when both are said"),
    ("du veerkracht", ["decentrale uitkering", "decentralisatie-uitkering"], "every long form"),
    ("college van b&w", ["burgemeester en wethouders"], "an abbreviation with a sign"),
    ("burgemeester en wethouders", ["b&w"], "and back"),
    ("een wijk in de stad", [], "nothing of the kind"),
]


@pytest.mark.parametrize(("query", "expected", "reason"), EXPANDED)
def test_queries_are_expanded_both_ways(query: str, expected: list[str], reason: str) -> None:
    assert dutch.expansions([word.text for word in dutch.words(query)], dutch.ABBREVIATIONS) == expected, reason


# ------------------------------------------------------------------------------------------------ other words


def test_everyday_words_lead_to_those_of_documents_and_not_back() -> None:
    assert dutch.stem("woningen") in dutch.formal_words(dutch.stem("huizen"))
    assert dutch.stem("gemeente") in dutch.formal_words(dutch.stem("steden")) & dutch.formal_words(dutch.stem("stad"))
    assert dutch.stem("voortdurend") not in dutch.formal_words(dutch.stem("steden"))
    assert dutch.stem("huis") not in dutch.formal_words(dutch.stem("woning"))
    assert dutch.formal_words("xyz") == frozenset()


def test_the_list_of_everyday_words_is_sorted_and_holds_single_words() -> None:
    lines = resources.files("assistant").joinpath("everyday_words.txt").read_text(encoding="utf-8").splitlines()
    formal = [line.partition(":")[0] for line in lines]
    assert formal == sorted(set(formal))
    assert [line for line in lines if re.fullmatch(r"[\w-]+:(?: [\w-]+)+", line) is None] == []


def test_synonyms_are_symmetric_and_never_the_word_itself() -> None:
    assert dutch.stem("uitkering") in dutch.synonyms(dutch.stem("subsidie"))
    for one in map(dutch.stem, ["subsidie", "gemeente", "einde", "budget", "brief", "doel"]):
        assert one not in dutch.synonyms(one)
        assert all(one in dutch.synonyms(other) for other in dutch.synonyms(one))


def test_english_words_lead_to_dutch_stems() -> None:
    assert dutch.stem("gemeente") in dutch.translations("municipalities")
    assert dutch.stem("stad") in dutch.translations("municipalities")
    assert dutch.translations("gemeente") == frozenset()
