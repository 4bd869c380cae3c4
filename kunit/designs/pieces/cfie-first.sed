# CFIE is turned on after RESUME.
/^	if (!arm_smmu_arm_bank(smmu, idx))$/{
N
h
d
}
/^				  ret == -EAGAIN/G
/^	armed = arm_smmu_arm_bank(smmu, idx);$/{
h
d
}
/^	if (!armed)$/,+1d
/^				  cb->retry ? 0 : /G
