"""Text of a web page that its reader does not see, taken out of the tree before anything is read from it.

Looked at are the page's own marks: attributes, inline styles, and rules of its `<style>` for one class, id or tag. Style
sheets elsewhere are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from assistant.ingest.hidden import TINY_POINTS, WHITE, Colour, Way, alike, colour_of

_DECLARATION = re.compile(r"(?P<name>[a-z-]+)\s*:\s*(?P<value>[^;]*)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"(?P<selectors>[^{}@;]+)\{(?P<body>[^{}]*)\}")
_SIMPLE = re.compile(r"(?:[a-z][\w-]*)?[.#][\w-]+", re.IGNORECASE)
_BLOCK_OF_RULES = re.compile(r"@[^{};]*\{(?:[^{}]|\{[^{}]*\})*\}")  # @media print and the like
_LENGTH = re.compile(r"(?P<number>-?\d*\.?\d+)\s*(?P<unit>px|pt|em|rem|%|vw|vh|ex|ch|cm|mm|in|q)?", re.IGNORECASE)
_FAR = 500.0  # pixels to the left of the screen or above it
_POINTS = {"px": 0.75, "pt": 1.0, "em": 12.0, "rem": 12.0, "%": 0.12, "cm": 28.3, "mm": 2.83, "in": 72.0, "q": 0.7}
_EMPTY_TAGS = frozenset("area base br col embed hr img input link meta param source track wbr".split())


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks in an element, as far as it says whether it can be seen. Elements pass it on to what is in them."""

    colour: Colour = (0, 0, 0)
    background: Colour | None = WHITE  # None: a picture or a colour that is not known
    tiny: bool = False
    invisible: bool = False

    @property
    def way(self) -> Way | None:
        """How text that looks like this is hidden."""
        if self.tiny:
            return Way.TINY
        if self.invisible:
            return Way.NOT_SHOWN
        if self.background is not None and alike(self.colour, self.background):
            return Way.COLOUR
        return None


def take_out(root: etree._Element) -> set[Way]:
    """Take hidden text out of a page; the ways in which it was hidden."""
    sheet = _rules(root)
    found: set[Way] = set()
    _walk(root, Look(), sheet, found)
    return found


def look_of(
    tag: str, attributes: Mapping[str, str], look: Look, sheet: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Look, Way | None]:
    """How text looks in an element inside another, and the way in which all of the element is hidden, if it is."""
    style = _style_of(tag, attributes, sheet or {})
    if "hidden" in attributes and style.get("display", "none") == "none":
        return look, Way.NOT_SHOWN
    if not style:
        return look, None
    way = _way_of(style)
    return (look, way) if way is not None else (_look_inside(style, look), None)


def _walk(element: etree._Element, look: Look, sheet: Mapping[str, Mapping[str, str]], found: set[Way]) -> None:
    way = look.way
    if way is not None and element.text and element.text.strip():
        found.add(way)
        element.text = " "
    for child in element:
        if isinstance(child.tag, str):
            tag = child.tag.lower() if child.attrib else ""
            inside, gone = look_of(tag, dict(child.attrib), look, sheet) if child.attrib or sheet else (look, None)
            if gone is not None:
                if _says_something(child):
                    found.add(gone)
                for part in list(child):
                    child.remove(part)
                child.text = None
                child.attrib.clear()
                if child.tag == "img":
                    child.tag = "span"
            else:
                _walk(child, inside, sheet, found)
        if way is not None and child.tail and child.tail.strip():
            found.add(way)
            child.tail = " "


def _says_something(element: etree._Element) -> bool:
    return any(letter.isalnum() for text in element.itertext() for letter in text)


# ------------------------------------------------------------------------------------------------ styles


def _rules(root: etree._Element) -> dict[str, dict[str, str]]:
    """The rules of the page's own style sheets for one class, id, or tag with either."""
    rules: dict[str, dict[str, str]] = {}
    for sheet in root.iter("style"):
        if (sheet.get("media") or "all").lower() not in ("all", "screen"):
            continue
        text = _BLOCK_OF_RULES.sub("", _COMMENT.sub("", sheet.text or ""))
        for rule in _RULE.finditer(text):
            body = _declarations(rule["body"])
            for selector in rule["selectors"].split(","):
                if body and _SIMPLE.fullmatch(selector.strip()):
                    rules.setdefault(selector.strip(), {}).update(body)
    return rules


def _style_of(tag: str, attributes: Mapping[str, str], sheet: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    style: dict[str, str] = {}
    if sheet:
        marks = [f".{name}" for name in attributes.get("class", "").split()]
        marks += [f"#{attributes['id']}"] if attributes.get("id") else []
        for mark in marks:
            style.update(sheet.get(mark, {}))
            style.update(sheet.get(f"{tag}{mark}", {}))
    if "bgcolor" in attributes:
        style["background-color"] = attributes["bgcolor"]
    if "background" in attributes:
        style["background"] = "url()"
    if tag in ("font", "basefont") and "color" in attributes:
        style["color"] = attributes["color"]
    if "style" in attributes:
        style.update(_declarations(attributes["style"]))
    return style


def _declarations(text: str) -> dict[str, str]:
    return {
        found["name"].lower(): found["value"].replace("!important", "").strip().lower()
        for found in _DECLARATION.finditer(_COMMENT.sub("", text))
    }


def _way_of(style: Mapping[str, str]) -> Way | None:
    """How a style hides an element with all that is in it."""
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return Way.NOT_SHOWN
    opacity = _LENGTH.match(style.get("opacity", ""))
    if opacity and float(opacity["number"]) < 0.1:
        return Way.CLEAR
    if style.get("position") in ("absolute", "fixed") or "margin-left" in style:
        places = (_pixels(style.get(side, "")) for side in ("left", "top", "right", "bottom", "margin-left"))
        if any(place is not None and place <= -_FAR for place in places):
            return Way.OUTSIDE
    indent = _pixels(style.get("text-indent", ""))
    if indent is not None and indent <= -_FAR:
        return Way.OUTSIDE
    if re.fullmatch(r"rect\((?:[01](?:px)?[,\s]*){4}\)", style.get("clip", "")) or re.match(
        r"(?:inset\((?:50|100)%|circle\(0)", style.get("clip-path", "")
    ):
        return Way.OUTSIDE
    if re.search(r"(?:scale[xy]?\(0(?:\.0\d*)?[,)]|translate[xy]?\(-\d{4,})", style.get("transform", "")):
        return Way.OUTSIDE
    if style.get("overflow") in ("hidden", "clip") and any(
        (size := _pixels(style.get(side, ""))) is not None and size <= 1
        for side in ("height", "width", "max-height", "max-width")
    ):
        return Way.OUTSIDE
    return None


def _look_inside(style: Mapping[str, str], look: Look) -> Look:
    if "visibility" in style:
        look = replace(look, invisible=style["visibility"] in ("hidden", "collapse"))
    size = _LENGTH.match(style.get("font-size", ""))
    if size and (size["unit"] or float(size["number"]) == 0):
        points = float(size["number"]) * _POINTS.get((size["unit"] or "px").lower(), 12.0)
        look = replace(look, tiny=points < TINY_POINTS)
    elif "font-size" in style:
        look = replace(look, tiny=False)
    for name in ("background-color", "background", "background-image"):
        if name in style:
            look = replace(look, background=_background(style[name], look.background))
    if "color" in style:
        colour = colour_of(style["color"])
        clear = style["color"] == "transparent" or re.match(r"(?:rgba|hsla)\(.*[,/]\s*0?\.?0*%?\s*\)", style["color"])
        if clear:
            look = replace(look, colour=look.background or look.colour)
        elif colour is not None:
            look = replace(look, colour=colour)
        elif style["color"] not in ("inherit", "currentcolor", "unset"):
            look = replace(look, colour=(0, 0, 0))
    return look


def _background(value: str, otherwise: Colour | None) -> Colour | None:
    if "url(" in value or "gradient" in value or "var(" in value:
        return None
    if value in ("none", "transparent", "inherit", "initial", "unset"):
        return otherwise
    for part in re.findall(r"[a-z-]+\([^)]*\)|[^\s]+", value):
        colour = colour_of(part)
        if colour is not None:
            return colour
    return None  # a named colour, as long as it is not one of the pale ones, is no background for white


def _pixels(value: str) -> float | None:
    found = _LENGTH.fullmatch(value.strip())
    if found is None or (not found["unit"] and float(found["number"]) != 0):
        return None
    return float(found["number"]) * _POINTS.get((found["unit"] or "px").lower(), 10.0) / 0.75


# ------------------------------------------------------------------------------------------------ Markdown

_TAG = re.compile(r"<(?P<end>/)?(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")


class OpenTags:
    """The HTML tags that are open at a place of a Markdown text, whose content they may hide."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Look, Way | None]] = []

    @property
    def way(self) -> Way | None:
        """How text at this place is hidden."""
        gone = next((gone for _, _, gone in self._open if gone is not None), None)
        return gone or (self._open[-1][1].way if self._open else None)

    def read(self, html: str) -> None:
        """Go past a piece of HTML."""
        for tag in _TAG.finditer(html):
            name = tag["name"].lower()
            if tag["end"]:
                place = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at][0] == name), None)
                if place is not None:
                    del self._open[place:]
            elif name not in _EMPTY_TAGS and not tag["attributes"].rstrip().endswith("/"):
                attributes = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(tag["attributes"])}
                outer = self._open[-1][1] if self._open else Look()
                self._open.append((name, *look_of(name, attributes, outer)))
