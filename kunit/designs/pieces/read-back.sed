# SCTLR is not read back.
/^		arm_smmu_cb_read(smmu, idx, ARM_SMMU_CB_SCTLR);$/d
