// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fault handlers of NVIDIA's implementation, where several
 * instances of the SMMU act as one.
 *
 * The invariant: a fault of any instance is found, a suspended SMMU is not touched
 * (I8), and no suspend waits for the console.
 */

#include <linux/interrupt.h>
#include <linux/io.h>

#include <kunit/device.h>

#include "fake_smmu.h"

#define INSTANCES	2
#define IOVA		0x12345000ULL

struct instances {
	struct fake_smmu *fake[INSTANCES];
	struct arm_smmu_domain *smmu_domain;
	struct fake_smmu_printed *printed;
	unsigned int outside;
};

/* Suspend may have taken the clocks away before that. */
static void expect_inside(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct instances *instances = fake->priv;

	if (!atomic_read(&instances->fake[0]->smmu.users))
		instances->outside++;
}

static struct instances *create(struct kunit *test)
{
	struct instances *instances = kunit_kzalloc(test, sizeof(*instances), GFP_KERNEL);
	struct fake_smmu_config config = {
		.mmu500 = true,
		.banks = FAKE_SMMU_BANKS,
		.lines = FAKE_SMMU_LINES,
	};
	struct fake_smmu *fake, *first;
	unsigned int bank;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, instances);
	/* The first one last: its device has the interrupts, and goes before the others. */
	for (i = INSTANCES - 1; i >= 0; i--) {
		fake = fake_smmu_create_config(test, &config);
		config.irqchip = fake->irqchip;
		instances->fake[i] = fake;
		for (bank = 0; bank < FAKE_SMMU_BANKS; bank++) {
			kunit_irq_connect(&fake->banks[bank].source, &fake->lines[0]);
			fake_smmu_poke(fake, bank, FAKE_SCTLR,
				       ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE);
		}
		fake->priv = instances;
		fake->after_access = expect_inside;
	}

	/* As struct nvidia_smmu has them: the bases, and how many there are. */
	first = instances->fake[0];
	for (i = 0; i < INSTANCES; i++) {
		struct resource res = fake_smmu_resource(test, instances->fake[i]);

		first->impl_data[i] = (const void __force *)
			devm_ioremap(first->smmu.dev, res.start, resource_size(&res));
		KUNIT_ASSERT_NOT_NULL(test, first->impl_data[i]);
	}
	*(unsigned int *)&first->impl_data[INSTANCES] = INSTANCES;
	first->smmu.impl = &nvidia_smmu_impl;

	instances->smmu_domain = fake_smmu_alloc_domain(test, first, 0);
	instances->smmu_domain->smmu = &first->smmu;
	KUNIT_ASSERT_EQ(test, arm_smmu_request_context_irq(instances->smmu_domain), 0);
	KUNIT_ASSERT_EQ(test, devm_request_irq(first->smmu.dev,
					       first->lines[FAKE_SMMU_GLOBAL_LINE].irq,
					       nvidia_smmu_impl.global_fault, IRQF_SHARED,
					       "arm-smmu global fault", &first->smmu), 0);

	instances->printed = fake_smmu_listen(test, first);

	return instances;
}

static void expect_quiet(struct kunit *test, struct instances *instances)
{
	unsigned int i;

	for (i = 0; i < INSTANCES; i++)
		KUNIT_EXPECT_NULL_MSG(test, instances->fake[i]->regs->violation, "%s",
				      instances->fake[i]->regs->violation);
	KUNIT_EXPECT_EQ_MSG(test, instances->outside, 0, "suspend does not wait for that");
	KUNIT_EXPECT_EQ(test, atomic_read(&instances->fake[0]->smmu.users), 0);
}

/* The line is that of all banks of all instances, and of others. */
static void context_fault_of_any_instance_is_found(struct kunit *test)
{
	struct instances *instances = create(test);
	struct fake_smmu *first = instances->fake[0], *last = instances->fake[INSTANCES - 1];

	fake_smmu_request_foreign(test, first, 0);
	fake_smmu_assert_foreign(first, 0, true);
	fake_smmu_settle(first);
	KUNIT_EXPECT_EQ_MSG(test, instances->printed->lines, 0, "there is no fault");

	fake_smmu_clear_log(last);
	fake_smmu_fault(last, 2, IOVA, 0);
	fake_smmu_settle(first);
	/* What was written has arrived when the last read is answered. */
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, last, 2),
			   "!FSR?TF !FSYNR0? !FAR? !CBFRSYNRA? !FSR=TF !FSR?");
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 1);
	expect_quiet(test, instances);
}

static void fsr_without_a_fault_is_none(struct kunit *test)
{
	struct instances *instances = create(test);

	/* FORMAT, which says how the bank translates. */
	fake_smmu_poke(instances->fake[INSTANCES - 1], 2, FAKE_FSR, BIT(9));
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.context_fault(0, instances->smmu_domain), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 0);
	expect_quiet(test, instances);
}

static void global_fault_of_any_instance_is_found(struct kunit *test)
{
	struct instances *instances = create(test);
	struct fake_smmu *first = instances->fake[0], *last = instances->fake[INSTANCES - 1];

	fake_smmu_request_foreign(test, first, FAKE_SMMU_GLOBAL_LINE);
	fake_smmu_assert_foreign(first, FAKE_SMMU_GLOBAL_LINE, true);
	fake_smmu_settle(first);
	KUNIT_EXPECT_EQ_MSG(test, instances->printed->lines, 0, "there is no fault");

	fake_smmu_clear_log(last);
	fake_smmu_global_fault(last);
	fake_smmu_settle(first);
	KUNIT_EXPECT_STREQ(test, fake_smmu_trace(test, last, FAKE_SMMU_GLOBAL),
			   "!sGFSR?0x2 !sGFSYNR0?0x0 !sGFSYNR1?0x0 !sGFSYNR2?0x0 !sGFSR=0x2 !sGFSR?0x0");
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 1);
	expect_quiet(test, instances);
}

static void suspended_instances_are_not_touched(struct kunit *test)
{
	struct instances *instances = create(test);
	struct fake_smmu *first = instances->fake[0];
	unsigned int i;

	fake_smmu_request_foreign(test, first, 0);
	fake_smmu_request_foreign(test, first, FAKE_SMMU_GLOBAL_LINE);
	first->smmu.powered = false;
	for (i = 0; i < INSTANCES; i++)
		fake_smmu_set_clocks(instances->fake[i], false);
	fake_smmu_assert_foreign(first, 0, true);
	fake_smmu_assert_foreign(first, FAKE_SMMU_GLOBAL_LINE, true);
	fake_smmu_settle(first);
	KUNIT_EXPECT_EQ(test, first->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, first->lines[FAKE_SMMU_GLOBAL_LINE].interrupts, 1);
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.context_fault(0, instances->smmu_domain), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, nvidia_smmu_impl.global_fault(0, &first->smmu), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, instances->printed->lines, 0);
	expect_quiet(test, instances);

	for (i = 0; i < INSTANCES; i++)
		fake_smmu_set_clocks(instances->fake[i], true);
	first->smmu.powered = true;
	for (i = 0; i < INSTANCES; i++) {
		fake_smmu_fault(instances->fake[i], 0, IOVA, 0);
		fake_smmu_global_fault(instances->fake[i]);
	}
	fake_smmu_settle(first);
	for (i = 0; i < INSTANCES; i++) {
		KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(instances->fake[i], 0), 0);
		KUNIT_EXPECT_EQ(test, fake_smmu_peek(instances->fake[i], FAKE_SMMU_GLOBAL,
						     FAKE_SGFSR), 0);
	}
	expect_quiet(test, instances);
}

static struct kunit_case arm_smmu_nvidia_cases[] = {
	KUNIT_CASE(context_fault_of_any_instance_is_found),
	KUNIT_CASE(fsr_without_a_fault_is_none),
	KUNIT_CASE(global_fault_of_any_instance_is_found),
	KUNIT_CASE(suspended_instances_are_not_touched),
	{}
};

static struct kunit_suite arm_smmu_nvidia_suite = {
	.name = "arm_smmu_nvidia",
	.test_cases = arm_smmu_nvidia_cases,
};

kunit_test_suite(arm_smmu_nvidia_suite);
