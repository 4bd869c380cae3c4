#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
unreached.py INFO: the lines and branches that lcov's INFO says were not reached, without
line numbers: FILE FUNCTION: CODE, or FILE FUNCTION, branch N of M: CODE. For coverage.sh.
"""

import pathlib
import re
import sys

def read_source(path):
	"""(function, code) of each line. gcov does not name a function that was inlined."""
	function = ''
	for line in path.read_text(encoding='utf-8').splitlines():
		if re.match(r'[a-z].*\(', line) and not line.endswith(';'):
			function = re.split(r'[ *]', line.partition('(')[0])[-1]
		yield function, line.strip()

for line in open(sys.argv[1], encoding='utf-8'):
	tag, _, rest = line.strip().partition(':')
	field = rest.split(',')
	if tag == 'SF':
		path = pathlib.Path(rest)
		source, dead, branches = list(read_source(path)), set(), {}
	elif tag == 'DA' and field[1] == '0':
		dead.add(field[0])
		print(f'{path.name} {": ".join(source[int(field[0]) - 1])}')
	elif tag == 'BRDA':
		branches.setdefault(field[0], []).append(field[3])
	elif tag == 'end_of_record':
		for row, taken in branches.items():
			function, code = source[int(row) - 1]
			for n, count in enumerate(taken, 1):
				if count == '0' or (count == '-' and row not in dead):
					print(f'{path.name} {function}, branch {n} of {len(taken)}: {code}')
