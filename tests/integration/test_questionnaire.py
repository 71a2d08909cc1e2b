"""Lists of questions in the files people have: Word, OpenDocument and Excel, also hostile ones."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from odf.opendocument import OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import H, List, ListItem, P

from assistant.errors import UnreadableQuestions
from assistant.questionnaire import read

QUESTIONS = [
    "Hoeveel geld is er voor de wijk beschikbaar?",
    "Wanneer moet de aanvraag zijn ingediend? Zo nodig: bij wie?",
    "Welke voorwaarden gelden er voor gemeenten?",
]
GOVDOCS = Path(__file__).resolve().parents[3] / "shared" / "govdocs"


def _word(fill: Callable[[WordDocument], None]) -> bytes:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _numbered(document: WordDocument) -> None:
    document.add_heading("Vragen van de fractie", 1)
    document.add_paragraph("Graag ontvangen wij antwoord voor het debat.")
    for question in QUESTIONS:
        document.add_paragraph(question, style="List Number")


def _typed(document: WordDocument) -> None:
    for number, question in enumerate(QUESTIONS, 1):
        document.add_paragraph(f"{number}.\t{question}")


def _table(document: WordDocument) -> None:
    table = document.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ["Nr", "Vraag", "Antwoord"], strict=True):
        cell.text = text
    for number, question in enumerate(QUESTIONS, 1):
        for cell, text in zip(table.add_row().cells, [str(number), question, "Wie weet?"], strict=True):
            cell.text = text


def _answered(document: WordDocument) -> None:
    document.add_paragraph("Wilt u één zaak in uw brief behandelen? Dank u.")
    for number, question in enumerate(QUESTIONS, 1):
        document.add_paragraph().add_run(f"Vraag {number}").bold = True
        document.add_paragraph(question)
        document.add_paragraph().add_run(f"Antwoord op vraag {number}").bold = True
        document.add_paragraph("Dat vroeg uw Kamer eerder. Wat is er sindsdien gebeurd? Het volgende.")


@pytest.mark.parametrize("fill", [_numbered, _typed, _table, _answered])
def test_questions_come_out_of_word(fill: Callable[[WordDocument], None]) -> None:
    assert read(_word(fill), "vragen.docx") == QUESTIONS


def test_questions_come_out_of_opendocument() -> None:
    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text="Vragen van de raad"))
    document.text.addElement(P(text=QUESTIONS[0]))
    listed = List()
    item = ListItem()
    item.addElement(P(text=QUESTIONS[1]))
    listed.addElement(item)
    document.text.addElement(listed)
    table = Table(name="vragen")
    for cells in (["thema", "vraag"], ["Geld", QUESTIONS[2]]):
        row = TableRow()
        for text in cells:
            cell = TableCell()
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.text.addElement(table)
    out = io.BytesIO()
    document.save(out)
    assert read(out.getvalue(), "vragen.odt") == QUESTIONS


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _workbook(sheet: str, *, strings: str = "", hidden: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
            '<sheet name="Oud" sheetId="1" state="hidden" r:id="rId1"/><sheet name="Nu" sheetId="2" r:id="rId2"/>'
            "</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
            '<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        )
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{strings}</sst>')
        for number, rows in ((1, hidden), (2, sheet)):
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
            )
    return out.getvalue()


def test_questions_come_out_of_a_workbook() -> None:
    strings = "<si><t>Nr</t></si><si><t>Vraag</t></si>" + (
        f"<si><r><t>{QUESTIONS[0][:9]}</t></r><r><t>{QUESTIONS[0][9:]}</t></r><rPh><t>uitspraak</t></rPh></si>"
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>2</v></c></row>'
        f'<row r="3"><c r="A3"><v>2</v></c><c r="C3" t="inlineStr"><is><t>{QUESTIONS[1]}</t></is></c></row>'
        f'<row r="4"><c r="C4" t="str"><v>{QUESTIONS[2]}</v></c><c r="ZZ4"><v>7</v></c></row>'
    )
    hidden = '<row r="1"><c t="inlineStr"><is><t>Wat stond hier vroeger?</t></is></c></row>'
    assert read(_workbook(rows, strings=strings, hidden=hidden), "vragen.xlsx") == QUESTIONS


def test_a_workbook_that_points_nowhere_is_refused() -> None:
    rows = '<row><c t="s"><v>99999999</v></c><c r="??" t="s"><v>-1</v></c></row>'
    with pytest.raises(UnreadableQuestions, match="geen vragen"):
        read(_workbook(rows), "vragen.xlsx")


def test_a_long_string_in_very_many_cells_is_refused() -> None:
    rows = "".join(f'<row><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    with pytest.raises(UnreadableQuestions, match="ingewikkeld"):
        read(_workbook(rows, strings=f"<si><t>{'Wat? ' * 20_000}</t></si>"), "vragen.xlsx")


def _package(document: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return out.getvalue()


_W = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
HOSTILE = [
    ("a bomb of one file", _package(b"<" + b"a" * 60_000_000), "zipbom"),
    ("a small file that packs far too well", _package(_W + b"<w:p/>" * 3_000_000), "zipbom"),
    (
        "more text than a list has",
        _package(_W + random.Random(1).randbytes(1_000_000).hex().encode() + b"a" * 9_000_000),
        "ingewikkeld",
    ),
    ("very many small elements", _package(_W + b"<w:p/>" * 400_000 + b"</w:body></w:document>"), "ingewikkeld"),
    ("nested without end", _package(_W + b"<w:tbl><w:tr><w:tc>" * 3000), "kan niet worden gelezen"),
    (
        "entities of its own",
        _package(b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'),
        "entiteiten",
    ),
    ("half a file", _package(b"")[:-30], "beschadigd"),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("why", "data", "dutch"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_a_hostile_file_is_refused_in_plain_words(why: str, data: bytes, dutch: str) -> None:
    del why
    with pytest.raises(UnreadableQuestions) as caught:
        read(data, "vragen.docx")
    assert dutch in caught.value.dutch
    assert caught.value.english.startswith("This file")


@pytest.mark.shared
@pytest.mark.skipif(not GOVDOCS.is_dir(), reason="../shared/govdocs is not here")
@pytest.mark.parametrize(
    ("name", "questions"),
    [
        ("03a1bb92", 3),
        ("1658457e", 12),
        ("1dd36ab1", 22),
        ("2483f9a5", 10),
        ("573c6e42", 9),
        ("80e7b29f", 6),
        ("c69c9e3a", 14),
        ("f6db9f62", 8),
    ],
)
def test_the_questions_come_out_of_a_ministers_answers_to_kamervragen(name: str, questions: int) -> None:
    """As many as the letter has labels *Vraag N*, each a question as the member of parliament asked it."""
    found = read((GOVDOCS / "docx" / f"kamervragen-{name}.docx").read_bytes(), "kamervragen.docx")
    assert len(found) == questions
    unmarked = [question for question in found if not question.endswith("?")]
    assert len(unmarked) == (name == "1658457e")  # one question of that letter lost its end in the letter itself
    assert not any(note in question for question in found for note in ("[", " 1)", "Antwoord"))
