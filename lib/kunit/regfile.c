// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake register file for KUnit tests of device drivers.
 *
 * See Documentation/dev-tools/kunit/regfile.rst.
 */

#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/seq_buf.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <kunit/regfile.h>

/**
 * DOC: What it is
 *
 * A &struct kunit_regfile stands for the registers of a device. An array of &struct
 * kunit_reg says which registers there are and how they behave. Callbacks do what the
 * array cannot say.
 *
 * The driver in any context, what plays the device, and the test use it at the same time.
 * So a raw spinlock protects it, and it allocates no memory after kunit_regfile_create().
 * It calls @before_access and @after_access without a lock.
 *
 * It only records. An expectation that fails allocates memory, which an interrupt handler
 * cannot do, and the test may have ended. The test asserts when all handlers have
 * returned, with KUNIT_EXPECT_REGFILE_OK() for instance.
 */

/* Accesses in a message: printk() takes no more than 1 kB at once. */
#define KUNIT_REGFILE_TAIL	10

/* Of a trace: what is longer than this is cut, and says so. */
#define KUNIT_REGFILE_TRACE	8192
#define KUNIT_REGFILE_CUT	32

struct kunit_reg_cell {
	u64		val;
	u64		seen;		/* what was read last */
	unsigned int	count[2];	/* reads and writes */
	unsigned int	broken[KUNIT_REG_DEFECTS];
};

struct kunit_reg_posted {
	unsigned int	reg;
	unsigned int	idx;
	unsigned int	cpu;
	pid_t		pid;		/* of the task that wrote it; 0: an interrupt did */
	u64		val;
};

static u64 kunit_reg_mask(const struct kunit_reg *reg)
{
	return GENMASK_ULL(reg->width - 1, 0);
}

static unsigned int kunit_reg_count(const struct kunit_reg *reg)
{
	return reg->stride ? reg->count : 1;
}

/**
 * kunit_regfile_violation() - Record that software did something wrong
 * @rf: the register file
 * @fmt: what, as for printk()
 *
 * Only the first one is kept. For rules that are more than one register's.
 *
 * Context: Any; with the lock of the register file or without.
 */
void kunit_regfile_violation(struct kunit_regfile *rf, const char *fmt, ...)
{
	va_list args;

	if (atomic_inc_return(&rf->violations) != 1)
		return;

	va_start(args, fmt);
	vscnprintf(rf->violation_text, sizeof(rf->violation_text), fmt, args);
	va_end(args);
	/* The text is complete before another CPU sees the pointer. */
	smp_store_release(&rf->violation, rf->violation_text);
}
EXPORT_SYMBOL_GPL(kunit_regfile_violation);

/* Does an instance of @reg have one of @bytes at @from? */
static bool kunit_reg_overlaps(const struct kunit_reg *reg, u32 from, u32 bytes)
{
	u32 last = from + bytes - 1, start = reg->offset;

	if (last < start)
		return false;
	/* The instance that begins closest to the last of them. */
	if (reg->stride)
		start += reg->stride * min((last - start) / reg->stride, reg->count - 1);

	return start >= from || from - start < reg->width / BITS_PER_BYTE;
}

static const char *kunit_reg_find_mistake(const struct kunit_reg *reg)
{
	u64 last = reg->offset, bytes = reg->width / BITS_PER_BYTE;

	if (!reg->name)
		return "no name";
	if (reg->width != 8 && reg->width != 16 && reg->width != 32 && reg->width != 64)
		return "a width that is not 8, 16, 32 or 64";
	if (!reg->stride != !reg->count)
		return "one of stride and count";
	if (reg->stride && reg->stride < bytes)
		return "a stride below its width";
	if (reg->stride)
		last += (u64)reg->stride * (reg->count - 1);
	if (last + bytes - 1 > U32_MAX)
		return "an offset out of range";
	if ((reg->reset | reg->ro | reg->wo | reg->w1c | reg->w1s | reg->rc | reg->reserved) &
	    ~kunit_reg_mask(reg))
		return "bits beyond its width";

	return NULL;
}

static const char *kunit_reg_find_conflict(const struct kunit_reg *a, const struct kunit_reg *b)
{
	unsigned int i;

	for (i = 0; i < kunit_reg_count(a); i++) {
		if (kunit_reg_overlaps(b, a->offset + i * a->stride, a->width / BITS_PER_BYTE))
			return "an overlap with an entry before it";
	}
	if (a->group && b->group && !strcmp(a->group, b->group) && a->count != b->count)
		return "another count than its group";

	return NULL;
}

/* What is wrong with the registers: NULL if nothing is. */
const char *kunit_regfile_find_mistake(const struct kunit_reg *regs, unsigned int nr_regs,
				       unsigned int *entry)
{
	const char *mistake;
	unsigned int i;

	for (*entry = 0; *entry < nr_regs; (*entry)++) {
		mistake = kunit_reg_find_mistake(&regs[*entry]);
		for (i = 0; i < *entry && !mistake; i++)
			mistake = kunit_reg_find_conflict(&regs[*entry], &regs[i]);
		if (mistake)
			return mistake;
	}

	return NULL;
}
EXPORT_SYMBOL_GPL(kunit_regfile_find_mistake);

static int kunit_regfile_alloc(struct kunit *test, struct kunit_regfile *rf)
{
	unsigned int i;

	rf->log = kunit_kcalloc(test, KUNIT_REGFILE_LOG, sizeof(*rf->log), GFP_KERNEL);
	rf->posted = kunit_kcalloc(test, KUNIT_REGFILE_POSTED, sizeof(*rf->posted), GFP_KERNEL);
	rf->nowhere = kunit_kzalloc(test, sizeof(*rf->nowhere), GFP_KERNEL);
	rf->cells = kunit_kcalloc(test, rf->nr_regs, sizeof(*rf->cells), GFP_KERNEL);
	if (!rf->log || !rf->posted || !rf->nowhere || !rf->cells)
		return -ENOMEM;
	for (i = 0; i < rf->nr_regs; i++) {
		rf->cells[i] = kunit_kcalloc(test, kunit_reg_count(&rf->regs[i]),
					     sizeof(**rf->cells), GFP_KERNEL);
		if (!rf->cells[i])
			return -ENOMEM;
	}

	return 0;
}

/**
 * kunit_regfile_create() - Make a register file that goes away with the test
 * @test: the test
 * @regs: its registers; stays the caller's
 * @nr_regs: how many
 *
 * The registers contain their reset values, and are powered.
 *
 * Context: The test's thread.
 * Return: the register file, or an error: -ENOMEM, or -EINVAL if @regs makes no
 * sense. The log of the test says which entry that is, and why.
 */
struct kunit_regfile *kunit_regfile_create(struct kunit *test, const struct kunit_reg *regs,
					   unsigned int nr_regs)
{
	struct kunit_regfile *rf = kunit_kzalloc(test, sizeof(*rf), GFP_KERNEL);
	const char *mistake;
	unsigned int entry;
	int ret;

	if (!rf)
		return ERR_PTR(-ENOMEM);
	mistake = kunit_regfile_find_mistake(regs, nr_regs, &entry);
	if (mistake) {
		kunit_err(test, "register file: entry %u, %s at %#x, has %s", entry,
			  regs[entry].name, regs[entry].offset, mistake);
		return ERR_PTR(-EINVAL);
	}

	raw_spin_lock_init(&rf->lock);
	rf->regs = regs;
	rf->nr_regs = nr_regs;
	rf->powered = true;
	ret = kunit_regfile_alloc(test, rf);
	if (ret)
		return ERR_PTR(ret);
	kunit_regfile_reset(rf);

	return rf;
}
EXPORT_SYMBOL_GPL(kunit_regfile_create);

/* A test that asks for what is not there gets a cell that is no register's. */
static struct kunit_reg_cell *kunit_regfile_get_cell(struct kunit_regfile *rf,
						     unsigned int reg, unsigned int idx)
{
	if (reg < rf->nr_regs && idx < kunit_reg_count(&rf->regs[reg]))
		return &rf->cells[reg][idx];

	kunit_regfile_violation(rf, "the test asks for register %u[%u], which is not there",
				reg, idx);

	return rf->nowhere;
}

static void kunit_regfile_find(struct kunit_regfile *rf, struct kunit_reg_access *access)
{
	const struct kunit_reg *reg;
	u32 distance;

	for (access->reg = 0; access->reg < rf->nr_regs; access->reg++) {
		reg = &rf->regs[access->reg];
		if (access->offset < reg->offset || access->width != reg->width)
			continue;
		distance = access->offset - reg->offset;
		access->idx = 0;
		if (!distance)
			return;
		if (!reg->stride || distance % reg->stride)
			continue;
		access->idx = distance / reg->stride;
		if (access->idx < reg->count)
			return;
	}

	access->reg = KUNIT_REG_ANY;
	access->idx = 0;
}

static void kunit_regfile_changed(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	if (rf->update)
		rf->update(rf, reg, idx);
}

static bool kunit_reg_is_broken(struct kunit_reg_cell *cell, enum kunit_reg_defect defect)
{
	if (!cell->broken[defect])
		return false;
	if (cell->broken[defect] != KUNIT_REG_ALWAYS)
		cell->broken[defect]--;

	return true;
}

/* A write has reached the device. */
static void kunit_regfile_store(struct kunit_regfile *rf, unsigned int reg,
				unsigned int idx, u64 val)
{
	struct kunit_reg_cell *cell = kunit_regfile_get_cell(rf, reg, idx);
	const struct kunit_reg *r = &rf->regs[reg];
	u64 plain;

	lockdep_assert_held(&rf->lock);

	if (!rf->powered) {
		kunit_regfile_violation(rf, "register access without power: write of %s arrives",
					r->name);
		return;
	}
	if (kunit_reg_is_broken(cell, KUNIT_REG_LOSES_WRITES))
		return;
	if ((r->ro | r->reserved) == kunit_reg_mask(r))
		kunit_regfile_violation(rf, "write to %s, which is read-only", r->name);
	if (val & r->reserved & ~cell->seen)
		kunit_regfile_violation(rf, "reserved bits %#llx written to %s",
					val & r->reserved & ~cell->seen, r->name);

	plain = kunit_reg_mask(r) & ~(r->ro | r->w1c | r->w1s | r->reserved);
	cell->val = (cell->val & ~plain) | (val & plain);
	cell->val &= ~(val & r->w1c);
	cell->val |= val & r->w1s;
	if (r->on_write)
		r->on_write(rf, idx, val);
	kunit_regfile_changed(rf, reg, idx);
}

static u64 kunit_regfile_load(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	struct kunit_reg_cell *cell = kunit_regfile_get_cell(rf, reg, idx);
	const struct kunit_reg *r = &rf->regs[reg];
	u64 val;

	if (kunit_reg_is_broken(cell, KUNIT_REG_READS_ONES)) {
		cell->seen = kunit_reg_mask(r);
		return cell->seen;
	}
	if (kunit_reg_is_broken(cell, KUNIT_REG_READS_ZEROS)) {
		cell->seen = 0;
		return 0;
	}
	if ((r->wo | r->reserved) == kunit_reg_mask(r))
		kunit_regfile_violation(rf, "read of %s, which is write-only", r->name);

	val = cell->val & ~r->wo;
	cell->val &= ~r->rc;
	if (r->on_read)
		val = r->on_read(rf, idx, val);
	cell->seen = val;
	if (r->rc || r->on_read)
		kunit_regfile_changed(rf, reg, idx);

	return val;
}

/* The oldest writes of a CPU, or of any (-1), arrive. */
static unsigned int kunit_regfile_arrive_locked(struct kunit_regfile *rf, int cpu,
						unsigned int nr)
{
	unsigned int i = 0, arrived = 0;
	struct kunit_reg_posted posted;

	while (i < rf->nr_posted && arrived < nr) {
		if (cpu >= 0 && rf->posted[i].cpu != cpu) {
			i++;
			continue;
		}
		posted = rf->posted[i];
		rf->nr_posted--;
		memmove(&rf->posted[i], &rf->posted[i + 1],
			(rf->nr_posted - i) * sizeof(*rf->posted));
		kunit_regfile_store(rf, posted.reg, posted.idx, posted.val);
		arrived++;
	}

	return arrived;
}

/* The task that an access is part of; a CPU that a test plays has none. */
static pid_t kunit_regfile_task(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	return access->hardirq || rf->as_cpu ? 0 : access->pid;
}

static void kunit_regfile_post(struct kunit_regfile *rf, const struct kunit_reg_access *access)
{
	if (rf->nr_posted == KUNIT_REGFILE_POSTED)
		kunit_regfile_arrive_locked(rf, -1, 1);
	rf->posted[rf->nr_posted++] = (struct kunit_reg_posted) {
		.reg = access->reg,
		.idx = access->idx,
		.cpu = access->cpu,
		.pid = kunit_regfile_task(rf, access),
		.val = access->val,
	};
}

/*
 * A task that has moved to another CPU: the scheduler has completed its accesses on
 * the one before, and what that CPU wrote earlier (arm64: the dsb() in __switch_to()).
 */
static void kunit_regfile_arrive_migrated(struct kunit_regfile *rf,
					  const struct kunit_reg_access *access)
{
	pid_t pid = kunit_regfile_task(rf, access);
	unsigned int i = rf->nr_posted;

	while (pid && i--) {
		if (rf->posted[i].pid == pid && rf->posted[i].cpu != access->cpu) {
			kunit_regfile_arrive_locked(rf, rf->posted[i].cpu, UINT_MAX);
			i = rf->nr_posted;
		}
	}
}

static bool kunit_regfile_is_answered(struct kunit_regfile *rf, struct kunit_reg_access *access)
{
	const char *what = access->write ? "write to" : "read of";

	if (access->reg == KUNIT_REG_ANY)
		kunit_regfile_violation(rf, "%s no register of %u bits at %#x",
					what, access->width, access->offset);
	else if (!rf->powered)
		kunit_regfile_violation(rf, "register access without power: %s %s", what,
					rf->regs[access->reg].name);
	else
		return true;

	return false;
}

static int kunit_regfile_do_access(struct kunit_regfile *rf, struct kunit_reg_access *access)
{
	struct kunit_reg_cell *cell;

	/* Where nothing answers, a read has all ones. */
	if (!access->write)
		access->val = GENMASK_ULL(access->width - 1, 0);
	if (!kunit_regfile_is_answered(rf, access))
		return -EIO;

	cell = kunit_regfile_get_cell(rf, access->reg, access->idx);
	cell->count[access->write]++;
	if (kunit_reg_is_broken(cell, KUNIT_REG_FAILS))
		return -EIO;
	kunit_regfile_arrive_migrated(rf, access);
	if (!access->write) {
		/* A read pushes this CPU's writes before it. */
		kunit_regfile_arrive_locked(rf, access->cpu, UINT_MAX);
		access->val = kunit_regfile_load(rf, access->reg, access->idx);
	} else if (access->posted) {
		kunit_regfile_post(rf, access);
	} else {
		kunit_regfile_store(rf, access->reg, access->idx, access->val);
	}

	return 0;
}

/**
 * kunit_regfile_access() - One access, as a bus makes it
 * @rf: the register file
 * @offset: where
 * @width: 8, 16, 32 or 64 bits
 * @write: write, else read
 * @val: what is written, or was read
 *
 * See kunit_regfile_read() and kunit_regfile_write().
 *
 * Context: Any.
 * Return: 0, or -EIO where nothing answers.
 */
int kunit_regfile_access(struct kunit_regfile *rf, u32 offset, unsigned int width,
			 bool write, u64 *val)
{
	struct kunit_reg_access access = {
		.val = *val & GENMASK_ULL(width - 1, 0),
		.offset = offset,
		.width = width,
		.pid = current->pid,
		.write = write,
		/* Forced threading calls the handler with bottom halves off. */
		.hardirq = in_hardirq() || (in_softirq() && !in_serving_softirq()),
		.irqs_off = irqs_disabled(),
		.posted = write && READ_ONCE(rf->post_writes),
	};
	unsigned long flags;
	int ret;

	memcpy(access.comm, current->comm, sizeof(access.comm));
	access.comm[sizeof(access.comm) - 1] = '\0';
	kunit_regfile_find(rf, &access);

	if (rf->before_access) {
		access.cpu = rf->as_cpu ?: raw_smp_processor_id();
		rf->before_access(rf, &access);
	}

	raw_spin_lock_irqsave(&rf->lock, flags);
	access.cpu = rf->as_cpu ?: smp_processor_id();
	ret = kunit_regfile_do_access(rf, &access);
	rf->log[rf->log_len++ % KUNIT_REGFILE_LOG] = access;
	raw_spin_unlock_irqrestore(&rf->lock, flags);

	if (rf->after_access)
		rf->after_access(rf, &access);
	*val = access.val;

	return ret;
}
EXPORT_SYMBOL_GPL(kunit_regfile_access);

/**
 * kunit_regfile_lock() - Keep everybody else out, for what is more than one register
 * @rf: the register file
 * @flags: interrupt state, for kunit_regfile_unlock()
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 * Interrupts are off until kunit_regfile_unlock().
 */
void kunit_regfile_lock(struct kunit_regfile *rf, unsigned long *flags)
	__acquires(&rf->lock)
{
	raw_spin_lock_irqsave(&rf->lock, *flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_lock);

/**
 * kunit_regfile_unlock() - End what kunit_regfile_lock() began
 * @rf: the register file
 * @flags: what that has set
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 */
void kunit_regfile_unlock(struct kunit_regfile *rf, unsigned long flags)
	__releases(&rf->lock)
{
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_unlock);

/**
 * kunit_regfile_cell() - What a register contains, for who holds the lock
 * @rf: the register file
 * @reg: register
 * @idx: which one, if that is an array
 *
 * @update is not called for what changes there.
 *
 * Context: The callbacks of &struct kunit_reg, @update, and between
 * kunit_regfile_lock() and kunit_regfile_unlock().
 * Return: where it is; may be changed.
 */
u64 *kunit_regfile_cell(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	lockdep_assert_held(&rf->lock);

	return &kunit_regfile_get_cell(rf, reg, idx)->val;
}
EXPORT_SYMBOL_GPL(kunit_regfile_cell);

/**
 * kunit_regfile_peek() - What a register contains, without a read that is logged
 * @rf: the register file
 * @reg: register
 * @idx: which one, if that is an array
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 * Return: its contents.
 */
u64 kunit_regfile_peek(struct kunit_regfile *rf, unsigned int reg, unsigned int idx)
{
	unsigned long flags;
	u64 val;

	raw_spin_lock_irqsave(&rf->lock, flags);
	val = kunit_regfile_get_cell(rf, reg, idx)->val;
	raw_spin_unlock_irqrestore(&rf->lock, flags);

	return val;
}
EXPORT_SYMBOL_GPL(kunit_regfile_peek);

/**
 * kunit_regfile_poke() - The device changes a register
 * @rf: the register file
 * @reg: register
 * @idx: which one, if that is an array
 * @val: what it contains then, whatever its attributes are
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 */
void kunit_regfile_poke(struct kunit_regfile *rf, unsigned int reg, unsigned int idx, u64 val)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	kunit_regfile_get_cell(rf, reg, idx)->val = val;
	if (reg < rf->nr_regs)
		kunit_regfile_changed(rf, reg, idx);
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_poke);

/**
 * kunit_regfile_reset() - All registers get their reset values
 * @rf: the register file
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 */
void kunit_regfile_reset(struct kunit_regfile *rf)
{
	unsigned int reg, idx;
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	for (reg = 0; reg < rf->nr_regs; reg++) {
		for (idx = 0; idx < kunit_reg_count(&rf->regs[reg]); idx++) {
			rf->cells[reg][idx].val = rf->regs[reg].reset;
			rf->cells[reg][idx].seen = rf->regs[reg].reset;
		}
	}
	for (reg = 0; reg < rf->nr_regs; reg++) {
		for (idx = 0; idx < kunit_reg_count(&rf->regs[reg]); idx++)
			kunit_regfile_changed(rf, reg, idx);
	}
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_reset);

/**
 * kunit_regfile_set_power() - Turn power, or clocks, off and on
 * @rf: the register file
 * @on: on
 *
 * Without it, an access is a violation, and so is a write that was posted before
 * and has not arrived. What the registers contain does not change: see
 * kunit_regfile_reset().
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 */
void kunit_regfile_set_power(struct kunit_regfile *rf, bool on)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	rf->powered = on;
	if (!on)
		kunit_regfile_arrive_locked(rf, -1, UINT_MAX);
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_set_power);

/**
 * kunit_regfile_arrive() - Posted writes arrive
 * @rf: the register file
 * @cpu: those of this CPU; -1: of any
 * @nr: at most so many
 *
 * Those of one CPU arrive in order, those of two CPUs as the test wants it. A read
 * by the same CPU has its writes arrive as well, and so has a task that goes on
 * elsewhere.
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 * Return: how many have arrived.
 */
unsigned int kunit_regfile_arrive(struct kunit_regfile *rf, int cpu, unsigned int nr)
{
	unsigned int arrived;
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	arrived = kunit_regfile_arrive_locked(rf, cpu, nr);
	raw_spin_unlock_irqrestore(&rf->lock, flags);

	return arrived;
}
EXPORT_SYMBOL_GPL(kunit_regfile_arrive);

/**
 * kunit_regfile_break() - A register does not work
 * @rf: the register file
 * @reg: register
 * @idx: which one, if that is an array
 * @defect: in which way
 * @times: for so many accesses; KUNIT_REG_ALWAYS; 0 to mend it
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 */
void kunit_regfile_break(struct kunit_regfile *rf, unsigned int reg, unsigned int idx,
			 enum kunit_reg_defect defect, unsigned int times)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	kunit_regfile_get_cell(rf, reg, idx)->broken[defect] = times;
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_break);

/**
 * kunit_regfile_clear_log() - Forget the accesses up to now
 * @rf: the register file
 *
 * Sets the counters to zero, too. A violation is not forgotten.
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 */
void kunit_regfile_clear_log(struct kunit_regfile *rf)
{
	unsigned int reg, idx;
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	rf->log_len = 0;
	for (reg = 0; reg < rf->nr_regs; reg++) {
		for (idx = 0; idx < kunit_reg_count(&rf->regs[reg]); idx++)
			memset(rf->cells[reg][idx].count, 0, sizeof(rf->cells[reg][idx].count));
	}
	raw_spin_unlock_irqrestore(&rf->lock, flags);
}
EXPORT_SYMBOL_GPL(kunit_regfile_clear_log);

/**
 * kunit_regfile_logged() - An access from the log
 * @rf: the register file
 * @n: which one: 0 is the first after kunit_regfile_clear_log()
 * @access: what it was
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 * Return: true if it was there: the log keeps the last KUNIT_REGFILE_LOG ones.
 */
bool kunit_regfile_logged(struct kunit_regfile *rf, unsigned int n,
			  struct kunit_reg_access *access)
{
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&rf->lock, flags);
	found = n < rf->log_len && rf->log_len - n <= KUNIT_REGFILE_LOG;
	if (found)
		*access = rf->log[n % KUNIT_REGFILE_LOG];
	raw_spin_unlock_irqrestore(&rf->lock, flags);

	return found;
}
EXPORT_SYMBOL_GPL(kunit_regfile_logged);

/**
 * kunit_regfile_count() - Count accesses
 * @rf: the register file
 * @reg: register, or KUNIT_REG_ANY
 * @idx: which one, if that is an array, or KUNIT_REG_ANY
 * @write: count writes, else reads
 *
 * Those of a powered device since kunit_regfile_clear_log(), in the log or not.
 *
 * Context: Any but NMI, and not @on_read, @on_write or @update: they hold the lock.
 * Return: how many.
 */
unsigned int kunit_regfile_count(struct kunit_regfile *rf, unsigned int reg,
				 unsigned int idx, bool write)
{
	unsigned int r, i, n = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&rf->lock, flags);
	for (r = 0; r < rf->nr_regs; r++) {
		if (reg != KUNIT_REG_ANY && r != reg)
			continue;
		for (i = 0; i < kunit_reg_count(&rf->regs[r]); i++) {
			if (idx == KUNIT_REG_ANY || i == idx)
				n += rf->cells[r][i].count[write];
		}
	}
	raw_spin_unlock_irqrestore(&rf->lock, flags);

	return n;
}
EXPORT_SYMBOL_GPL(kunit_regfile_count);

static void kunit_reg_print_bits(struct seq_buf *buf, const struct kunit_reg *reg, u64 val)
{
	const struct kunit_reg_field *field;
	const char *sep = "";
	u64 nameless = val;

	if (!reg->fields) {
		seq_buf_printf(buf, "%#llx", val);
		return;
	}

	for (field = reg->fields; field->name; field++) {
		nameless &= ~field->mask;
		if ((val ^ field->val) & field->mask)
			continue;
		seq_buf_printf(buf, "%s%s", sep, field->name);
		sep = "+";
	}
	if (nameless)
		seq_buf_printf(buf, "%s%#llx", sep, nameless);
}

static void kunit_reg_print_access(struct seq_buf *buf, struct kunit_regfile *rf,
				   const struct kunit_reg_access *access, bool show_idx)
{
	const struct kunit_reg *reg;

	if (access->hardirq)
		seq_buf_puts(buf, "!");
	if (access->reg == KUNIT_REG_ANY) {
		seq_buf_printf(buf, "%#x/%u%c%#llx", access->offset, access->width,
			       access->write ? '=' : '?', access->val);
		return;
	}

	reg = &rf->regs[access->reg];
	seq_buf_puts(buf, reg->name);
	if (reg->stride && show_idx)
		seq_buf_printf(buf, "[%u]", access->idx);
	seq_buf_puts(buf, access->write ? "=" : "?");
	if (access->write || !reg->hide_read)
		kunit_reg_print_bits(buf, reg, access->val);
}

/* An empty string that has room for @size, and goes away with the test. */
static void kunit_regfile_init_buf(struct kunit *test, struct seq_buf *buf, size_t size)
{
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	seq_buf_init(buf, text, size);
}

/**
 * kunit_regfile_name_bits() - A value in names of bits
 * @test: the test
 * @rf: the register file
 * @reg: register
 * @val: value
 *
 * Context: The test's thread.
 * Return: a string like "EN+IE+0x100", which goes away with the test.
 */
char *kunit_regfile_name_bits(struct kunit *test, struct kunit_regfile *rf,
			      unsigned int reg, u64 val)
{
	struct seq_buf buf;

	KUNIT_ASSERT_LT(test, reg, rf->nr_regs);
	kunit_regfile_init_buf(test, &buf, 256);
	kunit_reg_print_bits(&buf, &rf->regs[reg], val);
	if (!seq_buf_used(&buf))
		seq_buf_puts(&buf, "0");

	return buf.buffer;
}
EXPORT_SYMBOL_GPL(kunit_regfile_name_bits);

static bool kunit_reg_access_repeats(const struct kunit_reg_access *a,
				     const struct kunit_reg_access *b)
{
	return a->reg == b->reg && a->idx == b->idx && a->offset == b->offset &&
	       a->width == b->width && a->write == b->write && a->val == b->val &&
	       a->hardirq == b->hardirq;
}

static bool kunit_regfile_in_group(struct kunit_regfile *rf,
				   const struct kunit_reg_access *access,
				   const char *group, unsigned int idx)
{
	const char *its = access->reg == KUNIT_REG_ANY ? NULL : rf->regs[access->reg].group;

	return !group || (its && !strcmp(its, group) && access->idx == idx);
}

/* Finds the next access in the group, from *@n on. *@n is after it then. */
static bool kunit_regfile_next(struct kunit_regfile *rf, const char *group, unsigned int idx,
			       unsigned int *n, struct kunit_reg_access *access)
{
	while (kunit_regfile_logged(rf, (*n)++, access)) {
		if (kunit_regfile_in_group(rf, access, group, idx))
			return true;
	}

	return false;
}

/* Prints an access, with a count if it repeats. *@n is after it then. False: no room. */
static bool kunit_regfile_trace_one(struct seq_buf *buf, struct kunit_regfile *rf,
				    const char *group, unsigned int idx, unsigned int *n,
				    const struct kunit_reg_access *access)
{
	unsigned int next = *n, same = 1, full = buf->len;
	struct kunit_reg_access other;

	while (kunit_regfile_next(rf, group, idx, &next, &other) &&
	       kunit_reg_access_repeats(&other, access)) {
		*n = next;
		same++;
	}
	seq_buf_puts(buf, full ? " " : "");
	kunit_reg_print_access(buf, rf, access, !group);
	if (same > 1) {
		seq_buf_puts(buf, " ");
		kunit_reg_print_access(buf, rf, access, !group);
	}
	if (same > 2)
		seq_buf_printf(buf, " (%u more)", same - 2);
	if (!seq_buf_has_overflowed(buf))
		return true;
	buf->len = full;

	return false;
}

/**
 * kunit_regfile_trace() - The log as a string
 * @test: the test
 * @rf: the register file
 * @group: the registers of this &kunit_reg.group and no others; NULL: all
 * @idx: of the group this one
 *
 * An access a word: "STATUS?TF+SS" read STATUS and found TF and SS, "CTRL=EN"
 * wrote EN alone to CTRL; a "!" before it says that it was in hard IRQ context.
 * The third and further ones of the same accesses in a row are counted:
 * "STATUS?0 STATUS?0 (30 more)". If the log has lost its beginning, the string starts
 * with "(44 lost)", and if it is too long it ends with "(50 cut)".
 *
 * Context: The test's thread.
 * Return: the string, which goes away with the test.
 */
char *kunit_regfile_trace(struct kunit *test, struct kunit_regfile *rf,
			  const char *group, unsigned int idx)
{
	struct kunit_reg_access access;
	unsigned int n = 0, cut;
	struct seq_buf buf;

	kunit_regfile_init_buf(test, &buf, KUNIT_REGFILE_TRACE);
	buf.size -= KUNIT_REGFILE_CUT;
	if (rf->log_len > KUNIT_REGFILE_LOG) {
		n = rf->log_len - KUNIT_REGFILE_LOG;
		seq_buf_printf(&buf, "(%u lost)", n);
	}
	for (;;) {
		if (!kunit_regfile_next(rf, group, idx, &n, &access))
			return buf.buffer;
		cut = rf->log_len - n + 1;
		if (!kunit_regfile_trace_one(&buf, rf, group, idx, &n, &access))
			break;
	}
	buf.size += KUNIT_REGFILE_CUT;
	seq_buf_printf(&buf, " (%u cut)", cut);

	return buf.buffer;
}
EXPORT_SYMBOL_GPL(kunit_regfile_trace);

/**
 * kunit_regfile_tail() - The end of the log, for a message
 * @test: the test
 * @rf: the register file
 *
 * An access a line, with its number, CPU and task, and whether interrupts were
 * off ("d").
 *
 * Context: The test's thread.
 * Return: the text, which goes away with the test.
 */
char *kunit_regfile_tail(struct kunit *test, struct kunit_regfile *rf)
{
	struct kunit_reg_access access;
	struct seq_buf buf;
	unsigned int i;

	kunit_regfile_init_buf(test, &buf, 4096);
	i = rf->log_len > KUNIT_REGFILE_TAIL ? rf->log_len - KUNIT_REGFILE_TAIL : 0;
	for (; kunit_regfile_logged(rf, i, &access); i++) {
		seq_buf_printf(&buf, "  %u CPU%u %s/%d %c ", i, access.cpu, access.comm,
			       access.pid, access.irqs_off ? 'd' : '.');
		kunit_reg_print_access(&buf, rf, &access, true);
		seq_buf_puts(&buf, access.posted ? " (posted)\n" : "\n");
	}

	return buf.buffer;
}
EXPORT_SYMBOL_GPL(kunit_regfile_tail);

MODULE_DESCRIPTION("A fake register file for KUnit tests of device drivers");
MODULE_LICENSE("GPL");
