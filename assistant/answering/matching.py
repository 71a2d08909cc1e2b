"""Question and text → the words they share: literally, as a part, in other words or misspelt, and what each is worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol
from weakref import WeakKeyDictionary, WeakMethod

from rapidfuzz import fuzz, process

from assistant import dutch
from assistant.answering.question import Reading, Term


class Vocabulary(Protocol):
    """What the corpus's words are worth."""

    def __len__(self) -> int: ...

    def document_frequency(self, stem: str) -> int: ...

    def parts(self, word: str) -> tuple[str, ...]: ...

    @property
    def abbreviations(self) -> Mapping[str, tuple[str, ...]]: ...


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
            synonyms = (
                dutch.synonyms(term.stem)
                | dutch.formal_words(term.stem)
                | (dutch.translations(term.text) if reading.language == "en" else set())
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
