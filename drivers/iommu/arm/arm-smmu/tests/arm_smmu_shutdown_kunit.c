// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for shutdown and removal of the Arm SMMU.
 *
 * The invariant: no transaction is left stalled, and none is retried when translation
 * is off (I2); after that no register is touched (I9).
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/workqueue.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG

static struct platform_driver *driver(void)
{
	return to_platform_driver(driver_find("arm-smmu", &platform_bus_type));
}

KUNIT_DEFINE_ACTION_WRAPPER(put_device_of, platform_device_put, struct platform_device *);

/* What the driver's operations take. */
static struct platform_device *device_of(struct kunit *test, struct fake_smmu *fake)
{
	struct platform_device *pdev = platform_device_alloc("fake-smmu", PLATFORM_DEVID_NONE);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_device_of, pdev), 0);
	platform_set_drvdata(pdev, &fake->smmu);

	return pdev;
}

struct shutdown_work {
	struct work_struct work;
	struct platform_device *pdev;
	bool down;
};

static void shut_down(struct work_struct *work)
{
	struct shutdown_work *shutdown = container_of(work, struct shutdown_work, work);

	driver()->shutdown(shutdown->pdev);
	WRITE_ONCE(shutdown->down, true);
}

/* Retried after shutdown, it would bypass translation, into the next kernel. */
static void shutdown_terminates_what_a_callback_retries(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_callback *sleeper;
	struct shutdown_work *shutdown;

	/* The device's: it stays until the interrupt was freed. */
	shutdown = devm_kzalloc(fake->smmu.dev, sizeof(*shutdown), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shutdown);
	INIT_WORK(&shutdown->work, shut_down);
	shutdown->pdev = device_of(test, fake);

	fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);
	sleeper->ret = -EAGAIN;
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE),
			0);
	schedule_work(&shutdown->work);
	msleep(20);
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(shutdown->down), "did not wait for the callback");
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) &
				  ARM_SMMU_sCR0_CLIENTPD, 0, "translates no more");
	complete_all(&sleeper->go_on);
	flush_work(&shutdown->work);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0),
			ARM_SMMU_sCR0_CLIENTPD);
}

#define LAST_BANK	(FAKE_SMMU_BANKS - 1)

static void faults_before_mask(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	struct fake_smmu *fake = rf->priv;

#ifdef CONFIG_PM
	if (!atomic_read(&fake->smmu.dev->power.usage_count))
		kunit_regfile_violation(rf, "a register access without a runtime-PM reference");
#endif
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_fault(fake, LAST_BANK, IOVA, 0);
}

/* Their interrupts never come, as the lines go down: no thread resumes them. */
static void shutdown_terminates_what_nobody_took(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct platform_device *pdev = device_of(test, fake);
	int i;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach(test, fake, LAST_BANK, 1, STALL);
	fake->irqchip->manual = true;
	fake->regs->before_access = faults_before_mask;
	pm_runtime_set_active(fake->smmu.dev);
	pm_runtime_enable(fake->smmu.dev);
	driver()->shutdown(pdev);
	fake->regs->before_access = NULL;
#ifdef CONFIG_PM
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.dev->power.usage_count), 0);
#endif

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	for (i = 0; i < FAKE_SMMU_BANKS; i += LAST_BANK) {
		KUNIT_EXPECT_EQ(test, fake->banks[i].terminated, 1);
		KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, i), 0);
		/* Neither interrupts nor stalls. */
		KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, i, FAKE_SCTLR), ARM_SMMU_SCTLR_M);
	}
}

#ifdef CONFIG_PM
/* There is nothing to turn off. */
static void smmu_that_does_not_resume_is_left_alone_at_shutdown(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct platform_device *pdev = device_of(test, fake);
	struct device *dev = fake->smmu.dev;
	unsigned int accesses;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_suspend(fake);
	fake_smmu_use_pm(test, fake, &fake_smmu_pm_without_resume);
	pm_runtime_enable(dev);
	accesses = fake->regs->log_len;
	/* The reference of another user. A pm_runtime_put() too many would drop it. */
	pm_runtime_get_noresume(dev);
	driver()->shutdown(pdev);

	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	pm_runtime_put_noidle(dev);
}
#endif

static void fault_when_masked(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA, 0);
}

/* The interrupts are freed after that, when the device's resources are. */
static void removed_smmu_is_off_and_left_alone(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct platform_device *pdev = device_of(test, fake);
	unsigned int accesses;

	/* Registered with the core, as in probe, but the core does not find it. */
	INIT_LIST_HEAD(&fake->smmu.iommu.list);
	KUNIT_EXPECT_EQ(test, iommu_device_sysfs_add(&fake->smmu.iommu, fake->smmu.dev, NULL,
						     "fake-smmu"), 0);
	fake_smmu_request_global(test, fake, 0);
	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = fault_when_masked;
	driver()->remove(pdev);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0),
			ARM_SMMU_sCR0_CLIENTPD);

	/* Without clocks from now on, and others on the line. */
	fake_smmu_set_clocks(fake, false);
	accesses = fake->regs->log_len;
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	arm_smmu_set_stall(&fake->smmu, 0, false);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

static struct kunit_case arm_smmu_shutdown_cases[] = {
	KUNIT_CASE(shutdown_terminates_what_a_callback_retries),
	KUNIT_CASE(shutdown_terminates_what_nobody_took),
	KUNIT_CASE(removed_smmu_is_off_and_left_alone),
#ifdef CONFIG_PM
	KUNIT_CASE(smmu_that_does_not_resume_is_left_alone_at_shutdown),
#endif
	{}
};

static struct kunit_suite arm_smmu_shutdown_suite = {
	.name = "arm_smmu_shutdown",
	.test_cases = arm_smmu_shutdown_cases,
};

kunit_test_suite(arm_smmu_shutdown_suite);
