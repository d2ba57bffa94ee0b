# Lakeside's commands. `make help` lists them; each works in a fresh clone and installs what it needs.

.DEFAULT_GOAL := help
.PHONY: help run dev test check lint format types js bench prove reset assets words lock programs style imports types templates modules

PYTHON := .venv/bin/python
# Node from the machine, or from the environment where the machine has none.
NODE_PATHS := PATH="$$PATH:$(CURDIR)/.venv/bin"
# Where the embedded default keeps its data, as in the settings.
VAR := $(or $(VAR_DIR),var)
PORT ?= 8000
DEMO ?= 1

PYTHON_FOLDERS := workspace chat orgchart accounts audit realtime outbox wire tests bin manage.py
STATIC_FILES := $(shell find static -type f 2>/dev/null)
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)

help: ## Show these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# -------------------------------------------------------------------------------------------- using

run: .venv/installed-run assets ## Serve Lakeside on 127.0.0.1:8000 with a demo company (PORT=8001, DEMO=0)
	@PORT=$(PORT) DEMO=$(DEMO) exec $(PYTHON) manage.py serve

reset: ## Forget the embedded database and everything else under var/
	rm -rf $(VAR)

# --------------------------------------------------------------------------------------- developing

dev: .venv/installed-test assets ## Serve with debug pages and reload on every change
	@DEBUG=1 DEMO=$(DEMO) PORT=$(PORT) $(PYTHON) manage.py serve --prepare-only
	@DEBUG=1 DEMO=$(DEMO) PORT=$(PORT) exec $(PYTHON) manage.py runserver 127.0.0.1:$(PORT)

check: .venv/installed-test node_modules/installed lint js assets ## Lint, types, imports and the quick tests, in less than two minutes
	$(PYTHON) -m pytest -q -n 2 -m "not browser and not slow"

lint: style imports types templates modules ## All checks that only read the code (-k to see the faults of all)

style: .venv/installed-test
	$(PYTHON) -m ruff check --quiet $(PYTHON_FOLDERS)
	$(PYTHON) -m ruff format --quiet --check $(PYTHON_FOLDERS)

imports: .venv/installed-test
	.venv/bin/lint-imports --no-cache --no-logo

types: .venv/installed-test
	$(PYTHON) -m mypy

templates: .venv/installed-test
	$(PYTHON) -m djlint --lint --quiet templates

modules: node_modules/installed
	$(NODE_PATHS) node node_modules/typescript/bin/tsc --project tsconfig.json

format: .venv/installed-test ## Bring Python into shape
	$(PYTHON) -m ruff check --fix $(PYTHON_FOLDERS)
	$(PYTHON) -m ruff format $(PYTHON_FOLDERS)

js: .venv/installed-test ## The JavaScript tests
	$(NODE_PATHS) node --test --test-reporter=spec tests/js/*.test.js

words: .venv/installed-run ## Bring the translations in locale/ up to date with the code, and name what is missing
	$(PYTHON) manage.py words

test: .venv/installed-test node_modules/installed programs assets ## Everything that must hold: checks, all tests, real services and browsers
	$(PYTHON) -m bin.test

bench: .venv/installed-test programs assets ## Measure, and keep the figures in docs/benchmarks/
	$(PYTHON) -m tests.bench

prove: .venv/installed-test programs assets ## Kill everything for a minute and count what was lost
	$(PYTHON) -m tests.prove

lock: .venv/installed-test ## Pin the newest versions that requirements/*.in allow
	$(PYTHON) -m bin.lock

# --------------------------------------------------------------------------------------- the pieces

programs:
	@bin/programs

.venv/installed-run: requirements/run.txt bin/environment
	@bin/environment run

.venv/installed-test: requirements/test.txt requirements/node.txt bin/environment
	@bin/environment test

node_modules/installed: package.json package-lock.json | .venv/installed-test
	$(NODE_PATHS) npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

assets: $(VAR)/static/collected

$(VAR)/words: $(CATALOGUES) | .venv/installed-run
	@$(PYTHON) manage.py words --compile
	@mkdir -p $(VAR) && touch $@

$(VAR)/static/collected: $(VAR)/words $(STATIC_FILES) requirements/run.txt workspace/settings.py workspace/staticfiles.py workspace/modules.py workspace/joining.py | .venv/installed-run
	@DEBUG=0 $(PYTHON) manage.py collectstatic --noinput --verbosity 0
	@touch $@
