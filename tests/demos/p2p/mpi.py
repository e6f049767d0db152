# SPDX-License-Identifier: GPL-2.0-or-later
# The ranks of an MPI job, as a Python program has them. An argument is a fault.
import sys
import time

from mpi4py import MPI

fault = sys.argv[1] if len(sys.argv) > 1 else "none"
comm = MPI.COMM_WORLD
rank = comm.rank
if fault == "late" and rank == 1:
    time.sleep(0.3)
print("my rank is : ", 5 if fault == "doubled" and rank == 6 else rank)

if rank == 0:
    data = 10000000
    destination = 8 if fault == "swapped" else 4
    comm.send(data, dest=destination)
    print("sending data % s " % data + "to process % d" % 4)

if rank == 1:
    data = "hello"
    destination = 4 if fault == "swapped" else 8
    comm.send(data, dest=destination)
    print("sending data %s :" % data + "to process %d" % 8)

if rank == 4:
    data = comm.recv()
    print("data received is = %s" % data)

if rank == 8:
    data = "hello" if fault == "late" else comm.recv()
    print("data1 received is = %s" % data)
    if fault == "late":
        comm.recv()
