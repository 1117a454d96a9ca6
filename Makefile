# make run, make test: whatever else they need, they set up themselves in .venv.
# PYTHON=python3.12 chooses the Python, VENV=/elsewhere the place.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)

.PHONY: run test long lint bench mutants dist clean

run: $(VENV)/run.stamp
	@trouble=$$($(BIN)/python -c 'from simulator.display import window_trouble as w; print(w() or "")') || exit 1; \
	if [ -z "$$trouble" ]; then exec $(BIN)/optim-race; fi; \
	echo "$$trouble"; \
	echo "That is what runs now:"; \
	$(BIN)/optim-race run ravine --png ravine.png --csv ravine.csv && \
	echo "The picture is in ravine.png, the numbers are in ravine.csv."

test: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest -q --numprocesses auto --dist worksteal

# To say where a test is, a thread looks at it while it runs, which Python may not survive: not of what takes minutes.
PATIENTLY := --override-ini faulthandler_timeout=1800

# What takes minutes: a day in a classroom, ten thousand acts, the packages that are handed out.
long: $(VENV)/dev.stamp
	@$(BIN)/python -m pytest tests/long -q --numprocesses auto --dist worksteal $(PATIENTLY)

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@PATH="$(abspath $(BIN)):$$PATH" pyright
	@$(BIN)/lint-imports --no-logo

bench: $(VENV)/bench.stamp
	@$(BIN)/python -m pytest tests/benchmarks -q $(PATIENTLY)

# All of them, or MODULES="engine adam"; goes on where it was left.
mutants: $(VENV)/mutation.stamp
	@nice -n 15 $(BIN)/python -m tests.mutation $(MODULES)

dist: $(VENV)/dev.stamp
	@$(BIN)/python -m build --outdir dist .

# A stamp is a set of packages that stands; a changed pyproject.toml installs it anew.
$(VENV)/run.stamp: EXTRAS :=
$(VENV)/dev.stamp: EXTRAS := [dev]
$(VENV)/bench.stamp: EXTRAS := [dev,benchmarks]
$(VENV)/mutation.stamp: EXTRAS := [dev,mutation]
$(VENV)/%.stamp: pyproject.toml
	@set -e; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		found=; bare=; \
		for python in $(PYTHONS); do \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
			if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then found=$$python; break; fi; \
			bare=$$python; \
		done; \
		if [ -z "$$found" ] && [ -n "$$bare" ]; then \
			echo "$$bare cannot make a virtual environment: it lacks the module ensurepip." >&2; \
			echo "On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; \
		elif [ -z "$$found" ]; then \
			echo "optim-race needs Python 3.11 or newer; tried $(PYTHONS)." >&2; \
			echo "Install one, or name it: make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.12" >&2; exit 1; \
		fi; \
		echo "Setting up $(VENV) with $$("$$found" --version) (once; a minute or two) …"; \
		"$$found" -m venv --clear $(VENV); \
	fi; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".$(EXTRAS)" || { \
		echo "The packages could not be installed: is there a network? Then try again." >&2; exit 1; }; \
	touch $@

clean:
	rm -rf $(VENV) dist build mutants .pytest_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
