# SCTLR is written once, whatever the shadow is by then.
s/^	} while (val != arm_smmu_sctlr_wanted(smmu, idx));$/	} while (false);/
