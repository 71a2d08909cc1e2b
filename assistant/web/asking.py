"""A question → the steps of its answer, as the page hears them."""

from __future__ import annotations

import datetime
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from assistant.as_json import answer_json
from assistant.model import Answer, Exchange, Question
from assistant.web import wording
from assistant.web.conversation import progress_html, said_html
from assistant.web.requests import Ask, Conversation, Reply, problem


class Answers(Protocol):
    """What answers questions, telling its steps on the way."""

    def ask(self, question: Question, *, progress: Callable[[str], None]) -> Answer: ...


def steps(assistant: Answers, question: Question) -> Iterator[str | Answer | Exception]:
    """The names of the steps as they begin; last the answer, or the error that came instead."""
    told: queue.SimpleQueue[str | Answer | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            told.put(assistant.ask(question, progress=told.put))
        except Exception as error:  # noqa: BLE001  handed on to the thread that asked
            told.put(error)

    threading.Thread(target=work, name="ask", daemon=True).start()
    while True:
        step = told.get()
        yield step
        if not isinstance(step, str):
            return


def ask(assistant: Answers, request: Ask) -> Iterator[Reply]:
    """Replies with `html` to show after every step; the last also has the `exchange` for the browser to keep.

    Raises:
        Told: a filter cannot be used; the question was not asked.
    """
    words = request.words
    question = request.as_question()
    yield {"html": progress_html("", words)}
    for step in steps(assistant, question):
        if isinstance(step, str):
            yield {"html": progress_html(step, words), "step": wording.step(step, words)}
        elif isinstance(step, Answer):
            exchange = Exchange(question.text, step)
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

