"""A conversation as Markdown with footnotes. What documents and people wrote is text in it, never markup."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from assistant.export import Checked, documents, one_line
from assistant.export.notes import Kind, Note, Notes, Piece, nearest, pieces, source
from assistant.export.wording import Wording, closing, made_on, wording


def conversation(exchanges: Sequence[Checked], *, title: str, language: str, made: datetime.datetime) -> str:
    """Questions as headings, statements as paragraphs, `[^1]` for every citation; sources and notes at the end."""
    words = wording(language)
    notes = Notes()
    lines = [f"# {escaped(title)}", escaped(made_on(made, words))]
    for checked in exchanges:
        lines.append(f"## {escaped(checked.exchange.question)}")
        lines += _answer(checked, notes, words)
    cited = documents(exchanges)
    if cited:
        lines.append(f"## {words.sources}")
        lines.append("\n".join(f"- {_written(source(info, words))}" for info in cited))
    about = closing(exchanges, words)
    if about:
        lines += [f"## {words.about}", *(escaped(line) for line in about)]
    lines += [f"[^{note.number}]: {_written(pieces(note, words))}" for note in notes]
    return "\n\n".join(lines) + "\n"


def _answer(checked: Checked, notes: Notes, words: Wording) -> list[str]:
    answer = checked.answer
    if answer is None:
        return [f"**{escaped(words.failed)}** {escaped(checked.exchange.problem)}".rstrip()]
    lines: list[str] = []
    if answer.understood_as:
        lines.append(f"*{escaped(words.understood_as)}* {escaped(answer.understood_as)}")
    if answer.outcome != "answered":
        label = words.partly if answer.outcome == "partly" else words.abstained
        lines.append(f"**{escaped(label)}** {escaped(answer.reason or '')}".rstrip())
    for statement in answer.statements:
        used = notes.use(checked, statement.citations)
        lines.append(f"{_emphasised(statement.text, statement.emphasis)}{_markers(used)}{_warning(used, words)}")
    left = nearest(answer)
    if left:
        lines.append(f"### {words.nearest}")
        items: list[str] = []
        for number in left:
            used = notes.use(checked, [number])
            items.append(f"- {escaped(used[0].citation.document.title)}{_markers(used)}{_warning(used, words)}")
        lines.append("\n".join(items))
    return lines


def _emphasised(text: str, emphasis: Sequence[tuple[int, int]]) -> str:
    """Text with what was asked for in bold."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(emphasis):
        bold = text[start:end]
        if start < at or not bold.strip() or bold != bold.strip():
            continue
        # beside a letter, markers open before and close after no punctuation
        before, after = text[start - 1 : start], text[end : end + 1]
        opens = not before.strip() or bold[0].isalnum()
        closes = not after.strip() or bold[-1].isalnum()
        if not (opens and closes):
            continue
        parts += [_inside(text[at:start]), f"**{_inside(bold)}**"]
        at = end
    return _begun("".join([*parts, _inside(text[at:])]).strip())


def _markers(notes: Sequence[Note]) -> str:
    return "".join(f"[^{note.number}]" for note in notes)


def _warning(notes: Sequence[Note], words: Wording) -> str:
    lost = [note for note in notes if note.lost is not None]
    return "".join(f" *{escaped(words.not_now.format(number=note.number))}*" for note in lost)


def _written(parts: Sequence[Piece]) -> str:
    written: list[str] = []
    for piece in parts:
        if piece.kind is Kind.LINK:
            written.append(f"<{piece.text}>")
        elif piece.kind in (Kind.ITALIC, Kind.STRONG):
            mark, text = "*" if piece.kind is Kind.ITALIC else "**", _inside(piece.text).strip()
            written.append(f"{mark}{text}{mark}" if text else "")
        else:
            written.append(_inside(piece.text))
    return _begun("".join(written))


# ------------------------------------------------------------------------------------------------ escaping

_MARKUP = re.compile(r"[\\`*_{}\[\]<>&~|^$#@=!]|:(?=//)|(?<=www)\.|:(?=\w+:)", re.IGNORECASE)
_AT_THE_START = re.compile(r"(\d+)([.)])(?=\s|$)|[-+:](?=\s|$)|-(?=-)")


def escaped(text: str) -> str:
    """Text on one line in which nothing is markup, not even an address."""
    return _begun(_inside(text).strip())


def _inside(text: str) -> str:
    line = one_line(text)
    if not line:
        return " " if text else ""
    before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return before + _MARKUP.sub(lambda match: f"\\{match[0]}", line) + after


def _begun(line: str) -> str:
    """A line of which the start is no list, rule or heading either."""
    match = _AT_THE_START.match(line)
    if match is None:
        return line
    return f"{match[1]}\\{line[match.start(2) :]}" if match[1] else f"\\{line}"
