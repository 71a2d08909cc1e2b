"""Sentences → clauses, and which clauses of a source a clause of a written sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assistant import dutch

_END = re.compile(
    r"[;:]\s+|(?<!\d),\s+|,\s+(?!\d)|(?<=[.!?])\s+(?=[A-ZÀ-Þ€])|"
    r"\s+(?:en|terwijl|maar|waarvan|omdat|doordat|zodat|and|while|but|because|whereas)\s+"
)


@lru_cache(maxsize=20_000)
def loosened(text: str) -> frozenset[str]:
    """The stems of all words of a text, exact and loose."""
    stems = frozenset(dutch.stem(word.text) for word in dutch.words(text))
    return stems | {dutch.loose_stem(stem) for stem in stems}


@lru_cache(maxsize=20_000)
def split(text: str) -> tuple[str, ...]:
    """The clauses of a text. One with less than two words of content belongs to the one before it in its sentence."""
    found: list[str] = []
    for piece in _END.split(text):
        if not piece.strip():
            continue
        short = len(dutch.content_stems(piece)) < 2 and not _OWN.search(piece)
        if short and found and found[-1][-1] not in ".!?":
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return tuple(found)


_OWN = re.compile(
    r"\b(?:niet|geen|wel|not|no)\b", re.IGNORECASE
)  # "..., en niet de uitvoering" says something by itself


def shared(words: Iterable[str], text: str) -> frozenset[str]:
    """Which of these stems a text has, exactly or loosely."""
    there = loosened(text)
    return frozenset(word for word in words if word in there or dutch.loose_stem(word) in there)


def aligned(clause: str, quoted: Sequence[str]) -> tuple[str, ...]:
    """The clauses of the quotes that a clause speaks of: the one that has most of its words, then those that add to it.

    One that adds a single word is none of them, unless it alone holds as much as the first: so *niet* in a remark about
    something else does not count.
    """
    left = frozenset(dutch.content_stems(clause))
    every = loosened(clause)  # of clauses that hold as much, the one with the most of its small words, too
    chosen: list[str] = []
    while left and len(chosen) < 3:
        best, holds, alike = "", frozenset[str](), -1
        for one in quoted:
            found = shared(left, one)
            if len(found) < max(1, len(holds)):
                continue
            same = len(every & loosened(one))
            if len(found) > len(holds) or same > alike:
                best, holds, alike = one, found, same
        if not holds or (chosen and len(holds) < 2):
            break
        chosen.append(best)
        left -= holds
    return tuple(chosen)
