"""Measures of answers and of rankings: pure functions of what was expected and what came.

A measure that does not apply to a case gives None, never 0. `measure` gives the figures of one case, `summarise` those
of a set, each with a bootstrap confidence interval over cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant import dutch, figures
from assistant.answering.phrases import REPLACED
from assistant.model import Answer, Citation, Statement
from evals.cases import Case, holds_fact

Verdict = Literal["correct", "partly", "wrong", "abstained"]
VERDICTS: tuple[Verdict, ...] = ("correct", "partly", "wrong", "abstained")

# ------------------------------------------------------------------------------------------------ rankings


def recall(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float | None:
    """Share of the relevant items among the first k (Manning, Raghavan and Schütze 2008, ch. 8; trec_eval `recall`)."""
    wanted = {item for item, grade in relevant.items() if grade > 0}
    return len(wanted & set(ranking[:k])) / len(wanted) if wanted else None


def success(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float | None:
    """1 when one relevant item is among the first k, otherwise 0 (trec_eval `success`)."""
    if not any(grade > 0 for grade in relevant.values()):
        return None
    return float(any(relevant.get(item, 0) > 0 for item in ranking[:k]))


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float | None:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) as trec_eval's `ndcg_cut`: the gain is the
    grade itself, discounted by log2(rank + 1); a grade of 0 or less gains nothing."""
    best = sorted((grade for grade in relevant.values() if grade > 0), reverse=True)
    if not best:
        return None
    return _dcg([max(relevant.get(item, 0), 0) for item in ranking[:k]]) / _dcg(best[:k])


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], k: int | None = None) -> float | None:
    """1 / the rank of the first relevant item, 0 when none is among the first k (Voorhees 1999, TREC-8 QA)."""
    if not any(grade > 0 for grade in relevant.values()):
        return None
    for rank, item in enumerate(ranking[:k], start=1):
        if relevant.get(item, 0) > 0:
            return 1 / rank
    return 0.0


def first_of_each(items: Iterable[str]) -> list[str]:
    """The items at their first places: a ranking of documents from one of passages."""
    return list(dict.fromkeys(items))


# ------------------------------------------------------------------------------------------------ one case

TextOf = Callable[[str], str]
RETRIEVAL_DEPTHS = (1, 3, 5, 10, 20)


def measure(case: Case, answer: Answer, *, text_of: TextOf, replaced: frozenset[str] = frozenset()) -> Measures:
    """Every measure of one case.

    Args:
        text_of: the normalised text of a document id, against which quotes are checked. KeyError: no such document.
        replaced: ids of documents whose figures or rules a newer document replaces.
    """
    return {
        **retrieval(case, answer),
        **facts(case, answer),
        **citations(case, answer),
        "exactness": exactness(answer, text_of=text_of),
        "outdated": gives_outdated(case, answer, replaced=replaced),
        "grounded": float(all(statement.citations for statement in answer.statements)) if answer.statements else None,
    }


Measures = dict[str, float | None]


def retrieval(case: Case, answer: Answer) -> Measures:
    """How well the hits hold what was wanted: gold sources, and passages with the expected facts.

    Sources: recall@k, success@k, nDCG@10 and reciprocal rank over documents at their first hit. Any accepted source
    will do for an answer, so success@k is what an answerer needs and recall@k is the stricter view. Passages:
    `fact_recall@k`, the share of expected facts that a passage of an accepted source among the first k hits holds.
    """
    names = [f"{name}@{k}" for name in ("recall", "success", "fact_recall") for k in RETRIEVAL_DEPTHS]
    if not case.answerable or not case.sources:
        return dict.fromkeys([*names, "ndcg@10", "mrr"])
    gold = dict.fromkeys(case.sources, 1)
    ranking = first_of_each(hit.document.id for hit in answer.hits)
    telling = [hit.passage.text if hit.document.id in gold else "" for hit in answer.hits]
    places = [
        next((rank for rank, text in enumerate(telling, start=1) if text and holds_fact(text, spellings)), None)
        for spellings in case.facts
    ]
    measures: Measures = {}
    for k in RETRIEVAL_DEPTHS:
        measures[f"recall@{k}"] = recall(ranking, gold, k)
        measures[f"success@{k}"] = success(ranking, gold, k)
        found = sum(place is not None and place <= k for place in places)
        measures[f"fact_recall@{k}"] = found / len(places) if places else None
    measures["ndcg@10"] = ndcg(ranking, gold, 10)
    measures["mrr"] = reciprocal_rank(ranking, gold)
    return measures


def said(answer: Answer) -> str:
    """Everything an answer states."""
    return "\n".join(statement.text for statement in answer.statements)


def facts(case: Case, answer: Answer) -> Measures:
    """Shares of the expected facts that the answer states (right), gets wrong, or leaves out (missing).

    An answer that states none of the expected facts gives the asker something else for an answer: its facts are wrong.
    An abstention, or an answer that states part of them, leaves the others out. Only for answerable questions.
    """
    if not case.answerable or not case.facts:
        return {"facts_right": None, "facts_wrong": None, "facts_missing": None}
    held = sum(holds_fact(said(answer), spellings) for spellings in case.facts) / len(case.facts)
    wrong = float(answer.outcome != "abstained" and not held)
    return {"facts_right": held, "facts_wrong": wrong, "facts_missing": 1 - held - wrong}


def verdict(case: Case, answer: Answer) -> Verdict:
    """Correct, partly, wrong or abstained, after SimpleQA's correct / incorrect / not attempted (Wei et al. 2024).

    `partly`: some of several expected facts. An answer to a question that the documents do not answer is wrong;
    whether an abstention was right is told by `case.answerable`.
    """
    if answer.outcome == "abstained":
        return "abstained"
    if not case.answerable:
        return "wrong"
    right = facts(case, answer)["facts_right"]
    if right is None or right == 1:  # nothing particular is expected: that there is an answer is right
        return "correct"
    return "partly" if right else "wrong"


def is_right(case: Case, answer: Answer) -> bool:
    """Whether the asker is served as well as can be: a correct answer, or silence where the documents are silent."""
    given = verdict(case, answer)
    return given == "correct" or (given == "abstained" and not case.answerable)


def loss(case: Case, answer: Answer) -> float | None:
    """What an answer costs: 0 correct, 1 wrong, in between the share of facts it leaves out. None for an abstention."""
    given = verdict(case, answer)
    if given == "abstained":
        return None
    if given == "partly":
        return 1 - (facts(case, answer)["facts_right"] or 0.0)
    return float(given == "wrong")


# ------------------------------------------------------------------------------------------------ citations


def citations(case: Case, answer: Answer) -> Measures:
    """Citation recall and precision after ALCE (Gao et al. 2023), entailment decided without a language model.

    *Recall*: share of statements that their cited quotes support. Quotes support a statement when together they hold
    each expected fact, each figure and at least four fifths of the content words that it states (its lead `Kamerbrief
    van 7 juli 2023:` names the cited document and needs no quote). *Precision*: share of citations that add something
    to a supported statement: alone they support it, or without them a fact, figure or word of it is no longer held.

    `fact_cited`: of the expected facts that are stated, the share that a quote cited for them, from an accepted source,
    holds. `on_topic`: share of statements whose quotes hold an expected fact; what it lacks to 1 is context or padding.
    """
    none: Measures = dict.fromkeys(("citation_recall", "citation_precision", "fact_cited", "on_topic"))
    if not answer.statements:
        return none
    by_number = {citation.number: citation for citation in answer.citations}
    supported, cited, useful, topical = 0, 0, 0, 0
    for statement in answer.statements:
        chosen = [by_number[number] for number in statement.citations if number in by_number]
        claims = _claims(case, statement, chosen)
        cited += len(statement.citations)
        if claims.supported_by([citation.quote for citation in chosen]):
            supported += 1
            useful += sum(_adds(claims, citation, chosen) for citation in chosen)
        topical += any(holds_fact("\n".join(c.quote for c in chosen), spellings) for spellings in case.facts)
    measures = dict(none)
    measures["citation_recall"] = supported / len(answer.statements)
    measures["citation_precision"] = useful / cited if cited else None
    if case.answerable and case.facts:
        measures["on_topic"] = topical / len(answer.statements)
        stated = [spellings for spellings in case.facts if holds_fact(said(answer), spellings)]
        proven = sum(_is_proven(case, spellings, answer, by_number) for spellings in stated)
        measures["fact_cited"] = proven / len(stated) if stated else None
    return measures


_MOST_WORDS = 0.8  # of a statement's content words; the rest may be words that join two quotes


@dataclass(frozen=True, slots=True)
class _Claims:
    """What a statement says that can be looked up in quotes."""

    facts: tuple[tuple[str, ...], ...]
    figures: frozenset[tuple[str, object]]
    words: frozenset[str]

    def held_by(self, quotes: Sequence[str]) -> frozenset[object]:
        """The claims that quotes hold together."""
        joined = "\n".join(quotes)
        stems = frozenset(dutch.content_stems(joined))
        return frozenset(
            [
                *(spellings for spellings in self.facts if holds_fact(joined, spellings)),
                *(self.figures & _figures(joined)),
                *(self.words & stems),
            ]
        )

    def supported_by(self, quotes: Sequence[str]) -> bool:
        held = self.held_by(quotes)
        return (
            bool(quotes)
            and held >= set(self.facts) | self.figures
            and len(self.words & held) >= _MOST_WORDS * len(self.words)
        )


def _figures(text: str) -> frozenset[tuple[str, object]]:
    return frozenset((figure.kind, figure.value) for figure in figures.find(text))


def _claims(case: Case, statement: Statement, cited: Sequence[Citation]) -> _Claims:
    text = statement.text
    lead, colon, rest = text.partition(": ")
    # An answer from several sources says which one speaks (phrases.with_source); that stands in the citation itself.
    if colon and any(lead.lower().startswith((c.document.type or "document").lower()) for c in cited):
        text = rest
    return _Claims(
        facts=tuple(spellings for spellings in case.facts if holds_fact(text, spellings)),
        figures=_figures(text),
        words=frozenset(dutch.content_stems(text)),
    )


def _adds(claims: _Claims, citation: Citation, among: Sequence[Citation]) -> bool:
    if claims.supported_by([citation.quote]):
        return True
    others = [other.quote for other in among if other.number != citation.number]
    return claims.held_by([*others, citation.quote]) != claims.held_by(others)


def _is_proven(case: Case, spellings: Sequence[str], answer: Answer, by_number: Mapping[int, Citation]) -> bool:
    return any(
        holds_fact(by_number[number].quote, spellings) and by_number[number].document.id in case.sources
        for statement in answer.statements
        if holds_fact(statement.text, spellings)
        for number in statement.citations
        if number in by_number
    )


def exactness(answer: Answer, *, text_of: TextOf) -> float | None:
    """Share of citations, of abstentions too, whose quote is exactly `text[start:end]` of its document."""
    if not answer.citations:
        return None
    return sum(_is_exact(citation, text_of) for citation in answer.citations) / len(answer.citations)


def _is_exact(citation: Citation, text_of: TextOf) -> bool:
    try:
        text = text_of(citation.document.id)
    except KeyError:
        return False
    return bool(citation.quote) and text[citation.start : citation.end] == citation.quote


# Said of a source that a newer one replaces; see answering.phrases.with_source.
_MARKED_REPLACED = (REPLACED, "since replaced")


def gives_outdated(case: Case, answer: Answer, *, replaced: frozenset[str]) -> float | None:
    """1 when an answer gives a replaced figure as the current one, otherwise 0. Only for answered `superseded` cases.

    Read from the top: an answer is fine once a statement holds an expected fact. It is not when before that a statement
    holds one of the case's `outdated` spellings or, where the case names none, rests on replaced documents alone,
    without saying that they were replaced.
    """
    if case.kind != "superseded" or not case.answerable or not answer.statements:
        return None
    documents = {citation.number: citation.document.id for citation in answer.citations}
    for statement in answer.statements:
        if any(holds_fact(statement.text, spellings) for spellings in case.facts):
            return 0.0
        cited = {documents.get(number, "") for number in statement.citations}
        old = holds_fact(statement.text, case.outdated) if case.outdated else cited <= replaced
        if old and not any(mark in statement.text for mark in _MARKED_REPLACED):
            return 1.0
    return 0.0


# ------------------------------------------------------------------------------------------------ a set of cases


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, its answer, and what the measures say of it."""

    case: Case
    answer: Answer
    measures: Measures
    verdict: Verdict
    right: bool
    loss: float | None


def judge(case: Case, answer: Answer, *, text_of: TextOf, replaced: frozenset[str] = frozenset()) -> Judged:
    """A case with everything that can be said of its answer."""
    measures = measure(case, answer, text_of=text_of, replaced=replaced)
    return Judged(case, answer, measures, verdict(case, answer), is_right(case, answer), loss(case, answer))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over cases: its value with a 95 % confidence interval, and over how many cases."""

    value: float
    low: float
    high: float
    cases: int


_RESAMPLES = 2000
_SEED = 20231207


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Figure | None:
    """Sum of numerators over sum of denominators, one of each a case; None when the denominators add up to 0.

    The interval is the percentile bootstrap (Efron and Tibshirani 1993, ch. 13) over cases, with a fixed seed. Means,
    precision, recall and F1 are all such ratios.
    """
    top, bottom = np.array(numerators, dtype=np.float64), np.array(denominators, dtype=np.float64)
    if not bottom.sum():
        return None
    times = _draws(len(top))
    tops, bottoms = times @ top, times @ bottom
    drawn = tops[bottoms > 0] / bottoms[bottoms > 0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(_round(top.sum() / bottom.sum()), _round(low), _round(high), int((bottom > 0).sum()))


def mean(values: Iterable[float | None]) -> Figure | None:
    """The mean of the values that are not None, with its interval; None when there are none."""
    given = [value for value in values if value is not None]
    return ratio(given, [1.0] * len(given)) if given else None


@lru_cache(maxsize=32)
def _draws(cases: int) -> NDArray[np.float64]:
    """How often each case is drawn in each resample, shape (resamples, cases)."""
    random = np.random.default_rng(_SEED)
    return random.multinomial(cases, [1 / cases] * cases, size=_RESAMPLES).astype(np.float64)


def _round(value: float) -> float:
    return round(float(value), 4)


def summarise(judged: Sequence[Judged]) -> dict[str, Figure | None]:
    """Every measure over a set of cases.

    Cases with several turns are a kind of their own, so follow-ups are read from the table per kind.
    """
    names = list(dict.fromkeys(name for one in judged for name in one.measures))
    summary = {name: mean(one.measures[name] for one in judged) for name in names}
    answerable = [one for one in judged if one.case.answerable]
    return {
        "right": mean(float(one.right) for one in judged),
        **{given: mean(float(one.verdict == given) for one in answerable) for given in VERDICTS},
        **summary,
        **abstention(judged),
        "coverage": mean(float(one.loss is not None) for one in judged),
        "risk": mean(one.loss for one in judged),
    }


def abstention(judged: Sequence[Judged]) -> dict[str, Figure | None]:
    """Precision, recall and F1 of abstaining, which is right on exactly the questions that cannot be answered.

    F1 after van Rijsbergen 1979; scored on unanswerable questions since SQuAD 2.0 (Rajpurkar et al. 2018).
    """
    silent = np.array([one.answer.outcome == "abstained" for one in judged], dtype=np.float64)
    wanted = np.array([not one.case.answerable for one in judged], dtype=np.float64)
    both = silent * wanted
    return {
        "abstention_precision": ratio(both.tolist(), silent.tolist()),
        "abstention_recall": ratio(both.tolist(), wanted.tolist()),
        "abstention_f1": ratio((2 * both).tolist(), (silent + wanted).tolist()),
    }


@dataclass(frozen=True, slots=True)
class Point:
    """Answering only what is at least this sure: the share of questions answered, and the mean loss of an answer."""

    confidence: float
    coverage: float
    risk: float


def risk_coverage(judged: Sequence[Judged]) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010) over all cases, from the surest answers to all answers.

    Answers without a confidence come last. Equally sure answers make one point.
    """
    answered = [(one.answer.confidence or 0.0, one.loss) for one in judged if one.loss is not None]
    answered.sort(key=lambda pair: -pair[0])
    points: list[Point] = []
    total = 0.0
    for count, (sure, cost) in enumerate(answered, start=1):
        total += cost
        if count == len(answered) or answered[count][0] != sure:
            points.append(Point(_round(sure), _round(count / len(judged)), _round(total / count)))
    return points


def area_under_risk_coverage(points: Sequence[Point]) -> float | None:
    """Mean risk over the coverage that was reached (AURC, Geifman and El-Yaniv 2017); lower is better."""
    if not points:
        return None
    area, before = 0.0, 0.0
    for point in points:
        area += (point.coverage - before) * point.risk
        before = point.coverage
    return _round(area / before)


def percentiles(milliseconds: Sequence[float]) -> dict[str, float] | None:
    """p50 and p95, linear between neighbours (Hyndman and Fan 1996, type 7)."""
    if not milliseconds:
        return None
    p50, p95 = np.quantile(np.array(milliseconds), [0.5, 0.95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}
