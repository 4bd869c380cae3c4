// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake register file for KUnit tests of device drivers, where ioremap() finds it:
 * by the emulated MMIO of User Mode Linux.
 */

#include <linux/bits.h>
#include <linux/export.h>
#include <linux/ioport.h>
#include <linux/logic_iomem.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include <kunit/regfile.h>

/* Above all that User Mode Linux has. An emulated mapping has 16 MiB at most. */
#define KUNIT_MMIO_START	(IS_ENABLED(CONFIG_64BIT) ? 0x4000000000ULL : 0x80000000)
#define KUNIT_MMIO_SIZE		SZ_16M
#define KUNIT_MMIO_SLOTS	8

static struct kunit_regfile *kunit_mmio_slots[KUNIT_MMIO_SLOTS];

static unsigned long kunit_mmio_read(void *priv, unsigned int offset, int size)
{
	return kunit_regfile_read(priv, offset, size * BITS_PER_BYTE);
}

static void kunit_mmio_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	kunit_regfile_write(priv, offset, size * BITS_PER_BYTE, val);
}

static const struct logic_iomem_ops kunit_mmio_ops = {
	.read = kunit_mmio_read,
	.write = kunit_mmio_write,
};

static long kunit_mmio_map(unsigned long offset, size_t size,
			   const struct logic_iomem_ops **ops, void **priv)
{
	struct kunit_regfile *rf = kunit_mmio_slots[offset / KUNIT_MMIO_SIZE];

	if (!rf)
		return -ENXIO;

	*ops = &kunit_mmio_ops;
	*priv = rf;

	return offset % KUNIT_MMIO_SIZE;
}

static const struct logic_iomem_region_ops kunit_mmio_region = {
	.map = kunit_mmio_map,
};

static struct resource kunit_mmio_window =
	DEFINE_RES_MEM_NAMED(KUNIT_MMIO_START, KUNIT_MMIO_SLOTS * KUNIT_MMIO_SIZE, "kunit");

static void kunit_mmio_forget(void *data)
{
	struct kunit_regfile **slot = data;

	*slot = NULL;
}

/**
 * kunit_regfile_resource() - Where ioremap() finds a register file
 * @test: the test
 * @rf: the register file
 * @size: of the memory, at most 16 MiB
 *
 * For the device of a driver that maps its registers, as the platform bus has it.
 *
 * Context: The test's thread. Skips the test on all but User Mode Linux.
 * Return: the memory of the registers, until the test ends. Fails the test where
 * there is no room.
 */
struct resource kunit_regfile_resource(struct kunit *test, struct kunit_regfile *rf,
				       resource_size_t size)
{
	int i = 0;

	KUNIT_ASSERT_LE(test, size, KUNIT_MMIO_SIZE);
	if (!kunit_mmio_window.parent) {
		KUNIT_ASSERT_EQ(test, logic_iomem_add_region(&kunit_mmio_window,
							     &kunit_mmio_region), 0);
		/* There is no way to take a region away. */
		__module_get(THIS_MODULE);
	}

	while (kunit_mmio_slots[i])
		KUNIT_ASSERT_LT(test, ++i, KUNIT_MMIO_SLOTS);
	kunit_mmio_slots[i] = rf;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_mmio_forget,
							&kunit_mmio_slots[i]), 0);

	return DEFINE_RES_MEM(KUNIT_MMIO_START + i * KUNIT_MMIO_SIZE, size);
}
EXPORT_SYMBOL_GPL(kunit_regfile_resource);
