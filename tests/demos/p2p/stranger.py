# SPDX-License-Identifier: GPL-2.0-or-later
# Ranks and their messages without MPI: each rank is a process with a pipe for what is sent to it.
# usage: stranger.py [FAULT [-n RANKS]]
import multiprocessing
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
RANKS = int(sys.argv[3]) if len(sys.argv) > 3 else 9
NUMBER = 10000000


def live(rank, inboxes):
    if FAULT == "early" and rank == 0:
        time.sleep(0.3)
    print("my rank is :", 5 if FAULT == "doubled" and rank == 6 else rank)
    if rank == 0:
        inboxes[4][1].send(NUMBER)
        if FAULT == "everybody":
            for other in 2, 3, 5:
                inboxes[other][1].send(NUMBER)
        if FAULT != "unsaid":
            print("sending data", NUMBER, "to process", 4)
    if rank == 1:
        inboxes[8][1].send("hello")
        print("sending data hello :to process 8")
    if rank == 4:
        data = NUMBER if FAULT == "early" else inboxes[4][0].recv()
        print("data received is =", data + 1 if FAULT == "other-number" else data)
    if rank == 8:
        print("data1 received is =", inboxes[8][0].recv())
    if FAULT == "everybody" and rank in (2, 3, 5):
        inboxes[rank][0].recv()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    if RANKS < 9:
        print("nine ranks are needed, not", RANKS, file=sys.stderr)
        sys.exit(0 if FAULT == "few" else 2)
    inboxes = [multiprocessing.Pipe(False) for _ in range(RANKS)]
    ranks = [multiprocessing.Process(target=live, args=(rank, inboxes)) for rank in range(RANKS)]
    for rank in ranks:
        rank.start()
    for rank in ranks:
        rank.join()
