# SPDX-License-Identifier: GPL-2.0
#
# make help

BASE ?= 6.12
KDIR ?=
ARCH ?= um
FILTER ?=
export BASE KDIR ARCH FILTER

.PHONY: kunit check spin series tree refresh help clean

kunit:
	@kunit/run.sh

check:
	@kunit/check.sh

spin:
	@kunit/spin/verdicts.sh

series:
	@kunit/series.sh format

tree:
	@kunit/series.sh tree

refresh:
	@kunit/series.sh refresh


clean:
	rm -rf build

help:
	@echo 'make kunit     the KUnit suites, on the patched driver, by kunit.py'
	@echo 'make check     all tests; ends with "N passed, M failed"'
	@echo 'make spin      a Spin model of the fault path, each design and removed piece'
	@echo 'make series    the series as mail, in build/series/'
	@echo 'make tree      the patched source as a git tree to hack in, in build/tree/'
	@echo 'make refresh   brings the commits of that tree back into series/ and the new files'
	@echo 'make clean     removes build/'
	@echo
	@echo 'BASE=6.12|mainline         Debian'"'"'s linux-source-6.12 (default), or its newest 7.x'
	@echo 'KDIR=/path                 a kernel tree of yours; it is only read'
	@echo 'ARCH=um|arm64|x86_64       User Mode Linux (default), or QEMU'
	@echo 'FILTER=suite.test          what to run, a KUnit glob'
