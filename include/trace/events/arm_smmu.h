/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events of the Arm SMMU, v1 and v2: context faults, and what became of
 * the stalled transaction.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM arm_smmu

#if !defined(_TRACE_ARM_SMMU_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_ARM_SMMU_H

#include <linux/device.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

/**
 * arm_smmu_context_fault - A fault is about to be reported
 * @dev: the SMMU
 * @cbndx: context bank
 * @iova: FAR
 * @fsr: FSR; SS (bit 30) says that the transaction is stalled
 * @fsynr: FSYNR0
 * @cbfrsynra: CBFRSYNRA, with the stream ID
 */
TRACE_EVENT(arm_smmu_context_fault,

	TP_PROTO(struct device *dev, int cbndx, u64 iova, u32 fsr, u32 fsynr,
		 u32 cbfrsynra),

	TP_ARGS(dev, cbndx, iova, fsr, fsynr, cbfrsynra),

	TP_STRUCT__entry(
		__string(device, dev_name(dev))
		__field(u64, iova)
		__field(int, cbndx)
		__field(u32, fsr)
		__field(u32, fsynr)
		__field(u32, cbfrsynra)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->iova = iova;
		__entry->cbndx = cbndx;
		__entry->fsr = fsr;
		__entry->fsynr = fsynr;
		__entry->cbfrsynra = cbfrsynra;
	),

	TP_printk("%s cb=%d iova=0x%016llx fsr=0x%08x fsynr=0x%08x cbfrsynra=0x%x",
		  __get_str(device), __entry->cbndx, __entry->iova, __entry->fsr,
		  __entry->fsynr, __entry->cbfrsynra)
);

/**
 * arm_smmu_resume - RESUME was written for a stalled transaction
 * @dev: the SMMU
 * @cbndx: context bank
 * @retry: retried, or else terminated
 */
TRACE_EVENT(arm_smmu_resume,

	TP_PROTO(struct device *dev, int cbndx, bool retry),

	TP_ARGS(dev, cbndx, retry),

	TP_STRUCT__entry(
		__string(device, dev_name(dev))
		__field(int, cbndx)
		__field(bool, retry)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->cbndx = cbndx;
		__entry->retry = retry;
	),

	TP_printk("%s cb=%d %s", __get_str(device), __entry->cbndx,
		  __entry->retry ? "retry" : "terminate")
);

/**
 * arm_smmu_set_stall - The faults of a bank stall from now on, or no longer
 * @dev: the SMMU
 * @cbndx: context bank
 * @enabled: they stall
 */
TRACE_EVENT(arm_smmu_set_stall,

	TP_PROTO(struct device *dev, int cbndx, bool enabled),

	TP_ARGS(dev, cbndx, enabled),

	TP_STRUCT__entry(
		__string(device, dev_name(dev))
		__field(int, cbndx)
		__field(bool, enabled)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->cbndx = cbndx;
		__entry->enabled = enabled;
	),

	TP_printk("%s cb=%d %s", __get_str(device), __entry->cbndx,
		  __entry->enabled ? "on" : "off")
);

#endif /* _TRACE_ARM_SMMU_H */

#include <trace/define_trace.h>
