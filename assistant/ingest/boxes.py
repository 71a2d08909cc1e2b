"""Words and lines with a place on a page, in PDF points from the top left corner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from assistant.ingest.hidden import Way


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float


class Rule(NamedTuple):
    """A straight line, horizontal or vertical: a rectangle without height or width."""

    left: float
    top: float
    right: float
    bottom: float


class Word(NamedTuple):
    """A word as it is written on a page. `glued`: no space before it; `raised`: a reference number above the line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    raised: bool = False
    glued: bool = False


@dataclass(slots=True)
class Sheet:
    """A page: what stands on it, put upright by `quarter` turns clockwise from how it is seen."""

    number: int  # 1-based
    width: float  # as it is seen
    height: float
    quarter: int = 0
    words: list[Word] = field(default_factory=list)
    asides: list[tuple[Word, int]] = field(default_factory=list)  # words in another direction, with their quarter turns
    rules: list[Rule] = field(default_factory=list)
    raw: str = ""  # the text layer as it is
    covered: float = 0.0  # how much of the page is picture, 0 to 1
    hidden: frozenset[Way] = frozenset()  # how text is hidden that was left out

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height after putting it upright."""
        return (self.height, self.width) if self.quarter % 2 else (self.width, self.height)


_Placed = TypeVar("_Placed", Box, Rule, Word)


def turned(placed: _Placed, quarters: int, width: float, height: float) -> _Placed:
    """The same thing after turning its page (of this width and height) clockwise by quarter turns."""
    left, top, right, bottom = placed.left, placed.top, placed.right, placed.bottom
    match quarters % 4:
        case 1:
            left, top, right, bottom = height - bottom, left, height - top, right
        case 2:
            left, top, right, bottom = width - right, height - bottom, width - left, height - top
        case 3:
            left, top, right, bottom = top, width - right, bottom, width - left
        case _:
            return placed
    return placed._replace(left=left, top=top, right=right, bottom=bottom)
