"""A conversation or a list of questions as a Word document with real footnotes.

python-docx knows no footnotes, so their part is made here: the notes themselves, the two separators that Word expects, their
styles, the hyperlinks in them and the fields by which a note points back at an earlier one.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from assistant.export import Checked, documents, one_line, printable
from assistant.export.notes import Kind, Note, Notes, Piece, nearest, pieces, source
from assistant.export.wording import Wording, closing, made_on, tally, wording

_LONG_HEADING = 160  # characters; a longer question is a paragraph below a heading that gives its beginning
_LONG_HEADER = 70
_INK, _GREY, _BLUE = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x59, 0x59, 0x59), "154273"


def conversation(exchanges: Sequence[Checked], *, title: str, language: str, made: datetime.datetime) -> bytes:
    """Every question a heading, every statement a paragraph, every use of a citation a footnote."""
    written = _Writer(title, wording(language), made)
    for checked in exchanges:
        written.exchange(checked)
    return written.finished(exchanges)


def questionnaire(exchanges: Sequence[Checked], *, title: str, language: str, made: datetime.datetime) -> bytes:
    """The same for a list of questions: numbered, with a count of what came of them, those that failed marked."""
    words = wording(language)
    written = _Writer(title, words, made)
    written.paragraph([Piece(tally(exchanges, words))])
    for number, checked in enumerate(exchanges, start=1):
        written.exchange(checked, number=number)
    return written.finished(exchanges)


class _Writer:
    """A Word document being written."""

    def __init__(self, title: str, words: Wording, made: datetime.datetime) -> None:
        self._words = words
        self._notes = Notes()
        self._document: Any = docx.Document()
        self._footnotes: Any = _footnotes_part(self._document)
        title = one_line(title)
        _settle(self._document, words, title, made)
        self._document.add_paragraph(title, style="Title")
        self.paragraph([Piece(made_on(made, words))], style="Subtitle")

    def exchange(self, checked: Checked, *, number: int | None = None) -> None:
        """A question and what came of it."""
        words, answer = self._words, checked.answer
        self._question(checked, number)
        if answer is None:
            self.paragraph([Piece(words.failed, Kind.STRONG), Piece(f" {checked.exchange.problem}")])
            return
        if answer.understood_as:
            self.paragraph([Piece(words.understood_as, Kind.ITALIC), Piece(f" {answer.understood_as}")])
        if answer.outcome != "answered":
            label = words.partly if answer.outcome == "partly" else words.abstained
            self.paragraph([Piece(label, Kind.STRONG), Piece(f" {answer.reason or ''}".rstrip())])
        for statement in answer.statements:
            self.paragraph(
                _emphasised(statement.text, statement.emphasis), notes=self._notes.use(checked, statement.citations)
            )
        left = nearest(answer)
        if left:
            self._document.add_heading(words.nearest, level=2)
            for one in left:
                used = self._notes.use(checked, [one])
                self.paragraph([Piece(used[0].citation.document.title)], style="List Bullet", notes=used)

    def _question(self, checked: Checked, number: int | None) -> None:
        question = one_line(checked.exchange.question)
        heading = question
        if len(question) > _LONG_HEADING:
            heading = f"{question[:_LONG_HEADING].rsplit(' ', 1)[0]} …"
        if number is not None:
            heading = f"{number}. {heading}"
            if checked.answer is None:
                heading = f"{heading} ({self._words.failed_title})"
        self._document.add_heading(heading, level=1)
        if len(question) > _LONG_HEADING:
            self.paragraph([Piece(question)])

    def paragraph(self, parts: Sequence[Piece], *, style: str | None = None, notes: Sequence[Note] = ()) -> None:
        """A paragraph, with the markers of its footnotes after it."""
        element = self._document.add_paragraph(style=style)._p
        _write(element, parts, self._document.part)
        for place, note in enumerate(notes):
            if place:
                element.append(_run(", ", style="FootnoteReference"))
            self._marker(element, note)
        for note in notes:
            if note.lost is not None:
                warning = self._words.not_now.format(number=note.number)
                _write(element, [Piece(" "), Piece(warning, Kind.STRONG)], self._document.part)

    def _marker(self, element: Any, note: Note) -> None:
        """The number in the text, within a bookmark that later notes can point at, and the footnote itself."""
        mark = _run(None, style="FootnoteReference")
        mark.append(_element("footnoteReference", id=str(note.number)))
        start = _element("bookmarkStart", id=str(note.number), name=_bookmark(str(note.number)))
        for one in (start, mark, _element("bookmarkEnd", id=str(note.number))):
            element.append(one)
        footnote = _element("footnote", id=str(note.number))
        text = _element("p")
        properties = _element("pPr")
        properties.append(_element("pStyle", val="FootnoteText"))
        own = _run(None, style="FootnoteReference")
        own.append(_element("footnoteRef"))
        for one in (properties, own, _run(" ")):
            text.append(one)
        _write(text, pieces(note, self._words), self._footnotes)
        footnote.append(text)
        self._footnotes.element.append(footnote)

    def finished(self, exchanges: Sequence[Checked]) -> bytes:
        """The file, after the sources and what a reader must know."""
        cited = documents(exchanges)
        if cited:
            self._document.add_heading(self._words.sources, level=1)
            for info in cited:
                self.paragraph(source(info, self._words), style="List Bullet")
        about = closing(exchanges, self._words)
        if about:
            self._document.add_heading(self._words.about, level=1)
            for line in about:
                self.paragraph([Piece(line)])
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()


# ------------------------------------------------------------------------------------------------ text in runs


def _emphasised(text: str, emphasis: Sequence[tuple[int, int]]) -> list[Piece]:
    """A statement in stretches, with what was asked for in bold."""
    text = text.replace("\n", " ")
    parts: list[Piece] = []
    at = 0
    for start, end in sorted(emphasis):
        if start >= at:
            parts += [Piece(text[at:start]), Piece(text[start:end], Kind.STRONG)]
            at = end
    return [*parts, Piece(text[at:])]


def _write(element: Any, parts: Sequence[Piece], part: Any) -> None:
    """Add stretches of text to a paragraph; links become relationships of the part it stands in."""
    for piece in parts:
        match piece.kind:
            case Kind.LINK:
                link = OxmlElement("w:hyperlink")
                link.set(qn("r:id"), part.relate_to(piece.text, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
                link.append(_run(piece.text, style="Hyperlink"))
                element.append(link)
            case Kind.NOTE:
                _write_field(element, f" NOTEREF {_bookmark(piece.text)} \\h ", piece.text)
            case Kind.QUOTE:
                element.append(_run(piece.text, language=piece.language))
            case Kind.ITALIC | Kind.STRONG:
                element.append(_run(piece.text, toggle="i" if piece.kind is Kind.ITALIC else "b"))
            case Kind.TEXT:
                element.append(_run(piece.text))


def _run(text: str | None, *, style: str = "", toggle: str = "", language: str = "") -> Any:
    """A run; line ends in its text become line breaks, an empty line no more than one."""
    run = _element("r")
    properties = _element("rPr")
    if style:
        properties.append(_element("rStyle", val=style))
    if toggle:
        properties.append(_element(toggle))
    if language:
        properties.append(_element("lang", val=printable(language)))
    if len(properties):
        run.append(properties)
    lines = printable(text).splitlines() if text else []
    for place, line in enumerate(line for line in lines if line.strip() or len(lines) == 1):
        if place:
            run.append(_element("br"))
        written = _element("t")
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        written.text = line.replace("\t", " ")
        run.append(written)
    return run


def _write_field(element: Any, instruction: str, shown: str) -> None:
    """A field that Word brings up to date: a page number, the number of another note."""
    code = _element("instrText")
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    code.text = instruction
    for content in (
        _element("fldChar", fldCharType="begin"),
        code,
        _element("fldChar", fldCharType="separate"),
        None,
        _element("fldChar", fldCharType="end"),
    ):
        run = _run(shown) if content is None else _run(None)
        if content is not None:
            run.append(content)
        element.append(run)


def _bookmark(number: str) -> str:
    return f"_Ref_noot_{number}"


def _element(name: str, /, **attributes: str) -> Any:
    element = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element


# ------------------------------------------------------------------------------------------------ the document around it


def _footnotes_part(document: Any) -> Any:
    """The part that holds the footnotes, with the line above them and its continuation."""
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        f"<w:r><w:{kind}/></w:r></w:p></w:footnote>"
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    element = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}>{separators}</w:footnotes>")
    part = XmlPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, element, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    settings = document.settings.element
    properties = _element("footnotePr")
    for number in ("-1", "0"):
        properties.append(_element("footnote", id=number))
    settings.find(qn("w:compat")).addprevious(properties)
    return part


def _settle(document: Any, words: Wording, title: str, made: datetime.datetime) -> None:
    """Language, title, page, styles, header and footer."""
    core = document.core_properties
    core.title, core.language, core.author, core.last_modified_by, core.comments = title[:255], words.locale, "", "", ""
    core.created = core.modified = made.astimezone(datetime.UTC).replace(tzinfo=None) if made.tzinfo else made
    core.revision = 1
    settings = document.settings.element
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")  # required, and missing from python-docx's template
    settings.find(qn("w:themeFontLang")).set(qn("w:val"), words.locale)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # today's Word, so that it does not open in compatibility mode
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    _styles(document, words)
    _header(section, title, made, words)


def _styles(document: Any, words: Wording) -> None:
    styles = document.styles
    styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").set(qn("w:val"), words.locale)
    for name, size, before, after in (
        ("Normal", 10.5, 0, 7),
        ("Title", 20, 0, 4),
        ("Subtitle", 10, 0, 12),
        ("Heading 1", 14, 20, 5),
        ("Heading 2", 11, 10, 3),
        ("List Bullet", 10.5, 0, 4),
    ):
        style = styles[name]
        style.font.size, style.font.name = Pt(size), "Arial"
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        if name == "Normal":
            style.paragraph_format.line_spacing = 1.15
            continue
        style.font.italic = False
        style.font.bold = name.startswith(("Title", "Heading"))
        style.font.color.rgb = _GREY if name == "Subtitle" else _INK
        if (spacing := style.element.rPr.find(qn("w:spacing"))) is not None:
            style.element.rPr.remove(spacing)
    for name, unwanted in (("Title", "w:pBdr"), ("List Bullet", "w:contextualSpacing")):
        for found in styles[name].element.pPr.findall(qn(unwanted)):
            found.getparent().remove(found)
    for style in (
        '<w:style {} w:type="paragraph" w:styleId="FootnoteText"><w:name w:val="footnote text"/><w:basedOn w:val="Normal"/>'
        '<w:uiPriority w:val="99"/><w:unhideWhenUsed/>'
        '<w:pPr><w:spacing w:after="40" w:line="240" w:lineRule="auto"/></w:pPr>'
        '<w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>',
        '<w:style {} w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="99"/><w:unhideWhenUsed/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>',
        '<w:style {} w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="99"/><w:unhideWhenUsed/>'
        f'<w:rPr><w:color w:val="{_BLUE}"/><w:u w:val="single"/></w:rPr></w:style>',
    ):
        styles.element.append(parse_xml(style.replace("{}", nsdecls("w"))))


def _header(section: Any, title: str, made: datetime.datetime, words: Wording) -> None:
    """Title and date above every page, its number below."""
    width = section.page_width - section.left_margin - section.right_margin
    short = title if len(title) <= _LONG_HEADER else f"{title[:_LONG_HEADER].rsplit(' ', 1)[0]} …"
    for part, parts in ((section.header, (short, f"{made:%d-%m-%Y}")), (section.footer, ())):
        paragraph = part.paragraphs[0]
        stops = paragraph.style.paragraph_format.tab_stops
        stops.clear_all()
        stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
        if parts:
            paragraph.add_run("\t".join(parts))
        else:
            paragraph.add_run(f"\t{words.page[0]} ")
            _write_field(paragraph._p, " PAGE ", "1")
            paragraph.add_run(f" {words.page[1]} ")
            _write_field(paragraph._p, " NUMPAGES ", "1")
        for run in paragraph.runs:
            run.font.size, run.font.color.rgb = Pt(9), _GREY
