// SPDX-License-Identifier: GPL-2.0-only
/*
 * Models of the fault paths of Linux 6.12 and of 6.16 to 7.3: see models.h.
 */

#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/spinlock.h>

#include "models.h"

/* Of each domain there. It serialises set_stall() with nobody: one is enough. */
static DEFINE_SPINLOCK(cb_lock);

/* Both read the registers in this order, whether there is a fault or not. Returns FSR. */
static u32 read_fault(struct arm_smmu_device *smmu, int idx, u64 *far, u32 *fsynr0)
{
	u32 fsr;

	*far = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_FAR);
	fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	*fsynr0 = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR0);
	arm_smmu_gr1_read(smmu, ARM_SMMU_GR1_CBFRSYNRA(idx));

	return fsr;
}

static irqreturn_t landed_context_fault(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	u32 fsr, fsynr0;
	u64 far;
	int ret;

	fsr = read_fault(smmu, idx, &far, &fsynr0);
	if (!(fsr & ARM_SMMU_CB_FSR_FAULT))
		return IRQ_NONE;

	ret = report_iommu_fault(&smmu_domain->domain, smmu->dev, far,
				 fsynr0 & ARM_SMMU_CB_FSYNR0_WNR ?
				 IOMMU_FAULT_WRITE : IOMMU_FAULT_READ);

	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, fsr);
	if (fsr & ARM_SMMU_CB_FSR_SS)
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME,
				  ret == -EAGAIN ? 0 : ARM_SMMU_RESUME_TERMINATE);

	return IRQ_HANDLED;
}

/**
 * landed_request_context_irq() - Take the fault interrupt of a context bank
 * @smmu_domain: domain whose bank is set up
 *
 * Context: Process context, may sleep. Return: 0 or a negative errno.
 */
int landed_request_context_irq(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;

	return devm_request_threaded_irq(smmu->dev, smmu->irqs[smmu_domain->cfg.irptndx],
					 NULL, landed_context_fault,
					 IRQF_ONESHOT | IRQF_SHARED,
					 "landed-context-fault", smmu_domain);
}

/**
 * landed_get_fault_info() - What the callback gets to know: the registers
 * @smmu_domain: domain that has faulted
 * @info: set to them
 *
 * Context: Any.
 */
void landed_get_fault_info(struct arm_smmu_domain *smmu_domain,
			   struct arm_smmu_context_fault_info *info)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;

	info->iova = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_FAR);
	info->ttbr0 = arm_smmu_cb_readq(smmu, idx, ARM_SMMU_CB_TTBR0);
	info->fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);
	info->fsynr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR0);
	info->fsynr1 = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSYNR1);
	info->cbfrsynra = arm_smmu_gr1_read(smmu, ARM_SMMU_GR1_CBFRSYNRA(idx));
	info->contextidr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_CONTEXTIDR);
}

/**
 * landed_set_stall() - Let the faults of a context bank stall, or not
 * @smmu_domain: domain of the bank
 * @enabled: stall
 *
 * Context: Any.
 */
void landed_set_stall(struct arm_smmu_domain *smmu_domain, bool enabled)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	unsigned long flags;
	u32 sctlr;

	spin_lock_irqsave(&cb_lock, flags);
	sctlr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_SCTLR);
	if (enabled)
		sctlr |= ARM_SMMU_SCTLR_CFCFG;
	else
		sctlr &= ~ARM_SMMU_SCTLR_CFCFG;
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_SCTLR, sctlr);
	spin_unlock_irqrestore(&cb_lock, flags);
}

static irqreturn_t stock_context_fault(int irq, void *dev)
{
	struct arm_smmu_domain *smmu_domain = dev;
	struct arm_smmu_device *smmu = smmu_domain->smmu;
	int idx = smmu_domain->cfg.cbndx;
	u32 fsr, fsynr0;
	u64 far;

	fsr = read_fault(smmu, idx, &far, &fsynr0);
	if (!(fsr & ARM_SMMU_CB_FSR_FAULT))
		return IRQ_NONE;

	report_iommu_fault(&smmu_domain->domain, NULL, far,
			   fsynr0 & ARM_SMMU_CB_FSYNR0_WNR ?
			   IOMMU_FAULT_WRITE : IOMMU_FAULT_READ);
	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR, fsr);

	return IRQ_HANDLED;
}

/**
 * stock_request_context_irq() - Take the fault interrupt of a context bank
 * @smmu_domain: domain whose bank is set up
 *
 * Context: Process context, may sleep. Return: 0 or a negative errno.
 */
int stock_request_context_irq(struct arm_smmu_domain *smmu_domain)
{
	struct arm_smmu_device *smmu = smmu_domain->smmu;

	return devm_request_irq(smmu->dev, smmu->irqs[smmu_domain->cfg.irptndx],
				stock_context_fault, IRQF_SHARED,
				"stock-context-fault", smmu_domain);
}
