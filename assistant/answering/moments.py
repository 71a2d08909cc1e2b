"""What happens on a day: a deadline for applying is no day on which something begins, lasts or is granted.

Told by the verbs and nouns around a day or month. A sentence whose day no quote has with the same happening, while each has it
with another, says of the day what its source does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import figures
from assistant.answering import clauses

# What can happen on a day, in Dutch and in English; what means much the same stands together.
_HAPPENINGS = {
    "applying": r"aan(?:ge)?vra\w*|vra\w*\b[^.;]*\baan\b|in(?:ge|te)?dien\w*|dien\w*\b[^.;]*\bin\b|apply|appl(?:y|ies|ied|ications?)",
    "lasting": r"lo(?:op|opt|pen)|liep(?:en)?|looptijd|duur|duurt|duren|duurde(?:n)?|runs?|ran|lasts?|lasted|duration",
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


def another_happening(text: str, quotes: Sequence[str]) -> str | None:
    """The day, or days from and to, on which a sentence has something happen that no quote has happen on it, while each says what does."""
    for figure in figures.find(text):
        if figure.kind in ("date", "period") and _YEAR_OF_DAY.search(figure.value):
            mine = _happening(text, figure.value)
            theirs = [found for quote in quotes if (found := _happening(quote, figure.value)) is not None]
            if mine and theirs and all(other and not mine & other for other in theirs):
                return text[figure.start : figure.end]
    return None


_YEAR_OF_DAY = re.compile(r"(?:\d{4}|-)(?=-\d\d-\d\d)")  # of a whole year much is said, and this tells too little


def _happening(text: str, day: str) -> frozenset[str] | None:
    """What happens in the clause of a text that has a day, or in all of the text when the clause does not say; None without it.

    The day counts with its year and without: that it is the right year is seen to elsewhere.
    """
    wanted = _YEAR_OF_DAY.sub("", day)
    for part in (*clauses.split(text), text):
        if any(_YEAR_OF_DAY.sub("", figure.value) == wanted for figure in figures.find(part)):
            return _happenings_in(part) or _happenings_in(text)
    return None


def _happenings_in(text: str) -> frozenset[str]:
    return frozenset(name for name, words in _HAPPENS.items() if words.search(text))
