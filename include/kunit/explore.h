/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit: explore every schedule of a few actors.
 */

#ifndef _KUNIT_EXPLORE_H
#define _KUNIT_EXPLORE_H

#include <linux/bits.h>
#include <linux/types.h>

struct kunit;
struct kunit_explore;
struct kunit_explore_program;

/**
 * DOC: Exploring schedules
 *
 * A test gives a few *actors*, whose code is real, and a *model*: the state of everything
 * that they share (variables, locks, a device, its interrupt line), and functions that step
 * it. kunit_explore_run() takes the actors through every order in which their accesses can
 * follow each other, and says which properties hold in all orders. For a property that does
 * not hold, it gives a short schedule that shows this, as a string.
 * kunit_explore_replay() runs such a string again.
 *
 * An actor calls kunit_explore_access() for each access that another actor could see. Apart
 * from that, its code may depend only on what these calls have returned since it started.
 * Other code, such as a driver, is compiled a second time, with its primitives defined to
 * call kunit_explore_access().
 *
 * The code of each actor (&struct kunit_explore_program) runs in a kthread of its own, which
 * hands over at every access. What the code does next follows from the answers that it got.
 * So the explorer remembers that: the code runs only when it gets a list of answers for the
 * first time, and this list stands for its position in the state.
 * kunit_explore_replay() remembers nothing: there, all kthreads run in lockstep.
 *
 * The search compares exact states, not their hashes, so it leaves nothing out. It is
 * breadth first, because a depth-first search finds a schedule that is longer than
 * needed, and a human has to read it. It follows a schedule until the schedule ends, or
 * reaches a state that another one has been in. The number of schedules counts these. Tests
 * assert a minimum of states: a search that shrinks fails.
 *
 * Most steps that can come in any order lead to the same state. For some steps, the model
 * knows that beforehand (&kunit_explore_model.local). The explorer takes these at once with
 * the step before, without a state of their own. The verdicts stay the same. A schedule may
 * get longer than the shortest one.
 *
 * An actor can have more positions than needed, because old answers may no longer matter.
 * kunit_explore_enter() and kunit_explore_leave() around the call of a function say that
 * only its return value matters. kunit_explore_keep() in a loop of that function says that
 * only the values at the begin of this round matter. The explorer checks this where the code
 * runs anyway.
 *
 * A hard IRQ always runs before the tasks of its CPU, and the tasks of a CPU wait for one
 * that has turned interrupts off. Apart from that, the scheduler may do anything. Each access
 * takes effect at once, unless the model has a memory that reorders accesses
 * (explore_memory.h), a store buffer, or posted register writes.
 *
 * The explorer does not see primitives that do not call kunit_explore_access(): they
 * run, but are not explored. It also does not see more events than the scenario has.
 */

/**
 * enum kunit_explore_kind - Kinds of access that the explorer knows
 * @KUNIT_EXPLORE_START: the actor is started; its run function gets the answer
 * @KUNIT_EXPLORE_RETURN: it has returned what is in &kunit_explore_access.arg;
 *	its history is forgotten
 * @KUNIT_EXPLORE_IRQ_OFF: turns interrupts off on its CPU; nests
 * @KUNIT_EXPLORE_IRQ_ON: undoes one of these
 * @KUNIT_EXPLORE_AGAIN: see kunit_explore_again()
 * @KUNIT_EXPLORE_ENTER: see kunit_explore_enter(); not a step
 * @KUNIT_EXPLORE_LEAVE: see kunit_explore_leave(); not a step
 * @KUNIT_EXPLORE_SLEEP: carried out by the model; may take as long as it likes, so
 *	&kunit_explore_model.check is asked what else waits for it
 * @KUNIT_EXPLORE_OWN: the first one that the model defines
 */
enum kunit_explore_kind {
	KUNIT_EXPLORE_START,
	KUNIT_EXPLORE_RETURN,
	KUNIT_EXPLORE_IRQ_OFF,
	KUNIT_EXPLORE_IRQ_ON,
	KUNIT_EXPLORE_AGAIN,
	KUNIT_EXPLORE_ENTER,
	KUNIT_EXPLORE_LEAVE,
	KUNIT_EXPLORE_SLEEP,
	KUNIT_EXPLORE_OWN,
};

/**
 * enum kunit_explore_state - What is known of a state that is checked
 * @KUNIT_EXPLORE_ANY: nothing; each state is checked like this
 * @KUNIT_EXPLORE_ASLEEP: only actors in KUNIT_EXPLORE_SLEEP can go on, apart from
 *	optional events and starts
 * @KUNIT_EXPLORE_REST: no actor is under way, and nothing but optional events and
 *	starts can happen
 */
enum kunit_explore_state {
	KUNIT_EXPLORE_ANY,
	KUNIT_EXPLORE_ASLEEP,
	KUNIT_EXPLORE_REST,
};

/**
 * struct kunit_explore_access - What an actor is about to do
 * @kind: an &enum kunit_explore_kind, or one of the model's own
 * @where: to which variable, register, lock...
 * @arg: with what
 */
struct kunit_explore_access {
	u16			kind;
	u16			where;
	u32			arg[2];
};

/**
 * struct kunit_explore_actor - One that takes steps
 * @program: its code
 * @name: for humans
 * @letter: stands for it in a schedule; neither a digit nor '+'
 * @cpu: that it runs on
 * @hardirq: a hard IRQ; the model says when it may start. The first such actor
 *	is the one that is looked at for interrupt storms.
 * @optional: it need not start: no other actor waits for it
 */
struct kunit_explore_actor {
	struct kunit_explore_program *program;
	const char		*name;
	char			letter;
	u8			cpu;
	bool			hardirq;
	bool			optional;
};

/**
 * struct kunit_explore_event - What happens by itself: a device, a bus
 * @name: for humans
 * @letter: stands for it in a schedule
 * @optional: need not ever happen
 */
struct kunit_explore_event {
	const char		*name;
	char			letter;
	bool			optional;
};

#define KUNIT_EXPLORE_ACTORS	8
#define KUNIT_EXPLORE_OUTCOMES	8

/* Properties: 0 to 29 are the model's. */
#define KUNIT_EXPLORE_DEADLOCK	30
#define KUNIT_EXPLORE_LIVELOCK	31
#define KUNIT_EXPLORE_PROPERTIES 32

/**
 * struct kunit_explore_model - What the actors share
 * @size: of a state, a multiple of 4. States are compared as memory, so unused
 *	bytes are zero.
 * @actors: at most KUNIT_EXPLORE_ACTORS
 * @num_actors: how many
 * @events: what happens by itself
 * @num_events: how many
 * @priv: the model's own
 * @may: how many outcomes an access has in this state, KUNIT_EXPLORE_OUTCOMES at most;
 *	with 0 the actor waits. Asked for KUNIT_EXPLORE_START, KUNIT_EXPLORE_SLEEP and
 *	own kinds.
 * @local: optional; whether an access of an own kind in this state is *local*: an actor or
 *	event that does something before it could do the same after it, with the same
 *	result, and no property depends on it. Then it is taken together with the
 *	actor's step before, and no schedule has anything in between.
 * @perform: carry out an access; returns the actor's answer. Called for
 *	the same, and for KUNIT_EXPLORE_RETURN. When a new answer
 *	was found, the actor is run to its end alone: then this is called with
 *	accesses that would have to wait, too, on a copy of the state.
 * @event_may: whether an event can happen now
 * @event: let it happen
 * @check: look at a state
 *
 * All of them are functions of what they are given, and run in the thread of the
 * test. @perform, @event and @check report with kunit_explore_violate().
 */
struct kunit_explore_model {
	size_t			size;
	const struct kunit_explore_actor *actors;
	unsigned int		num_actors;
	const struct kunit_explore_event *events;
	unsigned int		num_events;
	void			*priv;

	unsigned int (*may)(const struct kunit_explore_model *model, const void *state,
			    unsigned int actor, const struct kunit_explore_access *access);
	bool (*local)(const struct kunit_explore_model *model, const void *state,
		      unsigned int actor, const struct kunit_explore_access *access);
	u32 (*perform)(struct kunit_explore *explore, void *state, unsigned int actor,
		       const struct kunit_explore_access *access, unsigned int outcome);
	bool (*event_may)(const struct kunit_explore_model *model, const void *state,
			  unsigned int event);
	void (*event)(struct kunit_explore *explore, void *state, unsigned int event);
	void (*check)(struct kunit_explore *explore, const void *state,
		      enum kunit_explore_state what);
};

/**
 * struct kunit_explore_result - What was found
 * @states: different ones
 * @transitions: steps between them
 * @schedules: ones that were followed until they ended, or joined another
 * @depth: steps to the state that is farthest away
 * @complete: all of them; else @limit was reached
 * @violated: properties, a bit each
 * @steps: length of the shortest schedule that breaks a property
 * @schedule: that schedule, or NULL
 */
struct kunit_explore_result {
	unsigned int		states;
	unsigned int		transitions;
	unsigned int		schedules;
	unsigned int		depth;
	bool			complete;
	u32			violated;
	unsigned int		steps[KUNIT_EXPLORE_PROPERTIES];
	char			*schedule[KUNIT_EXPLORE_PROPERTIES];
};

/**
 * struct kunit_explore_step - One step of a schedule that is replayed
 * @number: from 1
 * @actor: who took it, or -1
 * @event: what happened, or -1
 * @access: what the actor did
 * @answer: what it was told
 * @state: the model's state after it
 * @violated: properties that it broke
 */
struct kunit_explore_step {
	unsigned int		number;
	int			actor;
	int			event;
	struct kunit_explore_access access;
	u32			answer;
	const void		*state;
	u32			violated;
};

/* For actors */
u32 kunit_explore_access(u16 kind, u16 where, u32 arg0, u32 arg1);
bool kunit_explore_again(u16 loop);
void kunit_explore_enter(u16 function);
void kunit_explore_leave(u16 function, u32 ret);
void kunit_explore_keep(u16 function, u32 what);
void kunit_explore_irq_off(void);
void kunit_explore_irq_on(void);

void *kunit_explore_arg(void);

/* For models */
bool kunit_explore_irqs_off(struct kunit_explore *explore);
void kunit_explore_violate(struct kunit_explore *explore, unsigned int property);
void kunit_explore_end(struct kunit_explore *explore);
const struct kunit_explore_model *kunit_explore_model(struct kunit_explore *explore);

/* For tests */
struct kunit_explore_program *
kunit_explore_program(struct kunit *test, const char *name,
		      u32 (*run)(void *arg, u32 start), void *arg);
int kunit_explore_run(struct kunit *test, const struct kunit_explore_model *model,
		      const void *init, unsigned int limit,
		      struct kunit_explore_result *result);
int kunit_explore_replay(struct kunit *test, const struct kunit_explore_model *model,
			 const void *init, const char *schedule,
			 void (*step)(const struct kunit_explore_model *model,
				      const struct kunit_explore_step *step),
			 u32 *violated);

#endif /* _KUNIT_EXPLORE_H */
