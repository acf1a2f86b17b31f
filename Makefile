# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
# `make help` lists the targets. Works with the GNU make 3.81 of macOS.

VENV ?= .venv
BIN = $(VENV)/bin
PYTEST_ARGS ?=
FIELD_ARGS ?=
# Two workers: the suite is bound by the licence scanner's start, not by arithmetic.
JOBS ?= 2
FROZEN ?= all
PYTHON_FILES = audit tests scripts bench examples
export VENV
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test thorough quick hostile shape frozen field conformance check lint types imports fix zoo schema docs dist bench league lock setup setup-dev clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## the environment that audit runs in (.venv)
	@scripts/setup.sh run

setup-dev: ## that, with tests and linters
	@scripts/setup.sh dev

demo: setup ## audit the example dispute, print the verdicts and where the reports lie
	@scripts/demo.sh

test: setup-dev ## every test; of those that repeat one assertion over many inputs a share
	AUDIT_TESTS=sample $(BIN)/python -m pytest -n $(JOBS) -p tests.share $(PYTEST_ARGS)

thorough: setup-dev ## what make test leaves out (a quarter of an hour)
	AUDIT_TESTS=rest $(BIN)/python -m pytest -n $(JOBS) -p tests.share $(PYTEST_ARGS)

quick: setup-dev ## unit tests that need no models, no network and no scanner: a minute
	$(BIN)/python -m pytest -n $(JOBS) -rN -p tests.quick -m "not slow" tests/unit $(PYTEST_ARGS)

hostile: setup-dev ## every hostile case, the fuzzers (FUZZ=1000 for long) and doubled worst cases
	AUDIT_FUZZ=$(or $(FUZZ),100) $(BIN)/python -m pytest -n $(JOBS) tests/hostile tests/bad_input \
	  tests/unit/signing/test_editions.py $(PYTEST_ARGS)

field: setup-dev ## how often the licence audit is right on inputs from real repositories (minutes)
	$(BIN)/python -m tests.field.measure $(FIELD_ARGS)

conformance: setup-dev ## the report of every example and fixture through veraPDF (minutes)
	AUDIT_EVERY_REPORT=1 $(BIN)/python -m pytest -n $(JOBS) tests/conformance/test_every_report.py

check: setup-dev lint types imports test dist ## what a reviewer and a release run

lint: setup-dev ## formatting and lint, changing nothing
	$(BIN)/ruff format --check $(wildcard $(PYTHON_FILES))
	$(BIN)/ruff check $(wildcard $(PYTHON_FILES))

types: setup-dev ## mypy --strict
	$(BIN)/mypy

imports: setup-dev ## the layers between the modules
	$(BIN)/lint-imports --no-cache

fix: setup-dev ## format, and repair what the linter can
	$(BIN)/ruff check --fix $(wildcard $(PYTHON_FILES))
	$(BIN)/ruff format $(wildcard $(PYTHON_FILES))

frozen: setup-dev ## all that the tool said when it was frozen (FROZEN=exact: to the last digit)
	AUDIT_FROZEN=$(FROZEN) $(BIN)/python -m pytest -n $(JOBS) tests/frozen $(PYTEST_ARGS)

shape: setup-dev ## what the house is measured by, each figure with its target (SHAPE_ARGS=--list)
	$(BIN)/python scripts/shape.py $(SHAPE_ARGS)

zoo: setup-dev ## rebuild the known-lineage zoo and compare it with its lock
	$(BIN)/python tests/zoo/build.py --check

schema: setup ## write the record's JSON Schema to docs/schema
	$(BIN)/python scripts/schema.py

docs: setup schema ## write the pages that are made from rules and types
	$(BIN)/python scripts/rules_page.py
	$(BIN)/python scripts/methods_page.py

dist: setup-dev ## build wheel and sdist, and try the wheel outside the checkout
	@scripts/dist.sh

bench: setup-dev ## measure everything and write docs/benchmark.md (SECTIONS="NAME ..." for some)
	$(BIN)/python -m bench.run $(SECTIONS)

league: setup-dev ## every evasion and framing that we know of, and what is said of it (a quarter of an hour)
	$(BIN)/python -m bench.run league

lock: setup-dev ## resolve the lock files again (UPGRADE=1 takes newer versions)
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## remove what the targets wrote, except .venv
	rm -rf build dist out/demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
