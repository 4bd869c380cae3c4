#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# docs.sh          builds the pages of the series by "make htmldocs", in build/docs/
# docs.sh figures  draws the figures of Documentation/ from their sources, kunit/docs/*.json
#
# Fails if a page has a warning, or a figure is not what its source gives.

. "$(dirname "$0")/../lib.sh"

pages=Documentation/driver-api/arm-smmu
wavedrom=$build/wavedrom

# draw SOURCE: the waveform as SVG
draw()
{
	if ! cmp -s "$top/kunit/docs/package-lock.json" "$wavedrom/package-lock.json"; then
		need npm
		rm -rf "$wavedrom" && mkdir -p "$wavedrom"
		cp "$top/kunit/docs/package.json" "$wavedrom/"
		cp "$top/kunit/docs/package-lock.json" "$wavedrom/lock.json"
		(cd "$wavedrom" && cp lock.json package-lock.json && npm ci --silent --no-audit --no-fund >npm.log 2>&1) ||
			{ rm -f "$wavedrom/package-lock.json"; die "npm ci cannot install WaveDrom: see $wavedrom/npm.log"; }
	fi
	need scour
	"$wavedrom/node_modules/.bin/wavedrom" --input "$1" --indent 1 |
		scour -q --enable-id-stripping --shorten-ids --indent=none --no-line-breaks
}

for source in "$top"/kunit/docs/*.json; do
	figure=$(basename "$source" .json)
	case $figure in package|package-lock) continue ;; esac
	if [ "${1:-}" = figures ]; then
		draw "$source" >"$build/$figure.svg"
		mv "$build/$figure.svg" "$top/$pages/$figure.svg"
	else
		draw "$source" | cmp -s - "$top/$pages/$figure.svg" ||
			die "$pages/$figure.svg is not what kunit/docs/$figure.json gives; run: kunit/docs/docs.sh figures"
	fi
done
[ "${1:-}" != figures ] || exit 0

choose_tree
need dot:graphviz sphinx-build:python3-sphinx /usr/lib/python3/dist-packages/yaml:python3-yaml
"$top/kunit/series/series.sh" tree
lock "$build/tree-$name.lock"

# Debian's Sphinx belongs to Debian's python3.
out=$build/docs/$name
mkdir -p "$out"
env -u ARCH PATH=/usr/bin:"$PATH" nice make -s -C "$tree" O="$out" SPHINXDIRS="${pages#Documentation/} dev-tools/kunit" htmldocs >"$out/log" 2>&1 ||
	{ tail -n 20 "$out/log" >&2; die "make htmldocs: see $out/log"; }
# KUnit has pages of its own as well.
! grep -E '(arm[-_]smmu|kunit/(regfile|explore))[^ ]*:.*(warning|WARNING|ERROR)' "$out/log" >&2 ||
	die "the pages of the series have warnings"
say "$(find "$out" -name index.html -path '*arm-smmu*' | head -n 1)"
