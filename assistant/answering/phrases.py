"""The words around quotes: reasons for silence, dates in Dutch, where a statement comes from. Dutch, or English when asked so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant import dutch
from assistant.answering import speech_acts
from assistant.answering.evidence import Ranked
from assistant.answering.question import Asked, Reading
from assistant.model import DocumentInfo

_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()

_LONGEST_TITLE = 70  # characters

_WANTED = {
    Asked.DATE: ("geen datum of periode", "no date or period"),
    Asked.AMOUNT: ("geen bedrag", "no amount"),
    Asked.NUMBER: ("geen aantal", "no number"),
    Asked.PERSON: ("geen naam of organisatie", "no name or organisation"),
    Asked.PLACE: ("geen plaats", "no place"),
    Asked.REASON: ("geen reden", "no reason"),
    Asked.FREQUENCY: ("niet hoe vaak", "no frequency"),
    Asked.CONTACT: ("geen adres of nummer", "no address or number"),
    Asked.PERIOD: ("geen periode", "no period"),
    Asked.MEANING: ("niet waar de afkorting voor staat", "no long form of the abbreviation"),
    Asked.LIST: ("geen opsomming", "no list"),
}


def date_in_words(date: str) -> str:
    """`2023-07-07` as `7 juli 2023`, `2025-05` as `mei 2025`, `2024` as `2024`, "" as `zonder datum`."""
    if not date:
        return "zonder datum"
    parts = [int(part) for part in date.split("-")]
    if len(parts) == 1:
        return str(parts[0])
    month = _MONTHS[parts[1] - 1]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{parts[2]} {month} {parts[0]}"


REPLACED = "inmiddels (deels) vervangen"  # of a document that a newer one replaces, in part or whole
CHANGED = "sindsdien op onderdelen gewijzigd"  # of a rule: what the change leaves alone still holds


def source_of(info: DocumentInfo, *, replaced: bool) -> str:
    """Where a statement comes from, to lead it when sources differ or when its document was replaced."""
    kind = info.type[:1].upper() + info.type[1:] if info.type else "Document"
    when = f"van {date_in_words(info.date)}" if info.date else "zonder datum"
    since = CHANGED if _RULE.search(info.type) else REPLACED
    return f"{kind} {when}, {since}" if replaced else f"{kind} {when}"


_RULE = re.compile(r"(?:regeling|wet|besluit|verordening)\b", re.IGNORECASE)


_NOTICES = {
    "not_found": (
        "Het taalmodel vond in de bronnen geen antwoord.",
        "The language model found no answer in the sources.",
    ),
    "found_by_words": (
        "Het taalmodel vond geen antwoord, de zoekmachine wel. Dit zijn de zinnen uit de bronnen zelf.",
        "The language model found no answer, the search did. These are the sentences of the sources themselves.",
    ),
    "led": (
        "De eerste zin komt rechtstreeks uit de bron: het taalmodel liet weg wat daarin staat.",
        "The first sentence is the source's own: the language model left out what it says.",
    ),
    "not_proven": (
        "Wat het taalmodel schreef, was niet met de bronnen te bewijzen. Dit is het antwoord zonder taalmodel.",
        "What the language model wrote could not be proven from the sources. This is the answer without a language model.",
    ),
    "not_proven_either": (
        "Wat het taalmodel schreef, was niet met de bronnen te bewijzen.",
        "What the language model wrote could not be proven from the sources.",
    ),
    "beside": (
        "Wat het taalmodel schreef, beantwoordt de vraag niet. Dit is het antwoord zonder taalmodel.",
        "What the language model wrote does not answer the question. This is the answer without a language model.",
    ),
    "beside_either": (
        "Wat het taalmodel schreef, beantwoordt de vraag niet.",
        "What the language model wrote does not answer the question.",
    ),
    "failed_extra": (
        "Voor dit taalmodel ontbreekt een onderdeel van het programma. Dit is het antwoord zonder taalmodel.",
        "A part of the program is missing for this language model. This is the answer without a language model.",
    ),
    "failed_name": (
        "Dit taalmodel bestaat niet bij de ingestelde aanbieder, of het adres klopt niet. Dit is het antwoord zonder taalmodel.",
        "The provider does not have this language model, or the address is wrong. This is the answer without a language model.",
    ),
    "failed_key": (
        "De sleutel voor het taalmodel is geweigerd. Dit is het antwoord zonder taalmodel.",
        "The key for the language model was refused. This is the answer without a language model.",
    ),
    "failed_unreachable": (
        "Het taalmodel is niet bereikbaar. Dit is het antwoord zonder taalmodel.",
        "The language model cannot be reached. This is the answer without a language model.",
    ),
    "failed_slow": (
        "Het taalmodel was niet op tijd klaar. Wat ontbreekt, is aangevuld zonder taalmodel.",
        "The language model was not ready in time. What is missing was added without a language model.",
    ),
    "failed_busy": (
        "Het taalmodel heeft het te druk. Dit is het antwoord zonder taalmodel.",
        "The language model is too busy. This is the answer without a language model.",
    ),
    "failed_broken": (
        "Het taalmodel gaf een fout. Wat ontbreekt, is aangevuld zonder taalmodel.",
        "The language model failed. What is missing was added without a language model.",
    ),
    "unsure": (
        "Dit komt het dichtst bij uw vraag, maar het is niet zeker dat het die beantwoordt. Kijk het na in de bron.",
        "This comes closest to your question, but it is not certain that it answers it. Check it in the source.",
    ),
    "failed_empty": (
        "Het taalmodel schreef niets. Dit is het antwoord zonder taalmodel.",
        "The language model wrote nothing. This is the answer without a language model.",
    ),
}


def notice(name: str, *, english: bool) -> str:
    """What a reader should know of how an answer came about."""
    return _NOTICES[name][1 if english else 0]


def no_subject(reading: Reading) -> str:
    """Why nothing is said to a question that any passage would fit."""
    if reading.language == "en":
        return "This question names no subject. Say what it is about: which scheme, programme, letter or place."
    return "Deze vraag noemt geen onderwerp. Zeg erbij waar het over gaat: welke regeling, welk programma, welke brief of plaats."


def no_such_document(reading: Reading, number: str, filtered: bool) -> str:
    """Why nothing is said of a document that is not here."""
    if reading.language == "en":
        where = "within the chosen filters" if filtered else "here"
        return f"No document {where} has the number {number}, and the passages found do not mention it."
    where = "binnen de gekozen filters" if filtered else "hier"
    return f"Geen document {where} heeft het nummer {number}, en de gevonden passages noemen het niet."


def nothing_found(reading: Reading, filtered: bool) -> str:
    """Why there is nothing at all."""
    if reading.language == "en":
        where = " within the chosen filters" if filtered else ""
        return f"No passage{where} matches this question."
    if filtered:
        return "Binnen de gekozen filters is geen passage gevonden. Verruim de filters of stel de vraag anders."
    return "Er is geen passage gevonden die bij deze vraag past."


def abstention(reading: Reading, best: Ranked, *, occurs: Callable[[str], bool]) -> str:
    """Why the nearest passages do not answer the question, in one or two plain sentences.

    Only what is true of all documents is said of a name: that it is nowhere in them, or that it is, but not with an answer.

    Args:
        occurs: whether a stem stands anywhere in the documents.
    """
    english = reading.language == "en"
    absent = [f"‘{original(reading, term.text)}’" for term in best.missing if term.name and not occurs(term.stem)]
    elsewhere = [f"‘{original(reading, term.text)}’" for term in best.missing if term.name and occurs(term.stem)]
    if absent:
        listed = _and(absent, english=english)
        return f"The documents do not mention {listed}." if english else f"In de documenten komt {listed} niet voor."
    if elsewhere:
        listed = _and(elsewhere, english=english)
        if english:
            return f"The documents mention {listed}, but not in a passage that clearly answers this question."
        return f"De documenten noemen {listed} wel, maar niet in een passage die deze vraag duidelijk beantwoordt."
    wanted = _lacking(reading, best, english=english)
    if wanted:
        if english:
            return f"The passages found come close, but the sentence that fits best gives {wanted}."
        return f"De gevonden passages komen in de buurt, maar de zin die het best past geeft {wanted}."
    if english:
        return "The documents do not clearly answer this question, so I do not guess. These are the nearest passages."
    return "De documenten geven hier geen duidelijk antwoord op. Ik gok niet; dit zijn de passages die het dichtst bij komen."


def _lacking(reading: Reading, best: Ranked, *, english: bool) -> str:
    """What the best sentence does not give, as it is said after *geeft*; "" when it is not for want of that."""
    if best.features.get("unfocused"):
        things = next((word.text for word in dutch.words(reading.text) if dutch.stem(word.text) == reading.focus), "")
        if things:
            return f"no {things}" if english else f"geen {things}"
    if best.features.get("undone"):
        for act, words in _ACTS.items():
            if act in speech_acts.acts(reading.text):
                return words[1 if english else 0]
    if (best.features["no_figure"] or best.features["no_kind"]) and reading.asked in _WANTED:
        return _WANTED[reading.asked][1 if english else 0]
    return ""


_ACTS = {
    "promise": ("geen toezegging", "no promise"),
    "vote": ("geen uitkomst van een stemming", "no outcome of a vote"),
}


def ask_better(reading: Reading, ranked: Sequence[Ranked]) -> tuple[str, ...]:
    """Questions that lead to what the nearest documents do say."""
    titles = dict.fromkeys(one.candidate.document.title for one in ranked if one.candidate.document.title)
    lead = "What does this document say: {}?" if reading.language == "en" else "Wat staat er in: {}?"
    return tuple(lead.format(_short(title)) for title in list(titles)[:2])


def _short(title: str) -> str:
    """A title that fits on a button, cut at a word."""
    return title if len(title) <= _LONGEST_TITLE else title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,:;(") + " …"


def original(reading: Reading, folded: str) -> str:
    """A folded term as it stands in the question."""
    for word in dutch.words(reading.text):
        if word.text == folded:
            return reading.text[word.start : word.end]
    return folded


def _and(items: Sequence[str], *, english: bool) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} {'and' if english else 'en'} {items[-1]}"
