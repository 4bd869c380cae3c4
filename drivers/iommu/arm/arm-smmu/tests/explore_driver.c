// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's own code, compiled for the schedule explorer.
 *
 * Who compiles a changed copy of it says which, and under what name.
 */

#include "explore_driver.h"

#ifndef EXPLORE_FAULT_C
#define EXPLORE_FAULT_C "../arm-smmu-fault.c"
#endif
#ifndef EXPLORE_SCTLR_C
#define EXPLORE_SCTLR_C "../arm-smmu-sctlr.c"
#endif
#ifndef EXPLORE_POWER_C
#define EXPLORE_POWER_C "../arm-smmu-power.c"
#endif
#ifndef EXPLORE_DETACH_C
#define EXPLORE_DETACH_C "../arm-smmu-detach.c"
#endif
#ifndef EXPLORE_DESIGN
#define EXPLORE_DESIGN explore_masked
#define EXPLORE_DESIGN_NAME "masked"
#endif

#include EXPLORE_SCTLR_C

static bool explored_change(struct arm_smmu_device *smmu, int idx, u32 clear, u32 set)
{
	return explore_forget(EXPLORE_CHANGE, arm_smmu_sctlr_change(smmu, idx, clear, set));
}

static void explored_publish(struct arm_smmu_device *smmu, int idx)
{
	explore_forget(EXPLORE_PUBLISH, (arm_smmu_sctlr_publish(smmu, idx), 0));
}

static __maybe_unused u32 explored_write(struct arm_smmu_device *smmu, int idx)
{
	return explore_forget(__LINE__, arm_smmu_sctlr_write(smmu, idx));
}

static __maybe_unused void explored_settle(struct arm_smmu_device *smmu, int idx, u32 val)
{
	explore_forget(EXPLORE_PUBLISH, (arm_smmu_sctlr_settle(smmu, idx, val), 0));
}

#undef arm_smmu_sctlr_change
#undef arm_smmu_sctlr_publish
#undef arm_smmu_sctlr_write
#undef arm_smmu_sctlr_settle
#define arm_smmu_sctlr_change explored_change
#define arm_smmu_sctlr_publish explored_publish
#define arm_smmu_sctlr_write explored_write
#define arm_smmu_sctlr_settle explored_settle

#include EXPLORE_POWER_C
#include EXPLORE_FAULT_C
#include EXPLORE_DETACH_C

static void explore_driver_setup(struct explore_actor *actor)
{
	struct arm_smmu_domain *domain;
	int i;

	memset(actor->cbs, 0, sizeof(actor->cbs));
	memset(actor->domains, 0, sizeof(actor->domains));
	memset(&actor->smmu, 0, sizeof(actor->smmu));
	actor->irqs_off = 0;
	actor->smmu.cbs = actor->cbs;
	actor->smmu.irqs = actor->irqs;
	actor->smmu.num_context_banks = actor->banks;
	actor->smmu.num_context_irqs = 1;
	for (i = 0; i < EXPLORE_BANKS; i++) {
		domain = &actor->domains[i];
		domain->smmu = &actor->smmu;
		domain->cfg.cbndx = i;
		domain->cfg.cbar = CBAR_TYPE_S1_TRANS_S2_BYPASS;
		domain->cfg.can_stall = true;
		actor->cbs[i].cfg = &domain->cfg;
	}
}

static irqreturn_t explore_driver_primary(struct explore_actor *actor, int bank)
{
	return arm_smmu_context_fault(0, &actor->domains[bank]);
}

static void explore_driver_thread(struct explore_actor *actor, int bank)
{
	arm_smmu_context_fault_thread(0, &actor->domains[bank]);
}

static void explore_driver_timer(struct explore_actor *actor, int bank)
{
	arm_smmu_fault_timer(&actor->cbs[bank].fault.pace.timer);
}

static void explore_driver_set_stall(struct explore_actor *actor, int bank, bool on)
{
	arm_smmu_set_stall(&actor->smmu, bank, on);
}

static void explore_driver_suspend(struct explore_actor *actor)
{
	explore_forget(__LINE__, (arm_smmu_power_off(&actor->smmu), 0));
}

/* What arm_smmu_device_reset() does about context banks. */
static void explore_driver_reset(struct explore_actor *actor)
{
	int i;

	for (i = 0; i < actor->banks; i++) {
		arm_smmu_sctlr_publish(&actor->smmu, i);
		explore_forget(__LINE__, (arm_smmu_clear_context_fault(&actor->smmu, i), 0));
	}
}

static void explore_driver_resume(struct explore_actor *actor)
{
	explore_driver_reset(actor);
	explore_forget(__LINE__, (arm_smmu_power_on(&actor->smmu), 0));
}

static void explore_driver_detach(struct explore_actor *actor, int bank)
{
	arm_smmu_detach_context_bank(&actor->domains[bank]);
}

/* As in arm_smmu_init_domain_context(). */
static void explore_driver_attach(struct explore_actor *actor, int bank)
{
	WRITE_ONCE(actor->cbs[bank].cfg, true);
	atomic_set(&actor->cbs[bank].fault.sctlr, ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE |
						  ARM_SMMU_SCTLR_CFCFG);
	arm_smmu_sctlr_publish(&actor->smmu, bank);
	arm_smmu_request_context_irq(&actor->domains[bank]);
}

const struct explore_design EXPLORE_DESIGN = {
	.name		= EXPLORE_DESIGN_NAME,
	.clears_first	= true,
	.setup		= explore_driver_setup,
	.primary	= explore_driver_primary,
	.thread		= explore_driver_thread,
	.timer		= explore_driver_timer,
	.set_stall	= explore_driver_set_stall,
	.suspend	= explore_driver_suspend,
	.resume		= explore_driver_resume,
	.detach		= explore_driver_detach,
	/* As in arm_smmu_device_probe(): it resets before it requests an interrupt. */
	.probe		= explore_driver_resume,
	.attach		= explore_driver_attach,
};
