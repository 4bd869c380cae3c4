// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the end-to-end tests: the DMA master behind the emulated SMMU, and the power domain
 * that the SMMU is in.
 */

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/irq_work.h>
#include <linux/kernel_stat.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>

#include <asm/memory.h>
#include <asm/stack_pointer.h>

#include "arm-smmu.h"
#include "e2e_master.h"

struct e2e_master *e2e_masters[E2E_MASTERS];
void __iomem *e2e_debug;

/* The GPU's device is the one with this stream ID. The others have no private interface. */
#define E2E_GPU_SID	0

u32 e2e_bank(struct e2e_master *m, u32 counter)
{
	return readl(e2e_debug + E2E_BANK(m->bank) + counter);
}

/*
 * The GPU's addresses are those of TTBR1, the others' of TTBR0. Untranslated, none of
 * them is memory.
 */
u64 e2e_src(struct e2e_master *m)
{
	return m->domain->geometry.aperture_start + BIT_ULL(41);
}

u64 e2e_dst(struct e2e_master *m)
{
	return e2e_src(m) + (2 * m->sid + 1) * PAGE_SIZE;
}

int e2e_map_dst(struct e2e_master *m)
{
	int ret = iommu_map(m->domain, e2e_dst(m), page_to_phys(m->dst), PAGE_SIZE,
			    IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE, GFP_ATOMIC);

	m->mapped = !ret;

	return ret;
}

void e2e_unmap_dst(struct e2e_master *m)
{
	if (m->mapped)
		iommu_unmap(m->domain, e2e_dst(m), PAGE_SIZE);
	m->mapped = false;
}

bool e2e_data_arrived(struct e2e_master *m)
{
	return !memcmp(page_address(m->src), page_address(m->dst), PAGE_SIZE);
}

static int e2e_report(struct iommu_domain *domain, struct device *dev, unsigned long iova,
		      int flags, void *token)
{
	struct e2e_master *m = token;

	m->fault.iova = iova;
	m->fault.flags = flags;
	m->fault.sleepable = in_task() && !irqs_disabled();
	if (m->priv.get_fault_info)
		m->priv.get_fault_info(m->priv.cookie, &m->fault.info);
	atomic_inc(&m->calls);

	return m->handle ? m->handle(m) : -EFAULT;
}

/* What the driver wrote to attach may still be under way. */
static int e2e_find_bank(struct e2e_master *m)
{
	u32 bank;

	return readl_poll_timeout(m->chan + E2E_CHAN_BANK, bank, bank != E2E_CHAN_NO_BANK,
				  20, USEC_PER_SEC) ?: bank;
}

static int e2e_bank_irq(struct e2e_master *m)
{
	struct device_node *np = of_parse_phandle(m->dev->of_node, "iommus", 0);
	int irq = of_irq_get(np, 1 + m->bank);

	of_node_put(np);

	return irq;
}

/* What is under way ends by itself, or by what becomes of its transaction. */
void e2e_release(struct e2e_master *m)
{
	if (!m->domain)
		return;
	iommu_detach_device(m->domain, m->dev);
	if (m->owner)
		iommu_domain_free(m->domain);
	m->domain = NULL;
	writel(0, m->chan + E2E_CHAN_CTRL);
	pm_runtime_put_sync(m->dev);
	__free_page(m->src);
	__free_page(m->dst);
}

static void e2e_release_action(void *data)
{
	struct e2e_master *m = data;

	writel(0, m->chan + E2E_CHAN_CTRL);
	e2e_release(m);
}

/* Ends the copy, and what e2e_attach() began. */
void e2e_drop(struct kunit *test, struct e2e_master *m)
{
	kunit_release_action(test, e2e_release_action, m);
}

static struct e2e_master *e2e_take(struct kunit *test, u32 sid)
{
	struct e2e_master *m = e2e_masters[sid];

	KUNIT_ASSERT_NOT_NULL_MSG(test, m, "no DMA master with stream ID %u", sid);
	KUNIT_ASSERT_NULL(test, m->domain);
	m->test = test;
	m->handle = NULL;
	m->mapped = false;
	atomic_set(&m->calls, 0);
	memset(&m->fault, 0, sizeof(m->fault));
	init_completion(&m->entered);
	init_completion(&m->go_on);
	m->src = alloc_page(GFP_KERNEL);
	m->dst = alloc_page(GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, m->src);
	KUNIT_ASSERT_NOT_NULL(test, m->dst);
	get_random_bytes(page_address(m->src), PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(m->dev));

	return m;
}

/* Attached to a domain of its own: the source is mapped, the destination is not. */
struct e2e_master *e2e_attach(struct kunit *test, u32 sid)
{
	struct e2e_master *m = e2e_take(test, sid);
	struct iommu_domain *domain = iommu_paging_domain_alloc(m->dev);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_ASSERT_EQ(test, 0, iommu_attach_device(domain, m->dev));
	m->owner = true;
	m->domain = domain;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, e2e_release_action, m));
	iommu_set_fault_handler(m->domain, e2e_report, m);
	m->bank = e2e_find_bank(m);
	KUNIT_ASSERT_GE(test, m->bank, 0);
	m->bank_irq = e2e_bank_irq(m);
	KUNIT_ASSERT_EQ(test, 0, iommu_map(m->domain, e2e_src(m), page_to_phys(m->src), PAGE_SIZE,
					   IOMMU_READ | IOMMU_CACHE, GFP_KERNEL));

	return m;
}

/* Attached to the domain of another one, whose callback reports for both. */
struct e2e_master *e2e_attach_to(struct kunit *test, u32 sid, struct e2e_master *other)
{
	struct e2e_master *m = e2e_take(test, sid);

	KUNIT_ASSERT_EQ(test, 0, iommu_attach_device(other->domain, m->dev));
	m->owner = false;
	m->domain = other->domain;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, e2e_release_action, m));
	m->bank = e2e_find_bank(m);
	KUNIT_ASSERT_GE(test, m->bank, 0);
	m->bank_irq = e2e_bank_irq(m);
	KUNIT_ASSERT_EQ(test, m->bank, other->bank);

	return m;
}

/* The driver has it for the GPU's domain alone; the function takes any. */
void e2e_set_stall(struct e2e_master *m, bool enabled)
{
	struct adreno_smmu_priv *priv = &e2e_masters[E2E_GPU_SID]->priv;

	priv->set_stall(container_of(m->domain, struct arm_smmu_domain, domain), enabled);
}

/* Copies the page at e2e_src() to e2e_dst(). */
void e2e_start(struct e2e_master *m, u32 flags)
{
	writeq(e2e_src(m), m->chan + E2E_CHAN_SRC);
	writeq(e2e_dst(m), m->chan + E2E_CHAN_DST);
	writel(PAGE_SIZE, m->chan + E2E_CHAN_LEN);
	writel(E2E_CHAN_START | E2E_CHAN_INTERRUPT | flags, m->chan + E2E_CHAN_CTRL);
}

static u32 e2e_status(struct e2e_master *m)
{
	return readl(m->chan + E2E_CHAN_STATUS);
}

/* Returns E2E_CHAN_BUSY if the copy does not end. */
u32 e2e_wait(struct e2e_master *m)
{
	wait_event_timeout(m->ended, e2e_status(m) != E2E_CHAN_BUSY, E2E_PATIENCE);

	return e2e_status(m);
}

/* Issues no more; returns what e2e_wait() does. */
u32 e2e_stop(struct e2e_master *m)
{
	u32 status;

	writel(0, m->chan + E2E_CHAN_CTRL);
	readl_poll_timeout(m->chan + E2E_CHAN_STATUS, status, status != E2E_CHAN_BUSY,
			   USEC_PER_MSEC, jiffies_to_usecs(E2E_PATIENCE));

	return status;
}

static bool e2e_quiet(struct e2e_master *m)
{
	synchronize_irq(m->bank_irq);

	return !(e2e_bank(m, E2E_FSR) & ARM_SMMU_CB_FSR_FAULT) &&
	       (e2e_bank(m, E2E_SCTLR) & ARM_SMMU_SCTLR_CFIE);
}

/* Waits until nothing is latched or stalled, the bank is armed, and no handler runs. */
void e2e_settle(struct e2e_master *m)
{
	bool quiet;

	read_poll_timeout(e2e_quiet, quiet, quiet, 2 * USEC_PER_MSEC,
			  jiffies_to_usecs(E2E_PATIENCE), false, m);
}

char *e2e_log(struct e2e_master *m)
{
	size_t len;
	char *text;

	writel(m->bank, e2e_debug + E2E_LOG_BANK);
	len = round_up(readl(e2e_debug + E2E_LOG_BANK) + 1, 8);
	text = kunit_kzalloc(m->test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(m->test, text);
	memcpy_fromio(text, e2e_debug + E2E_LOG_TEXT, len);
	text[len - 1] = '\0';

	return text;
}

unsigned int e2e_interrupts(struct e2e_master *m)
{
	return kstat_irqs_usr(m->bank_irq);
}

static irqreturn_t e2e_ended(int irq, void *data)
{
	struct e2e_master *m = data;

	if (!readl(m->chan + E2E_CHAN_PENDING))
		return IRQ_NONE;
	writel(0, m->chan + E2E_CHAN_CTRL);
	wake_up(&m->ended);

	return IRQ_HANDLED;
}

static void e2e_forget(void *data)
{
	struct e2e_master *m = data;

	e2e_masters[m->sid] = NULL;
}

static int e2e_master_probe(struct platform_device *pdev)
{
	struct e2e_master *m = devm_kzalloc(&pdev->dev, sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	m->dev = &pdev->dev;
	ret = of_property_read_u32_index(pdev->dev.of_node, "iommus", 1, &m->sid);
	if (ret || m->sid >= E2E_MASTERS)
		return -EINVAL;
	m->chan = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(m->chan))
		return PTR_ERR(m->chan);
	init_waitqueue_head(&m->ended);
	m->irq = platform_get_irq(pdev, 0);
	ret = devm_request_irq(&pdev->dev, m->irq, e2e_ended, IRQF_SHARED, "e2e", m);
	if (ret)
		return ret;
	platform_set_drvdata(pdev, &m->priv);
	/* The SMMU is powered while this device is: see iommu_device_link(). */
	devm_pm_runtime_enable(&pdev->dev);
	e2e_masters[m->sid] = m;

	return devm_add_action_or_reset(&pdev->dev, e2e_forget, m);
}

static const struct of_device_id e2e_master_ids[] = { { .compatible = "kunit,dma-master" }, { } };

static struct platform_driver e2e_master_driver = {
	.probe = e2e_master_probe,
	.driver = {
		.name = "e2e-master",
		.of_match_table = e2e_master_ids,
		.suppress_bind_attrs = true,
	},
};

static int e2e_power(bool on)
{
	writel(on, e2e_debug + E2E_POWER);
	readl(e2e_debug + E2E_POWER);

	return 0;
}

static int e2e_power_on(struct generic_pm_domain *domain)
{
	return e2e_power(true);
}

static int e2e_power_off(struct generic_pm_domain *domain)
{
	return e2e_power(false);
}

static struct generic_pm_domain e2e_power_domain = {
	.name = "smmu",
	.power_on = e2e_power_on,
	.power_off = e2e_power_off,
};

static int e2e_power_probe(struct platform_device *pdev)
{
	int ret = pm_genpd_init(&e2e_power_domain, NULL, false);

	return ret ?: of_genpd_add_provider_simple(pdev->dev.of_node, &e2e_power_domain);
}

static const struct of_device_id e2e_power_ids[] = {
	{ .compatible = "kunit,power-controller" }, { }
};

static struct platform_driver e2e_power_driver = {
	.probe = e2e_power_probe,
	.driver = {
		.name = "e2e-power",
		.of_match_table = e2e_power_ids,
		.suppress_bind_attrs = true,
	},
};

static void e2e_tell_stack(struct irq_work *work)
{
	writel(smp_processor_id(), e2e_debug + E2E_STACK_CPU);
	writel(IRQ_STACK_SIZE, e2e_debug + E2E_STACK_SIZE);
	writeq(round_down(current_stack_pointer, IRQ_STACK_SIZE), e2e_debug + E2E_STACK_BASE);
}

static int e2e_interrupt_this_cpu(void *work)
{
	irq_work_queue(work);

	return 0;
}

/* Whether an access comes from hard IRQ context: the model looks at the stack pointer. */
static void e2e_tell_stacks(void)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(e2e_tell_stack);
	int cpu;

	for_each_online_cpu(cpu) {
		smp_call_on_cpu(cpu, e2e_interrupt_this_cpu, &work, false);
		irq_work_sync(&work);
	}
}

static int __init e2e_master_init(void)
{
	struct device_node *np = of_find_compatible_node(NULL, NULL, "kunit,dma-master");

	of_node_put(np);
	if (!np)
		return 0;
	e2e_debug = ioremap(E2E_DEBUG_BASE, E2E_DEBUG_SIZE);
	if (!e2e_debug)
		return -ENOMEM;
	e2e_tell_stacks();

	return platform_driver_register(&e2e_power_driver) ?:
	       platform_driver_register(&e2e_master_driver);
}
device_initcall(e2e_master_init);
