# Suspend leaves CFIE on in the registers.
s/^		off |= ARM_SMMU_SCTLR_CFIE;$/		off |= 0;/
