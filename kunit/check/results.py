#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
results.py: the last run of each command, with its date and counts.

Reads what keep() of kunit/lib.sh has left in build/results/, with the JSON of kunit.py,
and the tables of make bench and make compare. Writes build/results.md, and runs nothing.
"""

import collections
import csv
import json
import pathlib
import time

BUILD = pathlib.Path(__file__).resolve().parents[2] / 'build'
TABLES = ('bench/benchmarks-counts', 'bench/benchmarks-times', 'bench/benchmarks-others',
	  'bench/benchmarks-designs', 'compare/page/costs', 'compare/page/devices',
	  'compare/page/pieces', 'compare/page/explored')

def tests(group):
	yield from group['test_cases']
	for sub in group['sub_groups']:
		yield from tests(sub)

def counts(run):
	"""The second line, or what kunit.py says"""
	said = run.read_text(encoding='utf-8').splitlines()[1:]
	results = run.with_name(run.name.removesuffix('.run') + '.json')
	if said or not results.exists():
		return ''.join(said) or 'no result'
	found = collections.Counter(t['status'] for t in tests(json.loads(results.read_text())))
	names = {'PASS': 'passed', 'FAIL': 'failed', 'SKIP': 'skipped'}
	return ', '.join(f'{n} {names.get(status, status)}' for status, n in sorted(found.items()))

def table(rows):
	head, *rest = rows
	return '\n'.join(f"| {' | '.join(r)} |" for r in [head, ['---'] * len(head)] + rest)

def date(path):
	return time.strftime('%Y-%m-%d %H:%M', time.localtime(path.stat().st_mtime))

runs = sorted(BUILD.glob('results/*.run'))
page = ['# Results', table([('command', 'date', 'result')] + [
	(f"`{r.read_text(encoding='utf-8').splitlines()[0]}`", date(r), counts(r)) for r in runs])]
for path in (BUILD / f'{name}.csv' for name in TABLES):
	if path.exists():
		with open(path, encoding='utf-8') as rows:
			page += [f'## {path.relative_to(BUILD)}, {date(path)}', table(list(csv.reader(rows)))]
BUILD.mkdir(exist_ok=True)
(BUILD / 'results.md').write_text('\n\n'.join(page) + '\n', encoding='utf-8')
print(page[1] if runs else 'no run has left anything in build/results/')
print('== build/results.md: these, and the tables of make bench and make compare')
