# SPDX-License-Identifier: GPL-2.0
#
# From the lines "explore: ..." of the comparison (see designs/arm_smmu_compare_kunit.c):
#
# -v want=table	the designs by property and by cost, and the driver's pieces, as text
# -v want=rst	the same as a page of Documentation/, with all schedules
# -v want=verdicts  DESIGN SCENARIO INVARIANT holds|broken|unexplored, for Spin
# -v want=list	which counterexamples there are: DESIGN INVARIANT
# -v want=ladder -v design=D -v invariant=In	the counterexample, in columns
# -v want=vcd	...			as a waveform for GTKWave
# -v want=wave	...			as a waveform for WaveDrom

function value(key,   i)
{
	for (i = 3; i <= NF; i++)
		if (index($i, key "=") == 1)
			return substr($i, length(key) + 2)
	return ""
}

BEGIN {
	split("stock v5 v5-nolock landed oneshot resume-first masked", designs)
	split("one_bank set_stall callback_set_stall two_banks suspend teardown reset", scenarios)
	for (i in scenarios)
		rank[scenarios[i]] = i
	split("reported resumed clean_resume armed converged live isolated powered torn_down sleepable", names)
	split("shared shared shared shared shared shared shared wait wait", cost_cases)
	split("interrupts wakes reads writes other_reads spurious locks callbacks accesses", costs)
	split("interrupts,threads woken,register reads,register writes,reads of the other bank,spurious interrupts,locks taken,callbacks bank 1 waits for,accesses it waits for", cost_names, ",")
}

{ sub(/^.*explore: /, "explore: ") }

$2 == "run" {
	d = value("design")
	states[d] += value("states")
	schedules_of[d] += value("schedules")
	runs[d]++
	split(value("case"), part, ".")
	if (d == "masked") {
		scenario_states[part[1]] += value("states")
		scenario_schedules[part[1]] += value("schedules")
		if (!(part[1] in order_of)) {
			order_of[part[1]] = ++num_scenarios
			scenario_at[num_scenarios] = part[1]
		}
	}
	if (value("end") != "complete" && d != "oneshot-unmasked") {
		limit = value("states") - 1
		key = d SUBSEP part[1]
		if (!(key in bounded))
			bounded_in[d] = bounded_in[d] (bounded_in[d] ? ", " : "") part[1]
		bounded[key] = bounded[key] (bounded[key] ? " " : "") part[2] "." part[3] "." part[4]
	}
}

$2 == "verdict" {
	d = value("design"); n = value("invariant"); r = value("result")
	split(value("case"), part, ".")
	where = part[1]
	kind = where "." part[4]
	if (d ~ /^masked-/ && !(d in piece_number)) {
		piece_number[d] = ++num_pieces
		piece_at[num_pieces] = d
	}
	device = part[2]
	sub(/^(ss|noss)-?/, "", device)
	if (device ~ /^(taken|ignored)$/)
		device = "swapped"
	if (device == "multi" ? where == "one_bank" : where in rank)
		on_device[d, device, n] = 1 * (r == "broken") || on_device[d, device, n]
	if (device != "" && device != "multi" && d !~ /^masked-/) {
		# Spin has no such device, and the first table does not tell of it.
		if (r == "unexplored")
			unexplored_on[d, device] = 1
	} else if (r == "broken") {
		# The first scenario that breaks it says most, there the shortest.
		place = (where in rank ? rank[where] : 100) * 1000 + value("steps")
		if (!((d, n) in steps) || place < steps[d, n]) {
			steps[d, n] = place
			sched[d, n] = value("sched")
			broken_in[d, n] = where in rank ? where : "a pair"
		}
		result[d, kind, n] = "broken"
	} else if (r == "unexplored") {
		unexplored[d, n] = value("why")
		if (result[d, kind, n] != "broken")
			result[d, kind, n] = r
	} else if (result[d, kind, n] == "") {
		result[d, kind, n] = r
	}
}

$2 == "cost" {
	for (i in costs)
		if (value("case") == cost_cases[i])
			cost[value("design"), costs[i]] = value(costs[i])
}

$2 == "step" {
	d = value("design"); n = value("invariant")
	key = d " " n
	example[key, ++last[key]] = $0
}

function verdict(d, n)
{
	if ((d, n) in steps)
		return broken_in[d, n] == "callback_set_stall" ? "callback" : broken_in[d, n]
	if (!runs[d])
		return "not run"
	# Some search was not finished, and none has found anything.
	return (d, n) in unexplored ? "unexplored" : "holds"
}

function rule(widths, count, char,   i, j, text)
{
	for (i = 1; i <= count; i++) {
		for (j = 0; j < widths[i]; j++)
			text = text char
		text = text (i < count ? "  " : "")
	}
	return text
}

function collect(d, n,   i)
{
	length_of = last[d " " n]
	for (i = 1; i <= length_of; i++)
		step[i] = example[d " " n, i]
}

# What everybody can see of a step, or "".
function visible(act)
{
	if (act ~ /^(start|return|cfg|var|powered|users|smmu_users|sCR|irqs_|shadow\?|pm_|users|set_stall_done|callback_done)/)
		return ""
	if (act ~ /^(FAR|FSYNR|CBFRSYNRA|TTBR|CONTEXTIDR)[0-9]*\?/)
		return "..."
	return act
}

function parse_step(line,   i, pair, f, count)
{
	delete now
	count = split(line, f)
	for (i = 3; i <= count; i++) {
		pair = index(f[i], "=")
		if (substr(f[i], 1, pair - 1) == "breaks")
			now["breaks"] = now["breaks"] (now["breaks"] ? "+" : "") substr(f[i], pair + 1)
		else
			now[substr(f[i], 1, pair - 1)] = substr(f[i], pair + 1)
	}
	gsub(/_/, " ", now["act"])
}

# rows: ladder[r, column], columns CPU0, CPU1 (CPU2 if that is who acts), device, line
function make_ladder(   i, act, column, before, broken)
{
	rows = 0
	delete ladder
	for (i = 1; i <= length_of; i++) {
		parse_step(step[i])
		gsub(/ /, "_", now["act"])
		act = visible(now["act"])
		# A violation is shown once, with the step that brings it.
		if (now["breaks"] == broken)
			now["breaks"] = ""
		else
			broken = now["breaks"]
		if (act == "" && now["breaks"])
			act = now["act"] == "return" ? "at_rest" : now["act"]
		gsub(/_/, " ", act)
		if (act == "")
			continue
		column = now["actor"] ~ /^(device|bus)$/ ? 3 : now["cpu"] == 0 ? 1 : 2
		if (act == "..." ) {
			if (before == now["actor"] act)
				continue
		}
		before = now["actor"] act
		rows++
		ladder[rows, 0] = now["actor"]
		ladder[rows, column] = act == "..." ? "reads the rest" : act
		if (now["actor"] == "device" && act ~ /^fault/)
			ladder[rows, 3] = "fault" (now["b0.fsr"] ~ /SS/ ? ", stalls" : "")
		ladder[rows, 4] = now["line"]
		if (now["breaks"])
			ladder[rows, 5] = now["breaks"]
	}
	# At most 15: what is in the middle is not what is wrong.
	first = rows > 13 ? rows - 11 : 1
}

function print_ladder(indent,   r)
{
	make_ladder()
	printf "%s%-21s %-21s %-15s %s\n", indent, "CPU0", "CPU1", "device", "line"
	for (r = 1; r <= rows; r++) {
		if (first > 1 && r > 1 && r < first) {
			if (r == 2)
				printf "%s...\n", indent
			continue
		}
		printf "%s%-21s %-21s %-15s %s%s\n", indent, ladder[r, 1], ladder[r, 2], ladder[r, 3],
		       ladder[r, 4] == 1 ? "high" : "low", ladder[r, 5] ? "  " ladder[r, 5] : ""
	}
}

# The first counterexample of a design that is worth a picture.
function best(d,   i, order)
{
	split("I6 I2 I5 I7 I8 I9 I4 I3 I1 I10", order)
	for (i = 1; i <= 10; i++)
		if ((d " " order[i]) in last)
			return order[i]
	return ""
}

function tables(indent,   i, j, d, n, w, c)
{
	w[1] = 18
	for (i = 2; i <= 8; i++)
		w[i] = i == 7 ? 12 : 10
	printf "%s%s\n%s%-18s", indent, rule(w, 8, "="), indent, "Invariant"
	for (j = 1; j <= 7; j++)
		printf "  %-*s", w[j + 1], designs[j]
	printf "\n%s%s\n", indent, rule(w, 8, "=")
	for (i = 1; i <= 10; i++) {
		n = names[i]; gsub(/_/, " ", n)
		printf "%s%-18s", indent, "I" i " " n
		for (j = 1; j <= 7; j++)
			printf "  %-*s", w[j + 1], verdict(designs[j], "I" i)
		printf "\n"
	}
	printf "%s%-18s", indent, "states"
	for (j = 1; j <= 7; j++)
		printf "  %-*s", w[j + 1], states[designs[j]] + 0
	printf "\n%s%-18s", indent, "schedules"
	for (j = 1; j <= 7; j++)
		printf "  %-*s", w[j + 1], schedules_of[designs[j]] + 0
	printf "\n%s%s\n\n", indent, rule(w, 8, "=")

	w[1] = 30
	printf "%s%s\n%s%-30s", indent, rule(w, 8, "="), indent, "A stalled fault, 2 banks"
	for (j = 1; j <= 7; j++)
		printf "  %-*s", w[j + 1], designs[j]
	printf "\n%s%s\n", indent, rule(w, 8, "=")
	for (i = 1; i <= 9; i++) {
		printf "%s%-30s", indent, cost_names[i]
		for (j = 1; j <= 7; j++) {
			c = cost[designs[j], costs[i]]
			printf "  %-*s", w[j + 1], c == "" ? "-" : c
		}
		printf "\n"
	}
	printf "%s%-30s", indent, "statements (masked: driver)"
	split(statements, count)
	for (j = 1; j <= 7; j++)
		printf "  %-*s", w[j + 1], count[j]
	printf "\n%s%s\n", indent, rule(w, 8, "=")
}

# What was not explored to the end, and why.
function not_explored(indent,   j, d, i, n, list)
{
	if (!limit) {
		print "Each case of each of the seven designs was explored to the end."
		return
	}
	print "Not explored to the end, for more than " limit " states:" (indent ? ":\n" : "")
	for (j = 1; j <= 7; j++) {
		d = designs[j]
		n = split(bounded_in[d], list, ", ")
		for (i = 1; i <= n; i++)
			printf "%s%s %s: %s\n", indent, d, list[i], bounded[d, list[i]]
	}
}

# The driver without a piece of the protocol: what breaks, and a shortest schedule.
function pieces(indent,   i, n, d, all, first, w)
{
	w[1] = 20; w[2] = 12; w[3] = 62
	printf "%s%s\n%s%-20s  %-12s  %s\n%s%s\n", indent, rule(w, 3, "="), indent,
	       "Without", "breaks", "the first of them by", indent, rule(w, 3, "=")
	for (i = 1; i <= num_pieces; i++) {
		d = piece_at[i]; all = first = ""
		for (n = 1; n <= 10; n++) {
			if (!((d, "I" n) in steps))
				continue
			all = all (all ? " " : "") "I" n
			first = first ? first : sched[d, "I" n]
		}
		sub(/^masked-/, "", d)
		printf "%s%-20s  %-12s  %s\n", indent, d, all ? all : "nothing", first ? first : "(none)"
	}
	printf "%s%s\n", indent, rule(w, 3, "=")
}

# What single scenarios break on each device.
function by_device(indent,   i, j, m, text, w, devices)
{
	split(",multi,two,late,two-late,lost,swapped,flood,two-late-lost-flood", devices, ",")
	w[1] = 20
	for (j = 1; j <= 7; j++)
		w[j + 1] = 16
	printf "%s%s\n%s%-20s", indent, rule(w, 8, "="), indent, "Device"
	for (j = 1; j <= 7; j++)
		printf "  %-16s", designs[j]
	printf "\n%s%s\n", indent, rule(w, 8, "=")
	for (m = 1; m <= 9; m++) {
		printf "%s%-20s", indent, devices[m] ? devices[m] : "prompt"
		for (j = 1; j <= 7; j++) {
			text = ""
			for (i = 1; i <= 10; i++)
				if (on_device[designs[j], devices[m], "I" i])
					text = text (text ? "," : "I") i
			printf "  %-16s", text ? text : !((designs[j], devices[m], "I1") in on_device) ? "not run" : (designs[j], devices[m]) in unexplored_on ? "unexplored" : "holds"
		}
		printf "\n"
	}
	printf "%s%s\n", indent, rule(w, 8, "=")
}

# What was explored: the driver's scenarios, and which of them Spin has searched, too.
function explored(indent,   i, j, w, by, f, kinds)
{
	while ((getline line < spin) > 0) {
		split(line, f, " ")
		if (line !~ /^#/ && f[2] !~ /^masked-/ && f[3] != "-") {
			split(f[1], by, ".")
			spin_has[by[1], f[2]] = spin_has[by[1], f[2]] (spin_has[by[1], f[2]] ? ", " : "") by[2]
			spin_designs[by[1]] += f[2] != "masked" && f[2] != "oneshot-unmasked" && by[2] == "direct"
		}
	}
	w[1] = 30; w[2] = 10; w[3] = 10; w[4] = 26
	printf "%s%s\n%s%-30s  %-10s  %-10s  %s\n%s%s\n", indent, rule(w, 4, "="), indent,
	       "Scenario", "states", "schedules", "in Spin as well", indent, rule(w, 4, "=")
	for (i = 1; i <= num_scenarios; i++) {
		j = scenario_at[i]
		printf "%s%-30s  %-10d  %-10d  %s\n", indent, j, scenario_states[j], scenario_schedules[j],
		       (j, "masked") in spin_has ? spin_has[j, "masked"] (spin_designs[j] >= 5 ? "; all designs" : "") : "no"
	}
	printf "%s%s\n", indent, rule(w, 4, "=")
}

function schedules(indent,   i, j, d)
{
	for (j = 1; j <= 7; j++) {
		d = designs[j]
		for (i = 1; i <= 10; i++)
			if ((d, "I" i) in steps)
				printf "%s%s I%d: %s\n", indent, d, i, sched[d, "I" i]
	}
	# As oneshot, if the line were not masked.
	if (("oneshot-unmasked", "I6") in steps)
		printf "%soneshot-unmasked I6: %s\n", indent, sched["oneshot-unmasked", "I6"]
}

# VCD: one wire a bit, a step a tick; who acts, and what he does, as strings
function vcd(   i, b, bit, bits, id, n, v, key)
{
	split("fsr.TF fsr.MULTI fsr.SS sctlr.M sctlr.CFIE sctlr.CFCFG shadow.CFIE shadow.CFCFG", bits)
	print "$timescale 1 us $end\n$scope module " design "_" invariant " $end"
	print "$var wire 1 ! line $end\n$var wire 1 \" powered $end"
	print "$var string 1 # actor $end\n$var string 1 $ step $end"
	for (b = 0; b < 2; b++) {
		if (!index(step[1], " b" b ".fsr="))
			continue
		print "$scope module bank" b " $end"
		for (i = 1; i <= 8; i++) {
			n = bits[i]; sub(/\./, "_", n)
			printf "$var wire 1 %c %s $end\n", 48 + b * 10 + i, n
		}
		print "$upscope $end"
	}
	print "$upscope $end\n$enddefinitions $end"
	for (i = 1; i <= length_of; i++) {
		parse_step(step[i])
		print "#" i
		print (now["line"] == 1) "!"
		print (now["power"] == "on") "\""
		print "s" now["actor"] " #"
		gsub(/ /, "_", now["act"])
		print "s" now["act"] (now["breaks"] ? "_breaks_" now["breaks"] : "") " $"
		for (b = 0; b < 2; b++) {
			if (!(("b" b ".fsr") in now))
				continue
			for (n = 1; n <= 8; n++) {
				split(bits[n], key, /\./)
				v = "+" now["b" b "." key[1]] "+"
				printf "%d%c\n", (index(v, "+" key[2] "+") > 0), 48 + b * 10 + n
			}
		}
	}
	print "#" length_of + 1
}

# Which steps a waveform shows: what is not visible takes no time.
function pick(   i, act, before)
{
	picked = 0
	for (i = 1; i <= length_of; i++) {
		parse_step(step[i])
		gsub(/ /, "_", now["act"])
		act = visible(now["act"])
		if ((act == "" || act == "..." && before == now["actor"] act) && !now["breaks"] && i > 1)
			continue
		before = now["actor"] act
		at[++picked] = i
	}
	# As in the ladder: what is in the middle is not what is wrong.
	gap = picked > 10
	if (gap) {
		for (i = 2; i <= 10; i++)
			at[i] = at[picked - 10 + i]
		picked = 10
	}
}

function lane(name, field,   i, text, v, before)
{
	before = ""
	for (i = 1; i <= picked; i++) {
		parse_step(step[at[i]])
		v = field == "line" ? now["line"] == 1 : index("+" now[substr(field, 1, index(field, ":") - 1)] "+", "+" substr(field, index(field, ":") + 1) "+") > 0
		text = text (v == before ? "." : v) (gap && i == 1 ? "|" : "")
		before = v
	}
	return sprintf("    { \"name\": \"%s\", \"wave\": \"%s\" },\n", name, text)
}

function wave(   i, c, act, text, data, names)
{
	split("CPU0 CPU1 device", names)
	pick()
	printf "{ \"head\": { \"text\": \"%s breaks %s\" },\n  \"signal\": [\n", design, invariant
	printf "%s", lane("FSR.TF", "b0.fsr:TF")
	printf "%s", lane("FSR.SS", "b0.fsr:SS")
	printf "%s", lane("SCTLR.CFIE", "b0.sctlr:CFIE")
	printf "%s", lane("line", "line")
	for (c = 1; c <= 3; c++) {
		text = data = ""
		for (i = 1; i <= picked; i++) {
			parse_step(step[at[i]])
			gsub(/ /, "_", now["act"])
			act = visible(now["act"])
			if (c == (now["actor"] ~ /^(device|bus)$/ ? 3 : now["cpu"] == 0 ? 1 : 2) && act != "") {
				text = text (act ~ /=/ ? "4" : act ~ /\?|\.\.\./ ? "3" : "5")
				gsub(/_/, " ", act)
				sub(/SCTLR(=|\?)M\+/, "SCTLR" (act ~ /=/ ? "=" : "?"), act)
				data = data (data ? ", " : "") "\"" act "\""
			} else {
				text = text "z"
			}
			if (gap && i == 1)
				text = text "|"
		}
		printf "    { \"name\": \"%s\", \"wave\": \"%s\", \"data\": [%s] }%s\n", names[c], text, data, c < 3 ? "," : ""
	}
	print "  ],\n  \"config\": { \"hscale\": 3 }\n}"
}

function page(   j, d)
{
	print ".. SPDX-License-Identifier: GPL-2.0\n..\n   Written by \"make compare WRITE=1\" of the project that this series comes from."
	print "\n====================\nThe designs compared\n====================\n"
	print "Seven ways to handle a stalled fault, each taken through every schedule of the same"
	print "scenarios, by the explorer of schedules that KUnit has in this series. *masked* is"
	print "the driver's own code, and *resume-first* the same code with a patch. The others are"
	print "small models of what was proposed or merged."
	print "The invariants are those of :doc:`fault-path`.\n"
	print "============  ================================================================"
	print "stock         up to 6.15: hard interrupt, resumed from a worker, CFIE untouched"
	print "v5            hard interrupt turns CFIE off, under a lock; worker: RESUME, CFIE on"
	print "v5-nolock     the same without the lock"
	print "landed        from 6.16: a thread, the line masked (ONESHOT), RESUME in the handler"
	print "oneshot       the reviewer's words taken literally: a thread, the line masked, CFIE"
	print "              off and on around the callback, CFIE before RESUME"
	print "resume-first  the driver with RESUME, a read, and only then CFIE; the primary takes SS"
	print "masked        this driver: the bank is masked, not the line"
	print "============  ================================================================\n"
	print "What each one breaks, and the first scenario that shows it. *holds*: in every case,"
	print "explored to the end. The device of this table ends a stall as soon as RESUME is written,"
	print "holds one stalled transaction, and loses no write.\n"
	tables("")
	print "\nThe costs are those of one stalled fault of bank 0 on MMU-500, in the shortest schedule"
	print "that handles it, with bank 1 on the same line. The last two before the statements are"
	print "about a fault of bank 1 that comes while bank 0's callback sleeps, or the work that it"
	print "has left behind: how many callbacks of bank 0 have to return first, and how many"
	print "accesses to bank 0's registers come first, in the shortest schedule. Where I7 holds, no"
	print "schedule makes it wait for a callback.\n"
	print "A schedule is a string, a letter and how often it goes on in a row: ``f`` a fault of"
	print "bank 0, ``i`` the interrupt, ``t`` the thread of bank 0, ``w`` its worker, ``F``, ``T``"
	print "and ``W`` those of bank 1, ``s`` set_stall(), ``p`` runtime PM, ``d`` teardown, ``r``"
	print "reset; at ``x``, ``y``, ``z`` and ``v`` a write arrives that was posted by the first,"
	print "second, third or fourth CPU; at ``k`` and ``K`` a RESUME that is late takes effect, at ``m``"
	print "and ``M`` a pause is over; with ``+`` the callback says retry, the write of RESUME is lost, or"
	print "the pass is a flood. The project that this page comes from replays it, step by"
	print "step (``make compare REPLAY=``). *oneshot-unmasked* is *oneshot* if the line were not"
	print "masked meanwhile; of that, a million states a case were explored::\n"
	schedules("  ")
	print "\nThe counterexamples\n==================="
	for (j = 1; j <= 7; j++) {
		d = designs[j]
		if (!best(d))
			continue
		design = d; invariant = best(d)
		collect(d, invariant)
		parse_step(step[1])
		print "\n*" d "*, " invariant ", in " now["case"] "::\n"
		print_ladder("  ")
		print "\n.. kernel-figure:: designs-" d ".svg\n   :alt: waveform of the schedule above"
	}
	print "\nWhat breaks without each piece\n==============================\n"
	print "The driver's own code with one piece of the protocol taken out, in the scenario and on the"
	print "device where it counts. *cfie-first* breaks no invariant: CFIE before RESUME is what the"
	print "review asked for. RESUME is then the last write, and carries a CFCFG that the callback"
	print "has changed into force before the transaction goes on.\n"
	pieces("")
	print "\nWhat was explored\n=================\n"
	print "Each scenario has eight cases for each device below: SS asserts the line, as on MMU-500 (*ss*),"
	print "or not (*noss*); the primary on the thread's CPU (*same*) or another (*other*); register"
	print "writes take effect at once (*direct*) or are posted (*posted*). One bank has four faults,"
	print "two banks on the line have two each, the other scenarios two. ``set_stall()`` comes from the"
	print "callback or from elsewhere, twice, in pairs once; the SMMU suspends and resumes; bank 0 is"
	print "torn down; or the SMMU is reset with a transaction stalled. In all pairs of these, a bank"
	print "has one fault, and in those with *one_bank* three. Bank 0's callback says terminate or"
	print "retry, in all of them."
	print "A schedule is followed until it ends, or gets to a state that another one has been in:"
	print "so many were followed. The search is breadth first, so that the schedule which it finds"
	print "for a broken invariant is a shortest one.\n"
	print "Spin has searched a model of the protocol that was written from its description, not from"
	print "the code; where both have searched a scenario to the end, they agree.\n"
	explored("")
	print "\nDevices\n=======\n"
	print "What no document settles of the hardware is explored both ways. What single scenarios"
	print "break on each device:\n"
	by_device("")
	print "\n============  ================================================================"
	print "multi         while only SS is set, a fault sets MULTI alone: the architecture says *while"
	print "              FSR is non-zero*, and can be read either way; *one_bank* alone"
	print "two           a bank holds two stalled transactions, as it may with SCTLR.HUPCF, where"
	print "              each TBU has one; RESUME ends the older one, and SS stays set for the other"
	print "late          RESUME takes effect, and SS clears, at some time within the poll"
	print "lost          one RESUME, any, has no effect"
	print "swapped       RESUME is ignored with a fault latched where SS does not assert the line,"
	print "              and taken where it does"
	print "flood         a pass of the thread may end with a pause, whatever it has found"
	print "============  ================================================================\n"
	print "The single scenarios have each of these, and *two-late*. Pairs have the first table's device,"
	print "and the one that is two, late, lost and flood at once.\n"
	print "\nOn MMU-500, RESUME is ignored while another bit of FSR is set, and a fault can come between"
	print "the driver's last look and RESUME. Afterwards nobody can tell whether the transaction that is"
	print "stalled is the old one: what the callback says of the next fault decides about it.\n"
	not_explored("  ")
	print "\nNot seen by the explorer, nor by Spin: weak ordering of the memory, since only register"
	print "writes are posted; more faults than these; how long a pause is; and hardware that does"
	print "something else than assumed here (``tests/explore_smmu.h``). Of the driver's barriers"
	print "the explorer checks that"
	print "they stand between the accesses that they are for (``tests/explore_driver.h``), and not"
	print "what happens without them."
}

# Verdicts of single scenarios, over the hardware's two kinds and both CPUs.
function verdicts(   k, f)
{
	for (k in result) {
		split(k, f, SUBSEP)
		print f[1], f[2], f[3], result[k]
	}
}

END {
	if (want == "ladder" || want == "vcd" || want == "wave")
		collect(design, invariant)
	if (want == "list") {
		for (i = 1; i <= 7; i++)
			if (best(designs[i]))
				print designs[i], best(designs[i])
	} else if (want == "ladder") {
		print_ladder("")
	} else if (want == "vcd") {
		vcd()
	} else if (want == "wave") {
		wave()
	} else if (want == "verdicts") {
		verdicts()
	} else if (want == "rst") {
		page()
	} else {
		tables("")
		print ""
		schedules("")
		print ""
		pieces("")
		print ""
		explored("")
		print ""
		by_device("")
		print ""
		not_explored("")
	}
}
