/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One context bank, its stalled faults, one set_stall() in flight: the designs
 * masked, landed and oneshot, from their descriptions and not from the driver.
 *
 * -DMASKED|-DLANDED|-DONESHOT  the design; -DNOLINEMASK: oneshot, line unmasked
 * -DSSQ=0|1    FSR.SS asserts the line (MMU-500), which then also ignores RESUME
 *              while other FSR bits are set
 * -DSAME=0|1   the thread and set_stall() run on the CPU that takes the interrupt
 * -DN=n        up to n faults
 * -DNO_xxx     a piece of masked removed
 *
 * Not modelled: a second bank, posted writes, power, teardown (I7, I8, I9), the
 * designs stock, v5 and v5-nolock; HUPCF is always on.
 */
#ifndef N
#define N 3
#endif
#define F	1	/* a fault bit of FSR */
#define MULTI	2
#define SS	4
#define M	1
#define CFIE	2
#define CFCFG	4

#ifdef NO_MULTICLEAR
#define CLEAR(s)	(s)
#else
#define CLEAR(s)	((s) | MULTI)
#endif

#ifndef CFG0
#define CFG0 CFCFG	/* stall on at the start */
#endif
byte fsr, sctlr = M | CFIE | CFG0, shadow = M | CFIE | CFG0, nf = N;
byte off;		/* pid with interrupts off on the IRQ's CPU */
byte offn;		/* how many have interrupts off, any CPU */
bit unrep, cleared, wake, busy, inirq, lmask, dirty, ssset, fdone;
bit want = (CFG0 != 0);

#define LINE	((sctlr & CFIE) && ((fsr & (F | MULTI)) || (SSQ && (fsr & SS))))
/* A hard IRQ is always ahead of what runs on its CPU. */
#define MAYRUN	(!SAME || off == _pid || (off == 0 && !inirq && !(LINE && !lmask)))

inline irq_off() { d_step { offn++; if :: SAME -> off = _pid :: else fi } }
inline irq_on()  { d_step { offn--; off = 0 } }

inline wr_sctlr(x) { d_step { sctlr = x; dirty = 1 } }
inline wr_fsr(x) {
	d_step {
		assert(!(x & fsr & F) || !unrep);		/* I1 */
		fsr = fsr & ~((x) & (F | MULTI));
		if :: !(fsr & (F | MULTI)) -> cleared = 1 :: else fi;
		dirty = 1
	}
}
inline wr_resume() {
	d_step {
		assert(fsr & SS);				/* I3 */
		assert(cleared);				/* I3 */
		if
		:: SSQ && (fsr & (F | MULTI))	/* ignored */
		:: else -> fsr = fsr & ~SS
		fi;
		dirty = 1
	}
}
inline report(s) {
	d_step {
		assert((s) & F);				/* I1: stale */
		assert(unrep);					/* I1: twice */
		unrep = 0
	}
}
inline publish() {
	do
	:: v = shadow; wr_sctlr(v);
	   if :: shadow == v -> break :: else fi
	od;
	v = 0
}

active proctype device() {
	do
	:: d_step { nf > 0 && (sctlr & M) ->
		nf--;
		if
		:: fsr & F -> fsr = fsr | MULTI
		:: else -> fsr = fsr | F; unrep = 1
		fi;
		if
		:: (sctlr & CFCFG) && !(fsr & SS) -> fsr = fsr | SS; cleared = 0
		:: else
		fi;
		dirty = 1 }
	:: break
	od;
	fdone = 1
}

active proctype irq() {
	byte v; bit handled;

end:	do
	:: d_step { LINE && !lmask && dirty && off == 0 -> inirq = 1; dirty = 0; handled = 0 }
#ifdef MASKED
	   if
#ifndef NO_SHADOWCHECK
	   :: !(shadow & CFIE)
	   :: (shadow & CFIE) ->
#else
	   :: true ->
#endif
		if
#ifdef SS_IS_OURS
		:: fsr & (F | SS) ->
#else
		:: fsr & F ->
#endif
#ifndef NO_MASK
			d_step { shadow = shadow & ~CFIE; dirty = 1 }
			publish();
#endif
			d_step { wake = 1; handled = 1 }
		:: else
		fi
	   fi;
#else
	   d_step { wake = 1; handled = 1;
#ifndef NOLINEMASK
		lmask = 1
#else
		skip
#endif
	   }
#endif
	   d_step {
		inirq = 0;
		/* I6: a pass without effect ends only within an irq-off section */
		assert(handled || dirty || !LINE || offn > 0)
	   }
	od
}

active proctype thread() provided (MAYRUN) {
	byte v, s, l;

end:	do
	:: d_step { wake -> wake = 0; busy = 1 }
#ifdef MASKED
#ifndef NO_OWN
	   if
	   :: shadow & CFIE ->
		d_step { shadow = shadow & ~CFIE; dirty = 1 }
		irq_off(); publish(); irq_on()
	   :: else
	   fi;
#endif
	   s = fsr;
	   if :: s & (F | SS) -> report(s) :: else fi;
#ifndef NO_CLEARFIRST
	   if :: s & (F | MULTI) -> wr_fsr(CLEAR(s)) :: else fi;
#endif
#ifndef NO_SECOND
	   l = fsr;
#else
	   l = s;
#endif
#ifndef NO_IRQOFF
	   irq_off();
#endif
#ifndef NO_CFIEFIRST
	   d_step { shadow = shadow | CFIE; dirty = 1 }
	   publish();
#endif
	   if
#ifdef NO_LEAVE
	   :: (l & SS) -> wr_resume()
#else
	   :: (l & SS) && ((s & SS) || !(l & F)) -> wr_resume()
#endif
	   :: else
	   fi;
#ifdef NO_CFIEFIRST
	   d_step { shadow = shadow | CFIE; dirty = 1 }
	   publish();
#endif
#ifndef NO_IRQOFF
	   irq_on();
#endif
#ifdef NO_CLEARFIRST
	   if :: s & (F | MULTI) -> wr_fsr(CLEAR(s)) :: else fi;
#endif
#else	/* landed, oneshot */
	   s = fsr;
	   if
	   :: s & (F | MULTI | SS) ->
#ifdef ONESHOT
		v = sctlr; wr_sctlr(v & ~CFIE);
#endif
		/* Reports of SS or MULTI alone are these designs' own; not counted. */
		d_step { if :: s & F -> unrep = 0 :: else fi }
		wr_fsr(s);
#ifdef ONESHOT
		v = sctlr; wr_sctlr(v | CFIE);
#endif
		if :: s & SS ->
			d_step { if :: SSQ && (fsr & (F | MULTI)) :: else -> fsr = fsr & ~SS fi; dirty = 1 }
		:: else fi
	   :: else
	   fi;
	   v = 0;
#endif
	   d_step { busy = 0; s = 0; l = 0; lmask = 0; dirty = 1 }
	od
}

active proctype set_stall() provided (MAYRUN) {
	byte v;

	if
	:: true
	:: true ->
#if defined(MASKED) && !defined(NO_SHADOW)
		if
		:: d_step { shadow = shadow | CFCFG; want = 1; dirty = 1 }
		:: d_step { shadow = shadow & ~CFCFG; want = 0; dirty = 1 }
		fi;
		irq_off(); publish(); irq_on()
#else
		/* plain read-modify-write */
		v = sctlr;
		if
		:: want = 1; v = v | CFCFG
		:: want = 0; v = v & ~CFCFG
		fi;
		d_step { sctlr = v; shadow = (shadow & ~CFCFG) | (v & CFCFG); dirty = 1 }
#endif
	fi;
	ssset = 1
}

/* Runs when nothing else can: what must hold at rest. */
active proctype rest() {
	timeout ->
	assert(fdone && ssset && !busy && !wake && !inirq && !(LINE && !lmask)); /* I6 */
	assert(!unrep);						/* I1 */
	assert(!(fsr & SS));					/* I2 */
	assert(sctlr & CFIE);					/* I4 */
	assert(((sctlr & CFCFG) != 0) == want);			/* I5 */
}
