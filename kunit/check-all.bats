#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# What 'make check-all' checks when 'make check' is through: what takes long.

load check-lib

### The suites, elsewhere

@test "the suites pass on mainline, UML" { kunit BASE=mainline; }

### The benchmark

# Its counts are asserted, its times are not. About a minute where the suites are built.
@test "make bench counts what it expects, and draws a plot" {
	run make -s bench ARCH=um RUNS=1
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^64 +64 +1 +263 +75 ' <<<"$output"
	grep -q '^128,--,1,--,139,' build/bench/counts.csv
	grep -q '</svg>' build/bench/benchmarks.svg
}
@test "make bench without a number" { refuses 'RUNS=none: how many' make bench RUNS=none; }
