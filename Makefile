# Two commands do all the set-up: `make scan` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: scan test lint bench lock clean
.DELETE_ON_ERROR:

scan: $(VENV)/run.stamp  ## set up, then scan the example fleet
	$(BIN)/cellwarden scan examples/northgate

test: $(VENV)/dev.stamp  ## set up, then run every test
	$(BIN)/python -m pytest -n 2 $(TESTS)

lint: $(VENV)/dev.stamp  ## style, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.stamp  ## measure, and write docs/benchmarks.md
	$(BIN)/python bench/run.py

lock: $(VENV)/dev.stamp  ## renew the hash-locked requirements
	for kind in run dev bench-vdb bench-cve-bin-tool; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate --no-strip-extras \
	    --upgrade requirements/$$kind.in -o requirements/$$kind.txt; \
	done

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
