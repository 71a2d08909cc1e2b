"""Answers by a language model: what is proven is shown, what is not is mended, replaced or left out, and failure ends well."""

from __future__ import annotations

import dataclasses
import time

import pytest

from assistant.answering import phrases
from assistant.answering.checking import Checker, Problem, Written
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.generative import GenerativeAnswerer, Rewriter
from assistant.answering.language_model import Stopped, Trouble, within, without_keys
from assistant.answering.verify import verify
from assistant.ask import understand
from assistant.model import Answer, Question, Turn
from tests.fakes import document
from tests.fakes_llm import Reply, ScriptedChat
from tests.unit.test_extractive import EMBEDDER, PLAIN, Library, Words

LETTER = document(
    "De Agenda loopt tot eind 2025. De minister informeert de Kamer jaarlijks over de voortgang.",
    "Voor de eerste tranche is € 256 miljoen beschikbaar. Voor de tweede tranche is € 400 miljoen beschikbaar.",
    id="brief",
    title="Brief over de Agenda",
    type="Kamerbrief",
    date="2023-07-07",
)
SCHEME = document(
    "Een gemeente kan de uitkering tot uiterlijk 25 november 2025 aanvragen. De uitkering mag niet worden besteed aan wegen.",
    id="regeling",
    title="Regeling wijken",
    type="regeling",
    date="2025-09-01",
)
LIBRARY = Library(LETTER, SCHEME)


def answerer_over(library: Library) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(Words(), EMBEDDER, library.documents.__getitem__, {}, PLAIN)


def writer(chat: ScriptedChat, *, seconds: float = 10.0) -> GenerativeAnswerer:
    extractive = answerer_over(LIBRARY)
    checker = Checker(EMBEDDER, LIBRARY.documents.__getitem__, min_cosine=-1.0)
    return GenerativeAnswerer(chat, extractive, checker, timeout_seconds=seconds, context_tokens=4096)


def ask(
    question: str, *replies: Reply, after: Trouble | None = None, seconds: float = 10.0
) -> tuple[Answer, ScriptedChat]:
    chat = ScriptedChat(*replies, after=after)
    draft = writer(chat, seconds=seconds).draft(Question(question), LIBRARY.hits())
    return verify(draft, question=question, texts=LIBRARY), chat


def number_of(chat: ScriptedChat, words: str) -> int:
    """The number under which a text was given to the model."""
    told = chat.heard[0][-1].text
    return int(told[: told.index(words)].rsplit("\n[", 1)[1].split("]")[0])


def test_a_proven_sentence_is_shown_with_the_exact_quote_behind_it() -> None:
    answer, _ = ask("Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2025 [1].")
    assert answer.answerer == "generative" and answer.outcome == "answered"
    assert [one.text for one in answer.statements] == ["De Agenda loopt tot eind 2025."]
    assert [one.quote for one in answer.citations] == ["De Agenda loopt tot eind 2025."]
    assert answer.notices == () and answer.findings == ()


def test_sources_are_numbered_with_title_and_date_and_marked_as_data() -> None:
    _, chat = ask("Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2025 [1].")
    system, user = chat.heard[0]
    assert "NIET GEVONDEN" in system.text and "gegevens" in system.text
    assert "[1] Brief over de Agenda, Kamerbrief, 7 juli 2023\n<bron>\n" in user.text
    assert user.text.count("<bron>") == user.text.count("</bron>") >= 1
    assert user.text.endswith("Vraag: Tot wanneer loopt de Agenda?")


@pytest.mark.parametrize(
    "wrong",
    [
        "De Agenda loopt tot eind 2026 [1].",
        "De Agenda loopt niet tot eind 2025 [1].",
        "De Agenda van Zwolle loopt tot eind 2025 [1].",
        "De Agenda loopt tot eind 2025 [7].",
        "De Agenda loopt tot eind 2025. Zie https://kwaad.example [1].",
        "De koning woont in een paleis met tweehonderd kamers [1].",
    ],
)
def test_a_sentence_that_stays_wrong_is_replaced_by_the_sources_own_and_that_is_recorded(wrong: str) -> None:
    answer, chat = ask("Tot wanneer loopt de Agenda?", wrong)
    assert [one.text for one in answer.statements] == ["De Agenda loopt tot eind 2025."]
    assert len(chat.heard) >= 2, "asked again once"
    # what is left out had its extractive sentence in the answer already
    assert {finding.done for finding in answer.findings} <= {"replaced", "left out"} and answer.findings


def test_a_wrong_sentence_is_asked_for_again_with_the_reason_and_then_shown() -> None:
    answer, chat = ask(
        "Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2026 [1].", "De Agenda loopt tot eind 2025 [1]."
    )
    assert [one.text for one in answer.statements] == ["De Agenda loopt tot eind 2025."]
    assert "2026" in chat.heard[1][-1].text and "staat niet in de bron" in chat.heard[1][-1].text
    assert [(one.done, one.statement) for one in answer.findings] == [("mended", "De Agenda loopt tot eind 2026.")]


def test_the_amount_of_another_tranche_does_not_get_through() -> None:
    question = "Hoeveel is er beschikbaar voor de eerste tranche?"
    answer, _ = ask(question, "Voor de eerste tranche is € 400 miljoen beschikbaar [1].")
    assert not any("400" in one.text and "eerste" in one.text for one in answer.statements)
    assert answer.findings[0].done in ("replaced", "left out")


def test_not_found_is_respected_when_the_search_is_not_sure_either() -> None:
    question = "Hoeveel bomen plant de Agenda?"
    chat = ScriptedChat("NIET GEVONDEN")
    draft = writer(chat).draft(Question(question), LIBRARY.hits())
    answer = verify(draft, question=question, texts=LIBRARY)
    assert answer.outcome == "abstained" and answer.statements == () and answer.reason


def test_not_found_is_not_believed_when_the_search_is_sure() -> None:
    chat = ScriptedChat("NIET GEVONDEN")
    answerer = writer(chat)
    sure = dataclasses.replace(answerer.extractive.draft(Question("Tot wanneer loopt de Agenda?"), LIBRARY.hits()))
    assert (sure.confidence or 0) > 0.6
    answer = verify(
        answerer.draft(Question("Tot wanneer loopt de Agenda?"), LIBRARY.hits()), question="v", texts=LIBRARY
    )
    assert [one.text for one in answer.statements] == ["De Agenda loopt tot eind 2025."]
    assert answer.answerer == "extractive" and "Het taalmodel vond geen antwoord" in answer.notices[0]


AMOUNTS = "Hoeveel miljoen is er beschikbaar?"
FIRST, SECOND = (
    "Voor de eerste tranche is € 256 miljoen beschikbaar.",
    "Voor de tweede tranche is € 400 miljoen beschikbaar.",
)


def test_what_the_search_is_surest_of_leads_when_the_model_left_it_out() -> None:
    alone = answerer_over(LIBRARY).draft(Question(AMOUNTS), LIBRARY.hits()).statements[0].text
    other = FIRST if alone == SECOND else SECOND
    answer, _ = ask(AMOUNTS, f"{other[:-1]} [1].")
    assert [one.text for one in answer.statements] == [alone, other] and answer.answerer == "generative"
    assert answer.notices == (phrases.notice("led", english=False),)


def test_what_the_model_says_from_another_source_is_not_said_twice() -> None:
    twice = Library(LETTER, document(f"{FIRST} {SECOND}", id="later", title="Later", date="2024-01-01"))
    extractive = answerer_over(twice)
    first = extractive.draft(Question(AMOUNTS), twice.hits()).statements[0].evidence[0]
    other = next(number for number, hit in enumerate(twice.hits(), start=1) if hit.document.id != first.document_id)
    for number in (other, 3 - other):
        chat = ScriptedChat(f"{FIRST[:-1]} [{number}]. {SECOND[:-1]} [{number}].")
        checker = Checker(EMBEDDER, twice.documents.__getitem__, min_cosine=-1.0)
        made = GenerativeAnswerer(chat, extractive, checker, timeout_seconds=10.0, context_tokens=4096)
        draft = made.draft(Question(AMOUNTS), twice.hits())
        assert [one.text for one in draft.statements] == [FIRST, SECOND] and draft.notices == ()


def test_a_sentence_of_the_source_is_not_put_where_it_stands_already() -> None:
    twice = Library(LETTER, document(f"{FIRST} {SECOND}", id="later", title="Later", date="2024-01-01"))
    extractive = answerer_over(twice)
    first = extractive.draft(Question(AMOUNTS), twice.hits()).statements[0]
    other = next(
        number for number, hit in enumerate(twice.hits(), start=1) if hit.document.id != first.evidence[0].document_id
    )
    chat = ScriptedChat(f"{first.text[:-1]} [{other}]. Er komt nog € 999 miljoen bij [{other}].", "NIET GEVONDEN")
    checker = Checker(EMBEDDER, twice.documents.__getitem__, min_cosine=-1.0)
    made = GenerativeAnswerer(chat, extractive, checker, timeout_seconds=10.0, context_tokens=4096)
    texts = [one.text for one in made.draft(Question(AMOUNTS), twice.hits()).statements]
    assert first.text in texts and len(texts) == len(set(texts))


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_model_that_fails_gives_the_extractive_answer_with_a_plain_line(trouble: Trouble) -> None:
    answer, _ = ask("Tot wanneer loopt de Agenda?", trouble)
    assert [one.text for one in answer.statements] == ["De Agenda loopt tot eind 2025."]
    assert answer.answerer == "extractive" and len(answer.notices) == 1 and "taalmodel" in answer.notices[0]


def test_what_was_proven_before_a_cut_stays_and_the_rest_is_added_without_the_model() -> None:
    answer, _ = ask("Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2025 [1]. En dan", after=Trouble.BROKEN)
    assert answer.statements[0].text == "De Agenda loopt tot eind 2025."
    assert len(answer.notices) == 1 and "aangevuld" in answer.notices[0] and answer.answerer == "generative"


def test_a_server_too_busy_for_a_repair_leaves_an_answer_that_is_not_said_to_be_without_a_model() -> None:
    written = "De Agenda loopt tot eind 2025 [1]. De minister informeert de Kamer nooit over de voortgang [1]."
    answer, _ = ask("Tot wanneer loopt de Agenda?", written, Trouble.BUSY)
    assert answer.answerer == "generative" and answer.statements[0].text == "De Agenda loopt tot eind 2025."
    assert len(answer.notices) == 1 and "aangevuld zonder taalmodel" in answer.notices[0]
    assert answer.findings[-1].problem == "the language model: the server is too busy"


def test_an_answer_of_which_the_model_wrote_nothing_is_not_said_to_be_written_by_one() -> None:
    answer, _ = ask("Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2026 [1].")
    assert answer.answerer == "extractive" and "zonder taalmodel" in answer.notices[0]
    assert answer.findings[0].statement == "De Agenda loopt tot eind 2026.", "what it tried stays to be read"


def test_a_part_of_the_question_that_found_no_answer_stays_said() -> None:
    question = "Tot wanneer loopt de Agenda? En hoeveel inwoners heeft Apeldoorn?"
    open_part = answerer_over(LIBRARY).draft(Question(question), LIBRARY.hits())
    assert open_part.outcome == "partly" and open_part.reason
    answer, _ = ask(question, "De Agenda loopt tot eind 2025 [1].")
    assert answer.answerer == "generative" and [one.text for one in answer.statements] == [
        "De Agenda loopt tot eind 2025."
    ]
    assert (answer.outcome, answer.reason) == ("partly", open_part.reason)


def test_each_sentence_is_drafted_as_soon_as_it_is_proven() -> None:
    reply = "De Agenda loopt tot eind 2025 [1]. De minister informeert de Kamer jaarlijks over de voortgang [1]."
    drafts = list(
        writer(ScriptedChat(reply)).drafts(
            Question("Tot wanneer loopt de Agenda?"), LIBRARY.hits(), stopped=lambda: False
        )
    )
    assert [len(one.statements) for one in drafts] == [1, 2, 2]


def test_stop_is_heard_at_once_while_the_model_stalls() -> None:
    chat = ScriptedChat("De Agenda loopt tot eind 2025 [1]. " * 20, piece_seconds=0.2)
    answerer = writer(chat, seconds=60)
    begun = time.monotonic()
    with pytest.raises(Stopped):
        list(
            answerer.drafts(
                Question("Tot wanneer loopt de Agenda?"), LIBRARY.hits(), stopped=lambda: time.monotonic() - begun > 0.3
            )
        )
    assert time.monotonic() - begun < 2


def test_a_reply_that_never_ends_is_over_when_the_time_is_up() -> None:
    def forever() -> object:
        while True:
            time.sleep(0.01)
            yield "en nog iets "

    begun = time.monotonic()
    with pytest.raises(Exception, match="in time"):
        for _ in within(forever, seconds=0.5):  # type: ignore[arg-type]
            pass
    assert time.monotonic() - begun < 3


def test_sources_are_cut_to_what_fits_the_best_first() -> None:
    long = document(
        "De Agenda loopt tot eind 2025.",
        *[f"Alinea {number} gaat over de Agenda en de buurt en het weer van die dag. " * 6 for number in range(40)],
        id="lang",
        title="Lang stuk",
    )
    library = Library(long)
    chat = ScriptedChat("NIET GEVONDEN")
    extractive = answerer_over(library)
    answerer = GenerativeAnswerer(
        chat, extractive, Checker(EMBEDDER, library.documents.__getitem__), timeout_seconds=5, context_tokens=2048
    )
    answerer.draft(Question("Tot wanneer loopt de Agenda?"), library.hits())
    told = "".join(message.text for message in chat.heard[0])
    assert len(told) <= 3 * 2048 and "De Agenda loopt tot eind 2025." in told


# ------------------------------------------------------------------------------------------------ follow-up questions


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Hoeveel is er beschikbaar voor de tweede tranche?", "Hoeveel is er beschikbaar voor de tweede tranche?"),
        # adds a figure or a name that nobody said: the rules' version
        ("Hoeveel van de € 400 miljoen is er voor de tweede tranche?", None),
        ("Hoeveel krijgt Zwolle in de tweede tranche?", None),
        ("Ik denk dat het om geld gaat.", None),
        ("", None),
        (Trouble.UNREACHABLE, None),
    ],
)
def test_a_follow_up_is_asked_in_full_by_the_model_or_else_by_the_rules(reply: Reply, expected: str | None) -> None:
    question = Question(
        "En voor de tweede tranche?", turns=(Turn("Hoeveel is er beschikbaar voor de eerste tranche?", ""),)
    )
    rewritten = Rewriter(ScriptedChat(reply), understand, timeout_seconds=5)(question)
    assert rewritten == (expected or understand(question))


def test_a_question_that_stands_by_itself_is_not_sent_to_the_model() -> None:
    chat = ScriptedChat("Iets anders?")
    question = Question("Tot wanneer loopt de Agenda Veerkracht?", turns=(Turn("Wat kost het?", ""),))
    assert Rewriter(chat, understand, timeout_seconds=5)(question) is None and chat.heard == []


# ------------------------------------------------------------------------------------------------ keys


@pytest.mark.parametrize(
    "text", ["Incorrect API key provided: geheim-1", "Bearer geheim-1", "sk-abcdef123456", "401 sk-proj-****1234"]
)
def test_keys_are_taken_out_of_messages(text: str) -> None:
    cleaned = without_keys(text, "geheim-1")
    assert "geheim" not in cleaned and "abcdef" not in cleaned and "1234" not in cleaned


def test_a_figure_without_a_marker_is_not_pieced_together_from_two_sources() -> None:
    pieced = "De Agenda van de brief kan tot uiterlijk 25 november 2025 aangevraagd worden."
    answer, _ = ask("Tot wanneer kan de Agenda worden aangevraagd?", pieced, pieced)
    assert pieced not in [statement.text for statement in answer.statements]
    whole = "Een gemeente kan de uitkering tot uiterlijk 25 november 2025 aanvragen."
    answer, _ = ask("Tot wanneer kan een gemeente de uitkering aanvragen?", whole, whole)
    assert [statement.text for statement in answer.statements][:1] == [whole]
    assert [finding.done for finding in answer.findings] == ["mended"]


TWO = Library(
    document("De minister informeert de Kamer jaarlijks over de voortgang van de aanpak.", id="een"),
    document("In Zwolle opent een wijkcentrum voor jongeren zonder werk.", id="twee"),
)


def test_nor_is_one_that_names_what_another_document_speaks_of() -> None:
    pieced = "De minister informeert de Kamer jaarlijks over de aanpak en het wijkcentrum voor jongeren in Zwolle."
    checker = Checker(EMBEDDER, TWO.documents.__getitem__, min_cosine=-1.0)
    together = checker.check(Written(pieced, (1, 2)), TWO.hits())
    assert together.problem is None and len({one.document_id for one in together.evidence}) == 2
    chat = ScriptedChat(pieced, pieced)
    written = GenerativeAnswerer(chat, answerer_over(TWO), checker, timeout_seconds=10.0, context_tokens=4096)
    draft = written.draft(Question("Hoe vaak informeert de minister de Kamer?"), TWO.hits())
    assert pieced not in [statement.text for statement in draft.statements]


LISTED = document(
    "De brief over de wijk noemt drie problemen in de gebieden:",
    ("armoede en schulden", "slechte gezondheid", "veel schooluitval"),
    "De problemen in de gebieden zijn hardnekkig.",
    id="lijst",
    title="Brief over problemen",
)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            "De brief over de wijk noemt drie problemen in de gebieden: [1]\n"
            "- armoede en schulden; [1]\n- veel schooluitval [1]",
            [
                "De brief over de wijk noemt drie problemen in de gebieden: "
                "armoede en schulden; slechte gezondheid; veel schooluitval."
            ],
        ),
        (
            "Een probleem in de gebieden is armoede en schulden; [1]",
            ["Een probleem in de gebieden is armoede en schulden."],
        ),
    ],
)
def test_half_a_list_is_shown_whole_and_no_item_twice(reply: str, expected: list[str]) -> None:
    library = Library(LISTED)
    checker = Checker(EMBEDDER, library.documents.__getitem__, min_cosine=-1.0)
    written = GenerativeAnswerer(
        ScriptedChat(reply), answerer_over(library), checker, timeout_seconds=10.0, context_tokens=4096
    )
    question = "Welke problemen in de gebieden noemt de brief over de wijk?"
    answer = verify(written.draft(Question(question), library.hits()), question=question, texts=library)
    assert answer.answerer == "generative"
    assert [one.text for one in answer.statements] == expected


def test_what_leads_in_nothing_says_nothing() -> None:
    answer, _ = ask(
        "Tot wanneer loopt de Agenda?", "De Agenda loopt tot eind 2025 [1]. De minister informeert de Kamer: [1]"
    )
    assert [one.text for one in answer.statements] == ["De Agenda loopt tot eind 2025."]
    assert [(one.problem, one.done) for one in answer.findings] == [(Problem.NOTHING.value, "left out")]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("€ 256 miljoen [1].", "Voor de eerste tranche is € 256 miljoen beschikbaar."),
        ("Het is € 256 miljoen [1].", "Voor de eerste tranche is € 256 miljoen beschikbaar."),
        ("Voor de eerste tranche: € 256 miljoen [1].", "Voor de eerste tranche: € 256 miljoen."),
    ],
)
def test_a_mere_figure_is_shown_as_the_sentence_that_says_what_it_is(reply: str, expected: str) -> None:
    answer, _ = ask("Hoeveel is er beschikbaar voor de eerste tranche?", reply)
    assert answer.answerer == "generative" and [one.text for one in answer.statements] == [expected]


def test_what_only_a_replaced_document_says_is_said_to_be_replaced() -> None:
    checker = Checker(EMBEDDER, LIBRARY.documents.__getitem__, min_cosine=-1.0)
    replaced = dataclasses.replace(answerer_over(LIBRARY), successors={"brief": ("regeling",)})
    written = GenerativeAnswerer(
        ScriptedChat("Voor de eerste tranche is € 256 miljoen beschikbaar [1]."),
        replaced, checker, timeout_seconds=10.0, context_tokens=4096,
    )  # fmt: skip
    draft = written.draft(Question("Hoeveel is er beschikbaar voor de eerste tranche?"), LIBRARY.hits())
    assert draft.answerer == "generative"
    assert [one.lead for one in draft.statements] == ["Kamerbrief van 7 juli 2023, inmiddels (deels) vervangen"]
