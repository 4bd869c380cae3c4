// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCTLR of an Arm SMMU context bank: one writer function, and no lock.
 *
 * The fault path changes SCTLR.CFIE and a master's driver SCTLR.CFCFG, from
 * hard IRQ context and from elsewhere. So the register is never read to be
 * modified. &arm_smmu_cb_fault.sctlr holds what it shall contain. A change is an
 * atomic operation on that shadow. Then the caller copies the shadow to the
 * register until the two agree.
 */

#include <linux/atomic.h>
#include <linux/irqflags.h>

#include <kunit/visibility.h>

#include "arm-smmu.h"

/* The shadow, without what must be off now */
static u32 arm_smmu_sctlr_wanted(struct arm_smmu_device *smmu, int idx)
{
	u32 val = atomic_read(&smmu->cbs[idx].fault.sctlr);
	u32 off = ARM_SMMU_SHADOW_DETACHING;

	/* The handlers of an SMMU that is about to lose its power do nothing. */
	if (!READ_ONCE(smmu->powered))
		off |= ARM_SMMU_SCTLR_CFIE;
	/* Nothing resumes a transaction that stalls now. */
	if (val & ARM_SMMU_SHADOW_DETACHING)
		off |= ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFCFG;

	return val & ~off;
}

/**
 * arm_smmu_sctlr_write() - Write SCTLR of a context bank from its shadow
 * @smmu: SMMU, its clocks on
 * @idx: context bank
 *
 * The caller reads any register of the SMMU, so that the write has arrived, and
 * goes on with arm_smmu_sctlr_settle(). Interrupts are off in between:
 * the value may be out of date. If it has CFIE set, and the primary finds CFIE
 * clear in the shadow, the interrupt never ends on this CPU.
 *
 * Context: Interrupts off. Does not sleep, takes no lock.
 * Return: What was written.
 */
u32 arm_smmu_sctlr_write(struct arm_smmu_device *smmu, int idx)
{
	u32 val;

	/*
	 * The caller's change of the shadow is visible before the write reaches
	 * the device. Pairs with the rmb() in arm_smmu_sctlr_settle().
	 *
	 *   CPU 0                        CPU 1
	 *   shadow = A                   shadow = B
	 *   wmb()                        wmb()
	 *   SCTLR = A                    SCTLR = B
	 *   read back                    read back
	 *   rmb()                        rmb()
	 *   shadow == A ?                shadow == B ?
	 *
	 * The CPU whose write arrives last sees the other CPU's change.
	 */
	wmb();
	val = arm_smmu_sctlr_wanted(smmu, idx);
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_SCTLR, val);

	return val;
}

/**
 * arm_smmu_sctlr_settle() - Write SCTLR again until it equals the shadow
 * @smmu: SMMU, its clocks on
 * @idx: context bank
 * @val: what arm_smmu_sctlr_write() has returned
 *
 * Register writes are posted, and those of two CPUs arrive in no order. Without
 * the read of the device before the shadow is looked at, an old value can land
 * behind the other CPU's new one after this CPU has looked.
 *
 * Context: Interrupts off. Does not sleep, takes no lock.
 */
void arm_smmu_sctlr_settle(struct arm_smmu_device *smmu, int idx, u32 val)
{
	/* The write has arrived before the shadow is looked at again. */
	rmb();
	while (val != arm_smmu_sctlr_wanted(smmu, idx)) {
		val = arm_smmu_sctlr_write(smmu, idx);
		arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_SCTLR);
		rmb(); /* Likewise. */
	}
}

/**
 * arm_smmu_sctlr_publish() - Make SCTLR of a context bank equal to its shadow
 * @smmu: SMMU, its clocks on
 * @idx: context bank
 *
 * Equal but for CFIE, which stays off in the register unless
 * &arm_smmu_device.powered, and for CFIE and CFCFG of a bank whose teardown has
 * begun. A caller that changes the flag publishes as well, so in what follows the
 * flag is part of the shadow.
 *
 * The last writer has found the shadow unchanged after its write reached the
 * device. A later change of the shadow is followed by a later write. So the
 * register ends up equal to the shadow, in whatever order the callers get here.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_sctlr_publish(struct arm_smmu_device *smmu, int idx)
{
	unsigned long flags;
	u32 val;

	local_irq_save(flags);
	val = arm_smmu_sctlr_write(smmu, idx);
	arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_SCTLR);
	arm_smmu_sctlr_settle(smmu, idx, val);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_sctlr_publish);

/**
 * arm_smmu_sctlr_change() - Change bits of SCTLR in the shadow
 * @smmu: SMMU, powered or not: the register is not touched
 * @idx: context bank
 * @clear: bits to clear
 * @set: bits to set
 *
 * Nothing changes in a bank that is not attached, that is, without SCTLR.M or
 * with ARM_SMMU_SHADOW_DETACHING. Teardown clears the whole shadow at once, so a
 * late caller cannot bring one bit of it back.
 *
 * The caller goes on with arm_smmu_sctlr_publish() where the register has to
 * follow now. Otherwise, the next publish takes the change along.
 *
 * Context: Any. Does not sleep, takes no lock.
 * Return: true if the bank is attached.
 */
bool arm_smmu_sctlr_change(struct arm_smmu_device *smmu, int idx, u32 clear, u32 set)
{
	atomic_t *shadow = &smmu->cbs[idx].fault.sctlr;
	int old = atomic_read(shadow);

	do {
		if (!(old & ARM_SMMU_SCTLR_M) || (old & ARM_SMMU_SHADOW_DETACHING))
			return false;
	} while (!atomic_try_cmpxchg(shadow, &old, (old & ~clear) | set));

	return true;
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_sctlr_change);
