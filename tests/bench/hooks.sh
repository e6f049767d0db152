#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the hooks cost, side by side in one run: sudo tests/bench/hooks.sh BUILD [ROUNDS]
# One round is a write to a pipe and a read from it. Figures are the least of five runs; the
# ratios are to the same program alone. strace is the peer, where it is installed.
set -eu
build=${1:?"usage: sudo tests/bench/hooks.sh BUILD [ROUNDS]"}
rounds=${2:-200000}
calls=$build/tests/bench/bench-calls
trace=$build/tools/trace/mp-trace

least() {
	for _ in 1 2 3 4 5; do "$@" 2>/dev/null; done | sort -n | head -n 1
}

row() {
	awk -v what="$1" -v ns="$2" -v alone="$alone" \
		'BEGIN { printf "%-34s %8d ns  %6.2f\n", what, ns, ns / alone }'
}

alone=$(least "$calls" "$rounds")
row "alone" "$alone"

"$trace" --quiet --no-contract sleep 60 &
tracer=$!
sleep 1
row "beside a traced program" "$(least "$calls" "$rounds")"
kill "$tracer"
wait "$tracer" 2>/dev/null || :

row "under mp-trace" "$(least "$trace" --quiet --no-contract "$calls" "$rounds")"
if command -v strace >/dev/null; then
	row "under strace -f" "$(least strace -f -o /dev/null "$calls" "$((rounds / 10))")"
fi
