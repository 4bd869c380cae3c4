// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every schedule of the driver's fault path in bounded scenarios.
 *
 * The code is that of arm-smmu-fault.c, arm-smmu-sctlr.c and arm-smmu-power.c,
 * compiled a second time (explore_driver.c). The invariants are those of
 * explore_smmu.c. Scenarios whose states are many get one fault a bank here.
 */

#include <kunit/test.h>

#include "explore_smmu.h"

#define EXPLORE_LIMIT	16000000

/**
 * struct explore_param - A scenario
 * @scenario: EXPLORE_ONE_BANK etc.
 * @faults: &explore_case.faults
 * @states: at least so many, in all cases: a search that shrinks has to be looked at
 * @schedules: likewise, see &kunit_explore_result.schedules
 */
struct explore_param {
	u32		scenario;
	u8		faults;
	unsigned int	states;
	unsigned int	schedules;
};

static const struct explore_param explore_params[] = {
	{ EXPLORE_ONE_BANK, 0, 4016836, 4752516 },
	{ EXPLORE_TWO_BANKS, 1, 4010926, 5481820 },
	{ EXPLORE_CALLBACK_STALL, 0, 255710, 255188 },
	{ EXPLORE_SET_STALL, 1, 4123716, 7944586 },
	{ EXPLORE_SUSPEND, 0, 4526579, 8188797 },
	{ EXPLORE_TEARDOWN, 1, 945165, 1702073 },
	{ EXPLORE_RESET, 0, 495150, 703799 },
	{ EXPLORE_TWO_BANKS | EXPLORE_RESET, 1, 196762, 324975 },
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

/* One that breaks something is printed step by step: somebody has to look at it. */
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
	KUNIT_EXPECT_EQ(test, 0, explore_replay(test, code, c, schedule,
						broken ? explore_line : NULL, test, &cost,
						&violated));
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
	unsigned int i, p, states = 0, schedules = 0;

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
		KUNIT_ASSERT_EQ(test, 0, explore_run(test, code, &c, EXPLORE_LIMIT, &result));
		kunit_info(test, "%s: %u states, %u transitions, %u schedules, depth %u", name,
			   result.states, result.transitions, result.schedules, result.depth);
		states += result.states;
		schedules += result.schedules;
		KUNIT_EXPECT_TRUE_MSG(test, result.complete, "%s", name);
		for (p = 0; p < KUNIT_EXPLORE_PROPERTIES; p++) {
			if (result.schedule[p])
				replay(test, code, &c, result.schedule[p], p);
		}
	}
	kunit_info(test, "in all: %u states, %u schedules", states, schedules);
	KUNIT_EXPECT_GE(test, states, param->states);
	KUNIT_EXPECT_GE(test, schedules, param->schedules);
}

static struct kunit_case explore_cases[] = {
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
