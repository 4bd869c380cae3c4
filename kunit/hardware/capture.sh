#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# capture.sh start DEVICE, then fault, then capture.sh stop >trace.txt: on the board, as
# root, what an SMMU's driver reads and writes, by the kernel's own trace events. DEVICE is
# a name below /sys/bus/platform/drivers/arm-smmu. The kernel has CONFIG_TRACE_MMIO_ACCESS.

set -eu
trace=/sys/kernel/tracing

die() { echo "error: $*" >&2; exit 1; }

# Where the registers of the device are: its physical address is in its name.
find_registers()
{
	phys=$(printf '%016x' "0x${1%%.*}")
	restrict=$(cat /proc/sys/kernel/kptr_restrict)
	echo 1 >/proc/sys/kernel/kptr_restrict
	range=$(grep "phys=0x$phys " /proc/vmallocinfo | cut -d' ' -f1)
	echo "$restrict" >/proc/sys/kernel/kptr_restrict
	[ -n "$range" ] || die "$1: no ioremap at 0x$phys in /proc/vmallocinfo; is it an SMMU's address, and are you root?"
	base=${range%-*} end=${range#*-}
	case $base in
	0xffff*000) ;;
	*) die "the kernel hides addresses: boot it with no_hash_pointers" ;;
	esac
}

start()
{
	[ -d $trace/events ] || mount -t tracefs tracefs $trace
	[ -d $trace/events/rwmmio ] || die "no trace events of register accesses: the kernel needs CONFIG_TRACE_MMIO_ACCESS=y"
	find_registers "$1"
	echo 0 >$trace/tracing_on
	echo >$trace/trace
	echo 16384 >$trace/buffer_size_kb
	for event in rwmmio_write rwmmio_post_read; do
		echo "addr >= $base && addr < $end" >$trace/events/rwmmio/$event/filter
		echo 1 >$trace/events/rwmmio/$event/enable
	done
	echo 'name ~ "arm-smmu-context-fault"' >$trace/events/irq/irq_handler_entry/filter
	echo 1 >$trace/events/irq/irq_handler_entry/enable
	# Of the series; without them, reports are not counted.
	[ ! -d $trace/events/arm_smmu ] || echo 1 >$trace/events/arm_smmu/enable
	echo 1 >$trace/tracing_on
	echo "registers $base $end" >/run/smmu-registers
}

stop()
{
	echo 0 >$trace/tracing_on
	for event in rwmmio/rwmmio_write rwmmio/rwmmio_post_read irq/irq_handler_entry; do
		echo 0 >$trace/events/$event/enable
		echo 0 >$trace/events/$event/filter
	done
	[ ! -d $trace/events/arm_smmu ] || echo 0 >$trace/events/arm_smmu/enable
	echo "# $(uname -r) $(uname -m), $(nproc) CPUs"
	cat /run/smmu-registers $trace/trace
}

case ${1:-} in
start) [ $# = 2 ] || die "capture.sh start DEVICE"; start "$2" ;;
stop) stop ;;
*) die "capture.sh start DEVICE | stop" ;;
esac
