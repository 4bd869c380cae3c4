#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh: what a context fault costs, for the driver and for the design of Linux 7.3.
# The suite of kunit/bench/ counts and times it in RUNS= kernels of each of ARCH=. Writes
# tables and the plot to build/bench/, with DOCS=1 also to Documentation/.

. "$(dirname "$0")/../lib.sh"

choose_tree
archs=${ARCH:-um arm64} runs=${RUNS:-5}
[[ $runs =~ ^[1-9][0-9]*$ ]] || die "RUNS=$runs: how many kernels to boot, 1 or more"
need gnuplot:gnuplot-nox python3

out=$build/bench
rm -rf "$out"
mkdir -p "$out"

for arch in $archs; do
	for ((run = 1; run <= runs; run++)); do
		say "ARCH=$arch, run $run of $runs"
		ARCH=$arch CONFIG=bench FILTER=arm_smmu_bench "$top/kunit/run/run.sh" >"$out/kunit.log" ||
			{ [ -s "$out/kunit.log" ] || exit 1; tail -n 20 "$out/kunit.log" >&2; die "ARCH=$arch: see $out/kunit.log"; }
		cp "$build/results/$name-$arch-bench.log" "$out/$arch-$run.log"
	done
done
"$top/kunit/bench/bench.py" "$out" $archs
gnuplot -c "$top/kunit/bench/plot.gp" "$out" "$archs"
sed -i -e 's/[[:space:]]*$//' -e '${/^$/d}' "$out/benchmarks.svg"	# git does not like it

for table in counts times others designs; do
	echo
	column -s, -t <"$out/benchmarks-$table.csv"
done
keep bench "make bench BASE=$name ARCH='$archs' RUNS=$runs" 'the counts are as expected; tables below'
say "build/bench/: these tables, and benchmarks.svg; medians of $runs runs and, in brackets, the lowest and the highest"
if [ -n "${DOCS:-}" ]; then
	mkdir -p "$top/Documentation/driver-api/arm-smmu"
	cp "$out"/benchmarks-{counts,times,others,designs}.csv "$out/benchmarks.svg" "$top/Documentation/driver-api/arm-smmu/"
fi
