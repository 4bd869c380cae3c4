#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# compare-report.sh: from build/compare.log, prints the tables, writes the
# counterexamples to build/compare/ (as ladders, and as waveforms for GTKWave and WaveDrom),
# and checks that Spin's verdicts are the same, and, if there is a page in
# Documentation/, that it and its waveforms are what it would write now. WRITE=1
# writes them.

. "$(dirname "$0")/lib.sh"

log=$build/compare.log
page=Documentation/driver-api/arm-smmu/designs.rst
out=$build/compare
# Lines that end in a semicolon: of a design's model, and of the driver, which
# has power, teardown and tracing in them as well.
statements() { (cd "$top" && cat "$@" | grep -c ';$'); }
v5=$(statements kunit/designs/v5.c)
driver=$(statements drivers/iommu/arm/arm-smmu/arm-smmu-{fault,sctlr,power,detach}.c)
report()
{
	awk -f "$top/kunit/compare-report.awk" -v spin="$top/kunit/spin/verdicts" -v statements="$(statements kunit/designs/stock.c) $v5 $v5 \
		$(statements kunit/designs/landed.c) $(statements kunit/designs/oneshot.c) $driver $driver" "$@" "$log" | sed 's/ *$//'
}

[ -s "$log" ] || die "$log is not there: make compare writes it"
mkdir -p "$out"
rm -f "$out"/*.{ladder,vcd,wave}
report -v want=table
while read -r design invariant; do
	for kind in ladder vcd wave; do
		report -v want=$kind -v design="$design" -v invariant="$invariant" >"$out/$design-$invariant.$kind"
	done
	[ "$(wc -l <"$out/$design-$invariant.ladder")" -le 15 ] || die "$out/$design-$invariant.ladder is too long for a commit message"
done < <(report -v want=list)
say "counterexamples: ${out#"$top/"}/*.ladder, *.vcd for GTKWave, *.wave for WaveDrom"

# Spin's model was written from the description. Where both have searched a
# scenario to the end, direct or posted, they have to agree.
report -v want=verdicts | sort >"$out/explorer"
awk '!/^#/ && $3 != "-" {
	for (i = 4; i <= NF; i++) {
		split($i, of, "=")
		n = split(of[2], broken, "+")
		for (j = 1; j <= n; j++)
			bad[$2, $1, broken[j]]
	}
	for (i = 1; i <= 10; i++)
		print $2, $1, "I" i, (($2, $1, "I" i) in bad) ? "broken" : "holds"
}' "$top/kunit/spin/verdicts" | sort >"$out/spin"
awk '{ key = $1 " " $2 " " $3 }
FNR == NR { spin[key] = $4; next }
key in spin && $4 != "unexplored" {
	both++
	if (spin[key] == $4)
		next
	print key ": Spin: " spin[key] ", explorer: " $4
	differ++
}
END {
	print "== Spin and the explorer agree on " both - differ " of " both " verdicts"
	exit differ > 0
}' "$out/spin" "$out/explorer" >&2 ||
	die "Spin and the explorer differ: one of them is wrong"

report -v want=rst >"$out/designs.rst"
while read -r design invariant; do
	case $design in masked*) continue ;; esac
	figure=kunit/wavedrom/designs-$design.json wave=$out/$design-$invariant.wave
	if [ -n "${WRITE:-}" ]; then
		cp "$wave" "$top/$figure"
	elif [ -e "$top/$page" ]; then
		cmp -s "$wave" "$top/$figure" ||
			die "$figure is not what the comparison gives now (${wave#"$top/"}); if that is right: make compare WRITE=1"
	fi
done < <(report -v want=list)
if [ -n "${WRITE:-}" ]; then
	cp "$out/designs.rst" "$top/$page"
	"$top/kunit/docs.sh" figures
elif [ -e "$top/$page" ]; then
	cmp -s "$out/designs.rst" "$top/$page" ||
		die "$page is not what the comparison gives now (${out#"$top/"}/designs.rst); if that is right: make compare WRITE=1"
fi
