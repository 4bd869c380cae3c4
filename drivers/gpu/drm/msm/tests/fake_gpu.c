// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake Adreno GPU for KUnit tests: see fake_gpu.h.
 */

#include <linux/delay.h>
#include <linux/devcoredump.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "fake_gpu.h"

static struct fake_gpu *to_fake_gpu(struct msm_gpu *gpu)
{
	return container_of(gpu, struct fake_gpu, adreno.base);
}

static struct msm_ringbuffer *fake_gpu_active_ring(struct msm_gpu *gpu)
{
	return gpu->rb[0];
}

static struct msm_gpu_state *fake_gpu_state_get(struct msm_gpu *gpu)
{
	static const struct msm_gpu_state blank;
	struct fake_gpu *fake = to_fake_gpu(gpu);
	struct msm_gpu_state *state;

	fake->dumps++;
	fake->dumped_with_lock &= mutex_is_locked(&gpu->lock);
	fake->dumped_without_reclaim &= !!(current->flags & PF_MEMALLOC);
	if (fake->on_dump)
		fake->on_dump(fake);

	state = kmemdup(&blank, sizeof(blank), GFP_KERNEL);
	if (!state)
		return ERR_PTR(-ENOMEM);
	kref_init(&state->ref);

	return state;
}

static void fake_gpu_state_destroy(struct kref *ref)
{
	struct msm_gpu_state *state = container_of(ref, struct msm_gpu_state, ref);

	adreno_gpu_state_destroy(state);
	kfree(state);
}

static int fake_gpu_state_put(struct msm_gpu_state *state)
{
	return kref_put(&state->ref, fake_gpu_state_destroy);
}

static const struct msm_gpu_funcs fake_gpu_funcs = {
	.active_ring	= fake_gpu_active_ring,
	.gpu_state_get	= fake_gpu_state_get,
	.gpu_state_put	= fake_gpu_state_put,
};

static void fake_gpu_set_stall(struct msm_mmu *mmu, bool enable)
{
	struct fake_gpu *fake = container_of(mmu, struct fake_gpu, mmu);

	fake->stalls = enable;
	fake->set_stalls++;
}

static const struct msm_mmu_funcs fake_gpu_mmu_funcs = {
	.set_stall	= fake_gpu_set_stall,
};

static void fake_gpu_remove_device(void *data)
{
	platform_device_unregister(data);
}

static void fake_gpu_remove(void *data)
{
	struct fake_gpu *fake = data;
	struct msm_gpu *gpu = &fake->adreno.base;

	timer_delete_sync(&gpu->hangcheck_timer);
	kthread_flush_worker(gpu->worker);
	fake_gpu_take_dump_away(fake);
	kthread_destroy_worker(gpu->worker);
	msm_fence_context_free(gpu->rb[0]->fctx);
}

/**
 * fake_gpu_create() - Make a fake GPU that goes away with the test
 * @test: the test
 *
 * Return: the fake, powered and with stalling on. Fails the test where it cannot
 * be made.
 */
struct fake_gpu *fake_gpu_create(struct kunit *test)
{
	struct platform_device *pdev;
	struct msm_ringbuffer *ring;
	struct fake_gpu *fake;
	struct msm_gpu *gpu;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	fake->drm = kunit_kzalloc(test, sizeof(*fake->drm), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->drm);
	fake->priv = kunit_kzalloc(test, sizeof(*fake->priv), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->priv);

	pdev = platform_device_register_simple("fake-gpu", PLATFORM_DEVID_AUTO, NULL, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pdev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_remove_device, pdev));

	fake->test = test;
	fake->dumped_with_lock = true;
	fake->dumped_without_reclaim = true;
	fake->drm->dev = &pdev->dev;
	fake->drm->dev_private = fake->priv;
	fake->priv->dev = fake->drm;
	fake->priv->hangcheck_period = DRM_MSM_HANGCHECK_DEFAULT_PERIOD;
	msm_mmu_init(&fake->mmu, &pdev->dev, &fake_gpu_mmu_funcs, MSM_MMU_IOMMU);

	gpu = &fake->adreno.base;
	gpu->name = "fake-gpu";
	gpu->dev = fake->drm;
	gpu->pdev = pdev;
	gpu->funcs = &fake_gpu_funcs;
	mutex_init(&gpu->lock);
	mutex_init(&gpu->active_lock);
	init_waitqueue_head(&gpu->retire_event);
	platform_set_drvdata(pdev, &gpu->adreno_smmu);

	gpu->worker = kthread_create_worker(0, "fake-gpu");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, gpu->worker);
	/* Not every kernel's kthread_create_worker() does that. */
	wake_up_process(gpu->worker->task);
	msm_gpu_init_works(gpu);

	ring->gpu = gpu;
	ring->memptrs = &fake->memptrs;
	INIT_LIST_HEAD(&ring->submits);
	spin_lock_init(&ring->submit_lock);
	ring->fctx = msm_fence_context_alloc(fake->drm, &ring->memptrs->fence, "fake-gpu");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ring->fctx);
	gpu->rb[0] = ring;
	gpu->nr_rings = 1;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_remove, fake));

	msm_gpu_stall_init(&gpu->stall, &fake->mmu);
	fake->stalls = true;

	return fake;
}

/**
 * fake_gpu_fault_handler() - The fake's version of a5xx_fault_handler()
 * @arg: its struct msm_gpu
 * @iova: address
 * @flags: IOMMU_FAULT_READ or IOMMU_FAULT_WRITE
 * @data: struct adreno_smmu_fault_info, or NULL
 *
 * Return: what adreno_fault_handler() says.
 */
int fake_gpu_fault_handler(void *arg, unsigned long iova, int flags, void *data)
{
	u32 scratch[4] = { 4, 5, 6, 7 };

	return adreno_fault_handler(arg, iova, flags, data, "block", scratch);
}

/**
 * fake_gpu_settle() - Wait until the GPU's worker has nothing to do
 * @fake: the fake GPU
 *
 * Context: Task, may sleep.
 */
void fake_gpu_settle(struct fake_gpu *fake)
{
	kthread_flush_worker(fake->adreno.base.worker);
}

/**
 * fake_gpu_take_dump_away() - What user space does when it has read a dump
 * @fake: the fake GPU
 *
 * Context: Task, may sleep.
 */
void fake_gpu_take_dump_away(struct fake_gpu *fake)
{
	dev_coredump_put(&fake->adreno.base.pdev->dev);
}

/**
 * fake_gpu_end_cooldown() - Have the cooldown over, without waiting for it
 * @fake: the fake GPU
 */
void fake_gpu_end_cooldown(struct fake_gpu *fake)
{
	fake->adreno.base.stall.reenable_time = ktime_get();
}

static int fake_gpu_holder(void *data)
{
	struct fake_gpu_holder *holder = data;
	struct msm_gpu *gpu = &holder->fake->adreno.base;
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;
	unsigned int seen;

	mutex_lock(&gpu->lock);
	seen = msm_gpu_stall_seen(&gpu->stall);
	complete(&holder->locked);
	if (holder->needs_gmu) {
		/* It would answer, but for the fault. */
		while (!READ_ONCE(gpu->stall.dumping) && time_before(jiffies, give_up))
			usleep_range(100, 200);
		/* As long as the GMU is given to answer. */
		usleep_range(10000, 11000);
		holder->worth_another_try = msm_gpu_stall_wait(&gpu->stall, seen);
	} else {
		wait_for_completion_timeout(&holder->let_go,
					    msecs_to_jiffies(holder->hold_ms));
	}
	mutex_unlock(&gpu->lock);
	complete(&holder->done);

	return 0;
}

/**
 * fake_gpu_hold_lock() - Have somebody else hold gpu->lock
 * @fake: the fake GPU
 * @hold_ms: for how long
 * @needs_gmu: instead, hold it until a fault is about to be dumped, and then for
 *	as long as that takes
 *
 * Return: the holder, who has the lock. Every test must call
 * fake_gpu_join_holder().
 */
struct fake_gpu_holder *fake_gpu_hold_lock(struct fake_gpu *fake, unsigned int hold_ms,
					   bool needs_gmu)
{
	struct kunit *test = fake->test;
	struct fake_gpu_holder *holder;

	holder = kunit_kzalloc(test, sizeof(*holder), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, holder);
	holder->fake = fake;
	holder->hold_ms = hold_ms;
	holder->needs_gmu = needs_gmu;
	init_completion(&holder->locked);
	init_completion(&holder->let_go);
	init_completion(&holder->done);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(fake_gpu_holder, holder, "holder"));
	wait_for_completion(&holder->locked);

	return holder;
}

/**
 * fake_gpu_join_holder() - Wait until the holder has let go
 * @holder: from fake_gpu_hold_lock()
 */
void fake_gpu_join_holder(struct fake_gpu_holder *holder)
{
	complete(&holder->let_go);
	wait_for_completion(&holder->done);
}
