// SPDX-License-Identifier: GPL-2.0-only
/*
 * The example of Documentation/dev-tools/kunit/regfile.rst: a driver for a
 * watchdog timer, as small as one can be, and its test.
 */

#include <linux/bits.h>
#include <linux/interrupt.h>
#include <linux/module.h>

#include <kunit/regfile.h>
#include <kunit/test.h>

/* [driver] */
#define WDT_CTRL		0x00
#define WDT_CTRL_EN		BIT(0)
#define WDT_CTRL_IE		BIT(1)
#define WDT_KICK		0x04
#define WDT_KICK_MAGIC		0x5afe
#define WDT_STATUS		0x08
#define WDT_STATUS_BARK		BIT(0)
#define WDT_COUNT		0x0c

struct wdt {
	u32 (*read)(struct wdt *wdt, u32 offset);
	void (*write)(struct wdt *wdt, u32 offset, u32 val);
	unsigned int barks;
};

static void wdt_start(struct wdt *wdt)
{
	/* An old bark would interrupt at once. */
	wdt->write(wdt, WDT_STATUS, WDT_STATUS_BARK);
	wdt->write(wdt, WDT_KICK, WDT_KICK_MAGIC);
	wdt->write(wdt, WDT_CTRL, WDT_CTRL_EN | WDT_CTRL_IE);
}

static irqreturn_t wdt_bark(int irq, void *dev)
{
	struct wdt *wdt = dev;

	if (!(wdt->read(wdt, WDT_STATUS) & WDT_STATUS_BARK))
		return IRQ_NONE;
	wdt->write(wdt, WDT_STATUS, WDT_STATUS_BARK);
	wdt->barks++;

	return IRQ_HANDLED;
}

static void wdt_stop(struct wdt *wdt)
{
	wdt->write(wdt, WDT_CTRL, 0);
	/* It has arrived before the caller turns the clock off. */
	wdt->read(wdt, WDT_CTRL);
}

/* [registers] */
enum fake_wdt_reg {
	FAKE_CTRL,
	FAKE_KICK,
	FAKE_STATUS,
	FAKE_COUNT,
};

#define FAKE_TIMEOUT	100

static void fake_wdt_write_kick(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	if (val != WDT_KICK_MAGIC)
		kunit_regfile_violation(rf, "KICK without the magic number");
	else
		*kunit_regfile_cell(rf, FAKE_COUNT, 0) = FAKE_TIMEOUT;
}

static const struct kunit_reg fake_wdt_regs[] = {
	[FAKE_CTRL] = KUNIT_REG32("CTRL", WDT_CTRL,
				  .reserved = ~(u32)(WDT_CTRL_EN | WDT_CTRL_IE),
				  KUNIT_REG_FIELDS(KUNIT_REG_BIT(WDT_CTRL_EN, "EN"),
						   KUNIT_REG_BIT(WDT_CTRL_IE, "IE"))),
	[FAKE_KICK] = KUNIT_REG32("KICK", WDT_KICK,
				  .wo = GENMASK(31, 0), .on_write = fake_wdt_write_kick),
	/* The bootloader has let it bark. */
	[FAKE_STATUS] = KUNIT_REG32("STATUS", WDT_STATUS,
				    .w1c = WDT_STATUS_BARK, .reserved = ~(u32)WDT_STATUS_BARK,
				    .reset = WDT_STATUS_BARK,
				    KUNIT_REG_FIELDS(KUNIT_REG_BIT(WDT_STATUS_BARK, "BARK"))),
	[FAKE_COUNT] = KUNIT_REG32("COUNT", WDT_COUNT,
				   .ro = GENMASK(31, 0), .reset = FAKE_TIMEOUT),
};

/* [routing] */
struct fake_wdt {
	struct wdt wdt;
	struct kunit_regfile *regs;
};

static u32 fake_wdt_read(struct wdt *wdt, u32 offset)
{
	struct fake_wdt *fake = container_of(wdt, struct fake_wdt, wdt);

	return kunit_regfile_read(fake->regs, offset, 32);
}

static void fake_wdt_write(struct wdt *wdt, u32 offset, u32 val)
{
	struct fake_wdt *fake = container_of(wdt, struct fake_wdt, wdt);

	kunit_regfile_write(fake->regs, offset, 32, val);
}

static struct fake_wdt *fake_wdt_create(struct kunit *test)
{
	struct fake_wdt *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->regs = kunit_regfile_create(test, fake_wdt_regs, ARRAY_SIZE(fake_wdt_regs));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->regs);
	fake->wdt.read = fake_wdt_read;
	fake->wdt.write = fake_wdt_write;

	return fake;
}

/* [tests] */
static void start_clears_an_old_bark_first(struct kunit *test)
{
	struct fake_wdt *fake = fake_wdt_create(test);

	wdt_start(&fake->wdt);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_REG_EQ(test, fake->regs, FAKE_CTRL, 0, WDT_CTRL_EN | WDT_CTRL_IE);
	KUNIT_EXPECT_REG_TRACE(test, fake->regs,
			       "STATUS=BARK KICK=0x5afe CTRL=EN+IE");
}

static void bark_is_counted_once(struct kunit *test)
{
	struct fake_wdt *fake = fake_wdt_create(test);

	wdt_start(&fake->wdt);
	kunit_regfile_poke(fake->regs, FAKE_STATUS, 0, WDT_STATUS_BARK);

	KUNIT_EXPECT_EQ(test, wdt_bark(0, &fake->wdt), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, wdt_bark(0, &fake->wdt), IRQ_NONE);
	KUNIT_EXPECT_EQ(test, fake->wdt.barks, 1);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void clock_may_go_after_stop(struct kunit *test)
{
	struct fake_wdt *fake = fake_wdt_create(test);

	fake->regs->post_writes = true;
	wdt_stop(&fake->wdt);
	kunit_regfile_set_power(fake->regs, false);

	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

/* [end] */
static struct kunit_case kunit_regfile_example_cases[] = {
	KUNIT_CASE(start_clears_an_old_bark_first),
	KUNIT_CASE(bark_is_counted_once),
	KUNIT_CASE(clock_may_go_after_stop),
	{}
};

static struct kunit_suite kunit_regfile_example_suite = {
	.name = "kunit_regfile_example",
	.test_cases = kunit_regfile_example_cases,
};

kunit_test_suite(kunit_regfile_example_suite);

MODULE_DESCRIPTION("Example of a test with a fake register file");
MODULE_LICENSE("GPL");
