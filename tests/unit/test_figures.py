"""Figures: one value for every spelling, and nothing for numbers that only name things."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import figures
from assistant.figures import Figure


def found(text: str) -> list[tuple[str, str, str]]:
    return [(one.kind, one.value, text[one.start : one.end]) for one in figures.find(text)]


def worth(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in figures.find(text)]


SAME = [
    (
        ("amount", "256000000"),
        "€ 256 miljoen | 256 mln euro | 256.000.000 euro | EUR 256 million | 256 miljoen | €256M | 256 miljoen euro | EUR 256m"
        " | € 256.000.000,- | € 256.000.000,00 | 256,0 miljoen | EUR 256,000,000 | 256 mln.",
    ),
    (("amount", "1500000"), "€ 1,5 miljoen | 1,5 miljoen | anderhalf miljoen euro | € 1.500.000 | EUR 1.5 million | 1500000 euro"),
    (("amount", "2000000000"), "2 miljard | ca. 2 miljard euro | € 2 mld | twee miljard euro | €2bn | 2 billion euros"),
    (("amount", "500000"), "een half miljoen euro | € 500.000,-- | 500 duizend euro | vijfhonderdduizend euro | €500k"),
    (("amount", "1234.56"), "€ 1.234,56 | 1.234,56 euro | EUR 1,234.56 | € 1 234,56"),
    (("amount", "USD 5000000"), "$ 5 miljoen | US$ 5 million | 5 miljoen dollar | USD 5.000.000"),
    (("amount", "1000000..2000000"), "€ 1 tot 2 miljoen | € 1-2 miljoen | € 1 miljoen tot € 2 miljoen | tussen € 1 en € 2 miljoen"),
    (("amount", "100000..2000000"), "€ 100.000 tot € 2 miljoen"),
    (
        ("date", "2023-07-07"),
        "7 juli 2023 | 2023-07-07 | 07-07-2023 | 7-7-2023 | 7/7/2023 | 7.7.2023 | July 7, 2023 | 7 July 2023 | 7th of July 2023 | "
        "zevende juli 2023 | 7 jul. 2023 | 07-07-23 | 7 juli '23 | 7 juli van 2023",
    ),
    (("date", "2023-07"), "juli 2023 | July 2023 | juli van 2023 | 2023-07 | jul. 2023"),
    (("date", "2023"), "2023"),
    (("date", "2025-eind"), "eind 2025 | einde 2025 | eind van 2025 | end of 2025 | late 2025 | einde van het jaar 2025"),
    (("date", "2026-begin"), "begin 2026 | early 2026 | begin van 2026"),
    (("date", "2024-medio"), "medio 2024 | halverwege 2024 | mid-2024 | midden 2024"),
    (("date", "2023-zomer"), "zomer van 2023 | zomer 2023 | summer of 2023"),
    (("date", "2024-voorjaar"), "voorjaar 2024 | lente van 2024 | voorjaar van 2024 | spring 2024"),
    (("date", "2024-Q3"), "Q3 2024 | derde kwartaal van 2024 | 3e kwartaal 2024 | third quarter of 2024"),
    (("date", "2025-09-eind"), "eind september 2025"),
    (("date", "--10-16"), "16 oktober | October 16 | zestiende oktober"),
    (("period", "2023/2025"), "2023-2025 | 2023–2025 | 2023 tot en met 2025 | 2023 t/m 2025 | 2023 tot 2025 | 2023 to 2025"),
    (("period", "2022/2023"), "2022/23 | 2022-2023 | 2022/2023 | 2022-23"),
    (
        ("period", "2023-08-01/2023-09-30"),
        "1 augustus tot en met 30 september 2023 | 1 augustus 2023 t/m 30 september 2023 | 1 aug. - 30 sept. 2023",
    ),
    (("period", "2023-09-01/2023-09-30"), "1 tot en met 30 september 2023 | 1-30 september 2023"),
    (("period", "2022-12/2023-02"), "december tot en met februari 2023 | december 2022 - februari 2023"),
    (("period", "P3Y"), "drie jaar | 3 jaar | driejarige | 3-jarige | three years | 36 maanden"),
    (("period", "P18M"), "anderhalf jaar | 18 maanden | 1,5 jaar | achttien maanden"),
    (("period", "P14D"), "twee weken | 14 dagen | veertien dagen"),
    (("period", "PT30M"), "30 minuten | dertig minuten | half uur | 0,5 uur"),
    (("period", "P15Y..P20Y"), "15 tot 20 jaar | vijftien tot twintig jaar | 15-20 jaar"),
    (("percentage", "15"), "15% | 15 % | 15 procent | vijftien procent | 15 percent | 15,0%"),
    (("percentage", "30..40"), "30 tot 40 procent | 30-40% | 30% tot 40% | dertig tot veertig procent"),
    (("percentage", "0.5"), "0,5% | 0.5 percent | een half procent"),
    (("number", "10000"), "10.000 | 10000 | tienduizend | 10 000 | 10,000"),
    (("number", "21"), "eenentwintig | 21 | twenty-one"),
    (("number", "22"), "tweeëntwintig | tweeentwintig | 22"),
    (("number", "125"), "honderdvijfentwintig | 125 | honderdenvijfentwintig"),
    (("number", "1"), "één | 1"),
    (("number", "2..3"), "2 à 3 | twee tot drie | 2-3"),
    (("number", "2/3"), "twee derde | tweederde | two-thirds"),
    (("number", "1/5"), "één op de vijf | 1 op de 5 | 1 op 5"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "spelling"),
    [(value, spelling.strip()) for value, spellings in SAME for spelling in spellings.split(" | ")],
)
def test_every_spelling_has_the_same_value_and_is_one_figure(value: tuple[str, str], spelling: str) -> None:
    before, after = "Het antwoord is: ", " (zie boven)."
    (one,) = figures.find(before + spelling + after)
    assert (one.kind, one.value) == value
    stretch = (before + spelling + after)[one.start : one.end]
    assert stretch in spelling
    assert len(stretch) >= len(spelling.removeprefix("ca. ").removeprefix("tussen ").rstrip(".")) - 1


NO_FIGURES = [
    ("Dat staat in artikel 7a en in art. 4, lid 2.", "articles are names"),
    ("Dat volgt uit artikel 4, 8 en 11.", "so are lists of them"),
    ("Zie 36 200 XV, nr. 96 en Kamerstukken II 2022/23, 36 200 XV, nr. 96.", "so are Kamerstukken"),
    ("De stukken zijn kst-36200-XV-96, 28741-106 en 32824, nrs. 448 en 456.", "in all their forms"),
    ("Gepubliceerd in Stcrt. 2023, 17605, Stb. 2021, 123 en stcrt-2025-32385.", "and other publications"),
    ("Kenmerk 2023-0000538788, documentnummer 2025D32403.", "marks"),
    ("Verordening (EU) 2016/679 en richtlijn 95/46.", "European law"),
    ("Bel 070 - 123 45 67, 06-12345678, +31 70 123 4567 of 0800-8051.", "telephones"),
    ("Mail a.b2@rijk1.nl of kijk op https://x.nl/2023/5 en www.a5.nl.", "addresses"),
    ("Postbus 90801, 2509 LV Den Haag", "post codes"),
    ("De CO2-uitstoot, het 8-puntsplan, de G40, 5G, covid-19, de A4 en 24/7.", "names with a digit"),
    ("Om 17.00 uur, 14:30 uur, om 10 uur of om 13.30.", "times of day"),
    ("Zie bijlage 1, tabel 3, p. 12, hoofdstuk 2.1, pijler 1 en nr. 5.", "labels"),
    ("(bedragen x € 1.000)", "units of tables"),
    ("Een gemeente is een van de deelnemers aan een overleg.", "an article is no number"),
    ("Dit is in acht genomen; de minister acht dit nodig. Ik acht het goed.", "acht as a verb"),
    ("Ten behoeve van gemeenten, ten minste en ten opzichte van het Rijk.", "ten as a preposition"),
    ("De eerste tranche, de tweede en de 3e.", "ordinals outside dates"),
    ("Op 31-02-2023.", "no day of the calendar"),
    ("Een dag vol ontmoetingen.", "een dag counts nothing"),
    ("", "nothing in nothing"),
]


@pytest.mark.parametrize(("text", "reason"), NO_FIGURES)
def test_numbers_that_name_something_are_no_figures(text: str, reason: str) -> None:
    assert found(text) == [], reason


IN_CONTEXT = [
    ("1. De regeling kent 5 doelen", [("number", "5", "5")], "the number of the line is none of its figures"),
    ("2.1 Er zijn zes thema's", [("number", "6", "zes")], "nor is that of a heading"),
    (
        "OCW draagt € 327 miljoen bij, SZW 51 miljoen.",
        [("amount", "327000000", "€ 327 miljoen"), ("amount", "51000000", "51 miljoen")],
        "millions without a currency are money",
    ),
    (
        "Van de 18 miljoen inwoners wonen 1,5 miljoen jonge mensen in 2 miljoen woningen.",
        [
            ("number", "18000000", "18 miljoen"),
            ("number", "1500000", "1,5 miljoen"),
            ("number", "2000000", "2 miljoen"),
        ],
        "unless they count people or things",
    ),
    (
        "Er zijn 2000 inwoners en 2025 euro.",
        [("number", "2000", "2000"), ("amount", "2025", "2025 euro")],
        "not every 2000 is a year",
    ),
    (
        "Is het nu 200, 250 of 256 miljoen?",
        [("amount", "200000000", "200"), ("amount", "250000000", "250"), ("amount", "256000000", "256 miljoen")],
        "a list shares its scale",
    ),
    (
        "Het ging van 10 naar 20 procent en van 20 naar 25 gemeenten.",
        [
            ("percentage", "10", "10"),
            ("percentage", "20", "20 procent"),
            ("number", "20", "20"),
            ("number", "25", "25"),
        ],
        "and its unit",
    ),
    (
        "Op 12 en 13 juni 2023.",
        [("date", "2023-06-12", "12"), ("date", "2023-06-13", "13 juni 2023")],
        "days that share a month",
    ),
    (
        "De periode van 1 december tot 3 januari 2024.",
        [("period", "2023-12-01/2024-01-03", "1 december tot 3 januari 2024")],
        "over new year",
    ),
    (
        "Artikel 9a: reserveer 10% van € 2.000.",
        [("percentage", "10", "10%"), ("amount", "2000", "€ 2.000")],
        "figures beside a label",
    ),
    ("De aanvraag opent in mei.", [("date", "--05", "mei")], "a month by itself, after a preposition"),
    ("Het opende in juni 2023.", [("date", "2023-06", "juni 2023")], "and with its year"),
    (
        "Het duurt een jaar of één dag.",
        [("period", "P1Y", "een jaar"), ("period", "P1D", "één dag")],
        "een that counts",
    ),
    (
        "Eén keer per jaar, of een keer per jaar",
        [("number", "1", "Eén"), ("number", "1", "een")],
        "and een that counts times",
    ),
    (
        "| 2023 | € 1.250.000 | 24 |",
        [("date", "2023", "2023"), ("amount", "1250000", "€ 1.250.000"), ("number", "24", "24")],
        "cells of a table",
    ),
    (
        "Twelve of the twenty areas, ten municipalities, 1 in 5 residents",
        [("number", "12", "Twelve"), ("number", "20", "twenty"), ("number", "10", "ten"), ("number", "1/5", "1 in 5")],
        "English",
    ),
]


@pytest.mark.parametrize(("text", "expected", "reason"), IN_CONTEXT)
def test_figures_in_their_sentence(text: str, expected: list[tuple[str, str, str]], reason: str) -> None:
    assert found(text) == expected, reason


def test_values_hold_the_ends_of_ranges_and_periods_as_well() -> None:
    assert figures.values("30 tot 40 procent van 1 augustus tot en met 30 september 2023") == {
        ("percentage", "30..40"),
        ("percentage", "30"),
        ("percentage", "40"),
        ("period", "2023-08-01/2023-09-30"),
        ("date", "2023-08-01"),
        ("date", "2023-09-30"),
    }
    assert figures.values("van 2023 tot en met 2025") == figures.values("2023-2025")


def test_a_figure_says_where_it_stands() -> None:
    (one,) = figures.find("Tot eind 2025.")
    assert one == Figure("date", "2025-eind", 4, 13)
    assert one.span == (4, 13)


PIECES = st.sampled_from(
    [
        *"€ 5 12 2023 juli miljoen tot en met 15% procent een vijf jaar - , . 1.000 artikel nr. 7a euro / : 0 half".split(),
        *"honderd 31 mei Q3 eind ' \n op de derde 0,5 mln. x 2-3".split(" "),
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_figures_are_in_order_without_overlap_and_never_empty(text: str) -> None:
    end = 0
    for one in figures.find(text):
        assert end <= one.start < one.end <= len(text)
        assert one.value
        end = one.end


@pytest.mark.parametrize(
    "piece", ["1 ", "1.", "1-", "12 en ", "een", "1, ", "artikel 4, ", "€ ", "0 ", "honderd", "2023-", "a-", "1.000."]
)
def test_hostile_repetition_costs_little(piece: str) -> None:
    started = time.perf_counter()
    figures.find(piece * (4000 // len(piece)))
    assert time.perf_counter() - started < 2
