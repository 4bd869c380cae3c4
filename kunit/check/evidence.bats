#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The evidence beside the suites, as far as CI has time for it: KASAN, mutants, each patch
# by itself, what maintainers run on a mail.

load check-lib

### The suites

@test "the suites pass on 6.12, UML with KASAN and UBSAN" { kunit BASE=6.12 CONFIG=kasan; }

### Tests that can fail: pieces of the protocol, taken away ('make mutants' takes all)

@test "a primary that does not mask the bank is found" { mutant mask 'interrupt storm'; }

@test "RESUME before CFIE is found" { mutant cfie-first 'RESUME before CFIE'; }

@test "a bank that is not masked again is found" { mutant remask 'FAILED.*arm_smmu_pause'; }

@test "a missing read-back of SCTLR is found" { mutant read-back 'FAILED.*arm_smmu_sctlr'; }

### The series

@test "each patch compiles by itself, W=1" {
	local tree=build/tree/mutants-1 out=.kunit-um patch
	local suite=$out/drivers/iommu/arm/arm-smmu/tests/arm_smmu_soak_kunit.o
	cd $tree
	# An early patch does not know the suites, and would forget that they were asked for.
	cp $out/.config "$BATS_TEST_TMPDIR"
	rm -f $suite
	for patch in $(git rev-list --reverse base..series -- drivers/iommu include lib); do
		git checkout -q --detach --force "$patch"
		cp "$BATS_TEST_TMPDIR/.config" $out/
		PATH=/usr/lib/ccache:$PATH run make -s ARCH=um O=$out W=1 olddefconfig \
			drivers/iommu/arm/arm-smmu/ lib/kunit/
		echo "$output"
		[ "$status" -eq 0 ]
		! grep -qE '(arm[-_]smmu|regfile|explore|fake_).*(warning|error):' <<<"$output" || false
	done
	[ -e $suite ]
	git checkout -q --detach --force series
}

@test "the round trip make tree, make refresh changes nothing" {
	local before base
	before=$(find series drivers include lib Documentation -type f 2>/dev/null | sort | xargs sha256sum)
	for base in 6.12 mainline; do
		make -s tree BASE=$base
		make -s refresh BASE=$base
		[ "$(find series drivers include lib Documentation -type f 2>/dev/null | sort | xargs sha256sum)" = "$before" ]
	done
}

# All topics but 05 and 06: it does not know the macros of the libraries and suites.
@test "checkpatch --strict has nothing to say of the drivers but that the sign-off is missing" {
	local base patch
	for base in 6.12 mainline; do
		make -s series BASE=$base
		cd build/tree/$base
		for patch in ../../series/$base/[01][!56]-*/*.patch; do
			run bash -c '. "$top/kunit/lib.sh"; checkpatch "$1"' - "$patch"
			[ "$status" -eq 0 ] || { echo "$output"; false; }
		done
		cd "$top"
	done
}

# Half a minute.
@test "get_maintainer.pl finds whom each patch is for" {
	local patch subject said
	make -s series
	cd build/tree/6.12
	for patch in ../../series/6.12/*/*.patch; do
		subject=$(sed -n 's/^Subject: //p' "$patch")
		said=$(./scripts/get_maintainer.pl --no-git --no-git-fallback "$patch")
		echo "$subject"
		echo "$said"
		[[ $subject != *arm-smmu* ]] || grep -q will@kernel.org <<<"$said"
		[[ $subject != *drm/msm* ]] || grep -q freedreno@lists <<<"$said"
		[[ $subject != *kunit:* ]] || grep -q kunit-dev@ <<<"$said"
		[[ $subject != *Documentation:* ]] || grep -q linux-doc@ <<<"$said"
	done
}
