"""Judgements of answers without a browser: what is kept, what is refused, and that nothing is offered when it is off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import feedback
from assistant.feedback import REASONS, Feedback, FeedbackUnavailable
from assistant.web import asking
from assistant.web.requests import Ask, Endpoints
from assistant.web.thumbs import Thumbs
from assistant.web.wording import DUTCH, ENGLISH
from tests.fakes_web import HOSTILE, FakeAssistant


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feedback.sqlite"


@pytest.fixture
def endpoints(path: Path) -> Endpoints:
    offered = Endpoints()
    Thumbs(Feedback(path)).offer(offered)
    return offered


def answered(question: str = "Tot wanneer loopt het?") -> dict[str, Any]:
    """The answer as the browser keeps it."""
    *_, last = asking.ask(FakeAssistant(), Ask(question=question))
    answer: dict[str, Any] = json.loads(json.dumps(last["exchange"]["answer"]))
    return answer


def judged(**more: Any) -> dict[str, Any]:
    return {"language": "nl", "verdict": "up", "question": "Tot wanneer loopt het?", "answer": answered(), **more}


def notes(path: Path) -> list[str]:
    return [str(line["note"]) for line in feedback.lines(path)]


def test_what_is_kept_is_question_answer_filters_and_judgement(endpoints: Endpoints, path: Path) -> None:
    reply = endpoints.once["thumb"](
        judged(
            verdict="down",
            reason="verkeerde bron",
            comment=f" Zie {HOSTILE} ",
            turns=["Wat is het budget?"],
            filters={"types": ["Kamerbrief"], "since": "2023"},
        )
    )
    (line,) = feedback.lines(path)
    assert line["id"] == reply["id"]
    assert (line["question"], line["turns"]) == ("Tot wanneer loopt het?", ["Wat is het budget?"])
    note = str(line["note"])
    assert note.startswith("thumb down (verkeerde bron)")
    assert HOSTILE in note
    assert "answered: De Stadsagenda loopt tot eind 2031." in note
    assert note.endswith("cited: brief-1; within: types Kamerbrief; since 2023")


def test_a_later_judgement_takes_the_place_of_the_earlier_one(endpoints: Endpoints, path: Path) -> None:
    first = endpoints.once["thumb"](judged())["id"]
    again = endpoints.once["thumb"](judged(verdict="down", reason="fout", replaces=first))["id"]
    assert again == first
    assert [note.split(" on ")[0] for note in notes(path)] == ["thumb down (fout)"]
    endpoints.once["thumb"](judged(verdict="up", reason="fout", replaces=first))  # a reason that was still chosen
    assert [note.split(" on ")[0] for note in notes(path)] == ["thumb up"]


def test_an_abstention_can_be_judged_too(endpoints: Endpoints, path: Path) -> None:
    reply = endpoints.once["thumb"](
        judged(question="Wat?", answer=answered("Wat?"), verdict="down", reason="onvolledig")
    )
    assert "problem" not in reply
    assert "abstained: De documenten zeggen niets over" in notes(path)[0]


def test_of_private_documents_nothing_is_kept(endpoints: Endpoints, path: Path) -> None:
    own = answered()
    own["citations"][0]["document_id"] = "eigen-1a2b3c4d-nota"
    assert endpoints.once["thumb"](judged(answer=own)) == {"problem": DUTCH.thumbs.own}
    assert endpoints.once["thumb"](judged(language="en", filters={"mine": True})) == {"problem": ENGLISH.thumbs.own}
    assert not path.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "misschien"},
        {"reason": "saai", "verdict": "down"},
        {"comment": "x" * 2_001},
        {"replaces": "x' OR 1=1"},
        {"answer": None},
        {"name": "Jansen"},
    ],
)
def test_what_the_page_never_sends_is_refused(endpoints: Endpoints, path: Path, wrong: dict[str, Any]) -> None:
    assert endpoints.once["thumb"](judged(**wrong)) == {"problem": DUTCH.not_understood}
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("something else " * 1000)
    offered = Endpoints()
    Thumbs(Feedback(path)).offer(offered)
    reply = offered.once["thumb"](judged())
    assert reply["problem"] == DUTCH.errors[FeedbackUnavailable]
    assert "notes.txt" in reply["detail"]


def test_nothing_is_offered_when_the_operator_keeps_nothing(path: Path) -> None:
    off, offered = Thumbs(None), Endpoints()
    off.offer(offered)
    assert (off.head(), offered.once) == ("", {})
    assert Thumbs(Feedback(path)).head() == '<meta name="thumbs" content="eigen-">'


def test_every_reason_that_is_stored_has_a_name_on_the_page() -> None:
    for words in (DUTCH.thumbs, ENGLISH.thumbs):
        assert all(getattr(words, reason.replace(" ", "_")) for reason in REASONS)
    assert "vraag, antwoord en uw oordeel, zonder naam" in DUTCH.thumbs.stored
