"""Answers made of exact sentences: first the one that answers, then what adds something, or silence with a reason."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assistant import dutch, figures, references
from assistant.answering import clauses, confidence, phrases, small_talk, speech_acts
from assistant.answering.candidates import (
    Candidate,
    candidates,
    condition_after,
    following,
    is_about_the_summary,
    leans,
)
from assistant.answering.evidence import Ranked, SentenceEmbedder, score
from assistant.answering.matching import Matcher, Vocabulary
from assistant.answering.question import Asked, Reading, parts, read
from assistant.answering.wanted import (
    answering_spans,
    explains,
    is_told_to_list,
    is_whole,
    lacks_the_counted,
    lacks_the_most,
    numbered_periods,
    opposed,
)
from assistant.model import (
    NEIGHBOUR,
    BlockKind,
    Document,
    DocumentInfo,
    Draft,
    DraftStatement,
    Evidence,
    Hit,
    Question,
)
from assistant.text import Span, fold

_MOST_STATEMENTS = 5  # one that answers and at most four more
_MOST_EMBEDDED = 16  # candidates compared by meaning: on the dev questions more than 14 found no further answer
_PASSAGES = 12  # hits whose sentences are considered
_CLOSE = 1.7  # log-odds below the best: worth adding when it says something else
_AS_NEAR = (
    1.0  # log-odds below the best: about the same thing as far as anyone can tell, so that the newer one comes first
)
_ADDS = 0.4  # share of a candidate's figures and content words that no earlier statement has
_FIGURE_REACH = 3.5  # log-odds by which a sentence with the asked kind of figure may lie below the best without
_REPLACES = 5.6  # log-odds by which the newer figure may lie below the older one and still be shown before it
_SURE_COVERAGE = 0.6  # of the question's weight: the first answer is about what was asked
_STRAYS = 0.15  # of the question's weight that a further sentence may lack
_UNSURE = 0.5  # chance that an answer is right below which it is said that it may not be
_NEAREST = 3
_NAMED = 5.6  # log-odds: what stands in a document that the question names by number comes first
_FOLLOWING = 2  # sentences that go on from the one that answers: of 1, 2 and 3 most right on the dev questions
_OVERVIEW = 3  # sentences that say what a document is about
_WHAT_IS = re.compile(r"\W*(?:(?:wat\s+is|what\s+is|what['’]s)\b)?\W*", re.IGNORECASE)
_CONFLICT = 2.2  # log-odds below the best: still about the same thing, so a different figure is worth showing


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers from exact sentences of the hits, without a language model.

    Args:
        vocabulary: what the corpus's words are worth (the lexical index).
        embedder: vectors of sentences and questions.
        document_of: the document of an id.
        successors: for each document id the ids of newer documents that replace its figures or rules.
        openings: questions to begin with, asked for when someone says hello or nothing.
    """

    vocabulary: Vocabulary
    embedder: SentenceEmbedder
    document_of: Callable[[str], Document]
    successors: Mapping[str, Sequence[str]]
    calibration: confidence.Calibration
    openings: Callable[[], tuple[str, ...]] = tuple

    def sought(self, question: Question) -> Question:
        """The question as passages are looked for: what an abbreviation stands for stands where its long form does."""
        reading = read(question.text)
        longs = [long for _, long in self._long_forms(reading)]
        return replace(question, text=" ".join([question.text, *longs])) if longs else question

    def draft(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """Propose an answer, or an abstention with a reason a person understands and the nearest passages."""
        reply = small_talk.reply(question.text)
        if reply is not None:
            return Draft((), "abstained", reason=reply.text, suggestions=self.openings() if reply.leads_on else ())
        asked = parts(small_talk.question_in(question.text) or question.text)
        drafts = [self._draft_part(part, question, hits) for part in asked]
        return drafts[0] if len(drafts) == 1 else _joined(asked, drafts)

    def drafts(self, question: Question, hits: Sequence[Hit], *, stopped: Callable[[], bool]) -> Iterator[Draft]:
        """The one draft: it is ready before anyone could stop it."""
        del stopped
        yield self.draft(question, hits)

    def _draft_part(self, text: str, question: Question, hits: Sequence[Hit]) -> Draft:
        reading = read(text)
        certain = self._overview(reading, hits) or self._meanings(reading, hits)
        if certain:
            return Draft(tuple(self._statement(one, dated=False) for one in certain), "answered", confidence=1.0)
        if not reading.terms:
            return Draft(
                (), "abstained", reason=phrases.no_subject(reading), suggestions=self.openings(), confidence=0.0
            )
        ranked = self.rank(reading, hits) if hits else []
        if not ranked:
            return Draft((), "abstained", reason=phrases.nothing_found(reading, bool(question.filters)), confidence=0.0)
        elsewhere = _not_here(reading, hits, ranked[0])
        if elsewhere:
            return Draft(
                (),
                "abstained",
                reason=phrases.no_such_document(reading, elsewhere, bool(question.filters)),
                nearest=_nearest(ranked),
                confidence=0.0,
            )
        sure = 0.0 if _of_another(reading, ranked[0]) else self.calibration.confidence.probability(ranked[0].features)
        enough = sure >= self.calibration.threshold
        chosen = self._with_newest(reading, self._choose(reading, ranked), ranked) if enough else []
        opening = self.opening(reading, chosen[0]) if chosen else []
        if not opening or _lacks_the_asked(reading, ranked[0], opening):
            return Draft(
                (),
                "abstained",
                reason=phrases.abstention(reading, ranked[0], occurs=self._occurs),
                nearest=_nearest(ranked),
                suggestions=phrases.ask_better(reading, ranked),
                confidence=sure,
            )
        dated = len({one.candidate.document.id for one in chosen}) > 1 and _differ(reading, chosen)
        others = [self._plainer(reading, one.candidate) for one in chosen[1:]]
        quoted = [*opening, *(one for one in others if not any(_overlaps(one, other) for other in opening))]
        return Draft(
            statements=tuple(self._statement(one, dated=dated) for one in quoted[:_MOST_STATEMENTS]),
            outcome="answered",
            confidence=sure,
            notices=(phrases.notice("unsure", english=reading.language == "en"),) if sure < _UNSURE else (),
        )

    def emphasis(self, question: str, statement: DraftStatement) -> tuple[tuple[int, int], ...]:
        """The stretches of a statement that hold the date, amount, number or name that was asked for."""
        found: set[tuple[int, int]] = set()
        row = any(" | " in one.quote or "\n" in one.quote for one in statement.evidence)  # of a table, or a list
        kind = BlockKind.TABLE_ROW if row else BlockKind.PARAGRAPH
        for part in parts(question):
            reading = read(part)
            if reading.doubted or reading.asked not in (Asked.OPEN, Asked.LIST, Asked.YES_NO, Asked.REASON):
                found |= {(span.start, span.end) for span in answering_spans(statement.text, reading, kind)}
        return _merged(sorted(found))

    def rank(self, reading: Reading, hits: Sequence[Hit]) -> list[Ranked]:
        """The candidates of the hits with features and relevance, best first."""
        named = references.find(reading.text)
        matcher = Matcher(_beside_numbers(reading, named, hits), self.vocabulary)
        superseded = frozenset(self.successors)
        quotable = [hit for hit in hits if not is_about_the_summary(hit)]
        nearby = [hit for hit in quotable[_PASSAGES:] if NEIGHBOUR in hit.found_by]
        found = candidates(
            [*quotable[:_PASSAGES], *nearby], self.document_of, lists_under_headings=reading.asked is Asked.LIST
        )
        scored = score(found, matcher, self.embedder, superseded=superseded, most=_MOST_EMBEDDED)
        for one in scored:
            inside = any(references.matches_document(reference, one.candidate.document) for reference in named)
            one.features["named"] = float(inside)
            one.relevance = relevance(one.features, self.calibration.relevance)
        scored.sort(key=lambda one: (-one.relevance, one.candidate.document.id, one.candidate.place))
        return scored

    def opening(self, reading: Reading, one: Ranked) -> list[Candidate]:
        """How an answer begins: the sentence that answers, and what goes on from it.

        Where a figure was asked for and is there, only a limit of it (*Dat mag alleen als ...*). Otherwise what stands after it under
        its heading: documents name a subject in one sentence and say in the next what it is.
        """
        first = self._plainer(reading, one.candidate)
        if not one.features["figure"]:
            more = following(first, self.document_of, most=_FOLLOWING)
            matcher = Matcher(reading, self.vocabulary)
            return [first, *itertools.takewhile(partial(_goes_on, matcher), more)]
        condition = condition_after(first, self.document_of)
        return [first, condition] if condition is not None else [first]

    def _occurs(self, stem: str) -> bool:
        return self.vocabulary.document_frequency(stem) > 0

    def _overview(self, reading: Reading, hits: Sequence[Hit]) -> list[Candidate]:
        """How a document begins, or what its article says, when the question is nothing but its number.

        A number that no document bears: the sentences that have it. They say what it is, not what stands in it.
        """
        named = references.find(reading.text)
        rest = _without(reading.text, named)
        if not named or read(rest).terms:
            return []
        meant = [hit for hit in hits if any(references.matches_document(one, hit.document) for one in named)]
        if not meant:
            return self._mentions(named, hits) if _WHAT_IS.fullmatch(rest) else []
        articles = [one for one in named if one.article is not None]
        if articles:
            meant = [
                hit for hit in meant if any(references.matches_anchor(one, hit.passage.anchor) for one in articles)
            ]
        meant.sort(key=lambda hit: (hit.document.id, hit.passage.ordinal))
        meant.sort(key=lambda hit: hit.document.date, reverse=True)
        documents = dict.fromkeys(hit.document.id for hit in meant)
        each = _MOST_STATEMENTS if articles else max(1, _OVERVIEW // max(len(documents), 1))
        chosen: list[Candidate] = []
        for document_id in documents:
            found = candidates([hit for hit in meant if hit.document.id == document_id], self.document_of)
            chosen += [one for one in found if not any(_overlaps(one, other) for other in chosen)][:each]
        return chosen[:_MOST_STATEMENTS]

    def _mentions(self, named: Sequence[references.Reference], hits: Sequence[Hit]) -> list[Candidate]:
        """A sentence of each document that has the number of a document that is not here."""
        wanted = {one.value for one in named if one.kind is references.Kind.DOCUMENT}
        chosen: dict[str, Candidate] = {}
        for one in candidates(hits, self.document_of):
            if wanted & {other.value for other in references.find(one.text)}:
                chosen.setdefault(one.document.id, one)
        return list(chosen.values())[:_OVERVIEW]

    def _long_forms(self, reading: Reading) -> list[tuple[str, str]]:
        """The abbreviations whose meaning is asked for, each with each of its long forms."""
        if reading.asked is not Asked.MEANING:
            return []
        known = self.vocabulary.abbreviations
        return [(term.text, long) for term in reading.terms for long in known.get(term.text, ())]

    def _meanings(self, reading: Reading, hits: Sequence[Hit]) -> list[Candidate]:
        """For each long form of the abbreviation that is asked for: the plainest sentence that explains it."""
        asked = self._long_forms(reading)
        quotable = [hit for hit in hits if not is_about_the_summary(hit)] if asked else []
        folded = [(one, fold(one.text)) for one in candidates(quotable, self.document_of)]
        found: dict[int, Candidate] = {}
        for short, long in asked:
            explaining = [
                (
                    f"{long} ({short})" not in text,
                    one.kind is BlockKind.LIST_ITEM,
                    one.document.id in self.successors,
                    len(text),
                    place,
                )
                for place, (one, text) in enumerate(folded)
                if explains(text, short, long)
            ]
            if explaining:
                place = min(explaining)[-1]
                found[place] = folded[place][0]
        return list(found.values())[:_OVERVIEW]

    # -------------------------------------------------------------------------------------------- choosing

    def _choose(self, reading: Reading, ranked: Sequence[Ranked]) -> list[Ranked]:
        best = ranked[0]
        chosen = [best]
        for one in ranked[1:]:
            if len(chosen) == _MOST_STATEMENTS or one.relevance < best.relevance - _CONFLICT:
                break
            if any(_overlaps(one.candidate, other.candidate) for other in chosen):
                continue
            differs = _contradicts(reading, one, best)
            close = one.relevance >= best.relevance - _CLOSE and not (
                one.features["no_figure"] or one.features["no_kind"]
            )
            if one.features["opposed"] or self._strays(reading, one, best) or _of_another(reading, one, best):
                continue
            if differs or (close and self._adds(one.candidate, [other.candidate for other in chosen])):
                chosen.append(one)
        if _differ(reading, chosen):
            # Two sources that say different things: of those as near to the question the newest first, and what has been replaced last.
            chosen.sort(key=lambda one: one.candidate.document.date, reverse=True)
            chosen.sort(key=lambda one: one.relevance < best.relevance - _AS_NEAR)
            chosen.sort(key=lambda one: one.candidate.document.id in self.successors)
            if _FORMERLY.search(reading.text) is None:  # a new document may say how it was before
                chosen.sort(key=lambda one: _FORMERLY.search(one.candidate.text) is not None)
            if reading.doubted:  # of what is put forward the total of today says more than a part, or how it began
                chosen.sort(key=lambda one: not (is_whole(one.candidate.text) and _values(reading, one.candidate.text)))
            if is_whole(best.candidate.text):  # a part that another source names is no newer total
                chosen.sort(key=lambda one: not is_whole(one.candidate.text))
        return chosen

    def _with_newest(self, reading: Reading, chosen: list[Ranked], ranked: Sequence[Ranked]) -> list[Ranked]:
        """Before each figure from a document that was replaced: the one that replaced it, when there is one."""
        whole: list[Ranked] = []
        for one in chosen:
            newer = set(self.successors.get(one.candidate.document.id, ()))
            shown = any(
                other.candidate.document.id in newer
                and not self._is_replaced(other)
                and _values(reading, other.candidate.text)
                for other in (*chosen, *whole)
            )
            if newer and not shown and _values(reading, one.candidate.text):
                found = [
                    other
                    for other in ranked
                    if other.candidate.document.id in newer
                    and not self._is_replaced(other)
                    and not other.features["opposed"]
                    and not _lacking(other) - _lacking(one) - _of_its_source(one.candidate.document)
                    and _values(reading, other.candidate.text)
                    and other.relevance >= one.relevance - _REPLACES
                ]
                if found:
                    whole.append(max(found, key=lambda other: other.relevance + is_whole(other.candidate.text)))
            whole.append(one)
        return whole[:_MOST_STATEMENTS]

    def _is_replaced(self, one: Ranked) -> bool:
        return one.candidate.document.id in self.successors

    @staticmethod
    def _strays(reading: Reading, one: Ranked, best: Ranked) -> bool:
        """Whether a sentence has a figure of the asked kind, but for something else than the first answer is about."""
        if reading.asked not in _COMPARED or best.features["coverage"] < _SURE_COVERAGE:
            return False
        return one.features["coverage"] < best.features["coverage"] - _STRAYS

    def _adds(self, candidate: Candidate, earlier: Sequence[Candidate]) -> bool:
        said = set(itertools.chain.from_iterable(_content(other.text) for other in earlier))
        content = _content(candidate.text)
        return bool(content) and len(content - said) / len(content) >= _ADDS

    def _plainer(self, reading: Reading, candidate: Candidate) -> Candidate:
        """A table row as the sentence of its section that says the same figures, when there is one: it reads better."""
        said = _values(reading, candidate.text)
        if candidate.kind is not BlockKind.TABLE_ROW or not said:
            return candidate
        for other in candidates([candidate.hit], self.document_of):
            here = other.kind is BlockKind.PARAGRAPH and other.section == candidate.section
            if here and _values(reading, other.text) == said:
                return other
        return candidate

    def _statement(self, candidate: Candidate, *, dated: bool) -> DraftStatement:
        replaced = candidate.document.id in self.successors
        lead = phrases.source_of(candidate.document, replaced=replaced) if dated or replaced else ""
        evidence = tuple(_evidence(candidate, piece, self.document_of) for piece in candidate.pieces)
        return DraftStatement(candidate.text, evidence, lead)


_FORMERLY = re.compile(
    r"\b(?:(?:vóór|voor) de (?:wijziging|uitbreiding|samenvoeging|verhoging|verlaging)|oorspronkelijk\w*|voorheen|destijds|aanvankelijk|"
    r"before the (?:change|amendment)|originally|formerly)\b",
    re.IGNORECASE,
)


def relevance(features: Mapping[str, float], weights: confidence.Linear) -> float:
    """Log-odds that a candidate answers, with what we know for certain on top of what was fitted.

    What stands in a document that the question names by number comes first. Who asks for a figure wants a figure, of
    the tranche or year that was asked about, and who asks which things wants things of that name.
    """
    lacks = max(
        features["no_figure"],
        features["opposed"],
        *(features.get(name, 0.0) for name in ("unfocused", "undone", "nobody")),
    )
    certain = _NAMED * features.get("named", 0.0) - _FIGURE_REACH * lacks
    return weights.score(features) + certain


def _borne(reference: references.Reference, hits: Sequence[Hit]) -> bool:
    return any(references.matches_document(reference, hit.document) for hit in hits)


def _beside_numbers(reading: Reading, named: Sequence[references.Reference], hits: Sequence[Hit]) -> Reading:
    """What is asked of a document whose number is given: the number says where to look, not what a sentence must say."""
    borne = [one for one in named if one.kind is references.Kind.DOCUMENT and _borne(one, hits)]
    if not borne:
        return reading
    rest = {term.stem for term in read(_without(reading.text, borne)).terms}
    kept = tuple(term for term in reading.terms if term.stem in rest)
    return replace(reading, terms=kept) if kept else reading


def _not_here(reading: Reading, hits: Sequence[Hit], best: Ranked) -> str:
    """The number that the question names a document by, when no document found bears it and the best passage has it not."""
    for one in references.find(reading.text):
        if not one.is_publication or _borne(one, hits):
            continue
        there = references.find(best.candidate.hit.passage.text)
        if all(other.value != one.value for other in there):
            return reading.text[one.start : one.end].strip()
    return ""


def _without(text: str, named: Sequence[references.Reference]) -> str:
    kept = list(text)
    for one in named:
        kept[one.start : one.end] = " " * (one.end - one.start)
    return "".join(kept)


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _goes_on(matcher: Matcher, candidate: Candidate) -> bool:
    """Whether a sentence says more of what was asked, and not of another tranche or year."""
    near = leans(candidate.core) or bool(matcher.matched(candidate.text))
    return near and not opposed(candidate, matcher.reading, numbered_periods({candidate.hit.passage.text}))


def _joined(asked: Sequence[str], drafts: Sequence[Draft]) -> Draft:
    """One draft of the drafts to the parts of a question; what a part left open is said."""
    answered = [draft for draft in drafts if draft.outcome == "answered"]
    open_parts = [(text, draft) for text, draft in zip(asked, drafts, strict=True) if draft.outcome != "answered"]
    if not answered:
        return drafts[0]
    statements: dict[tuple[Evidence, ...], DraftStatement] = {}
    for draft in answered:
        for statement in draft.statements:
            statements.setdefault(statement.evidence, statement)
    reason = " ".join(f"‘{text}’: {draft.reason}" for text, draft in open_parts) or None
    return Draft(
        statements=tuple(statements.values()),
        outcome="partly" if open_parts else "answered",
        reason=reason,
        confidence=min(draft.confidence or 0.0 for draft in answered),
        notices=tuple(dict.fromkeys(notice for draft in answered for notice in draft.notices)),
    )


def _evidence(candidate: Candidate, piece: Span, document_of: Callable[[str], Document]) -> Evidence:
    document = document_of(candidate.document.id)
    return Evidence(
        document.info.id, candidate.hit.passage.id, piece.start, piece.end, document.text[piece.start : piece.end]
    )


def _nearest(ranked: Sequence[Ranked]) -> tuple[Evidence, ...]:
    found: dict[str, Evidence] = {}
    for one in ranked:
        passage = one.candidate.hit.passage
        if passage.id not in found:
            found[passage.id] = Evidence(passage.document_id, passage.id, passage.start, passage.end, passage.text)
        if len(found) == _NEAREST:
            break
    return tuple(found.values())


def _overlaps(one: Candidate, other: Candidate) -> bool:
    return one.document.id == other.document.id and any(
        a.start < b.end and b.start < a.end for a in one.pieces for b in other.pieces
    )


def _content(text: str) -> frozenset[str]:
    return frozenset(dutch.content_stems(text))


_COMPARED = {
    Asked.DATE: frozenset({"date", "period"}),
    Asked.PERIOD: frozenset({"date", "period"}),
    Asked.AMOUNT: frozenset({"amount"}),
    Asked.NUMBER: frozenset({"number", "percentage"}),
}


_ABSENCE = re.compile(r"\b(?:geen|niet|nooit|onbekend|nog niet|no|not)\b", re.IGNORECASE)


def _lacks_the_asked(reading: Reading, best: Ranked, opening: Sequence[Candidate]) -> bool:
    """Whether the best sentence lacks what alone would answer, and does not say that there is none.

    An amount, a number, an address or a long form; things of the name that was asked for; a promise or the outcome of a vote. And whether
    all that would be shown with it lacks a conclusion, a list, the most of something or the thing that is counted, when that was asked.
    """
    figure = reading.asked in _STRICT and best.features["no_figure"] > 0
    # An amount in a sentence that, with its heading and title, speaks of nothing the question does is one of something else.
    title = clauses.loosened(best.candidate.document.title)
    beside = not any(term.stem in title for term in reading.terms) and best.features["coverage"] == 0
    figure = figure or (reading.asked is Asked.AMOUNT and beside and best.features["heading"] == 0)
    act = best.features["undone"] > 0 and bool(speech_acts.acts(reading.text) & {"promise", "vote"})
    shown = [one.text for one in opening]
    around = "\n".join([*shown, *opening[0].section[-1:]])
    return (
        figure
        or act
        or any(best.features.get(name, 0.0) > 0 for name in ("unfocused", "nobody"))
        or speech_acts.lacks_conclusion(around, reading.text)
        or lacks_the_most(shown, reading)
        or lacks_the_counted(around, reading)
        or (is_told_to_list(reading) and not any(answering_spans(one.text, reading, one.kind) for one in opening))
    ) and _ABSENCE.search(best.candidate.text) is None


_STRICT = (Asked.AMOUNT, Asked.NUMBER, Asked.CONTACT, Asked.MEANING)


_INITIALS = re.compile(r"(?<![\w-])(?=(?:[\w]*[A-Z]){2})[A-Za-z]{2,6}(?![\w])")  # OCW, JenV


def _of_another(reading: Reading, one: Ranked, best: Ranked | None = None) -> bool:
    """Whether a figure of one body is asked (*Hoeveel draagt VWS bij?*) and the sentence gives another body's.

    The body that was asked about is one that stands nowhere near the sentence, or one that the best sentence has.
    """
    if reading.asked not in _COMPARED:
        return False
    asked, here = _initials(reading.text), _initials(one.candidate.text)
    wanted = {term.text for term in one.missing if term.name}
    if best is not None:
        wanted |= _initials(best.candidate.text)
    return bool(asked & wanted - here) and not here <= asked


def _initials(text: str) -> frozenset[str]:
    return frozenset(fold(match.group()) for match in _INITIALS.finditer(text))


def _lacking(one: Ranked) -> set[str]:
    """The words of the question that stand nowhere near a sentence; dates and amounts aside, which are what changes."""
    return {term.stem for term in one.missing if term.text.isalpha() and term.text not in dutch.MONTHS}


_SAID = frozenset(dutch.stem(word) for word in "noemde noemden schreef schreven meldde meldden zei vermeldde".split())


def _of_its_source(info: DocumentInfo) -> frozenset[str]:
    """By what a question says who gave a figure, which whoever gives a newer one did not."""
    return _SAID | frozenset(dutch.content_stems(info.publisher))


def _values(reading: Reading, text: str) -> frozenset[object]:
    """The figures in which two sources may differ: of the kind asked for, or of the kind the question puts forward."""
    kinds = _COMPARED.get(reading.asked)
    if kinds is None:
        kinds = frozenset(figure.kind for figure in figures.find(reading.text)) & {"amount", "percentage", "number"}
    return frozenset((figure.kind, figure.value) for figure in figures.find(text) if figure.kind in kinds)


def _contradicts(reading: Reading, one: Ranked, best: Ranked) -> bool:
    """Whether a candidate of another document gives another figure for (as far as words tell) the same thing."""
    if one.candidate.document.id == best.candidate.document.id or one.features["no_figure"]:
        return False
    if one.features["coverage"] < best.features["coverage"] - 0.1:
        return False
    mine, theirs = _values(reading, one.candidate.text), _values(reading, best.candidate.text)
    return bool(mine) and bool(theirs) and not mine & theirs


def _differ(reading: Reading, chosen: Sequence[Ranked]) -> bool:
    values = [_values(reading, one.candidate.text) for one in chosen]
    filled = [value for value in values if value]
    return any(not one & other for one, other in itertools.combinations(filled, 2))


def successors_of(documents: Sequence[DocumentInfo]) -> dict[str, tuple[str, ...]]:
    """For each document that others replace: the ids of those that do, newest first.

    What replaces the replacement counts too: from 200 by way of 250 to 256 million, the first has two successors.
    """
    direct: dict[str, set[str]] = {}
    for info in documents:
        for old in info.supersedes:
            direct.setdefault(old, set()).add(info.id)
    dates = {info.id: info.date for info in documents}
    found: dict[str, tuple[str, ...]] = {}
    for old in direct:
        reached: set[str] = set()
        waiting = set(direct[old])
        while waiting:
            newer = waiting.pop()
            if newer not in reached and newer != old:
                reached.add(newer)
                waiting |= direct.get(newer, set())
        found[old] = tuple(sorted(reached, key=lambda id: (dates[id], id), reverse=True))
    return found
