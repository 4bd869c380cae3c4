// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: explore every schedule of a few actors. See include/kunit/explore.h.
 */

#include <kunit/explore.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/* No actor that is alone takes so many steps from its start to its end. */
#define EXPLORE_LONG		4096

/* A hard IRQ that changes nothing is back where it was after fewer steps. */
#define EXPLORE_CYCLE		200

#define EXPLORE_NONE		U32_MAX

/* An exploration that is too large shall fail, not end the test run. */
#define EXPLORE_GFP		(GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/**
 * struct explore_node - A position of an actor, by what it has been told
 * @access: what it is about to do there
 * @parent: node before
 * @answer: what it was told there
 * @child: first node after
 * @sibling: next child of @parent
 * @same_as: the node that this one is, see kunit_explore_again() and
 *	kunit_explore_leave()
 * @leaves: of KUNIT_EXPLORE_ENTER, the first KUNIT_EXPLORE_LEAVE
 * @next_leave: of the same KUNIT_EXPLORE_ENTER
 * @irqs_off: nesting
 */
struct explore_node {
	struct kunit_explore_access access;
	u32			parent;
	u32			answer;
	u32			child;
	u32			sibling;
	u32			same_as;
	u32			leaves;
	u32			next_leave;
	u8			irqs_off;
};

/**
 * struct kunit_explore_program - The code of an actor, and all that is known of it
 * @name: of the kthread
 * @run: the code
 * @arg: its argument
 * @task: kthread that runs it
 * @arrived: the kthread is about to do @access
 * @go: it may, and the answer is @answer
 * @access: see @arrived
 * @answer: see @go
 * @stop: leave
 * @script: positions that it shall get to without handing over, last one first;
 *	EXPLORE_NONE is the new one after @new_at, by @new_answer
 * @script_left: how many
 * @new_at: see @script
 * @new_answer: likewise
 * @strayed: it did something else than the last time
 * @nodes: positions; the first one is before the start
 * @num_nodes: how many
 * @max_nodes: how many there is room for
 */
struct kunit_explore_program {
	const char		*name;
	u32			(*run)(void *arg, u32 start);
	void			*arg;

	struct task_struct	*task;
	struct completion	arrived;
	struct completion	go;
	struct kunit_explore_access access;
	u32			answer;
	bool			stop;

	u32			script[EXPLORE_LONG];
	unsigned int		script_left;
	u32			new_at;
	u32			new_answer;
	bool			strayed;

	struct explore_node	*nodes;
	u32			num_nodes;
	u32			max_nodes;
};

/* How a state was found, and what is known of it. */
struct explore_found {
	u32			parent;
	u32			successors;	/* where they begin */
	u32			hardirq;	/* where a step of that leads */
	u8			mover;
	u8			outcome;
	u8			flags;
	u8			fused;		/* local steps that came with that step */
};

#define EXPLORE_FUSED		U8_MAX

/* Characters that a step and its local ones take in a schedule: "a+++a255" */
#define EXPLORE_STEP_TEXT	(1 + KUNIT_EXPLORE_OUTCOMES + 4)

#define EXPLORE_HARDIRQ_IDLE	BIT(0)	/* the hard IRQ is not under way */
#define EXPLORE_IRQS_OFF	BIT(1)	/* some task has turned them off */
#define EXPLORE_ENDS		BIT(2)	/* rest is reached sooner or later */
#define EXPLORE_EVENT_DUE	BIT(3)	/* something has to happen by itself */

/* The hash is here as well: states are far apart, and not looked at in vain. */
struct explore_slot {
	u32			index;
	u32			hash;
};

#define EXPLORE_PIECE		4096

/**
 * struct explore_array - An array in pieces: it need not be moved to make room
 * @pieces: of EXPLORE_PIECE elements
 * @size: of an element
 * @room: how many elements there is room for
 */
struct explore_array {
	u8			**pieces;
	size_t			size;
	u32			room;
};

/**
 * struct kunit_explore - An exploration, or a replay
 * @test: that it is for
 * @model: what the actors share
 * @result: what was found so far
 * @size: of a state, with the positions of the actors
 * @error: the exploration has failed
 * @live: in a replay, where the kthreads are
 * @states: the states
 * @found: what is known of each, &struct explore_found
 * @num: how many
 * @slots: where they are, by hash, &struct explore_slot; a power of two
 * @successors: indices of the states that what has to happen leads to
 * @num_successors: how many
 * @violated: properties that the step being taken breaks
 * @ended: the schedule ends in the state being looked at
 * @irqs_off: of the actor that takes the step
 * @fused: local steps that came with it
 * @now: state that is being left
 * @next: state that is being entered
 * @alone: state for an actor that is run to its end
 */
struct kunit_explore {
	struct kunit		*test;
	const struct kunit_explore_model *model;
	struct kunit_explore_result *result;
	size_t			size;
	int			error;
	struct explore_node	*live;

	struct explore_array	states;
	struct explore_array	found;
	u32			num;
	struct explore_array	slots;
	struct explore_array	successors;
	u32			num_successors;

	u32			violated;
	bool			ended;
	bool			irqs_off;
	u8			fused;
	u8			*now;
	u8			*next;
	u8			*alone;
};

/* The positions stand behind the model's state. */
static u32 *explore_positions(struct kunit_explore *x, void *state)
{
	return state + x->model->size;
}

/**
 * kunit_explore_model() - The model that is being explored
 * @explore: what the model's functions are given
 *
 * Return: the model.
 */
const struct kunit_explore_model *kunit_explore_model(struct kunit_explore *explore)
{
	return explore->model;
}
EXPORT_SYMBOL_GPL(kunit_explore_model);

/**
 * kunit_explore_irqs_off() - Whether the actor that takes a step has interrupts off
 * @explore: what &kunit_explore_model.perform was given
 *
 * Return: true if interrupts are off.
 */
bool kunit_explore_irqs_off(struct kunit_explore *explore)
{
	return explore->irqs_off;
}
EXPORT_SYMBOL_GPL(kunit_explore_irqs_off);

/**
 * kunit_explore_violate() - Say that the step just taken breaks a property
 * @explore: what the model's function was given
 * @property: which one
 *
 * The schedule goes on.
 */
void kunit_explore_violate(struct kunit_explore *explore, unsigned int property)
{
	explore->violated |= BIT(property);
}
EXPORT_SYMBOL_GPL(kunit_explore_violate);

/**
 * kunit_explore_end() - Say that nothing happens any more in this state
 * @explore: what &kunit_explore_model.check was given
 */
void kunit_explore_end(struct kunit_explore *explore)
{
	explore->ended = true;
}
EXPORT_SYMBOL_GPL(kunit_explore_end);

/* The actor's side. */

/* What the actor was told the last time it was here. */
static u32 explore_recall(struct kunit_explore_program *program)
{
	u32 next = program->script[--program->script_left];
	bool new = next == EXPLORE_NONE;
	u32 at = new ? program->new_at : program->nodes[next].parent;

	if (memcmp(&program->nodes[at].access, &program->access, sizeof(program->access)))
		program->strayed = true;

	return new ? program->new_answer : program->nodes[next].answer;
}

/**
 * kunit_explore_access() - Do something that other actors see, or could do
 * @kind: what
 * @where: see &struct kunit_explore_access
 * @arg0: likewise
 * @arg1: likewise
 *
 * Context: An actor, that is, what a program's run function calls.
 * Return: The model's answer.
 */
u32 kunit_explore_access(u16 kind, u16 where, u32 arg0, u32 arg1)
{
	struct kunit_explore_program *program = kthread_data(current);

	program->access = (struct kunit_explore_access) {
		.kind = kind, .where = where, .arg = { arg0, arg1 },
	};
	if (program->script_left)
		return explore_recall(program);

	complete(&program->arrived);
	wait_for_completion_state(&program->go, TASK_IDLE);
	if (program->stop)
		kthread_exit(0);

	return program->answer;
}
EXPORT_SYMBOL_GPL(kunit_explore_access);

/**
 * kunit_explore_again() - Go round a loop once more
 * @loop: number of the loop in this actor
 *
 * For loops that end when another actor does something. By this call, the actor states
 * that no answer since the last call matters any more: its position is the same as
 * then. Without it, each round would be a new position.
 *
 * Context: An actor.
 * Return: true to go round. If false, the actor has to return at once.
 */
bool kunit_explore_again(u16 loop)
{
	return kunit_explore_access(KUNIT_EXPLORE_AGAIN, loop, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_again);

/**
 * kunit_explore_enter() - A function is called whose return value is all that stays
 * @function: number of the function
 *
 * Once it has returned, nothing that it was told makes a difference but through
 * that value, and through what it has done that others see. That is so for each
 * function which changes nothing else.
 *
 * Context: An actor.
 */
void kunit_explore_enter(u16 function)
{
	kunit_explore_access(KUNIT_EXPLORE_ENTER, function, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_enter);

/**
 * kunit_explore_leave() - A function has returned
 * @function: as in kunit_explore_enter()
 * @ret: what it has returned
 *
 * Context: An actor.
 */
void kunit_explore_leave(u16 function, u32 ret)
{
	kunit_explore_access(KUNIT_EXPLORE_LEAVE, function, ret, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_leave);

/**
 * kunit_explore_keep() - Forget what a function was told so far, but for this
 * @function: as in kunit_explore_enter(); not known: nothing is forgotten
 * @what: all that matters from now on of what the function was told
 *
 * Context: An actor.
 */
void kunit_explore_keep(u16 function, u32 what)
{
	kunit_explore_access(KUNIT_EXPLORE_LEAVE, function, what, 1);
}
EXPORT_SYMBOL_GPL(kunit_explore_keep);

/** kunit_explore_irq_off() - local_irq_save() of an actor */
void kunit_explore_irq_off(void)
{
	kunit_explore_access(KUNIT_EXPLORE_IRQ_OFF, 0, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_irq_off);

/** kunit_explore_irq_on() - local_irq_restore() of an actor */
void kunit_explore_irq_on(void)
{
	kunit_explore_access(KUNIT_EXPLORE_IRQ_ON, 0, 0, 0);
}
EXPORT_SYMBOL_GPL(kunit_explore_irq_on);

static int explore_kthread(void *data);

/** kunit_explore_arg() - The argument of the run function of the calling actor, or NULL */
void *kunit_explore_arg(void)
{
	struct kunit_explore_program *program;

	if (kthread_func(current) != explore_kthread)
		return NULL;
	program = kthread_data(current);

	return program->arg;
}
EXPORT_SYMBOL_GPL(kunit_explore_arg);

static int explore_kthread(void *data)
{
	struct kunit_explore_program *program = data;
	u32 start;

	while (!program->stop) {
		start = kunit_explore_access(KUNIT_EXPLORE_START, 0, 0, 0);
		kunit_explore_access(KUNIT_EXPLORE_RETURN, 0,
				     program->run(program->arg, start), 0);
	}

	return 0;
}

/* The explorer's side of the hand-over. */
static void explore_tell(struct kunit_explore_program *program, u32 answer)
{
	program->answer = answer;
	complete(&program->go);
	wait_for_completion(&program->arrived);
}

static void explore_program_exit(void *data)
{
	struct kunit_explore_program *program = data;

	if (program->task) {
		program->stop = true;
		complete(&program->go);
		kthread_stop_put(program->task);
	}
	kvfree(program->nodes);
	kvfree(program);
}

/* Finds the KUNIT_EXPLORE_ENTER that is still open. */
static u32 explore_entered(const struct explore_node *nodes, u32 n)
{
	u16 function = nodes[n].access.where;
	unsigned int left = 0;

	for (n = nodes[n].parent; n != EXPLORE_NONE; n = nodes[n].parent) {
		if (nodes[n].access.where != function)
			continue;
		if (nodes[n].access.kind == KUNIT_EXPLORE_LEAVE && !nodes[n].access.arg[1])
			left++;
		else if (nodes[n].access.kind == KUNIT_EXPLORE_ENTER && !left--)
			return n;
	}

	return EXPLORE_NONE;
}

/* Finds out whether a function has returned the same here before. */
static void explore_leave(struct explore_node *nodes, u32 n)
{
	u32 enter = explore_entered(nodes, n), leave;

	if (enter == EXPLORE_NONE)
		return;
	for (leave = nodes[enter].leaves; leave != EXPLORE_NONE; leave = nodes[leave].next_leave) {
		if (nodes[leave].irqs_off == nodes[n].irqs_off &&
		    !memcmp(&nodes[leave].access, &nodes[n].access, sizeof(nodes[n].access))) {
			nodes[n].same_as = leave;
			return;
		}
	}
	nodes[n].next_leave = nodes[enter].leaves;
	nodes[enter].leaves = n;
}

/* Not a step. */
static bool explore_silent(const struct explore_node *node)
{
	return node->access.kind == KUNIT_EXPLORE_ENTER ||
	       node->access.kind == KUNIT_EXPLORE_LEAVE;
}

/* Makes room for one more position. */
static bool explore_grow(struct kunit_explore_program *program)
{
	u32 n = program->num_nodes, max = max(2 * n, 64U);
	struct explore_node *nodes;

	if (n < program->max_nodes)
		return true;
	nodes = kvmalloc_array(max, sizeof(*nodes), GFP_KERNEL);
	if (!nodes)
		return false;
	if (n)
		memcpy(nodes, program->nodes, n * sizeof(*nodes));
	kvfree(program->nodes);
	program->nodes = nodes;
	program->max_nodes = max;

	return true;
}

/* Finds the first time that an actor was at this loop. */
static u32 explore_first_round(const struct explore_node *nodes, u32 n)
{
	u32 seen, first = EXPLORE_NONE;

	for (seen = nodes[n].parent; seen != EXPLORE_NONE; seen = nodes[seen].parent) {
		if (nodes[seen].access.kind == KUNIT_EXPLORE_AGAIN &&
		    nodes[seen].access.where == nodes[n].access.where)
			first = seen;
	}

	return first;
}

static u32 explore_new_node(struct kunit_explore_program *program, u32 parent, u32 answer)
{
	struct explore_node *nodes;
	u32 n = program->num_nodes;

	if (!explore_grow(program))
		return EXPLORE_NONE;
	nodes = program->nodes;
	program->num_nodes++;
	nodes[n] = (struct explore_node) {
		.access = program->access,
		.parent = parent,
		.answer = answer,
		.child = EXPLORE_NONE,
		.sibling = EXPLORE_NONE,
		.same_as = EXPLORE_NONE,
		.leaves = EXPLORE_NONE,
		.next_leave = EXPLORE_NONE,
	};
	if (parent == EXPLORE_NONE)
		return n;

	nodes[n].sibling = nodes[parent].child;
	nodes[parent].child = n;
	nodes[n].irqs_off = nodes[parent].irqs_off +
			    (nodes[parent].access.kind == KUNIT_EXPLORE_IRQ_OFF) -
			    (nodes[parent].access.kind == KUNIT_EXPLORE_IRQ_ON);
	if (program->access.kind == KUNIT_EXPLORE_LEAVE)
		explore_leave(nodes, n);
	else if (program->access.kind == KUNIT_EXPLORE_AGAIN)
		nodes[n].same_as = explore_first_round(nodes, n);

	return n;
}

/**
 * kunit_explore_program() - Make code known to the explorer
 * @test: test that it is for
 * @name: of the kthread
 * @run: the code. Gets @arg, and what the model answered to KUNIT_EXPLORE_START.
 *	Whatever it changes besides what kunit_explore_access() shows, it sets up
 *	itself each time: it is run again and again.
 * @arg: its first argument
 *
 * What is learnt about the code is kept from one exploration to the next.
 *
 * Context: The test's thread. Asserts.
 * Return: The program, until the test ends.
 */
struct kunit_explore_program *
kunit_explore_program(struct kunit *test, const char *name,
		      u32 (*run)(void *arg, u32 start), void *arg)
{
	struct kunit_explore_program *program = kvzalloc(sizeof(*program), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, program);
	program->name = name;
	program->run = run;
	program->arg = arg;
	init_completion(&program->arrived);
	init_completion(&program->go);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, explore_program_exit, program), 0);

	task = kthread_create(explore_kthread, program, "explore-%s", name);
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	program->task = get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&program->arrived);
	KUNIT_ASSERT_EQ(test, explore_new_node(program, EXPLORE_NONE, 0), 0);

	return program;
}
EXPORT_SYMBOL_GPL(kunit_explore_program);

/* Carries an access out. */
static u32 explore_perform(struct kunit_explore *x, void *state, unsigned int actor,
			   const struct kunit_explore_access *access, unsigned int outcome)
{
	switch (access->kind) {
	case KUNIT_EXPLORE_IRQ_OFF:
	case KUNIT_EXPLORE_IRQ_ON:
	case KUNIT_EXPLORE_ENTER:
	case KUNIT_EXPLORE_LEAVE:
		return 0;
	case KUNIT_EXPLORE_AGAIN:
		return true;
	default:
		return x->model->perform(x, state, actor, access, outcome);
	}
}

static void explore_fail(struct kunit_explore *x, int error)
{
	if (!x->error)
		x->error = error;
}

/* The node after an answer, if it is known. */
static u32 explore_child(const struct kunit_explore_program *program, u32 node, u32 answer)
{
	u32 n = EXPLORE_NONE;

	if (node != EXPLORE_NONE)
		n = program->nodes[node].child;
	while (n != EXPLORE_NONE && program->nodes[n].answer != answer)
		n = program->nodes[n].sibling;

	return n;
}

/* The positions that an actor has to get to before it is told something new at @node. */
static bool explore_write_script(struct kunit_explore_program *program, u32 node, u32 answer)
{
	unsigned int steps = 0;
	u32 n;

	program->new_at = node;
	program->new_answer = answer;
	program->script[steps++] = EXPLORE_NONE;
	for (n = node; program->nodes[n].parent != EXPLORE_NONE; n = program->nodes[n].parent) {
		if (steps >= EXPLORE_LONG)
			return false;
		program->script[steps++] = n;
	}
	program->script_left = steps;

	return true;
}

/* What is said to be the same as @twin's child has to do the same. Returns the next twin. */
static u32 explore_compare(struct kunit_explore_program *program, u32 twin, u32 answer, u32 n)
{
	twin = explore_child(program, twin, answer);
	if (twin != EXPLORE_NONE &&
	    memcmp(&program->nodes[twin].access, &program->access, sizeof(program->access)))
		program->strayed = true;

	return program->nodes[n].same_as != EXPLORE_NONE ? program->nodes[n].same_as : twin;
}

/* Runs an actor from where its script has brought it to its end, alone. */
static u32 explore_run_alone(struct kunit_explore *x, unsigned int actor, u32 node, u32 answer)
{
	struct kunit_explore_program *program = x->model->actors[actor].program;
	unsigned int steps = program->script_left;
	u32 n, last = node, first = EXPLORE_NONE, twin = EXPLORE_NONE;

	/* The first answer of all is what wakes the kthread up. */
	explore_tell(program, explore_recall(program));
	for (;;) {
		n = explore_new_node(program, last, answer);
		if (n == EXPLORE_NONE) {
			explore_fail(x, -ENOMEM);
			return 0;
		}
		if (first == EXPLORE_NONE)
			first = n;
		twin = explore_compare(program, twin, answer, n);
		if (++steps > EXPLORE_LONG) {
			explore_fail(x, -ELOOP);
			return 0;
		}
		if (program->access.kind == KUNIT_EXPLORE_AGAIN)
			answer = false;
		else
			answer = explore_perform(x, x->alone, actor, &program->access, 0);
		last = n;
		explore_tell(program, answer);
		if (program->nodes[last].access.kind == KUNIT_EXPLORE_RETURN)
			return first;
	}
}

/*
 * An actor is told something new at a position: run its code, which waits at its
 * start, up to there, and from there to its end, alone. Each position on the way
 * is one that it can be in.
 */
static u32 explore_learn(struct kunit_explore *x, unsigned int actor, u32 node, u32 answer)
{
	struct kunit_explore_program *program = x->model->actors[actor].program;
	u32 first = 0, violated = x->violated;

	memcpy(x->alone, x->next, x->size);
	if (explore_write_script(program, node, answer))
		first = explore_run_alone(x, actor, node, answer);
	else
		explore_fail(x, -ELOOP);
	x->violated = violated;
	if (x->error == -ELOOP)
		kunit_err(x->test, "%s does not come to an end by itself", program->name);
	if (program->strayed) {
		kunit_err(x->test, "%s depends on more than it is told, or keeps", program->name);
		explore_fail(x, -EILSEQ);
	}

	return first;
}

/* Where an actor is after it was told something. */
static u32 explore_next_node(struct kunit_explore *x, unsigned int actor, u32 node, u32 answer)
{
	struct kunit_explore_program *program = x->model->actors[actor].program;
	u32 n;

	if (program->nodes[node].access.kind == KUNIT_EXPLORE_RETURN)
		return 0;

	n = explore_child(program, node, answer);
	if (n == EXPLORE_NONE)
		n = explore_learn(x, actor, node, answer);

	for (;;) {
		if (program->nodes[n].same_as != EXPLORE_NONE)
			n = program->nodes[n].same_as;
		if (!explore_silent(&program->nodes[n]) || x->error)
			return n;
		n = program->nodes[n].child;
	}
}

static const struct explore_node *explore_node(struct kunit_explore *x, const u32 *position,
					       unsigned int actor)
{
	return x->live ? &x->live[actor] :
	       &x->model->actors[actor].program->nodes[position[actor]];
}

/* How many outcomes the actor's access has, but for what runs on its CPU. */
static unsigned int explore_outcomes(struct kunit_explore *x, const void *state,
				     unsigned int actor, const struct kunit_explore_access *access)
{
	switch (access->kind) {
	case KUNIT_EXPLORE_RETURN:
	case KUNIT_EXPLORE_IRQ_OFF:
	case KUNIT_EXPLORE_IRQ_ON:
	case KUNIT_EXPLORE_AGAIN:
		return 1;
	default:
		return x->model->may(x->model, state, actor, access);
	}
}

/* How many outcomes the next step of an actor has; with 0, it cannot take one. */
static unsigned int explore_may(struct kunit_explore *x, const void *state,
				const u32 *position, unsigned int actor)
{
	const struct kunit_explore_model *model = x->model;
	const struct kunit_explore_actor *me = &model->actors[actor], *other;
	const struct explore_node *node = explore_node(x, position, actor);
	unsigned int i, outcomes;

	outcomes = explore_outcomes(x, state, actor, &node->access);
	if (!outcomes || (me->hardirq && position[actor]))
		return outcomes;

	for (i = 0; i < model->num_actors; i++) {
		other = &model->actors[i];
		if (i == actor || other->cpu != me->cpu)
			continue;
		if (other->hardirq ? position[i] : explore_node(x, position, i)->irqs_off)
			return 0;
		/* A hard IRQ is ahead, unless interrupts are off. */
		if (other->hardirq && !me->hardirq && !node->irqs_off &&
		    explore_outcomes(x, state, i, &explore_node(x, position, i)->access))
			return 0;
	}

	return outcomes;
}

static void *explore_at(const struct explore_array *array, u32 index)
{
	return array->pieces[index / EXPLORE_PIECE] + index % EXPLORE_PIECE * array->size;
}

static void *explore_state(struct kunit_explore *x, u32 index)
{
	return explore_at(&x->states, index);
}

static struct explore_found *explore_found(struct kunit_explore *x, u32 index)
{
	return explore_at(&x->found, index);
}

static u32 explore_successor(struct kunit_explore *x, u32 index)
{
	return *(u32 *)explore_at(&x->successors, index);
}

static void explore_extend(struct kunit_explore *x, struct explore_array *array, u32 num)
{
	u8 **pieces;
	u32 n;

	while (array->room < num && !x->error) {
		n = array->room / EXPLORE_PIECE;
		if (!(n & (n - 1))) {
			pieces = kvmalloc_array(max(2 * n, 1U), sizeof(*pieces), EXPLORE_GFP);
			if (!pieces) {
				explore_fail(x, -ENOMEM);
				return;
			}
			if (n)
				memcpy(pieces, array->pieces, n * sizeof(*pieces));
			kvfree(array->pieces);
			array->pieces = pieces;
		}
		array->pieces[n] = kvmalloc_array(EXPLORE_PIECE, array->size, EXPLORE_GFP);
		if (array->pieces[n])
			array->room += EXPLORE_PIECE;
		else
			explore_fail(x, -ENOMEM);
	}
}

static void explore_free(struct explore_array *array)
{
	u32 i;

	for (i = 0; i < array->room / EXPLORE_PIECE; i++)
		kvfree(array->pieces[i]);
	kvfree(array->pieces);
}

/* The slot that is free, or has this state. */
static struct explore_slot *explore_slot(struct kunit_explore *x, struct explore_array *slots,
					 u32 hash, const void *state)
{
	struct explore_slot *slot;
	u32 h;

	for (h = hash;; h++) {
		slot = explore_at(slots, h & (slots->room - 1));
		if (slot->index == EXPLORE_NONE ||
		    (state && slot->hash == hash &&
		     !memcmp(explore_state(x, slot->index), state, x->size)))
			return slot;
	}
}

static void explore_make_room(struct kunit_explore *x)
{
	struct explore_array slots = { .size = sizeof(struct explore_slot) };
	struct explore_slot *slot;
	u32 i;

	explore_extend(x, &x->states, x->num + 1);
	explore_extend(x, &x->found, x->num + 1);
	if (x->num * 2 < x->slots.room)
		return;

	explore_extend(x, &slots, max(x->slots.room * 2, 4U * EXPLORE_PIECE));
	for (i = 0; i < slots.room; i += EXPLORE_PIECE)
		memset(explore_at(&slots, i), 0xff, EXPLORE_PIECE * slots.size);
	for (i = 0; i < x->slots.room && !x->error; i++) {
		slot = explore_at(&x->slots, i);
		if (slot->index != EXPLORE_NONE)
			*explore_slot(x, &slots, slot->hash, NULL) = *slot;
	}
	explore_free(&x->slots);
	x->slots = slots;
}

/* Puts x->next into the table, if it is new; returns its index. */
static u32 explore_enter(struct kunit_explore *x, u32 parent, unsigned int mover,
			 unsigned int outcome, bool *new)
{
	u32 hash = jhash2((const u32 *)x->next, x->size / sizeof(u32), 0);
	struct explore_slot *slot;

	explore_make_room(x);
	if (x->error)
		return 0;

	slot = explore_slot(x, &x->slots, hash, x->next);
	*new = slot->index == EXPLORE_NONE;
	if (!*new)
		return slot->index;
	slot->index = x->num;
	slot->hash = hash;
	memcpy(explore_state(x, x->num), x->next, x->size);
	*explore_found(x, x->num) = (struct explore_found) {
		.parent = parent,
		.hardirq = EXPLORE_NONE,
		.mover = mover,
		.outcome = outcome,
		.fused = x->fused,
	};

	return x->num++;
}

static void explore_add_successor(struct kunit_explore *x, u32 to)
{
	explore_extend(x, &x->successors, x->num_successors + 1);
	if (!x->error)
		*(u32 *)explore_at(&x->successors, x->num_successors++) = to;
}

static char explore_letter(const struct kunit_explore_model *model, unsigned int mover)
{
	return mover < model->num_actors ? model->actors[mover].letter :
	       model->events[mover - model->num_actors].letter;
}

/* A schedule that is being written: aab+ is "a2b+". */
struct explore_text {
	char			*end;
	char			letter;
	unsigned int		times;
};

static void explore_put_run(struct explore_text *text)
{
	if (text->times)
		*text->end++ = text->letter;
	if (text->times > 1)
		text->end += sprintf(text->end, "%u", text->times);
	text->times = 0;
}

static void explore_put_step(struct explore_text *text, char letter, unsigned int outcome,
			     unsigned int fused)
{
	if (outcome || letter != text->letter)
		explore_put_run(text);
	text->letter = letter;
	text->times += fused + !outcome;
	if (!outcome)
		return;
	*text->end++ = letter;
	while (outcome--)
		*text->end++ = '+';
}

/* The states on the way to @state, but for the first one. */
static u32 *explore_path(struct kunit_explore *x, u32 state, unsigned int *length)
{
	u32 *path, s, n = 0;

	s = state;
	while (explore_found(x, s)->parent != EXPLORE_NONE) {
		s = explore_found(x, s)->parent;
		n++;
	}
	*length = n;
	path = kvmalloc_array(n + 1, sizeof(*path), GFP_KERNEL);
	for (s = state; path && n; s = explore_found(x, s)->parent)
		path[--n] = s;

	return path;
}

/* The schedule to a state, and one more step if there is one. */
static char *explore_schedule(struct kunit_explore *x, u32 state, int mover,
			      unsigned int outcome, unsigned int *steps)
{
	unsigned int length, i;
	u32 *path = explore_path(x, state, &length);
	char *begin = kunit_kzalloc(x->test, (length + 1) * EXPLORE_STEP_TEXT + 1, GFP_KERNEL);
	struct explore_text text = { .end = begin };
	const struct explore_found *found;

	if (!path || !begin) {
		kvfree(path);
		explore_fail(x, -ENOMEM);
		return NULL;
	}
	*steps = length;
	for (i = 0; i < length; i++) {
		found = explore_found(x, path[i]);
		explore_put_step(&text, explore_letter(x->model, found->mover), found->outcome,
				 found->fused);
		*steps += found->fused;
	}
	if (mover >= 0) {
		explore_put_step(&text, explore_letter(x->model, mover), outcome, x->fused);
		*steps += 1 + x->fused;
	}
	explore_put_run(&text);
	kvfree(path);

	return begin;
}

/* Keeps the schedule for properties that were broken for the first time. */
static void explore_note(struct kunit_explore *x, u32 violated, u32 state, int mover,
			 unsigned int outcome)
{
	struct kunit_explore_result *result = x->result;
	unsigned int p;

	for (p = 0; p < KUNIT_EXPLORE_PROPERTIES; p++) {
		if (!(violated & ~result->violated & BIT(p)))
			continue;
		result->schedule[p] = explore_schedule(x, state, mover, outcome,
						       &result->steps[p]);
	}
	result->violated |= violated;
}

/* In a replay: tells the kthread. Returns whether it is under way after that. */
static bool explore_move_live(struct kunit_explore *x, unsigned int actor, u32 answer)
{
	struct kunit_explore_program *program = x->model->actors[actor].program;
	struct explore_node *node = &x->live[actor];

	node->irqs_off += (node->access.kind == KUNIT_EXPLORE_IRQ_OFF) -
			  (node->access.kind == KUNIT_EXPLORE_IRQ_ON);
	do {
		explore_tell(program, answer);
		node->access = program->access;
	} while (explore_silent(node));

	return node->access.kind != KUNIT_EXPLORE_START;
}

/* An actor takes a step in x->next. */
static u32 explore_step(struct kunit_explore *x, unsigned int actor, unsigned int outcome)
{
	u32 *position = explore_positions(x, x->next);
	const struct explore_node *node = explore_node(x, position, actor);
	u32 answer;

	x->irqs_off = node->irqs_off;
	answer = explore_perform(x, x->next, actor, &node->access, outcome);
	if (x->live)
		position[actor] = explore_move_live(x, actor, answer);
	else
		position[actor] = explore_next_node(x, actor, position[actor], answer);

	return answer;
}

/* Takes a step from x->now to x->next. */
static u32 explore_move(struct kunit_explore *x, unsigned int mover, unsigned int outcome)
{
	const struct kunit_explore_model *model = x->model;

	memcpy(x->next, x->now, x->size);
	x->violated = 0;
	x->fused = 0;
	if (mover < model->num_actors)
		return explore_step(x, mover, outcome);
	model->event(x, x->next, mover - model->num_actors);

	return 0;
}

/* See &kunit_explore_model.local. With interrupts off, its CPU does nothing else anyway. */
static bool explore_local(struct kunit_explore *x, const void *state, unsigned int actor,
			  const struct explore_node *node)
{
	const struct kunit_explore_model *model = x->model;

	switch (node->access.kind) {
	case KUNIT_EXPLORE_IRQ_OFF:
	case KUNIT_EXPLORE_IRQ_ON:
		return node->irqs_off;
	default:
		return node->access.kind >= KUNIT_EXPLORE_OWN && model->local &&
		       model->local(model, state, actor, &node->access);
	}
}

/* The local steps that follow the one just taken: no state in between is kept. */
static void explore_fuse(struct kunit_explore *x, unsigned int actor)
{
	u32 *position = explore_positions(x, x->next);

	while (!x->error && x->fused < EXPLORE_FUSED &&
	       explore_local(x, x->next, actor, explore_node(x, position, actor)) &&
	       explore_may(x, x->next, position, actor) == 1) {
		explore_step(x, actor, 0);
		x->fused++;
	}
}

/**
 * struct explore_steps - What is found while all steps from a state are taken
 * @taken: how many
 * @joined: of these, how many lead to a state that is known
 * @due: how many have to happen
 * @awake: of these, how many others can wait for
 * @hardirq: the first such actor, or -1
 * @idle: no actor is under way
 * @flags: EXPLORE_HARDIRQ_IDLE etc.
 */
struct explore_steps {
	unsigned int		taken;
	unsigned int		joined;
	unsigned int		due;
	unsigned int		awake;
	int			hardirq;
	bool			idle;
	u8			flags;
};

static void explore_look(struct kunit_explore *x, struct explore_steps *steps)
{
	const struct kunit_explore_model *model = x->model;
	const u32 *position = explore_positions(x, x->now);
	unsigned int a;

	for (a = 0; a < model->num_actors; a++) {
		if (position[a])
			steps->idle = false;
		if (model->actors[a].hardirq && steps->hardirq < 0) {
			steps->hardirq = a;
			if (position[a])
				steps->flags &= ~EXPLORE_HARDIRQ_IDLE;
		} else if (explore_node(x, position, a)->irqs_off) {
			steps->flags |= EXPLORE_IRQS_OFF;
		}
	}
}

/* How many outcomes a step has, and whether it need not happen. */
static unsigned int explore_ask(struct kunit_explore *x, unsigned int mover, bool *optional)
{
	const struct kunit_explore_model *model = x->model;
	const u32 *position = explore_positions(x, x->now);
	unsigned int event = mover - model->num_actors;

	if (mover < model->num_actors) {
		*optional = model->actors[mover].optional && !position[mover];
		return explore_may(x, x->now, position, mover);
	}
	*optional = model->events[event].optional;

	return model->event_may(model, x->now, event);
}

static void explore_take(struct kunit_explore *x, u32 index, unsigned int mover,
			 unsigned int outcome, bool optional, struct explore_steps *steps)
{
	const struct kunit_explore_model *model = x->model;
	const u32 *position = explore_positions(x, x->now);
	bool event = mover >= model->num_actors, new;
	u32 next;

	explore_move(x, mover, outcome);
	if (!event)
		explore_fuse(x, mover);
	if (x->violated)
		explore_note(x, x->violated, index, mover, outcome);
	next = explore_enter(x, index, mover, outcome, &new);
	if (x->error)
		return;
	steps->taken++;
	steps->joined += !new;
	if (optional)
		return;
	steps->due++;
	if (event)
		steps->flags |= EXPLORE_EVENT_DUE;
	if (event || explore_node(x, position, mover)->access.kind != KUNIT_EXPLORE_SLEEP)
		steps->awake++;
	explore_add_successor(x, next);
	/* With another outcome, it may find the same again and again, but need not. */
	if (mover == steps->hardirq && !outcome)
		explore_found(x, index)->hardirq = next;
}

static void explore_sum_up(struct kunit_explore *x, u32 index, const struct explore_steps *steps)
{
	const struct kunit_explore_model *model = x->model;
	u8 flags = steps->flags;

	x->result->transitions += steps->taken;
	x->result->schedules += steps->joined + !steps->taken;
	x->violated = 0;
	if (!steps->due) {
		flags |= EXPLORE_ENDS;
		if (steps->idle)
			model->check(x, x->now, KUNIT_EXPLORE_REST);
		else
			kunit_explore_violate(x, KUNIT_EXPLORE_DEADLOCK);
	} else if (!steps->awake) {
		model->check(x, x->now, KUNIT_EXPLORE_ASLEEP);
	}
	if (x->violated)
		explore_note(x, x->violated, index, -1, 0);
	explore_found(x, index)->flags = flags;
}

/* Returns false if the schedule ends in this state. */
static bool explore_check(struct kunit_explore *x, u32 index)
{
	x->violated = 0;
	x->ended = false;
	x->model->check(x, x->now, KUNIT_EXPLORE_ANY);
	if (x->violated)
		explore_note(x, x->violated, index, -1, 0);
	if (!x->ended)
		return true;
	explore_found(x, index)->flags = EXPLORE_ENDS;
	x->result->schedules++;

	return false;
}

/* All steps from a state. */
static void explore_expand(struct kunit_explore *x, u32 index)
{
	const struct kunit_explore_model *model = x->model;
	struct explore_steps steps = {
		.hardirq = -1, .idle = true, .flags = EXPLORE_HARDIRQ_IDLE,
	};
	unsigned int m, o, outcomes;
	bool optional;

	memcpy(x->now, explore_state(x, index), x->size);
	explore_found(x, index)->successors = x->num_successors;
	if (!explore_check(x, index))
		return;

	explore_look(x, &steps);
	for (m = 0; m < model->num_actors + model->num_events; m++) {
		outcomes = explore_ask(x, m, &optional);
		if (outcomes > KUNIT_EXPLORE_OUTCOMES) {
			kunit_err(x->test, "an access with %u outcomes\n", outcomes);
			explore_fail(x, -EINVAL);
		}
		for (o = 0; o < outcomes && !x->error; o++)
			explore_take(x, index, m, o, optional, &steps);
		if (x->error)
			return;
	}
	explore_sum_up(x, index, &steps);
}

/* A hard IRQ that ends in the state that it began in comes again at once. */
static bool explore_storms(struct kunit_explore *x, u32 index)
{
	u32 s = index, steps;

	if (!(explore_found(x, index)->flags & EXPLORE_HARDIRQ_IDLE))
		return false;
	/* These are not held up by anything, and soon over. */
	if (explore_found(x, index)->flags & (EXPLORE_IRQS_OFF | EXPLORE_EVENT_DUE))
		return false;
	for (steps = 0; steps < EXPLORE_CYCLE; steps++) {
		s = explore_found(x, s)->hardirq;
		if (s == EXPLORE_NONE || s == index)
			break;
	}

	return s == index;
}

/* From a state without end: the first one of a cycle that it leads to. */
static u32 explore_on_cycle(struct kunit_explore *x, u32 s)
{
	u32 first, i;

	for (i = 0; i < x->num; i++)
		s = explore_successor(x, explore_found(x, s)->successors);
	first = s;
	for (i = explore_successor(x, explore_found(x, s)->successors); i != s;
	     i = explore_successor(x, explore_found(x, i)->successors))
		first = min(first, i);

	return first;
}

static bool explore_ends(struct kunit_explore *x, u32 s)
{
	return explore_found(x, s)->flags & EXPLORE_ENDS;
}

/* From every state, what has to happen must be able to come to an end. */
static void explore_find_livelock(struct kunit_explore *x)
{
	u32 s, i, begin, end;
	bool changed;

	do {
		changed = false;
		for (s = x->num, begin = x->num_successors; s--;) {
			end = begin;
			begin = explore_found(x, s)->successors;
			if (explore_ends(x, s))
				continue;
			for (i = begin; i < end && !explore_ends(x, explore_successor(x, i));)
				i++;
			if (i == end)
				continue;
			explore_found(x, s)->flags |= EXPLORE_ENDS;
			changed = true;
		}
	} while (changed);

	for (s = 0; s < x->num && !explore_storms(x, s); s++)
		;
	if (s == x->num) {
		for (s = 0; s < x->num && explore_ends(x, s); s++)
			;
		if (s == x->num)
			return;
		s = explore_on_cycle(x, s);
	}
	explore_note(x, BIT(KUNIT_EXPLORE_LIVELOCK), s, -1, 0);
}

static bool explore_begin(struct kunit_explore *x, struct kunit *test,
			  const struct kunit_explore_model *model, const void *init)
{
	memset(x, 0, sizeof(*x));
	x->test = test;
	x->model = model;
	x->size = model->size + model->num_actors * sizeof(u32);
	x->states.size = x->size;
	x->found.size = sizeof(struct explore_found);
	x->slots.size = sizeof(struct explore_slot);
	x->successors.size = sizeof(u32);
	KUNIT_ASSERT_LE(test, model->num_actors, KUNIT_EXPLORE_ACTORS);
	KUNIT_ASSERT_EQ(test, model->size % sizeof(u32), 0);

	x->now = kunit_kzalloc(test, x->size, GFP_KERNEL);
	x->next = kunit_kzalloc(test, x->size, GFP_KERNEL);
	x->alone = kunit_kzalloc(test, x->size, GFP_KERNEL);
	if (!x->now || !x->next || !x->alone)
		return false;
	memcpy(x->next, init, model->size);

	return true;
}

static void explore_end(struct kunit_explore *x)
{
	explore_free(&x->states);
	explore_free(&x->found);
	explore_free(&x->slots);
	explore_free(&x->successors);
	kunit_kfree(x->test, x->now);
	kunit_kfree(x->test, x->next);
	kunit_kfree(x->test, x->alone);
}

/**
 * kunit_explore_run() - Explore every schedule
 * @test: the test
 * @model: what the actors share
 * @init: the state it begins in, of &kunit_explore_model.size
 * @limit: so many states are enough
 * @result: what was found
 *
 * A deadlock is a state with actors under way of which none can take a step, and no
 * event happens. A livelock is a state from which nothing that has to happen leads
 * to rest, or one in which a pass of the hard IRQ changes nothing, while no other
 * CPU has interrupts off and no event is due, so that it may go on for as long as
 * one likes.
 *
 * Context: The test's thread. Sleeps. Prints what is wrong with an actor.
 * Return: 0, or a negative errno if the exploration itself has failed.
 */
int kunit_explore_run(struct kunit *test, const struct kunit_explore_model *model,
		      const void *init, unsigned int limit,
		      struct kunit_explore_result *result)
{
	struct kunit_explore x;
	u32 s, layer_end;
	bool new;

	memset(result, 0, sizeof(*result));
	if (!explore_begin(&x, test, model, init)) {
		explore_fail(&x, -ENOMEM);
		goto end;
	}
	x.result = result;
	explore_enter(&x, EXPLORE_NONE, 0, 0, &new);

	layer_end = x.num;
	for (s = 0; s < x.num && x.num <= limit && !x.error; s++) {
		if (s == layer_end) {
			result->depth++;
			layer_end = x.num;
		}
		explore_expand(&x, s);
		if (!(s & 1023))
			cond_resched();
	}
	result->complete = s == x.num;
	result->states = x.num;
	if (result->complete && !x.error)
		explore_find_livelock(&x);
end:
	explore_end(&x);

	return x.error;
}
EXPORT_SYMBOL_GPL(kunit_explore_run);

/* The kthread of an actor that is not at its start is run to its end. */
static void explore_drain(struct kunit_explore *x, unsigned int actor)
{
	struct kunit_explore_program *program = x->model->actors[actor].program;
	unsigned int steps = 0;
	u32 answer;

	while (program->access.kind != KUNIT_EXPLORE_START) {
		if (steps++ > EXPLORE_LONG) {
			kunit_err(x->test, "%s does not come to an end by itself", program->name);
			explore_fail(x, -ELOOP);
			return;
		}
		if (program->access.kind == KUNIT_EXPLORE_AGAIN)
			answer = false;
		else
			answer = explore_perform(x, x->next, actor, &program->access, 0);
		explore_tell(program, answer);
	}
}

static int explore_mover(const struct kunit_explore_model *model, char letter)
{
	unsigned int m;

	for (m = 0; m < model->num_actors + model->num_events; m++) {
		if (explore_letter(model, m) == letter)
			return m;
	}

	return -1;
}

/* One letter of a schedule: who, with which outcome, how often. */
static int explore_parse(const struct kunit_explore_model *model, const char **schedule,
			 unsigned int *outcome, unsigned int *repeat)
{
	const char *p = *schedule;
	int mover = explore_mover(model, *p++);

	for (*outcome = 0; *p == '+'; p++)
		++*outcome;
	for (*repeat = 0; isdigit(*p) && *repeat < EXPLORE_LONG; p++)
		*repeat = *repeat * 10 + *p - '0';
	if (!*repeat)
		*repeat = 1;
	*schedule = p;

	return mover;
}

/* Takes the step, if it is possible. */
static bool explore_replay_step(struct kunit_explore *x, unsigned int mover, unsigned int outcome,
				struct kunit_explore_step *it)
{
	const struct kunit_explore_model *model = x->model;
	bool actor = mover < model->num_actors, optional;

	memcpy(x->now, x->next, x->size);
	if (outcome >= explore_ask(x, mover, &optional))
		return false;
	it->actor = actor ? mover : -1;
	it->event = actor ? -1 : mover - model->num_actors;
	if (actor)
		it->access = x->live[mover].access;
	it->answer = explore_move(x, mover, outcome);
	it->violated = x->violated;
	it->number++;
	it->state = x->next;
	x->violated = 0;
	model->check(x, x->next, KUNIT_EXPLORE_ANY);
	it->violated |= x->violated;

	return true;
}

static void explore_replay_all(struct kunit_explore *x, const char *schedule,
			       void (*step)(const struct kunit_explore_model *model,
					    const struct kunit_explore_step *step),
			       u32 *violated)
{
	struct kunit_explore_step it = {};
	unsigned int outcome, repeat;
	const char *p = schedule;
	char letter;
	int mover;

	while (*p && !x->error) {
		letter = *p;
		mover = explore_parse(x->model, &p, &outcome, &repeat);
		if (mover < 0) {
			kunit_err(x->test, "no actor or event '%c' in schedule %s", letter,
				  schedule);
			explore_fail(x, -EINVAL);
		}
		while (repeat-- && !x->error) {
			if (!explore_replay_step(x, mover, outcome, &it)) {
				kunit_err(x->test,
					  "step %u of schedule %s: '%c' cannot do that now",
					  it.number + 1, schedule, letter);
				explore_fail(x, -EINVAL);
				break;
			}
			*violated |= it.violated;
			if (step)
				step(x->model, &it);
		}
	}
}

/**
 * kunit_explore_replay() - Run one schedule
 * @test: the test
 * @model: what the actors share
 * @init: the state it begins in
 * @schedule: the steps, as in &kunit_explore_result.schedule
 * @step: called after each one, or NULL
 * @violated: properties that were broken, but for KUNIT_EXPLORE_LIVELOCK
 *
 * All actors run for real, in lockstep: nothing is taken from what is known
 * about them.
 *
 * Context: The test's thread. Sleeps. Prints where a schedule is impossible.
 * Return: 0, or -EINVAL for a schedule that is impossible, or another negative errno.
 */
int kunit_explore_replay(struct kunit *test, const struct kunit_explore_model *model,
			 const void *init, const char *schedule,
			 void (*step)(const struct kunit_explore_model *model,
				      const struct kunit_explore_step *step),
			 u32 *violated)
{
	struct explore_node live[KUNIT_EXPLORE_ACTORS] = {};
	struct kunit_explore x;
	unsigned int i;

	*violated = 0;
	if (!explore_begin(&x, test, model, init)) {
		explore_end(&x);
		return -ENOMEM;
	}
	for (i = 0; i < model->num_actors; i++)
		live[i].access = model->actors[i].program->access;
	x.live = live;
	explore_replay_all(&x, schedule, step, violated);
	for (i = 0; i < model->num_actors; i++)
		explore_drain(&x, i);
	explore_end(&x);

	return x.error;
}
EXPORT_SYMBOL_GPL(kunit_explore_replay);

MODULE_DESCRIPTION("Takes kthreads through every schedule of a scenario, for KUnit tests");
MODULE_LICENSE("GPL");
