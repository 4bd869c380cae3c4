/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit: the primitives of what follows are steps of an actor of the schedule explorer.
 * To be included last. See include/kunit/explore_scenario.h.
 *
 * No include guard, and no #endif: a file that is included after this may include more
 * headers, and a primitive that they define again is replaced by including this again.
 */

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/spinlock.h>

#include <kunit/explore_scenario.h>

#define __explore_var(p, name)							\
	((struct kunit_explore_variable) { (void *)(p), sizeof(*(p)), name })
/* The value as a number, whatever its type: a pointer as well. */
#define __explore_u64(x)	((u64)(unsigned long)(x))
#define __explore_type(p, x)	((typeof(*(p)))(unsigned long)(x))
#define __explore_read(p, name, order)						\
	__explore_type(p, kunit_explore_read(__explore_var(p, name), KUNIT_EXPLORE_##order))
#define __explore_write(p, name, x, order)					\
	kunit_explore_write(__explore_var(p, name), __explore_u64(x), KUNIT_EXPLORE_##order)
#define __explore_modify(p, operation, x, old, order)				\
	__explore_type(p, kunit_explore_modify(__explore_var(p, #p),		\
					       KUNIT_EXPLORE_##operation,		\
					       __explore_u64(x), __explore_u64(old),	\
					       KUNIT_EXPLORE_##order))

#undef READ_ONCE
#undef WRITE_ONCE
#undef smp_load_acquire
#undef smp_store_release
#undef smp_store_mb
#define READ_ONCE(x)			__explore_read(&(x), #x, RELAXED)
#define WRITE_ONCE(x, val)		__explore_write(&(x), #x, val, RELAXED)
#define smp_load_acquire(p)		__explore_read(p, #p, ACQUIRE)
#define smp_store_release(p, val)	__explore_write(p, #p, val, RELEASE)
#define smp_store_mb(x, val)		do { WRITE_ONCE(x, val); smp_mb(); } while (0)

#undef smp_mb
#undef smp_rmb
#undef smp_wmb
#undef mb
#undef rmb
#undef wmb
#undef smp_mb__before_atomic
#undef smp_mb__after_atomic
#define smp_mb()			kunit_explore_execute(KUNIT_EXPLORE_SMP_MB)
#define smp_rmb()			kunit_explore_execute(KUNIT_EXPLORE_SMP_RMB)
#define smp_wmb()			kunit_explore_execute(KUNIT_EXPLORE_SMP_WMB)
#define mb()				kunit_explore_execute(KUNIT_EXPLORE_MB)
#define rmb()				kunit_explore_execute(KUNIT_EXPLORE_RMB)
#define wmb()				kunit_explore_execute(KUNIT_EXPLORE_WMB)
#define smp_mb__before_atomic()		smp_mb()
#define smp_mb__after_atomic()		smp_mb()

#undef xchg
#undef xchg_relaxed
#undef cmpxchg
#undef try_cmpxchg
#define xchg(p, val)			__explore_modify(p, XCHG, val, 0, FULL)
#define xchg_relaxed(p, val)		__explore_modify(p, XCHG, val, 0, RELAXED)
#define cmpxchg(p, old, val)		__explore_modify(p, CMPXCHG, val, old, FULL)
#define try_cmpxchg(p, oldp, val) ({						\
	typeof(oldp) __oldp = (oldp);						\
	typeof(*__oldp) __old = *__oldp;					\
	*__oldp = cmpxchg(p, __old, val);					\
	*__oldp == __old;							\
})

#undef atomic_read
#undef atomic_read_acquire
#undef atomic_set
#undef atomic_set_release
#undef atomic_inc
#undef atomic_dec
#undef atomic_inc_return
#undef atomic_dec_return
#undef atomic_fetch_or
#undef atomic_fetch_andnot
#undef atomic_xchg
#undef atomic_xchg_relaxed
#undef atomic_cmpxchg
#undef atomic_try_cmpxchg
#define atomic_read(v)			READ_ONCE((v)->counter)
#define atomic_read_acquire(v)		smp_load_acquire(&(v)->counter)
#define atomic_set(v, i)		WRITE_ONCE((v)->counter, i)
#define atomic_set_release(v, i)	smp_store_release(&(v)->counter, i)
#define atomic_inc(v)			((void)__explore_modify(&(v)->counter, ADD, 1, 0, RELAXED))
#define atomic_dec(v)			((void)__explore_modify(&(v)->counter, ADD, -1, 0, RELAXED))
#define atomic_inc_return(v)		(__explore_modify(&(v)->counter, ADD, 1, 0, FULL) + 1)
#define atomic_dec_return(v)		(__explore_modify(&(v)->counter, ADD, -1, 0, FULL) - 1)
#define atomic_fetch_or(i, v)		__explore_modify(&(v)->counter, OR, i, 0, FULL)
#define atomic_fetch_andnot(i, v)	__explore_modify(&(v)->counter, AND, ~(i), 0, FULL)
#define atomic_xchg(v, i)		xchg(&(v)->counter, i)
#define atomic_xchg_relaxed(v, i)	xchg_relaxed(&(v)->counter, i)
#define atomic_cmpxchg(v, old, i)	cmpxchg(&(v)->counter, old, i)
#define atomic_try_cmpxchg(v, oldp, i)	try_cmpxchg(&(v)->counter, oldp, i)

#undef local_irq_save
#undef local_irq_restore
#undef local_irq_disable
#undef local_irq_enable
#define local_irq_save(flags)		do { (flags) = 0; kunit_explore_irq_off(); } while (0)
#define local_irq_restore(flags)	do { (void)(flags); kunit_explore_irq_on(); } while (0)
#define local_irq_disable()		kunit_explore_irq_off()
#define local_irq_enable()		kunit_explore_irq_on()

/* The lock itself stays as it is: its address stands for it. */
#define __explore_lock(p)							\
	((struct kunit_explore_variable) { (p), 0, #p })
#undef spin_lock_irqsave
#define spin_lock(lock)			kunit_explore_lock(__explore_lock(lock))
#define spin_unlock(lock)		kunit_explore_unlock(__explore_lock(lock))
#define spin_lock_irqsave(lock, flags)						\
	do { local_irq_save(flags); spin_lock(lock); } while (0)
#define spin_unlock_irqrestore(lock, flags)					\
	do { spin_unlock(lock); local_irq_restore(flags); } while (0)
