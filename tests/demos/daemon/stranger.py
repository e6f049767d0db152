# SPDX-License-Identifier: GPL-2.0-or-later
# A daemon that works while the main process does, and a process that waits for the daemon's end,
# as Python programs write it. Arguments: a fault, --delay SECONDS, --main SECONDS.
import argparse
import multiprocessing
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("fault", nargs="?", default="none")
parser.add_argument("--delay", type=float, default=1)
parser.add_argument("--main", type=float, default=2)
options = parser.parse_args()
FAULT = options.fault


def serve(alive):
    print("Starting the daemon", flush=True)
    for i in range(1 if FAULT == "finishes" else 10**9):
        print("---> %d" % i, flush=FAULT != "buffered")
        if i == 0:
            alive.send("at work")
        time.sleep(max(options.delay, 0.01))
    print("Exiting the daemon", flush=True)


# The daemon alone can still send, so its end is the end of what there is to receive.
def follow(alive):
    print("Starting the other")
    if FAULT not in ("beside", "both-daemons"):
        try:
            alive.recv()
        except EOFError:
            pass
    for i in range(5, 9 if FAULT == "short" else 10):
        print("---> %d" % i)
        time.sleep(options.delay)
    print("Exiting the other")


def stay():
    time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    hear, tell = multiprocessing.Pipe(False)
    daemon = multiprocessing.Process(target=serve, args=(tell,), daemon=True)
    plain = multiprocessing.Process(target=follow, args=(hear,), daemon=FAULT == "both-daemons")
    daemon.start()
    tell.close()
    hear.recv()
    plain.start()
    if FAULT == "works-on":
        daemon.terminate()
    if FAULT == "left-behind" and os.fork() == 0:
        stay()
    time.sleep(options.main)
    if FAULT == "unwaited":
        daemon.terminate()
        daemon.join()
        os._exit(0)
