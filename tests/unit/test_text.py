"""Text: cleaning, folding, sentences and finding quotes, with offsets that stay true."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import Span, clean, fold, locate, sentences

# Letters with accents in one and in two characters, ligatures, line ends, invisible characters, half a surrogate pair.
ODD = st.text(
    st.sampled_from(
        "aeé\u0301\u0327\ufb01\u0132 \n\r\x85\u2028\u00ad\u200b\ufeff.,!?\"'’1AZß\u0130\u0345½²Å\ud800(-—•\t\x0c"
    ),
    max_size=40,
)
ANY = st.text(max_size=60) | ODD


# ------------------------------------------------------------------------------------------------ cleaning

CLEAN = [
    ("gewone tekst", "gewone tekst", "nothing to do"),
    ("potentie\u0308le", "potentiële", "one letter is one character"),
    ("be\u00adleid\u200b", "beleid", "soft hyphens and zero-width spaces carry no text"),
    ("36\u00a0200\u202fXV", "36 200 XV", "odd spaces become plain ones"),
    ("\ufb01nancieel e\ufb03ciënt", "financieel efficiënt", "ligatures are letters"),
    ("een\r\ntwee\rdrie\x0cvier", "een\ntwee\ndrie\nvier", "line ends and page ends, a pair of them is one"),
    ("a\tb", "a b", "a tab is a space"),
    ("a\x00b\x07", "ab", "control characters are nothing"),
    ("\ufeffkop", "kop", "nor is a byte-order mark"),
    ("x\ud800y", "xy", "nor half a surrogate pair"),
    ("€ 5 – ‘zo’", "€ 5 – ‘zo’", "signs of the language stay"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), CLEAN)
def test_clean(text: str, expected: str, reason: str) -> None:
    assert clean(text) == expected, reason


@given(ANY)
def test_cleaning_twice_changes_nothing_and_leaves_no_odd_characters(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not set(cleaned) & set("\r\t\x00\u00ad\u200b\u00a0\ufeff")
    cleaned.encode("utf-8")


FOLDED = [
    ("Potentiéle", "potentiele"),
    ("COÖRDINATIE", "coordinatie"),
    ("Curaçao", "curacao"),
    ("ĳs", "ijs"),
    ("SPUK", "spuk"),
]


@pytest.mark.parametrize(("text", "expected"), FOLDED)
def test_folding_drops_case_and_accents(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# ------------------------------------------------------------------------------------------------ sentences

SENTENCES = [
    ("De Agenda loopt tot eind 2025. Daarna volgt een besluit.", "two plain sentences | De Agenda loopt tot eind 2025."),
    ("Zie art. 4, tweede lid. De regeling geldt.", "an article is abbreviated | Zie art. 4, tweede lid."),
    ("Zie art. 7a. Het eerste lid geldt.", "the number of an article may end it | Zie art. 7a."),
    ("Denk aan gebouwen, bijv. de school. Dan de rest.", "bijv. | Denk aan gebouwen, bijv. de school."),
    ("De brief d.d. 7 juli is verstuurd. Hij is lang.", "d.d. | De brief d.d. 7 juli is verstuurd."),
    ("Zie nr. 96. Daarna volgt de rest.", "nr. with its number at the end | Zie nr. 96."),
    ("Kamerstuk 36 200 XV, nr. 96. De brief volgt.", "a Kamerstuk | Kamerstuk 36 200 XV, nr. 96."),
    ("De wet (Stb. 2021, 123) geldt. Dat is zo.", "a publication | De wet (Stb. 2021, 123) geldt."),
    ("Het bedrag is € 1.250.000. Het wordt verdeeld.", "points within an amount | Het bedrag is € 1.250.000."),
    ("Dat kost ca. 3 miljoen. Dat is veel.", "ca. before a number | Dat kost ca. 3 miljoen."),
    ("Dat kost 3 mln. De raad stemt in.", "mln. may end a sentence | Dat kost 3 mln."),
    ("Het is 3 mln. euro. De raad stemt in.", "or not | Het is 3 mln. euro."),
    ("Het begint op 7 jan. 2024. De rest volgt.", "a month within a date | Het begint op 7 jan. 2024."),
    ("Het was in jan. De rest volgt.", "a month at the end | Het was in jan."),
    ("Dit schrijft A.D. Wiersma. Hij belde.", "initials that look like a.d. | Dit schrijft A.D. Wiersma."),
    ("Minister J.P. Balkenende sprak. Hij lachte.", "initials | Minister J.P. Balkenende sprak."),
    ("De minister (mr. A. Jansen) kwam. Zij sprak.", "title and initial | De minister (mr. A. Jansen) kwam."),
    ("Prof. dr. De Vries sprak. Hij is hoogleraar.", "titles before a capital | Prof. dr. De Vries sprak."),
    ("Het college van B. en W. is akkoord. De raad ook.", "B. en W. | Het college van B. en W. is akkoord."),
    ("Zie bijlage A. De tabel volgt.", "a letter that ends a sentence | Zie bijlage A."),
    ("Dit is deel II. Het vervolg komt.", "Roman numbers | Dit is deel II."),
    ("Dit is t.b.v. Rotterdam. Het werkt.", "t.b.v. before a name | Dit is t.b.v. Rotterdam."),
    ("Wonen, werken, etc. De rest volgt.", "etc. may end a sentence | Wonen, werken, etc."),
    ("Jansen e.a. De rest volgt.", "so may e.a. | Jansen e.a."),
    ("Zie blz. 12 e.v. voor meer. Ook daar.", "or not | Zie blz. 12 e.v. voor meer."),
    ("Zij is 18 jaar oud. De rest volgt.", "oud is a word | Zij is 18 jaar oud."),
    ("Dat weten we al. De rest volgt.", "al is a word | Dat weten we al."),
    ("Dat is de steun van de VS. De rest volgt.", "capitals are a name, not vs. | Dat is de steun van de VS."),
    ("Dat zegt het ministerie van SZW. De minister knikt.", "a name in capitals | Dat zegt het ministerie van SZW."),
    ("Zie www.rijksoverheid.nl. Daar staat meer.", "an address | Zie www.rijksoverheid.nl."),
    ("Zie https://www.a.nl/b.c. Daar staat meer.", "an address that looks like initials | Zie https://www.a.nl/b.c."),
    ("Het begint om 10.30 uur. De bel gaat.", "a time | Het begint om 10.30 uur."),
    ("Het loopt in 2023. 20 gemeenten doen mee.", "a number may begin a sentence | Het loopt in 2023."),
    ("Hij zei: \"Dat is goed.\" Daarna ging hij weg.", "the quotation mark belongs to it | Hij zei: \"Dat is goed.\""),
    ("‘Dat is zo.’ Dat zei hij.", "so does a curly one | ‘Dat is zo.’"),
    ("“Wat nu?” vroeg zij. Niemand sprak.", "a sentence goes on after a quoted question | “Wat nu?” vroeg zij."),
    ("Is dat zo? Ja.", "a question mark | Is dat zo?"),
    ("Wat is dit...? Niemand weet het.", "more marks than one | Wat is dit...?"),
    ("Hij wacht... en wacht. Dan gaat hij.", "an ellipsis goes on | Hij wacht... en wacht."),
    ("Klaar. 's Avonds gaat het door.", "'s begins a sentence | Klaar."),
    ("Klaar. 't Harde ligt in Gelderland.", "and so does 't | Klaar."),
    ("1. De regeling geldt. 2. Het college besluit.", "numbers of paragraphs stay with them | 1. De regeling geldt."),
    ("a. De naam. b. Het adres.", "so do letters | a. De naam."),
    ("(zie nr. 3.) Dat geldt.", "a bracket ends it too | (zie nr. 3.)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "case"), SENTENCES)
def test_sentences_end_where_a_reader_ends_them(text: str, case: str) -> None:
    reason, _, first = case.partition(" | ")
    cut = [text[start:end] for start, end in sentences(text)]
    assert cut == [first, text[len(first) + 1 :]], reason


@pytest.mark.parametrize(
    "text",
    [
        "Dit geldt o.a. in Utrecht en Den Haag.",
        "Mw. De Jong belt.",
        "A. de Jong en B. Jansen.",
        "De z.g. Wet Kansrijk.",
        "Art. 4 lid 2 jo. art. 5.",
        "§ 2.1 en 2.2 gaan over 1.000 zaken.",
        "1°. Het eerste punt",
        "3.1. Financiën",
        "iv. Het vierde punt",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    assert sentences(text) == [Span(0, len(text))]


def test_a_line_end_always_cuts_and_white_space_belongs_to_no_sentence() -> None:
    text = "  Kop zonder punt\n\nEen zin.  Nog een \n"
    assert [text[start:end] for start, end in sentences(text)] == ["Kop zonder punt", "Een zin.", "Nog een"]


@given(ANY)
def test_sentences_are_in_order_and_hold_every_visible_character(text: str) -> None:
    end = 0
    outside = []
    for span in sentences(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        outside.append(text[end : span.start])
        end = span.end
    outside.append(text[end:])
    assert "".join(outside).strip() == ""


@pytest.mark.parametrize("piece", ["nr. ", "a. ", "x", "A.B", ". ", "1. ", "'", "Mr. De "])
def test_a_hostile_line_is_cut_in_linear_time(piece: str) -> None:
    started = time.perf_counter()
    sentences(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 5


# ------------------------------------------------------------------------------------------------ quotes

LOCATED = [
    ("eind 2025", "Loopt tot eind 2025.", "eind 2025", "the same characters"),
    ("EIND 2025", "Loopt tot eind 2025.", "eind 2025", "case does not matter"),
    ("potentiele", "De potentiële winst", "potentiële", "nor do accents"),
    ("veerkracht", "De veer-\nkracht van", "veer-\nkracht", "nor hyphens at line ends"),
    ("kennis en kunde", "de kennis  en\nkunde.", "kennis  en\nkunde", "nor spacing"),
    ("€ 256 miljoen", "totaal €256 miljoen!", "256 miljoen", "nor signs"),
    ("twee", "een, twee, twee", "twee", "the first of two places"),
    ("financieel", "het \ufb01nancieel plan", "\ufb01nancieel", "a ligature is its letters"),
    ("2", "½ en 2", "2", "half a fraction is no place"),
]


@pytest.mark.parametrize(("quote", "text", "expected", "reason"), LOCATED)
def test_a_quote_is_found_in_spite_of_its_spelling(quote: str, text: str, expected: str, reason: str) -> None:
    span = locate(quote, text)
    assert span is not None, reason
    assert text[span.start : span.end] == expected, reason
    assert span.start == text.index(expected), reason


@pytest.mark.parametrize(
    ("quote", "text"), [("tot 2029", "tot 2025"), ("", "tekst"), ("...", "tekst..."), ("zin", ""), ("i", "\ufb01")]
)
def test_what_is_not_there_is_not_found(quote: str, text: str) -> None:
    assert locate(quote, text) is None


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum() or character == "_")


@given(ANY, st.data())
def test_any_slice_of_a_text_with_a_letter_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    span = locate(quote, text)
    if not _letters(quote):
        assert span is None
    else:
        assert span is not None
        assert locate(quote, text[span.start : span.end]) == Span(0, span.end - span.start)
        assert span.start <= start or quote.strip()
