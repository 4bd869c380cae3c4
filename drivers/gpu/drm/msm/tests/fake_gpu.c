// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake a6xx for KUnit tests: see fake_gpu.h.
 */

#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/logic_iomem.h>
#include <linux/pm_runtime.h>
#include <linux/vmalloc.h>

#include <drm/drm_drv.h>
#include <drm/drm_exec.h>

#include "fake_gpu.h"
#include "msm_fence.h"

/* With room for each register that a dump of an a6xx or a7xx reads */
#define FAKE_GPU_REGS_SIZE	SZ_2M

/* Where nothing is on QEMU's machine. It is mapped, and accessed in UML alone. */
#define FAKE_GPU_MMIO		0x0b000000

/* What lasts for so long lasts until the test ends it */
#define FAKE_GPU_LONG_MS	(3600 * MSEC_PER_SEC)

/* Where the buffers of a submit are, as far as the GPU knows */
#define FAKE_GPU_BO_IOVA	0x100000

static struct fake_gpu *to_fake_gpu(struct msm_gpu *gpu)
{
	return container_of(gpu, struct fake_gpu, a6xx.base.base);
}

static struct msm_ringbuffer *fake_gpu_active_ring(struct msm_gpu *gpu)
{
	return gpu->rb[0];
}

static struct msm_gpu_state *fake_gpu_state_get(struct msm_gpu *gpu)
{
	struct fake_gpu *fake = to_fake_gpu(gpu);

	fake->dumps++;
	if (fake->on_dump)
		fake->on_dump(fake);

	return a6xx_gpu_state_get(gpu);
}

static void fake_gpu_recover(struct msm_gpu *gpu)
{
	struct fake_gpu *fake = to_fake_gpu(gpu);

	fake->recoveries++;
	if (fake->on_recover)
		fake->on_recover(fake);
}

static void fake_gpu_replay(struct msm_gpu *gpu, struct msm_gem_submit *submit)
{
}

static bool fake_gpu_gx_is_on(struct adreno_gpu *adreno_gpu)
{
	return true;
}

static int fake_gpu_fault_handler(void *arg, unsigned long iova, int flags, void *data)
{
	struct fake_gpu *fake = to_fake_gpu(arg);

	if (fake->on_handler)
		return fake->on_handler(fake);

	return a6xx_gpu_funcs.mmu_fault_handler(arg, iova, flags, data);
}

static struct drm_gpuvm *fake_gpu_create_vm(struct msm_gpu *gpu, struct platform_device *pdev)
{
	return msm_gem_vm_create(gpu->dev, &to_fake_gpu(gpu)->mmu, "fake-gpu", SZ_4K, SZ_1G, true);
}

static void fake_mmu_detach(struct msm_mmu *mmu)
{
}

static int fake_mmu_map(struct msm_mmu *mmu, uint64_t iova, struct sg_table *sgt,
			size_t off, size_t len, int prot)
{
	return 0;
}

static int fake_mmu_unmap(struct msm_mmu *mmu, uint64_t iova, size_t len)
{
	return 0;
}

static void fake_mmu_set_stall(struct msm_mmu *mmu, bool enable)
{
	container_of(mmu, struct fake_gpu, mmu)->stalls = enable;
}

static const struct msm_mmu_funcs fake_mmu_funcs = {
	.detach		= fake_mmu_detach,
	.map		= fake_mmu_map,
	.unmap		= fake_mmu_unmap,
	.destroy	= fake_mmu_detach,
	.set_stall	= fake_mmu_set_stall,
};

static const struct drm_driver fake_gpu_driver = {
	.name			= "fake-gpu",
	.driver_features	= DRIVER_GEM,
};

KUNIT_DEFINE_ACTION_WRAPPER(unregister_device, platform_device_unregister,
			    struct platform_device *);
KUNIT_DEFINE_ACTION_WRAPPER(put_drm, drm_dev_put, struct drm_device *);
KUNIT_DEFINE_ACTION_WRAPPER(cleanup, fake_gpu_cleanup, struct fake_gpu *);
KUNIT_DEFINE_ACTION_WRAPPER(free_regs, vfree, void *);

static void free_irq_desc(void *irq)
{
	irq_free_desc((unsigned long)irq);
}

static void power_down(void *dev)
{
	pm_runtime_disable(dev);
	pm_runtime_set_suspended(dev);
}

#ifdef CONFIG_INDIRECT_IOMEM
/* UML has no readl() of memory, but regions with accessors of their own, which stay */
static void *mapped_regs;

static unsigned long read_reg(void *priv, unsigned int offset, int size)
{
	return size == 4 ? READ_ONCE(*(u32 *)(priv + offset)) : READ_ONCE(*(u64 *)(priv + offset));
}

static void write_reg(void *priv, unsigned int offset, int size, unsigned long val)
{
	if (size == 4)
		WRITE_ONCE(*(u32 *)(priv + offset), val);
	else
		WRITE_ONCE(*(u64 *)(priv + offset), val);
}

static long map_region(unsigned long offset, size_t size, const struct logic_iomem_ops **ops,
		       void **priv)
{
	static const struct logic_iomem_ops reg_ops = { .read = read_reg, .write = write_reg };

	*ops = &reg_ops;
	*priv = mapped_regs;

	return offset;
}

static void map_regs(void *regs)
{
	static const struct logic_iomem_region_ops region_ops = { .map = map_region };
	static struct resource region = DEFINE_RES_MEM(FAKE_GPU_MMIO,
							    2 * FAKE_GPU_REGS_SIZE);

	if (!mapped_regs)
		logic_iomem_add_region(&region, &region_ops);
	mapped_regs = regs;
}
#else
static void map_regs(void *regs) { }
#endif

static struct platform_device *fake_gpu_create_device(struct fake_gpu *fake)
{
	struct kunit *test = fake->test;
	struct platform_device *pdev;

	fake->irq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, fake->irq, 0);
	irq_set_chip_and_handler(fake->irq, &dummy_irq_chip, handle_simple_irq);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_irq_desc,
							   (void *)(unsigned long)fake->irq));

	struct resource res[] = {
		DEFINE_RES_MEM_NAMED(FAKE_GPU_MMIO, FAKE_GPU_REGS_SIZE, "fake_gpu_memory"),
		DEFINE_RES_IRQ(fake->irq),
	};
	pdev = platform_device_register_simple("fake-gpu", PLATFORM_DEVID_AUTO, res,
					       ARRAY_SIZE(res));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pdev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, unregister_device, pdev));

	/* It is at work */
	pm_runtime_get_noresume(&pdev->dev);
	pm_runtime_set_active(&pdev->dev);
	pm_runtime_enable(&pdev->dev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, power_down, &pdev->dev));

	return pdev;
}

static void fake_gpu_create_drm(struct fake_gpu *fake, struct device *dev)
{
	struct kunit *test = fake->test;
	struct msm_drm_private *priv;

	priv = kunit_kzalloc(test, sizeof(*priv), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, priv);
	fake->drm = drm_dev_alloc(&fake_gpu_driver, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->drm);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, put_drm, fake->drm));
	fake->drm->dev_private = priv;

	/* As msm_drm_init() does */
	priv->dev = fake->drm;
	INIT_LIST_HEAD(&priv->objects);
	mutex_init(&priv->obj_lock);
	drm_gem_lru_init(&priv->lru.unbacked);
	drm_gem_lru_init(&priv->lru.pinned);
	drm_gem_lru_init(&priv->lru.willneed);
	drm_gem_lru_init(&priv->lru.dontneed);
	spin_lock_init(&priv->fault_stall_lock);
	priv->stall_enabled = true;
	fake->stalls = true;
	/* It has an MMU, and no IOMMU that device_iommu_mapped() knows of */
	priv->is_a2xx = true;
	/* It is not open; what it is, msm_rd.c alone knows */
	priv->hangrd = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, priv->hangrd);
}

static void fake_gpu_init_funcs(struct fake_gpu *fake)
{
	struct msm_gpu_funcs *base = &fake->funcs.base;

	fake->funcs = a6xx_gpu_funcs;
	fake->funcs.mmu_fault_handler = fake_gpu_fault_handler;
	fake->funcs.gx_is_on = fake_gpu_gx_is_on;
	base->active_ring = fake_gpu_active_ring;
	base->create_vm = fake_gpu_create_vm;
	base->gpu_state_get = fake_gpu_state_get;
	base->recover = fake_gpu_recover;
	base->submit = fake_gpu_replay;
	base->gpu_busy = NULL;
	base->progress = NULL;
}

static struct fake_gpu *fake_gpu_alloc(struct kunit *test)
{
	struct fake_gpu *fake;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->test = test;
	fake->queue.ctx = kunit_kzalloc(test, sizeof(*fake->queue.ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->queue.ctx);
	kref_init(&fake->queue.ref);
	fake->regs = vzalloc(FAKE_GPU_REGS_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, fake->regs);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_regs, fake->regs));
	map_regs(fake->regs);

	return fake;
}

/* A fake GPU that goes away with the test: powered, and with stalling on */
struct fake_gpu *fake_gpu_create(struct kunit *test)
{
	struct msm_gpu_config config = { .ioname = "fake_gpu_memory", .nr_rings = 1 };
	struct fake_gpu *fake = fake_gpu_alloc(test);
	struct msm_gpu *gpu = fake_msm_gpu(fake);
	struct msm_drm_private *priv;

	gpu->pdev = fake_gpu_create_device(fake);
	fake_gpu_create_drm(fake, &gpu->pdev->dev);
	priv = fake->drm->dev_private;
	msm_mmu_init(&fake->mmu, &gpu->pdev->dev, &fake_mmu_funcs, MSM_MMU_IOMMU);

	fake_gpu_init_funcs(fake);
	fake->info.family = ADRENO_6XX_GEN3;
	fake->a6xx.base.funcs = &fake->funcs;
	fake->a6xx.base.info = &fake->info;
	fake->a6xx.base.chip_id = 0x06050002;
	fake->info.chip_ids = &fake->a6xx.base.chip_id;
	init_waitqueue_head(&fake->a6xx.base.stall_wait);
	mutex_init(&fake->a6xx.gmu.lock);
	KUNIT_ASSERT_EQ(test, 0, msm_gpu_init(fake->drm, gpu->pdev, gpu, &fake->funcs.base,
					      "fake-gpu", &config));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, cleanup, fake));

	/* None is found to hang by the timer while a test runs */
	priv->hangcheck_period = FAKE_GPU_LONG_MS;
	if (!IS_ENABLED(CONFIG_INDIRECT_IOMEM))
		gpu->mmio = (__force void __iomem *)fake->regs;
	fake->a6xx.gmu.dev = &gpu->pdev->dev;
	fake->a6xx.gmu.mmio = gpu->mmio;
	fake->a6xx.gmu.rscc = gpu->mmio;
	/* It has no crashdumper */
	gpu->needs_hw_init = true;

	return fake;
}

/* What unbind does to the GPU, once: a test may do it before its end */
void fake_gpu_cleanup(struct fake_gpu *fake)
{
	struct msm_gpu *gpu = fake_msm_gpu(fake);

	if (!gpu->rb[0])
		return;

	fake_gpu_finish(fake);
	msm_gpu_cleanup(gpu);
	/* No reference is left but that of fake_gpu_create_device() */
	KUNIT_EXPECT_EQ(fake->test, 1, atomic_read(&gpu->pdev->dev.power.usage_count));
	KUNIT_EXPECT_NULL(fake->test, gpu->crashstate);
}

KUNIT_DEFINE_ACTION_WRAPPER(put_submit, msm_gem_submit_put, struct msm_gem_submit *);

static struct drm_gem_object *fake_gpu_create_bo(struct fake_gpu *fake, size_t size, int c)
{
	struct drm_gem_object *obj = msm_gem_new(fake->drm, size, MSM_BO_CACHED, NULL);
	struct kunit *test = fake->test;
	void *vaddr;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, obj);
	if (!c)
		return obj;

	vaddr = msm_gem_get_vaddr(obj);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vaddr);
	memset(vaddr, c, size);
	memset(vaddr, c + 1, PAGE_SIZE);
	msm_gem_put_vaddr(obj);

	return obj;
}

/* As msm_job_run() and msm_gpu_submit() do; the reference is the ring's */
static void fake_gpu_queue(struct msm_gpu *gpu, struct msm_gem_submit *submit)
{
	struct msm_ringbuffer *ring = gpu->rb[0];

	submit->ring = ring;
	msm_fence_init(submit->hw_fence, ring->fctx);
	submit->seqno = submit->hw_fence->seqno;
	msm_gem_submit_get(submit);
	pm_runtime_get_noresume(&gpu->pdev->dev);
	gpu->active_submits++;
	spin_lock_irq(&ring->submit_lock);
	list_add_tail(&submit->node, &ring->submits);
	spin_unlock_irq(&ring->submit_lock);
}

/*
 * Gives the GPU something to do, which it does not finish. Its buffers are to be dumped: the
 * first one is full of 'a', but for its first page, the second one of 'b'. A third one is
 * not in memory. The submit stays until the end of the test, retired or not.
 */
struct msm_gem_submit *fake_gpu_submit(struct fake_gpu *fake, unsigned int nr_bos, size_t size)
{
	struct msm_gpu *gpu = fake_msm_gpu(fake);
	struct kunit *test = fake->test;
	struct msm_gem_submit *submit;
	unsigned int i;

	/* As submit_create() does, but for the scheduler */
	submit = kzalloc(struct_size(submit, bos, nr_bos), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, submit);
	submit->hw_fence = msm_fence_alloc();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, submit->hw_fence);
	kref_init(&submit->ref);
	submit->dev = fake->drm;
	submit->gpu = gpu;
	submit->vm = gpu->vm;
	kref_get(&fake->queue.ref);
	submit->queue = &fake->queue;
	submit->pid = get_pid(task_pid(current));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, put_submit, submit));

	for (i = 0; i < nr_bos; i++) {
		submit->bos[i].obj = fake_gpu_create_bo(fake, size, i < 2 ? 'a' + i : 0);
		submit->bos[i].iova = FAKE_GPU_BO_IOVA + i * size;
		submit->bos[i].flags = MSM_SUBMIT_BO_DUMP;
		submit->nr_bos++;
	}

	fake_gpu_queue(gpu, submit);

	return submit;
}

static void lock_vm_and_obj(struct drm_exec *exec, struct drm_gpuvm *vm,
			    struct drm_gem_object *obj)
{
	drm_exec_init(exec, 0, 2);
	drm_exec_until_all_locked(exec) {
		drm_exec_lock_obj(exec, drm_gpuvm_resv_obj(vm));
		drm_exec_retry_on_contention(exec);
		drm_exec_lock_obj(exec, obj);
		drm_exec_retry_on_contention(exec);
	}
}

static void close_vm(void *vm)
{
	msm_gem_vm_close(vm);
	drm_gpuvm_put(vm);
}

/* Binds the buffers of a submit, each without its first page, in a VM of its own */
void fake_gpu_bind(struct msm_gem_submit *submit)
{
	struct fake_gpu *fake = to_fake_gpu(submit->gpu);
	struct kunit *test = fake->test;
	struct drm_gpuva *vma;
	struct drm_exec exec;
	unsigned int i;

	submit->queue->ctx->userspace_managed_vm = true;
	submit->vm = msm_gem_vm_create(fake->drm, &fake->mmu, "fake-user", SZ_4K, SZ_1G, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, submit->vm);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, close_vm, submit->vm));
	for (i = 0; i < submit->nr_bos; i++) {
		struct drm_gem_object *obj = submit->bos[i].obj;
		u64 iova = SZ_16M * (i + 1);

		lock_vm_and_obj(&exec, submit->vm, obj);
		vma = msm_gem_vma_new(submit->vm, obj, PAGE_SIZE, iova,
				      iova + obj->size - PAGE_SIZE);
		if (!IS_ERR(vma))
			vma->flags |= MSM_VMA_DUMP;
		drm_exec_fini(&exec);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vma);
	}
}

/* The GPU has done all that there was to do, and the submits are retired */
void fake_gpu_finish(struct fake_gpu *fake)
{
	struct msm_gpu *gpu = fake_msm_gpu(fake);

	gpu->rb[0]->memptrs->fence = gpu->rb[0]->fctx->last_fence;
	msm_gpu_retire(gpu);
	fake_gpu_settle(fake);
}

/* Waits until the workers of the GPU have nothing to do */
void fake_gpu_settle(struct fake_gpu *fake)
{
	kthread_flush_worker(fake_msm_gpu(fake)->worker);
	flush_work(&fake_msm_gpu(fake)->crashstate_work);
}

/* What msm_gpu_fault_handler() does with a fault */
int fake_gpu_fault(struct fake_gpu *fake, u32 fsr)
{
	struct adreno_smmu_fault_info info = { .fsr = fsr, .ttbr0 = 0x77000, .fsynr1 = 4 };

	return adreno_mmu_fault(fake_msm_gpu(fake), 0x12345000, IOMMU_FAULT_WRITE, &info);
}

static int fake_gpu_thread(void *data)
{
	struct fake_gpu_task *task = data;

	task->func(task->fake);
	complete_all(&task->done);

	return 0;
}

/* Does something in a task of its own, which leaks if it hangs */
struct fake_gpu_task *fake_gpu_start(struct fake_gpu *fake, void (*func)(struct fake_gpu *fake))
{
	struct fake_gpu_task *task;

	task = kunit_kzalloc(fake->test, sizeof(*task), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fake->test, task);
	task->fake = fake;
	task->func = func;
	init_completion(&task->done);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(fake->test, kthread_run(fake_gpu_thread, task, "fake-gpu"));

	return task;
}

/* Waits until a task is done. Returns false if it hangs. */
bool fake_gpu_join(struct fake_gpu_task *task)
{
	return wait_for_completion_timeout(&task->done, FAKE_GPU_PATIENCE);
}
