"""The first screen: what is in the collection, questions it can answer, and what the assistant does not do."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from typing import Protocol

from assistant.examples import Example, Theme
from assistant.model import Answer, DocumentInfo, Question
from assistant.web import wording
from assistant.web.asking import Answers
from assistant.web.conversation import questions
from assistant.web.requests import Reply, Request
from assistant.web.wording import Wording

_log = logging.getLogger(__name__)

A_THEME = 3  # questions shown at most
RELATED = 3  # questions that lead on from an answer, at most
_NEWEST = 4  # documents asked about when no theme has a question that is answered


class Library(Answers, Protocol):
    """What the first screen is about."""

    def documents(self) -> Sequence[DocumentInfo]: ...


class Start:
    """The first screen over one collection. Which examples are answered is found out once for every state of the index."""

    def __init__(self, library: Library, themes: Callable[[], Sequence[Theme]]) -> None:
        self._library = library
        self._themes = themes
        self._lock = threading.Lock()
        self._tried: tuple[object, list[Theme]] | None = None
        self._cited: dict[str, frozenset[str]] = {}  # by example: the documents of its answer

    def screen(self, request: Request) -> Reply:
        """`html` of the first screen."""
        words = request.words
        infos = self._library.documents()
        parts = []
        for theme in self.examples(infos):
            name = theme.en if words.language == "en" else theme.nl
            heading = f"<h3>{escape(name)}</h3>" if name else ""
            parts.append(f"<section>{heading}{questions(theme.questions)}</section>")
        examples = f'<h2>{words.examples}</h2><div class="themes">{"".join(parts)}</div>' if parts else ""
        limits = "".join(f"<li>{limit}</li>" for limit in words.limits)
        return {
            "html": f'<div class="start" lang="{words.language}">{examples}'
            f"<h2>{words.holdings}</h2>{_holdings(infos, words)}"
            f'<h2>{words.what_not}</h2><ul class="limits">{limits}</ul></div>'
        }

    def examples(self, infos: Sequence[DocumentInfo]) -> list[Theme]:
        """Of every theme the first questions that are answered from these documents."""
        with self._lock:
            if self._tried is None or self._tried[0] != tuple(infos):
                self._tried = tuple(infos), self._try(infos)
            return self._tried[1]

    def related(self, answer: Answer) -> tuple[str, ...]:
        """Examples whose answers cite a document that this answer cites as well, in the order of the themes."""
        here = {citation.document.id for citation in answer.citations}
        if answer.outcome == "abstained":
            return ()
        asked = {answer.question.strip(), answer.understood_as}
        others = (one for one, cited in self._cited.items() if cited & here and one not in asked)
        return tuple(itertools.islice(others, RELATED))

    def _try(self, infos: Sequence[DocumentInfo]) -> list[Theme]:
        if not infos:
            return []
        self._cited = {}
        found = []
        for theme in self._themes():
            answered = self._answered(theme.examples)
            if answered:
                found.append(Theme(theme.nl, theme.en, answered))
        if found:
            return found
        newest = sorted(infos, key=lambda info: info.date, reverse=True)[:_NEWEST]
        answered = self._answered([Example(f"Waar gaat ‘{info.title}’ over?") for info in newest])
        return [Theme("", "", answered)] if answered else []

    def _answered(self, examples: Sequence[Example]) -> tuple[Example, ...]:
        kept: list[Example] = []
        for one in examples:
            answer = self._library.ask(Question(one.question), progress=_log.debug)
            said = " ".join(statement.text for statement in answer.statements)
            if answer.outcome != "answered" or one.says not in said:
                continue
            self._cited[one.question] = frozenset(citation.document.id for citation in answer.citations)
            if len(kept) < A_THEME:
                kept.append(one)
        return tuple(kept)


def _holdings(infos: Sequence[DocumentInfo], words: Wording) -> str:
    if not infos:
        return f"<p>{words.holding_none}</p>"
    dates = sorted(info.date for info in infos if info.date)
    said = (words.held_one if len(infos) == 1 else words.held).format(count=len(infos))
    if dates:
        oldest, newest = wording.date(dates[0], words), wording.date(dates[-1], words)
        said += (words.dated_one if oldest == newest else words.dated).format(oldest=oldest, newest=newest)
    kinds = Counter(info.type or "?" for info in infos).most_common()
    counts = "".join(f"<li>{escape(kind)} <span>{count}</span></li>" for kind, count in kinds)
    return f'<p>{said}</p><ul class="kinds">{counts}</ul>'
