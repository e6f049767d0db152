#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A map in mp_pool and in Python's Pool, side by side in one run: tests/bench/pool.sh BUILD [TASKS]
# A task squares a number. Figures are the least of three runs.
set -eu
build=${1:?"usage: tests/bench/pool.sh BUILD [TASKS]"}
tasks=${2:-100000}

least() {
	for _ in 1 2 3; do "$@"; done | sort -n | head -n 1
}

python() {
	python3 - "$@" <<-'END'
	import multiprocessing, sys, time
	workers, tasks, chunk = map(int, sys.argv[1:])
	def square(number):
	    return number * number
	with multiprocessing.get_context("fork").Pool(workers) as pool:
	    numbers = range(tasks)
	    began = time.monotonic_ns()
	    pool.map(square, numbers, chunk or None)
	    print((time.monotonic_ns() - began) // tasks)
	END
}

row() {
	ours=$(least "$build/tests/bench/bench-pool" 4 "$2" "$3")
	theirs=$(least python 4 "$2" "$3")
	awk -v what="$1" -v ours="$ours" -v theirs="$theirs" 'BEGIN {
		printf "%-28s mp_pool %7d ns  Python %7d ns  %6.1f\n",
			what, ours, theirs, theirs / (ours ? ours : 1)
	}'
}

row "chunks as the pool likes" "$tasks" 0
row "chunks of 100" "$tasks" 100
row "chunks of one" "$((tasks / 10))" 1
