# SPDX-License-Identifier: GPL-2.0-or-later
# Two processes with names, as Python programs write them; they tell the kernel, too, which Python
# does not. The first argument is a fault.
import multiprocessing
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
DELAY = float(sys.argv[sys.argv.index("--delay") + 1]) if "--delay" in sys.argv else 3


def myFunc():
    name = multiprocessing.current_process().name
    if FAULT != "kernel-untold":
        with open("/proc/self/comm", "w") as comm:
            comm.write(name)
    if FAULT == "sleeps-first":
        time.sleep(DELAY)
    print("Starting process name = %s \n" % name)
    if FAULT not in ("sleeps-first", "no-sleep"):
        time.sleep(DELAY)
    if FAULT != "silent-exit":
        print("Exiting process name = %s \n" % name)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    given = {} if FAULT == "unnamed" else {"name": "myFunc process"}
    process_with_name = multiprocessing.Process(target=myFunc, **given)
    process_with_default_name = multiprocessing.Process(target=myFunc)
    if FAULT == "daemons":  # and nobody joins them
        process_with_name.daemon = process_with_default_name.daemon = True
    process_with_name.start()
    if FAULT == "one-by-one":
        process_with_name.join()
    process_with_default_name.start()
    if FAULT == "daemons":
        time.sleep(DELAY / 2)
        sys.exit()
    process_with_name.join()
    process_with_default_name.join()
