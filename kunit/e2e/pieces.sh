#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# pieces.sh: takes the pieces of the protocol, kunit/designs/pieces/, out of the driver one
# at a time. Prints which test on the emulated MMU-500 finds each, first with 4 CPUs, then
# with one. PIECES=REGEX: only those.

. "$(dirname "$0")/../lib.sh"

choose_tree
BASE=$name KDIR='' "$top/kunit/series/series.sh" sync
git -C "$tree" diff --quiet || die "build/tree/$name has changes that are in no commit: commit them there first"
trap 'git -C "$tree" checkout -q .' EXIT

# Prints the tests that fail, or what the kernel says, or "hang".
found_by()
{
	local log=$build/e2e/piece-$1-$2.log failed

	if BASE=$name KDIR='' CONFIG=e2e CPUS=$2 FILTER=${FILTER:-} "$top/kunit/run/run.sh" >"$log" 2>&1; then
		echo -
		return
	fi
	failed=$(grep -oP '\[FAILED\] \K[a-z_0-9]+$' "$log" | grep -v '^arm_smmu_e2e' | sort -u | head -n 2 | paste -sd' ')
	grep -q 'Testing complete' "$log" || failed=hang
	echo "${failed:-$(complaints "$log" | grep -oE 'nobody cared|soft lockup|WARNING|BUG|INFO' | head -n 1)}"
}

printf '%-18s %-60s %s\n' 'without' '4 CPUs' '1 CPU'
for patch in "$top"/kunit/designs/pieces/*.patch; do
	piece=$(basename "$patch" .patch)
	[[ $piece =~ ${PIECES:-} ]] || continue
	git -C "$tree" apply "$patch" || die "$patch does not apply"
	printf '%-18s %-60s ' "$piece" "$(found_by "$piece" 4)"
	found_by "$piece" 1
	git -C "$tree" checkout -q .
done
