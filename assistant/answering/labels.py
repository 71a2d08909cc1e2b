"""Which row, column, item or heading a value stands under: the dates of one row of a table prove nothing for the row below it.

What stands side by side and is told apart by a label (the rows and columns of a table, the items of a list, the sections under one
heading) makes a group. A sentence that names a label of a group may only have figures and names that the sources give under that
label, or that they give where no label of the group is named. A row that has no figure proves none.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from assistant import dutch, figures
from assistant.answering import binding
from assistant.answering.candidates import Candidate, cells_of
from assistant.model import Block, BlockKind, Document, Hit
from assistant.text import fold

_MOST_ROWS = 400  # of a table: a register of thousands of rows is searched, not read
_MOST = 0.5  # of the words of a label, by weight
_LONGEST_LABEL = 14  # words of content; what is longer tells a story
_LONGEST_PLAIN_ITEM = 8  # words of content of an item without a colon


@dataclass(frozen=True, slots=True)
class Value:
    """A figure or name of a written sentence: what it is, where it stands, and whether a text has it."""

    kind: str  # of a figure, or "name"
    start: int
    end: int
    stands_in: Callable[[str], bool]


Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Group:
    """Labels that tell things apart, each with the words that only some of them have."""

    telling: Mapping[str, Words]
    weights: Mapping[str, float]  # of the words: less of one that several labels have
    short: Mapping[str, Words]  # capitals, years and numbers that one label alone has: they are enough to name it
    strict: bool = False  # labels are guessed: more than half of the words must be there
    kinds: Mapping[str, frozenset[str]] | None = None  # of figures, when a label can only be about some
    rows: bool = False  # of a table or a list, not its columns
    loose: bool = False  # of sections and sentences: a name may stand anywhere among them

    def named(self, words: Words, kind: str = "") -> Words:
        """The labels that a text with these words names, the best ones only."""
        held: dict[str, Words] = {}
        for label, telling in self.telling.items():
            if self.kinds is not None and _FAMILY.get(kind, kind) not in self.kinds[label]:
                continue
            found = _held(telling, words)
            share = sum(self.weights[word] for word in found) / sum(self.weights[word] for word in telling)
            enough = share > _MOST if self.strict else share >= _MOST
            if found and (enough or self.short[label] & words):
                held[label] = found
        return frozenset(label for label, found in held.items() if not any(found < other for other in held.values()))

    def touched(self, words: Words) -> bool:
        """Whether a text has any word that tells these labels apart."""
        return any(_held(telling, words) for telling in self.telling.values())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value may stand: a cell, an item, a sentence. It stands under labels, or names them itself."""

    text: str
    under: Mapping[int, Words]  # number of a group -> its labels
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The groups of the cited passages and the places in them."""

    groups: tuple[_Group, ...]
    places: tuple[_Place, ...]
    totals: frozenset[int]  # groups of rows of which one is the total
    above: Words  # of the titles and headings of the passages


def misplaced(text: str, values: Sequence[Value], layout: Layout, *, english: bool = False) -> Iterator[str]:
    """The figures and names of a sentence that the sources give only under other labels than the sentence names."""
    if not layout.groups:
        return
    everything = _said(text, english=english)
    for value in values:
        places = [place for place in layout.places if value.stands_in(place.text)]
        if not places:
            continue  # rounded, derived or above the passage: that is for others to see
        near = _said(_stretch(text, value, values), english=english)
        wanted: dict[int, Words] = {}
        for number, group in enumerate(layout.groups):
            if group.loose and (value.kind == "name" or english):
                continue
            wanted[number] = group.named(near, value.kind)
            if not group.touched(near):
                wanted[number] = group.named(everything, value.kind)
            if value.kind == "name":
                wanted[number] -= _taken(number, wanted[number], value, values, layout)
        bound = (
            not english
            and value.kind != "name"
            and any(labels and not layout.groups[number].loose for number, labels in wanted.items())
        )
        about = _plain(everything) if bound else frozenset[str]()
        spoken = () if english or value.kind == "name" else _phrases(_stretch(text, value, values))
        if not any(
            _fits(place, value, wanted, layout, english=english)
            and not _of_another(spoken, place, value, everything, layout)
            and (not place.prose or not about or _held(about, _words(place.text)))
            for place in places
        ):
            yield text[value.start : value.end]


def _fits(place: _Place, value: Value, wanted: Mapping[int, Words], layout: Layout, *, english: bool) -> bool:
    for number, labels in wanted.items():
        under = place.under.get(number, frozenset[str]())
        if any(map(value.stands_in, under)):
            continue  # it names the label itself
        if place.prose and value.kind != "name":
            under = _named_in(layout.groups[number], place.text, value) or under
        if labels and under and not labels & under:
            return False
        partial = number in layout.totals and under and not labels and not english
        if partial and value.kind in ("amount", "number") and not any(map(_is_total, under)):
            return False  # of one row, said of the whole
    return True


_PHRASE = re.compile(
    r"\b(?P<before>voor|over|van|in|bij|aan|naar)\s+(?:(?:de|het|een|deze|dit)\s+)?"
    r"(?P<words>[^\W\d][\w-]+(?:(?:\s+(?:en|of|van)\s+|\s+)[^\W\d][\w-]+){0,2})",
    re.IGNORECASE,
)


def _phrases(text: str) -> tuple[tuple[str, Words], ...]:
    """What a text speaks of after a preposition: *over wonen en huren*. *Voor* and *over* say the same of a meeting or a sum."""
    found = []
    for match in _PHRASE.finditer(text):
        said = re.split(r"\s+(?:is|was|zijn|waren|wordt|worden|krijgt|komt|staat|kan|heeft|op|tot)\b", match["words"])[
            0
        ]
        words = _plain(_words(said))
        if words:
            before = match["before"].lower()
            found.append(("voor" if before == "over" else before, words))
    return tuple(found)


def _of_another(
    spoken: Sequence[tuple[str, Words]], place: _Place, value: Value, everything: Words, layout: Layout
) -> bool:
    """Whether a place speaks of something that the sentence does not, and the sentence of something that the place does not.

    *De middag over zorg was op 4 mei* is not proven by *De middag over wonen was op 4 mei*.
    """
    under = [
        label
        for number, labels in place.under.items()
        if layout.groups[number].rows
        for label in labels
        if not value.stands_in(label)
    ]
    if not place.prose and not under:
        return False
    here = _words(" ; ".join([place.text, *under]))
    for before, words in spoken:
        if _held(words, here | layout.above):
            continue
        if place.prose:
            others = [said for prep, said in _phrases(place.text) if prep == before]
        else:
            others = [_plain(_words(label)) for label in under]
        if others and not any(_held(said, everything | layout.above) for said in others if said):
            return True
    return False


def _taken(number: int, labels: Words, value: Value, values: Sequence[Value], layout: Layout) -> Words:
    """Labels under which another name of the sentence stands: *Jansen sprak met wethouder De Vries* says no office of Jansen."""
    others = [one for one in values if one.kind == "name" and one.start != value.start]
    return frozenset(
        label
        for label in labels
        for place in layout.places
        if label in place.under.get(number, frozenset()) and place.text != label
        if any(one.stands_in(place.text) for one in others)
    )


def _named_in(group: _Group, text: str, value: Value) -> Words:
    """The labels that a sentence of a source names near a value, or anywhere when it names none there."""
    those = [
        Value(figure.kind, figure.start, figure.end, value.stands_in)
        for figure in figures.find(text)
        if figure.kind == value.kind
    ]
    here = [one for one in those if value.stands_in(text[one.start : one.end])]
    near = frozenset[str]().union(*(group.named(_words(_stretch(text, one, those)), value.kind) for one in here))
    return near or group.named(_words(text), value.kind)


def _is_total(label: str) -> bool:
    return re.match(r"(?:sub)?totaal\b|totale\b|total\b|som\b|samen\b", label, re.IGNORECASE) is not None


def _stretch(text: str, value: Value, values: Sequence[Value]) -> str:
    """What is said near a value: up to the values of its kind before and after it, cut where a sentence turns to the next."""
    those = sorted(((one.start, one.end) for one in values if one.kind == value.kind), key=lambda span: span[0])
    place = those.index((value.start, value.end))
    start, end = 0, len(text)
    for one, after in zip(reversed(those[:place]), reversed(those[1 : place + 1]), strict=True):
        if binding.says_something(text[one[1] : after[0]]):
            cut = binding.cut(text, one[1], after[0])
            start = one[1] if cut.unsure else cut.end
            break
    for before, one in zip(those[place:], those[place + 1 :], strict=False):
        if binding.says_something(text[before[1] : one[0]]):
            cut = binding.cut(text, before[1], one[0])
            end = one[0] if cut.unsure else cut.start
            break
    return text[start:end]


# ------------------------------------------------------------------------------------------------ words

_DAY = re.compile(r"(?:\d{4}|-)(-\d\d-\d\d)\Z")
_CAPITALS = re.compile(r"\b[A-ZÀ-Þ]{2,}\w*\b|\b[A-Z]\b|\b[A-Za-z]*\d+\b")


@lru_cache(maxsize=20_000)
def _words(text: str) -> Words:
    """The stems of a text, its days without their year, what it calls by a number, and its capitals as they are."""
    dates = [figure for figure in figures.find(text) if figure.kind in ("date", "period")]
    found = {
        dutch.stem(word.text)
        for word in dutch.words(text)
        if word.text not in dutch.STOPWORDS
        and len(word.text) > 1
        and not any(date.start <= word.start < date.end for date in dates)
    }
    for date in dates:
        day = _DAY.match(date.value)
        found |= {f"-{day[1]}"} if day is not None else set(re.findall(r"\d{4}(?:-\d\d)?", date.value))
    found |= {f"{item.kind} {item.value}" for item in binding.items(text) if item.kind.startswith("called ")}
    return frozenset(found | _capitals(text))


def _capitals(text: str) -> Words:
    return frozenset(f"={word}" for word in _CAPITALS.findall(text) if not re.fullmatch(r"\d+", word))


def _plain(words: Words) -> Words:
    return frozenset(word for word in words if word.isalpha())


def _said(text: str, *, english: bool) -> Words:
    words = _words(text)
    if english:
        words |= frozenset(stem for word in dutch.words(text) for stem in dutch.translations(word.text))
    return words


@lru_cache(maxsize=8)
def _lowered(text: str) -> Words:
    """The stems of the words that a text has without a capital."""
    return frozenset(dutch.stem(fold(word)) for word in set(re.findall(r"(?<![^\W_])[a-zß-öø-ÿ][\w’'&]*", text)))


def _names_and_numbers(text: str, label: str) -> Words:
    """The words of a heading that are names, years or numbers: what else it says, it says of more than its own section."""
    lowered = _lowered(text)
    words = _words(label)
    found = frozenset(word for word in words if word not in lowered and not word.isdigit())
    plain = [word for word in words if word[0] != "="]
    most = sum(word in found for word in plain) * 2 > len(plain)
    return found if most or any(map(_is_short, found)) else frozenset()


def _held(telling: Words, words: Words) -> Words:
    loose = _loose(words)
    return frozenset(word for word in telling if word in words or dutch.loose_stem(word) in loose)


@lru_cache(maxsize=20_000)
def _loose(words: Words) -> Words:
    return frozenset(dutch.loose_stem(word) for word in words)


def _group(
    labels: Iterable[str],
    *,
    strict: bool = False,
    kinds: Mapping[str, frozenset[str]] | None = None,
    rows: bool = False,
    loose: bool = False,
    words_of: Callable[[str], Words] | None = None,
) -> _Group | None:
    """The group that these labels make; None when they tell nothing apart."""
    of: dict[str, Words] = {}
    for label in dict.fromkeys(labels):
        words = (words_of or _words)(label)
        if words and len(words) <= _LONGEST_LABEL:
            of[label] = words
    if len(of) < 2:
        return None
    common = frozenset.intersection(*of.values())
    telling = {label: words - common for label, words in of.items() if words - common}
    times: dict[str, int] = defaultdict(int)
    for words in telling.values():
        for word in words:
            times[word] += 1
    short = {
        label: frozenset(word for word in words if times[word] == 1 and _is_short(word))
        for label, words in telling.items()
    }
    plain = {label: frozenset(word for word in words if word[0] != "=") or words for label, words in telling.items()}
    weights = {word: 1 / number for word, number in times.items()}
    return _Group(plain, weights, short, strict, kinds, rows=rows, loose=loose) if plain else None


def _is_short(word: str) -> bool:
    return word[0] in "=-" or word.startswith("called ") or word[:4].isdigit()


# ------------------------------------------------------------------------------------------------ reading the sources


def layout_of(hits: Sequence[Hit], found: Sequence[Candidate], document_of: Callable[[str], Document]) -> Layout:
    """The groups and places of some passages. Labels are those of the whole table or list, values only those of the passages."""
    making = _Making()
    sections = making.sections(hits, document_of)
    for hit in hits:
        document = document_of(hit.document.id)
        groups: dict[tuple[BlockKind, int], list[Block]] = defaultdict(list)
        inside = [
            block
            for block in document.blocks
            if block.kind in (BlockKind.TABLE_ROW, BlockKind.LIST_ITEM)
            and block.start < hit.passage.end
            and hit.passage.start < block.end
        ]
        wanted = {(block.kind, block.group) for block in inside}
        for block in document.blocks:
            if (block.kind, block.group) in wanted:
                groups[block.kind, block.group].append(block)
        within = {block.start for block in inside}
        making.here = sections.get((hit.document.id, hit.passage.anchor.section), {})
        for (kind, _), blocks in groups.items():
            if kind is BlockKind.TABLE_ROW:
                making.table(
                    [document.text[one.start : one.end] for one in blocks], [one.start in within for one in blocks]
                )
            else:
                making.items(
                    [document.text[one.start : one.end] for one in blocks], [one.start in within for one in blocks]
                )
        making.above([document.info.title, document.info.publisher, document.info.date, *hit.passage.anchor.section])
    for one in found:
        if one.kind not in (BlockKind.TABLE_ROW, BlockKind.LIST_ITEM):
            making.places.append(_Place(one.text, sections.get((one.document.id, one.section), {}), prose=True))
    making.sentences(found)
    above = frozenset[str]().union(*(_words(line) for line in making.lines))
    return Layout(tuple(making.groups), tuple(making.places), frozenset(making.totals), above)


class _Making:
    def __init__(self) -> None:
        self.groups: list[_Group] = []
        self.places: list[_Place] = []
        self.totals: set[int] = set()
        self.lines: set[str] = set()
        self.here: Mapping[int, Words] = {}  # the labels that all of the passage stands under

    def add(self, group: _Group) -> int:
        self.groups.append(group)
        return len(self.groups) - 1

    def above(self, lines: Iterable[str]) -> None:
        self.lines |= {line for line in lines if line}
        self.places += [_Place(line, {}) for line in lines if line]

    def sections(
        self, hits: Sequence[Hit], document_of: Callable[[str], Document]
    ) -> dict[tuple[str, tuple[str, ...]], Mapping[int, Words]]:
        """The sections that stand under one heading, or under none, as a group; what each of them stands under."""
        under: dict[tuple[str, tuple[str, ...]], Mapping[int, Words]] = {}
        for hit in hits:
            section = hit.passage.anchor.section
            if not section or (hit.document.id, section) in under:
                continue
            document = document_of(hit.document.id)
            beside = {one.anchor.section for one in document.blocks if one.anchor.section[:-1] == section[:-1]}
            headings = sorted(one[-1] for one in beside if one)
            group = _group(headings, loose=True, words_of=partial(_names_and_numbers, document.text))
            if group is None:
                continue
            number = self.add(group)
            for one in beside:
                if one and one[-1] in group.telling:
                    under[hit.document.id, one] = {number: frozenset({one[-1]})}
        return under

    def sentences(self, found: Sequence[Candidate]) -> None:
        """Sentences of one section that say the like of different things: *Voor dijken is ... Voor gemalen is ...*."""
        subjects: dict[tuple[str, tuple[str, ...], str], list[str]] = defaultdict(list)
        for one in found:
            if one.kind is BlockKind.PARAGRAPH:
                for pattern in _SUBJECTS:
                    match = pattern.match(one.core or one.text)
                    if match is not None and not _ORDINAL.match(match["label"]):
                        subjects[one.document.id, one.section, match["before"] or ""].append(match["label"])
        for labels in subjects.values():
            group = _group(labels, loose=True)
            if group is not None:
                self.add(group)

    def table(self, rows: Sequence[str], within: Sequence[bool]) -> None:
        """The rows of a table: each column with words or years makes a group of rows, its header a group of columns."""
        cells = [cells_of(row) for row in rows[:_MOST_ROWS]]
        width = max(map(len, cells))
        cells = [[*row, *[""] * (width - len(row))] for row in cells]
        header = cells[0] if len(cells) > 1 and _is_header(cells[0]) else None
        body = cells[1:] if header is not None else cells
        shown = within[1:] if header is not None else within
        _continue(body)
        rows_of: dict[int, int] = {}
        for column in range(width):
            labels = [row[column] for row in body]
            if any(not _only_figures(label) for label in labels if label):
                # In a table of two columns the rows say different things of one: a row with a day cannot be meant by an amount.
                own = (
                    {row[0]: (_kinds(row[1]) or _KINDS) | {"name"} for row in body}
                    if width == 2 and not column
                    else None
                )
                group = _group((label for label in labels if label and not _only_figures(label)), kinds=own, rows=True)
                if group is not None:
                    rows_of[column] = self.add(group)
                    if any(map(_is_total, labels)):
                        self.totals.add(rows_of[column])
        columns = None
        if header is not None:
            kinds: dict[str, frozenset[str]] = defaultdict(frozenset)
            for column, name in enumerate(header):
                kinds[name] |= _kinds(" ; ".join(row[column] for row in body))
                if any(re.search(r"[A-ZÀ-Þ]", row[column]) for row in body):
                    kinds[name] |= {"name"}
            kinds[header[0]] = frozenset()  # what the rows are, it says of every figure in them
            group = _group((name for name in header if name), kinds=kinds)
            columns = self.add(group) if group is not None else None
            for name in header:
                self.places.append(_Place(name, {columns: frozenset({name})} if columns is not None and name else {}))
        for row, inside in zip(body, shown, strict=False):
            under = dict(self.here)
            for column, number in rows_of.items():
                if row[column] in self.groups[number].telling:
                    under[number] = frozenset({row[column]})
            for column, cell in enumerate(row):
                if not cell or not inside:
                    continue
                of_column = header[column] if header is not None else ""
                if columns is not None and of_column in self.groups[columns].telling:
                    self.places.append(_Place(cell, {**under, columns: frozenset({of_column})}))
                else:
                    self.places.append(_Place(cell, under))

    def items(self, items: Sequence[str], within: Sequence[bool]) -> None:
        """The items of a list: each with what stands before its colon as its label, or all its words when it is short."""
        texts = [re.sub(r"^(?:[•–*·o-]|\(?(?:\d{1,3}|[a-z])[.)°])\s+", "", item) for item in items]
        labels = [_label_of(text) for text in texts]
        led = sum(_LED.match(text) is not None for text in texts) * 2 >= len(texts)
        group = _group((label for label in labels if label), strict=not led, rows=True)
        number = self.add(group) if group is not None else None
        for text, label, inside in zip(texts, labels, within, strict=True):
            if inside:
                known = number is not None and label in self.groups[number].telling
                of_item = {number: frozenset({label})} if known and number is not None else {}
                self.places.append(_Place(text, {**self.here, **of_item}))


_ORDINAL = re.compile(r"(?:eerste|tweede|derde|vierde|vijfde|andere|beide|alle)\b", re.IGNORECASE)
_THING = r"(?P<label>[^\W\d][\w-]+(?:\s+(?:en|and)\s+[^\W\d][\w-]+)?)"
_SUBJECTS = (
    re.compile(
        rf"\A(?P<before>Voor|In|Van|Bij|Aan|Op|Naar|Over)?\s*(?:(?<=\s)(?:de|het|een)\s+|(?:De|Het|Een)\s+)?{_THING}"
    ),
    # *De rondleiding in Veldstad*: the same thing of something else
    re.compile(
        rf"\A(?:(?:De|Het|Een)\s+)?(?P<before>[^\W\d][\w-]+\s+(?:voor|in|van|bij|aan|op|naar|over))\s+(?:(?:de|het|een)\s+)?{_THING}"
    ),
)
_LED = re.compile(r"(?P<label>[^:;.]{2,120}?)(?::|\s[–—-]|\s=)\s")


def _label_of(item: str) -> str:
    led = _LED.match(item)
    if led is not None:
        return led["label"]
    bare = list(item)
    for figure in figures.find(item):
        if figure.kind not in ("date", "period"):
            bare[figure.start : figure.end] = " " * (figure.end - figure.start)
    label = " ".join("".join(bare).split())
    before, comma, _ = label.partition(", ")
    label = before if comma and _words(before) else label
    return label if len(_words(label)) <= _LONGEST_PLAIN_ITEM else ""


_FAMILY = {"period": "date"}  # *binnen 13 weken* and *1 juni* may answer the same
_KINDS = frozenset(("amount", "number", "percentage", "date", "name"))


def _kinds(text: str) -> frozenset[str]:
    return frozenset(_FAMILY.get(figure.kind, figure.kind) for figure in figures.find(text))


def _is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names the columns: no cell of it is nothing but an amount, a number or days."""
    return not any(
        figures.find(cell) and not re.fullmatch(r"(?:19|20)\d\d(?:\W+(?:19|20)\d\d)?", cell) and not _bare(cell)
        for cell in cells[1:]
    )


def _bare(cell: str) -> bool:
    """Whether a cell has words beside its figures."""
    spans = [figure.span for figure in figures.find(cell)]
    return any(
        word.text not in dutch.STOPWORDS and not any(start <= word.start < end for start, end in spans)
        for word in dutch.words(cell)
    )


def _only_figures(cell: str) -> bool:
    """Whether a cell has no words beside amounts, percentages and numbers; a year or a day is a label, too."""
    those = [figure for figure in figures.find(cell) if figure.kind not in ("date", "period")]
    bare = "".join(
        " " if any(figure.start <= place < figure.end for figure in those) else letter
        for place, letter in enumerate(cell)
    )
    return not any(letter.isalnum() for letter in bare)


def _continue(body: list[list[str]]) -> None:
    """Rows without a first cell belong to the row above."""
    for before, row in itertools.pairwise(body):
        if not row[0] and before[0] and any(row[1:]) and not _is_total(before[0]):
            row[0] = before[0]
