"""Questions to begin with, from a corpus folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assembly import Assistant
from assistant.examples import Example, themes
from assistant.ingest import EXAMPLES
from assistant.settings import load

THEMES = """
[[theme]]
nl = "Geld"
en = "Money"
questions = ["Hoeveel is er?", {ask = "Wie betaalt?", says = "SZW"}]
[[theme]]
nl = "Tijd"
en = "Time"
questions = ["Tot wanneer?"]
"""


def assistant(folder: Path) -> Assistant:
    return Assistant(replace(load(), corpus=(folder,), index=folder / "index"))


def test_a_question_of_each_theme_opens(tmp_path: Path) -> None:
    (tmp_path / EXAMPLES).write_text(THEMES, encoding="utf-8")
    assert [one.examples for one in themes([tmp_path])] == [
        (Example("Hoeveel is er?"), Example("Wie betaalt?", "SZW")),
        (Example("Tot wanneer?"),),
    ]
    assert assistant(tmp_path).openings() == ("Hoeveel is er?", "Tot wanneer?")


@pytest.mark.parametrize("content", [None, b"[[theme]]\nnl = 3", b"\xff"])
def test_without_a_file_that_can_be_read_there_are_none(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    if content is not None:
        (tmp_path / EXAMPLES).write_bytes(content)
    assert assistant(tmp_path).openings() == ()
    assert bool(content) is (EXAMPLES in caplog.text)
