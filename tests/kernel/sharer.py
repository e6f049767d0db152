# SPDX-License-Identifier: GPL-2.0-or-later
"""Shares memory with its workers in one of the ways of multiprocessing, or not at all."""
import mmap
import multiprocessing
import os
import sys


def write(memory):
    memory[0] = 1


def write_value(value):
    value.value = 1


def write_named(name):
    from multiprocessing import shared_memory

    space = shared_memory.SharedMemory(name=name)
    space.buf[0] = 1
    space.close()


def run(work, what):
    worker = multiprocessing.Process(target=work, args=(what,), name="worker")
    worker.start()
    worker.join()
    return worker.exitcode


def fork_with(memory):
    child = os.fork()
    if child == 0:
        memory[0] = 1
        os._exit(0)
    return os.waitpid(child, 0)[1]


def named():
    """The tracker of resources is started first, so that the worker is the second child."""
    from multiprocessing import resource_tracker, shared_memory

    resource_tracker.ensure_running()
    space = shared_memory.SharedMemory(create=True, size=100)
    status = run(write_named, space.name)
    space.close()
    space.unlink()
    return status


WAYS = {
    "array": lambda: run(write, multiprocessing.Array("i", 4)),
    "raw": lambda: run(write, multiprocessing.RawArray("i", 4)),
    "value": lambda: run(write_value, multiprocessing.Value("i", 0)),
    "mmap": lambda: fork_with(mmap.mmap(-1, 4096)),
    "named": named,
    "copy": lambda: fork_with(bytearray(100000)),
    "private": lambda: fork_with(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)),
    "list": lambda: run(write, [1, 2, 3]),
}

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    sys.exit(WAYS[sys.argv[1]]())
