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
need patch
out=$build/compare
mkdir -p "$out"

# Builds it, and runs the schedule, if there is one.
status=0
CONFIG=designs REPLAY=$replay FILTER=arm_smmu_compare.one_schedule "$top/kunit/run.sh" >"$out/run.out" || status=$?
if [ -n "$replay" ]; then
	[ "$status" = 0 ] || [ -s "$out/run.out" ] || exit $status
	[ "$status" = 0 ] || die "REPLAY='$REPLAY': $(grep -ao 'no such \(design\|case\): [^ ]*\|no actor or event .*\|step [0-9]* of schedule .*' "$out/run.out" | head -n 1)"
	sed -n 's/.*explore: step design=[^ ]* case=[^ ]* //p' "$tree/.kunit-um/test.log"
	exit
fi
if [ "$status" != 0 ]; then
	! grep -a 'error:' "$out/run.out" >&2 || die "the comparison does not build: see $out/run.out"
	exit $status
fi

# UML has one CPU, and kunit.py gives it 1 GB: a kernel for each test, as many at a
# time as there are CPUs, the longest first.
cp "$tree/.kunit-um/linux" "$out/linux"
tests=(masked resume_first stock v5_nolock v5 oneshot each_piece oneshot_unmasked landed)
printf '%s\n' "${tests[@]}" | nice xargs -P"$(nproc)" -I% sh -c \
	'"$1"/linux mem=4G console=tty kunit.enable=1 kunit_shutdown=halt kunit.filter_glob=arm_smmu_compare.% </dev/null >"$1"/%.log 2>&1' - "$out"
logs=("${tests[@]/%/.log}")
logs=("${logs[@]/#/$out/}")
sed -n 's/.*\(explore: \)/\1/p' "${logs[@]}" >"$build/compare.log"
for log in "${logs[@]}"; do
	"$tree/tools/testing/kunit/kunit.py" parse "$log" >"$out/parsed" ||
		{ grep -a 'error:\|FAILED\|EXPECT\|ASSERT' "$out/parsed" | head -n 20 >&2 || true; die "the comparison has failed: see $log"; }
	! complaints "$log" >&2 || die "the kernel complained: see $log"
done
[ ! -e "$top/kunit/compare-report.sh" ] || "$top/kunit/compare-report.sh"
