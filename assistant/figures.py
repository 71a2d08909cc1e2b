"""Amounts, dates, periods, numbers and percentages in Dutch and English text, as values that compare across spellings.

`€ 256 miljoen`, `256 mln euro` and `EUR 256.000.000` are one amount; `7 juli 2023`, `07-07-2023` and `July 7, 2023` one
date. Numbers by which something is called (an article, a Kamerstuk, a page, a telephone) are no figures. A value is a
plain string:

    amount       256000000, USD 5000000, 1000000..2000000
    date         2023-07-07, 2023-07, 2023, --10-16, 2025-eind, 2023-zomer, 2024-Q3, 2025-09-eind, --10
    period       2023/2025, 2023-08-01/2023-09-30, and lengths of time: P3Y, P18M, P14D, PT30M, P15Y..P20Y
    number       15, 1.5, 10..15, 2/3
    percentage   15, 30..40
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["amount", "date", "period", "number", "percentage"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text: `text[start:end]` says it, `value` is what it is worth (see the module)."""

    kind: Kind
    value: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands: (start, end)."""
        return self.start, self.end


# ------------------------------------------------------------------------------------------------ number words

_UNITS = {"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9}
_TEENS = "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien".split()
_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_ENGLISH = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _below_hundred() -> dict[str, int]:
    table = _UNITS | {"eén": 1, "éen": 1, "nul": 0}
    table |= {word: value for value, word in enumerate(_TEENS, start=10)}
    table |= {word: value for value, word in enumerate(_ENGLISH, start=2)}
    for ten, word in enumerate(_TENS, start=2):
        table[word] = 10 * ten
        table |= {f"{unit}en{word}": 10 * ten + value for unit, value in _UNITS.items()}
        table |= {f"tweeën{word}": 10 * ten + 2, f"drieën{word}": 10 * ten + 3}
    for ten, word in enumerate(_ENGLISH_TENS, start=2):
        table[word] = 10 * ten
        table |= {f"{word}-{unit}": 10 * ten + value for value, unit in enumerate(["one", *_ENGLISH[:8]], start=1)}
    return table


_WORDS = _below_hundred()
_HUNDREDS = re.compile(r"(?P<hundreds>\w*?)honderd(?:en)?(?P<rest>[\w-]*)")


@lru_cache(maxsize=10_000)
def _word_value(word: str) -> int | None:
    """The value of a number word: zes, vijfentwintig, driehonderdtwintig, tienduizend; None when it is none."""
    thousands, mark, rest = word.partition("duizend")
    if mark:
        high = _hundreds(thousands) if thousands else 1
        low = _hundreds(rest) if rest else 0
        return None if high is None or low is None or low > 999 else high * 1000 + low
    return _hundreds(word)


def _hundreds(word: str) -> int | None:
    match = _HUNDREDS.fullmatch(word)
    if match is None:
        return _WORDS.get(word)
    high = _WORDS.get(match["hundreds"]) if match["hundreds"] else 1
    low = _WORDS.get(match["rest"]) if match["rest"] else 0
    return None if high is None or low is None else high * 100 + low


_DUTCH_PIECES = "|".join([*_UNITS, "eén", "éen", *_TEENS, *_TENS, "honderd", "duizend", "en", "ën"])
_WORD = (
    rf"(?:(?!en)(?:{_DUTCH_PIECES})+|nul|(?:{'|'.join(_ENGLISH_TENS)})(?:-(?:one|{'|'.join(_ENGLISH[:8])}))?"
    rf"|{'|'.join(reversed(_ENGLISH))})"
)

# ------------------------------------------------------------------------------------------------ dates

_MONTHS: dict[str, int] = {}
_FULL: list[str] = []
_SHORT: list[str] = []
for _month, _names in enumerate(
    (
        "januari january | jan", "februari february | febr feb", "maart march | mrt mar", "april | apr", "mei may |",
        "juni june | jun", "juli july | jul", "augustus august | aug", "september | sept sep", "oktober october | okt oct",
        "november | nov", "december | dec",
    ),
    start=1,
):  # fmt: skip
    _full, _short = (names.split() for names in _names.split("|"))
    _FULL += _full
    _SHORT += _short
    _MONTHS |= dict.fromkeys([*_full, *_short], _month)
_MONTH = rf"(?:(?:{'|'.join(_FULL)})\b|(?:{'|'.join(_SHORT)})\b\.?)"
_DUTCH_MONTH = "(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)"

_ORDINAL_DAYS = (
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende vijftiende "
    "zestiende zeventiende achttiende negentiende twintigste eenentwintigste tweeëntwintigste drieëntwintigste "
    "vierentwintigste vijfentwintigste zesentwintigste zevenentwintigste achtentwintigste negenentwintigste dertigste "
    "eenendertigste"
).split()
_ENGLISH_DAYS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_DAYS = {word: day for days in (_ORDINAL_DAYS, _ENGLISH_DAYS) for day, word in enumerate(days, start=1)}
_DAYS |= {word: value for word, value in _WORDS.items() if 1 <= value <= 31 and word != "een"}
_DAY = rf"(?:[0-3]?\d(?:\s?(?:e|de|ste|st|nd|rd|th)\b)?|(?:{'|'.join(sorted(_DAYS, key=len, reverse=True))})\b)"
_A_DAY = re.compile(_DAY, re.IGNORECASE)
_YEAR = r"(?:19|20)\d\d"

# Parts of a year or month, and the word that stands for each in a value.
_PARTS = {
    "begin": "begin|aanvang|start of|beginning of|early",
    "medio": r"medio|midden|halverwege|mid|middle of",
    "eind": "einde?|ultimo|end of|late",
    "voorjaar": "voorjaar|lente|spring",
    "zomer": "zomer|summer",
    "najaar": "najaar|herfst|autumn",
    "winter": "winter",
    "Q1": "q1|(?:eerste|1e|first) (?:kwartaal|quarter)",
    "Q2": "q2|(?:tweede|2e|second) (?:kwartaal|quarter)",
    "Q3": "q3|(?:derde|3e|third) (?:kwartaal|quarter)",
    "Q4": "q4|(?:vierde|4e|laatste|fourth|last) (?:kwartaal|quarter)",
    "H1": "(?:eerste|1e|first) (?:helft|half)",
    "H2": "(?:tweede|2e|second) (?:helft|half)",
}
_PART_PATTERNS = {part: re.compile(words.replace(" ", r"\s+"), re.IGNORECASE) for part, words in _PARTS.items()}
_PART = rf"(?:{'|'.join(pattern.pattern for pattern in _PART_PATTERNS.values())})"
_LINK = r"(?:[\s-]+(?:van\s+|in\s+|of\s+)?(?:het\s+jaar\s+|het\s+)?)"

_DATES = re.compile(
    rf"""
    (?<![\w.,/€$£])(?<![€$£]\s)(?:
        (?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?)(?![\w-])
      | (?P<figures>[0-3]?\d(?P<mark>[-/.])[01]?\d(?P=mark)(?:{_YEAR}|(?<=\d\d[-/]\d\d[-/])\d\d))(?![\w/-])
      | (?P<days>{_DAY}(?:(?:\s*,\s*|\s+(?:en|of|and|or)\s+){_DAY})*)\s+(?:of\s+)?(?P<month>{_MONTH})
        (?:,?\s*(?:van\s+)?(?P<year>{_YEAR}|['’]\d\d)\b(?!-\d\d\b))?
      | (?P<american>{_MONTH})\s+(?P<american_day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*%|[.,]\d)(?:,?\s*(?P<american_year>{_YEAR})\b)?
      | (?:(?P<part>{_PART}){_LINK})?(?:(?P<of_month>{_MONTH})\s+(?:van\s+|of\s+)?)?(?P<of_year>{_YEAR})\b
        (?!\w|[./:]\d|-(?!{_YEAR}\b)\d{{3,}}|,\d|\s?[-–]?\s?(?:euro|eur\b|%|procent|percent|mln|mld|milj|mill|bill))
      | (?P<month_part>{_PART}){_LINK}(?P<part_month>{_MONTH})
      | (?:in|na|sinds|vanaf|voor|per|tot|uiterlijk)\s+(?P<alone>(?-i:{_DUTCH_MONTH}))\b(?!\s+(?:van\s+)?\d|\s?[-–])
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_THROUGH = r"\s*(?:[-–—]|/|t/m|t\.e\.m\.|tot(?:\s+en\s+met|\s+uiterlijk|\s+aan)?|through|until|till|to)\s*(?:(?:de|het|the|op)\s+)?"
_THROUGH_HERE = re.compile(_THROUGH, re.IGNORECASE)
_AND_HERE = re.compile(r"\s+(?:en|and)\s+(?:de\s+|het\s+)?", re.IGNORECASE)
_BETWEEN_BEFORE = re.compile(r"\b(?:tussen|between)\s+(?:de\s+|het\s+)?\Z", re.IGNORECASE)
_DAY_BEFORE = re.compile(rf"(?<![\w.,/-])([0-3]?\d)(?:e|st|nd|rd|th)?(?P<link>{_THROUGH})\Z", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"(?<!\w)({_MONTH}){_THROUGH}\Z", re.IGNORECASE)
_SESSION = re.compile(rf"(?<![\w/-])({_YEAR})\s?[-/–]\s?({_YEAR}|\d\d)(?![\w/-])(?!\s*jaar)")
_MONTH_WORD = re.compile(_DUTCH_MONTH, re.IGNORECASE)
_MAY_DATE = re.compile(rf"{_YEAR}|\d[-/.]\d|{'|'.join([*_FULL, *_SHORT])}", re.IGNORECASE)


def _month_number(written: str) -> int:
    return _MONTHS[written.lower().rstrip(".")]


def _year(written: str | None) -> int | None:
    return None if written is None else int(written) if len(written) == 4 else 2000 + int(written[1:])


def _part_of(written: str) -> str:
    return next(part for part, pattern in _PART_PATTERNS.items() if pattern.fullmatch(written))


def _day_number(written: str) -> int:
    digits = re.match(r"\d+", written)
    return int(digits.group()) if digits else _DAYS[written.lower()]


def _day_value(year: int | None, month: int, day: int) -> str | None:
    """The value of a day, or None when the calendar does not have it."""
    try:
        date = datetime.date(year or 2000, month, day)  # 2000 has a 29 February
    except ValueError:
        return None
    return date.isoformat() if year else f"--{month:02}-{day:02}"


def _dates(text: str) -> Iterator[Figure]:
    for match in _DATES.finditer(text):
        start, end = match.span()
        value: str | None
        if match["iso"]:
            parts = [int(part) for part in match["iso"].split("-")]
            value = _day_value(*parts) if len(parts) == 3 else match["iso"]
        elif match["figures"]:
            first, second, year = (int(part) for part in re.split(r"[-/.]", match["figures"]))
            year += 2000 if year < 100 else 0
            value = _day_value(year, second, first) or _day_value(year, first, second)
        elif match["days"]:
            year_or_none, month = _year(match["year"]), _month_number(match["month"])
            days = [
                (day.start() + start, day.end() + start, _day_number(day.group()))
                for day in _A_DAY.finditer(match["days"])
            ]
            for day_start, day_end, day in days[:-1]:  # *12 en 13 juni 2023*
                listed = _day_value(year_or_none, month, day)
                if listed is not None:
                    yield Figure("date", listed, day_start, day_end)
            start = days[-1][0]
            value = _day_value(year_or_none, month, days[-1][2])
        elif match["american"]:
            value = _day_value(
                _year(match["american_year"]), _month_number(match["american"]), int(match["american_day"])
            )
        elif match["of_year"]:
            if match["of_month"] is None and match["part"] is None and _THINGS.match(text, end):
                continue  # 2000 inwoners
            value = match["of_year"]
            value += f"-{_month_number(match['of_month']):02}" if match["of_month"] else ""
            value += f"-{_part_of(match['part'])}" if match["part"] else ""
        elif match["month_part"]:
            value = f"--{_month_number(match['part_month']):02}-{_part_of(match['month_part'])}"
        else:
            value, start = f"--{_month_number(match['alone']):02}", match.start("alone")
        if value is not None:
            yield Figure("date", value, start, end)


def _periods(text: str, dates: Sequence[Figure]) -> list[Figure]:
    """Dates with *tot*, *t/m* or a dash between them become periods; *1 tot en met 30 september* too."""
    found: list[Figure] = []
    for date in dates:
        last = found[-1] if found else None
        between = text[last.end : date.start] if last is not None else ""
        if last is not None and last.kind == "date" and _joined(text, last.start, between):
            found[-1] = Figure("period", f"{_completed(last.value, date.value)}/{date.value}", last.start, date.end)
            continue
        before = _DAY_BEFORE.search(text, last.end if last is not None else 0, date.start)
        full = re.fullmatch(r"(\d{4}|-)-(\d\d)-(\d\d)", date.value)
        if before is not None and full is not None and int(before[1]) < int(full[3]):
            first = _day_value(int(full[1]) if full[1] != "-" else None, int(full[2]), int(before[1]))
            if first is not None:
                date = Figure("period", f"{first}/{date.value}", before.start(), date.end)
        month = _MONTH_BEFORE.search(text, last.end if last is not None else 0, date.start)
        if month is not None and re.fullmatch(r"\d{4}-\d\d", date.value):
            first = _completed(f"--{_month_number(month[1]):02}", date.value)
            date = Figure("period", f"{first}/{date.value}", month.start(), date.end)
        found.append(date)
    return found


def _joined(text: str, start: int, between: str) -> bool:
    """Whether what stands between two figures makes them the ends of one range."""
    if _THROUGH_HERE.fullmatch(between):
        return True
    return (
        _AND_HERE.fullmatch(between) is not None
        and _BETWEEN_BEFORE.search(text[max(0, start - 20) : start]) is not None
    )


def _completed(first: str, last: str) -> str:
    """The first date of a period with the year of the last, when it has none: *1 augustus tot en met 30 september 2023*."""
    if not first.startswith("--") or last.startswith("--"):
        return first
    year = int(last[:4])
    return f"{year if first[2:4] <= (last[5:7] or '12') else year - 1}-{first[2:]}"


# ------------------------------------------------------------------------------------------------ what is no figure

_LABELS = (
    r"artikel(?:en)?|art\.?|lid|leden|hoofdstuk(?:ken)?|paragra(?:af|fen)|par\.|bijlagen?|pijlers?|spoor|fase|stap|tabel(?:len)?|"
    r"figuur|figuren|grafiek|kader|box|nrs?\.?|nummers?|pag(?:ina(?:['’]s)?|\.)?|pp?\.|blz\.?|bladzijde|(?:voet)?no(?:ot|ten)|"
    r"onderdeel|punt|vraag|actielijn|thema|week|versie|deel|boek|titel|afdeling|kamerstuk(?:ken)?|dossier(?:nummer)?|kenmerk|"
    r"zaaknummer|kvk|postbus|groep|klas|categorie|niveau|scenario|optie|variant|zaal|overweging|richtlijn|verordening|bron|"
    r"agendapunt|item|articles?|sections?|chapters?|annex|tables?|figures?|pages?|paragraphs?|no\.|pillars?|phase|step|version|"
    r"part|footnotes?|appendix|question|theme"
)
_COUNTS = (
    r"(?!\s*(?:%|procent|percent|miljoen|miljard|mln|mld|million|billion|euro|eur\b|jaar|years?|maanden|weken|dagen))"
)
_LABEL_NUMBER = rf"\d+(?:[.:]\d+)*[a-z]{{0,2}}\b(?!\s\d{{3}}\b){_COUNTS}"
_AND_MORE = r"(?:\s*(?:,|en|&)\s*\d+)*"
_NO_FIGURES = (
    # addresses, telephone and account numbers, post codes
    r"(?:https?://|www\.)\S+|[\w.+-]+@\S+\.\w+|\b\w[\w.-]*\.(?:nl|com|eu|org|gov|net)\b(?:/\S*)?",
    r"(?:\+|\b00)3[12][\d\s()-]{8,13}\d|\(0\d{1,3}\)[\s-]*\d(?:[\s-]?\d){5,7}|\b0\d{1,3}\s?[-–]\s?\d(?:\s?\d){5,7}\b|\b0\d{9}\b",
    r"\b0\d{2,3}\s\d(?:\s?\d){5,6}\b|\b0[89]00[\s-]?\d{3,4}\b|\b(?-i:[A-Z]{2}\d{2}\s?[A-Z]{4}[\s\d]{10,14})\b",
    r"\b[1-9]\d{3}\s?(?-i:[A-Z]{2})\b(?!\s*\d)",
    # official publications
    rf"\b(?:kamerst(?:uk(?:ken)?|\.)|handelingen|aanhangsel)\b[^.;\n]{{0,60}}?\bnrs?\.?\s*\d+{_AND_MORE}",
    rf"\b[1-4]\d[\s.]?\d{{3}}[\s-]*(?:[XVI]{{1,5}}\b)?[\s,-]*nrs?\.?\s*\d+{_AND_MORE}|\b[1-4]\d[\s.]?\d{{3}}[\s-](?:[XVI]{{1,5}})\b(?:-\d+)?",
    r"\b(?:kamerstuk(?:ken)?|dossier|vergaderjaar)\s+(?:I{1,2},?\s*)?(?:\d{4}\s*[-/–]\s*\d{2,4})?[\s,]*\d\d\s?\d{3}(?:[\s,-]*\d+)?\b",
    r"\b(?:stcrt|stct|staatscourant|stb|staatsblad|trb|tractatenblad|gemeenteblad|pbeu?|pb)\b\.?[\s,-]*(?:\d{4}[\s,-]*)?(?:nr\.?\s*)?(?:[LC]\s)?\d+(?:/\d+)?",
    r"\b[1-4]\d{4}-\d{1,4}\b(?!\d)|\b(?:19|20)\d\d[DZ]\d{5}\b|\b(?:19|20)\d\d-\d{10}\b|\b(?!mid-)[a-z]+-(?=[\w-]*\d)[\w-]*\w",
    r"\((?:EU|EG|EEG)\)\s*(?:nr\.?\s*)?\d+/\d+|\bnr\.?\s*\d+/\d+",
    # times of day
    r"\b\d{1,2}[.:]\d\d\s*(?:(?:-|–|tot)\s*\d{1,2}[.:]\d\d\s*)?(?:uur|hours|u)\b|\b(?:[01]?\d|2[0-3]):[0-5]\d\b|\bom\s+\d{1,2}\s+uur\b",
    r"\bom\s+\d{1,2}[.:]\d\d\b",
    # labels and numbering; units in the heads of tables; 8-puntsplan
    rf"(?<![\w-])(?:{_LABELS})\s*{_LABEL_NUMBER}(?:(?:\s*,\s*|\s+(?:en|of|t/m|tot\s+en\s+met|and|or|to)\s+|\s*[-–]\s*){_LABEL_NUMBER})*",
    r"^\s*\(?\d{1,3}[.)]\s+(?=\S)|^\s*\d{1,2}(?:\.\d{1,2})+\.?\s+(?=(?-i:[A-Z]))",
    r"\bx\s*(?:€|euro|EUR)?\s*1(?:[.\s]?000)*\b(?:\s*(?:mln|miljoen|mld|miljard|euro)\b\.?)*|\[\d{1,3}\]",
    r"\b\d+-(?!\d)(?!jarig|year)[^\W\d_]\w*",
)
# All of them begin where a word may begin, and most places in a text are not that.
_NO_FIGURE = re.compile(rf"(?<!\w)(?:{'|'.join(_NO_FIGURES)})", re.IGNORECASE | re.MULTILINE)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these stretches made unreadable, all else at its place."""
    if not spans:
        return text
    pieces, done = [], 0
    for start, end in sorted(spans):
        pieces += [text[done:start], "\0" * (end - start)]
        done = end
    return "".join([*pieces, text[done:]])


# ------------------------------------------------------------------------------------------------ quantities

_DIGITS = (
    r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
    r"(?!\d|[.,]\d)"
)
_SCALES = {
    "hundred": 100, "duizend": 1000, "thousand": 1000, "miljoen": 10**6, "mln": 10**6, "million": 10**6, "mio": 10**6,
    "miljard": 10**9, "mld": 10**9, "billion": 10**9, "bn": 10**9, "k": 1000, "m": 10**6,
}  # fmt: skip
_SCALE = (
    r"(?:miljoen|miljard|million|billion|duizend|thousand|hundred|(?:mln|mld|mio|bn)\b(?:\.(?=\s*(?-i:[a-z€])))?)(?!\w)"
)
_UNITS_OF_TIME = {  # unit: (how many, of what)
    unit: size
    for units, size in {
        "jaar jaren jarig jarige jarigen year years": (12, "M"), "kwartaal kwartalen": (3, "M"),
        "maand maanden month months": (1, "M"), "week weken weeks": (7, "D"), "dag dagen day days": (1, "D"),
        "werkdag werkdagen": (1, "WD"), "uur uren hour hours": (60, "T"), "minuut minuten minute minutes": (1, "T"),
    }.items()
    for unit in units.split()
}  # fmt: skip
_TIME = rf"(?:{'|'.join(_UNITS_OF_TIME)})(?!\w)"
_CURRENCIES = {
    "€": "",
    "eur": "",
    "euro": "",
    "$": "USD ",
    "us$": "USD ",
    "usd": "USD ",
    "dollar": "USD ",
    "£": "GBP ",
    "gbp": "GBP ",
}
_QUANTITY = re.compile(
    rf"""
    (?:(?P<currency>€|US\$|\$|£|\b(?:EUR|USD|GBP)\b)\s*|(?<![\w.,:/§#%]))
    (?:
        (?P<digits>{_DIGITS})(?:,[-–—=]{{1,2}})?
      | (?P<half>(?:een\s+)?half|anderhal(?:f|ve)|(?:twee|drie)[eë]nhalf)(?=\s*(?:{_SCALE}|{_TIME}|%|procent|percent))
      | (?<!-)(?P<word>{_WORD})(?=\W|jarig|\Z)
    )
    (?:\s*(?P<scale>{_SCALE})|(?P<letter>[MKmk])\b(?=[^\d²³]|\Z))?
    (?:\s*(?P<after>€|(?:euro(?:['’]?s)?|EUR|USD|dollars?)(?!\w))
      |\s*(?P<percent>%|(?:procent|percent|per\s+cent|pct)(?!\w)|(?P<points>procentpunt(?:en)?)(?!\w))
      |[\s-]*(?P<time>{_TIME}))?
    (?![^\W_])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_THINGS = re.compile(
    r"\s+(?:(?:extra|[a-z]+(?:e|en))\s+)?\w*(?:inwoners|mensen|personen|burgers|bewoners|nederlanders|europeanen|kinderen|jongeren|leerlingen|"
    r"studenten|huishoudens|gezinnen|woningen|huizen|banen|werknemers|werkenden|volwassenen|ouderen|gebruikers|bezoekers|"
    r"deelnemers|kiezers|vluchtelingen|migranten|patiënten|vrijwilligers|ton|tonnen|kilo(?:gram|meter|wattuur)?|liter|hectare|km|meter|m[23²³]|"
    r"keer|stuks|dieren|bomen|documenten|exemplaren|people|inhabitants|residents|households|homes|houses|children|dwellings|"
    r"jobs|users|visitors|pupils|students|citizens|persons|times)\b",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    rf"(?<![\w-])(?:(?P<top>twee|drie|vier|two|three|[2-9])[\s-]?(?P<bottom>derden?|kwart|vijfden?|thirds|quarters|fifths)|"
    rf"(?P<one>een|één|one)\s+(?P<part>derde|kwart|vierde|vijfde|tiende|third|quarter|fifth)(?=\s+(?:van|of|deel|minder|meer)\b)|"
    rf"(?P<half>(?:de\s+)?helft|half)(?=\s+(?:van|of)\b)|"
    rf"(?P<few>\d|one|{_WORD})\s+(?:op|in|of)\s+(?:de|elke|every)\s+(?P<all>\d+|{_WORD})|"
    rf"(?P<single>1|één|one)\s+(?:op|in)\s+(?P<every>\d+|{_WORD}))(?!\w)",
    re.IGNORECASE,
)
_DENOMINATORS = {
    "derde": 3, "derden": 3, "thirds": 3, "third": 3, "kwart": 4, "vierde": 4, "quarters": 4, "quarter": 4, "vijfde": 5,
    "vijfden": 5, "fifths": 5, "fifth": 5, "tiende": 10,
}  # fmt: skip
_COUNTED_ONE = re.compile(r"\s+(?:keer|maal)\s+per\b", re.IGNORECASE)
_LONG_TIMES = frozenset(("jaar", "kwartaal", "maand", "week"))  # *een dag vol activiteiten* counts nothing
_OR_HERE = re.compile(r"\s*,?\s+(?:of|en|or|and|naar)\s+", re.IGNORECASE)
_NOT_A_LENGTH = re.compile(r"\s+(?:waarin|dat|van|vol|met)\b", re.IGNORECASE)
_VERB_ACHT = re.compile(
    r"\s+(?:ik|het|de|dit|dat|zij|ze|hij|wij|we|men|zich|een|te|deze|genomen|nemen|neemt|slaan|geslagen)\b",
    re.IGNORECASE,
)
_BEFORE_VERB = re.compile(
    r"\b(?:ik|hij|zij|kabinet|minister|staatssecretaris|commissie|college|regering|raad|in)\s+\Z", re.IGNORECASE
)
_DUTCH_TEN = re.compile(
    r"\s+(?:percent|million|billion|thousand|people|(?!aanzien|opzichte|hoogste|minste|eerste|slotte)\w+s)\b"
)
_ANY_WORD = re.compile(rf"(?<![\w-])(?:{_WORD}|half|anderhal|helft|kwart|driekwart|tweederde)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Quantity:
    low: Decimal
    high: Decimal | None
    scale: int
    currency: str | None
    unit: str | None  # "%", "pp", or a unit of time
    money: bool  # it has a currency, or it is in millions and counts no people or things
    start: int
    end: int


def _quantities(text: str) -> Iterator[_Quantity]:
    for match in _QUANTITY.finditer(text):
        start, end = match.span()
        written, word = match["digits"], (match["word"] or "").lower()
        scale_word = (match["scale"] or "").lower().rstrip(".")
        currency = _currency(match)
        if match["letter"] and (currency is None or match["after"]):
            continue  # 5 m is a length
        scale = _SCALES[scale_word] if scale_word else _SCALES[match["letter"].lower()] if match["letter"] else 1
        if written is not None:
            number = _digits_value(written, scaled=scale > 1 or match["percent"] is not None)
            if currency is None and scale == 1 and match["percent"] is None and _is_code(written):
                continue
        elif match["half"]:
            number = _half(match["half"].lower())
        else:
            value = _word_value(word)
            if value is None or not _counts(text, match, word):
                continue
            number = Decimal(value)
        unit = None
        if match["percent"]:
            unit = "pp" if match["points"] else "%"
        elif match["time"]:
            unit = match["time"].lower()
        money = currency is not None or (scale >= 10**6 and _THINGS.match(text, end) is None)
        yield _Quantity(number, None, scale, currency, unit, money, start, end)


def _currency(match: re.Match[str]) -> str | None:
    written = match["currency"] or match["after"]
    return _CURRENCIES[re.sub(r"['’]?s\Z", "", written.lower())] if written else None


def _digits_value(written: str, *, scaled: bool) -> Decimal:
    """The value of a number in digits. A comma or point before three digits groups thousands, unless a scale follows."""
    plain = re.sub(r"[ \u00a0\u202f]", "", written)
    marks = [character for character in plain if character in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    after = len(plain) - plain.rindex(last) - 1
    grouped = len(set(marks)) == 1 and after == 3 and (len(marks) > 1 or not (scaled or plain.startswith("0")))
    if grouped:
        return Decimal(plain.replace(last, ""))
    return Decimal(plain.replace("." if last == "," else ",", "").replace(",", "."))


def _is_code(written: str) -> bool:
    """Whether digits without mark are a code rather than a count: 0042, 12345678."""
    return written.isdigit() and (len(written) >= 8 or (len(written) > 1 and written.startswith("0")))


def _half(written: str) -> Decimal:
    if written.startswith("anderhal"):
        return Decimal("1.5")
    whole = 2 if written.startswith("twee") else 3 if written.startswith("drie") else 0
    return whole + Decimal("0.5")


def _counts(text: str, match: re.Match[str], word: str) -> bool:
    """Whether a word that may also be an article, a verb or a preposition is a number here."""
    end = match.end("word")
    if word == "een":
        if match["scale"] or match["percent"]:
            return True
        if match["time"]:
            return match["time"].lower() in _LONG_TIMES and _NOT_A_LENGTH.match(text, match.end()) is None
        return _COUNTED_ONE.match(text, end) is not None
    if word == "acht":
        return (
            _VERB_ACHT.match(text, end) is None
            and _BEFORE_VERB.search(text[max(0, match.start() - 20) : match.start()]) is None
        )
    return word != "ten" or _DUTCH_TEN.match(text, end) is not None


def _ranges(text: str, found: Sequence[_Quantity]) -> list[_Quantity]:
    """Quantities with *tot*, *à* or a dash between them become one: *€ 1 tot 2 miljoen*, *15 tot 20 jaar*."""
    merged: list[_Quantity] = []
    for one in found:
        last = merged[-1] if merged else None
        if last is not None and last.high is None and _together(text, last, one):
            scale = one.scale if last.scale == 1 and last.low < one.low else last.scale
            low, high = last.low * scale, one.low * one.scale
            if low < high:
                currency = one.currency if last.currency is None else last.currency
                money = one.money or last.currency is not None
                merged[-1] = replace(one, low=low, high=high, scale=1, currency=currency, money=money, start=last.start)
                continue
        merged.append(one)
    return _shared(text, [one for one in merged if one.high is not None or not _attached(text, one)])


def _shared(text: str, found: Sequence[_Quantity]) -> list[_Quantity]:
    """Quantities listed before one with a scale or unit have it too: *200, 250 of 256 miljoen*, *10 en 20 procent*."""
    shared: list[_Quantity] = []
    listed = False  # whether the next one is the end of a list with *en* or *of*
    for one in reversed(found):
        after = shared[-1] if shared else None
        bare = one.scale == 1 and one.currency is None and one.unit is None and one.high is None
        if after is not None and after.high is None and bare:
            link = text[one.end : after.start]
            listed = _OR_HERE.fullmatch(link) is not None or (listed and link.strip() == ",")
            if listed and (after.scale == 1 or one.low < 1000):
                one = replace(one, scale=after.scale, currency=after.currency, unit=after.unit, money=after.money)
        else:
            listed = False
        shared.append(one)
    return shared[::-1]


def _together(text: str, first: _Quantity, second: _Quantity) -> bool:
    between = text[first.end : second.start]
    if not (_joined(text, first.start, between) or re.fullmatch(r"\s+(?:à|a)\s+", between)):
        return False
    if "/" in between and "t/m" not in between:
        return False
    if first.unit is not None and first.unit != second.unit:
        return False
    return first.currency is None or first.currency == second.currency or second.currency is None


def _attached(text: str, one: _Quantity) -> bool:
    """Whether a quantity is part of something longer, such as 2023-0042, 24/7 or 1:3."""
    before, after = text[max(0, one.start - 2) : one.start], text[one.end : one.end + 2]
    return re.fullmatch(r"[\w\0][-–/:]", before) is not None or re.fullmatch(r"[-–/:][\w]", after) is not None


def _figure(one: _Quantity) -> Figure:
    low, high = one.low * one.scale, one.high
    kind: Kind
    if one.unit in ("%", "pp"):
        kind, written = "percentage", [_plain(low), *([] if high is None else [_plain(high)])]
        value = "..".join(written) + (" pp" if one.unit == "pp" else "")
    elif one.unit is not None:
        kind, value = "period", "..".join(_length(part, one.unit) for part in (low, high) if part is not None)
    else:
        kind = "amount" if one.money else "number"
        value = (one.currency or "") + "..".join(_plain(part) for part in (low, high) if part is not None)
    return Figure(kind, value, one.start, one.end)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _length(number: Decimal, unit: str) -> str:
    """A length of time after ISO 8601, in years when it is whole years, else months, days or minutes."""
    size, kind = _UNITS_OF_TIME[unit]
    total = number * size
    if kind == "M":
        return f"P{_plain(total / 12)}Y" if total % 12 == 0 else f"P{_plain(total)}M"
    if kind == "T":
        return f"PT{_plain(total / 60)}H" if total % 60 == 0 else f"PT{_plain(total)}M"
    return f"P{_plain(total)}{kind}"


def _fractions(text: str) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text):
        if match["half"]:
            value = "1/2"
        elif match["few"] or match["single"]:
            top, bottom = (
                int(part) if part.isdigit() else 1 if part == "one" else _word_value(part)
                for part in ((match["few"] or match["single"]).lower(), (match["all"] or match["every"]).lower())
            )
            if not top or not bottom or top >= bottom:
                continue
            value = f"{top}/{bottom}"
        elif match["one"]:
            value = f"1/{_DENOMINATORS[match['part'].lower()]}"
        else:
            number = match["top"].lower()
            top = int(number) if number.isdigit() else _WORDS[number]
            value = f"{top}/{_DENOMINATORS[match['bottom'].lower()]}"
        yield Figure("number", value, *match.span())


# ------------------------------------------------------------------------------------------------ finding


@lru_cache(maxsize=50_000)
def find(text: str) -> tuple[Figure, ...]:
    """The figures of a text in order; none overlap, and of two readings the longer one is taken."""
    has_digits = re.search(r"\d", text) is not None
    has_words = _ANY_WORD.search(text) is not None
    found: list[Figure] = []
    rest = text
    if has_digits:
        rest = _blanked(rest, [match.span() for match in _NO_FIGURE.finditer(rest)])
        for match in _SESSION.finditer(rest):
            year, last = int(match[1]), int(match[2])
            last += 0 if last > 100 else year // 100 * 100
            if year < last and (len(match[2]) == 4 or last == year + 1):  # 2023-2025 and 2022/23, but not 2023-07
                found.append(Figure("period", f"{year}/{last}", *match.span()))
        rest = _blanked(rest, [figure.span for figure in found])
    if (_MAY_DATE if has_digits else _MONTH_WORD).search(rest):
        found += _periods(rest, list(_dates(rest)))
        rest = _blanked(rest, [figure.span for figure in found])
    if has_digits or has_words:
        fractions = list(_fractions(rest))
        rest = _blanked(rest, [figure.span for figure in fractions])
        found += fractions
        found += (_figure(one) for one in _ranges(rest, list(_quantities(rest))))
    return tuple(sorted(found, key=lambda figure: figure.start))


def values(text: str) -> frozenset[tuple[Kind, str]]:
    """What the figures of a text are worth. The ends of a range or period count as well as the whole."""
    found: set[tuple[Kind, str]] = set()
    for figure in find(text):
        found.add((figure.kind, figure.value))
        if ".." in figure.value:
            found |= {(figure.kind, end) for end in figure.value.split("..")}
        elif "/" in figure.value and figure.kind == "period":
            found |= {("date", end) for end in figure.value.split("/")}
    return frozenset(found)
