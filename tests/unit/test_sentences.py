"""The labelled sentences by which verification is measured, and the figures that are made of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import ingest, passages
from assistant.answering.checking import Problem, Verdict, Written
from assistant.errors import SettingsError, UnreadableDocument
from assistant.model import DocumentInfo, Hit, Passage
from evals.sentences import (
    EXACT,
    LABELS,
    SENTENCES,
    Checked,
    Labelled,
    Place,
    check,
    find,
    fit,
    fitted_text,
    measure,
    miss_text,
    read_sentences,
)
from tests.fakes import HashingEmbedder, document

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
LINE: dict[str, Any] = {
    "id": "zin-001",
    "label": "wrong_amount",
    "sentence": "Er is € 300 miljoen.",
    "sources": [
        {"document": "brief", "contains": "Er is € 200 miljoen beschikbaar."},
        {"document": "brief", "contains": "De gemeenten vragen het aan."},
    ],
    "cited": [1],
    "note": "200 werd 300",
}


@dataclass(frozen=True)
class Shelf:
    """Documents cut into passages, as an index has them."""

    infos: Mapping[str, DocumentInfo]
    cut: Mapping[str, Sequence[Passage]]

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        return self.cut.get(document_id, ())


def shelf(*documents: Any) -> Shelf:
    count = HashingEmbedder().count_tokens
    return Shelf(
        {one.info.id: one.info for one in documents},
        {one.info.id: passages.split(one, count_tokens=count) for one in documents},
    )


@pytest.fixture(scope="module")
def sentences() -> list[Labelled]:
    return read_sentences(SENTENCES)


# ------------------------------------------------------------------------------------------------ the set


def test_there_are_enough_sentences_of_every_label_and_of_both_halves(sentences: list[Labelled]) -> None:
    labels = Counter(one.label for one in sentences)
    assert len(sentences) >= 260
    assert set(labels) == set(LABELS)
    assert min(labels.values()) >= 30
    assert labels["true"] >= 0.4 * len(sentences)
    halves = Counter((one.split, one.label) for one in sentences)
    assert all(halves[split, label] >= 12 for split in ("dev", "test") for label in LABELS)
    assert 0.4 < sum(one.split == "dev" for one in sentences) / len(sentences) < 0.6


def test_the_sentences_go_over_nearly_all_documents_and_differ(sentences: list[Labelled]) -> None:
    assert len({one.sources[number - 1].document for one in sentences for number in one.cited}) >= 45
    assert len({(one.sentence, one.sources, one.cited) for one in sentences}) == len(sentences)
    assert any(len(one.cited) > 1 for one in sentences)
    assert not [one.id for one in sentences if "[" in one.sentence]  # markers are not part of it


def test_every_snippet_finds_one_passage_of_the_corpus(sentences: list[Labelled]) -> None:
    documents = []
    for path in sorted(CORPUS.rglob("*.md")):
        try:
            documents.append(ingest.parse(path, corpus=CORPUS))
        except UnreadableDocument as error:
            pytest.fail(str(error))
    library = shelf(*documents)
    for one in sentences:
        hits = find(one, library)
        assert [hit.rank for hit in hits] == list(range(1, len(one.sources) + 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": "odd"}, "'label' is one of true, wrong_number"),
        ({"sentence": " "}, "'sentence' is text"),
        ({"cited": []}, "'cited' are numbers of the sources"),
        ({"cited": [3]}, "'cited' are numbers of the sources"),  # there are two
        ({"sources": LINE["sources"][:1]}, "'sources' are 2 to 4"),
        ({"sources": [{"document": "brief", "contains": "te kort"}] * 2}, "20 characters or more"),
        ({"extra": 1}, "exactly the keys"),
    ],
)
def test_a_line_that_is_no_labelled_sentence_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    file = tmp_path / "sentences.jsonl"
    file.write_text(json.dumps(LINE | change), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"sentences\.jsonl, line 1: ") as refused:
        read_sentences(file)
    assert said in str(refused.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    file = tmp_path / "sentences.jsonl"
    file.write_text(f"{json.dumps(LINE)}\n\n{json.dumps(LINE)}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 3: id 'zin-001' stands on an earlier line"):
        read_sentences(file)


@pytest.mark.parametrize(
    ("paragraphs", "count"),
    [(("# Kop", "Iets heel anders."), 0), (("# Een", "Er is geld genoeg voor allen.", "# Twee") * 2, 2)],
)
def test_a_snippet_in_no_or_in_two_passages_is_an_error_that_names_the_sentence(
    paragraphs: tuple[str, ...], count: int
) -> None:
    one = Labelled("zin-7", "true", "Er is geld.", (Place("brief", "Er is geld genoeg voor"),) * 2, (1,))
    with pytest.raises(SettingsError, match=f"zin-7: .* stands in {count} passages of brief"):
        find(one, shelf(document(*paragraphs, id="brief")))


# ------------------------------------------------------------------------------------------------ the figures


class Scripted:
    """A checker that says what the sentence itself says: its text is the name of a problem, or `fine`."""

    def __init__(self) -> None:
        self.given: list[tuple[Written, list[str]]] = []

    def check(self, written: Written, sources: Sequence[Hit]) -> Verdict:
        self.given.append((written, [hit.passage.text for hit in sources]))
        return Verdict(problem=None if written.text == "fine" else Problem[written.text])


def labelled(number: int, label: str, says: str) -> Labelled:
    places = (Place("brief", "Er is € 200 miljoen beschikbaar."), Place("brief", "De gemeenten vragen het aan."))
    return Labelled(f"zin-{number}", label, says, places, (2,), "x")


def test_the_checker_gets_the_sentence_its_citations_and_all_its_sources() -> None:
    library = shelf(
        document("# Geld", "Er is € 200 miljoen beschikbaar.", "# Wie", "De gemeenten vragen het aan.", id="brief")
    )
    checker = Scripted()
    check([labelled(1, "true", "fine")], library, checker)
    ((written, texts),) = checker.given
    assert written == Written("fine", (2,))
    assert ["200 miljoen" in text for text in texts] == [True, False]


def test_the_figures_count_what_was_blocked_rightly_and_wrongly() -> None:
    said = [
        ("true", "fine"), ("true", "fine"), ("true", "fine"), ("true", "NAME"),
        ("wrong_amount", "FIGURE"), ("wrong_amount", "fine"), ("wrong_year", "FIGURE"), ("negated", "NEGATION"),
        ("unsupported", "fine"),
    ]  # fmt: skip
    library = shelf(
        document("# Geld", "Er is € 200 miljoen beschikbaar.", "# Wie", "De gemeenten vragen het aan.", id="brief")
    )
    given = [labelled(number, label, says) for number, (label, says) in enumerate(said)]
    made = measure(check(given, library, Scripted()))
    counts = {
        name: (made[name]["count"], made[name]["of"])
        for name in ("precision", "recall", "true_blocked", "exact_recall")
    }
    assert counts == {"precision": (3, 4), "recall": (3, 5), "true_blocked": (1, 4), "exact_recall": (2, 3)}
    assert made["precision"]["value"] == 0.75
    assert made["recall"]["low"] < 0.6 < made["recall"]["high"]
    assert {label: (share["count"], share["of"]) for label, share in made["labels"].items()} == {
        "true": (1, 4), "wrong_amount": (1, 2), "wrong_year": (1, 1), "negated": (1, 1), "unsupported": (0, 1),
    }  # fmt: skip
    assert made["problems"] == {
        "figure": {"rightly": 2, "wrongly": 0, "labels": {"wrong_amount": 1, "wrong_year": 1}},
        "name": {"rightly": 0, "wrongly": 1, "labels": {}},
        "negation": {"rightly": 1, "wrongly": 0, "labels": {"negated": 1}},
    }
    assert [miss["id"] for miss in made["passed_false"]] == ["zin-5", "zin-8"]
    assert [miss_text(miss) for miss in made["blocked_true"]] == ["  zin-3 true [name] NAME (x; brief)"]


def test_a_share_of_nothing_is_absent_and_never_nought() -> None:
    made = measure([Checked(labelled(1, "true", "fine"), Verdict())])
    assert made["precision"] is None
    assert made["recall"] is None
    assert made["true_blocked"]["count"] == 0


def scored(label: str, coverage: float, cosine: float, problem: Problem | None = None) -> Checked:
    return Checked(labelled(1, label, "fine"), Verdict(problem=problem, coverage=coverage, cosine=cosine))


def test_thresholds_catch_the_most_false_sentences_within_the_share_of_true_ones_that_may_be_lost() -> None:
    true = [scored("true", 0.9, 0.95)] * 19 + [scored("true", 0.4, 0.95)]
    false = [scored("unsupported", 0.6, 0.95), scored("unsupported", 0.9, 0.8), scored("negated", 0.95, 0.97)]
    found = fit([*true, *false])
    # One of twenty may go, so the true sentence with little coverage does not stand in the way of the first false one.
    assert (found.caught, found.true_blocked, found.met) == (2, 1, True)
    assert 0.6 < found.min_coverage <= 0.9
    assert 0.8 < found.min_cosine <= 0.95
    assert "2 of 3 false sentences caught, 1 of 20 true ones blocked" in fitted_text(found)


def test_thresholds_that_cannot_keep_within_the_share_add_no_loss_and_say_so() -> None:
    true = [scored("true", 0.9, 0.95)] * 8 + [scored("true", 0, 0, Problem.NAME)] * 2
    found = fit([*true, scored("unsupported", 0.9, 0.96), scored("unsupported", 0.5, 0.96)])
    assert (found.true_blocked, found.blocked_anyway, found.caught, found.met) == (2, 2, 1, False)
    assert fitted_text(found).endswith("more than 5% of the true ones")


def test_the_labels_with_a_target_of_their_own_exist() -> None:
    assert set(EXACT) < set(LABELS)
