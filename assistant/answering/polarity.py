"""Whether a written sentence turns its source round: negations, obligations, permissions and opposites, clause by clause.

Words of a whole quote prove too much: *mag een plan gebruiken, maar een plan is geen voorwaarde* holds both *mag* and *geen* and
does not prove *mag geen plan gebruiken*. So each clause of the sentence is held against the clauses that share its words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from assistant import dutch, figures
from assistant.answering import clauses

Turned = Literal["negation", "modality", "opposite"]

_NEGATION = re.compile(
    r"\b(?:niet(?! alleen\b)(?! enkel\b)(?! langer dan\b)|geen|nooit|niemand|niets|nergens|evenmin|noch|"
    r"not(?! only\b)|no(?!\.|\s+\d)|never|nobody|nothing|neither|nor|cannot|\w+n['’]t)\b",
    re.IGNORECASE,
)
# What denies without the word *niet*: enough to prove a negation, and itself proven by one.
_DENIAL = re.compile(
    r"\b(?:zonder|ontbre(?:e)?k\w*|ontbrak\w*|uitgezonderd|uitgesloten|vervallen|vervalt|verviel\w*|afgewezen|geweigerd|weiger\w*|"
    r"verboden|verbied\w*|gestopt|stop[pt]\w*|mis(?:t|sen)|laat na|evenmin|nauwelijks|amper|te weinig|on(?:voldoende|bekend\w*|"
    r"duidelijk\w*|mogelijk\w*|toereikend\w*|gebruikt\w*|besteed\w*|benut\w*)|niet-\w+|without|lack\w*|absent|missing|excluded?|"
    r"wantrouw\w*|voorkom\w* dat|over(?:ge)?bl[ie]\w+|blij(?:f|ft|ven)\b.{0,40}\bover|hou(?:d|dt|den)\b.{0,40}\bover|refus\w+|reject\w+|un\w{4,}|insufficient\w*|stopp?ed|hardly|barely|tenzij|unless|nog te)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:alleen|slechts|uitsluitend|only|merely)\b", re.IGNORECASE
)  # *alleen A* may stand for *niet B*
_NOT_BUT = re.compile(  # *niet B, tenzij A* may stand for *alleen A*
    r"\b(?:niet (?:meer|anders)\b.{0,20}\bdan|no more\b.{0,20}\bthan|(?:minder|lager|kleiner) dan|less than)\b",
    re.IGNORECASE,
)
_UNLESS = re.compile(r"\b(?:tenzij|unless|behalve)\b", re.IGNORECASE)
_AFFIRMED = re.compile(r"\bwel\b", re.IGNORECASE)  # *A niet, maar B wel*: both stand in the source and are told apart
_MUST = re.compile(
    r"\b(?:moet(?:en)?|moest(?:en)?|dien(?:t|en)(?= \b.{0,60}\bte\b)|(?<!niet )verplicht(?:e|en)?|(?<!geen )verplichting(?:en)?|is gehouden|"
    r"must|shall|has to|(?<!not )have to|had to|required|obliged)\b",
    re.IGNORECASE,
)
_MAY = re.compile(
    r"\b(?:mag|mogen|mocht(?:en)?|kan|kunnen|kon(?:den)?|toegestaan|bevoegd|may|can|could|allowed|permitted)\b",
    re.IGNORECASE,
)
_NEED_NOT = re.compile(
    r"\b(?:hoef\w*|niet verplicht|geen (?:verplichting|voorwaarde|eis|vereiste)\b|not (?:mandatory|obligatory|obliged)|need not|needn['’]t|not (?:need|have) to|not required)\b",
    re.IGNORECASE,
)
# Legal Dutch orders without "moet": "de gemeente legt verantwoording af uiterlijk op 15 juli".
_BINDING = re.compile(
    r"\b(?:uiterlijk|voorwaarde\w*|vereist\w*|verantwoord\w*|eis(?:en|t)?|slechts|alleen|uitsluitend|tenzij|draagt zorg|zorgt|"
    r"nodig|\w*doel(?:en|stelling\w*)?|noodza\w+|noodzakelijk|is vereist|verwacht\w*|needed|necessary)\b",
    re.IGNORECASE,
)

_MONTH = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_TIME = rf"(?=\s+(?:\d|de (?:zomer|winter|start|invoering)|het (?:einde|begin)|eind|{_MONTH}|19|20))"
_RISES, _FALLS = (
    r"stij(?:gt|gen|ging)|steeg|stegen|gestegen|toename|toegenomen|neemt\b.{0,40}\btoe|nam\w*\b.{0,40}\btoe|groeit|groeide\w*|gegroeid|groei|"
    r"verdubbel\w*|increas\w*|r[io]s(?:e[ns]?|ing)|grew|grow\w*",
    r"daal(?:t|de|den)|dalen|daling|gedaald|afname|afgenomen|neemt\b.{0,40}\baf|nam\w*\b.{0,40}\baf|krimpt?|kromp|gekrompen|"
    r"halveer\w*|decreas\w*|f[ae]ll(?:s|en|ing)?|declin\w*|shr[aiu]nk\w*",
)
# What may not be swapped: one side in a clause of the sentence and the other in the clause that proves it.
_OPPOSITES: tuple[tuple[str, str], ...] = (
    (r"ten minste|tenminste|minimaal|minstens|at least|minimum", r"ten hoogste|maximaal|hoogstens|hooguit|at most|maximum"),
    (r"meer dan|more than|ruim(?= [\d€])|boven de(?= \d)", r"minder dan|less than|fewer than|bijna(?= [\d€])|onder de(?= \d)"),
    (_RISES, _FALLS),
    (r"omhoog|upwards?", r"omlaag|downwards?"),
    (r"verho(?:og|gen|ging)\w*|raise\w*", r"verla(?:ag|gen|ging)\w*|lower(?:ed|s|ing)|reduc\w+"),
    (r"verbeter\w*|vooruitgang|improv\w*|better", r"verslechter\w*|achteruitgang|worsen\w*|deteriorat\w*|worse"),
    (r"versterk\w*|strengthen\w*", r"verzwak\w*|weaken\w*"),
    (r"verruim\w*|ruimer\w*|uitbreid\w*|uitgebreid|expand\w*", r"beperkter?e?|beperk(?:t|en|ing\w*)|versmal\w*|inperk\w*|ingeperkt|restrict\w*"),
    (r"ruime?|ample", r"beperkte?|krappe?|limited"),
    (r"hoger\w*|hoge?|hoogste|higher|high|highest", r"lager\w*|lage?|laagste|lower|low|lowest|achter(?:blij\w*)?|blij(?:ft|ven)\b.{0,20}\bachter"),
    (r"groter\w*|grote?|grootste|larger?|largest|bigger", r"kleiner\w*|kleine?|kleinste|smaller|smallest"),
    (r"langere?|lange?|langste|longer|long", r"kortere?|korte?|kortste|shorter|short"),
    (r"snel(?:le|ler|lere)?|snelst\w*|fast(?:er)?|quick\w*", r"langza(?:am|me|mer|mere)|traag|trage|trager|slow\w*"),
    (r"vroeger|eerder(?: dan)?|earlier", r"later(?: dan)?"),
    (r"vaak|vaker|meestal|dikwijls|often|frequently|usually", r"zelden|soms|nauwelijks|weinig|rarely|seldom"),
    (r"altijd|always", r"soms|zelden|nooit|sometimes|never"),
    (r"veel|vele|meeste|many|much|most", r"weinig|minste|te weinig|few|little|least"),
    (r"gemakkelij\w*|makkelij\w*|eenvoudig\w*|easi\w+|easy", r"moeilij\w*|lastig\w*|ingewikkeld\w*|difficult\w*|hard(?:er)?"),
    (r"sterk(?:e|er|ere)?|strong\w*", r"zwak(?:ke|ker|kere)?|weak\w*"),
    (r"positie(?:f|ve\w*)|positive\w*|gunstig\w*", r"negatie(?:f|ve\w*)|negative\w*|ongunstig\w*"),
    (r"binnen(?!kort)|within|inside", r"buiten|outside"),
    (r"boven", r"onder(?= de\b| het\b)"),
    (r"boven\s?op|bovenop|naast|in addition to|on top of", r"in (?:de )?plaats van|ter vervanging van|instead of"),
    (rf"vóór|voor{_TIME}|voordat|alvorens|voorafgaand|before|prior to", r"na|nadat|after"),
    (r"vooraf|voor aanvang", r"achteraf|na afloop"),
    (r"met(?= inbegrip)|inclusief|including", r"zonder|exclusief|excluding"),
    (r"verplicht\w*|mandatory|compulsory", r"vrijwillig\w*|facultatief|vrijblijvend\w*|voluntary|optional"),
    (r"toegestaan|toegelaten|allowed|permitted", r"verboden|uitgesloten|prohibited|excluded"),
    (r"toegewezen|toegekend|goedgekeurd|ingewilligd|granted|approved", r"afgewezen|geweigerd|verworpen|rejected|refused"),
    (r"aangenomen|adopted", r"verworpen|ingetrokken|rejected"),
    (r"voor(?:stander\w*)|steun\w*|supports?", r"tegen(?:stander\w*)|opposes?"),
    (r"vanaf|sinds|begin(?:t|nen)|begon|gestart|start(?:te|ten)?|from|since|begins?|began", r"tot en met|tot uiterlijk|eindigt|eindigde|loopt af|vervalt|until|ends|ended"),
    (r"eenmalig\w*|tijdelijk\w*|incidente\w+|one-off|temporar\w+", r"structure\w+|permanent\w*|blijvend\w*|jaarlijks\w*|structural\w*|annual\w*"),
    (r"jaarlijks\w*|annual\w*|yearly", r"maandelijks\w*|halfjaarlijks\w*|tweejaarlijks\w*|wekelijks\w*|monthly|weekly"),
    (r"openba(?:ar|re)|public", r"vertrouwelijk\w*|geheim\w*|besloten|confidential|secret"),
    (r"landelijk\w*|nationa\w+", r"lokaal|lokale|plaatselijk\w*|local\w*"),
    (r"direct\w*|rechtstreeks\w*", r"indirect\w*"),
    (r"geopend|opent|open(?:en)?\b", r"gesloten|sluit|sloot|closed|closes"),
    (r"ontvang(?:t|en)|ontving\w*|krijgt|krijgen|kreeg|kregen|receive\w*", r"betaal\w*|betalen|draagt|pays?|paid"),
    (r"alle|iedere|elke|all|every", r"enkele|sommige|geen enkel\w*|some|none"),
    (r"voldoende|genoeg|sufficient\w*|enough", r"onvoldoende|ontoereikend\w*|insufficient\w*"),
    (r"mannen|men|jongens", r"vrouwen|women|meisjes"),
    (r"nieuwe?|new", r"bestaande|oude|existing|old"),
)  # fmt: skip
_PAIRS = tuple(
    (re.compile(rf"\b(?:{one})(?!\w)", re.IGNORECASE), re.compile(rf"\b(?:{other})(?!\w)", re.IGNORECASE))
    for one, other in _OPPOSITES
)


def turned(text: str, quotes: Sequence[str], around: str) -> Iterator[tuple[Turned, str]]:
    """What a sentence turns round, with the word that does so.

    Args:
        quotes: the texts that prove the sentence.
        around: the headings above them; a negation there proves one as well (*Niet besteed geld*).
    """
    parts = [part for quote in quotes for part in clauses.split(quote)]
    whole = " ".join(quotes)
    said = [(clause, clauses.aligned(clause, parts)) for clause in clauses.split(text)]
    denied = {part for clause, beside in said if denies(clause) for part in beside}  # what the sentence denies as well
    for clause, beside in said:
        yield from _negated(clause, beside, text, whole, around, denied)
        yield from _opposite(clause, beside, text, whole)
    yield from _modal(
        text, whole, " ; ".join(beside for clause in clauses.split(text) for beside in clauses.aligned(clause, parts))
    )


def _negated(
    clause: str, beside: Sequence[str], text: str, whole: str, around: str, denied_too: Collection[str]
) -> Iterator[tuple[Turned, str]]:
    said = _NEGATION.search(clause)
    there = " ; ".join(beside) or whole
    if said is not None:
        limited = (_LIMIT.search(there) and _NOT_BUT.search(clause)) or (_LIMIT.search(whole) and _UNLESS.search(text))
        above = _NEGATION.search(around) and _shares(clause, around)
        otherwise = _says_the_opposite(clause, there) or _puts_right(clause, text, whole)
        if not (denies(there) or _NEED_NOT.search(there) or limited or above or otherwise):
            yield "negation", said.group()
        return
    if beside and beside[0] in denied_too:
        return
    if _DENIAL.search(text) or _LIMIT.search(clause) or _NEED_NOT.search(clause) or _AFFIRMED.search(clause):
        return
    if not beside and _NEGATION.search(text):
        return
    denied = _NEGATION.search(beside[0] if beside else whole)
    if denied is not None:
        yield "negation", denied.group()


# What *niet* makes of a word is what the source says with another: *niet eerder* and *de eerste*.
_SAME_AS_NOT: tuple[tuple[str, str], ...] = (
    (r"eerder", r"(?:de|het|een) eerste|voor het eerst"),
    (r"minder dan|lager dan", r"minstens|ten minste|minimaal|boven"),
    (r"meer dan|hoger dan|langer dan|na", r"hoogstens|ten hoogste|maximaal|hooguit|tot en met|tot uiterlijk"),
    (r"verander\w*|wijzig\w*", r"gelijk|ongewijzigd|blij(?:ft|ven)"),
)
_DENIED_PAIRS = (
    *_PAIRS,
    *((other, one) for one, other in _PAIRS),
    *(
        (re.compile(rf"\b(?:{one})(?!\w)", re.IGNORECASE), re.compile(rf"\b(?:{other})(?!\w)", re.IGNORECASE))
        for one, other in _SAME_AS_NOT
    ),
)


def _says_the_opposite(denied: str, source: str) -> bool:
    """Whether a source has the opposite of what is denied: *niet veel* and *weinig*, *niet minder dan drie* and *minstens drie*."""
    return any(
        here.search(denied) and opposite.search(source) and not here.search(source) for here, opposite in _DENIED_PAIRS
    )


_BUT = re.compile(r"\b(?:niet|geen|not)\b(?P<wrong>[^.;:]{2,80}?),?\s+(?:maar|but)\s+(?P<right>[^.;:]+)", re.IGNORECASE)


def _puts_right(clause: str, text: str, source: str) -> bool:
    """Whether *niet A maar B* is what a source that says B, and not A, comes down to."""
    put = _BUT.search(text)
    if put is None or clauses.shared(dutch.content_stems(clause), put["wrong"]) == frozenset():
        return False
    right = frozenset(dutch.content_stems(put["right"]))
    wrong = frozenset(dutch.content_stems(put["wrong"])) - right
    return bool(right) and any(
        len(clauses.shared(right, part)) >= 0.6 * len(right) and not clauses.shared(wrong, part)
        for part in clauses.split(source)
    )


def negates(text: str) -> bool:
    """Whether a text says *niet*, *geen* or the like."""
    return _NEGATION.search(text) is not None


# Most and least by direction: what is called the largest in one place may be the most in another. *Ten hoogste* is a limit.
_SUPERLATIVES = (
    re.compile(
        r"\b(?:meeste?|(?<!ten )hoogste|grootste|langste|duurste|snelste|zwaarste?|belangrijkste|heaviest|(?<!at )most|highest|largest|biggest|longest)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?<!ten )minste?|laagste|kleinste|kortste|goedkoopste|(?<!at )least|lowest|smallest|shortest|fewest)\b",
        re.IGNORECASE,
    ),
)


def unproven_superlative(text: str, source: str) -> str | None:
    """The word by which a sentence calls something the most or the least when its source does so of nothing."""
    for kind in _SUPERLATIVES:
        said = kind.search(text)
        if said is not None and not kind.search(source):
            return said.group()
    return None


_TREND = re.compile(rf"\b(?:{_RISES}|{_FALLS})\b", re.IGNORECASE)
_CHANGES = re.compile(  # what may be called so: another word for it, or two figures of which one followed the other
    r"(?:hoger|lager|meer|minder|verho\w+|verla\w+|verbeter\w*|verslechter\w*|loopt op|lopen op|liep op|oplopend|uitbreid\w*|uitgebreid\w*|"
    r"erbij|extra|kleiner|groter|vooruitgang|achteruitgang|\bvan \S+ (?:\S+ ){0,3}naar\b|eerder:.*later:|vastgesteld:.*\bna\b)",
    re.IGNORECASE | re.DOTALL,
)


def unproven_trend(text: str, source: str) -> str | None:
    """The word by which a sentence has something rise or fall when its source speaks of no change at all.

    A sentence that gives two figures of a kind says what it means by it; whether they are the source's is seen to elsewhere.
    """
    said = _TREND.search(text)
    if said is None or _TREND.search(source) or _CHANGES.search(source):
        return None
    kinds = [figure.kind for figure in figures.find(text) if figure.kind in ("amount", "percentage", "number")]
    return said.group() if len(kinds) == len(set(kinds)) else None


# Of what is called good nobody can say more than the source does. Both languages in one list: a source is mostly Dutch.
_JUDGEMENTS = (
    re.compile(
        r"\b(?:(?<!ten )goede?(?!\s+voor\s+(?:€\s*)?\d)|beter|betere|best|beste|verbeter\w*|succes(?!siev)\w*|success(?!ive|or)\w*|geslaagde?|"
        r"effectie\w+|effective(?!\s+(?:from|on|as)\b)\w*|doeltreffend\w*|positie(?:f|ve\w*)|tevreden\w*|waardevol\w*|uitstekend\w*|prima|good|"
        r"better|excellent|improv\w*|positive\w*|satisf\w+)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:slechte?|slechter\w*|verslechter\w*|mislukte?|mislukking\w*|falen|faalde\w*|negatie(?:f|ve\w*)|ontevreden\w*|matige?|"
        r"gebrekkig\w*|bad|badly|worse|poorly|fail\w*|negative\w*|dissatisf\w+)\b",
        re.IGNORECASE,
    ),
)


def unproven_judgement(text: str, source: str) -> str | None:
    """The word by which a sentence calls something good or bad when its source, without denying, judges nothing so."""
    if negates(text) or denies(source):
        return None
    for kind in _JUDGEMENTS:
        said = kind.search(text)
        if said is not None and not kind.search(source):
            return said.group()
    return None


_EXPECTED = re.compile(
    r"\b(?:verwacht\w*|prognoses?|raamt|ramen|raming\w*|geraamd\w*|geschat\w*|schatting\w*|vermoedelijk|waarschijnlijk|begroot|zou(?:den)?|"
    r"expect\w*|estimate\w*|forecast\w*|projected|probably|presumably|would)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(  # by which a clause says that something was not so when it was written
    r"\b(?:zal|zullen|wil|willen|wilde\w*|gaat|gaan|doel|streef\w*|streven|beoog\w*|voornem\w*|van plan|plannen om|mogelijk\w*|kan|kunnen|"
    r"moet(?:en)?|will|shall|should|aims?|intend\w*|may|might|could|going to|planned)\b",
    re.IGNORECASE,
)


def is_expected(text: str) -> bool:
    """Whether a text gives what it says as expected, estimated or said to be so, rather than as a fact."""
    return _EXPECTED.search(text) is not None


def leaves_open(clause: str) -> bool:
    """Whether a clause does not give what it says as a fact."""
    return is_expected(clause) or _NOT_YET.search(clause) is not None


def denies(text: str) -> bool:
    """Whether a text denies something, with *niet* or without."""
    return _NEGATION.search(text) is not None or _DENIAL.search(text) is not None


def _shares(clause: str, text: str) -> bool:
    """Whether a heading speaks of what a clause does; of one that says a single word, where it denies."""
    content = frozenset(dutch.content_stems(clause))
    if len(content) > 1:
        return len(clauses.shared(content, text)) >= 2
    parts = (part for line in text.split("\n") for part in clauses.split(line))
    return bool(content) and any(_NEGATION.search(part) and clauses.shared(content, part) for part in parts)


def _opposite(clause: str, beside: Sequence[str], text: str, whole: str) -> Iterator[tuple[Turned, str]]:
    if _NEGATION.search(clause) and beside and not denies(beside[0]):
        return  # *niet veel* is *weinig*: seen to with the negation
    for one, other in _PAIRS:
        for here, opposite in ((one, other), (other, one)):
            match = here.search(clause)
            if match is None or opposite.search(clause) or (opposite.search(text) and here.search(whole)):
                continue  # a sentence with both sides compares two things
            if any(opposite.search(part) for part in beside[:1]) and not any(here.search(part) for part in beside):
                yield "opposite", match.group()


def _modal(text: str, whole: str, beside: str) -> Iterator[tuple[Turned, str]]:
    must, may, need_not = _MUST.search(text), _MAY.search(text), _NEED_NOT.search(text)
    if need_not is not None and not _NEED_NOT.search(whole) and _MUST.search(beside):
        yield "modality", need_not.group()
    free = _MAY.search(beside) or _NEED_NOT.search(beside) or not _BINDING.search(whole)
    if must is not None and free and not _MUST.search(whole):
        yield "modality", must.group()
    if may is not None and must is None and not _MAY.search(whole) and _MUST.search(beside):
        yield "modality", may.group()
