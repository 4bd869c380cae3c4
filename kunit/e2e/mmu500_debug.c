// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The debug page of the emulated MMU-500: counters, power, properties, and the log of
 * register accesses, in the format of the fake SMMU's, kunit_regfile_trace().
 */

#include "mmu500.h"

/* Of SCTLR what the fault path changes: the rest is set up once. FSR.FORMAT is left out. */
static const struct { uint32_t bit; const char *name; } sctlr_bits[] = {
	{ SCTLR_M, "M" }, { SCTLR_CFIE, "CFIE" }, { SCTLR_CFCFG, "CFCFG" },
}, fsr_bits[] = {
	{ FSR_TF, "TF" }, { FSR_AFF, "AFF" }, { FSR_PF, "PF" }, { FSR_EF, "EF" },
	{ 1u << 5, "TLBMCF" }, { 1u << 6, "TLBLKF" }, { 1u << 7, "ASF" }, { 1u << 8, "UUT" },
	{ FSR_SS, "SS" }, { FSR_MULTI, "MULTI" },
};

static const struct { uint16_t reg; const char *name; bool value; } names[] = {
	{ CB_SCTLR, "SCTLR" }, { 0x04, "ACTLR", true }, { CB_RESUME, "RESUME" }, { 0x10, "TCR2", true },
	{ CB_TTBR0, "TTBR0" }, { CB_TTBR1, "TTBR1" }, { CB_TCR, "TCR", true },
	{ CB_CONTEXTIDR, "CONTEXTIDR" }, { CB_FSR, "FSR" }, { CB_FAR, "FAR" },
	{ CB_FSYNR0, "FSYNR0" }, { CB_FSYNR1, "FSYNR1" }, { 0x38, "MAIR0", true }, { 0x3c, "MAIR1", true },
	{ 0x1000 | GR1_CBFRSYNRA, "CBFRSYNRA" },
};

static uint64_t guest_register(CPUState *cpu, int n)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	uint64_t val = 0;

	CPU_GET_CLASS(cpu)->gdb_read_register(cpu, bytes, n);
	memcpy(&val, bytes->data, MIN(bytes->len, sizeof(val)));

	return val;
}

static bool on_interrupt_stack(Mmu500 *s)
{
	Mmu500Cpu *cpu;
	uint64_t sp;

	if (!current_cpu)
		return false;
	cpu = &s->cpu[current_cpu->cpu_index % MMU500_CPUS];
	if (!cpu->stack_size)
		return false;
	sp = guest_register(current_cpu, 31);

	return sp > cpu->stack && sp <= cpu->stack + cpu->stack_size;
}

void mmu500_log(Mmu500 *s, int bank, int reg, bool write, uint64_t val)
{
	Mmu500Access *a = &s->log[s->nr_log % ARRAY_SIZE(s->log)];

	a->bank = bank;
	a->reg = reg;
	a->write = write;
	a->val = val;
	a->hardirq = on_interrupt_stack(s);
	s->nr_log++;
}

static void print(Mmu500 *s, const char *text)
{
	size_t len = MIN(strlen(text), sizeof(s->text) - 8 - s->nr_text);

	memcpy(s->text + s->nr_text, text, len);
	s->nr_text += len;
}

#define print_bits(s, bits, val) do {							\
	bool _first = true;								\
	for (int _i = 0; _i < ARRAY_SIZE(bits); _i++) {					\
		if (!((val) & (bits)[_i].bit))						\
			continue;							\
		if (!_first)								\
			print(s, "+");							\
		print(s, (bits)[_i].name);						\
		_first = false;								\
	}										\
} while (0)

static void print_access(Mmu500 *s, const Mmu500Access *a)
{
	g_autofree char *number = g_strdup_printf("%#" PRIx64, a->val);
	const char *name = NULL;
	bool value = false;

	for (int i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].reg == a->reg) {
			name = names[i].name;
			value = names[i].value;
		}
	}
	print(s, a->hardirq ? "!" : "");
	if (name) {
		print(s, name);
	} else {
		g_autofree char *offset = g_strdup_printf("%#x", a->reg);

		print(s, offset);
	}
	print(s, a->write ? "=" : "?");
	if (a->reg == CB_RESUME)
		print(s, a->val & 1 ? "terminate" : "retry");
	else if (a->reg == CB_FSR)
		print_bits(s, fsr_bits, a->val);
	else if (a->reg == CB_SCTLR && a->write)
		print_bits(s, sctlr_bits, a->val);
	else if (a->write || value)
		print(s, number);
}

static void print_log(Mmu500 *s, int bank)
{
	unsigned int first = 0;

	memset(s->text, 0, sizeof(s->text));
	s->nr_text = 0;
	if (s->nr_log > ARRAY_SIZE(s->log)) {
		first = s->nr_log - ARRAY_SIZE(s->log);
		print(s, "...");
	}
	for (unsigned int i = first; i < s->nr_log; i++) {
		const Mmu500Access *a = &s->log[i % ARRAY_SIZE(s->log)];

		if (a->bank != bank)
			continue;
		if (s->nr_text)
			print(s, " ");
		print_access(s, a);
	}
}

static uint32_t bank_count(Mmu500 *s, int idx, int what)
{
	switch (what) {
	case E2E_STALLED:
		return s->bank[idx].nr_stalled;
	case E2E_FSR:
		return s->bank[idx].reg[CB_FSR / 4];
	case E2E_SCTLR:
		return s->bank[idx].reg[CB_SCTLR / 4];
	default:
		return s->bank[idx].count[what / 4];
	}
}

static uint64_t debug_read(void *opaque, hwaddr addr, unsigned int size)
{
	Mmu500 *s = opaque;

	if (addr < E2E_BANK(s->banks))
		return bank_count(s, addr / E2E_BANK(1), addr % E2E_BANK(1));
	if (addr >= E2E_EDGES(0) && addr < E2E_EDGES(s->lines))
		return s->edges[(addr - E2E_EDGES(0)) / 4];
	if (addr >= E2E_LOG_TEXT && addr + size <= E2E_LOG_TEXT + E2E_LOG_SIZE)
		return ldn_le_p(s->text + addr - E2E_LOG_TEXT, size);
	switch (addr) {
	case E2E_MAGIC:
		return E2E_MAGIC_VALUE;
	case E2E_POWER:
		return s->powered;
	case E2E_UNPOWERED:
		return s->unpowered;
	case E2E_LOST:
		return s->lost;
	case E2E_BANKS:
		return s->banks;
	case E2E_LINES:
		return s->lines;
	case E2E_QUIRKS:
		return (s->ss_asserts ? E2E_SS_ASSERTS : 0) |
		       (s->resume_ignored ? E2E_RESUME_IGNORED : 0) |
		       (s->ss_is_fault ? E2E_SS_IS_FAULT : 0) | (s->abort ? E2E_ABORT : 0);
	case E2E_MAX_STALLS:
		return s->stalls;
	case E2E_SS_LATE_READS:
		return s->ss_late_reads;
	case E2E_SS_LATE_NS:
		return s->ss_late_ns;
	case E2E_POSTED_NS:
		return s->posted_ns;
	case E2E_GFAULTS:
		return s->gfaults;
	case E2E_RESUME_NS:
		return s->resume_ns;
	case E2E_LOG_BANK:
		return s->nr_text;
	default:
		return 0;
	}
}

static void set_quirks(Mmu500 *s, uint32_t quirks)
{
	s->ss_asserts = quirks & E2E_SS_ASSERTS;
	s->resume_ignored = quirks & E2E_RESUME_IGNORED;
	s->ss_is_fault = quirks & E2E_SS_IS_FAULT;
	s->abort = quirks & E2E_ABORT;
	mmu500_update(s);
}

static void debug_write(void *opaque, hwaddr addr, uint64_t val, unsigned int size)
{
	Mmu500 *s = opaque;

	switch (addr) {
	case E2E_POWER:
		mmu500_power(s, val);
		break;
	case E2E_QUIRKS:
		set_quirks(s, val);
		break;
	case E2E_MAX_STALLS:
		s->stalls = val;
		break;
	case E2E_SS_LATE_READS:
		s->ss_late_reads = val;
		break;
	case E2E_SS_LATE_NS:
		s->ss_late_ns = val;
		break;
	case E2E_POSTED_NS:
		mmu500_posted_timer(s);
		s->posted_ns = val;
		break;
	case E2E_STACK_CPU:
		s->stack_cpu = val;
		break;
	case E2E_STACK_SIZE:
		s->stack_size = val;
		break;
	case E2E_STACK_BASE:
		s->cpu[s->stack_cpu % MMU500_CPUS].stack = val;
		s->cpu[s->stack_cpu % MMU500_CPUS].stack_size = s->stack_size;
		break;
	case E2E_LOG_CLEAR:
		s->nr_log = 0;
		break;
	case E2E_LOG_BANK:
		print_log(s, val);
		break;
	case E2E_EXIT:
		qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
		break;
	}
}

const MemoryRegionOps mmu500_debug_ops = {
	.read = debug_read,
	.write = debug_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 1, .max_access_size = 8 },
	.impl = { .min_access_size = 4, .max_access_size = 8 },
};
