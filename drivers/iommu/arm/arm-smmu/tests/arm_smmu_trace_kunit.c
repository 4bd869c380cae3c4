// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the trace events of a context fault: arm_smmu's own, and the
 * IOMMU core's io_page_fault.
 */

#include <linux/iommu.h>

#include <trace/events/arm_smmu.h>
#include <trace/events/iommu.h>

#include "fake_smmu.h"

#define IOVA		0x12345000UL
#define STALL		ARM_SMMU_SCTLR_CFCFG

/* What the events said. */
struct record {
	unsigned int faults, resumes, set_stalls, io_page_faults;
	const char *dev;
	u64 iova;
	u32 fsr, fsynr, cbfrsynra;
	int cbndx;
	bool retry, enabled;
};

static void record_fault(void *data, struct device *dev, int cbndx, u64 iova,
			 u32 fsr, u32 fsynr, u32 cbfrsynra)
{
	struct record *record = data;

	record->faults++;
	record->dev = dev_name(dev);
	record->cbndx = cbndx;
	record->iova = iova;
	record->fsr = fsr;
	record->fsynr = fsynr;
	record->cbfrsynra = cbfrsynra;
}

static void record_resume(void *data, struct device *dev, int cbndx, bool retry)
{
	struct record *record = data;

	record->resumes++;
	record->retry = retry;
}

static void record_set_stall(void *data, struct device *dev, int cbndx, bool enabled)
{
	struct record *record = data;

	record->set_stalls++;
	record->cbndx = cbndx;
	record->enabled = enabled;
}

static void record_io_page_fault(void *data, struct device *dev, unsigned long iova, int flags)
{
	struct record *record = data;

	record->io_page_faults++;
	record->dev = dev ? dev_name(dev) : "unknown";
	record->iova = iova;
}

static void unregister(void *data)
{
	unregister_trace_arm_smmu_context_fault(record_fault, data);
	unregister_trace_arm_smmu_resume(record_resume, data);
	unregister_trace_arm_smmu_set_stall(record_set_stall, data);
	tracepoint_synchronize_unregister();
}

static struct record *start_tracing(struct kunit *test)
{
	struct record *record = kunit_kzalloc(test, sizeof(*record), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, record);
	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "CONFIG_TRACEPOINTS is off");

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister, record), 0);
	KUNIT_ASSERT_EQ(test, register_trace_arm_smmu_context_fault(record_fault, record), 0);
	KUNIT_ASSERT_EQ(test, register_trace_arm_smmu_resume(record_resume, record), 0);
	KUNIT_ASSERT_EQ(test, register_trace_arm_smmu_set_stall(record_set_stall, record), 0);

	return record;
}

static void fault_and_resume_are_traced(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct record *record = start_tracing(test);

	fake_smmu_attach(test, fake, 1, 0, STALL);
	fake_smmu_fault(fake, 1, IOVA, ARM_SMMU_CB_FSYNR0_WNR);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, record->faults, 1);
	KUNIT_EXPECT_STREQ(test, record->dev, dev_name(fake->smmu.dev));
	KUNIT_EXPECT_EQ(test, record->cbndx, 1);
	KUNIT_EXPECT_EQ(test, record->iova, IOVA);
	KUNIT_EXPECT_EQ(test, record->fsr,
			FAKE_SMMU_FORMAT | ARM_SMMU_CB_FSR_TF | ARM_SMMU_CB_FSR_SS);
	KUNIT_EXPECT_EQ(test, record->fsynr, ARM_SMMU_CB_FSYNR0_WNR);
	KUNIT_EXPECT_EQ(test, record->cbfrsynra, 0x41);
	KUNIT_EXPECT_EQ(test, record->resumes, 1);
	KUNIT_EXPECT_FALSE(test, record->retry);
}

static void retry_is_traced_as_one(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct record *record = start_tracing(test);

	fake_smmu_attach_callback(test, fake, 0, 0, STALL)->ret = -EAGAIN;
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, record->resumes, 1);
	KUNIT_EXPECT_TRUE(test, record->retry);
}

/* The fault is not reported any more. */
static void stall_that_reset_finds_is_traced(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct record *record = start_tracing(test);

	fake_smmu_attach(test, fake, 1, 0, STALL);
	fake->irqchip->manual = true;
	fake_smmu_fault(fake, 1, IOVA, 0);
	arm_smmu_power_off(&fake->smmu);
	record->retry = true;
	arm_smmu_device_reset(&fake->smmu);
	KUNIT_EXPECT_EQ(test, record->faults, 0);
	KUNIT_EXPECT_EQ(test, record->resumes, 1);
	KUNIT_EXPECT_FALSE(test, record->retry);
	arm_smmu_power_on(&fake->smmu);
}

static void fault_that_is_not_stalled_is_not_resumed(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct record *record = start_tracing(test);

	fake_smmu_attach(test, fake, 0, 0, 0);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);

	KUNIT_EXPECT_EQ(test, record->faults, 1);
	KUNIT_EXPECT_EQ(test, record->resumes, 0);
}

static void set_stall_is_traced(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct record *record = start_tracing(test);

	fake_smmu_attach(test, fake, 2, 0, 0);
	arm_smmu_set_stall(&fake->smmu, 2, true);
	KUNIT_EXPECT_EQ(test, record->set_stalls, 1);
	KUNIT_EXPECT_EQ(test, record->cbndx, 2);
	KUNIT_EXPECT_TRUE(test, record->enabled);
	/* It is on already. */
	arm_smmu_set_stall(&fake->smmu, 2, true);
	KUNIT_EXPECT_EQ(test, record->set_stalls, 1);

	/* A bank that is not attached is not changed. */
	arm_smmu_set_stall(&fake->smmu, 3, true);
	KUNIT_EXPECT_EQ(test, record->set_stalls, 1);
}

static void unregister_io_page_fault(void *data)
{
	unregister_trace_io_page_fault(record_io_page_fault, data);
	tracepoint_synchronize_unregister();
}

/* The SMMU does not know which of its clients it was, and is none itself. */
static void io_page_fault_gets_no_device(struct kunit *test)
{
	struct fake_smmu *fake = fake_smmu_create(test, true);
	struct record *record = start_tracing(test);

	KUNIT_ASSERT_EQ(test, register_trace_io_page_fault(record_io_page_fault, record), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister_io_page_fault, record), 0);
	fake_smmu_attach(test, fake, 0, 0, STALL);
	fake_smmu_fault(fake, 0, IOVA, 0);
	fake_smmu_settle(fake);
	kunit_release_action(test, unregister_io_page_fault, record);

	KUNIT_EXPECT_EQ(test, record->io_page_faults, 1);
	KUNIT_EXPECT_STREQ(test, record->dev, "unknown");
}

static struct kunit_case arm_smmu_trace_cases[] = {
	KUNIT_CASE(fault_and_resume_are_traced),
	KUNIT_CASE(retry_is_traced_as_one),
	KUNIT_CASE(stall_that_reset_finds_is_traced),
	KUNIT_CASE(fault_that_is_not_stalled_is_not_resumed),
	KUNIT_CASE(set_stall_is_traced),
	KUNIT_CASE(io_page_fault_gets_no_device),
	{}
};

static struct kunit_suite arm_smmu_trace_suite = {
	.name = "arm_smmu_trace",
	.test_cases = arm_smmu_trace_cases,
};

kunit_test_suite(arm_smmu_trace_suite);
