"""Dutch words for searching and comparing: words, stop words, stems, compounds and abbreviations. Pure, no files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import Stemmer

from assistant.text import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_GROUPED = re.compile(r"\b\d{1,3}(?:[ \u00a0\u202f.]\d{3})+\b")  # 36 200 and 1.250.000 are one number

# Snowball's Dutch list, with question words and words of address that carry no subject.
STOPWORDS = frozenset(
    """
    aan aangaande al alle alleen alles als altijd andere ben bent bij bijna binnen c.q daar daarbij daarna daarom
    daarop daarvan dan dat de deze die dit doch doen doet door dus echter een eens en er erg ervan etc even gaan
    gaat ge geen gehad geweest had hadden heb hebben hebt heeft hem het hier hij hoe hun iemand iets ik in indien
    is ja je jij jou jouw jullie kan kon konden kun kunnen kunt maar me meer men met mij mijn moet moeten na naar
    niet niets nog nu of om omdat onder ons onze ook op over reeds s t te tegen toch toe toen tot tussen u uit uw
    van vanaf veel via voor waar waarbij waarom waarop waarvan wanneer want waren was wat we wel welk welke werd
    werden wie wij wil willen word worden wordt zal ze zei zelf zich zij zijn zijnde zo zoals zonder zou zouden
    hoeveel hoelang graag svp aub graag vraag vragen
    """.split()
)
ENGLISH_STOPWORDS = frozenset(
    """
    a about an and are as at be been but by can could did do does for from had has have how i if in into is it its
    may me much many must my no not of on or our shall should so than that the their them then there these they
    this those to up us was we were what when where which who whom whose why will with would you your please tell
    dutch netherlands
    """.split()
)

# Porter's algorithm for Dutch (Snowball's `dutch_porter`). The newer `dutch` (Kraaij and Pohlmann 1994) strips prefixes
# and suffixes so far that gemeente becomes "meen" and weerbaarheid "weer"; see ARCHITECTURE.md for the figures.
_stemmer = Stemmer.Stemmer("dutch_porter")


MONTHS = tuple("januari februari maart april mei juni juli augustus september oktober november december".split())


class Word(NamedTuple):
    """A word of a text, folded to lower case without accents, and where it stands."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words and numbers of a text in order. `36 200` is one word (`36200`); so is `1.250.000`."""
    grouped = {match.start(): match for match in _GROUPED.finditer(text)}
    found: list[Word] = []
    skip_until = 0
    for match in _WORD.finditer(text):
        if match.start() < skip_until:
            continue
        group = grouped.get(match.start())
        if group is not None:
            found.append(Word(re.sub(r"\D", "", group.group()), group.start(), group.end()))
            skip_until = group.end()
        else:
            found.append(Word(_plain(match.group()), match.start(), match.end()))
    return found


@lru_cache(maxsize=200_000)
def _plain(word: str) -> str:
    folded = fold(word).replace("’", "'")
    return folded[:-2] if folded.endswith("'s") else folded.replace("'", "")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word; numbers and words with digits stay as they are.

    Snowball leaves the -s of *ministeries* and *subsidies*; here they meet their singulars.
    """
    if not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 5 and not word.endswith(_SINGULAR):
        word = word[:-1]
    return str(_stemmer.stemWord(word))


_SINGULAR = ("advies", "precies", "verlies", "vlies", "fries", "vries", "bries", "kies", "paradies")


@lru_cache(maxsize=200_000)
def loose_stem(word_stem: str) -> str:
    """A coarser stem under which forms of one verb or noun meet: betaalt and betalen, krijgt and krijgen, brief and brieven.

    So do a verb and its noun (evalueren, evaluatie) and a separable verb and its participle (toezegging, toegezegd).

    Too coarse to search with (it joins unlike words as well), good enough to see whether a text speaks of something.
    """
    if not word_stem.isalpha() or len(word_stem) < 5:
        return word_stem
    body = word_stem[2:] if word_stem.startswith("ge") and len(word_stem) > 6 else word_stem
    body = _APART.sub(r"\1", body)
    body = re.sub(r"(?<=\w{4})atie$", "er", body)
    body = re.sub(r"([aeou])\1", r"\1", body)
    body = re.sub(r"([b-df-hj-np-tv-z])\1", r"\1", body)
    body = re.sub(r"(?:d|t|dt|de|te|end|ing)$", "", body) if len(body) > 4 else body
    return body.translate(_SHARP)


_SHARP = str.maketrans("vz", "fs")
_APART = re.compile(r"\A(aan|af|bij|door|in|mee|na|om|op|over|samen|terug|toe|uit|vast|voor|weg)ge(?=\w{4})")


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, with repeats."""
    return [stem(word.text) for word in words(text) if word.text not in STOPWORDS]


# ------------------------------------------------------------------------------------------------ compounds

_SHORTEST_PART = 4
_LINKS = ("", "s", "en", "e", "n")


class Compounds:
    """Splits Dutch compounds into words that occur by themselves in the corpus.

    After Monz and De Rijke (2001), "Shallow morphological analysis in monolingual information retrieval for Dutch,
    German and Italian": a word is split when both sides are known words, with a linking -s-, -e-, -n- or -en- between.

    Args:
        frequencies: how often each folded word occurs in the corpus. Parts need `least` occurrences.
    """

    def __init__(self, frequencies: Mapping[str, int], *, least: int = 2) -> None:
        self._known = {
            word: count
            for word, count in frequencies.items()
            if count >= least and len(word) >= _SHORTEST_PART and word.isalpha() and word not in STOPWORDS
        }
        self._cache: dict[str, tuple[str, ...]] = {}

    def parts(self, word: str) -> tuple[str, ...]:
        """The parts of a folded word, or () when it is not a compound of known words."""
        known = self._cache.get(word)
        if known is None:
            known = self._split(word)
            if len(self._cache) < 500_000:
                self._cache[word] = known
        return known

    def _split(self, word: str) -> tuple[str, ...]:
        if len(word) < 2 * _SHORTEST_PART or not word.isalpha():
            return ()
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            left = self._left(word[:place])
            if left is None:
                continue
            right = word[place:]
            rest = (
                (right,) if right in self._known else (self._split(right) if len(right) >= 2 * _SHORTEST_PART else ())
            )
            if not rest:
                continue
            parts = (left, *rest)
            # Few long parts are more often right than many short ones.
            score = sum(len(part) ** 2 for part in parts) / len(parts)
            if score > best[0]:
                best = (score, parts)
        return best[1]

    def _left(self, stretch: str) -> str | None:
        for link in _LINKS:
            if link and not stretch.endswith(link):
                continue
            body = stretch[: len(stretch) - len(link)] if link else stretch
            if len(body) >= _SHORTEST_PART and body in self._known:
                return body
        return None


# ------------------------------------------------------------------------------------------------ abbreviations

# Of the field. More are read from the corpus itself (`find_abbreviations`).
ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    "spuk": ("specifieke uitkering",),
    "du": ("decentrale uitkering", "decentralisatie-uitkering"),
    "nplv": ("nationaal programma leefbaarheid en veiligheid",),
    "szw": ("sociale zaken en werkgelegenheid", "sociale zaken"),
    "bzk": ("binnenlandse zaken en koninkrijksrelaties", "binnenlandse zaken"),
    "vro": ("volkshuisvesting en ruimtelijke ordening",),
    "ocw": ("onderwijs cultuur en wetenschap",),
    "vws": ("volksgezondheid welzijn en sport",),
    "jenv": ("justitie en veiligheid",),
    "ess": ("expertise-unit sociale stabiliteit",),
    "kis": ("kennisplatform inclusief samenleven",),
    "pmg": ("preventie met gezag",),
    "jep": ("jeugd preventie extremisme en polarisatie",),
    "wgo": ("wetgevingsoverleg",),
    "vng": ("vereniging van nederlandse gemeenten",),
    "nctv": ("nationaal coordinator terrorismebestrijding en veiligheid",),
    "wodc": ("wetenschappelijk onderzoek- en datacentrum",),
    "sisa": ("single information single audit",),
    "tk": ("tweede kamer",),
    "ek": ("eerste kamer",),
    "awb": ("algemene wet bestuursrecht",),
    "woo": ("wet open overheid",),
    "wmo": ("wet maatschappelijke ondersteuning",),
    "uwv": ("uitvoeringsinstituut werknemersverzekeringen",),
    "zzp": ("zelfstandige zonder personeel",),
    "aow": ("algemene ouderdomswet",),
    "b&w": ("burgemeester en wethouders",),
    "v&ws": ("veerkrachtige en weerbare samenleving",),
    "v&w": ("veerkracht en weerbaarheid",),
}

_JOINED = {short: longs[0] for short, longs in ABBREVIATIONS.items() if "&" in short}
_JOINED_WORD = re.compile(
    "|".join(rf"\b{re.escape(short)}\b" for short in sorted(_JOINED, key=len, reverse=True)), re.IGNORECASE
)


def spell_out(text: str) -> str:
    """A text with abbreviations such as V&WS, which no search sees as one word, written in full."""
    return _JOINED_WORD.sub(lambda match: _JOINED[match.group().lower()], text)


_ORDINALS = dict(zip("12345", "eerste tweede derde vierde vijfde".split(), strict=True))
_NUMBERED = re.compile(
    r"\b(?:(?P<noun>tranche|ronde|pijler|fase|spoor|round|phase|pillar)\s+(?P<digit>[1-5])(?![\w-]|[.,]\d)|"
    r"(?P<number>[1-5])(?:e|de|ste|st|nd|rd|th)(?=\s+[a-z]))",
    re.IGNORECASE,
)


def ordinals_in_words(text: str) -> str:
    """*tranche 2* and *de 2e tranche* as documents write it: *tweede tranche*. Of English texts the number alone becomes Dutch."""
    return _NUMBERED.sub(
        lambda match: f"{_ORDINALS[match['digit']]} {match['noun']}" if match["noun"] else _ORDINALS[match["number"]],
        text,
    )


_LONG_SHORT = re.compile(r"((?:[\w’'&-]+ ){1,9})\(([A-Z][A-Za-z&]{1,9})\)")


def find_abbreviations(text: str) -> dict[str, str]:
    """Abbreviations a text explains itself: `Nationaal Programma Leefbaarheid en Veiligheid (NPLV)`.

    Schwartz and Hearst (2003), "A simple algorithm for identifying abbreviation definitions in biomedical text": every
    letter of the short form is found, from right to left, in the long form, the first one at the start of a word.
    """
    found: dict[str, str] = {}
    for match in _LONG_SHORT.finditer(text):
        short, before = match.group(2), match.group(1).rstrip()
        if sum(character.isupper() for character in short) < 2:
            continue
        candidate = before.split(" ")[-(len(short) + 5) :]
        long = _long_form(short, " ".join(candidate))
        if long is not None and " " in long:
            found[fold(short)] = fold(long)
    return found


def _long_form(short: str, candidate: str) -> str | None:
    """The long form in a candidate: with a capital where the short form begins, when that gives one, else in any case.

    So *VNG* is Vereniging van Nederlandse Gemeenten and not its last three words.
    """
    capital = _matched(short, candidate, capital=True)
    if capital is not None and capital.split(" ")[0].lower() not in STOPWORDS:
        return capital
    return _matched(short, candidate, capital=False)


def _matched(short: str, candidate: str, *, capital: bool) -> str | None:
    letters = [character for character in fold(short) if character.isalnum()]
    text = fold(candidate)
    if len(text) != len(candidate):
        return None
    place = len(text) - 1
    for index in range(len(letters) - 1, -1, -1):
        while place >= 0 and (
            text[place] != letters[index]
            or (index == 0 and place > 0 and text[place - 1].isalnum())
            or (index == 0 and capital and not candidate[place].isupper())
        ):
            place -= 1
        if place < 0:
            return None
        place -= 1
    return candidate[place + 1 :]


def expansions(query_words: Sequence[str], abbreviations: Mapping[str, Sequence[str]]) -> list[str]:
    """What a query may also have been written as: long forms of its abbreviations, abbreviations of its long forms."""
    said = list(query_words)
    found: list[str] = []
    for short, longs in abbreviations.items():
        short_said = short in said or ("&" in short and _holds(said, _plain_words(short)))
        for long in longs:
            long_words = _plain_words(long)
            if short_said and not _holds(said, long_words):
                found.append(long)
            elif not short_said and len(long_words) > 1 and _holds(said, long_words):
                found.append(short)
    return found


@lru_cache(maxsize=20_000)
def _plain_words(text: str) -> tuple[str, ...]:
    """The words of an abbreviation or of what it stands for; `b&w` has two."""
    return tuple(word.text for word in words(text))


def _holds(haystack: Sequence[str], needle: Sequence[str]) -> bool:
    size = len(needle)
    wanted = [stem(word) for word in needle]
    stems = [stem(word) for word in haystack]
    return any(stems[place : place + size] == wanted for place in range(len(stems) - size + 1))


# ------------------------------------------------------------------------------------------------ other words

# Words that policy texts and the people who ask about them use for one another. Groups are symmetric.
_SYNONYM_GROUPS = """
    eindigen aflopen lopen einde eind slot | beginnen starten start begin ingaan aanvang | doel doelstelling ambitie
    beogen oogmerk bedoeling | bedrag budget geld middelen financiering euro miljoen | subsidie uitkering bijdrage
    financiering geld | aanvragen aanvraag indienen inschrijven aanmelden | thema hoofdthema onderwerp | gebied wijk buurt
    focusgebied | gemeente stad | voorwaarde eis vereiste conditie | voortgang stand voortgangsbrief voortgangsrapportage
    vordering | vervolg opvolger doorontwikkeling voortzetting vervolgen | inwoner bewoner burger | jongere jeugd jeugdige
    | kind jeugd | armoede schulden geldzorg | veiligheid criminaliteit | brief kamerbrief | minister bewindspersoon
    staatssecretaris | debat overleg commissiedebat wetgevingsoverleg | regeling spelregel regel regels | besteden
    uitgeven uitgave inzetten gebruiken besteding | reserveren doorschuiven meenemen overhevelen reservering | onderzoek
    evaluatie onderzoeken | samenwerken samenwerking | sturen verzenden verzonden toezenden aanbieden | ondertekenen
    tekenen handtekening | toezegging toezeggen belofte beloven beloofd toegezegd | bijeenkomst informatiebijeenkomst
    spreekuur | ministerie departement | professional beroepskracht medewerker | maatregel actie interventie activiteit |
    verandering wijziging wijzigen veranderen aanpassing aanpassen | toevoegen toegevoegd bijkomen uitbreiden | verdelen
    verdeling | personeel personeelskosten medewerker | cofinanciering cofinancieringseis | oud vorig eerder | uiterlijk
    deadline sluiten | openen open openstellen | doelgroep bedoeld richten | jaarlijks jaar | verantwoordelijk
    verantwoordelijkheid | goedkeuren instemmen akkoord besluit | belangrijk kern kernpunt | instrument middel | aantal
    hoeveel | naam heten noemen genoemd | verhogen verhoging stijgen hoger | samenhang cohesie
    | betalen betaalt betaalde betaalden meebetalen bijdragen draagt dragen bijdrage inleggen | sluiten sluit sloot gesloten
    uiterlijk
    | aanvraagtijdvak aanvraagperiode aanvragen aanvraag | beschikbaar gereserveerd
    toegekend uitgetrokken | toekennen toegekend verdeeld | waarom reden omdat
"""


def _groups(text: str) -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for group in text.split("|"):
        stems = {stem(fold(word)) for word in group.split()}
        for one in stems:
            table.setdefault(one, set()).update(stems - {one})
    return {one: frozenset(others) for one, others in table.items()}


_SYNONYMS = _groups(_SYNONYM_GROUPS)


def synonyms(word_stem: str) -> frozenset[str]:
    """Stems that policy texts use for the same thing."""
    return _SYNONYMS.get(word_stem, frozenset())


@lru_cache(maxsize=1)
def _everyday_words() -> Mapping[str, frozenset[str]]:
    """`everyday_words.txt` turned round: the stem of an everyday word → the stems of the words documents have for it."""
    table: dict[str, set[str]] = {}
    for line in resources.files("assistant").joinpath("everyday_words.txt").read_text(encoding="utf-8").splitlines():
        formal, _, others = line.partition(":")
        for other in others.split():
            table.setdefault(spelt_alike(stem(_plain(other))), set()).add(stem(_plain(formal)))
    return {other: frozenset(formal) for other, formal in table.items()}


def formal_words(word_stem: str) -> frozenset[str]:
    """Stems that policy documents use where people say a word in everyday speech: *woning* for *huis*."""
    return _everyday_words().get(spelt_alike(word_stem), frozenset())


def spelt_alike(word_stem: str) -> str:
    """A stem under which forms meet that are spelt with other letters: *huis* and *huizen*, *school* and *scholen*, *stad* and
    *steden*.
    """
    folded = re.sub(r"([a-z])\1", r"\1", word_stem).translate(_SHARP)
    return _OTHER_VOWEL.get(folded, folded)


_OTHER_VOWEL = {"sted": "stad", "led": "lid", "schep": "schip"}


# For questions in English, whose words the Dutch documents do not have. Meaning is compared by the embedding model;
# this list only serves to see whether the words of a question are spoken of at all.
_ENGLISH = {
    "agenda": "agenda", "aim": "doel", "aims": "doel", "goal": "doel", "goals": "doel", "purpose": "doel",
    "municipality": "gemeente", "municipalities": "gemeente", "ministry": "ministerie", "ministries": "ministerie",
    "minister": "minister", "letter": "brief", "parliament": "kamer", "house": "kamer", "budget": "budget",
    "money": "geld", "grant": "uitkering", "funding": "financiering", "funds": "middelen", "tranche": "tranche",
    "first": "eerste", "second": "tweede", "apply": "aanvragen", "application": "aanvraag", "applications": "aanvraag",
    "deadline": "uiterlijk", "end": "eind", "ends": "eind", "ended": "eind", "start": "start", "begin": "begin",
    "themes": "thema", "theme": "thema", "areas": "gebied", "area": "gebied", "neighbourhood": "wijk",
    "neighbourhoods": "wijk", "district": "wijk", "conditions": "voorwaarde", "condition": "voorwaarde",
    "resilience": "weerbaarheid", "resilient": "weerbaar", "society": "samenleving", "social": "sociaal",
    "stability": "stabiliteit", "cohesion": "samenhang", "integration": "integratie", "safety": "veiligheid",
    "liveability": "leefbaarheid", "livability": "leefbaarheid", "programme": "programma", "program": "programma",
    "national": "nationaal", "poverty": "armoede", "debt": "schulden", "debts": "schulden", "school": "school",
    "schools": "school", "child": "kind", "children": "kind", "youth": "jeugd", "young": "jong", "health": "gezond",
    "healthy": "gezond", "environment": "leefomgeving", "housing": "wonen", "homes": "woning", "residents": "bewoner",
    "crime": "criminaliteit", "prevention": "preventie", "debate": "debat", "committee": "commissie",
    "report": "rapport", "progress": "voortgang", "evaluation": "evaluatie", "promise": "toezegging",
    "promised": "toegezegd", "commitment": "toezegging", "annual": "jaarlijks", "yearly": "jaarlijks", "year": "jaar",
    "article": "artikel", "regulation": "regeling", "scheme": "regeling", "rule": "regel", "rules": "regel",
    "amendment": "wijziging", "amended": "wijziging", "successor": "opvolger", "continuation": "vervolg",
    "continue": "vervolg", "professionals": "professional", "organisations": "organisatie",
    "organizations": "organisatie", "citizens": "burger", "memo": "nota", "congress": "congres",
    "conference": "congres", "instrument": "instrument", "instruments": "instrument", "consultation": "consultatie",
    "cofinancing": "cofinanciering", "staff": "personeel", "costs": "kosten", "cost": "kosten", "reserve": "reserveren",
    "unspent": "besteed", "spend": "besteden", "spent": "besteed", "signed": "ondertekend", "sent": "verzonden",
    "published": "gepubliceerd", "allocated": "toegekend", "awarded": "toegekend", "available": "beschikbaar",
    "mayor": "burgemeester", "mayors": "burgemeester", "cities": "gemeente", "city": "gemeente", "cabinet": "kabinet",
    "government": "kabinet", "state": "staat", "secretary": "secretaris", "employment": "werk", "work": "werk",
    "vulnerable": "kwetsbaar", "urban": "stedelijk", "target": "doel", "group": "groep", "audience": "doelgroep",
    "knowledge": "kennis", "research": "onderzoek", "methods": "methode", "education": "onderwijs", "plan": "plan",
    "contribution": "bijdrage", "contribute": "bijdrage", "contributes": "bijdrage", "specific": "specifiek",
    "decentralised": "decentraal", "decentralized": "decentraal", "action": "actie", "open": "open", "free": "vrij",
    "run": "loopt", "runs": "loopt", "last": "loopt", "lasts": "loopt", "expire": "eindigt", "expires": "eindigt",
    "percentage": "percentage", "name": "naam", "names": "naam", "new": "nieuw", "sixth": "zesde", "added": "toegevoegd",
}  # fmt: skip


def translations(word: str) -> frozenset[str]:
    """Stems of the Dutch word for a folded English one, and of what may stand for it."""
    dutch_word = _ENGLISH.get(word)
    if dutch_word is None:
        return frozenset()
    found = stem(dutch_word)
    return synonyms(found) | {found}
