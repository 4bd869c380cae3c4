/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake register file for KUnit tests of device drivers.
 *
 * A driver reaches it through a regmap (kunit_regfile_regmap()), through ioremap()
 * (kunit_regfile_resource()), or through functions of its own that call
 * kunit_regfile_read() and kunit_regfile_write(). Its interrupts are those of
 * <kunit/irq.h>. See Documentation/dev-tools/kunit/regfile.rst.
 *
 * What it cannot do:
 *
 * - An access has the width of one register, and an access to half of a register is a
 *   violation. memcpy_toio() arrives as bytes, and regmap_raw_write() fails.
 * - A register has one value. A FIFO, or two registers at one offset, need
 *   @on_read and @on_write.
 * - The device reaches no memory: what DMA does is for the callbacks to play.
 * - There is no time. What the device does by itself, a test does.
 */

#ifndef _KUNIT_REGFILE_H
#define _KUNIT_REGFILE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/ioport.h>
#include <linux/limits.h>
#include <linux/regmap.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <kunit/test.h>

/* So many accesses are remembered, the last ones. A power of two. */
#define KUNIT_REGFILE_LOG	256

/* So many writes can be on their way; the oldest one arrives before the next is posted. */
#define KUNIT_REGFILE_POSTED	32

/* Any register, or any instance, of those that a function takes. */
#define KUNIT_REG_ANY		UINT_MAX

/* As often as there is an access. */
#define KUNIT_REG_ALWAYS	UINT_MAX

struct kunit_regfile;

/**
 * struct kunit_reg_field - A name for what bits of a register say
 * @mask: bits
 * @val: what they are, for the name to be shown; only those in @mask matter
 * @name: name
 */
struct kunit_reg_field {
	u64			mask;
	u64			val;
	const char		*name;
};

/* A field that is shown if its bits are set. */
#define KUNIT_REG_BIT(_mask, _name)		\
	{ .mask = (_mask), .val = U64_MAX, .name = (_name) }

/* A field that is shown if its bits have that value. */
#define KUNIT_REG_VAL(_mask, _val, _name)	\
	{ .mask = (_mask), .val = (_val), .name = (_name) }

/* The fields of a &struct kunit_reg. */
#define KUNIT_REG_FIELDS(...)			\
	.fields = (const struct kunit_reg_field[]){ __VA_ARGS__, {} }

/**
 * struct kunit_reg - A register, or an array of them, and how it behaves
 * @name: as in the manual
 * @group: arrays that describe the same things, a channel or a bank, have the same
 *	name here, and as many instances. See kunit_regfile_trace()
 * @offset: where it is
 * @stride: from one of an array to the next; 0 if it is not an array
 * @count: how many there are, if it is an array
 * @width: 8, 16, 32 or 64 bits
 * @reset: what it contains after reset
 * @ro: bits that software cannot change. If that is all of them, a write is a
 *	violation
 * @wo: bits that read as zero. If that is all of them, a read is a violation
 * @w1c: bits that a one clears and a zero leaves alone
 * @w1s: bits that a one sets and a zero leaves alone
 * @rc: bits that are cleared by being read
 * @reserved: bits that software writes as zero, or as it last read them. They do
 *	not change. Anything else is a violation
 * @hide_read: do not show in a trace what was read
 * @fields: names for the bits, see KUNIT_REG_FIELDS(). NULL: shown as a number
 * @on_read: if set, called with what is about to be read, to change it
 * @on_write: if set, called with what was written, after the rules above were
 *	applied to it
 *
 * Bits that no mask names are plain storage. The callbacks are what the device
 * does; they are called with the lock of the register file held and interrupts
 * off, and get at the registers by kunit_regfile_cell().
 */
struct kunit_reg {
	const char		*name;
	const char		*group;
	u32			offset;
	u32			stride;
	unsigned int		count;
	unsigned int		width;
	u64			reset;
	u64			ro;
	u64			wo;
	u64			w1c;
	u64			w1s;
	u64			rc;
	u64			reserved;
	bool			hide_read;
	const struct kunit_reg_field *fields;
	u64			(*on_read)(struct kunit_regfile *rf, unsigned int idx, u64 val);
	void			(*on_write)(struct kunit_regfile *rf, unsigned int idx, u64 val);
};

#define KUNIT_REG(_width, _name, _offset, ...)	\
	{ .name = (_name), .offset = (_offset), .width = (_width), ##__VA_ARGS__ }

/**
 * KUNIT_REG32() - An entry of a table of registers
 * @_name: as in the manual
 * @_offset: where it is
 * @...: other members of &struct kunit_reg
 *
 * .. code-block:: c
 *
 *	static const struct kunit_reg timer_regs[] = {
 *		[CTRL] = KUNIT_REG32("CTRL", 0x00, .reserved = ~3U,
 *				     KUNIT_REG_FIELDS(KUNIT_REG_BIT(BIT(0), "EN"),
 *						      KUNIT_REG_BIT(BIT(1), "IE"))),
 *		[STATUS] = KUNIT_REG32("STATUS", 0x04, .w1c = BIT(0)),
 *		[COUNT] = KUNIT_REG32("COUNT", 0x08, .ro = ~0U, .reset = 100),
 *	};
 *
 *	static void timer_update(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
 *	{
 *		struct kunit_irqchip *chip = rf->priv;
 *		bool high = (*kunit_regfile_cell(rf, CTRL, 0) & BIT(1)) &&
 *			    (*kunit_regfile_cell(rf, STATUS, 0) & BIT(0));
 *
 *		kunit_irq_drive(&chip->line[0].source, high);
 *	}
 *
 *	static void timer_interrupt_is_acknowledged(struct kunit *test)
 *	{
 *		struct kunit_irqchip *chip = kunit_irqchip_create(test, 1);
 *		struct kunit_regfile *rf =
 *			kunit_regfile_create(test, timer_regs, ARRAY_SIZE(timer_regs));
 *
 *		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rf);
 *		rf->priv = chip;
 *		rf->update = timer_update;
 *		bind_timer(test, kunit_regfile_resource(test, rf, SZ_4K), chip->line[0].irq);
 *		kunit_regfile_clear_log(rf);
 *
 *		kunit_regfile_poke(rf, STATUS, 0, BIT(0));
 *		kunit_irqchip_settle(chip);
 *		KUNIT_EXPECT_REG_TRACE(test, rf, "!STATUS?0x1 !STATUS=0x1");
 *		KUNIT_EXPECT_REGFILE_OK(test, rf);
 *	}
 *
 * The same for the other widths: KUNIT_REG8(), KUNIT_REG16(), KUNIT_REG64().
 */
#define KUNIT_REG32(_name, _offset, ...)	KUNIT_REG(32, _name, _offset, ##__VA_ARGS__)
#define KUNIT_REG8(_name, _offset, ...)		KUNIT_REG(8, _name, _offset, ##__VA_ARGS__)
#define KUNIT_REG16(_name, _offset, ...)	KUNIT_REG(16, _name, _offset, ##__VA_ARGS__)
#define KUNIT_REG64(_name, _offset, ...)	KUNIT_REG(64, _name, _offset, ##__VA_ARGS__)

/**
 * struct kunit_reg_access - One access
 * @val: what was read or written
 * @offset: where
 * @reg: which register of the array that describes them, or KUNIT_REG_ANY if there
 *	is none at that offset with that width
 * @idx: which one, if that is an array
 * @width: of the access, in bits
 * @cpu: on which CPU, or as which (&kunit_regfile.as_cpu)
 * @pid: in which task, or which task was interrupted
 * @comm: name of that task
 * @write: written, else read
 * @hardirq: in hard IRQ context, or in the thread that forced threading (threadirqs,
 *	PREEMPT_RT) has made of it
 * @irqs_off: with interrupts off
 * @posted: a write that had not arrived when it was logged
 */
struct kunit_reg_access {
	u64			val;
	u32			offset;
	unsigned int		reg;
	unsigned int		idx;
	unsigned int		width;
	unsigned int		cpu;
	pid_t			pid;
	char			comm[TASK_COMM_LEN];
	bool			write;
	bool			hardirq;
	bool			irqs_off;
	bool			posted;
};

/**
 * enum kunit_reg_defect - What kunit_regfile_break() does to a register
 * @KUNIT_REG_READS_ONES: a read returns all ones, and has no effect
 * @KUNIT_REG_READS_ZEROS: a read returns zero, and has no effect
 * @KUNIT_REG_LOSES_WRITES: a write has no effect
 * @KUNIT_REG_FAILS: the bus reports an error: a regmap returns -EIO. By other ways a
 *	read returns all ones. The access has no effect
 * @KUNIT_REG_DEFECTS: how many there are
 */
enum kunit_reg_defect {
	KUNIT_REG_READS_ONES,
	KUNIT_REG_READS_ZEROS,
	KUNIT_REG_LOSES_WRITES,
	KUNIT_REG_FAILS,
	KUNIT_REG_DEFECTS,
};

/**
 * struct kunit_regfile - A fake register file
 * @update: if set, called after each change of a register, by software or not,
 *	under the lock: for a device that drives an interrupt line. If the value of a
 *	register after reset asserts it, call kunit_regfile_reset() once this is set
 * @before_access: if set, called before each access, without any lock, in its
 *	context: for what another CPU does just then
 * @after_access: if set, called likewise after each access. An access that one of these
 *	two makes calls it again: it clears the pointer first
 * @post_writes: writes arrive later, see kunit_regfile_arrive()
 * @as_cpu: accesses are taken for this CPU's. For a test that plays another CPU on a
 *	machine with one: that one reads, and the first one's writes are still posted
 * @priv: the test's
 * @powered: see kunit_regfile_set_power()
 * @violation: the first thing that software did wrong, or NULL
 * @violations: how many there were
 * @log_len: how many accesses there were since kunit_regfile_clear_log()
 *
 * Tests set the functions, @post_writes, @as_cpu and @priv, and read the rest.
 */
struct kunit_regfile {
	void			(*update)(struct kunit_regfile *rf, unsigned int reg,
					  unsigned int idx);
	void			(*before_access)(struct kunit_regfile *rf,
						 const struct kunit_reg_access *access);
	void			(*after_access)(struct kunit_regfile *rf,
						const struct kunit_reg_access *access);
	bool			post_writes;
	unsigned int		as_cpu;
	void			*priv;

	bool			powered;
	const char		*violation;
	atomic_t		violations;
	unsigned int		log_len;

	/* private: */
	raw_spinlock_t		lock;
	const struct kunit_reg	*regs;
	unsigned int		nr_regs;
	struct kunit_reg_cell	**cells;
	struct kunit_reg_cell	*nowhere;
	struct kunit_reg_access	*log;
	struct kunit_reg_posted	*posted;
	unsigned int		nr_posted;
	char			violation_text[128];
};

struct kunit_regfile *kunit_regfile_create(struct kunit *test, const struct kunit_reg *regs,
					   unsigned int nr_regs);

/* The driver's side: two ways in, and what a third one calls. */
#ifdef CONFIG_REGMAP
struct regmap *kunit_regfile_regmap(struct kunit_regfile *rf, struct device *dev,
				    const struct regmap_config *config);
#endif

#ifdef CONFIG_INDIRECT_IOMEM
struct resource kunit_regfile_resource(struct kunit *test, struct kunit_regfile *rf,
				       resource_size_t size);
#else
static inline struct resource kunit_regfile_resource(struct kunit *test,
						     struct kunit_regfile *rf,
						     resource_size_t size)
{
	kunit_skip(test, "MMIO is emulated on User Mode Linux alone");
}
#endif

int kunit_regfile_access(struct kunit_regfile *rf, u32 offset, unsigned int width,
			 bool write, u64 *val);

/**
 * kunit_regfile_read() - A driver reads a register
 * @rf: the register file
 * @offset: where
 * @width: 8, 16, 32 or 64 bits
 *
 * Context: Any.
 * Return: what was read; all ones where there is nothing, or no power.
 */
static inline u64 kunit_regfile_read(struct kunit_regfile *rf, u32 offset, unsigned int width)
{
	u64 val = 0;

	kunit_regfile_access(rf, offset, width, false, &val);

	return val;
}

/**
 * kunit_regfile_write() - A driver writes a register
 * @rf: the register file
 * @offset: where
 * @width: 8, 16, 32 or 64 bits
 * @val: what
 *
 * With &kunit_regfile.post_writes it arrives later, and what it does is done
 * then.
 *
 * Context: Any.
 */
static inline void kunit_regfile_write(struct kunit_regfile *rf, u32 offset,
				       unsigned int width, u64 val)
{
	kunit_regfile_access(rf, offset, width, true, &val);
}

/* The device's side. */
void kunit_regfile_lock(struct kunit_regfile *rf, unsigned long *flags);
void kunit_regfile_unlock(struct kunit_regfile *rf, unsigned long flags);
u64 *kunit_regfile_cell(struct kunit_regfile *rf, unsigned int reg, unsigned int idx);
u64 kunit_regfile_peek(struct kunit_regfile *rf, unsigned int reg, unsigned int idx);
void kunit_regfile_poke(struct kunit_regfile *rf, unsigned int reg, unsigned int idx, u64 val);
void kunit_regfile_reset(struct kunit_regfile *rf);
void kunit_regfile_set_power(struct kunit_regfile *rf, bool on);
unsigned int kunit_regfile_arrive(struct kunit_regfile *rf, int cpu, unsigned int nr);
void kunit_regfile_break(struct kunit_regfile *rf, unsigned int reg, unsigned int idx,
			 enum kunit_reg_defect defect, unsigned int times);
__printf(2, 3) void kunit_regfile_violation(struct kunit_regfile *rf, const char *fmt, ...);

/* The test's side. */
void kunit_regfile_clear_log(struct kunit_regfile *rf);
bool kunit_regfile_logged(struct kunit_regfile *rf, unsigned int n,
			  struct kunit_reg_access *access);
unsigned int kunit_regfile_count(struct kunit_regfile *rf, unsigned int reg,
				 unsigned int idx, bool write);
char *kunit_regfile_name_bits(struct kunit *test, struct kunit_regfile *rf,
			      unsigned int reg, u64 val);
char *kunit_regfile_trace(struct kunit *test, struct kunit_regfile *rf,
			  const char *group, unsigned int idx);
char *kunit_regfile_tail(struct kunit *test, struct kunit_regfile *rf);

/* For the suite of the register file. */
const char *kunit_regfile_find_mistake(const struct kunit_reg *regs, unsigned int nr_regs,
				       unsigned int *entry);

/**
 * KUNIT_EXPECT_REGFILE_OK() - Expect that software did nothing wrong
 * @test: the test
 * @rf: the register file
 *
 * Where it did, the message says what, and shows the last accesses.
 */
#define KUNIT_EXPECT_REGFILE_OK(test, rf)						\
do {											\
	struct kunit *__test = (test);							\
	struct kunit_regfile *__rf = (rf);						\
											\
	KUNIT_EXPECT_NULL_MSG(__test, __rf->violation, "%s; the last accesses:\n%s",	\
			      __rf->violation, kunit_regfile_tail(__test, __rf));	\
} while (0)

/**
 * KUNIT_EXPECT_REG_EQ() - Expect that a register contains a value
 * @test: the test
 * @rf: the register file
 * @reg: register
 * @idx: which one, if that is an array
 * @val: what is expected
 *
 * Where it does not, the message has both values in names of bits, and shows the
 * last accesses.
 */
#define KUNIT_EXPECT_REG_EQ(test, rf, reg, idx, val)					\
do {											\
	struct kunit *__test = (test);							\
	struct kunit_regfile *__rf = (rf);						\
	unsigned int __reg = (reg), __idx = (idx);					\
	u64 __expected = (val);								\
	u64 __contents = kunit_regfile_peek(__rf, __reg, __idx);			\
											\
	KUNIT_EXPECT_EQ_MSG(__test, __contents, __expected,				\
			    "%s[%u] contains %s, not %s; the last accesses:\n%s",	\
			    __rf->regs[__reg].name, __idx,				\
			    kunit_regfile_name_bits(__test, __rf, __reg, __contents),	\
			    kunit_regfile_name_bits(__test, __rf, __reg, __expected),	\
			    kunit_regfile_tail(__test, __rf));				\
} while (0)

/**
 * KUNIT_EXPECT_REG_TRACE() - Expect that the log is as a string says
 * @test: the test
 * @rf: the register file
 * @str: as from kunit_regfile_trace(), of all registers
 *
 * Where it is not, the message shows the last accesses, and their CPUs and tasks.
 */
#define KUNIT_EXPECT_REG_TRACE(test, rf, str)						\
do {											\
	struct kunit *__test = (test);							\
	struct kunit_regfile *__rf = (rf);						\
	const char *__trace = kunit_regfile_trace(__test, __rf, NULL, 0);		\
											\
	KUNIT_EXPECT_STREQ_MSG(__test, __trace, str, "the last accesses:\n%s",		\
			       kunit_regfile_tail(__test, __rf));			\
} while (0)

#endif /* _KUNIT_REGFILE_H */
