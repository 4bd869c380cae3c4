// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power of an Arm SMMU, for those who touch its registers without a runtime-PM
 * reference: the interrupt handlers, which must not sleep, and set_stall().
 *
 * Without its clocks the SMMU does not answer, and the access ends in an
 * external abort. Runtime PM's status is no help: it does not say "active" until
 * resume has returned, so a register write that is left out for it is lost.
 * So there is one flag, &arm_smmu_device.powered: who has no reference may touch
 * registers only while it is true, and those who are at it are counted.
 */

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>

#include <kunit/visibility.h>
#include <trace/events/arm_smmu.h>

#include "arm-smmu.h"

/**
 * arm_smmu_power_enter() - Keep the SMMU powered for a moment, if it is
 * @smmu: SMMU
 * @users: &arm_smmu_cb.users of the bank that this is about, else
 *	&arm_smmu_device.users
 * @flags: interrupt state, for arm_smmu_power_leave()
 *
 * Interrupts are off until arm_smmu_power_leave(): the SMMU's suspend spins until the
 * counter is zero.
 *
 * Context: Any. Does not sleep, takes no lock.
 * Return: true if registers may be touched until arm_smmu_power_leave(). If false,
 * arm_smmu_power_leave() must not be called.
 */
bool arm_smmu_power_enter(struct arm_smmu_device *smmu, atomic_t *users,
			  unsigned long *flags)
{
	local_irq_save(*flags);
	atomic_inc(users);
	/*
	 * Either this sees the flag off, or arm_smmu_power_off() sees the
	 * counter: pairs with the barrier there.
	 */
	smp_mb__after_atomic();
	if (READ_ONCE(smmu->powered))
		return true;

	arm_smmu_power_leave(users, *flags);

	return false;
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_enter);

/**
 * arm_smmu_power_leave() - End what arm_smmu_power_enter() began
 * @users: what arm_smmu_power_enter() was given
 * @flags: likewise
 *
 * What was written to the SMMU must have been read back: a posted write arrives
 * after the clocks are gone.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_power_leave(atomic_t *users, unsigned long flags)
{
	/*
	 * The accesses are over before they are no longer counted, and whoever
	 * waits for that turns the clocks off. They are relaxed ones, to a
	 * device, which the smp_*() barriers do not order. Pairs with
	 * atomic_cond_read_acquire() in arm_smmu_power_off().
	 */
	mb();
	atomic_dec(users);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_leave);

/**
 * arm_smmu_set_stall() - Let the faults of a context bank stall, or not
 * @smmu: SMMU, powered or not
 * @idx: context bank
 * @enabled: stall
 *
 * In force when this returns, or as soon as the SMMU is powered again, but in a
 * bank that was given up or is torn down, where nothing stalls any more. The
 * specification's pseudocode says that SCTLR.CFCFG is sampled anew at each
 * fault, and no implementation is believed to cache it in the TLB, so nothing
 * is invalidated. Does nothing to a bank that is not attached.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_set_stall(struct arm_smmu_device *smmu, int idx, bool enabled)
{
	atomic_t *users = &smmu->cbs[idx].users;
	unsigned long flags;

	/* First the shadow: if the power is off now, resume takes it along. */
	if (!arm_smmu_sctlr_change(smmu, idx, enabled ? 0 : ARM_SMMU_SCTLR_CFCFG,
				   enabled ? ARM_SMMU_SCTLR_CFCFG : 0))
		return;
	trace_arm_smmu_set_stall(smmu->dev, idx, enabled);

	if (!arm_smmu_power_enter(smmu, users, &flags))
		return;
	arm_smmu_sctlr_publish(smmu, idx);
	arm_smmu_power_leave(users, flags);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_set_stall);

/* sCR0 changes in probe, reset, shutdown and here: never at the same time. */
static void arm_smmu_enable_global_irq(struct arm_smmu_device *smmu, bool enable)
{
	u32 reg = arm_smmu_gr0_read(smmu, ARM_SMMU_GR0_sCR0);

	if (enable)
		reg |= ARM_SMMU_sCR0_GFIE | ARM_SMMU_sCR0_GCFGFIE;
	else
		reg &= ~(ARM_SMMU_sCR0_GFIE | ARM_SMMU_sCR0_GCFGFIE);
	arm_smmu_gr0_write(smmu, ARM_SMMU_GR0_sCR0, reg);
	/* It has arrived before an interrupt is taken, or the clocks go. */
	arm_smmu_gr0_read(smmu, ARM_SMMU_GR0_sCR0);
}

/**
 * arm_smmu_device_silence() - Nobody answers the interrupts of the SMMU yet
 * @smmu: SMMU, its clocks on, &arm_smmu_device.powered off
 *
 * Turns off the interrupts that a boot loader or a crashed kernel has left on, until
 * arm_smmu_power_on(). Nothing else: their devices may still be at work, and are
 * translated for as they were, until reset. (NVIDIA's further instances: as the
 * first one was.) There is nobody yet who would change SCTLR meanwhile, so it can
 * be read and written here.
 *
 * Context: Probe, before an interrupt is requested. Does not sleep.
 */
void arm_smmu_device_silence(struct arm_smmu_device *smmu)
{
	u32 reg;
	int i;

	for (i = 0; i < smmu->num_context_banks; i++) {
		reg = arm_smmu_cb_read(smmu, i, ARM_SMMU_CB_SCTLR);
		arm_smmu_cb_write(smmu, i, ARM_SMMU_CB_SCTLR, reg & ~ARM_SMMU_SCTLR_CFIE);
	}
	/* This reads back, and pushes what was written before. */
	arm_smmu_enable_global_irq(smmu, false);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_device_silence);

/**
 * arm_smmu_power_on() - The SMMU is up and was reset: arm what is attached
 * @smmu: SMMU
 *
 * The faults are gone with the power. A thread that was woken for one and waits
 * for the power finds nothing; its bank, masked by the primary, is armed here,
 * because after system sleep that thread gives up.
 *
 * Context: Probe, runtime or system resume. Does not sleep.
 */
void arm_smmu_power_on(struct arm_smmu_device *smmu)
{
	int i;

	/*
	 * Before the flag: once that is on, a primary that is called for others on
	 * its line may take a fault, and the bank is its thread's.
	 */
	for (i = 0; i < smmu->num_context_banks; i++) {
		/* Reset has cleared FSR: a bank that was given up gets a new chance. */
		smmu->cbs[i].refaults = 0;
		arm_smmu_sctlr_change(smmu, i,
				      ARM_SMMU_SCTLR_GIVEN_UP | ARM_SMMU_SCTLR_REFAULTING,
				      ARM_SMMU_SCTLR_CFIE);
	}
	/* Before the registers: with it off, nobody would answer the interrupts. */
	WRITE_ONCE(smmu->powered, true);
	arm_smmu_enable_global_irq(smmu, true);
	/* All of them: one may have been detached between reset and the flag. */
	for (i = 0; i < smmu->num_context_banks; i++)
		arm_smmu_sctlr_publish(smmu, i);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_on);

/**
 * arm_smmu_power_off() - The clocks of the SMMU are about to go
 * @smmu: SMMU, still powered
 *
 * When this returns, nobody who came through arm_smmu_power_enter() is inside the
 * SMMU, nobody will be, and neither a global fault nor a fault of an attached bank
 * asserts an interrupt. Does nothing if that is so already: after a resume that
 * failed there are no clocks, whatever runtime PM believes.
 *
 * Of NVIDIA's implementation for several instances, the first one is read back:
 * the others may interrupt until what was written to them has arrived.
 *
 * Fault threads are not waited for: they hold a runtime-PM reference, or wait
 * for the end of this very transition.
 *
 * Context: Runtime or system suspend, shutdown. Does not sleep.
 */
void arm_smmu_power_off(struct arm_smmu_device *smmu)
{
	unsigned long flags;
	int i;

	if (!READ_ONCE(smmu->powered))
		return;

	/*
	 * With the flag off, handlers do nothing about a fault: turn the
	 * interrupts off before this CPU takes the next one, which would be
	 * its last. See arm_smmu_sctlr_publish().
	 */
	local_irq_save(flags);
	WRITE_ONCE(smmu->powered, false);
	/* Pairs with the one in arm_smmu_power_enter(). */
	smp_mb();
	arm_smmu_enable_global_irq(smmu, false);
	for (i = 0; i < smmu->num_context_banks; i++) {
		if (READ_ONCE(smmu->cbs[i].cfg))
			arm_smmu_sctlr_publish(smmu, i);
	}
	local_irq_restore(flags);

	atomic_cond_read_acquire(&smmu->users, !VAL);
	for (i = 0; i < smmu->num_context_banks; i++)
		atomic_cond_read_acquire(&smmu->cbs[i].users, !VAL);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_off);

/**
 * arm_smmu_wait_for_faults() - Wait for the fault threads
 * @smmu: SMMU
 *
 * For system sleep and shutdown, where a runtime-PM reference does not keep the
 * power: IRQ threads are not frozen. After arm_smmu_power_off() none is woken.
 *
 * Context: Process context. Sleeps as long as a fault callback does.
 */
void arm_smmu_wait_for_faults(struct arm_smmu_device *smmu)
{
	int i;

	for (i = 0; i < smmu->num_context_irqs; i++)
		synchronize_irq(smmu->irqs[i]);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_wait_for_faults);
