// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fake SMMU itself: that it follows the rules in fake_smmu.h
 * that are more than what a register's attributes say.
 *
 * No interrupt is requested: the test plays the driver, register by register.
 */

#include "fake_smmu.h"

#define IOVA	0x12345000ULL
#define STALLS	(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFCFG | ARM_SMMU_SCTLR_HUPCF)
#define FSR_TF	ARM_SMMU_CB_FSR_TF
#define FSR_SS	ARM_SMMU_CB_FSR_SS
#define FSR_MULTI	ARM_SMMU_CB_FSR_MULTI

static struct fake_smmu *create(struct kunit *test, u32 sctlr)
{
	struct fake_smmu *fake = fake_smmu_create(test, false);

	arm_smmu_cb_write(&fake->smmu, 0, ARM_SMMU_CB_SCTLR, sctlr);

	return fake;
}

static u32 read_fsr(struct fake_smmu *fake)
{
	return arm_smmu_cb_read(&fake->smmu, 0, ARM_SMMU_CB_FSR);
}

static u32 read_faults(struct fake_smmu *fake)
{
	return read_fsr(fake) & ARM_SMMU_CB_FSR_FAULT;
}

static void clear(struct fake_smmu *fake)
{
	arm_smmu_cb_write(&fake->smmu, 0, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);
}

static void resume(struct fake_smmu *fake, u32 how)
{
	arm_smmu_cb_write(&fake->smmu, 0, ARM_SMMU_CB_RESUME, how);
}

/* Rules 3, 4 and 13: what a bank that holds @stalls does with three faults. */
static void expect_stalled(struct kunit *test, unsigned int stalls)
{
	struct fake_smmu *fake = create(test, STALLS);
	unsigned int i;

	fake->stalls = stalls;
	for (i = 0; i < 3; i++)
		fake_smmu_fault(fake, 0, IOVA + i * 0x1000, 0);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_TF | FSR_SS | FSR_MULTI);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FAR), IOVA);
	KUNIT_EXPECT_EQ(test, fake->banks[0].reported, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 3 - stalls);

	clear(fake);
	for (i = 1; i <= stalls; i++) {
		KUNIT_EXPECT_EQ_MSG(test, read_faults(fake), FSR_SS, "RESUME %u", i);
		resume(fake, ARM_SMMU_RESUME_TERMINATE);
		KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 3 - stalls + i);
	}
	KUNIT_EXPECT_EQ(test, read_faults(fake), 0);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);

	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_STREQ(test, fake->regs->violation, "RESUME without a stalled transaction");
}

static void bank_holds_one_stall(struct kunit *test)
{
	expect_stalled(test, 1);
}

static void bank_holds_two_stalls(struct kunit *test)
{
	expect_stalled(test, 2);
}

/* Rule 13: it is retried, and faults again with the address that it has. */
static void expect_resumed(struct kunit *test, bool newest)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->stalls = 2;
	fake->resumes_newest = newest;
	fake->banks[0].unmapped = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	clear(fake);
	resume(fake, 0);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_TF | FSR_SS);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FAR), IOVA + (newest ? 0x1000 : 0));
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_stalled, 2);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void resume_ends_the_oldest_stall(struct kunit *test)
{
	expect_resumed(test, false);
}

static void resume_ends_the_newest_stall(struct kunit *test)
{
	expect_resumed(test, true);
}

static void resume_before_fsr_was_cleared_is_a_violation(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake_smmu_fault(fake, 0, IOVA, 0);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_STREQ(test, fake->regs->violation, "RESUME before FSR was cleared");
}

/* Rule 6, whether SS asserts the line or not. */
static void resume_is_ignored_while_a_fault_is_latched(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->ignores_resume = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	clear(fake);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_TF | FSR_SS);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 1);

	fake->ignores_resume = false;
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_TF);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 1);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

/* Rule 14. A look from the side is no read. */
static void ss_clears_late(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->ss_late = 2;
	fake_smmu_fault(fake, 0, IOVA, 0);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_stalled, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), FSR_SS);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_SS);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_SS);
	KUNIT_EXPECT_EQ(test, read_faults(fake), 0);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void resume_while_ss_clears_late_is_a_violation(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->ss_late = 1;
	fake_smmu_fault(fake, 0, IOVA, 0);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_STREQ(test, fake->regs->violation, "RESUME twice for one stall");
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

/* It is stalled, and SS stays for it. */
static void next_stall_may_come_before_ss_is_clear(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->ss_late = 1;
	fake_smmu_fault(fake, 0, IOVA, 0);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_stalled, 1);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_TF | FSR_SS);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_TF | FSR_SS);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

/* Rule 11: they wait for the stall, not for SS. */
static void transactions_that_waited_go_on_though_ss_clears_late(struct kunit *test)
{
	struct fake_smmu *fake = create(test, ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFCFG);

	fake->ss_late = 1;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_issue(fake, 0, IOVA + 0x1000, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_waiting, 1);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	fake_smmu_issue(fake, 0, IOVA + 0x2000, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_waiting, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 2);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), FSR_SS);
}

/* Rule 15. It is a violation all the same where it should not have been written. */
static void resume_is_lost(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->banks[0].lose_resumes = 2;
	fake_smmu_fault(fake, 0, IOVA, 0);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_EQ(test, read_faults(fake), FSR_SS);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 2);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_EQ(test, read_faults(fake), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);

	fake->banks[0].lose_resumes = 1;
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_STREQ(test, fake->regs->violation, "RESUME without a stalled transaction");
}

/* Rule 16. */
static void fault_sets_what_it_is_asked_to_and_the_format(struct kunit *test)
{
	static const u32 faults[] = {
		ARM_SMMU_CB_FSR_TF, ARM_SMMU_CB_FSR_PF,
		ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_EF,
	};
	struct fake_smmu *fake = create(test, ARM_SMMU_SCTLR_M);
	unsigned int i;
	u32 fsr;

	KUNIT_EXPECT_EQ(test, read_fsr(fake), 0);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		fake->fault = faults[i];
		fake_smmu_fault(fake, 0, IOVA, 0);
		fsr = read_fsr(fake);
		KUNIT_EXPECT_EQ(test, fsr, faults[i] | 0x400);
		KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), faults[i]);
		/* As it was read: FORMAT is no violation, and stays. */
		arm_smmu_cb_write(&fake->smmu, 0, ARM_SMMU_CB_FSR, fsr);
		KUNIT_EXPECT_EQ(test, read_fsr(fake), 0x400);
		KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	}
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void trace_does_not_show_the_format(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake_smmu_clear_log(fake);
	fake_smmu_fault(fake, 0, IOVA, 0);
	arm_smmu_cb_write(&fake->smmu, 0, ARM_SMMU_CB_FSR, read_fsr(fake));
	read_fsr(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	read_fsr(fake);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "FSR?TF+SS FSR=TF+SS FSR?SS RESUME=terminate FSR?");
}

static u32 sid_of_fault(struct fake_smmu *fake, int bank, u64 iova)
{
	u32 sid;

	arm_smmu_cb_write(&fake->smmu, bank, ARM_SMMU_CB_SCTLR, ARM_SMMU_SCTLR_M);
	fake_smmu_fault(fake, bank, iova, 0);
	/* That of the first fault, as long as FSR is not clear. */
	fake_smmu_fault(fake, bank, iova + 0x1000, 0);
	sid = arm_smmu_gr1_read(&fake->smmu, ARM_SMMU_GR1_CBFRSYNRA(bank));
	arm_smmu_cb_write(&fake->smmu, bank, ARM_SMMU_CB_FSR, ARM_SMMU_CB_FSR_FAULT);

	return sid;
}

/* Rule 17. */
static void streams_of_a_bank_have_their_own_ids(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, false);

	KUNIT_EXPECT_EQ(test, sid_of_fault(fake, 2, 0x1000), 0x42);
	KUNIT_EXPECT_EQ(test, sid_of_fault(fake, 2, 0x2000), 0x42);
	fake->streams = 2;
	KUNIT_EXPECT_EQ(test, sid_of_fault(fake, 2, 0x1000), 0x43);
	KUNIT_EXPECT_EQ(test, sid_of_fault(fake, 2, 0x2000), 0x42);
}

/* Rule 9. */
static void second_global_fault_sets_multi(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, false);

	fake_smmu_global_fault(fake);
	KUNIT_EXPECT_EQ(test, arm_smmu_gr0_read(&fake->smmu, ARM_SMMU_GR0_sGFSR), 0x2);
	fake_smmu_global_fault(fake);
	KUNIT_EXPECT_EQ(test, arm_smmu_gr0_read(&fake->smmu, ARM_SMMU_GR0_sGFSR), 0x80000002);
	arm_smmu_gr0_write(&fake->smmu, ARM_SMMU_GR0_sGFSR, 0x80000002);
	KUNIT_EXPECT_EQ(test, arm_smmu_gr0_read(&fake->smmu, ARM_SMMU_GR0_sGFSR), 0);
}

/* What was stalled or waited is gone, and SS is not late any more. */
static void power_loss_ends_all_stalls(struct kunit *test)
{
	struct fake_smmu *fake = create(test, STALLS);

	fake->stalls = 2;
	fake->ss_late = 1;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	fake_smmu_power_loss(fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].lost, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_stalled, 0);
	KUNIT_EXPECT_EQ(test, read_fsr(fake), 0);

	arm_smmu_cb_write(&fake->smmu, 0, ARM_SMMU_CB_SCTLR, STALLS);
	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0, 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	clear(fake);
	resume(fake, ARM_SMMU_RESUME_TERMINATE);
	fake_smmu_power_loss(fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].lost, 2);
	KUNIT_EXPECT_EQ(test, read_fsr(fake), 0);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static struct kunit_case arm_smmu_fake_cases[] = {
	KUNIT_CASE(bank_holds_one_stall),
	KUNIT_CASE(bank_holds_two_stalls),
	KUNIT_CASE(resume_ends_the_oldest_stall),
	KUNIT_CASE(resume_ends_the_newest_stall),
	KUNIT_CASE(resume_before_fsr_was_cleared_is_a_violation),
	KUNIT_CASE(resume_is_ignored_while_a_fault_is_latched),
	KUNIT_CASE(ss_clears_late),
	KUNIT_CASE(resume_while_ss_clears_late_is_a_violation),
	KUNIT_CASE(next_stall_may_come_before_ss_is_clear),
	KUNIT_CASE(transactions_that_waited_go_on_though_ss_clears_late),
	KUNIT_CASE(resume_is_lost),
	KUNIT_CASE(fault_sets_what_it_is_asked_to_and_the_format),
	KUNIT_CASE(trace_does_not_show_the_format),
	KUNIT_CASE(streams_of_a_bank_have_their_own_ids),
	KUNIT_CASE(second_global_fault_sets_multi),
	KUNIT_CASE(power_loss_ends_all_stalls),
	{}
};

static struct kunit_suite arm_smmu_fake_suite = {
	.name = "arm_smmu_fake",
	.test_cases = arm_smmu_fake_cases,
};

kunit_test_suite(arm_smmu_fake_suite);
