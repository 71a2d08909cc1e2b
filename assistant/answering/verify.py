"""Draft → Answer: the only way to make an answer, and nothing uncited or misquoted gets through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from assistant import figures
from assistant.model import (
    Anchor,
    Answer,
    Citation,
    DocumentInfo,
    Draft,
    DraftStatement,
    Evidence,
    Finding,
    Hit,
    Outcome,
    Passage,
    Statement,
)

NOT_VERIFIED = "Er is wel een antwoord gevonden, maar geen enkele zin kon met een letterlijk citaat worden bewezen."
PARTLY_VERIFIED = (
    "Een deel van het antwoord is weggelaten, omdat het niet met een letterlijk citaat kon worden bewezen."
)
NO_REASON = "Op deze vraag is in de documenten geen antwoord gevonden."


class Texts(Protocol):
    """The normalised texts of the index, and what is known of their documents and passages."""

    def text(self, document_id: str) -> str: ...

    def info(self, document_id: str) -> DocumentInfo: ...

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]: ...

    def anchor(self, document_id: str, place: int) -> Anchor: ...


def verify(
    draft: Draft,
    *,
    question: str,
    texts: Texts,
    hits: Sequence[Hit] = (),
    emphasise: Emphasis | None = None,
) -> Answer:
    """Check every quote against the text it claims to come from and number what holds.

    A quote must be exactly `text[start:end]` of its document, not blank, and belong to a passage of that document. A
    statement with a quote that does not hold, without any, or with a figure that none of its quotes has is dropped, and
    what is left then answers partly; an answer without a statement left becomes an abstention. Whatever is dropped is recorded in `Answer.findings`. Equal quotes
    share a number. Emphasis outside a statement is not shown.
    """
    numbered: dict[tuple[str, int, int], Citation] = {}
    findings: list[Finding] = list(draft.findings)

    def number(citation: Citation) -> int:
        key = (citation.document.id, citation.start, citation.end)
        return numbered.setdefault(key, replace(citation, number=len(numbered) + 1)).number

    statements: list[Statement] = []
    dropped = 0
    for proposed in draft.statements:
        checked = [_checked(evidence, texts) for evidence in proposed.evidence]
        citations = [one for one in checked if isinstance(one, Citation)]
        problems = [one for one in checked if isinstance(one, str)]
        findings += [Finding(proposed.text, problem) for problem in problems]
        if draft.outcome == "abstained":
            problem: str | None = "an abstention states nothing"
        elif not proposed.text.strip():
            problem = "the statement is empty"
        elif problems or not citations:
            problem = "not every quote behind it holds" if citations else "no quote behind it holds"
        else:
            problem = _unproven(proposed.text, citations)
        if problem is not None:
            findings.append(Finding(proposed.text, problem))
            dropped += 1
            continue
        numbers = tuple(dict.fromkeys(number(citation) for citation in citations))
        emphasis = _inside(proposed.text, emphasise(proposed) if emphasise is not None else ())
        lead = f"{proposed.lead}: " if proposed.lead else ""
        shifted = tuple((start + len(lead), end + len(lead)) for start, end in emphasis)
        statements.append(Statement(lead + proposed.text, numbers, shifted))

    outcome: Outcome = draft.outcome
    reason = draft.reason if draft.reason and draft.reason.strip() else None
    if outcome != "abstained" and not statements:
        outcome, reason = "abstained", NOT_VERIFIED
    elif outcome != "abstained" and dropped:
        outcome, reason = "partly", reason or PARTLY_VERIFIED
    if outcome == "abstained":
        reason = reason or NO_REASON
        for evidence in draft.nearest:
            nearest = _checked(evidence, texts)
            if isinstance(nearest, Citation):
                number(nearest)
            else:
                findings.append(Finding("", nearest))
    return Answer(
        question=question,
        outcome=outcome,
        statements=tuple(statements),
        citations=tuple(numbered.values()),
        reason=reason,
        understood_as=draft.understood_as,
        suggestions=draft.suggestions,
        answerer=draft.answerer,
        confidence=draft.confidence,
        notices=draft.notices,
        hits=tuple(hits),
        findings=tuple(findings),
    )


class Emphasis(Protocol):
    """Finds the stretches of a statement that hold what was asked for."""

    def __call__(self, statement: DraftStatement, /) -> tuple[tuple[int, int], ...]: ...


def _checked(evidence: Evidence, texts: Texts) -> Citation | str:
    """The citation that evidence amounts to, not numbered yet, or what is wrong with it."""
    start, end = evidence.start, evidence.end
    try:
        text, info = texts.text(evidence.document_id), texts.info(evidence.document_id)
    except KeyError:
        return f"document {evidence.document_id} is not in the index"
    if not evidence.quote.strip() or not 0 <= start < end <= len(text):
        return f"an empty or impossible span {start}:{end} in {evidence.document_id}"
    if text[start:end] != evidence.quote:
        return f"the quote is not what {evidence.document_id} says at {start}:{end}"
    try:
        (passage,) = texts.passages([evidence.passage_id])
    except KeyError:
        return f"passage {evidence.passage_id} is not in the index"
    if passage.document_id != evidence.document_id:
        return f"passage {evidence.passage_id} is of {passage.document_id}, not of {evidence.document_id}"
    # a quote may begin before its passage (a table's header, a sentence it leans on): it is found where it begins itself
    anchor = passage.anchor if start == passage.start else texts.anchor(evidence.document_id, start)
    return Citation(0, info, anchor, evidence.quote, start, end, evidence.passage_id)


def _inside(text: str, emphasis: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The stretches that lie in the text, in order and apart."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(emphasis):
        if (kept[-1][1] if kept else 0) <= start < end <= len(text):
            kept.append((start, end))
    return tuple(kept)


def _unproven(text: str, citations: Sequence[Citation]) -> str | None:
    """What a statement says in figures and its quotes do not: no amount, date or number comes out of nowhere.

    The date of a cited document and the figures of its title may be said as well: *de brief van 7 juli 2023*.
    """
    proof = " ".join(" ".join(citation.quote for citation in citations).split())
    proven = figures.values(proof)
    own = {date for citation in citations for date in _dates_of(citation.document)}
    for figure in figures.find(text):
        said = text[figure.start : figure.end]
        literally = re.search(rf"(?<!\w){re.escape(' '.join(said.split()))}(?!\w)", proof)
        if (figure.kind, figure.value) in proven or literally is not None:
            continue
        if figure.kind not in ("date", "period") or figure.value not in own:
            return f"no quote behind it says {said!r}"
    return None


def _dates_of(info: DocumentInfo) -> set[str]:
    """A document's date, its month and its year, and the dates and periods of its title."""
    parts = info.date.split("-")
    dates = {"-".join(parts[: size + 1]) for size in range(len(parts)) if info.date}
    return dates | {value for kind, value in figures.values(info.title) if kind in ("date", "period")}
