/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake Adreno GPU for KUnit tests: as much of struct adreno_gpu as the fault
 * path of drm/msm looks at. It has no registers and no page tables. Its state
 * is "read" by fake_gpu_state_get(), which records how it was called. Its DRM
 * device, its ring, its submits and their buffers are real.
 */

#ifndef _FAKE_GPU_H
#define _FAKE_GPU_H

#include <linux/completion.h>
#include <linux/platform_device.h>

#include <kunit/test.h>

#include "../adreno/a6xx_gpu.h"
#include "../msm_mmu.h"

/* A test that waits for so long waits for something that does not come. */
#define FAKE_GPU_PATIENCE	(10 * HZ)

/* What lasts for so long lasts until the test ends it, however slow the machine is. */
#define FAKE_GPU_LONG_MS	(3600 * MSEC_PER_SEC)

/**
 * struct fake_gpu - A fake GPU
 * @adreno: what the driver sees
 * @a6xx: the same, for what only an a6xx has
 * @mmu: its MMU, unless the test has another one
 * @test: the test
 * @drm: its DRM device, which is not registered
 * @priv: the private part of that
 * @queue: where its submits come from
 * @memptrs: what the GPU writes to the ring
 * @stalls: stalling is on, as far as @mmu was told
 * @set_stalls: how often @mmu was told
 * @dumps: how often the state was read
 * @dumped_with_lock: gpu->lock was held each time
 * @dumped_without_reclaim: memory reclaim was off each time
 * @on_dump: called when the state is read, or NULL
 * @no_memory: there is no memory for the state
 * @recoveries: how often the GPU was recovered from a hang
 * @on_recover: called when it is, or NULL
 * @replays: how many submits it was given again after that
 * @data: of the test
 */
struct fake_gpu {
	union {
		struct adreno_gpu	adreno;
		struct a6xx_gpu		a6xx;
	};
	struct msm_mmu		mmu;
	struct kunit		*test;
	struct drm_device	*drm;
	struct msm_drm_private	*priv;
	struct msm_gpu_submitqueue queue;
	struct msm_rbmemptrs	memptrs;
	bool			stalls;
	unsigned int		set_stalls;
	unsigned int		dumps;
	bool			dumped_with_lock;
	bool			dumped_without_reclaim;
	void			(*on_dump)(struct fake_gpu *fake);
	bool			no_memory;
	unsigned int		recoveries;
	void			(*on_recover)(struct fake_gpu *fake);
	unsigned int		replays;
	void			*data;
};

struct fake_gpu *fake_gpu_create(struct kunit *test);
struct msm_gem_submit *fake_gpu_submit(struct fake_gpu *fake, unsigned int nr_bos);
struct drm_gem_object *fake_gpu_replace_bo(struct msm_gem_submit *submit, unsigned int i,
					   size_t size);
void fake_gpu_finish(struct fake_gpu *fake);
bool fake_gpu_submit_pending(struct msm_gem_submit *submit);
int fake_gpu_fault_handler(void *arg, unsigned long iova, int flags, void *data);
void fake_gpu_settle(struct fake_gpu *fake);
void fake_gpu_take_dump_away(struct fake_gpu *fake);
void fake_gpu_prolong_cooldown(struct fake_gpu *fake);
void fake_gpu_end_cooldown(struct fake_gpu *fake);
bool fake_gpu_wait_for_gmu(struct fake_gpu *fake, unsigned int seen);

/**
 * enum fake_gpu_until - How long somebody holds gpu->lock
 * @FAKE_GPU_UNTIL_JOINED: until fake_gpu_join_holder()
 * @FAKE_GPU_UNTIL_DUMP_WAITS: until a dump waits for it, and a moment more, as a
 *	submit does
 * @FAKE_GPU_UNTIL_GMU_ANSWERS: as recovery does, it asks the GMU, which does not answer
 *	while a transaction is stalled, and then calls msm_gpu_stall_wait()
 */
enum fake_gpu_until {
	FAKE_GPU_UNTIL_JOINED,
	FAKE_GPU_UNTIL_DUMP_WAITS,
	FAKE_GPU_UNTIL_GMU_ANSWERS,
};

/**
 * struct fake_gpu_holder - Somebody who holds gpu->lock
 * @fake: the GPU
 * @until: for how long
 * @locked: completed when it holds the lock
 * @let_go: completed to have it let go early
 * @done: completed when it has let go
 * @worth_another_try: what msm_gpu_stall_wait() returned
 */
struct fake_gpu_holder {
	struct fake_gpu		*fake;
	enum fake_gpu_until	until;
	struct completion	locked;
	struct completion	let_go;
	struct completion	done;
	bool			worth_another_try;
};

struct fake_gpu_holder *fake_gpu_hold_lock(struct fake_gpu *fake, enum fake_gpu_until until);
void fake_gpu_join_holder(struct fake_gpu_holder *holder);

#endif /* _FAKE_GPU_H */
