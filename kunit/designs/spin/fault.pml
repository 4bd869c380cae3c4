/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fault path of arm-smmu in each design, from their descriptions and not
 * from the driver.
 *
 * At compile time, the scenario, or several of them:
 *
 *  ONE_BANK		up to four faults, three in pairs; elsewhere two; one in pairs, and
 *			where writes are posted with TWO_BANKS or SET_STALL
 *  TWO_BANKS		another bank on the line, with one fault
 *  SET_STALL		a set_stall() from elsewhere
 *  CALLBACK_SET_STALL	one from the first bank's callback
 *  SUSPEND		runtime suspend, then resume
 *  TEARDOWN		the first bank is torn down
 *  RESET		it was left stalled, is reset and then attached
 *  POSTED		register writes are posted, in a FIFO for each CPU
 *
 * From the environment: DESIGN, a number; REMOVED, the pieces of masked that are
 * left out; DEVICES, the kinds of hardware to search. All are defined below.
 *
 * For each kind, a search covers FSR.SS asserting the line or not (MMU-500 does, and
 * ignores RESUME while other FSR bits are set), the thread on the CPU that takes the
 * interrupt or on another; where there is one scenario alone, stall on and off at the
 * start, and set_stall() either way. HUPCF is on. A search goes on after a violation,
 * and says which invariants some schedule violates.
 */
#ifdef TWO_BANKS
#define BANKS	2
#else
#define BANKS	1
#endif
#define PAIR (defined(ONE_BANK) + defined(TWO_BANKS) + defined(SET_STALL) + defined(CALLBACK_SET_STALL) + \
	defined(SUSPEND) + defined(TEARDOWN) + defined(RESET) > 1)
#if PAIR || (defined(POSTED) && defined(SET_STALL)) || (defined(POSTED) && defined(TWO_BANKS))
#ifdef ONE_BANK
#define FAULTS	3
#else
#define FAULTS	1
#endif
#elif defined(ONE_BANK)
#define FAULTS	4
#else
#define FAULTS	2
#endif

/* What makes many states has fewer faults on hardware that makes more. */
#if PAIR
#define FEWER	(device > SSFAULT)
#elif defined(TWO_BANKS)
#define FEWER	(device & (LOSES | FLOODS))
#elif defined(SET_STALL) || defined(TEARDOWN)
#define FEWER	(device & LOSES)
#else
#define FEWER	false
#endif

/* DESIGN */
#define STOCK	1
#define V5	2
#define V5NOLOCK 3
#define LANDED	4
#define ONESHOT	5
#define MASKED	6
#define ONESHOT_UNMASKED 7	/* oneshot, if the line were not masked */
#define RESUME_FIRST 8		/* masked: RESUME, a read, CFIE; SS alone is a fault */
#define THREADED (design >= LANDED)
#define OURS	(design == MASKED || design == RESUME_FIRST)

/* REMOVED */
#define SECOND_READ	1	/* the thread looks again until nothing is latched */
#define IRQ_OFF		2	/* interrupts off from CFIE to the last read */
#define READ_BACK	4	/* SCTLR read back after each write */
#define SHADOW_CHECK	8	/* the primary steps back while CFIE is off in the shadow */
#define MASK		16	/* the primary masks the bank */
#define SS_ALONE	32	/* SS alone is IRQ_NONE */
#define CLEAR_FIRST	64	/* FSR cleared before RESUME */
#define MULTI_CLEAR	128	/* MULTI cleared even if it came after the read */
#define OWN_FIRST	256	/* the thread owns the bank before it reads */
#define ATTACHED	512	/* armed only while attached */
#define WAIT_STALL	1024	/* detach waits for set_stall() */
#define CLEAR_LAST	2048	/* detach clears FSR and terminates */
#define MASK_SUSPEND	4096	/* CFIE off in suspend */
#define USERS		8192	/* suspend waits for primaries and set_stall() */
#define POWERED		16384	/* the primary asks the flag */
#define RPM_GET		32768	/* the thread's runtime-PM reference */
#define LAST_READ	65536	/* a read after RESUME */
#define CFIE_FIRST	131072	/* CFIE before RESUME */
#define REMASK		262144	/* SS left over: mask again */
#define PAUSE		524288	/* SS left over: the timer wakes the thread */
#define POLL		1048576	/* SS polled: without, one read */
#define TIMER_CANCEL	2097152	/* detach cancels the timer after free_irq(): without, before */
#define HEAL_LOOP	4194304	/* reset and detach resume until SS is clear */
#define VERDICT_FIRST	8388608	/* the report that first saw SS decides: without, the last */
#define FLOOD_RESUME	16777216 /* RESUME before a flood's pause */
#define WITHOUT(piece)	((removed & piece) != 0)

/* Kinds of hardware. DEVICES has a bit for each line of init's choice. */
#define SSFAULT	1	/* with SS set, a fault sets MULTI alone */
#define TWO	2	/* a bank holds two stalled transactions, RESUME ends one */
#define LATE	4	/* SS clears some time after RESUME, but within a poll */
#define LOSES	8	/* one RESUME is lost */
#define FLOODS	16	/* not of the hardware: the thread pauses after any fault, as in a flood */

#define F	1	/* a fault bit of FSR */
#define MULTI	2
#define SS	4
#define M	1	/* of SCTLR */
#define CFIE	2
#define CFCFG	4
#define GONE	8	/* shadow alone: teardown has begun */
#define RETRY	1
#define TERMINATE 2
#define LOST	4	/* a RESUME that has no effect */

/* The hardware */
byte fsr[BANKS], sctlr[BANKS], todo[BANKS];
byte stalled[BANKS];		/* transactions; SS is set while there is one */
byte ending[BANKS];		/* of those: RESUME has arrived, and is yet to take effect */
bit retried[BANKS];		/* it said so */
byte cleared[BANKS];		/* FSR was clear since the transaction stalled: a bit for each */
bit unreported[BANKS];
bit seen[BANKS];		/* stalled before the callback of now was called */
bit said[BANKS];		/* the callback has decided about what is stalled */
bit saidretry[BANKS];		/* and how */
bit clocks = 1;
bit ssq, same;			/* SS asserts the line; one CPU for all */
byte device;
bit loses;			/* a RESUME may yet be lost */
/* Interrupts and threads */
bit inirq, changed = 1;		/* something did since the primaries last looked */
byte off;			/* pid with interrupts off on the interrupt's CPU */
byte offn;			/* how many have interrupts off, on any CPU */
bit handler[BANKS], busy[BANKS], asleep;
byte wake[BANKS];		/* by 1: its primary, 2: its timer */
bit timer[BANKS];		/* is started */
bit excuse;			/* a pass of the timer's overtook a primary, which may wake for nothing */
/* The driver */
byte shadow[BANKS];		/* the others: the mask that set_stall() changes */
bit want[BANKS];		/* what the last set_stall() asked for */
byte wants[BANKS];		/* 1: off, 2: on; both if two of them overlapped */
byte asking;			/* set_stall() calls under way */
bit up = 1;			/* all banks are attached */
bit lock[BANKS], pending[BANKS], gone[BANKS];
bit powered = 1;
byte users, refs;
#define ACTIVE	0
#define SUSPENDING 1
#define SUSPENDED 2
#define RESUMING 3
byte pm, design, devices, script;	/* actors of the scenario that are not done */
int removed;

c_code {
	extern void (*uerror)(char *);
	extern int readtrail;
	static const char *const pm500[] = { "noss", "ss" }, *const cpus[] = { "other", "same" };
	static unsigned violated[2][32][2];

	static void violates(int n)
	{
		unsigned *seen = &violated[now.ssq][now.device][now.same];
		static char text[64];

		if (*seen & 1u << n)
			return;
		*seen |= 1u << n;
		snprintf(text, sizeof(text), "%s%s%s%s%s%s.%s I%d", pm500[now.ssq],
			 now.device & 1 ? "-multi" : "", now.device & 2 ? "-two" : "", now.device & 4 ? "-late" : "",
			 now.device & 8 ? "-lost" : "", now.device & 16 ? "-flood" : "", cpus[now.same], n);
		if (readtrail)
			printf("violated: %s\n", text);
		else
			uerror(text);
	}
}
#define hold(n, cond)	if :: (cond) :: else -> c_code { violates(n); } fi

/* CPU0 takes the interrupts. Threads run there or on CPU1, the rest there or on CPU2. */
#define CPU(n)	(same -> 0 : (n))
#define LINE1(b) ((sctlr[b] & CFIE) && ((fsr[b] & (F | MULTI)) || (ssq && (fsr[b] & SS))))
#if BANKS == 2
#define LINE	(LINE1(0) || LINE1(1))
#define ANYBODY	(handler[0] || handler[1])
#define ENDING	(ending[0] || ending[1])
#define OWED	(wake[0] || busy[0] || wake[1] || busy[1])
#else
#define LINE	LINE1(0)
#define ANYBODY	handler[0]
#define ENDING	ending[0]
#define OWED	(wake[0] || busy[0])
#endif
/* ONESHOT: until the last thread that was woken is done. */
#define HELD	((design == LANDED || design == ONESHOT) && OWED)
#define TAKEN	(LINE && !HELD && ANYBODY)
/* A hard IRQ is always ahead of what runs on its CPU. */
#define MAYRUN	(!same || off == _pid || (off == 0 && !inirq && !TAKEN))

#define show(what, b, v) printf(what); printf(" pid %d bank %d value %d | fsr %d sctlr %d shadow %d line %d\n", _pid, b, v, fsr[b], sctlr[b], shadow[b], LINE)

inline irq_off() { d_step { offn++; if :: same -> off = _pid :: else fi } }
inline irq_on()  { d_step { offn--; off = 0 } }

/* What RESUME was written for comes to pass: the transaction that stalled first goes on. */
inline end_stall(b)
{
	stalled[b]--;
	cleared[b] = cleared[b] >> 1;
	fsr[b] = (stalled[b] -> fsr[b] : fsr[b] & ~SS);
	changed = 1
}

inline end_late(b)
{
	/* A retry that is not translated is no retry. */
	hold(9, !retried[b] || (sctlr[b] & M));
	ending[b]--;
	retried[b] = 0;
	end_stall(b)
}

/* What a write does when it arrives. */
#define SCTLR	0
#define FSR	1
#define RESUME	2
inline arrive(b, reg, x)
{
	hold(8, clocks);
	if
	:: reg == SCTLR -> if :: sctlr[b] != (x) -> sctlr[b] = x; changed = 1 :: else fi
	:: reg == FSR ->
		if :: x & fsr[b] & F -> hold(1, !unreported[b] || !handler[b]); unreported[b] = 0 :: else fi;
		if :: fsr[b] & (x) & (F | MULTI) -> fsr[b] = fsr[b] & ~((x) & (F | MULTI)); changed = 1 :: else fi;
		if :: !(fsr[b] & (F | MULTI)) -> cleared[b] = (1 << stalled[b]) - 1 :: else fi
	:: reg == RESUME ->
		/* Each stall has one that is not lost. */
		hold(3, stalled[b] > ending[b]);
		hold(3, stalled[b] <= ending[b] || ((cleared[b] >> ending[b]) & 1));
		/* A bank that is torn down terminates, whatever was decided. */
		hold(3, !said[b] || (saidretry[b] == (((x) & RETRY) != 0)) ||
			(!((x) & RETRY) && ((shadow[b] & GONE) || !(shadow[b] & M) || !handler[b])));
		seen[b] = 0; said[b] = 0; saidretry[b] = 0;
		if
		:: ((x) & LOST) || stalled[b] <= ending[b] || (ssq && (fsr[b] & (F | MULTI)))
		:: else ->
			hold(9, !((x) & RETRY) || (sctlr[b] & M));
			if
			:: device & LATE -> ending[b]++; retried[b] = retried[b] | (((x) & RETRY) != 0)
			:: else -> end_stall(b)
			fi;
			changed = 1
		fi
	fi;
	show("arrives", b, reg * 16 + x)
}

#ifdef POSTED
chan fifo0 = [3] of { byte };
chan fifo1 = [3] of { byte };
chan fifo2 = [3] of { byte };
#define ROOM(cpu) ((CPU(cpu) == 0 && nfull(fifo0)) || (CPU(cpu) == 1 && nfull(fifo1)) || (CPU(cpu) == 2 && nfull(fifo2)))
#define DRAINED(cpu) ((CPU(cpu) == 0 && empty(fifo0)) || (CPU(cpu) == 1 && empty(fifo1)) || (CPU(cpu) == 2 && empty(fifo2)))
#define ARRIVED	(len(fifo0) + len(fifo1) + len(fifo2) == 0)
inline write(cpu, b, reg, x)
{
	d_step {
		ROOM(cpu) ->
		show("writes", b, reg * 16 + x);
		if
		:: CPU(cpu) == 0 -> fifo0!((reg) * 16 + (b) * 8 + (x))
		:: CPU(cpu) == 1 -> fifo1!((reg) * 16 + (b) * 8 + (x))
		:: CPU(cpu) == 2 -> fifo2!((reg) * 16 + (b) * 8 + (x))
		fi
	}
}
#define FIFO(f) :: d_step { f?w -> arrive(((w / 8) & 1), (w / 16), (w & 7)); w = 0 }

active proctype bus()
{
	byte w;

end:	do
	FIFO(fifo0)
	FIFO(fifo1)
	FIFO(fifo2)
	od
}
#else
#define DRAINED(cpu) true
#define ARRIVED true
#define write(cpu, b, reg, x) d_step { show("writes", b, reg * 16 + x); arrive(b, reg, (x)) }
#endif

/* A read drains what its CPU has posted. */
inline read_fsr(cpu, b, v) { d_step { DRAINED(cpu) -> hold(8, clocks); v = fsr[b]; show("reads FSR", b, v) } }
/* The thread's first look */
inline look(b, v) { d_step { DRAINED(1) -> hold(8, clocks); v = fsr[b]; seen[b] = (v & SS) != 0; show("looks at FSR", b, v) } }
/* SS is polled. Only the last read matters, and by then RESUME has taken effect. */
inline poll(cpu, b, v)
{
	d_step {
		DRAINED(cpu) -> hold(8, clocks);
		do
		:: ending[b] && !WITHOUT(POLL) -> end_late(b)
		:: else -> break
		od;
		v = fsr[b];
		show("polls FSR", b, v)
	}
}
inline resume(cpu, b, x)
{
	if
	:: atomic { loses -> loses = 0; write(cpu, b, RESUME, ((x) | LOST)) }
	:: write(cpu, b, RESUME, x)
	fi
}
inline read_sctlr(cpu, b, v) { d_step { DRAINED(cpu) -> hold(8, clocks); v = sctlr[b]; show("reads SCTLR", b, v) } }

inline report(b, s, harddirq)
{
	d_step {
		show("callback", b, s);
		hold(1, ((s) & F) && unreported[b]);		/* not stale, not twice */
		hold(9, !gone[b]);
		hold(10, !(harddirq));
		if :: (s) & F && unreported[b] -> unreported[b] = 0; changed = 1 :: else fi
	}
}

/* masked's SCTLR: each change is one of the shadow, which is then published. */
#define ATTACHED_BANK(b) (((shadow[b] & M) && !(shadow[b] & GONE)) || WITHOUT(ATTACHED))
#define WANTED(b) ((shadow[b] & ((shadow[b] & GONE) -> M : 7)) & ((powered || WITHOUT(MASK_SUSPEND)) -> 7 : 5))
#define READ_BACK_DONE(cpu) (WITHOUT(READ_BACK) || DRAINED(cpu))
/* The read back, the comparison, and a repeat if the shadow has changed. */
inline settle(cpu, b, v)
{
	do
	:: d_step { READ_BACK_DONE(cpu) && WANTED(b) == v -> hold(8, clocks || WITHOUT(READ_BACK)) } break
	:: d_step { READ_BACK_DONE(cpu) && WANTED(b) != v -> hold(8, clocks || WITHOUT(READ_BACK));
		v = WANTED(b); show("shadow", b, v) }
	   write(cpu, b, SCTLR, v)
	od;
	v = 0
}
inline publish(cpu, b, v)
{
	d_step { v = WANTED(b); show("shadow", b, v) }
	write(cpu, b, SCTLR, v);
	settle(cpu, b, v)
}
/* Sets and clears bits of an attached bank, and publishes. */
inline change(cpu, b, v, clear, set)
{
	if
	:: d_step { ATTACHED_BANK(b) ->
		shadow[b] = (shadow[b] & ~(clear)) | (set); changed = 1 }
		publish(cpu, b, v)
	:: else
	fi
}

inline take_lock(b) { if :: design == V5 || design == LANDED -> atomic { !lock[b] -> lock[b] = 1; irq_off() } :: else fi }
inline drop_lock(b) { if :: design == V5 || design == LANDED -> d_step { lock[b] = 0; offn--; off = 0 } :: else fi }

/* v5, in hard IRQ context the lock without interrupts off */
inline modify_sctlr(cpu, b, v, clear, set)
{
	read_sctlr(cpu, b, v);
	write(cpu, b, SCTLR, ((v & ~(clear)) | (set)));
	v = 0
}

/* v5 and stock: the transaction is resumed here */
inline resume_translation(cpu, b, v)
{
	take_lock(b);
	resume(cpu, b, TERMINATE);
	if :: design != STOCK -> modify_sctlr(cpu, b, v, 0, CFIE) :: else fi;
	drop_lock(b)
}

inline set_stall(cpu, b, v, on)
{
	d_step {
		if :: asking == 0 -> wants[b] = 0 :: else fi;
		asking++;
		wants[b] = wants[b] | (on -> 2 : 1)
	}
	if
	:: OURS ->
		if
		:: d_step { ATTACHED_BANK(b) -> want[b] = on;
			shadow[b] = (shadow[b] & ~CFCFG) | (on -> CFCFG : 0); changed = 1 }
			irq_off();
			users++;
			if
			:: powered || WITHOUT(POWERED) -> publish(cpu, b, v)
			:: else
			fi;
			users--;
			irq_on()
		:: else
		fi
	:: else ->
		d_step {
			v = (want[b] != on);	/* no write if nothing changed */
			want[b] = on;
			shadow[b] = (shadow[b] & ~CFCFG) | (on -> CFCFG : 0)
		}
		if
		:: atomic { design != STOCK && v && pm == ACTIVE -> v = 0; refs++ }
			take_lock(b);
			modify_sctlr(cpu, b, v, CFCFG, (on -> CFCFG : 0));
			drop_lock(b);
			refs--
		:: else -> v = 0
		fi
	fi;
	asking--
}

/* The callback returns: what it says first of a transaction is what counts. */
inline decide(b, r)
{
	atomic {
		if
		:: r = TERMINATE
		:: b == 0 -> r = RETRY
		fi;
		if
		:: seen[b] && !said[b] -> said[b] = 1; saidretry[b] = (r == RETRY)
		:: else
		fi;
		seen[b] = 0
	}
}

#ifdef CALLBACK_SET_STALL
#define callback(cpu, b, v) if :: b == 0 -> set_stall(cpu, b, v, 0) :: true fi
#else
#define callback(cpu, b, v) skip
#endif
/* I7: bank 0's callback, or the work that it left behind, takes its time. */
#if BANKS == 2
#define nap(b) if :: b == 0 -> asleep = 1; atomic { timeout -> hold(7, !unreported[1]); asleep = 0 } :: true fi
#else
#define nap(b) skip
#endif

proctype primary()
{
	byte b, s, v;

end:	do
	:: d_step { TAKEN && changed && off == 0 -> inirq = 1; changed = 0; show("interrupt", 0, 0) }
	   do
	   :: b < BANKS && handler[b] ->
		if
		:: OURS ->
			users++;
			if
			:: (powered || WITHOUT(POWERED)) && ((shadow[b] & CFIE) || WITHOUT(SHADOW_CHECK)) ->
				read_fsr(0, b, s);
				if
				:: (s & (F | MULTI)) || ((WITHOUT(SS_ALONE) || design == RESUME_FIRST) && (s & SS)) ->
					if :: WITHOUT(MASK) :: else -> change(0, b, v, CFIE, 0) fi;
					d_step { if :: !wake[b] -> wake[b] = 1; changed = 1 :: else fi }
				:: else
				fi
			:: else
			fi;
			users--
		:: design == LANDED || design == ONESHOT || design == ONESHOT_UNMASKED ->
			d_step { if :: !wake[b] -> wake[b] = 1; changed = 1 :: else fi }
		:: design == STOCK ->
			read_fsr(0, b, s);
			if
			:: s != 0 ->
				report(b, s, true);
				callback(0, b, v);
				d_step { if :: (s & SS) && !wake[b] -> wake[b] = 1; changed = 1 :: else fi }
				write(0, b, FSR, s)
			:: else
			fi
		:: else ->	/* v5 */
			read_fsr(0, b, s);
			if
			:: s & (F | MULTI) ->
				if
				:: s & SS -> take_lock(b); modify_sctlr(0, b, v, CFIE, 0); drop_lock(b)
				:: else
				fi;
				/* from what was read, so it may clear FSR first */
				report(b, s, true);
				write(0, b, FSR, s);
				callback(0, b, v);
				if
				:: d_step { (s & SS) && !pending[b] -> pending[b] = 1; wake[b] = 1; changed = 1 }
				:: (s & SS) && pending[b] -> resume_translation(0, b, v)
				:: else
				fi
			:: else
			fi
		fi;
		d_step { b++; s = 0 }
	   :: b < BANKS && !handler[b] -> b++
	   :: else -> break
	   od;
	   atomic {
		b = 0;
		inirq = 0;
		show("return", 0, 0);
		/* Nothing came of it, and neither an irq-off section nor the bus nor a RESUME is about to end it. */
		hold(6, changed || !TAKEN || offn > 0 || !ARRIVED || ENDING)
	   }
	od
}

/* A look of ours: what was seen counts as reported, and the callback's answer is known. */
inline snapshot(b, s, ret, verdict, by)
{
	atomic {
		DRAINED(1) -> hold(8, clocks);
		s = fsr[b];
		show("looks at FSR", b, s);
#ifndef SUSPEND		/* which may take the fault away */
		hold(6, by != 1 || excuse || (s & (F | MULTI)) || (design == RESUME_FIRST && (s & SS)));
#endif
		excuse = (excuse && (by != 1 || (s & (F | MULTI)))) ||
			((by >= 2 || (by == 1 && !(s & (F | MULTI)))) && (inirq || wake[b]));
		by = (by == 1 || (s & (F | MULTI)) -> 0 : by);
		if
		:: s & F ->
			hold(1, unreported[b]);		/* not stale, not twice */
			hold(9, !gone[b]);
			unreported[b] = 0; changed = 1;
			if
			:: ret = TERMINATE
			:: b == 0 && (s & SS) -> ret = RETRY
			fi;
			if
			:: s & SS ->
				if :: !said[b] -> said[b] = 1; saidretry[b] = (ret == RETRY) :: else fi;
				if :: !verdict || WITHOUT(VERDICT_FIRST) -> verdict = ret :: else fi
			:: else
			fi;
			ret = 0
		:: else
		fi
	}
}

#define LEFT(s) (((s) & SS) && !((s) & (F | MULTI)))

/* masked: with interrupts off, CFIE, RESUME, and the read that both wait for */
inline arm_then_resume(b, s, v, ret, verdict)
{
	if :: WITHOUT(IRQ_OFF) :: else -> irq_off() fi;
	d_step {
		arms = (ATTACHED_BANK(b) && !flood);
		ret = (verdict == RETRY && ATTACHED_BANK(b) -> RETRY : TERMINATE);
		if :: arms -> shadow[b] = shadow[b] | CFIE; changed = 1 :: else fi;
		verdict = 0
	}
	if
	:: (s & SS) && WITHOUT(CFIE_FIRST) -> resume(1, b, ret)
	:: else
	fi;
	if
	:: arms -> d_step { v = WANTED(b); show("shadow", b, v) } write(1, b, SCTLR, v)
	:: else
	fi;
	if
	:: (s & SS) && !WITHOUT(CFIE_FIRST) && !(flood && WITHOUT(FLOOD_RESUME)) -> resume(1, b, ret)
	:: else
	fi;
	if
	:: WITHOUT(CLEAR_FIRST) && (s & (F | MULTI)) -> write(1, b, FSR, (s | MULTI))
	:: else
	fi;
	if :: WITHOUT(LAST_READ) -> s = 0 :: else -> poll(1, b, s) fi;
	if :: arms -> settle(1, b, v) :: else fi;
	if
	:: LEFT(s) && ATTACHED_BANK(b) && !flood ->
		left = 1;
		if :: WITHOUT(REMASK) :: else -> change(1, b, v, CFIE, 0) fi
	:: else
	fi;
	if :: WITHOUT(IRQ_OFF) :: else -> irq_on() fi
}

/* resume-first: the bank is masked until it is known that nothing is stalled. */
inline resume_then_arm(b, s, v, ret, verdict)
{
	d_step {
		ret = (verdict == RETRY && ATTACHED_BANK(b) -> RETRY : TERMINATE);
		verdict = 0
	}
	if :: s & SS -> resume(1, b, ret) :: else fi;
	poll(1, b, s);
	if
	:: LEFT(s) && ATTACHED_BANK(b) -> left = 1
	:: !(LEFT(s) && ATTACHED_BANK(b)) && !flood -> irq_off(); change(1, b, v, 0, CFIE); irq_on()
	:: else
	fi
}

/* The bank's thread; in stock and v5 the worker that resumes. */
proctype thread(byte b) provided (MAYRUN)
{
	byte s, v, ret, verdict, by;
	bit flood, arms, left;

end:	do
	:: d_step { wake[b] -> by = wake[b]; wake[b] = 0; busy[b] = 1; changed = 1;
		if :: OURS && !WITHOUT(RPM_GET) -> refs++ :: else fi;
		show("runs", b, by) }
	   if
	   :: OURS ->
		pm == ACTIVE || WITHOUT(RPM_GET);
		if
		:: !WITHOUT(OWN_FIRST) && (shadow[b] & CFIE) -> irq_off(); change(1, b, v, CFIE, 0); irq_on()
		:: else
		fi;
		do
		:: snapshot(b, s, ret, verdict, by);
		   if
		   :: s & (F | MULTI) ->
			if
			:: WITHOUT(CLEAR_FIRST)
			:: else -> write(1, b, FSR, (s | (WITHOUT(MULTI_CLEAR) -> 0 : MULTI)))
			fi;
			if :: s & F -> nap(b); callback(1, b, v) :: else fi;
			if
			:: WITHOUT(SECOND_READ) || WITHOUT(CLEAR_FIRST) -> break
			:: device & FLOODS -> flood = 1; break
			:: !WITHOUT(SECOND_READ) && !WITHOUT(CLEAR_FIRST)
			fi
		   :: (device & FLOODS) && by == 0 && !(s & (F | MULTI)) -> flood = 1; break
		   :: !(s & (F | MULTI)) -> break
		   fi
		od;
		if
		:: design == MASKED -> arm_then_resume(b, s, v, ret, verdict)
		:: else -> resume_then_arm(b, s, v, ret, verdict)
		fi;
		if
		:: (left && !WITHOUT(PAUSE)) || flood -> d_step { timer[b] = 1; changed = 1 }
		:: else
		fi;
		if :: WITHOUT(RPM_GET) :: else -> refs-- fi
	   :: design == LANDED ->
		look(b, s);
		if
		:: s != 0 ->
			report(b, s, false);
			nap(b);
			callback(1, b, v);
			decide(b, ret);
			write(1, b, FSR, s);
			if :: s & SS -> resume(1, b, ret) :: else fi
		:: else
		fi
	   :: design == ONESHOT || design == ONESHOT_UNMASKED ->
		look(b, s);
		if
		:: s != 0 ->
			modify_sctlr(1, b, v, CFIE, 0);
			report(b, s, false);
			nap(b);
			callback(1, b, v);
			decide(b, ret);
			write(1, b, FSR, s);
			modify_sctlr(1, b, v, 0, CFIE);
			if :: s & SS -> resume(1, b, ret) :: else fi
		:: else
		fi
	   :: else ->
		nap(b);
		resume_translation(1, b, v);
		pending[b] = 0
	   fi;
	   d_step { busy[b] = 0; s = 0; v = 0; ret = 0; verdict = 0; by = 0; flood = 0; arms = 0; left = 0; changed = 1; show("done", b, 0) }
	od
}

#ifdef SET_STALL
proctype stall() provided (MAYRUN)
{
	byte v; bit on;

#if PAIR	/* off; on where the callback turns it off */
#ifdef CALLBACK_SET_STALL
	on = 1;
#endif
#else
	if :: on = 0 :: on = 1 fi;
#endif
	up -> set_stall(2, 0, v, on);
	d_step { script--; on = 0 }
}
#endif

/* Reset, of which resume is one, and teardown: whatever is there is dropped. */
inline clear(b, v)
{
	do
	:: write(2, b, FSR, (F | MULTI));
	   poll(2, b, v);
	   if
	   :: v & SS -> resume(2, b, TERMINATE)
	   :: else -> break
	   fi;
	   if
	   :: WITHOUT(HEAL_LOOP) -> read_fsr(2, b, v); break
	   :: else
	   fi
	od;
	v = 0
}

#ifdef SUSPEND
proctype power() provided (MAYRUN)
{
	byte b, v;

#ifdef RESET	/* It may as well not suspend: what was left stalled would go with the power. */
	if :: up :: script--; goto end fi;
#endif
	d_step { up && refs == 0 -> pm = SUSPENDING; show("suspends", 0, 0) }
	if
	:: OURS ->
		irq_off();
		d_step { powered = 0; changed = 1 }
		do
		:: b < BANKS && !WITHOUT(MASK_SUSPEND) && (shadow[b] & M) -> publish(2, b, v); b++
		:: b < BANKS && !(!WITHOUT(MASK_SUSPEND) && (shadow[b] & M)) -> b++
		:: else -> break
		od;
		irq_on();
		users == 0 || WITHOUT(USERS)
	:: else
	fi;
	/* The registers lose what they had, and the device its transactions. */
	atomic { clocks = 0; changed = 1; show("clocks off", 0, 0); b = 0;
		do
		:: b < BANKS -> fsr[b] = 0; sctlr[b] = 0; unreported[b] = 0;
			stalled[b] = 0; ending[b] = 0; retried[b] = 0; cleared[b] = 0;
			seen[b] = 0; said[b] = 0; saidretry[b] = 0; b++
		:: else -> b = 0; break
		od
	}
	pm = SUSPENDED;
	pm = RESUMING;
	d_step { clocks = 1; changed = 1; show("clocks on", 0, 0) }
	if
	:: OURS ->
		do
		:: b < BANKS -> publish(2, b, v); clear(b, v); b++
		:: else -> b = 0; break
		od;
		atomic { powered = 1; changed = 1 }
		do
		:: b < BANKS -> irq_off(); change(2, b, v, 0, CFIE); irq_on(); b++
		:: else -> b = 0; break
		od
	:: else ->	/* from the mask that set_stall() changes */
		do
		:: b < BANKS -> v = ((shadow[b] & M) -> (shadow[b] & CFCFG) | M | CFIE : 0);
			write(2, b, SCTLR, v); write(2, b, FSR, (F | MULTI)); b++; v = 0
		:: else -> b = 0; break
		od
	fi;
	atomic { pm = ACTIVE; changed = 1; script--; show("resumed", 0, 0) }
#ifdef RESET
end:	skip
#endif
}
#endif

#ifdef TEARDOWN
inline free_irq(b)
{
	d_step { handler[b] = 0; changed = 1 }
	d_step { !inirq && (!THREADED || (!wake[b] && !busy[b])) -> show("free_irq", b, 0) }
}

proctype detach() provided (MAYRUN)
{
	byte v;

	/* It may as well not be torn down. */
	if :: up :: script--; goto end fi;
	refs++;
	pm == ACTIVE;
	if
	:: OURS ->
		irq_off();
		d_step { shadow[0] = (shadow[0] & ~CFIE) | GONE; changed = 1 }
		publish(2, 0, v);
		irq_on();
		/* Too early: a thread under way may start it. */
		if :: WITHOUT(TIMER_CANCEL) -> timer[0] = 0 :: else fi;
		free_irq(0);
		if :: WITHOUT(TIMER_CANCEL) :: else -> timer[0] = 0 fi;
		shadow[0] = 0; irq_off(); publish(2, 0, v); irq_on();
		users == 0 || WITHOUT(WAIT_STALL);
		if
		:: WITHOUT(CLEAR_LAST)
		:: else ->
			clear(0, v)
		fi
	:: else ->
		shadow[0] = shadow[0] & CFCFG;
		write(2, 0, SCTLR, 0);
		free_irq(0)
	fi;
	refs--;
	atomic {
		gone[0] = 1; changed = 1; v = 0; script--;
		show("detached", 0, 0);
		hold(9, sctlr[0] == 0 && !(fsr[0] & SS) && (!THREADED || !busy[0]) && !timer[0])
	}
end:	skip
}
#endif

#ifdef RESET
proctype reset() provided (MAYRUN)
{
	byte b, v;

	do
	:: b < BANKS ->
		write(2, b, SCTLR, 0);
		if
		:: OURS -> clear(b, v)
		:: else -> write(2, b, FSR, (F | MULTI))
		fi;
		b++
	:: else -> b = 0; break
	od;
	/* Attach: a bank is set up, then its interrupt requested. */
	do
	:: b < BANKS ->
		d_step { shadow[b] = (want[b] -> CFCFG : 0) | M | (OURS -> CFIE : 0); changed = 1; v = 0 }
		if
		:: OURS -> irq_off(); publish(2, b, v); irq_on()
		:: else -> write(2, b, SCTLR, (shadow[b] | CFIE))
		fi;
		d_step { handler[b] = 1; changed = 1; show("attached", b, 0); b++ }
	:: else -> b = 0; break
	od;
	up = 1;
	script--
}
#endif

/* The device: faults as it likes, and knows how many are enough. */
inline fault(b)
{
	/* While the SMMU resumes, its masters wait for it. */
	/* Nor is a stream mapped to a bank that is being set up. */
	d_step { todo[b] > 0 && (sctlr[b] & M) && clocks && pm != RESUMING &&
		(handler[b] || !(shadow[b] & M) || (shadow[b] & GONE)) ->
		todo[b]--;
		if
		:: fsr[b] & ((device & SSFAULT) -> F | SS : F) -> fsr[b] = fsr[b] | MULTI
		:: else -> fsr[b] = fsr[b] | F; unreported[b] = 1
		fi;
		if
		:: (sctlr[b] & CFCFG) && stalled[b] < ((device & TWO) -> 2 : 1) ->
			fsr[b] = fsr[b] | SS;
			cleared[b] = cleared[b] & ((1 << stalled[b]) - 1);
			if :: stalled[b] == 0 -> seen[b] = 0; said[b] = 0; saidretry[b] = 0 :: else fi;
			stalled[b]++
		:: else
		fi;
		changed = 1;
		show("fault", b, 0)
	}
}

proctype faults()
{
	do
	:: fault(0)
#if BANKS == 2
	:: fault(1)
#endif
	:: break
	od;
	script--
}

proctype late()
{
end:	do
	:: d_step { ending[0] -> end_late(0); show("ends", 0, 0) }
#if BANKS == 2
	:: d_step { ending[1] -> end_late(1); show("ends", 1, 0) }
#endif
	od
}

/* irq_wake_thread(), which finds the action or not */
inline expires(b)
{
	d_step { timer[b] -> timer[b] = 0; wake[b] = (handler[b] -> wake[b] | 2 : wake[b]);
		changed = 1; show("timer", b, 0) }
}

proctype timers()
{
end:	do
	:: expires(0)
#if BANKS == 2
	:: expires(1)
#endif
	od
}

/* Runs when nothing else can: what must hold at rest. */
proctype rest()
{
	byte b;

	atomic {
		timeout && !asleep -> b = 0;
		hold(6, script == 0 && !inirq && !TAKEN && !OWED);
		do
		:: b < BANKS && !TAKEN ->
			hold(2, !(fsr[b] & SS));
			if
			:: gone[b] -> hold(9, sctlr[b] == 0)
			:: !gone[b] && clocks ->
				hold(1, !unreported[b]);
				hold(4, sctlr[b] & CFIE);
				hold(5, ((sctlr[b] & CFCFG) -> 2 : 1) & wants[b])
			:: else
			fi;
			b++
		:: else -> break
		od
	}
}

init
{
	byte b, cfg;

	atomic {
		c_code { now.design = atoi(getenv("DESIGN")); now.removed = atoi(getenv("REMOVED")); now.devices = atoi(getenv("DEVICES")); };
		if :: ssq = 0 :: ssq = 1 fi;
		if :: same = 0 :: same = 1 fi;
		if
		:: devices & 1
#if defined(ONE_BANK) && FAULTS == 4
		:: devices & 2 -> device = SSFAULT
#endif
		:: devices & 4 -> device = TWO
		:: devices & 8 -> device = LATE
		:: devices & 16 -> device = LOSES
		:: devices & 32 -> device = TWO | LATE
		:: devices & 64 -> device = FLOODS
		:: devices & 128 -> device = TWO | LATE | LOSES | FLOODS
		fi;
		devices = 0;
		loses = ((device & LOSES) != 0);
#if PAIR
		cfg = CFCFG;
#else
		if :: device <= SSFAULT -> cfg = 0 :: cfg = CFCFG fi;
#endif
		do
		:: b < BANKS ->
			sctlr[b] = M | CFIE | cfg;
			shadow[b] = M | cfg | (OURS -> CFIE : 0);
			want[b] = (cfg != 0);
			wants[b] = (cfg -> 2 : 1);
			todo[b] = (b == 0 && !FEWER -> FAULTS : (b == 0 && FAULTS > 2 -> 2 : 1));
			handler[b] = 1;
			b++
		:: else -> b = 0; break
		od;
#ifdef RESET
		do
		:: b < BANKS -> fsr[b] = F | SS; stalled[b] = ((device & TWO) -> 2 : 1);
			sctlr[b] = M | CFIE | CFCFG; shadow[b] = 0; handler[b] = 0; up = 0; b++
		:: else -> b = 0; break
		od;
#endif
		run primary();
		run thread(0);
#if BANKS == 2
		run thread(1);
#endif
		script++; run faults();
#ifdef SET_STALL
		script++; run stall();
#endif
#ifdef SUSPEND
		script++; run power();
#endif
#ifdef TEARDOWN
		script++; run detach();
#endif
#ifdef RESET
		script++; run reset();
#endif
		if :: OURS -> run timers() :: else fi;
		if :: device & LATE -> run late() :: else fi;
		run rest();
		cfg = 0
	}
}
