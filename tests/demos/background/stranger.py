# SPDX-License-Identifier: GPL-2.0-or-later
# A daemon and a process that is none, as Python programs write it. Arguments: a fault, and then
# whether the first one is a daemon.
import multiprocessing
import os
import signal
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
DAEMON = "no" not in sys.argv[2:] and "--daemon=no" not in sys.argv[2:]


def foo():
    name = multiprocessing.current_process().name
    print("Starting %s \n" % name)
    if name == "background_process":
        numbers = range(0, 5)
        if FAULT == "suicide":
            os.kill(os.getpid(), signal.SIGTERM)
        if DAEMON and FAULT not in ("waited-for", "suicide"):
            time.sleep(3600)
    else:
        numbers = range(5, 9 if FAULT == "short" else 10)
    for i in numbers:
        print("---> %d \n" % i)
        if FAULT == "inside":
            time.sleep(0.1)
    time.sleep(0.3)
    print("Exiting %s \n" % name)


def stay():
    time.sleep(0.6)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    background_process = multiprocessing.Process(name="background_process", target=foo)
    background_process.daemon = DAEMON and FAULT != "waited-for"
    NO_background_process = multiprocessing.Process(name="NO_background_process", target=foo)
    NO_background_process.daemon = FAULT == "other-stopped"
    background_process.start()
    if FAULT == "early":
        background_process.terminate()
    if FAULT == "suicide":
        os.waitid(os.P_PID, background_process.pid, os.WEXITED | os.WNOWAIT)
    NO_background_process.start()
    if FAULT == "stopped":
        background_process.terminate()
    if FAULT == "left-behind" and os.fork() == 0:
        stay()
        os._exit(0)
    if FAULT == "unwaited":
        background_process.terminate()
        background_process.join()
        os._exit(0)
