"""What a question asks for: the kind of answer, the words it must be about, the names and figures it mentions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant import dutch
from assistant.text import clean, fold


class Asked(StrEnum):
    """The kind of answer a question wants."""

    DATE = "date"
    AMOUNT = "amount"
    NUMBER = "number"
    PERSON = "person"  # a person, an office or an organisation
    PLACE = "place"
    LIST = "list"
    REASON = "reason"
    YES_NO = "yes_no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question that an answer should be about.

    `name` marks what cannot be said in other words: names, abbreviations, years, numbers, references.
    """

    text: str  # folded
    stem: str
    name: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it was understood."""

    text: str
    language: str  # "nl" or "en"
    asked: Asked
    terms: tuple[Term, ...]


# Order matters: the first that fits wins.
_KINDS: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Asked.REASON, r"\b(waarom|waardoor|om welke reden|wat is de reden|why)\b"),
        (
            Asked.DATE,
            r"\b(wanneer|welke datum|welke data|welk jaar|welke jaren|welke dag|welke maand|welke periode|hoe lang|hoelang|"
            r"looptijd|deadline|einddatum|startdatum|ingangsdatum|uiterlijk|sinds welk|when|how long|which year|what year|"
            r"what date|which date|until what|by what date|deadline|hoe laat|what period|which period|which years)\b",
        ),
        (
            Asked.AMOUNT,
            r"\b(hoeveel (?:geld|euro|euro's|budget|subsidie|middelen|miljoen|miljard|financiering)|welke? (?:totaal)?bedrag(?:en)?|"
            r"wat kost|wat kosten|hoe duur|hoe groot is het (?:budget|bedrag)|hoe hoog|how much|what amount|which amount|"
            r"wat is het (?:\w+ )?(?:budget|bedrag|maximumbedrag)|what is the (?:\w+ )?(?:budget|amount))\b",
        ),
        (
            Asked.AMOUNT,
            r"\bhoeveel\b.*\b(beschikbaar|draagt|dragen|bijdrage|bij|krijgt|krijgen|ontvangt|ontvangen|uitgekeerd|uitgetrokken|"
            r"uitgegeven|kost|kosten|betaalt|betalen|budget|geld|euro|subsidie|steekt|steken|investeert|vrijgemaakt|begroot)\b",
        ),
        (Asked.AMOUNT, r"\b(bedrag|bedragen|budget|begroting|subsidiebedrag)\b.*\?|^(?:budget|bedrag)\b"),
        (Asked.NUMBER, r"\b(hoeveel|welk aantal|welk percentage|hoeveelste|how many|what percentage|what share)\b"),
        (Asked.PLACE, r"^(?:en )?(?:waar|in welke (?:stad|plaats|wijk)|op welke plek|where)\b(?! (?:gaat|is .* voor|staat .* voor|om))"),
        (
            Asked.LIST,
            r"\b(noem|opsomming|welke \w*(?:en|s|'s)\b(?! (?:is|was)\b)|wat zijn (?:de|het)|what are|which \w+s\b|list)\b",
        ),
        (
            Asked.PERSON,
            r"\b(wie|door wie|aan wie|van wie|welke? (?:minister|ministerie|staatssecretaris|bewindspersoon|organisatie|fractie|"
            r"voorzitter|partij|commissie|orgaan|kamerlid)|who|whom|which minister|which ministry)\b",
        ),
        (
            Asked.YES_NO,
            r"^(?:en )?(?:is|zijn|mag|mogen|kan|kun|kunnen|moet|moeten|wordt|worden|heeft|hebben|geldt|gelden|krijgt|krijgen|"
            r"loopt|lopen|bestaat|bestaan|komt|komen|gaat|gaan|valt|vallen|was|waren|werd|werden|klopt|doet|doen|staat|"
            r"hoeft|hoeven|zal|zullen|blijft|blijven|does|do|is|are|can|may|must|was|were|did|has|have|will|should)\b",
        ),
    )
)

# Words that only say what kind of answer is wanted; an answer need not repeat them.
_SCAFFOLD = frozenset(
    """
    bedrag bedragen datum data jaar jaren dag maand periode aantal euro miljoen miljard geld precies eigenlijk ongeveer
    totaal totale volgens genoemd noem noemt staat gezegd zeggen geven uitleg uitleggen leg vertel vertellen overzicht
    opsomming lijst information informatie antwoord document documenten stuk betekent betekenis inhoud inhoudt reden
    manier soort soorten lang groot hoog hoge laat duur rol date year amount million much many list explain mean means
    agreed said say says document documents according exactly percentage
    hallo goedemorgen goedemiddag dag even weten wil wilt kunt zoek informeren begrijp snap bedoel bedoeld huidige
    uiterlijk looptijd deadline einddatum startdatum ingangsdatum begin start einde eind eindigt end ends ended
    """.split()
)
_ENGLISH_SIGNS = dutch.ENGLISH_STOPWORDS - dutch.STOPWORDS - {"had", "me", "so", "of", "in", "is", "was", "as", "we", "our"}
_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]*[\w]|\d[\w.,/-]*\w|\d|[A-Z]{2,}")


def read(text: str) -> Reading:
    """Read a question. Never fails: a text without any word to look for has no terms."""
    text = " ".join(clean(text).split())
    lowered = fold(text)
    found = dutch.words(text)
    language = _language([word.text for word in found])
    asked = next((kind for kind, pattern in _KINDS if pattern.search(lowered)), Asked.OPEN)
    stop = dutch.STOPWORDS | (dutch.ENGLISH_STOPWORDS if language == "en" else frozenset())
    terms: dict[str, Term] = {}
    for place, word in enumerate(found):
        if word.text in stop or (len(word.text) == 1 and not word.text.isdigit()):
            continue
        name = _is_name(text, word, first=place == 0)
        if word.text in _SCAFFOLD and not name:
            continue
        stem = dutch.stem(word.text)
        if stem not in terms or name:
            terms[stem] = Term(word.text, stem, name)
    return Reading(text, language, asked, tuple(terms.values()))


def _language(found: list[str]) -> str:
    english = sum(word in _ENGLISH_SIGNS for word in found)
    dutch_count = sum(word in dutch.STOPWORDS and word not in dutch.ENGLISH_STOPWORDS for word in found)
    return "en" if english > dutch_count else "nl"


def _is_name(text: str, word: dutch.Word, *, first: bool) -> bool:
    original = text[word.start : word.end]
    if any(character.isdigit() for character in original):
        return True
    if sum(character.isupper() for character in original) >= 2:
        return True
    if text.isupper() or not original[0].isupper():
        return False
    before = text[: word.start].rstrip()
    opens = first or before.endswith((".", "?", "!", ":"))
    return not opens
