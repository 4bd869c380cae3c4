// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the schedule explorer, on textbook cases.
 *
 * Each case is two tasks, or a task and a hard IRQ, and a few variables. A store
 * may sit in the store buffer of its CPU, where the others do not see it, until
 * it is written back or its CPU executes a barrier: that is a posted write.
 */

#include <kunit/explore.h>
#include <kunit/test.h>

#define BUFFER		2

enum { X, Y, TURN, INSIDE, VARIABLES };

enum {
	LOAD = KUNIT_EXPLORE_OWN,
	STORE,
	XCHG,			/* of memory, past the store buffer */
	BARRIER,
	LOCK,
	UNLOCK,
	ENTER,
	LEAVE,
};

/* Properties */
enum { LOST_UPDATE, NOT_ALONE };

struct shared {
	u8	value[VARIABLES];
	u8	waiting[2];		/* stores in the buffer of a CPU */
	u8	where[2][BUFFER];
	u8	what[2][BUFFER];
	u8	holder[2];		/* of a lock; 0: free */
	u8	inside;
	u8	started[2];
	u8	unused;
};

/* A case: two tasks on a CPU each, or a hard IRQ and a task on one. */
struct textbook {
	bool	buffered;
	bool	hardirq;
	u8	wanted;			/* in X, at rest; 0: anything */
	struct kunit_explore_actor actors[2];
	struct kunit_explore_model model;
};

static void write_back(struct shared *s, int cpu)
{
	s->value[s->where[cpu][0]] = s->what[cpu][0];
	s->waiting[cpu]--;
	s->where[cpu][0] = s->where[cpu][1];
	s->what[cpu][0] = s->what[cpu][1];
	s->where[cpu][1] = 0;
	s->what[cpu][1] = 0;
	if (!s->waiting[cpu]) {
		s->where[cpu][0] = 0;
		s->what[cpu][0] = 0;
	}
}

static unsigned int textbook_may(const struct kunit_explore_model *model, const void *state,
				 unsigned int actor, const struct kunit_explore_access *access)
{
	const struct shared *s = state;

	switch (access->kind) {
	case KUNIT_EXPLORE_START:
		/* The hard IRQ: a level line, as long as X is set. */
		if (model->actors[actor].hardirq)
			return s->value[X];
		return !s->started[actor];
	case STORE:
		return s->waiting[model->actors[actor].cpu] < BUFFER;
	case LOCK:
		return !s->holder[access->where];
	default:
		return 1;
	}
}

static u32 textbook_perform(struct kunit_explore *explore, void *state, unsigned int actor,
			    const struct kunit_explore_access *access, unsigned int outcome)
{
	const struct kunit_explore_model *model = kunit_explore_model(explore);
	const struct textbook *textbook = model->priv;
	int cpu = model->actors[actor].cpu, i;
	struct shared *s = state;
	u8 was;

	switch (access->kind) {
	case KUNIT_EXPLORE_START:
		s->started[actor] = !model->actors[actor].hardirq;
		return 0;
	case LOAD:
		for (i = s->waiting[cpu] - 1; i >= 0; i--) {
			if (s->where[cpu][i] == access->where)
				return s->what[cpu][i];
		}
		return s->value[access->where];
	case STORE:
		if (!textbook->buffered) {
			s->value[access->where] = access->arg[0];
		} else if (s->waiting[cpu] < BUFFER) {
			s->where[cpu][s->waiting[cpu]] = access->where;
			s->what[cpu][s->waiting[cpu]++] = access->arg[0];
		}
		return 0;
	case XCHG:
		was = s->value[access->where];
		s->value[access->where] = access->arg[0];
		return was;
	case BARRIER:
		while (s->waiting[cpu])
			write_back(s, cpu);
		return 0;
	case LOCK:
		s->holder[access->where] = 1 + actor;
		return 0;
	case UNLOCK:
		s->holder[access->where] = 0;
		return 0;
	case ENTER:
		if (s->inside++)
			kunit_explore_violate(explore, NOT_ALONE);
		return 0;
	case LEAVE:
		s->inside--;
		return 0;
	default:
		return 0;
	}
}

static bool textbook_event_may(const struct kunit_explore_model *model, const void *state,
			       unsigned int event)
{
	const struct shared *s = state;

	return s->waiting[event];
}

static void textbook_event(struct kunit_explore *explore, void *state, unsigned int event)
{
	write_back(state, event);
}

static void textbook_check(struct kunit_explore *explore, const void *state,
			   enum kunit_explore_state what)
{
	const struct textbook *textbook = kunit_explore_model(explore)->priv;
	const struct shared *s = state;

	if (what == KUNIT_EXPLORE_REST && textbook->wanted && s->value[X] != textbook->wanted)
		kunit_explore_violate(explore, LOST_UPDATE);
}

static const struct kunit_explore_event write_backs[] = {
	{ .name = "write-back of CPU 0", .letter = 'x' },
	{ .name = "write-back of CPU 1", .letter = 'y' },
};

static u32 load(u16 where) { return kunit_explore_access(LOAD, where, 0, 0); }
static void store(u16 where, u32 what) { kunit_explore_access(STORE, where, what, 0); }
static void barrier_now(void) { kunit_explore_access(BARRIER, 0, 0, 0); }
static void lock(u16 which) { kunit_explore_access(LOCK, which, 0, 0); }
static void unlock(u16 which) { kunit_explore_access(UNLOCK, which, 0, 0); }
static void enter(void) { kunit_explore_access(ENTER, 0, 0, 0); }
static void leave(void) { kunit_explore_access(LEAVE, 0, 0, 0); }

static const struct kunit_explore_model *
textbook_model(struct kunit *test, struct textbook *textbook,
	       u32 (*a)(void *arg, u32 start), u32 (*b)(void *arg, u32 start))
{
	textbook->actors[0] = (struct kunit_explore_actor) {
		.name = "a", .letter = 'a', .hardirq = textbook->hardirq,
		.program = kunit_explore_program(test, "a", a, (void *)0),
	};
	textbook->actors[1] = (struct kunit_explore_actor) {
		.name = "b", .letter = 'b', .cpu = !textbook->hardirq,
		.program = kunit_explore_program(test, "b", b, (void *)1),
	};
	textbook->model = (struct kunit_explore_model) {
		.size = sizeof(struct shared),
		.actors = textbook->actors,
		.num_actors = 2,
		.events = write_backs,
		.num_events = 2,
		.priv = textbook,
		.may = textbook_may,
		.perform = textbook_perform,
		.event_may = textbook_event_may,
		.event = textbook_event,
		.check = textbook_check,
	};

	return &textbook->model;
}

static void explore(struct kunit *test, struct textbook *textbook,
		    u32 (*a)(void *arg, u32 start), u32 (*b)(void *arg, u32 start),
		    struct kunit_explore_result *result)
{
	const struct kunit_explore_model *model = textbook_model(test, textbook, a, b);
	struct shared init = {};
	unsigned int p;
	u32 violated;

	KUNIT_ASSERT_EQ(test, 0, kunit_explore_run(test, model, &init, 100000, result));
	kunit_info(test, "%u states, %u transitions, %u schedules, depth %u",
		   result->states, result->transitions, result->schedules, result->depth);

	/* What was found by memory happens to the running actors as well. */
	for (p = 0; p < KUNIT_EXPLORE_DEADLOCK; p++) {
		if (!(result->violated & BIT(p)))
			continue;
		kunit_info(test, "property %u: %s", p, result->schedule[p]);
		KUNIT_EXPECT_EQ(test, 0, kunit_explore_replay(test, model, &init,
							      result->schedule[p], NULL,
							      &violated));
		if (p != LOST_UPDATE)
			KUNIT_EXPECT_TRUE(test, violated & BIT(p));
	}
}

static u32 increment(void *arg, u32 start)
{
	store(X, load(X) + 1);
	return 0;
}

static void a_lost_update_is_found(struct kunit *test)
{
	struct textbook textbook = { .wanted = 2 };
	struct kunit_explore_result result;

	explore(test, &textbook, increment, increment, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(LOST_UPDATE));
	/* Both start, both load, both store: 8 steps with the returns. */
	KUNIT_EXPECT_EQ(test, result.steps[LOST_UPDATE], 8);
	KUNIT_EXPECT_EQ(test, result.states, 36);
	KUNIT_EXPECT_EQ(test, result.schedules, 21);
}

static u32 increment_locked(void *arg, u32 start)
{
	lock(0);
	increment(arg, start);
	unlock(0);
	return 0;
}

static void a_lock_saves_the_update(struct kunit *test)
{
	struct textbook textbook = { .wanted = 2 };
	struct kunit_explore_result result;

	explore(test, &textbook, increment_locked, increment_locked, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
	KUNIT_EXPECT_EQ(test, result.states, 43);
	KUNIT_EXPECT_EQ(test, result.schedules, 23);
}

static u32 peterson(unsigned long me, bool barrier)
{
	store(X + me, 1);
	store(TURN, !me);
	if (barrier)
		barrier_now();
	while (load(X + !me) && load(TURN) == !me) {
		if (!kunit_explore_again(0))
			return 0;
	}
	enter();
	leave();
	store(X + me, 0);
	return 0;
}

static u32 peterson_plain(void *arg, u32 start)
{
	return peterson((unsigned long)arg, false);
}

static u32 peterson_with_barrier(void *arg, u32 start)
{
	return peterson((unsigned long)arg, true);
}

static void peterson_holds_where_stores_are_seen_at_once(struct kunit *test)
{
	struct textbook textbook = {};
	struct kunit_explore_result result;

	explore(test, &textbook, peterson_plain, peterson_plain, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
	KUNIT_EXPECT_EQ(test, result.states, 305);
	KUNIT_EXPECT_EQ(test, result.schedules, 266);
}

static void peterson_breaks_where_stores_are_posted(struct kunit *test)
{
	struct textbook textbook = { .buffered = true };
	struct kunit_explore_result result;

	explore(test, &textbook, peterson_plain, peterson_plain, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(NOT_ALONE));
	/* Start, two stores, the load that does not see the other's, in: twice. */
	KUNIT_EXPECT_EQ(test, result.steps[NOT_ALONE], 10);
	KUNIT_EXPECT_EQ(test, result.states, 1380);
	KUNIT_EXPECT_EQ(test, result.schedules, 2253);
}

static void peterson_holds_with_a_barrier(struct kunit *test)
{
	struct textbook textbook = { .buffered = true };
	struct kunit_explore_result result;

	explore(test, &textbook, peterson_with_barrier, peterson_with_barrier, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
	KUNIT_EXPECT_EQ(test, result.states, 532);
	KUNIT_EXPECT_EQ(test, result.schedules, 641);
}

/* The lock is in memory, what it protects is posted: the unlock does not wait for that. */
static u32 increment_spinning(bool barrier)
{
	while (kunit_explore_access(XCHG, TURN, 1, 0)) {
		if (!kunit_explore_again(0))
			return 0;
	}
	increment(NULL, 0);
	if (barrier)
		barrier_now();
	kunit_explore_access(XCHG, TURN, 0, 0);
	return 0;
}

static u32 increment_spinning_plain(void *arg, u32 start)
{
	return increment_spinning(false);
}

static u32 increment_spinning_with_barrier(void *arg, u32 start)
{
	return increment_spinning(true);
}

static void a_lock_without_a_barrier_loses_a_posted_update(struct kunit *test)
{
	struct textbook textbook = { .wanted = 2, .buffered = true };
	struct kunit_explore_result result;

	explore(test, &textbook, increment_spinning_plain, increment_spinning_plain, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(LOST_UPDATE));
	KUNIT_EXPECT_EQ(test, result.states, 211);
	KUNIT_EXPECT_EQ(test, result.schedules, 236);
}

static void a_lock_with_a_barrier_saves_a_posted_update(struct kunit *test)
{
	struct textbook textbook = { .wanted = 2, .buffered = true };
	struct kunit_explore_result result;

	explore(test, &textbook, increment_spinning_with_barrier,
		increment_spinning_with_barrier, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
	KUNIT_EXPECT_EQ(test, result.states, 111);
	KUNIT_EXPECT_EQ(test, result.schedules, 93);
}

static u32 lock_both(void *arg, u32 start)
{
	unsigned long first = (unsigned long)arg;

	lock(first);
	lock(!first);
	unlock(!first);
	unlock(first);
	return 0;
}

static void a_deadlock_is_found(struct kunit *test)
{
	struct textbook textbook = {};
	struct kunit_explore_result result;

	explore(test, &textbook, lock_both, lock_both, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_DEADLOCK));
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_DEADLOCK], "a2b2");
	KUNIT_EXPECT_EQ(test, result.states, 43);
	KUNIT_EXPECT_EQ(test, result.schedules, 26);
}

/* Two that give way to each other for ever, unless one of them is lucky. */
static u32 wait_for_other(void *arg, u32 start)
{
	unsigned long me = (unsigned long)arg;

	store(X + me, 1);
	while (load(X + !me)) {
		if (!kunit_explore_again(0))
			return 0;
	}
	store(X + me, 0);
	return 0;
}

static void a_livelock_of_two_tasks_is_found(struct kunit *test)
{
	struct textbook textbook = {};
	struct kunit_explore_result result;

	explore(test, &textbook, wait_for_other, wait_for_other, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_LIVELOCK));
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_LIVELOCK], "a2b2a");
	KUNIT_EXPECT_EQ(test, result.states, 63);
	KUNIT_EXPECT_EQ(test, result.schedules, 45);
}

/* X is a level interrupt line: the task raises it, and means to lower it. */
static u32 only_look(void *arg, u32 start)
{
	load(X);
	return 0;
}

static u32 raise_and_lower(void *arg, u32 start)
{
	store(X, 1);
	store(X, 0);
	return 0;
}

static void an_interrupt_storm_is_found(struct kunit *test)
{
	struct textbook textbook = { .hardirq = true };
	struct kunit_explore_result result;

	explore(test, &textbook, only_look, raise_and_lower, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, BIT(KUNIT_EXPLORE_LIVELOCK));
	KUNIT_EXPECT_STREQ(test, result.schedule[KUNIT_EXPLORE_LIVELOCK], "b2");
	KUNIT_EXPECT_EQ(test, result.states, 5);
}

static u32 raise_and_lower_with_irqs_off(void *arg, u32 start)
{
	kunit_explore_irq_off();
	raise_and_lower(arg, start);
	kunit_explore_irq_on();
	return 0;
}

static void interrupts_off_keep_the_storm_away(struct kunit *test)
{
	struct textbook textbook = { .hardirq = true };
	struct kunit_explore_result result;

	explore(test, &textbook, only_look, raise_and_lower_with_irqs_off, &result);

	KUNIT_EXPECT_TRUE(test, result.complete);
	KUNIT_EXPECT_EQ(test, result.violated, 0);
	/* Nothing else can happen in between: start, off, 1, 0, on, return. */
	KUNIT_EXPECT_EQ(test, result.states, 7);
	KUNIT_EXPECT_EQ(test, result.transitions, 6);
	KUNIT_EXPECT_EQ(test, result.schedules, 1);
	KUNIT_EXPECT_EQ(test, result.depth, 6);
}

static void a_limit_is_reported(struct kunit *test)
{
	struct textbook textbook = {};
	const struct kunit_explore_model *model =
		textbook_model(test, &textbook, increment, increment);
	struct kunit_explore_result result;
	struct shared init = {};
	u32 violated;

	KUNIT_ASSERT_EQ(test, 0, kunit_explore_run(test, model, &init, 2, &result));
	KUNIT_EXPECT_FALSE(test, result.complete);

	/* Start, load, store, return: there is no fifth step, and no actor q. */
	KUNIT_EXPECT_EQ(test, 0, kunit_explore_replay(test, model, &init, "a4", NULL, &violated));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			kunit_explore_replay(test, model, &init, "a5", NULL, &violated));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			kunit_explore_replay(test, model, &init, "aq", NULL, &violated));
}

static unsigned int three(const struct kunit_explore_model *model, const void *state,
			  unsigned int actor, const struct kunit_explore_access *access)
{
	return 3;
}

/* A schedule could not tell the third from the second. */
static void more_than_two_outcomes_are_refused(struct kunit *test)
{
	struct textbook textbook = {};
	struct kunit_explore_model model =
		*textbook_model(test, &textbook, increment, increment);
	struct kunit_explore_result result;
	struct shared init = {};

	model.may = three;
	KUNIT_EXPECT_EQ(test, -EINVAL, kunit_explore_run(test, &model, &init, 1000, &result));
}

/* Does not depend on its answers alone. */
static u32 stray(void *arg, u32 start)
{
	static int run;

	store(Y, run++);
	store(X, load(X) + 1);
	return 0;
}

static void an_actor_with_a_memory_is_refused(struct kunit *test)
{
	struct textbook textbook = {};
	const struct kunit_explore_model *model =
		textbook_model(test, &textbook, stray, increment);
	struct kunit_explore_result result;
	struct shared init = {};

	KUNIT_EXPECT_EQ(test, -EILSEQ, kunit_explore_run(test, model, &init, 1000, &result));
}

static struct kunit_case explore_cases[] = {
	KUNIT_CASE(a_lost_update_is_found),
	KUNIT_CASE(a_lock_saves_the_update),
	KUNIT_CASE(peterson_holds_where_stores_are_seen_at_once),
	KUNIT_CASE(peterson_breaks_where_stores_are_posted),
	KUNIT_CASE(peterson_holds_with_a_barrier),
	KUNIT_CASE(a_lock_without_a_barrier_loses_a_posted_update),
	KUNIT_CASE(a_lock_with_a_barrier_saves_a_posted_update),
	KUNIT_CASE(a_deadlock_is_found),
	KUNIT_CASE(a_livelock_of_two_tasks_is_found),
	KUNIT_CASE(an_interrupt_storm_is_found),
	KUNIT_CASE(interrupts_off_keep_the_storm_away),
	KUNIT_CASE(a_limit_is_reported),
	KUNIT_CASE(more_than_two_outcomes_are_refused),
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
