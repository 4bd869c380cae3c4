// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the fake register file.
 *
 * A device that has one register of each kind, and some tests for each of them.
 * What the driver does wrong on purpose must be recorded as a violation.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/io.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/regmap.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <kunit/device.h>
#include <kunit/regfile.h>
#include <kunit/test.h>

enum {
	RW8, RW16, RW32, RW64, RO, WO, W1C, W1S, RC, RES, MIXED, CALLS, ARRAY, OTHER, QUIET,
};

#define ALL		GENMASK(31, 0)
#define RESET		0xa5a5a5a5
#define ARRAY_OFFSET	0x100
#define ARRAY_STRIDE	0x10
#define ARRAY_COUNT	3
#define NOWHERE		0x200

struct fake {
	struct kunit_regfile *regs;
	struct irq_work work;
	struct completion done;
	u64 value;
	unsigned int calls;
	unsigned int updates;
	unsigned int updated_reg;
	unsigned int updated_idx;
};

static struct fake *to_fake(struct kunit_regfile *rf)
{
	return rf->priv;
}

static u64 read_twice_the_value(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	to_fake(rf)->calls++;

	return 2 * val;
}

static void write_goes_to_w1c(struct kunit_regfile *rf, unsigned int idx, u64 val)
{
	to_fake(rf)->calls++;
	to_fake(rf)->value = val;
	*kunit_regfile_cell(rf, W1C, 0) = val;
}

#define FIELDS								\
	KUNIT_REG_FIELDS(KUNIT_REG_BIT(BIT(0), "EN"),			\
			 KUNIT_REG_BIT(BIT(1), "IE"),			\
			 KUNIT_REG_VAL(GENMASK(5, 4), 0x10, "SLOW"),	\
			 KUNIT_REG_VAL(GENMASK(5, 4), 0x20, "FAST"))

static const struct kunit_reg regs[] = {
	[RW8] = KUNIT_REG8("RW8", 0x00, .reset = 0x12),
	[RW16] = KUNIT_REG16("RW16", 0x02, .reset = 0x1234),
	[RW32] = KUNIT_REG32("RW32", 0x04, .reset = RESET, FIELDS),
	[RW64] = KUNIT_REG64("RW64", 0x08, .reset = 0x123456789abcdef0),
	[RO] = KUNIT_REG32("RO", 0x10, .reset = RESET, .ro = ALL),
	[WO] = KUNIT_REG32("WO", 0x14, .reset = RESET, .wo = ALL),
	[W1C] = KUNIT_REG32("W1C", 0x18, .reset = RESET, .w1c = ALL),
	[W1S] = KUNIT_REG32("W1S", 0x1c, .w1s = ALL),
	[RC] = KUNIT_REG32("RC", 0x20, .reset = RESET, .rc = 0xffff),
	[RES] = KUNIT_REG32("RES", 0x24, .reserved = 0xffff0000),
	[MIXED] = KUNIT_REG32("MIXED", 0x28, .reset = RESET, .ro = 0xff, .wo = 0xff00,
			      .w1c = 0xff0000, .w1s = 0x0f000000),
	[CALLS] = KUNIT_REG32("CALLS", 0x2c, .on_read = read_twice_the_value,
			      .on_write = write_goes_to_w1c),
	[ARRAY] = KUNIT_REG32("ARRAY", ARRAY_OFFSET, .group = "channel", .reset = 7,
			      .stride = ARRAY_STRIDE, .count = ARRAY_COUNT, FIELDS),
	[OTHER] = KUNIT_REG32("OTHER", ARRAY_OFFSET + 4, .stride = ARRAY_STRIDE,
			      .count = ARRAY_COUNT + 1),
	[QUIET] = KUNIT_REG32("QUIET", 0x30, .hide_read = true),
};

static struct fake *create(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->regs = kunit_regfile_create(test, regs, ARRAY_SIZE(regs));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->regs);
	fake->regs->priv = fake;

	return fake;
}

static u64 rd(struct fake *fake, unsigned int reg)
{
	return kunit_regfile_read(fake->regs, regs[reg].offset, regs[reg].width);
}

static void wr(struct fake *fake, unsigned int reg, u64 val)
{
	kunit_regfile_write(fake->regs, regs[reg].offset, regs[reg].width, val);
}

static u64 peek(struct fake *fake, unsigned int reg)
{
	return kunit_regfile_peek(fake->regs, reg, 0);
}

static void expect_violation(struct kunit *test, struct fake *fake, const char *what)
{
	KUNIT_ASSERT_NOT_NULL_MSG(test, fake->regs->violation, "not noticed: %s", what);
	KUNIT_EXPECT_STREQ(test, fake->regs->violation, what);
}

static void registers_have_their_width_and_reset_value(struct kunit *test)
{
	struct fake *fake = create(test);
	unsigned int reg;

	for (reg = RW8; reg <= RW64; reg++) {
		KUNIT_EXPECT_EQ(test, rd(fake, reg), regs[reg].reset);
		wr(fake, reg, ~0ULL);
		KUNIT_EXPECT_EQ(test, rd(fake, reg), GENMASK_ULL(regs[reg].width - 1, 0));
		wr(fake, reg, 0x5);
		KUNIT_EXPECT_EQ(test, rd(fake, reg), 0x5);
	}
	kunit_regfile_reset(fake->regs);
	for (reg = RW8; reg <= RW64; reg++)
		KUNIT_EXPECT_EQ(test, rd(fake, reg), regs[reg].reset);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void read_only_register_stays_as_it_is(struct kunit *test)
{
	struct fake *fake = create(test);

	KUNIT_EXPECT_EQ(test, rd(fake, RO), RESET);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	wr(fake, RO, 0);
	KUNIT_EXPECT_EQ(test, rd(fake, RO), RESET);
	expect_violation(test, fake, "write to RO, which is read-only");
}

static void write_only_register_is_not_read(struct kunit *test)
{
	struct fake *fake = create(test);

	wr(fake, WO, 3);
	KUNIT_EXPECT_EQ(test, peek(fake, WO), 3);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	KUNIT_EXPECT_EQ(test, rd(fake, WO), 0);
	expect_violation(test, fake, "read of WO, which is write-only");
}

static void one_clears(struct kunit *test)
{
	struct fake *fake = create(test);

	wr(fake, W1C, 0);
	KUNIT_EXPECT_EQ(test, rd(fake, W1C), RESET);
	wr(fake, W1C, 0xf0);
	KUNIT_EXPECT_EQ(test, rd(fake, W1C), RESET & ~0xf0);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void one_sets(struct kunit *test)
{
	struct fake *fake = create(test);

	wr(fake, W1S, 0x11);
	wr(fake, W1S, 0x20);
	wr(fake, W1S, 0);
	KUNIT_EXPECT_EQ(test, rd(fake, W1S), 0x31);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void read_clears(struct kunit *test)
{
	struct fake *fake = create(test);

	KUNIT_EXPECT_EQ(test, rd(fake, RC), RESET);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), RESET & 0xffff0000);
	/* What is not read to clear is plain storage, and so are the others, if written. */
	wr(fake, RC, 0x10001);
	KUNIT_EXPECT_EQ(test, peek(fake, RC), 0x10001);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void reserved_bits_are_preserved(struct kunit *test)
{
	struct fake *fake = create(test);

	/* The hardware may say anything there; it is written back or left zero. */
	kunit_regfile_poke(fake->regs, RES, 0, 0x00f00000);
	wr(fake, RES, rd(fake, RES) | 5);
	KUNIT_EXPECT_EQ(test, peek(fake, RES), 0x00f00005);
	wr(fake, RES, 6);
	KUNIT_EXPECT_EQ(test, peek(fake, RES), 0x00f00006);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);

	wr(fake, RES, 0x01f00000);
	KUNIT_EXPECT_EQ(test, peek(fake, RES), 0x00f00000);
	expect_violation(test, fake, "reserved bits 0x1000000 written to RES");
}

static void bits_of_one_register_differ(struct kunit *test)
{
	struct fake *fake = create(test);

	KUNIT_EXPECT_EQ(test, rd(fake, MIXED), 0xa5a500a5);
	wr(fake, MIXED, 0xfa0f1234);
	KUNIT_EXPECT_EQ(test, peek(fake, MIXED), 0xffa012a5);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void callbacks_have_the_last_word(struct kunit *test)
{
	struct fake *fake = create(test);

	wr(fake, CALLS, 21);
	KUNIT_EXPECT_EQ(test, fake->calls, 1);
	KUNIT_EXPECT_EQ(test, fake->value, 21);
	KUNIT_EXPECT_EQ(test, peek(fake, W1C), 21);
	KUNIT_EXPECT_EQ(test, peek(fake, CALLS), 21);
	KUNIT_EXPECT_EQ(test, rd(fake, CALLS), 42);
	KUNIT_EXPECT_EQ(test, fake->calls, 2);
	KUNIT_EXPECT_EQ(test, peek(fake, CALLS), 21);
}

static void array_has_its_instances(struct kunit *test)
{
	struct fake *fake = create(test);
	unsigned int i;

	for (i = 0; i < ARRAY_COUNT; i++)
		kunit_regfile_write(fake->regs, ARRAY_OFFSET + i * ARRAY_STRIDE, 32, 10 + i);
	for (i = 0; i < ARRAY_COUNT; i++) {
		KUNIT_EXPECT_EQ(test, kunit_regfile_peek(fake->regs, ARRAY, i), 10 + i);
		KUNIT_EXPECT_EQ(test, kunit_regfile_read(fake->regs,
							 ARRAY_OFFSET + i * ARRAY_STRIDE, 32),
				10 + i);
	}
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
	kunit_regfile_read(fake->regs, ARRAY_OFFSET + i * ARRAY_STRIDE, 32);
	expect_violation(test, fake, "read of no register of 32 bits at 0x130");
}

static void unknown_offset_is_recorded(struct kunit *test)
{
	struct fake *fake = create(test);

	KUNIT_EXPECT_EQ(test, kunit_regfile_read(fake->regs, NOWHERE, 16), 0xffff);
	expect_violation(test, fake, "read of no register of 16 bits at 0x200");
	kunit_regfile_write(fake->regs, ARRAY_OFFSET + 8, 32, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->regs->violations), 2);
	KUNIT_EXPECT_REG_TRACE(test, fake->regs, "0x200/16?0xffff 0x108/32=0x1");
}

static void wrong_width_is_recorded(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_write(fake->regs, regs[RW64].offset, 32, 1);
	expect_violation(test, fake, "write to no register of 32 bits at 0x8");
	KUNIT_EXPECT_EQ(test, peek(fake, RW64), regs[RW64].reset);
}

static void only_the_first_violation_is_kept(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_violation(fake->regs, "the %s one", "first");
	kunit_regfile_violation(fake->regs, "the second one");
	expect_violation(test, fake, "the first one");
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->regs->violations), 2);
}

static void access_without_power_is_recorded(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_set_power(fake->regs, false);
	KUNIT_EXPECT_NULL(test, fake->regs->violation);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), ALL);
	expect_violation(test, fake, "register access without power: read of RC");
	wr(fake, RW32, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->regs->violations), 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, RW32, KUNIT_REG_ANY, true), 0);

	kunit_regfile_set_power(fake->regs, true);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), RESET);
	KUNIT_EXPECT_EQ(test, rd(fake, RW32), RESET);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->regs->violations), 2);
}

static void posted_write_arrives_later(struct kunit *test)
{
	struct fake *fake = create(test);

	fake->regs->post_writes = true;
	/* On one CPU throughout. */
	get_cpu();
	wr(fake, RW32, 1);
	wr(fake, RW16, 2);
	wr(fake, RW32, 3);
	put_cpu();
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), RESET);
	KUNIT_EXPECT_EQ(test, kunit_regfile_arrive(fake->regs, -1, 1), 1);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 1);
	KUNIT_EXPECT_EQ(test, peek(fake, RW16), regs[RW16].reset);
	KUNIT_EXPECT_EQ(test, kunit_regfile_arrive(fake->regs, -1, UINT_MAX), 2);
	KUNIT_EXPECT_EQ(test, peek(fake, RW16), 2);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 3);
	KUNIT_EXPECT_EQ(test, kunit_regfile_arrive(fake->regs, -1, UINT_MAX), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(kunit_regfile_tail(test, fake->regs), "(posted)"));
}

static void read_pushes_posted_writes(struct kunit *test)
{
	struct fake *fake = create(test);

	fake->regs->post_writes = true;
	/* On one CPU throughout. */
	get_cpu();
	wr(fake, RW32, 1);
	wr(fake, RW16, 2);
	rd(fake, RW8);
	put_cpu();
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 1);
	KUNIT_EXPECT_EQ(test, peek(fake, RW16), 2);
}

static void posted_writes_of_two_cpus_arrive_in_any_order(struct kunit *test)
{
	struct fake *fake = create(test);
	int cpu;

	fake->regs->post_writes = true;
	cpu = get_cpu();
	wr(fake, RW32, 1);
	put_cpu();
	KUNIT_EXPECT_EQ_MSG(test, kunit_regfile_arrive(fake->regs, cpu + 1, UINT_MAX), 0,
			    "not that CPU's");
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), RESET);
	KUNIT_EXPECT_EQ(test, kunit_regfile_arrive(fake->regs, cpu, UINT_MAX), 1);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 1);
}

static void read_by_another_cpu_pushes_nothing(struct kunit *test)
{
	struct fake *fake = create(test);
	struct kunit_reg_access access;

	fake->regs->post_writes = true;
	wr(fake, RW32, 1);
	fake->regs->as_cpu = nr_cpu_ids;
	rd(fake, RW32);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), RESET);
	KUNIT_ASSERT_TRUE(test, kunit_regfile_logged(fake->regs, 1, &access));
	KUNIT_EXPECT_EQ(test, access.cpu, nr_cpu_ids);

	/* Nor do the reads of a second one push what the first has written. */
	wr(fake, RW64, 1);
	fake->regs->as_cpu = nr_cpu_ids + 1;
	rd(fake, RW64);
	KUNIT_EXPECT_NE(test, peek(fake, RW64), 1);
	fake->regs->as_cpu = nr_cpu_ids;
	rd(fake, RW64);
	KUNIT_EXPECT_EQ(test, peek(fake, RW64), 1);
	fake->regs->as_cpu = 0;
	KUNIT_EXPECT_EQ(test, kunit_regfile_arrive(fake->regs, -1, UINT_MAX), 1);
}

static void move_to_cpu(unsigned int cpu)
{
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
}

static void posted_writes_follow_a_task_to_another_cpu(struct kunit *test)
{
	struct fake *fake = create(test);
	unsigned int first = cpumask_first(cpu_online_mask);
	unsigned int next = cpumask_next(first, cpu_online_mask);

	if (next >= nr_cpu_ids)
		kunit_skip(test, "there is one CPU");

	fake->regs->post_writes = true;
	move_to_cpu(first);
	wr(fake, RW32, 1);
	move_to_cpu(next);
	wr(fake, RW32, 2);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 1);
	rd(fake, RW8);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 2);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static void no_posted_write_is_dropped(struct kunit *test)
{
	struct fake *fake = create(test);
	unsigned int i;

	fake->regs->post_writes = true;
	get_cpu();
	for (i = 0; i <= KUNIT_REGFILE_POSTED; i++)
		wr(fake, RW32, i + 1);
	put_cpu();
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_arrive(fake->regs, -1, UINT_MAX),
			KUNIT_REGFILE_POSTED);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), KUNIT_REGFILE_POSTED + 1);
}

static void posted_write_that_finds_no_power_is_recorded(struct kunit *test)
{
	struct fake *fake = create(test);

	fake->regs->post_writes = true;
	wr(fake, RW32, 1);
	kunit_regfile_set_power(fake->regs, false);
	expect_violation(test, fake, "register access without power: write of RW32 arrives");
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), RESET);
}

static void register_that_reads_ones(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_break(fake->regs, RC, 0, KUNIT_REG_READS_ONES, 2);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), ALL);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), ALL);
	KUNIT_EXPECT_EQ_MSG(test, rd(fake, RC), RESET, "it was not read yet");

	kunit_regfile_break(fake->regs, RW16, 0, KUNIT_REG_READS_ONES, KUNIT_REG_ALWAYS);
	KUNIT_EXPECT_EQ(test, rd(fake, RW16), 0xffff);
	KUNIT_EXPECT_EQ(test, rd(fake, RW16), 0xffff);
	kunit_regfile_break(fake->regs, RW16, 0, KUNIT_REG_READS_ONES, 0);
	KUNIT_EXPECT_EQ(test, rd(fake, RW16), regs[RW16].reset);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void register_that_reads_zeros(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_break(fake->regs, RC, 0, KUNIT_REG_READS_ZEROS, 1);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), 0);
	KUNIT_EXPECT_EQ_MSG(test, rd(fake, RC), RESET, "it was not read yet");
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static void register_that_loses_writes(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_break(fake->regs, CALLS, 0, KUNIT_REG_LOSES_WRITES, 1);
	wr(fake, CALLS, 1);
	KUNIT_EXPECT_EQ(test, peek(fake, CALLS), 0);
	KUNIT_EXPECT_EQ(test, fake->calls, 0);
	wr(fake, CALLS, 2);
	KUNIT_EXPECT_EQ(test, peek(fake, CALLS), 2);
	/* Both were made. */
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, CALLS, KUNIT_REG_ANY, true), 2);
}

static void access_in_hardirq(struct irq_work *work)
{
	struct fake *fake = container_of(work, struct fake, work);

	wr(fake, RW32, 1);
	complete(&fake->done);
}

static void log_says_who_and_in_which_context(struct kunit *test)
{
	struct fake *fake = create(test);
	struct kunit_reg_access access;
	unsigned long flags;

	init_completion(&fake->done);
	fake->work = IRQ_WORK_INIT_HARD(access_in_hardirq);

	rd(fake, RW64);
	local_irq_save(flags);
	wr(fake, RW16, 0x12345);
	local_irq_restore(flags);
	irq_work_queue(&fake->work);
	wait_for_completion(&fake->done);
	irq_work_sync(&fake->work);

	KUNIT_ASSERT_TRUE(test, kunit_regfile_logged(fake->regs, 0, &access));
	KUNIT_EXPECT_EQ(test, access.reg, RW64);
	KUNIT_EXPECT_EQ(test, access.offset, regs[RW64].offset);
	KUNIT_EXPECT_EQ(test, access.width, 64);
	KUNIT_EXPECT_EQ(test, access.val, regs[RW64].reset);
	KUNIT_EXPECT_FALSE(test, access.write);
	KUNIT_EXPECT_FALSE(test, access.hardirq);
	KUNIT_EXPECT_FALSE(test, access.irqs_off);
	KUNIT_EXPECT_EQ(test, access.pid, current->pid);
	KUNIT_EXPECT_STREQ(test, access.comm, current->comm);

	KUNIT_ASSERT_TRUE(test, kunit_regfile_logged(fake->regs, 1, &access));
	KUNIT_EXPECT_EQ(test, access.reg, RW16);
	KUNIT_EXPECT_EQ(test, access.val, 0x2345);
	KUNIT_EXPECT_TRUE(test, access.write);
	KUNIT_EXPECT_FALSE(test, access.hardirq);
	KUNIT_EXPECT_TRUE(test, access.irqs_off);

	KUNIT_ASSERT_TRUE(test, kunit_regfile_logged(fake->regs, 2, &access));
	KUNIT_EXPECT_TRUE(test, access.hardirq);
	KUNIT_EXPECT_TRUE(test, access.irqs_off);

	KUNIT_EXPECT_FALSE(test, kunit_regfile_logged(fake->regs, 3, &access));
	KUNIT_EXPECT_NOT_NULL(test, strstr(kunit_regfile_trace(test, fake->regs, NULL, 0),
					   " !RW32=EN"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(kunit_regfile_tail(test, fake->regs),
					   " d RW16=0x2345\n"));
}

static void log_keeps_the_last_accesses(struct kunit *test)
{
	struct fake *fake = create(test);
	struct kunit_reg_access access;
	unsigned int i;

	for (i = 0; i < KUNIT_REGFILE_LOG + 2; i++)
		wr(fake, RW16, i);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, KUNIT_REGFILE_LOG + 2);
	KUNIT_EXPECT_FALSE(test, kunit_regfile_logged(fake->regs, 1, &access));
	KUNIT_ASSERT_TRUE(test, kunit_regfile_logged(fake->regs, 2, &access));
	KUNIT_EXPECT_EQ(test, access.val, 2);
	KUNIT_EXPECT_EQ(test, strncmp(kunit_regfile_trace(test, fake->regs, NULL, 0),
				      "(2 lost) RW16=0x2 ", 18), 0);
	/* Those that are not kept count. */
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, RW16, KUNIT_REG_ANY, true),
			KUNIT_REGFILE_LOG + 2);

	kunit_regfile_clear_log(fake->regs);
	KUNIT_EXPECT_EQ(test, fake->regs->log_len, 0);
	KUNIT_EXPECT_REG_TRACE(test, fake->regs, "");
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, RW16, KUNIT_REG_ANY, true), 0);
}

static void accesses_are_counted(struct kunit *test)
{
	struct fake *fake = create(test);

	rd(fake, RW8);
	rd(fake, ARRAY);
	wr(fake, ARRAY, 0);
	kunit_regfile_write(fake->regs, ARRAY_OFFSET + ARRAY_STRIDE, 32, 0);

	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, KUNIT_REG_ANY, KUNIT_REG_ANY,
						  false), 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, ARRAY, 0, false), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, ARRAY, KUNIT_REG_ANY, true), 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, ARRAY, 1, true), 1);
	KUNIT_EXPECT_EQ(test, kunit_regfile_count(fake->regs, RW8, KUNIT_REG_ANY, true), 0);
}

#define QUIETLY	"QUIET? QUIET=0x9 ARRAY[1]=IE"

static void trace_has_names_of_registers_and_bits(struct kunit *test)
{
	struct fake *fake = create(test);

	wr(fake, RW32, 0x13);
	wr(fake, RW32, 0x120);
	rd(fake, RW32);
	wr(fake, RW32, 0);
	rd(fake, QUIET);
	wr(fake, QUIET, 9);
	kunit_regfile_write(fake->regs, ARRAY_OFFSET + ARRAY_STRIDE, 32, 2);

	KUNIT_EXPECT_REG_TRACE(test, fake->regs,
			       "RW32=EN+IE+SLOW RW32=FAST+0x100 RW32?FAST+0x100 RW32= " QUIETLY);
	/* Of the group alone, though OTHER has an instance of that number. */
	kunit_regfile_write(fake->regs, ARRAY_OFFSET + ARRAY_STRIDE + 4, 32, 2);
	KUNIT_EXPECT_STREQ(test, kunit_regfile_trace(test, fake->regs, "channel", 1),
			   "ARRAY=IE");
	KUNIT_EXPECT_STREQ(test, kunit_regfile_trace(test, fake->regs, "channel", 0), "");
	KUNIT_EXPECT_STREQ(test, kunit_regfile_name_bits(test, fake->regs, RW32, 0x121),
			   "EN+FAST+0x100");
	KUNIT_EXPECT_STREQ(test, kunit_regfile_name_bits(test, fake->regs, RW32, 0), "0");
	KUNIT_EXPECT_STREQ(test, kunit_regfile_name_bits(test, fake->regs, RW16, 0), "0x0");
}

#define FIVE_READS "RW32?EN+FAST+0xa5a5a584 RW32?EN+FAST+0xa5a5a584 (3 more) "

/* A storm fits into a message. */
static void trace_counts_what_repeats(struct kunit *test)
{
	struct fake *fake = create(test);
	unsigned int i;

	for (i = 0; i < 5; i++)
		rd(fake, RW32);
	wr(fake, RW32, 1);
	rd(fake, RW32);
	rd(fake, RW32);
	wr(fake, RW32, 1);
	for (i = 0; i < 3; i++)
		rd(fake, QUIET);

	KUNIT_EXPECT_REG_TRACE(test, fake->regs,
			       FIVE_READS "RW32=EN RW32?EN RW32?EN RW32=EN QUIET? QUIET? (1 more)");
}

static void note_update(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	struct fake *fake = to_fake(rf);

	lockdep_assert_held(&rf->lock);
	fake->updates++;
	fake->updated_reg = reg;
	fake->updated_idx = idx;
}

static void device_hears_of_each_change(struct kunit *test)
{
	struct fake *fake = create(test);

	fake->regs->update = note_update;
	wr(fake, RW32, 0);
	KUNIT_EXPECT_EQ(test, fake->updates, 1);
	KUNIT_EXPECT_EQ(test, fake->updated_reg, RW32);
	kunit_regfile_poke(fake->regs, ARRAY, 2, 1);
	KUNIT_EXPECT_EQ(test, fake->updates, 2);
	KUNIT_EXPECT_EQ(test, fake->updated_reg, ARRAY);
	KUNIT_EXPECT_EQ(test, fake->updated_idx, 2);
	rd(fake, RW32);
	KUNIT_EXPECT_EQ(test, fake->updates, 2);
	rd(fake, RC);
	KUNIT_EXPECT_EQ(test, fake->updates, 3);
	fake->regs->post_writes = true;
	wr(fake, RW32, 0);
	KUNIT_EXPECT_EQ_MSG(test, fake->updates, 3, "it has not arrived");
	kunit_regfile_arrive(fake->regs, -1, 1);
	KUNIT_EXPECT_EQ(test, fake->updates, 4);
}

/* The lock is not held: the hooks get at the registers as anybody does. */
static void set_before(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	if (access->reg == RW32 && !access->write)
		kunit_regfile_poke(rf, RW32, 0, 77);
}

static void set_after(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	if (access->reg == RW32 && !access->write) {
		to_fake(rf)->value = access->val;
		kunit_regfile_poke(rf, RW32, 0, 88);
	}
}

static void hooks_are_called_around_an_access(struct kunit *test)
{
	struct fake *fake = create(test);

	fake->regs->before_access = set_before;
	fake->regs->after_access = set_after;
	KUNIT_EXPECT_EQ(test, rd(fake, RW32), 77);
	KUNIT_EXPECT_EQ(test, fake->value, 77);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 88);
}

static void lock_keeps_interrupts_out(struct kunit *test)
{
	struct fake *fake = create(test);
	unsigned long flags;
	bool off;

	kunit_regfile_lock(fake->regs, &flags);
	off = irqs_disabled();
	*kunit_regfile_cell(fake->regs, RW32, 0) = 1;
	*kunit_regfile_cell(fake->regs, ARRAY, 1) = 2;
	kunit_regfile_unlock(fake->regs, flags);
	KUNIT_EXPECT_TRUE(test, off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_REG_EQ(test, fake->regs, RW32, 0, 1);
	KUNIT_EXPECT_REG_EQ(test, fake->regs, ARRAY, 1, 2);
}

struct mistake {
	const char *what;
	struct kunit_reg regs[2];
};

#define GOOD	KUNIT_REG32("GOOD", 0x10, .group = "channel", .stride = 8, .count = 4)

static const struct mistake mistakes[] = {
	{ "no name", { GOOD, KUNIT_REG32(NULL, 0) } },
	{ "a width that is not 8, 16, 32 or 64", { GOOD, KUNIT_REG(24, "BAD", 0) } },
	{ "one of stride and count", { GOOD, KUNIT_REG32("BAD", 0, .stride = 4) } },
	{ "one of stride and count", { GOOD, KUNIT_REG32("BAD", 0, .count = 2) } },
	{ "a stride below its width",
	  { GOOD, KUNIT_REG32("BAD", 0x100, .stride = 2, .count = 2) } },
	{ "an offset out of range", { GOOD, KUNIT_REG32("BAD", U32_MAX) } },
	{ "an offset out of range",
	  { GOOD, KUNIT_REG32("BAD", 0x100, .stride = 0x80000000, .count = 3) } },
	{ "bits beyond its width", { GOOD, KUNIT_REG16("BAD", 0, .w1c = BIT(16)) } },
	{ "bits beyond its width", { GOOD, KUNIT_REG8("BAD", 0, .reset = 0x100) } },
	{ "an overlap with an entry before it", { GOOD, KUNIT_REG64("BAD", 0xc) } },
	{ "an overlap with an entry before it", { GOOD, KUNIT_REG8("BAD", 0x2b) } },
	{ "an overlap with an entry before it",
	  { GOOD, KUNIT_REG32("BAD", 0, .stride = 0x14, .count = 3) } },
	{ "another count than its group",
	  { GOOD, KUNIT_REG32("BAD", 0x14, .group = "channel", .stride = 8, .count = 3) } },
};

static void mistake_in_the_table_is_found(struct kunit *test)
{
	const struct kunit_reg good[] = {
		GOOD, KUNIT_REG32("BETWEEN", 0x14, .stride = 8, .count = 4),
		KUNIT_REG32("BEFORE", 0xc), KUNIT_REG8("AFTER", 0x30), KUNIT_REG8("TOP", U32_MAX),
	};
	const char *found;
	unsigned int i, entry;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		found = kunit_regfile_find_mistake(mistakes[i].regs, 2, &entry);
		KUNIT_ASSERT_NOT_NULL_MSG(test, found, "%u: %s", i, mistakes[i].what);
		KUNIT_EXPECT_STREQ(test, found, mistakes[i].what);
		KUNIT_EXPECT_EQ(test, entry, 1);
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(kunit_regfile_create(test, mistakes[0].regs, 2)), -EINVAL);
	KUNIT_EXPECT_NULL(test, kunit_regfile_find_mistake(good, ARRAY_SIZE(good), &entry));
}

static void test_that_asks_for_no_register_is_told(struct kunit *test)
{
	struct fake *fake = create(test);

	kunit_regfile_poke(fake->regs, ARRAY, ARRAY_COUNT, 1);
	expect_violation(test, fake, "the test asks for register 12[3], which is not there");
	KUNIT_EXPECT_EQ(test, kunit_regfile_peek(fake->regs, ARRAY_SIZE(regs), 0), 1);
	kunit_regfile_break(fake->regs, RW8, 1, KUNIT_REG_READS_ONES, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->regs->violations), 3);
	KUNIT_EXPECT_EQ(test, peek(fake, OTHER), 0);
	KUNIT_EXPECT_EQ(test, rd(fake, RW8), regs[RW8].reset);
}

/* Each access is longer than its share of the string. */
static void trace_says_where_it_was_cut(struct kunit *test)
{
	static const struct kunit_reg name = KUNIT_REG32("A_REGISTER_WITH_A_VERY_LONG_NAME", 0);
	struct kunit_regfile *rf = kunit_regfile_create(test, &name, 1);
	unsigned int i, words = 1;
	char *trace, *cut, expected[16];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rf);
	for (i = 0; i < KUNIT_REGFILE_LOG; i++)
		kunit_regfile_write(rf, 0, 32, i);
	trace = kunit_regfile_trace(test, rf, NULL, 0);
	cut = strrchr(trace, '(');
	KUNIT_ASSERT_NOT_NULL(test, cut);
	for (i = 0; trace + i < cut - 1; i++)
		words += trace[i] == ' ';
	snprintf(expected, sizeof(expected), "(%u cut)", KUNIT_REGFILE_LOG - words);
	KUNIT_EXPECT_STREQ(test, cut, expected);
}

static void register_that_fails(struct kunit *test)
{
	struct fake *fake = create(test);
	u64 val = 1;

	kunit_regfile_break(fake->regs, RC, 0, KUNIT_REG_FAILS, 2);
	KUNIT_EXPECT_EQ(test, kunit_regfile_access(fake->regs, 0x20, 32, true, &val), -EIO);
	KUNIT_EXPECT_EQ(test, rd(fake, RC), ALL);
	KUNIT_EXPECT_EQ_MSG(test, rd(fake, RC), RESET, "it was not read or written yet");
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);

	KUNIT_EXPECT_EQ(test, kunit_regfile_access(fake->regs, NOWHERE, 32, false, &val), -EIO);
	kunit_regfile_set_power(fake->regs, false);
	KUNIT_EXPECT_EQ(test, kunit_regfile_access(fake->regs, 0x20, 32, false, &val), -EIO);
}

#ifdef CONFIG_REGMAP
static void regmap_leads_to_the_registers(struct kunit *test)
{
	const struct regmap_config config = { .reg_bits = 8, .val_bits = 32, .reg_stride = 4 };
	struct fake *fake = create(test);
	struct device *dev = kunit_device_register(test, "regfile");
	struct regmap *map;
	unsigned int val;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	map = kunit_regfile_regmap(fake->regs, dev, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	KUNIT_EXPECT_PTR_EQ(test, dev_get_regmap(dev, NULL), map);
	KUNIT_EXPECT_EQ(test, regmap_read(map, 0x04, &val), 0);
	KUNIT_EXPECT_EQ(test, val, RESET);
	KUNIT_EXPECT_EQ(test, regmap_update_bits(map, 0x04, 0xff, 1), 0);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), (RESET & ~0xff) | 1);
	kunit_regfile_break(fake->regs, RW32, 0, KUNIT_REG_FAILS, 1);
	KUNIT_EXPECT_EQ(test, regmap_write(map, 0x04, 2), -EIO);
	KUNIT_EXPECT_EQ(test, regmap_read(map, 0xf0, &val), -EIO);
	expect_violation(test, fake, "read of no register of 32 bits at 0xf0");
}
#endif

static void ioremap_leads_to_the_registers(struct kunit *test)
{
	struct fake *fake = create(test), *other = create(test);
	struct resource res[] = {
		kunit_regfile_resource(test, fake->regs, 0x200),
		kunit_regfile_resource(test, other->regs, 0x200),
	};
	void __iomem *base = ioremap(res[0].start + 4, 4);

	KUNIT_EXPECT_EQ(test, resource_size(&res[0]), 0x200);
	KUNIT_EXPECT_FALSE(test, resource_overlaps(&res[0], &res[1]));
	KUNIT_ASSERT_NOT_NULL(test, base);
	KUNIT_EXPECT_EQ(test, readl(base), RESET);
	writel(3, base);
	KUNIT_EXPECT_EQ(test, peek(fake, RW32), 3);
	KUNIT_EXPECT_EQ(test, peek(other, RW32), RESET);
	KUNIT_EXPECT_EQ(test, readw(base - 2), regs[RW16].reset);
	iounmap(base);
	KUNIT_EXPECT_REGFILE_OK(test, fake->regs);
}

static struct kunit_case kunit_regfile_cases[] = {
	KUNIT_CASE(registers_have_their_width_and_reset_value),
	KUNIT_CASE(read_only_register_stays_as_it_is),
	KUNIT_CASE(write_only_register_is_not_read),
	KUNIT_CASE(one_clears),
	KUNIT_CASE(one_sets),
	KUNIT_CASE(read_clears),
	KUNIT_CASE(reserved_bits_are_preserved),
	KUNIT_CASE(bits_of_one_register_differ),
	KUNIT_CASE(callbacks_have_the_last_word),
	KUNIT_CASE(array_has_its_instances),
	KUNIT_CASE(unknown_offset_is_recorded),
	KUNIT_CASE(wrong_width_is_recorded),
	KUNIT_CASE(only_the_first_violation_is_kept),
	KUNIT_CASE(access_without_power_is_recorded),
	KUNIT_CASE(posted_write_arrives_later),
	KUNIT_CASE(read_pushes_posted_writes),
	KUNIT_CASE(posted_writes_of_two_cpus_arrive_in_any_order),
	KUNIT_CASE(read_by_another_cpu_pushes_nothing),
	KUNIT_CASE(posted_writes_follow_a_task_to_another_cpu),
	KUNIT_CASE(no_posted_write_is_dropped),
	KUNIT_CASE(posted_write_that_finds_no_power_is_recorded),
	KUNIT_CASE(register_that_reads_ones),
	KUNIT_CASE(register_that_reads_zeros),
	KUNIT_CASE(register_that_loses_writes),
	KUNIT_CASE(log_says_who_and_in_which_context),
	KUNIT_CASE(log_keeps_the_last_accesses),
	KUNIT_CASE(accesses_are_counted),
	KUNIT_CASE(trace_has_names_of_registers_and_bits),
	KUNIT_CASE(trace_counts_what_repeats),
	KUNIT_CASE(device_hears_of_each_change),
	KUNIT_CASE(hooks_are_called_around_an_access),
	KUNIT_CASE(lock_keeps_interrupts_out),
	KUNIT_CASE(mistake_in_the_table_is_found),
	KUNIT_CASE(test_that_asks_for_no_register_is_told),
	KUNIT_CASE(trace_says_where_it_was_cut),
	KUNIT_CASE(register_that_fails),
#ifdef CONFIG_REGMAP
	KUNIT_CASE(regmap_leads_to_the_registers),
#endif
	KUNIT_CASE(ioremap_leads_to_the_registers),
	{}
};

static struct kunit_suite kunit_regfile_suite = {
	.name = "kunit_regfile",
	.test_cases = kunit_regfile_cases,
};

kunit_test_suite(kunit_regfile_suite);

MODULE_DESCRIPTION("KUnit tests for the fake register file");
MODULE_LICENSE("GPL");
