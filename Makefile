# `make help` lists every target.
PYTHON ?= python3
BIN := .venv/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test check agree fuzz attack spark mutants chaos bench docs coverage format wheel clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $$($(PYTHON) --version) is here. Name another: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -e .
	@touch $@

.venv/developing: .venv/installed
	$(BIN)/pip install --quiet -e '.[dev]'
	@touch $@

install: .venv/installed ## make .venv with the pinned packages

demo: .venv/installed ## a made-up practice of 10,000 patients, from extract to candidate list
	$(BIN)/instep-cohort demo --out demo

test: .venv/developing ## run the tests
	$(BIN)/python -m pytest -n auto

check: .venv/developing ## lint, types, codelists
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/instep-cohort codelists check

agree: .venv/developing ## 2,000 made-up studies: the engines against the reference
	INSTEP_STUDIES=2000 $(BIN)/python -m pytest -n 2 --dist loadgroup tests/generative/test_agreement.py

fuzz: .venv/developing ## 20,000 damaged extracts: no traceback, no lost row, no half store
	INSTEP_FUZZ=$(or $(INPUTS),20000) $(BIN)/python -m pytest -n 2 tests/extracts/test_fuzz.py

mutants: .venv/developing ## break clauses and safety rules on purpose: the tests must notice
	$(BIN)/python tests/mutants/break_clauses.py $(BROKEN)
	$(BIN)/python tests/mutants/break_safety.py $(BROKEN)

chaos: .venv/developing ## kill what writes a ledger, or invites, 200 times: nothing is lost
	$(BIN)/python tests/recruitment/ledger_chaos.py --kills 200
	$(BIN)/python tests/recruitment/invite_chaos.py --kills 200

attack: .venv/developing ## 2,000 made-up releases and 250 practices attacked: nothing small is recovered
	INSTEP_ATTACKS=2000 $(BIN)/python -m pytest -n 2 tests/disclosure/test_attack.py tests/recruitment/test_counts_attack.py

spark: .venv/developing ## 100 made-up studies: Spark against the reference (needs Java 17)
	INSTEP_SPARK_STUDIES=100 $(BIN)/python -m pytest tests/generative/test_spark_agreement.py

bench: .venv/developing ## time the library against hand-written SQL, Polars and pandas
	$(BIN)/python benchmarks/run.py

docs: .venv/developing ## render the pages that come from tables and commands
	$(BIN)/python docs/build_reference.py
	$(BIN)/python docs/build_tiers.py

coverage: .venv/developing ## the tests, with the branches that they cover
	$(BIN)/python -m pytest --cov --cov-report=term

format: .venv/developing ## put the source into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: .venv/developing ## build the package into dist/
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove everything that was made
	rm -rf .venv demo dist build .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
