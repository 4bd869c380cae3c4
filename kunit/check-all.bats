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

### The designs compared

# All schedules of the driver and of its pieces removed, and what is known of the other
# designs: asserted there. Two minutes of running, and as many of building.
@test "make compare: the driver is not broken, and the others are" {
	run make -s compare
	echo "$output"
	[ "$status" -eq 0 ]
	! grep -q 'design=masked .*result=\(broken\|unexplored\)' build/compare.log
	grep -q 'design=masked-second-read .*result=broken' build/compare.log
}

@test "make compare replays a schedule" {
	run make -s compare REPLAY='design=landed sched=one_bank.noss.same.direct:fi2t14'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^explore: step design=landed ' build/compare.log)" -eq 17 ]
}
