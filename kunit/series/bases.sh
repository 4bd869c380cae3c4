#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bases.sh: does the series apply to each kernel source since 6.12 that Debian has? Prints
# a line for each: with the mails of which base, and what build/results/ has of the suites
# there. Keeps the files that it needs in build/bases/. Fails if the series does not apply.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/source.sh"

need git xz:xz-utils tar perl apt-get:apt dpkg-deb:dpkg
lock "$build/bases.lock"
kernels=$(debian_kernels)
[ -n "$kernels" ] || die "Debian's package lists are not to be had: no network? (details in build/apt.log)"
apt_sources=$build/apt/debian.list
# What is needed of a source to see whether the series applies.
paths=$(find "$top/series" -name '*.patch' -exec sed -n 's/^diff --git a\/\([^ ]*\) .*/\1/p' {} + | sort -u)

# What a run of the suites on UML has left in build/results for version $1: of
# BASE=$1, or of a tree that is of this version.
tested()
{
	local at log names=$1

	for at in "$build"/tree/*; do
		[ "$(git -C "$at" log -1 --format=%s base 2>/dev/null | sed 's/.* \(.*\)-[^-]*)$/\1/; s/~/-/')" != "$1" ] || names+=" $(basename "$at")"
	done
	for log in $(printf "$build/results/%s-um.json " $names); do
		[ -e "$log" ] || continue
		printf '%s passed, %s failed' "$(grep -c '"status": "PASS"' "$log")" "$(grep -c '"status": "\(FAIL\|ERROR\)"' "$log")"
		return
	done
}

failed=
printf '%-9s %-36s %-9s %-8s %s\n' BASE package mails series 'suites (UML)'
while read -r upstream package debian; do
	# The files, as a repository of their own, without the rest of the source.
	files=$build/bases/$upstream
	if grep -qvxFf <(cat "$files/.git/paths" 2>/dev/null) <<<"$paths"; then
		rm -rf "$files" "$build/bases/deb"
		mkdir -p "$files" "$build/bases/deb"
		say "fetching $package $debian"
		(cd "$build/bases/deb" && private_apt apt-get download "$package=$debian" >&2) ||
			die "cannot download $package $debian: no network, or disk full? Run the same command again"
		deb=$(echo "$build"/bases/deb/*.deb)
		tarball=$(dpkg-deb --fsys-tarfile "$deb" | tar t | grep -m 1 '/usr/src/linux-source.*\.tar\.xz$')
		printf '%s\n' Makefile $paths | sed 's/^/*\//' >"$build/bases/wanted"
		# Not every source has every file.
		dpkg-deb --fsys-tarfile "$deb" | tar xO "$tarball" |
			tar xJ -C "$files" --strip-components=1 --wildcards --no-wildcards-match-slash -T "$build/bases/wanted" 2>/dev/null || true
		rm -rf "$build/bases/deb"
		[ -e "$files/Makefile" ] || die "cannot unpack $package $debian below $build: is the disk full?"
		git init -q -b work "$files"
		git -C "$files" add -A
		commit_base "$files" "$files" "$package $debian"
		echo "$paths" >"$files/.git/paths"
	fi
	variant=$("$top/kunit/series/series.sh" fits "$files" 2>"$build/bases/why") && applies=applies || applies='does not' variant=- failed+=" $upstream"
	printf '%-9s %-36s %-9s %-8s %s\n' "$upstream" "$package $debian" "$variant" "$applies" "$(tested "$upstream")"
	[ "$applies" = applies ] || sed 's/^error: /          /' "$build/bases/why"
done <<<"$kernels"
[ -z "$failed" ] || die "the series does not apply to$failed, see above: mails of their own in series/TOPIC/BASE/ would mend that (README.md, To change something)"
