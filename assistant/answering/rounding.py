"""Figures of a written sentence that no source has as they are, and that follow from it all the same: roundings and counts."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant import figures

_OVER = re.compile(r"\b(?:ruim|meer dan|over|more than)\s+(?:€\s*)?\Z", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:bijna|krap|nearly|almost|just under)\s+(?:€\s*)?\Z", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:ongeveer|circa|ca\.|rond(?: de)?|zo['’]n|omstreeks|afgerond|about|around|approximately|some|roughly)\s+(?:€\s*)?\Z",
    re.IGNORECASE,
)
_SCALED = re.compile(
    r"(?P<digits>\d+(?:[.,]\d+)?)\s*(?P<scale>miljoen|miljard|mln|mld|million|billion)?\b", re.IGNORECASE
)
_SCALES = {"miljoen": 10**6, "mln": 10**6, "million": 10**6, "miljard": 10**9, "mld": 10**9, "billion": 10**9}
_LEAST_DIGITS = 3  # of a rounding that does not say it is one


def rounds(text: str, figure: figures.Figure, proven: Iterable[tuple[str, str]]) -> bool:
    """Whether a figure is a rounding of one that is proven, to the digits it is written with, and can be seen to be one.

    *Ruim € 63,3 miljard* of 63.328.936.000 is; so is *€ 63,3 miljard*, as nobody takes three digits and a scale for the whole.
    *€ 63 miljard* needs *ongeveer*, *ruim* must lie below and *bijna* above.
    """
    if figure.kind not in ("amount", "number", "percentage") or ".." in figure.value:
        return False
    written = _SCALED.search(text, figure.start, figure.end)
    if written is None:
        return False
    digits, scale = written["digits"], _SCALES.get((written["scale"] or "").lower(), 1)
    whole, _, decimals = digits.replace(",", ".").partition(".")
    if scale == 1 and (figure.kind != "percentage"):
        step = Decimal(10) ** (len(figure.value) - len(figure.value.rstrip("0"))) if figure.value.isdigit() else None
    else:
        step = Decimal(scale) / 10 ** len(decimals)
    value = _decimal(figure.value)
    if step is None or value is None:
        return False
    before = text[max(0, figure.start - 20) : figure.start]
    over, under, about = _OVER.search(before), _UNDER.search(before), _ABOUT.search(before)
    if not (over or under or about) and (scale == 1 or len(whole.lstrip("0") + decimals) < _LEAST_DIGITS):
        return False
    for kind, other in proven:
        exact = _decimal(other) if kind == figure.kind else None
        if exact is None:
            continue
        if over:
            fits = value <= exact < value + step
        elif under:
            fits = value - step < exact <= value
        else:
            fits = abs(exact - value) <= step / 2
        if fits:
            return True
    return False


def _decimal(value: str) -> Decimal | None:
    return Decimal(value) if re.fullmatch(r"\d+(?:\.\d+)?", value) else None


_LISTED = re.compile(r"^[^:]*:\s+(?P<list>(?:een|één|de|het|a|one)\s[^.;:]+)\.?$", re.IGNORECASE)
_LATER = re.compile(r"^\s+(?:later|daarna|eerder|daarvoor|earlier|after|before)\b", re.IGNORECASE)


def derived(text: str, found: Sequence[figures.Figure]) -> frozenset[figures.Figure]:
    """Figures that follow from the sentence itself: *een week later* between two dates, *twee brieven: een over A en een over B*."""
    made = set()
    days = [
        datetime.date.fromisoformat(figure.value)
        for figure in with_year(found)
        if figure.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", figure.value)
    ]
    for figure in found:
        length = re.fullmatch(r"P(\d+)D", figure.value)
        apart = abs((days[1] - days[0]).days) if len(days) == 2 and _LATER.match(text[figure.end :]) else None
        if length is not None and apart == int(length[1]):
            made.add(figure)
        listed = _LISTED.match(text)
        if figure.kind == "number" and listed is not None and figure.end < listed.start("list"):
            parts = re.split(r",\s+(?:en\s+|and\s+)?|\s+(?:en|and)\s+(?=een\b|één\b|one\b|a\b)", listed["list"])
            if str(len(parts)) == figure.value and all(re.match(r"(?:een|één|one|a)\b", part, re.I) for part in parts):
                made.add(figure)
    return frozenset(made)


def with_year(found: Sequence[figures.Figure]) -> Iterable[figures.Figure]:
    """The figures, a day without a year in the year of the day before it, or of the list it stands in: *4 mei en 8 juni 2027*."""
    listed = _years_of_lists(found)
    year = ""
    for place, figure in enumerate(found):
        if figure.kind == "date" and re.match(r"\d{4}-", figure.value):
            year = figure.value[:4]
        if figure.kind == "date" and figure.value.startswith("--") and (listed[place] or year):
            figure = replace(figure, value=f"{listed[place] or year}-{figure.value[2:]}")
        yield figure


def of_lists(found: Sequence[figures.Figure]) -> Iterable[figures.Figure]:
    """The days without a year in the year that closes their list."""
    for figure, year in zip(found, _years_of_lists(found), strict=True):
        if year and figure.value.startswith("--"):
            yield replace(figure, value=f"{year}-{figure.value[2:]}")


_APART = 5  # characters at most between the days of a list: *, * or * en *


def _years_of_lists(found: Sequence[figures.Figure]) -> list[str]:
    years = [""] * len(found)
    year, start = "", 0
    for place in range(len(found) - 1, -1, -1):
        figure = found[place]
        if figure.kind != "date" or start - figure.end > _APART:
            year = ""
        if figure.kind == "date" and re.match(r"\d{4}-\d\d-\d\d", figure.value):
            year = figure.value[:4]
        years[place], start = year, figure.start
    return years
