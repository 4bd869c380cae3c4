// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for what Qualcomm's implementations add to context faults: the
 * private interface of the GPU, and the verification of a fault by a TBU.
 *
 * The fake SMMU has Qualcomm's own struct arm_smmu_impl here, but for the
 * register accesses, and its domain is set up by the driver. The TBU is a piece
 * of memory that has been given the answers.
 */

#include <linux/adreno-smmu-priv.h>
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/workqueue.h>

#include <kunit/device.h>

#include "fake_smmu.h"
#include "../arm-smmu-qcom.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG

/* A GPU whose domain is bank 0 of the fake. */
struct gpu {
	struct fake_smmu *fake;
	struct arm_smmu_domain *smmu_domain;
	struct adreno_smmu_priv priv;
	struct dev_iommu iommu;
	struct arm_smmu_impl impl;
	struct device *dev;
	void (*action)(struct gpu *gpu);
	int ret;

	unsigned int calls;
	unsigned int accesses;
	struct adreno_smmu_fault_info info;
};

/* There is nothing in it that the tests need, but it must be there. */
static const struct qcom_smmu_match_data match_data;

static int callback(struct iommu_domain *domain, struct device *dev,
		    unsigned long iova, int flags, void *token)
{
	struct gpu *gpu = token;

	gpu->calls++;
	if (gpu->action)
		gpu->action(gpu);

	return gpu->ret;
}

static void driver_lets_go(void *data)
{
	struct gpu *gpu = data;

	gpu->dev->iommu = NULL;
}

/* With @bank other than 0, which is the GPU's, the implementation does not choose it. */
static struct gpu *attach_bank(struct kunit *test, const struct arm_smmu_impl *impl, int bank)
{
	const struct fake_smmu_config config = {
		.mmu500 = true,
		.banks = max(bank + 1, FAKE_SMMU_BANKS),
		.lines = FAKE_SMMU_LINES,
	};
	struct fake_smmu *fake = fake_smmu_create_config(test, &config);
	struct gpu *gpu;

	/* The device's: it stays until the interrupt was freed. */
	gpu = devm_kzalloc(fake->smmu.dev, sizeof(*gpu), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gpu);
	gpu->fake = fake;
	gpu->impl = *impl;
	/* Errata of a real MMU-500. */
	gpu->impl.reset = NULL;
	if (bank)
		gpu->impl.alloc_context_bank = NULL;
	bitmap_set(fake->smmu.context_map, 0, bank);
	fake_smmu_use_impl(fake, &gpu->impl);
	fake->impl_data[0] = &match_data;

	gpu->dev = kunit_device_register(test, "fake-gpu");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, gpu->dev);
	dev_set_drvdata(gpu->dev, &gpu->priv);
	/* Stream ID 0 is what makes it the GPU. */
	gpu->iommu.fwspec = kunit_kzalloc(test, struct_size(gpu->iommu.fwspec, ids, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gpu->iommu.fwspec);
	gpu->iommu.fwspec->num_ids = 1;
	gpu->dev->iommu = &gpu->iommu;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, driver_lets_go, gpu), 0);

	gpu->smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(gpu->smmu_domain, &fake->smmu, gpu->dev),
			0);
	KUNIT_ASSERT_EQ(test, gpu->smmu_domain->cfg.cbndx, bank);
	iommu_set_fault_handler(&gpu->smmu_domain->domain, callback, gpu);
	fake_smmu_clear_log(fake);

	return gpu;
}

static struct gpu *attach(struct kunit *test, const struct arm_smmu_impl *impl)
{
	return attach_bank(test, impl, 0);
}

static void detach(struct kunit *test, struct gpu *gpu)
{
	arm_smmu_destroy_domain_context(gpu->smmu_domain);
	KUNIT_EXPECT_REGFILE_OK(test, gpu->fake->regs);
}

static u64 sctlr(struct gpu *gpu)
{
	return fake_smmu_peek(gpu->fake, gpu->smmu_domain->cfg.cbndx, FAKE_SCTLR);
}

/* An SMMU without runtime PM is always on. */
static void set_stall_works_without_runtime_pm(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_adreno_smmu_500_impl);

	KUNIT_ASSERT_FALSE(test, pm_runtime_enabled(gpu->fake->smmu.dev));
	gpu->priv.set_stall(gpu->priv.cookie, true);
	KUNIT_EXPECT_EQ(test, sctlr(gpu) & STALL, STALL);
	gpu->priv.set_stall(gpu->priv.cookie, false);
	KUNIT_EXPECT_EQ(test, sctlr(gpu) & STALL, 0);
	detach(test, gpu);
}

/* MMU-500 has up to 128 banks. Reset and set_ttbr0_cfg() write SCTLR anew. */
static void expect_set_stall_is_kept(struct kunit *test, int bank)
{
	struct gpu *gpu = attach_bank(test, &qcom_adreno_smmu_500_impl, bank);

	gpu->priv.set_stall(gpu->priv.cookie, true);
	arm_smmu_write_context_bank(&gpu->fake->smmu, bank);
	KUNIT_EXPECT_EQ(test, sctlr(gpu) & STALL, STALL);
	detach(test, gpu);
}

static void set_stall_of_bank_32_is_kept(struct kunit *test)
{
	expect_set_stall_is_kept(test, 32);
}

static void set_stall_of_bank_127_is_kept(struct kunit *test)
{
	expect_set_stall_is_kept(test, 127);
}

static const struct dev_pm_ops power = {
	.runtime_suspend = fake_smmu_runtime_suspend,
	.runtime_resume = fake_smmu_runtime_resume,
};

static void enable_runtime_pm(struct kunit *test, struct gpu *gpu)
{
	struct device *dev = gpu->fake->smmu.dev;

	fake_smmu_use_pm(test, gpu->fake, &power);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
}

static void set_stall_after_reset(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct gpu *gpu = fake->priv;

	/* Another CPU. Runtime PM says "resuming" still. */
	if (access->reg != FAKE_SCTLR || !access->write || access->idx || !gpu)
		return;

	fake->priv = NULL;
	gpu->priv.set_stall(gpu->priv.cookie, true);
}

static void set_stall_while_resuming_is_not_lost(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_adreno_smmu_500_impl);

	enable_runtime_pm(test, gpu);
	KUNIT_ASSERT_EQ(test, pm_runtime_suspend(gpu->fake->smmu.dev), 0);
	gpu->fake->priv = gpu;
	gpu->fake->after_access = set_stall_after_reset;
	KUNIT_ASSERT_EQ(test, pm_runtime_resume_and_get(gpu->fake->smmu.dev), 0);
	KUNIT_EXPECT_NULL(test, gpu->fake->priv);
	KUNIT_EXPECT_EQ(test, sctlr(gpu) & STALL, STALL);
	pm_runtime_put(gpu->fake->smmu.dev);
	detach(test, gpu);
}

struct rival {
	struct work_struct work;
	struct gpu *gpu;
	atomic_t ready;
};

static void start_together(struct rival *rival)
{
	atomic_inc(&rival->ready);
	while (atomic_read(&rival->ready) < 2)
		cpu_relax();
}

static void set_stall_off(struct work_struct *work)
{
	struct rival *rival = container_of(work, struct rival, work);

	start_together(rival);
	rival->gpu->priv.set_stall(rival->gpu->priv.cookie, false);
}

/* One wants it on and one off: either will do, if all agree what it is. */
static void set_stall_from_two_cpus_converges(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_adreno_smmu_500_impl);
	struct rival rival = { .gpu = gpu };
	struct workqueue_struct *wq = alloc_workqueue("set-stall", WQ_UNBOUND, 1);
	unsigned int i;
	u64 val;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	enable_runtime_pm(test, gpu);
	KUNIT_ASSERT_EQ(test, pm_runtime_resume_and_get(gpu->fake->smmu.dev), 0);
	INIT_WORK_ONSTACK(&rival.work, set_stall_off);
	for (i = 0; i < 2000; i++) {
		/* With one CPU, the two take turns. */
		atomic_set(&rival.ready, num_online_cpus() == 1);
		queue_work(wq, &rival.work);
		start_together(&rival);
		gpu->priv.set_stall(gpu->priv.cookie, true);
		flush_work(&rival.work);

		val = sctlr(gpu) & STALL;
		arm_smmu_write_context_bank(&gpu->fake->smmu, 0);
		if (val != (sctlr(gpu) & STALL))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, 2000, "the register is not what reset makes of it");
	destroy_work_on_stack(&rival.work);
	destroy_workqueue(wq);
	pm_runtime_put(gpu->fake->smmu.dev);
	detach(test, gpu);
}

static void get_fault_info(struct gpu *gpu)
{
	unsigned int accesses = gpu->fake->regs->log_len;

	gpu->priv.get_fault_info(gpu->priv.cookie, &gpu->info);
	gpu->accesses = gpu->fake->regs->log_len - accesses;
}

/* They may be cleared by then, or those of a suspended SMMU. */
static void get_fault_info_reads_no_register(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_adreno_smmu_500_impl);

	gpu->action = get_fault_info;
	fake_smmu_fault(gpu->fake, 0, IOVA, ARM_SMMU_CB_FSYNR0_WNR);
	fake_smmu_settle(gpu->fake);

	KUNIT_EXPECT_EQ(test, gpu->calls, 1);
	KUNIT_EXPECT_EQ_MSG(test, gpu->accesses, 0, "%s", fake_smmu_trace(test, gpu->fake, 0));
	KUNIT_EXPECT_EQ(test, gpu->info.far, IOVA);
	KUNIT_EXPECT_EQ(test, gpu->info.fsr, FAKE_SMMU_FORMAT | ARM_SMMU_CB_FSR_TF);
	KUNIT_EXPECT_EQ(test, gpu->info.fsynr0, ARM_SMMU_CB_FSYNR0_WNR);
	KUNIT_EXPECT_EQ(test, gpu->info.fsynr1, 0x1100);
	KUNIT_EXPECT_EQ(test, gpu->info.cbfrsynra, 0x40);
	KUNIT_EXPECT_EQ(test, gpu->info.ttbr0, fake_smmu_peek(gpu->fake, 0, FAKE_TTBR0));
	detach(test, gpu);
}

static void switch_ttbr0(struct gpu *gpu)
{
	struct io_pgtable_cfg cfg = *gpu->priv.get_ttbr1_cfg(gpu->priv.cookie);

	cfg.quirks &= ~IO_PGTABLE_QUIRK_ARM_TTBR1;
	gpu->ret = gpu->priv.set_ttbr0_cfg(gpu->priv.cookie, &cfg);
	gpu->info.fsr = sctlr(gpu);
}

/* It writes the whole bank, SCTLR included: from the shadow. */
static void ttbr0_switch_keeps_the_state_of_the_bank(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_adreno_smmu_500_impl);

	enable_runtime_pm(test, gpu);
	KUNIT_ASSERT_EQ(test, pm_runtime_resume_and_get(gpu->fake->smmu.dev), 0);
	gpu->priv.set_stall(gpu->priv.cookie, true);
	gpu->action = switch_ttbr0;
	fake_smmu_fault(gpu->fake, 0, IOVA, 0);
	fake_smmu_settle(gpu->fake);

	KUNIT_EXPECT_EQ(test, gpu->calls, 1);
	KUNIT_EXPECT_EQ(test, gpu->ret, 0);
	KUNIT_EXPECT_EQ_MSG(test, gpu->info.fsr & (ARM_SMMU_SCTLR_CFIE | STALL), STALL,
			    "the bank of a running callback was armed");
	KUNIT_EXPECT_EQ(test, sctlr(gpu) & (ARM_SMMU_SCTLR_CFIE | STALL),
			ARM_SMMU_SCTLR_CFIE | STALL);
	KUNIT_EXPECT_EQ(test, gpu->fake->lines[0].interrupts, 1);
	pm_runtime_put(gpu->fake->smmu.dev);
	detach(test, gpu);
}

static struct gpu *attach_without_resume(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_adreno_smmu_500_impl);
	struct device *dev = gpu->fake->smmu.dev;

	fake_smmu_use_pm(test, gpu->fake, &fake_smmu_pm_without_resume);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);

	return gpu;
}

/* The caller frees the page table, so no reset may write its address. */
static void ttbr0_is_not_kept_if_the_smmu_does_not_resume(struct kunit *test)
{
	struct gpu *gpu = attach_without_resume(test);
	struct arm_smmu_cb *cb = &gpu->fake->smmu.cbs[0];
	u64 ttbr = cb->ttbr[0];
	u32 tcr = cb->tcr[0];

	KUNIT_ASSERT_EQ(test, pm_runtime_suspend(gpu->fake->smmu.dev), 0);
	switch_ttbr0(gpu);
	KUNIT_EXPECT_EQ(test, gpu->ret, -ENODEV);
	KUNIT_EXPECT_EQ(test, cb->ttbr[0], ttbr);
	KUNIT_EXPECT_EQ(test, cb->tcr[0], tcr);
	detach(test, gpu);
}

static void ttbr0_is_forgotten_even_if_the_smmu_does_not_resume(struct kunit *test)
{
	struct gpu *gpu = attach_without_resume(test);
	struct arm_smmu_cb *cb = &gpu->fake->smmu.cbs[0];
	struct device *dev = gpu->fake->smmu.dev;
	u64 ttbr = cb->ttbr[0];
	u32 tcr = cb->tcr[0];

	pm_runtime_get_noresume(dev);
	switch_ttbr0(gpu);
	pm_runtime_put_noidle(dev);
	KUNIT_EXPECT_EQ(test, gpu->ret, 0);
	KUNIT_EXPECT_NE(test, cb->ttbr[0], ttbr);

	KUNIT_ASSERT_EQ(test, pm_runtime_suspend(dev), 0);
	KUNIT_EXPECT_EQ(test, gpu->priv.set_ttbr0_cfg(gpu->priv.cookie, NULL), -ENODEV);
	KUNIT_EXPECT_EQ(test, cb->ttbr[0], ttbr);
	KUNIT_EXPECT_EQ(test, cb->tcr[0], tcr);
	detach(test, gpu);
}

/* As the global fault handler, which was there first, requests it. */
static irqreturn_t global_fault(int irq, void *dev)
{
	return IRQ_NONE;
}

static void context_line_is_shared_with_the_global_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	struct arm_smmu_impl *impl = devm_kmemdup(fake->smmu.dev, &qcom_smmu_500_impl,
						  sizeof(*impl), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, impl);
	fake_smmu_use_impl(fake, impl);
	fake->impl_data[0] = &match_data;
	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[0].irq, global_fault,
					       IRQF_SHARED, "global fault", fake), 0);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0,
			    "the fault was not handled");
	arm_smmu_destroy_domain_context(smmu_domain);
}

#ifdef CONFIG_ARM_SMMU_QCOM_DEBUG
/* Registers of a TBU, in arm-smmu-qcom-debug.c. */
#define TBU_HALT		0x00
#define TBU_TRIGGER		0x18
#define TBU_STATUS		0x20
#define TBU_HALTED		BIT(1)
#define TBU_PAR			0x28

struct fake_tbu {
	struct qcom_tbu tbu;
	u64 regs[8];
};

static void remove_tbu(void *data)
{
	struct fake_tbu *tbu = data;

	list_del(&tbu->tbu.list);
}

static u32 tbu_read(struct fake_tbu *tbu, unsigned int offset)
{
	return readl_relaxed(tbu->tbu.base + offset);
}

/* A TBU for the streams up to @sids, which halts when nothing is stalled. */
static struct fake_tbu *add_tbu(struct kunit *test, struct gpu *gpu, u32 sids)
{
	struct fake_tbu *tbu = kunit_kzalloc(test, sizeof(*tbu), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tbu);
	tbu->tbu.dev = gpu->fake->smmu.dev;
	tbu->tbu.smmu_np = gpu->fake->smmu.dev->of_node;
	tbu->tbu.sid_range[1] = sids;
	tbu->tbu.base = (void __iomem __force *)tbu->regs;
	spin_lock_init(&tbu->tbu.halt_lock);
	writel_relaxed(~0, tbu->tbu.base + TBU_TRIGGER);
	writeq_relaxed(0x123456000, tbu->tbu.base + TBU_PAR);
	qcom_tbu_add(&tbu->tbu);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_tbu, tbu), 0);

	return tbu;
}

static void halt_when_resumed(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_tbu *tbu = fake->priv;

	if (access->reg == FAKE_RESUME)
		writel_relaxed(TBU_HALTED, tbu->tbu.base + TBU_STATUS);
}

/* These implementations do not stall, but the boot loader may have turned it on. */
static void start_stalling(struct gpu *gpu)
{
	arm_smmu_set_stall(&gpu->fake->smmu, 0, true);
	fake_smmu_clear_log(gpu->fake);
}

/* The TBU halts only when the stalled transaction is gone, and only then walks. */
static void stalled_fault_is_verified_by_the_tbu(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_smmu_500_impl);
	struct fake_tbu *tbu = add_tbu(test, gpu, 1024);

	gpu->ret = -ENOSYS;
	gpu->fake->priv = tbu;
	gpu->fake->after_access = halt_when_resumed;
	start_stalling(gpu);
	fake_smmu_fault(gpu->fake, 0, IOVA, 0);
	fake_smmu_settle(gpu->fake);

	KUNIT_EXPECT_EQ(test, gpu->calls, 1);
	KUNIT_EXPECT_EQ_MSG(test, tbu_read(tbu, TBU_TRIGGER), 0, "the TBU was not asked");
	KUNIT_EXPECT_EQ_MSG(test, tbu_read(tbu, TBU_HALT), 0, "the TBU is halted still");
	KUNIT_EXPECT_EQ(test, gpu->fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(gpu->fake, 0), 0);
	KUNIT_EXPECT_EQ(test, sctlr(gpu) & (ARM_SMMU_SCTLR_CFIE | STALL),
			ARM_SMMU_SCTLR_CFIE | STALL);
	/* SCTLR is the fault path's: off in the primary, on in the thread. */
	KUNIT_EXPECT_LT(test, fake_smmu_find(gpu->fake, 0, FAKE_SCTLR, true, STALL, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, gpu->fake->lines[0].interrupts, 1);
	detach(test, gpu);
}

/* It has to be cleared all the same, or it is reported for ever. */
static void fault_of_a_stream_without_a_tbu_is_reported_once(struct kunit *test)
{
	struct gpu *gpu = attach(test, &qcom_smmu_500_impl);
	struct fake_tbu *tbu = add_tbu(test, gpu, 1);

	gpu->ret = -ENOSYS;
	fake_smmu_fault(gpu->fake, 0, IOVA, 0);
	fake_smmu_settle(gpu->fake);

	KUNIT_EXPECT_EQ(test, gpu->calls, 1);
	KUNIT_EXPECT_NE_MSG(test, tbu_read(tbu, TBU_TRIGGER), 0, "another stream's TBU was asked");
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(gpu->fake, 0), 0);
	detach(test, gpu);
}

/* -EBUSY once kept the transaction stalled, with no way to resume it. */
static void callback_decides_with_a_tbu_as_without(struct kunit *test)
{
	static const int values[] = { 0, -EBUSY, -EAGAIN };
	struct gpu *gpu = attach(test, &qcom_smmu_500_impl);
	struct fake_tbu *tbu = add_tbu(test, gpu, 1024);
	unsigned int i;

	start_stalling(gpu);
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		gpu->ret = values[i];
		fake_smmu_fault(gpu->fake, 0, IOVA, 0);
		fake_smmu_settle(gpu->fake);

		KUNIT_EXPECT_EQ_MSG(test, gpu->calls, i + 1, "%d", values[i]);
		KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(gpu->fake, 0), 0,
				    "stalled for ever after %d", values[i]);
	}
	KUNIT_EXPECT_EQ(test, gpu->fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, gpu->fake->banks[0].passed, 1);
	KUNIT_EXPECT_NE_MSG(test, tbu_read(tbu, TBU_TRIGGER), 0, "a fault that was handled");
	detach(test, gpu);
}
#endif

static struct kunit_case arm_smmu_qcom_cases[] = {
	KUNIT_CASE(set_stall_works_without_runtime_pm),
	KUNIT_CASE(set_stall_while_resuming_is_not_lost),
	KUNIT_CASE(set_stall_of_bank_32_is_kept),
	KUNIT_CASE(set_stall_of_bank_127_is_kept),
	KUNIT_CASE(set_stall_from_two_cpus_converges),
	KUNIT_CASE(get_fault_info_reads_no_register),
	KUNIT_CASE(ttbr0_switch_keeps_the_state_of_the_bank),
	KUNIT_CASE(ttbr0_is_not_kept_if_the_smmu_does_not_resume),
	KUNIT_CASE(ttbr0_is_forgotten_even_if_the_smmu_does_not_resume),
	KUNIT_CASE(context_line_is_shared_with_the_global_fault),
#ifdef CONFIG_ARM_SMMU_QCOM_DEBUG
	KUNIT_CASE(stalled_fault_is_verified_by_the_tbu),
	KUNIT_CASE(fault_of_a_stream_without_a_tbu_is_reported_once),
	KUNIT_CASE(callback_decides_with_a_tbu_as_without),
#endif
	{}
};

static struct kunit_suite arm_smmu_qcom_suite = {
	.name = "arm_smmu_qcom",
	.test_cases = arm_smmu_qcom_cases,
};

kunit_test_suite(arm_smmu_qcom_suite);
