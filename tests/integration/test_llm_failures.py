"""Answers by a language model whose server fails in every way we could think of: each question ends well and in time."""

from __future__ import annotations

import dataclasses
import email.utils
import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import phrases
from assistant.answering.generative import Rewriter
from assistant.answering.language_model import LangChainChat, LanguageModelFailed, Message, Stopped, Trouble
from assistant.as_json import answer_json
from assistant.ask import understand
from assistant.assembly import Assistant
from assistant.build import build
from assistant.index.generations import IndexFolder
from assistant.index.places import Places
from assistant.model import Answer, Exchange, Question, Turn
from assistant.settings import PROJECT, Settings
from assistant.web import asking
from assistant.web.conversation import said_html
from assistant.web.requests import Ask
from assistant.web.wording import DUTCH
from tests.fakes import HashingEmbedder, write_corpus
from tests.integration.conftest import CORPUS
from tests.llm_server import (
    Behaviour,
    Caller,
    LanguageModelServer,
    Request,
    chunks,
    endlessly,
    fails,
    replies,
    streams,
    writes,
)

KEY = "geheime-sleutel-7f3a"
QUESTION = "Hoeveel geld is er voor de wijk?"
EXTRACTIVE = "Voor de wijk is € 256 miljoen beschikbaar tot en met 2025."
PROVEN = "Tot en met 2025 is voor de wijk € 256 miljoen beschikbaar."
WRITTEN = PROVEN.replace(".", " [1].")
SLACK = 4.0  # seconds over the time-out, for a busy machine; what stalls here stalls for half a minute


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small index."""
    made = tmp_path_factory.mktemp("failures")
    corpus = write_corpus(made / "corpus", CORPUS)
    build([corpus], Places(IndexFolder(made / "index")), HashingEmbedder(), ocr_available=False)
    with LanguageModelServer(writes(WRITTEN)) as server:  # loads the libraries
        assistant_over(made, server.url, seconds=30).ask(Question(QUESTION), answerer="generative")
    return made


def assistant_over(folder: Path, url: str | None, *, seconds: float, model: str = "openai:proef") -> Assistant:
    settings = Settings(
        index=folder / "index",
        corpus=(folder / "corpus",),
        llm_model=model,
        llm_base_url=url,
        llm_api_key=KEY,
        llm_timeout_seconds=seconds,
    )
    made = Assistant(settings)
    made.embedder = HashingEmbedder()
    return made


@dataclasses.dataclass
class Outcome:
    """What came of a question."""

    answer: Answer
    seconds: float
    requests: list[Request]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.answer.statements]


class Desk:
    """Asks a question of an assistant whose language model is the given server, and holds what must hold of every answer."""

    def __init__(self, folder: Path, log: pytest.LogCaptureFixture) -> None:
        self._folder = folder
        self._log = log

    def ask(
        self,
        *behaviours: Behaviour,
        seconds: float = 3.0,
        url: str | None = None,
        model: str = "openai:proef",
        question: Question = Question(QUESTION),  # noqa: B008  a frozen value
    ) -> Outcome:
        with LanguageModelServer(*behaviours or [writes(WRITTEN)]) as server:
            assistant = assistant_over(self._folder, url or server.url, seconds=seconds, model=model)
            begun = time.monotonic()
            answer = assistant.ask(question, answerer="generative")
            took = time.monotonic() - begun
            assert took < seconds + SLACK
            nothing_is_left(server)
            self.no_key_in(repr(answer), json.dumps(answer_json(answer)), repr(assistant.settings))
            self.no_key_in(said_html(Exchange(QUESTION, answer), DUTCH, newest=True), self._log.text)
            for citation in answer.citations:
                text = assistant.document(citation.document.id).text
                assert citation.quote == text[citation.start : citation.end]
            assistant.close()
            return Outcome(answer, took, server.requests)

    @staticmethod
    def no_key_in(*shown: str) -> None:
        for text in shown:
            assert KEY not in text and "sleutel-7f3a" not in text


@pytest.fixture
def desk(folder: Path, caplog: pytest.LogCaptureFixture) -> Desk:
    caplog.set_level(logging.DEBUG)
    return Desk(folder, caplog)


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name in ("language model", "ask")]


def nothing_is_left(server: LanguageModelServer, *, within: float = 1.0) -> None:
    """No thread reads from the server any more, and no connection to it is open."""
    until = time.monotonic() + within
    while time.monotonic() < until and (readers() or server.open):
        time.sleep(0.01)
    assert readers() == [] and server.open == 0


def says_why(answer: Answer, trouble: Trouble) -> bool:
    return answer.notices == (phrases.notice(f"failed_{trouble.name.lower()}", english=False),)


# ------------------------------------------------------------------------------------------------ what servers do


def slow_first_token(caller: Caller) -> None:
    caller.head()
    caller.wait(30)


def silent(caller: Caller) -> None:
    caller.wait(30)


def stalled_in_the_middle(caller: Caller) -> None:
    caller.head()
    caller.words(f"{WRITTEN} En verder")
    caller.wait(30)


def dripping(caller: Caller) -> None:
    """A byte at a time, so that every wait for a byte is short."""
    caller.head()
    text = json.dumps({"choices": [{"index": 0, "delta": {"content": "De minister " * 500}}]})
    for byte in f"data: {text}\n\n".encode():
        caller.send(bytes([byte]))
        caller.wait(0.02)


def dripping_headers(caller: Caller) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Langzaam: ja\r\n" * 1000:
        caller.send(bytes([byte]))
        caller.wait(0.02)


def kept_alive(caller: Caller) -> None:
    """Comments that keep a connection alive, and never an answer."""
    caller.head()
    while True:
        caller.send(b": ping\n\n")
        caller.wait(0.05)


def closed_at_once(caller: Caller) -> None:
    del caller


def cut_before_a_word(caller: Caller) -> None:
    caller.head(200, {"Content-Type": "text/event-stream", "Content-Length": "5000"})


def cut_in_the_middle(caller: Caller) -> None:
    caller.head(200, {"Content-Type": "text/event-stream", "Content-Length": "50000"})
    caller.words(f"{WRITTEN} En verder")


def cut_in_a_sentence(caller: Caller) -> None:
    caller.head(200, {"Content-Type": "text/event-stream", "Content-Length": "50000"})
    caller.words("Tot en met 2025 is voor de wijk")


def broken_event(caller: Caller) -> None:
    caller.head()
    caller.words(f"{WRITTEN} En verder")
    caller.send(b'data: {"choices": [{"delta": {"content": "half\n\n')
    caller.done()


def invalid_utf8(caller: Caller) -> None:
    caller.head()
    caller.words(f"{WRITTEN} En")
    caller.send(b'data: {"choices": [{"index": 0, "delta": {"content": " verder \xff\xfe\x80 niets"}}]}\n\n')
    caller.done()


def error_event(caller: Caller) -> None:
    caller.head()
    caller.words(f"{WRITTEN} En verder")
    caller.event({"error": {"message": f"De sleutel {KEY} is op", "type": "server_error"}})


def many_bytes_at_once(caller: Caller) -> None:
    caller.head()
    caller.send(b'data: {"choices": [{"index": 0, "delta": {"content": "')
    for _ in range(800):
        caller.send(b"a" * 65_536)
    caller.send(b'"}}]}\n\n')
    caller.done()


BOMB = gzip.compress(b"data: " + b" " * 20_000_000, 1)


def bomb(caller: Caller) -> None:
    """Twenty kilobytes that would become megabytes, and so on without end."""
    caller.head(200, {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})
    while True:
        caller.send(BOMB)


HTML = "<!doctype html><html><head><title>503</title></head><body><h1>Even geduld</h1></body></html>"
COMPLETION = {"id": "c", "object": "chat.completion", "choices": [{"message": {"content": "Ja [1]."}}]}
TOOL = {"index": 0, "id": "t1", "type": "function", "function": {"name": "rm", "arguments": '{"path": "/"}'}}

# What a server does, what the reader is told of it, and whether a sentence was proven before it happened.
FAILURES: list[tuple[str, Behaviour, Trouble, bool]] = [
    ("slow first token", slow_first_token, Trouble.SLOW, False),
    ("not even headers", silent, Trouble.SLOW, False),
    ("a stall after a proven sentence", stalled_in_the_middle, Trouble.SLOW, True),
    ("single bytes", dripping, Trouble.SLOW, False),
    ("headers in single bytes", dripping_headers, Trouble.SLOW, False),
    ("nothing but signs of life", kept_alive, Trouble.SLOW, False),
    ("empty chunks without end", endlessly(lambda: [{"content": ""}]), Trouble.SLOW, False),
    ("thinking without end", endlessly(lambda: [{"reasoning_content": "hm"}]), Trouble.SLOW, False),
    ("closed without a word", closed_at_once, Trouble.BROKEN, False),
    ("cut before the first word", cut_before_a_word, Trouble.BROKEN, False),
    ("cut in the first sentence", cut_in_a_sentence, Trouble.BROKEN, False),
    ("cut after a proven sentence", cut_in_the_middle, Trouble.BROKEN, True),
    ("401", fails(401, f"Incorrect API key provided: {KEY}"), Trouble.KEY, False),
    ("403", fails(403), Trouble.KEY, False),
    ("404, no such model", fails(404, "The model `proef` does not exist"), Trouble.NAME, False),
    ("404, no such path", replies(404, "404 page not found", Content_Type="text/plain"), Trouble.NAME, False),
    ("400", fails(400, "maximum context length is 2048 tokens"), Trouble.BROKEN, False),
    ("always 429", fails(429), Trouble.BUSY, False),
    ("always 500", fails(500), Trouble.BROKEN, False),
    ("503 with a page", replies(503, HTML, Content_Type="text/html"), Trouble.BROKEN, False),
    ("a page instead of JSON", replies(200, HTML, Content_Type="text/html"), Trouble.BROKEN, False),
    ("JSON that is no completion", replies(200, '{"ok": true}'), Trouble.BROKEN, False),
    ("events that are no completion", streams(b'data: {"ok": true}\n\n', b"data: [1, 2]\n\n"), Trouble.BROKEN, False),
    ("events that are no object", streams(b"data: 17\n\n"), Trouble.BROKEN, False),
    ("an event that is half JSON", broken_event, Trouble.BROKEN, True),
    ("an error as an event", error_event, Trouble.BROKEN, True),
    ("invalid UTF-8", invalid_utf8, Trouble.BROKEN, True),
    ("a body without a byte", replies(200, "", Content_Type="text/event-stream"), Trouble.BROKEN, False),
    ("no words", writes(""), Trouble.EMPTY, False),
    ("only whitespace", chunks({"content": " \n\t"}, {"content": "\u200b \u00a0"}), Trouble.EMPTY, False),
    ("whitespace without end", endlessly(lambda: [{"content": " \n" * 50}]), Trouble.EMPTY, False),
    ("more bytes than a reply has", many_bytes_at_once, Trouble.BROKEN, False),
    ("a bomb of zeros", bomb, Trouble.BROKEN, False),
    ("tool calls", chunks({"role": "assistant", "content": None, "tool_calls": [TOOL]}), Trouble.EMPTY, False),
    (
        "a function call",
        chunks({"content": None, "function_call": {"name": "rm", "arguments": "{"}}),
        Trouble.EMPTY,
        False,
    ),
    ("a refusal", chunks({"content": None, "refusal": "Dat doe ik niet."}), Trouble.EMPTY, False),
    (
        "a thought without end",
        writes("<think>Eens kijken. De wijk krijgt geld [1]. Of toch niet"),
        Trouble.EMPTY,
        False,
    ),
    ("thinking in a field of its own", chunks({"reasoning_content": f"Ik denk: {WRITTEN}"}), Trouble.EMPTY, False),
    ("a completion at once", replies(200, json.dumps(COMPLETION)), Trouble.BROKEN, False),
]


@pytest.mark.parametrize(
    ("behaviour", "trouble", "proven"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES]
)
def test_a_failure_ends_in_an_answer_that_says_what_happened(
    desk: Desk, behaviour: Behaviour, trouble: Trouble, proven: bool
) -> None:
    slow = trouble is Trouble.SLOW
    outcome = desk.ask(behaviour, seconds=1.0 if slow else 3.0)
    assert says_why(outcome.answer, trouble), (outcome.answer.notices, outcome.answer.findings)
    assert outcome.texts == [PROVEN if proven else EXTRACTIVE]
    assert outcome.answer.answerer == ("generative" if proven else "extractive")
    assert outcome.answer.outcome == "answered"
    told = outcome.answer.findings[-1].problem
    assert told.startswith(f"the language model: {trouble}") and "\n" not in told and len(told) < 400


# ------------------------------------------------------------------------------------------------ no server at all


def test_a_refused_connection(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = desk.ask(url=f"http://127.0.0.1:{port}/v1")
    assert says_why(outcome.answer, Trouble.UNREACHABLE) and outcome.texts == [EXTRACTIVE] and outcome.seconds < 2


@pytest.fixture
def no_such_host(monkeypatch: pytest.MonkeyPatch) -> str:
    really = socket.getaddrinfo

    def resolve(host: Any, *more: Any, **options: Any) -> Any:
        if host in ("taalmodel.invalid", b"taalmodel.invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return really(host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return "http://taalmodel.invalid/v1"


def test_a_name_that_nobody_knows(desk: Desk, no_such_host: str) -> None:
    outcome = desk.ask(url=no_such_host)
    assert says_why(outcome.answer, Trouble.UNREACHABLE) and outcome.texts == [EXTRACTIVE]


def test_https_to_a_server_that_speaks_http(desk: Desk) -> None:
    with LanguageModelServer(writes(WRITTEN)) as plain:
        outcome = desk.ask(url=plain.url.replace("http://", "https://"))
        assert plain.requests == []
    assert says_why(outcome.answer, Trouble.UNREACHABLE) and outcome.texts == [EXTRACTIVE]


@pytest.mark.parametrize("url", ["geen adres", "http://", "ftp://127.0.0.1/v1", "http://127.0.0.1:99999/v1"])
def test_an_address_that_is_none(desk: Desk, url: str) -> None:
    outcome = desk.ask(url=url)
    assert outcome.texts == [EXTRACTIVE] and len(outcome.answer.notices) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_that_question_sources_and_key_stay_with_the_server_that_was_set(
    desk: Desk, status: int
) -> None:
    with LanguageModelServer(writes(WRITTEN)) as elsewhere:
        outcome = desk.ask(replies(status, Location=f"{elsewhere.url}/chat/completions"))
        assert elsewhere.requests == []
    assert says_why(outcome.answer, Trouble.BROKEN) and str(status) in outcome.answer.findings[-1].problem


# ------------------------------------------------------------------------------------------------ again, in a moment


@pytest.mark.parametrize(
    "first",
    [
        fails(429, Retry_After="0"),
        fails(429, Retry_After="1"),
        fails(429, Retry_After="rommel"),
        fails(500),
        fails(503, Retry_After="0"),
        fails(529),
        closed_at_once,
    ],
    ids=["429, 0", "429, 1", "429, nonsense", "500", "503", "529", "closed without a word"],
)
def test_a_server_that_is_better_in_a_moment_is_asked_again(desk: Desk, first: Behaviour) -> None:
    outcome = desk.ask(first, writes(WRITTEN), seconds=4)
    assert outcome.texts == [PROVEN] and outcome.answer.notices == () and outcome.answer.answerer == "generative"
    assert len(outcome.requests) == 2


def test_the_server_says_how_long_to_wait_before_asking_again(desk: Desk) -> None:
    first, second = desk.ask(fails(429, Retry_After="1"), writes(WRITTEN), seconds=4).requests
    assert 0.95 < second.at - first.at < 2.5


@pytest.mark.parametrize(
    "wait", ["3600", "100", email.utils.formatdate(time.time() + 3600, usegmt=True)], ids=["3600", "100", "a date"]
)
def test_a_wait_longer_than_the_time_out_is_not_begun(desk: Desk, wait: str) -> None:
    outcome = desk.ask(fails(429, Retry_After=wait), seconds=3)
    assert says_why(outcome.answer, Trouble.BUSY) and outcome.texts == [EXTRACTIVE]
    assert len(outcome.requests) == 1 and outcome.seconds < 2


def test_a_server_is_asked_three_times_at_most(desk: Desk) -> None:
    assert len(desk.ask(fails(500), seconds=4).requests) == 3


def test_what_the_reader_saw_is_not_asked_for_again(desk: Desk) -> None:
    assert len(desk.ask(cut_in_the_middle).requests) == 1


# ------------------------------------------------------------------------------------------------ odd, but an answer


def parts(*given: Mapping[str, object]) -> Behaviour:
    return chunks(*({"content": [part]} for part in given))


def wrong_type(caller: Caller) -> None:
    caller.head(200, {"Content-Type": "application/pdf"})
    caller.words(WRITTEN)
    caller.done()


def one_big_chunk(caller: Caller) -> None:
    caller.head()
    caller.delta(content=f"{WRITTEN} {'De minister spreekt over de wijk zonder einde ' * 60_000}")
    caller.done()


ODD: list[tuple[str, Behaviour]] = [
    ("a finished thought", writes(f"<think>De wijk krijgt € 900 miljoen [1].</think> {WRITTEN}")),
    ("a thought in a field of its own", chunks({"reasoning_content": "De wijk krijgt 900."}, {"content": WRITTEN})),
    ("parts", parts({"type": "text", "text": WRITTEN})),
    ("parts with others", parts({"type": "thinking", "thinking": "Hm [1]."}, {"type": "text", "text": WRITTEN})),
    ("a wrong content type", wrong_type),
    ("tool calls beside words", chunks({"content": WRITTEN, "tool_calls": [TOOL]})),
    ("marks of turns", writes(f"<|im_start|>assistant {WRITTEN} <|im_end|>")),
    ("one chunk of megabytes", one_big_chunk),
    ("a marker in Chinese brackets", writes(PROVEN.replace(".", " 【1】."))),
    ("a marker in words", writes(PROVEN.replace(".", " [bron 1]."))),
    ("a marker as a footnote", writes(PROVEN.replace(".", " [^1]."))),
    ("a marker in round brackets", writes(PROVEN.replace(".", " (bron 1)."))),
    ("a marker after the full stop", writes(f"{PROVEN}[1]")),
    ("a marker on a line of its own", writes(f"{PROVEN}\n\n[1]")),
    ("a marker cut in two", chunks({"content": PROVEN.replace(".", " [")}, {"content": "1]"}, {"content": "."})),
    ("no marker at all", writes(PROVEN)),
]


@pytest.mark.filterwarnings("ignore:(?s).*Pydantic serializer warnings.*:UserWarning")  # parts are told as they come
@pytest.mark.parametrize("behaviour", [case[1] for case in ODD], ids=[case[0] for case in ODD])
def test_what_can_be_read_and_proven_is_the_answer(desk: Desk, behaviour: Behaviour) -> None:
    outcome = desk.ask(behaviour)
    assert outcome.texts[0] == PROVEN and outcome.answer.answerer == "generative"
    assert outcome.answer.notices == (), outcome.answer.findings
    assert not any("900" in text or "rm" in text.split() for text in outcome.texts)


@pytest.mark.parametrize(
    "marker",
    [
        "[0]",
        "[99]",
        "[1",
        "1]",
        "[[1]",
        "[]",
        "[x]",
        "[1.5]",
        "[-1]",
        "[1]" * 200,
        "[١]",
        "[1][99]",
        "{1}",
        "[²]",
        "[1|2]",
    ],
)
def test_a_marker_that_says_nothing_costs_no_more_than_its_sentence(desk: Desk, marker: str) -> None:
    outcome = desk.ask(writes(PROVEN.replace(".", f" {marker}.")))
    assert outcome.texts and set(outcome.texts) <= {PROVEN, EXTRACTIVE}


@pytest.mark.parametrize("mark", [" [1]", "", " [7]"], ids=["with markers", "without markers", "with wrong markers"])
def test_an_answer_without_end_is_cut_off(desk: Desk, mark: str) -> None:
    numbers = iter(range(10**9))

    def more() -> list[dict[str, object]]:
        return [{"content": f"{PROVEN[:-1]}{mark}. Op dag {next(numbers)} is het droog{mark}. "}]

    outcome = desk.ask(endlessly(more), seconds=3)
    assert outcome.texts[0] in (PROVEN, EXTRACTIVE) and len(outcome.texts) <= 6
    assert not any("droog" in text for text in outcome.texts)


def test_a_word_without_end(desk: Desk) -> None:
    outcome = desk.ask(endlessly(lambda: [{"content": "beleid" * 40}]), seconds=3)
    assert outcome.texts == [EXTRACTIVE]


@pytest.mark.parametrize(
    "text",
    ["\ud800 halve tekens", "\x00\x07\x1b[31mrood", "\u202eomgekeerd\u202c", "[1]" * 5000, "(" * 12_000, "<think>" * 2_000,
     "**" * 6_000, "- " * 6_000, "# kop\n" * 2_000, "a@" * 6_000, "1." * 6_000, "[1, " * 3_000],
    ids=["surrogate", "control", "bidi", "markers", "brackets", "thoughts", "stars", "dashes", "headings", "ats", "numbers",
         "open markers"],
)  # fmt: skip
def test_text_that_could_keep_a_reader_busy_is_read_in_time_and_can_be_shown(desk: Desk, text: str) -> None:
    outcome = desk.ask(chunks({"content": f"{WRITTEN} "}, {"content": text}, {"content": " klaar [1]."}), seconds=3)
    assert outcome.texts[0] in (PROVEN, EXTRACTIVE)
    json.dumps(answer_json(outcome.answer), ensure_ascii=False).encode("utf-8")


# ------------------------------------------------------------------------------------------------ stop


STALLS: list[tuple[str, Behaviour]] = [
    ("no headers", silent),
    ("no token", slow_first_token),
    ("in the middle", stalled_in_the_middle),
    ("single bytes", dripping),
    ("headers in single bytes", dripping_headers),
    ("signs of life", kept_alive),
    ("no end", endlessly(lambda: [{"content": ""}])),
    ("a wait before asking again", fails(429, Retry_After="20")),
]


@pytest.mark.parametrize("behaviour", [case[1] for case in STALLS], ids=[case[0] for case in STALLS])
def test_stop_ends_the_question_and_the_connection_at_once(folder: Path, behaviour: Behaviour) -> None:
    with LanguageModelServer(behaviour) as server:
        assistant = assistant_over(folder, server.url, seconds=30)
        pressed: list[float] = []

        def stopped() -> bool:
            if server.requests and time.monotonic() > server.requests[0].at + 0.3:
                pressed.append(time.monotonic())
            return bool(pressed)

        with pytest.raises(Stopped):
            assistant.ask(Question(QUESTION), answerer="generative", stopped=stopped)
        assert time.monotonic() - pressed[0] < 0.3
        nothing_is_left(server, within=0.7)
        assert len(server.requests) == 1


def test_a_page_that_is_left_takes_its_connection_along(folder: Path) -> None:
    with LanguageModelServer(stalled_in_the_middle) as server:
        steps = asking.steps(assistant_over(folder, server.url, seconds=30), Question(QUESTION), written=True)
        grown = next(step for step in steps if isinstance(step, asking.Growing))
        assert [one.text for one in grown.answer.statements] == [PROVEN]
        steps.close()
        nothing_is_left(server)


def test_the_page_shows_the_answer_with_a_plain_line_and_without_the_key(folder: Path) -> None:
    with LanguageModelServer(fails(401, f"Incorrect API key provided: {KEY}")) as server:
        *_, last = asking.ask(assistant_over(folder, server.url, seconds=3), Ask(question=QUESTION, written=True))
    assert "De sleutel voor het taalmodel is geweigerd." in last["html"] and "256 miljoen" in last["html"]
    Desk.no_key_in(json.dumps(last))


def test_a_follow_up_question_is_asked_by_the_rules_when_the_model_fails(folder: Path, desk: Desk) -> None:
    turns = (Turn(QUESTION, EXTRACTIVE),)
    question = Question("En tot wanneer?", turns=turns)
    outcome = desk.ask(silent, seconds=1.0, question=question)
    assert outcome.answer.understood_as == understand(question) and outcome.answer.understood_as is not None


def test_stop_is_heard_while_a_follow_up_question_is_put_in_full(folder: Path) -> None:
    with LanguageModelServer(silent) as server:
        chat = assistant_over(folder, server.url, seconds=60).chat
        follow_up = Question("En tot wanneer?", turns=(Turn(QUESTION, EXTRACTIVE),))
        with pytest.raises(Stopped):
            Rewriter(chat, understand, timeout_seconds=60)(follow_up, stopped=lambda: bool(server.requests))
        nothing_is_left(server)


# ------------------------------------------------------------------------------------------------ settings


def test_a_provider_that_nobody_knows(desk: Desk) -> None:
    outcome = desk.ask(model="bestaatniet:proef")
    assert says_why(outcome.answer, Trouble.NAME) and outcome.texts == [EXTRACTIVE] and outcome.requests == []


@pytest.mark.parametrize("name", ["proef", "openai:", ":", "proef:proef:proef"])
def test_a_name_that_is_none(desk: Desk, name: str) -> None:
    outcome = desk.ask(fails(404), model=name)
    assert outcome.texts == [EXTRACTIVE] and says_why(outcome.answer, Trouble.NAME)


@pytest.mark.parametrize(
    ("model", "package", "advice"),
    [
        ("ollama:proef", "langchain_ollama", "pip install 'assistant[ollama]'"),
        ("mistralai:proef", "langchain_mistralai", "pip install 'assistant[mistral]'"),
        ("anthropic:proef", "langchain_anthropic", "pip install 'assistant[anthropic]'"),
        ("openai:proef", "langchain.chat_models", "pip install 'assistant[openai]'"),
    ],
)
def test_a_missing_extra_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, model: str, package: str, advice: str
) -> None:
    for name in (package, "langchain_community", "langchain_community.chat_models"):  # where LangChain looks as well
        monkeypatch.setitem(sys.modules, name, None)
    outcome = desk.ask(model=model)
    assert says_why(outcome.answer, Trouble.EXTRA) and outcome.texts == [EXTRACTIVE]
    assert advice in outcome.answer.findings[-1].problem


def test_a_hosted_model_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(LanguageModelFailed) as failed:
        next(
            LangChainChat("openai:proef", base_url=None, api_key=None, timeout_seconds=1).write([Message("user", "?")])
        )
    assert failed.value.trouble is Trouble.KEY


@pytest.mark.parametrize(
    "key", ["geheim één sleutel", "geheim sleutel\n", "geheim\tsleutel", "geheim\x00sleutel", "géheim sleutel"]
)
def test_a_key_that_cannot_be_sent_is_not_shown(key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with LanguageModelServer(fails(401)) as server, pytest.raises(LanguageModelFailed) as failed:
        list(
            LangChainChat("openai:proef", base_url=server.url, api_key=key, timeout_seconds=1).write(
                [Message("user", "?")]
            )
        )
    assert "sleutel" not in f"{failed.value}{caplog.text}" and "heim" not in f"{failed.value}{caplog.text}"


def test_the_key_goes_to_the_server_and_the_server_is_asked_for_little(desk: Desk) -> None:
    (request,) = desk.ask(writes(WRITTEN)).requests
    assert request.path == "/v1/chat/completions" and request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["stream"] is True and request.body["temperature"] == 0
    assert (request.body.get("max_tokens") or request.body.get("max_completion_tokens")) < 1000
    assert request.headers["accept-encoding"] == "identity"


def test_a_server_on_this_machine_needs_no_key() -> None:
    with LanguageModelServer(writes("Ja.")) as server:
        chat = LangChainChat("openai:proef", base_url=server.url, api_key=None, timeout_seconds=3)
        assert "".join(chat.write([Message("user", "?")])).strip() == "Ja."


# ------------------------------------------------------------------------------------------------ the command line

_PROGRAM = """
import sys
from assistant import assembly, cli
from tests.fakes import HashingEmbedder
HashingEmbedder.max_tokens = 512
assembly.load_embedder = lambda settings, *, progress=None: HashingEmbedder()
sys.exit(cli.main(sys.argv[1:]))
"""


@dataclasses.dataclass
class Run:
    code: int
    output: str
    error: str


def run(folder: Path, *arguments: str, **variables: str) -> Run:
    """The program in a process of its own, with an embedding model that is quick to load."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSISTANT_", "OPENAI_"))}
    environment = kept | {"ASSISTANT_INDEX": str(folder / "index"), "PYTHONPATH": str(PROJECT)} | variables
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    Desk.no_key_in(done.stdout, done.stderr)
    return Run(done.returncode, done.stdout, done.stderr)


def model_at(url: str) -> dict[str, str]:
    return {
        "ASSISTANT_LLM_MODEL": "openai:proef",
        "ASSISTANT_LLM_BASE_URL": url,
        "ASSISTANT_LLM_API_KEY": KEY,
        "ASSISTANT_LLM_TIMEOUT_SECONDS": "3",
    }


def test_the_command_line_says_in_one_line_that_the_model_failed_and_answers_without_it(folder: Path) -> None:
    with LanguageModelServer(fails(401, f"Incorrect API key provided: {KEY}")) as server:
        done = run(folder, "ask", QUESTION, "--answerer", "generative", **model_at(server.url))
    assert done.code == 0 and EXTRACTIVE in done.output
    assert done.error.splitlines() == [done.error.strip()]
    assert "De sleutel voor het taalmodel is geweigerd." in done.error


def test_json_stays_one_document_when_the_model_fails(folder: Path) -> None:
    with LanguageModelServer(stalled_in_the_middle) as server:
        begun = time.monotonic()
        done = run(folder, "ask", QUESTION, "--answerer", "generative", "--json", **model_at(server.url))
        assert time.monotonic() - begun < 30
    answer = json.loads(done.output)
    assert done.code == 0 and [one["text"] for one in answer["statements"]] == [PROVEN]
    assert answer["answerer"] == "generative" and len(answer["notices"]) == 1 and answer["findings"][-1]["problem"]
    assert done.error.splitlines() == [done.error.strip()]


def test_a_written_answer_is_shown_without_a_word_about_failure(folder: Path) -> None:
    with LanguageModelServer(writes(WRITTEN)) as server:
        done = run(folder, "ask", QUESTION, "--answerer", "generative", **model_at(server.url))
    assert done.code == 0 and PROVEN in done.output and done.error == ""


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "ASSISTANT_LLM_MODEL"),
        ({"ASSISTANT_LLM_MODL": "openai:proef"}, "ASSISTANT_LLM_MODL"),
        ({"ASSISTANT_LLM_TIMEOUT_SECONDS": "lang"}, "ASSISTANT_LLM_TIMEOUT_SECONDS"),
    ],
    ids=["no model", "an unknown variable", "a time-out that is no number"],
)
def test_wrong_settings_are_told_in_one_line(folder: Path, variables: dict[str, str], says: str) -> None:
    done = run(folder, "ask", QUESTION, "--answerer", "generative", **variables)
    assert done.code == 2 and done.output == "" and len(done.error.splitlines()) == 1 and says in done.error
