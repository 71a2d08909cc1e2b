"""Whether a sentence that is proven also answers the question: what is true but beside it is no answer.

A written sentence is judged as the extractive answerer judges a sentence of a source: the same features, the same calibrated
confidence, the same threshold. What it says, or the quote that proves it, must be as good an answer as that; and of the asked kind
(an amount, a number, a date) the sentence itself must have one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import dutch, figures
from assistant.answering import clauses, polarity
from assistant.answering.candidates import Candidate
from assistant.answering.evidence import score
from assistant.answering.extractive import ExtractiveAnswerer
from assistant.answering.matching import Matcher
from assistant.answering.question import Asked, Reading, parts, read
from assistant.model import BlockKind, DraftStatement, Hit
from assistant.text import Span

# Of these a sentence has one or has none, and without it answers nothing, unless it says that there is none.
_STRICT = frozenset(
    (Asked.AMOUNT, Asked.NUMBER, Asked.DATE, Asked.PERIOD, Asked.FREQUENCY, Asked.CONTACT, Asked.MEANING)
)
_OF_KIND = ("figure", "no_figure", "kind", "no_kind", "focus", "opposed", "whole")


class Judge:
    """Says of sentences whether they answer a question, beside the sentences of the sources that might.

    Args:
        asked: the question, of one part or more.
        hits: what was found for it.
    """

    def __init__(self, extractive: ExtractiveAnswerer, asked: str, hits: Sequence[Hit]) -> None:
        self._extractive = extractive
        self._hits = {hit.passage.id: hit for hit in hits}
        readings = [read(part) for part in parts(asked)]
        self._parts = [
            (one, [ranked.candidate for ranked in extractive.rank(one, hits)]) for one in readings if one.terms
        ]

    def answers(self, statement: DraftStatement) -> bool:
        """Whether a sentence answers the question, or a part of it. Of a question without a subject everything does."""
        if says_nothing(statement.text):
            return False
        return not self._parts or any(self._answers(reading, around, statement) for reading, around in self._parts)

    def _answers(self, reading: Reading, around: Sequence[Candidate], statement: DraftStatement) -> bool:
        sure = self.confidence(reading, around, statement)
        return sure is not None and sure >= self._extractive.calibration.threshold

    def confidence(self, reading: Reading, around: Sequence[Candidate], statement: DraftStatement) -> float | None:
        """How sure it is that a sentence answers; None when it cannot, for want of what was asked."""
        first = statement.evidence[0]
        hit = self._hits[first.passage_id]
        pieces = tuple(Span(one.start, one.end) for one in statement.evidence if one.passage_id == first.passage_id)
        section = hit.passage.anchor.section
        said = Candidate(hit, pieces, statement.text, BlockKind.PARAGRAPH, section, statement.text, first.start)
        quote = " ".join(
            " ".join(one.quote.split()) for one in statement.evidence if one.passage_id == first.passage_id
        )
        matcher = Matcher(reading, self._extractive.vocabulary)
        if reading.asked is not Asked.YES_NO and not _says_more(
            statement.text, reading, "\n".join([*section, hit.document.title])
        ):
            return None
        if reading.asked is Asked.YES_NO:
            # A model that says yes repeats the question; each word of it must be its source's.
            info = hit.document
            there = matcher.matched("\n".join([quote, *section, info.title, info.type, info.date, info.identifier]))
            if any(term.stem not in there for term in reading.terms):
                return None
        scored = score(
            [*around, said, replace(said, text=quote)],
            matcher,
            self._extractive.embedder,
            superseded=frozenset(self._extractive.successors),
            most=len(around) + 2,
        )
        own, behind = (next(one for one in scored if one.candidate.text is text) for text in (statement.text, quote))
        lacks = own.features["no_figure"] > 0 and reading.asked in _STRICT and not polarity.denies(statement.text)
        if lacks or own.features["opposed"]:
            return None
        behind.features |= {name: own.features[name] for name in _OF_KIND}
        probability = self._extractive.calibration.confidence.probability
        return max(probability(own.features), probability(behind.features))


def _says_more(text: str, reading: Reading, around: str) -> bool:
    """Whether a sentence has a word or figure that neither the question nor what stands above its source has.

    What chooses, confirms or denies need not have one, and a person or date may stand in a title.
    """
    if reading.doubted or _CHOOSES.search(reading.text) or polarity.denies(text) or reading.asked is Asked.PERSON:
        return True
    known = reading.text if reading.asked in _STRICT else f"{reading.text}\n{around}"
    if figures.values(text) - figures.values(known):
        return True
    there = clauses.loosened(f"{reading.text}\n{around}")
    return any(stem not in there and dutch.loose_stem(stem) not in there for stem in dutch.content_stems(text))


_CHOOSES = re.compile(r"\b(?:of|or)\b", re.IGNORECASE)
_MEANS = re.compile(
    r"\A(?P<what>.+?)\s+(?:staat\s+voor|betekent|is\s+de\s+(?:afkorting|naam)\s+(?:van|voor)|stands?\s+for|means|is|zijn|are)\s+"
    r"(?P<as>[^.]+)\.?\Z",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Whether a sentence explains a thing by itself: *JEP staat voor Platform JEP*, *De regeling is de regeling*."""
    match = _MEANS.match(text)
    if match is None:
        return False
    what, given = set(dutch.content_stems(match["what"])), set(dutch.content_stems(match["as"]))
    explains = not re.match(r"(?:is|zijn|are)\b", text[match.end("what") :].lstrip(), re.IGNORECASE)
    return bool(what) and (given <= what or (explains and what <= given and len(given - what) < 2))
