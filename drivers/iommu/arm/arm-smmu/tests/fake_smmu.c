// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake Arm SMMUv2 for KUnit tests: see fake_smmu.h for the rules it follows.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq.h>

#include <kunit/device.h>

#include "fake_smmu.h"

#define FAKE_SMMU_LATCHED	(ARM_SMMU_CB_FSR_FAULT & ~ARM_SMMU_CB_FSR_SS)

static const struct {
	const char	*name;
	int		offset;
	bool		wide;
} fake_smmu_regs[FAKE_REGS] = {
	[FAKE_SCTLR]		= { "SCTLR", ARM_SMMU_CB_SCTLR },
	[FAKE_RESUME]		= { "RESUME", ARM_SMMU_CB_RESUME },
	[FAKE_TTBR0]		= { "TTBR0", ARM_SMMU_CB_TTBR0, true },
	[FAKE_CONTEXTIDR]	= { "CONTEXTIDR", ARM_SMMU_CB_CONTEXTIDR },
	[FAKE_FSR]		= { "FSR", ARM_SMMU_CB_FSR },
	[FAKE_FAR]		= { "FAR", ARM_SMMU_CB_FAR, true },
	[FAKE_FSYNR0]		= { "FSYNR0", ARM_SMMU_CB_FSYNR0 },
	[FAKE_FSYNR1]		= { "FSYNR1", ARM_SMMU_CB_FSYNR1 },
	[FAKE_CBFRSYNRA]	= { "CBFRSYNRA", -1 },
	[FAKE_SCR0]		= { "sCR0", ARM_SMMU_GR0_sCR0 },
	[FAKE_SGFSR]		= { "sGFSR", ARM_SMMU_GR0_sGFSR },
	[FAKE_SGFSYNR0]		= { "sGFSYNR0", ARM_SMMU_GR0_sGFSYNR0 },
	[FAKE_SGFSYNR1]		= { "sGFSYNR1", ARM_SMMU_GR0_sGFSYNR1 },
	[FAKE_SGFSYNR2]		= { "sGFSYNR2", ARM_SMMU_GR0_sGFSYNR2 },
	[FAKE_TLBIALLH]		= { "TLBIALLH", ARM_SMMU_GR0_TLBIALLH },
	[FAKE_TLBIALLNSNH]	= { "TLBIALLNSNH", ARM_SMMU_GR0_TLBIALLNSNH },
	[FAKE_STLBGSYNC]	= { "sTLBGSYNC", ARM_SMMU_GR0_sTLBGSYNC },
	[FAKE_STLBGSTATUS]	= { "sTLBGSTATUS", ARM_SMMU_GR0_sTLBGSTATUS },
};

static struct fake_smmu *to_fake_smmu(struct arm_smmu_device *smmu)
{
	return container_of(smmu, struct fake_smmu, smmu);
}

static void fake_smmu_violation(struct fake_smmu *fake, const char *what)
{
	lockdep_assert_held(&fake->lock);

	if (!fake->violation)
		fake->violation = what;
}

/* Rules 1, 2 and 9. */
static u32 fake_smmu_bank_asserts(struct fake_smmu *fake, struct fake_smmu_bank *bank)
{
	u32 mask = FAKE_SMMU_LATCHED | (fake->mmu500 ? ARM_SMMU_CB_FSR_SS : 0);

	if (bank == &fake->banks[FAKE_SMMU_GLOBAL])
		return bank->regs[FAKE_SCR0] & ARM_SMMU_sCR0_GFIE ?
		       bank->regs[FAKE_SGFSR] : 0;

	return bank->regs[FAKE_SCTLR] & ARM_SMMU_SCTLR_CFIE ?
	       bank->regs[FAKE_FSR] & mask : 0;
}

/* The bits of FSR that assert a line which is not masked. */
static u32 fake_smmu_line_due(struct fake_smmu_line *line)
{
	struct fake_smmu *fake = line->fake;
	u32 due = line->foreign ? FAKE_SMMU_LATCHED : 0;
	int i;

	lockdep_assert_held(&fake->lock);

	if (line->masked || line->cut)
		return 0;

	for (i = 0; i <= FAKE_SMMU_GLOBAL; i++) {
		if (&fake->lines[fake->banks[i].line] == line)
			due |= fake_smmu_bank_asserts(fake, &fake->banks[i]);
	}

	return due;
}

static void fake_smmu_update_line(struct fake_smmu_line *line)
{
	if (!line->delivering && fake_smmu_line_due(line))
		irq_work_queue(&line->work);
}

/* The CPU does not get to anything else as long as the line is asserted. */
static void fake_smmu_deliver(struct irq_work *work)
{
	struct fake_smmu_line *line = container_of(work, struct fake_smmu_line, work);
	struct fake_smmu *fake = line->fake;
	unsigned int waited = 0;
	u32 due;

	raw_spin_lock(&fake->lock);
	/* Another CPU is at it, and looks again before it goes. */
	if (line->delivering)
		goto unlock;

	line->delivering = true;
	while ((due = fake_smmu_line_due(line))) {
		if (due == ARM_SMMU_CB_FSR_SS && waited < FAKE_SMMU_LATENCY_US) {
			raw_spin_unlock(&fake->lock);
			udelay(5);
			waited += 5;
			raw_spin_lock(&fake->lock);
			continue;
		}
		if (line->interrupts == FAKE_SMMU_STORM) {
			fake_smmu_violation(fake, "interrupt storm");
			line->cut = true;
			break;
		}
		waited = 0;
		line->interrupts++;
		raw_spin_unlock(&fake->lock);
		generic_handle_domain_irq(fake->irq_domain, line - fake->lines);
		raw_spin_lock(&fake->lock);
	}
	line->delivering = false;
unlock:
	raw_spin_unlock(&fake->lock);
}

static void fake_smmu_irq_set_masked(struct irq_data *data, bool masked)
{
	struct fake_smmu_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->fake->lock, flags);
	line->masked = masked;
	fake_smmu_update_line(line);
	raw_spin_unlock_irqrestore(&line->fake->lock, flags);
}

static void fake_smmu_irq_mask(struct irq_data *data)
{
	fake_smmu_irq_set_masked(data, true);
}

static void fake_smmu_irq_unmask(struct irq_data *data)
{
	fake_smmu_irq_set_masked(data, false);
}

static int fake_smmu_irq_set_type(struct irq_data *data, unsigned int type)
{
	return type == IRQ_TYPE_LEVEL_HIGH ? 0 : -EINVAL;
}

static struct irq_chip fake_smmu_irqchip = {
	.name		= "fake-smmu",
	.irq_mask	= fake_smmu_irq_mask,
	.irq_unmask	= fake_smmu_irq_unmask,
	.irq_set_type	= fake_smmu_irq_set_type,
};

static int fake_smmu_irq_map(struct irq_domain *domain, unsigned int irq,
			     irq_hw_number_t hwirq)
{
	struct fake_smmu *fake = domain->host_data;

	irq_set_chip_data(irq, &fake->lines[hwirq]);
	irq_set_chip_and_handler(irq, &fake_smmu_irqchip, handle_level_irq);

	return 0;
}

static const struct irq_domain_ops fake_smmu_irq_domain_ops = {
	.map = fake_smmu_irq_map,
};

/* Rules 3 and 4. */
static void fake_smmu_latch(struct fake_smmu *fake, struct fake_smmu_bank *bank,
			    u64 iova, u32 fsynr0)
{
	int idx = bank - fake->banks;

	if (bank->regs[FAKE_FSR] & FAKE_SMMU_LATCHED) {
		bank->regs[FAKE_FSR] |= ARM_SMMU_CB_FSR_MULTI;
	} else {
		bank->regs[FAKE_FSR] |= ARM_SMMU_CB_FSR_TF;
		bank->regs[FAKE_FAR] = iova;
		bank->regs[FAKE_FSYNR0] = fsynr0;
		bank->regs[FAKE_FSYNR1] = 0x1100 + idx;
		bank->regs[FAKE_CBFRSYNRA] = 0x40 + idx;
		bank->reported++;
	}

	if ((bank->regs[FAKE_SCTLR] & ARM_SMMU_SCTLR_CFCFG) &&
	    !(bank->regs[FAKE_FSR] & ARM_SMMU_CB_FSR_SS)) {
		bank->regs[FAKE_FSR] |= ARM_SMMU_CB_FSR_SS;
		bank->fsr_cleared = false;
		bank->iova = iova;
	} else {
		bank->terminated++;
	}
}

static void fake_smmu_resume(struct fake_smmu *fake, struct fake_smmu_bank *bank, u32 val)
{
	if (!(bank->regs[FAKE_FSR] & ARM_SMMU_CB_FSR_SS)) {
		fake_smmu_violation(fake, "RESUME without a stalled transaction");
		return;
	}
	if (!bank->fsr_cleared)
		fake_smmu_violation(fake, "RESUME before FSR was cleared");
	if (fake->mmu500 && (bank->regs[FAKE_FSR] & FAKE_SMMU_LATCHED))
		return;

	bank->regs[FAKE_FSR] &= ~(u64)ARM_SMMU_CB_FSR_SS;
	if (val & ARM_SMMU_RESUME_TERMINATE) {
		bank->terminated++;
		return;
	}

	if (!(bank->regs[FAKE_SCTLR] & ARM_SMMU_SCTLR_M))
		fake_smmu_violation(fake, "retry in a bank that does not translate");
	bank->retried++;
	if (bank->unmapped)
		fake_smmu_latch(fake, bank, bank->iova, bank->regs[FAKE_FSYNR0]);
	else
		bank->passed++;
}

static void fake_smmu_store(struct fake_smmu *fake, struct fake_smmu_bank *bank,
			    enum fake_smmu_reg reg, u64 val)
{
	switch (reg) {
	case FAKE_SCTLR:
		bank->regs[FAKE_SCTLR] = val;
		break;
	case FAKE_FSR:
		bank->regs[FAKE_FSR] &= ~(val & FAKE_SMMU_LATCHED);
		bank->fsr_cleared = true;
		break;
	case FAKE_RESUME:
		fake_smmu_resume(fake, bank, val);
		break;
	case FAKE_SCR0:
		bank->regs[FAKE_SCR0] = val;
		break;
	case FAKE_SGFSR:
		bank->regs[FAKE_SGFSR] &= ~val;
		break;
	case FAKE_TLBIALLH:
	case FAKE_TLBIALLNSNH:
	case FAKE_STLBGSYNC:
		break;
	default:
		fake_smmu_violation(fake, "write to a register that is not the fault path's");
		break;
	}
}

static u64 fake_smmu_access(struct arm_smmu_device *smmu, int page, int offset,
			    bool wide, bool write, u64 val)
{
	struct fake_smmu *fake = to_fake_smmu(smmu);
	struct fake_smmu_access access = {
		.reg = FAKE_REGS,
		.write = write,
		.hardirq = in_hardirq(),
		.irqs_off = irqs_disabled(),
	};
	struct fake_smmu_bank *bank;
	unsigned long flags;
	int i, idx;

	if (page == ARM_SMMU_GR1) {
		idx = (offset - ARM_SMMU_GR1_CBFRSYNRA(0)) / 4;
		if (offset == ARM_SMMU_GR1_CBFRSYNRA(idx))
			access.reg = FAKE_CBFRSYNRA;
	} else {
		bool global = page == ARM_SMMU_GR0;

		idx = global ? FAKE_SMMU_GLOBAL : page - ARM_SMMU_CB(smmu, 0);
		for (i = global ? FAKE_SCR0 : 0; i < (global ? FAKE_REGS : FAKE_SCR0); i++) {
			if (fake_smmu_regs[i].offset == offset && fake_smmu_regs[i].wide == wide)
				access.reg = i;
		}
	}

	raw_spin_lock_irqsave(&fake->lock, flags);
	if (idx < 0 || idx > FAKE_SMMU_GLOBAL || access.reg == FAKE_REGS) {
		fake_smmu_violation(fake, "access to an unknown register, or of the wrong width");
		raw_spin_unlock_irqrestore(&fake->lock, flags);
		return ~0ULL;
	}

	if (!fake->clocks) {
		fake_smmu_violation(fake, "register access without clocks");
		raw_spin_unlock_irqrestore(&fake->lock, flags);
		return ~0ULL;
	}

	bank = &fake->banks[idx];
	access.bank = idx;
	if (write)
		fake_smmu_store(fake, bank, access.reg, val);
	else
		val = bank->regs[access.reg];
	access.val = val;
	if (fake->log_len < FAKE_SMMU_LOG)
		fake->log[fake->log_len] = access;
	fake->log_len++;
	fake_smmu_update_line(&fake->lines[bank->line]);
	raw_spin_unlock_irqrestore(&fake->lock, flags);

	if (fake->after_access)
		fake->after_access(fake, &access);

	return val;
}

static u32 fake_smmu_read_reg(struct arm_smmu_device *smmu, int page, int offset)
{
	return fake_smmu_access(smmu, page, offset, false, false, 0);
}

static u64 fake_smmu_read_reg64(struct arm_smmu_device *smmu, int page, int offset)
{
	return fake_smmu_access(smmu, page, offset, true, false, 0);
}

static void fake_smmu_write_reg(struct arm_smmu_device *smmu, int page, int offset, u32 val)
{
	fake_smmu_access(smmu, page, offset, false, true, val);
}

static void fake_smmu_write_reg64(struct arm_smmu_device *smmu, int page, int offset, u64 val)
{
	fake_smmu_access(smmu, page, offset, true, true, val);
}

static const struct arm_smmu_impl fake_smmu_impl = {
	.read_reg	= fake_smmu_read_reg,
	.read_reg64	= fake_smmu_read_reg64,
	.write_reg	= fake_smmu_write_reg,
	.write_reg64	= fake_smmu_write_reg64,
};

static void fake_smmu_remove(void *data)
{
	struct fake_smmu *fake = data;
	int i;

	for (i = 0; i < FAKE_SMMU_LINES; i++) {
		irq_work_sync(&fake->lines[i].work);
		if (fake->lines[i].irq)
			irq_dispose_mapping(fake->lines[i].irq);
	}
	if (fake->irq_domain)
		irq_domain_remove(fake->irq_domain);
	irq_domain_free_fwnode(fake->fwnode);
}

/**
 * fake_smmu_create() - Make a fake SMMU that goes away with the test
 * @test: the test
 * @mmu500: behave as MMU-500 does
 *
 * Return: the fake. Fails the test where it cannot be made.
 */
struct fake_smmu *fake_smmu_create(struct kunit *test, bool mmu500)
{
	struct fake_smmu *fake;
	int i;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	raw_spin_lock_init(&fake->lock);
	fake->mmu500 = mmu500;
	fake->clocks = true;

	for (i = 0; i < FAKE_SMMU_LINES; i++) {
		fake->lines[i].fake = fake;
		fake->lines[i].work = IRQ_WORK_INIT_HARD(fake_smmu_deliver);
		fake->lines[i].masked = true;
	}

	fake->banks[FAKE_SMMU_GLOBAL].line = FAKE_SMMU_GLOBAL_LINE;
	fake->banks[FAKE_SMMU_GLOBAL].regs[FAKE_SCR0] = ARM_SMMU_sCR0_GFIE;

	fake->fwnode = irq_domain_alloc_named_fwnode("fake-smmu");
	KUNIT_ASSERT_NOT_NULL(test, fake->fwnode);
	/* Before the device: the interrupts that it requested are freed first. */
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_smmu_remove, fake));

	fake->irq_domain = irq_domain_create_linear(fake->fwnode, FAKE_SMMU_LINES,
						    &fake_smmu_irq_domain_ops, fake);
	KUNIT_ASSERT_NOT_NULL(test, fake->irq_domain);
	for (i = 0; i < FAKE_SMMU_LINES; i++) {
		fake->lines[i].irq = irq_create_mapping(fake->irq_domain, i);
		KUNIT_ASSERT_NE(test, 0, fake->lines[i].irq);
		KUNIT_ASSERT_EQ(test, 0, irq_set_irq_type(fake->lines[i].irq,
							  IRQ_TYPE_LEVEL_HIGH));
	}

	fake->smmu.dev = kunit_device_register(test, "fake-smmu");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->smmu.dev);
	fake->smmu.impl = &fake_smmu_impl;
	fake->smmu.version = ARM_SMMU_V2;
	spin_lock_init(&fake->smmu.global_sync_lock);
	fake->smmu.powered = true;
	fake->smmu.numpage = 16;
	fake->smmu.num_context_banks = FAKE_SMMU_BANKS;
	fake->smmu.num_context_irqs = FAKE_SMMU_BANKS;
	fake->smmu.cbs = fake->cbs;
	fake->smmu.irqs = fake->irqs;

	return fake;
}

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

	fake->banks[bank].line = line;
	fake->banks[bank].regs[FAKE_TTBR0] = 0x123400000000ULL + bank;
	fake->banks[bank].regs[FAKE_CONTEXTIDR] = 0xc0de0000 + bank;
	fake->irqs[bank] = fake->lines[line].irq;
	fake->cbs[bank].cfg = &smmu_domain->cfg;
	atomic_set(&fake->cbs[bank].sctlr, ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | sctlr);
	arm_smmu_sctlr_publish(&fake->smmu, bank);
	KUNIT_ASSERT_EQ(test, 0, arm_smmu_request_context_irq(smmu_domain));

	/* The log starts with the first fault. */
	fake->log_len = 0;

	return smmu_domain;
}

static int fake_smmu_sleep(struct iommu_domain *domain, struct device *dev,
			   unsigned long iova, int flags, void *token)
{
	struct fake_smmu_sleeper *sleeper = token;

	complete(&sleeper->entered);
	wait_for_completion_timeout(&sleeper->go_on, FAKE_SMMU_PATIENCE);
	WRITE_ONCE(sleeper->left, sleeper->left + 1);

	return 0;
}

/**
 * fake_smmu_attach_sleeper() - fake_smmu_attach() a bank that stalls, whose fault
 * callback sleeps
 * @test: the test
 * @fake: the fake SMMU
 * @bank: context bank
 * @line: interrupt line that it drives
 * @sleeper: set to the state of the callback
 *
 * Return: the domain of the bank. Fails the test where that does not work.
 */
struct arm_smmu_domain *fake_smmu_attach_sleeper(struct kunit *test, struct fake_smmu *fake,
						 int bank, unsigned int line,
						 struct fake_smmu_sleeper **sleeper)
{
	struct arm_smmu_domain *smmu_domain;

	/* The device's: it stays until the interrupt was freed. */
	*sleeper = devm_kzalloc(fake->smmu.dev, sizeof(**sleeper), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, *sleeper);
	init_completion(&(*sleeper)->entered);
	init_completion(&(*sleeper)->go_on);
	smmu_domain = fake_smmu_attach(test, fake, bank, line, ARM_SMMU_SCTLR_CFCFG);
	iommu_set_fault_handler(&smmu_domain->domain, fake_smmu_sleep, *sleeper);

	return smmu_domain;
}

/**
 * fake_smmu_fault() - A transaction faults
 * @fake: the fake SMMU
 * @bank: context bank
 * @iova: its address
 * @fsynr0: what FSYNR0 says of it
 *
 * Context: Any. The interrupt comes later, from hard IRQ context.
 */
void fake_smmu_fault(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0)
{
	struct fake_smmu_bank *b = &fake->banks[bank];
	unsigned long flags;

	raw_spin_lock_irqsave(&fake->lock, flags);
	fake_smmu_latch(fake, b, iova, fsynr0);
	fake_smmu_update_line(&fake->lines[b->line]);
	raw_spin_unlock_irqrestore(&fake->lock, flags);
}

/**
 * fake_smmu_global_fault() - A transaction with an unknown stream ID
 * @fake: the fake SMMU
 *
 * Context: Any. The interrupt comes later, from hard IRQ context.
 */
void fake_smmu_global_fault(struct fake_smmu *fake)
{
	struct fake_smmu_bank *global = &fake->banks[FAKE_SMMU_GLOBAL];
	unsigned long flags;

	raw_spin_lock_irqsave(&fake->lock, flags);
	global->regs[FAKE_SGFSR] |= ARM_SMMU_sGFSR_USF;
	fake_smmu_update_line(&fake->lines[global->line]);
	raw_spin_unlock_irqrestore(&fake->lock, flags);
}

static irqreturn_t fake_smmu_foreign_handler(int irq, void *dev)
{
	struct fake_smmu_line *line = dev;

	fake_smmu_assert_foreign(line->fake, line - line->fake->lines, false);

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
	KUNIT_ASSERT_EQ(test, 0, devm_request_irq(fake->smmu.dev, fake->lines[line].irq,
						  fake_smmu_foreign_handler, IRQF_SHARED,
						  "foreign", &fake->lines[line]));
}

/**
 * fake_smmu_assert_foreign() - A device that shares a line asserts it, or stops
 * @fake: the fake SMMU
 * @line: interrupt line
 * @high: assert it
 */
void fake_smmu_assert_foreign(struct fake_smmu *fake, unsigned int line, bool high)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fake->lock, flags);
	fake->lines[line].foreign = high;
	fake_smmu_update_line(&fake->lines[line]);
	raw_spin_unlock_irqrestore(&fake->lock, flags);
}

/**
 * fake_smmu_power_loss() - The registers lose what they contain
 * @fake: the fake SMMU
 *
 * A stalled transaction is gone as well, with the device that it came from.
 */
void fake_smmu_power_loss(struct fake_smmu *fake)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&fake->lock, flags);
	for (i = 0; i < FAKE_SMMU_BANKS; i++) {
		fake->banks[i].regs[FAKE_SCTLR] = 0;
		fake->banks[i].regs[FAKE_FSR] = 0;
	}
	fake->banks[FAKE_SMMU_GLOBAL].regs[FAKE_SCR0] = 0;
	fake->banks[FAKE_SMMU_GLOBAL].regs[FAKE_SGFSR] = 0;
	raw_spin_unlock_irqrestore(&fake->lock, flags);
}

/**
 * fake_smmu_settle() - Wait until no interrupt is due and no handler runs
 * @fake: the fake SMMU
 *
 * Ends after a storm as well. No callback may be waiting for the caller.
 *
 * Context: Task, may sleep.
 */
void fake_smmu_settle(struct fake_smmu *fake)
{
	unsigned long flags;
	bool due;
	int i;

	do {
		due = false;
		for (i = 0; i < FAKE_SMMU_LINES; i++) {
			irq_work_sync(&fake->lines[i].work);
			synchronize_irq(fake->lines[i].irq);
			raw_spin_lock_irqsave(&fake->lock, flags);
			due |= fake_smmu_line_due(&fake->lines[i]) != 0;
			raw_spin_unlock_irqrestore(&fake->lock, flags);
		}
	} while (due);
}

/**
 * fake_smmu_peek() - What a register contains; the driver does not notice
 * @fake: the fake SMMU
 * @bank: context bank
 * @reg: register
 *
 * Return: its value.
 */
u64 fake_smmu_peek(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg)
{
	unsigned long flags;
	u64 val;

	raw_spin_lock_irqsave(&fake->lock, flags);
	val = fake->banks[bank].regs[reg];
	raw_spin_unlock_irqrestore(&fake->lock, flags);

	return val;
}

/**
 * fake_smmu_poke() - Set a register, as the hardware would
 * @fake: the fake SMMU
 * @bank: context bank
 * @reg: register
 * @val: its value
 */
void fake_smmu_poke(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg, u64 val)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fake->lock, flags);
	fake->banks[bank].regs[reg] = val;
	fake_smmu_update_line(&fake->lines[fake->banks[bank].line]);
	raw_spin_unlock_irqrestore(&fake->lock, flags);
}

static const struct {
	u32		bit;
	const char	*name;
} fake_smmu_sctlr_bits[] = {
	{ ARM_SMMU_SCTLR_M, "M" },
	{ ARM_SMMU_SCTLR_CFIE, "CFIE" },
	{ ARM_SMMU_SCTLR_CFCFG, "CFCFG" },
	{ ARM_SMMU_SCTLR_HUPCF, "HUPCF" },
}, fake_smmu_fsr_bits[] = {
	{ ARM_SMMU_CB_FSR_TF, "TF" },
	{ ARM_SMMU_CB_FSR_PF, "PF" },
	{ ARM_SMMU_CB_FSR_SS, "SS" },
	{ ARM_SMMU_CB_FSR_MULTI, "MULTI" },
};

static int fake_smmu_logged(struct fake_smmu *fake)
{
	return min_t(int, fake->log_len, FAKE_SMMU_LOG);
}

static int fake_smmu_print(char *buf, size_t size, const struct fake_smmu_access *access)
{
	bool fsr = access->reg == FAKE_FSR;
	const char *sep = "";
	int i, n, len;

	len = scnprintf(buf, size, "%s%s%s", access->hardirq ? "!" : "",
			fake_smmu_regs[access->reg].name, access->write ? "=" : "?");
	switch (access->reg) {
	case FAKE_SCTLR:
		if (!access->write)
			break;
		fallthrough;
	case FAKE_FSR:
		n = fsr ? ARRAY_SIZE(fake_smmu_fsr_bits) : ARRAY_SIZE(fake_smmu_sctlr_bits);
		for (i = 0; i < n; i++) {
			if (!(access->val & (fsr ? fake_smmu_fsr_bits[i].bit :
						   fake_smmu_sctlr_bits[i].bit)))
				continue;
			len += scnprintf(buf + len, size - len, "%s%s", sep,
					 fsr ? fake_smmu_fsr_bits[i].name :
					       fake_smmu_sctlr_bits[i].name);
			sep = "+";
		}
		break;
	case FAKE_RESUME:
		len += scnprintf(buf + len, size - len, "%s",
				 access->val & ARM_SMMU_RESUME_TERMINATE ? "terminate" : "retry");
		break;
	default:
		break;
	}

	return len;
}

/**
 * fake_smmu_trace() - The log of a bank as a string
 * @test: the test
 * @fake: the fake SMMU, settled
 * @bank: context bank
 *
 * An access a word: "FSR?TF+SS" read FSR and found TF and SS, "SCTLR=M+CFIE"
 * wrote M and CFIE to SCTLR; a "!" before it says that it was in hard IRQ
 * context. Only the bits that the fault path is about are shown.
 *
 * Return: the string, which goes away with the test.
 */
char *fake_smmu_trace(struct kunit *test, struct fake_smmu *fake, int bank)
{
	size_t size = 4096, len = 0;
	unsigned long flags;
	int i;
	char *buf;

	buf = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);

	raw_spin_lock_irqsave(&fake->lock, flags);
	for (i = 0; i < fake_smmu_logged(fake); i++) {
		if (fake->log[i].bank != bank)
			continue;
		if (len)
			len += scnprintf(buf + len, size - len, " ");
		len += fake_smmu_print(buf + len, size - len, &fake->log[i]);
	}
	raw_spin_unlock_irqrestore(&fake->lock, flags);

	return buf;
}

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
 * Return: its place in the log, or -1.
 */
int fake_smmu_find(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg,
		   bool write, u64 mask, u64 val, int from)
{
	int i, found = -1;
	unsigned long flags;

	raw_spin_lock_irqsave(&fake->lock, flags);
	for (i = from; i < fake_smmu_logged(fake) && found < 0; i++) {
		if (fake->log[i].bank == bank && fake->log[i].reg == reg &&
		    fake->log[i].write == write && (fake->log[i].val & mask) == val)
			found = i;
	}
	raw_spin_unlock_irqrestore(&fake->lock, flags);

	return found;
}

/**
 * fake_smmu_count() - Count accesses in the log
 * @fake: the fake SMMU, settled
 * @bank: context bank
 * @write: count writes, else reads
 *
 * Return: how many.
 */
unsigned int fake_smmu_count(struct fake_smmu *fake, int bank, bool write)
{
	unsigned long flags;
	unsigned int n = 0;
	int i;

	raw_spin_lock_irqsave(&fake->lock, flags);
	for (i = 0; i < fake_smmu_logged(fake); i++)
		n += fake->log[i].bank == bank && fake->log[i].write == write;
	raw_spin_unlock_irqrestore(&fake->lock, flags);

	return n;
}

/**
 * fake_smmu_wakes() - How often the thread of a bank ran
 * @fake: the fake SMMU, settled
 * @bank: context bank
 *
 * Return: how often FAR was read by a task: a thread that runs looks at it.
 */
unsigned int fake_smmu_wakes(struct fake_smmu *fake, int bank)
{
	unsigned long flags;
	unsigned int n = 0;
	int i;

	raw_spin_lock_irqsave(&fake->lock, flags);
	for (i = 0; i < fake_smmu_logged(fake); i++)
		n += fake->log[i].bank == bank && fake->log[i].reg == FAKE_FAR &&
		     !fake->log[i].hardirq;
	raw_spin_unlock_irqrestore(&fake->lock, flags);

	return n;
}
