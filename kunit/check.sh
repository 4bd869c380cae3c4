#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh: all tests. Ends with "N passed, M failed".

. "$(dirname "$0")/lib.sh"

need bats git make sparse perl
mkdir -p "$build"
unset BASE KDIR ARCH FILTER

status=0
bats --tap "$top/kunit/check.bats" 2>&1 | tee "$build/check.tap" || status=$?

passed=$(grep -c '^ok ' "$build/check.tap" || true)
failed=$(grep -c '^not ok ' "$build/check.tap" || true)
# A test that did not run has not passed.
planned=$(sed -n 's/^1\.\.//p' "$build/check.tap")
failed=$((failed + ${planned:-1} - passed - failed))
[ "$failed" = 0 ] || [ "$status" != 0 ] || status=1
echo "$passed passed, $failed failed"
exit $status
