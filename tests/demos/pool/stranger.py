# SPDX-License-Identifier: GPL-2.0-or-later
# A pool of workers that share a list, as Python programs write it. All workers read from one pipe,
# so whoever comes first may take everything: here each one waits, with the first thing that it
# has got, until all have got something. An argument without a dash is a fault.
import argparse
import multiprocessing
import multiprocessing.util
import os

parser = argparse.ArgumentParser()
parser.add_argument("fault", nargs="?", default="none")
parser.add_argument("-w", "--workers", type=int, default=4)
parser.add_argument("-n", "--inputs", type=int, default=100)
OPTIONS = parser.parse_args()
FAULT = OPTIONS.fault
WORKERS = OPTIONS.workers + (FAULT == "five") - (FAULT == "three")
ALONE = FAULT == "greedy" or OPTIONS.inputs < WORKERS

start = None


def begin(barrier):
    global start
    start = barrier
    if FAULT == "fails":
        multiprocessing.util.Finalize(None, os._exit, (3,), exitpriority=100)


def function_square(number):
    global start
    if start and not ALONE:
        start.wait()
        start = None
    return number * number


def main():
    inputs = list(range(OPTIONS.inputs))
    barrier = multiprocessing.Barrier(WORKERS)
    pool = multiprocessing.Pool(WORKERS, begin, (barrier,))
    chunk = len(inputs) if FAULT == "greedy" else None if len(inputs) == 100 else 1
    outputs = pool.map(function_square, inputs, chunk)
    if FAULT == "swapped":
        outputs[1:3] = reversed(outputs[1:3])
    if FAULT == "lost":
        del outputs[7]
    if FAULT in ("said-first", "terminated"):
        print("Pool    :", outputs, flush=True)
    if FAULT == "terminated":
        pool.terminate()
    pool.close()
    pool.join()
    if FAULT not in ("said-first", "terminated"):
        print("Pool    :", outputs)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
