#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The tests of 'make check-all' that need one or two kernels more, or minutes of
# searching: KASAN, arm64, mutants, Spin, the comparison, the pages, each patch by itself,
# the round trip.

load check-lib

### The suites

@test "the suites pass on 6.12, UML with KASAN and UBSAN" { kunit BASE=6.12 CONFIG=kasan; }

@test "the suites pass on mainline, UML with KASAN and UBSAN" { kunit BASE=mainline CONFIG=kasan; }

@test "the suites pass on 6.12, arm64 in QEMU with 4 CPUs" { kunit BASE=6.12 ARCH=arm64; }

# The same kernel.
@test "the suites pass on 6.12, arm64 with threadirqs" { kunit BASE=6.12 CONFIG=threadirqs; }

@test "the driver's own .kunitconfig works with plain kunit.py" {
	cd build/tree/6.12
	PATH=/usr/lib/ccache:$PATH run ./tools/testing/kunit/kunit.py run \
		--kunitconfig=drivers/iommu/arm/arm-smmu --build_dir=.kunit-plain
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'Testing complete.*passed: ' <<<"$output"
}

### Tests that can fail: pieces of the protocol, taken away ('make mutants' takes all)

@test "a primary that does not mask the bank is found" { mutant mask 'interrupt storm'; }

@test "RESUME before CFIE is found" { mutant cfie-first 'RESUME before CFIE'; }

@test "a bank that is not masked again is found" { mutant remask 'FAILED.*arm_smmu_pause'; }

@test "a missing read-back of SCTLR is found" { mutant read-back 'FAILED.*arm_smmu_sctlr'; }

@test "the Spin model agrees" { make -s spin; }

@test "a verdict that Spin does not give is an error" {
	echo 'one_bank.direct landed 46939 noss.other=I1' >"$BATS_TEST_TMPDIR/verdicts"
	refuses 'not the verdicts' kunit/spin/verdicts.sh "$BATS_TEST_TMPDIR/verdicts"
}

### The designs compared

# All schedules of the driver, of the other designs, and of the driver without each piece.
# What is known of them is asserted there. Six CPU minutes of running, two of building.
@test "make compare: the driver is not broken, the others are, each piece but cfie-first is needed, Spin agrees" {
	local piece
	run make -s compare
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -cE '^I[0-9]+ .* holds$' <<<"$output")" -eq 10 ]
	for piece in poll irq-off read-back shadow-check; do
		grep -qE "^$piece +I[0-9].*:[a-zA-Z0-9+]+$" <<<"$output"
	done
	grep -qE '^== Spin and the explorer agree on ([0-9]+) of \1 verdicts' <<<"$output"
}

@test "a REPLAY of an unknown design" {
	refuses 'no such design: nosuch' make compare REPLAY='design=nosuch sched=one_bank.ss.same.direct:f'
}

@test "a REPLAY that cannot be" {
	refuses "'d' cannot do that\|no actor or event 'd'" make compare REPLAY='design=masked sched=one_bank.ss.same.direct:d'
}

# Linux 7.3: a transaction that stalls under MULTI is never resumed.
@test "make compare replays a schedule" {
	run make -s compare REPLAY='design=landed sched=one_bank.noss.other.direct:fi2t15f2t2i2t14ft2'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^n=[0-9]* actor=' <<<"$output")" -eq 41 ]
	grep -q '^n=18 .*act=FSR=TF+SS .*b0.fsr=SS ' <<<"$output"
	grep -q '^n=21 .*act=RESUME=terminate .*b0.fsr=TF+MULTI ' <<<"$output"
	tail -n 1 <<<"$output" | grep -q '^n=41 .*b0.fsr=SS .*line=0 .*breaks=I2'
}

@test "the pages have no warning, on 6.12 and mainline, and their figures are up to date" {
	make -s docs BASE=6.12
	make -s docs BASE=mainline
}

@test "a page with a warning, or a figure that is not its source's, is an error" {
	local page=Documentation/driver-api/arm-smmu/index.rst figure=kunit/wavedrom/fault-path.json
	cp $page $figure "$BATS_TEST_TMPDIR"
	printf '\n:doc:`no-such-page`\n' >>$page
	refuses 'have warnings' make -s docs
	cp "$BATS_TEST_TMPDIR/index.rst" $page
	page=Documentation/dev-tools/kunit/regfile.rst
	cp $page "$BATS_TEST_TMPDIR"
	printf '\n:doc:`no-such-page`\n' >>$page
	refuses 'have warnings' make -s docs
	cp "$BATS_TEST_TMPDIR/regfile.rst" $page
	sed -i 's/callback/Callback/' $figure
	refuses 'kunit/docs.sh figures' make -s docs
	cp "$BATS_TEST_TMPDIR/fault-path.json" $figure
}

### The series

@test "each patch compiles by itself, W=1" {
	local tree=build/tree/mutants-1 out=.kunit-um patch
	local suite=$out/drivers/iommu/arm/arm-smmu/tests/arm_smmu_soak_kunit.o
	cd $tree
	# An early patch does not know the suites, and would forget that they were asked for.
	cp $out/.config "$BATS_TEST_TMPDIR"
	rm -f $suite
	for patch in $(git rev-list --reverse base..series -- .); do
		git checkout -q --detach --force "$patch"
		cp "$BATS_TEST_TMPDIR/.config" $out/
		PATH=/usr/lib/ccache:$PATH run make -s ARCH=um O=$out W=1 olddefconfig \
			drivers/iommu/arm/arm-smmu/ lib/kunit/
		echo "$output"
		[ "$status" -eq 0 ]
		! grep -qE '(arm[-_]smmu|regfile|explore|fake_).*(warning|error):' <<<"$output" || false
	done
	[ -e $suite ]
	git checkout -q --detach --force series
}

@test "the round trip make tree, make refresh changes nothing" {
	local before base
	before=$(find series drivers include lib Documentation -type f 2>/dev/null | sort | xargs sha256sum)
	for base in 6.12 mainline; do
		make -s tree BASE=$base
		make -s refresh BASE=$base
		[ "$(find series drivers include lib Documentation -type f 2>/dev/null | sort | xargs sha256sum)" = "$before" ]
	done
}

@test "checkpatch --strict has nothing to say but that the sign-off is missing" {
	local base patch
	for base in 6.12 mainline; do
		make -s series BASE=$base
		cd build/tree/$base
		for patch in ../../series/$base/*/*.patch; do
			run bash -c '. "$top/kunit/lib.sh"; checkpatch "$1"' - "$patch"
			[ "$status" -eq 0 ] || { echo "$output"; false; }
		done
		cd "$top"
	done
}

# Half a minute.
@test "get_maintainer.pl finds whom each patch is for" {
	local patch subject said
	make -s series
	cd build/tree/6.12
	for patch in ../../series/6.12/*/*.patch; do
		subject=$(sed -n 's/^Subject: //p' "$patch")
		said=$(./scripts/get_maintainer.pl --no-git --no-git-fallback "$patch")
		echo "$subject"
		echo "$said"
		[[ $subject != *iommu* ]] || grep -q will@kernel.org <<<"$said"
		[[ $subject != *drm/msm* ]] || grep -q freedreno@lists <<<"$said"
		[[ $subject != *kunit:* ]] || grep -q kunit-dev@ <<<"$said"
		[[ $subject != *Documentation:* ]] || grep -q linux-doc@ <<<"$said"
	done
}

@test "sparse, W=1 and kernel-doc are clean where the series goes" {
	local base
	for base in 6.12 mainline; do
		# To configure and build what the drivers need, with the ordinary compiler.
		kunit BASE=$base FILTER='arm_smmu_sctlr.*'
		cd build/tree/$base
		touch drivers/iommu/arm/arm-smmu/*.[ch] drivers/iommu/arm/arm-smmu/tests/*.[ch] \
			include/kunit/{explore,regfile}.h
		PATH=/usr/lib/ccache:$PATH run bash -c '. "$top/kunit/lib.sh"
			make -s ARCH=um O=.kunit-um W=1 C=1 CHECK="$sparse" drivers/iommu/arm/arm-smmu/ lib/kunit/ >.kunit-um/sparse.log 2>&1 || { cat .kunit-um/sparse.log; exit 1; }
			! grep "C=1 specified, but" .kunit-um/sparse.log || exit 1
			! warnings .kunit-um/sparse.log | grep -E "arm-smmu|regfile|explore"'
		echo "$output"
		[ "$status" -eq 0 ]
		# W=1 does not look at headers.
		run $(ls tools/docs/kernel-doc scripts/kernel-doc 2>/dev/null | head -n 1) -none -Wall \
			include/kunit/{explore,regfile}.h include/linux/adreno-smmu-priv.h \
			drivers/iommu/arm/arm-smmu/tests/*.h
		cd "$top"
		echo "$output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

### What goes wrong

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

@test "a topic is a thread of its own, numbered like its files" {
	local mail topic
	make -s series TOPIC=smmu-fixes
	[ "$(ls build/series/6.12)" = 01-smmu-fixes ]
	run make -s series
	echo "$output"
	for topic in series/*; do
		grep -qE "^$(basename "$topic") +[0-9]+ mails +[0-9]+ files? changed" <<<"$output"
	done
	for mail in build/series/6.12/*/*.patch; do
		grep -qE "^Subject: \[PATCH (0*$((10#$(basename "$mail" | cut -c1-4)))/[0-9]+)?\]" "$mail" ||
			grep -q '^Subject: \[PATCH\]' "$mail"
	done
	# The one before it, and no commit that begins a topic.
	grep -q '^prerequisite-patch-id: [0-9a-f]*[1-9a-f]' build/series/6.12/02-smmu-power/0000-cover-letter.txt
	! grep -q '^prerequisite-patch-id: 0*$' build/series/6.12/*/0000-cover-letter.txt || false
	grep -q '^base-commit: v6\.12\.[0-9]*$' build/series/6.12/01-smmu-fixes/0000-cover-letter.txt
	refuses 'TOPIC=nosuch: no such topic; there are 01-smmu-fixes' make series TOPIC=nosuch
}

@test "work in the tree that is not in series/ is not lost" {
	local tree=build/tree/6.12 file=drivers/iommu/arm/arm-smmu/arm-smmu-impl.c new=drivers/iommu/arm/arm-smmu/arm-smmu-fault.c
	make -s tree
	echo '/* my work */' >>$tree/$file
	run make tree
	[ "$status" -eq 0 ]
	grep -q 'work of its own' <<<"$output"
	refuses 'without the work in' make series
	refuses 'changes that are in no commit' make refresh
	# A new file that is edited in place meanwhile is built with it.
	echo '/* in place */' >>$new
	make -s tree
	[ "$(tail -n 1 $tree/$new)" = '/* in place */' ]
	[ "$(tail -n 1 $tree/$file)" = '/* my work */' ]
	git checkout -q $new
	make -s tree
	cmp $new $tree/$new
	git -C $tree commit -qam 'my work'
	sed -i '1,/^$/s/^Subject: .*/&, mine/' series/01-*/0001-*.patch
	refuses 'has work of its own, and series/ has changed as well' make tree
	git checkout -q series
	git -C $tree checkout -q --detach
	refuses "not on its branch 'work'" make refresh
	refuses "not on its branch 'work'" make tree
	git -C $tree checkout -q work
	git -C $tree reset -q --hard series
}

undo_refresh()
{
	git clean -qf series
	git checkout -q series drivers include lib Documentation
	git -C build/tree/6.12 reset -q --hard series
	make -s tree
}

# Lines that later mails touch, and that their hunks have around them, among them.
@test "any line of a new file may be edited in place: it is built, and make refresh takes it into its mail" {
	local tree=build/tree/6.12 dir=drivers/iommu/arm/arm-smmu clone=$BATS_TEST_TMPDIR/clone line
	local lines=$(($(wc -l <$dir/arm-smmu-fault.c) / 12))
	make -s tree
	for line in $(seq 1 $lines $(wc -l <$dir/arm-smmu-fault.c)); do
		sed -i "$line"'s|$| /* edited */|' $dir/arm-smmu-fault.c
	done
	run make tree
	echo "$output"
	[ "$status" -eq 0 ]
	cmp $dir/arm-smmu-fault.c $tree/$dir/arm-smmu-fault.c
	make -s refresh
	cmp $dir/arm-smmu-fault.c $tree/$dir/arm-smmu-fault.c
	[ -n "$(git status --porcelain series)" ]
	# Committed, without 'make refresh', on a fresh clone.
	git clone -q . "$clone"
	cp $dir/arm-smmu-fault.c "$clone/$dir/"
	git -C "$clone" commit -qam 'In place'
	mkdir -p "$clone/build/source"
	ln -s "$PWD/build/source/6.12" "$clone/build/source/6.12"
	make -s -C "$clone" tree
	cmp $dir/arm-smmu-fault.c "$clone/$tree/$dir/arm-smmu-fault.c"
	[ "$(git -C "$clone/$tree" rev-parse 'HEAD^{tree}')" = "$(git -C $tree rev-parse 'HEAD^{tree}')" ]
	undo_refresh
}

@test "a line of an existing file takes a fixup and make refresh" {
	local tree=build/tree/6.12 file=drivers/iommu/arm/arm-smmu/arm-smmu.c mail
	make -s tree
	mail=$(git -C $tree log -1 --format=%h base..series -- $file)
	sed -i '1,/arm_smmu_/s/arm_smmu_/arm_smmu_/;$a/* my work */' $tree/$file
	git -C $tree commit -qa --fixup "$mail"
	make -s refresh
	grep -q '^+/\* my work \*/$' series/*/*-"$(git -C $tree show -s --format=%f "$mail" | cut -c1-40)"*.patch
	[ "$(git -C $tree rev-parse HEAD)" = "$(git -C $tree rev-parse series)" ]
	undo_refresh
}

@test "a message is edited in its mail, or in the tree" {
	local tree=build/tree/6.12 mail=series/02-smmu-power/0003-*.patch
	make -s tree
	sed -i '0,/^$/s/^$/\nEdited in the mail.\n/' $mail
	make -s tree
	git -C $tree log --format=%B | grep -q '^Edited in the mail.$'
	git checkout -q series
	make -s tree
	git -C $tree commit -q --amend -m "$(git -C $tree show -s --format=%B)

Edited in the tree."
	make -s refresh
	git diff series | grep -q '^+Edited in the tree.$'
	undo_refresh
}

@test "what is edited in the same lines here and in the tree is not decided" {
	local tree=build/tree/6.12 file=drivers/iommu/arm/arm-smmu/arm-smmu-fault.c
	make -s tree
	sed -i '1s|$| here|' $file
	sed -i '1s|$| there|' $tree/$file
	git -C $tree commit -qam 'my work'
	refuses "$file has changed here and in build/tree/6.12 in the same lines" make refresh
	undo_refresh
}

@test "a new file that no mail adds is built, and one that is gone is said to be" {
	local tree=build/tree/6.12 file=drivers/iommu/arm/arm-smmu/arm-smmu-fault.c
	echo '/* my work */' >include/kunit/mine.h
	run make tree
	[ "$status" -eq 0 ]
	grep -q 'include/kunit/mine.h is in no mail: the last one adds it' <<<"$output"
	[ -e $tree/include/kunit/mine.h ]
	rm include/kunit/mine.h $file
	refuses 'fault.c, which is not there' make tree
	undo_refresh
}

@test "mails move between topics in the tree, and those of mainline with them" {
	local tree=build/tree/6.12
	make -s tree
	# The first mail of the second topic becomes the last of the first one.
	GIT_SEQUENCE_EDITOR="sed -i '/topic 02-/{h;d};/Keep SCTLR in a shadow/G'" git -C $tree rebase -q -i base
	make -s refresh
	[ -e series/01-smmu-fixes/0004-iommu-arm-smmu-Keep-SCTLR-*.patch ]
	[ -e series/01-smmu-fixes/mainline/0004-iommu-arm-smmu-Keep-SCTLR-*.patch ]
	[ -e series/02-smmu-power/mainline/0001-*-suspe.patch ]
	[ -z "$(find series/02-smmu-power -name '*Keep-SCTLR*')" ]
	[ "$(git -C $tree rev-parse 'HEAD^{tree}')" = "$(git -C $tree rev-parse 'ORIG_HEAD^{tree}')" ]
	make -s tree BASE=mainline
	undo_refresh
	make -s tree BASE=mainline
}

@test "make refresh can be undone" {
	local tree=build/tree/6.12
	make -s tree
	git -C $tree commit -q --amend -m 'iommu/arm-smmu: Another subject'
	make -s refresh
	[ -n "$(git status --porcelain series)" ]
	undo_refresh
	[ "$(git -C $tree show -s --format=%s work)" != 'iommu/arm-smmu: Another subject' ]
	[ -z "$(git status --porcelain series)" ]
}
