// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fake interrupt controller.
 */

#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/module.h>

#include <kunit/device.h>
#include <kunit/irq.h>
#include <kunit/test.h>

struct fake {
	struct kunit_irqchip *chip;
	struct kunit_irq_line *line;
	struct device *dev;
	unsigned int calls;
	unsigned int threads;
	unsigned int quiet_after;
	unsigned int edges;
	bool hardirq;
	struct kunit_irq_source other;
};

static irqreturn_t handler(int irq, void *dev)
{
	struct fake *fake = dev;

	fake->calls++;
	fake->hardirq = in_hardirq();
#ifdef CONFIG_TRACE_IRQFLAGS
	/* A count: interrupts may be nested. */
	fake->hardirq = fake->hardirq && lockdep_hardirq_context();
#endif
	if (fake->calls == fake->quiet_after) {
		kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
		kunit_irq_drive(&fake->other, KUNIT_IRQ_LOW);
	}
	/* The device is fast: it interrupts again while the handler runs. */
	if (fake->edges) {
		fake->edges--;
		kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
		kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	}

	return IRQ_HANDLED;
}

static irqreturn_t thread(int irq, void *dev)
{
	struct fake *fake = dev;

	fake->threads++;
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);

	return IRQ_HANDLED;
}

static struct fake *create(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->chip = kunit_irqchip_create(test, 2);
	fake->line = &fake->chip->line[1];
	fake->dev = kunit_device_register(test, "irq");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->dev);

	return fake;
}

static struct fake *request(struct kunit *test, unsigned long flags)
{
	struct fake *fake = create(test);

	KUNIT_ASSERT_EQ(test, devm_request_irq(fake->dev, fake->line->irq, handler,
					       flags | IRQF_NO_THREAD, "fake", fake), 0);

	return fake;
}

static void level_interrupts_until_it_is_quiet(struct kunit *test)
{
	struct fake *fake = request(test, 0);

	fake->quiet_after = 3;
	KUNIT_EXPECT_FALSE(test, kunit_irq_due(fake->line));
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 3);
	KUNIT_EXPECT_EQ(test, fake->line->interrupts, 3);
	KUNIT_EXPECT_EQ(test, fake->chip->line[0].interrupts, 0);
	KUNIT_EXPECT_TRUE_MSG(test, fake->hardirq, "and lockdep knows");
}

static void level_that_goes_before_it_is_taken_is_forgotten(struct kunit *test)
{
	struct fake *fake = request(test, 0);

	fake->chip->manual = true;
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	KUNIT_EXPECT_TRUE(test, kunit_irq_due(fake->line));
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
	KUNIT_EXPECT_FALSE(test, kunit_irq_due(fake->line));
	KUNIT_EXPECT_EQ(test, kunit_irq_take(fake->chip, NULL, UINT_MAX), 0);
	KUNIT_EXPECT_EQ(test, fake->calls, 0);
}

static void line_is_masked_until_the_thread_is_done(struct kunit *test)
{
	struct fake *fake = create(test);

	KUNIT_ASSERT_EQ(test, devm_request_threaded_irq(fake->dev, fake->line->irq, NULL, thread,
							IRQF_ONESHOT, "fake", fake), 0);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->threads, 1);
	KUNIT_EXPECT_EQ(test, fake->line->interrupts, 1);
}

static void line_is_asserted_by_any_of_its_sources(struct kunit *test)
{
	struct fake *fake = request(test, IRQF_SHARED);

	fake->chip->manual = true;
	kunit_irq_connect(&fake->other, &fake->chip->line[0]);
	kunit_irq_drive(&fake->other, KUNIT_IRQ_HIGH);
	KUNIT_EXPECT_FALSE(test, kunit_irq_due(fake->line));
	kunit_irq_connect(&fake->other, fake->line);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
	KUNIT_EXPECT_EQ(test, kunit_irq_take(fake->chip, fake->line, 2), 2);
	kunit_irq_drive(&fake->other, KUNIT_IRQ_LOW);
	KUNIT_EXPECT_EQ(test, kunit_irq_take(fake->chip, fake->line, 2), 0);
}

static void edge_interrupts_once(struct kunit *test)
{
	struct fake *fake = request(test, IRQF_TRIGGER_RISING);

	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	KUNIT_EXPECT_TRUE(test, fake->hardirq);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	/* The polarity is the line's own business. */
	irq_set_irq_type(fake->line->irq, IRQ_TYPE_EDGE_FALLING);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 2);
}

static void both_edges_interrupt(struct kunit *test)
{
	struct fake *fake = request(test, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING);

	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 2);
}

static void edge_in_the_handler_is_not_lost(struct kunit *test)
{
	struct fake *fake = request(test, IRQF_TRIGGER_RISING);

	fake->edges = 2;
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 3);
}

static void edge_while_disabled_comes_later(struct kunit *test)
{
	struct fake *fake = request(test, IRQF_TRIGGER_RISING);

	disable_irq(fake->line->irq);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LOW);
	KUNIT_EXPECT_EQ(test, fake->calls, 0);
	enable_irq(fake->line->irq);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
}

static void note_storm(struct kunit_irq_line *line)
{
	line->chip->priv = line;
}

static void storm_is_cut(struct kunit *test)
{
	struct fake *fake = request(test, 0);

	fake->chip->storm = note_storm;
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, KUNIT_IRQ_BUDGET);
	KUNIT_EXPECT_TRUE(test, fake->line->cut);
	KUNIT_EXPECT_PTR_EQ(test, fake->chip->priv, (void *)fake->line);
}

static void budget_is_refilled(struct kunit *test)
{
	struct fake *fake = request(test, 0);

	fake->chip->manual = true;
	kunit_irqchip_refill(fake->chip, 3);
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_HIGH);
	KUNIT_EXPECT_EQ(test, kunit_irq_take(fake->chip, fake->line, 2), 2);
	kunit_irqchip_refill(fake->chip, 3);
	KUNIT_EXPECT_EQ(test, kunit_irq_take(fake->chip, fake->line, 2), 2);
	KUNIT_EXPECT_FALSE(test, fake->line->cut);
}

/* It arrives while there is a level, however late. */
static void late_interrupt_comes(struct kunit *test)
{
	struct fake *fake = request(test, 0);

	fake->quiet_after = 1;
	kunit_irq_drive(&fake->line->source, KUNIT_IRQ_LATE);
	kunit_irqchip_settle(fake->chip);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
}

static struct kunit_case kunit_irq_cases[] = {
	KUNIT_CASE(level_interrupts_until_it_is_quiet),
	KUNIT_CASE(level_that_goes_before_it_is_taken_is_forgotten),
	KUNIT_CASE(line_is_masked_until_the_thread_is_done),
	KUNIT_CASE(line_is_asserted_by_any_of_its_sources),
	KUNIT_CASE(edge_interrupts_once),
	KUNIT_CASE(both_edges_interrupt),
	KUNIT_CASE(edge_in_the_handler_is_not_lost),
	KUNIT_CASE(edge_while_disabled_comes_later),
	KUNIT_CASE(storm_is_cut),
	KUNIT_CASE(budget_is_refilled),
	KUNIT_CASE(late_interrupt_comes),
	{}
};

static struct kunit_suite kunit_irq_suite = {
	.name = "kunit_irq",
	.test_cases = kunit_irq_cases,
};

kunit_test_suite(kunit_irq_suite);

MODULE_DESCRIPTION("KUnit tests for the fake interrupt controller");
MODULE_LICENSE("GPL");
