#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mutants.sh: mutants of the fault path, one change each (mutants.cocci), built and
# run in UML. Prints each one, and which test kills it. Fails where one lives that
# mutants.equivalent does not list, or one that it lists dies.
#
# DRIVER=msm: likewise those of what the series adds to drm/msm, on mainline.
# MUTANTS=PATTERN, a grep -E pattern: only mutants whose line matches. Verdicts stay in
# build/mutants/, so a run that was interrupted goes on where it was. One holds for the
# code of the mutant, by the hash of its object, and for what it was found out with, by
# those of the other objects: "killed" with the fake and the suite that did it, "alive"
# with all suites. What was changed elsewhere is run anew.

. "$(dirname "$0")/../lib.sh"

case ${DRIVER:=arm-smmu} in
arm-smmu)
	directory=drivers/iommu/arm/arm-smmu copies=mutants
	files="arm-smmu-fault.c arm-smmu-sctlr.c arm-smmu-power.c arm-smmu-detach.c arm-smmu-pace.c arm-smmu.c arm-smmu-nvidia.c"
	kunitconfig=$top/kunit/run/um.kunitconfig
	# The explorer compiles the fault path once more, with barriers that it can see.
	explored=tests/explore_driver.c ;;
msm)
	directory=drivers/gpu/drm/msm copies=mutants-msm explored='' BASE=mainline
	files="msm_gpu.c msm_gem.c msm_debugfs.c adreno/adreno_gpu.c adreno/adreno_device.c adreno/a6xx_gmu.c adreno/a6xx_gpu.c adreno/a6xx_gpu_state.c"
	kunitconfig=$directory/tests/.kunitconfig ;;
*) die "DRIVER=$DRIVER: no such driver; there are arm-smmu and msm" ;;
esac
export BASE
kunit=./tools/testing/kunit/kunit.py
export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1

object_of() { echo "$directory/${1%.c}.o"; }
object() { sha256sum <".kunit-um/$(object_of "$1")" | cut -d' ' -f1; }
is_pristine() { grep -qx "$1" "$work/pristine"; }

# By Kbuild's own command: make takes as long as the compiler to find it out.
make_object()
{
	local object=$(object_of "$1")

	(cd .kunit-um && sed -n 's/^savedcmd_[^ ]* := //p' "${object%/*}/.${object##*/}.cmd" | sh) \
		>.kunit-um/make.log 2>&1
}

# Links the objects there are, without a look at all the others: half the time.
make_kernel()
{
	touch .kunit-um/built-in.a
	make "$@" ARCH=um O=.kunit-um build-dir="$directory" linux >.kunit-um/make.log 2>&1
}

# Likewise, in a tenth of that time: without modpost, and with the symbols of the kernel
# that was linked before, so what it prints of these is wrong.
link_kernel() { (cd .kunit-um && sh ./link.sh && ln -f vmlinux linux) >.kunit-um/make.log 2>&1; }

# Prints for each suite, and for all of them, a hash of what a verdict rests on but the
# mutant: the driver, the fake, the suite.
list_evidence()
{
	local suite

	for suite in $directory/tests/*_kunit.o '*_kunit.o'; do
		suite=${suite##*/}
		suite=${suite%_kunit.o}
		printf '%s\t%s\n' "$suite" "$(git rev-parse base^{tree} |
			sha256sum - .config lib/kunit/*.o $directory/tests/${suite}_kunit.o \
				$(find $directory -name '*.o' ! -name '*_kunit.o') | sha256sum | cut -d' ' -f1)"
	done
}

# Prints which of them is about what killer() says; where that is no suite of the
# driver's, all of them.
rests_on()
{
	awk -v suite="${1%%[., ]*}" '$1 == suite || $1 == "*" { hash[$1] = $2 }
		END { print suite in hash ? hash[suite] : hash["*"] }' "$work/evidence"
}

# kunit.py ends with it, and has written all of the log.
stop_kernel()
{
	local pid

	for pid in $(pgrep -f '^\.kunit-um/linux'); do
		[ "$(readlink "/proc/$pid/cwd")" != "$PWD" ] || kill -KILL "$pid"
	done
}

# Prints the test that kills the kernel that was made, or fails if none does. The run ends at
# the first test that fails: a fault that is not handled keeps each test waiting for it.
killer()
{
	local said=.kunit-um/said pid log=.kunit-um/test.log complaint

	rm -f $log .kunit-um/said.json
	PYTHONUNBUFFERED=1 setsid timeout $((deadline * 2)) $kunit exec --build_dir=.kunit-um --timeout=$deadline "$@" >$said 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		! grep -aq '\] \[\(FAILED\|CRASHED\|TIMED OUT\)\]' $said || { stop_kernel; break; } 2>/dev/null
		sleep 0.2
	done
	if wait $pid 2>/dev/null; then
		complaint=$(complaints $log) && echo "the kernel's log: ${complaint%%$'\n'*}"
		return
	fi
	$kunit parse --json=.kunit-um/said.json $log >/dev/null 2>&1 || true
	"$top/kunit/mutants/killer.py" .kunit-um/said.json
}

# Makes a mutant in the tree of worker $slot, and its object. Sets sum to the hash of
# that, or to "none", and by to the reason.
make_mutant()
{
	git checkout -q --force
	# Else the last mutant of another file would still be linked.
	cp -r .kunit-um/pristine/* .kunit-um/
	MUTANT=$site spatch --very-quiet --iso-file "$work/none.iso" --in-place \
		"$top/kunit/mutants/mutants.cocci" "$directory/$file" >.kunit-um/spatch.log 2>&1 || true
	sum=none by=
	if git diff --quiet; then
		by='no change'
	elif ! make_object "$file"; then
		by='does not compile'
	else
		sum=$(object "$file")
	fi
}

# Sets verdict and by to what is known of the mutant $sum, or fails.
look_up()
{
	local evidence

	[ -e "$verdicts/$sum" ] || return
	while IFS=$'\t' read -r verdict evidence by; do
		[ "$evidence" != "$(rests_on "$by")" ] || return 0
	done <"$verdicts/$sum"
	return 1
}

# Keeps the verdict on the mutant $sum.
note()
{
	verdict=$1
	printf '%s\t%s\t%s\n' $verdict "$(rests_on "$by")" "$by" >>"$verdicts/$sum"
}

# Sets verdict and by for the mutant that was made. First the suites that are fast. Some
# tests look a symbol up: not with these symbols.
run_mutant()
{
	if ! is_pristine "$sum" && link_kernel && by=$(killer --filter 'speed>slow') &&
	   [[ $by != *_with_interrupts_off ]]; then
		note killed
		return
	fi
	verdict=none
	if [ -n "$explored" ] && ! make_object $explored; then
		by='the explorer does not compile'
	elif is_pristine "$sum" && { [ -z "$explored" ] || is_pristine "$(object $explored)"; }; then
		verdict=same by='the compiler makes the same code of it'
	else
		[ -z "$explored" ] || sum+=-$(object $explored)
		if look_up; then
			:
		elif ! make_kernel -s; then
			by='does not link'
		elif by=$(killer); then
			note killed
		else
			by=
			note alive
		fi
	fi
}

# Prints the verdict on a mutant. Builds and runs it, unless it is known.
one_mutant()
{
	local file=$1 site=$2 function=$3 code=$4 sum by verdict made=
	local known=$work/$file:$site

	cd "$build/tree/$copies-$slot"
	if [ ! -s "$known" ]; then
		make_mutant
		made=yes
		printf '%s\t%s\n' "$sum" "$by" >"$known.new"
		mv "$known.new" "$known"
	fi
	IFS=$'\t' read -r sum by <"$known"
	if [ "$sum" = none ]; then
		verdict=none
	elif ! look_up; then
		[ -n "$made" ] || make_mutant
		made=yes
		run_mutant
	fi
	[ -z "$made" ] || git checkout -q --force
	printf '%s\n' $verdict >"$work/verdict/$file:$site"
	[ "$verdict" = none ] || printf '%-6s %s:%s %s: %s%s\n' "$verdict" "$file" "${site%%:*}" "${site##*:}" "$code" "${by:+   [$by]}"
}

# The mutants of the series: all there are in a file that it adds, and those on
# lines that it adds to others.
list_mutants()
{
	local file

	for file in $files; do
		git diff -U0 base series -- "$directory/$file" |
			awk '/^@@/ { split($3, n, "[+,]"); count = n[3] == "" ? 1 : n[3]
				     for (i = 0; i < count; i++) print n[2] + i }' >"$work/added"
		git show "series:$directory/$file" >"$work/$file"
		MUTANT=list spatch --very-quiet --iso-file "$work/none.iso" \
			"$top/kunit/mutants/mutants.cocci" "$work/$file" 2>/dev/null | sort -t: -k1,1n -k2,2n -k3 -u |
			awk 'NR == FNR { added[$1]; next } { split($1, n, ":") } n[1] in added' "$work/added" - |
		while read -r site function; do
			column=${site#*:}
			code=$(sed -n "${site%%:*}{s/\t/ /g;p}" "$work/$file" | cut -c$((${column%%:*} + 1))-)
			printf '%s\t%s\t%s\t%s\n' "$file" "$site" "$function" "$code"
		done
	done
}

choose_tree
need spatch:coccinelle python3 gcc make flex bison bc ccache
"$top/kunit/series/series.sh" sync
cd "$tree"
[ "$(git rev-parse 'HEAD^{tree}')" = "$(git rev-parse 'series^{tree}')" ] ||
	die "build/tree/$name has work of its own that is not in series/: 'make refresh' brings it there"

# Without the tests: they change what is known of a mutant, not the mutant.
work=$build/mutants/$({ git ls-tree -r series -- drivers/iommu "$directory" include | grep -v '/tests/'
	cat "$top/kunit/mutants/mutants.cocci"; } | sha256sum | cut -c1-12)
verdicts=$build/mutants/verdicts
rm -rf "$work/verdict"
for file in $files; do mkdir -p "$work/verdict/${file%"${file##*/}"}" "$work/${file%"${file##*/}"}"; done
mkdir -p "$verdicts"
: >"$work/none.iso"
lock "$build/mutants/lock"
# A kernel whose fault nobody handles waits for most of its time.
workers=${WORKERS:-$((2 * $(nproc)))}

# A tree for each worker, warm.
for slot in $(seq 1 "$workers"); do
	export slot
	copy=$build/tree/$copies-$slot
	[ -d "$copy" ] || git worktree add -q --detach "$copy" series || die "cannot make $copy: disk full?"
	git -C "$copy" checkout -q --detach --force series
	(
		cd "$copy"
		say "building build/tree/$copies-$slot"
		$kunit build --build_dir=.kunit-um --kunitconfig="$kunitconfig" >build.log 2>&1 9>&- ||
			{ tail -n 20 build.log >&2; die "the series does not build, see above"; }
		make_kernel V=1 && grep -a '^+ gcc .*-o vmlinux' .kunit-um/make.log | tail -n 1 |
			sed 's/^+ //; s/-o vmlinux.unstripped /-o vmlinux /' >.kunit-um/link.sh && link_kernel || die "cannot link $copy, see $copy/.kunit-um/make.log"
		cd .kunit-um
		rm -rf pristine
		mkdir pristine
		for file in $files $explored; do cp --parents $(object_of "$file") pristine; done
	)
done
cd "$build/tree/$copies-1"
for file in $files $explored; do object "$file"; done >"$work/pristine"
(cd .kunit-um && list_evidence) >"$work/evidence"

# How long a run without a mutant takes; a machine that is busy takes longer.
started=$(date +%s)
export deadline=600
! by=$(killer) || die "the suites fail without a mutant: $by; make kunit"
deadline=$((10 * ($(date +%s) - started) + 20))
cd "$tree"

list_mutants | grep -E "${MUTANTS:-}" >"$work/list" || die "MUTANTS=$MUTANTS: no mutant matches"
say "$(wc -l <"$work/list") places for a mutant"
export top build work verdicts directory copies explored kunit
export -f one_mutant make_mutant run_mutant note object_of make_object make_kernel link_kernel object is_pristine \
	look_up rests_on killer stop_kernel complaints
tr '\t\n' '\0\0' <"$work/list" | xargs -0 -n 4 -P "$workers" --process-slot-var=slot \
	bash -c 'set -uo pipefail; slot=$((slot + 1)); one_mutant "$@"' one_mutant 9>&-

# Who lives must be listed, and who is listed must live.
wrong=0
declare -A listed count
while read -r line; do
	listed[$line]=none
done < <(grep -E "^(${files// /|}) " "$top/kunit/mutants/mutants.equivalent")
while IFS=$'\t' read -r file site function code; do
	verdict=$(cat "$work/verdict/$file:$site")
	key="$file $function ${site##*:}: $code"
	if [ -n "${listed[$key]:-}" ]; then
		# There may be several places with the same code.
		[ "${listed[$key]}" = alive ] || listed[$key]=$verdict
		[ "$verdict" != alive ] || verdict=listed
	elif [ "$verdict" = alive ]; then
		echo "error: alive: $key" >&2
		wrong=1
	fi
	count[$verdict]=$((${count[$verdict]:-0} + 1))
done <"$work/list"
for key in "${!listed[@]}"; do
	case ${listed[$key]} in
	alive) ;;
	none) [ -n "${MUTANTS:-}" ] || { echo "error: listed, but there is no such mutant: $key" >&2; wrong=1; } ;;
	*) echo "error: listed, but ${listed[$key]}: $key" >&2; wrong=1 ;;
	esac
done
counts="${count[killed]:-0} killed, ${count[same]:-0} the same code, ${count[listed]:-0} listed, ${count[alive]:-0} alive"
keep mutants "make mutants BASE=$name${MUTANTS:+ MUTANTS='$MUTANTS'}" "$counts"
echo "$counts"
exit $wrong
