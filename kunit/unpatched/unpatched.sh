#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# unpatched.sh: which tests fail on mainline's driver without the series? Runs the suites
# that need only the fake SMMU, in User Mode Linux, or on ARCH=arm64 with Qualcomm's code.
# Reads expected-ARCH: those tests must fail, and no others. In UML, one must also panic.
# Writes the output to build/results/mainline-unpatched-ARCH.

. "$(dirname "$0")/../lib.sh"

unset KDIR
export BASE=mainline
choose_tree
arch=${ARCH:-um}
case $arch in
um) args=() tools=() timeout=120 suites='arm_smmu_attach.*' ;;
arm64) args=("${arm64_args[@]}") tools=("${arm64_tools[@]}") timeout=$qemu_timeout suites='arm_smmu_qcom.*' ;;
*) die "ARCH=$ARCH: make unpatched knows um and arm64" ;;
esac
need python3 gcc /usr/include/stdio.h:libc6-dev make flex bison bc ccache "${tools[@]}"
"$top/kunit/series/series.sh" sync
lock "$build/tree-$name.lock"

# The base, with the tests and their Kconfig symbols.
work=$build/tree/$name-unpatched
[ -e "$work/.git" ] || git -C "$tree" worktree add -q --detach "$work" base
cd "$work"
git checkout -q --detach --force base
git diff --name-only --diff-filter=AM base series |
	grep -E '^lib/|^include/kunit/|Kconfig$|arm-smmu/tests/' |
	xargs git checkout -q series --
git apply -q "$top/kunit/unpatched/shim.patch" ||
	die "kunit/unpatched/shim.patch does not apply to $(git log -1 --format=%s base): mend it"
! git grep -q resume_translation series -- include drivers/iommu ||
	die "the series says resume_translation again, and no driver provides it"
git grep -q resume_translation base -- include/linux/adreno-smmu-priv.h ||
	die "resume_translation is gone without the series: so can what is said about it"
export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1
# The tree itself is not needed any more, and a cold build takes long.
lock "$work.lock"

say "$(git log -1 --format=%s base) without the series, ARCH=$arch"
results=$build/results/$name-unpatched-$arch
expected=$top/kunit/unpatched/expected-$arch
mkdir -p "$build/results"
must_fail()
{
	rm -f .kunit-$arch/test.log
	! ./tools/testing/kunit/kunit.py run --build_dir=.kunit-$arch --timeout=$timeout "${args[@]}" \
		--kunitconfig="$top/kunit/run/$arch.kunitconfig" "$1" 9>&- | tee "$results.out" ||
		die "kunit.py passes on the driver without the series: see above"
	[ -e .kunit-$arch/test.log ] || die "the kernel did not build or run: see above"
	cp .kunit-$arch/test.log "$results.log"
}

must_fail "$suites"
grep -v '^#' "$expected" >"$results.expected"
sed -n 's/^\[[0-9:]*\] \[\(PASSED\|FAILED\)\] \([a-z0-9_]*\)$/\2 \1/p' "$results.out" |
	sort | diff -u --label expected --label 'what happened' "$results.expected" - ||
	die "other tests fail without the series than kunit/unpatched/expected-$arch says"

panics=
if [ $arch = um ]; then
	must_fail 'arm_smmu_io_page_fault.*'
	grep -q 'Kernel panic' "$results.log" ||
		die "no panic without the series, with the trace event iommu:io_page_fault on: see $results.log"
	panics=', and one panics'
fi

keep "unpatched-$arch" "make unpatched ARCH=$arch" "$(grep -c FAILED "$results.expected") tests fail as they should$panics"
say "without the series $(grep -c FAILED "$results.expected") tests fail as they should$panics; 'make kunit BASE=mainline${ARCH:+ ARCH=$ARCH}' passes them"
