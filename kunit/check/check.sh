#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh GROUP...: runs the tests of kunit/check/GROUP.bats. Writes TAP and JUnit to
# build/results/GROUP. The last line is "N passed, M failed".

. "$(dirname "$0")/../lib.sh"

need bats git make sparse perl
mkdir -p "$build/results"
unset BASE KDIR ARCH CONFIG FILTER RUNS DOCS REPLAY MUTANTS FROM WRITE KERNEL_ARGS SHOW
unset CPUS GIC BANKS MMU500 ICOUNT RR STOCK SCENARIO PIECES

status=0 passed=0 failed=0 skipped=0
for group in "$@"; do
	tap=$build/results/$group.tap
	bats --tap --timing --report-formatter junit --output "$build/results" \
		"$top/kunit/check/$group.bats" 2>&1 | tee "$tap" || status=$?
	mv "$build/results/report.xml" "$build/results/$group.xml"

	ok=$(grep -c '^ok ' "$tap" || true)
	skip=$(grep -c '^ok .* # skip' "$tap" || true)
	# A test that did not run has not passed.
	planned=$(sed -n 's/^1\.\.//p' "$tap")
	passed=$((passed + ok - skip))
	failed=$((failed + ${planned:-1} - ok))
	skipped=$((skipped + skip))
done
[ "$failed" = 0 ] || [ "$status" != 0 ] || status=1
[ "$skipped" = 0 ] || echo "$skipped skipped, see above"
echo "$passed passed, $failed failed"
keep "check-$#" "kunit/check/check.sh $*" "$passed passed, $failed failed, $skipped skipped"
exit $status
