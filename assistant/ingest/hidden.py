"""What the readers of all formats share about text that a person does not see: how it is hidden, and how that is reported.

Hidden text is left out of what is searched and quoted, because a reader cannot find it back; that it was there is a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from assistant import text as texts


class Way(StrEnum):
    """How text is hidden, as a reader is told."""

    NOT_SHOWN = "niet getoond"
    COLOUR = "in de kleur van de achtergrond"
    TINY = "te klein om te lezen"
    INVISIBLE = "onzichtbaar gezet"
    CLEAR = "doorzichtig"
    OUTSIDE = "buiten beeld"


def note(where: str, ways: Iterable[Way]) -> str:
    """The note on a document of which hidden text was left out. `where`: *in het document*, *op pagina 3*."""
    told = ", ".join(way for way in Way if way in set(ways) and way is not Way.NOT_SHOWN)
    return f"Verborgen tekst {where} is overgeslagen" + (f" ({told})" if told else "")


# ------------------------------------------------------------------------------------------------ colours and sizes

PALE = 225  # of 255 in every colour: on white paper nobody sees it
DIFFERENT = 30  # of 255 in one colour: less than this apart is no contrast
TINY_POINTS = 2.0

Colour = tuple[int, int, int]
_NAMED = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240), "azure": (240, 255, 255), "mintcream": (245, 255, 250),
    "black": (0, 0, 0),
}  # fmt: skip
_FUNCTION = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:\s*[,/]\s*(?P<alpha>[\d.]+%?))?\s*\)")
_HSL = re.compile(r"hsla?\([^)]*?[\s,]+(?P<light>\d{1,3})%")
WHITE: Colour = (255, 255, 255)


def colour_of(text: str) -> Colour | None:
    """A colour as HTML, Word and OpenDocument write it (`#fff`, `FFFFFF`, `white`, `rgb(255,255,255)`); None when it is none."""
    text = text.strip().lower()
    digits = text.removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{6}(?:[0-9a-f]{2})?", digits):
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if text.startswith("#") and re.fullmatch(r"[0-9a-f]{3,4}", digits):
        return int(digits[0] * 2, 16), int(digits[1] * 2, 16), int(digits[2] * 2, 16)
    found = _FUNCTION.match(text)
    if found:
        return int(found[1]), int(found[2]), int(found[3])
    light = _HSL.match(text)
    if light and int(light["light"]) >= 97:
        return WHITE
    return _NAMED.get(text)


def alike(one: Colour, other: Colour) -> bool:
    """Whether text in one colour cannot be told from a background in the other."""
    (red, green, blue), (other_red, other_green, other_blue) = one, other
    return max(abs(red - other_red), abs(green - other_green), abs(blue - other_blue)) < DIFFERENT


# ------------------------------------------------------------------------------------------------ characters

# Tags (letters that nothing shows), signs that turn the reading direction round, signs without width inside a word, and
# letters of other scripts that are blank.
_TAGS = re.compile("[\U000e0001-\U000e007f]")
_TURNING = re.compile("[\u202d\u202e\u2066-\u2068]")
_INSIDE_WORDS = re.compile(r"\w[\u200b\u200c\u200d\u2060-\u2064\ufeff\u115f\u1160\u3164\uffa0\u034f\u180e]+\w")
_MARKS = (
    (_TAGS, "Onzichtbare letters (Unicode-tags) zijn weggelaten"),
    (_TURNING, "Tekens die de leesrichting omkeren zijn weggelaten; het origineel kan anders ogen dan de tekst hier"),
    (_INSIDE_WORDS, "Onzichtbare tekens binnen woorden zijn weggelaten"),
)


def marks_in(text: str) -> list[str]:
    """The notes on signs in a text that `text.clean` takes out and that an honest writer has no use for."""
    if text.isascii():
        return []
    return [said for pattern, said in _MARKS if pattern.search(text)]


_ALIKE = "".join(map(chr, texts.LOOK_ALIKES))
_MIXED = re.compile(rf"[A-Za-zÀ-ÖØ-öø-ÿ0-9][{_ALIKE}]|[{_ALIKE}][A-Za-zÀ-ÖØ-öø-ÿ0-9]")
LOOK_ALIKES = "Bevat letters die op andere lijken (Griekse of Cyrillische in Nederlandse woorden)"


def has_look_alikes(text: str) -> bool:
    """Whether a word mixes Latin letters or digits with others that look the same."""
    return not text.isascii() and _MIXED.search(text) is not None
