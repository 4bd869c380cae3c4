# RESUME is not known to have arrived.
/RESUME must have arrived/,/^}/s/^		fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);$/		fsr = 0;/
