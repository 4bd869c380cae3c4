// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the power of the Arm SMMU.
 *
 * The invariant: no register is touched without clocks (I8), and neither a
 * fault nor a change of SCTLR is lost for it (I1, I4, I5). The fake records an
 * access without clocks as a violation.
 */

#include <linux/interrupt.h>
#include <linux/iommu.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

static u32 shadow(struct fake_smmu *fake, int bank)
{
	return atomic_read(&fake->smmu.cbs[bank].sctlr);
}

/* What the driver's runtime suspend and resume do around the clocks. */
static void suspend(struct fake_smmu *fake)
{
	arm_smmu_power_off(&fake->smmu);
	fake->clocks = false;
	fake_smmu_power_loss(fake);
}

static void resume(struct fake_smmu *fake)
{
	fake->clocks = true;
	arm_smmu_power_on(&fake->smmu);
}

static void suspend_masks_the_register_not_the_shadow(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach(test, fake, 1, 0, 0);
	arm_smmu_power_off(&fake->smmu);

	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M | STALL);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 1, FAKE_SCTLR), ARM_SMMU_SCTLR_M);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, shadow(fake, 1), ARMED);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 2), "");
}

static void resume_arms_what_is_attached(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	suspend(fake);
	resume(fake);

	KUNIT_EXPECT_NULL(test, fake->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 1, FAKE_SCTLR), 0);
}

/* It would storm on the CPU that suspends: nobody would mask the bank. */
static void suspend_masks_with_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int i;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	arm_smmu_power_off(&fake->smmu);

	KUNIT_ASSERT_GT(test, fake->log_len, 0);
	for (i = 0; i < fake->log_len; i++)
		KUNIT_EXPECT_TRUE(test, fake->log[i].irqs_off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static irqreturn_t foreign_handler(int irq, void *dev)
{
	struct fake_smmu *fake = dev;

	fake_smmu_assert_foreign(fake, 0, false);

	return IRQ_HANDLED;
}

static void suspended_bank_is_not_touched_for_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	KUNIT_ASSERT_EQ(test, 0, devm_request_irq(fake->smmu.dev, fake->lines[0].irq,
						  foreign_handler, IRQF_SHARED,
						  "foreign", fake));
	fake_smmu_attach(test, fake, 0, 0, STALL);
	suspend(fake);
	fake->lines[0].interrupts = 0;

	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->violation, "%s", fake->violation);
	resume(fake);
}

static void power_goes_after_mask(struct fake_smmu *fake, const struct fake_smmu_access *access)
{
	/* The primary has masked the bank; its read-back was the last access. */
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	WRITE_ONCE(fake->smmu.powered, false);
}

/* System sleep: the thread finds no power, and resume arms the bank. */
static void thread_without_power_touches_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = power_goes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARM_SMMU_SCTLR_M | STALL);

	suspend(fake);
	resume(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->violation, "%s", fake->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
}

static void power_goes_after_write(struct fake_smmu *fake, const struct fake_smmu_access *access)
{
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	/* Another CPU suspends; it waits for this one, which is inside. */
	fake->priv = fake;
	WRITE_ONCE(fake->smmu.powered, false);
}

static void publish_in_flight_does_not_arm_a_suspending_bank(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, 0);
	fake->after_access = power_goes_after_write;
	arm_smmu_sctlr_publish(&fake->smmu, 0);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "SCTLR=M+CFIE SCTLR? SCTLR=M SCTLR?");
	WRITE_ONCE(fake->smmu.powered, true);
}

/* What set_stall() does. */
static void set_stall(struct fake_smmu *fake, int bank)
{
	atomic_t *users = &fake->smmu.cbs[bank].users;
	unsigned long flags;

	if (!arm_smmu_sctlr_change(&fake->smmu, bank, 0, STALL))
		return;
	if (arm_smmu_power_enter(&fake->smmu, users, &flags)) {
		arm_smmu_sctlr_publish(&fake->smmu, bank);
		arm_smmu_power_leave(users, flags);
	}
}

static void change_while_suspended_is_not_lost(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, 0);
	suspend(fake);
	set_stall(fake, 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->violation, "%s", fake->violation);
	resume(fake);

	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARMED | STALL);
}

static void change_after_arming(struct fake_smmu *fake, const struct fake_smmu_access *access)
{
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	/* Runtime PM still says "resuming" here. */
	fake->priv = fake;
	set_stall(fake, 0);
}

static void change_while_resuming_is_not_lost(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, 0);
	suspend(fake);
	fake->after_access = change_after_arming;
	resume(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
}

static void enter_is_counted_and_has_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	atomic_t *users = &fake->smmu.cbs[0].users;
	unsigned long flags;

	KUNIT_ASSERT_TRUE(test, arm_smmu_power_enter(&fake->smmu, users, &flags));
	KUNIT_EXPECT_EQ(test, atomic_read(users), 1);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	arm_smmu_power_leave(users, flags);
	KUNIT_EXPECT_EQ(test, atomic_read(users), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());

	arm_smmu_power_off(&fake->smmu);
	KUNIT_EXPECT_FALSE(test, arm_smmu_power_enter(&fake->smmu, users, &flags));
	KUNIT_EXPECT_EQ(test, atomic_read(users), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static struct kunit_case arm_smmu_power_cases[] = {
	KUNIT_CASE(suspend_masks_the_register_not_the_shadow),
	KUNIT_CASE(resume_arms_what_is_attached),
	KUNIT_CASE(suspend_masks_with_interrupts_off),
	KUNIT_CASE(suspended_bank_is_not_touched_for_others),
	KUNIT_CASE(thread_without_power_touches_nothing),
	KUNIT_CASE(publish_in_flight_does_not_arm_a_suspending_bank),
	KUNIT_CASE(change_while_suspended_is_not_lost),
	KUNIT_CASE(change_while_resuming_is_not_lost),
	KUNIT_CASE(enter_is_counted_and_has_interrupts_off),
	{}
};

static struct kunit_suite arm_smmu_power_suite = {
	.name = "arm_smmu_power",
	.test_cases = arm_smmu_power_cases,
};

kunit_test_suite(arm_smmu_power_suite);
