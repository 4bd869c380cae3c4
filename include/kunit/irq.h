/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake interrupt controller for KUnit tests of device drivers.
 *
 * Interrupts go through genirq: a handler runs in hard IRQ context, for lockdep as
 * well, and its thread in an IRQ thread. Lines are level or edge triggered, as the
 * driver requests them, and may be shared.
 *
 * A line is asserted as long as one of its sources asserts it. While a level line is
 * asserted and not masked, it interrupts again and again: a handler that does not
 * quieten its device causes a storm. A budget cuts the line then and fails the test,
 * instead of hanging the machine. An edge line interrupts when it becomes asserted;
 * with IRQ_TYPE_EDGE_BOTH, also when it stops to be. Edges that come before the delivery
 * count as one.
 *
 * .. code-block:: c
 *
 *	static void handler_is_called(struct kunit *test)
 *	{
 *		struct kunit_irqchip *chip = kunit_irqchip_create(test, 1);
 *		struct kunit_irq_line *line = &chip->line[0];
 *
 *		bind_driver(test, line->irq);
 *		kunit_irq_drive(&line->source, KUNIT_IRQ_HIGH);
 *		kunit_irqchip_settle(chip);
 *		KUNIT_EXPECT_EQ(test, line->interrupts, 1);
 *	}
 *
 * The handler must have its device stop to assert the line. A fake register file
 * (<kunit/regfile.h>) does that in &kunit_regfile.update.
 */

#ifndef _KUNIT_IRQ_H
#define _KUNIT_IRQ_H

#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>

#include <kunit/test.h>

/* So many interrupts on one line in one test are a storm, unless it says otherwise. */
#define KUNIT_IRQ_BUDGET	32

/* An interrupt of level KUNIT_IRQ_LATE may take so long to arrive. */
#define KUNIT_IRQ_LATENCY_US	5000

/**
 * enum kunit_irq_level - What a source does with its line
 * @KUNIT_IRQ_LOW: nothing
 * @KUNIT_IRQ_HIGH: assert it, whatever the polarity of the line is
 * @KUNIT_IRQ_LATE: assert it; the interrupt may take a while to get to a CPU, and
 *	to be gone by then
 * @KUNIT_IRQ_LEVELS: how many levels there are
 */
enum kunit_irq_level {
	KUNIT_IRQ_LOW,
	KUNIT_IRQ_HIGH,
	KUNIT_IRQ_LATE,
	KUNIT_IRQ_LEVELS,
};

struct kunit_irqchip;
struct kunit_irq_line;

/**
 * struct kunit_irq_source - Something that asserts a line
 * @line: which one, or NULL
 * @level: what it does
 */
struct kunit_irq_source {
	struct kunit_irq_line	*line;
	enum kunit_irq_level	level;
};

/**
 * struct kunit_irq_line - An interrupt line
 * @chip: the interrupt controller
 * @source: one that drives it; kunit_irq_connect() adds others
 * @irq: Linux interrupt number
 * @interrupts: how many were delivered to genirq, not calls of the handler
 * @cut: after a storm; nothing is delivered any more
 */
struct kunit_irq_line {
	struct kunit_irqchip	*chip;
	struct kunit_irq_source	source;
	unsigned int		irq;
	unsigned int		interrupts;
	bool			cut;

	/* private: */
	struct irq_work		work;
	unsigned int		left;
	unsigned int		sources[KUNIT_IRQ_LEVELS];
	unsigned int		type;
	bool			asserted;
	bool			pending;
	bool			masked;
	bool			delivering;
};

/**
 * struct kunit_irqchip - An interrupt controller
 * @nr: how many lines it has
 * @line: the lines
 * @manual: interrupts are delivered by kunit_irq_take() alone, for a test whose
 *	order of events shall not depend on the time of day
 * @storm: if set, called when a line is cut, in hard IRQ context, with the lock of the
 *	controller held: it may only record. If not set, the test fails when it ends
 * @priv: the test's
 * @irq_chip: what genirq knows; flags may be set before an interrupt is requested
 */
struct kunit_irqchip {
	unsigned int		nr;
	struct kunit_irq_line	*line;
	bool			manual;
	void			(*storm)(struct kunit_irq_line *line);
	void			*priv;
	struct irq_chip		irq_chip;

	/* private: */
	struct kunit		*test;
	raw_spinlock_t		lock;
	struct fwnode_handle	*fwnode;
	struct irq_domain	*domain;
};

struct kunit_irqchip *kunit_irqchip_create(struct kunit *test, unsigned int nr);
void kunit_irqchip_refill(struct kunit_irqchip *chip, unsigned int budget);
void kunit_irqchip_settle(struct kunit_irqchip *chip);
void kunit_irq_connect(struct kunit_irq_source *source, struct kunit_irq_line *line);
void kunit_irq_drive(struct kunit_irq_source *source, enum kunit_irq_level level);
bool kunit_irq_due(struct kunit_irq_line *line);
unsigned int kunit_irq_take(struct kunit_irqchip *chip, struct kunit_irq_line *line,
			    unsigned int max);

#endif /* _KUNIT_IRQ_H */
