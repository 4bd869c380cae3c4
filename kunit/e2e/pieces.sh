#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# pieces.sh: takes the pieces of the protocol, kunit/designs/pieces/, out of the driver one
# at a time. Prints which tests on the emulated MMU-500 find each, with 4 CPUs, or if none
# does, with one; and writes that to kunit/e2e/pieces.txt. PIECES=REGEX: those alone, and no
# file is written.

. "$(dirname "$0")/../lib.sh"

choose_tree
BASE=$name KDIR='' "$top/kunit/series/series.sh" sync
git -C "$tree" diff --quiet || die "build/tree/$name has changes that are in no commit: commit them there first"
trap 'git -C "$tree" checkout -q .' EXIT
# A suite ends in a minute. Without a piece it may not end at all.
export TIMEOUT=${TIMEOUT:-120}

# Prints the tests that fail without piece $1, with $2 CPUs, or what the kernel says.
found_by()
{
	local log=$build/e2e/piece-$1-$2.log failed

	mkdir -p "$build/e2e"
	! BASE=$name KDIR='' CONFIG=e2e CPUS=$2 FILTER=${FILTER:-} "$top/kunit/run/run.sh" >"$log" 2>&1 || return 0
	grep -q 'Starting KUnit Kernel' "$log" || die "without $1, the kernel does not build: see $log"
	failed=$({ complaints "$log" | grep -oE 'nobody cared|soft lockup|WARNING|BUG'
		   grep -oP '\[(FAILED|CRASHED)\] \K[a-z_0-9]+(?= =)' "$log" | grep -v '^arm_smmu_e2e'; } |
		 awk '!seen[$0]++ && ++n < 4; END { if (n > 3) print "and", n - 3, "more" }' | paste -sd' ' || true)
	grep -q 'Testing complete.*errors' "$log" && failed+=' (does not end)'
	echo "${failed:-see $log}"
}

table=$build/e2e/pieces.txt
{
	printf '%-18s %-4s %s\n' 'without' CPUs 'what finds it'
	for patch in "$top"/kunit/designs/pieces/*.patch; do
		piece=$(basename "$patch" .patch)
		[[ $piece =~ ${PIECES:-} ]] || continue
		git -C "$tree" apply "$patch" || die "$patch does not apply"
		for cpus in 4 1; do
			found=$(found_by "$piece" $cpus)
			[ -z "$found" ] || break
		done
		printf '%-18s %-4s %s\n' "$piece" "${found:+$cpus}" "${found:-nothing}"
		git -C "$tree" checkout -q .
	done
} | tee "$table"
[ -n "${PIECES:-}" ] || cp "$table" "$top/kunit/e2e/pieces.txt"
