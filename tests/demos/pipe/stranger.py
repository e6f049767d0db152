# SPDX-License-Identifier: GPL-2.0-or-later
# Two processes and two pipes, as Python programs write it. An argument is a fault.
import multiprocessing
import sys

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"


def create_items(pipe):
    output_pipe, _ = pipe
    for item in range(9 if FAULT == "nine" else 10):
        output_pipe.send(item)
    if FAULT != "unclosed":
        output_pipe.close()


def multiply_items(pipe_1, pipe_2):
    close, input_pipe = pipe_1
    close.close()
    output_pipe, _ = pipe_2
    if FAULT == "counts":
        for _ in range(10):
            item = input_pipe.recv()
            output_pipe.send(item * item)
        output_pipe.close()
        return
    try:
        while True:
            item = input_pipe.recv()
            output_pipe.send(item * item)
    except EOFError:
        output_pipe.close()
    if FAULT == "fails":
        sys.exit(1)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")

    pipe_1 = multiprocessing.Pipe(True)
    process_pipe_1 = multiprocessing.Process(target=create_items, args=(pipe_1,))
    process_pipe_1.start()
    if FAULT == "one-by-one":
        process_pipe_1.join()

    pipe_2 = multiprocessing.Pipe(True)
    process_pipe_2 = multiprocessing.Process(target=multiply_items, args=(pipe_1, pipe_2))
    process_pipe_2.start()

    if FAULT != "hang":
        pipe_1[0].close()
    pipe_2[0].close()
    if FAULT == "early-end":
        print("End", flush=True)
    try:
        while True:
            square = pipe_2[1].recv()
            print(82 if FAULT == "wrong" and square == 81 else square)
    except EOFError:
        if FAULT != "early-end":
            print("End")
