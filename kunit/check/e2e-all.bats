#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The driver on an emulated MMU-500 in QEMU: what 'make check-all' runs besides e2e.bats.

load check-lib

@test "with GICv2" { kunit BASE=6.12 CONFIG=e2e GIC=2 FILTER='arm_smmu_e2e.*'; }
@test "with 128 banks on two lines" { kunit BASE=6.12 CONFIG=e2e BANKS=128 FILTER='*.all_banks_fault_at_once'; }
@test "with page tables of stage 2" { kunit BASE=6.12 CONFIG=e2e MMU500=stage2=on FILTER='arm_smmu_e2e.*'; }
@test "on mainline" { kunit BASE=mainline CONFIG=e2e; }

# With 1 CPU, beside other work of the machine, RCU once reported a stall: not understood.
@test "a soak with 4 CPUs, and with 1" {
	kunit BASE=6.12 CONFIG=e2e FILTER='arm_smmu_e2e_soak.*'
	kunit BASE=6.12 CONFIG=e2e CPUS=1 FILTER='arm_smmu_e2e_soak.*'
}

@test "a soak is replayed bit for bit, and another -icount shift is another schedule" {
	local run log=build/results/6.12-arm64-e2e.log
	for run in 3-record 3-replay 5-record; do
		kunit BASE=6.12 CONFIG=e2e ICOUNT=${run%-*} RR=${run#*-} CPUS=1 FILTER='arm_smmu_e2e_soak.*'
		cp $log "$BATS_TEST_TMPDIR/$run"
	done
	cmp "$BATS_TEST_TMPDIR/3-record" "$BATS_TEST_TMPDIR/3-replay"
	! cmp "$BATS_TEST_TMPDIR/3-record" "$BATS_TEST_TMPDIR/5-record"
}

@test "a kernel of another name is refused" { refuses 'STOCK=5.0' make e2e-stock STOCK=5.0; }

@test "kernels as Debian shipped them end as kunit/e2e/stock/expected says" { make -s e2e-stock; }
