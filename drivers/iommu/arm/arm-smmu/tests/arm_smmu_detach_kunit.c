// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the teardown of Arm SMMU context banks.
 *
 * The invariant: after detach M and CFIE are off, nothing is stalled, the line
 * is quiet, and no callback runs or will (I9).
 */

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/workqueue.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define PATIENCE	(10 * HZ)

struct sleeper {
	struct completion entered;
	struct completion go_on;
	unsigned int left;
};

static int sleep_in_callback(struct iommu_domain *domain, struct device *dev,
			     unsigned long iova, int flags, void *token)
{
	struct sleeper *sleeper = token;

	complete(&sleeper->entered);
	wait_for_completion_timeout(&sleeper->go_on, PATIENCE);
	sleeper->left++;

	return 0;
}

static struct arm_smmu_domain *attach(struct kunit *test, struct fake_smmu *fake,
				      struct sleeper **sleeper)
{
	struct arm_smmu_domain *smmu_domain;

	*sleeper = devm_kzalloc(fake->smmu.dev, sizeof(**sleeper), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, *sleeper);
	init_completion(&(*sleeper)->entered);
	init_completion(&(*sleeper)->go_on);
	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	iommu_set_fault_handler(&smmu_domain->domain, sleep_in_callback, *sleeper);

	return smmu_domain;
}

static void expect_detached(struct kunit *test, struct fake_smmu *fake)
{
	const char *trace = fake_smmu_trace(test, fake, 0);

	KUNIT_EXPECT_NULL_MSG(test, fake->violation, "%s: %s", fake->violation, trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0, "%s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, 0, FAKE_FSR), 0,
			    "a fault was left behind: %s", trace);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].sctlr), 0);
	KUNIT_EXPECT_NULL(test, fake->smmu.cbs[0].cfg);
}

static void quiet_bank_is_turned_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct sleeper *sleeper;

	arm_smmu_detach_context_bank(attach(test, fake, &sleeper));

	expect_detached(test, fake);
	KUNIT_EXPECT_LT_MSG(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0,
			    "there was nothing to resume");
}

/* Its interrupt was never taken: nobody else would ever resume it. */
static void stalled_fault_that_nobody_took_is_terminated(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct sleeper *sleeper;
	struct arm_smmu_domain *smmu_domain = attach(test, fake, &sleeper);
	unsigned long flags;

	local_irq_save(flags);
	fake_smmu_fault(fake, 0, IOVA, 0);
	/* The line goes down before this CPU takes the interrupt. */
	atomic_set(&fake->smmu.cbs[0].sctlr, 0);
	arm_smmu_sctlr_publish(&fake->smmu, 0);
	local_irq_restore(flags);
	fake_smmu_settle(fake);
	arm_smmu_detach_context_bank(smmu_domain);

	expect_detached(test, fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&sleeper->entered));
}

struct detach_work {
	struct work_struct work;
	struct arm_smmu_domain *smmu_domain;
	struct sleeper *sleeper;
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

static void detach_waits_for_the_callback(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct detach_work work = {};

	work.smmu_domain = attach(test, fake, &work.sleeper);
	init_completion(&work.done);
	INIT_WORK_ONSTACK(&work.work, detach);

	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_ASSERT_NE(test, 0, wait_for_completion_timeout(&work.sleeper->entered, PATIENCE));
	schedule_work(&work.work);
	KUNIT_EXPECT_EQ_MSG(test, 0, wait_for_completion_timeout(&work.done, HZ / 10),
			    "detach returned while the callback was running");
	complete_all(&work.sleeper->go_on);
	flush_work(&work.work);
	destroy_work_on_stack(&work.work);

	expect_detached(test, fake);
	KUNIT_EXPECT_EQ(test, work.callbacks_left, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static struct kunit_case arm_smmu_detach_cases[] = {
	KUNIT_CASE(quiet_bank_is_turned_off),
	KUNIT_CASE(stalled_fault_that_nobody_took_is_terminated),
	KUNIT_CASE(detach_waits_for_the_callback),
	{}
};

static struct kunit_suite arm_smmu_detach_suite = {
	.name = "arm_smmu_detach",
	.test_cases = arm_smmu_detach_cases,
};

kunit_test_suite(arm_smmu_detach_suite);
