# What stalls is resumed, even if it was not reported.
s/^\(	resume = (fsr & ARM_SMMU_CB_FSR_SS)\) && !(fsr & ARM_SMMU_CB_FSR_LATCHED);$/\1;/
