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

.PHONY: kunit unpatched e2e-stock e2e-count soak bench compare results check check-all bases bisect mutants coverage spin litmus docs series tree refresh help clean

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

results:
	@kunit/check/results.py

check:
	@kunit/check/check.sh check series litmus e2e evidence

check-all:
	@kunit/check/check.sh check series litmus e2e evidence check-all e2e-all hardware

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

define help
Everyday
  make kunit       the KUnit suites on the patched driver, by kunit.py
  make tree        the patched source as a git tree to edit, build/tree/BASE
  make refresh     brings that tree, and new files edited in place, back into series/
  make clean       removes build/

Before you send
  make check       the tests that CI runs; ends with "N passed, M failed"
  make check-all   these and the slow ones
  make docs        the pages as HTML, without a warning, and the figures up to date
  make bisect      each patch by itself: builds, checkpatch, suites
  make bases       the kernel sources that Debian has, and whether the series applies
  make series      a mail thread for each topic, build/series/BASE

Evidence
  make compare     every schedule of the driver and of other designs: what breaks
  make spin        the same question to a Spin model
  make litmus      the barriers of the driver, by herd7
  make soak        a million random faults
  make bench       what a fault costs, beside Linux 7.3
  make mutants     one change to the driver each: which test finds it?
  make coverage    lines and branches of the fault path that no suite reaches
  make unpatched   which tests fail without the series, on mainline
  make e2e-stock   Debian's own kernels on an emulated MMU-500: what hangs
  make e2e-count   instructions from a stalled fault to RESUME, in these kernels
  make results     the last run of each command: build/results.md

Which kernel
  BASE=6.12|mainline    Debian's linux-source-6.12 (default), or its newest 7.x
  BASE=VERSION          another one that make bases lists
  KDIR=/path            your own tree; it is only read
  ARCH=um|arm64|x86_64  User Mode Linux (default), or QEMU
  ARCH=i386|powerpc     QEMU; only the suites of the libraries
  CONFIG=kasan          KASAN and UBSAN; ARCH=um or arm64
  CONFIG=kcsan          KCSAN; x86_64, 4 CPUs
  CONFIG=rt             PREEMPT_RT; arm64, 4 CPUs
  CONFIG=threadirqs     booted with threadirqs; arm64, 4 CPUs
  CONFIG=e2e            an emulated MMU-500; arm64, CPUS=4
  CONFIG=smp            UML with 2 CPUs; BASE=mainline

Which part
  FILTER=suite.test     make kunit: a KUnit glob
  SEED=0 FAULTS=N       make soak: SEED=0 takes a random seed
  REPLAY='design=D sched=S'  make compare: one schedule, as it prints them
  WRITE=1               make compare: updates its page and figures
  RUNS=5 DOCS=1         make bench: kernels to boot for each ARCH; updates its page
  MUTANTS=PATTERN       make mutants: those whose line matches (grep -E)
  DRIVER=msm            make mutants: those of drm/msm, on mainline
  FROM=N                make bisect: begins with patch N
  TOPIC=NAME            make series: only this topic
endef

help:
	@: $(info $(help))
