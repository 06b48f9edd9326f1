# make demo · make test · make coverage · make check · make bench · make torture · make mutants · make docs
# Everything is installed into .venv by the first target that needs it.
# The first Python that runs and is new enough (a name on the PATH may be a shim that does not run).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test coverage check lint-files bench torture mutants docs clean

demo: $(READY)
	$(BIN)/trialgraph --home demo-home demo

test: $(READY)
	$(BIN)/pytest $(PYTEST)

# What of the code the tests run, commands started as processes included; fails below the share that pyproject.toml names.
coverage: $(READY)
	mkdir -p .cache
	$(BIN)/pytest --cov --cov-report=term --cov-report=xml:.cache/coverage.xml $(PYTEST)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(MAKE) lint-files

# The files that only GitHub reads, against the schemas of their forms.  actionlint, a program in Go, is used where it is installed.
SCHEMA := $(BIN)/check-jsonschema --builtin-schema
lint-files: $(READY)
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) custom.github-workflows-require-timeout .github/workflows/*.yml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/idea.yml .github/ISSUE_TEMPLATE/link.yml
	$(SCHEMA) vendor.citation-file-format CITATION.cff
	! command -v actionlint >/dev/null || actionlint

bench: $(READY)
	$(BIN)/python -m benchmarks

torture: $(READY)
	$(BIN)/python -m tests.torture

mutants: $(READY)
	nice -n 15 $(BIN)/python scripts/mutants.py $(MUTANTS)

docs: $(READY)
	$(BIN)/python scripts/make_docs.py

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "trialgraph needs Python 3.11 or newer on the PATH, or: make PYTHON=/path/to/python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip install -q --python $(BIN)/python -e '.[mcp]' --group dev
	touch $(READY)

clean:
	rm -rf $(VENV) demo-home .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .cache
