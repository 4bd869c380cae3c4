# Interrupts stay on from CFIE to RESUME.
/RESUME is the last act/,/RESUME must have arrived/{
s/^	local_irq_save(flags);$/	flags = 0;/
/^	local_irq_restore(flags);$/d
}
