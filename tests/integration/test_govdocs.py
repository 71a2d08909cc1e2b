"""Every real file of ../shared/govdocs becomes a document with text, or is refused by name."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from assistant import ingest
from assistant.errors import UnreadableDocument
from assistant.ingest.sandbox import ParserPool
from assistant.model import BlockKind, Document

SHARED = Path(__file__).resolve().parents[3] / "shared"
GOVDOCS = SHARED / "govdocs"
MEMO = SHARED / "seeds"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not GOVDOCS.is_dir(), reason="../shared/govdocs is not here"),
]
Results = dict[str, Document | UnreadableDocument]


@pytest.fixture(scope="module")
def parsed() -> Results:
    """Every file of govdocs, as a build reads them: in processes of its own, scans too where Tesseract is installed."""
    jobs = [(path, GOVDOCS) for path in ingest.candidates(GOVDOCS)]
    with ParserPool(workers=2, timeout_seconds=120) as pool:
        return {ingest.relative_name(path, corpus=GOVDOCS): result for path, result in pool.parse(jobs)}


# what is refused, and why; everything else is a document
REFUSED = {
    "awkward/bgr.html": "verslag van een download",
    "awkward/bwb_manifest.xml": "alleen metagegevens over BWBR0045754",
    "awkward/bwb_wti.xml": "alleen metagegevens over BWBR0045754",
    "awkward/empty-pw.docx": "met een wachtwoord beveiligd",
    "awkward/empty.docx": "bevat geen tekst",
    "awkward/empty.zip": "leeg archief",
    "awkward/opmeta1.xml": "alleen metagegevens over gmb-2024-216934",
    "awkward/opmeta2.xml": "alleen metagegevens over gmb-2024-216934",
    "awkward/searchrec.xml": "alleen metagegevens over gmb-2023-174296",
}


@pytest.mark.slow
def test_every_file_is_a_document_or_is_refused_by_name(parsed: Results) -> None:
    refused = {name: result for name, result in parsed.items() if isinstance(result, UnreadableDocument)}
    assert set(refused) == set(REFUSED)
    for name, error in refused.items():
        assert error.path == name
        assert error.reason.startswith(REFUSED[name])
    for name, result in parsed.items():
        if isinstance(result, Document):
            assert result.text.strip() or result.needs_ocr, name


@pytest.mark.slow
def test_no_document_is_silently_empty_or_torn(parsed: Results) -> None:
    for name, document in parsed.items():
        if isinstance(document, UnreadableDocument):
            continue
        info = document.info
        assert info.id and info.title and info.path == name, name
        blocks = document.blocks
        assert bool(blocks) == bool(document.text), name
        assert all(document.text[block.start : block.end].strip() for block in blocks), name
        edges = [0, *itertools.chain.from_iterable((block.start, block.end) for block in blocks), len(document.text)]
        assert edges == sorted(edges), name
        between = (document.text[end:start] for end, start in zip(edges[::2], edges[1::2], strict=True))
        assert not "".join(between).strip(), name


@pytest.mark.slow
def test_every_law_knows_its_articles(parsed: Results) -> None:
    """The number in the heading of an article is the number of the article, and so for its leden."""
    checked = 0
    for name, document in parsed.items():
        if not name.startswith("xml/wetten/") or isinstance(document, UnreadableDocument):
            continue
        assert re.fullmatch(r"BWBR\d{7}", document.info.id), name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", document.info.date), name
        for block in document.blocks:
            text = document.text[block.start : block.end]
            heading = re.match(r"Artikel ([\dA-Za-z.:]+?)\.?(?: |\Z)", text)
            if block.kind is BlockKind.HEADING and heading and block.anchor.article:
                assert block.anchor.article.lower() == heading[1].lower(), (name, text)
                checked += 1
            if block.anchor.article and ", lid " in block.anchor.article:
                article = block.anchor.article.split(",")[0].lower()
                assert any(re.search(rf"\b{re.escape(article)}\b", part.lower()) for part in block.anchor.section), name
    assert checked > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "xml/kamerstukken/00e5aabb-4277-41d9-8945-6064c5e95030.xml",
            ("kst-36550-V-5", "Motie", "Tweede Kamer der Staten-Generaal", "2024-06-19", "36550-V"),
        ),
        (
            "xml/handelingen/h-tk-20172018-70-2.xml",
            ("h-tk-20172018-70-2", "Handelingen", "Tweede Kamer der Staten-Generaal", "", ""),
        ),
        ("awkward/bwb_toestand.xml", ("BWBR0045754", "wet", "", "2022-05-01", "")),
        ("awkward/cvdr_example3.xml", ("CVDR680781_1", "regeling", "Someren", "2019-08-30", "")),
        ("awkward/rechtspraak1.xml", ("ECLI:NL:PHR:2011:BP5608", "Conclusie", "Parket bij de Hoge Raad", "2011-05-27", "")),
        ("awkward/stb.xml", ("stb-2018-84", "Staatsblad", "", "2018-03-09", "")),
        ("awkward/gmb.html", ("gmb-2017-100007", "Gemeenteblad", "Rheden", "2017-06-14", "")),
    ],
)  # fmt: skip
def test_what_official_files_say_of_themselves(
    parsed: Results, name: str, expected: tuple[str, str, str, str, str]
) -> None:
    document = parsed[name]
    assert isinstance(document, Document)
    info = document.info
    assert (info.identifier, info.type, info.publisher, info.date, info.dossier) == expected


@pytest.mark.skipif(not MEMO.is_dir(), reason="../shared/seeds is not here")
def test_the_memo_is_whole_sentences_under_its_own_headings() -> None:
    from assistant.text import sentences

    memo = next(iter(sorted(MEMO.glob("*.txt"))))
    document = ingest.parse(memo, corpus=MEMO)
    headings = [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.HEADING]
    assert headings[1:] == ["Aanleiding", "Geadviseerd besluit", "Kernpunten"]
    said = [document.text[span.start : span.end] for span in sentences(document.text)]
    assert "De Agenda loopt tot eind 2025." in said
    items = [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.LIST_ITEM]
    assert len(items) == 13
    assert all(item.startswith("• ") and item[2].isupper() and item.endswith(".") for item in items)
    assert "potentiéle doorontwikkeling" in document.text  # no letter is changed
