#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh: which lines and branches of the fault path do the suites not reach? By
# gcov and lcov, in UML. Fails if coverage.unreached does not list one of them, or lists one
# that is reached. Writes build/coverage/index.html, which shows all lines.

. "$(dirname "$0")/../lib.sh"

directory=drivers/iommu/arm/arm-smmu
files="arm-smmu-fault.c arm-smmu-sctlr.c arm-smmu-power.c arm-smmu-detach.c arm-smmu-pace.c"
lcov=(lcov --quiet --rc lcov_branch_coverage=1)

choose_tree
[ -z "${ARCH:-}${CONFIG:-}${FILTER:-}" ] || die "make coverage takes BASE= or KDIR= alone: it is about all the suites, in UML"
need lcov
out=$tree/.kunit-um-coverage
# What an earlier run has counted.
! [ -d "$out" ] || find "$out" -name '*.gcda' -delete
CONFIG=coverage "$top/kunit/run/run.sh"

report=$build/coverage
rm -rf "$report"
mkdir -p "$report"
# Not below that directory: there, the explorer compiles the same files once more.
"${lcov[@]}" --capture --no-recursion --directory "$out/$directory" \
	--base-directory "$out" --output-file "$report/all.info" 2>"$report/log" ||
	{ tail -n 5 "$report/log" >&2; die "lcov has failed, see above"; }
"${lcov[@]}" --extract "$report/all.info" $(printf "*/$directory/%s " $files) --output-file "$report/info"
genhtml --quiet --branch-coverage --output-directory "$report" "$report/info" >>"$report/log" 2>&1

"$top/kunit/coverage/unreached.py" "$report/info" | sort >"$report/unreached"

wrong=0
while read -r line; do
	grep -qxF -- "$line" "$report/unreached" || { echo "error: listed in kunit/coverage/coverage.unreached, but reached: $line" >&2; wrong=1; }
done < <(grep '^arm-smmu' "$top/kunit/coverage/coverage.unreached")
while read -r line; do
	if grep -qxF -- "$line" "$top/kunit/coverage/coverage.unreached"; then
		echo "listed: $line"
	else
		echo "error: not reached: $line" >&2
		wrong=1
	fi
done <"$report/unreached"
"${lcov[@]}" --list "$report/info" 2>/dev/null
keep coverage "make coverage BASE=$name" "$(awk -F: '{ n[$1] += $2 }
	END { printf "%d of %d lines, %d of %d branches", n["LH"], n["LF"], n["BRH"], n["BRF"] }' "$report/info")"
exit $wrong
