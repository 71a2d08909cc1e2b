"""Text with true offsets: clean what comes in, cut sentences, compare without accents, find a quote again."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch of characters, `text[start:end]`."""

    start: int
    end: int


# Characters that carry no text: zero-width and direction marks, soft hyphen, byte-order mark, object replacement.
_INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        0x2060,
        0xFEFF,
        0xFFFC,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0x0132: "IJ", 0x0133: "ij"}
_TABLE: dict[int, str | None] = {**_INVISIBLE, **_LIGATURES}
for _code in (
    *range(0x00, 0x20),
    *range(0x7F, 0xA0),
    0x00A0,
    0x202F,
    0x205F,
    0x3000,
    *range(0x2000, 0x200B),
    0x2028,
    0x2029,
):
    _TABLE[_code] = "\n" if _code in (0x0A, 0x0D, 0x0C, 0x0B, 0x85, 0x2028, 0x2029) else " "
for _code in (*range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)):
    _TABLE[_code] = None


def clean(text: str) -> str:
    """Text in NFC without invisible characters and with plain spaces and line ends. Doing it twice changes nothing."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.translate(_TABLE).encode("utf-8", "ignore").decode("utf-8"))


def fold(text: str) -> str:
    """Text in lower case without accents, as it is compared and searched: `Potentiéle` and `potentiële` agree."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# ------------------------------------------------------------------------------------------------ sentences

_ABBREVIATIONS = frozenset(
    """
    a.d aanh afb afd al alg apr art artt aug bijl bijv bl blz bv ca cf co d.d dd dec dhr dr drs ds e.a e.d e.v ed enz etc
    evt excl feb febr fig fl ged gem hfdst i.c i.h.b i.o i.p.v i.s.m i.v.m ibid id incl ing inz ir jan jhr jl jr jul jun
    kab kst lic ll m.a.w m.b.t m.b.v m.i m.i.v m.m m.n m.u.v max mevr min mld mln mr mrs mrt ms mw n.a n.a.v n.b n.l n.n
    nl no nov nr nrs o.a o.b.v o.g.v o.i o.l.v o.m o.v.v okt ong oud p p.a p.j p.p par pag prof prot r.k red resp
    s.v.p sec sept sr st stb stcrt t.a.v t.b.v t.g.v t.h.v t.m t.o.v t.w.v tel trb v v.a v.d v.h v.w.b vgl vlg vnl vol
    vs w.o wnd z.g z.i z.o.z zgn zg d.w.z
    """.split()
)
# Abbreviations that also end sentences: a capital after them starts a new one.
_MAY_END = frozenset("e.a e.d e.v ed enz etc jl ll s.v.p a.d n.b mln mld".split())
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)")
_OPENING = "\"'“‘«([„"
_WORD_BEFORE = re.compile(r"[\w.’'-]+$")


def sentences(text: str) -> list[Span]:
    """Cut text into sentences. A line end always cuts; white space around sentences belongs to none.

    Dutch abbreviations (`nr.`, `art.`, `d.w.z.`), initials, ordinals (`1. `) and dates do not end a sentence.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        start, stop = line.start(), line.end()
        for mark in _END.finditer(text, start, stop):
            if mark.start() >= start and _ends_here(text, start, mark, stop):
                _add(spans, text, start, mark.end())
                start = mark.end()
        _add(spans, text, start, stop)
    return spans


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append(Span(start, end))


def _ends_here(text: str, start: int, mark: re.Match[str], stop: int) -> bool:
    after = mark.end()
    while after < stop and (text[after].isspace() or text[after] in _OPENING):
        after += 1
    if after >= stop:
        return True
    following = text[after]
    if not mark.group().startswith("."):
        return not following.islower()
    if following.islower():
        return False
    if text[mark.end() - 1] in "\"'”’»)]" and following.isupper():
        return True
    before = _WORD_BEFORE.search(text, start, mark.start())
    if before is None:
        return True
    word = before.group().strip("’'-").lower()
    if word in _MAY_END:
        return following.isupper() and not following.isdigit()
    if word in _ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isalpha():  # an initial: "A. Jansen"
        return False
    if re.fullmatch(r"(?:\w\.)+\w", word):  # "t.n.v", "a.u.b"
        return False
    return not (word.isdigit() and before.start() == start)  # "1. De tekst" keeps its number


# ------------------------------------------------------------------------------------------------ finding quotes

_KEPT = re.compile(r"\w", re.UNICODE)


def locate(quote: str, text: str) -> Span | None:
    """Find where a quote stands in a text, ignoring case, accents, spacing, punctuation and hyphens at line ends.

    The span points into `text` itself, so it can be shown unchanged. A quote that occurs more than once is found at its
    first place; one that does not occur, or has no letter or digit, gives None.
    """
    wanted, _ = _skeleton(quote)
    if not wanted:
        return None
    body, places = _skeleton(text)
    at = body.find(wanted)
    if at < 0:
        return None
    return Span(places[at], places[at + len(wanted) - 1] + 1)


def _skeleton(text: str) -> tuple[str, list[int]]:
    """Letters and digits of a text, folded, with the offset each came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if _KEPT.match(character):
            for folded in fold(character):
                if _KEPT.match(folded):
                    letters.append(folded)
                    places.append(place)
    return "".join(letters), places
