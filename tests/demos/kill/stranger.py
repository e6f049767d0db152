# SPDX-License-Identifier: GPL-2.0-or-later
# A process that is terminated while it works, as Python programs write it. An argument is a
# fault.
import multiprocessing
import os
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"


def foo():
    print("Starting function")
    for i in range(0, 1 if FAULT == "finished" else 10):
        print("-->%d\n" % i)
        time.sleep(0 if FAULT == "finished" else 1)
    print("Finished function")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    p = multiprocessing.Process(target=foo)
    if FAULT != "said-late":
        print("Process before execution:", p, p.is_alive())
    p.start()
    if FAULT == "said-late":
        print("Process before execution:", p, False)
    print("Process running:", p, p.is_alive() or FAULT == "finished")
    if FAULT == "finished":
        time.sleep(0.5)
    if FAULT == "killed":
        p.kill()
    else:
        p.terminate()
    if FAULT == "unreaped":
        # To print p, or to ask whether it is alive, would reap it.
        print("Process terminated: <unknown> True")
        os.waitid(os.P_PID, p.pid, os.WEXITED | os.WNOWAIT)
        print("Process joined: <unknown> False")
        print("Process exit code: -15", flush=True)
        os._exit(0)
    print("Process terminated:", p, p.is_alive())
    p.join()
    print("Process joined:", p, p.is_alive())
    print("Process exit code:", -9 if FAULT == "wrong-number" else p.exitcode)
