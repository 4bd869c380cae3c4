# SPDX-License-Identifier: GPL-2.0
# Sourced by verdicts.sh: what design.md's known failures and removed pieces give.
verdict broken landed 0 0 0 -DLANDED -DN=4
verdict broken oneshot,line-unmasked 0 1 4 -DONESHOT -DNOLINEMASK
verdict broken rmw 0 0 0 -DONESHOT
p() { verdict "$1" "masked-$2" $3 $4 $5 -DMASKED -DN=4 -DNO_$2; }
p broken IRQOFF 1 1 4
p broken MASK 0 1 4
p broken SECOND 0 0 4
p broken CLEARFIRST 1 0 4
p broken MULTICLEAR 0 0 4
p broken LEAVE 0 0 4
p broken SHADOW 0 0 4
# These two are there for what this model does not have: another bank on the line,
# and a bank that is somebody else's after RESUME. With one bank, nothing breaks.
p holds SHADOWCHECK 1 0 4
p holds CFIEFIRST 1 0 4
