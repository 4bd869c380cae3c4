// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake Adreno GPU for KUnit tests: see fake_gpu.h.
 */

#include <linux/delay.h>
#include <linux/devcoredump.h>
#include <linux/kthread.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>

#include <drm/drm_drv.h>

#include "fake_gpu.h"
#include "../msm_fence.h"
#include "../msm_gem.h"

/* Where the buffers of a submit are, as far as the GPU knows. */
#define FAKE_GPU_BO_IOVA	0x100000

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
	/* However slow the machine is. */
	gpu->stall.deadline = ktime_add_ms(ktime_get(), FAKE_GPU_LONG_MS);
	fake->dumped_with_lock &= mutex_is_locked(&gpu->lock);
	fake->dumped_without_reclaim &= !!(current->flags & PF_MEMALLOC);
	if (fake->on_dump)
		fake->on_dump(fake);

	state = fake->no_memory ? NULL : kmemdup(&blank, sizeof(blank), GFP_KERNEL);
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

static void fake_gpu_replay(struct msm_gpu *gpu, struct msm_gem_submit *submit)
{
	to_fake_gpu(gpu)->replays++;
}

static void fake_gpu_recover(struct msm_gpu *gpu)
{
	struct fake_gpu *fake = to_fake_gpu(gpu);

	fake->recoveries++;
	if (fake->on_recover)
		fake->on_recover(fake);
}

static const struct msm_gpu_funcs fake_gpu_funcs = {
	.active_ring	= fake_gpu_active_ring,
	.gpu_state_get	= fake_gpu_state_get,
	.gpu_state_put	= fake_gpu_state_put,
	.recover	= fake_gpu_recover,
	.submit		= fake_gpu_replay,
};

static const struct drm_driver fake_gpu_driver = {
	.name			= "fake-gpu",
	.driver_features	= DRIVER_GEM,
};

static void fake_gpu_set_stall(struct msm_mmu *mmu, bool enable)
{
	struct fake_gpu *fake = container_of(mmu, struct fake_gpu, mmu);

	fake->stalls = enable;
	fake->set_stalls++;
}

/* It is part of struct fake_gpu. */
static void fake_gpu_mmu_destroy(struct msm_mmu *mmu)
{
}

static const struct msm_mmu_funcs fake_gpu_mmu_funcs = {
	.destroy	= fake_gpu_mmu_destroy,
	.set_stall	= fake_gpu_set_stall,
};

static void fake_gpu_remove_device(void *data)
{
	platform_device_unregister(data);
}

static void fake_gpu_power_down(void *data)
{
	pm_runtime_disable(data);
	pm_runtime_set_suspended(data);
}

static void fake_gpu_put_drm(void *data)
{
	drm_dev_put(data);
}

static void fake_gpu_put_vm(void *data)
{
	msm_gpu_fake_vm_put(data);
}

static void fake_gpu_remove(void *data)
{
	struct fake_gpu *fake = data;
	struct msm_gpu *gpu = &fake->adreno.base;

	if (gpu->worker)
		fake_gpu_finish(fake);
	msm_gpu_cleanup_works(gpu);
	KUNIT_EXPECT_NULL(fake->test, gpu->crashstate);
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

	BUILD_BUG_ON(offsetof(struct a6xx_gpu, base));
	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	fake->priv = kunit_kzalloc(test, sizeof(*fake->priv), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->priv);
	fake->queue.ctx = kunit_kzalloc(test, sizeof(*fake->queue.ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->queue.ctx);
	kref_init(&fake->queue.ref);

	pdev = platform_device_register_simple("fake-gpu", PLATFORM_DEVID_AUTO, NULL, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pdev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_remove_device, pdev));

	pm_runtime_set_active(&pdev->dev);
	pm_runtime_enable(&pdev->dev);
	/* It is at work. */
	pm_runtime_get_noresume(&pdev->dev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_power_down,
							   &pdev->dev));

	fake->test = test;
	fake->dumped_with_lock = true;
	fake->dumped_without_reclaim = true;
	fake->drm = drm_dev_alloc(&fake_gpu_driver, &pdev->dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->drm);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_put_drm, fake->drm));
	fake->drm->dev_private = fake->priv;
	fake->priv->dev = fake->drm;
	/* None is found to hang by the timer while a test runs. */
	fake->priv->hangcheck_period = FAKE_GPU_LONG_MS;
	/* It has an MMU, and no IOMMU that device_iommu_mapped() knows of. */
	fake->priv->is_a2xx = true;
	/* One that nobody has opened; what it is, only msm_rd.c knows. */
	fake->priv->hangrd = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->priv->hangrd);
	msm_drm_init_gem(fake->drm);
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
	KUNIT_ASSERT_EQ(test, 0, msm_gpu_fake_vm_create(gpu, &fake->mmu));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_put_vm, gpu));

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

	msm_gpu_stall_init(&gpu->stall, &fake->mmu, true);
	fake->stalls = true;

	return fake;
}

static void fake_gpu_put_submit(void *data)
{
	msm_gem_submit_put(data);
}

/**
 * fake_gpu_submit() - Give the GPU something to do, which it does not finish
 * @fake: the fake GPU, idle
 * @nr_bos: how many buffers the submit refers to
 *
 * Each buffer is a page that is to be dumped. The page of the first one is full
 * of 'a', that of the second one full of 'b', and so on.
 *
 * Return: the submit, which stays until the end of the test, retired or not.
 */
struct msm_gem_submit *fake_gpu_submit(struct fake_gpu *fake, unsigned int nr_bos)
{
	struct msm_gpu *gpu = &fake->adreno.base;
	struct msm_ringbuffer *ring = gpu->rb[0];
	struct kunit *test = fake->test;
	struct msm_gem_submit *submit;
	struct drm_gem_object *obj;
	unsigned int i;
	void *vaddr;

	/* As submit_create() does, but for the scheduler. */
	submit = kzalloc(struct_size(submit, bos, nr_bos), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, submit);
	submit->hw_fence = msm_fence_alloc();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, submit->hw_fence);
	kref_init(&submit->ref);
	submit->dev = fake->drm;
	submit->gpu = gpu;
	kref_get(&fake->queue.ref);
	submit->queue = &fake->queue;
	submit->pid = get_pid(task_pid(current));
	submit->ring = ring;
	msm_gem_submit_use_fake_vm(submit);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_gpu_put_submit, submit));

	for (i = 0; i < nr_bos; i++) {
		obj = msm_gpu_fake_bo(gpu, PAGE_SIZE);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, obj);
		submit->bos[i].obj = obj;
		submit->bos[i].iova = FAKE_GPU_BO_IOVA + i * PAGE_SIZE;
		submit->bos[i].flags = MSM_SUBMIT_BO_DUMP;
		submit->nr_bos++;
		vaddr = msm_gem_get_vaddr(obj);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vaddr);
		memset(vaddr, 'a' + i, PAGE_SIZE);
		msm_gem_put_vaddr(obj);
		/* It may be mapped, or have been reclaimed from. */
		if (i % 2) {
			msm_gem_lock(obj);
			msm_gem_vunmap(obj);
			msm_gem_unlock(obj);
		}
	}

	/* As msm_job_run() and msm_gpu_submit() do; this reference is the ring's. */
	msm_fence_init(submit->hw_fence, ring->fctx);
	submit->seqno = submit->hw_fence->seqno;
	msm_gem_submit_get(submit);
	pm_runtime_get_noresume(&gpu->pdev->dev);
	gpu->active_submits++;
	spin_lock_irq(&ring->submit_lock);
	list_add_tail(&submit->node, &ring->submits);
	spin_unlock_irq(&ring->submit_lock);

	return submit;
}

/**
 * fake_gpu_replace_bo() - Have a submit refer to another buffer
 * @submit: the submit
 * @i: which of its buffers to replace
 * @size: of the new one, in bytes
 *
 * Return: the new buffer, which has no pages yet.
 */
struct drm_gem_object *fake_gpu_replace_bo(struct msm_gem_submit *submit, unsigned int i,
					   size_t size)
{
	struct fake_gpu *fake = to_fake_gpu(submit->gpu);
	struct drm_gem_object *obj = msm_gpu_fake_bo(submit->gpu, size);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(fake->test, obj);
	drm_gem_object_put(submit->bos[i].obj);
	submit->bos[i].obj = obj;

	return obj;
}

/**
 * fake_gpu_finish() - The GPU has done all that there was to do
 * @fake: the fake GPU
 *
 * Its worker has retired the submits when this returns, if nothing is against it.
 *
 * Context: Task, may sleep. Not the worker.
 */
void fake_gpu_finish(struct fake_gpu *fake)
{
	struct msm_gpu *gpu = &fake->adreno.base;

	fake->memptrs.fence = gpu->rb[0]->fctx->last_fence;
	msm_gpu_retire(gpu);
	fake_gpu_settle(fake);
}

/**
 * fake_gpu_submit_pending() - A submit is still on its ring
 * @submit: the submit
 *
 * Return: true until it is retired.
 */
bool fake_gpu_submit_pending(struct msm_gem_submit *submit)
{
	struct msm_ringbuffer *ring = submit->ring;
	struct msm_gem_submit *entry;
	bool pending = false;

	spin_lock_irq(&ring->submit_lock);
	list_for_each_entry(entry, &ring->submits, node)
		pending |= entry == submit;
	spin_unlock_irq(&ring->submit_lock);

	return pending;
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
	bool active = adreno_fault_begin(arg);
	u32 scratch[4] = { 4, 5, 6, 7 };
	char block[] = "block";
	int ret;

	ret = adreno_fault_handler(arg, iova, flags, data, block, active ? scratch : NULL);
	if (active)
		adreno_fault_end(arg);

	return ret;
}

/**
 * fake_gpu_settle() - Wait until there is nothing to do for the GPU's workers
 * @fake: the fake GPU
 *
 * Context: Task, may sleep.
 */
void fake_gpu_settle(struct fake_gpu *fake)
{
	if (fake->adreno.base.worker)
		kthread_flush_worker(fake->adreno.base.worker);
	flush_work(&fake->adreno.base.crashstate_work);
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
 * fake_gpu_prolong_cooldown() - Have the cooldown last until a test ends it
 * @fake: the fake GPU
 */
void fake_gpu_prolong_cooldown(struct fake_gpu *fake)
{
	fake->adreno.base.stall.reenable_time = ktime_add_ms(ktime_get(), FAKE_GPU_LONG_MS);
}

/**
 * fake_gpu_end_cooldown() - Have the cooldown over, without waiting for it
 * @fake: the fake GPU
 */
void fake_gpu_end_cooldown(struct fake_gpu *fake)
{
	fake->adreno.base.stall.reenable_time = ktime_get();
}

/**
 * fake_gpu_wait_for_gmu() - Wait for an answer of the GMU that a fault keeps away
 * @fake: the fake GPU
 * @seen: what msm_gpu_stall_seen() returned before
 *
 * Waits until a fault is about to be dumped, and then as a6xx_gmu_set_oob() does.
 *
 * Context: Task, may sleep, not the one that is to handle the fault.
 * Return: what msm_gpu_stall_wait() says.
 */
bool fake_gpu_wait_for_gmu(struct fake_gpu *fake, unsigned int seen)
{
	struct msm_gpu_stall *stall = &fake->adreno.base.stall;
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;

	/* If this is too slow for it, it has given up the lock and is through. */
	while (!msm_gpu_stall_stalled(stall) && msm_gpu_stall_seen(stall) == seen &&
	       time_before(jiffies, give_up))
		usleep_range(100, 200);
	/* As long as the GMU is given to answer. */
	usleep_range(10000, 11000);

	return msm_gpu_stall_wait(stall, seen);
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
	switch (holder->until) {
	case FAKE_GPU_UNTIL_GMU_ANSWERS:
		holder->worth_another_try = fake_gpu_wait_for_gmu(holder->fake, seen);
		break;
	case FAKE_GPU_UNTIL_DUMP_WAITS:
		while (!msm_gpu_stall_stalled(&gpu->stall) && time_before(jiffies, give_up) &&
		       msm_gpu_stall_seen(&gpu->stall) == seen)
			usleep_range(100, 200);
		/* Now it has tried to get the lock, and tries again. */
		usleep_range(1000, 2000);
		break;
	case FAKE_GPU_UNTIL_JOINED:
		wait_for_completion_timeout(&holder->let_go, FAKE_GPU_PATIENCE);
		break;
	}
	mutex_unlock(&gpu->lock);
	complete(&holder->done);

	return 0;
}

/**
 * fake_gpu_hold_lock() - Have somebody else hold gpu->lock
 * @fake: the fake GPU
 * @until: for how long
 *
 * Return: the holder, who has the lock. Every test must call
 * fake_gpu_join_holder().
 */
struct fake_gpu_holder *fake_gpu_hold_lock(struct fake_gpu *fake, enum fake_gpu_until until)
{
	struct kunit *test = fake->test;
	struct fake_gpu_holder *holder;

	holder = kunit_kzalloc(test, sizeof(*holder), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, holder);
	holder->fake = fake;
	holder->until = until;
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
