/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stall-on-fault of a GPU: when a faulting transaction stalls, whether it is
 * dumped, and who may wait for whom meanwhile.
 */

#ifndef __MSM_GPU_STALL_H__
#define __MSM_GPU_STALL_H__

#include <linux/ktime.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct msm_mmu;
struct mutex;

/* After a fault, stalling stays off for so long. */
#define MSM_GPU_STALL_COOLDOWN_MS	500

/*
 * A dump waits for gpu->lock for so long. A submit is done with it by then, as a
 * rule; one that waits for room in the ring is not.
 */
#define MSM_GPU_STALL_LOCK_MS		50

/* After so long, from the fault, a dump copies no more of the buffers. */
#define MSM_GPU_STALL_DUMP_MS		300

/* A dump does not copy a buffer that is larger. Command streams are not. */
#define MSM_GPU_STALL_BO_MAX		SZ_32M

/* Who needs the GPU waits for a dump for so long, then it fails. */
#define MSM_GPU_STALL_WAIT_MS		1000

/*
 * After the dump, the fault handler returns and arm-smmu writes RESUME, at once unless
 * further faults are in its way. Then the GMU answers. How long that may take is a
 * choice.
 */
#define MSM_GPU_STALL_RESUME_US		200000

/**
 * struct msm_gpu_stall - Stall-on-fault of a GPU
 * @mmu: the MMU of the GPU, or NULL
 * @lock: protects the rest; a leaf, nothing sleeps or waits with it held
 * @enabled: a faulting transaction stalls
 * @reenable_time: if it does not, when it may do so again
 * @dumps: there are dumps of faults; else none stalls
 * @stalled: the fault handler keeps a transaction stalled
 * @awaited: somebody waits for the end of that
 * @ended: counts the ends of that
 * @ended_at: when the last one was
 * @deadline: when its dump has to come to its end
 * @noreclaim: the task's memalloc flags before the dump
 * @handlers: how many fault handlers may touch the GPU
 * @kept_out: how many callers of msm_gpu_stall_keep_out() want none to begin to
 * @wait: woken when @awaited is set, when @ended changes, and when the last of
 *	@handlers has gone
 *
 * See the "DOC: Stall-on-fault" comment in msm_gpu_stall.c.
 */
struct msm_gpu_stall {
	struct msm_mmu *mmu;
	spinlock_t lock;	/* a leaf */
	bool enabled;
	ktime_t reenable_time;
	bool dumps;
	bool stalled;
	bool awaited;
	unsigned int ended;
	ktime_t ended_at;
	ktime_t deadline;
	unsigned int noreclaim;
	unsigned int handlers;
	unsigned int kept_out;
	wait_queue_head_t wait;
};

void msm_gpu_stall_init(struct msm_gpu_stall *stall, struct msm_mmu *mmu, bool dumps);

bool msm_gpu_stall_fault(struct msm_gpu_stall *stall, bool stalled, bool no_dump);
void msm_gpu_stall_fault_done(struct msm_gpu_stall *stall);
void msm_gpu_stall_submit(struct msm_gpu_stall *stall, bool dump_pending);
u64 msm_gpu_stall_reenable_us(struct msm_gpu_stall *stall);

bool msm_gpu_stall_begin_dump(struct msm_gpu_stall *stall, struct mutex *gpu_lock);
bool msm_gpu_stall_stalled(struct msm_gpu_stall *stall);
bool msm_gpu_stall_dump_expired(struct msm_gpu_stall *stall);
void msm_gpu_stall_end_dump(struct msm_gpu_stall *stall, struct mutex *gpu_lock);

bool msm_gpu_stall_begin_handler(struct msm_gpu_stall *stall);
void msm_gpu_stall_end_handler(struct msm_gpu_stall *stall);
bool msm_gpu_stall_keep_out(struct msm_gpu_stall *stall);
void msm_gpu_stall_let_in(struct msm_gpu_stall *stall);

unsigned int msm_gpu_stall_seen(struct msm_gpu_stall *stall);
bool msm_gpu_stall_wait(struct msm_gpu_stall *stall, unsigned int seen);

#endif /* __MSM_GPU_STALL_H__ */
