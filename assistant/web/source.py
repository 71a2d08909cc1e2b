"""The source panel: a quote in its document, marked in the rendered text or drawn on the page of a PDF.

Positions come from stored offsets and nothing else. A document that no longer says the quote there is shown without
any highlight: a wrong highlight is worse than none. Of a long document the surroundings are sent, and the rest in pieces or
page by page as the reader gets there.
"""

from __future__ import annotations

import base64
import bisect
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Annotated, Literal, NamedTuple, Protocol

from pydantic import Field

from assistant import citing
from assistant.errors import AssistantError
from assistant.model import Block, BlockKind, Citation, Document, DocumentInfo, Page, WordBox, anchor_at
from assistant.text import Span
from assistant.web import wording
from assistant.web.conversation import check, official_link
from assistant.web.requests import Endpoints, Reply, Request, Short, Told
from assistant.web.wording import Wording

AROUND_CHARACTERS = 20_000  # text shown at first on either side of a quote; a whole law would be slow to lay out
PIECE_CHARACTERS = 40_000  # text that is added when a reader comes to the end of what is shown
IMAGE_WIDTH_PIXELS = 1_100
MOST_WIDTH_PIXELS = 2_200  # of a page that is looked at closely

View = Literal["pages", "text"]


class Library(Protocol):
    """Where documents and pictures of their pages come from."""

    def documents(self) -> Sequence[DocumentInfo]:
        """What there is, of which some may replace others."""

    def document(self, document_id: str) -> Document:
        """Raises KeyError for an unknown id."""

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        """A page as PNG, or None when the original cannot be drawn."""


# ------------------------------------------------------------------------------------------------ requests


class Opened(Request):
    """A quote in its document, or a document as a whole: then nothing is quoted and there is nothing to check."""

    document: Short
    start: int = 0
    end: int = 0
    check: Short = ""
    view: View | None = None  # what the reader chose; otherwise what shows the quote best


class NextPage(Opened):
    page: int
    width: Annotated[int, Field(ge=100, le=MOST_WIDTH_PIXELS)] = IMAGE_WIDTH_PIXELS


class NextPiece(Request):
    """The text before or after what is shown; `version` tells whether the document is still the same."""

    document: Short
    version: Short
    side: Literal["before", "after"]
    place: int


class SourcePanel:
    """Answers what the source panel asks, from the library that a conversation may see."""

    def __init__(self, library_of: Callable[[str | None], Library]) -> None:
        self._library_of = library_of

    def offer(self, endpoints: Endpoints) -> None:
        endpoints.add("source", Opened, self._open)
        endpoints.add("page", NextPage, self._page)
        endpoints.add("piece", NextPiece, self._piece)

    def _open(self, request: Opened) -> Reply:
        quote = Span(request.start, request.end)
        library = self._library_of(request.collection)
        html = source_html(library, request.document, quote, request.check, request.words, view=request.view)
        return {"html": html}

    def _page(self, request: NextPage) -> Reply:
        """A page with what is quoted on it: looked up anew, so that no highlight is left over from another version."""
        words = request.words
        library = self._library_of(request.collection)
        document = _document(library, request.document, words)
        page = next((page for page in document.pages if page.number == request.page), None)
        quote = Span(request.start, request.end)
        quoted = _words(document, quote) if _says(document, quote, request.check) else []
        drawn = None
        if page is not None:
            marked = [word for word in quoted if word.page == page.number]
            drawn = _drawn(library, document, page, marked, words, width_pixels=request.width)
        if drawn is None:
            raise Told(words.panel.page_gone.format(page=request.page))
        return {"html": drawn}

    def _piece(self, request: NextPiece) -> Reply:
        words = request.words
        document = _document(self._library_of(request.collection), request.document, words)
        if check(document.text) != request.version:
            raise Told(words.changed)
        return {"html": _piece_html(document, request.side, request.place, words)}


def _document(library: Library, document_id: str, words: Wording) -> Document:
    try:
        return library.document(document_id)
    except KeyError:
        raise Told(words.gone) from None


def _says(document: Document, quote: Span, expected: str) -> bool:
    """Whether the document still says the quote at its place."""
    return 0 <= quote.start < quote.end and check(document.text[quote.start : quote.end]) == expected


def source_html(
    library: Library, document_id: str, quote: Span, expected: str, words: Wording, *, view: View | None = None
) -> str:
    """The content of the source panel for `text[quote]` of a document, whose fingerprint should be `expected`.

    Without a fingerprint and with an empty quote it is the document as a whole, from its beginning.
    """
    try:
        document = library.document(document_id)
        newer = [info for info in library.documents() if document_id in info.supersedes and info.id != document_id]
    except KeyError:
        return _panel(words.source, "", _notice(words.gone), words)
    except AssistantError as error:
        return _panel(words.source, "", _notice(wording.sentence(error, words)), words)
    quoted = _says(document, quote, expected)
    whole = not expected and quote == Span(0, 0)
    notice = "" if quoted or whole else _notice(words.changed)
    if not quoted:
        start = min(max(quote.start, 0), len(document.text))
        quote = Span(start, start)
    placed = bool(_words(document, quote))
    if quoted and document.pages and not placed:
        notice += _notice(words.panel.no_place)
    if view is None:
        view = "pages" if whole or placed else "text"
    drawn = _pages_html(library, document, quote, words) if view == "pages" else None
    if drawn is None and view == "pages" and document.pages:
        notice += _notice(words.not_drawn)
    said = f'<blockquote lang="{escape(document.info.language)}" tabindex="0">{_in_words(document, quote)}</blockquote>'
    body = f"{said if quoted else ''}{drawn}" if drawn is not None else _text_html(document, quote, words)
    shown: View = "pages" if drawn is not None else "text"
    notes = "".join(_notice(note) for note in document.notes)
    top = (
        _about(document, quote, newer, words, quoted=quoted)
        + _copying(document, quote, words, quoted=quoted)
        + _tools(document, shown, words, quoted=quoted)
    )
    return _panel(document.info.title or document.info.id, top, f"{notice}{body}{notes}", words, document.info.language)


# ------------------------------------------------------------------------------------------------ frame


def _panel(title: str, top: str, body: str, words: Wording, language: str = "") -> str:
    """The panel: source.js puts the way to the other citations of the answer in `data-citations-place`."""
    lang = f' lang="{escape(language)}"' if language else ""
    return (
        f'<header><h2 id="source-title" tabindex="-1"{lang}>{escape(title)}</h2>'
        f'<button type="button" data-close aria-label="{words.close}" title="{words.close} (Esc)">×</button></header>'
        f'<div class="source-top">{top}<div data-citations-place></div></div>'
        f'<div class="source-body" tabindex="0" role="region" aria-label="{words.panel.content}">{body}</div>'
    )


def _about(document: Document, quote: Span, newer: Sequence[DocumentInfo], words: Wording, *, quoted: bool) -> str:
    """Whose words these are, where the original is, what replaced it, and which document and place this is."""
    info, panel = document.info, words.panel
    ours = info.provenance == "samenvatting"
    whose = f'<strong class="whose {"ours" if ours else "itself"}">{panel.summary if ours else panel.original}</strong>'
    replaced = "".join(
        f'<p class="notice newer">{panel.newer} <button type="button" class="tool" data-document="{escape(one.id)}">'
        f"{escape(one.title or one.id)}{escape(_dated(one, words))}</button></p>"
        for one in newer
    )
    place = wording.place(anchor_at(document, quote.start), words) if quoted else ""
    parts = [part for part in (*wording.particulars(info, words), place) if part]
    where = f'<p class="where">{escape(" · ".join(parts))}</p>' if parts else ""
    return f'<p class="links">{whose} {official_link(info, words)}</p>{replaced}{where}'


def _dated(info: DocumentInfo, words: Wording) -> str:
    return f", {wording.date(info.date, words)}" if info.date else ""


def _copying(document: Document, quote: Span, words: Wording, *, quoted: bool) -> str:
    """Buttons that copy the quote with its reference, or the reference alone, and one that goes back to the quote."""
    panel, info = words.panel, document.info
    language: citing.Language = "en" if words.language == "en" else "nl"
    anchor = anchor_at(document, quote.start) if quoted else None
    copies = [(panel.copy_reference, citing.reference(info, anchor, language=language))]
    if quoted and anchor is not None:
        said = document.text[quote.start : quote.end]
        citation = Citation(0, info, anchor, said, quote.start, quote.end, passage_id="")
        copies.insert(0, (panel.copy_quote, citing.copied(citation, language)))
    buttons = "".join(
        f'<button type="button" class="tool" data-copy="{escape(copied)}">{label}</button>' for label, copied in copies
    )
    back = f'<button type="button" class="tool" data-to-quote>{panel.to_quote}</button>' if quoted else ""
    return f'<div class="source-copying" role="group" aria-label="{panel.copying}">{buttons}{back}</div>'


def _tools(document: Document, shown: View, words: Wording, *, quoted: bool) -> str:
    """What a document with pages has besides: pages or text, which page, and how large."""
    if not document.pages:
        return ""
    panel = words.panel
    views: tuple[tuple[View, str], ...] = (("pages", panel.pages), ("text", panel.text))
    switch = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{"true" if view == shown else "false"}">{label}</button>'
        for view, label in views
    )
    tools = f'<div class="source-view" role="group" aria-label="{panel.view}">{switch}</div>'
    if shown == "pages":
        last = document.pages[-1].number
        tools += (
            f'<div class="source-paging" role="group" aria-label="{panel.page}">'
            f"{_small('data-page-step', '-1', panel.previous_page, '‹')}"
            f"<label><span>{panel.page}</span> <span data-number-place></span></label> "
            f"<span>{panel.of_pages.format(pages=last)}</span>"
            f"{_small('data-page-step', '1', panel.next_page, '›')}</div>"
            f'<div class="source-zoom" role="group" aria-label="{panel.zoom}">'
            f"{_small('data-zoom', '-1', panel.zoom_out, '−')}<output data-zoomed>100%</output>"
            f"{_small('data-zoom', '1', panel.zoom_in, '+')}"
            f'<button type="button" class="tool" data-zoom="0">{panel.fit}</button></div>'
        )
    return f'<div class="source-tools">{tools}</div>'


def _small(attribute: str, value: str, label: str, sign: str) -> str:
    return f'<button type="button" class="small" {attribute}="{value}" aria-label="{label}" title="{label}">{sign}</button>'


def _notice(text: str) -> str:
    return f'<p class="notice">{escape(text)}</p>'


def _in_words(document: Document, quote: Span) -> str:
    return escape(" ".join(document.text[quote.start : quote.end].split()))


# ------------------------------------------------------------------------------------------------ drawn on the page


def _pages_html(library: Library, document: Document, quote: Span, words: Wording) -> str | None:
    """All pages, those of the quote drawn with its words highlighted and the others as empty sheets that are filled later.

    None when there are none or they cannot be drawn.
    """
    if not document.pages:
        return None
    quoted = _words(document, quote)
    first = next((page.number for page in document.pages if page.end > quote.start), document.pages[-1].number)
    wanted = {word.page for word in quoted} or {first}
    figures = []
    for page in document.pages:
        drawn: str | None = ""
        if page.number in wanted:
            marked = [word for word in quoted if word.page == page.number]
            drawn = _drawn(library, document, page, marked, words)
            if drawn is None:
                return None
        label = f'<span class="sheet">{words.panel.page_waiting.format(page=page.number)}</span>'
        begin = " data-begin" if page.number == min(wanted) else ""
        figures.append(
            f'<figure class="page" data-page="{page.number}"{begin} style="aspect-ratio:{page.width:g}/{page.height:g}">'
            f"{drawn or label}</figure>"
        )
    return f'<div class="pages">{"".join(figures)}</div>'


def _words(document: Document, quote: Span) -> list[WordBox]:
    return [word for word in document.words if _overlaps(word, quote)] if quote.start < quote.end else []


def _drawn(
    library: Library,
    document: Document,
    page: Page,
    quoted: Sequence[WordBox],
    words: Wording,
    *,
    width_pixels: int = IMAGE_WIDTH_PIXELS,
) -> str | None:
    """The picture of a page with the quoted words highlighted; None when the original is damaged or gone by now."""
    try:
        image = library.page_image(document.info.id, page.number, width_pixels=width_pixels)
    except AssistantError:
        return None  # the panel says so and shows the text
    if image is None:
        return None
    alternative = (words.page_image if quoted else words.panel.page_alone).format(page=page.number)
    marks = "".join(_highlight(box, page) for box in merged(quoted))
    return (
        f'<img alt="{escape(alternative)}" data-width="{width_pixels}" '
        f'src="data:image/png;base64,{base64.b64encode(image).decode()}">{marks}'
    )


class Box(NamedTuple):
    """A stretch of a highlighted line, in PDF points from the top left of its page."""

    left: float
    top: float
    right: float
    bottom: float


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
    blocks = document.blocks
    first = bisect.bisect_right(blocks, quote.start - AROUND_CHARACTERS, key=lambda block: block.end)
    last = bisect.bisect_left(blocks, quote.end + AROUND_CHARACTERS, key=lambda block: block.start)
    if quote.start < quote.end and not any(_overlaps(block, quote) for block in blocks[first:last]):
        marked = _marked(document.text, quote, quote)  # text that lies in no block
        return f'<div class="text" lang="{escape(document.info.language)}"><p class="plain">{marked}</p></div>'
    before = _more(document, "before", first, words) if first > 0 else ""
    after = _more(document, "after", last, words) if last < len(blocks) else ""
    return f"{before}{_stretch(document, first, last, quote, words)}{after}"


def _piece_html(document: Document, side: Literal["before", "after"], place: int, words: Wording) -> str:
    """The next stretch of the text: what ends before a place or begins at it, with the way to the stretch after that."""
    blocks = document.blocks
    here = bisect.bisect_left(blocks, place, key=lambda block: block.start)
    if side == "before":
        first = bisect.bisect_left(blocks, place - PIECE_CHARACTERS, key=lambda block: block.start)
        first, last = max(min(first, here - 1), 0), here
        more = _more(document, side, first, words) if first > 0 else ""
        return f"{more}{_stretch(document, first, last, Span(0, 0), words)}"
    first, last = here, bisect.bisect_left(blocks, place + PIECE_CHARACTERS, key=lambda block: block.start)
    last = min(max(last, first + 1), len(blocks))
    more = _more(document, side, last, words) if last < len(blocks) else ""
    return f"{_stretch(document, first, last, Span(0, 0), words)}{more}"


def _more(document: Document, side: Literal["before", "after"], index: int, words: Wording) -> str:
    """The way to what is not shown yet, before or from the block with an index; source.js follows it."""
    place = document.blocks[index].start
    notice, label = {
        "before": (words.cut_before, words.panel.show_before),
        "after": (words.cut_after, words.panel.show_after),
    }[side]
    return (
        f'<div class="more" data-side="{side}" data-place="{place}" data-version="{check(document.text)}">{_notice(notice)}'
        f'<button type="button" class="button" data-more>{label}</button></div>'
    )


def _stretch(document: Document, first: int, last: int, quote: Span, words: Wording) -> str:
    """Blocks first up to last, laid out; where a page begins, its number stands before it."""
    text, parts, page = document.text, list[str](), None
    starts = [
        index == 0 or not _together(document.blocks[index - 1], document.blocks[index]) for index in range(first, last)
    ]
    shown = zip(document.blocks[first:last], starts, strict=True)
    for (number, kind, _), run in groupby(shown, key=lambda pair: (pair[0].anchor.page, pair[0].kind, pair[0].group)):
        if number is not None and number != page and document.pages:
            page = number
            parts.append(f'<p class="page-number" lang="{words.language}">{words.panel.page} {number}</p>')
        pairs = list(run)
        blocks = [block for block, _ in pairs]
        parts.append(_run(kind, blocks, text, quote, header=pairs[0][1]))
    return f'<div class="text" lang="{escape(document.info.language)}">{"".join(parts)}</div>'


def _together(one: Block, other: Block) -> bool:
    return (one.kind, one.group) == (other.kind, other.group)


def _run(kind: BlockKind, blocks: Sequence[Block], text: str, quote: Span, *, header: bool) -> str:
    """Blocks of one kind and group: a list, a table (with its header, where it begins), or headings and paragraphs."""
    if kind is BlockKind.LIST_ITEM:
        items = "".join(
            f'<li class="depth-{min(block.level, 3)}">{_marked(text, Span(block.start, block.end), quote)}</li>'
            for block in blocks
        )
        return f'<ul role="list">{items}</ul>'
    if kind is BlockKind.TABLE_ROW:
        rows = "".join(
            _row(block, text, quote, header=header and number == 0 < len(blocks) - 1)
            for number, block in enumerate(blocks)
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
