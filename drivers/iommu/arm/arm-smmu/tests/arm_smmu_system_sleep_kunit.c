// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the system sleep of the Arm SMMU.
 *
 * The invariant: system sleep waits for threads that have a fault to resume, and
 * they still have clocks (I2, I8); no bank interrupts once it has begun to wait.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

struct wait_work {
	struct work_struct work;
	struct fake_smmu *fake;
	struct fake_smmu_callback *sleeper;
	unsigned int callbacks_left;
};

static void wait_for_faults(struct work_struct *work)
{
	struct wait_work *wait = container_of(work, struct wait_work, work);

	arm_smmu_wait_for_faults(&wait->fake->smmu);
	wait->callbacks_left = READ_ONCE(wait->sleeper->left);
}

/* A thread that still has to write RESUME must not find the clocks gone. */
static void system_sleep_waits_for_the_callback(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct wait_work wait = { .fake = fake };
	const int last = FAKE_SMMU_BANKS - 1;

	fake_smmu_attach_sleeper(test, fake, last, 1, &wait.sleeper);
	INIT_WORK_ONSTACK(&wait.work, wait_for_faults);

	fake_smmu_fault(fake, last, IOVA, 0);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&wait.sleeper->entered,
							  FAKE_SMMU_PATIENCE), 0);
	arm_smmu_power_off(&fake->smmu);
	schedule_work(&wait.work);
	msleep(20);
	complete_all(&wait.sleeper->go_on);
	flush_work(&wait.work);
	destroy_work_on_stack(&wait.work);

	KUNIT_EXPECT_EQ_MSG(test, wait.callbacks_left, 1, "did not wait for the callback");
	KUNIT_EXPECT_EQ(test, fake->banks[last].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, last, FAKE_SCTLR), ARM_SMMU_SCTLR_M | STALL);
	fake_smmu_resume(fake);
}

static void system_sleep_does_not_wait_for_interrupts_of_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *sleeper;

	fake_smmu_attach_sleeper(test, fake, 1, 1, &sleeper);
	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE),
			0);
	/* That of bank 1 comes behind the last one. */
	fake->smmu.num_context_irqs = 1;
	arm_smmu_wait_for_faults(&fake->smmu);
	KUNIT_EXPECT_EQ(test, READ_ONCE(sleeper->left), 0);
	fake->smmu.num_context_irqs = fake->smmu.num_context_banks;
	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->banks[1].terminated, 1);
}

static void await_power_off(struct fake_smmu *fake)
{
	fake_smmu_await(!READ_ONCE(fake->smmu.powered));
	/* Time to go on, for a suspend that does not wait as it must. */
	msleep(20);
}

struct sleep_work {
	struct work_struct work;
	struct fake_smmu *fake;
	const struct dev_pm_ops *pm;
	struct task_struct *task;
	int ret;
};

static const struct dev_pm_ops *sleep_ops(struct kunit *test)
{
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);

	if (!pm->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is off");

	return pm;
}

static void fall_asleep(struct work_struct *work)
{
	struct sleep_work *sleep = container_of(work, struct sleep_work, work);

	WRITE_ONCE(sleep->task, current);
	sleep->ret = sleep->pm->suspend(sleep->fake->smmu.dev);
}

/* Or is done, if it does not wait. */
static void schedule_until_it_waits(struct sleep_work *sleep)
{
	schedule_work(&sleep->work);
	fake_smmu_await(READ_ONCE(sleep->task) &&
			READ_ONCE(sleep->task->__state) & TASK_UNINTERRUPTIBLE);
}

/* With other banks still waking their threads, the wait need not end. */
static void system_sleep_masks_all_banks_before_it_waits(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct sleep_work sleep = { .fake = fake, .pm = sleep_ops(test) };
	struct fake_smmu_callback *sleeper;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach_sleeper(test, fake, 1, 1, &sleeper);
	fake_smmu_use_clk(test, fake);
	INIT_WORK_ONSTACK(&sleep.work, fall_asleep);
	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE),
			0);
	schedule_work(&sleep.work);
	await_power_off(fake);
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(fake->smmu.powered), "waits with the flag on");
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARM_SMMU_SCTLR_M | STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	complete_all(&sleeper->go_on);
	flush_work(&sleep.work);
	destroy_work_on_stack(&sleep.work);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, sleep.ret, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[1].terminated, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);

	KUNIT_EXPECT_EQ(test, sleep.pm->resume(fake->smmu.dev), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

/* There are no clocks then, whatever runtime PM believes. */
static void suspend_after_a_resume_that_failed_touches_nothing(struct kunit *test)
{
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;
	unsigned int accesses;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_suspend(fake);
	accesses = fake->regs->log_len;
	KUNIT_EXPECT_EQ(test, pm->runtime_suspend(dev), 0);
	if (pm->suspend)
		KUNIT_EXPECT_EQ(test, pm->suspend(dev), 0);

	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

struct late_resume {
	struct completion go_on;
	struct fake_smmu_callback *sleeper;
	bool again;
	bool reported;
};

/* Its thread is woken, and waits for the end of the suspend. */
static int runtime_suspend_after_a_fault(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);
	struct fake_smmu *fake = container_of(smmu, struct fake_smmu, smmu);

	fake_smmu_fault(fake, 1, IOVA, 0);
	kunit_irq_take(fake->irqchip, &fake->lines[1], 1);
	/* Where interrupts are forced into threads, its primary is one as well. */
	fake_smmu_await(!(fake_smmu_peek(fake, 1, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE));

	return fake_smmu_runtime_suspend(dev);
}

static int runtime_resume_when_told(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);
	struct late_resume *late = container_of(smmu, struct fake_smmu, smmu)->priv;

	int ret = fake_smmu_runtime_resume(dev);

	wait_for_completion_timeout(&late->go_on, FAKE_SMMU_PATIENCE);

	return ret;
}

static const struct dev_pm_ops late_power = {
	.runtime_suspend = runtime_suspend_after_a_fault,
	.runtime_resume = runtime_resume_when_told,
};

static void fault_in_another_bank(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct late_resume *late = fake->priv;

	/* The thread: reset reads it with the flag off. Its fault went with the power. */
	if (access->reg != FAKE_FSR || access->write || access->idx != 1 || access->hardirq ||
	    !READ_ONCE(fake->smmu.powered) || late->again)
		return;

	/* The wait for the lines has passed this one, and is at the next. */
	late->again = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irq_take(fake->irqchip, &fake->lines[0], 1);
	/* Suspend waits for this thread. After it, the callback would not be called any more. */
	if (wait_for_completion_timeout(&late->sleeper->entered, FAKE_SMMU_PATIENCE))
		WRITE_ONCE(late->reported, true);
}

/*
 * A thread that was woken before the SMMU was suspended may resume it when system sleep
 * has begun already; and then there are faults again.
 */
static void system_sleep_waits_for_a_thread_that_resumes_the_smmu(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct sleep_work sleep = { .fake = fake, .pm = sleep_ops(test), .ret = 1 };
	struct device *dev = fake->smmu.dev;
	struct late_resume late = {};

	init_completion(&late.go_on);
	fake_smmu_attach_sleeper(test, fake, 0, 0, &late.sleeper);
	fake_smmu_attach(test, fake, 1, 1, STALL);
	fake_smmu_use_clk(test, fake);
	fake->irqchip->manual = true;
	fake->priv = &late;
	fake->after_access = fault_in_another_bank;
	fake_smmu_use_pm(test, fake, &late_power);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);

	KUNIT_EXPECT_EQ(test, pm_runtime_suspend(dev), 0);
	pm_runtime_get_noresume(dev);
	fake_smmu_await(READ_ONCE(fake->smmu.powered));
	INIT_WORK_ONSTACK(&sleep.work, fall_asleep);
	schedule_until_it_waits(&sleep);
	KUNIT_EXPECT_TRUE_MSG(test, READ_ONCE(fake->smmu.powered), "off while it resumes");
	complete_all(&late.go_on);
	fake_smmu_await(READ_ONCE(late.reported));
	KUNIT_EXPECT_TRUE(test, READ_ONCE(late.reported));
	await_power_off(fake);
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(fake->smmu.powered), "waits with the flag on");
	KUNIT_EXPECT_EQ_MSG(test, READ_ONCE(sleep.ret), 1, "did not wait for the callback");
	complete_all(&late.sleeper->go_on);
	flush_work(&sleep.work);
	destroy_work_on_stack(&sleep.work);
	fake_smmu_set_clocks(fake, false);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, sleep.ret, 0);
	KUNIT_EXPECT_FALSE_MSG(test, fake->smmu.powered, "resumed in system sleep");
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);

	fake_smmu_set_clocks(fake, true);
	KUNIT_EXPECT_EQ(test, sleep.pm->resume(dev), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	pm_runtime_put_noidle(dev);
}

struct neighbour {
	struct kunit_irq_line *line;
	struct completion entered;
	struct completion go_on;
};

static irqreturn_t neighbour_interrupts(int irq, void *dev)
{
	struct neighbour *neighbour = dev;

	kunit_irq_drive(&neighbour->line->source, KUNIT_IRQ_LOW);

	return IRQ_WAKE_THREAD;
}

static irqreturn_t neighbour_sleeps(int irq, void *dev)
{
	struct neighbour *neighbour = dev;

	complete(&neighbour->entered);
	wait_for_completion_timeout(&neighbour->go_on, FAKE_SMMU_PATIENCE);

	return IRQ_HANDLED;
}

/*
 * A thread that has not got to pm_runtime_get_sync() yet; here it is another device's on
 * the line. Until it is done, that the SMMU is suspended says nothing.
 */
static void system_sleep_waits_for_threads_of_a_suspended_smmu(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct sleep_work sleep = { .fake = fake, .pm = sleep_ops(test), .ret = 1 };
	struct neighbour *neighbour;

	/* The device's: it stays until the interrupt was freed. */
	neighbour = devm_kzalloc(fake->smmu.dev, sizeof(*neighbour), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	neighbour->line = &fake->lines[0];
	init_completion(&neighbour->entered);
	init_completion(&neighbour->go_on);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	KUNIT_ASSERT_EQ(test, devm_request_threaded_irq(fake->smmu.dev, fake->lines[0].irq,
							neighbour_interrupts, neighbour_sleeps,
							IRQF_SHARED, "neighbour", neighbour), 0);
	fake_smmu_use_pm(test, fake, NULL);
	fake_smmu_suspend(fake);
	pm_runtime_enable(fake->smmu.dev);
	fake_smmu_assert_foreign(fake, 0, true);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&neighbour->entered, FAKE_SMMU_PATIENCE),
			0);

	INIT_WORK_ONSTACK(&sleep.work, fall_asleep);
	schedule_until_it_waits(&sleep);
	KUNIT_EXPECT_EQ_MSG(test, READ_ONCE(sleep.ret), 1, "did not wait for the thread");
	complete_all(&neighbour->go_on);
	flush_work(&sleep.work);
	destroy_work_on_stack(&sleep.work);
	KUNIT_EXPECT_EQ(test, sleep.ret, 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	fake_smmu_resume(fake);
}

static struct kunit_case arm_smmu_system_sleep_cases[] = {
	KUNIT_CASE(system_sleep_waits_for_the_callback),
	KUNIT_CASE(system_sleep_does_not_wait_for_interrupts_of_others),
	KUNIT_CASE(system_sleep_masks_all_banks_before_it_waits),
	KUNIT_CASE(suspend_after_a_resume_that_failed_touches_nothing),
	KUNIT_CASE(system_sleep_waits_for_a_thread_that_resumes_the_smmu),
	KUNIT_CASE(system_sleep_waits_for_threads_of_a_suspended_smmu),
	{}
};

static struct kunit_suite arm_smmu_system_sleep_suite = {
	.name = "arm_smmu_system_sleep",
	.test_cases = arm_smmu_system_sleep_cases,
};

kunit_test_suite(arm_smmu_system_sleep_suite);
