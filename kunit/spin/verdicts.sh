#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs Spin on fault.pml for each design and each removed piece, and compares
# with what is expected:  design  scenario  holds|broken states [trail] [assertion]
. "$(dirname "$0")/../lib.sh"
need spin gcc:gcc ccache

work=$build/spin; mkdir -p "$work"; wrong=0

# verdict EXPECTED NAME SSQ SAME CFG0 DEFINES...
verdict()
{
	local want=$1 name=$2 ss=$3 same=$4 cfg=$5 out states got rest=; shift 5
	local dir=$work/run; rm -rf "$dir"; mkdir -p "$dir"; cd "$dir"
	spin -DSSQ=$ss -DSAME=$same -DCFG0=$cfg "$@" -a "$top/kunit/spin/fault.pml" >spin.log 2>&1 &&
		nice ccache gcc -O1 -w -DSAFETY -DNOREDUCE -DMEMLIM=4096 -o pan pan.c >>spin.log 2>&1 ||
		{ cat spin.log >&2; die "spin: fault.pml does not build with: $*"; }
	nice ./pan -m1000000 >out 2>&1 || true
	grep -q 'errors: ' out || die "spin: pan gave no verdict: see $dir/out"
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out)
	if grep -q 'errors: 0' out; then
		got=holds
		! grep -q 'Search not completed\|max search depth too small' out || got=unfinished
	else
		got=broken
		rest=" $(sed -n 's/.*depth reached \([0-9]*\).*/depth \1/p' out) $(sed -n 's/^pan:1: \(.*\) (at depth \([0-9]*\)).*/trail \2: \1/p' out)"
	fi
	printf '%-22s ss=%s same=%s stall=%s  %s %s%s\n' "$name" $ss $same $cfg $got "$states" "$rest"
	[ "$got" = "$want" ] || { echo "  expected: $want"; wrong=1; }
}

for ss in 0 1; do for same in 0 1; do for cfg in 0 4; do
	verdict holds masked $ss $same $cfg -DMASKED -DN=4
done; done; done
. "$top/kunit/spin/expected.sh"
exit $wrong
