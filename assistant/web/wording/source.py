"""The texts of the source panel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceWords:
    """What the source panel says; `{number}` is that of a citation, `{page}` that of a page."""

    opening: str
    content: str
    summary: str
    original: str
    newer: str
    citations: str
    position: str
    previous: str
    next: str
    no_previous: str
    no_next: str
    back_to: str
    opened: str
    copying: str
    copy_quote: str
    copy_reference: str
    to_quote: str
    view: str
    pages: str
    text: str
    page: str
    of_pages: str
    previous_page: str
    next_page: str
    zoom: str
    zoom_in: str
    zoom_out: str
    fit: str
    page_alone: str
    page_waiting: str
    page_gone: str
    no_place: str
    show_before: str
    show_after: str


DUTCH = SourceWords(
    opening="Het document wordt geopend …",
    content="Inhoud van het document",
    summary="Dit is onze samenvatting, niet het document zelf.",
    original="Dit is het document zelf.",
    newer="Er is een nieuwer document:",
    citations="Citaten van dit antwoord",
    position="{at} van {all}",
    previous="Vorig citaat [{number}]",
    next="Volgend citaat [{number}]",
    no_previous="Vorig citaat",
    no_next="Volgend citaat",
    back_to="Terug naar citaat [{number}]",
    opened="Citaat {at} van {all}: {title}",
    copying="Citeren",
    copy_quote="Kopieer citaat",
    copy_reference="Kopieer verwijzing",
    to_quote="Naar het citaat",
    view="Weergave",
    pages="Bladzijden",
    text="Tekst",
    page="Bladzijde",
    of_pages="van {pages}",
    previous_page="Vorige bladzijde",
    next_page="Volgende bladzijde",
    zoom="Vergroting",
    zoom_in="Vergroot",
    zoom_out="Verklein",
    fit="Hele breedte",
    page_alone="Bladzijde {page}. Kies ‘Tekst’ om hem te lezen.",
    page_waiting="Bladzijde {page} wordt getekend …",
    page_gone="Bladzijde {page} kan hier niet worden getekend. Kies ‘Tekst’ om hem te lezen.",
    no_place="Waar dit citaat op de bladzijde staat, is niet bekend. Op de bladzijden is daarom niets gemarkeerd.",
    show_before="Toon wat ervoor staat",
    show_after="Toon wat erna komt",
)

ENGLISH = SourceWords(
    opening="Opening the document …",
    content="Content of the document",
    summary="This is our summary, not the document itself.",
    original="This is the document itself.",
    newer="There is a newer document:",
    citations="Citations of this answer",
    position="{at} of {all}",
    previous="Previous citation [{number}]",
    next="Next citation [{number}]",
    no_previous="Previous citation",
    no_next="Next citation",
    back_to="Back to citation [{number}]",
    opened="Citation {at} of {all}: {title}",
    copying="Citing",
    copy_quote="Copy quote",
    copy_reference="Copy reference",
    to_quote="To the quote",
    view="View",
    pages="Pages",
    text="Text",
    page="Page",
    of_pages="of {pages}",
    previous_page="Previous page",
    next_page="Next page",
    zoom="Zoom",
    zoom_in="Zoom in",
    zoom_out="Zoom out",
    fit="Full width",
    page_alone="Page {page}. Choose ‘Text’ to read it.",
    page_waiting="Drawing page {page} …",
    page_gone="Page {page} cannot be drawn here. Choose ‘Text’ to read it.",
    no_place="Where this quote stands on its page is not known, so nothing is highlighted on the pages.",
    show_before="Show what comes before",
    show_after="Show what comes after",
)
