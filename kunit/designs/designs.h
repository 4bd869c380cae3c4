/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other designs than the driver's, for comparison: small models, written from the
 * patches. Each is the code of actors, see explore_smmu.h.
 */

#ifndef _DESIGNS_H
#define _DESIGNS_H

#include "explore_smmu.h"

/* EXPLORE_VAR and what follows, in each of these designs */
#define VAR_NO_STALL	EXPLORE_VAR		/* the driver's mask says: do not stall */
#define VAR_DUMPING	(EXPLORE_VAR + 1)	/* drm/msm has a dump pending */

#define FSR_SS		ARM_SMMU_CB_FSR_SS
#define FSR_FAULT	ARM_SMMU_CB_FSR_FAULT

void design_rmw_sctlr(int bank, u32 clear, u32 set);
u32 design_read_fault(int bank);
void design_get_fault_info(int bank);
void design_suspend(struct explore_actor *actor);
void design_resume(struct explore_actor *actor);
void design_detach(struct explore_actor *actor, int bank);
void design_probe(struct explore_actor *actor);
void design_attach(struct explore_actor *actor, int bank);

extern const struct explore_design explore_stock;
extern const struct explore_design explore_v5;
extern const struct explore_design explore_v5_nolock;
extern const struct explore_design explore_landed;
extern const struct explore_design explore_oneshot;
extern const struct explore_design explore_oneshot_unmasked;
/* The driver's code with resume-first.patch */
extern const struct explore_design explore_resume_first;

#endif /* _DESIGNS_H */
