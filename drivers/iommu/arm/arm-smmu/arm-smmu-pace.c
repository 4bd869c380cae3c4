// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floods of faults of the Arm SMMU: a handler that runs again and again pauses. It
 * leaves its interrupt masked in the SMMU and returns, and a timer goes on.
 *
 * The thread of a context bank has a real-time priority, and global faults are
 * handled in hard IRQ context: either would keep a CPU to itself. A thread that slept
 * instead would keep free_irq() of each bank on its line waiting.
 */

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/timer.h>

#include <kunit/visibility.h>

#include "arm-smmu.h"

/**
 * arm_smmu_pace_begin() - A pass of the handler begins
 * @pace: of the handler
 *
 * The pass is in a row with the last one if it begins within two jiffies of its end, and
 * no flood ended in between.
 *
 * Context: The handler. Does not sleep.
 */
void arm_smmu_pace_begin(struct arm_smmu_pace *pace)
{
	if (READ_ONCE(pace->run) && time_before_eq(jiffies, READ_ONCE(pace->calm)))
		return;
	WRITE_ONCE(pace->run, 0);
	WRITE_ONCE(pace->start, jiffies);
}

/**
 * arm_smmu_pace_flood() - A pass has handled a fault, or found SS left
 * @pace: of the handler
 *
 * Context: The handler. Does not sleep.
 * Return: true if there were more than ARM_SMMU_FAULT_BURST passes in a row.
 */
bool arm_smmu_pace_flood(struct arm_smmu_pace *pace)
{
	unsigned int run = READ_ONCE(pace->run) + 1;

	WRITE_ONCE(pace->calm, jiffies + 1);
	WRITE_ONCE(pace->run, run);

	return run > ARM_SMMU_FAULT_BURST;
}

/**
 * arm_smmu_pace_pause() - Start the timer of a pause
 * @pace: of the handler
 * @flood: the handler pauses for a flood, not for SS that is left
 *
 * For SS, the pause is a jiffy. For a flood, it is as long as the passes in a row were
 * together, a jiffy at least and ARM_SMMU_FAULT_PAUSE_MAX at most. So a flood gets no
 * more than half of a CPU, unless the callbacks of a row use more than that maximum.
 *
 * Context: The handler. Does not sleep.
 */
void arm_smmu_pace_pause(struct arm_smmu_pace *pace, bool flood)
{
	unsigned long pause = 1;

	if (!flood) {
		/* The next pass belongs to this row, even if it begins late. */
		WRITE_ONCE(pace->calm, jiffies + HZ);
	} else {
		pause = clamp_t(unsigned long, jiffies - READ_ONCE(pace->start),
				1, ARM_SMMU_FAULT_PAUSE_MAX);
		WRITE_ONCE(pace->run, 0);
	}
	mod_timer(&pace->timer, jiffies + pause);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_pace_pause);

/**
 * arm_smmu_pace_global_fault() - A global fault was handled: pause if they flood
 * @smmu: SMMU
 *
 * Global faults are handled in hard IRQ context. A stream that no driver has set up
 * can fault without a break, and keep a CPU in that interrupt for ever.
 *
 * Context: The handler, between arm_smmu_power_enter() and arm_smmu_power_leave().
 * Handlers of several lines may race: at worst a pause comes an interrupt later.
 */
void arm_smmu_pace_global_fault(struct arm_smmu_device *smmu)
{
	arm_smmu_pace_begin(&smmu->global_pace);
	if (!arm_smmu_pace_flood(&smmu->global_pace))
		return;
	WRITE_ONCE(smmu->global_pause, true);
	arm_smmu_publish_global_irq(smmu);
	arm_smmu_pace_pause(&smmu->global_pace, true);
}

/**
 * arm_smmu_global_timer() - The pause of the global interrupts is over
 * @timer: of &arm_smmu_device.global_pace
 *
 * Context: Timer.
 */
void arm_smmu_global_timer(struct timer_list *timer)
{
	struct arm_smmu_device *smmu =
		container_of(timer, struct arm_smmu_device, global_pace.timer);
	unsigned long flags;

	WRITE_ONCE(smmu->global_pause, false);
	if (!arm_smmu_power_enter(smmu, &smmu->users, &flags))
		return;
	arm_smmu_publish_global_irq(smmu);
	arm_smmu_power_leave(&smmu->users, flags);
}
EXPORT_SYMBOL_IF_KUNIT(arm_smmu_global_timer);
