# SPDX-License-Identifier: GPL-2.0-or-later
# Two processes that meet at a barrier and two that do not, as Python programs write it. An
# argument is a fault.
import multiprocessing
import os
import sys
import time
from datetime import datetime
from multiprocessing import Barrier, Lock, Process

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"


class NoLock:
    def __enter__(self):
        pass

    def __exit__(self, *args):
        pass


def test_with_barrier(synchronizer, serializer):
    name = multiprocessing.current_process().name
    if FAULT == "early" and name.startswith("p1"):
        time.sleep(0.2)
    elif FAULT != "early":
        if FAULT == "barrier-of-one" and name.startswith("p2"):
            time.sleep(0.2)
        synchronizer.wait()
    now = time.time()
    with serializer:
        if FAULT == "no-lock":
            print("process %s" % name, end="", flush=True)
            time.sleep(0.2)
            print(" ----> %s" % datetime.fromtimestamp(now), flush=True)
        else:
            print("process %s ----> %s" % (name, datetime.fromtimestamp(now)))


def test_without_barrier(synchronizer):
    name = multiprocessing.current_process().name
    if FAULT == "p3-waits":
        synchronizer.wait()
    now = time.time()
    print("process %s ----> %s" % (name, datetime.fromtimestamp(now)))


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    synchronizer = Barrier(4 if FAULT == "p3-waits" else 1 if FAULT == "barrier-of-one" else 2)
    serializer = NoLock() if FAULT == "no-lock" else Lock()
    Process(name="p1 - test_with_barrier", target=test_with_barrier,
            args=(synchronizer, serializer)).start()
    Process(name="p2 - test_with_barrier", target=test_with_barrier,
            args=(synchronizer, serializer)).start()
    p3 = Process(name="p3 - test_without_barrier", target=test_without_barrier,
                 args=(synchronizer,))
    p3.start()
    if FAULT == "one-by-one":
        p3.join()
    p4 = Process(name="p4 - test_without_barrier", target=test_without_barrier,
                 args=(synchronizer,))
    p4.start()
    if FAULT == "unreaped":
        time.sleep(0.5)
        os._exit(0)
