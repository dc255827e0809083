# Every target creates what it needs first. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup system run test check static tour soak bench server installer words lock clean

help: ## what each command does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(STAMP) ## create .venv and install the locked requirements

$(STAMP): requirements/dev.txt installer/system.sh
	@bash installer/system.sh python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

system: ## install the system libraries (as root), or print the one line to run
	@bash installer/system.sh desktop

run: setup ## open Haven on the desktop
	@bash installer/system.sh desktop-or-say
	@$(BIN)/python -m app || test $$? -eq 2 # 2: there is no screen, and it was said

test: setup system ## run every test
	@bash tests/run.sh

static: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.lint

check: static test ## format, lint, types, import contracts, then every test

tour: setup system ## the main job by real clicks in real windows; pictures and PDFs in out/tour
	@bash tests/tour.sh

soak: setup ## the long survival runs; prints JSON figures
	@bash installer/system.sh soak
	@bash tests/soak.sh

bench: setup ## every measured promise; one JSON object a line
	@bash installer/system.sh bench
	@bash bench/run.sh

server: setup ## start the central server on this computer, keeping its data in out/server
	@bash installer/server.sh

installer: setup system ## a folder in dist/ that runs without Python
	@bash installer/build.sh

words: setup ## collect the texts for translation and compile the catalogue
	@$(BIN)/python -m tests.words

lock: setup ## renew the hash-locked requirements from pyproject.toml
	@bash requirements/lock.sh

clean: ## remove what the other commands made
	rm -rf $(VENV) out build dist
