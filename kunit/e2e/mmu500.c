// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An Arm MMU-500 that stalls: registers, faults, RESUME and interrupt lines.
 *
 * What the specification leaves open, or what is only known from reports, is a
 * property: see mmu500_props in mmu500_qemu.c.
 */

#include "mmu500.h"

Mmu500 *the_mmu500;

static bool bank_asserts(Mmu500 *s, Mmu500Bank *b)
{
	uint32_t mask = FSR_LATCHED | (s->ss_asserts ? FSR_SS : 0);

	return (b->reg[CB_SCTLR / 4] & SCTLR_CFIE) && (b->reg[CB_FSR / 4] & mask);
}

/* The lines are a pure function of the registers. */
void mmu500_update(Mmu500 *s)
{
	bool level[MMU500_LINES] = { };

	for (int i = 0; i < s->banks; i++)
		level[i % s->lines] |= bank_asserts(s, &s->bank[i]);
	for (int i = 0; i < s->lines; i++) {
		s->edges[i] += level[i] && !s->level[i];
		s->level[i] = level[i];
		qemu_set_irq(s->line[i], level[i]);
	}
	qemu_set_irq(s->gline, (s->gr0[GR0_CR0 / 4] & CR0_GFIE) && s->gr0[GR0_GFSR / 4]);
}

static void append(Mmu500Txn **queue, Mmu500Txn *txn)
{
	while (*queue)
		queue = &(*queue)->next;
	txn->next = NULL;
	*queue = txn;
}

static void move(Mmu500Txn *txn, uint64_t pa)
{
	bool ok = address_space_rw(&address_space_memory, pa, MEMTXATTRS_UNSPECIFIED,
				   txn->buf, txn->len, txn->write) == MEMTX_OK;

	txn->done(txn, ok);
}

static void global_fault(Mmu500 *s, Mmu500Txn *txn, uint32_t bit)
{
	s->gfaults++;
	if (s->gr0[GR0_GFSR / 4]) {
		s->gr0[GR0_GFSR / 4] |= GFSR_MULTI;
	} else {
		s->gr0[GR0_GFSR / 4] = bit;
		s->gr0[GR0_GFSYNR0 / 4] = txn->write ? 2 : 0;
		s->gr0[GR0_GFSYNR1 / 4] = txn->sid;
	}
	mmu500_update(s);
	txn->done(txn, false);
}

/* A fault that finds one latched only sets MULTI: its syndrome is lost. */
static void latch(Mmu500 *s, int idx, Mmu500Txn *txn, uint32_t bit, int level)
{
	Mmu500Bank *b = &s->bank[idx];
	uint32_t *fsr = &b->reg[CB_FSR / 4];

	if (*fsr & (FSR_LATCHED | (s->ss_is_fault ? FSR_SS : 0))) {
		COUNT(b, E2E_MERGED)++;
		*fsr |= FSR_MULTI;
		return;
	}
	COUNT(b, E2E_FAULTS)++;
	*fsr |= bit | FSR_AARCH64;
	b->reg[CB_FAR / 4] = txn->iova;
	b->reg[CB_FAR / 4 + 1] = txn->iova >> 32;
	b->reg[CB_FSYNR0 / 4] = level | (txn->write ? 1 << 4 : 0) | idx << 16;
	b->reg[CB_FSYNR1 / 4] = txn->sid;
	s->gr1[GR1_CBFRSYNRA / 4 + idx] = txn->sid;
}

static void fault(Mmu500 *s, int idx, Mmu500Txn *txn, uint32_t bit, int level)
{
	Mmu500Bank *b = &s->bank[idx];

	latch(s, idx, txn, bit, level);
	if ((b->reg[CB_SCTLR / 4] & SCTLR_CFCFG) && b->nr_stalled < s->stalls) {
		COUNT(b, E2E_STALLS)++;
		b->reg[CB_FSR / 4] |= FSR_SS;
		b->nr_stalled++;
		b->cleared = false;
		b->stalled_at = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
		b->stalled_reads = 0;
		append(&b->stalled, txn);
		mmu500_update(s);
		return;
	}
	COUNT(b, E2E_ABORTED)++;
	mmu500_update(s);
	txn->done(txn, false);
}

/* Without HUPCF an outstanding fault keeps back, or terminates, what comes behind it. */
static bool held_up(Mmu500Bank *b, Mmu500Txn *txn)
{
	uint32_t sctlr = b->reg[CB_SCTLR / 4], fsr = b->reg[CB_FSR / 4];

	if ((sctlr & SCTLR_HUPCF) || !(fsr & (FSR_LATCHED | FSR_SS)))
		return false;
	if (b->stalled || (sctlr & SCTLR_CFCFG)) {
		append(&b->waiting, txn);
	} else {
		COUNT(b, E2E_ABORTED)++;
		txn->done(txn, false);
	}

	return true;
}

static void bank_submit(Mmu500 *s, int idx, Mmu500Txn *txn)
{
	Mmu500Bank *b = &s->bank[idx];
	uint64_t pa;
	uint32_t bit;
	int level;

	if (!(b->reg[CB_SCTLR / 4] & SCTLR_M)) {
		COUNT(b, E2E_UNTRANSLATED)++;
		move(txn, txn->iova);
		return;
	}
	if (held_up(b, txn))
		return;
	bit = mmu500_translate(s, idx, txn, &pa, &level);
	if (bit) {
		fault(s, idx, txn, bit, level);
	} else {
		COUNT(b, E2E_PASSED)++;
		move(txn, pa);
	}
}

static int find_stream(Mmu500 *s, uint32_t sid)
{
	for (int i = 0; i < MMU500_STREAMS; i++) {
		uint32_t smr = s->gr0[GR0_SMR / 4 + i];

		if ((smr >> 31) && !((smr ^ sid) & 0x7fff & ~(smr >> 16)))
			return i;
	}

	return -1;
}

/* The context bank that translates for a stream, or -1. */
int mmu500_bank_of(Mmu500 *s, uint32_t sid)
{
	int stream = find_stream(s, sid);
	uint32_t s2cr = stream < 0 ? 3 << 16 : s->gr0[GR0_S2CR / 4 + stream];

	return (s2cr >> 16) & 3 ? -1 : (int)((s2cr & 0xff) % s->banks);
}

/* From a master. Calls txn->done() now or later. */
void mmu500_submit(Mmu500 *s, Mmu500Txn *txn)
{
	int stream;
	uint32_t s2cr;

	if (!s->powered) {
		s->lost++;
		txn->done(txn, false);
		return;
	}
	if (s->gr0[GR0_CR0 / 4] & CR0_CLIENTPD) {
		move(txn, txn->iova);
		return;
	}
	stream = find_stream(s, txn->sid);
	if (stream < 0) {
		if (s->gr0[GR0_CR0 / 4] & CR0_USFCFG)
			global_fault(s, txn, GFSR_USF);
		else
			move(txn, txn->iova);
		return;
	}
	s2cr = s->gr0[GR0_S2CR / 4 + stream];
	switch ((s2cr >> 16) & 3) {
	case 0:
		bank_submit(s, (s2cr & 0xff) % s->banks, txn);
		break;
	case 1:
		move(txn, txn->iova);
		break;
	default:
		global_fault(s, txn, GFSR_ICF);
	}
}

static void submit_waiting(Mmu500 *s, int idx)
{
	Mmu500Txn *txn = s->bank[idx].waiting, *next;

	/* The first one may stall, and hold the others up once more. */
	s->bank[idx].waiting = NULL;
	for (; txn; txn = next) {
		next = txn->next;
		bank_submit(s, idx, txn);
	}
}

static void clear_ss(Mmu500 *s, Mmu500Bank *b)
{
	b->late = false;
	b->late_reads = 0;
	if (b->nr_stalled)
		return;
	b->reg[CB_FSR / 4] &= ~FSR_SS;
	mmu500_update(s);
	submit_waiting(s, b - s->bank);
}

void mmu500_late_timer(void *opaque)
{
	Mmu500Bank *b = opaque;

	if (b->late)
		clear_ss(the_mmu500, b);
}

static void violation(Mmu500Bank *b, uint32_t which)
{
	COUNT(b, E2E_VIOLATIONS)++;
	COUNT(b, E2E_WHICH) |= which;
}

/* RESUME ends the oldest stall. SS stays while there are others, and may be late. */
static void resume(Mmu500 *s, int idx, bool terminate)
{
	Mmu500Bank *b = &s->bank[idx];
	Mmu500Txn *txn = b->stalled;

	if (!txn) {
		violation(b, E2E_VIOLATION_NO_STALL);
		return;
	}
	if (!b->cleared)
		violation(b, E2E_VIOLATION_UNCLEARED);
	if (s->resume_ignored && (b->reg[CB_FSR / 4] & FSR_LATCHED)) {
		COUNT(b, E2E_IGNORED)++;
		return;
	}
	s->resume_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) - b->stalled_at;
	b->stalled = txn->next;
	b->nr_stalled--;
	if (!b->nr_stalled && !s->ss_late_reads && !s->ss_late_ns)
		b->reg[CB_FSR / 4] &= ~FSR_SS;
	b->late = !b->nr_stalled && (b->reg[CB_FSR / 4] & FSR_SS);
	b->late_reads = s->ss_late_reads;
	if (b->late && s->ss_late_ns)
		timer_mod(b->late_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + s->ss_late_ns);
	if (terminate) {
		COUNT(b, E2E_TERMINATED)++;
		txn->done(txn, false);
	} else {
		if (!(b->reg[CB_SCTLR / 4] & SCTLR_M))
			violation(b, E2E_VIOLATION_M_OFF);
		COUNT(b, E2E_RETRIED)++;
		bank_submit(s, idx, txn);
	}
	if (!(b->reg[CB_FSR / 4] & FSR_SS))
		submit_waiting(s, idx);
}

static void write_fsr(Mmu500 *s, int idx, uint32_t val)
{
	Mmu500Bank *b = &s->bank[idx];

	b->reg[CB_FSR / 4] &= ~(val & FSR_LATCHED);
	b->cleared = true;
	if (!(b->reg[CB_FSR / 4] & (FSR_LATCHED | FSR_SS)))
		submit_waiting(s, idx);
}

/* A kernel in a storm reads FSR until the end of days, and prints nothing. */
static void notice_storm(Mmu500 *s, Mmu500Bank *b)
{
	if (!b->nr_stalled || ++b->stalled_reads != s->storm)
		return;
	error_report("mmu500: storm: FSR was read %u times, and the transaction is still stalled",
		     b->stalled_reads);
	qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
}

static uint32_t read_fsr(Mmu500 *s, Mmu500Bank *b)
{
	uint32_t fsr;

	notice_storm(s, b);
	/* The timer's own call may come much later. */
	if (b->late && s->ss_late_ns && timer_expired(b->late_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL)))
		clear_ss(s, b);
	fsr = b->reg[CB_FSR / 4];
	if (b->late && b->late_reads && !--b->late_reads)
		clear_ss(s, b);

	return fsr;
}

static void bank_write(Mmu500 *s, int idx, int reg, uint64_t val, unsigned int size)
{
	Mmu500Bank *b = &s->bank[idx];

	switch (reg) {
	case CB_RESUME:
		resume(s, idx, val & 1);
		break;
	case CB_FSR:
		write_fsr(s, idx, val);
		break;
	case CB_TLBIVA ... CB_TLBIIPAS2L:
		mmu500_tlb_write(b, reg, val);
		break;
	default:
		b->reg[reg / 4] = val;
		if (size == 8)
			b->reg[reg / 4 + 1] = val >> 32;
	}
}

static void global_write(Mmu500 *s, int reg, uint64_t val)
{
	switch (reg) {
	case GR0_GFSR:
		s->gr0[reg / 4] &= ~val;
		break;
	case GR0_TLBIVMID:
	case GR0_TLBIALLNSNH:
	case GR0_TLBIALLH:
		for (int i = 0; i < s->banks; i++)
			mmu500_tlb_flush(&s->bank[i]);
		break;
	default:
		s->gr0[reg / 4] = val;
	}
}

static void write_arrives(Mmu500 *s, const Mmu500Write *w)
{
	int page = w->addr >> 12, reg = w->addr & 0xfff;

	if (!s->powered) {
		s->unpowered++;
		return;
	}
	if (page == 0)
		global_write(s, reg, w->val);
	else if (page == 1)
		s->gr1[reg / 4] = w->val;
	else if (page >= MMU500_PAGES && page < MMU500_PAGES + s->banks)
		bank_write(s, page - MMU500_PAGES, reg, w->val, w->size);
	mmu500_update(s);
}

/* A CPU's writes arrive in order; a read of the same CPU pushes them. */
static void push(Mmu500 *s, Mmu500Cpu *cpu)
{
	for (unsigned int i = 0; i < cpu->nr_posted; i++)
		write_arrives(s, &cpu->posted[i]);
	cpu->nr_posted = 0;
}

void mmu500_posted_timer(void *opaque)
{
	Mmu500 *s = opaque;

	for (int i = 0; i < MMU500_CPUS; i++)
		push(s, &s->cpu[i]);
}

static Mmu500Cpu *this_cpu(Mmu500 *s)
{
	return &s->cpu[(current_cpu ? current_cpu->cpu_index : 0) % MMU500_CPUS];
}

static void log_access(Mmu500 *s, hwaddr addr, bool write, uint64_t val)
{
	int page = addr >> 12, reg = addr & 0xfff;

	if (page >= MMU500_PAGES && page < MMU500_PAGES + s->banks)
		mmu500_log(s, page - MMU500_PAGES, reg, write, val);
	else if (page == 1 && reg >= GR1_CBFRSYNRA && reg < GR1_CBFRSYNRA + 4 * s->banks)
		mmu500_log(s, (reg - GR1_CBFRSYNRA) / 4, 0x1000 | GR1_CBFRSYNRA, write, val);
}

static uint64_t global_read(Mmu500 *s, int reg)
{
	switch (reg) {
	case 0x20:	/* ID0: stage 1 and 2 alone, streams by number, no AArch32, coherent walks */
		return (s->stage2 ? 0 : 1u << 30) | 1u << 29 | 1u << 27 | 1u << 26 | 3u << 24 |
		       1u << 14 | 15u << 9 | MMU500_STREAMS;
	case 0x24:	/* ID1 */
		return (uint32_t)(ctz32(MMU500_PAGES) - 1) << 28 | s->banks;
	case 0x28:	/* ID2: pages of 4 KiB, 48 bits in and out, 49 upstream */
		return 1u << 12 | 5u << 8 | 5u << 4 | 5u;
	case 0x3c:	/* ID7: r2p1 */
		return 0x21;
	case 0x70:
	case 0x74:	/* a sync is over at once */
		return 0;
	default:
		return s->gr0[reg / 4];
	}
}

static MemTxResult mmu500_read(void *opaque, hwaddr addr, uint64_t *val, unsigned int size,
			       MemTxAttrs attrs)
{
	Mmu500 *s = opaque;
	int page = addr >> 12, reg = addr & 0xfff;
	Mmu500Bank *b;

	*val = 0;
	if (!s->powered) {
		s->unpowered++;
		return s->abort ? MEMTX_ERROR : MEMTX_OK;
	}
	push(s, this_cpu(s));
	if (page == 0) {
		*val = global_read(s, reg);
	} else if (page == 1) {
		*val = s->gr1[reg / 4];
	} else if (page >= MMU500_PAGES && page < MMU500_PAGES + s->banks) {
		b = &s->bank[page - MMU500_PAGES];
		COUNT(b, E2E_READS)++;
		if (reg == CB_FSR)
			*val = read_fsr(s, b);
		else if (reg != CB_TLBSTATUS && reg != CB_RESUME)
			*val = size == 8 ? bank_reg64(b, reg) : b->reg[reg / 4];
	}
	log_access(s, addr, false, *val);

	return MEMTX_OK;
}

static MemTxResult mmu500_write(void *opaque, hwaddr addr, uint64_t val, unsigned int size,
				MemTxAttrs attrs)
{
	Mmu500 *s = opaque;
	Mmu500Write w = { addr, val, size };
	Mmu500Cpu *cpu = this_cpu(s);
	int page = addr >> 12;

	if (!s->powered) {
		s->unpowered++;
		return s->abort ? MEMTX_ERROR : MEMTX_OK;
	}
	log_access(s, addr, true, val);
	if (page >= MMU500_PAGES && page < MMU500_PAGES + s->banks)
		COUNT(&s->bank[page - MMU500_PAGES], E2E_WRITES)++;
	if (!s->posted_ns) {
		push(s, cpu);
		write_arrives(s, &w);
		return MEMTX_OK;
	}
	if (cpu->nr_posted == ARRAY_SIZE(cpu->posted))
		push(s, cpu);
	cpu->posted[cpu->nr_posted++] = w;
	if (!timer_pending(s->posted_timer))
		timer_mod(s->posted_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + s->posted_ns);

	return MEMTX_OK;
}

const MemoryRegionOps mmu500_ops = {
	.read_with_attrs = mmu500_read,
	.write_with_attrs = mmu500_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 8 },
	.impl = { .min_access_size = 4, .max_access_size = 8 },
};

static void lose(Mmu500 *s, Mmu500Txn **queue)
{
	Mmu500Txn *txn = *queue, *next;

	*queue = NULL;
	for (; txn; txn = next) {
		next = txn->next;
		s->lost++;
		txn->done(txn, false);
	}
}

void mmu500_reset(void *opaque)
{
	Mmu500 *s = opaque;

	memset(s->gr0, 0, sizeof(s->gr0));
	memset(s->gr1, 0, sizeof(s->gr1));
	s->gr0[GR0_CR0 / 4] = CR0_CLIENTPD;
	for (int i = 0; i < s->banks; i++) {
		Mmu500Bank *b = &s->bank[i];

		memset(b->reg, 0, sizeof(b->reg));
		b->late = false;
		b->nr_stalled = 0;
		mmu500_tlb_flush(b);
		lose(s, &b->stalled);
		lose(s, &b->waiting);
	}
	mmu500_update(s);
}

void mmu500_power(Mmu500 *s, bool on)
{
	if (s->powered && !on) {
		/* A write that is still under way arrives where there is no power. */
		s->powered = false;
		mmu500_posted_timer(s);
		mmu500_reset(s);
	}
	s->powered = on;
}
