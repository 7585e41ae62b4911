# One verb, one recipe; CI uses the same ones.
PYTHON ?= python3
UV := .tools/bin/uv
RUN := .venv/bin/

.PHONY: help setup demo test check format generate bench docs clean
help:
	@echo 'make demo | test | check | format | generate | bench | docs | clean'

setup: .venv/.synced

.tools/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Vestnik needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …'; exit 2; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.13,<1'

.venv/.synced: .tools/bin/uv pyproject.toml uv.lock
	UV_PYTHON_DOWNLOADS=never $(UV) sync --quiet --frozen --python .tools/bin/python
	@touch $@

CLIENTS := tests/clients/node_modules/.package-lock.json

$(CLIENTS): .venv/.synced tests/clients/package-lock.json
	$(RUN)python scripts/install_test_clients.py
	@touch $@

demo: setup
	$(RUN)vestnik demo

test: setup $(CLIENTS)
	$(RUN)pytest -n auto --dist worksteal

check: setup
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python scripts/generate_core.py --check
	$(RUN)python scripts/generate_notify_types.py --check
	$(RUN)python scripts/generate_configuration.py --check
	$(RUN)python scripts/generate_rest_page.py --check
	$(RUN)python scripts/generate_bot_calls_page.py --check

format: setup
	$(RUN)ruff check --fix .
	$(RUN)ruff format .

generate: setup
	$(RUN)python scripts/generate_core.py
	$(RUN)python scripts/generate_notify_types.py
	$(RUN)python scripts/generate_configuration.py
	$(RUN)python scripts/generate_rest_page.py
	$(RUN)python scripts/generate_bot_calls_page.py
	$(RUN)pybabel compile -q -d src/vestnik/bot/words/locale -D vestnik

bench: setup
	$(RUN)python bench/rpc.py
	$(RUN)python bench/relay.py
	$(RUN)python bench/bot.py
	$(RUN)python bench/gateway.py
	$(RUN)python bench/webhooks.py
	$(RUN)python bench/bridge.py

docs: setup
	$(RUN)sphinx-build -q -W --keep-going -b html docs build/docs
	@echo 'docs: build/docs/index.html'

clean:
	rm -rf .venv .tools .bench build dist .mypy_cache .ruff_cache .pytest_cache
