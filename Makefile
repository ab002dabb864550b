# make demo and make test do everything on a machine with Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lab check bench bench-large bench-segments bench-strategies bench-simulation bench-widgets chaos mutate widgets
.DEFAULT_GOAL := demo

demo: .venv/.base  ## a 20,000-customer bank, the morning jobs, leads, files, reports and mails in var/
	$(BIN)/journeykit demo

test: .venv/.dev  ## every check and test that needs no server and takes no more than minutes
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

lab: .venv/.base  ## JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

check: .venv/.dev  ## lint, format, types, layers, notebooks without outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

widgets: .venv/.dev  ## build the widgets' front end into journeykit/widgets/static
	cd journeykit/widgets/frontend && export PATH="$(CURDIR)/$(BIN):$$PATH" && npm ci && npm run check && npm run build

bench: .venv/.dev  ## ratios to hand-written SQL at 1 M customers, from one run
	$(BIN)/python tests/benchmarks/bench.py

bench-large: .venv/.dev  ## the full build at 10 M customers, run once; needs 30 GB of disk and an hour
	$(BIN)/python tests/benchmarks/large.py

bench-segments: .venv/.dev  ## counts, behaviour, profile and overlap at 10 M customers; needs 20 GB of disk
	$(BIN)/python tests/benchmarks/segments.py

bench-strategies: .venv/.dev  ## a night of 1 M people on a dozen nodes, in SQLite and in PostgreSQL
	$(BIN)/python tests/benchmarks/strategies.py

bench-simulation: .venv/.dev  ## four strategies simulated, and the 30 days that follow; needs 4 GB of disk and an hour or two
	$(BIN)/python tests/benchmarks/simulation.py --folder $$(mktemp -d)/bank

bench-widgets: .venv/.dev  ## what one waits for in JupyterLab at 1 M customers; needs Chromium, 3 GB of disk
	$(BIN)/python -m tests.benchmarks.widgets

mutate: .venv/.dev  ## change the compiler in one place at a time and see whether the spec notices; an hour
	$(BIN)/python -m pip install --quiet -e ".[dev,mutation]"
	$(BIN)/python tests/mutation/mutate.py

chaos: .venv/.dev  ## kill after every rename and every commit, and run again
	$(BIN)/python -m pytest -m slow -s tests/faults

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "journeykit needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.base: pyproject.toml .venv/bin/python
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

.venv/.dev: pyproject.toml .venv/bin/python
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	@touch $@ .venv/.base
