#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The driver on an emulated MMU-500 in QEMU: what 'make check' runs of it.

load check-lib
bases=6.12

@test "the model builds for the installed QEMU, which takes it" {
	run -0 kunit/e2e/build.sh check
}

@test "a QEMU that is not Debian's is refused" {
	printf '#!/bin/sh\necho "QEMU emulator version 1.0"\n' >"$BATS_TEST_TMPDIR/qemu-system-aarch64"
	chmod +x "$BATS_TEST_TMPDIR/qemu-system-aarch64"
	PATH=$BATS_TEST_TMPDIR:$PATH refuses 'look at PATH' kunit/e2e/build.sh
}

@test "a model that was built for another QEMU refuses to be loaded" {
	local version
	version=$(dpkg-query -W -f '${Version}' qemu-system-arm)
	perl -pe "s/\Q$version\E/9${version#?}/g" "$(kunit/e2e/build.sh)" >"$BATS_TEST_TMPDIR/other.so"
	run -1 timeout 60 qemu-system-aarch64 -machine none -display none -plugin "$BATS_TEST_TMPDIR/other.so"
	[[ $output = *"built for QEMU 9${version#?}, and this is "*"$version"*': run kunit/e2e/build.sh'* ]]
}

# A cold build of 770 objects. Each test runs on both kinds of SS, or on all kinds of device.
# Without the soak, which is in e2e-all.bats.
@test "stalled faults, end to end, 6.12 with 4 CPUs" { kunit BASE=6.12 CONFIG=e2e FILTER='arm_smmu_e2*[em]'; }
@test "stalled faults, end to end, 6.12 with 1 CPU" { kunit BASE=6.12 CONFIG=e2e CPUS=1 FILTER='arm_smmu_e2*[em]'; }

@test "without an emulated SMMU, the suite fails" {
	run timeout 120 qemu-system-aarch64 -M virt -cpu cortex-a57 -m 1G -nographic -no-reboot \
		-kernel build/tree/6.12/.kunit-arm64-e2e/arch/arm64/boot/Image \
		-append 'console=ttyAMA0 kunit_shutdown=reboot kunit.filter_glob=arm_smmu_e2e.dma*'
	grep -q 'no emulated SMMU' <<<"$output"
	grep -q '^not ok 1 arm_smmu_e2e' <<<"$output"
}

@test "without interrupts off from CFIE to RESUME, a real interrupt controller storms" {
	local tree=build/tree/6.12
	git -C $tree apply "$PWD/kunit/designs/pieces/irq-off.patch"
	run make -s kunit BASE=6.12 CONFIG=e2e CPUS=1 FILTER='arm_smmu_e2e.stalled_fault_is_terminated'
	git -C $tree checkout -q .
	echo "$output"
	[ "$status" -ne 0 ]
	grep -q 'nobody cared' <<<"$output"
}
