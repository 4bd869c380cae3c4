#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The driver on an emulated MMU-500 in QEMU: what 'make check' runs of it.

load check-lib

setup_file()
{
	export top=$BATS_TEST_DIRNAME/../..
	make -s -C "$top" tree BASE=6.12 2>&1 | sed 's/^/# /' >&3
}

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

@test "stalled faults, end to end, 6.12 with 4 CPUs, both kinds of SS" { kunit BASE=6.12 CONFIG=e2e; }
@test "stalled faults, end to end, 6.12 with 1 CPU" { kunit BASE=6.12 CONFIG=e2e CPUS=1; }
@test "with GICv2" { kunit BASE=6.12 CONFIG=e2e GIC=2 FILTER='arm_smmu_e2e.*'; }
@test "with 128 banks on two lines" { kunit BASE=6.12 CONFIG=e2e BANKS=128 FILTER='*.all_banks_fault_at_once'; }
@test "on mainline" { kunit BASE=mainline CONFIG=e2e; }

@test "two soaks under -icount are the same, bit for bit" {
	for run in one two; do
		kunit BASE=6.12 CONFIG=e2e ICOUNT=3 CPUS=2 FILTER='arm_smmu_e2e_soak.*'
		cp build/results/6.12-arm64-e2e.log "$BATS_TEST_TMPDIR/$run"
	done
	cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
}

@test "without interrupts off from CFIE to RESUME, the emulated interrupt controller storms" {
	local tree=build/tree/6.12
	sed -i '/^static bool arm_smmu_arm/,/^}/s/local_irq_\(save\|restore\)(flags);/flags = 0;/' \
		$tree/drivers/iommu/arm/arm-smmu/arm-smmu-fault.c
	! git -C $tree diff --quiet || false
	run make -s kunit BASE=6.12 CONFIG=e2e CPUS=1 FILTER='arm_smmu_e2e.stalled_fault_is_terminated'
	git -C $tree checkout -q .
	[ "$status" -ne 0 ]
	grep -q 'nobody cared' build/results/6.12-arm64-e2e*.log
}

@test "a kernel of another name is refused" { refuses 'STOCK=5.0' make e2e-stock STOCK=5.0; }

# Debian's 6.12: RESUME from a worker, SS asserts.
@test "Debian's own kernel reports the first stalled fault again and again" {
	run -0 make -s e2e-stock STOCK=6.12 SCENARIO='on 2 terminate'
	[[ $output =~ (again|hang)$ ]]
}
