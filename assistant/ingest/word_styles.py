"""Styles and numbered lists of a Word document: what makes a heading, and the marker that every list item shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from assistant.ingest.office import child_of, figure, number_of, tag_of, value_of


def is_on(properties: etree._Element | None, name: str) -> bool | None:
    """Whether a property is switched on; None when it is not mentioned."""
    found = child_of(properties, name)
    if found is None:
        return None
    return value_of(found) not in ("0", "false", "off", "none")


@dataclass(slots=True)
class Style:
    name: str = ""
    outline: int | None = None  # 0 is the outermost
    list_id: str | None = None
    list_level: int | None = None
    bold: bool | None = None
    hidden: bool | None = None
    colour: str | None = None  # of letters: FFFFFF, auto
    half_points: int | None = None
    shade: str | None = None  # of the background


def shade_of(properties: etree._Element | None) -> str | None:
    """The colour behind text: FFFFFF, yellow; None when the properties name none."""
    marked = value_of(child_of(properties, "highlight"))
    if marked and marked != "none":
        return marked
    shading = child_of(properties, "shd")
    fill = value_of(shading, "color") if value_of(shading) == "solid" else value_of(shading, "fill")
    return fill if fill and fill != "auto" else None


class Styles:
    """What the styles of a Word document say that matters for the text, inheritance worked out."""

    def __init__(self, tree: etree._Element | None) -> None:
        self._own: dict[str, Style] = {}
        self._based_on: dict[str, str] = {}
        self._known: dict[str, Style] = {}
        self._default = ""
        self.shaded: set[str] = set()  # table styles that colour some of their cells
        for style in tree if tree is not None else ():
            if tag_of(style) != "style":
                continue
            name = value_of(style, "styleId")
            paragraph, run = child_of(style, "pPr"), child_of(style, "rPr")
            outline = value_of(child_of(paragraph, "outlineLvl"))
            numbering = child_of(paragraph, "numPr")
            self._own[name] = Style(
                name=value_of(child_of(style, "name")).lower(),
                outline=int(outline) if outline.isdigit() and len(outline) == 1 else None,
                list_id=value_of(child_of(numbering, "numId")) or None,
                list_level=number_of(value_of(child_of(numbering, "ilvl")), 0) if numbering is not None else None,
                bold=is_on(run, "b"),
                hidden=is_on(run, "vanish"),
                colour=value_of(child_of(run, "color")) or None,
                half_points=number_of(value_of(child_of(run, "sz")), 0) or None,
                shade=shade_of(run) or shade_of(paragraph),
            )
            if value_of(style, "type") == "table" and next(style.iter("{*}shd"), None) is not None:
                self.shaded.add(name)
            self._based_on[name] = value_of(child_of(style, "basedOn"))
            if value_of(style, "type") == "paragraph" and value_of(style, "default") in ("1", "true"):
                self._default = name

    def is_shaded(self, table_style: str) -> bool:
        """Whether a table style, or one it is based on, colours cells."""
        seen = set[str]()
        while table_style and table_style not in seen:
            if table_style in self.shaded:
                return True
            seen.add(table_style)
            table_style = self._based_on.get(table_style, "")
        return False

    def of(self, name: str) -> Style:
        """A style with everything it inherits. An unknown one says nothing."""
        name = name or self._default
        if name not in self._known:
            result = Style(name=self._own[name].name if name in self._own else "")
            at, seen = name, set[str]()
            while at in self._own and at not in seen:
                seen.add(at)
                own = self._own[at]
                for key in _INHERITED:
                    if getattr(result, key) is None:
                        setattr(result, key, getattr(own, key))
                at = self._based_on.get(at, "")
            if result.outline is None:
                heading = re.fullmatch(r"(?:heading|kop) ?([1-9])", result.name)
                result.outline = int(heading[1]) - 1 if heading else 0 if result.name in ("title", "titel") else None
            self._known[name] = result
        return self._known[name]


_INHERITED = ("outline", "list_id", "list_level", "bold", "hidden", "colour", "half_points", "shade")


@dataclass(slots=True)
class _Level:
    style: str = "bullet"  # decimal, lowerLetter, bullet, none, ...
    text: str = "•"  # with %1 for the number of level 1
    start: int = 1
    legal: bool = False  # all numbers in it as figures


class Numbering:
    """Counts the items of the numbered lists of a Word document and gives each its marker."""

    def __init__(self, tree: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}  # of an abstract list
        self._abstract: dict[str, str] = {}  # list -> abstract list
        self._overrides: dict[str, dict[int, _Level]] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        by_style: dict[str, str] = {}
        linked: dict[str, str] = {}
        for part in tree if tree is not None else ():
            if tag_of(part) == "abstractNum":
                name = value_of(part, "abstractNumId")
                self._levels[name] = {
                    number_of(value_of(level, "ilvl"), 0): _level(level) for level in part if tag_of(level) == "lvl"
                }
                if style := value_of(child_of(part, "styleLink")):
                    by_style[style] = name
                if style := value_of(child_of(part, "numStyleLink")):
                    linked[name] = style
            elif tag_of(part) == "num":
                name = value_of(part, "numId")
                self._abstract[name] = value_of(child_of(part, "abstractNumId"))
                for override in part:
                    if tag_of(override) == "lvlOverride":
                        place = number_of(value_of(override, "ilvl"), 0)
                        own, start = child_of(override, "lvl"), value_of(child_of(override, "startOverride"))
                        if own is not None:
                            self._overrides.setdefault(name, {})[place] = _level(own)
                        if start:
                            self._starts.setdefault(name, {})[place] = number_of(start, 1)
        for name, style in linked.items():
            if style in by_style:
                self._levels[name] = self._levels[by_style[style]]

    def marker(self, list_id: str, place: int) -> str | None:
        """The marker of the next item: "3.", "•", "" for an item that shows none; None when there is no such list."""
        abstract = self._abstract.get(list_id)
        if abstract is None or not 0 <= place < 9:
            return None
        levels = {**self._levels.get(abstract, {}), **self._overrides.get(list_id, {})}
        level = levels.get(place, _Level())
        counters = self._counters.setdefault(abstract, [None] * 9)
        start = self._starts.get(list_id, {}).get(place)
        if start is not None and (list_id, place) not in self._begun:
            counters[place] = None  # this list begins again where it is first used
        self._begun.add((list_id, place))
        now = counters[place]
        counters[place] = (start if start is not None else level.start) if now is None else now + 1
        for deeper in range(place + 1, 9):
            counters[deeper] = None
        if level.style == "bullet":
            return "•"
        if level.style == "none":
            return re.sub(r"%\d", "", level.text).strip()

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            other = levels.get(at, _Level())
            count = counters[at]
            number = other.start if count is None else count
            return figure(number, "decimal" if level.legal else other.style)

        return re.sub(r"%([1-9])", shown, level.text).strip()


def _level(level: etree._Element) -> _Level:
    style = value_of(child_of(level, "numFmt")) or "decimal"
    return _Level(
        style=style,
        text=value_of(child_of(level, "lvlText")),
        start=number_of(value_of(child_of(level, "start")), 1),
        legal=is_on(level, "isLgl") is True,
    )
