"""ODT → Document, read from the XML inside: as the reader of the printed page sees it.

Deleted text, headers, footers, comments and tables of contents are left out; notes and text boxes come after the
paragraph they are in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from assistant.errors import UnreadableDocument
from assistant.ingest import hidden
from assistant.ingest.flowing import Flow, article_of, looks_like_heading
from assistant.ingest.hidden import PALE, TINY_POINTS, WHITE, Colour, Way, alike, colour_of
from assistant.ingest.markup import spread
from assistant.ingest.office import (
    BOLD_APART,
    LONG_CELL,
    Package,
    checked,
    child_of,
    figure,
    number_of,
    property_of,
    say_bold,
    say_rows,
    tag_of,
    value_of,
    with_properties,
)
from assistant.model import Document, DocumentInfo

_MOST_REPEATED = 200  # times a cell or row that holds text may be repeated


def parse(data: bytes, info: DocumentInfo) -> Document:
    """An OpenDocument text.

    Raises:
        UnreadableDocument: it is damaged, hostile, or protected with a password.
    """
    package = Package(data, info.path)
    manifest = package.tree("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
        raise UnreadableDocument(info.path, "met een wachtwoord beveiligd; sla het op zonder wachtwoord")
    content = package.needed("content.xml")
    text = child_of(content, "body", "text")
    if text is None:
        raise UnreadableDocument(info.path, "het bestand is beschadigd: het bevat geen tekstgedeelte")
    reader = _Reader(content, package.tree("styles.xml"))
    reader.read(text)
    document = checked(reader.flow.build(info), info)
    about = child_of(package.tree("meta.xml"), "meta")
    return with_properties(document, title=property_of(about, "title"), created=property_of(about, "creation-date"))


_LEFT_OUT = frozenset(
    "tracked-changes table-of-content alphabetical-index illustration-index table-index object-index user-index "
    "bibliography annotation annotation-end forms sequence-decls variable-decls user-field-decls note-citation "
    "hidden-text hidden-paragraph title desc change change-start change-end soft-page-break binary-data object "
    "object-ole event-listeners bookmark ruby-text".split()
)
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "bullet"
    before: str = ""
    after: str = ""
    start: int = 1
    shown: int = 1  # how many levels its number shows: 2 for "3.1"

    def marker(self, counters: Sequence[int], levels: Mapping[int, _Level]) -> str:
        if self.style == "bullet":
            return "•"
        depth = len(counters)
        first = max(0, depth - self.shown)
        figures = [
            figure(counters[place], levels.get(place + 1, self).style if place + 1 < depth else self.style)
            for place in range(first, depth)
        ]
        return f"{self.before}{'.'.join(part for part in figures if part)}{self.after}".strip() if self.style else ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a style says of how text looks, as far as that tells whether it can be seen; None: nothing."""

    colour: Colour | None = None
    background: Colour | None = None
    tiny: bool | None = None
    gone: bool | None = None

    def over(self, outer: _Look) -> _Look:
        """What this style says, and for the rest what the one around it does."""
        return _Look(
            colour=outer.colour if self.colour is None else self.colour,
            background=outer.background if self.background is None else self.background,
            tiny=outer.tiny if self.tiny is None else self.tiny,
            gone=outer.gone if self.gone is None else self.gone,
        )


_SAYS_NOTHING = _Look()
_PICTURE: Colour = (0, 0, 0)  # what lies behind text in a frame with a picture: white letters are read on it


class _Reader:
    def __init__(self, content: etree._Element, styles: etree._Element | None) -> None:
        self.flow = Flow()
        self._bold: dict[str, bool] = {}
        self._looks: dict[str, _Look] = {}
        self._paper = WHITE
        self._hidden: set[Way] = set()  # how text was hidden that is left out
        self._parents: dict[str, str] = {}
        self._lists: dict[str, dict[int, _Level]] = {}
        self._outline: dict[int, _Level] = {}
        self._chapter: list[int] = []
        self._counted: dict[str, list[int]] = {}  # list style -> numbers reached, for lists that go on
        self._boxes: list[etree._Element] = []
        self._inside = 0  # how many boxes and layout tables we are in
        for tree in (styles, content):
            if tree is not None:
                self._read_styles(tree)

    def _read_styles(self, tree: etree._Element) -> None:
        for page in tree.iter("{*}page-layout-properties"):
            self._paper = colour_of(value_of(page, "background-color")) or self._paper
        for style in tree.iter("{*}style", "{*}list-style", "{*}outline-style"):
            name = value_of(style, "name")
            if tag_of(style) == "style":
                weight = value_of(child_of(style, "text-properties"), "font-weight")
                if weight:
                    self._bold[name] = weight == "bold" or (weight.isdigit() and int(weight) >= 600)
                self._parents[name] = value_of(style, "parent-style-name")
                look = _look(style)
                if look != _SAYS_NOTHING:
                    self._looks[name] = look
                continue
            levels = {number_of(value_of(level, "level"), 1): _level(level) for level in style}
            if tag_of(style) == "outline-style":
                self._outline = levels
            else:
                self._lists[name] = levels

    def _is_bold(self, style: str, otherwise: bool) -> bool:
        seen = set[str]()
        while style and style not in seen:
            if style in self._bold:
                return self._bold[style]
            seen.add(style)
            style = self._parents.get(style, "")
        return otherwise

    def _look_of(self, style: str) -> _Look:
        """A style with everything it inherits."""
        look = _SAYS_NOTHING
        seen = set[str]()
        while style and style not in seen:
            look = look.over(self._looks.get(style, _SAYS_NOTHING))
            seen.add(style)
            style = self._parents.get(style, "")
        return look

    def _way(self, element: etree._Element, look: _Look) -> Way | None:
        """How text in an element that looks like this is hidden."""
        if look.gone:
            return Way.NOT_SHOWN
        if look.tiny:
            return Way.TINY
        if look.colour is None or min(look.colour) < PALE:
            return None
        background = look.background
        for around in element.iterancestors() if background is None else ():
            style = value_of(around, "style-name")
            background = self._look_of(style).background if style else None
            if background is not None:
                break
        return Way.COLOUR if alike(look.colour, background or self._paper) else None

    def read(self, text: etree._Element) -> None:
        """The body of the document."""
        self._blocks(text)
        self.flow.end_block()
        if self._hidden:
            self.flow.note(hidden.note("in het document", self._hidden))

    def _blocks(self, container: etree._Element) -> None:
        for child in container:
            self._block(child)

    def _block(self, child: etree._Element) -> None:
        match tag_of(child):
            case name if name in _LEFT_OUT:
                return
            case "section" if value_of(child, "display") == "none":
                self._hidden.add(Way.NOT_SHOWN)
            case "h":
                self._heading(child)
            case "p":
                self._paragraph(child)
            case "list":
                self._list(child, (), "")
            case "numbered-paragraph":
                self._blocks(child)
            case "table":
                self._table(child)
            case "frame" | "text-box" | "custom-shape" | "g" | "a" | "section" | "index-body":
                self._blocks(child)

    def _after(self) -> None:
        """The text boxes of the block that was just read."""
        self.flow.end_block()
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._apart(box)

    def _apart(self, container: etree._Element) -> None:
        self._inside += 1
        self._blocks(container)
        self.flow.close_headings(BOLD_APART)
        self._inside -= 1

    def _heading(self, element: etree._Element) -> None:
        level = max(1, min(number_of(value_of(element, "outline-level"), 1), 9))
        text = "".join(self._pieces(element)).strip()
        if text:
            numbering = self._outline.get(level)
            if (
                numbering is not None
                and numbering.style not in ("", "bullet")
                and not value_of(element, "is-list-header")
            ):
                self._chapter = (self._chapter + [0] * level)[:level]
                self._chapter[-1] = self._chapter[-1] + 1 if self._chapter[-1] else numbering.start
                text = f"{numbering.marker(self._chapter, self._outline)} {text}"
            self.flow.heading(text, level=level + 1, article=article_of(text))
        self._after()

    def _paragraph(self, element: etree._Element) -> None:
        text = "".join(self._pieces(element))
        title = value_of(element, "style-name") in ("Title", "Titel")
        if title and text.strip():
            self.flow.heading(text, level=1)
        elif text.strip() and not self.flow.in_list and self._all_bold(element) and looks_like_heading(text):
            say_bold(self.flow, text, apart=self._inside > 0)
        else:
            self.flow.add(text)
        self._after()

    def _all_bold(self, element: etree._Element) -> bool:
        """Whether every letter of a paragraph is bold."""

        def walk(part: etree._Element, bold: bool) -> Iterator[bool]:
            own = self._is_bold(value_of(part, "style-name"), bold)
            if (part.text or "").strip():
                yield own
            for child in part:
                if tag_of(child) not in _LEFT_OUT and tag_of(child) not in ("note", "frame"):
                    yield from walk(child, own)
                if (child.tail or "").strip():
                    yield own

        return all(walk(element, False))

    def _pieces(self, element: etree._Element, outer: _Look = _SAYS_NOTHING) -> Iterator[str]:
        style = value_of(element, "style-name")
        look = self._look_of(style).over(outer) if style else outer
        switch = child_of(element, "hidden-paragraph")
        if switch is not None and value_of(switch, "is-hidden") == "true":
            look = replace(look, gone=True)
        way = self._way(element, look) if look != _SAYS_NOTHING else None
        yield self._shown(element.text, way)
        for child in element:
            match tag_of(child):
                case name if name in _LEFT_OUT:
                    pass
                case "s":
                    yield " "
                case "tab" | "line-break":
                    yield "\t" if tag_of(child) == "tab" else " "
                case "note" | "frame" | "custom-shape" | "g" | "text-box" if way is Way.NOT_SHOWN:
                    self._hidden.add(way)
                case "note":
                    citation = child_of(child, "note-citation")
                    number = "".join(citation.itertext()) if citation is not None else ""
                    body = child_of(child, "note-body")
                    text = " ".join(self._plain(body)) if body is not None else ""
                    if text:
                        self.flow.footnote(f"{number} {text}")
                case "frame" | "custom-shape" | "g" | "text-box":
                    self._boxes.append(child)
                case "":
                    pass
                case _:
                    yield from self._pieces(child, look)
            yield self._shown(child.tail, way)

    def _shown(self, text: str | None, way: Way | None) -> str:
        if way is None or not text or not text.strip():
            return text or ""
        self._hidden.add(way)
        return ""

    def _plain(self, container: etree._Element) -> Iterator[str]:
        """The paragraphs of a note or a cell as texts, with the markers of their lists."""
        for child in container:
            match tag_of(child):
                case name if name in _LEFT_OUT:
                    pass
                case "p" | "h":
                    text = " ".join("".join(self._pieces(child)).split())
                    boxes, self._boxes = self._boxes, []
                    text = " ".join(part for part in (text, *(t for box in boxes for t in self._plain(box))) if part)
                    if text:
                        yield text
                case "list":
                    for marker, item in self._items(child, (), ""):
                        text = " ".join(self._plain(item))
                        if text:
                            yield f"{marker} {text}".strip()
                case _:
                    yield from self._plain(child)

    # ------------------------------------------------------------------------------------------ lists and tables

    def _list(self, element: etree._Element, counters: tuple[int, ...], style: str) -> None:
        flow = self.flow
        headings = [part for part in element.iter("{*}h") if "".join(part.itertext()).strip()]
        if headings and not any("".join(part.itertext()).strip() for part in element.iter("{*}p")):
            self._headings_in_list(element, counters, style)
            return
        flow.begin_list()
        name = value_of(element, "style-name") or style
        for marker, item in self._items(element, counters, style):
            flow.begin_item(marker)
            for child in item:
                if tag_of(child) == "list":
                    self._list(child, self._now, name)
                else:
                    self._block(child)
            flow.end_item()
        flow.end_list()

    def _headings_in_list(self, element: etree._Element, counters: tuple[int, ...], style: str) -> None:
        """Numbered headings, which word processors keep as items of a list."""
        name = value_of(element, "style-name") or style
        for marker, item in self._items(element, counters, style):
            for child in item:
                if tag_of(child) == "list":
                    self._headings_in_list(child, self._now, name)
                elif tag_of(child) == "h":
                    text = "".join(self._pieces(child)).strip()
                    text = f"{marker} {text}" if marker and marker != "•" else text
                    level = max(1, min(number_of(value_of(child, "outline-level"), 1), 9))
                    self.flow.heading(text, level=level + 1, article=article_of(text))
                    self._after()

    _now: tuple[int, ...] = ()  # the numbers of the item that was yielded last, outermost first

    def _items(
        self, element: etree._Element, outer: tuple[int, ...], style: str
    ) -> Iterator[tuple[str, etree._Element]]:
        """The items of a list with their markers."""
        name = value_of(element, "style-name") or style
        depth = len(outer) + 1
        levels = self._lists.get(name, {})
        level = levels.get(depth, _Level())
        key = f"{name}/{depth}"
        going_on = value_of(element, "continue-numbering") == "true" or bool(value_of(element, "continue-list"))
        number = self._counted.get(key, [level.start - 1])[0] if going_on else level.start - 1
        for item in element:
            if tag_of(item) == "list-header":
                self._now = (*outer, max(number, 1))
                yield "", item
            elif tag_of(item) == "list-item":
                only_list = len(item) > 0 and all(tag_of(child) == "list" for child in item)
                number = number_of(value_of(item, "start-value"), number if only_list else number + 1)
                self._counted[key] = [number]
                self._now = (*outer, max(number, 1))
                yield level.marker(self._now, levels), item

    def _table(self, element: etree._Element) -> None:
        flow = self.flow
        flow.end_block()
        rows = list(_rows_of(element))
        cells = [[cell for cell in row if tag_of(cell) == "table-cell"] for row in rows]
        nested = next(element.iterdescendants("{*}table"), None) is not None
        widest = max((len(row) for row in cells), default=0)
        lengths = (sum(map(len, cell.itertext())) for row in cells for cell in row)
        if nested or widest < 2 or max(lengths, default=0) > LONG_CELL:
            for row in cells:
                for cell in row:
                    self._apart(cell)
            return
        flow.begin_table()
        placed: list[list[tuple[str, int, int]]] = []
        for row_element, own in zip(rows, cells, strict=True):
            line: list[tuple[str, int, int]] = []
            for cell in own:
                text = " ".join(self._plain(cell))
                columns = number_of(value_of(cell, "number-columns-spanned"), 1)
                height = number_of(value_of(cell, "number-rows-spanned"), 1)
                times = min(number_of(value_of(cell, "number-columns-repeated"), 1), _MOST_REPEATED)
                line.extend([(text, columns, height)] * max(1, times))
            times = min(number_of(value_of(row_element, "number-rows-repeated"), 1), _MOST_REPEATED)
            placed.extend([line] * (max(1, times) if any(text for text, _, _ in line) else 1))
        say_rows(flow, spread(placed))


def _rows_of(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if tag_of(child) == "table-row":
            yield child
        elif tag_of(child) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows_of(child)


def _look(style: etree._Element) -> _Look:
    text = child_of(style, "text-properties")
    size = re.fullmatch(r"([\d.]+)pt", value_of(text, "font-size"))
    shown = value_of(text, "display")
    background: Colour | None = None
    for properties in style:
        for name in ("background-color", "fill-color"):
            background = background or colour_of(value_of(properties, name))
        if (
            value_of(properties, "fill") in ("bitmap", "gradient", "hatch")
            or child_of(properties, "background-image") is not None
        ):
            background = _PICTURE
    return _Look(
        colour=colour_of(value_of(text, "color")),
        background=background,
        tiny=float(size[1]) <= TINY_POINTS if size else None,
        gone=shown == "none" if shown else None,
    )


def _level(level: etree._Element) -> _Level:
    if tag_of(level) not in ("list-level-style-number", "outline-level-style"):
        return _Level()
    return _Level(
        style=_FORMATS.get(value_of(level, "num-format"), ""),
        before=value_of(level, "num-prefix"),
        after=value_of(level, "num-suffix"),
        start=number_of(value_of(level, "start-value"), 1),
        shown=number_of(value_of(level, "display-levels"), 1),
    )
