"""The measures, on cases small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.phrases import REPLACED
from assistant.model import Anchor, Answer, Citation, DocumentInfo, Hit, Outcome, Passage, Statement
from evals import metrics
from evals.cases import Case

TEXTS = {
    "nota": "De Agenda loopt tot eind 2025. Zij kost € 256 miljoen. De minister stuurt de Kamer jaarlijks een brief.",
    "oud": "De SPUK heeft vijf hoofdthema's. Drie ministeries betalen mee.",
    "nieuw": "De SPUK heeft zes hoofdthema's. Vier ministeries betalen mee.",
}
ASKED = Case("c1", "Tot wanneer?", True, facts=(("eind 2025",),), sources=("nota",))
LIST = Case("c2", "Wat en tot wanneer?", True, facts=(("eind 2025",), ("€ 256 miljoen",)), sources=("nota",))
UNANSWERABLE = Case("c3", "Wie won de Elfstedentocht?", False)
END, COST, LETTER = (
    "De Agenda loopt tot eind 2025.",
    "Zij kost € 256 miljoen.",
    "De minister stuurt de Kamer jaarlijks een brief.",
)


def quote(text: str, *, document: str = "nota", type: str = "nota") -> Citation:
    start = TEXTS[document].index(text)
    info = DocumentInfo(document, document.title(), type=type)
    return Citation(0, info, Anchor(), text, start, start + len(text), f"{document}-p")


def answer(*statements: tuple[str, Sequence[Citation]], confidence: float = 0.9, hits: Sequence[Hit] = ()) -> Answer:
    """An answer whose citations are numbered as they come; equal quotes share a number."""
    numbered: dict[tuple[str, int, int], Citation] = {}
    made = []
    for text, quotes in statements:
        numbers = []
        for one in quotes:
            key = (one.document.id, one.start, one.end)
            numbered.setdefault(key, replace(one, number=len(numbered) + 1))
            numbers.append(numbered[key].number)
        made.append(Statement(text, tuple(numbers)))
    outcome: Outcome = "answered" if made else "abstained"
    return Answer("?", outcome, tuple(made), tuple(numbered.values()), confidence=confidence, hits=tuple(hits))


def plain(*quotes: str) -> Answer:
    """An answer of quotes that stand by themselves."""
    return answer(*((text, [quote(text)]) for text in quotes))


SILENT = answer(confidence=0.1)


def hit(rank: int, document: str, text: str) -> Hit:
    passage = Passage(f"{document}-{rank}", document, 0, 0, len(text), text, Anchor())
    return Hit(passage, DocumentInfo(document, document), 1 / rank, rank)


# ------------------------------------------------------------------------------------------------ retrieval


def test_retrieval_is_measured_over_documents_at_their_first_hit_and_over_passages_that_hold_the_facts() -> None:
    case = replace(LIST, sources=("nota", "nieuw"))
    hits = [
        hit(1, "oud", "eind 2025"),  # holds a fact, but may not be cited for it
        hit(2, "oud", "iets anders"),
        hit(3, "nota", "De Agenda is er."),
        hit(4, "nota", "De Agenda loopt tot eind 2025."),
    ]
    measures = metrics.retrieval(case, replace(SILENT, hits=tuple(hits)))
    assert (measures["recall@1"], measures["recall@3"], measures["recall@10"]) == (0.0, 0.5, 0.5)
    assert (measures["success@1"], measures["success@3"]) == (0.0, 1.0)
    assert (measures["fact_recall@3"], measures["fact_recall@5"]) == (0.0, 0.5)
    assert measures["mrr"] == 0.5
    assert measures["ndcg@10"] == pytest.approx((1 / 1.5849625) / (1 + 1 / 1.5849625))


def test_retrieval_has_no_figure_where_nothing_can_be_found() -> None:
    assert set(metrics.retrieval(UNANSWERABLE, SILENT).values()) == {None}


# ------------------------------------------------------------------------------------------------ facts and verdicts

VERDICTS = [
    # (case, answer, facts right / wrong / missing, verdict, right, loss)
    (ASKED, plain(END), (1.0, 0.0, 0.0), "correct", True, 0.0),
    (LIST, plain(END, COST), (1.0, 0.0, 0.0), "correct", True, 0.0),
    (LIST, plain(END), (0.5, 0.0, 0.5), "partly", False, 0.5),
    (LIST, plain(LETTER), (0.0, 1.0, 0.0), "wrong", False, 1.0),
    (ASKED, SILENT, (0.0, 0.0, 1.0), "abstained", False, None),
    (UNANSWERABLE, SILENT, (None, None, None), "abstained", True, None),
    (UNANSWERABLE, plain(END), (None, None, None), "wrong", False, 1.0),
    (replace(ASKED, facts=()), plain(END), (None, None, None), "correct", True, 0.0),
]


@pytest.mark.parametrize(("case", "given_answer", "shares", "verdict", "right", "loss"), VERDICTS)
def test_an_answer_is_judged_by_the_facts_it_states(
    case: Case, given_answer: Answer, shares: tuple[float | None, ...], verdict: str, right: bool, loss: float | None
) -> None:
    assert tuple(metrics.facts(case, given_answer).values()) == shares
    assert metrics.verdict(case, given_answer) == verdict
    assert metrics.is_right(case, given_answer) is right
    assert metrics.loss(case, given_answer) == loss


def test_facts_are_compared_as_values() -> None:
    case = replace(ASKED, facts=(("256 mln",),))
    assert metrics.facts(case, plain(COST))["facts_right"] == 1.0


# ------------------------------------------------------------------------------------------------ citations


def shares(case: Case, given_answer: Answer) -> tuple[float | None, ...]:
    measures = metrics.citations(case, given_answer)
    return tuple(measures[name] for name in ("citation_recall", "citation_precision", "fact_cited", "on_topic"))


def test_a_quote_that_is_its_own_statement_supports_it() -> None:
    assert shares(ASKED, plain(END)) == (1.0, 1.0, 1.0, 1.0)


def test_a_second_citation_that_adds_nothing_counts_against_precision() -> None:
    assert shares(ASKED, answer((END, [quote(END), quote(LETTER)]))) == (1.0, 0.5, 1.0, 1.0)


def test_quotes_that_each_bring_part_of_a_statement_all_count() -> None:
    given_answer = answer((f"{END} {COST}", [quote(END), quote(COST)]))
    assert shares(LIST, given_answer) == (1.0, 1.0, 1.0, 1.0)


def test_a_statement_with_a_figure_that_no_quote_holds_is_not_supported() -> None:
    given_answer = answer(("De Agenda loopt tot eind 2027.", [quote(END)]))
    assert shares(ASKED, given_answer) == (0.0, 0.0, None, 1.0)


def test_a_statement_in_other_words_than_its_quote_is_not_supported() -> None:
    given_answer = answer(("Gemeenten ontvangen subsidie voor sportverenigingen.", [quote(LETTER)]))
    assert shares(ASKED, given_answer)[:2] == (0.0, 0.0)


def test_a_statement_that_brings_no_expected_fact_is_not_on_topic() -> None:
    assert shares(ASKED, plain(END, LETTER)) == (1.0, 1.0, 1.0, 0.5)


def test_a_fact_from_a_source_that_is_not_accepted_is_not_cited() -> None:
    case = replace(ASKED, sources=("nieuw",))
    assert metrics.citations(case, plain(END))["fact_cited"] == 0.0


def test_the_lead_that_names_a_source_needs_no_quote() -> None:
    lead = f"Kamerbrief van 7 juli 2023, {REPLACED}: {END}"
    assert shares(ASKED, answer((lead, [quote(END, type="Kamerbrief")])))[:2] == (1.0, 1.0)


def test_an_abstention_has_no_citation_figures_but_its_nearest_passages_must_be_exact() -> None:
    silent = replace(SILENT, citations=(replace(quote(END), number=1),))
    assert set(metrics.citations(ASKED, silent).values()) == {None}
    assert metrics.exactness(silent, text_of=TEXTS.__getitem__) == 1.0


def test_exactness_is_the_share_of_quotes_that_are_the_text_at_their_place() -> None:
    given_answer = plain(END, COST)
    shifted = replace(given_answer.citations[1], start=given_answer.citations[1].start + 1)
    elsewhere = replace(given_answer.citations[1], document=DocumentInfo("weg", "Weg"))
    for wrong in (shifted, elsewhere):
        spoiled = replace(given_answer, citations=(given_answer.citations[0], wrong))
        assert metrics.exactness(spoiled, text_of=TEXTS.__getitem__) == 0.5
    assert metrics.exactness(SILENT, text_of=TEXTS.__getitem__) is None


# ------------------------------------------------------------------------------------------------ superseded figures

OLD, NEW = "De SPUK heeft vijf hoofdthema's.", "De SPUK heeft zes hoofdthema's."
SUPERSEDED = Case("s1", "Hoeveel?", True, kind="superseded", facts=(("zes hoofdthema's",),), sources=("nieuw",))
old, new = (OLD, [quote(OLD, document="oud")]), (NEW, [quote(NEW, document="nieuw")])
marked = (f"Nota van 2022, {REPLACED}: {OLD}", [quote(OLD, document="oud")])


@pytest.mark.parametrize(
    ("case", "given_answer", "outdated"),
    [
        (SUPERSEDED, answer(new), 0.0),
        (SUPERSEDED, answer(new, old), 0.0),  # the current figure stands first
        (SUPERSEDED, answer(old), 1.0),
        (SUPERSEDED, answer(old, new), 1.0),  # who reads the first sentence is misled
        (SUPERSEDED, answer(marked), 0.0),
        (replace(SUPERSEDED, outdated=("5 hoofdthema's",)), answer(old), 1.0),
        (replace(SUPERSEDED, outdated=("drie hoofdthema's",)), answer(old), 0.0),
        (SUPERSEDED, SILENT, None),
        (replace(SUPERSEDED, kind="plain"), answer(old), None),
    ],
)
def test_a_replaced_figure_is_given_as_current_when_nothing_newer_stands_before_it(
    case: Case, given_answer: Answer, outdated: float | None
) -> None:
    assert metrics.gives_outdated(case, given_answer, replaced=frozenset({"oud"})) == outdated


# ------------------------------------------------------------------------------------------------ sets of cases


def judged(*pairs: tuple[Case, Answer]) -> list[metrics.Judged]:
    return [metrics.judge(case, given_answer, text_of=TEXTS.__getitem__) for case, given_answer in pairs]


SET = judged(
    (ASKED, plain(END)),
    (LIST, plain(END)),
    (ASKED, SILENT),
    (UNANSWERABLE, SILENT),
    (UNANSWERABLE, SILENT),
    (UNANSWERABLE, plain(END)),
)


def test_a_set_is_summarised_over_the_cases_each_measure_applies_to() -> None:
    summary = metrics.summarise(SET)
    values = {name: (figure.value, figure.cases) for name, figure in summary.items() if figure is not None}
    assert values["right"] == (0.5, 6)
    assert (values["correct"], values["partly"], values["abstained"]) == ((0.3333, 3), (0.3333, 3), (0.3333, 3))
    assert values["facts_right"] == (0.5, 3)
    assert values["exactness"] == (1.0, 3)
    assert values["abstention_precision"] == (0.6667, 3)
    assert values["abstention_recall"] == (0.6667, 3)
    assert values["abstention_f1"] == (0.6667, 4)
    assert (values["coverage"], values["risk"]) == ((0.5, 6), (0.5, 3))
    assert summary["outdated"] is None


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    summary = metrics.abstention(judged((ASKED, SILENT), (UNANSWERABLE, SILENT), (UNANSWERABLE, SILENT)))
    precision, recall, f1 = (summary[f"abstention_{name}"] for name in ("precision", "recall", "f1"))
    assert precision is not None and recall is not None and f1 is not None
    assert (precision.value, recall.value, f1.value) == (0.6667, 1.0, 0.8)


def test_nothing_measured_is_no_figure() -> None:
    assert metrics.mean([None, None]) is None
    assert metrics.ratio([0.0, 0.0], [0.0, 0.0]) is None
    assert metrics.percentiles([]) is None
    assert metrics.area_under_risk_coverage([]) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_an_interval_holds_its_mean_lies_within_the_values_and_comes_out_the_same_again(values: list[float]) -> None:
    figure = metrics.mean(values)
    assert figure is not None
    assert min(values) - 1e-4 <= figure.low <= figure.value + 1e-4
    assert figure.value - 1e-4 <= figure.high <= max(values) + 1e-4
    assert metrics.mean(values) == figure


def test_the_interval_of_a_share_is_about_as_wide_as_its_standard_error_says() -> None:
    """200 cases, half of them right: 1.96 x sqrt(.25 / 200) is .069 to either side."""
    figure = metrics.mean([1.0, 0.0] * 100)
    assert figure is not None
    assert figure.value == 0.5
    assert figure.high - figure.low == pytest.approx(0.139, abs=0.01)


def test_the_risk_coverage_curve_goes_from_the_surest_answer_to_all_answers() -> None:
    one, half, wrong = (
        replace(a, confidence=c) for a, c in ((plain(END), 0.9), (plain(END), 0.6), (plain(LETTER), 0.6))
    )
    points = metrics.risk_coverage(judged((ASKED, one), (LIST, half), (ASKED, wrong), (ASKED, SILENT)))
    assert [(point.confidence, point.coverage, point.risk) for point in points] == [(0.9, 0.25, 0.0), (0.6, 0.75, 0.5)]
    assert metrics.area_under_risk_coverage(points) == pytest.approx((0.25 * 0 + 0.5 * 0.5) / 0.75, abs=1e-4)


def test_percentiles_lie_between_neighbours() -> None:
    assert metrics.percentiles([float(value) for value in range(1, 102)]) == {"p50": 51.0, "p95": 96.0}
