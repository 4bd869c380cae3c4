#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh: the emulated MMU-500, build/e2e/mmu500.so, for the QEMU that is installed.
# QEMU is not built: its headers are those of Debian's source package of that very
# version. Prints the path. "build.sh check": builds, and lets QEMU load it.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../series/source.sh"

model=$top/kunit/e2e
out=$build/e2e

# The headers of QEMU's source package $1, at its version $2, with Debian's patches:
# without them, structures have other sizes.
fetch_headers()
{
	local dir=$out/qemu-$2 apt_sources=$build/apt/sources.list codename mirror dsc

	[ ! -e "$dir/config-host.h" ] || return 0
	mkdir -p "$build/apt"
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	{
		for mirror in $(debian_mirrors -v); do
			printf "deb-src $mirror %s main\n" "$codename" "$codename-updates" "$codename-backports"
		done
		for mirror in $(debian_mirrors); do
			echo "deb-src $mirror $codename-security main"
		done
	} >"$apt_sources"
	say "downloading the source of $1 $2 (about 20 MB)"
	private_apt apt-get update >"$build/apt.log" 2>&1 || true
	rm -rf "$dir.part"
	mkdir -p "$dir.part"
	(cd "$dir.part" && private_apt apt-get -q source --download-only "$1=$2" >>"$build/apt.log" 2>&1) ||
		die "the source of the installed QEMU, $1 $2, is not to be had: $(grep '^E:' "$build/apt.log" | head -n 1). 'apt-get install qemu-system-arm' may bring a version that is"
	dsc=$(find "$dir.part" -name '*.dsc')
	[ -n "$dsc" ] || die "no .dsc came with the source of $1 $2: see $build/apt.log"
	unpack_headers "$dir.part"
	generate_headers "$dir.part"
	rm -rf "$dir"
	mv "$dir.part" "$dir"
}

unpack_headers()
{
	local part

	tar -xJf "$1"/*.orig.tar.xz -C "$1" --strip-components=1 --wildcards \
		'*/include' '*/qapi' '*/scripts/qapi*'
	tar -xJf "$1"/*.debian.tar.xz -C "$1"
	rm -f "$1"/*.tar.xz
	# Most of what the patches change is not unpacked: patch says so and goes on.
	grep -o '^[^# ]*' "$1/debian/patches/series" | while read -r part; do
		patch -d "$1" -p1 -f -s -i "debian/patches/$part" >>"$build/apt.log" 2>&1 || true
	done
	[ -z "$(find "$1"/{include,qapi,scripts/qapi*} -name '*.rej')" ] ||
		die "Debian's patches do not apply to QEMU's headers: see *.rej in $1"
}

# What QEMU's own build generates of that, and what its configuration says.
generate_headers()
{
	mkdir -p "$1/generated/qapi"
	(cd "$1" && PYTHONDONTWRITEBYTECODE=1 python3 scripts/qapi-gen.py -b -o generated/qapi qapi/qapi-schema.json)
	: >"$1/generated/config-poison.h"
	printf '#define %s\n' 'CONFIG_POSIX 1' 'CONFIG_LINUX 1' 'CONFIG_TCG 1' 'CONFIG_PLUGIN 1' \
		'HOST_X86_64 1' 'CONFIG_IOVEC 1' 'CONFIG_INT128 1' 'CONFIG_MADVISE 1' 'CONFIG_FDT 1' \
		'QEMU_HW_VERSION ""' >"$1/config-host.h"
}

need gcc patch python3 tar xz:xz-utils pkg-config /usr/include/glib-2.0/glib.h:libglib2.0-dev \
	/usr/include/libfdt.h:libfdt-dev /usr/include/pixman-1/pixman.h:libpixman-1-dev \
	qemu-system-aarch64:qemu-system-arm
lock "$out.lock"
[ "$(uname -m)" = x86_64 ] || die "the model is for QEMU on x86_64, and this is $(uname -m)"
read -r version package source_version < <(dpkg-query -W -f '${Version} ${source:Package} ${source:Version}\n' \
	qemu-system-arm 2>/dev/null) ||
	die "QEMU is not Debian's package qemu-system-arm: its headers are not known"
[[ $(qemu-system-aarch64 --version) = *"(Debian $version)"* ]] ||
	die "$(command -v qemu-system-aarch64) is $(qemu-system-aarch64 --version | head -n 1), not Debian's package $version: look at PATH"
fetch_headers "$package" "$source_version"

object=$out/mmu500-$version.so
headers=$out/qemu-$source_version
if [ ! -e "$object" ] ||
   [ -n "$(find "$model"/mmu500* "$model/e2e_regs.h" -newer "$object")" ]; then
	gcc -shared -fPIC -O2 -g -Wall -Wno-sign-compare -DMMU500_QEMU="\"$version\"" \
		-I"$headers/generated" -I"$headers" -I"$headers/include" \
		$(pkg-config --cflags glib-2.0 pixman-1) -o "$object.part" "$model"/mmu500*.c ||
		die "the model does not build with the headers of QEMU $source_version: see above"
	mv "$object.part" "$object"
fi
if [ "${1:-}" = check ]; then
	qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a57 -display none -monitor none -serial none \
		-S -daemonize -pidfile "$out/check.pid" -plugin "$object" -device mmu500 -device dma-master ||
		die "QEMU $version does not take the model: see above"
	kill "$(cat "$out/check.pid")"
fi
echo "$object"
