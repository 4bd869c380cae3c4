/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pieces of the protocol. For each, pieces/NAME.patch takes it out of the driver:
 *
 * PIECE(NAME, where that is explored, on which device, what breaks first)
 *
 * The last one is the lowest number of an invariant that is broken there, or 0: no
 * invariant needs that piece. The Makefile beside this and arm_smmu_compare_kunit.c read
 * the list. kunit/designs/spin/verdicts.sh has the same names.
 */
PIECE(mask, EXPLORE_ONE_BANK, EXPLORE_PROMPT, 6)
PIECE(shadow_check, EXPLORE_TWO_BANKS, EXPLORE_PROMPT, 6)
PIECE(ss_alone, EXPLORE_ONE_BANK, EXPLORE_PROMPT, 6)
PIECE(clear_first, EXPLORE_ONE_BANK, EXPLORE_PROMPT, 2)
PIECE(multi_clear, EXPLORE_ONE_BANK, EXPLORE_PROMPT, 3)
PIECE(second_read, EXPLORE_SET_STALL, EXPLORE_PROMPT, 6)
PIECE(verdict_first, EXPLORE_ONE_BANK, EXPLORE_PROMPT, 3)
PIECE(own_first, EXPLORE_SUSPEND, EXPLORE_PROMPT, 6)
PIECE(read_after_resume, EXPLORE_SUSPEND, EXPLORE_PROMPT, 3)
PIECE(poll, EXPLORE_ONE_BANK, EXPLORE_LATE, 3)
PIECE(remask, EXPLORE_ONE_BANK, EXPLORE_TWO, 6)
PIECE(pause, EXPLORE_ONE_BANK, EXPLORE_TWO, 2)
PIECE(timer_cancel, EXPLORE_TEARDOWN, EXPLORE_HARDEST, 9)
PIECE(timer_last, EXPLORE_TEARDOWN, EXPLORE_HARDEST, 9)
PIECE(irq_off, EXPLORE_ONE_BANK, EXPLORE_PROMPT, 6)
PIECE(mask_irq_off, EXPLORE_TEARDOWN, EXPLORE_PROMPT, 6)
PIECE(read_back, EXPLORE_SET_STALL, EXPLORE_PROMPT, 4)
PIECE(shadow, EXPLORE_SET_STALL, EXPLORE_PROMPT, 4)
PIECE(power_flag, EXPLORE_SUSPEND, EXPLORE_PROMPT, 8)
PIECE(pm_reference, EXPLORE_SUSPEND, EXPLORE_PROMPT, 1)
PIECE(suspend_masks, EXPLORE_SUSPEND, EXPLORE_PROMPT, 6)
PIECE(suspend_waits, EXPLORE_SUSPEND, EXPLORE_PROMPT, 8)
PIECE(detach_waits, EXPLORE_SET_STALL | EXPLORE_TEARDOWN, EXPLORE_PROMPT, 9)
PIECE(detach_clears, EXPLORE_TEARDOWN, EXPLORE_PROMPT, 2)
PIECE(heal_loop, EXPLORE_RESET, EXPLORE_TWO, 2)
PIECE(reset_resumes, EXPLORE_RESET, EXPLORE_PROMPT, 2)
PIECE(attached_check, 0, 0, 0)
PIECE(cfie_first, 0, 0, 0)
