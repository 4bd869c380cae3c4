#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh: the suites on the tree of BASE= or KDIR=, by the tree's own kunit.py
# on ARCH=, only what FILTER= (a KUnit glob) names. Exits with its verdict.

. "$(dirname "$0")/lib.sh"

choose_tree
: "${ARCH:=um}"
case $ARCH in
um)
	args=() tools=() expected=600 ;;
arm64)
	expected=2000
	args=(--arch=arm64 --cross_compile=aarch64-linux-gnu- --qemu_args="-smp 4")
	tools=(aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-system-aarch64:qemu-system-arm
	       /usr/include/openssl/ssl.h:libssl-dev) ;;
x86_64)
	expected=1500
	args=(--arch=x86_64 --qemu_args="-smp 4")
	tools=(qemu-system-x86_64:qemu-system-x86 /usr/include/libelf.h:libelf-dev
	       /usr/include/openssl/ssl.h:libssl-dev) ;;
*) die "ARCH=$ARCH: no such architecture; there are um, arm64 and x86_64" ;;
esac
need python3 gcc /usr/include/stdio.h:libc6-dev make flex bison bc ccache "${tools[@]}"

BASE=${BASE:-} KDIR=${KDIR:-} "$top/kunit/series.sh" sync
lock "$build/tree-$name.lock"

# Inside the tree, so that the compiler sees the same paths in every clone.
out=.kunit-$ARCH
cd "$tree"
export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1

say "$(git log -1 --format=%s base) with $(git rev-list --count base..HEAD) patches, ARCH=$ARCH"
if [ ! -e $out/vmlinux ]; then
	# kunit.py is silent while it builds.
	(
		while sleep 30; do
			echo "   $(find $out -name '*.o' 2>/dev/null | wc -l) objects built (a whole kernel has about $expected)" >&2
		done
	) 9>&- &
	progress=$!
	trap 'kill $progress 2>/dev/null' EXIT
fi
status=0
./tools/testing/kunit/kunit.py run --build_dir=$out --kunitconfig="$top/kunit/$ARCH.kunitconfig" \
	"${args[@]}" ${FILTER:+"$FILTER"} 9>&- || status=$?
exit $status
