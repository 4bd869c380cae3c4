# A bank that is torn down is armed, too.
/^		if (!(old & ARM_SMMU_SCTLR_M) || /,+1d
