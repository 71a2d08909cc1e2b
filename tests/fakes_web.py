"""A small assistant for tests of the page: two documents, one in blocks and one drawn, and scripted answers."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from assistant.collections import Collections, CorpusUploads
from assistant.errors import IndexUnusable, SettingsError
from assistant.feedback import Feedback
from assistant.model import (
    Anchor,
    Answer,
    Block,
    BlockKind,
    Citation,
    Document,
    DocumentInfo,
    Page,
    Question,
    Statement,
    UnreadableFile,
    WordBox,
)
from assistant.settings import Settings

# What `examples.toml` of a corpus says: one theme that the fake answers and one that it does not.
EXAMPLES = """
[[theme]]
nl = "Tijdlijn"
en = "Timeline"
questions = [
    "Wat kost een brommer?",
    "Tot wanneer loopt de Stadsagenda?",
    "Wat is het budget?",
    "Hoe loopt het?",
    "Wanneer loopt het af?",
]

[[theme]]
nl = "Brommers"
en = "Mopeds"
questions = ["Wat kost een brommer in Proefstad?"]
"""

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> ${window.hacked=1} {{hacked}}'

LETTER = DocumentInfo(
    id="brief-1",
    title=f"Brief over de Stadsagenda {HOSTILE}",
    type="Kamerbrief",
    publisher="Ministerie van Proefstad",
    date="2023-07-07",
    identifier="proef-1",
    dossier="12345-I",
    url="https://example.org/brief-1",
    provenance="samenvatting",
)
SCHEME = DocumentInfo(
    id="regeling-1",
    title="Regeling proefgelden",
    type="regeling",
    date="2024-02",
    identifier="proef-2",
    url="javascript:alert(1)",
    pages=2,
)

_LETTER_BLOCKS: tuple[tuple[BlockKind, str, int, int], ...] = (
    (BlockKind.HEADING, "Brief over de Stadsagenda", 1, 0),
    (BlockKind.PARAGRAPH, f"Deze brief gaat over {HOSTILE} en meer.", 0, 0),
    (BlockKind.HEADING, "Looptijd & doel", 2, 0),
    (BlockKind.PARAGRAPH, "De Stadsagenda loopt tot eind 2031. Daarna volgt een evaluatie.", 0, 0),
    (BlockKind.PARAGRAPH, "De agenda kent deze doelen:", 0, 0),
    (BlockKind.LIST_ITEM, "• gezonde wijken", 0, 1),
    (BlockKind.LIST_ITEM, "• een goede school", 0, 1),
    (BlockKind.PARAGRAPH, "Het geld is zo verdeeld:", 0, 0),
    (BlockKind.TABLE_ROW, "Jaar | Bedrag | Opmerking", 0, 2),
    (BlockKind.TABLE_ROW, "2030 | 4 miljoen |", 0, 2),
    (BlockKind.TABLE_ROW, "2031 |  | nog niet bekend", 0, 2),
    (BlockKind.FOOTNOTE, "1 Zie de begroting.", 0, 0),
    *((BlockKind.PARAGRAPH, f"Alinea {number} over iets anders. " * 6, 0, 0) for number in range(30)),
)
_SCHEME_LINES = (
    (1, "Artikel 1 van deze regeling"),
    (1, "Het budget bedraagt 12,5 miljoen euro per jaar en wordt"),
    (1, "verdeeld over twaalf gemeenten."),
    (2, "Artikel 2 gaat over de aanvraag."),
)
_SCALE = 2  # pixels a point when pages are drawn
_WIDTH, _HEIGHT, _LINE = 420.0, 600.0, 30.0


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(13 * _SCALE)


def _letter() -> Document:
    text, blocks = "", list[Block]()
    section: tuple[str, ...] = ()
    for kind, content, level, group in _LETTER_BLOCKS:
        content = content.strip()
        text += "\n\n" if text else ""
        if kind is BlockKind.HEADING:
            section = (*section[: level - 1], content)
        blocks.append(Block(kind, len(text), len(text) + len(content), Anchor(section=section), level, group))
        text += content
    return Document(LETTER, text, tuple(blocks), notes=("Deze tekst is een proef.",))


def _scheme() -> Document:
    """Two pages of drawn lines, with a box for every word."""
    font = _font()
    text, words, pages, blocks = "", [], [], []
    for number in (1, 2):
        start = len(text)
        for row, line in enumerate(content for page, content in _SCHEME_LINES if page == number):
            text += "\n" if text else ""
            begin, left = len(text), 40.0
            for word in line.split(" "):
                width = font.getlength(word) / _SCALE
                top = 60 + row * _LINE
                words.append(WordBox(len(text), len(text) + len(word), number, left, top, left + width, top + 18))
                text += f"{word} "
                left += width + 5
            text = text[:-1]
            blocks.append(Block(BlockKind.PARAGRAPH, begin, len(text), Anchor(page=number)))
        pages.append(Page(number, _WIDTH, _HEIGHT, start, len(text)))
    return Document(SCHEME, text, tuple(blocks), tuple(pages), tuple(words))


DOCUMENTS = {document.info.id: document for document in (_letter(), _scheme())}


def cite(number: int, document_id: str, quote: str, *, until: str = "") -> Citation:
    """A citation of the first place where a document says the quote, or from the quote up to and including `until`."""
    document = DOCUMENTS[document_id]
    start = document.text.index(quote)
    end = document.text.index(until, start) + len(until) if until else start + len(quote)
    anchor = next(block.anchor for block in document.blocks if block.end > start)
    return Citation(number, document.info, anchor, document.text[start:end], start, end, f"{document_id}-{start}")


def _answer(text: str, *pairs: tuple[str, tuple[Citation, ...]], emphasis: str = "") -> Answer:
    statements = []
    for said, citations in pairs:
        at = said.find(emphasis) if emphasis else -1
        spans = ((at, at + len(emphasis)),) if at >= 0 else ()
        statements.append(Statement(said, tuple(citation.number for citation in citations), spans))
    numbered = {citation.number: citation for _, group in pairs for citation in group}
    return Answer(text, "answered", tuple(statements), tuple(numbered.values()))


class FakeAssistant:
    """Answers by a word of the question and remembers what it was asked.

    A folder, when given, is where `examples.toml` of the first screen may stand.
    """

    writes = False  # no language model
    feedback: Feedback | None = None  # no judgements are kept
    settings = Settings(uploads="off")

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.asked: list[Question] = []
        self.hold = threading.Event()  # questions with "wacht" wait for it
        self.without_index = False

    def ask(
        self, question: Question, *, answerer: str = "extractive", progress: Callable[[str], None] | None = None
    ) -> Answer:
        self.asked.append(question)
        tell = progress or (lambda step: None)
        tell("zoeken")
        if self.without_index:
            raise IndexUnusable("indexes/proef: there is no index; run `assistant build`")
        text = question.text
        tell("20 passages lezen")
        if "wacht" in text:
            self.hold.wait(120)  # longer than any test waits for something else
        if "stuk" in text:
            raise RuntimeError("secret detail of a programming error")
        tell("citaten controleren")
        if "loopt" in text:
            runs = cite(1, "brief-1", "De Stadsagenda loopt tot eind 2031.")
            goals = cite(2, "brief-1", "De agenda kent deze doelen:", until="een goede school")
            return _answer(
                text,
                (runs.quote, (runs,)),
                ("De agenda kent deze doelen: gezonde wijken; een goede school", (goals, runs)),
                emphasis="eind 2031",
            )
        if "budget" in text:
            money = cite(1, "regeling-1", "Het budget bedraagt", until="twaalf gemeenten.")
            return _answer(text, (" ".join(money.quote.split()), (money,)), emphasis="12,5 miljoen euro")
        if "daarna" in text:
            after = cite(1, "brief-1", "Daarna volgt een evaluatie.")
            answer = _answer(text, (after.quote, (after,)))
            return Answer(
                answer.question,
                "partly",
                answer.statements,
                answer.citations,
                "Alleen het eerste deel.",
                "En daarna? (Stadsagenda)",
            )
        nearest = (
            cite(1, "brief-1", "Het geld is zo verdeeld:"),
            cite(2, "regeling-1", "Artikel 2 gaat over de aanvraag."),
        )
        reason = f"De documenten zeggen niets over ‘{text}’."
        return Answer(text, "abstained", (), nearest, reason, suggestions=("Tot wanneer loopt de Stadsagenda?",))

    def documents(self) -> Sequence[DocumentInfo]:
        if self.without_index:
            raise IndexUnusable("indexes/proef: there is no index; run `assistant build`")
        return [document.info for document in DOCUMENTS.values()]

    @property
    def collections(self) -> Collections:
        raise SettingsError("there are no private documents")

    @property
    def corpus_uploads(self) -> CorpusUploads:
        raise SettingsError("nothing can be added to the corpus")

    def within(self, collection_id: str) -> FakeAssistant:
        raise SettingsError("there are no private documents")

    @property
    def index(self) -> FakeAssistant:
        if self.without_index:
            raise IndexUnusable("indexes/proef: there is no index; run `assistant build`")
        return self

    @property
    def infos(self) -> Mapping[str, DocumentInfo]:
        return {info.id: info for info in self.documents()}

    def passage_counts(self) -> Mapping[str, int]:
        return {info.id: 3 for info in self.documents()}

    def needs_ocr(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        return ()

    def unreadable(self) -> Sequence[UnreadableFile]:
        return ()

    def example_folders(self) -> Sequence[Path]:
        return () if self.folder is None else (self.folder,)

    def document(self, document_id: str) -> Document:
        return DOCUMENTS[document_id]

    def page_image(self, document_id: str, page: int, *, width_pixels: int) -> bytes | None:
        document = DOCUMENTS[document_id]
        if not document.pages:
            return None
        image = Image.new("RGB", (int(_WIDTH * _SCALE), int(_HEIGHT * _SCALE)), "white")
        draw = ImageDraw.Draw(image)
        for word in document.words:
            if word.page == page:
                place = (word.left * _SCALE, word.top * _SCALE)
                draw.text(place, document.text[word.start : word.end], fill="black", font=_font())
        buffer = io.BytesIO()
        image.resize((width_pixels, int(width_pixels * _HEIGHT / _WIDTH))).save(buffer, format="PNG")
        return buffer.getvalue()
