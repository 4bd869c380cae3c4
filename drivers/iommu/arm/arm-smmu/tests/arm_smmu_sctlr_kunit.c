// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the SCTLR shadow of Arm SMMU context banks.
 *
 * The invariant: at rest the register equals the shadow, and no change of the
 * shadow is lost (I5 of the fault path's invariants).
 *
 * "Another CPU" is the after_access hook of the fake: it runs between two
 * accesses of the function under test, which is where another CPU can come in.
 */

#include <linux/irqflags.h>

#include "fake_smmu.h"

#define ATTACHED	(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

static struct fake_smmu *attached_fake(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, 0);

	return fake;
}

static void publish_writes_the_shadow(struct kunit *test)
{
	struct fake_smmu *fake = attached_fake(test);

	atomic_set(&fake->smmu.cbs[0].fault.sctlr, ATTACHED | ARM_SMMU_SCTLR_HUPCF);
	arm_smmu_sctlr_publish(&fake->smmu, 0);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "SCTLR=M+CFIE+HUPCF SCTLR?");
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			ATTACHED | ARM_SMMU_SCTLR_HUPCF);
}

/* Without the read-back, a posted write can land after the check. */
static void publish_reads_back_each_write(struct kunit *test)
{
	struct fake_smmu *fake = attached_fake(test);

	arm_smmu_sctlr_publish(&fake->smmu, 0);

	KUNIT_ASSERT_EQ(test, fake->regs->log_len, 2);
	KUNIT_EXPECT_TRUE(test, fake_smmu_logged(fake, 0).write);
	KUNIT_EXPECT_FALSE(test, fake_smmu_logged(fake, 1).write);
	KUNIT_EXPECT_EQ(test, fake_smmu_logged(fake, 1).reg, FAKE_SCTLR);
}

static void publish_has_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = attached_fake(test);
	unsigned int i;

	arm_smmu_sctlr_publish(&fake->smmu, 0);

	for (i = 0; i < fake->regs->log_len; i++)
		KUNIT_EXPECT_TRUE_MSG(test, fake_smmu_logged(fake, i).irqs_off, "access %u", i);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static void change_after_write(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (!access->write || fake->priv)
		return;

	/* Another CPU turns stalling on, and has not written the register yet. */
	fake->priv = fake;
	arm_smmu_sctlr_change(&fake->smmu, 0, 0, ARM_SMMU_SCTLR_CFCFG);
}

static void change_after_read(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->write || fake->priv)
		return;

	fake->priv = fake;
	arm_smmu_sctlr_change(&fake->smmu, 0, 0, ARM_SMMU_SCTLR_CFCFG);
}

static void expect_change_is_kept(struct kunit *test,
				  void (*hook)(struct fake_smmu *fake,
					       const struct kunit_reg_access *access))
{
	struct fake_smmu *fake = attached_fake(test);

	fake->after_access = hook;
	KUNIT_ASSERT_TRUE(test, arm_smmu_sctlr_change(&fake->smmu, 0,
						      ARM_SMMU_SCTLR_CFIE, 0));
	arm_smmu_sctlr_publish(&fake->smmu, 0);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "SCTLR=M SCTLR? SCTLR=M+CFCFG SCTLR?");
}

static void publish_keeps_a_change_after_its_write(struct kunit *test)
{
	expect_change_is_kept(test, change_after_write);
}

static void publish_keeps_a_change_after_its_read_back(struct kunit *test)
{
	expect_change_is_kept(test, change_after_read);
}

static void publish_over_it(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (!access->write || fake->priv)
		return;

	/* Another CPU changes and publishes all at once, and our value is old. */
	fake->priv = fake;
	arm_smmu_sctlr_change(&fake->smmu, 0, 0, ARM_SMMU_SCTLR_CFCFG);
	fake_smmu_poke(fake, 0, FAKE_SCTLR,
		       (u32)atomic_read(&fake->smmu.cbs[0].fault.sctlr));
	/* Posted, ours arrives behind it. */
	fake_smmu_poke(fake, 0, FAKE_SCTLR, access->val);
}

static void publish_repairs_an_overtaken_write(struct kunit *test)
{
	struct fake_smmu *fake = attached_fake(test);

	fake->after_access = publish_over_it;
	arm_smmu_sctlr_change(&fake->smmu, 0, ARM_SMMU_SCTLR_CFIE, 0);
	arm_smmu_sctlr_publish(&fake->smmu, 0);

	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFCFG);
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&fake->smmu.cbs[0].fault.sctlr),
			ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFCFG);
}

static void change_touches_no_register(struct kunit *test)
{
	struct fake_smmu *fake = attached_fake(test);

	KUNIT_EXPECT_TRUE(test, arm_smmu_sctlr_change(&fake->smmu, 0, ARM_SMMU_SCTLR_CFIE,
						      ARM_SMMU_SCTLR_CFCFG));
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&fake->smmu.cbs[0].fault.sctlr),
			ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFCFG);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, 0);
}

/* I9: a late caller brings nothing back. */
static void change_leaves_a_detached_bank_alone(struct kunit *test)
{
	struct fake_smmu *fake = attached_fake(test);
	u32 shadow;

	arm_smmu_begin_detach(&fake->smmu, 0);
	shadow = atomic_read(&fake->smmu.cbs[0].fault.sctlr);
	KUNIT_EXPECT_FALSE(test, arm_smmu_sctlr_change(&fake->smmu, 0, 0,
						       ARM_SMMU_SCTLR_CFIE));
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&fake->smmu.cbs[0].fault.sctlr), shadow);

	/* This bank is not attached. */
	KUNIT_EXPECT_FALSE(test, arm_smmu_sctlr_change(&fake->smmu, 1, 0,
						       ARM_SMMU_SCTLR_CFIE));
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[1].fault.sctlr), 0);
}

static u32 stall_and_go_on(struct arm_smmu_device *smmu, int idx, u32 reg)
{
	return reg | ARM_SMMU_SCTLR_CFCFG | ARM_SMMU_SCTLR_HUPCF;
}

static void implementation_has_its_say_about_sctlr(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_alloc_domain(test, fake, 0);
	struct arm_smmu_impl *impl;

	impl = devm_kzalloc(fake->smmu.dev, sizeof(*impl), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, impl);
	impl->init_sctlr = stall_and_go_on;
	fake_smmu_use_impl(fake, impl);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, &fake->smmu,
							   fake->smmu.dev), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFRE |
			ARM_SMMU_SCTLR_AFE | ARM_SMMU_SCTLR_TRE | ARM_SMMU_SCTLR_S1_ASIDPNE |
			ARM_SMMU_SCTLR_CFCFG | ARM_SMMU_SCTLR_HUPCF);
	arm_smmu_destroy_domain_context(smmu_domain);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

static struct kunit_case arm_smmu_sctlr_cases[] = {
	KUNIT_CASE(publish_writes_the_shadow),
	KUNIT_CASE(publish_reads_back_each_write),
	KUNIT_CASE(publish_has_interrupts_off),
	KUNIT_CASE(publish_keeps_a_change_after_its_write),
	KUNIT_CASE(publish_keeps_a_change_after_its_read_back),
	KUNIT_CASE(publish_repairs_an_overtaken_write),
	KUNIT_CASE(change_touches_no_register),
	KUNIT_CASE(change_leaves_a_detached_bank_alone),
	KUNIT_CASE(implementation_has_its_say_about_sctlr),
	{}
};

static struct kunit_suite arm_smmu_sctlr_suite = {
	.name = "arm_smmu_sctlr",
	.test_cases = arm_smmu_sctlr_cases,
};

kunit_test_suite(arm_smmu_sctlr_suite);
