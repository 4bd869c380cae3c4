#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# What 'make check-all' checks when 'make check' is through: what takes long.

load check-lib

### The suites, elsewhere

@test "the suites pass on mainline, UML" { kunit BASE=mainline; }

@test "the suites pass on mainline, arm64 in QEMU with 4 CPUs, drm/msm among them" {
	kunit BASE=mainline ARCH=arm64
}

# Where nothing of Qualcomm's is, the part without an SMMU. 300 objects more than UML has.
@test "drm/msm's own .kunitconfig works with plain kunit.py" {
	cd build/tree/6.12
	PATH=/usr/lib/ccache:$PATH run ./tools/testing/kunit/kunit.py run \
		--kunitconfig=drivers/gpu/drm/msm --build_dir=.kunit-msm '*'
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'Testing complete.*passed: ' <<<"$output"
}

# After the suites ran on arm64, which is drm/msm built in.
@test "drm/msm builds as a module, and built in, without a warning, W=1" {
	local base way touched
	for base in 6.12 mainline; do
		kunit BASE=$base ARCH=arm64 FILTER='msm_gpu_stall'
		cd build/tree/$base
		touched=$(git diff --name-only base series -- drivers/gpu/drm/msm)
		for way in y m; do
			mkdir -p .kunit-arm64-msm
			cp .kunit-arm64/.config .kunit-arm64-msm/
			./scripts/config --file .kunit-arm64-msm/.config -e MODULES --set-val DRM_MSM $way
			PATH=/usr/lib/ccache:$PATH run make -s ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
				O=.kunit-arm64-msm W=1 olddefconfig drivers/gpu/drm/msm/
			echo "$output"
			[ "$status" -eq 0 ]
			! grep -F "$touched" <<<"$output" | grep -q 'warning:'
		done
		cd "$top"
	done
}

### The benchmark

# Its counts are asserted, its times are not. About a minute where the suites are built.
@test "make bench counts what it expects, and draws a plot" {
	run make -s bench ARCH=um RUNS=1
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^64 +64 +1 +263 +75 ' <<<"$output"
	grep -q '^128,--,1,--,139,' build/bench/counts.csv
	grep -q '</svg>' build/bench/benchmarks.svg
}
@test "make bench without a number" { refuses 'RUNS=none: how many' make bench RUNS=none; }

### The designs compared

# All schedules of the driver and of its pieces removed, and what is known of the other
# designs: asserted there. Two minutes of running, and as many of building.
@test "make compare: the driver is not broken, and the others are" {
	run make -s compare
	echo "$output"
	[ "$status" -eq 0 ]
	! grep -q 'design=masked .*result=\(broken\|unexplored\)' build/compare.log
	grep -q 'design=masked-second-read .*result=broken' build/compare.log
}

@test "make compare replays a schedule" {
	run make -s compare REPLAY='design=landed sched=one_bank.noss.same.direct:fi2t14'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^explore: step design=landed ' build/compare.log)" -eq 17 ]
}
