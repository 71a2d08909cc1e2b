"""Hits → candidate quotes: every sentence, list and table row that might answer, and how well each fits the question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from weakref import WeakKeyDictionary, WeakMethod

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from assistant import dutch, figures
from assistant.answering.question import Asked, Reading, Term
from assistant.model import Block, BlockKind, Document, DocumentInfo, Hit
from assistant.text import Span, sentences


class Vocabulary(Protocol):
    """What the corpus's words are worth."""

    def __len__(self) -> int: ...

    def document_frequency(self, stem: str) -> int: ...

    def parts(self, word: str) -> tuple[str, ...]: ...

    @property
    def abbreviations(self) -> Mapping[str, tuple[str, ...]]: ...


class SentenceEmbedder(Protocol):
    """Vectors of short texts, shape (n, dimensions), and of a question, shape (dimensions,); L2-normalised."""

    def embed_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def embed_query(self, text: str) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that can be quoted, and what stands around it.

    `pieces` are the stretches of the document that are quoted together: one sentence, a sentence with the one it leans
    on, a list with its lead-in, or a table row with its header.
    """

    hit: Hit
    pieces: tuple[Span, ...]
    text: str  # what a reader sees
    kind: BlockKind
    section: tuple[str, ...]
    core: str = ""  # the sentence itself, without what it leans on
    place: int = 0  # of its first character in the document

    @property
    def document(self) -> DocumentInfo:
        return self.hit.document


@dataclass(slots=True)
class Ranked:
    """A candidate with its features for the question; see `FEATURES`."""

    candidate: Candidate
    features: dict[str, float] = field(default_factory=dict)
    relevance: float = 0.0
    missing: tuple[Term, ...] = ()


# ------------------------------------------------------------------------------------------------ candidates

_MARKER = re.compile(r"(?:[•–*·o-]|\(?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})[.)°])\s+(?=\S)")
_LEANS = re.compile(
    r"(?:(?:zij|ze|hij|deze|dit|die|daarom|daarmee|daarbij|daardoor|hierdoor|hiermee|hierbij|hierover|hiervoor|daarnaast|"
    r"daarvoor|daarvan|daaronder|hieronder|daarover|daarin|hierin|daarna|vervolgens|hun|bovendien|ook|toch|echter|zo|dat|daartoe|hiertoe|"
    r"er(?:van|mee|in|voor|toe|door|over)|laatstgenoemde|eerstgenoemde|beide)\b"
    r"|(?:het|dat)\s+(?:is|was|zijn|waren|gaat|ging|wordt|werd|heeft|had|geeft|betreft|kan|moet|zal|loopt|geldt|richt|komt)\b"
    r"|(?:in|bij|met|op|van|voor|tot|door)\s+(?:deze|dit|dat|die)\b)",
    re.IGNORECASE,
)
_MAX_LIST_CHARACTERS = 1_600
_MAX_SENTENCE_CHARACTERS = 900


def candidates(
    hits: Sequence[Hit], document_of: Callable[[str], Document], *, lists_under_headings: bool = False
) -> list[Candidate]:
    """Everything in the hits that can be quoted by itself, in order of the hits; no stretch twice.

    A list is one candidate with the sentence that leads it in; with `lists_under_headings` also when only a heading
    stands above it. Its items are candidates by themselves as well.
    """
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        document = document_of(hit.document.id)
        for candidate in _of_passage(hit, document, lists_under_headings):
            key = (document.info.id, candidate.place)
            if key not in seen:
                seen.add(key)
                found.append(candidate)
    return found


_ABOUT_THE_SUMMARY = "over deze samenvatting"  # our summaries end in a section about themselves, not about policy


def _of_passage(hit: Hit, document: Document, lists_under_headings: bool) -> Iterator[Candidate]:
    section = hit.passage.anchor.section
    if document.info.provenance == "samenvatting" and section and section[-1].lower() == _ABOUT_THE_SUMMARY:
        return
    blocks = document.blocks
    first = _first_block(blocks, hit.passage.start)
    place = first
    done_groups: set[int] = set()
    while place < len(blocks) and blocks[place].start < hit.passage.end:
        block = blocks[place]
        if block.kind is BlockKind.LIST_ITEM and block.group not in done_groups:
            done_groups.add(block.group)
            whole = _list(hit, document, place, lists_under_headings)
            if whole is not None:
                yield whole
        if block.kind is BlockKind.TABLE_ROW:
            row = _row(hit, document, place)
            if row is not None:
                yield row
        elif block.kind is not BlockKind.HEADING:
            yield from _sentences(hit, document, place)
        place += 1


def _first_block(blocks: Sequence[Block], start: int) -> int:
    low, high = 0, len(blocks)
    while low < high:
        middle = (low + high) // 2
        if blocks[middle].end <= start:
            low = middle + 1
        else:
            high = middle
    return low


def _sentences(hit: Hit, document: Document, place: int) -> Iterator[Candidate]:
    block = document.blocks[place]
    body = document.text[block.start : block.end]
    marker = _MARKER.match(body) if block.kind is BlockKind.LIST_ITEM else None
    offset = block.start + (marker.end() if marker else 0)
    spans = [Span(offset + span.start, offset + span.end) for span in sentences(document.text[offset : block.end])]
    for number, span in enumerate(spans):
        if not hit.passage.start <= span.start < hit.passage.end or span.end - span.start > _MAX_SENTENCE_CHARACTERS:
            continue
        core = document.text[span.start : span.end]
        if not any(character.isalnum() for character in core):
            continue
        if core.endswith(":") and number == len(spans) - 1 and _has_list_after(document.blocks, place):
            continue  # quoted with its list instead
        start = span.start
        back = number
        while back > 0 and number - back < 2 and _LEANS.match(document.text[start : start + 60]):
            back -= 1
            start = spans[back].start
        pieces: tuple[Span, ...] = (Span(start, span.end),)
        text = document.text[start : span.end]
        if back == 0 and _LEANS.match(text[:60]):
            before = _sentence_before(document, place)
            if before is not None:
                pieces = (before, *pieces)
                text = document.text[before.start : before.end] + " " + text
        yield Candidate(hit, pieces, " ".join(text.split()), block.kind, block.anchor.section, core, span.start)


def _sentence_before(document: Document, place: int) -> Span | None:
    """The last sentence of the paragraph before, when it stands under the same heading."""
    if place == 0:
        return None
    block, before = document.blocks[place], document.blocks[place - 1]
    if before.kind is not BlockKind.PARAGRAPH or before.anchor.section != block.anchor.section:
        return None
    spans = sentences(document.text[before.start : before.end])
    if not spans or document.text[before.start + spans[-1].start : before.start + spans[-1].end].endswith(":"):
        return None
    return Span(before.start + spans[-1].start, before.start + spans[-1].end)


def _has_list_after(blocks: Sequence[Block], place: int) -> bool:
    return place + 1 < len(blocks) and blocks[place + 1].kind is BlockKind.LIST_ITEM


def _list(hit: Hit, document: Document, place: int, under_heading: bool) -> Candidate | None:
    """A whole list with the sentence (or heading) that leads it in, when there is one and it is not too long."""
    blocks = document.blocks
    group = blocks[place].group
    first = place
    while first > 0 and blocks[first - 1].kind is BlockKind.LIST_ITEM and blocks[first - 1].group == group:
        first -= 1
    last = place
    while last + 1 < len(blocks) and blocks[last + 1].kind is BlockKind.LIST_ITEM and blocks[last + 1].group == group:
        last += 1
    if first == 0:
        return None
    lead_block = blocks[first - 1]
    if lead_block.kind is BlockKind.PARAGRAPH:
        lead_spans = sentences(document.text[lead_block.start : lead_block.end])
        start = lead_block.start + (lead_spans[-1].start if lead_spans else 0)
        lead = document.text[start : lead_block.end].strip()
        if not lead.endswith(":"):
            return None
    elif lead_block.kind is BlockKind.HEADING and under_heading and last > first:
        start = lead_block.start
        lead = document.text[start : lead_block.end].rstrip(" :") + ":"
    else:
        return None
    if blocks[last].end - start > _MAX_LIST_CHARACTERS:
        return None
    items = []
    for block in blocks[first : last + 1]:
        body = document.text[block.start : block.end]
        marker = _MARKER.match(body)
        items.append(" ".join(body[marker.end() if marker else 0 :].split()).rstrip(";,. "))
    text = f"{lead} {'; '.join(items)}."
    whole = Span(start, blocks[last].end)
    return Candidate(hit, (whole,), text, BlockKind.LIST_ITEM, lead_block.anchor.section, text, start)


def _row(hit: Hit, document: Document, place: int) -> Candidate | None:
    """A table row, read with the names of its columns."""
    blocks = document.blocks
    row = blocks[place]
    first = place
    while first > 0 and blocks[first - 1].kind is BlockKind.TABLE_ROW and blocks[first - 1].group == row.group:
        first -= 1
    if first == place or not hit.passage.start <= row.start < hit.passage.end:
        return None
    header = blocks[first]
    names = [cell.strip() for cell in document.text[header.start : header.end].split(" | ")]
    cells = [cell.strip() for cell in document.text[row.start : row.end].split(" | ")]
    if len(names) == len(cells):
        parts = [f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True) if cell]
    else:
        parts = [cell for cell in cells if cell]
    text = "; ".join(parts)
    if not text:
        return None
    if not text.endswith((".", "!", "?")):
        text += "."
    pieces = (Span(row.start, row.end), Span(header.start, header.end))
    return Candidate(hit, pieces, text, BlockKind.TABLE_ROW, row.anchor.section, text, row.start)


# ------------------------------------------------------------------------------------------------ matching

_PART_MATCH = 0.8
_SYNONYM_MATCH = 0.8
_LOOSE_MATCH = 0.8
_TYPO_MATCH = 0.8
_KIN_MATCH = 0.6
_TYPO_CUTOFF = 84  # rapidfuzz's ratio, 0 to 100
_UNKNOWN_ENGLISH = 0.25  # weight of an English word without a known Dutch one


class Matcher:
    """Says which terms of a question a text is about, and how much those terms weigh in this corpus."""

    def __init__(self, reading: Reading, vocabulary: Vocabulary) -> None:
        self.reading = reading
        self._vocabulary = vocabulary
        self._analyse = _analyser(vocabulary)
        self._accepted: dict[str, frozenset[str]] = {}
        self._alternatives: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.weights: dict[str, float] = {}
        size = max(len(vocabulary), 1)
        for term in reading.terms:
            parts = frozenset(dutch.stem(part) for part in vocabulary.parts(term.text))
            synonyms = dutch.synonyms(term.stem) | (
                dutch.translations(term.text) if reading.language == "en" else set()
            )
            self._accepted[term.stem] = frozenset(synonyms)
            longs = vocabulary.abbreviations.get(term.text, ())
            self._alternatives[term.stem] = tuple(
                [tuple(parts)] * bool(parts) + [tuple(dutch.content_stems(long)) for long in longs]
            )
            frequency = vocabulary.document_frequency(term.stem)
            if not frequency:
                frequency = max((vocabulary.document_frequency(other) for other in synonyms), default=0)
            weight = math.log(1 + (size - min(frequency, size) + 0.5) / (frequency + 0.5))
            if reading.language == "en" and not term.name and not frequency:
                weight *= _UNKNOWN_ENGLISH
            self.weights[term.stem] = max(weight, 0.2)
        self.total = sum(self.weights.values())

    def matched(self, text: str) -> dict[str, float]:
        """How well each term (by its stem) stands in a text: 1 literally, less in other words, absent when not at all."""
        stems, parts, loose, plain = self._analyse(text)
        found: dict[str, float] = {}
        for term in self.reading.terms:
            if term.stem in stems:
                found[term.stem] = 1.0
            elif not term.name and (term.stem in parts or self._accepted[term.stem] & (stems | parts)):
                found[term.stem] = _SYNONYM_MATCH
            elif term.stem in parts or any(
                set(other) <= stems | parts for other in self._alternatives[term.stem] if other
            ):
                found[term.stem] = _PART_MATCH
            elif not term.name and dutch.loose_stem(term.stem) in loose:
                found[term.stem] = _LOOSE_MATCH
            elif self._is_abbreviated(term, stems):
                found[term.stem] = _PART_MATCH
            elif self._is_typo(term, plain):
                found[term.stem] = _TYPO_MATCH
            elif self._is_kin(term, plain):
                found[term.stem] = _KIN_MATCH
        return found

    def coverage(self, matched: Mapping[str, float]) -> float:
        """The share of the question's weight that is matched, 0 to 1; 1 when the question has no terms."""
        if not self.total:
            return 1.0
        return sum(self.weights[stem] * share for stem, share in matched.items()) / self.total

    def _is_abbreviated(self, term: Term, stems: frozenset[str]) -> bool:
        """A word of a long form counts where its abbreviation stands and the question has the whole long form."""
        said = {other.stem for other in self.reading.terms}
        for short, longs in self._vocabulary.abbreviations.items():
            if short in stems and any(
                term.stem in long_stems and set(long_stems) <= said for long_stems in map(_stems_of, longs)
            ):
                return True
        return False

    def _is_typo(self, term: Term, plain: frozenset[str]) -> bool:
        if len(term.text) < 6 or not term.text.isalpha() or self._vocabulary.document_frequency(term.stem):
            return False
        near = [word for word in plain if abs(len(word) - len(term.text)) <= 2 and word[0] == term.text[0]]
        best = process.extractOne(term.text, near, scorer=fuzz.ratio, score_cutoff=_TYPO_CUTOFF)
        return best is not None

    def _is_kin(self, term: Term, plain: frozenset[str]) -> bool:
        """A word the corpus does not have, where one that begins like it stands: *interrumperen* and *interrupties*."""
        size = max(5, (len(term.text) + 1) // 2)
        if term.name or len(term.text) < 6 or not term.text.isalpha() or self._vocabulary.document_frequency(term.stem):
            return False
        return any(word[:size] == term.text[:size] for word in plain)


@lru_cache(maxsize=4_000)
def _stems_of(text: str) -> tuple[str, ...]:
    return tuple(dutch.content_stems(text))


_Analysed = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]
_analyses: WeakKeyDictionary[Vocabulary, Callable[[str], _Analysed]] = WeakKeyDictionary()


def _analyser(vocabulary: Vocabulary) -> Callable[[str], _Analysed]:
    """`_analyse` over a vocabulary, with a memory that goes when the vocabulary goes."""
    known = _analyses.get(vocabulary)
    if known is None:
        parts_of = WeakMethod(vocabulary.parts)

        def analyse(text: str) -> _Analysed:
            parts = parts_of()
            assert parts is not None, "a matcher holds its vocabulary"
            return _analyse(text, parts)

        known = _analyses[vocabulary] = lru_cache(maxsize=20_000)(analyse)
    return known


def _analyse(
    text: str, parts_of: Callable[[str], tuple[str, ...]]
) -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Stems, stems of compound parts, loose stems of both, and folded words of a text."""
    found = dutch.words(text)
    plain = frozenset(word.text for word in found)
    stems = frozenset(dutch.stem(word) for word in plain)
    parts = frozenset(dutch.stem(part) for word in plain for part in parts_of(word))
    loose = frozenset(dutch.loose_stem(one) for one in stems | parts)
    return stems, parts, loose, plain


# ------------------------------------------------------------------------------------------------ features

FEATURES = (
    "similarity",  # cosine of question and sentence
    "lead",  # that cosine, in standard deviations above the other candidates
    "passage",  # cosine of question and passage; 0.8 when only words found it
    "coverage",  # share of the question's weight that the sentence itself speaks of
    "context",  # the same for the sentence with its passage, headings and title
    "heading",  # the same for the nearest heading
    "figure",  # a figure was asked for and the sentence has one that the question does not
    "no_figure",  # a figure was asked for and the sentence has none
    "kind",  # something else was asked for (a name, a list, a reason) and the sentence has it
    "no_kind",  # ... and has it not
    "focus",  # the sentence says how many of, or which, the thing is that the question counts or chooses from
    "rank",  # of the passage: 1 for the first, falling with the logarithm
    "names_missing",  # share of weight of names, years and numbers that stand nowhere near
    "words_missing",  # share of weight of other words that stand nowhere near
    "unseen",  # share of weight of words that no passage found speaks of
    "opposed",  # the sentence is about another tranche, year or article than the question
    "superseded",  # its document has been replaced in part
    "english",
    "whole",  # an amount or number was asked for, and the sentence gives a total
)

_FIGURE_KINDS = frozenset({Asked.DATE, Asked.PERIOD, Asked.AMOUNT, Asked.NUMBER, Asked.FREQUENCY, Asked.CONTACT})
_OTHER_KINDS = frozenset({Asked.MEANING, Asked.PERSON, Asked.PLACE, Asked.LIST, Asked.REASON})
_UNKNOWN_COSINE = 0.8  # e5's cosines between unrelated Dutch texts lie around this


def score(
    found: Sequence[Candidate],
    matcher: Matcher,
    embedder: SentenceEmbedder,
    *,
    superseded: frozenset[str],
    most: int,
) -> list[Ranked]:
    """Give the most promising candidates their features. Only `most` are embedded, chosen by words, type and rank."""
    reading = matcher.reading
    total = matcher.total or 1.0
    contexts: dict[int, dict[str, float]] = {}
    periods = numbered_periods({candidate.hit.passage.text for candidate in found})
    scored: list[Ranked] = []
    seen: set[str] = set()
    for candidate in found:
        here = matcher.matched(candidate.text)
        if id(candidate.hit) not in contexts:
            contexts[id(candidate.hit)] = matcher.matched(_around(candidate))
        around = contexts[id(candidate.hit)]
        context = {stem: max(here.get(stem, 0.0), around.get(stem, 0.0)) for stem in here.keys() | around.keys()}
        seen |= context.keys()
        missing = tuple(term for term in reading.terms if term.stem not in context)
        typed = bool(answering_spans(candidate.text, reading, candidate.kind))
        figure, other = reading.asked in _FIGURE_KINDS, reading.asked in _OTHER_KINDS
        scored.append(
            Ranked(
                candidate,
                {
                    "passage": candidate.hit.scores.get("dense", _UNKNOWN_COSINE),
                    "coverage": matcher.coverage(here),
                    "context": matcher.coverage(context),
                    "heading": matcher.coverage(matcher.matched(" ".join(candidate.section[-1:]))),
                    "figure": float(figure and typed),
                    "no_figure": float(figure and not typed),
                    "kind": float(other and typed),
                    "no_kind": float(other and not typed),
                    "focus": float(_has_focus(candidate.text, reading)),
                    "rank": 1.0 / (1 + math.log2(candidate.hit.rank)),
                    "names_missing": sum(matcher.weights[term.stem] for term in missing if term.name) / total,
                    "words_missing": sum(matcher.weights[term.stem] for term in missing if not term.name) / total,
                    "opposed": float(_opposed(candidate, reading, periods)),
                    "superseded": float(candidate.document.id in superseded),
                    "english": float(reading.language == "en"),
                    "whole": float(reading.asked in (Asked.AMOUNT, Asked.NUMBER) and is_whole(candidate.text)),
                },
                missing=missing,
            )
        )
    unseen = sum(matcher.weights[term.stem] for term in reading.terms if term.stem not in seen) / total
    for one in scored:
        one.features["unseen"] = unseen
    scored.sort(key=_promise, reverse=True)
    chosen = scored[:most]
    if chosen:
        query = embedder.embed_query(reading.text)
        cosines = embedder.embed_sentences([_embedded(one.candidate) for one in chosen]) @ query
        spread = max(float(cosines.std()), 1e-6)
        for one, cosine in zip(chosen, cosines, strict=True):
            one.features["similarity"] = float(cosine)
            one.features["lead"] = (float(cosine) - float(cosines.mean())) / spread
    return chosen


def _promise(one: Ranked) -> float:
    features = one.features
    kind = features["figure"] + features["kind"] + 0.5 * features["focus"] - features["opposed"]
    return 2 * features["coverage"] + features["context"] + 0.5 * kind + features["rank"]


def _around(candidate: Candidate) -> str:
    """Where the candidate stands: its passage, the headings above it, its document's title, date and number."""
    info = candidate.document
    return "\n".join(
        [
            info.title,
            info.type,
            info.date,
            info.identifier,
            info.publisher,
            *candidate.section,
            candidate.hit.passage.text,
        ]
    )


def _embedded(candidate: Candidate) -> str:
    """What is compared with the question: the sentence under its title and heading, which often name its subject."""
    heading = candidate.section[-1] if candidate.section else ""
    return "\n".join(dict.fromkeys(line for line in (candidate.document.title, heading, candidate.text) if line))


_OFFICE = (
    r"\b(?:[Mm]inister(?:ie)?|[Ss]taatssecretaris(?:sen)?|[Bb]urgemeesters?|[Kk]abinet|[Cc]ommissie|[Vv]oorzitter|[Gg]emeenten?|[Ff]racties?|"
    r"[Oo]rganisaties?|[Dd]irecteur|[Pp]rofessionals?|[Cc]ollege|[Rr]ijk|[Bb]ewoners|[Jj]ongerenwerkers?)\b"
)
_CAPITALISED = r"(?<=[a-zà-ÿ,(:;] )[A-ZÀ-Þ][\w’'&-]+(?: (?:van|de|der|den|en|voor|het)? ?[A-ZÀ-Þ][\w’'&-]+)*"
_PAPERS = r"(?!(?:Kamerbrief|Kamerstuk|Staatscourant|Staatsblad|Actieagenda|Agenda|Regeling|Artikel|Nota|SPUK|DU)\b)"
_PERSON = re.compile(f"{_OFFICE}|{_PAPERS}{_CAPITALISED}")
_PLACE = re.compile(rf"\b(?:in|te|bij) (?:de |het )?{_PAPERS}[A-ZÀ-Þ][\w’'-]+(?:[ -][A-ZÀ-Þ][\w’'-]+)*")
_BECAUSE = re.compile(
    r"\b(?:omdat|doordat|want|daarom|redenen?|zodat|vanwege|wegens|dankzij|aangezien|immers|namelijk|oorzaak|doordat|om)\b",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"\b(?:jaarlijkse?|maandelijkse?|wekelijkse?|dagelijkse?|halfjaarlijkse?|(?:één|een|twee|drie|vier|\d+) (?:keer|maal)(?: per \w+)?|"
    r"(?:elk|ieder|per) (?:half)?(?:jaar|kwartaal|maand|week)|om de \w+ jaar|periodieke?|regelmatig)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\(?0\d{1,3}\)?[ -]?\d[\d ]{5,}|(?:https?://|www\.)\S+")
_PATTERNS: Mapping[Asked, re.Pattern[str]] = {
    Asked.PERSON: _PERSON,
    Asked.PLACE: _PLACE,
    Asked.REASON: _BECAUSE,
    Asked.FREQUENCY: _FREQUENCY,
    Asked.CONTACT: _CONTACT,
}
_WHOLE = re.compile(r"\b(?:totaal|totale|beschikbaar)\b", re.IGNORECASE)
_FIGURES: Mapping[Asked, frozenset[str]] = {
    Asked.DATE: frozenset({"date", "period"}),
    Asked.PERIOD: frozenset({"period", "date"}),
    Asked.AMOUNT: frozenset({"amount"}),
    Asked.NUMBER: frozenset({"number", "percentage", "period"}),
}


def is_whole(text: str) -> bool:
    """Whether a text gives a total, or what is available in all, rather than a part of it."""
    return _WHOLE.search(text) is not None


def answering_spans(text: str, reading: Reading, kind: BlockKind = BlockKind.PARAGRAPH) -> tuple[Span, ...]:
    """The stretches of a text that are of the asked kind and not already in the question."""
    asked = reading.asked
    if asked in _FIGURES:
        kinds = _FIGURES[asked]
        given = {(figure.kind, figure.value) for figure in figures.find(reading.text) if figure.kind in kinds}
        if len(given) > 1:
            given = set()  # "200, 250 of 256 miljoen?" chooses between them
        found_figures = [
            figure for figure in figures.find(text) if asked is not Asked.PERIOD or _is_period(text, figure)
        ]
        return tuple(
            Span(*figure.span)
            for figure in found_figures
            if figure.kind in kinds
            and (figure.kind, figure.value) not in given
            and not (asked is not Asked.AMOUNT and _only_identifies(text, figure.start, reading))
            and not (reading.year_wanted and re.match(r"\d{4}", figure.value) is None)
        )
    if asked is Asked.MEANING:
        return tuple(_long_forms(text, reading))
    if asked in _PATTERNS:
        said = {term.stem for term in reading.terms}
        found = (Span(*match.span()) for match in _PATTERNS[asked].finditer(text))
        return tuple(span for span in found if not set(dutch.content_stems(text[span.start : span.end])) <= said)
    if asked is Asked.LIST:
        listed = (kind is BlockKind.LIST_ITEM and "; " in text) or text.count(",") >= 1 or " en " in text
        return (Span(0, len(text)),) if listed else ()
    return (Span(0, len(text)),)


_ONE_SIDED = re.compile(
    r"\b(?:tot|t/m|vanaf|sinds|eindigt|loopt|begint|until|since)\b(?:\W+\w+){0,3}\W+$", re.IGNORECASE
)


def _is_period(text: str, figure: figures.Figure) -> bool:
    """Whether a figure says how long something takes, from when or until when; a mere date does not."""
    return figure.kind == "period" or _ONE_SIDED.search(text[max(0, figure.start - 40) : figure.start]) is not None


_IDENTIFIED = re.compile(
    r"\b(\w*(?:brief|nota|bericht|verslag|debat|overleg|wijziging|regeling|rapport|pagina|kader|begroting|onderzoek|publicatie))"
    r"(?:\s+\([^)]{1,12}\))?\s+(?:van|uit|voor)\s+(?:eind |begin |de zomer van )?$",
    re.IGNORECASE,
)


def _only_identifies(text: str, start: int, reading: Reading) -> bool:
    """Whether a date says which letter or debate is meant (*de brief van 7 juli 2023 noemt ...*) and answers nothing.

    When the question is about that letter or debate itself, its date may be the answer.
    """
    match = _IDENTIFIED.search(text[max(0, start - 60) : start])
    if match is None:
        return False
    said = {term.stem for term in reading.terms}
    return dutch.stem(match.group(1).lower()) not in said


def _long_forms(text: str, reading: Reading) -> Iterator[Span]:
    """Where a text says what an abbreviation of the question stands for: `specifieke uitkering`, or the words before `(SPUK)`."""
    lowered = text.lower()
    for term in reading.terms:
        for long in dutch.ABBREVIATIONS.get(term.text, ()):
            at = lowered.find(long)
            if at >= 0:
                yield Span(at, at + len(long))
        at = lowered.find(f"({term.text})")
        if at > 0:
            words = dutch.words(text[:at])[-len(term.text) - 1 :]
            if words:
                yield Span(words[0].start, at - 1)


def _has_focus(text: str, reading: Reading) -> bool:
    """Whether the text counts or lists what the question counts or chooses from: *vijf thema's*, *de thema's: ...*."""
    if reading.focus is None:
        return False
    found = dutch.words(text)
    if reading.asked is Asked.NUMBER:
        ends = [span.end for span in answering_spans(text, reading)]
        starts = [word.start for word in found if dutch.stem(word.text) == reading.focus]
        return any(0 <= start - end <= 40 and text[end:start].count(" ") <= 4 for start in starts for end in ends)
    return any(dutch.stem(word.text) == reading.focus for word in found)


_ORDINAL = re.compile(r"\b(eerste|tweede|derde|vierde|vijfde|first|second|third|fourth)\s+([\w-]+)", re.IGNORECASE)
_ORDINALS = {"first": "eerste", "second": "tweede", "third": "derde", "fourth": "vierde"}
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEARS = re.compile(r"\b((?:19|20)\d\d)\s*(?:-|–|/|tot en met|t/m|tot)\s*((?:19|20)\d\d)\b")


# "de tweede tranche (2026-2028)": what is called by its number is often called by its years as well
_NUMBERED_PERIOD = re.compile(
    r"\b(eerste|tweede|derde|vierde|vijfde)\s+(\w+)\b[^.;:!?\n]{0,25}?\b((?:19|20)\d\d)\s*(?:-|–|/|tot en met|t/m)\s*((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
Periods = Mapping[tuple[str, str], tuple[int, int]]  # (which, stem of what) -> first and last year


def numbered_periods(texts: Iterable[str]) -> Periods:
    """The years of numbered things as texts give them; a thing that is given different years is left out.

    From *de tweede tranche (2026-2028)*: `{("tweede", "tranch"): (2026, 2028)}`.
    """
    found: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for text in texts:
        for match in _NUMBERED_PERIOD.finditer(text):
            key = (match.group(1).lower(), dutch.stem(match.group(2).lower()))
            found.setdefault(key, set()).add((int(match.group(3)), int(match.group(4))))
    return {key: next(iter(spans)) for key, spans in found.items() if len(spans) == 1}


def _opposed(candidate: Candidate, reading: Reading, periods: Periods) -> bool:
    """Whether the text names another tranche or other years than the question does, and not the one asked for."""
    asked = _ordinals(reading.text, periods)
    if asked:
        given = _ordinals(candidate.text, periods) or _ordinals(" ".join(candidate.section[-1:]), periods)
        for noun, which in asked.items():
            if noun in given and not which & given[noun]:
                return True
    years = _years(reading.text, periods)
    if years:
        there = _years(candidate.text, periods)
        if there and not years & there and not any(str(year) in candidate.document.date for year in years):
            return True
    return False


def _ordinals(text: str, periods: Periods) -> dict[str, set[str]]:
    """Which of what a text names, by number or by the years of that number: `{"tranch": {"tweede"}}`."""
    found: dict[str, set[str]] = {}
    for match in _ORDINAL.finditer(text):
        which = match.group(1).lower()
        found.setdefault(dutch.stem(match.group(2).lower()), set()).add(_ORDINALS.get(which, which))
    spans = {(int(match.group(1)), int(match.group(2))) for match in _YEARS.finditer(text)}
    by_number = set(found)
    for (which, noun), span in periods.items():
        if span in spans and noun not in by_number:
            found.setdefault(noun, set()).add(which)
    return found


def _years(text: str, periods: Periods) -> set[int]:
    """The years a text names, those of numbered things among them."""
    years = {int(match.group()) for match in _YEAR.finditer(text)}
    for match in _ORDINAL.finditer(text):
        which = match.group(1).lower()
        span = periods.get((_ORDINALS.get(which, which), dutch.stem(match.group(2).lower())))
        if span is not None:
            years |= set(range(span[0], span[1] + 1))
    for match in _YEARS.finditer(text):
        years |= set(range(int(match.group(1)), min(int(match.group(2)), int(match.group(1)) + 50) + 1))
    return years
