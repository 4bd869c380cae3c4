/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other fault paths than the driver's, as models, to be measured beside it.
 *
 * "landed": how Linux 6.16 to 7.3 handle a stalled context fault of an Arm SMMU of
 * Qualcomm's. One handler, in a thread, IRQF_ONESHOT and without a primary. It reads the
 * fault registers, and if FSR has any fault bit, SS included, calls the callback,
 * clears FSR, and writes RESUME if it had found SS. CFIE stays on: it is the line
 * that is masked, until the last thread on it is done. Runtime PM is left out of
 * set_stall(), in its favour: there it takes a reference, and writes nothing unless
 * that works.
 *
 * "stock": how Linux 6.12 handles any context fault, and 7.3 those of all but Qualcomm's.
 * One handler, in hard interrupt context. If the transaction is stalled, a worker of the
 * callback's writes RESUME. CFIE stays on, so on MMU-500 the line stays asserted until
 * then: stock is measured where faults do not stall.
 *
 * "locked": the driver with a spinlock in place of the atomic shadow and the second look
 * at it, see spinlock.patch. The Makefile has other names for its functions.
 */

#ifndef _MODELS_H
#define _MODELS_H

#include <linux/atomic.h>

#include "../../arm-smmu.h"

int landed_request_context_irq(struct arm_smmu_domain *smmu_domain);
void landed_get_fault_info(struct arm_smmu_domain *smmu_domain,
			   struct arm_smmu_context_fault_info *info);
void landed_set_stall(struct arm_smmu_domain *smmu_domain, bool enabled);

int stock_request_context_irq(struct arm_smmu_domain *smmu_domain);

extern atomic_t locked_taken;
int locked_arm_smmu_request_context_irq(struct arm_smmu_domain *smmu_domain);
void locked_arm_smmu_set_stall(struct arm_smmu_device *smmu, int idx, bool enabled);

#endif /* _MODELS_H */
