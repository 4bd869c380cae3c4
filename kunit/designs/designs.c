// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the other designs have in common: power, teardown and reset as they are in
 * 6.12 and 7.3. Suspend waits for nobody, teardown leaves what is stalled, reset
 * clears FSR alone.
 */

#include "designs.h"

void design_rmw_sctlr(int bank, u32 clear, u32 set)
{
	u32 reg = explore_read(bank, EXPLORE_SCTLR);

	explore_write(bank, EXPLORE_SCTLR, (reg & ~clear) | set);
}

/* arm_smmu_read_context_fault_info() of 6.12 and 7.3 */
u32 design_read_fault(int bank)
{
	u32 fsr;

	explore_read(bank, EXPLORE_FAR);
	fsr = explore_read(bank, EXPLORE_FSR);
	explore_read(bank, EXPLORE_FSYNR0);
	explore_read(bank, EXPLORE_CBFRSYNRA);

	return fsr;
}

/* qcom_adreno_smmu_get_fault_info() of 6.12 and 7.3, which drm/msm calls */
void design_get_fault_info(int bank)
{
	/* The first one stands for FSR: its value goes into the dump, nowhere else. */
	static const enum explore_where regs[] = {
		EXPLORE_FAR, EXPLORE_FSYNR0, EXPLORE_FSYNR1, EXPLORE_FAR,
		EXPLORE_CBFRSYNRA, EXPLORE_TTBR0, EXPLORE_CONTEXTIDR,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		explore_read(bank, regs[i]);
}

static u32 design_sctlr(int bank)
{
	u32 reg = ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE;

	return explore_get(bank, VAR_NO_STALL) ? reg : reg | ARM_SMMU_SCTLR_CFCFG;
}

void design_suspend(struct explore_actor *actor)
{
}

void design_resume(struct explore_actor *actor)
{
	int i;

	for (i = 0; i < actor->banks; i++) {
		explore_write(i, EXPLORE_SCTLR, explore_get(i, EXPLORE_ATTACHED) ?
						design_sctlr(i) : 0);
		explore_write(i, EXPLORE_FSR, FSR_FAULT);
	}
}

void design_detach(struct explore_actor *actor, int bank)
{
	explore_set(bank, EXPLORE_ATTACHED, 0);
	explore_write(bank, EXPLORE_SCTLR, 0);
	explore_free_irq(bank);
}

void design_probe(struct explore_actor *actor)
{
	design_resume(actor);
}

void design_attach(struct explore_actor *actor, int bank)
{
	explore_set(bank, EXPLORE_ATTACHED, 1);
	explore_write(bank, EXPLORE_SCTLR, design_sctlr(bank));
	kunit_explore_access(EXPLORE_REQUEST_IRQ, EXPLORE_WHERE(bank, 0), 0, 0);
}
