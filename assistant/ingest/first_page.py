"""What the printed first page of an official publication says of the document."""

from __future__ import annotations

import re

from assistant.ingest import metadata
from assistant.model import Document, DocumentInfo

_FIRST_BLOCKS = 60  # the number stands at the foot of the first page
_QUESTIONS = re.compile(r"(?P<title>Vragen van (?:het lid|de leden)\b.*?)\s*\(ingezonden\b.*")
_ANSWERED = re.compile(r"Antwoord van .*?\(ontvangen (?P<date>\d{1,2} [a-z]+ \d{4})\)")


def from_first_page(document: Document) -> DocumentInfo:
    """The official number that stands alone on the first page; of an Aanhangsel also title and date of the answer."""
    info = document.info
    texts = [
        document.text[block.start : block.end] for block in document.blocks[:_FIRST_BLOCKS] if block.anchor.page == 1
    ]
    for text in texts:
        first = text.split(" ", 1)[0]
        alone = text == first or re.match(r"\S+ ISSN\b", text) is not None
        if alone and metadata.official_identifier(first) == first:
            info = metadata.fill(info, identifier=first)
            break
    if not any("Aanhangsel van de Handelingen" in text for text in texts):
        return info
    for text in texts:
        asked, answered = _QUESTIONS.match(text), _ANSWERED.match(text)
        if asked:
            info = metadata.fill(info, title=metadata.shorten(asked["title"]), type="Kamervragen")
        if answered:
            info = metadata.fill(info, date=metadata.letter_date(f"Datum {answered['date']}"))
    return metadata.fill(info, publisher="Tweede Kamer der Staten-Generaal")
