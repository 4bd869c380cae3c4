// SPDX-License-Identifier: GPL-2.0-only
/*
 * End-to-end soak: all masters fault at random while domains come and go, stalling is
 * turned on and off, and the power is cut. One seed for all of it; RR= of
 * kunit/e2e/machine.sh replays a run bit for bit.
 */

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pm_runtime.h>
#include <linux/prandom.h>

#include "arm-smmu.h"
#include "e2e_check.h"

static unsigned int soak_seed = 1;
module_param(soak_seed, uint, 0444);
MODULE_PARM_DESC(soak_seed, "seed of the end-to-end soak");

static unsigned int soak_faults = 200;
module_param(soak_faults, uint, 0444);
MODULE_PARM_DESC(soak_faults, "faults on each kind of device in the end-to-end soak");

/* Masters that take part. */
#define SOAKERS	8

static struct soaker {
	struct e2e_master *m;
	struct rnd_state rnd;		/* of the callback */
	struct mutex lock;		/* for the page tables */
	struct e2e_before before;
	bool exact;			/* no fault was lost with its domain, or the power */
} soakers[SOAKERS];

static struct rnd_state rnd;
static u32 total[16];

static u32 below(u32 n)
{
	return prandom_u32_state(&rnd) % n;
}

static int soak_callback(struct e2e_master *m)
{
	struct soaker *s = &soakers[m->sid];
	u32 dice = prandom_u32_state(&s->rnd);
	int ret = 0;

	if (!(dice & 0x70))
		usleep_range(dice >> 22, (dice >> 22) + 50);
	switch (dice & 7) {
	case 0:
	case 1:
		mutex_lock(&s->lock);
		if (!m->mapped)
			ret = e2e_map_dst(m);
		mutex_unlock(&s->lock);
		return ret ?: -EAGAIN;
	case 2:
		return -EAGAIN;
	case 3:
		e2e_set_stall(m, dice & 8);
	}

	return 0;
}

static void soak_unmap(struct soaker *s)
{
	mutex_lock(&s->lock);
	e2e_unmap_dst(s->m);
	mutex_unlock(&s->lock);
}

static void soak_begin(struct soaker *s)
{
	atomic_set(&s->m->calls, 0);
	s->before = e2e_look(s->m);
	s->exact = true;
}

static void soak_count(struct soaker *s)
{
	int i;

	for (i = 0; i < E2E_WHICH / 4; i++)
		total[i] += e2e_since(s->m, &s->before, 4 * i);
}

static void soak_attach(struct kunit *test, struct soaker *s, int sid)
{
	s->m = e2e_attach(test, sid);
	s->m->handle = soak_callback;
	e2e_set_stall(s->m, true);
	soak_begin(s);
}

/* Its DMA goes on meanwhile. */
static void soak_new_domain(struct kunit *test, struct soaker *s)
{
	int sid = s->m->sid;

	soak_count(s);
	e2e_release(s->m);
	e2e_drop(test, s->m);
	soak_attach(test, s, sid);
}

/* A fault that is latched when the power goes is lost with it. */
static void soak_cut_power(struct kunit *test)
{
	int i;

	for (i = 0; i < SOAKERS; i++) {
		soakers[i].exact = false;
		pm_runtime_put_sync(soakers[i].m->dev);
	}
	usleep_range(100, 100 + below(40000));
	for (i = 0; i < SOAKERS; i++)
		KUNIT_EXPECT_EQ(test, pm_runtime_resume_and_get(soakers[i].m->dev), 0);
}

static void soak_step(struct kunit *test, struct soaker *s)
{
	switch (below(16)) {
	case 0:
		soak_new_domain(test, s);
		break;
	case 1:
		if (!below(4))
			soak_cut_power(test);
		break;
	case 2 ... 3:
		e2e_set_stall(s->m, below(4));
		break;
	case 4 ... 6:
		writel(1000 + below(50000), s->m->chan + E2E_CHAN_PACE_NS);
		e2e_start(s->m, below(4) ? E2E_CHAN_REPEAT : 0);
		break;
	case 7 ... 10:
		soak_unmap(s);
		break;
	default:
		usleep_range(20, 20 + below(2000));
	}
}

static void soak_check(struct kunit *test)
{
	struct soaker *s;
	u32 faults;

	for (s = soakers; s < soakers + SOAKERS; s++)
		KUNIT_EXPECT_NE(test, e2e_stop(s->m), E2E_CHAN_BUSY);
	for (s = soakers; s < soakers + SOAKERS; s++) {
		e2e_expect_quiet(test, s->m, &s->before);
		faults = e2e_since(s->m, &s->before, E2E_FAULTS);
		if (s->exact)
			e2e_expect_reported(test, s->m, &s->before);
		else
			KUNIT_EXPECT_LE(test, atomic_read(&s->m->calls), faults);
		soak_count(s);
		soak_begin(s);
	}
}

static void faults_while_everything_changes(struct kunit *test)
{
	int i, steps = 0;

	prandom_seed_state(&rnd, soak_seed);
	memset(total, 0, sizeof(total));
	e2e_use_device(test->param_value);
	for (i = 0; i < SOAKERS; i++) {
		prandom_seed_state(&soakers[i].rnd, soak_seed + i);
		mutex_init(&soakers[i].lock);
		soak_attach(test, &soakers[i], i);
	}
	while (total[E2E_FAULTS / 4] < soak_faults && steps++ < 10 * soak_faults) {
		soak_step(test, &soakers[below(SOAKERS)]);
		if (!below(100))
			soak_check(test);
	}
	soak_check(test);
	for (i = 0; i < SOAKERS; i++)
		writel(10000, soakers[i].m->chan + E2E_CHAN_PACE_NS);
	kunit_info(test, "seed %u: %u faults, %u merged, %u stalls: %u retried, %u terminated; %u ignored, %u violations\n",
		   soak_seed, total[E2E_FAULTS / 4], total[E2E_MERGED / 4], total[E2E_STALLS / 4],
		   total[E2E_RETRIED / 4], total[E2E_TERMINATED / 4], total[E2E_IGNORED / 4],
		   total[E2E_VIOLATIONS / 4]);
	KUNIT_EXPECT_GE(test, total[E2E_FAULTS / 4], soak_faults);
	KUNIT_EXPECT_EQ(test, total[E2E_VIOLATIONS / 4], 0);
}

KUNIT_ARRAY_PARAM(device, e2e_devices, e2e_device_desc);

static struct kunit_case soak_cases[] = {
	KUNIT_CASE_PARAM(faults_while_everything_changes, device_gen_params),
	{}
};

static struct kunit_suite soak_suite = {
	.name = "arm_smmu_e2e_soak",
	.init = e2e_init,
	.test_cases = soak_cases,
};

kunit_test_suite(soak_suite);
