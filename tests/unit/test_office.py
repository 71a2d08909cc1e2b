"""Word and OpenDocument files become the text a reader of the printed page sees."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odf import draw, style, table
from odf import text as odf_text
from odf.opendocument import OpenDocumentText

from assistant.errors import UnreadableDocument
from assistant.ingest import metadata, opendocument, word
from assistant.model import BlockKind, Document

INFO = metadata.unknown_info("map/bestand.docx")


def read_docx(build: Callable[[docx.document.Document], None]) -> Document:
    document = docx.Document()
    build(document)
    data = io.BytesIO()
    document.save(data)
    return word.parse(data.getvalue(), INFO)


def read_odt(build: Callable[[OpenDocumentText], None]) -> Document:
    document = OpenDocumentText()
    build(document)
    data = io.BytesIO()
    document.save(data)
    return opendocument.parse(data.getvalue(), INFO)


def shown(document: Document) -> list[tuple[str, str]]:
    """The blocks of a document as (kind, text)."""
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]


def run_xml(text: str, *, extra: str = "") -> str:
    return f'<w:r>{extra}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph_xml(inside: str, *, properties: str = "") -> object:
    return parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{properties}</w:pPr>{inside}</w:p>")


def add_xml(document: docx.document.Document, element: object) -> None:
    document.element.body.insert(len(document.element.body) - 1, element)


# ------------------------------------------------------------------------------------------------ DOCX


def test_headings_nest_and_are_the_section_of_what_follows() -> None:
    def build(document: docx.document.Document) -> None:
        document.add_heading("Subsidie voor wijken", level=0)
        document.add_heading("Voorwaarden", level=1)
        document.add_heading("Hoogte", level=2)
        document.add_paragraph("Per wijk is 5 000 euro beschikbaar.")
        document.add_heading("Aanvragen", level=1)
        document.add_paragraph("Dat kan tot 1 mei.")

    document = read_docx(build)
    sections = {document.text[b.start : b.end]: b.anchor.section for b in document.blocks}
    assert sections["Per wijk is 5 000 euro beschikbaar."] == ("Subsidie voor wijken", "Voorwaarden", "Hoogte")
    assert sections["Dat kan tot 1 mei."] == ("Subsidie voor wijken", "Aanvragen")


def test_a_style_with_an_outline_level_makes_a_heading_and_so_does_a_bold_line() -> None:
    def build(document: docx.document.Document) -> None:
        own = document.styles.add_style("Huisstijl", WD_STYLE_TYPE.PARAGRAPH)
        own.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
        derived = document.styles.add_style("Afgeleid", WD_STYLE_TYPE.PARAGRAPH)
        derived.base_style = own
        document.add_paragraph("Kop van de huisstijl", style="Afgeleid")
        document.add_paragraph().add_run("Antwoorden van de minister op vragen").bold = True
        document.add_paragraph().add_run("van het lid Jansen over fietspaden.").bold = True
        document.add_paragraph().add_run("Dit is een vette zin, geen kop.").bold = True
        document.add_paragraph("Gewone tekst.")

    assert shown(read_docx(build)) == [
        ("heading", "Kop van de huisstijl"),
        ("heading", "Antwoorden van de minister op vragen van het lid Jansen over fietspaden."),
        ("paragraph", "Dit is een vette zin, geen kop."),
        ("paragraph", "Gewone tekst."),
    ]


NUMBERING = """
<w:abstractNum {ns} w:abstractNumId="77">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
  <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%3"/></w:lvl>
</w:abstractNum>"""


def test_list_items_are_led_by_the_number_that_shows() -> None:
    def build(document: docx.document.Document) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"))))
        for number, override in (
            (901, ""),
            (902, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride>'),
        ):
            numbering.append(
                parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="77"/>{override}</w:num>')
            )

        def item(text: str, level: int, number: int = 901) -> None:
            properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            add_xml(document, paragraph_xml(run_xml(text), properties=properties))

        item("Eerst", 0)
        item("onderdeel", 1)
        item("nog een", 1)
        item("Daarna", 0)
        item("diep", 2)
        document.add_paragraph("Tussendoor.")
        item("Verder", 0)
        item("Opnieuw", 0, number=902)
        document.add_paragraph("Een punt", style="List Bullet")

    document = read_docx(build)
    assert [text for _, text in shown(document)] == [
        "1. Eerst", "a) onderdeel", "b) nog een", "2. Daarna", "2.1 diep",
        "Tussendoor.", "3. Verder", "4. Opnieuw", "• Een punt",
    ]  # fmt: skip
    items = [block for block in document.blocks if block.kind is BlockKind.LIST_ITEM]
    assert [item.level for item in items] == [0, 1, 1, 0, 1, 0, 0, 0]
    assert len({item.group for item in items[:5]}) == 1
    assert items[5].group != items[4].group


def test_tables_keep_rows_and_columns_also_when_cells_are_merged() -> None:
    def build(document: docx.document.Document) -> None:
        grid = document.add_table(rows=3, cols=3)
        for row, texts in enumerate([["Jaar", "Bedrag", "Noot"], ["2023", "10", "a"], ["", "20", "b"]]):
            for column, text in enumerate(texts):
                grid.cell(row, column).text = text
        grid.cell(0, 1).merge(grid.cell(0, 2))
        grid.cell(1, 0).merge(grid.cell(2, 0))

    assert shown(read_docx(build)) == [
        ("table_row", "Jaar | Bedrag Noot"),
        ("table_row", "2023 | 10 | a"),
        ("table_row", "| 20 | b"),
    ]


def test_tracked_insertions_stay_and_deletions_go() -> None:
    def build(document: docx.document.Document) -> None:
        add_xml(
            document,
            paragraph_xml(
                run_xml("De regeling loopt tot ")
                + '<w:del w:id="1" w:author="x"><w:r><w:delText>2024</w:delText></w:r></w:del>'
                + f'<w:ins w:id="2" w:author="x">{run_xml("2025")}</w:ins>'
                + run_xml(".")
                + f'<w:moveFrom w:id="3" w:author="x">{run_xml("Verplaatst.")}</w:moveFrom>'
            ),
        )
        add_xml(
            document,
            paragraph_xml(run_xml("Deze zin gaat "), properties='<w:rPr><w:del w:id="4" w:author="x"/></w:rPr>'),
        )
        add_xml(document, paragraph_xml(run_xml("hier verder.")))

    assert [text for _, text in shown(read_docx(build))] == [
        "De regeling loopt tot 2025.",
        "Deze zin gaat hier verder.",
    ]


def test_links_keep_their_text_and_hidden_text_fields_and_headers_are_left_out() -> None:
    def build(document: docx.document.Document) -> None:
        document.sections[0].header.paragraphs[0].text = "Vertrouwelijk briefhoofd"
        document.sections[0].footer.paragraphs[0].text = "Pagina 1 van 3"
        link = f'<w:hyperlink w:anchor="x">{run_xml("de website")}</w:hyperlink>'
        field = '<w:r><w:instrText>HYPERLINK "http://x"</w:instrText></w:r>'
        add_xml(document, paragraph_xml(run_xml("Zie ") + field + link + run_xml(" voor meer.")))
        hidden = run_xml("verborgen", extra="<w:rPr><w:vanish/></w:rPr>")
        add_xml(document, paragraph_xml(run_xml("Zichtbaar.") + hidden))

    document = read_docx(build)
    assert document.text == "Zie de website voor meer.\n\nZichtbaar."
    assert document.notes == ("Verborgen tekst in het document is overgeslagen",)


TEXT_BOX = """
<w:r {ns}><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
  <mc:Choice Requires="wps"><w:drawing>
    <w:txbxContent><w:p><w:r><w:t>Tekst in een kader.</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>
  <mc:Fallback><w:pict>
    <w:txbxContent><w:p><w:r><w:t>Tekst in een kader.</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback>
</mc:AlternateContent></w:r>"""


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    def build(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph("Alinea met een kader")
        paragraph._p.append(parse_xml(TEXT_BOX.format(ns=nsdecls("w"))))
        paragraph.add_run(" erin.")

    assert read_docx(build).text == "Alinea met een kader erin.\n\nTekst in een kader."


def with_part(data: bytes, name: str, content: str) -> bytes:
    """The same package with one file more (or another content of it)."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return result.getvalue()


def plain_docx(*paragraphs: object) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        if isinstance(paragraph, str):
            document.add_paragraph(paragraph)
        else:
            add_xml(document, paragraph)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def test_a_footnote_comes_after_the_paragraph_that_stays_whole() -> None:
    reference = '<w:r><w:footnoteReference w:id="5"/></w:r>'
    data = plain_docx(paragraph_xml(run_xml("Een zin") + reference + run_xml(" met een noot.")), "Daarna.")
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="5"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>Stb. 2020, 1.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    document = word.parse(with_part(data, "word/footnotes.xml", notes), INFO)
    assert shown(document) == [
        ("paragraph", "Een zin met een noot."),
        ("footnote", "1 Stb. 2020, 1."),
        ("paragraph", "Daarna."),
    ]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Brief over fietspaden", "Tekst.", ("Brief over fietspaden", "")),
        ("Microsoft Word - brief.doc", "Tekst.", ("", "")),  # what a PDF printer made of a file name
        ("Document1", "Datum 7 juli 2023", ("", "2023-07-07")),  # the letter knows its own date
    ],
)
def test_properties_are_used_when_they_can_be_trusted(title: str, text: str, expected: tuple[str, str]) -> None:
    def build(document: docx.document.Document) -> None:
        document.core_properties.title = title
        document.core_properties.author = "J. Jansen"
        document.add_paragraph(text)

    info = read_docx(build).info
    assert (info.title, info.date) == expected
    assert info.publisher == ""


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("word/document.xml", "<kapot", "geen geldige XML (regel 1)"),
        (
            "word/document.xml",
            '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
            "de XML definieert eigen entiteiten (een XML-bom?); niet gelezen",
        ),
        ("word/document.xml", "<a>" * 200 + "</a>" * 200, "de XML is te diep genest"),
        ("word/document.xml", "<a/>", "het bestand is beschadigd: het bevat geen tekstgedeelte"),
    ],
)
def test_what_is_wrong_inside_is_named(name: str, content: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        word.parse(with_part(plain_docx("Tekst."), name, content), INFO)
    assert (refused.value.path, refused.value.reason) == (INFO.path, reason)


def test_styles_that_inherit_from_each_other_and_lists_without_end_do_not_hang() -> None:
    circle = (
        f'<w:styles {nsdecls("w")}><w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    paragraph = paragraph_xml(run_xml("Tekst."), properties='<w:pStyle w:val="A"/>')
    document = word.parse(with_part(plain_docx(paragraph), "word/styles.xml", circle), INFO)
    assert document.text == "Tekst."


# ------------------------------------------------------------------------------------------------ ODT


def test_odt_headings_lists_notes_and_tables() -> None:
    def build(document: OpenDocumentText) -> None:
        numbers = odf_text.ListStyle(name="Nummers")
        numbers.addElement(odf_text.ListLevelStyleNumber(level="1", numformat="1", numsuffix="."))
        numbers.addElement(odf_text.ListLevelStyleNumber(level="2", numformat="a", numsuffix=")"))
        document.automaticstyles.addElement(numbers)
        body = document.text
        body.addElement(odf_text.H(outlinelevel=1, text="Uitvoering"))
        paragraph = odf_text.P(text="Een zin")
        note = odf_text.Note(noteclass="footnote")
        note.addElement(odf_text.NoteCitation(text="1"))
        note_body = odf_text.NoteBody()
        note_body.addElement(odf_text.P(text="Zie de bijlage."))
        note.addElement(note_body)
        paragraph.addElement(note)
        paragraph.addElement(odf_text.Span(text=" met"))
        paragraph.addElement(odf_text.S(c=2))
        paragraph.addText("een noot.")
        body.addElement(paragraph)
        outer = odf_text.List(stylename="Nummers")
        for text in ("Eerst", "Daarna"):
            item = odf_text.ListItem()
            item.addElement(odf_text.P(text=text))
            outer.addElement(item)
        inner = odf_text.List()
        deep = odf_text.ListItem()
        deep.addElement(odf_text.P(text="onderdeel"))
        inner.addElement(deep)
        outer.lastChild.addElement(inner)
        body.addElement(outer)
        grid = table.Table()
        for texts in (("Jaar", "Bedrag"), ("2023", "10")):
            row = table.TableRow()
            for text in texts:
                cell = table.TableCell()
                cell.addElement(odf_text.P(text=text))
                row.addElement(cell)
            grid.addElement(row)
        grid.lastChild.addElement(table.TableCell(numbercolumnsrepeated=16000))
        body.addElement(grid)
        holder = odf_text.P(text="Bij het kader.")
        frame = draw.Frame(width="5cm", height="2cm")
        box = draw.TextBox()
        box.addElement(odf_text.P(text="In het kader."))
        frame.addElement(box)
        holder.addElement(frame)
        body.addElement(holder)

    document = read_odt(build)
    assert shown(document) == [
        ("heading", "Uitvoering"),
        ("paragraph", "Een zin met een noot."),
        ("footnote", "1 Zie de bijlage."),
        ("list_item", "1. Eerst"),
        ("list_item", "2. Daarna"),
        ("list_item", "a) onderdeel"),
        ("table_row", "Jaar | Bedrag"),
        ("table_row", "2023 | 10"),
        ("paragraph", "Bij het kader."),
        ("paragraph", "In het kader."),
    ]


def test_odt_deleted_text_is_left_out_and_bold_lines_are_headings() -> None:
    def build(document: OpenDocumentText) -> None:
        bold = style.Style(name="Vet", family="paragraph")
        bold.addElement(style.TextProperties(fontweight="bold"))
        document.automaticstyles.addElement(bold)
        changes = odf_text.TrackedChanges()
        region = odf_text.ChangedRegion(check_grammar=False)
        deletion = odf_text.Deletion()
        deletion.addElement(odf_text.P(text="Geschrapte zin."))
        region.addElement(deletion)
        changes.addElement(region)
        document.text.addElement(changes)
        document.text.addElement(odf_text.P(text="Vraag 1", stylename="Vet"))
        document.text.addElement(odf_text.P(text="Klopt dit?"))

    assert shown(read_odt(build)) == [("heading", "Vraag 1"), ("paragraph", "Klopt dit?")]


def test_odt_with_a_password_is_refused() -> None:
    document = OpenDocumentText()
    document.text.addElement(odf_text.P(text="Geheim."))
    data = io.BytesIO()
    document.save(data)
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    with pytest.raises(UnreadableDocument, match="met een wachtwoord beveiligd"):
        opendocument.parse(with_part(data.getvalue(), "META-INF/manifest.xml", manifest), INFO)
