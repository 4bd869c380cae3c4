// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every schedule of the driver's fault path in bounded scenarios.
 *
 * The code is that of arm-smmu-fault.c, arm-smmu-sctlr.c and arm-smmu-power.c,
 * compiled a second time (explore_driver.c). The invariants are those of
 * explore_smmu.c. Scenarios whose states are many get one fault a bank here. With weak
 * memory, and without one of the driver's barriers, the device is the prompt one.
 */

#include <kunit/test.h>

#include "explore_smmu.h"

#define EXPLORE_LIMIT	16000000

/**
 * struct explore_param - A scenario
 * @scenario: EXPLORE_ONE_BANK etc.
 * @faults: &explore_case.faults
 * @states: in all cases there are no fewer
 */
struct explore_param {
	u32		scenario;
	u8		faults;
	unsigned int	states;
};

static const struct explore_param explore_params[] = {
	{ EXPLORE_ONE_BANK, 0, 1500000 },
	{ EXPLORE_TWO_BANKS, 1, 1000000 },
	{ EXPLORE_CALLBACK_STALL, 0, 100000 },
	{ EXPLORE_SET_STALL, 1, 770000 },
	{ EXPLORE_SUSPEND, 0, 2500000 },
	{ EXPLORE_TEARDOWN, 1, 250000 },
	{ EXPLORE_RESET, 0, 300000 },
	{ EXPLORE_TWO_BANKS | EXPLORE_RESET, 1, 80000 },
};

static void explore_describe(const struct explore_param *param, char *desc)
{
	struct explore_case c = { .scenario = param->scenario };

	explore_case_name(&c, desc);
	*strchr(desc, '.') = '\0';
}

KUNIT_ARRAY_PARAM(explore, explore_params, explore_describe);

static void explore_line(void *data, const char *text)
{
	kunit_info((struct kunit *)data, "%s", text);
}

/* Prints a schedule that breaks something, step by step. */
static void replay(struct kunit *test, struct explore_code *code, const struct explore_case *c,
		   const char *schedule, unsigned int property)
{
	bool broken = property != EXPLORE_HANDLED;
	char name[EXPLORE_CASE_NAME];
	struct explore_cost cost;
	u32 violated;

	explore_case_name(c, name);
	if (broken)
		KUNIT_FAIL(test, "property %u: %s:%s", property, name, schedule);
	KUNIT_EXPECT_EQ(test, explore_replay(test, code, c, schedule, broken ? explore_line : NULL,
					     test, &cost, &violated), 0);
	if (!broken)
		KUNIT_EXPECT_GE_MSG(test, cost.writes, 1, "%s:%s", name, schedule);
}

static void nothing_is_broken(struct kunit *test)
{
	const struct explore_param *param = test->param_value;
	struct explore_code *code =
		explore_code(test, &explore_masked, param->scenario & EXPLORE_TWO_BANKS ? 2 : 1);
	struct kunit_explore_result result;
	char name[EXPLORE_CASE_NAME];
	struct explore_case c;
	unsigned int i, p, states = 0;

	/* The hardest device has so many states that it is left to the comparison. */
	for (i = 0; i < EXPLORE_HARDEST * EXPLORE_DEVICE_CASES; i++) {
		c = (struct explore_case) {
			.scenario = param->scenario,
			.faults = param->faults,
			.retry = true,
		};
		if (!explore_case_number(&c, i))
			continue;
		explore_case_name(&c, name);
		KUNIT_ASSERT_EQ(test, explore_run(test, code, &c, EXPLORE_LIMIT, &result), 0);
		kunit_info(test, "%s: %u states, %u transitions, %u schedules, depth %u", name,
			   result.states, result.transitions, result.schedules, result.depth);
		states += result.states;
		KUNIT_EXPECT_TRUE_MSG(test, result.complete, "%s", name);
		for (p = 0; p < KUNIT_EXPLORE_PROPERTIES; p++) {
			if (result.schedule[p])
				replay(test, code, &c, result.schedule[p], p);
		}
	}
	kunit_info(test, "in all: %u states", states);
	KUNIT_EXPECT_GE_MSG(test, states, param->states,
			    "fewer states than before: the driver has fewer steps, or the search leaves something out");
}

/**
 * struct weak_param - A scenario in weak memory
 * @scenario: EXPLORE_ONE_BANK etc.
 * @faults: &explore_case.faults; 0: none
 * @without: what is left out of the driver: EXPLORE_WITHOUT_MB etc.
 * @breaks: the invariant that is broken then, in some case
 */
struct weak_param {
	u32		scenario;
	u8		faults;
	u8		without;
	unsigned int	breaks;
};

static const struct weak_param weak_params[] = {
	{ EXPLORE_ONE_BANK, 3 },
	{ EXPLORE_CALLBACK_STALL, 2 },
	{ EXPLORE_SET_STALL, 1 },
	{ EXPLORE_SUSPEND, 1 },
	{ EXPLORE_TEARDOWN, 1 },
	{ EXPLORE_RESET, 2 },
	{ EXPLORE_SET_STALL | EXPLORE_SUSPEND, 0 },
	{ EXPLORE_SET_STALL | EXPLORE_TEARDOWN, 0 },
	{ EXPLORE_SUSPEND | EXPLORE_TEARDOWN, 0 },
};

static void weak_describe(const struct weak_param *param, char *desc)
{
	struct explore_case c = { .scenario = param->scenario };

	explore_case_name(&c, desc);
	*strchr(desc, '.') = '\0';
}

KUNIT_ARRAY_PARAM(weak, weak_params, weak_describe);

/* Explores one device in weak memory. Returns what is broken in any case. */
static u32 explore_weak(struct kunit *test, const struct weak_param *param, bool show)
{
	struct explore_code *code = explore_weak_code(test, &explore_masked, param->without);
	struct kunit_explore_result result;
	char name[EXPLORE_CASE_NAME];
	u32 broken = 0;
	unsigned int i, p;

	for (i = 0; i < EXPLORE_DEVICE_CASES; i++) {
		struct explore_case c = {
			.scenario = param->scenario,
			.weak = true,
			.faults = param->faults,
			.no_faults = !param->faults,
		};

		/* Of one CPU, the memory is not weak. */
		if (!explore_case_number(&c, i) || c.same_cpu)
			continue;
		explore_case_name(&c, name);
		KUNIT_ASSERT_EQ(test, explore_run(test, code, &c, EXPLORE_LIMIT, &result), 0);
		kunit_info(test, "%s: %u states, %u transitions, %u schedules, depth %u", name,
			   result.states, result.transitions, result.schedules, result.depth);
		KUNIT_EXPECT_TRUE_MSG(test, result.complete, "%s", name);
		for (p = 0; p < KUNIT_EXPLORE_PROPERTIES; p++) {
			if (p == EXPLORE_HANDLED || !result.schedule[p])
				continue;
			broken |= BIT(p);
			kunit_info(test, "property %u: %s:%s", p, name, result.schedule[p]);
			if (show)
				replay(test, code, &c, result.schedule[p], p);
		}
	}

	return broken;
}

static void nothing_is_broken_in_weak_memory(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, explore_weak(test, test->param_value, true), 0);
}

static const struct weak_param barrier_params[] = {
	{ EXPLORE_SUSPEND, 1, EXPLORE_WITHOUT_MB, 8 },
	{ EXPLORE_SET_STALL, 1, EXPLORE_WITHOUT_RMB, 5 },
	{ EXPLORE_SET_STALL, 1, EXPLORE_WITHOUT_WMB, 5 },
	{ EXPLORE_SUSPEND, 1, EXPLORE_WITHOUT_SMP_MB, 8 },
	{ EXPLORE_SET_STALL | EXPLORE_SUSPEND, 0, EXPLORE_WITHOUT_SMP_MB, 5 },
	{ EXPLORE_SET_STALL | EXPLORE_TEARDOWN, 0, EXPLORE_WITHOUT_SMP_MB, 9 },
	{ EXPLORE_SUSPEND, 1, EXPLORE_WITHOUT_AFTER_ATOMIC, 8 },
	/* A loop is a control dependency, and no load follows whose value is old. */
	{ EXPLORE_SUSPEND, 1, EXPLORE_WITHOUT_ACQUIRE, 0 },
	{ EXPLORE_SET_STALL | EXPLORE_TEARDOWN, 0, EXPLORE_WITHOUT_ACQUIRE, 0 },
};

static void barrier_describe(const struct weak_param *param, char *desc)
{
	static const char * const names[] = {
		"mb", "rmb", "wmb", "smp_mb", "smp_mb__after_atomic", "acquire",
	};

	weak_describe(param, desc);
	sprintf(desc + strlen(desc), ".%s", names[ffs(param->without) - 1]);
}

KUNIT_ARRAY_PARAM(barrier, barrier_params, barrier_describe);

static void without_a_barrier(struct kunit *test)
{
	const struct weak_param *param = test->param_value;
	u32 broken = explore_weak(test, param, false);

	if (param->breaks)
		KUNIT_EXPECT_TRUE_MSG(test, broken & BIT(param->breaks - 1), "0x%x", broken);
	else
		KUNIT_EXPECT_EQ(test, broken, 0);
}

static struct kunit_case explore_cases[] = {
	KUNIT_CASE_PARAM_ATTR(nothing_is_broken_in_weak_memory, weak_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(without_a_barrier, barrier_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(nothing_is_broken, explore_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite explore_suite = {
	.name = "arm_smmu_explore",
	.test_cases = explore_cases,
};

kunit_test_suite(explore_suite);

MODULE_DESCRIPTION("KUnit tests of the Arm SMMU driver: every schedule of its fault path");
MODULE_LICENSE("GPL");
