// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCTLR of an Arm SMMU context bank: one writer function, and no lock.
 *
 * The fault path changes SCTLR.CFIE and a master's driver SCTLR.CFCFG, from
 * hard IRQ context and from elsewhere. So the register is never read to be
 * modified: struct arm_smmu_cb holds what it shall contain, changes are atomic
 * operations on that shadow, and whoever made one copies the shadow to the
 * register until the two agree.
 */

#include <linux/atomic.h>
#include <linux/irqflags.h>

#include <kunit/visibility.h>

#include "arm-smmu.h"

/* What the register shall contain: not all of what the shadow says. */
static u32 arm_smmu_sctlr_wanted(struct arm_smmu_device *smmu, int idx)
{
	u32 val = atomic_read(&smmu->cbs[idx].sctlr);
	u32 off = ARM_SMMU_SCTLR_DETACHING | ARM_SMMU_SCTLR_REFAULTING |
		  ARM_SMMU_SCTLR_GIVEN_UP;
	u32 on = 0;

	/* An SMMU that is about to lose its power must not interrupt any more. */
	if (!READ_ONCE(smmu->powered))
		off |= ARM_SMMU_SCTLR_CFIE;
	/* Nobody would resume what stalls. What set_stall() asks for is kept. */
	if (val & (ARM_SMMU_SCTLR_DETACHING | ARM_SMMU_SCTLR_GIVEN_UP))
		off |= ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFCFG;
	/* FSR is not cleared for a while: others in the domain must not wait for it. */
	if (val & ARM_SMMU_SCTLR_REFAULTING)
		on = ARM_SMMU_SCTLR_HUPCF;

	return (val & ~off) | on;
}

/**
 * arm_smmu_sctlr_publish() - Make SCTLR of a context bank equal to its shadow
 * @smmu: SMMU, its clocks on
 * @idx: context bank
 *
 * Equal but for CFIE, which stays off in the register unless
 * &arm_smmu_device.powered, for CFIE and CFCFG of a bank that was given up or
 * whose teardown has begun, and for HUPCF of one that faults again and again.
 * Whoever changes that publishes, too, so in what follows it is part of the
 * shadow.
 *
 * Whoever writes last has found the shadow unchanged after its write reached
 * the device. Somebody who changes it later also writes later. So the register
 * ends up equal to the shadow in whatever order several callers get here.
 *
 * Register writes are posted, and those of two CPUs arrive in no order: without
 * the read-back, an old value can land behind the other CPU's new one after
 * this CPU has checked the shadow.
 *
 * Interrupts are off so that a value that was overtaken, with CFIE still set,
 * cannot stay in the register while this CPU serves the interrupt that it
 * enables: that would never end.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_sctlr_publish(struct arm_smmu_device *smmu, int idx)
{
	unsigned long flags;
	u32 val;

	/*
	 * The caller's change of the shadow must be visible before its write
	 * reaches the device, else both sides can miss each other: pairs with
	 * the rmb() below.
	 */
	wmb();

	local_irq_save(flags);
	do {
		val = arm_smmu_sctlr_wanted(smmu, idx);
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_SCTLR, val);
		arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_SCTLR);
		/* The write has arrived before the shadow is looked at again. */
		rmb();
	} while (val != arm_smmu_sctlr_wanted(smmu, idx));
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
 * Nothing changes in a bank that is not attached, that is, without SCTLR.M, or
 * after arm_smmu_sctlr_begin_detach(). Teardown clears the whole shadow at once,
 * so a late caller cannot bring one bit of it back.
 *
 * The caller goes on with arm_smmu_sctlr_publish() where the register has to
 * follow now. Elsewhere, whoever publishes next takes the change along.
 *
 * Context: Any. Does not sleep, takes no lock.
 * Return: true if the bank is attached.
 */
bool arm_smmu_sctlr_change(struct arm_smmu_device *smmu, int idx,
			   u32 clear, u32 set)
{
	atomic_t *shadow = &smmu->cbs[idx].sctlr;
	int old = atomic_read(shadow);

	do {
		if (!(old & ARM_SMMU_SCTLR_M) || (old & ARM_SMMU_SCTLR_DETACHING))
			return false;
	} while (!atomic_try_cmpxchg(shadow, &old, (old & ~clear) | set));

	return true;
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_sctlr_change);

/**
 * arm_smmu_sctlr_begin_detach() - Turn the interrupt of a bank off for good
 * @smmu: SMMU, powered or not
 * @idx: context bank
 *
 * From now on nobody arms the bank, and nothing stalls in it: the wait for the
 * interrupt's threads, which is for those of others on the line as well, may
 * be one for the device that would be stalled. M stays on until the fault thread
 * is done: with M off, a transaction that it retries at this moment would not be
 * translated.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_sctlr_begin_detach(struct arm_smmu_device *smmu, int idx)
{
	atomic_t *users = &smmu->cbs[idx].users;
	unsigned long flags, inside;

	/* As in arm_smmu_mask_bank(): until publish, the primary does nothing. */
	local_irq_save(flags);
	if (arm_smmu_sctlr_change(smmu, idx, ARM_SMMU_SCTLR_CFIE,
				  ARM_SMMU_SCTLR_DETACHING) &&
	    arm_smmu_power_enter(smmu, users, &inside)) {
		arm_smmu_sctlr_publish(smmu, idx);
		arm_smmu_power_leave(users, inside);
	}
	local_irq_restore(flags);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_sctlr_begin_detach);
