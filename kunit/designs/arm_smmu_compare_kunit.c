// SPDX-License-Identifier: GPL-2.0-only
/*
 * The designs compared: each one through every schedule of every scenario, and of
 * every pair of them.
 *
 * Prints lines that begin with "explore:", for kunit/designs/compare.sh. Asserts that the
 * driver is not broken, that what is known of the others is found, and that the driver
 * is broken without any of its pieces.
 */

#include <linux/bitops.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#include <kunit/test.h>

#include "designs.h"

static char *replay;
module_param(replay, charp, 0400);
MODULE_PARM_DESC(replay, "what to run instead: DESIGN,CASE:STEPS");

/* A case that has more states is not explored to the end. The table does without some. */
#define COMPARE_LIMIT	16000000
#define COMPARE_OTHERS	1000000

#define I(n)		BIT((n) - 1)
#define INVARIANTS	GENMASK(EXPLORE_INVARIANTS - 1, 0)

#define PIECE(name, where, device, breaks) extern const struct explore_design explore_masked_##name;
#include "pieces.h"
#undef PIECE

/**
 * struct compare_known - What is known before
 * @scenario: EXPLORE_ONE_BANK etc., alone
 * @broken: invariants that are broken there, in one case or another
 */
struct compare_known {
	u32	scenario;
	u32	broken;
};

/**
 * struct compare_design - A design
 * @design: its code
 * @pairs: of scenarios, where these are a test of their own
 * @known: up to the first one without a scenario
 */
struct compare_design {
	const struct explore_design	*design;
	bool				pairs;
	struct compare_known		known[6];
};

/**
 * struct compare_piece - The driver without a piece
 * @design: its code
 * @scenario: where it is broken. 0: in none, that piece is there for another reason.
 * @device: on which device
 * @breaks: number of the first invariant that is broken
 */
struct compare_piece {
	const struct explore_design	*design;
	u32				scenario;
	enum explore_device		device;
	unsigned int			breaks;
};

static const struct compare_piece compare_pieces[] = {
#define PIECE(name, where, device, breaks) { &explore_masked_##name, where, device, breaks },
#include "pieces.h"
#undef PIECE
};

/**
 * struct compare_found - The schedules of a design that show most
 * @rank: by invariant, of the case: see compare_rank()
 * @steps: of the shortest one with that rank
 * @schedule: with the case, or NULL
 */
struct compare_found {
	unsigned int	rank[EXPLORE_INVARIANTS];
	unsigned int	steps[EXPLORE_INVARIANTS];
	char		*schedule[EXPLORE_INVARIANTS];
};

static void compare_piece_desc(const struct compare_piece *param, char *desc)
{
	strscpy(desc, param->design->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(compare_piece, compare_pieces, compare_piece_desc);

/* What shows a thing best has a low rank: a prompt device, one scenario, writes not posted. */
static unsigned int compare_rank(const struct explore_case *c, unsigned int device)
{
	static const u32 order[] = {
		EXPLORE_ONE_BANK, EXPLORE_SET_STALL, EXPLORE_CALLBACK_STALL, EXPLORE_TWO_BANKS,
		EXPLORE_SUSPEND, EXPLORE_TEARDOWN, EXPLORE_RESET,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order) && order[i] != c->scenario; i++)
		;

	return 100 * device + 2 * i + c->posted;
}

/* I6 is what the explorer calls a deadlock or a livelock, or a spurious pass. */
static unsigned int compare_property(const struct kunit_explore_result *result,
				     unsigned int invariant)
{
	static const unsigned int live[] = {
		KUNIT_EXPLORE_LIVELOCK, KUNIT_EXPLORE_DEADLOCK, EXPLORE_WOKEN,
	};
	unsigned int i, found = invariant;

	for (i = 0; i < ARRAY_SIZE(live) && invariant + 1 == 6; i++) {
		if (result->schedule[live[i]] && (found == invariant ||
						  result->steps[live[i]] < result->steps[found]))
			found = live[i];
	}

	return found;
}

/* Explores one case, and prints the verdicts. Returns the invariants broken. */
static u32 compare_case(struct kunit *test, struct explore_code *code,
			const struct explore_design *design, const struct explore_case *c,
			unsigned int device, unsigned int limit, struct compare_found *found,
			bool *complete)
{
	unsigned int rank = compare_rank(c, device);
	struct kunit_explore_result result;
	char name[EXPLORE_CASE_NAME];
	unsigned int i, p;
	u32 broken = 0;

	explore_case_name(c, name);
	KUNIT_ASSERT_EQ(test, explore_run(test, code, c, limit, &result), 0);
	pr_info("explore: run design=%s case=%s states=%u transitions=%u schedules=%u depth=%u end=%s\n",
		design->name, name, result.states, result.transitions, result.schedules,
		result.depth, result.complete ? "complete" : "bounded");
	*complete = result.complete;

	for (i = 0; i < EXPLORE_INVARIANTS; i++) {
		p = compare_property(&result, i);
		if (!result.schedule[p]) {
			pr_info("explore: verdict design=%s case=%s invariant=I%u result=%s%s\n",
				design->name, name, i + 1,
				result.complete ? "holds" : "unexplored",
				result.complete ? "" : " why=too_many_states");
			continue;
		}
		broken |= BIT(i);
		pr_info("explore: verdict design=%s case=%s invariant=I%u result=broken steps=%u sched=%s:%s%s\n",
			design->name, name, i + 1, result.steps[p], name, result.schedule[p],
			p == KUNIT_EXPLORE_LIVELOCK ? " why=livelock" :
			p == KUNIT_EXPLORE_DEADLOCK ? " why=deadlock" :
			p == EXPLORE_WOKEN ? " why=woken_for_nothing" : "");
		if (found->schedule[i] &&
		    (found->rank[i] < rank ||
		     (found->rank[i] == rank && found->steps[i] <= result.steps[p])))
			continue;
		found->rank[i] = rank;
		found->steps[i] = result.steps[p];
		found->schedule[i] = kunit_kzalloc(test, strlen(name) + 1 +
						   strlen(result.schedule[p]) + 1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, found->schedule[i]);
		sprintf(found->schedule[i], "%s:%s", name, result.schedule[p]);
	}

	/* They are many, and long. */
	for (p = 0; p < KUNIT_EXPLORE_PROPERTIES; p++) {
		if (result.schedule[p])
			kunit_kfree(test, result.schedule[p]);
	}

	return broken;
}

static void compare_line(void *data, const char *text)
{
	pr_info("explore: step %s %s\n", (const char *)data, text);
}

/* Runs a schedule, "CASE:STEPS", and prints its steps. */
static int compare_replay(struct kunit *test, const struct explore_design *design,
			  const char *schedule, int invariant, struct explore_cost *cost)
{
	char prefix[EXPLORE_CASE_NAME + 64], name[EXPLORE_CASE_NAME];
	struct explore_code *code;
	struct explore_case c;
	u32 violated;
	int length = explore_case_parse(schedule, &c);

	if (length < 0 || schedule[length] != ':') {
		kunit_err(test, "no such case: %s\n", schedule);
		return -EINVAL;
	}
	explore_case_name(&c, name);
	if (invariant >= 0)
		sprintf(prefix, "design=%s case=%s invariant=I%d", design->name, name,
			invariant + 1);
	else
		sprintf(prefix, "design=%s case=%s", design->name, name);
	/* A schedule says what the callback has to return. */
	c.retry = true;
	code = explore_code(test, design, c.scenario & EXPLORE_TWO_BANKS ? 2 : 1);

	return explore_replay(test, code, &c, schedule + length + 1, compare_line, prefix,
			      cost, &violated);
}

static void compare_print_found(struct kunit *test, const struct explore_design *design,
				const struct compare_found *found)
{
	struct explore_cost cost;
	unsigned int i;

	for (i = 0; i < EXPLORE_INVARIANTS; i++) {
		if (found->schedule[i])
			KUNIT_EXPECT_EQ(test, compare_replay(test, design, found->schedule[i], i,
							     &cost), 0);
	}
}

/* Counted in the shortest schedule that handles a stalled fault. */
static void compare_cost(struct kunit *test, const struct explore_design *design,
			 struct explore_code *code, u32 scenario)
{
	struct explore_case c = {
		.scenario = scenario, .ss_asserts = true, .faults = 1,
	};
	struct kunit_explore_result result;
	struct explore_cost cost;
	u32 violated;

	/* The other bank is there, and has no fault. */
	c.quiet_bank = scenario == EXPLORE_TWO_BANKS;
	KUNIT_ASSERT_EQ(test, explore_run(test, code, &c, COMPARE_LIMIT, &result), 0);
	if (!result.schedule[EXPLORE_HANDLED])
		return;
	KUNIT_ASSERT_EQ(test, explore_replay(test, code, &c, result.schedule[EXPLORE_HANDLED], NULL,
					     NULL, &cost, &violated), 0);
	pr_info("explore: cost design=%s case=%s interrupts=%u wakes=%u reads=%u writes=%u other_reads=%u spurious=%u locks=%u\n",
		design->name, scenario == EXPLORE_TWO_BANKS ? "shared" : "one",
		cost.interrupts, cost.wakes, cost.reads, cost.writes, cost.other_reads,
		cost.spurious, cost.locks);
}

/*
 * What a fault has to wait for that comes while the other bank's callback sleeps, or
 * the work that it has left behind: counted in the shortest schedule to its report.
 */
static void compare_wait(struct kunit *test, const struct explore_design *design,
			 struct explore_code *code)
{
	struct explore_case c = {
		.scenario = EXPLORE_TWO_BANKS, .ss_asserts = true, .faults = 1, .waiting = true,
	};
	struct kunit_explore_result result;
	struct explore_cost cost;
	u32 violated;

	KUNIT_ASSERT_EQ(test, explore_run(test, code, &c, COMPARE_LIMIT, &result), 0);
	KUNIT_ASSERT_TRUE(test, result.complete);
	if (!result.schedule[EXPLORE_WAITED])
		return;
	KUNIT_ASSERT_EQ(test, explore_replay(test, code, &c, result.schedule[EXPLORE_WAITED], NULL,
					     NULL, &cost, &violated), 0);
	pr_info("explore: cost design=%s case=wait callbacks=%u accesses=%u\n",
		design->name, cost.wait_callbacks, cost.wait_accesses);
}

/* One scenario, or two at a time. Those of the driver are two tests: they take long. */
static bool compare_scenario(const struct compare_design *param, u32 scenario)
{
	unsigned int at_once = hweight32(scenario);

	if (param->design == &explore_masked)
		return at_once == (param->pairs ? 2 : 1);

	return at_once == 1 || at_once == 2;
}

static bool compare_driver(const struct explore_design *design)
{
	return design == &explore_masked || design == &explore_resume_first;
}

/*
 * The driver is explored in everything that there is memory for. Of the others, pairs on
 * a prompt device say enough. The models have more states than the driver where two
 * banks' writes are posted, and on the other devices, as SS storms.
 */
static bool compare_explores(const struct explore_design *design, const struct explore_case *c,
			     enum explore_device device)
{
	bool pair = hweight32(c->scenario) == 2, two_banks = c->scenario & EXPLORE_TWO_BANKS;
	const u32 many = EXPLORE_ONE_BANK | EXPLORE_TWO_BANKS | EXPLORE_SET_STALL;

	if (device == EXPLORE_PROMPT || device == EXPLORE_MULTI)
		return design == &explore_masked ||
		       !c->posted || !(two_banks || (pair && compare_driver(design)));
	if (design == &explore_masked && device == EXPLORE_HARDEST)
		return !pair || !(c->scenario & many);
	if (pair)
		return false;
	if (design == &explore_masked)
		return !c->posted || c->scenario == EXPLORE_ONE_BANK || !(c->scenario & many);
	if (c->posted || device == EXPLORE_TWO_LATE || device == EXPLORE_FLOOD)
		return false;

	return compare_driver(design) ? device != EXPLORE_SWAPPED :
	       device != EXPLORE_HARDEST && !two_banks && !(c->scenario & EXPLORE_SET_STALL);
}

static void compare_design(struct kunit *test, const struct compare_design *param)
{
	const struct explore_design *design = param->design;
	unsigned int limit = design == &explore_oneshot_unmasked ? COMPARE_OTHERS : COMPARE_LIMIT;
	struct explore_code *code[] = {
		explore_code(test, design, 1), explore_code(test, design, 2),
	};
	const struct compare_known *known;
	struct compare_found found = {};
	bool holds = compare_driver(design);
	u32 scenario, broken, i;
	bool complete;

	if (replay)
		kunit_skip(test, "replay=");

	for (scenario = 1; scenario < BIT(EXPLORE_SCENARIOS); scenario++) {
		broken = 0;
		for (i = 0; i < EXPLORE_CASES && compare_scenario(param, scenario); i++) {
			struct explore_case c = { .scenario = scenario, .retry = true };
			enum explore_device device = i / EXPLORE_DEVICE_CASES;

			if (!explore_case_number(&c, i) ||
			    !compare_explores(design, &c, device))
				continue;
			/* Pairs have so many states that one fault a bank must do. */
			if (hweight32(scenario) == 2) {
				c.faults = scenario & EXPLORE_ONE_BANK ? 3 : 1;
			} else if (scenario == EXPLORE_SET_STALL && device > EXPLORE_MULTI) {
				c.faults = 1;
				c.retry = device != EXPLORE_HARDEST;
			}
			broken |= compare_case(test, code[!!(scenario & EXPLORE_TWO_BANKS)],
					       design, &c, device, limit,
					       &found, &complete);
			if (holds)
				KUNIT_EXPECT_TRUE(test, complete);
		}
		if (holds)
			KUNIT_EXPECT_EQ(test, broken, 0);
		for (i = 0; i < ARRAY_SIZE(param->known); i++) {
			known = &param->known[i];
			if (known->scenario == scenario)
				KUNIT_EXPECT_EQ(test, broken & known->broken, known->broken);
		}
	}
	compare_print_found(test, design, &found);
	if (param->pairs)
		return;
	compare_cost(test, design, code[0], EXPLORE_ONE_BANK);
	compare_cost(test, design, code[1], EXPLORE_TWO_BANKS);
	compare_wait(test, design, code[1]);
}

/* A test for each, so that kernels of one CPU can share the work. */
#define DESIGN(name, ...)								\
static const struct compare_design compare_##name = {					\
	.design = &explore_##name, .known = { __VA_ARGS__ },				\
};											\
static void name(struct kunit *test)							\
{											\
	compare_design(test, &compare_##name);						\
}

DESIGN(masked)
DESIGN(resume_first)

static void masked_pairs(struct kunit *test)
{
	static const struct compare_design pairs = { .design = &explore_masked, .pairs = true };

	compare_design(test, &pairs);
}

DESIGN(stock,
       { EXPLORE_ONE_BANK, I(1) | I(2) | I(6) | I(10) },
       { EXPLORE_SET_STALL, I(5) },
       { EXPLORE_SUSPEND, I(8) },
       { EXPLORE_TEARDOWN, I(9) },
       { EXPLORE_RESET, I(2) })

DESIGN(v5,
       { EXPLORE_ONE_BANK, I(10) },
       { EXPLORE_SUSPEND, I(8) },
       { EXPLORE_TEARDOWN, I(9) },
       { EXPLORE_RESET, I(2) })

DESIGN(v5_nolock,
       { EXPLORE_ONE_BANK, I(6) | I(10) },
       { EXPLORE_SET_STALL, I(4) | I(5) | I(6) },
       { EXPLORE_SUSPEND, I(8) },
       { EXPLORE_TEARDOWN, I(9) },
       { EXPLORE_RESET, I(2) })

DESIGN(landed,
       { EXPLORE_ONE_BANK, I(2) },
       { EXPLORE_TWO_BANKS, I(7) },
       { EXPLORE_SUSPEND, I(8) },
       { EXPLORE_TEARDOWN, I(9) },
       { EXPLORE_RESET, I(2) })

DESIGN(oneshot,
       { EXPLORE_TWO_BANKS, I(7) },
       { EXPLORE_SET_STALL, I(4) | I(5) },
       { EXPLORE_SUSPEND, I(8) },
       { EXPLORE_TEARDOWN, I(9) },
       { EXPLORE_RESET, I(2) })

DESIGN(oneshot_unmasked,
       { EXPLORE_ONE_BANK, I(6) })

static u32 compare_piece_scenario(struct kunit *test, const struct explore_design *design,
				  u32 scenario, enum explore_device device,
				  struct compare_found *found)
{
	struct explore_code *code = explore_code(test, design,
						 scenario & EXPLORE_TWO_BANKS ? 2 : 1);
	u32 broken = 0, i;
	bool complete;

	for (i = 0; i < EXPLORE_DEVICE_CASES; i++) {
		struct explore_case c = {
			.scenario = scenario,
			/* More than these would do take long. */
			.faults = scenario & (EXPLORE_TWO_BANKS | EXPLORE_SET_STALL |
					      EXPLORE_TEARDOWN) ? 1 :
				  device != EXPLORE_PROMPT ? 2 : 0,
			.retry = scenario == EXPLORE_ONE_BANK,
		};

		if (!explore_case_number(&c, device * EXPLORE_DEVICE_CASES + i))
			continue;
		broken |= compare_case(test, code, design, &c, device, COMPARE_LIMIT, found,
				       &complete);
	}

	return broken;
}

static void each_piece(struct kunit *test)
{
	const struct compare_piece *param = test->param_value;
	struct compare_found found = {};
	u32 broken = 0, i;

	if (replay)
		kunit_skip(test, "replay=");

	if (param->scenario) {
		broken = compare_piece_scenario(test, param->design, param->scenario,
						param->device, &found);
		KUNIT_EXPECT_EQ(test, ffs(broken), param->breaks);
	} else {
		for (i = 0; i < EXPLORE_SCENARIOS; i++) {
			broken |= compare_piece_scenario(test, param->design, BIT(i),
							 EXPLORE_PROMPT, &found);
			/* Two banks on that device take as long as all else. */
			if (BIT(i) != EXPLORE_TWO_BANKS)
				broken |= compare_piece_scenario(test, param->design, BIT(i),
								 EXPLORE_HARDEST, &found);
		}
		KUNIT_EXPECT_EQ(test, broken, 0);
	}
	compare_print_found(test, param->design, &found);
}

static const struct explore_design *compare_find(const char *name, size_t length)
{
	static const struct explore_design * const designs[] = {
		&explore_masked, &explore_stock, &explore_v5, &explore_v5_nolock,
		&explore_landed, &explore_oneshot, &explore_oneshot_unmasked,
		&explore_resume_first,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(designs); i++) {
		if (!strncmp(designs[i]->name, name, length) && !designs[i]->name[length])
			return designs[i];
	}
	for (i = 0; i < ARRAY_SIZE(compare_pieces); i++) {
		if (!strncmp(compare_pieces[i].design->name, name, length) &&
		    !compare_pieces[i].design->name[length])
			return compare_pieces[i].design;
	}

	return NULL;
}

/* Only with replay= */
static void one_schedule(struct kunit *test)
{
	const struct explore_design *design;
	struct explore_cost cost;
	char *comma;

	if (!replay)
		kunit_skip(test, "no replay=");
	comma = strchr(replay, ',');
	design = comma ? compare_find(replay, comma - replay) : NULL;
	KUNIT_ASSERT_NOT_NULL_MSG(test, design, "no such design: %s", replay);
	KUNIT_EXPECT_EQ(test, compare_replay(test, design, comma + 1, -1, &cost), 0);
}

static struct kunit_case compare_cases[] = {
#define DESIGN_CASE(name) KUNIT_CASE_ATTR(name, { .speed = KUNIT_SPEED_VERY_SLOW })
	DESIGN_CASE(masked),
	DESIGN_CASE(masked_pairs),
	DESIGN_CASE(resume_first),
	DESIGN_CASE(stock),
	DESIGN_CASE(v5),
	DESIGN_CASE(v5_nolock),
	DESIGN_CASE(landed),
	DESIGN_CASE(oneshot),
	DESIGN_CASE(oneshot_unmasked),
	KUNIT_CASE_PARAM_ATTR(each_piece, compare_piece_gen_params,
			      { .speed = KUNIT_SPEED_VERY_SLOW }),
	KUNIT_CASE(one_schedule),
	{}
};

static struct kunit_suite compare_suite = {
	.name = "arm_smmu_compare",
	.test_cases = compare_cases,
};

kunit_test_suite(compare_suite);

MODULE_DESCRIPTION("Arm SMMU: designs of the fault path compared");
MODULE_LICENSE("GPL");
