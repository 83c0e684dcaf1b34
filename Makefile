# One machine with Python 3.11 and make is enough: `make demo` does the rest.
PYTHON ?= python3
VENV   := .venv
PIP    := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
LOCK   := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-header --no-annotate pyproject.toml --group build

.PHONY: setup setup-dev setup-spark demo test lint format bench lock clean

setup: $(VENV)/.ready          ## what a user needs: .venv/bin/recobro
setup-dev: $(VENV)/.ready-dev  ## and what the tests and checks need
setup-spark: $(VENV)/.ready-spark

demo: setup                    ## a sample bank, lived, closed and reported
	$(VENV)/bin/recobro demo

# Modules go by their names: by their numbers of tests, those with few long ones came last, and one
# of the two waited. What one program has compiled, the hundreds that follow need not compile again.
test: setup-dev                ## every test
	env -u PYTHONDONTWRITEBYTECODE \
	    $(VENV)/bin/pytest -n 2 --dist loadscope --no-loadscope-reorder $(PYTEST_OPTIONS)

lint: setup-dev                ## what is checked without running the code
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python scripts/house_numbers.py

format: setup-dev
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

bench: setup-dev               ## speed and memory, side by side in one run
	$(VENV)/bin/python -m benchmarks $(BENCH_OPTIONS)

lock:                          ## renew the locked dependencies (needs uv)
	$(LOCK) --upgrade --extra postgres --extra connectors --group dev -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt -o requirements/base.txt
	$(LOCK) -c requirements/dev.txt --extra spark -o requirements/spark.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache \
	       .coverage coverage.json build dist spark-warehouse metastore_db derby.log
	find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp stands for its lock file: nothing is asked of pip while both locks and project stay.
# A lock is complete, so pip resolves nothing: asked to, it may prefer a release newer than the
# locked one for a package that another wants with an extra, and then finds no hash for it.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Recobro needs \
	Python 3.11 or later, and $(PYTHON) is none. Name one: make $(MAKECMDGOALS) PYTHON=python3.12" \
	>&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks its venv module. \
	Install it (Debian, Ubuntu: apt install python3-venv) and run make again" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready: requirements/base.txt pyproject.toml | $(VENV)/.python
	$(PIP) install --no-deps --require-hashes -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements/dev.txt $(VENV)/.ready
	$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.ready-spark: requirements/spark.txt $(VENV)/.ready
	$(PIP) install --no-deps --require-hashes -r requirements/spark.txt
	@touch $@
