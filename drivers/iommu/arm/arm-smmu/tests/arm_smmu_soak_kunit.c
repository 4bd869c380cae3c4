// SPDX-License-Identifier: GPL-2.0-only
/*
 * A randomised soak of the fault path of the Arm SMMU.
 *
 * Two SMMUs, in one of which SS asserts the line, share interrupt lines. What else the
 * fake can be told about the hardware changes from one rest to the next: what SS does to
 * the syndrome (rule 3), whether RESUME is ignored (6), how many transactions stall at a
 * time (13), when SS clears (14), and what a fault is (16); some RESUMEs are lost (15).
 * Their banks fault, and meanwhile stalling is turned on and off, the SMMUs suspend and
 * resume, by runtime PM and for system sleep, and banks are attached and detached.
 * Register writes are posted. At any register access of the driver
 *
 *  - a transaction may fault,
 *  - this CPU may take an interrupt, where they are on,
 *  - another CPU may call arm_smmu_set_stall(), or take an interrupt,
 *  - a posted write may arrive,
 *  - a fault thread may be preempted, for as long as it pleases the test's thread.
 *
 * What must hold is checked all the time, or at rest where it says so; the names
 * are those of the fault path's invariants:
 *
 *  I1  each latched fault is reported, once
 *  I2  at rest, no transaction is stalled
 *  I3  RESUME is written only with SS set and FSR cleared (rules of the fake)
 *  I4  CFIE is off while the callback runs, and on at rest
 *  I5  at rest, the register is the shadow, and CFCFG is what was asked for
 *  I6  no interrupt storm, and everything comes to rest
 *  I7  while a callback sleeps, the other banks' faults are handled
 *  I8  no access without clocks, posted writes included (rule 7 of the fake)
 *  I9  a detached bank is off, has nothing stalled, and its callback is not called
 *  I10 the callback runs in task context, and may sleep
 *
 * On one CPU, with the same seed and kernel the same things happen: no interrupt is
 * delivered but by the test's thread or as above. A failure prints the seed, and
 * "log" in the summary is a hash of all the accesses. With several CPUs the threads
 * run where the scheduler puts them, and their accesses race in earnest: the seed
 * replays nothing then, and two checks are left out that hold only where nothing
 * else happens between two accesses. A pause of a bank ends when the test says so, and
 * whether there is one does not depend on the time of day.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/debug_locks.h>
#include <linux/iommu.h>
#include <linux/jhash.h>
#include <linux/moduleparam.h>
#include <linux/pm_runtime.h>
#include <linux/prandom.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "fake_smmu.h"

static unsigned int soak_seed = 1;
module_param(soak_seed, uint, 0444);
MODULE_PARM_DESC(soak_seed, "Seed of the soak; 0: a random one");

static unsigned int soak_faults = 5000;
module_param(soak_faults, uint, 0444);
MODULE_PARM_DESC(soak_faults, "How many latched faults the soak lasts; with several CPUs, a tenth");

#define SOAK_SMMUS	2
#define SOAK_BANKS	12	/* of each */
#define SOAK_LINES	8	/* of context faults: three banks on each */
#define SOAK_REST	300	/* steps, on average */
#define SOAK_STORM	1000	/* interrupts on one line in one step */
#define SOAK_STREAMS	3	/* that use a bank */
#define SOAK_SS_LATE	8	/* reads of FSR, less than a thread polls it */
#define SOAK_PATIENCE	(10 * HZ)

/* Where the CPU that a hook plays has its posted writes. */
#define SOAK_OTHER_CPU	(nr_cpu_ids + 1)

struct soak;

struct soak_bank {
	struct soak *soak;
	struct fake_smmu *fake;
	struct fake_smmu_bank *bank;
	struct arm_smmu_domain *smmu_domain;
	struct completion go_on;
	unsigned int line;
	int idx;
	int parked;
	void (*timer_function)(struct timer_list *timer);
	bool has_handler;
	bool attached;
	bool stall;
	bool overlapped;		/* several soak_set_stall() at a time: either may win */
	unsigned int in_set_stall;
	bool in_callback;
	bool pause_is_over;		/* its time is; its end comes with soak_end_pause() */
	unsigned int calls;
	unsigned int last_reported;	/* fake_smmu_bank.reported of the last call */
	unsigned int unreported;	/* faults that went away with power or detach */
	unsigned int forgotten;		/* fake_smmu_bank.forgotten up to now */
};

struct soak {
	struct kunit *test;
	struct task_struct *main;
	const struct dev_pm_ops *driver_pm;
	struct fake_smmu *fake[SOAK_SMMUS];
	struct soak_bank banks[SOAK_SMMUS][SOAK_BANKS];
	bool no_parking[SOAK_LINES];
	bool several_cpus;
	bool resuming[SOAK_SMMUS];
	bool attaching;
	bool at_rest;
	bool in_hook;			/* a hook is running */
	raw_spinlock_t lock;		/* of rnd, log, iova and the banks' set_stall() */
	struct rnd_state rnd;
	u32 seed;
	u32 log;
	u64 iova;
	unsigned int steps;
	unsigned int rests;
	unsigned int set_stalls;
	unsigned int suspends;
	unsigned int sleeps;
	unsigned int detaches;
	unsigned int pauses;
	atomic_t parks;
	unsigned int isolated;
};

static u32 soak_random(struct soak *soak, u32 below)
{
	unsigned long flags;
	u32 val;

	raw_spin_lock_irqsave(&soak->lock, flags);
	val = prandom_u32_state(&soak->rnd);
	raw_spin_unlock_irqrestore(&soak->lock, flags);

	return val % below;
}

static bool soak_chance(struct soak *soak, u32 one_in)
{
	return !soak_random(soak, one_in);
}

/* A hook does not call itself, nor another CPU's at the same time. */
static bool soak_enter_hook(struct soak *soak)
{
	return !xchg(&soak->in_hook, true);
}

static void soak_leave_hook(struct soak *soak)
{
	/* Pairs with the xchg() of the next one. */
	smp_store_release(&soak->in_hook, false);
}

/* From now on, accesses are another CPU's. With several, there are others indeed. */
static void soak_play_cpu(struct soak *soak, unsigned int cpu)
{
	unsigned int s;

	for (s = 0; s < SOAK_SMMUS && !soak->several_cpus; s++)
		soak->fake[s]->regs->as_cpu = cpu;
}

static struct soak_bank *soak_any_bank(struct soak *soak)
{
	return &soak->banks[soak_random(soak, SOAK_SMMUS)][soak_random(soak, SOAK_BANKS)];
}

static bool soak_failed(struct soak *soak)
{
	return READ_ONCE(soak->fake[0]->regs->violation) ||
	       READ_ONCE(soak->fake[1]->regs->violation);
}

#define soak_check(b, condition, fmt, ...)					\
do {										\
	struct soak_bank *__b = (b);						\
										\
	if (!(condition))							\
		kunit_regfile_violation(__b->fake->regs, fmt " (bank %d)",	\
					##__VA_ARGS__, __b->idx);		\
} while (0)

/* Faults */

static void soak_fault(struct soak *soak, struct soak_bank *b)
{
	unsigned long flags;
	u64 iova;

	/* Nothing goes through a bank before it is attached. */
	if (!READ_ONCE(b->attached))
		return;

	raw_spin_lock_irqsave(&soak->lock, flags);
	iova = soak->iova += 0x1000;
	raw_spin_unlock_irqrestore(&soak->lock, flags);
	WRITE_ONCE(b->bank->unmapped, true);
	if (soak_chance(soak, 64))
		WRITE_ONCE(b->bank->lose_resumes, 1 + soak_random(soak, 3));
	if (soak_chance(soak, 4))
		fake_smmu_issue(b->fake, b->idx, iova, 0);
	else
		fake_smmu_fault(b->fake, b->idx, iova, 0);
}

/* What CFCFG shall be. If two say so at a time, only the SMMU knows who was last. */
static void soak_begin_stall(struct soak_bank *b, bool enabled)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&b->soak->lock, flags);
	b->overlapped = b->in_set_stall && b->soak->several_cpus;
	b->in_set_stall++;
	b->soak->set_stalls++;
	b->stall = enabled;
	raw_spin_unlock_irqrestore(&b->soak->lock, flags);
}

static void soak_end_stall(struct soak_bank *b)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&b->soak->lock, flags);
	b->in_set_stall--;
	raw_spin_unlock_irqrestore(&b->soak->lock, flags);
}

static void soak_set_stall(struct soak_bank *b, bool enabled)
{
	soak_begin_stall(b, enabled);
	arm_smmu_set_stall(&b->fake->smmu, b->idx, enabled);
	soak_end_stall(b);
}

/* A thread waits here until it is released, and the rest of the world goes on. */
static void soak_park(struct soak_bank *b)
{
	bool *no_parking = &b->soak->no_parking[b->line];

	if (READ_ONCE(*no_parking))
		return;
	/* Either this sees the flag, or who sets it sees that this is parked. */
	xchg(&b->parked, 1);
	if (READ_ONCE(*no_parking) && xchg(&b->parked, 0))
		return;
	atomic_inc(&b->soak->parks);
	if (!wait_for_completion_timeout(&b->go_on, SOAK_PATIENCE))
		kunit_regfile_violation(b->fake->regs, "I6: a parked thread was forgotten");
}

static void soak_release(struct soak_bank *b)
{
	if (xchg(&b->parked, 0))
		complete(&b->go_on);
}

static void soak_clear_line(struct soak *soak, unsigned int line)
{
	unsigned int s, i;

	WRITE_ONCE(soak->no_parking[line], true);
	smp_mb(); /* pairs with the xchg() in soak_park() */
	for (s = 0; s < SOAK_SMMUS; s++) {
		for (i = 0; i < SOAK_BANKS; i++) {
			if (soak->banks[s][i].line == line)
				soak_release(&soak->banks[s][i]);
		}
	}
}

/* Pauses */

static struct arm_smmu_cb_fault *soak_state(struct soak_bank *b)
{
	return &b->fake->cbs[b->idx].fault;
}

static struct soak_bank *soak_timer_to_bank(struct timer_list *timer)
{
	struct arm_smmu_cb *cb = container_of(timer, struct arm_smmu_cb, fault.pace.timer);
	struct arm_smmu_domain *smmu_domain = container_of(cb->cfg, struct arm_smmu_domain, cfg);
	struct fake_smmu *fake = container_of(smmu_domain->smmu, struct fake_smmu, smmu);
	struct soak *soak = fake->priv;

	return &soak->banks[fake != soak->fake[0]][cb->cfg->cbndx];
}

/* Instead of the driver's. */
static void soak_timer(struct timer_list *timer)
{
	WRITE_ONCE(soak_timer_to_bank(timer)->pause_is_over, true);
}

static bool soak_end_pause(struct soak_bank *b)
{
	if (!READ_ONCE(b->attached))
		return false;
	if (!timer_delete_sync(&soak_state(b)->pace.timer) && !READ_ONCE(b->pause_is_over))
		return false;
	WRITE_ONCE(b->pause_is_over, false);
	b->soak->pauses++;
	b->timer_function(&soak_state(b)->pace.timer);

	return true;
}

/* Until no interrupt is due, no handler runs and no bank pauses. */
static void soak_settle(struct soak *soak)
{
	unsigned int s, i;
	bool paused;

	do {
		paused = false;
		kunit_irqchip_settle(soak->fake[0]->irqchip);
		for (s = 0; s < SOAK_SMMUS; s++) {
			for (i = 0; i < SOAK_BANKS; i++)
				paused |= soak_end_pause(&soak->banks[s][i]);
		}
	} while (paused);
}

/* The thread, from its callback: its passes shall not depend on jiffies. */
static void soak_set_run(struct soak_bank *b)
{
	soak_state(b)->pace.run = soak_chance(b->soak, 16) ? ARM_SMMU_FAULT_BURST : 0;
	soak_state(b)->pace.calm = jiffies + SOAK_PATIENCE;
}

static int soak_callback(struct iommu_domain *domain, struct device *dev,
			 unsigned long iova, int flags, void *token)
{
	static const int returns[] = { 0, 0, -EAGAIN, -EAGAIN, -EBUSY, -EFAULT };
	struct soak_bank *b = token;
	struct arm_smmu_context_fault_info *info = &soak_state(b)->info;
	struct soak *soak = b->soak;
	unsigned int reported, gone;
	bool stalls;

	soak_check(b, in_task() && !irqs_disabled() && preempt_count() == 0,
		   "I10: the callback must not sleep");
	soak_check(b, READ_ONCE(b->attached), "I9: callback of a detached bank");
	soak_check(b, !READ_ONCE(b->in_callback), "I1: two callbacks of a bank");
	WRITE_ONCE(b->in_callback, true);
	/* Only a broken driver has it change under a callback. */
	soak_check(b, data_race(b->fake->regs->powered), "I8: no power in the callback");
	soak_check(b, !(fake_smmu_peek(b->fake, b->idx, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE),
		   "I4: CFIE is on in the callback");

	/* FSR is clear: the next fault may be latched, which is its own callback's. */
	reported = data_race(b->bank->reported);
	gone = b->bank->forgotten - b->forgotten;
	b->forgotten = b->bank->forgotten;
	b->unreported += gone;
	soak_check(b, (info->fsr & b->fake->fault) == b->fake->fault && info->iova == iova &&
		   info->cbfrsynra == 0x40 + b->idx + (iova >> 12) % SOAK_STREAMS,
		   "I1: reported what was not latched");
	b->last_reported += 1 + gone;
	soak_check(b, (int)(reported - b->last_reported) >= 0, "I1: a fault was reported twice");
	soak_check(b, (int)(reported - b->last_reported) <= 1, "I1: a fault was not reported");
	soak_set_run(b);
	WRITE_ONCE(b->calls, b->calls + 1);

	if (soak_chance(soak, 8)) {
		stalls = soak_chance(soak, 2);
		soak_set_stall(b, stalls);
	}
	if (soak_chance(soak, 6))
		soak_park(b);
	/* Whether the callback has mapped the page. */
	WRITE_ONCE(b->bank->unmapped, soak_chance(soak, 4));
	WRITE_ONCE(b->in_callback, false);

	return returns[soak_random(soak, ARRAY_SIZE(returns))];
}

/* What happens before a register access of the driver. */
static void soak_before_access(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	struct fake_smmu *fake = rf->priv;
	struct soak *soak = fake->priv;
	struct soak_bank *b;

	if (access->idx >= SOAK_BANKS)
		return;

	b = &soak->banks[fake != soak->fake[0]][access->idx];
	/* With several CPUs, the thread may mask it when the primary has just looked. */
	if (access->hardirq && access->reg == FAKE_FSR && !soak->several_cpus)
		soak_check(b, !b->in_callback, "I4: the primary reads what the thread owns");

	if (READ_ONCE(soak->at_rest) || READ_ONCE(soak->in_hook) ||
	    READ_ONCE(soak->attaching) || soak_failed(soak) ||
	    irqs_disabled() || !soak_chance(soak, 32) || !soak_enter_hook(soak))
		return;

	/* This CPU gets to nothing else until the line is low. */
	kunit_irq_take(fake->irqchip, &fake->lines[b->line], UINT_MAX);
	soak_leave_hook(soak);
}

/* What happens after a register access of the driver. */
static void soak_after_access(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct soak *soak = fake->priv;
	struct soak_bank *b, *other;
	unsigned long flags;

	raw_spin_lock_irqsave(&soak->lock, flags);
	soak->log = jhash_3words(access->reg, access->idx, access->val, soak->log);
	raw_spin_unlock_irqrestore(&soak->lock, flags);
	if (READ_ONCE(soak->at_rest) || READ_ONCE(soak->in_hook) || soak_failed(soak) ||
	    !soak_chance(soak, 12) || !soak_enter_hook(soak))
		return;

	/* The bank itself, mostly: there, it matters. */
	other = soak_any_bank(soak);
	b = access->idx < SOAK_BANKS ? &soak->banks[fake != soak->fake[0]][access->idx] : other;
	if (soak_chance(soak, 4))
		b = other;

	switch (soak_random(soak, 6)) {
	case 0:
		soak_fault(soak, b);
		break;
	case 1:
		soak_play_cpu(soak, SOAK_OTHER_CPU);
		soak_set_stall(b, soak_chance(soak, 2));
		soak_play_cpu(soak, 0);
		break;
	case 2:
	case 3:
		if (READ_ONCE(soak->attaching))
			break;
		soak_play_cpu(soak, SOAK_OTHER_CPU);
		kunit_irq_take(fake->irqchip, &fake->lines[b->line], 1);
		soak_play_cpu(soak, 0);
		break;
	case 4:
		kunit_regfile_arrive(fake->regs, -1, 1 + soak_random(soak, 2));
		break;
	default:
		break;
	}
	soak_leave_hook(soak);

	/* A fault thread is preempted. It touches no bank but its own. */
	if (in_task() && !irqs_disabled() && current != soak->main &&
	    !READ_ONCE(soak->resuming[fake != soak->fake[0]]) &&
	    access->idx < SOAK_BANKS && soak_chance(soak, 2))
		soak_park(&soak->banks[fake != soak->fake[0]][access->idx]);
}

/* Power: the driver's own suspend and resume, and what the hardware does then */

static struct soak *dev_to_soak(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);

	return container_of(smmu, struct fake_smmu, smmu)->priv;
}

static int __maybe_unused soak_runtime_resume(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);
	struct fake_smmu *fake = container_of(smmu, struct fake_smmu, smmu);
	struct soak *soak = dev_to_soak(dev);
	bool *resuming = &soak->resuming[fake != soak->fake[0]];
	int ret;

	WRITE_ONCE(*resuming, true);
	ret = fake_smmu_runtime_resume(dev);
	WRITE_ONCE(*resuming, false);

	return ret;
}

static const struct dev_pm_ops soak_pm_ops = {
	SET_RUNTIME_PM_OPS(fake_smmu_runtime_suspend, soak_runtime_resume, NULL)
};

static void soak_clear_lines(struct soak *soak)
{
	unsigned int i;

	for (i = 0; i < SOAK_LINES; i++)
		soak_clear_line(soak, i);
}

static void soak_allow_parking(struct soak *soak)
{
	unsigned int i;

	for (i = 0; i < SOAK_LINES; i++)
		WRITE_ONCE(soak->no_parking[i], false);
}

static void soak_suspend(struct soak_bank *b)
{
	struct soak *soak = b->soak;

	/* It is refused while a thread has its reference, a parked one perhaps. */
	if (!soak_chance(soak, 4)) {
		soak_clear_lines(soak);
		if (soak_chance(soak, 2))
			soak_settle(soak);
		else
			kunit_irqchip_settle(b->fake->irqchip);
		soak_allow_parking(soak);
	}
	/* A thread that was woken has none yet. */
	if (soak_chance(soak, 2)) {
		soak_fault(soak, b);
		kunit_irq_take(b->fake->irqchip, &b->fake->lines[b->line], UINT_MAX);
	}
	if (!pm_runtime_suspend(b->fake->smmu.dev))
		soak->suspends++;
}

/* System sleep, as the core does it, with the device in use from its point of view. */
static void soak_sleep(struct soak_bank *b)
{
	struct soak *soak = b->soak;
	struct device *dev = b->fake->smmu.dev;
	bool *resuming = &soak->resuming[b->fake != soak->fake[0]];
	bool active;

	/* Without CONFIG_PM_SLEEP, as in UML with several CPUs. */
	if (!soak->driver_pm->suspend)
		return;

	/* It waits for the threads. One that was woken has not looked at the power yet. */
	soak_clear_lines(soak);
	soak_fault(soak, b);
	if (soak_chance(soak, 2))
		kunit_irq_take(b->fake->irqchip, &b->fake->lines[b->line], UINT_MAX);
	pm_runtime_get_noresume(dev);
	KUNIT_ASSERT_EQ(soak->test, 0, soak->driver_pm->suspend(dev));
	active = !pm_runtime_suspended(dev);
	if (active) {
		fake_smmu_set_clocks(b->fake, false);
		fake_smmu_power_loss(b->fake);
	}
	if (soak_chance(soak, 2))
		soak_set_stall(b, soak_chance(soak, 2));
	WRITE_ONCE(*resuming, true);
	if (active)
		fake_smmu_set_clocks(b->fake, true);
	KUNIT_ASSERT_EQ(soak->test, 0, soak->driver_pm->resume(dev));
	WRITE_ONCE(*resuming, false);
	pm_runtime_put_noidle(dev);
	soak_allow_parking(soak);
	soak->sleeps++;
}

/* Attach and detach */

static void soak_attach(struct soak_bank *b)
{
	struct soak *soak = b->soak;
	struct device *dev = b->fake->smmu.dev;
	bool stalls = soak_chance(soak, 2);

	KUNIT_ASSERT_GE(soak->test, pm_runtime_resume_and_get(dev), 0);
	soak_begin_stall(b, stalls);
	b->last_reported = b->bank->reported;
	b->unreported = 0;
	b->calls = 0;
	b->forgotten = b->bank->forgotten;
	if (!b->has_handler)
		iommu_set_fault_handler(&b->fake->domains[b->idx].domain, soak_callback, b);
	b->has_handler = true;
	/* The bank is armed before its interrupt is requested. */
	WRITE_ONCE(soak->attaching, true);
	b->smmu_domain = fake_smmu_attach(soak->test, b->fake, b->idx, b->line,
					  (stalls ? ARM_SMMU_SCTLR_CFCFG : 0) |
					  (soak_chance(soak, 2) ? ARM_SMMU_SCTLR_HUPCF : 0));
	soak_end_stall(b);
	b->timer_function = soak_state(b)->pace.timer.function;
	soak_state(b)->pace.timer.function = soak_timer;
	WRITE_ONCE(b->pause_is_over, false);
	WRITE_ONCE(soak->attaching, false);
	WRITE_ONCE(b->attached, true);
	pm_runtime_put_autosuspend(dev);
}

static void soak_check_detached(struct soak_bank *b)
{
	soak_check(b, !fake_smmu_peek(b->fake, b->idx, FAKE_SCTLR) || !b->fake->regs->powered,
		   "I9: a detached bank is not off");
	soak_check(b, !(fake_smmu_peek(b->fake, b->idx, FAKE_FSR) & ARM_SMMU_CB_FSR_FAULT),
		   "I9: a detached bank has a fault, or a transaction stalled");
	soak_check(b, !atomic_read(&soak_state(b)->sctlr), "I9: the shadow is not zero");
	soak_check(b, !READ_ONCE(b->in_callback), "I9: a callback runs");
	soak_check(b, !timer_pending(&soak_state(b)->pace.timer), "I9: a bank pauses");
}

static void soak_detach(struct soak_bank *b)
{
	struct soak *soak = b->soak;
	struct device *dev = b->fake->smmu.dev;

	KUNIT_ASSERT_GE(soak->test, pm_runtime_resume_and_get(dev), 0);
	/* free_irq() waits for the threads of the whole line. */
	soak_clear_line(soak, b->line);
	arm_smmu_detach_context_bank(b->smmu_domain);
	WRITE_ONCE(b->attached, false);
	WRITE_ONCE(soak->no_parking[b->line], false);
	soak_check_detached(b);
	soak->detaches++;
	pm_runtime_put_autosuspend(dev);
}

/* I7: a bank faults while a thread of another one sleeps. */
static void soak_expect_isolated(struct soak *soak, struct soak_bank *sleeper,
				 struct soak_bank *b)
{
	unsigned long end = jiffies + SOAK_PATIENCE;
	unsigned int calls = READ_ONCE(b->calls);

	if (b == sleeper || !b->attached || !b->fake->regs->powered)
		return;
	/* Armed, and without a fault: the bank has no owner. */
	if (!(fake_smmu_peek(b->fake, b->idx, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE) ||
	    fake_smmu_peek(b->fake, b->idx, FAKE_FSR) & ARM_SMMU_CB_FSR_FAULT)
		return;

	soak_fault(soak, b);
	kunit_irq_take(b->fake->irqchip, &b->fake->lines[b->line], UINT_MAX);
	cond_resched();
	while (READ_ONCE(b->calls) == calls && !READ_ONCE(b->parked) && !soak_failed(soak)) {
		/* Another CPU may have been at the line, for one interrupt. */
		kunit_irq_take(b->fake->irqchip, &b->fake->lines[b->line], UINT_MAX);
		if (time_after(jiffies, end)) {
			soak_check(b, false, "I7: it waits for bank %d", sleeper->idx);
			return;
		}
		/* Or it has lost a RESUME. */
		soak_end_pause(b);
		schedule_timeout_uninterruptible(1);
	}
	soak->isolated++;
}

/* Rest */

static void soak_check_at_rest(struct soak_bank *b)
{
	unsigned int gone;
	u32 sctlr, shadow, fsr;

	if (!b->attached) {
		soak_check_detached(b);
		return;
	}

	gone = b->bank->forgotten - b->forgotten;
	soak_check(b, b->bank->reported == b->last_reported + gone,
		   "I1: of %u faults, %u were reported and %u went with the power",
		   b->bank->reported, b->last_reported, gone);
	b->forgotten = b->bank->forgotten;
	b->last_reported = b->bank->reported;

	shadow = atomic_read(&b->fake->cbs[b->idx].fault.sctlr);
	soak_check(b, b->overlapped || !(shadow & ARM_SMMU_SCTLR_CFCFG) == !b->stall,
		   "I5: CFCFG is not what was asked for");
	if (!b->fake->regs->powered)
		return;

	sctlr = fake_smmu_peek(b->fake, b->idx, FAKE_SCTLR);
	fsr = fake_smmu_peek(b->fake, b->idx, FAKE_FSR);
	soak_check(b, !(fsr & ARM_SMMU_CB_FSR_SS), "I2: a transaction is stalled");
	soak_check(b, !(fsr & ARM_SMMU_CB_FSR_FAULT), "I1: a fault is left");
	soak_check(b, !b->bank->nr_waiting, "I2: transactions wait");
	soak_check(b, sctlr & ARM_SMMU_SCTLR_CFIE, "I4: CFIE is off at rest");
	soak_check(b, sctlr == shadow, "I5: SCTLR is %#x, not %#x", sctlr, shadow);
}

static void soak_change_device(struct soak *soak, struct fake_smmu *fake)
{
	static const u32 faults[] = {
		ARM_SMMU_CB_FSR_TF, ARM_SMMU_CB_FSR_PF,
		ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_EF,
	};

	fake->ss_holds_syndrome = soak_chance(soak, 2);
	fake->ignores_resume = soak_chance(soak, 2);
	fake->stalls = 1 + soak_random(soak, FAKE_SMMU_STALLS);
	fake->resumes_newest = soak_chance(soak, 2);
	fake->ss_late = soak_chance(soak, 2) ? soak_random(soak, SOAK_SS_LATE) : 0;
	fake->fault = faults[soak_random(soak, ARRAY_SIZE(faults))];
}

static void soak_rest(struct soak *soak)
{
	struct fake_smmu *fake = soak->fake[0];
	unsigned int s, i;

	soak_clear_lines(soak);
	/* Resume an SMMU that a task waits for, or that would be quiet without reason. */
	for (s = 0; s < SOAK_SMMUS; s++) {
		if (soak_chance(soak, 2))
			pm_runtime_resume(soak->fake[s]->smmu.dev);
		kunit_regfile_arrive(soak->fake[s]->regs, -1, UINT_MAX);
	}
	soak_settle(soak);
	for (s = 0; s < SOAK_SMMUS; s++)
		kunit_regfile_arrive(soak->fake[s]->regs, -1, UINT_MAX);
	soak_settle(soak);

	WRITE_ONCE(soak->at_rest, true);
	for (i = 0; i < fake->irqchip->nr; i++) {
		if (kunit_irq_due(&fake->lines[i]))
			kunit_regfile_violation(fake->regs, "I6: line %u is not quiet", i);
	}
	for (s = 0; s < SOAK_SMMUS; s++) {
		for (i = 0; i < SOAK_BANKS; i++)
			soak_check_at_rest(&soak->banks[s][i]);
		soak_change_device(soak, soak->fake[s]);
	}
	if (IS_ENABLED(CONFIG_PROVE_LOCKING) && !debug_locks)
		kunit_regfile_violation(fake->regs, "lockdep has reported something");
	WRITE_ONCE(soak->at_rest, false);
	soak_allow_parking(soak);
	soak->rests++;
}

static void soak_step(struct soak *soak)
{
	struct soak_bank *b = soak_any_bank(soak);
	struct soak_bank *other = soak_any_bank(soak);
	struct kunit_irqchip *irqchip = b->fake->irqchip;
	unsigned int n;

	switch (soak_random(soak, 256)) {
	case 0 ... 119:
		for (n = 1 + soak_random(soak, 8); n; n--)
			soak_fault(soak, soak_any_bank(soak));
		fallthrough;
	case 120 ... 179:
		kunit_irq_take(irqchip, NULL, UINT_MAX);
		break;
	case 180 ... 199:
		kunit_irq_take(irqchip, &b->fake->lines[b->line], 1);
		break;
	case 200 ... 219:
		soak_set_stall(b, soak_chance(soak, 2));
		break;
	case 220 ... 232:
		soak_release(b);
		soak_end_pause(b);
		break;
	case 233:
		soak_sleep(b);
		break;
	case 234 ... 247:
		if (READ_ONCE(b->parked))
			soak_expect_isolated(soak, b, other);
		break;
	case 248 ... 249:
		soak_suspend(b);
		break;
	case 250 ... 251:
		pm_runtime_resume(b->fake->smmu.dev);
		break;
	case 252 ... 253:
		if (b->attached)
			soak_detach(b);
		else
			soak_attach(b);
		break;
	default:
		/* Two out of three are attached. */
		if (!b->attached)
			soak_attach(b);
		break;
	}
	/* Let the threads run, mostly. */
	if (!soak_chance(soak, 4))
		cond_resched();
	kunit_irqchip_refill(irqchip, SOAK_STORM);
	soak->steps++;
}

static unsigned int soak_count_faults(struct soak *soak)
{
	unsigned int s, i, n = 0;

	for (s = 0; s < SOAK_SMMUS; s++) {
		for (i = 0; i < SOAK_BANKS; i++)
			/* To see how far it is. At rest nothing changes it. */
			n += data_race(soak->banks[s][i].bank->reported);
	}

	return n;
}

static void soak_print_banks(struct soak *soak)
{
	struct soak_bank *b;
	unsigned int s, i;

	for (s = 0; s < SOAK_SMMUS; s++) {
		for (i = 0; i < SOAK_BANKS; i++) {
			b = &soak->banks[s][i];
			kunit_info(soak->test,
				   "SMMU %u bank %u line %u:%s%s%s FSR %#llx SCTLR %#llx shadow %#x, %u latched, %u calls\n",
				   s, i, b->line, b->attached ? " attached" : "",
				   b->parked ? " parked" : "", b->in_callback ? " in callback" : "",
				   fake_smmu_peek(b->fake, i, FAKE_FSR),
				   fake_smmu_peek(b->fake, i, FAKE_SCTLR),
				   atomic_read(&b->fake->cbs[i].fault.sctlr), b->bank->reported,
				   b->calls);
		}
	}
}

static void soak_stop(void *data)
{
	struct soak *soak = data;
	unsigned int i;

	/* No callback waits for a test that is over. */
	WRITE_ONCE(soak->at_rest, true);
	soak_clear_lines(soak);
	for (i = 0; i < SOAK_SMMUS; i++)
		pm_runtime_resume(soak->fake[i]->smmu.dev);
	soak_settle(soak);
}

static struct soak *soak_create(struct kunit *test)
{
	struct soak *soak = kunit_kzalloc(test, sizeof(*soak), GFP_KERNEL);
	struct fake_smmu_config config = { .banks = SOAK_BANKS, .lines = SOAK_LINES + 1 };
	struct soak_bank *b;
	unsigned int s, i;

	KUNIT_ASSERT_NOT_NULL(test, soak);
	soak->test = test;
	soak->main = current;
	soak->several_cpus = num_online_cpus() > 1;
	soak->driver_pm = fake_smmu_pm_ops(test);
	raw_spin_lock_init(&soak->lock);
	soak->seed = soak_seed ?: get_random_u32() | 1;
	prandom_seed_state(&soak->rnd, soak->seed);

	for (s = 0; s < SOAK_SMMUS; s++) {
		config.mmu500 = s;
		soak->fake[s] = fake_smmu_create_config(test, &config);
		soak->fake[s]->priv = soak;
		soak->fake[s]->streams = SOAK_STREAMS;
		config.irqchip = soak->fake[s]->irqchip;
		config.irqchip->manual = true;
		for (i = 0; i < SOAK_BANKS; i++) {
			b = &soak->banks[s][i];
			b->soak = soak;
			b->fake = soak->fake[s];
			b->bank = &b->fake->banks[i];
			b->idx = i;
			b->line = (s * SOAK_BANKS + i) % SOAK_LINES;
			init_completion(&b->go_on);
		}
	}
	for (s = 0; s < SOAK_SMMUS; s++) {
		struct device *dev = soak->fake[s]->smmu.dev;

		fake_smmu_use_pm(test, soak->fake[s], &soak_pm_ops);
		pm_runtime_set_active(dev);
		/* Only the test suspends it. */
		pm_runtime_set_autosuspend_delay(dev, INT_MAX);
		pm_runtime_use_autosuspend(dev);
		pm_runtime_enable(dev);
	}
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, soak_stop, soak), 0);
	for (s = 0; s < SOAK_SMMUS; s++) {
		for (i = 0; i < SOAK_BANKS; i++) {
			if (i % 3)
				soak_attach(&soak->banks[s][i]);
		}
		soak->fake[s]->regs->post_writes = true;
		soak->fake[s]->after_access = soak_after_access;
		soak->fake[s]->regs->before_access = soak_before_access;
	}

	return soak;
}

static void faults_while_everything_changes(struct kunit *test)
{
	struct soak *soak;
	unsigned int faults, wanted, s;

	soak = soak_create(test);
	/* In QEMU, four CPUs that wait for each other take up to 50 ms for each. */
	wanted = soak->several_cpus ? soak_faults / 10 : soak_faults;
	kunit_info(test, "soak_seed=%u soak_faults=%u\n", soak->seed, soak_faults);
	while ((faults = soak_count_faults(soak)) < wanted && !soak_failed(soak)) {
		soak_step(soak);
		if (soak_chance(soak, SOAK_REST))
			soak_rest(soak);
	}
	if (!soak_failed(soak))
		soak_rest(soak);

	if (soak_failed(soak))
		soak_print_banks(soak);
	kunit_info(test, "%u faults, %u steps, %u rests, %u set_stall(), %u suspends, %u sleeps, %u detaches, %u pauses, %u parked, %u isolated, log %08x\n",
		   faults, soak->steps, soak->rests, soak->set_stalls, soak->suspends,
		   soak->sleeps, soak->detaches, soak->pauses, atomic_read(&soak->parks),
		   soak->isolated, soak->log);
	for (s = 0; s < SOAK_SMMUS; s++)
		KUNIT_EXPECT_NULL_MSG(test, soak->fake[s]->regs->violation,
				      "%s; SMMU %u, after %u faults; soak_seed=%u soak_faults=%u; the last accesses:\n%s",
				      soak->fake[s]->regs->violation, s, faults, soak->seed,
				      soak_faults, kunit_regfile_tail(test, soak->fake[s]->regs));
}

static struct kunit_case arm_smmu_soak_cases[] = {
	KUNIT_CASE_SLOW(faults_while_everything_changes),
	{}
};

static struct kunit_suite arm_smmu_soak_suite = {
	.name = "arm_smmu_soak",
	.test_cases = arm_smmu_soak_cases,
};

kunit_test_suite(arm_smmu_soak_suite);
