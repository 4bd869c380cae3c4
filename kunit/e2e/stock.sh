#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stock.sh: kernels as Debian shipped them, on the emulated MMU-500. Nothing of the series
# is in them, but for a module where the GPU driver is. Each line of stock/expected is a
# scenario and what becomes of it; exits with 0 if that happens. STOCK=6.12 or 7.3: one of
# the kernels. SCENARIO=REGEX: the lines that match.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../source.sh"

here=$top/kunit/e2e
out=$build/e2e/stock
# A scenario boots in seconds and ends in one; a machine that is busy takes longer.
patience=${PATIENCE:-120}

# Where Debian has 6.12 and 7.x; not every mirror has every suite.
list_suites()
{
	local suite

	for suite in experimental unstable bookworm-backports; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirrors -v | head -n 1) $suite main"
	done
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirrors | head -n 1) trixie-security main"
}

apt_arm64()
{
	build=$out private_apt "$1" -o APT::Architecture=arm64 -o APT::Architectures::=arm64 \
		-o APT::Architectures::=amd64 "${@:2}"
}

# Prints the newest cloud kernel of $1: its version as in the names of the packages.
newest()
{
	grep -oP "^linux-(image|binary|binary-unsigned)-\K${1//./\\.}[0-9.]*(\+deb[0-9]+)?(?=-cloud-arm64(-unsigned)?\$)" \
		<<<"$names" | sort -V | tail -n 1
}

# Unpacks kernel, headers and build tools of $1 into $2; nothing is installed.
fetch()
{
	local version image deb

	version=$(newest "$1")
	[ -n "$version" ] || die "Debian has no arm64 cloud kernel of $1: see 'apt-cache pkgnames linux-' in $out"
	# 7.x has the kernel itself in linux-binary. Unsigned ones are not in every suite.
	image=$(grep -xF -e "linux-image-$version-cloud-arm64-unsigned" -e "linux-image-$version-cloud-arm64" \
			-e "linux-binary-unsigned-$version-cloud-arm64" -e "linux-binary-$version-cloud-arm64" <<<"$names" |
		grep -v "^linux-image-7" | sort | tail -n 1) ||
		die "Debian has headers of $version for arm64, and no kernel"
	say "downloading Debian's kernel $version for arm64 (about 45 MB)"
	rm -rf "$2" "$2.part"
	mkdir -p "$2.part/deb"
	(cd "$2.part/deb" && apt_arm64 apt-get -q download "$image" "linux-headers-$version-cloud-arm64" \
		"linux-headers-$version-common" "linux-kbuild-$version:amd64" libc6:amd64) >>"$out/apt.log" 2>&1 ||
		die "cannot download $image and its headers: $(grep '^E:' "$out/apt.log" | tail -n 1)"
	for deb in "$2".part/deb/*.deb; do
		dpkg-deb -x "$deb" "$2.part"
	done
	rm -rf "$2.part/deb"
	mv "$2.part" "$2"
}

# The build tools may be for a newer Debian: they run with the C library of that one.
run_modpost_with_own_libc()
{
	local mod libc

	mod=$(echo "$1"/usr/lib/linux-kbuild-*/scripts/mod)
	[ -e "$mod/modpost.real-lsb-64" ] || return 0
	libc=$(dirname "$(find "$1" -name libc.so.6 | head -n 1)")
	printf '#!/bin/sh\nexec "%s/ld-linux-x86-64.so.2" --library-path "%s" "%s/modpost.real-lsb-64" "$@"\n' \
		"$libc" "$libc" "$mod" >"$mod/modpost"
}

# The module and the first process of $1's kernel, in an initramfs.
build_guest()
{
	local root=$out/$1 headers work=$out/$1-guest

	headers=$(echo "$root"/usr/src/linux-headers-*-cloud-arm64)
	sed -i "s|\([^a-z0-9]\)/usr/src/linux|\1$root/usr/src/linux|" "$headers/Makefile"
	run_modpost_with_own_libc "$root"
	rm -rf "$work"
	mkdir -p "$work/module" "$work/root/dev"
	cp "$here"/stock/{Makefile,e2e_stock.c} "$here/e2e_regs.h" "$work/module"
	# BTF needs pahole. The compiler is not the one of that kernel: it may not know an
	# option, nor lay out what ftrace patches.
	make -C "$headers" M="$work/module" CC=aarch64-linux-gnu-gcc CONFIG_DEBUG_INFO_BTF_MODULES= \
		CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= CC_FLAGS_FTRACE= modules >"$work/log" 2>&1 9>&- ||
		die "the module does not build for Debian's kernel $1: see $work/log"
	aarch64-linux-gnu-strip -g -o "$work/root/m.ko" "$work/module/e2e_stock.ko"
	aarch64-linux-gnu-gcc -static -nostdlib -Os -ffreestanding -fno-stack-protector \
		-o "$work/root/init" "$here/stock/init.c"
	(cd "$work/root" && find . -print0 | cpio -0 -o -H newc 2>/dev/null) >"$work/initrd"
}

# Runs a scenario; prints what becomes of it.
verdict()
{
	local base=$1 ss=$2 cpus=$3 scenario=$4 log=$out/$1-$2-$3-$4.log line image what= stalls=1 calls faults stalled

	# With room for one stalled transaction, as the fake has it, or for one of each master.
	[ "$scenario" != second-stall ] || stalls=8
	image=$(find "$out/$base/boot" "$out/$base/usr/lib/modules" -name 'vmlinuz*' 2>/dev/null | head -n 1)
	timeout "$patience" qemu-system-aarch64 -machine virt,gic-version=3,virtualization=on -cpu cortex-a57 \
		-smp "$cpus" -m 512M -nodefaults -display none -serial stdio -no-reboot -plugin "$model" \
		-device mmu500,adreno=on,lines=2,power-domain=on,ss-asserts="$ss",stalls=$stalls -device dma-master -kernel "$image" \
		-initrd "$out/$base-guest/initrd" \
		-append "console=ttyAMA0 loglevel=7 panic=-1 scenario=$scenario" >"$log" 2>&1 </dev/null 9>&- || true
	! grep -aq 'does not load' "$log" || die "the module does not load: see $log"
	grep -aq 'Run /init' "$log" || die "Debian's kernel $base did not boot in $patience s: see $log, or give it more time: PATIENCE=300"
	line=$(grep -ao "e2e: $scenario: .*calls.*" "$log" | tail -n 1 || true)
	[ -n "$line" ] || { echo hang; return; }
	read -r _ _ _ _ calls _ faults _ stalled _ <<<"$line"
	[ "$stalled" = 0 ] || what+=,stuck
	[ "$calls" -le "$faults" ] || what+=,again
	! grep -aq 'reported late' "$log" || what+=,late
	echo "${what:-,right}" | cut -c2-
}

need gcc make cpio dpkg-deb:dpkg aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-system-aarch64:qemu-system-arm
model=$("$here/build.sh")
lock "$out.lock"
mkdir -p "$out/apt"
[ -z "${STOCK:-}" ] || [[ $STOCK = @(6.12|7.3) ]] || die "STOCK=$STOCK: make e2e-stock knows 6.12 and 7.3"
want=$(grep -v '^#' "$here/stock/expected" | grep -E "^${STOCK:-}" | grep -E "${SCENARIO:-}" || true)
[ -n "$want" ] || die "SCENARIO=$SCENARIO: no such line in kunit/e2e/stock/expected"

apt_sources=$out/debian.list
list_suites >"$apt_sources"
for base in $(cut -d' ' -f1 <<<"$want" | sort -u); do
	if [ ! -e "$out/$base" ]; then
		[ -n "${names:-}" ] || apt_arm64 apt-get update >"$out/apt.log" 2>&1 || true
		names=${names:-$(apt_arm64 apt-cache pkgnames linux-)}
		fetch "$base" "$out/$base"
	fi
	build_guest "$base"
done

wrong=0
printf '%-5s %-12s %-4s %-13s %-16s %s\n' base 'SS asserts' CPUs scenario expected happened
while read -r base ss cpus scenario expected; do
	happened=$(verdict "$base" "$ss" "$cpus" "$scenario")
	printf '%-5s %-12s %-4s %-13s %-16s %s\n' "$base" "$ss" "$cpus" "$scenario" "$expected" "$happened"
	[[ $happened =~ ^($expected)$ ]] || wrong=$((wrong + 1))
done <<<"$want"
[ $wrong = 0 ] || die "$wrong of $(wc -l <<<"$want") scenarios end otherwise than kunit/e2e/stock/expected says; the logs are in $out"
