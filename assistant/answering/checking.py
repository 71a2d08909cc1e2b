"""A sentence that a language model wrote → the quotes that prove it, or what is wrong with it.

The model is not trusted. A sentence passes when every figure, name and number in it stands in the passages it cites, compared as
values; when nothing is turned round (*niet*, *moet*, *mag*, the tranche, the year); and when its words and meaning are close
enough to the quotes. What "enough" is was calibrated on the dev half of `evals/sentences.jsonl` by `python -m evals.sentences`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant import dutch, figures
from assistant.answering.candidates import Candidate, candidates
from assistant.answering.evidence import SentenceEmbedder
from assistant.answering.question import read
from assistant.answering.wanted import numbered_periods, ordinals
from assistant.model import Document, DocumentInfo, Evidence, Hit
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
_MOST_QUOTES = 3


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
        infos = [one.document for one in chosen]
        for problem, detail in _refusals(claims, chosen, quoted, around, infos):
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
        there = _loosened(quoted)
        held = {stem for stem in self.content if self._holds(stem, there)}
        counted = set(self.content)
        if self.english:
            counted = held | {stem for stem in counted if self._translated.get(stem)}
        return len(held) / len(counted) if counted else 1.0

    def _holds(self, stem: str, there: frozenset[str]) -> bool:
        accepted = {stem, dutch.loose_stem(stem)} | dutch.synonyms(stem) | self._translated.get(stem, frozenset())
        return bool(accepted & there)


# Words by which a sentence speaks of its source; they claim nothing.
_SAYING = frozenset(
    dutch.stem(word)
    for word in "volgens bron bronnen staat staan document documenten brief kamerbrief nota genoemd noemt vermeld vermeldt "
    "beschreven aangegeven geeft stelt meldt according source sources document letter states".split()
)
_CAPITALISED = re.compile(
    r"\b[A-ZÀ-Þ][\w’'&-]*(?:\s+(?:van|de|het|en|der|den|voor|of|and|the|&)\s+(?=[A-ZÀ-Þ])|\s+(?=[A-ZÀ-Þ]))?"
)
_NOT_NAMES = frozenset(
    "de het een in op van voor met bij tot door uit om aan dit deze die dat er als ook zo daarnaast daarom verder volgens the a an "
    "this these it they in on for with by from and artikel article minister ministerie kamer kabinet tweede eerste ja nee yes no "
    "januari februari maart april mei juni juli augustus september oktober november december january february march may june july "
    "august october".split()
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


def _loosened(text: str) -> frozenset[str]:
    stems = frozenset(dutch.stem(word.text) for word in dutch.words(text))
    return stems | {dutch.loose_stem(stem) for stem in stems}


def _context(candidate: Candidate) -> list[str]:
    """What stands above a quote: its headings, and what is known of its document."""
    info = candidate.document
    return [*candidate.section, info.title, info.type, info.publisher, info.identifier, info.dossier, info.date]


def _holds_name(name: str, text: str) -> bool:
    """Whether a text has a name, its letters compared without case, accents and inflection; or as a part of a compound."""
    folded, wanted = fold(text), fold(name)
    if re.search(rf"(?<!\w){re.escape(wanted)}(?:s|'s|en|e)?(?!\w)", folded):
        return True
    parts = [part for part in re.split(r"[-’'&]", wanted) if len(part) > 2]
    return len(parts) > 1 and all(part in folded for part in parts)


# ------------------------------------------------------------------------------------------------ choosing quotes


def _cover(claims: _Claims, found: Sequence[Candidate]) -> list[Candidate]:
    """The fewest quotes that hold the most of what a sentence claims: figures and names first, then words (greedily)."""
    wanted = {f"{figure.kind} {figure.value}" for figure in claims.figures} | {f"name {name}" for name in claims.names}
    holds = []
    for one in found:
        there = {f"{kind} {value}" for kind, value in figures.values(one.text)}
        there |= {f"name {name}" for name in claims.names if _holds_name(name, one.text)}
        holds.append((there & wanted, claims.content & _with_loose(one.text, claims.content)))
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
    return [found[place] for place in chosen]


def _with_loose(text: str, content: frozenset[str]) -> frozenset[str]:
    there = _loosened(text)
    return frozenset(stem for stem in content if stem in there or dutch.loose_stem(stem) in there)


# ------------------------------------------------------------------------------------------------ refusing


def _refusals(
    claims: _Claims, chosen: Sequence[Candidate], quoted: str, around: str, infos: Sequence[DocumentInfo]
) -> Iterable[tuple[Problem, str]]:
    """What is wrong with a sentence, the plainest first; nothing when its pieces hold."""
    proven = figures.values(quoted)
    dates = {info.date for info in infos}
    for info in infos:
        dates |= {value for kind, value in figures.values(info.title) if kind in ("date", "period")}
    for figure in claims.figures:
        said = claims.text[figure.start : figure.end]
        if (figure.kind, figure.value) in proven or _literally(said, quoted):
            continue
        if figure.kind in ("date", "period") and _stands_above(figure, dates, quoted):
            continue
        yield Problem.FIGURE, said
    everything = f"{quoted}\n{around}"
    for name in claims.names:
        if not _holds_name(name, everything):
            yield Problem.NAME, name
    for code in claims.codes:
        if fold(code) not in fold(everything):
            yield Problem.FIGURE, code
    yield from _mixed(claims, chosen)
    yield from _turned_round(claims.text, quoted)
    yield from _other_one(claims.text, quoted, chosen, around)


def _literally(said: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(' '.join(said.split()))}(?!\w)", text) is not None


def _stands_above(figure: figures.Figure, dates: set[str], quoted: str) -> bool:
    """Whether a date that no quote has is the document's own or stands in its title, and no quote gives another instead."""
    if figure.value not in dates and not any(figure.value == date[: len(figure.value)] for date in dates if date):
        return False
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", figure.value):
        return True  # a whole date names its document: "de brief van 7 juli 2023"
    return not any(kind in ("date", "period") and re.match(r"\d{4}", value) for kind, value in figures.values(quoted))


_CLAUSE_END = re.compile(r"[;,]\s+|\s+(?:en|terwijl|maar|waarvan|and|while|but)\s+")


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE_END.split(text) if clause.strip()]


def _mixed(claims: _Claims, chosen: Sequence[Candidate]) -> Iterable[tuple[Problem, str]]:
    """A figure that its quote gives for another name or number than the sentence does.

    *Rotterdam 7 miljoen, Utrecht 5 miljoen* does not prove *Rotterdam krijgt 5 miljoen*: the clause with the figure speaks of
    another name, and the name stands in a clause with a figure of its own.
    """
    for figure in claims.figures:
        if figure.kind not in ("amount", "number", "percentage"):
            continue
        kin = set(claims.names)
        said_ordinals = ordinals(claims.text, {})
        clauses = [clause for one in chosen for clause in _clauses(one.text)]
        own = [clause for clause in clauses if (figure.kind, figure.value) in figures.values(clause)]
        others = [
            clause
            for clause in clauses
            if clause not in own and any(kind == figure.kind for kind, _ in figures.values(clause))
        ]
        if not own or not others:
            continue
        here, there = " ".join(own), " ".join(others)
        for name in kin:
            if not _holds_name(name, here) and _holds_name(name, there) and set(_names(f"x {here}")) - kin:
                yield Problem.MIXED, name
        for noun, which in said_ordinals.items():
            given = ordinals(here, {}).get(noun)
            if given and not given & which:
                yield Problem.MIXED, claims.text[figure.start : figure.end]


_NEGATIONS = re.compile(
    r"\b(?:niet(?! alleen\b)(?! enkel\b)|geen|nooit|niemand|niets|nergens|zonder|evenmin|noch|uitgezonderd|not(?! only\b)|no|never|nobody|nothing|"
    r"without|neither|nor|cannot|\w+n't)\b",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"\b(?:moet(?:en)?|dien(?:t|en)(?= \b.{0,60}\bte\b)|verplicht(?:e|en)?|verplichting(?:en)?|is gehouden|must|shall|has to|have to|required|obliged)\b",
    re.IGNORECASE,
)
_MAY = re.compile(r"\b(?:mag|mogen|kan|kunnen|toegestaan|bevoegd|may|can|allowed|permitted)\b", re.IGNORECASE)
_NEED_NOT = re.compile(r"\b(?:hoef(?:t|t|ven)|hoeven|need not|needn't)\b", re.IGNORECASE)
# What may not be swapped. Only one side of a pair in the sentence and only the other in the quote: turned round.
_OPPOSITES: tuple[tuple[str, str], ...] = (
    (r"ten minste|minimaal|minstens|at least|minimum", r"ten hoogste|maximaal|hoogstens|at most|maximum"),
    (r"meer dan|more than|ruim", r"minder dan|less than"),
    (r"stijgt|stijgen|steeg|gestegen|stijging|verhoogd|verhoging|toename|toegenomen|toeneemt|increase\w*|rise\w*",
     r"daalt|dalen|daalde|gedaald|daling|verlaagd|verlaging|afname|afgenomen|afneemt|decrease\w*|fall\w*"),
    (r"verplicht\w*|mandatory|compulsory", r"vrijwillig\w*|facultatief|voluntary|optional"),
    (r"toegestaan|toegelaten|allowed|permitted", r"verboden|uitgesloten|niet toegestaan|prohibited|excluded"),
    (r"toegewezen|toegekend|goedgekeurd|granted|approved", r"afgewezen|geweigerd|verworpen|rejected|refused"),
    (r"aangenomen|adopted", r"verworpen|ingetrokken|rejected"),
    (r"vanaf|sinds|begint|start|from|since|begins", r"tot en met|tot uiterlijk|eindigt|loopt af|vervalt|until|ends"),
    (r"eenmalig\w*|one-off", r"structureel|structurele|jaarlijks\w*|structural|annual\w*"),
    (r"voor aanvang|vooraf", r"achteraf|na afloop"),
    (r"jaarlijks\w*|annual\w*|yearly", r"maandelijks\w*|halfjaarlijks\w*|tweejaarlijks\w*|monthly"),
)  # fmt: skip
_PAIRS = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in _OPPOSITES
)


def _turned_round(text: str, quoted: str) -> Iterable[tuple[Problem, str]]:
    """Negations, obligations, permissions and opposites that the sentence and its closest clauses do not share."""
    aligned = _aligned(text, quoted)
    said = _NEGATIONS.search(text)
    if said is not None and _NEGATIONS.search(quoted) is None and not _NEED_NOT.search(quoted):
        yield Problem.NEGATION, said.group()
    there = _NEGATIONS.search(aligned)
    if said is None and there is not None and not _NEED_NOT.search(text):
        yield Problem.NEGATION, there.group()
    must, may = _MUST.search(text), _MAY.search(text)
    if (
        must is not None
        and not _MUST.search(quoted)
        and (_MAY.search(aligned) or _NEED_NOT.search(aligned) or not _BINDING.search(quoted))
    ):
        yield Problem.MODALITY, must.group()
    if may is not None and must is None and not _MAY.search(quoted) and _MUST.search(aligned):
        yield Problem.MODALITY, may.group()
    for one, other in _PAIRS:
        for here, opposite in ((one, other), (other, one)):
            match = here.search(text)
            if match and not opposite.search(text) and opposite.search(aligned) and not here.search(quoted):
                yield Problem.OPPOSITE, match.group()


# Legal Dutch orders without "moet": "de gemeente legt verantwoording af uiterlijk op 15 juli".
_BINDING = re.compile(
    r"\b(?:uiterlijk|voorwaarde\w*|vereist\w*|verantwoord\w*|eis(?:en)?|slechts|alleen|uitsluitend|tenzij|draagt zorg|zorgt)\b",
    re.IGNORECASE,
)


def _aligned(text: str, quoted: str) -> str:
    """The clauses of the quotes that share most words with the sentence; all of them when none stands out."""
    content = frozenset(dutch.content_stems(text))
    clauses = _clauses(quoted)
    if len(clauses) < 2 or not content:
        return quoted
    shared = [len(content & _with_loose(clause, content)) for clause in clauses]
    most = max(shared)
    if not most:
        return quoted
    return " ; ".join(clause for clause, count in zip(clauses, shared, strict=True) if count >= max(1, most / 2))


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
            yield Problem.ORDINAL, " ".join(sorted(which))
