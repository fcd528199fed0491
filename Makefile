# Two commands matter: `make run` and `make test`. Both set up what they need: Python 3.11 or newer is enough.
#   make run     the local world; ONCE=1 ends after the cycles; ARGS="--users 200 --faults flaky" go to the sandbox
#   make test    every test                     make check   format, lint, types, architecture
#   make clean   removes what the others made   make coverage   fails where a branch of the pure core has no test
#   make bench   measures ratios on this machine and writes docs/performance.md
#   make long    hours: what make test does for minutes; STEPS, SEED and SEEDS choose. docs/reliability.md has results
#   make live    by hand only, between two tenants of your own: docs/setup.md says what it does to them

PYTHON ?= python3
BIN    := .venv/bin
CORE   := expressions configuration provisioning cycles setup
NODE   := sandbox/azurite/node_modules
TYPED  := $(wildcard function_app.py functions shared cli sandbox tests bench)
ARGS   ?=

STEPS  ?= 1000000
SEED   ?= 1
SEEDS  ?= 1-200

.PHONY: run test check coverage bench long live bootstrap clean
.DELETE_ON_ERROR:

run: bootstrap
	@if [ -n "$(ONCE)" ] || [ ! -t 1 ]; then set -- --once; fi; exec $(BIN)/python -m sandbox "$$@" $(ARGS)

test: bootstrap
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: bootstrap
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(TYPED)
	$(BIN)/python -m pytest -q tests/test_architecture.py

# Not part of `make test`: tracing makes these tests three times as slow.
coverage: bootstrap
	$(BIN)/python -m coverage run -m pytest -q $(addprefix tests/shared/,$(CORE))
	$(BIN)/python -m coverage report

# Not part of `make test`: a timing is no test.
bench: bootstrap
	$(BIN)/python -m bench $(ARGS)

# Not part of `make test`: it takes a night. It ends at the first thing that is broken, and says how to repeat it.
long: bootstrap
	$(BIN)/python -m tests.machine --steps $(STEPS) --seed $(SEED) --jobs 2
	$(BIN)/python -m tests.machine --life --steps $(STEPS) --seed $(SEED) --jobs 2
	$(BIN)/python -m sandbox campaign --seeds $(SEEDS) --jobs 2

# Nothing else calls it: it makes people in a real tenant, and deletes them again.
live: bootstrap
	$(BIN)/python -m cli.live $(ARGS)

# Each stamp lies in what it vouches for, so that both go together.
bootstrap: .venv/ready $(NODE)/.package-lock.json

.venv/ready: requirements.txt requirements-dev.txt requirements-runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "tenantsync needs Python 3.11, 3.12 or 3.13; PYTHON=/path/to/python3.12 make ... chooses one." >&2; exit 1; }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt --editable .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --ignore-requires-python --no-deps \
	  --requirement requirements-runtime.txt
	@touch $@

$(NODE)/.package-lock.json: .venv/ready sandbox/azurite/package.json sandbox/azurite/package-lock.json
	$(BIN)/python -m sandbox.node ci --prefix sandbox/azurite --omit=dev --ignore-scripts --silent
	@touch $@

clean:
	rm -rf .venv build $(NODE) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
