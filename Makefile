# Everything that makes, checks and runs the project. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: run test setup check format bench lock translations clean help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The system's own Python where it will do, because distributions build it with optimisation: everything takes a tenth
# less than with one that was compiled without. Another by name: make PYTHON=python3.13
ifndef PYTHON
PYTHON := $(shell for one in /usr/bin/python3 python3; do \
  $$one -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && exit; \
  done; echo python3)
endif
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard idp/translations/*/LC_MESSAGES/messages.po))

run: .venv/.demo $(CATALOGUES) ## Start the provider and two demo agencies on loopback
	@$(BIN)/idp demo

test: setup ## Run every test, on SQLite and on PostgreSQL
	@$(BIN)/python tests/debian.py
	$(BIN)/python -m pytest --numprocesses=$(SIDE_BY_SIDE) --dist=loadfile --no-loadscope-reorder
# One more than there are processors: a test waits for its server, its browser or its database a third of the time.
SIDE_BY_SIDE = $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() + 1, 4))')

setup: .venv/.dev $(CATALOGUES) ## Make .venv with everything that running, testing and developing need

check: setup ## Check format, lint, types, import contracts and architecture
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/architecture

format: setup ## Format the code and apply safe fixes
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup ## Measure flows per second, latency and memory; write bench/results/
	$(BIN)/python -m bench

lock: .venv/.dev ## Resolve the dependencies of pyproject.toml anew and pin them by hash
	$(PIP) install uv
	$(BIN)/uv $(COMPILE) --extra demo --extra build -o requirements.lock
	$(BIN)/uv $(COMPILE) --all-extras -o requirements-dev.lock
COMPILE := pip compile -q --upgrade --generate-hashes --no-header --python-version 3.11 --universal pyproject.toml

translations: setup ## Collect new texts into the catalogues of idp/translations
	$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k lazy_gettext --no-location --project Tessera -o .venv/messages.pot .
	$(BIN)/pybabel --quiet update -i .venv/messages.pot -d idp/translations --no-fuzzy-matching --ignore-pot-creation-date

clean: ## Remove everything that is made here, but not keys/ and var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis bench/results bench/work
	find idp tests demo bench -name __pycache__ -prune -exec rm -rf {} +
	rm -f $(CATALOGUES)

help: ## Say what each target does
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

%.mo: %.po | .venv/.demo
	@$(BIN)/pybabel --quiet compile -i $< -o $@

# Two sizes of one environment: what the demo runs on, and that plus what tests and development need. Each is
# installed from hashes alone, and again only when its lock or pyproject.toml changes.
.venv/.demo: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked dependencies (once, about half a minute)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.demo
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; found `$(PYTHON) --version`. Name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "No virtual environment: apt-get install python3-venv"; exit 1; }
