"""XML of official publications → Document: Kamerstukken, Handelingen, the official gazettes, law, court decisions.

One walk serves them all, because they share their building blocks: a heading (`kop`), articles with paragraphs (`lid`),
lists, tables, notes. Files that only describe a publication (metadata records) hold no text and are refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from assistant.errors import UnreadableDocument
from assistant.ingest import metadata
from assistant.ingest.flowing import Flow, article_of, looks_like_heading
from assistant.ingest.markup import counted, spread, xml_tree
from assistant.model import Document, DocumentInfo

_DESCRIPTIONS = frozenset(
    "metadata_gegevens owms-metadata record work wetstechnische-informatie searchretrieveresponse".split()
)
_LEFT_OUT = frozenset(
    "metadata meta-data meta rdf bwb-inputbestand bwb-wijzigingen redactionele-correcties kamerstukkop colspec plaatje "
    "illustratie mediaobject officiele-inhoudsopgave inhoudsopgave owmskern owmsmantel cvdripm".split()
)
_INLINE = frozenset(
    "nadruk extref intref sup inf redactie vet cursief cur ondlijn ondstr ondstreept halfvet emphasis phrase link datum "
    "plaats ondernummer nootref footnote-ref begripref extioref intioref b i u strong em sub span a abkuerzung".split()
)
_SPACED = frozenset("voornaam achternaam voorvoegsels naam politiek functie dossiernr begrotingshoofdstuk nr".split())
_PARAGRAPHS = frozenset("al considerans.al para p wij wie noot.al tekstregel bridgehead".split())
# one line each, however many elements it is made of
_LINES = frozenset("dossiernummer stuknr datumtekst naam dagtekening functie organisatie koning raadnr".split())
_LISTS = frozenset("lijst itemizedlist orderedlist specificatielijst definitielijst begrippenlijst".split())
_ITEMS = frozenset("li listitem specificatie-item definitie-item begrip".split())
_MARKERS = ("li.nr", "linummer")
# the standard that replaces the older ones says the same with other words
_OTHER_NAMES = {"nummer": "nr", "opschrift": "titel", "lidnummer": "lidnr", "linummer": "li.nr", "begrip": "li"}
_LONG_CELL = 1500  # characters; a table with such a cell is there for the layout of the page
_COURT_HEADING = re.compile(r"\d{1,2}\.\s+[A-ZÀ-Ý][^.;:]{2,80}")
_OFFICE = re.compile(r"Officiële uitgave van (?:de |het )?(?P<publisher>\S.*?)\.?\s*\Z")
_LAW_KINDS = {
    "AMvB": "algemene maatregel van bestuur",
    "KB": "koninklijk besluit",
    "ministeriele-regeling": "ministeriële regeling",
    "beleidsregel": "beleidsregel",
}
_STRAY_SPACE = re.compile(r"\s+(?=[:;,.)])|(?<=\()\s+")


def parse(text: str, info: DocumentInfo) -> Document:
    """The text of an official publication, with what its own metadata say of it.

    Raises:
        UnreadableDocument: no sound XML, hostile XML, a description without the text itself, or XML of another kind.
    """
    root = xml_tree(text, path=info.path)
    kind = _name(root)
    info = _described(root, info)
    if kind in _DESCRIPTIONS:
        of = f" over {info.identifier}" if info.identifier else ""
        raise UnreadableDocument(info.path, f"alleen metagegevens{of}, geen tekst van het document zelf")
    if not any(isinstance(part.tag, str) and _name(part) in _PARAGRAPHS for part in root.iter()):
        raise UnreadableDocument(info.path, f"XML van een onbekende soort ({kind[:40]})")
    flow = Flow()
    _Reader(flow).read(root)
    return replace(flow.build(info), info=info)


def _name(element: etree._Element) -> str:
    name = str(element.tag).rpartition("}")[2].lower()
    return _OTHER_NAMES.get(name, name)


def _children(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str))


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else next((child for child in _children(element) if _name(child) == name), None)


def _find(element: etree._Element | None, name: str) -> etree._Element | None:
    if element is None:
        return None
    return next((part for part in element.iter() if isinstance(part.tag, str) and _name(part) == name), None)


def _found_text(element: etree._Element | None, name: str) -> str:
    return _line(_find(element, name))


# ------------------------------------------------------------------------------------------------ one line of text


def _line(element: etree._Element | None, *, without: frozenset[str] = frozenset()) -> str:
    """All text of an element on one line; notes and what is never text are left out."""
    if element is None:
        return ""
    text = " ".join("".join(_pieces(element, without)).split())
    return _STRAY_SPACE.sub("", text)


def _pieces(element: etree._Element, without: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            name = _name(child)
            if name not in _LEFT_OUT and name not in without and name not in ("noot", "footnote"):
                gap = "" if name in _INLINE else " "
                yield gap
                if name in _ITEMS and name != "definitie-item":
                    yield f"{_marker(child) or '•'} "
                yield from _pieces(child, without | {"li.nr"} if name in _ITEMS else without)
                yield gap
        yield child.tail or ""


def _is_mixed(element: etree._Element | None) -> bool:
    """Whether text and elements stand side by side in it."""
    return element is not None and any(
        text and not text.isspace() for text in (element.text, *(child.tail for child in element))
    )


def _is_bold(element: etree._Element) -> bool:
    """Whether all text of a paragraph is bold (or underlined)."""
    if _is_mixed(element):
        return False
    parts = [child for child in _children(element) if _line(child)]
    return bool(parts) and all(
        _name(part) in ("vet", "halfvet", "ondlijn", "b", "strong")
        or part.get("type") in ("vet", "ondlijn", "halfvet")
        or (_name(part) == "emphasis" and part.get("role") in ("bold", "underline"))
        for part in parts
    )


def _marker(item: etree._Element) -> str:
    return _line(_child(item, "li.nr")) or " ".join((item.get("nr") or "").split())


# ------------------------------------------------------------------------------------------------ metadata


def _described(root: etree._Element, info: DocumentInfo) -> DocumentInfo:
    match _name(root):
        case "toestand":
            return _law(root, info)
        case "open-rechtspraak":
            return _decision(root, info)
        case "wetstechnische-informatie" | "work":
            return metadata.fill(info, identifier=root.get("bwb-id") or root.get("label") or "")
    pairs = [
        (part.get("name") or "", part.get("scheme") or "", part.get("content") or "")
        for part in root.iter("meta", "metadata", "{*}meta", "{*}metadata")
    ]
    info = metadata.from_official_pairs(info, pairs)
    info = _owms(root, info)
    return _publication(root, info)


def _owms(root: etree._Element, info: DocumentInfo) -> DocumentInfo:
    """Metadata as elements (dcterms:title and the like), as local regulations and search records have them."""
    core, mantle = _find(root, "owmskern"), _find(root, "owmsmantel")
    if core is None:
        return info
    in_force = _found_text(_find(root, "cvdripm"), "inwerkingtredingdatum")
    issued = _found_text(mantle, "issued") or _found_text(mantle, "date")
    return metadata.fill(
        info,
        # older local regulations write their number without the letters
        identifier=re.sub(r"^(?=\d+_\d+$)", "CVDR", _found_text(core, "identifier")),
        title=metadata.shorten(_found_text(core, "title")),
        type=_found_text(core, "type"),
        publisher=_found_text(core, "creator"),
        date=(in_force or issued)[:10],
        language=_found_text(core, "language")[:2],
    )


def _publication(root: etree._Element, info: DocumentInfo) -> DocumentInfo:
    """What the letterhead of a publication says when its metadata are kept elsewhere."""
    office = _OFFICE.match(_line(_child(_child(root, "kop"), "subtitel")))
    if office and not office["publisher"].startswith("Koninkrijk"):
        info = metadata.fill(info, publisher=office["publisher"])
    paper = _find(root, "stuk")
    dossier = _find(root, "dossiernummer")
    if dossier is not None:
        number = "".join(_line(_find(dossier, "dossiernr")).split())
        chapter = "".join(_line(_find(dossier, "begrotingshoofdstuk")).split())
        info = metadata.fill(info, dossier="-".join(part for part in (number, chapter) if part))
    if paper is not None:
        title = _line(_child(paper, "titel"))
        chamber = next((line for line in root.iter("tekstregel") if line.get("inhoud") == "kameraanduiding"), None)
        info = metadata.fill(
            info, title=metadata.shorten(title), type=_paper_kind(title), publisher=_line(chamber), date=_date(paper)
        )
    debate = _find(root, "handelingen")
    if debate is not None:
        chamber_name = {"h-tk": "Tweede Kamer", "h-ek": "Eerste Kamer"}.get(info.identifier[:4], "")
        info = metadata.fill(
            info,
            title=metadata.shorten(_found_text(debate, "item-titel")),
            type="Handelingen",
            publisher=f"{chamber_name} der Staten-Generaal" if chamber_name else "",
            date=_date(debate),
        )
    titles = (_line(_child(_child(part, "kop"), "titel")) for part in _children(root) if _name(part) != "kop")
    title = _found_text(root, "intitule") or next(filter(None, titles), "")
    return metadata.fill(info, title=metadata.shorten(title), date=_date(_find(root, "wetsluiting")))


def _paper_kind(title: str) -> str:
    first = title.lower()
    if first.startswith(("brief van de minister", "brief van de staats", "brief van het kabinet")):
        return "Kamerbrief"
    for kind in ("motie", "amendement"):
        if re.search(rf"\b{kind}\b", first[:40]):
            return kind.capitalize()
    return ""


def _date(element: etree._Element | None) -> str:
    return "" if element is None else next((day for part in element.iter() if (day := part.get("isodatum"))), "")


def _law(root: etree._Element, info: DocumentInfo) -> DocumentInfo:
    law = _child(root, "wetgeving")
    given = {} if law is None else dict(law.attrib)
    title = _found_text(root, "citeertitel") or _found_text(root, "intitule")
    kind = str(given.get("soort", ""))
    language = str(given.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
    return metadata.fill(
        info,
        identifier=root.get("bwb-id") or "",
        title=metadata.shorten(title),
        type=_LAW_KINDS.get(kind, kind),
        date=root.get("inwerkingtreding") or "",
        language=language[:2],
    )


def _decision(root: etree._Element, info: DocumentInfo) -> DocumentInfo:
    return metadata.fill(
        info,
        identifier=metadata.official_identifier(_found_text(root, "identifier")),
        title=metadata.shorten(_found_text(_find(root, "rdf"), "title")),
        type=_found_text(root, "type"),
        publisher=_found_text(root, "creator"),
        date=_found_text(root, "date")[:10] or _found_text(root, "issued")[:10],
        language=_found_text(root, "language")[:2],
    )


# ------------------------------------------------------------------------------------------------ text


class _Reader:
    """Walks through a publication and tells a `Flow` what stands there. `level` is that of the heading above."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._article: str | None = None  # the article, or article and lid, that we are in
        self._in_paragraph = 0
        self._speaker = ""
        self._tables_in_notes: list[etree._Element] = []
        self._handlers: dict[str, Callable[[etree._Element, int], None]] = {
            "artikel": self._read_article,
            "lid": self._read_member,
            "table": self._read_table,
            "informaltable": self._read_table,
            "noot": self._read_note,
            "footnote": self._read_note,
            "tussenkop": self._read_heading,
            "dossier": self._read_dossier,
            "stuk": self._read_paper,
            "agendapunt": self._read_agenda_item,
            "spreekbeurt": self._read_turn,
            "wetgeving": self._read_law,
            "intitule": self._read_heading,
            "inhoudsindicatie": self._read_summary,
            "vraag": self._read_question,
            "antwoord": self._read_question,
            "section": self._read_section,
            "paragroup": self._read_numbered,
            **dict.fromkeys(_LISTS, self._read_list),
            **dict.fromkeys(_PARAGRAPHS, self._read_paragraph),
            **dict.fromkeys(_LINES, self._read_line),
        }

    def read(self, root: etree._Element) -> None:
        """A whole publication; the masthead of its gazette is left out."""
        self._content(root, 0, without=("kop",) if _name(root) == "officiele-publicatie" else ())
        self._flow.end_block()

    def _content(self, element: etree._Element, level: int, *, without: tuple[str, ...] = ()) -> None:
        self._flow.add(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and _name(child) not in without:
                self._element(child, level)
                if _name(child) == "intitule":
                    level = max(level, 1)  # the title of a regulation stands beside what it is the title of
            self._flow.add(child.tail or "")

    def _element(self, element: etree._Element, level: int) -> None:
        name = _name(element)
        if name in _LEFT_OUT:
            return
        handler = self._handlers.get(name)
        if name in _LINES and self._in_paragraph:
            handler = None
        if handler is not None:
            handler(element, level)
        elif name in _INLINE or self._in_paragraph:
            gap = " " if name in _SPACED and not _is_mixed(element.getparent()) else ""
            self._flow.add(gap)
            self._content(element, level)
            self._flow.add(gap)
        elif _is_mixed(element):
            self._read_paragraph(element, level)
        else:
            self._read_part(element, level)

    def _read_part(self, element: etree._Element, level: int) -> None:
        """A chapter, a section, an appendix, or a part without a heading."""
        flow = self._flow
        flow.end_block()
        head = _child(element, "kop")
        text = self._heading_text(head)
        if text:
            outer = self._article
            article = outer or (article_of(text) if _name(element) == "bijlage" else None)
            self._heading(text, level=level + 1, article=article if outer else None)
            self._content(element, level + 1, without=("kop",))
            flow.close_headings(level + 1)
            flow.belongs_to(outer)
        else:
            self._content(element, level, without=("kop",))
        flow.end_block()

    def _heading_text(self, head: etree._Element | None) -> str:
        if head is None:
            return ""
        for note in head.iter("noot", "{*}noot"):
            self._read_note(note, 0)
        return _line(head)

    def _heading(self, text: str, *, level: int, article: str | None) -> None:
        self._flow.heading(text, level=level, article=article, members=False)
        self._speaker = ""

    def _read_heading(self, element: etree._Element, level: int) -> None:
        """A heading between paragraphs. It does not end the article it stands in."""
        text = self._heading_text(element)
        self._heading(text, level=level + 1, article=self._article)

    # ------------------------------------------------------------------------------------------ regulations

    def _read_law(self, element: etree._Element, level: int) -> None:
        title, long_title = _line(_child(element, "citeertitel")), _line(_child(element, "intitule"))
        self._heading(title or long_title, level=1, article=None)
        if title and title != long_title:
            self._flow.add(long_title)
            self._flow.end_block()
        self._content(element, max(level, 1), without=("citeertitel", "intitule"))

    def _read_article(self, element: etree._Element, level: int) -> None:
        flow = self._flow
        flow.end_block()
        head = _child(element, "kop")
        text = self._heading_text(head)
        outer = self._article
        # an article inside an article is the text of another regulation that this one changes
        self._article = outer or _article_number(head, text)
        if text:
            members = outer is None and _child(element, "lid") is None and _begins_with_a_number(element)
            flow.heading(text, level=level + 1, article=self._article, members=members)
            self._content(element, level + 1, without=("kop",))
            flow.end_block()
            flow.close_headings(level + 1)
        else:
            flow.belongs_to(self._article)
            self._content(element, level, without=("kop",))
        self._article = outer
        flow.belongs_to(outer)

    def _read_member(self, element: etree._Element, level: int) -> None:
        outer = self._article
        number = _line(_child(element, "lidnr"))
        bare = re.sub(r"\W", "", number)
        if outer is not None and bare and ", lid " not in outer:
            self._article = f"{outer}, lid {bare}"
        self._flow.belongs_to(self._article)
        self._flow.lead(number)
        self._content(element, level, without=("lidnr",))
        self._article = outer
        self._flow.belongs_to(outer)

    # ------------------------------------------------------------------------------------------ parliament

    def _read_dossier(self, element: etree._Element, level: int) -> None:
        text = f"{_line(_child(element, 'dossiernummer'))} {_line(_child(element, 'titel'))}"
        self._heading(text, level=level + 1, article=None)
        self._content(element, level + 1, without=("dossiernummer", "titel"))

    def _read_paper(self, element: etree._Element, level: int) -> None:
        text = f"{_line(_child(element, 'stuknr'))} {_line(_child(element, 'titel'))}"
        self._heading(text, level=level + 2, article=None)
        self._content(element, level + 2, without=("stuknr", "titel"))

    def _read_agenda_item(self, element: etree._Element, level: int) -> None:
        text = f"{_line(_child(element, 'nr'))} {_line(_child(element, 'item-titel'))}"
        self._heading(text, level=level + 1, article=None)
        self._content(element, level + 1, without=("nr", "item-titel"))

    def _read_turn(self, element: etree._Element, level: int) -> None:
        """What one speaker says: the speaker is the heading, so that every quote knows who said it."""
        speaker = _line(_child(element, "spreker")).rstrip(": ")
        if speaker and speaker != self._speaker:
            self._heading(speaker, level=level + 1, article=None)
            self._speaker = speaker
        self._content(element, level + 1, without=("spreker",))
        self._flow.end_block()

    def _read_question(self, element: etree._Element, level: int) -> None:
        number = _line(_child(element, "nr"))
        if number:
            named = number if re.match(r"[^\W\d]", number) else f"{_name(element).capitalize()} {number}"
            self._heading(named, level=level + 1, article=None)
        self._content(element, level + 1, without=("nr",))
        self._flow.end_block()

    # ------------------------------------------------------------------------------------------ court decisions

    def _read_summary(self, element: etree._Element, level: int) -> None:
        if re.search(r"\w", _line(element)):
            self._heading("Inhoudsindicatie", level=level + 1, article=None)
            self._content(element, level + 1)
            self._flow.end_block()
            self._flow.close_headings(level + 1)

    def _read_section(self, element: etree._Element, level: int) -> None:
        self._flow.end_block()
        title = _child(element, "title")
        if title is None:
            self._content(element, level)
        else:
            self._heading(_line(title), level=level + 1, article=None)
            self._content(element, level + 1, without=("title",))
            self._flow.end_block()
            self._flow.close_headings(level + 1)

    def _read_numbered(self, element: etree._Element, level: int) -> None:
        """A consideration ("4.2."): its number leads its first paragraph."""
        self._flow.end_block()
        self._flow.lead(_line(_child(element, "nr")))
        self._content(element, level, without=("nr",))
        self._flow.close_headings(level + 1)  # those of a text that it quotes

    # ------------------------------------------------------------------------------------------ blocks

    def _read_paragraph(self, element: etree._Element, level: int) -> None:
        flow = self._flow
        flow.end_block()
        if self._is_typed_heading(element, level):
            self._read_typed_heading(element, level)
            return
        self._in_paragraph += 1
        self._content(element, level)
        self._in_paragraph -= 1
        flow.end_block()
        tables, self._tables_in_notes = self._tables_in_notes, []
        for note in tables:
            self._content(note, level)
            flow.end_block()

    def _is_typed_heading(self, element: etree._Element, level: int) -> bool:
        """A paragraph that is a heading by its looks: all bold and short, or "2. Procesverloop" in a court decision."""
        if self._flow.in_list or self._in_paragraph:
            return False
        if _name(element) == "para" and level <= 1 and _COURT_HEADING.fullmatch(_line(element)):
            return True
        return _is_bold(element) and looks_like_heading(_line(element))

    def _read_typed_heading(self, element: etree._Element, level: int) -> None:
        text = _line(element)
        if _name(element) == "para" or self._article is not None:
            self._heading(text, level=level + 1, article=self._article)
        else:
            article = article_of(text)
            self._flow.heading(text, level=level + (2 if article else 1), article=article)

    def _read_line(self, element: etree._Element, level: int) -> None:
        del level
        self._flow.end_block()
        self._flow.add(_line(element))
        self._flow.end_block()

    def _read_note(self, element: etree._Element, level: int) -> None:
        """A note. It comes after the paragraph that it belongs to, so that its sentence stays whole."""
        del level
        if _find(element, "table") is not None:
            self._tables_in_notes.append(element)
            return
        number = _line(_child(element, "noot.nr")) or element.get("nr") or element.get("label") or ""
        self._flow.footnote(f"{number} {_line(element, without=frozenset({'noot.nr'}))}")

    def _read_list(self, element: etree._Element, level: int) -> None:
        flow = self._flow
        flow.begin_list()
        inside, self._in_paragraph = self._in_paragraph, 0
        number = 0
        for item in _children(element):
            if _name(item) not in _ITEMS:
                self._element(item, level)
                continue
            number += 1
            marker = _marker(item)
            if not marker and _name(element) == "orderedlist":
                style = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
                marker = f"{counted(number, style.get(element.get('numeration') or '', '1'))}."
            flow.begin_item(marker)
            self._read_item(item, level)
            flow.end_item()
        flow.end_list()
        self._in_paragraph = inside

    def _read_item(self, item: etree._Element, level: int) -> None:
        term = _child(item, "term")
        if term is not None:  # of a list of definitions
            self._flow.lead(_line(term))
            self._content(item, level, without=("li.nr", "term"))
        elif _name(item) == "specificatie-item":  # a name and its value make one line
            self._flow.add(_line(item, without=frozenset({"li.nr"})))
        else:
            self._content(item, level, without=("li.nr",))

    def _read_table(self, element: etree._Element, level: int) -> None:
        flow = self._flow
        flow.end_block()
        inside, self._in_paragraph = self._in_paragraph, 0
        for child in _children(element):
            if _name(child) != "tgroup":
                self._element(child, level)  # a title above or a source below the table
                continue
            self._read_group(child, level)
        flow.end_block()
        self._in_paragraph = inside

    def _read_group(self, group: etree._Element, level: int) -> None:
        flow = self._flow
        columns = {
            column.get("colname") or "": place
            for place, column in enumerate(child for child in _children(group) if _name(child) == "colspec")
        }
        rows = [
            [entry for entry in _children(row) if _name(entry) == "entry"]
            for part in _children(group)
            if _name(part) in ("thead", "tbody", "tfoot")
            for row in _children(part)
            if _name(row) == "row"
        ]
        texts = [[_line(entry) for entry in row] for row in rows]
        widest = max((len(row) for row in rows), default=0)
        if widest < 2 or max((len(text) for row in texts for text in row), default=0) > _LONG_CELL:
            for row in rows:
                for entry in row:
                    self._content(entry, level)
                    flow.end_block()
            return
        flow.begin_table()
        placed = [
            [
                (text, _width(entry, columns), 1 + _count(entry.get("morerows")))
                for text, entry in zip(*pair, strict=True)
            ]
            for pair in zip(texts, rows, strict=True)
        ]
        for row_texts in spread(placed):
            flow.row(row_texts)
        for row in rows:
            for entry in row:
                for note in entry.iter("noot", "{*}noot", "footnote", "{*}footnote"):
                    self._read_note(note, level)
        flow.end_block()


def _width(entry: etree._Element, columns: dict[str, int]) -> int:
    first, last = columns.get(entry.get("namest") or ""), columns.get(entry.get("nameend") or "")
    return last - first + 1 if first is not None and last is not None and last >= first else 1


def _count(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,4}", text) else 0


def _article_number(head: etree._Element | None, text: str) -> str | None:
    bare = _line(_child(head, "nr")).strip(" .:")
    label = _line(_child(head, "label")).lower().rstrip(". ")
    if bare and label in ("artikel", "art", "") and re.fullmatch(r"[\w.:*-]{1,12}", bare):
        return article_of(f"Artikel {bare}") or bare
    return article_of(text)


def _begins_with_a_number(article: etree._Element) -> bool:
    """Whether the first text of an article is "1. ...": regulations without `lid` number their paragraphs so."""
    first = next((child for child in _children(article) if _name(child) != "kop" and _line(child)), None)
    if first is None:
        return False
    if _name(first) in _LISTS:
        item = next((child for child in _children(first) if _name(child) in _ITEMS), None)
        return item is not None and _marker(item).rstrip(".") == "1"
    return re.match(r"1\.\s", _line(first)) is not None
