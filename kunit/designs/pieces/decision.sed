# What was decided of a stalled transaction is decided again in the next pass.
s/^	if (!stalled || !cb->decided)$/	if (true)/
