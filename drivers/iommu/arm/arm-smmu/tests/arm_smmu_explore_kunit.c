// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every schedule of the driver's fault path in bounded scenarios.
 *
 * The code is that of arm-smmu-fault.c, arm-smmu-sctlr.c and arm-smmu-power.c,
 * compiled a second time (explore_driver.c). The invariants are those of
 * explore_smmu.c. One schedule is run again, step by step, with the parameter
 * replay=CASE:STEPS, as a failing test prints it.
 */

#include <linux/moduleparam.h>

#include <kunit/test.h>

#include "explore_smmu.h"

static char *replay;
module_param(replay, charp, 0400);
MODULE_PARM_DESC(replay, "schedule to run, CASE:STEPS");

#define EXPLORE_LIMIT	3000000

static const struct {
	u32		scenario;
} explore_param[] = {
	{ EXPLORE_ONE_BANK },
	{ EXPLORE_TWO_BANKS },
	{ EXPLORE_CALLBACK_STALL },
	{ EXPLORE_SET_STALL },
	{ EXPLORE_SUSPEND },
	{ EXPLORE_TEARDOWN },
	{ EXPLORE_RESET },
};

static void explore_describe(const typeof(explore_param[0]) *param, char *desc)
{
	struct explore_case c = { .scenario = param->scenario };

	explore_case_name(&c, desc);
	*strchr(desc, '.') = '\0';
}
KUNIT_ARRAY_PARAM(explore, explore_param, explore_describe);

static void nothing_is_broken(struct kunit *test)
{
	const typeof(explore_param[0]) *param = test->param_value;
	struct explore_code *code =
		explore_code(test, &explore_masked, param->scenario & EXPLORE_TWO_BANKS ? 2 : 1);
	struct kunit_explore_result result;
	char name[EXPLORE_CASE_NAME];
	struct explore_case c;
	unsigned int i, p;

	for (i = 0; i < 8; i++) {
		c = (struct explore_case) {
			.scenario = param->scenario,
			.ss_asserts = i & 1,
			.same_cpu = i & 2,
			.posted = i & 4,
		};
		explore_case_name(&c, name);
		KUNIT_ASSERT_EQ(test, 0, explore_run(test, code, &c, EXPLORE_LIMIT, &result));
		kunit_info(test, "%s: %u states, %u transitions, %u schedules, depth %u", name,
			   result.states, result.transitions, result.schedules, result.depth);
		KUNIT_EXPECT_TRUE_MSG(test, result.complete, "%s", name);
		for (p = 0; p < KUNIT_EXPLORE_PROPERTIES; p++) {
			if (p == EXPLORE_HANDLED || p == EXPLORE_BESIDE)
				continue;
			KUNIT_EXPECT_NULL_MSG(test, result.schedule[p], "property %u: %s:%s", p, name,
					      result.schedule[p]);
		}
	}
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
