"""Settings, read once at the door: flags beat the environment, the environment beats the settings file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from assistant.errors import SettingsError

PROJECT = Path(__file__).resolve().parent.parent
SETTINGS_FILE = "assistant.toml"

# Environment variable -> field. Every other ASSISTANT_ variable is an error, so that a typing mistake is noticed.
_VARIABLES = {
    "ASSISTANT_CORPUS": "corpus",
    "ASSISTANT_INDEX": "index",
    "ASSISTANT_MODELS": "models",
    "ASSISTANT_EMBEDDING_MODEL": "embedding_model",
    "ASSISTANT_CHROMA_URL": "chroma_url",
    "ASSISTANT_LLM_MODEL": "llm_model",
    "ASSISTANT_LLM_BASE_URL": "llm_base_url",
    "ASSISTANT_LLM_API_KEY": "llm_api_key",
    "ASSISTANT_LLM_TIMEOUT_SECONDS": "llm_timeout_seconds",
    "ASSISTANT_LLM_CONTEXT_TOKENS": "llm_context_tokens",
    "ASSISTANT_LLM_TEMPERATURE": "llm_temperature",
    "ASSISTANT_UPLOADS": "uploads",
    "ASSISTANT_FEEDBACK": "feedback",
}

# Field -> least, most and unit of a number.
_NUMBERS = {
    "llm_timeout_seconds": (0.1, 3600.0, " seconds"),
    "llm_context_tokens": (2048.0, 2_000_000.0, " tokens"),
    "llm_temperature": (0.0, 2.0, ""),
}

UPLOADS = ("private", "corpus", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen. Below `assembly` nobody sees it: parts receive the values they need."""

    corpus: tuple[Path, ...] = (PROJECT / "corpus",)
    index: Path = PROJECT / "indexes" / "default"
    models: Path = PROJECT / "indexes" / "models"
    embedding_model: str = "bundled"
    chroma_url: str | None = None  # http://host:port of a Chroma server; None = embedded, inside the index folder
    llm_model: str | None = None
    llm_base_url: str | None = None
    llm_api_key: str | None = None
    llm_timeout_seconds: float = 60.0
    llm_context_tokens: int = 4096  # what fits in the model, its reply included
    llm_temperature: float = 0.0
    # What becomes of files that users of the page add: `private`, they go with their conversation; `corpus`, for an operator
    # at his own page, they become part of the first corpus folder; `off`, there is no adding.
    uploads: str = "private"
    feedback: Path | None = None  # SQLite file for judgements of answers; None = none is stored

    def __repr__(self) -> str:
        shown = (
            f"{f.name}={'***' if f.name == 'llm_api_key' and self.llm_api_key else getattr(self, f.name)!r}"
            for f in fields(self)
        )
        return f"Settings({', '.join(shown)})"


def load(environment: Mapping[str, str] | None = None, *, file: Path | None = None) -> Settings:
    """Settings from `assistant.toml` in the working folder (if there is one) and the environment.

    An empty variable counts as one that is not set.

    Raises:
        SettingsError: a key or variable is unknown, or a value cannot be read as what it should be; names where it stands.
    """
    environment = os.environ if environment is None else environment
    given = _from_file(Path(SETTINGS_FILE) if file is None else file)
    for variable, value in environment.items():
        if variable.startswith("ASSISTANT_"):
            if variable not in _VARIABLES:
                raise SettingsError(
                    f"unknown setting {_shown(variable)} in the environment; known are {', '.join(sorted(_VARIABLES))}"
                )
            if value:
                given[_VARIABLES[variable]] = (variable, value)
    converted = {name: _convert(name, value, where=where) for name, (where, value) in given.items()}
    return replace(Settings(), **converted)  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, tuple[str, object]]:
    """The settings of a file, each with the place it stands at; none when there is no such file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not readable as TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}; mend or remove it") from error
    known = {field.name for field in fields(Settings)}
    for key in data:
        if key not in known:
            raise SettingsError(f"unknown setting {key!r} in {path}; known are {', '.join(sorted(known))}")
    return {key: (f"{key} in {path}", value) for key, value in data.items()}


def _convert(name: str, value: object, *, where: str) -> object:
    if name == "corpus":
        folders = value.split(os.pathsep) if isinstance(value, str) else value
        if not isinstance(folders, list) or not folders:
            raise SettingsError(f"{where} is a folder or a list of folders, not {value!r}")
        return tuple(folder(one, where=where) for one in folders)
    if name in ("index", "models"):
        return folder(value, where=where)
    if name == "feedback":
        return folder(value, where=where, what="file")
    if name == "uploads":
        if value not in UPLOADS:
            raise SettingsError(f"{where} is one of {', '.join(UPLOADS)}, not {value!r}")
        return value
    if name in _NUMBERS:
        least, most, unit = _NUMBERS[name]
        try:
            number = float(str(value))
        except ValueError as error:
            raise SettingsError(f"{where} is a number{unit and ' of' + unit}, not {value!r}") from error
        if not least <= number <= most:
            raise SettingsError(f"{where} is at least {least:g} and at most {most:g}{unit}, not {value!r}")
        return int(number) if name == "llm_context_tokens" else number
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{where} is text" + ("" if name == "llm_api_key" else f", not {value!r}"))
    if name == "chroma_url" and not value.startswith(("http://", "https://")):
        raise SettingsError(f"{where} is an address such as http://127.0.0.1:8000, not {value!r}")
    return value


def folder(value: object, *, where: str, what: str = "folder") -> Path:
    """A folder (or another `what`) someone named, `~` included.

    Raises:
        SettingsError: it is no text, empty, or in the home folder of someone who is not there; names where it was given.
    """
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise SettingsError(f"{where} is the name of a {what}, not {value!r}")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{where}: there is no home folder for {value!r}; write the {what} out") from error


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)
