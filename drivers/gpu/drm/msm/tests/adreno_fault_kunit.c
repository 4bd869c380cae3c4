// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for adreno_fault_handler(): which faults are dumped, how the dump
 * is taken while the transaction is stalled, and what comes after it.
 *
 * The GPU is a fake. The handler, msm_gpu.c and devcoredump are the real ones.
 */

#include <linux/cred.h>
#include <linux/debugfs.h>
#include <linux/devcoredump.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/pm_runtime.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <drm/drm_file.h>

#include "fake_gpu.h"
#include "../msm_debugfs.h"
#include "../msm_gem.h"

#define FSR_TF		BIT(1)
#define FSR_PF		BIT(3)
#define FSR_SS		BIT(30)

#define IOVA		0x1234567890

static int adreno_fault_init(struct kunit *test)
{
	test->priv = fake_gpu_create(test);

	return 0;
}

/* A fault as the SMMU reports it, answered when this returns. */
static void fault(struct fake_gpu *fake, u32 fsr)
{
	struct adreno_smmu_fault_info info = { .fsr = fsr, .ttbr0 = 0x77000, .far = IOVA };

	KUNIT_EXPECT_EQ(fake->test, 0, fake_gpu_fault_handler(&fake->adreno.base, IOVA,
							      IOMMU_FAULT_WRITE, &info));
}

static void expect_dumps(struct fake_gpu *fake, unsigned int dumps)
{
	fake_gpu_settle(fake);
	KUNIT_EXPECT_EQ(fake->test, dumps, fake->dumps);
	KUNIT_EXPECT_TRUE(fake->test, fake->dumped_with_lock);
	KUNIT_EXPECT_TRUE(fake->test, fake->dumped_without_reclaim);
	KUNIT_EXPECT_FALSE(fake->test, mutex_is_locked(&fake->adreno.base.lock));
}

static void stalled_fault_is_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fault(fake, FSR_PF | FSR_SS);
	expect_dumps(fake, 1);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_EQ(test, IOVA, state->fault_info.iova);
	KUNIT_EXPECT_EQ(test, 0x77000, state->fault_info.ttbr0);
	KUNIT_EXPECT_EQ(test, IOMMU_FAULT_WRITE, state->fault_info.flags);
	KUNIT_EXPECT_STREQ(test, "PERMISSION", state->fault_info.type);
	/* On a5xx, that name is on the stack of the handler. */
	KUNIT_EXPECT_FALSE(test, object_is_on_stack(state->fault_info.block));
	KUNIT_EXPECT_STREQ(test, "block", state->fault_info.block);
}

static void dump_is_handed_to_devcoredump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_settle(fake);
	KUNIT_EXPECT_NOT_NULL(test, fake->adreno.base.crashstate);
	fake_gpu_take_dump_away(fake);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
}

/* It refers to the GPU, which is freed then. */
static void dump_goes_away_with_the_gpu(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NOT_NULL(test, gpu->crashstate);
	msm_gpu_cleanup_works(gpu);
	KUNIT_EXPECT_NULL(test, gpu->crashstate);
}

static void gpu_that_goes_is_not_watched_for_hangs(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct timer_list *timer = &fake->adreno.base.hangcheck_timer;

	mod_timer(timer, jiffies + msecs_to_jiffies(FAKE_GPU_LONG_MS));
	msm_gpu_cleanup_works(&fake->adreno.base);
	KUNIT_EXPECT_FALSE(test, timer_pending(timer));
	/* Nor again, whoever tries. */
	mod_timer(timer, jiffies + msecs_to_jiffies(FAKE_GPU_LONG_MS));
	KUNIT_EXPECT_FALSE(test, timer_pending(timer));
}

static void fault_that_did_not_stall_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF);
	expect_dumps(fake, 0);
}

static void fault_without_info_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	KUNIT_EXPECT_EQ(test, 0, fake_gpu_fault_handler(&fake->adreno.base, IOVA,
							IOMMU_FAULT_READ, NULL));
	expect_dumps(fake, 0);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
}

static void fault_while_a_dump_is_pending_is_not_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF | FSR_SS);
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
}

/* A storm of faults: none but the first one stalls. */
static void fault_turns_stalling_off(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	int i;

	KUNIT_EXPECT_TRUE(test, fake->stalls);
	for (i = 0; i < 100; i++) {
		fault(fake, FSR_TF | (fake->stalls ? FSR_SS : 0));
		adreno_check_and_reenable_stall(&fake->adreno);
	}
	expect_dumps(fake, 1);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	KUNIT_EXPECT_EQ(test, 1, fake->set_stalls);
}

static void submit_turns_stalling_on_when_the_dump_is_gone(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_settle(fake);
	fake_gpu_end_cooldown(fake);
	adreno_check_and_reenable_stall(&fake->adreno);
	KUNIT_EXPECT_FALSE(test, fake->stalls);

	fake_gpu_take_dump_away(fake);
	adreno_check_and_reenable_stall(&fake->adreno);
	KUNIT_EXPECT_TRUE(test, fake->stalls);

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 2);
}

/*
 * How often a test repeats what a busy machine can get in the way of: who has to let go
 * of the lock, or to say that he waits, may not run for so long.
 */
#define ATTEMPTS	20

/* The ordinary case: a submit has the lock for a moment. */
static void dump_waits_for_a_submit(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	unsigned long give_up = jiffies + FAKE_GPU_PATIENCE;
	struct fake_gpu_holder *submit;
	int i;

	for (i = 0; i < ATTEMPTS && !fake->dumps && time_before(jiffies, give_up); i++) {
		submit = fake_gpu_hold_lock(fake, FAKE_GPU_UNTIL_DUMP_WAITS);
		fault(fake, FSR_TF | FSR_SS);
		fake_gpu_join_holder(submit);
	}
	expect_dumps(fake, 1);
}

/* The holder waits for the GMU, which waits for the transaction. */
static void dump_gives_way_to_recovery(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_holder *recovery;
	s64 took = MSM_GPU_STALL_LOCK_MS;
	ktime_t start;
	int i;

	/* Who waits until the lock is given up takes longer each time. */
	for (i = 0; i < ATTEMPTS && took >= MSM_GPU_STALL_LOCK_MS; i++) {
		recovery = fake_gpu_hold_lock(fake, FAKE_GPU_UNTIL_GMU_ANSWERS);
		start = ktime_get();
		fault(fake, FSR_TF | FSR_SS);
		took = ktime_ms_delta(ktime_get(), start);
		fake_gpu_join_holder(recovery);
		expect_dumps(fake, 0);
		KUNIT_EXPECT_TRUE(test, recovery->worth_another_try);
	}
	KUNIT_EXPECT_LT(test, took, MSM_GPU_STALL_LOCK_MS);
}

/* Whoever it is, and whatever he waits for. */
static void dump_is_given_up_if_the_lock_cannot_be_had(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct fake_gpu_holder *holder;

	holder = fake_gpu_hold_lock(fake, FAKE_GPU_UNTIL_JOINED);
	fault(fake, FSR_TF | FSR_SS);
	KUNIT_EXPECT_FALSE(test, completion_done(&holder->done));
	fake_gpu_join_holder(holder);
	expect_dumps(fake, 0);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
}

/* devcoredump frees what it does not take, and that takes gpu->lock. */
static void dump_that_devcoredump_refuses_is_freed(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	void *older = vmalloc(1);

	KUNIT_ASSERT_NOT_NULL(test, older);
	dev_coredumpv(&fake->adreno.base.pdev->dev, older, 1, GFP_KERNEL);

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
}

static void gpu_is_watched_for_hangs_after_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	fake_gpu_submit(fake, 0);
	mod_timer(&gpu->hangcheck_timer, jiffies + msecs_to_jiffies(FAKE_GPU_LONG_MS));
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_TRUE(test, timer_pending(&gpu->hangcheck_timer));
}

static void watch_not_gpu(struct fake_gpu *fake)
{
	KUNIT_EXPECT_FALSE(fake->test, timer_pending(&fake->adreno.base.hangcheck_timer));
}

static void gpu_is_not_watched_for_hangs_during_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fake->on_dump = watch_not_gpu;
	mod_timer(&fake->adreno.base.hangcheck_timer,
		  jiffies + msecs_to_jiffies(FAKE_GPU_LONG_MS));
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
}

/*
 * The GMU's watchdog bites during a dump, and queues recovery, with the timer off; the
 * end of the dump turns it on.
 */
static void gpu_is_watched_for_hangs_after_recovery_not_during_it(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	fake_gpu_submit(fake, 0);
	fake_gpu_submit(fake, 0);
	mod_timer(&gpu->hangcheck_timer, jiffies + msecs_to_jiffies(FAKE_GPU_LONG_MS));
	fake->on_recover = watch_not_gpu;
	kthread_queue_work(gpu->worker, &gpu->recover_work);
	fake_gpu_settle(fake);

	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);
	KUNIT_EXPECT_EQ(test, 1, fake->replays);
	KUNIT_EXPECT_TRUE(test, timer_pending(&gpu->hangcheck_timer));
}

static void idle_gpu_is_not_watched_for_hangs_after_recovery(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	fake_gpu_submit(fake, 0);
	kthread_queue_work(gpu->worker, &gpu->recover_work);
	fake_gpu_settle(fake);

	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);
	KUNIT_EXPECT_FALSE(test, timer_pending(&gpu->hangcheck_timer));
}

static void submit_is_in_the_dump(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 2);
	struct msm_gpu_state *state;
	int i;

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_TRUE(test, submit->fault_dumped);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_STREQ(test, current->comm, state->comm);
	KUNIT_ASSERT_EQ(test, 2, state->nr_bos);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, submit->bos[i].iova, state->bos[i].iova);
		KUNIT_ASSERT_EQ(test, PAGE_SIZE, state->bos[i].size);
		KUNIT_ASSERT_NOT_NULL(test, state->bos[i].data);
		KUNIT_EXPECT_NULL(test, memchr_inv(state->bos[i].data, 'a' + i, PAGE_SIZE));
	}
}

/* What user space has set (MSM_PARAM_COMM, MSM_PARAM_CMDLINE) comes first. */
static void submit_has_the_name_that_user_space_gave_it(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fake->queue.ctx->comm = "app";
	fake->queue.ctx->cmdline = "app --frame 1";
	fake_gpu_submit(fake, 0);
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_STREQ(test, "app", state->comm);
	KUNIT_EXPECT_STREQ(test, "app --frame 1", state->cmd);
}

static void put_off(struct work_struct *work)
{
}

/* It may have to be read from swap: not with the transaction stalled. */
static void command_line_is_added_by_the_worker(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 0);
	struct msm_gpu_state *state;
	struct work_struct *work = &fake->adreno.base.crashstate_work;
	work_func_t add_command_line = work->func;

	work->func = put_off;
	fault(fake, FSR_TF | FSR_SS);
	flush_work(work);
	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_EXPECT_NULL(test, state->cmd);
	KUNIT_EXPECT_PTR_EQ(test, submit->pid, state->pid);
	work->func = add_command_line;
	queue_work(system_long_wq, work);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NOT_NULL(test, state->cmd);
	KUNIT_EXPECT_NULL(test, state->pid);
}

/* What is dumped of two buffers while somebody holds the lock of the first one. */
static struct msm_gpu_state *dump_with_a_lock_held(struct fake_gpu *fake,
						   struct msm_gem_submit *submit)
{
	struct msm_gpu_state *state;
	struct kunit *test = fake->test;

	msm_gem_lock(submit->bos[0].obj);
	fault(fake, FSR_TF | FSR_SS);
	msm_gem_unlock(submit->bos[0].obj);
	expect_dumps(fake, 1);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_ASSERT_EQ(test, 2, state->nr_bos);

	return state;
}

/* Its holder may wait for the GPU, as the shrinker does. */
static void buffer_whose_lock_is_held_is_not_copied(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 2);
	struct msm_gpu_state *state = dump_with_a_lock_held(fake, submit);

	KUNIT_EXPECT_EQ(test, submit->bos[0].iova, state->bos[0].iova);
	KUNIT_EXPECT_NULL(test, state->bos[0].data);
	KUNIT_EXPECT_NOT_NULL(test, state->bos[1].data);
}

static void unbind(void *submit)
{
	msm_gpu_fake_unbind(submit);
}

/* With VM_BIND, they are those of the VM, and its lock is that of most of them. */
static struct msm_gem_submit *bind_two_buffers(struct fake_gpu *fake, u64 iova[2])
{
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 2);
	struct kunit *test = fake->test;
	int i;

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, unbind, submit));
	for (i = 0; i < 2; i++) {
		iova[i] = msm_gpu_fake_bind(submit, i);
		if (!iova[i])
			kunit_skip(test, "this kernel has no VM_BIND");
	}

	return submit;
}

static void bound_buffer_whose_lock_is_held_is_not_copied(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;
	u64 iova[2];
	int i;

	state = dump_with_a_lock_held(fake, bind_two_buffers(fake, iova));
	KUNIT_EXPECT_EQ(test, iova[0] + iova[1], state->bos[0].iova + state->bos[1].iova);
	for (i = 0; i < 2; i++) {
		if (state->bos[i].iova == iova[0]) {
			KUNIT_EXPECT_NULL(test, state->bos[i].data);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL(test, state->bos[i].data);
		KUNIT_EXPECT_NULL(test, memchr_inv(state->bos[i].data, 'b', PAGE_SIZE));
	}
}

static void vm_whose_lock_is_held_is_not_looked_at(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct dma_resv *lock;
	u64 iova[2];

	bind_two_buffers(fake, iova);
	lock = msm_gpu_fake_vm_resv(&fake->adreno.base);
	dma_resv_lock(lock, NULL);
	fault(fake, FSR_TF | FSR_SS);
	dma_resv_unlock(lock);
	expect_dumps(fake, 1);
	KUNIT_ASSERT_NOT_NULL(test, fake->adreno.base.crashstate);
	KUNIT_EXPECT_EQ(test, 0, fake->adreno.base.crashstate->nr_bos);
}

static void let_dump_expire(struct fake_gpu *fake)
{
	fake->adreno.base.stall.deadline = ktime_sub_ms(ktime_get(), 1);
}

static void dump_that_took_long_copies_no_buffers(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu_state *state;

	fake_gpu_submit(fake, 2);
	fake->on_dump = let_dump_expire;
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_ASSERT_EQ(test, 2, state->nr_bos);
	KUNIT_EXPECT_NULL(test, state->bos[0].data);
	KUNIT_EXPECT_NULL(test, state->bos[1].data);
}

/**
 * struct fault_task - A fault that is handled by a task of its own
 * @fake: the GPU
 * @done: completed when the handler has returned
 */
struct fault_task {
	struct fake_gpu *fake;
	struct completion done;
};

static int fault_thread(void *data)
{
	struct fault_task *task = data;

	fault(task->fake, FSR_TF | FSR_SS);
	complete_all(&task->done);

	return 0;
}

/* It has a lock of its own, which the shrinker takes as well. */
static void dump_leaves_the_shrinkers_lists_alone(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct mutex *lru_lock = msm_gpu_fake_lru_lock(&fake->adreno.base);
	struct fault_task task = { .fake = fake };
	struct task_struct *thread;

	init_completion(&task.done);
	fake_gpu_submit(fake, 2);
	/* Memory reclaim takes the lock, so nothing is allocated under it. */
	thread = kthread_create(fault_thread, &task, "fault");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, thread);
	mutex_lock(lru_lock);
	wake_up_process(thread);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&task.done, FAKE_GPU_PATIENCE));
	mutex_unlock(lru_lock);
	wait_for_completion(&task.done);
	expect_dumps(fake, 1);
	KUNIT_ASSERT_NOT_NULL(test, fake->adreno.base.crashstate);
	KUNIT_EXPECT_NOT_NULL(test, fake->adreno.base.crashstate->bos[0].data);
	KUNIT_EXPECT_NOT_NULL(test, fake->adreno.base.crashstate->bos[1].data);
}

/* It may have to be read from swap. */
static void buffer_that_is_not_in_memory_is_left_there(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 2);
	struct drm_gem_object *obj = fake_gpu_replace_bo(submit, 0, PAGE_SIZE);
	struct msm_gpu_state *state;

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NULL(test, to_msm_bo(obj)->pages);

	state = fake->adreno.base.crashstate;
	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_ASSERT_EQ(test, 2, state->nr_bos);
	KUNIT_EXPECT_NULL(test, state->bos[0].data);
	KUNIT_EXPECT_NOT_NULL(test, state->bos[1].data);
}

/* What is dumped of a buffer of that size. */
static struct msm_gpu_state_bo *dump_large_buffer(struct fake_gpu *fake, size_t size)
{
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 1);
	struct drm_gem_object *obj = fake_gpu_replace_bo(submit, 0, size);
	struct kunit *test = fake->test;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, msm_gem_get_vaddr(obj));
	msm_gem_put_vaddr(obj);
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_ASSERT_NOT_NULL(test, fake->adreno.base.crashstate);
	KUNIT_ASSERT_EQ(test, 1, fake->adreno.base.crashstate->nr_bos);

	return &fake->adreno.base.crashstate->bos[0];
}

static void buffer_that_takes_long_to_copy_is_not_copied(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, dump_large_buffer(test->priv,
						  MSM_GPU_STALL_BO_MAX + PAGE_SIZE)->data);
}

static void buffer_of_the_largest_size_is_copied(struct kunit *test)
{
	struct msm_gpu_state_bo *bo = dump_large_buffer(test->priv, MSM_GPU_STALL_BO_MAX);

	KUNIT_EXPECT_EQ(test, MSM_GPU_STALL_BO_MAX, bo->size);
	KUNIT_EXPECT_NOT_NULL(test, bo->data);
}

static void let_dump_expire_soon(struct fake_gpu *fake)
{
	fake->adreno.base.stall.deadline = ktime_add_ms(ktime_get(), 1);
}

/* No machine copies that much in a millisecond. */
static void copy_is_given_up_when_the_time_is_over(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;

	fake->on_dump = let_dump_expire_soon;
	KUNIT_EXPECT_NULL(test, dump_large_buffer(fake, MSM_GPU_STALL_BO_MAX)->data);
}

static void submit_is_dumped_once(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 1);

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	fake_gpu_take_dump_away(fake);

	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
	KUNIT_EXPECT_FALSE(test, submit->dumping);
}

/* Its buffers are on their way out. */
static void submit_that_is_being_retired_is_not_looked_at(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 1);

	submit->retiring = true;
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_FALSE(test, submit->fault_dumped);
	KUNIT_EXPECT_EQ(test, 0, fake->adreno.base.crashstate->nr_bos);
}

static void finish_submit(struct fake_gpu *fake)
{
	struct msm_gem_submit *submit = fake->data;

	fake_gpu_finish(fake);
	KUNIT_EXPECT_TRUE(fake->test, fake_gpu_submit_pending(submit));
}

/* The worker retires without gpu->lock. The buffers are needed here. */
static void submit_is_not_retired_while_it_is_dumped(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 1);

	fake->data = submit;
	fake->on_dump = finish_submit;
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_ASSERT_NOT_NULL(test, fake->adreno.base.crashstate);
	KUNIT_EXPECT_EQ(test, 1, fake->adreno.base.crashstate->nr_bos);

	/* Afterwards it is, without anybody asking again. */
	KUNIT_EXPECT_FALSE(test, fake_gpu_submit_pending(submit));
}

static void dump_without_memory_is_given_up(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 1);

	fake->no_memory = true;
	fault(fake, FSR_TF | FSR_SS);
	expect_dumps(fake, 1);
	KUNIT_EXPECT_NULL(test, fake->adreno.base.crashstate);
	KUNIT_EXPECT_FALSE(test, submit->dumping);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_stalled(&fake->adreno.base.stall));
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC);
}

/**
 * struct recovery - A recovery that needs the GMU
 * @in_dump: completed when it has gpu->lock
 * @worth_another_try: the transaction was resumed while it waited
 */
struct recovery {
	struct completion in_dump;
	bool worth_another_try;
};

/* As a6xx_gmu_set_oob() does, where the GMU is silent while the fault stalls. */
static void ask_gmu(struct fake_gpu *fake)
{
	struct msm_gpu_stall *stall = &fake->adreno.base.stall;
	unsigned int seen = msm_gpu_stall_seen(stall);
	struct recovery *recovery = fake->data;

	complete(&recovery->in_dump);
	recovery->worth_another_try = fake_gpu_wait_for_gmu(fake, seen);
}

/*
 * recover_worker has gpu->lock, as it is, and a fault stalls what it waits for.
 * This is where Linux 6.19 to 7.3 hangs; msm_gpu_stall.recovery_comes_first has
 * both of them.
 */
static void hung_gpu_is_recovered_in_spite_of_a_fault(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gem_submit *submit = fake_gpu_submit(fake, 1);
	struct msm_gpu *gpu = &fake->adreno.base;
	struct recovery recovery = { };

	init_completion(&recovery.in_dump);
	fake->data = &recovery;
	fake->on_dump = ask_gmu;
	kthread_queue_work(gpu->worker, &gpu->recover_work);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&recovery.in_dump,
							     FAKE_GPU_PATIENCE));
	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_settle(fake);
	KUNIT_EXPECT_TRUE(test, recovery.worth_another_try);
	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);
	KUNIT_EXPECT_FALSE(test, fake_gpu_submit_pending(submit));

	/* The one dump is that of the hang. */
	KUNIT_EXPECT_EQ(test, 1, fake->dumps);
	KUNIT_ASSERT_NOT_NULL(test, gpu->crashstate);
	KUNIT_EXPECT_EQ(test, 0, gpu->crashstate->fault_info.iova);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&gpu->lock));
}

static void fault_is_handled_in_recovery(struct fake_gpu *fake)
{
	KUNIT_EXPECT_EQ(fake->test, 0, fake->adreno.base.stall.handlers);
	fault(fake, FSR_TF | FSR_SS);
}

/* It is off or in reset then, whatever runtime PM says. */
static void gpu_is_left_alone_during_recovery(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;

	fake_gpu_submit(fake, 0);
	fake->on_recover = fault_is_handled_in_recovery;
	kthread_queue_work(gpu->worker, &gpu->recover_work);
	fake_gpu_settle(fake);
	KUNIT_EXPECT_EQ(test, 1, fake->recoveries);
	KUNIT_EXPECT_EQ(test, 1, fake->dumps);
	KUNIT_EXPECT_FALSE(test, fake->stalls);

	/* And no longer afterwards. */
	fake_gpu_take_dump_away(fake);
	fault(fake, FSR_TF | FSR_SS);
	fake_gpu_settle(fake);
	KUNIT_EXPECT_EQ(test, 2, fake->dumps);
}

/* System sleep turns it off, whoever has a reference. */
static void gpu_is_not_turned_off_under_a_fault_handler(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;
	struct device *dev = &gpu->pdev->dev;

	/* Its ring has no scheduler. */
	gpu->nr_rings = 0;
	KUNIT_ASSERT_TRUE(test, adreno_fault_begin(gpu));
	KUNIT_EXPECT_EQ(test, -EBUSY, adreno_system_suspend(dev));
	KUNIT_EXPECT_TRUE(test, pm_runtime_active(dev));
	adreno_fault_end(gpu);

	/* Nobody is left, and nobody comes until it is on again. */
	KUNIT_EXPECT_EQ(test, 0, adreno_system_suspend(dev));
	KUNIT_EXPECT_TRUE(test, pm_runtime_status_suspended(dev));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_begin_handler(&gpu->stall));
	adreno_system_resume(dev);
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_begin_handler(&gpu->stall));
	msm_gpu_stall_end_handler(&gpu->stall);
	gpu->nr_rings = 1;
}

static void remove_debugfs(void *root)
{
	debugfs_remove_recursive(root);
}

/* As user space does: in the directory of the DRM device, by read(). */
static u64 read_stall_reenable_time(struct fake_gpu *fake)
{
	struct dentry *root = fake->drm->primary->debugfs_root;
	struct kunit *test = fake->test;
	struct file_system_type *type;
	char __user *user_buf;
	struct file *file;
	struct path path;
	loff_t pos = 0;
	char buf[32] = "";
	u64 value = 0;
	ssize_t len;

	user_buf = (char __user *)kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
						MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)user_buf);

	type = get_fs_type("debugfs");
	KUNIT_ASSERT_NOT_NULL(test, type);
	path.mnt = kern_mount(type);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, path.mnt);
	path.dentry = debugfs_lookup("stall_reenable_time_us", root);
	KUNIT_EXPECT_NOT_NULL(test, path.dentry);
	if (path.dentry) {
		KUNIT_EXPECT_EQ(test, 0400, d_inode(path.dentry)->i_mode & 0777);
		file = dentry_open(&path, O_RDONLY, current_cred());
		KUNIT_EXPECT_FALSE(test, IS_ERR(file));
		if (!IS_ERR(file)) {
			len = file->f_op->read(file, user_buf, sizeof(buf) - 1, &pos);
			KUNIT_EXPECT_GT(test, len, 0);
			if (len > 0)
				KUNIT_EXPECT_EQ(test, 0, copy_from_user(buf, user_buf, len));
			fput(file);
		}
		dput(path.dentry);
	}
	kern_unmount(path.mnt);
	KUNIT_EXPECT_EQ_MSG(test, 0, kstrtou64(strim(buf), 10, &value), "it says '%s'", buf);

	return value;
}

/* For user-space tests that cause faults, and have to wait for the next dump. */
static void end_of_the_cooldown_is_in_debugfs(struct kunit *test)
{
	struct fake_gpu *fake = test->priv;
	struct msm_gpu *gpu = &fake->adreno.base;
	struct dentry *root = debugfs_create_dir("fake-gpu", NULL);
	u64 left;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, root);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, remove_debugfs, root));
	fake->drm->primary->debugfs_root = root;
	fake->priv->gpu = gpu;
	fake->priv->gpu_pdev = gpu->pdev;
	msm_debugfs_init(fake->drm->primary);
	KUNIT_EXPECT_EQ(test, 0, read_stall_reenable_time(fake));

	fault(fake, FSR_TF);
	fake_gpu_prolong_cooldown(fake);
	left = read_stall_reenable_time(fake);
	KUNIT_EXPECT_GT(test, left, 0);
	KUNIT_EXPECT_LE(test, left, FAKE_GPU_LONG_MS * USEC_PER_MSEC);

	/* After that time, a submit turns stalling on. */
	adreno_check_and_reenable_stall(&fake->adreno);
	KUNIT_EXPECT_FALSE(test, fake->stalls);
	fake_gpu_end_cooldown(fake);
	KUNIT_EXPECT_EQ(test, 0, read_stall_reenable_time(fake));
	adreno_check_and_reenable_stall(&fake->adreno);
	KUNIT_EXPECT_TRUE(test, fake->stalls);

	/* Before there is a GPU. */
	fake->priv->gpu = NULL;
	KUNIT_EXPECT_EQ(test, 0, read_stall_reenable_time(fake));
}

static struct kunit_case adreno_fault_cases[] = {
	KUNIT_CASE(stalled_fault_is_dumped),
	KUNIT_CASE(dump_is_handed_to_devcoredump),
	KUNIT_CASE(dump_goes_away_with_the_gpu),
	KUNIT_CASE(gpu_that_goes_is_not_watched_for_hangs),
	KUNIT_CASE(fault_that_did_not_stall_is_not_dumped),
	KUNIT_CASE(fault_without_info_is_not_dumped),
	KUNIT_CASE(fault_while_a_dump_is_pending_is_not_dumped),
	KUNIT_CASE(fault_turns_stalling_off),
	KUNIT_CASE(submit_turns_stalling_on_when_the_dump_is_gone),
	KUNIT_CASE(dump_waits_for_a_submit),
	KUNIT_CASE(dump_gives_way_to_recovery),
	KUNIT_CASE(dump_is_given_up_if_the_lock_cannot_be_had),
	KUNIT_CASE(dump_that_devcoredump_refuses_is_freed),
	KUNIT_CASE(gpu_is_watched_for_hangs_after_the_dump),
	KUNIT_CASE(gpu_is_not_watched_for_hangs_during_the_dump),
	KUNIT_CASE(gpu_is_watched_for_hangs_after_recovery_not_during_it),
	KUNIT_CASE(idle_gpu_is_not_watched_for_hangs_after_recovery),
	KUNIT_CASE(submit_is_in_the_dump),
	KUNIT_CASE(submit_has_the_name_that_user_space_gave_it),
	KUNIT_CASE(command_line_is_added_by_the_worker),
	KUNIT_CASE(buffer_whose_lock_is_held_is_not_copied),
	KUNIT_CASE(bound_buffer_whose_lock_is_held_is_not_copied),
	KUNIT_CASE(vm_whose_lock_is_held_is_not_looked_at),
	KUNIT_CASE(dump_that_took_long_copies_no_buffers),
	KUNIT_CASE(dump_leaves_the_shrinkers_lists_alone),
	KUNIT_CASE(buffer_that_is_not_in_memory_is_left_there),
	KUNIT_CASE(buffer_that_takes_long_to_copy_is_not_copied),
	KUNIT_CASE(buffer_of_the_largest_size_is_copied),
	KUNIT_CASE(copy_is_given_up_when_the_time_is_over),
	KUNIT_CASE(submit_is_dumped_once),
	KUNIT_CASE(submit_that_is_being_retired_is_not_looked_at),
	KUNIT_CASE(submit_is_not_retired_while_it_is_dumped),
	KUNIT_CASE(dump_without_memory_is_given_up),
	KUNIT_CASE(hung_gpu_is_recovered_in_spite_of_a_fault),
	KUNIT_CASE(gpu_is_left_alone_during_recovery),
	KUNIT_CASE(gpu_is_not_turned_off_under_a_fault_handler),
	KUNIT_CASE(end_of_the_cooldown_is_in_debugfs),
	{}
};

static struct kunit_suite adreno_fault_suite = {
	.name		= "adreno_fault",
	.init		= adreno_fault_init,
	.test_cases	= adreno_fault_cases,
};

kunit_test_suite(adreno_fault_suite);
