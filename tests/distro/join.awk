# SPDX-License-Identifier: GPL-2.0-or-later
#
# Takes: what blocks_of of kernels.sh prints, kernel after kernel. Gives: one TAP of all of it, and
# on standard error the figures of the verifier and a line for each kernel. Exit status: 0 all
# passed, 1 not, or there is nothing.
function point(good, text) {
	print (good ? "ok " : "not ok ") ++points " - " kernel " / " test ": " text
	failed[kernel] += !good
	passed[kernel] += good
}
function close_block(status) {
	if (!inside)
		return
	if (status == "")
		point(0, "it did not come to its end")
	else if (bailed || !seen || plan != seen || (status && !bad))
		point(0, seen " points of " plan ", exit status " status)
	inside = 0
}
$1 == "@" && $2 == "kernel" {
	close_block("")
	kernel = $3
	kernels[++count] = kernel
	release[kernel] = $4
	seconds[kernel] = $5
}
$1 == "@" && $2 == "test" {
	close_block("")
	test = $3
	inside = 1
	seen = bad = bailed = 0
	plan = -1
}
$1 == "@" && $2 == "ended" { close_block($3) }
$1 == "@" && $2 == "verified" {
	if (!(($3) in total))
		names[++hooks] = $3
	total[$3] += $4
	verified[$3, kernel] = $4
	verified["in all", kernel] += $4
}
inside && /^(not )?ok [0-9]+/ {
	good = $1 == "ok"
	text = $0
	sub(/^(not )?ok [0-9]+( - )?/, "", text)
	point(good, text)
	seen++
	bad += !good
}
inside && /^1\.\.[0-9]+$/ { plan = substr($1, 4) }
inside && /^#/
inside && /^Bail out!/ { bailed = 1 }
END {
	close_block("")
	print "1.." points + 0
	names[++hooks] = "in all"
	printf "%-22s", "kernel" >"/dev/stderr"
	for (k = 1; k <= count; k++)
		printf "%10s", kernels[k] >"/dev/stderr"
	for (h = 1; h <= hooks; h++) {
		printf "\n%-22s", names[h] >"/dev/stderr"
		for (k = 1; k <= count; k++)
			printf "%10s", verified[names[h], kernels[k]] >"/dev/stderr"
	}
	print "" >"/dev/stderr"
	for (k = 1; k <= count; k++) {
		kernel = kernels[k]
		printf "%s (%s): %d s, %d passed, %d failed\n", kernel, release[kernel],
			seconds[kernel], passed[kernel], failed[kernel] >"/dev/stderr"
		all_failed += failed[kernel]
	}
	exit all_failed > 0 || !points
}
