// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for stall-on-fault: when faults stall, and that a dump and whoever
 * needs the GPU meanwhile do not wait for each other.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include <kunit/test.h>

#include "msm_gpu_stall.h"
#include "msm_mmu.h"

/* A test that waits for so long waits for something that does not come. */
#define PATIENCE	(10 * HZ)

/* How often a test repeats what a busy machine can get in the way of. */
#define ATTEMPTS	20

/**
 * struct stall_test - What a test needs
 * @stall: what is tested
 * @mmu: the MMU that is told
 * @lock: gpu->lock
 * @stalls: what it was told last
 * @told: how often it was told
 * @handler_ended: a fault handler has ended
 * @waits: somebody is in msm_gpu_stall_wait()
 * @waited: completed when that has returned
 */
struct stall_test {
	struct msm_gpu_stall	stall;
	struct msm_mmu		mmu;
	struct mutex		lock;	/* gpu->lock */
	bool			stalls;
	unsigned int		told;
	bool			handler_ended;
	bool			waits;
	struct completion	waited;
};

static void set_stall(struct msm_mmu *mmu, bool enable)
{
	struct stall_test *t = container_of(mmu, struct stall_test, mmu);

	t->stalls = enable;
	t->told++;
}

static const struct msm_mmu_funcs mmu_funcs = { .set_stall = set_stall };
static const struct msm_mmu_funcs gpummu_funcs = { };

static int msm_gpu_stall_test_init(struct kunit *test)
{
	struct stall_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	mutex_init(&t->lock);
	init_completion(&t->waited);
	t->mmu.funcs = &mmu_funcs;
	t->stalls = true;
	msm_gpu_stall_init(&t->stall, &t->mmu, true);

	return 0;
}

/* However slow the machine is. */
static void cooldown_goes_on(struct stall_test *t)
{
	t->stall.reenable_time = ktime_add_ms(ktime_get(), 3600 * MSEC_PER_SEC);
}

static void cooldown_is_over(struct stall_test *t)
{
	t->stall.reenable_time = ktime_get();
}

/* Likewise. */
static void resume_takes_its_time(struct msm_gpu_stall *stall)
{
	spin_lock_irq(&stall->lock);
	stall->ended_at = ktime_add_ms(ktime_get(), 3600 * MSEC_PER_SEC);
	spin_unlock_irq(&stall->lock);
}

static void resume_was_long_ago(struct stall_test *t)
{
	t->stall.ended_at = ktime_sub_us(ktime_get(), MSM_GPU_STALL_RESUME_US);
}

static void fault_turns_stalling_off_once(struct kunit *test)
{
	struct stall_test *t = test->priv;
	int i;

	for (i = 0; i < 3; i++)
		msm_gpu_stall_fault(&t->stall, i == 0, false);
	KUNIT_EXPECT_FALSE(test, t->stalls);
	KUNIT_EXPECT_EQ(test, 1, t->told);
}

static void only_a_stalled_fault_that_can_be_dumped_is_dumped(struct kunit *test)
{
	struct stall_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_fault(&t->stall, true, false));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_fault(&t->stall, true, true));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_fault(&t->stall, false, false));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_fault(&t->stall, false, true));
}

static void submit_after_the_cooldown_turns_stalling_on(struct kunit *test)
{
	struct stall_test *t = test->priv;

	msm_gpu_stall_fault(&t->stall, true, false);
	cooldown_goes_on(t);
	msm_gpu_stall_submit(&t->stall, false);
	KUNIT_EXPECT_FALSE(test, t->stalls);

	cooldown_is_over(t);
	msm_gpu_stall_submit(&t->stall, false);
	msm_gpu_stall_submit(&t->stall, false);
	KUNIT_EXPECT_TRUE(test, t->stalls);
	KUNIT_EXPECT_EQ(test, 2, t->told);
}

static void submit_leaves_stalling_off_while_a_dump_is_pending(struct kunit *test)
{
	struct stall_test *t = test->priv;

	msm_gpu_stall_fault(&t->stall, true, false);
	cooldown_is_over(t);
	msm_gpu_stall_submit(&t->stall, true);
	KUNIT_EXPECT_FALSE(test, t->stalls);
}

static void each_fault_starts_the_cooldown_again(struct kunit *test)
{
	struct stall_test *t = test->priv;
	ktime_t now;

	msm_gpu_stall_fault(&t->stall, true, false);
	cooldown_is_over(t);
	now = ktime_get();
	msm_gpu_stall_fault(&t->stall, false, false);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(t->stall.reenable_time, now),
			MSM_GPU_STALL_COOLDOWN_MS);
}

static void cooldown_lasts_half_a_second(struct kunit *test)
{
	struct stall_test *t = test->priv;
	ktime_t before = ktime_get();
	u64 left, spent;

	KUNIT_EXPECT_EQ(test, 0, msm_gpu_stall_reenable_us(&t->stall));
	msm_gpu_stall_fault(&t->stall, true, false);
	left = msm_gpu_stall_reenable_us(&t->stall);
	spent = ktime_us_delta(ktime_get(), before);
	KUNIT_EXPECT_LE(test, left, 500000);
	KUNIT_EXPECT_GE(test, left + spent + 1, 500000);

	cooldown_is_over(t);
	KUNIT_EXPECT_EQ(test, 0, msm_gpu_stall_reenable_us(&t->stall));
}

/* The MMU of a2xx, and a GPU without any. */
static void mmu_that_cannot_stall_is_left_alone(struct kunit *test)
{
	struct stall_test *t = test->priv;

	t->mmu.funcs = &gpummu_funcs;
	msm_gpu_stall_fault(&t->stall, false, false);
	t->stall.mmu = NULL;
	cooldown_is_over(t);
	msm_gpu_stall_submit(&t->stall, false);
	KUNIT_EXPECT_EQ(test, 0, t->told);
}

/* a8xx, or a kernel without CONFIG_DEV_COREDUMP. */
static void gpu_without_dumps_never_stalls(struct kunit *test)
{
	struct stall_test *t = test->priv;

	msm_gpu_stall_init(&t->stall, &t->mmu, false);
	KUNIT_EXPECT_FALSE(test, t->stalls);
	KUNIT_EXPECT_EQ(test, 1, t->told);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_fault(&t->stall, true, false));
	msm_gpu_stall_fault_done(&t->stall);
	cooldown_is_over(t);
	msm_gpu_stall_submit(&t->stall, false);
	KUNIT_EXPECT_FALSE(test, t->stalls);
	KUNIT_EXPECT_EQ(test, 1, t->told);
}

/* For the time of the message, too, and if there is no dump. */
static void stall_lasts_as_long_as_the_handler(struct kunit *test)
{
	struct stall_test *t = test->priv;
	unsigned int seen = msm_gpu_stall_seen(&t->stall);
	int no_dump;

	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_stalled(&t->stall));
	for (no_dump = 0; no_dump < 2; no_dump++) {
		msm_gpu_stall_fault(&t->stall, true, no_dump);
		KUNIT_EXPECT_TRUE(test, msm_gpu_stall_stalled(&t->stall));
		KUNIT_EXPECT_EQ(test, seen + no_dump, msm_gpu_stall_seen(&t->stall));
		msm_gpu_stall_fault_done(&t->stall);
		KUNIT_EXPECT_FALSE(test, msm_gpu_stall_stalled(&t->stall));
		KUNIT_EXPECT_EQ(test, seen + no_dump + 1, msm_gpu_stall_seen(&t->stall));
	}

	msm_gpu_stall_fault(&t->stall, false, false);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_stalled(&t->stall));
	msm_gpu_stall_fault_done(&t->stall);
	KUNIT_EXPECT_EQ(test, seen + 2, msm_gpu_stall_seen(&t->stall));
}

static void dump_has_the_lock_and_no_reclaim(struct kunit *test)
{
	struct stall_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC);
	msm_gpu_stall_fault(&t->stall, true, false);
	KUNIT_ASSERT_TRUE(test, msm_gpu_stall_begin_dump(&t->stall, &t->lock));
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&t->lock));
	KUNIT_EXPECT_TRUE(test, current->flags & PF_MEMALLOC);
	msm_gpu_stall_end_dump(&t->stall, &t->lock);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&t->lock));
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC);
	msm_gpu_stall_fault_done(&t->stall);
}

static void dump_expires(struct kunit *test)
{
	struct stall_test *t = test->priv;
	ktime_t before = ktime_get(), after;

	msm_gpu_stall_fault(&t->stall, true, false);
	after = ktime_get();
	KUNIT_EXPECT_GE(test, ktime_ms_delta(t->stall.deadline, before), MSM_GPU_STALL_DUMP_MS);
	KUNIT_EXPECT_LE(test, ktime_ms_delta(t->stall.deadline, after), MSM_GPU_STALL_DUMP_MS);
	t->stall.deadline = ktime_add_ms(after, 3600 * MSEC_PER_SEC);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_dump_expired(&t->stall));
	t->stall.deadline = ktime_sub_ms(after, 1);
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_dump_expired(&t->stall));
	msm_gpu_stall_fault_done(&t->stall);
}

static void nobody_waits_if_nothing_is_stalled(struct kunit *test)
{
	struct stall_test *t = test->priv;
	unsigned int seen = msm_gpu_stall_seen(&t->stall);

	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_wait(&t->stall, seen));
}

/* It ended after the GMU had its time, and before anybody looked. */
static void dump_that_ended_meanwhile_is_noticed(struct kunit *test)
{
	struct stall_test *t = test->priv;
	unsigned int seen = msm_gpu_stall_seen(&t->stall);

	msm_gpu_stall_fault(&t->stall, true, false);
	msm_gpu_stall_fault_done(&t->stall);
	resume_was_long_ago(t);
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_wait(&t->stall, seen));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_wait(&t->stall, msm_gpu_stall_seen(&t->stall)));
}

/* The stall is over for the handler, and not for the GMU. */
static void gmu_that_is_asked_before_resume_is_asked_again(struct kunit *test)
{
	struct stall_test *t = test->priv;
	ktime_t before = ktime_get();

	msm_gpu_stall_fault(&t->stall, true, false);
	msm_gpu_stall_fault_done(&t->stall);
	KUNIT_EXPECT_GE(test, ktime_to_ns(t->stall.ended_at), ktime_to_ns(before));
	KUNIT_EXPECT_LE(test, ktime_to_ns(t->stall.ended_at), ktime_get_ns());
	resume_takes_its_time(&t->stall);
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_wait(&t->stall, msm_gpu_stall_seen(&t->stall)));
	resume_was_long_ago(t);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_wait(&t->stall, msm_gpu_stall_seen(&t->stall)));

	/* A fault that did not stall has nothing to resume. */
	msm_gpu_stall_fault(&t->stall, false, false);
	msm_gpu_stall_fault_done(&t->stall);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_wait(&t->stall, msm_gpu_stall_seen(&t->stall)));
}

/* The dump hangs: who waits for it does not. */
static void wait_for_a_dump_has_an_end(struct kunit *test)
{
	struct stall_test *t = test->priv;
	unsigned int seen = msm_gpu_stall_seen(&t->stall);
	ktime_t start;

	msm_gpu_stall_fault(&t->stall, true, false);
	start = ktime_get();
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_wait(&t->stall, seen));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), MSM_GPU_STALL_WAIT_MS - 10);
	msm_gpu_stall_fault_done(&t->stall);
}

static int short_handler_thread(void *data)
{
	struct stall_test *t = data;

	usleep_range(20000, 21000);
	WRITE_ONCE(t->handler_ended, true);
	msm_gpu_stall_end_handler(&t->stall);

	return 0;
}

static void recovery_has_the_gpu_to_itself(struct kunit *test)
{
	struct stall_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, msm_gpu_stall_begin_handler(&t->stall));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(short_handler_thread, t, "handler"));
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_keep_out(&t->stall));
	KUNIT_EXPECT_TRUE(test, READ_ONCE(t->handler_ended));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_begin_handler(&t->stall));
	msm_gpu_stall_let_in(&t->stall);

	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_begin_handler(&t->stall));
	msm_gpu_stall_end_handler(&t->stall);
}

static void recovery_does_not_wait_for_ever(struct kunit *test)
{
	struct stall_test *t = test->priv;

	KUNIT_ASSERT_TRUE(test, msm_gpu_stall_begin_handler(&t->stall));
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_keep_out(&t->stall));
	msm_gpu_stall_let_in(&t->stall);
	msm_gpu_stall_end_handler(&t->stall);
}

/* System sleep may begin in the middle of a recovery, or the other way round. */
static void gpu_is_free_when_the_last_one_lets_in(struct kunit *test)
{
	struct stall_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_keep_out(&t->stall));
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_keep_out(&t->stall));
	msm_gpu_stall_let_in(&t->stall);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_begin_handler(&t->stall));
	msm_gpu_stall_let_in(&t->stall);
	KUNIT_EXPECT_TRUE(test, msm_gpu_stall_begin_handler(&t->stall));
	msm_gpu_stall_end_handler(&t->stall);
}

static void expect_no_dump_without_a_wait(struct kunit *test, void (*awaited)(struct stall_test *t),
					  bool before)
{
	struct stall_test *t = test->priv;
	s64 took = MSM_GPU_STALL_LOCK_MS;
	ktime_t start;
	int i;

	mutex_lock(&t->lock);
	/* Who waits for the lock takes as long each time, however busy the machine is. */
	for (i = 0; i < ATTEMPTS && took >= MSM_GPU_STALL_LOCK_MS; i++) {
		if (before)
			awaited(t);
		msm_gpu_stall_fault(&t->stall, true, false);
		if (!before)
			awaited(t);
		start = ktime_get();
		KUNIT_EXPECT_FALSE(test, msm_gpu_stall_begin_dump(&t->stall, &t->lock));
		took = ktime_ms_delta(ktime_get(), start);
		msm_gpu_stall_fault_done(&t->stall);
		if (t->waits)
			wait_for_completion(&t->waited);
		t->waits = false;
	}
	mutex_unlock(&t->lock);
	KUNIT_EXPECT_LT(test, took, MSM_GPU_STALL_LOCK_MS);
}

static void begin_recovery(struct stall_test *t)
{
	msm_gpu_stall_keep_out(&t->stall);
}

/* Recovery begins before the fault, or between it and the dump. */
static void handler_under_way_does_not_dump_during_recovery(struct kunit *test)
{
	expect_no_dump_without_a_wait(test, begin_recovery, true);
}

static void handler_that_recovery_waits_for_does_not_dump(struct kunit *test)
{
	expect_no_dump_without_a_wait(test, begin_recovery, false);
}

static int wait_thread(void *data)
{
	struct stall_test *t = data;

	msm_gpu_stall_wait(&t->stall, 0);
	complete(&t->waited);

	return 0;
}

static void wait_for_the_gmu(struct stall_test *t)
{
	unsigned long give_up = jiffies + PATIENCE;

	if (IS_ERR(kthread_run(wait_thread, t, "gmu")))
		return;
	t->waits = true;
	while (!READ_ONCE(t->stall.awaited) && time_before(jiffies, give_up))
		usleep_range(100, 200);
}

/* The GMU did not answer while the message was printed. */
static void handler_that_is_waited_for_before_the_dump_does_not_dump(struct kunit *test)
{
	expect_no_dump_without_a_wait(test, wait_for_the_gmu, false);
}

/*
 * A fault and a recovery at the same time. The GMU answers recovery as soon as
 * the transaction is resumed, and not before. The design says how the fault
 * handler takes its dump, and what recovery does about a GMU that is silent.
 */

struct arbitration;

/**
 * struct stall_design - A way to arbitrate between a dump and recovery
 * @name: what it is called
 * @dump: the fault handler; returns true if there was a dump
 * @dumping: the handler is in there, or waits for gpu->lock
 * @wait: recovery waits for the dump, with gpu->lock held; returns true if it is worth
 *	to ask the GMU once more
 * @hangs: if recovery has the lock before the fault, each waits for the other
 */
struct stall_design {
	const char *name;
	bool (*dump)(struct arbitration *a);
	bool (*dumping)(struct arbitration *a);
	bool (*wait)(struct arbitration *a);
	bool hangs;
};

/**
 * struct arbitration - A fault and a recovery
 * @design: how they arbitrate
 * @stall: for the design that uses it
 * @seen: likewise
 * @lock: gpu->lock
 * @coredump_done: fault_coredump_done, for the design that uses it
 * @in_dump: completed when the handler has the lock
 * @go_on: what the dump takes that long for
 * @resumed: completed when the transaction is resumed
 * @dumped: there was a dump
 * @resume_delay_us: how long it takes from the end of that to RESUME
 */
struct arbitration {
	const struct stall_design *design;
	struct msm_gpu_stall stall;
	unsigned int seen;
	struct mutex lock;	/* gpu->lock */
	struct completion coredump_done;
	struct completion in_dump;
	struct completion go_on;
	struct completion resumed;
	bool dumped;
	unsigned int resume_delay_us;
};

static void dump(struct arbitration *a)
{
	complete(&a->in_dump);
	wait_for_completion_timeout(&a->go_on, PATIENCE);
}

/* adreno_fault_handler(), msm_gpu_fault_crashstate_capture() of 6.16 to 7.3. */
static bool landed_dump(struct arbitration *a)
{
	reinit_completion(&a->coredump_done);
	mutex_lock(&a->lock);
	dump(a);
	mutex_unlock(&a->lock);
	complete_all(&a->coredump_done);

	return true;
}

static bool landed_dumping(struct arbitration *a)
{
	return !completion_done(&a->coredump_done);
}

/* a6xx_gmu_set_oob() of 6.19 to 7.3, which has no timeout. */
static bool landed_wait(struct arbitration *a)
{
	return wait_for_completion_timeout(&a->coredump_done, HZ / 2);
}

static bool bounded_dump(struct arbitration *a)
{
	bool dumped;

	msm_gpu_stall_fault(&a->stall, true, false);
	dumped = msm_gpu_stall_begin_dump(&a->stall, &a->lock);
	if (dumped) {
		dump(a);
		msm_gpu_stall_end_dump(&a->stall, &a->lock);
	}
	msm_gpu_stall_fault_done(&a->stall);
	resume_takes_its_time(&a->stall);

	return dumped;
}

static bool bounded_dumping(struct arbitration *a)
{
	return msm_gpu_stall_stalled(&a->stall);
}

static bool bounded_wait(struct arbitration *a)
{
	return msm_gpu_stall_wait(&a->stall, a->seen);
}

static const struct stall_design designs[] = {
	{ "landed", landed_dump, landed_dumping, landed_wait, .hangs = true },
	{ "msm_gpu_stall", bounded_dump, bounded_dumping, bounded_wait },
};

static const struct stall_design *bounded = &designs[1];

static void design_desc(const struct stall_design *design, char *desc)
{
	strscpy(desc, design->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(design, designs, design_desc);

static int fault_thread(void *data)
{
	struct arbitration *a = data;

	a->dumped = a->design->dump(a);
	/* The handler returns, and arm-smmu resumes, sooner or later. */
	usleep_range(a->resume_delay_us, a->resume_delay_us + 1000);
	complete(&a->resumed);

	return 0;
}

static struct arbitration *arbitration_create(struct kunit *test)
{
	struct arbitration *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, a);
	a->design = test->param_value ?: bounded;
	msm_gpu_stall_init(&a->stall, NULL, true);
	mutex_init(&a->lock);
	init_completion(&a->coredump_done);
	complete_all(&a->coredump_done);
	init_completion(&a->in_dump);
	init_completion(&a->go_on);
	init_completion(&a->resumed);

	return a;
}

/* The GMU is asked, once more after a wait for the dump: does it answer? */
static bool ask_gmu(struct arbitration *a, unsigned long patience)
{
	a->seen = msm_gpu_stall_seen(&a->stall);
	if (wait_for_completion_timeout(&a->resumed, msecs_to_jiffies(10)))
		return true;
	if (!a->design->wait(a))
		return false;

	return wait_for_completion_timeout(&a->resumed, patience);
}

/* The transaction stalls while recovery has gpu->lock. */
static void recovery_comes_first(struct kunit *test)
{
	struct arbitration *a = arbitration_create(test);
	unsigned long give_up = jiffies + PATIENCE;
	bool answered;

	/* Nothing that the dump itself waits for. */
	complete(&a->go_on);

	mutex_lock(&a->lock);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(fault_thread, a, "fault"));
	while (!a->design->dumping(a) && !completion_done(&a->resumed) &&
	       time_before(jiffies, give_up))
		usleep_range(100, 200);
	answered = ask_gmu(a, a->design->hangs ? HZ / 5 : PATIENCE);
	mutex_unlock(&a->lock);
	/* That lets go of the one that hangs, too: in a kernel, nobody would. */
	if (!answered)
		KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&a->resumed, PATIENCE));

	KUNIT_EXPECT_EQ(test, !a->design->hangs, answered);
	/* Either it hung, or it gave way. */
	KUNIT_EXPECT_EQ(test, a->design->hangs, a->dumped);
}

/* Recovery comes while a dump is taken: it waits for that, and for no more. */
static void fault_comes_first(struct kunit *test)
{
	struct arbitration *a = arbitration_create(test);
	bool answered;

	/* As arm-smmu may do. */
	a->resume_delay_us = 20000;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(fault_thread, a, "fault"));
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&a->in_dump, PATIENCE));
	KUNIT_EXPECT_FALSE(test, mutex_trylock(&a->lock));
	complete(&a->go_on);
	mutex_lock(&a->lock);
	answered = ask_gmu(a, PATIENCE);
	mutex_unlock(&a->lock);

	KUNIT_EXPECT_TRUE(test, answered);
	KUNIT_EXPECT_TRUE(test, a->dumped);
}

static int submit_thread(void *data)
{
	struct arbitration *a = data;
	unsigned long give_up = jiffies + PATIENCE;

	mutex_lock(&a->lock);
	complete(&a->in_dump);
	while (!a->design->dumping(a) && !msm_gpu_stall_seen(&a->stall) &&
	       time_before(jiffies, give_up))
		usleep_range(100, 200);
	/* Now the dump has tried to get the lock, and tries again. */
	usleep_range(1000, 2000);
	mutex_unlock(&a->lock);
	complete(&a->resumed);

	return 0;
}

/* Who waits for the dump, as devfreq does, need not have gpu->lock. */
static void submit_holds_the_lock_for_a_moment(struct kunit *test)
{
	unsigned long give_up = jiffies + PATIENCE;
	struct arbitration *a;
	bool dumped = false;
	int i;

	for (i = 0; i < ATTEMPTS && !dumped && time_before(jiffies, give_up); i++) {
		a = arbitration_create(test);
		complete(&a->go_on);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(submit_thread, a, "submit"));
		KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&a->in_dump, PATIENCE));
		dumped = a->design->dump(a);
		KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&a->resumed, PATIENCE));
	}
	KUNIT_EXPECT_TRUE(test, dumped);
}

static int long_holder_thread(void *data)
{
	struct arbitration *a = data;

	mutex_lock(&a->lock);
	complete(&a->in_dump);
	wait_for_completion_timeout(&a->go_on, PATIENCE);
	mutex_unlock(&a->lock);
	complete(&a->resumed);

	return 0;
}

static void wait_for_the_lock_has_an_end(struct kunit *test)
{
	struct stall_test *t = test->priv;
	struct arbitration *a = arbitration_create(test);
	ktime_t start;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(long_holder_thread, a, "holder"));
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&a->in_dump, PATIENCE));
	start = ktime_get();
	msm_gpu_stall_fault(&t->stall, true, false);
	KUNIT_EXPECT_FALSE(test, msm_gpu_stall_begin_dump(&t->stall, &a->lock));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), MSM_GPU_STALL_LOCK_MS);
	KUNIT_EXPECT_FALSE(test, completion_done(&a->resumed));
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC);
	msm_gpu_stall_fault_done(&t->stall);
	complete(&a->go_on);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&a->resumed, PATIENCE));
}

static struct kunit_case msm_gpu_stall_cases[] = {
	KUNIT_CASE(fault_turns_stalling_off_once),
	KUNIT_CASE(only_a_stalled_fault_that_can_be_dumped_is_dumped),
	KUNIT_CASE(submit_after_the_cooldown_turns_stalling_on),
	KUNIT_CASE(submit_leaves_stalling_off_while_a_dump_is_pending),
	KUNIT_CASE(each_fault_starts_the_cooldown_again),
	KUNIT_CASE(cooldown_lasts_half_a_second),
	KUNIT_CASE(mmu_that_cannot_stall_is_left_alone),
	KUNIT_CASE(gpu_without_dumps_never_stalls),
	KUNIT_CASE(stall_lasts_as_long_as_the_handler),
	KUNIT_CASE(dump_has_the_lock_and_no_reclaim),
	KUNIT_CASE(dump_expires),
	KUNIT_CASE(nobody_waits_if_nothing_is_stalled),
	KUNIT_CASE(dump_that_ended_meanwhile_is_noticed),
	KUNIT_CASE(gmu_that_is_asked_before_resume_is_asked_again),
	KUNIT_CASE(wait_for_a_dump_has_an_end),
	KUNIT_CASE(wait_for_the_lock_has_an_end),
	KUNIT_CASE(recovery_has_the_gpu_to_itself),
	KUNIT_CASE(recovery_does_not_wait_for_ever),
	KUNIT_CASE(gpu_is_free_when_the_last_one_lets_in),
	KUNIT_CASE(handler_under_way_does_not_dump_during_recovery),
	KUNIT_CASE(handler_that_recovery_waits_for_does_not_dump),
	KUNIT_CASE(handler_that_is_waited_for_before_the_dump_does_not_dump),
	KUNIT_CASE_PARAM(recovery_comes_first, design_gen_params),
	KUNIT_CASE(fault_comes_first),
	KUNIT_CASE(submit_holds_the_lock_for_a_moment),
	{}
};

static struct kunit_suite msm_gpu_stall_suite = {
	.name		= "msm_gpu_stall",
	.init		= msm_gpu_stall_test_init,
	.test_cases	= msm_gpu_stall_cases,
};

kunit_test_suite(msm_gpu_stall_suite);
