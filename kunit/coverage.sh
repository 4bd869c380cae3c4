#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh: which lines and branches of the fault path do the suites not reach? By
# gcov and lcov, in UML. Fails where there is one that coverage.unreached does not list,
# or one is listed that is reached. build/coverage/index.html shows all of it.

. "$(dirname "$0")/lib.sh"

directory=drivers/iommu/arm/arm-smmu
files="arm-smmu-fault.c arm-smmu-sctlr.c arm-smmu-power.c"
lcov=(lcov --quiet --rc lcov_branch_coverage=1)

choose_tree
[ -z "${ARCH:-}${CONFIG:-}${FILTER:-}" ] || die "make coverage takes BASE= or KDIR= alone: it is about all the suites, in UML"
need lcov
out=$tree/.kunit-um-coverage
# What an earlier run has counted.
! [ -d "$out" ] || find "$out" -name '*.gcda' -delete
CONFIG=coverage "$top/kunit/run.sh"

report=$build/coverage
rm -rf "$report"
mkdir -p "$report"
# Not below that directory: there, the explorer compiles the same files once more.
"${lcov[@]}" --capture --no-recursion --directory "$out/$directory" \
	--base-directory "$out" --output-file "$report/all.info" 2>"$report/log" ||
	{ tail -n 5 "$report/log" >&2; die "lcov has failed, see above"; }
"${lcov[@]}" --extract "$report/all.info" $(printf "*/$directory/%s " $files) --output-file "$report/info"
genhtml --quiet --branch-coverage --output-directory "$report" "$report/info" >>"$report/log" 2>&1

# Without line numbers: FILE FUNCTION: CODE, or FILE FUNCTION, branch N of M: CODE.
awk -F'[:,]' '
	function place(row) {
		while (row && !(row in starts)) row--
		return file " " starts[row]
	}
	/^SF:/ { path = $2; n = split($2, part, "/"); file = part[n]; row = 0
		 while ((getline text < path) > 0) { sub(/^[ \t]*/, "", text); code[++row] = text } close(path) }
	/^FN:/ { starts[$2] = $3 }
	/^DA:/ && $3 == 0 { dead[$2]; print place($2) ": " code[$2] }
	/^BRDA:/ { taken[$2, ++branches[$2]] = $5; last[$2] }
	/^end_of_record/ {
		for (row in last)
			for (n = 1; n <= branches[row]; n++)
				if (taken[row, n] == "0" || (taken[row, n] == "-" && !(row in dead)))
					print place(row) ", branch " n " of " branches[row] ": " code[row]
		delete starts; delete dead; delete taken; delete branches; delete last; delete code
	}' "$report/info" | sort >"$report/unreached"

wrong=0
while read -r line; do
	grep -qxF -- "$line" "$report/unreached" || { echo "error: listed in kunit/coverage.unreached, but reached: $line" >&2; wrong=1; }
done < <(grep '^arm-smmu' "$top/kunit/coverage.unreached")
while read -r line; do
	grep -qxF -- "$line" "$top/kunit/coverage.unreached" || { echo "error: not reached: $line" >&2; wrong=1; }
done <"$report/unreached"
lcov --rc lcov_branch_coverage=1 --list "$report/info" 2>/dev/null
exit $wrong
