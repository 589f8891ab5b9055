# Each recipe does all of its set-up, on a machine that has python3 (with venv and pip) and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .tools/bin/uv
SYNC = UV_PYTHON=$(PYTHON) UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy $(UV) sync --locked --quiet --inexact --no-install-package uv --reinstall-package babel
# uv is there already, in .tools: a second one would be 38 MB.
LINK := ln -sf ../../.tools/bin/uv .venv/bin/uv
# Babel knows a thousand locales (33 MB), of which Parley can only ask for those that it speaks.
SPOKEN := root $(foreach file,$(wildcard config/locales/*.ftl),$(firstword $(subst -, ,$(basename $(notdir $(file))))))
TRIM := find .venv/lib -path '*/babel/locale-data/*.dat' $(foreach one,$(SPOKEN),! -name '$(one).dat' ! -name '$(one)_*.dat') -delete
# Where Python may not write its bytecode, every process would compile all that it imports anew, the tests' included.
export PYTHONDONTWRITEBYTECODE :=
COMPILE := .venv/bin/python -m compileall -q bots cli config core plugins trainer sdk/parley

EXTRAS := web terminal discord slack telegram plugins mcp tasks
# Further extras to install, such as `make install MORE="postgres"`.
MORE ?=
TRAINING ?= .training
# Options of the demo, such as `make loop-demo LOOP="--real --pairs 800"`; `python -m benchmarks.loop --help` lists them.
LOOP ?=

.PHONY: help run install test test-slow faults train-test loop-demo check format bench lock clean more

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: install ## Set up and open the web chat on this machine
	.venv/bin/parley run

install: .venv/installed ## Set up without running (MORE="postgres" adds extras); the command is .venv/bin/parley

test: .venv/tested ## Set up and pass the tests, but for those that take a second or more each
	.venv/bin/pytest -m "not slow and not sweep and not training" -n 4 --dist worksteal $(PYTEST)

# These wait for processes and servers half of their time, so six at once keep two cores busy.
test-slow: .venv/tested ## The others: each starts processes, servers or a browser, or does a great deal
	.venv/bin/pytest -m "slow and not sweep and not training" -n 6 --dist worksteal

faults: .venv/tested ## The slow sweeps: kills at every step, everything as everybody, the box as nobody
	.venv/bin/pytest -m "sweep or hypothesis" --hypothesis-profile=many -n 2 --dist worksteal

train-test: .venv/tested ## Install torch and what trains with it, and test that: tiny models, and what is served of them
	.venv/bin/python -m core.training.environment $(TRAINING)
	PARLEY_TRAINING_ENVIRONMENT=$(abspath $(TRAINING)) .venv/bin/pytest -m training tests/trainer

loop-demo: .venv/tested ## Simulated people rate, a model is trained, others compare it, it is promoted: three times (LOOP=--real)
	.venv/bin/python -m core.training.environment $(TRAINING)
	.venv/bin/python -m benchmarks.loop --environment $(TRAINING) $(LOOP)

check: .venv/tested ## Style, types, layers and sizes, the lock file and advisories about it
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/pytest -q -p no:cacheprovider tests/test_imports.py tests/test_sizes.py
	$(UV) lock --check --quiet
	.venv/bin/python -m plugins.host.install.advisories config/advisories.json uv.lock

format: .venv/tested ## Put the code into its one format
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: .venv/tested ## Measure all figures against their bars; exit code 1 if one is missed
	.venv/bin/python -m benchmarks

lock: $(UV) ## Choose the newest versions that fit, and lock them
	$(UV) lock --upgrade

clean: ## Remove what the recipes made
	rm -rf .venv .tools .training .loop-demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(UV):
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9'
	$(UV) pip uninstall --quiet --python .tools/bin/python pip setuptools

.venv/installed: pyproject.toml uv.lock $(UV) $(if $(MORE),more)
	$(SYNC) $(foreach extra,$(EXTRAS) $(MORE),--extra $(extra))
	$(LINK)
	$(TRIM)
	$(COMPILE)
	@touch $@

more:

.venv/tested: pyproject.toml uv.lock $(UV)
	$(SYNC) --all-extras --all-groups
	$(LINK)
	$(COMPILE)
	@touch $@ .venv/installed
