"""Replies of a language model that are kept: asked once, stopped and continued, and never a failure."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering import call as calls
from assistant.answering.language_model import Chat, LanguageModelFailed, Message, Trouble, within
from assistant.errors import SettingsError
from assistant.model import Answer, Question
from assistant.settings import Settings
from evals import replies as kept
from evals import run
from evals.replies import Replies
from tests.fakes_llm import ScriptedChat

TEXT = "De Agenda loopt tot eind 2025 [1]. Daarna volgt een evaluatie [2]."
SAID = [Message("system", "Antwoord kort."), Message("user", "Hoe lang loopt de Agenda?")]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Replies]:
    made = Replies(tmp_path / "deep" / "replies.db", model="openai:qwen, temperature 0")
    yield made
    made.close()


def reply(chat: Chat, said: list[Message] = SAID) -> str:
    return "".join(within(lambda: chat.write(said), seconds=10))


def first_sentence(chat: Chat) -> str:
    """What is read of a reply by someone who leaves at its first full stop."""
    text = ""
    pieces = within(lambda: chat.write(SAID), seconds=10)
    for piece in pieces:
        text += piece
        if "." in text:
            break
    pieces.close()  # type: ignore[attr-defined]  # a generator
    return text


def test_a_reply_is_asked_for_once(file: Replies) -> None:
    model = ScriptedChat(TEXT)
    assert [reply(file.around(model)) for _ in range(3)] == [TEXT] * 3
    assert len(model.heard) == file.asked == 1
    assert file.known_seconds > 0


def test_other_words_or_another_model_are_asked_anew(file: Replies, tmp_path: Path) -> None:
    model = ScriptedChat(TEXT)
    reply(file.around(model))
    reply(file.around(model), [SAID[0], Message("user", "En daarna?")])
    reply(file.around(model), [SAID[0], Message("assistant", SAID[1].text)])
    other = Replies(tmp_path / "deep" / "replies.db", model="openai:qwen, temperature 1")
    reply(other.around(model))
    other.close()
    assert len(model.heard) == 4


def test_another_run_goes_on_where_one_was_stopped(file: Replies, tmp_path: Path) -> None:
    reply(file.around(ScriptedChat(TEXT)))
    again = Replies(tmp_path / "deep" / "replies.db", model="openai:qwen, temperature 0")
    silent = ScriptedChat(Trouble.UNREACHABLE)
    assert reply(again.around(silent)) == TEXT
    assert silent.heard == []
    again.close()


def test_what_failed_is_not_kept(file: Replies) -> None:
    for failing in (ScriptedChat(TEXT, after=Trouble.BROKEN), ScriptedChat(Trouble.BUSY)):
        with pytest.raises(LanguageModelFailed):
            reply(file.around(failing))
    assert reply(file.around(ScriptedChat(TEXT))) == TEXT


def test_a_part_is_enough_for_who_wanted_no_more(file: Replies) -> None:
    slow = ScriptedChat(TEXT, piece_seconds=0.01)
    assert first_sentence(file.around(slow)).startswith("De Agenda loopt")
    wait_until_kept(file)
    silent = ScriptedChat(Trouble.UNREACHABLE)
    assert first_sentence(file.around(silent)).startswith("De Agenda loopt")
    assert silent.heard == []


def test_who_wants_more_than_is_known_gets_it_from_the_model(file: Replies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_PATIENCE_SECONDS", 0.01)
    first_sentence(file.around(ScriptedChat(TEXT, piece_seconds=0.01)))
    wait_until_kept(file)
    model = ScriptedChat(TEXT)
    assert reply(file.around(model)) == TEXT
    assert reply(file.around(model)) == TEXT  # now it is known whole
    assert len(model.heard) == 1


def test_a_model_that_says_something_else_this_time_is_not_glued_on(
    file: Replies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_PATIENCE_SECONDS", 0.01)
    first_sentence(file.around(ScriptedChat(TEXT, piece_seconds=0.01)))
    wait_until_kept(file)
    with pytest.raises(LanguageModelFailed, match="replied before"):
        reply(file.around(ScriptedChat("De Agenda eindigt in 2024 [1].")))


def wait_until_kept(file: Replies) -> None:
    """The thread that reads the reply notices a moment later that nobody listens."""
    import time

    until = time.monotonic() + 5
    while not file.count() and time.monotonic() < until:
        time.sleep(0.01)
    assert file.count() == 1


def test_a_file_that_is_something_else_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("geen database, maar een gewone tekst van meer dan honderd tekens. " * 20)
    with pytest.raises(SettingsError, match=r"notes\.txt cannot be used as a file of replies"):
        Replies(tmp_path / "notes.txt", model="m")
    with pytest.raises(SettingsError, match="cannot be used"):
        Replies(tmp_path, model="m")


def test_replies_go_with_a_language_model_only(tmp_path: Path) -> None:
    options = argparse.Namespace(
        replies=tmp_path / "r.db", answerer="extractive", questions=Path("evals/questions"), split="dev", sample=1
    )
    with pytest.raises(SettingsError, match="--answerer generative"):
        run.command(options, Settings())
    assert not (tmp_path / "r.db").exists()


def test_an_answer_from_kept_replies_took_as_long_as_they_did(file: Replies) -> None:
    reply(file.around(ScriptedChat(TEXT, piece_seconds=0.01)))

    class Asking:
        def ask(self, question: Question, *, answerer: str) -> Answer:
            reply(file.around(ScriptedChat(Trouble.UNREACHABLE)))
            return Answer(
                question=question.text,
                outcome="abstained",
                statements=(),
                citations=(),
                timings_ms={"retrieve": 5.0, "answer": 1.0, "total": 7.0},
            )

    asked = run._Remembering(Asking(), "generative", file).ask(Question("Hoe lang?"))  # type: ignore[arg-type]
    took = 10.0 * len(TEXT) / 5  # milliseconds at least
    assert asked.timings_ms["retrieve"] == 5.0
    assert asked.timings_ms["answer"] >= 1.0 + took
    assert asked.timings_ms["total"] >= 7.0 + took


def test_nobody_waits_for_a_call_that_is_over(file: Replies) -> None:
    """A thread without a call of its own is never told to stop; one whose call is over stops at what is known."""
    first_sentence(file.around(ScriptedChat(TEXT, piece_seconds=0.01)))
    wait_until_kept(file)
    over = calls.Call()
    over.hang_up()
    model = ScriptedChat(TEXT)
    known = list(_in_call(over, file.around(model)))
    assert TEXT.startswith("".join(known))
    assert model.heard == []


def _in_call(call: calls.Call, chat: Chat) -> Iterator[str]:
    token = calls._calls.set(call)
    try:
        yield from list(chat.write(SAID))
    finally:
        calls._calls.reset(token)
