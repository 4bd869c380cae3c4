# CFIE is turned on after RESUME.
/^	armed = arm_smmu_arm_bank(smmu, idx);$/{
h
d
}
/^	if (!armed)$/,+1d
/^				  cb->retry ? 0 : /G
