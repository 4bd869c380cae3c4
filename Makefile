# SPDX-License-Identifier: GPL-2.0
#
# make help

BASE ?= 6.12
KDIR ?=
ARCH ?=
CONFIG ?=
FILTER ?=
RUNS ?= 5
DOCS ?=
REPLAY ?=
MUTANTS ?=
DRIVER ?=
FROM ?= 1
TOPIC ?=
export BASE KDIR ARCH CONFIG FILTER RUNS DOCS REPLAY MUTANTS DRIVER FROM TOPIC
SEED ?= 0
FAULTS ?= 1000000

.PHONY: kunit unpatched e2e-stock e2e-count soak bench compare check check-all bases bisect mutants coverage spin litmus docs series tree refresh help clean

kunit:
	@kunit/run/run.sh

# SEED=0 is a random one. The seed and the counts are in the kernel's log alone.
soak: export FILTER = arm_smmu_soak.*
soak: export KERNEL_ARGS = arm_smmu_kunit.soak_seed=$(SEED) arm_smmu_kunit.soak_faults=$(FAULTS)
soak: export SHOW = faults_while_everything_changes: [a-z0-9]
soak:
	@case '$(SEED)$(FAULTS)' in *[!0-9]*) echo 'error: SEED=$(SEED): SEED= and FAULTS= are numbers' >&2; exit 1;; esac
	@kunit/run/run.sh

bench:
	@kunit/bench/bench.sh

compare:
	@kunit/designs/compare.sh

check:
	@kunit/check/check.sh check series litmus

check-all:
	@kunit/check/check.sh check series litmus slow check-all e2e

bases:
	@kunit/series/bases.sh

bisect:
	@kunit/series/bisect.sh

mutants:
	@kunit/mutants/mutants.sh

coverage:
	@kunit/coverage/coverage.sh

unpatched:
	@kunit/unpatched/unpatched.sh

e2e-stock:
	@kunit/e2e/stock.sh

e2e-count:
	@kunit/e2e/stock.sh count

spin:
	@kunit/designs/spin/verdicts.sh

litmus:
	@kunit/litmus/litmus.sh

docs:
	@kunit/docs/docs.sh

series:
	@kunit/series/series.sh format

tree:
	@kunit/series/series.sh tree

refresh:
	@kunit/series/series.sh refresh

clean:
	rm -rf build

help:
	@echo 'make kunit     the KUnit suites, on the patched driver, by kunit.py'
	@echo 'make soak      a million random faults (FAULTS=), replayed by SEED='
	@echo 'make bench     what a fault costs beside the design of Linux 7.3: tables and a plot'
	@echo 'make compare   every schedule of the driver, and of other designs: what breaks'
	@echo 'make check     the tests that CI runs; ends with "N passed, M failed"'
	@echo 'make check-all the dear ones as well'
	@echo 'make bases     the kernel sources that Debian has, and what applies where'
	@echo 'make bisect    each patch by itself: builds in seven configurations, checkpatch, suites'
	@echo 'make mutants   one change each to the fault path: which test finds it?'
	@echo 'make coverage  lines and branches of the fault path that the suites do not reach'
	@echo 'make unpatched what the series mends, on mainline without it: what must fail does'
	@echo 'make e2e-stock  kernels as Debian shipped them on an emulated MMU-500 that stalls: what hangs'
	@echo 'make e2e-count  instructions from a stalled fault to RESUME, in those kernels and with this driver'
	@echo 'make spin      a Spin model of the fault path, each design and removed piece'
	@echo 'make litmus    the barriers of the driver, by herd7 and the memory model of the kernel'
	@echo 'make docs      the pages of the series as HTML; no warning allowed, figures up to date'
	@echo 'make series    the series as mail, a thread a topic, in build/series/'
	@echo 'make tree      the patched source as a git tree to hack in, in build/tree/'
	@echo 'make refresh   brings that tree and the new files, edited in place, back into series/'
	@echo 'make clean     removes build/'
	@echo
	@echo 'BASE=6.12|mainline         Debian'"'"'s linux-source-6.12 (default), or its newest 7.x'
	@echo 'BASE=VERSION               another one that make bases lists; 7.2 is its newest'
	@echo 'KDIR=/path                 a kernel tree of yours; it is only read'
	@echo 'ARCH=um|arm64|x86_64       User Mode Linux (default), or QEMU'
	@echo 'ARCH=i386|powerpc          QEMU; the suites of the libraries alone'
	@echo 'RUNS=5                     how many kernels make bench boots for each ARCH'
	@echo 'DOCS=1                     make bench brings the page in Documentation/ up to date'
	@echo 'SEED=0 FAULTS=1000000      make soak: 0 is a random seed'
	@echo 'WRITE=1                    make compare brings its page and figures up to date'
	@echo 'TOPIC=NAME                 make series: this topic alone'
	@echo 'FROM=1                     make bisect begins with this patch'
	@echo "REPLAY='design=D sched=S'  one schedule, as make compare prints it"
	@echo 'CONFIG=kasan               KASAN and UBSAN, UML or ARCH=arm64'
	@echo 'CONFIG=kcsan               x86_64 in QEMU, 4 CPUs, with KCSAN'
	@echo 'CONFIG=rt                  arm64 in QEMU, 4 CPUs, with PREEMPT_RT'
	@echo 'CONFIG=threadirqs          arm64 in QEMU, 4 CPUs, started with threadirqs'
	@echo 'CONFIG=e2e                 arm64 in QEMU, with an emulated MMU-500; CPUS=4'
	@echo 'CONFIG=smp                 UML with 2 CPUs, on mainline'
	@echo 'MUTANTS=PATTERN            make mutants: only those whose line matches (grep -E)'
	@echo 'DRIVER=msm                 make mutants: those of drm/msm, on mainline'
	@echo 'FILTER=suite.test          what to run, a KUnit glob'
