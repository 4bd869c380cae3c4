// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: functions and variables for the schedule explorer. See
 * include/kunit/explore_scenario.h.
 */

#include <kunit/explore_scenario.h>
#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/string.h>

enum {
	SCENARIO_LOAD = KUNIT_EXPLORE_OWN,
	SCENARIO_STORE,
	SCENARIO_MODIFY,
	SCENARIO_BARRIER,
	SCENARIO_LOCK,
	SCENARIO_UNLOCK,
	SCENARIO_WAKE,
	SCENARIO_EXPECT,
};

/* &struct kunit_explore_access.where */
#define WHERE(var, order)	((var) | (order) << 8)
#define WHERE_VAR(where)	((where) & 0xff)
#define WHERE_ORDER(where)	((where) >> 8)

#define SCENARIO_VALUES		256
#define SCENARIO_LIMIT		1000000

/* A state has the numbers of values. Number 0 is what is in the variable at first. */
struct scenario_variable {
	struct kunit_explore_variable v;
	u64			values[SCENARIO_VALUES];
	unsigned int		num;
};

struct scenario_state {
	struct kunit_explore_memory memory;
	u8	started;
	u8	woken;
	u8	unused[2];
};

struct scenario_actor {
	struct scenario_run	*run;
	void			(*function)(void);
};

struct scenario_run {
	struct kunit		*test;
	const struct kunit_explore_scenario *scenario;
	struct scenario_variable vars[KUNIT_EXPLORE_VARS];
	unsigned int		num_vars;
	struct scenario_actor	arg[KUNIT_EXPLORE_FUNCTIONS];
	struct kunit_explore_actor actors[KUNIT_EXPLORE_FUNCTIONS];
	struct kunit_explore_model model;
};

/* Variables */

static u64 scenario_mask(u64 value, unsigned int size)
{
	return size >= sizeof(value) ? value : value & (BIT_ULL(8 * size) - 1);
}

static u64 scenario_read(const struct kunit_explore_variable *v)
{
	switch (v->size) {
	case 1:
		return *(const u8 *)v->p;
	case 2:
		return *(const u16 *)v->p;
	case 4:
		return *(const u32 *)v->p;
	case 8:
		return *(const u64 *)v->p;
	default:
		return 0;
	}
}

static void scenario_write(const struct kunit_explore_variable *v, u64 value)
{
	switch (v->size) {
	case 1:
		*(u8 *)v->p = value;
		break;
	case 2:
		*(u16 *)v->p = value;
		break;
	case 4:
		*(u32 *)v->p = value;
		break;
	case 8:
		*(u64 *)v->p = value;
		break;
	}
}

static unsigned int scenario_find(const struct scenario_run *run, const void *p)
{
	unsigned int i;

	for (i = 0; i < run->num_vars && run->vars[i].v.p != p; i++)
		;

	return i;
}

static unsigned int scenario_variable(struct scenario_run *run, struct kunit_explore_variable v)
{
	unsigned int i = scenario_find(run, v.p);

	if (i < run->num_vars)
		return i;
	if (i == KUNIT_EXPLORE_VARS) {
		KUNIT_FAIL(run->test, "no more than %u variables: %s", i, v.name);
		return 0;
	}
	run->vars[i].v = v;
	run->vars[i].values[0] = scenario_read(&v);
	run->vars[i].num = 1;
	run->num_vars++;

	return i;
}

/* The number of a value */
static u8 scenario_number(struct scenario_run *run, unsigned int var, u64 value)
{
	struct scenario_variable *variable = &run->vars[var];
	unsigned int i;

	value = scenario_mask(value, variable->v.size);
	for (i = 0; i < variable->num; i++) {
		if (variable->values[i] == value)
			return i;
	}
	if (i == SCENARIO_VALUES) {
		KUNIT_FAIL(run->test, "%s has more than %u values", variable->v.name, i);
		return 0;
	}
	variable->values[variable->num++] = value;

	return i;
}

/* The actor's side */

static struct scenario_run *scenario_here(void)
{
	struct scenario_actor *actor = kunit_explore_arg();

	return actor ? actor->run : NULL;
}

/**
 * kunit_explore_read() - READ_ONCE() and its like
 * @v: the variable
 * @order: what it orders
 */
u64 kunit_explore_read(struct kunit_explore_variable v, enum kunit_explore_order order)
{
	struct scenario_run *run = scenario_here();
	unsigned int var;

	/* The test itself: KUNIT_EXPECT_EQ() and its like use these as well. */
	if (!run)
		return scenario_read(&v);
	var = scenario_variable(run, v);

	return run->vars[var].values[kunit_explore_access(SCENARIO_LOAD, WHERE(var, order), 0, 0)];
}
EXPORT_SYMBOL_GPL(kunit_explore_read);

/**
 * kunit_explore_write() - WRITE_ONCE() and its like
 * @v: the variable
 * @value: what to store
 * @order: what it orders
 */
void kunit_explore_write(struct kunit_explore_variable v, u64 value,
			 enum kunit_explore_order order)
{
	struct scenario_run *run = scenario_here();
	unsigned int var;

	if (!run) {
		scenario_write(&v, value);
		return;
	}
	var = scenario_variable(run, v);
	kunit_explore_access(SCENARIO_STORE, WHERE(var, order), scenario_number(run, var, value),
			     0);
}
EXPORT_SYMBOL_GPL(kunit_explore_write);

/**
 * kunit_explore_modify() - An atomic operation
 * @v: the variable
 * @operation: what is done to it
 * @value: with what
 * @old: KUNIT_EXPLORE_CMPXCHG: if it has this value
 * @order: what it orders
 *
 * Return: the value before.
 */
u64 kunit_explore_modify(struct kunit_explore_variable v, enum kunit_explore_operation operation,
			 u64 value, u64 old, enum kunit_explore_order order)
{
	struct scenario_run *run = scenario_here();
	unsigned int var = scenario_variable(run, v);
	u32 was;

	was = kunit_explore_access(SCENARIO_MODIFY, WHERE(var, order),
				   scenario_number(run, var, value) | operation << 8,
				   scenario_number(run, var, old));

	return run->vars[var].values[was];
}
EXPORT_SYMBOL_GPL(kunit_explore_modify);

/**
 * kunit_explore_execute() - A barrier
 * @barrier: which one
 */
void kunit_explore_execute(enum kunit_explore_barrier barrier)
{
	kunit_explore_access(SCENARIO_BARRIER, barrier, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_execute);

/**
 * kunit_explore_lock() - spin_lock()
 * @v: the lock
 */
void kunit_explore_lock(struct kunit_explore_variable v)
{
	kunit_explore_access(SCENARIO_LOCK, scenario_variable(scenario_here(), v), 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_lock);

/**
 * kunit_explore_unlock() - spin_unlock()
 * @v: the lock
 */
void kunit_explore_unlock(struct kunit_explore_variable v)
{
	kunit_explore_access(SCENARIO_UNLOCK, scenario_variable(scenario_here(), v), 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_unlock);

/**
 * kunit_explore_wake() - Let a function run that has &kunit_explore_function.woken
 * @function: its number
 */
void kunit_explore_wake(unsigned int function)
{
	kunit_explore_access(SCENARIO_WAKE, function, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_wake);

/**
 * kunit_explore_expect() - If this is false, KUNIT_EXPLORE_EXPECTED is broken
 * @condition: of what the calling function knows
 */
void kunit_explore_expect(bool condition)
{
	if (!condition)
		kunit_explore_access(SCENARIO_EXPECT, 0, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_expect);

static u32 scenario_function(void *arg, u32 start)
{
	struct scenario_actor *actor = arg;

	actor->function();

	return 0;
}

/* The model */

static unsigned int scenario_may_start(const struct scenario_run *run,
				       const struct scenario_state *s, unsigned int actor)
{
	const struct kunit_explore_function *function = &run->scenario->functions[actor];
	unsigned int var;

	if (function->woken)
		return s->woken >> actor & 1;
	if (!function->line)
		return !(s->started >> actor & 1);
	var = scenario_find(run, function->line);
	if (var == run->num_vars)
		return !!*function->line;

	return !!run->vars[var].values[kunit_explore_newest(&s->memory, var)];
}

static unsigned int scenario_may(const struct kunit_explore_model *model, const void *state,
				 unsigned int actor, const struct kunit_explore_access *access)
{
	const struct kunit_explore_actor *me = &model->actors[actor];
	unsigned int var = WHERE_VAR(access->where);
	const struct scenario_state *s = state;

	switch (access->kind) {
	case KUNIT_EXPLORE_START:
		return scenario_may_start(model->priv, s, actor);
	case SCENARIO_LOAD:
		return kunit_explore_loads(&s->memory, me->cpu, var);
	case SCENARIO_STORE:
		return kunit_explore_stores(&s->memory, me->cpu, var,
					    WHERE_ORDER(access->where));
	case SCENARIO_LOCK:
		return !kunit_explore_newest(&s->memory, var);
	default:
		return 1;
	}
}

static bool scenario_local(const struct kunit_explore_model *model, const void *state,
			   unsigned int actor, const struct kunit_explore_access *access)
{
	const struct scenario_state *s = state;

	return access->kind == SCENARIO_BARRIER && !s->memory.weak;
}

static u64 scenario_operate(u64 was, enum kunit_explore_operation operation, u64 value)
{
	switch (operation) {
	case KUNIT_EXPLORE_ADD:
		return was + value;
	case KUNIT_EXPLORE_OR:
		return was | value;
	case KUNIT_EXPLORE_AND:
		return was & value;
	default:
		return value;
	}
}

static u8 scenario_modify(struct scenario_run *run, struct kunit_explore_memory *mem,
			  unsigned int cpu, const struct kunit_explore_access *access)
{
	unsigned int var = WHERE_VAR(access->where), operation = access->arg[0] >> 8;
	const u64 *values = run->vars[var].values;
	u8 was = kunit_explore_newest(mem, var);
	u64 value;

	if (operation == KUNIT_EXPLORE_CMPXCHG && was != access->arg[1])
		return kunit_explore_load(mem, cpu, var, KUNIT_EXPLORE_RELAXED, 0);
	value = scenario_operate(values[was], operation, values[access->arg[0] & 0xff]);

	return kunit_explore_rmw(mem, cpu, var, scenario_number(run, var, value),
				 WHERE_ORDER(access->where));
}

static u32 scenario_perform(struct kunit_explore *explore, void *state, unsigned int actor,
			    const struct kunit_explore_access *access, unsigned int outcome)
{
	const struct kunit_explore_model *model = kunit_explore_model(explore);
	const struct scenario_run *run = model->priv;
	const struct kunit_explore_function *function = &run->scenario->functions[actor];
	unsigned int cpu = function->cpu, var = WHERE_VAR(access->where);
	struct scenario_state *s = state;
	struct kunit_explore_memory *mem = &s->memory;

	switch (access->kind) {
	case KUNIT_EXPLORE_START:
		if (!function->line && !function->woken)
			s->started |= BIT(actor);
		s->woken &= ~BIT(actor);
		kunit_explore_begin(mem, cpu);
		return 0;
	case KUNIT_EXPLORE_RETURN:
		kunit_explore_finish(mem, cpu);
		return 0;
	case SCENARIO_LOAD:
		return kunit_explore_load(mem, cpu, var, WHERE_ORDER(access->where), outcome);
	case SCENARIO_STORE:
		kunit_explore_store(mem, cpu, var, access->arg[0], WHERE_ORDER(access->where),
				    outcome);
		return 0;
	case SCENARIO_MODIFY:
		return scenario_modify(model->priv, mem, cpu, access);
	case SCENARIO_BARRIER:
		kunit_explore_barrier(mem, cpu, access->where);
		return 0;
	case SCENARIO_LOCK:
		return kunit_explore_rmw(mem, cpu, var, 1, KUNIT_EXPLORE_ACQUIRE);
	case SCENARIO_UNLOCK:
		kunit_explore_store(mem, cpu, var, 0, KUNIT_EXPLORE_RELEASE, 0);
		return 0;
	case SCENARIO_WAKE:
		kunit_explore_barrier(mem, cpu, KUNIT_EXPLORE_MB);
		s->woken |= BIT(access->where);
		return 0;
	case SCENARIO_EXPECT:
		kunit_explore_violate(explore, KUNIT_EXPLORE_EXPECTED);
		return 0;
	default:
		return 0;
	}
}

static bool scenario_no_event(const struct kunit_explore_model *model, const void *state,
			      unsigned int event)
{
	return false;
}

/* For at_rest(), the variables have the values that were stored last. */
static void scenario_check(struct kunit_explore *explore, const void *state,
			   enum kunit_explore_state what)
{
	const struct scenario_run *run = kunit_explore_model(explore)->priv;
	const struct scenario_state *s = state;
	const struct scenario_variable *var;
	unsigned int i;

	if (what != KUNIT_EXPLORE_REST || !run->scenario->at_rest)
		return;
	for (i = 0; i < run->num_vars; i++) {
		var = &run->vars[i];
		scenario_write(&var->v, var->values[kunit_explore_newest(&s->memory, i)]);
	}
	if (!run->scenario->at_rest())
		kunit_explore_violate(explore, KUNIT_EXPLORE_AT_REST);
	for (i = 0; i < run->num_vars; i++)
		scenario_write(&run->vars[i].v, run->vars[i].values[0]);
}

static const char * const scenario_steps[] = {
	[KUNIT_EXPLORE_START]	= "starts",
	[KUNIT_EXPLORE_RETURN]	= "returns",
	[KUNIT_EXPLORE_IRQ_OFF]	= "interrupts off",
	[KUNIT_EXPLORE_IRQ_ON]	= "interrupts on",
	[KUNIT_EXPLORE_AGAIN]	= "again",
	[SCENARIO_BARRIER]	= "barrier",
	[SCENARIO_LOCK]		= "lock",
	[SCENARIO_UNLOCK]	= "unlock",
	[SCENARIO_WAKE]		= "wakes",
	[SCENARIO_EXPECT]	= "did not expect that",
};

/* A line for each step of a schedule that breaks a property */
static void scenario_print_step(const struct kunit_explore_model *model,
				const struct kunit_explore_step *step)
{
	const struct scenario_run *run = model->priv;
	const struct kunit_explore_access *access = &step->access;
	const struct scenario_variable *var = &run->vars[WHERE_VAR(access->where)];
	char letter = model->actors[step->actor].letter;

	switch (access->kind) {
	case SCENARIO_LOAD:
		kunit_info(run->test, "%c: %s is %lld\n", letter, var->v.name,
			   var->values[step->answer]);
		break;
	case SCENARIO_STORE:
		kunit_info(run->test, "%c: %s = %lld\n", letter, var->v.name,
			   var->values[access->arg[0]]);
		break;
	case SCENARIO_MODIFY:
		kunit_info(run->test, "%c: %s changes, was %lld\n", letter, var->v.name,
			   var->values[step->answer]);
		break;
	case SCENARIO_LOCK:
	case SCENARIO_UNLOCK:
		kunit_info(run->test, "%c: %s %s\n", letter, scenario_steps[access->kind],
			   var->v.name);
		break;
	default:
		kunit_info(run->test, "%c: %s\n", letter, scenario_steps[access->kind]);
	}
}

static void scenario_set_up(struct scenario_run *run)
{
	const struct kunit_explore_function *function = run->scenario->functions;
	static const char * const names[] = { "a", "b", "c", "d" };
	unsigned int i;

	for (i = 0; i < KUNIT_EXPLORE_FUNCTIONS && function[i].run; i++) {
		KUNIT_ASSERT_LT(run->test, function[i].cpu, KUNIT_EXPLORE_CPUS);
		run->arg[i] = (struct scenario_actor) { run, function[i].run };
		run->actors[i] = (struct kunit_explore_actor) {
			.name = names[i],
			.letter = *names[i],
			.cpu = function[i].cpu,
			.hardirq = function[i].hardirq,
			.program = kunit_explore_program(run->test, names[i], scenario_function,
							 &run->arg[i]),
		};
	}
	run->model = (struct kunit_explore_model) {
		.size = sizeof(struct scenario_state),
		.actors = run->actors,
		.num_actors = i,
		.priv = run,
		.may = scenario_may,
		.local = scenario_local,
		.perform = scenario_perform,
		.event_may = scenario_no_event,
		.check = scenario_check,
	};
}

/**
 * kunit_explore_scenario() - Explore every schedule of some functions
 * @test: the test
 * @scenario: the functions
 * @result: what was found; prints the steps of each schedule in it
 *
 * Context: The test's thread. Sleeps. Asserts that all schedules were explored.
 */
void kunit_explore_scenario(struct kunit *test, const struct kunit_explore_scenario *scenario,
			    struct kunit_explore_result *result)
{
	struct scenario_run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	struct scenario_state init = { .memory.weak = scenario->weak };
	unsigned int p;
	u32 violated;

	KUNIT_ASSERT_NOT_NULL(test, run);
	run->test = test;
	run->scenario = scenario;
	scenario_set_up(run);
	KUNIT_ASSERT_EQ(test, kunit_explore_run(test, &run->model, &init, scenario->limit ?:
						SCENARIO_LIMIT, result), 0);
	kunit_info(test, "%u states, %u schedules\n", result->states, result->schedules);
	KUNIT_ASSERT_TRUE_MSG(test, result->complete, "too many states");
	for (p = 0; p < KUNIT_EXPLORE_PROPERTIES && !scenario->quiet; p++) {
		if (!result->schedule[p])
			continue;
		kunit_info(test, "property %u: %s\n", p, result->schedule[p]);
		KUNIT_EXPECT_EQ(test, kunit_explore_replay(test, &run->model, &init,
							   result->schedule[p], scenario_print_step,
							   &violated), 0);
	}
}
EXPORT_SYMBOL_GPL(kunit_explore_scenario);
