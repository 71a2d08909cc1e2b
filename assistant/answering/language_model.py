"""A chat model of any provider, through LangChain: text in, text out as it comes, and every failure as one of a few kinds."""

from __future__ import annotations

import logging
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from assistant.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_log = logging.getLogger(__name__)

RETRIES = 2  # of the provider's own client: after 429 (waiting as long as it is told) and 5xx
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
    """Writes a reply to messages, piece by piece as it comes.

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
        self._api_key = api_key
        self._timeout_seconds = timeout_seconds
        self._temperature = temperature
        self._lock = threading.Lock()
        self._model: BaseChatModel | None = None

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        try:
            model = self._made()
            for chunk in model.stream([(one.role, one.text) for one in messages]):
                yield _text_of(chunk.content)
        except LanguageModelFailed:
            raise
        except Exception as error:  # noqa: BLE001  every provider has its own errors: told apart by their status and name
            trouble = _trouble(error)
            _log.info("the language model failed: %s", self._clean(f"{type(error).__name__}: {error}"))
            raise LanguageModelFailed(trouble, self._clean(_line(error))) from None  # a chained error may carry the key

    def _made(self) -> BaseChatModel:
        with self._lock:
            if self._model is None:
                self._model = self._make()
            return self._model

    def _make(self) -> BaseChatModel:
        for variable in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            os.environ[variable] = "false"  # nothing is reported to anyone
        provider = self._name.partition(":")[0] if ":" in self._name else ""
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise LanguageModelFailed(Trouble.EXTRA, _install(provider)) from error
        try:
            return init_chat_model(self._name, **self._options(provider))  # type: ignore[no-any-return]
        except ImportError as error:
            raise LanguageModelFailed(Trouble.EXTRA, _install(provider)) from error
        except ValueError as error:
            raise LanguageModelFailed(Trouble.NAME, self._clean(_line(error))) from None

    def _options(self, provider: str) -> dict[str, Any]:
        """What the settings are called with each provider."""
        options: dict[str, Any] = {"temperature": self._temperature}
        if provider == "ollama":
            options |= {"num_predict": MOST_TOKENS, "client_kwargs": {"timeout": self._timeout_seconds}}
            return options | ({"base_url": self._base_url} if self._base_url else {})
        options |= {"max_tokens": MOST_TOKENS, "timeout": self._timeout_seconds, "max_retries": RETRIES}
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


_KEYS = re.compile(r"(?i)\b(?:sk|key|pk|gsk)-[\w*-]{6,}|(?<=bearer )\S+")


def without_keys(text: str, key: str | None) -> str:
    """A text in which the key, and whatever looks like one, is replaced by `***`."""
    if key:
        text = text.replace(key, "***")
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


def _trouble(error: BaseException) -> Trouble:
    """The kind of a provider's error: by its HTTP status where it has one, else by what its class is called."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    names = " ".join(kind.__name__ for kind in type(error).__mro__).lower()
    if status in (401, 403) or "authentication" in names or "permissiondenied" in names:
        return Trouble.KEY
    if status == 404 or "notfound" in names:
        return Trouble.NAME
    if status == 429 or "ratelimit" in names:
        return Trouble.BUSY
    if "timeout" in names:
        return Trouble.SLOW
    if status is None and ("connect" in names or isinstance(error, ConnectionError)):
        return Trouble.UNREACHABLE
    return Trouble.BROKEN


# ------------------------------------------------------------------------------------------------ within the time


class Stopped(Exception):
    """The user does not want the answer any more."""


_TICK_SECONDS = 0.05


def within(
    pieces: Callable[[], Iterator[str]], *, seconds: float, stopped: Callable[[], bool] = lambda: False
) -> Iterator[str]:
    """The pieces of a reply as they come, until the time is up.

    A server that stalls, drips or never ends cannot hold a question: the pieces are read in a thread of their own, and
    whoever waits here waits no longer than said.

    Raises:
        LanguageModelFailed: what the reader met; or SLOW when the time is up.
        Stopped: `stopped` said so; within a twentieth of a second.
    """
    read: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
    given_up = threading.Event()

    def work() -> None:
        try:
            for piece in pieces():
                if given_up.is_set():
                    return
                read.put(piece)
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
            length += len(piece)
            yield piece
            if length > MOST_CHARACTERS:
                return
    finally:
        given_up.set()
