/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context faults of the Arm SMMU, v1 and v2: what is kept for each context bank.
 *
 * arm-smmu-fault.c has the protocol, arm-smmu-sctlr.c the writer of SCTLR,
 * arm-smmu-power.c what keeps an interrupt handler out of a suspended SMMU,
 * arm-smmu-pace.c what a flood of faults needs, and arm-smmu-detach.c the teardown of
 * a bank.
 */

#ifndef _ARM_SMMU_FAULT_H
#define _ARM_SMMU_FAULT_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/timer.h>
#include <linux/types.h>

struct arm_smmu_device;
struct arm_smmu_domain;

/**
 * struct arm_smmu_context_fault_info - A context fault, as its registers had it
 * @iova: FAR, the address that faulted
 * @ttbr0: TTBR0 at that time
 * @fsr: FSR
 * @fsynr: FSYNR0
 * @fsynr1: FSYNR1
 * @cbfrsynra: CBFRSYNRA, for the stream ID
 * @contextidr: CONTEXTIDR at that time
 *
 * @ttbr0, @fsynr1 and @contextidr are for get_fault_info(). They are read where
 * &arm_smmu_cfg.can_stall is set.
 */
struct arm_smmu_context_fault_info {
	u64	iova;
	u64	ttbr0;
	u32	fsr;
	u32	fsynr;
	u32	fsynr1;
	u32	cbfrsynra;
	u32	contextidr;
};

/*
 * A bit of the shadow that SCTLR does not have: teardown has begun. The register
 * gets CFIE and CFCFG off, and neither comes back.
 */
#define ARM_SMMU_SHADOW_DETACHING	BIT(31)

/* Faults that one pass of the thread handles at most */
#define ARM_SMMU_FAULT_LOOKS		8
/* Passes of the thread, or global interrupts, in a row before a pause */
#define ARM_SMMU_FAULT_BURST		8
/* The longest pause, in jiffies: 100 ms */
#define ARM_SMMU_FAULT_PAUSE_MAX	(HZ / 10)
/* How long FSR.SS may take to clear after RESUME, in microseconds */
#define ARM_SMMU_RESUME_POLL_US		10
/* More transactions than an SMMU can have stalled: MMU-500 has up to 32 TBUs */
#define ARM_SMMU_RESUME_TRIES		64

/**
 * struct arm_smmu_pace - Pauses of a fault handler, for floods
 * @timer: ends a pause. Started by the handler alone
 * @start: jiffies at the begin of the first pass in a row
 * @calm: jiffies after which a pass is no longer in a row with the last one
 * @run: passes in a row
 *
 * Only the handler uses @start, @calm and @run. Global faults have one pace for each
 * SMMU: handlers of two lines may race, and a pause then comes an interrupt later.
 */
struct arm_smmu_pace {
	struct timer_list	timer;
	unsigned long		start;
	unsigned long		calm;
	unsigned int		run;
};

/**
 * struct arm_smmu_cb_fault - Fault handling of a context bank
 * @sctlr: shadow of SCTLR: what the register shall contain, and
 *	ARM_SMMU_SHADOW_DETACHING. Changed by arm_smmu_sctlr_change(), from any
 *	context; set as a whole by attach and detach
 * @users: how many callers are between arm_smmu_power_enter() and
 *	arm_smmu_power_leave()
 * @info: the last fault that was reported. Written by the thread alone, before
 *	the callback
 * @pace: pauses of the thread
 * @wake: a pause is over, and the thread has not begun the next pass
 */
struct arm_smmu_cb_fault {
	atomic_t				sctlr;
	atomic_t				users;
	struct arm_smmu_context_fault_info	info;
	struct arm_smmu_pace			pace;
	bool					wake;
};

/* arm-smmu-sctlr.c */
u32 arm_smmu_sctlr_write(struct arm_smmu_device *smmu, int idx);
void arm_smmu_sctlr_settle(struct arm_smmu_device *smmu, int idx, u32 val);
void arm_smmu_sctlr_publish(struct arm_smmu_device *smmu, int idx);
bool arm_smmu_sctlr_change(struct arm_smmu_device *smmu, int idx, u32 clear, u32 set);

/* arm-smmu-power.c */
bool arm_smmu_power_enter(struct arm_smmu_device *smmu, atomic_t *users,
			  unsigned long *flags);
void arm_smmu_power_leave(atomic_t *users, unsigned long flags);
bool arm_smmu_sctlr_update(struct arm_smmu_device *smmu, int idx, u32 clear, u32 set);
void arm_smmu_set_stall(struct arm_smmu_device *smmu, int idx, bool enabled);
void arm_smmu_publish_global_irq(struct arm_smmu_device *smmu);
void arm_smmu_power_on(struct arm_smmu_device *smmu);
void arm_smmu_power_off(struct arm_smmu_device *smmu);
void arm_smmu_wait_for_faults(struct arm_smmu_device *smmu);

/* arm-smmu-pace.c */
void arm_smmu_pace_begin(struct arm_smmu_pace *pace);
bool arm_smmu_pace_flood(struct arm_smmu_pace *pace);
void arm_smmu_pace_pause(struct arm_smmu_pace *pace, bool flood);
void arm_smmu_pace_global_fault(struct arm_smmu_device *smmu);
void arm_smmu_global_timer(struct timer_list *timer);

/* arm-smmu-fault.c */
int arm_smmu_report_context_fault(struct arm_smmu_domain *smmu_domain,
				  const struct arm_smmu_context_fault_info *info);
int arm_smmu_request_context_irq(struct arm_smmu_domain *smmu_domain);

/* arm-smmu-detach.c */
u32 arm_smmu_poll_ss(struct arm_smmu_device *smmu, int idx);
void arm_smmu_clear_context_fault(struct arm_smmu_device *smmu, int idx);
void arm_smmu_begin_detach(struct arm_smmu_device *smmu, int idx);
bool arm_smmu_detach_context_bank(struct arm_smmu_domain *smmu_domain);

#endif /* _ARM_SMMU_FAULT_H */
