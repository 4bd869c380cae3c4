// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for interrupt lines that context banks share.
 *
 * The invariant: a fault costs the other banks on its line one read of FSR each,
 * and wakes none of their threads, however many they are (I7).
 */

#include <linux/cpumask.h>
#include <linux/irqflags.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG
#define ARMED		(ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | STALL)

struct shared_line_param {
	const char *name;
	unsigned int banks;
	bool mmu500;
};

static const struct shared_line_param shared_lines[] = {
	{ "2 banks", 2, false },
	{ "16 banks", 16, false },
	{ "128 banks", 128, false },
	{ "2 banks, MMU-500", 2, true },
	{ "16 banks, MMU-500", 16, true },
	{ "128 banks, MMU-500", 128, true },
};

static void shared_line_desc(const struct shared_line_param *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(shared_line, shared_lines, shared_line_desc);

static struct fake_smmu *create(struct kunit *test, struct kunit_irqchip *irqchip)
{
	const struct shared_line_param *param = test->param_value;
	const struct fake_smmu_config config = {
		.mmu500 = param->mmu500,
		.banks = param->banks,
		.lines = 2,
		.irqchip = irqchip,
	};
	struct fake_smmu *fake = fake_smmu_create_config(test, &config);
	unsigned int i;

	for (i = 0; i < param->banks; i++) {
		fake_smmu_attach(test, fake, i, 0, STALL);
		if (param->banks > BITS_PER_LONG && fake_smmu_forced(fake, 0))
			kunit_skip(test, "too many forced threads for one line");
	}

	return fake;
}

static void assert_handled(struct kunit *test, struct fake_smmu *fake, unsigned int bank)
{
	KUNIT_ASSERT_EQ(test, fake_smmu_wakes(fake, bank), 1);
	KUNIT_ASSERT_EQ(test, fake->banks[bank].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, bank), 0);
	KUNIT_EXPECT_REG_EQ(test, fake->regs, FAKE_SCTLR, bank, ARMED);
}

/* The first bank where it is wrong says enough. */
static void assert_one_read(struct kunit *test, struct fake_smmu *fake, unsigned int bank)
{
	KUNIT_ASSERT_EQ(test, fake_smmu_wakes(fake, bank), 0);
	KUNIT_ASSERT_EQ(test, fake_smmu_count(fake, bank, false), 1);
	KUNIT_ASSERT_EQ(test, kunit_regfile_count(fake->regs, FAKE_FSR, bank, false), 1);
	KUNIT_ASSERT_EQ(test, fake_smmu_count(fake, bank, true), 0);
}

static void fault_wakes_one_thread_and_costs_the_others_one_read(struct kunit *test)
{
	const struct shared_line_param *param = test->param_value;
	struct fake_smmu *fake = create(test, NULL);
	unsigned int faulty = param->banks / 2, i;

	fake_smmu_fault(fake, faulty, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	for (i = 0; i < param->banks; i++) {
		if (i == faulty)
			assert_handled(test, fake, i);
		else
			assert_one_read(test, fake, i);
	}
}

static void faults_of_all_banks_take_one_interrupt(struct kunit *test)
{
	const struct shared_line_param *param = test->param_value;
	struct fake_smmu *fake = create(test, NULL);
	/* Until RESUME has arrived, SS may interrupt a CPU that is not the thread's. */
	bool others = fake->mmu500 && num_online_cpus() > 1;
	unsigned long flags;
	unsigned int i;
	bool due;

	/* All are there before the first interrupt. */
	local_irq_save(flags);
	for (i = 0; i < param->banks; i++)
		fake_smmu_fault(fake, i, IOVA, 0);
	kunit_irq_take(fake->irqchip, &fake->lines[0], 1);
	due = kunit_irq_due(&fake->lines[0]);
	local_irq_restore(flags);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	if (!others) {
		KUNIT_EXPECT_FALSE_MSG(test, due, "a bank was not masked");
		KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	}
	for (i = 0; i < param->banks; i++)
		assert_handled(test, fake, i);
}

/* Two SMMUs, all banks of both on one line. */
static void fault_costs_another_smmu_on_the_line_one_read_a_bank(struct kunit *test)
{
	const struct shared_line_param *param = test->param_value;
	struct fake_smmu *fake = create(test, NULL);
	struct fake_smmu *other = create(test, fake->irqchip);
	unsigned int i;

	fake_smmu_fault(other, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_REGFILE_OK(test, other->regs);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	assert_handled(test, other, 0);
	for (i = 0; i < param->banks; i++) {
		assert_one_read(test, fake, i);
		if (i)
			assert_one_read(test, other, i);
	}
}

static struct kunit_case arm_smmu_shared_line_cases[] = {
	KUNIT_CASE_PARAM(fault_wakes_one_thread_and_costs_the_others_one_read,
			 shared_line_gen_params),
	KUNIT_CASE_PARAM(faults_of_all_banks_take_one_interrupt, shared_line_gen_params),
	KUNIT_CASE_PARAM(fault_costs_another_smmu_on_the_line_one_read_a_bank,
			 shared_line_gen_params),
	{}
};

static struct kunit_suite arm_smmu_shared_line_suite = {
	.name = "arm_smmu_shared_line",
	.test_cases = arm_smmu_shared_line_cases,
};

kunit_test_suite(arm_smmu_shared_line_suite);
