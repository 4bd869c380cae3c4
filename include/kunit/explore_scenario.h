/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit: functions and variables for the schedule explorer, without a model of one's own.
 */

#ifndef _KUNIT_EXPLORE_SCENARIO_H
#define _KUNIT_EXPLORE_SCENARIO_H

#include <kunit/explore.h>
#include <kunit/explore_memory.h>

/**
 * DOC: A scenario of functions
 *
 * A test lists functions. kunit_explore_scenario() takes them through every schedule, and
 * calls @at_rest at the end of each.
 *
 * A test includes explore_shim.h last. This header replaces READ_ONCE() and its like,
 * atomic operations, spinlocks, barriers and interrupts off in the code that follows. That
 * code may be a file of the kernel, included without a change. The explorer sees only
 * accesses by these primitives. A variable starts with the value that it has at its first
 * access. It can take up to 256 values, and there can be KUNIT_EXPLORE_VARS variables.
 */

#define KUNIT_EXPLORE_FUNCTIONS	4

/* Properties of a scenario */
#define KUNIT_EXPLORE_AT_REST	0	/* &kunit_explore_scenario.at_rest */
#define KUNIT_EXPLORE_EXPECTED	1	/* kunit_explore_expect() */

/**
 * struct kunit_explore_function - An actor of a scenario
 * @run: its code
 * @cpu: the CPU that it runs on
 * @hardirq: it runs in hard IRQ context
 * @woken: it runs once for each kunit_explore_wake(); otherwise it runs once
 * @line: a level interrupt: it runs while this int is not zero
 */
struct kunit_explore_function {
	void			(*run)(void);
	u8			cpu;
	bool			hardirq;
	bool			woken;
	const int		*line;
};

/**
 * struct kunit_explore_scenario - Functions that run at the same time
 * @functions: the functions, called 'a', 'b'... in a schedule
 * @at_rest: says whether all is well when the functions have returned. The variables
 *	have the values that were stored last.
 * @weak: explore weak memory, see explore_memory.h
 * @quiet: do not print the schedules that break a property
 * @limit: how many states to explore at most; 0 means a million
 */
struct kunit_explore_scenario {
	struct kunit_explore_function functions[KUNIT_EXPLORE_FUNCTIONS];
	bool			(*at_rest)(void);
	bool			weak;
	bool			quiet;
	unsigned int		limit;
};

void kunit_explore_scenario(struct kunit *test, const struct kunit_explore_scenario *scenario,
			    struct kunit_explore_result *result);

/* For explore_shim.h */

/* What a read-modify-write operation does */
enum kunit_explore_operation {
	KUNIT_EXPLORE_XCHG,
	KUNIT_EXPLORE_CMPXCHG,
	KUNIT_EXPLORE_ADD,
	KUNIT_EXPLORE_OR,
	KUNIT_EXPLORE_AND,
};

/**
 * struct kunit_explore_variable - How the shim names a variable
 * @p: its address
 * @size: in bytes
 * @name: for humans
 */
struct kunit_explore_variable {
	void			*p;
	unsigned int		size;
	const char		*name;
};

u64 kunit_explore_read(struct kunit_explore_variable v, enum kunit_explore_order order);
void kunit_explore_write(struct kunit_explore_variable v, u64 value,
			 enum kunit_explore_order order);
u64 kunit_explore_modify(struct kunit_explore_variable v, enum kunit_explore_operation operation,
			 u64 value, u64 old, enum kunit_explore_order order);
void kunit_explore_execute(enum kunit_explore_barrier barrier);
void kunit_explore_lock(struct kunit_explore_variable v);
void kunit_explore_unlock(struct kunit_explore_variable v);
void kunit_explore_wake(unsigned int function);
void kunit_explore_expect(bool condition);

#endif /* _KUNIT_EXPLORE_SCENARIO_H */
