# One configuration everywhere: release, the same flags for demo, test and bench.
SWIFT ?= swift
FLAGS = -c release

.PHONY: setup build test demo check bench fuzz library format

setup:
	@Tools/setup.sh

build: setup
	$(SWIFT) build $(FLAGS)

test: setup
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build

demo: build
	Tools/demo.sh

check: setup
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	$(MAKE) test

bench: build
	Tools/bench.sh

fuzz: setup
	LEEWAY_FUZZ_SECONDS=$${SECONDS:-120} $(SWIFT) test $(FLAGS) --filter Fuzz

# What a package of somebody else's sees.
library: setup
	$(SWIFT) run --package-path Tools/library window Models/fledgling-xs

format:
	$(SWIFT) format -i --recursive Sources Tests Package.swift
