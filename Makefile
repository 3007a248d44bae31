# `make report` and `make test` make the environment first, if it is missing or stale.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/made-in
EXPORT := --quiet --frozen --no-dev --no-hashes --no-emit-project --no-header --no-annotate

.PHONY: report verify test slow check wheel lab lock clean
.DEFAULT_GOAL := report

report: $(STAMP)
	@$(BIN)/python -m analysis report seeds/000_a515cb56a3bc3877.txt

# The seed article's report is committed: made again, it must be the same in every byte.
verify: $(STAMP)
	@$(BIN)/python -m analysis verify $(dir $(wildcard reports/*/ro-crate-metadata.json))

test: $(STAMP)
	@$(BIN)/python -m pytest

# Tests that take long: models trained twice and compared, full disks and lost schedulers, reports on a cluster, by papermill,
# in JupyterLab, and made again.
slow: $(STAMP)
	@$(BIN)/python -m pytest -m slow tests

check: $(STAMP)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy

wheel: $(STAMP)
	@.ci/wheel

lab: $(STAMP)
	@JUPYTER_CONFIG_PATH=$(CURDIR)/.ci/lab $(BIN)/jupyter lab

# After a change of dependencies: the lock, and environment.yml made from it.
lock:
	$(BIN)/uv lock
	sed '/- -e \.$$/q' environment.yml > environment.yml.new
	$(BIN)/uv export $(EXPORT) | sed 's/^/      - /' >> environment.yml.new
	mv environment.yml.new environment.yml

clean:
	rm -rf .venv

# The stamp holds the folder that the environment was made in: a checkout that was moved makes its own anew.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

# uv itself comes from the lock, by its hash, into .venv: the machine needs only Python.
$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  f"Dateline needs Python 3.11 or newer; $(PYTHON) is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	@echo "Making the environment in .venv (about half a minute, once)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -c 'import tomllib; \
	  uv = next(p for p in tomllib.load(open("uv.lock", "rb"))["package"] if p["name"] == "uv"); \
	  print("uv==" + uv["version"], *("--hash=" + wheel["hash"] for wheel in uv["wheels"]))' > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r .venv/uv.txt
	@VIRTUAL_ENV= $(BIN)/uv sync --quiet --locked --compile-bytecode
	@$(BIN)/python -m compileall -q analysis
	@printf %s "$(CURDIR)" > $@
