# Everything runs from .venv, which any target makes by itself from requirements.lock.
# Hand arguments on with ARGS:  make demo ARGS="--no-browser"   make test ARGS="-k votes"

# The locks hold for 3.11 and 3.12; 3.13 wants packages that they leave out.
PYTHON ?= $(shell for python in python3.11 python3.12 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
# Some tests wait for a process most of the time, so there are more workers than cores.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

.DEFAULT_GOAL := help
.PHONY: help demo browser test soak check run docs bench lock audit clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-7s %s\n' "$$name" "$$what"; done
	@echo '  Arguments go in ARGS, as in: make test ARGS="-k votes"'

demo: $(READY) ## Try Paperclub on a simulated server in your browser; needs no token
	@$(BIN)/paperclub demo $(ARGS)

test: $(READY) ## Run the tests (offline), in minutes
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

soak: $(READY) ## Run the seeded tests at length; ARGS="--minutes 30" bounds it
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --soak $(ARGS)

check: $(READY) ## Lint, types, who imports whom, migrations against the models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@echo "alembic check, on a new database"
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	export PAPERCLUB_DATABASE_URL="sqlite+aiosqlite:///$$scratch/check.db" && \
	$(BIN)/alembic upgrade head && $(BIN)/alembic check

browser: $(READY) ## Click through the demo in a headless Chromium (needs playwright and chromium)
	@$(BIN)/python -m tests.demo.browser $(ARGS)

run: $(READY) ## Run the bot for real; reads DISCORD_TOKEN from the environment or .env
	@$(BIN)/paperclub run $(ARGS)

docs: $(READY) ## Write docs/commands.md from the commands themselves
	@$(BIN)/python -m tests.docs.commands

bench: $(READY) ## Time what ought to be quick
	@$(BIN)/python -m tests.benchmarks $(ARGS)

# A local folder of wheels would hide other platforms' files, and so their hashes, from the lock.
COMPILE = env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet

lock: $(READY) ## Write the locks anew; ARGS="--upgrade" takes newer versions (network)
	$(COMPILE) --all-extras --output-file requirements.lock $(ARGS) pyproject.toml
	$(COMPILE) --constraint requirements.lock --output-file requirements-run.lock $(ARGS) pyproject.toml

audit: $(READY) ## Look the locked versions up among known vulnerabilities (network)
	$(BIN)/pip-audit --disable-pip --require-hashes --requirement requirements.lock $(ARGS)

clean: ## Remove .venv and caches; your data stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Paperclub needs Python 3.11 (3.12 does too) and found neither. Name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { echo "Making $(VENV) (once, about a minute)"; $(PYTHON) -m venv --clear $(VENV); }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --requirement requirements.lock
	@PYTHONWARNINGS="ignore:Editable installation" $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
