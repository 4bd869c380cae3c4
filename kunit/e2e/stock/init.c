// SPDX-License-Identifier: GPL-2.0-only
/* The first process of e2e-stock: loads /m.ko with the parameters from the command line. */

#include <asm/unistd.h>
#include <linux/reboot.h>

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long x8 asm("x8") = nr, x0 asm("x0") = a, x1 asm("x1") = b;
	register long x2 asm("x2") = c, x3 asm("x3") = d, x4 asm("x4") = e;

	asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");

	return x0;
}

/* The kernel hands over what it does not know: "scenario=..." is in the environment. */
void start(long *stack)
{
	char **arg = (char **)(stack + 1);
	char *params = "";
	long fd;

	while (*arg)
		arg++;
	for (arg++; *arg; arg++)
		if ((*arg)[0] == 's' && (*arg)[1] == 'c' && (*arg)[2] == 'e')
			params = *arg;
	fd = call(__NR_openat, -100, (long)"/m.ko", 0, 0, 0);
	fd = call(__NR_finit_module, fd, (long)params, 0, 0, 0);
	if (fd)
		call(__NR_write, 1, (long)"e2e: the module does not load\n", 30, 0, 0);
	call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
	     LINUX_REBOOT_CMD_POWER_OFF, 0, 0);
}

asm(".globl _start\n_start:\tmov x0, sp\n\tb start\n");
