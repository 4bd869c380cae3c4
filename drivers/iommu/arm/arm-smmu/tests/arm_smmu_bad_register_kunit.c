// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for context faults whose registers say what they should not.
 *
 * The invariant: whatever FSR contains, the line is quiet in the end, the bank
 * is armed, and nothing is reported for a fault that is gone (I1, I4, I6). Where
 * it is not, because FSR does not clear, the CPU is left to others.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | STALL)
#define GIVEN_UP	(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_HUPCF)
#define RESERVED	(~(u32)ARM_SMMU_CB_FSR_FAULT)

static int count_call(struct iommu_domain *domain, struct device *dev,
		      unsigned long iova, int flags, void *token)
{
	(*(unsigned int *)token)++;

	return 0;
}

static unsigned int *attach(struct kunit *test, struct fake_smmu *fake)
{
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	unsigned int *calls;

	/* The device's: it stays until the interrupt was freed. */
	calls = devm_kzalloc(fake->smmu.dev, sizeof(*calls), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, calls);
	iommu_set_fault_handler(&smmu_domain->domain, count_call, calls);

	return calls;
}

static void expect_quiet(struct kunit *test, struct fake_smmu *fake)
{
	const char *trace = fake_smmu_trace(test, fake, 0);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s: %s", fake->regs.violation, trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED, "%s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0,
			    "a fault was left behind: %s", trace);
}

static void all_ones_is_one_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);

	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

static void reserved_bits_are_no_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls;

	fake_smmu_request_foreign(test, fake, 0);
	calls = attach(test, fake);
	fake_smmu_poke(fake, 0, FAKE_FSR, RESERVED);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0), "!FSR?0x3ffff801");
	KUNIT_EXPECT_EQ(test, *calls, 0);
}

static void reserved_bits_are_not_resumed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	attach(test, fake);
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
	unsigned int *calls = attach(test, fake);

	fake->after_access = fault_goes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, *calls, 0);
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
	unsigned int *calls = attach(test, fake);

	fake->after_access = reserved_bits_come_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, *calls, 0);
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

/*
 * Its interrupt never ends. The thread, whose priority is a real-time one, must
 * not keep its CPU to itself, and must end for those who wait for the line.
 */
static void fsr_that_does_not_clear_masks_the_bank(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);
	unsigned int passes = UINT_MAX;
	unsigned long start = jiffies;
	unsigned int terminated;

	fake->priv = &passes;
	fake->after_access = fsr_is_stuck;
	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, *calls, 24);
	/* Pauses of 1, 2, 4 to 128 ms, and then of 128 ms. */
	KUNIT_EXPECT_GE_MSG(test, jiffies_to_msecs(jiffies - start), 1000,
			    "the thread does not pause");
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), GIVEN_UP);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);

	/* A wake that was on its way does not bring it back. */
	if (!fake_lines_forced(&fake->lines[0])) {
		irq_wake_thread(fake->lines[0].irq, &fake->domains[0]);
		fake_smmu_settle(fake);
		KUNIT_EXPECT_EQ(test, *calls, 25);
		KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].sctlr) & ARM_SMMU_SCTLR_CFIE,
				0);
	}
	*calls = 0;

	/* Whatever is asked for: nobody would resume what stalls. */
	arm_smmu_set_stall(&fake->smmu, 0, false);
	arm_smmu_set_stall(&fake->smmu, 0, true);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), GIVEN_UP);
	terminated = fake->banks[0].terminated;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, terminated + 1);
	KUNIT_EXPECT_EQ(test, *calls, 0);

	/* Suspend and resume, with a reset in between that finds FSR well again. */
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR), ~0U);
	fake->after_access = NULL;
	arm_smmu_power_off(&fake->smmu);
	arm_smmu_device_reset(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, terminated + 2);
	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, fake->smmu.cbs[0].refaults, 0);
}

static void pauses_get_longer_up_to_a_limit(struct kunit *test)
{
	static const struct {
		unsigned int refaults, ms;
	} pauses[] = {
		{ 0, 0 }, { 7, 0 }, { 8, 1 }, { 9, 2 }, { 14, 64 }, { 15, 128 }, { 24, 128 },
	};
	struct arm_smmu_cb cb = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pauses); i++) {
		cb.refaults = pauses[i].refaults;
		KUNIT_EXPECT_EQ(test, arm_smmu_pause_after_fault_ms(&cb), pauses[i].ms);
	}
}

static void fault_does_not_clear(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->write && access->reg == FAKE_FSR)
		fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_TF);
}

/* A fault of a bank that had so many in a row, with what goes on at each access. */
static void fault_after(struct kunit *test, struct fake_smmu *fake, unsigned int refaults,
			void (*after_access)(struct fake_smmu *fake,
					     const struct kunit_reg_access *access))
{
	fake_smmu_attach(test, fake, 0, 0, 0);
	fake->smmu.cbs[0].refaults = refaults;
	fake->after_access = after_access;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
}

static void bank_that_is_given_up_without_a_stall_is_not_resumed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	/* The last time. */
	fault_after(test, fake, 23, fault_does_not_clear);

	KUNIT_EXPECT_REGFILE_OK(test, &fake->regs);
	KUNIT_EXPECT_REG_EQ(test, &fake->regs, FAKE_SCTLR, 0, GIVEN_UP);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0);
}

static void fault_does_not_clear_once(struct fake_smmu *fake,
				      const struct kunit_reg_access *access)
{
	if (!access->write || access->reg != FAKE_FSR || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_TF);
}

/* And that has arrived before the power may go. */
static void bank_that_is_given_up_has_its_fault_cleared(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);
	struct kunit_reg_access last;

	fault_after(test, fake, 23, fault_does_not_clear_once);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	last = fake_smmu_logged(fake, fake->regs.log_len - 1);
	KUNIT_EXPECT_EQ(test, last.reg, FAKE_FSR);
	KUNIT_EXPECT_FALSE(test, last.write);
	KUNIT_EXPECT_REGFILE_OK(test, &fake->regs);
	KUNIT_EXPECT_REG_EQ(test, &fake->regs, FAKE_SCTLR, 0, GIVEN_UP);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(printed->given_up, "fsr=0x2, cb=0;"));
	KUNIT_EXPECT_NULL(test, strstr(printed->given_up, "stays stalled"));
	KUNIT_EXPECT_FALSE(test, printed->inside);
}

/* The next fault stays in FSR. Without HUPCF, nothing would pass the SMMU any more. */
static void domain_of_a_bank_that_is_given_up_goes_on(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fault_after(test, fake, 23, fault_does_not_clear_once);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), ARM_SMMU_CB_FSR_TF);
	fake_smmu_issue(fake, 0, IOVA + 0x1000, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
}

static void others_go_on_in_the_pause(struct fake_smmu *fake,
				      const struct kunit_reg_access *access)
{
	fault_does_not_clear_once(fake, access);
	/* The thread has armed the bank: it pauses next. */
	if (access->write && access->reg == FAKE_SCTLR && fake->priv &&
	    fake_smmu_peek_faults(fake, 0))
		fake_smmu_issue(fake, 0, IOVA + 0x1000, 0);
}

static void domain_goes_on_in_the_pauses(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fault_after(test, fake, 7, others_go_on_in_the_pause);

	/* When it was armed, and when it was masked for what was latched all that time. */
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 2);
	KUNIT_EXPECT_REGFILE_OK(test, &fake->regs);
	KUNIT_EXPECT_REG_EQ(test, &fake->regs, FAKE_SCTLR, 0,
			    ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
}

static void bank_is_detached_after_clear(struct fake_smmu *fake,
					 const struct kunit_reg_access *access)
{
	if (!access->write || access->reg != FAKE_FSR)
		return;

	arm_smmu_sctlr_begin_detach(&fake->smmu, 0);
	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
}

/* Teardown does what is left, and SCTLR is its own. */
static void fsr_that_does_not_clear_does_not_keep_a_bank_from_its_end(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	/* The last time. */
	fake->smmu.cbs[0].refaults = 23;
	fake->after_access = bank_is_detached_after_clear;
	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
	/* The primary's, and the one that begins the detach. */
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(&fake->regs, FAKE_SCTLR, 0, true), 2);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M);

	fake->after_access = NULL;
	arm_smmu_detach_context_bank(smmu_domain);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->smmu.cbs[0].refaults, 0);
}

/* A device that faults so often is handled more slowly, but is not given up. */
static void fsr_that_clears_in_the_end_is_handled(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);
	unsigned int passes = 12;

	fake->priv = &passes;
	fake->after_access = fsr_is_stuck;
	fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	/* In the ninth pass, and after it, FSR is cleared twice. */
	KUNIT_EXPECT_EQ(test, *calls, 11);
	KUNIT_EXPECT_EQ(test, fake->smmu.cbs[0].refaults, 0);
}

/* A read that the bus answered for the SMMU. The next one is right again. */
static void fsr_that_reads_ones_once_is_no_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls;

	fake_smmu_request_foreign(test, fake, 0);
	calls = attach(test, fake);
	kunit_regfile_break(&fake->regs, FAKE_FSR, 0, KUNIT_REG_READS_ONES, 1);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, *calls, 0);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0);
}

/* The line is asserted, and the register does not say why: not ours, until it does. */
static void fsr_that_reads_zeros_leaves_the_fault_for_later(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);

	kunit_regfile_break(&fake->regs, FAKE_FSR, 0, KUNIT_REG_READS_ZEROS, 3);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 4);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void fsr_reads_zero_after_mask(struct fake_smmu *fake,
				      const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	kunit_regfile_break(&fake->regs, FAKE_FSR, 0, KUNIT_REG_READS_ZEROS, 1);
}

/* The thread reports no fault that it does not see, and RESUME waits for the report. */
static void fault_that_the_thread_does_not_see_is_not_lost(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);

	fake->after_access = fsr_reads_zero_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void reserved_bits_are_written_as_they_were_read(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);

	fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_TF | BIT(20));
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	KUNIT_EXPECT_REG_EQ(test, &fake->regs, FAKE_FSR, 0, BIT(20));
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
	unsigned int *calls = attach(test, fake);

	fake->after_access = fault_changes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	KUNIT_EXPECT_EQ(test, fake->cbs[0].cfi.fsr, ARM_SMMU_CB_FSR_PF);
	KUNIT_EXPECT_EQ(test, fake->cbs[0].cfi.iova, IOVA + 0x1000);
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

/* MMU-500 ignores it, because of a fault that nobody could have seen before. */
static void resume_that_is_ignored_is_written_again(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);

	fake->after_access = fault_after_second_look;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 1);
	KUNIT_EXPECT_EQ(test, *calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
}

static int retry_the_first(struct iommu_domain *domain, struct device *dev,
			   unsigned long iova, int flags, void *token)
{
	unsigned int *calls = token;

	return (*calls)++ ? 0 : -EAGAIN;
}

static unsigned int *attach_retry(struct kunit *test, struct fake_smmu *fake)
{
	unsigned int *calls = devm_kzalloc(fake->smmu.dev, sizeof(*calls), GFP_KERNEL);
	struct arm_smmu_domain *smmu_domain;

	KUNIT_ASSERT_NOT_NULL(test, calls);
	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL | ARM_SMMU_SCTLR_HUPCF);
	iommu_set_fault_handler(&smmu_domain->domain, retry_the_first, calls);

	return calls;
}

/*
 * The limit of -EAGAIN with HUPCF: the stalled transaction could be a new one, so
 * the verdict of the fault that was in the way is taken for it.
 */
static void verdict_of_an_ignored_resume_is_the_next_faults(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach_retry(test, fake);

	fake->after_access = fault_after_second_look;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 1);
	KUNIT_EXPECT_EQ(test, *calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
}

/* Faults without a break, as fast as the thread looks. */
struct storm {
	unsigned int left;
	unsigned int resumed_with;
	bool cleared;
};

static void storm_before_access(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	struct fake_smmu *fake = container_of(rf, struct fake_smmu, regs);
	struct storm *storm = fake->priv;

	/* The second look comes a moment after the clear. */
	if (access->reg == FAKE_FSR && !access->write && storm->cleared && storm->left) {
		storm->left--;
		fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	}
	storm->cleared = access->reg == FAKE_FSR && access->write;
}

static void storm_after_access(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct storm *storm = fake->priv;

	if (access->reg == FAKE_RESUME && !storm->resumed_with &&
	    fake->banks[0].passed) {
		storm->resumed_with = storm->left;
		/* They say nothing of a fault. */
		fake_smmu_poke(fake, 0, FAKE_FSR, RESERVED);
	}
}

static void storm_does_not_keep_a_transaction_stalled(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach_retry(test, fake);
	struct storm storm = { .left = 16 };

	fake->priv = &storm;
	fake->regs.before_access = storm_before_access;
	fake->after_access = storm_after_access;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ_MSG(test, storm.resumed_with, 16 - 9,
			    "not resumed with the storm still going on");
	/* What was said of it nine passes ago. */
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR), RESERVED);
	KUNIT_EXPECT_GE(test, *calls, 9);
	KUNIT_EXPECT_EQ(test, fake->smmu.cbs[0].refaults, 0);
	/* What stalls next has a verdict of its own. */
	KUNIT_EXPECT_FALSE(test, fake->smmu.cbs[0].decided);
	fake->regs.before_access = NULL;
	fake->after_access = NULL;
}

/* Then there is nothing that comes before the reports. */
static void storm_without_a_stall_is_reported_on(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);
	struct storm storm = { .left = 3 };

	arm_smmu_set_stall(&fake->smmu, 0, false);
	fake->smmu.cbs[0].refaults = 8;
	fake->priv = &storm;
	fake->regs.before_access = storm_before_access;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, storm.left, 0);
	KUNIT_EXPECT_EQ(test, *calls, 4);
	KUNIT_EXPECT_LT(test, fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0), 0);
	fake->regs.before_access = NULL;
}

static void storm_after_clear(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct storm *storm = fake->priv;

	/* Faster than two writes in a row: RESUME is ignored. */
	if (access->reg == FAKE_FSR && access->write && storm->left) {
		storm->left--;
		fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	}
}

/* 24 clears in 24 passes, 15 more that take precedence, and then the last ones. */
static void bank_that_is_given_up_has_nothing_stalled(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach_retry(test, fake);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);
	struct storm storm = { .left = 24 + 15 + 5 };
	int given_up, resume;

	fake->priv = &storm;
	fake->after_access = storm_after_clear;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, *calls, 24);
	KUNIT_EXPECT_EQ(test, storm.left, 0);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0, "still stalled");
	KUNIT_EXPECT_FALSE(test, fake->smmu.cbs[0].decided);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), GIVEN_UP);
	/* What faults from now on does not stall: first that, then RESUME. */
	given_up = fake_smmu_find(fake, 0, FAKE_SCTLR, true, STALL, 0, 0);
	KUNIT_EXPECT_GE(test, given_up, 0);
	resume = fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, given_up);
	KUNIT_ASSERT_GT(test, resume, given_up);
	/* With an interrupt in between, the next fault would be there sooner. */
	KUNIT_EXPECT_EQ(test, fake_smmu_logged(fake, resume - 1).reg, FAKE_FSR);
	KUNIT_EXPECT_TRUE(test, fake_smmu_logged(fake, resume - 1).irqs_off);
	KUNIT_EXPECT_TRUE(test, fake_smmu_logged(fake, resume).irqs_off);
	KUNIT_EXPECT_EQ(test, fake_smmu_logged(fake, resume).val, ARM_SMMU_RESUME_TERMINATE);
	KUNIT_EXPECT_FALSE(test, fake_smmu_logged(fake, resume + 1).irqs_off);
	/* As it was found, not as it is then. */
	KUNIT_EXPECT_NOT_NULL(test, strstr(printed->given_up, "fsr=0x40000402, cb=0;"));
	KUNIT_EXPECT_NULL(test, strstr(printed->given_up, "stays stalled"));
	fake->after_access = NULL;
}

/* Whatever it is, the thread ends. */
static void transaction_that_cannot_be_resumed_is_given_up(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);
	struct storm storm = { .left = UINT_MAX };

	attach_retry(test, fake);
	fake->priv = &storm;
	fake->after_access = storm_after_clear;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NE(test, fake_smmu_peek(fake, 0, FAKE_FSR) & ARM_SMMU_CB_FSR_SS, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), GIVEN_UP);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 15 + 24);
	KUNIT_EXPECT_NOT_NULL(test, strstr(printed->given_up, "stays stalled"));
	fake->after_access = NULL;
}

/* Where SS does not assert the line, nobody is told: the next fault makes up for it. */
static void resume_that_is_lost_is_made_up_for(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, false);
	unsigned int *calls = attach(test, fake);

	kunit_regfile_break(&fake->regs, FAKE_RESUME, 0, KUNIT_REG_LOSES_WRITES, 1);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), ARM_SMMU_CB_FSR_SS);

	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	fake_smmu_settle(fake);
	expect_quiet(test, fake);
	KUNIT_EXPECT_EQ(test, *calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
}

/*
 * Where SS asserts the line, and RESUME has no effect though no bit of FSR is in its
 * way, nothing quietens the bank: the primary leaves SS alone to the thread, and the
 * thread has done all it can. No such hardware is known. genirq ends the storm: it
 * turns a line off that nobody answers. Here the budget of the fake is first.
 */
static void resume_without_effect_is_a_storm_until_reset(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int *calls = attach(test, fake);

	kunit_regfile_break(&fake->regs, FAKE_RESUME, 0, KUNIT_REG_LOSES_WRITES, 1);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_ASSERT_NOT_NULL(test, fake->regs.violation);
	KUNIT_EXPECT_STREQ(test, fake->regs.violation, "interrupt storm");
	KUNIT_EXPECT_EQ_MSG(test, *calls, 1, "the storm is not a fault to report");
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, FAKE_LINES_BUDGET);

	/* Reset terminates what is stalled. */
	arm_smmu_power_off(&fake->smmu);
	arm_smmu_device_reset(&fake->smmu);
	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_REG_EQ(test, &fake->regs, FAKE_SCTLR, 0, ARMED);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static struct kunit_case arm_smmu_bad_register_cases[] = {
	KUNIT_CASE(fsr_that_reads_ones_once_is_no_fault),
	KUNIT_CASE(fsr_that_reads_zeros_leaves_the_fault_for_later),
	KUNIT_CASE(fault_that_the_thread_does_not_see_is_not_lost),
	KUNIT_CASE(reserved_bits_are_written_as_they_were_read),
	KUNIT_CASE(thread_believes_what_it_reads_itself),
	KUNIT_CASE(resume_that_is_ignored_is_written_again),
	KUNIT_CASE(verdict_of_an_ignored_resume_is_the_next_faults),
	KUNIT_CASE(storm_does_not_keep_a_transaction_stalled),
	KUNIT_CASE(fault_that_is_gone_is_not_cleared),
	KUNIT_CASE(storm_without_a_stall_is_reported_on),
	KUNIT_CASE(pauses_get_longer_up_to_a_limit),
	KUNIT_CASE(reserved_bits_are_not_resumed),
	KUNIT_CASE(bank_that_is_given_up_has_its_fault_cleared),
	KUNIT_CASE(domain_of_a_bank_that_is_given_up_goes_on),
	KUNIT_CASE(domain_goes_on_in_the_pauses),
	KUNIT_CASE(bank_that_is_given_up_has_nothing_stalled),
	KUNIT_CASE(transaction_that_cannot_be_resumed_is_given_up),
	KUNIT_CASE(resume_that_is_lost_is_made_up_for),
	KUNIT_CASE(resume_without_effect_is_a_storm_until_reset),
	KUNIT_CASE(fsr_that_does_not_clear_masks_the_bank),
	KUNIT_CASE(bank_that_is_given_up_without_a_stall_is_not_resumed),
	KUNIT_CASE(fsr_that_does_not_clear_does_not_keep_a_bank_from_its_end),
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
