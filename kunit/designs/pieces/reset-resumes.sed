# Reset leaves a stalled transaction.
/^void arm_smmu_clear_context_fault/,/^}/s/^	arm_smmu_cb_write(smmu, idx, ARM_SMMU_CB_RESUME, ARM_SMMU_RESUME_TERMINATE);$//
