"""What a language model replied, kept in a file: a long run can be stopped and continued, and asked again of other code.

A reply belongs to the model, its temperature and the exact messages. Code that says the same to the model gets the same reply
in no time; code that says something else asks the model anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assistant.answering import call as calls
from assistant.answering.language_model import Chat, LanguageModelFailed, Message, Trouble
from assistant.errors import SettingsError


class Reply(NamedTuple):
    """A reply as far as it was waited for."""

    text: str
    whole: bool
    seconds: float


class Replies:
    """A file of replies, written after each one. Safe for several threads.

    Args:
        model: what decides a reply besides the messages: name, temperature.

    Raises:
        SettingsError: the file cannot be opened or is something else.
    """

    def __init__(self, path: Path, *, model: str) -> None:
        self.model = model
        self.asked = 0  # replies that came from the model
        self.known_seconds = 0.0  # that the replies which came from the file took when they were made
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS replies (said TEXT PRIMARY KEY, text TEXT, whole INTEGER, seconds REAL)"
            )
            self._file.execute("SELECT said, text, whole, seconds FROM replies LIMIT 1")
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f"{path} cannot be used as a file of replies: {error}") from error

    def around(self, chat: Chat) -> Chat:
        """The same model, which is asked for no reply that is in the file."""
        return RecordedChat(chat, self)

    def get(self, said: str) -> Reply | None:
        with self._lock:
            row = self._file.execute("SELECT text, whole, seconds FROM replies WHERE said = ?", (said,)).fetchone()
        return row and Reply(row[0], bool(row[1]), row[2])

    def keep(self, said: str, reply: Reply) -> None:
        with self._lock:
            self._file.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", (said, *reply))

    def count(self) -> int:
        with self._lock:
            return int(self._file.execute("SELECT count(*) FROM replies").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._file.close()


_PATIENCE_SECONDS = 5.0  # that whoever reads a reply may take to see that the part which is known is enough


class RecordedChat:
    """A chat model that is only asked what it has not been asked before.

    A reply that nobody waited for to the end is kept as far as it came, and the model is asked again when more of it is
    wanted. What failed is not kept.
    """

    def __init__(self, chat: Chat, replies: Replies) -> None:
        self._chat = chat
        self._replies = replies

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        said = hashlib.sha256(json.dumps([self._replies.model, *messages], ensure_ascii=False).encode()).hexdigest()
        known = self._replies.get(said)
        if known is None:
            yield from self._asked(said, messages)
            return
        self._replies.known_seconds += known.seconds
        yield known.text
        if known.whole or calls.current().over.wait(_PATIENCE_SECONDS):
            return
        self._replies.known_seconds -= known.seconds  # the time it takes now counts
        yield from self._asked(said, messages, beyond=known.text)

    def _asked(self, said: str, messages: Sequence[Message], *, beyond: str = "") -> Iterator[str]:
        """What the model replies, beyond what is known of it."""
        self._replies.asked += 1
        text = ""
        started = time.monotonic()
        try:
            for piece in self._chat.write(messages):
                text += piece
                if not text.startswith(beyond[: len(text)]):
                    raise LanguageModelFailed(Trouble.BROKEN, "it does not reply what it replied before")
                new = text[max(len(text) - len(piece), len(beyond)) :]
                if new:
                    yield new
        except (LanguageModelFailed, GeneratorExit) as error:
            left = isinstance(error, GeneratorExit) or calls.current().over.is_set()
            if left and len(text) > len(beyond):
                self._replies.keep(said, Reply(text, False, time.monotonic() - started))
            raise
        self._replies.keep(said, Reply(text, True, time.monotonic() - started))
