/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the emulated SMMU shows besides its own registers, and the registers of the
 * DMA master. The model and the guest include this file.
 */

#ifndef E2E_REGS_H
#define E2E_REGS_H

#define E2E_SMMU_BASE		0x0b000000
#define E2E_DEBUG_BASE		0x0b200000
#define E2E_DEBUG_SIZE		0x10000
#define E2E_DMA_BASE		0x0b300000

/* The debug page. First the counters of each context bank. */
#define E2E_BANK(n)		((n) * 0x40)
#define E2E_FAULTS		0x00	/* latched with a syndrome of their own */
#define E2E_MERGED		0x04	/* faults that only set MULTI */
#define E2E_STALLS		0x08
#define E2E_RETRIED		0x0c	/* by RESUME */
#define E2E_TERMINATED		0x10	/* by RESUME */
#define E2E_ABORTED		0x14	/* faults that did not stall */
#define E2E_PASSED		0x18	/* transactions that were translated */
#define E2E_UNTRANSLATED	0x1c	/* transactions that found SCTLR.M off */
#define E2E_IGNORED		0x20	/* writes to RESUME that were ignored */
#define E2E_VIOLATIONS		0x24	/* of the rules for RESUME */
#define E2E_WHICH		0x28	/* an E2E_VIOLATION_ bit for each kind */
#define  E2E_VIOLATION_NO_STALL	0x1	/* RESUME without a stalled transaction */
#define  E2E_VIOLATION_UNCLEARED 0x2	/* RESUME, and FSR was not cleared since the stall */
#define  E2E_VIOLATION_M_OFF	0x4	/* a retry while SCTLR.M is off */
#define E2E_READS		0x2c
#define E2E_WRITES		0x30
#define E2E_STALLED		0x34	/* transactions that are stalled now */
#define E2E_FSR			0x38	/* the register, without an access that counts */
#define E2E_SCTLR		0x3c

#define E2E_MAGIC		0x4000	/* E2E_MAGIC_VALUE */
#define  E2E_MAGIC_VALUE	0x4d4d5535
#define E2E_POWER		0x4004	/* 0 cuts the power: registers and transactions go */
#define E2E_UNPOWERED		0x4008	/* accesses without power */
#define E2E_LOST		0x400c	/* transactions that came without power, or went with it */
#define E2E_BANKS		0x4010
#define E2E_LINES		0x4014
#define E2E_QUIRKS		0x4018	/* E2E_QUIRK_, may be changed while nothing goes on */
#define  E2E_SS_ASSERTS		0x01	/* SS asserts the interrupt */
#define  E2E_RESUME_IGNORED	0x02	/* RESUME is ignored while a fault bit is set */
#define  E2E_SS_IS_FAULT	0x04	/* with SS set, the next fault only sets MULTI */
#define  E2E_ABORT		0x08	/* an access without power is an external abort */
#define E2E_MAX_STALLS		0x401c	/* so many transactions of a bank stall at a time */
#define E2E_SS_LATE_READS	0x4020	/* so many reads of FSR until RESUME clears SS */
#define E2E_SS_LATE_NS		0x4024	/* or so many nanoseconds */
#define E2E_POSTED_NS		0x4028	/* so long a CPU's writes are under way, but for its reads */
#define E2E_GFAULTS		0x402c	/* global faults */
/* Each CPU's interrupt stack: an access with SP on it is one in hard IRQ context. */
#define E2E_STACK_CPU		0x4030
#define E2E_STACK_SIZE		0x4034
#define E2E_STACK_BASE		0x4038	/* 64 bit; takes the other two along */
#define E2E_LOG_CLEAR		0x4040
#define E2E_LOG_BANK		0x4044	/* writes the log of this bank to E2E_LOG_TEXT */
#define E2E_EXIT		0x4048	/* turns the machine off, whatever the kernel is at */
#define E2E_RESUME_NS		0x404c	/* from the last stall to its RESUME; with -icount shift=0, instructions */
#define E2E_EDGES(line)		(0x4400 + 4 * (line))	/* how often the line rose */
#define E2E_LOG_TEXT		0x8000
#define E2E_LOG_SIZE		0x8000

/* The DMA master: a copy from SRC to DST in each channel, both through the SMMU. */
#define E2E_CHAN_SIZE		0x100
#define E2E_CHAN(n)		((n) * E2E_CHAN_SIZE)
#define E2E_CHAN_SRC		0x00	/* 64 bit */
#define E2E_CHAN_DST		0x08	/* 64 bit */
#define E2E_CHAN_LEN		0x10
#define E2E_CHAN_CTRL		0x14
#define  E2E_CHAN_START		0x1
#define  E2E_CHAN_REPEAT	0x2	/* once more after the end, whatever it was */
#define  E2E_CHAN_INTERRUPT	0x4	/* at the end; any write to CTRL ends it */
#define E2E_CHAN_STATUS		0x18
#define  E2E_CHAN_IDLE		0
#define  E2E_CHAN_BUSY		1
#define  E2E_CHAN_DONE		2
#define  E2E_CHAN_ABORTED	3
#define E2E_CHAN_POS		0x1c	/* bytes that have arrived */
#define E2E_CHAN_SID		0x20
#define E2E_CHAN_PACE_NS	0x24	/* between two transactions */
#define E2E_CHAN_ENDS		0x28	/* how many copies have ended */
#define E2E_CHAN_ABORTS		0x2c	/* and how many of them were aborted */
#define E2E_CHAN_PENDING	0x30	/* the interrupt is */
#define E2E_CHAN_BANK		0x34	/* the context bank of SID, or E2E_CHAN_NO_BANK */
#define  E2E_CHAN_NO_BANK	0xffffffff

#endif /* E2E_REGS_H */
