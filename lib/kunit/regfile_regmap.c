// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake register file for KUnit tests of device drivers, as a regmap.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/regmap.h>

#include <kunit/regfile.h>

struct kunit_regfile_bus {
	struct kunit_regfile	*rf;
	unsigned int		width;
};

static int kunit_regfile_reg_read(void *context, unsigned int reg, unsigned int *val)
{
	struct kunit_regfile_bus *bus = context;
	u64 contents = 0;
	int ret = kunit_regfile_access(bus->rf, reg, bus->width, false, &contents);

	*val = contents;

	return ret;
}

static int kunit_regfile_reg_write(void *context, unsigned int reg, unsigned int val)
{
	struct kunit_regfile_bus *bus = context;
	u64 contents = val;

	return kunit_regfile_access(bus->rf, reg, bus->width, true, &contents);
}

static const struct regmap_bus kunit_regfile_bus = {
	.reg_read	= kunit_regfile_reg_read,
	.reg_write	= kunit_regfile_reg_write,
};

/**
 * kunit_regfile_regmap() - A regmap that leads to a register file
 * @rf: the register file
 * @dev: device that the regmap belongs to, and goes away with
 * @config: as the driver of a real bus has it. &regmap_config.val_bits is the width of
 *	an access
 *
 * For a driver that takes the regmap of its parent, dev_get_regmap(), or is given one.
 * The lock of the regmap is a mutex, as it is for I2C and SPI, unless
 * &regmap_config.fast_io says that it is a spinlock, as it is for MMIO.
 *
 * Create @rf before @dev: what a test has is freed in the opposite order.
 *
 * Context: The test's thread.
 * Return: the regmap, or an error.
 */
struct regmap *kunit_regfile_regmap(struct kunit_regfile *rf, struct device *dev,
				    const struct regmap_config *config)
{
	/* Not the test's: what a test has may be freed before the device. */
	struct kunit_regfile_bus *bus = devm_kzalloc(dev, sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return ERR_PTR(-ENOMEM);
	bus->rf = rf;
	bus->width = config->val_bits;

	return devm_regmap_init(dev, &kunit_regfile_bus, bus, config);
}
EXPORT_SYMBOL_GPL(kunit_regfile_regmap);
