#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# What 'make check-all' checks when 'make check' is through: what takes long.

load check-lib

### The suites, elsewhere

@test "the suites pass on mainline, UML with KASAN and UBSAN" { kunit BASE=mainline CONFIG=kasan; }

@test "the suites pass on 6.12, arm64 in QEMU with 4 CPUs" { kunit BASE=6.12 ARCH=arm64; }

# The same kernel.
@test "the suites pass on 6.12, arm64 with threadirqs" { kunit BASE=6.12 CONFIG=threadirqs; }

@test "the suites pass on mainline, arm64 in QEMU with 4 CPUs, drm/msm among them" {
	kunit BASE=mainline ARCH=arm64
}

@test "the driver's own .kunitconfig works with plain kunit.py" {
	cd build/tree/6.12
	PATH=/usr/lib/ccache:$PATH run ./tools/testing/kunit/kunit.py run \
		--kunitconfig=drivers/iommu/arm/arm-smmu --build_dir=.kunit-plain
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'Testing complete.*passed: ' <<<"$output"
}

# After a cold build each: the libraries, where a long has 32 bits, and is big-endian.
@test "the libraries' suites pass on 6.12, i386 in QEMU" {
	kunit BASE=6.12 ARCH=i386 FILTER='kunit_*'
}
@test "the libraries' suites pass on 6.12, powerpc64 in QEMU" {
	kunit BASE=6.12 ARCH=powerpc FILTER='kunit_*'
}

# Every object is another one: a cold build without drm/msm.
@test "the suites pass on 6.12, arm64 in QEMU with 4 CPUs and KASAN" {
	kunit BASE=6.12 ARCH=arm64 CONFIG=kasan
}
@test "the suites pass on 6.12, arm64 with PREEMPT_RT" { kunit BASE=6.12 CONFIG=rt; }

# After a cold build.
@test "no data race for KCSAN, x86_64 in QEMU with 4 CPUs" { kunit BASE=6.12 CONFIG=kcsan; }

# One object on top of that, and three minutes beside another build.
@test "KCSAN reports a data race" {
	local tree=build/tree/6.12
	sed -i 's/^	if (READ_ONCE(smmu->powered))$/	if (smmu->powered)/' \
		$tree/drivers/iommu/arm/arm-smmu/arm-smmu-power.c
	! git -C $tree diff --quiet || false
	run make -s kunit BASE=6.12 CONFIG=kcsan FILTER=arm_smmu_smp
	echo "$output"
	git -C $tree checkout -q --force
	[ "$status" -ne 0 ]
	grep -q '^BUG: KCSAN: data-race in .*arm_smmu_power_enter' <<<"$output"
	grep -q '^error: the kernel complained' <<<"$output"
}

@test "the suites pass on mainline, UML with 2 CPUs" { kunit BASE=mainline CONFIG=smp; }

# A cold build of 1000 objects.
@test "drm/msm's own .kunitconfig works with plain kunit.py, mainline, UML" {
	cd build/tree/mainline
	PATH=/usr/lib/ccache:$PATH run ./tools/testing/kunit/kunit.py run \
		--kunitconfig=drivers/gpu/drm/msm/tests --build_dir=.kunit-msm 'msm_*'
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'PASSED.* msm_fault ' <<<"$output"
	grep -q 'PASSED.* msm_gmu ' <<<"$output"
	. "$top/kunit/lib.sh"
	! complaints .kunit-msm/test.log || false
}

# Half a minute each.
@test "each patch of drm/msm has tests that fail without it, mainline, UML" {
	local patch test file change wrong=0 msm=drivers/gpu/drm/msm
	. "$top/kunit/lib.sh"
	cd build/tree/mainline
	while read -r patch test file change; do
		git checkout -q --force $msm
		perl -0pi -e "$change" $msm/$file
		! git diff --quiet || { echo "$patch: nothing to undo: $change"; wrong=1; }
		PATH=/usr/lib/ccache:$PATH run ./tools/testing/kunit/kunit.py run --kunitconfig=$msm/tests \
			--build_dir=.kunit-msm --timeout=60 "$test"
		[ "$status" -ne 0 ] || complaints .kunit-msm/test.log || { echo "$patch: $test passes without it: $change"; wrong=1; }
		! grep -q '^ERROR:root:' <<<"$output" || { echo "$output"; wrong=1; }
	done < <(grep '^[0-9]' "$top/kunit/mutants/msm.pieces")
	git checkout -q --force $msm
	[ "$wrong" = 0 ]
}

# For modpost, which says what is not exported. Half of a cold build, for each base.
@test "the suites and drm/msm link as modules, Qualcomm's among them" {
	local base dir=.kunit-arm64-modules module
	for base in 6.12 mainline; do
		kunit BASE=$base ARCH=arm64 FILTER='arm_smmu_qcom'
		cd build/tree/$base
		mkdir -p $dir
		cp .kunit-arm64/.config $dir/
		./scripts/config --file $dir/.config -e MODULES -m KUNIT -m DRM -m DRM_MSM -m ARM_SMMU \
			-m ARM_SMMU_KUNIT_TEST -m ARM_SMMU_EXPLORE_KUNIT_TEST \
			-m KUNIT_EXPLORE_KUNIT_TEST -m KUNIT_REGFILE_KUNIT_TEST -m KUNIT_IRQ_KUNIT_TEST
		PATH=/usr/lib/ccache:$PATH run make -s ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- O=$dir \
			olddefconfig vmlinux modules
		echo "$output"
		[ "$status" -eq 0 ]
		for module in lib/kunit/kunit-{explore,regfile,irq} drivers/gpu/drm/msm/msm \
			      drivers/iommu/arm/arm-smmu/{arm_smmu,tests/arm_smmu_{kunit,explore}}; do
			[ -e $dir/$module.ko ]
		done
		nm $dir/drivers/iommu/arm/arm-smmu/tests/arm_smmu_kunit.ko | grep -q arm_smmu_qcom_suite
		cd "$top"
	done
}

# The files that the series touches. Mainline wants a newer sparse than Debian has, for
# one keyword, and makes do without any if there is none.
@test "drm/msm's files are clean, W=1 and sparse, built in and as a module" {
	local base way objects
	# By Debian's sparse: module parameters, and headers of the GMU. What 6.12 has itself.
	local known='error: (bad constant expression|too long token expansion)|array of flexible structures'
	known+="|a6xx_(gmu|gpu)\.c.*different address spaces|symbol '(dumpstate|hang_debug)'"
	for base in 6.12 mainline; do
		kunit BASE=$base ARCH=arm64 FILTER='arm_smmu_qcom'
		cd build/tree/$base
		objects=$(git diff --name-only --diff-filter=d base series -- 'drivers/gpu/drm/msm/*.c' |
			sed 's/c$/o/')
		for way in y m; do
			mkdir -p .kunit-arm64-msm
			cp .kunit-arm64/.config .kunit-arm64-msm/
			./scripts/config --file .kunit-arm64-msm/.config -e MODULES --set-val DRM_MSM $way
			(cd .kunit-arm64-msm && rm -f $objects)
			PATH=/usr/lib/ccache:$PATH run make -s ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
				O=.kunit-arm64-msm W=1 C=2 CHECK='sparse -D__typeof_unqual__=__typeof__' \
				olddefconfig $objects
			echo "$output"
			[ "$status" -eq 0 ]
			! grep -E 'drivers/gpu/drm/msm.*(warning|error):|C=2 specified, but' <<<"$output" |
				grep -vE "$known" || false
		done
		cd "$top"
	done
}

### Spin and the pages

@test "the Spin model agrees" { make -s spin; }

@test "a verdict that Spin does not give is an error" {
	echo 'one_bank.direct landed 46939 noss.other=I1' >"$BATS_TEST_TMPDIR/verdicts"
	refuses 'not the verdicts' kunit/designs/spin/verdicts.sh "$BATS_TEST_TMPDIR/verdicts"
}

### The pages

@test "the pages have no warning, on 6.12 and mainline, and their figures are up to date" {
	make -s docs BASE=6.12
	make -s docs BASE=mainline
}

@test "a page with a warning, or a figure that is not its source's, is an error" {
	local page=Documentation/driver-api/arm-smmu/index.rst figure=kunit/docs/fault-path.json
	cp $page $figure "$BATS_TEST_TMPDIR"
	printf '\n:doc:`no-such-page`\n' >>$page
	refuses 'have warnings' make -s docs
	cp "$BATS_TEST_TMPDIR/index.rst" $page
	page=Documentation/dev-tools/kunit/regfile.rst
	cp $page "$BATS_TEST_TMPDIR"
	printf '\n:doc:`no-such-page`\n' >>$page
	refuses 'have warnings' make -s docs
	cp "$BATS_TEST_TMPDIR/regfile.rst" $page
	sed -i 's/callback/Callback/' $figure
	refuses 'kunit/docs/docs.sh figures' make -s docs
	cp "$BATS_TEST_TMPDIR/fault-path.json" $figure
}

### The benchmark

# Its counts are asserted, its times are not. About a minute where the suites are built.
@test "make bench counts what it expects, and draws a plot" {
	run make -s bench ARCH=um RUNS=1
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^64 +64 +1 +263 +74 ' <<<"$output"
	grep -q '^128,--,1,--,138,' build/bench/benchmarks-counts.csv
	grep -q '</svg>' build/bench/benchmarks.svg
}
@test "make bench without a number" { refuses 'RUNS=none: how many' make bench RUNS=none; }

### Tests that can fail: each piece of the protocol, taken away

# Two pieces are needed by no invariant (designs.rst); the suites ask for both.
# Twenty minutes.
@test "the suites find each piece that is taken away" {
	local piece
	for piece in kunit/designs/pieces/*.patch; do
		piece=$(basename "$piece" .patch)
		echo "# without $piece" >&3
		mutant "$piece" FAILED
	done
}

### The compilers of others

# robot ARCH PACKAGE MAKE-ARGUMENTS...: W=1 has nothing to say of what the series adds, in
# the tree's own configuration of ARCH with COMPILE_TEST.
robot()
{
	local arch=$1 out=.robot-$1 option
	local suites='ARM_SMMU_KUNIT_TEST ARM_SMMU_EXPLORE_KUNIT_TEST KUNIT_EXPLORE_KUNIT_TEST KUNIT_REGFILE_KUNIT_TEST'
	local make=(make -s "-j$(nproc)" ARCH="$arch" O="$out" W=1 "${@:3}") config=defconfig
	[ "$arch" != arm ] || config=multi_v7_defconfig

	bash -c '. "$top/kunit/lib.sh"; need $1' - "$2"
	cd "$top/build/tree/6.12"
	PATH=/usr/lib/ccache:$PATH "${make[@]}" $config
	./scripts/config --file $out/.config -d WERROR
	for option in COMPILE_TEST EXPERT KUNIT OF COMMON_CLK IOMMU_SUPPORT ARM_SMMU $suites; do
		./scripts/config --file $out/.config -e $option
	done
	PATH=/usr/lib/ccache:$PATH "${make[@]}" olddefconfig
	for option in $suites; do grep -qx "CONFIG_$option=y" $out/.config; done
	rm -rf $out/drivers/iommu/arm $out/lib/kunit
	PATH=/usr/lib/ccache:$PATH run "${make[@]}" drivers/iommu/arm/arm-smmu/ lib/kunit/
	echo "$output"
	[ "$status" -eq 0 ]
	! grep -E '(arm[-_]smmu|regfile|explore|fake_).*(warning|error):' <<<"$output" || false
	cd "$top"
}

@test "gcc for arm has no warning, W=1" {
	robot arm arm-linux-gnueabihf-gcc:gcc-arm-linux-gnueabihf CROSS_COMPILE=arm-linux-gnueabihf-
}

@test "clang for i386 has no warning, W=1" { robot i386 'clang-16 ld.lld-16:lld-16 llvm-ar-16:llvm-16' LLVM=-16; }

@test "clang for x86_64 has no warning, W=1" { robot x86_64 'clang-16 ld.lld-16:lld-16 llvm-ar-16:llvm-16 /usr/include/libelf.h:libelf-dev' LLVM=-16; }

@test "sparse, W=1 and kernel-doc are clean where the series goes" {
	local base
	for base in 6.12 mainline; do
		# To configure and build what the drivers need, with the ordinary compiler.
		kunit BASE=$base FILTER='arm_smmu_sctlr.*'
		cd build/tree/$base
		touch drivers/iommu/arm/arm-smmu/*.[ch] drivers/iommu/arm/arm-smmu/tests/*.[ch] \
			include/kunit/{explore,regfile}.h
		PATH=/usr/lib/ccache:$PATH run bash -c '. "$top/kunit/lib.sh"
			make -s ARCH=um O=.kunit-um W=1 C=1 CHECK="$sparse" drivers/iommu/arm/arm-smmu/ lib/kunit/ >.kunit-um/sparse.log 2>&1 || { cat .kunit-um/sparse.log; exit 1; }
			! grep "C=1 specified, but" .kunit-um/sparse.log || exit 1
			! warnings .kunit-um/sparse.log | grep -E "arm-smmu|regfile|explore"'
		echo "$output"
		[ "$status" -eq 0 ]
		# W=1 does not look at headers.
		run $(ls tools/docs/kernel-doc scripts/kernel-doc 2>/dev/null | head -n 1) -none -Wall \
			include/kunit/{explore,explore_memory,explore_scenario,irq,regfile}.h include/linux/adreno-smmu-priv.h \
			drivers/iommu/arm/arm-smmu/tests/*.h
		cd "$top"
		echo "$output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

### Coverage and mutants

# A cold build with gcov: 8 minutes of one CPU.
@test "make coverage: what is not reached of the fault path is listed" {
	run make -s coverage
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '^listed: arm-smmu-sctlr.c arm_smmu_sctlr_change, branch 1 of 2' <<<"$output"
	[ "$(grep -c '^arm-smmu-.*c *| *100%' <<<"$output")" -eq 3 ]
}

@test "a branch that is not reached, and not listed, is an error" {
	local list=kunit/coverage/coverage.unreached
	cp $list "$BATS_TEST_TMPDIR"
	sed -i '/cmpxchg/d' $list
	refuses 'not reached: arm-smmu-sctlr.c arm_smmu_sctlr_change' make -s coverage
	cp "$BATS_TEST_TMPDIR/coverage.unreached" $list
}

### The series

@test "the series applies to each kernel source since 6.12 that Debian has" {
	run make -s bases
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *linux-source-6.12* ]]
	! grep -E '^[67]\.[0-9]' <<<"$output" | grep -v ' applies' || false
}

# Each a cold build, of five minutes and 2.5 GB.
@test "the suites pass on each of them" {
	local version versions had
	versions=$(make -s bases | sed -n 's/^\([67]\.[0-9][^ ]*\) .*/\1/p')
	[ -n "$versions" ]
	for version in $versions; do
		[ -d build/tree/$version ] && had=yes || had=
		kunit BASE=$version
		[ -n "$had" ] || rm -rf build/tree/$version build/source/$version
	done
}

# Patch by patch: seven configurations, checkpatch, suites. An hour from nothing.
@test "each patch stands alone, on 6.12 and mainline" {
	make -s bisect BASE=6.12
	make -s bisect BASE=mainline
}

# What fails is asserted there. A cold build of 7.x, and a minute.
@test "make unpatched: what the series mends is broken without it" {
	run make -s unpatched
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '5 tests fail as they should, and one panics' <<<"$output"
}

# Likewise, and a cold build for arm64 without drm/msm.
@test "make unpatched ARCH=arm64: and so is Qualcomm's code" {
	run make -s unpatched ARCH=arm64
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'tests fail as they should; ' <<<"$output"
}
@test "make unpatched of an ARCH that it does not know" {
	refuses 'make unpatched knows um and arm64' make unpatched ARCH=x86_64
}
