"""What happens on a day: a deadline for applying is no day on which something begins, lasts or is granted.

Told by the verbs and nouns around a day or month. A sentence whose day no quote has with the same happening, while each has it
with another, says of the day what its source does not. So does one that makes of *from* a day *until* it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant import figures
from assistant.answering import clauses

# What can happen on a day, in Dutch and in English; what means much the same stands together.
_HAPPENINGS = {
    "applying": r"aan(?:ge)?vra\w*|vra\w*\b[^.;]*\baan\b|in(?:ge|te)?dien\w*|dien\w*\b[^.;]*\bin\b|apply|appl(?:y|ies|ied|ications?)",
    "lasting": r"lo(?:op|opt|pen)|liep(?:en)?|looptijd|duur|duurt|duren|duurde(?:n)?|eindig\w*|afloopt|runs?|ran|lasts?|lasted|duration|ends?|ended",
    "granting": r"toegekend|toekenn\w*|toe(?:ge)?wezen|verde(?:eld|elt|len|ling)|beschikt|verle(?:en|end|ent|nen)|"
    r"granted|grants|awarded|allocated",
    "publishing": r"gepubliceerd|publi\w*|verscheen|verschenen|bekendgemaakt|published",
    "sending": r"stuurde(?:n)?|stuurt|gestuurd|verzonden|aangeboden|sent|sends",
    "entering into force": r"in\s*werking\w*|inwerking\w*|van kracht|into force|in force",
    "signing": r"(?:onder)?(?:ge)?teken(?:d|t|de|den|en|ing)|ondertekend|signed|signature",
    "consulting": r"\w*consultatie\w*|consultation",
    "debating": r"\w*debat\w*|debate\w*|overleg",
    "presenting": r"(?:ge)?presente\w*|presentatie\w*|presented|presentation",
    "visiting": r"\w*bezo(?:ek|cht|eken|ekt)\w*|visit\w*",
}
_HAPPENS = {name: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for name, words in _HAPPENINGS.items()}


def another_happening(text: str, quotes: Sequence[str], proving: Sequence[str] | None = None) -> str | None:
    """The day, or days from and to, on which a sentence has something happen that no quote has happen on it.

    Args:
        quotes: everything that might have it happen.
        proving: the quotes that must say what does happen on it, each of those with the day; all of them when None.
    """
    for figure in figures.find(text):
        if _is_day(figure):
            mine = (_happening(text, figure.value) or frozenset()) - _NONE
            theirs = [found for quote in quotes if (found := _happening(quote, figure.value)) is not None]
            telling = [found for quote in proving or quotes if (found := _happening(quote, figure.value)) is not None]
            if mine and telling and all(telling) and not any(mine & other for other in theirs):
                return text[figure.start : figure.end]
    return None


def fits(text: str, asked: frozenset[str]) -> bool | None:
    """Whether something that was asked for happens on the days of a text; None when it does not say what happens on them."""
    found = [_happening(text, figure.value) for figure in figures.find(text) if _is_day(figure)] or [happenings(text)]
    known = [one - _NONE for one in found if one is not None]
    if any(one & asked for one in known):
        return True
    return False if known and all(known) else None


_YEAR_OF_DAY = re.compile(r"(?:\d{4}|-)(?=-\d\d)")  # of a whole year much is said, and this tells too little
_NONE = frozenset({"nothing that is known"})
_SUBCLAUSE = re.compile(r"\s+(?:dat|that|waarop|waarin|toen|voordat|nadat|before|after)\s+", re.IGNORECASE)


@lru_cache(maxsize=4_000)
def _happening(text: str, day: str) -> frozenset[str] | None:
    """What happens in the clause of a text that has a day, or in all of the text when the clause does not say; None without it.

    The day counts with its year and without: that it is the right year is seen to elsewhere. What happens in a clause with a day of
    its own happens on that day: *De verwachting was in mei dat de regeling op 1 juli ingaat* has nothing happen in May.
    """
    wanted = _YEAR_OF_DAY.sub("", day)
    parts = [piece for part in clauses.split(text) for piece in _SUBCLAUSE.split(part)]
    days = [{_YEAR_OF_DAY.sub("", figure.value) for figure in figures.find(part) if _is_day(figure)} for part in parts]
    if not any(wanted in there for there in days):
        whole = {_YEAR_OF_DAY.sub("", figure.value) for figure in figures.find(text) if _is_day(figure)}
        return happenings(text) if wanted in whole else None
    for part, there in zip(parts, days, strict=True):
        if wanted in there and happenings(part):
            return happenings(part)
    elsewhere = " ; ".join(part for part, there in zip(parts, days, strict=True) if not there)
    return happenings(elsewhere) or (_NONE if happenings(text) else frozenset())


def _is_day(figure: figures.Figure) -> bool:
    return figure.kind in ("date", "period") and _YEAR_OF_DAY.search(figure.value) is not None


def happenings(text: str) -> frozenset[str]:
    """What a text has happen: applying, granting, publishing and the like."""
    return frozenset(name for name, words in _HAPPENS.items() if words.search(text))


# On which side of a moment something lies. Dutch *voor* is left out: *voor 2025* is mostly *for 2025*.
_SIDES = {
    "from": re.compile(
        r"\b(?:vanaf|sinds|met ingang van|from|since|starting(?: in| from)?|as of|na|after)"
        r"(?: het| de| the| eind| begin| end of| beginning of| januari)?\s+\Z",
        re.IGNORECASE,
    ),
    "until": re.compile(
        r"\b(?:tot(?: en met| uiterlijk)?|t/m|uiterlijk(?: op| in)?|vóór|until|till|by|no later than|before|up to)"
        r"(?: het| de| the| eind| begin| end of| the end of| in)?\s+\Z",
        re.IGNORECASE,
    ),
}


_ENDS_THEN = re.compile(
    r"\b(?:verval\w*|verviel\w*|eindig\w*|stopt?|stopten|gestopt|afgewezen|geweigerd|niet meer|geen\b.*\bmeer|loopt\b.*\baf|expire[sd]?|ends?|ended|"
    r"stops?|stopped|rejected|refused|no longer)\b",
    re.IGNORECASE,
)


def other_side(text: str, quotes: Sequence[str]) -> str | None:
    """The moment that a sentence puts at the end of something where each quote that has it begins there, or the other way round."""
    for figure in figures.find(text):
        if figure.kind != "date":
            continue
        mine = _sides(text, figure.value)
        theirs = [_sides(quote, figure.value) for quote in quotes]
        found = [sides for sides in theirs if sides is not None]
        if mine and found and all(sides and not mine & sides for sides in found):
            return text[figure.start : figure.end]
    return None


_ASKED_SIDES = {
    "from": re.compile(
        r"\b(?:vanaf|sinds|startdatum|ingangsdatum|begindatum|from when|since when|start date)\b", re.IGNORECASE
    ),
    "until": re.compile(
        r"\b(?:tot(?: en met)? wanneer|uiterlijk|uiterste|sluitingsdatum|einddatum|deadline|until when|closing date|end date|no later than)\b",
        re.IGNORECASE,
    ),
}


def side_asked(question: str) -> str | None:
    """Whether a question asks from when, "from", or until when, "until"; None when it asks neither or both."""
    asked = [side for side, says in _ASKED_SIDES.items() if says.search(question)]
    return asked[0] if len(asked) == 1 else None


def on_other_side(text: str, figure: figures.Figure, side: str) -> bool:
    """Whether a date in a text is where something begins, when its end was asked, or the other way round."""
    if figure.kind != "date":
        return False
    sides = _sides(text, figure.value) or frozenset()
    return bool(sides) and side not in sides


@lru_cache(maxsize=4_000)
def _sides(text: str, value: str) -> frozenset[str] | None:
    """On which sides of a moment a text puts something; empty when it does not say, None when it has not the moment."""
    found = [figure for figure in figures.find(text) if figure.kind == "date" and figure.value == value]
    if any(_ENDS_THEN.search(part) for part in clauses.split(text)):
        return frozenset() if found else None  # *vervalt vanaf* and *geldt tot* come to the same
    before = [text[max(0, figure.start - 40) : figure.start] for figure in found]
    sides = frozenset(side for side, says in _SIDES.items() if any(says.search(one) for one in before))
    return sides if found else None
