// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: memory that reorders accesses. See include/kunit/explore_memory.h.
 */

#include <kunit/explore_memory.h>

#include <linux/bits.h>
#include <linux/export.h>
#include <linux/minmax.h>

#define VIEW_BITS	2
#define VIEWS		(sizeof(struct kunit_explore_views) / sizeof(u16))

static unsigned int view_get(u16 view, unsigned int var)
{
	return view >> var * VIEW_BITS & (BIT(VIEW_BITS) - 1);
}

static u16 view_set(u16 view, unsigned int var, unsigned int index)
{
	u16 mask = (BIT(VIEW_BITS) - 1) << var * VIEW_BITS;

	return (view & ~mask) | index << var * VIEW_BITS;
}

static u16 view_join(u16 a, u16 b)
{
	unsigned int var;

	if (a == b || !b)
		return a;
	for (var = 0; var < KUNIT_EXPLORE_VARS; var++) {
		if (view_get(b, var) > view_get(a, var))
			a = view_set(a, var, view_get(b, var));
	}

	return a;
}

/* What @a adds to @b: where it adds nothing, two states shall not differ. */
static u16 view_beyond(u16 a, u16 b)
{
	unsigned int var;

	for (var = 0; a && var < KUNIT_EXPLORE_VARS; var++) {
		if (view_get(a, var) <= view_get(b, var))
			a = view_set(a, var, 0);
	}

	return a;
}

/* The values of @var from @from on move by one, up or down. */
static void views_move(struct kunit_explore_memory *mem, unsigned int var, unsigned int from,
		       int by)
{
	u16 *view = (u16 *)&mem->views;
	unsigned int i, index;

	for (i = 0; i < VIEWS; i++) {
		index = view_get(view[i], var);
		if (index >= from)
			view[i] = view_set(view[i], var, index + by);
	}
}

/* Drops the oldest value: no CPU may load it any more. */
static void forget(struct kunit_explore_memory *mem, unsigned int var)
{
	u8 *value = mem->value[var];
	u16 *carried = mem->views.carried[var];
	unsigned int i;

	for (i = 0; i < mem->newest[var]; i++) {
		value[i] = value[i + 1];
		carried[i] = carried[i + 1];
	}
	value[i] = 0;
	carried[i] = 0;
	mem->newest[var]--;
	mem->glued[var] = mem->glued[var] >> 1 & ~BIT(0);
	views_move(mem, var, 1, -1);
}

/* Brings the state into the form that all states have which behave like this one. */
static void tidy(struct kunit_explore_memory *mem)
{
	struct kunit_explore_views *views = &mem->views;
	unsigned int cpu, var, floor;

	for (var = 0; var < KUNIT_EXPLORE_VARS; var++) {
		/* A CPU without an actor gets there when the next one starts. */
		floor = max(view_get(views->smp_mb, var), view_get(views->visible, var));
		for (cpu = 0; cpu < KUNIT_EXPLORE_CPUS; cpu++) {
			if (mem->active[cpu])
				floor = min(floor, view_get(views->seen[cpu], var));
		}
		while (floor--)
			forget(mem, var);
	}
	for (cpu = 0; cpu < KUNIT_EXPLORE_CPUS; cpu++) {
		views->loaded[cpu] = view_beyond(views->loaded[cpu], views->seen[cpu]);
		views->device[cpu] = view_beyond(views->device[cpu], views->seen[cpu]);
		views->stored[cpu] = view_beyond(views->stored[cpu], views->release[cpu]);
	}
}

static void smp_rmb_on(struct kunit_explore_views *views, unsigned int cpu)
{
	views->seen[cpu] = view_join(views->seen[cpu], views->loaded[cpu]);
}

static void smp_wmb_on(struct kunit_explore_views *views, unsigned int cpu)
{
	views->release[cpu] = view_join(views->release[cpu], views->stored[cpu]);
}

static void smp_mb_on(struct kunit_explore_views *views, unsigned int cpu)
{
	smp_rmb_on(views, cpu);
	views->seen[cpu] = view_join(views->seen[cpu], views->smp_mb);
	views->smp_mb = views->seen[cpu];
	views->release[cpu] = views->seen[cpu];
}

static void rmb_on(struct kunit_explore_views *views, unsigned int cpu)
{
	smp_rmb_on(views, cpu);
	views->seen[cpu] = view_join(views->seen[cpu], views->device[cpu]);
}

static void wmb_on(struct kunit_explore_views *views, unsigned int cpu)
{
	smp_wmb_on(views, cpu);
	views->visible = view_join(views->visible, views->release[cpu]);
}

static void mb_on(struct kunit_explore_views *views, unsigned int cpu)
{
	rmb_on(views, cpu);
	views->seen[cpu] = view_join(views->seen[cpu], views->visible);
	smp_mb_on(views, cpu);
	views->visible = view_join(views->visible, views->seen[cpu]);
}

/**
 * kunit_explore_barrier() - A CPU executes a barrier
 * @mem: the memory
 * @cpu: the CPU
 * @barrier: which one
 */
void kunit_explore_barrier(struct kunit_explore_memory *mem, unsigned int cpu,
			   enum kunit_explore_barrier barrier)
{
	static void (* const execute[])(struct kunit_explore_views *views, unsigned int cpu) = {
		[KUNIT_EXPLORE_SMP_RMB]	= smp_rmb_on,
		[KUNIT_EXPLORE_SMP_WMB]	= smp_wmb_on,
		[KUNIT_EXPLORE_SMP_MB]	= smp_mb_on,
		[KUNIT_EXPLORE_RMB]	= rmb_on,
		[KUNIT_EXPLORE_WMB]	= wmb_on,
		[KUNIT_EXPLORE_MB]	= mb_on,
	};

	if (!mem->weak)
		return;
	execute[barrier](&mem->views, cpu);
	tidy(mem);
}
EXPORT_SYMBOL_GPL(kunit_explore_barrier);

/**
 * kunit_explore_begin() - An actor starts on a CPU
 * @mem: the memory
 * @cpu: the CPU
 */
void kunit_explore_begin(struct kunit_explore_memory *mem, unsigned int cpu)
{
	if (!mem->weak)
		return;
	mem->active[cpu]++;
	kunit_explore_barrier(mem, cpu, KUNIT_EXPLORE_MB);
}
EXPORT_SYMBOL_GPL(kunit_explore_begin);

/**
 * kunit_explore_finish() - An actor has returned
 * @mem: the memory
 * @cpu: its CPU
 */
void kunit_explore_finish(struct kunit_explore_memory *mem, unsigned int cpu)
{
	struct kunit_explore_views *views = &mem->views;

	if (!mem->weak)
		return;
	mb_on(views, cpu);
	if (!--mem->active[cpu]) {
		views->seen[cpu] = 0;
		views->loaded[cpu] = 0;
		views->device[cpu] = 0;
		views->stored[cpu] = 0;
		views->release[cpu] = 0;
	}
	tidy(mem);
}
EXPORT_SYMBOL_GPL(kunit_explore_finish);

/**
 * kunit_explore_newest() - The value that a variable has in the end, if nothing follows
 * @mem: the memory
 * @var: the variable
 */
u8 kunit_explore_newest(const struct kunit_explore_memory *mem, unsigned int var)
{
	return mem->value[var][mem->newest[var]];
}
EXPORT_SYMBOL_GPL(kunit_explore_newest);

/**
 * kunit_explore_loads() - How many values a load may find
 * @mem: the memory
 * @cpu: that loads
 * @var: the variable
 */
unsigned int kunit_explore_loads(const struct kunit_explore_memory *mem, unsigned int cpu,
				 unsigned int var)
{
	return mem->newest[var] - view_get(mem->views.seen[cpu], var) + 1;
}
EXPORT_SYMBOL_GPL(kunit_explore_loads);

/**
 * kunit_explore_peek() - The value that a load would find
 * @mem: the memory
 * @var: the variable
 * @outcome: 0: the newest value, 1: the one before...
 */
u8 kunit_explore_peek(const struct kunit_explore_memory *mem, unsigned int var,
		      unsigned int outcome)
{
	return mem->value[var][mem->newest[var] - outcome];
}
EXPORT_SYMBOL_GPL(kunit_explore_peek);

/**
 * kunit_explore_load() - A CPU loads a variable
 * @mem: the memory
 * @cpu: the CPU
 * @var: the variable
 * @order: KUNIT_EXPLORE_RELAXED or KUNIT_EXPLORE_ACQUIRE
 * @outcome: less than kunit_explore_loads()
 *
 * Return: the value.
 */
u8 kunit_explore_load(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
		      enum kunit_explore_order order, unsigned int outcome)
{
	struct kunit_explore_views *views = &mem->views;
	u8 index = mem->newest[var] - outcome, value = mem->value[var][index];

	if (!mem->weak)
		return value;
	views->seen[cpu] = view_set(views->seen[cpu], var, index);
	views->loaded[cpu] = view_join(views->loaded[cpu], views->carried[var][index]);
	if (order == KUNIT_EXPLORE_ACQUIRE)
		views->seen[cpu] = view_join(views->seen[cpu], views->carried[var][index]);
	tidy(mem);

	return value;
}
EXPORT_SYMBOL_GPL(kunit_explore_load);

/**
 * kunit_explore_stores() - How many places a store may have among the values
 * @mem: the memory
 * @cpu: that stores
 * @var: the variable
 * @order: KUNIT_EXPLORE_RELAXED or KUNIT_EXPLORE_RELEASE
 */
unsigned int kunit_explore_stores(const struct kunit_explore_memory *mem, unsigned int cpu,
				  unsigned int var, enum kunit_explore_order order)
{
	int seen = view_get(mem->views.seen[cpu], var), at = mem->newest[var];

	if (order == KUNIT_EXPLORE_RELEASE)
		seen = max(seen, (int)view_get(mem->views.loaded[cpu], var));
	/* The oldest value is forgotten, if there is no room. */
	if (at == KUNIT_EXPLORE_VALUES - 1)
		seen = max(seen, 1);
	while (at > seen && !(mem->glued[var] & BIT(at)))
		at--;

	return mem->newest[var] - at + 1;
}
EXPORT_SYMBOL_GPL(kunit_explore_stores);

/* Puts a value behind @outcome newer ones. */
static void put_value(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
		      u8 value, u16 carried, unsigned int outcome)
{
	struct kunit_explore_views *views = &mem->views;
	unsigned int at, i;
	u8 above;

	at = ++mem->newest[var] - outcome;
	views_move(mem, var, at, 1);
	for (i = mem->newest[var]; i > at; i--) {
		mem->value[var][i] = mem->value[var][i - 1];
		views->carried[var][i] = views->carried[var][i - 1];
	}
	above = mem->glued[var] & ~(BIT(at) - 1);
	mem->glued[var] = (mem->glued[var] & (BIT(at) - 1)) | above << 1;
	mem->value[var][at] = value;
	views->carried[var][at] = view_set(carried, var, at);
	views->seen[cpu] = view_set(views->seen[cpu], var, at);
	views->stored[cpu] = view_set(views->stored[cpu], var, at);
}

/* Before the view that a value carries is taken: indices change. */
static void make_room(struct kunit_explore_memory *mem, unsigned int var)
{
	if (mem->newest[var] == KUNIT_EXPLORE_VALUES - 1)
		forget(mem, var);
}

/**
 * kunit_explore_store() - A CPU stores to a variable
 * @mem: the memory
 * @cpu: the CPU
 * @var: the variable
 * @value: the value
 * @order: KUNIT_EXPLORE_RELAXED or KUNIT_EXPLORE_RELEASE
 * @outcome: how many newer values it goes before; less than kunit_explore_stores()
 */
void kunit_explore_store(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
			 u8 value, enum kunit_explore_order order, unsigned int outcome)
{
	struct kunit_explore_views *views = &mem->views;
	u16 carried;

	if (!mem->weak) {
		mem->value[var][0] = value;
		return;
	}
	make_room(mem, var);
	carried = views->release[cpu];
	if (order == KUNIT_EXPLORE_RELEASE)
		carried = view_join(views->seen[cpu], views->loaded[cpu]);
	put_value(mem, cpu, var, value, carried, outcome);
	tidy(mem);
}
EXPORT_SYMBOL_GPL(kunit_explore_store);

/**
 * kunit_explore_rmw() - A CPU replaces the newest value of a variable
 * @mem: the memory
 * @cpu: the CPU
 * @var: the variable
 * @value: the new value
 * @order: what it orders
 *
 * Return: the value before.
 */
u8 kunit_explore_rmw(struct kunit_explore_memory *mem, unsigned int cpu, unsigned int var,
		     u8 value, enum kunit_explore_order order)
{
	struct kunit_explore_views *views = &mem->views;
	u16 carried, before;
	u8 was;

	if (!mem->weak) {
		was = mem->value[var][0];
		mem->value[var][0] = value;
		return was;
	}
	if (order == KUNIT_EXPLORE_FULL)
		smp_mb_on(views, cpu);
	make_room(mem, var);
	was = kunit_explore_newest(mem, var);
	before = views->carried[var][mem->newest[var]];
	carried = views->release[cpu];
	if (order == KUNIT_EXPLORE_RELEASE)
		carried = view_join(views->seen[cpu], views->loaded[cpu]);
	views->loaded[cpu] = view_join(views->loaded[cpu], before);
	if (order == KUNIT_EXPLORE_ACQUIRE)
		views->seen[cpu] = view_join(views->seen[cpu], before);
	put_value(mem, cpu, var, value, view_join(carried, before), 0);
	mem->glued[var] |= BIT(mem->newest[var]);
	if (order == KUNIT_EXPLORE_FULL)
		smp_mb_on(views, cpu);
	tidy(mem);

	return was;
}
EXPORT_SYMBOL_GPL(kunit_explore_rmw);

/**
 * kunit_explore_read_device() - A CPU has read a register of a device
 * @mem: the memory
 * @cpu: the CPU
 *
 * After rmb() or mb(), it sees what was visible then.
 */
void kunit_explore_read_device(struct kunit_explore_memory *mem, unsigned int cpu)
{
	struct kunit_explore_views *views = &mem->views;

	if (!mem->weak)
		return;
	views->device[cpu] = view_join(views->device[cpu], views->visible);
	tidy(mem);
}
EXPORT_SYMBOL_GPL(kunit_explore_read_device);
