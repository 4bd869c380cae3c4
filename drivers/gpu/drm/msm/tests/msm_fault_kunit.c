// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for how drm/msm handles a fault of the GPU while the transaction is stalled,
 * and what must not wait for what meanwhile. The GPU is a fake: see fake_gpu.h.
 */

#include <linux/debugfs.h>
#include <linux/devcoredump.h>
#include <linux/iommu.h>
#include <linux/mman.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "fake_gpu.h"
#include "a6xx.xml.h"
#include "msm_debugfs.h"

/* a5xx_gpu.h and a6xx_gpu.h do not go together */
extern const struct adreno_gpu_funcs a5xx_gpu_funcs;

static int msm_fault_init(struct kunit *test)
{
	test->priv = fake_gpu_create(test);

	return 0;
}

static void stalled_fault(struct fake_gpu *fake)
{
	KUNIT_EXPECT_EQ(fake->test, 0, fake_gpu_fault(fake, FAKE_GPU_FSR_STALLED));
}

static void hang(struct fake_gpu *fake)
{
	struct msm_gpu *gpu = fake_msm_gpu(fake);

	kthread_queue_work(gpu->worker, &gpu->recover_work);
	kthread_flush_worker(gpu->worker);
}

/* The dump of a fault, which is there */
static struct msm_gpu_state *dump_fault(struct fake_gpu *fake)
{
	stalled_fault(fake);
	fake_gpu_settle(fake);
	KUNIT_ASSERT_NOT_NULL(fake->test, fake_msm_gpu(fake)->crashstate);

	return fake_msm_gpu(fake)->crashstate;
}

static bool wait_until(bool (*cond)(struct fake_gpu *fake), struct fake_gpu *fake)
{
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;

	while (!cond(fake) && time_before(jiffies, give_up))
		usleep_range(100, 200);

	return cond(fake);
}

static bool is_stalled(struct fake_gpu *fake)
{
	return READ_ONCE(fake->a6xx.base.stall_seq) & 1;
}

static bool is_dumped(struct fake_gpu *fake)
{
	return READ_ONCE(fake->dumps);
}

/* Whether RBBM_STATUS3 says that a transaction is stalled, and whether the SQE is halted */
static const struct halt {
	const char *name;
	void (*func)(struct fake_gpu *fake);
	u32 status3;
	u32 sqe_cntl;
} halts[] = {
	{ "fault", stalled_fault, A6XX_RBBM_STATUS3_SMMU_STALLED_ON_FAULT, 0 },
	{ "fault, RBBM says no", stalled_fault, 0, 0 },
	{ "hang, stalled", hang, A6XX_RBBM_STATUS3_SMMU_STALLED_ON_FAULT, 0 },
	{ "hang", hang, 0, 3 },
};

KUNIT_ARRAY_PARAM_DESC(halt, halts, name);

/* The GPU goes on after a fault, so it is not halted for the dump */
static void stalled_gpu_is_not_halted(struct kunit *test)
{
	const struct halt *halt = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = fake_msm_gpu(fake);

	fake_gpu_submit(fake, 0, 0);
	gpu_write(gpu, REG_A6XX_RBBM_STATUS3, halt->status3);
	halt->func(fake);
	fake_gpu_settle(fake);
	KUNIT_EXPECT_NOT_NULL(test, gpu->crashstate);
	KUNIT_EXPECT_EQ(test, gpu_read(gpu, REG_A6XX_CP_SQE_CNTL), halt->sqe_cntl);
}

static void gpu_that_goes_is_not_watched(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct timer_list *timer = &fake_msm_gpu(fake)->hangcheck_timer;

	mod_timer(timer, jiffies + HZ * 3600);
	fake_gpu_cleanup(fake);
	KUNIT_EXPECT_FALSE(test, timer_delete_sync(timer));
}

/* fake_gpu_cleanup() would wait for the worker before that */
static void unbind_while_busy(struct fake_gpu *fake)
{
	msm_gpu_cleanup(fake_msm_gpu(fake));
}

static void rings_stay_until_the_worker_is_done(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = fake_msm_gpu(fake);
	struct fake_gpu_task *task;

	mutex_lock(&gpu->retire_lock);
	msm_gpu_retire(gpu);
	task = fake_gpu_start(fake, unbind_while_busy);
	/* Long enough for an unbind that waits for nothing */
	msleep(50);
	KUNIT_EXPECT_NOT_NULL(test, READ_ONCE(gpu->rb[0]));
	mutex_unlock(&gpu->retire_lock);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(task));
	KUNIT_EXPECT_NULL(test, gpu->rb[0]);
}

/* devcoredump frees what it does not take, here because it has another one */
static void refused_dump_is_freed(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_task *task;
	void *older = vmalloc(1);

	KUNIT_ASSERT_NOT_NULL(test, older);
	dev_coredumpv(&fake_msm_gpu(fake)->pdev->dev, older, 1, GFP_KERNEL);
	task = fake_gpu_start(fake, stalled_fault);
	KUNIT_ASSERT_TRUE(test, fake_gpu_join(task));
	fake_gpu_settle(fake);
	KUNIT_EXPECT_EQ(test, 1, fake->dumps);
	KUNIT_EXPECT_NULL(test, fake_msm_gpu(fake)->crashstate);
}

/* fake_gpu_cleanup() expects that */
static void dump_goes_with_the_gpu(struct kunit *test)
{
	dump_fault(test->priv);
	fake_gpu_cleanup(test->priv);
}

static void finish_submit(struct fake_gpu *fake)
{
	struct msm_ringbuffer *ring = fake_msm_gpu(fake)->rb[0];

	ring->memptrs->fence = ring->fctx->last_fence;
	msm_gpu_retire(fake_msm_gpu(fake));
	/* Long enough for a worker that is not kept from it */
	msleep(50);
	KUNIT_EXPECT_FALSE(fake->test, list_empty(&ring->submits));
}

static void submit_is_not_retired_while_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fake_gpu_submit(fake, 1, PAGE_SIZE);
	fake->on_dump = finish_submit;
	KUNIT_EXPECT_EQ(test, 1, dump_fault(fake)->nr_bos);
	KUNIT_EXPECT_TRUE(test, list_empty(&fake_msm_gpu(fake)->rb[0]->submits));
}

static const struct handler {
	const char *name;
	const struct adreno_gpu_funcs *funcs;
	const char *block;	/* what it makes of FSYNR1 = 4 */
} handlers[] = {
	{ "a5xx", &a5xx_gpu_funcs, "4" },
	{ "a6xx", &a6xx_gpu_funcs, "CCU" },
	{ "a8xx", &a8xx_gpu_funcs, "CCU" },
};

KUNIT_ARRAY_PARAM_DESC(handler, handlers, name);

static void stalled_fault_is_dumped(struct kunit *test)
{
	const struct handler *handler = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_fault_info *info;

	fake->funcs.mmu_fault_handler = handler->funcs->mmu_fault_handler;
	info = &dump_fault(fake)->fault_info;
	KUNIT_EXPECT_EQ(test, 0x12345000, info->iova);
	KUNIT_EXPECT_EQ(test, 0x77000, info->ttbr0);
	KUNIT_EXPECT_EQ(test, IOMMU_FAULT_WRITE, info->flags);
	KUNIT_EXPECT_STREQ(test, "TRANSLATION", info->type);
	KUNIT_EXPECT_FALSE(test, object_is_on_stack(info->block));
	KUNIT_EXPECT_STREQ(test, handler->block, info->block);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	/* There is no submit */
	KUNIT_EXPECT_FALSE(test, timer_pending(&fake_msm_gpu(fake)->hangcheck_timer));
}

/* An access to a register would be one to NULL */
static void suspended_gpu_is_not_touched(struct kunit *test)
{
	const struct handler *handler = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = fake_msm_gpu(fake);

	fake->funcs.mmu_fault_handler = handler->funcs->mmu_fault_handler;
	gpu->mmio = NULL;
	pm_runtime_put_sync(&gpu->pdev->dev);
	KUNIT_ASSERT_TRUE(test, pm_runtime_suspended(&gpu->pdev->dev));
	stalled_fault(fake);
	KUNIT_EXPECT_EQ(test, 0, fake->dumps);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	KUNIT_EXPECT_FALSE(test, is_stalled(fake));
	pm_runtime_get_sync(&gpu->pdev->dev);
}

static void timer_is_off(struct fake_gpu *fake)
{
	KUNIT_EXPECT_FALSE(fake->test, timer_pending(&fake_msm_gpu(fake)->hangcheck_timer));
}

static void gpu_is_watched_after_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct timer_list *timer = &fake_msm_gpu(fake)->hangcheck_timer;

	fake->on_dump = timer_is_off;
	fake_gpu_submit(fake, 0, 0);
	mod_timer(timer, jiffies + HZ * 3600);
	dump_fault(fake);
	KUNIT_EXPECT_TRUE(test, timer_pending(timer));
}

/* By the driver's own callbacks. The devices that are behind it are not suspended here. */
static void go_to_sleep(struct fake_gpu *fake)
{
	struct device_driver *driver = driver_find("adreno", &platform_bus_type);
	struct device *dev = &fake_msm_gpu(fake)->pdev->dev;

	fake_gpu_finish(fake);
	fake->recoveries = driver->pm->suspend(dev) == 0;
	driver->pm->resume(dev);
}

static void unbind(struct fake_gpu *fake)
{
	fake_gpu_cleanup(fake);
	fake->recoveries = 1;
}

static const struct power_down {
	const char *name;
	void (*func)(struct fake_gpu *fake);
} power_downs[] = {
	{ "recovery", hang },
	{ "system sleep", go_to_sleep },
	{ "unbind", unbind },
};

KUNIT_ARRAY_PARAM_DESC(power_down, power_downs, name);

static int handle_until_told(struct fake_gpu *fake)
{
	wait_for_completion_timeout(fake->data, FAKE_GPU_PATIENCE);

	return 0;
}

static void power_down_waits_for_the_handler(struct kunit *test)
{
	const struct power_down *power_down = test->param_value;
	DECLARE_COMPLETION_ONSTACK(go_on);
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_task *fault, *task;

	fake_gpu_submit(fake, 0, 0);
	fake->on_handler = handle_until_told;
	fake->data = &go_on;
	fault = fake_gpu_start(fake, stalled_fault);
	KUNIT_EXPECT_TRUE(test, wait_until(is_stalled, fake));
	task = fake_gpu_start(fake, power_down->func);
	/* Long enough for a power-down that waits for nothing */
	msleep(50);
	KUNIT_EXPECT_EQ(test, 0, READ_ONCE(fake->recoveries));
	complete(&go_on);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(fault));
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(task));
	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);
}

static int not_called(struct fake_gpu *fake)
{
	KUNIT_FAIL(fake->test, "the handler touches a GPU that is being reset");

	return 0;
}

static void gpu_that_is_reset_is_not_touched(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fake_gpu_submit(fake, 0, 0);
	fake->on_handler = not_called;
	fake->on_recover = stalled_fault;
	hang(fake);
	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);
}

static void ask_gmu(struct fake_gpu *fake)
{
	struct a6xx_gmu *gmu = &fake->a6xx.gmu;

	mutex_lock(&gmu->lock);
	KUNIT_EXPECT_EQ(fake->test, -ETIMEDOUT, a6xx_gmu_set_oob(gmu, GMU_OOB_GPU_SET));
	mutex_unlock(&gmu->lock);
}

static void wait_for_stall(struct fake_gpu *fake)
{
	complete(fake->data);
	wait_until(is_stalled, fake);
}

/*
 * The deadlock of Linux 6.19 to 7.3: recovery has gpu->lock and asks the GMU, and the fault
 * handler wants the lock for a dump.
 */
static void recovery_and_fault_do_not_deadlock(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(recovering);
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_task *recovery, *fault;

	/* With the lock, recovery waits for the fault, and then asks the GMU in vain */
	fake_gpu_submit(fake, 0, 0);
	fake->data = &recovering;
	fake->on_dump = wait_for_stall;
	fake->on_recover = ask_gmu;
	recovery = fake_gpu_start(fake, hang);
	wait_for_completion_timeout(&recovering, FAKE_GPU_PATIENCE);
	fault = fake_gpu_start(fake, stalled_fault);
	KUNIT_ASSERT_TRUE(test, fake_gpu_join(fault));
	KUNIT_ASSERT_TRUE(test, fake_gpu_join(recovery));
	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);

	/* The fault is first */
	fake_gpu_settle(fake);
	dev_coredump_put(&fake_msm_gpu(fake)->pdev->dev);
	fake_gpu_submit(fake, 0, 0);
	fake->on_dump = NULL;
	fault = fake_gpu_start(fake, stalled_fault);
	recovery = fake_gpu_start(fake, hang);
	KUNIT_ASSERT_TRUE(test, fake_gpu_join(fault));
	KUNIT_ASSERT_TRUE(test, fake_gpu_join(recovery));
	KUNIT_EXPECT_EQ(test, 2, fake->recoveries);
}

static void dump_of_a_hang_has_the_fault(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fake_gpu_submit(fake, 0, 0);
	mutex_lock(&fake_msm_gpu(fake)->lock);
	stalled_fault(fake);
	mutex_unlock(&fake_msm_gpu(fake)->lock);
	KUNIT_EXPECT_EQ(test, 0, fake->dumps);

	hang(fake);
	fake_gpu_settle(fake);
	state = fake_msm_gpu(fake)->crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_EQ(test, 0x12345000, state->fault_info.iova);

	/* But the dump of the next one has not */
	dev_coredump_put(&fake_msm_gpu(fake)->pdev->dev);
	fake_gpu_submit(fake, 0, 0);
	hang(fake);
	fake_gpu_settle(fake);
	state = fake_msm_gpu(fake)->crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_EQ(test, 0, state->fault_info.iova);
}

static const struct vm {
	const char *name;
	bool bind;
} vms[] = {
	{ "VM of the kernel", false },
	{ "VM_BIND", true },
};

KUNIT_ARRAY_PARAM_DESC(vm, vms, name);

/* Nothing is stalled then, so it waits for locks, and brings back pages */
static void dump_of_a_hang_has_all_buffers(struct kunit *test)
{
	const struct vm *vm = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 3, 2 * PAGE_SIZE);
	struct msm_gpu_state *state;
	int i;

	if (vm->bind)
		fake_gpu_bind(submit);
	/* With VM_BIND, the flag of the mapping counts */
	submit->bos[2].flags = 0;
	hang(fake);
	fake_gpu_settle(fake);
	state = fake_msm_gpu(fake)->crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_ASSERT_EQ(test, 3, state->nr_bos);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, i < 2 || vm->bind, !!state->bos[i].data);
	/* It is not read once more, later */
	KUNIT_EXPECT_NOT_NULL(test, state->cmd);
	KUNIT_EXPECT_NULL(test, state->pid);
}

/* However slow the machine is */
static void have_all_time(struct fake_gpu *fake)
{
	fake_msm_gpu(fake)->dump_deadline = ktime_add_ms(ktime_get(), 3600 * MSEC_PER_SEC);
}

/* A lock whose holder may wait for the GPU, and what a dump has while it is held */
struct lock {
	const char *name;
	void (*get)(struct msm_gem_submit *submit);
	void (*put)(struct msm_gem_submit *submit);
	int bos;	/* -1: there is no dump */
	bool copied;	/* the first one of them */
};

static struct dma_resv *vm_resv(struct msm_gem_submit *submit)
{
	return drm_gpuvm_resv(submit->vm);
}

static struct mutex *vm_mmu_lock(struct msm_gem_submit *submit)
{
	return &to_msm_vm(submit->vm)->mmu_lock;
}

#define LOCK(_name, _lock, _unlock)							\
static void lock_##_name(struct msm_gem_submit *submit) { _lock; }			\
static void unlock_##_name(struct msm_gem_submit *submit) { _unlock; }

LOCK(gpu, mutex_lock(&submit->gpu->lock), mutex_unlock(&submit->gpu->lock))
LOCK(retire, mutex_lock(&submit->gpu->retire_lock), mutex_unlock(&submit->gpu->retire_lock))
LOCK(vm, dma_resv_lock(vm_resv(submit), NULL), dma_resv_unlock(vm_resv(submit)))
LOCK(obj, msm_gem_lock(submit->bos[0].obj), msm_gem_unlock(submit->bos[0].obj))
LOCK(mmu, mutex_lock(vm_mmu_lock(submit)), mutex_unlock(vm_mmu_lock(submit)))

static const struct lock locks[] = {
	{ "gpu->lock", lock_gpu, unlock_gpu, -1 },
	{ "gpu->retire_lock", lock_retire, unlock_retire, -1 },
	{ "vm", lock_vm, unlock_vm, 0 },
	{ "object", lock_obj, unlock_obj, 2, false },
	{ "mmu_lock", lock_mmu, unlock_mmu, 2, true },
};

KUNIT_ARRAY_PARAM_DESC(lock, locks, name);

/* There is no task to be made, and no memory to be had, with some of the locks held */
static void fault_when_locked(struct fake_gpu *fake)
{
	wait_for_completion(fake->data);
	stalled_fault(fake);
}

static void fault_ends_while_a_lock_is_held(struct kunit *test)
{
	const struct lock *lock = test->param_value;
	DECLARE_COMPLETION_ONSTACK(locked);
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 2, 2 * PAGE_SIZE);
	struct fake_gpu_task *fault;
	struct msm_gpu_state *state;
	struct msm_gem_vm *vm;

	fake_gpu_bind(submit);
	vm = to_msm_vm(submit->vm);
	vm->log = kzalloc_obj(*vm->log);
	KUNIT_ASSERT_NOT_NULL(test, vm->log);
	vm->log[0].op = "test";
	fake->data = &locked;
	/* With the VM's lock held, the dump ends when its time is over */
	if (lock->bos)
		fake->on_dump = have_all_time;
	fault = fake_gpu_start(fake, fault_when_locked);
	lock->get(submit);
	complete(&locked);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(fault));
	lock->put(submit);
	fake_gpu_settle(fake);

	state = fake_msm_gpu(fake)->crashstate;
	KUNIT_ASSERT_EQ(test, lock->bos >= 0, !!state);
	if (!state)
		return;
	KUNIT_EXPECT_EQ(test, lock->get != lock_mmu, state->nr_vm_logs);
	KUNIT_EXPECT_EQ(test, lock->bos, state->nr_bos);
	if (lock->bos)
		KUNIT_EXPECT_EQ(test, lock->copied, !!state->bos[0].data);
}

/* Gives this task a command line. It is in memory whose lock user space may keep. */
static void lock_command_line(struct kunit *test)
{
	unsigned long args = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
					   MAP_ANONYMOUS | MAP_PRIVATE, 0);

	KUNIT_ASSERT_NE(test, 0, args);
	KUNIT_ASSERT_EQ(test, 0, copy_to_user((void __user *)args, "a game", 7));
	current->mm->arg_start = args;
	current->mm->arg_end = args + 7;
	/* A kernel thread has no command line, whatever its mm is */
	current->flags &= ~PF_KTHREAD;
	mmap_write_lock(current->mm);
}

static void take_command_line(void)
{
	current->flags |= PF_KTHREAD;
	current->mm->arg_end = 0;
}

static void command_line_is_read_after_the_stall(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(locked);
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_task *fault;
	unsigned int pids, tasks;

	fake_gpu_submit(fake, 0, 0);
	fake->data = &locked;
	fault = fake_gpu_start(fake, fault_when_locked);
	pids = refcount_read(&task_pid(current)->count);
	tasks = refcount_read(&current->usage);
	lock_command_line(test);
	complete(&locked);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(fault));
	mmap_write_unlock(current->mm);
	fake_gpu_settle(fake);
	take_command_line();
	KUNIT_ASSERT_NOT_NULL(test, fake_msm_gpu(fake)->crashstate);
	KUNIT_EXPECT_STREQ(test, "a game", fake_msm_gpu(fake)->crashstate->cmd);
	KUNIT_EXPECT_EQ(test, pids, refcount_read(&task_pid(current)->count));
	KUNIT_EXPECT_EQ(test, tasks, refcount_read(&current->usage));
}

/* The work that hands it over, and that reads the command line, uses the GPU */
static void unbind_waits_for_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_ringbuffer *ring = fake_msm_gpu(fake)->rb[0];
	struct fake_gpu_task *task;

	fake_gpu_submit(fake, 0, 0);
	lock_command_line(test);
	stalled_fault(fake);
	ring->memptrs->fence = ring->fctx->last_fence;
	msm_gpu_retire(fake_msm_gpu(fake));
	task = fake_gpu_start(fake, unbind_while_busy);
	/* Long enough for an unbind that waits for nothing */
	msleep(50);
	KUNIT_EXPECT_FALSE(test, completion_done(&task->done));
	mmap_write_unlock(current->mm);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(task));
	take_command_line();
	KUNIT_EXPECT_NULL(test, fake_msm_gpu(fake)->crashstate);
}

/* The first three of them: the holder is not always one that waits for the GPU */
static const void *awaited_lock_gen_params(struct kunit *test, const void *prev, char *desc)
{
	return prev == &locks[2] ? NULL : lock_gen_params(test, prev, desc);
}

static void lock_is_waited_for(struct kunit *test)
{
	const struct lock *lock = test->param_value;
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 2, 2 * PAGE_SIZE);
	DECLARE_COMPLETION_ONSTACK(locked);
	struct fake_gpu_task *fault;

	fake_gpu_bind(submit);
	fake->data = &locked;
	fake->on_dump = have_all_time;
	fault = fake_gpu_start(fake, fault_when_locked);
	lock->get(submit);
	complete(&locked);
	KUNIT_EXPECT_TRUE(test, wait_until(lock->bos < 0 ? is_stalled : is_dumped, fake));
	usleep_range(2000, 3000);
	lock->put(submit);
	KUNIT_EXPECT_TRUE(test, fake_gpu_join(fault));
	fake_gpu_settle(fake);
	KUNIT_ASSERT_NOT_NULL(test, fake_msm_gpu(fake)->crashstate);
	KUNIT_EXPECT_EQ(test, 2, fake_msm_gpu(fake)->crashstate->nr_bos);
}

static void buffers_are_copied_if_in_memory(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 3, SZ_1M + 2 * PAGE_SIZE);
	struct msm_gpu_state_bo *bos;

	fake->on_dump = have_all_time;
	bos = dump_fault(fake)->bos;
	KUNIT_ASSERT_NOT_NULL(test, bos);
	KUNIT_ASSERT_NOT_NULL(test, bos[0].data);
	KUNIT_EXPECT_NULL(test, memchr_inv(bos[0].data, 'b', PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(bos[0].data + PAGE_SIZE, 'a', SZ_1M + PAGE_SIZE));
	KUNIT_EXPECT_NOT_NULL(test, bos[1].data);
	KUNIT_EXPECT_NULL(test, bos[2].data);
	KUNIT_EXPECT_NULL(test, to_msm_bo(submit->bos[2].obj)->pages);
}

static void bound_range_is_copied(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state_bo *bos;

	fake_gpu_bind(fake_gpu_submit(fake, 2, 3 * PAGE_SIZE));
	fake->on_dump = have_all_time;
	bos = dump_fault(fake)->bos;
	KUNIT_ASSERT_NOT_NULL(test, bos);
	KUNIT_ASSERT_EQ(test, 2 * PAGE_SIZE, bos[1].size);
	KUNIT_ASSERT_NOT_NULL(test, bos[1].data);
	KUNIT_EXPECT_NULL(test, memchr_inv(bos[1].data, 'b', 2 * PAGE_SIZE));
}

static void large_buffer_is_not_copied(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fake_gpu_submit(fake, 1, SZ_32M + PAGE_SIZE);
	fake->on_dump = have_all_time;
	state = dump_fault(fake);
	KUNIT_ASSERT_EQ(test, 1, state->nr_bos);
	KUNIT_EXPECT_NULL(test, state->bos[0].data);
}

/* No machine copies 32 MiB in half a millisecond */
static void copy_ends_at_the_deadline(struct kunit *test)
{
	struct drm_gem_object *obj = fake_gpu_submit(test->priv, 1, SZ_32M)->bos[0].obj;
	void *data;

	msm_gem_lock(obj);
	data = msm_gem_copy_resident(obj, 0, SZ_32M, ktime_add_us(ktime_get(), 500));
	KUNIT_EXPECT_NULL(test, data);
	kvfree(data);
	data = msm_gem_copy_resident(obj, 0, SZ_32M, KTIME_MAX);
	KUNIT_EXPECT_NOT_NULL(test, data);
	kvfree(data);
	msm_gem_unlock(obj);
}

static void let_time_expire(struct fake_gpu *fake)
{
	fake_msm_gpu(fake)->dump_deadline = ktime_sub_ms(ktime_get(), 1);
}

static const struct family {
	const char *name;
	enum adreno_family family;
	u32 chip_id;
} families[] = {
	{ "a650", ADRENO_6XX_GEN3, 0x06050002 },
	{ "a630", ADRENO_6XX_GEN1, 0x06030001 },
	{ "a740", ADRENO_7XX_GEN2, 0x43050a01 },
};

KUNIT_ARRAY_PARAM_DESC(family, families, name);

static void expired_dump_reads_no_registers(struct kunit *test)
{
	const struct family *family = test->param_value;
	struct drm_print_iterator iter = { .remain = 0 };
	struct drm_printer p = drm_coredump_printer(&iter);
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = fake_msm_gpu(fake);

	fake->info.family = family->family;
	fake->a6xx.base.chip_id = family->chip_id;
	/* A dump writes 0 to this one before it reads the block behind it */
	gpu_write(gpu, REG_A6XX_CP_SQE_STAT_ADDR, 1);
	dump_fault(fake);
	KUNIT_EXPECT_EQ(test, 0, gpu_read(gpu, REG_A6XX_CP_SQE_STAT_ADDR));

	dev_coredump_put(&gpu->pdev->dev);
	gpu_write(gpu, REG_A6XX_CP_SQE_STAT_ADDR, 1);
	fake->on_dump = let_time_expire;
	a6xx_show(gpu, dump_fault(fake), &p);
	KUNIT_EXPECT_EQ(test, 1, gpu_read(gpu, REG_A6XX_CP_SQE_STAT_ADDR));
	KUNIT_EXPECT_EQ(test, KTIME_MAX, gpu->dump_deadline);
}

static void expire_soon(struct fake_gpu *fake)
{
	fake_msm_gpu(fake)->dump_deadline = ktime_add_us(ktime_get(), (unsigned long)fake->data);
}

static void dump_may_expire_anywhere(struct kunit *test)
{
	const struct family *family = test->param_value;
	struct drm_print_iterator iter = { .remain = 0 };
	struct drm_printer p = drm_coredump_printer(&iter);
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = fake_msm_gpu(fake);
	ktime_t start = ktime_get();
	unsigned long i, us;

	fake->info.family = family->family;
	fake->a6xx.base.chip_id = family->chip_id;
	fake->on_dump = have_all_time;
	dump_fault(fake);
	us = ktime_us_delta(ktime_get(), start);
	fake->on_dump = expire_soon;
	for (i = 0; i < 100; i++) {
		dev_coredump_put(&gpu->pdev->dev);
		fake->data = (void *)(us * i / 100);
		a6xx_show(gpu, dump_fault(fake), &p);
	}
}

static void switch_turns_stalling_off(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_drm_private *priv = fake->drm->dev_private;

	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_TRUE(test, fake->stalls);
	priv->disable_stall = true;
	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	priv->disable_stall = false;
	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_TRUE(test, fake->stalls);
}

/* Half a second later, and when the dump has been read */
static void stalling_is_on_again(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_drm_private *priv = fake->drm->dev_private;
	struct device *dev = &fake_msm_gpu(fake)->pdev->dev;

	dump_fault(fake);
	priv->stall_reenable_time = 0;
	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	dev_coredump_put(dev);
	priv->stall_reenable_time = KTIME_MAX;
	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	priv->stall_reenable_time = 0;
	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_TRUE(test, fake->stalls);
	priv->stall_reenable_time = KTIME_MAX;
	adreno_check_and_reenable_stall(&fake->a6xx.base);
	KUNIT_EXPECT_TRUE(test, fake->stalls);
}

static void switch_is_in_debugfs(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_drm_private *priv = fake->drm->dev_private;
	struct drm_minor minor = { .dev = fake->drm };
	struct dentry *file;

	minor.debugfs_root = debugfs_create_dir("msm_fault", NULL);
	priv->gpu_pdev = fake_msm_gpu(fake)->pdev;
	msm_debugfs_init(&minor);
	file = debugfs_lookup("disable_stall_on_fault", minor.debugfs_root);
	KUNIT_EXPECT_NOT_NULL(test, file);
	if (file)
		KUNIT_EXPECT_PTR_EQ(test, d_inode(file)->i_private, &priv->disable_stall);
	dput(file);
	debugfs_remove(minor.debugfs_root);
}

static struct kunit_case msm_fault_cases[] = {
	KUNIT_CASE_PARAM(stalled_gpu_is_not_halted, halt_gen_params),
	KUNIT_CASE(gpu_that_goes_is_not_watched),
	KUNIT_CASE(rings_stay_until_the_worker_is_done),
	KUNIT_CASE(refused_dump_is_freed),
	KUNIT_CASE(unbind_waits_for_the_dump),
	KUNIT_CASE(dump_goes_with_the_gpu),
	KUNIT_CASE(submit_is_not_retired_while_dumped),
	KUNIT_CASE_PARAM(stalled_fault_is_dumped, handler_gen_params),
	KUNIT_CASE(gpu_is_watched_after_the_dump),
	KUNIT_CASE_PARAM(suspended_gpu_is_not_touched, handler_gen_params),
	KUNIT_CASE_PARAM(power_down_waits_for_the_handler, power_down_gen_params),
	KUNIT_CASE(gpu_that_is_reset_is_not_touched),
	KUNIT_CASE(recovery_and_fault_do_not_deadlock),
	KUNIT_CASE_PARAM(fault_ends_while_a_lock_is_held, lock_gen_params),
	KUNIT_CASE_PARAM(lock_is_waited_for, awaited_lock_gen_params),
	KUNIT_CASE(buffers_are_copied_if_in_memory),
	KUNIT_CASE(bound_range_is_copied),
	KUNIT_CASE(large_buffer_is_not_copied),
	KUNIT_CASE(copy_ends_at_the_deadline),
	KUNIT_CASE_PARAM(expired_dump_reads_no_registers, family_gen_params),
	KUNIT_CASE_PARAM(dump_may_expire_anywhere, family_gen_params),
	KUNIT_CASE(command_line_is_read_after_the_stall),
	KUNIT_CASE(dump_of_a_hang_has_the_fault),
	KUNIT_CASE_PARAM(dump_of_a_hang_has_all_buffers, vm_gen_params),
	KUNIT_CASE(switch_turns_stalling_off),
	KUNIT_CASE(switch_is_in_debugfs),
	KUNIT_CASE(stalling_is_on_again),
	{}
};

static struct kunit_suite msm_fault_suite = {
	.name		= "msm_fault",
	.init		= msm_fault_init,
	.test_cases	= msm_fault_cases,
};

kunit_test_suite(msm_fault_suite);
