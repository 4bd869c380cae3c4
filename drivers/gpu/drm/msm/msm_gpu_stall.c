// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stall-on-fault of a GPU.
 */

#include <linux/mutex.h>
#include <linux/sched/mm.h>

#include "msm_gpu_stall.h"
#include "msm_mmu.h"

/**
 * DOC: Stall-on-fault
 *
 * A faulting transaction of the GPU can be stalled, so that the state of the
 * GPU can be dumped as it was at the fault. It stays stalled until the fault
 * handler returns, and takes more and more of the GPU with it: on a6xx also the
 * GMU, which shares the context bank. Hence three rules.
 *
 * **Few faults stall.** A fault turns stalling off, and a submit turns it on
 * again when there was none for %MSM_GPU_STALL_COOLDOWN_MS and the last dump
 * was taken away. So a GPU that faults faster than the CPU can answer is not
 * stalled over and over, until its GMU's watchdog bites.
 *
 * **The fault handler waits for nobody who waits for the GPU.** It needs
 * gpu->lock for a dump, and who holds that lock may be talking to the GMU,
 * which cannot answer while the transaction is stalled::
 *
 *	recover_worker				fault handler
 *	--------------				-------------
 *	mutex_lock(&gpu->lock);
 *						transaction is stalled
 *						mutex_lock(&gpu->lock);
 *	the GMU does not answer,
 *	wait until the dump is done
 *
 * So the handler does not block on the lock. It tries, until
 * %MSM_GPU_STALL_LOCK_MS have passed, or somebody waits for the dump: that may
 * be the lock's holder. Then there is no dump, and the transaction is resumed.
 * Who holds the lock just for a submit is waited for.
 * And recovery waits for the handler before it powers the GPU down, see
 * msm_gpu_stall_begin_recovery().
 *
 * **The stall has a bound.** The dump allocates without memory reclaim, which may
 * wait for the GPU, takes the other locks that it needs only if they are free, copies
 * buffers only as far as they are in memory, and asks nothing of the GPU itself
 * (msm_gpu_stall_dumping()). What is left adds up from
 *
 * - the lock: %MSM_GPU_STALL_LOCK_MS;
 * - the registers: 44,000 reads on a6xx, 119,000 on a7xx, 207,000 on its third
 *   generation, most of them of the CP's memories. With the module parameter
 *   snapshot_debugbus it is 84,000 accesses more, or 163,000;
 * - the buffers: until %MSM_GPU_STALL_DUMP_MS after the fault. That is looked at every
 *   64 KiB.
 *
 * Where an access takes a microsecond, the most is 0.3 s, or 0.45 s with the debug bus.
 * Who needs the GPU waits for the end of that for %MSM_GPU_STALL_WAIT_MS.
 */

/**
 * msm_gpu_stall_init() - A GPU with stall-on-fault turned on
 * @stall: stall-on-fault of the GPU
 * @mmu: MMU of the GPU, whose faults stall, or NULL
 */
void msm_gpu_stall_init(struct msm_gpu_stall *stall, struct msm_mmu *mmu)
{
	memset(stall, 0, sizeof(*stall));
	spin_lock_init(&stall->lock);
	init_waitqueue_head(&stall->wait);
	stall->mmu = mmu;
	stall->enabled = true;
}

static void msm_gpu_stall_enable(struct msm_gpu_stall *stall, bool enable)
{
	lockdep_assert_held(&stall->lock);

	/* With the lock held, so that the last one of two callers wins in both. */
	stall->enabled = enable;
	if (stall->mmu && stall->mmu->funcs->set_stall)
		stall->mmu->funcs->set_stall(stall->mmu, enable);
}

/**
 * msm_gpu_stall_fault() - There was a fault
 * @stall: stall-on-fault of the GPU
 * @stalled: the transaction is stalled
 * @dump_pending: the last dump has not been taken away yet
 *
 * Turns stalling off; the cooldown starts, or starts again.
 *
 * Context: Any.
 * Return: true if the fault is to be dumped: only then the handler may be
 * about to keep the transaction stalled.
 */
bool msm_gpu_stall_fault(struct msm_gpu_stall *stall, bool stalled, bool dump_pending)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	if (stall->enabled)
		msm_gpu_stall_enable(stall, false);
	stall->reenable_time = ktime_add_ms(ktime_get(), MSM_GPU_STALL_COOLDOWN_MS);
	spin_unlock_irqrestore(&stall->lock, flags);

	return stalled && !dump_pending;
}

/**
 * msm_gpu_stall_submit() - There is something to do for the GPU
 * @stall: stall-on-fault of the GPU
 * @dump_pending: the last dump has not been taken away yet
 *
 * Turns stalling on again if the cooldown is over, and the next fault would be
 * dumped.
 *
 * Context: Any.
 */
void msm_gpu_stall_submit(struct msm_gpu_stall *stall, bool dump_pending)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	if (!stall->enabled && !dump_pending &&
	    ktime_compare(ktime_get(), stall->reenable_time) >= 0)
		msm_gpu_stall_enable(stall, true);
	spin_unlock_irqrestore(&stall->lock, flags);
}

/**
 * msm_gpu_stall_reenable_us() - How long the cooldown still lasts
 * @stall: stall-on-fault of the GPU
 *
 * Context: Any.
 * Return: Microseconds. With 0, stalling is on, or the next submit turns it on,
 * unless a dump is pending.
 */
u64 msm_gpu_stall_reenable_us(struct msm_gpu_stall *stall)
{
	unsigned long flags;
	s64 left = 0;

	spin_lock_irqsave(&stall->lock, flags);
	if (!stall->enabled)
		left = ktime_us_delta(stall->reenable_time, ktime_get());
	spin_unlock_irqrestore(&stall->lock, flags);

	return max_t(s64, left, 0);
}

static void msm_gpu_stall_dump_ended(struct msm_gpu_stall *stall)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	stall->dumping = false;
	stall->ended++;
	spin_unlock_irqrestore(&stall->lock, flags);
	wake_up_all(&stall->wait);
}

/**
 * msm_gpu_stall_begin_dump() - Take gpu->lock for a dump, if nobody waits for it
 * @stall: stall-on-fault of the GPU
 * @gpu_lock: &msm_gpu.lock
 *
 * Waits for the lock no longer than %MSM_GPU_STALL_LOCK_MS. Until
 * msm_gpu_stall_end_dump(), the task does not enter memory reclaim.
 *
 * Context: The fault handler. Sleeps.
 * Return: true with the lock held. With false, there must be no dump: resume the
 * transaction.
 */
bool msm_gpu_stall_begin_dump(struct msm_gpu_stall *stall, struct mutex *gpu_lock)
{
	ktime_t now = ktime_get();
	ktime_t give_up = ktime_add_ms(now, MSM_GPU_STALL_LOCK_MS);
	unsigned long flags;
	bool locked, awaited;

	spin_lock_irqsave(&stall->lock, flags);
	stall->dumping = true;
	stall->awaited = stall->recovering;
	stall->deadline = ktime_add_ms(now, MSM_GPU_STALL_DUMP_MS);
	spin_unlock_irqrestore(&stall->lock, flags);

	do {
		/*
		 * First who waits, then the lock: if the one who waits is not
		 * its holder, it is free by and by, and there is a dump.
		 */
		awaited = READ_ONCE(stall->awaited);
		locked = mutex_trylock(gpu_lock);
		if (locked || awaited)
			break;
		/* Nobody tells when the lock is free: look again and again. */
		wait_event_hrtimeout(stall->wait, READ_ONCE(stall->awaited),
				     200 * NSEC_PER_USEC);
	} while (ktime_before(ktime_get(), give_up));

	if (!locked) {
		msm_gpu_stall_dump_ended(stall);
		return false;
	}
	stall->noreclaim = memalloc_noreclaim_save();

	return true;
}

/**
 * msm_gpu_stall_dumping() - A transaction is stalled for a dump
 * @stall: stall-on-fault of the GPU
 *
 * For a dump, of a fault or of a hang, that could have the GPU do some of the work:
 * it may be unable to.
 *
 * Context: Any.
 * Return: true while the fault handler takes a dump, or waits for gpu->lock to do so.
 */
bool msm_gpu_stall_dumping(struct msm_gpu_stall *stall)
{
	return READ_ONCE(stall->dumping);
}

/**
 * msm_gpu_stall_dump_expired() - A dump has taken long enough
 * @stall: stall-on-fault of the GPU
 *
 * Context: Between msm_gpu_stall_begin_dump() and msm_gpu_stall_end_dump().
 * Return: true if nothing more is to be copied.
 */
bool msm_gpu_stall_dump_expired(struct msm_gpu_stall *stall)
{
	return ktime_after(ktime_get(), stall->deadline);
}

/**
 * msm_gpu_stall_end_dump() - The dump is done, the transaction is resumed next
 * @stall: stall-on-fault of the GPU
 * @gpu_lock: &msm_gpu.lock, which is released
 *
 * Context: The fault handler, after msm_gpu_stall_begin_dump() returned true.
 */
void msm_gpu_stall_end_dump(struct msm_gpu_stall *stall, struct mutex *gpu_lock)
{
	memalloc_noreclaim_restore(stall->noreclaim);
	mutex_unlock(gpu_lock);
	msm_gpu_stall_dump_ended(stall);
}

/**
 * msm_gpu_stall_begin_handler() - A fault handler wants to touch the GPU
 * @stall: stall-on-fault of the GPU
 *
 * Context: Any.
 * Return: true if it may, until msm_gpu_stall_end_handler(). With false, the GPU is
 * being recovered from a hang, and is reset or off.
 */
bool msm_gpu_stall_begin_handler(struct msm_gpu_stall *stall)
{
	unsigned long flags;
	bool ret;

	spin_lock_irqsave(&stall->lock, flags);
	ret = !stall->recovering;
	if (ret)
		stall->handlers++;
	spin_unlock_irqrestore(&stall->lock, flags);

	return ret;
}

/**
 * msm_gpu_stall_end_handler() - A fault handler does not touch the GPU any more
 * @stall: stall-on-fault of the GPU
 *
 * Context: Any, after msm_gpu_stall_begin_handler() returned true.
 */
void msm_gpu_stall_end_handler(struct msm_gpu_stall *stall)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	stall->handlers--;
	spin_unlock_irqrestore(&stall->lock, flags);
	wake_up_all(&stall->wait);
}

/**
 * msm_gpu_stall_begin_recovery() - Keep fault handlers from the GPU
 * @stall: stall-on-fault of the GPU
 *
 * Waits for those under way, at most %MSM_GPU_STALL_WAIT_MS. None of them is in the
 * middle of a dump, as gpu->lock is held; one that waits for the lock gives way.
 *
 * Context: Process context, with gpu->lock held. Sleeps.
 * Return: true if there is none any more, until msm_gpu_stall_end_recovery().
 */
bool msm_gpu_stall_begin_recovery(struct msm_gpu_stall *stall)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	stall->recovering = true;
	stall->awaited = true;
	spin_unlock_irqrestore(&stall->lock, flags);
	wake_up_all(&stall->wait);

	return wait_event_timeout(stall->wait, !READ_ONCE(stall->handlers),
				  msecs_to_jiffies(MSM_GPU_STALL_WAIT_MS));
}

/**
 * msm_gpu_stall_end_recovery() - The GPU may be touched again
 * @stall: stall-on-fault of the GPU
 *
 * Context: Any.
 */
void msm_gpu_stall_end_recovery(struct msm_gpu_stall *stall)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	stall->recovering = false;
	spin_unlock_irqrestore(&stall->lock, flags);
}

/**
 * msm_gpu_stall_seen() - Before a wait for the GPU or its GMU
 * @stall: stall-on-fault of the GPU
 *
 * Return: what msm_gpu_stall_wait() has to be given.
 */
unsigned int msm_gpu_stall_seen(struct msm_gpu_stall *stall)
{
	return READ_ONCE(stall->ended);
}

/**
 * msm_gpu_stall_wait() - The GPU, or its GMU, did not answer in time
 * @stall: stall-on-fault of the GPU
 * @seen: what msm_gpu_stall_seen() returned before the wait for the answer
 *
 * If a fault is being dumped, this waits for the end of that, at most
 * %MSM_GPU_STALL_WAIT_MS. The caller may hold gpu->lock: then the dump, if it
 * has not begun yet, gives way.
 *
 * The fault handler is about to return then, and the transaction is resumed after
 * that: give the answer %MSM_GPU_STALL_RESUME_US more.
 *
 * Context: Process context. Sleeps.
 * Return: true if a dump has ended since: it is worth to wait for the answer once
 * more.
 */
bool msm_gpu_stall_wait(struct msm_gpu_stall *stall, unsigned int seen)
{
	unsigned int ended;
	unsigned long flags;
	bool dumping;

	spin_lock_irqsave(&stall->lock, flags);
	ended = stall->ended;
	dumping = stall->dumping;
	stall->awaited |= dumping;
	spin_unlock_irqrestore(&stall->lock, flags);

	if (dumping) {
		wake_up_all(&stall->wait);
		wait_event_timeout(stall->wait, READ_ONCE(stall->ended) != ended,
				   msecs_to_jiffies(MSM_GPU_STALL_WAIT_MS));
	}

	return READ_ONCE(stall->ended) != seen;
}
