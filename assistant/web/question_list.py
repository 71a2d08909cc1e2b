"""The tab for a list of questions: read, corrected by the user, answered one after another, and taken along."""

from __future__ import annotations

import base64
import binascii
import datetime
import queue
import threading
from collections.abc import Iterator, Sequence
from html import escape
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from assistant import questionnaire
from assistant.export import table, word
from assistant.model import Answer, Citation, Exchange, Outcome, Question
from assistant.web import taking, wording
from assistant.web.asking import exchange_json
from assistant.web.conversation import marker_html, statement_html
from assistant.web.requests import Endpoints, KeptExchange, Reply, Request, Short, Told
from assistant.web.wording import DUTCH, Wording

_PULSE_SECONDS = 0.5  # between chances to leave
_KINDS = (".txt", ".md", ".csv", ".tsv", ".docx", ".odt", ".xlsx")
_COLUMNS = ("number", "question", "outcome", "answer")


class Assistant(taking.Library, Protocol):
    """What answers the questions, and has the texts that were quoted."""

    def ask(self, question: Question) -> Answer: ...


class ReadList(Request):
    """Pasted text, or a file in base64."""

    text: Annotated[str, Field(max_length=questionnaire.LARGEST_LIST)] = ""
    name: Short = ""
    data: Annotated[str, Field(max_length=questionnaire.LARGEST_LIST * 4 // 3 + 4)] = ""


class Listed(BaseModel):
    """A question with its number in the list."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=questionnaire.MOST_QUESTIONS)]
    question: Annotated[str, Field(min_length=1, max_length=100_000)]


class AnswerList(Request):
    questions: Annotated[list[Listed], Field(min_length=1, max_length=questionnaire.MOST_QUESTIONS)]


class KeptRow(BaseModel):
    """A row that the browser kept."""

    model_config = ConfigDict(extra="forbid")

    number: int
    exchange: KeptExchange


class ShowList(Request):
    rows: Annotated[list[KeptRow], Field(max_length=questionnaire.MOST_QUESTIONS)]


class TakeList(Request):
    exchanges: Annotated[list[KeptExchange], Field(min_length=1, max_length=questionnaire.MOST_QUESTIONS)]
    format: Literal["word", "csv"]
    title: Short = ""


class QuestionList:
    """The tab. The list itself lives in the browser; every request brings what it needs.

    A list belongs to no conversation: it is answered from all documents of everyone, without filters.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def offer(self, endpoints: Endpoints) -> None:
        endpoints.add("read_questions", ReadList, read)
        # Whoever has a single question goes first.
        endpoints.add_steps("answer_questions", AnswerList, self.answer, at_once=2)
        endpoints.add("show_questions", ShowList, show)
        endpoints.add("export_questions", TakeList, self.exported)

    def answer(self, request: AnswerList) -> Iterator[Reply]:
        """`asking` with the number of every question as it is asked, then its row; empty replies to leave at.

        Raises:
            Told: a question is too long; none was asked.
        """
        words = request.words
        for one in request.questions:
            if len(one.question) > questionnaire.LONGEST_QUESTION:
                raise Told(words.question_list.too_long.format(number=one.number, most=questionnaire.LONGEST_QUESTION))
        numbers = [one.number for one in request.questions]
        told: queue.SimpleQueue[Reply | Exception | None] = queue.SimpleQueue()
        left = threading.Event()

        def work() -> None:
            try:
                for place, exchange in questionnaire.answer_all(
                    self._assistant.ask,
                    [one.question for one in request.questions],
                    progress=lambda place, _: told.put({"asking": numbers[place - 1]}),
                    stopped=left.is_set,
                    explain=lambda error: wording.sentence(error, words),
                ):
                    told.put(_row(numbers[place - 1], exchange, words))
                told.put(None)
            except Exception as error:  # noqa: BLE001  handed on to the thread that asked
                told.put(error)

        threading.Thread(target=work, name="question list", daemon=True).start()
        try:
            while True:
                try:
                    said = told.get(timeout=_PULSE_SECONDS)
                except queue.Empty:
                    said = {}
                if said is None:
                    return
                if isinstance(said, Exception):
                    raise said
                yield said
        finally:
            left.set()

    def exported(self, request: TakeList) -> Reply:
        """The list with its answers as a file, with quotes compared with their documents just now."""
        said = request.words.question_list
        made = datetime.datetime.now().astimezone()
        checked = taking.checked_now(lambda _: self._assistant, request.exchanges, None)
        ending, kind = taking.WORD if request.format == "word" else taking.TABLE
        name = taking.file_name(said.file, request.title, ending=ending, made=made)
        if request.format == "csv":
            return taking.file(name, kind, table.questionnaire(checked, language=request.language))
        title = request.title.strip()
        if not title.lower().startswith(said.title.lower()):
            title = f"{said.title}: {title}" if title else said.title
        return taking.file(name, kind, word.questionnaire(checked, title=title, language=request.language, made=made))


def read(request: ReadList) -> Reply:
    """The `questions` that were found, each on one line.

    Raises:
        UnreadableQuestions: see `questionnaire.read`.
        Told: the file was damaged on its way.
    """
    if request.name:
        try:
            found = questionnaire.read(base64.b64decode(request.data, validate=True), request.name)
        except binascii.Error as error:
            raise Told(request.words.not_understood) from error
    else:
        found = questionnaire.read(request.text)
    return {"questions": [" ".join(question.split()) for question in found]}


def show(request: ShowList) -> Reply:
    """Kept rows as HTML, in the language of the page."""
    return {"rows": [_row_html(row.number, row.exchange.exchange(), request.words) for row in request.rows]}


# ------------------------------------------------------------------------------------------------ rows

_Came = Outcome | Literal["failed"]


def _row(number: int, exchange: Exchange, words: Wording) -> Reply:
    return {"number": number, "html": _row_html(number, exchange, words), "exchange": exchange_json(exchange)}


def _row_html(number: int, exchange: Exchange, words: Wording) -> str:
    said = words.question_list
    came: _Came = "failed" if exchange.answer is None else exchange.answer.outcome
    named = {
        "answered": said.answered,
        "partly": said.partly,
        "abstained": said.abstained,
        "failed": said.failed,
    }
    return (
        f'<tr role="row" data-number="{number}" data-came="{came}" data-citations>'
        f'<td role="cell" class="number">{number}</td>'
        f'<th role="rowheader" scope="row" class="question" tabindex="-1">{escape(exchange.question)}</th>'
        f'<td role="cell" class="outcome"><span class="came">{named[came]}</span></td>'
        f'<td role="cell" class="answer-cell">{_said(number, exchange, words)}</td></tr>'
    )


def _said(number: int, exchange: Exchange, words: Wording) -> str:
    answer = exchange.answer
    if answer is None:
        again = words.question_list.again
        return (
            f"<p>{escape(exchange.problem)}</p>"
            f'<button type="button" class="button" data-again="{number}" '
            f'aria-label="{again}: {words.question_list.number} {number}">{again}</button>'
        )
    by_number = {citation.number: citation for citation in answer.citations}
    remarks = [f"{words.understood_as}: {answer.understood_as}"] if answer.understood_as else []
    remarks += [answer.reason] if answer.reason else []
    parts = [f'<p class="reason">{escape(remark)}</p>' for remark in remarks]
    parts += [statement_html(statement, by_number, words, hook=False) for statement in answer.statements]
    if answer.outcome == "abstained" and answer.citations:
        parts.append(_nearest(answer.citations, words))
    return "".join(parts)


def _nearest(citations: Sequence[Citation], words: Wording) -> str:
    named = "".join(
        f"<li>{escape(citation.document.title or citation.document.id)} {marker_html(citation, words, hook=False)}</li>"
        for citation in citations
    )
    return f"<details><summary>{words.nearest}</summary><ul>{named}</ul></details>"


# ------------------------------------------------------------------------------------------------ the frame


def markup() -> str:
    text, button = _text, _button
    headers = "".join(f'<th role="columnheader" scope="col" class="{name}">{text(name)}</th>' for name in _COLUMNS)
    return f"""\
<div id="question-list">
<h2>{text("heading")}</h2>
<p>{text("about")}</p>
<p class="note">{text("all_documents")}</p>
<section id="list-enter" aria-labelledby="list-enter-title">
<h3 id="list-enter-title" class="unseen">{text("enter")}</h3>
<label for="list-text">{text("paste")}</label>
<textarea id="list-text" rows="8" spellcheck="false" data-placeholder="question_list.example"
 placeholder="{escape(DUTCH.question_list.example)}"></textarea>
<div class="actions">{button("list-read", "read", main=True)}
<span class="or">{text("or_file")}</span>
<span class="file"><input type="file" id="list-file" class="unseen" accept="{",".join(_KINDS)}" aria-describedby="list-kinds">
<label for="list-file" class="button">{text("choose_file")}</label></span></div>
<p class="note" id="list-kinds">{text("kinds")}</p>
</section>
<section id="list-check" aria-labelledby="list-found" hidden>
<h3 id="list-found" tabindex="-1"></h3>
<p id="list-check-about">{text("check")}</p>
<textarea id="list-questions" rows="14" spellcheck="false"
 aria-labelledby="list-found" aria-describedby="list-check-about"></textarea>
<div class="actions"><button type="button" class="button main" id="list-answer"></button>
{button("list-back", "back")}</div>
</section>
<div id="list-problem"></div>
<section id="list-answers" aria-labelledby="list-title" hidden>
<div id="list-state"><h3 id="list-title" tabindex="-1"></h3>
<div id="list-progress" role="progressbar" aria-labelledby="list-title" aria-valuemin="0"><span></span></div>
<div class="actions">{button("list-stop", "stop")}
<button type="button" class="button main" id="list-continue"></button>
{button("list-word", "take_word", main=True)}
{button("list-csv", "take_csv")}
<button type="button" class="button" id="list-retry"></button>
{button("list-change", "change")}
{button("list-clear", "clear")}</div></div>
<table role="table" aria-labelledby="list-title">
<thead role="rowgroup"><tr role="row">{headers}</tr></thead>
<tbody role="rowgroup"></tbody></table>
</section>
</div>"""


def _text(name: str) -> str:
    """A text that desk.js puts in the language of the page."""
    return f'<span data-text="question_list.{name}">{escape(getattr(DUTCH.question_list, name))}</span>'


def _button(elem_id: str, name: str, *, main: bool = False) -> str:
    return f'<button type="button" class="button{" main" if main else ""}" id="{elem_id}">{_text(name)}</button>'
