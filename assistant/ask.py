"""A question's way to an answer, top to bottom: understand → retrieve → draft → verify."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from assistant import dutch
from assistant.answering import small_talk
from assistant.answering.question import Asked, read
from assistant.answering.verify import Texts, verify
from assistant.model import Answer, Draft, DraftStatement, Hit, Question

RETRIEVED = 20  # hits kept on the answer, besides the neighbours of the best; the answerer reads the best of them


class Retriever(Protocol):
    """Finds passages for a question, best first."""

    def retrieve(self, question: Question, *, limit: int) -> Sequence[Hit]: ...

    def neighbours(self, hits: Sequence[Hit]) -> Sequence[Hit]: ...


class Answerer(Protocol):
    """Proposes an answer from hits, and knows what in a statement was asked for."""

    def drafts(self, question: Question, hits: Sequence[Hit], *, stopped: Callable[[], bool]) -> Iterator[Draft]:
        """The answer as it grows; the last draft is the answer."""

    def emphasis(self, question: str, statement: DraftStatement) -> tuple[tuple[int, int], ...]: ...


Progress = Callable[[str], None]


def _silent(step: object) -> None:
    del step


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Asker:
    """Answers questions over one index with one answerer.

    Args:
        rewrite: a follow-up question in full, or None when it stands by itself; `understand` when None is given.
    """

    retriever: Retriever
    answerer: Answerer
    texts: Texts
    rewrite: Callable[[Question], str | None] | None = None

    def ask(
        self,
        question: Question,
        *,
        progress: Progress = _silent,
        growing: Callable[[Answer], None] = _silent,
        stopped: Callable[[], bool] = _never,
    ) -> Answer:
        """The verified answer, or an abstention with a reason. Every quote in it is exactly `text[start:end]`.

        Args:
            progress: hears the name of each step as it begins.
            growing: hears what has been verified so far, when an answerer works sentence by sentence.
            stopped: whether the user still wants the answer; an answerer that takes its time asks now and then.
        """
        started = time.perf_counter()
        talk = small_talk.reply(question.text) is not None  # nothing to look for, or too long to look for
        understood = (self.rewrite or understand)(question) if not talk else None
        asked = replace(question, text=understood) if understood is not None else question
        progress("zoeken")
        hits: Sequence[Hit] = self.retriever.retrieve(asked, limit=RETRIEVED) if not talk else []
        hits = [*hits, *self.retriever.neighbours(hits)]
        found = time.perf_counter()
        progress(f"{len(hits)} passages lezen")
        checking = 0.0
        answer: Answer | None = None
        for draft in self.answerer.drafts(asked, hits, stopped=stopped):
            begun = time.perf_counter()
            if answer is None:
                progress("citaten controleren")
            answer = verify(
                replace(draft, understood_as=understood),
                question=question.text,
                texts=self.texts,
                hits=hits,
                emphasise=partial(self.answerer.emphasis, asked.text),
            )
            checking += time.perf_counter() - begun
            growing(answer)
        assert answer is not None, "an answerer makes at least one draft"
        checked = time.perf_counter()
        return replace(
            answer,
            timings_ms={
                "retrieve": _milliseconds(started, found),
                "answer": _milliseconds(found, checked - checking),
                "verify": _milliseconds(0.0, checking),
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


_ORDINAL = re.compile(r"\b(?:eerste|tweede|derde|vierde|vijfde|first|second|third)(?:\s+(\w+))?", re.IGNORECASE)
_ASKING = re.compile(
    r"^\W*((?:tot |vanaf |sinds )?(?:hoeveel|wanneer|welke?|wie|waarom|how (?:much|many)|when|who|which|why)"
    r"(?:\s+(?:geld|euro|gemeenten|miljoen|ministeries|money|municipalities))?)\b",
    re.IGNORECASE,
)


def understand(question: Question) -> str | None:
    """A follow-up question with what it leaves out from the turns before it, or None when it stands by itself.

    `Hoeveel geld is er voor de SPUK Kansrijke Wijk?` then `En voor de tweede tranche?` is asked as
    `En voor de tweede tranche (hoeveel geld, SPUK Kansrijke Wijk)?`.
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
    asked, subject = _left_out(question, content)
    left_out = ", ".join(part for part in (asked, subject) if part)
    return f"{question.text.strip().rstrip('?.! ')} ({left_out})?" if left_out else None


def _left_out(question: Question, content: Sequence[str]) -> tuple[str, str]:
    """What the nearest earlier question with a subject asked (when this one does not ask by itself), and its subject."""
    said = {dutch.stem(word) for word in content}
    ordinal = _ORDINAL.search(question.text)
    asks = read(question.text).asked is not Asked.OPEN or re.match(
        r"\W*(?:en |and )?(?:wat|hoe|waar|what|how|where)\b", question.text, re.IGNORECASE
    )
    for place in range(len(question.turns) - 1, -1, -1):
        turn = question.turns[place]
        if small_talk.reply(turn.question) is not None:
            continue
        before = understand(Question(turn.question, turns=question.turns[:place])) or turn.question
        subject = _subject(
            before, said, without_ordinals=ordinal is not None, noun=ordinal is not None and not ordinal.group(1)
        )
        if subject:
            asking = _ASKING.match(before)
            return (asking.group(1).lower() if asking and not asks else ""), subject
    return "", ""


def _subject(text: str, said: set[str], *, without_ordinals: bool, noun: bool) -> str:
    """What a question is about, in its own words: its names and *eerste tranche*, or all its content without names.

    Args:
        without_ordinals: the follow-up says itself which one; `noun`: but not which of what.
    """
    terms = read(text).terms
    names = {term.text for term in terms if term.name}
    wanted = {term.text for term in terms if term.stem not in said and (not names or term.name)}
    ordinals = [match for match in _ORDINAL.finditer(text) if match.group(1)]
    for match in ordinals:
        first, second = (word.text for word in dutch.words(match.group())[:2])
        wanted -= {first, second}
        if not without_ordinals:
            wanted |= {first, second}
        elif noun:
            wanted |= {second}
    return " ".join(text[word.start : word.end] for word in dutch.words(text) if word.text in wanted)
