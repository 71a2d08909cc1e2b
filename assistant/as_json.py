"""Answers, hits, documents and build reports as the contract writes them in JSON."""

from __future__ import annotations

from assistant.model import Anchor, Answer, BuildReport, Citation, DocumentInfo, Hit


def anchor_json(anchor: Anchor) -> dict[str, object]:
    return {
        "page": anchor.page,
        "section": list(anchor.section),
        "article": anchor.article,
        "label": anchor.label,
    }


def _particulars(info: DocumentInfo) -> dict[str, object]:
    return {
        "title": info.title,
        "type": info.type,
        "publisher": info.publisher,
        "date": info.date,
        "identifier": info.identifier,
        "url": info.url,
    }


def citation_json(citation: Citation) -> dict[str, object]:
    info = citation.document
    return {
        "number": citation.number,
        "document_id": info.id,
        **_particulars(info),
        "anchor": anchor_json(citation.anchor),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "provenance": info.provenance,
        "dossier": info.dossier,
    }


def answer_json(answer: Answer) -> dict[str, object]:
    """An answer as the contract writes it."""
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "outcome": answer.outcome,
        "reason": answer.reason,
        "answerer": answer.answerer,
        "statements": [
            {"text": one.text, "citations": list(one.citations), "emphasis": [list(span) for span in one.emphasis]}
            for one in answer.statements
        ],
        "citations": [citation_json(citation) for citation in answer.citations],
        "suggestions": list(answer.suggestions),
        "confidence": answer.confidence,
        "notices": list(answer.notices),
        "findings": [{"statement": one.statement, "problem": one.problem, "done": one.done} for one in answer.findings],
        "timings_ms": dict(answer.timings_ms),
    }


def hit_json(hit: Hit) -> dict[str, object]:
    return {
        "rank": hit.rank,
        "score": hit.score,
        "document_id": hit.document.id,
        "title": hit.document.title,
        "type": hit.document.type,
        "date": hit.document.date,
        "anchor": anchor_json(hit.passage.anchor),
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
        "found_by": dict(hit.found_by),
    }


def document_json(info: DocumentInfo, passages: int) -> dict[str, object]:
    return {
        "id": info.id,
        **_particulars(info),
        "dossier": info.dossier,
        "language": info.language,
        "path": info.path,
        "passages": passages,
        "pages": info.pages,
    }


def build_json(report: BuildReport) -> dict[str, object]:
    return {
        "documents": report.documents,
        "passages": report.passages,
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "embedded_passages": report.embedded_passages,
        "unreadable": [{"path": file.path, "reason": file.reason} for file in report.unreadable],
        "needs_ocr": [{"path": path, "pages": list(pages)} for path, pages in report.needs_ocr],
        "seconds": round(report.seconds, 3),
    }
