"""The texts of the documents tab."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentsWords:
    """What the tab says; `{count}`, `{found}` and `{total}` are numbers, `{title}` is that of a document."""

    search: str
    search_hint: str
    status: str
    all: str
    current: str
    replaced: str
    needs_ocr: str
    unreadable: str
    table: str
    title: str
    type: str
    date: str
    publisher: str
    identifier: str
    passages: str
    page_count: str
    status_column: str
    sort_by: str
    dossier: str
    own: str
    replaced_by: str
    also_replaced: str
    partly_read: str
    unreadable_because: str
    about: str
    about_start: str
    about_limited: str
    one: str
    many: str
    unread: str
    unreadable_files: str
    found: str
    none: str
    empty: str
    page: str
    previous: str
    next: str
    loading: str


DUTCH = DocumentsWords(
    search="Zoek een document",
    search_hint="Titel, kenmerk, dossier, soort of uitgever",
    status="Status",
    all="Alle",
    current="Actueel",
    replaced="Vervangen",
    needs_ocr="Nog niet gelezen (scan)",
    unreadable="Onleesbaar",
    table="Documenten",
    title="Titel",
    type="Soort",
    date="Datum",
    publisher="Uitgever",
    identifier="Kenmerk",
    passages="Passages",
    page_count="Bladzijden",
    status_column="Status",
    sort_by="Sorteer op",
    dossier="dossier {dossier}",
    own="van u",
    replaced_by="Vervangen door",
    also_replaced="Ook vervangen door",
    partly_read="Deels niet gelezen (scan): bladzijde {pages}",
    unreadable_because="Onleesbaar: {reason}",
    about="Vraag over dit document",
    about_start="Wat staat er in ‘{title}’ over ",
    about_limited="Maak uw vraag af. De assistent zoekt alleen in dit document.",
    one="{count} document",
    many="{count} documenten",
    unread="{count} nog niet gelezen",
    unreadable_files="{count} onleesbaar",
    found="{found} gevonden van {total}",
    none="Geen document gevonden. Gebruik minder of andere woorden, of kies bij status ‘Alle’.",
    empty="Er staan nog geen documenten in de index.",
    page="Deel {page} van {pages}",
    previous="Vorige",
    next="Volgende",
    loading="De lijst wordt opgehaald …",
)

ENGLISH = DocumentsWords(
    search="Find a document",
    search_hint="Title, reference, dossier, type or publisher",
    status="Status",
    all="All",
    current="Current",
    replaced="Replaced",
    needs_ocr="Not yet read (scan)",
    unreadable="Unreadable",
    table="Documents",
    title="Title",
    type="Type",
    date="Date",
    publisher="Publisher",
    identifier="Reference",
    passages="Passages",
    page_count="Pages",
    status_column="Status",
    sort_by="Sort by",
    dossier="dossier {dossier}",
    own="yours",
    replaced_by="Replaced by",
    also_replaced="Also replaced by",
    partly_read="Partly unread (scan): page {pages}",
    unreadable_because="Unreadable: {reason}",
    about="Ask about this document",
    about_start="What does ‘{title}’ say about ",
    about_limited="Finish your question. The assistant searches this document only.",
    one="{count} document",
    many="{count} documents",
    unread="{count} not yet read",
    unreadable_files="{count} unreadable",
    found="{found} found of {total}",
    none="No document found. Use fewer or other words, or choose ‘All’ for status.",
    empty="There are no documents in the index yet.",
    page="Part {page} of {pages}",
    previous="Previous",
    next="Next",
    loading="Fetching the list …",
)
