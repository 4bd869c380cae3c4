// SPDX-License-Identifier: GPL-2.0
/*
 * Mechanical mutants of a C file, one at a time. With MUTANT=list in its
 * environment, spatch prints where one can be made, as LINE:COLUMN:OPERATOR;
 * with MUTANT=LINE:COLUMN:OPERATOR it makes that one.
 */

@initialize:python@
@@
import os

want = os.environ["MUTANT"]
seen = set()

def site(operator, p):
    key = "%s:%s:%s" % (p[0].line, p[0].column, operator)
    if want == "list" and key not in seen:
        seen.add(key)
        print(key, p[0].current_element)
    return key == want

// A statement is dropped: an assignment, a call, a read-back, a barrier.

@@
expression E;
position p : script:python() { site("drop", p) };
@@
- E@p;
+ ;

// Neighbours are swapped.

@@
statement S1, S2;
position p : script:python() { site("swap", p) };
@@
- S1@p S2
+ S2 S1

// A section with interrupts off is not.

@@
expression F;
position p : script:python() { site("irqs-on", p) };
@@
- local_irq_save@p(F);
+ F = 0;
  ... when any
- local_irq_restore(F);

// A condition is inverted, is never met, is always met.

@@
expression C;
statement S1, S2;
position p : script:python() { site("invert", p) };
@@
(
  if (
- C@p
+ !(C)
  ) S1 else S2
|
  if (
- C@p
+ !(C)
  ) S1
)

@@
expression C;
statement S1, S2;
position p : script:python() { site("never", p) };
@@
(
  if (
- C@p
+ 0
  ) S1 else S2
|
  if (
- C@p
+ 0
  ) S1
)

@@
expression C;
statement S1, S2;
position p : script:python() { site("always", p) };
@@
(
  if (
- C@p
+ 1
  ) S1 else S2
|
  if (
- C@p
+ 1
  ) S1
)

// A loop is left after one turn, or before the last.

@@
expression A, B;
position p : script:python() { site("!=", p) };
@@
- A !=@p B
+ 0

@@
expression A, B;
position p : script:python() { site("<", p) };
@@
- A <@p B
+ A + 1 < B

// Of an operator's two sides, one is left.

@@
expression C, A, B;
position p : script:python() { site("then", p) };
@@
- C ?@p A : B
+ A

@@
expression C, A, B;
position p : script:python() { site("else", p) };
@@
- C ?@p A : B
+ B

@@
expression A, B;
position p : script:python() { site("&&-left", p) };
@@
- A &&@p B
+ A

@@
expression A, B;
position p : script:python() { site("&&-right", p) };
@@
- A &&@p B
+ B

@@
expression A, B;
position p : script:python() { site("||-left", p) };
@@
- A ||@p B
+ A

@@
expression A, B;
position p : script:python() { site("||-right", p) };
@@
- A ||@p B
+ B

@@
expression A, B;
position p : script:python() { site("|-left", p) };
@@
- A |@p B
+ A

@@
expression A, B;
position p : script:python() { site("|-right", p) };
@@
- A |@p B
+ B

@@
expression A, B;
position p : script:python() { site("&-left", p) };
@@
- A &@p B
+ A

@@
expression A, B;
position p : script:python() { site("&-right", p) };
@@
- A &@p B
+ B

// A complement or a negation is none, equal becomes different.

@@
expression A;
position p : script:python() { site("~", p) };
@@
- ~A@p
+ A

@@
expression A;
position p : script:python() { site("!", p) };
@@
- !A@p
+ A

@@
expression A, B;
position p : script:python() { site("==", p) };
@@
- A ==@p B
+ A != B

// A constant is changed: a register, a bit, a flag, an error, a number, a verdict.

@@
identifier I =~ "^(ARM_SMMU_|IRQF_|IOMMU_FAULT_|E[A-Z]+$)";
position p : script:python() { site("zero", p) };
@@
- I@p
+ 0

@@
constant C =~ "^[0-9]";
position p : script:python() { site("number", p) };
@@
- C@p
+ (C + 1)

@@
symbol true, false;
position p : script:python() { site("true", p) };
@@
- false@p
+ true

@@
symbol true, false;
position p : script:python() { site("false", p) };
@@
- true@p
+ false

@@
symbol IRQ_NONE, IRQ_HANDLED;
position p : script:python() { site("handled", p) };
@@
- IRQ_NONE@p
+ IRQ_HANDLED

@@
symbol IRQ_NONE, IRQ_HANDLED;
position p : script:python() { site("none", p) };
@@
- IRQ_HANDLED@p
+ IRQ_NONE

@@
symbol IRQ_WAKE_THREAD, IRQ_HANDLED;
position p : script:python() { site("not-woken", p) };
@@
- IRQ_WAKE_THREAD@p
+ IRQ_HANDLED

