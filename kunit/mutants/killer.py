#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
killer.py JSON: the first test that fails in what kunit.py --json has written, or the last
one that was over when the kernel died or hung. For mutants.sh.
"""

import json
import sys

def tests(group, path=()):
	for case in group['test_cases']:
		yield path + (case['name'],), case['status']
	for sub in group['sub_groups']:
		yield from tests(sub, path + (sub['name'],))

last = ('no test',)
for name, status in tests(json.load(open(sys.argv[1], encoding='utf-8'))):
	# What a killed kernel was printing has no name.
	if status == 'FAIL' and all(name):
		# A parameter is the third part of a name.
		print('.'.join(name[:2]))
		sys.exit()
	if status != 'ERROR':
		last = name
print(f'{last[0]}, which dies or hangs after: {" ".join(last[1:])}')
