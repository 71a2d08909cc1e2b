"""The documents tab without a browser: what is listed, in which order and words, and that names and titles are data."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from assistant.errors import IndexUnusable
from assistant.model import DocumentInfo, UnreadableFile
from assistant.web.documents import Asked, Documents
from assistant.web.requests import Endpoints
from tests.fakes_web import HOSTILE
from tests.integration.test_web import Element

OLD = DocumentInfo(
    id="kst-1",
    title="Brief over de wijk",
    type="Kamerbrief",
    publisher="Ministerie van Proefstad",
    date="2023-07-07",
    identifier="kst-9-XV-1",
    dossier="36200-XV",
    path="brief.pdf",
    pages=4,
)
NEW = DocumentInfo(
    id="kst-2", title="Nieuwe brief", type="Kamerbrief", date="2024-02", supersedes=("kst-1",), path="n.md"
)
SCAN = DocumentInfo(id="scan", title="Ingescand besluit", path="scans/besluit.pdf", pages=2)
PARTLY = DocumentInfo(id="half", title="Rapport met bijlagen", path="rapport.pdf", pages=30)
EVIL = DocumentInfo(
    id='x" onclick="hacked', title=f"Rapport {HOSTILE}", type=HOSTILE, publisher=HOSTILE, identifier=HOSTILE
)
OWN = DocumentInfo(id="eigen-abc", title="Mijn notitie", type="eigen document", path="notitie.md")
BROKEN = UnreadableFile("map/kapot.pdf", "het bestand is beschadigd of geen PDF")


class Shelf:
    """One generation of an index, and the library that has it."""

    def __init__(
        self,
        *infos: DocumentInfo,
        unreadable: Sequence[UnreadableFile] = (),
        needs_ocr: Sequence[tuple[str, tuple[int, ...]]] = (),
    ) -> None:
        self.infos = {info.id: info for info in infos}
        self._unreadable = unreadable
        self._needs_ocr = needs_ocr
        self.read = 0

    @property
    def index(self) -> Shelf:
        return self

    def passage_counts(self) -> Mapping[str, int]:
        self.read += 1
        return {id: number for number, id in enumerate(self.infos, 1)}

    def needs_ocr(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        return self._needs_ocr

    def unreadable(self) -> Sequence[UnreadableFile]:
        return self._unreadable


ALL = Shelf(
    OLD,
    NEW,
    SCAN,
    PARTLY,
    unreadable=[BROKEN],
    needs_ocr=[("scans/besluit.pdf", (1, 2)), ("rapport.pdf", tuple(range(3, 30)))],
)


def listed(shelf: Shelf, own: Sequence[str] = (), **asked: Any) -> dict[str, Any]:
    return Documents(lambda collection: shelf, lambda collection: own).listed(Asked(**asked))


def cells(reply: Mapping[str, Any], kind: str) -> list[str]:
    """The text of a column, without the names that cells have when the table is shown as cards."""
    page = Element(reply["html"])
    return [
        text.split(maxsplit=1)[1] for name in (kind, f"{kind} empty") for text in page.texts("td", **{"class": name})
    ]


def titles(reply: Mapping[str, Any]) -> list[str]:
    return Element(reply["html"]).texts("th", role="rowheader")


def test_a_row_says_what_a_document_is_and_its_title_opens_all_of_it() -> None:
    page = Element(listed(Shelf(OLD))["html"])
    assert page.texts("td") == [
        "Soort Kamerbrief",
        "Datum 7 juli 2023",
        "Uitgever Ministerie van Proefstad",
        "Kenmerk kst-9-XV-1dossier 36200-XV",
        "Passages 1",
        "Bladzijden 4",
        "Status Actueel",
    ]
    (opens,) = page.having("data-document")
    assert (opens["data-document"], opens["data-start"], opens["data-end"], opens["data-check"]) == (
        "kst-1",
        "0",
        "0",
        "",
    )
    (about,) = page.having("data-about")
    assert about["aria-label"] == "Vraag over dit document: Brief over de wijk"


def test_every_status_is_said_in_words() -> None:
    reply = listed(ALL, sort="status")
    assert titles(reply) == [
        "Nieuwe briefVraag over dit document",
        "Brief over de wijkVraag over dit document",
        "Ingescand besluitVraag over dit document",
        "Rapport met bijlagenVraag over dit document",
        "kapot.pdfmap/kapot.pdf",
    ]
    assert cells(reply, "status") == [
        "Actueel",
        "Vervangen door Nieuwe brief",
        "Nog niet gelezen (scan)",
        "Deels niet gelezen (scan): bladzijde 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 …",
        "Onleesbaar: het bestand is beschadigd of geen PDF",
    ]
    assert reply["said"] == "4 documenten, 2 nog niet gelezen, 1 onleesbaar"
    assert reply["totals"] == {"": 5, "current": 1, "replaced": 1, "needs_ocr": 2, "unreadable": 1}
    english = listed(ALL, sort="status", language="en")
    assert "Replaced by Nieuwe brief" in " ".join(cells(english, "status"))
    assert english["said"] == "4 documents, 2 not yet read, 1 unreadable"


def test_what_replaces_a_document_opens_too() -> None:
    page = Element(listed(ALL, query="wijk")["html"])
    assert [given["data-document"] for given in page.having("data-document")] == ["kst-1", "kst-2"]


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        ({"query": "brief proefstad"}, ["kst-1"], "1 gevonden van 5"),
        ({"query": "36200 brief"}, ["kst-1"], "1 gevonden van 5"),
        ({"query": "brief", "sort": "date", "descending": True}, ["kst-2", "kst-1"], "2 gevonden van 5"),
        ({"query": "brief", "sort": "passages", "descending": True}, ["kst-2", "kst-1"], "2 gevonden van 5"),
        ({"status": "replaced"}, ["kst-1"], "1 gevonden van 5"),
        ({"query": "zeppelin"}, [], "0 gevonden van 5"),
    ],
)
def test_all_words_must_be_there_and_the_status_must_fit(asked: dict[str, Any], found: list[str], said: str) -> None:
    reply = listed(ALL, **asked)
    assert [given["data-about"] for given in Element(reply["html"]).having("data-about")] == found
    assert reply["said"] == said


def test_nothing_found_and_nothing_there_are_told_apart() -> None:
    assert "Geen document gevonden" in listed(ALL, query="zeppelin")["html"]
    assert "nog geen documenten" in listed(Shelf())["html"]
    assert listed(Shelf(OLD))["said"] == "1 document"


def test_fifty_rows_make_a_page_and_a_page_too_far_is_the_last() -> None:
    many = Shelf(*(DocumentInfo(id=f"d{number}", title=f"Brief nr. {number}") for number in range(1, 121)))
    first, last = listed(many), listed(many, page=9)
    assert (first["page"], first["pages"], last["page"]) == (1, 3, 3)
    assert titles(first)[8:10] == ["Brief nr. 9Vraag over dit document", "Brief nr. 10Vraag over dit document"]
    assert [len(titles(reply)) for reply in (first, last)] == [50, 20]


def test_hostile_titles_and_file_names_stay_text() -> None:
    shelf = Shelf(EVIL, unreadable=[UnreadableFile(f"map/{HOSTILE}.pdf", HOSTILE)])
    reply = listed(shelf)
    page = Element(reply["html"])
    assert {tag for tag, _, _ in page.found} == {"tr", "th", "td", "span", "button"}
    assert not any(name.startswith("on") for _, given, _ in page.found for name in given)
    assert any(HOSTILE in title for title in titles(reply))


def test_ones_own_documents_are_listed_and_marked() -> None:
    shelf = Shelf(OLD, OWN, unreadable=[UnreadableFile("scan.pdf", "leeg"), BROKEN])
    rows = titles(listed(shelf, own=["scan.pdf"]))
    assert [row for row in rows if " van u" in row] == ["Mijn notitie van uVraag over dit document", "scan.pdf van u"]


def test_an_index_is_read_once_and_let_go_of() -> None:
    shelf = Shelf(OLD)
    kept = [shelf]
    documents = Documents(lambda collection: kept[0], lambda collection: ())
    documents.warm()
    documents.listed(Asked(query="brief"))
    assert shelf.read == 1
    kept[0] = Shelf(OLD, NEW)
    assert documents.listed(Asked())["said"] == "2 documenten"
    gone = weakref.ref(shelf)
    del shelf
    gc.collect()
    assert gone() is None, "an index of which there is a newer generation can be closed"


def test_trouble_is_a_sentence_and_a_request_of_another_shape_is_refused() -> None:
    def unusable(collection: str | None) -> Shelf:
        raise IndexUnusable("there is no index; run `assistant build`")

    offered = Endpoints()
    Documents(unusable, lambda collection: ()).offer(offered)
    assert offered.once["documents"]({})["problem"].startswith("Er is geen bruikbare index")
    for wrong in ({"sort": "secret"}, {"page": 0}, {"status": "x"}, {"query": "a" * 401}, {"more": 1}):
        assert offered.once["documents"](wrong)["problem"].startswith("De pagina stuurde iets")


def test_ten_thousand_documents_are_listed_while_someone_types() -> None:
    shelf = Shelf(
        *(
            DocumentInfo(
                id=f"d{number}",
                title=f"Brief {number * 7919 % 10_000} over de voortgang van de wijk",
                publisher=f"Ministerie {number % 40}",
                date=f"20{number % 26:02}-{number % 12 + 1:02}",
                path=f"map/{number}.pdf",
            )
            for number in range(10_000)
        )
    )
    documents = Documents(lambda collection: shelf, lambda collection: ())
    documents.warm()
    took = []
    for query in ("", "wijk", "wijk 12", "wijk 123"):
        began = time.thread_time()  # of the processor: others use the machine as well
        documents.listed(Asked(query=query))
        took.append(time.thread_time() - began)
    assert sorted(took)[1] < 0.3, "40 ms on a quiet machine"
