#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# prove.sh [PIECE]: boots the kernel of "make kunit CONFIG=e2e" in the emulator, runs
# capture.sh there while the tests of FILTER= make the device fault, and check-trace.py on
# what it prints. With PIECE, the driver is without that piece of kunit/designs/pieces/.
# Exits as check-trace.py does.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../series/source.sh"
. "$(dirname "$0")/../e2e/machine.sh"

here=$top/kunit/hardware
out=$build/hardware
choose_tree
kernel=$tree/.kunit-arm64-e2e/arch/arm64/boot/Image
tests=${FILTER:-arm_smmu_e2e.*retr*}
# Of a driver without a piece, they may hang.
patience=${PATIENCE:-300}
model=$("$top/kunit/e2e/build.sh")

# A shell for the guest: the package of arm64, unpacked.
fetch_busybox()
{
	[ ! -e "$out/busybox" ] || return 0
	apt_sources=$out/debian.list
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirrors -v | head -n 1) stable main" >"$apt_sources"
	(cd "$out" && private_apt apt-get -o APT::Architecture=arm64 update && rm -f ./*.deb &&
		private_apt apt-get -o APT::Architecture=arm64 download busybox-static) >"$out/apt.log" 2>&1 ||
		die "cannot download busybox-static for arm64: $(grep '^E:' "$out/apt.log" | tail -n 1)"
	dpkg-deb -x "$out"/busybox-static*.deb "$out/unpacked"
	cp "$(find "$out/unpacked" -path "*bin/busybox")" "$out/busybox"
}

build_initrd()
{
	rm -rf "$out/root"
	mkdir -p "$out/root"/{bin,sbin,dev,proc,sys,run,usr/bin,usr/sbin}
	cp "$out/busybox" "$out/root/bin"
	cp "$here/capture.sh" "$out/root"
	cat >"$out/root/init" <<-'EOF'
		#!/bin/busybox sh
		/bin/busybox --install -s
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t debugfs debugfs /sys/kernel/debug
		/capture.sh start b000000.iommu
		for suite in /sys/kernel/debug/kunit/arm_smmu_e2e*; do
			echo 1 >$suite/run
		done
		/capture.sh stop
		poweroff -f
	EOF
	chmod +x "$out/root/init"
	(cd "$out/root" && find . -print0 | cpio -0 -o -H newc 2>/dev/null) >"$out/initrd"
}

# Leaves the kernel in the build folder of run.sh, which lays the suites into the tree.
build_kernel()
{
	BASE=$name KDIR='' "$top/kunit/series/series.sh" sync
	if [ -n "$1" ]; then
		git -C "$tree" diff --quiet || die "build/tree/$name has changes that are in no commit: commit them there first"
		trap 'git -C "$tree" checkout -q .' EXIT
		git -C "$tree" apply "$top/kunit/designs/pieces/$1.patch"
	fi
	BASE=$name KDIR='' CONFIG=e2e FILTER=arm_smmu_e2e.unknown_stream* "$top/kunit/run/run.sh" >"$out/build.log" 2>&1 ||
		die "the kernel does not build, or not run: see $out/build.log"
}

need python3 cpio dpkg-deb:dpkg qemu-system-aarch64:qemu-system-arm
mkdir -p "$out"
build_kernel "${1:-}"
fetch_busybox
build_initrd
timeout "$patience" qemu-system-aarch64 -M virt $(e2e_machine "$model" "${MMU500:-}") -m 1G -nodefaults -display none \
	-serial stdio -no-reboot -kernel "$kernel" -initrd "$out/initrd" \
	-append "console=ttyAMA0 quiet kunit.filter_glob=$tests trace_buf_size=1M" </dev/null | tr -d '\r' >"$out/trace.txt" || true
grep -q '^registers' "$out/trace.txt" || die "nothing was captured: see $out/trace.txt"
"$here/check-trace.py" "$out/trace.txt"
