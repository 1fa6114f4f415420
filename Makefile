# Two commands do everything on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PORT ?= 8000
DEMO ?=

.PHONY: help install install-dev install-client install-typescript check-install lock demo up test test-slow test-all test-browser test-office check bench migrate format clean

help:  ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install:  ## a virtual environment in .venv with what the product needs, pinned in requirements.lock
	@PYTHON=$(PYTHON) VENV=$(VENV) sh deploy/install/environment.sh product

install-dev: install  ## on top of it what tests and checks need, pinned in requirements-dev.lock
	@PYTHON=$(PYTHON) VENV=$(VENV) sh deploy/install/environment.sh dev

# An environment of its own: the generator needs a typer older than the product's. Inside $(VENV), so that it goes with it.
install-client: install-dev  ## beside it the generator of API clients that a slow test runs, pinned in requirements-client.lock
	@PYTHON=$(PYTHON) VENV=$(VENV)/client sh deploy/install/environment.sh client

# Copied there first, so that it goes with $(VENV) and nothing is written beside what is kept.
install-typescript: install-dev  ## beside it the generator of TypeScript types that a slow test runs (needs npm), pinned in tests/contract/typescript
	@mkdir -p $(VENV)/typescript && cp tests/contract/typescript/package.json tests/contract/typescript/package-lock.json tests/contract/typescript/.npmrc $(VENV)/typescript
	@cd $(VENV)/typescript && { cmp -s package-lock.json node_modules/.made || { npm ci --silent && cp package-lock.json node_modules/.made; }; }

check-install:  ## prove the installation in a new folder: empty HOME, nothing on PATH but Python, make and a shell
	@PYTHON=$(PYTHON) sh tests/install/check.sh

demo: install  ## close a demo month end to end, print the table, serve it on 127.0.0.1:8000 (DEMO=--exit to stop there)
	@$(BIN)/bangdiem demo --port $(PORT) $(DEMO)

up: install  ## run all services on the embedded database
	@$(BIN)/bangdiem up --port $(PORT)

migrate: install  ## bring the database to this version's schema
	@$(BIN)/bangdiem db upgrade

# The product's processes are started many times: what one has compiled the next ones read, whatever the shell asks for.
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q

# A third worker works while two wait for a source, a webhook or a server that ends.
test: JOBS = 3
test: install-dev  ## the tests of every day: four minutes on two idle cores
	@$(PYTEST) --called "make test" --goal 240

test-slow: install-client install-typescript  ## the tests that take longer; CONTRIBUTING.md lists them
	@$(PYTEST) --called "make test-slow" -m "slow and not perf and not browser and not office"

test-all: test test-slow  ## all tests

test-browser: install-dev  ## the pages in a real Chromium (Debian's package chromium), with an accessibility check
	@$(PYTEST) --called "make test-browser" -m browser tests/browser

test-office: install-dev  ## files for people in LibreOffice (Debian's package libreoffice-calc-nogui)
	@$(PYTEST) --called "make test-office" -m office tests/office

check: install-dev  ## style, types, import contracts, unused and missing dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry --config pyproject.toml services shared deploy migrations

bench: install-dev  ## speed as ratios against floors measured in the same run
	@$(BIN)/python -m tests.perf

format: install-dev  ## rewrite the code in the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

# uv resolves for every Python and platform at once; no index address is written, so a lock serves mirrors too.
COMPILE = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11
lock:  ## after a change of dependencies: all locks anew (needs uv; pins stay unless pyproject.toml forbids them)
	@$(COMPILE) --extra embedded --group build pyproject.toml -o requirements.lock
	@$(COMPILE) --all-extras --group dev -c requirements.lock \
	  $$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/--no-emit-package \1/p' requirements.lock) pyproject.toml -o requirements-dev.lock
	@$(COMPILE) --group client -o requirements-client.lock

clean:  ## remove the environment and caches; data in .bangdiem stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
