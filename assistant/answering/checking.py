"""A sentence that a language model wrote → the quotes that prove it, or what is wrong with it.

The model is not trusted. A sentence passes when every figure, name and number in it stands in the passages it cites, compared as
values; when nothing is turned round (*niet*, *moet*, *mag*, the tranche, the year); and when its words and meaning are close
enough to the quotes. What "enough" is was calibrated on the dev half of `evals/sentences.jsonl` by `python -m evals.sentences`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial

import numpy as np

from assistant import dutch, figures, references
from assistant.answering import binding, clauses, labels, moments, polarity, speech_acts
from assistant.answering.candidates import Candidate, candidates
from assistant.answering.evidence import SentenceEmbedder
from assistant.answering.foreign import foreign_in
from assistant.answering.question import read
from assistant.answering.rounding import derived, of_lists, rounds, with_year
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
    SUPERLATIVE = "a most or least that the source does not speak of"
    ACT = "a promise, decision, answer or advice that the source does not speak of"
    TREND = "a rise or fall that the source does not speak of"
    JUDGEMENT = "a judgement that the source does not give"
    EXPECTED = "given as a fact where the source expects or estimates it"
    ORDINAL = "another tranche, round or year than the source speaks of"
    DISTANT = "not close enough to what the cited sources say"
    NOTHING = "it explains a thing by itself"
    LEANING = "it leans on a sentence that is not shown"
    BESIDE = "true to its source, but no answer to the question"


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


# Near what `python -m evals.sentences --fit` finds on the dev half of the labelled sentences, where that blocks four more true
# sentences to catch one more false one.
MIN_COVERAGE = 0.3  # share of the sentence's content words that the quotes or their headings have
MIN_COSINE = 0.82  # of sentence and quotes, when they have all of its words
COSINE_FOR_MISSING = 0.2  # how much nearer in meaning they must be for the words they do not have
_MOST_QUOTES = 4
_TOGETHER = 0.5  # of the words a sentence says of a figure: what the figure's own passage has of them
_FEW_WORDS = 3  # a clause with fewer says too little of its figure: then the whole sentence counts
_DENIES_TOO = 0.03  # what a quote that denies something is nearer to a sentence that does
_MOST_TO_EMBED = 60
_LONGEST_TO_EMBED = 500  # characters


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
        foreign = foreign_in(written.text, cited)
        if foreign:
            return Verdict(problem=Problem.FOREIGN, detail=foreign)
        found = candidates(cited, self._document_of, lists_under_headings=True)
        if not found:
            return Verdict(problem=Problem.DISTANT)
        claims = _Claims(written.text, found)
        says = len(claims.content) if len(dutch.words(written.text)) > 2 else 0
        if not (says or claims.figures or claims.names or claims.codes):
            return Verdict(problem=Problem.DISTANT)  # there is nothing in it to compare: *Of.*, *Ja.*
        chosen = _cover(claims, found)
        if claims.english:
            chosen = self._with_nearest(written.text, chosen, found)
        quoted = " ".join(one.text for one in chosen)
        around = "\n".join(dict.fromkeys(line for one in chosen for line in _context(one)))
        layout = labels.layout_of(cited, found, self._document_of)
        for problem, detail in _refusals(claims, chosen, found, layout, quoted, around):
            return Verdict(problem=problem, detail=detail)
        coverage = claims.coverage(f"{quoted}\n{around}")
        vectors = self._embedder.embed_sentences([written.text, quoted])
        cosine = float(vectors[0] @ vectors[1])
        if coverage < self._min_coverage or cosine < self._min_cosine + COSINE_FOR_MISSING * (1 - coverage):
            return Verdict(problem=Problem.DISTANT, coverage=coverage, cosine=cosine)
        evidence = tuple(itertools.chain.from_iterable(self._evidence(one) for one in chosen))
        return Verdict(evidence=evidence, coverage=coverage, cosine=cosine)

    def _with_nearest(self, text: str, chosen: Sequence[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
        """The chosen quotes with the one nearest in meaning: words tell little between two languages."""
        among = [one for one in found if len(one.text) <= _LONGEST_TO_EMBED][:_MOST_TO_EMBED]
        if not among:
            return list(chosen)
        vectors = self._embedder.embed_sentences([text, *(one.text for one in among)])
        near = vectors[1:] @ vectors[0]
        if polarity.denies(text):
            near = near + np.array([_DENIES_TOO if polarity.denies(one.text) else 0.0 for one in among])
        nearest = among[int(near.argmax())]
        return [*chosen, nearest] if nearest not in chosen else list(chosen)

    def _evidence(self, candidate: Candidate) -> Iterable[Evidence]:
        text = self._document_of(candidate.document.id).text
        for piece in candidate.pieces:
            quote = text[piece.start : piece.end]
            yield Evidence(candidate.document.id, candidate.hit.passage.id, piece.start, piece.end, quote)


# ------------------------------------------------------------------------------------------------ what a sentence claims

_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z]+[\w-]*\d[\w-]*|\b\d+[A-Za-z][\w-]*|\b\d{4,}\b")


class _Claims:
    """What a sentence claims, in pieces that can be looked for."""

    def __init__(self, text: str, found: Sequence[Candidate] = ()) -> None:
        self.text = text
        self.figures = figures.find(text)
        self.derived = derived(text, self.figures)
        self.names = (*_opening_name(text, found), *_names(text))
        spans = [figure.span for figure in self.figures]
        self.codes = [
            match.group()
            for match in _CODE.finditer(text)
            if not any(start < match.end() and match.start() < end for start, end in spans)
        ]
        self.english = read(text).language == "en"
        self.content = (
            frozenset(
                dutch.stem(word.text)
                for word in dutch.words(text)
                if word.text not in dutch.STOPWORDS and not any(start <= word.start < end for start, end in spans)
            )
            - _SAYING
        )
        self._translated = {
            dutch.stem(word.text): dutch.translations(word.text) for word in dutch.words(text) if self.english
        }

    def coverage(self, quoted: str) -> float:
        """The share of the sentence's content words that a text has, loosely stemmed; 1 when it has none.

        Of an English sentence only the words count that we know in Dutch or that the text has as they are.
        """
        share = self.share(quoted)
        return (
            0.5 + share / 2 if self.english else share
        )  # our list of English words is short: what it misses says little

    def share(self, text: str) -> float:
        """The share itself, in English of the words that we know in Dutch or that the text has as they are."""
        there = clauses.loosened(text)
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
        return bool(accepted & there) or any(_is_compound_of(stem, word) for word in there)


def _is_compound_of(word: str, other: str) -> bool:
    """Whether one word ends in the other: begrotingsuitgaven, uitgaven."""
    short, long = sorted((word, other), key=len)
    return len(short) >= 5 and len(long) - len(short) >= 3 and long.endswith(short)


# Words by which a sentence speaks of its source; they claim nothing.
_SAYING = frozenset(
    dutch.stem(word)
    for word in "volgens bron bronnen staat staan document documenten brief kamerbrief nota genoemd noemt vermeld vermeldt "
    "kamerstuk kamervragen ongeveer circa ruim bijna zo'n rond afgerond about almost nearly over minste minstens hoogste hoogstens hooguit minimaal maximaal beschreven aangegeven geeft stelt meldt according source sources document letter states".split()
)
_CAPITALISED = re.compile(
    r"\b[A-ZÀ-Þ][\w’'&-]*(?:\s+(?:van|de|het|en|der|den|voor|of|and|the|&)\s+(?=[A-ZÀ-Þ])|\s+(?=[A-ZÀ-Þ]))?"
)
_NOT_NAMES = frozenset(
    "de het een in op van voor met bij tot door uit om aan dit deze die dat er als ook zo daarnaast daarom verder volgens the a an "
    "this these it they in on for with by from and artikel article minister ministerie kamer kabinet tweede eerste ja nee yes no "
    "januari februari maart april mei juni juli augustus september oktober november december january february march may june july "
    "august october kamerstuk kamerbrief kamerlid kamerleden dutch".split()
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


def _opening_name(text: str, found: Sequence[Candidate]) -> tuple[str, ...]:
    """The word that opens a sentence when it is a name: the sources write it with a capital wherever it stands."""
    first = re.match(r"[A-ZÀ-Þ][\w’'&-]+", text)
    if first is None or fold(first.group()) in _NOT_NAMES | dutch.STOPWORDS | dutch.ENGLISH_STOPWORDS:
        return ()
    word = first.group()
    if any(re.search(rf"(?<!\w){re.escape(word.lower())}", one.text) for one in found):
        return ()
    inside = re.compile(rf"(?<=[\w,(] ){re.escape(word)}(?!\w)")
    return (word,) if any(inside.search(one.text) for one in found) else ()


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


def _holds_translated(name: str, text: str) -> bool:
    """Whether a text has the Dutch word for an English one with a capital: *Ministry*."""
    return bool(dutch.translations(fold(name)) & clauses.loosened(text))


# ------------------------------------------------------------------------------------------------ choosing quotes


def _cover(claims: _Claims, found: Sequence[Candidate]) -> list[Candidate]:
    """The fewest quotes that hold the most of what a sentence claims: figures and names first, then words (greedily)."""
    denial = next((clause for clause in clauses.split(claims.text) if polarity.denies(clause)), None)
    called = {f"{item.kind} {item.value}" for item in binding.items(claims.text) if item.kind.startswith("called ")}
    roles = {role for role, _, _ in binding.roles(claims.text)}
    acts = speech_acts.acts(claims.text)
    denied = dutch.content_stems(denial) if denial is not None else []
    holds: list[tuple[set[str], frozenset[str]]] = []
    every = clauses.loosened(claims.text)
    alike: list[int] = []  # words of any kind that each has, to tell apart what holds as much
    for one in found:
        proven = _proven(one.text)
        has = {
            f"{figure.kind} {figure.value}"
            for figure, dated in zip(claims.figures, with_year(claims.figures), strict=True)
            if (dated.kind, dated.value) in proven
            or (figure.kind, figure.value) in proven
            or rounds(claims.text, figure, proven)
        }
        has |= {f"name {name}" for name in claims.names if _holds_name(name, one.text)}
        has |= {f"{item.kind} {item.value}" for item in binding.items(one.text)} & called
        has |= {role for role, _, _ in binding.roles(one.text)} & roles
        has |= {f"act {act}" for act in speech_acts.acts(one.text) & acts} if acts else set()
        if denial is not None and polarity.denies(one.text) and len(clauses.shared(denied, one.text)) >= 2:
            has.add("denial")
        holds.append((has, claims.held(one.text)))
        alike.append(len(every & clauses.loosened(one.text)))
    chosen: list[int] = []
    items: set[str] = set()
    words: set[str] = set()
    while len(chosen) < _MOST_QUOTES:
        gains = [
            (
                3 * len(has - items) + len(said - words) + (0.05 * alike[place] - len(found[place].text) / 5000),
                -place,
            )
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


def _proven(text: str) -> frozenset[tuple[str, str]]:
    """The values of a text; a bare *1,2 miljoen* is a number as well as an amount, as only its table knows which."""
    proven = set[tuple[str, str]](figures.values(text))
    proven |= {(figure.kind, figure.value) for figure in of_lists(figures.find(text))}
    for figure in figures.find(text):
        if figure.kind == "amount" and not _MONEY.search(text[figure.start : figure.end]):
            proven.add(("number", figure.value))
    return frozenset(proven)


_MONEY = re.compile(r"[€$£]|eur|usd|dollar|gbp", re.IGNORECASE)


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
    claims: _Claims,
    chosen: Sequence[Candidate],
    found: Sequence[Candidate],
    layout: labels.Layout,
    quoted: str,
    around: str,
) -> Iterable[tuple[Problem, str]]:
    """What is wrong with a sentence, the plainest first; nothing when its pieces hold."""
    everything = f"{quoted}\n{around}"
    yield from _unproven(claims, chosen, quoted, everything)
    yield from _mixed(claims, chosen, found, quoted, everything)
    for said in labels.misplaced(claims.text, _values(claims), layout, english=claims.english):
        yield Problem.MIXED, said
    for turned, word in polarity.turned(claims.text, [one.text for one in chosen], around):
        yield Problem[turned.upper()], word
    yield from _other_one(claims.text, quoted, chosen, around)
    most = polarity.unproven_superlative(claims.text, everything)
    if most is not None:
        yield Problem.SUPERLATIVE, most
    act = None if claims.english else speech_acts.unproven_act(claims.text, everything)
    if act is not None:
        yield Problem.ACT, act
    trend = polarity.unproven_trend(claims.text, everything)
    if trend is not None:
        yield Problem.TREND, trend
    judgement = polarity.unproven_judgement(claims.text, everything)
    if judgement is not None:
        yield Problem.JUDGEMENT, judgement
    yield from _called_otherwise(claims.text, found)
    yield from _expected(claims, found)
    yield from _apart(claims, found)
    yield from _given_to_another(claims, found)
    day = moments.another_happening(claims.text, [one.text for one in found], [one.text for one in chosen])
    if day is not None:
        yield Problem.MIXED, day
    moment = moments.other_side(claims.text, [one.text for one in found])
    if moment is not None:
        yield Problem.MIXED, moment
    yield from _denied(claims, found)


def _unproven(
    claims: _Claims, chosen: Sequence[Candidate], quoted: str, everything: str
) -> Iterable[tuple[Problem, str]]:
    """Figures, numbers and names that the quotes and what stands above them do not have."""
    proven = _proven(quoted)
    passages = "\n".join(dict.fromkeys(one.hit.passage.text for one in chosen))
    dates = _dates_above(chosen)
    for figure, dated in zip(claims.figures, with_year(claims.figures), strict=True):
        said = claims.text[figure.start : figure.end]
        if (dated.kind, dated.value) in proven:
            continue
        if (figure.kind, figure.value) in proven or _literally(said, figure.kind, quoted) or figure in claims.derived:
            continue
        if rounds(claims.text, figure, proven):
            continue
        if figure.kind in ("date", "period") and _stands_above(figure, dates, quoted):
            continue
        if figure.kind == "period" and _SOME.match(said):
            continue
        yield Problem.FIGURE, said
    known = {reference.value for reference in references.find(everything)}
    for reference in references.find(claims.text):
        if reference.kind is references.Kind.DOCUMENT and not reference.is_publication:
            continue  # a word with a number in it is seen to below
        if reference.value in known or any(
            references.matches_document(reference, one.document) or _in_article(reference, one) for one in chosen
        ):
            continue
        yield Problem.FIGURE, claims.text[reference.start : reference.end]
    for name in claims.names:
        if not _holds_name(name, everything) and not (claims.english and _holds_translated(name, everything)):
            yield Problem.NAME, name
    for code in claims.codes:
        number, _, word = code.partition("-")
        told = (
            number if word.replace("-", "").isalpha() and not number.isalpha() else code
        )  # *D66-Kamerlid*, *2023-geld*
        if not re.search(rf"(?<!\w){re.escape(fold(told))}(?!\w)", fold(everything)):
            yield Problem.FIGURE, code
    for match in _PAPER.finditer(claims.text):
        if _PAPERS[match["paper"].lower()] not in fold(everything):
            yield Problem.NAME, match["paper"]
    there = {(item.kind, item.value) for item in binding.items(f"{everything}\n{passages}")}
    for item in binding.items(claims.text):
        if item.kind.startswith("called ") and item.kind not in _PERIODS and (item.kind, item.value) not in there:
            yield Problem.ORDINAL, claims.text[item.start : item.end]
    for match in _TITLED.finditer(claims.text):
        if fold(match["title"]).strip(" .") not in fold(everything):
            yield Problem.NAME, match["title"]


# A sentence may say which paper it is of, as long as its source is one: *het debat uit de nota* is none of a report of a debate.
_PAPERS = {"nota": "nota", "brief": "brief", "kamerbrief": "brief", "memo": "memo", "letter": "brief"}
_PAPER = re.compile(
    r"\b(?:de|het|een|the|this|deze|dit)\s+(?P<paper>nota|brief|kamerbrief|memo|letter)\b", re.IGNORECASE
)
_SOME = re.compile(r"(?:een|a|an)\s", re.IGNORECASE)  # *in een jaar geld over*: no length, but some year
_PERIODS = frozenset(
    ("called tranche", "called ronde", "called fase")
)  # may be called by their years, see `_other_one`
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
    opening = binding.opening_unknown(claims.text, sources)
    if opening is not None and binding.holds_office(claims.text):
        yield Problem.NAME, opening
    names = claims.names if opening is None else (*claims.names, opening)
    name = binding.rival_name(claims.text, names, sources)
    if name is not None:
        yield Problem.NAME, name


def _apart(claims: _Claims, found: Sequence[Candidate]) -> Iterable[tuple[Problem, str]]:
    """Amounts and numbers whose own passage hardly speaks of what the sentence gives them for: two sources make no third."""
    if len({one.hit.passage.id for one in found}) < 2:
        return  # of one passage, what is said of its figure may be said in other words
    for figure, holders in _counted(claims, found):
        said = claims.text[figure.start : figure.end]
        passages = {"\n".join([one.hit.passage.text, *_context(one)]) for one in holders}
        about = _said_of(figure, claims)
        if passages and max(map(about.share, passages)) < _TOGETHER:
            yield Problem.MIXED, said


_KINDS = {short: (short, *longs) for short, longs in dutch.ABBREVIATIONS.items() if short.isalpha()}
_IS_A = re.compile(
    r"\b(?:is|zijn|was|waren|betreft|are|were)\s+(?:een|de|het|geen|an?|the)\s+(?P<kind>[^.;:]+)", re.IGNORECASE
)


def _called_otherwise(text: str, found: Sequence[Candidate]) -> Iterable[tuple[Problem, str]]:
    """What one abbreviation stands for, said of another: *De DU is een specifieke uitkering*, where no clause has the two together."""
    match = _IS_A.search(fold(text))
    if match is None:
        return
    before = frozenset(word.text for word in dutch.words(text[: match.start()]))
    for short, names in _KINDS.items():
        long = next((name for name in names[1:] if name in match["kind"]), None)
        others = [other for other in before & _KINDS.keys() if other != short]
        if long is None or short in before or not others:
            continue
        parts = [fold(part) for one in found for part in re.split(r"[;\n.]", one.text)]
        together = any(
            any(name in part for name in names) and any(re.search(rf"\b{other}\b", part) for other in others)
            for part in parts
        )
        if not together:
            yield Problem.MIXED, long


def _expected(claims: _Claims, found: Sequence[Candidate]) -> Iterable[tuple[Problem, str]]:
    """Figures that a sentence gives as they are, where the clause of every quote that has them expects or estimates them."""
    if polarity.is_expected(claims.text):
        return
    for figure, dated in zip(claims.figures, with_year(claims.figures), strict=True):
        said = claims.text[figure.start : figure.end]
        own = next((part for part in clauses.split(claims.text) if said in part), claims.text)
        if polarity.leaves_open(own) or (figure.kind == "number" and not any(letter.isdigit() for letter in said)):
            continue  # *één aanvraag*: counted, not estimated
        theirs = [
            next((part for part in clauses.split(one.text) if _has_figure(claims.text, figure, dated, part)), one.text)
            for one in found
            if _has_figure(claims.text, figure, dated, one.text)
        ]
        if theirs and all(polarity.is_expected(part) for part in theirs):
            yield Problem.EXPECTED, said


_RECEIVER = re.compile(
    r"\b(?:aan|naar|voor)\s+(?P<who>[^,.;:()]+?)"
    r"(?=\s+(?:aan|naar|voor|in|van|met|op|bij|om|uit|tot|door|over|per|en|of|is|zijn|wordt|worden|was|waren|noem(?:t|en|de)|kom(?:t|en)|"
    r"ga(?:at|an)|ging|krijg(?:t|en)|geven|geeft|gaf|he(?:eft|bben)|had(?:den)?|kan|kunnen|mag|mogen|moet|moeten|zal|zullen|zou|betaal(?:t|de)|"
    r"draagt|staat|stond|geldt|meldt|stelt|trekt|ontvang(?:t|en))\b|[,.;:()]|\Z)",
    re.IGNORECASE,
)


def _given_to_another(claims: _Claims, found: Sequence[Candidate]) -> Iterable[tuple[Problem, str]]:
    """Amounts that every quote gives to something, and none of them to what the sentence gives it to.

    *€ 250 miljoen is bestemd voor de gebieden* proves no *€ 250 miljoen gaat naar de themapagina*, whatever stands above it.
    """
    for figure, holders in _counted(claims, found):
        said = claims.text[figure.start : figure.end]
        amount = figure.kind == "amount" and not claims.english
        mine = _receivers(claims.text, said, figure.kind) if amount else []
        if not mine:
            continue
        about = _Claims(" ".join(mine))
        given = [_receivers(one.text, said, figure.kind) for one in holders]
        if given and about.content and all(theirs and not about.held(" ; ".join(theirs)) for theirs in given):
            yield Problem.MIXED, said


def _receivers(text: str, said: str, kind: str) -> list[str]:
    """What follows *aan*, *naar* and *voor* in the clause of a text that has a figure."""
    for clause in clauses.split(text):
        if _literally(said, kind, clause):
            return [match["who"] for match in _RECEIVER.finditer(clause) if _Claims(match["who"]).content - _TIMES]
    return []


_TIMES = frozenset(
    dutch.stem(word) for word in "jaar jaren periode tijdvak maanden weken dagen begin eind looptijd".split()
)


def _denied(claims: _Claims, found: Sequence[Candidate]) -> Iterable[tuple[Problem, str]]:
    """Amounts and numbers of an English sentence beside which a Dutch quote denies something the sentence speaks of.

    Between two languages clauses cannot be held against each other word by word, as `polarity.turned` does.
    """
    if not claims.english or polarity.denies(claims.text):
        return
    for figure, holders in _counted(claims, found):
        parts = itertools.chain.from_iterable(clauses.split(one.text) for one in holders)
        if any(polarity.negates(part) and claims.held(part) for part in parts):
            yield Problem.NEGATION, claims.text[figure.start : figure.end]


def _counted(claims: _Claims, found: Sequence[Candidate]) -> Iterator[tuple[figures.Figure, list[Candidate]]]:
    """The amounts, percentages and numbers of a sentence, each with the quotes that have it."""
    for figure, dated in zip(claims.figures, with_year(claims.figures), strict=True):
        if figure.kind in ("amount", "percentage", "number") and figure not in claims.derived:
            yield figure, [one for one in found if _has_figure(claims.text, figure, dated, one.text)]


def _said_of(figure: figures.Figure, claims: _Claims) -> _Claims:
    """What a sentence claims in the clause that a figure stands in, when that says enough."""
    said = claims.text[figure.start : figure.end]
    clause = next((part for part in clauses.split(claims.text) if _literally(said, figure.kind, part)), None)
    if clause is None or claims.english:  # of a short clause nobody can tell that it is English
        return claims
    about = _Claims(clause)
    return about if len(about.content) >= _FEW_WORDS else claims


def _values(claims: _Claims) -> list[labels.Value]:
    """The figures and names of a sentence, as `labels` looks for them."""
    found = [
        labels.Value(figure.kind, figure.start, figure.end, partial(_has_figure, claims.text, figure, dated))
        for figure, dated in zip(claims.figures, with_year(claims.figures), strict=True)
        if figure not in claims.derived
    ]
    opening = re.match(r"[A-ZÀ-Þ][\w’'&-]{2,}", claims.text)
    for name in dict.fromkeys([*claims.names, *([opening.group()] if opening is not None else [])]):
        at = re.search(rf"(?<!\w){re.escape(name)}", claims.text)
        if at is not None:
            found.append(labels.Value("name", at.start(), at.start() + len(name), partial(_holds_name, name)))
    return found


@lru_cache(maxsize=20_000)
def _has_figure(sentence: str, figure: figures.Figure, dated: figures.Figure, text: str) -> bool:
    """Whether a text has a figure of a sentence, a day with or without its year, or what the sentence rounds."""
    proven = _proven(text)
    if (dated.kind, dated.value) in proven or (figure.kind, figure.value) in proven:
        return True
    if figure.kind == "date":
        day = re.fullmatch(r"\d{4}(-\d\d-\d\d)", figure.value)
        values = [value for kind, value in proven if kind in ("date", "period")]
        if day is not None and f"-{day[1]}" in values:
            return True
        if any(value.startswith(f"{figure.value}-") for value in values):
            return True
        if any(value.endswith(figure.value[1:]) for value in values) and figure.value.startswith("--"):
            return True
        return any(figure.value in re.split(r"\.\.|/", value) for value in values)
    return rounds(sentence, figure, proven) or _literally(sentence[figure.start : figure.end], figure.kind, text)


_CHAMBER = dutch.stem("kamer")
_KAMER = re.compile(r"(?<!Eerste )\bKamer\b")


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
        if noun == _CHAMBER and which == {"tweede"} and given is None and _KAMER.search(f"{quoted}\n{around}"):
            continue  # *de Kamer* in a letter is the Tweede Kamer
        if given is None or not which <= given:
            called = {item for item in binding.items(text) if dutch.stem(item.kind.removeprefix("called ")) == noun}
            there = {(item.kind, item.value) for item in binding.items(f"{quoted}\n{around}")}
            if called and all((item.kind, item.value) in there for item in called):
                continue  # "de tweede pijler" of "pijler 2: ..."
            yield Problem.ORDINAL, " ".join(sorted(which))
