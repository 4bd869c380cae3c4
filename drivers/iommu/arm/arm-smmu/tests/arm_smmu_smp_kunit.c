// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fault path of the Arm SMMU on several CPUs at once.
 *
 * In the other suites the test says where another CPU comes in. Here it is left to
 * chance: tasks, each on a CPU of its own as far as there are so many,
 *
 *  - have two banks on one line, and one on another, fault,
 *  - interrupt on the first line for a device that is none of ours,
 *  - call arm_smmu_set_stall(),
 *  - suspend the SMMU and resume it,
 *
 * and the test's own attaches a bank to the first line, and detaches it. Register
 * writes are posted. All the while no rule of the fake may be broken: no access without
 * clocks, no RESUME that is not due, no storm (I8, I3, I6 of the fault path's
 * invariants). At rest, every fault was reported once or has gone with the power (I1),
 * nothing is stalled (I2), the banks are armed (I4), the registers are what the shadow
 * and the last arm_smmu_set_stall() say (I5), and a detached bank is off (I9).
 *
 * For KCSAN: in these tests, what is shared without a lock changes while another CPU
 * reads it.
 */

#include <linux/cpumask.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/random.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

#define SMP_FIXED	3	/* banks that stay attached */
#define SMP_VISITOR	3	/* the one that comes and goes */
#define SMP_ROUNDS	2	/* with a rest after each */
#define SMP_TURNS	50	/* of each task in a round, */
#define SMP_TIME	(5 * HZ) /* or what they get to in that time, where CPUs are emulated */
#define SMP_PATIENCE	(60 * HZ) /* but one turn */
#define SMP_STORM	1000	/* interrupts on a line in one turn */

/* What is left to chance is for who looks for it, and takes a minute. */
static bool smp_race_wanted = IS_ENABLED(CONFIG_KCSAN);
module_param_named(smp, smp_race_wanted, bool, 0400);
MODULE_PARM_DESC(smp, "have the CPUs race (default: with KCSAN)");

struct smp;

struct smp_bank {
	struct fake_smmu_bank *bank;
	struct smp *smp;
	int idx;
	bool attached;
	bool stall;
	atomic_t callbacks;		/* that run */
	unsigned int calls;
};

/* Something that happens again and again: @turn returns whether it has happened. */
struct smp_task {
	struct smp *smp;
	const char *what;
	bool (*turn)(struct smp *smp);
	struct task_struct *task;
	unsigned int turns;
};

struct smp {
	struct kunit *test;
	struct fake_smmu *fake;
	const struct dev_pm_ops *driver_pm;
	struct smp_bank banks[FAKE_SMMU_BANKS];
	struct smp_task tasks[4];
	struct mutex awake;		/* system sleep finds the other tasks frozen */
	bool runtime_pm;
	bool system_sleep;
	unsigned int suspends;
	unsigned int sleeps;
	unsigned int detaches;
};

static int smp_callback(struct iommu_domain *domain, struct device *dev,
			unsigned long iova, int flags, void *token)
{
	struct smp_bank *b = token;
	struct fake_smmu *fake = b->smp->fake;

	if (atomic_inc_return(&b->callbacks) != 1)
		kunit_regfile_violation(fake->regs, "I1: two callbacks of bank %d", b->idx);
	if (!READ_ONCE(b->attached))
		kunit_regfile_violation(fake->regs, "I9: callback of detached bank %d", b->idx);
	/* MMU-500's SS would assert the line until the callback returns. */
	if (atomic_read(&fake->smmu.cbs[b->idx].fault.sctlr) & ARM_SMMU_SCTLR_CFIE)
		kunit_regfile_violation(fake->regs, "I6: bank %d is armed under its callback",
					b->idx);
	/* Only a broken driver has it change under a callback. */
	if (!data_race(fake->regs->powered))
		kunit_regfile_violation(fake->regs, "I8: callback of bank %d without power",
					b->idx);
	WRITE_ONCE(b->calls, b->calls + 1);
	WRITE_ONCE(b->bank->unmapped, !get_random_u32_below(4));
	atomic_dec(&b->callbacks);

	return get_random_u32_below(2) ? -EAGAIN : 0;
}

static void smp_fault(struct smp_bank *b)
{
	WRITE_ONCE(b->bank->unmapped, true);
	fake_smmu_fault(b->smp->fake, b->idx, IOVA, 0);
}

/* What the tasks do */

static bool smp_turn_fault(struct smp *smp)
{
	struct smp_bank *b = &smp->banks[get_random_u32_below(SMP_FIXED)];

	smp_fault(b);

	return true;
}

static bool smp_turn_foreign(struct smp *smp)
{
	fake_smmu_assert_foreign(smp->fake, 0, true);

	return true;
}

static bool smp_turn_set_stall(struct smp *smp)
{
	struct smp_bank *b = &smp->banks[get_random_u32_below(FAKE_SMMU_BANKS)];

	b->stall = get_random_u32_below(2);
	arm_smmu_set_stall(&smp->fake->smmu, b->idx, b->stall);

	return true;
}

static void smp_lose_power(struct fake_smmu *fake)
{
	fake_smmu_set_clocks(fake, false);
	fake_smmu_power_loss(fake);
}

/* The core does it with the device in use from its point of view. */
static bool smp_sleep(struct smp *smp)
{
	struct device *dev = smp->fake->smmu.dev;
	bool active;

	if (!mutex_trylock(&smp->awake))
		return false;
	pm_runtime_get_noresume(dev);
	if (smp->driver_pm->suspend(dev))
		kunit_regfile_violation(smp->fake->regs, "the SMMU does not suspend");
	active = !pm_runtime_suspended(dev);
	if (active) {
		smp_lose_power(smp->fake);
		fake_smmu_set_clocks(smp->fake, true);
	}
	if (smp->driver_pm->resume(dev))
		kunit_regfile_violation(smp->fake->regs, "the SMMU does not resume");
	pm_runtime_put_noidle(dev);
	mutex_unlock(&smp->awake);
	smp->sleeps++;

	return true;
}

static bool smp_turn_power(struct smp *smp)
{
	struct device *dev = smp->fake->smmu.dev;

	if (smp->system_sleep && (!smp->runtime_pm || !get_random_u32_below(4)))
		return smp_sleep(smp);

	/* Refused while there is a reference. */
	if (pm_runtime_suspend(dev))
		return false;
	smp->suspends++;
	/* Or a fault thread does it, or who attaches. */
	if (get_random_u32_below(4))
		pm_runtime_resume(dev);

	return true;
}

static int smp_run(void *data)
{
	struct smp_task *task = data;

	while (!kthread_should_stop()) {
		if (task->turn(task->smp))
			WRITE_ONCE(task->turns, task->turns + 1);
		kunit_irqchip_refill(task->smp->fake->irqchip, SMP_STORM);
		/* Some turns in a row. All the time, the CPUs would wait for the fake's lock. */
		if (get_random_u32_below(2))
			schedule_timeout_uninterruptible(1);
		else
			cond_resched();
	}

	return 0;
}

static void smp_stop(void *data)
{
	struct smp *smp = data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(smp->tasks); i++) {
		if (!IS_ERR_OR_NULL(smp->tasks[i].task))
			kthread_stop(smp->tasks[i].task);
		smp->tasks[i].task = NULL;
	}
}

static void smp_start(struct smp *smp)
{
	unsigned int i, cpu = cpumask_first(cpu_online_mask);

	KUNIT_ASSERT_EQ(smp->test, 0, kunit_add_action_or_reset(smp->test, smp_stop, smp));
	for (i = 0; i < ARRAY_SIZE(smp->tasks); i++) {
		struct smp_task *task = &smp->tasks[i];

		task->turns = 0;
		task->task = kthread_run_on_cpu(smp_run, task, cpu, "arm-smmu-smp/%u");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(smp->test, task->task);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
	}
}

static const struct smp_task *smp_who_has_less(struct smp *smp, unsigned int turns)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(smp->tasks); i++) {
		if (READ_ONCE(smp->tasks[i].turns) < turns)
			return &smp->tasks[i];
	}

	return NULL;
}

/* What the test's own task does */

static void smp_attach_and_detach(struct smp *smp)
{
	struct smp_bank *b = &smp->banks[SMP_VISITOR];
	struct fake_smmu *fake = smp->fake;
	struct arm_smmu_domain *smmu_domain;
	struct device *dev = fake->smmu.dev;
	unsigned int i;

	mutex_lock(&smp->awake);
	if (smp->runtime_pm)
		KUNIT_EXPECT_GE(smp->test, pm_runtime_resume_and_get(dev), 0);
	WRITE_ONCE(b->attached, true);
	smmu_domain = fake_smmu_attach(smp->test, fake, b->idx, 0, STALL);
	for (i = get_random_u32_below(4); i; i--)
		smp_fault(b);
	arm_smmu_detach_context_bank(smmu_domain);
	WRITE_ONCE(b->attached, false);

	KUNIT_EXPECT_EQ(smp->test, atomic_read(&b->callbacks), 0);
	KUNIT_EXPECT_EQ(smp->test, atomic_read(&fake->cbs[b->idx].fault.sctlr), 0);
	KUNIT_EXPECT_EQ(smp->test, fake_smmu_peek(fake, b->idx, FAKE_SCTLR), 0);
	KUNIT_EXPECT_EQ(smp->test, fake_smmu_peek_faults(fake, b->idx), 0);
	if (smp->runtime_pm)
		pm_runtime_put_autosuspend(dev);
	mutex_unlock(&smp->awake);
	smp->detaches++;
}

static void smp_rest(struct smp *smp)
{
	struct fake_smmu *fake = smp->fake;
	unsigned int i;

	kunit_release_action(smp->test, smp_stop, smp);
	if (smp->runtime_pm)
		KUNIT_EXPECT_GE(smp->test, pm_runtime_resume(fake->smmu.dev), 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_TRUE(smp->test, fake->regs->powered);
	for (i = 0; i < SMP_FIXED; i++) {
		struct smp_bank *b = &smp->banks[i];
		u32 sctlr = ARMED | (b->stall ? STALL : 0);

		KUNIT_EXPECT_EQ(smp->test, b->bank->reported, b->calls + b->bank->forgotten);
		KUNIT_EXPECT_EQ(smp->test, atomic_read(&fake->cbs[i].fault.sctlr), sctlr);
		KUNIT_EXPECT_REG_EQ(smp->test, fake->regs, FAKE_SCTLR, i, sctlr);
		KUNIT_EXPECT_EQ(smp->test, fake_smmu_peek_faults(fake, i), 0);
	}
}

static void smp_race(struct kunit *test, struct smp *smp)
{
	const struct smp_task *idle = NULL;
	unsigned long start;
	unsigned int i;

	for (i = 0; i < SMP_ROUNDS && !smp->fake->regs->violation && !idle; i++) {
		start = jiffies;
		smp_start(smp);
		do {
			smp_attach_and_detach(smp);
			schedule_timeout_uninterruptible(1);
			idle = smp_who_has_less(smp, 1);
		} while (smp_who_has_less(smp, SMP_TURNS) &&
			 time_before(jiffies, start + (idle ? SMP_PATIENCE : SMP_TIME)) &&
			 !READ_ONCE(smp->fake->regs->violation));
		smp_rest(smp);
	}
	KUNIT_EXPECT_REGFILE_OK(test, smp->fake->regs);
	KUNIT_EXPECT_NULL_MSG(test, idle, "no task got to: %s", idle->what);
	kunit_info(test, "%u callbacks, %u suspends, %u sleeps, %u detaches\n",
		   smp->banks[0].calls + smp->banks[1].calls + smp->banks[2].calls,
		   smp->suspends, smp->sleeps, smp->detaches);
}

static void smp_add_task(struct smp *smp, unsigned int i, const char *what,
			 bool (*turn)(struct smp *smp))
{
	smp->tasks[i].smp = smp;
	smp->tasks[i].what = what;
	smp->tasks[i].turn = turn;
}

static struct smp *smp_create(struct kunit *test)
{
	struct smp *smp;
	unsigned int i;

	if (num_online_cpus() == 1)
		kunit_skip(test, "wants several CPUs");
	if (!smp_race_wanted)
		kunit_skip(test, "left to chance; arm_smmu_kunit.smp=1 runs it");

	smp = kunit_kzalloc(test, sizeof(*smp), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, smp);
	smp->test = test;
	smp->driver_pm = fake_smmu_pm_ops(test);
	smp->fake = fake_smmu_create(test, true);
	mutex_init(&smp->awake);
	kunit_irqchip_refill(smp->fake->irqchip, SMP_STORM);
	fake_smmu_request_foreign(test, smp->fake, 0);
	for (i = 0; i < FAKE_SMMU_BANKS; i++) {
		struct smp_bank *b = &smp->banks[i];

		b->smp = smp;
		b->bank = &smp->fake->banks[i];
		b->idx = i;
		iommu_set_fault_handler(&smp->fake->domains[i].domain, smp_callback, b);
		if (i >= SMP_FIXED)
			continue;
		b->attached = true;
		fake_smmu_attach(test, smp->fake, i, i / 2, 0);
	}
	smp_add_task(smp, 0, "faults", smp_turn_fault);
	smp_add_task(smp, 1, "set_stall()", smp_turn_set_stall);
	smp_add_task(smp, 2, "suspend and resume", smp_turn_power);
	smp_add_task(smp, 3, "foreign interrupts", smp_turn_foreign);
	smp->fake->regs->post_writes = true;

	return smp;
}

static int __maybe_unused smp_runtime_suspend(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);
	int ret = driver_find("arm-smmu", &platform_bus_type)->pm->runtime_suspend(dev);

	smp_lose_power(container_of(smmu, struct fake_smmu, smmu));

	return ret;
}

static const struct dev_pm_ops smp_pm_ops = {
	SET_RUNTIME_PM_OPS(smp_runtime_suspend, fake_smmu_runtime_resume, NULL)
};

static void smp_enable_runtime_pm(struct smp *smp)
{
	struct device *dev = smp->fake->smmu.dev;

	fake_smmu_use_pm(smp->test, smp->fake, &smp_pm_ops);
	pm_runtime_set_active(dev);
	/* Only the test suspends it. */
	pm_runtime_set_autosuspend_delay(dev, INT_MAX);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_enable(dev);
}

/* And, where there is one, with system sleep. */
static void all_cpus_race_with_runtime_pm(struct kunit *test)
{
	struct smp *smp = smp_create(test);

	smp_enable_runtime_pm(smp);
	smp->runtime_pm = true;
	smp->system_sleep = smp->driver_pm->suspend;
	smp_race(test, smp);
}

/* Fault threads have no reference then: system sleep waits for them. */
static void all_cpus_race_with_system_sleep(struct kunit *test)
{
	struct smp *smp = smp_create(test);

	if (!smp->driver_pm->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is off");

	smp->system_sleep = true;
	smp_race(test, smp);
}

#ifdef CONFIG_PM
/* Nor then, though they ask for one. */
static void all_cpus_race_in_spite_of_an_error_of_runtime_pm(struct kunit *test)
{
	struct smp *smp = smp_create(test);

	if (!smp->driver_pm->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is off");

	smp_enable_runtime_pm(smp);
	smp->fake->smmu.dev->power.runtime_error = -EIO;
	smp->system_sleep = true;
	smp_race(test, smp);
}
#endif

static struct kunit_case arm_smmu_smp_cases[] = {
	KUNIT_CASE(all_cpus_race_with_runtime_pm),
	KUNIT_CASE(all_cpus_race_with_system_sleep),
#ifdef CONFIG_PM
	KUNIT_CASE(all_cpus_race_in_spite_of_an_error_of_runtime_pm),
#endif
	{}
};

static struct kunit_suite arm_smmu_smp_suite = {
	.name = "arm_smmu_smp",
	.test_cases = arm_smmu_smp_cases,
};

kunit_test_suite(arm_smmu_smp_suite);
