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
}


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

    def __repr__(self) -> str:
        shown = (
            f"{f.name}={'***' if f.name == 'llm_api_key' and self.llm_api_key else getattr(self, f.name)!r}"
            for f in fields(self)
        )
        return f"Settings({', '.join(shown)})"


def load(environment: Mapping[str, str] | None = None, *, file: Path | None = None) -> Settings:
    """Settings from `assistant.toml` in the working folder (if there is one) and the environment.

    Raises:
        SettingsError: a key or variable is unknown, or a value cannot be read as what it should be.
    """
    environment = os.environ if environment is None else environment
    path = Path(SETTINGS_FILE) if file is None else file
    values: dict[str, object] = {}
    if path.is_file():
        try:
            values.update(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is not readable as TOML: {error}") from error
    known = {field.name for field in fields(Settings)}
    for key in values:
        if key not in known:
            raise SettingsError(f"{path}: unknown setting {key!r}; known are {', '.join(sorted(known))}")
    for variable, value in environment.items():
        if variable.startswith("ASSISTANT_"):
            if variable not in _VARIABLES:
                raise SettingsError(f"unknown setting {variable}; known are {', '.join(sorted(_VARIABLES))}")
            if value != "":
                values[_VARIABLES[variable]] = value
    return replace(Settings(), **{name: _convert(name, value) for name, value in values.items()})  # type: ignore[arg-type]


def _convert(name: str, value: object) -> object:
    if name == "corpus":
        folders = value.split(os.pathsep) if isinstance(value, str) else value
        if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
            raise SettingsError(f"corpus is a folder or a list of folders, not {value!r}")
        return tuple(Path(folder).expanduser() for folder in folders)
    if name in ("index", "models"):
        if not isinstance(value, str):
            raise SettingsError(f"{name} is a folder, not {value!r}")
        return Path(value).expanduser()
    if name == "llm_timeout_seconds":
        try:
            seconds = float(str(value))
        except ValueError as error:
            raise SettingsError(f"llm_timeout_seconds is a number of seconds, not {value!r}") from error
        if not 0 < seconds <= 3600:
            raise SettingsError(f"llm_timeout_seconds is more than 0 and at most 3600, not {value!r}")
        return seconds
    if not isinstance(value, str):
        raise SettingsError(f"{name} is text, not {value!r}")
    if name == "chroma_url" and not value.startswith(("http://", "https://")):
        raise SettingsError(f"chroma_url is an address such as http://127.0.0.1:8000, not {value!r}")
    return value
