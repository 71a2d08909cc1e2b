"""A written sentence that is true but beside the question is no answer to it."""

from __future__ import annotations

import pytest

from assistant.answering.beside import Judge, says_nothing
from assistant.answering.checking import Problem
from assistant.answering.phrases import notice
from assistant.model import DraftStatement, Evidence, Question
from tests.fakes_llm import ScriptedChat
from tests.unit.test_generative import LETTER, LIBRARY, answerer_over, ask, writer


def statement(text: str, quote: str) -> DraftStatement:
    hit = next(hit for hit in LIBRARY.hits() if quote in hit.passage.text)
    start = LIBRARY.text(hit.document.id).index(quote)
    return DraftStatement(text, (Evidence(hit.document.id, hit.passage.id, start, start + len(quote), quote),))


@pytest.mark.parametrize(
    ("question", "said", "quote", "answers"),
    [
        ("Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2025.", "De Agenda loopt tot eind 2025.", True),
        # in few words: what stands behind it answers
        ("Tot wanneer loopt de Agenda?", "Dat is tot eind 2025.", "De Agenda loopt tot eind 2025.", True),
        # without the kind of figure that was asked for
        (
            "Hoeveel is er voor de eerste tranche?",
            "Er is een eerste tranche.",
            "Voor de eerste tranche is € 256 miljoen beschikbaar.",
            False,
        ),
        # about another tranche
        (
            "Hoeveel is er voor de eerste tranche beschikbaar?",
            "Voor de tweede tranche is € 400 miljoen beschikbaar.",
            "Voor de tweede tranche is € 400 miljoen beschikbaar.",
            False,
        ),
        # about something else
        (
            "Tot wanneer loopt de Agenda?",
            "De uitkering mag niet worden besteed aan wegen.",
            "De uitkering mag niet worden besteed aan wegen.",
            False,
        ),
        # a yes to what no source says
        ("Is de Agenda verlengd?", "Ja, de Agenda is verlengd.", "De Agenda loopt tot eind 2025.", False),
    ],
)
def test_a_sentence_answers_when_the_extractive_answerer_would_be_sure_of_it(
    question: str, said: str, quote: str, answers: bool
) -> None:
    judge = Judge(answerer_over(LIBRARY), question, LIBRARY.hits())
    assert judge.answers(statement(said, quote)) is answers


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("JEP staat voor Platform JEP.", True),
        ("De regeling is de regeling.", True),
        ("SPUK betekent SPUK.", True),
        ("SPUK staat voor specifieke uitkering.", False),
        ("De Agenda is een plan van het kabinet.", False),
        ("De Agenda loopt tot eind 2025.", False),
    ],
)
def test_a_thing_is_not_explained_by_itself(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


def test_when_no_proven_sentence_answers_the_extractive_answer_stands_and_the_reason_is_kept() -> None:
    written = "De uitkering mag niet worden besteed aan wegen [1] [2]."
    drafts = list(
        writer(ScriptedChat(written)).drafts(
            Question("Tot wanneer loopt de Agenda?"), LIBRARY.hits(), stopped=lambda: False
        )
    )
    assert len(drafts) == 1, "nothing is shown before a sentence answers"
    assert [one.text for one in drafts[0].statements] == ["De Agenda loopt tot eind 2025."]
    assert drafts[0].answerer == "extractive" and drafts[0].notices == (notice("beside", english=False),)
    assert [(one.statement, one.problem, one.done) for one in drafts[0].findings] == [
        ("De uitkering mag niet worden besteed aan wegen.", Problem.BESIDE, "left out")
    ]


def test_when_the_search_is_not_sure_either_there_is_no_answer() -> None:
    answer, _ = ask(
        "Waarom betaalt de gemeente de Agenda?", "De minister informeert de Kamer jaarlijks over de voortgang [1]."
    )
    assert answer.outcome == "abstained" and answer.statements == () and answer.reason
    assert [one.done for one in answer.findings] == ["left out"]


def test_a_sentence_beside_the_question_may_stand_with_one_that_answers_it() -> None:
    assert "jaarlijks" in LETTER.text
    reply = "De minister informeert de Kamer jaarlijks over de voortgang [1]. De Agenda loopt tot eind 2025 [1]."
    answer, _ = ask("Tot wanneer loopt de Agenda?", reply)
    assert answer.answerer == "generative" and len(answer.statements) == 2


def test_a_sentence_that_only_repeats_the_question_answers_nothing() -> None:
    answer, _ = ask("Tot wanneer loopt de Agenda?", "De brief over de Agenda loopt [1].")
    assert answer.answerer == "extractive"
    assert [(one.problem, one.done) for one in answer.findings] == [(Problem.BESIDE, "left out")]


def test_a_sentence_that_leans_on_one_which_is_not_shown_is_not_shown_either() -> None:
    question = "Hoeveel miljoen is er beschikbaar voor de eerste tranche?"
    reply = (
        "Voor de eerste tranche is € 512 miljoen beschikbaar [1]. Dit bedrag is voor de eerste tranche beschikbaar [1]."
    )
    answer, _ = ask(question, reply, "NIET GEVONDEN", "NIET GEVONDEN")
    assert [one.text for one in answer.statements] == ["Voor de eerste tranche is € 256 miljoen beschikbaar."]
    assert [one.problem.partition(":")[0] for one in answer.findings] == [Problem.FIGURE, Problem.LEANING]
    whole = (
        "Voor de eerste tranche is € 256 miljoen beschikbaar [1]. Dit bedrag is voor de eerste tranche beschikbaar [1]."
    )
    answer, _ = ask(question, whole)
    assert answer.findings == ()


def test_a_choice_may_be_made_in_the_words_of_the_question() -> None:
    answer, _ = ask("Loopt de Agenda tot eind 2025 of niet?", "De Agenda loopt tot eind 2025 [1].")
    assert answer.answerer == "generative" and answer.findings == ()
