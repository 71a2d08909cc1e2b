"""Everything that can go wrong and that a caller may want to tell apart.

    AssistantError
    ├── SettingsError          a setting is missing, unknown or out of range
    ├── UnreadableDocument     a file that cannot become text
    ├── UnreadableQuestions    a list of questions that cannot be asked
    ├── IndexUnusable          there is no index, or it is damaged, or someone else is writing it
    │   └── IndexMismatch      the index was built with other settings
    └── ModelUnavailable       an embedding or language model cannot be loaded or reached

A message says what failed, on what, and what to do about it; the doors print it as it is, without a traceback.
Abstaining is not an error (it is an `Answer`), nor is one unreadable file in a build (a line of the `BuildReport`).
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of every error this package raises on purpose."""


class SettingsError(AssistantError):
    """A setting is missing, unknown or out of range. The message names the setting and where it came from."""


class UnreadableDocument(AssistantError):
    """A file that cannot become text: encrypted, empty, of an unknown kind, hostile, damaged.

    Args:
        path: the file, as the caller named it.
        reason: one sentence in plain words, shown to users (in Dutch) in the list of documents.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type[UnreadableDocument], tuple[str, str]]:
        return (UnreadableDocument, (self.path, self.reason))  # errors cross the process border of the parser


class UnreadableQuestions(AssistantError):
    """A list of questions that cannot be asked: no list in it, too many, too large, of an unknown kind, hostile, damaged.

    Args:
        name: the file, as the user named it; "" for pasted text.
        dutch: what is wrong and what to do, in one or two plain sentences, shown to users.
        english: the same in English.
    """

    def __init__(self, name: str, dutch: str, english: str) -> None:
        super().__init__(f"{name}: {dutch}" if name else dutch)
        self.name = name
        self.dutch = dutch
        self.english = english

    def __reduce__(self) -> tuple[type[UnreadableQuestions], tuple[str, str, str]]:
        return (UnreadableQuestions, (self.name, self.dutch, self.english))


class IndexUnusable(AssistantError):
    """There is no index at the given place, or it is damaged or being written by another program."""


class IndexMismatch(IndexUnusable):
    """The index was built with another embedding model, passage size or schema version than the settings ask for."""


class ModelUnavailable(AssistantError):
    """An embedding or language model cannot be prepared, loaded or reached."""
