"""Markup and addresses in a sentence that a model wrote, which would send a reader elsewhere or do something to the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from assistant import dutch
from assistant.model import DocumentInfo, Hit

# No sentence needs markup, whatever a source has of it: those who want to see it open the source.
_MARKUP = re.compile(
    r"<[a-z!/|][^>]*>?|\]\(|```|\{[{%]|[$#]\{|&#?\w+;|(?:java|vb)script:|\bdata:\w+/|[\[/]INST\]|<<", re.IGNORECASE
)
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s/]+|(?<![@\w.])(?:www\.)?(?:[^\W_][\w-]+\.)+[a-z]{2,24}(?![\w@])(?!\.\w)", re.IGNORECASE
)


def foreign_in(text: str, cited: Sequence[Hit]) -> str:
    """Markup, a piece of what the model was told, or an address for which its sources do not vouch; "" when there is none.

    A mail address must stand in a cited passage. A web address must, or be what its publisher is called (*Gemeente.nu*), and lie on
    the site that one of the cited documents comes from: a document may name any address, but the answer does not send readers there
    in words of its own.
    """
    if _repeats_the_task(text):
        return text
    markup = _MARKUP.search(text)
    if markup is not None:
        return markup.group()
    for mail in _MAIL.finditer(text):
        if not any(mail.group() in hit.passage.text for hit in cited):
            return mail.group()
    for address in _ADDRESS.finditer(_MAIL.sub(" ", text)):
        host = address.group().rpartition("/")[2].lower().removeprefix("www.")
        if not any(
            (address.group() in hit.passage.text and _is_site_of(host, hit.document)) or _is_called(host, hit.document)
            for hit in cited
        ):
            return address.group()
    return ""


def _is_site_of(host: str, info: DocumentInfo) -> bool:
    own = (urlsplit(info.url).hostname or "").removeprefix("www.")
    return bool(own) and (host == own or host.endswith(f".{own}"))


def _is_called(host: str, info: DocumentInfo) -> bool:
    """Whether a publisher goes by the name of its own site: *1848.nl*."""
    own = urlsplit(info.url).hostname or ""
    named = re.search(rf"(?<![\w.@-]){re.escape(host)}(?![\w-])", info.publisher.lower())
    return named is not None and (host == own or own.endswith(f".{host}"))


_IN_A_ROW = 7  # words; so many of the task are no coincidence
_LEAST = 3


def _repeats_the_task(text: str) -> bool:
    """Whether a sentence is, or holds a good part of, what the model was told to do."""
    words = _words(text)
    if len(words) < _LEAST:
        return False
    told = _told()
    size = min(len(words), _IN_A_ROW)
    return any(f" {' '.join(words[at : at + size])} " in told for at in range(len(words) - size + 1))


@lru_cache(maxsize=1)
def _told() -> str:
    from assistant.answering import prompts  # which imports the checks, to say what was wrong with a sentence

    return "".join(f" {' '.join(_words(text))} \n" for text in prompts.told())


def _words(text: str) -> list[str]:
    return [word.text for word in dutch.words(text)]
