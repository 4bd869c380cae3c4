/* SPDX-License-Identifier: GPL-2.0-only */
/* For the end-to-end tests: the kinds of device, and what holds when nothing is going on. */

#ifndef E2E_CHECK_H
#define E2E_CHECK_H

#include "e2e_master.h"

/**
 * struct e2e_device - What is not public of MMU-500
 * @name: of the case
 * @quirks: E2E_QUIRKS
 * @stalls: E2E_MAX_STALLS
 * @late_reads: E2E_SS_LATE_READS
 * @late_ns: E2E_SS_LATE_NS
 * @posted_ns: E2E_POSTED_NS
 */
struct e2e_device {
	const char *name;
	u32 quirks;
	u32 stalls;
	u32 late_reads;
	u32 late_ns;
	u32 posted_ns;
};

/* All of them, and two: SS does not assert the interrupt, or does. */
extern const struct e2e_device e2e_devices[10];
extern const struct e2e_device e2e_kinds[2];

static inline void e2e_device_desc(const struct e2e_device *param, char *desc)
{
	strscpy(desc, param->name, KUNIT_PARAM_DESC_SIZE);
}

/* What the model had counted when a test began. */
struct e2e_before {
	u32 count[16];
	u32 unpowered, gfaults, lost;
	unsigned int interrupts;
};

int e2e_init(struct kunit *test);
void e2e_use_device(const struct e2e_device *d);
struct e2e_master *e2e_attach_gpu(struct kunit *test, bool stall);
struct e2e_before e2e_look(struct e2e_master *m);
u32 e2e_since(struct e2e_master *m, const struct e2e_before *b, u32 counter);
void e2e_expect_quiet(struct kunit *test, struct e2e_master *m, const struct e2e_before *b);
void e2e_expect_reported(struct kunit *test, struct e2e_master *m, const struct e2e_before *b);
int e2e_sleep_in_callback(struct e2e_master *m);
void e2e_await_callback(struct kunit *test, struct e2e_master *m);

#endif /* E2E_CHECK_H */
