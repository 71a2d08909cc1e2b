"""Taking a conversation along: as a Word document, as Markdown, as a page to print, or as a table.

Every format takes exchanges that were `checked` against the documents of now, so that no quote is passed off as one that no
longer stands in its document. Nothing here reads or writes a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from assistant.model import Answer, Citation, DocumentInfo, Exchange

Lost = Literal["changed", "gone"]  # the quote no longer stands at its place; the document is no longer there


@dataclass(frozen=True, slots=True)
class Checked:
    """An exchange of which every quote was compared with its document just now.

    `lost` has the numbers of the citations that no longer hold, and why; all others are literal.
    """

    exchange: Exchange
    lost: Mapping[int, Lost] = field(default_factory=dict)

    @property
    def answer(self) -> Answer | None:
        return self.exchange.answer


def checked(exchanges: Sequence[Exchange], text_of: Callable[[str], str]) -> tuple[Checked, ...]:
    """The exchanges with the citations marked that do not hold any more.

    Args:
        text_of: the text of a document as it is now, by its id; KeyError when there is none.
    """
    texts: dict[str, str | None] = {}

    def state(citation: Citation) -> Lost | None:
        name = citation.document.id
        if name not in texts:
            try:
                texts[name] = text_of(name)
            except KeyError:
                texts[name] = None
        text = texts[name]
        if text is None:
            return "gone"
        return None if text[citation.start : citation.end] == citation.quote else "changed"

    result: list[Checked] = []
    for exchange in exchanges:
        citations = exchange.answer.citations if exchange.answer is not None else ()
        states = {citation.number: state(citation) for citation in citations}
        result.append(Checked(exchange, {number: why for number, why in states.items() if why is not None}))
    return tuple(result)


def documents(exchanges: Sequence[Checked]) -> tuple[DocumentInfo, ...]:
    """The documents that were cited, each once, in order of first use."""
    answers = [checked.answer for checked in exchanges if checked.answer is not None]
    cited = {citation.document.id: citation.document for answer in answers for citation in answer.citations}
    return tuple(cited.values())


# ------------------------------------------------------------------------------------------------ text for any format

# What XML 1.0 cannot hold, and what no reader can see: control characters, lone surrogates, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ADDRESS = re.compile(r"https?://(?:[^\s<>\"\\^`{}|\[\]%\x00-\x20]|%[0-9a-f]{2})+", re.IGNORECASE)


def printable(text: str) -> str:
    """Text without the characters that no document format can hold."""
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    return " ".join(printable(text).split())


def web_address(url: str) -> str | None:
    """The address when a reader can be sent there; None for anything that is not http(s) or that Word would choke on."""
    if _ADDRESS.fullmatch(url) is None:
        return None
    try:
        split = urlsplit(url)
        known = bool(split.hostname) and split.port != 0
    except ValueError:  # no port, half an IPv6 address
        return None
    return url if known else None
