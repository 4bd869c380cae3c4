// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake SMMU that can be mapped, for what does not go by the hooks of
 * &struct arm_smmu_impl: probe, and the fault handlers of NVIDIA's
 * implementation. By the emulated MMIO of User Mode Linux.
 */

#include <linux/ioport.h>
#include <linux/logic_iomem.h>
#include <linux/sizes.h>

#include "fake_smmu.h"

/* Above all that User Mode Linux has. An emulated mapping has 16 MiB at most. */
#define FAKE_MMIO_START		0x4000000000ULL
#define FAKE_MMIO_SIZE		SZ_16M
#define FAKE_MMIO_SMMUS		4

static struct fake_smmu *mapped[FAKE_MMIO_SMMUS];

static unsigned long fake_mmio_read(void *priv, unsigned int offset, int size)
{
	struct fake_smmu *fake = priv;

	return kunit_regfile_read(&fake->regs, offset, size * BITS_PER_BYTE);
}

static void fake_mmio_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	struct fake_smmu *fake = priv;

	kunit_regfile_write(&fake->regs, offset, size * BITS_PER_BYTE, val);
}

static const struct logic_iomem_ops fake_mmio_ops = {
	.read = fake_mmio_read,
	.write = fake_mmio_write,
};

static long fake_mmio_map(unsigned long offset, size_t size, const struct logic_iomem_ops **ops,
			  void **priv)
{
	struct fake_smmu *fake = mapped[offset / FAKE_MMIO_SIZE];

	if (!fake)
		return -ENXIO;

	*ops = &fake_mmio_ops;
	*priv = fake;

	return offset % FAKE_MMIO_SIZE;
}

static const struct logic_iomem_region_ops fake_mmio_region = {
	.map = fake_mmio_map,
};

/* Nothing takes it away again, so this file is not for a module. */
static struct resource window =
	DEFINE_RES_MEM_NAMED(FAKE_MMIO_START, FAKE_MMIO_SMMUS * FAKE_MMIO_SIZE, "fake-smmu");

static void fake_mmio_forget(void *data)
{
	struct fake_smmu **slot = data;

	*slot = NULL;
}

/**
 * fake_smmu_resource() - Where ioremap() finds a fake
 * @test: the test
 * @fake: the fake SMMU
 *
 * Context: The test's thread.
 * Return: the memory of its registers, until the test ends. Fails the test where
 * there is no room.
 */
struct resource fake_smmu_resource(struct kunit *test, struct fake_smmu *fake)
{
	int i = 0;

	if (!window.parent)
		KUNIT_ASSERT_EQ(test, 0, logic_iomem_add_region(&window, &fake_mmio_region));

	while (mapped[i])
		KUNIT_ASSERT_LT(test, ++i, FAKE_MMIO_SMMUS);
	mapped[i] = fake;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_mmio_forget, &mapped[i]));

	return DEFINE_RES_MEM(FAKE_MMIO_START + i * FAKE_MMIO_SIZE,
			      2 * fake->smmu.numpage << fake->smmu.pgshift);
}
