# The primary does not look at the shadow.
s/^	if (!(atomic_read(&smmu->cbs\[idx\].sctlr) & ARM_SMMU_SCTLR_CFIE))$/	if (false)/
