// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The DMA master behind the emulated MMU-500. Each channel copies from one address to
 * another, a page at most at a time, and has a stream ID of its own. It holds one
 * transaction at a time, so it waits where that is stalled.
 */

#include "mmu500.h"

typedef struct Master Master;

typedef struct Channel {
	Mmu500Txn txn;
	Master *master;
	QEMUTimer *timer;
	uint64_t src, dst;
	uint32_t len, pos, ctrl, status, sid, pace_ns, ends, aborts;
	bool writing, busy, pending;
	uint8_t buf[4096];
} Channel;

struct Master {
	DeviceState parent_obj;
	MemoryRegion mr;
	qemu_irq line;
	Channel *chan;
	uint32_t channels, sid, spi, pace_ns;
};

static void update(Master *m)
{
	bool level = false;

	for (int i = 0; i < m->channels; i++)
		level |= m->chan[i].pending;
	qemu_set_irq(m->line, level);
}

static void next_step(Channel *c)
{
	timer_mod(c->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + c->pace_ns);
}

static void ended(Channel *c, uint32_t status)
{
	c->status = status;
	c->ends++;
	c->aborts += status == E2E_CHAN_ABORTED;
	c->pos = status == E2E_CHAN_DONE && (c->ctrl & E2E_CHAN_REPEAT) ? 0 : c->pos;
	c->writing = false;
	if (c->ctrl & E2E_CHAN_REPEAT) {
		c->status = E2E_CHAN_BUSY;
		c->pos = 0;
		next_step(c);
	} else if (c->ctrl & E2E_CHAN_INTERRUPT) {
		c->pending = true;
		update(c->master);
	}
}

static void step(void *opaque)
{
	Channel *c = opaque;
	uint64_t src = c->src + c->pos, dst = c->dst + c->pos;

	if (!(c->ctrl & E2E_CHAN_START)) {
		c->status = E2E_CHAN_IDLE;
		return;
	}
	if (c->pos >= c->len) {
		ended(c, E2E_CHAN_DONE);
		return;
	}
	c->txn.iova = c->writing ? dst : src;
	c->txn.len = MIN(c->len - c->pos, MIN(4096 - (src & 4095), 4096 - (dst & 4095)));
	c->txn.write = c->writing;
	c->txn.sid = c->sid;
	c->txn.buf = c->buf;
	c->busy = true;
	mmu500_submit(the_mmu500, &c->txn);
}

static void transaction_done(Mmu500Txn *txn, bool ok)
{
	Channel *c = container_of(txn, Channel, txn);

	c->busy = false;
	if (!ok) {
		ended(c, E2E_CHAN_ABORTED);
		return;
	}
	if (c->writing)
		c->pos += txn->len;
	c->writing = !c->writing;
	next_step(c);
}

static void control(Channel *c, uint32_t val)
{
	c->pending = false;
	update(c->master);
	c->ctrl = val;
	if (!(val & E2E_CHAN_START) || c->busy || timer_pending(c->timer))
		return;
	c->status = E2E_CHAN_BUSY;
	c->pos = 0;
	c->writing = false;
	next_step(c);
}

static uint64_t master_read(void *opaque, hwaddr addr, unsigned int size)
{
	Master *m = opaque;
	Channel *c = &m->chan[addr / E2E_CHAN_SIZE];

	switch (addr % E2E_CHAN_SIZE) {
	case E2E_CHAN_CTRL:
		return c->ctrl;
	case E2E_CHAN_STATUS:
		return c->status;
	case E2E_CHAN_POS:
		return c->pos;
	case E2E_CHAN_SID:
		return c->sid;
	case E2E_CHAN_PACE_NS:
		return c->pace_ns;
	case E2E_CHAN_ENDS:
		return c->ends;
	case E2E_CHAN_ABORTS:
		return c->aborts;
	case E2E_CHAN_PENDING:
		return c->pending;
	case E2E_CHAN_BANK:
		return mmu500_bank_of(the_mmu500, c->sid);
	default:
		return 0;
	}
}

static void master_write(void *opaque, hwaddr addr, uint64_t val, unsigned int size)
{
	Master *m = opaque;
	Channel *c = &m->chan[addr / E2E_CHAN_SIZE];

	switch (addr % E2E_CHAN_SIZE) {
	case E2E_CHAN_SRC:
		c->src = val;
		break;
	case E2E_CHAN_DST:
		c->dst = val;
		break;
	case E2E_CHAN_LEN:
		c->len = val;
		break;
	case E2E_CHAN_CTRL:
		control(c, val);
		break;
	case E2E_CHAN_SID:
		c->sid = val;
		break;
	case E2E_CHAN_PACE_NS:
		c->pace_ns = val;
		break;
	}
}

static const MemoryRegionOps master_ops = {
	.read = master_read,
	.write = master_write,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.valid = { .min_access_size = 4, .max_access_size = 8 },
	.impl = { .min_access_size = 4, .max_access_size = 8 },
};

static void add_node(Master *m, int i)
{
	static const char compatible[] = "kunit,dma-master\0qcom,adreno";
	MachineState *machine = MACHINE(qdev_get_machine());
	uint64_t base = E2E_DMA_BASE + E2E_CHAN(i);
	g_autofree char *name = g_strdup_printf("/dma@%" PRIx64, base);

	qemu_fdt_add_subnode(machine->fdt, name);
	qemu_fdt_setprop(machine->fdt, name, "compatible", compatible, sizeof(compatible));
	qemu_fdt_setprop_sized_cells(machine->fdt, name, "reg", 2, base, 2, (uint64_t)E2E_CHAN_SIZE);
	qemu_fdt_setprop_cells(machine->fdt, name, "interrupts", 0, m->spi, 4);
	qemu_fdt_setprop_cells(machine->fdt, name, "iommus", the_mmu500->phandle, m->chan[i].sid);
	qemu_fdt_setprop(machine->fdt, name, "dma-coherent", NULL, 0);
}

static void master_realize(DeviceState *dev, Error **errp)
{
	Master *m = (Master *)dev;
	Object *gic = object_resolve_path_type("", "arm-gicv3-common", NULL);

	gic = gic ?: object_resolve_path_type("", "arm_gic_common", NULL);
	if (!the_mmu500 || !gic || !m->channels || m->channels > MMU500_CHANS) {
		error_setg(errp, "dma-master: -device mmu500 comes first; channels= is 1 to %d",
			   MMU500_CHANS);
		return;
	}
	m->line = qdev_get_gpio_in(DEVICE(gic), m->spi);
	m->chan = g_new0(Channel, m->channels);
	memory_region_init_io(&m->mr, OBJECT(dev), &master_ops, m, "dma-master",
			      E2E_CHAN(m->channels));
	memory_region_add_subregion(get_system_memory(), E2E_DMA_BASE, &m->mr);
	for (int i = 0; i < m->channels; i++) {
		Channel *c = &m->chan[i];

		c->master = m;
		c->sid = m->sid + i;
		c->pace_ns = m->pace_ns;
		c->txn.done = transaction_done;
		c->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, step, c);
		add_node(m, i);
	}
}

static PROPERTIES master_props[] = {
	DEFINE_PROP_UINT32("channels", Master, channels, 8),
	DEFINE_PROP_UINT32("sid", Master, sid, 0),
	DEFINE_PROP_UINT32("spi", Master, spi, 255 - 32),
	DEFINE_PROP_UINT32("pace-ns", Master, pace_ns, 10000),
	END_OF_PROPERTIES
};

static void master_class_init(ObjectClass *klass, CLASS_DATA *data)
{
	DeviceClass *dc = DEVICE_CLASS(klass);

	dc->realize = master_realize;
	dc->hotpluggable = false;
	dc->desc = "DMA master behind mmu500";
	device_class_set_props(dc, master_props);
}

void mmu500_dma_register(void)
{
	static const TypeInfo info = {
		.name = "dma-master", .parent = TYPE_DEVICE, .instance_size = sizeof(Master),
		.class_init = master_class_init,
	};

	type_register_static(&info);
}
