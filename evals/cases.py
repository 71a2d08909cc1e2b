"""Questions with what a right answer holds: read from JSON lines, compared with texts by value.

The form of a line is described in questions/README.md. Besides the keys there, a line may have `turns` (the earlier
questions of the conversation, oldest first), `keywords` (words of the passage that answers) and `outdated` (spellings
of figures that were replaced and may not be given as current).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant import figures
from assistant.errors import SettingsError
from assistant.text import clean

SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is known of its answer. `facts`: for each expected fact its accepted spellings."""

    id: str
    question: str
    answerable: bool
    split: str = "dev"
    theme: str = ""
    kind: str = "plain"
    facts: tuple[tuple[str, ...], ...] = ()
    sources: tuple[str, ...] = ()  # ids of documents that may be cited; one is enough
    turns: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    note: str = ""


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, or of all .jsonl files of a folder, in their order.

    Raises:
        SettingsError: a file cannot be read, has no case, or a line is not a case; names the file and the line.
    """
    files = question_files(path)
    if not files:
        raise SettingsError(f"{path} holds no .jsonl files with questions")
    found: dict[str, Case] = {}
    for file in files:
        for case in _read_file(file):
            if case.id in found:
                raise SettingsError(f"{file}: id {case.id!r} stands in an earlier file of {path} as well")
            found[case.id] = case
    return list(found.values())


def question_files(path: Path) -> list[Path]:
    """The files with questions at a path: itself, or those of the folder."""
    return sorted(path.glob("*.jsonl")) if path.is_dir() else [path]


def _read_file(path: Path) -> list[Case]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as questions: {error}") from error
    found: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line))
            if case.id in found:
                raise ValueError(f"id {case.id!r} stands on an earlier line as well")
        except ValueError as error:
            raise SettingsError(f"{path}, line {number}: {error}; evals/questions/README.md has the form") from error
        found[case.id] = case
    if not found:
        raise SettingsError(f"{path} holds no questions; evals/questions/README.md has the form")
    return list(found.values())


def split_of(case_id: str) -> str:
    """The split an id belongs to, fixed for ever: `dev` when the first hex digit of its SHA-256 is even."""
    return SPLITS[int(hashlib.sha256(case_id.encode()).hexdigest()[0], 16) % 2]


_TEXTS = ("id", "split", "theme", "kind", "question", "note")
_LISTS = ("sources", "turns", "keywords", "outdated")
_REQUIRED = ("id", "question", "answerable")


def _case(data: Any) -> Case:
    if not isinstance(data, dict):
        raise ValueError("this is not a JSON object")
    known = {*_TEXTS, *_LISTS, "answerable", "facts"}
    unknown = sorted(set(data) - known)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    for key in _REQUIRED:
        if key not in data:
            raise ValueError(f"{key!r} is missing")
    for key in _TEXTS:
        if not isinstance(data.get(key, ""), str):
            raise ValueError(f"{key!r} is text, not {data[key]!r}")
    if not data["id"].strip():
        raise ValueError("'id' is empty")
    if not isinstance(data["answerable"], bool):
        raise ValueError(f"'answerable' is true or false, not {data['answerable']!r}")
    if data.get("split", "dev") not in SPLITS:
        raise ValueError(f"'split' is dev or test, not {data['split']!r}")
    facts = data.get("facts", [])
    if not isinstance(facts, list) or not all(_is_spellings(fact) for fact in facts):
        raise ValueError(f"'facts' is a list of lists of accepted spellings, not {facts!r}")
    if facts and not data["answerable"]:
        raise ValueError("a question that cannot be answered has no expected facts")
    values: dict[str, Any] = {key: data[key] for key in _TEXTS if key in data}
    for key in _LISTS:
        texts = data.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise ValueError(f"{key!r} is a list of texts, not {texts!r}")
        values[key] = tuple(texts)
    return Case(answerable=data["answerable"], facts=tuple(tuple(fact) for fact in facts), **values)


def _is_spellings(fact: object) -> bool:
    return isinstance(fact, list) and bool(fact) and all(isinstance(text, str) and text.strip() for text in fact)


def case_json(case: Case) -> dict[str, object]:
    """A case as reports show it."""
    shown: Mapping[str, object] = {
        "id": case.id,
        "split": case.split,
        "theme": case.theme,
        "kind": case.kind,
        "question": case.question,
        "turns": list(case.turns),
        "answerable": case.answerable,
        "facts": [list(spellings) for spellings in case.facts],
        "sources": list(case.sources),
        "note": case.note,
    }
    return dict(shown)


# ------------------------------------------------------------------------------------------------ facts in texts


def holds_fact(text: str, spellings: Sequence[str]) -> bool:
    """Whether a text holds a fact in one of its spellings.

    Case and white space do not count; amounts, numbers, percentages and dates are compared as values, so that
    `€ 256 miljoen`, `256 mln euro` and `€ 256.000.000` are one. A figure is never found inside a longer one: `85` does
    not stand in `1.185`, nor `5 miljoen` in `2,5 miljoen`.
    """
    return any(_holds(text, spelling) for spelling in spellings)


def _holds(text: str, spelling: str) -> bool:
    if _stands_in(_folded(spelling), _folded(text)):
        return True
    wanted = _by_value(spelling)
    return "⟨" in wanted and wanted in _by_value(text)


def _folded(text: str) -> str:
    return " ".join(clean(text).lower().split())


def _stands_in(wanted: str, text: str) -> bool:
    before = r"(?<!\d)(?<!\d[.,])" if wanted[:1].isdigit() else ""
    after = r"(?![.,]?\d)" if wanted[-1:].isdigit() else ""
    return bool(wanted) and re.search(f"{before}{re.escape(wanted)}{after}", text) is not None


@lru_cache(maxsize=4096)
def _by_value(text: str) -> str:
    """The folded text with every figure replaced by its value: `⟨256000000⟩ voor vier jaar`.

    Amounts and large numbers are written alike, because questions and answers leave the euro sign out.
    """
    text = clean(text)
    parts: list[str] = []
    at = 0
    for figure in figures.find(text):
        start, end = figure.span
        parts += [text[at:start], _value(figure)]
        at = end
    parts.append(text[at:])
    return _folded("".join(parts))


def _value(figure: figures.Figure) -> str:
    if figure.kind == "amount" or (figure.kind == "number" and not _is_small(figure.value)):
        return f"⟨{figure.value}⟩"
    return f"⟨{figure.kind} {figure.value}⟩"


def _is_small(value: str) -> bool:
    """Whether a number is one that could as well count things: `5 gemeenten` is not `€ 5`."""
    return not value.isdigit() or int(value) < 1000
