# Everything starts here; `make help` lists it. Needs a Python from 3.11 (or PYTHON=/path/to/python) and a network once.
.PHONY: help setup demo test eval test-faults test-noninterference test-guards test-suites lint lock secrets clean
.DEFAULT_GOAL := help

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv from the locks and fetch Neo4j; does nothing the second time.
	@PYTHON="$(PYTHON)" sh scripts/setup.sh

demo: setup ## Build the sample twin, answer one question as two roles, serve until Ctrl-C.
	@.venv/bin/twin demo

test: setup ## Lint, format, types, import layers, then all tests on a real Neo4j.
	@.venv/bin/python scripts/check.py

test-faults: setup ## Kill, cut, stop and poison the refresh job in every way we know, on a real Neo4j; twenty minutes.
	@.venv/bin/pytest -q -n 2 --dist loadfile tests/faults -m "thorough or not thorough" --durations=15

test-suites: setup ## clairvoyance with the complete word list, schemathesis with 1,000 cases as two roles; half an hour.
	@.venv/bin/pytest -q tests/api/suites -m thorough --durations=5

test-noninterference: setup ## Ask N=2000 operations a role of two graphs that it cannot tell apart; SEED=1 FROM=0 ROLE=all.
	@.venv/bin/python -m tests.noninterference --operations $(or $(N),2000) --seed $(or $(SEED),1) \
	  --from $(or $(FROM),0) $(if $(ROLE),--role $(ROLE))

eval: setup ## Judge the models by the truth of 45 sample worlds, three minutes each; stops and goes on: OUT=build/evaluation.
	@.venv/bin/python -m bench.evaluation --out $(or $(OUT),build/evaluation)

test-guards: setup ## Take each guard of the API away in turn; tests must notice.
	@.venv/bin/python -m tests.guards

lint: setup ## Only lint, format, types and import layers.
	@.venv/bin/python scripts/check.py --lint

lock: setup ## Pin everything anew: Python packages (needs pip-tools), Neo4j (needs Maven), versions for containers.
	@.venv/bin/python scripts/lock.py

secrets: ## Write random passwords into secrets/, for docker-compose.yml.
	@sh deploy/make_secrets.sh

clean: ## Remove caches and build leftovers; .venv, the demonstration's data and your own stay.
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
