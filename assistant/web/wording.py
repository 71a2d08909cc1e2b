"""Every text of the page, in Dutch and in English, and errors as plain sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.errors import AssistantError, IndexMismatch, IndexUnusable, ModelUnavailable, SettingsError
from assistant.model import Anchor, DocumentInfo

EXAMPLES = (
    "Tot wanneer loopt de Agenda?",
    "Hoeveel geld is er voor de SPUK Kansrijke Wijk?",
    "Wat is het doel van de Agenda?",
    "Op welke toezegging over voortgang kan de Kamer rekenen?",
)


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of the page in one language."""

    language: str
    title: str
    tagline: str
    other_language: str
    examples: str
    question: str
    placeholder: str
    ask: str
    restart: str
    filters: str
    types: str
    dossiers: str
    all: str
    since: str
    until: str
    date_form: str
    you: str
    understood_as: str
    abstained: str
    partly: str
    nearest: str
    sources: str
    suggestions: str
    open_source: str
    official: str
    new_window: str
    summary: str
    original: str
    no_language_model: str
    language_model: str
    technical: str
    source: str
    close: str
    page_image: str
    cut_before: str
    cut_after: str
    changed: str
    gone: str
    not_drawn: str
    wrong_date: str
    wrong_order: str
    months: tuple[str, ...]
    errors: Mapping[type[Exception], str]


DUTCH = Wording(
    language="nl",
    title="Vraag het de documenten",
    tagline="Antwoorden met het exacte citaat erbij. Staat iets niet in de documenten, dan zegt de assistent dat.",
    other_language="English",
    examples="Bijvoorbeeld",
    question="Uw vraag",
    placeholder="Stel een vraag over de documenten",
    ask="Vraag",
    restart="Nieuw gesprek",
    filters="Zoek alleen in bepaalde documenten",
    types="Soort document",
    dossiers="Dossier",
    all="alle",
    since="Vanaf",
    until="Tot en met",
    date_form="2023, 2023-07 of 2023-07-07",
    you="U vroeg",
    understood_as="Begrepen als",
    abstained="Geen antwoord in de documenten",
    partly="Gedeeltelijk antwoord",
    nearest="Passages die het dichtst bij komen",
    sources="Bronnen",
    suggestions="Probeer ook",
    open_source="Toon in het document",
    official="Origineel",
    new_window="opent in een nieuw venster",
    summary="onze samenvatting",
    original="het document zelf",
    no_language_model="Zinnen uit de bronnen zelf, zonder taalmodel",
    language_model="Geschreven door een taalmodel, elke zin nagekeken bij de bronnen",
    technical="Technische melding",
    source="Bron",
    close="Sluiten",
    page_image="Bladzijde {page} met het citaat gemarkeerd",
    cut_before="Het begin van dit lange document is hier weggelaten.",
    cut_after="De rest van dit lange document is hier weggelaten.",
    changed="Dit document is gewijzigd sinds het antwoord werd gegeven. Stel de vraag opnieuw voor het citaat van nu.",
    gone="Dit document staat niet meer in de index. Stel de vraag opnieuw.",
    not_drawn="De bladzijde zelf kan hier niet worden getekend. Dit is de tekst ervan.",
    wrong_date="‘{value}’ bij ‘{label}’ is geen geldige datum. Schrijf een jaar, maand of dag zo: {form}.",
    wrong_order="‘Vanaf’ ({since}) ligt na ‘Tot en met’ ({until}). Draai de datums om of maak er een leeg.",
    months=tuple("januari februari maart april mei juni juli augustus september oktober november december".split()),
    errors=MappingProxyType(
        {
            IndexMismatch: "De index past niet bij de instellingen. Maak hem opnieuw met ‘assistant build --fresh’.",
            IndexUnusable: "Er is geen bruikbare index van de documenten. Maak die met ‘assistant build’ en stel de "
            "vraag daarna opnieuw.",
            ModelUnavailable: "Het model kan niet worden geladen. ‘assistant doctor’ zegt wat eraan te doen is.",
            SettingsError: "Een instelling van het programma klopt niet. ‘assistant doctor’ zegt welke.",
            AssistantError: "De vraag kon niet worden beantwoord. ‘assistant doctor’ zegt wat er mis is.",
            Exception: "Er ging onverwacht iets mis. De fout staat in het venster waarin het programma draait; "
            "probeer het opnieuw.",
        }
    ),
)

ENGLISH = Wording(
    language="en",
    title="Ask the documents",
    tagline="Answers with the exact quote behind them. What the documents do not say, the assistant does not say either.",
    other_language="Nederlands",
    examples="For example",
    question="Your question",
    placeholder="Ask about the documents",
    ask="Ask",
    restart="New conversation",
    filters="Search in certain documents only",
    types="Type of document",
    dossiers="Dossier",
    all="all",
    since="From",
    until="Up to and including",
    date_form="2023, 2023-07 or 2023-07-07",
    you="You asked",
    understood_as="Understood as",
    abstained="No answer in the documents",
    partly="Partial answer",
    nearest="Nearest passages",
    sources="Sources",
    suggestions="Try also",
    open_source="Show in the document",
    official="Official document",
    new_window="opens in a new window",
    summary="our summary",
    original="the document itself",
    no_language_model="Sentences from the sources themselves, without a language model",
    language_model="Written by a language model, every sentence checked against the sources",
    technical="Technical message",
    source="Source",
    close="Close",
    page_image="Page {page} with the quote highlighted",
    cut_before="The beginning of this long document is left out here.",
    cut_after="The rest of this long document is left out here.",
    changed="This document has changed since the answer was given. Ask again for today's quote.",
    gone="This document is no longer in the index. Ask again.",
    not_drawn="The page itself cannot be drawn here. This is its text.",
    wrong_date="‘{value}’ in ‘{label}’ is not a valid date. Write a year, month or day like this: {form}.",
    wrong_order="‘From’ ({since}) lies after ‘Up to and including’ ({until}). Swap the dates or clear one.",
    months=tuple("January February March April May June July August September October November December".split()),
    errors=MappingProxyType(
        {
            IndexMismatch: "The index does not fit the settings. Make it anew with ‘assistant build --fresh’.",
            IndexUnusable: "There is no usable index of the documents. Make one with ‘assistant build’ and ask again.",
            ModelUnavailable: "The model cannot be loaded. ‘assistant doctor’ says what to do.",
            SettingsError: "A setting of the program is wrong. ‘assistant doctor’ says which.",
            AssistantError: "The question could not be answered. ‘assistant doctor’ says what is wrong.",
            Exception: "Something unexpected went wrong. The error is in the window where the program runs; try again.",
        }
    ),
)


def wording(language: str) -> Wording:
    """The texts in a language; Dutch for every language but English."""
    return ENGLISH if language == "en" else DUTCH


def sentence(error: Exception, words: Wording) -> str:
    """An error as one plain sentence that says what to do."""
    return next(words.errors[kind] for kind in type(error).__mro__ if kind in words.errors)


def date(value: str, words: Wording) -> str:
    """`2023-07-07` as `7 juli 2023`, `2025-05` as `mei 2025`, `2024` as itself."""
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", value)
    if match is None or not 1 <= int(match[2]) <= 12:
        return value
    day = f"{int(match[3])} " if match[3] else ""
    return f"{day}{words.months[int(match[2]) - 1]} {match[1]}"


def particulars(info: DocumentInfo, words: Wording) -> list[str]:
    """What a document is, in the order a reader wants it: type, date, publisher, identifier."""
    parts = (info.type, date(info.date, words), info.publisher, info.identifier)
    return [part for part in parts if part]


def provenance(info: DocumentInfo, words: Wording) -> str:
    """Whether the reader sees our words or the document's own."""
    return words.summary if info.provenance == "samenvatting" else words.original


def place(anchor: Anchor, words: Wording) -> str:
    """An anchor in words; page and section read the same in both languages."""
    return anchor.label if words.language == "nl" else anchor.label.replace("art. ", "article ")


_STEPS = {"zoeken": "searching", "citaten controleren": "checking quotes"}


def step(name: str, words: Wording) -> str:
    """A step of `Asker.ask` as progress in words."""
    if words.language == "en":
        name = _STEPS.get(name, name.replace("passages lezen", "passages to read"))
    return f"{name[:1].upper()}{name[1:]} …"
