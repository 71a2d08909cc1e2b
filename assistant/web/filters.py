"""The filters below the question box: what can be chosen, and how many documents remain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Protocol

from assistant import model
from assistant.index.private import MARK, is_marked
from assistant.model import DocumentInfo
from assistant.overview import FacetValue, facets
from assistant.web.requests import ChosenFilters, Endpoints, Reply, Request, Told
from assistant.web.wording import DUTCH, Wording


class Library(Protocol):
    """What is filtered."""

    def documents(self) -> Sequence[DocumentInfo]: ...


class Chosen(Request):
    """What is chosen now."""

    filters: ChosenFilters = ChosenFilters()


class Filters:
    """Counts what remains in the library that a conversation may see."""

    def __init__(self, library_of: Callable[[str | None], Library]) -> None:
        self._library_of = library_of

    def offer(self, endpoints: Endpoints) -> None:
        endpoints.add("facets", Chosen, self.facets)

    def facets(self, request: Chosen) -> Reply:
        """The values of every facet with their counts. A period that cannot be used does not count and is told as `wrong`."""
        infos = self._library_of(request.collection).documents()
        chosen, wrong = request.filters, None
        try:
            filters = in_library(chosen, infos, request.words)
        except Told as told:
            wrong = {"field": _wrong_field(chosen), "text": str(told)}
            filters = in_library(chosen.model_copy(update={"since": "", "until": ""}), infos, request.words)
        found = facets(infos, filters)
        return {
            "types": _values(found.types),
            "dossiers": _values(found.dossiers),
            "publishers": _values(found.publishers),
            "remaining": found.remaining,
            "total": found.total,
            "wrong": wrong,
        }


def in_library(chosen: ChosenFilters, infos: Sequence[DocumentInfo], words: Wording) -> model.Filters:
    """The chosen filters as retrieval takes them, with `mine` as the user's own documents among `infos`.

    Raises:
        Told: a date is not one, or `since` lies after `until`.
    """
    filters = chosen.filters(words)
    if not chosen.mine:
        return filters
    own = tuple(info.id for info in infos if is_marked(info.id))
    return replace(
        filters, documents=own or (MARK,)
    )  # no document's id: only one's own, when there are none, is nothing


def _wrong_field(chosen: ChosenFilters) -> str:
    try:
        model.date_span(chosen.since.strip())
    except ValueError:
        return "since"
    return "until"  # not a date, or before `since`


def _values(values: Sequence[FacetValue]) -> list[Reply]:
    return [{"value": one.value, "count": one.count} for one in values]


# ------------------------------------------------------------------------------------------------ markup


def _text(name: str) -> str:
    """A text that desk.js puts in the language of the page: of the whole page, or of the filters (`within.`)."""
    part = DUTCH.within if name.startswith("within.") else DUTCH
    return f'<span data-text="{name}">{escape(str(getattr(part, name.removeprefix("within."))))}</span>'


def _facet(name: str, legend: str, search: str = "") -> str:
    box = (
        f'<input type="search" data-label="{search}" data-placeholder="{search}" autocomplete="off">' if search else ""
    )
    nothing = f'<p class="note" hidden>{_text("within.no_match")}</p>'
    return f'<fieldset data-facet="{name}" hidden><legend>{_text(legend)}</legend>{box}<ul></ul>{nothing}</fieldset>'


def _date(name: str) -> str:
    return (
        f'<p class="date"><label for="filters-{name}">{_text(name)}</label>'
        f'<input id="filters-{name}" type="text" autocomplete="off" aria-describedby="filters-form filters-{name}-wrong">'
        f'<span id="filters-{name}-wrong" class="wrong" hidden></span></p>'
    )


# `#within` stays hidden until it is known what there is; filters.js fills the lists.
MARKUP = f"""\
<div id="within" hidden>
<div id="filters-line"><span id="filters-said"></span>
<button type="button" id="filters-open" class="tool" aria-expanded="false" aria-controls="filters-panel"
 aria-describedby="filters-said">{_text("within.open")}</button></div>
<ul id="filters-chosen" data-label="within.chosen" hidden></ul>
<div id="filters-panel" role="group" data-label="filters" hidden>
<div id="filters-facets">
{_facet("types", "types")}
{_facet("dossiers", "dossiers", "within.search_dossiers")}
{_facet("publishers", "within.publishers", "within.search_publishers")}
<fieldset class="period"><legend>{_text("within.period")}</legend><div>{_date("since")}{_date("until")}
<p id="filters-form" class="note">{_text("within.form")} {_text("date_form")}. {_text("within.undated")}</p></div></fieldset>
</div>
<div id="filters-foot"><span id="filters-left"></span>
<button type="button" class="tool" data-filters="clear">{_text("within.clear")}</button>
<button type="button" class="button" data-filters="done">{_text("within.done")}</button></div>
</div>
</div>"""
