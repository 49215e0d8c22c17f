# `make` alone lists the verbs. Everything is set up below .venv and var; PYTHON chooses the system's Python.
PYTHON ?= python3
BIN := .venv/bin
CHECK ?=
.DEFAULT_GOAL := help
# Compiled code is kept: without it a third of `make test-fast` is compiling.
unexport PYTHONDONTWRITEBYTECODE
# Modules that load torch or another large library as soon as they are collected, and the tests of pages.
LEFT_OUT := --ignore-glob="*/test_vlm*" --ignore-glob="*/test_*pages.py" --ignore=tests/browser $(foreach name,benchmarks/tests/test_chat statistics/tests/test_paired statistics/tests/test_preference,--ignore=apps/$(name).py) $(foreach name,engine memory vision_models serve,--ignore=inference/tests/test_$(name).py)
.PHONY: help demo stop test test-fast lint format install install-tests clean

help: ## list these verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: install ## set up, start everything, print the address and the sign-ins; CHECK=1 walks the whole path alone
	@$(BIN)/python manage.py up $(if $(filter-out 0 no,$(CHECK)),--check)

stop: ## stop the site that `make demo` started
	@$(BIN)/python manage.py up --stop

test: install-tests lint ## all that CI runs: linters, types, contracts, PostgreSQL, a real worker, Chromium
	$(BIN)/python sbs_platform/setup/system.py chromium
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-fast: install-tests ## under a minute: no page, no worker, no model, nothing slow
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not (browser or worker or model or slow)" $(LEFT_OUT)

lint: install-tests ## style, types, contracts, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: install-tests ## put the code into the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install:
	@$(PYTHON) sbs_platform/setup/install.py
	@$(PYTHON) sbs_platform/setup/system.py tesseract

install-tests:
	@$(PYTHON) sbs_platform/setup/install.py --tests
	@$(PYTHON) sbs_platform/setup/system.py tesseract

clean: ## remove what tests and checks left; the demo's data in var stay
	rm -rf var/test var/check test-results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
