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
 * GMU, which shares translation resources with the GPU. Hence three rules.
 *
 * **Few faults stall.** A fault turns stalling off, and a submit turns it on
 * again when there was none for %MSM_GPU_STALL_COOLDOWN_MS and the last dump
 * was taken away. So a GPU that faults faster than the CPU can answer is not
 * stalled over and over, until its GMU's watchdog bites. Where there are no dumps,
 * of a8xx or without CONFIG_DEV_COREDUMP, no fault stalls.
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
 * And whoever resets the GPU or powers it down waits for the handler before,
 * see msm_gpu_stall_keep_out(): recovery, system sleep, shutdown and unbind.
 *
 * Who asks the GMU knows of a stall before the message is printed: on a serial
 * console that takes longer than the GMU is given to answer. RESUME comes after
 * the handler has returned, so a stall that is over for less than
 * %MSM_GPU_STALL_RESUME_US counts, too.
 *
 * **The stall has a bound.** The dump allocates without memory reclaim, which may
 * wait for the GPU, takes the other locks that it needs only if they are free, copies
 * buffers only as far as they are in memory, and asks nothing of the GPU itself
 * (msm_gpu_stall_stalled()). What a lock protects that is not free is not in the dump:
 * the contents of a buffer, or with that of a VM, the list of all its buffers. What is
 * left adds up from
 *
 * - the message: a line, for which a serial console may take 20 ms;
 * - the lock: %MSM_GPU_STALL_LOCK_MS;
 * - the registers: 44,000 reads on a6xx, 119,000 on a7xx, 207,000 on its third
 *   generation, most of them of the CP's memories. With the module parameter
 *   snapshot_debugbus it is 84,000 accesses more, or 163,000;
 * - the rings, of 32 KiB each, and the GMU's log, HFI queues and debug buffer, which are
 *   copied whole;
 * - the buffers: until %MSM_GPU_STALL_DUMP_MS after the fault. That is looked at every
 *   64 KiB, but not during an allocation, of %MSM_GPU_STALL_BO_MAX at most.
 *
 * Where an access takes a microsecond, the most is 0.3 s, or 0.45 s with the debug bus.
 * Who needs the GPU waits for the end of that for %MSM_GPU_STALL_WAIT_MS.
 *
 * That is the end of the stall. Where a6xx_gpu_state_get() halts the SQE, the GPU
 * does not go on after it, and the hangcheck timer, which is on again, has it recovered.
 */

static void msm_gpu_stall_enable(struct msm_gpu_stall *stall, bool enable)
{
	lockdep_assert_held(&stall->lock);

	/* With the lock held, so that the last one of two callers wins in both. */
	stall->enabled = enable;
	if (stall->mmu && stall->mmu->funcs->set_stall)
		stall->mmu->funcs->set_stall(stall->mmu, enable);
}

/**
 * msm_gpu_stall_init() - A GPU with stall-on-fault turned on
 * @stall: stall-on-fault of the GPU
 * @mmu: MMU of the GPU, whose faults stall, or NULL
 * @dumps: its state can be dumped; else stall-on-fault is turned off, for good
 */
void msm_gpu_stall_init(struct msm_gpu_stall *stall, struct msm_mmu *mmu, bool dumps)
{
	unsigned long flags;

	memset(stall, 0, sizeof(*stall));
	spin_lock_init(&stall->lock);
	init_waitqueue_head(&stall->wait);
	stall->mmu = mmu;
	stall->dumps = dumps;
	stall->enabled = true;
	if (dumps)
		return;

	spin_lock_irqsave(&stall->lock, flags);
	msm_gpu_stall_enable(stall, false);
	spin_unlock_irqrestore(&stall->lock, flags);
}

/**
 * msm_gpu_stall_fault() - There was a fault
 * @stall: stall-on-fault of the GPU
 * @stalled: the transaction is stalled
 * @no_dump: there can be no dump: the last one has not been taken away yet, for instance
 *
 * Turns stalling off; the cooldown starts, or starts again. This comes before the
 * message: whoever gets no answer of the GMU from now on is told why, until
 * msm_gpu_stall_fault_done().
 *
 * Context: Any.
 * Return: true if the fault is to be dumped: only then the handler may be
 * about to keep the transaction stalled.
 */
bool msm_gpu_stall_fault(struct msm_gpu_stall *stall, bool stalled, bool no_dump)
{
	ktime_t now = ktime_get();
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	if (stall->enabled)
		msm_gpu_stall_enable(stall, false);
	stall->reenable_time = ktime_add_ms(now, MSM_GPU_STALL_COOLDOWN_MS);
	if (stalled) {
		stall->stalled = true;
		stall->awaited = stall->kept_out;
		stall->deadline = ktime_add_ms(now, MSM_GPU_STALL_DUMP_MS);
	}
	spin_unlock_irqrestore(&stall->lock, flags);

	return stalled && !no_dump && stall->dumps;
}

/**
 * msm_gpu_stall_fault_done() - The fault was handled, the transaction is resumed next
 * @stall: stall-on-fault of the GPU
 *
 * Context: The fault handler, after msm_gpu_stall_fault().
 */
void msm_gpu_stall_fault_done(struct msm_gpu_stall *stall)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	if (stall->stalled) {
		stall->ended++;
		stall->ended_at = ktime_get();
	}
	stall->stalled = false;
	spin_unlock_irqrestore(&stall->lock, flags);
	wake_up_all(&stall->wait);
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
	if (!stall->enabled && stall->dumps && !dump_pending &&
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

/**
 * msm_gpu_stall_begin_dump() - Take gpu->lock for a dump, if nobody waits for it
 * @stall: stall-on-fault of the GPU
 * @gpu_lock: &msm_gpu.lock
 *
 * Waits for the lock no longer than %MSM_GPU_STALL_LOCK_MS. Until
 * msm_gpu_stall_end_dump(), the task does not enter memory reclaim.
 *
 * Context: The fault handler, after msm_gpu_stall_fault() returned true. Sleeps.
 * Return: true with the lock held. With false, there must be no dump: resume the
 * transaction.
 */
bool msm_gpu_stall_begin_dump(struct msm_gpu_stall *stall, struct mutex *gpu_lock)
{
	ktime_t give_up = ktime_add_ms(ktime_get(), MSM_GPU_STALL_LOCK_MS);
	bool locked, awaited;

	do {
		/*
		 * First who waits, then the lock, so that it is tried once more
		 * after somebody was seen to wait. If it is not free then, its
		 * holder may be the one who waits. He may be another one, and let
		 * go of it soon: nobody can tell, so there is no dump either way.
		 */
		awaited = READ_ONCE(stall->awaited);
		locked = mutex_trylock(gpu_lock);
		if (locked || awaited)
			break;
		/* Nobody tells when the lock is free: look again and again. */
		wait_event_hrtimeout(stall->wait, READ_ONCE(stall->awaited),
				     200 * NSEC_PER_USEC);
	} while (ktime_before(ktime_get(), give_up));

	if (!locked)
		return false;
	stall->noreclaim = memalloc_noreclaim_save();

	return true;
}

/**
 * msm_gpu_stall_stalled() - A fault handler keeps a transaction stalled
 * @stall: stall-on-fault of the GPU
 *
 * For a dump, of a fault or of a hang, that could have the GPU do some of the work:
 * it may be unable to.
 *
 * Context: Any.
 * Return: true from msm_gpu_stall_fault() to msm_gpu_stall_fault_done(), with or
 * without a dump.
 */
bool msm_gpu_stall_stalled(struct msm_gpu_stall *stall)
{
	return READ_ONCE(stall->stalled);
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
 * msm_gpu_stall_end_dump() - The dump is done
 * @stall: stall-on-fault of the GPU
 * @gpu_lock: &msm_gpu.lock, which is released
 *
 * Context: The fault handler, after msm_gpu_stall_begin_dump() returned true.
 */
void msm_gpu_stall_end_dump(struct msm_gpu_stall *stall, struct mutex *gpu_lock)
{
	memalloc_noreclaim_restore(stall->noreclaim);
	mutex_unlock(gpu_lock);
}

/**
 * msm_gpu_stall_begin_handler() - A fault handler wants to touch the GPU
 * @stall: stall-on-fault of the GPU
 *
 * Context: Any.
 * Return: true if it may, until msm_gpu_stall_end_handler(). With false, the GPU is
 * off or about to be, or is being reset: see msm_gpu_stall_keep_out().
 */
bool msm_gpu_stall_begin_handler(struct msm_gpu_stall *stall)
{
	unsigned long flags;
	bool ret;

	spin_lock_irqsave(&stall->lock, flags);
	ret = !stall->kept_out;
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
	/* With the lock: who waits at unbind frees @stall. */
	wake_up_all(&stall->wait);
	spin_unlock_irqrestore(&stall->lock, flags);
}

/**
 * msm_gpu_stall_keep_out() - Keep fault handlers from the GPU
 * @stall: stall-on-fault of the GPU
 *
 * For whoever powers the GPU down, or resets it. Waits for the handlers under way, at
 * most %MSM_GPU_STALL_WAIT_MS. One that waits for gpu->lock gives way. One that has the
 * lock, which the caller has not then, is waited for to the end of its dump.
 *
 * Each call wants one of msm_gpu_stall_let_in(), whatever it returns.
 *
 * Context: Process context, with gpu->lock held or not. Sleeps.
 * Return: true if there is none any more, until msm_gpu_stall_let_in().
 */
bool msm_gpu_stall_keep_out(struct msm_gpu_stall *stall)
{
	unsigned long flags;
	bool ret;

	spin_lock_irqsave(&stall->lock, flags);
	stall->kept_out++;
	stall->awaited = true;
	spin_unlock_irqrestore(&stall->lock, flags);
	wake_up_all(&stall->wait);

	wait_event_timeout(stall->wait, !READ_ONCE(stall->handlers),
			   msecs_to_jiffies(MSM_GPU_STALL_WAIT_MS));
	/* The last one is through with @stall, too. */
	spin_lock_irqsave(&stall->lock, flags);
	ret = !stall->handlers;
	spin_unlock_irqrestore(&stall->lock, flags);

	return ret;
}

/**
 * msm_gpu_stall_let_in() - The GPU may be touched again
 * @stall: stall-on-fault of the GPU
 *
 * Context: Any, after msm_gpu_stall_keep_out().
 */
void msm_gpu_stall_let_in(struct msm_gpu_stall *stall)
{
	unsigned long flags;

	spin_lock_irqsave(&stall->lock, flags);
	stall->kept_out--;
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
 * If a fault is being handled, with the transaction stalled, this waits for the end
 * of that, at most %MSM_GPU_STALL_WAIT_MS. The caller may hold gpu->lock: then the
 * dump, if it has not begun yet, gives way.
 *
 * The fault handler is about to return then, and the transaction is resumed after
 * that: give the answer %MSM_GPU_STALL_RESUME_US more.
 *
 * Context: Process context. Sleeps.
 * Return: true if a stall has ended since, or so shortly ago that RESUME may have come
 * after the question: it is worth to wait for the answer once more.
 */
bool msm_gpu_stall_wait(struct msm_gpu_stall *stall, unsigned int seen)
{
	unsigned int ended;
	unsigned long flags;
	bool stalled, recent;

	spin_lock_irqsave(&stall->lock, flags);
	ended = stall->ended;
	stalled = stall->stalled;
	stall->awaited |= stalled;
	recent = ended && !stalled &&
		 ktime_us_delta(ktime_get(), stall->ended_at) < MSM_GPU_STALL_RESUME_US;
	spin_unlock_irqrestore(&stall->lock, flags);

	if (stalled) {
		wake_up_all(&stall->wait);
		wait_event_timeout(stall->wait, READ_ONCE(stall->ended) != ended,
				   msecs_to_jiffies(MSM_GPU_STALL_WAIT_MS));
	}

	return recent || READ_ONCE(stall->ended) != seen;
}
