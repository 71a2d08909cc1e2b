"""A chat model of any provider, through LangChain: text in, text out as it comes, and every failure as one of a few kinds."""

from __future__ import annotations

import email.utils
import logging
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from assistant.answering import call as calls
from assistant.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from tenacity import RetryCallState, Retrying

_log = logging.getLogger(__name__)

ATTEMPTS = 3  # after 429 and 5xx, waiting as long as the server says, and after a connection cut before anything came
MOST_CHARACTERS = 12_000  # of one reply; an endless one is cut off here
MOST_TOKENS = 900  # asked for at most


class Message(NamedTuple):
    """What is said to the model."""

    role: Literal["system", "user", "assistant"]
    text: str


class Trouble(StrEnum):
    """Why a language model gave nothing to work with."""

    EXTRA = "the package for this provider is not installed"
    NAME = "there is no such model or provider"
    KEY = "the key was refused"
    UNREACHABLE = "the server cannot be reached"
    SLOW = "the server did not answer in time"
    BUSY = "the server is too busy"
    BROKEN = "the server failed or sent something that is no answer"
    EMPTY = "the model wrote nothing"


class LanguageModelFailed(ModelUnavailable):
    """A language model gave nothing to work with; `trouble` says what kind of failure it was."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"the language model: {trouble}{f' ({detail})' if detail else ''}")
        self.trouble = trouble


class Chat(Protocol):
    """Writes a reply to messages, piece by piece as it comes. What must be loaded first is loaded by the call itself.

    Raises LanguageModelFailed, also halfway.
    """

    def write(self, messages: Sequence[Message]) -> Iterator[str]: ...


# ------------------------------------------------------------------------------------------------ LangChain

_EXTRAS = {
    "openai": "openai", "azure_openai": "openai", "ollama": "ollama", "mistralai": "mistral", "anthropic": "anthropic",
}  # fmt: skip
_PACKAGES = {"openai": "langchain_openai", "azure_openai": "langchain_openai", "ollama": "langchain_ollama",
             "mistralai": "langchain_mistralai", "anthropic": "langchain_anthropic"}  # fmt: skip


class LangChainChat:
    """A chat model as LangChain's `init_chat_model` names it (`openai:NAME`, `ollama:NAME`), made when first used.

    Args:
        name: provider and model; without a provider LangChain guesses it from the name.
        base_url: another server with the same interface (vLLM, llama.cpp, LM Studio, a gateway); None for the provider's own.
        api_key: never shown: it is taken out of every message.
        timeout_seconds: for the first piece of a reply and between pieces.
        temperature: 0 gives the same reply to the same question, as far as the server does.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None,
        api_key: str | None,
        timeout_seconds: float,
        temperature: float = 0.0,
    ) -> None:
        self._name = name
        self._base_url = base_url
        self._api_key = api_key.strip() if api_key else None
        self._timeout_seconds = timeout_seconds
        self._temperature = temperature
        self._lock = threading.Lock()
        self._model: BaseChatModel | None = None

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        return self._pieces(self._made(), messages)

    def _pieces(self, model: BaseChatModel, messages: Sequence[Message]) -> Iterator[str]:
        begun = False
        chunks = self._chunks(model, messages)
        try:
            for chunk in chunks:
                begun = True
                yield _text_of(chunk.content)
        except Exception as error:  # noqa: BLE001  every provider has its own errors: told apart by their status and name
            trouble = _trouble(error)
            if begun and trouble is Trouble.UNREACHABLE:
                trouble = Trouble.BROKEN
            failure = LanguageModelFailed(trouble, self._clean(_line(error)))
            _log.info("%s", failure)
            raise failure from None  # a chained error may carry the key
        finally:
            _let_go(chunks)

    def _chunks(self, model: BaseChatModel, messages: Sequence[Message]) -> Iterator[Any]:
        """The chunks of a reply, asked for again while the server is busy or fails before it says anything."""
        said = [(one.role, one.text) for one in messages]
        for attempt in self._attempts():
            with attempt:
                chunks = model.stream(said)
                first = next(chunks, None)
        try:
            if first is not None:
                yield first
                yield from chunks
        finally:
            _let_go(chunks)

    def _attempts(self) -> Retrying:
        """As long as the answer is waited for, and not a moment longer."""
        import tenacity

        over = calls.current().over
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(_passing),
            wait=_pause,
            stop=tenacity.stop_after_attempt(ATTEMPTS)
            | tenacity.stop_before_delay(self._timeout_seconds)
            | tenacity.stop_when_event_set(over),
            sleep=tenacity.sleep_using_event(over),
            reraise=True,
        )

    def _made(self) -> BaseChatModel:
        with self._lock:
            if self._model is None:
                self._model = self._make()
            return self._model

    def _make(self) -> BaseChatModel:
        for variable in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            os.environ[variable] = "false"  # nothing is reported to anyone
        provider = self._name.partition(":")[0] if ":" in self._name else ""
        if self._api_key and not re.fullmatch(r"[ -~]+", self._api_key):
            raise LanguageModelFailed(Trouble.KEY, "it has characters that a key cannot have")
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise LanguageModelFailed(Trouble.EXTRA, _install(provider)) from error
        try:
            model: BaseChatModel = init_chat_model(self._name, **self._options(provider))
        except ImportError as error:
            raise LanguageModelFailed(Trouble.EXTRA, _install(provider)) from error
        except Exception as error:  # noqa: BLE001  a provider's own; made without a server, so the settings are wrong
            line = _line(error)
            trouble = Trouble.KEY if _NO_KEY.search(line) else Trouble.NAME
            raise LanguageModelFailed(trouble, self._clean(line)) from None
        client = _http_client(model)
        if client is None:
            _log.info("no HTTP client is found in %s: its requests end at their own time-out", type(model).__name__)
        else:
            calls.guard(client)
        return model

    def _options(self, provider: str) -> dict[str, Any]:
        """What the settings are called with each provider."""
        options: dict[str, Any] = {"temperature": self._temperature}
        if provider == "ollama":
            options |= {"num_predict": MOST_TOKENS, "client_kwargs": {"timeout": self._timeout_seconds}}
            return options | ({"base_url": self._base_url} if self._base_url else {})
        options |= {"max_tokens": MOST_TOKENS, "timeout": self._timeout_seconds, "max_retries": 0}
        if provider == "azure_openai" and self._base_url:
            options["azure_endpoint"] = self._base_url
        elif self._base_url:
            options["base_url"] = self._base_url
        key = self._api_key or (
            "none" if self._base_url and provider == "openai" else None
        )  # local servers ask for no key
        return options | ({"api_key": key} if key else {})

    def _clean(self, text: str) -> str:
        return without_keys(text, self._api_key)


# What looks like a key, what a server shows of one (`abcd****wxyz`), and what follows "Bearer" up to the end of a quoted header.
_KEYS = re.compile(
    r"(?i)\b(?:sk|key|pk|gsk)-[\w*-]{6,}|[^\s'\"]*\*{3,}[^\s'\",.]*|(?<=bearer )(?:[^'\"]+(?=['\"])|\S+)"
)
_NO_KEY = re.compile(r"(?i)api[_ ]?key|credentials")


def without_keys(text: str, key: str | None) -> str:
    """A text in which the key, as it is or as it is written in a message, and whatever looks like one, is replaced by `***`."""
    if key and key.strip():
        for form in {key, key.strip(), ascii(key)[1:-1], repr(key)[1:-1]}:
            text = text.replace(form, "***")
    return _KEYS.sub("***", text)


def _install(provider: str) -> str:
    extra = _EXTRAS.get(provider)
    return f"pip install 'assistant[{extra}]'" if extra else "pip install langchain and the provider's package"


def _text_of(content: object) -> str:
    """The text of a chunk: plain, or the text parts of a list; thinking, tool calls and pictures are nothing."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(
        part if isinstance(part, str) else str(part.get("text", ""))
        for part in parts
        if isinstance(part, str) or (isinstance(part, dict) and part.get("type") == "text")
    )


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _http_client(model: Any) -> Any:
    """The httpx client inside a provider's chat model, which is somewhere else with each: OpenAI, Anthropic and Ollama, Mistral."""
    for path in (("root_client", "_client"), ("_client", "_client"), ("client",)):
        inside = model
        for name in path:
            inside = getattr(inside, name, None)
        if hasattr(inside, "event_hooks"):
            return inside
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        following = following.__cause__ or following.__context__
    return iter(seen)


def _status(error: BaseException) -> int | None:
    for one in _chain(error):
        status = getattr(one, "status_code", None) or getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(status, int) and status > 0:
            return status
    return None


def _names(error: BaseException) -> str:
    return " ".join(kind.__name__ for one in _chain(error) for kind in type(one).__mro__).lower()


def _cut(error: BaseException) -> bool:
    """Whether the server was reached and then closed the connection."""
    return any(name in _names(error) for name in ("remoteprotocolerror", "readerror", "connectionreset"))


def _trouble(error: BaseException) -> Trouble:
    """The kind of a provider's error: by its HTTP status where it has one, else by what its class and causes are called."""
    status, names = _status(error), _names(error)
    if status in (401, 403) or "authentication" in names or "permissiondenied" in names:
        return Trouble.KEY
    if status == 404 or "notfound" in names:
        return Trouble.NAME
    if status == 429 or "ratelimit" in names:
        return Trouble.BUSY
    if status is not None or _cut(error) or any(isinstance(one, calls.NoReply) for one in _chain(error)):
        return Trouble.BROKEN
    if "timeout" in names:
        return Trouble.SLOW
    if "connect" in names or any(isinstance(one, OSError) for one in _chain(error)):
        return Trouble.UNREACHABLE
    return Trouble.BROKEN


def _passing(error: BaseException) -> bool:
    """Whether it may be better in a moment."""
    status = _status(error)
    return status == 429 or (status is not None and status >= 500) or (status is None and _cut(error))


def _pause(state: RetryCallState) -> float:
    """Seconds until the next attempt: what the server says, else half a second and then twice as long each time."""
    error = state.outcome.exception() if state.outcome is not None else None
    for one in _chain(error) if error is not None else ():
        headers = getattr(getattr(one, "response", None), "headers", None)
        told = _seconds(headers.get("retry-after")) if headers is not None else None
        if told is not None:
            return told
    return float(0.5 * 2 ** (state.attempt_number - 1))


def _seconds(retry_after: str | None) -> float | None:
    """The value of a Retry-After header, which is a number of seconds or a moment."""
    if retry_after is None:
        return None
    if re.fullmatch(r"\s*\d{1,9}(?:\.\d{1,9})?\s*", retry_after):
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


# ------------------------------------------------------------------------------------------------ within the time


class Stopped(Exception):
    """The user does not want the answer any more."""


_TICK_SECONDS = 0.05


def _let_go(source: Iterator[object]) -> None:
    """Close a stream now: a generator that waits to be collected holds its connection, and a server that cannot write waits on."""
    close = getattr(source, "close", None)
    if close is not None:
        close()


def within(
    pieces: Callable[[], Iterator[str]], *, seconds: float, stopped: Callable[[], bool] = lambda: False
) -> Iterator[str]:
    """The pieces of a reply as they come, until the time is up.

    A server that stalls, drips or never ends cannot hold a question: the pieces are read in a thread of their own, and
    whoever waits here waits no longer than said. When this is over, so is the call to the server.

    Raises:
        LanguageModelFailed: what the reader met; or SLOW when the time is up.
        Stopped: `stopped` said so; within a twentieth of a second.
    """
    read: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
    call = calls.Call()

    def work() -> None:
        calls.make(call)
        try:
            source = pieces()
            try:
                for piece in source:
                    if call.over.is_set():
                        return
                    read.put(piece)
            finally:
                _let_go(source)
            read.put(None)
        except BaseException as error:  # noqa: BLE001  handed on to who waits
            read.put(error)

    threading.Thread(target=work, name="language model", daemon=True).start()
    until = time.monotonic() + seconds
    length = 0
    try:
        while True:
            if stopped():
                raise Stopped
            left = until - time.monotonic()
            if left <= 0:
                raise LanguageModelFailed(Trouble.SLOW, f"{seconds:g} s")
            try:
                piece = read.get(timeout=min(_TICK_SECONDS, left))
            except queue.Empty:
                continue
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            piece = piece[: MOST_CHARACTERS - length]  # one piece can be endless by itself
            length += len(piece)
            yield piece
            if length >= MOST_CHARACTERS:
                return
    finally:
        call.hang_up()
