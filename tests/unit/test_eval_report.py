"""`assistant eval run` and the comparison of two runs: complete, deterministic, loud where it must be."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from assistant.answering.language_model import Chat, Message, Trouble
from assistant.errors import AssistantError, SettingsError
from assistant.index.generations import Manifest
from assistant.model import Anchor, Answer, Citation, Document, DocumentInfo, Finding, Hit, Passage, Question, Statement
from assistant.settings import PROJECT, Settings
from evals import compare, plots, report, report_file, run
from evals.cases import Case
from evals.metrics import Judged
from tests.fakes_llm import ScriptedChat

TEXT = "De Agenda loopt tot eind 2025. Zij kost € 256 miljoen."
INFO = DocumentInfo("nota", "De <nota>", type="nota")
PASSAGE = Passage("p", "nota", 0, 0, len(TEXT), TEXT, Anchor())
SAYS = {"Tot wanneer?": "De Agenda loopt tot eind 2025.", "Wat kost het?": "Zij kost € 256 miljoen."}


def silent(step: str, done: int, total: int, /) -> None:
    del step, done, total


class ScriptedAssistant:
    """Answers the questions it knows with a quote of the one document; everything else is met with silence."""

    def __init__(self, says: Mapping[str, str] = SAYS) -> None:
        self._says = says
        self.settings = Settings()
        self.asked: list[Question] = []
        manifest = Manifest("g1", "fake", 8, "recipe", documents=1, passages=1, unreadable=0, leaked=0, created="2024")
        self.index = SimpleNamespace(manifest=manifest, passages_of=self.passages_of)

    def warm(self) -> None:
        pass

    def ask(self, question: Question, /, *, answerer: str = "extractive") -> Answer:
        self.asked.append(question)
        hits = (Hit(PASSAGE, INFO, 1.0, 1, {"lexical": 1, "dense": 2}),)
        # timings differ every time, as they do in life
        timings = {"retrieve": 1.0 * len(self.asked), "answer": 2.0, "verify": 0.5, "total": 3.5 * len(self.asked)}
        quote = self._says.get(question.text)
        if quote is None:
            return Answer(
                question.text, "abstained", (), (), reason="Dat staat er niet.", hits=hits, timings_ms=timings
            )
        start = TEXT.index(quote)
        citation = Citation(1, INFO, Anchor(), quote, start, start + len(quote), "p")
        return Answer(
            question.text, "answered", (Statement(quote, (1,)),), (citation,), confidence=0.8, hits=hits, timings_ms=timings
        )  # fmt: skip

    def documents(self) -> Sequence[DocumentInfo]:
        return (INFO,)

    def document(self, document_id: str, /) -> Document:
        assert document_id == "nota"
        return Document(INFO, TEXT, ())

    def passages_of(self, document_id: str, /) -> Sequence[Passage]:
        return (PASSAGE,) if document_id == "nota" else ()


CASES = [
    Case("a", "Tot wanneer?", True, theme="tijdlijn", facts=(("eind 2025",),), sources=("nota",)),
    Case("b", "Wat kost het?", True, theme="geld", facts=(("256 mln",),), sources=("nota",)),
    Case("c", "Wie won <de> Elfstedentocht?", False, theme="overig", kind="unanswerable_far"),
    Case("d", "En wat kost het?", True, theme="geld", facts=(("€ 256 miljoen",),), sources=("nota",), turns=("Tot wanneer?",)),
]  # fmt: skip
ABOUT: dict[str, Any] = {
    "questions": "few.jsonl",
    "questions_sha256": "0",
    "split": "dev",
    "test_split_used": False,
    "commit": "abc",
    "settings": {"answerer": "extractive", "embedding_model": "fake", "threshold": 0.5},
    "index": {"embedding": "fake", "documents": 1, "passages": 1, "texts_sha256": "1"},
}


def report_on(assistant: ScriptedAssistant, cases: Sequence[Case] = CASES, **about: Any) -> dict[str, Any]:
    judged = run.ask_all(cases, assistant, progress=silent)
    made = run.report_of(judged, about={**ABOUT, **about}, timings={"seconds": 1.0})
    thresholds = [run.Threshold("facts_right", at_least=0.6)]
    made["gate"] = {
        "thresholds": [{"measure": "facts_right", "at_least": 0.6}],
        "missed": run.missed(made["summary"], thresholds),
    }
    return made


# ------------------------------------------------------------------------------------------------ asking


def test_earlier_turns_are_asked_first_and_their_answers_go_along() -> None:
    assistant = ScriptedAssistant()
    run.ask(CASES[3], assistant)
    first, last = assistant.asked
    assert (first.text, first.turns) == ("Tot wanneer?", ())
    assert last.text == "En wat kost het?"
    assert [(turn.question, turn.answer) for turn in last.turns] == [("Tot wanneer?", "De Agenda loopt tot eind 2025.")]


# ------------------------------------------------------------------------------------------------ the report


def test_a_report_holds_every_case_with_its_verdict_and_figures_per_theme_kind_and_turn() -> None:
    made = report_on(ScriptedAssistant())
    assert [(result["id"], result["verdict"], result["right"]) for result in made["results"]] == [
        ("a", "correct", True),
        ("b", "correct", True),
        ("c", "abstained", True),
        ("d", "abstained", False),
    ]
    assert made["summary"]["facts_right"]["value"] == 0.6667
    assert made["summary"]["exactness"] == {"value": 1.0, "low": 1.0, "high": 1.0, "cases": 2}
    assert list(made["by_theme"]) == ["geld", "overig", "tijdlijn"]
    assert made["by_theme"]["overig"]["summary"]["facts_right"] is None
    assert made["by_turns"]["follow-up"]["summary"]["right"]["value"] == 0.0
    assert made["by_turns"]["follow-up"]["verdicts"] == {
        "correct": 0,
        "partly": 0,
        "wrong": 0,
        "missed": 1,
        "silent": 0,
    }
    assert made["summary"]["passage_mrr"] == {"value": 1.0, "low": 1.0, "high": 1.0, "cases": 3}
    assert made["results"][0]["found"] == {"source": 1, "facts": [1], "documents": []}
    assert made["results"][3]["found"] == {"source": 1, "facts": [1], "documents": ["nota"]}
    assert made["timings"]["stages_ms"]["answer"] == {
        "p50": 2.0, "p50_low": 2.0, "p50_high": 2.0, "p95": 2.0, "p95_low": 2.0, "p95_high": 2.0,
    }  # fmt: skip


def test_every_figure_of_a_report_has_an_interval_and_a_measure_that_does_not_apply_has_none() -> None:
    made = report_on(ScriptedAssistant(), CASES[2:3])
    assert {name for name, figure in made["summary"].items() if figure is not None} == {
        "right", "abstention_precision", "abstention_recall", "abstention_f1", "coverage",
    }  # fmt: skip
    assert all(set(figure) == {"value", "low", "high", "cases"} for figure in made["summary"].values() if figure)
    assert made["results"][0]["measures"] == {}


def test_the_same_answers_give_the_same_report_byte_for_byte_timings_aside() -> None:
    assistant = ScriptedAssistant()
    first, second = report_on(assistant), report_on(assistant)
    assert first["timings"] != second["timings"]
    for one in (first, second):
        one["timings"] = {"stages_ms": {}}
    assert report_file.dumps(first) == report_file.dumps(second)
    assert report.render(first) == report.render(second)


def test_only_the_section_on_time_of_the_page_differs_between_two_runs() -> None:
    assistant = ScriptedAssistant()
    first, second = (report.render(report_on(assistant)) for _ in range(2))
    section = re.compile(r"<section id=timings>.*?</section>", re.DOTALL)
    assert first != second
    assert section.sub("", first) == section.sub("", second)


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = report_on(ScriptedAssistant())
    run.write(made, tmp_path)
    assert report_file.read(tmp_path) == made
    assert report_file.read(tmp_path / "report.json") == made


def test_a_report_says_a_quote_once_and_nothing_that_is_empty() -> None:
    written = report_file.dumps(report_on(ScriptedAssistant()))
    line = next(line for line in written.splitlines() if line.startswith('{"id":"a"'))
    assert line.count("De Agenda loopt tot eind 2025.") == 1
    assert json.loads(line.rstrip(","))["answer"]["citations"] == [[1, "nota", "", 0, 30]]
    assert "turns" not in line and "note" not in line and "split" not in line


def test_a_quote_that_is_not_the_end_of_its_statement_is_kept(tmp_path: Path) -> None:
    """A written answer, or a citation that lies about its place: nothing may be read back that was not there."""
    made = report_on(ScriptedAssistant())
    answer = made["results"][0]["answer"]
    answer["statements"] = [{"text": "Dat is eind 2025.", "citations": [1, 2]}]
    answer["citations"] += [{**answer["citations"][0], "number": 2, "start": 5, "end": 7}]
    run.write(made, tmp_path)
    assert report_file.read(tmp_path) == made
    page = report.render(made)
    assert page.count("<q>De Agenda loopt tot eind 2025.</q>") == 2


@pytest.mark.parametrize("text", ["", "[]", '{"results": []}'])
def test_what_is_no_report_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"report\.json (cannot be read as|is no) report|a report"):
        report_file.read(tmp_path)


class Reader(HTMLParser):
    """Notes what a page loads, and that its elements are well nested where that matters."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.verdicts: list[str | None] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # "#name" is a mark of a plot, drawn once and used at every point
        self.loads += [
            value or "" for name, value in attrs if name in ("src", "href") and not (value or "").startswith("#")
        ]
        self.loads += [tag] if tag in ("link", "img", "iframe") else []
        if given.get("class") == "case":
            self.verdicts.append(given.get("data-verdict"))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_loads_nothing_shows_every_case_and_escapes_what_it_shows() -> None:
    page = report.render(report_on(ScriptedAssistant()))
    reader = Reader()
    reader.feed(page)
    assert reader.loads == []
    assert not re.search(r"https?://|@import|url\((?!#)", page)
    assert reader.verdicts == ["correct", "correct", "silent", "missed"]
    assert "Wie won <de> Elfstedentocht?" in "".join(reader.text)
    assert "<de>" not in page
    assert page.count("<svg") == page.count("</svg>") == 7


def test_plots_hold_their_labels_as_text_and_take_the_colours_of_the_page() -> None:
    page = report.render(report_on(ScriptedAssistant()))
    plot = next(one for one in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if "verdicts per theme" in one)
    assert ElementTree.fromstring(plot).get("role") == "img"
    assert ">tijdlijn (1)</text>" in plot
    assert "var(--good)" in page and "#23774a" not in plot
    drawn = re.findall(r' id="([^"]+)"', "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL)))
    assert len(drawn) == len(set(drawn)), "two things on the page have one name"


def test_without_matplotlib_the_page_says_what_the_plots_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "available", lambda: False)
    page = report.render(report_on(ScriptedAssistant()))
    assert "<svg" not in page
    assert "The plots need matplotlib: pip install '.[evals]'" in page
    assert page.count("<details class=case") == 4


def test_matplotlib_is_loaded_with_the_first_plot_and_not_before() -> None:
    code = "import sys, assistant.cli, evals.run, evals.compare; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_page_says_loudly_that_the_test_split_was_used_and_what_falls_short() -> None:
    assert "class=loud" not in report.render(report_on(ScriptedAssistant()))
    bad = report_on(ScriptedAssistant({}), test_split_used=True)
    page = report.render(bad)
    assert "The test split was used." in page
    assert "Below the threshold: facts_right is 0, wanted at least 0.6" in page
    assert "risk-coverage" not in page, "there is no curve where nothing was answered"


# ------------------------------------------------------------------------------------------------ thresholds


def test_the_thresholds_of_the_project_name_measures_that_exist() -> None:
    summary = report_on(ScriptedAssistant())["summary"]
    for path in (run.THRESHOLDS, run.THRESHOLDS.parent / "own_words" / "thresholds.toml"):
        assert all(threshold.measure in summary for threshold in run.read_thresholds(path))


def test_a_set_of_questions_may_have_thresholds_of_its_own(tmp_path: Path) -> None:
    assert run.thresholds_of(tmp_path) == run.thresholds_of(tmp_path / "questions.jsonl") == run.THRESHOLDS
    own = tmp_path / "thresholds.toml"
    own.write_text("[gate]\n", encoding="utf-8")
    assert run.thresholds_of(tmp_path) == run.thresholds_of(tmp_path / "questions.jsonl") == own


@pytest.mark.parametrize(
    ("threshold", "says"),
    [
        (run.Threshold("right", at_least=0.7), None),
        (run.Threshold("right", at_least=0.8), "right is 0.75, wanted at least 0.8"),
        (run.Threshold("facts_wrong", at_most=0.0), None),
        (run.Threshold("right", at_most=0.5), "right is 0.75, wanted at most 0.5"),
        (run.Threshold("outdated", at_most=0.0), "outdated was not measured: no case it applies to (wanted at most 0)"),
    ],
)
def test_a_missed_threshold_is_named_with_what_was_measured(threshold: run.Threshold, says: str | None) -> None:
    assert run.missed(report_on(ScriptedAssistant())["summary"], [threshold]) == ([says] if says else [])


def test_a_threshold_on_something_that_is_not_measured_is_an_error() -> None:
    with pytest.raises(SettingsError, match="there is no measure 'facts_rigth'"):
        run.missed(report_on(ScriptedAssistant())["summary"], [run.Threshold("facts_rigth", at_least=1)])


@pytest.mark.parametrize(
    "text", ["", "[gate", "[gate]\nright = 1", "[gate]\nright = { at_best = 1 }", '[gate]\nright = { at_least = "1" }']
)
def test_thresholds_of_another_form_are_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"thresholds\.toml has no readable thresholds"):
        run.read_thresholds(path)


# ------------------------------------------------------------------------------------------------ the command


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """Options for a run over two questions, with an assistant that answers both."""
    lines = [
        {"id": "a", "split": "dev", "question": "Tot wanneer?", "answerable": True, "facts": [["eind 2025"]], "sources": ["nota"]},
        {"id": "b", "split": "test", "question": "Wat kost het?", "answerable": True, "facts": [["256 mln"]], "sources": ["nota"]},
    ]  # fmt: skip
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    thresholds = tmp_path / "thresholds.toml"
    thresholds.write_text("[gate]\nfacts_right = { at_least = 0.9 }\n", encoding="utf-8")
    monkeypatch.setattr(run, "THRESHOLDS", thresholds)
    return argparse.Namespace(
        questions=path,
        out=tmp_path / "out",
        gate=True,
        split=None,
        json=True,
        answerer="extractive",
        sample=None,
        replies=None,
    )


def with_assistant(monkeypatch: pytest.MonkeyPatch, says: Mapping[str, str]) -> None:
    monkeypatch.setattr(run, "Assistant", lambda settings: ScriptedAssistant(says))


def test_a_run_writes_both_files_and_prints_their_summary(
    asked: argparse.Namespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_assistant(monkeypatch, SAYS)
    assert run.command(asked, Settings()) == 0
    output = capsys.readouterr()
    printed = json.loads(output.out)
    written = json.loads((asked.out / "report.json").read_text(encoding="utf-8"))
    assert printed["summary"] == written["summary"]
    assert printed["summary"]["facts_right"]["value"] == 1.0
    assert written["questions_sha256"] == hashlib.sha256(asked.questions.read_bytes()).hexdigest()
    assert str(asked.out.parent) not in json.dumps(written)
    assert (asked.out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "TEST split" in output.err


def test_a_run_of_the_dev_split_leaves_the_test_split_alone(
    asked: argparse.Namespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_assistant(monkeypatch, SAYS)
    asked.split = "dev"
    assert run.command(asked, Settings()) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["cases"] == 1
    assert "TEST split" not in output.err


def test_the_gate_fails_and_names_the_threshold_when_an_answer_goes_bad(
    asked: argparse.Namespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_assistant(monkeypatch, {**SAYS, "Wat kost het?": "De Agenda loopt tot eind 2025."})
    assert run.command(asked, Settings()) == 1
    assert "gate: facts_right is 0.5, wanted at least 0.9" in capsys.readouterr().err
    asked.gate = False
    assert run.command(asked, Settings()) == 0


def test_a_split_without_questions_is_an_error(asked: argparse.Namespace) -> None:
    asked.questions.write_text(json.dumps({"id": "a", "question": "?", "answerable": False}), encoding="utf-8")
    asked.split = "test"
    with pytest.raises(SettingsError, match="no questions of the test split"):
        run.command(asked, Settings())


def test_a_report_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(AssistantError, match="the report cannot be written to"):
        run.write(report_on(ScriptedAssistant()), tmp_path / "file")


# ------------------------------------------------------------------------------------------------ comparing


def test_two_runs_are_compared_case_by_case() -> None:
    before = report_on(
        ScriptedAssistant({"Tot wanneer?": SAYS["Tot wanneer?"], "En wat kost het?": "De Agenda loopt tot"})
    )
    after = report_on(ScriptedAssistant({**SAYS, "Wie won <de> Elfstedentocht?": "De Agenda loopt tot"}))
    found = compare.compare(before, after)
    assert (found.cases, found.right_before, found.right_after) == (4, 2, 2)
    assert [(one.id, one.before, one.after) for one in found.gains] == [("b", "missed", "correct")]
    assert [(one.id, one.before, one.after) for one in found.losses] == [("c", "silent", "wrong")]
    assert [(one.id, one.before, one.after) for one in found.other] == [("d", "wrong", "missed")]
    facts = next(one for one in found.differences if one.measure == "facts_right")
    assert (facts.before, facts.after, facts.difference, facts.cases) == (0.3333, 0.6667, 0.3333, 3)
    assert "  b  missed -> correct  Wat kost het?" in compare.in_words(found)


def test_the_interval_of_a_change_is_that_of_an_independent_paired_bootstrap() -> None:
    random = np.random.default_rng(3)
    before, after = random.random(120), random.random(120) + 0.1
    pairs = [({"measures": {"mrr": one}}, {"measures": {"mrr": two}}) for one, two in zip(before, after, strict=True)]
    pairs.append(({"measures": {}}, {"measures": {"mrr": 1.0}}))  # does not apply to both, so it does not count
    found = compare.difference("mrr", pairs)
    theirs = bootstrap((after - before,), np.mean, method="percentile", n_resamples=10_000, rng=1).confidence_interval
    assert found is not None
    assert (found.cases, found.difference) == (120, pytest.approx(float((after - before).mean()), abs=1e-4))
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=(theirs.high - theirs.low) / 20)


def test_what_makes_two_runs_less_comparable_is_said() -> None:
    other = report_on(ScriptedAssistant(), [replace(CASES[0], facts=(("2026",),)), *CASES[1:3]], test_split_used=True)
    other["index"] = {**other["index"], "texts_sha256": "2"}
    notes = compare.compare(report_on(ScriptedAssistant()), other).notes
    assert notes == (
        "3 questions are in both; 1 only in the first, 0 only in the second",
        "1 of the questions expect something else in the second",
        "the indexes hold other documents or texts",
        "the TEST split was used; do not tune on what is seen here",
    )


def test_runs_of_other_questions_cannot_be_compared() -> None:
    with pytest.raises(SettingsError, match="no question in common"):
        compare.compare(
            report_on(ScriptedAssistant(), CASES[:1]), report_on(ScriptedAssistant(), [replace(CASES[1], id="z")])
        )


@pytest.mark.parametrize(("gains", "losses"), [(0, 0), (1, 0), (5, 0), (0, 8), (9, 3), (10, 10), (40, 22)])
def test_the_exact_mcnemar_test_is_the_binomial_test_of_scipy(gains: int, losses: int) -> None:
    expected = binomtest(gains, gains + losses).pvalue if gains + losses else 1.0
    assert compare.mcnemar(gains, losses) == pytest.approx(expected, abs=6e-5)


def test_the_command_compares_folders_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = report_on(ScriptedAssistant())
    run.write(made, tmp_path / "a")
    assert compare.main([str(tmp_path / "a"), str(tmp_path / "a" / "report.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["p_right"] == 1.0
    assert compare.main([str(tmp_path), str(tmp_path / "a")]) == 2
    assert "cannot be read as a report" in capsys.readouterr().err


def test_the_comparison_as_a_page_shows_both_answers_of_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run.write(report_on(ScriptedAssistant({})), tmp_path / "a")
    run.write(report_on(ScriptedAssistant()), tmp_path / "b")
    page = tmp_path / "compared.html"
    assert compare.main([str(tmp_path / "a"), str(tmp_path / "b"), "--html", str(page)]) == 0
    capsys.readouterr()
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    told = "".join(reader.text)
    assert reader.loads == []
    assert "Gained (2)" in told and "Lost" not in told
    assert "Dat staat er niet." in told and "De Agenda loopt tot eind 2025." in told
    assert compare.main([str(tmp_path / "a"), str(tmp_path / "b"), "--html", str(tmp_path)]) == 1
    assert "the comparison cannot be written to" in capsys.readouterr().err


def test_a_report_of_the_first_form_can_still_be_compared(tmp_path: Path) -> None:
    made = report_on(ScriptedAssistant())
    for result in made["results"]:
        del result["found"]
        for citation in result["answer"]["citations"]:
            citation["anchor"] = {"label": citation.pop("label")}
    (tmp_path / "report.json").write_text(json.dumps(made), encoding="utf-8")
    first, second = report_file.read(tmp_path), report_on(ScriptedAssistant({}))
    found = compare.compare(first, second)
    assert len(found.losses) == 2
    assert "De Agenda loopt tot eind 2025." in compare.render(found, first, second)


def _case(id: str) -> Case:
    return Case(id, "Wat?", answerable=False)


def test_a_sample_is_the_same_every_time_and_keeps_the_order_of_the_questions() -> None:
    cases = [_case(f"x-{number}") for number in range(50)]
    chosen = run.sample(cases, 10)
    assert len(chosen) == 10 and chosen == run.sample(list(reversed(cases)), 10)[::-1]
    assert run.sample(cases, None) == cases == run.sample(cases, 99)


def test_what_the_checks_caught_is_counted_by_check_and_by_what_became_of_it() -> None:
    findings = (
        Finding("a", "a figure that the cited sources do not have: 7", "mended"),
        Finding("b", "a figure that the cited sources do not have: 8", "left out"),
        Finding("c", "no source is cited", "mended"),
        Finding("", "the language model: the server is too busy"),
    )
    answer = Answer("v", "abstained", (), (), reason="r", findings=findings)
    given = Judged(_case("x-1"), answer, {}, "abstained", False, None)
    assert run._checks([given]) == {
        "a figure that the cited sources do not have": {"left out": 1, "mended": 1},
        "no source is cited": {"mended": 1},
    }


class Writing(ScriptedAssistant):
    """Answers with what a language model says, put between them by the run."""

    def __init__(self, chat: Chat) -> None:
        super().__init__()
        self._chat = chat

    def ask(self, question: Question, /, *, answerer: str = "extractive") -> Answer:
        assert answerer == "generative"
        "".join(self._chat.write([Message("user", question.text)]))
        return super().ask(question)


def test_a_second_run_over_kept_replies_leaves_the_model_alone(
    asked: argparse.Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.answerer, asked.replies = "generative", tmp_path / "replies.db"
    settings = Settings(llm_model="openai:qwen")
    reports = []
    for model in (ScriptedChat("Tot eind 2025 [1]."), ScriptedChat(Trouble.UNREACHABLE)):
        monkeypatch.setattr(run, "Assistant", lambda settings, around, model=model: Writing(around(model)))
        run.command(asked, settings)
        reports.append(json.loads((asked.out / "report.json").read_text(encoding="utf-8")))
    timings = [report.pop("timings") for report in reports]
    assert reports[0] == reports[1]
    assert [one["replies_asked"] for one in timings] == [2, 0]
