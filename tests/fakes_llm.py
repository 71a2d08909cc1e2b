"""A language model that says what it is told to say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from assistant.answering.language_model import LanguageModelFailed, Message, Trouble

Reply = str | Callable[[Sequence[Message]], str] | Trouble


class ScriptedChat:
    """Gives its replies one after another, in small pieces; the last one again and again.

    A reply may be a function of the messages, or a `Trouble` to run into. `after`: the trouble comes halfway.
    """

    def __init__(self, *replies: Reply, after: Trouble | None = None, piece_seconds: float = 0.0) -> None:
        self._replies = list(replies)
        self._after = after
        self._piece_seconds = piece_seconds
        self.heard: list[list[Message]] = []

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        self.heard.append(list(messages))
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Trouble):
            raise LanguageModelFailed(reply)
        text = reply if isinstance(reply, str) else reply(messages)
        for at in range(0, len(text), 5):
            time.sleep(self._piece_seconds)
            yield text[at : at + 5]
        if self._after is not None:
            raise LanguageModelFailed(self._after)
