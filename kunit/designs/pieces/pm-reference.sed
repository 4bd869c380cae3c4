# The thread takes no runtime-PM reference.
s/^	err = pm_runtime_get_sync(smmu->dev);$/	err = 0;/
/^	pm_runtime_put_autosuspend(smmu->dev);$/d
