// SPDX-License-Identifier: GPL-2.0-only
/*
 * Teardown and reset of a context bank of the Arm SMMU: no fault, no stalled
 * transaction and no late write of SCTLR is left behind.
 */

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>
#include <linux/timer.h>

#include <kunit/visibility.h>
#include <trace/events/arm_smmu.h>

#include "arm-smmu.h"

/**
 * arm_smmu_poll_ss() - Give FSR.SS a moment to clear
 * @smmu: SMMU, powered
 * @idx: context bank
 *
 * Context: Any. Does not sleep.
 * Return: FSR, with SS clear or after ARM_SMMU_RESUME_POLL_US. What this CPU has
 * written before has arrived.
 */
u32 arm_smmu_poll_ss(struct arm_smmu_device *smmu, int idx)
{
	u32 fsr;
	int i;

	for (i = 0; ; i++) {
		fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
		if (!(fsr & ARM_SMMU_CB_FSR_SS) || i == ARM_SMMU_RESUME_POLL_US)
			return fsr;
		udelay(1);
	}
}

/**
 * arm_smmu_clear_context_fault() - Drop a fault, and terminate what is stalled
 * @smmu: SMMU, powered
 * @idx: context bank, its context interrupt off
 *
 * For a fault that will not be reported, and a transaction that the thread will
 * not resume. MMU-500 ignores RESUME while any other bit of FSR is set, so
 * all of them are cleared. With SCTLR.HUPCF, each TBU may hold a stalled
 * transaction, and RESUME ends one. SS is polled first: after the RESUME of
 * a thread it may clear late.
 *
 * Context: Any, but RESUME belongs to the fault thread: the caller is this thread,
 * or the bank has none. Does not sleep: each stalled transaction takes
 * ARM_SMMU_RESUME_POLL_US, and there are ARM_SMMU_RESUME_TRIES at most.
 */
void arm_smmu_clear_context_fault(struct arm_smmu_device *smmu, int idx)
{
	int i;

	for (i = 0; i < ARM_SMMU_RESUME_TRIES; i++) {
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);
		if (!(arm_smmu_poll_ss(smmu, idx) & ARM_SMMU_CB_FSR_SS))
			return;
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME, ARM_SMMU_RESUME_TERMINATE);
		trace_arm_smmu_resume(smmu->dev, idx, false);
	}
	if (arm_smmu_poll_ss(smmu, idx) & ARM_SMMU_CB_FSR_SS)
		dev_err(smmu->dev, "a stalled transaction does not terminate, cb=%d\n", idx);
}

/**
 * arm_smmu_begin_detach() - Turn the interrupt of a bank off for good
 * @smmu: SMMU, powered or not
 * @idx: context bank
 *
 * From now on the bank is not armed, and nothing stalls in it: the wait for the
 * threads of the line may include a wait for the device that would be stalled.
 * M stays on until the fault thread is done. With M off, a transaction that it retries
 * at this moment would not be translated.
 *
 * Context: Any. Does not sleep, takes no lock.
 */
void arm_smmu_begin_detach(struct arm_smmu_device *smmu, int idx)
{
	arm_smmu_sctlr_update(smmu, idx, ARM_SMMU_SCTLR_CFIE, ARM_SMMU_SHADOW_DETACHING);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_begin_detach);

static void arm_smmu_free_context_irq(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	struct arm_smmu_cfg *cfg = &smmu_domain->cfg;

	/*
	 * free_irq() waits for the fault callback. A caller that holds a lock which the
	 * callback takes deadlocks, but only if there is a fault at that moment. With
	 * this, lockdep reports it without a fault.
	 */
	lock_map_acquire(&smmu_domain->callback_map);
	lock_map_release(&smmu_domain->callback_map);

	devm_free_irq(smmu->dev, smmu->irqs[cfg->irptndx], smmu_domain);
	/*
	 * A thread under way could start the timer until free_irq() returned. From
	 * then on irq_wake_thread() finds nothing to wake.
	 */
	timer_delete_sync(&smmu->cbs[cfg->cbndx].fault.pace.timer);
}

/**
 * arm_smmu_detach_context_bank() - Turn a context bank off for good
 * @smmu_domain: domain whose bank it is
 *
 * When this returns, the bank does not translate and asserts no interrupt, no
 * transaction is stalled, no fault callback runs and none will, and every
 * caller that was changing SCTLR is done. Without power this holds for the registers
 * as they are after the next reset, which writes the shadow.
 *
 * Context: Process context, may sleep. The caller has a runtime-PM reference,
 * unless there is no power, and holds no lock that the fault callback takes.
 * Return: false if there is no power, and reset has yet to flush the TLB.
 */
bool arm_smmu_detach_context_bank(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	struct arm_smmu_cfg *cfg = &smmu_domain->cfg;
	struct arm_smmu_cb *cb = &smmu->cbs[cfg->cbndx];
	unsigned long flags;
	bool powered;

	arm_smmu_begin_detach(smmu, cfg->cbndx);
	if (cfg->irptndx != ARM_SMMU_INVALID_IRPTNDX)
		arm_smmu_free_context_irq(smmu_domain);

	WRITE_ONCE(cb->cfg, NULL);
	atomic_set(&cb->fault.sctlr, 0);
	/*
	 * Pairs with the barrier in arm_smmu_power_enter(). Without both, set_stall()
	 * writes an M that is stale:
	 *
	 *   set_stall()                  detach
	 *   users++                      shadow = 0
	 *   smp_mb__after_atomic()       smp_mb()
	 *   SCTLR = shadow               wait for users == 0
	 */
	smp_mb();
	atomic_cond_read_acquire(&cb->fault.users, !VAL);
	/*
	 * If the caller's reference did not resume the SMMU, another one may. That reset
	 * reads cb->cfg, which the caller frees next, so wait for it.
	 * In that case the caller's reference does not keep the SMMU powered.
	 */
	pm_runtime_barrier(smmu->dev);
	powered = arm_smmu_power_enter(smmu, &cb->fault.users, &flags);
	if (powered) {
		arm_smmu_sctlr_publish(smmu, cfg->cbndx);
		/* A fault whose interrupt was not taken would stall its device for ever. */
		arm_smmu_clear_context_fault(smmu, cfg->cbndx);
		arm_smmu_power_leave(&cb->fault.users, flags);
	}
	memset(&cb->fault.info, 0, sizeof(cb->fault.info));

	return powered;
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_detach_context_bank);
