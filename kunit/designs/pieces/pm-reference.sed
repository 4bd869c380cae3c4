# The thread takes no runtime-PM reference.
s/^	bool rpm = pm_runtime_enabled(smmu->dev);$/	bool rpm = false;/
