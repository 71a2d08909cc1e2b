"""Every module can be imported by itself, and looking at the program costs no heavy library."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import assistant
from assistant.settings import PROJECT

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(assistant.__path__, "assistant.")
    if module.name != "assistant.__main__"
)
LIGHT = [
    "assistant.answering.extractive",
    "assistant.ask",
    "assistant.assembly",
    "assistant.cli",
    "assistant.model",
    "assistant.settings",
    "assistant.web",
]
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "gradio",
    "chromadb",
    "onnxruntime",
    "onnx",
    "langchain_core",
}

EACH = """
import importlib, json, sys
heavy, loaded = set(json.loads(sys.argv[2])), {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    loaded[name] = sorted(heavy & set(sys.modules))
print(json.dumps(loaded))
"""


def loaded(modules: list[str]) -> dict[str, list[str]]:
    """Which heavy libraries are loaded after importing each of the modules, one after the other."""
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", EACH, json.dumps(modules), json.dumps(sorted(HEAVY))],
        cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_what_every_command_needs_is_light() -> None:
    assert {name: heavy for name, heavy in loaded(LIGHT).items() if heavy} == {}


def test_every_module_imports_and_only_doors_and_the_page_need_heavy_libraries() -> None:
    doors = ("assistant.web.page", "assistant.langchain_retriever")
    order = [name for name in MODULES if name not in doors]
    found = loaded(order)
    assert set(found) == set(order)
    never = {"torch", "transformers", "sentence_transformers", "gradio", "langchain_core"}
    assert {name: heavy for name, heavy in found.items() if never & set(heavy)} == {}


@pytest.mark.parametrize("module", ["assistant.errors", "assistant.model", "assistant.text"])
def test_the_words_of_the_domain_import_nothing_but_the_standard_library(module: str) -> None:
    code = (
        f"import importlib, sys\nsys.path.insert(0, {str(PROJECT)!r})\nimportlib.import_module({module!r})\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert shown.returncode == 0, shown.stderr
    foreign = set(shown.stdout.split()) - sys.stdlib_module_names - {"assistant", "__main__"}
    assert foreign == set()
