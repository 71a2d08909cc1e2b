"""What leads a list item on a printed page: bullets, dashes, numbers and letters."""

from __future__ import annotations

import re

BULLETS = frozenset("•▪●►■□◦‣∙·»➢➤✓✔❖◆◼⮚\uf0b7\uf0a7\uf0d8\uf0fc\uf02d\uf076")
DASHES = frozenset("-–—*")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{2,5})[.)]|\d{1,2}°|\(\d{1,2}\)")


def is_marker(text: str) -> bool:
    """Whether a text by itself can lead a list item or a heading: "•", "–", "a.", "3)", "2.1"."""
    if len(text) == 1:
        return text in BULLETS or text in DASHES or text == "o"
    return _NUMBERED.fullmatch(text) is not None or re.fullmatch(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?", text) is not None


def item_marker(word: str) -> str:
    """The marker a first word is ("•" for every bullet and dash), or ""."""
    if len(word) == 1 and (word in BULLETS or word in DASHES or word == "o"):
        return "•"
    return word if _NUMBERED.fullmatch(word) else ""


def is_sure(word: str) -> bool:
    """Whether a word is a bullet wherever it stands, and not perhaps a dash inside a sentence."""
    return len(word) == 1 and word in BULLETS
