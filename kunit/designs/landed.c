// SPDX-License-Identifier: GPL-2.0-only
/*
 * landed: mainline since 6.16. Threaded with IRQF_ONESHOT and no primary, so every
 * thread on the line wakes; RESUME in the handler, by the first look at FSR. CFIE is
 * not touched. cb_lock is around CFCFG, and nobody else takes it.
 */

#include "designs.h"

static void landed_thread(struct explore_actor *actor, int bank)
{
	u32 fsr = design_read_fault(bank);
	int ret;

	if (!(fsr & FSR_FAULT))
		return;
	design_get_fault_info(bank);
	ret = explore_callback(actor, bank);
	explore_write(bank, EXPLORE_FSR, fsr);
	if (fsr & FSR_SS)
		explore_write(bank, EXPLORE_RESUME,
			      ret == -EAGAIN ? 0 : ARM_SMMU_RESUME_TERMINATE);
}

static void landed_set_stall(struct explore_actor *actor, int bank, bool on)
{
	u32 off = explore_get(bank, VAR_NO_STALL);

	explore_set(bank, VAR_NO_STALL, !on);
	if (off != on || !kunit_explore_access(EXPLORE_PM_IF_ACTIVE, 0, 0, 0))
		return;
	kunit_explore_irq_off();
	kunit_explore_access(EXPLORE_ACQUIRE, EXPLORE_LOCK, 0, 0);
	design_rmw_sctlr(bank, ARM_SMMU_SCTLR_CFCFG, on ? ARM_SMMU_SCTLR_CFCFG : 0);
	kunit_explore_access(EXPLORE_RELEASE, EXPLORE_LOCK, 0, 0);
	kunit_explore_irq_on();
	explore_pm_put(actor);
}

const struct explore_design explore_landed = {
	.name		= "landed",
	.no_shadow	= true,
	.oneshot	= true,
	.thread		= landed_thread,
	.set_stall	= landed_set_stall,
	.suspend	= design_suspend,
	.resume		= design_resume,
	.detach		= design_detach,
	.probe		= design_probe,
	.attach		= design_attach,
};
