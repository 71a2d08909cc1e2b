"""The texts of a judgement of an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThumbWords:
    """What the thumbs say. The reasons are named as they are stored."""

    up: str
    down: str
    stored: str
    what: str
    fout: str
    onvolledig: str
    verkeerde_bron: str
    onduidelijk: str
    comment: str
    no_names: str
    keep: str
    close: str
    thanks: str
    changed: str
    own: str


DUTCH = ThumbWords(
    up="Goed antwoord",
    down="Niet goed",
    stored="Geeft u een oordeel? Dan bewaren wij vraag, antwoord en uw oordeel, zonder naam.",
    what="Wat is er niet goed?",
    fout="Het klopt niet",
    onvolledig="Er ontbreekt iets",
    verkeerde_bron="Het komt uit de verkeerde bron",
    onduidelijk="Het is onduidelijk",
    comment="Toelichting (hoeft niet)",
    no_names="Noem geen namen of andere gegevens van personen.",
    keep="Bewaar oordeel",
    close="Sluit zonder bewaren",
    thanks="Dank u. Uw oordeel is bewaard.",
    changed="Uw oordeel is gewijzigd.",
    own="Over een antwoord uit uw eigen documenten bewaren wij niets.",
)

ENGLISH = ThumbWords(
    up="Good answer",
    down="Not good",
    stored="If you rate this answer, we keep the question, the answer and your rating, without your name.",
    what="What is not good?",
    fout="It is wrong",
    onvolledig="Something is missing",
    verkeerde_bron="It comes from the wrong source",
    onduidelijk="It is unclear",
    comment="Comment (optional)",
    no_names="Do not write names or other details of people.",
    keep="Save rating",
    close="Close without saving",
    thanks="Thank you. Your rating is saved.",
    changed="Your rating is changed.",
    own="Of an answer from your own documents we keep nothing.",
)
