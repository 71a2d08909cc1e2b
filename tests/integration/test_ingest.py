"""Files of a corpus folder become documents, whatever they are called, or are refused by name."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import docx
import pytest

from assistant import ingest
from assistant.errors import UnreadableDocument
from assistant.model import Document
from assistant.settings import PROJECT


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def reason(path: Path, corpus: Path) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        ingest.parse(path, corpus=corpus)
    assert refused.value.path == ingest.relative_name(path, corpus=corpus)
    return refused.value.reason


MARKDOWN = "---\nid: plan-1\ntitle: Het plan\ntype: nota\ndate: 2024-05\n---\n\n# Het plan\n\nTekst over fietsen.\n"


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("plan.md", MARKDOWN, "Het plan\n\nTekst over fietsen."),
        ("tekst.txt", "Een zin over fietsen.", "Een zin over fietsen."),
        ("brief.docx", word_file("Geachte lezer,", "Dank."), "Geachte lezer,\n\nDank."),
        ("verkeerde-naam.pdf", word_file("Toch een brief."), "Toch een brief."),
        ("pagina", "<html><body><h1>Kop</h1><p>Tekst.</p></body></html>", "Kop\n\nTekst."),
        ("stuk.xml", "<kamerstuk><al>Een alinea.</al></kamerstuk>", "Een alinea."),
    ],
)
def test_every_kind_becomes_a_document(tmp_path: Path, name: str, content: str | bytes, text: str) -> None:
    document = ingest.parse(write(tmp_path / "map" / name, content), corpus=tmp_path)
    assert document.text == text
    assert document.info.path == f"map/{name}"
    assert document.info.title
    assert document.info.language == "nl"


def test_front_matter_beats_the_sidecar_and_both_beat_the_document(tmp_path: Path) -> None:
    path = write(tmp_path / "plan.md", MARKDOWN)
    write(
        tmp_path / "plan.md.meta.toml",
        'title = "Anders"\npublisher = "Gemeente Voorstad"\nprovenance = "samenvatting"\n',
    )
    info = ingest.parse(path, corpus=tmp_path).info
    assert (info.id, info.title, info.date, info.publisher) == ("plan-1", "Het plan", "2024-05", "Gemeente Voorstad")
    assert info.provenance == "samenvatting"
    assert ingest.fingerprint_parts(path) == [path, tmp_path / "plan.md.meta.toml"]


def test_files_that_are_no_documents_are_not_looked_at(tmp_path: Path) -> None:
    for name in ("b.md", "a/c.txt", ".geheim", "~$brief.docx", "b.md.meta.toml", "oud.bak", "README.md", ".git/config"):
        write(tmp_path / name, "Tekst.")
    write(tmp_path / "a" / "README.md", MARKDOWN)
    found = [ingest.relative_name(path, corpus=tmp_path) for path in ingest.candidates(tmp_path)]
    assert found == ["b.md", "a/README.md", "a/c.txt"]


def test_what_is_no_readable_file_is_refused_by_name(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    outside = write(tmp_path / "buiten.txt", "Niet van deze map.")
    corpus.mkdir()
    (corpus / "link.txt").symlink_to(outside)
    (corpus / "rond.txt").symlink_to(corpus / "rond.txt")
    os.mkfifo(corpus / "pijp.txt")
    assert "buiten de map" in reason(corpus / "link.txt", corpus)
    assert reason(corpus / "rond.txt", corpus)
    assert reason(corpus / "pijp.txt", corpus) == "geen gewoon bestand"
    assert reason(corpus / "weg.txt", corpus) == "het bestand bestaat niet (meer)"
    assert reason(write(corpus / "leeg.txt", ""), corpus) == "het bestand is leeg"
    assert reason(write(corpus / "leeg.docx", word_file()), corpus) == "bevat geen tekst"
    assert (
        reason(write(corpus / "leeg.html", "<html><body><nav>Menu</nav></body></html>"), corpus) == "bevat geen tekst"
    )


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", "<a>" + " " * (300 * 2**20) + "</a>")
    return data.getvalue()


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zipbom.docx", bomb),
        ("bom.xml", f'<!DOCTYPE b [<!ENTITY l0 "ha">{ENTITIES}]><b><al>&l11;</al></b>'.encode),
        ("buiten.xml", lambda: b"<!DOCTYPE b [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><b><al>&x;</al></b>"),
        ("diep.xml", lambda: b"<al>" * 100_000),
        ("diep.html", lambda: b"<html><body>" + b"<div>" * 100_000),
        ("diep.md", lambda: b"> " * 50_000 + b"tekst"),
        ("lijst.md", lambda: b"".join(b" " * (2 * n) + b"- x\n" for n in range(2_000))),
        ("haken.md", lambda: b"[" * 50_000),
        ("sterren.md", lambda: b"*a _b " * 10_000),
        ("cellen.html", lambda: b"<table>" + b"<tr><td rowspan=9999 colspan=9999>x" * 2_000),
        ("regels.txt", lambda: b"a b c d e f g\n" * 200_000),
        ("spaties.txt", lambda: b" " * 5_000_000 + b"x"),
        ("streep.txt", lambda: b"-" * 2_000_000),
        ("komma.xml", lambda: b"<!DOCTYPE" + b" <!--" * 100_000),
    ],
)
def test_a_hostile_file_costs_bounded_time_and_memory(tmp_path: Path, name: str, content: object) -> None:
    assert callable(content)
    path = write(tmp_path / name, content())
    began = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", _READ_ALONE, str(path)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert time.perf_counter() - began < 30
    reason, letters, peak_kilobytes = json.loads(run.stdout)
    assert letters > 0 if reason is None else len(reason) < 200
    if sys.platform == "linux":
        assert peak_kilobytes < 2_000_000


# in a process of its own: the peak of this one may be that of another test
_READ_ALONE = """
import json, resource, sys
from pathlib import Path
from assistant import ingest
from assistant.errors import UnreadableDocument
path = Path(sys.argv[1])
try:
    reason, letters = None, len(ingest.parse(path, corpus=path.parent).text.strip())
except UnreadableDocument as error:
    reason, letters = error.reason, 0
print(json.dumps([reason, letters, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def test_parsing_twice_gives_the_same_document(tmp_path: Path) -> None:
    path = write(tmp_path / "brief.docx", word_file("Geachte lezer,", "Dank voor uw brief van 3 mei."))
    first: Document = ingest.parse(path, corpus=tmp_path)
    assert ingest.parse(path, corpus=tmp_path) == first
