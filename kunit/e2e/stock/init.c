// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first process of e2e-stock: loads /d.ko, if the SMMU's driver is a module, and
 * /m.ko, with the scenario from the command line. Where there is a /kernel, it is booted
 * then: by the panic of "kdump", or by kexec.
 */

#include <asm/unistd.h>
#include <linux/kexec.h>
#include <linux/mman.h>
#include <linux/reboot.h>

/* Where stock.sh says crashkernel= is; with kexec, it is memory like any other. */
#define KERNEL		0x60000000UL
#define INITRD		0x66000000UL
#define DTB		0x6a000000UL
#define ENTRY		0x6a200000UL
#define SEEK_END	2
#define PAGE_MASK	0xfffUL

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 asm("x8") = nr, x0 asm("x0") = a, x1 asm("x1") = b;
	register long x2 asm("x2") = c, x3 asm("x3") = d, x4 asm("x4") = e, x5 asm("x5") = f;

	asm volatile("svc #0" : "+r"(x0)
		     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");

	return x0;
}

static long open(const char *path)
{
	return call(__NR_openat, -100, (long)path, 0, 0, 0, 0);
}

static long load(const char *path, const char *params)
{
	long fd = open(path);

	return fd < 0 ? 0 : call(__NR_finit_module, fd, (long)params, 0, 0, 0, 0);
}

/* A kernel is entered with the address of its device tree in x0. */
asm(".balign 8\n\t.globl entry, entry_end\n"
	"entry:\tldr x0, 1f\n\tmov x1, xzr\n\tmov x2, xzr\n\tmov x3, xzr\n"
	"\tldr x17, 2f\n\tbr x17\n1:\t.quad 0x6a000000\n2:\t.quad 0x60000000\nentry_end:\n");
extern const char entry[], entry_end[];

static struct kexec_segment segment(const char *path, unsigned long where)
{
	long fd = open(path), size = call(__NR_lseek, fd, 0, SEEK_END, 0, 0, 0);
	void *buf = (void *)call(__NR_mmap, 0, size, PROT_READ, MAP_PRIVATE, fd, 0);

	return (struct kexec_segment) {
		buf, size, (void *)where, (size + PAGE_MASK) & ~PAGE_MASK,
	};
}

static long load_kernel(unsigned long flags)
{
	struct kexec_segment segments[] = {
		segment("/kernel", KERNEL), segment("/initrd", INITRD), segment("/dtb", DTB),
		{ entry, entry_end - entry, (void *)ENTRY, PAGE_MASK + 1 },
	};

	return call(__NR_kexec_load, ENTRY, 4, (long)segments, flags | KEXEC_ARCH_AARCH64, 0, 0);
}

static void say(const char *text, int len)
{
	call(__NR_write, 1, (long)text, len, 0, 0, 0);
}

static void reboot(unsigned int how)
{
	call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, how, 0, 0, 0);
}

/* The kernel hands over what it does not know: "scenario=..." is in the environment. */
void start(long *stack)
{
	char **arg = (char **)(stack + 1);
	char *params = "scenario=";
	int kexec = open("/kernel") >= 0, is_kdump;

	while (*arg)
		arg++;
	for (arg++; *arg; arg++)
		if ((*arg)[0] == 's' && (*arg)[1] == 'c' && (*arg)[2] == 'e')
			params = *arg;
	is_kdump = params[9] == 'k' && params[10] == 'd';
	if (kexec && load_kernel(is_kdump ? KEXEC_ON_CRASH : 0))
		say("e2e: kexec_load() fails\n", 24);
	if (load("/d.ko", ""))
		say("e2e: the driver does not load\n", 30);
	if (load("/m.ko", params))
		say("e2e: the module does not load\n", 30);
	if (kexec)
		reboot(LINUX_REBOOT_CMD_KEXEC);
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
}

asm(".globl _start\n_start:\tmov x0, sp\n\tb start\n");
