# Everything a person or the build runs, by one name each. Works on a bare Debian machine with Python 3.11 or newer.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .venv/bin
STAMP := .venv/.installed
RUNS := .venv/.runs
# Twice as many as cores: much of a test is waiting for a browser or a process.
WORKERS ?= 4
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal
POSTGRES_URL ?= postgresql://postgres@127.0.0.1:5432/quicksync

# Containers often set it. Here hundreds of short processes would each compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install setup browser test matrix lint format types contracts migrations pytest others gate test-postgres coverage demo bench screenshots lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

setup: $(STAMP) browser ## the same with what tests need, Chromium included

install: $(RUNS) ## make .venv with what quicksync needs to run

# Stamps: nothing is installed again until a pinned version or the way of installing changes.
$(STAMP): requirements.txt requirements-dev.txt .ci/setup
	@.ci/setup python requirements-dev.txt
	@touch $@ $(RUNS)

$(RUNS): requirements.txt .ci/setup
	@.ci/setup python requirements.txt
	@touch $@

browser:
	@.ci/setup browser

# Types have one core to themselves for as long as the others need for style, contracts and the gate; what each says
# comes out whole.
test: setup ## everything that .ci/run checks
	@$(MAKE) --no-print-directory -j2 --output-sync=target types lint contracts migrations gate
	@$(MAKE) --no-print-directory others test-postgres

lint: $(STAMP) ## style of code and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates quicksync

format: $(STAMP) ## rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

contracts: $(STAMP) ## who may import whom
	$(BIN)/lint-imports

migrations: $(STAMP) ## system checks, and every model change has its migration
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

pytest: setup ## the tests, on SQLite, browser included
	$(PYTEST)

# `make test` has run those of the gate by then. The engine is taken by tests of all rooms, so it is
# counted while all others run.
GATED := tests/records tests/options tests/planning tests/quickbooks
COVERED := $(CURDIR)/var/covered
others: export QUICKSYNC_COVERED = $(COVERED)
others: setup ## all tests but those of the gate, with the branches of the engine counted
	@rm -rf $(COVERED)
	$(PYTEST) -p tests.covered $(GATED:%=--ignore=%)
	$(BIN)/python -m tests.coverage_gate $(COVERED)

# Figures of its own: what other runs, or processes that were killed in them, left half-written is none of its business.
gate: export COVERAGE_FILE = var/gate/coverage
gate: $(STAMP) ## records and planning are taken by their own tests in every branch, the editions as far as ever
	@rm -rf var/gate && mkdir -p var/gate
	$(PYTEST) -q $(GATED) \
		--cov=quicksync.records --cov=quicksync.options --cov=quicksync.planning --cov=quicksync.quickbooks --cov-report=
	$(BIN)/python -m tests.coverage_gate

test-postgres: $(STAMP) ## the tests marked `postgres`, a second time on PostgreSQL
	@.ci/test-postgres $(POSTGRES_URL)

matrix: ## the tests that depend on them, on each supported Django and Python; LINES="3.13:6.1" for one
	@.ci/matrix $(LINES)

coverage: setup ## the tests with branch coverage
	$(PYTEST) --cov=quicksync --cov=config --cov-report=term --cov-report=html

demo: $(RUNS) ## sample company, first sync, reconciliation; ONCE=1 stops there
	$(BIN)/python manage.py quicksync_demo $(if $(ONCE),--once)

bench: $(STAMP) ## measure the budgets of docs/performance.md; NAMES="pages many" for the long ones
	$(BIN)/python -m benchmarks $(NAMES)

screenshots: setup ## take the pictures of the documentation anew
	$(BIN)/python -m docs.screenshots

lock: $(STAMP) ## pin the newest versions that pyproject.toml allows
	.ci/setup lock

clean: ## remove what setup, tests and runs left behind
	rm -rf .venv var build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
