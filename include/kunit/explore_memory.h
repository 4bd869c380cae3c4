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
 * Of each one it has the last few values, in the order in which all CPUs agree on
 * (coherence order). A CPU may load any value that is not older than what it is known to
 * have seen, its *view*: an index for each variable.
 *
 * - A load raises the view of this variable to what was loaded.
 * - A store goes behind what the CPU has seen of the variable, and maybe before what it
 *   has not. The stored value carries a view: what the CPU has stored before its last
 *   smp_wmb(), what it has seen before its last smp_mb(), and all of it for a release.
 * - A load with acquire takes over the view that the loaded value carries, smp_rmb() the
 *   views of all that was loaded before.
 * - smp_mb() does both, and takes over what the smp_mb() of other CPUs have published.
 * - A read-modify-write operation finds the newest value, and nothing comes in between.
 *   One that is fully ordered has smp_mb() on both sides.
 * - wmb() and mb() wait until stores are visible. A CPU that reads the device after that,
 *   and executes rmb() or mb(), sees them. For smp_*() barriers, that is not so.
 * - An actor starts and ends with mb(): the scheduler has barriers, and so have the drivers
 *   of interrupt controllers.
 *
 * That is the memory model of the kernel (tools/memory-model), with these exceptions.
 * A load takes effect before the later stores of its CPU, though it may return an old value
 * (load buffering is not seen), and so does a read-modify-write operation. Dependencies
 * are not seen: a store may be ordered before what another CPU has stored, whatever was
 * loaded before it. smp_rmb() orders later stores as well, as on arm64. If a variable has
 * more values than KUNIT_EXPLORE_VALUES, the oldest one is forgotten.
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

/**
 * enum kunit_explore_barrier - The barriers, those of memory and a device last
 */
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
