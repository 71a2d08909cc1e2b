"""Plain text, also as a scanner leaves it, becomes whole paragraphs, list items and headings."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ingest import metadata, plain
from assistant.model import BlockKind, Document
from assistant.text import clean, sentences


def read(text: str) -> Document:
    return plain.parse(text, metadata.unknown_info("map/tekst.txt"))


def shown(text: str) -> list[str]:
    """The blocks, headings led by "# "."""
    document = read(text)
    return [
        "# " * (block.kind is BlockKind.HEADING) + document.text[block.start : block.end] for block in document.blocks
    ]


# Our own memo with the noise of a scanner: bullets read as e, ¢ and n, broken lines, é for ë, a stray blank, a page end
NOISY = """\
 Aan de wethouder van Groen
Besluit OPENBAAR. Memo ondertekenen

Programma Schone en Veilige Parken

Aanleiding

e De gemeente wil de parken schoner maken. In
het voorjaar van 2022 is daarom het Programma Schone & Veilige
Parken naar de raad gestuurd (hierna: Programma). De
bijgevoegde brief gaat in op de voortgang.

e Op 3 maart is er een bijeenkomst met bewoners
over het park aan de Singel.

Geadviseerd besluit
¢ Instemmen met de brief over het Programma (bijlage 1) en deze
ondertekenen.
e Instemmen met de folder (bijlage 2).
¢ Instemmen met een toelichting in de raad.

Kernpunten

n Aan het einde van de looptijd wordt bekeken wat er beter kan. Op
basis daarvan zal een potentiéle uitbreiding van het Programma
vorm-
krijgen. Het
Programma loopt tot medio 2026.
\f
 De bewoners werken mee en de kosten voor in-
en verkoop zijn nog niet bekend.

e In 2025 volgt een verslag.
"""


def test_the_noise_of_a_scanner_does_not_spoil_headings_items_and_sentences() -> None:
    assert shown(NOISY) == [
        "Aan de wethouder van Groen",
        "Besluit OPENBAAR. Memo ondertekenen",
        "# Programma Schone en Veilige Parken",
        "# Aanleiding",
        "• De gemeente wil de parken schoner maken. In het voorjaar van 2022 is daarom het Programma Schone & Veilige "
        "Parken naar de raad gestuurd (hierna: Programma). De bijgevoegde brief gaat in op de voortgang.",
        "• Op 3 maart is er een bijeenkomst met bewoners over het park aan de Singel.",
        "# Geadviseerd besluit",
        "• Instemmen met de brief over het Programma (bijlage 1) en deze ondertekenen.",
        "• Instemmen met de folder (bijlage 2).",
        "• Instemmen met een toelichting in de raad.",
        "# Kernpunten",
        "• Aan het einde van de looptijd wordt bekeken wat er beter kan. Op basis daarvan zal een potentiéle "
        "uitbreiding van het Programma vormkrijgen. Het Programma loopt tot medio 2026.",
        "De bewoners werken mee en de kosten voor in- en verkoop zijn nog niet bekend.",
        "• In 2025 volgt een verslag.",
    ]
    document = read(NOISY)
    said = [document.text[span.start : span.end] for span in sentences(document.text)]
    assert "Het Programma loopt tot medio 2026." in said
    assert [page.number for page in document.pages] == [1, 2]
    assert [block.anchor.page for block in document.blocks][-3:] == [1, 2, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # one line of prose is a paragraph
        ("Eén zin.", ["Eén zin."]),
        # a letter that is a bullet only when several lines begin with it
        ("e mail is geen bullet hier.\n", ["e mail is geen bullet hier."]),
        ("- Eerste punt\n- Tweede punt\n", ["• Eerste punt", "• Tweede punt"]),
        ("1. Eerst lopen.\n2. Dan fietsen.\n", ["1. Eerst lopen.", "2. Dan fietsen."]),
        # a number at the start of a line inside a sentence is no list
        (
            "De kosten van het plan zijn geschat op ongeveer\n12. Dat is te veel voor een dorp.\n",
            ["De kosten van het plan zijn geschat op ongeveer 12. Dat is te veel voor een dorp."],
        ),
        # headings of answers to Parliament need no empty lines
        (
            "Vraag 1\nKlopt het bericht over de fietspaden in de provincie Utrecht en Gelderland?\nAntwoord 1\nJa.\n",
            ["# Vraag 1", "Klopt het bericht over de fietspaden in de provincie Utrecht en Gelderland?", "# Antwoord 1", "Ja."],
        ),
        # the hyphen in a web address stays
        (
            "Zie daarvoor het bericht op de website www.voorbeeld.nl/nieuws/veel-\nfietsen voor meer uitleg over dit onderwerp.\n",
            ["Zie daarvoor het bericht op de website www.voorbeeld.nl/nieuws/veel-fietsen voor meer uitleg over dit onderwerp."],
        ),
        # page numbers at the edge of a page go
        (
            "Dit blad gaat over fietspaden in de stad en op\n1\f2\nhet land, met ruimte voor een breed pad.\n",
            ["Dit blad gaat over fietspaden in de stad en op het land, met ruimte voor een breed pad."],
        ),
    ],
)  # fmt: skip
def test_lines_become_blocks(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


def test_an_article_heading_names_its_leden() -> None:
    document = read("Artikel 3 Doel\n\n1. Het doel is rust.\n2. Het middel is groen.\n")
    assert [block.anchor.article for block in document.blocks] == ["3", "3, lid 1", "3, lid 2"]


@given(st.text(alphabet=st.sampled_from("abd Aé.-•1)\n\f "), max_size=300))
def test_no_letter_of_a_text_is_lost_or_changed(text: str) -> None:
    """Page numbers apart, which are left out with a note."""
    document = read(text)
    if "Losse paginanummers zijn weggelaten" in document.notes:
        return

    def letters(value: str) -> str:
        return re.sub(r"[\W\d_]", "", clean(value))

    assert letters(document.text) == letters(text.replace("\f", "\n"))


@given(st.text(max_size=400))
def test_any_text_becomes_blocks_that_follow_each_other(text: str) -> None:
    document = read(text)
    places = [(block.start, block.end) for block in document.blocks]
    assert all(start < end for start, end in places)
    assert all(one[1] < two[0] for one, two in itertools.pairwise(places))
    between = document.text
    for start, end in reversed(places):
        between = between[:start] + between[end:]
    assert not between.strip()
