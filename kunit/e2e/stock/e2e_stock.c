// SPDX-License-Identifier: GPL-2.0-only
/*
 * For a kernel as Debian shipped it, on the emulated MMU-500: one scenario of a stalled
 * fault, with this module where the GPU driver is. It answers a fault as drm/msm of that
 * kernel does: 6.12 resumes from a worker, 7.3 by the callback's return value.
 *
 * Prints what the model has counted. Where the kernel hangs, nothing is printed.
 */

#include <linux/adreno-smmu-priv.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>
#include <linux/version.h>

#include "e2e_regs.h"

/* Since 6.16, and with the series. */
#ifndef BY_RETURN_VALUE
#define BY_RETURN_VALUE	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0))
#endif

static char *scenario = "terminate";
module_param(scenario, charp, 0);

struct master {
	struct adreno_smmu_priv priv;
	struct device *dev;
	void __iomem *chan;
	u32 sid;
	struct iommu_domain *domain;
	struct kthread_work resume;
	struct page *src, *dst;
	atomic_t calls;
	bool map;
	unsigned int sleep_ms;
	u64 first_call;
};

static struct master *masters[128];
#if !BY_RETURN_VALUE
static struct kthread_worker *worker;
#endif
static void __iomem *debug;

static u64 src_of(struct master *m)
{
	return m->domain->geometry.aperture_start + SZ_1M;
}

static u64 dst_of(struct master *m)
{
	return src_of(m) + (2 * m->sid + 1) * PAGE_SIZE;
}

static void map_dst(struct master *m)
{
	iommu_map(m->domain, dst_of(m), page_to_phys(m->dst), PAGE_SIZE,
		  IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE, GFP_ATOMIC);
}

static int decide(struct master *m)
{
	if (!strcmp(scenario, "kdump"))
		panic("e2e: with a transaction stalled\n");
	if (m->sleep_ms)
		msleep(m->sleep_ms);
	if (m->map)
		map_dst(m);

	return m->map ? -EAGAIN : 0;
}

#if BY_RETURN_VALUE
static int report_from_callback(struct master *m)
{
	return decide(m);
}
#else
static void resume_work(struct kthread_work *work)
{
	struct master *m = container_of(work, struct master, resume);
	bool retry = decide(m) == -EAGAIN;

	if (m->priv.resume_translation)
		m->priv.resume_translation(m->priv.cookie, !retry);
}

/* As drm/msm: its own thread, SCHED_FIFO, takes the dump and resumes. */
static int report_from_callback(struct master *m)
{
	if (m->priv.resume_translation)
		kthread_queue_work(worker, &m->resume);

	return 0;
}

static int create_worker(void)
{
	worker = kthread_create_worker(0, "e2e-gpu");
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	sched_set_fifo(worker->task);

	return 0;
}
#endif

static int report(struct iommu_domain *domain, struct device *dev, unsigned long iova,
		  int flags, void *token)
{
	struct master *m = token;

	if (atomic_inc_return(&m->calls) == 1)
		m->first_call = ktime_get_ns();

	return report_from_callback(m);
}

static int attach(struct master *m)
{
	int ret;

	m->src = alloc_page(GFP_KERNEL);
	m->dst = alloc_page(GFP_KERNEL | __GFP_ZERO);
	m->domain = iommu_paging_domain_alloc(m->dev);
	if (!m->src || !m->dst || IS_ERR(m->domain))
		return -ENOMEM;
	memset(page_address(m->src), 0x5a, PAGE_SIZE);
	ret = iommu_attach_device(m->domain, m->dev);
	if (ret)
		return ret;
	iommu_set_fault_handler(m->domain, report, m);

	return iommu_map(m->domain, src_of(m), page_to_phys(m->src), PAGE_SIZE,
			 IOMMU_READ | IOMMU_CACHE, GFP_KERNEL);
}

static void start(struct master *m)
{
	writeq(src_of(m), m->chan + E2E_CHAN_SRC);
	writeq(dst_of(m), m->chan + E2E_CHAN_DST);
	writel(PAGE_SIZE, m->chan + E2E_CHAN_LEN);
	writel(E2E_CHAN_START, m->chan + E2E_CHAN_CTRL);
}

static const char *ended(struct master *m)
{
	static const char * const names[] = { "idle", "busy", "done", "aborted" };
	int i;

	for (i = 0; i < 3000 && readl(m->chan + E2E_CHAN_STATUS) == E2E_CHAN_BUSY; i++)
		usleep_range(900, 1000);

	return names[readl(m->chan + E2E_CHAN_STATUS) & 3];
}

static u32 count(struct master *m, u32 what)
{
	return readl(debug + E2E_BANK(readl(m->chan + E2E_CHAN_BANK)) + what);
}

static void verdict(struct master *m)
{
	const char *status = ended(m);
	bool data = !memcmp(page_address(m->src), page_address(m->dst), PAGE_SIZE);

	msleep(50);
	pr_info("e2e: %s: %s calls %d faults %u stalled %u retried %u terminated %u ignored %u violations %u data %d\n",
		scenario, status, atomic_read(&m->calls), count(m, E2E_FAULTS),
		count(m, E2E_STALLED), count(m, E2E_RETRIED), count(m, E2E_TERMINATED),
		count(m, E2E_IGNORED), count(m, E2E_VIOLATIONS), data);
}

/* Another master of the domain faults while the first one's transaction is stalled. */
static void second_fault(struct master *m)
{
	struct master *other = masters[1];

	other->domain = m->domain;
	if (iommu_attach_device(m->domain, other->dev))
		return;
	m->sleep_ms = 50;
	start(m);
	msleep(10);
	start(other);
	ended(other);
	verdict(m);
}

/* A bank on the same line faults while this one's callback sleeps. */
static void other_bank(struct master *m)
{
	struct master *other = masters[2];
	u64 begin;

	if (attach(masters[1]) || attach(other))
		return;
	m->sleep_ms = 400;
	start(m);
	msleep(50);
	begin = ktime_get_ns();
	start(other);
	ended(other);
	while (!atomic_read(&other->calls))
		msleep(1);
	verdict(m);
	pr_info("e2e: other-bank: reported %s while the callback of the first one slept\n",
		other->first_call - begin > 200 * NSEC_PER_MSEC ? "late" : "at once");
}

/*
 * The bank of each master is attached, one of them faults. The CPU is busy meanwhile: an
 * interrupt in the middle of going idle would be late. The least of many has no tick in it.
 */
static int count_instructions(struct master *m)
{
	u32 least = U32_MAX;
	int i, ret;

	for (i = 1; i < ARRAY_SIZE(masters) && masters[i]; i++) {
		ret = attach(masters[i]);
		if (ret)
			return ret;
	}
	for (i = 0; i < 20; i++) {
		start(m);
		while (readl(m->chan + E2E_CHAN_STATUS) == E2E_CHAN_BUSY)
			cond_resched();
		least = min(least, readl(debug + E2E_RESUME_NS));
		msleep(20);
	}
	pr_info("e2e: banks: instructions %u\n", least);

	return 0;
}

static void run(struct master *m)
{
	if (!strcmp(scenario, "copy"))
		map_dst(m);
	else if (m->priv.set_stall)
		m->priv.set_stall(m->priv.cookie, true);
	/* 6.12 writes it at the next set-up of the bank, which drm/msm's first submit does. */
	if (m->priv.set_ttbr0_cfg && m->priv.get_ttbr1_cfg) {
		m->priv.set_ttbr0_cfg(m->priv.cookie, m->priv.get_ttbr1_cfg(m->priv.cookie));
		m->priv.set_ttbr0_cfg(m->priv.cookie, NULL);
	}
	if (!strncmp(scenario, "second-", 7)) {
		second_fault(m);
	} else if (!strcmp(scenario, "other-bank")) {
		other_bank(m);
	} else if (!strcmp(scenario, "kexec") || !strcmp(scenario, "kdump")) {
		/* The next kernel is booted meanwhile, with "after" before the name. */
		m->sleep_ms = 1000;
		start(m);
		while (!atomic_read(&m->calls))
			msleep(1);
	} else if (!strcmp(scenario, "banks")) {
		count_instructions(m);
	} else {
		m->map = !strcmp(scenario, "retry");
		start(m);
		verdict(m);
	}
}

static int probe(struct platform_device *pdev)
{
	struct master *m = devm_kzalloc(&pdev->dev, sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	m->dev = &pdev->dev;
#if !BY_RETURN_VALUE
	kthread_init_work(&m->resume, resume_work);
#endif
	ret = of_property_read_u32_index(pdev->dev.of_node, "iommus", 1, &m->sid);
	if (ret || m->sid >= ARRAY_SIZE(masters))
		return -EINVAL;
	m->chan = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(m->chan))
		return PTR_ERR(m->chan);
	platform_set_drvdata(pdev, &m->priv);
	/* The SMMU has the power while this device has it. */
	devm_pm_runtime_enable(&pdev->dev);
	ret = pm_runtime_resume_and_get(&pdev->dev);
	if (ret)
		return ret;
	masters[m->sid] = m;

	return 0;
}

static const struct of_device_id ids[] = { { .compatible = "kunit,dma-master" }, { } };

static struct platform_driver driver = {
	.probe = probe,
	.driver = { .name = "e2e-stock", .of_match_table = ids, .suppress_bind_attrs = true },
};

/* arm-smmu enables runtime PM where there is a power domain; 7.3 does not stall without. */
static struct generic_pm_domain power_domain = { .name = "smmu" };

static int power_probe(struct platform_device *pdev)
{
	int ret = pm_genpd_init(&power_domain, NULL, false);

	return ret ?: of_genpd_add_provider_simple(pdev->dev.of_node, &power_domain);
}

static const struct of_device_id power_ids[] = { { .compatible = "kunit,power-controller" }, { } };

static struct platform_driver power_driver = {
	.probe = power_probe,
	.driver = { .name = "e2e-power", .of_match_table = power_ids, .suppress_bind_attrs = true },
};

/* They wait for the SMMU, which waited for its power domain. */
static bool all_probed(void)
{
	struct device_node *np;
	int i, n = 0, tries = 1000;

	for_each_compatible_node(np, NULL, "kunit,dma-master")
		n++;
	for (i = 0; i < n && tries; tries--) {
		if (masters[i])
			i++;
		else
			msleep(20);
	}

	return i == n;
}

static int __init e2e_stock_init(void)
{
	int ret;

	debug = ioremap(E2E_DEBUG_BASE, E2E_DEBUG_SIZE);
	if (!debug)
		return -ENOMEM;
#if !BY_RETURN_VALUE
	ret = create_worker();
	if (ret)
		return ret;
#endif
	ret = platform_driver_register(&power_driver) ?: platform_driver_register(&driver);
	if (ret)
		return ret;
	if (!all_probed())
		return -ENODEV;
	ret = attach(masters[0]);
	if (ret)
		return ret;
	run(masters[0]);
	if (!strcmp(scenario, "kexec"))
		return 0;
	/* The console's thread may have to print it; a storm keeps the kernel from the end. */
	msleep(200);
	writel(1, debug + E2E_EXIT);

	return 0;
}
module_init(e2e_stock_init);

MODULE_DESCRIPTION("Stalled faults on an emulated SMMU, in the GPU driver's place");
MODULE_LICENSE("GPL");
