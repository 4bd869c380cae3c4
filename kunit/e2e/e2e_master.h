/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the end-to-end tests: the driver of the DMA master behind the emulated SMMU. It
 * stands where a GPU driver does, and knows of the SMMU driver what that one knows.
 */

#ifndef E2E_MASTER_H
#define E2E_MASTER_H

#include <linux/adreno-smmu-priv.h>
#include <linux/completion.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/wait.h>

#include <kunit/test.h>

#include "e2e_regs.h"

#define E2E_MASTERS	128
#define E2E_PATIENCE	(5 * HZ)

/**
 * struct e2e_fault - What a fault callback saw
 * @iova: faulting address
 * @flags: IOMMU_FAULT_READ or IOMMU_FAULT_WRITE
 * @info: what the SMMU's driver says of it
 * @sleepable: the callback ran in a task, with interrupts on
 */
struct e2e_fault {
	unsigned long			iova;
	int				flags;
	struct adreno_smmu_fault_info	info;
	bool				sleepable;
};

/**
 * struct e2e_master - A channel of the DMA master, and its domain during a test
 * @priv: the interface of the SMMU's driver; the device's driver data
 * @dev: device
 * @chan: registers
 * @sid: stream ID
 * @irq: its interrupt, at the end of a copy
 * @ended: woken by that interrupt
 * @test: test that has it attached, or NULL
 * @domain: its domain
 * @owner: this is the domain's only user, or its first
 * @bank: context bank
 * @bank_irq: context interrupt
 * @src: page that is mapped at e2e_src()
 * @dst: page for e2e_dst(), mapped by e2e_map_dst()
 * @mapped: it is
 * @handle: the test's fault callback; without one, -EFAULT is returned
 * @calls: how often the callback was called
 * @fault: what it saw last
 * @entered: completed by callbacks that sleep
 * @go_on: what they wait for
 */
struct e2e_master {
	struct adreno_smmu_priv		priv;
	struct device			*dev;
	void __iomem			*chan;
	u32				sid;
	int				irq;
	wait_queue_head_t		ended;

	struct kunit			*test;
	struct iommu_domain		*domain;
	bool				owner;
	int				bank;
	int				bank_irq;
	struct page			*src;
	struct page			*dst;
	bool				mapped;
	int				(*handle)(struct e2e_master *m);
	atomic_t			calls;
	struct e2e_fault		fault;
	struct completion		entered;
	struct completion		go_on;
};

extern struct e2e_master *e2e_masters[E2E_MASTERS];
extern void __iomem *e2e_debug;

u32 e2e_bank(struct e2e_master *m, u32 counter);
u64 e2e_src(struct e2e_master *m);
u64 e2e_dst(struct e2e_master *m);
int e2e_map_dst(struct e2e_master *m);
void e2e_unmap_dst(struct e2e_master *m);
bool e2e_data_arrived(struct e2e_master *m);

struct e2e_master *e2e_attach(struct kunit *test, u32 sid);
struct e2e_master *e2e_attach_to(struct kunit *test, u32 sid, struct e2e_master *other);
void e2e_release(struct e2e_master *m);
void e2e_drop(struct kunit *test, struct e2e_master *m);
void e2e_set_stall(struct e2e_master *m, bool enabled);
void e2e_start(struct e2e_master *m, u32 flags);
u32 e2e_wait(struct e2e_master *m);
u32 e2e_stop(struct e2e_master *m);
void e2e_settle(struct e2e_master *m);
char *e2e_log(struct e2e_master *m);
unsigned int e2e_interrupts(struct e2e_master *m);

#endif /* E2E_MASTER_H */
