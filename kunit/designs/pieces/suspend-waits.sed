# Suspend does not wait for who is inside.
/^		atomic_cond_read_acquire(&smmu->cbs\[i\].users, !VAL);$/s/atomic.*/;/
