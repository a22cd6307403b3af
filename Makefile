# Every target prints what it does; `make` alone lists them. Needs python3 (3.11+), pip and make, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
export PORT
BIN := .venv/bin
# Not compiled ahead: half of what is installed is never imported, and the rest is compiled, and
# kept, when it first is.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/pip --disable-pip-version-check --quiet install --no-compile
PYTEST := $(BIN)/python -m pytest
# Two workers: the suites are bound by the processor, and the project is measured on two cores.
WORKERS ?= 2
CATALOGUES := $(wildcard webapp/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: help run test check unit integration e2e e2e-mixed test-spark guides bench attack clean test-operations faults

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: .venv/.runtime $(COMPILED) ## install, load the demo plan once and serve it on http://127.0.0.1:8000 (PORT=…)
	@$(BIN)/portal migrate
	$(BIN)/portal demo
	exec $(BIN)/portal serve --port $(PORT)

test: check unit integration e2e-mixed ## everything that CI runs: checks, tests on both databases, walk-throughs

check: .venv/.dev $(COMPILED) ## lint, types, import contracts, templates, translations, migration drift (seconds)
	@$(BIN)/python -m tools.check

unit: .venv/.dev $(COMPILED) ## unit tests on SQLite, then on PostgreSQL
	@PORTAL_TEST_DATABASE=sqlite $(PYTEST) tests/unit -n $(WORKERS) --dist worksteal
	PORTAL_TEST_DATABASE=postgresql $(PYTEST) tests/unit -n $(WORKERS) --dist worksteal

integration: .venv/.dev $(COMPILED) ## integration tests on SQLite, then on PostgreSQL
	@PORTAL_TEST_DATABASE=sqlite $(PYTEST) tests/integration -n $(WORKERS) --dist worksteal
	PORTAL_TEST_DATABASE=postgresql $(PYTEST) tests/integration -n $(WORKERS) --dist worksteal

e2e: .venv/.browser $(COMPILED) ## every guide walk-through in all twelve combinations of mode, language and device
	@$(PYTEST) tests/e2e --matrix -n $(WORKERS) --dist loadgroup

e2e-mixed: .venv/.browser $(COMPILED) ## every guide walk-through in three mixed combinations
	@$(PYTEST) tests/e2e --mixed -n $(WORKERS) --dist loadgroup

test-spark: .venv/.dev $(COMPILED) ## every report on DuckDB and on Spark, compared row by row (needs Java 17)
	@$(BIN)/python -m tools.java
	$(MAKE) .venv/.spark
	$(PYTEST) tests/spark

guides: .venv/.browser $(COMPILED) ## write the how-to guides anew: pictures, PDFs and the table of docs/guides.md
	@$(PYTEST) tests/e2e/guides --write-guides -n $(WORKERS) --dist loadgroup
	$(BIN)/python -m tests.e2e.harness.guide_books
	$(BIN)/python -m tools.guide_table

test-operations: .venv/.dev $(COMPILED) ## a whole installation: nginx, two web nodes, a worker, PostgreSQL; one node is killed
	@$(BIN)/python -m tools.nginx
	$(PYTEST) tests/operations

bench: .venv/.browser $(COMPILED) ## measure the budgets, each beside its limit
	@$(BIN)/python -m benchmarks.run

attack: .venv/.dev .venv-attack/.tools $(COMPILED) ## scanners on a portal of their own; every finding mended or accepted with a reason
	@$(BIN)/python -m attack

faults: .venv/.dev $(COMPILED) ## kill, crowd and take away what the portal stands on, on both databases
	@$(BIN)/python -m faults.run $(ARGS)

clean: ## remove what was installed and built, the demo database too
	rm -rf .venv .venv-attack var build ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- what the targets stand on: a stamp each, so that work already done is not done again ---

.venv/.runtime: constraints.txt pyproject.toml
	@echo "Installing the portal into .venv"
	test -x $(BIN)/python || python3 -m venv .venv
	$(PIP) --require-hashes -r constraints.txt
	$(PIP) --no-deps -e .
	touch $@

.venv/.dev: .venv/.runtime constraints-dev.txt
	@echo "Installing what the tests need"
	$(PIP) --require-hashes -r constraints-dev.txt
	touch $@

.venv/.spark: .venv/.dev constraints-spark.txt
	@echo "Installing Spark (some 430 MB; its wheel is built here)"
	$(PIP) --require-hashes -r constraints-spark.txt
	touch $@

.venv-attack/.tools: constraints-attack.txt
	@echo "Installing the scanners into .venv-attack"
	test -x .venv-attack/bin/python || python3 -m venv .venv-attack
	.venv-attack/bin/pip --disable-pip-version-check --quiet install --require-hashes -r constraints-attack.txt
	touch $@

.venv/.browser: .venv/.dev
	@$(BIN)/python -m tools.browser
	touch $@

%.mo: %.po | .venv/.runtime
	@$(BIN)/pybabel --quiet compile -i $< -o $@
