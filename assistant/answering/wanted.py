"""Text → what was asked for in it: a figure, name, reason or long form, and whether it is of the asked tranche and year."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from assistant import dutch, figures
from assistant.answering import moments
from assistant.answering.candidates import Candidate
from assistant.answering.question import NOT_COUNTED, Asked, Reading
from assistant.model import BlockKind
from assistant.text import Span, fold

_OFFICE = (
    r"\b(?:[Mm]inister(?:ie)?|[Ss]taatssecretaris(?:sen)?|[Bb]urgemeesters?|[Kk]abinet|[Cc]ommissie|[Vv]oorzitter|[Gg]emeenten?|[Ff]racties?|"
    r"[Oo]rganisaties?|[Dd]irecteur|[Pp]rofessionals?|[Cc]ollege|[Rr]ijk|[Bb]ewoners|[Jj]ongerenwerkers?|[Aa]lliantie|[Kk]amerl(?:id|eden)|[Bb]ewindspers\w+|bureaus?|[Oo]nderzoekers?|[Ww]ethouders?)\b"
)
_CAPITALISED = r"(?<=[a-zà-ÿ,(:;] )[A-ZÀ-Þ][\w’'&-]+(?: (?:van|de|der|den|en|voor|het)? ?[A-ZÀ-Þ][\w’'&-]+)*"
_PAPERS = r"(?!(?:Kamerbrief|Kamerstuk|Staatscourant|Staatsblad|Actieagenda|Agenda|Regeling|Artikel|Nota|SPUK|DU)\b)"
# A name that opens a sentence as its subject: *Berenschot evalueerde*, *Kuzu was*. What opens one with a small word is none.
_SUBJECT = (
    r"\A(?!(?:Alle|Daar|Dat|De|Die|Dit|Een|Eén|Elke?|Er|Geen|Het|Hier|Hij|Ieder|Iedere|In|Men|Met|Na|Naast|Niet|Ook|Onder|Op|Over|Sinds|Tijdens|"
    r"Tot|Uit|Van|Vanaf|Volgens|Voor|Wat|Wel|Wie|Ze|Zij|Zo|Zoals)\b)"
    r"[A-ZÀ-Þ][\w’'&-]+(?: (?:van|de|der|den|en|voor|het)? ?[A-ZÀ-Þ][\w’'&-]+)*(?= (?:is|was|had|kon|zat|gaf|\w{2,}(?:t|de|te|en))\b)"
)
_PERSON = re.compile(f"{_OFFICE}|{_PAPERS}{_CAPITALISED}|{_PAPERS}{_SUBJECT}")
_PLACE = re.compile(rf"\b(?:in|te|bij) (?:de |het )?{_PAPERS}[A-ZÀ-Þ][\w’'-]+(?:[ -][A-ZÀ-Þ][\w’'-]+)*")
_BECAUSE = re.compile(
    r"\b(?:omdat|doordat|want|daarom|redenen?|zodat|vanwege|wegens|dankzij|aangezien|immers|namelijk|oorzaak|doordat|om)\b",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"\b(?:jaarlijkse?|maandelijkse?|wekelijkse?|dagelijkse?|halfjaarlijkse?|(?:één|een|twee|drie|vier|\d+) (?:keer|maal)(?: per \w+)?|"
    r"(?:elk|ieder|per) (?:half)?(?:jaar|kwartaal|maand|week)|om de \w+ jaar|periodieke?|regelmatig)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\(?0\d{1,3}\)?[ -]?\d[\d ]{5,}|(?:https?://|www\.)\S+")
_PATTERNS: Mapping[Asked, re.Pattern[str]] = {
    Asked.PERSON: _PERSON,
    Asked.PLACE: _PLACE,
    Asked.REASON: _BECAUSE,
    Asked.FREQUENCY: _FREQUENCY,
    Asked.CONTACT: _CONTACT,
}
_WHOLE = re.compile(r"\b(?:totaal|totale|beschikbaar)\b", re.IGNORECASE)
_FIGURES: Mapping[Asked, frozenset[str]] = {
    Asked.DATE: frozenset({"date", "period"}),
    Asked.PERIOD: frozenset({"period", "date"}),
    Asked.AMOUNT: frozenset({"amount"}),
    Asked.NUMBER: frozenset({"number", "percentage", "period"}),
}


def is_whole(text: str) -> bool:
    """Whether a text gives a total, or what is available in all, rather than a part of it."""
    return _WHOLE.search(text) is not None


def answering_spans(text: str, reading: Reading, kind: BlockKind = BlockKind.PARAGRAPH) -> tuple[Span, ...]:
    """The stretches of a text that are of the asked kind and not already in the question."""
    asked = reading.asked
    if asked in _FIGURES:
        kinds = _FIGURES[asked]
        given = {(figure.kind, figure.value) for figure in figures.find(reading.text) if figure.kind in kinds}
        if len(given) > 1 or reading.doubted:
            given = set()  # "200, 250 of 256 miljoen?" chooses between them, "is dat nog zo?" asks whether
        side = moments.side_asked(reading.text) if asked in (Asked.DATE, Asked.PERIOD) else None
        of_day = asked is Asked.DATE and _DAY.search(reading.text) is not None
        of_age = asked is Asked.NUMBER and _AGE.search(reading.text) is not None
        lasting = _HOW_LONG.search(reading.text) is not None
        found_figures = [
            figure
            for figure in figures.find(text)
            if asked is not Asked.PERIOD or _is_period(text, figure, lasting=lasting)
        ]
        return tuple(
            Span(*figure.span)
            for figure in found_figures
            if figure.kind in kinds
            and (figure.kind, figure.value) not in given
            and not (asked is not Asked.AMOUNT and _only_identifies(text, figure.start, reading))
            and not (reading.year_wanted and re.match(r"\d{4}", figure.value) is None)
            and not (side is not None and moments.on_other_side(text, figure, side))
            and not (of_day and "-" not in figure.value)
            and not (of_age and _YEARS_OLD.match(text, figure.start) is None and _AGE.search(text) is None)
        )
    if asked is Asked.YES_NO and reading.doubted:
        return tuple(Span(*figure.span) for figure in figures.find(text) if figure.kind in reading.doubted)
    if asked is Asked.MEANING:
        return tuple(_long_forms(text, reading))
    if asked in _PATTERNS:
        said = {term.stem for term in reading.terms}
        found = (Span(*match.span()) for match in _PATTERNS[asked].finditer(text))
        return tuple(
            span
            for span in found
            if not set(dutch.content_stems(text[span.start : span.end])) <= said
            and not (kind is BlockKind.TABLE_ROW and _only_opens_a_cell(text, span))
        )
    if asked is Asked.LIST:
        listed = (kind is BlockKind.LIST_ITEM and "; " in text) or _ENUMERATES.search(text) is not None
        return (Span(0, len(text)),) if listed else ()
    return (Span(0, len(text)),)


_HOW_LONG = re.compile(r"\b(?:hoe ?lang|duur\w*|how long)\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:welke (?:dag|datum)|uiterste (?:dag|datum)|sluitingsdatum|ingangsdatum|startdatum|deadline|(?:which|what|closing|start) (?:day|date))\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b(?:leeftijd\w*|hoe oud|how old|ages?|aged)\b", re.IGNORECASE)
_YEARS_OLD = re.compile(
    r"[\w.,]+(?:\s+(?:tot(?: en met)?|t/m|en|-|–|to|and)\s+[\w.,]+)?\s*-?(?:jaar|jarig|years)", re.IGNORECASE
)


_ENUMERATES = re.compile(r"\s(?:en|and|of|or|&)\s|:.*,|,.*,")


def _only_opens_a_cell(row: str, span: Span) -> bool:
    """Whether a word has its capital because a cell of a table begins with it: *Onderdeel: Datum van het debat*."""
    opens = row[: span.start].endswith((": ", "; "))
    one_word = " " not in row[span.start : span.end]
    return (
        opens
        and one_word
        and re.match(r" (?!(?:van|de|der|den|ten|ter) [A-ZÀ-Þ]|(?:en|of|namens|uit)\b)[a-zà-ÿ]", row[span.end :])
        is not None
    )


_ONE_SIDED = re.compile(
    r"\b(?:tot|t/m|vanaf|sinds|eindigt|eindigde|loopt|begint|uiterlijk|einddatum|until|since|by)\b(?:\W+\w+){0,3}\W+$",
    re.IGNORECASE,
)


_SHORT = re.compile(r"\b(?:minu\w+|uur|uren|seconden|hours?)\b", re.IGNORECASE)
_NO_TERM = re.compile(r".{0,12}\b(?:vóór|voor de|na de|geleden|eerder|later|before|after|ago)\b", re.IGNORECASE)


def _is_period(text: str, figure: figures.Figure, *, lasting: bool) -> bool:
    """Whether a figure says how long something takes, from when or until when; a mere date does not.

    Args:
        lasting: how long was asked; else half an hour, or the months between two events, are no term.
    """
    said = text[figure.start : figure.end]
    if figure.kind == "period" and not lasting and not re.search(r"\d{4}", figure.value):
        return _SHORT.search(said) is None and _NO_TERM.match(text, figure.end) is None
    return figure.kind == "period" or _ONE_SIDED.search(text[max(0, figure.start - 40) : figure.start]) is not None


_IDENTIFIED = re.compile(
    r"\b(\w*(?:besluit|brief|nota|bericht|verslag|debat|overleg|wijziging|regeling|rapport|pagina|kader|begroting|onderzoek|publicatie))"
    r"(?:\s+\([^)]{1,12}\))?\s+(?:van|uit|voor)\s+(?:eind |begin |de zomer van )?$",
    re.IGNORECASE,
)


def _only_identifies(text: str, start: int, reading: Reading) -> bool:
    """Whether a date says which letter or debate is meant (*de brief van 7 juli 2023 noemt ...*) and answers nothing.

    When the question is about that letter or debate itself, its date may be the answer.
    """
    match = _IDENTIFIED.search(text[max(0, start - 60) : start])
    if match is None:
        return False
    said = {term.stem for term in reading.terms}
    return dutch.stem(match.group(1).lower()) not in said


def _long_forms(text: str, reading: Reading) -> Iterator[Span]:
    """Where a text says what an abbreviation of the question stands for: `specifieke uitkering`, or the words before `(SPUK)`."""
    lowered = text.lower()
    for term in reading.terms:
        for long in dutch.ABBREVIATIONS.get(term.text, ()):
            at = lowered.find(long)
            if at >= 0:
                yield Span(at, at + len(long))
        at = lowered.find(f"({term.text})")
        if at > 0:
            words = dutch.words(text[:at])[-len(term.text) - 1 :]
            if words:
                yield Span(words[0].start, at - 1)


def explains(text: str, short: str, long: str) -> bool:
    """Whether a text says that an abbreviation stands for a long form: `long (SHORT)`, `SHORT (long)`, `SHORT staat voor long`.

    Args:
        text, short, long: folded.
    """
    short, long = re.escape(short), re.escape(long)
    said = rf"\b{long}\w* \(\W?{short}\b|\b{short}\b\W? \(\W?{long}|\b{short}\b\W? (?:staat voor|betekent|is de afkorting van) \W?(?:de |het |een )?{long}"
    return re.search(said, text) is not None


# Who did one thing: a person or a body, by name or office. *Wie kan aanvragen?* may be answered by any kind of people.
_DID = re.compile(
    r"\b(?:wie|wiens|who|whom|welk(?:e)?)\b.*\b(?:schreef|schreven|stuurde|ondertekende|tekende|zat|voorzitter|leid(?:de|den|t|en)|stelde|vroeg|diende|"
    r"evalueerde|onderzocht|directeur|wiens|opdracht|wrote|signed|sent|chairs?|chaired|led|leads|asked|commissioned|evaluated)\b|"
    r"\b(?:in wiens|namens wie)\b|\bhoe heet\w*\b|"
    r"\b(?:wie|who)\b.*\b(?:gedaan|uitgevoerd|gemaakt|opgesteld|geschreven|did|made|carried out)\b",
    re.IGNORECASE,
)
_BY_SOMEBODY = re.compile(r"\b(?:door|namens|by|on behalf of) (?:(?:de|het|een|the|an?) )?[\w-]{3,}", re.IGNORECASE)


def lacks_somebody(text: str, reading: Reading) -> bool:
    """Whether it was asked who did something and a text that names no person or body does not say by whom either."""
    return reading.asked is Asked.PERSON and _DID.search(reading.text) is not None and _BY_SOMEBODY.search(text) is None


_THE_MOST = re.compile(
    r"\b(?:het (?P<how>hoogst|laagst|meest|minst|grootst|kleinst|vaakst|sterkst|snelst|duurst)|(?P<how_of>hoogste|laagste|meeste|minste|grootste|"
    r"kleinste|duurste|highest|lowest|most|least|largest|biggest|smallest)\b(?:\s+(?P<of>[a-z]\w+))?)\b(?! (?:recente?|actuele?|recent)\b)",
    re.IGNORECASE,
)


def lacks_the_most(shown: Sequence[str], reading: Reading) -> bool:
    """Whether it was asked what has the most or the least of something, and what is shown neither says so nor has figures to compare.

    Args:
        shown: the sentences of an answer; the first must call something the most.
    """
    asked = _THE_MOST.search(reading.text)
    if asked is None:
        return False
    compared = sum(figure.kind in ("amount", "number", "percentage") for text in shown for figure in figures.find(text))
    return compared < 2 and not any(_are_alike(asked, said) for said in _THE_MOST.finditer(shown[0]))


def _are_alike(asked: re.Match[str], said: re.Match[str]) -> bool:
    """Whether two superlatives are of one kind, and of the same thing where both name one: not *het meeste geld* and *de meeste wijken*."""
    how, also = ((one["how"] or one["how_of"]).lower()[:4] for one in (asked, said))
    if how != also:
        return False
    wanted, given = (dutch.stem(fold(one["of"])) if one["of"] else "" for one in (asked, said))
    return not wanted or not given or wanted == given or given in dutch.synonyms(wanted) | dutch.formal_words(wanted)


# The thing that is counted, not an adjective before it or a verb after it.
_COUNTED = re.compile(
    r"\bhoeveel\s+(?:(?:nieuwe|extra|andere|verschillende|grote|kleine|kwetsbare|jonge|deelnemende|lokale|landelijke|stedelijke|concrete|losse|hele|"
    rf"\d+)\s+)?(?!{NOT_COUNTED}\b)([\w-]+(?:en|s|ies))\b(?!\s+(?:de|het|een|die|deze)\b)",
    re.IGNORECASE,
)
_COUNTS_ANYTHING = frozenset(
    dutch.stem(word) for word in "procent percentage keer maal jaren maanden weken dagen uren times percent".split()
)


def lacks_the_counted(text: str, reading: Reading) -> bool:
    """Whether it was asked how many of a thing there are, and a text speaks of no such thing, in the same or in other words."""
    counted = _COUNTED.search(reading.text) if reading.asked is Asked.NUMBER else None
    thing = dutch.stem(fold(counted.group(1))) if counted is not None else ""
    if not thing or thing in _COUNTS_ANYTHING:
        return False
    others = {thing} | dutch.synonyms(thing) | dutch.formal_words(thing)
    accepted = others | {dutch.loose_stem(one) for one in others} | {dutch.spelt_alike(one) for one in others}
    stems = {dutch.stem(word.text) for word in dutch.words(text)}
    found = stems | {dutch.loose_stem(one) for one in stems} | {dutch.spelt_alike(one) for one in stems}
    return not any(
        one == other or (len(one) >= _COMPOUND and other.endswith(one)) for one in accepted for other in found
    )


_COMPOUND = 3  # letters of a word that others end with: *gebieden* in *focusgebieden*
_TOLD_TO_LIST = re.compile(r"^(?:geef|som|noem|zet|toon|give|name|list|show)\b", re.IGNORECASE)


def is_told_to_list(reading: Reading) -> bool:
    """Whether a question is an order to list things: *Noem de tien adviezen*."""
    return reading.asked is Asked.LIST and _TOLD_TO_LIST.match(reading.text) is not None


def has_focus(text: str, reading: Reading) -> bool:
    """Whether the text counts or lists what the question counts or chooses from: *vijf thema's*, *de thema's: ...*."""
    if reading.focus is None:
        return False
    found = dutch.words(text)
    if reading.asked is Asked.NUMBER:
        ends = [span.end for span in answering_spans(text, reading)]
        starts = [word.start for word in found if dutch.stem(word.text) == reading.focus]
        return any(0 <= start - end <= 40 and text[end:start].count(" ") <= 4 for start in starts for end in ends)
    return any(dutch.stem(word.text) == reading.focus for word in found)


# What has names of its own: a sentence that lists those need not say what they are.
_BODIES = frozenset(
    dutch.stem(word)
    for word in "ministeries departementen partijen fracties organisaties instanties bureaus partners ministers bewindspersonen "
    "staatssecretarissen kamerleden personen mensen namen ministries parties organisations bodies people names".split()
)


# Whatever an answer lists may be called that.
_ANYTHING = frozenset(
    dutch.stem(word)
    for word in "situaties gevallen zaken dingen punten aspecten onderdelen manieren wijzen omstandigheden misstanden problemen things cases ways situations".split()
)
_CONDITIONS = frozenset(
    dutch.stem(word) for word in "voorwaarden eisen vereisten beperkingen conditions requirements".split()
)
_CONDITIONAL = re.compile(
    r"\b(?:alleen|mits|tenzij|moet(?:en)?|mag|minstens|ten minste|minimaal|hoogstens|ten hoogste|maximaal|verplicht|vereist|only|must|provided|unless)\b",
    re.IGNORECASE,
)


def is_about(text: str, reading: Reading, spoken_of: Collection[str]) -> bool:
    """Whether a text speaks of the things that the question chooses from, or lists such things by their names.

    Args:
        spoken_of: the stems of the question's words that the text or its heading has.
    """
    if reading.focus is None or reading.focus in spoken_of or has_focus(text, reading) or reading.focus in _ANYTHING:
        return True
    if reading.focus in _CONDITIONS and _CONDITIONAL.search(text):
        return True
    asked = {term.text for term in reading.terms}
    named = [
        {fold(name) for name in _NAME_IN.findall(f" {match.group()}")} - asked
        for match in _NAMES_TOGETHER.finditer(text)
    ]
    return reading.focus in _BODIES and any(len(names) > 1 for names in named)


_NAME_IN = re.compile(r"(?<=[\w,:;(] )[A-ZÀ-Þ][\w’'&-]+|\b(?:\w*[A-ZÀ-Þ]){2}\w*\b")  # inside a sentence, or of capitals


_ONE_NAME = r"[A-ZÀ-Þ][\w’'&-]*(?: (?:(?:van|de|der|den|het) )?[A-ZÀ-Þ][\w’'&-]*){0,5}(?: \([^)]{1,40}\))?"
# Several names in a row: *OCW, SZW en VRO*, *Nobel (NSC) en Struycken*; of two words without a comma one is an abbreviation or has two parts,
# so that *School en Omgeving* is the name of one thing.
_NAMES_TOGETHER = re.compile(
    rf"{_ONE_NAME}(?:(?:, (?:(?:de|het|een|the) )?{_ONE_NAME}|; {_ONE_NAME}(?=[;.,]|\Z)))+(?:,? (?:en|and|of|or) {_ONE_NAME})?|"
    rf"(?=(?:\S+ ){{0,6}}?(?:\w*[A-Z]{{2,}}|[A-ZÀ-Þ]\w+ [A-ZÀ-Þ]\w+)){_ONE_NAME} (?:en|and|of|or) {_ONE_NAME}"
)
_ORDINAL = re.compile(r"\b(eerste|tweede|derde|vierde|vijfde|first|second|third|fourth)\s+([\w-]+)", re.IGNORECASE)
_ORDINALS = {"first": "eerste", "second": "tweede", "third": "derde", "fourth": "vierde"}
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEARS = re.compile(r"\b((?:19|20)\d\d)\s*(?:-|–|/|tot en met|t/m|tot)\s*((?:19|20)\d\d)\b")


# "de tweede tranche (2026-2028)": what is called by its number is often called by its years as well
_NUMBERED_PERIOD = re.compile(
    r"\b(eerste|tweede|derde|vierde|vijfde)\s+(\w+)\b[^.;:!?\n]{0,25}?\b((?:19|20)\d\d)\s*(?:-|–|/|tot en met|t/m)\s*((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
Periods = Mapping[tuple[str, str], tuple[int, int]]  # (which, stem of what) -> first and last year


def numbered_periods(texts: Iterable[str]) -> Periods:
    """The years of numbered things as texts give them; a thing that is given different years is left out.

    From *de tweede tranche (2026-2028)*: `{("tweede", "tranch"): (2026, 2028)}`.
    """
    found: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for text in texts:
        for match in _NUMBERED_PERIOD.finditer(text):
            key = (match.group(1).lower(), dutch.stem(match.group(2).lower()))
            found.setdefault(key, set()).add((int(match.group(3)), int(match.group(4))))
    return {key: next(iter(spans)) for key, spans in found.items() if len(spans) == 1}


def opposed(candidate: Candidate, reading: Reading, periods: Periods) -> bool:
    """Whether the text names another tranche or other years than the question does, and not the one asked for."""
    asked = ordinals(reading.text, periods)
    if asked:
        given = ordinals(candidate.text, periods) or ordinals(" ".join(candidate.section[-1:]), periods)
        for noun, which in asked.items():
            if noun in given and not which & given[noun]:
                return True
    years = _years(reading.text, periods)
    if years:
        there = _years(candidate.text, periods)
        if there and not years & there and not any(str(year) in candidate.document.date for year in years):
            return True
    return False


def ordinals(text: str, periods: Periods) -> dict[str, set[str]]:
    """Which of what a text names, by number or by the years of that number: `{"tranch": {"tweede"}}`."""
    found: dict[str, set[str]] = {}
    for match in _ORDINAL.finditer(dutch.ordinals_in_words(text)):
        which = match.group(1).lower()
        found.setdefault(dutch.stem(match.group(2).lower()), set()).add(_ORDINALS.get(which, which))
    spans = {(int(match.group(1)), int(match.group(2))) for match in _YEARS.finditer(text)}
    by_number = set(found)
    for (which, noun), span in periods.items():
        if span in spans and noun not in by_number:
            found.setdefault(noun, set()).add(which)
    return found


def _years(text: str, periods: Periods) -> set[int]:
    """The years a text names, those of numbered things among them."""
    years = {int(match.group()) for match in _YEAR.finditer(text)}
    for match in _ORDINAL.finditer(text):
        which = match.group(1).lower()
        span = periods.get((_ORDINALS.get(which, which), dutch.stem(match.group(2).lower())))
        if span is not None:
            years |= set(range(span[0], span[1] + 1))
    for match in _YEARS.finditer(text):
        years |= set(range(int(match.group(1)), min(int(match.group(2)), int(match.group(1)) + 50) + 1))
    return years
