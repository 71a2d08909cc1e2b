"""Passages: exact slices that miss nothing, cut along the structure of the document."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant import passages
from assistant.ingest.assembling import TextAssembler
from assistant.model import BlockKind, Document, DocumentInfo
from tests.fakes import HashingEmbedder, document

count = HashingEmbedder().count_tokens  # a word is a token


def cut(doc: Document) -> list[str]:
    return [passage.text for passage in passages.split(doc, count_tokens=count)]


SENTENCE = "De gemeente dient de aanvraag uiterlijk op de genoemde dag in bij het ministerie."  # 13 words


def test_a_heading_goes_with_the_text_under_it_and_sections_are_not_mixed() -> None:
    doc = document("# Doel", "Het doel is rust.", "# Geld", "Er is 1 euro.")
    assert cut(doc) == ["Doel\n\nHet doel is rust.", "Geld\n\nEr is 1 euro."]


def test_headings_without_text_of_their_own_join_what_stands_under_them() -> None:
    doc = document("# Deel 1", "## Hoofdstuk 1", "### Paragraaf 1", "Tekst.")
    (passage,) = passages.split(doc, count_tokens=count)
    assert passage.text == "Deel 1\n\nHoofdstuk 1\n\nParagraaf 1\n\nTekst."
    assert passage.anchor.section == ("Deel 1", "Hoofdstuk 1", "Paragraaf 1")


def test_a_list_stays_whole_with_the_sentence_that_leads_it_in() -> None:
    filler = " ".join([SENTENCE] * 15)
    items = tuple(f"onderdeel {number} van de lijst met nog een paar woorden erbij" for number in range(12))
    texts = cut(document(filler, "De lijst is:", items))
    assert len(texts) == 2
    assert texts[0] == filler
    assert texts[1].startswith("De lijst is:\n\n• onderdeel 0")
    assert texts[1].count("•") == 12


def test_a_list_too_long_for_one_passage_is_cut_between_items() -> None:
    items = tuple(" ".join([SENTENCE] * 3) for _ in range(30))
    texts = cut(document("De lijst is:", items))
    assert len(texts) > 2
    assert all(text.split("\n")[-1].endswith("ministerie.") for text in texts)
    assert all(text.startswith(("De lijst", "•")) for text in texts)


def test_articles_are_passages_of_their_own_and_leden_stay_together() -> None:
    doc = document("# Artikel 1 Begrippen", "1. Een.", "2. Twee.", "# Artikel 2 Doel", "Het doel.")
    found = passages.split(doc, count_tokens=count)
    assert [(passage.anchor.article, passage.text.split("\n")[0]) for passage in found] == [
        ("1", "Artikel 1 Begrippen"),
        ("2", "Artikel 2 Doel"),
    ]


def test_a_paragraph_longer_than_a_passage_is_cut_at_sentences() -> None:
    texts = cut(document(" ".join([SENTENCE] * 60)))
    assert len(texts) > 1
    assert all(text.startswith("De gemeente") and text.endswith("ministerie.") for text in texts)
    assert all(len(text.split()) <= passages.MOST_TOKENS for text in texts)


def test_a_sentence_longer_than_a_passage_is_cut_at_white_space() -> None:
    texts = cut(document("woord " * 1000))
    assert all(len(text.split()) <= passages.MOST_TOKENS for text in texts)
    assert sum(len(text.split()) for text in texts) == 1000


def test_equal_texts_in_one_document_get_different_ids_and_ids_do_not_depend_on_what_stands_around() -> None:
    twice = passages.split(document("# A", "Zelfde.", "# B", "Iets.", "# A", "Zelfde."), count_tokens=count)
    assert len({passage.id for passage in twice}) == 3
    more = passages.split(document("# Nieuw", "Erbij.", "# A", "Zelfde."), count_tokens=count)
    assert more[1].id == twice[0].id


def test_what_is_embedded_carries_title_and_headings_once() -> None:
    doc = document("# Titel", "## Geld", " ".join([SENTENCE] * 20), "En " + " ".join([SENTENCE] * 20), title="Titel")
    first, second = passages.split(doc, count_tokens=count)[:2]
    assert passages.embedded_text(first, doc.info) == f"Titel\n{first.text}" or first.text.startswith("Titel")
    assert passages.embedded_text(second, doc.info) == f"Titel\nGeld\n{second.text}"


def test_a_passage_that_continues_a_table_is_embedded_with_the_names_of_its_columns() -> None:
    assembler = TextAssembler()
    group = assembler.new_group()
    assembler.table_row(("Gemeente", "Bedrag"), group=group)
    for number in range(200):
        assembler.table_row((f"Plaats {number}", f"€ {number}.000"), group=group)
    doc = assembler.build(DocumentInfo(id="t", title=""))
    found = passages.split(doc, count_tokens=count)
    heads = passages.table_heads(doc, found)
    assert len(found) > 1
    assert found[0].id not in heads
    assert all(heads[passage.id] == "Gemeente | Bedrag" for passage in found[1:])
    assert all(passage.kind is BlockKind.TABLE_ROW for passage in found)


words = st.lists(
    st.sampled_from("de gemeente. Het € 1,5 nr. 96 Zij (zie art. 4) aanvraag; é".split()), max_size=120
).map(" ".join)
parts = st.one_of(
    words,
    st.integers(1, 4).flatmap(lambda level: words.map(lambda text: f"{'#' * level} {text[:60]}")),
    st.lists(words, max_size=30).map(tuple),
)


@given(st.lists(parts, max_size=12))
def test_passages_are_ordered_slices_that_do_not_overlap_and_together_miss_nothing(given_parts: list[str]) -> None:
    doc = document(*given_parts)
    found = passages.split(doc, count_tokens=count)
    at = 0
    left = ""
    for ordinal, passage in enumerate(found):
        assert passage.ordinal == ordinal
        assert passage.start >= at
        assert passage.text == doc.text[passage.start : passage.end] != ""
        left += doc.text[at : passage.start]
        at = passage.end
        assert len(re.findall(r"\S+", passage.text)) <= passages.MOST_TOKENS + passages.CONTEXT_TOKENS
    assert not (left + doc.text[at:]).strip()
    assert len({passage.id for passage in found}) == len(found)
    assert passages.split(doc, count_tokens=count) == found
