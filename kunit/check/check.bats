#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# What 'make check' checks, and CI with it, beside evidence.bats and e2e.bats. What takes
# longer stands in check-all.bats. Most tests stand for a sentence of the README, the others
# for what goes wrong.

load check-lib

### The suites

@test "the suites pass on 6.12, UML" { kunit BASE=6.12; }

@test "the suites pass on mainline, UML" { kunit BASE=mainline; }

@test "FILTER= runs what it names" {
	kunit FILTER='arm_smmu_sctlr.*'
	! grep -q arm_smmu_fault <<<"$output" || false
}

@test "make results has these runs, with their counts" {
	run make -s results
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^\| `make kunit BASE=6.12 ARCH=um` \| [0-9: -]+ \| [0-9]+ passed' build/results.md
	grep -q "^| \`make kunit BASE=6.12 ARCH=um FILTER='arm_smmu_sctlr" build/results.md
}

### The designs compared

# All schedules of the driver, of the other designs, and of the driver without each piece.
# What is known of them is asserted there.
@test "make compare: the driver is not broken, the others are, each piece but two is needed, Spin and the page agree" {
	run make -s compare
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ',✓$' build/compare/page/invariants.csv)" -eq 10 ]
	grep -qE '^== Spin and the explorer agree on ([0-9]+) of \1 verdicts' <<<"$output"
}

@test "a table of designs.rst that the comparison does not give is an error" {
	local table=Documentation/driver-api/arm-smmu/designs/invariants.csv
	[ -e build/compare.log ] || skip 'make compare has not run'
	cp $table "$BATS_TEST_TMPDIR"
	sed -i 's/✗/✓/' $table
	run kunit/designs/compare.py report build/compare.log
	cp "$BATS_TEST_TMPDIR/invariants.csv" $table
	[ "$status" -ne 0 ]
	grep -q "error: $table is not what the comparison gives now" <<<"$output"
}

@test "a REPLAY of an unknown design" {
	refuses 'no such design: nosuch' make compare REPLAY='design=nosuch sched=one_bank.ss.same.direct:f'
}

@test "a REPLAY that cannot be" {
	refuses "'d' cannot do that\|no actor or event 'd'" make compare REPLAY='design=masked sched=one_bank.ss.same.direct:d'
}

# Linux 7.3: a transaction that stalls under MULTI is never resumed.
@test "make compare replays a schedule, and marks what it breaks" {
	run make -s compare REPLAY='design=landed sched=one_bank.noss.other.direct:fi2t15f2t2i2t14ft2'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^ *[0-9]* [-C]' <<<"$output")" -eq 41 ]
	grep -q '^ 18 CPU1 thread0 .*FSR=TF+SS .*b0.fsr=SS ' <<<"$output"
	grep -q '^ 21 CPU1 thread0 .*RESUME=terminate .*b0.fsr=TF+MULTI ' <<<"$output"
	! grep -q shadow <<<"$output"
	tail -n 1 <<<"$output" | grep -q '^ 41 .*b0.fsr=SS .*line=0 .*<- I2'
}

### The series

@test "git am takes the series onto a pristine tree of its base" {
	local base
	for base in 6.12 mainline; do
		make -s series BASE=$base
		local tree=$PWD/build/tree/am-$base
		rm -rf "$tree"
		git -C build/tree/$base worktree prune
		git -C build/tree/$base worktree add -q --no-checkout --detach "$tree" base
		git -C "$tree" sparse-checkout set --cone $(series_folders)
		git -C "$tree" checkout -q
		cd "$tree"
		run git am "$top"/build/series/$base/*/*.patch
		cd "$top"
		echo "$output"
		[ "$status" -eq 0 ]
		! grep -qi 'fuzz\|offset\|3-way' <<<"$output" || false
		[ "$(git -C "$tree" rev-parse 'HEAD^{tree}')" = "$(git -C build/tree/$base rev-parse 'series^{tree}')" ]
		git -C build/tree/$base worktree remove --force "$tree"
	done
}

### The pages

@test "each link of the READMEs leads somewhere" {
	local file link
	for file in README.md kunit/README.md kunit/*/README.md; do
		for link in $(grep -oP '\]\(\K[^)#]+' "$file" | grep -v '^https\?:'); do
			[ -e "$(dirname "$file")/$link" ] || { echo "$file: $link"; false; }
		done
	done
}

### What goes wrong

@test "an unknown BASE" { refuses 'BASE=nine: no such base.*6.12, mainline' make kunit BASE=nine; }

@test "an unknown ARCH" { refuses 'ARCH=z80: no such architecture' make kunit ARCH=z80; }

@test "an unknown CONFIG" { refuses 'CONFIG=kmsan: no such configuration.*kasan, kcsan' make kunit CONFIG=kmsan; }

@test "a REPLAY that is none" { refuses "REPLAY='d6f': say REPLAY='design=D sched=CASE:STEPS'" make compare REPLAY=d6f; }

@test "a CONFIG of another ARCH" { refuses 'CONFIG=rt is for ARCH=arm64' make kunit CONFIG=rt ARCH=um; }

@test "a CONFIG of another BASE" { refuses 'CONFIG=smp is for BASE=mainline' make kunit CONFIG=smp; }

@test "a SEED that is no number" { refuses "SEED=x: SEED= and FAULTS= are numbers" make soak SEED=x; }

@test "a FILTER that nothing matches" { refuses "FILTER=nosuch: no such test" make kunit FILTER=nosuch; }

@test "a FROM that is no patch" { refuses 'FROM=x: the number of a patch' make bisect FROM=x; }

@test "make bench of an unknown ARCH" { refuses 'ARCH=z80: no such architecture' make bench ARCH=z80; }

@test "a KDIR that is no kernel tree" { refuses 'KDIR=.: not the top of a kernel' make kunit KDIR=.; }

@test "a KDIR that is not there" { refuses 'KDIR=/nowhere: no such directory' make kunit KDIR=/nowhere; }

@test "a PATH without flex" {
	local bin=$BATS_TEST_TMPDIR/bin dir
	mkdir "$bin"
	for dir in /usr/bin /bin /usr/sbin /sbin; do
		ln -sf $dir/* "$bin/" 2>/dev/null || true
	done
	rm "$bin/flex"
	refuses "flex" env PATH="$bin" make kunit
}

@test "a KDIR is taken, and not modified" {
	local own=$BATS_TEST_TMPDIR/own before
	own_tree "$own"
	echo '/* mine */' >>"$own/drivers/iommu/arm/arm-smmu/arm-smmu-impl.c"
	before=$(find "$own" -printf '%p %T@ %s %i\n' | sort | sha256sum)
	run make tree KDIR="$own"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(find "$own" -printf '%p %T@ %s %i\n' | sort | sha256sum)" = "$before" ]
	grep -q 'mine' build/tree/kdir-own-*/drivers/iommu/arm/arm-smmu/arm-smmu-impl.c
	[ -e build/tree/kdir-own-*/drivers/iommu/arm/arm-smmu/arm-smmu-fault.c ]
	remove_own_tree "$own"
}

@test "a KDIR whose arm-smmu.c was changed under a hunk, and then mended" {
	local own=$BATS_TEST_TMPDIR/changed
	own_tree "$own"
	sed -i 's/arm_smmu_global_fault/arm_smmu_global_mistake/' "$own/drivers/iommu/arm/arm-smmu/arm-smmu.c"
	refuses 'series/0.*/0.* does not apply: .*drivers/iommu/arm/arm-smmu/arm-smmu.c' make kunit KDIR="$own"
	git -C "$own" checkout -q drivers/iommu/arm/arm-smmu/arm-smmu.c
	run make tree KDIR="$own"
	echo "$output"
	[ "$status" -eq 0 ]
	remove_own_tree "$own"
}

@test "no network on first use, and then the package is there" {
	local clone=$BATS_TEST_TMPDIR/clone
	git clone -q . "$clone"
	refuses 'linux-source-6.12.*no network' unshare -rn make -C "$clone" kunit
	refuses 'linux-source-7.x.*no network' unshare -rn make -C "$clone" kunit BASE=mainline
	[ -z "$(ls "$clone/build/tree")" ]
	refuses "Debian's package lists are not to be had: no network" unshare -rn make -C "$clone" bases
	mkdir -p "$clone/build/source"
	ln -s "$PWD/build/source/6.12" "$clone/build/source/6.12"
	run make -C "$clone" tree
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(git -C "$clone/build/tree/6.12" rev-parse base)" = "$(git -C build/tree/6.12 rev-parse base)" ]
}

@test "an interrupted run is taken up by the next one" {
	local clone=$BATS_TEST_TMPDIR/clone
	git clone -q . "$clone"
	mkdir -p "$clone/build/source"
	ln -s "$PWD/build/source/6.12" "$clone/build/source/6.12"
	timeout -s INT 8 make -C "$clone" tree || true
	[ ! -e "$clone/build/tree/6.12" ]
	run make -C "$clone" tree
	echo "$output"
	[ "$status" -eq 0 ]
	[ ! -e "$clone/build/tree/6.12.part" ]
	[ "$(git -C "$clone/build/tree/6.12" rev-parse 'series^{tree}')" = "$(git -C build/tree/6.12 rev-parse 'series^{tree}')" ]
}

@test "a disk that is full" {
	local clone=$BATS_TEST_TMPDIR/clone
	[ "$(id -u)" = 0 ] || skip "needs root for a small file system"
	git clone -q . "$clone"
	mkdir -p "$clone/build"
	mount -t tmpfs -o size=200M none "$clone/build"
	mkdir -p "$clone/build/source"
	ln -s "$PWD/build/source/6.12" "$clone/build/source/6.12"
	refuses 'disk full' make -C "$clone" kunit
	run ls "$clone/build/tree"
	umount "$clone/build"
	[ -z "$output" ]
}
