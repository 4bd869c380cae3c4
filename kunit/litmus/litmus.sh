#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# litmus.sh [DIRECTORY]   Runs the litmus tests of DIRECTORY, by default those of
# the series, with the memory model of the kernel that BASE= or KDIR= names.
# litmus.sh explorer      The tests that the suite of the explorer's weak memory prints:
# herd7 must say what the suite asserts.
#
# herd7 must say Never of each test, and Sometimes of each test without any one of
# its barriers: a line with smp_mb() or its like is removed, an acquire, a release or
# a fully ordered xchg() is made relaxed. Writes tests and verdicts to build/litmus/.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../series/source.sh"

tests=${1:-$top/Documentation/litmus-tests/arm-smmu}
[ "$tests" != explorer ] || tests=
work=$build/litmus
root=$build/herdtools
barrier=$'^\t.*(smp_[a-z_]+\\(\\)|_(acquire|release)\\(.*\\)|xchg\\(.*\\));$'

# Debian has a herd7 that is new enough in unstable alone, built for unstable's libc6
# and libgmp10. All three are unpacked below $root, and none is installed.
fetch_herd7()
{
	local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg build=$root/apt
	local deb packages='herdtools7 libc6 libgmp10' part=$root/root.part

	need dpkg-deb:dpkg apt-get:apt $keyring:debian-archive-keyring
	rm -rf "$part"
	mkdir -p "$part" "$build"
	apt_sources=$build/unstable.list
	for mirror in $(debian_mirrors -v); do
		echo "deb [signed-by=$keyring] $mirror unstable main"
	done >"$apt_sources"
	[ -s "$apt_sources" ] ||
		die "no herd7 on PATH, and this machine's package sources name no archive of Debian's: install herdtools7, 7.58 or newer"

	say "downloading herd7 (about 40 MB)"
	private_apt apt-get update >"$root/apt.log" 2>&1 || true
	(cd "$part" && private_apt apt-get download $(printf '%s/unstable ' $packages) >>"$root/apt.log" 2>&1) ||
		die "cannot download ${packages// /, } of Debian unstable: no network, or is a package gone? (herd7 on PATH is taken if there is one; details in build/herdtools/apt.log)"
	for deb in "$part"/*.deb; do
		# The other programs of herdtools7 take 200 MB.
		dpkg-deb --fsys-tarfile "$deb" |
			tar x -C "$part" --exclude='./usr/bin/[!h]*' --exclude=./usr/share/doc ||
			die "cannot unpack $(basename "$deb") below $root: disk full?"
		rm "$deb"
	done
	mv "$part" "$root/root"
}

# Sets herd7, the command.
find_herd7()
{
	local loader

	herd7=(herd7)
	! command -v herd7 >/dev/null || return 0
	[ -d "$root/root" ] || fetch_herd7
	loader=$(echo "$root"/root/usr/lib/*/ld-linux*.so.[0-9])
	herd7=("$loader" --library-path "$(dirname "$loader")" "$root/root/usr/bin/herd7"
	       -set-libdir "$root/root/usr/share/herdtools7/herd")
}

# Writes each test of the directory, and each test without one of its barriers, to
# $work, and what herd7 has to say of them to $work/expected.
make_variants()
{
	local test name line variant

	rm -rf "$work"
	mkdir -p "$work"
	for test in "$tests"/*.litmus; do
		name=$(basename "$test" .litmus)
		[ "$(head -n 1 "$test")" = "C $name" ] || die "$name.litmus: its first line is not 'C $name'"
		grep -qE "$barrier" "$test" || die "$name.litmus: no barrier in it to remove"
		cp "$test" "$work/"
		echo "$name Never" >>"$work/expected"
		for line in $(grep -nE "$barrier" "$test" | cut -d: -f1); do
			variant=$name-without-line-$line
			sed -e "1s/.*/C $variant/" -e "$line{" -e '/smp_[a-z_]*()/d' \
			    -e 's/_\(acquire\|release\)(/(/' -e 's/xchg(/xchg_relaxed(/' -e '}' "$test" >"$work/$variant.litmus"
			echo "$variant Sometimes" >>"$work/expected"
		done
	done
}

# Writes the tests that the explorer's suite prints, and what it asserts of them.
take_printed()
{
	local log=$build/results/$name-um-part.log

	FILTER=kunit_explore_litmus "$top/kunit/run/run.sh" >"$build/litmus.out" ||
		die "the suite fails: see $build/litmus.out"
	rm -rf "$work"
	mkdir -p "$work"
	sed -n 's/.*: litmus://p' "$log" | csplit -s -z -f "$work/" -b %03d.litmus - '/^C /' '{*}'
	sed -n 's/.*: verdict: //p' "$log" >"$work/expected"
}

[ -z "$tests" ] || [ -e "$(echo "$tests"/*.litmus | cut -d' ' -f1)" ] || die "no litmus test in $tests"
choose_tree
[ -n "$tests" ] || take_printed
lock "$build/tree-$name.lock"
make_base
lock "$build/litmus.lock"
find_herd7
[ -z "$tests" ] || make_variants

cd "$tree/tools/memory-model" 2>/dev/null || die "no tools/memory-model in the kernel source of $name"
"${herd7[@]}" -conf linux-kernel.cfg "$work"/*.litmus >"$work/out" 2>&1 || true
grep '^Observation ' "$work/out" | cut -d' ' -f2,3 | sort >"$work/verdicts" || true
[ -s "$work/verdicts" ] ||
	die "herd7 does not run with the memory model of $name: $(grep -m 1 . "$work/out" || echo "it says nothing")"
sort "$work/expected" | join -a 1 -e '(nothing)' -o 0,2.2,1.2 - "$work/verdicts" |
	while read -r test verdict expected; do
		[ "$verdict" = "$expected" ] || die "$test: $expected, but herd7 says $verdict; see $work/$test.litmus"
		removed=
		[[ $test != *-without-line-* ]] ||
			removed=$(sed -n "${test##*-}p" "$tests/${test%-without-line-*}.litmus" | tr -d '\t')
		printf '%-40s %-10s%s\n' "$test" "$verdict" "$removed"
	done
! grep '^Flag ' "$work/out" || die "herd7 finds a data race: see $work/out"
counts="$(grep -c Never "$work/expected") tests say Never, $(grep -c Sometimes "$work/expected")${tests:+ without one of their barriers} say Sometimes"
keep "litmus-$name" "make litmus BASE=$name" "$counts"
echo "$counts"
