"""Web pages and Markdown become their text: all of it, once, without what surrounds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UnreadableDocument
from assistant.ingest import markup, metadata
from assistant.ingest.flowing import article_of
from assistant.model import BlockKind, Document


def html(text: str) -> Document:
    return markup.parse_html(text, metadata.unknown_info("web/pagina.html"))


def markdown(text: str) -> Document:
    return markup.parse_markdown(text, metadata.unknown_info("map/nota.md"))


def shown(document: Document) -> list[str]:
    """The blocks, headings led by "#" for every level and footnotes by "^"."""
    lead = {BlockKind.HEADING: "#", BlockKind.FOOTNOTE: "^"}
    return [
        f"{lead.get(block.kind, '') * max(1, block.level)} {document.text[block.start : block.end]}".strip()
        for block in document.blocks
    ]


PAGE = """<!DOCTYPE html><html lang="nl"><head><title>Fietspaden | Gemeente Voorstad</title>
<link rel="canonical" href="https://www.voorbeeld.nl/fietspaden"><meta property="article:published_time" content="2024-05-06T10:00">
<style>p{}</style><script>var x = "niet lezen";</script></head><body>
<div class="cookie-banner">Wij gebruiken cookies. <button>Akkoord</button></div>
<header><a href="/">Home</a></header><nav><ul><li>Menu</li></ul></nav>
<main><ol class="breadcrumb"><li>Home</li><li>Verkeer</li></ol>
<h1>Nieuwe fietspaden</h1><p>De gemeente legt <b>fiets</b>paden aan.<br>Dat begint in&nbsp;mei<sup><a href="#n1">1</a></sup>.</p>
<div>Los stuk tekst<p>En een alinea.</p>staart</div>
<h2>Kosten</h2><ul><li>Asfalt: <em>5</em> euro<ul><li>per meter</li></ul></li><li><p>Verf</p><p>Rood.</p></li></ul>
<ol start="3" type="a"><li>derde</li></ol>
<table><tr><th>Jaar</th><th colspan="2">Bedrag</th></tr>
<tr><td rowspan="2">2024</td><td>1</td><td>a</td></tr><tr><td>2</td><td>b</td></tr></table>
<dl><dt>Fiets</dt><dd>Een rijwiel.</dd></dl><p style="display:none">Verborgen.</p>
<img alt="Kaart van de paden" src="x.png"></main><footer>Contact</footer></body></html>"""


def test_a_page_gives_its_main_text_and_what_its_head_says() -> None:
    document = html(PAGE)
    assert shown(document) == [
        "# Nieuwe fietspaden",
        "De gemeente legt fietspaden aan. Dat begint in mei.",
        "Los stuk tekst",
        "En een alinea.",
        "staart",
        "## Kosten",
        "• Asfalt: 5 euro",
        "• per meter",
        "• Verf",
        "Rood.",
        "c. derde",
        "Jaar | Bedrag",
        "2024 | 1 | a",
        "| 2 | b",
        "• Fiets: Een rijwiel.",
        "Kaart van de paden",
    ]
    info = document.info
    assert (info.title, info.url, info.date) == (
        "Nieuwe fietspaden",
        "https://www.voorbeeld.nl/fietspaden",
        "2024-05-06",
    )
    assert document.notes == ("Verborgen tekst op de pagina is overgeslagen",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Zonder <i>einde", ["Zonder einde"]),
        ("<p>A &amp; B &lt; C</p>", ["A & B < C"]),
        ("<div>Een<div>Twee</div>Drie</div>", ["Een", "Twee", "Drie"]),
        ("<p>Eerste regel<br><br>Tweede alinea</p>", ["Eerste regel", "Tweede alinea"]),
        # numbered paragraphs set as tables, one after the other, are one list
        (
            "<table><tr><td>(1)</td><td>Een.</td></tr></table><table><tr><td>(2)</td><td>Twee.</td></tr></table>",
            ["(1) Een.", "(2) Twee."],
        ),
        # a table that is there for the layout only
        ("<table><tr><td><p>Links.</p><p>Meer.</p></td></tr></table>", ["Links.", "Meer."]),
        ("<ul><li><span>•</span><p>Met een eigen punt</p></li></ul>", ["• Met een eigen punt"]),
        ("<p>• Getypt</p><p>– Ook getypt</p>", ["• Getypt", "• Ook getypt"]),
    ],
)  # fmt: skip
def test_pieces_of_html(text: str, expected: list[str]) -> None:
    document = html(f"<html><body>{text}</body></html>")
    assert shown(document) == expected


def test_lists_that_go_on_are_one_list() -> None:
    blocks = html(
        "<table><tr><td>(9)</td><td>A.</td></tr></table><table><tr><td>(10)</td><td>B.</td></tr></table>"
    ).blocks
    assert blocks[0].group == blocks[1].group
    blocks = html("<ol><li>A</li></ol><ol><li>B</li></ol>").blocks
    assert blocks[0].group != blocks[1].group


def test_html_nested_without_end_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="te diep genest"):
        html("<html><body>" + "<div>" * 5000 + "diep")


def test_markdown_keeps_structure_and_drops_its_signs() -> None:
    document = markdown(
        "# Nota *fietsen*\n\nEen [link](https://x.nl) en **vet**\nop twee regels.\n\n"
        "1. een\n   - diep\n2. twee\n\n> Een citaat.\n\n| Jaar | Som |\n|---|---|\n| 2024 | 5 |\n| | 6 |\n\n"
        "```\ncode hier\n\nen hier\n```\n\n## Artikel 3\n\n1. Het eerste lid.\n2. Het tweede.\n\n<b>html</b> erbij\n"
    )
    assert shown(document) == [
        "# Nota fietsen", "Een link en vet op twee regels.", "1. een", "• diep", "2. twee", "Een citaat.",
        "Jaar | Som", "2024 | 5", "| 6", "code hier", "en hier",
        "## Artikel 3", "1. Het eerste lid.", "2. Het tweede.", "html erbij",
    ]  # fmt: skip
    articles = {document.text[b.start : b.end]: b.anchor.article for b in document.blocks}
    assert articles["2. Het tweede."] == "3, lid 2"


def test_a_comment_in_markdown_is_left_out_and_an_open_one_loses_nothing() -> None:
    assert shown(markdown("Eén.\n\n<!-- weg -->\n\nTwee.\n\n<!-- nooit dicht\n\nDrie.\n")) == [
        "Eén.", "Twee.", "nooit dicht Drie.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "article"),
    [
        ("Artikel 7a Doel", "7a"),
        ("ARTIKEL 12", "12"),
        ("Art. 3:4. Evenredigheid", "3:4"),
        ("Artikel II", "II"),
        ("Artikel 2, derde lid", "2, lid 3"),
        ("Artikel 2, lid 4", "2, lid 4"),
        ("Artikel 1 van de Grondwet in de klas", None),
        ("Artikel 5 en 6", None),
        ("Het artikel 5", None),
    ],
)
def test_a_heading_announces_its_article(heading: str, article: str | None) -> None:
    assert article_of(heading) == article


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[("a", 2, 1), ("b", 1, 1)]], [["a", "", "b"]]),
        ([[("a", 1, 2), ("b", 1, 1)], [("c", 1, 1)]], [["a", "b"], ["", "c"]]),
        ([[("a", 1, 1), ("b", 1, 3)], [("c", 1, 1)], [("d", 1, 1)], [("e", 1, 1), ("f", 1, 1)]],
         [["a", "b"], ["c"], ["d"], ["e", "f"]]),
        ([[("a", 1, 9)], []], [["a"], []]),
        ([[("a", 10**9, 10**9)]], [["a"]]),
    ],
)  # fmt: skip
def test_merged_cells_keep_columns_in_place(rows: list[list[tuple[str, int, int]]], expected: list[list[str]]) -> None:
    assert markup.spread(rows) == expected


@given(st.text(alphabet=st.sampled_from("ab #*_`->|1.\n()[]<p/>&;"), max_size=200))
def test_any_markdown_and_any_html_is_read(text: str) -> None:
    for document in (markdown(text), html(f"<p>{text}</p>")):
        assert all(document.text[block.start : block.end].strip() for block in document.blocks)
