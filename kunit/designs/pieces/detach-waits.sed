# Teardown does not wait for set_stall().
/^	atomic_cond_read_acquire(&cb->users, !VAL);$/d
