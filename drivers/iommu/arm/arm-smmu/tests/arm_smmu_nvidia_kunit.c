// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fault handlers of NVIDIA's implementation, where several
 * instances of the SMMU act as one.
 *
 * The invariant: a fault of any instance is found, a suspended SMMU is not touched
 * (I8), and nobody waits for what is printed.
 *
 * Its hooks read and write memory here: there is nothing behind the registers, and
 * what is written stays.
 */

#include <linux/interrupt.h>
#include <linux/io.h>

#include "fake_smmu.h"

#define INSTANCES	2
#define PAGES		(2 * FAKE_SMMU_BANKS)

struct instances {
	struct fake_smmu *fake;
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_printed *printed;
	void __iomem *regs[INSTANCES];
};

static struct instances *create(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct instances *instances;
	unsigned int i;

	/* The device's: it stays until the interrupt was freed. */
	instances = devm_kzalloc(fake->smmu.dev, sizeof(*instances), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, instances);
	instances->fake = fake;
	fake->smmu.pgshift = PAGE_SHIFT;
	/* As struct nvidia_smmu has them: the bases, and how many there are. */
	for (i = 0; i < INSTANCES; i++) {
		fake->impl_data[i] = devm_kcalloc(fake->smmu.dev, PAGES, PAGE_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, fake->impl_data[i]);
		instances->regs[i] = (void __iomem __force *)fake->impl_data[i];
	}
	*(unsigned int *)&fake->impl_data[INSTANCES] = INSTANCES;
	fake->smmu.impl = &nvidia_smmu_impl;

	instances->smmu_domain = &fake->domains[0];
	instances->smmu_domain->smmu = &fake->smmu;
	fake->irqs[0] = fake->lines[0].irq;
	KUNIT_ASSERT_EQ(test, 0, arm_smmu_request_context_irq(instances->smmu_domain));

	instances->printed = fake_smmu_listen(test, fake);

	return instances;
}

static void context_fault(struct instances *instances, unsigned int inst, unsigned int bank)
{
	unsigned int page = instances->fake->smmu.numpage + bank;

	writel_relaxed(ARM_SMMU_CB_FSR_TF,
		       instances->regs[inst] + page * PAGE_SIZE + ARM_SMMU_CB_FSR);
}

static void global_fault(struct instances *instances, unsigned int inst)
{
	writel_relaxed(ARM_SMMU_sGFSR_USF, instances->regs[inst] + ARM_SMMU_GR0_sGFSR);
}

/* The line is that of all banks of all instances, and of others. */
static void context_fault_of_any_instance_is_found(struct kunit *test)
{
	struct instances *instances = create(test);
	struct fake_smmu *fake = instances->fake;

	fake_smmu_request_foreign(test, fake, 0);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ_MSG(test, instances->printed->lines, 0, "there is no fault");

	context_fault(instances, 1, 2);
	fake_smmu_assert_foreign(fake, 0, true);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 1);
	KUNIT_EXPECT_FALSE_MSG(test, instances->printed->inside,
			       "suspend would wait for the console");
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);
}

static void global_fault_of_any_instance_is_found(struct kunit *test)
{
	struct instances *instances = create(test);
	struct fake_smmu *fake = instances->fake;

	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.global_fault(0, &fake->smmu), IRQ_NONE);
	global_fault(instances, 1);
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.global_fault(0, &fake->smmu), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 1);
	KUNIT_EXPECT_FALSE_MSG(test, instances->printed->inside,
			       "suspend would wait for the console");
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->smmu.users), 0);
}

/* What an access without clocks would end in: here it would find a fault. */
static void suspended_instances_are_not_touched(struct kunit *test)
{
	struct instances *instances = create(test);
	struct fake_smmu *fake = instances->fake;
	unsigned int i;

	arm_smmu_power_off(&fake->smmu);
	for (i = 0; i < INSTANCES; i++) {
		context_fault(instances, i, 0);
		global_fault(instances, i);
	}
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.context_fault(0, instances->smmu_domain), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.global_fault(0, &fake->smmu), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 0);

	arm_smmu_power_on(&fake->smmu);
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.context_fault(0, instances->smmu_domain),
			IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.global_fault(0, &fake->smmu), IRQ_HANDLED);
}

static struct kunit_case arm_smmu_nvidia_cases[] = {
	KUNIT_CASE(context_fault_of_any_instance_is_found),
	KUNIT_CASE(global_fault_of_any_instance_is_found),
	KUNIT_CASE(suspended_instances_are_not_touched),
	{}
};

static struct kunit_suite arm_smmu_nvidia_suite = {
	.name = "arm_smmu_nvidia",
	.test_cases = arm_smmu_nvidia_cases,
};

kunit_test_suite(arm_smmu_nvidia_suite);
