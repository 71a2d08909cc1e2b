"""A question → the steps of its answer, as the page hears them."""

from __future__ import annotations

import datetime
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.as_json import answer_json
from assistant.model import Answer, Exchange, Question
from assistant.web import wording
from assistant.web.conversation import growing_html, progress_html, said_html
from assistant.web.requests import Ask, Conversation, Reply, problem

_PULSE_SECONDS = 0.5  # between chances to leave


class Answers(Protocol):
    """What answers questions, telling its steps on the way."""

    def ask(
        self,
        question: Question,
        *,
        answerer: str = "extractive",
        progress: Callable[[str], None] | None = None,
        growing: Callable[[Answer], None] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> Answer:
        """As `assembly.Assistant.ask`."""


@dataclass(frozen=True, slots=True)
class Growing:
    """What has been verified so far of an answer that is still being written."""

    answer: Answer


class _Left(Exception):
    """Nobody waits for the answer any more."""


Step = str | Growing | Answer | Exception


def steps(assistant: Answers, question: Question, *, written: bool = False) -> Iterator[Step | None]:
    """The names of the steps as they begin; last the answer, or the error that came instead.

    With `written` a language model writes the answer, and what is verified of it comes on the way.

    Every now and then None, so that whoever takes the steps can leave in the middle of one; the work then ends at its
    next step.
    """
    told: queue.SimpleQueue[Step] = queue.SimpleQueue()
    left = threading.Event()
    writing: dict[str, Any] = {}
    if written:
        writing = {
            "answerer": "generative",
            "growing": lambda answer: told.put(Growing(answer)),
            "stopped": left.is_set,
        }

    def tell(step: str) -> None:
        if left.is_set():
            raise _Left
        told.put(step)

    def work() -> None:
        try:
            told.put(assistant.ask(question, progress=tell, **writing))
        except Exception as error:  # noqa: BLE001  handed on to the thread that asked
            told.put(error)

    threading.Thread(target=work, name="ask", daemon=True).start()
    try:
        step: Step | None = None
        while step is None or isinstance(step, str | Growing):
            try:
                step = told.get(timeout=_PULSE_SECONDS)
            except queue.Empty:
                step = None
            yield step
    finally:
        left.set()


def _nothing(answer: Answer) -> Sequence[str]:
    del answer
    return ()


def ask(assistant: Answers, request: Ask, *, related: Callable[[Answer], Sequence[str]] = _nothing) -> Iterator[Reply]:
    """Replies with `html` to show after every step; the last also has the `exchange` for the browser to keep.

    Args:
        related: questions that lead on from an answer, for one that has no suggestions of its own.

    Raises:
        Told: a filter cannot be used; the question was not asked.
    """
    words = request.words
    question = request.as_question()
    yield {"html": progress_html("", words)}
    for step in steps(assistant, question, written=request.written):
        if step is None:
            yield {}
        elif isinstance(step, Growing):
            yield {"html": growing_html(step.answer, words)}
        elif isinstance(step, str):
            yield {"html": progress_html(step, words), "step": wording.step(step, words)}
        elif isinstance(step, Answer):
            answer = step if step.suggestions else replace(step, suggestions=tuple(related(step)))
            exchange = Exchange(question.text, answer)
            yield {"html": said_html(exchange, words, newest=True), "exchange": exchange_json(exchange), "done": True}
        else:
            failed = problem(step, {"language": request.language})
            exchange = Exchange(question.text, problem=failed["problem"])
            html = said_html(exchange, words, newest=True, detail=failed.get("detail", ""))
            yield {"html": html, "exchange": exchange_json(exchange), "done": True}


def exchange_json(exchange: Exchange) -> dict[str, object]:
    """What the browser keeps of a question and its answer; `requests.KeptExchange` reads it again."""
    return {
        "question": exchange.question,
        "answer": answer_json(exchange.answer) if exchange.answer is not None else None,
        "problem": exchange.problem,
        "asked": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def render(request: Conversation) -> Reply:
    """A kept conversation as HTML, one piece for every question: what stands below the question."""
    newest = len(request.exchanges)
    return {
        "said": [
            said_html(kept.exchange(), request.words, newest=number == newest)
            for number, kept in enumerate(request.exchanges, 1)
        ]
    }
