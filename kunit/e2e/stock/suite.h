/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Before each file of the suites, where they are a module for a kernel that Debian
 * configured without KUnit: suite.c calls what is an initcall and a section otherwise.
 */

#include <linux/init.h>
#include <linux/module.h>
#include <kunit/test.h>

#undef device_initcall
#define device_initcall(fn)	int (*e2e_master_initcall)(void) = fn

#undef kunit_test_suite
#define kunit_test_suite(suite)	struct kunit_suite *run_##suite = &suite
