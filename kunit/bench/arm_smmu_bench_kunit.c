// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a context fault costs, the driver ("masked") beside the design of Linux
 * 7.3 ("landed", a model) in one kernel, on the same fake SMMU and through the
 * real interrupt code. For one bank also the driver with a spinlock ("locked"), and
 * the hard interrupt handler of Linux 6.12 ("stock"): see models.h.
 *
 * 1) Two fake SMMUs behave as MMU-500. Each has a number of context banks, all on
 *    one interrupt line. The driver has requested the line of the one, the model
 *    that of the other.
 * 2) First it counts, and expects the numbers: threads woken, by genirq's own
 *    tracepoint, register accesses and interrupts, by the fakes.
 * 3) Then it takes times, the two designs in turn, and expects nothing of them. A
 *    sample is a round of faults in banks all along the chain of handlers, one
 *    after the other. What is printed is never a time, but the ratio of two
 *    samples that were taken one after the other, in thousandths: median and
 *    quartiles.
 *
 * A time starts before the fault is latched and ends after the access that it is
 * about. In it are genirq, the wake-up, the scheduler, the handlers and the fake's
 * bookkeeping in place of a device's latency. Not in it is how the interrupt gets
 * to the CPU: kunit_irq_take() calls genirq in hard IRQ context at once. On UML it
 * would else wait for the tick. Lockdep is built in, but turned off.
 *
 * What it prints for 'make bench' begins with "bench:".
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pm_runtime.h>
#include <linux/sort.h>

#include <trace/events/irq.h>

#include <kunit/test.h>

#include "../fake_smmu.h"
#include "models.h"

/* At most; where the machine is slow, as many as the time allows, but some. */
#define BENCH_SAMPLES		64
#define BENCH_FEW		5
#define BENCH_NS		(2 * NSEC_PER_SEC)

/* Faults in a sample, and calls: UML's clock ticks in microseconds. */
#define BENCH_ROUND		16
#define BENCH_CALLS		512

/* genirq has a bit in a long for each IRQF_ONESHOT thread on a line: __setup_irq(). */
#define BENCH_ONESHOT_MAX	BITS_PER_LONG

/* Faults of one bank while the callback of another sleeps. */
#define BENCH_WAITS		5
#define BENCH_SLEEP_MS		50

struct bench_design {
	const char	*name;
	int		(*request)(struct arm_smmu_domain *smmu_domain);
	void		(*get_fault_info)(struct arm_smmu_domain *smmu_domain,
					  struct arm_smmu_context_fault_info *info);
	void		(*set_stall)(struct arm_smmu_domain *smmu_domain, bool enabled);
};

/**
 * struct bench - A design, on a fake SMMU of its own
 * @design: which one
 * @fake: the fake SMMU
 * @line: its interrupt line
 * @banks: how many context banks it has, all on that line
 * @domains: theirs
 * @ends: what ends a fault: a write to this register. RESUME, or FSR if nothing stalls
 * @bank: of this bank
 * @resumed: completed by it
 * @resumed_at: when
 * @accesses: how many there were since the fault
 * @accessed: up to RESUME, of all faults so far
 * @sleeper: the callback of this bank sleeps, or -1
 * @entered: completed when it does
 * @go_on: what it waits for
 * @limit: but so long at most
 * @slept_until: when it stopped
 */
struct bench {
	const struct bench_design	*design;
	struct fake_smmu		*fake;
	struct kunit_irq_line		*line;
	unsigned int			banks;
	struct arm_smmu_domain		**domains;

	enum fake_smmu_reg		ends;
	int				bank;
	struct completion		resumed;
	u64				resumed_at;
	atomic_t			accesses;
	u64				accessed;

	int				sleeper;
	struct completion		entered;
	struct completion		go_on;
	unsigned long			limit;
	u64				slept_until;
};

/* As get_fault_info() of the Qualcomm driver does, which UML does not build. */
static void masked_get_fault_info(struct arm_smmu_domain *smmu_domain,
				  struct arm_smmu_context_fault_info *info)
{
	*info = smmu_domain->smmu->cbs[smmu_domain->cfg.cbndx].fault.info;
}

static void masked_set_stall(struct arm_smmu_domain *smmu_domain, bool enabled)
{
	arm_smmu_set_stall(smmu_domain->smmu, smmu_domain->cfg.cbndx, enabled);
}

static void locked_set_stall(struct arm_smmu_domain *smmu_domain, bool enabled)
{
	locked_arm_smmu_set_stall(smmu_domain->smmu, smmu_domain->cfg.cbndx, enabled);
}

/* The first two are measured with many banks. */
enum { LANDED, MASKED, DESIGNS, LOCKED = DESIGNS, STOCK, ALL_DESIGNS };

static const struct bench_design designs[ALL_DESIGNS] = {
	[LANDED] = {
		.name = "landed", .request = landed_request_context_irq,
		.get_fault_info = landed_get_fault_info, .set_stall = landed_set_stall,
	},
	[MASKED] = {
		.name = "masked", .request = arm_smmu_request_context_irq,
		.get_fault_info = masked_get_fault_info, .set_stall = masked_set_stall,
	},
	[LOCKED] = {
		.name = "locked", .request = locked_arm_smmu_request_context_irq,
		.get_fault_info = masked_get_fault_info, .set_stall = locked_set_stall,
	},
	[STOCK] = {
		.name = "stock", .request = stock_request_context_irq,
	},
};

static const unsigned int bank_counts[] = { 1, 2, 8, 32, 64, 128 };

static void bench_describe(const unsigned int *banks, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "banks=%u", *banks);
}

KUNIT_ARRAY_PARAM(bank_counts, bank_counts, bench_describe);

/* Asks for all there is to know, and has the transaction terminated. */
static int bench_callback(struct iommu_domain *domain, struct device *dev,
			  unsigned long iova, int flags, void *token)
{
	struct arm_smmu_domain *smmu_domain = container_of(domain, struct arm_smmu_domain,
							   domain);
	struct arm_smmu_context_fault_info info;
	struct bench *bench = token;

	/* A driver that lets nothing stall does not ask. */
	if (bench->ends == FAKE_RESUME)
		bench->design->get_fault_info(smmu_domain, &info);
	if (smmu_domain->cfg.cbndx != READ_ONCE(bench->sleeper))
		return 0;

	complete(&bench->entered);
	wait_for_completion_timeout(&bench->go_on, bench->limit);
	bench->slept_until = ktime_get_ns();

	return 0;
}

static void bench_after_access(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct bench *bench = fake->priv;
	int accesses = atomic_inc_return(&bench->accesses);

	if (!access->write || access->reg != bench->ends || access->idx != READ_ONCE(bench->bank))
		return;
	bench->resumed_at = ktime_get_ns();
	bench->accessed += accesses;
	complete(&bench->resumed);
}

static void bench_disable_pm(void *dev)
{
	pm_runtime_disable(dev);
	pm_runtime_put_noidle(dev);
}

static struct bench *bench_create(struct kunit *test, const struct bench_design *design,
				  unsigned int banks, struct kunit_irqchip *irqchip, bool stall)
{
	const struct fake_smmu_config config = {
		.mmu500 = true,
		.banks = banks,
		.irqchip = irqchip,
	};
	unsigned int line = design - designs;
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	struct device *dev;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->design = design;
	bench->banks = banks;
	bench->ends = stall ? FAKE_RESUME : FAKE_FSR;
	bench->bank = -1;
	bench->sleeper = -1;
	init_completion(&bench->resumed);
	init_completion(&bench->entered);
	init_completion(&bench->go_on);
	bench->domains = kunit_kcalloc(test, banks, sizeof(*bench->domains), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bench->domains);

	bench->fake = fake_smmu_create_config(test, &config);
	bench->fake->priv = bench;
	bench->fake->after_access = bench_after_access;
	bench->line = &irqchip->line[line];

	/* In use by its master, as an SMMU that faults is. */
	dev = bench->fake->smmu.dev;
	pm_runtime_get_noresume(dev);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_disable_pm, dev), 0);

	for (i = 0; i < banks; i++) {
		bench->domains[i] = fake_smmu_attach(test, bench->fake, i, line,
						     ARM_SMMU_SCTLR_HUPCF |
						     (stall ? ARM_SMMU_SCTLR_CFCFG : 0));
		bench->domains[i]->cfg.can_stall = stall;
		iommu_set_fault_handler(&bench->domains[i]->domain, bench_callback, bench);
		/* What fake_smmu_attach() has requested is the driver's. */
		if (design->request != arm_smmu_request_context_irq) {
			devm_free_irq(dev, bench->fake->irqs[i], bench->domains[i]);
			KUNIT_ASSERT_EQ(test, design->request(bench->domains[i]), 0);
		}
	}
	fake_smmu_settle(bench->fake);

	return bench;
}

/* A line for each design, and one for global faults */
static struct kunit_irqchip *bench_create_lines(struct kunit *test)
{
	struct kunit_irqchip *irqchip = kunit_irqchip_create(test, ALL_DESIGNS + 1);

	irqchip->manual = true;
	kunit_irqchip_refill(irqchip, UINT_MAX);

	return irqchip;
}

/* Where the line cannot have so many banks, there is none. */
static void bench_create_both(struct kunit *test, unsigned int banks, struct bench *bench[])
{
	struct kunit_irqchip *irqchip = bench_create_lines(test);
	int i;

	for (i = 0; i < DESIGNS; i++)
		bench[i] = i == LANDED && banks > BENCH_ONESHOT_MAX ? NULL :
			   bench_create(test, &designs[i], banks, irqchip, true);
}

/* How many interrupts were taken: one at most. */
static unsigned int bench_take(struct bench *bench)
{
	return kunit_irq_take(bench->fake->irqchip, bench->line, 1);
}

static void bench_start_fault(struct bench *bench, int bank)
{
	reinit_completion(&bench->resumed);
	WRITE_ONCE(bench->bank, bank);
	atomic_set(&bench->accesses, 0);
	fake_smmu_fault(bench->fake, bank, 0x1000, 0);
}

static bool bench_await_resume(struct bench *bench)
{
	return wait_for_completion_timeout(&bench->resumed, FAKE_SMMU_PATIENCE);
}

/* Returns how long it took from the fault to RESUME. */
static u64 bench_fault(struct kunit *test, struct bench *bench, int bank)
{
	u64 start = ktime_get_ns();

	bench_start_fault(bench, bank);
	bench_take(bench);
	KUNIT_ASSERT_TRUE_MSG(test, bench_await_resume(bench), "%s: a fault does not end",
			      bench->design->name);
	fake_smmu_settle(bench->fake);

	return bench->resumed_at - start;
}

static u64 bench_fault_round(struct kunit *test, struct bench *bench, int round)
{
	u64 ns = 0;
	int i;

	/* From one end of the line to the other, another set each round. */
	for (i = 0; i < BENCH_ROUND; i++)
		ns += bench_fault(test, bench,
				  (i * bench->banks / BENCH_ROUND + round) % bench->banks);

	return ns;
}

/* Returns how long it took until an interrupt that is nobody's was through. */
static u64 bench_spurious(struct bench *bench)
{
	u64 start, ns;

	kunit_irq_drive(&bench->line->source, KUNIT_IRQ_HIGH);
	start = ktime_get_ns();
	bench_take(bench);
	kunit_irq_drive(&bench->line->source, KUNIT_IRQ_LOW);
	synchronize_irq(bench->line->irq);
	ns = ktime_get_ns() - start;
	fake_smmu_settle(bench->fake);

	return ns;
}

static u64 bench_spurious_round(struct kunit *test, struct bench *bench, int round)
{
	u64 ns = 0;
	int i;

	for (i = 0; i < BENCH_ROUND; i++)
		ns += bench_spurious(bench);

	return ns;
}

static u64 bench_set_stall(struct kunit *test, struct bench *bench, int round)
{
	u64 start = ktime_get_ns();
	int i;

	for (i = 0; i < BENCH_CALLS; i++)
		bench->design->set_stall(bench->domains[0], i % 2);

	return ktime_get_ns() - start;
}

/* Counting. */

struct bench_counts {
	unsigned int	woken;
	unsigned int	interrupts;
	unsigned int	reads;
	unsigned int	writes;
	unsigned int	other_reads;
	unsigned int	locks;
};

static atomic_t woken;

/* A handler was called in hard IRQ context: for landed, genirq's own. */
static void bench_handler_exit(void *data, int irq, struct irqaction *action, int ret)
{
	struct bench *bench = data;

	if (irq == bench->line->irq && ret == IRQ_WAKE_THREAD)
		atomic_inc(&woken);
}

static void bench_start_counting(struct kunit *test, struct bench *bench)
{
	fake_smmu_clear_log(bench->fake);
	bench->line->interrupts = 0;
	atomic_set(&woken, 0);
	atomic_set(&locked_taken, 0);
	KUNIT_ASSERT_EQ(test, register_trace_irq_handler_exit(bench_handler_exit, bench), 0);
}

static struct bench_counts bench_stop_counting(struct bench *bench, int bank)
{
	struct bench_counts counts = { };
	int i;

	unregister_trace_irq_handler_exit(bench_handler_exit, bench);
	tracepoint_synchronize_unregister();
	counts.woken = atomic_read(&woken);
	counts.locks = atomic_read(&locked_taken);
	counts.interrupts = bench->line->interrupts;
	for (i = 0; i < bench->banks; i++) {
		if (i != bank)
			counts.other_reads += fake_smmu_count(bench->fake, i, false);
	}
	if (bank >= 0) {
		counts.reads = fake_smmu_count(bench->fake, bank, false);
		counts.writes = fake_smmu_count(bench->fake, bank, true);
	}

	return counts;
}

static void bench_print_counts(struct kunit *test, const char *what, struct bench *bench,
			       const struct bench_counts *counts)
{
	kunit_info(test, "bench: count what=%s design=%s banks=%u woken=%u interrupts=%u reads=%u writes=%u other_reads=%u locks=%u\n",
		   what, bench->design->name, bench->banks, counts->woken, counts->interrupts,
		   counts->reads, counts->writes, counts->other_reads, counts->locks);
}

/* The last bank of the line faults. */
static struct bench_counts bench_count_fault(struct kunit *test, struct bench *bench)
{
	struct bench_counts counts;

	bench_start_counting(test, bench);
	bench_fault(test, bench, bench->banks - 1);
	counts = bench_stop_counting(bench, bench->banks - 1);
	bench_print_counts(test, "fault", bench, &counts);
	KUNIT_EXPECT_EQ(test, bench->fake->banks[bench->banks - 1].terminated, 1);
	KUNIT_EXPECT_REGFILE_OK(test, bench->fake->regs);

	return counts;
}

static void counts_of_a_fault(struct kunit *test)
{
	unsigned int banks = *(const unsigned int *)test->param_value;
	struct bench *bench[DESIGNS];
	struct bench_counts counts;

	bench_create_both(test, banks, bench);

	if (bench[LANDED]) {
		counts = bench_count_fault(test, bench[LANDED]);
		KUNIT_EXPECT_EQ(test, counts.woken, banks);
		KUNIT_EXPECT_EQ(test, counts.interrupts, 1);
		KUNIT_EXPECT_EQ(test, counts.reads, 11);
		KUNIT_EXPECT_EQ(test, counts.writes, 2);
		KUNIT_EXPECT_EQ(test, counts.other_reads, 4 * (banks - 1));
	}

	counts = bench_count_fault(test, bench[MASKED]);
	KUNIT_EXPECT_EQ(test, counts.woken, 1);
	KUNIT_EXPECT_EQ(test, counts.interrupts, 1);
	KUNIT_EXPECT_EQ(test, counts.reads, 11);
	KUNIT_EXPECT_EQ(test, counts.writes, 4);
	KUNIT_EXPECT_EQ(test, counts.other_reads, banks - 1);
}

static struct bench_counts bench_count_spurious(struct kunit *test, struct bench *bench)
{
	struct bench_counts counts;

	bench_start_counting(test, bench);
	bench_spurious(bench);
	counts = bench_stop_counting(bench, -1);
	bench_print_counts(test, "spurious", bench, &counts);

	return counts;
}

/* Of another device on the line, or of nobody. */
static void counts_of_a_spurious_interrupt(struct kunit *test)
{
	unsigned int banks = *(const unsigned int *)test->param_value;
	struct bench *bench[DESIGNS];
	struct bench_counts counts;

	bench_create_both(test, banks, bench);

	if (bench[LANDED]) {
		counts = bench_count_spurious(test, bench[LANDED]);
		KUNIT_EXPECT_EQ(test, counts.woken, banks);
		KUNIT_EXPECT_EQ(test, counts.other_reads, 4 * banks);
	}

	counts = bench_count_spurious(test, bench[MASKED]);
	KUNIT_EXPECT_EQ(test, counts.woken, 0);
	KUNIT_EXPECT_EQ(test, counts.other_reads, banks);
}

static void counts_of_set_stall(struct kunit *test)
{
	struct bench *bench[DESIGNS];
	struct bench_counts counts;
	int i;

	bench_create_both(test, 1, bench);
	for (i = 0; i < DESIGNS; i++) {
		bench_start_counting(test, bench[i]);
		designs[i].set_stall(bench[i]->domains[0], false);
		counts = bench_stop_counting(bench[i], 0);
		bench_print_counts(test, "set_stall", bench[i], &counts);
		KUNIT_EXPECT_EQ(test, counts.reads, 1);
		KUNIT_EXPECT_EQ(test, counts.writes, 1);
	}
}

/* One bank alone, for which there are more designs */
static struct bench_counts bench_count_one(struct kunit *test, struct kunit_irqchip *irqchip,
					   const char *what, unsigned int design, bool stall)
{
	struct bench *bench = bench_create(test, &designs[design], 1, irqchip, stall);
	struct bench_counts counts;

	bench_start_counting(test, bench);
	bench_fault(test, bench, 0);
	counts = bench_stop_counting(bench, 0);
	bench_print_counts(test, what, bench, &counts);
	KUNIT_EXPECT_REGFILE_OK(test, bench->fake->regs);

	return counts;
}

static void counts_with_a_spinlock(struct kunit *test)
{
	struct bench_counts counts = bench_count_one(test, bench_create_lines(test), "fault",
						     LOCKED, true);

	KUNIT_EXPECT_EQ(test, counts.woken, 1);
	KUNIT_EXPECT_EQ(test, counts.reads, 11);
	KUNIT_EXPECT_EQ(test, counts.writes, 4);
	KUNIT_EXPECT_EQ(test, counts.locks, 2);
}

static void counts_of_a_fault_that_does_not_stall(struct kunit *test)
{
	struct kunit_irqchip *irqchip = bench_create_lines(test);
	struct bench_counts counts = bench_count_one(test, irqchip, "plain", STOCK, false);

	KUNIT_EXPECT_EQ(test, counts.woken, 0);
	KUNIT_EXPECT_EQ(test, counts.reads, 4);
	KUNIT_EXPECT_EQ(test, counts.writes, 1);

	counts = bench_count_one(test, irqchip, "plain", MASKED, false);
	KUNIT_EXPECT_EQ(test, counts.woken, 1);
	KUNIT_EXPECT_EQ(test, counts.reads, 8);
	KUNIT_EXPECT_EQ(test, counts.writes, 3);

	counts = bench_count_one(test, irqchip, "plain", LOCKED, false);
	KUNIT_EXPECT_EQ(test, counts.reads, 8);
	KUNIT_EXPECT_EQ(test, counts.writes, 3);
	KUNIT_EXPECT_EQ(test, counts.locks, 2);
}

/* Registers of a bank that is attached. Linux 6.12 writes SCTLR and FSR, and reads none. */
static void counts_of_a_runtime_resume(struct kunit *test)
{
	struct bench *bench = bench_create(test, &designs[MASKED], 1, bench_create_lines(test),
					   false);
	struct bench_counts counts;

	fake_smmu_suspend(bench->fake);
	bench_start_counting(test, bench);
	fake_smmu_resume(bench->fake);
	counts = bench_stop_counting(bench, 0);
	bench_print_counts(test, "resume", bench, &counts);
}

/* Bank 0 faults, its callback sleeps, and the other threads that this woke are through. */
static void bench_send_to_sleep(struct kunit *test, struct bench *bench, unsigned long limit)
{
	unsigned int looking = bench->design->request == arm_smmu_request_context_irq ?
			       1 : bench->banks;
	unsigned int i, looked;

	reinit_completion(&bench->entered);
	reinit_completion(&bench->go_on);
	bench->limit = limit;
	WRITE_ONCE(bench->sleeper, 0);
	fake_smmu_clear_log(bench->fake);

	fake_smmu_fault(bench->fake, 0, 0x1000, 0);
	bench_take(bench);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&bench->entered,
							    FAKE_SMMU_PATIENCE));
	do {
		looked = 0;
		for (i = 0; i < bench->banks; i++)
			looked += fake_smmu_wakes(bench->fake, i);
		usleep_range(50, 100);
	} while (looked < looking);
}

/* Faults that were resumed while another bank's callback slept. */
static unsigned int bench_count_isolated(struct kunit *test, struct bench *bench)
{
	unsigned int i, isolated = 0;

	for (i = 0; i < BENCH_WAITS; i++) {
		bench_send_to_sleep(test, bench, FAKE_SMMU_PATIENCE);
		bench_start_fault(bench, 1);
		/* No interrupt, no RESUME, until the callback returns. */
		if (bench_take(bench)) {
			KUNIT_EXPECT_TRUE(test, bench_await_resume(bench));
			isolated++;
		}
		complete(&bench->go_on);
		fake_smmu_settle(bench->fake);
		KUNIT_EXPECT_EQ(test, bench->fake->banks[1].terminated, i + 1);
	}
	kunit_info(test, "bench: count what=isolated design=%s faults=%u resumed_meanwhile=%u\n",
		   bench->design->name, i, isolated);

	return isolated;
}

/* I7: on the same line. */
static void counts_of_faults_while_a_callback_sleeps(struct kunit *test)
{
	struct bench *bench[DESIGNS];

	bench_create_both(test, 2, bench);
	KUNIT_EXPECT_EQ(test, bench_count_isolated(test, bench[LANDED]), 0);
	KUNIT_EXPECT_EQ(test, bench_count_isolated(test, bench[MASKED]), BENCH_WAITS);
}

/* As the global fault handler of an SMMU with a single line has it. */
static void counts_of_a_line_that_is_shared_without_oneshot(struct kunit *test)
{
	struct bench *bench[DESIGNS];
	int i, ret;

	bench_create_both(test, 1, bench);
	for (i = 0; i < DESIGNS; i++) {
		devm_free_irq(bench[i]->fake->smmu.dev, bench[i]->line->irq,
			      bench[i]->domains[0]);
		fake_smmu_request_foreign(test, bench[i]->fake, i);
		ret = designs[i].request(bench[i]->domains[0]);
		kunit_info(test, "bench: count what=shared design=%s request=%d\n",
			   designs[i].name, ret);
		KUNIT_EXPECT_EQ(test, ret, i == LANDED ? -EBUSY : 0);
	}
}

/* All of them on one line, as far as the interrupt code takes them. */
static void counts_of_banks_that_a_line_can_have(struct kunit *test)
{
	struct bench *bench[DESIGNS];
	int i, ret;

	bench_create_both(test, BENCH_ONESHOT_MAX, bench);
	for (i = 0; i < DESIGNS; i++) {
		ret = designs[i].request(bench[i]->domains[0]);
		kunit_info(test, "bench: count what=one_more design=%s banks=%u request=%d\n",
			   designs[i].name, BENCH_ONESHOT_MAX + 1, ret);
		KUNIT_EXPECT_EQ(test, ret, i == LANDED ? -EBUSY : 0);
	}
}

/* Times. */

/**
 * struct bench_times - What was taken
 * @nr: how many samples
 * @samples: of each design, in ns
 * @accesses: the accesses in them up to RESUME
 * @ratios: masked to landed, in thousandths
 * @rest: the same, without what the accesses take
 */
struct bench_times {
	int	nr;
	u64	samples[DESIGNS][BENCH_SAMPLES];
	u64	accesses[DESIGNS][BENCH_SAMPLES];
	u64	ratios[BENCH_SAMPLES];
	u64	rest[BENCH_SAMPLES];
};

static int bench_compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static u64 bench_thousandths(u64 a, u64 b)
{
	return div64_u64(a * 1000, max(b, 1ULL));
}

static u64 bench_median(u64 *values, unsigned int nr)
{
	sort(values, nr, sizeof(*values), bench_compare, NULL);

	return values[nr / 2];
}

/* Returns how long the fake takes for BENCH_CALLS accesses. */
static u64 bench_accesses(struct bench *bench)
{
	u64 start = ktime_get_ns();
	int i;

	for (i = 0; i < BENCH_CALLS; i++)
		arm_smmu_cb_read(&bench->fake->smmu, 0, ARM_SMMU_CB_FSR);

	return ktime_get_ns() - start;
}

/* Two designs in turn, so many rounds of each: the one at LANDED, and ours at MASKED. */
static struct bench_times *bench_take_times(struct kunit *test, const char *what,
					    struct bench *bench[],
					    u64 (*round)(struct kunit *test,
							 struct bench *bench, int round))
{
	struct bench_times *times = kunit_kzalloc(test, sizeof(*times), GFP_KERNEL);
	u64 median, access, rest[DESIGNS], until = ktime_get_ns() + BENCH_NS;
	int i, n;

	KUNIT_ASSERT_NOT_NULL(test, times);
	for (i = 0; i < BENCH_SAMPLES; i++) {
		if (i >= BENCH_FEW && ktime_get_ns() > until)
			break;
		for (n = 0; n < DESIGNS; n++) {
			if (!bench[n])
				continue;
			bench[n]->accessed = 0;
			times->samples[n][i] = round(test, bench[n], i);
			times->accesses[n][i] = bench[n]->accessed;
		}
		access = bench_accesses(bench[MASKED]);
		fake_smmu_clear_log(bench[MASKED]->fake);
		for (n = 0; n < DESIGNS; n++)
			rest[n] = max_t(s64, 0, times->samples[n][i] -
					div_u64(access * times->accesses[n][i], BENCH_CALLS));
		times->rest[i] = bench_thousandths(rest[MASKED], rest[LANDED]);
		times->ratios[i] = bench_thousandths(times->samples[MASKED][i],
						     times->samples[LANDED][i]);
	}
	times->nr = i;
	if (!bench[LANDED])
		return times;

	median = bench_median(times->ratios, i);
	kunit_info(test, "bench: time what=%s banks=%u samples=%d ratio=%llu q1=%llu q3=%llu\n",
		   what, bench[MASKED]->banks, i, median, times->ratios[i / 4],
		   times->ratios[i * 3 / 4]);

	return times;
}

static void time_from_fault_to_resume(struct kunit *test)
{
	unsigned int banks = *(const unsigned int *)test->param_value;
	struct bench *bench[DESIGNS];
	struct bench_times *times;
	static u64 unit;
	u64 median;
	int n;

	bench_create_both(test, banks, bench);
	times = bench_take_times(test, "fault", bench, bench_fault_round);
	if (bench[LANDED])
		kunit_info(test, "bench: time what=rest banks=%u ratio=%llu\n",
			   banks, bench_median(times->rest, times->nr));

	/* How it grows: in units of landed's with a single bank, in this kernel. */
	for (n = 0; n < DESIGNS; n++) {
		median = bench_median(times->samples[n], times->nr);
		if (banks == 1 && n == LANDED)
			unit = median;
		if (unit && bench[n])
			kunit_info(test, "bench: growth what=fault design=%s banks=%u ratio=%llu accesses=%llu\n",
				   designs[n].name, banks, bench_thousandths(median, unit),
				   div_u64(bench_median(times->accesses[n], times->nr),
					   BENCH_ROUND));
	}
}

static void time_of_a_spurious_interrupt(struct kunit *test)
{
	struct bench *bench[DESIGNS];

	bench_create_both(test, *(const unsigned int *)test->param_value, bench);
	bench_take_times(test, "spurious", bench, bench_spurious_round);
}

static void time_of_set_stall(struct kunit *test)
{
	struct bench *bench[DESIGNS];

	bench_create_both(test, 1, bench);
	bench_take_times(test, "set_stall", bench, bench_set_stall);
}

/* The driver with a spinlock, where the driver is 1 */
static void time_with_a_spinlock(struct kunit *test)
{
	struct kunit_irqchip *irqchip = bench_create_lines(test);
	struct bench *bench[DESIGNS] = {
		[LANDED] = bench_create(test, &designs[MASKED], 1, irqchip, true),
		[MASKED] = bench_create(test, &designs[LOCKED], 1, irqchip, true),
	};

	bench_take_times(test, "locked-fault", bench, bench_fault_round);
	bench_take_times(test, "locked-set_stall", bench, bench_set_stall);
}

/* Where that of the hard interrupt handler is 1 */
static void time_from_a_plain_fault_to_the_clear(struct kunit *test)
{
	struct kunit_irqchip *irqchip = bench_create_lines(test);
	struct bench *bench[DESIGNS] = {
		[LANDED] = bench_create(test, &designs[STOCK], 1, irqchip, false),
		[MASKED] = bench_create(test, &designs[MASKED], 1, irqchip, false),
	};

	bench_take_times(test, "plain", bench, bench_fault_round);
}

/* Wait of a fault, against how long the other bank's callback still sleeps. */
static void time_of_a_fault_while_a_callback_sleeps(struct kunit *test)
{
	struct bench *bench[DESIGNS];
	u64 waits[BENCH_WAITS], start;
	int i, n;

	bench_create_both(test, 2, bench);
	for (n = 0; n < DESIGNS; n++) {
		for (i = 0; i < BENCH_WAITS; i++) {
			bench_send_to_sleep(test, bench[n], msecs_to_jiffies(BENCH_SLEEP_MS));
			start = ktime_get_ns();
			bench_start_fault(bench[n], 1);
			/* The line may be masked until the callback has returned. */
			while (!try_wait_for_completion(&bench[n]->resumed)) {
				bench_take(bench[n]);
				usleep_range(50, 100);
			}
			fake_smmu_settle(bench[n]->fake);
			waits[i] = bench_thousandths(bench[n]->resumed_at - start,
						     bench[n]->slept_until - start);
		}
		kunit_info(test, "bench: time what=wait design=%s samples=%u ratio=%llu\n",
			   designs[n].name, BENCH_WAITS, bench_median(waits, BENCH_WAITS));
	}
}

static struct kunit_case arm_smmu_bench_cases[] = {
	KUNIT_CASE_PARAM(counts_of_a_fault, bank_counts_gen_params),
	KUNIT_CASE_PARAM(counts_of_a_spurious_interrupt, bank_counts_gen_params),
	KUNIT_CASE(counts_of_set_stall),
	KUNIT_CASE(counts_with_a_spinlock),
	KUNIT_CASE(counts_of_a_fault_that_does_not_stall),
	KUNIT_CASE(counts_of_a_runtime_resume),
	KUNIT_CASE(counts_of_faults_while_a_callback_sleeps),
	KUNIT_CASE(counts_of_a_line_that_is_shared_without_oneshot),
	KUNIT_CASE(counts_of_banks_that_a_line_can_have),
	KUNIT_CASE_PARAM(time_from_fault_to_resume, bank_counts_gen_params),
	KUNIT_CASE_PARAM(time_of_a_spurious_interrupt, bank_counts_gen_params),
	KUNIT_CASE(time_of_set_stall),
	KUNIT_CASE(time_with_a_spinlock),
	KUNIT_CASE(time_from_a_plain_fault_to_the_clear),
	KUNIT_CASE(time_of_a_fault_while_a_callback_sleeps),
	{}
};

static struct kunit_suite arm_smmu_bench_suite = {
	.name = "arm_smmu_bench",
	.test_cases = arm_smmu_bench_cases,
};

kunit_test_suite(arm_smmu_bench_suite);
MODULE_LICENSE("GPL");
