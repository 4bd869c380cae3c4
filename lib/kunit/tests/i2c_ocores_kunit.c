// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of i2c-ocores, a driver that maps its registers, on a fake controller.
 */

#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/platform_data/i2c-ocores.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include <kunit/irq.h>
#include <kunit/regfile.h>
#include <kunit/test.h>

enum { PRELOW, PREHIGH, CTRL, DATA, CMD };

#define CTRL_IEN	BIT(6)
#define CTRL_EN		BIT(7)
#define CMD_IACK	BIT(0)
#define CMD_WR		BIT(4)
#define CMD_STA		BIT(7)
#define STAT_IF		BIT(0)
#define STAT_NACK	BIT(7)

struct fake {
	struct kunit_regfile *rf;
	struct kunit_irqchip *chip;
	struct platform_device *pdev;
	struct i2c_adapter *adap;
	bool nack, dead;
	u8 status, wire[8];
	unsigned int bytes;
};

static u64 read_status(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	struct fake *fake = rf->priv;

	return fake->status;
}

/* A command is done at once, and interrupts. */
static void write_command(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	struct fake *fake = rf->priv;

	if (val & CMD_IACK)
		fake->status &= ~STAT_IF;
	if (val == CMD_IACK || fake->dead)
		return;
	if (val & CMD_WR && fake->bytes < sizeof(fake->wire))
		fake->wire[fake->bytes++] = *kunit_regfile_cell(rf, DATA, 0);
	fake->status = STAT_IF | (fake->nack ? STAT_NACK : 0);
}

static void update(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	struct fake *fake = rf->priv;

	kunit_irq_drive(&fake->chip->line[0].source,
			(*kunit_regfile_cell(rf, CTRL, 0) & CTRL_IEN) && (fake->status & STAT_IF));
}

static const struct kunit_reg regs[] = {
	[PRELOW] = KUNIT_REG8("PRELOW", 0, .reset = 0xff),
	[PREHIGH] = KUNIT_REG8("PREHIGH", 1, .reset = 0xff),
	[CTRL] = KUNIT_REG8("CTRL", 2, .reserved = 0x3f, .hide_read = true,
			    KUNIT_REG_FIELDS(KUNIT_REG_BIT(CTRL_EN, "EN"),
					     KUNIT_REG_BIT(CTRL_IEN, "IEN"))),
	[DATA] = KUNIT_REG8("DATA", 3),
	[CMD] = KUNIT_REG8("CMD", 4, .on_read = read_status, .on_write = write_command),
};

KUNIT_DEFINE_ACTION_WRAPPER(remove_device, platform_device_unregister,
			    struct platform_device *);

static struct fake *bind(struct kunit *test, unsigned int clock_khz, unsigned int nr_res)
{
	const struct ocores_i2c_platform_data pdata = { .reg_io_width = 1, .clock_khz = clock_khz };
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct resource res[2];
	struct device *adap;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->chip = kunit_irqchip_create(test, 1);
	fake->rf = kunit_regfile_create(test, regs, ARRAY_SIZE(regs));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->rf);
	fake->rf->priv = fake;
	fake->rf->update = update;
	res[0] = kunit_regfile_resource(test, fake->rf, 8);
	res[1] = DEFINE_RES_IRQ(fake->chip->line[0].irq);

	fake->pdev = platform_device_register_resndata(NULL, "ocores-i2c", PLATFORM_DEVID_AUTO,
						       res, nr_res, &pdata, sizeof(pdata));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->pdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, remove_device, fake->pdev), 0);
	adap = device_find_any_child(&fake->pdev->dev);
	fake->adap = adap ? to_i2c_adapter(adap) : NULL;
	put_device(adap);

	return fake;
}

static int transfer(struct fake *fake)
{
	u8 buf[] = { 0x12, 0x34 };
	struct i2c_msg msg = { .addr = 0x50, .len = sizeof(buf), .buf = buf };

	kunit_regfile_clear_log(fake->rf);

	return i2c_transfer(fake->adap, &msg, 1);
}

static void clock_is_set_while_disabled(struct kunit *test)
{
	struct fake *fake = bind(test, 50000, 2);

	KUNIT_ASSERT_NOT_NULL(test, fake->adap);
	KUNIT_EXPECT_REG_TRACE(test, fake->rf,
			       "CTRL? CTRL= PRELOW=0x63 PREHIGH=0x0 CTRL=EN CMD=0x1");
	KUNIT_EXPECT_REGFILE_OK(test, fake->rf);
}

static void clock_that_is_too_slow_is_refused(struct kunit *test)
{
	struct fake *fake = bind(test, 300, 2);

	KUNIT_EXPECT_NULL(test, fake->adap);
	KUNIT_EXPECT_REG_TRACE(test, fake->rf, "CTRL? CTRL=");
}

/* The trace of a message to address 0x50. */
#define STARTS		"CTRL? CTRL=EN+IEN DATA=0xa0 CMD=0x91 "
#define SENDS(_byte)	"!CMD?0x1 !DATA=" _byte " !CMD=0x11 "
#define STOPS(_status)	"!CMD?" _status " !CMD=0x41 "
#define ENDS(_status)	"!CMD?" _status " !CMD=0x1"

static void interrupts_carry_a_message(struct kunit *test)
{
	static const u8 wire[] = { 0xa0, 0x12, 0x34 };
	struct fake *fake = bind(test, 50000, 2);

	KUNIT_ASSERT_NOT_NULL(test, fake->adap);
	KUNIT_EXPECT_EQ(test, transfer(fake), 1);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->bytes, sizeof(wire));
	KUNIT_EXPECT_MEMEQ(test, fake->wire, wire, sizeof(wire));
	KUNIT_EXPECT_REG_TRACE(test, fake->rf, STARTS SENDS("0x12") SENDS("0x34") STOPS("0x1")
			       ENDS("0x1"));
	KUNIT_EXPECT_REGFILE_OK(test, fake->rf);
}

static void no_answer_ends_in_a_stop(struct kunit *test)
{
	struct fake *fake = bind(test, 50000, 2);

	KUNIT_ASSERT_NOT_NULL(test, fake->adap);
	fake->nack = true;
	KUNIT_EXPECT_LT(test, transfer(fake), 0);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->bytes, 1);
	KUNIT_EXPECT_REG_TRACE(test, fake->rf, STARTS STOPS("0x81") ENDS("0x81"));
}

static void dead_controller_times_out(struct kunit *test)
{
	struct fake *fake = bind(test, 50000, 2);

	KUNIT_ASSERT_NOT_NULL(test, fake->adap);
	fake->dead = true;
	KUNIT_EXPECT_EQ(test, transfer(fake), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, fake->chip->line[0].interrupts, 0);
}

/*
 * What follows are bugs of the driver. The tests are skipped until they are mended.
 */

/* There is one i2c_algorithm for all, and a device without an interrupt changes it. */
static void neighbour_without_interrupt_changes_nothing(struct kunit *test)
{
	struct fake *polls = bind(test, 50000, 1), *fake = bind(test, 50000, 2);

	KUNIT_ASSERT_NOT_NULL(test, polls->adap);
	KUNIT_ASSERT_NOT_NULL(test, fake->adap);
	KUNIT_EXPECT_EQ(test, transfer(fake), 1);
	if (!fake->chip->line[0].interrupts)
		kunit_skip(test, "bug: a device without an interrupt makes all later ones poll");
}

/* Another CPU takes the interrupt before the task waits for it. */
static void interrupt_at_once(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	struct fake *fake = rf->priv;

	if (access->reg == CMD && access->write && !access->hardirq)
		kunit_irq_take(fake->chip, &fake->chip->line[0], 1);
}

/* Else the next START comes while the STOP is on the wire. */
static void transfer_is_over_when_its_stop_is(struct kunit *test)
{
	struct fake *fake = bind(test, 50000, 2);

	KUNIT_ASSERT_NOT_NULL(test, fake->adap);
	fake->nack = true;
	fake->rf->after_access = interrupt_at_once;
	KUNIT_EXPECT_LT(test, transfer(fake), 0);
	if (kunit_irq_due(&fake->chip->line[0]))
		kunit_skip(test, "bug: the transfer returns before its STOP is over");
}

static struct kunit_case i2c_ocores_cases[] = {
	KUNIT_CASE(clock_is_set_while_disabled),
	KUNIT_CASE(clock_that_is_too_slow_is_refused),
	KUNIT_CASE(interrupts_carry_a_message),
	KUNIT_CASE(no_answer_ends_in_a_stop),
	KUNIT_CASE(dead_controller_times_out),
	KUNIT_CASE(transfer_is_over_when_its_stop_is),
	/* The last one: after it, the driver polls. */
	KUNIT_CASE(neighbour_without_interrupt_changes_nothing),
	{}
};

static struct kunit_suite i2c_ocores_suite = {
	.name = "kunit_regfile_i2c_ocores",
	.test_cases = i2c_ocores_cases,
};

kunit_test_suite(i2c_ocores_suite);

MODULE_DESCRIPTION("KUnit tests of i2c-ocores");
MODULE_LICENSE("GPL");
