"""A question's way to an answer, top to bottom: understand → retrieve → draft → verify."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from assistant.answering import small_talk
from assistant.answering.follow_up import understand
from assistant.answering.verify import Texts, verify
from assistant.model import Answer, Draft, DraftStatement, Hit, Question

RETRIEVED = 20  # hits kept on the answer, besides the neighbours of the best; the answerer reads the best of them


class Retriever(Protocol):
    """Finds passages for a question, best first."""

    def retrieve(self, question: Question, *, limit: int) -> Sequence[Hit]: ...

    def neighbours(self, hits: Sequence[Hit]) -> Sequence[Hit]: ...


class Answerer(Protocol):
    """Proposes an answer from hits, and knows what to look for and what in a statement was asked for."""

    def sought(self, question: Question) -> Question:
        """The question as passages are looked for."""

    def drafts(self, question: Question, hits: Sequence[Hit], *, stopped: Callable[[], bool]) -> Iterator[Draft]:
        """The answer as it grows; the last draft is the answer."""

    def emphasis(self, question: str, statement: DraftStatement) -> tuple[tuple[int, int], ...]: ...


class Rewrite(Protocol):
    """A follow-up question in full, or None when it stands by itself."""

    def __call__(self, question: Question, *, stopped: Callable[[], bool]) -> str | None: ...


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
    rewrite: Rewrite | None = None

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
        understood = None
        if not talk:
            understood = self.rewrite(question, stopped=stopped) if self.rewrite is not None else understand(question)
        asked = replace(question, text=understood) if understood is not None else question
        progress("zoeken")
        sought = self.answerer.sought(asked)
        hits: Sequence[Hit] = self.retriever.retrieve(sought, limit=RETRIEVED) if not talk else []
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
