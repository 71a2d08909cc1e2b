"""What is in the index, counted beside the filters, listed in a table and summed up for a first screen."""

from __future__ import annotations

import itertools
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.index import records
from assistant.index.records import Source
from assistant.index.store import _TABLES, Store
from assistant.model import Document, DocumentInfo, Filters, UnreadableFile
from assistant.overview import COLUMNS, STATUSES, Facets, FacetValue, Holdings, Row, facets, holdings, listing


def info(id: str, **known: Any) -> DocumentInfo:
    return DocumentInfo(id=id, **{"title": id, "path": f"{id}.md", **known})


SZW, CBS = "Ministerie van SZW", "CBS"
INFOS = (
    info("a", type="Kamerbrief", publisher=SZW, dossier="36200-XV", date="2023-07-07"),
    info("b", type="kamerbrief", publisher=SZW, dossier="30995", date="2024"),
    info("c", type="Kamerbrief", publisher=CBS, dossier="30995", date="2024-12"),
    info("d", type="nota", publisher="ministerie van szw", dossier="36200-XV", date="2025-01-01"),
    info("e", type="nota", date="2023-02-30"),  # no day of the calendar
    info("f"),
)


def values(facet: tuple[FacetValue, ...]) -> list[tuple[str, int, bool]]:
    return [(one.value, one.count, one.chosen) for one in facet]


def test_without_filters_every_value_counts_its_documents() -> None:
    found = facets(INFOS)
    assert values(found.types) == [("Kamerbrief", 3, False), ("nota", 2, False)]
    assert values(found.dossiers) == [("30995", 2, False), ("36200-XV", 2, False)]
    assert values(found.publishers) == [(CBS, 1, False), (SZW, 3, False)]
    assert values(found.years) == [("2025", 1, False), ("2024", 2, False), ("2023", 1, False)]
    assert (found.remaining, found.total) == (6, 6)


def test_a_choice_restricts_the_other_facets_and_not_its_own() -> None:
    found = facets(INFOS, Filters(types=("KAMERBRIEF",), publishers=(SZW,)))
    assert values(found.types) == [("Kamerbrief", 2, True), ("nota", 1, False)]  # of the ministry
    assert values(found.publishers) == [(CBS, 1, False), (SZW, 2, True)]  # letters
    assert values(found.dossiers) == [("30995", 1, False), ("36200-XV", 1, False)]  # letters of the ministry
    assert values(found.years) == [("2025", 0, False), ("2024", 1, False), ("2023", 1, False)]
    assert (found.remaining, found.total) == (2, 6)


def test_a_period_is_the_choice_of_the_years_in_it() -> None:
    found = facets(INFOS, Filters(since="2024-06", until="2024-11"))
    assert values(found.years) == [("2025", 1, False), ("2024", 2, True), ("2023", 1, False)]
    assert values(found.types) == [("Kamerbrief", 1, False), ("nota", 0, False)]  # b is of 2024: it may be of June
    assert found.remaining == 1


def test_a_chosen_value_that_no_document_has_is_there_to_be_taken_back() -> None:
    found = facets(INFOS, Filters(types=("Roman",)))
    assert values(found.types) == [("Kamerbrief", 3, False), ("nota", 2, False), ("Roman", 0, True)]
    assert found.remaining == 0


def test_a_choice_of_documents_restricts_everything() -> None:
    found = facets(INFOS, Filters(documents=("a", "c")))
    assert values(found.types) == [("Kamerbrief", 2, False)]
    assert (found.remaining, found.total) == (2, 6)


def test_a_date_that_is_none_is_refused_and_no_documents_are_no_problem() -> None:
    with pytest.raises(ValueError, match="not YYYY"):
        facets(INFOS, Filters(since="vorig jaar"))
    assert facets((), Filters(types=("nota",))) == Facets((FacetValue("nota", 0, True),), (), (), (), 0, 0)


DATES = ("", "2023", "2023-12", "2024-01-01", "2024", "2024-02", "2024-02-29", "2023-02-30")
PERIODS = (None, "2023", "2023-12", "2024-02-29", "2024-03")
EVERY = tuple(
    info(f"{n}", type=type, dossier=dossier, publisher=publisher, date=date)
    for n, (type, dossier, publisher, date) in enumerate(
        itertools.product(("", "Nota", "brief"), ("1", "2-X"), ("Eén", "EÉN", "twee"), DATES)
    )
)


@pytest.fixture(scope="module")
def store() -> Store:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(_TABLES)
    made = Store(Path("in memory"), connection)
    for one in EVERY:
        made.put(records.encode(Document(one, "", ()), Source("", one.path, ""), []))
    return made


@given(
    filters=st.builds(
        Filters,
        types=st.sampled_from([(), ("nota",), ("NOTA", "Brief"), ("gedicht",)]),
        dossiers=st.sampled_from([(), ("1",), ("2-x", "1")]),
        publishers=st.sampled_from([(), ("eén",), ("Twee",)]),
        since=st.sampled_from(PERIODS),
        until=st.sampled_from(PERIODS),
        documents=st.sampled_from([(), tuple(str(n) for n in range(0, 140, 3))]),
    )
)
def test_what_remains_is_what_the_index_would_search_and_so_is_every_count(store: Store, filters: Filters) -> None:
    found = facets(EVERY, filters)
    assert found.remaining == len(store.allowed(filters))
    chosen = {
        name: getattr(filters, name) for name in ("types", "dossiers", "publishers", "since", "until", "documents")
    }
    for name in ("types", "dossiers", "publishers"):
        for value in getattr(found, name):
            assert value.count == len(store.allowed(Filters(**chosen | {name: (value.value,)})))
            assert value.chosen == (value.value.lower() in [one.lower() for one in chosen[name]])
    for year in found.years:
        period = {"since": year.value, "until": year.value}
        assert year.count == len(store.allowed(Filters(**chosen | period)))


# ------------------------------------------------------------------------------------------------ the table

TABLE = (
    info("nota", title="Nota wijk", type="nota", date="2023", pages=12, path="map/nota.pdf"),
    info(
        "brief9", title="Brief nr. 9", type="Kamerbrief", date="2023-02", identifier="kst-9", provenance="samenvatting"
    ),
    info("brief10", title="“Brief” nr. 10", type="Kamerbrief", date="2023-01-01", identifier="kst-10"),
    info("element", title="Één element", publisher="Coördinatie", date="2024-05-05", supersedes=("nota",), pages=9),
    info("eland", title="eland", dossier="36200-XV", date="7 mei 2024"),
    info("nieuw", title="Zeer nieuw", date="2025", supersedes=("element",)),
)
COUNTS = {"nota": 9, "brief9": 10, "brief10": 2}
UNREAD = (UnreadableFile("map/kapot.pdf", "Het bestand is beschadigd."), UnreadableFile("slot.docx", "Versleuteld."))
SCANS = (("brief9.md", (2, 3)),)


def ids(**options: Any) -> list[str]:
    return [row.info.id or row.info.path for row in listing(TABLE, COUNTS, UNREAD, SCANS, **options).rows]


SORTED: list[tuple[dict[str, Any], list[str]]] = [
    # case, accents and quotation marks do not count, numbers go by value
    (
        {"sort": "title"},
        ["brief9", "brief10", "element", "eland", "map/kapot.pdf", "nota", "slot.docx", "nieuw"],
    ),
    (
        {"sort": "title", "descending": True},
        ["nieuw", "slot.docx", "nota", "map/kapot.pdf", "eland", "element", "brief10", "brief9"],
    ),
    # dates as dates, the wider one first; what has none, or none of the calendar's, comes last in both directions
    (
        {"sort": "date"},
        ["nota", "brief10", "brief9", "element", "nieuw", "eland", "map/kapot.pdf", "slot.docx"],
    ),
    (
        {"sort": "date", "descending": True},
        ["nieuw", "element", "brief9", "brief10", "nota", "eland", "map/kapot.pdf", "slot.docx"],
    ),
    # what is alike keeps the order of the titles, in both directions
    (
        {"sort": "type"},
        ["brief9", "brief10", "nota", "element", "eland", "map/kapot.pdf", "slot.docx", "nieuw"],
    ),
    (
        {"sort": "type", "descending": True},
        ["nota", "brief9", "brief10", "element", "eland", "map/kapot.pdf", "slot.docx", "nieuw"],
    ),
    # no passages is a number, a file without any is not
    (
        {"sort": "passages"},
        ["element", "eland", "nieuw", "brief10", "nota", "brief9", "map/kapot.pdf", "slot.docx"],
    ),
    (
        {"sort": "pages", "descending": True},
        ["nota", "element", "brief9", "brief10", "eland", "map/kapot.pdf", "slot.docx", "nieuw"],
    ),
    (
        {"sort": "status"},
        ["brief10", "eland", "nieuw", "element", "nota", "brief9", "map/kapot.pdf", "slot.docx"],
    ),
    ({"sort": "identifier", "size": 2}, ["brief9", "brief10"]),
]


@pytest.mark.parametrize(("options", "order"), SORTED, ids=str)
def test_the_table_is_sorted_as_a_reader_expects(options: dict[str, Any], order: list[str]) -> None:
    assert ids(**options) == order


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_sorts_everything(column: Any, descending: bool) -> None:
    assert sorted(ids(sort=column, descending=descending)) == sorted(ids())


FOUND = [
    ("", 8),
    ("  \n", 8),
    ("EEN element", 1),  # without case and accents
    ("coordinatie", 1),  # in the publisher
    ("één\u00ad", 1),  # a soft hyphen that came along from a page
    ("brief kst-9", 1),  # in title and identifier
    ("kamerbrief", 2),
    ("36200", 1),
    ("36200 nota", 0),  # all words
    ("map", 2),  # in the path, of an unreadable file as well
    ("beschadigd", 0),  # a reason is not searched
    ("(.*", 0),
]


@pytest.mark.parametrize(("query", "count"), FOUND)
def test_a_query_finds_rows_with_all_its_words(query: str, count: int) -> None:
    found = listing(TABLE, COUNTS, UNREAD, query=query)
    assert (found.found, len(found.rows), sum(found.totals.values())) == (count, count, count)


def test_a_row_says_what_its_document_is_good_for() -> None:
    found = listing(TABLE, COUNTS, UNREAD, SCANS)
    rows = {row.info.id or row.info.path: row for row in found.rows}
    by_id = {one.id: one for one in TABLE}
    assert rows["nota"] == Row(
        "replaced", by_id["nota"], 9, replaced_by=(by_id["nieuw"], by_id["element"])
    )  # what replaces the replacement as well, newest first
    assert rows["brief9"] == Row("needs_ocr", by_id["brief9"], 10, ocr_pages=(2, 3))
    assert rows["nieuw"] == Row("current", by_id["nieuw"], 0)
    assert rows["map/kapot.pdf"] == Row(
        "unreadable",
        DocumentInfo(id="", title="kapot.pdf", path="map/kapot.pdf", language="", provenance=""),
        None,
        reason="Het bestand is beschadigd.",
    )
    assert found.totals == {"current": 3, "replaced": 2, "needs_ocr": 1, "unreadable": 2}


def test_a_replaced_document_with_unread_pages_shows_both() -> None:
    (row,) = listing(TABLE, COUNTS, (), [("map/nota.pdf", (4,))], status="needs_ocr").rows
    assert (row.info.id, row.ocr_pages, [one.id for one in row.replaced_by]) == ("nota", (4,), ["nieuw", "element"])


def test_a_status_leaves_its_rows_and_the_totals_as_they_are() -> None:
    found = listing(TABLE, COUNTS, UNREAD, SCANS, status="unreadable", query="map")
    assert [row.info.path for row in found.rows] == ["map/kapot.pdf"]
    assert found.totals == {"current": 0, "replaced": 1, "needs_ocr": 0, "unreadable": 1}
    assert tuple(found.totals) == STATUSES


def test_pages_together_are_the_whole_table_and_one_beyond_the_last_is_the_last() -> None:
    pages = [listing(TABLE, COUNTS, UNREAD, page=number, size=3) for number in (1, 2, 3)]
    assert [row for page in pages for row in page.rows] == list(listing(TABLE, COUNTS, UNREAD).rows)
    assert [(page.page, page.pages, page.found, page.size) for page in pages] == [(n, 3, 8, 3) for n in (1, 2, 3)]
    assert listing(TABLE, COUNTS, UNREAD, page=99, size=3) == pages[2]
    assert listing(TABLE, COUNTS, UNREAD, page=-1, size=3) == pages[0]
    empty = listing((), {})
    assert (empty.rows, empty.found, empty.page, empty.pages) == ((), 0, 1, 1)


@pytest.mark.parametrize("wrong", [{"sort": "colour"}, {"status": "lost"}, {"size": 0}])
def test_what_the_table_does_not_have_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no column|no status|at least one row"):
        listing(TABLE, COUNTS, **wrong)


def test_documents_that_replace_one_another_are_both_replaced() -> None:
    pair = (info("x", supersedes=("y",)), info("y", supersedes=("x",)))
    assert [[one.id for one in row.replaced_by] for row in listing(pair, {}).rows] == [["y"], ["x"]]


@given(st.lists(st.text(max_size=20), max_size=8), st.sampled_from(COLUMNS), st.booleans())
def test_any_text_can_be_sorted_and_found_by_itself(titles: list[str], column: Any, descending: bool) -> None:
    infos = [info(str(n), title=title, identifier=title, date=title) for n, title in enumerate(titles)]
    assert listing(infos, {}, sort=column, descending=descending).found == len(titles)
    for title in titles:
        assert listing(infos, {}, query=title).found >= 1


# ------------------------------------------------------------------------------------------------ a first look


def test_holdings_say_how_many_of_which_types_from_when_to_when() -> None:
    assert holdings(INFOS) == Holdings(6, (("Kamerbrief", 3), ("nota", 2)), oldest="2023-07-07", newest="2025-01-01")
    assert holdings(()) == Holdings(0, (), "", "")


def test_ten_thousand_documents_are_counted_while_one_blinks() -> None:
    many = [
        info(str(n), type=f"soort {n % 20}", publisher=f"uitgever {n % 70}", dossier=f"{n % 300}",
             date=f"{2000 + n % 25}-{n % 12 + 1:02}-{n % 28 + 1:02}")
        for n in range(10_000)
    ]  # fmt: skip
    facets(many)
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        facets(many, Filters(types=("Soort 3",), since="2010"))
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.1  # .017 s on an idle machine; ten times that would be felt
