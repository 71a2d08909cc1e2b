"""A question's way to an answer, top to bottom: understand → retrieve → draft → verify."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from assistant import dutch
from assistant.answering.question import read
from assistant.answering.verify import Texts, verify
from assistant.model import Answer, Draft, DraftStatement, Hit, Question, Turn

RETRIEVED = 20  # hits kept on the answer; the answerer reads the best of them


class Retriever(Protocol):
    """Finds passages for a question, best first."""

    def retrieve(self, question: Question, *, limit: int) -> Sequence[Hit]: ...


class Answerer(Protocol):
    """Proposes an answer from hits, and knows what in a statement was asked for."""

    def draft(self, question: Question, hits: Sequence[Hit]) -> Draft: ...

    def emphasis(self, question: str, statement: DraftStatement) -> tuple[tuple[int, int], ...]: ...


Progress = Callable[[str], None]


def _silent(step: str) -> None:
    del step


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers questions over one index with one answerer."""

    retriever: Retriever
    answerer: Answerer
    texts: Texts

    def ask(self, question: Question, *, progress: Progress = _silent) -> Answer:
        """The verified answer, or an abstention with a reason. Every quote in it is exactly `text[start:end]`."""
        started = time.perf_counter()
        understood = understand(question)
        asked = replace(question, text=understood) if understood is not None else question
        progress("zoeken")
        hits = self.retriever.retrieve(asked, limit=RETRIEVED) if dutch.words(asked.text) else []
        found = time.perf_counter()
        progress(f"{len(hits)} passages lezen")
        draft = self.answerer.draft(asked, hits)
        drafted = time.perf_counter()
        progress("citaten controleren")
        answer = verify(
            replace(draft, understood_as=understood),
            question=question.text,
            texts=self.texts,
            hits=hits,
            emphasise=partial(self.answerer.emphasis, asked.text),
        )
        checked = time.perf_counter()
        return replace(
            answer,
            timings_ms={
                "retrieve": _milliseconds(started, found),
                "answer": _milliseconds(found, drafted),
                "verify": _milliseconds(drafted, checked),
                "total": _milliseconds(started, checked),
            },
        )


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)


# ------------------------------------------------------------------------------------------------ follow-up questions

# Words that point back: at the start of a question, alone (not "die regeling"), or as "is het?", "gaat het over".
_OPENS = re.compile(r"^\W*(?:en|maar|ook|dus|and|but|what about|how about)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:daarvan|daarvoor|daarin|daarna|daarmee|daarover|daarbij|toen|destijds|ervan|ervoor|erin|erover|eraan|hij|zij|ze|hun|haar|they|them|their|its)\b"
    r"|\b(?:dat|die|dit|deze|this|that|those|these)\b(?=\W*$|\s+(?:is|was|zijn|waren|wordt|werd|loopt|geldt|gaat|komt|kwam|kost|staat)\b)"
    r"|\b(?:is|was|wordt|werd|loopt|geldt|gaat|komt|kost|duurt|heet)\s+(?:dat|die|dit|deze)\b(?=\W*$|\s+(?:in|voor|van|op|bij|naar|over|tot|ook|dan|nu|precies)\b)"
    r"|\b(?:het|it)\b(?=\W*$|\s+(?:over|om|voor|in|dan|nu|precies|op)\b)",
    re.IGNORECASE,
)
_SHORT = 4  # content words; a follow-up with more stands by itself
_BARE = 2  # content words; so few, without a name among them, can hardly stand by themselves


def understand(question: Question) -> str | None:
    """A follow-up question with the subject of the turn before it, or None when it stands by itself.

    `Wat is de SPUK Kansrijke Wijk?` then `En voor de tweede tranche?` is asked as
    `En voor de tweede tranche? (SPUK Kansrijke Wijk)`.
    """
    if not question.turns:
        return None
    reading = read(question.text)
    content = [term.text for term in reading.terms]
    named = any(term.name for term in reading.terms)
    opens = _OPENS.search(question.text) is not None
    if not dutch.words(question.text) or len(content) > _SHORT:
        return None
    points = _POINTS.search(question.text) is not None
    if not (opens or points or (len(content) < _BARE and not named)):
        return None
    subject = _subject(question.turns, without=content)
    return f"{question.text.strip()} ({subject})" if subject else None


def _subject(turns: Sequence[Turn], *, without: Sequence[str]) -> str:
    """What the nearest earlier question that has a subject was about, in its own words."""
    said = {dutch.stem(word) for word in without}
    for turn in reversed(turns):
        terms = {term.text for term in read(turn.question).terms if term.stem not in said}
        kept = [turn.question[word.start : word.end] for word in dutch.words(turn.question) if word.text in terms]
        if kept:
            return " ".join(kept)
    return ""
