# SPDX-License-Identifier: GPL-2.0-or-later
# One function in several processes at once, as Python programs write it. The first argument is a
# fault.
import multiprocessing
import sys
import threading

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
COUNT = int(sys.argv[sys.argv.index("-n") + 1]) if "-n" in sys.argv else 3


def myFunc(i):
    print("calling myFunc from process n°: %s" % i)
    lines = range(1, i + 1) if FAULT == "range-from-1" else range(0, i)
    for j in reversed(lines) if FAULT == "reversed" else lines:
        print("output from myFunc is :%s" % j)
    return


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    processes = []
    for i in range(COUNT):
        if FAULT == "called":
            process = multiprocessing.Process(target=myFunc(i))
        elif FAULT == "threads":
            process = threading.Thread(target=myFunc, args=(i,))
        elif FAULT == "late-binding":
            process = multiprocessing.Process(target=lambda: myFunc(i))
        else:
            process = multiprocessing.Process(target=myFunc, args=(i,))
        processes.append(process)
        if FAULT == "join-in-loop":
            process.start()
            process.join()
    for i, process in enumerate(processes):
        if FAULT == "late-binding":
            i = COUNT - 1
        if FAULT != "join-in-loop":
            process.start()
    for process in processes:
        process.join()
