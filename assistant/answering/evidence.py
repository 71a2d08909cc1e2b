"""Candidates → features: how well each fits the question, by its words, its kind, its place and its meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answering import moments, speech_acts
from assistant.answering.candidates import Candidate
from assistant.answering.matching import Matcher
from assistant.answering.question import Asked, Reading, Term
from assistant.answering.wanted import (
    answering_spans,
    has_focus,
    is_about,
    is_whole,
    lacks_somebody,
    numbered_periods,
    opposed,
)


class SentenceEmbedder(Protocol):
    """Vectors of short texts, shape (n, dimensions), and of a question, shape (dimensions,); L2-normalised."""

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def embed_query(self, text: str) -> NDArray[np.float32]: ...


@dataclass(slots=True)
class Ranked:
    """A candidate with its features for the question; see `FEATURES`."""

    candidate: Candidate
    features: dict[str, float] = field(default_factory=dict)
    relevance: float = 0.0
    missing: tuple[Term, ...] = ()


FEATURES = (
    "similarity",  # cosine of question and sentence
    "lead",  # that cosine, in standard deviations above the other candidates
    "passage",  # cosine of question and passage; 0.8 when only words found it
    "coverage",  # share of the question's weight that the sentence itself speaks of
    "context",  # the same for the sentence with its passage, headings and title
    "heading",  # the same for the nearest heading
    "figure",  # a figure was asked for and the sentence has one that the question does not
    "no_figure",  # a figure was asked for and the sentence has none
    "kind",  # something else was asked for (a name, a list, a reason) and the sentence has it
    "no_kind",  # ... and has it not
    "focus",  # the sentence says how many of, or which, the thing is that the question counts or chooses from
    "rank",  # of the passage: 1 for the first, falling with the logarithm
    "names_missing",  # share of weight of names, years and numbers that stand nowhere near
    "words_missing",  # share of weight of other words that stand nowhere near
    "unseen",  # share of weight of words that no passage found speaks of
    "opposed",  # the sentence is about another tranche, year or article than the question
    "superseded",  # its document has been replaced in part
    "english",
    "whole",  # an amount or number was asked for, and the sentence gives a total
    "undone",  # what someone promised, decided or voted was asked, and the sentence speaks of no such act
    "event",  # when something happens was asked, and the sentence has it happen
    "other_event",  # ... and on its days the sentence has something else happen
    "nobody",  # who did one thing was asked, and the sentence names no person or body
    "unfocused",  # *welke toezeggingen* was asked, and neither the sentence nor its heading speaks of any
)

# Kinds that can be told for certain: a sentence has one or has none. The long form of an abbreviation is one of them.
_FIGURE_KINDS = frozenset(
    {Asked.DATE, Asked.PERIOD, Asked.AMOUNT, Asked.NUMBER, Asked.FREQUENCY, Asked.CONTACT, Asked.MEANING}
)
_OTHER_KINDS = frozenset({Asked.PERSON, Asked.PLACE, Asked.LIST, Asked.REASON})
_UNKNOWN_COSINE = 0.8  # e5's cosines between unrelated Dutch texts lie around this


def score(
    found: Sequence[Candidate],
    matcher: Matcher,
    embedder: SentenceEmbedder,
    *,
    superseded: frozenset[str],
    most: int,
) -> list[Ranked]:
    """Give the most promising candidates their features. Only `most` are embedded, chosen by words, type and rank."""
    reading = matcher.reading
    total = matcher.total or 1.0
    contexts: dict[int, dict[str, float]] = {}
    asked_acts = speech_acts.acts(reading.text)
    asked_events = moments.happenings(reading.text) if reading.asked in (Asked.DATE, Asked.PERIOD) else frozenset()
    periods = numbered_periods({candidate.hit.passage.text for candidate in found})
    scored: list[Ranked] = []
    seen: set[str] = set()
    for candidate in found:
        here = matcher.matched(candidate.text)
        if id(candidate.hit) not in contexts:
            contexts[id(candidate.hit)] = matcher.matched(_around(candidate))
        around = contexts[id(candidate.hit)]
        here = _by_its_short_name(here, around, reading)
        context = {stem: max(here.get(stem, 0.0), around.get(stem, 0.0)) for stem in here.keys() | around.keys()}
        seen |= context.keys()
        missing = tuple(term for term in reading.terms if term.stem not in context)
        heading = matcher.matched(" ".join(candidate.section[-1:]))
        about = reading.asked is not Asked.LIST or is_about(candidate.text, reading, here | heading)
        fits = moments.fits(candidate.text, asked_events) if asked_events else None
        typed = bool(answering_spans(candidate.text, reading, candidate.kind))
        figure, other = reading.asked in _FIGURE_KINDS or bool(reading.doubted), reading.asked in _OTHER_KINDS
        scored.append(
            Ranked(
                candidate,
                {
                    "passage": candidate.hit.scores.get("dense", _UNKNOWN_COSINE),
                    "coverage": matcher.coverage(here),
                    "context": matcher.coverage(context),
                    "heading": matcher.coverage(heading),
                    "figure": float(figure and typed),
                    "no_figure": float(figure and not typed),
                    "kind": float(other and typed),
                    "no_kind": float(other and not typed),
                    "focus": float(has_focus(candidate.text, reading)),
                    "rank": 1.0 / (1 + math.log2(candidate.hit.rank)),
                    "names_missing": sum(matcher.weights[term.stem] for term in missing if term.name) / total,
                    "words_missing": sum(matcher.weights[term.stem] for term in missing if not term.name) / total,
                    "opposed": float(opposed(candidate, reading, periods)),
                    "superseded": float(candidate.document.id in superseded),
                    "english": float(reading.language == "en"),
                    "unfocused": float(not about),
                    "event": float(fits is True),
                    "other_event": float(fits is False),
                    "nobody": float(not typed and lacks_somebody(candidate.text, reading)),
                    "undone": float(bool(asked_acts) and not asked_acts <= _acts_at(candidate)),
                    "whole": float(reading.asked in (Asked.AMOUNT, Asked.NUMBER) and is_whole(candidate.text)),
                },
                missing=missing,
            )
        )
    unseen = sum(matcher.weights[term.stem] for term in reading.terms if term.stem not in seen) / total
    for one in scored:
        one.features["unseen"] = unseen
    scored.sort(key=_promise, reverse=True)
    chosen = scored[:most]
    if chosen:
        query = embedder.embed_query(reading.text)
        cosines = embedder.embed_sentences([_embedded(one.candidate) for one in chosen]) @ query
        spread = max(float(cosines.std()), 1e-6)
        for one, cosine in zip(chosen, cosines, strict=True):
            one.features["similarity"] = float(cosine)
            one.features["lead"] = (float(cosine) - float(cosines.mean())) / spread
    return chosen


def _by_its_short_name(here: dict[str, float], around: dict[str, float], reading: Reading) -> dict[str, float]:
    """What a sentence speaks of, where it goes on with the first word of a name that stands whole around it: *De Agenda loopt ...*."""
    whole = dict(here)
    for first, *rest in reading.called:
        if here.get(first, 0.0) >= _SHORT_NAME and all(stem in around for stem in rest):
            whole |= {stem: max(whole.get(stem, 0.0), _SHORT_NAME * around[stem]) for stem in rest}
    return whole


_SHORT_NAME = 0.8


def _acts_at(candidate: Candidate) -> frozenset[str]:
    """What is promised, decided or the like in a sentence, its heading or the title of its document."""
    return speech_acts.acts("\n".join([candidate.text, *candidate.section[-1:], candidate.document.title]))


def _promise(one: Ranked) -> float:
    features = one.features
    kind = features["figure"] + features["kind"] + 0.5 * features["focus"] - features["opposed"]
    return 2 * features["coverage"] + features["context"] + 0.5 * kind + features["rank"]


def _around(candidate: Candidate) -> str:
    """Where the candidate stands: its passage, the headings above it, its document's title, date and number."""
    info = candidate.document
    return "\n".join(
        [
            info.title,
            info.type,
            info.date,
            info.identifier,
            info.publisher,
            *candidate.section,
            candidate.hit.passage.text,
        ]
    )


def _embedded(candidate: Candidate) -> str:
    """What is compared with the question: the sentence under its title and heading, which often name its subject."""
    heading = candidate.section[-1] if candidate.section else ""
    return "\n".join(dict.fromkeys(line for line in (candidate.document.title, heading, candidate.text) if line))
