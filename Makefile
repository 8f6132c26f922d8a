# Everything a newcomer needs: `make demo` and `make test` do all set-up themselves. Works as root or not.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

# The stamp's name holds everything the installation depends on: the pinned versions, the package's own description, and
# the folder (a virtual environment cannot be moved).
KEY := $(shell { cat requirements.lock requirements.in pyproject.toml; pwd; } | sha256sum | cut -c1-16)
STAMP := $(VENV)/.installed-$(KEY)

.DEFAULT_GOAL := help
.PHONY: help migration openapi powers coverage coverage-rows install check test test-full demo bench lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

install: $(STAMP)  ## prepare .venv from requirements.lock (again only when that changed)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Steward needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV) || { \
	  echo "The virtual environment could not be made; on Debian: apt-get install python3-venv" >&2; exit 1; }; }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.installed-* && touch $@

openapi: install  ## write docs/api/ anew: OpenAPI of each service, list of events
	$(BIN)/python -m deploy.openapi

powers: install  ## write docs/powers.md anew: who may call which endpoint
	$(BIN)/python -m deploy.powers

coverage: install  ## write docs/coverage/ anew: which row of the catalogue is kept where, and what proves it
	$(BIN)/python -m tests.support.coverage pages

coverage-rows: install  ## switch each declared rule off in a copy and see a test notice: ARGS="--service kpi --row B-007"
	$(BIN)/python -m tests.support.coverage rows $(ARGS)

migration: install  ## write a service's next migration: make migration SERVICE=billing MESSAGE="add meters"
	$(BIN)/python -m tests.support.revise $(SERVICE) "$(MESSAGE)"

check: install  ## lint, types, import walls, migration lint
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q tests/architecture

test: install  ## the tests, on real Postgres and Redis, in parallel
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile $(ARGS)

test-full: install  ## the slow tests that `make test` leaves out: faults, whole stack, seeds, benchmark smoke
	$(BIN)/python -m pytest -q -m full $(ARGS)

demo: install  ## play a quarter and score it; options in ARGS, e.g. ARGS="--once --report out.json"
	$(BIN)/steward demo $(ARGS)

bench: install  ## a benchmark against its floor, e.g. ARGS="intake --json"
	$(BIN)/steward bench $(ARGS)

lock: install  ## pin requirements.in anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 requirements.in -o requirements.lock

clean:  ## remove the environment and local data
	rm -rf $(VENV) .steward *.egg-info .mypy_cache .ruff_cache .pytest_cache
