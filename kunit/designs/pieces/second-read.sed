# SS is not read again after FSR was cleared.
s/^	fsr = arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_FSR);$/	fsr = cb->cfi.fsr;/
