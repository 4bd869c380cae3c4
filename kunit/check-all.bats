#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# What 'make check-all' checks when 'make check' is through: what takes long.

load check-lib

### The suites, elsewhere

@test "the suites pass on mainline, UML" { kunit BASE=mainline; }
