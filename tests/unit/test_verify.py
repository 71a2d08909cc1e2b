"""Nothing uncited or misquoted gets through verification, whatever was drafted, and nothing else makes an answer."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import typing
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import ask, assembly, cli
from assistant.answering.verify import NO_REASON, NOT_VERIFIED, PARTLY_VERIFIED, verify
from assistant.model import (
    Anchor,
    Answer,
    Citation,
    DocumentInfo,
    Draft,
    DraftStatement,
    Evidence,
    Finding,
    Passage,
    Statement,
)
from assistant.web import asking, conversation

LETTER = "Brief over de wijk\nDe Agenda loopt tot eind 2025. Er is € 256 miljoen.\nÉén zin met accenten: coördinatie."
RULES = "Artikel 2 Aanvraag\nDe aanvraag wordt uiterlijk op 25 november ingediend."
TEXTS = {"letter": LETTER, "rules": RULES, "empty": ""}
PASSAGES = {
    "letter-0": Passage("letter-0", "letter", 0, 0, len(LETTER), LETTER, Anchor(page=3, section=("Kernpunten",))),
    "rules-0": Passage("rules-0", "rules", 0, 0, len(RULES), RULES, Anchor(article="2")),
}


class Shelf:
    """Two documents and an empty one; anything else is a KeyError, as in the index."""

    def text(self, document_id: str) -> str:
        return TEXTS[document_id]

    def info(self, document_id: str) -> DocumentInfo:
        return DocumentInfo(document_id, document_id.title()) if document_id in TEXTS else {}[document_id]

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        return [PASSAGES[id] for id in ids]

    def anchor(self, document_id: str, place: int) -> Anchor:
        return Anchor(page=place) if place else PASSAGES[f"{document_id}-0"].anchor


def quoted(document_id: str, quote: str, *, passage_id: str = "", shift: int = 0) -> Evidence:
    start = TEXTS[document_id].index(quote) + shift
    return Evidence(document_id, passage_id or f"{document_id}-0", start, start + len(quote), quote)


AGENDA = quoted("letter", "De Agenda loopt tot eind 2025.")
MONEY = quoted("letter", "Er is € 256 miljoen.")
DEADLINE = quoted("rules", "De aanvraag wordt uiterlijk op 25 november ingediend.")
WRONG = Evidence("letter", "letter-0", AGENDA.start, AGENDA.end, "De Agenda loopt tot eind 2026.")


def answer(*statements: DraftStatement, **draft: typing.Any) -> Answer:
    return verify(Draft(statements, draft.pop("outcome", "answered"), **draft), question="?", texts=Shelf())


# ------------------------------------------------------------------------------------------------ what holds


def test_quotes_are_numbered_in_order_of_use_and_equal_ones_share_a_number() -> None:
    found = answer(
        DraftStatement("De Agenda loopt tot eind 2025.", (AGENDA,)),
        DraftStatement("Er is geld en een datum.", (DEADLINE, MONEY, AGENDA, DEADLINE)),
    )
    assert [(one.text, one.citations) for one in found.statements] == [
        ("De Agenda loopt tot eind 2025.", (1,)),
        ("Er is geld en een datum.", (2, 3, 1)),
    ]
    assert found.citations == (
        Citation(
            number=1,
            document=DocumentInfo("letter", "Letter"),
            anchor=Anchor(page=19),  # where the quote itself begins, not its passage
            quote="De Agenda loopt tot eind 2025.",
            start=19,
            end=49,
            passage_id="letter-0",
        ),
        Citation(2, DocumentInfo("rules", "Rules"), Anchor(page=19), DEADLINE.quote, 19, 72, "rules-0"),
        Citation(3, DocumentInfo("letter", "Letter"), Anchor(page=50), MONEY.quote, 50, 70, "letter-0"),
    )
    assert (found.outcome, found.reason, found.findings) == ("answered", None, ())


@pytest.mark.parametrize(
    ("evidence", "problem"),
    [
        (WRONG, "the quote is not what letter says at 19:49"),
        (quoted("letter", "Er is € 256 miljoen.", shift=1), "the quote is not what letter says at 51:71"),
        # an accent written in two characters is another text, however alike it looks
        (Evidence("letter", "letter-0", 71, 75, "E\u0301e\u0301n"), "the quote is not what letter says at 71:75"),
        (Evidence("nowhere", "letter-0", 0, 5, "Brief"), "document nowhere is not in the index"),
        (Evidence("letter", "gone-0", 0, 5, "Brief"), "passage gone-0 is not in the index"),
        (Evidence("letter", "rules-0", 0, 5, "Brief"), "passage rules-0 is of rules, not of letter"),
        (Evidence("letter", "letter-0", 5, 6, " "), "an empty or impossible span 5:6 in letter"),
        (Evidence("letter", "letter-0", 4, 4, ""), "an empty or impossible span 4:4 in letter"),
        # what Python would read from the end is no place in a document
        (Evidence("letter", "letter-0", -13, -1, LETTER[-13:-1]), "an empty or impossible span -13:-1 in letter"),
        (Evidence("letter", "letter-0", 0, 10**6, LETTER), "an empty or impossible span 0:1000000 in letter"),
    ],
)
def test_what_is_wrong_with_a_quote_is_said_and_the_statement_is_not_shown(evidence: Evidence, problem: str) -> None:
    found = answer(DraftStatement("Iets.", (evidence,)), DraftStatement("De Agenda loopt tot eind 2025.", (AGENDA,)))
    assert [one.text for one in found.statements] == ["De Agenda loopt tot eind 2025."]
    assert found.findings == (Finding("Iets.", problem), Finding("Iets.", "no quote behind it holds"))
    assert (found.outcome, found.reason) == ("partly", PARTLY_VERIFIED)


def test_a_statement_is_not_saved_by_one_good_quote_when_another_is_false() -> None:
    found = answer(DraftStatement("Er is geld.", (WRONG, MONEY)), DraftStatement("Er is € 256 miljoen.", (MONEY,)))
    assert [(one.text, one.citations) for one in found.statements] == [("Er is € 256 miljoen.", (1,))]
    assert [one.quote for one in found.citations] == ["Er is € 256 miljoen."]
    assert (found.outcome, len(found.findings)) == ("partly", 2)


@pytest.mark.parametrize(
    "text",
    ["Het budget is € 999 miljoen.", "De Agenda loopt tot eind 2026.", "Er is € 256 miljoen voor 20 gebieden."],
)
def test_a_figure_that_no_quote_has_takes_its_statement_down(text: str) -> None:
    found = answer(DraftStatement(text, (MONEY, AGENDA)))
    assert (found.outcome, found.statements) == ("abstained", ())
    assert any("no quote behind it says" in one.problem for one in found.findings)


def test_where_a_statement_comes_from_leads_it_and_needs_no_proof() -> None:
    found = answer(DraftStatement("Er is € 256 miljoen.", (MONEY,), lead="Brief van 7 juli 2023"))
    assert [one.text for one in found.statements] == ["Brief van 7 juli 2023: Er is € 256 miljoen."]


def test_an_answer_of_which_nothing_holds_becomes_an_abstention_that_shows_the_nearest_passages() -> None:
    found = answer(DraftStatement("Eind 2026.", (WRONG,)), DraftStatement("Zomaar.", ()), nearest=(AGENDA, WRONG))
    assert (found.outcome, found.reason, found.statements) == ("abstained", NOT_VERIFIED, ())
    assert [one.quote for one in found.citations] == [AGENDA.quote]
    assert [one.problem for one in found.findings].count("no quote behind it holds") == 2


def test_an_abstention_states_nothing_and_always_has_a_reason() -> None:
    found = answer(DraftStatement("Toch iets.", (AGENDA,)), outcome="abstained", reason=" ")
    assert (found.outcome, found.reason, found.statements, found.citations) == ("abstained", NO_REASON, (), ())
    assert found.findings == (Finding("Toch iets.", "an abstention states nothing"),)


def test_emphasis_outside_a_statement_or_over_other_emphasis_is_not_shown() -> None:
    draft = Draft((DraftStatement("Eind 2025.", (AGENDA,)),), "answered")
    spans = ((5, 9), (0, 4), (3, 6), (8, 99), (-2, 1), (9, 9))
    found = verify(draft, question="?", texts=Shelf(), emphasise=lambda _: spans)
    assert found.statements[0].emphasis == ((0, 4), (5, 9))


# ------------------------------------------------------------------------------------------------ whatever is drafted

_places = st.integers(-3, 130)
_evidence = st.one_of(
    st.sampled_from([AGENDA, MONEY, DEADLINE, WRONG]),
    st.builds(
        Evidence,
        document_id=st.sampled_from([*TEXTS, "nowhere", ""]),
        passage_id=st.sampled_from([*PASSAGES, "gone-0"]),
        start=_places,
        end=_places,
        quote=st.one_of(st.text(max_size=8), st.sampled_from(["De Agenda", "", " ", LETTER])),
    ),
    st.builds(  # quotes that are often right
        lambda document_id, start, length: Evidence(
            document_id, f"{document_id}-0", start, start + length, TEXTS[document_id][start : start + length]
        ),
        st.sampled_from(["letter", "rules"]),
        _places,
        st.integers(-2, 60),
    ),
)
_drafts = st.builds(
    Draft,
    statements=st.lists(
        st.builds(
            DraftStatement,
            text=st.one_of(st.text(max_size=12), st.just("De Agenda loopt tot eind 2025.")),
            evidence=st.lists(_evidence, max_size=4).map(tuple),
        ),
        max_size=5,
    ).map(tuple),
    outcome=st.sampled_from(["answered", "partly", "abstained"]),
    reason=st.one_of(st.none(), st.text(max_size=5)),
    nearest=st.lists(_evidence, max_size=3).map(tuple),
)


@given(_drafts, st.lists(st.tuples(_places, _places), max_size=3))
def test_whatever_is_drafted_only_exact_quotes_are_shown(draft: Draft, spans: list[tuple[int, int]]) -> None:
    found = verify(draft, question="?", texts=Shelf(), emphasise=lambda _: tuple(spans))

    for number, citation in enumerate(found.citations, start=1):
        assert citation.number == number
        assert citation.quote.strip()
        assert 0 <= citation.start < citation.end
        assert citation.quote == TEXTS[citation.document.id][citation.start : citation.end]
    assert len({(one.document.id, one.start, one.end) for one in found.citations}) == len(found.citations)

    shown = {number for statement in found.statements for number in statement.citations}
    for statement in found.statements:
        assert statement.text.strip()
        assert statement.citations
        assert all(0 <= start < end <= len(statement.text) for start, end in statement.emphasis)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(statement.emphasis))
    assert shown <= {one.number for one in found.citations}
    if found.outcome == "abstained":
        assert found.statements == ()
        assert found.reason is not None and found.reason.strip()
    else:
        assert found.statements
        assert shown == {one.number for one in found.citations}  # nothing stands among the sources for nothing

    # what is not shown is on record
    problems = [one.problem for one in found.findings]
    dropped = (
        "no quote behind it holds",
        "not every quote behind it holds",
        "no quote behind it says",
        "the statement is empty",
        "an abstention states nothing",
    )
    assert sum(problem.startswith(dropped) for problem in problems) == len(draft.statements) - len(found.statements)
    proposed = [one for statement in draft.statements for one in statement.evidence]
    if found.outcome == "abstained":
        proposed += draft.nearest
    assert sum(not problem.startswith(dropped) for problem in problems) == sum(not _exact(one) for one in proposed)


def _exact(evidence: Evidence) -> bool:
    text = TEXTS.get(evidence.document_id)
    passage = PASSAGES.get(evidence.passage_id)
    return (
        text is not None
        and passage is not None
        and passage.document_id == evidence.document_id
        and 0 <= evidence.start < evidence.end <= len(text)
        and bool(evidence.quote.strip())
        and text[evidence.start : evidence.end] == evidence.quote
    )


# ------------------------------------------------------------------------------------------------ by type

ASSISTANT = Path(inspect.getfile(assembly)).parent


def _modules() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(ASSISTANT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(ASSISTANT.rglob("*.py"))
    ]


def _called(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            names.add(function.id if isinstance(function, ast.Name) else getattr(function, "attr", ""))
    return names


def test_only_verification_makes_answers_statements_and_citations() -> None:
    makers = {name: _called(tree) & {"Answer", "Statement", "Citation"} for name, tree in _modules()}
    # The page reads again what it gave a browser to keep; a quote of that is checked when it is opened or exported.
    # The source panel makes a citation of a place of a document, to refer to it: its quote is that text by definition.
    page = {"web/requests.py", "web/source.py"}
    assert {name for name, made in makers.items() if made} == {"answering/verify.py", *page}
    assert makers["web/source.py"] == {"Citation"}
    assert makers["answering/verify.py"] == {"Answer", "Statement", "Citation"}


def test_no_door_knows_of_drafts() -> None:
    doors = [(name, tree) for name, tree in _modules() if name.startswith(("cli.", "web/", "langchain_", "assembly."))]
    assert len(doors) >= 6
    for name, tree in doors:
        known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        known |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert not known & {"Draft", "DraftStatement", "Evidence"}, name


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (cli.answer_json, "answer"),
        (cli._show_answer, "answer"),
        (assembly.Assistant.ask, "return"),
        (ask.Asker.ask, "return"),
        (asking.Answers.ask, "return"),
        (conversation._answer, "answer"),
    ],
)
def test_doors_take_and_the_flow_gives_an_answer(function: typing.Callable[..., object], name: str) -> None:
    """mypy, which `make test` runs, holds callers to these."""
    written = inspect.get_annotations(function)[name]
    module = importlib.import_module(function.__module__)
    assert eval(written, vars(module)) is Answer


def test_answer_and_draft_are_no_kin() -> None:
    assert not issubclass(Draft, Answer) and not issubclass(Answer, Draft)
    assert not issubclass(DraftStatement, Statement)
