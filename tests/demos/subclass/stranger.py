# SPDX-License-Identifier: GPL-2.0-or-later
# Processes of a subclass, as Python programs write them; they tell the kernel their names, too,
# which Python does not. The first argument is a fault.
import multiprocessing
import os
import sys

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
COUNT = int(sys.argv[sys.argv.index("-n") + 1]) if "-n" in sys.argv else 10


class MyProcess(multiprocessing.Process):
    def __init__(self):
        super().__init__(target=self.tell_kernel)  # which the base's run calls

    def tell_kernel(self):
        if FAULT not in ("kernel-untold", "run"):
            with open("/proc/self/comm", "w") as comm:
                comm.write(self.name)

    if FAULT != "not-overridden":

        def run(self):
            self.tell_kernel()
            print("called run method in %s" % self.name)
            return


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    later = []
    for i in range(COUNT):
        process = MyProcess()
        if FAULT == "named":
            process.name = "worker-%d" % i
        if FAULT == "run":
            process.run()
            continue
        process.start()
        if FAULT in ("join-later", "unjoined"):
            later.append(process)
        else:
            process.join()
    if FAULT == "unjoined":
        os._exit(0)
    for process in later:
        process.join()
