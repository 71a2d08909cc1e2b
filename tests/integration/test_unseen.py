"""The measure on unseen documents, from files to figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import unseen

FILE = """== Regeling zwembaden
# Regeling zwembaden | Artikel 3. Hoogte van de bijdrage
De minister stelt voor zwembaden in totaal € 4 miljoen beschikbaar.
Een gemeente ontvangt € 18.000 per zwembad.
De gemeente betaalt zelf een derde van de kosten van een zwembad.
# Brief over zwembaden | Aanvragen
Een aanvraag voor een zwembad wordt ingediend tot en met 30 april 2021.
? Hoeveel ontvangt een gemeente per zwembad? => 1.2
? Tot wanneer kan een aanvraag voor een zwembad worden ingediend? => 2.1
? Hoe heet de burgemeester van Almelo? => -
"""


@pytest.mark.model
@pytest.mark.parametrize("within", [False, True])
def test_a_dossier_is_built_asked_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, within: bool
) -> None:
    (tmp_path / "a.txt").write_text(FILE, encoding="utf-8")
    out = tmp_path / "unseen.json"
    arguments = ["--exercises", str(tmp_path), "--out", str(out), *(["--within"] if within else [])]
    assert unseen.main(arguments) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert {one["question"][:8]: one["verdict"] for one in report["questions"]} == {
        "Hoeveel ": "first",
        "Tot wann": "first",
        "Hoe heet": "silent",
    }
    assert report["summary"]["first"]["value"] == 1.0 and report["within"] is within
    assert "first                          1.000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (None, [], "there are no exercises in"),
        (b"== A\n# T | H\nEen zin.\n? Wat? => 1.9", [], "a.txt:4: there is no line 1.9"),
        (b"\xff\xfe", [], "cannot be read as a dossier"),
        (b"", ["--sample", "0"], "--sample is at least 1"),
        (b"", ["--out", "nowhere/at/all.json"], "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, options: list[str], said: str
) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    try:
        code = unseen.main(["--exercises", str(tmp_path), *options])
    except SystemExit as ended:  # argparse
        code = ended.code
    assert code == 2
    assert said in capsys.readouterr().err
