#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compare.sh: takes each design (kunit/designs/) through every schedule, by the explorer.
# compare.py makes tables, ladders and waveforms of it, in build/compare/. Fails if a design
# does what is not expected of it, if Spin says otherwise, or if the page in
# Documentation/ has other tables and figures; WRITE=1 puts them there.
# REPLAY='design=D sched=S' runs one schedule and prints its steps. FILTER=TEST runs
# one of the tests and stops there.

. "$(dirname "$0")/../lib.sh"

replay=
if [ -n "${REPLAY:-}" ]; then
	[[ $REPLAY =~ ^design=([^ ]+)\ sched=([^ ]+)$ ]] ||
		die "REPLAY='$REPLAY': say REPLAY='design=D sched=CASE:STEPS', as the table prints it"
	replay=${BASH_REMATCH[1]},${BASH_REMATCH[2]}
fi

choose_tree
need patch python3
out=$build/compare
mkdir -p "$out"

# Builds it, and runs the schedule, if there is one.
status=0
CONFIG=designs REPLAY=$replay FILTER=arm_smmu_compare.one_schedule "$top/kunit/run/run.sh" >"$out/run.out" || status=$?
if [ -n "$replay" ]; then
	[ "$status" = 0 ] || [ -s "$out/run.out" ] || exit $status
	[ "$status" = 0 ] || die "REPLAY='$REPLAY': $(grep -ao 'no such \(design\|case\): [^ ]*\|no actor or event .*\|step [0-9]* of schedule .*' "$out/run.out" | head -n 1)"
	exec "$top/kunit/designs/compare.py" replay "$tree/.kunit-um/test.log" "${replay%%,*}" "${replay#*,}"
fi
if [ "$status" != 0 ]; then
	! grep -a 'error:' "$out/run.out" >&2 || die "the comparison does not build: see $out/run.out"
	exit $status
fi

# UML has one CPU, and kunit.py gives it 1 GB: a kernel for each test, as many at a
# time as there are CPUs, the longest first.
cp "$tree/.kunit-um/linux" "$out/linux"
tests=(${FILTER:-masked masked_pairs resume_first stock v5_nolock v5 oneshot each_piece oneshot_unmasked landed})
printf '%s\n' "${tests[@]}" | nice xargs -P"$(nproc)" -I% sh -c \
	'"$1"/linux mem=4G console=tty kunit.enable=1 kunit_shutdown=halt kunit.filter_glob=arm_smmu_compare.% </dev/null >"$1"/%.log 2>&1' - "$out"
cd "$out"
for test in "${tests[@]}"; do
	"$tree/tools/testing/kunit/kunit.py" parse "$out/$test.log" >parsed ||
		{ grep -a 'error:\|FAILED\|EXPECT\|ASSERT' parsed | head -n 20 >&2 || true; die "the comparison has failed: see $out/$test.log"; }
	! complaints $test.log >&2 || die "the kernel complained: see $out/$test.log"
done
[ -z "${FILTER:-}" ] || exit 0
cat "${tests[@]/%/.log}" >"$build/compare.log"

what=report
[ -z "${WRITE:-}" ] || what=write
"$top/kunit/designs/compare.py" $what "$build/compare.log" || die "the comparison is not what Spin or the page says: see above"
keep compare "make compare BASE=$name" "$(grep -c ',✓$' page/invariants.csv) invariants hold for the driver; tables below"
for table in invariants costs devices; do
	column -t -s, page/$table.csv
	echo
done
[ -z "${WRITE:-}" ] || "$top/kunit/docs/docs.sh" figures
