// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake interrupt controller for KUnit tests of device drivers: see
 * include/kunit/irq.h.
 */

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/module.h>

#include <kunit/irq.h>

/* What is due on a line that is not masked. */
static enum kunit_irq_level kunit_irq_level(struct kunit_irq_line *line)
{
	lockdep_assert_held(&line->chip->lock);

	if (line->masked || line->cut)
		return KUNIT_IRQ_LOW;
	if (line->type & IRQ_TYPE_EDGE_BOTH)
		return line->pending ? KUNIT_IRQ_HIGH : KUNIT_IRQ_LOW;
	if (line->sources[KUNIT_IRQ_HIGH])
		return KUNIT_IRQ_HIGH;

	return line->sources[KUNIT_IRQ_LATE] ? KUNIT_IRQ_LATE : KUNIT_IRQ_LOW;
}

static void kunit_irq_update(struct kunit_irq_line *line)
{
	bool asserted = line->sources[KUNIT_IRQ_HIGH] || line->sources[KUNIT_IRQ_LATE];

	if (asserted != line->asserted && (asserted || line->type == IRQ_TYPE_EDGE_BOTH))
		line->pending = true;
	line->asserted = asserted;
	if (!line->chip->manual && !line->delivering && kunit_irq_level(line))
		irq_work_queue(&line->work);
}

static void kunit_irq_storm(struct kunit_irq_line *line)
{
	line->cut = true;
	if (line->chip->storm)
		line->chip->storm(line);
}

/* The CPU does not get to anything else as long as the line is asserted. */
static unsigned int kunit_irq_deliver(struct kunit_irq_line *line, unsigned int max)
{
	struct kunit_irqchip *chip = line->chip;
	enum kunit_irq_level level;
	unsigned int waited = 0;
	unsigned int n = 0;

	lockdep_assert_irqs_disabled();

	raw_spin_lock(&chip->lock);
	/* Another CPU is at it, and looks again before it goes. */
	if (line->delivering)
		goto unlock;

	line->delivering = true;
	while (n < max && (level = kunit_irq_level(line))) {
		/* With one CPU, nothing would quieten it meanwhile. */
		if (level == KUNIT_IRQ_LATE && max == UINT_MAX && num_online_cpus() > 1 &&
		    waited < KUNIT_IRQ_LATENCY_US) {
			raw_spin_unlock(&chip->lock);
			udelay(5);
			waited += 5;
			raw_spin_lock(&chip->lock);
			continue;
		}
		if (!line->left) {
			kunit_irq_storm(line);
			break;
		}
		waited = 0;
		line->left--;
		line->interrupts++;
		n++;
		raw_spin_unlock(&chip->lock);
		generic_handle_domain_irq(chip->domain, line - chip->line);
		raw_spin_lock(&chip->lock);
	}
	line->delivering = false;
	kunit_irq_update(line);
unlock:
	raw_spin_unlock(&chip->lock);

	return n;
}

static void kunit_irq_work(struct irq_work *work)
{
	kunit_irq_deliver(container_of(work, struct kunit_irq_line, work), UINT_MAX);
}

/**
 * kunit_irq_take() - Take the interrupts that are due, now and here
 * @chip: the interrupt controller
 * @line: only those of this line; NULL: all
 * @max: at most so many of a line
 *
 * In hard IRQ context for all that ask, lockdep included. Called where interrupts are
 * off it stands for another CPU, which must not be expected to wait for the caller:
 * @max is what it does meanwhile. It is also what makes interrupts fast where the
 * irq_work that else delivers them waits for the tick.
 *
 * Context: Any, but with none of the locks that a handler takes.
 * Return: how many were taken.
 */
unsigned int kunit_irq_take(struct kunit_irqchip *chip, struct kunit_irq_line *line,
			    unsigned int max)
{
	unsigned int i, n = 0;
	unsigned long flags;

	local_irq_save(flags);
	__irq_enter_raw();
	/* What kunit_irq_update() has queued has nothing to do any more then. */
	if (!line)
		irq_work_run();
	for (i = 0; i < chip->nr; i++) {
		if (!line || line == &chip->line[i])
			n += kunit_irq_deliver(&chip->line[i], max);
	}
	__irq_exit_raw();
	local_irq_restore(flags);

	return n;
}
EXPORT_SYMBOL_GPL(kunit_irq_take);

static void kunit_irq_set_masked(struct irq_data *data, bool masked)
{
	struct kunit_irq_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->chip->lock, flags);
	line->masked = masked;
	kunit_irq_update(line);
	raw_spin_unlock_irqrestore(&line->chip->lock, flags);
}

static void kunit_irq_mask(struct irq_data *data)
{
	kunit_irq_set_masked(data, true);
}

static void kunit_irq_unmask(struct irq_data *data)
{
	kunit_irq_set_masked(data, false);
}

static void kunit_irq_set_pending(struct irq_data *data, bool pending)
{
	struct kunit_irq_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->chip->lock, flags);
	line->pending = pending;
	kunit_irq_update(line);
	raw_spin_unlock_irqrestore(&line->chip->lock, flags);
}

static void kunit_irq_ack(struct irq_data *data)
{
	kunit_irq_set_pending(data, false);
}

/* An edge that came while the interrupt was disabled. */
static int kunit_irq_retrigger(struct irq_data *data)
{
	kunit_irq_set_pending(data, true);

	return 1;
}

static int kunit_irq_set_type(struct irq_data *data, unsigned int type)
{
	struct kunit_irq_line *line = irq_data_get_irq_chip_data(data);
	bool edge = type & IRQ_TYPE_EDGE_BOTH;
	unsigned long flags;

	if (!type || (edge && type & IRQ_TYPE_LEVEL_MASK))
		return -EINVAL;

	raw_spin_lock_irqsave(&line->chip->lock, flags);
	line->type = type;
	line->pending = false;
	raw_spin_unlock_irqrestore(&line->chip->lock, flags);
	irq_set_handler_locked(data, edge ? handle_edge_irq : handle_level_irq);

	return 0;
}

static const struct irq_chip kunit_irq_chip = {
	.name		= "kunit",
	.irq_ack	= kunit_irq_ack,
	.irq_mask	= kunit_irq_mask,
	.irq_unmask	= kunit_irq_unmask,
	.irq_retrigger	= kunit_irq_retrigger,
	.irq_set_type	= kunit_irq_set_type,
	.flags		= IRQCHIP_SKIP_SET_WAKE,
};

static int kunit_irq_map(struct irq_domain *domain, unsigned int irq, irq_hw_number_t hwirq)
{
	struct kunit_irqchip *chip = domain->host_data;

	irq_set_chip_data(irq, &chip->line[hwirq]);
	irq_set_chip_and_handler(irq, &chip->irq_chip, handle_level_irq);

	return 0;
}

static const struct irq_domain_ops kunit_irq_domain_ops = {
	.map = kunit_irq_map,
};

static void kunit_irqchip_remove(void *data)
{
	struct kunit_irqchip *chip = data;
	unsigned int i;

	kunit_irq_take(chip, NULL, 0);
	for (i = 0; i < chip->nr; i++) {
		irq_work_sync(&chip->line[i].work);
		if (chip->line[i].irq)
			irq_dispose_mapping(chip->line[i].irq);
		if (chip->line[i].cut && !chip->storm)
			KUNIT_FAIL(chip->test, "interrupt storm on line %u", i);
	}
	if (chip->domain)
		irq_domain_remove(chip->domain);
	irq_domain_free_fwnode(chip->fwnode);
}

static void kunit_irqchip_map(struct kunit *test, struct kunit_irqchip *chip)
{
	unsigned int i;

	for (i = 0; i < chip->nr; i++) {
		chip->line[i].irq = irq_create_mapping(chip->domain, i);
		KUNIT_ASSERT_NE(test, chip->line[i].irq, 0);
		KUNIT_ASSERT_EQ(test, irq_set_irq_type(chip->line[i].irq, IRQ_TYPE_LEVEL_HIGH), 0);
	}
}

/**
 * kunit_irqchip_create() - Make an interrupt controller that goes away with the test
 * @test: the test
 * @nr: how many lines
 *
 * The lines are level triggered until a driver requests something else. Devices that
 * request the interrupts are made later: they go first.
 *
 * Context: The test's thread.
 * Return: the controller. Fails the test where it cannot be made.
 */
struct kunit_irqchip *kunit_irqchip_create(struct kunit *test, unsigned int nr)
{
	struct kunit_irqchip *chip;
	unsigned int i;

	chip = kunit_kzalloc(test, sizeof(*chip), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chip);
	chip->line = kunit_kcalloc(test, nr, sizeof(*chip->line), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chip->line);
	chip->test = test;
	chip->nr = nr;
	chip->irq_chip = kunit_irq_chip;
	raw_spin_lock_init(&chip->lock);
	for (i = 0; i < nr; i++) {
		chip->line[i].chip = chip;
		chip->line[i].work = IRQ_WORK_INIT_HARD(kunit_irq_work);
		chip->line[i].masked = true;
		kunit_irq_connect(&chip->line[i].source, &chip->line[i]);
	}
	kunit_irqchip_refill(chip, KUNIT_IRQ_BUDGET);

	chip->fwnode = irq_domain_alloc_named_fwnode("kunit");
	KUNIT_ASSERT_NOT_NULL(test, chip->fwnode);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kunit_irqchip_remove, chip), 0);
	chip->domain = irq_domain_create_linear(chip->fwnode, nr, &kunit_irq_domain_ops, chip);
	KUNIT_ASSERT_NOT_NULL(test, chip->domain);
	kunit_irqchip_map(test, chip);

	return chip;
}
EXPORT_SYMBOL_GPL(kunit_irqchip_create);

/**
 * kunit_irq_connect() - Let a source drive another line
 * @source: the source
 * @line: line that it drives from now on, of the same controller
 *
 * Context: Any. Nothing drives the source at the same time.
 */
void kunit_irq_connect(struct kunit_irq_source *source, struct kunit_irq_line *line)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&line->chip->lock, flags);
	if (source->line) {
		source->line->sources[source->level]--;
		kunit_irq_update(source->line);
	}
	source->line = line;
	line->sources[source->level]++;
	kunit_irq_update(line);
	raw_spin_unlock_irqrestore(&line->chip->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_irq_connect);

/**
 * kunit_irq_drive() - A source asserts its line, or stops
 * @source: the source
 * @level: what it does
 *
 * Context: Any, but one caller at a time for a source. The interrupt comes later,
 * from hard IRQ context.
 */
void kunit_irq_drive(struct kunit_irq_source *source, enum kunit_irq_level level)
{
	struct kunit_irq_line *line = source->line;
	unsigned long flags;

	if (!line || source->level == level)
		return;
	raw_spin_lock_irqsave(&line->chip->lock, flags);
	line->sources[source->level]--;
	source->level = level;
	line->sources[level]++;
	kunit_irq_update(line);
	raw_spin_unlock_irqrestore(&line->chip->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_irq_drive);

/**
 * kunit_irq_due() - Is an interrupt due?
 * @line: line
 *
 * Context: Any.
 * Return: true if it is asserted and not masked, or is being delivered.
 */
bool kunit_irq_due(struct kunit_irq_line *line)
{
	unsigned long flags;
	bool due;

	raw_spin_lock_irqsave(&line->chip->lock, flags);
	due = line->delivering || kunit_irq_level(line);
	raw_spin_unlock_irqrestore(&line->chip->lock, flags);

	return due;
}
EXPORT_SYMBOL_GPL(kunit_irq_due);

/**
 * kunit_irqchip_refill() - Start counting for a storm anew. A line that was cut stays cut
 * @chip: the interrupt controller
 * @budget: more than so many interrupts on a line, from now on, are a storm
 *
 * Context: Any.
 */
void kunit_irqchip_refill(struct kunit_irqchip *chip, unsigned int budget)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&chip->lock, flags);
	for (i = 0; i < chip->nr; i++)
		chip->line[i].left = budget;
	raw_spin_unlock_irqrestore(&chip->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_irqchip_refill);

static unsigned int kunit_irqchip_count(struct kunit_irqchip *chip)
{
	unsigned int i, n = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&chip->lock, flags);
	for (i = 0; i < chip->nr; i++)
		n += chip->line[i].interrupts;
	raw_spin_unlock_irqrestore(&chip->lock, flags);

	return n;
}

/**
 * kunit_irqchip_settle() - Wait until no interrupt is due and no handler runs
 * @chip: the interrupt controller
 *
 * Ends after a storm as well. No handler may be waiting for the caller.
 *
 * Context: Task, may sleep.
 */
void kunit_irqchip_settle(struct kunit_irqchip *chip)
{
	unsigned int i, before, after = kunit_irqchip_count(chip);
	bool due;

	do {
		due = false;
		before = after;
		kunit_irq_take(chip, NULL, UINT_MAX);
		for (i = 0; i < chip->nr; i++)
			synchronize_irq(chip->line[i].irq);
		for (i = 0; i < chip->nr; i++)
			due |= kunit_irq_due(&chip->line[i]);
		/* A handler that was waited for last may have caused one elsewhere. */
		after = kunit_irqchip_count(chip);
	} while (due || after != before);
}
EXPORT_SYMBOL_GPL(kunit_irqchip_settle);

MODULE_DESCRIPTION("A fake interrupt controller for KUnit tests of device drivers");
MODULE_LICENSE("GPL");
