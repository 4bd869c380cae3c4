#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stock.sh: kernels as Debian shipped them, on the emulated MMU-500. Nothing of the series
# is in them, but for a module where the GPU driver is. "6.12+" is the same binary with the
# driver of the series, as a module, in the place of its own. Each line of stock/expected is
# a scenario and what becomes of it; exits with 0 if that happens. STOCK=6.12, 6.12+, 7.3
# or 7.3+: one of them. SCENARIO=REGEX: the lines that match.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../series/source.sh"
. "$(dirname "$0")/machine.sh"

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

# Copies the driver of the series, and the headers that it changes, to $2.
copy_driver()
{
	local base=${1%+} tree

	[ "$base" != 7.3 ] || base=mainline
	tree=$build/tree/$base
	BASE=$base KDIR='' "$top/kunit/series/series.sh" sync
	mkdir -p "$2/module/include"
	cp "$tree"/drivers/iommu/arm/arm-smmu/*.[ch] "$tree"/drivers/iommu/dma-iommu.h "$2/module"
	# initcall_blacklist= means modules as well.
	sed -i 's|"../../dma-iommu.h"|"dma-iommu.h"|; s/arm_smmu_init\>/arm_smmu_series_init/' "$2"/module/*.c
	(cd "$tree" && git diff --name-only base HEAD -- include | xargs cp --parents -t "$2/module")
}

# The folder $1 as an initramfs, $2.
pack() { (cd "$1" && find . -print0 | cpio -0 -o -H newc 2>/dev/null) >"$2"; }

# The modules and the first process of $1's kernel, in an initramfs.
build_guest()
{
	local root=$out/${1%+} headers work=$out/$1-guest

	headers=$(echo "$root"/usr/src/linux-headers-*-cloud-arm64)
	sed -i "s|\([^a-z0-9]\)/usr/src/linux|\1$root/usr/src/linux|" "$headers/Makefile"
	run_modpost_with_own_libc "$root"
	rm -rf "$work"
	mkdir -p "$work/module" "$work/root/dev"
	[[ $1 != *+ ]] || copy_driver "$1" "$work"
	cp "$here"/stock/{Makefile,e2e_stock.c} "$here/e2e_regs.h" "$work/module"
	# BTF needs pahole. The compiler is not the one of that kernel: it may not know an
	# option, nor lay out what ftrace patches.
	make -C "$headers" M="$work/module" CC=aarch64-linux-gnu-gcc CONFIG_DEBUG_INFO_BTF_MODULES= \
		CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= CC_FLAGS_FTRACE= modules >"$work/log" 2>&1 9>&- ||
		die "the module does not build for Debian's kernel $1: see $work/log"
	aarch64-linux-gnu-strip -g -o "$work/root/m.ko" "$work/module/e2e_stock.ko"
	[[ $1 != *+ ]] ||
		aarch64-linux-gnu-strip -g -o "$work/root/d.ko" "$work/module/arm_smmu_series.ko"
	aarch64-linux-gnu-gcc -static -nostdlib -Os -ffreestanding -fno-stack-protector \
		-o "$work/root/init" "$here/stock/init.c"
	pack "$work/root" "$work/initrd"
}

kernel_of() { find "$out/${1%+}/boot" "$out/${1%+}/usr/lib/modules" -name 'vmlinuz*' 2>/dev/null | head -n 1; }

# What the kernel $1 is told for scenario $2.
command_line()
{
	local line="console=ttyAMA0 loglevel=7 panic=-1 scenario=$2"

	[[ $1 != *+ ]] || line+=' initcall_blacklist=arm_smmu_init'
	echo "$line"
}

# Lays the kernel $1 that is booted after scenario $2 into its initramfs $3: stock/init.c
# knows the addresses. $4 is the machine.
add_next_kernel()
{
	local work=$out/$1-next initrd=$out/$1-guest/initrd

	rm -rf "$work"
	cp -r "$out/$1-guest/root" "$work"
	cp "$(kernel_of "$1")" "$work/kernel"
	cp "$initrd" "$work/initrd"
	qemu-system-aarch64 -M virt,dumpdtb="$work/dtb" $4 -m 1G -kernel "$work/kernel" >"$work.log" 2>&1 ||
		die "QEMU does not write its device tree: see $work.log"
	fdtput -t s "$work/dtb" /chosen bootargs "$(command_line "$1" "after-$2")"
	fdtput -t x "$work/dtb" /chosen linux,initrd-start 0 66000000
	fdtput -t x "$work/dtb" /chosen linux,initrd-end 0 "$(printf %x $((0x66000000 + $(stat -c %s "$initrd"))))"
	fdtput -t x "$work/dtb" /chosen linux,usable-memory-range 0 60000000 0 10000000
	pack "$work" "$3"
}

# Runs scenario $2 on kernel $1, with properties $3 of the SMMU. Its output goes to $4.
boot()
{
	local initrd=$out/$1-guest/initrd line machine

	machine=$(e2e_machine "$model" "$3")
	line=$(command_line "$1" "$2")
	if [[ $2 = k* ]]; then
		add_next_kernel "$1" "$2" "$initrd-next" "$machine"
		initrd+=-next
		[ "$2" = kexec ] || line+=' crashkernel=256M@0x60000000'
	fi
	timeout "$patience" qemu-system-aarch64 -M virt $machine -m 1G -nodefaults -display none -serial stdio \
		-no-reboot -kernel "$(kernel_of "$1")" -initrd "$initrd" -append "$line" >"$4" 2>&1 </dev/null 9>&- || true
	! grep -aq 'does not load' "$4" || die "the module does not load: see $4"
	grep -aq 'Run /init' "$4" || die "Debian's kernel $1 did not boot in $patience s: see $4, or give it more time: PATIENCE=300"
}

# Runs a scenario; prints what becomes of it.
verdict()
{
	local base=$1 ss=$2 scenario=$4 log=$out/$1-$2-$3-$4.log line what= stalls=1
	local calls faults stalled ignored violations

	# With room for one stalled transaction, as the fake has it, or for one of each master.
	[ "$scenario" != second-stall ] || stalls=8
	CPUS=$3 boot "$base" "$scenario" "ss-asserts=$ss,stalls=$stalls,storm=100000" "$log"
	! grep -aq 'mmu500: storm' "$log" || { echo storm; return; }
	line=$(grep -aoE "e2e: (after-)?$scenario: .*calls.*" "$log" | tail -n 1 || true)
	[ -n "$line" ] || { echo hang; return; }
	read -r _ _ _ _ calls _ faults _ stalled _ _ _ _ _ ignored _ violations _ <<<"$line"
	[ "$stalled" = 0 ] || what+=,stuck
	[ "$calls" -le "$faults" ] || what+=,again
	[ "$ignored" = 0 ] || what+=,ignored
	[ "$violations" = 0 ] || what+=,stray
	[ "$scenario" != retry ] || [[ $line = *' data 1 '* ]] || what+=,lost
	! grep -aq 'reported late' "$log" || what+=,late
	echo "${what:-,right}" | cut -c2-
}

# Fetches and builds what the kernels $@ need.
prepare()
{
	local base

	apt_sources=$out/debian.list
	list_suites >"$apt_sources"
	for base; do
		if [ ! -e "$out/${base%+}" ]; then
			[ -n "${names:-}" ] || apt_arm64 apt-get update >"$out/apt.log" 2>&1 || true
			names=${names:-$(apt_arm64 apt-cache pkgnames linux-)}
			fetch "${base%+}" "$out/${base%+}"
		fi
		build_guest "$base"
	done
}

# Instructions from a stalled fault to RESUME: the least of 20, terminated at once, with a
# callback that does nothing, 1 CPU; so many banks are attached to the GPU's line. The same
# on any machine. SS does not assert, or 6.12 would storm.
count_instructions()
{
	local base banks log

	prepare 6.12 6.12+ 7.3 7.3+
	printf '%-5s %12s %12s %12s\n' kernel '1 bank' '8 banks' '64 banks'
	for base in 6.12 6.12+ 7.3 7.3+; do
		printf '%-5s' "$base"
		for banks in 1 8 64; do
			log=$out/$base-$banks-banks.log
			ICOUNT=0 CPUS=1 BANKS=$banks boot "$base" banks lines=1,ss-asserts=off "$log"
			printf ' %12s' "$(grep -aoP 'e2e: banks: instructions \K[0-9]+' "$log" || echo none)"
		done
		echo
	done
}

need gcc make cpio fdtput:device-tree-compiler dpkg-deb:dpkg /usr/aarch64-linux-gnu/include/asm/unistd.h:linux-libc-dev-arm64-cross \
	aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-system-aarch64:qemu-system-arm
model=$("$here/build.sh")
lock "$out.lock"
mkdir -p "$out/apt"
[ -z "${STOCK:-}" ] || [[ $STOCK = @(6.12|7.3)?(+) ]] || die "STOCK=$STOCK: make e2e-stock knows 6.12, 6.12+, 7.3 and 7.3+"
if [ "${1:-}" = count ]; then
	count_instructions
	exit
fi
want=$(grep -v '^#' "$here/stock/expected" | grep -E "^${STOCK:+${STOCK/+/[+]} }" | grep -E "${SCENARIO:-}" || true)
[ -n "$want" ] || die "SCENARIO=$SCENARIO: no such line in kunit/e2e/stock/expected"

prepare $(cut -d" " -f1 <<<"$want" | sort -u)

wrong=0
printf '%-5s %-12s %-4s %-13s %-16s %s\n' base 'SS asserts' CPUs scenario expected happened
while read -r base ss cpus scenario expected; do
	happened=$(verdict "$base" "$ss" "$cpus" "$scenario")
	printf '%-5s %-12s %-4s %-13s %-16s %s\n' "$base" "$ss" "$cpus" "$scenario" "$expected" "$happened"
	[[ $happened =~ ^($expected)$ ]] || wrong=$((wrong + 1))
done <<<"$want"
[ $wrong = 0 ] || die "$wrong of $(wc -l <<<"$want") scenarios end otherwise than kunit/e2e/stock/expected says; the logs are in $out"
