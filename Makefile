# Every target does its own set-up: a .venv, the locked dependencies, a release build of the core.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CARGO := cargo
CRATE := --manifest-path rust/Cargo.toml
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers
SPARK := $(VENV)/.spark
CORE := rust/Cargo.toml rust/Cargo.lock $(shell find rust/src -name '*.rs')
LOCK_COMMAND := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --extra models --extra server --group dev pyproject.toml --output-file requirements.lock
HOST = $(shell rustc -vV | sed -n 's/^host: //p')
ARM := aarch64-unknown-linux-gnu
SAFETY := $(CARGO) test --quiet --locked $(CRATE) --lib
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export UV_LINK_MODE := copy
export UV_COMPILE_BYTECODE := 1

PYTEST := $(BIN)/python -m pytest
# A file's tests stay together. Files go by their names, not by how many tests they have: those of
# a few long tests would come last, and one process would wait for the other.
TOGETHER := $(PYTEST) -n auto --dist loadfile --no-loadscope-reorder

.PHONY: help demo test test-rust test-all test-slow test-spark test-serving test-faults test-neon \
	sanitize miri check style types clippy format bench features docs lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Set up, then do the whole lab and find patterns in real flights and a simulated fleet
	$(BIN)/motifleet demo

test: test-rust ## Set up, then run every test: Rust, Python, docstrings, documented commands
	$(TOGETHER)

test-rust: $(READY) ## Run the tests of the core
	$(CARGO) test --quiet --locked $(CRATE)

test-all: $(READY) ## Run the tests of test, test-serving and test-faults that are in Python, at once
	$(TOGETHER) -m 'not slow and not spark'

test-slow: $(READY) ## Check the errors of long series: a million values, windows of 10,000 (minutes)
	$(PYTEST) tests -m slow -rP

test-spark: $(READY) $(SPARK) ## Run the tests of the engine spark in a Spark of this machine: needs Java 17
	$(PYTEST) tests/engines -m spark

test-serving: $(READY) ## Ask registered models through MLflow's own servers and through endpoints (minutes)
	$(PYTEST) tests/models tests/serving tests/monitoring tests/web tests/app -m served

test-faults: $(READY) ## Kill replicas, gateways, servers and databases under load (minutes)
	$(PYTEST) tests/serving -m faults

# A sanitizer is an unstable option of the compiler; the stable one takes it where it is told to.
sanitize: $(LOCKED) ## Run the Rust tests under AddressSanitizer: no kernel reads or writes outside
	RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address \
		$(SAFETY) --target-dir rust/target/sanitize --target $(HOST)

miri: $(LOCKED) ## Run the smaller Rust tests in Miri, which knows undefined behaviour (minutes)
	rustup toolchain install nightly --profile minimal --component miri,rust-src --no-self-update
	RUSTFLAGS=-Ctarget-feature=+avx2,+fma $(CARGO) +nightly miri test --quiet --locked $(CRATE) \
		--lib --target-dir rust/target/miri -- every_size dots stats

# The tests call no Python: what of it they link stays undefined.
test-neon: $(LOCKED) ## Run the Rust tests on NEON, emulated: needs qemu-user and gcc-aarch64-linux-gnu
	rustup target add $(ARM)
	PYO3_CROSS=1 PYO3_CROSS_PYTHON_VERSION=3.11 CARGO_PROFILE_TEST_OPT_LEVEL=2 \
		CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
		CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=qemu-aarch64 \
		RUSTFLAGS="-Ctarget-feature=+crt-static -Crelocation-model=static \
		-Clink-arg=-Wl,--unresolved-symbols=ignore-all" \
		$(SAFETY) --target-dir rust/target/neon --target $(ARM) --features pyo3/extension-module

check: $(READY) style types clippy ## Formatting, lint, types and the import law, for Python and Rust
	$(BIN)/lint-imports

style: $(LOCKED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(CARGO) fmt $(CRATE) --check

types: $(LOCKED)
	$(BIN)/mypy

clippy: $(LOCKED)
	$(CARGO) clippy --quiet --locked $(CRATE) --all-targets -- -D warnings

format: $(LOCKED) ## Format Python and Rust in place
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(CARGO) fmt $(CRATE)

bench: $(READY) $(PEERS) ## Measure against the named peers, side by side in one run
	$(BIN)/python -m bench.run

features: $(READY) ## Measure what features add to raw signals, into docs/models.md (some minutes)
	$(BIN)/python -m bench.features

docs: $(READY) ## Build the documentation into docs/_build
	$(BIN)/sphinx-build --quiet -W --keep-going -b html docs docs/_build

lock: $(LOCKED) ## Resolve the dependencies anew into requirements.lock
	$(BIN)/uv $(LOCK_COMMAND) --upgrade

clean: ## Remove what the other targets made, but no data
	rm -rf $(VENV) rust/target docs/_build docs/_lab .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f src/motifleet/matrixprofile/_core*.so

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Motifleet needs Python 3.11 or newer; say which with make PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		"$$(sed -n 's/^\(uv==[^ ]*\) .*/\1/p' requirements.lock)"
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	@touch $@

$(READY): $(LOCKED) $(CORE) pyproject.toml
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(SPARK): $(LOCKED)
	$(BIN)/uv pip install --quiet 'pyspark>=4.1,<4.2'
	@touch $@

# pyscamp is built from its sources, without a graphics card, by the CMake that it finds.
$(PEERS): bench/peers.txt $(LOCKED)
	$(BIN)/uv pip install --quiet "$$(grep ^cmake== $<)"
	PATH="$(CURDIR)/$(BIN):$$PATH" FORCE_NO_CUDA=1 \
		$(BIN)/uv pip install --quiet --constraint requirements.lock --requirement $<
	@touch $@
