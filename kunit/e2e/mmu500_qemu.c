// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The emulated MMU-500 as a device of QEMU: its properties, its place in the machine and
 * in the device tree, and the door through which QEMU loads it.
 */

#include "mmu500.h"
#include "qapi/qapi-commands-control.h"
#include "qemu/qemu-plugin.h"

static void map_registers(Mmu500 *s)
{
	uint64_t size = (uint64_t)2 * MMU500_PAGES << 12;

	memory_region_init_io(&s->mr, OBJECT(s), &mmu500_ops, s, "mmu500", size);
	memory_region_add_subregion(get_system_memory(), E2E_SMMU_BASE, &s->mr);
	memory_region_init_io(&s->debug, OBJECT(s), &mmu500_debug_ops, s, "mmu500-debug",
			      E2E_DEBUG_SIZE);
	memory_region_add_subregion(get_system_memory(), E2E_DEBUG_BASE, &s->debug);
}

static void connect_lines(Mmu500 *s, DeviceState *gic)
{
	s->gline = qdev_get_gpio_in(gic, s->spi);
	for (int i = 0; i < s->lines; i++)
		s->line[i] = qdev_get_gpio_in(gic, s->spi + 1 + i);
}

static void set_compatible(void *fdt, const char *name, bool adreno)
{
	static const char qcom[] =
		"qcom,sm8350-smmu-500\0qcom,adreno-smmu\0qcom,smmu-500\0arm,mmu-500";
	static const char scm[] = "qcom,scm-sc7180\0qcom,scm";

	if (!adreno) {
		qemu_fdt_setprop_string(fdt, name, "compatible", "arm,mmu-500");
		return;
	}
	qemu_fdt_setprop(fdt, name, "compatible", qcom, sizeof(qcom));
	/* Probe waits for Qualcomm's secure monitor. Its calls end in QEMU's PSCI. */
	qemu_fdt_add_subnode(fdt, "/firmware-scm");
	qemu_fdt_setprop(fdt, "/firmware-scm", "compatible", scm, sizeof(scm));
}

/* The driver enables runtime PM where there is a power domain. */
static void add_power_domain(void *fdt, const char *name)
{
	uint32_t phandle = qemu_fdt_alloc_phandle(fdt);

	qemu_fdt_add_subnode(fdt, "/power-controller");
	qemu_fdt_setprop_string(fdt, "/power-controller", "compatible", "kunit,power-controller");
	qemu_fdt_setprop_cell(fdt, "/power-controller", "#power-domain-cells", 0);
	qemu_fdt_setprop_cell(fdt, "/power-controller", "phandle", phandle);
	qemu_fdt_setprop_cell(fdt, name, "power-domains", phandle);
}

static void add_node(Mmu500 *s, void *fdt)
{
	g_autofree char *name = g_strdup_printf("/iommu@%x", E2E_SMMU_BASE);
	g_autofree uint32_t *irqs = g_new0(uint32_t, 3 * (s->banks + 1));

	s->phandle = qemu_fdt_alloc_phandle(fdt);
	qemu_fdt_add_subnode(fdt, name);
	set_compatible(fdt, name, s->adreno);
	qemu_fdt_setprop_sized_cells(fdt, name, "reg", 2, (uint64_t)E2E_SMMU_BASE,
				     2, (uint64_t)2 * MMU500_PAGES << 12);
	qemu_fdt_setprop_cell(fdt, name, "#iommu-cells", 1);
	qemu_fdt_setprop_cell(fdt, name, "#global-interrupts", 1);
	qemu_fdt_setprop(fdt, name, "dma-coherent", NULL, 0);
	qemu_fdt_setprop_cell(fdt, name, "phandle", s->phandle);
	if (s->power_domain)
		add_power_domain(fdt, name);
	for (int i = 0; i <= s->banks; i++) {
		irqs[3 * i + 1] = cpu_to_be32(s->spi + (i ? 1 + (i - 1) % s->lines : 0));
		irqs[3 * i + 2] = cpu_to_be32(4);	/* level, high */
	}
	qemu_fdt_setprop(fdt, name, "interrupts", irqs, 4 * 3 * (s->banks + 1));
}

static void mmu500_realize(DeviceState *dev, Error **errp)
{
	Mmu500 *s = (Mmu500 *)dev;
	MachineState *machine = MACHINE(qdev_get_machine());
	Object *gic = object_resolve_path_type("", "arm-gicv3-common", NULL);

	gic = gic ?: object_resolve_path_type("", "arm_gic_common", NULL);
	if (!gic || !machine->fdt || !s->lines || s->lines > MMU500_LINES ||
	    !s->banks || s->banks > MMU500_BANKS || the_mmu500) {
		error_setg(errp, "mmu500: one of them, on -machine virt; banks= is 1 to %d, lines= 1 to %d",
			   MMU500_BANKS, MMU500_LINES);
		return;
	}
	the_mmu500 = s;
	s->powered = true;
	s->bank = g_new0(Mmu500Bank, s->banks);
	for (int i = 0; i < s->banks; i++)
		s->bank[i].late_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, mmu500_late_timer,
						     &s->bank[i]);
	s->posted_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, mmu500_posted_timer, s);
	map_registers(s);
	connect_lines(s, DEVICE(gic));
	qemu_register_reset(mmu500_reset, s);
	mmu500_reset(s);
	add_node(s, machine->fdt);
}

static PROPERTIES mmu500_props[] = {
	DEFINE_PROP_UINT32("spi", Mmu500, spi, 150),
	DEFINE_PROP_UINT32("banks", Mmu500, banks, 8),
	DEFINE_PROP_UINT32("lines", Mmu500, lines, 4),
	DEFINE_PROP_BOOL("adreno", Mmu500, adreno, false),
	DEFINE_PROP_BOOL("power-domain", Mmu500, power_domain, false),
	DEFINE_PROP_BOOL("stage2", Mmu500, stage2, false),
	/* What is not public. The debug page changes them as well: see e2e_regs.h. */
	DEFINE_PROP_BOOL("ss-asserts", Mmu500, ss_asserts, true),
	DEFINE_PROP_BOOL("resume-ignored", Mmu500, resume_ignored, true),
	DEFINE_PROP_BOOL("ss-is-fault", Mmu500, ss_is_fault, false),
	DEFINE_PROP_BOOL("abort", Mmu500, abort, false),
	DEFINE_PROP_UINT32("stalls", Mmu500, stalls, 1),
	DEFINE_PROP_UINT32("ss-late-reads", Mmu500, ss_late_reads, 0),
	DEFINE_PROP_UINT32("ss-late-ns", Mmu500, ss_late_ns, 0),
	DEFINE_PROP_UINT32("posted-ns", Mmu500, posted_ns, 0),
	/* So many reads of FSR during one stall end the machine. */
	DEFINE_PROP_UINT32("storm", Mmu500, storm, 0),
	END_OF_PROPERTIES
};

static void mmu500_class_init(ObjectClass *klass, CLASS_DATA *data)
{
	DeviceClass *dc = DEVICE_CLASS(klass);

	dc->realize = mmu500_realize;
	dc->hotpluggable = false;
	dc->desc = "Arm MMU-500 that stalls";
	device_class_set_props(dc, mmu500_props);
}

static const TypeInfo mmu500_info = {
	.name = "mmu500", .parent = TYPE_DEVICE, .instance_size = sizeof(Mmu500),
	.class_init = mmu500_class_init,
};

/*
 * Headers of another QEMU describe other structures. Until 10.0 the sizes can be asked
 * for; the version is that of Debian's package.
 */
static bool built_for_this_qemu(void)
{
	VersionInfo *v = qmp_query_version(&error_abort);

	if (!strstr(v->package, MMU500_QEMU)) {
		error_report("mmu500: built for QEMU " MMU500_QEMU ", and this is %s: run kunit/e2e/build.sh",
			     v->package);
		return false;
	}
#ifndef HAVE_CONST_PROPERTIES
	if (object_type_get_instance_size(TYPE_DEVICE) != sizeof(DeviceState) ||
	    object_type_get_instance_size("memory-region") != sizeof(MemoryRegion) ||
	    object_type_get_instance_size(TYPE_MACHINE) != sizeof(MachineState)) {
		error_report("mmu500: built with structures of other sizes than this QEMU's");
		return false;
	}
#endif

	return true;
}

/* "-plugin" loads any object, before "-device" is looked at. There is no other use for it. */
QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	if (!built_for_this_qemu())
		return -1;
	type_register_static(&mmu500_info);
	mmu500_dma_register();

	return 0;
}
