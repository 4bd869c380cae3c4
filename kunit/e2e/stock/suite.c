// SPDX-License-Identifier: GPL-2.0-only
/* Runs the suites in a kernel as Debian shipped it, with KUnit as a part of this module. */

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/kernel_stat.h>
#include <linux/kprobes.h>
#include <linux/version.h>

#include <kunit/test.h>

#include "e2e_master.h"

extern int (*e2e_master_initcall)(void);
extern struct kunit_suite *run_e2e_suite, *run_e2e_system_suite, *run_soak_suite;
int kunit_bus_init(void);

/* Of the kernel, and not exported; or there with CONFIG_KUNIT alone. */
DEFINE_STATIC_KEY_FALSE(kunit_running);
char __start_rodata[1], __end_rodata[1];

unsigned int kstat_irqs_usr(unsigned int irq)
{
	struct kprobe probe = { .symbol_name = "kstat_irqs_usr" };
	unsigned int (*count)(unsigned int irq);

	if (register_kprobe(&probe))
		return 0;
	count = (void *)probe.addr;
	unregister_kprobe(&probe);

	return count(irq);
}

/* "suite", or "suite-" and which one. */
static char *scenario = "suite";
module_param(scenario, charp, 0);

static void run_suite(struct kunit_suite **suite)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	__kunit_test_suites_init(suite, 1, true);
#else
	__kunit_test_suites_init(suite, 1);
#endif
}

static int __init suite_init(void)
{
	struct kunit_suite **suites[] = {
		&run_e2e_suite, &run_e2e_system_suite, &run_soak_suite,
	};
	struct e2e_master *m;
	int i, ret;

	ret = kunit_bus_init() ?: e2e_master_initcall();
	if (ret)
		return ret;
	/* The masters wait for the SMMU, which waited for its power domain. */
	for (i = 0; i < 8; i++)
		ret = read_poll_timeout(READ_ONCE, m, m, 20000, 10 * USEC_PER_SEC, false, e2e_masters[i]);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		if (strlen(scenario) == 5 || !strcmp(scenario + 6, (*suites[i])->name))
			run_suite(suites[i]);
	pr_info("e2e: %s: ended\n", scenario);
	msleep(200);
	writel(1, e2e_debug + E2E_EXIT);

	return 0;
}
module_init(suite_init);

MODULE_DESCRIPTION("The end-to-end suites");
MODULE_LICENSE("GPL");
