# Two commands do everything: `make demo` shows the wizard at work, `make test` proves that it works.
# Each makes what it needs: a virtual environment in .venv and, for the lab, Debian's packages (see tests/lab/README.md).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# What the program itself takes, and no more: enough for the practice router.
RUNS := $(VENV)/runs
# Each worker has a network of its own, so the labs of several tests run side by side.
WORKERS ?= 2

.PHONY: demo test check lab matrix packaging faults bench screenshots clean

demo: $(RUNS)
	$(BIN)/pptp-wizard demo

# Of the longest tables a sample, others each day: `make lab` and `make matrix` run more of them.
test: check
	LAB_MATRIX=sample $(MAKE) lab

check: $(READY)
	$(BIN)/python -m tests.prepare
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -m "not lab" -n $(WORKERS) --ignore tests/practice
	# The stand-ins have workers of their own: they fork, and end processes.
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -m "not lab" -n $(WORKERS) tests/practice

lab: $(READY)
	$(BIN)/python -m tests.lab prepare
	$(BIN)/python -m tests.lab enter $(BIN)/python -m pytest -m lab -n $(WORKERS)

# Every case of the tests of which `make lab` and `make check` run a sample, and a million packets for each machine of the
# protocol.
matrix: $(READY) packaging
	PPTP_FUZZ=whole $(BIN)/python -m pytest -n $(WORKERS) tests/pptp
	PRACTICE=whole $(BIN)/python -m pytest -n $(WORKERS) tests/practice/test_demo.py
	$(BIN)/python -m tests.lab prepare
	LAB_MATRIX=whole $(BIN)/python -m tests.lab enter $(BIN)/python -m pytest -m lab -n $(WORKERS)

# Wheel and sdist installed afresh; the fast tests with the lowest versions allowed, and on the newest Python that is here.
# This alone asks the package registry for more than `make demo` and `make check` do.
packaging: $(READY)
	$(BIN)/python -m tests.packaging

# Every fault at every point of a change, or at so many of each column; build/fault-report.md says what became of the router.
FAULTS ?= whole

faults: $(READY)
	$(BIN)/python -m tests.lab prepare
	LAB_MATRIX=whole LAB_FAULTS=$(FAULTS) $(BIN)/python -m tests.lab enter $(BIN)/python -m pytest -m lab -n $(WORKERS) \
		--dist worksteal tests/lab/test_faults.py

bench: $(READY)
	$(BIN)/python -m tests.lab prepare
	$(BIN)/python -m tests.lab enter $(BIN)/python -m tests.bench

# Pictures of real runs in front of the practice router; a test fails when they are not what the program shows.
screenshots: $(READY)
	$(BIN)/python -m screenshots

$(RUNS): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
