// SPDX-License-Identifier: GPL-2.0-only
/*
 * gcc has each object's counters written by a destructor with a priority, which goes
 * to .fini_array.00100. UML's linker script keeps .fini_array alone.
 */

void __gcov_dump(void);

static void __attribute__((destructor, used)) write_counters(void)
{
	__gcov_dump();
}
