# make run    the chat on http://127.0.0.1:7860, installing and indexing what is missing first
# make test   every check that CI runs
# make bench  speed and retrieval beside the plain pipeline, in one run
# make clean  throw away what was made (not the package manager's caches)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
PORT   ?= 7860
WORKERS ?= 2

# Nothing phones home and nothing is fetched from a model hub; the program sets these itself as well.
export ANONYMIZED_TELEMETRY=False
export GRADIO_ANALYTICS_ENABLED=False
export HF_HUB_OFFLINE=1
export HF_HUB_DISABLE_TELEMETRY=1
export TRANSFORMERS_OFFLINE=1
export DO_NOT_TRACK=1
# also for what pip builds in an environment of its own
export PIP_CONSTRAINT=$(CURDIR)/constraints.txt
export ORT_DISABLE_TELEMETRY=1
export LANGSMITH_TRACING=false

.PHONY: run test bench clean

run: $(VENV)/.run
	@echo "== index over corpus/ (only what changed)"
	@$(BIN)/assistant build
	@echo "== chat on http://127.0.0.1:$(PORT) (Ctrl-C stops it)"
	@$(BIN)/assistant serve --port $(PORT)

test: $(VENV)/.test
	@echo "== form"; $(BIN)/ruff format --check . && $(BIN)/ruff check .
	@echo "== types"; $(BIN)/mypy
	@echo "== layers"; $(BIN)/lint-imports
	@echo "== tests"; $(BIN)/pytest -n $(WORKERS) --dist loadfile
	@echo "== answers on the dev questions"; $(BIN)/assistant build && $(BIN)/assistant eval run evals/questions --split dev --gate && $(BIN)/assistant eval run evals/own_words --split dev --gate

bench: $(VENV)/.bench
	@$(BIN)/python -m evals.speed

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find indexes -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@echo "== $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== pinned dependencies (a few minutes, once)"
	@$(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== pinned dependencies with those of the tests (a few minutes, once)"
	@$(PIP) -e '.[test]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== pinned dependencies with those of the yardstick (a few minutes, once)"
	@$(PIP) -e '.[test,bench]'
	@touch $@ $(VENV)/.run $(VENV)/.test
