// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel/irq_work.c, as it is, through the schedule explorer: with its barrier and without.
 *
 * A work is queued while it may be running. Either it is raised again, or the callback
 * that runs sees what was stored before.
 */

#include <linux/cpu.h>
#include <linux/hardirq.h>
#include <linux/irq_work.h>
#include <linux/kasan.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/smpboot.h>
#include <linux/tick.h>

#include <trace/events/ipi.h>

#include <kunit/explore_scenario.h>
#include <kunit/test.h>

#include <kunit/explore_shim.h>

static bool has_barrier;

#undef smp_mb
#define smp_mb() do { if (has_barrier) kunit_explore_execute(KUNIT_EXPLORE_SMP_MB); } while (0)

/* Other names for what it defines, and nothing for what is not about the claim. */
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
#define trace_ipi_send_cpu_enabled()		false
#define tick_nohz_tick_stopped()		false
#define __smp_call_single_queue(cpu, node)	((void)(node))
#undef kasan_record_aux_stack
#undef kasan_record_aux_stack_noalloc
#define kasan_record_aux_stack(work)		((void)(work))
#define kasan_record_aux_stack_noalloc(work)	((void)(work))
#define rcuwait_wake_up(wait)			((void)(wait))
#undef lockdep_irq_work_enter
#undef lockdep_irq_work_exit
#define lockdep_irq_work_enter(flags)		((void)(flags))
#define lockdep_irq_work_exit(flags)		((void)(flags))

#include "../../../kernel/irq_work.c"

enum { QUEUE, RUN };

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
			kunit_explore_wake(RUN);
	}
}

static void run(void)
{
	irq_work_single(&work);
}

static bool last_data_seen(void)
{
	return seen == 2;
}

static void the_callback_sees_what_was_stored(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = {
			[QUEUE] = { queue_twice },
			[RUN] = { run, .cpu = 1, .hardirq = true, .woken = true },
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
