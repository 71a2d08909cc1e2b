"""What the browser sends: checked once, here, and turned into the words of the domain."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant import model
from assistant.errors import AssistantError
from assistant.web import wording
from assistant.web.wording import Wording

_log = logging.getLogger(__name__)

Text = Annotated[str, Field(max_length=20_000)]
Asked = Annotated[str, Field(max_length=100_000)]  # a question as it was typed: much longer than one that is answered
Short = Annotated[str, Field(max_length=400)]
Url = Annotated[str, Field(max_length=2_000)]
Token = Annotated[str, Field(max_length=100)]
MOST_TURNS = 400  # of a conversation
REMEMBERED = 6  # earlier turns that go with a question


class Told(AssistantError):
    """Something the user can mend; the message is shown as it is, in the language of the page."""


class Request(BaseModel):
    """What every request carries."""

    model_config = ConfigDict(extra="forbid")

    language: Literal["nl", "en"] = "nl"
    collection: Token | None = None  # the private documents of the conversation

    @property
    def words(self) -> Wording:
        return wording.wording(self.language)


# ------------------------------------------------------------------------------------------------ asking


class ChosenDocument(BaseModel):
    """A document to search in; the browser keeps its title to show."""

    model_config = ConfigDict(extra="forbid")

    id: Short
    title: Text = ""


class ChosenFilters(BaseModel):
    """The filters of the page. `mine`: only the private documents of the conversation."""

    model_config = ConfigDict(extra="forbid")

    types: list[Short] = []
    dossiers: list[Short] = []
    publishers: list[Short] = []
    documents: list[ChosenDocument] = []
    since: Short = ""
    until: Short = ""
    mine: bool = False

    def filters(self, words: Wording) -> model.Filters:
        """The filters as retrieval takes them.

        Raises:
            Told: a date is not one, or `since` lies after `until`.
        """
        since, until = self.since.strip(), self.until.strip()
        spans = []
        for value, label in ((since, words.since), (until, words.until)):
            try:
                spans.append(model.date_span(value))
            except ValueError as error:
                raise Told(words.wrong_date.format(value=value, label=label, form=words.date_form)) from error
        first, last = spans
        if first is not None and last is not None and first[0] > last[1]:
            raise Told(words.wrong_order.format(since=since, until=until))
        return model.Filters(
            types=tuple(self.types),
            dossiers=tuple(self.dossiers),
            publishers=tuple(self.publishers),
            since=since or None,
            until=until or None,
            documents=tuple(one.id for one in self.documents),
        )


class EarlierTurn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: Asked
    answer: Text = ""


class Ask(Request):
    question: Asked
    turns: Annotated[list[EarlierTurn], Field(max_length=MOST_TURNS)] = []
    filters: ChosenFilters = ChosenFilters()
    written: bool = False  # by a language model; else in the sentences of the sources

    def as_question(self) -> model.Question:
        """Raises Told when a filter cannot be used."""
        turns = tuple(model.Turn(turn.question, turn.answer) for turn in self.turns[-REMEMBERED:])
        return model.Question(self.question.strip(), self.filters.filters(self.words), turns)


# ------------------------------------------------------------------------------------------------ kept conversations


class _Kept(BaseModel):
    """A part of a conversation that the browser kept. What a later version adds is let through."""

    model_config = ConfigDict(extra="ignore")


class KeptAnchor(_Kept):
    page: int | None = None
    section: Annotated[list[Text], Field(max_length=20)] = []
    article: Short | None = None


class KeptCitation(_Kept):
    number: int
    document_id: Short
    title: Text
    type: Short = ""
    publisher: Short = ""
    date: Short = ""
    identifier: Short = ""
    dossier: Short = ""
    url: Url = ""
    provenance: Short = "origineel"
    anchor: KeptAnchor
    quote: Text
    start: int
    end: int

    def citation(self) -> model.Citation:
        info = model.DocumentInfo(
            id=self.document_id,
            title=self.title,
            type=self.type,
            publisher=self.publisher,
            date=self.date,
            identifier=self.identifier,
            dossier=self.dossier,
            url=self.url,
            provenance=self.provenance,
        )
        anchor = model.Anchor(self.anchor.page, tuple(self.anchor.section), self.anchor.article)
        return model.Citation(self.number, info, anchor, self.quote, self.start, self.end, passage_id="")


class KeptStatement(_Kept):
    text: Text
    citations: list[int]
    emphasis: list[tuple[int, int]] = []


class KeptFinding(_Kept):
    statement: Text = ""
    problem: Text = ""
    done: Short = ""


class KeptAnswer(_Kept):
    question: Asked
    understood_as: Text | None = None
    outcome: model.Outcome
    reason: Text | None = None
    answerer: Short = "extractive"
    statements: Annotated[list[KeptStatement], Field(max_length=200)]
    citations: Annotated[list[KeptCitation], Field(max_length=500)]
    suggestions: Annotated[list[Text], Field(max_length=50)] = []
    notices: Annotated[list[Text], Field(max_length=20)] = []
    findings: Annotated[list[KeptFinding], Field(max_length=200)] = []

    def answer(self) -> model.Answer:
        """The answer again. A number without a citation, or stretches that do not fit, would not have come from us: dropped."""
        numbers = {citation.number for citation in self.citations}
        return model.Answer(
            question=self.question,
            outcome=self.outcome,
            statements=tuple(
                model.Statement(
                    one.text,
                    tuple(number for number in one.citations if number in numbers),
                    tuple(_in_order(one.emphasis, len(one.text))),
                )
                for one in self.statements
            ),
            citations=tuple(citation.citation() for citation in self.citations),
            reason=self.reason,
            understood_as=self.understood_as,
            suggestions=tuple(self.suggestions),
            answerer=self.answerer,
            notices=tuple(self.notices),
            findings=tuple(model.Finding(one.statement, one.problem, one.done) for one in self.findings),
        )


def _in_order(spans: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in spans:
        if at <= start < end <= length:
            yield start, end
            at = end


class KeptExchange(_Kept):
    question: Asked
    answer: KeptAnswer | None = None
    problem: Text = ""

    def exchange(self) -> model.Exchange:
        return model.Exchange(self.question, self.answer.answer() if self.answer else None, self.problem)


class Conversation(Request):
    exchanges: Annotated[list[KeptExchange], Field(max_length=MOST_TURNS)]


# ------------------------------------------------------------------------------------------------ answering requests

Reply = dict[str, Any]
Work = Callable[[dict[str, Any]], Reply]
Steps = Callable[[dict[str, Any]], Iterator[Reply]]


class Endpoints:
    """What the page can be asked for, by name: functions that reply once, and `steps` that reply as they go.

    Whatever goes wrong is a reply with a `problem`: a sentence in the language of the page, and a `detail` for who wants it.
    """

    def __init__(self) -> None:
        self.once: dict[str, Work] = {}
        self.steps: dict[str, Steps] = {}
        self.at_once: dict[str, int] = {}

    def add(self, name: str, form: type[Request], work: Callable[[Any], Reply]) -> None:
        def reply(request: dict[str, Any]) -> dict[str, Any]:
            try:
                return work(form.model_validate(request))
            except Exception as error:  # noqa: BLE001  the door: told as a sentence, logged in full
                return problem(error, request)

        self.once[name] = reply

    def add_steps(
        self, name: str, form: type[Request], work: Callable[[Any], Iterator[Reply]], *, at_once: int = 4
    ) -> None:
        """`at_once`: how many of these are answered at the same time; others wait in line."""

        def replies(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
            try:
                yield from work(form.model_validate(request))
            except Exception as error:  # noqa: BLE001  the door: told as a sentence, logged in full
                yield problem(error, request)

        self.steps[name] = replies
        self.at_once[name] = at_once


def problem(error: Exception, request: object) -> Reply:
    """An error as the page shows it; one that is nobody's fault but the program's is logged in full."""
    language = request.get("language") if isinstance(request, Mapping) else None  # what is sent may be anything
    words = wording.wording(str(language))
    if isinstance(error, Told):
        return {"problem": str(error)}
    if isinstance(error, AssistantError):
        _log.warning("%s", error)
        return {"problem": wording.sentence(error, words), "detail": str(error)}
    if isinstance(error, ValidationError):
        # Without the values: what people ask and upload belongs in no log.
        wrong = [(one["type"], *one["loc"]) for one in error.errors(include_input=False, include_context=False)]
        _log.warning("a request that the page does not send: %s", wrong)
        return {"problem": words.not_understood}
    _log.error("a request failed", exc_info=error)
    return {"problem": wording.sentence(error, words)}
