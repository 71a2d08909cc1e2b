"""Settings: where they come from, which wins, and that a mistake is named with the place it stands at."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import PROJECT, Settings, load

NO_FILE = Path("/nonexistent/assistant.toml")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "assistant.toml"


def test_without_anything_set_the_program_uses_its_own_folders_and_the_bundled_model() -> None:
    settings = load({}, file=NO_FILE)
    assert settings == Settings()
    assert settings.corpus == (PROJECT / "corpus",)
    assert (settings.index, settings.models) == (PROJECT / "indexes" / "default", PROJECT / "indexes" / "models")
    assert (settings.embedding_model, settings.llm_model, settings.chroma_url) == ("bundled", None, None)
    assert (settings.uploads, settings.feedback) == ("private", None)  # nothing outlives a conversation


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("ASSISTANT_CORPUS", "a", {"corpus": (Path("a"),)}),
        ("ASSISTANT_CORPUS", "a:b c", {"corpus": (Path("a"), Path("b c"))}),
        ("ASSISTANT_INDEX", "~/index", {"index": Path.home() / "index"}),
        ("ASSISTANT_MODELS", "models", {"models": Path("models")}),
        ("ASSISTANT_EMBEDDING_MODEL", "intfloat/multilingual-e5-small", None),
        ("ASSISTANT_CHROMA_URL", "http://127.0.0.1:8000", None),
        ("ASSISTANT_LLM_MODEL", "openai:NAME", None),
        ("ASSISTANT_LLM_BASE_URL", "http://127.0.0.1:11434/v1", None),
        ("ASSISTANT_LLM_API_KEY", "secret", None),
        ("ASSISTANT_UPLOADS", "corpus", None),
        ("ASSISTANT_UPLOADS", "off", None),
        ("ASSISTANT_FEEDBACK", "~/oordelen.sqlite", {"feedback": Path.home() / "oordelen.sqlite"}),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "2.5", {"llm_timeout_seconds": 2.5}),
        # an empty variable is one that is not set
        ("ASSISTANT_INDEX", "", {}),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "", {}),
        # what is not ours is not looked at
        ("ASSISTANTS", "x", {}),
        ("assistant_index", "x", {}),
    ],
)
def test_a_variable_sets_what_it_names(variable: str, value: str, expected: dict[str, object] | None) -> None:
    name = variable.removeprefix("ASSISTANT_").lower()
    changed = {name: value} if expected is None else expected
    assert load({variable: value}, file=NO_FILE) == Settings(**changed)  # type: ignore[arg-type]


def test_the_environment_beats_the_file(file: Path) -> None:
    file.write_text('corpus = ["een", "twee"]\nindex = "uit-bestand"\nllm_timeout_seconds = 5\n')
    assert load({}, file=file) == Settings(
        corpus=(Path("een"), Path("twee")), index=Path("uit-bestand"), llm_timeout_seconds=5.0
    )
    assert load({"ASSISTANT_INDEX": "uit-omgeving", "ASSISTANT_CORPUS": ""}, file=file) == Settings(
        corpus=(Path("een"), Path("twee")), index=Path("uit-omgeving"), llm_timeout_seconds=5.0
    )


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("ASSISTANT_INDX", "x", "unknown setting ASSISTANT_INDX in the environment; known are ASSISTANT_CHROMA_URL"),
        ("ASSISTANT_INDX", "", "unknown setting ASSISTANT_INDX"),
        ("ASSISTANT_", "x", "unknown setting ASSISTANT_ "),
        ("ASSISTANT_\x1b[31m", "x", "unknown setting ASSISTANT_?[31m"),
        ("ASSISTANT_CORPUS", "a::b", "ASSISTANT_CORPUS is the name of a folder, not ''"),
        ("ASSISTANT_INDEX", "~nobody-here/x", "ASSISTANT_INDEX: there is no home folder for '~nobody-here/x'"),
        ("ASSISTANT_INDEX", " ", "ASSISTANT_INDEX is the name of a folder"),
        ("ASSISTANT_CHROMA_URL", "localhost:8000", "ASSISTANT_CHROMA_URL is an address such as http://"),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "soon", "ASSISTANT_LLM_TIMEOUT_SECONDS is a number of seconds, not 'soon'"),
        (
            "ASSISTANT_LLM_TIMEOUT_SECONDS",
            "0",
            "ASSISTANT_LLM_TIMEOUT_SECONDS is at least 0.1 and at most 3600 seconds",
        ),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "nan", "at least 0.1 and at most 3600 seconds, not 'nan'"),
        ("ASSISTANT_LLM_TIMEOUT_SECONDS", "inf", "at most 3600"),
        ("ASSISTANT_LLM_CONTEXT_TOKENS", "512", "at least 2048 and at most 2e+06 tokens"),
        ("ASSISTANT_LLM_TEMPERATURE", "warm", "ASSISTANT_LLM_TEMPERATURE is a number, not 'warm'"),
        ("ASSISTANT_EMBEDDING_MODEL", " ", "ASSISTANT_EMBEDDING_MODEL is text"),
        ("ASSISTANT_UPLOADS", "on", "ASSISTANT_UPLOADS is one of private, corpus, off, not 'on'"),
        ("ASSISTANT_FEEDBACK", " ", "ASSISTANT_FEEDBACK is the name of a file, not ' '"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: value}, file=NO_FILE)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('indx = "x"', "unknown setting 'indx' in {file}; known are chroma_url, corpus"),
        ("index = 3", "index in {file} is the name of a folder, not 3"),
        ('index = ""', "index in {file} is the name of a folder, not ''"),
        ('index = "a\\u0000b"', "index in {file} is the name of a folder"),
        ("corpus = []", "corpus in {file} is a folder or a list of folders, not []"),
        ('corpus = ["a", 3]', "corpus in {file} is the name of a folder, not 3"),
        ("llm_timeout_seconds = true", "llm_timeout_seconds in {file} is a number of seconds"),
        ("uploads = true", "uploads in {file} is one of private, corpus, off, not True"),
        ("feedback = false", "feedback in {file} is the name of a file, not False"),
        ("llm_model = 7", "llm_model in {file} is text, not 7"),
        ("index = ", "{file} is not readable as TOML"),
        ("\udcff", "{file} is not readable as TOML"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(file: Path, text: str, says: str) -> None:
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SettingsError) as caught:
        load({}, file=file)
    assert says.format(file=file) in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"{tmp_path} cannot be read: Is a directory"):
        load({}, file=tmp_path)


def test_a_key_is_never_shown(file: Path) -> None:
    settings = load({"ASSISTANT_LLM_API_KEY": "very-secret"}, file=NO_FILE)
    assert settings.llm_api_key == "very-secret"
    assert "very-secret" not in repr(settings) and "***" in repr(settings)
    file.write_text("llm_api_key = 1234567\n")
    with pytest.raises(SettingsError) as caught:
        load({}, file=file)
    assert "1234567" not in str(caught.value)
