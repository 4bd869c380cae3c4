// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for what the fault thread cannot finish at once.
 *
 * The invariant: SS that is left after RESUME is healed, whatever the reason (I2), and
 * no stall is resumed twice (I3). A bank that needs more than a few passes pauses,
 * masked, and its thread returns meanwhile: the CPU, the other banks on its line and
 * the callers of free_irq() do not wait for it (I11).
 *
 * How much of the CPU a flood gets is counted in calls of its callback, which no load
 * of the machine changes.
 */

#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/log2.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define HUPCF		ARM_SMMU_SCTLR_HUPCF
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

/* So often a pass polls SS after RESUME. */
#define POLLS		(ARM_SMMU_RESUME_POLL_US + 1)

/* A flood that is not held back ends by itself, for the test to fail. */
#define FLOOD		3000

static const struct fake_smmu_param devices[] = {
	FAKE_SMMU_PARAMS,
	{
		.name = "MMU-500, RESUME ends the newest",
		.mmu500 = true,
		.ignores_resume = true,
		.resumes_newest = true,
	},
};

KUNIT_ARRAY_PARAM(device, devices, fake_smmu_param_desc);

static unsigned int resumes(struct fake_smmu *fake)
{
	return kunit_regfile_count(fake->regs, FAKE_RESUME, 0, true);
}

static void expect_healed(struct kunit *test, struct fake_smmu *fake, u32 sctlr)
{
	const char *trace = fake_smmu_trace(test, fake, 0);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s: %s", fake->regs->violation, trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek_faults(fake, 0), 0, "%s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fake->banks[0].nr_stalled, 0, "still stalled: %s", trace);
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), sctlr, "%s", trace);
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&fake->cbs[0].fault.sctlr), sctlr);
}

/* SS that is left */

static void fault_again(struct fake_smmu_callback *cb)
{
	if (cb->calls == 1)
		fake_smmu_fault(cb->fake, 0, IOVA + 0x1000, 0);
}

#define PRIMARY	"!FSR?TF+SS !SCTLR=M+CFCFG+HUPCF !SCTLR? "
#define DETAILS	"FSR?TF+SS FAR? FSYNR0? CBFRSYNRA? FSYNR1? TTBR0? CONTEXTIDR? "
#define CLEAR	"FSR=TF+SS+MULTI "
#define ARM_BANK	"SCTLR=M+CFIE+CFCFG+HUPCF RESUME=terminate "
#define STAYS	"FSR?SS FSR?SS (9 more) "
#define MASK	"SCTLR=M+CFCFG+HUPCF SCTLR? "

/* One for each TBU: RESUME ends one, and the pass after the pause the other one. */
static void two_stalls_are_both_terminated(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	int resume, mask;

	fake->stalls = 2;
	cb->action = fault_again;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY DETAILS CLEAR DETAILS CLEAR "FSR?SS "
			   ARM_BANK STAYS MASK "FSR?SS " ARM_BANK "FSR?");
	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);

	/* Before interrupts are on, SS would storm on this CPU. */
	resume = fake_smmu_find(fake, 0, FAKE_RESUME, true, 0, 0, 0);
	mask = fake_smmu_find(fake, 0, FAKE_SCTLR, true, ARM_SMMU_SCTLR_CFIE, 0, resume);
	KUNIT_ASSERT_GT(test, mask, resume);
	for (; resume <= mask; resume++)
		KUNIT_EXPECT_TRUE(test, fake_smmu_logged(fake, resume).irqs_off);
}

/* The verdict is for one of them, and nothing was said of the other. */
static void second_stall_is_not_retried_for_the_first(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	fake->stalls = 2;
	cb->action = fault_again;
	cb->ret = -EAGAIN;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].passed, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void fault_after_resume(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_RESUME || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
}

/* Its fault interrupts: the bank needs no pause for that, and is not masked for it. */
static void stall_right_after_resume_is_the_next_pass(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	fake->after_access = fault_after_resume;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
}

static void ss_that_clears_within_the_poll_costs_no_pause(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	fake->ss_late = 4;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY DETAILS CLEAR "FSR?SS " ARM_BANK
			   "FSR?SS FSR?SS (2 more) FSR?");
	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* It has ended all the same: the fake counts a second RESUME as a violation. */
static void ss_that_clears_in_the_pause_is_not_resumed_again(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	fake->ss_late = POLLS;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   PRIMARY DETAILS CLEAR "FSR?SS " ARM_BANK STAYS MASK
			   "FSR? SCTLR=M+CFIE+CFCFG+HUPCF FSR?");
	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, resumes(fake), 1);
}

/* Three times, and what the callback asked for is not repeated: it may be another stall. */
static void resume_that_is_lost_is_written_again(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);

	cb->ret = -EAGAIN;
	fake->banks[0].lose_resumes = 3;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	expect_healed(test, fake, ARMED | STALL);
	KUNIT_EXPECT_EQ(test, resumes(fake), 4);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 3);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ_MSG(test, cb->calls, 1, "SS alone is no fault to report");
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* Rarely and not for ever in silence: a row of such passes is a flood. */
static void resume_that_is_always_lost_is_said(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	fake->banks[0].lose_resumes = 3 * ARM_SMMU_FAULT_BURST;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_await(READ_ONCE(fake->banks[0].terminated));
	fake_smmu_settle(fake);

	expect_healed(test, fake, ARMED | STALL);
	KUNIT_EXPECT_GE(test, printed->not_terminated, 1);
	KUNIT_EXPECT_LE(test, printed->not_terminated, 3);
	KUNIT_EXPECT_EQ(test, resumes(fake), 3 * ARM_SMMU_FAULT_BURST + 1);
}

static void fault_again_late(struct fake_smmu_callback *cb)
{
	fault_again(cb);
	schedule_timeout_uninterruptible(5);
}

/* The time of a callback says nothing about what else is stalled. */
static void pause_for_ss_is_short_after_a_long_callback(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	struct timer_list *timer = &fake->cbs[0].fault.pace.timer;

	fake->stalls = 2;
	cb->action = fault_again_late;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	if (timer_pending(timer))
		KUNIT_EXPECT_LE(test, (long)(timer->expires - jiffies), 1);
	fake_smmu_settle(fake);
	expect_healed(test, fake, ARMED | STALL | HUPCF);
}

/* Reset, teardown and shutdown: there is no thread that would heal what they leave. */

static void reset(struct kunit *test, struct fake_smmu *fake)
{
	arm_smmu_power_off(&fake->smmu);
	arm_smmu_device_reset(&fake->smmu);
}

static void detach(struct kunit *test, struct fake_smmu *fake)
{
	arm_smmu_detach_context_bank(&fake->domains[0]);
}

KUNIT_DEFINE_ACTION_WRAPPER(put_device_of, platform_device_put, struct platform_device *);

static void shutdown(struct kunit *test, struct fake_smmu *fake)
{
	struct platform_device *pdev = platform_device_alloc("fake-smmu", PLATFORM_DEVID_NONE);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_device_of, pdev), 0);
	platform_set_drvdata(pdev, &fake->smmu);
	to_platform_driver(driver_find("arm-smmu", &platform_bus_type))->shutdown(pdev);
}

/* Two stalls whose interrupt was never taken, on the device that makes it hardest. */
static void expect_nothing_stalled_after(struct kunit *test,
					 void (*what)(struct kunit *test,
						      struct fake_smmu *fake))
{
	struct fake_smmu *fake = fake_smmu_create_param(test);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	fake->stalls = 2;
	fake->ss_late = 4;
	fake->banks[0].lose_resumes = 2;
	fake->irqchip->manual = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	what(test, fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s: %s", fake->regs->violation,
			      fake_smmu_trace(test, fake, 0));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, resumes(fake), 4);
}

static void reset_terminates_all_stalls(struct kunit *test)
{
	expect_nothing_stalled_after(test, reset);
}

static void detach_terminates_all_stalls(struct kunit *test)
{
	expect_nothing_stalled_after(test, detach);
}

static void shutdown_terminates_all_stalls(struct kunit *test)
{
	expect_nothing_stalled_after(test, shutdown);
}

/* RESUME of the thread has not cleared SS yet: a second one would be one too many. */
static void detach_does_not_resume_what_has_ended(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	fake->ss_late = POLLS + 4;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), ARM_SMMU_CB_FSR_SS);
	/* The pause goes on. */
	KUNIT_EXPECT_TRUE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	arm_smmu_detach_context_bank(&fake->domains[0]);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, resumes(fake), 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
}

/* The caller goes on, and says what it could not do. */
static void stall_that_does_not_terminate_is_given_up_by_detach(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);
	fake->irqchip->manual = true;
	fake->banks[0].lose_resumes = UINT_MAX;
	fake_smmu_fault(fake, 0, IOVA, 0);
	arm_smmu_detach_context_bank(&fake->domains[0]);

	KUNIT_EXPECT_EQ(test, resumes(fake), ARM_SMMU_RESUME_TRIES);
	KUNIT_EXPECT_EQ(test, printed->not_terminated, 1);
}

/* Pauses */

/* Its thread has reported the fault and ended the stall, and returned: the bank is masked. */
static struct fake_smmu_callback *start_pause(struct kunit *test, struct fake_smmu *fake)
{
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	struct arm_smmu_cb_fault *fault = &fake->cbs[0].fault;

	/* So many passes came before it that the pause is a long one. */
	fault->pace.run = ARM_SMMU_FAULT_BURST;
	fault->pace.start = jiffies - HZ;
	fault->pace.calm = jiffies + HZ;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_ASSERT_TRUE(test, timer_pending(&fault->pace.timer));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M | STALL);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);

	return cb;
}

/* Nothing is lost: what is latched in the pause is reported after it. */
static void bank_is_armed_after_its_pause(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = start_pause(test, fake);

	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	fake_smmu_await(READ_ONCE(cb->calls) == 2);
	fake->cbs[0].fault.pace.run = 0;
	fake_smmu_settle(fake);

	expect_healed(test, fake, ARMED | STALL);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_FALSE(test, fake->cbs[0].fault.wake);
}

static void await_end_of_pause(struct kunit *test, struct fake_smmu *fake)
{
	fake_smmu_await(!timer_pending(&fake->cbs[0].fault.pace.timer));
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	fake_smmu_settle(fake);
}

static void detach_ends_a_pause(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = start_pause(test, fake);
	unsigned int accesses;

	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
	arm_smmu_detach_context_bank(&fake->domains[0]);
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);

	accesses = fake->regs->log_len;
	schedule_timeout_uninterruptible(ARM_SMMU_FAULT_PAUSE_MAX + 2);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

/* What was latched is gone with the power, and resume arms the bank. */
static void suspend_in_a_pause_loses_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = start_pause(test, fake);
	unsigned int accesses;

	fake_smmu_suspend(fake);
	accesses = fake->regs->log_len;
	await_end_of_pause(test, fake);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	fake_smmu_set_clocks(fake, true);
	arm_smmu_device_reset(&fake->smmu);
	arm_smmu_power_on(&fake->smmu);
	expect_healed(test, fake, ARMED | STALL);

	fake->cbs[0].fault.pace.run = 0;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	expect_healed(test, fake, ARMED | STALL);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
}

#ifdef CONFIG_PM
static const struct dev_pm_ops driver_power = {
	.runtime_suspend = fake_smmu_runtime_suspend,
	.runtime_resume = fake_smmu_runtime_resume,
};

/* There is nothing to do: it is not resumed for that. */
static void suspended_smmu_stays_so_when_a_pause_ends(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct device *dev = fake->smmu.dev;

	start_pause(test, fake);
	/* Not before: the thread's put would suspend it at some time. */
	fake_smmu_use_pm(test, fake, &driver_power);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	KUNIT_EXPECT_EQ(test, pm_runtime_suspend(dev), 0);
	await_end_of_pause(test, fake);
	KUNIT_EXPECT_TRUE(test, pm_runtime_suspended(dev));
	KUNIT_EXPECT_FALSE(test, fake->cbs[0].fault.wake);

	KUNIT_EXPECT_GE(test, pm_runtime_resume_and_get(dev), 0);
	expect_healed(test, fake, ARMED | STALL);
	pm_runtime_put_noidle(dev);
}
#endif

/* Resume ends the pause, and deletes its timer. */
static void resume_in_a_pause_arms_the_bank(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = start_pause(test, fake);

	fake_smmu_suspend(fake);
	fake_smmu_resume(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	expect_healed(test, fake, ARMED | STALL);
	KUNIT_EXPECT_EQ(test, cb->calls, 1);
}

static void pause_is_as_long_as_the_passes_before_it(struct kunit *test)
{
	static const struct {
		unsigned long row, pause;
	} rows[] = {
		{ 0, 1 }, { 1, 1 }, { 5, 5 }, { 10 * HZ, ARM_SMMU_FAULT_PAUSE_MAX },
	};
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct arm_smmu_pace *pace = &fake->cbs[0].fault.pace;
	unsigned long now;
	unsigned int i;

	fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		pace->run = ARM_SMMU_FAULT_BURST;
		now = jiffies;
		pace->start = now - rows[i].row;
		arm_smmu_pace_pause(pace, true);
		/* A jiffy may pass meanwhile, and counts twice. */
		KUNIT_EXPECT_GE_MSG(test, pace->timer.expires - now, rows[i].pause, "row %u", i);
		KUNIT_EXPECT_LE_MSG(test, pace->timer.expires - now, rows[i].pause + 2, "row %u",
				    i);
		KUNIT_EXPECT_EQ(test, pace->run, 0);
		timer_delete_sync(&pace->timer);
	}
}

/* Floods: the bank faults again as soon as it is armed, or faults again, or ... */

static void take_it_at_once(struct fake_smmu *fake)
{
	kunit_irqchip_refill(fake->irqchip, KUNIT_IRQ_BUDGET);
	/* Another CPU takes it before the thread has returned. */
	kunit_irq_take(fake->irqchip, &fake->lines[0], 1);
}

/* The last access of a pass of bank 0's thread, which has armed the bank. */
static bool is_end_of_pass(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	return access->reg == FAKE_FSR && access->idx == 0 && !access->write &&
	       !access->hardirq && access->irqs_off &&
	       (fake_smmu_peek(fake, 0, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE);
}

static void fault_when_armed(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_smmu_callback *cb = fake->priv;

	if (!is_end_of_pass(fake, access) || cb->calls >= FLOOD)
		return;
	fake_smmu_fault(fake, 0, IOVA, 0);
	take_it_at_once(fake);
}

static void fault_when_retried(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_smmu_callback *cb = fake->priv;

	if (is_end_of_pass(fake, access) && cb->calls < FLOOD)
		take_it_at_once(fake);
}

static void map_in_the_end(struct fake_smmu_callback *cb)
{
	if (cb->calls >= FLOOD)
		cb->fake->banks[0].unmapped = false;
}

static void fault_when_cleared(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_smmu_callback *cb = fake->priv;

	if (access->reg == FAKE_FSR && access->idx == 0 && access->write && cb->calls < FLOOD)
		fake_smmu_fault(fake, 0, IOVA, 0);
	else
		fault_when_armed(fake, access);
}

static void fsr_is_stuck(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_smmu_callback *cb = fake->priv;

	if (access->reg == FAKE_FSR && access->idx == 0 && access->write && cb->calls < FLOOD)
		fake_smmu_poke(fake, 0, FAKE_FSR, ~0U);
	else if (is_end_of_pass(fake, access) && cb->calls < FLOOD)
		take_it_at_once(fake);
}

struct flood_param {
	const char *name;
	void (*after_access)(struct fake_smmu *fake, const struct kunit_reg_access *access);
	u32 sctlr;
	int ret;
	bool unmapped;
	unsigned int calls;	/* in one pass, at most */
};

static const struct flood_param floods[] = {
	{ "faults again when armed", fault_when_armed, 0, 0, false, 1 },
	{ "stalls again when armed", fault_when_armed, STALL | HUPCF, 0, false, 1 },
	{ "-EAGAIN, and nothing mapped", fault_when_retried, STALL, -EAGAIN, true, 1 },
	{ "faults when FSR is cleared", fault_when_cleared, HUPCF, 0, false, 8 },
	{ "stalls when FSR is cleared", fault_when_cleared, STALL | HUPCF, 0, false, 8 },
	{ "FSR never clears", fsr_is_stuck, STALL, 0, false, 8 },
};

static void flood_desc(const struct flood_param *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flood, floods, flood_desc);

/* With passes that take no time: so many in a row, and then nothing until the next jiffy. */
static unsigned int most_passes(unsigned long start)
{
	return (ARM_SMMU_FAULT_BURST + 2) * (jiffies - start + 2);
}

static struct fake_smmu_callback *start_flood(struct kunit *test, struct fake_smmu *fake)
{
	const struct flood_param *param = test->param_value;
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, param->sctlr);

	cb->ret = param->ret;
	cb->action = map_in_the_end;
	fake->priv = cb;
	fake->banks[0].unmapped = param->unmapped;
	fake->after_access = param->after_access;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irq_take(fake->irqchip, &fake->lines[0], 1);

	return cb;
}

static void end_flood(struct kunit *test, struct fake_smmu *fake)
{
	WRITE_ONCE(fake->after_access, NULL);
	WRITE_ONCE(fake->banks[0].unmapped, false);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].nr_stalled, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			(u32)atomic_read(&fake->cbs[0].fault.sctlr));
	KUNIT_EXPECT_NE(test, fake_smmu_peek(fake, 0, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE, 0);
}

/* This task is an ordinary one; the thread of the bank has a real-time priority. */
static void flood_leaves_the_cpu_to_others(struct kunit *test)
{
	const struct flood_param *param = test->param_value;
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned long start = jiffies;
	struct fake_smmu_callback *other, *cb;
	unsigned int turns = 0;

	other = fake_smmu_attach_callback(test, fake, 1, 0, STALL);
	cb = start_flood(test, fake);
	while (time_before(jiffies, start + HZ)) {
		fake_smmu_fault(fake, 1, IOVA, 0);
		kunit_irqchip_refill(fake->irqchip, KUNIT_IRQ_BUDGET);
		kunit_irq_take(fake->irqchip, &fake->lines[0], 1);
		turns++;
		fake_smmu_await(READ_ONCE(other->calls) == turns);
		if (READ_ONCE(other->calls) != turns)
			break;
		KUNIT_EXPECT_LE(test, READ_ONCE(cb->calls), param->calls * most_passes(start));
		/* Seldom enough to be no flood itself. */
		schedule_timeout_uninterruptible(3);
	}
	/* It goes on, and is reported. */
	KUNIT_EXPECT_GT(test, cb->calls, ARM_SMMU_FAULT_BURST);
	KUNIT_EXPECT_EQ_MSG(test, other->calls, turns, "another bank on the line waits");
	end_flood(test, fake);
	KUNIT_EXPECT_EQ(test, fake->banks[1].terminated, turns);
}

/* free_irq() waits for all threads of the line. */
static void flood_does_not_keep_another_bank_attached(struct kunit *test)
{
	const struct flood_param *param = test->param_value;
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned long start = jiffies;
	struct fake_smmu_callback *cb;

	fake_smmu_attach_callback(test, fake, 1, 0, STALL);
	cb = start_flood(test, fake);
	fake_smmu_await(READ_ONCE(cb->calls) > ARM_SMMU_FAULT_BURST);
	arm_smmu_detach_context_bank(&fake->domains[1]);
	KUNIT_EXPECT_LE(test, READ_ONCE(cb->calls), param->calls * most_passes(start));
	end_flood(test, fake);
}

/* The bank that floods can be detached as well. */
static void flooding_bank_can_be_detached(struct kunit *test)
{
	const struct flood_param *param = test->param_value;
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned long start = jiffies;
	struct fake_smmu_callback *cb = start_flood(test, fake);

	fake_smmu_await(READ_ONCE(cb->calls) > ARM_SMMU_FAULT_BURST);
	arm_smmu_detach_context_bank(&fake->domains[0]);
	KUNIT_EXPECT_LE(test, READ_ONCE(cb->calls), param->calls * most_passes(start));
	fake->after_access = NULL;
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
}

struct storm {
	unsigned int left;
};

static void fault_while_any_is_left(struct fake_smmu *fake,
				    const struct kunit_reg_access *access)
{
	struct storm *storm = fake->priv;

	if (access->reg != FAKE_FSR || !access->write || !storm->left)
		return;
	storm->left--;
	fake_smmu_fault(fake, 0, IOVA, 0);
}

/* Its thread does not look for ever, be it in its first pass: it returns, and comes back. */
static void bank_pauses_if_each_look_finds_a_fault(struct kunit *test)
{
	struct storm storm = { .left = ARM_SMMU_FAULT_LOOKS };
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL | HUPCF);

	fake->priv = &storm;
	fake->after_access = fault_while_any_is_left;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_EXPECT_EQ(test, cb->calls, ARM_SMMU_FAULT_LOOKS);
	KUNIT_EXPECT_TRUE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR),
			ARM_SMMU_SCTLR_M | STALL | HUPCF);
	fake_smmu_settle(fake);
	fake->after_access = NULL;

	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, cb->calls, ARM_SMMU_FAULT_LOOKS + 1);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);

	/* One less, and there is no reason to. */
	storm.left = ARM_SMMU_FAULT_LOOKS - 2;
	fake->after_access = fault_while_any_is_left;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	fake->after_access = NULL;
	expect_healed(test, fake, ARMED | STALL | HUPCF);
	KUNIT_EXPECT_EQ(test, cb->calls, 2 * ARM_SMMU_FAULT_LOOKS);
}

/* A flood is not what comes from time to time, however often. */
static void faults_with_time_between_do_not_pause(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = fake_smmu_attach_callback(test, fake, 0, 0, STALL);
	unsigned int i;

	for (i = 1; i <= 2 * ARM_SMMU_FAULT_BURST; i++) {
		fake_smmu_fault(fake, 0, IOVA, 0);
		kunit_irqchip_settle(fake->irqchip);
		KUNIT_EXPECT_EQ(test, cb->calls, i);
		KUNIT_ASSERT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
		schedule_timeout_uninterruptible(3);
	}
	expect_healed(test, fake, ARMED | STALL);
}

/* And after one, the bank is not held back any more. */
static void flood_that_is_over_is_forgotten(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create_param(test);
	struct fake_smmu_callback *cb = start_pause(test, fake);

	await_end_of_pause(test, fake);
	schedule_timeout_uninterruptible(ARM_SMMU_FAULT_PAUSE_MAX + 3);
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	expect_healed(test, fake, ARMED | STALL);
	KUNIT_EXPECT_EQ(test, cb->calls, 2);
}

static struct kunit_case arm_smmu_pause_cases[] = {
	KUNIT_CASE_PARAM(two_stalls_are_both_terminated, device_gen_params),
	KUNIT_CASE_PARAM(second_stall_is_not_retried_for_the_first, device_gen_params),
	KUNIT_CASE_PARAM(stall_right_after_resume_is_the_next_pass, device_gen_params),
	KUNIT_CASE_PARAM(ss_that_clears_within_the_poll_costs_no_pause, device_gen_params),
	KUNIT_CASE_PARAM(ss_that_clears_in_the_pause_is_not_resumed_again, device_gen_params),
	KUNIT_CASE_PARAM(resume_that_is_lost_is_written_again, device_gen_params),
	KUNIT_CASE_PARAM(resume_that_is_always_lost_is_said, device_gen_params),
	KUNIT_CASE_PARAM(pause_for_ss_is_short_after_a_long_callback, device_gen_params),
	KUNIT_CASE_PARAM(reset_terminates_all_stalls, device_gen_params),
	KUNIT_CASE_PARAM(detach_terminates_all_stalls, device_gen_params),
	KUNIT_CASE_PARAM(shutdown_terminates_all_stalls, device_gen_params),
	KUNIT_CASE_PARAM(detach_does_not_resume_what_has_ended, device_gen_params),
	KUNIT_CASE_PARAM(stall_that_does_not_terminate_is_given_up_by_detach, device_gen_params),
	KUNIT_CASE_PARAM(bank_is_armed_after_its_pause, device_gen_params),
	KUNIT_CASE_PARAM(detach_ends_a_pause, device_gen_params),
	KUNIT_CASE_PARAM(suspend_in_a_pause_loses_nothing, device_gen_params),
	KUNIT_CASE_PARAM(resume_in_a_pause_arms_the_bank, device_gen_params),
#ifdef CONFIG_PM
	KUNIT_CASE_PARAM(suspended_smmu_stays_so_when_a_pause_ends, device_gen_params),
#endif
	KUNIT_CASE_PARAM(pause_is_as_long_as_the_passes_before_it, device_gen_params),
	KUNIT_CASE_PARAM(bank_pauses_if_each_look_finds_a_fault, device_gen_params),
	KUNIT_CASE_PARAM(faults_with_time_between_do_not_pause, device_gen_params),
	KUNIT_CASE_PARAM(flood_that_is_over_is_forgotten, device_gen_params),
	KUNIT_CASE_PARAM(flood_leaves_the_cpu_to_others, flood_gen_params),
	KUNIT_CASE_PARAM(flood_does_not_keep_another_bank_attached, flood_gen_params),
	KUNIT_CASE_PARAM(flooding_bank_can_be_detached, flood_gen_params),
	{}
};

static struct kunit_suite arm_smmu_pause_suite = {
	.name = "arm_smmu_pause",
	.test_cases = arm_smmu_pause_cases,
};

kunit_test_suite(arm_smmu_pause_suite);
