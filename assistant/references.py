"""Numbers by which official documents and their articles are called: kst-36200-XV-96, Stcrt. 2023, 17605, artikel 7a.

People type them in many ways; a `Reference` has one spelling, that of officielebekendmakingen.nl in lower case. A year or
an amount is no reference: a publication must be named beside its number, and a dossier must look like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath

from assistant.model import Anchor, DocumentInfo


class Kind(StrEnum):
    """What a reference points at."""

    DOCUMENT = "document"  # one publication: kst-36200-xv-96
    DOSSIER = "dossier"  # every publication of a dossier: 36200-xv
    ARTICLE = "article"  # an article of whatever document is meant: 7a, or "4, lid 2"


@dataclass(frozen=True, slots=True)
class Reference:
    """A number that a text calls a document, a dossier or an article by; `text[start:end]` is where it does so."""

    kind: Kind
    value: str
    start: int
    end: int

    @property
    def is_publication(self) -> bool:
        """Whether it can be nothing but a document's number: *kst-36200-xv-96*, but not *18-jarigen*, *D66-Kamerlid* or *mbo-4*."""
        return self.kind is Kind.DOCUMENT and (
            len(re.findall(r"\d+", self.value)) > 1 or bool(re.search(r"\d{5}", self.value))
        )

    @property
    def article(self) -> str | None:
        """The article as anchors write it, "7a" or "4, lid 2"; None for other references."""
        return self.value if self.kind is Kind.ARTICLE else None


# ------------------------------------------------------------------------------------------------ patterns

_DOSSIER = r"(?<![\d.,-])(?P<dossier>[1-4]\d[ .\u00a0]?\d{3})"
_ROMAN = r"(?:X{1,3}|X{0,2}(?:IX|IV|V?I{1,3}|V))[AB]?"
_SEPARATOR = r"(?:\s*[-–,;:/]\s*|\s+|\s*\(\s*)"
_NUMBER_WORD = r"(?:n(?:rs?|ummers?|o)\b\.?\s*|[#]\s*)"

# A member of a dossier: 36 200 XV, nr. 96 and kst-36200-XV-96. Without a chapter, a number word or a hyphen must tell it.
_PARLIAMENT = re.compile(
    rf"""
    (?P<named>\bkst[-\s]*|\b(?:kamerst(?:uk(?:ken)?|\.)?|(?:tk|ek)\b|dossier(?:nummer|nr\.?)?|begrotingsdossier)
        (?:\s*(?:II?|1|2)\b)?                                                    # of which house
        (?:[\s,]*(?:vergaderjaar\s*)?(?:19|20)\d\d\s*[-–/]\s*(?:\d\d){{1,2}}\b)?   # of which year of session
        [\s,:;]*(?:{_NUMBER_WORD})?)?
    {_DOSSIER}
    (?:(?:\s*[-–]\s*|\s*\(?)(?P<chapter>{_ROMAN}|(?<=[-–])[A-Z](?=[-–\s,]))\)?(?![\w]))?
    (?:
        {_SEPARATOR}?(?:{_NUMBER_WORD})(?P<number>\d{{1,4}}[a-z]?|[A-Z]{{1,2}}\b)
        (?P<more>(?:(?:\s*,\s*|\s*(?:,\s*)?(?:en|and|of|&)\s+)(?:{_NUMBER_WORD})?\d{{1,4}}(?![\d.,]*\d))*)
      | \s*[-–]\s*(?P<hyphened>\d{{1,4}}|(?<=[-–])[A-Z]{{1,2}})
      | (?:\s*,)?\s+(?P<bare>\d{{1,4}})                                           # only after a chapter or a name
    )?
    (?![\w]|[.,]\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)

_GAZETTES = {"stcrt": "stcrt", "stct": "stcrt", "staatscourant": "stcrt", "stb": "stb", "staatsblad": "stb"}
_GAZETTES |= {"trb": "trb", "tractatenblad": "trb", "gmb": "gmb", "gemeenteblad": "gmb", "prb": "prb"}
_GAZETTE = re.compile(
    r"\b(?P<gazette>staatscourant|stcrt|stct|staatsblad|stb|tractatenblad|trb|gemeenteblad|gmb|prb)\b\.?"
    r"[\s,:_-]*(?:(?:van|uit|jaargang)\s+)?(?P<year>(?:19|20)\d\d)[\s,:/_-]*(?:(?:n(?:rs?|ummer|o)\b\.?)\s*)?(?P<number>\d{1,6})\b(?![.,]\d)",
    re.IGNORECASE,
)
_ANNEX = re.compile(
    r"\b(?:aanhangsel(?:\s+(?:van\s+de\s+)?handelingen)?|ah)\b\.?(?:\s*(?:\(?(?P<house>tk|ek|I{1,2})\)?)\b)?"
    r"[\s,:-]*(?:vergaderjaar\s*)?(?P<first>(?:19|20)\d\d)\s*[-–/]\s*(?P<last>(?:\d\d){1,2})[\s,:;-]*(?:n(?:r|ummer|o)\b\.?\s*)?(?P<number>\d{1,4})\b",
    re.IGNORECASE,
)
# Numbers that are written in one way only.
_IDENTIFIER = re.compile(
    r"\b(?:(?P<law>bwb[rvw]\s?-?\s?\d{7})|(?P<local>cvdr\s?-?\s?\d{3,7}(?:_\d+)?)|(?P<case>ecli:[a-z]{2}:[a-z0-9]+:\d{4}:[a-z0-9.]+\w)|"
    r"(?P<house>(?:19|20)\d\d[dz]\d{5})|(?P<mark>(?:19|20)\d\d-\d{10}))\b",
    re.IGNORECASE,
)
# Anything else that looks like the id or the file name of a document: letters and digits with hyphens.
_ID = re.compile(
    r"(?<![\w.@/-])(?=[\w-]*[a-z])(?=[\w-]*\d)[a-z0-9]+(?:[-_][a-z0-9]+)+(?:\.[a-z]{2,5})?(?![\w@-])", re.IGNORECASE
)
_SUFFIX = re.compile(r"\.[a-z]{2,5}\Z")

_ORDINALS = (
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende vijftiende"
).split()
_ORDINAL_NUMBERS = {word: str(number) for number, word in enumerate(_ORDINALS, start=1)}
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|\d{{1,2}}\s?(?:e|de|ste)\b)"
_ARTICLE_WORD = r"(?:\bart(?:\.|ikel(?:en)?\b|ikle\b|kel\b|iekel\b|icles?\b|ikel(?=\d)|(?=\d)|\b)\s*|\barikel\s+)"
_ARTICLE = r"(?:\d{1,3}(?:[.:]\d{1,3})*(?:[a-z]{1,3}|\s(?-i:[a-h])(?![\w.’']))?|(?-i:[IVXLC]{1,6}[a-z]?))(?!\w)"
_AND = r"(?:\s*,\s*(?:(?:en|of|and|or)\s+)?|\s+(?:en|of|and|or|&)\s+)"
_TO = r"\s*(?:-|–|tot\s+en\s+met|t/m|t\.e\.m\.|tot|to|through)\s*"
_MEMBERS = (
    rf"(?:{_ORDINAL}(?:{_AND}{_ORDINAL})*\s+lid\b"
    rf"|(?:lid|leden|paragraph)\s+\d{{1,2}}(?:{_AND}\d{{1,2}})*\b(?!\s*(?:miljoen|euro|procent|%)))"
)
_ARTICLES = re.compile(
    rf"""
    (?:(?P<before>{_MEMBERS})\s+(?:van|of|in)\s+(?:het\s+)?)?
    {_ARTICLE_WORD}
    (?P<list>{_ARTICLE}(?:(?:{_AND}|{_TO})(?!\d{{4}}|\d{{1,2}}\s?(?:e|de|ste)\s+lid){_ARTICLE}(?!\s*(?:e\b|de\b|miljoen|miljard|euro|procent|%|\.?\d)))*)
    (?:\s*,?\s*(?P<after>{_MEMBERS})|\((?P<bracket>\d{{1,2}})\))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAY_HOLD = re.compile(r"\d|\bart", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def find(text: str) -> tuple[Reference, ...]:
    """The references in a text, in order. Articles of one list (*artikel 4, 8 en 11*) are references each."""
    if _MAY_HOLD.search(text) is None:
        return ()
    found: list[Reference] = []
    for read in (_gazettes, _annexes, _identifiers, _parliament, _articles, _ids):
        taken = [(reference.start, reference.end) for reference in found]
        for reference in read(text):
            if not any(reference.start < end and start < reference.end for start, end in taken):
                found.append(reference)
    return tuple(sorted(dict.fromkeys(found), key=lambda reference: (reference.start, reference.end)))


def _gazettes(text: str) -> Iterator[Reference]:
    for match in _GAZETTE.finditer(text):
        gazette = _GAZETTES[match["gazette"].lower()]
        yield Reference(Kind.DOCUMENT, f"{gazette}-{match['year']}-{int(match['number'])}", *match.span())


def _annexes(text: str) -> Iterator[Reference]:
    for match in _ANNEX.finditer(text):
        house = "ek" if (match["house"] or "").lower() in ("ek", "i") else "tk"
        first, last = match["first"], match["last"]
        years = first + (last if len(last) == 4 else first[:2] + last)
        yield Reference(Kind.DOCUMENT, f"ah-{house}-{years}-{int(match['number'])}", *match.span())
    for match in re.finditer(r"\b(?:ah|h)-(?:tk|ek)-\d{8}(?:-\d+)+\b", text, re.IGNORECASE):
        yield Reference(Kind.DOCUMENT, match.group().lower(), *match.span())


def _identifiers(text: str) -> Iterator[Reference]:
    for match in _IDENTIFIER.finditer(text):
        value = match.group().lower()
        if match.lastgroup in ("law", "local"):
            value = re.sub(r"[\s-]", "", value)
        yield Reference(Kind.DOCUMENT, value, *match.span())


def _parliament(text: str) -> Iterator[Reference]:
    for match in _PARLIAMENT.finditer(text):
        named, chapter = match["named"] is not None, match["chapter"]
        dossier = re.sub(r"\D", "", match["dossier"])
        if chapter is not None:
            dossier += f"-{chapter.lower()}"
        spaced = not match["dossier"].isdigit()
        number = match["number"] or match["hyphened"]
        end = match.end()
        if number is None and match["bare"] is not None:
            if named or chapter is not None:
                number = match["bare"]
            else:
                end = match.start("bare")
        if number is None:
            if named or chapter is not None:
                yield Reference(Kind.DOSSIER, dossier, match.start(), _stripped(text, match.start(), end))
            continue
        if match["hyphened"] is not None and not named and chapter is None and (spaced or number.isalpha()):
            continue  # 36 200-40 is a subtraction or a range rather than a Kamerstuk
        yield Reference(Kind.DOCUMENT, f"kst-{dossier}-{number.lower()}", match.start(), end)
        for more in re.finditer(r"\d+", match["more"] or ""):
            at = match.start("more")
            yield Reference(Kind.DOCUMENT, f"kst-{dossier}-{more.group()}", at + more.start(), at + more.end())


def _stripped(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" ,-–("))


def _articles(text: str) -> Iterator[Reference]:
    for match in _ARTICLES.finditer(text):
        numbers = list(re.finditer(_ARTICLE, match["list"], re.IGNORECASE))
        articles: list[str] = []
        for place, number in enumerate(numbers):
            article = _article(number.group())
            if place and re.fullmatch(_TO, match["list"][numbers[place - 1].end() : number.start()], re.IGNORECASE):
                articles += _between(articles[-1], article)
            articles.append(article)
        members = _members(match["before"] or match["after"] or match["bracket"] or "")
        for article in articles[:-1]:
            # *artikel 4 en 8, tweede lid*: the lid belongs to the last; *tweede lid van artikel 4 en 8* to both
            for value in _with_members(article, members if match["before"] else []):
                yield Reference(Kind.ARTICLE, value, *match.span())
        for value in _with_members(articles[-1], members):
            yield Reference(Kind.ARTICLE, value, *match.span())


def _article(written: str) -> str:
    """An article as anchors write it: Arabic numbers with lower-case letters, Roman numbers in capitals."""
    joined = re.sub(r"\s", "", written)
    return joined.lower() if joined[0].isdigit() else joined


def _between(first: str, last: str) -> list[str]:
    """The articles after `first` and before `last`, as far as the numbers tell: 7a-7d, 4-8."""
    start, end = (re.fullmatch(r"(\d+)([a-z]?)", article) for article in (first, last))
    if start is None or end is None:
        return []
    if start[2] and end[2] and start[1] == end[1]:
        return [f"{start[1]}{chr(code)}" for code in range(ord(start[2]) + 1, ord(end[2]))]
    if not start[2] and not end[2] and int(end[1]) - int(start[1]) <= 50:
        return [str(number) for number in range(int(start[1]) + 1, int(end[1]))]
    return []


def _members(written: str) -> list[str]:
    found = re.findall(rf"\d+|{'|'.join(_ORDINALS)}", written.lower())
    return list(dict.fromkeys(_ORDINAL_NUMBERS.get(one, one) for one in found))


def _with_members(article: str, members: list[str]) -> list[str]:
    return [f"{article}, lid {member}" for member in members] or [article]


def _ids(text: str) -> Iterator[Reference]:
    for match in _ID.finditer(text):
        yield Reference(Kind.DOCUMENT, _SUFFIX.sub("", match.group().lower()), *match.span())


# ------------------------------------------------------------------------------------------------ matching


def matches_document(reference: Reference, info: DocumentInfo) -> bool:
    """Whether a reference calls this document: by its number, id or file name, or by the dossier it is in.

    A bare article calls no document.
    """
    if reference.kind is Kind.DOCUMENT:
        return reference.value in _names(info.id, info.identifier, info.path)
    if reference.kind is Kind.DOSSIER:
        dossiers = _dossiers(info.identifier, info.dossier)
        # 36200 is the whole budget, of which 36200-XV is a chapter
        return any(dossier == reference.value or dossier.startswith(f"{reference.value}-") for dossier in dossiers)
    return False


@lru_cache(maxsize=100_000)
def _names(document_id: str, identifier: str, path: str) -> frozenset[str]:
    written = (document_id, identifier, PurePosixPath(path).stem)
    names = {name.lower() for name in written if name}
    names |= {found.value for name in written for found in find(name) if found.kind is Kind.DOCUMENT}
    return frozenset(names)


@lru_cache(maxsize=100_000)
def _dossiers(identifier: str, dossier: str) -> frozenset[str]:
    plain = re.sub(r"[\s.]", "", dossier.lower())
    number = re.fullmatch(r"(\d+)-?([a-z]+)?", plain)
    found = {f"{number[1]}-{number[2]}" if number[2] else number[1]} if number is not None else set()
    for reference in find(identifier):
        member = re.fullmatch(r"kst-(\d+(?:-[a-z]+)?)-\w+", reference.value)
        if member is not None:
            found.add(member[1])
    return frozenset(found)


def matches_anchor(reference: Reference, anchor: Anchor) -> bool:
    """Whether a reference calls the article an anchor stands in. Either may name a lid; two lids must be the same."""
    if reference.article is None or anchor.article is None:
        return False
    article, _, member = reference.article.lower().partition(", lid ")
    there, _, member_there = anchor.article.lower().partition(", lid ")
    return article == there and (not member or not member_there or member == member_there)
