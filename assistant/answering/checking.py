"""A sentence that a language model wrote → the quotes that prove it, or what is wrong with it.

The model is not trusted. A sentence passes when every figure, name and number in it stands in the passages it cites, compared as
values; when nothing is turned round (*niet*, *moet*, *mag*, the tranche, the year); and when its words and meaning are close
enough to the quotes. What "enough" is was calibrated on the dev half of `evals/sentences.jsonl` by `python -m evals.sentences`.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from assistant import dutch, figures, references
from assistant.answering import binding, clauses, polarity
from assistant.answering.candidates import Candidate, candidates
from assistant.answering.evidence import SentenceEmbedder
from assistant.answering.question import read
from assistant.answering.wanted import numbered_periods, ordinals
from assistant.model import Document, Evidence, Hit
from assistant.text import fold


class Problem(StrEnum):
    """Why a sentence may not be shown, as the findings of an answer name it."""

    UNCITED = "no source is cited"
    UNKNOWN_SOURCE = "a source is cited that was not given"
    FOREIGN = "an address or markup that no source has"
    FIGURE = "a figure that the cited sources do not have"
    NAME = "a name that the cited sources do not have"
    MIXED = "a figure that the source gives for something else"
    NEGATION = "a negation that the source does not have, or the other way around"
    MODALITY = "an obligation or permission that the source does not have"
    OPPOSITE = "the opposite of what the source says"
    ORDINAL = "another tranche, round or year than the source speaks of"
    DISTANT = "not close enough to what the cited sources say"


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a model wrote it: its text without markers, and the numbers of the sources it cites."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Either the evidence that proves a sentence, or the problem that keeps it from being shown.

    `detail` is the piece of the sentence that the problem is about, for the finding and for asking again.
    """

    evidence: tuple[Evidence, ...] = ()
    problem: Problem | None = None
    detail: str = ""
    coverage: float = 0.0
    cosine: float = 0.0


# Calibrated on the dev half of the labelled sentences; see `evals/sentences.py`.
MIN_COVERAGE = 0.5  # share of the sentence's content words that the quotes or their headings have
MIN_COSINE = 0.86  # of sentence and quotes
_MOST_QUOTES = 4


class Checker:
    """Checks sentences against the passages they cite.

    Args:
        embedder: vectors of sentences.
        document_of: the document of an id.
    """

    def __init__(
        self,
        embedder: SentenceEmbedder,
        document_of: Callable[[str], Document],
        *,
        min_coverage: float = MIN_COVERAGE,
        min_cosine: float = MIN_COSINE,
    ) -> None:
        self._embedder = embedder
        self._document_of = document_of
        self._min_coverage = min_coverage
        self._min_cosine = min_cosine

    def check(self, written: Written, sources: Sequence[Hit]) -> Verdict:
        """What proves a sentence, or what is wrong with it.

        Args:
            sources: the passages as they were given to the model; number n is `sources[n - 1]`.
        """
        if not written.cited:
            return Verdict(problem=Problem.UNCITED)
        unknown = [number for number in written.cited if not 1 <= number <= len(sources)]
        if unknown:
            return Verdict(problem=Problem.UNKNOWN_SOURCE, detail=f"[{unknown[0]}]")
        cited = [sources[number - 1] for number in dict.fromkeys(written.cited)]
        foreign = _FOREIGN.search(written.text)
        if foreign is not None and not any(foreign.group() in hit.passage.text for hit in cited):
            return Verdict(problem=Problem.FOREIGN, detail=foreign.group())
        found = candidates(cited, self._document_of, lists_under_headings=True)
        if not found:
            return Verdict(problem=Problem.DISTANT)
        claims = _Claims(written.text)
        chosen = _cover(claims, found)
        quoted = " ".join(one.text for one in chosen)
        around = "\n".join(dict.fromkeys(line for one in chosen for line in _context(one)))
        for problem, detail in _refusals(claims, chosen, found, quoted, around):
            return Verdict(problem=problem, detail=detail)
        coverage = claims.coverage(f"{quoted}\n{around}")
        vectors = self._embedder.embed_sentences([written.text, quoted])
        cosine = float(vectors[0] @ vectors[1])
        if coverage < self._min_coverage or cosine < self._min_cosine:
            return Verdict(problem=Problem.DISTANT, coverage=coverage, cosine=cosine)
        evidence = tuple(itertools.chain.from_iterable(self._evidence(one) for one in chosen))
        return Verdict(evidence=evidence, coverage=coverage, cosine=cosine)

    def _evidence(self, candidate: Candidate) -> Iterable[Evidence]:
        text = self._document_of(candidate.document.id).text
        for piece in candidate.pieces:
            quote = text[piece.start : piece.end]
            yield Evidence(candidate.document.id, candidate.hit.passage.id, piece.start, piece.end, quote)


# ------------------------------------------------------------------------------------------------ what a sentence claims

_FOREIGN = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w.-]+@[\w-]+\.\w+|<[a-z!/][^>]*>|\]\(|```|\{\{|&#?\w+;|javascript:|data:\w+/",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z]+[\w-]*\d[\w-]*|\b\d+[A-Za-z][\w-]*|\b\d{4,}\b")


class _Claims:
    """What a sentence claims, in pieces that can be looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.figures = figures.find(text)
        self.derived = _derived(text, self.figures)
        self.names = _names(text)
        spans = [figure.span for figure in self.figures]
        self.codes = [
            match.group()
            for match in _CODE.finditer(text)
            if not any(start < match.end() and match.start() < end for start, end in spans)
        ]
        self.english = read(text).language == "en"
        self.content = frozenset(dutch.content_stems(text)) - _SAYING
        self._translated = {
            dutch.stem(word.text): dutch.translations(word.text) for word in dutch.words(text) if self.english
        }

    def coverage(self, quoted: str) -> float:
        """The share of the sentence's content words that a text has, loosely stemmed; 1 when it has none.

        Of an English sentence only the words count that we know in Dutch or that the text has as they are.
        """
        there = clauses.loosened(quoted)
        held = {stem for stem in self.content if self._holds(stem, there)}
        counted = set(self.content)
        if self.english:
            counted = held | {stem for stem in counted if self._translated.get(stem)}
        return len(held) / len(counted) if counted else 1.0

    def held(self, text: str) -> frozenset[str]:
        """The content words of the sentence that a text has; of an English sentence in Dutch as well."""
        there = clauses.loosened(text)
        if not self.english:
            return clauses.shared(self.content, text)
        return frozenset(stem for stem in self.content if self._holds(stem, there))

    def _holds(self, stem: str, there: frozenset[str]) -> bool:
        accepted = {stem, dutch.loose_stem(stem)} | dutch.synonyms(stem) | self._translated.get(stem, frozenset())
        return bool(accepted & there)


# Words by which a sentence speaks of its source; they claim nothing.
_SAYING = frozenset(
    dutch.stem(word)
    for word in "volgens bron bronnen staat staan document documenten brief kamerbrief nota genoemd noemt vermeld vermeldt "
    "kamerstuk kamervragen beschreven aangegeven geeft stelt meldt according source sources document letter states".split()
)
_CAPITALISED = re.compile(
    r"\b[A-ZÀ-Þ][\w’'&-]*(?:\s+(?:van|de|het|en|der|den|voor|of|and|the|&)\s+(?=[A-ZÀ-Þ])|\s+(?=[A-ZÀ-Þ]))?"
)
_NOT_NAMES = frozenset(
    "de het een in op van voor met bij tot door uit om aan dit deze die dat er als ook zo daarnaast daarom verder volgens the a an "
    "this these it they in on for with by from and artikel article minister ministerie kamer kabinet tweede eerste ja nee yes no "
    "januari februari maart april mei juni juli augustus september oktober november december january february march may june july "
    "august october kamerstuk kamerbrief".split()
)


def _names(text: str) -> tuple[str, ...]:
    """The words of a sentence that name something: capitals in or at the start of a word that is not the sentence's first."""
    found = []
    for place, word in enumerate(dutch.words(text)):
        original = text[word.start : word.end]
        capitals = sum(letter.isupper() for letter in original)
        opens = place == 0 or text[: word.start].rstrip().endswith((".", ":", "?", "!"))
        if word.text in _NOT_NAMES or not capitals or any(letter.isdigit() for letter in original):
            continue
        if opens and capitals == 1:
            continue  # a capital because the sentence begins
        found.append(original)
    return tuple(dict.fromkeys(found))


def _context(candidate: Candidate) -> list[str]:
    """What stands above a quote: its headings, and what is known of its document."""
    info = candidate.document
    return [*candidate.section, info.title, info.type, info.publisher, info.identifier, info.dossier, info.date]


def _holds_name(name: str, text: str) -> bool:
    """Whether a text has a name, its letters compared without case, accents and inflection; or as a part of a compound."""
    folded, wanted = fold(text), re.sub(r"['’]s\Z", "", fold(name))
    if wanted.endswith("se"):
        wanted = wanted[:-1]  # Nederlandse, Nederlands
    if re.search(rf"(?<!\w){re.escape(wanted)}(?:s|'s|en|e|se)?(?!\w)", folded):
        return True
    parts = [part for part in re.split(r"[-’'&]", wanted) if len(part) > 2]
    return len(parts) > 1 and all(part in folded for part in parts)


# ------------------------------------------------------------------------------------------------ choosing quotes


def _cover(claims: _Claims, found: Sequence[Candidate]) -> list[Candidate]:
    """The fewest quotes that hold the most of what a sentence claims: figures and names first, then words (greedily)."""
    wanted = {f"{figure.kind} {figure.value}" for figure in claims.figures} | {f"name {name}" for name in claims.names}
    holds: list[tuple[set[str], frozenset[str]]] = []
    for one in found:
        there = {f"{kind} {value}" for kind, value in figures.values(one.text)}
        there |= {f"name {name}" for name in claims.names if _holds_name(name, one.text)}
        holds.append((there & wanted, claims.held(one.text)))
    chosen: list[int] = []
    items: set[str] = set()
    words: set[str] = set()
    while len(chosen) < _MOST_QUOTES:
        gains = [
            (3 * len(has - items) + len(said - words) - 0.02 * len(found[place].text) / 100, -place)
            for place, (has, said) in enumerate(holds)
        ]
        best = max((gain for place, gain in enumerate(gains) if place not in chosen), default=None)
        if best is None:
            break
        place = -best[1]
        has, said = holds[place]
        if chosen and not has - items and len(said - words) < max(2, 0.25 * len(claims.content)):
            break
        chosen.append(place)
        items |= has
        words |= said
    return [found[place] for place in _needed(chosen, holds)]


def _needed(chosen: Sequence[int], holds: Sequence[tuple[set[str], frozenset[str]]]) -> list[int]:
    """The chosen places without those whose figures, names and words the others hold as well."""
    kept = list(chosen)
    for place in chosen:
        others = [other for other in kept if other != place]
        if not others:
            break
        items = set[str]().union(*(holds[other][0] for other in others))
        words = frozenset[str]().union(*(holds[other][1] for other in others))
        if holds[place][0] <= items and holds[place][1] <= words:
            kept = others
    return kept


# ------------------------------------------------------------------------------------------------ refusing


def _refusals(
    claims: _Claims, chosen: Sequence[Candidate], found: Sequence[Candidate], quoted: str, around: str
) -> Iterable[tuple[Problem, str]]:
    """What is wrong with a sentence, the plainest first; nothing when its pieces hold."""
    everything = f"{quoted}\n{around}"
    yield from _unproven(claims, chosen, quoted, everything)
    yield from _mixed(claims, chosen, found, quoted, everything)
    for turned, word in polarity.turned(claims.text, [one.text for one in chosen], around):
        yield Problem[turned.upper()], word
    yield from _other_one(claims.text, quoted, chosen, around)


def _unproven(
    claims: _Claims, chosen: Sequence[Candidate], quoted: str, everything: str
) -> Iterable[tuple[Problem, str]]:
    """Figures, numbers and names that the quotes and what stands above them do not have."""
    proven = figures.values(quoted)
    passages = "\n".join(dict.fromkeys(one.hit.passage.text for one in chosen))
    dates = _dates_above(chosen)
    for figure, dated in zip(claims.figures, _with_year(claims.figures), strict=True):
        said = claims.text[figure.start : figure.end]
        if (dated.kind, dated.value) in proven:
            continue
        if (figure.kind, figure.value) in proven or _literally(said, figure.kind, quoted) or figure in claims.derived:
            continue
        if rounds(claims.text, figure, proven):
            continue
        if figure.kind in ("date", "period") and _stands_above(figure, dates, quoted):
            continue
        yield Problem.FIGURE, said
    known = {reference.value for reference in references.find(everything)}
    for reference in references.find(claims.text):
        if reference.value not in known and not any(references.matches_document(reference, one.document) for one in chosen):
            if not any(_in_article(reference, one) for one in chosen):
                yield Problem.FIGURE, claims.text[reference.start : reference.end]
    for name in claims.names:
        if not _holds_name(name, everything):
            yield Problem.NAME, name
    for code in claims.codes:
        if not re.search(rf"(?<!\w){re.escape(fold(code))}(?!\w)", fold(everything)):
            yield Problem.FIGURE, code
    there = {(item.kind, item.value) for item in binding.items(f"{everything}\n{passages}")}
    for item in binding.items(claims.text):
        if item.kind.startswith("called ") and item.kind not in _PERIODS and (item.kind, item.value) not in there:
            yield Problem.ORDINAL, claims.text[item.start : item.end]
    for match in _TITLED.finditer(claims.text):
        if fold(match["title"]).strip(" .") not in fold(everything):
            yield Problem.NAME, match["title"]


_PERIODS = frozenset(("called tranche", "called ronde", "called fase"))  # may be called by their years, see `_other_one`
_TITLED = re.compile(
    r"\b(?:met (?:de|als) titel|getiteld|genaamd|onder de (?:naam|titel)|titled|entitled|called)\s+[\"“‘']?"
    r"(?P<title>[A-ZÀ-Þ][^.,;:\"”’]*)"
)


def _in_article(reference: references.Reference, candidate: Candidate) -> bool:
    """Whether a quote stands in the article that a sentence names, or in a passage that names it."""
    return references.matches_anchor(reference, candidate.hit.passage.anchor) or any(
        other.value == reference.value or other.value.startswith(f"{reference.value},")
        for other in references.find(candidate.hit.passage.text)
    )


def _dates_above(chosen: Sequence[Candidate]) -> set[str]:
    dates = {one.document.date for one in chosen}
    for one in chosen:
        dates |= {value for kind, value in figures.values(one.document.title) if kind in ("date", "period")}
    return dates


def _literally(said: str, kind: str, text: str) -> bool:
    """Whether a figure stands in a text as it is written, and not as a part of another figure (3 in *3 augustus*)."""
    pattern = rf"(?<!\w){re.escape(' '.join(said.split()))}(?!\w)"
    spans = [figure.span for figure in figures.find(text) if figure.kind != kind]
    return any(
        not any(start < match.end() and match.start() < end for start, end in spans)
        for match in re.finditer(pattern, text)
    )


def _stands_above(figure: figures.Figure, dates: set[str], quoted: str) -> bool:
    """Whether a date that no quote has is the document's own or stands in its title, and no quote gives another instead."""
    if figure.value not in dates and not any(figure.value == date[: len(figure.value)] for date in dates if date):
        return False
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", figure.value):
        return True  # a whole date names its document: "de brief van 7 juli 2023"
    return not any(kind in ("date", "period") and re.match(r"\d{4}", value) for kind, value in figures.values(quoted))


# ------------------------------------------------------------------------------------------------ roundings and counts

_OVER = re.compile(r"\b(?:ruim|meer dan|over|more than)\s+(?:€\s*)?\Z", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:bijna|krap|nearly|almost|just under)\s+(?:€\s*)?\Z", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:ongeveer|circa|ca\.|rond(?: de)?|zo['’]n|omstreeks|afgerond|about|around|approximately|some|roughly)\s+(?:€\s*)?\Z",
    re.IGNORECASE,
)
_SCALED = re.compile(
    r"(?P<digits>\d+(?:[.,]\d+)?)\s*(?P<scale>miljoen|miljard|mln|mld|million|billion)?\b", re.IGNORECASE
)
_SCALES = {"miljoen": 10**6, "mln": 10**6, "million": 10**6, "miljard": 10**9, "mld": 10**9, "billion": 10**9}
_LEAST_DIGITS = 3  # of a rounding that does not say it is one


def rounds(text: str, figure: figures.Figure, proven: Iterable[tuple[str, str]]) -> bool:
    """Whether a figure is a rounding of one that is proven, to the digits it is written with, and can be seen to be one.

    *Ruim € 63,3 miljard* of 63.328.936.000 is; so is *€ 63,3 miljard*, as nobody takes three digits and a scale for the whole.
    *€ 63 miljard* needs *ongeveer*, *ruim* must lie below and *bijna* above.
    """
    if figure.kind not in ("amount", "number", "percentage") or ".." in figure.value:
        return False
    written = _SCALED.search(text, figure.start, figure.end)
    if written is None:
        return False
    digits, scale = written["digits"], _SCALES.get((written["scale"] or "").lower(), 1)
    whole, _, decimals = digits.replace(",", ".").partition(".")
    if scale == 1 and (figure.kind != "percentage"):
        step = Decimal(10) ** (len(figure.value) - len(figure.value.rstrip("0"))) if figure.value.isdigit() else None
    else:
        step = Decimal(scale) / 10 ** len(decimals)
    value = _decimal(figure.value)
    if step is None or value is None:
        return False
    before = text[max(0, figure.start - 20) : figure.start]
    over, under, about = _OVER.search(before), _UNDER.search(before), _ABOUT.search(before)
    if not (over or under or about) and (scale == 1 or len(whole.lstrip("0") + decimals) < _LEAST_DIGITS):
        return False
    for kind, other in proven:
        exact = _decimal(other) if kind == figure.kind else None
        if exact is None:
            continue
        if over:
            fits = value <= exact < value + step
        elif under:
            fits = value - step < exact <= value
        else:
            fits = abs(exact - value) <= step / 2
        if fits:
            return True
    return False


def _decimal(value: str) -> Decimal | None:
    return Decimal(value) if re.fullmatch(r"\d+(?:\.\d+)?", value) else None


_LISTED = re.compile(r"^[^:]*:\s+(?P<list>(?:een|één|de|het|a|one)\s[^.;:]+)\.?$", re.IGNORECASE)
_LATER = re.compile(r"^\s+(?:later|daarna|eerder|daarvoor|earlier|after|before)\b", re.IGNORECASE)


def _derived(text: str, found: Sequence[figures.Figure]) -> frozenset[figures.Figure]:
    """Figures that follow from the sentence itself: *een week later* between two dates, *twee brieven: een over A en een over B*."""
    made = set()
    days = [
        datetime.date.fromisoformat(figure.value)
        for figure in _with_year(found)
        if figure.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", figure.value)
    ]
    for figure in found:
        length = re.fullmatch(r"P(\d+)D", figure.value)
        if length is not None and len(days) == 2 and _LATER.match(text[figure.end :]):
            if abs((days[1] - days[0]).days) == int(length[1]):
                made.add(figure)
        listed = _LISTED.match(text)
        if figure.kind == "number" and listed is not None and figure.end < listed.start("list"):
            parts = re.split(r",\s+(?:en\s+|and\s+)?|\s+(?:en|and)\s+(?=een\b|één\b|one\b|a\b)", listed["list"])
            if str(len(parts)) == figure.value and all(re.match(r"(?:een|één|one|a)\b", part, re.I) for part in parts):
                made.add(figure)
    return frozenset(made)


def _with_year(found: Sequence[figures.Figure]) -> Iterable[figures.Figure]:
    """The figures, a day without a year in the year of the day before it."""
    year = ""
    for figure in found:
        if figure.kind == "date" and re.match(r"\d{4}-", figure.value):
            year = figure.value[:4]
        if figure.kind == "date" and figure.value.startswith("--") and year:
            figure = replace(figure, value=f"{year}-{figure.value[2:]}")
        yield figure


# ------------------------------------------------------------------------------------------------ bound to something else


def _mixed(
    claims: _Claims, chosen: Sequence[Candidate], found: Sequence[Candidate], quoted: str, everything: str
) -> Iterable[tuple[Problem, str]]:
    """Figures, numbers, names and offices that the sources have, but give for something else."""
    known = _dates_above(chosen)
    sources = [
        binding.Source(one.text, " ; ".join([*one.section, one.document.title, one.document.date])) for one in found
    ]
    for said in binding.wrongly_bound(claims.text, sources, claims.names, known):
        yield Problem.MIXED, said
    role = binding.foreign_role(claims.text, everything)
    if role is not None:
        yield Problem.NAME, role
    name = binding.wrong_role(claims.text, [one.text for one in found], claims.names)
    if name is not None:
        yield Problem.MIXED, name
    name = binding.rival_name(claims.text, claims.names, sources)
    if name is not None:
        yield Problem.NAME, name


def _other_one(text: str, quoted: str, chosen: Sequence[Candidate], around: str) -> Iterable[tuple[Problem, str]]:
    """A tranche, round or phase by its number that the quotes, or the headings and passages they stand in, do not speak of."""
    periods = numbered_periods({one.hit.passage.text for one in chosen})
    for noun, which in ordinals(text, periods).items():
        given = ordinals(quoted, periods).get(noun)
        if given is None:
            given = ordinals(around, periods).get(noun)
        if given is None:
            passages = set[str]()
            for one in chosen:
                passages |= ordinals(one.hit.passage.text, periods).get(noun, set())
            given = passages if len(passages) == 1 else None
        if given is None or not which <= given:
            called = {item for item in binding.items(text) if dutch.stem(item.kind.removeprefix("called ")) == noun}
            there = {(item.kind, item.value) for item in binding.items(f"{quoted}\n{around}")}
            if called and all((item.kind, item.value) in there for item in called):
                continue  # "de tweede pijler" of "pijler 2: ..."
            yield Problem.ORDINAL, " ".join(sorted(which))
