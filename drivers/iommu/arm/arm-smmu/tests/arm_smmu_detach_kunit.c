// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the teardown of Arm SMMU context banks.
 *
 * The invariant: after detach M and CFIE are off, nothing is stalled, the line
 * is quiet, and no callback runs or will (I9).
 */

#include <linux/completion.h>
#include <linux/debug_locks.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define GLOBAL_FAULTS	(ARM_SMMU_sCR0_GFRE | ARM_SMMU_sCR0_GFIE | \
			 ARM_SMMU_sCR0_GCFGFRE | ARM_SMMU_sCR0_GCFGFIE)

static void expect_detached(struct kunit *test, struct fake_smmu *fake)
{
	const char *trace = fake_smmu_trace(test, fake, 0);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s: %s", fake->regs->violation, trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0, "%s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0,
			    "a fault was left behind: %s", trace);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].fault.sctlr), 0);
	KUNIT_EXPECT_NULL(test, fake->smmu.cbs[0].cfg);
}

static void quiet_bank_is_turned_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *sleeper;

	arm_smmu_detach_context_bank(fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper));

	expect_detached(test, fake);
	KUNIT_EXPECT_LT_MSG(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0,
			    "there was nothing to resume");
}

/* Without power, reset has yet to flush the TLB, and the caller must not touch it. */
static void detach_says_whether_there_is_power(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	KUNIT_EXPECT_TRUE(test, arm_smmu_detach_context_bank(smmu_domain));
	expect_detached(test, fake);

	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_suspend(fake);
	KUNIT_EXPECT_FALSE(test, arm_smmu_detach_context_bank(smmu_domain));
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	fake_smmu_resume(fake);
	expect_detached(test, fake);
}

static void fault_before_mask(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	struct fake_smmu *fake = rf->priv;

	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	/* The line goes down before this CPU takes the interrupt. */
	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA, 0);
}

/* Its interrupt was never taken, so only detach can resume it. */
static void stalled_fault_that_nobody_took_is_terminated(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *sleeper;
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);

	fake->regs->before_access = fault_before_mask;
	arm_smmu_detach_context_bank(smmu_domain);

	expect_detached(test, fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].reported, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&sleeper->entered));
}

struct detach_work {
	struct work_struct work;
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_callback *sleeper;
	struct completion done;
	unsigned int callbacks_left;
};

static void detach(struct work_struct *work)
{
	struct detach_work *detach = container_of(work, struct detach_work, work);

	arm_smmu_detach_context_bank(detach->smmu_domain);
	detach->callbacks_left = detach->sleeper->left;
	complete(&detach->done);
}

static void clear_is_of_a_user(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg == FAKE_FSR && access->write)
		fake->priv = atomic_read(&fake->cbs[0].fault.users) ? "counted" : "not counted";
}

/* Without a reference, suspend waits for that alone. */
static void detach_clears_as_a_user(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	fake->after_access = clear_is_of_a_user;
	arm_smmu_detach_context_bank(smmu_domain);
	expect_detached(test, fake);
	KUNIT_EXPECT_STREQ(test, fake->priv, "counted");
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].fault.users), 0);
}

static void detach_waits_for_the_callback(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct detach_work work = {};

	work.smmu_domain = fake_smmu_attach_sleeper(test, fake, 0, 0, &work.sleeper);
	init_completion(&work.done);
	INIT_WORK_ONSTACK(&work.work, detach);

	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&work.sleeper->entered,
							  FAKE_SMMU_PATIENCE), 0);
	schedule_work(&work.work);
	KUNIT_EXPECT_EQ_MSG(test, wait_for_completion_timeout(&work.done, HZ / 10), 0,
			    "detach returned while the callback was running");
	complete_all(&work.sleeper->go_on);
	flush_work(&work.work);
	destroy_work_on_stack(&work.work);

	expect_detached(test, fake);
	KUNIT_EXPECT_EQ(test, work.callbacks_left, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	/* Nothing of it is left for get_fault_info() of the next domain. */
	KUNIT_EXPECT_NULL(test, memchr_inv(&fake->smmu.cbs[0].fault.info, 0,
					   sizeof(fake->smmu.cbs[0].fault.info)));
}

#ifdef CONFIG_PM
static struct completion resuming, resume_goes_on;

static int resume_slowly(struct device *dev)
{
	complete(&resuming);
	wait_for_completion_timeout(&resume_goes_on, FAKE_SMMU_PATIENCE);

	return fake_smmu_runtime_resume(dev);
}

static const struct dev_pm_ops slow_power = {
	.runtime_suspend = fake_smmu_runtime_suspend,
	.runtime_resume = resume_slowly,
};

/* There is power, but no reference that would keep it while page tables are freed. */
static void tlb_is_left_alone_where_runtime_pm_fails(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	struct device *dev = fake->smmu.dev;

	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu, dev), 0);
	fake_smmu_use_pm(test, fake, &fake_smmu_pm_without_resume);
	pm_runtime_enable(dev);
	fake_smmu_clear_log(fake);
	arm_smmu_destroy_domain_context(smmu_domain);

	KUNIT_EXPECT_TRUE(test, READ_ONCE(fake->smmu.powered));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_find(fake, 0, FAKE_TLBIASID, true, 0, 0, 0), -1,
			    "%s", fake_smmu_trace(test, fake, 0));
}

/* Its reset may have the configuration in hand that is freed next. */
static void detach_waits_for_a_resume_in_flight(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;
	struct detach_work work = {};

	work.smmu_domain = fake_smmu_attach_sleeper(test, fake, 0, 0, &work.sleeper);
	init_completion(&work.done);
	init_completion(&resuming);
	init_completion(&resume_goes_on);
	INIT_WORK_ONSTACK(&work.work, detach);
	fake_smmu_use_pm(test, fake, &slow_power);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	KUNIT_ASSERT_EQ(test, pm_runtime_suspend(dev), 0);

	/* The reference of another user. Detach could not take one. */
	KUNIT_EXPECT_GE(test, pm_runtime_get(dev), 0);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&resuming, FAKE_SMMU_PATIENCE), 0);
	schedule_work(&work.work);
	KUNIT_EXPECT_EQ_MSG(test, wait_for_completion_timeout(&work.done, HZ / 10), 0,
			    "detach returned while the SMMU was resuming");
	complete(&resume_goes_on);
	flush_work(&work.work);
	destroy_work_on_stack(&work.work);
	pm_runtime_barrier(dev);

	KUNIT_EXPECT_TRUE(test, pm_runtime_active(dev));
	pm_runtime_put_noidle(dev);
	expect_detached(test, fake);
}
#endif

/* The caller's reference has not resumed the SMMU. Another user's does, during detach. */
static void bank_of_an_smmu_that_resumes_meanwhile_is_turned_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct detach_work work = {};

	work.smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach_sleeper(test, fake, 1, 0, &work.sleeper);
	init_completion(&work.done);
	INIT_WORK_ONSTACK(&work.work, detach);

	/* free_irq() waits for the other bank's thread as well. */
	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&work.sleeper->entered,
							  FAKE_SMMU_PATIENCE), 0);
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_set_clocks(fake, false);
	schedule_work(&work.work);
	fake_smmu_await(atomic_read(&fake->smmu.cbs[0].fault.sctlr) & ARM_SMMU_SHADOW_DETACHING);
	fake_smmu_set_clocks(fake, true);
	arm_smmu_device_reset(&fake->smmu);
	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M);
	complete_all(&work.sleeper->go_on);
	flush_work(&work.work);
	destroy_work_on_stack(&work.work);

	expect_detached(test, fake);
}

/* Reset has written the bank by then. Only detach can turn it off. */
static void bank_that_is_detached_before_the_power_is_on_is_turned_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	arm_smmu_power_off(&fake->smmu);
	arm_smmu_device_reset(&fake->smmu);
	arm_smmu_detach_context_bank(smmu_domain);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M | STALL);
	arm_smmu_power_on(&fake->smmu);

	expect_detached(test, fake);
}

static void detach_after_arming(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* Another CPU, between CFIE and RESUME of the thread. */
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv ||
	    !(access->val & ARM_SMMU_SCTLR_CFIE))
		return;

	fake->priv = fake;
	arm_smmu_begin_detach(&fake->smmu, 0);
}

static void retry_is_translated_while_teardown_begins(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	fake_smmu_set_callback(test, fake, smmu_domain)->ret = -EAGAIN;
	fake->after_access = detach_after_arming;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	/* CFIE and CFCFG are off, whichever write came last, and stay off. */
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M);
	arm_smmu_power_on(&fake->smmu);
	arm_smmu_set_stall(&fake->smmu, 0, true);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M);

	arm_smmu_detach_context_bank(smmu_domain);
	expect_detached(test, fake);
}

static void transaction_is_terminated_once_teardown_has_begun(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	unsigned long flags;

	fake_smmu_set_callback(test, fake, smmu_domain)->ret = -EAGAIN;
	local_irq_save(flags);
	fake_smmu_fault(fake, 0, IOVA, 0);
	arm_smmu_begin_detach(&fake->smmu, 0);
	local_irq_restore(flags);
	fake_smmu_settle(fake);
	arm_smmu_detach_context_bank(smmu_domain);

	expect_detached(test, fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

/* The wait for another bank's callback, on the same line, may be one for this device. */
static void nothing_stalls_once_teardown_has_begun(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	arm_smmu_begin_detach(&fake->smmu, 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), ARM_SMMU_CB_FSR_TF);
	arm_smmu_detach_context_bank(smmu_domain);
	expect_detached(test, fake);
}

static void begin_detach_after_fsr(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_FSR || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	arm_smmu_begin_detach(&fake->smmu, 0);
}

/* Another CPU begins when the primary has seen the fault: SCTLR is that CPU's. */
static void primary_does_not_mask_what_is_being_detached(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	struct kunit_reg_access access;
	unsigned int i;

	fake_smmu_set_callback(test, fake, smmu_domain)->ret = -EAGAIN;
	fake->after_access = begin_detach_after_fsr;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	for (i = 0; i < fake->regs->log_len; i++) {
		access = fake_smmu_logged(fake, i);
		if (access.reg == FAKE_SCTLR && access.write)
			KUNIT_EXPECT_EQ(test, access.val, ARM_SMMU_SCTLR_M);
	}
	/* That of begin_detach(), and the thread's: none is the primary's. */
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, FAKE_SCTLR, 0, true), 2);
	arm_smmu_detach_context_bank(smmu_domain);

	expect_detached(test, fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

/* So many ticks: what is waited for spins, and forced threading leaves no timer to it. */
#define LATE		5

struct late_set_stall {
	struct irq_work tick;
	struct fake_smmu *fake;
	unsigned int ticks;
	bool left;
};

/* set_stall() on another CPU, with the value that it read before the detach. */
static void write_old_value(struct irq_work *tick)
{
	struct late_set_stall *late = container_of(tick, struct late_set_stall, tick);
	struct arm_smmu_device *smmu = &late->fake->smmu;

	if (++late->ticks < LATE) {
		irq_work_queue(tick);
		return;
	}
	arm_smmu_cb_write(smmu, 0, ARM_SMMU_CB_SCTLR, ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE);
	arm_smmu_sctlr_publish(smmu, 0);
	WRITE_ONCE(late->left, true);
	atomic_dec(&smmu->cbs[0].fault.users);
}

static void detach_waits_for_set_stall(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct late_set_stall *late = kunit_kzalloc(test, sizeof(*late), GFP_KERNEL);
	struct arm_smmu_domain *smmu_domain;

	KUNIT_ASSERT_NOT_NULL(test, late);
	late->fake = fake;
	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	late->tick = IRQ_WORK_INIT_LAZY(write_old_value);
	atomic_inc(&fake->smmu.cbs[0].fault.users);
	irq_work_queue(&late->tick);
	arm_smmu_detach_context_bank(smmu_domain);
	KUNIT_EXPECT_TRUE_MSG(test, READ_ONCE(late->left), "set_stall() was still inside");
	irq_work_sync(&late->tick);

	expect_detached(test, fake);
}

static void is_counted(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (!atomic_read(&fake->smmu.cbs[0].fault.users))
		kunit_regfile_violation(fake->regs, "suspend does not wait for this access");
}

static void begin_of_detach_keeps_the_power(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = is_counted;
	arm_smmu_begin_detach(&fake->smmu, 0);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_REG_EQ(test, fake->regs, FAKE_SCTLR, 0, ARM_SMMU_SCTLR_M);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].fault.users), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	fake->after_access = NULL;
}

/* kexec after a crash: the bank has no owner, and a transaction is stalled in it. */
static void reset_terminates_what_it_finds(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_poke(fake, 2, FAKE_SCTLR, ARM_SMMU_SCTLR_M | STALL);
	fake_smmu_fault(fake, 2, IOVA, 0);
	arm_smmu_device_reset(&fake->smmu);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 2, FAKE_SCTLR), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 2), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[2].terminated, 1);
}

/* arm_smmu_power_on() turns their interrupt on, when there is a handler. */
static void reset_has_global_faults_reported(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0,
		       ARM_SMMU_sCR0_GFIE | ARM_SMMU_sCR0_GCFGFIE);
	arm_smmu_device_reset(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) & GLOBAL_FAULTS,
			ARM_SMMU_sCR0_GFRE | ARM_SMMU_sCR0_GCFGFRE);
	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) & GLOBAL_FAULTS,
			GLOBAL_FAULTS);
	arm_smmu_power_off(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) & GLOBAL_FAULTS,
			ARM_SMMU_sCR0_GFRE | ARM_SMMU_sCR0_GCFGFRE);
}

static irqreturn_t no_handler(int irq, void *dev)
{
	return IRQ_NONE;
}

static void line_that_cannot_be_shared_is_reported(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = &fake->domains[0];

	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[0].irq, no_handler, 0,
					       "not shared", fake), 0);
	smmu_domain->smmu = &fake->smmu;
	fake->irqs[0] = fake->lines[0].irq;

	KUNIT_EXPECT_EQ(test, arm_smmu_request_context_irq(smmu_domain), -EBUSY);
}

#ifdef CONFIG_PROVE_LOCKING
static DEFINE_MUTEX(callback_lock);

static void lock_in_callback(struct fake_smmu_callback *cb)
{
	mutex_lock(&callback_lock);
	mutex_unlock(&callback_lock);
}

static void lockdep_has_reported(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (debug_locks)
		return;

	/* Before another task takes locks that lockdep would not see. */
	fake->priv = fake;
	debug_locks = 1;
	debug_locks_silent = 0;
}

/* No fault is needed at that moment: one, at any time before, will do. */
static void detach_under_a_lock_of_the_callback_is_reported(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain;

	if (num_online_cpus() > 1 || !debug_locks)
		kunit_skip(test, "turns lockdep off for a moment, and other CPUs would notice");

	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_set_callback(test, fake, smmu_domain)->action = lock_in_callback;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_TRUE(test, debug_locks);

	mutex_lock(&callback_lock);
	fake->after_access = lockdep_has_reported;
	debug_locks_silent = 1;
	arm_smmu_detach_context_bank(smmu_domain);
	debug_locks_silent = 0;
	mutex_unlock(&callback_lock);

	KUNIT_EXPECT_NOT_NULL_MSG(test, fake->priv, "lockdep did not see the deadlock");
	expect_detached(test, fake);
}
#endif

static struct kunit_case arm_smmu_detach_cases[] = {
	KUNIT_CASE(primary_does_not_mask_what_is_being_detached),
	KUNIT_CASE(retry_is_translated_while_teardown_begins),
	KUNIT_CASE(transaction_is_terminated_once_teardown_has_begun),
	KUNIT_CASE(nothing_stalls_once_teardown_has_begun),
	KUNIT_CASE(detach_waits_for_set_stall),
	KUNIT_CASE(begin_of_detach_keeps_the_power),
	KUNIT_CASE(reset_terminates_what_it_finds),
	KUNIT_CASE(reset_has_global_faults_reported),
	KUNIT_CASE(line_that_cannot_be_shared_is_reported),
#ifdef CONFIG_PROVE_LOCKING
	KUNIT_CASE(detach_under_a_lock_of_the_callback_is_reported),
#endif
	KUNIT_CASE(quiet_bank_is_turned_off),
	KUNIT_CASE(detach_says_whether_there_is_power),
	KUNIT_CASE(stalled_fault_that_nobody_took_is_terminated),
	KUNIT_CASE(detach_clears_as_a_user),
#ifdef CONFIG_PM
	KUNIT_CASE(detach_waits_for_a_resume_in_flight),
	KUNIT_CASE(tlb_is_left_alone_where_runtime_pm_fails),
#endif
	KUNIT_CASE(detach_waits_for_the_callback),
	KUNIT_CASE(bank_of_an_smmu_that_resumes_meanwhile_is_turned_off),
	KUNIT_CASE(bank_that_is_detached_before_the_power_is_on_is_turned_off),
	{}
};

static struct kunit_suite arm_smmu_detach_suite = {
	.name = "arm_smmu_detach",
	.test_cases = arm_smmu_detach_cases,
};

kunit_test_suite(arm_smmu_detach_suite);
