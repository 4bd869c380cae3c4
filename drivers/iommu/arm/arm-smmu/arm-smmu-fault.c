// SPDX-License-Identifier: GPL-2.0-only
/*
 * Context faults of the Arm SMMU, v1 and v2.
 */

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/pm_runtime.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include <kunit/visibility.h>
#include <trace/events/arm_smmu.h>

#include "arm-smmu.h"

/**
 * DOC: Who owns a context bank
 *
 * A context bank that is set up to stall (SCTLR.CFCFG) holds a faulting
 * transaction until software writes RESUME. On MMU-500, FSR.SS asserts the
 * interrupt all that time, so the line must be quiet while somebody decides
 * what to do. It is masked at the bank, by SCTLR.CFIE, and nowhere else: the
 * other banks on the line, and the other devices, do not notice.
 *
 * CFIE and M in the shadow of SCTLR (&struct arm_smmu_cb.sctlr) say who owns
 * the fault that a bank has latched in FSR, FAR, FSYNRn and CBFRSYNRA:
 *
 * M and CFIE: armed
 *	Nobody does, and there may be none. The primary looks at FSR, and where
 *	it finds a fault, turns CFIE off and wakes the thread.
 * M, no CFIE: faulted
 *	The thread does, from the primary's IRQ_WAKE_THREAD until it turns
 *	CFIE on again. It reports the fault and clears FSR. The fault callback
 *	may sleep: no lock is held, and no fault waits for it but this bank's.
 *	Only who requests or frees an interrupt on the same line does. But with
 *	SCTLR.HUPCF off, as it is for all but GPUs, the other transactions of the
 *	bank stall as well until FSR is clear, or are terminated where faults are.
 *	If FSR does not clear, the thread leaves the bank like that, until the SMMU
 *	is reset or the domain freed. With HUPCF, that stops nothing but what faults.
 * no M, or teardown has begun: detached
 *	Nobody will take another one. Teardown waits for the thread.
 *
 * The stalled transaction, and with it RESUME, is the thread's alone: a bank
 * has one thread, so no two of them ever decide about it. The thread writes
 * RESUME right after it has turned CFIE on, with interrupts off in between.
 */

/* SS alone is no new fault, but one that was reported and is being resumed. */
#define ARM_SMMU_CB_FSR_LATCHED	(ARM_SMMU_CB_FSR_FAULT & ~ARM_SMMU_CB_FSR_SS)

/* MULTI alone has to be cleared, but FAR and the rest do not belong to it. */
#define ARM_SMMU_CB_FSR_SYNDROME	(ARM_SMMU_CB_FSR_LATCHED & ~ARM_SMMU_CB_FSR_MULTI)

static void arm_smmu_mask_bank(struct arm_smmu_device *smmu, int idx)
{
	unsigned long flags;

	/*
	 * From the shadow on, the primary steps back: an interrupt on this CPU
	 * before the register follows would never end.
	 */
	local_irq_save(flags);
	if (arm_smmu_sctlr_change(smmu, idx, ARM_SMMU_SCTLR_CFIE, 0))
		arm_smmu_sctlr_publish(smmu, idx);
	local_irq_restore(flags);
}

/* Only an attached bank is armed, see arm_smmu_sctlr_change(). */
static bool arm_smmu_arm_bank(struct arm_smmu_device *smmu, int idx, bool refaulting)
{
	if (!arm_smmu_sctlr_change(smmu, idx, ARM_SMMU_SCTLR_REFAULTING,
				   ARM_SMMU_SCTLR_CFIE |
				   (refaulting ? ARM_SMMU_SCTLR_REFAULTING : 0)))
		return false;
	arm_smmu_sctlr_publish(smmu, idx);
	return true;
}

/* Masks the bank and returns true if it has a fault that nobody owns. */
static bool arm_smmu_take_fault(struct arm_smmu_device *smmu, int idx)
{
	/*
	 * Leave a bank to its thread, whoever asserts the line. The next fault
	 * may be latched between the thread's last look at FSR and its CFIE:
	 * taken here, the bank would be unmasked again before it is handled.
	 */
	if (!(atomic_read(&smmu->cbs[idx].sctlr) & ARM_SMMU_SCTLR_CFIE))
		return false;

	/*
	 * Not before the look at the shadow: a read of a device is not done ahead
	 * of a branch. Were it, it would find a fault that the thread has cleared
	 * since, and cost a pass of the thread that finds nothing.
	 */
	if (!(arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR) & ARM_SMMU_CB_FSR_LATCHED))
		return false;
	/* SS would assert the line until RESUME, and keep the thread from it. */
	arm_smmu_mask_bank(smmu, idx);

	return true;
}

/* Primary: hand a fault that nobody owns to the thread. Hard IRQ, no lock. */
static irqreturn_t arm_smmu_context_fault(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	unsigned long flags;
	bool taken;

	/* Without power this bank has no fault: it was somebody else. */
	if (!arm_smmu_power_enter(smmu, &smmu->cbs[idx].users, &flags))
		return IRQ_NONE;
	taken = arm_smmu_take_fault(smmu, idx);
	arm_smmu_power_leave(&smmu->cbs[idx].users, flags);

	return taken ? IRQ_WAKE_THREAD : IRQ_NONE;
}

static void arm_smmu_read_context_fault_info(struct arm_smmu_domain *smmu_domain,
					     struct arm_smmu_context_fault_info *cfi)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	struct arm_smmu_cfg *cfg = &smmu_domain->cfg;
	int idx = cfg->cbndx;

	memset(cfi, 0, sizeof(*cfi));
	cfi->fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	cfi->iova = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_FAR);
	cfi->fsynr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR0);
	cfi->fsynr1 = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR1);
	cfi->cbfrsynra = arm_smmu_gr1_read(smmu, ARM_SMMU_GR1_CBFRSYNRA(idx));

	/* A stage 2 bank has no CONTEXTIDR. */
	if (cfg->cbar != CBAR_TYPE_S2_TRANS) {
		cfi->ttbr0 = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_TTBR0);
		cfi->contextidr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_CONTEXTIDR);
	}
}

/**
 * arm_smmu_report_context_fault() - Call the fault callback of a domain
 * @smmu_domain: domain whose bank has faulted
 * @cfi: the fault
 *
 * Prints the fault if nobody handles it.
 *
 * Context: The thread of the bank. May sleep.
 * Return: What the callback said. -EAGAIN retries a stalled transaction.
 */
int arm_smmu_report_context_fault(struct arm_smmu_domain *smmu_domain,
				  struct arm_smmu_context_fault_info *cfi)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int ret;

	ret = report_iommu_fault(&smmu_domain->domain, smmu->dev, cfi->iova,
				 cfi->fsynr & ARM_SMMU_CB_FSYNR0_WNR ?
				 IOMMU_FAULT_WRITE : IOMMU_FAULT_READ);

	if (ret == -ENOSYS && __ratelimit(&rs))
		arm_smmu_print_context_fault_info(smmu, smmu_domain->cfg.cbndx, cfi);

	return ret;
}

/**
 * arm_smmu_clear_context_fault() - Drop a fault, and terminate what is stalled
 * @smmu: SMMU, powered
 * @idx: context bank, its context interrupt off
 *
 * For a fault that nobody is going to report any more, and a transaction that
 * nobody is going to resume. MMU-500 ignores RESUME while any other bit of FSR
 * is set, so all of them are cleared, whether they were seen or not.
 *
 * Context: Any, but RESUME is the fault thread's: this is either it, or there
 * is none.
 */
void arm_smmu_clear_context_fault(struct arm_smmu_device *smmu, int idx)
{
	smmu->cbs[idx].decided = false;
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);
	if (!(arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR) & ARM_SMMU_CB_FSR_SS))
		return;

	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME, ARM_SMMU_RESUME_TERMINATE);
	arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	trace_arm_smmu_resume(smmu->dev, idx, false, 0);
}

/*
 * A fault may be there again when one was cleared. So many of them in a row are
 * handled at once. Then the thread pauses after each, longer and longer, and a
 * stalled transaction takes precedence over the report of the fault that is in
 * its way. In the end the thread gives up.
 */
#define ARM_SMMU_FAULT_BURST		8
#define ARM_SMMU_FAULT_PAUSE_SHIFT	7 /* 128 ms at most */
#define ARM_SMMU_FAULT_LIMIT		24

/*
 * If FSR does not clear, its interrupt never ends: the thread, whose priority
 * is a real-time one, would keep its CPU to itself, and whoever waits for the
 * interrupts of the line would wait for ever. A device that faults without a
 * break looks the same: even FAR can be. Returns true if it is no use to arm the
 * bank any more.
 */
static bool arm_smmu_fault_does_not_clear(struct arm_smmu_cb *cb, u32 fsr)
{
	if (!(fsr & ARM_SMMU_CB_FSR_LATCHED))
		cb->refaults = 0;
	else if (cb->refaults < ARM_SMMU_FAULT_LIMIT)
		cb->refaults++;

	return cb->refaults == ARM_SMMU_FAULT_LIMIT;
}

/*
 * Nobody is going to resume what stalls from now on, so nothing does any more,
 * and what is stalled is terminated: with the next fault it would not be, as
 * MMU-500 ignores RESUME, so there is nothing between the two writes.
 */
static void arm_smmu_give_up(struct arm_smmu_device *smmu, int idx, u32 fsr)
{
	u32 found = fsr;
	unsigned long flags;
	int i;

	/* The next fault stays in FSR. Without HUPCF, it would end all of the domain's DMA. */
	if (arm_smmu_sctlr_change(smmu, idx, 0,
				  ARM_SMMU_SCTLR_GIVEN_UP | ARM_SMMU_SCTLR_REFAULTING))
		arm_smmu_sctlr_publish(smmu, idx);

	for (i = 0; i < ARM_SMMU_FAULT_LIMIT && (fsr & ARM_SMMU_CB_FSR_SS); i++) {
		local_irq_save(flags);
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME, ARM_SMMU_RESUME_TERMINATE);
		local_irq_restore(flags);
		fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	}
	if (i && !(fsr & ARM_SMMU_CB_FSR_SS))
		trace_arm_smmu_resume(smmu->dev, idx, false, 0);
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);
	/* It has arrived before the power may go. */
	arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);

	/* Once for each power-up: it took two dozen faults and a second. */
	dev_err(smmu->dev,
		"Context fault is there again whenever it is cleared: fsr=0x%x, cb=%d; masked until the SMMU is reset or the domain freed%s\n",
		found, idx,
		fsr & ARM_SMMU_CB_FSR_SS ? "; a transaction stays stalled" : "");
}

VISIBLE_IF_KUNIT unsigned int arm_smmu_pause_after_fault_ms(const struct arm_smmu_cb *cb)
{
	int shift = cb->refaults - ARM_SMMU_FAULT_BURST;

	return shift < 0 ? 0 : 1 << min(shift, ARM_SMMU_FAULT_PAUSE_SHIFT);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_pause_after_fault_ms);

/* Thread: report a fault, then resume the transaction. May sleep. */
static irqreturn_t arm_smmu_context_fault_thread(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	struct arm_smmu_cb *cb = &smmu->cbs[idx];
	bool stalled, resume, drop, armed;
	unsigned int pause = 0;
	ktime_t start = 0;
	unsigned long flags;
	int err, ret = 0;
	u32 fsr;

	/*
	 * This waits for a suspend or resume under way. The reference counts even
	 * where it is an error, in probe or after a failure of runtime PM: what
	 * power there is must not go. Without, the fault is gone, and resume
	 * arms the bank.
	 */
	err = pm_runtime_get_sync(smmu->dev);
	if (!READ_ONCE(smmu->powered)) {
		/* Not so in system sleep, where runtime PM is disabled. */
		if (err < 0 && err != -EACCES)
			dev_err_ratelimited(smmu->dev,
					    "SMMU does not resume: no context faults of cb=%d until it does\n",
					    idx);
		goto put;
	}

	/* Resume may have armed the bank: if it stalls, SS would storm here. */
	if (atomic_read(&cb->sctlr) & ARM_SMMU_SCTLR_CFIE)
		arm_smmu_mask_bank(smmu, idx);

	if (trace_arm_smmu_resume_enabled())
		start = ktime_get();
	arm_smmu_read_context_fault_info(smmu_domain, &cb->cfi);

	if (cb->cfi.fsr & ARM_SMMU_CB_FSR_SYNDROME) {
		trace_arm_smmu_context_fault(smmu->dev, idx, cb->cfi.iova, cb->cfi.fsr,
					     cb->cfi.fsynr, cb->cfi.cbfrsynra);
		lock_map_acquire(&smmu_domain->callback_map);
		if (smmu->impl && smmu->impl->report_context_fault)
			ret = smmu->impl->report_context_fault(smmu_domain, &cb->cfi);
		else
			ret = arm_smmu_report_context_fault(smmu_domain, &cb->cfi);
		lock_map_release(&smmu_domain->callback_map);
	}

	/*
	 * Before RESUME: the retried transaction's next fault would be cleared
	 * with this one, and MMU-500 ignores RESUME while a bit is set. That
	 * goes for MULTI as well, set after the first look or not: nothing else is
	 * known of those other faults.
	 */
	if (cb->cfi.fsr & ARM_SMMU_CB_FSR_LATCHED)
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR,
				  cb->cfi.fsr | ARM_SMMU_CB_FSR_MULTI);

	/*
	 * Under MULTI, a transaction may have stalled since the first look. But
	 * if one is latched again already, it may be what stalls, and has not
	 * been reported; and MMU-500 would ignore RESUME. Its own pass resumes.
	 */
	fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	resume = (fsr & ARM_SMMU_CB_FSR_SS) && !(fsr & ARM_SMMU_CB_FSR_LATCHED);

	/*
	 * Until then, what was decided of a stalled transaction stays decided,
	 * whatever is reported in between: only RESUME ends a stall.
	 */
	stalled = cb->cfi.fsr & ARM_SMMU_CB_FSR_SS;
	if (!stalled || !cb->decided)
		cb->retry = ret == -EAGAIN;
	cb->decided = stalled && !resume;

	if (arm_smmu_fault_does_not_clear(cb, fsr)) {
		arm_smmu_give_up(smmu, idx, fsr);
		cb->decided = false;
		goto put;
	}

	/* So many faults have been in its way that it comes before their report. */
	drop = cb->decided && cb->refaults > ARM_SMMU_FAULT_BURST;
	if (drop) {
		cb->decided = false;
		resume = true;
	}

	/*
	 * RESUME is the last act: after it, the next fault may be on its way, and
	 * a later CFIE would unmask a bank that its primary has just masked. On
	 * MMU-500, SS asserts the line from CFIE to RESUME: with interrupts on,
	 * this CPU would never get to RESUME.
	 */
	local_irq_save(flags);
	/* In a bank that is torn down, M may go before a retry gets there. */
	armed = arm_smmu_arm_bank(smmu, idx, arm_smmu_pause_after_fault_ms(cb));
	if (!armed)
		cb->retry = false;
	if (drop)
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);
	/*
	 * With SCTLR.HUPCF, a fault that is latched since the look at FSR makes
	 * MMU-500 ignore this. Its own pass cannot tell the transaction from one
	 * that has stalled since, and decides about it: a retry is no promise.
	 */
	if (resume)
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME,
				  cb->retry ? 0 : ARM_SMMU_RESUME_TERMINATE);
	local_irq_restore(flags);

	/* RESUME must have arrived before the power may go. */
	if (resume) {
		fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
		if (drop && !(fsr & ARM_SMMU_CB_FSR_FAULT))
			cb->refaults = 0;
		trace_arm_smmu_resume(smmu->dev, idx, cb->retry,
				      start ? ktime_to_ns(ktime_sub(ktime_get(), start)) : 0);
	}

	/* With the reference still: without power, resume starts to count anew. */
	if (armed)
		pause = arm_smmu_pause_after_fault_ms(cb);

put:
	pm_runtime_put_autosuspend(smmu->dev);
	if (pause)
		msleep(pause);
	return IRQ_HANDLED;
}

/**
 * arm_smmu_request_context_irq() - Take the fault interrupt of a context bank
 * @smmu_domain: domain whose bank is set up
 *
 * Not IRQF_ONESHOT: the bank is masked, not the line, so a callback that sleeps
 * delays no other bank, and the line can be shared with any other interrupt.
 * If one that was there before insists on IRQF_ONESHOT, do as it does: then the
 * line is masked as well.
 *
 * Nor IRQF_NO_THREAD, though the primary could stay in hard IRQ context where
 * interrupts are forced into threads (threadirqs, PREEMPT_RT): all on a line have
 * to agree. There it runs in a thread of its own, and the line is masked until
 * it has masked the bank.
 *
 * Context: Process context, may sleep. Return: 0 or a negative errno.
 */
int arm_smmu_request_context_irq(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	unsigned int irq = smmu->irqs[smmu_domain->cfg.irptndx];
	static struct lock_class_key key;

	lockdep_init_map(&smmu_domain->callback_map, "arm_smmu_fault_callback",
			 &key, 0);

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

/*
 * free_irq() waits for the fault callback. A caller that holds a lock which the
 * callback takes deadlocks, if there is a fault at that moment: with this,
 * lockdep reports it even if there is none.
 */
static void arm_smmu_might_wait_for_callback(struct arm_smmu_domain *smmu_domain)
{
	lock_map_acquire(&smmu_domain->callback_map);
	lock_map_release(&smmu_domain->callback_map);
}

/**
 * arm_smmu_detach_context_bank() - Turn a context bank off for good
 * @smmu_domain: domain whose bank it is
 *
 * When this returns, the bank does not translate and asserts no interrupt, no
 * transaction is stalled, no fault callback runs and none will, and whoever
 * was changing SCTLR is done. Without power that goes for the registers as they
 * are after the next reset, which writes the shadow.
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

	if (cfg->irptndx != ARM_SMMU_INVALID_IRPTNDX)
		arm_smmu_might_wait_for_callback(smmu_domain);

	/* A thread under way finds the bank detached, and does not arm it. */
	arm_smmu_sctlr_begin_detach(smmu, cfg->cbndx);
	if (cfg->irptndx != ARM_SMMU_INVALID_IRPTNDX)
		devm_free_irq(smmu->dev, smmu->irqs[cfg->irptndx], smmu_domain);

	WRITE_ONCE(cb->cfg, NULL);
	atomic_set(&cb->sctlr, 0);
	/*
	 * set_stall() may yet write the M that it read, until it looks again: either
	 * it finds the shadow clear, or it is found here. Pairs with the barrier in
	 * arm_smmu_power_enter().
	 */
	smp_mb();
	atomic_cond_read_acquire(&cb->users, !VAL);
	/*
	 * Where the caller's reference did not resume the SMMU, somebody else's may:
	 * its reset has the configuration in hand, which is freed next. Nor does
	 * the caller's keep the power then.
	 */
	pm_runtime_barrier(smmu->dev);
	powered = arm_smmu_power_enter(smmu, &cb->users, &flags);
	if (powered) {
		arm_smmu_sctlr_publish(smmu, cfg->cbndx);
		/* One whose interrupt was not taken would stall its device for ever. */
		arm_smmu_clear_context_fault(smmu, cfg->cbndx);
		arm_smmu_power_leave(&cb->users, flags);
	}
	memset(&cb->cfi, 0, sizeof(cb->cfi));
	cb->refaults = 0;

	return powered;
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_detach_context_bank);
