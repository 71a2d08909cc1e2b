"""Which figure, date, number or name belongs to what: *Rotterdam 7 miljoen, Utrecht 5 miljoen* does not prove *Rotterdam 5 miljoen*.

A text is cut into stretches with one figure of a kind each; what stands in a stretch is said of its figure. A figure of a written
sentence is bound wrongly when another figure of the sources, of the same kind, is said of more of the sentence's words than
the figure itself is. Words that both stretches have tell nothing apart and do not count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7", "VIII": "8", "IX": "9", "X": "10"}
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


_ATTRIBUTE = re.compile(
    r"\b(?!is\b|was\b|zijn\b|waren\b|dateert\b)([^\W\d]{3,})\s+(?:van|of|d\.d\.|gedateerd|dated)\s+(?:de\s+)?\Z", re.IGNORECASE
)
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
    starts, ends = [0], []
    for before, after in zip(those, those[1:], strict=False):
        cut = _cut(text, before.end, after.start)
        ends.append(cut[0])
        starts.append(cut[1])
    ends.append(len(text))
    lead = text[: those[0].start]
    before_colon = _LEAD.match(lead)
    lead = before_colon.group() if before_colon is not None else lead
    found = []
    for number, (item, start, end) in enumerate(zip(those, starts, ends, strict=True)):
        named = _ATTRIBUTE.search(text[start : item.start]) if kind == "date" else None
        if named is not None:  # *de brief van 7 juli 2023 noemt ...*: the date is of the letter and of nothing else
            found.append(Stretch(item, _words(named[1]), attribute=True))
            continue
        own = f"{text[start : item.start]} {text[item.end : end]}"
        words = _words(own)
        if number and len(those) > 1:
            inherited = _words(lead)
            if _CAPITAL.search(f"x {own}"):
                inherited -= _capitals(lead)
            if _YEAR.search(own):
                inherited -= frozenset(_YEAR.findall(lead))
            words |= inherited
        found.append(Stretch(item, words))
    return tuple(found)


def _cut(text: str, start: int, end: int) -> tuple[int, int]:
    between = text[start:end]
    for pattern in _CUTS:
        found = list(pattern.finditer(between))
        if found:
            last = found[-1] if pattern is not _CUTS[-1] else found[min(len(found) - 1, len(found) // 2)]
            return start + last.start(), start + last.end()
    return start, start


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


def wrongly_bound(text: str, sources: Sequence[Source], names: Collection[str], known: Collection[str]) -> Iterator[str]:
    """The figures and numbered things of a sentence that the sources give for something else.

    Args:
        names: of the sentence; with dates and other numbers they weigh more than words.
        known: dates by which the documents themselves are called.
    """
    heavy = frozenset(stem for name in names for stem in _words(name))
    for kind in dict.fromkeys(item.kind for item in items(text)):
        for said in stretches(text, kind):
            if said.attribute and said.item.value in known:
                continue
            if said.words and not _holds_best(said, heavy, sources):
                yield text[said.item.start : said.item.end]


def _holds_best(said: Stretch, heavy: frozenset[str], sources: Sequence[Source]) -> bool:
    own: list[frozenset[str]] = []
    other: list[frozenset[str]] = []
    only_attributes = True
    for source in sources:
        above = _shared(said.words, _words(source.above))
        for stretch in stretches(source.text, said.item.kind):
            held = _shared(said.words, stretch.words)
            if stretch.item.value == said.item.value or _within(said.item, stretch.item):
                only_attributes = only_attributes and stretch.attribute and not held
                own.append(held | above)
            else:
                other.append(held | above)
    if not own:
        return True
    if only_attributes and not said.attribute:
        return False
    if not other:
        return True
    best = max(own, key=lambda held: _weight(held, heavy))
    rival = max(other, key=lambda held: _weight(held, heavy))
    margin = _MARGIN_OF_A_YEAR if re.fullmatch(r"\d{4}(?:/\d{4})?", said.item.value) and said.item.kind in ("date", "period") else _MARGIN
    return _weight(rival - best, heavy) - _weight(best - rival, heavy) < margin


_MARGIN = 1
_MARGIN_OF_A_YEAR = 3  # years stand about everywhere: of budgets, programmes, documents


def _weight(words: frozenset[str], heavy: frozenset[str]) -> int:
    return sum(2 if word in heavy or word[0].isdigit() else 1 for word in words)


def _shared(words: frozenset[str], there: frozenset[str]) -> frozenset[str]:
    loose = {dutch.loose_stem(word) for word in there}
    return frozenset(word for word in words if word in there or dutch.loose_stem(word) in loose)


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
    return next((role for role, _, _ in roles(text) if role not in there), None)


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
            if len(between.split()) <= 6 and not re.search(r"\b(?:van|of)\s+\Z", clause[: at.start()]):
                yield name, role


# ------------------------------------------------------------------------------------------------ names


def rival_name(text: str, names: Sequence[str], sources: Sequence[Source]) -> str | None:
    """A name in a sentence of which a source says all the rest of another name: *pedagoog Jansen sprak* and not *De Vries*."""
    everything = _words(text)
    for name in names:
        of_name = _words(name)
        words = everything - of_name
        if len(words) < 3:
            continue
        own: list[frozenset[str]] = [frozenset()]
        other: list[frozenset[str]] = []
        for source in sources:
            for part in re.split(r";\s+", source.text):
                held = _shared(words, _words(part))
                if _shared(of_name, _words(f"{part}\n{source.above}")) or fold(name) in fold(f"{part}\n{source.above}"):
                    own.append(held)
                elif any(_shared(everything, _words(one)) == frozenset() for one in _CAPITAL.findall(f"x {part}")):
                    other.append(held)
        if not other:
            continue
        best, rival = max(own, key=len), max(other, key=len)
        if len(rival) >= 0.75 * len(words) and len(rival - best) - len(best - rival) >= 2:
            return name
    return None
