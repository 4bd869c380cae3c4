# SPDX-License-Identifier: GPL-2.0
#
# From the medians that bench.sh has made (arch, what, design, banks, metric,
# median, lowest, highest), the tables of the page, in dir: comma-separated.

BEGIN {
	FS = "\t"
	nr_archs = split(archs, arch, " ")
	title["um"] = "UML"
	title["arm64"] = "arm64"
}

{
	key = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4 SUBSEP $5
	median[key] = $6; lowest[key] = $7; highest[key] = $8
}
# They come in order.
$1 == arch[1] && $2 == "growth-fault" && $3 == "masked" && $5 == "ratio" { banks[++nr_banks] = $4 }

# A count is the same in each run and on each machine: the tests expect it.
function count(what, design, nr, metric,    key) {
	key = arch[1] SUBSEP "count-" what SUBSEP design SUBSEP nr SUBSEP metric
	return key in median ? median[key] : "--"
}

function both(what, nr, metric) {
	return count(what, "landed", nr, metric) "," count(what, "masked", nr, metric)
}

function reads(what, design, nr,    own, others) {
	own = count(what, design, nr, "reads"); others = count(what, design, nr, "other_reads")
	return own == "--" ? own : own + others
}

function all_reads(what, nr) { return reads(what, "landed", nr) "," reads(what, "masked", nr) }

function ratio(a, what, design, nr,    key) {
	key = a SUBSEP what SUBSEP design SUBSEP nr SUBSEP "ratio"
	return key in median ? sprintf("%.2f", median[key] / 1000) : "--"
}

function digits(thousandths) { return sprintf(thousandths < 95 ? "%.3f" : "%.2f", thousandths / 1000) }

function spread(a, what, design, nr,    key) {
	key = a SUBSEP what SUBSEP design SUBSEP nr SUBSEP "ratio"
	return !(key in median) ? "--" : digits(median[key]) " (" digits(lowest[key]) " to " digits(highest[key]) ")"
}

END {
	counts = dir "/benchmarks-counts.csv"; times = dir "/benchmarks-times.csv"; growth = dir "/growth.csv"
	others = dir "/benchmarks-others.csv"

	print "Banks,Woken: landed,Woken: masked,Read: landed,Read: masked," \
	      "Spurious woken: landed,Spurious woken: masked," \
	      "Spurious read: landed,Spurious read: masked" >counts
	for (i = 1; i <= nr_banks; i++) {
		b = banks[i]
		print b "," both("fault", b, "woken") "," all_reads("fault", b) "," \
		      both("spurious", b, "woken") "," \
		      all_reads("spurious", b) >counts
	}

	line = line2 = "Banks"
	for (j = 1; j <= nr_archs; j++) {
		t = title[arch[j]]
		line = line "," t ": fault to RESUME,"
		# With several CPUs, emulated, it is a difference of two noises.
		if (arch[j] == "um")
			line = line t ": without the accesses,"
		line = line t ": spurious interrupt"
		line2 = line2 "," t ": landed," t ": masked"
	}
	print line >times
	print line2 >growth
	for (i = 1; i <= nr_banks; i++) {
		line = line2 = banks[i]
		for (j = 1; j <= nr_archs; j++) {
			line = line "," spread(arch[j], "time-fault", "both", banks[i]) ","
			if (arch[j] == "um")
				line = line spread(arch[j], "time-rest", "both", banks[i]) ","
			line = line spread(arch[j], "time-spurious", "both", banks[i])
			line2 = line2 "," ratio(arch[j], "growth-fault", "landed", banks[i]) "," \
				ratio(arch[j], "growth-fault", "masked", banks[i])
		}
		print line >times
		print line2 >growth
	}

	print "What,landed,masked" >others
	print "Interrupts for a stalled fault," both("fault", 1, "interrupts") >others
	print "Registers read for it," both("fault", 1, "reads") >others
	print "Registers written for it," both("fault", 1, "writes") >others
	print "Registers read by set_stall()," both("set_stall", 1, "reads") >others
	print "Registers written by set_stall()," both("set_stall", 1, "writes") >others
	for (j = 1; j <= nr_archs; j++)
		print "Time of set_stall() (" title[arch[j]] "),1," \
		      spread(arch[j], "time-set_stall", "both", 1) >others
	print "Of 5 faults resumed while another bank's callback sleeps," \
	      both("isolated", 0, "resumed_meanwhile") >others
	for (j = 1; j <= nr_archs; j++)
		print "Wait per time that it goes on sleeping (" title[arch[j]] ")," \
		      spread(arch[j], "time-wait", "landed", 0) "," \
		      spread(arch[j], "time-wait", "masked", 0) >others
	print "Line of a handler without IRQF_ONESHOT: request," both("shared", 0, "request") >others
	print "65th bank on a line: request," both("one_more", 65, "request") >others

	# What each design costs whom: a bank alone on its line.
	designs = dir "/benchmarks-designs.csv"
	print "What,masked,masked with a spinlock,stock,landed" >designs
	print "A stalled fault: registers read," each("fault", "reads") >designs
	print "registers written," each("fault", "writes") >designs
	print "threads woken," each("fault", "woken") >designs
	print "locks taken," each("fault", "locks") >designs
	for (j = 1; j <= nr_archs; j++)
		print "time to RESUME (" title[arch[j]] "),1," spread(arch[j], "time-locked-fault", "both", 1) ",--,--" >designs
	print "A fault that does not stall: registers read," each("plain", "reads") >designs
	print "registers written," each("plain", "writes") >designs
	print "threads woken," each("plain", "woken") >designs
	print "locks taken," each("plain", "locks") >designs
	for (j = 1; j <= nr_archs; j++)
		print "time to the clear of FSR (" title[arch[j]] ")," spread(arch[j], "time-plain", "both", 1) ",--,1,--" >designs
	print "Runtime resume: registers of the bank read," each("resume", "reads") >designs
	print "registers of the bank written," each("resume", "writes") >designs
	for (j = 1; j <= nr_archs; j++)
		print "set_stall(): time (" title[arch[j]] "),1," spread(arch[j], "time-locked-set_stall", "both", 1) ",--,--" >designs
}

function each(what, metric) {
	return count(what, "masked", 1, metric) "," count(what, "locked", 1, metric) "," \
	       count(what, "stock", 1, metric) "," count(what, "landed", 1, metric)
}
