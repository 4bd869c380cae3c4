# FSR is cleared after RESUME.
/^	if (cb->cfi.fsr & ARM_SMMU_CB_FSR_LATCHED)$/,+2d
/RESUME is the last act/,/RESUME must have arrived/{
/^	local_irq_restore(flags);$/a\
	if (cb->cfi.fsr & ARM_SMMU_CB_FSR_LATCHED)\
		arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_FSR,\
				  cb->cfi.fsr | ARM_SMMU_CB_FSR_MULTI);
}
