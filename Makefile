# The commands of the project; CONTRIBUTING.md says when to use which.
# Everything here needs Go, make and bash. TinyGo comes by scripts/tinygo.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Settings that a command line may change: make bench BENCH=Add COUNT=10
PKG      ?= ./...
TESTARGS ?=
BENCH    ?= .
COUNT    ?= 6
ROWS     ?= .
FUZZTIME ?= 10s

# Packages that guests compile, beside the generated ones.
GUEST := ./canonicalabi/types ./canonicalabi/guest ./internal/preview1/adapter $(patsubst %,./%/...,$(wildcard wasi/*/v0.2*)) ./examples/...

# Test packages that keep golden files: those with a flag -update.
GOLDEN = $(sort $(dir $(shell grep -rl --include='*_test.go' 'flag.Bool."update"' .)))

.PHONY: help
help: ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Build the calculator's guests and call them from its host. Needs Go alone.
	@go generate ./examples/calculator/...
	@scripts/build-guest bin/calculator.wasm ./examples/calculator/guest
	@scripts/build-guest bin/scientific.wasm ./examples/calculator/scientific
	@go run ./examples/calculator/host bin/calculator.wasm bin/scientific.wasm

.PHONY: run-plugins
run-plugins: ## Build good and bad plugins and run them in one host. Needs Go alone.
	@go generate ./examples/plugins
	@export WITGEN_TINYGO=$${WITGEN_TINYGO:-$$(scripts/tinygo --no-download || echo skip)}; \
	for guest in examples/plugins/guests/*; do \
		scripts/build-guest "bin/plugins/$${guest##*/}.wasm" "./$$guest"; \
	done
	@mv bin/plugins/shout2.wasm bin/shout2.wasm
	@scripts/build-guest bin/plugins/wrongworld.wasm ./examples/calculator/guest
	@echo 'this is not a plugin' > bin/plugins/notwasm.wasm
	@go run ./examples/plugins/bomb > bin/plugins/bomb.wasm
	@go run ./examples/plugins/host -reload shout.wasm=bin/shout2.wasm bin/plugins

.PHONY: run-render
run-render: ## Serve pages that a guest renders. ARGS=-load measures it. Needs Go alone.
	@go generate ./examples/render
	@scripts/build-guest bin/render.wasm ./examples/render/guest
	@go run ./examples/render/host $(ARGS) bin/render.wasm

.PHONY: test
test: ## Run every test, TinyGo guests included. WITGEN_TINYGO=skip leaves these out.
	@scripts/test $(PKG) $(TESTARGS)

.PHONY: lint
lint: ## Check formatting, go vet, staticcheck, codecheck, and that generated files are up to date.
	@scripts/lint $(GUEST)

.PHONY: bench
bench: ## Run the benchmarks, in a form that benchstat reads. BENCH=regexp COUNT=n
	@scripts/bench '$(BENCH)' $(COUNT) $(PKG)

.PHONY: bench-table
bench-table: ## Print calls through generated bindings beside calls by hand. ROWS=regexp
	@WITGEN_TINYGO=$$(scripts/find-tinygo) scripts/generated go run ./bench/table -rows '$(ROWS)'

.PHONY: bench-rivals
bench-rivals: ## Measure witgen beside wazy and wasmtime, in one run. ROWS=regexp
	@export WITGEN_TINYGO=$${WITGEN_TINYGO:-$$(scripts/find-tinygo)}; \
	go -C internal/testing/rivals generate . && go -C internal/testing/rivals run . -rows '$(ROWS)'

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME.
	@scripts/fuzz $(FUZZTIME) $(PKG)

.PHONY: golden
golden: ## Write the golden files anew. Read the difference before you commit it.
	@WITGEN_TINYGO=$$(scripts/find-tinygo) go test $(GOLDEN) -update

.PHONY: generate
generate: ## Write the generated files of the examples anew.
	@go generate ./...

.PHONY: manpages
manpages: ## Write manual pages and completions for a release archive to bin/archive, and test them.
	@export SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct); \
	go -C scripts/manpages test ./... && go -C scripts/manpages run . "$(CURDIR)/bin/archive"

.PHONY: suite
suite: ## Run the outside test suites in the folder SUITES.
	@test -n '$(SUITES)' || { echo 'usage: make suite SUITES=folder' >&2; exit 2; }
	@go run ./internal/testing/suite '$(SUITES)'

.PHONY: corpus
corpus: ## Generate, build and vet every WIT package in the folder DIR.
	@test -n '$(DIR)' || { echo 'usage: make corpus DIR=folder' >&2; exit 2; }
	@WITGEN_TINYGO=$$(scripts/find-tinygo) go run ./internal/testing/corpus '$(DIR)'

.PHONY: interop
interop: ## Have wasm-tools, wasmtime and jco judge witgen's components, and run theirs.
	@WITGEN_INTEROP=$$(scripts/interop); WITGEN_TINYGO=$${WITGEN_TINYGO:-$$(scripts/tinygo --wasip2)}; \
	export WITGEN_INTEROP WITGEN_TINYGO WITGEN_WASM_TOOLS=$$WITGEN_INTEROP/venv/bin/wasm-tools; \
	export WITGEN_TESTS=all; go test -timeout 60m -v -run Interop ./component ./wasi ./internal/testing/witbinary; \
	scripts/generated go test -timeout 60m -v -run Interop ./interop

.PHONY: platforms
platforms: ## Test on 386, arm64 and s390x; build and vet for other systems.
	@scripts/platforms

.PHONY: sizes
sizes: ## Print how large guests are, beside those of wit-bindgen-go. Needs TinyGo.
	@WITGEN_TINYGO=$$(scripts/find-tinygo) go run ./internal/testing/sizes

.PHONY: build
build: ## Build bin/witgen, without cgo: it starts sooner.
	@CGO_ENABLED=0 go build -o bin/witgen ./cmd/witgen

.PHONY: clean
clean: ## Remove bin. TinyGo stays under .tools.
	@rm -rf bin
