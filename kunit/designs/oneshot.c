// SPDX-License-Identifier: GPL-2.0-only
/*
 * oneshot: the reviewer's words taken literally. Threaded with IRQF_ONESHOT, CFIE off
 * and on around the callback, CFIE before RESUME, no lock. oneshot-unmasked: the same,
 * if the line were not masked meanwhile.
 */

#include "designs.h"

static void oneshot_thread(struct explore_actor *actor, int bank)
{
	u32 fsr = design_read_fault(bank);
	int ret;

	if (!(fsr & FSR_FAULT))
		return;
	design_rmw_sctlr(bank, ARM_SMMU_SCTLR_CFIE, 0);
	design_get_fault_info(bank);
	ret = explore_callback(actor, bank);
	explore_write(bank, EXPLORE_FSR, fsr);
	design_rmw_sctlr(bank, 0, ARM_SMMU_SCTLR_CFIE);
	if (fsr & FSR_SS)
		explore_write(bank, EXPLORE_RESUME,
			      ret == -EAGAIN ? 0 : ARM_SMMU_RESUME_TERMINATE);
}

static void oneshot_set_stall(struct explore_actor *actor, int bank, bool on)
{
	u32 off = explore_get(bank, VAR_NO_STALL);

	explore_set(bank, VAR_NO_STALL, !on);
	if (off != on || !kunit_explore_access(EXPLORE_PM_IF_ACTIVE, 0, 0, 0))
		return;
	design_rmw_sctlr(bank, ARM_SMMU_SCTLR_CFCFG, on ? ARM_SMMU_SCTLR_CFCFG : 0);
	explore_pm_put(actor);
}

#define ONESHOT(symbol, label, masks_line)		\
const struct explore_design symbol = {			\
	.name		= label,			\
	.no_shadow	= true,				\
	.oneshot	= masks_line,			\
	.thread		= oneshot_thread,		\
	.set_stall	= oneshot_set_stall,		\
	.suspend	= design_suspend,		\
	.resume		= design_resume,		\
	.detach		= design_detach,		\
	.probe		= design_probe,			\
	.attach		= design_attach,		\
}

ONESHOT(explore_oneshot, "oneshot", true);
ONESHOT(explore_oneshot_unmasked, "oneshot-unmasked", false);
