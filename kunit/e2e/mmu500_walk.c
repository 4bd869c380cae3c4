// SPDX-License-Identifier: GPL-2.0-or-later
/* Page table walks of the emulated MMU-500: AArch64, pages of 4 KiB, stage 1 or 2, and a TLB. */

#include "mmu500.h"

#define ADDRESS		0xfffffffff000ull
#define DESC_VALID	(1ull << 0)
#define DESC_TABLE	(1ull << 1)
#define DESC_S1_USER	(1ull << 6)
#define DESC_S1_RDONLY	(1ull << 7)
#define DESC_S2_READ	(1ull << 6)
#define DESC_S2_WRITE	(1ull << 7)
#define DESC_AF		(1ull << 10)
#define VA_PAGES	((1ull << 44) - 1)	/* bits 55:12, as TLBIVA has them */

typedef struct Walk {
	uint64_t table;
	int bits, level;
} Walk;

static bool is_stage2(Mmu500 *s, int idx)
{
	return !((s->gr1[GR1_CBAR / 4 + idx] >> 16) & 3);
}

/* Where the walk begins, or false where there is no such address. */
static bool walk_begins(Mmu500 *s, int idx, uint64_t iova, Walk *w)
{
	Mmu500Bank *b = &s->bank[idx];
	uint32_t tcr = b->reg[CB_TCR / 4];
	bool high = !is_stage2(s, idx) && iova >> 63;

	w->bits = 64 - (high ? (tcr >> 16) & 0x3f : tcr & 0x3f);
	w->table = bank_reg64(b, high ? CB_TTBR1 : CB_TTBR0) & ADDRESS;
	if (is_stage2(s, idx))
		w->level = 2 - ((tcr >> 6) & 3);
	else if (tcr & (1u << (high ? 23 : 7)))		/* EPD1, EPD0 */
		return false;
	else
		w->level = 4 - (w->bits - 12 + 8) / 9;

	return w->bits >= 64 || !((high ? ~iova : iova) >> w->bits);
}

static uint32_t allowed(bool stage2, uint64_t desc, Mmu500TlbEntry *e)
{
	if (!(desc & DESC_AF))
		return FSR_AFF;
	if (stage2) {
		e->read = desc & DESC_S2_READ;
		e->write = desc & DESC_S2_WRITE;
	} else {
		e->read = desc & DESC_S1_USER;
		e->write = e->read && !(desc & DESC_S1_RDONLY);
	}

	return 0;
}

static uint32_t walk(Mmu500 *s, int idx, uint64_t iova, Mmu500TlbEntry *e, int *level)
{
	bool first = true;
	Walk w;

	*level = 0;
	if (!walk_begins(s, idx, iova, &w))
		return FSR_TF;
	for (;; w.level++, first = false) {
		int shift = 12 + 9 * (3 - w.level);
		/* Tables of stage 2 are concatenated where the walk begins. */
		uint64_t index = first ? (iova & MAKE_64BIT_MASK(0, w.bits)) >> shift :
					 (iova >> shift) & 511;
		MemTxResult res;
		uint64_t desc = address_space_ldq_le(&address_space_memory, w.table + index * 8,
						     MEMTXATTRS_UNSPECIFIED, &res);

		*level = w.level;
		if (res != MEMTX_OK)
			return FSR_EF;
		if (!(desc & DESC_VALID) || (w.level == 3 && !(desc & DESC_TABLE)))
			return FSR_TF;
		if (w.level < 3 && (desc & DESC_TABLE)) {
			w.table = desc & ADDRESS;
			continue;
		}
		e->shift = shift;
		e->page = iova >> 12;
		e->pa = (desc & ADDRESS & ~MAKE_64BIT_MASK(0, shift)) |
			(iova & MAKE_64BIT_MASK(0, shift) & ~0xfffull);
		return allowed(is_stage2(s, idx), desc, e);
	}
}

/* Returns 0 and the physical address, or the bit of FSR and the level. */
uint32_t mmu500_translate(Mmu500 *s, int idx, Mmu500Txn *txn, uint64_t *pa, int *level)
{
	Mmu500Bank *b = &s->bank[idx];
	Mmu500TlbEntry *e = &b->tlb[(txn->iova >> 12) % ARRAY_SIZE(b->tlb)], new = { };
	uint32_t bit;

	*level = 3;
	if (!e->valid || e->page != txn->iova >> 12) {
		bit = walk(s, idx, txn->iova, &new, level);
		if (bit)
			return bit;
		/* What faults is not cached, what is mapped is. */
		*e = new;
		e->valid = true;
	}
	if (txn->write ? !e->write : !e->read)
		return FSR_PF;
	*pa = e->pa | (txn->iova & 0xfff);

	return 0;
}

void mmu500_tlb_flush(Mmu500Bank *b)
{
	for (int i = 0; i < ARRAY_SIZE(b->tlb); i++)
		b->tlb[i].valid = false;
}

void mmu500_tlb_write(Mmu500Bank *b, int reg, uint64_t val)
{
	if (reg == CB_TLBIASID || reg == CB_TLBIALL) {
		mmu500_tlb_flush(b);
		return;
	}
	/* By address: whatever part of the block is cached. */
	for (int i = 0; i < ARRAY_SIZE(b->tlb); i++) {
		Mmu500TlbEntry *e = &b->tlb[i];

		if (!(((e->page ^ val) & VA_PAGES) >> (e->shift ? e->shift - 12 : 0)))
			e->valid = false;
	}
}
