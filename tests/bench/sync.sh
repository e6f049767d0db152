#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What it costs to meet, and to take turns, beside the C library's own objects in one run:
# tests/bench/sync.sh BUILD [ROUNDS]
# Figures are the least of five runs, taken in turn, for a round of all processes; the ratio is to
# the C library. Its barrier does not know of deaths, nor makes sure that a meeting can be seen; its
# semaphore loses wake-ups to the dead.
set -eu
build=${1:?"usage: tests/bench/sync.sh BUILD [ROUNDS]"}
rounds=${2:-100000}

# pair PROCESSES ROUNDS OURS THEIRS
pair() {
	for _ in 1 2 3 4 5; do
		echo "$("$build/tests/bench/bench-sync" "$3" "$1" "$2")" \
			"$("$build/tests/bench/bench-sync" "$4" "$1" "$2")"
	done | awk -v who="$3 and $4, $1 processes" '
		NR == 1 || $1 < ours { ours = $1 }
		NR == 1 || $2 < theirs { theirs = $2 }
		END { printf "%-44s %8d ns %8d ns %6.2f\n", who, ours, theirs, ours / theirs }'
}

for processes in 1 2 4; do
	pair "$processes" "$rounds" mp_lock pthread_mutex
	pair "$processes" "$rounds" mp_semaphore sem_wait
done
for processes in 2 4; do
	pair "$processes" "$((rounds / 10))" mp_barrier pthread_barrier
done
