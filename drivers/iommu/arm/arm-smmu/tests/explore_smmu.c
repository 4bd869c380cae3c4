// SPDX-License-Identifier: GPL-2.0-only
/*
 * An SMMU for the schedule explorer: see explore_smmu.h.
 */

#include <linux/bitops.h>
#include <linux/ctype.h>
#include <linux/string.h>

#include <kunit/test.h>

#include "explore_smmu.h"

#define EXPLORE_LATCHED	(ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_MULTI)
#define EXPLORE_ARMED	(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFCFG)

/* Bits of SCTLR and of its shadow, in a state */
#define SCTLR_M			BIT(0)
#define SCTLR_CFIE		BIT(1)
#define SCTLR_CFCFG		BIT(2)
#define SCTLR_DETACHING		BIT(3)

/* Bits of FSR, in a state */
#define FSR_TF			BIT(0)
#define FSR_MULTI		BIT(1)
#define FSR_SS			BIT(2)

/* Bits of RESUME, on its way */
#define RESUME_TERMINATE	BIT(0)
#define RESUME_LOST		BIT(1)

/* What only the checks know of a bank */
#define GHOST_UNREPORTED	BIT(0)	/* the latched fault */
#define GHOST_CLEARED		BIT(1)	/* FSR, since the transaction has stalled */
#define GHOST_DETACHED		BIT(2)	/* teardown has returned */
#define GHOST_CALLBACK		BIT(3)	/* is being called */
#define GHOST_WANT_OFF		BIT(4)	/* CFCFG may be off */
#define GHOST_WANT_ON		BIT(5)	/* CFCFG may be on */
#define GHOST_ACTION		BIT(6)	/* the interrupt is requested */
#define GHOST_SAVED		BIT(7)	/* a fault was cleared first, and is yet to be reported */

/* What was said of the stalled transaction, and when a fault came */
#define STALL_SEEN		BIT(0)	/* by the thread, before it has called the callback */
#define STALL_DECIDED		BIT(1)	/* by the callback */
#define STALL_RETRY		BIT(2)	/* was what it has decided */
#define STALL_CLEARED		BIT(4)	/* FSR was, since the second one of two has stalled */
#define FAULT_WHILE_ASLEEP	BIT(3)	/* came while the other bank's callback slept */

/* What a thread has found */
#define FOUND_FAULT		BIT(0)
#define FOUND_EXCUSE		BIT(1)	/* the power went, or a pause began: some wakes are stale */
#define FOUND_MULTI		BIT(2)	/* alone: to be cleared, but not reported */

/* A thread, worker or timer */
#define TASK_WOKEN		BIT(0)
#define TASK_BUSY		BIT(1)

struct explore_bank {
	u8	fsr;
	u8	sctlr;
	u8	shadow;
	u8	users;
	u8	ghost;
	u8	thread;
	u8	worker;
	u8	faults;		/* that may yet come */
	u8	attached;
	u8	found;		/* what its thread was woken for */
	u8	stall;
	u8	stalled:2;	/* transactions; FSR.SS is set while there is one */
	u8	ending:2;	/* of those: RESUME was written, and is yet to take effect */
	u8	polls:2;	/* looks at FSR by the writer of RESUME meanwhile */
	u8	retried:1;	/* RESUME said so */
	u8	timer;
	u8	wake;
	u8	unused[2];
	u8	var[EXPLORE_DESIGN_VARS];
};

struct explore_state {
	struct explore_bank bank[EXPLORE_BANKS];
	u8	clocks;
	u8	powered;
	u8	users;
	u8	lock;		/* 1 + actor */
	u8	pm_status;
	u8	pm_usage;
	u8	pass;		/* genirq is at the line */
	u8	next_bank;	/* whose primary comes next */
	u8	line_masked;	/* until these threads are done */
	u8	busy;		/* tasks under way */
	u8	dead;		/* external abort */
	u8	done;		/* roles that are not started again */
	u8	stall_calls;
	u8	stalls_in_flight;
	u8	up;		/* probed, and attached */
	u8	lost;		/* a RESUME was */
	u8	pm_holders;	/* actors that have a reference, a bit each */
	u8	num_posted[EXPLORE_CPUS];
	u8	posted[EXPLORE_CPUS][EXPLORE_POSTED];

	/* From here on, for weak memory. The variables above have their newest values. */
	struct kunit_explore_memory memory __aligned(4);
	u8	touching;	/* CPUs whose accesses to the device may not be over, a bit each */
} __aligned(4);

static_assert(EXPLORE_CPUS <= KUNIT_EXPLORE_CPUS);
static_assert(EXPLORE_POWERED - EXPLORE_FIRST_VAR < KUNIT_EXPLORE_VARS);

enum explore_role {
	ROLE_PRIMARY,
	ROLE_THREAD,
	ROLE_THREAD1,
	ROLE_WORKER,
	ROLE_WORKER1,
	ROLE_TIMER,
	ROLE_TIMER1,
	ROLE_STALL,
	ROLE_POWER,
	ROLE_TEARDOWN,
	ROLE_RESET,
	ROLES,
};

static const struct {
	const char	*name;
	char		letter;
} explore_roles[ROLES] = {
	[ROLE_PRIMARY]	= { "primary", 'i' },
	[ROLE_THREAD]	= { "thread0", 't' },
	[ROLE_THREAD1]	= { "thread1", 'T' },
	[ROLE_WORKER]	= { "worker0", 'w' },
	[ROLE_WORKER1]	= { "worker1", 'W' },
	[ROLE_TIMER]	= { "timer0", 'm' },
	[ROLE_TIMER1]	= { "timer1", 'M' },
	[ROLE_STALL]	= { "set_stall", 's' },
	[ROLE_POWER]	= { "power", 'p' },
	[ROLE_TEARDOWN]	= { "teardown", 'd' },
	[ROLE_RESET]	= { "reset", 'r' },
};

static const struct kunit_explore_event explore_events[] = {
	{ "fault0", 'f', true },
	{ "fault1", 'F', true },
	{ "bus0", 'x' },
	{ "bus1", 'y' },
	{ "bus2", 'z' },
	{ "bus3", 'v' },
	{ "ends0", 'k' },
	{ "ends1", 'K' },
};

#define EVENT_BUS	2
#define EVENT_ENDS	(EVENT_BUS + EXPLORE_CPUS)

static const char * const explore_scenarios[EXPLORE_SCENARIOS] = {
	"one_bank", "two_banks", "callback_set_stall", "set_stall", "suspend",
	"teardown", "reset",
};

static const char * const explore_names[] = {
	[EXPLORE_SCTLR]		= "SCTLR",
	[EXPLORE_FSR]		= "FSR",
	[EXPLORE_RESUME]	= "RESUME",
	[EXPLORE_SCR0]		= "sCR0",
	[EXPLORE_FAR]		= "FAR",
	[EXPLORE_FSYNR0]	= "FSYNR0",
	[EXPLORE_FSYNR1]	= "FSYNR1",
	[EXPLORE_CBFRSYNRA]	= "CBFRSYNRA",
	[EXPLORE_TTBR0]		= "TTBR0",
	[EXPLORE_CONTEXTIDR]	= "CONTEXTIDR",
	[EXPLORE_SHADOW]	= "shadow",
	[EXPLORE_BANK_USERS]	= "users",
	[EXPLORE_WAKE]		= "wake",
	[EXPLORE_ATTACHED]	= "cfg",
	[EXPLORE_USERS]		= "smmu_users",
	[EXPLORE_POWERED]	= "powered",
	[EXPLORE_LOCK]		= "lock",
	[EXPLORE_VAR]		= "var0",
	[EXPLORE_VAR + 1]	= "var1",
	[EXPLORE_VAR + 2]	= "var2",
	[EXPLORE_VAR + 3]	= "var3",
};

/**
 * struct explore_code - The code of a design, for as many banks as there are
 * @design: the design
 * @banks: how many
 * @weak: see explore_weak_code()
 * @programs: by role; those that the design does not have are NULL
 */
struct explore_code {
	const struct explore_design *design;
	unsigned int			banks;
	bool				weak;
	struct kunit_explore_program	*programs[ROLES];
};

/* What a model is made for. */
struct explore_setup {
	const struct explore_code	*code;
	const struct explore_case	*c;
	struct kunit_explore_actor	actors[KUNIT_EXPLORE_ACTORS];
	enum explore_role		roles[KUNIT_EXPLORE_ACTORS];
	struct kunit_explore_model	model;
	struct explore_state		init;
	void				(*line)(void *data, const char *text);
	void				*data;
	struct explore_cost		*cost;
	struct explore_state		before;
	bool				in_pass;
	bool				answered;
	bool				waits;
};

static u8 pack_sctlr(u32 val)
{
	return (val & ARM_SMMU_SCTLR_M ? SCTLR_M : 0) |
	       (val & ARM_SMMU_SCTLR_CFIE ? SCTLR_CFIE : 0) |
	       (val & ARM_SMMU_SCTLR_CFCFG ? SCTLR_CFCFG : 0) |
	       (val & BIT(31) ? SCTLR_DETACHING : 0);
}

static u32 unpack_sctlr(u8 val)
{
	return (val & SCTLR_M ? ARM_SMMU_SCTLR_M : 0) |
	       (val & SCTLR_CFIE ? ARM_SMMU_SCTLR_CFIE : 0) |
	       (val & SCTLR_CFCFG ? ARM_SMMU_SCTLR_CFCFG : 0) |
	       (val & SCTLR_DETACHING ? BIT(31) : 0);
}

static u8 pack_fsr(u32 val)
{
	return (val & ARM_SMMU_CB_FSR_TF ? FSR_TF : 0) |
	       (val & ARM_SMMU_CB_FSR_MULTI ? FSR_MULTI : 0) |
	       (val & ARM_SMMU_CB_FSR_SS ? FSR_SS : 0);
}

static u32 unpack_fsr(u8 val)
{
	return (val & FSR_TF ? ARM_SMMU_CB_FSR_TF : 0) |
	       (val & FSR_MULTI ? ARM_SMMU_CB_FSR_MULTI : 0) |
	       (val & FSR_SS ? ARM_SMMU_CB_FSR_SS : 0);
}

/* Reports that Ixx is broken. */
static void broken(struct kunit_explore *x, unsigned int invariant)
{
	kunit_explore_violate(x, invariant - 1);
}

static const struct explore_setup *setup_of(const struct kunit_explore_model *model)
{
	return model->priv;
}

/* The device, and the line. */

static bool bank_asserts(const struct explore_case *c, const struct explore_bank *bank)
{
	return (bank->sctlr & SCTLR_CFIE) &&
	       (bank->fsr & (FSR_TF | FSR_MULTI | (c->ss_asserts ? FSR_SS : 0)));
}

static bool line_high(const struct explore_case *c, const struct explore_state *s)
{
	return s->clocks && (bank_asserts(c, &s->bank[0]) || bank_asserts(c, &s->bank[1]));
}

/* The interrupt is to be taken. */
static bool line_due(const struct explore_case *c, const struct explore_state *s)
{
	return line_high(c, s) && !s->line_masked &&
	       ((s->bank[0].ghost | s->bank[1].ghost) & GHOST_ACTION);
}

static void device_fault(const struct explore_case *c, struct explore_bank *bank)
{
	bank->faults--;
	if (bank->fsr & (FSR_TF | (c->ss_is_a_fault ? FSR_SS : 0))) {
		bank->fsr |= FSR_MULTI;
	} else {
		bank->fsr |= FSR_TF;
		bank->ghost |= GHOST_UNREPORTED;
	}
	if (!(bank->sctlr & SCTLR_CFCFG) || bank->stalled > c->two)
		return;
	bank->fsr |= FSR_SS;
	if (bank->stalled++) {
		bank->stall &= ~STALL_CLEARED;
	} else {
		bank->ghost &= ~GHOST_CLEARED;
		bank->stall &= ~(STALL_SEEN | STALL_DECIDED | STALL_RETRY);
	}
}

/* What RESUME was written for comes to pass: the transaction that stalled first goes on. */
static void device_end_stall(struct explore_bank *bank)
{
	bank->ghost &= ~GHOST_CLEARED;
	if (bank->stall & STALL_CLEARED)
		bank->ghost |= GHOST_CLEARED;
	bank->stall &= ~STALL_CLEARED;
	if (!--bank->stalled)
		bank->fsr &= ~FSR_SS;
}

/* Where that takes some time, it is over before the last look of a poll. */
static void device_end_late(struct kunit_explore *x, struct explore_bank *bank)
{
	/* Goes out untranslated. */
	if (bank->retried && !(bank->sctlr & SCTLR_M))
		broken(x, 9);
	if (!--bank->ending)
		bank->retried = false;
	bank->polls = 0;
	device_end_stall(bank);
}

static void device_resume(struct kunit_explore *x, const struct explore_case *c,
			  struct explore_bank *bank, bool terminate, bool lost)
{
	/* Each stall has one that is not lost. */
	if (bank->stalled == bank->ending ||
	    !(bank->ending ? bank->stall & STALL_CLEARED : bank->ghost & GHOST_CLEARED))
		broken(x, 3);
	/* Whatever was decided, a bank that is torn down terminates. */
	if ((bank->stall & STALL_DECIDED) && !(bank->stall & STALL_RETRY) != terminate &&
	    (!terminate || ((bank->ghost & GHOST_ACTION) && !(bank->shadow & SCTLR_DETACHING))))
		broken(x, 3);
	/* Ignored or not: no driver can tell whether a stall that is left is new. */
	bank->stall &= ~(STALL_SEEN | STALL_DECIDED | STALL_RETRY);
	if (lost || bank->stalled == bank->ending ||
	    (c->ss_asserts != c->resume_swapped && (bank->fsr & (FSR_TF | FSR_MULTI))))
		return;
	/* Goes out untranslated. */
	if (!terminate && !(bank->sctlr & SCTLR_M))
		broken(x, 9);
	if (!c->late) {
		device_end_stall(bank);
		return;
	}
	bank->polls = 0;
	bank->ending++;
	bank->retried |= !terminate;
}

static void device_write(struct kunit_explore *x, struct explore_state *s, int where, u8 val)
{
	const struct explore_setup *setup = setup_of(kunit_explore_model(x));
	const struct explore_design *design = setup->code->design;
	const struct explore_case *c = setup->c;
	struct explore_bank *bank = &s->bank[where >> 2];

	if (!s->clocks) {
		broken(x, 8);
		s->dead = 1;
		return;
	}
	switch (where & 3) {
	case EXPLORE_SCTLR:
		bank->sctlr = val;
		break;
	case EXPLORE_FSR:
		if ((val & bank->fsr & FSR_TF) && (bank->ghost & GHOST_UNREPORTED)) {
			if (design->clears_first && !(bank->ghost & GHOST_SAVED))
				bank->ghost |= GHOST_SAVED;
			else if (bank->ghost & GHOST_ACTION)
				broken(x, 1);
			bank->ghost &= ~GHOST_UNREPORTED;
		}
		bank->fsr &= ~(val & (FSR_TF | FSR_MULTI));
		if (bank->fsr & (FSR_TF | FSR_MULTI))
			break;
		bank->ghost |= GHOST_CLEARED;
		if (bank->stalled > 1)
			bank->stall |= STALL_CLEARED;
		break;
	case EXPLORE_RESUME:
		device_resume(x, c, bank, val & RESUME_TERMINATE, val & RESUME_LOST);
		break;
	}
}

/* The oldest posted write of a CPU arrives. */
static void bus_deliver(struct kunit_explore *x, struct explore_state *s, int cpu)
{
	u8 write = s->posted[cpu][0];
	int i;

	s->num_posted[cpu]--;
	for (i = 0; i < EXPLORE_POSTED - 1; i++)
		s->posted[cpu][i] = s->posted[cpu][i + 1];
	s->posted[cpu][i] = 0;
	device_write(x, s, write >> 4, write & 0xf);
}

static void bus_write(struct kunit_explore *x, struct explore_state *s, int cpu, u16 where,
		      u32 val, bool lost)
{
	const struct explore_case *c = setup_of(kunit_explore_model(x))->c;
	int bank = where >> 8, reg = where & 0xff;
	u8 packed;

	switch (reg) {
	case EXPLORE_SCTLR:
		packed = pack_sctlr(val);
		break;
	case EXPLORE_FSR:
		packed = pack_fsr(val);
		break;
	case EXPLORE_RESUME:
		packed = (val & ARM_SMMU_RESUME_TERMINATE ? RESUME_TERMINATE : 0) |
			 (lost ? RESUME_LOST : 0);
		s->lost |= lost;
		break;
	default:
		packed = 0;
		break;
	}
	if (c->posted && s->num_posted[cpu] < EXPLORE_POSTED)
		s->posted[cpu][s->num_posted[cpu]++] = (bank << 2 | reg) << 4 | packed;
	else
		device_write(x, s, bank << 2 | reg, packed);
}

static u32 bus_read(struct kunit_explore *x, struct explore_state *s, int cpu, u16 where,
		    bool primary)
{
	struct explore_bank *bank = &s->bank[where >> 8];

	while (s->num_posted[cpu])
		bus_deliver(x, s, cpu);
	if (!s->clocks) {
		broken(x, 8);
		s->dead = 1;
		return 0;
	}
	switch (where & 0xff) {
	case EXPLORE_SCTLR:
		/* A design with a shadow does not learn the value. */
		return setup_of(kunit_explore_model(x))->code->design->no_shadow ?
		       unpack_sctlr(bank->sctlr) : 0;
	case EXPLORE_FSR:
		if (bank->ending && !primary && ++bank->polls == EXPLORE_POLLS)
			device_end_late(x, bank);
		return unpack_fsr(bank->fsr);
	default:
		return 0;
	}
}

static void set_clocks(struct explore_state *s, bool on)
{
	int i;

	s->clocks = on;
	for (i = 0; i < EXPLORE_BANKS && !on; i++) {
		s->bank[i].fsr = 0;
		s->bank[i].sctlr = 0;
		s->bank[i].found = FOUND_EXCUSE;
		s->bank[i].stall = 0;
		s->bank[i].stalled = 0;
		s->bank[i].ending = 0;
		s->bank[i].polls = 0;
		s->bank[i].retried = false;
		s->bank[i].ghost &= ~(GHOST_UNREPORTED | GHOST_CLEARED | GHOST_SAVED);
	}
}

/* Variables. The shadow has the bits of SCTLR. */

static u8 *variable(struct explore_state *s, u16 where)
{
	struct explore_bank *bank = &s->bank[where >> 8];

	switch (where & 0xff) {
	case EXPLORE_SHADOW:
		return &bank->shadow;
	case EXPLORE_BANK_USERS:
		return &bank->users;
	case EXPLORE_WAKE:
		return &bank->wake;
	case EXPLORE_ATTACHED:
		return &bank->attached;
	case EXPLORE_USERS:
		return &s->users;
	case EXPLORE_POWERED:
		return &s->powered;
	case EXPLORE_LOCK:
		return &s->lock;
	default:
		return &bank->var[(where & 0xff) - EXPLORE_VAR];
	}
}

static u32 get_variable(struct explore_state *s, u16 where)
{
	u8 val = *variable(s, where);

	return (where & 0xff) == EXPLORE_SHADOW ? unpack_sctlr(val) : val;
}

static void set_variable(struct explore_state *s, u16 where, u32 val)
{
	*variable(s, where) = (where & 0xff) == EXPLORE_SHADOW ? pack_sctlr(val) : val;
}

/*
 * Weak memory: it has the variables of bank 0 and of the SMMU, but for counters that
 * no actor waits for.
 */

static bool is_weak(const struct explore_setup *setup, u16 where)
{
	u32 waits = EXPLORE_SUSPEND | EXPLORE_TEARDOWN;

	if (!setup->c->weak || where < EXPLORE_FIRST_VAR || where > EXPLORE_POWERED)
		return false;

	return (where != EXPLORE_USERS && where != EXPLORE_BANK_USERS) ||
	       (setup->c->scenario & waits);
}

static unsigned int weak_var(u16 where)
{
	return where - EXPLORE_FIRST_VAR;
}

/* How many of the values that a load may find are zero */
static unsigned int weak_zeros(const struct explore_state *s, unsigned int cpu, u16 where)
{
	unsigned int i, zeros = 0, loads = kunit_explore_loads(&s->memory, cpu, weak_var(where));

	for (i = 0; i < loads; i++)
		zeros += !kunit_explore_peek(&s->memory, weak_var(where), i);

	return zeros;
}

static unsigned int weak_may(const struct explore_state *s, unsigned int cpu,
			     const struct kunit_explore_access *access)
{
	switch (access->kind) {
	case EXPLORE_GET:
		return kunit_explore_loads(&s->memory, cpu, weak_var(access->where));
	case EXPLORE_SET:
		return kunit_explore_stores(&s->memory, cpu, weak_var(access->where),
					    KUNIT_EXPLORE_RELAXED);
	case EXPLORE_AWAIT_ZERO:
		return weak_zeros(s, cpu, access->where);
	default:
		return 1;
	}
}

static void weak_await_zero(struct explore_state *s, unsigned int cpu,
			    const struct kunit_explore_access *access, unsigned int outcome)
{
	unsigned int i, var = weak_var(access->where);

	for (i = 0; kunit_explore_peek(&s->memory, var, i) || outcome--; i++) {
		/* An actor that is alone does not wait. */
		if (i + 1 == kunit_explore_loads(&s->memory, cpu, var))
			return;
	}
	kunit_explore_load(&s->memory, cpu, var, access->arg[0], i);
}

/* A variable is accessed. Returns the answer, packed. */
static u8 weak_perform(struct explore_state *s, unsigned int cpu,
		       const struct kunit_explore_access *access, u8 arg0, u8 arg1,
		       unsigned int outcome)
{
	struct kunit_explore_memory *mem = &s->memory;
	unsigned int var = weak_var(access->where);
	u8 was = kunit_explore_newest(mem, var);

	switch (access->kind) {
	case EXPLORE_GET:
		return kunit_explore_load(mem, cpu, var, KUNIT_EXPLORE_RELAXED, outcome);
	case EXPLORE_SET:
		kunit_explore_store(mem, cpu, var, arg0, KUNIT_EXPLORE_RELAXED, outcome);
		return 0;
	case EXPLORE_ADD:
		return kunit_explore_rmw(mem, cpu, var, was + arg0, KUNIT_EXPLORE_RELAXED);
	case EXPLORE_CMPXCHG:
		if (was != arg0)
			return kunit_explore_load(mem, cpu, var, KUNIT_EXPLORE_RELAXED, 0);
		return kunit_explore_rmw(mem, cpu, var, arg1, KUNIT_EXPLORE_FULL);
	default:
		weak_await_zero(s, cpu, access, outcome);
		return 0;
	}
}

static u32 weak_access(struct explore_state *s, unsigned int cpu,
		       const struct kunit_explore_access *access, unsigned int outcome)
{
	bool shadow = access->where == EXPLORE_SHADOW;
	u8 arg0 = shadow ? pack_sctlr(access->arg[0]) : access->arg[0];
	u8 arg1 = shadow ? pack_sctlr(access->arg[1]) : access->arg[1];
	u8 answer = weak_perform(s, cpu, access, arg0, arg1, outcome);

	*variable(s, access->where) = kunit_explore_newest(&s->memory, weak_var(access->where));

	return shadow ? unpack_sctlr(answer) : answer;
}

static void weak_barrier(struct explore_state *s, unsigned int cpu,
			 enum kunit_explore_barrier barrier)
{
	kunit_explore_barrier(&s->memory, cpu, barrier);
	if (barrier == KUNIT_EXPLORE_MB)
		s->touching &= ~BIT(cpu);
}

/* The barriers of the functions that the driver calls, of the scheduler, and of genirq */
static void weak_implied(const struct explore_setup *setup, struct explore_state *s,
			 unsigned int cpu, u16 kind)
{
	switch (kind) {
	case KUNIT_EXPLORE_START:
		kunit_explore_begin(&s->memory, cpu);
		break;
	case KUNIT_EXPLORE_RETURN:
		kunit_explore_finish(&s->memory, cpu);
		break;
	case EXPLORE_READ:
		kunit_explore_read_device(&s->memory, cpu);
		fallthrough;
	case EXPLORE_WRITE:
		s->touching |= BIT(cpu);
		return;
	case KUNIT_EXPLORE_SLEEP:
	case EXPLORE_FREE_IRQ:
	case EXPLORE_REQUEST_IRQ:
	case EXPLORE_SYNC:
	case EXPLORE_TIMER:
	case EXPLORE_TIMER_DELETE:
	case EXPLORE_TIMER_DELETE_SYNC:
	case EXPLORE_WAKE_THREAD:
		break;
	case EXPLORE_PM_GET:
	case EXPLORE_PM_AWAIT:
	case EXPLORE_PM_PUT:
	case EXPLORE_PM_SUSPEND:
	case EXPLORE_PM_DONE:
	case EXPLORE_CLOCKS:
		/* Without suspend, nothing is ordered by them. */
		if (!(setup->c->scenario & EXPLORE_SUSPEND))
			return;
		break;
	default:
		return;
	}
	weak_barrier(s, cpu, KUNIT_EXPLORE_MB);
}

/* genirq */

static bool handlers_idle(const struct explore_state *s)
{
	return !s->pass && !s->bank[0].thread && !s->bank[1].thread;
}

static void start_pass(struct explore_state *s)
{
	if (!s->pass)
		s->next_bank = !(s->bank[0].ghost & GHOST_ACTION);
	s->pass = 1;
}

static void end_primary(const struct explore_setup *setup, struct explore_state *s, u32 ret)
{
	struct explore_bank *bank = &s->bank[s->next_bank];

	if (ret == IRQ_WAKE_THREAD) {
		bank->thread |= TASK_WOKEN;
		if (setup->code->design->oneshot)
			s->line_masked |= BIT(s->next_bank);
	}
	s->pass = !s->next_bank && (s->bank[1].ghost & GHOST_ACTION);
	s->next_bank = s->pass;
}

/* The model's functions. */

static unsigned int may_start(const struct explore_setup *setup, const struct explore_state *s,
			      enum explore_role role)
{
	switch (role) {
	case ROLE_PRIMARY:
		return s->pass || line_due(setup->c, s);
	case ROLE_THREAD:
	case ROLE_THREAD1:
		if (!(s->bank[role - ROLE_THREAD].thread & TASK_WOKEN))
			return 0;
		return setup->c->flood ? 2 : 1;
	case ROLE_WORKER:
	case ROLE_WORKER1:
		return s->bank[role - ROLE_WORKER].worker & TASK_WOKEN;
	case ROLE_TIMER:
	case ROLE_TIMER1:
		return s->bank[role - ROLE_TIMER].timer & TASK_WOKEN;
	case ROLE_STALL:
		return s->up && s->stall_calls;
	case ROLE_POWER:
	case ROLE_TEARDOWN:
		return s->up && !(s->done & BIT(role - ROLE_STALL));
	case ROLE_RESET:
		return !(s->done & BIT(role - ROLE_STALL));
	default:
		return 0;
	}
}

static unsigned int explore_smmu_may(const struct kunit_explore_model *model, const void *state,
				     unsigned int actor, const struct kunit_explore_access *access)
{
	const struct explore_setup *setup = setup_of(model);
	const struct explore_state *s = state;

	if (access->kind >= EXPLORE_GET && access->kind <= EXPLORE_AWAIT_ZERO &&
	    is_weak(setup, access->where))
		return weak_may(s, model->actors[actor].cpu, access);
	switch (access->kind) {
	case KUNIT_EXPLORE_START:
		return may_start(setup, s, setup->roles[actor]);
	case KUNIT_EXPLORE_SLEEP:
		/* Terminate or retry; the retried transaction's next fault is another one. */
		return setup->c->retry && !access->arg[0] && !(access->where >> 8) ? 2 : 1;
	case EXPLORE_WRITE:
		if (setup->c->posted && s->num_posted[model->actors[actor].cpu] == EXPLORE_POSTED)
			return 0;
		return setup->c->lost && !s->lost && (access->where & 0xff) == EXPLORE_RESUME ?
		       2 : 1;
	case EXPLORE_AWAIT_ZERO:
		return !*variable((struct explore_state *)s, access->where);
	case EXPLORE_ACQUIRE:
		return !s->lock;
	case EXPLORE_SYNC:
		return handlers_idle(s);
	case EXPLORE_TIMER_DELETE_SYNC:
		return !(s->bank[access->where >> 8].timer & TASK_BUSY);
	case EXPLORE_PM_AWAIT:
		return s->pm_status == EXPLORE_ACTIVE || s->pm_status == EXPLORE_SUSPENDED;
	case EXPLORE_PM_SUSPEND:
		return s->pm_status == EXPLORE_ACTIVE && !s->pm_usage;
	default:
		return 1;
	}
}

/* Which accesses commute with all that the others do: they are not worth a state. */

/* Power does not go before this actor has taken another step. */
static bool power_stays(const struct explore_setup *setup, const struct explore_state *s,
			unsigned int actor)
{
	return !(setup->c->scenario & EXPLORE_SUSPEND) ||
	       (s->pm_status == EXPLORE_ACTIVE && (s->pm_holders & BIT(actor)));
}

/* Probe and reset are over, or there are none. */
static bool is_up(const struct explore_setup *setup, const struct explore_state *s)
{
	return !(setup->c->scenario & EXPLORE_RESET) || s->up;
}

/* No other actor writes the variable before this actor has taken another step. */
static bool variable_stays(const struct explore_setup *setup, const struct explore_state *s,
			   unsigned int actor, u16 where)
{
	switch (where & 0xff) {
	case EXPLORE_POWERED:
		return is_up(setup, s) && power_stays(setup, s, actor);
	case EXPLORE_ATTACHED:
		return is_up(setup, s) && !(setup->c->scenario & EXPLORE_TEARDOWN);
	default:
		return false;
	}
}

/* Reading tells nothing, and makes no write of this CPU arrive. */
static bool read_is_empty(const struct explore_setup *setup, const struct explore_state *s,
			  int cpu, u16 where)
{
	return (where & 0xff) != EXPLORE_FSR && !s->num_posted[cpu] &&
	       ((where & 0xff) != EXPLORE_SCTLR || !setup->code->design->no_shadow);
}

static bool explore_smmu_local(const struct kunit_explore_model *model, const void *state,
			       unsigned int actor, const struct kunit_explore_access *access)
{
	const struct explore_setup *setup = setup_of(model);
	const struct explore_state *s = state;

	switch (access->kind) {
	case EXPLORE_READ:
		return power_stays(setup, s, actor) &&
		       read_is_empty(setup, s, model->actors[actor].cpu, access->where);
	case EXPLORE_GET:
		return variable_stays(setup, s, actor, access->where);
	case EXPLORE_ADD:
		/* The counters are waited for by suspend and teardown. */
		return power_stays(setup, s, actor) && !is_weak(setup, access->where) &&
		       !(setup->c->scenario & EXPLORE_TEARDOWN);
	case EXPLORE_PM_GET:
	case EXPLORE_PM_AWAIT:
	case EXPLORE_PM_IF_ACTIVE:
		return !(setup->c->scenario & EXPLORE_SUSPEND);
	case EXPLORE_PM_PUT:
		return !(setup->c->scenario & EXPLORE_SUSPEND) || !setup->c->weak;
	case EXPLORE_BARRIER:
		/* Concern this CPU alone. */
		return access->where == KUNIT_EXPLORE_RMB || access->where == KUNIT_EXPLORE_SMP_RMB;
	default:
		return false;
	}
}

/* What is said to stay must stay: an access that would change it is a mistake in the above. */
static void check_local(const struct explore_setup *setup, const struct explore_state *s,
			const struct kunit_explore_access *access)
{
	u32 scenario = setup->c->scenario;

	switch (access->kind) {
	case EXPLORE_SET:
	case EXPLORE_CMPXCHG:
		WARN_ON_ONCE((access->where & 0xff) == EXPLORE_POWERED && is_up(setup, s) &&
			     (s->pm_status == EXPLORE_ACTIVE || !(scenario & EXPLORE_SUSPEND)));
		WARN_ON_ONCE((access->where & 0xff) == EXPLORE_ATTACHED && is_up(setup, s) &&
			     !(scenario & EXPLORE_TEARDOWN));
		break;
	case EXPLORE_AWAIT_ZERO:
		WARN_ON_ONCE(!(scenario & (EXPLORE_SUSPEND | EXPLORE_TEARDOWN)));
		break;
	case EXPLORE_PM_SUSPEND:
	case EXPLORE_CLOCKS:
		WARN_ON_ONCE(!(scenario & EXPLORE_SUSPEND));
		break;
	}
}

static u32 perform_start(const struct explore_setup *setup, struct explore_state *s,
			 enum explore_role role, unsigned int outcome)
{
	if (role != ROLE_PRIMARY)
		s->busy++;
	switch (role) {
	case ROLE_PRIMARY:
		start_pass(s);
		return s->next_bank;
	case ROLE_THREAD:
	case ROLE_THREAD1:
		s->bank[role - ROLE_THREAD].thread = TASK_BUSY;
		return outcome;
	case ROLE_WORKER:
	case ROLE_WORKER1:
		s->bank[role - ROLE_WORKER].worker = TASK_BUSY;
		return 0;
	case ROLE_TIMER:
	case ROLE_TIMER1:
		s->bank[role - ROLE_TIMER].timer = TASK_BUSY;
		return 0;
	case ROLE_STALL:
		/* Off and on; the second one alone where the callback turns it off. */
		s->stall_calls--;
		return setup->init.stall_calls == 2 ? !s->stall_calls :
		       !!(setup->c->scenario & EXPLORE_CALLBACK_STALL);
	default:
		s->done |= BIT(role - ROLE_STALL);
		return 0;
	}
}

static void end_thread(struct kunit_explore *x, const struct explore_setup *setup,
		       struct explore_bank *bank)
{
	bank->thread &= ~TASK_BUSY;
	bank->polls = 0;
	if (setup->code->design->primary && !bank->found && (bank->ghost & GHOST_ACTION) &&
	    !(bank->shadow & SCTLR_DETACHING))
		kunit_explore_violate(x, EXPLORE_WOKEN);
	bank->found &= FOUND_EXCUSE;
}

static void perform_return(struct kunit_explore *x, const struct explore_setup *setup,
			   struct explore_state *s, enum explore_role role, u32 ret)
{
	if (role != ROLE_PRIMARY)
		s->busy--;
	switch (role) {
	case ROLE_PRIMARY:
		end_primary(setup, s, ret);
		break;
	case ROLE_THREAD:
	case ROLE_THREAD1:
		end_thread(x, setup, &s->bank[role - ROLE_THREAD]);
		if (!s->bank[role - ROLE_THREAD].thread)
			s->line_masked &= ~BIT(role - ROLE_THREAD);
		break;
	case ROLE_WORKER:
	case ROLE_WORKER1:
		s->bank[role - ROLE_WORKER].worker &= ~TASK_BUSY;
		break;
	case ROLE_TIMER:
	case ROLE_TIMER1:
		s->bank[role - ROLE_TIMER].timer &= ~TASK_BUSY;
		break;
	case ROLE_RESET:
		s->up = 1;
		break;
	default:
		break;
	}
}

/* What a thread sees before it calls the callback, that decides about. */
static void perform_look(const struct explore_setup *setup, struct explore_state *s,
			 enum explore_role role, u32 fsr)
{
	struct explore_bank *bank;

	if (role != ROLE_THREAD && role != ROLE_THREAD1)
		return;
	bank = &s->bank[role - ROLE_THREAD];
	bank->stall &= ~STALL_SEEN;
	if (fsr & ARM_SMMU_CB_FSR_SS)
		bank->stall |= STALL_SEEN;
	if ((fsr & EXPLORE_LATCHED) == ARM_SMMU_CB_FSR_MULTI)
		bank->found |= FOUND_MULTI;
}

/* The callback returns: what it says of a transaction for the first time stays. */
static void perform_decide(struct explore_bank *bank, bool retry)
{
	bank->ghost &= ~GHOST_CALLBACK;
	if ((bank->stall & (STALL_SEEN | STALL_DECIDED)) == STALL_SEEN)
		bank->stall |= STALL_DECIDED | (retry ? STALL_RETRY : 0);
	bank->stall &= ~STALL_SEEN;
}

static u32 perform_report(struct kunit_explore *x, struct explore_state *s, unsigned int actor,
			  int b)
{
	const struct explore_setup *setup = setup_of(kunit_explore_model(x));
	struct explore_bank *bank = &s->bank[b];

	if (!(bank->ghost & (GHOST_UNREPORTED | GHOST_SAVED)))
		broken(x, 1);
	if (bank->stall & FAULT_WHILE_ASLEEP)
		kunit_explore_violate(x, EXPLORE_WAITED);
	bank->stall &= ~FAULT_WHILE_ASLEEP;
	if (bank->ghost & GHOST_DETACHED)
		broken(x, 9);
	if (setup->actors[actor].hardirq || kunit_explore_irqs_off(x) ||
	    s->lock == 1 + actor)
		broken(x, 10);
	bank->ghost &= ~(bank->ghost & GHOST_SAVED ?: GHOST_UNREPORTED);
	bank->ghost |= GHOST_CALLBACK;
	if (!setup->actors[actor].hardirq)
		bank->found |= FOUND_FAULT;

	return !!(setup->c->scenario & EXPLORE_CALLBACK_STALL);
}

static u32 explore_smmu_perform(struct kunit_explore *x, void *state, unsigned int actor,
				const struct kunit_explore_access *access, unsigned int outcome)
{
	const struct explore_setup *setup = setup_of(kunit_explore_model(x));
	int cpu = setup->actors[actor].cpu, b = access->where >> 8;
	struct explore_state *s = state;
	u32 was;

	check_local(setup, s, access);
	if (setup->c->weak)
		weak_implied(setup, s, cpu, access->kind);
	if (access->kind >= EXPLORE_GET && access->kind <= EXPLORE_AWAIT_ZERO &&
	    is_weak(setup, access->where))
		return weak_access(s, cpu, access, outcome);
	switch (access->kind) {
	case KUNIT_EXPLORE_START:
		return perform_start(setup, s, setup->roles[actor], outcome);
	case KUNIT_EXPLORE_RETURN:
		perform_return(x, setup, s, setup->roles[actor], access->arg[0]);
		return 0;
	case KUNIT_EXPLORE_SLEEP:
		if (!access->arg[0])
			perform_decide(&s->bank[b], outcome);
		return outcome;
	case EXPLORE_READ:
		was = bus_read(x, s, cpu, access->where, setup->actors[actor].hardirq);
		if ((access->where & 0xff) == EXPLORE_FSR)
			perform_look(setup, s, setup->roles[actor], was);
		return was;
	case EXPLORE_WRITE:
		bus_write(x, s, cpu, access->where, access->arg[0], outcome);
		return 0;
	case EXPLORE_GET:
		return get_variable(s, access->where);
	case EXPLORE_SET:
		set_variable(s, access->where, access->arg[0]);
		return 0;
	case EXPLORE_ADD:
		set_variable(s, access->where, get_variable(s, access->where) + access->arg[0]);
		return 0;
	case EXPLORE_CMPXCHG:
		was = get_variable(s, access->where);
		if (was == access->arg[0])
			set_variable(s, access->where, access->arg[1]);
		return was;
	case EXPLORE_ACQUIRE:
		s->lock = 1 + actor;
		return 0;
	case EXPLORE_RELEASE:
		s->lock = 0;
		return 0;
	case EXPLORE_REPORT:
		return perform_report(x, s, actor, b);
	case EXPLORE_STALL_BEGIN:
		if (!s->stalls_in_flight++)
			s->bank[b].ghost &= ~(GHOST_WANT_OFF | GHOST_WANT_ON);
		s->bank[b].ghost |= access->arg[0] ? GHOST_WANT_ON : GHOST_WANT_OFF;
		return 0;
	case EXPLORE_STALL_END:
		s->stalls_in_flight--;
		return 0;
	case EXPLORE_WORK:
		s->bank[b].worker |= TASK_WOKEN;
		return 0;
	case EXPLORE_TIMER:
		s->bank[b].timer |= TASK_WOKEN;
		/* A primary that has found the bank armed just before may wake the thread yet. */
		s->bank[b].found |= FOUND_EXCUSE;
		return 0;
	case EXPLORE_TIMER_PENDING:
		return s->bank[b].timer & TASK_WOKEN;
	case EXPLORE_TIMER_DELETE:
	case EXPLORE_TIMER_DELETE_SYNC:
		s->bank[b].timer &= ~TASK_WOKEN;
		return 0;
	case EXPLORE_WAKE_THREAD:
		if (s->bank[b].ghost & GHOST_ACTION)
			s->bank[b].thread |= TASK_WOKEN;
		return 0;
	case EXPLORE_REQUEST_IRQ:
		s->bank[b].ghost |= GHOST_ACTION | GHOST_WANT_ON;
		return 0;
	case EXPLORE_FREE_IRQ:
		s->bank[b].ghost &= ~GHOST_ACTION;
		return 0;
	case EXPLORE_DETACHED:
		s->bank[b].ghost |= GHOST_DETACHED;
		return 0;
	case EXPLORE_PM_GET:
		s->pm_usage++;
		s->pm_holders |= BIT(actor);
		return 0;
	case EXPLORE_PM_AWAIT:
		if (s->pm_status != EXPLORE_SUSPENDED)
			return false;
		s->pm_status = EXPLORE_RESUMING;
		return true;
	case EXPLORE_PM_PUT:
		s->pm_usage--;
		s->pm_holders &= ~BIT(actor);
		return 0;
	case EXPLORE_PM_IF_ACTIVE:
		if (s->pm_status != EXPLORE_ACTIVE)
			return false;
		s->pm_usage++;
		s->pm_holders |= BIT(actor);
		return true;
	case EXPLORE_PM_SUSPEND:
		s->pm_status = EXPLORE_SUSPENDING;
		return 0;
	case EXPLORE_PM_DONE:
		s->pm_status = access->arg[0];
		return 0;
	case EXPLORE_CLOCKS:
		set_clocks(s, access->arg[0]);
		if (setup->c->weak && !access->arg[0] && s->touching)
			broken(x, 8);
		return 0;
	case EXPLORE_BARRIER:
		weak_barrier(s, cpu, access->where);
		return 0;
	case EXPLORE_BREAKS:
		broken(x, access->arg[0]);
		return 0;
	default:
		return 0;
	}
}

static bool explore_smmu_event_may(const struct kunit_explore_model *model, const void *state,
				   unsigned int event)
{
	const struct explore_state *s = state;
	const struct explore_bank *bank;

	if (event >= EVENT_ENDS)
		return s->bank[event - EVENT_ENDS].ending;
	if (event >= EVENT_BUS)
		return s->num_posted[event - EVENT_BUS];

	/* While a bank is being set up, no stream is mapped to it yet (S2CR). */
	bank = &s->bank[event];
	if (bank->attached && !(bank->ghost & GHOST_ACTION) && !(bank->shadow & SCTLR_DETACHING))
		return false;

	return s->clocks && s->pm_status != EXPLORE_RESUMING && bank->faults &&
	       (bank->sctlr & SCTLR_M);
}

/* Its callback, or the work that this has left behind, may take its time. */
static bool asleep(const struct explore_bank *bank)
{
	return (bank->ghost & GHOST_CALLBACK) || bank->worker;
}

static void explore_smmu_event(struct kunit_explore *x, void *state, unsigned int event)
{
	const struct explore_case *c = setup_of(kunit_explore_model(x))->c;
	struct explore_state *s = state;

	if (event >= EVENT_ENDS) {
		device_end_late(x, &s->bank[event - EVENT_ENDS]);
		return;
	}
	if (event >= EVENT_BUS) {
		bus_deliver(x, s, event - EVENT_BUS);
		return;
	}
	device_fault(c, &s->bank[event]);
	/* The worst moment for that: no handler is about to look at this bank anyway. */
	if (c->waiting && event == 1 && asleep(&s->bank[0]) && !s->pass && !s->bank[1].thread)
		s->bank[1].stall |= FAULT_WHILE_ASLEEP;
}

/* No actor is at it, or about to be. */
static bool quiet(const struct explore_case *c, const struct explore_state *s)
{
	return !s->busy && handlers_idle(s) && !s->bank[0].worker && !s->bank[1].worker &&
	       !s->bank[0].timer && !s->bank[1].timer &&
	       !s->bank[0].ending && !s->bank[1].ending &&
	       !memchr_inv(s->num_posted, 0, sizeof(s->num_posted)) && !line_due(c, s);
}

static void check_quiet_bank(struct kunit_explore *x, const struct explore_setup *setup,
			     const struct explore_state *s, const struct explore_bank *bank)
{
	u8 cfcfg = bank->sctlr & SCTLR_CFCFG;

	if (bank->fsr & FSR_SS)
		broken(x, 2);
	if (!(bank->ghost & GHOST_ACTION))
		return;
	if (bank->ghost & (GHOST_UNREPORTED | GHOST_SAVED))
		broken(x, 1);
	if (!(bank->sctlr & SCTLR_CFIE))
		broken(x, 4);
	if (!setup->code->design->no_shadow && bank->sctlr != bank->shadow)
		broken(x, 5);
	if (!(bank->ghost & (cfcfg ? GHOST_WANT_ON : GHOST_WANT_OFF)))
		broken(x, 5);
}

static void explore_smmu_check(struct kunit_explore *x, const void *state,
			       enum kunit_explore_state what)
{
	const struct explore_setup *setup = setup_of(kunit_explore_model(x));
	const struct explore_state *s = state;
	int i;

	if (s->dead) {
		kunit_explore_end(x);
		return;
	}
	if (what == KUNIT_EXPLORE_ASLEEP) {
		/* A fault may have to wait for its own bank, but for no other. */
		for (i = 0; i < EXPLORE_BANKS; i++) {
			if ((s->bank[i].ghost & GHOST_UNREPORTED) &&
			    (s->bank[i].ghost & GHOST_ACTION) &&
			    !asleep(&s->bank[i]) && asleep(&s->bank[!i]))
				broken(x, 7);
		}
		return;
	}

	for (i = 0; i < EXPLORE_BANKS; i++) {
		if (!(s->bank[i].ghost & GHOST_DETACHED))
			continue;
		if ((s->bank[i].sctlr & (SCTLR_M | SCTLR_CFIE)) || (s->bank[i].fsr & FSR_SS) ||
		    (s->bank[i].ghost & GHOST_CALLBACK) || s->bank[i].timer)
			broken(x, 9);
	}
	if (!s->clocks || !s->up || !quiet(setup->c, s))
		return;
	for (i = 0; i < setup->code->banks; i++)
		check_quiet_bank(x, setup, s, &s->bank[i]);
	if (what == KUNIT_EXPLORE_REST && !s->bank[0].faults && !s->bank[1].faults)
		kunit_explore_violate(x, EXPLORE_HANDLED);
}

/* The actors' code. */

/* Functions that keep nothing, beyond the line numbers of those of the designs. */
enum {
	EXPLORE_IN_PM_GET = 10000,
	EXPLORE_IN_SET_STALL,
};

static void explore_set_stall(struct explore_actor *actor, int bank, bool on)
{
	kunit_explore_access(EXPLORE_STALL_BEGIN, EXPLORE_WHERE(bank, 0), on, 0);
	kunit_explore_enter(EXPLORE_IN_SET_STALL);
	actor->design->set_stall(actor, bank, on);
	kunit_explore_leave(EXPLORE_IN_SET_STALL, 0);
	kunit_explore_access(EXPLORE_STALL_END, EXPLORE_WHERE(bank, 0), 0, 0);
}

/**
 * explore_callback() - The fault callback: may call set_stall(), may sleep
 * @actor: who calls it
 * @bank: that has faulted
 *
 * Return: 0 or -EAGAIN.
 */
int explore_callback(struct explore_actor *actor, int bank)
{
	if (kunit_explore_access(EXPLORE_REPORT, EXPLORE_WHERE(bank, 0), 0, 0))
		explore_set_stall(actor, bank, false);

	/* What runs in hard IRQ context must not sleep. */
	if (actor->hardirq)
		return 0;

	return kunit_explore_access(KUNIT_EXPLORE_SLEEP, EXPLORE_WHERE(bank, 0), 0, 0) ?
	       -EAGAIN : 0;
}

/**
 * explore_pm_get() - pm_runtime_get_sync()
 * @actor: who calls it; resumes the SMMU if it is suspended
 *
 * Return: 0.
 */
int explore_pm_get(struct explore_actor *actor)
{
	kunit_explore_enter(EXPLORE_IN_PM_GET);
	kunit_explore_access(EXPLORE_PM_GET, 0, 0, 0);
	if (kunit_explore_access(EXPLORE_PM_AWAIT, 0, 0, 0)) {
		kunit_explore_access(EXPLORE_CLOCKS, 0, true, 0);
		actor->design->resume(actor);
		kunit_explore_access(EXPLORE_PM_DONE, 0, EXPLORE_ACTIVE, 0);
	}
	kunit_explore_leave(EXPLORE_IN_PM_GET, 0);

	return 0;
}

/**
 * explore_pm_put() - pm_runtime_put_autosuspend()
 * @actor: who calls it
 */
void explore_pm_put(struct explore_actor *actor)
{
	kunit_explore_access(EXPLORE_PM_PUT, 0, 0, 0);
}

/**
 * explore_free_irq() - free_irq(): waits for all threads on the line
 * @bank: whose interrupt it is
 */
void explore_free_irq(int bank)
{
	kunit_explore_access(EXPLORE_FREE_IRQ, EXPLORE_WHERE(bank, 0), 0, 0);
	kunit_explore_access(EXPLORE_SYNC, 0, 0, 0);
}

static void explore_setup_actor(struct explore_actor *actor)
{
	if (actor->design->setup)
		actor->design->setup(actor);
}

static u32 run_primary(void *arg, u32 bank)
{
	struct explore_actor *actor = arg;

	if (!actor->design->primary)
		return IRQ_WAKE_THREAD;
	explore_setup_actor(actor);
	actor->bank = bank;
	return actor->design->primary(actor, bank);
}

static u32 run_thread(void *arg, u32 start)
{
	struct explore_actor *actor = arg;

	explore_setup_actor(actor);
	actor->flood = start;
	actor->design->thread(actor, actor->bank);
	return 0;
}

static u32 run_timer(void *arg, u32 start)
{
	struct explore_actor *actor = arg;

	explore_setup_actor(actor);
	actor->design->timer(actor, actor->bank);
	return 0;
}

static u32 run_worker(void *arg, u32 start)
{
	struct explore_actor *actor = arg;

	explore_setup_actor(actor);
	actor->design->worker(actor, actor->bank);
	return 0;
}

static u32 run_stall(void *arg, u32 on)
{
	struct explore_actor *actor = arg;

	explore_setup_actor(actor);
	explore_set_stall(actor, actor->bank, on);
	return 0;
}

static u32 run_power(void *arg, u32 start)
{
	struct explore_actor *actor = arg;

	explore_setup_actor(actor);
	kunit_explore_access(EXPLORE_PM_SUSPEND, 0, 0, 0);
	actor->design->suspend(actor);
	kunit_explore_access(EXPLORE_CLOCKS, 0, false, 0);
	kunit_explore_access(EXPLORE_PM_DONE, 0, EXPLORE_SUSPENDED, 0);

	explore_pm_get(actor);
	explore_pm_put(actor);
	return 0;
}

static u32 run_teardown(void *arg, u32 start)
{
	struct explore_actor *actor = arg;

	explore_setup_actor(actor);
	explore_pm_get(actor);
	actor->design->detach(actor, actor->bank);
	kunit_explore_access(EXPLORE_DETACHED, EXPLORE_WHERE(actor->bank, 0), 0, 0);
	explore_pm_put(actor);
	return 0;
}

static u32 run_reset(void *arg, u32 start)
{
	struct explore_actor *actor = arg;
	int i;

	explore_setup_actor(actor);
	actor->design->probe(actor);
	for (i = 0; i < actor->banks; i++)
		actor->design->attach(actor, i);
	return 0;
}

static u32 (* const explore_run_role[ROLES])(void *arg, u32 start) = {
	[ROLE_PRIMARY]	= run_primary,
	[ROLE_THREAD]	= run_thread,
	[ROLE_THREAD1]	= run_thread,
	[ROLE_WORKER]	= run_worker,
	[ROLE_WORKER1]	= run_worker,
	[ROLE_TIMER]	= run_timer,
	[ROLE_TIMER1]	= run_timer,
	[ROLE_STALL]	= run_stall,
	[ROLE_POWER]	= run_power,
	[ROLE_TEARDOWN]	= run_teardown,
	[ROLE_RESET]	= run_reset,
};

/* Whether a design of so many banks has it */
static bool has_role(const struct explore_design *design, unsigned int banks,
		     enum explore_role role)
{
	switch (role) {
	case ROLE_THREAD:
	case ROLE_THREAD1:
		return design->thread && role - ROLE_THREAD < banks;
	case ROLE_WORKER:
	case ROLE_WORKER1:
		return design->worker && role - ROLE_WORKER < banks;
	case ROLE_TIMER:
	case ROLE_TIMER1:
		return design->timer && role - ROLE_TIMER < banks;
	default:
		return true;
	}
}

static struct explore_code *make_code(struct kunit *test, const struct explore_design *design,
				      unsigned int banks, bool weak, u8 without)
{
	struct explore_code *code = kunit_kzalloc(test, sizeof(*code), GFP_KERNEL);
	struct explore_actor *actor;
	enum explore_role role;

	KUNIT_ASSERT_NOT_NULL(test, code);
	code->design = design;
	code->banks = banks;
	code->weak = weak;
	for (role = 0; role < ROLES; role++) {
		if (!has_role(design, banks, role))
			continue;
		actor = kunit_kzalloc(test, sizeof(*actor), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, actor);
		actor->design = design;
		actor->banks = banks;
		actor->weak = weak;
		actor->without = without;
		actor->hardirq = role == ROLE_PRIMARY;
		actor->bank = role == ROLE_THREAD1 || role == ROLE_WORKER1 ||
			      role == ROLE_TIMER1;
		code->programs[role] = kunit_explore_program(test, explore_roles[role].name,
							     explore_run_role[role], actor);
	}

	return code;
}

/**
 * explore_code() - Make a design's code known to the explorer
 * @test: the test
 * @design: the design
 * @banks: how many context banks there are
 *
 * Context: The test's thread. Asserts.
 * Return: What explore_run() takes, until the test ends.
 */
struct explore_code *explore_code(struct kunit *test, const struct explore_design *design,
				  unsigned int banks)
{
	return make_code(test, design, banks, false, 0);
}

/**
 * explore_weak_code() - The same, for cases whose memory is weak
 * @test: the test
 * @design: the design, of one bank
 * @without: EXPLORE_WITHOUT_MB etc., to see what comes of it
 *
 * Context: The test's thread. Asserts.
 * Return: What explore_run() takes, until the test ends.
 */
struct explore_code *explore_weak_code(struct kunit *test, const struct explore_design *design,
				       u8 without)
{
	return make_code(test, design, 1, true, without);
}

static void add_actor(struct explore_setup *setup, enum explore_role role)
{
	const struct explore_case *c = setup->c;
	struct kunit_explore_actor *actor = &setup->actors[setup->model.num_actors];

	if (!setup->code->programs[role])
		return;
	setup->roles[setup->model.num_actors++] = role;
	actor->program = setup->code->programs[role];
	actor->name = explore_roles[role].name;
	actor->letter = explore_roles[role].letter;
	actor->hardirq = role == ROLE_PRIMARY;
	actor->optional = role >= ROLE_STALL && role != ROLE_RESET;
	/* A timer runs where it was started: by the thread. */
	if (!c->same_cpu && role != ROLE_PRIMARY)
		actor->cpu = role <= ROLE_THREAD1 || role == ROLE_TIMER || role == ROLE_TIMER1 ?
			     1 : role == ROLE_STALL ? 2 : 3;
}

static struct explore_setup *explore_set_up(struct kunit *test, const struct explore_code *code,
					    const struct explore_case *c)
{
	struct explore_setup *setup = kunit_kzalloc(test, sizeof(*setup), GFP_KERNEL);
	struct explore_state *init;
	/* Has more states: it gets less to do. */
	bool hard = c->two || c->late || c->lost || c->flood;
	struct explore_bank *bank;
	enum explore_role role;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, setup);
	KUNIT_ASSERT_EQ(test, code->banks, c->scenario & EXPLORE_TWO_BANKS ? 2 : 1);
	KUNIT_ASSERT_EQ(test, code->weak, c->weak);
	setup->code = code;
	setup->c = c;
	setup->model = (struct kunit_explore_model) {
		.size = c->weak ? sizeof(struct explore_state) :
				  offsetof(struct explore_state, memory),
		.actors = setup->actors,
		.events = explore_events,
		.num_events = ARRAY_SIZE(explore_events),
		.priv = setup,
		.may = explore_smmu_may,
		.local = explore_smmu_local,
		.perform = explore_smmu_perform,
		.event_may = explore_smmu_event_may,
		.event = explore_smmu_event,
		.check = explore_smmu_check,
	};
	for (role = 0; role < ROLES; role++) {
		if ((role == ROLE_STALL && !(c->scenario & EXPLORE_SET_STALL)) ||
		    (role == ROLE_POWER && !(c->scenario & EXPLORE_SUSPEND)) ||
		    (role == ROLE_TEARDOWN && !(c->scenario & EXPLORE_TEARDOWN)) ||
		    (role == ROLE_RESET && !(c->scenario & EXPLORE_RESET)))
			continue;
		add_actor(setup, role);
	}

	init = &setup->init;
	init->clocks = 1;
	init->up = !(c->scenario & EXPLORE_RESET);
	init->powered = !(c->scenario & EXPLORE_RESET);
	init->stall_calls = c->scenario == EXPLORE_SET_STALL && !hard ? 2 : 1;
	for (i = 0; i < code->banks; i++) {
		bank = &init->bank[i];
		bank->sctlr = pack_sctlr(EXPLORE_ARMED);
		if (c->scenario & EXPLORE_RESET) {
			bank->fsr = FSR_TF | FSR_SS;
			bank->stalled = c->two ? 2 : 1;
			continue;
		}
		bank->shadow = bank->sctlr;
		bank->attached = 1;
		bank->ghost = GHOST_ACTION | GHOST_WANT_ON;
	}
	if (c->scenario & EXPLORE_ONE_BANK)
		init->bank[0].faults = c->two || c->lost ? 3 : 4;
	else
		init->bank[0].faults = c->flood && (c->scenario & EXPLORE_TWO_BANKS) ? 1 : 2;
	if (c->faults || c->no_faults)
		init->bank[0].faults = c->faults;
	init->memory.weak = c->weak;
	for (i = EXPLORE_FIRST_VAR; i <= EXPLORE_POWERED; i++)
		init->memory.value[weak_var(i)][0] = *variable(init, i);
	if (code->banks > 1 && !c->quiet_bank && !c->no_faults)
		init->bank[1].faults = !c->faults && c->scenario == EXPLORE_TWO_BANKS && !hard ?
				       2 : 1;

	return setup;
}

/**
 * explore_run() - Explore a design in a case
 * @test: the test
 * @code: of the design, for as many banks as the case has
 * @c: the case
 * @limit: so many states are enough
 * @result: what was found
 *
 * Return: as kunit_explore_run().
 */
int explore_run(struct kunit *test, struct explore_code *code, const struct explore_case *c,
		unsigned int limit, struct kunit_explore_result *result)
{
	struct explore_setup *setup = explore_set_up(test, code, c);
	int ret = kunit_explore_run(test, &setup->model, &setup->init, limit, result);

	kunit_kfree(test, setup);
	return ret;
}

/* Names of things, for humans. */

/* "TF+SS" of FSR, "M+CFIE" of SCTLR */
static char *put_bits(char *p, u8 val, bool sctlr)
{
	static const char * const names[2][4] = {
		{ "TF", "MULTI", "SS" }, { "M", "CFIE", "CFCFG", "DETACHING" },
	};
	char *begin = p;
	int i;

	for (i = 0; i < 4; i++) {
		if (val & BIT(i))
			p += sprintf(p, "%s%s", p == begin ? "" : "+", names[sctlr][i]);
	}
	if (p == begin)
		p += sprintf(p, "0");

	return p;
}

static char *put_value(char *p, u16 where, u32 val)
{
	switch (where & 0xff) {
	case EXPLORE_SCTLR:
	case EXPLORE_SHADOW:
		return put_bits(p, pack_sctlr(val), true);
	case EXPLORE_FSR:
		return put_bits(p, pack_fsr(val), false);
	case EXPLORE_RESUME:
		return p + sprintf(p, val & ARM_SMMU_RESUME_TERMINATE ? "terminate" : "retry");
	default:
		return p + sprintf(p, "%u", val);
	}
}

static char *put_access(char *p, const struct kunit_explore_access *a, u32 answer, bool primary)
{
	static const char * const simple[] = {
		[KUNIT_EXPLORE_START]	= "start",
		[KUNIT_EXPLORE_RETURN]	= "return",
		[KUNIT_EXPLORE_IRQ_OFF]	= "irqs_off",
		[KUNIT_EXPLORE_IRQ_ON]	= "irqs_on",
		[EXPLORE_ACQUIRE]	= "lock",
		[EXPLORE_RELEASE]	= "unlock",
		[EXPLORE_REPORT]	= "callback",
		[EXPLORE_STALL_END]	= "set_stall_done",
		[EXPLORE_WORK]		= "queue_work",
		[EXPLORE_FREE_IRQ]	= "free_irq",
		[EXPLORE_REQUEST_IRQ]	= "request_irq",
		[EXPLORE_SYNC]		= "handlers_idle",
		[EXPLORE_TIMER]		= "timer_started",
		[EXPLORE_TIMER_PENDING]	= "timer_pending",
		[EXPLORE_TIMER_DELETE]	= "timer_deleted",
		[EXPLORE_TIMER_DELETE_SYNC] = "timer_deleted_sync",
		[EXPLORE_WAKE_THREAD]	= "wake_thread",
		[EXPLORE_DETACHED]	= "detached",
		[EXPLORE_PM_GET]	= "pm_get",
		[EXPLORE_PM_AWAIT]	= "pm_resume",
		[EXPLORE_PM_PUT]	= "pm_put",
		[EXPLORE_PM_IF_ACTIVE]	= "pm_get_if_active",
		[EXPLORE_PM_SUSPEND]	= "pm_suspend",
		[EXPLORE_PM_DONE]	= "pm_done",
	};
	static const char * const barriers[] = {
		"smp_rmb", "smp_wmb", "smp_mb", "rmb", "wmb", "mb",
	};
	const char *name = (a->where & 0xff) < ARRAY_SIZE(explore_names) ?
			   explore_names[a->where & 0xff] : "?";

	switch (a->kind) {
	case EXPLORE_READ:
	case EXPLORE_GET:
		return put_value(p + sprintf(p, "%s?", name), a->where, answer);
	case EXPLORE_WRITE:
	case EXPLORE_SET:
		return put_value(p + sprintf(p, "%s=", name), a->where, a->arg[0]);
	case EXPLORE_ADD:
		return p + sprintf(p, "%s%s", name, a->arg[0] == 1 ? "++" : "--");
	case EXPLORE_AWAIT_ZERO:
		return p + sprintf(p, "%s?0", name);
	case EXPLORE_CMPXCHG:
		if (answer == a->arg[0])
			return put_value(p + sprintf(p, "%s:=", name), a->where, a->arg[1]);
		return put_value(p + sprintf(p, "%s!=", name), a->where, a->arg[0]);
	case KUNIT_EXPLORE_SLEEP:
		return p + sprintf(p, a->arg[0] ? "dumped" : answer ? "callback_retry" :
							     "callback_done");
	case KUNIT_EXPLORE_RETURN:
		if (!primary)
			break;
		return p + sprintf(p, a->arg[0] == IRQ_WAKE_THREAD ? "IRQ_WAKE_THREAD" :
				      a->arg[0] == IRQ_HANDLED ? "IRQ_HANDLED" : "IRQ_NONE");
	case EXPLORE_STALL_BEGIN:
		return p + sprintf(p, "set_stall(%u)", a->arg[0]);
	case EXPLORE_BREAKS:
		return p + sprintf(p, "breaks");
	case EXPLORE_BARRIER:
		return p + sprintf(p, "%s", barriers[a->where]);
	case EXPLORE_CLOCKS:
		return p + sprintf(p, a->arg[0] ? "clocks_on" : "clocks_off");
	}

	return p + sprintf(p, "%s", a->kind < ARRAY_SIZE(simple) && simple[a->kind] ?
				    simple[a->kind] : "?");
}

static void explore_count_step(struct explore_setup *setup,
			       const struct kunit_explore_step *step)
{
	bool primary = step->actor >= 0 && setup->roles[step->actor] == ROLE_PRIMARY;
	const struct explore_state *s = step->state;
	struct explore_cost *cost = setup->cost;
	bool bank1 = step->access.where >> 8;

	if (step->actor < 0) {
		setup->waits |= step->event == 1;
		return;
	}
	switch (step->access.kind) {
	case KUNIT_EXPLORE_START:
		if (!primary || setup->in_pass)
			break;
		cost->interrupts++;
		setup->in_pass = true;
		setup->answered = false;
		break;
	case KUNIT_EXPLORE_RETURN:
		if (!primary)
			break;
		cost->wakes += step->access.arg[0] == IRQ_WAKE_THREAD;
		setup->answered |= step->access.arg[0] != IRQ_NONE;
		setup->in_pass = s->pass;
		cost->spurious += !s->pass && !setup->answered;
		break;
	case EXPLORE_WORK:
		cost->wakes++;
		break;
	case EXPLORE_READ:
		if (bank1)
			cost->other_reads++;
		else
			cost->reads++;
		cost->wait_accesses += setup->waits && !bank1;
		break;
	case EXPLORE_WRITE:
		cost->writes++;
		cost->wait_accesses += setup->waits && !bank1;
		break;
	case KUNIT_EXPLORE_SLEEP:
		cost->wait_callbacks += setup->waits && !bank1;
		break;
	case EXPLORE_REPORT:
		setup->waits &= !bank1;
		break;
	case EXPLORE_ACQUIRE:
		cost->locks++;
		break;
	}
}

/* Writes that were posted before this step, and have arrived in it */
static char *put_arrived(char *p, const struct explore_state *before,
			 const struct explore_state *s)
{
	int cpu, i;

	for (cpu = 0; cpu < EXPLORE_CPUS; cpu++) {
		for (i = 0; i < before->num_posted[cpu] - s->num_posted[cpu]; i++) {
			u8 write = before->posted[cpu][i], reg = write >> 4 & 3;

			p += sprintf(p, " arrived=%s=", explore_names[reg]);
			if (reg == EXPLORE_RESUME)
				p += sprintf(p, write & RESUME_TERMINATE ? "terminate" : "retry");
			else
				p = put_bits(p, write & 0xf, reg == EXPLORE_SCTLR);
		}
	}

	return p;
}

static char *put_bank(char *p, const struct explore_setup *setup, const struct explore_state *s,
		      int i)
{
	p = put_bits(p + sprintf(p, " b%d.fsr=", i), s->bank[i].fsr, false);
	p = put_bits(p + sprintf(p, " b%d.sctlr=", i), s->bank[i].sctlr, true);
	if (!setup->code->design->no_shadow)
		p = put_bits(p + sprintf(p, " b%d.shadow=", i), s->bank[i].shadow, true);
	if (setup->c->two || setup->c->late)
		p += sprintf(p, " b%d.stalled=%d-%d", i, s->bank[i].stalled, s->bank[i].ending);

	return p;
}

static void explore_print_step(const struct kunit_explore_model *model,
			       const struct kunit_explore_step *step)
{
	struct explore_setup *setup = model->priv;
	const struct explore_state *s = step->state;
	char text[512], *p = text;
	int i;

	explore_count_step(setup, step);
	if (!setup->line)
		return;

	p += sprintf(p, "n=%u ", step->number);
	if (step->actor >= 0) {
		p += sprintf(p, "actor=%s cpu=CPU%u act=", model->actors[step->actor].name,
			     model->actors[step->actor].cpu);
		p = put_access(p, &step->access, step->answer,
			       setup->roles[step->actor] == ROLE_PRIMARY);
	} else if (step->event < EVENT_BUS) {
		p += sprintf(p, "actor=device cpu=- act=fault%d", step->event);
	} else if (step->event >= EVENT_ENDS) {
		p += sprintf(p, "actor=device cpu=- act=ends%d", step->event - EVENT_ENDS);
	} else {
		p += sprintf(p, "actor=bus cpu=CPU%d act=arrives", step->event - EVENT_BUS);
	}
	p = put_arrived(p, &setup->before, s);
	setup->before = *s;
	if (step->actor >= 0 && setup->code->banks > 1)
		p += sprintf(p, " bank=%u", step->access.kind == KUNIT_EXPLORE_START &&
					    setup->roles[step->actor] == ROLE_PRIMARY ?
					    step->answer : step->access.where >> 8);
	for (i = 0; i < setup->code->banks; i++)
		p = put_bank(p, setup, s, i);
	if (setup->c->lost)
		p += sprintf(p, " lost=%d", s->lost);
	p += sprintf(p, " line=%d power=%s", line_high(setup->c, s), s->clocks ? "on" : "off");
	for (i = 0; i < EXPLORE_INVARIANTS; i++) {
		if (step->violated & (BIT(i) | (i + 1 == 6 ? BIT(EXPLORE_WOKEN) : 0)))
			p += sprintf(p, " breaks=I%d", i + 1);
	}
	setup->line(setup->data, text);
}

/**
 * explore_replay() - Run a schedule
 * @test: the test
 * @code: of the design, for as many banks as the case has
 * @c: the case
 * @schedule: as in &struct kunit_explore_result
 * @line: called with a line for each step, or NULL
 * @data: for @line
 * @cost: what it costs
 * @violated: properties that were broken
 *
 * Return: as kunit_explore_replay().
 */
int explore_replay(struct kunit *test, struct explore_code *code, const struct explore_case *c,
		   const char *schedule,
		   void (*line)(void *data, const char *text), void *data,
		   struct explore_cost *cost, u32 *violated)
{
	struct explore_setup *setup = explore_set_up(test, code, c);
	int ret;

	setup->line = line;
	setup->data = data;
	setup->cost = cost;
	setup->before = setup->init;
	memset(cost, 0, sizeof(*cost));
	ret = kunit_explore_replay(test, &setup->model, &setup->init, schedule,
				   explore_print_step, violated);
	kunit_kfree(test, setup);

	return ret;
}

/* What no document says of the hardware, and what the thread may take for a flood */
static const struct explore_case explore_devices[EXPLORE_DEVICES] = {
	[EXPLORE_MULTI]		= { .ss_is_a_fault = true },
	[EXPLORE_TWO]		= { .two = true },
	[EXPLORE_LATE]		= { .late = true },
	[EXPLORE_TWO_LATE]	= { .two = true, .late = true },
	[EXPLORE_LOST]		= { .lost = true },
	[EXPLORE_SWAPPED]	= { .resume_swapped = true },
	[EXPLORE_FLOOD]		= { .flood = true },
	[EXPLORE_HARDEST]	= { .two = true, .late = true, .lost = true, .flood = true },
};

/**
 * explore_case_number() - One of the cases that a scenario has
 * @c: the case, whose scenario is set
 * @number: below EXPLORE_CASES; those of a device follow each other
 *
 * Return: false if the scenario is not explored in this one.
 */
bool explore_case_number(struct explore_case *c, unsigned int number)
{
	unsigned int i = number / EXPLORE_DEVICE_CASES;
	const struct explore_case *device = &explore_devices[i];

	c->ss_asserts = number & 1;
	c->same_cpu = number & 2;
	c->posted = number & 4;
	c->ss_is_a_fault = device->ss_is_a_fault;
	c->two = device->two;
	c->late = device->late;
	c->lost = device->lost;
	c->resume_swapped = device->resume_swapped;
	c->flood = device->flood;

	if (i == EXPLORE_MULTI)
		return c->scenario == EXPLORE_ONE_BANK;
	/* Of the others, pairs of scenarios have the one that is all of them. */
	if (i != EXPLORE_HARDEST)
		return i == EXPLORE_PROMPT || hweight32(c->scenario) == 1;
	/* With posted writes, but two banks have too many states for that. */
	return c->posted == !(c->scenario & EXPLORE_TWO_BANKS) ||
	       c->scenario == EXPLORE_ONE_BANK;
}

/**
 * explore_case_name() - "two_banks+suspend.ss-two.other.posted"
 * @c: the case
 * @name: EXPLORE_CASE_NAME characters for its name
 */
void explore_case_name(const struct explore_case *c, char *name)
{
	char *p = name;
	int i;

	for (i = 0; i < EXPLORE_SCENARIOS; i++) {
		if (c->scenario & BIT(i))
			p += sprintf(p, "%s%s", p == name ? "" : "+", explore_scenarios[i]);
	}
	sprintf(p, ".%s%s%s%s%s%s%s.%s.%s%s", c->ss_asserts ? "ss" : "noss",
		c->ss_is_a_fault ? "-multi" : "", c->two ? "-two" : "", c->late ? "-late" : "",
		c->lost ? "-lost" : "", c->flood ? "-flood" : "",
		!c->resume_swapped ? "" : c->ss_asserts ? "-taken" : "-ignored",
		c->same_cpu ? "same" : "other", c->posted ? "posted" : "direct",
		c->weak ? ".weak" : "");
}

/**
 * explore_case_parse() - The case that has a name
 * @name: as explore_case_name() writes it; what follows it is ignored
 * @c: where it goes
 *
 * Return: length of the name, or -EINVAL.
 */
int explore_case_parse(const char *name, struct explore_case *c)
{
	static const u32 one_each = BIT(EXPLORE_SCENARIOS) - 1;
	char text[EXPLORE_CASE_NAME];
	u32 i;

	memset(c, 0, sizeof(*c));
	for (c->scenario = 1; c->scenario <= one_each; c->scenario++) {
		for (i = 0; i < EXPLORE_CASES; i++) {
			explore_case_number(c, i);
			explore_case_name(c, text);
			if (!strncmp(name, text, strlen(text)) &&
			    !isalpha(name[strlen(text)]))
				return strlen(text);
		}
	}

	return -EINVAL;
}
