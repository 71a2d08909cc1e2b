"""A sentence that a model wrote is shown when its sources say it, and not when they say something else; with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest

from assistant import figures
from assistant.answering import moments, polarity
from assistant.answering.checking import Checker, Problem, Verdict, Written
from assistant.answering.rounding import rounds
from assistant.ingest.flowing import Flow
from assistant.model import Document, DocumentInfo
from tests.unit.test_extractive import Library


class SameMeaning:
    """Finds every text as near as any other, so that what the rules say is all that counts."""

    def embed_query(self, text: str) -> np.ndarray:
        return np.ones(1, dtype=np.float32)

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 1), dtype=np.float32)


def written_down(*parts: str, id: str = "bron", title: str = "Nota water", **info: str) -> Document:
    """A document of paragraphs, headings (`# `, `## `), list items (`- `) and table rows (with ` | `)."""
    flow = Flow()
    kind = ""
    for part in parts:
        now = "list" if part.startswith("- ") else "table" if " | " in part else ""
        if kind == "list" and now != "list":
            flow.end_list()
        if now == "list":
            if kind != "list":
                flow.begin_list()
            flow.begin_item()
            flow.add(part[2:])
            flow.end_item()
        elif now == "table":
            if kind != "table":
                flow.begin_table()
            flow.row(part.split(" | "))
        elif part.startswith("#"):
            marks, _, heading = part.partition(" ")
            flow.heading(heading, level=len(marks))
        else:
            flow.add(part)
            flow.end_block()
        kind = now
    if kind == "list":
        flow.end_list()
    return flow.build(DocumentInfo(id=id, title=title, **info))  # type: ignore[arg-type]


def checked(sentence: str, *documents: Document) -> Verdict:
    library = Library(*documents)
    hits = library.hits()
    checker = Checker(SameMeaning(), library.documents.__getitem__)
    return checker.check(Written(sentence, tuple(range(1, len(hits) + 1))), hits)


DIKES = written_down(
    "Voor de dijken is in 2027 € 12 miljoen beschikbaar. Voor de gemalen is in 2027 € 7 miljoen beschikbaar.",
    "Het waterschap Merwestroom kreeg 14 pompen en het waterschap Veldlanden kreeg 9 pompen.",
    "Het aandeel droge kelders steeg van 31% in 2019 naar 46% in 2024.",
    "De hoorzitting was op 3 maart 2026. Het besluit viel op 19 mei 2026.",
    "De brief van 8 april 2026 is gebruikt voor de hoorzitting.",
    "De gemeente mag het pompgeld in 2028 gebruiken, maar een nieuw plan is geen voorwaarde.",
    "Bewoners met een lage dijk lopen vaak gevaar. De herstelwerken duren drie jaar langer dan gepland.",
)
PEOPLE = written_down(
    "Voorzitter van de watercommissie is Ter Horst en griffier is Oldeman.",
    "Op de dag van het water sprak hydroloog Sanne Brouwer. Op de avond erna sprak Karel Lindhout.",
    "De burgemeester leidt het dijkberaad. Het onderzoek staat in een rapport met de titel Tussen twee oevers.",
    "Waterkundig bureau Delta heeft in 2025 de pompproef van 2021 herhaald. Bureau Rivier deed in 2021 de eerste proef.",
)
PILLARS = written_down(
    "Het waterplan heeft drie pijlers:",
    "- pijler 1: sterkere dijken langs de rivier;",
    "- pijler 2: sloten en vijvers in de wijk;",
    "- pijler 3: voorlichting aan bewoners.",
)
TABLE = written_down(
    "# Bijdragen aan het pompfonds",
    "Ministerie | Bijdrage 2026 | Bijdrage 2027",
    "LNV | € 40 miljoen | € 44 miljoen",
    "EZK | € 21 miljoen | € 25 miljoen",
    "Totaal | € 61.482.350 | € 69.120.000",
)
RULES = written_down(
    "Een gemeente moet het plan uiterlijk op 1 juni 2026 indienen. Zij hoeft geen kopie te sturen.",
    "Een waterschap mag het geld ook voor vijvers gebruiken. Wegen worden niet betaald uit het pompfonds.",
    "Ten minste 20 procent gaat naar sloten. De bijdrage is structureel. De regeling stopt vóór de zomer van 2027.",
    "Het toezicht vindt plaats buiten het stroomgebied. De inspecteur beoordeelt het plan voordat de gemeente bouwt.",
    "De waterstand daalde in 2025. Met de plannen worden de lasten voor boeren lager.",
)
CASES: list[tuple[str, Document, Problem | None, str]] = [
    # figures, dates and names as they stand
    ("Voor de dijken is in 2027 € 12 miljoen beschikbaar.", DIKES, None, "as it stands"),
    ("In 2027 is er 12 miljoen euro voor de dijken beschikbaar.", DIKES, None, "another order and spelling"),
    ("Voor de dijken is in 2027 € 13 miljoen beschikbaar.", DIKES, Problem.FIGURE, "an amount that no source has"),
    ("Voor de dijken is in 2028 € 12 miljard beschikbaar.", DIKES, Problem.FIGURE, "another scale"),
    ("De hoorzitting was op 4 maart 2026.", DIKES, Problem.FIGURE, "another day"),
    ("De hoorzitting was op 3 april 2026.", DIKES, Problem.FIGURE, "another month"),
    ("De hoorzitting was op 3 maart 2025.", DIKES, Problem.FIGURE, "another year"),
    ("De hoorzitting telde 3 sprekers over de dijken.", DIKES, Problem.FIGURE, "3 stands only in a date"),
    ("Waterschap Merwestroom kreeg 14 pompen.", DIKES, None, "shortened"),
    ("Waterschap Zuiderdiep kreeg 14 pompen.", DIKES, Problem.NAME, "a name that no source has"),
    # bound to something else
    (
        "Voor de dijken is in 2027 € 7 miljoen beschikbaar.",
        DIKES,
        Problem.MIXED,
        "the amount of the sentence beside it",
    ),
    ("Voor de gemalen is in 2027 € 12 miljoen beschikbaar.", DIKES, Problem.MIXED, "and the other way around"),
    (
        "Voor de dijken is in 2027 € 7 miljoen beschikbaar en voor de gemalen € 12 miljoen.",
        DIKES,
        Problem.MIXED,
        "two amounts exchanged",
    ),
    (
        "Voor de dijken is in 2027 € 12 miljoen beschikbaar en voor de gemalen € 7 miljoen.",
        DIKES,
        None,
        "two sentences in one, each amount in its place",
    ),
    (
        "Voor de gemalen is in 2027 € 7 miljoen beschikbaar en voor de dijken € 12 miljoen.",
        DIKES,
        None,
        "the same in another order",
    ),
    ("Waterschap Merwestroom kreeg de meeste pompen.", DIKES, Problem.SUPERLATIVE, "the source compares nothing"),
    ("Waterschap Merwestroom kreeg 9 pompen.", DIKES, Problem.MIXED, "the number of the other name in one sentence"),
    ("Waterschap Veldlanden kreeg 9 pompen.", DIKES, None, "the second name with its number"),
    ("Waterschap Veldlanden kreeg 14 pompen.", DIKES, Problem.MIXED, "the second name with the number of the first"),
    ("Het aandeel droge kelders steeg van 31% in 2019 naar 46% in 2024.", DIKES, None, "from and to"),
    (
        "Het aandeel droge kelders steeg van 46% in 2019 naar 31% in 2024.",
        DIKES,
        Problem.MIXED,
        "from and to exchanged",
    ),
    ("In 2024 was het aandeel droge kelders 46%.", DIKES, None, "one end of a development"),
    ("In 2019 was het aandeel droge kelders 46%.", DIKES, Problem.MIXED, "the other end's share"),
    ("De hoorzitting was op 19 mei 2026.", DIKES, Problem.MIXED, "the date of the decision"),
    ("Het besluit viel op 3 maart 2026.", DIKES, Problem.MIXED, "the date of the hearing"),
    ("De hoorzitting was op 3 maart 2026 en het besluit viel op 19 mei 2026.", DIKES, None, "both dates"),
    ("De hoorzitting was op 8 april 2026.", DIKES, Problem.MIXED, "a date that only names a letter"),
    ("De brief van 8 april 2026 is voor de hoorzitting gebruikt.", DIKES, None, "the letter by its date"),
    # tables: a row with its header
    ("LNV draagt in 2026 € 40 miljoen bij aan het pompfonds.", TABLE, None, "a row in words"),
    ("LNV draagt in 2026 € 21 miljoen bij aan het pompfonds.", TABLE, Problem.MIXED, "the row below"),
    ("EZK draagt in 2026 € 40 miljoen bij aan het pompfonds.", TABLE, Problem.MIXED, "the row above"),
    ("EZK draagt in 2027 € 25 miljoen bij aan het pompfonds.", TABLE, None, "the second column"),
    ("LNV draagt in 2026 € 44 miljoen bij aan het pompfonds.", TABLE, Problem.MIXED, "the column beside it"),
    (
        "LNV draagt in 2026 € 40 miljoen bij aan het pompfonds en EZK € 21 miljoen.",
        TABLE,
        None,
        "two rows, each with its amount",
    ),
    (
        "LNV draagt in 2026 € 21 miljoen bij aan het pompfonds en EZK € 40 miljoen.",
        TABLE,
        Problem.MIXED,
        "two rows exchanged",
    ),
    ("The ministry of LNV contributes € 40 million to the fund in 2026.", TABLE, None, "a row in English"),
    ("The ministry of LNV contributes € 45 million to the fund in 2026.", TABLE, Problem.FIGURE, "and a wrong one"),
    # roundings
    ("Het totaal van het pompfonds in 2026 is ruim € 61 miljoen.", TABLE, None, "ruim, and the amount is above it"),
    ("Het totaal van het pompfonds in 2026 is ruim € 62 miljoen.", TABLE, Problem.FIGURE, "ruim, and it is below"),
    ("Het totaal van het pompfonds in 2026 is bijna € 62 miljoen.", TABLE, None, "bijna, and it is below"),
    ("Het totaal van het pompfonds in 2026 is bijna € 61 miljoen.", TABLE, Problem.FIGURE, "bijna, and it is above"),
    ("Het totaal van het pompfonds in 2026 is ongeveer € 61,5 miljoen.", TABLE, None, "ongeveer, rounded up"),
    (
        "Het totaal van het pompfonds in 2026 is ongeveer € 61,6 miljoen.",
        TABLE,
        Problem.FIGURE,
        "not what it rounds to",
    ),
    ("Het totaal van het pompfonds in 2026 is € 61,5 miljoen.", TABLE, None, "visibly shortened"),
    (
        "Het totaal van het pompfonds in 2026 is € 61 miljoen.",
        TABLE,
        Problem.FIGURE,
        "too short to be seen as a rounding",
    ),
    # numbered things
    ("Pijler 2 van het waterplan gaat over sloten en vijvers in de wijk.", PILLARS, None, "an item by its number"),
    (
        "De tweede pijler van het waterplan gaat over sloten en vijvers in de wijk.",
        PILLARS,
        None,
        "the number as a word",
    ),
    ("Pijler 1 van het waterplan gaat over sloten en vijvers in de wijk.", PILLARS, Problem.MIXED, "another item"),
    (
        "De derde pijler van het waterplan is sterkere dijken langs de rivier.",
        PILLARS,
        Problem.MIXED,
        "another as a word",
    ),
    (
        "Pijler 4 van het waterplan gaat over voorlichting aan bewoners.",
        PILLARS,
        Problem.ORDINAL,
        "a number there is not",
    ),
    ("Het waterplan heeft drie pijlers.", PILLARS, None, "their count"),
    ("Het waterplan heeft vier pijlers.", PILLARS, Problem.FIGURE, "a wrong count"),
    # names, offices, titles
    ("Voorzitter van de watercommissie is Ter Horst.", PEOPLE, None, "the office with its name"),
    ("Griffier van de watercommissie is Oldeman.", PEOPLE, None, "the second office with its name"),
    ("Griffier van de watercommissie is Ter Horst.", PEOPLE, Problem.MIXED, "the office of the other"),
    ("De burgemeester leidt het dijkberaad.", PEOPLE, None, "an office without a name"),
    ("De wethouder leidt het dijkberaad.", PEOPLE, Problem.NAME, "an office that no source names"),
    ("Op de dag van het water sprak hydroloog Sanne Brouwer.", PEOPLE, None, "who spoke"),
    ("Op de dag van het water sprak hydroloog Karel Lindhout.", PEOPLE, Problem.NAME, "who spoke elsewhere"),
    ("Het onderzoek staat in een rapport met de titel Tussen twee oevers.", PEOPLE, None, "a title"),
    ("Het onderzoek staat in een rapport met de titel Tussen twee dijken.", PEOPLE, Problem.NAME, "a title made up"),
    # negations, clause by clause
    ("Wegen worden niet betaald uit het pompfonds.", RULES, None, "a negation that is there"),
    ("Wegen worden betaald uit het pompfonds.", RULES, Problem.NEGATION, "left out"),
    ("Een waterschap mag het geld niet voor vijvers gebruiken.", RULES, Problem.NEGATION, "put in"),
    (
        "De gemeente mag het pompgeld in 2028 gebruiken.",
        DIKES,
        None,
        "the negation is in a clause about something else",
    ),
    ("De gemeente mag het pompgeld in 2028 niet gebruiken.", DIKES, Problem.NEGATION, "and does not prove another"),
    ("Een nieuw plan is geen voorwaarde.", DIKES, None, "the clause with the negation by itself"),
    ("Een nieuw plan is een voorwaarde.", DIKES, Problem.NEGATION, "that clause without it"),
    # must, may, need not
    ("Een gemeente moet het plan uiterlijk op 1 juni 2026 indienen.", RULES, None, "an obligation"),
    ("Een gemeente mag het plan uiterlijk op 1 juni 2026 indienen.", RULES, Problem.MODALITY, "made a permission"),
    ("Een gemeente hoeft het plan niet op 1 juni 2026 in te dienen.", RULES, Problem.NEGATION, "made free"),
    ("Een waterschap moet het geld ook voor vijvers gebruiken.", RULES, Problem.MODALITY, "a permission made a duty"),
    # opposites
    ("Ten hoogste 20 procent gaat naar sloten.", RULES, Problem.OPPOSITE, "at least, at most"),
    ("Minstens 20 procent gaat naar sloten.", RULES, None, "at least in another word"),
    ("De bijdrage is tijdelijk.", RULES, Problem.OPPOSITE, "for ever, for a time"),
    ("De regeling stopt na de zomer van 2027.", RULES, Problem.OPPOSITE, "before, after"),
    ("Het toezicht vindt plaats binnen het stroomgebied.", RULES, Problem.OPPOSITE, "outside, inside"),
    (
        "De inspecteur beoordeelt het plan nadat de gemeente bouwt.",
        RULES,
        Problem.OPPOSITE,
        "before, after, of a clause",
    ),
    ("De waterstand steeg in 2025.", RULES, Problem.OPPOSITE, "fell, rose"),
    ("Met de plannen worden de lasten voor boeren hoger.", RULES, Problem.OPPOSITE, "lower, higher"),
    ("De lasten voor boeren worden lager met de plannen.", RULES, None, "lower, in another order"),
    ("Bewoners met een hoge dijk lopen vaak gevaar.", DIKES, Problem.OPPOSITE, "low, high"),
    ("Bewoners met een lage dijk lopen zelden gevaar.", DIKES, Problem.OPPOSITE, "often, seldom"),
    ("De herstelwerken duren drie jaar korter dan gepland.", DIKES, Problem.OPPOSITE, "longer, shorter"),
    # words
    (
        "De kabelbaan naar het vliegveld wordt volgend seizoen geschilderd.",
        DIKES,
        Problem.DISTANT,
        "nothing of it is there",
    ),
    ("Zie www.voorbeeld.nl voor de dijken.", DIKES, Problem.FOREIGN, "an address that no source has"),
]


@pytest.mark.parametrize(
    ("sentence", "source", "problem"),
    [
        pytest.param(sentence, source, problem, id=f"{reason}: {sentence}")
        for sentence, source, problem, reason in CASES
    ],
)
def test_a_sentence_passes_when_its_source_says_it_and_is_refused_with_the_reason_otherwise(
    sentence: str, source: Document, problem: Problem | None
) -> None:
    verdict = checked(sentence, source)
    assert verdict.problem == problem, verdict
    assert bool(verdict.evidence) == (problem is None)


def test_every_quote_is_an_exact_slice_of_its_document() -> None:
    verdict = checked("LNV draagt in 2026 € 40 miljoen bij aan het pompfonds en EZK € 21 miljoen.", TABLE)
    assert len(verdict.evidence) >= 2
    assert all(TABLE.text[one.start : one.end] == one.quote for one in verdict.evidence)


def test_everything_that_a_source_says_is_proven_by_it() -> None:
    """The law behind the table: whatever the rules are, a sentence proves itself."""
    for source in (DIKES, PEOPLE, RULES):
        for block in source.blocks:
            for sentence in source.text[block.start : block.end].split(". "):
                assert checked(f"{sentence.rstrip('.')}.", source).problem is None, sentence


def test_a_week_between_two_dates_follows_from_them() -> None:
    source = written_down("Vragen | 2 september 2026", "Gesteld | 2 september 2026", "Beantwoord | 9 september 2026")
    said = "De vragen zijn gesteld op 2 september 2026 en een week later, op 9 september, beantwoord."
    assert checked(said, source).problem is None
    assert checked(said.replace("een week", "twee weken"), source).problem is Problem.FIGURE


@pytest.mark.parametrize(
    ("said", "exact", "fits"),
    [
        ("ruim € 5 miljoen", "5400000", True),
        ("ruim € 5 miljoen", "6100000", False),  # more than one step above
        ("ruim € 5 miljoen", "4900000", False),
        ("bijna 300 woningen", "296", True),
        ("bijna 300 woningen", "304", False),
        ("ongeveer 7 procent", "6.8", True),
        ("7 procent", "6.8", False),  # not said to be a rounding
        ("€ 4,27 miljard", "4268000000", True),
        ("€ 4,27 miljard", "4262000000", False),
        ("€ 4 miljard", "4262000000", False),
    ],
)
def test_a_rounding_is_one_only_at_the_digits_it_is_written_with(said: str, exact: str, fits: bool) -> None:
    (figure,) = figures.find(said)
    assert rounds(said, figure, [(figure.kind, str(Decimal(exact)))]) is fits


def test_of_a_sentence_without_or_with_unknown_markers_nothing_is_checked() -> None:
    library = Library(DIKES)
    checker = Checker(SameMeaning(), library.documents.__getitem__)
    assert checker.check(Written("De dijk is hoog.", ()), library.hits()).problem is Problem.UNCITED
    verdict = checker.check(Written("De dijk is hoog.", (9,)), library.hits())
    assert (verdict.problem, verdict.detail) == (Problem.UNKNOWN_SOURCE, "[9]")


# ------------------------------------------------------------------------------------------------ two sources make no third

PROJECT = written_down(
    "Het project Sterke sluizen is voor sluiswachters in Zeeland. De kennis wordt gedeeld.", id="project"
)
POT = written_down(
    "Het bedrag van € 12 miljoen is bestemd voor de havens en is niet het budget van het waterplan.", id="pot"
)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Het budget van het project Sterke sluizen voor sluiswachters is € 12 miljoen.", Problem.MIXED),
        ("Het bedrag voor de havens is € 12 miljoen.", None),
        ("The budget of the waterplan is € 12 million.", Problem.NEGATION),
        ("The € 12 million is not the budget of the waterplan.", None),
    ],
)
def test_an_amount_is_not_given_to_what_another_source_speaks_of(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, PROJECT, POT).problem is problem


@pytest.mark.parametrize(
    ("sentence", "source", "word"),
    [
        ("OCW legt het minste in.", "OCW legt € 327 miljoen in.", "minste"),
        ("OCW legt het minste in.", "OCW heeft de kleinste bijdrage.", None),
        ("OCW legt het meeste in.", "OCW heeft de kleinste bijdrage.", "meeste"),
        ("Which contributes the most?", "OCW legt het meeste in.", None),
        ("Er zijn ten minste 5 scholen.", "Er zijn 5 scholen of meer.", None),
        ("There are at least 5.", "Er zijn er 5 of meer.", None),
        ("Een gemeente krijgt ten hoogste € 5 miljoen.", "Een gemeente krijgt maximaal € 5 miljoen.", None),
        ("It gets at most € 5 million.", "Een gemeente krijgt maximaal € 5 miljoen.", None),
        ("Utrecht krijgt het hoogste bedrag.", "Utrecht krijgt ten hoogste € 5 miljoen.", "hoogste"),
    ],
)
def test_most_and_least_need_a_source_that_compares(sentence: str, source: str, word: str | None) -> None:
    assert polarity.unproven_superlative(sentence, source) == word


HARBOURS = written_down(
    "Het bedrag van € 12 miljoen is bestemd voor de havens in 2026 en is niet het budget van het waterplan.",
    "De gemalen krijgen in de periode tot 2030 € 9 miljoen.",
    "Voor die havens noemt de themapagina een gezamenlijke bijdrage van € 12 miljoen.",
    id="havens",
    title="Themapagina Waterplan",
)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Het bedrag van € 12 miljoen komt terecht aan de themapagina van het Waterplan.", Problem.MIXED),
        ("Het bedrag van € 12 miljoen gaat naar de havens.", None),
        ("Voor de havens is er een bedrag van € 12 miljoen.", None),
        ("Voor het jaar 2026 is het bedrag van € 12 miljoen bestemd voor de havens.", None),
        ("Voor het waterplan krijgen de gemalen € 9 miljoen.", None),  # its source gives it to nothing by such a word
    ],
)
def test_an_amount_goes_to_what_its_source_gives_it_to(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, HARBOURS).problem is problem


PUMPS = written_down(
    "Gemeenten konden het pompgeld aanvragen van 1 augustus tot en met 30 september 2023.",
    "Het pompgeld van de eerste ronde loopt van 1 januari 2024 tot en met 31 december 2026.",
    "De staatssecretaris stuurde de pompbrief op 4 mei 2024. Op 9 mei 2024 was er een debat over de pompbrief.",
    "De wethouder noemt de pompen in de pompbrief nuttig. Op 11 mei 2024 waren de pompen droog.",
)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Het pompgeld loopt van 1 augustus tot en met 30 september 2023.", Problem.MIXED),
        ("Aanvragen voor het pompgeld kon van 1 augustus tot en met 30 september 2023.", None),
        ("Het pompgeld is van 1 augustus tot en met 30 september 2023.", None),  # says of nothing that it happens
        ("Het pompgeld heeft een looptijd van 1 januari 2024 tot en met 31 december 2026.", None),
        ("Het debat over de pompbrief was op 4 mei 2024.", Problem.MIXED),
        ("De pompbrief is op 4 mei 2024 verzonden door de staatssecretaris.", None),
        ("De droge pompen zijn op 11 mei 2024 gepubliceerd.", None),  # its source says of nothing that it happens
    ],
)
def test_on_a_day_happens_what_its_source_has_happen(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, PUMPS).problem is problem


DIKES = written_down(
    "De verwachting was in mei 2025 dat de dijkregeling op 1 juli 2025 in werking zou treden.",
    "Het dijkgeld is structureel en loopt op tot € 143 miljoen vanaf 2027. De oude dijkregeling liep tot 2019.",
    "In 2050 woont naar verwachting 30 procent van de boeren achter een dijk. De boeren komen uit 12 dorpen.",
    "De evaluatie door Dijkbureau geeft inzicht in het functioneren van de dijkploeg en in het bereik ervan.",
    "De presentatie van de dijkkaart was tijdens een werkbezoek aan Lelystad.",
    "De sluisregeling vervalt met ingang van 1 januari 2026. Aanvragen na 30 september 2024 worden afgewezen.",
    "In 2024 ontvingen 15 gemeenten € 200 miljoen voor gemalen; naar verwachting volgt in 2025 nog € 50 miljoen voor gemalen.",
    "Het welzijn van arme gezinnen en het kanaalgeld. Het kanaalgeld van € 7 miljoen is bestemd voor de gezinnen.",
    "De provincie liet de kanalen evalueren. Een commissie koos voor het dorp Nagele.",
    "Het rapport over de sluizen is in opdracht van de provincie gemaakt door Sluisbureau, dat de sluizen effectief noemt.",
    title="Dijkbrief",
)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("De dijkregeling zou in mei 2025 in werking treden.", Problem.MIXED),
        ("De dijkregeling zou op 1 juli 2025 in werking treden.", None),
        ("In mei 2025 was de verwachting dat de dijkregeling op 1 juli 2025 in werking zou treden.", None),
        ("The dijkgeld is structural and will reach € 143 million by 2027.", Problem.MIXED),
        ("Het dijkgeld loopt op tot € 143 miljoen, vanaf 2027.", None),
        (
            "De oude dijkregeling liep tot en met 2019.",
            None,
        ),  # on the same side; which day is the last is seen to elsewhere
        ("De oude dijkregeling loopt sinds 2019.", Problem.MIXED),
        ("30 procent van de boeren woont achter een dijk en komt uit 12 dorpen.", Problem.EXPECTED),
        ("De dijkregeling treedt op 1 juli 2025 in werking.", Problem.EXPECTED),
        ("In 2050 woont naar verwachting 30 procent van de boeren achter een dijk.", None),
        ("De boeren komen uit 12 dorpen.", None),
        ("Dijkbureau laat zien dat de dijkploeg goed functioneert.", Problem.JUDGEMENT),
        ("Dijkbureau concludeert over het functioneren van de dijkploeg.", Problem.ACT),
        ("De evaluatie door Dijkbureau geeft inzicht in het bereik van de dijkploeg.", None),
        ("De dijkkaart is gemaakt in Lelystad.", Problem.ACT),
        ("De dijkkaart is gepresenteerd tijdens een werkbezoek aan Lelystad.", None),
        ("Sluisbureau maakte het rapport over de sluizen en noemt ze effectief.", None),
        ("De sluisregeling geldt tot 1 januari 2026.", None),  # *vervalt met ingang van* comes to the same
        ("In 2024 ontvingen 15 gemeenten € 200 miljoen voor gemalen.", None),  # only the other half is expected
        ("In 2025 volgt € 50 miljoen voor gemalen.", Problem.EXPECTED),
        ("Naar verwachting volgt in 2025 nog € 50 miljoen voor gemalen.", None),
        ("Het kanaalgeld van € 7 miljoen komt ten goede aan de gezinnen.", None),
        ("Het kanaalgeld is uitstekend voor de gezinnen.", Problem.JUDGEMENT),
        ("De kanalen zijn in opdracht van de provincie geëvalueerd.", None),
    ],
)
def test_what_is_expected_judged_concluded_or_made_is_so_by_the_source(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, DIKES).problem is problem


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("De wethouder zegt in de pompbrief nuttige pompen toe.", Problem.ACT),
        ("De wethouder antwoordt in de pompbrief dat de pompen nuttig zijn.", Problem.ACT),
        ("De wethouder heeft in de pompbrief tot nuttige pompen besloten.", Problem.ACT),
        ("In de pompbrief noemt de wethouder de pompen nuttig.", None),
        ("In de brief vindt de wethouder de pompen nuttig, op de vraag of zij droog waren.", None),  # asks nothing
    ],
)
def test_nobody_promises_answers_or_decides_what_no_source_says(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, PUMPS).problem is problem


def test_a_promise_that_the_source_speaks_of_passes_in_other_words() -> None:
    promised = written_down("Aan de Kamer is toegezegd dat zij elk jaar over de pompen wordt geïnformeerd.")
    for sentence in (
        "De toezegging aan de Kamer is dat zij elk jaar over de pompen wordt geïnformeerd.",
        "De Kamer is beloofd dat zij elk jaar over de pompen wordt geïnformeerd.",
    ):
        assert checked(sentence, promised).problem is None


POLDER = written_down(
    "De raad kent geen lokale aanbieders. De raad raadt bewoners aan om kritisch te zijn op aanbieders.",
    "De gemeente kan pompuren betalen, maar alleen als de mensen onderdeel zijn van het werk zelf.",
    "De tabellen tonen alleen uitgaven boven € 30 miljoen.",
    "Een pompplan is geen voorwaarde voor de aanvraag, maar een bestaand plan mag worden gebruikt.",
    "Aan de Kamer is toegezegd dat zij elk jaar over de pompen hoort. Het lid Bamenga (D66) diende een motie in.",
    "Wantrouwen van jongeren tegen het waterschap is verticale polarisatie.",
    "Lekkage weegt het zwaarst in het oordeel over de dijken.",
    "Het geld voor 2023 moest als geld voor 2023 worden aangevraagd.",
    "# Een verkenning, nog geen monitor",
    "Het einddoel van de verkenning is een monitor van de dijken.",
    title="Nota polder",
    publisher="Polder.nu",
    url="https://www.polder.nu/nota",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Lokale aanbieders zijn bij de raad niet bekend; wel adviseert de raad bewoners om kritisch te zijn.",
        "De gemeente mag geen pompuren betalen, tenzij de mensen deel zijn van het werk zelf.",
        "Uitgaven van minder dan € 30 miljoen staan niet in de tabellen.",
        "Een pompplan is voor de aanvraag niet verplicht, maar een bestaand plan gebruiken is toegestaan.",
        "De Tweede Kamer is toegezegd dat zij elk jaar over de pompen hoort.",
        "Het D66-Kamerlid Bamenga diende een motie in.",
        "Verticale polarisatie betekent dat jongeren het waterschap niet vertrouwen.",
        "In het oordeel over de dijken telt lekkage als belangrijkste mee.",
        "Het geld voor 2023 moest als 2023-geld worden aangevraagd.",
        "Volgens Polder.nu weegt lekkage het zwaarst in het oordeel over de dijken.",
        "Nee, het is nog geen monitor: de verkenning moet tot een monitor van de dijken leiden.",
    ],
)
def test_a_fair_paraphrase_passes(sentence: str) -> None:
    verdict = checked(sentence, POLDER)
    assert verdict.problem is None, (verdict.problem, verdict.detail)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("De Kamer heeft de motie van Bamenga aangenomen.", Problem.ACT),
        ("De raad kondigt lokale aanbieders van pompen aan.", Problem.ACT),
        ("Sinds de nota is de lekkage van de dijken afgenomen.", Problem.TREND),
        ("De Eerste Kamer is toegezegd dat zij elk jaar over de pompen hoort.", Problem.ORDINAL),
        ("Het VVD-Kamerlid Bamenga diende een motie in.", Problem.NAME),
        ("Het geld voor 2023 moest als 2024-geld worden aangevraagd.", Problem.FIGURE),
        ("Volgens Dijken.nu weegt lekkage het zwaarst in het oordeel over de dijken.", Problem.FOREIGN),
        (
            "Jongeren vertrouwen het waterschap: dat is verticale polarisatie.",
            None,
        ),  # a known gap: *wantrouwen* is no *niet*
    ],
)
def test_what_no_source_says_is_refused(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, POLDER).problem is problem


@pytest.mark.parametrize(
    ("sentence", "source", "word"),
    [
        ("Het verzuim is afgenomen.", "Het talentenhuis helpt leerlingen.", "afgenomen"),
        ("Het verzuim is afgenomen.", "Het verzuim werd minder.", None),
        ("Youth crime has fallen.", "Het programma begon in 2022.", "fallen"),
        ("Het aandeel steeg van 42% naar 60%.", "Eerst 42%; toen 60%.", None),  # says itself what it means
        ("Het aandeel steeg naar 60%.", "Toen 60%.", "steeg"),
    ],
)
def test_a_rise_or_fall_needs_a_source_that_speaks_of_change(sentence: str, source: str, word: str | None) -> None:
    assert polarity.unproven_trend(sentence, source) == word


@pytest.mark.parametrize(
    ("sentence", "source", "proven"),
    [
        ("De raad had niet veel aandacht voor pompen.", "De raad had weinig aandacht voor pompen.", True),
        ("Een coalitie kan niet uit minder dan drie leden bestaan.", "Een coalitie heeft minstens drie leden.", True),
        ("Zo'n investering was er niet eerder.", "De investering is de eerste in haar soort.", True),
        ("De subsidie verandert niet.", "De subsidie blijft gelijk.", True),
        ("De begroting kwam niet van Schoof maar van Rutte.", "De begroting kwam van het kabinet-Rutte.", True),
        ("De begroting kwam niet van Rutte maar van Schoof.", "De begroting kwam van Rutte.", False),
        ("De raad had niet veel aandacht voor pompen.", "De raad had veel aandacht voor pompen.", False),
        ("De subsidie verandert niet.", "De subsidie verandert in 2026.", False),
        ("Municipalities do not have to pay.", "Gemeenten hoeven niet te betalen.", True),
    ],
)
def test_what_is_denied_may_be_said_by_its_opposite(sentence: str, source: str, proven: bool) -> None:
    assert (list(polarity.turned(sentence, [source], "")) == []) is proven


@pytest.mark.parametrize(
    ("sentence", "title", "problem"),
    [
        ("Het debat uit de nota was op 27 maart 2024.", "Verslag van een debat", Problem.NAME),
        ("Het debat uit de nota was op 27 maart 2024.", "Nota over debatten", None),
        ("Volgens de brief was het debat op 27 maart 2024.", "Voortgangsbrief", None),
        ("According to the letter the debat was on 27 March 2024.", "Kamerbrief over debatten", None),
        ("Volgens de brief was het debat op 27 maart 2024.", "Verslag van een debat", Problem.NAME),
    ],
)
def test_a_sentence_speaks_of_a_paper_only_when_its_source_is_one(
    sentence: str, title: str, problem: Problem | None
) -> None:
    source = written_down("Het debat was op 27 maart 2024.", title=title)
    assert checked(sentence, source).problem is problem


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("Wanneer eindigt het?", "Het loopt tot en met 31 december 2026.", True),
        ("Wanneer eindigt het?", "Het debat was op 31 december 2026.", False),
        (
            "Vanaf welke dag kan ik aanvragen?",
            "Op 1 juli 2025 is het bericht gepubliceerd; aanvragen kan vanaf 7 juli 2025.",
            True,
        ),
        ("Wanneer is de brief verstuurd?", "De brief is van 7 juli 2023.", None),
    ],
)
def test_what_was_asked_happens_on_the_days_of_a_text_or_something_else_does(
    question: str, text: str, fits: bool | None
) -> None:
    assert moments.fits(text, moments.happenings(question)) is fits


GRANTS = written_down(
    "De brief noemt drie instrumenten: de Decentrale Uitkering (DU) Polder; de SPUK Dijken; de Social Labs.",
    "De SPUK Dijken is een specifieke uitkering voor dijken. De DU Polder is bestemd voor polders.",
    title="Brief",
)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("De DU Polder is een specifieke uitkering voor polders.", Problem.MIXED),
        ("De SPUK Dijken is een specifieke uitkering voor dijken.", None),
        ("De DU Polder is een decentrale uitkering.", None),
    ],
)
def test_one_kind_of_grant_is_not_called_another(sentence: str, problem: Problem | None) -> None:
    assert checked(sentence, GRANTS).problem is problem
