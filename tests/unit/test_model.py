"""The words of the domain: the few that compute something."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import model
from assistant.model import Anchor, Filters, date_span

LABELS = [
    (Anchor(), ""),
    (Anchor(page=3), "p. 3"),
    (Anchor(section=("Agenda", "Kernpunten")), "Kernpunten"),
    (Anchor(page=3, section=("Agenda", "Kernpunten"), article="4, lid 2"), "p. 3, Kernpunten, art. 4, lid 2"),
    (Anchor(article="7a"), "art. 7a"),
]


@pytest.mark.parametrize(("anchor", "label"), LABELS)
def test_an_anchor_says_page_nearest_heading_and_article(anchor: Anchor, label: str) -> None:
    assert anchor.label == label


SPANS = [
    ("", None),
    ("2023", (20230101, 20231231)),
    ("2023-07", (20230701, 20230731)),
    ("2024-02", (20240201, 20240229)),
    ("2023-12", (20231201, 20231231)),
    ("2023-07-07", (20230707, 20230707)),
]


@pytest.mark.parametrize(("date", "span"), SPANS)
def test_a_date_spans_its_days(date: str, span: tuple[int, int] | None) -> None:
    assert date_span(date) == span


@pytest.mark.parametrize(
    "date", ["7 juli 2023", "2023-13", "2023-02-30", "23", "2023-7", "2023-07-07T00:00", "2023-", "0000", "-", " 2023"]
)
def test_anything_else_is_refused(date: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        date_span(date)


@given(st.dates())
def test_a_day_lies_within_its_month_and_year(day: datetime.date) -> None:
    written = day.isoformat()
    exact, month, year = date_span(written), date_span(written[:7]), date_span(written[:4])
    assert exact is not None
    assert month is not None
    assert year is not None
    assert exact[0] == exact[1] == int(written.replace("-", ""))
    assert year[0] <= month[0] <= exact[0] <= month[1] <= year[1]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(types=("brief",)),
        Filters(dossiers=("36200-XV",)),
        Filters(since="2023"),
        Filters(until="2023"),
        Filters(documents=("a",)),
        Filters(publishers=("CBS",)),
    ],
)
def test_any_filter_makes_filters_true(filters: Filters) -> None:
    assert filters
    assert not model.NO_FILTERS


def test_every_value_is_frozen() -> None:
    values = [value for value in vars(model).values() if dataclasses.is_dataclass(value)]
    assert len(values) > 15
    assert [value for value in values if not value.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]
