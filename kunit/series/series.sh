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
# What was edited in place and fits no mail yet is a commit on top, "edited in place".

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/source.sh"
export LC_ALL=C GIT_COMMITTER_DATE=2026-01-01T00:00:00Z GIT_AUTHOR_DATE=2026-01-01T00:00:00Z
# The sender of the series is its author.
GIT_AUTHOR_NAME=$(git -C "$top" config user.name || echo "Your Name")
GIT_AUTHOR_EMAIL=$(git -C "$top" config user.email || echo you@example.org)
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

new_dirs=$(cd "$top" && find drivers include lib Documentation -maxdepth 0 2>/dev/null || true)
in_place='edited in place'
created() { sed -s -n '/^diff --git /,$d; s/^ create mode [0-9]* //p' "$@"; }
# A pathspec for each new file that only mails of another base than that of $scratch/mails add.
not_here() { comm -13 <(created "$scratch"/mails/*/*.patch | sort -u) <(created "$top"/series/*/{,*/}*.patch | sort -u) | sed 's/^/:!/'; }
begins_topic() { git rev-list --reverse --grep='^topic ' "$1"; }
own_bases() { (cd "$top/series" && ls -d [0-9]*/[0-9m]*/ | cut -d/ -f2 | sort -u | paste -sd' '); }

enter_tree()
{
	scratch=$(mktemp -d "$build/tmp.XXXXXX")
	trap "rm -rf '$scratch'" EXIT
	cd "$tree"
	git config user.name "$GIT_AUTHOR_NAME"	# git absorb looks here alone
	git config user.email "$GIT_AUTHOR_EMAIL"
	git config commit.gpgsign false
	git config core.fsync none
}

# Collects the mails of series $1 for base $2 in $scratch/mails. A base takes those of its branch.
view()
{
	local dir topic

	rm -rf "$scratch/mails"
	for dir in . $(case $2 in 6.12*) echo 6.12 ;; *) echo mainline ;; esac) "$2"; do
		for topic in $(cd "$1" && ls -d [0-9]*); do
			mkdir -p "$scratch/mails/$topic"
			cp "$1/$topic/$dir"/0* "$scratch/mails/$topic" 2>/dev/null || true
		done
	done
	find "$scratch/mails" -type d -empty -delete
}

# Prints a tree of the new files below directory $1: all there are in $2...
overlay()
{
	export GIT_INDEX_FILE=$scratch/overlay
	rm -f "$GIT_INDEX_FILE"
	git --git-dir="$tree/.git" --work-tree="$1" -C "$1" add -f -- "${@:2}" ':!*~' ':!*.orig' ':!*.rej'
	git --git-dir="$tree/.git" write-tree
}

# $scratch/work: a work tree of commit $1, of the files alone that the mails and what is on top of them touch.
small_tree()
{
	export GIT_INDEX_FILE=$scratch/index
	rm -rf "$scratch/work" "$scratch/index"
	git worktree prune
	{ sed -n 's|^diff --git a/\(.*\) b/.*|\1|p' "$scratch"/mails/*/*.patch; git diff --name-only base HEAD; } | sort -u |
		xargs git ls-tree -r base -- | git update-index --add --index-info
	git branch -q -f small "$(git commit-tree -m small "$(git write-tree)")"
	unset GIT_INDEX_FILE
	onto base "$1" small
	git worktree add -q --detach "$scratch/work" moved
}

# Commits $1..$2 on commit $3, whose files are the same: branch "moved".
onto()
{
	git branch -q -f moved "$3"
	[ "$(git rev-parse "$1")" != "$(git rev-parse "$2")" ] || return 0
	git branch -q -f from "$2"
	git fast-export --no-data --reference-excluded-parents "$1..from" |
		sed "s/^from $(git rev-parse "$1")\$/from $(git rev-parse "$3")/; s,^\(commit\|reset\) refs/.*,\1 refs/heads/moved," |
		git -c fastimport.unpackLimit=9999 fast-import --quiet --force
}

# $scratch/first: the new files as the mails add them. These are the ones on disk, or of the
# newest commit here that the hunks of later mails fit, without these hunks. Sets "disk" to it.
first_versions()
{
	local rev mail paths=()

	mapfile -t paths < <(created "$scratch"/mails/*/*.patch)
	for rev in '' $(git -C "$top" rev-list HEAD -- $new_dirs 2>/dev/null); do
		rm -rf "$scratch/first"
		mkdir "$scratch/first"
		(cd "$top" && tar c "${paths[@]}") | tar x -C "$scratch/first"
		[ -z "$rev" ] || git -C "$top" ls-tree -rz --name-only "$rev" "${paths[@]}" |
			xargs -0 git -C "$top" archive "$rev" -- | tar x -C "$scratch/first"
		disk=$(overlay "$scratch/first" .)
		for mail in $(ls -r "$scratch"/mails/*/*.patch); do
			(cd "$scratch/first" && GIT_CEILING_DIRECTORIES=$scratch git apply -R --allow-empty "${paths[@]/#/--include=}" "$mail") 2>"$scratch/err" || continue 2
		done
		return
	done
	die "no version of the new files has the hunks of the mails: $(head -n 1 "$scratch/err")"
}

# Prints mail $1 with the text of the files that it adds.
whole()
{
	local path

	sed "1s/.*/From: $GIT_AUTHOR_NAME <$GIT_AUTHOR_EMAIL>\nDate: $GIT_AUTHOR_DATE/" "$1"
	cd "$scratch/first"
	for path in $(created "$1"); do
		git -c diff.noprefix=false -c diff.mnemonicPrefix=false diff --no-index --no-ext-diff /dev/null "$path" || true
	done
}

# Makes commits of $scratch/mails on "base": branch "moved". Fails with a line in $scratch/why where a mail does not apply.
apply_series()
{
	local topic mail

	first_versions
	small_tree base
	cd "$scratch/work"
	for topic in "$scratch"/mails/*; do
		compgen -G "$topic/*.patch" >/dev/null || continue
		rm -rf "$scratch/whole"
		mkdir "$scratch/whole"
		[ -e "$topic/0000-cover-letter.txt" ] || die "series/${topic##*/} has no 0000-cover-letter.txt"
		{ printf 'topic %s\n\n' "${topic##*/}"; cat "$topic/0000-cover-letter.txt"; } | git commit -q --allow-empty -F -
		for mail in "$topic"/*.patch; do (whole "$mail") >"$scratch/whole/${mail##*/}"; done
		git am -q "$scratch"/whole/* >"$scratch/err" 2>&1 || {
			mail=$(ls "$scratch/whole" | sed -n "$(cat "$(git rev-parse --git-dir)/rebase-apply/next")p")
			echo "series/${topic##*/}/$mail does not apply: $(sed -n 's/^error: //p' "$scratch/err" | head -n 1)" >"$scratch/why"
			cd "$tree"
			return 1
		}
	done
	cd "$tree"
	onto small "$(git -C "$scratch/work" rev-parse HEAD)" base
}

# As apply_series, with the mails of the variant that fits; sets "variant". The likeliest is tried first.
fitting()
{
	local tried

	tried="6.12 mainline $(own_bases)"
	! git grep -q '^VERSION *= *[7-9]' base -- Makefile || tried="mainline 6.12 $(own_bases)"
	[ -n "$kdir" ] || tried=$name
	for variant in $tried; do
		view "$top/series" "$variant"
		! apply_series || return 0
		mv "$scratch/why" "$scratch/why.$variant"
	done
	die "${KDIR:+KDIR=$KDIR: }$(cat "$scratch/why.${tried%% *}"). BASE=6.12 and BASE=mainline are trees that it fits, 'make bases' lists more"
}

mails_id() { cat "$scratch"/mails/*/* | git hash-object --stdin; }

edited_in_place() { git log --format= --name-only --grep="^$in_place\$" base..HEAD; }

# Commits what changed in the new files from tree $1 to tree $2, on top.
edit_in_place()
{
	local amend=

	[ "$1" != "$2" ] || return 0
	git diff --binary "$1" "$2" | git apply --index 2>"$scratch/err" ||
		die "a new file has changed here and in build/tree/$name in the same lines, or is not committed there: make it the same in both ($(head -n 1 "$scratch/err"))"
	[ "$(git log -1 --format=%s)" != "$in_place" ] || amend=--amend
	git diff --name-only -z "$1" "$2" | git commit -q --allow-empty $amend -m "$in_place" --only --pathspec-from-file=- --pathspec-file-nul
}

# Brings build/tree/NAME up to date, unless it has work of its own: then what changed in new files on disk goes on top of it.
sync_tree()
{
	local path mails=

	disk='' variant=''

	need git xz:xz-utils tar perl
	lock "$build/tree-$name.lock"
	make_base
	enter_tree
	[ "$(git symbolic-ref -q --short HEAD)" = work ] ||
		die "build/tree/$name is not on its branch 'work', in the middle of a rebase perhaps: 'git rebase --continue', '--abort' or 'git checkout work' there first"
	git rev-parse -q --verify series >/dev/null || git branch series
	git update-index -q --refresh >/dev/null || true
	own_work=
	[ "$(git rev-parse HEAD)" = "$(git rev-parse series)" ] && [ -z "$(git status --porcelain -uno | head -n 1)" ] || own_work=yes
	read -r mails disk variant < <(cat .git/synced 2>/dev/null) || true
	view "$top/series" "${variant:-$name}"
	for path in $(created "$scratch"/mails/*/*.patch); do
		[ -f "$top/$path" ] || die "series/ adds $path, which is not there"
	done
	now=$(overlay "$top" $new_dirs $(not_here))
	[ "${1:-}$own_work" != anew ] || [ -z "$(edited_in_place)" ] || mails=anew
	if [ "$mails" != "$(mails_id)" ] || ! git merge-base --is-ancestor base series; then
		if [ -z "$own_work" ]; then
			fitting
			git reset -q --hard moved || die "cannot write build/tree/$name: disk full?"
		elif [ "${1:-}" != refresh ]; then
			die "build/tree/$name has work of its own, and series/ has changed as well: 'make refresh' brings the work back over it, 'git -C build/tree/$name reset --hard series' drops it"
		fi
	fi
	edit_in_place "$disk" "$now"
	[ -n "$own_work" ] || git branch -q -f series
	echo "$(mails_id) $now ${variant:-$name}" >.git/synced
	[ -z "$own_work" ] || [ -n "${1:-}" ] || say "build/tree/$name has work of its own that is not in series/: using it as it is ('make refresh' brings it back, 'git -C build/tree/$name reset --hard series' drops it)"
}

cmd_tree()
{
	sync_tree
	say "build/tree/$name: $(git log -1 --format=%s base), $(git rev-list --count base..HEAD -- .) patches on branch 'work'"
}

cmd_format()
{
	local topic commit next dir base

	sync_tree anew
	[ -z "$own_work" ] || die "the mails would be without the work in build/tree/$name: 'make refresh' first"
	[ -z "$(edited_in_place)" ] || die "the mails would be without what was edited in place in $(edited_in_place | paste -sd' '): 'make refresh' first"
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
	[ -d "$build/series/$name" ] || die "TOPIC=$TOPIC: no such topic; there are $(cd "$top/series" && ls -d [0-9]* | paste -sd' ')"
}

# Prints the variant that fits the repository $1, whose "base" has the files that matter.
cmd_fits()
{
	kdir=$1 tree=$1
	enter_tree
	fitting
	echo "$variant"
}

# The commits base..HEAD as mails in $scratch/new: a directory a topic.
write_mails()
{
	local commit subject topic= number

	for commit in $(git rev-list --reverse small..HEAD); do
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
		{
			git show -s --format='From: series <series@localhost>%nSubject: [PATCH] %s%n%n%b' "$commit" | git stripspace
			echo ---
			git diff-tree -r --no-renames --no-commit-id --summary "$commit"
			echo
			git diff-tree -p --no-renames --no-commit-id --diff-filter=a "$commit" | sed '/^index [0-9a-f]*\.\./d'
		} >"$scratch/new/$topic/$(printf '%04d-%s.patch' $number "$(git show -s --format=%f "$commit" | cut -c1-52 | sed 's/[-.]*$//')")"
	done
}

# Brings $scratch/new to $scratch/series. 6.12 writes the common mails, but for what it has alone,
# and the mails of other bases go where theirs go; another base writes what differs in more than line numbers.
write_series()
{
	local file own dest
	gist() { sed 's/^@@ .*/@@/' "$1"; }

	cp -r "$top/series" "$scratch/series"
	cd "$scratch/series"
	if [ "$name" = 6.12 ]; then
		find [0-9]* -path '*/6.12/0*' | sed 's|/6.12/[0-9]*-| |' >"$scratch/alone"
		for own in [0-9]*/*/0*.patch; do
			[ -e "$own" ] && [ -e "${own%/*/*}/${own##*/}" ] && dest=$(cd ../new && ls -d */0???-"${own##*/????-}" 2>/dev/null) || continue
			{ sed '/^---$/q' "../new/$dest"; sed '1,/^---$/d' "$own"; } >"$scratch/own"
			rm "$own"
			own=$(basename "${own%/*}")
			install -D -m 644 "$scratch/own" "$scratch/moved/${dest%/*}/$own/${dest##*/}"
			cmp -s <(gist "../new/$dest") <(gist "$top/series/$dest") ||
				say "$dest has changed: does that belong into the mail of $own as well? (make tree, make refresh BASE=$own)"
		done
		for file in ../mails/*; do rm -f "${file##*/}"/{,6.12/}0*; done
		[ ! -d ../moved ] || cp -r ../moved/. .
	else
		rm -f [0-9]*/"$name"/0*
		view . "$name"
	fi
	for file in $(cd ../new && ls -d */*); do
		dest=${file%/*}/$name/${file##*/}
		case $name in
		6.12) grep -qxF "${file%/*} ${file##*/????-}" "$scratch/alone" || dest=$file ;;
		*) ! cmp -s <(gist "../mails/$file" 2>/dev/null) <(gist "../new/$file") || continue ;;
		esac
		install -D -m 644 "../new/$file" "$dest"
	done
	find . -type d -empty -delete
}

cmd_refresh()
{
	local made

	[ -z "${KDIR:-}" ] || die "make refresh takes BASE=, not KDIR=: series/ has mails for the bases alone"
	[[ " 6.12 mainline $(own_bases) " = *" $name "* ]] || die "make refresh takes BASE=6.12 or BASE=mainline, or another one that series/ has mails for"
	[ -d "$tree/.git" ] || die "build/tree/$name is not there: make tree${BASE:+ BASE=$BASE} first"
	need /usr/lib/git-core/git-absorb:git-absorb
	sync_tree refresh
	[ -z "$(git status --porcelain)" ] ||
		die "build/tree/$name has changes that are in no commit: 'git commit --amend' or 'git commit --fixup' them first"
	small_tree HEAD
	cd "$scratch/work"
	# What was edited in place goes into the commits whose lines it changes.
	GIT_SEQUENCE_EDITOR="last() { grep -v ' $in_place\$' \"\$1\" >\"\$1.new\"; grep ' $in_place\$' \"\$1\" >>\"\$1.new\"; mv \"\$1.new\" \"\$1\"; }; last" \
		git rebase -q -i small >"$scratch/err" 2>&1 || die "$(cat "$scratch/err")"
	git reset -q --soft "HEAD~$(git rev-list --count --grep="^$in_place\$" small..HEAD)"
	git diff --cached --quiet || git absorb --force --base small >"$scratch/err" 2>&1 || die "$(cat "$scratch/err")"
	git diff --cached --quiet ||
		die "cannot tell which mail takes what was edited in place in $(git diff --cached --name-only | paste -sd' '): in build/tree/$name, 'git commit --fixup' it for one"
	GIT_SEQUENCE_EDITOR=: GIT_EDITOR=: git rebase -q -i --autosquash small >"$scratch/err" 2>&1 ||
		die "the fixup commits in build/tree/$name do not apply where they belong: 'git rebase -i --autosquash base' there first"
	write_mails
	git diff --no-renames --name-only --diff-filter=A small HEAD >"$scratch/added"
	xargs git archive HEAD <"$scratch/added" | tar x -m --no-same-permissions -C "$top"
	git ls-tree -r --name-only "$now" | grep -vxFf "$scratch/added" | sed "s|^|$top/|" | xargs -r rm || true
	write_series
	cd "$tree"
	made=$(git -C "$scratch/work" rev-parse HEAD)
	view "$scratch/series" "$name"
	apply_series && git diff --quiet "$made" "$(git -C "$scratch/work" rev-parse HEAD)" ||
		die "the mails would not give build/tree/$name back: $(cat "$scratch/why" 2>/dev/null)"
	rm -rf "$build/series.old"
	mv "$top/series" "$build/series.old"
	mv "$scratch/series" "$top/series"
	git reset -q --hard moved
	git branch -q -f series
	echo "$(mails_id) $(overlay "$top" $new_dirs $(not_here)) $name" >.git/synced
	say "series/ and the new files are those of build/tree/$name; 'git status' shows what changed"
}

choose_tree
case ${1:-} in
tree|format|refresh) "cmd_$1" ;;
sync) sync_tree ;;
fits) cmd_fits "$2" ;;
*) die "usage: $0 tree|format|refresh|sync|fits DIRECTORY" ;;
esac
