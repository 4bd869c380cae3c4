#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
compare.py report LOG    tables, ladders and waveforms of the comparison, in build/compare/page/
compare.py write LOG     the same, and brings the page's up to date
compare.py replay LOG DESIGN SCHEDULE    one schedule, step by step

Reads what designs/arm_smmu_compare_kunit.c says, "explore: KIND KEY=VALUE ...". report
fails where Spin (spin/verdicts) has searched the same and says otherwise, and where
the page has something else.
"""

import collections
import csv
import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
OUT = TOP / 'build/compare/page'
PAGE = TOP / 'Documentation/driver-api/arm-smmu/designs'
DESIGNS = ('stock', 'v5', 'v5-nolock', 'landed', 'oneshot', 'resume-first', 'masked')
SCENARIOS = ('one_bank', 'set_stall', 'callback_set_stall', 'two_banks', 'suspend',
	     'teardown', 'reset')
INVARIANTS = ('reported', 'resumed', 'clean resume', 'armed', 'converged', 'live', 'isolated',
	      'powered', 'torn down', 'sleepable')
DEVICES = ('prompt', 'multi', 'two', 'late', 'two-late', 'lost', 'swapped', 'flood',
	   'two-late-lost-flood')
COSTS = {'interrupts': 'Interrupts', 'wakes': 'Threads and workers woken',
	 'reads': 'Register reads', 'writes': 'Register writes',
	 'other_reads': 'Reads of the other bank', 'spurious': 'Interrupts for nothing',
	 'locks': 'Locks taken', 'callbacks': 'Callbacks that the other bank waits for',
	 'accesses': 'Accesses that it waits for'}
# The counterexamples that the page shows
FIGURES = {'v5-nolock': 'I5', 'v5': 'I6', 'stock': 'I6', 'landed': 'I2', 'oneshot': 'I5'}
RESULTS = ('holds', 'unexplored', 'broken')
YES, NO, UNKNOWN = '\u2713', '\u2717', '\u2013'

def parse(path):
	"""The lines of a log, as dictionaries, by kind"""
	lines = collections.defaultdict(list)
	for line in open(path, encoding='utf-8', errors='replace'):
		found = re.search(r'explore: (\w+) (\w+=.*)', line)
		if not found:
			continue
		values = {'breaks': [], 'arrived': []}
		for item in found[2].split():
			key, value = item.split('=', 1)
			if key in ('breaks', 'arrived'):
				values[key].append(value)
			else:
				values[key] = value
		if '.' in values.get('case', ''):
			# one_bank.ss-two.other.posted
			values['scenario'], hardware, _, values['bus'] = values['case'].split('.')
			device = hardware.partition('-')[2] or 'prompt'
			values['device'] = re.sub('taken|ignored', 'swapped', device)
		lines[found[1]].append(values)
	return lines

def in_order(invariants):
	return sorted(set(invariants), key=lambda i: int(i[1:]))

def literal(verdict):
	return f"``{verdict['sched']}``"

def ranges(invariants):
	"""1-3 5 for I1 I2 I3 I5, with a hyphen that does not break"""
	bits = ''.join(str(int(f'I{i}' in invariants)) for i in range(12))
	return ' '.join(f'{m.start()}\u2011{m.end() - 1}' if len(m[0]) > 2 else
			' '.join(map(str, range(*m.span()))) for m in re.finditer('1+', bits))

class Comparison:
	"""What the log says of each design"""

	def __init__(self, lines):
		self.lines = lines
		self.best = {}		# (design, invariant): the verdict that shows most
		self.results = {}	# (design, scenario, device, bus, invariant): the worst result
		for v in lines['verdict']:
			self.add(v)

	def add(self, v):
		key = tuple(v[k] for k in ('design', 'scenario', 'device', 'bus', 'invariant'))
		self.results[key] = max(self.results.get(key, 'holds'), v['result'],
					key=RESULTS.index)
		# The first table tells of the prompt device, that of the pieces of the one that counts.
		if v['device'] not in ('prompt', 'multi') and not v['design'].startswith('masked-'):
			return
		key = v['design'], v['invariant']
		if v['result'] == 'unexplored':
			self.best.setdefault(key, v)
		elif v['result'] == 'broken':
			# As compare_rank() there, which has printed the steps of that one.
			v['rank'] = (DEVICES.index(v['device']),
				     (SCENARIOS + (v['scenario'],)).index(v['scenario']),
				     v['bus'] == 'posted', int(v['steps']))
			if v['rank'] < self.best.get(key, {}).get('rank', (99,)):
				self.best[key] = v

	def broken(self, design):
		return in_order(i for (d, i), v in self.best.items()
				if d == design and v['result'] == 'broken')

	def verdict(self, design, invariant):
		v = self.best.get((design, invariant))
		if not v:
			return YES
		if v['result'] == 'unexplored':
			return UNKNOWN
		where = SCENARIOS.index(v['scenario']) if v['scenario'] in SCENARIOS else -1
		return f"{NO}\\ :sup:`{'abcdefgh'[where]}`"

	def on_device(self, design, device):
		results = {(i, r) for (d, scenario, on, _, i), r in self.results.items()
			   if d == design and scenario in SCENARIOS and on == device}
		broken = in_order(i for i, r in results if r == 'broken')
		bounded = not results or 'unexplored' in {r for i, r in results}
		return f'{NO} {ranges(broken)}' if broken else UNKNOWN if bounded else YES

	def tables(self, spin):
		"""NAME, rows"""
		def grid(title, rows, cell):
			return [(title,) + DESIGNS] + [[text] + [cell(d, key) for d in DESIGNS]
						       for key, text in rows]

		cost = {(c['design'], k): v for c in self.lines['cost'] if c['case'] != 'one'
			for k, v in c.items()}
		yield 'invariants', grid('Invariant', ((f'I{i}', f'I{i} {name}') for i, name in
						       enumerate(INVARIANTS, 1)), self.verdict)
		yield 'costs', grid('A stalled fault, 2 banks', COSTS.items(),
				    lambda d, key: cost.get((d, key), UNKNOWN))
		yield 'devices', grid('Device', zip(DEVICES, DEVICES), self.on_device)
		pieces = [d for d in dict.fromkeys(v['design'] for v in self.lines['verdict'])
			  if d.startswith('masked-')]
		yield 'pieces', [('Without', 'Breaks', 'The first of them by')] + \
			[(d[7:], ' '.join(self.broken(d)) or 'nothing',
			  ''.join(literal(self.best[d, i]) for i in self.broken(d)[:1]))
			 for d in pieces]
		yield 'schedules', [('Design', 'Invariant', 'Schedule')] + \
			[(d, i, literal(self.best[d, i]))
			 for d in DESIGNS + ('oneshot-unmasked',) for i in self.broken(d)]
		yield 'explored', self.explored(spin)

	def explored(self, spin):
		counts = collections.defaultdict(lambda: [0, 0])
		for run in self.lines['run']:
			for name in (run['scenario'], 'all') if run['design'] == 'masked' else ():
				counts[name][0] += int(run['states'])
				counts[name][1] += int(run['schedules'])
		yield 'Scenario', 'States', 'Schedules', 'Spin: direct', 'Spin: posted'
		for name in sorted(counts, key='all'.__eq__):
			yield [name.replace('+', ' + ')] + [f'{n:,}' for n in counts[name]] + \
			      [YES if ('masked', name, 'prompt', bus, 'I1') in spin else ''
			       for bus in ('direct', 'posted')]

	def steps(self, design, invariant):
		return [s for s in self.lines['step'] if s['design'] == design and
			s.get('invariant') == invariant and
			s['case'] == self.best[design, invariant]['case']]

def spin_devices(design, scenario, bus):
	"""What spin/verdicts.sh searches"""
	if '+' in scenario or bus == 'posted' or \
	   design != 'masked' and scenario in ('two_banks', 'set_stall'):
		return DEVICES[:1]
	if design in ('masked', 'resume-first'):
		return DEVICES[:-1]
	# There with a fault less, which the models need to break.
	lost = () if scenario == 'teardown' else ('lost',)
	return ('prompt', 'multi', 'two', 'late') + lost

def read_spin():
	"""Spin's verdicts, as Comparison.results"""
	verdicts = {}
	for line in open(TOP / 'kunit/designs/spin/verdicts', encoding='utf-8'):
		words = line.split()
		if line[0] == '#' or words[2] == '-':
			continue
		design, (scenario, bus) = words[1], words[0].split('.')
		verdicts.update({(design, scenario, device, bus, f'I{i}'): 'holds'
				 for device in spin_devices(design, scenario, bus)
				 for i in range(1, 11)})
		for where, broken in (w.split('=') for w in words[3:]):
			device = where.split('.')[0].partition('-')[2] or 'prompt'
			for i in broken.split('+'):
				verdicts[design, scenario, device, bus, i] = 'broken'
	return verdicts

def check_spin(results, spin):
	both = [k for k, r in results.items() if k in spin and r != 'unexplored']
	differ = [k for k in both if spin[k] != results[k]]
	for key in differ:
		print(*key, f'Spin: {spin[key]}, explorer: {results[key]}')
	print(f'== Spin and the explorer agree on {len(both) - len(differ)} of {len(both)} verdicts')
	return not differ

def visible(step):
	"""What others can see of a step: a word or two, or ''"""
	act = step['act']
	if act.startswith('fault'):
		fsr = f'b{act[-1]}.fsr'
		stalls = 'SS' in step[fsr] and 'SS' not in step['before'].get(fsr, '')
		return 'fault, stalls' if stalls else 'fault'
	if re.match(r'start|return|cfg|var|powered|users|smmu_users|sCR|irqs_|shadow\?|pm_|IRQ_|wake|'
		    r'set_stall_done|callback_done|queue_work|dumped|arrives|'
		    r'(FAR|FSYNR|CBFRSYNRA|TTBR|CONTEXTIDR)\d*\?', act):
		return ''
	act = re.sub(r'(?<=SCTLR[=?])M\+', '', act)
	return act if step.get('bank', '0') == '0' else 'bank 1: ' + act

def cells(step, end):
	"""What a ladder has of a step, by column"""
	actor = step['actor'] if step['cpu'] == '-' else f"{step['cpu']} {step['actor'].rstrip('01')}"
	said = {actor: visible(step) or end,
		'arrives': ', '.join(re.sub(r'=terminate|(?<=SCTLR=)M\+', '', a) for a in step['arrived'])}
	return {k: v for k, v in said.items() if v}

def pick(steps):
	"""(cells, step) of the steps that others see. The last one of all breaks it."""
	for before, step in zip([{}] + steps, steps):
		step['before'] = before
	end = 'again, for ever' if steps[-1]['invariant'] == 'I6' else 'all at rest'
	seen = [(cells(s, end if s is steps[-1] and not s['arrived'] else ''), s) for s in steps]
	return [p for p in seen if p[0]]

def columns(picked):
	last = ['device', 'arrives']
	names = {name for said, _ in picked for name in said}
	return sorted(names - set(last)) + [n for n in last if n in names]

def ladder(picked, invariant):
	names = columns(picked)
	rows = [names + ['line']]
	for said, step in picked:
		rows.append([said.get(n, '') for n in names] +
			    ['high' if step['line'] == '1' else 'low'])
	rows[-1][-1] += ' <- ' + invariant
	width = [max(map(len, column)) for column in zip(*rows)]
	return ''.join('  '.join(c.ljust(w) for c, w in zip(r, width)).rstrip() + '\n' for r in rows)

def short(text):
	"""For a figure, whose lanes have the values"""
	text = re.sub(r'(FSR=|SCTLR=|RESUME|[A-Z]+\?)[\w+=]*', r'\1', text)
	return text.removesuffix(', stalls').replace('all at rest', 'at rest')

def wave(design, invariant, picked):
	"""For WaveDrom. A step is as wide as its text, the breaking one is marked."""
	names = columns(picked)
	before = dict(picked[0][1], **{'b0.fsr': '0', 'line': '0'})
	picked = [({}, before)] + [({k: re.sub('=.*', '', v) if k == 'arrives' else short(v)
				     for k, v in said.items()}, step) for said, step in picked]
	# In units of 20 pixels
	widths = [max([2] + [-(-(9 * len(t) + 20) // 20) for t in said.values()]) for said, _ in picked]

	def lane(name, kind, data=None):
		text = ''.join(kind(said, s).ljust(w, '.') for (said, s), w in zip(picked, widths))
		# A level that stays is one wave.
		return {'name': name, 'wave': text, 'data': data} if data else \
		       {'name': name, 'wave': re.sub(r'(?<=(\d))(\.*)\1', r'\2.', text)}

	def bit(register, name):
		return lane(f'{register.upper()}.{name}', lambda said, s:
			    str(int(name in s[f'b0.{register}'].split('+'))))

	def boxes(name):
		def kind(said, step):
			text = said.get(name)
			return 'z' if not text else '3' if '?' in text else \
			       '4' if '=' in text or text.isupper() else '5'
		return lane(name, kind, [said[name] for said, _ in picked if name in said])

	levels = [bit(*l) for l in (('fsr', 'TF'), ('fsr', 'MULTI'), ('fsr', 'SS'), ('sctlr', 'CFIE'),
				    ('sctlr', 'CFCFG'))] + [lane('line', lambda said, s: s['line'])]
	# Names are measured in a narrower font than the page's: an invisible one is longer.
	signal = [l for l in levels if {'0', '1'} <= set(l['wave'])] + \
		 [{'name': '\u00a0' * 3 * max(map(len, names))}] + \
		 [boxes(n) for n in names] + \
		 [lane('broken', lambda said, s: '9' if s is picked[-1][1] else 'z', [invariant])]
	rows = ',\n    '.join(json.dumps(s) for s in signal)
	return f'{{ "head": {{ "text": "{design} breaks {invariant}" }},\n' \
	       f'  "config": {{ "skin": "narrow" }},\n  "signal": [\n    {rows}\n  ]\n}}\n'

def report(log, write=False):
	comparison, spin = Comparison(parse(log)), read_spin()
	OUT.mkdir(parents=True, exist_ok=True)
	made = {}
	for name, rows in comparison.tables(spin):
		made[PAGE / f'{name}.csv'] = OUT / f'{name}.csv'
		with open(OUT / f'{name}.csv', 'w', encoding='utf-8') as out:
			csv.writer(out, lineterminator='\n').writerows(rows)
	for design, invariant in FIGURES.items():
		picked, figure = pick(comparison.steps(design, invariant)), f'designs-{design}.json'
		made[PAGE / f'{design}.txt'] = OUT / f'{design}.txt'
		made[TOP / 'kunit/docs' / figure] = OUT / figure
		(OUT / f'{design}.txt').write_text(ladder(picked, invariant))
		(OUT / figure).write_text(wave(design, invariant, picked))
	agree = check_spin(comparison.results, spin)
	for old, new in made.items():
		if write:
			old.parent.mkdir(exist_ok=True)
			old.write_bytes(new.read_bytes())
		elif not old.exists() or old.read_bytes() != new.read_bytes():
			print(f'error: {old.relative_to(TOP)} is not what the comparison gives now '
			      f'({new.relative_to(TOP)}); if that is right: make compare WRITE=1')
			return False
	return agree

def replay(log, design, sched):
	steps = parse(log)['step']
	with open(PAGE / 'schedules.csv', encoding='utf-8') as known:
		for row in csv.reader(known):
			if row[::2] == [design, f'``{sched}``'] and row[1] not in steps[-1]['breaks']:
				steps[-1]['breaks'].append(row[1])
	seen = set()
	for s in steps:
		act = s['act'] + ''.join(f' ({a} arrives)' for a in s['arrived'])
		print(f"{s['n']:>3} {s['cpu']:4} {s['actor']:9} {act:32}",
		      *(f'{k}={v}' for k, v in s.items() if re.match(r'b\d|lost|line|power', k)),
		      *(f'<- {i}' for i in s['breaks'] if i not in seen))
		seen.update(s['breaks'])
	return True

if __name__ == '__main__':
	ok = replay(*sys.argv[2:]) if sys.argv[1] == 'replay' else \
	     report(sys.argv[2], sys.argv[1] == 'write')
	sys.exit(not ok)
