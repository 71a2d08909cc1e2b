"""A small corpus with an index over it, made once for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.build import build
from assistant.index import Index
from assistant.index.generations import IndexFolder
from assistant.index.places import Places
from tests.browser import (  # noqa: F401  fixtures of the browser tests
    address,
    assistant,
    browser,
    dark,
    english,
    page,
    phone,
    trouble,
    visit,
)
from tests.fakes import HashingEmbedder, write_corpus

CORPUS = {
    "brief.md": "---\nid: kst-1\ntitle: Brief over de wijk\ntype: Kamerbrief\ndate: 2023-07-07\ndossier: 36200-XV\n"
    "publisher: Ministerie van Financiën\n---\n"
    "# Brief over de wijk\n\nDe minister informeert de Kamer jaarlijks over de voortgang.\n\n## Geld\n\n"
    "Voor de wijk is € 256 miljoen beschikbaar tot en met 2025.\n",
    "regeling.md": "---\nid: stcrt-1\ntitle: Regeling kansrijke wijk\ntype: regeling\ndate: 2025-09\ndossier: 30995\n"
    "publisher: Ministerie van SZW\n---\n"
    "# Regeling kansrijke wijk\n\n## Artikel 1 Begrippen\n\nIn deze regeling betekent minister: de Minister van SZW.\n\n"
    "## Artikel 2 Aanvraag\n\nDe uitkeringsvoorwaarden gelden voor elke gemeente. De aanvraag wordt uiterlijk op "
    "25 november ingediend.\n",
    "pagina.html": "<html><head><title>Nieuws</title></head><body><h1>Nieuws over de uitkering</h1>"
    "<p>Gemeenten kunnen een uitkering aanvragen. De voorwaarden staan in de regeling. "
    "Geen voorwaarden, geen geld.</p></body></html>",
    "notitie.txt": "Aan de wethouder\n\nDe school is dicht in de zomer.\n",
}


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("small")
    corpus = write_corpus(folder / "corpus", CORPUS)
    embedder = HashingEmbedder()
    build([corpus], Places(IndexFolder(folder / "index")), embedder, ocr_available=False)
    index = Index.open(folder / "index", embedding=embedder.identity)
    yield index
    index.close()


@pytest.fixture
def index_folder(tmp_path: Path) -> Path:
    return tmp_path / "index"
