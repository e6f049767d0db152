# SPDX-License-Identifier: GPL-2.0-or-later
# One function in several processes, one after the other, as Python programs write it. The first
# argument is a fault.
import multiprocessing
import os
import sys

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
COUNT = int(sys.argv[sys.argv.index("-n") + 1]) if "-n" in sys.argv else 6


def myFunc(i):
    print("calling myFunc from process n°: %s" % i)
    for j in range(0, i + 1 if FAULT == "one-line-more" else i):
        print("output from myFunc is :%s" % j)
    return


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    processes = []
    for i in range(COUNT):
        if FAULT == "called":
            process = multiprocessing.Process(target=myFunc(i))
        else:
            process = multiprocessing.Process(target=myFunc,
                                              args=(2 if FAULT == "same-number" else i,))
        processes.append(process)
        process.start()
        if FAULT not in ("join-later", "unjoined"):
            process.join()
    if FAULT == "unjoined":
        os._exit(0)
    if FAULT == "join-later":
        for process in processes:
            process.join()
