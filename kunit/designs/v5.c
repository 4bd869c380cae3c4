// SPDX-License-Identifier: GPL-2.0-only
/*
 * v5: the patch under review. The hard IRQ masks the bank at CFIE under a spinlock
 * if SS is set; RESUME and CFIE on are under the same lock, in drm/msm's worker. SS
 * alone is no fault. v5-nolock: what the reviewer asked about.
 */

#include "designs.h"

static void v5_lock(struct explore_actor *actor, bool lock)
{
	if (!lock)
		return;
	if (!actor->hardirq)
		kunit_explore_irq_off();
	kunit_explore_access(EXPLORE_ACQUIRE, EXPLORE_LOCK, 0, 0);
}

static void v5_unlock(struct explore_actor *actor, bool lock)
{
	if (!lock)
		return;
	kunit_explore_access(EXPLORE_RELEASE, EXPLORE_LOCK, 0, 0);
	if (!actor->hardirq)
		kunit_explore_irq_on();
}

/* From any context */
static void v5_resume_translation(struct explore_actor *actor, int bank, bool lock)
{
	v5_lock(actor, lock);
	explore_write(bank, EXPLORE_RESUME, ARM_SMMU_RESUME_TERMINATE);
	design_rmw_sctlr(bank, 0, ARM_SMMU_SCTLR_CFIE);
	v5_unlock(actor, lock);
}

static irqreturn_t v5_handle(struct explore_actor *actor, int bank, bool lock)
{
	u32 fsr;

	explore_read(bank, EXPLORE_FAR);
	explore_read(bank, EXPLORE_TTBR0);
	fsr = explore_read(bank, EXPLORE_FSR);
	explore_read(bank, EXPLORE_FSYNR0);
	explore_read(bank, EXPLORE_FSYNR1);
	explore_read(bank, EXPLORE_CBFRSYNRA);
	explore_read(bank, EXPLORE_CONTEXTIDR);
	if (!(fsr & FSR_FAULT & ~FSR_SS))
		return IRQ_NONE;

	if (fsr & FSR_SS) {
		v5_lock(actor, lock);
		design_rmw_sctlr(bank, ARM_SMMU_SCTLR_CFIE, 0);
		v5_unlock(actor, lock);
	}
	explore_write(bank, EXPLORE_FSR, fsr);
	explore_callback(actor, bank);
	if (!(fsr & FSR_SS))
		return IRQ_HANDLED;

	if (explore_get(bank, VAR_DUMPING)) {
		v5_resume_translation(actor, bank, lock);
	} else {
		explore_set(bank, VAR_DUMPING, true);
		kunit_explore_access(EXPLORE_WORK, EXPLORE_WHERE(bank, 0), 0, 0);
	}

	return IRQ_HANDLED;
}

static void v5_dump(struct explore_actor *actor, int bank, bool lock)
{
	kunit_explore_access(KUNIT_EXPLORE_SLEEP, EXPLORE_WHERE(bank, 0), true, 0);
	v5_resume_translation(actor, bank, lock);
	explore_set(bank, VAR_DUMPING, false);
}

static void v5_change_stall(struct explore_actor *actor, int bank, bool on, bool lock)
{
	u32 off = explore_get(bank, VAR_NO_STALL);

	explore_set(bank, VAR_NO_STALL, !on);
	if (off != on || !kunit_explore_access(EXPLORE_PM_IF_ACTIVE, 0, 0, 0))
		return;
	v5_lock(actor, lock);
	design_rmw_sctlr(bank, ARM_SMMU_SCTLR_CFCFG, on ? ARM_SMMU_SCTLR_CFCFG : 0);
	v5_unlock(actor, lock);
	explore_pm_put(actor);
}

#define V5(symbol, label, lock)								\
static irqreturn_t symbol##_primary(struct explore_actor *actor, int bank)		\
{											\
	return v5_handle(actor, bank, lock);						\
}											\
static void symbol##_worker(struct explore_actor *actor, int bank)			\
{											\
	v5_dump(actor, bank, lock);							\
}											\
static void symbol##_set_stall(struct explore_actor *actor, int bank, bool on)		\
{											\
	v5_change_stall(actor, bank, on, lock);						\
}											\
const struct explore_design symbol = {							\
	.name		= label,							\
	.no_shadow	= true,								\
	.clears_first	= true,								\
	.primary	= symbol##_primary,						\
	.worker		= symbol##_worker,						\
	.set_stall	= symbol##_set_stall,						\
	.suspend	= design_suspend,						\
	.resume		= design_resume,						\
	.detach		= design_detach,						\
	.probe		= design_probe,							\
	.attach		= design_attach,						\
}

V5(explore_v5, "v5", true);
V5(explore_v5_nolock, "v5-nolock", false);
