"""A figure or name proves something only for the row, column, item or sentence it stands in, and not for the one beside it."""

from __future__ import annotations

import pytest

from assistant.model import Document
from tests.unit.test_checking import checked, written_down

CLINICS = written_down(
    "# Inloopmiddagen",
    "De folder noemt deze inloopmiddagen:",
    "Inloopmiddag | Data in 2027",
    "Wonen en huren | 4 februari, 11 maart en 8 april 2027",
    "Schulden en toeslagen | 16 februari en 23 maart 2027",
    "Zorg en mantelzorg | nog niet bekend",
    "De inloopmiddagen over wonen en huren waren op 4 februari, 11 maart en 8 april 2027. De inloopmiddagen over schulden en "
    "toeslagen waren op 16 februari en 23 maart 2027. Voor zorg en mantelzorg komt een aparte middag.",
    title="Folder buurthuis",
    date="2027",
)
BARE = written_down(
    "# Inloopmiddagen",
    "Inloopmiddag | Data",
    "Wonen en huren | 4 februari, 11 maart en 8 april 2027",
    "Schulden en toeslagen | 16 februari en 23 maart 2027",
    "Zorg en mantelzorg | nog niet bekend",
    title="Folder buurthuis",
)
UNLISTED = written_down(
    "# Inloopmiddagen",
    "Inloopmiddag | Data",
    "Wonen en huren | 4 februari, 11 maart en 8 april 2027",
    "Schulden en toeslagen | 16 februari en 23 maart 2027",
    "De inloopmiddagen over wonen en huren waren op 4 februari, 11 maart en 8 april 2027. Voor zorg en mantelzorg staat een aparte "
    "middag in de folder.",
    title="Folder buurthuis",
)
ITEMS = written_down(
    "# Verdeling",
    "Het fonds verdeelt het geld over de steden:",
    "- Veldstad: € 7 miljoen",
    "- Dorpstad: € 5 miljoen",
    "- Zeestad: nog niet vastgesteld",
    "- Heuvelstad – 40 plekken, vanaf 1 mei 2026",
    "- Bergstad – 25 plekken, vanaf 1 september 2026",
    title="Fonds steden",
)
PLAIN = written_down(
    "Het geld gaat naar:",
    "- 7 miljoen euro voor speeltuinen;",
    "- 5 miljoen euro voor fietspaden;",
    "- zwembaden, later te bepalen.",
    title="Begroting buiten",
)
MINISTRIES = written_down(
    "# Bijdragen per ministerie",
    "Ministerie | 2025 | 2026 | 2027",
    "OCW | € 10 miljoen | € 12 miljoen | € 15 miljoen",
    "VWS | € 20 miljoen | - | € 22 miljoen",
    "SZW (Sociale Zaken) | € 31 miljoen | € 33 miljoen | € 35 miljoen",
    "Totaal | € 61 miljoen | € 45 miljoen | € 72 miljoen",
    title="Overzicht bijdragen",
)
TWO_WAYS = written_down(
    "# Subsidies",
    "Gemeente | Thema | Bedrag | Plekken",
    "Veldstad | Sport | € 3 miljoen | 120",
    " | Cultuur | € 4 miljoen | 80",
    "Dorpstad | Sport | € 6 miljoen | 210",
    " | Cultuur | onbekend | 95",
    title="Subsidies gemeenten",
)
PAIRS = written_down(
    "# Kerngegevens",
    "Aanvraagperiode | 1 maart tot en met 30 april 2026",
    "Budget | € 18 miljoen",
    "Eigen bijdrage | € 2 miljoen",
    "Besluit | binnen 13 weken",
    "Uitbetaling | nog niet bekend",
    title="Regeling daken",
)
PERSONS = written_down(
    "# Aanspreekpunten",
    "Onderwerp | Naam | Spreekdag",
    "Verkeer | Pieterse | maandag 5 oktober 2026",
    "Groen | Van Aken | dinsdag 6 oktober 2026",
    "Afval | vacature | woensdag 7 oktober 2026",
    title="Wijkteam",
)
STEPS = written_down(
    "# Tranches",
    "Tranche | Budget | Aanvragen tot",
    "Tranche 1 | € 50 miljoen | 1 juni 2024",
    "Tranche 2 | € 65 miljoen | 1 juni 2025",
    "Tranche 3 | volgt later | volgt later",
    title="Regeling scholen",
)
PROSE = written_down(
    "Voor speeltuinen is € 7 miljoen beschikbaar. Voor zwembaden is nog geen bedrag beschikbaar.",
    "De rondleiding in Veldstad is op 3 mei 2026. De rondleiding in Dorpstad is nog niet gepland.",
    "De bibliotheek telt 14 medewerkers. Het archief heeft vrijwilligers.",
    "Van de jongeren sport 61 procent. Van de ouderen is het aandeel niet gemeten.",
    title="Nota voorzieningen",
)
SECTIONS = written_down(
    "# Uitvoering",
    "## Veldstad",
    "Er zijn 12 coaches. De start is op 1 februari 2026.",
    "## Dorpstad",
    "Er zijn 19 coaches. De startdatum is niet bekend.",
    title="Voortgang coaches",
)
PERIODS = written_down(
    "# Jaren",
    "Jaar | Aantal deelnemers | Aandeel vrouwen",
    "2023 | 410 | 52%",
    "2024 | 560 | 48%",
    "2025 | nog niet bekend | nog niet bekend",
    title="Monitor taal",
)

TRUE = [
    ("De inloopmiddagen over wonen en huren waren op 4 februari, 11 maart en 8 april 2027.", CLINICS),
    ("De inloopmiddagen over schulden en toeslagen waren op 16 februari en 23 maart 2027.", CLINICS),
    ("Over schulden waren er inloopmiddagen op 16 februari en 23 maart 2027.", CLINICS),
    ("De data van de inloopmiddag over zorg en mantelzorg zijn nog niet bekend.", CLINICS),
    ("De inloopmiddag over wonen was onder meer op 11 maart 2027.", BARE),
    (
        "Wonen en huren: 4 februari, 11 maart en 8 april 2027; schulden en toeslagen: 16 februari en 23 maart 2027.",
        BARE,
    ),
    ("In 2027 zijn de data voor zorg en mantelzorg nog niet bekend.", CLINICS),
    ("De inloopmiddagen voor wonen en huren waren op 4 februari, 11 maart en 8 april 2027.", UNLISTED),
    ("De middagen over schulden waren op 16 februari en 23 maart 2027.", UNLISTED),
    ("Veldstad krijgt € 7 miljoen uit het fonds.", ITEMS),
    ("Veldstad krijgt € 7 miljoen en Dorpstad € 5 miljoen.", ITEMS),
    ("Het bedrag voor Zeestad is nog niet vastgesteld.", ITEMS),
    ("Heuvelstad heeft 40 plekken vanaf 1 mei 2026.", ITEMS),
    ("Vanaf 1 september 2026 zijn er 25 plekken in Bergstad.", ITEMS),
    ("Voor speeltuinen gaat er 7 miljoen euro.", PLAIN),
    ("Er gaat 5 miljoen euro naar fietspaden en 7 miljoen euro naar speeltuinen.", PLAIN),
    ("OCW draagt in 2026 € 12 miljoen bij.", MINISTRIES),
    ("VWS draagt in 2027 € 22 miljoen bij.", MINISTRIES),
    ("SZW draagt in 2025 € 31 miljoen bij.", MINISTRIES),
    ("In totaal is er in 2026 € 45 miljoen.", MINISTRIES),
    ("OCW draagt € 10 miljoen bij in 2025 en € 15 miljoen in 2027.", MINISTRIES),
    ("In 2025 draagt OCW € 10 miljoen bij, VWS € 20 miljoen en SZW € 31 miljoen.", MINISTRIES),
    ("Veldstad krijgt € 4 miljoen voor cultuur.", TWO_WAYS),
    ("Voor sport krijgt Dorpstad € 6 miljoen voor 210 plekken.", TWO_WAYS),
    ("Het budget is € 18 miljoen.", PAIRS),
    ("De eigen bijdrage is € 2 miljoen.", PAIRS),
    ("Het budget kan tot en met 30 april 2026 worden aangevraagd.", PAIRS),
    ("De aanvraagperiode loopt van 1 maart tot en met 30 april 2026.", PAIRS),
    ("Pieterse is het aanspreekpunt voor verkeer.", PERSONS),
    ("Voor groen is Van Aken het aanspreekpunt, op dinsdag 6 oktober 2026.", PERSONS),
    ("De spreekdag over afval is op woensdag 7 oktober 2026.", PERSONS),
    ("Het budget van tranche 2 is € 65 miljoen.", STEPS),
    ("Voor de eerste tranche is er een budget van € 50 miljoen.", STEPS),
    ("Aanvragen voor tranche 2 kan tot 1 juni 2025.", STEPS),
    ("Voor speeltuinen is € 7 miljoen beschikbaar.", PROSE),
    ("De rondleiding in Veldstad is op 3 mei 2026.", PROSE),
    ("De bibliotheek heeft 14 medewerkers.", PROSE),
    ("Van de jongeren sport 61 procent.", PROSE),
    ("In Veldstad zijn er 12 coaches.", SECTIONS),
    ("Dorpstad heeft 19 coaches.", SECTIONS),
    ("De start in Veldstad is op 1 februari 2026.", SECTIONS),
    ("In 2024 waren er 560 deelnemers.", PERIODS),
    ("Het aandeel vrouwen was 52% in 2023 en 48% in 2024.", PERIODS),
    ("Het aantal deelnemers steeg van 410 in 2023 naar 560 in 2024.", PERIODS),
]
FALSE = [
    ("De inloopmiddagen over zorg en mantelzorg waren op 4 februari, 11 maart en 8 april 2027.", CLINICS),
    ("De inloopmiddagen over zorg en mantelzorg waren op 16 februari en 23 maart 2027.", CLINICS),
    ("De inloopmiddag over mantelzorg was op 23 maart 2027.", CLINICS),
    ("De inloopmiddagen over schulden en toeslagen waren op 4 februari en 11 maart 2027.", CLINICS),
    ("De inloopmiddagen over zorg en mantelzorg waren op 16 februari en 23 maart 2027.", BARE),
    ("Voor zorg en mantelzorg waren de data 4 februari, 11 maart en 8 april 2027.", BARE),
    ("De middag over wonen was op 4 februari 2027 en die over zorg en mantelzorg op 11 maart 2027.", BARE),
    ("De inloopmiddagen over zorg en mantelzorg waren op 4 februari, 11 maart en 8 april 2027.", UNLISTED),
    ("De inloopmiddagen voor zorg en mantelzorg waren op 16 februari en 23 maart 2027.", UNLISTED),
    ("De inloopmiddag voor mantelzorg was op 11 maart 2027.", UNLISTED),
    ("Zeestad krijgt € 5 miljoen uit het fonds.", ITEMS),
    ("Zeestad krijgt € 7 miljoen uit het fonds.", ITEMS),
    ("Dorpstad krijgt € 7 miljoen uit het fonds.", ITEMS),
    ("Veldstad krijgt € 7 miljoen en Zeestad € 5 miljoen.", ITEMS),
    ("Bergstad heeft 40 plekken.", ITEMS),
    ("Heuvelstad heeft plekken vanaf 1 september 2026.", ITEMS),
    ("Zeestad heeft 25 plekken.", ITEMS),
    ("Voor zwembaden is er 5 miljoen euro.", PLAIN),
    ("Er gaat 7 miljoen euro naar fietspaden.", PLAIN),
    ("VWS draagt in 2026 € 12 miljoen bij.", MINISTRIES),
    ("VWS draagt in 2026 € 22 miljoen bij.", MINISTRIES),
    ("VWS draagt in 2026 € 45 miljoen bij.", MINISTRIES),
    ("SZW draagt in 2025 € 61 miljoen bij.", MINISTRIES),
    ("In totaal is er in 2026 € 33 miljoen.", MINISTRIES),
    ("De ministeries dragen in 2025 samen € 31 miljoen bij.", MINISTRIES),
    ("OCW draagt € 15 miljoen bij in 2025 en € 10 miljoen in 2027.", MINISTRIES),
    ("Dorpstad krijgt € 4 miljoen voor cultuur.", TWO_WAYS),
    ("Dorpstad krijgt € 6 miljoen voor cultuur.", TWO_WAYS),
    ("Veldstad krijgt € 4 miljoen voor sport.", TWO_WAYS),
    ("Veldstad heeft 210 plekken voor sport.", TWO_WAYS),
    ("De eigen bijdrage is € 18 miljoen.", PAIRS),
    ("De uitbetaling is binnen 13 weken.", PAIRS),
    ("De uitbetaling loopt van 1 maart tot en met 30 april 2026.", PAIRS),
    ("Het budget is € 2 miljoen.", PAIRS),
    ("Pieterse is het aanspreekpunt voor groen.", PERSONS),
    ("Het aanspreekpunt voor afval is Van Aken.", PERSONS),
    ("De spreekdag over afval is op maandag 5 oktober 2026.", PERSONS),
    ("Het budget van tranche 3 is € 65 miljoen.", STEPS),
    ("Aanvragen voor tranche 3 kan tot 1 juni 2025.", STEPS),
    ("Voor de derde tranche is er een budget van € 50 miljoen.", STEPS),
    ("Voor zwembaden is € 7 miljoen beschikbaar.", PROSE),
    ("De rondleiding in Dorpstad is op 3 mei 2026.", PROSE),
    ("Het archief heeft 14 medewerkers.", PROSE),
    ("Van de ouderen sport 61 procent.", PROSE),
    ("In Dorpstad zijn er 12 coaches.", SECTIONS),
    ("De start in Dorpstad is op 1 februari 2026.", SECTIONS),
    ("Veldstad heeft 19 coaches.", SECTIONS),
    ("In 2025 waren er 560 deelnemers.", PERIODS),
    ("In 2025 was het aandeel vrouwen 48%.", PERIODS),
    ("Het aandeel vrouwen was 48% in 2023 en 52% in 2024.", PERIODS),
]


@pytest.mark.parametrize(("sentence", "source"), [pytest.param(*case, id=case[0]) for case in TRUE])
def test_what_stands_under_the_label_that_a_sentence_names_proves_it(sentence: str, source: Document) -> None:
    verdict = checked(sentence, source)
    assert verdict.problem is None, verdict


@pytest.mark.parametrize(
    ("sentence", "source"),
    [pytest.param(case[0], case[1], id=f"{number} {case[0]}") for number, case in enumerate(FALSE)],
)
def test_what_stands_under_the_label_beside_it_does_not(sentence: str, source: Document) -> None:
    assert checked(sentence, source).problem is not None
