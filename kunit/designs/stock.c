// SPDX-License-Identifier: GPL-2.0-only
/*
 * stock: 6.12 as released. The callback runs in hard IRQ context; drm/msm queues a
 * worker that takes the dump and resumes. CFIE is not touched.
 */

#include "designs.h"

static irqreturn_t stock_primary(struct explore_actor *actor, int bank)
{
	u32 fsr = design_read_fault(bank);

	if (!(fsr & FSR_FAULT))
		return IRQ_NONE;
	explore_callback(actor, bank);
	design_get_fault_info(bank);
	if (fsr & FSR_SS)
		kunit_explore_access(EXPLORE_WORK, EXPLORE_WHERE(bank, 0), 0, 0);
	explore_write(bank, EXPLORE_FSR, fsr);

	return IRQ_HANDLED;
}

static void stock_worker(struct explore_actor *actor, int bank)
{
	kunit_explore_access(KUNIT_EXPLORE_SLEEP, EXPLORE_WHERE(bank, 0), true, 0);
	explore_write(bank, EXPLORE_RESUME, ARM_SMMU_RESUME_TERMINATE);
}

/* In force when the next set_ttbr0_cfg() writes the bank. */
static void stock_set_stall(struct explore_actor *actor, int bank, bool on)
{
	explore_set(bank, VAR_NO_STALL, !on);
}

const struct explore_design explore_stock = {
	.name		= "stock",
	.no_shadow	= true,
	.primary	= stock_primary,
	.worker		= stock_worker,
	.set_stall	= stock_set_stall,
	.suspend	= design_suspend,
	.resume		= design_resume,
	.detach		= design_detach,
	.probe		= design_probe,
	.attach		= design_attach,
};
