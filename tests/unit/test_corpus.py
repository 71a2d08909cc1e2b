"""The documents in corpus/ and the questions on them keep their promises.

Documents: own words, true headers, no figure that the source does not have and none of its figures lost.
Questions: every expected fact really stands in one of the documents it is expected from.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FACTS = SHARED / "dossier" / "facts.md"
MANIFEST = SHARED / "dossier" / "sources.toml"
MEMO = SHARED / "seeds" / "000_ada212ff493f49c0.txt"
QUESTIONS = sorted(path for folder in ("questions", "own_words") for path in (ROOT / "evals" / folder).glob("*.jsonl"))

KEYS = [
    "id",
    "title",
    "type",
    "publisher",
    "date",
    "identifier",
    "dossier",
    "url",
    "language",
    "provenance",
    "supersedes",
]
TYPES = {
    "nota",
    "Kamerbrief",
    "regeling",
    "webpagina",
    "beleidsdocument",
    "evaluatierapport",
    "commissieverslag",
    "circulaire",
}
THEMES = {"doelen", "financiering", "tijdlijn", "instrumenten", "governance", "parlement", "evaluatie", "overig"}
KINDS = {
    "plain", "lookalike", "superseded", "reference", "english", "typo", "false_premise",
    "unanswerable_near", "unanswerable_far", "injection", "follow_up",
}  # fmt: skip
NOT_SEEN = "## Over deze samenvatting"
LONGEST_SHARED_RUN = 11  # words; at twelve a reader would call it copied

MONTHS = dict(
    zip(
        "januari februari maart april mei juni juli augustus september oktober november december".split(),
        "January February March April May June July August September October November December".split(),
        strict=True,
    )
)
NUMBERS = {  # Dutch word → the ways the fact sheet may write it
    "twee": {"2", "two"}, "drie": {"3", "three"}, "vier": {"4", "four"}, "vijf": {"5", "five"}, "zes": {"6", "six"},
    "zeven": {"7", "seven"}, "acht": {"8", "eight"}, "negen": {"9", "nine"}, "tien": {"10", "ten"},
    "twaalf": {"12", "twelve"}, "twintig": {"20", "twenty"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A document of the corpus as it lies on disk."""

    path: Path
    header: dict[str, str | list[str]]
    body: str

    @property
    def id(self) -> str:
        return str(self.header["id"])

    @property
    def summary(self) -> str:
        """The body without the part that says what was not seen."""
        return self.body.partition(NOT_SEEN)[0]


def read(path: Path) -> CorpusFile:
    """One key a line is all the YAML that our headers use."""
    _, header, body = path.read_text(encoding="utf-8").split("---\n", 2)
    values: dict[str, str | list[str]] = {}
    for line in header.splitlines():
        key, _, value = line.partition(": ")
        if value.startswith("["):
            values[key] = [item.strip() for item in value.strip("[]").split(",") if item.strip()]
        else:
            values[key] = value.strip('"')
    return CorpusFile(path, values, body)


FILES = [read(path) for path in sorted((ROOT / "corpus").glob("*/*.md"))]
BY_ID = {file.id: file for file in FILES}
CASES = [json.loads(line) for path in QUESTIONS for line in path.read_text(encoding="utf-8").splitlines()]
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.id)


def needs(path: Path) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not path.exists(), reason=f"{path.name} of the maintainers' shared folder is absent")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every stretch of so many words."""
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def figures(text: str) -> set[str]:
    """Tokens with a digit in them, leading zeros dropped: `7a`, `2023`, `0000366768` as `366768`."""
    return {token.lstrip("0") for token in words(text) if any(character.isdigit() for character in token)}


# ------------------------------------------------------------------------------------------------ headers


def test_there_are_enough_documents_with_their_own_ids() -> None:
    assert len(FILES) >= 16
    assert len(BY_ID) == len(FILES)


def test_every_document_lies_in_the_folder_of_its_type() -> None:
    misplaced = [file.id for file in FILES if file.path.parent.name != str(file.header["type"]).lower()]
    loose = [path.name for path in (ROOT / "corpus").glob("*.md") if path.name != "README.md"]
    assert (misplaced, loose) == ([], [])


@every_file
def test_a_header_has_every_key_of_the_contract_in_order_and_known_values(file: CorpusFile) -> None:
    assert list(file.header) == KEYS
    assert file.path.stem == file.id
    assert file.header["type"] in TYPES
    assert file.header["provenance"] == "samenvatting"
    assert file.header["language"] == "nl"
    assert re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", str(file.header["date"]))
    assert all(file.header[key] for key in ("title", "publisher"))


@every_file
def test_the_original_is_linked_or_its_absence_is_said(file: CorpusFile) -> None:
    url = str(file.header["url"])
    assert url.startswith(("https://", "http://")) or (url == "" and "geen webadres" in file.body)


@every_file
def test_what_a_document_supersedes_is_in_the_corpus_and_not_itself(file: CorpusFile) -> None:
    superseded = file.header["supersedes"]
    assert isinstance(superseded, list)
    assert set(superseded) <= set(BY_ID) - {file.id}


@every_file
def test_a_document_says_what_was_not_seen_and_has_a_readable_length(file: CorpusFile) -> None:
    assert file.body.count(NOT_SEEN) == 1
    assert re.search(r"niet (gezien|te zien)", file.body.partition(NOT_SEEN)[2])
    assert 150 <= len(words(file.body)) <= 900
    assert file.body.lstrip().startswith(f"# {file.header['title']}\n")


def test_the_memo_says_literally_when_the_agenda_ends() -> None:
    assert "De Agenda loopt tot eind 2025." in BY_ID["nota-agenda-vws-2024"].body


def test_no_two_documents_share_a_run_of_twelve_words() -> None:
    known = {file.id: runs(file.body, LONGEST_SHARED_RUN + 1) for file in FILES}
    shared = [
        (one, other, " ".join(run))
        for one, other in itertools.combinations(known, 2)
        for run in sorted(known[one] & known[other])
    ]
    assert shared == []


# ------------------------------------------------------------------------------------------------ against the sources


def fact_sections() -> dict[str, str]:
    """The part of the fact sheet about each source, by document id."""
    parts = re.split(r"^#{2,3} ", FACTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        found[1]: re.sub(
            r"^\d+\. (?=\[[RE]\])", "", part, flags=re.MULTILINE
        )  # the number of a fact is no figure of it
        for part in parts
        if (found := re.search(r"^- id: (.+)$", part, re.MULTILINE))
    }


def common_facts() -> str:
    """The parts of the fact sheet that compare sources: time line, names, conflicts, what was not found."""
    parts = re.split(r"^## ", FACTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    kept = (part for part in parts if part.startswith(("Timeline", "Names", "Conflicts", "Not found")))
    return re.sub(r"^\d+\. ", "", "\n".join(kept), flags=re.MULTILINE)


def unsupported(text: str, facts: str, header: str) -> Iterator[str]:
    """Figures, number words and dates of a text that the facts do not have."""
    allowed, lowered = figures(facts + " " + header), set(words(facts))
    yield from sorted(figures(text) - allowed)
    for word in words(text):
        if word in NUMBERS and not NUMBERS[word] & (allowed | lowered):
            yield word
    for day, month in re.findall(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})\b", text):
        number = list(MONTHS).index(month) + 1
        iso = rf"-{number:02d}-{int(day):02d}\b"
        english = MONTHS[month]
        series = rf"\b{day}(?:, \d+ \w+| \w+)*(?:,| and)?.*\b{english}\b|\b{english} {day}\b"
        if not re.search(rf"{series}|{iso}|\b{day} {month}\b", facts + header):
            yield f"{day} {month}"


@pytest.mark.shared
@needs(FACTS)
@every_file
def test_every_figure_and_date_stands_in_the_facts_of_that_source(file: CorpusFile) -> None:
    header = " ".join(str(file.header[key]) for key in ("title", "date", "identifier", "dossier"))
    assert list(unsupported(file.summary, fact_sections()[file.id], header)) == []


@pytest.mark.shared
@needs(FACTS)
@every_file
def test_remarks_on_other_sources_stand_in_the_fact_sheet_too(file: CorpusFile) -> None:
    remarks = file.body.partition(NOT_SEEN)[2]
    headers = " ".join(str(other.header[key]) for other in FILES for key in ("title", "date", "identifier", "dossier"))
    assert list(unsupported(remarks, fact_sections()[file.id] + common_facts(), headers)) == []


@pytest.mark.shared
@needs(FACTS)
@every_file
def test_no_figure_of_the_source_is_left_out(file: CorpusFile) -> None:
    numbered = re.findall(r"^\[[RE]\] (.+)$", fact_sections()[file.id], re.MULTILINE)
    spoken = {digit for word in words(file.body) if word in NUMBERS for digit in NUMBERS[word]}
    here = figures(file.body) | spoken
    # "4(1)" is written "artikel 4, eerste lid", and "part f" or "the July 11 one" lose nothing either
    ordinals = {"1": "eerste lid", "2": "tweede lid"}
    missing = {
        (number, fact)
        for fact in numbered
        for number in figures(fact) - here
        if ordinals.get(number, "\0") not in file.body
    }
    assert missing == set()


@pytest.mark.shared
@needs(MANIFEST)
@every_file
def test_a_header_agrees_with_the_manifest_of_sources(file: CorpusFile) -> None:
    sources = {source["id"]: source for source in tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["source"]}
    source = sources[file.id]
    source["identifier"] = source["identifier"].removesuffix(" (seed)")
    compared = ("title", "type", "publisher", "date", "identifier", "dossier", "url", "language")
    assert {key: file.header[key] for key in compared} == {key: source[key] for key in compared}


@pytest.mark.shared
@needs(MEMO)
@every_file
def test_no_document_shares_a_run_of_twelve_words_with_the_memo(file: CorpusFile) -> None:
    memo = runs(MEMO.read_text(encoding="utf-8"), LONGEST_SHARED_RUN + 1)
    assert sorted(memo & runs(file.body, LONGEST_SHARED_RUN + 1)) == []


# ------------------------------------------------------------------------------------------------ questions


def test_there_are_enough_questions_of_every_sort() -> None:
    kinds = [case["kind"] for case in CASES]
    assert sum(case["answerable"] for case in CASES) >= 150
    assert kinds.count("unanswerable_near") >= 40
    assert kinds.count("unanswerable_far") >= 20
    assert kinds.count("english") >= 12
    assert kinds.count("injection") >= 8
    assert set(kinds) == KINDS
    assert {case["theme"] for case in CASES} == THEMES


def test_question_ids_and_texts_occur_once() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    asked = {"\n".join([*case.get("turns", []), case["question"]]).casefold() for case in CASES}
    assert len(asked) == len(CASES)


def test_the_split_of_a_question_follows_from_its_id() -> None:
    """So that nobody can move a question between dev and test, and a new one falls where it falls."""
    wrong = [
        case["id"]
        for case in CASES
        if case["split"] != ("test" if int(hashlib.sha256(case["id"].encode()).hexdigest()[0], 16) % 2 else "dev")
    ]
    assert wrong == []


def test_every_expected_fact_stands_in_a_document_it_is_expected_from() -> None:
    texts = {file.id: " ".join(file.body.split()).casefold() for file in FILES}
    absent = [
        (case["id"], spellings)
        for case in CASES
        for spellings in case["facts"]
        if not any(spelling.casefold() in texts[source] for spelling in spellings for source in case["sources"])
    ]
    assert absent == []


def test_every_acceptable_source_holds_something_that_was_asked() -> None:
    texts = {file.id: " ".join(file.body.split()).casefold() for file in FILES}
    idle = [
        (case["id"], source)
        for case in CASES
        for source in case["sources"]
        if not any(spelling.casefold() in texts[source] for spellings in case["facts"] for spelling in spellings)
    ]
    assert idle == []


def test_a_question_without_answer_expects_nothing_and_every_question_says_why_it_is_there() -> None:
    for case in CASES:
        assert bool(case["facts"]) == bool(case["sources"]) == case["answerable"], case["id"]
        assert case["note"], case["id"]
