"""References as jurists write them, and nothing in them that the document's particulars leave open."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import citing
from assistant.model import Anchor, Citation, DocumentInfo

LETTER = "Brief over de Agenda"


def document(identifier: str = "", date: str = "", **known: str) -> DocumentInfo:
    return DocumentInfo(**{"id": "een-document", "title": LETTER, "identifier": identifier, "date": date, **known})  # type: ignore[arg-type]


# identifier, date, reference, why
PAPERS = [
    ("kst-36200-XV-96", "2023-07-07", "Kamerstukken II 2022/23, 36 200 XV, nr. 96", "a chapter of the budget"),
    ("kst-36410-XV-73", "2024-02-01", "Kamerstukken II 2023/24, 36 410 XV, nr. 73", "the budget of the next year"),
    ("kst-30995-104", "2024-10-17", "Kamerstukken II 2024/25, 30 995, nr. 104", "no chapter"),
    ("KST-30995-104", "2024-10-17", "Kamerstukken II 2024/25, 30 995, nr. 104", "capitals"),
    ("kst-36600-IXB-12", "2024-11-01", "Kamerstukken II 2024/25, 36 600 IXB, nr. 12", "a chapter with a letter"),
    (
        "kst-36600-B-9",
        "2024-11-26",
        "Kamerstukken II 2024/25, 36 600 B, nr. 9",
        "a fund: letter A-M in a budget dossier",
    ),
    # the parliamentary year turns on the third Tuesday of September
    ("kst-36200-1", "2022-09-20", "Kamerstukken II 2022/23, 36 200, nr. 1", "on Prinsjesdag itself: the new year"),
    ("kst-36200-1", "2022-09-19", "Kamerstukken II 2021/22, 36 200, nr. 1", "the day before: still the old year"),
    ("kst-36410-1", "2023-09-19", "Kamerstukken II 2023/24, 36 410, nr. 1", "third Tuesday on the 19th"),
    ("kst-36410-1", "2023-09-18", "Kamerstukken II 2022/23, 36 410, nr. 1", "and the Monday before it"),
    ("kst-36800-1", "2025-09-16", "Kamerstukken II 2025/26, 36 800, nr. 1", "third Tuesday on the 16th"),
    ("kst-34300-1", "2015-09-15", "Kamerstukken II 2015/16, 34 300, nr. 1", "the earliest it can be, the 15th"),
    ("kst-35300-1", "2020-09-14", "Kamerstukken II 2019/20, 35 300, nr. 1", "the 14th is never Prinsjesdag"),
    ("kst-35925-1", "2021-09-21", "Kamerstukken II 2021/22, 35 925, nr. 1", "the latest it can be, the 21st"),
    (
        "kst-26855-3",
        "1999-12-08",
        "Kamerstukken 1999/2000, 26 855, nr. 3",
        "a year pair that ends a century is in full",
    ),
    # what the date leaves open
    ("kst-36200-XV-96", "2023", "Kamerstukken II, 36 200 XV, nr. 96 (2023)", "a year spans two parliamentary years"),
    ("kst-36200-XV-96", "2023-07", "Kamerstukken II 2022/23, 36 200 XV, nr. 96", "July lies within one"),
    (
        "kst-36200-XV-96",
        "2023-09",
        "Kamerstukken II, 36 200 XV, nr. 96 (september 2023)",
        "September holds Prinsjesdag",
    ),
    ("kst-36200-XV-96", "", "Kamerstukken II, 36 200 XV, nr. 96", "no date at all"),
    ("kst-36200-XV-96", "zomer 2023", "Kamerstukken II, 36 200 XV, nr. 96 (zomer 2023)", "no date a calendar knows"),
    ("kst-36200-XV-96", "2023-02-30", "Kamerstukken II, 36 200 XV, nr. 96 (2023-02-30)", "no day of the calendar"),
    (
        "kst-14100-3",
        "1977-02-01",
        "Kamerstukken, 14 100, nr. 3 (1 februari 1977)",
        "before 1983 elections began a year too",
    ),
    # which house
    (
        "kst-36410-A",
        "2024-02-01",
        "Kamerstukken I 2023/24, 36 410, A",
        "the Eerste Kamer letters its papers, without nr.",
    ),
    ("kst-36410-AB", "2024-02-01", "Kamerstukken I 2023/24, 36 410, AB", "after Z comes AA"),
    ("kst-31700-VI-D", "2009-03-01", "Kamerstukken I 2008/09, 31 700 VI, D", "the example of Aanwijzing 3.43"),
    ("kst-26855-A", "1999-12-08", "Kamerstukken 1999/2000, 26 855, A", "then both houses had letters: no house"),
    ("kst-25877-221a", "1999-03-01", "Kamerstukken 1998/99, 25 877, nr. 221a", "and both had numbers"),
    ("kst-28741-106", "2023-07-07", "Kamerstukken II 2022/23, 28 741, nr. 106", "an old dossier, a recent paper"),
    ("kst-28741-2", "", "Kamerstukken, 28 741, nr. 2", "an old dossier, a paper of unknown age: no house"),
    # numbers with something after them
    ("kst-36200-XV-96-h1", "2023-07-07", "Kamerstukken II 2022/23, 36 200 XV, nr. 96 (herdruk)", "a reprint"),
    ("36 200 XV, nr. 96 HERDRUK", "2023-07-07", "Kamerstukken II 2022/23, 36 200 XV, nr. 96 (herdruk)", "as printed"),
    (
        "kst-36200-XV-96-b1",
        "2023-07-07",
        "Kamerstukken II 2022/23, 36 200 XV, nr. 96 (kst-36200-XV-96-b1)",
        "another part: the paper is certain, the part only by its identifier",
    ),
    (
        "kst-35123-(R2115)-3",
        "2019-02-01",
        "Kamerstukken II 2018/19, 35 123 (R2115), nr. 3",
        "a law for the whole kingdom",
    ),
    (
        "Kamerstukken II 2022/23, 36 200 XV, nr. 96",
        "2023",
        "Kamerstukken II 2022/23, 36 200 XV, nr. 96",
        "already written",
    ),
    ("36200-XV-96", "2023-07-07", "Kamerstukken II 2022/23, 36 200 XV, nr. 96", "a chapter makes it a Kamerstuk"),
    # no Kamerstuk for certain
    ("kst-36200-XV", "2023-07-07", f"{LETTER} (kst-36200-XV), 7 juli 2023", "a dossier, no paper"),
    (
        "kst-35983-A-1",
        "2021-12-01",
        f"{LETTER} (kst-35983-A-1), 1 december 2021",
        "letter and number of two houses, or a fund",
    ),
    ("KST123456", "2004-01-12", f"{LETTER} (KST123456), 12 januari 2004", "a number of a database"),
    ("20231-45", "2023-07-07", f"{LETTER} (20231-45), 7 juli 2023", "five digits alone are no dossier"),
    (
        "blg-1098765",
        "2023-07-07",
        f"{LETTER} (bijlage bij een Kamerstuk, blg-1098765), 7 juli 2023",
        "of which, it does not say",
    ),
    ("000_ada212ff493f49c0.txt", "2024", f"{LETTER}, 2024", "a file name is no number of a document"),
    ("2025D47283", "2025-11-19", f"{LETTER} (2025D47283), 19 november 2025", "the Kamer's own number: kept"),
    ("", "2023-07", f"{LETTER}, juli 2023", "nothing but title and month"),
    ("", "", LETTER, "nothing but a title"),
    # proceedings and written answers carry their year
    ("h-tk-20222023-97-5", "", "Handelingen II 2022/23, nr. 97, item 5", "proceedings since 2011: by item"),
    ("h-ek-20142015-11-4", "2014-12-02", "Handelingen I 2014/15, nr. 11, item 4", "of the Eerste Kamer"),
    ("h-tk-20092010-21-1735", "2009-11-05", "Handelingen II 2009/10, nr. 21, p. 1735 e.v.", "before 2011: by page"),
    (
        "h-tk-20102011-108-5",
        "2011-09-01",
        "Handelingen II 2010/11, nr. 108, item 5",
        "after the change of 1 January 2011",
    ),
    ("h-tk-20102011-8-12", "", "Handelingen II 2010/11, nr. 8 (h-tk-20102011-8-12)", "page or item: not told"),
    ("ah-tk-20222023-1234", "2023-01-20", "Aanhangsel Handelingen II 2022/23, nr. 1234", "an answer to questions"),
    ("ah-ek-20142015-12", "", "Aanhangsel Handelingen I 2014/15, nr. 12", "of the Eerste Kamer"),
    ("ah-tk-20222024-12", "", f"{LETTER} (ah-tk-20222024-12)", "those years do not follow each other"),
    ("ah-1098765", "2023-01-20", f"{LETTER} (ah-1098765), 20 januari 2023", "not yet numbered by the Kamer"),
    # gazettes carry their year of publication
    ("stcrt-2023-17605", "2023-06-26", "Stcrt. 2023, 17605", "signed in June, whenever published"),
    ("stcrt-2024-1", "2023-12-29", "Stcrt. 2024, 1", "the year of publication, not of signature"),
    ("Staatscourant 2023, nr. 17605", "2023", "Stcrt. 2023, 17605", "spelled out"),
    ("stcrt-2005-123-p10-SC71234", "2005-06-29", "Stcrt. 2005, 123, p. 10", "an issue with many pieces"),
    (
        "stcrt-2023-17605-n1",
        "2023",
        "Stcrt. 2023, 17605 (stcrt-2023-17605-n1)",
        "a part that only its identifier tells",
    ),
    ("stb-2021-12", "2021-01-13", "Stb. 2021, 12", "Staatsblad"),
    ("trb-2020-5", "2020", "Trb. 2020, 5", "Tractatenblad"),
    ("gmb-2024-123", "2024", "Gemeenteblad 2024, 123", "Gemeenteblad"),
    ("prb-2024-456", "2024", "Provinciaal blad 2024, 456", "Provinciaal blad"),
    ("bgr-2024-78", "2024", "Blad gemeenschappelijke regeling 2024, 78", "Blad gemeenschappelijke regeling"),
    ("BWBR0048329", "2023-07-01", f"{LETTER} (BWBR0048329)", "a regulation in force goes by its title"),
    ("ECLI:NL:RVS:2023:2634", "2023-07-12", "12 juli 2023, ECLI:NL:RVS:2023:2634", "a judgment"),
]


@pytest.mark.parametrize(
    ("identifier", "date", "expected", "why"), PAPERS, ids=[f"{row[0]}, {row[1]}" for row in PAPERS]
)
def test_a_reference_says_what_identifier_and_date_make_certain(
    identifier: str, date: str, expected: str, why: str
) -> None:
    assert citing.reference(document(identifier, date)) == expected, why


# particulars, reference, why
KNOWN = [
    (
        {"id": "kst-36200-XV-96", "date": "2023-07-07"},
        "Kamerstukken II 2022/23, 36 200 XV, nr. 96",
        "the id is the identifier when none is given",
    ),
    (
        {"identifier": "kst-35123-3", "date": "2019-02-01", "dossier": "35123-(R2115)"},
        "Kamerstukken II 2018/19, 35 123 (R2115), nr. 3",
        "the dossier knows the addition that the identifier leaves out",
    ),
    (
        {"identifier": "kst-36550-A-1", "date": "2024-05-01", "dossier": "36550-A"},
        "Kamerstukken II 2023/24, 36 550 A, nr. 1",
        "the dossier says that A is a fund",
    ),
    ({"identifier": "kst-36200-V", "dossier": "36200-V"}, f"{LETTER} (kst-36200-V)", "V is the chapter, not a letter"),
    (
        {"identifier": "kst-26855-3", "date": "1999-12-08", "publisher": "Tweede Kamer der Staten-Generaal"},
        "Kamerstukken II 1999/2000, 26 855, nr. 3",
        "the publisher tells the house of an old paper",
    ),
    (
        {"identifier": "kst-36410-12", "date": "2024-02-01", "publisher": "Eerste Kamer der Staten-Generaal"},
        "Kamerstukken 2023/24, 36 410, nr. 12",
        "number and publisher contradict each other: no house",
    ),
    (
        {
            "type": "Kamerbrief",
            "title": "Voortgang",
            "publisher": "Minister van SZW",
            "date": "2023-07-07",
            "dossier": "36200-XV",
        },
        "Minister van SZW, Voortgang (Kamerbrief, dossier 36 200 XV), 7 juli 2023",
        "a letter without number: its dossier is certain",
    ),
    (
        {"identifier": "blg-1098765", "dossier": "36200-XV", "date": "2023-07-07"},
        f"{LETTER} (bijlage bij een stuk in dossier 36 200 XV, blg-1098765), 7 juli 2023",
        "an attachment of which the dossier is known",
    ),
    (
        {
            "type": "webpagina",
            "title": "Over de ESS.",
            "publisher": "ESS",
            "date": "2023-03",
            "url": "https://ess.example/over",
        },
        "ESS, Over de ESS (webpagina), maart 2023, https://ess.example/over",
        "a page is found by its address",
    ),
    ({"type": "nota", "title": "Nota Agenda", "date": "2024"}, "Nota Agenda, 2024", "the title says the type already"),
    (
        {"identifier": "stcrt-2023-17605", "url": "https://zoek.example/stcrt"},
        "Stcrt. 2023, 17605",
        "an official publication is found by its number",
    ),
    (
        {"identifier": "ECLI:NL:RVS:2023:2634", "publisher": "Raad van State", "date": "2023-07-12"},
        "Raad van State 12 juli 2023, ECLI:NL:RVS:2023:2634",
        "a judgment goes by its court",
    ),
    (
        {"identifier": "kst-36200-XV-96", "date": "2023-07-07", "provenance": "samenvatting"},
        "Kamerstukken II 2022/23, 36 200 XV, nr. 96, geraadpleegd via samenvatting",
        "the original is cited, and it says that we read a summary",
    ),
    (
        {"title": "Over de ESS", "url": "https://ess.example/over", "provenance": "samenvatting"},
        "Over de ESS, geraadpleegd via samenvatting, https://ess.example/over",
        "the address stays last",
    ),
]


@pytest.mark.parametrize(("known", "expected", "why"), KNOWN, ids=[row[2] for row in KNOWN])
def test_other_particulars_help_as_far_as_they_go(known: dict[str, str], expected: str, why: str) -> None:
    assert citing.reference(document(**known)) == expected, why


PLACES = [
    ({"identifier": "kst-30995-104"}, Anchor(page=3), "Kamerstukken II, 30 995, nr. 104, p. 3", "a page"),
    (
        {"identifier": "stcrt-2023-17605"},
        Anchor(page=2, article="4, lid 2"),
        "Stcrt. 2023, 17605, p. 2, art. 4 lid 2",
        "an article and a page",
    ),
    (
        {"identifier": "BWBR0048329", "title": "Regeling kansrijke wijk"},
        Anchor(page=2, section=("Hoofdstuk 1",), article="4, lid 2"),
        "Regeling kansrijke wijk, art. 4 lid 2 (BWBR0048329)",
        "a regulation in force has articles, and no pages",
    ),
    (
        {"identifier": "kst-30995-104"},
        Anchor(section=("Kernpunten",)),
        "Kamerstukken II, 30 995, nr. 104",
        "headings: no",
    ),
    (
        {"title": "Rapport"},
        Anchor(section=("Deel 1", "Wat werkt")),
        "Rapport, onder ‘Wat werkt’",
        "yes, in a report without pages",
    ),
    (
        {"title": "Rapport"},
        Anchor(page=12, section=("Wat werkt",)),
        "Rapport, p. 12",
        "with a page it needs no heading",
    ),
    (
        {"identifier": "kst-30995-104", "provenance": "samenvatting"},
        Anchor(page=1, section=("Kern",)),
        "Kamerstukken II, 30 995, nr. 104, geraadpleegd via samenvatting",
        "the pages of a summary are not those of the original",
    ),
    (
        {"identifier": "stcrt-2023-17605", "provenance": "samenvatting"},
        Anchor(article="7a"),
        "Stcrt. 2023, 17605, art. 7a, geraadpleegd via samenvatting",
        "an article it names is",
    ),
    (
        {"identifier": "h-tk-20092010-21-1735"},
        Anchor(page=2),
        "Handelingen II 2009/10, nr. 21, p. 1735 e.v.",
        "pages of the year, not of the file",
    ),
    (
        {"identifier": "h-tk-20222023-97-5"},
        Anchor(page=2),
        "Handelingen II 2022/23, nr. 97, item 5, p. 2",
        "pages of the item",
    ),
    ({"identifier": "kst-30995-104"}, Anchor(), "Kamerstukken II, 30 995, nr. 104", "an anchor that says nothing"),
]


@pytest.mark.parametrize(("known", "anchor", "expected", "why"), PLACES, ids=[row[3] for row in PLACES])
def test_a_place_is_named_as_people_find_it(known: dict[str, str], anchor: Anchor, expected: str, why: str) -> None:
    assert citing.reference(document(**known), anchor) == expected, why


def test_in_english_the_words_are_english_and_the_series_stay_dutch() -> None:
    letter = document("kst-36200-XV-96", "2023-09", provenance="samenvatting")
    page = document("", "2023-07-07", publisher="ESS", title="Over de ESS", url="https://ess.example/over")
    assert citing.reference(letter, Anchor(article="4, lid 2"), language="en") == (
        "Kamerstukken II, 36 200 XV, nr. 96 (September 2023), art. 4(2), consulted through a summary"
    )
    assert citing.reference(page, language="en") == "ESS, Over de ESS, 7 July 2023, https://ess.example/over"
    assert (
        citing.reference(document("blg-12"), language="en") == f"{LETTER} (attachment to a parliamentary paper, blg-12)"
    )


def test_names_of_publications_and_titles_stand_in_italics() -> None:
    assert [run.text for run in citing.runs(document("kst-36200-XV-96", "2023-07-07")) if run.italic] == [
        "Kamerstukken II"
    ]
    assert [run.text for run in citing.runs(document("stb-2021-12")) if run.italic] == ["Stb."]
    assert [run.text for run in citing.runs(document(publisher="ESS")) if run.italic] == [LETTER]


def test_a_copied_citation_is_quote_reference_and_address() -> None:
    info = document("kst-36200-XV-96", "2023-07-07", url="https://zoek.example/kst-36200-XV-96.html")
    citation = Citation(1, info, Anchor(page=3), "De Agenda loopt\ntot eind 2025.", 0, 29, "p")
    assert citing.copied(citation) == (
        "‘De Agenda loopt tot eind 2025.’ (Kamerstukken II 2022/23, 36 200 XV, nr. 96, p. 3, "
        "https://zoek.example/kst-36200-XV-96.html)"
    )
    bare = Citation(1, document(), Anchor(), "Zo heet het ‘Agenda’.", 0, 5, "p")
    assert citing.copied(bare, "en") == f"“Zo heet het ‘Agenda’.” ({LETTER})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("De regeling geldt.", "‘De regeling geldt.’"),
        ("Een zogeheten ‘wijk’.", "“Een zogeheten ‘wijk’.”"),  # marks inside marks differ
        ("Een zogeheten 'wijk'.", "“Een zogeheten 'wijk'.”"),
        ("Foto's en video’s.", "‘Foto's en video’s.’"),  # an apostrophe is no quotation mark
    ],
)
def test_quotation_marks_differ_from_those_inside(text: str, expected: str) -> None:
    assert citing.quoted(text) == expected


@given(st.dates(min_value=datetime.date(1984, 1, 1), max_value=datetime.date(2100, 1, 1)))
def test_a_parliamentary_year_begins_on_a_tuesday_from_15_to_21_september(day: datetime.date) -> None:
    today = citing.parliamentary_year(day.isoformat())
    before = citing.parliamentary_year((day - datetime.timedelta(days=1)).isoformat())
    begins = day.month == 9 and 15 <= day.day <= 21 and day.weekday() == 1
    assert (today != before) == begins


@given(
    st.text(max_size=40) | st.from_regex(r"(kst|stcrt|h-tk|ah-tk|blg)-[0-9]{4,8}(-[A-Z0-9]{1,4}){0,3}", fullmatch=True),
    st.sampled_from(["", "2023", "2023-09", "2023-09-31", "2023-07-07", "x"]),
    st.text(max_size=12),
)
def test_any_identifier_gives_one_line_and_no_year_without_a_date(identifier: str, date: str, dossier: str) -> None:
    written = citing.reference(document(identifier, date, dossier=dossier))
    assert written
    if not date and "Kamerstukken" in written and "Kamerstukken" not in identifier:
        assert "20" not in written.replace(identifier, "").split(",")[0]
