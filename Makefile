# Everything happens in a virtual environment of the checkout's own. `make PYTHON=python3.13 run` chooses a Python.
PYTHON ?= $(firstword $(foreach p,python3.12 python3.13 python3.11 python3,$(shell $(p) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $(p))))
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check check-container check-tflite-runtime format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed-bot ## Start whobot; without a config that is a web chat on http://127.0.0.1:8080
	$(BIN)/whobot run

test: $(VENV)/.installed-test ## Run the whole test suite, offline
	$(BIN)/python -m pytest

check: $(VENV)/.installed-test ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check-container: $(VENV)/.installed-test ## Build the container image and run it for real (needs Docker or Podman)
	$(BIN)/python -m tests.checks.container $(CONTAINER_OPTIONS)

check-tflite-runtime: $(VENV)/.installed-test $(VENV)-tflite-runtime/.installed ## Compare with tflite-runtime 2.14 (needs Python 3.11)
	$(BIN)/python -m tests.checks.runtimes $(VENV)-tflite-runtime/bin/python

format: $(VENV)/.installed-test ## Format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove the virtual environment and every cache
	rm -rf $(VENV) $(VENV)-tflite-runtime .mypy_cache .pytest_cache .ruff_cache build dist

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "whobot needs Python 3.11, 3.12 or 3.13: install one, or name it with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps make an install happen again only when its list of packages has changed.
$(VENV)/.installed-bot: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[trainer,test]"
	touch $@ $(VENV)/.installed-bot

$(VENV)-tflite-runtime/.installed: pyproject.toml
	python3.11 -m venv $(VENV)-tflite-runtime
	$(VENV)-tflite-runtime/bin/python -m pip install --quiet --editable ".[tflite-runtime]"
	$(VENV)-tflite-runtime/bin/python -m pip uninstall --quiet --yes ai-edge-litert
	touch $@
