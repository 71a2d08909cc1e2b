"""Questions and answers as HTML. Everything that comes from a document or a user is escaped here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from assistant.model import Answer, Citation, DocumentInfo, Exchange, Finding, Statement
from assistant.web import wording
from assistant.web.wording import Wording


def check(quote: str) -> str:
    """A fingerprint of a quote, by which the source panel knows that a document still says it."""
    return hashlib.sha256(quote.encode()).hexdigest()[:16]


def official_link(info: DocumentInfo, words: Wording) -> str:
    """A link to the official original, or nothing when the document has no web address."""
    if urlsplit(info.url).scheme not in ("http", "https"):
        return ""
    return (
        f'<a href="{escape(info.url)}" target="_blank" rel="noopener noreferrer">{words.official}'
        f'<span class="unseen"> ({words.new_window})</span> <span aria-hidden="true">↗</span></a>'
    )


def provenance_badge(info: DocumentInfo, words: Wording) -> str:
    """Whose words these are, as a label beside a source."""
    kind = "ours" if info.provenance == "samenvatting" else "itself"
    return f'<span class="provenance {kind}">{wording.provenance(info, words)}</span>'


def progress_html(step: str, words: Wording) -> str:
    """A step of the answer in words."""
    return f'<p class="progress" data-progress>{escape(wording.step(step, words)) if step else "…"}</p>'


def growing_html(answer: Answer, words: Wording) -> str:
    """What has been verified so far of an answer that is still being written. It is no answer yet, so it has no hooks."""
    by_number = {citation.number: citation for citation in answer.citations}
    statements = "".join(statement_html(one, by_number, words, hook=False) for one in answer.statements)
    return f'<div class="answer growing">{statements}</div><p class="progress" data-progress>{words.writing}</p>'


def said_html(exchange: Exchange, words: Wording, *, newest: bool, detail: str = "") -> str:
    """What stands below a question: the answer with its tools, or the problem. The newest answer is `#answer`."""
    tools = _tools(exchange, words)
    if exchange.answer is not None:
        return _answer(exchange.answer, words, newest=newest) + tools
    more = f"<details><summary>{words.technical}</summary><p>{escape(detail)}</p></details>" if detail else ""
    return f'<div class="problem"><p>{escape(exchange.problem)}</p>{more}</div>{tools}'


def _tools(exchange: Exchange, words: Wording) -> str:
    """What can be done with a question and its answer; the scripts of the page do it."""
    does = [("retry", words.retry), ("edit", words.edit), ("link", words.copy_link)]
    if exchange.answer is not None and exchange.answer.statements:
        does.insert(0, ("copy", words.copy_answer))
    buttons = "".join(f'<button type="button" class="tool" data-do="{name}">{label}</button>' for name, label in does)
    return f'<div class="tools" role="group" aria-label="{words.tools}">{buttons}</div>'


def _answer(answer: Answer, words: Wording, *, newest: bool) -> str:
    by_number = {citation.number: citation for citation in answer.citations}
    parts = []
    if answer.understood_as:
        parts.append(
            f'<p class="understood">{words.understood_as}: <q>{escape(answer.understood_as)}</q> '
            f'<button type="button" class="tool" data-do="correct" data-for="{escape(answer.understood_as)}">'
            f"{words.correct}</button></p>"
        )
    if answer.outcome == "abstained":
        heading = f"<h3>{words.abstained}</h3>" if answer.citations else ""
        parts.append(f'<div class="abstained">{heading}<p>{escape(answer.reason or "")}</p></div>')
    elif answer.reason:
        parts.append(f'<p class="partly"><strong>{words.partly}.</strong> {escape(answer.reason)}</p>')
    parts += [statement_html(statement, by_number, words, hook=newest) for statement in answer.statements]
    if answer.citations and answer.outcome == "abstained":
        cards = "".join(_card(citation, words, hook=newest) for citation in answer.citations)
        parts.append(f'<h3>{words.nearest}</h3><ul class="cards">{cards}</ul>')
        parts.append(
            f'<details class="how-to-ask"><summary>{words.ask_better}</summary>{_list(words.better)}</details>'
        )
    elif answer.citations:
        by_document: dict[str, list[Citation]] = {}
        for citation in answer.citations:
            by_document.setdefault(citation.document.id, []).append(citation)
        lines = "".join(_source(citations, words) for citations in by_document.values())
        parts.append(f'<h3>{words.sources}</h3><ul class="sources">{lines}</ul>')
    if answer.suggestions:
        parts.append(f"<h3>{words.suggestions}</h3>{questions(answer.suggestions)}")
    parts += [f'<p class="how notice">{escape(notice)}</p>' for notice in answer.notices]
    if answer.statements:
        how = words.no_language_model if answer.answerer == "extractive" else words.language_model
        parts.append(f'<p class="how">{how}.</p>')
    if answer.answerer != "extractive" or answer.notices:
        parts.append(_findings(answer.findings, words))
    hook = ' id="answer"' if newest else ""
    return f'<article{hook} class="answer" data-outcome="{answer.outcome}">{"".join(parts)}</article>'


def _findings(findings: Sequence[Finding], words: Wording) -> str:
    """For the curious: the sentences of a language model that were not shown as they were, and why."""
    about = [one for one in findings if one.statement]
    if not about:
        return ""
    lines = "".join(
        f"<li><q>{escape(one.statement)}</q> {escape(wording.problem(one.problem, words))} "
        f"<strong>{escape(words.done.get(one.done, one.done))}</strong></li>"
        for one in about
    )
    return f'<details class="findings"><summary>{words.checked.format(count=len(about))}</summary><ul>{lines}</ul></details>'


def _list(texts: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def statement_html(statement: Statement, by_number: dict[int, Citation], words: Wording, *, hook: bool) -> str:
    """A statement with its markers; `hook` gives them the contract's `data-citation`."""
    text, at = "", 0
    for start, end in statement.emphasis:
        text += f"{escape(statement.text[at:start])}<strong>{escape(statement.text[start:end])}</strong>"
        at = end
    text += escape(statement.text[at:])
    markers = "".join(marker_html(by_number[number], words, hook=hook) for number in statement.citations)
    return f'<p class="statement">{text}<span class="markers"> {markers}</span></p>'


def _opens(citation: Citation) -> str:
    """The attributes by which source.js asks for the source of a citation."""
    return (
        f'type="button" aria-controls="source" data-document="{escape(citation.document.id)}" '
        f'data-start="{citation.start}" data-end="{citation.end}" data-check="{check(citation.quote)}"'
    )


def marker_html(citation: Citation, words: Wording, *, hook: bool) -> str:
    """`[n]` as a button that opens its source."""
    # The contract's hook is for the newest answer only, so that a number means one citation.
    attribute = f' data-citation="{citation.number}"' if hook else ""
    label = ", ".join(part for part in (citation.document.title, wording.place(citation.anchor, words)) if part)
    return (
        f'<button {_opens(citation)}{attribute} class="marker" title="{escape(label)}" '
        f'aria-label="[{citation.number}] {words.source}: {escape(label)}">[{citation.number}]</button>'
    )


def _where(citation: Citation, words: Wording) -> str:
    parts = [*wording.particulars(citation.document, words), wording.place(citation.anchor, words)]
    return escape(" · ".join(part for part in parts if part))


def _source(citations: Sequence[Citation], words: Wording) -> str:
    """A document with the places of it that the answer cites: one line each, with its number."""
    first = citations[0]
    info = first.document
    about = escape(" · ".join(wording.particulars(info, words)))
    places = "".join(
        f"<li>{marker_html(citation, words, hook=False)} {escape(wording.place(citation.anchor, words))}</li>"
        for citation in citations
    )
    return (
        f'<li><button {_opens(first)} class="title">{escape(info.title or info.id)}</button> '
        f'<span class="where">{about}</span><ul class="places">{places}</ul>'
        f'<span class="links">{provenance_badge(info, words)}{official_link(info, words)}</span></li>'
    )


def _card(citation: Citation, words: Wording, *, hook: bool) -> str:
    info = citation.document
    return (
        f'<li class="card"><p class="card-title">{escape(info.title or info.id)} {marker_html(citation, words, hook=hook)}</p>'
        f'<blockquote>{escape(_without_headings(citation))}</blockquote><span class="where">{_where(citation, words)}</span>'
        f'<span class="links">{provenance_badge(info, words)}{official_link(info, words)}</span></li>'
    )


def _without_headings(citation: Citation) -> str:
    """A passage without the headings it begins with: they stand above and below it already."""
    said = {citation.document.title, *citation.anchor.section[-1:]}
    lines = citation.quote.split("\n")
    while lines and lines[0].strip() in {"", *said}:
        lines.pop(0)
    return "\n".join(lines) or citation.quote


def questions(texts: Sequence[str]) -> str:
    """Questions as buttons that ask them."""
    buttons = "".join(
        f'<li><button type="button" class="suggestion" data-ask="{escape(text)}">{escape(text)}</button></li>'
        for text in texts
    )
    return f'<ul class="suggestions">{buttons}</ul>'
