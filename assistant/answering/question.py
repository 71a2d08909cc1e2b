"""What a question asks for: the kind of answer, the words it must be about, the names and figures it mentions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from assistant import dutch, figures
from assistant.text import ABBREVIATIONS, clean, fold


class Asked(StrEnum):
    """The kind of answer a question wants."""

    DATE = "date"
    AMOUNT = "amount"
    NUMBER = "number"
    PERSON = "person"  # a person, an office or an organisation
    PLACE = "place"
    LIST = "list"
    REASON = "reason"
    FREQUENCY = "frequency"
    CONTACT = "contact"  # an e-mail address, a telephone number, a web address
    PERIOD = "period"  # from when to when, how long
    MEANING = "meaning"  # what an abbreviation stands for
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
    """A question as it was understood.

    `focus` is the stem of what is counted or chosen from: *gemeenten* in *Hoeveel gemeenten doen mee?*, *thema's* in
    *Welke thema's zijn er?*; None when the question has none. `called` are the names of several words, as stems: documents go on with
    the first of them alone. `doubted` are the kinds of figures that are put forward to be confirmed or corrected: what answers has such
    a figure, the same or another.
    """

    text: str
    language: str  # "nl" or "en"
    asked: Asked
    terms: tuple[Term, ...]
    focus: str | None = None
    year_wanted: bool = False  # "in welk jaar": a day without a year is no answer
    called: tuple[tuple[str, ...], ...] = ()
    doubted: frozenset[str] = frozenset()


_VERB_FIRST = (
    r"^(?:en )?(?:is|zijn|mag|mogen|kan|kun|kunnen|moet|moeten|wordt|worden|heeft|hebben|geldt|gelden|krijgt|krijgen|"
    r"loopt|lopen|bestaat|bestaan|komt|komen|gaat|gaan|valt|vallen|was|waren|werd|werden|klopt|doet|doen|staat|"
    r"hoeft|hoeven|zal|zullen|blijft|blijven|does|do|is|are|can|may|must|was|were|did|has|have|will|should)\b"
)
# What ends like a plural after *hoeveel* and is no thing that is counted: money, or the verb of a question about money.
NOT_COUNTED = (
    r"(?:\w+e )?(?:\w*(?:middelen|kosten|uitgaven|subsidies|budgetten|gelden|bijdragen|uitkeringen)|euro's|miljoenen|miljarden|procenten|"
    r"precies|ongeveer|leges|leveren|leverden|stijgen|stegen|dalen|daalden|bedragen|bedroegen|"
    r"krijgen|kregen|betalen|betaalden|dragen|droegen|ontvangen|ontvingen|kosten|kostten|zijn|hebben|hadden|worden|werden|mogen|kunnen|moeten|"
    r"gaan|gingen|komen|kwamen|leggen|legden|steken|staken|investeren|investeerden|besteden|besteedden|geven|gaven|trekken|trokken|stellen|stelden|"
    r"vragen|maken|maakten|hoeven|willen|zullen|waren|doen|deden|tegen|tussen|boven)"
)

# Order matters: the first that fits wins.
_KINDS: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Asked.FREQUENCY, r"\b(hoe vaak|hoe dikwijls|hoeveel keer|how often|how many times)\b"),
        (
            Asked.CONTACT,
            r"\b(e-?mailadres\w*|mailadres\w*|telefoonnummers?|telefonisch|(?:welke?|wat is (?:de|het)|adres van de) (?:website|webadres|webpagina)|"
            r"phone number|web address|e-?mail address|hoe bereik)\b",
        ),
        (
            Asked.MEANING,
            r"\b(waar staat (?:de |het )?(?:afkorting |letters )?\S+ voor|wat betekent (?:de |het )?(?:afkorting |letters )|"
            r"betekenis van de afkorting|waarvoor staat|what does \S+ (?:stand for|mean)|stand for)\b",
        ),
        (Asked.REASON, r"\b(waarom|waardoor|om welke reden|wat is de reden|why)\b"),
        (
            Asked.PERIOD,
            r"\b(welke periode|looptijd|hoe ?lang|van wanneer tot|tot(?: en met)? wanneer|einddatum|how long|until when|end date|what period|which period|which years)\b",
        ),
        (  # on which condition, not on which day
            Asked.OPEN,
            r"\bwanneer (?:(?:kan|kunnen|mag|mogen|moet|moeten|hoeft|hoeven)|(?:wordt|worden) (?:een|mijn|onze|aanvragen)\b)\b.*\b(?:afgewezen|geweigerd|"
            r"weigeren|afwijzen|ingetrokken|intrekken|teruggevorderd|terugvorderen|terugbetaal\w*|stopgezet|verlaagd)\b|"
            r"\bwhen (?:can|may|must)\b.*\b(?:rejected|refused|withdrawn|recovered|stopped)\b",
        ),
        (
            Asked.DATE,
            r"\b(wanneer|\w+datum|welke datum|welke data|welk jaar|welke dag(?:en)?|welke maand|welk seizoen|"
            r"deadline|uiterlijk|sinds welk|when|which year|what year|"
            r"what dates?|which dates?|which days?|until what|by what date|deadline|hoe laat)\b",
        ),
        (
            Asked.NUMBER,
            r"\b(hoeveel procent|welk percentage|welke leeftijd\w*|hoe oud|what percentage|what share|how old|(?:what|which) ages?)\b",
        ),
        (
            Asked.AMOUNT,
            r"\b(hoeveel (?:geld|euro|euro's|budget|subsidie|middelen|miljoen|miljard|financiering)|welke? (?:totaal)?bedrag(?:en)?|"
            r"wat kost|wat kosten|wat (?:is|was|zijn|waren|wordt|werd) (?:de|het|hun|zijn) bijdrage|legt \w+ in\b(?=\W*$|\W*(?:voor|bij|per)\b)|hoe duur|hoe groot is het (?:budget|bedrag)|hoe hoog|how much|how many euros?|what amount|which amount|"
            r"(?:wat|hoe groot|hoe hoog) (?:is|was|bedraagt|bedroeg)(?: (?!(?:in|volgens|uit|van|op|bij|met) (?:de|het|een)\b)\S+){0,5}? (?:\w*budget|\w*bedrag|begroting)\b|"
            r"(?:noem|geef) (?:me |mij |ons )?(?:het|de) (?:\w+e )?(?:bedrag|budget)\b|what is the (?:\w+ )?(?:budget|amount))\b",
        ),
        (
            Asked.NUMBER,
            rf"\bhoeveel (?!(?:{NOT_COUNTED})\b)(?:\w+e )?\w{{2,}}(?:en|ers|els|'s|ies)\b(?!\s+(?:de|het|een|die|deze|dit|dat|wij|we|ze|zij)\b)",
        ),
        (
            Asked.AMOUNT,
            r"\bhoeveel\b.*\b(beschikbaar|trekt|trekken|trok|trokken|betaalde|betaalden|droeg|droegen|kostte|kostten|g(?:eeft|even|af|aven) \w.* uit|draagt|dragen|bijdrage|bij|krijgt|krijgen|kreeg|kregen|ontvangt|ontvangen|ontving|ontvingen|uitgekeerd|uitgetrokken|"
            r"uitgegeven|kost|kosten|betaalt|betalen|budget|geld|euro|subsidie|steekt|steken|investeert|vrijgemaakt|begroot)\b",
        ),
        (
            Asked.AMOUNT,
            rf"^(?!{_VERB_FIRST})(?!.*\b(?:wat|wie|welke|hoe|waar\w*|what|who|which|how|why)\b)"
            r"(?:.*\b(?:bedrag|bedragen|budget|subsidiebedrag)\b.*\?|(?:\w*budget|\w*bedrag|begroting)\b)",
        ),
        (Asked.NUMBER, r"\b(hoeveel|welk aantal|hoeveelste|how many)\b"),
        (
            Asked.PLACE,
            r"^(?:en )?(?:waar|in welke (?:stad|plaats|wijk)|op welke plek|where)\b(?! (?:gaat|is .* voor|staat .* voor|om)|.*\b(?:mee|over|aan|toe|voor|uit|van)\b)",
        ),
        (
            Asked.LIST,
            r"^(?:geef|som|zet)\b(?=.*\w(?:en|s)\b).*\b(?:op|op een rij\w*)\W*$|^(?:geef|som|zet|toon|give|show|list) (?:me |mij |ons |us )?(?:alle |all )?(?:de |het |the )?(?:\w+ ){0,2}\w{3,}(?:en|s)\b|"
            r"\b(noem|opsomming|welke \w*(?:en|s|'s)\b(?! (?:is|was)\b)|wat zijn (?:de|het)|what are|which \w+s\b|list)\b",
        ),
        (
            Asked.PERSON,
            r"\b(hoe heet(?:te|ten|en)? (?:de |het )?(?:\w+ )?(?:minister|staatssecretaris|bewindspersoon|voorzitter|directeur|burgemeester|wethouder|kamerlid|onderzoeker|auteur|organisatie|bureau)\w*|"
            r"wie|wiens|door wie|aan wie|van wie|welke? (?:minister|ministerie|staatssecretaris|bewindspersoon|organisatie|fractie|"
            r"voorzitter|partij|commissie|orgaan|kamerlid)|who|whom|which minister|which ministry)\b",
        ),
        (Asked.YES_NO, _VERB_FIRST),
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
    gebeurt gebeuren gebeurd vaak vindt vinden plaats speelt heet heten vervolgens doen mee komt komen staan happens happen
    steeds haar weer erbij terecht zitten zit meest recent recente tegenwoordig inmiddels actueel kreeg krijgt krijgen leggen
    legt betrokken bedoeld verstaat verstaan opgezet noemt noemen gewone uiteindelijk destijds toen momenteel hoofdlijnen
    vallen valt vielen regelt regelen duurt duren houdt hout waarover waarmee waaraan mondeling until since
    afkorting afkortingen stand stands looptijd periode
    leeftijd leeftijden leeftijdsgroep leeftijdscategorie seizoen procent
    klopt kloppen correct juist art bevestig bevestigen geef zet som toon name
    uiterlijk deadline einddatum startdatum ingangsdatum begin start einde eind eindigt end ends ended
    """.split()
)
_ENGLISH_SIGNS = (
    dutch.ENGLISH_STOPWORDS - dutch.STOPWORDS - {"had", "me", "so", "of", "in", "is", "was", "as", "we", "our"}
)
# Nearly every document is about it, to it or from it, under one of these names or without any.
_PARLIAMENT = frozenset({"tweede", "tk", "parlement", "house", "parliament"})  # and what begins with *kamer*
_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]*[\w]|\d[\w.,/-]*\w|\d|[A-Z]{2,}")


def read(text: str) -> Reading:
    """Read a question. Never fails: a text without any word to look for has no terms."""
    text = _without_contrast(dutch.spell_out(" ".join(clean(text).split())))
    language = _language([word.text for word in dutch.words(text)])
    text = dutch.ordinals_in_words(text) if language == "nl" else text
    lowered = fold(text)
    found = dutch.words(text)
    asked = _asked(lowered)
    claimed = _claimed(text, asked)
    doubted = frozenset(figure.kind for figure in figures.find(text) if figure.span in claimed)
    days = _days(text)
    aside = _aside(text)
    stop = dutch.STOPWORDS | (dutch.ENGLISH_STOPWORDS if language == "en" else frozenset())
    terms: dict[str, Term] = {}
    for place, word in enumerate(found):
        if word.text in stop or (len(word.text) == 1 and not word.text.isdigit()):
            continue
        name = (
            not (word.text in _PARLIAMENT or word.text.startswith("kamer"))
            and _is_name(text, word, first=place == 0)
            and not any(start <= word.start < end for start, end in days)
        )
        if not name and (word.text in _SCAFFOLD or _asks(word.text)):
            continue
        if any(start <= word.start < end for start, end in claimed) or (not name and word.start in aside):
            continue
        stem = dutch.stem(word.text)
        if stem not in terms or name:
            terms[stem] = Term(word.text, stem, name)
    year_wanted = _YEAR_WANTED.search(lowered) is not None
    return Reading(
        text, language, asked, tuple(terms.values()), _focus(lowered), year_wanted, _called(text, terms), doubted
    )


_PART = r"[A-ZÀ-Þ][\w’'-]*"
_CALLED = re.compile(
    rf"{_PART}(?!\s+(?:en|of|and|or)\b)(?:\s+(?:(?:van|de|het|en|der|den|voor|of|and|the|&)\s+)*{_PART})+|"
    r"\b(?:agenda|actieagenda|regeling|programma|uitkering|spuk|du|project|toolkit)(?:\s+(?:(?:van|voor|de|het|en|&)\s+)*[\w’'-]{4,}){1,4}"
)


def _called(text: str, terms: Mapping[str, Term]) -> tuple[tuple[str, ...], ...]:
    """The names of several words in a question, each as the stems of its words."""
    found = [
        tuple(stem for word in dutch.words(match.group()) if (stem := dutch.stem(word.text)) in terms)
        for match in _CALLED.finditer(text)
    ]
    return tuple(stems for stems in found if len(stems) > 1)


def _days(text: str) -> list[tuple[int, int]]:
    """Where the number of a day stands: *7* of *7 juli 2025*, which says little without its month."""
    return [
        (figure.start, figure.start + 2)
        for figure in figures.find(text)
        if figure.kind == "date"
        and "-" in figure.value
        and text[figure.start].isdigit()
        and not text[figure.start : figure.start + 3].isdigit()
    ]


# Narrow on purpose: *niet X maar Y* asks about Y, and much that stands behind a comma and *niet* is the verb of the question.
_NOT_THAT = re.compile(
    r"\s*\((?:dus |and )?(?:niet|not)\b(?![^)]*\b(?:maar|but)\b)[^)]{0,80}\)|"
    r",\s*(?:(?:en )?dus niet|(?:en )?niet (?:die|dat|deze) (?:van|uit|in|over)|and not|not (?:the one|that) (?:of|from|in))\b"
    r"(?![^.?!]*\b(?:maar|but)\b)[^.?!;,]{0,80}(?=[.?!]|\Z)|"
    r"(?:\A|(?<=[.?!])\s+)(?:Ik bedoel (?:dus )?niet|I (?:do not|don['’]t) mean)\b(?![^.?!]*\b(?:maar|but)\b)[^.?!]{0,120}[.?!]?",
    re.IGNORECASE,
)


def _without_contrast(text: str) -> str:
    """A question without what it says it is not about: *(niet te verwarren met Venlo)*, *, dus niet die van 2022*."""
    rest = " ".join(_NOT_THAT.sub("", text).split())
    return rest if rest != text and len(dutch.content_stems(rest)) >= _ENOUGH else text


_ENDS = re.compile(r"(?<=[.!?:])\s+")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+")


def _pieces(text: str, ends: re.Pattern[str]) -> list[str]:
    """A question cut where `ends` fits, in lower case as well, but not after *art.*, *nr.* and the like, which end no sentence."""
    found, start = [], 0
    for match in ends.finditer(text):
        word = text[text.rfind(" ", 0, match.start()) + 1 : match.start()]
        if word.endswith(".") and word.strip("(.").lower() in ABBREVIATIONS:
            continue
        found.append(text[start : match.start()])
        start = match.end()
    return [*found, text[start:]]


_ENOUGH = 3  # words of content: a question that can be understood without what was said before it
_POINTS_BACK = re.compile(
    r"\b(?:dit|deze|daar\w*|hier\w*|dan|ons|wij|we|ik|this|it|they|those|there|us)\b|"
    r"\b(?:dat|die|het|er|that)\b(?=\s*(?:$|\?|(?:nog|ook|zo|is|was|mag|kan|moet|geldt|klopt|bedrag|geld|still)\b))|"
    r"^(?:en )?(?:mag|kan|moet|is|was|klopt|geldt) (?:dat|die|het|er)\b",
    re.IGNORECASE,
)


def _aside(text: str) -> frozenset[int]:
    """Where words stand that only lead up to a question or follow it: *Ter voorbereiding op het debat wil ik weten: hoeveel ...?*

    What is named there still counts (a name is a term wherever it stands). A question that points back at what was said before it,
    or says little by itself, is read with all of it.
    """
    pieces = _pieces(text, _ENDS)
    asking = next((piece for piece in reversed(pieces) if piece.endswith("?")), "")
    content = [stem for stem in dutch.content_stems(asking) if stem.isalpha() and stem not in _SCAFFOLD]
    if len(pieces) < 2 or len(content) < _ENOUGH or _POINTS_BACK.search(asking):
        return frozenset()
    start = text.rindex(asking)
    after = text[start + len(asking) :]
    beside = _OF_THE_ASKER.search(after) is not None and _RESTRICTS.match(after) is None
    return frozenset(range(start)) | frozenset(range(start + len(asking), len(text)) if beside else ())


# What is said after a question: of who asks (*Mijn chef gaat hiernaar vragen.*), or of what is asked (*Ik bedoel die van 2025.*).
_OF_THE_ASKER = re.compile(
    r"\b(?:ik|wij|we|mij|mijn|ons|onze|kamerlid|chef|graag|dank|bedankt|alvast|groet\w*|i|my|our|thanks)\b",
    re.IGNORECASE,
)
_RESTRICTS = re.compile(
    r"\W*(?:ik bedoel|ik wil|het gaat|het betreft|die|dat|deze|dit|alleen|na|voor|met name|vooral|i mean|i want|only)\b",
    re.IGNORECASE,
)


_DOUBTS = re.compile(
    r"\b(?:klopt|kloppen|actueel|nog steeds|juist|juiste (?:bedrag|aantal|percentage|getal)|correct|still)\b",
    re.IGNORECASE,
)
_FIGURE = r"\d+(?:[.,]\d+)*"
_CHOICE = re.compile(
    rf"(?<![\w.,])(?<!artikel )(?<!artikelen )(?<!lid )(?<!leden ){_FIGURE}(?:,\s+{_FIGURE}){{0,9}}"
    rf"(?:\s+(?:miljoen|mln|miljard|million|billion))?,?\s+(?:of|or)\s+{_FIGURE}"
)


def _asking(text: str) -> str:
    """The last sentence that asks, or all of it; what stands before it ("Wij gaan uit van ...") only sets the scene."""
    asking = [sentence for sentence in _pieces(text, _SENTENCE_ENDS) if sentence.endswith("?")]
    return asking[-1] if asking else text


def _claimed(text: str, asked: Asked) -> list[tuple[int, int]]:
    """The amounts and numbers that a question puts forward to be confirmed or corrected: its answer may well have others."""
    chosen = [match.span() for match in _CHOICE.finditer(text)]
    doubted = asked is Asked.YES_NO or _DOUBTS.search(text) or _ASKS_ANEW.fullmatch(_asking(text.lower()))
    return [
        one.span
        for one in figures.find(text)
        if (
            one.kind in ("amount", "number", "percentage")
            and (doubted or any(start <= one.start < end for start, end in chosen))
        )
        or (one.kind == "date" and _DOUBTS.search(text) and _UNTIL.search(text[: one.start]))
    ]


_UNTIL = re.compile(r"\b(?:tot(?: en met)?|t/m|until|through)\s+(?:eind |einde |the end of |end of )?\Z", re.IGNORECASE)


_ASKING = ("hoeveel", "wanneer", "waarom", "waarvoor", "welke", "hoelang", "uiterlijk")


def _asks(word: str) -> bool:
    """Whether a word is a question word with a typing error: *hoeveeel*, *waneer*."""
    return _mended(word) in _ASKING


@lru_cache(maxsize=20_000)
def _mended(word: str) -> str:
    """A question word without its typing error; any other word as it is."""
    if len(word) < 6:
        return word
    best, ratio = max(((asking, fuzz.ratio(word, asking)) for asking in _ASKING), key=lambda pair: pair[1])
    return best if ratio >= 90 else word


_YEAR_WANTED = re.compile(r"\b(?:welke? ja(?:ar|ren)|which years?|what years?)\b")


def _asked(lowered: str) -> Asked:
    """The kind of the last sentence that asks."""
    lowered = " ".join(_mended(word) for word in lowered.split(" "))
    sentence = _POLITE.sub("", _asking(lowered))
    before = lowered[: lowered.rfind(sentence)]
    # "In juni was het 200 miljoen. Klopt dat nog?" asks for what was put forward.
    if _ASKS_ANEW.fullmatch(sentence) and any(figure.kind == "amount" for figure in figures.find(before)):
        return Asked.AMOUNT
    return next((kind for kind, pattern in _KINDS if pattern.search(sentence)), Asked.OPEN)


_POLITE = re.compile(
    r"^(?:(?:kun|kunt|kan|zou|weet) (?:je|jij|u)(?: (?:me|mij|ons|misschien|even|ook|eens|kunnen))*(?: (?:vertellen|zeggen|uitleggen|aangeven|laten weten|mededelen))?|"
    r"ik (?:wil|zou)(?: (?:graag|even|wel))*(?: willen)? weten|(?:can|could) you(?: please)? (?:tell|explain to)(?: me| us)?)[,:]?\s+"
    r"(?=(?:hoeveel|wanneer|wie|welke?|waar\w*|wat|hoe|waarom|in|op|aan|van|voor|tot|how|when|who|which|where|what|why)\b)"
)
_ASKS_ANEW = re.compile(
    r"(?:en |and )?(?:(?:klopt|geldt|is|was|does) (?:dat|dit|that|this)(?: (?:bedrag|amount)\b.*|(?: (?:nog|steeds|nu|wel|zo|actueel|juist|correct|"
    r"still|right|true|so))*)|(?:wat|hoeveel|what|how much) (?:is|was|wordt) (?:het|dat|dit|it|that)(?: (?:nu|inmiddels|nog|geworden|now))*)\s*\??"
)
_FOCUS = re.compile(r"\b(?:hoeveel|welke|welk|how many|which|what)\s+((?:[\w'-]+\s+){0,2}?)([\w'-]{3,})")


def _focus(lowered: str) -> str | None:
    match = _FOCUS.search(lowered)
    if match is None:
        return None
    for word in dutch.words(match.group(1) + match.group(2)):
        if word.text not in dutch.STOPWORDS and word.text not in dutch.ENGLISH_STOPWORDS:
            return dutch.stem(word.text)
    return None


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


_AND_THEN = re.compile(
    r"(?:,\s*|\s+)(?:en|and)\s+(?=(?:hoeveel|wanneer|wie|welke?|waar|wat|hoe|waarom|(?:tot|vanaf|sinds) wanneer|voor wie|door wie|"
    r"in wiens|namens wie|aan wie|how|when|who|which|where|what|why)\b)",
    re.IGNORECASE,
)
_ORDERS = re.compile(r"(?:(?:en|and) )?(?:noem|geef|vertel|leg|zeg|name|list|tell|give)\b", re.IGNORECASE)
_BEGINS_TO_ASK = re.compile(
    r"(?:(?:en|and|of) )?(?:(?:in|op|voor|van|aan|door|tot|vanaf|sinds|bij|uit) )?(?:hoeveel|wanneer|wie|wiens|welke?|waarom|hoe)\b|"
    r"(?:(?:en|and) )?(?:waar\w*|wat|how|when|who|whom|which|where|what|why)\b",
    re.IGNORECASE,
)


def _is_asked(piece: str) -> bool:
    """Whether a piece of a text asks something; what ends in a full stop does so only as an order."""
    return (
        piece.endswith("?")
        or _ORDERS.match(piece) is not None
        or (piece[-1].isalnum() and _BEGINS_TO_ASK.match(piece) is not None)
    )


_MOST_PARTS = 3


def parts(text: str) -> tuple[str, ...]:
    """The questions in a question: *Hoeveel geld is er en wanneer kan ik aanvragen?* asks two things.

    A part that names no subject of its own gets that of the first in brackets, so that it can be read by itself.
    """
    text = " ".join(clean(text).split())
    found: list[str] = []
    for sentence in re.split(r"(?<=\?)\s+", text):
        found.extend(piece.strip() for piece in _AND_THEN.split(sentence) if piece.strip())
    if not all(_is_asked(piece) for piece in found[1:]):
        return (text,)  # what follows a question without asking anything belongs to it: *Ik bedoel de ronde van 2025.*
    found = [piece for piece in found if read(piece).terms or piece.endswith("?")]
    if len(found) < 2 or len(found) > _MOST_PARTS:
        return (text,)
    first = read(found[0])
    if not first.terms:
        return (text,)
    whole = [found[0]]
    for piece in found[1:]:
        said = {term.stem for term in read(piece).terms}
        lacking = [term.text for term in first.terms if term.stem not in said]
        whole.append(
            f"{piece.rstrip('?.! ')}? ({_original(first.text, lacking)})" if len(said) <= 2 and lacking else piece
        )
    return tuple(whole)


def _original(text: str, folded: list[str]) -> str:
    return " ".join(text[word.start : word.end] for word in dutch.words(text) if word.text in folded)
