# Suspend leaves CFIE on in the registers.
s/^	return READ_ONCE(smmu->powered) ? val : .*/	return val;/
