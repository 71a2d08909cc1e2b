"""Follow-up questions are understood without a language model, and a question that stands by itself is left alone."""

from __future__ import annotations

import pytest

from assistant.ask import understand
from assistant.model import Question, Turn

SPUK = "Hoeveel geld is er voor de SPUK Kansrijke Wijk?"


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("En voor de tweede tranche?", "En voor de tweede tranche (hoeveel geld, SPUK Kansrijke Wijk)?"),
        ("Wanneer was dat?", "Wanneer was dat (SPUK Kansrijke Wijk)?"),
        ("Wie betaalt dat?", "Wie betaalt dat (SPUK Kansrijke Wijk)?"),
        ("Hoeveel is daarvan al besteed?", "Hoeveel is daarvan al besteed (SPUK Kansrijke Wijk)?"),
        ("Waar gaat het over?", "Waar gaat het over (SPUK Kansrijke Wijk)?"),
        ("And for the second tranche?", "And for the second tranche (hoeveel geld, SPUK Kansrijke Wijk)?"),
        ("Wat vroeg de PVV toen?", "Wat vroeg de PVV toen (SPUK Kansrijke Wijk)?"),
        ("En voor de tweede?", "En voor de tweede (hoeveel geld, SPUK Kansrijke Wijk)?"),
        # an article before a noun does not point back
        ("Wat is het doel van de Agenda?", None),
        ("Wat vroeg het lid Koekkoek over de Participatiewet?", None),
        ("Geldt die regeling ook voor gemeenten zonder focusgebied in 2026?", None),
        ("Tot wanneer loopt de Agenda?", None),
    ],
)
def test_a_question_after_another_gets_its_subject_only_when_it_leans_on_it(
    question: str, understood: str | None
) -> None:
    assert understand(Question(question, turns=(Turn(SPUK),))) == understood


def test_a_first_question_is_never_rewritten() -> None:
    assert understand(Question("En daarna?")) is None


def test_the_subject_comes_from_the_nearest_turn_that_has_one() -> None:
    turns = (Turn("Wat is de SPUK Kansrijke Wijk?"), Turn("Wanneer was dat?"))
    assert understand(Question("En hoeveel is het?", turns=turns)) == "En hoeveel is het (SPUK Kansrijke Wijk)?"


def test_what_a_follow_up_says_itself_is_not_carried_along_and_what_it_leaves_out_is() -> None:
    first = Turn("Hoeveel geld is er voor de eerste tranche van de SPUK?")
    second = Turn("En voor de tweede?")
    assert understand(Question(second.question, turns=(first,))) == "En voor de tweede (hoeveel geld, tranche SPUK)?"
    assert understand(Question("Wie betaalt dat?", turns=(first, second))) == "Wie betaalt dat (SPUK)?"
    assert understand(Question("Wie betaalt dat?", turns=(first,))) == "Wie betaalt dat (eerste tranche SPUK)?"


def test_small_talk_between_questions_is_not_what_a_follow_up_is_about() -> None:
    turns = (Turn("Tot wanneer loopt de Agenda?"), Turn("dank je wel"))
    assert (
        understand(Question("En wie is daar de doelgroep van?", turns=turns))
        == "En wie is daar de doelgroep van (Agenda)?"
    )
