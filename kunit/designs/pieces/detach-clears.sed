# Teardown leaves a stalled transaction.
/^bool arm_smmu_detach_context_bank/,/^}/s/^		arm_smmu_clear_context_fault(smmu, cfg->cbndx);$/		;/
