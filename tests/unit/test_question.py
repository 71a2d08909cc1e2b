"""How a question is read: the kind of answer it wants, its language, and the words an answer must be about."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.question import Asked, parts, read


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Tot wanneer loopt de Agenda?", Asked.PERIOD),
        ("Einddatum van de Agenda?", Asked.PERIOD),
        ("Wanneer is de regeling gepubliceerd?", Asked.DATE),
        ("Vanaf welke datum geldt artikel 7a?", Asked.DATE),
        ("In welk jaar begon het programma?", Asked.DATE),
        ("Hoe lang duurt de subsidie?", Asked.PERIOD),
        ("When does the Agenda end?", Asked.DATE),
        ("Hoeveel geld is er voor de wijk?", Asked.AMOUNT),
        ("Hoeveel euro krijgt een gemeente?", Asked.AMOUNT),
        ("Welk bedrag is beschikbaar voor 2024?", Asked.AMOUNT),
        ("Wat is het budget van de regeling?", Asked.AMOUNT),
        ("Hoeveel is er beschikbaar voor de tweede tranche?", Asked.AMOUNT),
        ("Wat kost de maatregel?", Asked.AMOUNT),
        ("How much money is available?", Asked.AMOUNT),
        ("Hoeveel gemeenten doen mee?", Asked.NUMBER),
        ("Welk percentage van de jongeren heeft geen werk?", Asked.NUMBER),
        ("How many municipalities take part?", Asked.NUMBER),
        ("Hoe vaak rapporteert de minister?", Asked.FREQUENCY),
        ("How often is progress reported?", Asked.FREQUENCY),
        ("Wie is verantwoordelijk voor de uitvoering?", Asked.PERSON),
        ("Door wie is de brief ondertekend?", Asked.PERSON),
        ("Welke minister stuurde de brief?", Asked.PERSON),
        ("Who signed the letter?", Asked.PERSON),
        ("Waar is het loket gevestigd?", Asked.PLACE),
        ("Waarom is de regeling verlengd?", Asked.REASON),
        ("Why was the scheme extended?", Asked.REASON),
        ("Welke thema's heeft de Agenda?", Asked.LIST),
        ("Welke voorwaarden gelden?", Asked.LIST),
        ("Noem de doelen van het programma.", Asked.LIST),
        ("Wat zijn de doelen van de Agenda?", Asked.LIST),
        ("Wat is het telefoonnummer van het loket?", Asked.CONTACT),
        ("Op welk e-mailadres kan ik vragen stellen?", Asked.CONTACT),
        ("Mag een gemeente de uitkering besparen?", Asked.YES_NO),
        ("Is er een evaluatie?", Asked.YES_NO),
        ("Does the scheme apply to schools?", Asked.YES_NO),
        # what is counted is no money, whatever the verb is
        ("Hoeveel ministeries betaalden mee aan de tranche?", Asked.NUMBER),
        ("Hoeveel gemeenten krijgen geld?", Asked.NUMBER),
        ("Hoeveel krijgen gemeenten?", Asked.AMOUNT),
        ("Hoeveel kosten de activiteiten?", Asked.AMOUNT),
        ("Hoeveel procent van het budget mag blijven staan?", Asked.NUMBER),
        ("Voor welke leeftijden is het programma?", Asked.NUMBER),
        ("Hoeveel rijksmiddelen krijgen gemeenten?", Asked.AMOUNT),
        ("Hoeveel precies betalen de gemeenten?", Asked.AMOUNT),
        # a budget is spoken of, but what is asked is something else
        ("Waarvoor krijgen gemeenten volgens de begroting geld?", Asked.OPEN),
        ("Op welke dagen debatteert de Kamer over de begroting voor 2025?", Asked.DATE),
        ("Wat bedoelt het ministerie in de begroting met een sterke wijk?", Asked.OPEN),
        ("Op welke drie zaken legt SZW in 2026 de nadruk?", Asked.OPEN),
        ("Hoeveel trekt de begroting uit voor de wijk?", Asked.AMOUNT),
        ("Hoeveel geven we uit aan de wijk?", Asked.AMOUNT),
        ("Wat bedraagt het budget van de tweede tranche?", Asked.AMOUNT),
        ("Hoe groot is het totale budget van de wijk?", Asked.AMOUNT),
        ("Wat was in 2025 het budget voor de wijk?", Asked.AMOUNT),
        ("Hoe hoog is de begroting voor artikel 13?", Asked.AMOUNT),
        ("Noem het bedrag voor de wijk", Asked.AMOUNT),
        ("Wat is in de begroting voor 2026 het doel van de wijk?", Asked.OPEN),
        ("Geef een samenvatting van de regeling", Asked.OPEN),
        ("Maximumbedrag per gemeente op grond van art. 7a van de regeling?", Asked.AMOUNT),
        # orders and polite openings
        ("Som de tien adviezen voor de wijk op.", Asked.LIST),
        ("Geef de tien adviezen van TNO.", Asked.LIST),
        ("Kun je me vertellen wanneer de regeling begint?", Asked.DATE),
        ("Ik wil graag weten wie de brief schreef?", Asked.PERSON),
        ("Hoe heet de minister die de brief tekende?", Asked.PERSON),
        ("On which dates did the committee meet?", Asked.DATE),
        ("Hoeveel kreeg de gemeente Veere uit het fonds?", Asked.AMOUNT),
        ("How many euros does the ministry pay?", Asked.AMOUNT),
        ("What percentage of the budget may be kept?", Asked.NUMBER),
        # a verb first: yes or no, although it is about money
        ("Is er weer een integraal budget?", Asked.YES_NO),
        ("Klopt het dat het budget € 250 miljoen is?", Asked.YES_NO),
        # what was put forward is what is asked for
        ("In juni was er € 200 miljoen voor de wijk. Is dat bedrag nog actueel?", Asked.AMOUNT),
        ("In juni was er € 200 miljoen voor de wijk. Wie betaalt dat?", Asked.PERSON),
        ("Er is € 200 miljoen voor de dijk. Wat is het doel van de dijk?", Asked.OPEN),
        ("Er is € 200 miljoen voor de dijk. Wat is het nu?", Asked.AMOUNT),
        # on which condition, not on which day
        ("When can an application be rejected?", Asked.OPEN),
        ("Wanneer wordt de subsidie verlaagd?", Asked.DATE),
        ("Wanneer kan een aanvraag worden afgewezen?", Asked.OPEN),
        ("Wanneer werd de aanvraag afgewezen?", Asked.DATE),
        ("Wat is de SPUK Kansrijke Wijk?", Asked.OPEN),
        ("Hoe verloopt de verantwoording?", Asked.OPEN),
        ("", Asked.OPEN),
    ],
)
def test_the_kind_of_answer_that_is_wanted(text: str, asked: Asked) -> None:
    assert read(text).asked is asked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tot wanneer loopt de Agenda?", "nl"),
        ("Wat is de rol van gemeenten in het programma?", "nl"),
        ("kansrijke wijk", "nl"),
        ("SPUK", "nl"),
        ("What is the goal of the Agenda?", "en"),
        ("Until when does the Agenda Dichterbij run?", "en"),
        ("Who pays for the second tranche?", "en"),
        ("How many municipalities take part?", "en"),
        ("", "nl"),
    ],
)
def test_the_language_of_the_question(text: str, language: str) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("text", "terms", "names"),
    [
        # what only says which kind of answer is wanted is no term
        ("Hoeveel geld is er voor de wijk?", {"wijk"}, set()),
        ("Wanneer is de einddatum van de regeling?", {"regeling"}, set()),
        # a capital in the sentence, two in a word, or a digit makes a name; the first word's capital does not
        ("Wat zijn de wijken van Rotterdam in 2024?", {"wijken", "rotterdam", "2024"}, {"rotterdam", "2024"}),
        ("Gemeenten met de SPUK", {"gemeenten", "spuk"}, {"spuk"}),
        ("SPUK voor scholen", {"spuk", "scholen"}, {"spuk"}),
        # a number of a tranche is written as documents write it
        ("Aanvragen van tranche 2", {"aanvragen", "tweede", "tranche"}, set()),
        ("Wie betaalt de 2e tranche?", {"betaalt", "tweede", "tranche"}, set()),
        ("Wie leest artikel 2 over tranche 12?", {"leest", "artikel", "2", "tranche", "12"}, {"2", "12"}),
        # an answer to whether it is so may have another figure; one that counts what is asked of must have it
        ("Doen er nog 15 gemeenten mee?", {"gemeenten"}, set()),
        ("Zijn er vijf thema's in de regeling?", {"thema", "regeling"}, set()),
        ("Wat is het bedrag van de wijk: 200, 250 of 256 miljoen?", {"wijk"}, set()),
        ("Geldt artikel 7 of 8 voor de dijk?", {"geldt", "artikel", "7", "8", "dijk"}, {"7", "8"}),
        ("Is er in 2024 of 2025 geld voor de dijk?", {"2024", "2025", "dijk"}, {"2024", "2025"}),
        ("Hoort spoor 3a bij de dijk?", {"hoort", "spoor", "3a", "dijk"}, {"3a"}),
        # the number of a day is no name
        ("Wat gold er op 7 juli 2025?", {"gold", "7", "juli", "2025"}, {"2025"}),
        # what only leads up to a question is no part of it; what is named there is, and what it points back at
        (
            "Ik werk net bij de gemeente Veere. Mag een school geld uit de pot besteden?",
            {"veere", "mag", "school", "pot", "besteden"},
            {"veere"},
        ),
        (
            "De school ligt buiten de wijk. Mag die school daar geld voor krijgen?",
            {"school", "ligt", "buiten", "wijk", "mag"},
            set(),
        ),
        ("Wie leidt de 15 gemeenten?", {"leidt", "15", "gemeenten"}, {"15"}),
        # accents and capitals do not make another word
        ("COÖRDINATIE coördinatie", {"coordinatie"}, {"coordinatie"}),
        # the question words of both languages are no terms
        ("What is the goal of Rotterdam?", {"goal", "rotterdam"}, {"rotterdam"}),
        ("Wat is er?", set(), set()),
        ("?!", set(), set()),
        ("", set(), set()),
    ],
)
def test_the_words_that_an_answer_is_about(text: str, terms: set[str], names: set[str]) -> None:
    found = read(text).terms
    assert {term.text for term in found} == terms
    assert {term.text for term in found if term.name} == names


@pytest.mark.parametrize(
    "text",
    [
        "Tot wanneer loopt de Agenda?",
        # "en" between two things of one question does not cut it
        "Welke gemeenten en provincies doen mee?",
        "Wat is het verschil tussen wonen en werken?",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert parts(text) == (text,)


def test_several_questions_in_one_are_told_apart_and_each_names_its_subject() -> None:
    first, second = parts("Tot wanneer loopt de Agenda en hoeveel gemeenten doen mee?")
    assert first == "Tot wanneer loopt de Agenda"
    assert second.startswith("hoeveel gemeenten doen mee? (") and "Agenda" in second
    assert (read(first).asked, read(second).asked) == (Asked.PERIOD, Asked.NUMBER)


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    reading = read(text)
    assert reading.language in ("nl", "en")
    assert len({term.stem for term in reading.terms}) == len(reading.terms)
    assert 1 <= len(parts(text)) <= 3


@pytest.mark.parametrize(
    "text", ["3000," * 800, "1, " * 1300, "1 of " * 800, "Aa en " * 600, "agenda en " * 400, "7 juli " * 500]
)
def test_no_text_keeps_a_reader_busy(text: str) -> None:
    begun = time.monotonic()
    read(f"Welke {text}?")
    assert time.monotonic() - begun < 1.0


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (
            "Wanneer kwamen de antwoorden over de wijken? Ik bedoel niet die van 2022.",
            "Wanneer kwamen de antwoorden over de wijken?",
        ),
        (
            "Krijgt Venray (niet te verwarren met Venlo) structureel geld voor de wijk?",
            "Krijgt Venray structureel geld voor de wijk?",
        ),
        (
            "Hoeveel mocht een gemeente in 2023 meenemen naar later, dus niet volgens de regels voor 2026?",
            "Hoeveel mocht een gemeente in 2023 meenemen naar later?",
        ),
        *(
            (text, text)  # the verb of the question, or the other half of a contrast
            for text in (
                "Mogen gemeenten het geld, als het niet in 2025 is besteed, niet in 2026 gebruiken?",
                "Moet een gemeente die het geld niet besteedt, niet het hele bedrag terugbetalen?",
                "Klopt het dat scholen, niet in Rotterdam maar in Amsterdam, geld krijgen?",
                "Welke gemeenten krijgen geld, dus niet die van 2022 maar die van 2025?",
                "Wat kan een gemeente doen als zij het geld van 2023, niet in dat jaar heeft uitgegeven?",
            )
        ),
        # what is not asked about is all there is, or is what is asked about
        ("Waarom mag dat, niet in 2022?", "Waarom mag dat, niet in 2022?"),
        ("Wat mag een gemeente niet betalen van het geld?", "Wat mag een gemeente niet betalen van het geld?"),
    ],
)
def test_what_a_question_says_it_is_not_about_is_no_part_of_it(text: str, rest: str) -> None:
    assert read(text).text == rest


def test_what_is_said_after_a_question_is_no_second_question_and_no_part_of_the_first() -> None:
    text = "Waarom richt de Agenda zich niet op de burger zelf? Mijn chef gaat hier zeker naar vragen."
    assert parts(text) == (text,)
    assert [term.text for term in read(text).terms] == ["richt", "agenda", "burger"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hoeveel geld is er dit jaar beschikbaar voor de wijken? Ik wil het bedrag voor onderwijs.", "onderwijs"),
        ("Welke thema's noemt de regeling voor gemeenten? Die van na de wijziging.", "wijziging"),
        ("Hoeveel gemeenten doen mee aan het programma? Na de uitbreiding.", "uitbreiding"),
        ("Hoeveel geld is er voor de lokale wijkaanpak? Met name voor jeugd.", "jeugd"),
    ],
)
def test_what_limits_a_question_after_it_is_part_of_it(text: str, kept: str) -> None:
    assert parts(text) == (text,)
    assert kept in [term.text for term in read(text).terms]


def test_a_second_question_without_a_mark_is_still_one() -> None:
    assert parts("Hoeveel geld is er voor de wijk? En wanneer kan een gemeente aanvragen") == (
        "Hoeveel geld is er voor de wijk?",
        "En wanneer kan een gemeente aanvragen? (wijk)",
    )


def test_an_abbreviation_ends_no_sentence() -> None:
    assert [term.text for term in read("Wat regelt art. 7a over het geld voor scholen?").terms] == ["7a", "scholen"]


def test_a_date_that_is_put_forward_is_to_be_confirmed_or_corrected() -> None:
    reading = read("De Agenda loopt door tot en met 2029, klopt dat?")
    assert reading.doubted == {"date"}
    assert "2029" not in [term.text for term in reading.terms]


def test_parliament_is_no_name_that_a_passage_must_have() -> None:
    assert [term.text for term in read("Wat is aan de Tweede Kamer toegezegd over SZW?").terms if term.name] == ["szw"]
