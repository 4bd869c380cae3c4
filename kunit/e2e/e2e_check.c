// SPDX-License-Identifier: GPL-2.0-only
/* For the end-to-end tests: the kinds of device, and what holds when nothing is going on. */

#include "arm-smmu.h"
#include "e2e_check.h"

const struct e2e_device e2e_devices[] = {
	{ "SS does not assert", E2E_RESUME_IGNORED, 1 },
	{ "SS asserts", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1 },
	{ "SS counts as a fault", E2E_SS_ASSERTS | E2E_RESUME_IGNORED | E2E_SS_IS_FAULT, 1 },
	{ "RESUME is never ignored", E2E_SS_ASSERTS, 1 },
	{ "no power is an external abort", E2E_SS_ASSERTS | E2E_RESUME_IGNORED | E2E_ABORT, 1 },
	{ "writes are posted", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1, .posted_ns = 5000 },
	{ "several stalls", E2E_RESUME_IGNORED, 8 },
	{ "several stalls, SS asserts", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 8 },
	{ "SS clears late", E2E_RESUME_IGNORED, 1, .late_reads = 2 },
	{ "SS asserts and clears late", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1, .late_ns = 1000 },
};

const struct e2e_device e2e_kinds[] = {
	{ "SS does not assert", E2E_RESUME_IGNORED, 1 },
	{ "SS asserts", E2E_SS_ASSERTS | E2E_RESUME_IGNORED, 1 },
};

void e2e_use_device(const struct e2e_device *d)
{
	writel(d->quirks, e2e_debug + E2E_QUIRKS);
	writel(d->stalls, e2e_debug + E2E_MAX_STALLS);
	writel(d->late_reads, e2e_debug + E2E_SS_LATE_READS);
	writel(d->late_ns, e2e_debug + E2E_SS_LATE_NS);
	writel(d->posted_ns, e2e_debug + E2E_POSTED_NS);
}

static u32 e2e_unpowered(void)
{
	return readl(e2e_debug + E2E_UNPOWERED);
}

struct e2e_before e2e_look(struct e2e_master *m)
{
	struct e2e_before b;
	int i;

	for (i = 0; i < ARRAY_SIZE(b.count); i++)
		b.count[i] = e2e_bank(m, 4 * i);
	b.unpowered = e2e_unpowered();
	b.gfaults = readl(e2e_debug + E2E_GFAULTS);
	b.lost = readl(e2e_debug + E2E_LOST);
	b.interrupts = e2e_interrupts(m);
	writel(0, e2e_debug + E2E_LOG_CLEAR);

	return b;
}

u32 e2e_since(struct e2e_master *m, const struct e2e_before *b, u32 counter)
{
	return e2e_bank(m, counter) - b->count[counter / 4];
}

/* The rules of RESUME, and what holds whenever nothing is going on: I2 to I5, I8. */
void e2e_expect_quiet(struct kunit *test, struct e2e_master *m, const struct e2e_before *b)
{
	char *log;

	e2e_settle(m);
	log = e2e_log(m);
	KUNIT_EXPECT_EQ_MSG(test, e2e_bank(m, E2E_STALLED), 0, "stalled: %s", log);
	KUNIT_EXPECT_EQ_MSG(test, e2e_bank(m, E2E_FSR) & ARM_SMMU_CB_FSR_FAULT, 0,
			    "FSR was not cleared: %s", log);
	KUNIT_EXPECT_TRUE_MSG(test, e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFIE,
			      "CFIE is off: %s", log);
	KUNIT_EXPECT_EQ_MSG(test, e2e_since(m, b, E2E_VIOLATIONS), 0, "violations %#x: %s",
			    e2e_bank(m, E2E_WHICH), log);
	KUNIT_EXPECT_EQ_MSG(test, e2e_unpowered() - b->unpowered, 0,
			    "accesses without power: %s", log);
	kunit_kfree(test, log);
}

/* I1: one report for each fault that was latched with a syndrome. */
void e2e_expect_reported(struct kunit *test, struct e2e_master *m, const struct e2e_before *b)
{
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&m->calls), e2e_since(m, b, E2E_FAULTS),
			    "%s", e2e_log(m));
}

int e2e_init(struct kunit *test)
{
	/* Not skipped: a suite that shows nothing must not pass. */
	KUNIT_ASSERT_NOT_NULL_MSG(test, e2e_debug, "no emulated SMMU: make kunit CONFIG=e2e");
	e2e_use_device(&e2e_devices[1]);

	return 0;
}

/* The GPU, on the device that this case is about. */
struct e2e_master *e2e_attach_gpu(struct kunit *test, bool stall)
{
	struct e2e_master *m = e2e_attach(test, 0);

	if (test->param_value)
		e2e_use_device(test->param_value);
	e2e_set_stall(m, stall);

	return m;
}

int e2e_sleep_in_callback(struct e2e_master *m)
{
	complete(&m->entered);
	wait_for_completion_timeout(&m->go_on, E2E_PATIENCE);

	return m->mapped ? -EAGAIN : 0;
}

void e2e_await_callback(struct kunit *test, struct e2e_master *m)
{
	KUNIT_ASSERT_TRUE_MSG(test, wait_for_completion_timeout(&m->entered, E2E_PATIENCE),
			      "no callback: %s", e2e_log(m));
}
