# SPDX-License-Identifier: GPL-2.0
# Sourced by the scripts beside it: where things are, and how they fail.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build

# A make above us must not leak its variables into the kernel's.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
# A caller's repository must not leak into those below build/.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# With an empty ARCH, the kernel's make would look for arch//Makefile.
[ -n "${ARCH:-}" ] || unset ARCH

say() { echo "== $*" >&2; }
die() { echo "error: $*" >&2; exit 1; }

# keep NAME COMMAND [COUNTS]: what 'make results' shows of a run. Without COUNTS, those of
# build/results/NAME.json.
keep() { mkdir -p "$build/results" && printf '%s\n' "${@:2}" >"$build/results/$1.run"; }

# need COMMAND[:PACKAGE] or /FILE:PACKAGE ...
# Installs the Debian packages of whatever is missing, or says which they are.
need()
{
	local item missing pass

	for pass in first second; do
		missing=
		for item in "$@"; do
			case $item in
			/*) [ -e "${item%%:*}" ] || missing+=" $item" ;;
			*) command -v "${item%%:*}" >/dev/null || missing+=" $item" ;;
			esac
		done
		[ -n "$missing" ] || return 0
		[ $pass = first ] || break

		local packages
		packages=$(printf '%s\n' $missing | sed 's/.*://' | sort -u | tr '\n' ' ')
		packages=${packages% }
		if ! command -v apt-get >/dev/null; then
			die "missing: $(printf '%s\n' $missing | sed 's/:.*//' | paste -sd' '); install what Debian calls: $packages"
		elif [ "$(id -u)" != 0 ]; then
			die "missing packages; run: sudo apt-get install --no-install-recommends $packages"
		fi
		say "installing: $packages"
		install_packages $packages ||
			die "cannot install $packages: see above, then run 'apt-get install $packages'"
	done
	die "'$(printf '%s\n' $missing | sed 's/:.*//' | tr '\n' ' ' | sed 's/ $//')' still missing with $packages installed: look at PATH=$PATH"
}

install_packages()
{
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600)
	mkdir -p "$build"

	# The lists may be absent or old: fetch them once and try again.
	"${apt[@]}" install --no-install-recommends "$@" >"$build/apt.log" 2>&1 && return
	"${apt[@]}" update >>"$build/apt.log" 2>&1 || true
	"${apt[@]}" install --no-install-recommends "$@" >>"$build/apt.log" 2>&1 && return
	grep '^[EW]:' "$build/apt.log" | tail -n 3 >&2
	return 1
}

# One user of a tree at a time; the others wait their turn.
lock()
{
	mkdir -p "$build" && : >>"$1" || die "cannot write below $build: disk full, or not yours?"
	exec 9>>"$1"
	flock -n 9 || { say "waiting for another run to release $1"; flock 9; }
}

# The tree that BASE= or KDIR= names: sets name, kdir and tree.
choose_tree()
{
	kdir=
	if [ -n "${KDIR:-}" ]; then
		[ -d "$KDIR" ] || die "KDIR=$KDIR: no such directory"
		kdir=$(cd "$KDIR" && pwd -P)
		[ -e "$kdir/drivers/iommu/arm/arm-smmu/arm-smmu.c" ] && [ -e "$kdir/Kbuild" ] ||
			die "KDIR=$KDIR: not the top of a kernel source tree (drivers/iommu/arm/arm-smmu/arm-smmu.c is not there)"
		name=kdir-$(basename "$kdir")-$(printf %s "$kdir" | cksum | cut -d' ' -f1)
	else
		[[ ${BASE:=6.12} =~ ^(mainline|[0-9]+\.[0-9]+(\.[0-9]+)?(-rc[0-9]+)?)$ ]] ||
			die "BASE=$BASE: no such base; the bases are 6.12, mainline and the versions that 'make bases' lists, and KDIR=/path takes any tree"
		name=$BASE
	fi
	tree=$build/tree/$name
}

# What a kernel's log $1 holds against it: KUnit does not look. Prints it and
# returns true, or returns false. UML of 6.12 warns about its own virt-pci.
complaints()
{
	grep -aE 'BUG: |INFO: |WARNING: |UBSAN: |possible (circular|recursive)|inconsistent lock|suspicious RCU|nobody cared|DEBUG_LOCKS' "$1" |
		grep -av 'WARNING: .*virt-pci'
}

# What checkpatch --strict says of mail $1, in a kernel tree, but for the sign-off:
# the sender signs the series off. ENOSYS is what report_iommu_fault() returns,
# sGFSR a register that has always been called so, and MAINTAINERS has the directory.
checkpatch()
{
	local ignore=MISSING_SIGN_OFF,UNKNOWN_COMMIT_ID,FILE_PATH_CHANGES,ENOSYS,CAMELCASE

	# checkpatch does not know how TRACE_EVENT() is laid out.
	! grep -q '^Subject:.*trace events' "$1" || ignore+=,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE
	./scripts/checkpatch.pl --strict --no-tree --show-types --ignore $ignore "$1"
}

# Debian's sparse, 0.6.4, does not know a word that mainline's C=1 wants it to know,
# and calls what the macros for module parameters make there a bad constant expression.
sparse='sparse -D__typeof_unqual__=__typeof__'
warnings() { grep -E '(warning|error):' "$1" | grep -v 'bad constant expression'; }

# Four CPUs. What they sign pointers with is their own business: to emulate QARMA, which
# is what "max" does, takes longer than all the rest.
arm64_args=(--arch=arm64 --cross_compile=aarch64-linux-gnu- --qemu_args='-smp 4 -cpu max,pauth-impdef=on')
arm64_tools=(aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-system-aarch64:qemu-system-arm
	     /usr/include/openssl/ssl.h:libssl-dev)
# Four CPUs in QEMU, on a machine that is busy: kunit.py's 300 s are not enough.
qemu_timeout=${TIMEOUT:-900}
