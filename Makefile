# Parley. `make run` is all a laptop needs; `make help` lists the rest.

PYTHON3 = python3
HOST = 127.0.0.1
PORT = 8000
DEMO =
TLS =
TLS_PORT = 8443
PYTEST =
AGAIN =

VENV = .venv
PYTHON = $(VENV)/bin/python
CACHE = .cache
UV := $(shell command -v uv 2>/dev/null)
INSTALL = $(if $(UV),$(UV) pip install --quiet --python $(PYTHON),$(PYTHON) -m pip install --quiet --disable-pip-version-check)
COMMA = ,
SPACE = $(subst ,, )
BENCH_VENV = benchmarks/.venv
BENCH = $(BENCH_VENV)/bin/python -m benchmarks
SYSTEMS =
WORK =
ROUNDS = 3
IN_FULL = tests/conformance tests/fuzz tests/journeys/test_offline.py tests/journeys/test_long_days.py \
	tests/journeys/test_admin_acts.py tests/admin/test_at_size.py tests/deploy
PROMISES_ON_BOTH_DATABASES = $(wildcard tests/models tests/queries tests/services tests/statements)

.DEFAULT_GOAL = help
.PHONY: help run cluster test on-sqlite on-postgres test-fast prove chaos bench bench-quick bench-env lighthouse check lint audit types proto system-deps clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

# --- Run --------------------------------------------------------------------------------------------------------------

# Another address than the loopback is opened to the names and addresses this machine has.
ifeq ($(filter 127.0.0.1 localhost ::1,$(HOST)),)
NAMES = localhost 127.0.0.1 ::1 $(filter-out 0.0.0.0 ::,$(HOST)) $(shell hostname) $(shell hostname -I 2>/dev/null)
run: export ALLOWED_HOSTS ?= $(subst $(SPACE),$(COMMA),$(foreach name,$(NAMES),$(if $(findstring :,$(name)),[$(name)],$(name))))
endif

run: $(VENV)/.run ## start the chat; HOST=, PORT= and DEMO=1 (people and rooms to look at) may follow
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py prepare --free --host $(HOST) --port $(PORT) $(if $(DEMO),--demo)
	@exec $(PYTHON) manage.py serve --host $(HOST) --port $(PORT)

cluster: $(VENV)/.dev ## nginx, four workers, PostgreSQL and Redis to try, thrown away at the end; PORT=, TLS=1 (TLS_PORT=), DEMO=1
	@exec $(PYTHON) -m deploy.cluster --port $(PORT) --https-port $(TLS_PORT) $(if $(TLS),--tls) $(if $(DEMO),--demo)

# --- Test -------------------------------------------------------------------------------------------------------------

test: $(VENV)/.dev ## all tests, on SQLite and PostgreSQL side by side, with coverage; REQUIRE_ALL=1 fails on a skip
	@$(PYTHON) -m coverage erase
	@$(MAKE) --no-print-directory --jobs 2 on-postgres on-sqlite
	@$(PYTHON) -m coverage combine --quiet
	$(PYTHON) -m coverage report
	$(PYTHON) -m coverage report --include='chat/domain/*,chat/services/*' --fail-under=100

# Each has a cache of its own, for they run side by side. With AGAIN=1 what failed is run once more, alone: pytest ends with 1
# only if all tests were run and some failed.
PYTEST_ON = $(PYTHON) -m coverage run -m pytest -o cache_dir=$(CACHE)/pytest-$@
ONCE_MORE = [ $$? -eq 1 ] && [ -n '$(AGAIN)' ] && echo 'Once more, alone: what failed' \
	&& $(PYTEST_ON) --last-failed --last-failed-no-failures none --maxfail 10 $(PYTEST)

# Most of these tests wait for servers to start, so three at a time keep two cores busy. The files
# come by their number of tests: folder by folder all browsers would run at the same time, and the whole took longer.
on-sqlite: $(VENV)/.dev
	$(PYTEST_ON) --numprocesses 3 --dist loadfile $(PYTEST) || { $(ONCE_MORE); }

on-postgres: export TEST_DATABASE = postgres
on-postgres: $(VENV)/.dev
	$(PYTEST_ON) $(PYTEST) $(PROMISES_ON_BOTH_DATABASES) || { $(ONCE_MORE) $(PROMISES_ON_BOTH_DATABASES); }

test-fast: $(VENV)/.dev ## the tests that start no server
	$(PYTHON) -m pytest -m 'not servers' $(PYTEST)

prove: $(VENV)/.dev ## the promises at their full size on real servers, with what was measured; nothing skipped
	REQUIRE_ALL=1 PROVE=1 $(PYTHON) -m pytest --timeout=1800 $(PYTEST) tests/services/test_histories.py
	REQUIRE_ALL=1 PROVE=1 $(PYTHON) -m pytest --capture=no --timeout=1800 $(PYTEST) $(IN_FULL)
	THROUGH=nginx REQUIRE_ALL=1 $(PYTHON) -m pytest --timeout=1800 $(PYTEST) tests/conformance
	THROUGH=tls REQUIRE_ALL=1 $(PYTHON) -m pytest --timeout=1800 $(PYTEST) tests/conformance
	$(MAKE) --no-print-directory chaos
	$(MAKE) --no-print-directory bench-quick

chaos: $(VENV)/.dev ## all breaks under load, once or for CHAOS_SECONDS=3600; prints loss, doubles and the longest silence
	REQUIRE_ALL=1 $(PYTHON) -m pytest --capture=no $(PYTEST) tests/conformance/chaos.py

bench: bench-env ## speed beside peers: measure and append, then make the page; SYSTEMS=, WORK= and ROUNDS= may follow
	@$(BENCH) run --systems '$(SYSTEMS)' --work '$(WORK)' --rounds $(ROUNDS)
	@$(BENCH) report

bench-quick: bench-env ## the load of `make bench` on the chat alone, briefly: fails when anything is lost, doubled or out of order
	@$(BENCH) quick

lighthouse: $(VENV)/.dev ## what Lighthouse says of a busy room on a phone; fails below 95
	@$(PYTHON) -m tests.lighthouse

check: lint types test ## everything that must hold before a commit

lint: $(VENV)/.dev ## style, floors of the house, missing migrations
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(VENV)/bin/lint-imports
	PARLEY_DATA_DIR=$(CACHE)/lint $(PYTHON) manage.py makemigrations --check --dry-run

audit: $(VENV)/.dev ## known faults of what is installed; says so where nobody can be asked
	@$(PYTHON) .ci/audit.py

types: $(VENV)/.dev ## mypy
	PARLEY_DATA_DIR=$(CACHE)/lint $(PYTHON) -m mypy

# --- Make -------------------------------------------------------------------------------------------------------------

# Debian's python3 may lack what `venv` needs; pip can still put virtualenv beside it without touching the system.
$(VENV)/.made:
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Parley needs Python 3.11 or newer: make PYTHON3=/path/to/python3 ...'; exit 1; }
	@echo 'Making $(VENV) ...'
	@$(if $(UV),$(UV) venv --quiet --allow-existing --python $(PYTHON3) $(VENV) ||) \
		$(PYTHON3) -m venv $(VENV) >/dev/null 2>&1 \
		|| { rm -rf $(VENV) && $(PYTHON3) -m pip install --quiet --target $(CACHE)/virtualenv virtualenv \
			&& PYTHONPATH=$(CACHE)/virtualenv $(PYTHON3) -m virtualenv --quiet $(VENV); } 2>/dev/null \
		|| { rm -rf $(VENV); echo 'This Python cannot make environments. Type: sudo apt-get install python3-venv'; exit 1; }
	@touch $@

$(VENV)/.run: requirements.txt | $(VENV)/.made
	@echo 'Installing what Parley needs ...'
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt | $(VENV)/.made
	@echo 'Installing what the tests need ...'
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# The generator and the peers have an environment of their own, so that the tests do without them.
bench-env:
	@$(MAKE) --no-print-directory VENV=$(BENCH_VENV) $(BENCH_VENV)/.bench

$(VENV)/.bench: benchmarks/requirements.txt requirements-dev.txt requirements.txt | $(VENV)/.made
	@echo 'Installing what the benchmarks need ...'
	@$(INSTALL) -r benchmarks/requirements.txt
	@npm ci --prefix benchmarks/peers/node --no-audit --no-fund --ignore-scripts --loglevel=error \
		|| echo 'No npm packages: the peers of Node will be absent.'
	@touch $@

proto: $(VENV)/.dev ## what is generated from chat.proto and the shapes: the code of Protobuf, the fixtures of all formats
	$(PYTHON) -m grpc_tools.protoc -I chat/static/chat --python_out=chat/wire chat.proto
	$(PYTHON) -m tests.wire.make_fixtures

system-deps: ## what the tests need beside Python, on Debian as root
	apt-get update --quiet --quiet
	DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends \
		chromium curl fonts-noto-color-emoji gettext-base nginx systemd $(if $(shell command -v npm),,nodejs npm)

clean: ## remove what make made; data/ stays
	rm -rf $(VENV) $(BENCH_VENV) $(CACHE) .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache test-results build *.egg-info
	find chat config parley_client tests -name __pycache__ -prune -exec rm -rf {} +
