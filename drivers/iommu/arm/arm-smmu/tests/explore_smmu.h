/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An SMMU for the schedule explorer (include/kunit/explore.h): up to two context
 * banks on one level interrupt line, posted register writes, power, genirq and
 * runtime PM, as far as the fault path depends on them.
 *
 * The hardware follows the rules that fake_smmu.h lists, with these choices. Where no
 * document settles one, the opposite is a case (&struct explore_case), or cannot matter
 * for the reason that is given:
 *
 *  1) SCTLR.HUPCF is set: while one transaction is stalled, others go on, and may
 *     fault. With HUPCF off fewer faults come, as in the schedules with fewer. Of two that
 *     could stall, the second is terminated, or stalls as well (@two), as it may where
 *     each TBU has a stall of its own. RESUME ends the one that stalled first: a
 *     driver that cannot tell them apart decides the same for the other order. RESUME
 *     ends it at once or some time later (@late), or is lost (@lost). It is ignored
 *     while a fault is latched if SS asserts the line, or if it does not
 *     (@resume_swapped). Later than a poll lasts is not explored: software cannot tell
 *     that from a RESUME that was lost.
 *  2) A write takes effect at once, or is posted (@posted): those of one CPU arrive in
 *     order, at any later time, and before the CPU's next read of the device; those
 *     of two CPUs arrive in no order.
 *  3) Without power, all registers are lost, and with them faults and stalls. If they were
 *     kept, resume would find what EXPLORE_RESET begins with, and does the same
 *     about it. While the SMMU resumes, its masters issue nothing. A fault of theirs
 *     would be dropped by reset, as one from before it. And a bank gets its
 *     streams after its interrupt was requested, which is the order of the driver's code.
 *  4) The interrupt is taken by CPU 0, where the threads run as well (@same_cpu) or do not.
 *     genirq calls the primaries of a shared line one after the other on one CPU, so
 *     it cannot matter if the next interrupt is taken by another one. The line is level,
 *     as the architecture says, and stays masked for a ONESHOT design until the
 *     threads are done. Primaries that are forced into threads are not explored.
 *  5) Memory is sequentially consistent, or weak (@weak): then it reorders accesses as
 *     explore_memory.h says, and an access to the device is over for sure after mb(): if
 *     the power goes before, I8 is broken. What a thread is woken by, runtime PM, and
 *     genirq's functions are barriers. A counter that no actor waits for is not weak.
 *  6) A timer ends a pause at any time after it was started, on the thread's CPU.
 *
 * A design is what runs on it. The driver's own code is one (explore_driver.c).
 */

#ifndef _EXPLORE_SMMU_H
#define _EXPLORE_SMMU_H

#include <linux/interrupt.h>

#include <kunit/explore.h>
#include <kunit/explore_memory.h>

#include "../arm-smmu.h"

#define EXPLORE_BANKS		2
#define EXPLORE_CPUS		4
#define EXPLORE_POSTED		4
#define EXPLORE_POLLS		3
#define EXPLORE_DESIGN_VARS	4

/* Bits of enum explore_scenario: what happens besides faults in bank 0. */
#define EXPLORE_ONE_BANK	BIT(0)	/* up to four faults, or three, instead of two */
#define EXPLORE_TWO_BANKS	BIT(1)	/* and in bank 1, on the same line */
#define EXPLORE_CALLBACK_STALL	BIT(2)	/* the callback turns stalling off */
#define EXPLORE_SET_STALL	BIT(3)	/* another task turns it off and on */
#define EXPLORE_SUSPEND		BIT(4)	/* runtime suspend, and resume */
#define EXPLORE_TEARDOWN	BIT(5)	/* of bank 0 */
#define EXPLORE_RESET		BIT(6)	/* at first, with a fault stalled already */
#define EXPLORE_SCENARIOS	7

/* Registers and variables, &struct kunit_explore_access.where with the bank. */
enum explore_where {
	EXPLORE_SCTLR,
	EXPLORE_FSR,
	EXPLORE_RESUME,
	EXPLORE_SCR0,
	EXPLORE_FAR,
	EXPLORE_FSYNR0,
	EXPLORE_FSYNR1,
	EXPLORE_CBFRSYNRA,
	EXPLORE_TTBR0,
	EXPLORE_CONTEXTIDR,

	EXPLORE_SHADOW,		/* arm_smmu_cb_fault.sctlr */
	EXPLORE_BANK_USERS,	/* arm_smmu_cb_fault.users */
	EXPLORE_WAKE,		/* arm_smmu_cb_fault.wake */
	EXPLORE_ATTACHED,	/* arm_smmu_cb.cfg */
	EXPLORE_USERS,		/* arm_smmu_device.users */
	EXPLORE_POWERED,	/* arm_smmu_device.powered */
	EXPLORE_LOCK,		/* of a design that has one */
	EXPLORE_VAR,		/* of the design, and the ones that follow */
};

/* Of these, up to EXPLORE_POWERED, weak memory has those of bank 0. */
#define EXPLORE_FIRST_VAR	EXPLORE_SHADOW

#define EXPLORE_WHERE(bank, where)	((bank) << 8 | (where))

enum explore_access {
	EXPLORE_READ = KUNIT_EXPLORE_OWN,
	EXPLORE_WRITE,
	EXPLORE_GET,
	EXPLORE_SET,
	EXPLORE_ADD,
	EXPLORE_CMPXCHG,
	EXPLORE_AWAIT_ZERO,
	EXPLORE_ACQUIRE,
	EXPLORE_RELEASE,
	EXPLORE_REPORT,		/* the callback is called */
	EXPLORE_STALL_BEGIN,
	EXPLORE_STALL_END,
	EXPLORE_WORK,		/* queue the worker */
	EXPLORE_FREE_IRQ,
	EXPLORE_REQUEST_IRQ,
	EXPLORE_SYNC,		/* wait for the handlers of the line */
	EXPLORE_TIMER,		/* start that of the bank */
	EXPLORE_TIMER_PENDING,
	EXPLORE_TIMER_DELETE,
	EXPLORE_TIMER_DELETE_SYNC, /* and wait for its function */
	EXPLORE_WAKE_THREAD,	/* irq_wake_thread() */
	EXPLORE_DETACHED,
	EXPLORE_PM_GET,
	EXPLORE_PM_AWAIT,
	EXPLORE_PM_PUT,
	EXPLORE_PM_IF_ACTIVE,
	EXPLORE_PM_SUSPEND,
	EXPLORE_PM_DONE,
	EXPLORE_CLOCKS,
	EXPLORE_BARRIER,	/* an enum kunit_explore_barrier; in weak memory alone */
	EXPLORE_BREAKS,		/* an invariant, whatever happens next */
};

/* Runtime PM status */
enum { EXPLORE_ACTIVE, EXPLORE_SUSPENDING, EXPLORE_SUSPENDED, EXPLORE_RESUMING };

/* What orders accesses, and can be left out */
#define EXPLORE_WITHOUT_MB	BIT(0)
#define EXPLORE_WITHOUT_RMB	BIT(1)
#define EXPLORE_WITHOUT_WMB	BIT(2)
#define EXPLORE_WITHOUT_SMP_MB	BIT(3)
#define EXPLORE_WITHOUT_AFTER_ATOMIC BIT(4)	/* smp_mb__after_atomic() */
#define EXPLORE_WITHOUT_ACQUIRE	BIT(5)

struct explore_actor;

/**
 * struct explore_design - A way to handle context faults
 * @name: of the design
 * @oneshot: the line stays masked until all threads are done
 * @no_shadow: SCTLR has none, so it is not compared with one
 * @clears_first: FSR is cleared before the callback, which gets what was read
 * @setup: prepare private memory before an actor is run
 * @primary: in hard IRQ context; NULL: wakes the thread, whichever bank has faulted
 * @thread: in the IRQ thread
 * @worker: what EXPLORE_WORK queues
 * @timer: what EXPLORE_TIMER starts
 * @set_stall: SCTLR.CFCFG
 * @suspend: runtime suspend, but for the clocks
 * @resume: runtime resume, but for the clocks
 * @detach: bank is torn down
 * @probe: the SMMU is found in an unknown state; attaches nothing
 * @attach: bank is set up; the interrupt is requested by the caller
 *
 * They are the code of actors.
 */
struct explore_design {
	const char		*name;
	bool			oneshot;
	bool			no_shadow;
	bool			clears_first;
	void			(*setup)(struct explore_actor *actor);
	irqreturn_t		(*primary)(struct explore_actor *actor, int bank);
	void			(*thread)(struct explore_actor *actor, int bank);
	void			(*worker)(struct explore_actor *actor, int bank);
	void			(*timer)(struct explore_actor *actor, int bank);
	void			(*set_stall)(struct explore_actor *actor, int bank, bool on);
	void			(*suspend)(struct explore_actor *actor);
	void			(*resume)(struct explore_actor *actor);
	void			(*detach)(struct explore_actor *actor, int bank);
	void			(*probe)(struct explore_actor *actor);
	void			(*attach)(struct explore_actor *actor, int bank);
};

/**
 * struct explore_actor - Who runs a design's code
 * @design: whose
 * @bank: context bank that it is about, if one
 * @hardirq: in hard IRQ context
 * @flood: this pass of a thread takes what it finds for a flood
 * @irqs_off: how many local_irq_save() deep it is
 * @weak: memory is
 * @without: what is left out of the driver, in weak memory: EXPLORE_WITHOUT_MB etc.
 * @smmu: what the driver's code gets to see. Nothing that changes is in it.
 * @cbs: likewise
 * @domains: likewise
 * @irqs: likewise
 * @banks: how many there are
 */
struct explore_actor {
	const struct explore_design *design;
	int			bank;
	bool			hardirq;
	bool			flood;
	u8			irqs_off;
	bool			weak;
	u8			without;

	struct arm_smmu_device	smmu;
	struct arm_smmu_cb	cbs[EXPLORE_BANKS];
	struct arm_smmu_domain	domains[EXPLORE_BANKS];
	unsigned int		irqs[EXPLORE_BANKS];
	unsigned int		banks;
};

/* For designs */
static inline u32 explore_read(int bank, enum explore_where reg)
{
	return kunit_explore_access(EXPLORE_READ, EXPLORE_WHERE(bank, reg), 0, 0);
}

static inline void explore_write(int bank, enum explore_where reg, u32 val)
{
	kunit_explore_access(EXPLORE_WRITE, EXPLORE_WHERE(bank, reg), val, 0);
}

static inline u32 explore_get(int bank, enum explore_where var)
{
	return kunit_explore_access(EXPLORE_GET, EXPLORE_WHERE(bank, var), 0, 0);
}

static inline void explore_set(int bank, enum explore_where var, u32 val)
{
	kunit_explore_access(EXPLORE_SET, EXPLORE_WHERE(bank, var), val, 0);
}

int explore_callback(struct explore_actor *actor, int bank);
int explore_pm_get(struct explore_actor *actor);
void explore_pm_put(struct explore_actor *actor);
void explore_free_irq(int bank);

/* For tests */

/**
 * struct explore_case - What is explored
 * @scenario: bits that say what happens
 * @ss_asserts: FSR.SS asserts the line, and RESUME is ignored while a fault is latched
 * @ss_is_a_fault: a fault that comes while only FSR.SS is set sets MULTI alone. The
 *	architecture says "while FSR is non-zero", and can be read either way
 * @two: two transactions stall at a time, RESUME ends the first one of them, and FSR.SS
 *	is set until none is left; else one does
 * @late: RESUME takes effect some time after it was written, but before its writer has
 *	looked at FSR EXPLORE_POLLS times
 * @lost: one RESUME has no effect, whichever
 * @resume_swapped: where FSR.SS asserts the line, RESUME is taken while a fault is latched,
 *	and ignored where it does not
 * @flood: a pass of a thread may take what it finds for a flood
 * @same_cpu: all on CPU 0; else the threads on CPU 1, set_stall() on CPU 2, and
 *	workers, power, teardown and reset on CPU 3
 * @posted: register writes are
 * @faults: in bank 0, if not as many as @scenario says; then bank 1 has one
 * @retry: bank 0's callback may say either, -EAGAIN as well
 * @quiet_bank: none in bank 1
 * @no_faults: in no bank
 * @weak: memory is; with explore_weak_code() alone
 * @waiting: find EXPLORE_WAITED
 */
struct explore_case {
	u32			scenario;
	bool			ss_asserts;
	bool			ss_is_a_fault;
	bool			two;
	bool			late;
	bool			lost;
	bool			resume_swapped;
	bool			flood;
	bool			same_cpu;
	bool			posted;
	u8			faults;
	bool			retry;
	bool			quiet_bank;
	bool			no_faults;
	bool			weak;
	bool			waiting;
};

/**
 * struct explore_cost - What a schedule costs
 * @interrupts: that were taken
 * @wakes: of threads and workers
 * @reads: of registers, but for @other_reads
 * @writes: of registers
 * @other_reads: about bank 1
 * @spurious: interrupts that no primary has answered
 * @locks: that were taken
 * @wait_callbacks: of bank 0, that ended between a fault of bank 1 and its report
 * @wait_accesses: to registers of bank 0 meanwhile
 */
struct explore_cost {
	unsigned int		interrupts;
	unsigned int		wakes;
	unsigned int		reads;
	unsigned int		writes;
	unsigned int		other_reads;
	unsigned int		spurious;
	unsigned int		locks;
	unsigned int		wait_callbacks;
	unsigned int		wait_accesses;
};

/* Properties: I1 to I10 are 0 to 9. */
#define EXPLORE_INVARIANTS	10
#define EXPLORE_HANDLED		10	/* rest, after all faults were reported */
#define EXPLORE_WOKEN		11	/* for nothing, by a primary that could know: I6 */
#define EXPLORE_WAITED		12	/* reported, but came while the other bank was asleep */

/* The devices that a scenario is explored with: see &struct explore_case. */
enum explore_device {
	EXPLORE_PROMPT,
	EXPLORE_MULTI,
	EXPLORE_TWO,
	EXPLORE_LATE,
	EXPLORE_TWO_LATE,
	EXPLORE_LOST,
	EXPLORE_SWAPPED,
	EXPLORE_FLOOD,
	EXPLORE_HARDEST,
	EXPLORE_DEVICES,
};

/* Cases of a device, and of a scenario: see explore_case_number(). */
#define EXPLORE_DEVICE_CASES	8
#define EXPLORE_CASES		(EXPLORE_DEVICES * EXPLORE_DEVICE_CASES)

#define EXPLORE_CASE_NAME	128

struct explore_code;

struct explore_code *explore_code(struct kunit *test, const struct explore_design *design,
				  unsigned int banks);
struct explore_code *explore_weak_code(struct kunit *test, const struct explore_design *design,
				       u8 without);
int explore_run(struct kunit *test, struct explore_code *code, const struct explore_case *c,
		unsigned int limit, struct kunit_explore_result *result);
int explore_replay(struct kunit *test, struct explore_code *code, const struct explore_case *c,
		   const char *schedule,
		   void (*line)(void *data, const char *text), void *data,
		   struct explore_cost *cost, u32 *violated);
bool explore_case_number(struct explore_case *c, unsigned int number);
void explore_case_name(const struct explore_case *c, char *name);
int explore_case_parse(const char *name, struct explore_case *c);

extern const struct explore_design explore_masked;

#endif /* _EXPLORE_SMMU_H */
