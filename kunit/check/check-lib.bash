# SPDX-License-Identifier: GPL-2.0
# Loaded by the .bats files beside it: what their tests have in common.

bats_require_minimum_version 1.5.0

# The trees that the tests of a file need.
bases='6.12 mainline'

setup_file()
{
	local base

	export top=$BATS_TEST_DIRNAME/../..
	# git wants to know who commits, on a machine where nobody has said.
	export GIT_AUTHOR_NAME=check GIT_AUTHOR_EMAIL=check@localhost
	export GIT_COMMITTER_NAME=check GIT_COMMITTER_EMAIL=check@localhost
	# Something to look at while it runs.
	for base in $bases; do
		make -s -C "$top" tree BASE=$base 2>&1 | sed 's/^/# /' >&3
	done
}

setup() { cd "$top"; }

# A test that QEMU, or UML with two CPUs, has to skip: it wants a single CPU.
single_cpu='detach_under_a_lock_of_the_callback_is_reported'

# And one that wants several.
several_cpus='posted_writes_follow_a_task_to_another_cpu'

# What is left to chance, and takes a minute: with KCSAN alone.
by_chance='all_cpus_race_.*'

# UML with two CPUs has no system sleep.
system_sleep='system_sleep_masks_all_banks_before_it_waits'

# A thread may be there before the killed task waits for it: on 7.3, and with several CPUs.
killed_task='killed_task_does_not_attach_a_domain'

# With forced threading: genirq takes no more than 64 handlers on a line, and wants
# IRQF_ONESHOT of a level one.
not_forced='oneshot_safe_chip_delays_nobody|128 banks(, MMU-500)?'

# QEMU does not emulate MMIO for KUnit.
mmio='ioremap_leads_to_the_registers'

# i2c-ocores has them.
driver_bugs='neighbour_without_interrupt_changes_nothing|transfer_is_over_when_its_stop_is'

# Runs KUnit and shows its verdict. kunit.py and run.sh say whether it is a good
# one; a test that was skipped must be one of those that have to be.
kunit()
{
	local expected=$several_cpus

	echo "# make kunit $*" >&3
	run make -s kunit "$@"
	echo "$output"
	printf '%s\n' "${lines[@]}" | grep 'Testing complete' | sed 's/^/#   /' >&3 || true
	[ "$status" -eq 0 ]
	grep -q 'Testing complete. Ran [1-9][0-9]* tests: passed: ' <<<"$output"

	! [[ " $* " =~ \ (ARCH=|CONFIG=(kcsan|rt|smp|threadirqs)) ]] || expected=$single_cpu
	! [[ " $* " =~ \ ARCH=(i386|powerpc) ]] || expected=$several_cpus
	expected+="|$mmio|$driver_bugs"
	! [[ " $* " =~ \ CONFIG=(rt|threadirqs) ]] || expected+="|$not_forced"
	[[ " $* " =~ \ CONFIG=kcsan ]] || expected+="|$by_chance"
	! [[ " $* " =~ \ CONFIG=smp ]] || expected+="|$system_sleep"
	! [[ " $* " =~ \ (BASE=mainline|ARCH=|CONFIG=(kcsan|rt|smp|threadirqs)) ]] || expected+="|$killed_task"
	! grep '\] \[SKIPPED\]' <<<"$output" | grep -vE "\\] ($expected)( \(.*\))?\$"
}

# A command that must fail with one clear line, which matches a pattern.
refuses()
{
	local pattern=$1; shift

	run "$@"
	[ "$status" -ne 0 ]
	[ "$(grep -c '^error: ' <<<"$output")" -eq 1 ]
	grep -q "^error: .*$pattern" <<<"$output"
}

# The folders of the kernel that the series changes.
series_folders() { find "$top/series" -name '*.patch' -exec sed -n 's|^--- a/\(.*\)/.*|\1|p' {} + | sort -u; }

# A kernel tree of the user's own, as far as the series needs one.
own_tree()
{
	git -C build/tree/6.12 worktree add -q --no-checkout --detach "$1" base
	git -C "$1" sparse-checkout set --cone $(series_folders) tools/testing/kunit
	git -C "$1" checkout -q
}

remove_own_tree()
{
	git -C build/tree/6.12 worktree remove --force "$1"
	rm -rf build/tree/kdir-"$(basename "$1")"-*
}

# mutant PIECE PATTERN: without this piece of kunit/designs/pieces/, the suites fail and say so.
mutant()
{
	local tree=build/tree/mutants-1

	[ -d $tree ] || git -C build/tree/6.12 worktree add -q --detach "$PWD/$tree" series
	git -C $tree checkout -q --detach --force series
	git -C $tree apply "$top/kunit/designs/pieces/$1.patch"
	cd $tree
	PATH=/usr/lib/ccache:$PATH run ./tools/testing/kunit/kunit.py run --build_dir=.kunit-um \
		--kunitconfig="$top/kunit/run/um.kunitconfig" 'arm_smmu_[!e]*'
	cd "$top"
	git -C $tree checkout -q --force
	[ "$status" -ne 0 ]
	grep -q 'Testing complete.*failed: ' <<<"$output"
	grep -q "$2" <<<"$output"
}
