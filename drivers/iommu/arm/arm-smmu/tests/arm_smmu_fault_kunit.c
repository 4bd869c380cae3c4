// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the context faults of the Arm SMMU.
 *
 * The test method is:
 *
 *  1) make a fake SMMU, with MMU-500's quirks and without
 *  2) set up a context bank and let the driver request its interrupt
 *  3) let a transaction fault; the interrupt takes its way through genirq
 *  4) wait until nothing is going on any more
 *  5) look at the log of register accesses, at the interrupts and wakes, and at
 *     what became of the transaction
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/ratelimit.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define HUPCF		ARM_SMMU_SCTLR_HUPCF
#define LATCHED		(ARM_SMMU_CB_FSR_FAULT & ~ARM_SMMU_CB_FSR_SS)

/* What the primary and the thread do with a stalled fault on a quiet bank. */
#define PRIMARY		"!FSR?TF+SS !SCTLR=M+CFCFG !SCTLR? "
#define DETAILS		"FAR? FSYNR0? CBFRSYNRA? FSYNR1? TTBR0? CONTEXTIDR? "
#define SNAPSHOT	"FSR?TF+SS " DETAILS
#define CLEAR		"FSR=TF+SS+MULTI FSR?SS "
#define ARM_BANK	"SCTLR=M+CFIE+CFCFG "

static const struct fake_smmu_param quirks[] = { FAKE_SMMU_PARAMS };
KUNIT_ARRAY_PARAM(quirk, quirks, fake_smmu_param_desc);

/* What holds of a bank whenever nothing is going on: I2 to I5. */
static void expect_quiet(struct kunit *test, struct fake_smmu *fake, int bank)
{
	u64 fsr = fake_smmu_peek(fake, bank, FAKE_FSR);
	u64 sctlr = fake_smmu_peek(fake, bank, FAKE_SCTLR);
	const char *trace = fake_smmu_trace(test, fake, bank);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s; bank %d: %s", fake->regs->violation,
			      bank, trace);
	KUNIT_EXPECT_EQ_MSG(test, fsr & LATCHED, 0, "FSR was not cleared: %s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fsr & ARM_SMMU_CB_FSR_SS, 0, "still stalled: %s", trace);
	KUNIT_EXPECT_EQ_MSG(test, sctlr & ARM_SMMU_SCTLR_CFIE, ARM_SMMU_SCTLR_CFIE,
			    "CFIE is off: %s", trace);
	KUNIT_EXPECT_EQ_MSG(test, sctlr, (u32)atomic_read(&fake->smmu.cbs[bank].fault.sctlr),
			    "SCTLR is not what the shadow says: %s", trace);
}

/* I1: every fault that was latched was reported, and none of them twice. */
static void expect_reported(struct kunit *test, struct fake_smmu_callback *cb, unsigned int faults)
{
	int bank = cb->smmu_domain->cfg.cbndx;

	KUNIT_EXPECT_EQ_MSG(test, cb->fake->banks[bank].reported, faults,
			    "faults latched: %s", fake_smmu_trace(test, cb->fake, bank));
	KUNIT_EXPECT_EQ_MSG(test, cb->calls, faults,
			    "faults reported: %s", fake_smmu_trace(test, cb->fake, bank));
}

/*
 * FSR, CFIE, RESUME: in this order, the last two with interrupts off throughout,
 * and nothing is written after them. For the only fault in the log.
 */
static void expect_resume_is_last(struct kunit *test, struct fake_smmu *fake, int bank)
{
	const char *trace = fake_smmu_trace(test, fake, bank);
	int clear, cfie, resume, i;

	clear = fake_smmu_find(fake, bank, FAKE_FSR, true, 0, 0, 0);
	cfie = fake_smmu_find(fake, bank, FAKE_SCTLR, true, ARM_SMMU_SCTLR_CFIE,
			      ARM_SMMU_SCTLR_CFIE, 0);
	resume = fake_smmu_find(fake, bank, FAKE_RESUME, true, 0, 0, 0);

	KUNIT_ASSERT_GE_MSG(test, clear, 0, "FSR was not cleared: %s", trace);
	KUNIT_ASSERT_GE_MSG(test, cfie, 0, "CFIE was not turned on: %s", trace);
	KUNIT_ASSERT_GE_MSG(test, resume, 0, "RESUME was not written: %s", trace);
	KUNIT_EXPECT_LT_MSG(test, clear, cfie, "CFIE before the FSR clear: %s", trace);
	KUNIT_EXPECT_LT_MSG(test, cfie, resume, "RESUME before CFIE: %s", trace);
	for (i = cfie; i < fake->regs->log_len; i++) {
		if (fake_smmu_logged(fake, i).idx != bank || fake_smmu_logged(fake, i).hardirq)
			continue;
		if (i <= resume)
			KUNIT_EXPECT_TRUE_MSG(test, fake_smmu_logged(fake, i).irqs_off,
					      "interrupts on between CFIE and RESUME: %s",
					      trace);
		else
			KUNIT_EXPECT_FALSE_MSG(test, fake_smmu_logged(fake, i).write,
					       "RESUME was not the last write: %s", trace);
	}
}

static void stalled_fault_is_terminated(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake_smmu_fault(fake, 0, IOVA, ARM_SMMU_CB_FSYNR0_WNR);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY SNAPSHOT CLEAR ARM_BANK "RESUME=terminate FSR?");
	expect_resume_is_last(test, fake, 0);
	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
}

static void map_it(struct fake_smmu_callback *cb)
{
	cb->fake->banks[cb->smmu_domain->cfg.cbndx].unmapped = false;
}

static void stalled_fault_is_retried(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	cb->ret = -EAGAIN;
	cb->action = map_it;
	fake->banks[0].unmapped = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY SNAPSHOT CLEAR ARM_BANK "RESUME=retry FSR?");
	expect_resume_is_last(test, fake, 0);
	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
}

static void map_it_the_third_time(struct fake_smmu_callback *cb)
{
	if (cb->calls == 3)
		map_it(cb);
}

/* The retried transaction faults inside the write to RESUME. */
static void retried_transaction_faults_again(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	cb->ret = -EAGAIN;
	cb->action = map_it_the_third_time;
	fake->banks[0].unmapped = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 3);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 3);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 3);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 3);
}

/* -EAGAIN is the only value that retries, and -EBUSY does not keep it stalled. */
static void any_other_value_terminates(struct kunit *test)
{
	static const int values[] = { 1, -EBUSY, -EINVAL, -ENOSYS, -EINTR };
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		cb->ret = values[i];
		fake_smmu_fault(fake, 0, IOVA, 0);
		fake_smmu_settle(fake);

		expect_quiet(test, fake, 0);
		KUNIT_EXPECT_EQ(test, cb->calls, i + 1);
		KUNIT_EXPECT_EQ_MSG(test, fake->banks[0].terminated, i + 1, "%d", values[i]);
		KUNIT_EXPECT_EQ_MSG(test, fake->banks[0].retried, 0, "%d", values[i]);
	}
}

/* A callback that has an answer, be it an error, has handled the fault. */
static void only_enosys_prints_the_fault(struct kunit *test)
{
	static const int values[] = { 0, 1, -EAGAIN, -EBUSY, -EINVAL, -EINTR, -EFAULT, -ENODEV };
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, 0);
	unsigned int i;

	/* What was printed before this test does not count any more. */
	schedule_timeout_uninterruptible(DEFAULT_RATELIMIT_INTERVAL);
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		cb->ret = values[i];
		fake_smmu_fault(fake, 0, IOVA, 0);
		fake_smmu_settle(fake);
		KUNIT_EXPECT_EQ_MSG(test, printed->lines, 0, "%d", values[i]);
	}
	cb->ret = -ENOSYS;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, printed->lines, 1);
}

static void fault_that_is_not_stalled(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, 0);

	/* There is nothing to retry. */
	cb->ret = -EAGAIN;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "!FSR?TF !SCTLR=M !SCTLR? FSR?TF " DETAILS
			   "FSR=TF+MULTI FSR? SCTLR=M+CFIE FSR?");
	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
}

static void unhandled_fault_is_terminated(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY SNAPSHOT CLEAR ARM_BANK "RESUME=terminate FSR?");
	expect_resume_is_last(test, fake, 0);
	expect_quiet(test, fake, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
}

static void primary_masks_the_bank(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	int i;

	fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	i = fake_smmu_find(fake, 0, FAKE_SCTLR, true, ARM_SMMU_SCTLR_CFIE, 0, 0);
	KUNIT_ASSERT_GE_MSG(test, i, 0, "CFIE was never turned off: %s; %s",
			    fake_smmu_trace(test, fake, 0), fake->regs->violation ?: "");
	KUNIT_EXPECT_TRUE_MSG(test, fake_smmu_logged(fake, i).hardirq, "not by the primary: %s",
			      fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* The budget that the design has: a callback gets all it may ask for out of it. */
static void stalled_fault_costs_11_reads_and_4_writes(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	unsigned int before[2] = {};
	int resume;

	fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake_smmu_count(fake, 0, false), 11);
	KUNIT_EXPECT_EQ(test, fake_smmu_count(fake, 0, true), 4);

	/* The transaction waits for these. */
	resume = fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0);
	KUNIT_ASSERT_GE(test, resume, 0);
	while (resume--)
		before[fake_smmu_logged(fake, resume).write]++;
	KUNIT_EXPECT_EQ(test, before[false], 10);
	KUNIT_EXPECT_EQ(test, before[true], 3);
}

/* What only get_fault_info() wants, and only where stalling was asked for, is left out. */
static void fault_that_cannot_stall_costs_less(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, 0);

	cb->smmu_domain->cfg.can_stall = false;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "!FSR?TF !SCTLR=M !SCTLR? FSR?TF FAR? FSYNR0? CBFRSYNRA? FSR=TF+MULTI FSR? SCTLR=M+CFIE FSR?");
	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 1);
}

static void callback_gets_the_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 2, 0, STALL);

	fake_smmu_fault(fake, 2, IOVA, ARM_SMMU_CB_FSYNR0_WNR);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, cb->iova, IOVA);
	KUNIT_EXPECT_EQ(test, cb->flags, IOMMU_FAULT_WRITE);
	/* Which client it was, the SMMU does not know. */
	KUNIT_EXPECT_NULL(test, cb->dev);
	KUNIT_EXPECT_EQ(test, cb->info.iova, IOVA);
	KUNIT_EXPECT_EQ(test, cb->info.fsr,
			FAKE_SMMU_FORMAT | ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_SS);
	KUNIT_EXPECT_EQ(test, cb->info.fsynr, ARM_SMMU_CB_FSYNR0_WNR);
	KUNIT_EXPECT_EQ(test, cb->info.fsynr1, 0x1102);
	KUNIT_EXPECT_EQ(test, cb->info.cbfrsynra, 0x42);
	KUNIT_EXPECT_EQ(test, cb->info.ttbr0, 0x123400000002ULL);
	KUNIT_EXPECT_EQ(test, cb->info.contextidr, 0xc0de0002);

	fake_smmu_fault(fake, 2, IOVA, (u32)~ARM_SMMU_CB_FSYNR0_WNR);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, cb->flags, IOMMU_FAULT_READ);
}

/* What hardware latches: TF is not the only one, and the format is no fault. */
static void fault_of_any_kind_is_reported(struct kunit *test)
{
	static const u32 faults[] = {
		ARM_SMMU_CB_FSR_AFF, ARM_SMMU_CB_FSR_PF, ARM_SMMU_CB_FSR_EF,
		ARM_SMMU_CB_FSR_TLBMCF, ARM_SMMU_CB_FSR_TLBLKF, ARM_SMMU_CB_FSR_ASF,
		ARM_SMMU_CB_FSR_UUT, ARM_SMMU_CB_FSR_PF | ARM_SMMU_CB_FSR_EF,
	};
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		fake->fault = faults[i];
		fake_smmu_fault(fake, 0, IOVA, 0);
		fake_smmu_settle(fake);
		expect_quiet(test, fake, 0);
		expect_reported(test, cb, i + 1);
		KUNIT_EXPECT_EQ(test, cb->info.fsr,
				FAKE_SMMU_FORMAT | faults[i] | ARM_SMMU_CB_FSR_SS);
		KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, i + 1);
	}
}

/* Two stream IDs in one bank: what is reported is the one that faulted. */
static void callback_gets_the_stream_that_faulted(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	unsigned int i;

	fake->streams = 2;
	for (i = 0; i < 2; i++) {
		fake_smmu_fault(fake, 0, i * 0x1000, 0);
		fake_smmu_settle(fake);
		KUNIT_EXPECT_EQ(test, cb->info.cbfrsynra, 0x40 + i);
	}
}

static void callback_may_sleep(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	cb->action = fake_smmu_sleep;
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&cb->entered, FAKE_SMMU_PATIENCE), 0);

	/* It is stalled all that time, and the line is quiet. */
	KUNIT_EXPECT_NE(test, fake_smmu_peek(fake, 0, FAKE_FSR) & ARM_SMMU_CB_FSR_SS, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	complete_all(&cb->go_on);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_resume_is_last(test, fake, 0);
	KUNIT_EXPECT_TRUE(test, cb->task);
	KUNIT_EXPECT_FALSE(test, cb->irqs_off);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
}

/* I7: one bank's callback delays no other bank's fault, on the same line or not. */
static void expect_sleeping_callback_delays_nobody(struct kunit *test, unsigned int other_line)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *sleeper = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	struct fake_smmu_callback *other = fake_smmu_attach_callback(test, fake, 1, other_line,
								     STALL);
	unsigned int accesses;

	sleeper->action = fake_smmu_sleep;
	other->action = fake_smmu_sleep;
	complete_all(&other->go_on);

	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&sleeper->entered,
							  FAKE_SMMU_PATIENCE), 0);
	accesses = fake_smmu_count(fake, 0, false) + fake_smmu_count(fake, 0, true);

	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_EXPECT_NE_MSG(test, wait_for_completion_timeout(&other->entered,
							      FAKE_SMMU_PATIENCE), 0,
			    "bank 1 waits for the callback of bank 0");
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_count(fake, 0, false) + fake_smmu_count(fake, 0, true),
			    accesses, "bank 0 was touched while its callback slept: %s",
			    fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_FALSE(test, completion_done(&sleeper->go_on));

	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_quiet(test, fake, 1);
	KUNIT_EXPECT_EQ(test, sleeper->calls, 1);
	KUNIT_EXPECT_EQ(test, other->calls, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 1), 1);
}

static void sleeping_callback_delays_nobody_on_its_line(struct kunit *test)
{
	expect_sleeping_callback_delays_nobody(test, 0);
}

static void sleeping_callback_delays_nobody_elsewhere(struct kunit *test)
{
	expect_sleeping_callback_delays_nobody(test, 1);
}

/* The bank that did not fault costs one read, and its thread is left alone. */
static void other_bank_on_the_line_is_left_alone(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *faulty = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	struct fake_smmu_callback *other = fake_smmu_attach_callback(test, fake, 1, 0, STALL);

	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 1), "!FSR?");
	KUNIT_EXPECT_EQ(test, faulty->calls, 1);
	KUNIT_EXPECT_EQ(test, other->calls, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 1), 0);
	expect_quiet(test, fake, 0);
	expect_quiet(test, fake, 1);
}

static void two_banks_fault_on_one_line(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb[2] = {
		fake_smmu_attach_callback(test, fake, 0, 0, STALL),
		fake_smmu_attach_callback(test, fake, 1, 0, STALL),
	};
	unsigned long flags;
	int i;

	/* Both are there before the first interrupt. */
	cb[1]->ret = -EAGAIN;
	local_irq_save(flags);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_fault(fake, 1, IOVA + 0x1000, 0);
	local_irq_restore(flags);
	fake_smmu_settle(fake);

	for (i = 0; i < 2; i++) {
		expect_quiet(test, fake, i);
		expect_resume_is_last(test, fake, i);
		expect_reported(test, cb[i], 1);
		KUNIT_EXPECT_EQ(test, cb[i]->iova, IOVA + i * 0x1000);
		KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, i), 1);
	}
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[1].passed, 1);
	KUNIT_EXPECT_GE(test, fake->lines[0].interrupts, 1);
}

/* Its handler returned; RESUME is on its way. Another bank's interrupt comes. */
static void stalled_alone_is_not_a_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, false);
	struct fake_smmu_callback *stalled = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	struct fake_smmu_callback *other = fake_smmu_attach_callback(test, fake, 1, 0, STALL);

	fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_SS);
	fake_smmu_fault(fake, 1, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0), "!FSR?SS");
	KUNIT_EXPECT_EQ(test, stalled->calls, 0);
	KUNIT_EXPECT_EQ(test, other->calls, 1);
}

/* With HUPCF other transactions go on, and this one finds CFCFG on. */
static void stall_after_far(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_FAR || fake->priv)
		return;

	fake->priv = fake;
	arm_smmu_set_stall(&fake->smmu, 0, true);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
}

/*
 * A transaction that stalls after FSR was read, and before it is cleared, leaves no
 * trace but SS. No report was about it, so none decides about it.
 */
static void stall_that_no_report_saw_is_terminated(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, HUPCF);

	cb->ret = -EAGAIN;
	fake->after_access = stall_after_far;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 1);
	KUNIT_EXPECT_EQ(test, cb->info.fsr & ARM_SMMU_CB_FSR_FAULT, ARM_SMMU_CB_FSR_TF);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

static void fault_in_callback(struct fake_smmu_callback *cb)
{
	if (cb->calls == 1)
		fake_smmu_fault(cb->fake, 0, IOVA + 0x1000, 0);
}

/* FSR is clear by then: it has a syndrome and a report of its own, before RESUME. */
static void fault_in_callback_is_reported(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	cb->action = fault_in_callback;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 2);
	KUNIT_EXPECT_EQ(test, cb->iova, IOVA + 0x1000);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, FAKE_RESUME, 0, true), 1);
}

static void issue_in_callback(struct fake_smmu_callback *cb)
{
	fake_smmu_issue(cb->fake, 0, IOVA + 0x1000, 0);
}

/* Without HUPCF: FSR is clear, so the others of the domain do not wait for the callback. */
static void domain_goes_on_while_the_callback_runs(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, 0);

	cb->action = issue_in_callback;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void fault_after_clear(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_FSR || !access->write || fake->priv)
		return;

	/* With HUPCF another transaction goes on, and faults. */
	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
}

/* It is seen before RESUME, which MMU-500 would ignore. */
static void fault_between_clear_and_resume(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	fake->after_access = fault_after_clear;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 0);
	KUNIT_EXPECT_EQ(test, cb->iova, IOVA + 0x1000);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* It has no FAR of its own: that of an earlier one must not be reported again. */
static void multi_alone_is_not_reported(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake_smmu_poke(fake, 0, FAKE_FSR, ARM_SMMU_CB_FSR_MULTI);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	KUNIT_EXPECT_EQ(test, cb->calls, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* FAR is the first one's still, and so is the verdict. */
static void fault_while_stalled_may_set_multi_alone(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	cb->ret = -EAGAIN;
	fake->ss_holds_syndrome = true;
	fake->after_access = fault_after_clear;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 1);
	KUNIT_EXPECT_EQ_MSG(test, fake->banks[0].passed, 1, "%s",
			    fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void retry_the_first(struct fake_smmu_callback *cb)
{
	cb->ret = cb->calls == 1 ? -EAGAIN : 0;
}

/* The second fault is reported first, and what it says is not for the first. */
static void verdict_holds_until_resume(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	cb->action = retry_the_first;
	fake->after_access = fault_after_clear;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 2);
	KUNIT_EXPECT_EQ_MSG(test, fake->banks[0].passed, 1, "%s",
			    fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void stall_in_callback(struct fake_smmu_callback *cb)
{
	cb->ret = cb->calls == 1 ? 0 : -EAGAIN;
	if (cb->calls > 1)
		return;
	arm_smmu_set_stall(&cb->fake->smmu, 0, true);
	fake_smmu_fault(cb->fake, 0, IOVA + 0x1000, 0);
}

/* The callback of the fault that was first did not see SS: that of the next one decides. */
static void stall_in_callback_is_decided_by_its_own_report(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, HUPCF);

	cb->action = stall_in_callback;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	KUNIT_EXPECT_EQ_MSG(test, cb->info.fsr & ARM_SMMU_CB_FSR_FAULT,
			    ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_SS,
			    "resumed before it was reported: %s",
			    fake_smmu_trace(test, fake, 0));
}

static void stop_stalling(struct fake_smmu_callback *cb)
{
	arm_smmu_sctlr_change(&cb->fake->smmu, 0, ARM_SMMU_SCTLR_CFCFG, 0);
}

/* The write of CFIE takes it along: it is in force before the GPU goes on. */
static void callback_changes_stalling(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	cb->action = stop_stalling;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY SNAPSHOT CLEAR
			   "SCTLR=M+CFIE RESUME=terminate FSR?");
	expect_quiet(test, fake, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR) & STALL, 0);
}

static void stop_stalling_now(struct fake_smmu_callback *cb)
{
	stop_stalling(cb);
	arm_smmu_sctlr_publish(&cb->fake->smmu, 0);
}

/* What drm/msm does at the first fault. The bank stays masked. */
static void callback_publishes_stalling(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	cb->action = stop_stalling_now;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY SNAPSHOT
			   "FSR=TF+SS+MULTI SCTLR=M SCTLR? FSR?SS SCTLR=M+CFIE RESUME=terminate FSR?");
	expect_quiet(test, fake, 0);
}

/* The power goes and comes back between the primary and the thread. */
static void reset_after_mask(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_poke(fake, 0, FAKE_FSR, 0);
	atomic_or(ARM_SMMU_SCTLR_CFIE, &fake->smmu.cbs[0].fault.sctlr);
	fake_smmu_poke(fake, 0, FAKE_SCTLR, (u32)atomic_read(&fake->smmu.cbs[0].fault.sctlr));
}

static void thread_that_comes_too_late_owns_the_bank_first(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	fake->after_access = reset_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	/* publish() in the primary writes what the reset left, too. */
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY
			   "!SCTLR=M+CFIE+CFCFG !SCTLR? SCTLR=M+CFCFG SCTLR? FSR? SCTLR=M+CFIE+CFCFG FSR?");
	expect_quiet(test, fake, 0);
	KUNIT_EXPECT_EQ_MSG(test, cb->calls, 0, "a fault that is gone was reported");
}

static void begin_detach(struct fake_smmu_callback *cb)
{
	arm_smmu_begin_detach(&cb->fake->smmu, 0);
}

/* I9: teardown masks the bank for good, then waits for the thread. */
static void detached_bank_is_resumed_but_not_armed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	/* Not even what the callback asks for: nothing would be translated. */
	cb->ret = -EAGAIN;
	cb->action = begin_detach;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL(test, fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);

	arm_smmu_detach_context_bank(cb->smmu_domain);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.cbs[0].fault.sctlr), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static irqreturn_t global_fault(int irq, void *dev)
{
	unsigned int *interrupts = dev;

	(*interrupts)++;

	return IRQ_NONE;
}

/* As the driver requests it, that is, without IRQF_ONESHOT. */
static void line_is_shared_with_the_global_fault(struct kunit *test)
{
	unsigned int *interrupts = kunit_kzalloc(test, sizeof(*interrupts), GFP_KERNEL);
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb;

	KUNIT_ASSERT_NOT_NULL(test, interrupts);
	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[0].irq, global_fault,
					       IRQF_SHARED, "global fault", interrupts), 0);
	cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	*interrupts = 0;

	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_EQ(test, *interrupts, 1);
}

static irqreturn_t foreign_primary(int irq, void *dev)
{
	return IRQ_NONE;
}

static irqreturn_t foreign_thread(int irq, void *dev)
{
	return IRQ_NONE;
}

/* It was there first, so the line is masked until our thread is done as well. */
static void line_is_shared_with_a_device_that_insists_on_oneshot(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb;

	KUNIT_ASSERT_EQ(test, devm_request_threaded_irq(fake->smmu.dev, fake->lines[0].irq,
							foreign_primary, foreign_thread, IRQF_SHARED
							| IRQF_ONESHOT, "foreign", fake), 0);
	cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	fake_smmu_fault(fake, 0, IOVA + 1, 0);
	fake_smmu_settle(fake);

	expect_quiet(test, fake, 0);
	expect_reported(test, cb, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
}

struct own_impl {
	struct arm_smmu_impl impl;
	unsigned int faults;
};

static struct own_impl *use_own_impl(struct kunit *test, struct fake_smmu *fake)
{
	/* The device's: it stays until the interrupt was freed. */
	struct own_impl *own = devm_kzalloc(fake->smmu.dev, sizeof(*own), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, own);
	fake_smmu_use_impl(fake, &own->impl);

	return own;
}

static irqreturn_t handle_it_in_hardirq(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;

	container_of(smmu->impl, struct own_impl, impl)->faults++;
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR,
			  arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR));
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME, ARM_SMMU_RESUME_TERMINATE);

	return IRQ_HANDLED;
}

static void implementation_has_a_handler_of_its_own(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct own_impl *own = use_own_impl(test, fake);

	own->impl.context_fault = handle_it_in_hardirq;
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, own->faults, 1);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "!FSR?TF+SS !FSR=TF+SS !RESUME=terminate");
}

static int report_it_and_retry(struct arm_smmu_domain *smmu_domain,
			       const struct arm_smmu_context_fault_info *cfi)
{
	if (cfi->iova == IOVA)
		container_of(smmu_domain->smmu->impl, struct own_impl, impl)->faults++;

	return -EAGAIN;
}

/* It gets the fault instead of the callback, and its answer counts. */
static void implementation_reports_its_own_way(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct own_impl *own = use_own_impl(test, fake);

	own->impl.report_context_fault = report_it_and_retry;
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, own->faults, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 0);
}

static struct kunit_case arm_smmu_fault_cases[] = {
	KUNIT_CASE_PARAM(implementation_has_a_handler_of_its_own, quirk_gen_params),
	KUNIT_CASE_PARAM(implementation_reports_its_own_way, quirk_gen_params),
	KUNIT_CASE_PARAM(line_is_shared_with_a_device_that_insists_on_oneshot, quirk_gen_params),
	KUNIT_CASE_PARAM(stalled_fault_is_terminated, quirk_gen_params),
	KUNIT_CASE_PARAM(stalled_fault_is_retried, quirk_gen_params),
	KUNIT_CASE_PARAM(retried_transaction_faults_again, quirk_gen_params),
	KUNIT_CASE_PARAM(any_other_value_terminates, quirk_gen_params),
	KUNIT_CASE_SLOW(only_enosys_prints_the_fault),
	KUNIT_CASE_PARAM(fault_that_is_not_stalled, quirk_gen_params),
	KUNIT_CASE_PARAM(unhandled_fault_is_terminated, quirk_gen_params),
	KUNIT_CASE_PARAM(primary_masks_the_bank, quirk_gen_params),
	KUNIT_CASE_PARAM(stalled_fault_costs_11_reads_and_4_writes, quirk_gen_params),
	KUNIT_CASE_PARAM(fault_that_cannot_stall_costs_less, quirk_gen_params),
	KUNIT_CASE_PARAM(callback_gets_the_fault, quirk_gen_params),
	KUNIT_CASE_PARAM(fault_of_any_kind_is_reported, quirk_gen_params),
	KUNIT_CASE_PARAM(callback_gets_the_stream_that_faulted, quirk_gen_params),
	KUNIT_CASE_PARAM(callback_may_sleep, quirk_gen_params),
	KUNIT_CASE_PARAM(sleeping_callback_delays_nobody_on_its_line, quirk_gen_params),
	KUNIT_CASE_PARAM(sleeping_callback_delays_nobody_elsewhere, quirk_gen_params),
	KUNIT_CASE_PARAM(other_bank_on_the_line_is_left_alone, quirk_gen_params),
	KUNIT_CASE_PARAM(two_banks_fault_on_one_line, quirk_gen_params),
	KUNIT_CASE(stalled_alone_is_not_a_fault),
	KUNIT_CASE_PARAM(stall_that_no_report_saw_is_terminated, quirk_gen_params),
	KUNIT_CASE_PARAM(fault_in_callback_is_reported, quirk_gen_params),
	KUNIT_CASE_PARAM(domain_goes_on_while_the_callback_runs, quirk_gen_params),
	KUNIT_CASE_PARAM(fault_between_clear_and_resume, quirk_gen_params),
	KUNIT_CASE_PARAM(multi_alone_is_not_reported, quirk_gen_params),
	KUNIT_CASE_PARAM(fault_while_stalled_may_set_multi_alone, quirk_gen_params),
	KUNIT_CASE_PARAM(verdict_holds_until_resume, quirk_gen_params),
	KUNIT_CASE_PARAM(stall_in_callback_is_decided_by_its_own_report, quirk_gen_params),
	KUNIT_CASE_PARAM(callback_changes_stalling, quirk_gen_params),
	KUNIT_CASE_PARAM(callback_publishes_stalling, quirk_gen_params),
	KUNIT_CASE_PARAM(thread_that_comes_too_late_owns_the_bank_first, quirk_gen_params),
	KUNIT_CASE_PARAM(detached_bank_is_resumed_but_not_armed, quirk_gen_params),
	KUNIT_CASE_PARAM(line_is_shared_with_the_global_fault, quirk_gen_params),
	{}
};

static struct kunit_suite arm_smmu_fault_suite = {
	.name = "arm_smmu_fault",
	.test_cases = arm_smmu_fault_cases,
};

kunit_test_suite(arm_smmu_fault_suite);

/* MODULE_IMPORT_NS() wants quotes in some kernels and none in others. */
MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests for the context faults of the Arm SMMU");
MODULE_LICENSE("GPL");
