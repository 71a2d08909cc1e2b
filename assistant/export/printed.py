"""A conversation as a page to print: one file with its own style, without scripts and without anything from elsewhere."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from html import escape

from assistant.export import Checked, documents, one_line, printable
from assistant.export.notes import Kind, Note, Notes, Piece, nearest, pieces, source
from assistant.export.wording import Wording, closing, made_on, wording

_STYLE = """
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 42rem; padding: 0 1rem; background: #fff; color: #1a1a1a;
  font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2rem 0 .5rem; padding-top: .75rem; border-top: 1px solid #767676; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: 0 0 .6rem; }
.made, .about, .notes { font-size: .9rem; }
.made, .understood { color: #454545; }
.notes li, .sources li { margin-bottom: .4rem; }
.warning { font-weight: 600; }
q { quotes: none; white-space: pre-line; }
q::before, q::after { content: none; }
a { color: #154273; }
sup { line-height: 0; }
sup a { padding: 0 .15em; }
@media print {
  @page { margin: 2cm; }
  body { margin: 0; max-width: none; padding: 0; font-size: 11pt; }
  h1, h2, h3 { break-after: avoid; }
  li, p { orphans: 3; widows: 3; }
  a { color: inherit; text-decoration: none; }
  .back { display: none; }
}
"""


def conversation(exchanges: Sequence[Checked], *, title: str, language: str, made: datetime.datetime) -> str:
    """An HTML page: questions as headings, statements as paragraphs, footnotes at the end."""
    words = wording(language)
    notes = Notes()
    body = [f"<h1>{_text(title)}</h1>", f'<p class="made">{_text(made_on(made, words))}</p>']
    for checked in exchanges:
        body += [
            "<section>",
            f"<h2>{_text(checked.exchange.question)}</h2>",
            *_answer(checked, notes, words),
            "</section>",
        ]
    listed = [_note(note, words) for note in notes]
    if listed:
        body += [f'<section class="notes"><h2>{words.notes}</h2>', "<ol>", *listed, "</ol></section>"]
    cited = documents(exchanges)
    if cited:
        body += [f'<section class="sources"><h2>{words.sources}</h2>', "<ul>"]
        body += [f"<li>{_written(source(info, words))}</li>" for info in cited]
        body.append("</ul></section>")
    about = closing(exchanges, words)
    if about:
        body += [
            f'<section class="about"><h2>{words.about}</h2>',
            *(f"<p>{_text(line)}</p>" for line in about),
            "</section>",
        ]
    head = [
        "<!doctype html>",
        f'<html lang="{words.language}">',
        "<head>",
        '<meta charset="utf-8">',
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
    ]
    return "\n".join([*head, *body, "</main>", "</body>", "</html>"]) + "\n"


def _answer(checked: Checked, notes: Notes, words: Wording) -> list[str]:
    answer = checked.answer
    if answer is None:
        return [f"<p><strong>{words.failed}</strong> {_text(checked.exchange.problem)}</p>"]
    lines: list[str] = []
    if answer.understood_as:
        lines.append(f'<p class="understood"><em>{words.understood_as}</em> {_text(answer.understood_as)}</p>')
    if answer.outcome != "answered":
        label = words.partly if answer.outcome == "partly" else words.abstained
        lines.append(f"<p><strong>{label}</strong> {_text(answer.reason or '')}</p>")
    for statement in answer.statements:
        used = notes.use(checked, statement.citations)
        said = _emphasised(statement.text, statement.emphasis)
        lines.append(f"<p>{said}{_markers(used, words)}{_warning(used, words)}</p>")
    left = nearest(answer)
    if left:
        lines += [f"<h3>{words.nearest}</h3>", "<ul>"]
        for number in left:
            used = notes.use(checked, [number])
            named = _text(used[0].citation.document.title)
            lines.append(f"<li>{named}{_markers(used, words)}{_warning(used, words)}</li>")
        lines.append("</ul>")
    return lines


def _emphasised(text: str, emphasis: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in sorted(emphasis):
        if start >= at:
            parts += [_kept(text[at:start]), f"<strong>{_kept(text[start:end])}</strong>"]
            at = end
    return "".join([*parts, _kept(text[at:])])


def _markers(notes: Sequence[Note], words: Wording) -> str:
    links = [
        f'<a id="terug-{note.number}" href="#noot-{note.number}" aria-label="{words.note.format(number=note.number)}">'
        f"{note.number}</a>"
        for note in notes
    ]
    return f"<sup>{', '.join(links)}</sup>" if links else ""


def _warning(notes: Sequence[Note], words: Wording) -> str:
    lost = [note for note in notes if note.lost is not None]
    return "".join(f' <span class="warning">{words.not_now.format(number=note.number)}</span>' for note in lost)


def _note(note: Note, words: Wording) -> str:
    back = words.back.format(number=note.number)
    return (
        f'<li id="noot-{note.number}">{_written(pieces(note, words))} '
        f'<a class="back" href="#terug-{note.number}" aria-label="{back}">↩</a></li>'
    )


def _written(parts: Sequence[Piece]) -> str:
    written: list[str] = []
    for piece in parts:
        text = _kept(piece.text)
        match piece.kind:
            case Kind.ITALIC:
                written.append(f"<i>{text}</i>")
            case Kind.STRONG:
                written.append(f'<span class="warning">{text}</span>')
            case Kind.QUOTE:
                text = re.sub(r"\n\s*\n", "\n", text)
                spoken = f' lang="{escape(piece.language)}"' if piece.language else ""
                written.append(f"<q{spoken}>{text}</q>")
            case Kind.LINK:
                written.append(f'<a href="{escape(piece.text)}">{text}</a>')
            case Kind.NOTE:
                written.append(f'<a href="#noot-{text}">{text}</a>')
            case Kind.TEXT:
                written.append(text)
    return "".join(written)


def _text(text: str) -> str:
    return escape(one_line(text))


def _kept(text: str) -> str:
    """Text with its line ends, as a quote or a stretch of a sentence needs it."""
    return escape(printable(text))
