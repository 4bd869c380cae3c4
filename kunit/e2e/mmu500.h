/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An MMU-500 that stalls, and a DMA master behind it, for QEMU: what the parts share. */

#ifndef MMU500_H
#define MMU500_H

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/bitops.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/core/cpu.h"
#include "hw/qdev-properties.h"
#include "hw/irq.h"
#include "hw/boards.h"
#if __has_include("system/device_tree.h")	/* since 9.2 */
#include "system/device_tree.h"
#include "system/reset.h"
#include "system/runstate.h"
#else
#include "sysemu/device_tree.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#endif
#if __has_include("system/address-spaces.h")
#include "system/address-spaces.h"
#else
#include "exec/address-spaces.h"
#endif

#include "e2e_regs.h"

#ifdef DEFINE_PROP_END_OF_LIST
#define PROPERTIES		Property
#define END_OF_PROPERTIES	DEFINE_PROP_END_OF_LIST(),
#else						/* since 10.0 */
#define HAVE_CONST_PROPERTIES
#define PROPERTIES		const Property
#define END_OF_PROPERTIES
#endif
#ifndef CLASS_DATA
#define CLASS_DATA		void		/* const void since 10.1 */
#endif

#define MMU500_BANKS	128
#define MMU500_LINES	64
#define MMU500_STREAMS	128
#define MMU500_CPUS	8
#define MMU500_CHANS	128
#define MMU500_PAGES	128	/* of the global space, and as many of context banks */

#define CB_SCTLR	0x00
#define CB_RESUME	0x08
#define CB_TTBR0	0x20
#define CB_TTBR1	0x28
#define CB_TCR		0x30
#define CB_CONTEXTIDR	0x34
#define CB_FSR		0x58
#define CB_FAR		0x60
#define CB_FSYNR0	0x68
#define CB_FSYNR1	0x6c
#define CB_TLBIVA	0x600
#define CB_TLBIVAA	0x608
#define CB_TLBIASID	0x610
#define CB_TLBIALL	0x618
#define CB_TLBIVAL	0x620
#define CB_TLBIVAAL	0x628
#define CB_TLBIIPAS2	0x630
#define CB_TLBIIPAS2L	0x638
#define CB_TLBSTATUS	0x7f4

#define SCTLR_M		(1u << 0)
#define SCTLR_CFIE	(1u << 6)
#define SCTLR_CFCFG	(1u << 7)
#define SCTLR_HUPCF	(1u << 8)

#define FSR_TF		(1u << 1)
#define FSR_AFF		(1u << 2)
#define FSR_PF		(1u << 3)
#define FSR_EF		(1u << 4)
#define FSR_AARCH64	(2u << 9)	/* FORMAT */
#define FSR_SS		(1u << 30)
#define FSR_MULTI	(1u << 31)
#define FSR_LATCHED	(0x1feu | FSR_MULTI)

#define GR0_CR0		0x00
#define  CR0_CLIENTPD	(1u << 0)
#define  CR0_GFIE	(1u << 2)
#define  CR0_USFCFG	(1u << 10)
#define GR0_GFSR	0x48
#define  GFSR_ICF	(1u << 0)
#define  GFSR_USF	(1u << 1)
#define  GFSR_MULTI	(1u << 31)
#define GR0_GFSYNR0	0x50
#define GR0_GFSYNR1	0x54
#define GR0_TLBIVMID	0x64
#define GR0_TLBIALLNSNH	0x68
#define GR0_TLBIALLH	0x6c
#define GR0_SMR		0x800
#define GR0_S2CR	0xc00
#define GR1_CBAR	0x000
#define GR1_CBFRSYNRA	0x400

typedef struct Mmu500 Mmu500;
typedef struct Mmu500Txn Mmu500Txn;

/*
 * A transaction. QEMU's own IOMMU interface answers at once, so it cannot express one
 * that stalls: done() is called when it is over, whenever that is.
 */
struct Mmu500Txn {
	Mmu500Txn *next;
	uint64_t iova;
	uint32_t len, sid;
	bool write;
	void *buf;
	void (*done)(Mmu500Txn *txn, bool ok);
};

typedef struct Mmu500TlbEntry {
	bool valid, read, write;
	int shift;
	uint64_t page, pa;
} Mmu500TlbEntry;

typedef struct Mmu500Bank {
	uint32_t reg[1024];
	uint32_t count[16];		/* as in the debug page */
	Mmu500Txn *stalled, *waiting;
	uint32_t nr_stalled;
	bool cleared;			/* FSR was written since the last stall */
	bool late;			/* SS is still set after the last RESUME */
	uint32_t late_reads;
	int64_t stalled_at;		/* the last one */
	uint32_t stalled_reads;		/* of FSR since then */
	QEMUTimer *late_timer;
	Mmu500TlbEntry tlb[256];
} Mmu500Bank;

typedef struct Mmu500Access {
	uint16_t bank, reg;
	bool write, hardirq;
	uint64_t val;
} Mmu500Access;

typedef struct Mmu500Write {
	hwaddr addr;
	uint64_t val;
	unsigned int size;
} Mmu500Write;

typedef struct Mmu500Cpu {
	uint64_t stack, stack_size;
	Mmu500Write posted[64];
	unsigned int nr_posted;
} Mmu500Cpu;

struct Mmu500 {
	DeviceState parent_obj;
	MemoryRegion mr, debug;
	uint32_t gr0[1024], gr1[1024];
	Mmu500Bank *bank;
	Mmu500Cpu cpu[MMU500_CPUS];
	QEMUTimer *posted_timer;
	qemu_irq gline, line[MMU500_LINES];
	bool level[MMU500_LINES];
	uint32_t edges[MMU500_LINES];
	bool powered;
	uint32_t unpowered, lost, gfaults, resume_ns, stack_cpu, stack_size;
	Mmu500Access log[4096];
	unsigned int nr_log, nr_text;
	char text[E2E_LOG_SIZE];

	/* Properties. */
	uint32_t spi, banks, lines;
	bool ss_asserts, resume_ignored, ss_is_fault, abort, adreno, power_domain, stage2;
	uint32_t stalls, ss_late_reads, ss_late_ns, posted_ns, storm;
	uint32_t phandle;
};

extern Mmu500 *the_mmu500;

static inline uint64_t bank_reg64(Mmu500Bank *b, int reg)
{
	return b->reg[reg / 4] | (uint64_t)b->reg[reg / 4 + 1] << 32;
}

#define COUNT(b, what)	((b)->count[(what) / 4])

/* mmu500.c */
void mmu500_submit(Mmu500 *s, Mmu500Txn *txn);
int mmu500_bank_of(Mmu500 *s, uint32_t sid);
void mmu500_update(Mmu500 *s);
void mmu500_reset(void *opaque);
void mmu500_power(Mmu500 *s, bool on);
void mmu500_late_timer(void *opaque);
void mmu500_posted_timer(void *opaque);
extern const MemoryRegionOps mmu500_ops;

/* mmu500_walk.c */
uint32_t mmu500_translate(Mmu500 *s, int idx, Mmu500Txn *txn, uint64_t *pa, int *level);
void mmu500_tlb_write(Mmu500Bank *b, int reg, uint64_t val);
void mmu500_tlb_flush(Mmu500Bank *b);

/* mmu500_debug.c */
void mmu500_log(Mmu500 *s, int bank, int reg, bool write, uint64_t val);
extern const MemoryRegionOps mmu500_debug_ops;

/* mmu500_dma.c */
void mmu500_dma_register(void);

#endif /* MMU500_H */
