"""Measures of answers and of rankings: pure functions of what was expected and what came.

A measure that does not apply to a case gives None, never 0. `measure` gives the figures of one case; `summary` makes
those of a set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant import dutch, figures
from assistant.answering.phrases import CHANGED, REPLACED
from assistant.model import Answer, Citation, Passage, Statement
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
PassagesOf = Callable[[str], Sequence[Passage]]
RETRIEVAL_DEPTHS = (1, 3, 5, 10, 20)


def measure(
    case: Case, answer: Answer, *, text_of: TextOf, passages_of: PassagesOf, replaced: frozenset[str] = frozenset()
) -> Measures:
    """Every measure of one case.

    Args:
        text_of: the normalised text of a document id, against which quotes are checked. KeyError: no such document.
        passages_of: the passages of a document id, among which the gold ones are.
        replaced: ids of documents whose figures or rules a newer document replaces.
    """
    return {
        **retrieval(case, answer),
        **passage_retrieval(answer, gold_passages(case, passages_of)),
        **facts(case, answer),
        **citations(case, answer),
        "exactness": exactness(answer, text_of=text_of),
        "outdated": gives_outdated(case, answer, replaced=replaced),
        "grounded": float(all(statement.citations for statement in answer.statements)) if answer.statements else None,
    }


Measures = dict[str, float | None]


def retrieval(case: Case, answer: Answer) -> Measures:
    """How well the hits hold what was wanted: gold sources, and the expected facts.

    Sources: recall@k, success@k, nDCG@10 and reciprocal rank over documents at their first hit. Any accepted source
    will do for an answer, so success@k is what an answerer needs and recall@k is the stricter view. Facts:
    `fact_recall@k`, the share of expected facts that a passage of an accepted source among the first k hits holds (the
    subtopic recall of Zhai, Cohen and Lafferty 2003, with facts as subtopics).
    """
    names = [f"{name}@{k}" for name in ("recall", "success", "fact_recall") for k in RETRIEVAL_DEPTHS]
    if not case.answerable or not case.sources:
        return dict.fromkeys([*names, "ndcg@10", "mrr"])
    gold = dict.fromkeys(case.sources, 1)
    ranking = first_of_each(hit.document.id for hit in answer.hits)
    places = fact_ranks(case, answer)
    measures: Measures = {}
    for k in RETRIEVAL_DEPTHS:
        measures[f"recall@{k}"] = recall(ranking, gold, k)
        measures[f"success@{k}"] = success(ranking, gold, k)
        found = sum(place is not None and place <= k for place in places)
        measures[f"fact_recall@{k}"] = found / len(places) if places else None
    measures["ndcg@10"] = ndcg(ranking, gold, 10)
    measures["mrr"] = reciprocal_rank(ranking, gold)
    return measures


def fact_ranks(case: Case, answer: Answer) -> list[int | None]:
    """For each expected fact the rank of the first hit of an accepted source that holds it; None when none does."""
    texts = [hit.passage.text if hit.document.id in case.sources else "" for hit in answer.hits]
    return [
        next((rank for rank, text in enumerate(texts, start=1) if text and holds_fact(text, spellings)), None)
        for spellings in case.facts
    ]


def gold_passages(case: Case, passages_of: PassagesOf) -> dict[str, int]:
    """The passages that answer a case, by id, each with how many expected facts it holds.

    They are passages of accepted sources. Where the case names words of the passage, one of them must stand in it or in
    the headings above it: a short fact may stand in other places by chance.
    """
    words = [" ".join(word.lower().split()) for word in case.keywords]
    gold: dict[str, int] = {}
    for source in case.sources if case.answerable else ():
        for passage in passages_of(source):
            held = sum(holds_fact(passage.text, spellings) for spellings in case.facts)
            place = " ".join(" ".join([*passage.anchor.section, passage.text]).lower().split())
            if held and (not words or any(word in place for word in words)):
                gold[passage.id] = held
    return gold


def passage_retrieval(answer: Answer, gold: Mapping[str, int]) -> Measures:
    """recall@k, nDCG@10 and reciprocal rank over passages; the gain of a passage is how many facts it holds.

    All passages that hold a fact count, in every accepted source: recall here is far stricter than an answer needs.
    """
    ranking = first_of_each(hit.passage.id for hit in answer.hits)
    return {
        **{f"passage_recall@{k}": recall(ranking, gold, k) for k in RETRIEVAL_DEPTHS},
        "passage_ndcg@10": ndcg(ranking, gold, 10),
        "passage_mrr": reciprocal_rank(ranking, gold),
    }


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

    The same two, asked of the expected facts instead of what a statement says, for questions that have them:
    `on_topic` is the share of statements whose quotes hold an expected fact, `on_topic_citations` the share of citations
    that bring one to such a statement (alone they hold one, or without them one is lost). What they lack to 1 is context
    or padding. `fact_cited`: of the expected facts that are stated, the share that a quote cited for them, from an
    accepted source, holds.
    """
    none: Measures = dict.fromkeys(
        ("citation_recall", "citation_precision", "on_topic", "on_topic_citations", "fact_cited")
    )
    if not answer.statements:
        return none
    by_number = {citation.number: citation for citation in answer.citations}
    supported, cited, useful, topical, bringing = 0, 0, 0, 0, 0
    for statement in answer.statements:
        chosen = [by_number[number] for number in statement.citations if number in by_number]
        claims = _claims(case, statement, chosen)
        cited += len(statement.citations)
        if claims.supported_by([citation.quote for citation in chosen]):
            supported += 1
            useful += sum(_adds(claims, citation, chosen) for citation in chosen)
        wanted = _Claims(tuple(s for s in case.facts if holds_fact(_joined(chosen), s)), frozenset(), frozenset())
        topical += bool(wanted.facts)
        bringing += sum(_brings(wanted, citation, chosen) for citation in chosen)
    measures = dict(none)
    measures["citation_recall"] = supported / len(answer.statements)
    measures["citation_precision"] = useful / cited if cited else None
    if case.answerable and case.facts:
        measures["on_topic"] = topical / len(answer.statements)
        measures["on_topic_citations"] = bringing / cited if cited else None
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


def _brings(wanted: _Claims, citation: Citation, among: Sequence[Citation]) -> bool:
    """Whether a citation holds an expected fact by itself, or one is only held with its help."""
    if wanted.held_by([citation.quote]):
        return True
    others = [other.quote for other in among if other.number != citation.number]
    return wanted.held_by([*others, citation.quote]) != wanted.held_by(others)


def _joined(cited: Sequence[Citation]) -> str:
    return "\n".join(citation.quote for citation in cited)


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
_MARKED_REPLACED = (REPLACED, CHANGED, "since replaced")


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


# ------------------------------------------------------------------------------------------------ judging


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, its answer, and what the measures say of it."""

    case: Case
    answer: Answer
    measures: Measures
    verdict: Verdict
    right: bool
    loss: float | None


def judge(
    case: Case, answer: Answer, *, text_of: TextOf, passages_of: PassagesOf, replaced: frozenset[str] = frozenset()
) -> Judged:
    """A case with everything that can be said of its answer."""
    measures = measure(case, answer, text_of=text_of, passages_of=passages_of, replaced=replaced)
    return Judged(case, answer, measures, verdict(case, answer), is_right(case, answer), loss(case, answer))
