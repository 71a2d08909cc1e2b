"""A typed question with its filters → the steps of its answer, one `Exchange` after another."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.errors import AssistantError
from assistant.model import Answer, Filters, Question, Turn, date_span
from assistant.web.wording import Wording

_log = logging.getLogger(__name__)

REMEMBERED = 6  # earlier turns that go with a question


class Answers(Protocol):
    """What answers questions, telling its steps on the way."""

    def ask(self, question: Question, *, progress: Callable[[str], None]) -> Answer: ...


class WrongFilter(AssistantError):
    """A date that cannot be read, or an order of dates that leaves nothing. The message is for the user as it is."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question on the page and how far its answer is: a step, then either an answer or an error."""

    question: str
    step: str = ""
    answer: Answer | None = None
    error: Exception | None = None


def filters(types: Sequence[str], dossiers: Sequence[str], since: str, until: str, words: Wording) -> Filters:
    """The chosen filters.

    Raises:
        WrongFilter: a date is not one, or `since` lies after `until`.
    """
    since, until = since.strip(), until.strip()
    spans = []
    for value, label in ((since, words.since), (until, words.until)):
        try:
            spans.append(date_span(value))
        except ValueError as error:
            raise WrongFilter(words.wrong_date.format(value=value, label=label, form=words.date_form)) from error
    first, last = spans
    if first is not None and last is not None and first[0] > last[1]:
        raise WrongFilter(words.wrong_order.format(since=since, until=until))
    return Filters(types=tuple(types), dossiers=tuple(dossiers), since=since or None, until=until or None)


def turns(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """What was said before, as a follow-up question leans on it."""
    return tuple(
        Turn(one.question, " ".join(statement.text for statement in one.answer.statements))
        for one in exchanges[-REMEMBERED:]
        if one.answer is not None
    )


def ask(assistant: Answers, question: Question) -> Iterator[Exchange]:
    """The exchange after every step of the answer; the last one has the answer or the error."""
    steps: queue.SimpleQueue[Exchange] = queue.SimpleQueue()

    def work() -> None:
        pending = Exchange(question.text)
        try:
            answer = assistant.ask(question, progress=lambda name: steps.put(replace(pending, step=name)))
            # Hits and findings are for evals; a conversation that keeps them would only grow.
            steps.put(replace(pending, answer=replace(answer, hits=(), findings=())))
        except AssistantError as error:
            steps.put(replace(pending, error=error))
        except Exception as error:  # noqa: BLE001  the door: shown as a sentence, logged in full
            _log.exception("the question could not be answered")
            steps.put(replace(pending, error=error))

    threading.Thread(target=work, name="ask", daemon=True).start()
    while True:
        exchange = steps.get()
        yield exchange
        if exchange.answer is not None or exchange.error is not None:
            return
