# Everything runs from the root of the repository; `make help` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
# Two tests at a time: each worker starts its own PostgreSQL and its own Chromium.
WORKERS ?= 2

# A folder named `platform` lies inside the package: never put the folder of a script on the path.
export PYTHONSAFEPATH := 1

SOURCES := diancai tests benchmarks bootstrap.py
WORDS := diancai/translations

.PHONY: help demo serve test bench drill agreement browser check format migration messages installed installed-dev

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: installed ## Sample street on 127.0.0.1:8000 (PORT=, HOST=; RESET=1 starts afresh)
	@$(BIN)/diancai demo

serve: installed ## Web processes and the worker, on the database that the environment names
	@$(BIN)/diancai serve

test: installed-dev ## All tests: unit, property, both databases, browser (ARGS= for pytest)
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not alone" $(ARGS)
	@$(BIN)/python -m pytest -m alone $(ARGS)

bench: installed-dev ## The count beside pabutools, the cast beside a bare route: ratios of one run
	@$(BIN)/python -m benchmarks

drill: installed-dev ## Faults while people vote: kill -9, restarts, a full disk, a wrong clock (about five minutes)
	@$(BIN)/python -m benchmarks.drill

agreement: installed-dev ## The winners of every rule beside pabutools, on every file at hand (hours; SECONDS=5 for each count)
	@$(BIN)/python -m benchmarks.agreement $(SECONDS)

browser: installed-dev ## Only the tests that drive Chromium
	@$(BIN)/python -m pytest -n $(WORKERS) -m browser $(ARGS)

check: installed-dev ## Everything that is proved without running the tests
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint diancai/templates --lint --quiet
	$(BIN)/diancai check

format: installed-dev ## Put the code in the house's shape
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

migration: installed-dev ## Write a migration from the models (NAME="add stations"); read it before you commit it
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="add stations"'; exit 2; }
	$(BIN)/diancai db revision "$(NAME)"

messages: installed-dev ## Collect the words on screen and bring the English catalogue up to date
	$(BIN)/pybabel --quiet extract -F $(WORDS)/babel.cfg -k lazy_gettext -k _l --sort-output --no-location \
		--project=diancai -o .venv/messages.pot diancai
	$(BIN)/pybabel --quiet update -i .venv/messages.pot -d $(WORDS) -l en --init-missing \
		--no-fuzzy-matching --no-wrap --ignore-obsolete --ignore-pot-creation-date

installed:
	@$(PYTHON) bootstrap.py

installed-dev:
	@$(PYTHON) bootstrap.py dev
