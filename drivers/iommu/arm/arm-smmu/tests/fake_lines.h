/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake level interrupt lines for KUnit tests, delivered through genirq.
 *
 * A line is asserted as long as one of its sources is. While it is, and not
 * masked at the irqchip, it interrupts again and again: a handler that does not
 * quieten its device causes a storm. A budget turns that into a record, and cuts
 * the line, instead of hanging the machine.
 */

#ifndef _FAKE_LINES_H
#define _FAKE_LINES_H

#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include <kunit/regfile.h>
#include <kunit/test.h>

/* So many interrupts on one line in one test are a storm, unless it says otherwise. */
#define FAKE_LINES_BUDGET	32

/* An interrupt of level FAKE_LINE_LATE may take so long to arrive. */
#define FAKE_LINES_LATENCY_US	5000

/**
 * enum fake_line_level - What a source does with its line
 * @FAKE_LINE_LOW: nothing
 * @FAKE_LINE_LATE: assert it; the interrupt may take a while to get to a CPU, and
 *	to be gone by then
 * @FAKE_LINE_HIGH: assert it
 * @FAKE_LINE_LEVELS: how many levels there are
 */
enum fake_line_level {
	FAKE_LINE_LOW,
	FAKE_LINE_LATE,
	FAKE_LINE_HIGH,
	FAKE_LINE_LEVELS,
};

struct fake_lines;

/**
 * struct fake_line - A level interrupt line
 * @lines: the interrupt controller
 * @work: delivers an interrupt, in hard IRQ context
 * @irq: Linux interrupt number
 * @interrupts: how many were delivered
 * @left: so many may come before it is a storm
 * @sources: how many sources assert it, by level
 * @foreign: a device that is none of ours asserts it
 * @masked: at the irqchip
 * @delivering: a CPU is at it
 * @cut: after a storm; nothing is delivered any more
 */
struct fake_line {
	struct fake_lines		*lines;
	struct irq_work			work;
	unsigned int			irq;
	unsigned int			interrupts;
	unsigned int			left;
	unsigned int			sources[FAKE_LINE_LEVELS];
	bool				foreign;
	bool				masked;
	bool				delivering;
	bool				cut;
};

/**
 * struct fake_line_source - Something that asserts a line
 * @line: which one, or NULL
 * @level: what it does
 */
struct fake_line_source {
	struct fake_line		*line;
	enum fake_line_level		level;
};

/**
 * struct fake_lines - An interrupt controller with level lines
 * @nr: how many lines it has
 * @line: the lines
 * @manual: interrupts are delivered by fake_lines_take() alone, for a test whose
 *	order of events shall not depend on the time of day
 * @devices: how many devices have called fake_lines_report_to()
 */
struct fake_lines {
	unsigned int			nr;
	struct fake_line		*line;
	bool				manual;
	unsigned int			devices;

	/* private: */
	raw_spinlock_t			lock;
	struct list_head		reports;
	struct fwnode_handle		*fwnode;
	struct irq_domain		*domain;
};

struct fake_lines *fake_lines_create(struct kunit *test, unsigned int nr);
void fake_lines_use_oneshot_safe_chip(struct fake_lines *lines);
void fake_lines_report_to(struct kunit *test, struct fake_lines *lines,
			  struct kunit_regfile *rf);
void fake_lines_connect(struct fake_line_source *source, struct fake_line *line);
void fake_lines_drive(struct fake_line_source *source, enum fake_line_level level);
void fake_lines_drive_foreign(struct fake_line *line, bool high);
bool fake_lines_due(struct fake_line *line);
bool fake_lines_forced(struct fake_line *line);
unsigned int fake_lines_take(struct fake_lines *lines, struct fake_line *line,
			     unsigned int max);
void fake_lines_refill(struct fake_lines *lines, unsigned int budget);
void fake_lines_settle(struct fake_lines *lines);

#endif /* _FAKE_LINES_H */
