"""The words of our own in an export, in Dutch and English."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citing import Language, spelled_date
from assistant.export import Checked, Lost, documents
from assistant.model import Exchange


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language."""

    language: Language
    locale: str
    made: str  # with {date} and {time}
    understood_as: str
    partly: str
    abstained: str
    failed: str
    failed_title: str
    nearest: str
    sources: str
    notes: str
    note: str  # with {number}: the name of a marker
    back: str  # with {number}: the way back from a note to its marker
    see_note: str  # before the number of a note
    not_now: str  # with {number}: beside a statement whose quote no longer holds
    changed: str
    gone: str
    then: str
    about: str
    literal: str
    summaries: str
    lost: str
    model: str
    page: tuple[str, str]  # page ... of ...
    outcomes: tuple[str, str, str, str]  # answered, partly, abstained, failed
    counted: tuple[str, str]  # one question, several questions
    without: str  # after a number of abstentions
    columns: tuple[str, ...]


DUTCH = Wording(
    language="nl",
    locale="nl-NL",
    made="Gemaakt op {date}, {time} uur",
    understood_as="Begrepen als:",
    partly="Gedeeltelijk antwoord.",
    abstained="Geen antwoord in de documenten.",
    failed="Deze vraag is niet beantwoord.",
    failed_title="niet gelukt",
    nearest="Passages die het dichtst bij komen",
    sources="Bronnen",
    notes="Noten",
    note="Noot {number}",
    back="Terug naar de tekst bij noot {number}",
    see_note="Zie noot",
    not_now="Let op: het citaat bij deze zin klopt niet meer. Zie noot {number}.",
    changed="Let op: dit citaat staat niet meer zo in het document.",
    gone="Let op: dit document is niet meer beschikbaar. Het citaat is niet nagekeken.",
    then="Bij het antwoord stond:",
    about="Over dit document",
    literal="De antwoorden zijn gemaakt door een assistent die alleen zegt wat in de documenten staat. Tekst tussen "
    "aanhalingstekens in de noten is letterlijk en is bij het maken van dit document opnieuw met de bron vergeleken.",
    summaries="Staat er ‘geraadpleegd via samenvatting’, dan komt het citaat uit een samenvatting die voor deze "
    "assistent is geschreven. Het staat dan niet letterlijk in het origineel. Lees het origineel voordat u het aanhaalt.",
    lost="Citaten die niet meer kloppen zijn gemarkeerd met ‘Let op’. Stel die vragen opnieuw.",
    model="Een taalmodel heeft antwoorden geschreven. Elke zin is nagekeken bij de bronnen.",
    page=("Pagina", "van"),
    outcomes=("beantwoord", "gedeeltelijk beantwoord", "geen antwoord", "mislukt"),
    counted=("vraag", "vragen"),
    without="zonder antwoord",
    columns=("nr", "vraag", "uitkomst", "antwoord", "citaten", "adressen", "toelichting"),
)

ENGLISH = Wording(
    language="en",
    locale="en-GB",
    made="Made on {date} at {time}",
    understood_as="Understood as:",
    partly="Partial answer.",
    abstained="No answer in the documents.",
    failed="This question was not answered.",
    failed_title="failed",
    nearest="Nearest passages",
    sources="Sources",
    notes="Notes",
    note="Note {number}",
    back="Back to the text at note {number}",
    see_note="See note",
    not_now="Please note: the quote with this sentence no longer holds. See note {number}.",
    changed="Please note: this quote no longer stands like this in the document.",
    gone="Please note: this document is no longer available. The quote was not checked.",
    then="With the answer stood:",
    about="About this document",
    literal="The answers were made by an assistant that says only what the documents say. Text in quotation marks in the notes "
    "is literal and was compared with its source again when this document was made.",
    summaries="Where it says ‘consulted through a summary’, the quote comes from a summary that was written for this "
    "assistant and does not stand literally in the original. Read the original before you quote it.",
    lost="Quotes that no longer hold are marked ‘Please note’. Ask those questions again.",
    model="A language model wrote answers. Every sentence was checked against the sources.",
    page=("Page", "of"),
    outcomes=("answered", "partly answered", "no answer", "failed"),
    counted=("question", "questions"),
    without="without an answer",
    columns=("no", "question", "outcome", "answer", "quotes", "addresses", "remarks"),
)


def wording(language: str) -> Wording:
    """The words of a language; Dutch for every language but English."""
    return ENGLISH if language == "en" else DUTCH


def made_on(made: datetime.datetime, words: Wording) -> str:
    """`Gemaakt op 25 november 2026, 14:05 uur`."""
    return words.made.format(date=spelled_date(f"{made:%Y-%m-%d}", words.language), time=f"{made:%H:%M}")


def outcome(exchange: Exchange, words: Wording) -> str:
    """What came of a question, in a word or two."""
    answer = exchange.answer
    place = 3 if answer is None else ("answered", "partly", "abstained").index(answer.outcome)
    return words.outcomes[place]


def tally(exchanges: Sequence[Checked], words: Wording) -> str:
    """`3 vragen: 2 beantwoord, 1 mislukt.`"""
    outcomes = [outcome(checked.exchange, words) for checked in exchanges]
    names = {one: one for one in words.outcomes} | {words.outcomes[2]: words.without}
    counts = [f"{outcomes.count(one)} {name}" for one, name in names.items() if one in outcomes]
    return f"{len(exchanges)} {words.counted[len(exchanges) != 1]}: {', '.join(counts)}." if counts else ""


def lost_quote(why: Lost, words: Wording) -> str:
    """What is said instead of passing off as a quote what is none any more."""
    return words.gone if why == "gone" else words.changed


def closing(exchanges: Sequence[Checked], words: Wording) -> list[str]:
    """What a reader of the export must know of it, as far as it applies: literal quotes, summaries, lost quotes."""
    lines: list[str] = []
    cited = documents(exchanges)
    if cited:
        lines.append(words.literal)
    if any(info.provenance == "samenvatting" for info in cited):
        lines.append(words.summaries)
    if any(checked.lost for checked in exchanges):
        lines.append(words.lost)
    if any(checked.answer is not None and checked.answer.answerer != "extractive" for checked in exchanges):
        lines.append(words.model)
    return lines
