# SPDX-License-Identifier: GPL-2.0-or-later
# Two processes in the background, no daemons, as Python programs write it. An argument is a fault.
import multiprocessing
import os
import signal
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"


def foo():
    name = multiprocessing.current_process().name
    print("Starting %s \n" % name)
    first = 0 if name == "background_process" else 5
    for i in range(first, first + (4 if FAULT == "short" else 5)):
        print("---> %d \n" % i)
        if FAULT == "raises" and i == 2:
            sys.exit("no more")
        if FAULT == "inside":
            time.sleep(0.1)
    time.sleep(0.3)
    print("Exiting %s \n" % name)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    background_process = multiprocessing.Process(name="background_process", target=foo)
    background_process.daemon = FAULT == "daemon"
    NO_background_process = multiprocessing.Process(name="NO_background_process", target=foo)
    NO_background_process.daemon = False
    if FAULT == "poked":
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    background_process.start()
    if FAULT == "one-by-one":
        background_process.join()
    NO_background_process.start()
    if FAULT == "poked":
        os.kill(background_process.pid, signal.SIGUSR1)
    if FAULT == "unwaited":
        os._exit(0)
