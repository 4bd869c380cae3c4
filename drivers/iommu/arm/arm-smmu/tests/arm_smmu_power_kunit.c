// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the power of the Arm SMMU.
 *
 * The invariant: no register is touched without clocks (I8), and neither a
 * fault nor a change of SCTLR is lost for it (I1, I4, I5). The fake records an
 * access without clocks as a violation.
 */

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq_work.h>
#include <linux/pm_runtime.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

static u32 shadow(struct fake_smmu *fake, int bank)
{
	return atomic_read(&fake->smmu.cbs[bank].fault.sctlr);
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
	fake_smmu_suspend(fake);
	fake_smmu_resume(fake);

	KUNIT_EXPECT_NULL(test, fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 1, FAKE_SCTLR), 0);
}

/* It must not arrive without clocks. No bank is read here afterwards. */
static void suspend_leaves_no_write_of_scr0_behind(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake->regs->post_writes = true;
	fake_smmu_suspend(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	fake_smmu_resume(fake);
}

static void clocks_go_last_and_come_first(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_use_clk(test, fake);
	KUNIT_EXPECT_EQ(test, pm->runtime_suspend(fake->smmu.dev), 0);
	KUNIT_EXPECT_FALSE(test, fake->regs->powered);
	KUNIT_EXPECT_EQ(test, pm->runtime_resume(fake->smmu.dev), 0);
	KUNIT_EXPECT_TRUE(test, fake->regs->powered);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

static void fault_when_flag_is_off(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* The first access of suspend: the flag is off, both are still armed. */
	if (fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_global_fault(fake);
}

/* It would storm on the CPU that suspends: the handlers do nothing about it. */
static void fault_while_suspending_does_not_interrupt(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int i;

	fake_smmu_request_global(test, fake, FAKE_SMMU_GLOBAL_LINE);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = fault_when_flag_is_off;
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 0);
	for (i = 0; i < fake->regs->log_len; i++)
		KUNIT_EXPECT_TRUE(test, fake_smmu_logged(fake, i).irqs_off ||
				  !fake_smmu_logged(fake, i).write);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

/* The client may be suspended, so its callback is not called. */
static void fault_latched_at_suspend_is_logged(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach(test, fake, 1, 0, 0);
	fake->after_access = fault_when_flag_is_off;
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, printed->latched, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, printed->lines, 0);
	KUNIT_EXPECT_FALSE(test, printed->inside);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 0);
}

static void suspend_without_a_fault_logs_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	arm_smmu_power_off(&fake->smmu);
	KUNIT_EXPECT_EQ(test, printed->latched, 0);
}

static void suspended_bank_is_not_touched_for_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_suspend(fake);
	fake->lines[0].interrupts = 0;

	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	fake_smmu_resume(fake);
}

static void power_goes_after_mask(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* The primary has masked the bank; its read-back was the last access. */
	if (access->reg != FAKE_SCTLR || access->write || !access->hardirq || fake->priv)
		return;

	fake->priv = fake;
	WRITE_ONCE(fake->smmu.powered, false);
}

static void power_comes_and_goes_after_mask(struct fake_smmu *fake,
					    const struct kunit_reg_access *access)
{
	power_goes_after_mask(fake, access);
	if (fake->priv)
		arm_smmu_sctlr_change(&fake->smmu, 0, 0, ARM_SMMU_SCTLR_CFIE);
}

/* Resume has armed it, and it was suspended again. */
static void thread_does_not_mask_a_bank_without_power(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = power_comes_and_goes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "!FSR?TF+SS !SCTLR=M+CFCFG !SCTLR?");
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARMED | STALL);
}

/* System sleep: the thread finds no power, and resume arms the bank. */
static void expect_thread_touches_nothing(struct kunit *test, struct fake_smmu *fake)
{
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = power_goes_after_mask;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	/* Nothing is wrong: this is what system sleep looks like. */
	KUNIT_EXPECT_EQ(test, printed->not_resumed, 0);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARM_SMMU_SCTLR_M | STALL);

	fake_smmu_suspend(fake);
	fake_smmu_resume(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
}

static void thread_without_power_touches_nothing(struct kunit *test)
{
	expect_thread_touches_nothing(test, fake_smmu_create(test, true));
}

#ifdef CONFIG_PM
/* Before runtime PM is disabled for system sleep. */
static void thread_with_a_reference_but_no_power_touches_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;

	fake_smmu_use_pm(test, fake, NULL);
	pm_runtime_set_active(dev);
	pm_runtime_get_noresume(dev);
	pm_runtime_enable(dev);
	expect_thread_touches_nothing(test, fake);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	pm_runtime_put_noidle(dev);
}
#endif

/* Between the primary and its thread it was suspended. */
static int resume_fails(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);

	WRITE_ONCE(smmu->powered, false);
	fake_smmu_set_clocks(container_of(smmu, struct fake_smmu, smmu), false);

	return -EIO;
}

static const struct dev_pm_ops pm_that_fails = {
	.runtime_resume = resume_fails,
};

/* Nor does it keep a reference. */
static void thread_that_cannot_resume_the_smmu_touches_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;
	struct fake_smmu_printed *printed;

	fake_smmu_use_pm(test, fake, &pm_that_fails);
	pm_runtime_enable(dev);
	printed = fake_smmu_listen(test, fake);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, printed->not_resumed, 1);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "!FSR?TF+SS !SCTLR=M+CFCFG !SCTLR?");
#ifdef CONFIG_PM
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 0);
#endif
	pm_runtime_disable(dev);

	fake_smmu_power_loss(fake);
	fake_smmu_resume(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
}

#ifdef CONFIG_PM
/* The SMMU does not resume, but it is on, and stays so. */
static void stall_is_resumed_in_spite_of_an_error_of_runtime_pm(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_use_pm(test, fake, NULL);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	dev->power.runtime_error = -EIO;
	KUNIT_ASSERT_LT(test, pm_runtime_resume_and_get(dev), 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 0);
}
#endif

static void power_goes_after_write(struct fake_smmu *fake, const struct kunit_reg_access *access)
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

static void change_while_suspended_is_not_lost(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, 0);
	fake_smmu_suspend(fake);
	arm_smmu_set_stall(&fake->smmu, 0, true);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	fake_smmu_resume(fake);

	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARMED | STALL);
}

/* drm/msm calls it with each submit. */
static void set_stall_that_changes_nothing_touches_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 0, 0, 0);
	arm_smmu_set_stall(&fake->smmu, 0, false);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, 0);
	arm_smmu_set_stall(&fake->smmu, 0, true);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0), "SCTLR=M+CFIE+CFCFG SCTLR?");
	arm_smmu_set_stall(&fake->smmu, 0, true);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, 2);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARMED | STALL);
}

static void change_while_resuming(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	/*
	 * Another CPU, just after resume has written the value without CFCFG:
	 * runtime PM does not say "active" yet.
	 */
	fake->priv = fake;
	arm_smmu_set_stall(&fake->smmu, 0, true);
}

static void change_while_resuming_is_not_lost(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	int first;

	fake_smmu_attach(test, fake, 0, 0, 0);
	fake_smmu_suspend(fake);
	fake_smmu_set_clocks(fake, true);
	fake->after_access = change_while_resuming;
	fake_smmu_clear_log(fake);
	arm_smmu_power_on(&fake->smmu);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARMED | STALL);
	/* Its own write, before resume looks again. */
	first = fake_smmu_find(fake, 0, FAKE_SCTLR, true, ~0ULL, ARMED, 0);
	KUNIT_ASSERT_GE(test, first, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_find(fake, 0, FAKE_SCTLR, true, ~0ULL,
					     ARMED | STALL, first), first + 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
}

static void enter_is_counted_and_has_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	atomic_t *users = &fake->smmu.cbs[0].fault.users;
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

/* A caller that is inside the SMMU for a while, and then leaves. */
struct guest {
	struct irq_work tick;
	atomic_t *users;
	unsigned int ticks;
	bool left;
};

/* Suspend spins, and forced threading leaves no timer to it. */
static void leave(struct irq_work *tick)
{
	struct guest *guest = container_of(tick, struct guest, tick);

	if (++guest->ticks < 5) {
		irq_work_queue(tick);
		return;
	}
	WRITE_ONCE(guest->left, true);
	atomic_dec(guest->users);
}

static void expect_suspend_waits_for(struct kunit *test, struct fake_smmu *fake, atomic_t *users)
{
	struct guest *guest = kunit_kzalloc(test, sizeof(*guest), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, guest);
	guest->users = users;
	guest->tick = IRQ_WORK_INIT_LAZY(leave);
	atomic_inc(users);
	irq_work_queue(&guest->tick);
	fake_smmu_suspend(fake);
	KUNIT_EXPECT_TRUE_MSG(test, READ_ONCE(guest->left),
			      "the power went while a caller was inside");
	fake_smmu_resume(fake);
	irq_work_sync(&guest->tick);
}

static void suspend_waits_for_who_is_inside(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 3, 0, 0);
	expect_suspend_waits_for(test, fake, &fake->smmu.cbs[3].fault.users);
	expect_suspend_waits_for(test, fake, &fake->smmu.users);
}

#ifdef CONFIG_PM
static const struct dev_pm_ops driver_power = {
	.runtime_suspend = fake_smmu_runtime_suspend,
	.runtime_resume = fake_smmu_runtime_resume,
};

/* As in probe, which enables it in the end: then it is the thread's reference alone. */
static void smmu_does_not_suspend_under_a_thread_from_before_runtime_pm(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;
	struct fake_smmu_callback *sleeper;

	fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);
	fake_smmu_use_pm(test, fake, &driver_power);
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE),
			0);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	KUNIT_EXPECT_EQ(test, pm_runtime_suspend(dev), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(fake->smmu.powered));
	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 0);
}
#endif

static bool resumes;

static int resume_or_fail(struct device *dev)
{
	return resumes ? fake_smmu_runtime_resume(dev) : resume_fails(dev);
}

static const struct dev_pm_ops fickle_power = {
	.runtime_resume = resume_or_fail,
};

/* The thread cannot look at the fault. The bank stays masked until the SMMU resumes. */
static void bank_of_an_smmu_that_did_not_resume_is_armed_when_it_does(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	resumes = false;
	fake_smmu_use_pm(test, fake, &fickle_power);
	pm_runtime_enable(dev);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_wakes(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARM_SMMU_SCTLR_M | STALL);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);

	resumes = true;
	pm_runtime_disable(dev);
	pm_runtime_set_suspended(dev);
	pm_runtime_enable(dev);
	KUNIT_EXPECT_EQ(test, pm_runtime_resume_and_get(dev), 0);
	/* Reset has terminated it. */
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	pm_runtime_put_noidle(dev);
}

static void fault_when_resuming(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_smmu_callback *sleeper = fake->priv;

	if (access->reg != FAKE_SCR0 || !access->write || !sleeper)
		return;

	/* For another device on its line the primary looks at the bank, and finds a fault. */
	fake->priv = NULL;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_assert_foreign(fake, 0, true);
	kunit_irq_take(fake->irqchip, &fake->lines[0], UINT_MAX);
	wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE);
}

/* Armed by resume then, SS would assert the line between the thread's FSR and RESUME. */
static void bank_that_faults_while_resuming_is_left_to_its_thread(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *sleeper;

	fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);
	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_suspend(fake);
	fake_smmu_set_clocks(fake, true);
	arm_smmu_device_reset(&fake->smmu);
	fake->priv = sleeper;
	fake->after_access = fault_when_resuming;
	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, sleeper->left, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), ARM_SMMU_CB_FSR_SS);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARM_SMMU_SCTLR_M | STALL);

	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, sleeper->left, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

static struct kunit_case arm_smmu_power_cases[] = {
	KUNIT_CASE(suspend_masks_the_register_not_the_shadow),
	KUNIT_CASE(resume_arms_what_is_attached),
	KUNIT_CASE(suspend_leaves_no_write_of_scr0_behind),
	KUNIT_CASE(clocks_go_last_and_come_first),
	KUNIT_CASE(fault_while_suspending_does_not_interrupt),
	KUNIT_CASE(fault_latched_at_suspend_is_logged),
	KUNIT_CASE(suspend_without_a_fault_logs_nothing),
	KUNIT_CASE(suspended_bank_is_not_touched_for_others),
	KUNIT_CASE(thread_does_not_mask_a_bank_without_power),
	KUNIT_CASE(thread_without_power_touches_nothing),
	KUNIT_CASE(thread_that_cannot_resume_the_smmu_touches_nothing),
	KUNIT_CASE(publish_in_flight_does_not_arm_a_suspending_bank),
	KUNIT_CASE(change_while_suspended_is_not_lost),
	KUNIT_CASE(set_stall_that_changes_nothing_touches_nothing),
	KUNIT_CASE(change_while_resuming_is_not_lost),
	KUNIT_CASE(enter_is_counted_and_has_interrupts_off),
	KUNIT_CASE(suspend_waits_for_who_is_inside),
	KUNIT_CASE(bank_of_an_smmu_that_did_not_resume_is_armed_when_it_does),
	KUNIT_CASE(bank_that_faults_while_resuming_is_left_to_its_thread),
#ifdef CONFIG_PM
	KUNIT_CASE(thread_with_a_reference_but_no_power_touches_nothing),
	KUNIT_CASE(smmu_does_not_suspend_under_a_thread_from_before_runtime_pm),
	KUNIT_CASE(stall_is_resumed_in_spite_of_an_error_of_runtime_pm),
#endif
	{}
};

static struct kunit_suite arm_smmu_power_suite = {
	.name = "arm_smmu_power",
	.test_cases = arm_smmu_power_cases,
};

kunit_test_suite(arm_smmu_power_suite);
