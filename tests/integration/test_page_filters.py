"""The filters of the page without a browser: what can be chosen, what remains, and what is wrong about a period."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import IndexUnusable
from assistant.model import DocumentInfo
from assistant.web.filters import Chosen, Filters, in_library
from assistant.web.requests import ChosenFilters, Endpoints, Told
from assistant.web.wording import DUTCH, ENGLISH, texts
from tests.fakes_web import HOSTILE, LETTER, SCHEME, FakeAssistant

REPORT = DocumentInfo(
    id="rapport-1", title="Rapport", type="rapport", publisher=HOSTILE, date="2022-05-01", dossier="12345-I"
)
OWN = DocumentInfo(id="eigen-1-nota", title="Nota", type="nota")


class Shelf(FakeAssistant):
    """A fake with more documents, and in one collection one of the user's own."""

    def __init__(self) -> None:
        super().__init__()
        self.infos_here = [LETTER, SCHEME, REPORT]

    def documents(self) -> list[DocumentInfo]:
        return list(self.infos_here)


@pytest.fixture
def endpoints() -> Endpoints:
    corpus, own = Shelf(), Shelf()
    own.infos_here.append(OWN)
    offered = Endpoints()
    Filters(lambda collection: own if collection else corpus).offer(offered)
    return offered


def counts(endpoints: Endpoints, collection: str | None = None, language: str = "nl", **filters: Any) -> dict[str, Any]:
    request = {"language": language, "collection": collection, "filters": filters}
    reply: dict[str, Any] = json.loads(json.dumps(endpoints.once["facets"](request)))
    return reply


def values(reply: dict[str, Any], facet: str) -> dict[str, int]:
    return {one["value"]: one["count"] for one in reply[facet]}


def test_every_value_comes_with_how_many_documents_remain_beside_the_other_choices(endpoints: Endpoints) -> None:
    reply = counts(endpoints)
    assert (reply["remaining"], reply["total"], reply["wrong"]) == (3, 3, None)
    assert values(reply, "types") == {"Kamerbrief": 1, "rapport": 1, "regeling": 1}
    assert values(reply, "dossiers") == {"12345-I": 2}

    reply = counts(endpoints, types=["Kamerbrief"])
    assert reply["remaining"] == 1
    assert values(reply, "types") == {"Kamerbrief": 1, "rapport": 1, "regeling": 1}, "what another choice would bring"
    assert values(reply, "dossiers") == {"12345-I": 1}
    assert values(reply, "publishers") == {"Ministerie van Proefstad": 1, HOSTILE: 0}

    assert counts(endpoints, types=["Kamerbrief"], since="2024")["remaining"] == 0
    assert counts(endpoints, until="2023")["remaining"] == 2


@pytest.mark.parametrize(
    ("since", "until", "field", "says"),
    [
        ("vorig jaar", "", "since", "‘vorig jaar’ bij ‘Vanaf’"),
        ("2023", "2023-13", "until", "‘2023-13’ bij ‘Tot en met’"),
        ("2024", "2023", "until", "‘Vanaf’ (2024) ligt na ‘Tot en met’ (2023)"),
        ("nooit", "altijd", "since", "‘nooit’"),
    ],
)
def test_a_wrong_period_is_told_at_its_field_and_does_not_count(
    endpoints: Endpoints, since: str, until: str, field: str, says: str
) -> None:
    reply = counts(endpoints, types=["rapport"], since=since, until=until)
    assert reply["wrong"]["field"] == field
    assert says in reply["wrong"]["text"]
    assert (reply["remaining"], reply["total"]) == (1, 3)
    assert "valid date" in counts(endpoints, language="en", since="never")["wrong"]["text"]


def test_ones_own_documents_count_in_their_conversation_and_nowhere_else(endpoints: Endpoints) -> None:
    assert counts(endpoints, collection="gesprek")["total"] == 4
    assert counts(endpoints, collection="gesprek", mine=True)["remaining"] == 1
    assert "nota" not in values(counts(endpoints), "types")
    assert counts(endpoints, mine=True)["remaining"] == 0, "none of one's own is not all"


def test_in_library_refuses_what_asking_refuses() -> None:
    with pytest.raises(Told, match="Draai de datums om"):
        in_library(ChosenFilters(since="2024", until="2023"), [LETTER], DUTCH)
    filters = in_library(ChosenFilters(types=["nota"], mine=True), [LETTER, OWN], DUTCH)
    assert (filters.types, filters.documents) == (("nota",), ("eigen-1-nota",))


def test_filters_that_the_page_never_sends_and_an_index_that_is_gone_are_told(endpoints: Endpoints) -> None:
    assert endpoints.once["facets"]({"filters": {"kleur": "rood"}}) == {"problem": DUTCH.not_understood}
    gone = Shelf()
    offered = Endpoints()
    Filters(lambda collection: gone).offer(offered)

    def documents() -> list[DocumentInfo]:
        raise IndexUnusable("indexes/proef: there is no index; run `assistant build`")

    gone.documents = documents  # type: ignore[method-assign]
    reply = offered.once["facets"]({})
    assert reply["problem"] == DUTCH.errors[IndexUnusable]
    with pytest.raises(IndexUnusable):  # which warming up tells in the log
        Filters(lambda collection: gone).facets(Chosen())


def test_both_languages_fill_in_the_same_numbers() -> None:
    for name in ("all", "some", "none", "left", "found", "remove"):
        dutch, english = getattr(DUTCH.within, name), getattr(ENGLISH.within, name)
        assert [part for part in ("{remaining}", "{total}", "{count}", "{name}") if part in dutch] == [
            part for part in ("{remaining}", "{total}", "{count}", "{name}") if part in english
        ]
    within = texts()["nl"]["within"]
    assert isinstance(within, dict)
    assert within["all"] == "Zoekt in alle {total} documenten"


def test_a_type_in_two_spellings_is_one_value(endpoints: Endpoints) -> None:
    shelf = Shelf()
    shelf.infos_here = [LETTER, replace(LETTER, id="brief-2"), replace(LETTER, id="brief-3", type="kamerbrief")]
    offered = Endpoints()
    Filters(lambda collection: shelf).offer(offered)
    assert values(counts(offered), "types") == {"Kamerbrief": 3}
    assert counts(offered, types=["KAMERBRIEF"])["remaining"] == 3
