"""HTML and Markdown → Document, and what other parsers of marked-up formats share with them: sound XML, table cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.entities import html5

from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.errors import UnreadableDocument
from assistant.ingest import hidden, html_hidden, metadata
from assistant.ingest.flowing import Flow, article_of
from assistant.model import Document, DocumentInfo

DEEPEST = 250  # elements or blocks inside each other; real pages stay below 60
_LONG_CELL = 1500  # characters; a table with such a cell is there for the layout of the page

# ------------------------------------------------------------------------------------------------ XML

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_PROLOGUE = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*(?P<doctype><!DOCTYPE[^>\[]*(?P<subset>\[)?)?", re.DOTALL)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_DEEPEST_XML = 100  # elements inside each other; real publications stay below 40
_KNOWN_TO_XML = frozenset("lt gt amp quot apos".split())


def xml_tree(text: str, *, path: str) -> etree._Element:
    """The root of an XML document. No entity is expanded, no file and no address is opened.

    Raises:
        UnreadableDocument: no sound XML, nested too deep, or it defines entities of its own.
    """
    prologue = _PROLOGUE.match(text)
    if prologue and prologue["subset"] and "<!ENTITY" in text:
        raise UnreadableDocument(path, "de XML definieert eigen entiteiten (een XML-bom?); niet gelezen")
    # the text is decoded already, so what the declaration says of its encoding no longer holds
    text = _DECLARATION.sub("", text, count=1)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_NAMED.sub(_named_character, text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if "depth" in (error.msg or "").lower():
            raise UnreadableDocument(path, "de XML is te diep genest") from error
        raise UnreadableDocument(path, f"geen geldige XML (regel {error.lineno})") from error
    _check_depth(root, path=path, deepest=_DEEPEST_XML, what="XML")
    return root


def _named_character(found: re.Match[str]) -> str:
    """`&nbsp;` and its like are known in HTML only; XML that uses them anyway is read."""
    name = found[1]
    return found[0] if name in _KNOWN_TO_XML else html5.get(f"{name};", found[0])


# ------------------------------------------------------------------------------------------------ Markdown

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
_WITHOUT_LINKS = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
_WITHOUT_LINKS.disable(["link", "image"])
_MOST_OPEN_BRACKETS = 1000


def parse_markdown(text: str, info: DocumentInfo) -> Document:
    """A Markdown text without its front matter. Links keep their text, images their description.

    Raises:
        UnreadableDocument: lists or quotes are nested deeper than can be read.
    """
    flow = Flow()
    # every bracket that is never closed costs a search through the rest of its paragraph
    parser = _MARKDOWN if text.count("[") - text.count("]") < _MOST_OPEN_BRACKETS else _WITHOUT_LINKS
    tokens = parser.parse(text)
    if max((token.level for token in tokens), default=0) >= 99:
        raise UnreadableDocument(info.path, "lijsten of citaten zijn te diep in elkaar genest")
    _MarkdownReader(flow, info).read(tokens)
    return flow.build(info)


class _MarkdownReader:
    def __init__(self, flow: Flow, info: DocumentInfo) -> None:
        self._flow = flow
        self._info = info

    def read(self, tokens: Sequence[Token]) -> None:
        flow = self._flow
        level = 0  # of the heading we are in; 0 outside headings
        cells: list[str] | None = None  # of the table row we are in
        tags = html_hidden.OpenTags()
        for token in tokens:
            if tags.way is not None and token.type in ("fence", "code_block"):
                flow.note(hidden.note("op de pagina", [tags.way]))
                continue
            match token.type:
                case "heading_open":
                    flow.end_block()
                    level = int(token.tag[1])
                case "heading_close":
                    level = 0
                case "inline":
                    text = self._inline_text(token, tags)
                    if level:
                        flow.heading(text, level=level, article=article_of(text))
                    elif cells is not None:
                        cells.append(text)
                    else:
                        flow.add(text)
                case "paragraph_close" | "blockquote_open" | "hr":
                    flow.end_block()
                case "bullet_list_open" | "ordered_list_open":
                    flow.begin_list()
                case "bullet_list_close" | "ordered_list_close":
                    flow.end_list()
                case "list_item_open":
                    flow.begin_item(f"{token.info}{token.markup}" if token.info else "•")
                case "list_item_close":
                    flow.end_item()
                case "table_open":
                    flow.begin_table()
                case "tr_open":
                    cells = []
                case "tr_close":
                    flow.row(cells or [])
                    cells = None
                case "fence" | "code_block":
                    for part in re.split(r"\n\s*\n", token.content):
                        flow.add(part)
                        flow.end_block()
                case "html_block":
                    if tags.way is None:
                        read_html_fragment(token.content, flow, path=self._info.path)
                    tags.read(token.content)

    def _inline_text(self, token: Token, tags: html_hidden.OpenTags) -> str:
        parts = []
        for child in token.children or ():
            if child.type == "html_inline":
                tags.read(child.content)
            elif tags.way is not None and child.type in ("text", "code_inline", "image"):
                if child.content.strip():
                    self._flow.note(hidden.note("op de pagina", [tags.way]))
                continue
            match child.type:
                case "text" | "code_inline":
                    parts.append(child.content)
                case "softbreak" | "hardbreak":
                    parts.append(" ")
                case "image":
                    parts.append(self._inline_text(child, tags) or child.content)
                case "html_inline" if re.match(r"</?br\b", child.content, re.IGNORECASE):
                    parts.append(" ")
        return "".join(parts)


# ------------------------------------------------------------------------------------------------ HTML

_DROPPED = frozenset(
    "script style noscript template nav head svg iframe object embed canvas audio video map button select option input "
    "textarea datalist dialog link meta title math".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_FURNITURE_ROLES = frozenset("navigation banner contentinfo search alert dialog alertdialog menu menubar".split())
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:cookies?|cookie-?(?:bar|banner|consent|notice|melding)|consent|breadcrumbs?|kruimelpad|skip-?links?|"
    r"site-?(?:header|footer)|social(?:-?share|-?media)?|share-?buttons?)(?:$|[\s_-])",
    re.IGNORECASE,
)
# The Official Journal of the EU sets its headings as paragraphs of these classes; newer pages put "oj-" before them
_EUROPEAN_HEADINGS = {
    f"{prefix}{name}": level
    for prefix in ("", "oj-")
    for name, level in {"ti-section-1": 2, "ti-section-2": 3, "ti-grseq-1": 3, "ti-art": 4, "sti-art": 5}.items()
}
# Where the text of a page usually is, and the share of all text it must then hold. The first is that of official
# publications; the others are customs of web sites.
_MAIN_PLACES = [
    (".//*[@id='broodtekst']", 0.05),
    *((path, 0.25) for path in (".//main", ".//*[@role='main']", ".//article")),
    *(
        (f".//*[@id='{name}']", 0.25)
        for name in "main-content maincontent mainContent content inhoud Inhoud main text".split()
    ),
]
_ITEM_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]{1,2}|[ivxlc]{1,6})[.):°]{0,2}\s*|[-–—•·*]\s*", re.IGNORECASE)
_REFERENCE = re.compile(r"[\[(]?(?:\d{1,3}|\*{1,3})[\])]?")
_SITE_NAME = re.compile(r"\s+[|–·]\s+[^|–·]{2,60}\Z")


def parse_html(text: str, info: DocumentInfo) -> Document:
    """The main content of a page, without navigation, cookie bars, scripts and hidden parts.

    Raises:
        UnreadableDocument: it is no HTML, or nested deeper than can be read.
    """
    root = _tree(text, path=info.path)
    ways = html_hidden.take_out(root)
    body = root.find(".//body")
    flow = Flow()
    reader = _HtmlReader(flow, info.path)
    content = _main_content(body if body is not None else root)
    reader.read(content)
    document = flow.build(info)
    if content is not body and body is not None and not document.text:
        flow = Flow()
        _HtmlReader(flow, info.path).read(body)
        document = flow.build(info)
    if ways:
        document = replace(document, notes=(*document.notes, hidden.note("op de pagina", ways)))
    return _with_head(document, root)


def read_html_fragment(text: str, flow: Flow, *, path: str) -> None:
    """HTML inside another document (Markdown), read into the flow of that document."""
    if "-->" in text:
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = text.replace("<!--", " ")  # a comment that is never closed is no reason to lose the rest
    if text.strip():
        # in a box of its own, because a closing tag alone is no page
        root = _tree(f"<div>{text}</div>", path=path)
        ways = html_hidden.take_out(root)
        if ways:
            flow.note(hidden.note("op de pagina", ways))
        _HtmlReader(flow, path).read(root)


def _tree(text: str, *, path: str) -> etree._Element:
    # encoded once more, so that a declaration inside the page cannot change what was decoded already
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    text = text.replace("\x00", "")
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(path, "geen leesbare HTML") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise UnreadableDocument(path, "de HTML is te diep genest")
    _check_depth(root, path=path)
    return root


def _check_depth(root: etree._Element, *, path: str, deepest: int = DEEPEST, what: str = "HTML") -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > deepest:
            raise UnreadableDocument(path, f"de {what} is te diep genest")


def _main_content(body: etree._Element) -> etree._Element:
    whole = _length(body)
    for path, share in _MAIN_PLACES:
        found = body.findall(path)
        if len(found) == 1 and _length(found[0]) >= whole * share:
            return found[0]
    return body


def _length(element: etree._Element) -> int:
    dropped = sum(len("".join(part.itertext()).strip()) for part in element.iter("script", "style", "nav", "head"))
    return len("".join(element.itertext()).strip()) - dropped


def _with_head(document: Document, root: etree._Element) -> Document:
    head = [
        (meta.get("name") or meta.get("property") or "", meta.get("scheme") or "", meta.get("content") or "")
        for meta in root.iter("meta")
    ]
    info = metadata.from_official_pairs(document.info, head)
    named = {name.lower(): content for name, _, content in head}
    canonical = next(
        (link.get("href") or "" for link in root.iter("link") if "canonical" in (link.get("rel") or "")), ""
    )
    info = metadata.fill(
        info,
        url=canonical or named.get("og:url", ""),
        date=named.get("article:published_time", "")[:10],
        language=(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:2],
    )
    info = metadata.fill(info, identifier=metadata.official_identifier(info.url.rsplit("/", 1)[-1]))
    first = next((_plain(heading) for heading in root.iter("h1") if _plain(heading)), "")
    title = _SITE_NAME.sub("", " ".join((root.findtext(".//title") or "").split()))
    info = metadata.fill(info, title=metadata.shorten(first or named.get("og:title", "") or title))
    return replace(document, info=info)


def _plain(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


class _HtmlReader:
    """Walks through a page and tells a `Flow` what stands there."""

    def __init__(self, flow: Flow, path: str) -> None:
        self._flow = flow
        self._path = path
        self._breaks = 0  # <br> since the last text: two of them end a paragraph

    def read(self, element: etree._Element) -> None:
        """The content of an element (the body, or the main part of it)."""
        self._content(element)
        self._flow.end_block()

    def _text(self, text: str | None) -> None:
        if text:
            if not text.isspace():
                self._breaks = 0
            self._flow.add(text)

    def _content(self, element: etree._Element) -> None:
        self._text(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child)
            self._text(child.tail)

    def _element(self, element: etree._Element) -> None:
        flow = self._flow
        tag = _name(element)
        if self._is_left_out(element, tag):
            if tag in _BLOCKS:
                flow.end_block()
            return
        if tag in _HEADINGS:
            text = self._inline(element, with_images=False)
            flow.heading(text, level=int(tag[1]), article=article_of(text))
        elif tag == "p" and element.get("class") in _EUROPEAN_HEADINGS:
            text = self._inline(element)
            # the name of an article stands in a paragraph under its number, and belongs to the article too
            article = article_of(text) or (flow.article if element.get("class", "").endswith("sti-art") else None)
            flow.heading(text, level=_EUROPEAN_HEADINGS[element.get("class", "")], article=article)
        elif tag == "br":
            self._breaks += 1
            if self._breaks > 1:
                flow.end_block()
            else:
                flow.add(" ")
        elif tag == "img":
            flow.add(f" {element.get('alt') or ''} ")
        elif tag in ("ul", "ol", "menu", "dir"):
            self._list(element, numbered=tag == "ol")
        elif tag == "dl":
            self._definitions(element)
        elif tag == "table":
            self._table(element)
        elif tag == "pre":
            flow.end_block()
            for part in re.split(r"\n[ \t]*\n", "".join(element.itertext())):
                flow.add(part)
                flow.end_block()
        elif tag in _BLOCKS:
            flow.end_block()
            self._content(element)
            flow.end_block()
        elif self._is_reference(element, tag):
            if (element.tail or " ")[0] in ",.;:)":
                flow.tighten()
        else:
            self._content(element)

    def _is_left_out(self, element: etree._Element, tag: str) -> bool:
        if tag in _DROPPED or element.get("role") in _FURNITURE_ROLES:
            return True
        if tag in ("header", "footer") and element.find(".//h1") is None:
            inside = any(_name(parent) in ("article", "main", "section") for parent in element.iterancestors())
            if not inside:
                return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        return bool(names.strip()) and _FURNITURE.search(names) is not None and len(_plain(element)) < 3000

    @staticmethod
    def _is_reference(element: etree._Element, tag: str) -> bool:
        """A footnote number inside a sentence: a small number that links to a place on the same page."""
        link = element if tag == "a" else element.find("a") if tag == "sup" else None
        if link is None or not (link.get("href") or "").startswith("#"):
            return False
        parent = element.getparent()
        begins = parent is not None and parent.index(element) == 0 and not (parent.text or "").strip()
        return not begins and _REFERENCE.fullmatch(_plain(element)) is not None

    # ------------------------------------------------------------------------------------------ parts

    def _inline(self, element: etree._Element, *, with_images: bool = True) -> str:
        """All text of an element on one line."""
        return "".join(self._pieces(element, with_images=with_images))

    def _pieces(self, element: etree._Element, *, with_images: bool) -> Iterator[str]:
        yield element.text or ""
        for child in element:
            if isinstance(child.tag, str):
                tag = _name(child)
                if tag == "br":
                    yield " "
                elif tag == "img":
                    yield f" {child.get('alt') or ''} " if with_images else " "
                elif not self._is_left_out(child, tag) and not self._is_reference(child, tag):
                    gap = " " if tag in _BLOCKS else ""
                    yield gap
                    yield from self._pieces(child, with_images=with_images)
                    yield gap
            yield child.tail or ""

    def _list(self, element: etree._Element, *, numbered: bool) -> None:
        flow = self._flow
        if _is_contents(element):
            flow.end_block()
            return
        flow.begin_list()
        number = _number(element.get("start"), 1)
        for child in element:
            if not isinstance(child.tag, str):
                continue
            tag = _name(child)
            if tag != "li":  # a list straight inside a list, or stray text
                self._element(child)
                continue
            if self._is_left_out(child, tag):
                continue
            number = _number(child.get("value"), number)
            flow.begin_item(f"{counted(number, element.get('type') or '1')}." if numbered else "•")
            self._content(child)
            flow.end_item()
            number += 1
        flow.end_list()

    def _definitions(self, element: etree._Element) -> None:
        flow = self._flow
        flow.begin_list()
        term = ""
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl")) is not element:
                continue  # of a list inside this one, which is read as part of its dd
            if _name(child) == "dt":
                term = f"{term}, {self._inline(child).strip()}" if term else self._inline(child).strip()
                continue
            flow.begin_item()
            flow.lead(f"{term.rstrip(':')}:" if term else "")
            term = ""
            self._content(child)
            flow.end_item()
        if term:
            flow.begin_item()
            flow.add(term)
            flow.end_item()
        flow.end_list()

    def _table(self, element: etree._Element) -> None:
        flow = self._flow
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        caption = element.find("caption")
        if caption is not None:
            flow.end_block()
            flow.add(self._inline(caption))
            flow.end_block()
        cells = [[cell for cell in row if isinstance(cell.tag, str) and _name(cell) in ("td", "th")] for row in rows]
        if self._is_numbered_text(element, cells):
            self._numbered_text(cells)
            return
        texts = [[" ".join(self._inline(cell).split()) for cell in row] for row in cells]
        nested = next(element.iterdescendants("table"), None) is not None
        widest = max((len(row) for row in cells), default=0)
        longest = max((len(text) for row in texts for text in row), default=0)
        if nested or widest < 2 or longest > _LONG_CELL:
            for row in cells:
                for cell in row:
                    flow.end_block()
                    self._content(cell)
                    flow.end_block()
            return
        flow.begin_table()
        sizes = [[(_number(cell.get("colspan"), 1), _number(cell.get("rowspan"), 1)) for cell in row] for row in cells]
        placed = [[(text, *size) for text, size in zip(*pair, strict=True)] for pair in zip(texts, sizes, strict=True)]
        for placed_row in spread(placed):
            flow.row(placed_row)

    def _is_numbered_text(self, element: etree._Element, cells: list[list[etree._Element]]) -> bool:
        """EUR-Lex and others set numbered paragraphs as tables of two columns: the number, and the text."""
        if not cells or next(element.iterdescendants("th"), None) is not None:
            return False
        return all(
            len(row) == 2 and _ITEM_NUMBER.fullmatch(self._inline(row[0]).strip() or "?") is not None for row in cells
        )

    def _numbered_text(self, cells: list[list[etree._Element]]) -> None:
        flow = self._flow
        flow.begin_list()
        for number, text in cells:
            flow.begin_item(self._inline(number).strip())
            self._content(text)
            flow.end_item()
        flow.end_list()


def _is_contents(element: etree._Element) -> bool:
    """A table of contents: a list of which all text is links to places on the same page."""
    links = [link for link in element.iter("a") if (link.get("href") or "").startswith("#")]
    linked = sum(len(_letters(link)) for link in links)
    return len(links) > 1 and linked >= len(_letters(element)) > 0


def _letters(element: etree._Element) -> str:
    return "".join("".join(element.itertext()).split())


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,4}", text) else otherwise


def counted(number: int, style: str) -> str:
    """A list number as HTML styles it: 3 is "3" in style "1", "c" in "a", "III" in "I"."""
    if style in "aA" and 1 <= number <= 26:
        return chr(ord(style) + number - 1)
    if style in "iI" and 1 <= number < 400:
        roman = to_roman(number)
        return roman if style == "I" else roman.lower()
    return str(number)


def to_roman(number: int) -> str:
    """4 → IV."""
    parts = []
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split(), strict=True
    ):
        parts.append(letters * (number // value))
        number %= value
    return "".join(parts)


def spread(rows: Sequence[Sequence[tuple[str, int, int]]]) -> list[list[str]]:
    """Rows of (text, columns, rows) cells → rows of texts in which every column keeps its place.

    A cell that spans several columns or rows stands in the first of them; the others are empty.
    """
    taken: dict[int, int] = {}  # column -> how many further rows it is taken
    result = []
    for row in rows:
        texts: list[str] = []
        cells = iter(row)
        cell = next(cells, None)
        while cell is not None or any(column >= len(texts) and count for column, count in taken.items()):
            column = len(texts)
            if taken.get(column):
                taken[column] -= 1
                texts.append("")
                continue
            if cell is None:
                texts.append("")
                continue
            text, columns, height = cell
            width = max(1, min(columns, 100))
            for place in range(column, column + width):
                texts.append(text if place == column else "")
                if height > 1:
                    taken[place] = min(height, len(rows)) - 1
            cell = next(cells, None)
        while texts and not texts[-1]:
            texts.pop()
        result.append(texts)
    return result
