// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of gpio-sl28cpld, a driver that takes the regmap of its parent, on a fake
 * CPLD.
 */

#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/regmap.h>

#include <kunit/device.h>
#include <kunit/irq.h>
#include <kunit/regfile.h>
#include <kunit/test.h>

enum { DIR, OUT, IN, IE, IP };

#define BASE	0x10
#define PIN	2

struct fake {
	struct kunit_regfile *rf;
	struct kunit_irqchip *chip;
	struct platform_device *pdev;
	struct gpio_desc *pin;
	unsigned int calls, edges;
};

static const struct kunit_reg regs[] = {
	[DIR] = KUNIT_REG8("DIR", BASE),
	[OUT] = KUNIT_REG8("OUT", BASE + 1),
	[IN] = KUNIT_REG8("IN", BASE + 2, .ro = 0xff),
	[IE] = KUNIT_REG8("IE", BASE + 3),
	[IP] = KUNIT_REG8("IP", BASE + 4, .w1c = 0xff),
};

static void update(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	struct fake *fake = rf->priv;

	kunit_irq_drive(&fake->chip->line[0].source,
			!!(*kunit_regfile_cell(rf, IE, 0) & *kunit_regfile_cell(rf, IP, 0)));
}

static const char compatible[] = "kontron,sl28cpld-gpio";
static __be32 base = cpu_to_be32(BASE);
static struct property properties[] = {
	{ .name = "compatible", .length = sizeof(compatible), .value = (void *)compatible,
	  .next = &properties[1] },
	{ .name = "reg", .length = sizeof(base), .value = &base, .next = &properties[2] },
	{ .name = "interrupt-controller" },
};

static struct device_node node = {
	.name = "gpio", .full_name = "gpio", .properties = properties,
};

static int gpio_sl28cpld_init(struct kunit_suite *suite)
{
	/* Once: the suite may run again. */
	if (!node.kobj.state_initialized)
		of_node_init(&node);

	return 0;
}

KUNIT_DEFINE_ACTION_WRAPPER(remove_device, platform_device_unregister,
			    struct platform_device *);

static struct fake *create(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->chip = kunit_irqchip_create(test, 1);
	fake->rf = kunit_regfile_create(test, regs, ARRAY_SIZE(regs));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->rf);
	fake->rf->priv = fake;
	fake->rf->update = update;

	return fake;
}

/* As the driver of the CPLD does it. */
static struct fake *bind(struct kunit *test, struct fake *fake)
{
	const struct regmap_config config = { .reg_bits = 8, .val_bits = 8 };
	const struct resource res = DEFINE_RES_IRQ(fake->chip->line[0].irq);
	struct platform_device_info info = {
		.name = "sl28cpld-gpio", .res = &res, .num_res = 1,
		.fwnode = of_fwnode_handle(&node),
	};
	struct gpio_device *gdev;
	struct regmap *map;

	info.parent = kunit_device_register(test, "cpld");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, info.parent);
	map = kunit_regfile_regmap(fake->rf, info.parent, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	fake->pdev = platform_device_register_full(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->pdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_device, fake->pdev), 0);
	gdev = gpio_device_find_by_fwnode(info.fwnode);
	if (gdev) {
		fake->pin = gpio_device_get_desc(gdev, PIN);
		gpio_device_put(gdev);
	}
	kunit_regfile_clear_log(fake->rf);

	return fake;
}

/* More edges come while the handler runs. */
static irqreturn_t handler(int irq, void *dev)
{
	struct fake *fake = dev;

	if (fake->calls++ < fake->edges)
		kunit_regfile_poke(fake->rf, IP, 0, BIT(PIN));

	return IRQ_HANDLED;
}

static struct fake *bind_and_request(struct kunit *test)
{
	struct fake *fake = bind(test, create(test));

	KUNIT_ASSERT_NOT_NULL(test, fake->pin);
	KUNIT_ASSERT_GE(test, devm_request_any_context_irq(&fake->pdev->dev,
							   gpiod_to_irq(fake->pin), handler, 0,
							   "pin", fake), 0);
	KUNIT_EXPECT_REG_EQ(test, fake->rf, IE, 0, BIT(PIN));
	kunit_regfile_clear_log(fake->rf);

	return fake;
}

static void output_has_its_value_before_it_drives(struct kunit *test)
{
	struct fake *fake = bind(test, create(test));

	KUNIT_ASSERT_NOT_NULL(test, fake->pin);
	KUNIT_EXPECT_EQ(test, gpiod_direction_output(fake->pin, 1), 0);
	KUNIT_EXPECT_REG_TRACE(test, fake->rf, "OUT?0x0 OUT=0x4 DIR?0x0 DIR=0x4");
	KUNIT_EXPECT_REGFILE_OK(test, fake->rf);
}

static void interrupt_is_acknowledged_before_it_is_handled(struct kunit *test)
{
	struct fake *fake = bind_and_request(test);

	fake->edges = 1;
	kunit_regfile_poke(fake->rf, IP, 0, BIT(PIN));
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ_MSG(test, fake->calls, 2, "the edge in the handler is lost");
	KUNIT_EXPECT_REG_TRACE(test, fake->rf, "IP?0x4 IP=0x4 IP?0x4 IP=0x4");
	KUNIT_EXPECT_REGFILE_OK(test, fake->rf);
}

static void interrupt_of_a_pin_without_handler_is_masked(struct kunit *test)
{
	struct fake *fake = bind_and_request(test);

	kunit_regfile_poke(fake->rf, IP, 0, BIT(PIN + 1));
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->chip->line[0].interrupts, 0);
	kunit_regfile_poke(fake->rf, IP, 0, BIT(PIN) | BIT(PIN + 1));
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	KUNIT_EXPECT_REG_EQ(test, fake->rf, IP, 0, BIT(PIN + 1));
}

static void interrupt_survives_an_error_of_the_bus(struct kunit *test)
{
	struct fake *fake = bind_and_request(test);

	kunit_regfile_break(fake->rf, IP, 0, KUNIT_REG_FAILS, 1);
	kunit_regfile_poke(fake->rf, IP, 0, BIT(PIN));
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	KUNIT_EXPECT_EQ(test, fake->chip->line[0].interrupts, 2);
}

static void error_of_the_bus_fails_the_probe(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_break(fake->rf, IE, 0, KUNIT_REG_FAILS, KUNIT_REG_ALWAYS);
	bind(test, fake);
	KUNIT_EXPECT_NULL(test, fake->pin);
	KUNIT_EXPECT_FALSE(test, irq_has_action(fake->chip->line[0].irq));
}

static struct kunit_case gpio_sl28cpld_cases[] = {
	KUNIT_CASE(output_has_its_value_before_it_drives),
	KUNIT_CASE(interrupt_is_acknowledged_before_it_is_handled),
	KUNIT_CASE(interrupt_of_a_pin_without_handler_is_masked),
	KUNIT_CASE(interrupt_survives_an_error_of_the_bus),
	KUNIT_CASE(error_of_the_bus_fails_the_probe),
	{}
};

static struct kunit_suite gpio_sl28cpld_suite = {
	.name = "kunit_regfile_gpio_sl28cpld",
	.suite_init = gpio_sl28cpld_init,
	.test_cases = gpio_sl28cpld_cases,
};

kunit_test_suite(gpio_sl28cpld_suite);

MODULE_DESCRIPTION("KUnit tests of gpio-sl28cpld");
MODULE_LICENSE("GPL");
