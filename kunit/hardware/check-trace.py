#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Judges a trace of an Arm SMMU's register accesses by the invariants I1 to I5.

The trace is what capture.sh prints: the kernel's own events rwmmio_write and
rwmmio_post_read. Where the driver has the events of the series, I1 and I5 are judged by
its reports and by what set_stall() asked for.
"""

import argparse
import collections
import re
import sys

SCTLR, RESUME, FSR, FAR = 0x00, 0x08, 0x58, 0x60
M, CFIE, CFCFG = 1 << 0, 1 << 6, 1 << 7
SYNDROME, MULTI, SS = 0x1fe, 1 << 31, 1 << 30
LATCHED = SYNDROME | MULTI

EVENT = re.compile(r'\[\d+\]\s+(\S+)\s+[\d.]+: (\w+): (.*)')
MMIO = re.compile(r'val=(0x[0-9a-f]+|0) addr=(0x[0-9a-f]+)')


class Bank:
    """What a driver has seen of a context bank, and has done to it."""

    def __init__(self):
        self.sctlr = 0
        self.seen = 0           # FSR at the last read
        self.cleared = True     # FSR was written since a fault was read
        self.stall = False      # SS was read, and RESUME was not written since
        self.polls = None       # reads since RESUME
        self.count = collections.Counter()
        self.wrong = []

    def complain(self, where, text):
        self.wrong.append(f'{where}: {text}')

    def read_fsr(self, val, hardirq):
        self.seen = val
        if val & SYNDROME:
            self.cleared = False
        if self.polls is not None:
            self.polls += 1
            if not val & SS:
                self.count[f'SS was clear at read {self.polls} after RESUME'] += 1
                self.polls = None
            elif val & LATCHED:
                self.count['RESUME, then SS and a fault'] += 1
                self.polls, self.stall = None, True
            return
        self.stall |= bool(val & SS)
        if hardirq and val & SS and not val & LATCHED and self.sctlr & CFIE:
            self.count['hard IRQs that found SS alone, CFIE on: SS asserts'] += 1

    def write_fsr(self, val):
        if val & self.seen & SYNDROME and not self.cleared:
            self.count['faults'] += 1
        self.cleared |= not self.seen & LATCHED & ~val
        self.seen &= ~(val & LATCHED)

    def write_resume(self, where):
        self.count['RESUME'] += 1
        if self.polls:
            self.count['SS was left after RESUME, with no fault'] += 1
        if not self.stall and self.polls is None:
            self.complain(where, 'I3: RESUME, and no stall was seen since the last one')
        elif not self.cleared:
            self.complain(where, 'I3: RESUME, and FSR was not cleared since the fault')
        self.stall, self.polls = False, 0

    def end(self):
        if self.count['reports'] and self.count['reports'] != self.count['faults']:
            self.complain('end', f"I1: {self.count['faults']} faults, {self.count['reports']} reports")
        if not self.cleared:
            self.complain('end', 'I1: a fault was read and FSR not cleared')
        if self.stall or self.polls:
            self.complain('end', 'I2: a transaction may be stalled')
        if self.sctlr & M and not self.sctlr & CFIE:
            self.complain('end', 'I4: the bank is translating and CFIE is off')
        if self.count['set_stall'] and self.sctlr & M and bool(self.sctlr & CFCFG) != self.wanted:
            self.complain('end', 'I5: CFCFG is not what set_stall() asked for')

    wanted = False


def access(banks, args, where, event, text, hardirq):
    found = MMIO.search(text)
    if not found:
        return
    # The context banks are in the upper half. The range ends with a guard page.
    val, offset = int(found[1], 0), int(found[2], 16) - (args.base + args.end - 0x1000) // 2
    if offset < 0:
        return
    bank, reg = banks[offset // args.page], offset % args.page
    if event == 'rwmmio_post_read':
        if reg == FSR:
            bank.read_fsr(val, hardirq)
    elif reg == FSR:
        bank.write_fsr(val)
    elif reg == RESUME:
        bank.write_resume(where)
    elif reg == SCTLR:
        bank.sctlr = val


def judge(lines, args):
    banks = collections.defaultdict(Bank)
    interrupts = collections.Counter()
    for number, line in enumerate(lines, 1):
        if line.startswith('registers '):
            args.base, args.end = (int(s, 16) for s in line.split()[1:3])
        found = EVENT.search(line)
        if not found:
            continue
        flags, event, text = found.groups()
        if event in ('rwmmio_write', 'rwmmio_post_read'):
            access(banks, args, f'line {number}', event, text, 'h' in flags.lower())
        elif event == 'arm_smmu_context_fault':
            banks[int(re.search(r'cb=(\d+)', text)[1])].count['reports'] += 1
        elif event == 'arm_smmu_set_stall':
            bank = banks[int(re.search(r'cb=(\d+)', text)[1])]
            bank.count['set_stall'] += 1
            bank.wanted = text.endswith('on')
        elif event == 'irq_handler_entry' and 'arm-smmu-context-fault' in text:
            interrupts[text] += 1
    return banks, interrupts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('trace', type=argparse.FileType(errors='replace'))
    parser.add_argument('--page', type=lambda s: int(s, 0), default=0x1000,
                        help='of the SMMU: 0x1000 or 0x10000')
    args = parser.parse_args()
    args.base = args.end = None

    banks, interrupts = judge(args.trace, args)
    wrong = 0
    for idx, bank in sorted(banks.items()):
        bank.end()
        wrong += len(bank.wrong)
        for what, times in sorted(bank.count.items()):
            print(f'bank {idx}: {what}: {times}')
        for text in bank.wrong:
            print(f'bank {idx}: WRONG: {text}')
    for text, times in interrupts.items():
        print(f'interrupts: {text}: {times}')
    faults = sum(bank.count['faults'] for bank in banks.values())
    resumes = sum(bank.count['RESUME'] for bank in banks.values())
    print(f'verdict: {"FAIL" if wrong else "PASS" if resumes else "NO STALL SEEN"}: '
          f'{faults} faults, {resumes} stalls resumed, {wrong} violations of I1 to I5')
    sys.exit(bool(wrong) or not resumes)


if __name__ == '__main__':
    main()
