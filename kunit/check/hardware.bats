#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
#
# The kit for people with a board, proved in the emulator.

load check-lib
bases=6.12

# proves VERDICT PATTERN [PIECE]
proves()
{
	run kunit/hardware/prove.sh "${@:3}"
	echo "$output"
	[[ $output = *"verdict: $1: "* ]]
	grep -q "$2" <<<"$output"
}

@test "the driver passes" { proves PASS ' 0 violations of I1 to I5'; }
@test "RESUME before FSR is cleared is I3" { proves FAIL 'I3: RESUME, and FSR was not cleared' clear-first; }
@test "a trace of another device is no pass" {
	printf 'registers 0xffff800080000000 0xffff800080101000\n' >"$BATS_TEST_TMPDIR/trace"
	run -1 kunit/hardware/check-trace.py "$BATS_TEST_TMPDIR/trace"
	[[ $output = *'NO STALL SEEN'* ]]
}
