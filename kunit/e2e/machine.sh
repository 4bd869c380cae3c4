# SPDX-License-Identifier: GPL-2.0
# Sourced: the machine of the end-to-end tests, as arguments for qemu-system-aarch64.
#
# e2e_machine MODEL MMU500 MASTER prints them: MODEL is what build.sh has built, the other
# two are properties of its devices. CPUS=, GIC=2|3 and BANKS= choose the machine.
# ICOUNT=SHIFT: an instruction takes 2^SHIFT ns. RR=record, and then RR=replay, with CPUS=1
# and the same kernel: QEMU repeats the run bit for bit, from build/e2e/replay.

e2e_machine()
{
	local banks=${BANKS:-8} clock=sleep=off

	[ -z "${RR:-}" ] || clock=rr=$RR,rrfile=$build/e2e/replay
	echo "-machine gic-version=${GIC:-3},virtualization=on -cpu cortex-a57 -smp ${CPUS:-4}" \
		"${ICOUNT:+-icount shift=$ICOUNT,$clock -rtc base=2026-01-01,clock=vm -machine dtb-randomness=off}" \
		"-plugin $1 -device mmu500,adreno=on,power-domain=on,lines=2,banks=$banks${2:+,$2}" \
		"-device dma-master,channels=$banks${3:+,$3}"
}
