# Who has no reference does not look at the flag.
s/^	if (READ_ONCE(smmu->powered))$/	if (true)/
