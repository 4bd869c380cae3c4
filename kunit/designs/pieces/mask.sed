# The primary does not mask the bank.
/^	arm_smmu_mask_bank(smmu, idx);$/d
