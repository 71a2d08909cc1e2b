"""A question that leans on the conversation → the same question in full, without a language model.

Three ways, tried in this order:

    a contrast      Hoeveel draagt OCW bij? · En SZW?                → Hoeveel draagt SZW bij?
    a correction    Wanneer opent de tweede tranche? · Nee, ik bedoel de eerste → Wanneer opent de eerste tranche?
    a subject       Wie schreef de evaluatie van de ESS? · Wanneer was dat?     → Wanneer was dat (evaluatie ESS)?

The first two take the place of what they stand against in the question before: the same kind of thing (a number in a row, a year, a
name), or what stands behind the same preposition. A question that stands by itself is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import dutch
from assistant.answering import small_talk
from assistant.answering.question import Asked, Term, read
from assistant.model import Question

REMEMBERED = 6  # earlier questions that are looked at
_SHORT = 5  # content words; a follow-up with more stands by itself
_BARE = 2  # content words; so few, without a name among them, can hardly stand by themselves
_SUBJECT = 7  # words at most of the question before that are taken along

_OPENS = re.compile(r"^\W*(?:en|maar|ook|dus|and|but|what about|how about)\b", re.IGNORECASE)
# Words that point back: alone (not "die regeling"), as "is het?", "gaat het over", or before a word that names nothing by itself.
_POINTS = re.compile(
    r"\b(?:daarvan|daarvoor|daarin|daarna|daarmee|daarover|daarbij|daaraan|daaruit|daartoe|daartegen|hiervan|hiervoor|hierin|erbij|eruit|toen|destijds|ervan|ervoor|erin|erover|eraan|hij|zij|ze|hun|haar|they|them|their|its)\b"
    r"|\b(?:dat|die|dit|deze|this|that|those|these)\b(?=\W*$|\s+(?:is|was|zijn|waren|wordt|werd|loopt|geldt|gaat|komt|kwam|kost|staat)\b)"
    r"|\b(?:is|was|wordt|werd|loopt|geldt|gaat|komt|kost|duurt|heet)\s+(?:dat|die|dit|deze)\b(?=\W*$|\s+(?:in|voor|van|op|bij|naar|over|tot|ook|dan|nu|precies)\b)"
    r"|\b(?:dat|die|dit|deze|that|those|this|these)\s+(?:geld|bedrag|geldbedrag|budget|jaar|periode|onderzoek|evaluatie|rapport|brief|debat|overleg|datum|"
    r"artikel|voorwaarden?|gemeenten|gebieden|regels?|aanpak|programma|agenda|toolkit|unit|plan|project|uitkering|subsidie|motie|toezegging|"
    r"pagina|nota|stuk|document|bericht|ronde|tranche|richtlijn|stuurgroep|alliantie|bijeenkomst|maatregel|commissie|fonds|pot|potje|uitspraak|money|amount|year|report|letter|debate|study|evaluation)\b"
    r"|^\W*welke\s+\w+\s+er\b|\b(?:stond|staat|stonden|staan|kreeg|krijgt|had|heeft|kon|moest|mag)\s+(?:die|dat|deze|dit)\b(?=\s+\w+(?:d|t|en)\b)"
    r"|(?<=[a-z] )(?:die|dat|deze|dit)\b(?=\s+(?:naar|voor|in|op|aan|bij|over|uit|met|tegen|van)\b)"
    r"|\b(?:het|it)\b(?=\W*$|\s+(?:over|om|voor|in|dan|nu|precies|op|aan|uit|mee|bij|door)\b)"
    r"|\bdaar\b(?=\W*$|\s+(?:de|het|een|is|was|zijn|over|voor|van|bij)\b)",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"^\W*(?:(?:nee|neen|sorry|oh|o|pardon|no|excuus)\b[\s,.:!-]*)*(?:(?:ik|i)\s+(?:bedoel(?:de)?|meant?)|(?:ik bedoelde|bedoel ik))\s+(?:het is\s+)?",
    re.IGNORECASE,
)
_CONTRASTS = re.compile(
    r"^\W*(?:en|maar|and|but|what about|how about|en hoe zit het met|hoe zit het met|wat dacht je van)\s+(?:dan\s+)?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:wie|wiens|wat|waar\w*|wanneer|waarom|hoe\w*|welke?|who|what|where|when|why|how|which)\b"
    r"|^\W*(?:is|was|zijn|waren|wordt|worden|werd|heeft|hebben|had|kan|kunnen|mag|mogen|moet|moeten|geldt|gelden|gaat|komt|krijgt|krijgen|doet|doen|"
    r"does|do|did|can|may|must|are|were|has|have)\b",
    re.IGNORECASE,
)
_ORDINAL_WORDS = "eerste|tweede|derde|vierde|vijfde|zesde|first|second|third|fourth"
_ORDINAL = re.compile(rf"\b(?:{_ORDINAL_WORDS})(?:\s+(\w+))?", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:19|20)\d\d(?:\s*(?:-|–|/|tot en met|t/m|tot)\s*(?:19|20)\d\d)?\b")
_RELATIVE_YEAR = re.compile(
    r"(?:het|een|the|one)\s+(?:jaar|year)\s+(?P<word>ervoor|daarvoor|eerder|before|earlier|erna|daarna|later|after)"
    r"|(?P<count>\w+)\s+(?:jaar|years)\s+(?P<far>eerder|daarvoor|ervoor|later|daarna|erna|earlier|before|after)"
    r"|(?P<next>volgend jaar|vorig jaar|next year|the year before|the year after)",
    re.IGNORECASE,
)
_BACK = frozenset("ervoor daarvoor eerder before earlier".split())
_COUNTS = {"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "tien": 10,
           "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}  # fmt: skip
_PREPOSITION = re.compile(
    r"^(?:voor|van|in|bij|aan|met|op|over|naar|door|uit|tot|onder|for|of|at|to|with|on|about|from)\b", re.IGNORECASE
)
# Where a group of words behind a preposition ends: at the next preposition, or a verb that closes the question.
_GROUP_END = re.compile(
    r"\s+(?=(?:voor|van|in|bij|aan|met|op|over|naar|door|uit|tot|onder|vanaf|sinds|for|of|at|to|with|on|about|from|beschikbaar|bedoeld|bestemd|"
    r"gekomen|gegaan|besteed|uitgegeven|available|mee|toe)\b)|\s*[?.!,;]|\s*$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^\W*((?:tot |vanaf |sinds )?(?:hoeveel|wanneer|welke?|wie|waarom|how (?:much|many)|when|who|which|why)"
    r"(?:\s+(?:geld|euro|gemeenten|miljoen|ministeries|money|municipalities))?)\b",
    re.IGNORECASE,
)


def understand(question: Question) -> str | None:
    """The question in full, or None when it stands by itself.

    `Hoeveel geld is er voor de SPUK Kansrijke Wijk?` then `En voor de tweede tranche?` is asked as
    `Hoeveel geld is er voor de tweede tranche van de SPUK Kansrijke Wijk?`.
    """
    before: list[str] = []  # the earlier questions in full, each resolved once
    for turn in question.turns[-REMEMBERED:]:
        text = " ".join(turn.question.split())
        if small_talk.reply(text) is None:
            before.append(_in_full(text, before) or text)
    return _in_full(" ".join(question.text.split()), before)


def _in_full(text: str, before: Sequence[str]) -> str | None:
    """A question after others that stand in full, oldest first; None when it stands by itself."""
    if not before or not dutch.words(text):
        return None
    reading = read(text)
    content = [term.text for term in reading.terms]
    corrects = _CORRECTS.match(text)
    if corrects is None and len(content) > _SHORT:
        return None
    named = any(term.name for term in reading.terms)
    opens, points = _OPENS.search(text) is not None, _POINTS.search(text) is not None
    if not (corrects or opens or points or (len(content) < _BARE and not named)):
        return None
    said = corrects or _CONTRASTS.match(text)
    rest = text[said.end() :] if said is not None else text
    if rest.strip(" ?.!") and not _ASKS.search(rest) and (said is not None or _RELATIVE_YEAR.search(rest)):
        contrasted = _instead(rest.strip(" ?.!"), before[-1])
        if contrasted is not None:
            return contrasted
    if corrects is not None and len(content) > _SHORT:
        return None
    text = _with_noun(text, before[-1])
    asked, subject = _left_out(text, before)
    left_out = ", ".join(part for part in (asked, subject) if part)
    return f"{text.rstrip('?.! ')} ({left_out})?" if left_out else None


# ------------------------------------------------------------------------------------------------ contrasts and corrections


def _instead(rest: str, before: str) -> str | None:
    """The question before with `rest` in the place of what it stands against; None when there is no such place."""
    if "(" in before:
        return None  # was understood with words in brackets: no sentence to put something in
    for way in (_other_year, _other_ordinal, _other_number, _behind_same_preposition, _other_name):
        found = way(rest, before)
        if found is not None:
            return found
    return None


def _other_year(rest: str, before: str) -> str | None:
    years = _YEARS.findall(before)
    relative = _RELATIVE_YEAR.search(rest)
    if relative is not None and len(years) == 1 and years[0].isdigit():
        return _YEARS.sub(str(int(years[0]) + _years_off(relative)), before)
    given = _YEARS.search(rest)
    if given is None or _other_words(rest, given):
        return None
    if len(years) == 1:
        return _YEARS.sub(given.group(), before)
    return f"{before.rstrip('?.! ')} {rest}?" if not years and _PREPOSITION.match(rest) else None


def _years_off(match: re.Match[str]) -> int:
    if match["next"]:
        return -1 if match["next"].lower() in ("vorig jaar", "the year before") else 1
    if match["count"]:
        count = int(match["count"]) if match["count"].isdigit() else _COUNTS.get(match["count"].lower(), 1)
        return -count if match["far"].lower() in _BACK else count
    return -1 if match["word"].lower() in _BACK else 1


def _other_words(rest: str, given: re.Match[str]) -> bool:
    """Whether a text says more than a year: *en in Rotterdam in 2024*."""
    around = rest[: given.start()] + rest[given.end() :]
    return bool(dutch.content_stems(around))


def _other_ordinal(rest: str, before: str) -> str | None:
    """`voor de tweede tranche` in a question about the first, or in one about the whole scheme."""
    given = _ORDINAL.search(rest)
    if given is None:
        return None
    there = _ORDINAL.search(before)
    if there is not None:
        noun = given.group(1)
        if noun and there.group(1) and dutch.stem(noun.lower()) != dutch.stem(there.group(1).lower()):
            return None
        which = re.search(rf"\b(?:{_ORDINAL_WORDS})\b", given.group(), re.IGNORECASE)
        assert which is not None
        first = re.compile(rf"\b(?:{_ORDINAL_WORDS})\b", re.IGNORECASE)
        return first.sub(which.group(), before, count=1)
    if not given.group(1) or not (_PREPOSITION.match(rest) or _ARTICLE.match(rest) or given.start() == 0):
        return None
    group = _group(before, rest)
    if group is None:
        return None
    start, end = group
    of = "of" if read(before).language == "en" else "van"
    behind = before[start:end].strip()
    whole = rest if _PREPOSITION.match(rest) else behind.split(" ", 1)[0] + " " + rest
    return f"{before[:start]}{whole} {of} {behind.split(' ', 1)[1]}{before[end:]}"


# What is called by its number or letter, and by nothing else: *artikel 7b*, *pijler 2*.
_NUMBERED = re.compile(
    r"\b(artikel|lid|hoofdstuk|paragraaf|onderdeel|pijler|spoor|thema|vraag|article|chapter|section|pillar)\s+(\d+\w*|[a-z])\b",
    re.IGNORECASE,
)


def _other_number(rest: str, before: str) -> str | None:
    """`artikel 7b` where the question before has `artikel 9a`."""
    given = _NUMBERED.fullmatch(_ARTICLE.sub("", rest))
    there = [one for one in _NUMBERED.finditer(before) if given is not None and one[1].lower() == given[1].lower()]
    if given is None or len(there) != 1:
        return None
    return before[: there[0].start(2)] + given[2] + before[there[0].end(2) :]


def _behind_same_preposition(rest: str, before: str) -> str | None:
    if not _PREPOSITION.match(rest) or _ORDINAL.search(rest):
        return None
    group = _group(before, rest)
    return f"{before[: group[0]]}{rest}{before[group[1] :]}" if group is not None else None


def _group(before: str, rest: str) -> tuple[int, int] | None:
    """The last group of words behind the preposition that `rest` begins with (or behind any), as a stretch of `before`."""
    match = _PREPOSITION.match(rest)
    word = match.group() if match is not None else r"(?:voor|van|for|of)"
    places = list(re.finditer(rf"\b{word}\s+", before, re.IGNORECASE))
    if not places:
        return None
    start = places[-1].start()
    end = _GROUP_END.search(before, places[-1].end())
    return (start, end.start()) if end is not None and end.start() > places[-1].end() else None


_ARTICLE = re.compile(r"^(?:de|het|een|the|an?)\s+", re.IGNORECASE)


def _other_name(rest: str, before: str) -> str | None:
    """`SZW` where the question before has `OCW`: a name of the same make that stands by itself."""
    bare = _ARTICLE.sub("", rest)
    terms = [term for term in read(f"x {bare}").terms if term.text != "x"]
    if not terms or not all(term.name for term in terms):
        return None
    if any(_stands(term, before) for term in terms):
        return None
    short = _is_short(bare)
    article = _ARTICLE.match(rest)
    names = [(start, end) for start, end in _names(before) if _is_short(before[start:end]) == short]
    if not names and article is not None:  # "de DU" for "de SPUK Kansrijke Wijk"
        names = [place for place in _names(before) if _is_short(before[place[0] :].split(" ")[0]) == short]
    if not names:
        return None
    if article is not None:
        behind = [
            place
            for place in names
            if before[: place[0]].lower().rstrip().endswith(f" {article.group().strip().lower()}")
        ]
        names = behind or names
    start, end = names[0]
    return before[:start] + bare + before[end:]


def _stands(term: Term, text: str) -> bool:
    return any(word.text == term.text for word in dutch.words(text))


def _is_short(name: str) -> bool:
    """An abbreviation: one word of capitals."""
    return " " not in name and sum(letter.isupper() for letter in name) >= 2


def _names(text: str) -> list[tuple[int, int]]:
    """The stretches of a question that name something; words of one name that follow each other are one stretch."""
    names = {term.text for term in read(text).terms if term.name}
    found: list[tuple[int, int]] = []
    for word in dutch.words(text):
        if word.text not in names or text[word.start].isdigit():
            continue
        if found and _joins(text, found[-1], word):
            found[-1] = (found[-1][0], word.end)
        else:
            found.append((word.start, word.end))
    return found


def _joins(text: str, name: tuple[int, int], word: dutch.Word) -> bool:
    """Whether a word goes on with a name: *Agenda Veerkrachtige & Weerbare Samenleving*, but not *OCW en SZW*."""
    between = text[name[1] : word.start]
    if between == " en ":
        return not _is_short(text[name[0] : name[1]].split(" ")[-1]) and not _is_short(text[word.start : word.end])
    return between in (" ", " & ")


# ------------------------------------------------------------------------------------------------ subjects


def _with_noun(text: str, before: str) -> str:
    """`de eerste` as `de eerste tranche`, when the question before speaks of one of those."""
    given = _ORDINAL.search(text)
    if given is None or (given.group(1) and given.group(1).lower() not in dutch.STOPWORDS):
        return text
    noun = next((match.group(1) for match in _ORDINAL.finditer(before) if match.group(1)), "")
    end = given.start() + len(given.group().split(" ")[0])
    return f"{text[:end]} {noun}{text[end:]}" if noun else text


# The verb of a question stands behind who or what is asked for: "Welke fracties leverden", "Wie betaalt".
_VERB = re.compile(
    r"^\W*(?:\w+\s+)?(?:(?:wie|wat|waar\w*|wanneer|waarom|hoe|who|what|where|when|why|how)|(?:welke?|hoeveel|which|how many)\s+[\w-]+)\s+(\w+)",
    re.IGNORECASE,
)


def _left_out(text: str, before: Sequence[str]) -> tuple[str, str]:
    """What the nearest question with a subject asked (when this one does not ask by itself), and that subject."""
    reading = read(text)
    said = {dutch.stem(term.text) for term in reading.terms}
    ordinal = _ORDINAL.search(text)
    asks = reading.asked is not Asked.OPEN or re.match(
        r"\W*(?:en |and )?(?:wat|hoe|waar|what|how|where)\b", text, re.IGNORECASE
    )
    for earlier in reversed(before):
        subject = _subject(
            earlier, said, without_ordinals=ordinal is not None, noun=ordinal is not None and not ordinal.group(1)
        )
        if subject:
            asking = _ASKING.match(earlier)
            return (asking.group(1).lower() if asking and not asks else ""), subject
    return "", ""


def _subject(text: str, said: set[str], *, without_ordinals: bool, noun: bool) -> str:
    """What a question is about, in its own words, names before other words when there are many.

    Args:
        without_ordinals: the follow-up says itself which one; `noun`: but not which of what.
    """
    terms = read(text).terms
    verb = _VERB.match(text)
    said = said | ({dutch.stem(verb.group(1).lower())} if verb is not None else set())
    others = [term.text for term in terms if not term.name and term.stem not in said]
    wanted = {term.text for term in terms if term.name and term.stem not in said}
    wanted |= set(others[-max(0, _SUBJECT - len(wanted)) :] if len(wanted) < _SUBJECT else [])
    for match in _ORDINAL.finditer(text):
        if not match.group(1):
            continue
        first, second = (word.text for word in dutch.words(match.group())[:2])
        wanted -= {first, second}
        if not without_ordinals:
            wanted |= {first, second}
        elif noun:
            wanted |= {second}
    return " ".join(text[word.start : word.end] for word in dutch.words(text) if word.text in wanted)
