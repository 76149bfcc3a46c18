.DEFAULT_GOAL := help
.PHONY: help run test days coverage endurance check format lint types imports templates map migration bench screenshots lock setup

BIN := .venv/bin
# T=tests/unit/platform/ics runs some of the tests. N is how many processes run them: twice as many as two
# cores, since a quarter of the time is waiting for browsers, mail servers and processes that stop.
T ?=
N ?= 4
PYTEST = $(BIN)/pytest -n $(N) --dist loadfile --no-loadscope-reorder $(T)

# Tests and `make run` start many processes: Python keeps what it compiled, whatever the machine
# says, instead of compiling all of it at each start (two to three seconds).
unexport PYTHONDONTWRITEBYTECODE

help:  ## Print this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run:  ## Serve the application with demo data (HOST and PORT say where)
	@python3 tools/setup.py run
	@echo 'run: bringing the database up to date, with demo data if it is empty'
	@$(BIN)/coopoutreach demo load --if-empty
	@$(BIN)/coopoutreach serve

test: setup  ## Run every test
	$(PYTEST)

days: setup  ## Run every test at each day and hour that has been troublesome
	$(BIN)/python -m tools.days -n $(N) $(T)

coverage: setup  ## Run every test, on both engines, and measure what they reach: 95 %, with branches
	BOTH_ENGINES=1 $(PYTEST) --cov --cov-report=term

endurance: setup  ## Run the long form of the tests of kills, of crowds and of what people do
	ENDURANCE=1 $(PYTEST) -m endurance

check: lint types imports templates  ## Check everything: style, types, imports, templates, tests
	$(PYTEST)

setup:
	@python3 tools/setup.py test

lint: setup  ## Check the style of the code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --severity-level medium --recursive coopoutreach

types: setup  ## Check the types
	$(BIN)/mypy

imports: setup  ## Check which package imports which
	$(BIN)/lint-imports --no-logo

templates: setup  ## Check the templates
	$(BIN)/djlint templates --check --lint --quiet

format: setup  ## Rewrite code and templates in the one style
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet || true

map: setup  ## Rewrite docs/map.md
	$(BIN)/python tools/code_map.py

migration: setup  ## Write a migration: make migration M="what it does"
	$(BIN)/flask --app wsgi db migrate --message "$(M)"

bench: setup  ## Measure, each figure beside its floor; also writes build/bench.json
	$(BIN)/python -m bench

screenshots: setup  ## Take pictures of the main pages into build/screenshots/
	$(BIN)/python -m tools.screenshots

lock: setup  ## Pin requirements/*.in again; needs uv
	cd requirements && for list in run build test; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade $$list.in --output-file $$list.txt; \
	done
