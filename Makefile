# `make demo` and `make test` do all their own set-up on a fresh Debian or Ubuntu machine.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
DESTDIR ?=

# An ordinary user keeps his build; only the step that makes network namespaces is run as root.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)

SOURCES := $(shell find src -name obj -prune -o -name bin -prune -o -type f -print | sort)
BUILD_FILES := Directory.Build.props Directory.Packages.props global.json scripts/build.sh scripts/dotnet-env.sh

BENCH_PROGRAMS := $(patsubst tests/bench/%.c,out/bench/%,$(wildcard tests/bench/*.c))

# Which machines `make vm-test` boots.
VM_SUITES ?= bookworm trixie

.PHONY: demo test vm-test vm-bench build bench fmt clean install

demo: ## a minute's tour: two namespaces, a tunnel, and what happens when it is cut
	@scripts/setup.sh run build
	@$(MAKE) out/wgns
	@if unshare --user --map-root-user --mount true 2>/dev/null; then out/wgns demo; else $(AS_ROOT) out/wgns demo; fi

test: ## every test; those that need root are run as root
	@scripts/setup.sh run build test
	@$(MAKE) out/wgns
	@scripts/test.sh

vm-test: ## checks in Debian machines of our own: systemd and the kernel's WireGuard, emulated
	@scripts/setup.sh build vm
	@$(MAKE) out/wgns
	@tests/vm/run.sh $(VM_SUITES)

vm-bench: ## the table of `make bench` with the kernel's WireGuard, in an emulated machine
	@scripts/setup.sh build bench vm
	@$(MAKE) out/wgns $(BENCH_PROGRAMS)
	@BENCH=1 tests/vm/run.sh $(firstword $(VM_SUITES))

build: ## out/wgns
	@scripts/setup.sh build
	@$(MAKE) out/wgns

bench: ## tables of ratios: against ip, wg, nft and C, the embedded engine against wireguard-go, forward against socket proxies
	@scripts/setup.sh run build bench
	@$(MAKE) out/wgns $(BENCH_PROGRAMS) out/bench/empty
	@$(AS_ROOT) tests/bench/run.sh
	@$(AS_ROOT) tests/bench/engine.sh
	@$(AS_ROOT) tests/bench/forward.sh

# A source that was deleted must lead to a new build too, so the list of names is a source itself.
out/wgns: $(SOURCES) $(BUILD_FILES) out/sources
	@scripts/build.sh

out/sources: FORCE
	@mkdir -p out
	@printf '%s\n' $(SOURCES) | cmp -s - $@ || printf '%s\n' $(SOURCES) > $@

FORCE:

# Its settings are the program's.
out/bench/empty: $(wildcard tests/bench/empty/*) src/Wgns.Cli/Native.props out/wgns
	@mkdir -p out/bench
	@tests/bench/empty/build.sh

out/bench/minimal: tests/bench/kernel_wg.h

out/bench/%: tests/bench/%.c
	@mkdir -p out/bench
	@gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o $@ $<

fmt: ## format the C# sources
	. scripts/dotnet-env.sh; dotnet format Wgns.sln

clean:
	rm -rf out
	find src tests -type d \( -name bin -o -name obj -o -name TestResults \) -prune -exec rm -rf {} +

# No build here: `sudo make install` must not leave files of root's among yours.
install: ## into $(DESTDIR)$(PREFIX)
	@test -e out/wgns || { echo "make install: there is no out/wgns yet: run 'make build' first" >&2; exit 1; }
	@scripts/install.sh "$(DESTDIR)" "$(PREFIX)"
