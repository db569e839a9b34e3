# Two commands matter: make demo, make test. A second run does only what has changed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# Folders in which no test touches a database, so that they need not be read for the second run, on PostgreSQL.
PLAIN := engine interchange drawing rendering cli examples rules_catalog browser __pycache__ \
	test_architecture.py test_benchmarks.py test_documents.py test_load.py
ON_POSTGRESQL := $(filter-out $(PLAIN:%=tests/%),$(patsubst %/,%,$(wildcard tests/*/ tests/test_*.py)))
PYTEST := $(BIN)/pytest -q --numprocesses=auto --dist=worksteal
# A test of the pages waits half of its time, for the next look of a page that looks each second, or for a server to come.
BROWSERS := $(shell expr 2 '*' "$$(nproc 2>/dev/null || echo 1)")

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-16s %s\n", $$1, $$2 }'

# --- Installing ------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/.system $(VENV)/.project ## Make .venv with the locked packages and the archreview command

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("archreview needs Python 3.11 or newer; name one: make PYTHON=python3.11 setup")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.packages: requirements/dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Nothing is resolved here: every package is there already, from the lock.
$(VENV)/.project: pyproject.toml $(VENV)/.packages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.system: tools/system_packages | $(VENV)/bin/python
	@PYTHON=$(BIN)/python tools/system_packages pdf
	@touch $@

# Where npm is there: a checker that Python has no counterpart of, from a lock of its own. Its test is skipped elsewhere.
$(VENV)/.node: requirements/node/package-lock.json | $(VENV)/bin/python
	@if command -v npm >/dev/null; then \
		mkdir -p $(VENV)/node && cp requirements/node/package*.json $(VENV)/node/ && \
		npm ci --prefix $(VENV)/node --ignore-scripts --no-audit --no-fund --silent; \
	fi
	@touch $@

.PHONY: lock
lock: setup ## Resolve requirements/*.in anew into the locked files
	tools/lock

# --- Running ---------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: export DEMO := 1
demo: export DATABASE_URL ?= sqlite:///var/demo.sqlite3
demo: setup ## Serve the worked examples on PORT (8000); prints the address and the accounts
	@echo "Making the tables and reading the rules ..."
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo
	@echo "Open http://127.0.0.1:$(PORT)/  (stop with Ctrl+C)"
	@exec $(BIN)/gunicorn archreview.wsgi --bind 127.0.0.1:$(PORT) --log-level warning

# --- Checking --------------------------------------------------------------------------------------------------------

.PHONY: test
test: lint types imports migrations test-sqlite test-postgresql test-browser ## Run every check and every test
	@echo "All checks and tests have passed."

.PHONY: lint
lint: setup ## Check style and format
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

.PHONY: types
types: setup ## Check types
	$(BIN)/mypy

.PHONY: imports
imports: setup ## Check which room imports which
	$(BIN)/lint-imports

.PHONY: migrations
migrations: setup ## Check that the migrations say what the models say
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py check --fail-level WARNING

.PHONY: test-sqlite
test-sqlite: setup $(VENV)/.node ## Run the tests on SQLite
	PATH="$(CURDIR)/$(VENV)/node/node_modules/.bin:$$PATH" env -u DATABASE_URL $(PYTEST)

# Without a server the tests on it are left out, loudly; under CI that is an error.
.PHONY: test-postgresql
test-postgresql: setup ## Run the tests that touch a database on a PostgreSQL of their own
	@status=0; \
	PYTHON=$(BIN)/python tools/with_postgresql $(PYTEST) -m "database and not any_database" $(ON_POSTGRESQL) || status=$$?; \
	if [[ $$status -eq 69 && -z "$${CI:-}" ]]; then echo "SKIPPED: the tests on PostgreSQL" >&2; status=0; fi; \
	exit $$status

.PHONY: test-browser
test-browser: setup ## Run the tests of the pages in Chromium
	@if command -v chromium >/dev/null || [[ -n "$${CI:-}" ]]; then \
		env -u DATABASE_URL $(PYTEST) --numprocesses=$(BROWSERS) -m browser tests/browser; \
	else \
		echo "SKIPPED: the browser tests; no chromium on PATH. On Debian: apt-get install chromium" >&2; \
	fi

.PHONY: format
format: setup ## Bring the code into shape
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

.PHONY: benchmarks
benchmarks: setup ## Measure engine, pages, reports and imports, each against a bare pass over the same work
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.documents
	$(BIN)/python -m benchmarks.imports
