// SPDX-License-Identifier: GPL-2.0-only
/* Context faults of the Arm SMMU, v1 and v2 */

#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/pm_runtime.h>
#include <linux/ratelimit.h>

#include <kunit/visibility.h>
#include <trace/events/arm_smmu.h>

#include "arm-smmu.h"

/**
 * DOC: The states of a context bank
 *
 * A context bank that is set up to stall (SCTLR.CFCFG) holds a faulting
 * transaction until software writes RESUME. On MMU-500, FSR.SS asserts the
 * interrupt all that time. So the bank is its own mask: CFIE and M in the shadow
 * of SCTLR say who owns FSR, the registers that go with it, and RESUME.
 *
 *	========  =======  ==================  ==============================
 *	state     shadow   owner               who may write what
 *	========  =======  ==================  ==============================
 *	armed     M, CFIE  none                the primary: clears CFIE
 *	masked    M        the fault thread    it: FSR, RESUME; sets CFIE
 *	detached  neither  detach, or reset    it: FSR, RESUME
 *	========  =======  ==================  ==============================
 *
 * Armed to masked: the primary finds a fault in FSR, clears CFIE and wakes the
 * thread.
 * Masked to armed: the thread has read, cleared and reported each fault. It sets
 * CFIE and writes RESUME. If it has to pause, it leaves the bank masked and returns,
 * and a timer wakes it. After reset, arm_smmu_power_on() arms each attached bank.
 * Any to detached: detach masks the bank for good (ARM_SMMU_SHADOW_DETACHING), waits
 * for the thread, then clears M.
 *
 * The thread remembers nothing about a transaction from one pass to the next.
 */

/* SS alone is no new fault: the thread has reported the fault and will write RESUME. */
#define ARM_SMMU_CB_FSR_LATCHED	(ARM_SMMU_CB_FSR_FAULT & ~ARM_SMMU_CB_FSR_SS)

/* FAR and the other fault registers do not belong to MULTI. */
#define ARM_SMMU_CB_FSR_SYNDROME	(ARM_SMMU_CB_FSR_LATCHED & ~ARM_SMMU_CB_FSR_MULTI)

static void arm_smmu_mask_bank(struct arm_smmu_device *smmu, int idx)
{
	unsigned long flags;

	/*
	 * Once CFIE is clear in the shadow, the primary returns IRQ_NONE. Before the
	 * register follows, this CPU would take the interrupt again and again.
	 */
	local_irq_save(flags);
	if (arm_smmu_sctlr_change(smmu, idx, ARM_SMMU_SCTLR_CFIE, 0))
		arm_smmu_sctlr_publish(smmu, idx);
	local_irq_restore(flags);
}

static irqreturn_t arm_smmu_take_fault(struct arm_smmu_device *smmu, int idx)
{
	struct arm_smmu_cb_fault *fault = &smmu->cbs[idx].fault;

	/*
	 * A masked bank is left to its thread:
	 *
	 *   thread                       primary, called for another bank
	 *   FSR: nothing latched
	 *                                FSR: a fault; CFIE = 0
	 *   CFIE = 1
	 *                                IRQ_WAKE_THREAD, with the bank armed
	 *
	 * With threadirqs, irq_wake_thread() of the timer calls the primary, not the
	 * thread. Without threadirqs, @wake may wake the thread once more than needed.
	 */
	if (!(atomic_read(&fault->sctlr) & ARM_SMMU_SCTLR_CFIE))
		return READ_ONCE(fault->wake) ? IRQ_WAKE_THREAD : IRQ_NONE;

	if (!(arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR) & ARM_SMMU_CB_FSR_LATCHED))
		return IRQ_NONE;
	/* SS would assert the line until RESUME, and keep the thread from it. */
	arm_smmu_mask_bank(smmu, idx);

	return IRQ_WAKE_THREAD;
}

/* Primary: hand the fault of an armed bank to the thread. Hard IRQ, no lock. */
static irqreturn_t arm_smmu_context_fault(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	unsigned long flags;
	irqreturn_t ret;

	/* Without power, the bank has no fault. */
	if (!arm_smmu_power_enter(smmu, &smmu->cbs[idx].fault.users, &flags))
		return IRQ_NONE;
	ret = arm_smmu_take_fault(smmu, idx);
	arm_smmu_power_leave(&smmu->cbs[idx].fault.users, flags);

	return ret;
}

/* Returns FSR. @info is unchanged unless FSR has a syndrome. */
static u32 arm_smmu_read_context_fault(struct arm_smmu_domain *smmu_domain,
				       struct arm_smmu_context_fault_info *info)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	u32 fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);

	if (!(fsr & ARM_SMMU_CB_FSR_SYNDROME))
		return fsr;

	info->fsr = fsr;
	info->iova = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_FAR);
	info->fsynr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR0);
	info->cbfrsynra = arm_smmu_gr1_read(smmu, ARM_SMMU_GR1_CBFRSYNRA(idx));
	if (smmu_domain->cfg.can_stall) {
		info->fsynr1 = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR1);
		info->ttbr0 = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_TTBR0);
		info->contextidr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_CONTEXTIDR);
	}

	return fsr;
}

/**
 * arm_smmu_report_context_fault() - Call the fault callback of a domain
 * @smmu_domain: domain whose bank has faulted
 * @info: the fault
 *
 * Prints the fault if the callback returns -ENOSYS, or there is none.
 *
 * Context: The thread of the bank. May sleep.
 * Return: What the callback returned. -EAGAIN retries a stalled transaction.
 */
int arm_smmu_report_context_fault(struct arm_smmu_domain *smmu_domain,
				  const struct arm_smmu_context_fault_info *info)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	int ret;

	ret = report_iommu_fault(&smmu_domain->domain, NULL, info->iova,
				 info->fsynr & ARM_SMMU_CB_FSYNR0_WNR ?
				 IOMMU_FAULT_WRITE : IOMMU_FAULT_READ);

	if (ret == -ENOSYS && __ratelimit(&rs))
		arm_smmu_print_context_fault_info(smmu_domain->smmu,
						  smmu_domain->cfg.cbndx, info);

	return ret;
}

static int arm_smmu_call_back(struct arm_smmu_domain *smmu_domain,
			      struct arm_smmu_context_fault_info *info)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int ret;

	trace_arm_smmu_context_fault(smmu->dev, smmu_domain->cfg.cbndx, info->iova,
				     info->fsr, info->fsynr, info->cbfrsynra);
	lock_map_acquire(&smmu_domain->callback_map);
	if (smmu->impl && smmu->impl->report_context_fault)
		ret = smmu->impl->report_context_fault(smmu_domain, info);
	else
		ret = arm_smmu_report_context_fault(smmu_domain, info);
	lock_map_release(&smmu_domain->callback_map);

	return ret;
}

static void arm_smmu_fault_timer(struct timer_list *timer)
{
	struct arm_smmu_cb *cb = container_of(timer, struct arm_smmu_cb, fault.pace.timer);
	struct arm_smmu_cfg *cfg = READ_ONCE(cb->cfg);
	struct arm_smmu_domain *smmu_domain = container_of(cfg, struct arm_smmu_domain, cfg);
	struct arm_smmu_device *smmu = smmu_domain->smmu;

	/* Without power, reset drops the fault, and resume arms the bank. */
	if (!READ_ONCE(smmu->powered))
		return;
	WRITE_ONCE(cb->fault.wake, true);
	irq_wake_thread(smmu->irqs[cfg->irptndx], smmu_domain);
}

/*
 * Returns false if the bank has to pause. Interrupts are off because on MMU-500, SS
 * asserts the line from CFIE to RESUME: this CPU would never get to RESUME.
 *
 * If SS is left with nothing latched, another transaction is stalled (with
 * SCTLR.HUPCF, one for each TBU), RESUME was lost, or SS clears late. In the last
 * case another RESUME would be wrong. The pass after the pause finds out.
 */
static bool arm_smmu_arm_and_resume(struct arm_smmu_device *smmu, int idx, u32 fsr,
				    bool retry, bool flood)
{
	unsigned long flags;
	bool attached, left;
	u32 val;

	local_irq_save(flags);
	attached = arm_smmu_sctlr_change(smmu, idx, 0, flood ? 0 : ARM_SMMU_SCTLR_CFIE);
	val = arm_smmu_sctlr_write(smmu, idx);
	if (fsr & ARM_SMMU_CB_FSR_SS) {
		/* In a bank that is torn down, M may go before a retry gets there. */
		retry = retry && attached;
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME,
				  retry ? 0 : ARM_SMMU_RESUME_TERMINATE);
		trace_arm_smmu_resume(smmu->dev, idx, retry);
		/* If SS cleared later, it would look like the stall of the next fault. */
		fsr = arm_smmu_poll_ss(smmu, idx);
	} else {
		/* SCTLR has arrived before the power may go. */
		fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	}
	left = (fsr & ARM_SMMU_CB_FSR_SS) && !(fsr & ARM_SMMU_CB_FSR_LATCHED);
	if (left)
		arm_smmu_sctlr_change(smmu, idx, ARM_SMMU_SCTLR_CFIE, 0);
	arm_smmu_sctlr_settle(smmu, idx, val);
	local_irq_restore(flags);
	if (flood && left)
		dev_err_ratelimited(smmu->dev,
				    "a transaction is stalled after many RESUMEs, cb=%d\n", idx);

	return !attached || !(flood || left);
}

/*
 * FSR is cleared before the callback: the next fault latches a syndrome of its own,
 * and with SCTLR.HUPCF off the other transactions of the bank go on while the
 * callback sleeps, if none is stalled. FSR is looked at again before RESUME, which
 * MMU-500 ignores while a fault is latched. SS stays until RESUME, so the report of this
 * pass that first saw SS decides.
 */
static void arm_smmu_handle_context_faults(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	struct arm_smmu_cb_fault *fault = &smmu->cbs[idx].fault;
	bool flood = false, stalled = false, retry = false;
	int looks, ret;
	u32 fsr;

	arm_smmu_pace_begin(&fault->pace);
	/* Resume may have armed the bank. SS would interrupt this CPU without end. */
	if (atomic_read(&fault->sctlr) & ARM_SMMU_SCTLR_CFIE)
		arm_smmu_mask_bank(smmu, idx);

	for (looks = 0; looks < ARM_SMMU_FAULT_LOOKS; looks++) {
		fsr = arm_smmu_read_context_fault(smmu_domain, &fault->info);
		if (!(fsr & ARM_SMMU_CB_FSR_LATCHED))
			break;
		/* MULTI may have been set since the read. It has no syndrome. */
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, fsr | ARM_SMMU_CB_FSR_MULTI);
		if (!(fsr & ARM_SMMU_CB_FSR_SYNDROME))
			continue;
		ret = arm_smmu_call_back(smmu_domain, &fault->info);
		if ((fsr & ARM_SMMU_CB_FSR_SS) && !stalled) {
			stalled = true;
			retry = ret == -EAGAIN;
		}
	}

	if (looks || (fsr & ARM_SMMU_CB_FSR_SS))
		flood = arm_smmu_pace_flood(&fault->pace) || looks == ARM_SMMU_FAULT_LOOKS;
	/* If the thread slept instead, free_irq() of another bank would wait for it. */
	if (!arm_smmu_arm_and_resume(smmu, idx, fsr, retry, flood))
		arm_smmu_pace_pause(&fault->pace, flood);
}

/* Thread: report faults, then resume the transaction. May sleep. */
static irqreturn_t arm_smmu_context_fault_thread(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	struct arm_smmu_cb_fault *fault = &smmu->cbs[smmu_domain->cfg.cbndx].fault;
	int err;

	/* A primary under way has woken the thread too early: the pause is not over. */
	if (timer_pending(&fault->pace.timer))
		return IRQ_HANDLED;

	/*
	 * This waits for a suspend or resume under way, and takes the reference even
	 * if it fails. Without power, reset drops the fault, and resume arms the bank.
	 */
	WRITE_ONCE(fault->wake, false);
	err = pm_runtime_get_sync(smmu->dev);
	if (READ_ONCE(smmu->powered))
		arm_smmu_handle_context_faults(smmu_domain);
	else if (err < 0 && err != -EACCES)	/* -EACCES: system sleep */
		dev_err_ratelimited(smmu->dev,
				    "SMMU does not resume: no context faults of cb=%d until it does\n",
				    smmu_domain->cfg.cbndx);
	pm_runtime_put_autosuspend(smmu->dev);

	return IRQ_HANDLED;
}

/**
 * arm_smmu_request_context_irq() - Take the fault interrupt of a context bank
 * @smmu_domain: domain whose bank is set up
 *
 * Not IRQF_ONESHOT: the bank is masked, not the line, so a callback that sleeps delays
 * no other bank, and the line can be shared. IRQF_COND_ONESHOT shares it with a foreign
 * device that was there first, with IRQF_ONESHOT. Not IRQF_NO_THREAD: all handlers of a
 * line have to agree, and with threadirqs the others are threads.
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_smmu_request_context_irq(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	struct arm_smmu_cb_fault *fault = &smmu->cbs[smmu_domain->cfg.cbndx].fault;
	unsigned int irq = smmu->irqs[smmu_domain->cfg.irptndx];
	static struct lock_class_key key;

	lockdep_init_map(&smmu_domain->callback_map, "arm_smmu_fault_callback",
			 &key, 0);
	timer_setup(&fault->pace.timer, arm_smmu_fault_timer, 0);
	fault->pace.run = 0;
	fault->wake = false;

	if (smmu->impl && smmu->impl->context_fault)
		return devm_request_irq(smmu->dev, irq, smmu->impl->context_fault,
					IRQF_SHARED, "arm-smmu-context-fault",
					smmu_domain);

	return devm_request_threaded_irq(smmu->dev, irq, arm_smmu_context_fault,
					 arm_smmu_context_fault_thread,
					 IRQF_SHARED | IRQF_COND_ONESHOT,
					 "arm-smmu-context-fault", smmu_domain);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_request_context_irq);
