# RESUME is not known to have arrived.
/^		arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);$/d
