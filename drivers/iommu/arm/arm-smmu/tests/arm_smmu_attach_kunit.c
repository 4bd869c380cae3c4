// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the life of a domain of the Arm SMMU: the driver's own set-up
 * and teardown of a context bank, page tables and interrupt included.
 *
 * The invariant: a domain is attached completely or not at all, and what it had
 * is free when it is gone (I8, I9).
 */

#include <linux/bitmap.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irqdesc.h>
#include <linux/pm_runtime.h>
#include <linux/sched/signal.h>
#include <linux/trace_events.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL

/* A domain that has bank 0, with a callback that counts. */
static struct arm_smmu_domain *attach(struct kunit *test, struct fake_smmu *fake,
				      struct fake_smmu_callback **cb)
{
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);

	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	*cb = fake_smmu_set_callback(test, fake, smmu_domain);

	return smmu_domain;
}

/* Nothing is left of a domain that had bank 0. */
static void expect_gone(struct kunit *test, struct fake_smmu *fake)
{
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s: %s", fake->regs->violation,
			      fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].fault.sctlr), 0);
	KUNIT_EXPECT_NULL(test, fake->smmu.cbs[0].cfg);
	KUNIT_EXPECT_TRUE_MSG(test, bitmap_empty(fake->smmu.context_map, ARM_SMMU_MAX_CBS),
			      "the context bank is not free");
}

/* This comes first: what is printed is rate limited. */
static void fault_that_nobody_handles_is_printed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_callback *cb;
	unsigned int i;

	smmu_domain = attach(test, fake, &cb);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_EQ(test, printed->lines, 0);
	arm_smmu_destroy_domain_context(smmu_domain);

	smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, printed->lines, 1);
	KUNIT_EXPECT_FALSE(test, printed->inside);
	/* Ten in five seconds: it would take fifteen to print so many. */
	for (i = 0; i < 30; i++) {
		fake_smmu_fault(fake, 0, IOVA, 0);
		fake_smmu_settle(fake);
	}
	KUNIT_EXPECT_LT(test, printed->lines, 1 + 30);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

static void domain_is_set_up_and_torn_down(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_callback *cb;

	smmu_domain = attach(test, fake, &cb);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFRE |
			ARM_SMMU_SCTLR_AFE | ARM_SMMU_SCTLR_TRE | ARM_SMMU_SCTLR_S1_ASIDPNE);
	KUNIT_EXPECT_NOT_NULL(test, smmu_domain->pgtbl_ops);
	/* For a second device there is nothing to do. */
	KUNIT_EXPECT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);

	arm_smmu_set_stall(&fake->smmu, 0, true);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);

	fake_smmu_clear_log(fake);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	KUNIT_EXPECT_GE_MSG(test, fake_smmu_find(fake, 0, FAKE_TLBIASID, true, 0, 0, 0), 0,
			    "the TLB was not flushed: %s", fake_smmu_trace(test, fake, 0));
}

/* It has no ASID. */
static void stage_2_domain_is_set_up(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_callback *cb;

	fake->smmu.features &= ~ARM_SMMU_FEAT_TRANS_S1;
	fake->smmu.features |= ARM_SMMU_FEAT_TRANS_S2;
	smmu_domain = attach(test, fake, &cb);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFRE |
			ARM_SMMU_SCTLR_AFE | ARM_SMMU_SCTLR_TRE);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

static irqreturn_t no_handler(int irq, void *dev)
{
	return IRQ_NONE;
}

static int may_stall(struct arm_smmu_domain *smmu_domain, struct io_pgtable_cfg *pgtbl_cfg,
		     struct device *dev)
{
	smmu_domain->cfg.can_stall = true;

	return 0;
}

/* As Qualcomm's for a GPU: set_stall() is offered. */
static struct fake_smmu *create_that_may_stall(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_impl *impl = devm_kzalloc(fake->smmu.dev, sizeof(*impl), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, impl);
	impl->init_context = may_stall;
	fake_smmu_use_impl(fake, impl);

	return fake;
}

/* Its faults are not reported. It stays attached, as it always did. */
static void domain_without_an_interrupt_is_attached(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	unsigned int accesses;

	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[1].irq, no_handler, 0,
					       "not shared", fake), 0);
	fake->irqs[0] = fake->lines[1].irq;
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	KUNIT_EXPECT_NOT_NULL(test, smmu_domain->pgtbl_ops);
	KUNIT_EXPECT_TRUE(test, fake_smmu_peek(fake, 0, FAKE_SCTLR) & ARM_SMMU_SCTLR_M);
	KUNIT_EXPECT_EQ(test, smmu_domain->cfg.irptndx, ARM_SMMU_INVALID_IRPTNDX);
	accesses = fake->regs->log_len;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
}

/* The interrupt is all right: the task that attaches is about to die, and the next may try. */
static void killed_task_does_not_attach_a_domain(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	int ret;

	if (num_online_cpus() > 1)
		kunit_skip(test, "another CPU may make the thread before the task waits for it");

	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	ret = arm_smmu_init_domain_context(smmu_domain, &fake->smmu, fake->smmu.dev);
	flush_signals(current);
	disallow_signal(SIGKILL);

	if (!ret) {
		arm_smmu_destroy_domain_context(smmu_domain);
		kunit_skip(test, "the thread was made before the task waited for it");
	}
	KUNIT_EXPECT_EQ(test, ret, -EINTR);
	expect_gone(test, fake);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

/* A transaction that stalls would never be resumed. */
static void domain_that_may_stall_is_not_attached_without_an_interrupt(struct kunit *test)
{
	struct fake_smmu *fake = create_that_may_stall(test);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	int i;

	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[0].irq, no_handler, 0,
					       "not shared", fake), 0);
	KUNIT_EXPECT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), -EBUSY);
	expect_gone(test, fake);
	KUNIT_EXPECT_NULL(test, smmu_domain->smmu);
	KUNIT_EXPECT_NULL(test, smmu_domain->pgtbl_ops);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	/* The page tables were freed, and what was cached of them flushed. */
	i = fake_smmu_find(fake, 0, FAKE_SCTLR, true, ~0ULL, 0, 0);
	KUNIT_EXPECT_GT_MSG(test, fake_smmu_find(fake, 0, FAKE_TLBIASID, true, 0, 0, 0), i,
			    "%s", fake_smmu_trace(test, fake, 0));

	/* The same domain can be attached when the interrupt is free. */
	devm_free_irq(fake->smmu.dev, fake->lines[0].irq, fake);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

/* The domain is freed whether the SMMU resumes or not, so its handler must go. */
static void domain_of_an_smmu_that_does_not_resume_is_freed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	struct device *dev = fake->smmu.dev;
	unsigned int accesses;

	fake_smmu_use_pm(test, fake, &fake_smmu_pm_without_resume);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu, dev), 0);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	KUNIT_ASSERT_EQ(test, pm_runtime_suspend(dev), 0);
	accesses = fake->regs->log_len;
	/* The reference of another user. A pm_runtime_put() too many would drop it. */
	pm_runtime_get_noresume(dev);

	arm_smmu_destroy_domain_context(smmu_domain);

	expect_gone(test, fake);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	KUNIT_EXPECT_FALSE_MSG(test, irq_has_action(fake->lines[0].irq),
			       "the fault handler of a domain that is gone");
#ifdef CONFIG_PM
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
#endif
	pm_runtime_put_noidle(dev);
}

#ifdef CONFIG_PM
/* One more, and the SMMU never suspends; one less, and it does under its users. */
static void references_to_the_power_are_balanced(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	struct device *dev = fake->smmu.dev;

	fake_smmu_use_pm(test, fake, NULL);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	pm_runtime_get_noresume(dev);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu, dev), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	arm_smmu_destroy_domain_context(smmu_domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	pm_runtime_put_noidle(dev);
	expect_gone(test, fake);
}
#endif

static void suspend(struct kunit *test, struct fake_smmu *fake, const struct dev_pm_ops *pm)
{
	KUNIT_ASSERT_EQ(test, pm->runtime_suspend(fake->smmu.dev), 0);
	fake_smmu_set_clocks(fake, false);
}

static void resume(struct kunit *test, struct fake_smmu *fake, const struct dev_pm_ops *pm)
{
	fake_smmu_set_clocks(fake, true);
	KUNIT_ASSERT_EQ(test, pm->runtime_resume(fake->smmu.dev), 0);
}

/* The line is shared, and another device interrupts. */
static void suspended_smmu_is_not_touched(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_callback *cb;

	smmu_domain = attach(test, fake, &cb);
	fake_smmu_request_foreign(test, fake, 0);
	suspend(test, fake, pm);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);

	resume(test, fake, pm);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

/* The clocks go before its interrupt is taken: no access, and no storm either. */
static void fault_while_suspending_is_dropped(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);
	struct arm_smmu_domain *smmu_domain;
	unsigned long flags;
	struct fake_smmu_callback *cb;

	smmu_domain = attach(test, fake, &cb);
	arm_smmu_set_stall(&fake->smmu, 0, true);
	local_irq_save(flags);
	fake_smmu_fault(fake, 0, IOVA, 0);
	suspend(test, fake, pm);
	local_irq_restore(flags);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, cb->calls, 0);

	fake_smmu_power_loss(fake);
	resume(test, fake, pm);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

static void fault_again_and_stall(struct fake_smmu_callback *cb)
{
	/* Once: with FSR clear by then, this one has a report of its own. */
	if (cb->calls > 1)
		return;
	arm_smmu_set_stall(&cb->fake->smmu, 0, true);
	fake_smmu_fault(cb->fake, 0, IOVA + 0x1000, 0);
}

/* It leaves no trace but SS: what the handler has read of FSR first has none. */
static void stall_under_multi_is_resumed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, false);
	struct fake_smmu_callback *cb;
	struct arm_smmu_domain *smmu_domain = attach(test, fake, &cb);

	cb->action = fault_again_and_stall;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0, "stalled for ever: %s",
			    fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}

static struct kunit_case arm_smmu_attach_cases[] = {
	KUNIT_CASE(fault_that_nobody_handles_is_printed),
	KUNIT_CASE(suspended_smmu_is_not_touched),
	KUNIT_CASE(fault_while_suspending_is_dropped),
	KUNIT_CASE(stall_under_multi_is_resumed),
	KUNIT_CASE(domain_is_set_up_and_torn_down),
	KUNIT_CASE(stage_2_domain_is_set_up),
	KUNIT_CASE(domain_without_an_interrupt_is_attached),
	KUNIT_CASE(killed_task_does_not_attach_a_domain),
	KUNIT_CASE(domain_that_may_stall_is_not_attached_without_an_interrupt),
	KUNIT_CASE(domain_of_an_smmu_that_does_not_resume_is_freed),
#ifdef CONFIG_PM
	KUNIT_CASE(references_to_the_power_are_balanced),
#endif
	{}
};

static struct kunit_suite arm_smmu_attach_suite = {
	.name = "arm_smmu_attach",
	.test_cases = arm_smmu_attach_cases,
};

#ifdef CONFIG_EVENT_TRACING
static void event_off(void *unused)
{
	trace_set_clr_event("iommu", "io_page_fault", 0);
}

/* The event takes the name of the device, and of its driver. */
static void fault_with_the_event_on_does_not_panic(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_callback *cb;

	KUNIT_ASSERT_EQ(test, trace_set_clr_event("iommu", "io_page_fault", 1), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, event_off, NULL), 0);
	smmu_domain = attach(test, fake, &cb);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	arm_smmu_destroy_domain_context(smmu_domain);
	expect_gone(test, fake);
}
#endif

static struct kunit_case arm_smmu_io_page_fault_cases[] = {
#ifdef CONFIG_EVENT_TRACING
	KUNIT_CASE(fault_with_the_event_on_does_not_panic),
#endif
	{}
};

/* A suite of its own: where it fails, no other test can follow. */
static struct kunit_suite arm_smmu_io_page_fault_suite = {
	.name = "arm_smmu_io_page_fault",
	.test_cases = arm_smmu_io_page_fault_cases,
};

kunit_test_suites(&arm_smmu_attach_suite, &arm_smmu_io_page_fault_suite);
