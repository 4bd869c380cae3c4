// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for adreno_fault_handler(): which faults are dumped, how the dump
 * is taken while the transaction is stalled, and what comes after it.
 *
 * The GPU is a fake. The handler, msm_gpu.c and devcoredump are the real ones.
 */

#include <linux/devcoredump.h>
#include <linux/vmalloc.h>

#include "fake_gpu.h"

#define FSR_TF		BIT(1)
#define FSR_PF		BIT(3)
#define FSR_SS		BIT(30)

#define IOVA		0x1234567890

static int adreno_fault_init(struct kunit *test)
{
	test->priv = fake_gpu_create(test);

	return 0;
}

/* A fault as the SMMU reports it, answered when this returns. */
static void fault(struct fake_gpu *fake, u32 fsr)
{
	struct adreno_smmu_fault_info info = { .fsr = fsr, .ttbr0 = 0x77000, .far = IOVA };

	KUNIT_EXPECT_EQ(fake->test, 0, fake_gpu_fault_handler(&fake->adreno.base, IOVA,
							      IOMMU_FAULT_WRITE, &info));
}

static void expect_dumps(struct fake_gpu *fake, unsigned int dumps)
{
	fake_gpu_settle(fake);
	KUNIT_EXPECT_EQ(fake->test, dumps, fake->dumps);
	KUNIT_EXPECT_TRUE(fake->test, fake->dumped_with_lock);
	KUNIT_EXPECT_TRUE(fake->test, fake->dumped_without_reclaim);
	KUNIT_EXPECT_FALSE(fake->test, mutex_is_locked(&fake->adreno.base.lock));
}

static void stalled_fault_is_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fault(fake, FSR_PF | FSR_SS);
	expect_dumps(fake, 1);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_EQ(test, IOVA, state->fault_info.iova);
	KUNIT_EXPECT_EQ(test, 0x77000, state->fault_info.ttbr0);
	KUNIT_EXPECT_EQ(test, IOMMU_FAULT_WRITE, state->fault_info.flags);
	KUNIT_EXPECT_STREQ(test, "PERMISSION", state->fault_info.type);
	KUNIT_EXPECT_STREQ(test, "block", state->fault_info.block);
}

static void dump_is_handed_to_devcoredump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_settle(fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->adreno.base.crashstate);
	fake_gpu_take_dump_away(fake);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
}

static void fault_that_did_not_stall_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF);
	expect_dumps(fake, 0);
}

static void fault_without_info_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	KUNIT_EXPECT_EQ(test, 0, fake_gpu_fault_handler(&fake->adreno.base, IOVA,
							IOMMU_FAULT_READ, NULL));
	expect_dumps(fake, 0);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
}

static void fault_while_a_dump_is_pending_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF | FSR_SS);
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
}

/* A storm of faults: none but the first one stalls. */
static void fault_turns_stalling_off(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	int i;

	KUNIT_EXPECT_TRUE(test, fake->stalls);
	for (i = 0; i < 100; i++) {
		fault(fake, FSR_TF | (fake->stalls ? FSR_SS : 0));
		adreno_check_and_reenable_stall(&fake->adreno);
	}
	expect_dumps(fake, 1);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	KUNIT_EXPECT_EQ(test, 1, fake->set_stalls);
}

static void submit_turns_stalling_on_when_the_dump_is_gone(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_settle(fake);
	fake_gpu_end_cooldown(fake);
	adreno_check_and_reenable_stall(&fake->adreno);
	KUNIT_EXPECT_FALSE(test, fake->stalls);

	fake_gpu_take_dump_away(fake);
	adreno_check_and_reenable_stall(&fake->adreno);
	KUNIT_EXPECT_TRUE(test, fake->stalls);

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 2);
}

/* The ordinary case: a submit has the lock for a moment. */
static void dump_waits_for_a_submit(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_holder *submit = fake_gpu_hold_lock(fake, 8, false);

	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_join_holder(submit);
	expect_dumps(fake, 1);
}

/* The holder waits for the GMU, which waits for the transaction. */
static void dump_gives_way_to_recovery(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_holder *recovery = fake_gpu_hold_lock(fake, 0, true);
	ktime_t start = ktime_get();

	fault(fake, FSR_TF | FSR_SS);
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), start), MSM_GPU_STALL_LOCK_MS);
	fake_gpu_join_holder(recovery);
	expect_dumps(fake, 0);
	KUNIT_EXPECT_TRUE(test, recovery->worth_another_try);
}

/* Whoever it is, and whatever he waits for. */
static void dump_is_given_up_if_the_lock_cannot_be_had(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_holder *holder;

	holder = fake_gpu_hold_lock(fake, jiffies_to_msecs(FAKE_GPU_PATIENCE), false);
	fault(fake, FSR_TF | FSR_SS);
	KUNIT_EXPECT_FALSE(test, completion_done(&holder->done));
	fake_gpu_join_holder(holder);
	expect_dumps(fake, 0);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
}

/* devcoredump frees what it does not take, and that takes gpu->lock. */
static void dump_that_devcoredump_refuses_is_freed(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	void *older = vmalloc(1);

	KUNIT_ASSERT_NOT_NULL(test, older);
	dev_coredumpv(&fake->adreno.base.pdev->dev, older, 1, GFP_KERNEL);

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
}

static void gpu_is_watched_for_hangs_after_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	/* Something is under way. */
	gpu->rb[0]->fctx->last_fence++;
	mod_timer(&gpu->hangcheck_timer, jiffies + HZ);
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_TRUE(test, timer_pending(&gpu->hangcheck_timer));
}

static void watch_not_gpu(struct fake_gpu *fake)
{
	KUNIT_EXPECT_FALSE(fake->test, timer_pending(&fake->adreno.base.hangcheck_timer));
}

static void gpu_is_not_watched_for_hangs_during_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fake->on_dump = watch_not_gpu;
	mod_timer(&fake->adreno.base.hangcheck_timer, jiffies + HZ);
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
}

/* A submit at which the GPU is, as far as the handler looks at it. */
static struct msm_gem_submit *submit_to(struct fake_gpu *fake)
{
	struct msm_ringbuffer *ring = fake->adreno.base.rb[0];
	struct msm_gem_submit *submit;

	submit = kunit_kzalloc(fake->test, sizeof(*submit), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fake->test, submit);
	submit->ring = ring;
	submit->seqno = ring->memptrs->fence + 1;
	list_add_tail(&submit->node, &ring->submits);

	return submit;
}

static void submit_is_dumped_once(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = submit_to(fake);

	submit->fault_dumped = true;
	fault(fake, FSR_TF | FSR_SS);
	list_del(&submit->node);
	expect_dumps(fake, 0);
	KUNIT_EXPECT_FALSE(test, submit->dumping);
}

/* Its buffers are on their way out. */
static void submit_that_is_retired_is_not_looked_at(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = submit_to(fake);

	submit->retiring = true;
	fault(fake, FSR_TF | FSR_SS);
	list_del(&submit->node);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_FALSE(test, submit->fault_dumped);
}

static struct kunit_case adreno_fault_cases[] = {
	KUNIT_CASE(stalled_fault_is_dumped),
	KUNIT_CASE(dump_is_handed_to_devcoredump),
	KUNIT_CASE(fault_that_did_not_stall_is_not_dumped),
	KUNIT_CASE(fault_without_info_is_not_dumped),
	KUNIT_CASE(fault_while_a_dump_is_pending_is_not_dumped),
	KUNIT_CASE(fault_turns_stalling_off),
	KUNIT_CASE(submit_turns_stalling_on_when_the_dump_is_gone),
	KUNIT_CASE(dump_waits_for_a_submit),
	KUNIT_CASE(dump_gives_way_to_recovery),
	KUNIT_CASE(dump_is_given_up_if_the_lock_cannot_be_had),
	KUNIT_CASE(dump_that_devcoredump_refuses_is_freed),
	KUNIT_CASE(gpu_is_watched_for_hangs_after_the_dump),
	KUNIT_CASE(gpu_is_not_watched_for_hangs_during_the_dump),
	KUNIT_CASE(submit_is_dumped_once),
	KUNIT_CASE(submit_that_is_retired_is_not_looked_at),
	{}
};

static struct kunit_suite adreno_fault_suite = {
	.name		= "adreno_fault",
	.init		= adreno_fault_init,
	.test_cases	= adreno_fault_cases,
};

kunit_test_suite(adreno_fault_suite);
