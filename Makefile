# Two commands matter: make demo and make test. Both need Python 3.11 or later and nothing else.
PYTHON ?= python3
# How the tests are spread over processes: WORKERS="-n auto" takes all cores, WORKERS= takes one process.
WORKERS ?= -n 2 --dist loadscope
# More words for pytest: make test ARGS="tests/kernel -x"
ARGS ?=
# How large the data of make prove and make bench are: small or full.
SIZE ?= small

PY := .venv/bin/python
BOOTSTRAP = $(PYTHON) tools/bootstrap.py
# Tests start many processes: what they import is compiled once for all, and beside the sources nothing is written.
PYTEST := env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/var/pycache $(PY) -m pytest
# Checks of the sources need no database and must not find one.
NO_SERVERS := env -u DATABASE_URL -u DATABASE_OWNER_URL -u DATABASE_ADMIN_URL -u REDIS_URL
# What a deployment sets; the values guard nothing, they are there so that only real faults are reported.
DEPLOYED := env AGORA_SECRET_KEY=$$(printf 'check-only-%.0s' 1 2 3 4 5 6) AGORA_KEK=Y2hlY2stb25seS1rZXktb2YtMzItYnl0ZXMtbG9uZyE=

.DEFAULT_GOAL := help
.PHONY: demo test browse matrix processes prove check bench lint fmt messages clean help

demo: ## Serve a furnished house on http://127.0.0.1:8000 (HOST=, PORT=)
	@$(BOOTSTRAP) demo
	@$(PY) -m config.supervisor demo

test: ## Run the suite on PostgreSQL and Valkey of its own; the next four are the rest of it (ARGS=, WORKERS=)
	@$(BOOTSTRAP) dev
	$(PYTEST) -m "not prove and not browser and not matrix and not processes" $(WORKERS) $(ARGS)

browse: ## Open every page in Chromium: keyboard, accessibility, journeys (ARGS=, WORKERS=)
	@$(BOOTSTRAP) dev
	$(PYTEST) -m "browser and not prove" $(WORKERS) $(ARGS)

matrix: ## Every address with every caller and every wrong body; make test runs an eighth (ARGS=, WORKERS=)
	@$(BOOTSTRAP) dev
	$(PYTEST) -m "matrix and not prove" $(WORKERS) $(ARGS)

processes: ## Servers, workers and clusters of their own: live streams, boots, kills (ARGS=, WORKERS=)
	@$(BOOTSTRAP) dev
	$(PYTEST) -m "processes and not prove and not browser" $(WORKERS) $(ARGS)

prove: ## Kills, races and large data (SIZE=small or full, ARGS=, WORKERS=)
	@$(BOOTSTRAP) dev
	AGORA_PROVE_SIZE=$(SIZE) $(PYTEST) -m prove $(WORKERS) $(ARGS)

bench: ## Print figures (SIZE=small or full, ARGS=)
	@$(BOOTSTRAP) test
	AGORA_BENCH_SIZE=$(SIZE) $(PY) -m benchmarks $(ARGS)

check: lint ## Everything that needs no server: style, types, borders, Django's checks
	$(NO_SERVERS) $(PY) manage.py check
	$(NO_SERVERS) $(DEPLOYED) $(PY) manage.py check --deploy --fail-level WARNING
	$(NO_SERVERS) $(PY) manage.py makemigrations --check --dry-run

lint: ## Style, types and borders between modules
	@$(BOOTSTRAP) dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()"
	$(PY) tools/lint_scope.py

fmt: ## Format the sources and mend what can be mended
	@$(BOOTSTRAP) dev
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

messages: ## Collect what is to translate into locale/, and compile what is translated
	@$(BOOTSTRAP) demo
	$(PY) -m tools.messages

clean: ## Remove all data under var, what lies elsewhere for them, and caches; .venv stays
	@$(PYTHON) -m config.embedded erase var/demo var/test var/bench
	rm -rf var .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage staticfiles
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
