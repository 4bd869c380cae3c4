#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bisect.sh: does each patch stand alone, on the tree of BASE= or KDIR=? At each patch, the
# directories that the series touches must build in each configuration, with no warning of
# W=1 or sparse that the base does not have; checkpatch --strict must be content; and the
# suites that are there must pass in User Mode Linux. FROM=N begins with patch N. Logs are in
# build/bisect/.

. "$(dirname "$0")/../lib.sh"

from=${FROM:-1}
[[ $from =~ ^[0-9]+$ ]] || die "FROM=$FROM: the number of a patch"
choose_tree
need python3 gcc make flex bison bc ccache sparse perl aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu \
	/usr/include/openssl/ssl.h:libssl-dev
"$top/kunit/series/series.sh" sync
lock "$build/bisect-$name.lock"
export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1
walk=$build/tree/$name-bisect work=$build/bisect/$name
mkdir -p "$work"
cd "$tree"
[ -e "$walk/.git" ] || git worktree add -q --detach "$walk" base || die "cannot make $walk: disk full?"
cd "$walk"

# A configuration: the kunitconfig of its architecture, but for what matches, and more.
# Without KUnit, UML of mainline is to be told that it has DMA.
without() { cat "${@:2}" | sed -E "/CONFIG_($1)[ =]/d"; }
configs="um um-module arm64 arm64-module arm64-no-qcom arm64-no-kunit arm64-no-pm"
fragment()
{
	local um=$top/kunit/run/um.kunitconfig arm64=$top/kunit/run/arm64.kunitconfig drm=$top/kunit/run/drm.kunitconfig

	case $1 in
	um*) cat tools/testing/kunit/configs/arch_uml.config ;;&	# as kunit.py does
	um) cat "$um" ;;
	um-module) without 'ARM_SMMU|KUNIT|.*_KUNIT_.*' "$um"; printf 'CONFIG_%s\n' MODULES=y ARM_SMMU=m VIRTIO_UML=y UML_PCI_OVER_VIRTIO=y ;;
	arm64) cat "$arm64" "$drm"; echo CONFIG_DRM_MSM_KUNIT_TEST=y ;;
	arm64-module) without 'ARM_SMMU|DRM_MSM|KUNIT|.*_KUNIT_.*' "$arm64" "$drm"; printf 'CONFIG_%s\n' MODULES=y ARM_SMMU=m DRM_MSM=m ;;
	arm64-no-qcom) without '.*QCOM.*' "$arm64" ;;
	arm64-no-kunit) without 'KUNIT|.*_KUNIT_.*' "$arm64" ;;
	arm64-no-pm) without '.*QCOM.*' "$arm64"; echo '# CONFIG_SUSPEND is not set' ;;
	esac
}
# What has to come of it.
wanted()
{
	case $1 in
	um) echo KUNIT=y ARM_SMMU=y PM=y ;;
	um-module) echo KUNIT=n ARM_SMMU=m ;;
	arm64) echo KUNIT=y ARM_SMMU=y ARM_SMMU_QCOM=y DRM_MSM=y PM=y ;;
	arm64-module) echo KUNIT=n ARM_SMMU=m ARM_SMMU_QCOM=m DRM_MSM=m ;;
	arm64-no-qcom) echo KUNIT=y ARM_SMMU=y ARM_SMMU_QCOM=n PM=y ;;
	arm64-no-kunit) echo KUNIT=n ARM_SMMU=y ARM_SMMU_QCOM=y ;;
	arm64-no-pm) echo KUNIT=y ARM_SMMU=y PM=n ;;
	esac
}

# Builds configuration $1; what is wrong with it stands in $work/said.
compiles()
{
	local config=$1 want out=.bisect-$1 args goals='drivers/iommu/ lib/kunit/'
	local log=$work/$1.log

	args=(-s "-j$(nproc)" O="$out" W=1)
	case $config in
	arm64*) args+=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-) ;;
	*) args+=(ARCH=um) ;;
	esac
	case $config in arm64|arm64-module) goals+=' drivers/gpu/drm/msm/' ;; esac
	case $config in um|arm64) args+=(C=1 CHECK="$sparse") ;; esac
	[[ $(wanted $config) == *KUNIT=y* ]] || goals=${goals/lib\/kunit\/}

	mkdir -p "$out"
	fragment "$config" >"$work/$config.fragment"
	[ "$2" != base ] && ! grep -q Kconfig <<<"$touched" ||
	make "${args[@]}" KCONFIG_ALLCONFIG="$work/$config.fragment" alldefconfig >"$log" 2>&1 ||
		{ echo "does not configure: $(tail -n 1 "$log")" >"$work/said"; return 1; }
	for want in $(wanted "$config"); do
		if [ "${want#*=}" = n ]; then ! grep -q "^CONFIG_${want%=n}=" "$out/.config"
		else grep -qx "CONFIG_$want" "$out/.config"
		fi || { echo "CONFIG_$want did not come out" >"$work/said"; return 1; }
	done
	make "${args[@]}" $goals >"$log" 2>&1 ||
		{ echo "does not build: $(grep -m 1 'error' "$log")" >"$work/said"; return 1; }
	! grep 'C=1 specified, but' "$log" >"$work/said" || return
	warnings "$log" | sed -E 's/:[0-9]+(:[0-9]+)?:/:/g' | sort -u >"$work/$config.warnings" || true
	[ "$2" != base ] || cp "$work/$config.warnings" "$work/$config.base"
	! comm -13 "$work/$config.base" "$work/$config.warnings" | grep . >"$work/said"
}

# Whether the patch may make a difference to configuration $1.
concerns()
{
	local files

	files=$(grep -v '^Documentation/\|^MAINTAINERS$' <<<"$touched") || return
	case $1 in arm64|arm64-module) return ;; esac
	grep -qv '^drivers/gpu/' <<<"$files"
}

# um.kunitconfig, but for suites that are not there yet.
suites_here()
{
	local line suite

	while read -r line; do
		suite=${line#CONFIG_}; suite=${suite%=y}
		[[ $line != *_KUNIT_TEST=y ]] || git grep -q "^config $suite\$" -- drivers/iommu lib || continue
		echo "$line"
	done <"$top/kunit/run/um.kunitconfig"
}

# Runs them; how many passed, or what is wrong, stands in $work/said.
suites_pass()
{
	echo none >"$work/said"
	suites_here >"$work/kunitconfig"
	grep -q '_KUNIT_TEST=y' "$work/kunitconfig" || return 0
	./tools/testing/kunit/kunit.py run --build_dir=.kunit-um --kunitconfig="$work/kunitconfig" \
		>"$work/kunit.log" 2>&1 9>&- || { echo "fails, see $work/kunit.log" >"$work/said"; return 1; }
	! complaints .kunit-um/test.log >"$work/said" || return 1
	sed -n 's/.*Testing complete.*passed: \([0-9]*\).*/\1/p' "$work/kunit.log" >"$work/said"
}

wrong=0
report()
{
	if [ "$1" = 0 ]; then
		printf " %-${#2}s" "${3:-ok}"
	else
		printf " %-${#2}s" NO
		sed "s/^/        $2: /" "$work/said" >>"$work/trouble"
		wrong=1
	fi
}

columns="$configs checkpatch suites"
printf '%5s' ''
printf ' %s' $columns
echo ' patch'
number=0 last=base
# What is not concerned by a patch is "-".
for commit in base $(git rev-list --reverse base..series -- .); do
	[ "$commit" = base ] || [ $((number += 1)) -ge "$from" ] || continue
	git checkout -q --detach --force "$commit"
	# The warnings of the base count where it was not built just now.
	[ "$commit" != base ] || git diff --name-only base series | while read -r file; do [ ! -e "$file" ] || touch "$file"; done
	touched=$(git diff --name-only "$last" "$commit")
	[ "$commit" != base ] || touched=base
	last=$commit
	: >"$work/trouble"
	[ "$commit" = base ] && printf '%5s' base || printf ' %04d' $number
	for config in $configs; do
		if ! concerns "$config"; then report 0 "$config" -
		elif compiles "$config" "$commit"; then report 0 "$config"
		else report 1 "$config"
		fi
	done
	if [ "$commit" = base ]; then report 0 checkpatch -
	elif git format-patch -q -1 --stdout "$commit" >"$work/mail" && checkpatch "$work/mail" >"$work/said"; then report 0 checkpatch
	else report 1 checkpatch
	fi
	if [ "$commit" = base ] || ! concerns um; then report 0 suites -
	elif suites_pass; then report 0 suites "$(cat "$work/said")"
	else report 1 suites
	fi
	echo " $(git log -1 --format=%s "$commit")"
	cat "$work/trouble"
done
keep "bisect-$name" "make bisect BASE=$name FROM=$from" "$([ $wrong = 0 ] && echo "each patch stands alone" || echo "not every patch stands alone")"
[ $wrong = 0 ] || die "not every patch stands alone, see above"
