# MULTI is cleared only if it was seen.
s/^\(				  cb->cfi.fsr\) | ARM_SMMU_CB_FSR_MULTI/\1/
