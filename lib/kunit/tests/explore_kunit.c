// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the schedule explorer, on textbook cases.
 */

#include <kunit/explore_scenario.h>
#include <kunit/test.h>

#include <kunit/explore_shim.h>

static int counter;

static void increment(void)
{
	WRITE_ONCE(counter, READ_ONCE(counter) + 1);
}

static bool both_counted(void)
{
	return counter == 2;
}

static void a_lost_update_is_found(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = { { increment }, { increment, .cpu = 1 } },
		.at_rest = both_counted,
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);

	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_AT_REST));
	/* Both start, both load, both store, and return. */
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_AT_REST], "a2b2a2b2");
	KUNIT_EXPECT_EQ(test, result.steps[KUNIT_EXPLORE_AT_REST], 8);
}

/* A search that shrinks leaves something out, whatever the verdict. */
static void expect_states(struct kunit *test, const struct kunit_explore_result *result,
			  unsigned int states)
{
	KUNIT_EXPECT_GE_MSG(test, result->states, states,
			    "fewer states than there are: the search leaves something out");
}

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);

static void increment_locked(void)
{
	spin_lock(&lock_a);
	increment();
	spin_unlock(&lock_a);
}

static void a_lock_saves_the_update(struct kunit *test)
{
	struct kunit_explore_scenario scenario = {
		.functions = { { increment_locked }, { increment_locked, .cpu = 1 } },
		.at_rest = both_counted,
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
	expect_states(test, &result, 43);

	scenario.weak = true;
	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
}

/* Peterson's lock: which of its barriers are there */
static bool between_stores, before_loads;
static int flag[2], turn, inside;

static void peterson(int me)
{
	WRITE_ONCE(flag[me], 1);
	if (between_stores)
		smp_mb();
	WRITE_ONCE(turn, !me);
	if (before_loads)
		smp_mb();
	while (READ_ONCE(flag[!me]) && READ_ONCE(turn) == !me) {
		if (!kunit_explore_again(0))
			return;
	}
	kunit_explore_expect(!xchg_relaxed(&inside, 1));
	WRITE_ONCE(inside, 0);
	smp_store_release(&flag[me], 0);
}

static void peterson_0(void) { peterson(0); }
static void peterson_1(void) { peterson(1); }

static u32 explore_peterson(struct kunit *test, bool weak, bool first, bool second)
{
	struct kunit_explore_scenario scenario = {
		.functions = { { peterson_0 }, { peterson_1, .cpu = 1 } },
		.weak = weak,
	};
	struct kunit_explore_result result;

	between_stores = first;
	before_loads = second;
	kunit_explore_scenario(test, &scenario, &result);
	expect_states(test, &result, 300);

	return result.violated;
}

static void peterson_needs_both_barriers(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, explore_peterson(test, false, false, false), 0);
	KUNIT_EXPECT_EQ(test, explore_peterson(test, true, false, false),
			BIT(KUNIT_EXPLORE_EXPECTED));
	KUNIT_EXPECT_EQ(test, explore_peterson(test, true, true, false),
			BIT(KUNIT_EXPLORE_EXPECTED));
	KUNIT_EXPECT_EQ(test, explore_peterson(test, true, false, true),
			BIT(KUNIT_EXPLORE_EXPECTED));
	KUNIT_EXPECT_EQ(test, explore_peterson(test, true, true, true), 0);
}

/* A lock of one's own, with the barriers of a lock or without */
static int locked;

static void increment_spinning(void)
{
	while (xchg_relaxed(&locked, 1)) {
		if (!kunit_explore_again(0))
			return;
	}
	if (before_loads)
		smp_mb();
	increment();
	if (before_loads)
		smp_store_release(&locked, 0);
	else
		WRITE_ONCE(locked, 0);
}

static void a_lock_without_barriers_loses_an_update(struct kunit *test)
{
	struct kunit_explore_scenario scenario = {
		.functions = { { increment_spinning }, { increment_spinning, .cpu = 1 } },
		.at_rest = both_counted,
	};
	struct kunit_explore_result result;

	before_loads = false;
	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, 0);

	scenario.weak = true;
	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_AT_REST));

	before_loads = true;
	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
}

static void a_then_b(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
}

static void b_then_a(void)
{
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void a_deadlock_is_found(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = { { a_then_b }, { b_then_a, .cpu = 1 } },
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);

	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_DEADLOCK));
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_DEADLOCK], "a2b2");
	expect_states(test, &result, 43);
}

/* Two that give way to each other for ever, unless one of them is lucky. */
static void give_way(int me)
{
	WRITE_ONCE(flag[me], 1);
	while (READ_ONCE(flag[!me])) {
		if (!kunit_explore_again(0))
			return;
	}
	WRITE_ONCE(flag[me], 0);
}

static void give_way_0(void) { give_way(0); }
static void give_way_1(void) { give_way(1); }

static void a_livelock_of_two_tasks_is_found(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = { { give_way_0 }, { give_way_1, .cpu = 1 } },
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);

	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_LIVELOCK));
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_LIVELOCK], "a2b2a");
	expect_states(test, &result, 63);
}

/* A level interrupt line: the task raises it, and means to lower it. */
static int line;

static void only_look(void)
{
	(void)READ_ONCE(line);
}

static void raise_and_lower(void)
{
	WRITE_ONCE(line, 1);
	WRITE_ONCE(line, 0);
}

static void an_interrupt_storm_is_found(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = { { only_look, .hardirq = true, .line = &line }, { raise_and_lower } },
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);

	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_LIVELOCK));
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_LIVELOCK], "b2");
}

static void raise_and_lower_with_irqs_off(void)
{
	unsigned long flags;

	local_irq_save(flags);
	raise_and_lower();
	local_irq_restore(flags);
}

static void interrupts_off_keep_the_storm_away(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = { { only_look, .hardirq = true, .line = &line },
			       { raise_and_lower_with_irqs_off } },
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);

	KUNIT_EXPECT_EQ(test, result.violated, 0);
	/* Nothing else can happen in between. */
	KUNIT_EXPECT_EQ(test, result.schedules, 1);
}

/* A wake-up is a barrier: what was stored before is seen. */
static int message, heard;

static void say(void)
{
	WRITE_ONCE(message, 1);
	kunit_explore_wake(1);
}

static void hear(void)
{
	WRITE_ONCE(heard, READ_ONCE(message));
}

static bool was_heard(void)
{
	return heard == 1;
}

static void a_function_that_is_woken_sees_why(struct kunit *test)
{
	static const struct kunit_explore_scenario scenario = {
		.functions = { { say }, { hear, .cpu = 1, .woken = true } },
		.at_rest = was_heard,
		.weak = true,
	};
	struct kunit_explore_result result;

	kunit_explore_scenario(test, &scenario, &result);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
}

/* What follows has a model of its own: a counter, and two tasks that load and store it. */
enum { LOAD = KUNIT_EXPLORE_OWN, STORE };

struct shared {
	u8	counter;
	u8	started[2];
	u8	unused;
};

static unsigned int may(const struct kunit_explore_model *model, const void *state,
			unsigned int actor, const struct kunit_explore_access *access)
{
	const struct shared *s = state;

	return access->kind != KUNIT_EXPLORE_START || !s->started[actor];
}

static u32 perform(struct kunit_explore *explore, void *state, unsigned int actor,
		   const struct kunit_explore_access *access, unsigned int outcome)
{
	struct shared *s = state;

	if (access->kind == KUNIT_EXPLORE_START)
		s->started[actor] = true;
	else if (access->kind == STORE)
		s->counter = access->arg[0];

	return s->counter;
}

static bool no_event(const struct kunit_explore_model *model, const void *state,
		     unsigned int event)
{
	return false;
}

static void no_check(struct kunit_explore *explore, const void *state,
		     enum kunit_explore_state what)
{
}

static u32 load_and_store(void *arg, u32 start)
{
	u32 was = kunit_explore_access(LOAD, 0, 0, 0);

	kunit_explore_access(STORE, 0, was + 1, 0);
	return 0;
}

/* Does not depend on its answers alone. */
static u32 stray(void *arg, u32 start)
{
	static int run;

	kunit_explore_access(STORE, 0, run++, 0);
	return load_and_store(arg, start);
}

static struct kunit_explore_model *own_model(struct kunit *test, u32 (*a)(void *arg, u32 start))
{
	struct kunit_explore_model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	struct kunit_explore_actor *actors = kunit_kzalloc(test, 2 * sizeof(*actors), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, model);
	KUNIT_ASSERT_NOT_NULL(test, actors);
	actors[0] = (struct kunit_explore_actor) {
		.name = "a", .letter = 'a', .program = kunit_explore_program(test, "a", a, NULL),
	};
	actors[1] = (struct kunit_explore_actor) {
		.name = "b", .letter = 'b', .cpu = 1,
		.program = kunit_explore_program(test, "b", load_and_store, NULL),
	};
	*model = (struct kunit_explore_model) {
		.size = sizeof(struct shared), .actors = actors, .num_actors = 2,
		.may = may, .perform = perform, .event_may = no_event, .check = no_check,
	};

	return model;
}

static void a_limit_is_reported(struct kunit *test)
{
	struct kunit_explore_model *model = own_model(test, load_and_store);
	struct kunit_explore_result result;
	struct shared init = {};
	u32 violated;

	KUNIT_ASSERT_EQ(test, kunit_explore_run(test, model, &init, 2, &result), 0);
	KUNIT_EXPECT_FALSE(test, result.complete);

	/* Start, load, store, return: there is no fifth step, and no actor q. */
	KUNIT_EXPECT_EQ(test, kunit_explore_replay(test, model, &init, "a4", NULL, &violated), 0);
	KUNIT_EXPECT_EQ(test, kunit_explore_replay(test, model, &init, "a5", NULL, &violated),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, kunit_explore_replay(test, model, &init, "aq", NULL, &violated),
			-EINVAL);
}

static bool all_is_local(const struct kunit_explore_model *model, const void *state,
			 unsigned int actor, const struct kunit_explore_access *access)
{
	return true;
}

/* They are taken with the start. A schedule names them all the same. */
static void local_steps_have_no_states(struct kunit *test)
{
	struct kunit_explore_model *model = own_model(test, load_and_store);
	struct kunit_explore_result all, local;
	struct shared init = {};

	KUNIT_ASSERT_EQ(test, kunit_explore_run(test, model, &init, 1000, &all), 0);
	expect_states(test, &all, 36);
	model->local = all_is_local;
	KUNIT_ASSERT_EQ(test, kunit_explore_run(test, model, &init, 1000, &local), 0);
	/* Before the start, before the return, and after: of both tasks, in any order. */
	expect_states(test, &local, 9);
	KUNIT_EXPECT_LT(test, local.states, all.states);
}

static unsigned int too_many(const struct kunit_explore_model *model, const void *state,
			     unsigned int actor, const struct kunit_explore_access *access)
{
	return KUNIT_EXPLORE_OUTCOMES + 1;
}

static void too_many_outcomes_are_refused(struct kunit *test)
{
	struct kunit_explore_model *model = own_model(test, load_and_store);
	struct kunit_explore_result result;
	struct shared init = {};

	model->may = too_many;
	KUNIT_EXPECT_EQ(test, kunit_explore_run(test, model, &init, 1000, &result), -EINVAL);
}

static void an_actor_with_a_memory_is_refused(struct kunit *test)
{
	struct kunit_explore_model *model = own_model(test, stray);
	struct kunit_explore_result result;
	struct shared init = {};

	KUNIT_EXPECT_EQ(test, kunit_explore_run(test, model, &init, 1000, &result), -EILSEQ);
}

static struct kunit_case explore_cases[] = {
	KUNIT_CASE(a_lost_update_is_found),
	KUNIT_CASE(a_lock_saves_the_update),
	KUNIT_CASE(peterson_needs_both_barriers),
	KUNIT_CASE(a_lock_without_barriers_loses_an_update),
	KUNIT_CASE(a_deadlock_is_found),
	KUNIT_CASE(a_livelock_of_two_tasks_is_found),
	KUNIT_CASE(an_interrupt_storm_is_found),
	KUNIT_CASE(interrupts_off_keep_the_storm_away),
	KUNIT_CASE(a_function_that_is_woken_sees_why),
	KUNIT_CASE(a_limit_is_reported),
	KUNIT_CASE(local_steps_have_no_states),
	KUNIT_CASE(too_many_outcomes_are_refused),
	KUNIT_CASE(an_actor_with_a_memory_is_refused),
	{}
};

static struct kunit_suite explore_suite = {
	.name = "kunit_explore",
	.test_cases = explore_cases,
};

kunit_test_suite(explore_suite);

MODULE_DESCRIPTION("KUnit tests of the schedule explorer");
MODULE_LICENSE("GPL");
