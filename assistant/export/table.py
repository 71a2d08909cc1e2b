"""A list of questions with their answers as a table that Excel and LibreOffice open with a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from assistant import citing
from assistant.export import Checked, one_line, web_address
from assistant.export.wording import Wording, lost_quote, outcome, wording
from assistant.model import Citation


def questionnaire(exchanges: Sequence[Checked], *, language: str) -> bytes:
    """CSV in UTF-8 with a byte-order mark, semicolons and one row a question; no cell is taken for a formula."""
    words = wording(language)
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(words.columns)
    for number, checked in enumerate(exchanges, start=1):
        writer.writerow([str(number), *(defused(cell) for cell in _cells(checked, words))])
    return written.getvalue().encode("utf-8-sig")


def _cells(checked: Checked, words: Wording) -> list[str]:
    question, answer = one_line(checked.exchange.question), checked.answer
    came_of = outcome(checked.exchange, words)
    if answer is None:
        return [question, came_of, "", "", "", one_line(checked.exchange.problem or words.failed)]
    statements = [
        " ".join([one_line(statement.text), *(f"[{number}]" for number in statement.citations)])
        for statement in answer.statements
    ]
    addresses = dict.fromkeys(one_line(citation.document.url) for citation in answer.citations)
    remarks = [one_line(answer.reason)] if answer.reason else []
    if answer.understood_as:
        remarks.append(f"{words.understood_as} {one_line(answer.understood_as)}")
    if answer.outcome == "abstained" and answer.citations:
        remarks.append(f"{words.nearest}: {', '.join(f'[{citation.number}]' for citation in answer.citations)}")
    for number, why in checked.lost.items():
        remarks.append(f"[{number}] {lost_quote(why, words)}")
    return [
        question,
        came_of,
        "\n".join(statements),
        "\n".join(_quote(citation, checked, words) for citation in answer.citations),
        "\n".join(address for address in addresses if web_address(address) is not None),
        "\n".join(remarks),
    ]


def _quote(citation: Citation, checked: Checked, words: Wording) -> str:
    runs = citing.runs(citation.document, citation.anchor, language=words.language)
    written = one_line("".join(run.text for run in runs))
    quote, why = one_line(citation.quote), checked.lost.get(citation.number)
    if why is None:
        return f"[{citation.number}] {citing.quoted(quote)} ({written})"
    return f"[{citation.number}] {lost_quote(why, words)} {words.then} {quote} ({written})"


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(cell: str) -> str:
    """A cell that a spreadsheet takes for text: an apostrophe goes before what would start a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell
