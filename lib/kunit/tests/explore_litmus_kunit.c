// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the explorer's weak memory: the standard litmus tests, each with every barrier
 * that fits between two accesses, or none. The verdicts are those of herd7 with the memory
 * model of the kernel (tools/memory-model).
 *
 * Each test prints itself as herd7 reads it, after "litmus:".
 */

#include <kunit/explore_scenario.h>
#include <kunit/test.h>
#include <kunit/explore_shim.h>

#define CPUS		4
#define ACCESSES	2
#define ORDERS		4

/* What stands between the accesses of a CPU, or what kind one of them is of */
enum order { NONE, MB, WMB, RMB, ACQUIRE, RELEASE };

static const char * const order_names[] = {
	[NONE] = "po", [MB] = "mb", [WMB] = "wmb", [RMB] = "rmb", [ACQUIRE] = "acq",
	[RELEASE] = "rel",
};

static const char * const barriers[RELEASE + 1] = {
	[MB] = "smp_mb();", [WMB] = "smp_wmb();", [RMB] = "smp_rmb();",
};

/**
 * struct access - An access of a CPU
 * @var: 'x' or 'y'; 0: none
 * @store: what is stored; 0: a load
 * @wanted: what a load finds, in the result that is looked for
 */
struct access {
	char	var;
	u8	store;
	u8	wanted;
};

/**
 * struct shape - A litmus test without its barriers
 * @name: as it is known
 * @cpus: what each one does
 * @x: last value of x in the result that is looked for; 0: any
 * @y: likewise
 * @verdicts: by the orders of the last two CPUs, as in orders_of(): whether there is the
 *	result, 'S'ometimes or 'N'ever. 's': sometimes, but the explorer does not find it,
 *	see explore_memory.h
 */
struct shape {
	const char	*name;
	struct access	cpus[CPUS][ACCESSES];
	u8		x, y;
	const char	*verdicts[ORDERS];
};

static const struct shape shapes[] = {
	{ "SB", { { { 'x', 1 }, { 'y' } }, { { 'y', 1 }, { 'x' } } },
	  .verdicts = { "SS", "SN" } },
	{ "MP", { { { 'x', 1 }, { 'y', 1 } }, { { 'y', 0, 1 }, { 'x' } } },
	  .verdicts = { "SSSS", "SNNN", "SNNN", "SNNN" } },
	{ "LB", { { { 'x', 0, 1 }, { 'y', 1 } }, { { 'y', 0, 1 }, { 'x', 1 } } },
	  .verdicts = { "ssss", "sNNN", "sNNN", "sNNN" } },
	{ "S", { { { 'x', 2 }, { 'y', 1 } }, { { 'y', 0, 1 }, { 'x', 1 } } }, .x = 2,
	  .verdicts = { "SSSS", "SNNN", "SNNN", "SNNN" } },
	{ "R", { { { 'x', 1 }, { 'y', 1 } }, { { 'y', 2 }, { 'x' } } }, .y = 2,
	  .verdicts = { "SS", "SN", "SS", "SS" } },
	{ "2+2W", { { { 'x', 1 }, { 'y', 2 } }, { { 'y', 1 }, { 'x', 2 } } }, .x = 1, .y = 1,
	  .verdicts = { "SSSS", "SNSS", "SSSS", "SSSS" } },
	{ "CoRR", { { { 'x', 1 } }, { { 'x', 0, 1 }, { 'x' } } },
	  .verdicts = { "NNNN" } },
	{ "IRIW", { { { 'x', 1 } }, { { 'y', 1 } }, { { 'x', 0, 1 }, { 'y' } },
		    { { 'y', 0, 1 }, { 'x' } } },
	  .verdicts = { "SSSS", "SNSS", "SSSS", "SSSS" } },
};

/* What is being explored: the CPUs' code, and what they have loaded. */
static struct {
	const struct shape	*shape;
	enum order		order[CPUS];
	int			x, y;
	int			loaded[CPUS];
} litmus;

/* Which orders there are between two accesses, up to one that is NONE again */
static const enum order *orders_of(const struct access *accesses)
{
	static const enum order orders[2][2][ORDERS] = {
		{ { NONE, MB, RMB, ACQUIRE }, { NONE, MB, ACQUIRE, RELEASE } },
		{ { NONE, MB }, { NONE, MB, WMB, RELEASE } },
	};

	return orders[!!accesses[0].store][!!accesses[1].store];
}

static int run_access(const struct access *access, enum order order, int which)
{
	int *p = access->var == 'x' ? &litmus.x : &litmus.y;

	if (access->store && order == RELEASE && which)
		smp_store_release(p, access->store);
	else if (access->store)
		WRITE_ONCE(*p, access->store);
	else if (order == ACQUIRE && !which)
		return smp_load_acquire(p);
	else
		return READ_ONCE(*p);

	return 0;
}

static void run_cpu(int cpu)
{
	const struct access *accesses = litmus.shape->cpus[cpu];
	enum order order = litmus.order[cpu];
	int loaded;

	loaded = run_access(&accesses[0], order, 0);
	if (!accesses[1].var)
		return;
	if (order == MB)
		smp_mb();
	else if (order == WMB)
		smp_wmb();
	else if (order == RMB)
		smp_rmb();
	loaded |= run_access(&accesses[1], order, 1) << 4;
	WRITE_ONCE(litmus.loaded[cpu], loaded);
}

static void cpu0(void) { run_cpu(0); }
static void cpu1(void) { run_cpu(1); }
static void cpu2(void) { run_cpu(2); }
static void cpu3(void) { run_cpu(3); }

static bool not_the_result(void)
{
	const struct shape *shape = litmus.shape;
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		if (litmus.loaded[cpu] != (shape->cpus[cpu][0].wanted |
					   shape->cpus[cpu][1].wanted << 4))
			return true;
	}

	return (shape->x && litmus.x != shape->x) || (shape->y && litmus.y != shape->y);
}

static void print_access(struct kunit *test, const struct access *access, enum order order,
			 int which)
{
	if (access->store && order == RELEASE && which)
		kunit_info(test, "litmus:\tsmp_store_release(%c, %d);\n", access->var,
			   access->store);
	else if (access->store)
		kunit_info(test, "litmus:\tWRITE_ONCE(*%c, %d);\n", access->var, access->store);
	else if (order == ACQUIRE && !which)
		kunit_info(test, "litmus:\tint r%d = smp_load_acquire(%c);\n", which, access->var);
	else
		kunit_info(test, "litmus:\tint r%d = READ_ONCE(*%c);\n", which, access->var);
}

/* As herd7 reads it */
static void print_litmus(struct kunit *test, const char *name)
{
	const struct access *access;
	char exists[96] = "", *p = exists;
	int cpu, i;

	kunit_info(test, "litmus:C %s\n", name);
	kunit_info(test, "litmus:{}\n");
	for (cpu = 0; cpu < CPUS && litmus.shape->cpus[cpu][0].var; cpu++) {
		kunit_info(test, "litmus:P%d(int *x, int *y)\n", cpu);
		kunit_info(test, "litmus:{\n");
		for (i = 0; i < ACCESSES && litmus.shape->cpus[cpu][i].var; i++) {
			access = &litmus.shape->cpus[cpu][i];
			if (i && barriers[litmus.order[cpu]])
				kunit_info(test, "litmus:\t%s\n", barriers[litmus.order[cpu]]);
			print_access(test, access, litmus.order[cpu], i);
			if (!access->store)
				p += sprintf(p, "%s%d:r%d=%d", p == exists ? "" : " /\\ ", cpu, i,
					     access->wanted);
		}
		kunit_info(test, "litmus:}\n");
	}
	if (litmus.shape->x)
		p += sprintf(p, "%sx=%d", p == exists ? "" : " /\\ ", litmus.shape->x);
	if (litmus.shape->y)
		p += sprintf(p, "%sy=%d", p == exists ? "" : " /\\ ", litmus.shape->y);
	kunit_info(test, "litmus:exists (%s)\n", exists);
}

static void explore_litmus(struct kunit *test, char verdict)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = {
			{ cpu0 }, { cpu1, .cpu = 1 }, { cpu2, .cpu = 2 }, { cpu3, .cpu = 3 },
		},
		.at_rest = not_the_result,
		.weak = true,
		.quiet = true,
	};
	struct kunit_explore_result result;
	int last = litmus.shape->cpus[2][0].var ? 3 : 1;
	bool found;
	char name[32];

	sprintf(name, "%s+%s+%s", litmus.shape->name, order_names[litmus.order[last - 1]],
		order_names[litmus.order[last]]);
	print_litmus(test, name);
	kunit_explore_scenario(test, &scenario, &result);
	found = result.violated & BIT(KUNIT_EXPLORE_AT_REST);
	kunit_info(test, "verdict: %s %s\n", name, verdict == 'N' ? "Never" : "Sometimes");
	KUNIT_EXPECT_EQ_MSG(test, found, verdict == 'S', "%s", name);
}

/* Each order of one CPU with each of the other one */
static void each_barrier(struct kunit *test)
{
	const struct shape *shape = test->param_value;
	int last = shape->cpus[2][0].var ? 3 : 1, i, j;
	const enum order *first = orders_of(shape->cpus[last - 1]);
	const enum order *second = orders_of(shape->cpus[last]);

	for (i = 0; i < ORDERS && (!i || first[i]) && shape->verdicts[i]; i++) {
		for (j = 0; j < ORDERS && (!j || second[j]); j++) {
			memset(&litmus, 0, sizeof(litmus));
			litmus.shape = shape;
			litmus.order[last - 1] = first[i];
			litmus.order[last] = second[j];
			explore_litmus(test, shape->verdicts[i][j]);
		}
	}
}

static void shape_desc(const struct shape *shape, char *desc)
{
	strscpy(desc, shape->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(shape, shapes, shape_desc);

static struct kunit_case litmus_cases[] = {
	KUNIT_CASE_PARAM(each_barrier, shape_gen_params),
	{}
};

static struct kunit_suite litmus_suite = {
	.name = "kunit_explore_litmus",
	.test_cases = litmus_cases,
};

kunit_test_suite(litmus_suite);

MODULE_DESCRIPTION("KUnit tests of the schedule explorer: litmus tests");
MODULE_LICENSE("GPL");
