# Every target works from a clean checkout. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

REBAR3 ?= rebar3
CARGO ?= cargo
export CARGO_TARGET_DIR := $(CURDIR)/target
export PATH := $(HOME)/.cargo/bin:$(PATH)

ERLANG_PACKAGES := erlang-base erlang-dev erlang-crypto erlang-public-key erlang-ssl erlang-inets erlang-tools \
	erlang-runtime-tools erlang-syntax-tools erlang-parsetools erlang-eunit erlang-common-test erlang-dialyzer \
	erlang-xmerl erlang-ssh
PACKAGES := $(ERLANG_PACKAGES) rebar3 elixir gcc make git tmux
APT := apt-get -o Acquire::Retries=3 -y --no-install-recommends install $(PACKAGES)

STAGE ?= core
CASE ?=
# Who runs what is typed: beam, evaluator, or both, one after the other.
ENGINE ?= both
ENGINES = $(if $(filter both,$(ENGINE)),beam evaluator,$(if $(filter beam evaluator,$(ENGINE)),$(ENGINE),$(error ENGINE is beam, evaluator or both)))
# Shell words that run a command on each engine.
on_engines = for engine in $(ENGINES); do printf '%s: %s\n' "$$engine" '$(1)'; BEAMTALK_ENGINE=$$engine $(1) || exit 1; done
SECONDS ?= 60
SEED ?=
PROGRAMS ?= 300
STRESS ?= 6

.PHONY: help setup tools native build stdlib run test test-rust test-erlang test-library test-fuzz test-tools test-port \
	test-consumers cases test-examples test-differential differential test-properties properties fuzz stress check golden conformance referee bench show clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing (Debian packages; Rust must be there)
	@if $(MAKE) -s tools >/dev/null 2>&1; then echo "setup: everything is there"; \
	elif [ "$$(id -u)" = 0 ]; then apt-get -o Acquire::Retries=3 update && DEBIAN_FRONTEND=noninteractive $(APT); \
	elif sudo -n true 2>/dev/null; then sudo apt-get -o Acquire::Retries=3 update && sudo DEBIAN_FRONTEND=noninteractive $(APT); \
	else echo "setup: run as root:"; echo "  apt-get update && $(APT)"; exit 1; fi
	@$(MAKE) -s tools

# Named one by one, so that the message says which is missing.
tools:
	@for tool in erl rebar3 mix gcc git; do \
		command -v $$tool >/dev/null || { echo "missing: $$tool (make setup)"; exit 1; }; done
	@command -v $(CARGO) >/dev/null || { echo "missing: cargo, install Rust 1.91 or later from https://rustup.rs"; exit 1; }
	@erl -noshell -eval '[{module, _} = code:ensure_loaded(M) || M <- [compile, eunit, ct, dialyzer, xref, crypto]], halt().' \
		|| { echo "missing: parts of Erlang/OTP (make setup)"; exit 1; }

native: ## build the compiler library and executable
	@escript native/build/native.escript

build: ## build everything: native, Erlang, library classes
	@$(REBAR3) compile

stdlib: build ## compile the library classes

run: setup build ## set up, build and run the examples
	@examples/run

test: setup build test-rust test-erlang test-fuzz conformance referee test-properties test-tools test-port test-consumers ## run all tests

test-rust: ## tests of the native crates
	@$(CARGO) test --workspace --quiet

test-erlang: ## Erlang tests on the configured backend (BEAMTALK_COMPILER=port for the other)
	@$(REBAR3) eunit
	@$(REBAR3) ct </dev/null

test-library: build ## library: expression scripts, test classes, examples in comments; ENGINE=beam|evaluator|both
	@$(call on_engines,./beamtalk test-script stdlib/bootstrap-test --quiet)
	@$(call on_engines,./beamtalk test test/stdlib --no-warnings)
	@escript test/stdlib/coverage.escript
	@$(call on_engines,./beamtalk doctest stdlib/src --quiet)

test-fuzz: build ## OTP accepts the code of generated programs: a short run, always the same
	@rm -rf target/fuzz/fixed
	@$(CARGO) run --quiet -p bt-fuzz -- --target codegen --seed 1 --runs 1000 --emit target/fuzz/fixed --emit-most 250
	@native/bt-fuzz/otp_accepts.escript target/fuzz/fixed

test-tools: build ## the command line, the prompt, the documentation site
	@test/e2e/launcher_test.sh
	@test/e2e/test_command_test.sh
	@test/e2e/iex_test.sh
	@test/e2e/repl_tmux_test.sh
	@test/e2e/doc_site_test.sh

test-port: build ## what must hold on the port as well
	@BEAMTALK_COMPILER=port $(REBAR3) ct --suite test/erl/beamtalk_compiler_shared_SUITE </dev/null
	@BEAMTALK_COMPILER=port $(MAKE) -s cases

test-consumers: build ## projects that use this one as a dependency, under rebar3 and Mix
	@env -u BEAMTALK_COMPILER test/consumers/run

check: setup build ## lints and static checks: the one command before a commit
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	@$(REBAR3) ct --suite test/erl/boundaries_SUITE </dev/null
	@./beamtalk fmt-check stdlib/src examples
	@$(REBAR3) xref
	@$(REBAR3) dialyzer

test-differential: build ## random programs, compiled in two ways, walked and evaluated, answer the same: 10,000 calls, always the same
	@test/differential/run --seed 2 --programs 210

differential: build ## the same with other programs: PROGRAMS=300 SEED=number (the clock)
	@test/differential/run --programs $(PROGRAMS) $(if $(SEED),--seed $(SEED))

test-properties: build ## random classes and actors answer what a model of them answers: a short run, always the same
	@test/property/run --seed 1 --programs 50

properties: build ## the same with other programs: PROGRAMS=300 SEED=number (the clock)
	@test/property/run --programs $(PROGRAMS) $(if $(SEED),--seed $(SEED))

fuzz: build ## look for faults of the compiler: SECONDS=60 SEED=number (the clock), then as long for OTP and for running programs
	@rm -rf target/fuzz/core
	@$(CARGO) run --quiet -p bt-fuzz -- --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) --report --emit target/fuzz/core --emit-most 2000
	@native/bt-fuzz/otp_accepts.escript target/fuzz/core $(SECONDS)
	@test/differential/run --programs 5000 --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

stress: build ## the suites about processes at length: 60 s of reloads under load, 10,000 reloads, 600,000 actors, 12,000 sessions, 3,600 interrupts (STRESS=6 times as long)
	@BEAMTALK_STRESS=$(STRESS) $(REBAR3) ct \
		--suite test/erl/beamtalk_actors_SUITE,test/erl/beamtalk_reload_SUITE,test/erl/beamtalk_registry_SUITE,test/erl/beamtalk_evaluator_hostile_SUITE </dev/null
	@MUTATIONS=10000000 SEED=$$(date +%s) $(CARGO) test --quiet -p bt-wire --test mutated

golden: ## regenerate the snapshots; read the diff like code
	@INSTA_UPDATE=always $(CARGO) test --workspace --quiet
	@INSTA_UPDATE=always $(REBAR3) eunit --module=beamtalk_self_hosting_tests </dev/null

# One semantics: whatever can run on both engines gives the same.
conformance: build ## cases, library tests, examples and random programs on the engines: ENGINE=beam|evaluator|both; CASE=area or area/file alone
ifneq ($(CASE),)
	@$(MAKE) -s cases
else
	@$(MAKE) -s cases test-library test-examples $(if $(filter both,$(ENGINE)),test-differential)
endif

cases: build ## language cases: CASE=area or area/file, ENGINE=beam|evaluator|both
	@$(call on_engines,./beamtalk conformance test/conformance/$(CASE) --quiet)
	@escript test/conformance/rules.escript

test-examples: build ## the examples print what they should: ENGINE=beam|evaluator|both
	@$(call on_engines,test/examples_test.sh)

referee: build ## language cases on the tree walker, the second reader of the resolved tree
	@env -u BEAMTALK_COMPILER test/referee/run test/conformance/$(CASE)

bench: build ## measurements
	@if [ -x bench/run ]; then bench/run; else echo "bench: nothing to measure yet"; fi

show: build ## one stage of a file: STAGE=tokens|ast|hir|core|bytecode FILE=...
	@./beamtalk show --stage $(STAGE) $(FILE)

clean: ## remove everything built
	@rm -rf _build target priv erl_crash.dump
