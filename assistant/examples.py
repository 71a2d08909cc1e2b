"""Questions to begin with, from the corpus folders themselves: `examples.toml` → themes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError
from assistant.ingest import EXAMPLES


@dataclass(frozen=True, slots=True)
class Example:
    """A question for the first screen. `says`: words that its answer must have, so that no wrong answer is put forward."""

    question: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """Example questions on one subject, with its name in both languages."""

    nl: str
    en: str
    examples: tuple[Example, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        return tuple(one.question for one in self.examples)


def themes(folders: Sequence[Path]) -> list[Theme]:
    """The themes of the corpus folders' `examples.toml`; none where there is no such file.

    Raises:
        SettingsError: a file cannot be read as themes with questions; names it.
    """
    found = []
    for path in (folder / EXAMPLES for folder in folders):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found += [
                Theme(one["nl"], one["en"], tuple(_example(it) for it in one["questions"]))
                for one in data.get("theme", [])
            ]
        except FileNotFoundError:
            continue
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise SettingsError(
                f"{path} does not hold [[theme]] with nl, en and questions (each a text, or ask and says): {error!r}"
            ) from error
    return found


def _example(given: str | dict[str, str]) -> Example:
    return Example(given) if isinstance(given, str) else Example(str(given["ask"]), str(given["says"]))
