# SS alone is a fault.
s/^\(#define ARM_SMMU_CB_FSR_LATCHED	\).*/\1ARM_SMMU_CB_FSR_FAULT/
