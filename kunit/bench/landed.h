/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "landed": how Linux 6.16 to 7.3 handle a stalled context fault of an Arm SMMU
 * of Qualcomm's. A model, to be measured beside the driver of this series.
 *
 * One handler, in a thread, IRQF_ONESHOT and without a primary. It reads the
 * fault registers, and if FSR has any fault bit, SS included, calls the callback,
 * clears FSR, and writes RESUME if it had found SS. CFIE stays on: it is the line
 * that is masked, until the last thread on it is done.
 *
 * Runtime PM is left out of set_stall(), in its favour: there it takes a
 * reference, and writes nothing unless that works.
 */

#ifndef _LANDED_H
#define _LANDED_H

#include "../../arm-smmu.h"

int landed_request_context_irq(struct arm_smmu_domain *smmu_domain);
void landed_get_fault_info(struct arm_smmu_domain *smmu_domain,
			   struct arm_smmu_context_fault_info *info);
void landed_set_stall(struct arm_smmu_domain *smmu_domain, bool enabled);

#endif /* _LANDED_H */
