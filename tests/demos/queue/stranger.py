# SPDX-License-Identifier: GPL-2.0-or-later
# A producer and a consumer on one queue, as Python programs write it: two subclasses of Process.
# --race is the way that is found in books: the consumer leaves when it finds nothing. An argument
# without a dash is a fault.
import argparse
import multiprocessing
import os
import random
import time

parser = argparse.ArgumentParser()
parser.add_argument("fault", nargs="?", default="none")
parser.add_argument("-n", "--items", type=int, default=10)
parser.add_argument("--delay", type=float, default=1)
parser.add_argument("--race", action="store_true")
OPTIONS = parser.parse_args()
FAULT = OPTIONS.fault



class producer(multiprocessing.Process):
    def __init__(self, queue, lock):
        super().__init__()
        self.queue = queue
        self.lock = lock

    def run(self):
        items = random.sample(range(257), OPTIONS.items - (FAULT == "nine"))
        if FAULT == "too-large":
            items[3] = 300
        for item in items:
            with self.lock:
                self.queue.put(item + (FAULT == "invented" and item == items[3]))
                print("Process Producer : item %d appended to queue %s" % (item, self.name))
            if FAULT != "hurried":
                time.sleep(OPTIONS.delay)
            print("The size of queue is %s" % (7000 if FAULT == "size" else self.queue.qsize()))


class consumer(multiprocessing.Process):
    def __init__(self, queue, lock, done):
        super().__init__()
        self.queue = queue
        self.lock = lock
        self.done = done

    def is_over(self):
        done = self.done.is_set()  # before the queue is looked at
        return self.queue.empty() and (done or OPTIONS.race)

    def say(self, item):
        with self.lock:
            print("Process Consumer : item %d popped from by %s \n" % (item, self.name))

    def run(self):
        count = 0
        if FAULT in ("swapped", "early"):
            self.done.wait()
        while not self.is_over() and not (FAULT == "early" and count == 3):
            if self.queue.empty():
                time.sleep(OPTIONS.delay / 10)
                continue
            time.sleep(2 * OPTIONS.delay)
            item = self.queue.get()
            count += 1
            if FAULT == "swapped" and count == 1:
                self.say(self.queue.get())
            if not (FAULT == "lost" and count == OPTIONS.items):
                self.say(item)
            time.sleep(OPTIONS.delay)
        if FAULT != "unsaid":
            print("the queue is empty")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    lock = multiprocessing.Lock()
    done = multiprocessing.Event()
    process_producer = producer(queue, lock)
    process_consumer = consumer(queue, lock, done)
    process_producer.start()
    while not OPTIONS.race and process_producer.is_alive() and queue.empty():
        time.sleep(OPTIONS.delay / 10)
    process_consumer.start()
    process_producer.join()
    done.set()
    if FAULT == "unreaped":
        os.waitid(os.P_PID, process_consumer.pid, os.WEXITED | os.WNOWAIT)
        os._exit(0)
    process_consumer.join()
