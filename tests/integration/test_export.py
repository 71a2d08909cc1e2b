"""Exports: real footnotes, nothing passed off as a quote that is none, and text that stays text in every format."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from assistant import export
from assistant.export import Checked, markdown, printed, table, word
from assistant.model import Anchor, Answer, Citation, DocumentInfo, Exchange, Statement

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MADE = datetime.datetime(2026, 11, 25, 14, 5)

LETTER = DocumentInfo(
    id="kst-36200-XV-96",
    title="Brief over de Agenda",
    type="Kamerbrief",
    publisher="Minister van SZW",
    date="2023-07-07",
    identifier="kst-36200-XV-96",
    url="https://zoek.example/kst-36200-XV-96.html",
)
PAGE = DocumentInfo(
    id="over",
    title="Over de tranche",
    publisher="ESS",
    url="https://ess.example/over?a=1&b=2",
    provenance="samenvatting",
)
TEXTS = {LETTER.id: "De Agenda loopt tot eind 2025.\nDaarna volgt een evaluatie.", PAGE.id: "Er is € 400 miljoen."}
FIRST = Citation(1, LETTER, Anchor(page=3), "De Agenda loopt tot eind 2025.", 0, 30, "a")
SECOND = Citation(2, PAGE, Anchor(section=("Geld",)), "Er is € 400 miljoen.", 0, 20, "b")
ANSWERED = Exchange(
    "Tot wanneer loopt de Agenda?",
    Answer(
        "Tot wanneer loopt de Agenda?",
        "answered",
        (Statement("De Agenda loopt tot eind 2025.", (1,), ((20, 29),)), Statement("Er is € 400 miljoen.", (2, 1))),
        (FIRST, SECOND),
        understood_as="Tot wanneer loopt de Agenda V&WS?",
    ),
)
ABSTAINED = Exchange(
    "Wie is de burgemeester?",
    Answer("Wie is de burgemeester?", "abstained", (), (FIRST,), reason="Daarover staat er niets in de documenten."),
)
PARTLY = Exchange(
    "Wanneer en waarom?",
    Answer(
        "Wanneer en waarom?",
        "partly",
        (Statement("Tot eind 2025.", (1,)),),
        (FIRST,),
        reason="Over het waarom staat er niets.",
    ),
)
FAILED = Exchange("Hoeveel?", problem="Het duurde te lang.")
ALL = (ANSWERED, ABSTAINED, PARTLY, FAILED)


def now(*exchanges: Exchange, **changed: str | None) -> tuple[Checked, ...]:
    texts = {name: text for name, text in {**TEXTS, **changed}.items() if text is not None}
    return export.checked(exchanges or ALL, texts.__getitem__)


def as_word(checked: tuple[Checked, ...], *, title: str = "Mijn gesprek", language: str = "nl") -> bytes:
    return word.conversation(checked, title=title, language=language, made=MADE)


def part(file: bytes, name: str) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(file)).read(name))


def footnotes(file: bytes) -> dict[int, str]:
    """The text of the real footnotes, by their id."""
    found = {}
    for note in part(file, "word/footnotes.xml").iter(f"{W}footnote"):
        if note.get(f"{W}type") is None:
            found[int(note.get(f"{W}id"))] = "".join(note.itertext(f"{W}t")).strip()
    return found


# ------------------------------------------------------------------------------------------------ checking


def test_a_quote_that_still_stands_in_its_document_holds() -> None:
    assert [dict(one.lost) for one in now()] == [{}, {}, {}, {}]


def test_a_changed_and_a_vanished_document_are_told_apart_and_read_once() -> None:
    asked: list[str] = []

    def text_of(document_id: str) -> str:
        asked.append(document_id)
        return {LETTER.id: "De Agenda loopt tot eind 2026."}[document_id]

    checked = export.checked([ANSWERED, PARTLY], text_of)
    assert [dict(one.lost) for one in checked] == [{1: "changed", 2: "gone"}, {1: "changed"}]
    assert asked == [LETTER.id, PAGE.id]


def test_no_format_passes_off_a_lost_quote_as_a_quote() -> None:
    checked = now(ANSWERED, **{LETTER.id: "Iets anders.", PAGE.id: None})
    file = as_word(checked)
    texts = [
        "\n".join(
            [*footnotes(file).values(), *(paragraph.text for paragraph in docx.Document(io.BytesIO(file)).paragraphs)]
        ),
        markdown.conversation(checked, title="t", language="nl", made=MADE),
        printed.conversation(checked, title="t", language="nl", made=MADE),
    ]
    for text in texts:
        assert "‘De Agenda" not in text
        assert "‘Er is" not in text
        assert "Let op: dit citaat staat niet meer zo in het document." in text
        assert "Let op: dit document is niet meer beschikbaar. Het citaat is niet nagekeken." in text
        assert "Let op: het citaat bij deze zin klopt niet meer. Zie noot 1." in text
    cells = table.questionnaire(checked, language="nl").decode("utf-8-sig")
    assert "‘De Agenda" not in cells
    assert (
        cells.count("Let op: dit citaat staat niet meer zo in het document.") == 2
    )  # beside the quote and in the remarks


# ------------------------------------------------------------------------------------------------ Word


def test_every_use_of_a_citation_is_a_real_footnote_with_reference_quote_and_address() -> None:
    assert footnotes(as_word(now(ANSWERED))) == {
        1: "Kamerstukken II 2022/23, 36 200 XV, nr. 96, p. 3: ‘De Agenda loopt tot eind 2025.’ "
        "(https://zoek.example/kst-36200-XV-96.html)",
        2: "ESS, Over de tranche, geraadpleegd via samenvatting: ‘Er is € 400 miljoen.’ (https://ess.example/over?a=1&b=2)",
        3: "Zie noot 1: Kamerstukken II 2022/23, 36 200 XV, nr. 96, p. 3.",
    }


def test_the_footnotes_are_wired_as_word_expects_them() -> None:
    file = as_word(now())
    archive = zipfile.ZipFile(io.BytesIO(file))
    body, notes = part(file, "word/document.xml"), part(file, "word/footnotes.xml")
    types = part(file, "[Content_Types].xml")
    declared = {one.get("PartName"): one.get("ContentType") for one in types if one.get("PartName")}
    assert declared["/word/footnotes.xml"].endswith("wordprocessingml.footnotes+xml")
    relations = part(file, "word/_rels/document.xml.rels")
    assert [one.get("Target") for one in relations if one.get("Type", "").endswith("/footnotes")] == ["footnotes.xml"]
    kinds = [(note.get(f"{W}id"), note.get(f"{W}type")) for note in notes]
    assert kinds[:2] == [("-1", "separator"), ("0", "continuationSeparator")]
    used = [one.get(f"{W}id") for one in body.iter(f"{W}footnoteReference")]
    assert used == [number for number, kind in kinds if kind is None] == ["1", "2", "3", "4", "5"]
    children = [one.tag for one in part(file, "word/settings.xml")]
    assert children.index(f"{W}footnotePr") < children.index(f"{W}compat")  # the order of the schema
    styles = {one.get(f"{W}styleId") for one in part(file, "word/styles.xml").iter(f"{W}style")}
    wanted = {
        one.get(f"{W}val") for root in (body, notes) for tag in ("rStyle", "pStyle") for one in root.iter(f"{W}{tag}")
    }
    assert wanted <= styles
    bookmarks = {one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart")}
    fields = {"".join(one.itertext()).split()[1] for one in notes.iter(f"{W}instrText")}
    assert fields == {"_Ref_noot_1"} <= bookmarks
    targets = {one.get("Id"): one for one in part(file, "word/_rels/footnotes.xml.rels")}
    links = [targets[one.get(f"{R}id")] for one in notes.iter(f"{W}hyperlink")]
    assert {one.get("Target") for one in links} == {LETTER.url, PAGE.url}
    assert {one.get("TargetMode") for one in links} == {"External"}
    assert archive.testzip() is None


def test_headings_language_title_and_page_numbers_help_a_screen_reader_and_the_navigation_pane() -> None:
    file = as_word(now(), title="Mijn gesprek")
    document = docx.Document(io.BytesIO(file))
    headings = [
        (one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith(("Heading", "Title"))
    ]
    assert headings == [
        ("Title", "Mijn gesprek"),
        ("Heading 1", "Tot wanneer loopt de Agenda?"),
        ("Heading 1", "Wie is de burgemeester?"),
        ("Heading 2", "Passages die het dichtst bij komen"),
        ("Heading 1", "Wanneer en waarom?"),
        ("Heading 1", "Hoeveel?"),
        ("Heading 1", "Bronnen"),
        ("Heading 1", "Over dit document"),
    ]
    core = document.core_properties
    assert (core.title, core.language, core.author, core.created.date()) == ("Mijn gesprek", "nl-NL", "", MADE.date())
    assert {one.get(f"{W}val") for one in part(file, "word/styles.xml").iter(f"{W}lang")} == {"nl-NL"}
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "Mijn gesprek\t25-11-2026"
    footer = etree.tostring(section.footer._element).decode()
    assert " PAGE " in footer
    assert " NUMPAGES " in footer


def test_the_body_says_what_was_understood_what_is_missing_and_what_went_wrong() -> None:
    lines = [one.text for one in docx.Document(io.BytesIO(as_word(now()))).paragraphs]
    for line in (
        "Gemaakt op 25 november 2026, 14:05 uur",
        "Begrepen als: Tot wanneer loopt de Agenda V&WS?",
        "De Agenda loopt tot eind 2025.",
        "Geen antwoord in de documenten. Daarover staat er niets in de documenten.",
        "Gedeeltelijk antwoord. Over het waarom staat er niets.",
        "Deze vraag is niet beantwoord. Het duurde te lang.",
        "Brief over de Agenda (Kamerbrief, Minister van SZW, 7 juli 2023), Kamerstukken II 2022/23, 36 200 XV, nr. 96, "
        "https://zoek.example/kst-36200-XV-96.html",
    ):
        assert line in lines
    assert any("Lees het origineel voordat u het aanhaalt." in line for line in lines)  # PAGE is a summary
    without = [one.text for one in docx.Document(io.BytesIO(as_word(now(PARTLY)))).paragraphs]
    assert not any("samenvatting" in line for line in without)


def test_a_list_of_questions_is_numbered_counted_and_marks_what_failed() -> None:
    file = word.questionnaire(now(), title="Vragenlijst", language="nl", made=MADE)
    lines = [one.text for one in docx.Document(io.BytesIO(file)).paragraphs]
    assert "4 vragen: 1 beantwoord, 1 gedeeltelijk beantwoord, 1 zonder antwoord, 1 mislukt." in lines
    assert "1. Tot wanneer loopt de Agenda?" in lines
    assert "4. Hoeveel? (niet gelukt)" in lines


def test_in_english_no_dutch_of_ours_is_left() -> None:
    file = word.questionnaire(now(), title="Questions", language="en", made=MADE)
    text = "\n".join([*footnotes(file).values(), *(one.text for one in docx.Document(io.BytesIO(file)).paragraphs)])
    assert "See note 1: " in text
    assert "4 questions: 1 answered, 1 partly answered, 1 without an answer, 1 failed." in text
    assert "consulted through a summary" in text
    for dutch in ("Zie noot", "Geen antwoord", "Begrepen", "Bronnen", "geraadpleegd", "Gemaakt", "vragen"):
        assert dutch not in text


HOSTILE = "Nul\x00 bel\x07 half\ud800 eind\uffff <w:t>&amp; ]]> <script>alert(1)</script> [x](javascript:y) *a* _b_ `c` ${d}\u2028e"


def hostile() -> tuple[Checked, ...]:
    info = replace(
        LETTER, title=HOSTILE, publisher=HOSTILE, identifier="", id="h", url="javascript:alert(1)", type=HOSTILE
    )
    citation = Citation(1, info, Anchor(section=(HOSTILE,)), HOSTILE, 0, len(HOSTILE), "p")
    answer = Answer(HOSTILE, "partly", (Statement(HOSTILE, (1,), ((0, 3),)),), (citation,), HOSTILE, HOSTILE)
    nearest = Answer(HOSTILE, "abstained", (), (citation,), HOSTILE)
    exchanges = [Exchange(HOSTILE, answer), Exchange(HOSTILE, nearest), Exchange(HOSTILE, problem=HOSTILE)]
    return export.checked(exchanges, {"h": HOSTILE}.__getitem__)


def test_characters_that_xml_forbids_do_not_break_the_document() -> None:
    file = word.questionnaire(hostile(), title=HOSTILE, language="nl", made=MADE)
    text = "\n".join(one.text for one in docx.Document(io.BytesIO(file)).paragraphs)
    assert "<script>alert(1)</script>" in text
    assert "Nul bel half eind" in text
    relations = zipfile.ZipFile(io.BytesIO(file)).namelist()
    assert "word/_rels/footnotes.xml.rels" not in relations  # javascript: is no address


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://zoek.example/a?b=c#d", True),
        ("http://ess.example/%E2%82%AC400", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a b.example", False),
        ("https://a.example:99999/", False),  # no port
        ("https://[::1", False),
        ("https://a.example/%zz", False),  # Word calls the whole file damaged
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_addresses_a_reader_can_be_sent_to_become_links(url: str, fine: bool) -> None:
    assert (export.web_address(url) == url) is fine


def test_emphasis_across_a_line_end_keeps_the_words_apart() -> None:
    answer = Answer("v", "answered", (Statement("Het is\nveel geld.", (1,), ((7, 11),)),), (FIRST,))
    file = as_word(now(Exchange("v", answer)))
    assert "Het is veel geld." in [one.text for one in docx.Document(io.BytesIO(file)).paragraphs]


# ------------------------------------------------------------------------------------------------ Markdown

EXPECTED_MARKDOWN = """\
# Mijn gesprek

Gemaakt op 25 november 2026, 14:05 uur

## Tot wanneer loopt de Agenda?

*Begrepen als:* Tot wanneer loopt de Agenda V\\&WS?

De Agenda loopt tot **eind 2025**.[^1]

Er is € 400 miljoen.[^2][^3]

## Bronnen

- *Brief over de Agenda* (Kamerbrief, Minister van SZW, 7 juli 2023), *Kamerstukken II* 2022/23, 36 200 XV, nr. 96, \
<https://zoek.example/kst-36200-XV-96.html>
- ESS, *Over de tranche*, geraadpleegd via samenvatting, <https://ess.example/over?a=1&b=2>

## Over dit document

De antwoorden zijn gemaakt door een assistent die alleen zegt wat in de documenten staat. Tekst tussen aanhalingstekens in de \
noten is letterlijk en is bij het maken van dit document opnieuw met de bron vergeleken.

Staat er ‘geraadpleegd via samenvatting’, dan komt het citaat uit een samenvatting die voor deze assistent is geschreven. Het \
staat dan niet letterlijk in het origineel. Lees het origineel voordat u het aanhaalt.

[^1]: *Kamerstukken II* 2022/23, 36 200 XV, nr. 96, p. 3: ‘De Agenda loopt tot eind 2025.’ \
(<https://zoek.example/kst-36200-XV-96.html>)

[^2]: ESS, *Over de tranche*, geraadpleegd via samenvatting: ‘Er is € 400 miljoen.’ (<https://ess.example/over?a=1&b=2>)

[^3]: Zie noot 1: *Kamerstukken II* 2022/23, 36 200 XV, nr. 96, p. 3.
"""


def test_markdown_is_written_whole() -> None:
    assert markdown.conversation(now(ANSWERED), title="Mijn gesprek", language="nl", made=MADE) == EXPECTED_MARKDOWN


_RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from("- + * # 1. 1) > < [ ] ( ) ! ` ~ | & = _ \\ : --- www. http:// a &amp; \n \t".split(" "))
    ).map(" ".join)
)
def test_whatever_is_written_stays_text_in_markdown(text: str) -> None:
    for tokens in (_RENDERER.parse(markdown.escaped(text)), _RENDERER.parse(f"# {markdown.escaped(text)}")):
        inline = [token for token in tokens if token.type == "inline"]
        assert {token.type for token in tokens} <= {
            "paragraph_open",
            "paragraph_close",
            "heading_open",
            "heading_close",
            "inline",
        }
        assert {child.type for token in inline for child in token.children or ()} <= {"text", "text_special"}
        shown = "".join(child.content for token in inline for child in token.children or ())
        assert " ".join(shown.split()) == export.one_line(text)


def test_bare_addresses_are_not_linked_by_markdown_readers_either() -> None:
    assert markdown.escaped("zie http://x.nl en www.x.nl of a@x.nl") == "zie http\\://x.nl en www\\.x.nl of a\\@x.nl"


def test_hostile_text_adds_no_markup_to_a_conversation() -> None:
    tokens = _RENDERER.parse(markdown.conversation(hostile(), title=HOSTILE, language="nl", made=MADE))
    children = [child for token in tokens for child in token.children or ()]
    assert not {child.type for child in children} & {"html_inline", "code_inline", "image", "link_open"}
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block", "table_open"}


# ------------------------------------------------------------------------------------------------ the print view


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    return parser.tags


def test_the_print_view_leads_from_marker_to_note_and_back_and_asks_for_nothing_from_elsewhere() -> None:
    html = printed.conversation(now(), title="Mijn gesprek", language="nl", made=MADE)
    found = tags(html)
    names = {attributes["id"] for _, attributes in found if "id" in attributes}
    inside = {
        attributes["href"] for tag, attributes in found if tag == "a" and (attributes["href"] or "").startswith("#")
    }
    assert inside == {f"#{name}" for name in names}
    assert len([one for one in names if str(one).startswith("noot-")]) == 5
    assert ("html", {"lang": "nl"}) in found
    assert not {tag for tag, _ in found} & {"script", "link", "img", "iframe", "object"}
    assert "url(" not in html
    assert "@import" not in html
    outward = {attributes["href"] for tag, attributes in found if tag == "a"} - inside
    assert outward == {LETTER.url, PAGE.url}


def test_hostile_text_is_escaped_in_the_print_view() -> None:
    html = printed.conversation(hostile(), title=HOSTILE, language="en", made=MADE)
    found = tags(html)
    assert "script" not in {tag for tag, _ in found}
    assert not any((attributes.get("href") or "").startswith("javascript") for _, attributes in found)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    html.encode("utf-8")  # no half characters left


# ------------------------------------------------------------------------------------------------ the table


def rows(file: bytes) -> list[list[str]]:
    assert file.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_list_of_questions_as_a_table_has_a_row_for_each() -> None:
    assert rows(table.questionnaire(now(), language="nl")) == [
        ["nr", "vraag", "uitkomst", "antwoord", "citaten", "adressen", "toelichting"],
        [
            "1",
            "Tot wanneer loopt de Agenda?",
            "beantwoord",
            "De Agenda loopt tot eind 2025. [1]\nEr is € 400 miljoen. [2] [1]",
            "[1] ‘De Agenda loopt tot eind 2025.’ (Kamerstukken II 2022/23, 36 200 XV, nr. 96, p. 3)\n"
            "[2] ‘Er is € 400 miljoen.’ (ESS, Over de tranche, geraadpleegd via samenvatting)",
            f"{LETTER.url}\n{PAGE.url}",
            "Begrepen als: Tot wanneer loopt de Agenda V&WS?",
        ],
        [
            "2",
            "Wie is de burgemeester?",
            "geen antwoord",
            "",
            "[1] ‘De Agenda loopt tot eind 2025.’ (Kamerstukken II 2022/23, 36 200 XV, nr. 96, p. 3)",
            LETTER.url,
            "Daarover staat er niets in de documenten.\nPassages die het dichtst bij komen: [1]",
        ],
        [
            "3",
            "Wanneer en waarom?",
            "gedeeltelijk beantwoord",
            "Tot eind 2025. [1]",
            "[1] ‘De Agenda loopt tot eind 2025.’ (Kamerstukken II 2022/23, 36 200 XV, nr. 96, p. 3)",
            LETTER.url,
            "Over het waarom staat er niets.",
        ],
        ["4", "Hoeveel?", "mislukt", "", "", "", "Het duurde te lang."],
    ]


@settings(max_examples=200)
@given(
    st.text(max_size=20) | st.sampled_from(["=1+1", "+31 70", "-1", "@SUM(A1)", "\t=1", " =1", '";=1', "\r\n=1", "＝1"])
)
def test_no_cell_starts_a_formula(question: str) -> None:
    answer = Answer(question, "answered", (Statement(question or "x", ()),), (), reason=question)
    for exchange in (Exchange(question, answer), Exchange(question, problem=question)):
        header, row = rows(table.questionnaire((Checked(exchange),), language="en"))
        assert len(row) == len(header) == 7
        assert not any(cell.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in row)
