// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for global faults of the Arm SMMU.
 *
 * The invariant: a global fault is cleared, does not storm (I6), and its handler does
 * not touch a suspended SMMU (I8), be the line its own or shared. A flood of them
 * leaves the CPU to others (I11).
 */

#include <linux/interrupt.h>
#include <linux/log2.h>

#include "fake_smmu.h"

#define READ_GLOBAL_FAULT	"!sGFSR?0x2 !sGFSYNR0?0x0 !sGFSYNR1?0x0 !sGFSYNR2?0x0 "

static void global_fault_is_cleared(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_request_global(test, fake, FAKE_SMMU_GLOBAL_LINE);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);
	/* What is printed of it, and the write is drained before suspend may go on. */
	KUNIT_EXPECT_STREQ(test, kunit_regfile_trace(test, fake->regs, NULL, 0),
			   READ_GLOBAL_FAULT "!sGFSR=0x2 !sGFSR?0x0");
}

/* MULTI holds the line as well. */
static void further_global_faults_are_cleared_with_the_first(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned long flags;

	fake_smmu_request_global(test, fake, FAKE_SMMU_GLOBAL_LINE);
	/* Both are there before the first interrupt. */
	local_irq_save(flags);
	fake_smmu_global_fault(fake);
	fake_smmu_global_fault(fake);
	local_irq_restore(flags);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 1);
	KUNIT_EXPECT_STREQ(test, kunit_regfile_trace(test, fake->regs, NULL, 0),
			   "!sGFSR?0x80000002 !sGFSYNR0?0x0 !sGFSYNR1?0x0 !sGFSYNR2?0x0 !sGFSR=0x80000002 !sGFSR?0x0");
}

static void cleared_while_inside(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg == FAKE_SGFSR && !atomic_read(&fake->smmu.users))
		kunit_regfile_violation(fake->regs, "suspend does not wait for this access");
}

/* It is called for others on its line, in any state, and says that it was not for it. */
static void global_fault_handler_leaves_alone_what_is_not_its_own(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake->after_access = cleared_while_inside;
	KUNIT_EXPECT_EQ(test, arm_smmu_global_fault(0, &fake->smmu), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, KUNIT_REG_ANY, KUNIT_REG_ANY, true),
			0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());

	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR, ARM_SMMU_sGFSR_USF);
	KUNIT_EXPECT_EQ(test, arm_smmu_global_fault(0, &fake->smmu), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);

	fake_smmu_suspend(fake);
	KUNIT_EXPECT_EQ(test, arm_smmu_global_fault(0, &fake->smmu), IRQ_NONE);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	fake_smmu_resume(fake);
}

/* The line is shared: another device asserts it while the SMMU is off. */
static void global_fault_handler_does_not_touch_a_suspended_smmu(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct kunit_irq_line *line = &fake->lines[0];

	fake_smmu_request_global(test, fake, 0);
	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_suspend(fake);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, line->interrupts, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);

	fake_smmu_resume(fake);
	KUNIT_EXPECT_TRUE(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) &
				ARM_SMMU_sCR0_GFIE);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

static void fault_when_reset_is_over(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* The interrupt would come at once, and no handler would claim it. */
	if (access->reg == FAKE_SCR0 && access->write &&
	    (access->val & ARM_SMMU_sCR0_GFIE) && !READ_ONCE(fake->smmu.powered))
		kunit_regfile_violation(fake->regs, "global interrupt on before the flag");

	/* Reset lets transactions through again with its last access, to sCR0. */
	if (access->reg != FAKE_SCR0 || !access->write || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_global_fault(fake);
}

static void global_fault_before_the_flag_does_not_storm(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_request_global(test, fake, FAKE_SMMU_GLOBAL_LINE);
	fake_smmu_suspend(fake);
	fake_smmu_set_clocks(fake, true);
	fake->after_access = fault_when_reset_is_over;
	arm_smmu_device_reset(&fake->smmu);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 0);

	arm_smmu_power_on(&fake->smmu);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
}

/* Suspend spins until no caller is inside. It must not wait for a slow console. */
static void global_fault_is_printed_outside(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	fake_smmu_request_global(test, fake, FAKE_SMMU_GLOBAL_LINE);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, printed->lines, 1);
	KUNIT_EXPECT_FALSE(test, printed->inside);
}

#define GLOBAL_IRQS	(ARM_SMMU_sCR0_GFIE | ARM_SMMU_sCR0_GCFGFIE)

static u32 global_irqs(struct fake_smmu *fake)
{
	return fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) & GLOBAL_IRQS;
}

/* A stream that no driver has set up. */
static void fault_when_cleared(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg == FAKE_SGFSR && access->write)
		fake_smmu_global_fault(fake);
}

static void start_flood(struct kunit *test, struct fake_smmu *fake)
{
	fake_smmu_request_global(test, fake, 0);
	fake->after_access = fault_when_cleared;
	fake_smmu_global_fault(fake);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_ASSERT_TRUE(test, timer_pending(&fake->smmu.global_pace.timer));
	KUNIT_EXPECT_EQ(test, global_irqs(fake), 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, ARM_SMMU_FAULT_BURST + 1);
}

static void end_flood(struct kunit *test, struct fake_smmu *fake)
{
	WRITE_ONCE(fake->after_access, NULL);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
	KUNIT_EXPECT_EQ(test, global_irqs(fake), GLOBAL_IRQS);
}

/* In hard IRQ context: no task of that CPU would run. Counted, not timed. */
static void flood_of_global_faults_leaves_the_cpu_to_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned long start = jiffies, most;
	unsigned int turns = 0;

	fake_smmu_attach(test, fake, 0, 0, ARM_SMMU_SCTLR_CFCFG);
	start_flood(test, fake);
	while (time_before(jiffies, start + HZ / 2)) {
		/* Seldom enough to be no flood itself. */
		schedule_timeout_uninterruptible(3);
		kunit_irqchip_refill(fake->irqchip, KUNIT_IRQ_BUDGET);
		turns++;
		fake_smmu_fault(fake, 0, 0x1000, 0);
		fake_smmu_await(READ_ONCE(fake->banks[0].terminated) == turns);
		if (READ_ONCE(fake->banks[0].terminated) != turns)
			break;
	}
	/* So many in a row, and then none until the next jiffy. */
	most = (ARM_SMMU_FAULT_BURST + 2) * (jiffies - start + 2);
	KUNIT_EXPECT_EQ_MSG(test, fake->banks[0].terminated, turns, "a bank on the line waits");
	KUNIT_EXPECT_LE(test, fake->lines[0].interrupts, most + turns);
	/* It goes on. */
	KUNIT_EXPECT_GT(test, kunit_regfile_count(fake->regs, FAKE_SGFSR, KUNIT_REG_ANY, true),
			ARM_SMMU_FAULT_BURST + 1);
	end_flood(test, fake);
}

/* What goes with the power does not come back with it, but for the faults to come. */
static void suspend_in_a_pause_of_global_faults_is_survived(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int accesses;

	start_flood(test, fake);
	fake_smmu_suspend(fake);
	accesses = fake->regs->log_len;
	fake_smmu_await(!timer_pending(&fake->smmu.global_pace.timer));
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	fake->after_access = NULL;
	fake_smmu_resume(fake);
	end_flood(test, fake);
}

/* It goes on after that. */
static void resume_in_a_pause_of_global_faults_keeps_it(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	start_flood(test, fake);
	fake_smmu_suspend(fake);
	fake_smmu_resume(fake);
	if (timer_pending(&fake->smmu.global_pace.timer))
		KUNIT_EXPECT_EQ(test, global_irqs(fake), 0);
	end_flood(test, fake);
}

static struct kunit_case arm_smmu_global_fault_cases[] = {
	KUNIT_CASE(global_fault_is_cleared),
	KUNIT_CASE(further_global_faults_are_cleared_with_the_first),
	KUNIT_CASE(global_fault_handler_leaves_alone_what_is_not_its_own),
	KUNIT_CASE(global_fault_handler_does_not_touch_a_suspended_smmu),
	KUNIT_CASE(global_fault_before_the_flag_does_not_storm),
	KUNIT_CASE(global_fault_is_printed_outside),
	KUNIT_CASE(flood_of_global_faults_leaves_the_cpu_to_others),
	KUNIT_CASE(suspend_in_a_pause_of_global_faults_is_survived),
	KUNIT_CASE(resume_in_a_pause_of_global_faults_keeps_it),
	{}
};

static struct kunit_suite arm_smmu_global_fault_suite = {
	.name = "arm_smmu_global_fault",
	.test_cases = arm_smmu_global_fault_cases,
};

kunit_test_suite(arm_smmu_global_fault_suite);
