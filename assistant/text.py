"""Text with true offsets: clean what comes in, cut sentences, compare without accents, find a quote again."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch of characters, `text[start:end]`."""

    start: int
    end: int


# Characters that carry no text: zero-width and direction marks, soft hyphen, byte-order mark, object replacement, blank
# letters, variation selectors and tags.
_INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x034F,
        0x061C,
        0x115F,
        0x1160,
        0x180E,
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        0x3164,
        0xFEFF,
        0xFFA0,
        *range(0xFFF9, 0xFFFD),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE0200),
    ]
)
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0x0132: "IJ", 0x0133: "ij"}
_TABLE: dict[int, str | None] = {**_INVISIBLE, **_LIGATURES}
for _code in (
    *range(0x20),
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
for _code in (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)):
    _TABLE[_code] = None


def clean(text: str) -> str:
    """Text in NFC without invisible characters and with plain spaces and line ends. Doing it twice changes nothing."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return unicodedata.normalize("NFC", text.translate(_TABLE).encode("utf-8", "ignore").decode("utf-8"))


# Greek and Cyrillic letters that look like Latin ones, and those. μ, Ω, Δ and their like are science and not among them.
LOOK_ALIKES = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονιρυχАВЕЅІЈКМНОРСТУХаеорсухіјѕԁԛԝһӏ",
    "ABEZHIKMNOPTYXaovipuxABESIJKMHOPCTYXaeopcyxijsdqwhl",
)
_LATIN = "A-Za-zÀ-ÖØ-öø-ÿ"
_ALIKE = "".join(map(chr, LOOK_ALIKES))
_MIXED_WORD = re.compile(rf"\b(?=\w*[{_LATIN}])\w*[{_ALIKE}]\w*")


def fold(text: str) -> str:
    """Text in lower case without accents, as it is compared and searched: `Potentiéle` and `potentiële` agree.

    In a word with Latin letters, Greek and Cyrillic ones that look the same are taken for those.
    """
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    mixed = _MIXED_WORD.sub(lambda found: found.group().translate(LOOK_ALIKES), text)
    lowered = mixed.lower() if mixed != text else lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(character for character in decomposed if not unicodedata.combining(character)).lower()


# ------------------------------------------------------------------------------------------------ sentences

ABBREVIATIONS = frozenset(
    """
    a.d a.s a.u.b aanh afb afd alg apr art artt aug bijl bijv bl blz bv c.s ca cf cie co d.d dd dec dhr dr drs ds e.a e.d e.v ed
    enz etc evt excl feb febr fig fl ged gem hfdst i.c i.h.b i.o i.p.v i.s.m i.v.m ibid incl ing inz ir jan jhr jl jr jul jun
    kab kst lic ll m.a.w m.b.t m.b.v m.i m.i.v m.m m.n m.u.v max mevr min mld mln mr mrs mrt ms mw n.a n.a.v n.b n.l n.n n.v.t
    nl no nov nr nrs o.a o.b.v o.g.v o.i o.l.v o.m o.v.v okt ong p p.a p.j p.m p.p par pag prof prot r.k red resp
    s.v.p sec sept sr st stb stcrt struct t.a.v t.b.v t.g.v t.h.v t.m t.o.v t.w.v tel trb v v.a v.d v.h v.w.b vgl vlg vnl
    vs w.o wnd z.g z.i z.o.z zgn zg d.w.z
    """.split()
)
# Abbreviations that also end sentences: a capital after them starts a new one.
_MAY_END = frozenset(
    """
    a.d a.s a.u.b apr aug c.s dec e.a e.d e.v ed enz etc feb febr jan jl jul jun ll max min mld mln mrt n.b n.v.t nov okt p.m
    s.v.p sept
    """.split()
)
_OPENERS = frozenset(
    """
    aan als bij daarbij daarna daarnaast daarom dat de deze die dit een er het hierbij hij ik in met na om ook op sinds tot
    uit van voor we wij zij zo
    """.split()
)
_TITLES = frozenset("heer mevrouw meneer minister staatssecretaris burgemeester dokter".split())
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)")
_OPENING = "\"'“‘«([„"
_NUMBERING = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,2})*|[a-z]|[ivx]{1,5}|[IVX]{1,5})[)°]?")
_NEXT_ITEM = re.compile(r"[a-z]\.\s+[A-Z]")  # "a. De naam. b. Het adres."
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 80  # looked back over


def sentences(text: str) -> list[Span]:
    """Cut text into sentences. A line end always cuts; white space around sentences belongs to none.

    Dutch abbreviations (`nr.`, `art.`, `d.w.z.`), initials, ordinals (`1. `) and dates do not end a sentence.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        start, stop = line.start(), line.end()
        for mark in _END.finditer(text, start, stop):
            while start < mark.start() and text[start].isspace():
                start += 1
            if _ends_here(text, start, mark, stop):
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
    """Whether the mark ends the sentence that starts at `start`, in a line that stops at `stop`."""
    after = mark.end()
    while after < stop and (text[after].isspace() or text[after] in _OPENING):
        after += 1
    if after >= stop:
        return True
    following = text[after]
    if (
        text[after - 1] in "'‘"
        and text[after + 1 : after + 2] in (" ", "-")
        and following in "snt"
        and after + 2 < stop
    ):
        following = text[after + 2]  # 's Avonds, 't Harde: the next letter has the capital
    if following.islower() and _NEXT_ITEM.match(text, after, stop) is None:
        return False
    if not mark.group().startswith("."):
        return True
    if text[mark.end() - 1] in "\"'”’»)]" and following.isupper():
        return True
    first = mark.start()
    while first > max(start, mark.start() - _LONGEST_WORD) and (
        text[first - 1].isalnum() or text[first - 1] in "_./:@’'°-"
    ):
        first -= 1
    if mark.start() - start < 12 and _NUMBERING.fullmatch(text, start, mark.start()):
        return False  # "1. De tekst" keeps its number
    written = text[first : mark.start()].strip("’'-")
    word = written.lower()
    if len(written) > 1 and written.isalpha() and written.isupper():  # VS, SZW
        return not (word in ABBREVIATIONS and following.isdigit())
    if word in _MAY_END:
        return following.isupper() and not written.isupper()  # "e.a." may end a sentence, the initials "E.A." do not
    if word in ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isalpha():
        return not _initial(text, start, first, after, stop)
    return re.fullmatch(r"(?:\w\.)+\w", word) is None  # "t.n.v", "J.P"


def _initial(text: str, start: int, letter: int, after: int, stop: int) -> bool:
    """Whether a single letter with a full stop is an initial ("A. Jansen") rather than the end ("zie bijlage A. De ...")."""
    next_word = _FIRST_WORD.match(text, after, stop)
    if next_word is None or next_word.group().lower() not in _OPENERS:
        return True
    before = text[max(start, letter - _LONGEST_WORD) : letter].split()
    return not before or not before[-1].islower() or before[-1].endswith(".") or before[-1] in _TITLES


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
    while at >= 0:
        end = at + len(wanted)
        # half a ligature or fraction is no place to begin or end: the 2 of "½ 2" is its last character
        if (at == 0 or places[at - 1] != places[at]) and (end == len(places) or places[end] != places[end - 1]):
            return Span(places[at], places[end - 1] + 1)
        at = body.find(wanted, at + 1)
    return None


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
