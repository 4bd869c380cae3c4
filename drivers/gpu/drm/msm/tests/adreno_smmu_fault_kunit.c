// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the faults of an Adreno GPU, from the SMMU to the dump.
 *
 * The test method is
 *
 *  1) The fake SMMU of arm-smmu's tests has a context bank for the fake GPU.
 *  2) arm-smmu-qcom fills in struct adreno_smmu_priv, and drm/msm makes its MMU
 *     of it: its own fault handler, stalling turned on.
 *  3) A transaction faults. Through genirq and arm-smmu's primary and thread,
 *     drm/msm's fault handler and adreno_fault_handler() get it.
 *  4) The state of the GPU is read, with the transaction still stalled.
 *  5) arm-smmu resumes it. The registers of the fake say how it ended.
 *
 * All between the registers of the SMMU and those of the GPU is real.
 */

#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>

#include "fake_gpu.h"
#include "../../../../iommu/arm/arm-smmu/tests/fake_smmu.h"
#include "../../../../iommu/arm/arm-smmu/arm-smmu-qcom.h"

#define IOVA		0x0000567890ab0000ULL
#define BANK		0
#define LINE		0

/**
 * struct smmu_fault_test - A GPU behind an SMMU
 * @smmu: the SMMU
 * @gpu: the GPU
 * @dumped_stalled: how many dumps found the transaction stalled
 * @dumped_masked: how many found the bank's interrupt off
 */
struct smmu_fault_test {
	struct fake_smmu	*smmu;
	struct fake_gpu		*gpu;
	unsigned int		dumped_stalled;
	unsigned int		dumped_masked;
};

static const struct fake_smmu_kind {
	const char *name;
	bool mmu500;
} kinds[] = {
	{ "SS does not assert", false },
	{ "MMU-500, SS asserts", true },
};

static void kind_desc(const struct fake_smmu_kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc);

/* There is nothing in it that the tests need, but it must be there. */
static const struct qcom_smmu_match_data match_data;

static void look_at_smmu(struct fake_gpu *gpu)
{
	struct smmu_fault_test *t = gpu->data;

	if (fake_smmu_peek(t->smmu, BANK, FAKE_FSR) & ARM_SMMU_CB_FSR_SS)
		t->dumped_stalled++;
	if (!(fake_smmu_peek(t->smmu, BANK, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE))
		t->dumped_masked++;
}

static void forget_fwspec(void *dev)
{
	((struct device *)dev)->iommu = NULL;
}

static void free_mmu(void *mmu)
{
	kfree(mmu);
}

static struct smmu_fault_test *attach_gpu(struct kunit *test)
{
	const struct fake_smmu_kind *kind = test->param_value;
	struct arm_smmu_domain *smmu_domain;
	struct io_pgtable_cfg cfg = {};
	struct iommu_fwspec *fwspec;
	struct smmu_fault_test *t;
	struct dev_iommu *iommu;
	struct msm_gpu *gpu;
	struct msm_mmu *mmu;
	struct device *dev;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->gpu = fake_gpu_create(test);
	t->gpu->data = t;
	t->gpu->on_dump = look_at_smmu;
	gpu = &t->gpu->adreno.base;
	dev = &gpu->pdev->dev;

	/* The GPU is known by its stream ID, 0. */
	iommu = kunit_kzalloc(test, sizeof(*iommu), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, iommu);
	fwspec = kunit_kzalloc(test, struct_size(fwspec, ids, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fwspec);
	fwspec->num_ids = 1;
	iommu->fwspec = fwspec;
	dev->iommu = iommu;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, forget_fwspec, dev));

	/* Last, so that it goes first: the interrupts are freed then. */
	t->smmu = fake_smmu_create(test, kind->mmu500);
	t->smmu->impl_data[0] = &match_data;
	smmu_domain = fake_smmu_attach(test, t->smmu, BANK, LINE, ARM_SMMU_SCTLR_HUPCF);
	KUNIT_ASSERT_EQ(test, 0, qcom_adreno_smmu_500_impl.init_context(smmu_domain, &cfg, dev));
	KUNIT_ASSERT_NOT_NULL(test, gpu->adreno_smmu.get_fault_info);
	KUNIT_ASSERT_NOT_NULL(test, gpu->adreno_smmu.set_stall);

	mmu = msm_iommu_gpu_wrap(dev, &smmu_domain->domain);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mmu);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_mmu, mmu));
	msm_gpu_stall_init(&gpu->stall, mmu, true);
	msm_mmu_set_fault_handler(mmu, gpu, fake_gpu_fault_handler);
	fake_smmu_clear_log(t->smmu);

	return t;
}

static bool smmu_stalls(struct smmu_fault_test *t)
{
	return fake_smmu_peek(t->smmu, BANK, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFCFG;
}

static void fault(struct smmu_fault_test *t)
{
	fake_smmu_fault(t->smmu, BANK, IOVA, ARM_SMMU_CB_FSYNR0_WNR);
	fake_smmu_settle(t->smmu);
	fake_gpu_settle(t->gpu);
}

/* All faults were answered, and the bank waits for the next one. */
static void expect_resumed(struct kunit *test, struct smmu_fault_test *t, unsigned int faults)
{
	KUNIT_EXPECT_REGFILE_OK(test, &t->smmu->regs);
	KUNIT_EXPECT_EQ(test, faults, t->smmu->banks[BANK].terminated);
	KUNIT_EXPECT_EQ(test, 0, fake_smmu_peek_faults(t->smmu, BANK));
	KUNIT_EXPECT_TRUE(test, fake_smmu_peek(t->smmu, BANK, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE);
}

static void drm_msm_turns_stalling_on(struct kunit *test)
{
	struct smmu_fault_test *t = attach_gpu(test);

	KUNIT_EXPECT_TRUE(test, smmu_stalls(t));
}

static void stalled_fault_is_dumped_and_resumed(struct kunit *test)
{
	struct smmu_fault_test *t = attach_gpu(test);
	struct msm_gpu_state *state;

	fault(t);
	expect_resumed(test, t, 1);
	KUNIT_EXPECT_EQ(test, 1, t->gpu->dumps);
	KUNIT_EXPECT_EQ(test, 1, t->dumped_stalled);
	KUNIT_EXPECT_EQ(test, 1, t->dumped_masked);
	KUNIT_EXPECT_TRUE(test, t->gpu->dumped_with_lock);
	KUNIT_EXPECT_TRUE(test, t->gpu->dumped_without_reclaim);

	/* What get_fault_info() said. */
	state = t->gpu->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_EQ(test, IOVA, state->fault_info.iova);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(t->smmu, BANK, FAKE_TTBR0),
			state->fault_info.ttbr0);
	KUNIT_EXPECT_EQ(test, IOMMU_FAULT_WRITE, state->fault_info.flags);
	KUNIT_EXPECT_STREQ(test, "TRANSLATION", state->fault_info.type);
}

/* The handler asks for that, and the write of SCTLR before RESUME carries it. */
static void next_fault_does_not_stall(struct kunit *test)
{
	struct smmu_fault_test *t = attach_gpu(test);

	fault(t);
	KUNIT_EXPECT_FALSE(test, smmu_stalls(t));
	fault(t);
	expect_resumed(test, t, 2);
	KUNIT_EXPECT_EQ(test, 1, t->gpu->dumps);
}

static void submit_after_the_cooldown_has_faults_stall_again(struct kunit *test)
{
	struct smmu_fault_test *t = attach_gpu(test);

	fault(t);
	fake_gpu_end_cooldown(t->gpu);
	fake_gpu_take_dump_away(t->gpu);
	adreno_check_and_reenable_stall(&t->gpu->adreno);
	KUNIT_EXPECT_TRUE(test, smmu_stalls(t));

	fault(t);
	expect_resumed(test, t, 2);
	KUNIT_EXPECT_EQ(test, 2, t->gpu->dumps);
	KUNIT_EXPECT_EQ(test, 2, t->dumped_stalled);
}

/* Recovery has gpu->lock, and the GMU is silent until RESUME. */
static void fault_during_recovery_is_resumed(struct kunit *test)
{
	struct smmu_fault_test *t = attach_gpu(test);
	struct fake_gpu_holder *recovery;

	recovery = fake_gpu_hold_lock(t->gpu, FAKE_GPU_UNTIL_GMU_ANSWERS);
	fake_smmu_fault(t->smmu, BANK, IOVA, 0);
	fake_smmu_settle(t->smmu);
	expect_resumed(test, t, 1);
	KUNIT_EXPECT_EQ(test, 0, t->gpu->dumps);

	fake_gpu_join_holder(recovery);
	KUNIT_EXPECT_TRUE(test, recovery->worth_another_try);
}

/* It is too late to read the GPU. But the next fault must not stall. */
static void fault_of_a_suspended_gpu_is_resumed(struct kunit *test)
{
	struct smmu_fault_test *t = attach_gpu(test);
	struct device *dev = &t->gpu->adreno.base.pdev->dev;

	pm_runtime_put_sync(dev);
	KUNIT_ASSERT_TRUE(test, pm_runtime_suspended(dev));
	fault(t);
	expect_resumed(test, t, 1);
	KUNIT_EXPECT_EQ(test, 0, t->gpu->dumps);
	KUNIT_EXPECT_FALSE(test, smmu_stalls(t));
}

static struct kunit_case adreno_smmu_fault_cases[] = {
	KUNIT_CASE_PARAM(drm_msm_turns_stalling_on, kind_gen_params),
	KUNIT_CASE_PARAM(stalled_fault_is_dumped_and_resumed, kind_gen_params),
	KUNIT_CASE_PARAM(next_fault_does_not_stall, kind_gen_params),
	KUNIT_CASE_PARAM(submit_after_the_cooldown_has_faults_stall_again, kind_gen_params),
	KUNIT_CASE_PARAM(fault_during_recovery_is_resumed, kind_gen_params),
	KUNIT_CASE_PARAM(fault_of_a_suspended_gpu_is_resumed, kind_gen_params),
	{}
};

static struct kunit_suite adreno_smmu_fault_suite = {
	.name		= "adreno_smmu_fault",
	.test_cases	= adreno_smmu_fault_cases,
};

kunit_test_suite(adreno_smmu_fault_suite);

/* MODULE_IMPORT_NS() wants quotes in some kernels and none in others. */
MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");
