#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# series.sh tree     build/tree/NAME: the source of BASE= or KDIR= with the series on it
# series.sh format   build/series/NAME: the series as mail, for git send-email and git am
# series.sh refresh  series/ and the new files, from the commits in build/tree/BASE
#
# A file of series/ is a mail that git mailinfo reads. Between "---" and the
# first hunk stand the files that the patch adds ("New: PATH") and, where it is
# not for every base, "Only: BASE". A new file stands in this repository as the last
# patch leaves it; a patch that changes one which an earlier patch adds has hunks for
# it, as for any other, and what the earlier one adds is the file without them.
# After "Hunks for BASE:" stand the hunks that BASE needs in place of the ones
# for the same file further up; "Drop: PATH" says that it needs none. 7.2 is like
# mainline, and what comes before 6.12.114 like 6.12: they take the hunks of those, but
# where there are hunks of their own, which are written by hand.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/source.sh"

bases="6.12 mainline"
variants="$bases 7.2 6.12.113"
like() { case $1 in 7.2) echo mainline ;; 6.12.113) echo 6.12 ;; esac; }

series_files() { find "$top/series" -name '[0-9]*.patch' ! -name '0000-*' | sort; }
meta() { sed -n '/^diff --git \|^Hunks for /q; s/^'"$1"': //p' "$2"; }	# after mailinfo
only() { sed -n '/^---$/,/^diff --git \|^Hunks for /s/^Only: //p' "$1"; }
for_variant() { local o; o=$(only "$1"); [ -z "$o" ] || [ "$o" = "$2" ] || [ "$o" = "$(like "$2")" ]; }
common_hunks() { sed '/^Hunks for /,$d' "$1"; }
own_hunks() { awk -v want="Hunks for $2:" '/^Hunks for /{p=($0==want);next} p' "$1"; }
hunks_of() { awk -v want="diff --git a/$2 b/$2" '/^(Hunks for|Drop:) /{p=0} /^diff --git /{p=($0==want)} p' "$1"; }
diff_files() { git apply --numstat --allow-empty "$1" | cut -f3; }
same_hunks() { [ "$(git patch-id --verbatim <"$1" | cut -d' ' -f1)" = "$(git patch-id --verbatim <"$2" | cut -d' ' -f1)" ]; }

# FLAT=1: the new files as they are on disk go on top, in one commit.
overlay() { (cd "$top" && find drivers include lib Documentation -type f); }

scratch=
make_scratch() { scratch=$(mktemp -d "$build/tmp.XXXXXX"); trap "rm -rf '$scratch'" EXIT; }

# Applies series file $1 in variant $2 to the scratch index. A commit is made
# without a work tree: an interrupted run leaves nothing behind.
apply_to_index()
{
	local file=$1 variant=$2 excluded=() path apply part

	[ -z "${FLAT:-}" ] || while read -r path; do excluded+=(--exclude="$path"); done < <(overlay)
	git mailinfo "$scratch/msg" "$scratch/rest" <"$file" >"$scratch/info"
	apply=(git apply --cached --allow-empty --whitespace=nowarn)
	for part in "$variant" $(like "$variant") common; do
		if [ "$part" = common ]; then common_hunks "$scratch/rest"; else own_hunks "$scratch/rest" "$part"; fi >"$scratch/own"
		"${apply[@]}" "${excluded[@]}" "$scratch/own" 2>"$scratch/err" || return
		while read -r path; do
			excluded+=(--exclude="$path")
		done < <(diff_files "$scratch/own"; sed -n 's/^Drop: //p' "$scratch/own")
	done

	[ -z "${FLAT:-}" ] || return 0
	while read -r path; do
		grep -P "\t\Q$path\E\$" "$scratch/new" | git update-index --add --index-info
	done < <(meta New "$scratch/rest")
}

# Writes $scratch/new: each new file as the patch that adds it does, which is what
# stands in the repository without the hunks of all the patches behind.
first_versions()
{
	local variant=$1 file path index=$scratch/new.index

	rm -f "$index"
	: >"$scratch/new"
	while read -r file; do
		for_variant "$file" "$variant" || continue
		while read -r path; do
			[ -f "$top/$path" ] || die "series/$(basename "$file") adds $path, which is not there"
			printf '100644 %s\t%s\n' "$(git hash-object -w --no-filters "$top/$path")" "$path"
		done < <(sed -n '/^---$/,$p' "$file" | meta New -)
	done < <(series_files) | GIT_INDEX_FILE=$index git update-index --add --index-info || exit

	while read -r file; do
		for_variant "$file" "$variant" || continue
		sed -n '/^---$/,$p' "$file" >"$scratch/rest"
		common_hunks "$scratch/rest" >"$scratch/common"
		for path in $(diff_files "$scratch/common" | grep -xFf <(GIT_INDEX_FILE=$index git ls-files)); do
			GIT_INDEX_FILE=$index git apply -R --cached --include="$path" --whitespace=nowarn \
				"$scratch/common" 2>"$scratch/err" || return
		done
		while read -r path; do
			GIT_INDEX_FILE=$index git ls-files -s "$path" >>"$scratch/new"
		done < <(meta New "$scratch/rest")
	done < <(series_files | tac)
}

# Turns series/ into commits on "base"; prints the last one. Fails with a line
# in $scratch/why where a hunk does not fit, and on its own where a new file is wrong.
commit_series()
{
	local variant=$1 parent file date subject

	parent=$(git rev-parse base)
	date=$(git -C "$top" log -1 --format=%cI -- series drivers include lib Documentation 2>/dev/null || true)
	export GIT_INDEX_FILE=$scratch/index
	export GIT_AUTHOR_DATE=${date:-2026-01-01T00:00:00Z} GIT_COMMITTER_DATE=${date:-2026-01-01T00:00:00Z}
	# Whoever sends the series is its author.
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
	GIT_AUTHOR_NAME=$(git -C "$top" config user.name || echo "Your Name")
	GIT_AUTHOR_EMAIL=$(git -C "$top" config user.email || echo "you@example.org")
	GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

	git read-tree base
	[ -n "${FLAT:-}" ] || first_versions "$variant" || die "the new files are not what the hunks of series/ make of them: $(sed -n 's/^error: //p' "$scratch/err" | head -n 1). Did they change without 'make refresh'?"
	while read -r file; do
		for_variant "$file" "$variant" || continue
		if ! apply_to_index "$file" "$variant"; then
			printf '%s does not apply: %s\n' "series/$(basename "$file")" \
				"$(sed -n 's/^error: //p' "$scratch/err" | head -n 1)" >"$scratch/why"
			return 1
		fi
		subject=$(sed -n 's/^Subject: //p' "$scratch/info")
		{ echo "$subject"; echo; cat "$scratch/msg"; } | git stripspace >"$scratch/message"
		parent=$(git commit-tree -p "$parent" -F "$scratch/message" "$(git write-tree)")
	done < <(series_files)
	if [ -n "${FLAT:-}" ]; then
		overlay | while read -r path; do
			printf '100644 %s\t%s\n' "$(git hash-object -w --no-filters "$top/$path")" "$path"
		done | git update-index --add --index-info
		parent=$(git commit-tree -p "$parent" -m overlay "$(git write-tree)")
	fi
	echo "$parent"
}

# Which variants of the hunks to try on a tree, the likeliest first.
variants_for_tree()
{
	[[ " $variants " != *" $name "* ]] || { echo "$name"; return; }
	case $(git show base:Makefile | sed -n 's/^VERSION *= *//p') in
	[1-6]) echo 6.12 6.12.113 mainline ;;
	*) echo mainline 7.2 6.12 ;;
	esac
}

sync_tree()
{
	local variant new old dirty why=

	need git xz:xz-utils tar perl
	lock "$build/tree-$name.lock"
	make_base
	make_scratch
	cd "$tree"
	for variant in $(variants_for_tree); do
		new=$(commit_series "$variant") && break
		new=
		[ -e "$scratch/why" ] || exit
		[ -n "$why" ] || why=$(cat "$scratch/why")
	done
	[ -n "$new" ] || die "${KDIR:+KDIR=$KDIR: }$why. Change the hunk (make tree, git rebase, make refresh) or use a tree it fits${kdir:+: $(describe_bases)}"

	on_branch_work
	own_work=
	old=$(git rev-parse -q --verify series || git rev-parse HEAD)
	git update-index -q --refresh >/dev/null || true
	dirty=$(git status --porcelain -uno | head -n 1)
	if [ "$new" = "$old" ] && [ "$(git rev-parse -q --verify HEAD)" = "$new" ] && [ -z "$dirty" ]; then
		:
	elif [ "$new" = "$old" ] && [ "$(git rev-parse series^{tree})" != "$(git rev-parse HEAD^{tree})" -o -n "$dirty" ]; then
		own_work=yes
		say "build/tree/$name has work of its own that is not in series/: using it as it is ('make refresh' brings it back, 'git -C build/tree/$name reset --hard series' drops it)"
	elif [ -n "$dirty" ]; then
		die "build/tree/$name has changes of its own, and series/ has changed as well: commit them there and 'make refresh', or drop them with 'git -C build/tree/$name reset --hard series'"
	elif [ "$(git rev-parse HEAD^{tree})" != "$(git rev-parse "$old^{tree}")" ] &&
	     [ "$(git rev-parse HEAD^{tree})" != "$(git rev-parse "$new^{tree}")" ]; then
		die "build/tree/$name has commits of its own, and series/ has changed as well: 'make refresh' brings them back, 'git -C build/tree/$name reset --hard series' drops them"
	else
		# Only files that differ are written: a warm build stays warm.
		git reset -q --hard "$new" || die "cannot write build/tree/$name: disk full?"
		git update-ref refs/heads/series "$new"
	fi
	cd "$top"
}

on_branch_work()
{
	[ "$(git symbolic-ref -q --short HEAD)" = work ] ||
		die "build/tree/$name is not on its branch 'work', in the middle of a rebase perhaps: 'git rebase --continue', '--abort' or 'git checkout work' there first"
}

describe_bases() { echo "BASE=6.12 and BASE=mainline are Debian's linux-source packages, 'make bases' lists more"; }

cmd_tree()
{
	sync_tree
	say "build/tree/$name: $(git -C "$tree" log -1 --format=%s base), $(git -C "$tree" rev-list --count base..HEAD) patches on branch 'work'"
}

cmd_format()
{
	local out=$build/series/$name

	sync_tree
	[ -z "$own_work" ] || die "the mails would be without the work in build/tree/$name: 'make refresh' first"
	rm -rf "$out"
	mkdir -p "$out"
	git -C "$tree" config branch.series.description "$(cat "$top/series/0000-cover-letter.txt")

Applies to: $(git -C "$tree" log -1 --format=%s base)"
	git -C "$tree" format-patch -q --cover-letter --cover-from-description=subject \
		--base=base --stat=70 -o "$out" base..series
	# Not *.patch: git am stops at a mail without a diff.
	mv "$out/0000-cover-letter.patch" "$out/0000-cover-letter.txt"
	say "build/series/$name: $(ls "$out"/*.patch | wc -l) patches for git am, and the cover letter"
}

# Prints which variant fits the repository $1, whose "base" has the files that matter.
cmd_fits()
{
	local variant

	make_scratch
	cd "$1"
	name=		# none of the two
	for variant in $(variants_for_tree); do
		! commit_series "$variant" >/dev/null || { echo "$variant"; return; }
		[ -e "$scratch/why" ] || exit
		[ -s "$scratch/first" ] || cp "$scratch/why" "$scratch/first"
	done
	die "$(cat "$scratch/first")"
}

# Writes series/, and the new files, from base..HEAD of the tree.
cmd_refresh()
{
	local commit path blob number=0 old new=$build/series.new file

	[ -z "${KDIR:-}" ] || die "make refresh takes BASE=, not KDIR=: series/ keeps hunks for the bases alone"
	[[ " $bases " = *" $name "* ]] || die "make refresh takes BASE=6.12 or BASE=mainline: series/ keeps hunks for these two alone"
	[ -d "$tree/.git" ] || die "build/tree/$name is not there: make tree${BASE:+ BASE=$BASE} first"
	lock "$build/tree-$name.lock"
	make_scratch
	cd "$tree"
	on_branch_work
	git update-index -q --refresh >/dev/null || true
	[ -z "$(git status --porcelain)" ] ||
		die "build/tree/$name has changes that are in no commit: 'git commit --amend' or 'git commit --fixup' them first"
	! git log --format=%s base..HEAD | grep -q '^fixup!\|^squash!\|^amend!' ||
		die "build/tree/$name has fixup commits: 'git rebase -i --autosquash base' there first"

	# What is about to be written must not be newer than the tree.
	while read -r path; do
		blob=$(git hash-object --no-filters "$top/$path")
		[ "$blob" = "$(git rev-parse -q --verify "series:$path" || true)" ] ||
		[ "$blob" = "$(git rev-parse -q --verify "HEAD:$path" || true)" ] ||
			die "$path has changed since build/tree/$name was made: 'make tree${BASE:+ BASE=$BASE}' takes it there, where the tree has no work of its own; else take it into a commit there"
	done < <(cd "$top" && find drivers include lib Documentation -type f 2>/dev/null)

	rm -rf "$new"
	mkdir -p "$new"
	: >"$scratch/kept"
	foreign_after ""
	while read -r commit; do
		old=$(old_file "$commit")
		number=$((number + 1))
		file=$new/$(printf %04d $number)-$(git show -s --format=%f "$commit" | cut -c1-52 | sed 's/[-.]*$//').patch
		write_patch "$commit" "$old" >"$file"
		foreign_after "$old"
	done < <(git rev-list --reverse base..HEAD)

	# New files: those of the last commit, and no others.
	git diff-tree -r --no-renames --name-only --diff-filter=A base HEAD >"$scratch/added"
	while read -r path; do
		mkdir -p "$top/$(dirname "$path")"
		git cat-file blob "HEAD:$path" >"$scratch/blob"
		cmp -s "$scratch/blob" "$top/$path" || cp "$scratch/blob" "$top/$path"
	done <"$scratch/added"
	(cd "$top" && find drivers include lib Documentation -type f 2>/dev/null) | grep -vxFf "$scratch/added" |
		while read -r path; do rm "$top/$path"; done || true

	for file in "$new"/*.patch; do
		old=$top/series/$(basename "$file")
		cmp -s "$file" "$old" || cp "$file" "$old"
	done
	for file in $(series_files); do
		[ -e "$new/$(basename "$file")" ] || rm "$file"
	done
	rm -rf "$new"
	git update-ref refs/heads/series HEAD
	say "series/ and the new files are those of build/tree/$name; 'git status' shows what changed"
}

# The file of series/ that a commit came from: by its subject, else by its place.
old_file()
{
	local f subject nth

	subject=$(git show -s --format=%s "$1")
	for f in $(series_files); do
		[ "$(sed -n 's/^Subject: \[PATCH\] //p' "$f")" != "$subject" ] || { echo "$f"; return; }
	done
	nth=$(git rev-list --count "base..$1")
	[ "$(git rev-list --count base..HEAD)" = "$(for f in $(series_files); do for_variant "$f" "$name" && echo; done | wc -l)" ] || return 0
	for f in $(series_files); do for_variant "$f" "$name" && echo "$f" || true; done | sed -n "${nth}p"
}

# Patches that this base does not have keep their place behind the one before.
foreign_after()
{
	local f prev=

	for f in $(series_files); do
		if [ "$prev" = "$1" ] && ! for_variant "$f" "$name" && ! grep -qxF "$f" "$scratch/kept"; then
			number=$((number + 1))
			cp "$f" "$new/$(printf %04d $number)-$(basename "$f" | cut -d- -f2-)"
			echo "$f" >>"$scratch/kept"
			foreign_after "$f"
		fi
		prev=$f
	done
}

write_patch()
{
	local commit=$1 old=${2:-/dev/null} path variant

	git show -s --format='Subject: [PATCH] %s%n%n%b' "$commit" | git stripspace
	echo ---
	git diff-tree -r --no-renames --no-commit-id --name-only --diff-filter=A "$commit" | sed 's/^/New: /'
	only "$old" | sed 's/^/Only: /'

	# The new hunks, file by file. Where only line numbers moved, the old text stays.
	rm -rf "$scratch/hunks"
	mkdir -p "$scratch/hunks"
	sed -n '/^---$/,$p' "$old" >"$scratch/old"
	common_hunks "$scratch/old" >"$scratch/old.common"
	: >"$scratch/common"
	: >"$scratch/mine"
	: >"$scratch/drop"
	while read -r path; do
		git diff-tree -p --no-renames --no-commit-id "$commit" -- "$path" | sed '/^index [0-9a-f]*\.\./d' >"$scratch/d"
		hunks_of "$scratch/old.common" "$path" >"$scratch/c"
		own_hunks "$scratch/old" "$name" >"$scratch/old.own"
		hunks_of "$scratch/old.own" "$path" >"$scratch/o"
		if [ "$name" = 6.12 ] || [ -n "$(only "$old")" ] || [ "$old" = /dev/null ]; then
			if same_hunks "$scratch/d" "$scratch/c"; then cat "$scratch/c"; else cat "$scratch/d"; fi >>"$scratch/common"
		elif same_hunks "$scratch/d" "$scratch/c"; then
			:
		elif ! git cat-file -e "base:$path" 2>/dev/null; then
			die "$path is new, and the same for every base: change it in build/tree/6.12 (make tree, make refresh), then make tree BASE=$name"
		elif same_hunks "$scratch/d" "$scratch/o"; then
			cat "$scratch/o" >>"$scratch/mine"
		else
			cat "$scratch/d" >>"$scratch/mine"
		fi
	done < <(git diff-tree -r --no-renames --no-commit-id --name-only --diff-filter=MDT "$commit")

	if [ "$name" != 6.12 ] && [ -z "$(only "$old")" ] && [ "$old" != /dev/null ]; then
		cp "$scratch/old.common" "$scratch/common"
		sed -i '1,/^diff --git /{/^diff --git /!d}' "$scratch/common"
		for path in $(diff_files "$scratch/common"); do
			git diff-tree -r --no-renames --no-commit-id --name-only "$commit" | grep -qxF "$path" ||
				echo "Drop: $path" >>"$scratch/drop"
		done
	fi
	echo
	cat "$scratch/common"
	for variant in $variants; do
		[ "$variant" != 6.12 ] || continue
		if [ "$variant" = "$name" ]; then
			cat "$scratch/drop" "$scratch/mine" >"$scratch/own"
		else
			own_hunks "$scratch/old" "$variant" >"$scratch/old.own"
			sed -n '/^Drop: /p' "$scratch/old.own" >"$scratch/own"
			for path in $(diff_files "$scratch/old.own"); do
				hunks_of "$scratch/old.own" "$path" >"$scratch/o"
				hunks_of "$scratch/common" "$path" >"$scratch/c"
				[ -n "$(like "$variant")" ] || ! same_hunks "$scratch/o" "$scratch/c" || continue
				cat "$scratch/o" >>"$scratch/own"
				hunks_of "$scratch/old.common" "$path" >"$scratch/d"
				# Those that it stands in for.
				if [ "$(like "$variant")" = "$name" ] && [ -s "$scratch/mine" ]; then
					hunks_of "$scratch/mine" "$path" >"$scratch/c"
					own_hunks "$scratch/old" "$name" >"$scratch/old.mine"
					hunks_of "$scratch/old.mine" "$path" >"$scratch/d"
				fi
				same_hunks "$scratch/c" "$scratch/d" ||
					say "$path has hunks of its own for $variant: does the change belong there as well? ($([ -n "$(like "$variant")" ] && echo "by hand, in series/$(basename "$file")" || echo "make tree, make refresh BASE=$variant"))"
			done
		fi
		[ -s "$scratch/own" ] || continue
		echo "Hunks for $variant:"
		cat "$scratch/own"
	done
}

choose_tree
case ${1:-} in
tree|format|refresh) "cmd_$1" ;;
sync) sync_tree ;;
fits) cmd_fits "$2" ;;
*) die "usage: $0 tree|format|refresh|sync|fits DIRECTORY" ;;
esac
