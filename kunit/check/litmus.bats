#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# What 'make litmus' says, and that it can say something else.

load check-lib

litmus=Documentation/litmus-tests/arm-smmu

@test "the litmus tests say Never, and Sometimes without any of their barriers, on 6.12 and mainline" {
	local base test
	for base in 6.12 mainline; do
		run make -s litmus BASE=$base
		echo "$output"
		[ "$status" -eq 0 ]
		for test in $(basename -s .litmus $litmus/*.litmus); do
			grep -q "^$test  *Never" <<<"$output"
			grep -q "^$test-without-line-[0-9]*  *Sometimes " <<<"$output"
		done
	done
}

@test "the README of the litmus tests has an entry for each" {
	diff <(cd $litmus && ls *.litmus) <(grep -x '[^ ]*\.litmus' $litmus/README | sort)
}

@test "each function that a litmus test names is in the driver" {
	local name
	for name in $(grep -oh 'arm_smmu_[a-z_]*()' $litmus/* | sort -u); do
		echo "$name"
		grep -qE "^[a-z].*\b${name%??}\(" drivers/iommu/arm/arm-smmu/*.c
	done
}

# has FUNCTION BARRIER: the driver's function has it, once.
has()
{
	[ "$(sed -n "/^[a-z].*\b$1(/,/^}/p" drivers/iommu/arm/arm-smmu/arm-smmu-*.c | grep -cE "^	+$2[(;]")" -eq 1 ] ||
		{ echo "$1() does not have $2"; return 1; }
}

@test "each barrier of the litmus tests is in the driver" {
	has arm_smmu_power_enter 'smp_mb__after_atomic\(\)'
	has arm_smmu_power_leave 'mb\(\)'
	has arm_smmu_power_off 'smp_mb\(\)'
	has arm_smmu_power_off 'atomic_cond_read_acquire\(&smmu->users, !VAL\)'
	has arm_smmu_power_on 'smp_mb\(\)'
	has arm_smmu_detach_context_bank 'smp_mb\(\)'
	has arm_smmu_detach_context_bank 'atomic_cond_read_acquire\(&cb->fault.users, !VAL\)'
	has arm_smmu_sctlr_change '} while \(!atomic_try_cmpxchg\(.*\)\)'
}

# changed NAME SED: a copy of the tests, with a change in one of them.
changed()
{
	cp -r $litmus "$BATS_TEST_TMPDIR/tests"
	sed -i "$2" "$BATS_TEST_TMPDIR/tests/$1.litmus"
}

@test "a litmus test that lacks a barrier is an error" {
	changed set_stall+detach '/smp_mb();/d'
	refuses 'set_stall+detach: Never, but herd7 says Sometimes' kunit/litmus/litmus.sh "$BATS_TEST_TMPDIR/tests"
}

@test "a litmus test with a barrier that it does not need is an error" {
	changed set_stall+detach 's/r0 = atomic_read(users);/r0 = atomic_read_acquire(users);/'
	refuses 'set_stall+detach-without-line-35: Sometimes, but herd7 says Never' kunit/litmus/litmus.sh "$BATS_TEST_TMPDIR/tests"
}

@test "a litmus test that herd7 cannot read is an error" {
	changed leave+detach 's/atomic_dec/atomic_decrement/'
	refuses 'leave+detach: Never, but herd7 says (nothing)' kunit/litmus/litmus.sh "$BATS_TEST_TMPDIR/tests"
}

@test "a litmus test without a barrier is an error" {
	changed primary+power_on 's/atomic_xchg(/atomic_xchg_relaxed(/'
	refuses 'primary+power_on.litmus: no barrier in it to remove' kunit/litmus/litmus.sh "$BATS_TEST_TMPDIR/tests"
}

@test "make litmus without litmus tests, herd7 or network" {
	local clone=$BATS_TEST_TMPDIR/clone
	refuses 'no litmus test in /nowhere' kunit/litmus/litmus.sh /nowhere
	! command -v herd7 >/dev/null || skip "herd7 is on PATH"
	git clone -q . "$clone"
	mkdir "$clone/build"
	ln -s "$PWD/build/tree" "$clone/build/tree"
	refuses 'cannot download herdtools7.*no network' unshare -rn make -C "$clone" litmus
	[ ! -e "$clone/build/herdtools/root" ]
}
