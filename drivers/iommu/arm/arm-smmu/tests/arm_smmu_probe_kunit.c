// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests that bind the driver to a fake SMMU, as the platform bus does.
 */

#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>

#include "fake_smmu.h"

#define IOVA		0x12345000ULL
#define GLOBAL_IRQS	1

static __be32 global_interrupts = cpu_to_be32(GLOBAL_IRQS);
static const char compatible[] = "arm,smmu-v2";

static struct property global_interrupts_property = {
	.name = "#global-interrupts",
	.length = sizeof(global_interrupts),
	.value = &global_interrupts,
};

static struct property compatible_property = {
	.name = "compatible",
	.length = sizeof(compatible),
	.value = (void *)compatible,
	.next = &global_interrupts_property,
};

static struct device_node node = {
	.name = "iommu",
	.full_name = "iommu",
	.properties = &compatible_property,
};

static int arm_smmu_probe_init(struct kunit_suite *suite)
{
	/* Once: the suite may run again. */
	if (!node.kobj.state_initialized)
		of_node_init(&node);

	return 0;
}

static void remove_smmu(void *pdev)
{
	platform_device_unregister(pdev);
}

/* The SMMU's device while it is probed, for what looks on. */
static struct device *probed;

/* Probe is done with it when this returns. */
static struct platform_device *add_device(struct kunit *test, struct fake_smmu *fake,
					  struct dev_pm_domain *pm_domain,
					  unsigned int context_irqs)
{
	struct resource res[1 + GLOBAL_IRQS + FAKE_SMMU_BANKS];
	struct platform_device *pdev;
	unsigned int i;

	res[0] = fake_smmu_resource(test, fake);
	res[1] = DEFINE_RES_IRQ(fake->lines[FAKE_SMMU_GLOBAL_LINE].irq);
	for (i = 0; i < context_irqs; i++)
		res[1 + GLOBAL_IRQS + i] = DEFINE_RES_IRQ(fake->lines[0].irq);

	pdev = platform_device_alloc("fake-smmu-of", PLATFORM_DEVID_NONE);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	/* The device's, which puts it. */
	of_node_get(&node);
	device_set_node(&pdev->dev, of_fwnode_handle(&node));
	KUNIT_ASSERT_EQ(test, platform_device_add_resources(pdev, res, 1 + GLOBAL_IRQS +
							    context_irqs), 0);
	dev_pm_domain_set(&pdev->dev, pm_domain);
	probed = &pdev->dev;
	KUNIT_ASSERT_EQ(test, platform_device_add(pdev), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_smmu, pdev), 0);

	return pdev;
}

static struct platform_device *add_smmu(struct kunit *test, struct fake_smmu *fake,
					struct dev_pm_domain *pm_domain)
{
	struct platform_device *pdev = add_device(test, fake, pm_domain, FAKE_SMMU_BANKS);

	KUNIT_ASSERT_NOT_NULL_MSG(test, platform_get_drvdata(pdev), "the driver did not bind");

	return pdev;
}

static bool last_was_written;

static void is_answered(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	struct kunit_irq_line *line = &fake->lines[FAKE_SMMU_GLOBAL_LINE];
	static bool requested;

	if (irq_has_action(line->irq) && kunit_irq_due(line))
		fake->priv = "an interrupt that no handler claims";
	if (irq_has_action(line->irq) && !requested && last_was_written)
		fake->priv = "a write that may not have arrived before the request";
	requested = irq_has_action(line->irq);
	last_was_written = access->write;
}

/* A boot loader's, or that of a kernel which has started this one by kexec. */
static void faults_from_before_probe_do_not_interrupt(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct kunit_irq_line *line = &fake->lines[FAKE_SMMU_GLOBAL_LINE];

	kunit_irq_connect(&fake->banks[2].source, line);
	fake_smmu_poke(fake, 2, FAKE_SCTLR,
		       ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE | ARM_SMMU_SCTLR_CFCFG);
	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0,
		       ARM_SMMU_sCR0_GFIE | ARM_SMMU_sCR0_USFCFG);
	fake_smmu_fault(fake, 2, IOVA, 0);
	fake_smmu_global_fault(fake);

	fake->after_access = is_answered;
	add_smmu(test, fake, NULL);
	fake_smmu_settle(fake);

	/* How soon it would come is a matter of luck. */
	KUNIT_EXPECT_NULL_MSG(test, fake->priv, "%s", (char *)fake->priv);
	KUNIT_EXPECT_EQ(test, line->interrupts, 0);
	KUNIT_EXPECT_EQ(test, fake->banks[2].terminated, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 2), 0);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 2, FAKE_SCTLR), 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

/* What the boot loader has set up may be in use. */
static void smmu_that_has_too_few_interrupts_is_left_as_it_is(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	u32 armed = ARM_SMMU_SCTLR_M | ARM_SMMU_SCTLR_CFIE;

	fake_smmu_poke(fake, 2, FAKE_SCTLR, armed);
	fake_smmu_poke(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0, ARM_SMMU_sCR0_GFIE);
	KUNIT_EXPECT_NULL(test, platform_get_drvdata(add_device(test, fake, NULL, 1)));

	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 2, FAKE_SCTLR), armed);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0),
			ARM_SMMU_sCR0_GFIE);
}

static void faults_are_taken_from_probe_to_remove(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct kunit_irq_line *line = &fake->lines[FAKE_SMMU_GLOBAL_LINE];
	struct platform_device *pdev = add_smmu(test, fake, NULL);
	struct arm_smmu_device *smmu = platform_get_drvdata(pdev);

	KUNIT_EXPECT_TRUE(test, smmu->powered);
	KUNIT_EXPECT_EQ(test, smmu->num_context_banks, FAKE_SMMU_BANKS);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, line->interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SGFSR), 0);

	kunit_release_action(test, remove_smmu, pdev);
	KUNIT_EXPECT_FALSE(test, irq_has_action(line->irq));
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, FAKE_SMMU_GLOBAL, FAKE_SCR0),
			ARM_SMMU_sCR0_CLIENTPD);
	fake_smmu_global_fault(fake);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, line->interrupts, 1);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

/* All else that attaches a domain here has one. */
static void context_fault_is_taken_without_an_implementation(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct platform_device *pdev = add_smmu(test, fake, NULL);
	struct arm_smmu_device *smmu = platform_get_drvdata(pdev);
	struct arm_smmu_domain *smmu_domain;

	KUNIT_ASSERT_NULL(test, smmu->impl);
	smmu_domain = fake_smmu_new_domain(test, smmu->dev);
	KUNIT_ASSERT_EQ(test, arm_smmu_init_domain_context(smmu_domain, smmu, smmu->dev), 0);

	kunit_irq_connect(&fake->banks[0].source, &fake->lines[0]);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->lines[0].interrupts, 1);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek_faults(fake, 0), 0);
	KUNIT_EXPECT_TRUE(test, fake_smmu_peek(fake, 0, FAKE_SCTLR) & ARM_SMMU_SCTLR_CFIE);

	arm_smmu_destroy_domain_context(smmu_domain);
	KUNIT_EXPECT_EQ(test, fake_smmu_peek(fake, 0, FAKE_SCTLR), 0);
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}

#ifdef CONFIG_PM
static void is_power_on_too_late(struct fake_smmu *fake, const struct kunit_reg_access *access)
{
	/* It may suspend as soon as it is bound; GFIE goes on when the power is. */
	if (access->reg == FAKE_SCR0 && access->write &&
	    (access->val & ARM_SMMU_sCR0_GFIE) && pm_runtime_enabled(probed))
		fake->priv = probed;
}

/* Else it might be marked as on when it is off already. */
static void power_is_on_before_runtime_pm_can_take_it(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	static struct dev_pm_domain pm_domain;
	struct arm_smmu_device *smmu;

	fake->after_access = is_power_on_too_late;
	smmu = platform_get_drvdata(add_smmu(test, fake, &pm_domain));
	fake->after_access = NULL;
	KUNIT_EXPECT_TRUE(test, pm_runtime_enabled(probed));
	KUNIT_EXPECT_NULL(test, fake->priv);

	KUNIT_EXPECT_EQ(test, pm_runtime_resume_and_get(probed), 0);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(smmu->powered));
	KUNIT_EXPECT_EQ(test, pm_runtime_put_sync_suspend(probed), 0);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(smmu->powered));
	KUNIT_EXPECT_NULL_MSG(test, fake->regs->violation, "%s", fake->regs->violation);
}
#endif

static struct kunit_case arm_smmu_probe_cases[] = {
	KUNIT_CASE(faults_from_before_probe_do_not_interrupt),
	KUNIT_CASE(smmu_that_has_too_few_interrupts_is_left_as_it_is),
	KUNIT_CASE(faults_are_taken_from_probe_to_remove),
	KUNIT_CASE(context_fault_is_taken_without_an_implementation),
#ifdef CONFIG_PM
	KUNIT_CASE(power_is_on_before_runtime_pm_can_take_it),
#endif
	{}
};

static struct kunit_suite arm_smmu_probe_suite = {
	.name = "arm_smmu_probe",
	.suite_init = arm_smmu_probe_init,
	.test_cases = arm_smmu_probe_cases,
};

kunit_test_suite(arm_smmu_probe_suite);
