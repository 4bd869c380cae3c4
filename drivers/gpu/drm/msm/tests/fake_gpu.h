/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake a6xx for KUnit tests. Its registers are memory, it runs no command, and its MMU
 * maps nothing. msm_gpu_init() and msm_gpu_cleanup() make it and clean it up, so all of
 * struct msm_gpu is real: worker, hangcheck, ring, VM. Its state is read by
 * a6xx_gpu_state_get().
 */

#ifndef _FAKE_GPU_H
#define _FAKE_GPU_H

#include <kunit/test.h>

#include "adreno/a6xx_gpu.h"
#include "msm_gem.h"
#include "msm_mmu.h"

/* A test that waits for so long waits for something that does not come */
#define FAKE_GPU_PATIENCE	(10 * HZ)

/* What arm-smmu says of a fault that is stalled */
#define FAKE_GPU_FSR_STALLED	(BIT(1) | BIT(30))

struct fake_gpu {
	struct a6xx_gpu		a6xx;
	struct adreno_gpu_funcs	funcs;
	struct adreno_info	info;
	struct msm_mmu		mmu;
	bool			stalls;		/* as far as @mmu was told */
	u32			*regs;		/* those of the GMU, too */
	struct kunit		*test;
	struct drm_device	*drm;
	struct msm_gpu_submitqueue queue;
	int			irq;
	/* Instead of a6xx_fault_handler(), before the state is read, for funcs->recover() */
	int			(*on_handler)(struct fake_gpu *fake);
	void			(*on_dump)(struct fake_gpu *fake);
	void			(*on_recover)(struct fake_gpu *fake);
	unsigned int		dumps;
	unsigned int		recoveries;
	void			*data;		/* of the test */
};

static inline struct msm_gpu *fake_msm_gpu(struct fake_gpu *fake)
{
	return &fake->a6xx.base.base;
}

struct fake_gpu *fake_gpu_create(struct kunit *test);
void fake_gpu_cleanup(struct fake_gpu *fake);
struct msm_gem_submit *fake_gpu_submit(struct fake_gpu *fake, unsigned int nr_bos, size_t size);
void fake_gpu_bind(struct msm_gem_submit *submit);
void fake_gpu_finish(struct fake_gpu *fake);
void fake_gpu_settle(struct fake_gpu *fake);
int fake_gpu_fault(struct fake_gpu *fake, u32 fsr);

struct fake_gpu_task {
	struct fake_gpu		*fake;
	void			(*func)(struct fake_gpu *fake);
	struct completion	done;
};

struct fake_gpu_task *fake_gpu_start(struct fake_gpu *fake, void (*func)(struct fake_gpu *fake));
bool fake_gpu_join(struct fake_gpu_task *task);

#endif /* _FAKE_GPU_H */
