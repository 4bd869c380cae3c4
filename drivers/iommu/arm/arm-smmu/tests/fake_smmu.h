/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake Arm SMMUv2 for KUnit tests: the context bank registers of the fault
 * path, the global ones of reset and of global faults, and the level interrupt
 * lines that they drive.
 *
 * It stands behind the read_reg and write_reg hooks of &struct arm_smmu_impl,
 * so that the driver's code runs unchanged, and behind an irqchip, so that its
 * handlers run through genirq: the primary in hard IRQ context, the thread in
 * an IRQ thread.
 *
 * The rules that it follows, and where they come from ("IHI 0062" is the Arm
 * SMMU architecture specification, v1 and v2; "thread" is the discussion of
 * "[PATCH v5 3/5] iommu/arm-smmu: Fix spurious interrupts with stall-on-fault"):
 *
 *  1) A bank asserts its line while SCTLR.CFIE is set and FSR has a fault bit
 *     or MULTI (IHI 0062, SMMU_CBn_SCTLR.CFIE). The line is level.
 *  2) &fake_smmu.mmu500: FSR.SS asserts it as well (thread).
 *  3) The first fault latches FSR, FAR, FSYNR0, FSYNR1 and CBFRSYNRA. A fault
 *     that finds a fault bit set only sets MULTI (IHI 0062, SMMU_CBn_FSR).
 *  4) With SCTLR.CFCFG the faulting transaction stalls and FSR.SS is set, until
 *     a write to RESUME retries or terminates it (IHI 0062, SMMU_CBn_RESUME).
 *  5) FSR is write-one-to-clear, SS is read-only (IHI 0062, SMMU_CBn_FSR).
 *  6) &fake_smmu.mmu500: RESUME is ignored while a fault bit is set (what was
 *     seen by the author of that series, in the changes of its v3).
 *  7) Without clocks no register may be touched (unclocked access).
 *  8) What a write to RESUME does with SS clear is not specified: the fake
 *     counts it as a violation.
 *  9) A global fault asserts its line while sCR0.GFIE is set and sGFSR is not
 *     zero; sGFSR is write-one-to-clear (IHI 0062, SMMU_sCR0, SMMU_sGFSR).
 * 10) A transaction that is retried while SCTLR.M is off goes out untranslated
 *     (IHI 0062, SMMU_CBn_SCTLR.M): the fake counts it as a violation.
 *
 * The fake only records. It runs in hard IRQ context and in IRQ threads, where
 * a KUnit expectation is lost or worse: the test's own thread asserts, once
 * fake_smmu_settle() says that nothing is going on any more.
 */

#ifndef _FAKE_SMMU_H
#define _FAKE_SMMU_H

#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/spinlock.h>

#include <kunit/test.h>

#include "../arm-smmu.h"

#define FAKE_SMMU_BANKS		4
#define FAKE_SMMU_LINES		3

/* Stands where a context bank does, for the global registers; has a line as well. */
#define FAKE_SMMU_GLOBAL	FAKE_SMMU_BANKS
#define FAKE_SMMU_GLOBAL_LINE	2
#define FAKE_SMMU_LOG		128

/* So many interrupts on one line in one test are a storm. */
#define FAKE_SMMU_STORM		32

/*
 * An interrupt that SS alone asserts may take so long to arrive. It is gone by
 * then if the thread, on another CPU, was just between CFIE and RESUME.
 */
#define FAKE_SMMU_LATENCY_US	5000

/**
 * enum fake_smmu_reg - The registers that the fake has
 * @FAKE_SCTLR: ARM_SMMU_CB_SCTLR
 * @FAKE_RESUME: ARM_SMMU_CB_RESUME
 * @FAKE_TTBR0: ARM_SMMU_CB_TTBR0
 * @FAKE_CONTEXTIDR: ARM_SMMU_CB_CONTEXTIDR
 * @FAKE_FSR: ARM_SMMU_CB_FSR
 * @FAKE_FAR: ARM_SMMU_CB_FAR
 * @FAKE_FSYNR0: ARM_SMMU_CB_FSYNR0
 * @FAKE_FSYNR1: ARM_SMMU_CB_FSYNR1
 * @FAKE_CBFRSYNRA: ARM_SMMU_GR1_CBFRSYNRA
 * @FAKE_SCR0: ARM_SMMU_GR0_sCR0
 * @FAKE_SGFSR: ARM_SMMU_GR0_sGFSR
 * @FAKE_SGFSYNR0: ARM_SMMU_GR0_sGFSYNR0
 * @FAKE_SGFSYNR1: ARM_SMMU_GR0_sGFSYNR1
 * @FAKE_SGFSYNR2: ARM_SMMU_GR0_sGFSYNR2
 * @FAKE_TLBIALLH: ARM_SMMU_GR0_TLBIALLH
 * @FAKE_TLBIALLNSNH: ARM_SMMU_GR0_TLBIALLNSNH
 * @FAKE_STLBGSYNC: ARM_SMMU_GR0_sTLBGSYNC
 * @FAKE_STLBGSTATUS: ARM_SMMU_GR0_sTLBGSTATUS
 * @FAKE_REGS: how many
 */
enum fake_smmu_reg {
	FAKE_SCTLR,
	FAKE_RESUME,
	FAKE_TTBR0,
	FAKE_CONTEXTIDR,
	FAKE_FSR,
	FAKE_FAR,
	FAKE_FSYNR0,
	FAKE_FSYNR1,
	FAKE_CBFRSYNRA,
	FAKE_SCR0,
	FAKE_SGFSR,
	FAKE_SGFSYNR0,
	FAKE_SGFSYNR1,
	FAKE_SGFSYNR2,
	FAKE_TLBIALLH,
	FAKE_TLBIALLNSNH,
	FAKE_STLBGSYNC,
	FAKE_STLBGSTATUS,
	FAKE_REGS,
};

/**
 * struct fake_smmu_access - One register access
 * @val: what was read or written
 * @reg: register
 * @bank: context bank
 * @write: written, else read
 * @hardirq: by the primary (in hard IRQ context), else by a task
 * @irqs_off: with interrupts off
 */
struct fake_smmu_access {
	u64				val;
	enum fake_smmu_reg		reg;
	u8				bank;
	bool				write;
	bool				hardirq;
	bool				irqs_off;
};

/**
 * struct fake_smmu_bank - A context bank, and what became of its transactions
 * @regs: the registers
 * @line: interrupt line it drives
 * @unmapped: the transaction faults again when it is retried
 * @fsr_cleared: FSR was written since the transaction stalled
 * @iova: address of the stalled transaction
 * @reported: faults that could be reported one by one (rule 3)
 * @terminated: transactions that were terminated, by RESUME or unstalled
 * @retried: times that RESUME retried one
 * @passed: transactions that went through after a retry
 */
struct fake_smmu_bank {
	u64				regs[FAKE_REGS];
	unsigned int			line;
	bool				unmapped;
	bool				fsr_cleared;
	u64				iova;
	unsigned int			reported;
	unsigned int			terminated;
	unsigned int			retried;
	unsigned int			passed;
};

struct fake_smmu;

/**
 * struct fake_smmu_line - A level interrupt line
 * @fake: the SMMU that drives it
 * @work: delivers an interrupt, in hard IRQ context
 * @irq: Linux interrupt number
 * @interrupts: how many were delivered
 * @foreign: a device that is none of ours asserts it
 * @masked: at the irqchip
 * @delivering: @work is at it
 * @cut: after a storm; nothing is delivered any more
 */
struct fake_smmu_line {
	struct fake_smmu		*fake;
	struct irq_work			work;
	unsigned int			irq;
	unsigned int			interrupts;
	bool				foreign;
	bool				masked;
	bool				delivering;
	bool				cut;
};

/**
 * struct fake_smmu - A fake SMMU
 * @smmu: what the driver sees
 * @mmu500: rules 2 and 6 hold
 * @clocks: on
 * @after_access: if set, called after each access, without any lock, in the
 *	context of the access: for what the hardware or another CPU does then
 * @priv: of the test
 * @violation: the first thing that the driver did wrong, or NULL
 * @log: the accesses, in order
 * @log_len: how many there were, possibly more than @log holds
 * @banks: context banks, and FAKE_SMMU_GLOBAL
 * @lines: interrupt lines
 * @lock: protects all of the above that changes; never held across genirq
 */
struct fake_smmu {
	struct arm_smmu_device		smmu;
	bool				mmu500;
	bool				clocks;
	void				(*after_access)(struct fake_smmu *fake,
							const struct fake_smmu_access *access);
	void				*priv;

	const char			*violation;
	struct fake_smmu_access		log[FAKE_SMMU_LOG];
	unsigned int			log_len;
	struct fake_smmu_bank		banks[FAKE_SMMU_BANKS + 1];
	struct fake_smmu_line		lines[FAKE_SMMU_LINES];
	raw_spinlock_t			lock;

	/* private: */
	struct fwnode_handle		*fwnode;
	struct irq_domain		*irq_domain;
	struct arm_smmu_cb		cbs[FAKE_SMMU_BANKS];
	struct arm_smmu_domain		domains[FAKE_SMMU_BANKS];
	unsigned int			irqs[FAKE_SMMU_BANKS];
};

/* A test that waits for so long waits for something that does not come. */
#define FAKE_SMMU_PATIENCE	(10 * HZ)

/**
 * struct fake_smmu_sleeper - A fault callback that sleeps until it is told to go on
 * @entered: completed when it is called
 * @go_on: what it waits for
 * @left: how often it has returned
 */
struct fake_smmu_sleeper {
	struct completion		entered;
	struct completion		go_on;
	unsigned int			left;
};

struct fake_smmu *fake_smmu_create(struct kunit *test, bool mmu500);
struct arm_smmu_domain *fake_smmu_attach(struct kunit *test, struct fake_smmu *fake,
					 int bank, unsigned int line, u32 sctlr);
struct arm_smmu_domain *fake_smmu_attach_sleeper(struct kunit *test, struct fake_smmu *fake,
						 int bank, unsigned int line,
						 struct fake_smmu_sleeper **sleeper);
void fake_smmu_fault(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0);
void fake_smmu_global_fault(struct fake_smmu *fake);
void fake_smmu_request_foreign(struct kunit *test, struct fake_smmu *fake, unsigned int line);
void fake_smmu_assert_foreign(struct fake_smmu *fake, unsigned int line, bool high);
void fake_smmu_power_loss(struct fake_smmu *fake);
void fake_smmu_settle(struct fake_smmu *fake);

u64 fake_smmu_peek(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg);
void fake_smmu_poke(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg, u64 val);

char *fake_smmu_trace(struct kunit *test, struct fake_smmu *fake, int bank);
int fake_smmu_find(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg,
		   bool write, u64 mask, u64 val, int from);
unsigned int fake_smmu_count(struct fake_smmu *fake, int bank, bool write);
unsigned int fake_smmu_wakes(struct fake_smmu *fake, int bank);

#endif /* _FAKE_SMMU_H */
