// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for how the driver asks the GMU of an a6xx, and does not get an answer
 * while a fault of the GPU is stalled, and the GMU with it.
 *
 * The functions that ask are the real ones, and so is the fault handler. The registers
 * of the GMU are memory, in which the tests write what the GMU would.
 */

#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/kthread.h>

#include "fake_gpu.h"
#include "a6xx_gmu.xml.h"

/* With room for what the driver writes at any of the GMU's offsets. */
#define GMU_REGS_SIZE	SZ_1M

#define FSR_TF		BIT(1)
#define FSR_SS		BIT(30)

/* Of the first HFI message. */
#define FIRST_SEQNUM	1

struct gmu_test;

/**
 * struct gmu_question - A way to ask the GMU for something
 * @name: what it is called
 * @ask: ask, and wait for the answer
 * @answer: what the GMU does, before or after it is asked for the first time
 */
struct gmu_question {
	const char *name;
	int (*ask)(struct a6xx_gmu *gmu);
	void (*answer)(struct a6xx_gmu *gmu);
};

/**
 * struct gmu_test - A GPU, and its GMU
 * @gpu: the GPU
 * @question: what the GMU is asked
 * @in_dump: completed when the fault handler takes a dump
 * @go_on: what a dump takes that long for
 * @resumed: completed when the fault handler has returned
 * @wait: on the wait queue of the stall, to see its end at once
 * @stall_ended: the stall has ended, and the GMU has answered
 * @silent: the GMU does not answer after the stall either
 */
struct gmu_test {
	struct fake_gpu			*gpu;
	const struct gmu_question	*question;
	struct completion		in_dump;
	struct completion		go_on;
	struct completion		resumed;
	struct wait_queue_entry		wait;
	bool				stall_ended;
	bool				silent;
};

static int ask_by_oob(struct a6xx_gmu *gmu)
{
	int ret;

	mutex_lock(&gmu->lock);
	ret = a6xx_gmu_set_oob(gmu, GMU_OOB_GPU_SET);
	mutex_unlock(&gmu->lock);

	return ret;
}

/* Whichever bit it is. */
static void answer_oob(struct a6xx_gmu *gmu)
{
	gmu_write(gmu, REG_A6XX_GMU_GMU2HOST_INTR_INFO, ~0);
}

static void answer_hfi(struct a6xx_gmu *gmu)
{
	struct a6xx_hfi_queue *responses = &gmu->queues[HFI_RESPONSE_QUEUE];

	/* struct a6xx_hfi_msg_response, without payload */
	responses->data[0] = 3 << 8 | HFI_F2H_MSG_ACK;
	responses->data[1] = FIRST_SEQNUM << 20;
	responses->data[2] = 0;
	WRITE_ONCE(responses->header->write_index, 4);
	gmu_write(gmu, REG_A6XX_GMU_GMU2HOST_INTR_INFO, A6XX_GMU_GMU2HOST_INTR_INFO_MSGQ);
}

static const struct gmu_question questions[] = {
	{ "out of band", ask_by_oob, answer_oob },
	{ "HFI message", a6xx_hfi_send_prep_slumber, answer_hfi },
};

static void question_desc(const struct gmu_question *question, char *desc)
{
	strscpy(desc, question->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(question, questions, question_desc);

static const struct adreno_info a650_info = {
	.chip_ids = ADRENO_CHIP_IDS(0x06050002),
	.family = ADRENO_6XX_GEN3,
};

static int a6xx_gmu_test_init(struct kunit *test)
{
	struct gmu_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct a6xx_gmu *gmu;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->question = test->param_value;
	init_completion(&t->in_dump);
	init_completion(&t->go_on);
	init_completion(&t->resumed);
	t->gpu = fake_gpu_create(test);
	t->gpu->data = t;
	t->gpu->adreno.info = &a650_info;

	gmu = &t->gpu->a6xx.gmu;
	gmu->dev = &t->gpu->adreno.base.pdev->dev;
	mutex_init(&gmu->lock);
	gmu->mmio = (__force void __iomem *)kunit_kzalloc(test, GMU_REGS_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)gmu->mmio);
	gmu->hfi.virt = kunit_kzalloc(test, SZ_16K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gmu->hfi.virt);
	gmu->hfi.size = SZ_16K;
	a6xx_hfi_init(gmu);

	return 0;
}

static int ask(struct gmu_test *t)
{
	return t->question->ask(&t->gpu->a6xx.gmu);
}

/*
 * What whoever waits for the end of the stall is woken with: the GMU answers then, and
 * not when some other thread gets to it. With the lock of the wait queue held.
 */
static int stall_wakes(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	struct gmu_test *t = container_of(wait, struct gmu_test, wait);

	if (!t->stall_ended && msm_gpu_stall_seen(&t->gpu->adreno.base.stall)) {
		t->stall_ended = true;
		if (!t->silent)
			t->question->answer(&t->gpu->a6xx.gmu);
	}

	return 0;
}

static int fault_thread(void *data)
{
	struct adreno_smmu_fault_info info = { .fsr = FSR_TF | FSR_SS };
	struct gmu_test *t = data;

	fake_gpu_fault_handler(&t->gpu->adreno.base, 0x1000, IOMMU_FAULT_READ, &info);
	complete(&t->resumed);

	return 0;
}

static void start_fault(struct kunit *test)
{
	struct gmu_test *t = test->priv;

	init_waitqueue_func_entry(&t->wait, stall_wakes);
	add_wait_queue(&t->gpu->adreno.base.stall.wait, &t->wait);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(fault_thread, t, "fault"));
}

static void join_fault(struct gmu_test *t)
{
	wait_for_completion(&t->resumed);
	remove_wait_queue(&t->gpu->adreno.base.stall.wait, &t->wait);
}

/* It is so fast that the answer is there before anybody looks. */
static void gmu_answers(struct kunit *test)
{
	struct gmu_test *t = test->priv;
	struct a6xx_gmu *gmu = &t->gpu->a6xx.gmu;

	t->question->answer(gmu);
	KUNIT_EXPECT_EQ(test, 0, ask(t));
	KUNIT_EXPECT_NE(test, 0, gmu_read(gmu, REG_A6XX_GMU_HOST2GMU_INTR_SET));
	KUNIT_EXPECT_NE(test, 0, gmu_read(gmu, REG_A6XX_GMU_GMU2HOST_INTR_CLR));
}

static void silent_gmu_is_given_up(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, ask(test->priv));
}

/* Until the GMU was given its time, and somebody waits for the end of the dump. */
static void dump_until_awaited(struct fake_gpu *gpu)
{
	struct gmu_test *t = gpu->data;
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;

	complete(&t->in_dump);
	while (!READ_ONCE(gpu->adreno.base.stall.awaited) && time_before(jiffies, give_up))
		usleep_range(100, 200);
}

/* Who asks need not have gpu->lock: devfreq has not. */
static void gmu_is_asked_again_after_a_dump(struct kunit *test)
{
	struct gmu_test *t = test->priv;

	t->gpu->on_dump = dump_until_awaited;
	start_fault(test);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&t->in_dump, FAKE_GPU_PATIENCE));
	KUNIT_EXPECT_EQ(test, 0, ask(t));
	join_fault(t);
	KUNIT_EXPECT_EQ(test, 1, t->gpu->dumps);
}

/* RESUME comes at once, unless further faults are in its way. */
static void gmu_has_its_time_after_a_dump(struct kunit *test)
{
	struct gmu_test *t = test->priv;
	struct msm_gpu_stall *stall = &t->gpu->adreno.base.stall;

	t->silent = true;
	t->gpu->on_dump = dump_until_awaited;
	start_fault(test);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&t->in_dump, FAKE_GPU_PATIENCE));
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, ask(t));
	KUNIT_EXPECT_GE(test, ktime_us_delta(ktime_get(), stall->ended_at),
			MSM_GPU_STALL_RESUME_US);
	join_fault(t);
}

/* The deadlock of Linux 6.19 to 7.3. */
static void dump_gives_way_to_who_asks_with_the_lock(struct kunit *test)
{
	struct gmu_test *t = test->priv;
	struct msm_gpu *gpu = &t->gpu->adreno.base;
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;

	mutex_lock(&gpu->lock);
	start_fault(test);
	/* If this is too slow for it, it has given up the lock and is through. */
	while (!msm_gpu_stall_stalled(&gpu->stall) && !msm_gpu_stall_seen(&gpu->stall) &&
	       time_before(jiffies, give_up))
		usleep_range(100, 200);
	KUNIT_EXPECT_EQ(test, 0, ask(t));
	mutex_unlock(&gpu->lock);
	join_fault(t);
	KUNIT_EXPECT_EQ(test, 0, t->gpu->dumps);
}

static void dump_until_told(struct fake_gpu *gpu)
{
	struct gmu_test *t = gpu->data;

	complete(&t->in_dump);
	wait_for_completion_timeout(&t->go_on, FAKE_GPU_PATIENCE);
}

static void dump_that_hangs_is_not_waited_for(struct kunit *test)
{
	struct gmu_test *t = test->priv;

	t->gpu->on_dump = dump_until_told;
	start_fault(test);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&t->in_dump, FAKE_GPU_PATIENCE));
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, ask(t));
	KUNIT_EXPECT_FALSE(test, completion_done(&t->resumed));
	complete(&t->go_on);
	join_fault(t);
}

static struct kunit_case a6xx_gmu_cases[] = {
	KUNIT_CASE_PARAM(gmu_answers, question_gen_params),
	KUNIT_CASE_PARAM(silent_gmu_is_given_up, question_gen_params),
	KUNIT_CASE_PARAM(gmu_is_asked_again_after_a_dump, question_gen_params),
	KUNIT_CASE_PARAM(gmu_has_its_time_after_a_dump, question_gen_params),
	KUNIT_CASE_PARAM(dump_gives_way_to_who_asks_with_the_lock, question_gen_params),
	KUNIT_CASE_PARAM(dump_that_hangs_is_not_waited_for, question_gen_params),
	{}
};

static struct kunit_suite a6xx_gmu_suite = {
	.name		= "a6xx_gmu",
	.init		= a6xx_gmu_test_init,
	.test_cases	= a6xx_gmu_cases,
};

kunit_test_suite(a6xx_gmu_suite);
