// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fault handlers of a5xx, a6xx and a8xx: what they read of the GPU,
 * and when. What comes after that is adreno_fault_handler(), see adreno_fault_kunit.c.
 *
 * The registers of the GPU are memory.
 */

#include <linux/iommu.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>

#include "fake_gpu.h"

/* With room for any register that the handlers read. */
#define GPU_REGS_SIZE	SZ_256K

#define FSR_TF		BIT(1)
#define FSR_SS		BIT(30)

#define IOVA		0x1234567890

/**
 * struct handler - The fault handler of a GPU
 * @name: of the GPU
 * @fault: the handler
 * @info: what a GPU is that it is for
 * @block: what it makes of FSYNR1 = 3, where all registers of the GPU are 1
 */
struct handler {
	const char *name;
	int (*fault)(void *arg, unsigned long iova, int flags, void *data);
	struct adreno_info info;
	const char *block;
};

static const struct handler handlers[] = {
	{ "a5xx", a5xx_fault_handler, { .family = ADRENO_5XX }, "3" },
	{ "a6xx", a6xx_fault_handler, { .family = ADRENO_6XX_GEN3 }, "SP" },
	ADRENO_IF_8XX({ "a8xx", a8xx_fault_handler, { .family = ADRENO_8XX_GEN1 }, "BR_SP" })
};

static void handler_desc(const struct handler *handler, char *desc)
{
	strscpy(desc, handler->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(handler, handlers, handler_desc);

static int adreno_handler_init(struct kunit *test)
{
	const struct handler *handler = test->param_value;
	struct fake_gpu *fake;
	u32 *regs;

	fake = fake_gpu_create(test);
	test->priv = fake;
	fake->adreno.info = &handler->info;
	regs = kunit_kmalloc(test, GPU_REGS_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, regs);
	memset32(regs, 1, GPU_REGS_SIZE / sizeof(u32));
	fake->adreno.base.mmio = (__force void __iomem *)regs;

	return 0;
}

/* It gives back what it takes. */
static void expect_handled(struct kunit *test, u32 fsr)
{
	struct adreno_smmu_fault_info info = { .fsr = fsr, .ttbr0 = 0x77000, .fsynr1 = 3 };
	const struct handler *handler = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;
	int references = atomic_read(&gpu->pdev->dev.power.usage_count);

	KUNIT_EXPECT_EQ(test, 0, handler->fault(gpu, IOVA, IOMMU_FAULT_READ, &info));
	fake_gpu_settle(fake);
	KUNIT_EXPECT_EQ(test, references, atomic_read(&gpu->pdev->dev.power.usage_count));
	KUNIT_EXPECT_EQ(test, 0, gpu->stall.handlers);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_stalled(&gpu->stall));
	KUNIT_EXPECT_FALSE(test, fake->stalls);
}

static void expect_on(struct fake_gpu *fake)
{
	KUNIT_EXPECT_EQ(fake->test, 1, fake->adreno.base.stall.handlers);
}

static void stalled_fault_is_dumped(struct kunit *test)
{
	const struct handler *handler = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fake->on_dump = expect_on;
	expect_handled(test, FSR_TF | FSR_SS);
	KUNIT_EXPECT_EQ(test, 1, fake->dumps);
	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_STREQ(test, handler->block, state->fault_info.block);
}

static void fault_that_did_not_stall_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	expect_handled(test, FSR_TF);
	KUNIT_EXPECT_EQ(test, 0, fake->dumps);
}

/* One access to a register would be one to NULL. */
static void gpu_that_is_off_is_not_read(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;
	struct device *dev = &gpu->pdev->dev;

	gpu->mmio = NULL;
	pm_runtime_put_sync(dev);
	KUNIT_ASSERT_TRUE(test, pm_runtime_suspended(dev));
	expect_handled(test, FSR_TF | FSR_SS);
	KUNIT_EXPECT_EQ(test, 0, fake->dumps);
}

static void gpu_that_is_reset_is_not_read(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	gpu->mmio = NULL;
	KUNIT_ASSERT_TRUE(test, msm_gpu_stall_keep_out(&gpu->stall));
	expect_handled(test, FSR_TF | FSR_SS);
	KUNIT_EXPECT_EQ(test, 0, fake->dumps);
	msm_gpu_stall_let_in(&gpu->stall);
}

static struct kunit_case adreno_handler_cases[] = {
	KUNIT_CASE_PARAM(stalled_fault_is_dumped, handler_gen_params),
	KUNIT_CASE_PARAM(fault_that_did_not_stall_is_not_dumped, handler_gen_params),
	KUNIT_CASE_PARAM(gpu_that_is_off_is_not_read, handler_gen_params),
	KUNIT_CASE_PARAM(gpu_that_is_reset_is_not_read, handler_gen_params),
	{}
};

static struct kunit_suite adreno_handler_suite = {
	.name		= "adreno_handler",
	.init		= adreno_handler_init,
	.test_cases	= adreno_handler_cases,
};

kunit_test_suite(adreno_handler_suite);
