#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# Where the mails are stored, on a kernel of one file and a series of four mails: what
# README promises of 'make tree', 'make refresh' and 'make series'.

bats_require_minimum_version 1.5.0
refuses() { run "$@"; echo "$output"; [ "$status" -ne 0 ]; }

old=drivers/iommu/arm/arm-smmu/arm-smmu.c new=drivers/iommu/arm/arm-smmu/new.c tree=build/tree/6.12

# mail FILE SUBJECT: what has changed in build/tree/6.12, as a mail. The text of new files is left out.
mail()
{
	mkdir -p "series/$(dirname "$1")"
	git -C $tree add -A
	{
		printf 'From: series <series@localhost>\nSubject: [PATCH] %s\n\nWhy.\n---\n' "$2"
		git -C $tree diff --cached --summary
		echo
		git -C $tree diff --cached --diff-filter=a | sed '/^index /d'
	} >"series/$1"
	git -C $tree commit -qm "$2"
}

setup_file()
{
	export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@localhost GIT_CONFIG_GLOBAL=/dev/null
	export GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@localhost
	unset BASE KDIR TOPIC
	cd "$BATS_FILE_TMPDIR"
	mkdir -p kunit/series
	cp "$BATS_TEST_DIRNAME"/../../Makefile .
	cp "$BATS_TEST_DIRNAME"/../lib.sh kunit/
	cp "$BATS_TEST_DIRNAME"/../series/{source,series}.sh kunit/series/
	echo build >.gitignore
	for base in 6.12 mainline; do
		mkdir -p build/tree/$base/${old%/*}
		cd build/tree/$base
		[ $base = 6.12 ] || { echo "one line more" >$old; }
		printf 'old %s\n' $(seq 60) >>$old
		[ $base = 6.12 ] || sed -i 's/old 52/old mainline/' $old
		printf 'VERSION = %s\n' ${base/mainline/7} >Makefile
		touch Kbuild
		git init -q -b work
		git add -A
		git commit -qm "Linux $base.1 (package)"
		git branch base
		cd ../../..
	done
	printf 'new %s\n' $(seq 40) >$tree/$new
	sed -i 's/^old 5$/old 5, one/' $tree/$old
	mail 01-first/0001-First.patch 'First'
	sed -i 's/^new \(1\|20\)$/&, two/' $tree/$new
	mail 01-first/0002-Second.patch 'Second'
	sed -i 's/^new 30$/&, three/' $tree/$new
	sed -i 's/^old 30$/old 30, three/' $tree/$old
	mail 02-second/0001-Third.patch 'Third'
	sed -i 's/^old 50$/old 50, four/' $tree/$old
	mail 02-second/0002-Fourth.patch 'Fourth'
	mkdir -p drivers/iommu/arm/arm-smmu series/02-second/mainline
	sed 's/old 52/old mainline/; s/-47,7 +47,7/-48,7 +48,7/' series/02-second/0002-Fourth.patch >series/02-second/mainline/0002-Fourth.patch
	cp $tree/$new $new
	git -C $tree reset -q --hard base
	printf 'First topic\n\nOf two.\n' >series/01-first/0000-cover-letter.txt
	printf 'Second topic\n\nOf two.\n' >series/02-second/0000-cover-letter.txt
	git init -q
	git add -A
	git commit -qm 'All'
	make -s tree
	make -s tree BASE=mainline
}

setup()
{
	cp -a "$BATS_FILE_TMPDIR/." "$BATS_TEST_TMPDIR/repo"
	cd "$BATS_TEST_TMPDIR/repo"
}

version() { git -C $tree show "$(git -C $tree log --format=%h --grep="^$1" -1):$new"; }

@test "the round trip make tree, make refresh changes nothing" {
	local base
	for base in 6.12 mainline; do
		make -s refresh BASE=$base
		[ -z "$(git status --porcelain)" ]
	done
	[ "$(git -C build/tree/mainline show HEAD:$old | grep -c ', ')" -eq 3 ]
}

@test "any line of a new file may be edited in place: it is built, and make refresh takes it into its mail" {
	local line clone=$BATS_TEST_TMPDIR/clone
	for line in 1 3 10 20 30 40; do
		sed -i "$line"'s|$| /* edited */|' $new
	done
	make -s tree
	cmp $new $tree/$new
	refuses make series
	grep -q "edited in place in $new: 'make refresh' first" <<<"$output"
	# Committed, without 'make refresh', on a fresh clone.
	git commit -qam 'In place'
	git clone -q . "$clone"
	mkdir -p "$clone/build/tree"
	git clone -q -b base $tree "$clone/$tree"
	git -C "$clone/$tree" checkout -q -b work
	make -s -C "$clone" tree
	cmp $new "$clone/$tree/$new"
	make -s refresh
	cmp $new $tree/$new
	[ "$(version First | grep -c edited)" -eq 3 ]
	[ "$(version Second | grep -c edited)" -eq 5 ]
	[ "$(version Third | grep -c edited)" -eq 6 ]
	make -s series
	make -s tree BASE=mainline
	cmp $new build/tree/mainline/$new
	make -s series BASE=mainline
}

@test "a line of an existing file takes a fixup and make refresh, in the mails of both bases" {
	sed -i 's/^old 5, one/&, and more/' $tree/$old
	git -C $tree commit -qa --fixup ':/^First'
	make -s refresh
	grep -q '^+old 5, one, and more' series/01-first/0001-First.patch
	[ "$(git -C $tree rev-parse HEAD)" = "$(git -C $tree rev-parse series)" ]
	make -s tree BASE=mainline
	grep -q '^old 5, one, and more' build/tree/mainline/$old
}

@test "a message is edited in its mail, or in the tree, and then in that of mainline" {
	sed -i 's/^Why\.$/Edited in the mail./' series/01-first/0002-Second.patch
	make -s tree
	git -C $tree log --format=%B | grep -q '^Edited in the mail.$'
	git -C $tree commit -q --amend -m "Fourth

Edited in the tree."
	make -s refresh
	grep -q '^Edited in the tree.$' series/02-second/0002-Fourth.patch
	grep -q '^Edited in the tree.$' series/02-second/mainline/0002-Fourth.patch
}

@test "mails move between topics in the tree, and those of mainline with them" {
	GIT_SEQUENCE_EDITOR="sed -i '/topic 02-/{h;d};/ Third/{H;d};/ Fourth/G'" git -C $tree rebase -q -i base
	make -s refresh
	[ "$(cd series && ls */*.patch */*/*.patch | paste -sd' ')" = "01-first/0001-First.patch 01-first/0002-Second.patch 01-first/0003-Fourth.patch 01-first/mainline/0003-Fourth.patch 02-second/0001-Third.patch" ]
	make -s tree BASE=mainline
}

@test "a mail that becomes the common one in mainline stands once" {
	sed -i 's/old mainline/old 52/' series/02-second/mainline/0002-Fourth.patch
	sed -i 's/old mainline/old 52/' build/tree/mainline/$old
	git -C build/tree/mainline checkout -q -f base
	sed -i 's/old mainline/old 52/' build/tree/mainline/$old
	git -C build/tree/mainline commit -qam 'Linux 7.1 (package)'
	git -C build/tree/mainline update-ref refs/heads/base HEAD
	git -C build/tree/mainline checkout -q -f work
	make -s tree BASE=mainline
	make -s refresh BASE=mainline
	[ ! -e series/02-second/mainline ]
	make -s tree BASE=mainline
}

@test "work in the tree that is not in series/ is not lost" {
	echo '/* my work */' >>$tree/$old
	make -s tree
	refuses make series
	grep -q 'without the work in' <<<"$output"
	refuses make refresh
	grep -q 'changes that are in no commit' <<<"$output"
	# A new file that is edited in place meanwhile is built with it.
	echo '/* in place */' >>$new
	make -s tree
	cmp $new $tree/$new
	[ "$(tail -n 1 $tree/$old)" = '/* my work */' ]
	git -C $tree commit -qam 'My work'
	make -s refresh
	[ -e series/02-second/0003-My-work.patch ]
	version First | grep -q 'in place'
	echo '/* more */' >>$tree/$old
	sed -i 's/^Why\.$/Because./' series/01-first/0001-*.patch
	refuses make tree
	grep -q 'has work of its own, and series/ has changed as well' <<<"$output"
	git -C $tree checkout -q --detach
	refuses make refresh
	grep -q "not on its branch 'work'" <<<"$output"
}

@test "what is edited in the same lines here and in the tree is not decided" {
	sed -i '1s|$| here|' $new
	sed -i '1s|$| there|' $tree/$new
	git -C $tree commit -qam 'My work'
	refuses make refresh
	grep -q "a new file has changed here and in build/tree/6.12 in the same lines.*$new" <<<"$output"
}

@test "a new file that no mail adds is built, and one that is gone is said to be" {
	mkdir include
	echo '/* mine */' >include/mine.h
	make -s tree
	[ -e $tree/include/mine.h ]
	refuses make refresh
	grep -q 'cannot tell which mail takes .*include/mine.h' <<<"$output"
	git -C $tree commit -q --amend -m 'fixup! Third'
	make -s refresh
	grep -q '^ create mode 100644 include/mine.h' series/02-second/0001-Third.patch
	rm $new
	refuses make tree
	grep -q "$new, which is not there" <<<"$output"
}

@test "make refresh can be undone" {
	git -C $tree commit -q --amend -m 'Another subject'
	make -s refresh
	[ -e series/02-second/0002-Another-subject.patch ]
	git clean -qf series
	git checkout -q series
	make -s tree
	[ "$(git -C $tree log -1 --format=%s)" = Fourth ]
}

@test "a topic is a thread of its own, numbered like its files" {
	make -s series TOPIC=first
	[ "$(ls build/series/6.12)" = 01-first ]
	run make -s series
	grep -qE '^02-second +2 mails +2 files changed' <<<"$output"
	grep -q '^Subject: \[PATCH 2/2\] Fourth' build/series/6.12/02-second/0002-Fourth.patch
	[ "$(grep -c '^prerequisite-patch-id: [0-9a-f]*[1-9a-f]' build/series/6.12/02-second/0000-cover-letter.txt)" -eq 2 ]
	grep -q '^base-commit: v6.12.1$' build/series/6.12/01-first/0000-cover-letter.txt
	refuses make series TOPIC=nosuch
	grep -q 'TOPIC=nosuch: no such topic; there are 01-first' <<<"$output"
}

@test "a kernel of which no mail's base is: the error names the mail and the file" {
	git clone -q -b base $tree own
	make -s tree KDIR=own
	sed -i 's/^old 50$/old/' own/$old
	refuses make tree KDIR=own
	grep -q "^error: KDIR=own: series/02-second/0002-Fourth.patch does not apply: .*$old" <<<"$output"
}

# Of a mail, the lines that change outside tests and documentation. A new file's are in the mail no more.
changed() { awk '/^diff --git/ { skip = $3 ~ "/tests/|^a/Documentation/"; body = 0 } /^@@/ { body = 1 } body && !skip && /^[-+]/ { n++ } END { print n + 0 }' "$1"; }

@test "the mails: 25 lines of message, 400 that change, a cover letter 60, nine mails a topic, the same message in both bases" {
	local topic mail base lines wrong=0
	cd "$BATS_TEST_DIRNAME/../../series"
	for topic in [0-9]*; do
		for base in 6.12 mainline; do
			[ "$(cd "$topic" && ls *.patch $base/*.patch 2>/dev/null | sed 's|.*/||' | sort -u | wc -l)" -le 9 ] || { echo "$topic, $base: too many mails"; wrong=1; }
		done
		for mail in $(find "$topic" -type f -name '0*'); do
			[ "$(changed "$mail")" -le 400 ] || { echo "$mail: $(changed "$mail") lines change"; wrong=1; }
			lines=$(sed '/^---$/,$d' "$mail" | wc -l)
			# A message has two headers and an empty line before it.
			case $mail in *.patch) [ "$lines" -le 28 ] ;; *) [ "$lines" -lt 60 ] ;; esac || { echo "$mail: $lines lines"; wrong=1; }
			base=$(find "$topic" -path "$topic/0*" -name "${mail##*/}")
			[ -z "$base" ] || cmp <(sed '/^---$/,$d' "$base") <(sed '/^---$/,$d' "$mail") || wrong=1
		done
	done
	[ "$wrong" = 0 ]
}
