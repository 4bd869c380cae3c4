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

#include "arm-smmu.h"
#include "../fake_smmu.h"
#include "e2e_check.h"

KUNIT_ARRAY_PARAM(device, e2e_devices, e2e_device_desc);
KUNIT_ARRAY_PARAM(kind, e2e_kinds, e2e_device_desc);

/* The model itself: walks, data, and TLB maintenance. */
static void dma_is_translated(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, false);
	struct e2e_before b = e2e_look(m);

	KUNIT_ASSERT_EQ(test, 0, e2e_map_dst(m));
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_DONE);
	KUNIT_EXPECT_TRUE(test, e2e_data_arrived(m));
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_FAULTS), 0);

	/* The walk is cached: without the driver's TLBI this would not fault. */
	e2e_unmap_dst(m);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
}

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
	struct e2e_master *m = e2e_attach_gpu(test, false);
	struct e2e_before b = e2e_look(m);

	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	/* As in the reports of hardware: FORMAT is AArch64. */
	expect_details(test, m, 0x402);
	KUNIT_EXPECT_EQ(test, e2e_interrupts(m) - b.interrupts, 1);
}

static void stalled_fault_is_terminated(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	expect_details(test, m, 0x40000402);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_TERMINATED), 1);
	KUNIT_EXPECT_EQ(test, e2e_interrupts(m) - b.interrupts, 1);
	/* The suites on the fake assert this very string. */
	KUNIT_EXPECT_STREQ(test, e2e_log(m), FAKE_SMMU_STALLED_FAULT);
}

static int map_and_retry(struct e2e_master *m)
{
	return e2e_map_dst(m) ?: -EAGAIN;
}

static void stalled_fault_is_retried(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	m->handle = map_and_retry;
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_DONE);
	KUNIT_EXPECT_TRUE(test, e2e_data_arrived(m));
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_RETRIED), 1);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_TERMINATED), 0);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_FAULTS), 1);
}

/* Nothing is mapped: the transaction faults again when it is retried. */
static int retry_three_times(struct e2e_master *m)
{
	return atomic_read(&m->calls) < 4 ? -EAGAIN : 0;
}

static void retry_that_faults_again_is_reported_again(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	m->handle = retry_three_times;
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_RETRIED), 3);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_TERMINATED), 1);
}

/* Another master of the domain faults while the first one's transaction is stalled. */
static void second_fault_while_one_is_stalled(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_master *other = e2e_attach_to(test, 1, m);
	struct e2e_before b = e2e_look(m);

	m->handle = e2e_sleep_in_callback;
	e2e_start(m, 0);
	e2e_await_callback(test, m);
	e2e_start(other, 0);
	msleep(20);
	complete_all(&m->go_on);

	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	KUNIT_EXPECT_EQ(test, e2e_wait(other), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_GE(test, e2e_since(m, &b, E2E_TERMINATED), 1);
}

/* I7. With two lines for all banks, the one of stream 2 is on the GPU's line. */
static void sleeping_callback_delays_no_other_bank(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true), *other = NULL, *o;
	struct e2e_before b, ob;
	unsigned long start;
	u32 sid;

	for (sid = 1; sid < 8 && !other; sid++) {
		o = e2e_attach(test, sid);
		if (o->bank_irq == m->bank_irq)
			other = o;
	}
	KUNIT_ASSERT_NOT_NULL_MSG(test, other, "no bank on the GPU's line: lines= is too large");
	e2e_set_stall(other, true);
	b = e2e_look(m);
	ob = e2e_look(other);

	m->handle = e2e_sleep_in_callback;
	other->handle = map_and_retry;
	e2e_start(m, 0);
	e2e_await_callback(test, m);
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
	e2e_expect_quiet(test, m, &b);
	e2e_expect_quiet(test, other, &ob);
	e2e_expect_reported(test, m, &b);
	e2e_expect_reported(test, other, &ob);
}

/* What drm/msm does: it turns stalling off for a while after a fault. */
static int stall_off(struct e2e_master *m)
{
	e2e_set_stall(m, false);

	return 0;
}

static void set_stall_in_the_callback(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	m->handle = stall_off;
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_STALLS), 1);
	KUNIT_EXPECT_FALSE(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFCFG);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
	KUNIT_EXPECT_EQ(test, e2e_since(m, &b, E2E_STALLS), 1);
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
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);
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
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);

	m->handle = NULL;
	e2e_set_stall(m, false);
	KUNIT_EXPECT_FALSE(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFCFG);
	e2e_set_stall(m, true);
	KUNIT_EXPECT_TRUE(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFCFG);
}

/* A stream that is mapped nowhere. */
static void unknown_stream_is_a_global_fault(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, true);
	struct e2e_before b = e2e_look(m);

	writel(77, m->chan + E2E_CHAN_SID);
	e2e_start(m, 0);
	KUNIT_EXPECT_EQ(test, e2e_wait(m), E2E_CHAN_ABORTED);
	writel(m->sid, m->chan + E2E_CHAN_SID);
	KUNIT_EXPECT_EQ(test, readl(e2e_debug + E2E_GFAULTS) - b.gfaults, 1);
	e2e_expect_quiet(test, m, &b);
	KUNIT_EXPECT_EQ(test, atomic_read(&m->calls), 0);
}

/* I11: one master faults without a break; this task and the next bank go on. */
static void flood_leaves_the_cpu_to_others(struct kunit *test)
{
	struct e2e_master *m = e2e_attach_gpu(test, test->param_value == &e2e_kinds[1]);
	struct e2e_master *other = e2e_attach(test, 1);
	struct e2e_before b = e2e_look(m), ob = e2e_look(other);
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
	e2e_expect_quiet(test, other, &ob);
	e2e_expect_reported(test, other, &ob);
	e2e_expect_quiet(test, m, &b);
	e2e_expect_reported(test, m, &b);
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
