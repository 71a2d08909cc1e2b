"""Which figure, date, number or name belongs to what: *Rotterdam 7 miljoen, Utrecht 5 miljoen* does not prove *Rotterdam 5 miljoen*.

A text is cut into stretches with one figure of a kind each; what stands in a stretch is said of its figure. A figure of a written
sentence is bound wrongly when another figure of the sources, of the same kind, is said of more of the sentence's words than
the figure itself is. Words that both stretches have tell nothing apart and do not count.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from assistant import dutch, figures
from assistant.answering import clauses
from assistant.text import fold


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a text that can belong to only one thing: a figure, or what is called by a number (*pijler 2*)."""

    kind: str  # amount, number, percentage, date, period, or "called pijler"
    value: str
    start: int
    end: int


_NUMBERED = (
    r"pijlers?|werkveld|hoofdstuk|spoor|fase|stap|tranche|ronde|deel|onderdeel|actielijn|programmalijn|lijn|doel|doelstelling|"
    r"prioriteit|bijlage|categorie|groep|thema|niveau|scenario|variant|paragraaf|lid|pillar|chapter|phase|step|round|part|"
    r"annex|group|theme|level|section|paragraph|objective|priority"
)
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "eerste first 1e",
            "tweede second 2e",
            "derde third 3e",
            "vierde fourth 4e",
            "vijfde fifth 5e",
            "zesde sixth 6e",
            "zevende seventh 7e",
            "achtste eighth 8e",
        ),
        start=1,
    )
    for word in words.split()
}
_CALLED = re.compile(
    rf"\b(?P<noun>{_NUMBERED})\s+(?P<number>\d{{1,2}}|[IVX]{{1,4}})\b(?!\s*(?:%|procent|miljoen|miljard|jaar))|"
    rf"\b(?P<ordinal>{'|'.join(_ORDINALS)})\s+(?P<of>{_NUMBERED})\b",
    re.IGNORECASE,
)
_ROMAN = {
    "I": "1",
    "II": "2",
    "III": "3",
    "IV": "4",
    "V": "5",
    "VI": "6",
    "VII": "7",
    "VIII": "8",
    "IX": "9",
    "X": "10",
}
_ENGLISH_NOUNS = {
    "pillar": "pijler", "chapter": "hoofdstuk", "phase": "fase", "step": "stap", "round": "ronde", "part": "deel",
    "annex": "bijlage", "group": "groep", "theme": "thema", "level": "niveau", "section": "paragraaf",
    "paragraph": "lid", "objective": "doel", "priority": "prioriteit", "pijlers": "pijler",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def items(text: str) -> tuple[Item, ...]:
    """What a text binds, in order."""
    found = [Item(figure.kind, figure.value, *figure.span) for figure in figures.find(text)]
    for match in _CALLED.finditer(text):
        noun = (match["noun"] or match["of"]).lower()
        number = match["number"] or str(_ORDINALS[match["ordinal"].lower()])
        kind = f"called {_ENGLISH_NOUNS.get(noun, noun)}"
        found.append(Item(kind, _ROMAN.get(number, number), *match.span()))
    return tuple(sorted(found, key=lambda item: item.start))


# ------------------------------------------------------------------------------------------------ stretches


@dataclass(frozen=True, slots=True)
class Stretch:
    """An item and the words that are said of it."""

    item: Item
    words: frozenset[str]
    attribute: bool = False  # a date that only says which letter, debate or question is meant
    together: frozenset[str] = frozenset()  # the values of which the same is said: *op 13 april en op 27 maart*


# Papers are called by their date; of a meeting or a payment the date is what is said.
_ATTRIBUTE = re.compile(
    r"\b(\w*(?:brief|nota|bericht|verslag|rapport|rapportage|pagina|publicatie|memorie|lijst|vragen|antwoorden|motie|letter|report|"
    r"page|memo|message))\s+(?:van|of|d\.d\.|dated)\s+(?:de\s+)?\Z",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[;]\s+|(?<=[.!?])\s+(?=[A-ZÀ-Þ])")
_CUTS = (
    re.compile(r"[;]\s+|\.\s+(?=[A-ZÀ-Þ])"),
    re.compile(r",\s+(?:en|and|waarvan|terwijl|maar|but)\s+|\s+(?:terwijl|maar|waarvan|while|but)\s+"),
    re.compile(r",\s+|\s+(?:en|and|of|or)\s+"),
    re.compile(r"\s+(?=(?:naar|tot|to|tegen|naast|over|bij|voor|in|op|van|from|for|of)\s)|\s*\(|\)\s*"),
)
_LEAD = re.compile(r"^.*(?::|;)\s", re.DOTALL)
_CAPITAL = re.compile(r"(?<![.!?]\s)(?<!\A)\b[A-ZÀ-Þ][\w’'&-]*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@lru_cache(maxsize=20_000)
def stretches(text: str, kind: str) -> tuple[Stretch, ...]:
    """The stretches of a text around its items of a kind.

    What leads them in belongs to all of them: *Voor 2026 is er: 5 miljoen voor scholen, 2 miljoen voor wijken*. A stretch with
    a name or year of its own does not take those of the lead.
    """
    those = [item for item in items(text) if item.kind == kind]
    if not those:
        return ()
    groups = [[those[0]]]
    for item in those[1:]:
        if _words(text[groups[-1][-1].end : item.start]):
            groups.append([item])
        else:
            groups[-1].append(item)  # *op 13 april en op 27 maart*: what is said is said of both
    starts, ends, between = [0], list[int](), [frozenset[str]()]
    for before, after in itertools.pairwise(groups):
        apart = cut(text, before[-1].end, after[0].start)
        ends.append(apart.start)
        starts.append(apart.end)
        between.append(_words(text[before[-1].end : after[0].start]) if apart.unsure else frozenset())
    ends.append(len(text))
    between.append(frozenset())
    lead = text[: those[0].start]
    before_colon = _LEAD.match(lead)
    lead = before_colon.group() if before_colon is not None else lead
    found = []
    for number, (group, start, end) in enumerate(zip(groups, starts, ends, strict=True)):
        first, last = group[0], group[-1]
        named = _ATTRIBUTE.search(text[start : first.start]) if kind == "date" else None
        if named is not None:  # *de brief van 7 juli 2023 noemt ...*: the date is of the letter and of nothing else
            found += [Stretch(item, _words(named[1]), attribute=True) for item in group]
            continue
        own = f"{text[start : first.start]} {text[last.end : end]}"
        words = _words(own) | {word for word in between[number] | between[number + 1] if not word[0].isdigit()}
        if number:
            inherited = _words(lead) - _replaced(lead, text[start : first.start])
            if _CAPITAL.search(f"x {own}"):
                inherited -= _capitals(lead)
            if _YEAR.search(own):
                inherited = frozenset(word for word in inherited if not re.match(r"(?:\d{4}|--\d\d)(?:-|\Z)", word))
            words |= inherited
        together = frozenset(item.value for item in group)
        found += [Stretch(item, frozenset(words), together=together) for item in group]
    return tuple(found)


class Cut(NamedTuple):
    start: int
    end: int
    unsure: bool  # no sign of where the one stretch ends: the words between may belong to either


def cut(text: str, start: int, end: int) -> Cut:
    """Where, between two items, what is said of the first ends and what is said of the second begins."""
    between = text[start:end]
    for pattern in _CUTS:
        found = list(pattern.finditer(between))
        if found:
            unsure = pattern is _CUTS[-1]
            last = found[min(len(found) - 1, len(found) // 2)] if unsure else found[-1]
            return Cut(start + last.start(), start + last.end(), unsure)
    return Cut(start, start, True)


def says_something(between: str) -> bool:
    """Whether what stands between two items is more than *en op*: then what is said of the one is not said of the other."""
    return bool(_words(between))


_PHRASE = re.compile(
    r"\b(voor|in|van|bij|aan|op|naar|tegen|door|over|uit|for|of|to|from|by|at)\s+(?:de\s+|het\s+|een\s+|the\s+|an?\s+)?([^\W\d]+(?:\s[A-ZÀ-Þ]\w+)*)",
    re.IGNORECASE,
)


def _replaced(lead: str, own: str) -> frozenset[str]:
    """The words of a lead that a stretch says otherwise: *voor de dijken 7 en voor de gemalen 12*."""
    otherwise = {match[1].lower() for match in _PHRASE.finditer(own)}
    return frozenset(
        word for match in _PHRASE.finditer(lead) if match[1].lower() in otherwise for word in _words(match[2])
    ) - _words(own)


def _capitals(text: str) -> frozenset[str]:
    found = _CAPITAL.findall(f"x {text}")
    return frozenset(stem for name in found for stem in _words(name))


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    dates = [figure for figure in figures.find(text) if figure.kind in ("date", "period")]
    said = [
        word
        for word in dutch.words(text)
        if word.text not in dutch.STOPWORDS
        and len(word.text) > 1
        and not any(date.start <= word.start < date.end for date in dates)
    ]
    found = {dutch.stem(word.text) for word in said}
    for date in dates:
        found |= set(re.findall(r"\d{4}-\d\d-\d\d|-?-\d\d-\d\d|\b\d{4}\b", date.value))
    return frozenset(found)


# ------------------------------------------------------------------------------------------------ comparing


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may prove something, with the headings above it."""

    text: str
    above: str = ""


def wrongly_bound(
    text: str, sources: Sequence[Source], names: Collection[str], known: Collection[str]
) -> Iterator[str]:
    """The figures and numbered things of a sentence that the sources give for something else.

    Args:
        names: of the sentence; with dates and other numbers they weigh more than words.
        known: dates by which the documents themselves are called.
    """
    heavy = frozenset(stem for name in names for stem in _words(name))
    for part in re.split(r";\s+", text):
        for kind in dict.fromkeys(item.kind for item in items(part)):
            said_of = [said for said in stretches(part, kind) if said.words]
            values = {said.item.value for said in said_of}
            better: dict[str, set[str]] = {}
            for said in said_of:
                if said.attribute and said.item.value in known:
                    continue
                gains = _gains(said, _counted(part, said.item), heavy, sources)
                better[said.item.value] = {value for value, gain in gains.items() if gain >= 1}
                # Of two figures that the sentence has both, each must look wrong, or the one clearly.
                if any(gain >= (_margin(said.item) + (value in values)) for value, gain in gains.items()) or any(
                    said.item.value in better.get(value, ()) for value in better[said.item.value]
                ):
                    yield part[said.item.start : said.item.end]


def _gains(said: Stretch, counted: str | None, heavy: frozenset[str], sources: Sequence[Source]) -> dict[str, int]:
    """By how much other values are said of more of a stretch's words than its own value is, at its best place.

    Within one sentence of a source the stretches decide; between two sentences all their words do. Empty when no source has the
    value: that is for others to see.
    """
    own: list[_Place] = []
    other: list[_Place] = []
    for source in sources:
        those = stretches(source.text, said.item.kind)
        if not those:
            continue
        everything = _shared(said.words, _words(source.text))
        for stretch in those:
            held = _shared(said.words, stretch.words)
            whole = held if stretch.attribute and not said.attribute else everything
            place = _Place(source, stretch, held, whole)
            if stretch.item.value == said.item.value or _within(said.item, stretch.item):
                own.append(place)
            elif stretch.item.value not in said.together and _rivals(said.item, stretch.item, counted, source.text):
                other.append(place)
    if own and _is_day(said.item) and not said.attribute and all(one.stretch.attribute and not one.held for one in own):
        return {"": _SURE}  # the day is only that of a letter, of which the sentence does not speak
    gains: dict[str, int] = {}
    for value in {rival.stretch.item.value for rival in other}:
        rivals = [rival for rival in other if rival.stretch.item.value == value]
        gains[value] = min((max(_gain(said, one, rival, heavy) for rival in rivals) for one in own), default=0)
    return gains


@dataclass(frozen=True, slots=True)
class _Place:
    source: Source
    stretch: Stretch
    held: frozenset[str]  # of the sentence's words, those in the stretch
    whole: frozenset[str]  # and those in all of the source's sentence


def _gain(said: Stretch, own: _Place, rival: _Place, heavy: frozenset[str]) -> int:
    together = own.source is rival.source
    here, there = (own.held, rival.held) if together else (own.whole, rival.whole)
    return _weight(there - here - _above(said, own.source, rival.source), heavy) - _weight(here - there, heavy)


def _margin(item: Item) -> int:
    return (
        _MARGIN_OF_A_YEAR
        if item.kind in ("date", "period") and re.match(r"\d{4}", item.value) and not _is_day(item)
        else _MARGIN
    )


def _above(said: Stretch, source: Source, other: Source) -> frozenset[str]:
    """Words that the heading over a figure says of it, so that the sentence need not.

    Not of a date in the same document: under a heading that names a debate stand the dates of its report and its letter, too.
    """
    if said.item.kind == "date" and source.above == other.above:
        return frozenset()
    return _shared(said.words, _words(source.above))


def _is_day(item: Item) -> bool:
    return item.kind == "date" and re.fullmatch(r"(?:\d{4}|-)-\d\d-\d\d", item.value) is not None


def _rivals(item: Item, other: Item, counted: str | None, text: str) -> bool:
    """Whether two values could have been given for the same thing: two days, or two numbers of the same things."""
    if item.kind == "date":
        return _is_day(item) == _is_day(other)
    if item.kind == "percentage":
        return item.value.endswith("pp") == other.value.endswith("pp")
    if item.kind != "number":
        return True
    if _counted(text, other) == counted:
        return True
    header = re.search(r"([^;:]+):\s*\Z", text[: other.start])  # a table: "Aantal gemeenten: 15"
    return header is not None and counted in {dutch.loose_stem(word) for word in _words(header[1])}


def _counted(text: str, item: Item) -> str | None:
    """The stem of what a number counts: the next noun, as far as can be told (*27 extra gemeenten*)."""
    if item.kind != "number":
        return None
    match = re.match(
        r"\s+((?:(?:extra|nieuwe|andere|vaste|grote|kleine|eerste|\w+(?:ige|ische|elijke|ende|bare|vere))\s+)*)([^\W\d]{3,})",
        text[item.end :],
    )
    return dutch.loose_stem(dutch.stem(fold(match[2]))) if match is not None else None


_SURE = 9
_MARGIN = 1
_MARGIN_OF_A_YEAR = 3  # years stand about everywhere: of budgets, programmes, documents


def _weight(words: frozenset[str], heavy: frozenset[str]) -> int:
    return sum(2 if word in heavy or word[0].isdigit() else 1 for word in words)


def _shared(words: frozenset[str], there: frozenset[str]) -> frozenset[str]:
    loose = _loose(there)
    return frozenset(word for word in words if word in there or dutch.loose_stem(word) in loose)


@lru_cache(maxsize=20_000)
def _loose(words: frozenset[str]) -> frozenset[str]:
    return frozenset(dutch.loose_stem(word) for word in words)


def _within(item: Item, other: Item) -> bool:
    """Whether a value is a part of another: a year of a date, an end of a range."""
    if item.value in re.split(r"\.\.|/", other.value):
        return True
    return item.kind == "date" and (other.value.startswith(item.value) or item.value.startswith(other.value))


# ------------------------------------------------------------------------------------------------ names and roles

_ROLE_WORDS = (
    "burgemeester wethouder minister staatssecretaris premier voorzitter vicevoorzitter ondervoorzitter griffier secretaris directeur "
    "gemeenteraad raadslid kamerlid officier wijkagent politie korpschef commissaris rapporteur penningmeester directeur-generaal "
    "projectleider programmamanager mayor alderman chair chairman secretary clerk director"
).split()
_TRANSLATED = {
    "mayor": "burgemeester", "alderman": "wethouder", "chair": "voorzitter", "chairman": "voorzitter", "clerk": "griffier",
    "director": "directeur", "secretary": "secretaris",
}  # fmt: skip
_ROLE = re.compile(rf"\b({'|'.join(sorted(_ROLE_WORDS, key=len, reverse=True))})s?\b", re.IGNORECASE)


def roles(text: str) -> tuple[tuple[str, int, int], ...]:
    """The offices that a text names, and where."""
    found = []
    for match in _ROLE.finditer(text):
        role = match[1].lower()
        found.append((_TRANSLATED.get(role, role), match.start(), match.end()))
    return tuple(found)


def foreign_role(text: str, quoted: str) -> str | None:
    """An office in a sentence that the quotes do not name at all, not even as a part of a word."""
    there = fold(quoted)
    return next(
        (role for role, _, _ in roles(text) if not any(name in there for name in (role, *_ALSO.get(role, ())))), None
    )


_ALSO = {"kamerlid": ("het lid ", "de leden ")}  # as reports of parliament call one


def wrong_role(text: str, quotes: Sequence[str], names: Collection[str]) -> str | None:
    """A name that the quotes give another office than the sentence does: *voorzitter is A en griffier is B*."""
    given: Mapping[str, set[str]] = defaultdict(set)
    for quote in quotes:
        for name, role in _offices(quote, names):
            given[name].add(role)
    for name, role in _offices(text, names):
        if given[name] and role not in given[name]:
            return name
    return None


def _offices(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    for clause in re.split(r"[,;]\s+|\s+(?:en|and|terwijl|while)\s+(?=\w)", text):
        held = roles(clause)
        if len(held) != 1:
            continue
        role, start, end = held[0]
        for name in names:
            at = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", clause)
            if at is None or name.isupper():
                continue  # of letters alone: a ministry
            between = clause[end : at.start()] if at.start() >= end else clause[at.end() : start]
            if len(between.split()) <= 8 and not re.search(r"\b(?:van|of)\s+\Z", clause[: at.start()]):
                yield name, role


# ------------------------------------------------------------------------------------------------ names

_WORD = re.compile(r"[^\W_][\w’'&]*")


_SMALL = frozenset(
    "voor aan in op van bij met over onder door uit naar tot na sinds vanaf volgens tijdens binnen tussen per zonder om als toen "
    "omdat daarnaast verder ook daarom for on in from by with since under during after before according".split()
)


def opening_unknown(text: str, sources: Sequence[Source]) -> str | None:
    """The word that opens a sentence when no source has it in any form: it may be a name."""
    opening = re.match(r"[A-ZÀ-Þ][\w’'&-]{2,}", text)
    if opening is None or fold(opening.group()) in dutch.STOPWORDS | dutch.ENGLISH_STOPWORDS | _SMALL:
        return None
    stems = clauses.loosened(opening.group())
    if any(stems & (clauses.loosened(source.text) | clauses.loosened(source.above)) for source in sources):
        return None
    return opening.group()


_IN_OFFICE = re.compile(
    rf"^[A-ZÀ-Þ][\w’'&-]+\s+(?:is|was|werd|wordt|as)\s+(?:de\s+|een\s+|the\s+)?(?:{'|'.join(_ROLE_WORDS)})",
    re.IGNORECASE,
)


def holds_office(text: str) -> bool:
    """Whether the word that opens a sentence is said to hold an office: *Jansen was voorzitter*."""
    return _IN_OFFICE.match(text) is not None


def rival_name(text: str, names: Sequence[str], sources: Sequence[Source]) -> str | None:
    """A name in a sentence in whose place a source has another: *sprak pedagoog Jansen* and not *sprak pedagoog De Vries*.

    The place is told by the word before it (two when that is a small word), or by the words after a name that opens the
    sentence; and the source says most of the rest of the sentence, more of it than any text that has the name.
    """
    everything = _words(text)
    for name in names:
        of_name = _words(name)
        words = everything - of_name
        slot = _slot(text, name)
        if slot is None or len(words) < 2:
            continue
        own: list[frozenset[str]] = [frozenset()]
        other: list[frozenset[str]] = []
        for source in sources:
            for part in _parts(source.text):
                held = _shared(words, _words(part))
                if fold(name) in fold(part):
                    if any(fold(match[1]) == fold(name) for match in slot.finditer(part)):
                        own.append(words)
                    own.append(held)
                elif any(not _shared(everything, _words(match[1].rsplit("-")[-1])) for match in slot.finditer(part)):
                    other.append(held)
        if not other:
            continue
        best, rival = max(own, key=len), max(other, key=len)
        if len(rival) >= 0.6 * len(words) and len(rival - best) > len(best - rival):
            return name
    return None


@lru_cache(maxsize=5_000)
def _parts(text: str) -> tuple[str, ...]:
    """The items of a list, each with what leads the list in; or the text."""
    lead, mark, rest = text.partition(": ")
    listed = rest.split("; ") if mark else []
    return tuple(f"{lead}: {one}" for one in listed) if len(listed) > 1 else (text,)


def _slot(text: str, name: str) -> re.Pattern[str] | None:
    at = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    if at is None:
        return None
    before = list(_WORD.finditer(text[: at.start()]))
    capital = r"[\s-]+(?:(?:de|het|van)\s+)*((?:[a-zà-ÿ]+-)?[A-ZÀ-Þ][\w’'&]*)"
    if not before:
        after = list(_WORD.finditer(text[at.end() :]))[:2]
        words = r"\s+".join(re.escape(word.group()) for word in after)
        return re.compile(rf"(?:\A|(?<=[.;] ))([A-ZÀ-Þ][\w’'&-]*)\s+{words}\b") if len(after) == 2 else None
    last = before[-1].group()
    if last[0].isupper():
        return None
    if last.lower() in dutch.STOPWORDS or last.lower() in dutch.ENGLISH_STOPWORDS:
        if len(before) < 2 or before[-2].group().lower() in dutch.STOPWORDS:
            return None
        last = f"{before[-2].group()} {last}"
    return re.compile(rf"(?<!\w){re.escape(last)}{capital}")
