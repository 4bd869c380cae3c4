// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the power of the Arm SMMU.
 *
 * The invariant: no register is touched without clocks (I8), and neither a
 * fault nor a change of SCTLR is lost for it (I1, I4, I5). The fake records an
 * access without clocks as a violation.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq_work.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE)

static u32 shadow(struct fake_smmu *fake, int bank)
{
	return atomic_read(&fake->smmu.cbs[bank].sctlr);
}

/* What the driver's runtime suspend and resume do around the clocks. */
static void suspend(struct fake_smmu *fake)
{
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_set_clocks(fake, false);
	fake_smmu_power_loss(fake);
}

static void resume(struct fake_smmu *fake)
{
	fake_smmu_set_clocks(fake, true);
	arm_smmu_power_on(&fake->smmu);
}

static void request_global_irq(struct kunit *test, struct fake_smmu *fake)
{
	unsigned int line = fake->global.line - fake->lines;

	KUNIT_ASSERT_EQ(test, 0, devm_request_irq(fake->smmu.dev, fake->lines[line].irq,
						  arm_smmu_global_fault, IRQF_SHARED,
						  "arm-smmu global fault", &fake->smmu));
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
	suspend(fake);
	/* Of faults that are gone with the power. */
	fake->smmu.cbs[0].refaults = 23;
	resume(fake);

	KUNIT_EXPECT_EQ(test, fake->smmu.cbs[0].refaults, 0);
	KUNIT_EXPECT_NULL(test, fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 1, FAKE_SCTLR), 0);
}

/* It must not arrive without clocks. No bank is read here afterwards. */
static void suspend_leaves_no_write_of_scr0_behind(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake->regs.post_writes = true;
	suspend(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	resume(fake);
}

static void clocks_go_last_and_come_first(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_use_clk(test, fake);
	KUNIT_EXPECT_EQ(test, 0, pm->runtime_suspend(fake->smmu.dev));
	KUNIT_EXPECT_TRUE(test, fake->regs.unpowered);
	KUNIT_EXPECT_EQ(test, 0, pm->runtime_resume(fake->smmu.dev));
	KUNIT_EXPECT_FALSE(test, fake->regs.unpowered);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
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

	request_global_irq(test, fake);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = fault_when_flag_is_off;
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 0);
	for (i = 0; i < fake->regs.log_len; i++)
		KUNIT_EXPECT_TRUE(test, fake_smmu_logged(fake, i).irqs_off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static void suspended_bank_is_not_touched_for_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	suspend(fake);
	fake->lines[0].interrupts = 0;

	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	resume(fake);
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

	suspend(fake);
	resume(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
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
	resume(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
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
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 0);
}

/* There is nothing to turn off. */
static void smmu_that_does_not_resume_is_left_alone_at_shutdown(struct kunit *test)
{
	struct platform_driver *drv =
		to_platform_driver(driver_find("arm-smmu", &platform_bus_type));
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct platform_device *pdev = platform_device_alloc("fake-smmu", PLATFORM_DEVID_NONE);
	struct device *dev = fake->smmu.dev;
	unsigned int accesses;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	platform_set_drvdata(pdev, &fake->smmu);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	suspend(fake);
	fake_smmu_use_pm(test, fake, &pm_that_fails);
	pm_runtime_enable(dev);
	accesses = fake->regs.log_len;
	/* Somebody else's: there is one that could be put by mistake. */
	pm_runtime_get_noresume(dev);
	drv->shutdown(pdev);
	platform_device_put(pdev);

	KUNIT_EXPECT_EQ(test, fake->regs.log_len, accesses);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 1);
	pm_runtime_put_noidle(dev);
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
	suspend(fake);
	arm_smmu_set_stall(&fake->smmu, 0, true);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	resume(fake);

	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
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
	suspend(fake);
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
	atomic_t *users = &fake->smmu.cbs[0].users;
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

#define READ_GLOBAL_FAULT	"!sGFSR?0x2 !sGFSYNR0?0x0 !sGFSYNR1?0x0 !sGFSYNR2?0x0 "

static void global_fault_is_cleared(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	request_global_irq(test, fake);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);
	/* What is printed of it, and the write is drained before suspend may go on. */
	KUNIT_EXPECT_STREQ(test, kunit_regfile_trace(test, &fake->regs, KUNIT_REG_ANY),
			   READ_GLOBAL_FAULT "!sGFSR=0x2 !sGFSR?0x0");
}

static void cleared_while_inside(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg == FAKE_SGFSR && !atomic_read(&fake->smmu.users))
		kunit_regfile_violation(&fake->regs, "suspend does not wait for this access");
}

/* It is called for others on its line, in any state, and says that it was not for it. */
static void global_fault_handler_leaves_alone_what_is_not_its_own(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake->after_access = cleared_while_inside;
	KUNIT_EXPECT_EQ(test, arm_smmu_global_fault(0, &fake->smmu), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(&fake->regs, KUNIT_REG_ANY, KUNIT_REG_ANY, true),
			0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());

	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR, ARM_SMMU_sGFSR_USF);
	KUNIT_EXPECT_EQ(test, arm_smmu_global_fault(0, &fake->smmu), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);

	suspend(fake);
	KUNIT_EXPECT_EQ(test, arm_smmu_global_fault(0, &fake->smmu), IRQ_NONE);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	resume(fake);
}

/* The line is shared: somebody else asserts it while the SMMU is off. */
static void global_fault_handler_does_not_touch_a_suspended_smmu(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_line *line = &fake->lines[0];

	fake_lines_connect(&fake->global, &fake->lines[0]);
	request_global_irq(test, fake);
	fake_smmu_request_foreign(test, fake, 0);
	suspend(fake);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, line->interrupts, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);

	resume(fake);
	KUNIT_EXPECT_TRUE(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) &
				ARM_SMMU_sCR0_GFIE);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
}

static void fault_when_reset_is_over(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* The interrupt would come at once, and nobody would answer it. */
	if (access->reg == FAKE_SCR0 && access->write &&
	    (access->val & ARM_SMMU_sCR0_GFIE) && !READ_ONCE(fake->smmu.powered))
		kunit_regfile_violation(&fake->regs, "global interrupt on before the flag");

	/* Reset lets transactions through again with its last access, to sCR0. */
	if (access->reg != FAKE_SCR0 || !access->write || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_global_fault(fake);
}

static void global_fault_before_the_flag_does_not_storm(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	request_global_irq(test, fake);
	suspend(fake);
	fake_smmu_set_clocks(fake, true);
	fake->after_access = fault_when_reset_is_over;
	arm_smmu_device_reset(&fake->smmu);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 0);

	arm_smmu_power_on(&fake->smmu);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
}

/* Somebody who is inside the SMMU for a while, and then leaves. */
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
	suspend(fake);
	KUNIT_EXPECT_TRUE_MSG(test, READ_ONCE(guest->left),
			      "the power went while somebody was inside");
	resume(fake);
	irq_work_sync(&guest->tick);
}

static void suspend_waits_for_who_is_inside(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 3, 0, 0);
	expect_suspend_waits_for(test, fake, &fake->smmu.cbs[3].users);
	expect_suspend_waits_for(test, fake, &fake->smmu.users);
}

struct wait_work {
	struct work_struct work;
	struct fake_smmu *fake;
	struct fake_smmu_sleeper *sleeper;
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
	KUNIT_ASSERT_NE(test, 0, wait_for_completion_timeout(&wait.sleeper->entered,
							     FAKE_SMMU_PATIENCE));
	arm_smmu_power_off(&fake->smmu);
	schedule_work(&wait.work);
	msleep(20);
	complete_all(&wait.sleeper->go_on);
	flush_work(&wait.work);
	destroy_work_on_stack(&wait.work);

	KUNIT_EXPECT_EQ_MSG(test, wait.callbacks_left, 1, "did not wait for the callback");
	KUNIT_EXPECT_EQ(test, fake->banks[last].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, last, FAKE_SCTLR), ARM_SMMU_SCTLR_M | STALL);
	resume(fake);
}

static void system_sleep_does_not_wait_for_interrupts_of_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_sleeper *sleeper;

	fake_smmu_attach_sleeper(test, fake, 1, 1, &sleeper);
	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&sleeper->entered,
							     FAKE_SMMU_PATIENCE));
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
	/* Whoever is wrong goes on. */
	msleep(20);
}

struct sleep_work {
	struct work_struct work;
	struct fake_smmu *fake;
	const struct dev_pm_ops *pm;
	struct task_struct *task;
	int ret;
};

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
	struct sleep_work sleep = { .fake = fake, .pm = fake_smmu_pm_ops(test) };
	struct fake_smmu_sleeper *sleeper;

	if (!sleep.pm->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is off");

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach_sleeper(test, fake, 1, 1, &sleeper);
	fake_smmu_use_clk(test, fake);
	INIT_WORK_ONSTACK(&sleep.work, fall_asleep);
	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&sleeper->entered,
							     FAKE_SMMU_PATIENCE));
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
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);

	KUNIT_EXPECT_EQ(test, sleep.pm->resume(fake->smmu.dev), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
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
	struct fake_smmu_sleeper *sleeper;

	fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);
	fake_smmu_use_pm(test, fake, &driver_power);
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&sleeper->entered,
							     FAKE_SMMU_PATIENCE));
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	KUNIT_EXPECT_EQ(test, pm_runtime_suspend(dev), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(fake->smmu.powered));
	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->power.usage_count), 0);
}
#endif

/* There are no clocks then, whatever runtime PM believes. */
static void suspend_after_a_resume_that_failed_touches_nothing(struct kunit *test)
{
	const struct dev_pm_ops *pm = fake_smmu_pm_ops(test);
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct device *dev = fake->smmu.dev;
	unsigned int accesses;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	suspend(fake);
	accesses = fake->regs.log_len;
	KUNIT_EXPECT_EQ(test, pm->runtime_suspend(dev), 0);
	if (pm->suspend)
		KUNIT_EXPECT_EQ(test, pm->suspend(dev), 0);

	KUNIT_EXPECT_EQ(test, fake->regs.log_len, accesses);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
}

struct late_resume {
	struct completion go_on;
	struct fake_smmu_sleeper *sleeper;
	bool again;
	bool reported;
};

/* Its thread is woken, and waits for the end of the suspend. */
static int runtime_suspend_after_a_fault(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);
	struct fake_smmu *fake = container_of(smmu, struct fake_smmu, smmu);

	fake_smmu_fault(fake, 1, IOVA, 0);
	fake_lines_take(fake->irqchip, &fake->lines[1], 1);
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

	if (access->reg != FAKE_FAR || access->idx != 1 || late->again)
		return;

	/* Whoever waits for the lines has been at this one, and is at the next. */
	late->again = true;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_lines_take(fake->irqchip, &fake->lines[0], 1);
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
	struct sleep_work sleep = { .fake = fake, .pm = fake_smmu_pm_ops(test), .ret = 1 };
	struct device *dev = fake->smmu.dev;
	struct late_resume late = {};

	if (!sleep.pm->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is off");

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
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);

	fake_smmu_set_clocks(fake, true);
	KUNIT_EXPECT_EQ(test, sleep.pm->resume(dev), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	pm_runtime_put_noidle(dev);
}

struct neighbour {
	struct fake_line *line;
	struct completion entered;
	struct completion go_on;
};

static irqreturn_t neighbour_interrupts(int irq, void *dev)
{
	struct neighbour *neighbour = dev;

	fake_lines_drive_foreign(neighbour->line, false);

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
	struct sleep_work sleep = { .fake = fake, .pm = fake_smmu_pm_ops(test), .ret = 1 };
	struct neighbour *neighbour;

	if (!sleep.pm->suspend)
		kunit_skip(test, "CONFIG_PM_SLEEP is off");

	/* The device's: it stays until the interrupt was freed. */
	neighbour = devm_kzalloc(fake->smmu.dev, sizeof(*neighbour), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	neighbour->line = &fake->lines[0];
	init_completion(&neighbour->entered);
	init_completion(&neighbour->go_on);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	KUNIT_ASSERT_EQ(test, 0, devm_request_threaded_irq(fake->smmu.dev, fake->lines[0].irq,
							   neighbour_interrupts,
							   neighbour_sleeps, IRQF_SHARED,
							   "neighbour", neighbour));
	fake_smmu_use_pm(test, fake, NULL);
	suspend(fake);
	pm_runtime_enable(fake->smmu.dev);
	fake_smmu_assert_foreign(fake, 0, true);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&neighbour->entered,
							     FAKE_SMMU_PATIENCE));

	INIT_WORK_ONSTACK(&sleep.work, fall_asleep);
	schedule_until_it_waits(&sleep);
	KUNIT_EXPECT_EQ_MSG(test, READ_ONCE(sleep.ret), 1, "did not wait for the thread");
	complete_all(&neighbour->go_on);
	flush_work(&sleep.work);
	destroy_work_on_stack(&sleep.work);
	KUNIT_EXPECT_EQ(test, sleep.ret, 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	resume(fake);
}

struct shutdown_work {
	struct work_struct work;
	struct platform_device *pdev;
	struct completion entered;
	struct completion go_on;
	bool down;
};

static void shut_down(struct work_struct *work)
{
	struct shutdown_work *shutdown = container_of(work, struct shutdown_work, work);

	to_platform_driver(driver_find("arm-smmu", &platform_bus_type))->shutdown(shutdown->pdev);
	WRITE_ONCE(shutdown->down, true);
}

static int retry_after_a_while(struct iommu_domain *domain, struct device *dev,
			       unsigned long iova, int flags, void *token)
{
	struct shutdown_work *shutdown = token;

	complete(&shutdown->entered);
	wait_for_completion_timeout(&shutdown->go_on, FAKE_SMMU_PATIENCE);

	return -EAGAIN;
}

/* Retried after shutdown, it would bypass translation, into the next kernel. */
static void shutdown_terminates_what_a_callback_retries(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct shutdown_work *shutdown;
	struct arm_smmu_domain *smmu_domain;

	/* The device's: it stays until the interrupt was freed. */
	shutdown = devm_kzalloc(fake->smmu.dev, sizeof(*shutdown), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shutdown);
	init_completion(&shutdown->entered);
	init_completion(&shutdown->go_on);
	INIT_WORK(&shutdown->work, shut_down);
	shutdown->pdev = platform_device_alloc("fake-smmu", PLATFORM_DEVID_NONE);
	KUNIT_ASSERT_NOT_NULL(test, shutdown->pdev);
	platform_set_drvdata(shutdown->pdev, &fake->smmu);

	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	iommu_set_fault_handler(&smmu_domain->domain, retry_after_a_while, shutdown);
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&shutdown->entered,
							     FAKE_SMMU_PATIENCE));
	schedule_work(&shutdown->work);
	msleep(20);
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(shutdown->down), "did not wait for the callback");
	KUNIT_EXPECT_EQ_MSG(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0) &
				  ARM_SMMU_sCR0_CLIENTPD, 0, "translates no more");
	complete_all(&shutdown->go_on);
	flush_work(&shutdown->work);
	platform_device_put(shutdown->pdev);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0),
			ARM_SMMU_sCR0_CLIENTPD);
}

#define LAST_BANK	(FAKE_SMMU_BANKS - 1)

static void faults_before_mask(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	struct fake_smmu *fake = container_of(rf, struct fake_smmu, regs);

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
	struct platform_device *pdev = platform_device_alloc("fake-smmu", PLATFORM_DEVID_NONE);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	platform_set_drvdata(pdev, &fake->smmu);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_attach(test, fake, LAST_BANK, 1, STALL);
	fake->irqchip->manual = true;
	fake->regs.before_access = faults_before_mask;
	pm_runtime_set_active(fake->smmu.dev);
	pm_runtime_enable(fake->smmu.dev);
	to_platform_driver(driver_find("arm-smmu", &platform_bus_type))->shutdown(pdev);
	platform_device_put(pdev);
	fake->regs.before_access = NULL;
#ifdef CONFIG_PM
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.dev->power.usage_count), 0);
#endif

	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	for (i = 0; i < FAKE_SMMU_BANKS; i += LAST_BANK) {
		KUNIT_EXPECT_EQ(test, fake->banks[i].terminated, 1);
		KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, i, FAKE_FSR), 0);
		/* Neither interrupts nor stalls. */
		KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, i, FAKE_SCTLR), ARM_SMMU_SCTLR_M);
	}
}

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
	struct platform_driver *drv =
		to_platform_driver(driver_find("arm-smmu", &platform_bus_type));
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct platform_device *pdev = platform_device_alloc("fake-smmu", PLATFORM_DEVID_NONE);
	unsigned int accesses;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	platform_set_drvdata(pdev, &fake->smmu);
	/* As registered with the core, but by nobody found there. */
	INIT_LIST_HEAD(&fake->smmu.iommu.list);
	KUNIT_EXPECT_EQ(test, 0, iommu_device_sysfs_add(&fake->smmu.iommu, fake->smmu.dev, NULL,
							"fake-smmu"));
	fake_lines_connect(&fake->global, &fake->lines[0]);
	request_global_irq(test, fake);
	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->after_access = fault_when_masked;
	drv->remove(pdev);
	platform_device_put(pdev);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0),
			ARM_SMMU_sCR0_CLIENTPD);

	/* Without clocks from now on, and others on the line. */
	fake_smmu_set_clocks(fake, false);
	accesses = fake->regs.log_len;
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	arm_smmu_set_stall(&fake->smmu, 0, false);
	KUNIT_EXPECT_EQ(test, fake->regs.log_len, accesses);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
}

/* Suspend spins until nobody is inside: not until a slow console is done. */
static void global_fault_is_printed_outside(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_printed *printed = fake_smmu_listen(test, fake);

	request_global_irq(test, fake);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, printed->lines, 1);
	KUNIT_EXPECT_FALSE(test, printed->inside);
}

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
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR), 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
	pm_runtime_put_noidle(dev);
}

static void fault_after_fsr_is_cleared(struct fake_smmu *fake,
				       const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_FSR || !access->write || fake->priv)
		return;

	/* Its own pass does not come to it. */
	fake->priv = fake;
	disable_irq_nosync(fake->lines[0].irq);
	fake_smmu_fault(fake, 0, IOVA + 0x1000, 0);
}

static int retry_the_first(struct iommu_domain *domain, struct device *dev,
			   unsigned long iova, int flags, void *token)
{
	return iova == IOVA ? -EAGAIN : 0;
}

/* RESUME was left to the next pass, with the verdict, and then the stall was gone. */
static void verdict_does_not_outlive_the_power(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	iommu_set_fault_handler(&smmu_domain->domain, retry_the_first, NULL);
	fake->after_access = fault_after_fsr_is_cleared;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_await(READ_ONCE(fake->priv));
	KUNIT_ASSERT_NOT_NULL(test, fake->priv);
	synchronize_irq(fake->lines[0].irq);
	KUNIT_EXPECT_TRUE(test, fake->smmu.cbs[0].decided);

	suspend(fake);
	fake_smmu_set_clocks(fake, true);
	arm_smmu_device_reset(&fake->smmu);
	arm_smmu_power_on(&fake->smmu);
	enable_irq(fake->lines[0].irq);
	fake_smmu_fault(fake, 0, IOVA + 0x2000, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->banks[0].retried, 0);
	/* The first one by reset. */
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 2);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
}

static void fault_when_resuming(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct fake_smmu_sleeper *sleeper = fake->priv;

	if (access->reg != FAKE_SCR0 || !access->write || !sleeper)
		return;

	/* For another device on its line the primary looks at the bank, and finds a fault. */
	fake->priv = NULL;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_lines_take(fake->irqchip, &fake->lines[0], UINT_MAX);
	wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE);
}

/* Armed by resume then, SS would assert the line between the thread's FSR and RESUME. */
static void bank_that_faults_while_resuming_is_left_to_its_thread(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct fake_smmu_sleeper *sleeper;

	fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);
	fake_smmu_request_foreign(test, fake, 0);
	suspend(fake);
	fake_smmu_set_clocks(fake, true);
	arm_smmu_device_reset(&fake->smmu);
	fake->priv = sleeper;
	fake->after_access = fault_when_resuming;
	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_NULL(test, fake->priv);
	KUNIT_EXPECT_EQ(test, sleeper->left, 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_FSR),
			ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_SS);
	KUNIT_EXPECT_EQ(test, shadow(fake, 0), ARM_SMMU_SCTLR_M | STALL);

	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, sleeper->left, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED | STALL);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs.violation, "%s", fake->regs.violation);
}

static struct kunit_case arm_smmu_power_cases[] = {
	KUNIT_CASE(bank_that_faults_while_resuming_is_left_to_its_thread),
	KUNIT_CASE(verdict_does_not_outlive_the_power),
	KUNIT_CASE(bank_of_an_smmu_that_did_not_resume_is_armed_when_it_does),
	KUNIT_CASE(system_sleep_masks_all_banks_before_it_waits),
	KUNIT_CASE(system_sleep_waits_for_a_thread_that_resumes_the_smmu),
	KUNIT_CASE(system_sleep_waits_for_threads_of_a_suspended_smmu),
	KUNIT_CASE(removed_smmu_is_off_and_left_alone),
	KUNIT_CASE(global_fault_is_printed_outside),
	KUNIT_CASE(shutdown_terminates_what_a_callback_retries),
	KUNIT_CASE(shutdown_terminates_what_nobody_took),
	KUNIT_CASE(global_fault_is_cleared),
	KUNIT_CASE(global_fault_handler_leaves_alone_what_is_not_its_own),
	KUNIT_CASE(global_fault_handler_does_not_touch_a_suspended_smmu),
	KUNIT_CASE(global_fault_before_the_flag_does_not_storm),
	KUNIT_CASE(suspend_waits_for_who_is_inside),
	KUNIT_CASE(system_sleep_waits_for_the_callback),
	KUNIT_CASE(system_sleep_does_not_wait_for_interrupts_of_others),
	KUNIT_CASE(suspend_after_a_resume_that_failed_touches_nothing),
	KUNIT_CASE(suspend_masks_the_register_not_the_shadow),
	KUNIT_CASE(suspend_leaves_no_write_of_scr0_behind),
	KUNIT_CASE(clocks_go_last_and_come_first),
	KUNIT_CASE(resume_arms_what_is_attached),
	KUNIT_CASE(fault_while_suspending_does_not_interrupt),
	KUNIT_CASE(suspended_bank_is_not_touched_for_others),
	KUNIT_CASE(thread_without_power_touches_nothing),
	KUNIT_CASE(thread_does_not_mask_a_bank_without_power),
	KUNIT_CASE(thread_that_cannot_resume_the_smmu_touches_nothing),
#ifdef CONFIG_PM
	KUNIT_CASE(thread_with_a_reference_but_no_power_touches_nothing),
	KUNIT_CASE(smmu_does_not_suspend_under_a_thread_from_before_runtime_pm),
	KUNIT_CASE(stall_is_resumed_in_spite_of_an_error_of_runtime_pm),
	KUNIT_CASE(smmu_that_does_not_resume_is_left_alone_at_shutdown),
#endif
	KUNIT_CASE(publish_in_flight_does_not_arm_a_suspending_bank),
	KUNIT_CASE(change_while_suspended_is_not_lost),
	KUNIT_CASE(change_while_resuming_is_not_lost),
	KUNIT_CASE(enter_is_counted_and_has_interrupts_off),
	{}
};

static struct kunit_suite arm_smmu_power_suite = {
	.name = "arm_smmu_power",
	.test_cases = arm_smmu_power_cases,
};

kunit_test_suite(arm_smmu_power_suite);
