// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake Arm SMMUv2 for KUnit tests: see fake_smmu.h for the rules it follows.
 */

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/clk.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irqdesc.h>
#include <linux/log2.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/timer.h>

#include <kunit/device.h>
#include <kunit/visibility.h>
#include <trace/events/printk.h>

#include "fake_smmu.h"

#define FAKE_SMMU_PAGE		0x1000
#define FAKE_SMMU_GR0		(0 * FAKE_SMMU_PAGE)
#define FAKE_SMMU_GR1		(1 * FAKE_SMMU_PAGE)
#define FAKE_SMMU_STREAMS	128

/* The group of what each context bank has. */
#define FAKE_SMMU_BANK		"bank"

#define FAKE_SMMU_LATCHED	(ARM_SMMU_CB_FSR_FAULT & ~ARM_SMMU_CB_FSR_SS)
#define FAKE_SMMU_W		GENMASK(31, 0)
#define FAKE_SMMU_L		GENMASK_ULL(63, 0)

#define FAKE_SMMU_SGFSR_MULTI	BIT(31)

static u64 fake_smmu_read_fsr(struct kunit_regfile *rf, unsigned int idx, u64 val);
static void fake_smmu_write_fsr(struct kunit_regfile *rf, unsigned int idx, u64 val);
static void fake_smmu_write_resume(struct kunit_regfile *rf, unsigned int idx, u64 val);

static const struct kunit_reg_field sctlr_fields[] = {
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_M, "M"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_CFIE, "CFIE"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_CFCFG, "CFCFG"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_HUPCF, "HUPCF"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_TRE, "TRE"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_AFE, "AFE"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_CFRE, "CFRE"),
	KUNIT_REG_BIT(ARM_SMMU_SCTLR_S1_ASIDPNE, "ASIDPNE"),
	{}
};

static const struct kunit_reg_field fsr_fields[] = {
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_TF, "TF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_AFF, "AFF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_PF, "PF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_EF, "EF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_TLBMCF, "TLBMCF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_TLBLKF, "TLBLKF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_ASF, "ASF"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_UUT, "UUT"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_SS, "SS"),
	KUNIT_REG_BIT(ARM_SMMU_CB_FSR_MULTI, "MULTI"),
	/* No value of 32 bits matches this: FORMAT has no name, and is not shown. */
	KUNIT_REG_VAL(ARM_SMMU_CB_FSR_FORMAT | BIT_ULL(32), BIT_ULL(32), "FORMAT"),
	{}
};

static const struct kunit_reg_field resume_fields[] = {
	KUNIT_REG_VAL(ARM_SMMU_RESUME_TERMINATE, 0, "retry"),
	KUNIT_REG_VAL(ARM_SMMU_RESUME_TERMINATE, ARM_SMMU_RESUME_TERMINATE, "terminate"),
	{}
};

static const struct kunit_reg_field scr0_fields[] = {
	KUNIT_REG_BIT(ARM_SMMU_sCR0_CLIENTPD, "CLIENTPD"),
	KUNIT_REG_BIT(ARM_SMMU_sCR0_GFRE, "GFRE"),
	KUNIT_REG_BIT(ARM_SMMU_sCR0_GFIE, "GFIE"),
	KUNIT_REG_BIT(ARM_SMMU_sCR0_GCFGFRE, "GCFGFRE"),
	KUNIT_REG_BIT(ARM_SMMU_sCR0_GCFGFIE, "GCFGFIE"),
	KUNIT_REG_BIT(ARM_SMMU_sCR0_USFCFG, "USFCFG"),
	{}
};

/* Context bank registers: fake_smmu_create_config() adds where the first bank is. */
#define CB32(_name, _reg, ...)	\
	KUNIT_REG32(_name, _reg, .group = FAKE_SMMU_BANK, .stride = FAKE_SMMU_PAGE, ##__VA_ARGS__)
#define CB64(_name, _reg, ...)	\
	KUNIT_REG64(_name, _reg, .group = FAKE_SMMU_BANK, .stride = FAKE_SMMU_PAGE, ##__VA_ARGS__)
#define GR1(_name, _reg, ...)	\
	KUNIT_REG32(_name, FAKE_SMMU_GR1 + (_reg), .group = FAKE_SMMU_BANK, .stride = 4, \
		    ##__VA_ARGS__)
#define GR0(_name, _reg, ...)	KUNIT_REG32(_name, FAKE_SMMU_GR0 + (_reg), ##__VA_ARGS__)

static const struct kunit_reg fake_smmu_regs[FAKE_REGS] = {
	[FAKE_SCTLR] = CB32("SCTLR", ARM_SMMU_CB_SCTLR, .fields = sctlr_fields, .hide_read = true),
	[FAKE_ACTLR] = CB32("ACTLR", ARM_SMMU_CB_ACTLR),
	[FAKE_RESUME] = CB32("RESUME", ARM_SMMU_CB_RESUME, .fields = resume_fields,
			     .wo = FAKE_SMMU_W, .on_write = fake_smmu_write_resume),
	[FAKE_TCR2] = CB32("TCR2", ARM_SMMU_CB_TCR2),
	[FAKE_TTBR0] = CB64("TTBR0", ARM_SMMU_CB_TTBR0, .hide_read = true),
	[FAKE_TTBR1] = CB64("TTBR1", ARM_SMMU_CB_TTBR1),
	[FAKE_TCR] = CB32("TCR", ARM_SMMU_CB_TCR),
	[FAKE_CONTEXTIDR] = CB32("CONTEXTIDR", ARM_SMMU_CB_CONTEXTIDR, .hide_read = true),
	[FAKE_MAIR0] = CB32("MAIR0", ARM_SMMU_CB_S1_MAIR0),
	[FAKE_MAIR1] = CB32("MAIR1", ARM_SMMU_CB_S1_MAIR1),
	[FAKE_FSR] = CB32("FSR", ARM_SMMU_CB_FSR, .fields = fsr_fields,
			  .w1c = FAKE_SMMU_LATCHED,
			  .ro = ARM_SMMU_CB_FSR_SS | ARM_SMMU_CB_FSR_FORMAT,
			  .reserved = FAKE_SMMU_W & ~(ARM_SMMU_CB_FSR_FAULT |
						      ARM_SMMU_CB_FSR_FORMAT),
			  .on_read = fake_smmu_read_fsr, .on_write = fake_smmu_write_fsr),
	[FAKE_FAR] = CB64("FAR", ARM_SMMU_CB_FAR, .ro = FAKE_SMMU_L, .hide_read = true),
	[FAKE_FSYNR0] = CB32("FSYNR0", ARM_SMMU_CB_FSYNR0, .ro = FAKE_SMMU_W, .hide_read = true),
	[FAKE_FSYNR1] = CB32("FSYNR1", ARM_SMMU_CB_FSYNR1, .ro = FAKE_SMMU_W, .hide_read = true),
	[FAKE_TLBIVA] = CB64("TLBIVA", ARM_SMMU_CB_S1_TLBIVA, .wo = FAKE_SMMU_L),
	[FAKE_TLBIASID] = CB32("TLBIASID", ARM_SMMU_CB_S1_TLBIASID, .wo = FAKE_SMMU_W),
	[FAKE_TLBIVAL] = CB64("TLBIVAL", ARM_SMMU_CB_S1_TLBIVAL, .wo = FAKE_SMMU_L),
	[FAKE_TLBIIPAS2] = CB64("TLBIIPAS2", ARM_SMMU_CB_S2_TLBIIPAS2, .wo = FAKE_SMMU_L),
	[FAKE_TLBIIPAS2L] = CB64("TLBIIPAS2L", ARM_SMMU_CB_S2_TLBIIPAS2L, .wo = FAKE_SMMU_L),
	[FAKE_TLBSYNC] = CB32("TLBSYNC", ARM_SMMU_CB_TLBSYNC, .wo = FAKE_SMMU_W),
	/* A sync is over at once. */
	[FAKE_TLBSTATUS] = CB32("TLBSTATUS", ARM_SMMU_CB_TLBSTATUS, .ro = FAKE_SMMU_W),
	[FAKE_CBAR] = GR1("CBAR", ARM_SMMU_GR1_CBAR(0)),
	[FAKE_CBFRSYNRA] = GR1("CBFRSYNRA", ARM_SMMU_GR1_CBFRSYNRA(0), .ro = FAKE_SMMU_W,
			       .hide_read = true),
	[FAKE_CBA2R] = GR1("CBA2R", ARM_SMMU_GR1_CBA2R(0)),
	[FAKE_ID0] = GR0("IDR0", ARM_SMMU_GR0_ID0, .ro = FAKE_SMMU_W),
	[FAKE_ID1] = GR0("IDR1", ARM_SMMU_GR0_ID1, .ro = FAKE_SMMU_W),
	[FAKE_ID2] = GR0("IDR2", ARM_SMMU_GR0_ID2, .ro = FAKE_SMMU_W),
	[FAKE_SCR0] = GR0("sCR0", ARM_SMMU_GR0_sCR0, .fields = scr0_fields,
			  .reset = ARM_SMMU_sCR0_CLIENTPD),
	[FAKE_SACR] = GR0("sACR", ARM_SMMU_GR0_sACR),
	[FAKE_SGFSR] = GR0("sGFSR", ARM_SMMU_GR0_sGFSR, .w1c = FAKE_SMMU_W),
	[FAKE_SGFSYNR0] = GR0("sGFSYNR0", ARM_SMMU_GR0_sGFSYNR0, .ro = FAKE_SMMU_W),
	[FAKE_SGFSYNR1] = GR0("sGFSYNR1", ARM_SMMU_GR0_sGFSYNR1, .ro = FAKE_SMMU_W),
	[FAKE_SGFSYNR2] = GR0("sGFSYNR2", ARM_SMMU_GR0_sGFSYNR2, .ro = FAKE_SMMU_W),
	[FAKE_TLBIVMID] = GR0("TLBIVMID", ARM_SMMU_GR0_TLBIVMID, .wo = FAKE_SMMU_W),
	[FAKE_TLBIALLNSNH] = GR0("TLBIALLNSNH", ARM_SMMU_GR0_TLBIALLNSNH, .wo = FAKE_SMMU_W),
	[FAKE_TLBIALLH] = GR0("TLBIALLH", ARM_SMMU_GR0_TLBIALLH, .wo = FAKE_SMMU_W),
	[FAKE_STLBGSYNC] = GR0("sTLBGSYNC", ARM_SMMU_GR0_sTLBGSYNC, .wo = FAKE_SMMU_W),
	[FAKE_STLBGSTATUS] = GR0("sTLBGSTATUS", ARM_SMMU_GR0_sTLBGSTATUS, .ro = FAKE_SMMU_W),
	[FAKE_SMR] = GR0("SMR", ARM_SMMU_GR0_SMR(0), .stride = 4, .count = FAKE_SMMU_STREAMS),
	[FAKE_S2CR] = GR0("S2CR", ARM_SMMU_GR0_S2CR(0), .stride = 4, .count = FAKE_SMMU_STREAMS),
};

static struct fake_smmu *to_fake_smmu(struct arm_smmu_device *smmu)
{
	return container_of(smmu, struct fake_smmu, smmu);
}

static struct fake_smmu *regs_to_fake_smmu(struct kunit_regfile *rf)
{
	return rf->priv;
}

static u64 fake_smmu_get(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg)
{
	return *kunit_regfile_cell(fake->regs, reg, bank);
}

static void fake_smmu_set(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg, u64 val)
{
	*kunit_regfile_cell(fake->regs, reg, bank) = val;
}

/* A test may poke SS: then a transaction is stalled of which nothing is known. */
static void fake_smmu_follow_ss(struct fake_smmu *fake, unsigned int idx)
{
	struct fake_smmu_bank *bank = &fake->banks[idx];

	if (!(fake_smmu_get(fake, idx, FAKE_FSR) & ARM_SMMU_CB_FSR_SS)) {
		bank->nr_stalled = 0;
		bank->ss_reads = 0;
	} else if (!bank->nr_stalled && !bank->ss_reads) {
		bank->stalled[0] = (struct fake_smmu_transaction) {};
		bank->nr_stalled = 1;
	}
}

/* Rules 1, 2 and 9. */
static void fake_smmu_update(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	struct fake_smmu *fake = regs_to_fake_smmu(rf);
	enum kunit_irq_level level = KUNIT_IRQ_LOW;
	u32 fsr;

	switch (reg) {
	case FAKE_FSR:
		fake_smmu_follow_ss(fake, idx);
		fallthrough;
	case FAKE_SCTLR:
	case FAKE_RESUME:
		fsr = fake_smmu_get(fake, idx, FAKE_FSR);
		if (!(fake_smmu_get(fake, idx, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE))
			level = KUNIT_IRQ_LOW;
		else if (fsr & FAKE_SMMU_LATCHED)
			level = KUNIT_IRQ_HIGH;
		else if (fake->mmu500 && (fsr & ARM_SMMU_CB_FSR_SS))
			/* The thread may be between CFIE and RESUME. */
			level = KUNIT_IRQ_LATE;
		kunit_irq_drive(&fake->banks[idx].source, level);
		break;
	case FAKE_SCR0:
	case FAKE_SGFSR:
		if ((fake_smmu_get(fake, 0, FAKE_SCR0) & ARM_SMMU_sCR0_GFIE) &&
		    fake_smmu_get(fake, 0, FAKE_SGFSR))
			level = KUNIT_IRQ_HIGH;
		kunit_irq_drive(&fake->global, level);
		break;
	default:
		break;
	}
}

/* Rule 10. */
static bool fake_smmu_translates(struct fake_smmu *fake, int idx)
{
	return (fake_smmu_get(fake, idx, FAKE_SCTLR) & ARM_SMMU_SCTLR_M) &&
	       !(fake_smmu_get(fake, 0, FAKE_SCR0) & ARM_SMMU_sCR0_CLIENTPD);
}

static u32 fake_smmu_sid(struct fake_smmu *fake, int idx, u64 iova)
{
	return 0x40 + idx + (fake->streams ? (iova >> 12) % fake->streams : 0);
}

/* Rules 3, 4, 13 and 16. */
static void fake_smmu_latch(struct fake_smmu *fake, int idx,
			    const struct fake_smmu_transaction *transaction)
{
	struct fake_smmu_bank *bank = &fake->banks[idx];
	u32 fsr = fake_smmu_get(fake, idx, FAKE_FSR);

	if (fsr & (fake->ss_holds_syndrome ? ARM_SMMU_CB_FSR_FAULT : FAKE_SMMU_LATCHED)) {
		fsr |= ARM_SMMU_CB_FSR_MULTI;
	} else {
		fsr &= ~ARM_SMMU_CB_FSR_FORMAT;
		fsr |= fake->fault | FAKE_SMMU_FORMAT;
		fake_smmu_set(fake, idx, FAKE_FAR, transaction->iova);
		fake_smmu_set(fake, idx, FAKE_FSYNR0, transaction->fsynr0);
		fake_smmu_set(fake, idx, FAKE_FSYNR1, 0x1100 + idx);
		fake_smmu_set(fake, idx, FAKE_CBFRSYNRA,
			      fake_smmu_sid(fake, idx, transaction->iova));
		bank->reported++;
	}

	if ((fake_smmu_get(fake, idx, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFCFG) &&
	    bank->nr_stalled < fake->stalls) {
		fsr |= ARM_SMMU_CB_FSR_SS;
		bank->stalled[bank->nr_stalled] = *transaction;
		bank->stalled[bank->nr_stalled++].fsr_cleared = false;
		bank->ss_reads = 0;
	} else {
		bank->terminated++;
	}
	fake_smmu_set(fake, idx, FAKE_FSR, fsr);
}

/* Rules 10 and 11. */
static void fake_smmu_process(struct fake_smmu *fake, int idx,
			      const struct fake_smmu_transaction *transaction)
{
	struct fake_smmu_bank *bank = &fake->banks[idx];
	u32 sctlr = fake_smmu_get(fake, idx, FAKE_SCTLR);
	u32 fsr = fake_smmu_get(fake, idx, FAKE_FSR);

	if (!fake_smmu_translates(fake, idx)) {
		bank->untranslated++;
		return;
	}
	if (!(sctlr & ARM_SMMU_SCTLR_HUPCF)) {
		if (bank->nr_stalled && bank->nr_waiting < FAKE_SMMU_WAITING) {
			bank->waiting[bank->nr_waiting++] = *transaction;
			return;
		}
		if (bank->nr_stalled || (fsr & FAKE_SMMU_LATCHED)) {
			bank->terminated++;
			return;
		}
	}

	if (READ_ONCE(bank->unmapped))
		fake_smmu_latch(fake, idx, transaction);
	else
		bank->passed++;
}

static void fake_smmu_process_waiting(struct fake_smmu *fake, int idx)
{
	struct fake_smmu_transaction waiting[FAKE_SMMU_WAITING];
	struct fake_smmu_bank *bank = &fake->banks[idx];
	unsigned int i, nr = bank->nr_waiting;

	/* The first one may stall, and have the others wait again. */
	memcpy(waiting, bank->waiting, sizeof(waiting));
	bank->nr_waiting = 0;
	for (i = 0; i < nr; i++)
		fake_smmu_process(fake, idx, &waiting[i]);
}

/* Rules 13 and 14: one of them is not stalled any more, and SS may not say so yet. */
static struct fake_smmu_transaction fake_smmu_end_stall(struct fake_smmu *fake, int idx)
{
	struct fake_smmu_bank *bank = &fake->banks[idx];
	unsigned int i = fake->resumes_newest ? bank->nr_stalled - 1 : 0;
	struct fake_smmu_transaction transaction = bank->stalled[i];
	u32 fsr = fake_smmu_get(fake, idx, FAKE_FSR);

	bank->nr_stalled--;
	memmove(&bank->stalled[i], &bank->stalled[i + 1],
		(bank->nr_stalled - i) * sizeof(*bank->stalled));
	if (bank->nr_stalled)
		return transaction;

	bank->ss_reads = fake->ss_late;
	if (!bank->ss_reads)
		fake_smmu_set(fake, idx, FAKE_FSR, fsr & ~ARM_SMMU_CB_FSR_SS);

	return transaction;
}

/* Rules 6 and 15. */
static bool fake_smmu_ignores_resume(struct fake_smmu *fake, int idx)
{
	struct fake_smmu_bank *bank = &fake->banks[idx];

	if (bank->lose_resumes) {
		bank->lose_resumes--;
		return true;
	}

	return fake->ignores_resume && (fake_smmu_get(fake, idx, FAKE_FSR) & FAKE_SMMU_LATCHED);
}

/* Rules 4, 8, 10 and 13. */
static void fake_smmu_write_resume(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	struct fake_smmu *fake = regs_to_fake_smmu(rf);
	struct fake_smmu_bank *bank = &fake->banks[idx];
	struct fake_smmu_transaction transaction;

	if (!bank->nr_stalled) {
		kunit_regfile_violation(rf, bank->ss_reads ? "RESUME twice for one stall" :
				       "RESUME without a stalled transaction");
		return;
	}
	if (!bank->stalled[0].fsr_cleared)
		kunit_regfile_violation(rf, "RESUME before FSR was cleared");
	if (fake_smmu_ignores_resume(fake, idx)) {
		bank->ignored++;
		return;
	}

	transaction = fake_smmu_end_stall(fake, idx);
	if (val & ARM_SMMU_RESUME_TERMINATE) {
		bank->terminated++;
	} else {
		if (!fake_smmu_translates(fake, idx))
			kunit_regfile_violation(rf, "retry in a bank that does not translate");
		bank->retried++;
		if (READ_ONCE(bank->unmapped))
			fake_smmu_latch(fake, idx, &transaction);
		else
			bank->passed++;
	}
	fake_smmu_process_waiting(fake, idx);
}

/* Rule 5. */
static void fake_smmu_write_fsr(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	struct fake_smmu_bank *bank = &regs_to_fake_smmu(rf)->banks[idx];
	unsigned int i;

	for (i = 0; i < bank->nr_stalled; i++)
		bank->stalled[i].fsr_cleared = true;
}

/* Rule 14. */
static u64 fake_smmu_read_fsr(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	struct fake_smmu *fake = regs_to_fake_smmu(rf);
	struct fake_smmu_bank *bank = &fake->banks[idx];

	if (bank->ss_reads && !--bank->ss_reads)
		fake_smmu_set(fake, idx, FAKE_FSR,
			      fake_smmu_get(fake, idx, FAKE_FSR) & ~ARM_SMMU_CB_FSR_SS);

	return val;
}

static void fake_smmu_regs_after_access(struct kunit_regfile *rf,
					const struct kunit_reg_access *access)
{
	struct fake_smmu *fake = regs_to_fake_smmu(rf);

	if (access->reg == FAKE_FAR && !access->hardirq)
		atomic_inc(&fake->banks[access->idx].wakes);
	if (fake->after_access)
		fake->after_access(fake, access);
}

static u32 fake_smmu_offset(int page, int offset)
{
	return page * FAKE_SMMU_PAGE + offset;
}

static u32 fake_smmu_read_reg(struct arm_smmu_device *smmu, int page, int offset)
{
	return kunit_regfile_read(to_fake_smmu(smmu)->regs, fake_smmu_offset(page, offset), 32);
}

static u64 fake_smmu_read_reg64(struct arm_smmu_device *smmu, int page, int offset)
{
	return kunit_regfile_read(to_fake_smmu(smmu)->regs, fake_smmu_offset(page, offset), 64);
}

static void fake_smmu_write_reg(struct arm_smmu_device *smmu, int page, int offset, u32 val)
{
	kunit_regfile_write(to_fake_smmu(smmu)->regs, fake_smmu_offset(page, offset), 32, val);
}

static void fake_smmu_write_reg64(struct arm_smmu_device *smmu, int page, int offset, u64 val)
{
	kunit_regfile_write(to_fake_smmu(smmu)->regs, fake_smmu_offset(page, offset), 64, val);
}

static const struct arm_smmu_impl fake_smmu_impl = {
	.read_reg	= fake_smmu_read_reg,
	.read_reg64	= fake_smmu_read_reg64,
	.write_reg	= fake_smmu_write_reg,
	.write_reg64	= fake_smmu_write_reg64,
};

/**
 * fake_smmu_use_impl() - Give the fake what an implementation does its own way
 * @fake: the fake SMMU
 * @impl: of the implementation; register accesses become the fake's
 *
 * Context: The test's thread, before a domain is set up.
 */
void fake_smmu_use_impl(struct fake_smmu *fake, struct arm_smmu_impl *impl)
{
	impl->read_reg = fake_smmu_read_reg;
	impl->read_reg64 = fake_smmu_read_reg64;
	impl->write_reg = fake_smmu_write_reg;
	impl->write_reg64 = fake_smmu_write_reg64;
	fake->smmu.impl = impl;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_use_impl);

/* Stage 1 with pages of 4 KiB, 40 bits of everything, streams by number. */
static void fake_smmu_set_ids(struct fake_smmu *fake, unsigned int banks)
{
	fake->reg[FAKE_ID0].reset = ARM_SMMU_ID0_S1TS | ARM_SMMU_ID0_ATOSNS |
				    ARM_SMMU_ID0_PTFS_NO_AARCH32 | ARM_SMMU_ID0_PTFS_NO_AARCH32S |
				    FIELD_PREP(ARM_SMMU_ID0_NUMSIDB, ilog2(FAKE_SMMU_STREAMS));
	fake->reg[FAKE_ID1].reset = FIELD_PREP(ARM_SMMU_ID1_NUMPAGENDXB,
					       ilog2(fake->smmu.numpage) - 1) |
				    FIELD_PREP(ARM_SMMU_ID1_NUMCB, banks);
	fake->reg[FAKE_ID2].reset = ARM_SMMU_ID2_PTFS_4K | FIELD_PREP(ARM_SMMU_ID2_UBS, 2) |
				    FIELD_PREP(ARM_SMMU_ID2_OAS, 2) |
				    FIELD_PREP(ARM_SMMU_ID2_IAS, 2);
}

/* Of a test that has failed in a pause: no bank was detached. */
static void fake_smmu_end_pauses(void *data)
{
	struct fake_smmu *fake = data;
	int i;

	timer_delete_sync(&fake->smmu.global_pace.timer);
	for (i = 0; i < fake->smmu.num_context_banks; i++) {
		if (fake->cbs[i].fault.pace.timer.function)
			timer_delete_sync(&fake->cbs[i].fault.pace.timer);
	}
}

/* Before the device goes: what a test has on its stack has gone already. */
static void fake_smmu_forget_test(void *data)
{
	struct fake_smmu *fake = data;

	fake->after_access = NULL;
}

static void fake_smmu_storm(struct kunit_irq_line *line)
{
	struct fake_smmu *fake;

	for (fake = line->chip->priv; fake; fake = fake->next)
		kunit_regfile_violation(fake->regs, "interrupt storm");
}

/* Each SMMU on the chip hears of a storm. */
static void fake_smmu_use_irqchip(struct kunit *test, struct fake_smmu *fake,
				  const struct fake_smmu_config *config)
{
	fake->irqchip = config->irqchip ?: kunit_irqchip_create(test, config->lines);
	fake->lines = fake->irqchip->line;
	fake->next = fake->irqchip->priv;
	fake->nr = fake->next ? fake->next->nr + 1 : 1;
	fake->irqchip->storm = fake_smmu_storm;
	fake->irqchip->priv = fake;
}

static void fake_smmu_create_regs(struct kunit *test, struct fake_smmu *fake,
				  unsigned int banks)
{
	int i;

	/* The upper half of the address space, as the specification has it. */
	fake->smmu.pgshift = ilog2(FAKE_SMMU_PAGE);
	fake->smmu.numpage = roundup_pow_of_two(max(banks, 2U));
	memcpy(fake->reg, fake_smmu_regs, sizeof(fake->reg));
	for (i = 0; i < FAKE_REGS; i++) {
		if (fake->reg[i].stride == FAKE_SMMU_PAGE)
			fake->reg[i].offset += fake->smmu.numpage * FAKE_SMMU_PAGE;
		if (fake->reg[i].group)
			fake->reg[i].count = banks;
	}
	fake_smmu_set_ids(fake, banks);
	fake->regs = kunit_regfile_create(test, fake->reg, FAKE_REGS);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->regs);
	fake->regs->priv = fake;
	fake->regs->update = fake_smmu_update;
	fake->regs->after_access = fake_smmu_regs_after_access;
}

static void fake_smmu_create_device(struct kunit *test, struct fake_smmu *fake,
				    unsigned int banks)
{
	char *name = kunit_kzalloc(test, 32, GFP_KERNEL);

	/* Each has a driver of its own, and a name for that. */
	KUNIT_ASSERT_NOT_NULL(test, name);
	snprintf(name, 32, "fake-smmu.%u", fake->nr);
	fake->smmu.dev = kunit_device_register(test, name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->smmu.dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_smmu_forget_test, fake), 0);
	dev_set_drvdata(fake->smmu.dev, &fake->smmu);
	fake->smmu.impl = &fake_smmu_impl;
	fake->smmu.version = ARM_SMMU_V2;
	spin_lock_init(&fake->smmu.global_sync_lock);
	fake->smmu.powered = true;
	fake->smmu.num_context_banks = banks;
	fake->smmu.num_context_irqs = banks;
	fake->smmu.cbs = fake->cbs;
	fake->smmu.irqs = fake->irqs;
	fake->smmu.features = ARM_SMMU_FEAT_TRANS_S1 | ARM_SMMU_FEAT_FMT_AARCH64_4K |
			      ARM_SMMU_FEAT_COHERENT_WALK;
	fake->smmu.va_size = 39;
	fake->smmu.ipa_size = 40;
	fake->smmu.pa_size = 40;
	fake->smmu.pgsize_bitmap = SZ_4K | SZ_2M | SZ_1G;
}

/**
 * fake_smmu_create_config() - Make a fake SMMU that goes away with the test
 * @test: the test
 * @config: which one
 *
 * Context: The test's thread.
 * Return: the fake. Fails the test where it cannot be made.
 */
struct fake_smmu *fake_smmu_create_config(struct kunit *test,
					  const struct fake_smmu_config *config)
{
	struct fake_smmu *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->mmu500 = config->mmu500;
	fake->ignores_resume = config->mmu500;
	fake->stalls = 1;
	fake->fault = ARM_SMMU_CB_FSR_TF;
	fake->banks = kunit_kcalloc(test, config->banks, sizeof(*fake->banks), GFP_KERNEL);
	fake->cbs = kunit_kcalloc(test, config->banks, sizeof(*fake->cbs), GFP_KERNEL);
	fake->domains = kunit_kcalloc(test, config->banks, sizeof(*fake->domains), GFP_KERNEL);
	fake->irqs = kunit_kcalloc(test, config->banks, sizeof(*fake->irqs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->banks);
	KUNIT_ASSERT_NOT_NULL(test, fake->cbs);
	KUNIT_ASSERT_NOT_NULL(test, fake->domains);
	KUNIT_ASSERT_NOT_NULL(test, fake->irqs);
	fake_smmu_create_regs(test, fake, config->banks);

	/* Before the device: the interrupts that it requested are freed first. */
	timer_setup(&fake->smmu.global_pace.timer, arm_smmu_global_timer, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_smmu_end_pauses, fake), 0);
	fake_smmu_use_irqchip(test, fake, config);
	kunit_irq_connect(&fake->global, &fake->lines[fake->irqchip->nr - 1]);
	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0, ARM_SMMU_sCR0_GFIE);
	fake_smmu_create_device(test, fake, config->banks);

	return fake;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_create_config);

/**
 * fake_smmu_create() - Make a fake SMMU with a few banks and lines of its own
 * @test: the test
 * @mmu500: behave as MMU-500 does
 *
 * Context: The test's thread.
 * Return: the fake. Fails the test where it cannot be made.
 */
struct fake_smmu *fake_smmu_create(struct kunit *test, bool mmu500)
{
	const struct fake_smmu_config config = {
		.mmu500 = mmu500,
		.banks = FAKE_SMMU_BANKS,
		.lines = FAKE_SMMU_LINES,
	};

	return fake_smmu_create_config(test, &config);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_create);

/**
 * fake_smmu_create_param() - fake_smmu_create(), as the parameter of the test says
 * @test: the test; its parameter is a &struct fake_smmu_param
 *
 * Context: The test's thread.
 * Return: the fake. Fails the test where it cannot be made.
 */
struct fake_smmu *fake_smmu_create_param(struct kunit *test)
{
	const struct fake_smmu_param *param = test->param_value;
	struct fake_smmu *fake = fake_smmu_create(test, param->mmu500);

	fake->ignores_resume = param->ignores_resume;
	fake->resumes_newest = param->resumes_newest;

	return fake;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_create_param);

/**
 * fake_smmu_param_desc() - For KUNIT_ARRAY_PARAM() of &struct fake_smmu_param
 * @param: the parameter
 * @desc: gets its name
 */
void fake_smmu_param_desc(const struct fake_smmu_param *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_param_desc);

/**
 * fake_smmu_attach() - Set up a context bank and take its interrupt
 * @test: the test
 * @fake: the fake SMMU
 * @bank: context bank
 * @line: interrupt line that it drives
 * @sctlr: what SCTLR has besides M and CFIE
 *
 * Return: the domain of the bank, a stage 1 domain without page tables. Fails
 * the test where that does not work.
 */
struct arm_smmu_domain *fake_smmu_attach(struct kunit *test, struct fake_smmu *fake,
					 int bank, unsigned int line, u32 sctlr)
{
	struct arm_smmu_domain *smmu_domain = &fake->domains[bank];

	smmu_domain->smmu = &fake->smmu;
	smmu_domain->cfg.cbndx = bank;
	smmu_domain->cfg.irptndx = bank;
	smmu_domain->cfg.cbar = CBAR_TYPE_S1_TRANS_S2_BYPASS;
	smmu_domain->cfg.can_stall = true;

	kunit_irq_connect(&fake->banks[bank].source, &fake->lines[line]);
	fake->cbs[bank].ttbr[0] = 0x123400000000ULL + bank;
	fake_smmu_poke(fake, bank, FAKE_TTBR0, fake->cbs[bank].ttbr[0]);
	fake_smmu_poke(fake, bank, FAKE_CONTEXTIDR, 0xc0de0000 + bank);
	fake->irqs[bank] = fake->lines[line].irq;
	fake->cbs[bank].cfg = &smmu_domain->cfg;
	atomic_set(&fake->cbs[bank].fault.sctlr, ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | sctlr);
	arm_smmu_sctlr_publish(&fake->smmu, bank);
	KUNIT_ASSERT_EQ(test, arm_smmu_request_context_irq(smmu_domain), 0);

	/* The log starts with the first fault. */
	fake_smmu_clear_log(fake);

	return smmu_domain;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_attach);

/**
 * fake_smmu_new_domain() - What arm_smmu_domain_alloc_paging() makes
 * @test: the test
 * @dev: of the SMMU
 *
 * Context: The test's thread.
 * Return: the domain. Fails the test where there is no memory.
 */
struct arm_smmu_domain *fake_smmu_new_domain(struct kunit *test, struct device *dev)
{
	struct arm_smmu_domain *smmu_domain;

	/* The device's: it stays until the interrupt was freed. */
	smmu_domain = devm_kzalloc(dev, sizeof(*smmu_domain), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, smmu_domain);
	mutex_init(&smmu_domain->init_mutex);
	spin_lock_init(&smmu_domain->cb_lock);

	return smmu_domain;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_new_domain);

/**
 * fake_smmu_alloc_domain() - A domain for arm_smmu_init_domain_context()
 * @test: the test
 * @fake: the fake SMMU
 * @line: interrupt line that its context bank will drive, whichever it gets
 *
 * Context: The test's thread.
 * Return: the domain. Fails the test where there is no memory.
 */
struct arm_smmu_domain *fake_smmu_alloc_domain(struct kunit *test, struct fake_smmu *fake,
					       unsigned int line)
{
	int i;

	for (i = 0; i < fake->smmu.num_context_banks; i++) {
		if (test_bit(i, fake->smmu.context_map))
			continue;
		kunit_irq_connect(&fake->banks[i].source, &fake->lines[line]);
		fake->irqs[i] = fake->lines[line].irq;
	}

	return fake_smmu_new_domain(test, fake->smmu.dev);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_alloc_domain);

static int fake_smmu_call_back(struct iommu_domain *domain, struct device *dev,
			       unsigned long iova, int flags, void *token)
{
	struct fake_smmu_callback *cb = token;

	WRITE_ONCE(cb->calls, cb->calls + 1);
	cb->iova = iova;
	cb->flags = flags;
	cb->dev = dev;
	cb->task = in_task();
	cb->irqs_off = irqs_disabled();
	cb->info = cb->fake->smmu.cbs[cb->smmu_domain->cfg.cbndx].fault.info;
	if (cb->action)
		cb->action(cb);
	WRITE_ONCE(cb->left, cb->left + 1);

	return cb->ret;
}

/**
 * fake_smmu_set_callback() - Give a domain a fault callback that records
 * @test: the test
 * @fake: the fake SMMU
 * @smmu_domain: the domain
 *
 * Context: The test's thread.
 * Return: the callback. Fails the test where there is no memory.
 */
struct fake_smmu_callback *fake_smmu_set_callback(struct kunit *test, struct fake_smmu *fake,
						  struct arm_smmu_domain *smmu_domain)
{
	struct fake_smmu_callback *cb;

	/* The device's: it stays until the interrupt was freed. */
	cb = devm_kzalloc(fake->smmu.dev, sizeof(*cb), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cb);
	cb->fake = fake;
	cb->smmu_domain = smmu_domain;
	init_completion(&cb->entered);
	init_completion(&cb->go_on);
	iommu_set_fault_handler(&smmu_domain->domain, fake_smmu_call_back, cb);

	return cb;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_set_callback);

/**
 * fake_smmu_attach_callback() - fake_smmu_attach() a bank, with fake_smmu_set_callback()
 * @test: the test
 * @fake: the fake SMMU
 * @bank: context bank
 * @line: interrupt line that it drives
 * @sctlr: further bits of SCTLR; ARM_SMMU_SCTLR_CFCFG for faults that stall
 *
 * Context: The test's thread.
 * Return: the callback. Fails the test where that does not work.
 */
struct fake_smmu_callback *fake_smmu_attach_callback(struct kunit *test, struct fake_smmu *fake,
						     int bank, unsigned int line, u32 sctlr)
{
	return fake_smmu_set_callback(test, fake, fake_smmu_attach(test, fake, bank, line, sctlr));
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_attach_callback);

/**
 * fake_smmu_sleep() - A &fake_smmu_callback.action: sleep until the test goes on
 * @cb: the callback
 *
 * Context: The thread of the bank. Sleeps.
 */
void fake_smmu_sleep(struct fake_smmu_callback *cb)
{
	might_sleep();
	complete(&cb->entered);
	wait_for_completion_timeout(&cb->go_on, FAKE_SMMU_PATIENCE);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_sleep);

/**
 * fake_smmu_attach_sleeper() - fake_smmu_attach() a bank that stalls, whose fault
 * callback sleeps
 * @test: the test
 * @fake: the fake SMMU
 * @bank: context bank
 * @line: interrupt line that it drives
 * @sleeper: set to the callback
 *
 * Return: the domain of the bank. Fails the test where that does not work.
 */
struct arm_smmu_domain *fake_smmu_attach_sleeper(struct kunit *test, struct fake_smmu *fake,
						 int bank, unsigned int line,
						 struct fake_smmu_callback **sleeper)
{
	*sleeper = fake_smmu_attach_callback(test, fake, bank, line, ARM_SMMU_SCTLR_CFCFG);
	(*sleeper)->action = fake_smmu_sleep;

	return (*sleeper)->smmu_domain;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_attach_sleeper);

/* What a master does: under the lock, and then the line follows. Rules 7 and 10. */
static void fake_smmu_transact(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0,
			       void (*what)(struct fake_smmu *fake, int idx,
					    const struct fake_smmu_transaction *transaction))
{
	const struct fake_smmu_transaction transaction = { .iova = iova, .fsynr0 = fsynr0 };
	unsigned long flags;

	kunit_regfile_lock(fake->regs, &flags);
	if (!fake->regs->powered)
		fake->banks[bank].lost++;
	else if (!fake_smmu_translates(fake, bank))
		fake->banks[bank].untranslated++;
	else
		what(fake, bank, &transaction);
	fake_smmu_update(fake->regs, FAKE_FSR, bank);
	kunit_regfile_unlock(fake->regs, flags);
}

/**
 * fake_smmu_fault() - A transaction faults
 * @fake: the fake SMMU
 * @bank: context bank
 * @iova: its address
 * @fsynr0: what FSYNR0 says of it
 *
 * It was under way already when another one faulted, if one did: whatever HUPCF
 * says, it does not wait.
 *
 * Context: Any. The interrupt comes later, from hard IRQ context.
 */
void fake_smmu_fault(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0)
{
	fake_smmu_transact(fake, bank, iova, fsynr0, fake_smmu_latch);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_fault);

/**
 * fake_smmu_issue() - A master issues a transaction
 * @fake: the fake SMMU
 * @bank: context bank
 * @iova: its address
 * @fsynr0: what FSYNR0 says of it if it faults
 *
 * It faults where &fake_smmu_bank.unmapped, or waits for one that is stalled and
 * is issued again after that (rule 11).
 *
 * Context: Any. The interrupt comes later, from hard IRQ context.
 */
void fake_smmu_issue(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0)
{
	fake_smmu_transact(fake, bank, iova, fsynr0, fake_smmu_process);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_issue);

/**
 * fake_smmu_global_fault() - A transaction with an unknown stream ID
 * @fake: the fake SMMU
 *
 * The second one before sGFSR is cleared only sets MULTI (rule 9).
 *
 * Context: Any. The interrupt comes later, from hard IRQ context.
 */
void fake_smmu_global_fault(struct fake_smmu *fake)
{
	unsigned long flags;
	u64 *gfsr;

	kunit_regfile_lock(fake->regs, &flags);
	gfsr = kunit_regfile_cell(fake->regs, FAKE_SGFSR, 0);
	*gfsr |= *gfsr ? FAKE_SMMU_SGFSR_MULTI : ARM_SMMU_sGFSR_USF;
	fake_smmu_update(fake->regs, FAKE_SGFSR, 0);
	kunit_regfile_unlock(fake->regs, flags);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_global_fault);

static irqreturn_t fake_smmu_foreign_handler(int irq, void *dev)
{
	struct kunit_irq_line *line = dev;

	kunit_irq_drive(&line->source, KUNIT_IRQ_LOW);

	return IRQ_HANDLED;
}

/**
 * fake_smmu_request_foreign() - Share a line with a device that is none of ours
 * @test: the test
 * @fake: the fake SMMU
 * @line: interrupt line
 *
 * Its handler answers fake_smmu_assert_foreign(). Fails the test where the
 * interrupt cannot be requested.
 */
void fake_smmu_request_foreign(struct kunit *test, struct fake_smmu *fake, unsigned int line)
{
	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[line].irq,
					       fake_smmu_foreign_handler, IRQF_SHARED, "foreign",
					       &fake->lines[line]), 0);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_request_foreign);

/**
 * fake_smmu_forced() - Has genirq made threads of handlers on a line?
 * @fake: the fake SMMU
 * @line: interrupt line, requested, but not with IRQF_ONESHOT alone
 *
 * As "threadirqs" and PREEMPT_RT have it do. It takes no more than BITS_PER_LONG
 * handlers on a line then.
 *
 * Context: Task. Nothing frees an interrupt of the line meanwhile.
 * Return: true if it has.
 */
bool fake_smmu_forced(struct fake_smmu *fake, unsigned int line)
{
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(fake->lines[line].irq));
	struct irqaction *action;

	for (action = desc->action; action; action = action->next) {
		if (action->secondary)
			return true;
	}

	return false;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_forced);

/**
 * fake_smmu_request_global() - Request the interrupt for global faults
 * @test: the test
 * @fake: the fake SMMU
 * @line: interrupt line, which may have context banks as well
 *
 * With the driver's handler. Fails the test where the interrupt cannot be requested.
 */
void fake_smmu_request_global(struct kunit *test, struct fake_smmu *fake, unsigned int line)
{
	kunit_irq_connect(&fake->global, &fake->lines[line]);
	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->smmu.dev, fake->lines[line].irq,
					       arm_smmu_global_fault, IRQF_SHARED,
					       "arm-smmu global fault", &fake->smmu), 0);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_request_global);

/**
 * fake_smmu_assert_foreign() - A device that shares a line asserts it, or stops
 * @fake: the fake SMMU
 * @line: interrupt line
 * @high: assert it
 *
 * Context: Any.
 */
void fake_smmu_assert_foreign(struct fake_smmu *fake, unsigned int line, bool high)
{
	kunit_irq_drive(&fake->lines[line].source, high);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_assert_foreign);

/**
 * fake_smmu_set_clocks() - Turn the clocks off and on
 * @fake: the fake SMMU
 * @on: on
 *
 * Context: Any.
 */
void fake_smmu_set_clocks(struct fake_smmu *fake, bool on)
{
	kunit_regfile_set_power(fake->regs, on);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_set_clocks);

#ifdef CONFIG_COMMON_CLK
static int fake_smmu_clk_enable(struct clk_hw *clk)
{
	fake_smmu_set_clocks(container_of(clk, struct fake_smmu, clk), true);

	return 0;
}

static void fake_smmu_clk_disable(struct clk_hw *clk)
{
	fake_smmu_set_clocks(container_of(clk, struct fake_smmu, clk), false);
}

static const struct clk_ops fake_smmu_clk_ops = {
	.enable = fake_smmu_clk_enable,
	.disable = fake_smmu_clk_disable,
};

static void fake_smmu_put_clk(void *data)
{
	struct fake_smmu *fake = data;

	fake->smmu.num_clks = 0;
	clk_disable_unprepare(fake->clks.clk);
	clk_put(fake->clks.clk);
	clk_hw_unregister(&fake->clk);
	/* For whatever is still to be cleaned up. */
	fake_smmu_set_clocks(fake, true);
}
#endif

/**
 * fake_smmu_use_clk() - Give the driver a clock, until the test ends
 * @test: the test
 * @fake: the fake SMMU
 *
 * It is on. What the driver does with it is what fake_smmu_set_clocks() does else.
 *
 * Context: The test's thread. Skips the test without CONFIG_COMMON_CLK.
 */
void fake_smmu_use_clk(struct kunit *test, struct fake_smmu *fake)
{
#ifdef CONFIG_COMMON_CLK
	const struct clk_init_data init = { .name = "fake-smmu", .ops = &fake_smmu_clk_ops };

	fake->clk.init = &init;
	KUNIT_ASSERT_EQ(test, clk_hw_register(NULL, &fake->clk), 0);
	fake->clks.clk = clk_hw_get_clk(&fake->clk, "fake-smmu");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->clks.clk);
	KUNIT_ASSERT_EQ(test, clk_prepare_enable(fake->clks.clk), 0);
	fake->smmu.clks = &fake->clks;
	fake->smmu.num_clks = 1;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_smmu_put_clk, fake), 0);
#else
	kunit_skip(test, "CONFIG_COMMON_CLK is off");
#endif
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_use_clk);

/**
 * fake_smmu_power_loss() - The registers lose what they contain
 * @fake: the fake SMMU
 *
 * The transactions are gone as well, with the devices that they came from.
 *
 * Context: Any.
 */
void fake_smmu_power_loss(struct fake_smmu *fake)
{
	struct fake_smmu_bank *bank;
	unsigned long flags;
	int i;
	u32 fsr;

	kunit_regfile_lock(fake->regs, &flags);
	for (i = 0; i < fake->smmu.num_context_banks; i++) {
		bank = &fake->banks[i];
		fsr = fake_smmu_get(fake, i, FAKE_FSR);
		bank->lost += bank->nr_waiting + bank->nr_stalled;
		/* MULTI alone is about faults that could not be reported one by one. */
		bank->forgotten += !!(fsr & FAKE_SMMU_LATCHED & ~ARM_SMMU_CB_FSR_MULTI);
		bank->nr_waiting = 0;
	}
	kunit_regfile_unlock(fake->regs, flags);
	kunit_regfile_reset(fake->regs);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_power_loss);

/**
 * fake_smmu_suspend() - What runtime suspend does, without runtime PM
 * @fake: the fake SMMU, which loses its power
 *
 * Context: Any but hard interrupt.
 */
void fake_smmu_suspend(struct fake_smmu *fake)
{
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_set_clocks(fake, false);
	fake_smmu_power_loss(fake);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_suspend);

/**
 * fake_smmu_resume() - What runtime resume does, without runtime PM
 * @fake: the fake SMMU
 *
 * Context: Any but hard interrupt.
 */
void fake_smmu_resume(struct fake_smmu *fake)
{
	fake_smmu_set_clocks(fake, true);
	arm_smmu_power_on(&fake->smmu);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_resume);

/**
 * fake_smmu_pm_ops() - What the driver does when the SMMU's device is suspended
 * @test: the test
 *
 * They take the device of the fake.
 *
 * Context: The test's thread.
 * Return: the driver's operations. Skips the test without CONFIG_PM.
 */
const struct dev_pm_ops *fake_smmu_pm_ops(struct kunit *test)
{
	struct device_driver *drv = driver_find("arm-smmu", &platform_bus_type);

	KUNIT_ASSERT_NOT_NULL(test, drv);
	if (!IS_ENABLED(CONFIG_PM))
		kunit_skip(test, "CONFIG_PM is off");

	return drv->pm;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_pm_ops);

/**
 * fake_smmu_runtime_suspend() - The driver's runtime suspend; then the clocks and the power go
 * @dev: of the fake
 *
 * For the &struct dev_pm_ops that fake_smmu_use_pm() takes.
 *
 * Context: Runtime PM's.
 * Return: what the driver said.
 */
int fake_smmu_runtime_suspend(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);
	struct fake_smmu *fake = container_of(smmu, struct fake_smmu, smmu);
	int ret = driver_find("arm-smmu", &platform_bus_type)->pm->runtime_suspend(dev);

	fake_smmu_set_clocks(fake, false);
	fake_smmu_power_loss(fake);

	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_runtime_suspend);

/**
 * fake_smmu_runtime_resume() - The clocks come back; then the driver's runtime resume
 * @dev: of the fake
 *
 * For the &struct dev_pm_ops that fake_smmu_use_pm() takes.
 *
 * Context: Runtime PM's.
 * Return: what the driver said.
 */
int fake_smmu_runtime_resume(struct device *dev)
{
	struct arm_smmu_device *smmu = dev_get_drvdata(dev);

	fake_smmu_set_clocks(container_of(smmu, struct fake_smmu, smmu), true);

	return driver_find("arm-smmu", &platform_bus_type)->pm->runtime_resume(dev);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_runtime_resume);

/* -1: an error that a comparison must not miss. */
static int fake_smmu_does_not_resume(struct device *dev)
{
	return -EPERM;
}

/* For fake_smmu_use_pm(): the SMMU does not resume. */
const struct dev_pm_ops fake_smmu_pm_without_resume = {
	.runtime_suspend = fake_smmu_runtime_suspend,
	.runtime_resume = fake_smmu_does_not_resume,
};
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_pm_without_resume);

static void fake_smmu_disable_pm(void *data)
{
	struct device *dev = data;

	pm_runtime_disable(dev);
	pm_runtime_set_suspended(dev);
	dev->driver->pm = NULL;
}

/**
 * fake_smmu_use_pm() - Give the fake's device runtime PM, until the test ends
 * @test: the test
 * @fake: fake SMMU
 * @ops: what runtime PM calls, or NULL for nothing
 *
 * The caller says whether the SMMU is active, and enables runtime PM.
 *
 * Context: The test's thread. Skips the test without CONFIG_PM.
 */
void fake_smmu_use_pm(struct kunit *test, struct fake_smmu *fake, const struct dev_pm_ops *ops)
{
	struct device *dev = fake->smmu.dev;

	fake_smmu_pm_ops(test);
	dev->driver->pm = ops;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_smmu_disable_pm, dev), 0);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_use_pm);

static void fake_smmu_hear(void *data, const char *text, size_t len)
{
	struct fake_smmu_printed *printed = data;

	if (strnstr(text, "does not terminate", len) ||
	    strnstr(text, "is stalled after many RESUMEs", len))
		printed->not_terminated++;
	else if (strnstr(text, "does not resume", len))
		printed->not_resumed++;
	else if (strnstr(text, "turned off with a", len))
		printed->latched++;
	else if (strnstr(text, "GFSR", len) || strnstr(text, "Unhandled context fault", len))
		printed->lines++;
	else if (!strnstr(text, "Unexpected global fault", len))
		return;
	if (atomic_read(&printed->fake->smmu.users))
		printed->inside = true;
}

static void fake_smmu_stop_listening(void *data)
{
	unregister_trace_console(fake_smmu_hear, data);
	tracepoint_synchronize_unregister();
}

/**
 * fake_smmu_listen() - Count what the driver prints about faults
 * @test: the test
 * @fake: the fake SMMU
 *
 * Context: The test's thread.
 * Return: the count, which goes away with the test. Skips it without CONFIG_TRACEPOINTS.
 */
struct fake_smmu_printed *fake_smmu_listen(struct kunit *test, struct fake_smmu *fake)
{
	struct fake_smmu_printed *printed = kunit_kzalloc(test, sizeof(*printed), GFP_KERNEL);

	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "CONFIG_TRACEPOINTS is off");

	KUNIT_ASSERT_NOT_NULL(test, printed);
	printed->fake = fake;
	KUNIT_ASSERT_EQ(test, register_trace_console(fake_smmu_hear, printed), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_smmu_stop_listening, printed),
			0);

	return printed;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_listen);

/* If the function of the timer is running, waits for that. */
static bool fake_smmu_pauses(struct timer_list *timer)
{
	unsigned long expires;

	if (!timer->function)
		return false;
	if (timer_pending(timer))
		return true;
	expires = timer->expires;
	if (!timer_delete_sync(timer))
		return false;
	mod_timer(timer, expires);

	return true;
}

/**
 * fake_smmu_settle() - Wait until no interrupt is due, no handler runs and no bank pauses
 * @fake: the fake SMMU
 *
 * Ends after a storm as well. No callback may be waiting for the caller.
 * kunit_irqchip_settle() does not wait for pauses.
 *
 * Context: Task, may sleep.
 */
void fake_smmu_settle(struct fake_smmu *fake)
{
	bool pauses;
	int i;

	do {
		kunit_irqchip_settle(fake->irqchip);
		pauses = fake_smmu_pauses(&fake->smmu.global_pace.timer);
		for (i = 0; i < fake->smmu.num_context_banks; i++)
			pauses |= fake_smmu_pauses(&fake->cbs[i].fault.pace.timer);
		if (pauses)
			schedule_timeout_uninterruptible(1);
	} while (pauses);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_settle);

/**
 * fake_smmu_peek() - What a register contains; the driver does not notice
 * @fake: the fake SMMU
 * @bank: context bank
 * @reg: register
 *
 * Context: Any.
 * Return: its value.
 */
u64 fake_smmu_peek(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg)
{
	return kunit_regfile_peek(fake->regs, reg, max(bank, 0));
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_peek);

/**
 * fake_smmu_peek_faults() - What FSR says of faults; the driver does not notice
 * @fake: the fake SMMU
 * @bank: context bank
 *
 * Context: Any.
 * Return: FSR without what stays when it is cleared: FORMAT, and reserved bits.
 */
u32 fake_smmu_peek_faults(struct fake_smmu *fake, int bank)
{
	return fake_smmu_peek(fake, bank, FAKE_FSR) & ARM_SMMU_CB_FSR_FAULT;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_peek_faults);

/**
 * fake_smmu_poke() - Set a register, as the hardware would
 * @fake: the fake SMMU
 * @bank: context bank
 * @reg: register
 * @val: its value
 *
 * Context: Any.
 */
void fake_smmu_poke(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg, u64 val)
{
	kunit_regfile_poke(fake->regs, reg, max(bank, 0), val);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_poke);

/**
 * fake_smmu_clear_log() - Forget the accesses and wakes up to now
 * @fake: the fake SMMU
 *
 * Context: Any.
 */
void fake_smmu_clear_log(struct fake_smmu *fake)
{
	int i;

	kunit_regfile_clear_log(fake->regs);
	for (i = 0; i < fake->smmu.num_context_banks; i++)
		atomic_set(&fake->banks[i].wakes, 0);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_clear_log);

/**
 * fake_smmu_logged() - An access from the log
 * @fake: the fake SMMU, settled
 * @n: which one, from 0
 *
 * Context: Any.
 * Return: the access, or one to the register FAKE_REGS if there was none.
 */
struct kunit_reg_access fake_smmu_logged(struct fake_smmu *fake, unsigned int n)
{
	struct kunit_reg_access access = { .reg = FAKE_REGS };

	kunit_regfile_logged(fake->regs, n, &access);

	return access;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_logged);

/**
 * fake_smmu_trace() - The log of a bank as a string
 * @test: the test
 * @fake: the fake SMMU, settled
 * @bank: context bank; FAKE_SMMU_GLOBAL: all registers
 *
 * As kunit_regfile_trace(): "FSR?TF+SS" read FSR and found TF and SS,
 * "SCTLR=M+CFIE" wrote M and CFIE to SCTLR; a "!" before it says that it was in
 * hard IRQ context. Where the value is of no interest, it is left out, and so is
 * FSR.FORMAT, which a fault sets and a write does not clear.
 *
 * Context: The test's thread.
 * Return: the string, which goes away with the test.
 */
char *fake_smmu_trace(struct kunit *test, struct fake_smmu *fake, int bank)
{
	return kunit_regfile_trace(test, fake->regs,
				   bank == FAKE_SMMU_GLOBAL ? NULL : FAKE_SMMU_BANK, bank);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_trace);

/**
 * fake_smmu_find() - Find an access in the log
 * @fake: the fake SMMU, settled
 * @bank: context bank
 * @reg: register
 * @write: look for a write, else for a read
 * @mask: bits to look at
 * @val: what they are
 * @from: where to start
 *
 * Context: Any.
 * Return: its place in the log, or -1.
 */
int fake_smmu_find(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg,
		   bool write, u64 mask, u64 val, int from)
{
	struct kunit_reg_access access;
	int i;

	for (i = from; i < fake->regs->log_len; i++) {
		access = fake_smmu_logged(fake, i);
		if (access.reg == reg && access.write == write &&
		    (bank == FAKE_SMMU_GLOBAL || access.idx == bank) &&
		    (access.val & mask) == val)
			return i;
	}

	return -1;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_find);

/**
 * fake_smmu_count() - Count accesses
 * @fake: the fake SMMU, settled
 * @bank: context bank; FAKE_SMMU_GLOBAL: all registers
 * @write: count writes, else reads
 *
 * Context: Any.
 * Return: how many there were since fake_smmu_clear_log().
 */
unsigned int fake_smmu_count(struct fake_smmu *fake, int bank, bool write)
{
	unsigned int reg, n = 0;

	for (reg = 0; reg < FAKE_REGS; reg++) {
		if (bank == FAKE_SMMU_GLOBAL || fake->reg[reg].group)
			n += kunit_regfile_count(fake->regs, reg, bank, write);
	}

	return n;
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_count);

/**
 * fake_smmu_wakes() - How often the thread of a bank found a fault
 * @fake: the fake SMMU, settled
 * @bank: context bank
 *
 * Context: Any.
 * Return: how often FAR was read by a task since fake_smmu_clear_log().
 */
unsigned int fake_smmu_wakes(struct fake_smmu *fake, int bank)
{
	return atomic_read(&fake->banks[bank].wakes);
}
EXPORT_SYMBOL_IF_KUNIT(fake_smmu_wakes);
