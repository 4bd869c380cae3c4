// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for context faults whose registers say what they should not.
 *
 * The invariant: whatever FSR contains, the line is quiet in the end, the bank
 * is armed, and nothing is reported for a fault that is gone (I1, I4, I6). What goes
 * on while FSR does not clear, arm_smmu_pause_kunit.c tests.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | STALL)
#define RESERVED	(~(u32)ARM_SMMU_CB_FSR_FAULT)

static void expect_quiet(struct kunit *test, struct fake_smmu *fake)
{
	const char *trace = fake_smmu_trace(test, fake, 0);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s: %s", fake->regs->violation, trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED, "%s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0,
			    "a fault was left behind: %s", trace);
}

static void all_ones_is_one_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

static void reserved_bits_are_no_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb;

	fake_smmu_request_foreign(test, fake, 0);
	cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	fake_smmu_poke(fake, 0, FAKE_FSR, RESERVED);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0), "!FSR?0x3ffff801");
	KUNIT_EXPECT_EQ(test, cb->calls, 0);
}

static void reserved_bits_are_not_resumed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	fake_smmu_poke(fake, 0, FAKE_FSR, RESERVED);
	arm_smmu_power_off(&fake->smmu);
	arm_smmu_device_reset(&fake->smmu);
	arm_smmu_power_on(&fake->smmu);

	expect_quiet(test, fake);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0);
}

static void fault_goes_after_mask(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* The primary has masked the bank; its read-back was the last access. */
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_poke(fake, 0, FAKE_FSR, 0);
}

/* The primary saw it, the thread does not. */
static void fault_that_is_gone_is_not_reported(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake->after_access = fault_goes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, cb->calls, 0);
	KUNIT_EXPECT_LT_MSG(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0,
			    "there was nothing to resume");
}

static void reserved_bits_come_after_mask(struct fake_smmu *fake,
					  const struct kunit_reg_access *access)
{
	fault_goes_after_mask(fake, access);
	if (fake->priv && !fake_smmu_peek_faults(fake, 0))
		fake_smmu_poke(fake, 0, FAKE_FSR, RESERVED);
}

/* Nothing is cleared that was not seen: it may be set by then. */
static void fault_that_is_gone_is_not_cleared(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake->after_access = reserved_bits_come_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 0);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_FSR, true, 0, 0, 0), 0);
}

static void fsr_is_stuck(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	unsigned int *passes = fake->priv;

	if (access->write && access->reg == FAKE_FSR && *passes) {
		(*passes)--;
		fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	}
}

/* A device that faults so often is handled more slowly, and nothing else. */
static void fsr_that_clears_in_the_end_is_handled(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	unsigned int passes = 30;

	fake->priv = &passes;
	fake->after_access = fsr_is_stuck;
	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 31);
}

/* A read that the bus answered for the SMMU. The next one is right again. */
static void fsr_that_reads_ones_once_is_no_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb;

	fake_smmu_request_foreign(test, fake, 0);
	cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	kunit_regfile_break(fake->regs, FAKE_FSR, 0, KUNIT_REG_READS_ONES, 1);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 0);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0);
}

/* The line is asserted, and the register does not say why: not ours, until it does. */
static void fsr_that_reads_zeros_leaves_the_fault_for_later(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	kunit_regfile_break(fake->regs, FAKE_FSR, 0, KUNIT_REG_READS_ZEROS, 3);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 4);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void fsr_reads_zero_after_mask(struct fake_smmu *fake,
				      const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	kunit_regfile_break(fake->regs, FAKE_FSR, 0, KUNIT_REG_READS_ZEROS, 1);
}

/* The thread reports no fault that it does not see, and RESUME waits for the report. */
static void fault_that_the_thread_does_not_see_is_not_lost(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake->after_access = fsr_reads_zero_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	/* Its first pass finds nothing. */
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void reserved_bits_are_written_as_they_were_read(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_TF | BIT(20));
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_REG_EQ(test, fake->regs, FAKE_FSR, 0, BIT(20));
}

static void fault_changes_after_mask(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	/* Reset, and then another fault. */
	fake->priv = fake;
	fake_smmu_poke(fake, 0, FAKE_FAR, IOVA + 0x1000);
	fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_PF);
}

/* What was a stalled fault for the primary is another one, not stalled, for the thread. */
static void thread_believes_what_it_reads_itself(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake->after_access = fault_changes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_EQ(test, fake->cbs[0].fault.info.fsr, ARM_SMMU_CB_FSR_PF);
	KUNIT_EXPECT_EQ(test, fake->cbs[0].fault.info.iova, IOVA + 0x1000);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0);
}

static void fault_after_second_look(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || !access->write || access->hardirq || fake->priv)
		return;

	/* CFIE is on, RESUME comes next: with HUPCF another transaction faults. */
	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
}

/* MMU-500 ignores RESUME, because a fault was latched after the last read of FSR. */
static void resume_that_is_ignored_is_written_again(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake->after_access = fault_after_second_look;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 1);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
}

static void retry_the_first(struct fake_smmu_callback *cb)
{
	cb->ret = cb->calls == 1 ? -EAGAIN : 0;
}

/*
 * The limit of -EAGAIN with HUPCF: the stalled transaction could be a new one, so
 * the verdict of the fault that was in the way is taken for it.
 */
static void verdict_of_an_ignored_resume_is_the_next_faults(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0,
								  STALL | ARM_SMMU_SCTLR_HUPCF);

	cb->action = retry_the_first;
	fake->after_access = fault_after_second_look;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 1);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
}

static struct kunit_case arm_smmu_bad_register_cases[] = {
	KUNIT_CASE(fsr_that_reads_ones_once_is_no_fault),
	KUNIT_CASE(fsr_that_reads_zeros_leaves_the_fault_for_later),
	KUNIT_CASE(fault_that_the_thread_does_not_see_is_not_lost),
	KUNIT_CASE(reserved_bits_are_written_as_they_were_read),
	KUNIT_CASE(thread_believes_what_it_reads_itself),
	KUNIT_CASE(resume_that_is_ignored_is_written_again),
	KUNIT_CASE(verdict_of_an_ignored_resume_is_the_next_faults),
	KUNIT_CASE(fault_that_is_gone_is_not_cleared),
	KUNIT_CASE(reserved_bits_are_not_resumed),
	KUNIT_CASE(fsr_that_clears_in_the_end_is_handled),
	KUNIT_CASE(all_ones_is_one_fault),
	KUNIT_CASE(reserved_bits_are_no_fault),
	KUNIT_CASE(fault_that_is_gone_is_not_reported),
	{}
};

static struct kunit_suite arm_smmu_bad_register_suite = {
	.name = "arm_smmu_bad_register",
	.test_cases = arm_smmu_bad_register_cases,
};

kunit_test_suite(arm_smmu_bad_register_suite);
