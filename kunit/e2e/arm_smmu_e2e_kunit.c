// SPDX-License-Identifier: GPL-2.0-only
/*
 * End-to-end tests of stalled context faults: the unmodified driver, an emulated MMU-500
 * that stalls, a real interrupt controller, page tables, and a DMA master.
 *
 * Nothing of the driver is hooked: this stands where a GPU driver does. What the model
 * counts, and its log, are in e2e_regs.h. The names I1 to I11 are the invariants of
 * Documentation/driver-api/arm-smmu/fault-path.rst.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/pm_runtime.h>
#include <linux/prandom.h>

#include "arm-smmu.h"
#include "e2e_master.h"

/* What is not public of MMU-500: each test runs with all of these. */
struct e2e_device {
	const char *name;
	u32 quirks;
	u32 stalls;
	u32 late_reads;
	u32 late_ns;
	u32 posted_ns;
};

static const struct e2e_device devices[] = {
	{ "SS does not assert", E2E_RESUME_IGNORED, 1 },
	{ "SS asserts", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1 },
	{ "SS counts as a fault", E2E_SS_ASSERTS | E2E_RESUME_IGNORED | E2E_SS_IS_FAULT, 1 },
	{ "RESUME is never ignored", E2E_SS_ASSERTS, 1 },
	{ "writes are posted", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1, .posted_ns = 5000 },
	{ "several stalls", E2E_RESUME_IGNORED, 8 },
	{ "several stalls, SS asserts", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 8 },
	{ "SS clears late", E2E_RESUME_IGNORED, 1, .late_reads = 2 },
	{ "SS asserts and clears late", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1, .late_ns = 1000 },
};

static void device_desc(const struct e2e_device *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(device, devices, device_desc);

/* Only the first two: the log is the same in all of them, but for these. */
static const void *kind_gen_params(const void *prev, char *desc)
{
	const struct e2e_device *next = prev ? (const struct e2e_device *)prev + 1 : devices;

	if (next - devices == 2)
		return NULL;
	device_desc(next, desc);

	return next;
}

static void use_device(const struct e2e_device *d)
{
	writel(d->quirks, e2e_debug + E2E_QUIRKS);
	writel(d->stalls, e2e_debug + E2E_MAX_STALLS);
	writel(d->late_reads, e2e_debug + E2E_SS_LATE_READS);
	writel(d->late_ns, e2e_debug + E2E_SS_LATE_NS);
	writel(d->posted_ns, e2e_debug + E2E_POSTED_NS);
}

static u32 unpowered(void)
{
	return readl(e2e_debug + E2E_UNPOWERED);
}

struct before {
	u32 count[16];
	u32 unpowered, gfaults, lost;
	unsigned int interrupts;
};

static struct before look(struct e2e_master *m)
{
	struct before b;
	int i;

	for (i = 0; i < ARRAY_SIZE(b.count); i++)
		b.count[i] = e2e_bank(m, 4 * i);
	b.unpowered = unpowered();
	b.gfaults = readl(e2e_debug + E2E_GFAULTS);
	b.lost = readl(e2e_debug + E2E_LOST);
	b.interrupts = e2e_interrupts(m);
	writel(0, e2e_debug + E2E_LOG_CLEAR);

	return b;
}

static u32 since(struct e2e_master *m, const struct before *b, u32 counter)
{
	return e2e_bank(m, counter) - b->count[counter / 4];
}

/* The rules of RESUME, and what holds whenever nothing is going on: I2 to I5, I8. */
static void expect_quiet(struct kunit *test, struct e2e_master *m, const struct before *b)
{
	char *log;

	e2e_settle(m);
	log = e2e_log(m);
	KUNIT_EXPECT_EQ_MSG(test, e2e_bank(m, E2E_STALLED), 0, "stalled: %s", log);
	KUNIT_EXPECT_EQ_MSG(test, e2e_bank(m, E2E_FSR) & ARM_SMMU_CB_FSR_FAULT, 0,
			    "FSR was not cleared: %s", log);
	KUNIT_EXPECT_TRUE_MSG(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFIE,
			      "CFIE is off: %s", log);
	KUNIT_EXPECT_EQ_MSG(test, since(m, b, E2E_VIOLATIONS), 0, "violations %#x: %s",
			    e2e_bank(m, E2E_WHICH), log);
	KUNIT_EXPECT_EQ_MSG(test, unpowered() - b->unpowered, 0, "accesses without power: %s", log);
}

/* I1: one report for each fault that was latched with a syndrome. */
static void expect_reported(struct kunit *test, struct e2e_master *m, const struct before *b)
{
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&m->calls), since(m, b, E2E_FAULTS), "%s", e2e_log(m));
}

static struct e2e_master *attach(struct kunit *test, bool stall)
{
	struct e2e_master *m = e2e_attach(test, 0);

	if (test->param_value)
		use_device(test->param_value);
	e2e_set_stall(m, stall);

	return m;
}

static int e2e_init(struct kunit *test)
{
	if (!e2e_debug)
		kunit_skip(test, "no emulated SMMU: make kunit CONFIG=e2e");
	use_device(&devices[1]);

	return 0;
}

/* The model itself: walks, data, and TLB maintenance. */
static void dma_is_translated(struct kunit *test)
{
	struct e2e_master *m = attach(test, false);
	struct before b = look(m);

	KUNIT_ASSERT_EQ(test, 0, e2e_map_dst(m));
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_DONE);
	KUNIT_EXPECT_TRUE(test, e2e_data_arrived(m));
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_FAULTS), 0);

	/* The walk is cached: without the driver's TLBI this would not fault. */
	e2e_unmap_dst(m);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
}

#define PRIMARY	"!FSR?TF+SS !SCTLR=M+CFCFG !SCTLR? "
#define DETAILS	"FAR? FSYNR0? CBFRSYNRA? FSYNR1? TTBR0? CONTEXTIDR? "

static void expect_details(struct kunit *test, struct e2e_master *m, u32 fsr)
{
	KUNIT_EXPECT_EQ(test, m->fault.iova, e2e_dst(m));
	KUNIT_EXPECT_EQ(test, m->fault.flags, IOMMU_FAULT_WRITE);
	KUNIT_EXPECT_TRUE(test, m->fault.sleepable);
	KUNIT_EXPECT_EQ(test, m->fault.info.fsr, fsr);
	KUNIT_EXPECT_EQ(test, m->fault.info.far, e2e_dst(m));
	KUNIT_EXPECT_EQ(test, m->fault.info.cbfrsynra & 0x7fff, m->sid);
}

static void fault_that_does_not_stall_is_reported(struct kunit *test)
{
	struct e2e_master *m = attach(test, false);
	struct before b = look(m);

	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	/* As in the reports of hardware: FORMAT is AArch64. */
	expect_details(test, m, 0x402);
	KUNIT_EXPECT_EQ(test, e2e_interrupts(m) - b.interrupts, 1);
}

static void stalled_fault_is_terminated(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);

	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	expect_details(test, m, 0x40000402);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_TERMINATED), 1);
	KUNIT_EXPECT_EQ(test, e2e_interrupts(m) - b.interrupts, 1);
	/* The same as in arm_smmu_fault, where the fake stands behind the driver. */
	KUNIT_EXPECT_STREQ(test, e2e_log(m),
			   PRIMARY "FSR?TF+SS " DETAILS
			   "FSR=TF+SS+MULTI FSR?SS SCTLR=M+CFIE+CFCFG RESUME=terminate FSR?");
}

static int map_and_retry(struct e2e_master *m)
{
	return e2e_map_dst(m) ?: -EAGAIN;
}

static void stalled_fault_is_retried(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);

	m->handle = map_and_retry;
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_DONE);
	KUNIT_EXPECT_TRUE(test, e2e_data_arrived(m));
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_RETRIED), 1);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_TERMINATED), 0);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_FAULTS), 1);
}

/* Nothing is mapped: the transaction faults again when it is retried. */
static int retry_three_times(struct e2e_master *m)
{
	return atomic_read(&m->calls) < 4 ? -EAGAIN : 0;
}

static void retry_that_faults_again_is_reported_again(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);

	m->handle = retry_three_times;
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_RETRIED), 3);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_TERMINATED), 1);
}

static int sleep_in_callback(struct e2e_master *m)
{
	complete(&m->entered);
	wait_for_completion_timeout(&m->go_on, E2E_PATIENCE);

	return m->mapped ? -EAGAIN : 0;
}

static void await_callback(struct kunit *test, struct e2e_master *m)
{
	KUNIT_ASSERT_TRUE_MSG(test, wait_for_completion_timeout(&m->entered, E2E_PATIENCE),
			      "no callback: %s", e2e_log(m));
}

/* Another master of the domain faults while the first one's transaction is stalled. */
static void second_fault_while_one_is_stalled(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct e2e_master *other = e2e_attach_to(test, 1, m);
	struct before b = look(m);

	m->handle = sleep_in_callback;
	e2e_start(m, 0);
	await_callback(test, m);
	e2e_start(other, 0);
	msleep(20);
	complete_all(&m->go_on);

	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	KUNIT_EXPECT_EQ(test, e2e_wait(other), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	KUNIT_EXPECT_GE(test, since(m, &b, E2E_TERMINATED), 1);
}

/* I7. With two lines for all banks, the one of stream 2 is on the GPU's line. */
static void sleeping_callback_delays_no_other_bank(struct kunit *test)
{
	struct e2e_master *m = attach(test, true), *other = NULL, *o;
	struct before b, ob;
	unsigned long start;
	u32 sid;

	for (sid = 1; sid < 8 && !other; sid++) {
		o = e2e_attach(test, sid);
		if (o->bank_irq == m->bank_irq)
			other = o;
	}
	KUNIT_ASSERT_NOT_NULL_MSG(test, other, "no bank on the GPU's line: lines= is too large");
	e2e_set_stall(other, true);
	b = look(m);
	ob = look(other);

	m->handle = sleep_in_callback;
	other->handle = map_and_retry;
	e2e_start(m, 0);
	await_callback(test, m);
	start = jiffies;
	e2e_start(other, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(other), E2E_CHAN_DONE);
	KUNIT_EXPECT_TRUE(test, e2e_data_arrived(other));
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, start + E2E_PATIENCE / 2));
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 1);
	e2e_map_dst(m);
	complete_all(&m->go_on);

	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_DONE);
	KUNIT_EXPECT_TRUE(test, e2e_data_arrived(m));
	expect_quiet(test, m, &b);
	expect_quiet(test, other, &ob);
	expect_reported(test, m, &b);
	expect_reported(test, other, &ob);
}

/* What drm/msm does: it turns stalling off for a while after a fault. */
static int stall_off(struct e2e_master *m)
{
	e2e_set_stall(m, false);

	return 0;
}

static void set_stall_in_the_callback(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);

	m->handle = stall_off;
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_STALLS), 1);
	KUNIT_EXPECT_FALSE(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFCFG);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_STALLS), 1);
}

static int toggle_stall(void *data)
{
	struct e2e_master *m = data;
	bool on = false;

	while (!kthread_should_stop()) {
		e2e_set_stall(m, on = !on);
		usleep_range(20, 200);
	}

	return 0;
}

/* I5: from several CPUs and from the callback, while the device faults. */
static void set_stall_from_everywhere(struct kunit *test)
{
	struct task_struct *task[3] = { };
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);
	int i;

	m->handle = stall_off;
	e2e_start(m, E2E_CHAN_REPEAT);
	for (i = 0; i < ARRAY_SIZE(task); i++) {
		task[i] = kthread_run(toggle_stall, m, "e2e-stall-%d", i);
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, task[i]);
	}
	msleep(300);
	for (i = 0; i < ARRAY_SIZE(task); i++)
		if (!IS_ERR_OR_NULL(task[i]))
			kthread_stop(task[i]);
	KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);

	m->handle = NULL;
	e2e_set_stall(m, false);
	KUNIT_EXPECT_FALSE(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFCFG);
	e2e_set_stall(m, true);
	KUNIT_EXPECT_TRUE(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFCFG);
}

/* I8: the fault thread keeps the SMMU powered, though its master does not. */
static void sleeping_callback_keeps_the_power(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);

	m->handle = sleep_in_callback;
	e2e_start(m, 0);
	await_callback(test, m);
	KUNIT_EXPECT_GE(test, 0, pm_runtime_put_sync(m->dev));
	msleep(100);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_POWER), 1);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 1);
	complete_all(&m->go_on);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
}

static bool power_is_off(void)
{
	unsigned long end = jiffies + E2E_PATIENCE;

	while (readl(e2e_debug + E2E_POWER) && time_before(jiffies, end))
		msleep(5);

	return !readl(e2e_debug + E2E_POWER);
}

/* I8: set_stall() while suspended is in force after that. */
static void set_stall_while_suspended(struct kunit *test)
{
	struct e2e_master *m = attach(test, false);
	struct before b = look(m);

	KUNIT_EXPECT_GE(test, 0, pm_runtime_put_sync(m->dev));
	KUNIT_EXPECT_TRUE(test, power_is_off());
	e2e_set_stall(m, true);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_STALLS), 1);
}

static int suspend_and_resume(void *data)
{
	struct e2e_master *m = data;

	while (!kthread_should_stop()) {
		pm_runtime_put_sync(m->dev);
		usleep_range(100, 40000);
		if (pm_runtime_resume_and_get(m->dev))
			return -EIO;
		usleep_range(100, 3000);
	}

	return 0;
}

/*
 * I8: the master goes on while the SMMU suspends under it. What faults in that moment is
 * gone; no register is touched without power, and what comes after that is reported.
 */
static void runtime_suspend_under_dma(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);
	struct task_struct *task;
	int err;

	writel(50000, m->chan + E2E_CHAN_PACE_NS);
	e2e_start(m, E2E_CHAN_REPEAT);
	task = kthread_run(suspend_and_resume, m, "e2e-suspend");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	msleep(1500);
	err = kthread_stop(task);
	KUNIT_EXPECT_EQ(test, 0, err);
	KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	writel(10000, m->chan + E2E_CHAN_PACE_NS);
	expect_quiet(test, m, &b);
	KUNIT_EXPECT_GT(test, atomic_read(&m->calls), 0);
	/* It was really cut. */
	KUNIT_EXPECT_GT(test, readl(e2e_debug + E2E_LOST) - b.lost, 0);

	atomic_set(&m->calls, 0);
	b = look(m);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
}

static int free_domain(void *data)
{
	e2e_release(data);

	return 0;
}

/* I9: the domain is freed while its transaction is stalled and its callback sleeps. */
static void domain_freed_while_a_callback_sleeps(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);
	struct task_struct *task;
	u32 sctlr;

	/* The power stays on. */
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	m->handle = sleep_in_callback;
	e2e_start(m, 0);
	await_callback(test, m);
	task = kthread_run(free_domain, m, "e2e-release");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	msleep(50);
	KUNIT_EXPECT_NOT_NULL_MSG(test, m->domain, "freed under its callback");
	complete_all(&m->go_on);
	kthread_stop(task);

	KUNIT_EXPECT_NULL(test, m->domain);
	sctlr = e2e_bank(m, E2E_SCTLR);
	KUNIT_EXPECT_EQ(test, sctlr & (ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE), 0);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 0);
	KUNIT_EXPECT_EQ(test, since(m, &b, E2E_VIOLATIONS), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&m->calls), 1);
	pm_runtime_put_sync(m->dev);
}

/* I9: the domain is freed again and again under a master that faults without a break. */
static void domain_freed_under_dma(struct kunit *test)
{
	struct rnd_state rnd;
	struct e2e_master *m;
	int i, pause;

	prandom_seed_state(&rnd, 1);
	use_device(test->param_value);
	for (i = 0; i < 30; i++) {
		m = e2e_attach(test, 0);
		e2e_set_stall(m, true);
		e2e_start(m, E2E_CHAN_REPEAT);
		pause = prandom_u32_state(&rnd) % 2000;
		usleep_range(pause, pause + 20);
		/* The power stays on. */
		KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
		e2e_release(m);
		KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 0);
		KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_SCTLR) &
				(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE), 0);
		pm_runtime_put_sync(m->dev);
		KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	}
}

/* I9: the interrupt of the fault was never taken. */
static void domain_freed_with_a_fault_that_was_not_seen(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);

	disable_irq(m->bank_irq);
	e2e_start(m, 0);
	usleep_range(2000, 3000);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 1);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));
	e2e_release(m);
	KUNIT_EXPECT_EQ(test, e2e_bank(m, E2E_STALLED), 0);
	pm_runtime_put_sync(m->dev);
	KUNIT_EXPECT_EQ(test, readl(m->chan + E2E_CHAN_STATUS), E2E_CHAN_ABORTED);
}

/* A stream that is mapped nowhere. */
static void unknown_stream_is_a_global_fault(struct kunit *test)
{
	struct e2e_master *m = attach(test, true);
	struct before b = look(m);

	writel(77, m->chan + E2E_CHAN_SID);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	writel(m->sid, m->chan + E2E_CHAN_SID);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_GFAULTS) - b.gfaults, 1);
	expect_quiet(test, m, &b);
	KUNIT_EXPECT_EQ(test, atomic_read(&m->calls), 0);
}

/* I11: one master faults without a break; this task and the next bank go on. */
static void flood_leaves_the_cpu_to_others(struct kunit *test)
{
	struct e2e_master *m = attach(test, test->param_value == &devices[1]);
	struct e2e_master *other = e2e_attach(test, 1);
	struct before b = look(m), ob = look(other);
	int i;

	other->handle = NULL;
	writel(1000, m->chan + E2E_CHAN_PACE_NS);
	e2e_start(m, E2E_CHAN_REPEAT);
	for (i = 0; i < 5; i++) {
		msleep(20);
		e2e_start(other, 0);
		KUNIT_EXPECT_EQ(test, e2e_wait(other), E2E_CHAN_ABORTED);
	}
	KUNIT_EXPECT_NE(test, e2e_stop(m), E2E_CHAN_BUSY);
	writel(10000, m->chan + E2E_CHAN_PACE_NS);
	expect_quiet(test, other, &ob);
	expect_reported(test, other, &ob);
	expect_quiet(test, m, &b);
	expect_reported(test, m, &b);
}

static struct kunit_case e2e_cases[] = {
	KUNIT_CASE_PARAM(dma_is_translated, device_gen_params),
	KUNIT_CASE_PARAM(fault_that_does_not_stall_is_reported, kind_gen_params),
	KUNIT_CASE_PARAM(stalled_fault_is_terminated, kind_gen_params),
	KUNIT_CASE_PARAM(stalled_fault_is_retried, device_gen_params),
	KUNIT_CASE_PARAM(retry_that_faults_again_is_reported_again, device_gen_params),
	KUNIT_CASE_PARAM(second_fault_while_one_is_stalled, device_gen_params),
	KUNIT_CASE_PARAM(sleeping_callback_delays_no_other_bank, device_gen_params),
	KUNIT_CASE_PARAM(set_stall_in_the_callback, device_gen_params),
	KUNIT_CASE_PARAM(set_stall_from_everywhere, device_gen_params),
	KUNIT_CASE_PARAM(sleeping_callback_keeps_the_power, kind_gen_params),
	KUNIT_CASE_PARAM(set_stall_while_suspended, kind_gen_params),
	KUNIT_CASE_PARAM(runtime_suspend_under_dma, device_gen_params),
	KUNIT_CASE_PARAM(domain_freed_while_a_callback_sleeps, device_gen_params),
	KUNIT_CASE_PARAM(domain_freed_under_dma, device_gen_params),
	KUNIT_CASE_PARAM(domain_freed_with_a_fault_that_was_not_seen, device_gen_params),
	KUNIT_CASE(unknown_stream_is_a_global_fault),
	KUNIT_CASE_PARAM(flood_leaves_the_cpu_to_others, kind_gen_params),
	{}
};

static struct kunit_suite e2e_suite = {
	.name = "arm_smmu_e2e",
	.init = e2e_init,
	.test_cases = e2e_cases,
};

kunit_test_suite(e2e_suite);

MODULE_DESCRIPTION("End-to-end tests of stalled faults of the Arm SMMU");
MODULE_LICENSE("GPL");
