# CFIE is turned on after RESUME.
/^	if (!arm_smmu_arm_bank(smmu, idx))$/{
N
h
d
}
/^				  ret == -EAGAIN/G
