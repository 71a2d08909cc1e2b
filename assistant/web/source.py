"""The source panel: a quote in its document, marked in the rendered text or drawn on the page of a PDF.

Positions come from stored offsets and nothing else. A document that no longer says the quote there is shown without
any highlight: a wrong highlight is worse than none.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple, Protocol

from assistant.errors import AssistantError
from assistant.model import Block, BlockKind, Document, Page, WordBox
from assistant.text import Span
from assistant.web import wording
from assistant.web.conversation import check, official_link, provenance_badge
from assistant.web.wording import Wording

AROUND_CHARACTERS = 20_000  # text shown on either side of a quote; a whole law would be slow to lay out
IMAGE_WIDTH_PIXELS = 1_100


class Library(Protocol):
    """Where documents and pictures of their pages come from."""

    def document(self, document_id: str) -> Document:
        """Raises KeyError for an unknown id."""

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        """A page as PNG, or None when the original cannot be drawn."""


class Box(NamedTuple):
    """A stretch of a highlighted line, in PDF points from the top left of its page."""

    left: float
    top: float
    right: float
    bottom: float


def source_html(library: Library, document_id: str, quote: Span, expected: str, words: Wording) -> str:
    """The content of the source panel for `text[quote]` of a document, whose fingerprint should be `expected`."""
    try:
        document = library.document(document_id)
    except KeyError:
        return _panel(words.source, _notice(words.gone), words)
    except AssistantError as error:
        return _panel(words.source, _notice(wording.sentence(error, words)), words)
    if check(document.text[quote.start : quote.end]) != expected:
        start = min(max(quote.start, 0), len(document.text))
        text = _text_html(document, Span(start, start), words)
        return _document_panel(document, "", _notice(words.changed) + text, words)
    where = next((block.anchor for block in document.blocks if block.end > quote.start), None)
    drawn = _pages_html(library, document, quote, words)
    if drawn is None:
        notice = _notice(words.not_drawn) if document.pages else ""
        body = notice + _text_html(document, quote, words)
    else:
        in_words = " ".join(document.text[quote.start : quote.end].split())
        body = f"<blockquote>{escape(in_words)}</blockquote>{drawn}"
    return _document_panel(document, wording.place(where, words) if where is not None else "", body, words)


# ------------------------------------------------------------------------------------------------ frame


def _panel(title: str, body: str, words: Wording) -> str:
    return (
        f'<header><h2 id="source-title" tabindex="-1">{escape(title)}</h2>'
        f'<button type="button" data-close aria-label="{words.close}" title="{words.close} (Esc)">×</button></header>'
        f'<div class="source-body" tabindex="0" role="region" aria-labelledby="source-title">{body}</div>'
    )


def _document_panel(document: Document, where: str, body: str, words: Wording) -> str:
    info = document.info
    parts = [*wording.particulars(info, words), where]
    about = (
        f'<p class="where">{escape(" · ".join(part for part in parts if part))}</p>'
        f'<p class="links">{provenance_badge(info, words)}{official_link(info, words)}</p>'
    )
    notes = "".join(_notice(note) for note in document.notes)
    return _panel(info.title or info.id, f'{about}<div lang="{escape(info.language)}">{body}</div>{notes}', words)


def _notice(text: str) -> str:
    return f'<p class="notice">{escape(text)}</p>'


# ------------------------------------------------------------------------------------------------ drawn on the page


def _pages_html(library: Library, document: Document, quote: Span, words: Wording) -> str | None:
    """The pages on which the quote stands, with its words highlighted; None when they cannot be drawn."""
    figures = []
    for page in document.pages:
        boxes = merged([word for word in document.words if word.page == page.number and _overlaps(word, quote)])
        if not boxes:
            continue
        try:
            image = library.page_image(document.info.id, page.number, width_pixels=IMAGE_WIDTH_PIXELS)
        except AssistantError:
            return None  # the original is damaged or gone by now; the panel says so and shows the text
        if image is None:
            return None
        alternative = escape(words.page_image.format(page=page.number))
        marks = "".join(_highlight(box, page) for box in boxes)
        figures.append(
            f'<figure class="page" style="aspect-ratio:{page.width:g}/{page.height:g}">'
            f'<img alt="{alternative}" src="data:image/png;base64,{base64.b64encode(image).decode()}">{marks}</figure>'
        )
    return "".join(figures) or None


def merged(words: Sequence[WordBox]) -> list[Box]:
    """Word boxes in reading order as one box a line: words that follow each other on the same line grow together."""
    boxes: list[Box] = []
    for word in words:
        last = boxes[-1] if boxes else None
        if last is not None and _same_line(last, word):
            boxes[-1] = Box(
                min(last.left, word.left),
                min(last.top, word.top),
                max(last.right, word.right),
                max(last.bottom, word.bottom),
            )
        else:
            boxes.append(Box(word.left, word.top, word.right, word.bottom))
    return boxes


def _same_line(box: Box, word: WordBox) -> bool:
    height = min(box.bottom - box.top, word.bottom - word.top)
    overlap = min(box.bottom, word.bottom) - max(box.top, word.top)
    # The next word of a line stands to the right of the last; a gap of several letters is another column or cell.
    return overlap > height / 2 and -height < word.left - box.right < 3 * height


def _highlight(box: Box, page: Page) -> str:
    left, width = 100 * box.left / page.width, 100 * (box.right - box.left) / page.width
    top, height = 100 * box.top / page.height, 100 * (box.bottom - box.top) / page.height
    return (
        f'<span data-highlight style="left:{left:.3f}%;top:{top:.3f}%;width:{width:.3f}%;height:{height:.3f}%"></span>'
    )


# ------------------------------------------------------------------------------------------------ rendered text


def _text_html(document: Document, quote: Span, words: Wording) -> str:
    """The text around a quote, laid out by the document's blocks, with the quote in `<mark>`s. An empty quote marks nothing."""
    shown = [
        block
        for block in document.blocks
        if block.end > quote.start - AROUND_CHARACTERS and block.start < quote.end + AROUND_CHARACTERS
    ]
    if not any(_overlaps(block, quote) for block in shown) and quote.start < quote.end:
        return f'<p class="plain">{_marked(document.text, quote, quote)}</p>'  # text that lies in no block
    before = _notice(words.cut_before) if shown and shown[0] is not document.blocks[0] else ""
    after = _notice(words.cut_after) if shown and shown[-1] is not document.blocks[-1] else ""
    runs = groupby(shown, key=lambda block: (block.kind, block.group))
    body = "".join(_run(kind, list(run), document.text, quote) for (kind, _), run in runs)
    return f'{before}<div class="text">{body}</div>{after}'


def _run(kind: BlockKind, blocks: Sequence[Block], text: str, quote: Span) -> str:
    """Blocks of one kind and group: a list, a table, or headings and paragraphs one by one."""
    if kind is BlockKind.LIST_ITEM:
        items = "".join(
            f'<li class="depth-{min(block.level, 3)}">{_marked(text, Span(block.start, block.end), quote)}</li>'
            for block in blocks
        )
        return f'<ul role="list">{items}</ul>'
    if kind is BlockKind.TABLE_ROW:
        rows = "".join(
            _row(block, text, quote, header=number == 0 < len(blocks) - 1) for number, block in enumerate(blocks)
        )
        return f'<div class="table" tabindex="0"><table>{rows}</table></div>'
    return "".join(
        f"<{tag}>{_marked(text, Span(block.start, block.end), quote)}</{name}>" for block, tag, name in _tags(blocks)
    )


def _tags(blocks: Sequence[Block]) -> Iterator[tuple[Block, str, str]]:
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            name = f"h{min(max(block.level, 1) + 2, 6)}"  # h2 is the panel's own title
            yield block, name, name
        elif block.kind is BlockKind.FOOTNOTE:
            yield block, 'p class="footnote"', "p"
        else:
            yield block, "p", "p"


_CELL_END = re.compile(r"(?:^| )\|(?= |$)")


def _row(block: Block, text: str, quote: Span, *, header: bool) -> str:
    cells, start = [], block.start
    for separator in _CELL_END.finditer(text[block.start : block.end]):
        cells.append(Span(start, block.start + separator.start()))
        start = block.start + separator.end()
    cells.append(Span(start, block.end))
    tag, name = ('th scope="col"', "th") if header else ("td", "td")
    return f"<tr>{''.join(f'<{tag}>{_marked(text, _stripped(text, cell), quote)}</{name}>' for cell in cells)}</tr>"


def _stripped(text: str, span: Span) -> Span:
    content = text[span.start : span.end]
    start = span.start + len(content) - len(content.lstrip())
    return Span(start, max(start, span.start + len(content.rstrip())))


def _marked(text: str, part: Span, quote: Span) -> str:
    """`text[part]` escaped, with what it shares with the quote in `<mark>`."""
    start, end = max(part.start, quote.start), min(part.end, quote.end)
    if not text[start:end].strip() or start >= end:
        return escape(text[part.start : part.end])
    return f"{escape(text[part.start : start])}<mark>{escape(text[start:end])}</mark>{escape(text[end : part.end])}"


def _overlaps(part: Block | WordBox, quote: Span) -> bool:
    return part.start < quote.end and part.end > quote.start
