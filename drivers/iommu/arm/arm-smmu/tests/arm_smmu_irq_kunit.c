// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the interrupt of a context bank: who may share its line, how
 * genirq may call the handlers, and what the primary must not do.
 *
 * The invariant: a fault is handled, and delays no other bank and no other device (I1,
 * I2, I7), whatever the chip, the command line and the other devices on the line want.
 * The primary, which may run in hard IRQ context, takes no lock.
 */

#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | STALL)

static irqreturn_t foreign_primary(int irq, void *dev)
{
	return IRQ_NONE;
}

static irqreturn_t foreign_thread(int irq, void *dev)
{
	return IRQ_NONE;
}

static void request_foreign_oneshot(struct kunit *test, struct fake_smmu *fake)
{
	KUNIT_ASSERT_EQ(test, devm_request_threaded_irq(fake->smmu.dev, fake->lines[0].irq,
							foreign_primary, foreign_thread, IRQF_SHARED
							| IRQF_ONESHOT, "foreign", fake), 0);
}

static void expect_handled(struct kunit *test, struct fake_smmu *fake, int bank)
{
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, bank),
			   FAKE_SMMU_STALLED_FAULT);
	KUNIT_EXPECT_EQ(test, fake->banks[bank].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, bank, FAKE_SCTLR), ARMED);
}

/*
 * Banks 0 and 1 fault on one line, and the callback of bank 0 sleeps: bank 1's is
 * called nevertheless, unless the line is masked. With forced threading it is not.
 */
static void expect_called_while_another_sleeps(struct kunit *test, struct fake_smmu *fake,
					       bool masked)
{
	struct fake_smmu_callback *sleeper, *other;
	bool called;

	fake_smmu_attach_sleeper(test, fake, 0, 0, &sleeper);
	fake_smmu_attach_sleeper(test, fake, 1, 0, &other);
	complete_all(&other->go_on);
	fake_smmu_fault(fake, 0, IOVA, 0);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&sleeper->entered, FAKE_SMMU_PATIENCE),
			0);
	fake_smmu_clear_log(fake);
	called = !masked || fake_smmu_forced(fake, 0);
	fake_smmu_fault(fake, 1, IOVA, 0);
	KUNIT_EXPECT_EQ(test, called,
			!!wait_for_completion_timeout(&other->entered,
						      called ? FAKE_SMMU_PATIENCE : HZ / 2));
	KUNIT_EXPECT_FALSE(test, completion_done(&sleeper->go_on));

	complete_all(&sleeper->go_on);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, sleeper->left, 1);
	KUNIT_EXPECT_EQ(test, other->left, 1);
	expect_handled(test, fake, 1);
}

/*
 * The foreign device has the line masked until our thread is done as well. Not with
 * forced threading, where the thread is a second one that the line does not know.
 */
static void oneshot_device_on_the_line_delays_others(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	request_foreign_oneshot(test, fake);
	expect_called_while_another_sleeps(test, fake, true);
}

/* genirq takes IRQF_ONESHOT away from the foreign device, and we do not ask for it. */
static void oneshot_safe_chip_delays_nobody(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	fake_smmu_attach(test, fake, 2, 1, STALL);
	if (fake_smmu_forced(fake, 1))
		kunit_skip(test, "forced threads need ONESHOT on a level line");

	fake->irqchip->irq_chip.flags |= IRQCHIP_ONESHOT_SAFE;
	request_foreign_oneshot(test, fake);
	expect_called_while_another_sleeps(test, fake, false);
}

/* The key is not exported to modules, and PREEMPT_RT needs none. */
#if IS_BUILTIN(CONFIG_ARM_SMMU_KUNIT_TEST) && defined(CONFIG_IRQ_FORCED_THREADING) && \
	!defined(CONFIG_PREEMPT_RT)
static void stop_forcing(void *unused)
{
	static_branch_disable(&force_irqthreads_key);
}

static void force_threads(struct kunit *test)
{
	if (force_irqthreads())
		return;
	static_branch_enable(&force_irqthreads_key);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stop_forcing, NULL), 0);
}

/* "threadirqs": the primary is a thread, and our thread a second one. */
static void forced_primary_masks_the_bank(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	force_threads(test);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	expect_handled(test, fake, 0);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* genirq makes it ONESHOT, but for the primary alone. */
static void forced_threads_delay_nobody(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	force_threads(test);
	expect_called_while_another_sleeps(test, fake, false);
}

/*
 * irq_wake_thread() of the timer wakes the thread that was the primary, and that has
 * to hand the bank on. Without it, the bank is masked for ever.
 */
static void forced_threads_are_woken_after_a_pause(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	force_threads(test);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	KUNIT_EXPECT_TRUE(test, fake_smmu_forced(fake, 0));
	fake->banks[0].lose_resumes = 2;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_await(READ_ONCE(fake->banks[0].terminated));
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake->banks[0].ignored, 2);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
}

/* An interrupt of another device on the line does not end the pause. */
static void forced_threads_leave_a_pause_alone(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	unsigned int accesses;

	force_threads(test);
	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake->cbs[0].fault.pace.run = ARM_SMMU_FAULT_BURST;
	fake->cbs[0].fault.pace.start = jiffies - HZ;
	fake->cbs[0].fault.pace.calm = jiffies + HZ;
	fake_smmu_fault(fake, 0, IOVA, 0);
	kunit_irqchip_settle(fake->irqchip);
	KUNIT_EXPECT_TRUE(test, timer_pending(&fake->cbs[0].fault.pace.timer));
	accesses = fake->regs->log_len;
	fake_smmu_assert_foreign(fake, 0, true);
	kunit_irqchip_settle(fake->irqchip);
	if (timer_pending(&fake->cbs[0].fault.pace.timer))
		KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), ARMED);
}

/* All on a line have to agree, also on what forced threading makes of them. */
static void forced_threads_share_the_line(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);

	force_threads(test);
	fake_smmu_request_global(test, fake, 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
}
#endif

/* What genirq calls first, be it in hard IRQ context or in a thread. */
static irq_handler_t primary_of(unsigned int irq)
{
	struct irqaction *action = irq_data_to_desc(irq_get_irq_data(irq))->action;

	return action->secondary ? action->thread_fn : action->handler;
}

/* genirq counts interrupts that no handler claims, and turns off a line with too many. */
static void primary_does_not_claim_what_is_not_its(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	irq_handler_t primary = primary_of(fake->lines[0].irq);

	KUNIT_EXPECT_EQ(test, primary(0, smmu_domain), IRQ_NONE);
	arm_smmu_power_off(&fake->smmu);
	KUNIT_EXPECT_EQ(test, primary(0, smmu_domain), IRQ_NONE);
	arm_smmu_power_on(&fake->smmu);
}

/* With threadirqs, the timer's irq_wake_thread() calls the primary. */
static void primary_hands_on_what_the_timer_woke(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	irq_handler_t primary = primary_of(fake->lines[0].irq);
	struct arm_smmu_cb_fault *fault = &fake->cbs[0].fault;

	/* Masked, in a pause or with its thread at work: for others on the line it is none. */
	arm_smmu_sctlr_change(&fake->smmu, 0, ARM_SMMU_SCTLR_CFIE, 0);
	KUNIT_EXPECT_EQ(test, primary(0, smmu_domain), IRQ_NONE);
	fault->wake = true;
	KUNIT_EXPECT_EQ(test, primary(0, smmu_domain), IRQ_WAKE_THREAD);
	fault->wake = false;
	arm_smmu_sctlr_change(&fake->smmu, 0, 0, ARM_SMMU_SCTLR_CFIE);
	KUNIT_EXPECT_EQ(test, fake_smmu_count(fake, 0, true), 0);
}

/* Else genirq would take them for spurious ones in the end. */
static void thread_says_that_it_has_handled_a_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct irq_desc *desc = irq_data_to_desc(irq_get_irq_data(fake->lines[0].irq));
	int handled = atomic_read(&desc->threads_handled);

	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_GT(test, atomic_read(&desc->threads_handled), handled);
}

#ifdef CONFIG_DEBUG_SHIRQ
static void fault_when_masked(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	if (access->reg != FAKE_SCTLR || !access->write || fake->priv)
		return;

	fake->priv = fake;
	fake_smmu_fault(fake, 0, IOVA, 0);
}

#define FSR_CLEARED "FSR=TF+AFF+PF+EF+TLBMCF+TLBLKF+ASF+UUT+SS+MULTI"

/* free_irq() calls the handler once more. It would mask the bank, and wake no thread. */
static void extra_call_does_not_take_a_fault(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	fake->after_access = fault_when_masked;
	arm_smmu_detach_context_bank(smmu_domain);

	KUNIT_EXPECT_NOT_NULL(test, fake->priv);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, fake, 0),
			   "SCTLR=M SCTLR? SCTLR= SCTLR? " FSR_CLEARED " FSR?");
}

static void extra_call_does_not_touch_a_suspended_smmu(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain;
	unsigned int accesses;

	fake_smmu_request_global(test, fake, 0);
	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	arm_smmu_power_off(&fake->smmu);
	fake_smmu_set_clocks(fake, false);
	accesses = fake->regs->log_len;
	/* In the order in which a driver that is removed has them freed. */
	devm_free_irq(fake->smmu.dev, fake->lines[0].irq, smmu_domain);
	devm_free_irq(fake->smmu.dev, fake->lines[0].irq, &fake->smmu);

	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, accesses);
}
#endif

#if defined(CONFIG_LOCKDEP) && defined(CONFIG_TRACEPOINTS)
/* What the current task does while it is watched: interrupts are off. */
struct watch {
	struct task_struct *task;
	unsigned int locks;
	unsigned int allocations;
	unsigned int power;
};

static void count(const struct watch *watch, unsigned int *seen)
{
	if (READ_ONCE(watch->task) != current)
		return;
	/* Before they are off, one may have a count lost, which is not zero then. */
	data_race((*seen)++);
}

static void saw_lock(void *data, struct lockdep_map *lock, unsigned int subclass, int trylock,
		     int read, int check, struct lockdep_map *next, unsigned long ip)
{
	struct watch *watch = data;

	count(watch, &watch->locks);
}

static void saw_kmalloc(void *data, unsigned long ip, const void *ptr, size_t bytes_req,
			size_t bytes_alloc, gfp_t gfp, int node)
{
	struct watch *watch = data;

	count(watch, &watch->allocations);
}

static void saw_cache_alloc(void *data, unsigned long ip, const void *ptr,
			    struct kmem_cache *cache, gfp_t gfp, int node)
{
	struct watch *watch = data;

	count(watch, &watch->allocations);
}

#ifdef CONFIG_PM
static void saw_resume(void *data, struct device *dev, int flags)
{
	struct watch *watch = data;

	count(watch, &watch->power);
}
#endif

struct probe {
	const char *name;
	void *func;
	struct tracepoint *tp;
	bool watching;
};

static void find_tracepoint(struct tracepoint *tp, void *priv)
{
	struct probe *probe = priv;

	if (!strcmp(tp->name, probe->name))
		probe->tp = tp;
}

/* By name: they are not exported. */
static struct probe probes[] = {
	{ "lock_acquire", saw_lock },
	{ "kmalloc", saw_kmalloc },
	{ "kmem_cache_alloc", saw_cache_alloc },
#ifdef CONFIG_PM
	{ "rpm_resume", saw_resume },
#endif
};

static void stop_watching(void *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i].watching)
			tracepoint_probe_unregister(probes[i].tp, probes[i].func, data);
		probes[i].watching = false;
	}
	tracepoint_synchronize_unregister();
}

static struct watch *start_watching(struct kunit *test)
{
	struct watch *watch = kunit_kzalloc(test, sizeof(*watch), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, watch);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stop_watching, watch), 0);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		for_each_kernel_tracepoint(find_tracepoint, &probes[i]);
		KUNIT_ASSERT_NOT_NULL_MSG(test, probes[i].tp, "%s", probes[i].name);
		KUNIT_ASSERT_EQ(test, tracepoint_probe_register(probes[i].tp, probes[i].func,
								watch), 0);
		probes[i].watching = true;
	}

	return watch;
}

/* A bank with a stalled fault, whose registers have no lock as the fake's have. */
static u32 read_stalled_fault(struct arm_smmu_device *smmu, int page, int offset)
{
	return offset == ARM_SMMU_CB_FSR ? ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_SS : 0;
}

static void write_nothing(struct arm_smmu_device *smmu, int page, int offset, u32 val)
{
}

static void primary_takes_no_lock_and_allocates_nothing(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct watch *watch = start_watching(test);
	struct arm_smmu_domain *smmu_domain;
	struct arm_smmu_impl *impl;
	irq_handler_t primary;
	unsigned long flags;
	irqreturn_t ret;
	void *memory;

	impl = devm_kzalloc(fake->smmu.dev, sizeof(*impl), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, impl);
	fake_smmu_use_impl(fake, impl);
	smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);

	primary = primary_of(fake->lines[0].irq);
	impl->read_reg = read_stalled_fault;
	impl->write_reg = write_nothing;
	local_irq_save(flags);
	WRITE_ONCE(watch->task, current);
	ret = primary(fake->lines[0].irq, smmu_domain);
	WRITE_ONCE(watch->task, NULL);
	local_irq_restore(flags);
	fake_smmu_use_impl(fake, impl);

	KUNIT_EXPECT_EQ(test, ret, IRQ_WAKE_THREAD);
	KUNIT_EXPECT_EQ(test, watch->locks, 0);
	KUNIT_EXPECT_EQ(test, watch->allocations, 0);
	KUNIT_EXPECT_EQ(test, watch->power, 0);

	/* All that would have been seen. */
	WRITE_ONCE(watch->task, current);
	memory = kmalloc(16, GFP_KERNEL);
	pm_runtime_get_sync(fake->smmu.dev);
	spin_lock_irqsave(&fake->smmu.global_sync_lock, flags);
	spin_unlock_irqrestore(&fake->smmu.global_sync_lock, flags);
	WRITE_ONCE(watch->task, NULL);
	kfree(memory);
	pm_runtime_put_noidle(fake->smmu.dev);
	KUNIT_EXPECT_GE(test, watch->locks, 1);
	KUNIT_EXPECT_GE(test, watch->allocations, 1);
	if (IS_ENABLED(CONFIG_PM))
		KUNIT_EXPECT_EQ(test, watch->power, 1);
}
#endif

#if defined(CONFIG_TRACE_IRQFLAGS) && defined(CONFIG_KALLSYMS)
/* Who turned interrupts off, where CFIE goes off in the register? */
struct culprit {
	char name[64];
	bool power_goes;
};

static void find_culprit(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct culprit *culprit = fake->priv;

	if (access->reg != FAKE_SCTLR || !access->write || (access->val & ARM_SMMU_SCTLR_CFIE))
		return;

	if (access->hardirq && culprit->power_goes) {
		/* The fault goes with the power; resume arms the bank, and it comes back. */
		atomic_or(ARM_SMMU_SCTLR_CFIE, &fake->smmu.cbs[0].fault.sctlr);
		return;
	}
	snprintf(culprit->name, sizeof(culprit->name), "%ps",
		 (void *)current->irqtrace.hardirq_disable_ip);
}

static struct culprit *look_for_culprit(struct kunit *test, struct fake_smmu *fake)
{
	struct culprit *culprit = kunit_kzalloc(test, sizeof(*culprit), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, culprit);
	fake->priv = culprit;
	fake->after_access = find_culprit;

	return culprit;
}

/*
 * From the shadow to the register the primary leaves the bank alone, so an
 * interrupt that is taken there never ends: they are off before publish() is called.
 */
static void expect_off_before_publish(struct kunit *test, struct culprit *culprit)
{
	KUNIT_EXPECT_STRNEQ(test, culprit->name, "");
	KUNIT_EXPECT_NULL_MSG(test, strstr(culprit->name, "sctlr_publish"),
			      "interrupts were on until %s()", culprit->name);
}

static void thread_masks_with_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct culprit *culprit = look_for_culprit(test, fake);

	culprit->power_goes = true;
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	expect_off_before_publish(test, culprit);
	KUNIT_EXPECT_EQ(test, fake->banks[0].terminated, 1);
}

static void teardown_masks_with_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct arm_smmu_domain *smmu_domain = fake_smmu_attach(test, fake, 0, 0, STALL);
	struct culprit *culprit = look_for_culprit(test, fake);

	arm_smmu_begin_detach(&fake->smmu, 0);
	expect_off_before_publish(test, culprit);
	arm_smmu_detach_context_bank(smmu_domain);
}

static void suspend_masks_with_interrupts_off(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct culprit *culprit;

	fake_smmu_attach(test, fake, 0, 0, STALL);
	culprit = look_for_culprit(test, fake);
	arm_smmu_power_off(&fake->smmu);
	expect_off_before_publish(test, culprit);
	arm_smmu_power_on(&fake->smmu);
}
#endif

static struct kunit_case arm_smmu_irq_cases[] = {
	KUNIT_CASE(primary_does_not_claim_what_is_not_its),
	KUNIT_CASE(primary_hands_on_what_the_timer_woke),
	KUNIT_CASE(thread_says_that_it_has_handled_a_fault),
	KUNIT_CASE(oneshot_device_on_the_line_delays_others),
	KUNIT_CASE(oneshot_safe_chip_delays_nobody),
#if IS_BUILTIN(CONFIG_ARM_SMMU_KUNIT_TEST) && defined(CONFIG_IRQ_FORCED_THREADING) && \
	!defined(CONFIG_PREEMPT_RT)
	KUNIT_CASE(forced_primary_masks_the_bank),
	KUNIT_CASE(forced_threads_delay_nobody),
	KUNIT_CASE(forced_threads_share_the_line),
	KUNIT_CASE(forced_threads_are_woken_after_a_pause),
	KUNIT_CASE(forced_threads_leave_a_pause_alone),
#endif
#ifdef CONFIG_DEBUG_SHIRQ
	KUNIT_CASE(extra_call_does_not_take_a_fault),
	KUNIT_CASE(extra_call_does_not_touch_a_suspended_smmu),
#endif
#if defined(CONFIG_LOCKDEP) && defined(CONFIG_TRACEPOINTS)
	KUNIT_CASE(primary_takes_no_lock_and_allocates_nothing),
#endif
#if defined(CONFIG_TRACE_IRQFLAGS) && defined(CONFIG_KALLSYMS)
	KUNIT_CASE(thread_masks_with_interrupts_off),
	KUNIT_CASE(teardown_masks_with_interrupts_off),
	KUNIT_CASE(suspend_masks_with_interrupts_off),
#endif
	{}
};

static struct kunit_suite arm_smmu_irq_suite = {
	.name = "arm_smmu_irq",
	.test_cases = arm_smmu_irq_cases,
};

kunit_test_suite(arm_smmu_irq_suite);
