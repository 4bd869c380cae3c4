# After a stale wake, the thread does not mask the bank.
/^	if (atomic_read(&cb->sctlr) & ARM_SMMU_SCTLR_CFIE)$/,+1d
