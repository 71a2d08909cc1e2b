"""The texts of the filters below the question box."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterWords:
    """What the filters say; `{remaining}` and `{total}` are numbers of documents, `{name}` is that of a filter."""

    all: str
    one: str
    some: str
    none: str
    wrong: str
    open: str
    left: str
    document: str
    documents: str
    publishers: str
    search_dossiers: str
    search_publishers: str
    found: str
    no_match: str
    period: str
    form: str
    undated: str
    mine: str
    chosen: str
    remove: str
    clear: str
    done: str
    unfiltered: str


DUTCH = FilterWords(
    all="Zoekt in alle {total} documenten",
    one="Zoekt in 1 document",
    some="Zoekt in {remaining} van de {total} documenten",
    none="Geen van de {total} documenten past bij deze filters",
    wrong="De periode klopt nog niet",
    open="Beperk",
    left="Nog {remaining} van {total} documenten",
    document="document",
    documents="documenten",
    publishers="Uitgever",
    search_dossiers="Zoek een dossier",
    search_publishers="Zoek een uitgever",
    found="{count} gevonden",
    no_match="Niets gevonden. Probeer een ander woord of een deel ervan.",
    period="Periode",
    form="Schrijf een jaar, maand of dag:",
    undated="Documenten zonder datum doen dan niet mee.",
    mine="Alleen mijn eigen documenten",
    chosen="Gekozen filters",
    remove="Haal weg: {name}",
    clear="Wis filters",
    done="Klaar",
    unfiltered="Vraag opnieuw zonder filters",
)

ENGLISH = FilterWords(
    all="Searches all {total} documents",
    one="Searches 1 document",
    some="Searches {remaining} of the {total} documents",
    none="None of the {total} documents fits these filters",
    wrong="The period is not right yet",
    open="Narrow down",
    left="{remaining} of {total} documents left",
    document="document",
    documents="documents",
    publishers="Publisher",
    search_dossiers="Find a dossier",
    search_publishers="Find a publisher",
    found="{count} found",
    no_match="Nothing found. Try another word, or part of it.",
    period="Period",
    form="Write a year, month or day:",
    undated="Documents without a date are then left out.",
    mine="Only my own documents",
    chosen="Filters in use",
    remove="Take away: {name}",
    clear="Clear filters",
    done="Done",
    unfiltered="Ask again without filters",
)
