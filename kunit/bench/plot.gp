# SPDX-License-Identifier: GPL-2.0
# gnuplot -c plot.gp DIR ARCHS: DIR/benchmarks.svg, from the tables in DIR.

set datafile separator ","
set datafile missing "--"
set terminal svg size 760,300 font "sans-serif,12" background "white"
set output ARG1."/benchmarks.svg"

set logscale x 2
set logscale y 10
set xtics (1, 2, 8, 32, 64, 128)
set xrange [0.9:140]
set xlabel "banks on the line"
set grid ytics lc "#dddddd"
set border 3
set tics nomirror
set key top left reverse Left samplen 2

landed = "#c44e52"
masked = "#2a6f97"
counts = ARG1."/benchmarks-counts.csv"
growth = ARG1."/growth.csv"

set multiplot layout 1,3 title "One stalled fault: landed (Linux 7.3) and masked (this series)"

set title "Threads woken"
set yrange [0.8:300]
plot counts using 1:2 skip 1 with linespoints lw 2 pt 7 lc rgb landed title "landed", \
     counts using 1:3 skip 1 with linespoints lw 2 pt 5 lc rgb masked title "masked"

set title "Registers read"
set yrange [8:1000]
plot counts using 1:4 skip 1 with linespoints lw 2 pt 7 lc rgb landed title "landed", \
     counts using 1:5 skip 1 with linespoints lw 2 pt 5 lc rgb masked title "masked"

set title "Time from fault to RESUME\n(landed with one bank = 1)"
set yrange [0.3:*]
set key bottom right
dash(i) = i
plot for [i=1:words(ARG2)] growth using 1:2*i skip 1 with linespoints lw 2 pt 7 dt dash(i) \
	lc rgb landed title "landed, ".(word(ARG2, i) eq "um" ? "UML" : word(ARG2, i)), \
     for [i=1:words(ARG2)] growth using 1:2*i+1 skip 1 with linespoints lw 2 pt 5 dt dash(i) \
	lc rgb masked title "masked, ".(word(ARG2, i) eq "um" ? "UML" : word(ARG2, i))

unset multiplot
