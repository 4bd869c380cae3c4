# What stalls is resumed, even if it was not reported.
s/^\(		 \)((cb->cfi.fsr & ARM_SMMU_CB_FSR_SS) ||.*/\11;/
s/^\(	resume = (fsr & ARM_SMMU_CB_FSR_SS)\) && !(fsr & ARM_SMMU_CB_FSR_LATCHED);$/\1;/
