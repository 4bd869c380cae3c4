// SPDX-License-Identifier: GPL-2.0-only
/*
 * End-to-end tests, as those in arm_smmu_e2e_kunit.c: power, system sleep, domains that
 * are freed, the driver unbound, and all banks at once.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/pm_runtime.h>
#include <linux/prandom.h>
#include <linux/workqueue.h>

#include "arm-smmu.h"
#include "e2e_check.h"

KUNIT_ARRAY_PARAM(device, e2e_devices, e2e_device_desc);
KUNIT_ARRAY_PARAM(kind, e2e_kinds, e2e_device_desc);

/* I8: the fault thread keeps the SMMU powered, though its master does not. */
static void sleeping_callback_keeps_the_power(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	m->handle = e2e_sleep_in_callback;
	e2e_start(m, 0);
	e2e_await_callback(test, m);
	KUNIT_EXPECT_GE(test, 0, pm_runtime_put_sync(m->dev));
	msleep(100);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_POWER), 1);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 1);
	complete_all(&m->go_on);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
}

static bool power_is_off(void)
{
	unsigned long end = jiffies + E2E_PATIENCE;

	while (readl(e2e_debug + E2E_POWER) && time_before(jiffies, end))
		msleep(5);

	return !readl(e2e_debug + E2E_POWER);
}

/* I8: set_stall() while suspended is in force after that. */
static void set_stall_while_suspended(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, false);
	struct e2e_before b = e2e_look(m);

	KUNIT_EXPECT_GE(test, 0, pm_runtime_put_sync(m->dev));
	KUNIT_EXPECT_TRUE(test, power_is_off());
	e2e_set_stall(m, true);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_STALLS), 1);
}

static int suspend_and_resume(void *data)
{
	struct e2e_master *m = data;

	while (!kthread_should_stop()) {
		pm_runtime_put_sync(m->dev);
		usleep_range(100, 40000);
		if (pm_runtime_resume_and_get(m->dev))
			return -EIO;
		usleep_range(100, 3000);
	}

	return 0;
}

/*
 * I8: the master goes on while the SMMU suspends under it. What faults in that moment is
 * gone; no register is touched without power, and what comes after that is reported.
 */
static void runtime_suspend_under_dma(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);
	struct task_struct *task;
	int err;

	writel(50000, m->chan + E2E_CHAN_PACE_NS);
	e2e_start(m, E2E_CHAN_REPEAT);
	task = kthread_run(suspend_and_resume, m, "e2e-suspend");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	msleep(1500);
	err = kthread_stop(task);
	KUNIT_EXPECT_EQ(test, 0, err);
	KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	writel(10000, m->chan + E2E_CHAN_PACE_NS);
	e2e_expect_quiet(test, m, &b);
	KUNIT_EXPECT_GT(test, atomic_read(&m->calls), 0);
	/* It was really cut. */
	KUNIT_EXPECT_GT(test, readl(e2e_debug + E2E_LOST) - b.lost, 0);

	atomic_set(&m->calls, 0);
	b = e2e_look(m);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
}

struct e2e_sleep {
	struct work_struct work;
	struct e2e_master *m;
};

static void end_callback(struct work_struct *work)
{
	struct e2e_master *m = container_of(work, struct e2e_sleep, work)->m;

	msleep(50);
	complete_all(&m->go_on);
}

/* All devices go to sleep, and wake up. A callback that sleeps goes on doing so meanwhile. */
static void go_to_system_sleep(struct kunit *test, struct e2e_master *m)
{
	struct e2e_sleep sleep = { .m = m };
	int err;

	INIT_WORK_ONSTACK(&sleep.work, end_callback);
	queue_work(system_unbound_wq, &sleep.work);
	err = dpm_suspend_start(PMSG_SUSPEND) ?: dpm_suspend_end(PMSG_SUSPEND);
	KUNIT_EXPECT_EQ(test, err, 0);
	if (!err) {
		KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_POWER), 0);
		msleep(20);
		dpm_resume_start(PMSG_RESUME);
	}
	dpm_resume_end(PMSG_RESUME);
	flush_work(&sleep.work);
	destroy_work_on_stack(&sleep.work);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_POWER), 1);
}

static void expect_fault_is_reported(struct kunit *test, struct e2e_master *m)
{
	struct e2e_before b = e2e_look(m);

	m->handle = NULL;
	atomic_set(&m->calls, 0);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_TERMINATED), 1);
}

/* I8: as above, where runtime PM is off, and all interrupts are in the end. */
static void system_sleep_under_dma(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);
	int i;

	writel(50000, m->chan + E2E_CHAN_PACE_NS);
	e2e_start(m, E2E_CHAN_REPEAT);
	for (i = 0; i < 3; i++)
		go_to_system_sleep(test, m);
	KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	writel(10000, m->chan + E2E_CHAN_PACE_NS);
	e2e_expect_quiet(test, m, &b);
	KUNIT_EXPECT_GT(test, readl(e2e_debug + E2E_LOST) - b.lost, 0);
	expect_fault_is_reported(test, m);
}

/* I2: the transaction is resumed before the power goes. */
static void system_sleep_waits_for_a_callback(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	m->handle = e2e_sleep_in_callback;
	e2e_start(m, 0);
	e2e_await_callback(test, m);
	go_to_system_sleep(test, m);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_TERMINATED), 1);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_LOST) - b.lost, 0);
	expect_fault_is_reported(test, m);
}

static int free_domain(void *data)
{
	e2e_release(data);

	return 0;
}

/* I9: the domain is freed while its transaction is stalled and its callback sleeps. */
static void domain_freed_while_a_callback_sleeps(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);
	struct task_struct *task;
	u32 sctlr;

	/* The power stays on. */
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	m->handle = e2e_sleep_in_callback;
	e2e_start(m, 0);
	e2e_await_callback(test, m);
	task = kthread_run(free_domain, m, "e2e-release");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	msleep(50);
	KUNIT_EXPECT_NOT_NULL_MSG(test, m->domain, "freed under its callback");
	complete_all(&m->go_on);
	kthread_stop(task);

	KUNIT_EXPECT_NULL(test, m->domain);
	sctlr = e2e_bank(m, E2E_SCTLR);
	KUNIT_EXPECT_EQ(test, sctlr & (ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE), 0);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 0);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_VIOLATIONS), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&m->calls), 1);
	pm_runtime_put_sync(m->dev);
}

/* I9: the domain is freed again and again under a master that faults without a break. */
static void domain_freed_under_dma(struct kunit *test)
{
	struct rnd_state rnd;
	struct e2e_master *m;
	int i, pause;

	prandom_seed_state(&rnd, 1);
	e2e_use_device(test->param_value);
	for (i = 0; i < 30; i++) {
		m = e2e_attach(test, 0);
		e2e_set_stall(m, true);
		e2e_start(m, E2E_CHAN_REPEAT);
		pause = prandom_u32_state(&rnd) % 2000;
		usleep_range(pause, pause + 20);
		/* The power stays on. */
		KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
		e2e_release(m);
		KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 0);
		KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_SCTLR) &
				(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE), 0);
		pm_runtime_put_sync(m->dev);
		KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	}
}

/* I9: the interrupt was never taken. Several transactions are stalled, where they can be. */
static void domain_freed_with_a_fault_that_was_not_seen(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_master *other = e2e_attach_to(test, 1, m);

	disable_irq(m->bank_irq);
	e2e_start(m, 0);
	e2e_start(other, 0);
	usleep_range(2000, 3000);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED),
			min(2U, readl(e2e_debug + E2E_MAX_STALLS)));
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	e2e_release(other);
	e2e_release(m);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 0);
	pm_runtime_put_sync(m->dev);
	KUNIT_EXPECT_EQ(test, readl(m->chan + E2E_CHAN_STATUS), E2E_CHAN_ABORTED);
	KUNIT_EXPECT_EQ(test, readl(other->chan + E2E_CHAN_STATUS), E2E_CHAN_ABORTED);
}

static struct device *smmu_of(struct e2e_master *m)
{
	struct device_node *np = of_parse_phandle(m->dev->of_node, "iommus", 0);
	struct platform_device *pdev = of_find_device_by_node(np);

	of_node_put(np);

	return pdev ? &pdev->dev : NULL;
}

/* I9: the driver is unbound after a domain was freed under DMA; its masters go first. */
static void driver_is_unbound_and_bound_again(struct kunit *test)
{
	static struct device *dev[E2E_MASTERS];
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);
	struct device *smmu = smmu_of(m);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, smmu);
	for (i = 0; i < E2E_MASTERS; i++)
		dev[i] = e2e_masters[i] ? e2e_masters[i]->dev : NULL;
	e2e_start(m, E2E_CHAN_REPEAT);
	msleep(20);
	e2e_release(m);
	e2e_drop(test, m);
	device_release_driver(smmu);
	KUNIT_EXPECT_NULL(test, e2e_masters[0]);

	KUNIT_EXPECT_EQ(test, device_attach(smmu), 1);
	for (i = 0; i < E2E_MASTERS; i++)
		if (dev[i])
			KUNIT_EXPECT_EQ(test, device_attach(dev[i]), 1);
	put_device(smmu);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_UNPOWERED), b.unpowered);
	KUNIT_ASSERT_NOT_NULL(test, e2e_masters[0]);
	expect_fault_is_reported(test, e2e_attach_gpu(test, true));
}

/* As many banks as there are masters: BANKS=128 has them all on two lines. */
static void all_banks_fault_at_once(struct kunit *test)
{
	struct e2e_before *b = kunit_kcalloc(test, E2E_MASTERS, sizeof(*b), GFP_KERNEL);
	int i, n;

	KUNIT_ASSERT_NOT_NULL(test, b);
	e2e_use_device(test->param_value);
	for (n = 0; n < E2E_MASTERS && e2e_masters[n]; n++) {
		e2e_attach(test, n);
		e2e_set_stall(e2e_masters[n], true);
		b[n] = e2e_look(e2e_masters[n]);
	}
	for (i = 0; i < n; i++)
		e2e_start(e2e_masters[i], 0);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, e2e_wait(e2e_masters[i]), E2E_CHAN_ABORTED);
		e2e_expect_quiet(test, e2e_masters[i], &b[i]);
		e2e_expect_reported(test, e2e_masters[i], &b[i]);
		KUNIT_EXPECT_EQ(test, e2e_since(e2e_masters[i], &b[i], E2E_TERMINATED), 1);
	}
}

static struct kunit_case e2e_system_cases[] = {
	KUNIT_CASE_PARAM(sleeping_callback_keeps_the_power, kind_gen_params),
	KUNIT_CASE_PARAM(set_stall_while_suspended, kind_gen_params),
	KUNIT_CASE_PARAM(runtime_suspend_under_dma, device_gen_params),
	KUNIT_CASE_PARAM(system_sleep_under_dma, kind_gen_params),
	KUNIT_CASE_PARAM(system_sleep_waits_for_a_callback, kind_gen_params),
	KUNIT_CASE_PARAM(domain_freed_while_a_callback_sleeps, device_gen_params),
	KUNIT_CASE_PARAM(domain_freed_under_dma, device_gen_params),
	KUNIT_CASE_PARAM(domain_freed_with_a_fault_that_was_not_seen, device_gen_params),
	KUNIT_CASE_PARAM(driver_is_unbound_and_bound_again, kind_gen_params),
	KUNIT_CASE_PARAM(all_banks_fault_at_once, kind_gen_params),
	{}
};

static struct kunit_suite e2e_system_suite = {
	.name = "arm_smmu_e2e_system",
	.init = e2e_init,
	.test_cases = e2e_system_cases,
};

kunit_test_suite(e2e_system_suite);

MODULE_DESCRIPTION("End-to-end tests of stalled faults of the Arm SMMU: power and domains");
MODULE_LICENSE("GPL");
