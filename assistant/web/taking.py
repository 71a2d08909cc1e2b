"""Taking an answer or a conversation along: a file to save, or a page to print."""

from __future__ import annotations

import base64
import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, Protocol

from pydantic import Field

from assistant import export
from assistant.export import Checked, markdown, printed, word
from assistant.model import Document
from assistant.web.requests import MOST_TURNS, Endpoints, KeptExchange, Reply, Request, Short

_LONGEST_NAME = 60  # characters of a title in the name of a file

WORD = (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
MARKDOWN = (".md", "text/markdown;charset=utf-8")
PAGE = (".html", "text/html;charset=utf-8")
TABLE = (".csv", "text/csv;charset=utf-8")


class Library(Protocol):
    """Where the text of a document comes from."""

    def document(self, document_id: str) -> Document:
        """Raises KeyError for an unknown id."""


class Export(Request):
    """Questions and answers that the browser kept, and what to make of them."""

    exchanges: Annotated[list[KeptExchange], Field(min_length=1, max_length=MOST_TURNS)]
    format: Literal["word", "markdown", "print"]
    what: Literal["answer", "conversation"] = "conversation"
    title: Short = ""


class Taking:
    """What the `Neem mee` buttons ask for, over the library that a conversation may see."""

    def __init__(self, library_of: Callable[[str | None], Library]) -> None:
        self._library_of = library_of

    def offer(self, endpoints: Endpoints) -> None:
        endpoints.add("export", Export, self.exported)

    def exported(self, request: Export) -> Reply:
        """A file as `{name, type, data}`, with quotes compared with their documents just now."""
        said = request.words.taking
        made = datetime.datetime.now().astimezone()
        answer = request.what == "answer"
        title = request.title.strip() or (said.answer_title if answer else said.conversation_title)
        checked = checked_now(self._library_of, request.exchanges, request.collection)
        ending, kind = {"word": WORD, "markdown": MARKDOWN, "print": PAGE}[request.format]
        name = file_name(
            said.answer_file if answer else said.conversation_file, request.title, ending=ending, made=made
        )
        if request.format == "word":
            data = word.conversation(checked, title=title, language=request.language, made=made)
        else:
            write = markdown.conversation if request.format == "markdown" else printed.conversation
            data = write(checked, title=title, language=request.language, made=made).encode()
        return file(name, kind, data)


def checked_now(
    library_of: Callable[[str | None], Library], exchanges: Sequence[KeptExchange], collection: str | None
) -> tuple[Checked, ...]:
    """What the browser kept, with every quote compared with the text of now, also of a private collection."""
    library = library_of(collection)
    return export.checked([kept.exchange() for kept in exchanges], lambda name: library.document(name).text)


def file(name: str, kind: str, data: bytes) -> Reply:
    """A file as desk.js saves it."""
    return {"name": name, "type": kind, "data": base64.b64encode(data).decode("ascii")}


def file_name(what: str, title: str, *, ending: str, made: datetime.datetime) -> str:
    """`gesprek-spuk-kansrijke-wijk-2026-11-25.docx`: a name that every system takes, whatever the title says."""
    plain = unicodedata.normalize("NFKD", title[: 4 * _LONGEST_NAME]).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(words) > _LONGEST_NAME:
        words = words[: _LONGEST_NAME + 1].rpartition("-")[0] or words[:_LONGEST_NAME]
    parts = (what if not words.startswith(what) else "", words, f"{made:%Y-%m-%d}")
    return "-".join(part for part in parts if part) + ending
