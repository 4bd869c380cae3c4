#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# series.sh tree     build/tree/NAME: the source of BASE= or KDIR= with the series on it
# series.sh format   build/series/NAME/TOPIC: a mail thread a topic, for git send-email and git am
# series.sh refresh  series/ and the new files, from the commits in build/tree/BASE
#
# series/TOPIC/NNNN-NAME.patch is a mail, series/TOPIC/BASE/NNNN-NAME.patch one for BASE alone or,
# if the other is there, in its place. A new file stands in this repository as the last mail
# leaves it: the mail that adds it has git's line "create mode", without the text. In
# build/tree an empty commit "topic TOPIC" begins a topic; its message is the cover letter.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/source.sh"
export LC_ALL=C GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z
# The sender of the series is its author.
GIT_AUTHOR_NAME=$(git -C "$top" config user.name || echo "Your Name")
GIT_AUTHOR_EMAIL=$(git -C "$top" config user.email || echo you@example.org)
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

# 7.2 takes what mainline takes, and 6.12.113 what 6.12 takes, but for mails of their own.
variants="6.12 mainline 7.2 6.12.113"
like() { case $1 in 7.2) echo mainline ;; 6.12.113) echo 6.12 ;; esac; }
name_of() { basename "$1" | cut -d- -f2-; }
created() { sed -s -n '/^diff --git /,$d; s/^ create mode [0-9]* //p' "$@"; }

# The new files, but for those that only mails of another base add.
new_files()
{
	(cd "$top" && find drivers include lib Documentation -type f ! -name '*~' ! -name '*.orig' ! -name '*.rej') |
		grep -vxFf <(comm -13 <(created "$scratch"/mails/*/*.patch | sort -u) <(created "$top"/series/*/{,*/}*.patch | sort -u))
}
begins_topic() { git rev-list --reverse --grep='^topic ' "$1"; }

# Collects the mails of variant $1 in directory $2.
view()
{
	local topic dir

	rm -rf "$2"
	mkdir -p "$2"
	for topic in $(ls "$top/series"); do
		mkdir -p "$2/$topic"
		for dir in . "$(like "$1")" "$1"; do
			dir=$top/series/$topic/$dir
			[ ! -d "$dir" ] || find "$dir" -mindepth 1 -maxdepth 1 -name '0*' -exec cp -t "$2/$topic" {} +
		done
		ls "$2/$topic"/*.patch >/dev/null 2>&1 || rm -r "$2/$topic"
	done
}

# An index of the files of tree $1 that follow: one of the whole kernel takes long.
small_index() { rm -f "$GIT_INDEX_FILE"; git ls-tree -r "$1" -- "${@:2}" | git update-index --add --index-info; }

# Prints a tree of the new files on disk.
overlay()
{
	export GIT_INDEX_FILE=$scratch/overlay
	rm -f "$GIT_INDEX_FILE"
	paste <(new_files | sed "s|^|$top/|" | git hash-object -w --no-filters --stdin-paths | sed 's/^/100644 /') <(new_files) |
		git update-index --add --index-info
	git write-tree
}

# Prints a tree of the new files as the mails in $1 add them: as they are in tree $2, or else
# were when the hunks of later mails last fitted, and without these hunks; a file that is
# newer than that as it is in tree $2.
first_versions()
{
	local path rev mail mails include=()
	export GIT_INDEX_FILE=$scratch/first

	for path in $(created "$1"/*/*.patch); do
		[ -f "$top/$path" ] || die "series/ adds $path, which is not there"
		include+=(--include="$path")
	done
	mails=$(grep -lxFf <(created "$1"/*/*.patch | sed 's|.*|diff --git a/& b/&|') "$1"/*/*.patch | tac)
	git fetch -q --no-tags --update-shallow "$top" +HEAD:refs/top 2>/dev/null || true
	for rev in $2 HEAD series $(git rev-list refs/top 2>/dev/null); do
		git rev-parse -q --verify "$rev" >/dev/null || continue
		small_index "$2" "${include[@]#--include=}"
		git ls-tree -r "$rev" -- "${include[@]#--include=}" | git update-index --add --index-info
		for mail in $mails; do
			git apply -R --cached "${include[@]}" "$mail" 2>"$scratch/err" || continue 2
		done
		git write-tree
		return
	done
	die "no version of the new files has the hunks of the mails: $(head -n 1 "$scratch/err")"
}

# Applies mail $1 to the index; the files that it adds are those of tree $2.
apply_mail()
{
	git mailinfo "$scratch/body" "$scratch/diff" <"$1" >"$scratch/info"
	{ sed -n 's/^Subject: //p' "$scratch/info"; echo; cat "$scratch/body"; } | git stripspace >"$scratch/message"
	git apply --cached --allow-empty --whitespace=nowarn "$scratch/diff" 2>"$scratch/err" || return
	created "$scratch/diff" | xargs -r git ls-tree "$2" -- | git update-index --add --index-info
}
touched() { sed -n 's/^ create mode [0-9]* //p; s|^diff --git a/\(.*\) b/.*|\1|p' "$@"; }

# A commit for git fast-import: message in $1, files on stdin.
commit()
{
	[ -s "$scratch/stream" ] || printf 'reset refs/made\nfrom refs/heads/base\n\n'
	printf 'commit refs/made\ncommitter %s <%s> 1767225600 +0000\ndata <<END OF MESSAGE\n' "$GIT_AUTHOR_NAME" "$GIT_AUTHOR_EMAIL"
	cat "$1" - <<<'END OF MESSAGE'
	cat
}
made() { git -c fastimport.unpackLimit=9999 fast-import --quiet --force <"$scratch/stream"; git rev-parse refs/made; }

# Turns the mails in $1 into commits on "base"; prints the last one. Fails with a line in
# $scratch/why where a mail does not apply, and with an error where a new file is not there.
commit_series()
{
	local topic mail first disk

	disk=$(overlay)
	first=$(first_versions "$1" "$disk") || exit
	export GIT_INDEX_FILE=$scratch/index
	small_index base $(touched "$1"/*/*.patch | sort -u)
	: >"$scratch/stream"
	for topic in "$1"/*; do
		[ -e "$topic/0000-cover-letter.txt" ] || die "series/$(basename "$topic") has no 0000-cover-letter.txt"
		{ printf 'topic %s\n\n' "$(basename "$topic")"; cat "$topic/0000-cover-letter.txt"; } >"$scratch/message"
		commit "$scratch/message" </dev/null >>"$scratch/stream"
		for mail in "$topic"/*.patch; do
			apply_mail "$mail" "$first" || {
				echo "series/${mail#"$1"/} does not apply: $(sed -n 's/^error: //p' "$scratch/err" | head -n 1)" >"$scratch/why"
				return 1
			}
			touched "$mail" >"$scratch/touched"
			{ sed 's/^/D /' "$scratch/touched"; xargs git ls-files -s -- <"$scratch/touched" | sed 's/^\(.*\) 0\t/M \1 /'; } |
				commit "$scratch/message" >>"$scratch/stream"
		done
	done
	first=$(made)
	fold "$first" "$first" "$disk"
}

# Version $1 of a file with what changed from $2 to $3, where it fits.
merge()
{
	local i at=$1 old=$2 new=$3

	for i in at old new; do git cat-file blob "${!i}" >"$scratch/$i"; done
	git merge-file -q ${4:---ours} "$scratch"/{at,old,new} && git hash-object -w "$scratch/at"
}

# Rewrites base..$1, so that the new files get what tree $3 has changed in tree $2: each version
# as much as fits its lines, the last one all of it. Prints the last commit.
fold()
{
	local commit mode status path at tip
	local -A old=() new=()

	tip=$(git rev-parse "$1")
	git diff-tree -r --no-renames "$2" "$3" -- $(new_files) >"$scratch/edits"
	[ -s "$scratch/edits" ] || { echo "$tip"; return; }
	while read -r _ _ from to status path; do
		if [ "$status" != A ]; then
			old[$path]=$from new[$path]=$to
			merge "$(git rev-parse "$tip:$path")" "$from" "$to" --diff3 >/dev/null ||
				die "$path has changed here and in build/tree/$name in the same lines: make it the same in both"
		elif ! git rev-parse -q --verify "$tip:$path" >/dev/null; then
			say "$path is in no mail: the last one adds it"
			echo "M 100644 $to $path"
		fi
	done <"$scratch/edits" >"$scratch/last"
	: >"$scratch/stream"
	for commit in $(git rev-list --reverse "base..$tip"); do
		git show -s --format=%B "$commit" | git stripspace >"$scratch/message"
		{
			while read -r _ mode _ at status path; do
				[ -z "${old[$path]:-}" ] || at=$(merge "$at" "${old[$path]}" "${new[$path]}")
				[ "$status" = D ] && echo "D $path" || echo "M $mode $at $path"
			done < <(git diff-tree -r --no-renames --no-commit-id "$commit")
			[ "$commit" != "$tip" ] || cat "$scratch/last"
		} | commit "$scratch/message" >>"$scratch/stream"
	done
	made
}

# Prints the commits that the mails of a variant make on "base", and the variant, the likeliest tried first.
fitting()
{
	local variant tried='6.12 6.12.113 mainline' tip

	! git grep -q '^VERSION *= *[7-9]' base -- Makefile || tried='mainline 7.2 6.12'
	[[ " $variants " != *" $name "* ]] || tried=$name
	rm -f "$scratch"/why*
	for variant in $tried; do
		view "$variant" "$scratch/mails"
		! tip=$(commit_series "$scratch/mails") || { echo "$tip $variant"; return; }
		mv "$scratch/why" "$scratch/why.$variant" 2>/dev/null || exit 1
	done
	die "${KDIR:+KDIR=$KDIR: }$(cat "$scratch/why.${tried%% *}"). BASE=6.12 and BASE=mainline are trees that it fits, 'make bases' lists more"
}

mails_id() { cat "$scratch"/mails/*/* | git hash-object --stdin; }

# Brings build/tree/NAME up to date, unless it has work of its own: then what changed in new files on disk goes into its commits.
sync_tree()
{
	local new mails='' disk='' variant='' now

	need git xz:xz-utils tar perl
	lock "$build/tree-$name.lock"
	make_base
	scratch=$(mktemp -d "$build/tmp.XXXXXX")
	trap "rm -rf '$scratch'" EXIT
	cd "$tree"
	[ "$(git symbolic-ref -q --short HEAD)" = work ] ||
		die "build/tree/$name is not on its branch 'work', in the middle of a rebase perhaps: 'git rebase --continue', '--abort' or 'git checkout work' there first"
	git rev-parse -q --verify series >/dev/null || git branch series
	git update-index -q --refresh >/dev/null || true
	own_work=
	[ "$(git rev-parse HEAD)" = "$(git rev-parse series)" ] && [ -z "$(git status --porcelain -uno | head -n 1)" ] || own_work=yes
	read -r mails disk variant < <(cat .git/synced 2>/dev/null) || true
	view "${variant:-$name}" "$scratch/mails"
	now=$(overlay)
	if [ "$mails" = "$(mails_id)" ] && git merge-base --is-ancestor base series; then
		[ -n "$own_work" ] || [ "$disk" != "$now" ] || return 0
	elif [ -n "$own_work" ] && [ "${1:-}" != overwrite ]; then
		die "build/tree/$name has work of its own, and series/ has changed as well: 'make refresh' brings the work back over it, 'git -C build/tree/$name reset --hard series' drops it"
	fi
	if [ -n "$own_work" ]; then
		new=$(fold HEAD "${disk:-series}" "$now")
		git reset -q --keep "$new" || die "a new file has changed here and, in no commit yet, in build/tree/$name: commit it there first"
		echo "$mails $now $variant" >.git/synced
		[ -n "${1:-}" ] || say "build/tree/$name has work of its own that is not in series/: using it as it is ('make refresh' brings it back, 'git -C build/tree/$name reset --hard series' drops it)"
	else
		new=$(fitting) || exit
		synced_with $new
	fi
}

# build/tree/NAME is what series/ makes of it. Only files that differ are written: a warm build stays warm.
synced_with()
{
	view "$2" "$scratch/mails"
	git reset -q --hard "$1" || die "cannot write build/tree/$name: disk full?"
	git update-ref refs/heads/series "$1"
	echo "$(mails_id) $(overlay) $2" >.git/synced
}

cmd_tree()
{
	sync_tree
	say "build/tree/$name: $(git log -1 --format=%s base), $(git rev-list --count base..HEAD -- .) patches on branch 'work'"
}

cmd_format()
{
	local topic commit next dir base

	sync_tree
	[ -z "$own_work" ] || die "the mails would be without the work in build/tree/$name: 'make refresh' first"
	base=$(git log -1 --format=%s base)
	rm -rf "$build/series/$name"
	for commit in $(begins_topic base..series); do
		topic=$(git show -s --format=%s "$commit" | cut -d' ' -f2)
		dir=$build/series/$name/$topic
		[[ $topic = *"${TOPIC:-}" ]] || continue
		next=$(begins_topic "$commit..series" | sed -n 1p)
		git branch -q -f topic "${next:-series}${next:+^}"
		git config branch.topic.description "$(git show -s --format=%b "$commit"; printf '\nApplies to: %s' "$base")"
		git format-patch -q --cover-letter --cover-from-description=subject --base=base --stat=70 -o "$dir" "$commit..topic"
		# Not *.patch: git am stops at a mail without a diff. "base" is a commit that is known here alone, its tag is not.
		sed "s/^base-commit: .*/base-commit: $(sed 's/^Linux \([^ ]*\) .*/v\1/' <<<"$base")/; /^prerequisite-patch-id: 0*$/d" \
			"$dir/0000-cover-letter.patch" >"$dir/0000-cover-letter.txt"
		rm "$dir/0000-cover-letter.patch"
		printf '%-18s %2s mails %s\n' "$topic" "$(ls "$dir"/*.patch | wc -l)" "$(git diff --shortstat "$commit" topic)"
	done
	[ -d "$build/series/$name" ] || die "TOPIC=$TOPIC: no such topic; there are $(ls "$top/series" | paste -sd' ')"
}

# Prints the variant that fits the repository $1, whose "base" has the files that matter.
cmd_fits()
{
	scratch=$(mktemp -d "$build/tmp.XXXXXX")
	trap "rm -rf '$scratch'" EXIT
	cd "$1"
	name= # none of the bases
	fitting | cut -d' ' -f2
}

write_mail()
{
	git show -s --format='From: series <series@localhost>%nSubject: [PATCH] %s%n%n%b' "$1" | git stripspace
	echo ---
	git diff-tree -r --no-renames --no-commit-id --summary "$1"
	echo
	git diff-tree -p --no-renames --no-commit-id --diff-filter=a "$1" | sed '/^index [0-9a-f]*\.\./d'
}
message() { sed '/^---$/q' "$1"; }

# A mail without its line numbers.
gist() { sed 's/^@@ .*/@@/' "$1"; }

# Writes base..HEAD to $scratch/new: a directory a topic, a mail a commit. Where only line
# numbers differ from one in the directories that follow, it is that one.
write_mails()
{
	local commit subject topic= number file old

	rm -rf "$scratch/new"
	for commit in $(git rev-list --reverse base..HEAD); do
		subject=$(git show -s --format=%s "$commit")
		if [[ $subject = "topic "* ]]; then
			[[ ${subject#topic } > $topic ]] || die "'$subject' stands behind 'topic $topic': topics are in the order of their names"
			topic=${subject#topic } number=0
			mkdir -p "$scratch/new/$topic"
			git show -s --format=%b "$commit" | git stripspace >"$scratch/new/$topic/0000-cover-letter.txt"
			continue
		fi
		[ -n "$topic" ] || die "'$subject' is in no topic: an empty commit 'topic NAME' begins one"
		number=$((number + 1))
		file=$(git show -s --format=%f "$commit" | cut -c1-52 | sed 's/[-.]*$//').patch
		write_mail "$commit" >"$scratch/mail"
		for old in $(find "$@" -name "0???-$file"); do
			! cmp -s <(gist "$old") <(gist "$scratch/mail") || { cp "$old" "$scratch/mail"; break; }
		done
		cp "$scratch/mail" "$scratch/new/$topic/$(printf %04d $number)-$file"
	done
}

cmd_refresh()
{
	local file own path series=$top/series new

	[ -z "${KDIR:-}" ] || die "make refresh takes BASE=, not KDIR=: series/ has mails for the bases alone"
	[[ " $variants " = *" $name "* ]] || die "make refresh takes BASE=${variants// / or BASE=}: series/ has mails for these alone"
	[ -d "$tree/.git" ] || die "build/tree/$name is not there: make tree${BASE:+ BASE=$BASE} first"
	sync_tree overwrite
	[ -z "$(git status --porcelain)" ] ||
		die "build/tree/$name has changes that are in no commit: 'git commit --amend' or 'git commit --fixup' them first"
	if [ -n "$(git rev-list -E --grep='^(fixup|squash|amend)! ' base..HEAD)" ]; then
		GIT_SEQUENCE_EDITOR=: GIT_EDITOR=: git rebase -q -i --autosquash base >/dev/null 2>&1 || {
			git rebase --abort
			die "the fixup commits in build/tree/$name do not apply where they belong: 'git rebase -i --autosquash base' there first"
		}
	fi
	other=$(like "$name")
	view "${other:-6.12}" "$scratch/other"
	write_mails "$scratch/mails" "$scratch/other"

	git diff-tree -r --no-renames --name-only --diff-filter=A base HEAD >"$scratch/added"
	while read -r path; do
		git cat-file blob "HEAD:$path" >"$scratch/blob"
		cmp -s "$scratch/blob" "$top/$path" || install -D -m 644 "$scratch/blob" "$top/$path"
	done <"$scratch/added"
	new_files | grep -vxFf "$scratch/added" | sed "s|^|$top/|" | xargs -r rm || true
	new=$(commit_series "$scratch/new") && git diff --quiet HEAD "$new" || {
		write_mails "$scratch/body"	# line numbers matter
		new=$(commit_series "$scratch/new") && git diff --quiet HEAD "$new" ||
			die "the mails would not give build/tree/$name back: $(cat "$scratch/why" 2>/dev/null || git diff --stat HEAD "$new" | head -n 1)"
	}
	write_series
	synced_with "$new" "$name"
	say "series/ and the new files are those of build/tree/$name; 'git status' shows what changed"
}

# Brings $scratch/new to series/. Those of 6.12 are the common mails, but for what only 6.12
# has; of another base, it is what differs from them.
write_series()
{
	local file own dest

	rm -rf "$build/series.new" "$build/series.old"
	cp -r "$top/series" "$build/series.new"
	cd "$build/series.new"
	if [ "$name" = 6.12 ]; then
		# A mail that stands in for a common one goes where that goes, and takes its message.
		for own in */*/0*.patch; do
			file=${own%/*/*}/${own##*/}
			[ -e "$file" ] && mv "$own" "$scratch/own" || continue
			dest=$(cd "$scratch/new" && ls -d */0???-"$(name_of "$file")" 2>/dev/null) || continue
			cmp -s "$scratch/new/$dest" "$top/series/$file" ||
				say "$dest has changed: does that belong into the mail of $(basename "${own%/*}") as well? (make tree, make refresh BASE=$(basename "${own%/*}"))"
			mkdir -p "${dest%/*}/$(basename "${own%/*}")"
			{ message "$scratch/new/$dest"; sed '1,/^---$/d' "$scratch/own"; } >"${dest%/*}/$(basename "${own%/*}")/${dest##*/}"
		done
		ls -d */6.12/0* >"$scratch/only" 2>/dev/null || true
		rm -f */0* */6.12/0*
	else
		rm -f */"$name"/0*
		for file in $([ "$name" != mainline ] || ls -d */0*); do
			[ -e "$scratch/new/$file" ] || { install -D -m 644 "$file" "${file%/*}/6.12/${file##*/}"; rm "$file"; }
		done
	fi
	for file in $(cd "$scratch/new" && ls -d */*); do
		dest=${file%/*}/$name/${file##*/}
		case $name in
		6.12) grep -q "^${file%/*}/6.12/0000-\|/6.12/00\(0[1-9]\|[1-9].\)-$(name_of "$file")\$" "$scratch/only" || dest=$file ;;
		mainline) ! cmp -s "$scratch/other/$file" "$scratch/new/$file" || { dest=$file; rm -f "${file%/*}/6.12/${file##*/}"; } ;;
		*) ! cmp -s "$scratch/other/$file" "$scratch/new/$file" || continue ;;
		esac
		install -D -m 644 "$scratch/new/$file" "$dest"
	done
	find . -type d -empty -delete
	cd "$tree"
	mv "$top/series" "$build/series.old"
	mv "$build/series.new" "$top/series"
}

choose_tree
case ${1:-} in
tree|format|refresh) "cmd_$1" ;;
sync) sync_tree ;;
fits) cmd_fits "$2" ;;
*) die "usage: $0 tree|format|refresh|sync|fits DIRECTORY" ;;
esac
