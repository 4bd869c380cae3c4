#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh: runs the suites on the tree of BASE= or KDIR=, by the tree's own kunit.py.
# Reads ARCH=, CONFIG= (a configuration) and FILTER= (a KUnit glob). Writes JSON, log and
# JUnit to build/results/, those of a FILTER beside those of all suites. Fails if a test
# fails, or if the kernel complains.

. "$(dirname "$0")/../lib.sh"

choose_tree
: "${ARCH:=}" "${CONFIG:=}"
part=${FILTER:+-part}
# A CONFIG is a kunitconfig that goes on top of the one of its ARCH, a kernel
# argument, or both. One without a kunitconfig shares the build folder of ARCH.
# extra= names a room of kunit/ whose code is built too. It is no part of the series, and
# its suites run only if FILTER or this table names them.
arch=um bases='' extra='' kernel_args=() make_options=() timeout=()
case $CONFIG in
''|kasan) arch=${ARCH:-um} ;;
bench) arch=${ARCH:-um} extra=bench part='' FILTER=${FILTER:-arm_smmu_bench} ;;
designs)
	arch=${ARCH:-um} extra=designs part='' FILTER=${FILTER:-arm_smmu_compare}
	[ -z "${REPLAY:-}" ] || kernel_args=(--kernel_args="arm_smmu_designs.replay=$REPLAY") ;;
# libgcov has a mangle_path() of its own, and UML is linked with it.
coverage) extra=coverage make_options=(--make_options=KCFLAGS=-Dmangle_path=seq_mangle_path) ;;
# KCSAN watches one access in so many. For that to be few, it sees the driver and its
# suites alone: not what has a lock, the fake register file, nor the explorer.
kcsan)
	arch=x86_64
	watched='drivers/iommu/arm/arm-smmu/arm-smmu%.o drivers/iommu/arm/arm-smmu/tests/arm_smmu%.o'
	watched+=' drivers/iommu/arm/arm-smmu/tests/fake_%.o'
	make_options=(--make_options="KCSAN_SANITIZE=\$(if \$(filter $watched,\$@),y,n)") ;;
rt) arch=arm64 ;;
threadirqs) arch=arm64 kernel_args=(--kernel_args=threadirqs) ;;
e2e) arch=arm64 extra=e2e part='' FILTER=${FILTER:-arm_smmu_e2e*} ;;
smp) bases=mainline kernel_args=(--kernel_args=ncpus=2 --kernel_args=seccomp=on) ;;
*) die "CONFIG=$CONFIG: no such configuration; there are bench, coverage, designs, e2e, kasan, kcsan, rt, smp and threadirqs" ;;
esac
[ "${ARCH:-$arch}" = $arch ] || die "CONFIG=$CONFIG is for ARCH=$arch, not for ARCH=$ARCH"
[ -z "$bases" ] || [ -n "$kdir" ] || [[ " $bases " = *" $name "* ]] ||
	die "CONFIG=$CONFIG is for BASE=$bases, not for BASE=$name, whose UML has one CPU"
[ $arch = um ] || timeout=(--timeout=$qemu_timeout)

case $arch in
um)
	args=() tools=() expected=600 ;;
arm64)
	expected=2000
	# No device trees: there are hundreds of Qualcomm's.
	args=("${arm64_args[@]}" --make_options=dtstree=) tools=("${arm64_tools[@]}") ;;
x86_64)
	expected=1500
	args=(--arch=x86_64 --qemu_args="-smp 4")
	tools=(qemu-system-x86_64:qemu-system-x86 /usr/include/libelf.h:libelf-dev
	       /usr/include/openssl/ssl.h:libssl-dev) ;;
# The libraries alone, on 32 bits and on big-endian ones. gcc for x86_64 makes both of x86.
i386)
	expected=700
	args=(--arch=i386) tools=(qemu-system-i386:qemu-system-x86 /usr/include/libelf.h:libelf-dev) ;;
powerpc)
	expected=700
	args=(--arch=powerpc --cross_compile=powerpc64-linux-gnu-)
	tools=(powerpc64-linux-gnu-gcc:gcc-powerpc64-linux-gnu qemu-system-ppc64:qemu-system-ppc) ;;
*) die "ARCH=$arch: no such architecture; there are um, arm64, x86_64, i386 and powerpc" ;;
esac
if [ "$CONFIG" = e2e ]; then
	expected=770
	model=$("$top/kunit/e2e/build.sh")
	. "$top/kunit/e2e/machine.sh"
	args+=(--qemu_args="$(e2e_machine "$model" "${MMU500:-}")")
fi
for arg in ${KERNEL_ARGS:-}; do
	kernel_args+=(--kernel_args="$arg")
done
need python3 gcc /usr/include/stdio.h:libc6-dev make flex bison bc ccache "${tools[@]}"

BASE=${BASE:-} KDIR=${KDIR:-} "$top/kunit/series/series.sh" sync
lock "$build/tree-$name.lock"

# Inside the tree, so that the compiler sees the same paths in every clone.
out=.kunit-$arch
configs=(--kunitconfig="$top/kunit/run/$arch.kunitconfig")
# Every object of PREEMPT_RT or KASAN is another one: these go without drm/msm.
[ $arch != arm64 ] || [[ $CONFIG = @(rt|kasan|e2e) ]] || configs+=(--kunitconfig="$top/kunit/run/drm.kunitconfig")
# 6.12 has no tests for drm/msm: theirs is mainline's struct drm_gpuvm.
[[ "${configs[*]}" != *drm.kunitconfig* ]] || [ ! -e "$tree/drivers/gpu/drm/msm/tests" ] || configs+=(--kconfig_add=CONFIG_DRM_MSM_KUNIT_TEST=y)
if [ -n "$CONFIG" ] && [ -e "$top/kunit/run/$CONFIG.kunitconfig" ]; then
	out+=-$CONFIG
	configs+=(--kunitconfig="$top/kunit/run/$CONFIG.kunitconfig")
fi

# What lockdep takes for a lock would be most of what a fault takes.
if [ "$CONFIG" = bench ]; then
	out+=-bench
	configs+=(--kconfig_add=CONFIG_{PROVE_LOCKING,DEBUG_ATOMIC_SLEEP,DEBUG_SHIRQ}=n)
fi
cd "$tree"
export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1

# Laid into the tree for this run. Kbuild takes a Kbuild before a Makefile.
tests=drivers/iommu/arm/arm-smmu/tests
remove_extra() { rm -rf $tests/Kbuild $tests/extra; }
trap 'kill ${progress:-} 2>/dev/null || :; remove_extra' EXIT
remove_extra
if [ -n "$extra" ]; then
	printf '%s\n' 'include $(src)/Makefile' 'obj-y += extra/' >$tests/Kbuild
	cp -rp "$top/kunit/$extra" $tests/extra
fi

mkdir -p "$build/results"
results=$build/results/$name-$arch${CONFIG:+-$CONFIG}$part
rm -f "$results".*
args+=(--json="$results.json")
# Since 7.2.
! ./tools/testing/kunit/kunit.py run --help | grep -q -- --junit || args+=(--junit="$results.xml")

say "$(git log -1 --format=%s base) with $(git rev-list --count base..HEAD -- .) patches, ARCH=$arch${CONFIG:+, CONFIG=$CONFIG}"
if [ ! -e $out/vmlinux ]; then
	# kunit.py is silent while it builds.
	(
		while sleep 30; do
			echo "   $(find $out -name '*.o' 2>/dev/null | wc -l) objects built (a whole kernel has about $expected)" >&2
		done
	) 9>&- &
	progress=$!
fi
status=0
rm -f $out/test.log
./tools/testing/kunit/kunit.py run --build_dir=$out "${configs[@]}" "${args[@]}" "${make_options[@]}" "${timeout[@]}" \
	"${kernel_args[@]}" ${FILTER:+"$FILTER"} 9>&- || status=$?

# KUnit does not look at what else the kernel says.
if [ -e $out/test.log ]; then
	cp $out/test.log "$results.log"
	keep "$(basename "$results")" "make kunit $([ -n "$kdir" ] && echo "KDIR=$kdir" || echo "BASE=$name") ARCH=$arch${CONFIG:+ CONFIG=$CONFIG}${FILTER:+ FILTER='$FILTER'}${KERNEL_ARGS:+ KERNEL_ARGS='$KERNEL_ARGS'}"
	[ -z "${FILTER:-}" ] || ! grep -aq '^1\.\.0' "$results.log" || die "FILTER=$FILTER: no such test; it is SUITE or SUITE.TEST, with * and ?"
	[ -z "${SHOW:-}" ] || grep -ao "$SHOW.*" "$results.log" || true
	complaints "$results.log" >&2 && die "the kernel complained, see $results.log"
fi
exit $status
