"""Draft → Answer: the only way to make an answer, and nothing uncited or misquoted gets through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.model import (
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


class Texts(Protocol):
    """The normalised texts of the index, and what is known of their documents and passages."""

    def text(self, document_id: str) -> str: ...

    def info(self, document_id: str) -> DocumentInfo: ...

    def passages(self, ids: Sequence[str]) -> Sequence[Passage]: ...


def verify(
    draft: Draft,
    *,
    question: str,
    texts: Texts,
    hits: Sequence[Hit] = (),
    emphasise: Emphasis | None = None,
) -> Answer:
    """Check every quote against the text it claims to come from and number what holds.

    A quote must be exactly `text[start:end]` of its document, not empty, and lie in a document of the index; otherwise
    it is dropped and recorded in `Answer.findings`. A statement without a quote left is dropped and recorded as well;
    an answer without a statement left becomes an abstention. Equal quotes share a number.
    """
    numbered: dict[tuple[str, int, int], Citation] = {}
    findings: list[Finding] = []

    def cite(evidence: Evidence, statement: str) -> int | None:
        problem = _problem(evidence, texts)
        if problem is not None:
            findings.append(Finding(statement, problem))
            return None
        key = (evidence.document_id, evidence.start, evidence.end)
        if key not in numbered:
            (passage,) = texts.passages([evidence.passage_id])
            numbered[key] = Citation(
                number=len(numbered) + 1,
                document=texts.info(evidence.document_id),
                anchor=passage.anchor,
                quote=evidence.quote,
                start=evidence.start,
                end=evidence.end,
                passage_id=evidence.passage_id,
            )
        return numbered[key].number

    statements: list[Statement] = []
    for proposed in draft.statements if draft.outcome != "abstained" else ():
        if not proposed.text.strip():
            findings.append(Finding(proposed.text, "the statement is empty"))
            continue
        found = [cite(evidence, proposed.text) for evidence in proposed.evidence]
        numbers = tuple(dict.fromkeys(number for number in found if number is not None))
        if not numbers:
            findings.append(Finding(proposed.text, "no quote behind it holds"))
            continue
        emphasis = emphasise(proposed) if emphasise is not None else ()
        statements.append(Statement(proposed.text, numbers, emphasis))

    outcome: Outcome = draft.outcome
    reason = draft.reason
    if outcome != "abstained" and not statements:
        outcome, reason = "abstained", NOT_VERIFIED
    elif outcome == "answered" and any(finding.problem.startswith("no quote") for finding in findings):
        outcome = "partly"
    if outcome == "abstained":
        for evidence in draft.nearest:
            cite(evidence, "")
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
        hits=tuple(hits),
        findings=tuple(findings),
    )


class Emphasis(Protocol):
    """Finds the stretches of a statement that hold what was asked for."""

    def __call__(self, statement: DraftStatement, /) -> tuple[tuple[int, int], ...]: ...


def _problem(evidence: Evidence, texts: Texts) -> str | None:
    try:
        text = texts.text(evidence.document_id)
    except KeyError:
        return f"document {evidence.document_id} is not in the index"
    if not evidence.quote.strip() or not 0 <= evidence.start < evidence.end <= len(text):
        return f"an empty or impossible span {evidence.start}:{evidence.end} in {evidence.document_id}"
    if text[evidence.start : evidence.end] != evidence.quote:
        return f"the quote is not what {evidence.document_id} says at {evidence.start}:{evidence.end}"
    return None
