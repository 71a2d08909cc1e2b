"""How a jurist or civil servant refers to a document: *Kamerstukken II* 2022/23, 36 200 XV, nr. 96, p. 3.

The forms are those of the Leidraad voor juridische auteurs and of Aanwijzing 3.43 voor de regelgeving. A reference says only
what the document's particulars make certain: a parliamentary year or a house that they leave open is left out.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

from assistant.model import Anchor, Citation, DocumentInfo, date_span

Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a reference; titles and the names of publications stand in italics where the format allows."""

    text: str
    italic: bool = False


def reference(info: DocumentInfo, anchor: Anchor | None = None, *, language: Language = "nl") -> str:
    """The reference to a document, or to the place in it that an anchor names, in one line.

    An official publication is found by its number; for anything else the address belongs to the reference.
    """
    text = "".join(run.text for run in runs(info, anchor, language=language))
    return f"{text}, {info.url}" if info.url and _official(info) is None else text


def runs(info: DocumentInfo, anchor: Anchor | None = None, *, language: Language = "nl") -> tuple[Run, ...]:
    """The reference in stretches, without the address."""
    official = _official(info)
    place = _place(info, anchor, official, language)
    parts = list(official.runs) if official is not None else _described(info, language)
    if official is not None and not official.dated and info.date:
        parts.append(Run(f" ({spelled_date(info.date, language)})"))
    if place:
        parts.append(Run(f", {place}"))
    if official is not None and official.number:
        parts.append(Run(f" ({official.number})"))
    if _is_summary(info):
        parts.append(Run(", geraadpleegd via samenvatting" if language == "nl" else ", consulted through a summary"))
    return tuple(parts)


def copied(citation: Citation, language: Language = "nl") -> str:
    """A citation as it goes to the clipboard: the quote, the reference and the address."""
    info = citation.document
    text = "".join(run.text for run in runs(info, citation.anchor, language=language))
    return f"{quoted(' '.join(citation.quote.split()))} ({', '.join(part for part in (text, info.url) if part)})"


def quoted(text: str) -> str:
    """Text in quotation marks: single ones, as jurists do, unless it holds such marks itself."""
    return f"“{text}”" if re.search(r"‘|(?<!\w)'", text) else f"‘{text}’"


def is_described(info: DocumentInfo) -> bool:
    """Whether a reference to the document already gives its title and publisher, for want of an official number."""
    return _official(info) is None


# ------------------------------------------------------------------------------------------------ dates


def parliamentary_year(date: str) -> str | None:
    """The parliamentary year of a date, `2022/23`; None when the date leaves it open.

    It runs from Prinsjesdag, the third Tuesday of September, up to the next. Before 1983 an election began a new one too, so
    that the calendar does not tell.
    """
    days = _days(date)
    if days is None or days[0] < _opening(1983):
        return None
    first, last = (day.year if day >= _opening(day.year) else day.year - 1 for day in days)
    return _year_pair(first) if first == last else None


def _opening(year: int) -> datetime.date:
    first = datetime.date(year, 9, 1)
    return first + datetime.timedelta(days=(1 - first.weekday()) % 7 + 14)


def _year_pair(first: int) -> str:
    last = f"{first + 1}"
    return f"{first}/{last if last.endswith('00') else last[2:]}"


def _days(date: str) -> tuple[datetime.date, datetime.date] | None:
    """The first and last day a date may mean; None when it is not known or no date."""
    try:
        span = date_span(date)
    except ValueError:
        return None
    if span is None:
        return None
    first, last = (datetime.date(day // 10_000, day // 100 % 100, day % 100) for day in span)
    return first, last


_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def spelled_date(date: str, language: Language = "nl") -> str:
    """`2023-07-07` as `7 juli 2023`, `2025-05` as `mei 2025`; a year, or what is no date, as itself."""
    days = _days(date)
    if days is None or "-" not in date:
        return date
    month = f"{_MONTHS[language][days[0].month - 1]} {days[0].year}"
    return f"{days[0].day} {month}" if days[0] == days[1] else month


# ------------------------------------------------------------------------------------------------ official publications


@dataclass(frozen=True, slots=True)
class _Official:
    """What an identifier tells for certain of an official publication."""

    runs: tuple[Run, ...]
    dated: bool = True  # the reference says of which year it is; otherwise the date is added
    number: str = ""  # the identifier, where the reference alone would not single out the document
    printed_pages: bool = True  # the pages of the file are those people refer to


def _official(info: DocumentInfo) -> _Official | None:
    """The reference of an official publication; None when identifier and id do not name one for certain."""
    for written in (info.identifier, info.id) if not info.identifier else (info.identifier,):
        identifier = " ".join(written.split())
        for read in (_parliamentary_paper, _proceedings, _gazette, _regulation, _judgment):
            found = read(identifier, info)
            if found is not None:
                return found
    return None


_CHAPTER = r"(?:X{0,2}(?:IX|IV|V?I{0,3})(?<=[XVI])[A-C]?|[A-Z])"
_PAPER = re.compile(
    r"(?P<prefix>kst-|kamerst(?:uk(?:ken)?|\.)\s*)?(?:(?P<house>II?)\b\s*)?"
    r"(?:(?P<year>(?:19|20)\d\d)[-/–](?P<until>(?:\d\d){1,2}),\s*)?"
    r"(?P<dossier>[1-9]\d[ .]?\d{3})(?P<rest>(?:[\s,;-]+\S+?)+)",
    re.IGNORECASE,
)
# Since the session that began in September 2004 the Tweede Kamer numbers and the Eerste Kamer letters its papers; dossiers
# from 29 800 are of that session or later. Before, both did both.
_TOLD_APART_SINCE = datetime.date(2004, 9, 21)
_TOLD_APART_FROM = 29_800


def _parliamentary_paper(identifier: str, info: DocumentInfo) -> _Official | None:
    """Kamerstukken II 2022/23, 36 200 XV, nr. 96, from `kst-36200-XV-96` or `36 200 XV, nr. 96`."""
    match = _PAPER.fullmatch(identifier)
    if match is None:
        return None
    dossier = re.sub(r"\D", "", match["dossier"])
    words = [word for word in re.split(r"[\s,;-]+", match["rest"]) if word]
    numbered = any(re.fullmatch(r"nrs?\.?", word, re.IGNORECASE) for word in words)
    words = [word for word in words if not re.fullmatch(r"nrs?\.?", word, re.IGNORECASE)]
    reprint, part = False, False
    while words and (mark := re.fullmatch(r"herdruk|([a-z])\d", words[-1], re.IGNORECASE)):
        reprint = reprint or mark[1] in (None, "h", "H")
        part = part or mark[1] not in (None, "h", "H")
        words.pop()
    if not words:
        return None
    number, additions = words[-1], words[:-1]
    chapters = [word.upper() for word in additions if re.fullmatch(_CHAPTER, word, re.IGNORECASE)]
    kingdom = [word.strip("()").upper() for word in additions if re.fullmatch(r"\(?R\d{3,4}\)?", word, re.IGNORECASE)]
    if len(chapters) + len(kingdom) != len(additions) or len(chapters) > 1 or len(kingdom) > 1:
        return None
    if match["prefix"] is None and not numbered and not chapters:
        return None  # 20231-45 may be anything
    given = re.sub(r"[\s.()]", "", info.dossier).upper()
    budget = dossier.endswith("00") or (chapters and given.startswith(f"{dossier}-{chapters[0]}"))
    if chapters and len(chapters[0]) == 1 and chapters[0] not in "IVX" and not budget:
        return None  # 36 200 A is a budget; elsewhere A-1 may be letter A of the one house and number 1 of the other
    if not kingdom and (known := re.fullmatch(rf"{dossier}(?:-\w+)??-?(R\d{{3,4}})", given)):
        kingdom = [known[1]]
    lettered = re.fullmatch(r"[A-Z]{1,3}", number, re.IGNORECASE) is not None
    if not lettered and re.fullmatch(r"\d{1,5}[a-z]?", number) is None:
        return None
    if lettered:
        number = number.upper()
        if not chapters and (
            given == f"{dossier}-{number}" or (len(number) > 1 and re.fullmatch(_CHAPTER, number) is not None)
        ):
            return None  # 36200-XV is a dossier rather than a letter of the Eerste Kamer
    house = match["house"] or _house(info, int(dossier), lettered=lettered, plain=lettered or number.isdigit())
    year = _pair_of(match["year"], match["until"]) if match["year"] is not None else parliamentary_year(info.date)
    series = " ".join(["Kamerstukken", *([house.upper()] if house else [])])
    grouped = " ".join([f"{dossier[:2]} {dossier[2:]}", *chapters, *(f"({one})" for one in kingdom)])
    shown = number if lettered else f"nr. {number}"
    text = f"{f' {year}' if year else ''}, {grouped}, {shown}{' (herdruk)' if reprint else ''}"
    return _Official((Run(series, italic=True), Run(text)), dated=year is not None, number=identifier if part else "")


def _house(info: DocumentInfo, dossier: int, *, lettered: bool, plain: bool) -> str | None:
    """The house whose paper it is, by the way it is numbered and by its publisher; None when they leave it open."""
    days = _days(info.date)
    told_apart = plain and (dossier >= _TOLD_APART_FROM or (days is not None and days[0] >= _TOLD_APART_SINCE))
    by_number = ("I" if lettered else "II") if told_apart else None
    named = re.search(r"\b(eerste|tweede) kamer\b", info.publisher, re.IGNORECASE)
    by_publisher = None if named is None else "I" if named[1].lower() == "eerste" else "II"
    if by_number and by_publisher and by_number != by_publisher:
        return None
    return by_number or by_publisher


def _pair_of(first: str, last: str) -> str | None:
    """`2022/23` from the years of an identifier, when they follow each other."""
    year = int(first)
    return _year_pair(year) if int(last) in (year + 1, (year + 1) % 100) else None


_PROCEEDINGS = re.compile(r"h-(?P<house>tk|ek)-(?P<first>\d{4})(?P<last>\d{4})-(?P<sitting>\d+)-(?P<item>\d+)", re.I)
_ANSWERS = re.compile(r"ah-(?P<house>tk|ek)-(?P<first>\d{4})(?P<last>\d{4})-(?P<number>\d+)", re.I)
_BY_ITEM_SINCE = datetime.date(2011, 1, 1)  # before, the pages of the Handelingen ran on through the year


def _proceedings(identifier: str, info: DocumentInfo) -> _Official | None:
    """Handelingen II 2022/23, nr. 97, item 5 and Aanhangsel Handelingen II 2022/23, nr. 1234."""
    if match := _ANSWERS.fullmatch(identifier):
        year = _pair_of(match["first"], match["last"])
        if year is None:
            return None
        answers = Run(f"Aanhangsel Handelingen {_HOUSES[match['house'].lower()]}", italic=True)
        return _Official((answers, Run(f" {year}, nr. {int(match['number'])}")))
    match = _PROCEEDINGS.fullmatch(identifier)
    if match is None or (year := _pair_of(match["first"], match["last"])) is None:
        return None
    series = Run(f"Handelingen {_HOUSES[match['house'].lower()]}", italic=True)
    text, item = f" {year}, nr. {int(match['sitting'])}", int(match["item"])
    days = _days(info.date)
    if int(match["first"]) >= 2011 or (int(match["first"]) == 2010 and days is not None and days[0] >= _BY_ITEM_SINCE):
        return _Official((series, Run(f"{text}, item {item}")))
    if int(match["first"]) < 2010 or (days is not None and days[1] < _BY_ITEM_SINCE):
        return _Official((series, Run(f"{text}, p. {item} e.v.")), printed_pages=False)
    return _Official((series, Run(text)), number=identifier, printed_pages=False)


_HOUSES = {"tk": "II", "ek": "I"}
_GAZETTES = {
    "stcrt": "Stcrt.",
    "staatscourant": "Stcrt.",
    "stb": "Stb.",
    "staatsblad": "Stb.",
    "trb": "Trb.",
    "tractatenblad": "Trb.",
    "gmb": "Gemeenteblad",
    "gemeenteblad": "Gemeenteblad",
    "prb": "Provinciaal blad",
    "provinciaal blad": "Provinciaal blad",
    "wsb": "Waterschapsblad",
    "waterschapsblad": "Waterschapsblad",
    "bgr": "Blad gemeenschappelijke regeling",
    "blad gemeenschappelijke regeling": "Blad gemeenschappelijke regeling",
}
_GAZETTE = re.compile(
    rf"(?P<name>{'|'.join(sorted(_GAZETTES, key=len, reverse=True))})\.?[-\s]+(?P<year>(?:1[89]|20)\d\d)"
    r"(?:[-/]|,\s*)(?:nr\.?\s*)?(?P<number>\d+)(?:-p(?P<page>\d+)(?:-sc\d+)?|-(?P<part>\w+))?",
    re.IGNORECASE,
)


def _gazette(identifier: str, info: DocumentInfo) -> _Official | None:
    """Stcrt. 2023, 17605: the year is that of publication, whatever the date of the document."""
    del info
    match = _GAZETTE.fullmatch(identifier)
    if match is None:
        return None
    text = f" {match['year']}, {int(match['number'])}"
    if match["page"] is not None:  # until July 2009 an issue had many pieces, told apart by their page
        text += f", p. {int(match['page'])}"
    return _Official(
        (Run(_GAZETTES[match["name"].lower()], italic=True), Run(text)),
        number=identifier if match["part"] else "",
        printed_pages=match["page"] is None,
    )


def _regulation(identifier: str, info: DocumentInfo) -> _Official | None:
    """Regeling kansrijke wijk, art. 4 lid 2 (BWBR0048329), for what stands in the databases of regulations in force."""
    if re.fullmatch(r"(?:BWB[RVW]\d{7}|CVDR\d{3,7}(?:_\d+)?)", identifier, re.IGNORECASE) is None:
        return None
    title = _title(info)
    if title.lower() == identifier.lower():
        return None
    return _Official((Run(title),), number=identifier.upper(), printed_pages=False)


def _judgment(identifier: str, info: DocumentInfo) -> _Official | None:
    """Raad van State 12 juli 2023, ECLI:NL:RVS:2023:2634."""
    if re.fullmatch(r"ECLI:[A-Z]{2}:[A-Z0-9]+:\d{4}:[A-Z0-9.]+", identifier, re.IGNORECASE) is None:
        return None
    court = " ".join(part for part in (info.publisher, spelled_date(info.date)) if part)
    return _Official((Run(", ".join(part for part in (court, identifier.upper()) if part)),))


# ------------------------------------------------------------------------------------------------ everything else


# Types of document that are in a dossier rather than about one.
_OF_PARLIAMENT = re.compile(r"kamer|verslag|motie|amendement|memorie|begroting|wetsvoorstel", re.IGNORECASE)


def _described(info: DocumentInfo, language: Language) -> list[Run]:
    """Publisher, *title* (type, identifier), date: what is known of a report, a memo or a page."""
    parts = [Run(f"{info.publisher}, ")] if info.publisher else []
    title = _title(info)
    parts.append(Run(title, italic=True))
    details: list[str] = []
    attachment = re.fullmatch(r"blg-[\w-]+", info.identifier or info.id, re.IGNORECASE)
    if attachment is not None:
        details.append(_attached(info, language))
    else:
        if info.type and info.type.lower() not in title.lower():
            details.append(info.type)
        if info.dossier and not info.identifier and _OF_PARLIAMENT.search(info.type):
            details.append(f"dossier {grouped_dossier(info.dossier)}")
    number = attachment[0] if attachment is not None else info.identifier
    if number and re.search(r"\.[a-z]{2,5}$", number) is None and number.lower() not in title.lower():  # no file name
        details.append(number)
    if details:
        parts.append(Run(f" ({', '.join(details)})"))
    if info.date:
        parts.append(Run(f", {spelled_date(info.date, language)}"))
    return parts


def _attached(info: DocumentInfo, language: Language) -> str:
    """What an attachment belongs to; which paper of a dossier it came with, its own number does not tell."""
    if info.dossier:
        words = "bijlage bij een stuk in dossier" if language == "nl" else "attachment to a paper in dossier"
        return f"{words} {grouped_dossier(info.dossier)}"
    return "bijlage bij een Kamerstuk" if language == "nl" else "attachment to a parliamentary paper"


def grouped_dossier(dossier: str) -> str:
    """`36200-XV` as it is written, `36 200 XV`; anything that is no number of a dossier as itself."""
    match = re.fullmatch(r"(\d\d)[ .]?(\d{3})(?:[-\s]+([A-Za-z]+))?(?:[-\s]*\(?(R\d{3,4})\)?)?", dossier.strip())
    if match is None:
        return dossier.strip()
    additions = [match[3].upper()] if match[3] else []
    return " ".join([match[1], match[2], *additions, *([f"({match[4]})"] if match[4] else [])])


def _title(info: DocumentInfo) -> str:
    return " ".join(info.title.split()).rstrip(".") or info.id


# ------------------------------------------------------------------------------------------------ places


def _place(info: DocumentInfo, anchor: Anchor | None, official: _Official | None, language: Language) -> str:
    """Page, article or heading, as far as they are those of the document referred to.

    A summary has pages and headings of its own, which nobody finds in the original.
    """
    if anchor is None:
        return ""
    parts: list[str] = []
    summary = _is_summary(info)
    if anchor.page is not None and not summary and (official is None or official.printed_pages):
        parts.append(f"p. {anchor.page}")
    if anchor.article is not None:
        parts.append(f"art. {_article(anchor.article, language)}")
    if not parts and official is None and not summary and anchor.section:
        heading = " ".join(anchor.section[-1].split())
        parts.append(f"{'onder' if language == 'nl' else 'under'} {quoted(heading)}")
    return ", ".join(parts)


def _article(article: str, language: Language) -> str:
    """`4, lid 2` as jurists write it: `4 lid 2`, in English `4(2)`."""
    if language == "en":
        return re.sub(r",?\s*(?:lid|leden|onder|onderdeel)\s+(\w+)", r"(\1)", article)
    return re.sub(r",\s*", " ", article)


def _is_summary(info: DocumentInfo) -> bool:
    return info.provenance == "samenvatting"
