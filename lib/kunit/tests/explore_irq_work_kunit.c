// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel/irq_work.c, as it is, through the schedule explorer: with its barrier and without.
 *
 * A work is queued while it may be running. Either it is raised again, or the callback
 * that runs sees what was stored before.
 */

#include <linux/cpu.h>
#include <linux/irq_work.h>
#include <linux/smpboot.h>
#include <linux/tick.h>
#include <trace/events/ipi.h>

#include <kunit/explore_scenario.h>
#include <kunit/test.h>
#include <kunit/explore_shim.h>

static bool has_barrier;

#undef smp_mb
#define smp_mb() do { if (has_barrier) kunit_explore_execute(KUNIT_EXPLORE_SMP_MB); } while (0)

/* Other names for what it defines */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#define irq_work_queue		explored_irq_work_queue
#define irq_work_queue_on	explored_irq_work_queue_on
#define irq_work_needs_cpu	explored_irq_work_needs_cpu
#define irq_work_single		explored_irq_work_single
#define irq_work_run		explored_irq_work_run
#define irq_work_tick		explored_irq_work_tick
#define irq_work_sync		explored_irq_work_sync
#define arch_irq_work_raise	explored_arch_irq_work_raise
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol)
#undef early_initcall
#define early_initcall(fn)	static void *explored_initcall __maybe_unused = fn
#undef __init
#define __init

#include "../../../kernel/irq_work.c"

static int data, seen;

static void callback(struct irq_work *work)
{
	WRITE_ONCE(seen, READ_ONCE(data));
}

static struct irq_work work = IRQ_WORK_INIT_HARD(callback);

static void queue_twice(void)
{
	int i;

	for (i = 1; i <= 2; i++) {
		WRITE_ONCE(data, i);
		if (irq_work_claim(&work))
			kunit_explore_wake(1);
	}
}

static void run(void) { irq_work_single(&work); }
static bool last_data_seen(void) { return seen == 2; }

static void the_callback_sees_what_was_stored(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = {
			{ queue_twice }, { run, .cpu = 1, .hardirq = true, .woken = true },
		},
		.at_rest = last_data_seen,
		.weak = true,
	};
	struct kunit_explore_result result;

	has_barrier = true;
	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, 0);

	has_barrier = false;
	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_AT_REST));
}

static struct kunit_case irq_work_cases[] = {
	KUNIT_CASE(the_callback_sees_what_was_stored),
	{}
};

static struct kunit_suite irq_work_suite = {
	.name = "kunit_explore_irq_work",
	.test_cases = irq_work_cases,
};

kunit_test_suite(irq_work_suite);

MODULE_DESCRIPTION("KUnit test of irq_work: every schedule of its claim");
MODULE_LICENSE("GPL");
