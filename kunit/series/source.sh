# SPDX-License-Identifier: GPL-2.0
# Sourced: kernel sources as git trees.
#
# build/tree/NAME is a git repository with three branches: "base" is the
# pristine source, "series" is what series/ makes of it, and "work" is checked
# out, for people to hack in.

: "${build:?}"

# The commits made here are the same on every machine and for every user.
base_identity=(
	env GIT_AUTHOR_NAME=base GIT_AUTHOR_EMAIL=base@localhost
	GIT_COMMITTER_NAME=base GIT_COMMITTER_EMAIL=base@localhost
	GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
)

# One pack instead of 90,000 loose objects: git streams "big" files into a pack.
git_packed=(git -c core.bigFileThreshold=1 -c core.compression=1 -c core.autocrlf=false)

# apt with lists and cache of its own, so that nothing of the system's changes and
# no root is needed. $apt_sources: a source list, or "" for the machine's own.
private_apt()
{
	local cmd=$1 dir=$build/apt/${apt_sources:+debian}
	local opts=(-q -o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache"
		    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false)

	shift
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	[ -z "$apt_sources" ] || opts+=(-o "Dir::Etc::sourcelist=$apt_sources" -o Dir::Etc::sourceparts=/dev/null
					-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null)
	[ "$(id -u)" != 0 ] || opts+=(-o APT::Sandbox::User=root)
	"$cmd" "${opts[@]}" "$@"
}

# The archives that the machine's own sources name: Debian's, or of Debian security.
debian_mirrors()
{
	apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Component: main' 2>/dev/null |
		grep debian | grep ${1:-} security | sort -u | awk '{ print (/debian\/?$/ ? 0 : 1), $0 }' | sort | cut -d' ' -f2-
}

# Prints "UPSTREAM-VERSION PACKAGE DEBIAN-VERSION" of each kernel source since 6.12
# that Debian has in any suite, oldest first, and sets apt_sources to where they are.
debian_kernels()
{
	local mirror suite keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	[ -e $keyring ] || die "no $keyring to check Debian's signature with: apt-get install debian-archive-keyring"
	apt_sources=$build/apt/debian.list
	mkdir -p "$build/apt"
	for mirror in $(debian_mirrors -v); do
		for suite in experimental unstable testing stable oldstable trixie bookworm \
			     {stable,oldstable,trixie,bookworm}-backports; do
			echo "deb [signed-by=$keyring] $mirror $suite main"
		done
	done >"$apt_sources"
	for mirror in $(debian_mirrors); do
		for suite in {stable,oldstable,trixie,bookworm}-security; do
			echo "deb [signed-by=$keyring] $mirror $suite main"
		done
	done >>"$apt_sources"
	# Not every mirror has every suite.
	private_apt apt-get update >"$build/apt.log" 2>&1 || true
	private_apt apt-cache madison \
		$(private_apt apt-cache pkgnames linux-source- | grep -x 'linux-source-[0-9]*\.[0-9]*') |
	awk -F' *[|] *' '
		{ gsub(/ /, ""); split($1, v, /[-.]/)
		  if (v[3] > 6 || v[3] == 6 && v[4] >= 12) {
			up = $2; sub(/-[^-]*$/, "", up); sub(/~/, "-", up)
			if (!seen[up]++) print up, $1, $2 } }' | sort -V -k3,3
}

# Sets package and apt_sources to the newest kernel source of BASE.
find_package()
{
	local kernels pattern upstream debian

	apt_sources=
	if [ "$name" = 6.12 ]; then
		package=linux-source-6.12
		private_apt apt-get update >"$build/apt.log" 2>&1 || true
		private_apt apt-cache show --no-all-versions $package >/dev/null 2>&1 && return
		die "$package is not to be had from this machine's package sources: no network, or another Debian? (KDIR=/path takes a tree you have; details in build/apt.log)"
	fi

	kernels=$(debian_kernels)
	apt_sources=$build/apt/debian.list
	[ -n "$kernels" ] ||
		die "no linux-source-7.x is to be had from the mirror in this machine's package sources: no network? (KDIR=/path takes a tree you have; details in build/apt.log)"
	case $name in
	mainline) pattern='7\.[0-9.]*' ;;	# no release candidate
	*) pattern="${name//./\\.}(\.[0-9]+)?" ;;
	esac
	read -r upstream package debian < <(grep -E "^$pattern " <<<"$kernels" | tail -n 1) ||
		die "BASE=$name: no such base; besides 6.12 and mainline, Debian has $(cut -d' ' -f1 <<<"$kernels" | paste -sd' '), and KDIR=/path takes any tree"
	package+==$debian
}

# Downloads the package unless it is there; sets deb.
fetch_package()
{
	local dir=$build/source/$name

	deb=$(find "$dir" -name 'linux-source-*.deb' 2>/dev/null | sort -V | tail -n 1 || true)
	[ -z "$deb" ] || return 0

	need dpkg-deb:dpkg apt-get:apt
	say "looking for the kernel source of $name in Debian"
	find_package
	rm -rf "$dir.part"
	mkdir -p "$dir.part"
	say "downloading $package (about 150 MB)"
	(cd "$dir.part" && private_apt apt-get download "$package" >&2) ||
		die "cannot download $package: no network, or disk full? Run the same command again"
	rm -rf "$dir"
	mv "$dir.part" "$dir"
	deb=$(find "$dir" -name 'linux-source-*.deb')
}

# Unpacks the package into $1.
unpack_package()
{
	local tarball

	tarball=$(dpkg-deb --fsys-tarfile "$deb" | tar t | grep -m 1 '/usr/src/linux-source.*\.tar\.xz$') ||
		die "$(basename "$deb") is damaged: remove build/source/$name and run again"
	say "unpacking $(basename "$deb") (86,000 files)"
	dpkg-deb --fsys-tarfile "$deb" | tar xO "$tarball" |
		tar xJ -C "$1" --strip-components=1 --checkpoint=40000 \
		    --checkpoint-action=exec='echo "   $((TAR_CHECKPOINT * 10 / 1024)) MB of 1500" >&2' ||
		die "cannot unpack $(basename "$deb") below $build: it takes 4 GB, is the disk full?"
}

# Records work tree $1 as the base commit of repository $2.
commit_base()
{
	local base

	base=$(git -C "$2" write-tree)
	base=$("${base_identity[@]}" git -C "$2" commit-tree -m "$3" "$base")
	git -C "$2" update-ref refs/heads/base "$base"
}

# Makes $tree, or brings its "base" up to date with KDIR, which is only read.
make_base()
{
	local part=$tree.part described

	if [ -z "$kdir" ] && [ -d "$tree" ]; then
		return
	fi
	need git xz:xz-utils tar
	mkdir -p "$build/tree"

	if [ ! -d "$tree" ]; then
		rm -rf "$part"
		trap "rm -rf '$part'" EXIT
		git init -q -b work "$part" || die "cannot make $part: disk full?"
		git -C "$part" config gc.auto 0
		git -C "$part" config core.autocrlf false
		if [ -z "$kdir" ]; then
			fetch_package
			unpack_package "$part"
			# Debian's packaging rule would hide every new file from git.
			sed -i -e '/^\/\*$/d' -e '/^!\/debian\/$/d' "$part/.gitignore"
			say "recording it in git"
			"${git_packed[@]}" -C "$part" add -A -f ||
				die "cannot record the kernel source below $build: it takes 4 GB, is the disk full?"
			commit_base "$part" "$part" "Linux $(make -s -C "$part" kernelversion) ($(basename "$deb" _all.deb | tr _ ' '))"
			git -C "$part" reset -q --hard base
		fi
	fi

	if [ -n "$kdir" ]; then
		local repo=$tree
		[ -d "$tree" ] || { repo=$part; say "copying $kdir (it is only read)"; }
		described=$(GIT_OPTIONAL_LOCKS=0 git -C "$kdir" describe --always --dirty 2>/dev/null || make -s -C "$kdir" kernelversion)
		(
			cd "$kdir"
			# Of a git tree, what its owner tracks or would; else all but build products.
			[ ! -e .git ] || GIT_OPTIONAL_LOCKS=0 git ls-files -z --cached --others --exclude-standard >"$repo/.git/files"
			export GIT_DIR=$repo/.git GIT_WORK_TREE=$kdir GIT_INDEX_FILE=$repo/.git/kdir-index
			if [ -e .git ]; then
				[ ! -e "$GIT_INDEX_FILE" ] || git update-index -q --remove --refresh || true
				git ls-files -z --deleted | git update-index -z --remove --stdin
				while IFS= read -r -d '' f; do [ ! -e "$f" -a ! -L "$f" ] || printf '%s\0' "$f"; done <"$repo/.git/files" |
					# As pathspecs, each would be looked for among all of them.
					"${git_packed[@]}" update-index --add -z --stdin
			else
				"${git_packed[@]}" add -A -f -- . ':!*.o' ':!*.a' ':!*.ko' ':!*.cmd' ':!/.config*' ':!/vmlinux*'
			fi
		) || die "cannot copy $kdir below $build: it takes 4 GB, is the disk full?"
		GIT_INDEX_FILE=$repo/.git/kdir-index commit_base "$kdir" "$repo" "KDIR ($described)"
		[ -d "$tree" ] || git -C "$repo" reset -q --hard base
	fi

	if [ ! -d "$tree" ]; then
		mv "$part" "$tree"
		trap - EXIT
	fi
}
