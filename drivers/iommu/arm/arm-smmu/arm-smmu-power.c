// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power of an Arm SMMU, for callers that touch its registers without a runtime-PM
 * reference: the interrupt handlers, which must not sleep, and set_stall().
 *
 * Without its clocks the SMMU does not answer, and an access ends in an external
 * abort. The status of runtime PM does not help: it becomes "active" after resume
 * has returned, and a register write that was left out until then is lost. So there
 * is one flag, &arm_smmu_device.powered. A caller without a reference touches
 * registers only while the flag is true, and is counted meanwhile.
 */

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/timer.h>

#include <kunit/visibility.h>
#include <trace/events/arm_smmu.h>

#include "arm-smmu.h"

/**
 * arm_smmu_power_enter() - Keep the SMMU powered for a moment, if it is
 * @smmu: SMMU
 * @users: &arm_smmu_cb_fault.users of the bank that is touched, or
 *	&arm_smmu_device.users
 * @flags: interrupt state, for arm_smmu_power_leave()
 *
 * Interrupts are off until arm_smmu_power_leave(), because suspend spins until
 * the counter is zero.
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
	 * Pairs with the barrier in arm_smmu_power_off(). Either this CPU sees the
	 * flag off, or the other one sees the counter:
	 *
	 *   arm_smmu_power_enter()       arm_smmu_power_off()
	 *   users++                      powered = false
	 *   smp_mb__after_atomic()       smp_mb()
	 *   powered ?                    wait for users == 0
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
 * The caller has read the SMMU after its last write: a posted write could arrive
 * after the clocks are gone.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_power_leave(atomic_t *users, unsigned long flags)
{
	/*
	 * The accesses are over before the counter is zero, and the clocks go. They
	 * are relaxed accesses to a device, which smp_mb() does not order. Pairs
	 * with atomic_cond_read_acquire() in arm_smmu_power_off().
	 */
	mb();
	atomic_dec(users);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_leave);

/**
 * arm_smmu_sctlr_update() - Change bits of SCTLR in the shadow and the register
 * @smmu: SMMU, powered or not
 * @idx: context bank
 * @clear: bits to clear
 * @set: bits to set
 *
 * If the power is off now, resume takes the change along. Between the shadow and the
 * register, the primary may do nothing about an asserted interrupt, so interrupts are
 * off.
 *
 * Context: Any. Does not sleep, takes no lock.
 * Return: true if the bank is attached.
 */
bool arm_smmu_sctlr_update(struct arm_smmu_device *smmu, int idx, u32 clear, u32 set)
{
	atomic_t *users = &smmu->cbs[idx].fault.users;
	unsigned long flags, inside;
	bool attached;

	local_irq_save(flags);
	attached = arm_smmu_sctlr_change(smmu, idx, clear, set);
	if (attached && arm_smmu_power_enter(smmu, users, &inside)) {
		arm_smmu_sctlr_publish(smmu, idx);
		arm_smmu_power_leave(users, inside);
	}
	local_irq_restore(flags);

	return attached;
}

/**
 * arm_smmu_set_stall() - Let the faults of a context bank stall, or not
 * @smmu: SMMU, powered or not
 * @idx: context bank
 * @enabled: stall
 *
 * In force when this returns, or as soon as the SMMU is powered again. Does nothing to
 * a bank that is not attached. If another caller is changing the shadow to the same
 * state, this returns at once, and the register follows when the other caller returns.
 * The pseudocode of the specification samples SCTLR.CFCFG at each fault, and no
 * implementation is believed to cache it in the TLB, so nothing is invalidated.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_set_stall(struct arm_smmu_device *smmu, int idx, bool enabled)
{
	if (!!(atomic_read(&smmu->cbs[idx].fault.sctlr) & ARM_SMMU_SCTLR_CFCFG) == enabled)
		return;
	if (arm_smmu_sctlr_update(smmu, idx, enabled ? 0 : ARM_SMMU_SCTLR_CFCFG,
				  enabled ? ARM_SMMU_SCTLR_CFCFG : 0))
		trace_arm_smmu_set_stall(smmu->dev, idx, enabled);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_set_stall);

/**
 * arm_smmu_publish_global_irq() - Make sCR0 follow the flag and the pause
 * @smmu: SMMU, its clocks on
 *
 * As arm_smmu_sctlr_publish() for SCTLR: &arm_smmu_device.powered and
 * &arm_smmu_device.global_pause are changed in several contexts. Probe, reset and
 * shutdown write sCR0 while the flag is off.
 *
 * Context: Any. Does not sleep.
 */
void arm_smmu_publish_global_irq(struct arm_smmu_device *smmu)
{
	const u32 enable = ARM_SMMU_sCR0_GFIE | ARM_SMMU_sCR0_GCFGFIE;
	bool on;
	u32 reg;

	reg = arm_smmu_gr0_read(smmu, ARM_SMMU_GR0_sCR0) & ~enable;
	wmb(); /* As in arm_smmu_sctlr_write(). */
	do {
		on = READ_ONCE(smmu->powered) && !READ_ONCE(smmu->global_pause);
		arm_smmu_gr0_write(smmu, ARM_SMMU_GR0_sCR0, on ? reg | enable : reg);
		/* It has arrived before the clocks go. */
		arm_smmu_gr0_read(smmu, ARM_SMMU_GR0_sCR0);
		rmb(); /* As in arm_smmu_sctlr_settle(). */
	} while (on != (READ_ONCE(smmu->powered) && !READ_ONCE(smmu->global_pause)));
}

/**
 * arm_smmu_power_on() - The SMMU is up and was reset: arm what is attached
 * @smmu: SMMU
 *
 * Reset has dropped the faults. A bank that was masked is armed here: after
 * system sleep, its thread may have found no power and returned.
 *
 * Context: Probe, runtime or system resume. Does not sleep.
 */
void arm_smmu_power_on(struct arm_smmu_device *smmu)
{
	struct arm_smmu_cfg *cfg;
	int i;

	/*
	 * Before the flag: with the flag on, a primary that is called for another bank
	 * on its line may mask this bank, and only the thread may arm it then.
	 */
	for (i = 0; i < smmu->num_context_banks; i++) {
		cfg = READ_ONCE(smmu->cbs[i].cfg);
		if (!cfg || cfg->irptndx == ARM_SMMU_INVALID_IRPTNDX)
			continue;
		/* A pause ends here: the next fault must not wait for its timer. */
		timer_delete(&smmu->cbs[i].fault.pace.timer);
		arm_smmu_sctlr_change(smmu, i, 0, ARM_SMMU_SCTLR_CFIE);
	}
	/* Before the registers: with the flag off, the handlers do nothing. */
	WRITE_ONCE(smmu->powered, true);
	/*
	 * Pairs with the barrier in arm_smmu_power_enter(). A caller that finds the
	 * flag off leaves its change to this function:
	 *
	 *   set_stall(), detach          arm_smmu_power_on()
	 *   shadow = A                   powered = true
	 *   smp_mb__after_atomic()       smp_mb()
	 *   powered ?                    SCTLR = shadow
	 */
	smp_mb();
	arm_smmu_publish_global_irq(smmu);
	/* All banks: one may have been detached between reset and the flag. */
	for (i = 0; i < smmu->num_context_banks; i++)
		arm_smmu_sctlr_publish(smmu, i);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_on);

/*
 * What is latched now is lost with the power. The fault callback is not called: the
 * client may be suspended, and the callback may touch its registers.
 */
static void arm_smmu_log_latched(struct arm_smmu_device *smmu)
{
	u64 iova;
	u32 fsr;
	int i;

	for (i = 0; i < smmu->num_context_banks; i++) {
		if (!READ_ONCE(smmu->cbs[i].cfg))
			continue;
		fsr = arm_smmu_cb_read(smmu, i, ARM_SMMU_CB_FSR);
		if (!(fsr & ARM_SMMU_CB_FSR_FAULT))
			continue;
		iova = arm_smmu_cb_readq(smmu, i, ARM_SMMU_CB_FAR);
		dev_err_ratelimited(smmu->dev,
				    "turned off with a context fault: fsr=0x%x, iova=0x%08llx, cb=%d\n",
				    fsr, iova, i);
	}
}

/**
 * arm_smmu_power_off() - The clocks of the SMMU are about to go
 * @smmu: SMMU, still powered
 *
 * When this returns, no caller is between arm_smmu_power_enter() and
 * arm_smmu_power_leave(), none will be, and no fault asserts an interrupt. Does
 * nothing if the flag is off: after a resume that failed there are no clocks, whatever
 * runtime PM believes.
 *
 * Of NVIDIA's several instances the first one is read back. The others may interrupt
 * until the write to them has arrived.
 *
 * Fault threads are not waited for: a thread holds a runtime-PM reference, or waits
 * for the end of this transition.
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
	 * With the flag off, handlers do nothing about a fault. If this CPU took an
	 * interrupt before the registers follow, the interrupt would never end.
	 */
	local_irq_save(flags);
	WRITE_ONCE(smmu->powered, false);
	/* Pairs with the barrier in arm_smmu_power_enter(). */
	smp_mb();
	arm_smmu_publish_global_irq(smmu);
	for (i = 0; i < smmu->num_context_banks; i++) {
		if (READ_ONCE(smmu->cbs[i].cfg))
			arm_smmu_sctlr_publish(smmu, i);
	}
	local_irq_restore(flags);

	atomic_cond_read_acquire(&smmu->users, !VAL);
	for (i = 0; i < smmu->num_context_banks; i++)
		atomic_cond_read_acquire(&smmu->cbs[i].fault.users, !VAL);
	arm_smmu_log_latched(smmu);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_power_off);

/**
 * arm_smmu_wait_for_faults() - Wait for the fault threads
 * @smmu: SMMU
 *
 * For system sleep and shutdown, where a runtime-PM reference does not keep the
 * power, and IRQ threads are not frozen. After arm_smmu_power_off() no primary wakes
 * a thread. A timer that has read the flag before may: its thread finds the flag off.
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
