// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events of the Arm SMMU.
 */

#define CREATE_TRACE_POINTS
#include <trace/events/arm_smmu.h>

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_TRACEPOINT_SYMBOL_GPL(arm_smmu_context_fault);
EXPORT_TRACEPOINT_SYMBOL_GPL(arm_smmu_resume);
EXPORT_TRACEPOINT_SYMBOL_GPL(arm_smmu_set_stall);
#endif
