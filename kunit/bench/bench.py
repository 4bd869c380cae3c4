#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
bench.py DIR ARCH...   the tables of "make bench", in DIR, from DIR/ARCH-RUN.log

Of each number, the median over the runs. Of a ratio, which is in thousandths, also the
lowest and the highest.
"""

import collections
import csv
import pathlib
import re
import statistics
import sys

TITLES = {'um': 'UML', 'arm64': 'arm64'}
NONE = '--'

class Bench:
	"""What the runs say"""

	def __init__(self, out, archs):
		self.out, self.archs = out, archs
		self.values = collections.defaultdict(list)
		for arch in archs:
			for log in sorted(out.glob(f'{arch}-*.log')):
				self.read(arch, log.read_text(encoding='utf-8', errors='replace'))
		self.banks = sorted({k[4] for k in self.values if k[1:3] == ('growth', 'fault')})

	def read(self, arch, text):
		for kind, rest in re.findall(r' bench: (\w+) (.*)', text):
			line = dict(item.split('=') for item in rest.split())
			what = (arch, kind, line.pop('what'), line.pop('design', 'both'),
				int(line.pop('banks', 0)))
			for metric, value in line.items():
				self.values[what + (metric,)].append(int(value))

	def count(self, what, design, banks, *metrics):
		"""The same in each run and on each machine: the tests expect it"""
		values = [self.values.get((self.archs[0], 'count', what, design, banks, m))
			  for m in metrics]
		return NONE if None in values else sum(int(statistics.median(v)) for v in values)

	def ratio(self, arch, what, design, banks, kind='time'):
		values = self.values.get((arch, kind, what, design, banks, 'ratio'))
		if not values:
			return NONE
		if kind == 'growth':
			return f'{statistics.median(values) / 1000:.2f}'
		middle, low, high = (f'{v / 1000:.{3 if v < 95 else 2}f}'
				     for v in (statistics.median(values), min(values), max(values)))
		return f'{middle} ({low} to {high})'

	def write(self, name, rows):
		with open(self.out / f'{name}.csv', 'w', encoding='utf-8') as out:
			csv.writer(out, lineterminator='\n').writerows(rows)

	def by_banks(self):
		both = ('landed', 'masked')
		heads = [('fault', ('woken',), 'Woken'), ('fault', ('reads', 'other_reads'), 'Read'),
			 ('spurious', ('woken',), 'Stray woken'),
			 ('spurious', ('reads', 'other_reads'), 'Stray read')]
		self.write('benchmarks-counts', [['Banks'] + [f'{t}: {d}' for *_, t in heads for d in both]] + [
			[b] + [self.count(what, d, b, *m) for what, m, _ in heads for d in both]
			for b in self.banks])
		# With several CPUs, emulated, the rest is a difference of two noises.
		times = [(a, what, f'{TITLES[a]}: {title}') for a in self.archs for what, title in
			 (('fault', 'fault to RESUME'), ('rest', 'without the accesses'),
			  ('spurious', 'stray interrupt')) if a == 'um' or what != 'rest']
		self.write('benchmarks-times', [['Banks'] + [t for *_, t in times]] + [
			[b] + [self.ratio(a, what, 'both', b) for a, what, _ in times] for b in self.banks])
		self.write('growth', [['Banks'] + [f'{TITLES[a]}: {d}' for a in self.archs for d in both]] + [
			[b] + [self.ratio(a, 'fault', d, b, 'growth') for a in self.archs for d in both]
			for b in self.banks])

	def others(self):
		def counts(title, what, banks, metric):
			return [title] + [self.count(what, d, banks, metric) for d in ('landed', 'masked')]

		def each_arch(title, *cells):
			return [[f'{title} ({TITLES[a]})'] +
				[self.ratio(a, *c) if isinstance(c, tuple) else c for c in cells]
				for a in self.archs]

		self.write('benchmarks-others', [
			['What', 'landed', 'masked'],
			counts('Interrupts for a stalled fault', 'fault', 1, 'interrupts'),
			counts('Registers read for it', 'fault', 1, 'reads'),
			counts('Registers written for it', 'fault', 1, 'writes'),
			counts('Registers read by set_stall()', 'set_stall', 1, 'reads'),
			counts('Registers written by set_stall()', 'set_stall', 1, 'writes'),
			*each_arch('Time of set_stall()', 1, ('set_stall', 'both', 1)),
			counts("Faults resumed while another bank's callback sleeps (of 5)",
			       'isolated', 0, 'resumed_meanwhile'),
			*each_arch('Their wait, as a part of that sleep', ('wait', 'landed', 0),
				   ('wait', 'masked', 0)),
			counts('Request of a line whose handler has no IRQF_ONESHOT', 'shared', 0, 'request'),
			counts('Request for the 65th bank on a line', 'one_more', 65, 'request')])

		# What each design costs whom: a bank alone on its line
		def each(title, what, metric):
			return [title] + [self.count(what, d, 1, metric)
					  for d in ('masked', 'locked', 'stock', 'landed')]

		self.write('benchmarks-designs', [
			['What', 'masked', 'with a spinlock', 'stock', 'landed'],
			each('Stalled fault: registers read', 'fault', 'reads'),
			each('Stalled fault: registers written', 'fault', 'writes'),
			each('Stalled fault: threads woken', 'fault', 'woken'),
			each('Stalled fault: locks taken', 'fault', 'locks'),
			*each_arch('Stalled fault: time to RESUME', 1, ('locked-fault', 'both', 1), NONE, NONE),
			each('Fault that does not stall: registers read', 'plain', 'reads'),
			each('Fault that does not stall: registers written', 'plain', 'writes'),
			each('Fault that does not stall: threads woken', 'plain', 'woken'),
			*each_arch('Fault that does not stall: time to the clear of FSR',
				   ('plain', 'both', 1), NONE, 1, NONE),
			*each_arch('set_stall(): time', 1, ('locked-set_stall', 'both', 1), NONE, NONE),
			each('Runtime resume after reset: registers of a bank read', 'resume', 'reads'),
			each('Runtime resume after reset: registers of a bank written', 'resume', 'writes')])

if __name__ == '__main__':
	bench = Bench(pathlib.Path(sys.argv[1]), sys.argv[2:])
	bench.by_banks()
	bench.others()
