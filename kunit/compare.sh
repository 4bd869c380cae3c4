#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compare.sh: the designs compared, by the explorer; REPLAY='design=D sched=S' runs one
# schedule and prints its steps. What is said is in build/compare.log, or replay.log,
# as lines of key=value (see kunit/designs/arm_smmu_compare_kunit.c).

. "$(dirname "$0")/lib.sh"

replay=
if [ -n "${REPLAY:-}" ]; then
	[[ $REPLAY =~ ^design=([^ ]+)\ sched=([^ ]+)$ ]] ||
		die "REPLAY='$REPLAY': say REPLAY='design=D sched=CASE:STEPS', as the table prints it"
	replay=${BASH_REMATCH[1]},${BASH_REMATCH[2]}
fi

choose_tree
mkdir -p "$build"
status=0
CONFIG=designs REPLAY=$replay FILTER=arm_smmu_compare "$top/kunit/run.sh" >"$build/compare.out" || status=$?
log=$build/compare.log
[ -z "$replay" ] || log=$build/replay.log
sed -n 's/.*\(explore: \)/\1/p' "$tree/.kunit-um/test.log" >"$log" || true

if [ -n "$replay" ]; then
	[ "$status" = 0 ] || die "REPLAY='$REPLAY': $(grep -ao 'no such \(design\|case\): [^ ]*\|no actor or event .*\|step [0-9]* of schedule .*' "$build/compare.out" | head -n 1)"
	sed -n 's/^explore: step design=[^ ]* case=[^ ]* //p' "$log"
	exit
fi
if [ "$status" != 0 ]; then
	grep -a 'error:\|FAILED\|EXPECT\|ASSERT' "$build/compare.out" | head -n 20 >&2 || true
	die "the comparison has failed: see build/compare.out"
fi
[ ! -e "$top/kunit/compare-report.sh" ] || "$top/kunit/compare-report.sh"
