# CFIE is turned off in the shadow and then in the register with interrupts on.
/^static void arm_smmu_mask_bank/,/^}/{
s/^	local_irq_save(flags);$/	flags = 0;/
s/^	local_irq_restore(flags);$/	(void)flags;/
}
/^void arm_smmu_sctlr_begin_detach/,/^}/{
s/^	local_irq_save(flags);$/	flags = 0;/
s/^	local_irq_restore(flags);$/	(void)flags;/
}
