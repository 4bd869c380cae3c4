#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# verdicts.sh [FILE]   Searches fault.pml for every line of FILE (default: the
# file "verdicts" beside this), and compares. A line of it:
#
#   SCENARIO.direct|posted DESIGN STATES [ss|noss].[same|other]=I1+I2...
#
# what is violated with SS asserting the line or not, and with the thread on
# the CPU that takes the interrupt or on another. [ss|noss] goes on with the kind of
# hardware: -multi, -two, -late, -lost, -two-late, and -flood, as fault.pml defines
# them. None: it holds. With a state count of "-", the search ends at the first
# violation. Writes what it finds to build/spin/verdicts.
. "$(dirname "$0")/../../lib.sh"

work=$build/spin

designs="stock v5 v5-nolock landed oneshot masked oneshot-unmasked resume-first"
pieces="second-read irq-off read-back shadow-check mask ss-alone clear-first multi-clear own-first \
attached-check detach-waits detach-clears suspend-masks suspend-waits power-flag pm-reference \
read-after-resume cfie-first remask pause poll timer-cancel heal-loop verdict-first flood-resume"

position() { local i=0 w; for w in $2; do i=$((i + 1)); [ "$w" != "$1" ] || { echo $i; return; }; done; return 1; }

# The names of a scenario are the names of what fault.pml's #ifdefs ask.
build_pan()
{
	local case=$1 defines dir=$work/$1

	defines=$(tr 'a-z.+' 'A-Z  ' <<<"$case" | sed 's/ DIRECT$//; s/[A-Z_]\+/-D&/g')
	mkdir -p "$dir" && cd "$dir"
	spin $defines -a "$top/kunit/designs/spin/fault.pml" >spin.log 2>&1 &&
		nice ccache gcc -O1 -w -DSAFETY -DNOREDUCE -DCOLLAPSE -DMEMLIM=6000 -c pan.c >>spin.log 2>&1 &&
		gcc -o pan pan.o >>spin.log 2>&1 ||
		{ cat "$dir/spin.log" >&2; die "spin: fault.pml does not build for $case"; }
}

search()
{
	local case=$1 design=$2 stop='-c0 -e' dir=$work/$1/$2 states removed=0 devices=127

	[ "$3" != - ] || stop=-c1
	case $design in
	masked-*) removed=$((1 << $(position "${design#masked-}" "$pieces") - 1)); design=masked ;;
	# Each kind of hardware is searched for masked in the scenarios alone; the others
	# see all but two where that takes few states. The rest is the plain one.
	*)
		case $case/$design in
		*+* | *.posted/*) devices=1 ;;
		*/masked) ;;
		two_banks.* | set_stall.*) devices=1 ;;
		*/resume-first) ;;
		*) devices=31 ;;
		esac ;;
	esac
	mkdir -p "$dir" && cd "$dir"
	DESIGN=$(position "$design" "$designs") REMOVED=$removed DEVICES=$devices \
		nice ../pan -E -m100000 $stop >out 2>&1 || true
	grep -q 'errors: ' out || die "spin: no verdict on $2 in $case: see $dir/out"
	! grep -q 'Search not completed\|max search depth too small' out || [ "$stop" = -c1 ] ||
		die "spin: $2 in $case was not searched to the end: see $dir/out"
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out)
	[ "$stop" != -c1 ] || states=-
	echo "$case $2 $states$(sed -n 's/^pan:[0-9]*: \(.*\) I\([0-9]*\) (at .*/\1 \2/p' out | sort -k1,1 -k2,2n |
		awk '{ printf "%s%s", $1 == last ? "+I" : " " $1 "=I", $2; last = $1 }')"
}

case ${1:-} in
build) build_pan "$2"; exit ;;
search) shift; search "$@"; exit ;;
esac

want=${1:-$top/kunit/designs/spin/verdicts}
need spin gcc ccache
rm -rf "$work" && mkdir -p "$work"
grep -v '^#' "$want" | cut -d' ' -f1 | sort -u | xargs -P"$(nproc)" -n1 "$0" build
grep -v '^#' "$want" | cut -d' ' -f1-3 | xargs -P"$(nproc)" -L1 "$0" search | tee "$work/verdicts"
diff <(grep -v '^#' "$want" | sort) <(sort "$work/verdicts") >&2 ||
	die "spin: not the verdicts of ${want#"$top/"} ('<'): see above"
keep spin 'make spin' "$(wc -l <"$work/verdicts") searches, with the verdicts of ${want#"$top/"}"
