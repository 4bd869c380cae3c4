/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What arm-smmu-fault.c, arm-smmu-sctlr.c, arm-smmu-power.c and arm-smmu-detach.c are
 * compiled with when the explorer runs them: every access to what others see goes
 * through it.
 *
 * First other names for the functions, so that they can be linked a second time
 * (a trace event has the name of one of them), then every header that they include,
 * then the primitives.
 */

#ifndef EXPLORE_PREFIX
#define EXPLORE_PREFIX explored_
#endif

#include <linux/args.h>

#include <trace/events/arm_smmu.h>

#define EXPLORED(name) CONCATENATE(EXPLORE_PREFIX, name)
#define arm_smmu_sctlr_write		EXPLORED(arm_smmu_sctlr_write)
#define arm_smmu_sctlr_settle		EXPLORED(arm_smmu_sctlr_settle)
#define arm_smmu_sctlr_publish		EXPLORED(arm_smmu_sctlr_publish)
#define arm_smmu_sctlr_change		EXPLORED(arm_smmu_sctlr_change)
#define arm_smmu_begin_detach		EXPLORED(arm_smmu_begin_detach)
#define arm_smmu_power_enter		EXPLORED(arm_smmu_power_enter)
#define arm_smmu_power_leave		EXPLORED(arm_smmu_power_leave)
#define arm_smmu_sctlr_update		EXPLORED(arm_smmu_sctlr_update)
#define arm_smmu_set_stall		EXPLORED(arm_smmu_set_stall)
#define arm_smmu_publish_global_irq	EXPLORED(arm_smmu_publish_global_irq)
#define arm_smmu_power_on		EXPLORED(arm_smmu_power_on)
#define arm_smmu_power_off		EXPLORED(arm_smmu_power_off)
#define arm_smmu_wait_for_faults	EXPLORED(arm_smmu_wait_for_faults)
#define arm_smmu_request_context_irq	EXPLORED(arm_smmu_request_context_irq)
#define arm_smmu_report_context_fault	EXPLORED(arm_smmu_report_context_fault)
#define arm_smmu_poll_ss		EXPLORED(arm_smmu_poll_ss)
#define arm_smmu_detach_context_bank	EXPLORED(arm_smmu_detach_context_bank)
#define arm_smmu_clear_context_fault	EXPLORED(arm_smmu_clear_context_fault)

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/pm_runtime.h>
#include <linux/ratelimit.h>
#include <linux/string.h>
#include <linux/timer.h>

#include <kunit/visibility.h>

#include "explore_smmu.h"

static inline struct explore_actor *explore_me(void)
{
	return kunit_explore_arg();
}

/* Which variable that is. */
static inline u16 explore_where(const void *p)
{
	struct explore_actor *me = explore_me();
	int i;

	if (p == &me->smmu.powered)
		return EXPLORE_POWERED;
	if (p == &me->smmu.users)
		return EXPLORE_USERS;
	for (i = 0; i < EXPLORE_BANKS; i++) {
		if (p == &me->cbs[i].fault.sctlr)
			return EXPLORE_WHERE(i, EXPLORE_SHADOW);
		if (p == &me->cbs[i].fault.users)
			return EXPLORE_WHERE(i, EXPLORE_BANK_USERS);
		if (p == &me->cbs[i].fault.wake)
			return EXPLORE_WHERE(i, EXPLORE_WAKE);
		if (p == &me->cbs[i].cfg)
			return EXPLORE_WHERE(i, EXPLORE_ATTACHED);
	}
	WARN_ONCE(1, "explore: a variable that it does not know");

	return 0;
}

/* Whose timer that is. */
static inline u16 explore_timer(const struct timer_list *timer)
{
	struct explore_actor *me = explore_me();

	return EXPLORE_WHERE(timer == &me->cbs[0].fault.pace.timer ? 0 : 1, 0);
}

/*
 * The barriers. Where memory is not weak, they order nothing, and are no steps. Weak
 * memory does without what @without says.
 */
static inline void explore_barrier(enum kunit_explore_barrier barrier, u8 which)
{
	if (explore_me()->weak && !(explore_me()->without & which))
		kunit_explore_access(EXPLORE_BARRIER, barrier, 0, 0);
}

/* Counted with interrupts on, it could be interrupted by who waits until it is not. */
static inline void explore_counted(void)
{
	if (!explore_me()->hardirq && !explore_me()->irqs_off)
		kunit_explore_access(EXPLORE_BREAKS, 0, 6, 0);
}

static inline void explore_inc(const void *p)
{
	explore_counted();
	kunit_explore_access(EXPLORE_ADD, explore_where(p), 1, 0);
}

static inline void explore_dec(const void *p)
{
	explore_counted();
	kunit_explore_access(EXPLORE_ADD, explore_where(p), -1, 0);
}

static inline void explore_await_zero(const void *p)
{
	kunit_explore_access(EXPLORE_AWAIT_ZERO, explore_where(p),
			     explore_me()->without & EXPLORE_WITHOUT_ACQUIRE ?
			     KUNIT_EXPLORE_RELAXED : KUNIT_EXPLORE_ACQUIRE, 0);
}

static inline void explore_store(const void *p, u32 val)
{
	kunit_explore_access(EXPLORE_SET, explore_where(p), val, 0);
}

static inline unsigned long explore_read_once(const void *p)
{
	u16 where;
	u32 val;

	/* There are no global faults. */
	if (p == &explore_me()->smmu.global_pause)
		return false;
	where = explore_where(p);
	val = kunit_explore_access(EXPLORE_GET, where, 0, 0);
	if (val && (where & 0xff) == EXPLORE_ATTACHED)
		return (unsigned long)&explore_me()->domains[where >> 8].cfg;
	return val;
}

/* arm_smmu_sctlr_publish() and arm_smmu_sctlr_settle() go round a loop. */
#define EXPLORE_PUBLISH		1
/* As does arm_smmu_sctlr_change(): what it has found is all that it keeps. */
#define EXPLORE_CHANGE		2

static inline bool explore_try_cmpxchg(const void *p, int *old, int new)
{
	int was = kunit_explore_access(EXPLORE_CMPXCHG, explore_where(p), *old, new);
	bool done = was == *old;

	if (!done)
		kunit_explore_keep(EXPLORE_CHANGE, was);
	*old = was;
	return done;
}

static inline enum explore_where explore_cb_where(int offset)
{
	switch (offset) {
	case ARM_SMMU_CB_SCTLR:
		return EXPLORE_SCTLR;
	case ARM_SMMU_CB_RESUME:
		return EXPLORE_RESUME;
	case ARM_SMMU_CB_FSR:
		return EXPLORE_FSR;
	case ARM_SMMU_CB_FAR:
		return EXPLORE_FAR;
	case ARM_SMMU_CB_FSYNR0:
		return EXPLORE_FSYNR0;
	case ARM_SMMU_CB_FSYNR1:
		return EXPLORE_FSYNR1;
	case ARM_SMMU_CB_TTBR0:
		return EXPLORE_TTBR0;
	case ARM_SMMU_CB_CONTEXTIDR:
		return EXPLORE_CONTEXTIDR;
	default:
		WARN_ONCE(1, "explore: a register that it does not know");
		return EXPLORE_SCR0;
	}
}

/* What is written to SCTLR is all that they keep. */
static inline void explore_cb_write(int bank, int offset, u32 val)
{
	if (offset == ARM_SMMU_CB_SCTLR)
		kunit_explore_keep(EXPLORE_PUBLISH, val);
	explore_write(bank, explore_cb_where(offset), val);
}

/* SCTLR is only read back: its value must not make a difference. */
static inline u32 explore_cb_read(int bank, int offset)
{
	u32 val = explore_read(bank, explore_cb_where(offset));

	return offset == ARM_SMMU_CB_SCTLR ? 0x1eadbeef : val;
}

/* In a hard IRQ they are off already. */
static inline void explore_irqs(bool on)
{
	explore_me()->irqs_off += on ? -1 : 1;
	if (explore_me()->hardirq)
		return;
	if (on)
		kunit_explore_irq_on();
	else
		kunit_explore_irq_off();
}

/* A pass that is a flood looks so often that this is the end of it. */
#undef ARM_SMMU_FAULT_LOOKS
#define ARM_SMMU_FAULT_LOOKS	(explore_me()->flood ? 2 : 8)
#define arm_smmu_pace_begin(pace)	((void)(pace))
#define arm_smmu_pace_flood(pace)	((void)(pace), explore_me()->flood)
#define arm_smmu_pace_pause(pace, flood)					\
	((void)(pace), (void)(flood),							\
	 kunit_explore_access(EXPLORE_TIMER, EXPLORE_WHERE(explore_me()->bank, 0), 0, 0))

/* A poll gives the device as long as it needs, see EXPLORE_POLLS. */
#undef ARM_SMMU_RESUME_POLL_US
#define ARM_SMMU_RESUME_POLL_US	(EXPLORE_POLLS - 1)
/* Two stalls, and a RESUME that is lost */
#undef ARM_SMMU_RESUME_TRIES
#define ARM_SMMU_RESUME_TRIES	3
#undef udelay
#define udelay(us)		((void)(us))

#define irq_wake_thread(irq, domain)						\
	((void)(irq),									\
	 kunit_explore_access(EXPLORE_WAKE_THREAD, EXPLORE_WHERE((domain)->cfg.cbndx, 0), 0, 0))
#undef timer_setup
#define timer_setup(timer, function, flags)	((void)(timer), (void)(function))
#define timer_pending(timer)							\
	kunit_explore_access(EXPLORE_TIMER_PENDING, explore_timer(timer), 0, 0)
#undef timer_delete
#define timer_delete(timer)							\
	kunit_explore_access(EXPLORE_TIMER_DELETE, explore_timer(timer), 0, 0)
#define timer_delete_sync(timer)						\
	kunit_explore_access(EXPLORE_TIMER_DELETE_SYNC, explore_timer(timer), 0, 0)

#undef READ_ONCE
#undef WRITE_ONCE
#define READ_ONCE(x)		((typeof(x))explore_read_once(&(x)))
#define WRITE_ONCE(x, val)	explore_store(&(x), !!(val))
#undef atomic_read
#undef atomic_set
#undef atomic_inc
#undef atomic_dec
#undef atomic_try_cmpxchg
#undef atomic_cond_read_acquire
#define atomic_read(v)		((int)kunit_explore_access(EXPLORE_GET, explore_where(v), 0, 0))
#define atomic_set(v, val)	explore_store(v, val)
#define atomic_inc(v)		explore_inc(v)
#define atomic_dec(v)		explore_dec(v)
#define atomic_try_cmpxchg(v, old, new)	explore_try_cmpxchg(v, old, new)
#define atomic_cond_read_acquire(v, cond) ({					\
	BUILD_BUG_ON(__builtin_strcmp(#cond, "!VAL"));				\
	explore_await_zero(v);							\
})

#undef mb
#undef rmb
#undef wmb
#undef smp_mb
#undef smp_mb__after_atomic
#define mb()	explore_barrier(KUNIT_EXPLORE_MB, EXPLORE_WITHOUT_MB)
#define rmb()	explore_barrier(KUNIT_EXPLORE_RMB, EXPLORE_WITHOUT_RMB)
#define wmb()	explore_barrier(KUNIT_EXPLORE_WMB, EXPLORE_WITHOUT_WMB)
#define smp_mb() explore_barrier(KUNIT_EXPLORE_SMP_MB, EXPLORE_WITHOUT_SMP_MB)
#define smp_mb__after_atomic()							\
	explore_barrier(KUNIT_EXPLORE_SMP_MB, EXPLORE_WITHOUT_AFTER_ATOMIC)

#undef local_irq_save
#undef local_irq_restore
#define local_irq_save(flags)		do { (flags) = 0; explore_irqs(false); } while (0)
#define local_irq_restore(flags)	do { (void)(flags); explore_irqs(true); } while (0)

#undef arm_smmu_cb_read
#undef arm_smmu_cb_readq
#undef arm_smmu_cb_write
#undef arm_smmu_gr0_read
#undef arm_smmu_gr0_write
#undef arm_smmu_gr1_read
#define arm_smmu_cb_read(s, n, o)	((void)(s), explore_cb_read(n, o))
#define arm_smmu_cb_readq(s, n, o)	((void)(s), explore_read(n, explore_cb_where(o)))
#define arm_smmu_cb_write(s, n, o, v)	((void)(s), explore_cb_write(n, o, v))
#define arm_smmu_gr0_read(s, o)		((void)(s), (void)(o), explore_read(0, EXPLORE_SCR0))
#define arm_smmu_gr0_write(s, o, v)	((void)(s), (void)(o), explore_write(0, EXPLORE_SCR0, v))
#define arm_smmu_gr1_read(s, o)		((void)(s), (void)(o), explore_read(0, EXPLORE_CBFRSYNRA))

#define pm_runtime_get_sync(dev)	((void)(dev), explore_pm_get(explore_me()))
#define pm_runtime_put_autosuspend(dev)	((void)(dev), explore_pm_put(explore_me()))
#define pm_runtime_barrier(dev)		((void)(dev))

#define synchronize_irq(irq)	((void)(irq), kunit_explore_access(EXPLORE_SYNC, 0, 0, 0))
#define devm_free_irq(dev, irq, domain)	\
	((void)(dev), (void)(irq), explore_free_irq((domain)->cfg.cbndx))
#define devm_request_irq(dev, irq, handler, flags, name, domain)	\
	((void)(dev), (void)(irq), (void)(handler), (void)(flags), (void)(name),	\
	 kunit_explore_access(EXPLORE_REQUEST_IRQ, EXPLORE_WHERE((domain)->cfg.cbndx, 0), 0, 0))
#define devm_request_threaded_irq(dev, irq, handler, thread, flags, name, domain)	\
	((void)(thread), devm_request_irq(dev, irq, handler, flags, name, domain))

#define report_iommu_fault(domain, dev, iova, flags)				\
	((void)(domain), (void)(dev), (void)(iova), (void)(flags),			\
	 explore_callback(explore_me(), explore_me()->bank))
#define arm_smmu_print_context_fault_info(...)	do { } while (0)

/* There is no device to talk of, */
#undef dev_err_ratelimited
#define dev_err_ratelimited(dev, ...)	do { if (false) dev_err(dev, __VA_ARGS__); } while (0)
/* nor to trace. */
#define trace_arm_smmu_context_fault(...)	do { } while (0)
#define trace_arm_smmu_resume(dev, idx, retry)	((void)(retry))
#define trace_arm_smmu_set_stall(...)		do { } while (0)

#undef lock_map_acquire
#undef lock_map_release
#undef lockdep_init_map
#define lock_map_acquire(map)	((void)(map))
#define lock_map_release(map)	((void)(map))
#define lockdep_init_map(map, name, key, subclass)	\
	((void)(map), (void)(name), (void)(key), (void)(subclass))

#undef EXPORT_SYMBOL_IF_KUNIT
#define EXPORT_SYMBOL_IF_KUNIT(symbol)	\
	static_assert(!__builtin_types_compatible_p(typeof(symbol), void))

/*
 * What these are told, they forget: they change nothing but what others see. To be
 * used from here on, in what is compiled after arm-smmu-sctlr.c.
 */
#define explore_forget(function, call) ({					\
	u16 __function = (function);						\
	u32 __ret;								\
	kunit_explore_enter(__function);					\
	__ret = (call);								\
	kunit_explore_leave(__function, __ret);					\
	__ret;									\
})
