"""References: the many ways in which people write the numbers of documents and articles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import references
from assistant.model import Anchor, DocumentInfo
from assistant.references import Kind

LETTER = DocumentInfo(
    id="kst-36200-XV-96",
    title="Brief",
    identifier="kst-36200-XV-96",
    dossier="36200-XV",
    path="kamerbrief/kst-36200-XV-96.md",
)
WITHOUT_CHAPTER = DocumentInfo(id="kst-32824-448", title="Brief", identifier="kst-32824-448", dossier="32824")
WRITTEN_OUT = DocumentInfo(
    id="brief-7", title="Brief", identifier="Kamerstukken II 2022/23, 36 200 XV, nr. 96", dossier="36 200 XV"
)
GAZETTE = DocumentInfo(
    id="regeling-2023", title="Regeling", identifier="stcrt-2023-17605", path="regeling/stcrt-2023-17605.html"
)
LAW = DocumentInfo(id="BWBR0045754", title="Wet", identifier="BWBR0045754")
ANSWERS = DocumentInfo(id="ah-tk-20222023-1234", title="Antwoord", identifier="ah-tk-20222023-1234")
PAGE = DocumentInfo(id="ro-2023-12-08", title="Nieuws", path="webpagina/ro-2023-12-08.md")
SCAN = DocumentInfo(id="nota-agenda", title="Nota", path="scans/Nota-2024-def.pdf")
ALL = (LETTER, WITHOUT_CHAPTER, WRITTEN_OUT, GAZETTE, LAW, ANSWERS, PAGE, SCAN)


def meant(text: str) -> set[str]:
    named = references.find(text)
    return {info.id for info in ALL if any(references.matches_document(one, info) for one in named)}


BOTH = {LETTER.id, WRITTEN_OUT.id}
DOCUMENTS = [
    *(
        (text, BOTH)
        for text in (
            "kst-36200-XV-96",
            "KST-36200-xv-96.pdf",
            "kst 36200 XV 96",
            "kst36200-xv-96",
            "36 200 XV, nr. 96",
            "36.200 XV nr. 96",
            "36200-XV-96",
            "36200 xv nr96",
            "36200 xv 96",
            "36 200 XV (nr. 96)",
            "36 200 XV nummer 96",
            "Kamerstuk 36 200 XV, nr. 96",
            "kamerstukken 36200 XV nr 96",
            "Kamerstukken II 2022/23, 36 200 XV, nr. 96",
            "Kamerstukken II, vergaderjaar 2022–2023, 36 200 XV, nr. 96",
            "TK 2022-2023, 36 200 XV, nr. 96",
            "Kamerstuk 36 200 XV, nrs. 95 en 96",
        )
    ),
    ("Kamerstukken 32824 nr. 448", {WITHOUT_CHAPTER.id}),
    ("32824-448: waar gaat dat over?", {WITHOUT_CHAPTER.id}),
    ("32 824, nr 448", {WITHOUT_CHAPTER.id}),
    ("kamerstuk 32824 448", {WITHOUT_CHAPTER.id}),
    ("dossier 32 824", {WITHOUT_CHAPTER.id}),
    ("36200-XV", BOTH),
    ("wat staat er in 36 200 XV over geld?", BOTH),
    ("begrotingsdossier 36200", BOTH),
    ("36200-XV-97", set()),
    ("36200-VII-96", set()),
    ("32824 nr. 44", set()),
    ("Stcrt. 2023, 17605", {GAZETTE.id}),
    ("Staatscourant 2023 nr 17605", {GAZETTE.id}),
    ("staatscourant 2023, nr. 17605", {GAZETTE.id}),
    ("stcrt-2023-17605", {GAZETTE.id}),
    ("stcrt 2023/17605", {GAZETTE.id}),
    ("Stcrt. 2024, 17605", set()),
    ("2023, 17605 euro", set()),
    ("BWBR0045754", {LAW.id}),
    ("bwbr 0045754", {LAW.id}),
    ("ah-tk-20222023-1234", {ANSWERS.id}),
    ("Aanhangsel van de Handelingen II 2022/23, nr. 1234", {ANSWERS.id}),
    ("Aanhangsel Handelingen, vergaderjaar 2022-2023, nr. 1234", {ANSWERS.id}),
    ("wat staat er in ro-2023-12-08?", {PAGE.id}),
    ("ro-2023-12-08.md", {PAGE.id}),
    ("nota-2024-def.pdf", {SCAN.id}),
    ("Wat zegt artikel 4?", set()),
    ("Wat gebeurde er in 2023 met de 36.200 euro?", set()),
    ("Er zijn 10000-12000 deelnemers en 36 200 inwoners.", set()),
    ("Bel 070 - 123 45 67.", set()),
    ("", set()),
]


@pytest.mark.parametrize(("text", "expected"), DOCUMENTS)
def test_a_written_number_finds_its_document_and_no_other(text: str, expected: set[str]) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "In 2023, 17605 euro",
        "€ 36.200",
        "in 2023 36 200 euro",
        "12 345 in 2023",
        "tussen 10000-12000",
        "32824 448",
        "vijf van de 20",
    ],
)
def test_years_and_amounts_are_no_references(text: str) -> None:
    assert references.find(text) == ()


ARTICLES = [
    ("artikel 7a", ["7a"], "a letter belongs to the number"),
    ("Art. 7A", ["7a"], "in lower case, as anchors have it"),
    ("art.7a", ["7a"], "a space may be missing"),
    ("artikel 7 a geldt", ["7a"], "or be too many"),
    ("artkel 7a, arikel 7b", ["7a", "7b"], "typing errors"),
    ("art 4 lid 2", ["4, lid 2"], "lid after the article"),
    ("artikel 4, lid 2", ["4, lid 2"], "with a comma"),
    ("artikel 4, tweede lid", ["4, lid 2"], "as an ordinal"),
    ("artikel 4, 2e lid", ["4, lid 2"], "as a short ordinal"),
    ("lid 2 van artikel 4", ["4, lid 2"], "lid before the article"),
    ("het tweede lid van artikel 4", ["4, lid 2"], "ordinal before the article"),
    ("artikel 4, eerste en derde lid", ["4, lid 1", "4, lid 3"], "two leden"),
    ("artikel 4, 8 en 11", ["4", "8", "11"], "a list"),
    ("artikelen 7a tot en met 7c", ["7a", "7b", "7c"], "a range of letters"),
    ("de artikelen 4 t/m 6", ["4", "5", "6"], "a range of numbers"),
    ("artikel I, onderdeel B", ["I"], "Roman articles of amendments"),
    ("artikel 3.12", ["3.12"], "numbers of parts"),
    ("article 4(2)", ["4, lid 2"], "English"),
    ("artikel 4 en 2 miljoen euro", ["4"], "an amount is no article"),
    ("artikel 5 van de 20 artikelen", ["5"], "nor is a count"),
    ("de kwaliteit van kunst en art deco", [], "art by itself names nothing"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), ARTICLES)
def test_articles_are_read_as_anchors_write_them(text: str, expected: list[str], reason: str) -> None:
    assert [one.article for one in references.find(text)] == expected, reason


ANCHORS = [
    ("artikel 4", "4", True, "the article itself"),
    ("artikel 4", "4, lid 2", True, "a lid of it"),
    ("artikel 4, lid 2", "4, lid 2", True, "the lid itself"),
    ("artikel 4, lid 2", "4", True, "the article that holds the lid"),
    ("artikel 4, lid 2", "4, lid 1", False, "another lid"),
    ("artikel 4", "4a", False, "another article"),
    ("artikel 4", "14", False, "a number within a number"),
    ("artikel 4", None, False, "no article at all"),
    ("artikel I", "I", True, "Roman"),
    ("36200-XV-96", "96", False, "a document is no article"),
]


@pytest.mark.parametrize(("text", "article", "expected", "reason"), ANCHORS)
def test_an_article_matches_the_anchors_in_it(text: str, article: str | None, expected: bool, reason: str) -> None:
    (reference,) = references.find(text)
    assert references.matches_anchor(reference, Anchor(article=article)) is expected, reason


def test_document_and_article_of_one_question_are_both_found_in_order() -> None:
    text = "Wat zegt artikel 7a, tweede lid, van Stcrt. 2023, 17605 over kst-36200-XV-96?"
    assert [(one.kind, one.value, text[one.start : one.end]) for one in references.find(text)] == [
        (Kind.ARTICLE, "7a, lid 2", "artikel 7a, tweede lid"),
        (Kind.DOCUMENT, "stcrt-2023-17605", "Stcrt. 2023, 17605"),
        (Kind.DOCUMENT, "kst-36200-xv-96", "kst-36200-XV-96"),
    ]


PIECES = st.sampled_from(
    [
        "kst-",
        "36",
        " ",
        "200",
        "36200",
        "XV",
        "-",
        ",",
        "nr.",
        "96",
        "artikel",
        "lid",
        "2",
        "tweede",
        "en",
        "Stcrt.",
        "2023",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join) | st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=40))
def test_references_lie_within_the_text(text: str) -> None:
    for one in references.find(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.value


@given(st.integers(10000, 49999), st.sampled_from(["", "-V", "-XV", "-XVI", "-IIA", "-B"]), st.integers(1, 9999))
def test_every_kamerstuk_is_found_by_its_own_id(dossier: int, chapter: str, number: int) -> None:
    identifier = f"kst-{dossier}{chapter}-{number}"
    info = DocumentInfo(id="x", title="", identifier=identifier)
    assert any(references.matches_document(one, info) for one in references.find(f"Wat staat er in {identifier}?"))


@pytest.mark.parametrize(
    "piece", ["1-", "a-", "36 200 ", "artikel 4, ", "artikel 4 en ", "nr. ", "2023 ", "kst-", "aanhangsel 2022 "]
)
def test_hostile_repetition_costs_little(piece: str) -> None:
    started = time.perf_counter()
    references.find(piece * (4000 // len(piece)))
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("text", "publication"),
    [
        ("kst-36200-XV-96", True),
        ("Stcrt. 2023, 17605", True),
        ("2025D05339", True),
        ("ro-2023-12-08", True),
        ("18-jarigen", False),
        ("D66-Kamerlid", False),
        ("mbo-4", False),
        ("2023-geld", False),
    ],
)
def test_a_word_with_a_number_in_it_is_no_publication(text: str, publication: bool) -> None:
    (found,) = references.find(f"Wat staat er over {text}?")
    assert found.is_publication is publication
