# Every command of the house. The work is done by tools/house.py (standard library only).
PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOUSE = $(PYTHON) tools/house.py

.DEFAULT_GOAL := help
.PHONY: help start setup demo test journeys check fix messages migrations lock bench bench-matching prove prove-matching clean

help: ## this list
	@grep -hE '^[a-z-]+: ##' $(MAKEFILE_LIST) | sed 's/: ## /\t/' | awk -F'\t' '{printf "  make %-15s %s\n", $$1, $$2}'

start: ## from nothing to a served page with training data (PORT=8010 chooses the port)
	@$(HOUSE) start

setup: ## environment, packages, static files; afterwards .venv/bin/rangkul is the command line
	@$(HOUSE) setup

demo: ## database, city and training data, and who can sign in
	@$(HOUSE) demo

test: ## everything that must pass (ONLY=check,sqlite,postgres,journeys chooses; SEED repeats an order; ARGS goes to pytest)
	@$(HOUSE) test

journeys: ## only the browser tests
	@ONLY=journeys $(HOUSE) test

check: ## format, lint, types, import contracts, city data, migrations, translations
	@$(HOUSE) check

fix: ## format and safe lint fixes
	@$(HOUSE) fix

messages: ## take new words into the English catalogue and say what lacks a translation
	@$(HOUSE) messages

migrations: ## write the migrations that the models ask for
	@$(HOUSE) migrations

lock: ## resolve the locks again after a change of requirements.in or package.json
	@$(HOUSE) lock

bench: ## measure speed; prints JSON (SIZE=10k,100k or 1M)
	@$(HOUSE) bench $(if $(SIZE),--size $(SIZE)) $(ARGS)

prove: ## the long proofs: crashes, contests, fuzzing; prints JSON
	@$(HOUSE) prove $(ARGS)

bench-matching: ## who recognises whom: ours, Splink, pg_trgm, RapidFuzz on the same invented worlds (ARGS="--size 20k --seed 41")
	@$(HOUSE) bench-matching $(ARGS)

prove-matching: ## is the matcher honest: calibration, error rates by group, independence; writes the figures of the docs
	@$(HOUSE) prove-matching $(ARGS)

clean: ## forget environment and built files (never var/, where data and keys live)
	@rm -rf .venv node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
