# SPDX-License-Identifier: GPL-2.0-or-later
# Processes that run a function of a module, one after the other, and leave its results in memory
# that they share, as Python programs write it. The first argument is a variant or a fault.
import multiprocessing
import multiprocessing.shared_memory
import sys

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
COUNT = int(sys.argv[sys.argv.index("-n") + 1]) if "-n" in sys.argv else 6

if FAULT == "own":

    def myFunc(i):
        print("calling myFunc from process n°: %s" % i)
        for j in range(i):
            print("output from myFunc is :%s" % j)
        return i

else:
    sys.dont_write_bytecode = True
    if FAULT != "late":
        from myFunc import myFunc


def work(i, space):
    if FAULT == "late":
        import myFunc as module

        globals()["myFunc"] = module.myFunc
    result = myFunc(i)
    if FAULT == "values":
        space[i].value = result
    elif FAULT == "manager":
        setattr(space, "n%d" % i, result)
    elif FAULT == "shared_memory":
        space.buf[i] = result
    elif space is not None:
        space[i] = result


def make_space():
    if FAULT == "values":
        return [multiprocessing.Value("q") for _ in range(COUNT)]
    if FAULT == "manager":
        return multiprocessing.Manager().Namespace()
    if FAULT == "shared_memory":
        return multiprocessing.shared_memory.SharedMemory(create=True, size=COUNT)
    if FAULT == "none-at-all":
        return None
    if FAULT == "list":
        return [0] * COUNT
    return multiprocessing.Array("q", COUNT + 1)


def read(space, i):
    if FAULT == "values":
        return space[i].value
    if FAULT == "manager":
        return getattr(space, "n%d" % i)
    if FAULT == "shared_memory":
        return space.buf[i]
    return space[i]


def print_results(space):
    print("namespace:" + "".join(" %d=%d" % (i, read(space, i)) for i in range(COUNT)), flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn" if FAULT == "spawn" else "fork")
    space = make_space()
    processes = []
    for i in range(COUNT):
        process = multiprocessing.Process(target=work, args=(i, space))
        processes.append(process)
        process.start()
        if FAULT != "together":
            process.join()
    for process in processes:
        process.join()
    if space is not None:
        print_results(space)
    if FAULT == "shared_memory":
        space.close()
        space.unlink()
