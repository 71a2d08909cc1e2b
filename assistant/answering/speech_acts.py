"""What someone is said to do with words: answer, promise, decide, advise. Who prepares a debate quotes it, so its source must say it.

A letter that *noemt* or *wil* something has promised nothing, and a question that is put has not been answered. The acts are
those of Searle's taxonomy (1976) that are told by their own verbs and nouns here.
"""

from __future__ import annotations

import re

# What means much the same stands together. Asking is left out: *gaat in op de vraag waarom* asks nothing.
_ACTS = {
    "answer": r"(?:be|ge)?antwoord\w*|answer\w*|repl(?:y|ies|ied)",
    "promise": r"toezeg\w*|toegezegd\w*|(?:zegt|zegde|zeggen|zegden)\b[^.;]*\btoe|belo(?:of\w*|ven)|promis\w*|commit(?:s|ted|ment\w*)",
    "decide": r"beslui\w*|besl[io]\w*|decid\w*|decision\w*",
    "advise": r"advi\w*|aanbeve\w*|aanbevolen|aan(?:ge)?ra(?:den|adt?)|ra(?:adt?|den)\b[^.;]*\baan|recommend\w*|advice",
    "criticise": r"kritiek\w*|kritisch\w*|bekritis\w*|critici\w*",
    "concede": r"toegaf|toegaven|toegeven|toegegeven|(?:geeft|gaf|gaven|geven)\b[^.;]*\btoe|admit\w*",
    "announce": r"kondig\w*\b[^.;]*\baan|aankondig\w*|aangekondigd\w*|announc\w*",
    "vote": r"aangenomen|verworpen|aanvaard|ingetrokken|adopted|rejected|withdrawn",
    "deny": r"ontken\w*|den(?:y|ies|ied)",
}
# Asked for as an act is, but what a source says of it has too many forms (*namens*, *liet evalueren*) for one list: see `_TOLD_BY`.
_COMMISSION = re.compile(r"(?<!\w)(?:opdracht(?!nem)\w*|commission(?:ed|ing))(?!\w)", re.IGNORECASE)
_SAYS = {act: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for act, words in _ACTS.items()}


# What a written sentence may say only of a source that speaks of it in one way or another.
_FINDING = (
    r"conclu\w+|bevind\w*|constate\w*|vastgesteld|stel\w*\b[^.;]*\bvast|blijkt|bleek|bleken|blijken|oordeel\w*|uitkomst\w*|"
    r"finding\w*|found"
)
_TOLD_BY: tuple[tuple[str, str], ...] = (
    (
        r"conclu\w+",
        _FINDING,
    ),
    (
        r"(?<!gebruik )(?<!bekend )(?<!mogelijk )(?<!afspraken )(?:gemaakt|made) (?:(?:in|te) (?-i:[A-Z])\w+|by|door)",
        r"gemaakt|ma(?:ak|ken)\w*|maker\w*|ontwik\w+|schr\w+|geschreven|auteur\w*|opgesteld|samengesteld|made|develop\w*",
    ),
)
_TOLD = [
    (re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE), re.compile(rf"(?<!\w)(?:{by})(?!\w)", re.IGNORECASE))
    for said, by in _TOLD_BY
]


_ASKS_WHAT_WAS_FOUND = re.compile(
    r"(?<!\w)(?:conclu\w+|bevinding\w*|uitkomst\w*|rapportcijfer\w*|eindoordeel|findings?|outcomes?)(?!\w)",
    re.IGNORECASE,
)
_TELLS_WHAT_WAS_FOUND = re.compile(rf"(?<!\w)(?:{_FINDING}|rapportcijfer\w*|outcome\w*)(?!\w)", re.IGNORECASE)


def lacks_conclusion(text: str, question: str) -> bool:
    """Whether a question asks what was found or concluded and a text tells of no finding, conclusion or outcome."""
    return _ASKS_WHAT_WAS_FOUND.search(question) is not None and _TELLS_WHAT_WAS_FOUND.search(text) is None


def acts(text: str) -> frozenset[str]:
    """The acts that a text speaks of."""
    found = {act for act, says in _SAYS.items() if says.search(text)}
    return frozenset(found | {"commission"} if _COMMISSION.search(text) else found)


def unproven_act(text: str, quoted: str) -> str | None:
    """The words by which a sentence has someone answer, promise, decide or the like where its quotes know of no such act."""
    for says in _SAYS.values():
        said = says.search(text)
        if said is not None and says.search(quoted) is None:
            return said.group()
    for says, told in _TOLD:
        said = says.search(text)
        if said is not None and told.search(quoted) is None:
            return said.group()
    return None
