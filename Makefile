# Everything happens in a virtual environment of the checkout's own. `make PYTHON=python3.13 run` chooses a Python.
PYTHON ?= $(firstword $(foreach p,python3.12 python3.13 python3.11 python3,$(shell $(p) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $(p))))
VENV ?= .venv
BIN := $(VENV)/bin
# For every platform and Python, and without the address of the index that was asked.
LOCKING := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# A file's tests stay in one process: what they make for each other is made once.
TEST_OPTIONS ?= --numprocesses auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: lock audit help run test coverage check docs check-wheel check-container check-tflite-runtime format bench bench-decoders clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed-bot ## Start whobot; without a config that is a web chat on http://127.0.0.1:8080
	$(BIN)/whobot run

test: $(VENV)/.installed-test ## Run the whole test suite, offline
	$(BIN)/python -m pytest $(TEST_OPTIONS)

coverage: $(VENV)/.installed-test ## Run the tests and hold their coverage to the floor in pyproject.toml
	$(BIN)/python -m pytest $(TEST_OPTIONS) --cov --cov-report=term

check: $(VENV)/.installed-test ## Check format, lint, types and imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed-test ## Build the site of docs/ into build/site; a link that leads nowhere fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

check-wheel: $(VENV)/.installed-test ## Build the wheel, install it by itself and use it
	rm -rf build/wheel
	$(BIN)/python -m hatchling build --target wheel --directory build/wheel
	$(BIN)/python -m venv build/wheel/venv
	build/wheel/venv/bin/python -m pip install --quiet build/wheel/*.whl
	@# From a folder of its own and with -I, so that nothing of the checkout is imported.
	cd build/wheel && venv/bin/python -I -c "import bot.app, bot.cli, trainer"
	cd build/wheel && venv/bin/whobot --help
	cd build/wheel && venv/bin/whobot who --no-picture ../../.github/images/answer.webp
	@# As the documents say it, each in a folder of its own.
	PIPX_HOME=$(CURDIR)/build/wheel/pipx PIPX_BIN_DIR=$(CURDIR)/build/wheel/pipx/bin $(BIN)/pipx install --quiet build/wheel/*.whl
	cd build/wheel && pipx/bin/whobot check
	UV_TOOL_DIR=$(CURDIR)/build/wheel/uv UV_TOOL_BIN_DIR=$(CURDIR)/build/wheel/uv/bin $(BIN)/uv tool install --quiet --python $(CURDIR)/$(BIN)/python build/wheel/*.whl
	cd build/wheel && uv/bin/whobot check

check-container: $(VENV)/.installed-container ## Build the container image and run it for real (needs Docker or Podman)
	$(BIN)/python -m tests.checks.container $(CONTAINER_OPTIONS)

check-tflite-runtime: $(VENV)/.installed-test $(VENV)-tflite-runtime/.installed ## Compare with tflite-runtime 2.14 (needs Python 3.11)
	$(BIN)/python -m tests.checks.runtimes $(VENV)-tflite-runtime/bin/python

bench: $(VENV)/.installed-test ## Measure what a picture costs, beside the published pipeline
	$(BIN)/python -m tests.checks.bench_pictures $(BENCH_OPTIONS)

lock: $(VENV)/.installed-test ## Choose the newest packages that pyproject.toml allows, and write their hashes into requirements/
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra sentry $(LOCKING) --output-file requirements/bot.txt
	$(BIN)/uv pip compile pyproject.toml --extra trainer $(LOCKING) --output-file requirements/trainer.txt

audit: $(VENV)/.installed-test ## Look for known vulnerabilities in the locked packages
	@$(BIN)/uv tool run --quiet pip-audit --version > /dev/null 2>&1 || { echo "skipped: no package index is reached, so pip-audit cannot be fetched"; exit 0; }; \
	for lock in bot trainer; do $(BIN)/uv tool run --quiet pip-audit --disable-pip --require-hashes --requirement requirements/$$lock.txt || exit 1; done

bench-decoders: $(VENV)/.installed-test ## Measure what it costs to decode in a process of its own
	$(BIN)/python -m tests.checks.bench_decoders $(BENCH_OPTIONS)

format: $(VENV)/.installed-test ## Format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove the virtual environment and every cache
	rm -rf $(VENV) $(VENV)-tflite-runtime .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .coverage build dist

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

# The image is tested from outside, without the trainer and its TensorFlow.
$(VENV)/.installed-container: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@ $(VENV)/.installed-bot

$(VENV)-tflite-runtime/.installed: pyproject.toml
	python3.11 -m venv $(VENV)-tflite-runtime
	$(VENV)-tflite-runtime/bin/python -m pip install --quiet --editable ".[tflite-runtime]"
	$(VENV)-tflite-runtime/bin/python -m pip uninstall --quiet --yes ai-edge-litert
	touch $@
