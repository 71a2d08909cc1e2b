"""Greetings, thanks, *wat kun je?*, empty and prompt-like input: a sensible reply instead of a search."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant import dutch
from assistant.text import clean, fold

LONGEST_QUESTION_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, and whether questions to begin with belong beside it."""

    text: str
    leads_on: bool = True


WHAT_I_DO = (
    "Ik zoek in de documenten van deze verzameling en antwoord met letterlijke citaten en hun vindplaats. "
    "Vraag bijvoorbeeld naar doelen, bedragen, voorwaarden, data of toezeggingen. "
    "Staat iets niet in de documenten, dan zeg ik dat. "
    "(I answer questions about these documents with exact quotes, in Dutch or English.)"
)
EMPTY = "Stel een vraag in een of meer woorden, bijvoorbeeld naar een doel, een bedrag of een datum."
TOO_LONG = (
    f"De vraag is te lang (meer dan {LONGEST_QUESTION_CHARACTERS:,} tekens). Stel één vraag in een paar zinnen."
).replace(",", ".", 1)
ORDERS = (
    "Dit lijkt op een opdracht aan het programma, niet op een vraag over de documenten. Ik volg zulke opdrachten niet op. "
    "Stel een vraag over de inhoud van de documenten."
)

_GREETING = re.compile(
    r"(?:(?:hoi|hallo|hey|hi|hello|dag|goede(?:morgen|middag|navond)|goedenavond|goeiemorgen|good (?:morning|afternoon|evening))"
    r"(?: (?:allemaal|daar|there|assistent|iedereen|all))?[ !.,]*)+"
)
_HOW = re.compile(
    r"(?:hoe (?:gaat het|is het|gaat ie|is het met je)(?: met (?:je|u|jou))?|how are you(?: doing)?)[ ?!.]*"
)
_THANKS = re.compile(
    r"(?:(?:heel )?(?:erg )?(?:bedankt|dank(?: (?:je|u)(?: wel)?)?|dankjewel|dankuwel|thanks?(?: you)?(?: very much)?|top|prima|"
    r"oke|ok|mooi|goed|super|fijn|duidelijk|helder)[ !.,]*)+"
)
_BYE = re.compile(r"(?:tot ziens|doei|dag|tot later|fijne dag|bye|goodbye)[ !.]*")
_ABILITY = re.compile(
    r"(?:wat (?:kun|kan|kunt|doe|weet) (?:je|jij|u)(?: allemaal)?(?: voor (?:mij|me|ons))?(?: doen)?|wie (?:ben|bent) (?:je|jij|u)|"
    r"(?:wat|hoe) (?:ben|bent|werk|werkt) (?:je|jij|u|dit|deze assistent|het)|help|hulp|waar (?:kun|kan) (?:je|jij) (?:mij |me )?(?:mee|bij) helpen|"
    r"waarmee (?:kun|kan|kunt) (?:je|u) (?:mij |me )?helpen|wat kan ik (?:je |jou |u |hier )?vragen|what can you do|who are you|"
    r"how do you work|what do you do|ben je een (?:robot|mens|computer|ai|taalmodel)|are you (?:a|an) \w+)[ ?!.]*"
)
_ORDERS = re.compile(
    r"\b(?:negeer|vergeet|ignore|disregard|forget)\b.{0,60}\b(?:instructies?|opdrachten|regels|aanwijzingen|prompt|instructions?|"
    r"rules|above|hierboven|previous|voorgaande|eerdere)\b"
    r"|\b(?:system ?prompt|systeemprompt|systeembericht|jailbreak|developer mode|ontwikkelaarsmodus|DAN-modus)\b"
    r"|\b(?:doe alsof je|gedraag je als|speel de rol van|pretend (?:to be|you)|you are now|je bent nu|vanaf nu ben je|from now on)\b"
    r"|(?:^|[.!?;,]\s*)(?:please )?act as\b"
    r"|\b(?:toon|geef|herhaal|print|reveal|show|repeat)\b.{0,40}\b(?:je|jouw|uw|your|the system|de systeem)\b.{0,20}\b(?:prompt|instructies|instructions|"
    r"verborgen|hidden|sleutel|api[ -]?key|wachtwoord|password)\b"
    r"|<\|?(?:im_start|system|assistant|endoftext)|\[/?INST\]|^\s*(?:system|assistant)\s*:"
    r"|\b(?:zonder|without) (?:bron(?:nen|vermelding)?|citaten?|sources?|citations?)\b.{0,40}\b(?:antwoord|verzin|zeg|answer|make|say)\b"
    r"|(?:^|[.!?;,]\s*)(?:geef )?(?:antwoord|answer)\b.{0,40}\b(?:zonder|without) (?:bron(?:nen|vermelding)?|citaten?|sources?|citations?)\b"
    r"|\b(?:verzin|bedenk|fabriceer|invent|make up|fabricate)\b.{0,40}\b(?:bedrag|citaat|bron|antwoord|getal|quote|source|amount|answer|cijfer)",
    re.IGNORECASE | re.DOTALL,
)


def question_in(text: str) -> str | None:
    """The real question beside orders to the program: *Hoeveel is het? Verdubbel het bedrag.* None when nothing is left.

    Only whole sentences that end in a question mark and hold no order count; everything else of the text is dropped.
    """
    plain = " ".join(clean(text).split())
    if not _ORDERS.search(plain):
        return plain
    asked = [one for one in re.split(r"(?<=[.!?])\s+", plain) if one.endswith("?") and not _ORDERS.search(one)]
    return " ".join(asked) or None


def reply(text: str) -> Reply | None:
    """A reply to what is not a question about documents; None for everything else."""
    plain = " ".join(clean(text).split())
    if len(plain) > LONGEST_QUESTION_CHARACTERS:
        return Reply(TOO_LONG, leads_on=False)
    if not dutch.words(plain):
        return Reply(EMPTY)
    if _ORDERS.search(plain) and question_in(plain) is None:
        return Reply(ORDERS)
    folded = fold(plain)
    greeting = _GREETING.match(folded)
    after = folded[greeting.end() :] if greeting is not None else ""  # "Hallo, wat kun je?" asks what follows
    for pattern, said in (
        (_ABILITY, WHAT_I_DO),
        (_HOW, f"Prima, dank u. {WHAT_I_DO}"),
        (_GREETING, f"Goedendag. {WHAT_I_DO}"),
        (_THANKS, "Graag gedaan. Stel gerust een volgende vraag."),
        (_BYE, "Tot ziens."),
    ):
        if pattern.fullmatch(folded) or pattern.fullmatch(after):
            return Reply(said)
    return None
