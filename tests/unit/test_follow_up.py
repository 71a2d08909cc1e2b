"""Follow-up questions are understood without a language model, and a question that stands by itself is left alone."""

from __future__ import annotations

import pytest

from assistant.answering.follow_up import understand
from assistant.model import Question, Turn

SPUK = "Hoeveel geld is er voor de SPUK Kansrijke Wijk?"
ROUND = "Vanaf welke datum konden gemeenten de tweede ronde van de regeling aanvragen?"


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        # a contrast takes the place of what it stands against: a number in a row ...
        (SPUK, "En voor de tweede tranche?", "Hoeveel geld is er voor de tweede tranche van de SPUK Kansrijke Wijk?"),
        (ROUND, "En de eerste?", "Vanaf welke datum konden gemeenten de eerste ronde van de regeling aanvragen?"),
        (
            "How much is there for the first round of the scheme?",
            "And for the second round?",
            "How much is there for the second round of the scheme?",
        ),
        # ... a year, also one that has to be counted out ...
        ("Hoeveel wijken waren er in 2018?", "En in 2023?", "Hoeveel wijken waren er in 2023?"),
        ("Hoeveel wijken waren er in 2018?", "En het jaar ervoor?", "Hoeveel wijken waren er in 2017?"),
        ("Hoeveel wijken waren er in 2018?", "En vijf jaar later?", "Hoeveel wijken waren er in 2023?"),
        ("Hoeveel wijken doen mee?", "En in 2023?", "Hoeveel wijken doen mee in 2023?"),
        # ... a name of the same make ...
        ("Hoeveel draagt OCW bij aan de SPUK?", "En SZW?", "Hoeveel draagt SZW bij aan de SPUK?"),
        ("Wat is een SPUK?", "En een DU?", "Wat is een DU?"),
        ("Hoeveel krijgt Rotterdam uit de regeling?", "En Den Haag?", "Hoeveel krijgt Den Haag uit de regeling?"),
        # ... a name as a whole, but of two bodies one ...
        (
            "Tot wanneer loopt de Agenda Veerkrachtige & Weerbare Samenleving?",
            "En de Actieagenda?",
            "Tot wanneer loopt de Actieagenda?",
        ),
        ("Hoeveel dragen OCW en SZW bij?", "En VRO?", "Hoeveel dragen VRO en SZW bij?"),
        # ... what is called by its number ...
        (
            "Wat staat er in artikel 9a van de regeling?",
            "En artikel 7b?",
            "Wat staat er in artikel 7b van de regeling?",
        ),
        ("Wat doet pijler 1?", "En pijler 2?", "Wat doet pijler 2?"),
        # ... or what stands behind the same preposition
        (
            "Hoeveel is er voor scholen beschikbaar?",
            "En voor sportclubs?",
            "Hoeveel is er voor sportclubs beschikbaar?",
        ),
        ("Wat is het adres van het loket?", "En van het ministerie?", "Wat is het adres van het ministerie?"),
        # a correction does the same
        (
            ROUND,
            "Sorry, ik bedoel de eerste",
            "Vanaf welke datum konden gemeenten de eerste ronde van de regeling aanvragen?",
        ),
        (SPUK, "Nee, ik bedoel de DU", "Hoeveel geld is er voor de DU?"),
        ("Who pays for the DU?", "No, I meant the SPUK", "Who pays for the SPUK?"),
        # what asks something of its own gets the subject of the question before
        (SPUK, "Wanneer was dat?", "Wanneer was dat (SPUK Kansrijke Wijk)?"),
        (SPUK, "Wie betaalt dat?", "Wie betaalt dat (SPUK Kansrijke Wijk)?"),
        (SPUK, "Waar gaat het over?", "Waar gaat het over (SPUK Kansrijke Wijk)?"),
        (SPUK, "Waar mag dat geld aan besteed worden?", "Waar mag dat geld aan besteed worden (SPUK Kansrijke Wijk)?"),
        ("Wie schreef de evaluatie van de ESS?", "Wanneer was dat?", "Wanneer was dat (evaluatie ESS)?"),
        ("Wie stuurde de brief?", "Wanneer kwam die bij de Kamer aan?", "Wanneer kwam die bij de Kamer aan (brief)?"),
        # nothing to put it in the place of: the question before goes along
        (SPUK, "En voor de tweede?", "En voor de tweede (hoeveel geld, SPUK Kansrijke Wijk)?"),
        (
            "Hoeveel gemeenten doen mee aan de aanpak?",
            "Welke kwamen er in april 2024 bij?",
            "Welke kwamen er in april 2024 bij (gemeenten aanpak)?",
        ),
        ("Wie evalueerde de ESS in 2021?", "In wiens opdracht was dat?", "In wiens opdracht was dat (ESS 2021)?"),
        # an article before a noun does not point back
        (SPUK, "Wat is het doel van de Agenda?", None),
        (SPUK, "Wat vroeg het lid Koekkoek over de Participatiewet?", None),
        (SPUK, "Geldt die regeling ook voor gemeenten zonder focusgebied in 2026?", None),
        (SPUK, "Tot wanneer loopt de Agenda?", None),
    ],
)
def test_a_question_after_another_is_asked_in_full_only_when_it_leans_on_it(
    before: str, question: str, understood: str | None
) -> None:
    assert understand(Question(question, turns=(Turn(before),))) == understood


def test_a_first_question_is_never_rewritten() -> None:
    assert understand(Question("En daarna?")) is None


def test_the_subject_comes_from_the_nearest_turn_that_has_one() -> None:
    turns = (Turn("Wat is de SPUK Kansrijke Wijk?"), Turn("Wanneer was dat?"))
    assert understand(Question("En hoeveel is het?", turns=turns)) == "En hoeveel is het (SPUK Kansrijke Wijk)?"


def test_a_conversation_of_contrasts_stays_with_its_subject() -> None:
    first = Turn("Hoeveel geld is er voor de eerste tranche van de SPUK?")
    second = Turn("En voor de tweede?")
    assert (
        understand(Question(second.question, turns=(first,)))
        == "Hoeveel geld is er voor de tweede tranche van de SPUK?"
    )
    assert understand(Question("Wie betaalt dat?", turns=(first, second))) == "Wie betaalt dat (tweede tranche SPUK)?"


def test_small_talk_between_questions_is_not_what_a_follow_up_is_about() -> None:
    turns = (Turn("Tot wanneer loopt de Agenda?"), Turn("dank je wel"))
    assert (
        understand(Question("En wie is daar de doelgroep van?", turns=turns))
        == "En wie is daar de doelgroep van (Agenda)?"
    )


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        (
            "Hoe werkt de preventieve aanpak onder BOTOC?",
            "Van hoeveel naar hoeveel gemeenten ging die aanpak?",
            "Van hoeveel naar hoeveel gemeenten ging die aanpak (preventieve BOTOC)?",
        ),
        (
            "Wanneer was het debat over inburgering?",
            "Hoeveel leden waren erbij?",
            "Hoeveel leden waren erbij (debat inburgering)?",
        ),
    ],
)
def test_a_question_may_point_back_in_its_middle(before: str, question: str, understood: str) -> None:
    assert understand(Question(question, turns=(Turn(before),))) == understood
