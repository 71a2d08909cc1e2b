"""Every text of the page, in Dutch and in English, and errors as plain sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from types import MappingProxyType

from assistant.answering.checking import Problem
from assistant.errors import (
    AssistantError,
    IndexMismatch,
    IndexUnusable,
    ModelUnavailable,
    SettingsError,
    UnreadableQuestions,
)
from assistant.feedback import FeedbackUnavailable
from assistant.model import Anchor, DocumentInfo
from assistant.web.wording import documents as documents_words
from assistant.web.wording import filters as filter_words
from assistant.web.wording import question_list as question_list_words
from assistant.web.wording import source as source_words
from assistant.web.wording import taking as taking_words
from assistant.web.wording import thumbs as thumb_words
from assistant.web.wording import uploads as uploads_words
from assistant.web.wording.documents import DocumentsWords
from assistant.web.wording.filters import FilterWords
from assistant.web.wording.question_list import QuestionListWords
from assistant.web.wording.source import SourceWords
from assistant.web.wording.taking import TakingWords
from assistant.web.wording.thumbs import ThumbWords
from assistant.web.wording.uploads import UploadsWords


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of the page in one language."""

    language: str
    title: str
    tagline: str
    other_language: str
    examples: str
    loading: str
    holdings: str
    holding_none: str
    held: str
    held_one: str
    dated: str
    dated_one: str
    what_not: str
    limits: tuple[str, ...]
    question: str
    placeholder: str
    ask: str
    restart: str
    tab_ask: str
    tab_documents: str
    tab_questionnaire: str
    tab_about: str
    conversations: str
    conversations_note: str
    untitled: str
    rename: str
    rename_prompt: str
    delete: str
    delete_all: str
    delete_confirm: str
    delete_all_confirm: str
    store_full: str
    store_off: str
    menu: str
    save: str
    deleted: str
    filters: str
    types: str
    dossiers: str
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
    tools: str
    copy_answer: str
    retry: str
    edit: str
    editing: str
    cancel_edit: str
    copy_link: str
    copied: str
    not_copied: str
    correct: str
    ask_better: str
    better: tuple[str, ...]
    stop: str
    stopped: str
    answered: str
    no_answer: str
    no_question: str
    no_connection: str
    not_understood: str
    official: str
    new_window: str
    summary: str
    original: str
    no_language_model: str
    language_model: str
    writing: str
    written_switch: str
    written_note: str
    checked: str
    done: Mapping[str, str]
    technical: str
    source: str
    close: str
    page_image: str
    cut_before: str
    cut_after: str
    changed: str
    gone: str
    not_drawn: str
    panel: SourceWords
    within: FilterWords
    thumbs: ThumbWords
    documents: DocumentsWords
    uploads: UploadsWords
    taking: TakingWords
    question_list: QuestionListWords
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
    loading="Documenten openen …",
    holdings="Wat erin zit",
    holding_none="Er staan nog geen documenten in de index.",
    held="{count} documenten",
    held_one="1 document",
    dated=", van {oldest} tot en met {newest}",
    dated_one=", van {oldest}",
    what_not="Wat de assistent niet doet",
    limits=(
        "Hij verzint niets: achter elke zin staat het citaat dat hem bewijst. Vindt hij niets, dan zegt hij dat.",
        "Hij kent alleen de documenten van deze verzameling. Wat daar niet in staat, weet hij niet.",
        "Hij geeft geen juridisch advies en rekent niet. Lees voor een besluit het origineel.",
    ),
    question="Uw vraag",
    placeholder="Stel een vraag",
    ask="Vraag",
    restart="Nieuw gesprek",
    tab_ask="Vragen",
    tab_documents="Documenten",
    tab_questionnaire="Vragenlijst",
    tab_about="Over",
    conversations="Gesprekken",
    conversations_note="Alleen bewaard in deze browser, niet op de server. Van meer dan 100 gesprekken vervalt het oudste.",
    untitled="Nieuw gesprek",
    rename="Hernoem",
    rename_prompt="Naam van het gesprek",
    delete="Verwijder",
    delete_all="Verwijder alle gesprekken",
    delete_confirm="Gesprek ‘{title}’ verwijderen? De vragen, antwoorden en eigen documenten zijn dan weg.",
    delete_all_confirm="Alle gesprekken verwijderen? De vragen, antwoorden en eigen documenten zijn dan weg.",
    store_full="Deze browser kan geen gesprekken meer bewaren: de ruimte is vol. Verwijder een oud gesprek.",
    store_off="Deze browser bewaart geen gesprekken. Sluit u de pagina, dan is dit gesprek weg.",
    menu="Gesprekken",
    save="Bewaar",
    deleted="Verwijderd.",
    filters="Zoek alleen in bepaalde documenten",
    types="Soort document",
    dossiers="Dossier",
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
    tools="Met dit antwoord",
    copy_answer="Kopieer antwoord",
    retry="Vraag opnieuw",
    edit="Wijzig vraag",
    editing="U wijzigt een eerdere vraag. Wat daarna kwam, vervalt.",
    cancel_edit="Laat de vraag zoals hij was",
    copy_link="Kopieer link",
    copied="Gekopieerd.",
    not_copied="Kopiëren lukt niet in deze browser. Selecteer de tekst en kopieer die zelf.",
    correct="Bedoelt u iets anders? Pas aan",
    ask_better="Zo vraagt u het beter",
    better=(
        "Noem de regeling, het programma of het document bij naam, bijvoorbeeld ‘SPUK Kansrijke Wijk’.",
        "Vraag één ding tegelijk: een bedrag, een datum, een voorwaarde.",
        "Gebruik woorden die in een Kamerbrief of regeling staan, bijvoorbeeld ‘specifieke uitkering’.",
        "Staan er filters aan? Haal ze weg en vraag het opnieuw.",
    ),
    stop="Stop",
    stopped="Gestopt. Deze vraag is niet beantwoord.",
    answered="Antwoord",
    no_answer="Geen antwoord",
    no_question="Typ eerst uw vraag.",
    no_connection="Er is geen verbinding met het programma. Kijk of het nog draait en vraag het dan opnieuw.",
    not_understood="De pagina stuurde iets dat het programma niet begrijpt. Laad de pagina opnieuw.",
    official="Origineel",
    new_window="opent in een nieuw venster",
    summary="onze samenvatting",
    original="het document zelf",
    no_language_model="Zinnen uit de bronnen zelf, zonder taalmodel",
    language_model="Geschreven door een taalmodel, elke zin nagekeken bij de bronnen",
    writing="Schrijven en nakijken …",
    written_switch="Antwoord in gewone zinnen, geschreven door een taalmodel",
    written_note="Elke zin wordt nagekeken bij de bronnen. De vraag en de gevonden passages gaan naar het taalmodel.",
    checked="Nagekeken en niet zo getoond: {count} van de zinnen van het taalmodel",
    done=MappingProxyType(
        {"mended": "Verbeterd.", "replaced": "Vervangen door een zin uit de bron.", "left out": "Weggelaten."}
    ),
    technical="Technische melding",
    source="Bron",
    close="Sluiten",
    page_image="Bladzijde {page} met het citaat gemarkeerd",
    cut_before="Het begin van dit lange document is hier weggelaten.",
    cut_after="De rest van dit lange document is hier weggelaten.",
    changed="Dit document is gewijzigd sinds het antwoord werd gegeven. Stel de vraag opnieuw voor het citaat van nu.",
    gone="Dit document staat niet meer in de index. Stel de vraag opnieuw.",
    not_drawn="De bladzijde zelf kan hier niet worden getekend. Dit is de tekst ervan.",
    panel=source_words.DUTCH,
    within=filter_words.DUTCH,
    thumbs=thumb_words.DUTCH,
    documents=documents_words.DUTCH,
    uploads=uploads_words.DUTCH,
    taking=taking_words.DUTCH,
    question_list=question_list_words.DUTCH,
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
            FeedbackUnavailable: "Uw oordeel kon niet worden bewaard. Probeer het later nog eens, of meld het aan de beheerder.",
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
    examples="For example (the documents are in Dutch)",
    loading="Opening the documents …",
    holdings="What is in it",
    holding_none="There are no documents in the index yet.",
    held="{count} documents",
    held_one="1 document",
    dated=", from {oldest} up to {newest}",
    dated_one=", of {oldest}",
    what_not="What the assistant does not do",
    limits=(
        "It makes nothing up: behind every sentence is the quote that proves it. When it finds nothing, it says so.",
        "It knows only the documents of this collection.",
        "It gives no legal advice and does no sums. Read the original before you decide.",
    ),
    question="Your question",
    placeholder="Ask a question",
    ask="Ask",
    restart="New conversation",
    tab_ask="Questions",
    tab_documents="Documents",
    tab_questionnaire="Question list",
    tab_about="About",
    conversations="Conversations",
    conversations_note="Kept in this browser only, not on the server. Of more than 100 conversations the oldest goes.",
    untitled="New conversation",
    rename="Rename",
    rename_prompt="Name of the conversation",
    delete="Delete",
    delete_all="Delete all conversations",
    delete_confirm="Delete conversation ‘{title}’? Its questions, answers and own documents will be gone.",
    delete_all_confirm="Delete all conversations? Their questions, answers and own documents will be gone.",
    store_full="This browser cannot keep more conversations: its space is full. Delete an old conversation.",
    store_off="This browser keeps no conversations. When you close the page, this conversation is gone.",
    menu="Conversations",
    save="Save",
    deleted="Deleted.",
    filters="Search in certain documents only",
    types="Type of document",
    dossiers="Dossier",
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
    tools="With this answer",
    copy_answer="Copy answer",
    retry="Ask again",
    edit="Edit question",
    editing="You are editing an earlier question. What came after it will go.",
    cancel_edit="Leave the question as it was",
    copy_link="Copy link",
    copied="Copied.",
    not_copied="Copying does not work in this browser. Select the text and copy it yourself.",
    correct="Do you mean something else? Change it",
    ask_better="How to ask better",
    better=(
        "Name the scheme, the programme or the document, for instance ‘SPUK Kansrijke Wijk’.",
        "Ask one thing at a time: an amount, a date, a condition.",
        "Use words that stand in a letter to parliament or a regulation; Dutch words find most.",
        "Are filters on? Take them away and ask again.",
    ),
    stop="Stop",
    stopped="Stopped. This question was not answered.",
    answered="Answer",
    no_answer="No answer",
    no_question="Type your question first.",
    no_connection="There is no connection with the program. See whether it is still running and ask again.",
    not_understood="The page sent something that the program does not understand. Load the page again.",
    official="Official document",
    new_window="opens in a new window",
    summary="our summary",
    original="the document itself",
    no_language_model="Sentences from the sources themselves, without a language model",
    language_model="Written by a language model, every sentence checked against the sources",
    writing="Writing and checking …",
    written_switch="Answer in plain sentences, written by a language model",
    written_note="Every sentence is checked against the sources. The question and the passages found go to the language model.",
    checked="Checked and not shown as written: {count} of the language model's sentences",
    done=MappingProxyType(
        {"mended": "Mended.", "replaced": "Replaced by a sentence of the source.", "left out": "Left out."}
    ),
    technical="Technical message",
    source="Source",
    close="Close",
    page_image="Page {page} with the quote highlighted",
    cut_before="The beginning of this long document is left out here.",
    cut_after="The rest of this long document is left out here.",
    changed="This document has changed since the answer was given. Ask again for today's quote.",
    gone="This document is no longer in the index. Ask again.",
    not_drawn="The page itself cannot be drawn here. This is its text.",
    panel=source_words.ENGLISH,
    within=filter_words.ENGLISH,
    thumbs=thumb_words.ENGLISH,
    documents=documents_words.ENGLISH,
    uploads=uploads_words.ENGLISH,
    taking=taking_words.ENGLISH,
    question_list=question_list_words.ENGLISH,
    wrong_date="‘{value}’ in ‘{label}’ is not a valid date. Write a year, month or day like this: {form}.",
    wrong_order="‘From’ ({since}) lies after ‘Up to and including’ ({until}). Swap the dates or clear one.",
    months=tuple("January February March April May June July August September October November December".split()),
    errors=MappingProxyType(
        {
            IndexMismatch: "The index does not fit the settings. Make it anew with ‘assistant build --fresh’.",
            IndexUnusable: "There is no usable index of the documents. Make one with ‘assistant build’ and ask again.",
            ModelUnavailable: "The model cannot be loaded. ‘assistant doctor’ says what to do.",
            SettingsError: "A setting of the program is wrong. ‘assistant doctor’ says which.",
            FeedbackUnavailable: "Your judgement could not be kept. Try again later, or tell whoever runs this program.",
            AssistantError: "The question could not be answered. ‘assistant doctor’ says what is wrong.",
            Exception: "Something unexpected went wrong. The error is in the window where the program runs; try again.",
        }
    ),
)


def wording(language: str) -> Wording:
    """The texts in a language; Dutch for every language but English."""
    return ENGLISH if language == "en" else DUTCH


def texts() -> dict[str, dict[str, object]]:
    """Every text by language and name, for the scripts of the page and Gradio's own parts."""
    return {
        words.language: {
            field.name: _plain(getattr(words, field.name)) for field in fields(words) if field.name != "errors"
        }
        for words in (DUTCH, ENGLISH)
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


_PROBLEMS = {
    Problem.UNCITED: "Er stond geen bron achter.",
    Problem.UNKNOWN_SOURCE: "De genoemde bron bestaat niet.",
    Problem.FOREIGN: "Er stond een adres of opmaak in die de bron niet heeft.",
    Problem.FIGURE: "Er stond een getal, bedrag of datum in die de bron niet heeft.",
    Problem.NAME: "Er stond een naam in die de bron niet heeft.",
    Problem.MIXED: "Het getal hoort in de bron bij iets anders.",
    Problem.NEGATION: "De bron ontkent dit, of juist niet.",
    Problem.MODALITY: "De bron zegt dit niet als plicht of als toestemming.",
    Problem.OPPOSITE: "De bron zegt het tegenovergestelde.",
    Problem.SUPERLATIVE: "De bron noemt niets het meeste of het minste.",
    Problem.ACT: "De bron kent deze toezegging, dit besluit, antwoord of advies niet.",
    Problem.TREND: "De bron spreekt niet van een stijging of daling.",
    Problem.JUDGEMENT: "Dat oordeel geeft de bron niet.",
    Problem.EXPECTED: "De bron geeft dit als verwachting of schatting, niet als feit.",
    Problem.ORDINAL: "De bron gaat over een andere tranche of ronde.",
    Problem.DISTANT: "De bron zegt dit niet zo.",
    Problem.NOTHING: "De zin zegt niets: hij legt iets met zichzelf uit.",
    Problem.LEANING: "De zin is niet te begrijpen zonder een zin die niet wordt getoond.",
    Problem.BESIDE: "De zin klopt met de bron, maar beantwoordt de vraag niet.",
}


def problem(said: str, words: Wording) -> str:
    """What was wrong with a sentence of a language model: `a figure that ...: € 4 miljoen` in words for the reader."""
    kind, _, detail = said.partition(": ")
    if words.language == "en" or kind not in set(Problem):
        return f"{said[:1].upper()}{said[1:]}."
    return f"{_PROBLEMS[Problem(kind)]}{f' (‘{detail}’)' if detail else ''}"


def sentence(error: Exception, words: Wording) -> str:
    """An error as one plain sentence that says what to do."""
    if isinstance(error, UnreadableQuestions):
        return error.english if words.language == "en" else error.dutch
    return next(words.errors[kind] for kind in type(error).__mro__ if kind in words.errors)


def date(value: str, words: Wording) -> str:
    """`2023-07-07` as `7 juli 2023`, `2025-05` as `mei 2025`, `2024` as itself."""
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", value)
    if match is None or not 1 <= int(match[2]) <= 12:
        return value
    day = f"{int(match[3])} " if match[3] else ""
    return f"{day}{words.months[int(match[2]) - 1]} {match[1]}"


_FILE_NAME = re.compile(r"\.(?:txt|md|pdf|docx?|odt|html?|xml)$", re.IGNORECASE)  # tells a reader nothing


def particulars(info: DocumentInfo, words: Wording) -> list[str]:
    """What a document is, in the order a reader wants it: type, date, publisher, identifier."""
    identifier = "" if _FILE_NAME.search(info.identifier) else info.identifier
    parts = (info.type, date(info.date, words), info.publisher, identifier)
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
