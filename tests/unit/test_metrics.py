"""The measures, on cases small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG
from scipy import stats

from assistant.answering.phrases import REPLACED
from assistant.model import Anchor, Answer, Citation, DocumentInfo, Hit, Outcome, Passage, Statement
from evals import metrics, summary
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


def passage(id: str, text: str, *section: str) -> Passage:
    return Passage(id, id.partition("-")[0], 0, 0, len(text), text, Anchor(section=section))


LIBRARY = {
    "nota": [
        passage("nota-1", f"{END} {COST}"),
        passage("nota-2", "Eind 2025 is er een feest.", "Viering"),
        passage("nota-3", LETTER),
    ],
    "oud": [passage("oud-1", "Het loopt tot eind 2025.", "Looptijd")],
}


@pytest.mark.parametrize(
    ("case", "gold"),
    [
        (LIST, {"nota-1": 2, "nota-2": 1}),  # as many as the facts they hold
        (replace(LIST, keywords=("De Agenda  LOOPT",)), {"nota-1": 2}),  # the year stands in nota-2 by chance
        (replace(ASKED, keywords=("viering",)), {"nota-2": 1}),  # a heading above the passage tells as well
        (replace(ASKED, sources=("oud", "nota")), {"oud-1": 1, "nota-1": 1, "nota-2": 1}),
        (replace(ASKED, facts=()), {}),
        (UNANSWERABLE, {}),
    ],
)
def test_gold_passages_are_those_of_accepted_sources_that_hold_a_fact_near_the_words_of_the_case(
    case: Case, gold: dict[str, int]
) -> None:
    assert metrics.gold_passages(case, LIBRARY.__getitem__) == gold


def test_passages_are_ranked_against_the_gold_ones_and_gain_by_the_facts_they_hold() -> None:
    hits = [
        Hit(one, DocumentInfo(one.document_id, ""), 1 / rank, rank)
        for rank, one in enumerate([LIBRARY["nota"][2], LIBRARY["nota"][1]], start=1)
    ]
    measures = metrics.passage_retrieval(replace(SILENT, hits=tuple(hits)), {"nota-1": 2, "nota-2": 1})
    assert (measures["passage_recall@1"], measures["passage_recall@3"]) == (0.0, 0.5)
    assert measures["passage_mrr"] == 0.5
    assert measures["passage_ndcg@10"] == pytest.approx((1 / 1.5849625) / (2 + 1 / 1.5849625))
    assert set(metrics.passage_retrieval(SILENT, {}).values()) == {None}


DOCUMENTS = [f"d{number}" for number in range(12)]


@given(
    st.lists(st.sampled_from(DOCUMENTS), unique=True, min_size=1),
    st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1).filter(lambda line: any(line.values())),
    st.sampled_from(metrics.RETRIEVAL_DEPTHS),
)
def test_rankings_are_measured_as_ir_measures_does(ranking: list[str], grades: dict[str, int], k: int) -> None:
    qrels = [ir_measures.Qrel("q", document, grade) for document, grade in grades.items()]
    run = [ir_measures.ScoredDoc("q", document, -float(rank)) for rank, document in enumerate(ranking)]
    theirs = ir_measures.calc_aggregate([R @ k, nDCG @ k, RR @ k, Success @ k], qrels, run)
    assert metrics.recall(ranking, grades, k) == pytest.approx(theirs[R @ k])
    assert metrics.ndcg(ranking, grades, k) == pytest.approx(theirs[nDCG @ k])
    assert metrics.reciprocal_rank(ranking, grades, k) == pytest.approx(theirs[RR @ k])
    assert metrics.success(ranking, grades, k) == pytest.approx(theirs[Success @ k])


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


@pytest.mark.parametrize(
    ("given_answer", "statements", "citations"),
    [
        (plain(END), 1.0, 1.0),
        (plain(END, LETTER), 0.5, 0.5),  # a statement beside the point, and its citation
        (answer((END, [quote(END), quote(LETTER)])), 1.0, 0.5),  # a citation that adds nothing
        (answer((f"{END} {COST}", [quote(END), quote(COST)])), 1.0, 1.0),  # each brings a fact
        (answer(("Eind 2025 is er een feest.", [quote(LETTER)])), 0.0, 0.0),  # said, but not in the quote
        (SILENT, None, None),
    ],
)
def test_a_statement_counts_when_its_quotes_hold_an_expected_fact_and_a_citation_when_it_brings_one(
    given_answer: Answer, statements: float | None, citations: float | None
) -> None:
    measures = metrics.citations(LIST, given_answer)
    assert (measures["on_topic"], measures["on_topic_citations"]) == (statements, citations)


def test_where_no_fact_is_expected_nothing_is_on_or_off_topic() -> None:
    measures = metrics.citations(UNANSWERABLE, plain(END))
    assert (measures["on_topic"], measures["on_topic_citations"], measures["fact_cited"]) == (None, None, None)
    assert measures["citation_recall"] == 1.0


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
    return [
        metrics.judge(case, given_answer, text_of=TEXTS.__getitem__, passages_of=lambda document: ())
        for case, given_answer in pairs
    ]


SET = judged(
    (ASKED, plain(END)),
    (LIST, plain(END)),
    (ASKED, SILENT),
    (UNANSWERABLE, SILENT),
    (UNANSWERABLE, SILENT),
    (UNANSWERABLE, plain(END)),
)


def test_a_set_is_summarised_over_the_cases_each_measure_applies_to() -> None:
    figures = summary.summarise(SET)
    values = {name: (figure.value, figure.cases) for name, figure in figures.items() if figure is not None}
    assert values["right"] == (0.5, 6)
    assert (values["correct"], values["partly"], values["abstained"]) == ((0.3333, 3), (0.3333, 3), (0.3333, 3))
    assert values["facts_right"] == (0.5, 3)
    assert values["exactness"] == (1.0, 3)
    assert values["abstention_precision"] == (0.6667, 3)
    assert values["abstention_recall"] == (0.6667, 3)
    assert values["abstention_f1"] == (0.6667, 4)
    assert (values["coverage"], values["risk"]) == ((0.5, 6), (0.5, 3))
    assert figures["outdated"] is None


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    figures = summary.abstention(judged((ASKED, SILENT), (UNANSWERABLE, SILENT), (UNANSWERABLE, SILENT)))
    precision, recall, f1 = (figures[f"abstention_{name}"] for name in ("precision", "recall", "f1"))
    assert precision is not None and recall is not None and f1 is not None
    assert (precision.value, recall.value, f1.value) == (0.6667, 1.0, 0.8)


def test_nothing_measured_is_no_figure() -> None:
    assert summary.mean([None, None]) is None
    assert summary.ratio([0.0, 0.0], [0.0, 0.0]) is None
    assert summary.percentiles([]) is None
    assert summary.area_under_risk_coverage([]) is None
    assert summary.risk_coverage([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_an_interval_holds_its_mean_lies_within_the_values_and_comes_out_the_same_again(values: list[float]) -> None:
    figure = summary.mean(values)
    assert figure is not None
    assert min(values) - 1e-4 <= figure.low <= figure.value + 1e-4
    assert figure.value - 1e-4 <= figure.high <= max(values) + 1e-4
    assert summary.mean(values) == figure


def test_the_interval_of_a_share_is_about_as_wide_as_its_standard_error_says() -> None:
    """200 cases, half of them right: 1.96 x sqrt(.25 / 200) is .069 to either side."""
    figure = summary.mean([1.0, 0.0] * 100)
    assert figure is not None
    assert figure.value == 0.5
    assert figure.high - figure.low == pytest.approx(0.139, abs=0.01)


def test_intervals_are_those_of_an_independent_bootstrap() -> None:
    """Means and ratios against scipy's percentile bootstrap, which draws other resamples."""
    random = np.random.default_rng(7)
    top, bottom = random.random(150), random.integers(1, 4, 150).astype(float)
    for ours, theirs in (
        (summary.mean(top.tolist()), stats.bootstrap((top,), np.mean, method="percentile", rng=1)),
        (
            summary.ratio((top * bottom).tolist(), bottom.tolist()),
            stats.bootstrap(
                (top * bottom, bottom),
                lambda one, other, axis: one.sum(axis=axis) / other.sum(axis=axis),
                paired=True, vectorized=True, method="percentile", rng=1,
            ),
        ),
    ):  # fmt: skip
        assert ours is not None
        wide = theirs.confidence_interval.high - theirs.confidence_interval.low
        assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=wide / 15)
        assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=wide / 15)


def test_the_risk_coverage_curve_goes_from_the_surest_answer_to_all_answers() -> None:
    one, half, wrong = (
        replace(a, confidence=c) for a, c in ((plain(END), 0.9), (plain(END), 0.6), (plain(LETTER), 0.6))
    )
    cases = judged((ASKED, one), (LIST, half), (ASKED, wrong), (ASKED, SILENT))
    points = summary.risk_coverage(cases)
    assert [(point.confidence, point.coverage, point.risk) for point in points] == [(0.9, 0.25, 0.0), (0.6, 0.75, 0.5)]
    assert [(point.low, point.high) for point in points] == [(0.0, 0.0), (0.0, 1.0)]
    area = summary.area_under_risk_coverage(cases)
    assert area is not None
    assert (area.value, area.cases) == (pytest.approx((0.25 * 0 + 0.5 * 0.5) / 0.75, abs=1e-4), 3)
    assert area.low < area.value < area.high


def test_calibration_compares_the_confidence_of_given_answers_with_how_they_came_out() -> None:
    sure = [
        replace(plain(END), confidence=0.9),
        replace(plain(LETTER), confidence=0.6),
        replace(SILENT, confidence=0.1),
    ]
    figures = summary.calibration(judged(*((ASKED, one) for one in sure)))
    brier, over = figures["brier"], figures["overconfidence"]
    assert brier is not None and over is not None
    assert (brier.value, brier.cases) == (pytest.approx((0.1**2 + 0.6**2) / 2, abs=1e-4), 2)
    assert over.value == pytest.approx(0.75 - 0.5)
    assert set(summary.calibration(judged((ASKED, SILENT))).values()) == {None}


def test_the_reliability_diagram_has_bins_of_equally_many_answers() -> None:
    cases = judged(
        *((ASKED, replace(plain(END if place % 3 else LETTER), confidence=place / 100)) for place in range(60))
    )
    bins = summary.reliability(cases)
    assert [one.right.cases for one in bins] == [15, 15, 15, 15]
    assert [one.confidence for one in bins] == pytest.approx([0.07, 0.22, 0.37, 0.52])
    assert {one.right.value for one in bins} == {0.6667}
    assert summary.reliability(judged((ASKED, SILENT))) == []


def test_percentiles_lie_between_neighbours_and_within_their_intervals() -> None:
    values = [float(value) for value in range(1, 102)]
    assert summary.percentiles(values) == {"p50": 51.0, "p95": 96.0}
    found = summary.latency(values)
    assert found is not None
    assert found["p50_low"] < found["p50"] < found["p50_high"] < found["p95_low"] < found["p95"] < found["p95_high"]
    assert summary.latency([]) is None
