"""A language model as judge: asked about every case, believed only where it gives a grade."""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from sklearn.metrics import cohen_kappa_score

from assistant.errors import AssistantError, SettingsError
from assistant.settings import Settings
from evals import judge, report_file, run
from evals.judge import GRADES, Grade, Opinion
from tests.unit.test_eval_report import SAYS, ScriptedAssistant, report_on


class Remembering(GenericFakeChatModel):
    """Answers as it is told, and keeps what it was asked."""

    asked: list[list[BaseMessage]]

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> Any:
        self.asked.append(messages)
        return super()._generate(messages, *args, **more)


@pytest.mark.parametrize(
    ("reply", "grade"),
    [
        ("right", "right"),
        ("  **Wrong**.\n", "wrong"),
        ("ABSTAINED", "abstained"),
        ("I think it is right", None),
        ("right or wrong", None),
        ("righteous", None),
        ("correct", None),
        ("", None),
    ],
)
def test_a_grade_is_one_of_three_words_and_anything_else_is_none(reply: str, grade: Grade | None) -> None:
    assert judge.grade_in(reply) == grade


def test_the_judge_sees_question_expected_facts_and_answer_and_the_rules_apart_from_them() -> None:
    results = report_on(ScriptedAssistant())["results"]
    model = Remembering(messages=itertools.cycle([AIMessage("right")]), asked=[])
    judge.grade_all(results, model)
    assert [type(message).__name__ for message in model.asked[0]] == ["SystemMessage", "HumanMessage"]
    asked = [str(messages[1].content) for messages in model.asked]
    assert asked[1] == "Question: Wat kost het?\n\nExpected:\n- “256 mln”\n\nAnswer:\nZij kost € 256 miljoen."
    assert "an abstention is expected" in asked[2] and "(abstained) Dat staat er niet." in asked[2]
    assert asked[3].startswith("Earlier question: Tot wanneer?\n\nQuestion: En wat kost het?")


def test_what_the_judge_does_not_grade_is_unjudged_and_never_guessed() -> None:
    results = report_on(ScriptedAssistant())["results"]
    model = FakeListChatModel(responses=["right", "This one is hard to say.", "abstained", "wrong"])
    opinions = judge.grade_all(results, model)
    assert [(one.id, one.verdict, one.grade) for one in opinions] == [
        ("a", "right", "right"),
        ("b", "right", None),
        ("c", "abstained", "abstained"),
        ("d", "abstained", "wrong"),
    ]
    found = judge.agreement(opinions)
    assert (found.judged, found.unjudged) == (3, 1)
    assert found.agreed is not None and found.agreed.value == 0.6667
    assert found.table["abstained"] == {"right": 0, "wrong": 1, "abstained": 1}
    assert "  b  right, judged not: 'This one is hard to say.'" in judge.in_words(found, opinions)


def test_an_answer_with_some_of_the_facts_is_not_right() -> None:
    assert [judge.verdict_of({"verdict": name}) for name in ("correct", "partly", "wrong", "abstained")] == [
        "right", "wrong", "wrong", "abstained",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    import random

    chance = random.Random(seed)
    pairs: list[tuple[Grade, Grade]] = []
    for _ in range(80):
        verdict = chance.choice(GRADES)
        pairs.append((verdict, verdict if chance.random() < seed / 4 else chance.choice(GRADES)))
    found = judge.kappa(pairs)
    assert found is not None
    assert found.value == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)), abs=6e-5)
    assert found.low < found.value < found.high
    assert found.cases == 80


def test_kappa_by_hand() -> None:
    """20 right/right, 5 right/wrong, 10 wrong/right, 15 wrong/wrong: (.7 - .5) / (1 - .5)."""
    counts: dict[tuple[Grade, Grade], int] = {
        ("right", "right"): 20, ("right", "wrong"): 5, ("wrong", "right"): 10, ("wrong", "wrong"): 15,
    }  # fmt: skip
    found = judge.kappa([pair for pair, count in counts.items() for _ in range(count)])
    assert found is not None and found.value == 0.4


def test_there_is_no_kappa_without_grades_or_where_chance_explains_everything() -> None:
    assert judge.kappa([]) is None
    assert judge.kappa([("right", "right")] * 5) is None
    assert judge.agreement([Opinion("a", "right", None, "?")]).agreed is None


def test_the_command_writes_its_grades_beside_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run.write(report_on(ScriptedAssistant(SAYS)), tmp_path)
    model = FakeListChatModel(responses=["right", "right", "abstained", "abstained"])
    options = argparse.Namespace(report=tmp_path, model="fake:model", limit=None, json=True)
    assert judge.command(options, model) == 0
    printed = json.loads(capsys.readouterr().out)
    written = json.loads((tmp_path / "judge.json").read_text(encoding="utf-8"))
    assert printed["kappa"] == written["agreement"]["kappa"] == {"value": 1.0, "low": 1.0, "high": 1.0, "cases": 4}
    assert written["model"] == "fake:model"
    assert len(written["opinions"]) == len(report_file.read(tmp_path)["results"]) == 4


def test_a_judge_that_cannot_be_reached_ends_the_run_and_says_at_which_case() -> None:
    class Broken(FakeListChatModel):
        def _call(self, *args: Any, **more: Any) -> str:
            raise ConnectionError("no route to host")

    with pytest.raises(AssistantError, match="could not be asked about a: no route to host"):
        judge.grade_all(report_on(ScriptedAssistant())["results"], Broken(responses=[]))


def test_a_judge_must_be_named_and_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="which model is the judge"):
        judge.chat_model(None, Settings())
    monkeypatch.setitem(__import__("sys").modules, "langchain.chat_models", None)
    with pytest.raises(SettingsError, match="is not installed"):
        judge.chat_model("openai:x", Settings())
