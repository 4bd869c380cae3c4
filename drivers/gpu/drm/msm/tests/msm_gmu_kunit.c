// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for how the driver asks the GMU of an a6xx, which may not answer while a
 * fault of the GPU is stalled. The functions that ask, and the fault handler up to that of
 * the GPU, are real. The registers are memory, in which a test writes what the GMU would.
 */

#include "fake_gpu.h"
#include "a6xx.xml.h"
#include "a6xx_gmu.xml.h"

/* A way to ask the GMU for something, and what it does */
struct question {
	const char *name;
	int (*ask)(struct a6xx_gmu *gmu);
	void (*answer)(struct a6xx_gmu *gmu);
};

static int ask_by_oob(struct a6xx_gmu *gmu)
{
	int ret;

	mutex_lock(&gmu->lock);
	ret = a6xx_gmu_set_oob(gmu, GMU_OOB_GPU_SET);
	mutex_unlock(&gmu->lock);

	return ret;
}

static void answer_oob(struct a6xx_gmu *gmu)
{
	gmu_write(gmu, REG_A6XX_GMU_GMU2HOST_INTR_INFO, ~0);
}

static void answer_hfi(struct a6xx_gmu *gmu)
{
	struct a6xx_hfi_queue *responses = &gmu->queues[HFI_RESPONSE_QUEUE];

	/* struct a6xx_hfi_msg_response, without payload, for the first message */
	responses->data[0] = 3 << 8 | HFI_F2H_MSG_ACK;
	responses->data[1] = 1 << 20;
	responses->data[2] = 0;
	WRITE_ONCE(responses->header->write_index, 4);
	gmu_write(gmu, REG_A6XX_GMU_GMU2HOST_INTR_INFO, A6XX_GMU_GMU2HOST_INTR_INFO_MSGQ);
}

static void answer_idle(struct a6xx_gmu *gmu)
{
	gmu_write(gmu, REG_A6XX_GPU_GMU_CX_GMU_RPMH_POWER_STATE, gmu->idle_level);
}

static int ask_by_poll(struct a6xx_gmu *gmu)
{
	u32 val;

	return gmu_poll_timeout(gmu, REG_A6XX_GMU_RSCC_CONTROL_ACK, val, val, 100, 10000);
}

static void answer_poll(struct a6xx_gmu *gmu)
{
	gmu_write(gmu, REG_A6XX_GMU_RSCC_CONTROL_ACK, 1);
}

static const struct question questions[] = {
	{ "out of band", ask_by_oob, answer_oob },
	{ "HFI message", a6xx_hfi_send_prep_slumber, answer_hfi },
	{ "idle", a6xx_gmu_wait_for_idle, answer_idle },
	{ "any poll", ask_by_poll, answer_poll },
};

KUNIT_ARRAY_PARAM_DESC(question, questions, name);

static int msm_gmu_init(struct kunit *test)
{
	struct fake_gpu *fake = fake_gpu_create(test);
	struct a6xx_gmu *gmu = &fake->a6xx.gmu;

	gmu->idle_level = GMU_IDLE_STATE_ACTIVE + 1;
	gmu->hfi.virt = kunit_kzalloc(test, SZ_16K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gmu->hfi.virt);
	gmu->hfi.size = SZ_16K;
	a6xx_hfi_init(gmu);
	fake->data = (void *)test->param_value;
	test->priv = fake;

	return 0;
}

/* Until the GMU has been asked in vain. It answers as soon as the stall is over. */
static int handle_until_awaited(struct fake_gpu *fake)
{
	const struct question *question = fake->data;
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;

	/* It is looked at again and again, so it need not be ordered */
	while (!waitqueue_active(&fake->a6xx.base.stall_wait) && time_before(jiffies, give_up))
		usleep_range(100, 200);
	question->answer(&fake->a6xx.gmu);

	return 0;
}

static void stalled_fault(struct fake_gpu *fake)
{
	fake_gpu_fault(fake, FAKE_GPU_FSR_STALLED);
}

static void wait_for_stall(struct fake_gpu *fake)
{
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;

	while (!(READ_ONCE(fake->a6xx.base.stall_seq) & 1) && time_before(jiffies, give_up))
		usleep_range(100, 200);
}

static void gmu_is_asked_again_after_a_fault(struct kunit *test)
{
	const struct question *question = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_task *task;

	fake->on_handler = handle_until_awaited;
	task = fake_gpu_start(fake, stalled_fault);
	wait_for_stall(fake);
	KUNIT_EXPECT_EQ(test, 0, question->ask(&fake->a6xx.gmu));
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(task));
}

static unsigned int polls;

static int poll_without_a_fault(struct fake_gpu *fake)
{
	polls++;

	return -ETIMEDOUT;
}

/* A fault that has come and gone by the time the poll gives up */
static int poll_with_a_short_fault(struct fake_gpu *fake, u32 fsr)
{
	if (polls++)
		return 0;
	fake_gpu_fault(fake, fsr);

	return -ETIMEDOUT;
}

static void gmu_is_asked_again_after_a_short_fault(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct a6xx_gmu *gmu = &fake->a6xx.gmu;

	fake->on_handler = poll_without_a_fault;
	polls = 0;
	KUNIT_EXPECT_EQ(test, 0, gmu_ask(gmu, poll_with_a_short_fault(fake,
								      FAKE_GPU_FSR_STALLED)));
	/* Two of the GMU, one of the handler */
	KUNIT_EXPECT_EQ(test, 3, polls);
}

static void gmu_is_asked_once_without_a_stalled_fault(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct a6xx_gmu *gmu = &fake->a6xx.gmu;

	stalled_fault(fake);
	polls = 0;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, gmu_ask(gmu, poll_without_a_fault(fake)));
	KUNIT_EXPECT_EQ(test, 1, polls);
	polls = 0;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, gmu_ask(gmu, poll_with_a_short_fault(fake, BIT(1))));
	KUNIT_EXPECT_EQ(test, 1, polls);
}

static int handle_until_told(struct fake_gpu *fake)
{
	wait_for_completion_timeout(fake->data, FAKE_GPU_PATIENCE);

	return 0;
}

static void fault_that_hangs_is_not_waited_for(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(go_on);
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_task *task;

	fake->on_handler = handle_until_told;
	fake->data = &go_on;
	task = fake_gpu_start(fake, stalled_fault);
	wait_for_stall(fake);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, ask_by_oob(&fake->a6xx.gmu));
	KUNIT_EXPECT_FALSE(test, completion_done(&task->done));
	complete(&go_on);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(task));
}

/* recover_worker() replays submits with a spinlock held */
static void fenced_write_does_not_sleep(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);
	struct fake_gpu *fake = test->priv;
	int ret;

	gmu_write(&fake->a6xx.gmu, REG_A6XX_GMU_AHB_FENCE_STATUS, 1);
	spin_lock(&lock);
	ret = a6xx_fenced_write(&fake->a6xx, REG_A6XX_CP_RB_WPTR, 0, BIT(0), false);
	spin_unlock(&lock);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, ret);
}

static struct kunit_case msm_gmu_cases[] = {
	KUNIT_CASE_PARAM(gmu_is_asked_again_after_a_fault, question_gen_params),
	KUNIT_CASE(gmu_is_asked_again_after_a_short_fault),
	KUNIT_CASE(gmu_is_asked_once_without_a_stalled_fault),
	KUNIT_CASE(fault_that_hangs_is_not_waited_for),
	KUNIT_CASE(fenced_write_does_not_sleep),
	{}
};

static struct kunit_suite msm_gmu_suite = {
	.name		= "msm_gmu",
	.init		= msm_gmu_init,
	.test_cases	= msm_gmu_cases,
};

kunit_test_suite(msm_gmu_suite);
