# Two commands do everything on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2
PORT ?= 8000
DEMO ?=

.PHONY: help install demo up test test-slow test-all test-browser check bench migrate format clean

help:  ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## a virtual environment in .venv with everything pinned in requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 2; }
	@echo "installing into $(VENV) (once; some minutes without uv)"
	@$(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(STAMP)

demo: install  ## close a demo month end to end, print the table, serve it on 127.0.0.1:8000 (DEMO=--exit to stop there)
	@$(BIN)/bangdiem demo --port $(PORT) $(DEMO)

up: install  ## run all services on the embedded database
	@$(BIN)/bangdiem up --port $(PORT)

migrate: install  ## bring the database to this version's schema
	@$(BIN)/bangdiem db upgrade

# The product's processes are started many times: what one has compiled the next ones read, whatever the shell asks for.
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q

test: install  ## the tests of every day: four minutes on two idle cores
	@$(PYTEST) --called "make test" --goal 240

test-slow: install  ## the tests that take longer; CONTRIBUTING.md lists them
	@$(PYTEST) --called "make test-slow" -m "slow and not perf and not browser"

test-all: test test-slow  ## all tests

test-browser: install  ## the pages in a real Chromium (Debian's package chromium), with an accessibility check
	@$(PYTEST) --called "make test-browser" -m browser tests/browser

check: install  ## style, types, import contracts, unused and missing dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry --config pyproject.toml services shared deploy migrations

bench: install  ## speed as ratios against floors measured in the same run
	@$(BIN)/python -m tests.perf

format: install  ## rewrite the code in the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean:  ## remove the environment and caches; data in .bangdiem stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
