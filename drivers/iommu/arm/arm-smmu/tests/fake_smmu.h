/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake Arm SMMUv2 for KUnit tests: the registers of the fault path and of
 * context bank set-up, the global ones of reset and of global faults, the level
 * interrupt lines that they drive, and the bus of the masters behind it.
 *
 * It stands behind the read_reg and write_reg hooks of &struct arm_smmu_impl,
 * or behind ioremap() where MMIO is emulated (fake_smmu_resource()), so that the
 * driver's code runs unchanged, and behind an irqchip, so that its
 * handlers run through genirq: the primary in hard IRQ context, the thread in
 * an IRQ thread.
 *
 * The rules that it follows, and where they come from. "IHI 0062" is the Arm
 * SMMU architecture specification, v1 and v2; "mail" is the discussion of
 * "[PATCH v5 3/5] iommu/arm-smmu: Fix spurious interrupts with stall-on-fault"
 * on the iommu list in May 2025.
 *
 *  1) A bank asserts its line while SCTLR.CFIE is set and FSR has a fault bit
 *     or MULTI (IHI 0062, SMMU_CBn_SCTLR.CFIE: "raise an interrupt when a
 *     context fault occurs"; SMMU_CBn_FSR). The line is level.
 *  2) &fake_smmu.mmu500: FSR.SS asserts it as well (mail: "On some
 *     implementations FSR.SS asserts a context fault interrupt").
 *  3) The first fault latches FSR, FAR, FSYNR0, FSYNR1 and CBFRSYNRA. A fault
 *     that finds a fault bit set only sets MULTI (IHI 0062, SMMU_CBn_FSR.MULTI:
 *     a fault while SMMU_CBn_FSR is non-zero; the syndrome is the first one's).
 *     To the letter, SS makes it non-zero, too: that is
 *     &fake_smmu.ss_holds_syndrome, where only MULTI is set while a transaction
 *     is stalled, whether FSR was cleared or not. There was no hardware to ask,
 *     so the driver is tested with both; where SS does not count is the default,
 *     because a second fault with a syndrome of its own is more to get wrong.
 *  4) With SCTLR.CFCFG the faulting transaction stalls and FSR.SS is set, until
 *     a write to RESUME retries or terminates it (IHI 0062,
 *     SMMU_CBn_SCTLR.CFCFG, SMMU_CBn_FSR.SS, SMMU_CBn_RESUME.TnR).
 *  5) FSR is write-one-to-clear, SS is read-only (IHI 0062, SMMU_CBn_FSR: SS
 *     "is cleared by a write to SMMU_CBn_RESUME").
 *  6) &fake_smmu.ignores_resume: RESUME is ignored while a fault bit is set (seen by
 *     the author of that series: changes of its v3). MMU-500 does so, and nothing
 *     says that others do not: it can be set apart from rule 2.
 *  7) Without clocks no register may be touched: the access is not answered
 *     (mail "iommu/arm-smmu: Use pm_runtime in fault handlers", 2026).
 *  8) What a write to RESUME does with SS clear is not specified: the fake
 *     counts it as a violation. What it would do cannot matter to a driver that
 *     never does it.
 *  9) A global fault asserts its line while sCR0.GFIE is set and sGFSR is not
 *     zero; sGFSR is write-one-to-clear, and one that finds it set only sets MULTI
 *     (IHI 0062, SMMU_sCR0.GFIE, SMMU_sGFSR).
 * 10) While SCTLR.M is off, or sCR0.CLIENTPD on, as it is after reset, a
 *     transaction goes out untranslated and does not fault (IHI 0062,
 *     SMMU_CBn_SCTLR.M, SMMU_sCR0.CLIENTPD). For one that is retried this is not
 *     what was asked for: the fake counts it as a violation.
 * 11) While a transaction is stalled and SCTLR.HUPCF is clear, the ones behind it
 *     wait; if faults do not stall, they are terminated while FSR has one. With
 *     HUPCF set they go on and can fault (IHI 0062, SMMU_CBn_SCTLR.HUPCF: "stall
 *     or terminate subsequent transactions", or "process all subsequent
 *     transactions independently of any outstanding context fault"). Which of the
 *     two it is without HUPCF, or whether they stall without SS until FSR is clear,
 *     does not matter: the driver clears FSR and ends the stall in any case, and
 *     sees nothing of them before that.
 * 12) Register writes are posted, and a read by the same CPU pushes them
 *     (Documentation/driver-api/device-io.rst): &kunit_regfile.post_writes.
 * 13) &fake_smmu.stalls: so many transactions of a bank can be stalled at a time. No
 *     document says how many: one for each TBU is what the fault model of MMU-500
 *     (DDI 0517, 2.3.4) suggests, with HUPCF. RESUME ends one of them, the oldest
 *     or, with &fake_smmu.resumes_newest, the newest, and SS stays as long as there
 *     is another.
 * 14) &fake_smmu.ss_late: after the last of them has ended, so many reads of FSR
 *     find SS still set: IHI 0062 does not say when it clears. RESUME meanwhile is
 *     the second one for one stall: a violation.
 * 15) &fake_smmu_bank.lose_resumes: so many writes to RESUME have no effect. Not seen
 *     on hardware; it is rule 6 for a reason that the driver cannot see.
 * 16) A fault sets &fake_smmu.fault, TF unless a test says otherwise, and
 *     FSR.FORMAT for AArch64 (public reports: "fsr=0x402"). FORMAT is read-only, and
 *     stays when the fault is cleared; IHI 0062 does not say what it is then, and the
 *     driver must not care. A trace does not show it.
 * 17) Several streams may use a bank: &fake_smmu.streams (public reports: two stream
 *     IDs in one bank).
 *
 * What the other rules say is documented, or is a property, and both of its values
 * are tested.
 *
 * The fake only records. It runs in hard IRQ context and in IRQ threads, where
 * a KUnit expectation is lost or worse: the test's own thread asserts, once
 * fake_smmu_settle() says that nothing is going on any more.
 */

#ifndef _FAKE_SMMU_H
#define _FAKE_SMMU_H

#include <linux/bitfield.h>
#include <linux/clk-provider.h>
#include <linux/completion.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>

#include <kunit/irq.h>
#include <kunit/regfile.h>
#include <kunit/test.h>

#include "../arm-smmu.h"

/* What fake_smmu_create() makes; the last line is that of global faults. */
#define FAKE_SMMU_BANKS		4
#define FAKE_SMMU_LINES		3

/* Stands where a context bank does, for the global registers. */
#define FAKE_SMMU_GLOBAL	(-1)
#define FAKE_SMMU_GLOBAL_LINE	(FAKE_SMMU_LINES - 1)

/* So many transactions of a bank can be stalled at most, and so many wait behind them. */
#define FAKE_SMMU_STALLS	2
#define FAKE_SMMU_WAITING	8

/* FSR.FORMAT of a fault: AArch64. */
#define FAKE_SMMU_FORMAT	FIELD_PREP(ARM_SMMU_CB_FSR_FORMAT, 2)

/*
 * fake_smmu_trace() of a stalled fault that is terminated: what it costs in the primary,
 * marked with "!", and in the thread.
 */
#define FAKE_SMMU_STALLED_FAULT								\
	"!FSR?TF+SS !SCTLR=M+CFCFG !SCTLR? "						\
	"FSR?TF+SS FAR? FSYNR0? CBFRSYNRA? FSYNR1? TTBR0? CONTEXTIDR? "			\
	"FSR=TF+SS+MULTI FSR?SS SCTLR=M+CFIE+CFCFG RESUME=terminate FSR?"

/**
 * enum fake_smmu_reg - The registers that the fake has, as in arm-smmu.h
 * @FAKE_SCTLR: SMMU_CBn_SCTLR
 * @FAKE_ACTLR: SMMU_CBn_ACTLR
 * @FAKE_RESUME: SMMU_CBn_RESUME
 * @FAKE_TCR2: SMMU_CBn_TCR2
 * @FAKE_TTBR0: SMMU_CBn_TTBR0
 * @FAKE_TTBR1: SMMU_CBn_TTBR1
 * @FAKE_TCR: SMMU_CBn_TCR
 * @FAKE_CONTEXTIDR: SMMU_CBn_CONTEXTIDR
 * @FAKE_MAIR0: SMMU_CBn_MAIR0
 * @FAKE_MAIR1: SMMU_CBn_MAIR1
 * @FAKE_FSR: SMMU_CBn_FSR
 * @FAKE_FAR: SMMU_CBn_FAR
 * @FAKE_FSYNR0: SMMU_CBn_FSYNR0
 * @FAKE_FSYNR1: SMMU_CBn_FSYNR1
 * @FAKE_TLBIVA: SMMU_CBn_TLBIVA
 * @FAKE_TLBIASID: SMMU_CBn_TLBIASID
 * @FAKE_TLBIVAL: SMMU_CBn_TLBIVAL
 * @FAKE_TLBIIPAS2: SMMU_CBn_TLBIIPAS2
 * @FAKE_TLBIIPAS2L: SMMU_CBn_TLBIIPAS2L
 * @FAKE_TLBSYNC: SMMU_CBn_TLBSYNC
 * @FAKE_TLBSTATUS: SMMU_CBn_TLBSTATUS
 * @FAKE_CBAR: SMMU_CBARn
 * @FAKE_CBFRSYNRA: SMMU_CBFRSYNRAn
 * @FAKE_CBA2R: SMMU_CBA2Rn
 * @FAKE_ID0: SMMU_IDR0
 * @FAKE_ID1: SMMU_IDR1
 * @FAKE_ID2: SMMU_IDR2
 * @FAKE_SCR0: SMMU_sCR0
 * @FAKE_SACR: SMMU_sACR
 * @FAKE_SGFSR: SMMU_sGFSR
 * @FAKE_SGFSYNR0: SMMU_sGFSYNR0
 * @FAKE_SGFSYNR1: SMMU_sGFSYNR1
 * @FAKE_SGFSYNR2: SMMU_sGFSYNR2
 * @FAKE_TLBIVMID: SMMU_TLBIVMID
 * @FAKE_TLBIALLNSNH: SMMU_TLBIALLNSNH
 * @FAKE_TLBIALLH: SMMU_TLBIALLH
 * @FAKE_STLBGSYNC: SMMU_sTLBGSYNC
 * @FAKE_STLBGSTATUS: SMMU_sTLBGSTATUS
 * @FAKE_SMR: SMMU_SMRn
 * @FAKE_S2CR: SMMU_S2CRn
 * @FAKE_REGS: how many
 */
enum fake_smmu_reg {
	FAKE_SCTLR,
	FAKE_ACTLR,
	FAKE_RESUME,
	FAKE_TCR2,
	FAKE_TTBR0,
	FAKE_TTBR1,
	FAKE_TCR,
	FAKE_CONTEXTIDR,
	FAKE_MAIR0,
	FAKE_MAIR1,
	FAKE_FSR,
	FAKE_FAR,
	FAKE_FSYNR0,
	FAKE_FSYNR1,
	FAKE_TLBIVA,
	FAKE_TLBIASID,
	FAKE_TLBIVAL,
	FAKE_TLBIIPAS2,
	FAKE_TLBIIPAS2L,
	FAKE_TLBSYNC,
	FAKE_TLBSTATUS,
	FAKE_CBAR,
	FAKE_CBFRSYNRA,
	FAKE_CBA2R,
	FAKE_ID0,
	FAKE_ID1,
	FAKE_ID2,
	FAKE_SCR0,
	FAKE_SACR,
	FAKE_SGFSR,
	FAKE_SGFSYNR0,
	FAKE_SGFSYNR1,
	FAKE_SGFSYNR2,
	FAKE_TLBIVMID,
	FAKE_TLBIALLNSNH,
	FAKE_TLBIALLH,
	FAKE_STLBGSYNC,
	FAKE_STLBGSTATUS,
	FAKE_SMR,
	FAKE_S2CR,
	FAKE_REGS,
};

/**
 * struct fake_smmu_transaction - A transaction of a master
 * @iova: its address
 * @fsynr0: what FSYNR0 says of it, if it faults
 * @fsr_cleared: FSR was written since it stalled
 */
struct fake_smmu_transaction {
	u64				iova;
	u32				fsynr0;
	bool				fsr_cleared;
};

/**
 * struct fake_smmu_bank - A context bank, and what became of its transactions
 * @source: of its interrupt
 * @unmapped: a transaction faults (again), when it is issued (or retried)
 * @stalled: the stalled transactions, in order
 * @nr_stalled: how many
 * @ss_reads: so many reads of FSR find SS set though none is stalled (rule 14)
 * @lose_resumes: so many writes to RESUME are lost from now on (rule 15)
 * @waiting: transactions that wait behind it (rule 11), in order
 * @nr_waiting: how many
 * @reported: faults that could be reported one by one (rule 3)
 * @terminated: transactions that were terminated, by RESUME or unstalled
 * @retried: times that RESUME retried one
 * @passed: transactions that went through
 * @untranslated: transactions that found translation off (rule 10)
 * @lost: transactions that went away with the power, or came without
 * @forgotten: faults that were latched when the power went
 * @ignored: times that RESUME was ignored (rule 6) or lost (rule 15)
 * @wakes: how often a task has read FAR: a thread that finds a fault looks at it
 */
struct fake_smmu_bank {
	struct kunit_irq_source		source;
	bool				unmapped;
	struct fake_smmu_transaction	stalled[FAKE_SMMU_STALLS];
	unsigned int			nr_stalled;
	unsigned int			ss_reads;
	unsigned int			lose_resumes;
	struct fake_smmu_transaction	waiting[FAKE_SMMU_WAITING];
	unsigned int			nr_waiting;
	unsigned int			reported;
	unsigned int			terminated;
	unsigned int			retried;
	unsigned int			passed;
	unsigned int			untranslated;
	unsigned int			lost;
	unsigned int			forgotten;
	unsigned int			ignored;
	atomic_t			wakes;
};

/**
 * struct fake_smmu - A fake SMMU
 * @smmu: what the driver sees
 * @impl_data: what an implementation has behind its struct arm_smmu_device
 * @regs: the registers, their log, and the first thing that the driver did wrong
 * @mmu500: rule 2 holds
 * @ignores_resume: rule 6 holds; as @mmu500 at first
 * @ss_holds_syndrome: the other reading of rule 3
 * @stalls: of a bank at a time (rule 13), FAKE_SMMU_STALLS at most; 1 at first
 * @resumes_newest: which of them RESUME ends
 * @ss_late: reads of FSR until SS clears (rule 14)
 * @fault: what a fault sets in FSR (rule 16)
 * @streams: that use a bank (rule 17): the stream ID goes with the page. 0: one
 * @after_access: if set, called after each access, without any lock, in the
 *	context of the access: for what the hardware or another CPU does then.
 *	Not called any more once the test has returned.
 *	@reg of the access is an &enum fake_smmu_reg, @idx the context bank
 * @priv: of the test
 * @banks: context banks; what changes in them is under the lock of @regs
 * @irqchip: interrupt controller, which other SMMUs may share
 * @lines: its lines
 * @global: of the interrupt of global faults
 */
struct fake_smmu {
	struct arm_smmu_device		smmu;
	const void			*impl_data[8];
	struct kunit_regfile		*regs;
	bool				mmu500;
	bool				ignores_resume;
	bool				ss_holds_syndrome;
	unsigned int			stalls;
	bool				resumes_newest;
	unsigned int			ss_late;
	u32				fault;
	unsigned int			streams;
	void				(*after_access)(struct fake_smmu *fake,
							const struct kunit_reg_access *access);
	void				*priv;

	struct fake_smmu_bank		*banks;
	struct kunit_irqchip		*irqchip;
	struct kunit_irq_line		*lines;
	struct kunit_irq_source		global;

	/* private: */
	struct kunit_reg		reg[FAKE_REGS];
	struct arm_smmu_cb		*cbs;
	struct arm_smmu_domain		*domains;
	unsigned int			*irqs;
	unsigned int			nr;
	struct fake_smmu		*next;
#ifdef CONFIG_COMMON_CLK
	struct clk_hw			clk;
	struct clk_bulk_data		clks;
#endif
};

/**
 * struct fake_smmu_config - What to make
 * @mmu500: behave as MMU-500 does
 * @banks: how many context banks
 * @lines: how many interrupt lines; the last one is that of global faults
 * @irqchip: the interrupt controller of another fake, to share its lines
 */
struct fake_smmu_config {
	bool				mmu500;
	unsigned int			banks;
	unsigned int			lines;
	struct kunit_irqchip		*irqchip;
};

/* A test that waits for so long waits for something that does not come. */
#define FAKE_SMMU_PATIENCE	(10 * HZ)

/* For what has no completion. The test's thread asserts that it has come. */
#define fake_smmu_await(cond) ({						\
	bool __holds;								\
	read_poll_timeout((bool), __holds, __holds, 20 * USEC_PER_MSEC,		\
			  jiffies_to_usecs(FAKE_SMMU_PATIENCE), false, cond);	\
})

/**
 * struct fake_smmu_callback - A fault callback that records what it sees
 * @ret: what it returns
 * @action: if set, what it does; fake_smmu_sleep() waits until the test completes @go_on
 * @fake: the fake SMMU
 * @smmu_domain: the domain
 * @entered: completed when fake_smmu_sleep() begins
 * @go_on: what fake_smmu_sleep() waits for
 * @calls: how often it was called
 * @left: how often it has returned
 * @iova: address of the last fault
 * @flags: IOMMU_FAULT_READ or IOMMU_FAULT_WRITE
 * @dev: the device that it was given
 * @task: it ran in a task
 * @irqs_off: it ran with interrupts off
 * @info: what the driver has read of the fault
 *
 * The test looks at it after fake_smmu_settle().
 */
struct fake_smmu_callback {
	int				ret;
	void				(*action)(struct fake_smmu_callback *cb);
	struct fake_smmu		*fake;
	struct arm_smmu_domain		*smmu_domain;
	struct completion		entered;
	struct completion		go_on;
	unsigned int			calls;
	unsigned int			left;
	unsigned long			iova;
	int				flags;
	struct device			*dev;
	bool				task;
	bool				irqs_off;
	struct arm_smmu_context_fault_info info;
};

/**
 * struct fake_smmu_param - A parameter of tests: what kind of SMMU
 * @name: of the case
 * @mmu500: rule 2
 * @ignores_resume: rule 6
 * @resumes_newest: rule 13
 */
struct fake_smmu_param {
	const char			*name;
	bool				mmu500;
	bool				ignores_resume;
	bool				resumes_newest;
};

/* For KUNIT_ARRAY_PARAM() with fake_smmu_param_desc() and fake_smmu_create_param(). */
#define FAKE_SMMU_PARAMS								\
	{ .name = "SS does not assert" },						\
	{ .name = "MMU-500, SS asserts", .mmu500 = true, .ignores_resume = true },	\
	{ .name = "SS asserts, RESUME is never ignored", .mmu500 = true },		\
	{ .name = "SS does not assert, RESUME is ignored", .ignores_resume = true }

/**
 * struct fake_smmu_printed - What the driver prints about faults
 * @fake: the fake SMMU
 * @lines: how many lines
 * @not_terminated: how often that a stalled transaction does not terminate
 * @not_resumed: how often that the SMMU does not resume
 * @latched: how often that it was turned off with a fault latched
 * @inside: a line came while a caller was inside the SMMU: suspend would spin until the
 *	console is done
 */
struct fake_smmu_printed {
	struct fake_smmu		*fake;
	unsigned int			lines;
	unsigned int			not_terminated;
	unsigned int			not_resumed;
	unsigned int			latched;
	bool				inside;
};

struct fake_smmu *fake_smmu_create(struct kunit *test, bool mmu500);
struct fake_smmu *fake_smmu_create_config(struct kunit *test,
					  const struct fake_smmu_config *config);
struct fake_smmu *fake_smmu_create_param(struct kunit *test);
void fake_smmu_param_desc(const struct fake_smmu_param *param, char *desc);
void fake_smmu_use_impl(struct fake_smmu *fake, struct arm_smmu_impl *impl);
struct arm_smmu_domain *fake_smmu_attach(struct kunit *test, struct fake_smmu *fake,
					 int bank, unsigned int line, u32 sctlr);
struct fake_smmu_callback *fake_smmu_set_callback(struct kunit *test, struct fake_smmu *fake,
						  struct arm_smmu_domain *smmu_domain);
struct fake_smmu_callback *fake_smmu_attach_callback(struct kunit *test, struct fake_smmu *fake,
						     int bank, unsigned int line, u32 sctlr);
void fake_smmu_sleep(struct fake_smmu_callback *cb);
struct arm_smmu_domain *fake_smmu_attach_sleeper(struct kunit *test, struct fake_smmu *fake,
						 int bank, unsigned int line,
						 struct fake_smmu_callback **sleeper);
struct arm_smmu_domain *fake_smmu_new_domain(struct kunit *test, struct device *dev);
struct arm_smmu_domain *fake_smmu_alloc_domain(struct kunit *test, struct fake_smmu *fake,
					       unsigned int line);
void fake_smmu_fault(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0);
void fake_smmu_issue(struct fake_smmu *fake, int bank, u64 iova, u32 fsynr0);
void fake_smmu_global_fault(struct fake_smmu *fake);
void fake_smmu_request_foreign(struct kunit *test, struct fake_smmu *fake, unsigned int line);
bool fake_smmu_forced(struct fake_smmu *fake, unsigned int line);
void fake_smmu_request_global(struct kunit *test, struct fake_smmu *fake, unsigned int line);
void fake_smmu_assert_foreign(struct fake_smmu *fake, unsigned int line, bool high);
void fake_smmu_set_clocks(struct fake_smmu *fake, bool on);
void fake_smmu_use_clk(struct kunit *test, struct fake_smmu *fake);
void fake_smmu_power_loss(struct fake_smmu *fake);
void fake_smmu_suspend(struct fake_smmu *fake);
void fake_smmu_resume(struct fake_smmu *fake);
const struct dev_pm_ops *fake_smmu_pm_ops(struct kunit *test);
int fake_smmu_runtime_suspend(struct device *dev);
int fake_smmu_runtime_resume(struct device *dev);
extern const struct dev_pm_ops fake_smmu_pm_without_resume;
void fake_smmu_use_pm(struct kunit *test, struct fake_smmu *fake, const struct dev_pm_ops *ops);
struct fake_smmu_printed *fake_smmu_listen(struct kunit *test, struct fake_smmu *fake);
void fake_smmu_settle(struct fake_smmu *fake);

u64 fake_smmu_peek(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg);
u32 fake_smmu_peek_faults(struct fake_smmu *fake, int bank);
void fake_smmu_poke(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg, u64 val);

void fake_smmu_clear_log(struct fake_smmu *fake);
struct kunit_reg_access fake_smmu_logged(struct fake_smmu *fake, unsigned int n);
char *fake_smmu_trace(struct kunit *test, struct fake_smmu *fake, int bank);
int fake_smmu_find(struct fake_smmu *fake, int bank, enum fake_smmu_reg reg,
		   bool write, u64 mask, u64 val, int from);
unsigned int fake_smmu_count(struct fake_smmu *fake, int bank, bool write);
unsigned int fake_smmu_wakes(struct fake_smmu *fake, int bank);

/* Where ioremap() finds a fake, until the test ends. */
static inline struct resource fake_smmu_resource(struct kunit *test, struct fake_smmu *fake)
{
	return kunit_regfile_resource(test, fake->regs,
				      2 * fake->smmu.numpage << fake->smmu.pgshift);
}

#endif /* _FAKE_SMMU_H */
