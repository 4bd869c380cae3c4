/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit: memory that reorders accesses, for the models of the schedule explorer.
 */

#ifndef _KUNIT_EXPLORE_MEMORY_H
#define _KUNIT_EXPLORE_MEMORY_H

#include <linux/types.h>

/**
 * DOC: Weak memory
 *
 * &struct kunit_explore_memory is the part of a model's state that holds its variables.
 * For each variable it has the last few values, in the order on which all CPUs agree
 * (coherence order). Each CPU has a *view*: for each variable, an index of the oldest value
 * that it may still load.
 *
 * - A load raises the view of this variable to the value that was loaded.
 * - A store comes after all values in the CPU's view, and may come before newer ones. The
 *   value carries a view: what the CPU has stored before its last smp_wmb(), what it has
 *   seen before its last smp_mb(), and for a release all that it has seen.
 * - A load with acquire takes over the view that the loaded value carries. smp_rmb() takes
 *   over the views of all values that were loaded before.
 * - smp_mb() does both, and takes over what the smp_mb() of other CPUs have published.
 * - A read-modify-write operation loads the newest value, and no store comes in between.
 *   A fully ordered one has smp_mb() on both sides.
 * - wmb() and mb() wait until stores are visible. A CPU that then reads the device and
 *   executes rmb() or mb() sees these stores. With smp_*() barriers it may not.
 * - An actor starts and ends with mb(), because the scheduler and the drivers of interrupt
 *   controllers have barriers.
 *
 * This is the memory model of the kernel (tools/memory-model), with these exceptions:
 *
 * - A load takes effect before later stores of its CPU, though it may return an old value.
 *   So load buffering is not seen. The same holds for read-modify-write operations.
 * - Dependencies are not seen. A store may be ordered before the store of another CPU,
 *   whatever was loaded before.
 * - smp_rmb() also orders later stores, as on arm64.
 * - If a variable has more values than KUNIT_EXPLORE_VALUES, the oldest is forgotten.
 */

#define KUNIT_EXPLORE_VARS	8
#define KUNIT_EXPLORE_VALUES	4
#define KUNIT_EXPLORE_CPUS	4

/**
 * enum kunit_explore_order - What an access to memory, or a barrier, orders
 * @KUNIT_EXPLORE_RELAXED: nothing
 * @KUNIT_EXPLORE_ACQUIRE: a load, before what follows
 * @KUNIT_EXPLORE_RELEASE: a store, behind what was before
 * @KUNIT_EXPLORE_FULL: a read-modify-write operation with smp_mb() on both sides
 */
enum kunit_explore_order {
	KUNIT_EXPLORE_RELAXED,
	KUNIT_EXPLORE_ACQUIRE,
	KUNIT_EXPLORE_RELEASE,
	KUNIT_EXPLORE_FULL,
};

/* The barriers, those of memory and a device last */
enum kunit_explore_barrier {
	KUNIT_EXPLORE_SMP_RMB,
	KUNIT_EXPLORE_SMP_WMB,
	KUNIT_EXPLORE_SMP_MB,
	KUNIT_EXPLORE_RMB,
	KUNIT_EXPLORE_WMB,
	KUNIT_EXPLORE_MB,
};

/**
 * struct kunit_explore_views - An index of a value for each variable, two bits each
 * @smp_mb: what was published by smp_mb() of any CPU
 * @visible: what wmb() or mb() of any CPU has waited for
 * @seen: by a CPU
 * @loaded: carried by what it has loaded, and not by @seen
 * @device: visible when it has read the device
 * @stored: by the CPU, since its last barrier
 * @release: carried by what it stores
 * @carried: by each value
 */
struct kunit_explore_views {
	u16	smp_mb;
	u16	visible;
	u16	seen[KUNIT_EXPLORE_CPUS];
	u16	loaded[KUNIT_EXPLORE_CPUS];
	u16	device[KUNIT_EXPLORE_CPUS];
	u16	stored[KUNIT_EXPLORE_CPUS];
	u16	release[KUNIT_EXPLORE_CPUS];
	u16	carried[KUNIT_EXPLORE_VARS][KUNIT_EXPLORE_VALUES];
};

/**
 * struct kunit_explore_memory - Variables, as part of a state
 * @views: see above; unused where memory is not weak
 * @value: of each variable, the oldest one first
 * @newest: its index
 * @glued: values by a read-modify-write operation, a bit each: nothing goes before it
 * @active: actors under way on a CPU
 * @weak: else a load finds the newest value
 */
struct kunit_explore_memory {
	struct kunit_explore_views views;
	u8	value[KUNIT_EXPLORE_VARS][KUNIT_EXPLORE_VALUES];
	u8	newest[KUNIT_EXPLORE_VARS];
	u8	glued[KUNIT_EXPLORE_VARS];
	u8	active[KUNIT_EXPLORE_CPUS];
	u8	weak;
	/* private: */
	u8	unused[3];
};

void kunit_explore_begin(struct kunit_explore_memory *mem, unsigned int cpu);
void kunit_explore_finish(struct kunit_explore_memory *mem, unsigned int cpu);
u8 kunit_explore_newest(const struct kunit_explore_memory *mem, unsigned int var);
unsigned int kunit_explore_loads(const struct kunit_explore_memory *mem, unsigned int cpu,
				 unsigned int var);
u8 kunit_explore_peek(const struct kunit_explore_memory *mem, unsigned int var,
		      unsigned int outcome);
u8 kunit_explore_load(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
		      enum kunit_explore_order order, unsigned int outcome);
unsigned int kunit_explore_stores(const struct kunit_explore_memory *mem, unsigned int cpu,
				  unsigned int var, enum kunit_explore_order order);
void kunit_explore_store(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
			 u8 value, enum kunit_explore_order order, unsigned int outcome);
u8 kunit_explore_rmw(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
		     u8 value, enum kunit_explore_order order);
void kunit_explore_barrier(struct kunit_explore_memory *mem, unsigned int cpu,
			   enum kunit_explore_barrier barrier);
void kunit_explore_read_device(struct kunit_explore_memory *mem, unsigned int cpu);

#endif /* _KUNIT_EXPLORE_MEMORY_H */
