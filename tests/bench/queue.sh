#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What it costs to hand an item from process to process, side by side in one run:
# tests/bench/queue.sh BUILD [ITEMS]
# Figures are the least of five runs, taken in turn; the ratios are to mp_queue. A pipe holds 64 KiB,
# a POSIX message queue 10 messages, the others 1000 items.
set -eu
build=${1:?"usage: tests/bench/queue.sh BUILD [ITEMS]"}
items=${2:-200000}
bench=$build/tests/bench/bench-queue

python_queue() {
	python3 - "$@" <<-'END'
		import multiprocessing, sys, time

		def produce(queue, item, items):
		    for _ in range(items):
		        queue.put(item)

		def consume(queue):
		    while queue.get() is not None:
		        pass

		size, producers, consumers, items = map(int, sys.argv[1:])
		queue = multiprocessing.Queue(1000)
		getters = [multiprocessing.Process(target=consume, args=(queue,))
		           for _ in range(consumers)]
		putters = [multiprocessing.Process(target=produce,
		                                   args=(queue, bytes(size), items // producers))
		           for _ in range(producers)]
		began = time.monotonic_ns()
		for process in getters + putters:
		    process.start()
		for process in putters:
		    process.join()
		for _ in getters:
		    queue.put(None)
		for process in getters:
		    process.join()
		print((time.monotonic_ns() - began) // items)
	END
}

one() {
	if [ "$1" = python ]; then
		shift
		python_queue "$@" "$((items / 20))"
	else
		"$bench" "$@" "$items"
	fi
}

ways='queue tasks pipe mq'
if command -v python3 >/dev/null; then
	ways="$ways python"
fi

table() {
	for _ in 1 2 3 4 5; do
		for way in $ways; do
			echo "$way $(one "$way" "$@" 2>/dev/null)"
		done
	done | awk -v size="$1" -v producers="$2" -v consumers="$3" '
		NF == 2 && (!($1 in least) || $2 < least[$1]) { least[$1] = $2 }
		!($1 in seen) { seen[$1]; order[++count] = $1 }
		END {
			printf "%d bytes, %d to %d\n", size, producers, consumers
			for (i = 1; i <= count; i++)
				if (order[i] in least)
					printf "  %-8s %8d ns %7.2f\n", order[i], least[order[i]],
						least[order[i]] / least["queue"]
		}'
}

for size in 8 4096; do
	for crowd in 1 4; do
		table "$size" "$crowd" "$crowd"
	done
done
