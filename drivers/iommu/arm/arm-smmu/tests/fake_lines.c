// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fake level interrupt lines for KUnit tests: see fake_lines.h.
 */

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>

#include "fake_lines.h"

struct fake_lines_report {
	struct list_head	node;
	struct kunit_regfile	*rf;
};

/* What asserts a line that is not masked. */
static enum fake_line_level fake_line_level(struct fake_line *line)
{
	lockdep_assert_held(&line->lines->lock);

	if (line->masked || line->cut)
		return FAKE_LINE_LOW;
	if (line->foreign || line->sources[FAKE_LINE_HIGH])
		return FAKE_LINE_HIGH;

	return line->sources[FAKE_LINE_LATE] ? FAKE_LINE_LATE : FAKE_LINE_LOW;
}

static void fake_line_update(struct fake_line *line)
{
	if (!line->lines->manual && !line->delivering && fake_line_level(line))
		irq_work_queue(&line->work);
}

/* The CPU does not get to anything else as long as the line is asserted. */
static unsigned int fake_line_deliver(struct fake_line *line, unsigned int max)
{
	struct fake_lines *lines = line->lines;
	struct fake_lines_report *report;
	enum fake_line_level level;
	unsigned int waited = 0;
	unsigned int n = 0;

	lockdep_assert_irqs_disabled();

	raw_spin_lock(&lines->lock);
	/* Another CPU is at it, and looks again before it goes. */
	if (line->delivering)
		goto unlock;

	line->delivering = true;
	while (n < max && (level = fake_line_level(line))) {
		/* With one CPU, nobody would quieten it meanwhile. */
		if (level == FAKE_LINE_LATE && max == UINT_MAX && num_online_cpus() > 1 &&
		    waited < FAKE_LINES_LATENCY_US) {
			raw_spin_unlock(&lines->lock);
			udelay(5);
			waited += 5;
			raw_spin_lock(&lines->lock);
			continue;
		}
		if (!line->left) {
			line->cut = true;
			list_for_each_entry(report, &lines->reports, node)
				kunit_regfile_violation(report->rf, "interrupt storm");
			break;
		}
		waited = 0;
		line->left--;
		line->interrupts++;
		n++;
		raw_spin_unlock(&lines->lock);
		generic_handle_domain_irq(lines->domain, line - lines->line);
		raw_spin_lock(&lines->lock);
	}
	line->delivering = false;
	fake_line_update(line);
unlock:
	raw_spin_unlock(&lines->lock);

	return n;
}

static void fake_line_work(struct irq_work *work)
{
	fake_line_deliver(container_of(work, struct fake_line, work), UINT_MAX);
}

/**
 * fake_lines_take() - Take the interrupts that are due, now and here
 * @lines: the interrupt controller
 * @line: only those of this line; NULL: all
 * @max: at most so many of a line
 *
 * In hard IRQ context for everybody who asks, lockdep included. Called where
 * interrupts are off it stands for another CPU, which must not be expected to
 * wait for the caller: @max is what it does meanwhile. It is also what makes
 * interrupts fast where the irq_work that else delivers them waits for the tick.
 *
 * Context: Any, but with none of the locks that a handler takes.
 * Return: how many were taken.
 */
unsigned int fake_lines_take(struct fake_lines *lines, struct fake_line *line,
			     unsigned int max)
{
	unsigned int i, n = 0;
	unsigned long flags;

	local_irq_save(flags);
	__irq_enter_raw();
	/* What fake_line_update() has queued has nothing to do any more then. */
	if (!line)
		irq_work_run();
	for (i = 0; i < lines->nr; i++) {
		if (!line || line == &lines->line[i])
			n += fake_line_deliver(&lines->line[i], max);
	}
	__irq_exit_raw();
	local_irq_restore(flags);

	return n;
}

static void fake_lines_set_masked(struct irq_data *data, bool masked)
{
	struct fake_line *line = irq_data_get_irq_chip_data(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lines->lock, flags);
	line->masked = masked;
	fake_line_update(line);
	raw_spin_unlock_irqrestore(&line->lines->lock, flags);
}

static void fake_lines_mask(struct irq_data *data)
{
	fake_lines_set_masked(data, true);
}

static void fake_lines_unmask(struct irq_data *data)
{
	fake_lines_set_masked(data, false);
}

static int fake_lines_set_type(struct irq_data *data, unsigned int type)
{
	return type == IRQ_TYPE_LEVEL_HIGH ? 0 : -EINVAL;
}

static struct irq_chip fake_lines_chip = {
	.name		= "fake-lines",
	.irq_mask	= fake_lines_mask,
	.irq_unmask	= fake_lines_unmask,
	.irq_set_type	= fake_lines_set_type,
};

static struct irq_chip fake_lines_oneshot_safe_chip = {
	.name		= "fake-lines",
	.irq_mask	= fake_lines_mask,
	.irq_unmask	= fake_lines_unmask,
	.irq_set_type	= fake_lines_set_type,
	.flags		= IRQCHIP_ONESHOT_SAFE,
};

static int fake_lines_map(struct irq_domain *domain, unsigned int irq, irq_hw_number_t hwirq)
{
	struct fake_lines *lines = domain->host_data;

	irq_set_chip_data(irq, &lines->line[hwirq]);
	irq_set_chip_and_handler(irq, &fake_lines_chip, handle_level_irq);

	return 0;
}

static const struct irq_domain_ops fake_lines_domain_ops = {
	.map = fake_lines_map,
};

static void fake_lines_remove(void *data)
{
	struct fake_lines *lines = data;
	unsigned int i;

	fake_lines_take(lines, NULL, 0);
	for (i = 0; i < lines->nr; i++) {
		irq_work_sync(&lines->line[i].work);
		if (lines->line[i].irq)
			irq_dispose_mapping(lines->line[i].irq);
	}
	if (lines->domain)
		irq_domain_remove(lines->domain);
	irq_domain_free_fwnode(lines->fwnode);
}

/**
 * fake_lines_create() - Make an interrupt controller that goes away with the test
 * @test: the test
 * @nr: how many lines
 *
 * Devices that request its interrupts are made later: they go first.
 *
 * Context: The test's thread.
 * Return: the controller. Fails the test where it cannot be made.
 */
struct fake_lines *fake_lines_create(struct kunit *test, unsigned int nr)
{
	struct fake_lines *lines;
	unsigned int i;

	lines = kunit_kzalloc(test, sizeof(*lines), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lines);
	lines->line = kunit_kcalloc(test, nr, sizeof(*lines->line), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lines->line);
	lines->nr = nr;
	raw_spin_lock_init(&lines->lock);
	INIT_LIST_HEAD(&lines->reports);
	for (i = 0; i < nr; i++) {
		lines->line[i].lines = lines;
		lines->line[i].work = IRQ_WORK_INIT_HARD(fake_line_work);
		lines->line[i].masked = true;
	}
	fake_lines_refill(lines, FAKE_LINES_BUDGET);

	lines->fwnode = irq_domain_alloc_named_fwnode("fake-lines");
	KUNIT_ASSERT_NOT_NULL(test, lines->fwnode);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_lines_remove, lines));

	lines->domain = irq_domain_create_linear(lines->fwnode, nr, &fake_lines_domain_ops,
						 lines);
	KUNIT_ASSERT_NOT_NULL(test, lines->domain);
	for (i = 0; i < nr; i++) {
		lines->line[i].irq = irq_create_mapping(lines->domain, i);
		KUNIT_ASSERT_NE(test, 0, lines->line[i].irq);
		KUNIT_ASSERT_EQ(test, 0, irq_set_irq_type(lines->line[i].irq,
							  IRQ_TYPE_LEVEL_HIGH));
	}

	return lines;
}

/**
 * fake_lines_use_oneshot_safe_chip() - Have genirq ignore IRQF_ONESHOT
 * @lines: the interrupt controller, none of its interrupts requested yet
 *
 * As with a chip that says IRQCHIP_ONESHOT_SAFE, PCI-MSI for one.
 *
 * Context: The test's thread.
 */
void fake_lines_use_oneshot_safe_chip(struct fake_lines *lines)
{
	unsigned int i;

	for (i = 0; i < lines->nr; i++)
		irq_set_chip(lines->line[i].irq, &fake_lines_oneshot_safe_chip);
}

/**
 * fake_lines_report_to() - Have a storm recorded as a violation
 * @test: the test
 * @lines: the interrupt controller
 * @rf: register file of one of the devices that drive the lines
 *
 * Context: The test's thread.
 */
void fake_lines_report_to(struct kunit *test, struct fake_lines *lines,
			  struct kunit_regfile *rf)
{
	struct fake_lines_report *report = kunit_kzalloc(test, sizeof(*report), GFP_KERNEL);
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, report);
	report->rf = rf;
	raw_spin_lock_irqsave(&lines->lock, flags);
	list_add(&report->node, &lines->reports);
	lines->devices++;
	raw_spin_unlock_irqrestore(&lines->lock, flags);
}

/**
 * fake_lines_connect() - Let a source drive another line
 * @source: the source
 * @line: line that it drives from now on, of the same controller
 *
 * Context: Any. Nobody drives the source at the same time.
 */
void fake_lines_connect(struct fake_line_source *source, struct fake_line *line)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lines->lock, flags);
	if (source->line)
		source->line->sources[source->level]--;
	source->line = line;
	line->sources[source->level]++;
	fake_line_update(line);
	raw_spin_unlock_irqrestore(&line->lines->lock, flags);
}

/**
 * fake_lines_drive() - A source asserts its line, or stops
 * @source: the source
 * @level: what it does
 *
 * Context: Any, but one caller at a time for a source. The interrupt comes later,
 * from hard IRQ context.
 */
void fake_lines_drive(struct fake_line_source *source, enum fake_line_level level)
{
	struct fake_line *line = source->line;
	unsigned long flags;

	if (!line || source->level == level)
		return;
	raw_spin_lock_irqsave(&line->lines->lock, flags);
	line->sources[source->level]--;
	source->level = level;
	line->sources[level]++;
	fake_line_update(line);
	raw_spin_unlock_irqrestore(&line->lines->lock, flags);
}

/**
 * fake_lines_drive_foreign() - A device that is none of ours asserts a line, or stops
 * @line: line
 * @high: assert it
 *
 * Context: Any. The interrupt comes later, from hard IRQ context.
 */
void fake_lines_drive_foreign(struct fake_line *line, bool high)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&line->lines->lock, flags);
	line->foreign = high;
	fake_line_update(line);
	raw_spin_unlock_irqrestore(&line->lines->lock, flags);
}

/**
 * fake_lines_due() - Is an interrupt due?
 * @line: line
 *
 * Context: Any.
 * Return: true if it is asserted and not masked, or is being delivered.
 */
bool fake_lines_due(struct fake_line *line)
{
	unsigned long flags;
	bool due;

	raw_spin_lock_irqsave(&line->lines->lock, flags);
	due = line->delivering || fake_line_level(line);
	raw_spin_unlock_irqrestore(&line->lines->lock, flags);

	return due;
}

/**
 * fake_lines_forced() - Has genirq made threads of handlers on this line?
 * @line: line, requested, but not with IRQF_ONESHOT alone
 *
 * As "threadirqs" and PREEMPT_RT have it do. It takes no more than BITS_PER_LONG
 * handlers on a line then.
 *
 * Context: Task. Nobody frees an interrupt of the line meanwhile.
 * Return: true if it has.
 */
bool fake_lines_forced(struct fake_line *line)
{
	struct irqaction *action = irq_data_to_desc(irq_get_irq_data(line->irq))->action;

	for (; action; action = action->next) {
		if (action->secondary)
			return true;
	}

	return false;
}

/**
 * fake_lines_refill() - Start counting for a storm anew
 * @lines: the interrupt controller
 * @budget: more than so many interrupts on a line, from now on, are a storm
 *
 * Context: Any.
 */
void fake_lines_refill(struct fake_lines *lines, unsigned int budget)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&lines->lock, flags);
	for (i = 0; i < lines->nr; i++)
		lines->line[i].left = budget;
	raw_spin_unlock_irqrestore(&lines->lock, flags);
}

static unsigned int fake_lines_count(struct fake_lines *lines)
{
	unsigned int i, n = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&lines->lock, flags);
	for (i = 0; i < lines->nr; i++)
		n += lines->line[i].interrupts;
	raw_spin_unlock_irqrestore(&lines->lock, flags);

	return n;
}

/**
 * fake_lines_settle() - Wait until no interrupt is due and no handler runs
 * @lines: the interrupt controller
 *
 * Ends after a storm as well. No handler may be waiting for the caller.
 *
 * Context: Task, may sleep.
 */
void fake_lines_settle(struct fake_lines *lines)
{
	unsigned int i, before, after = fake_lines_count(lines);
	bool due;

	do {
		due = false;
		before = after;
		fake_lines_take(lines, NULL, UINT_MAX);
		for (i = 0; i < lines->nr; i++)
			synchronize_irq(lines->line[i].irq);
		for (i = 0; i < lines->nr; i++)
			due |= fake_lines_due(&lines->line[i]);
		/* A handler that was waited for last may have caused one elsewhere. */
		after = fake_lines_count(lines);
	} while (due || after != before);
}
