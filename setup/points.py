#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts the TAP points of a run of the tests, and says which to look at.

Takes: the log of `meson test` (one JSON object a line), TAP files, and the exact list of the
points that may be skipped. Gives: a table by suite, what failed, and as the last line
"N passed, N failed". Never: takes a crash, a broken plan, an empty run or an unexpected skip for
a pass.
"""

import argparse
import json
import re
import sys

POINT = re.compile(r"(not )?ok\b\s*(\d*)\s*-?\s*([^#]*)(?:#\s*(SKIP|TODO)\b\S*\s*(.*))?", re.I)
PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*SKIP\b\S*\s*(.*))?", re.I)


class Test:
    """One program and its points."""

    def __init__(self, suite, name):
        self.suite, self.name = suite, name
        self.passed = 0
        self.failures = []  # texts
        self.skips = []  # (point, reason)
        self.plan = None
        self.last = "any point"

    def read(self, output):
        bailed = None
        for line in output.splitlines():
            if line.startswith("Bail out!"):
                bailed = line
            elif line.startswith("#") and self.failures:
                # Also behind later points: a test may look closer when it is done.
                self.failures[-1] += "\n    " + line
            elif PLAN.fullmatch(line):
                self.read_plan(line)
            elif POINT.fullmatch(line):
                self.read_point(line)
        if bailed:
            self.failures.append(bailed)
        elif self.plan is None:
            self.failures.append(f"no plan after {self.last}")
        elif self.plan != self.seen():
            self.failures.append(f"{self.plan} points planned, {self.seen()} seen")
        elif self.plan == 0 and not self.skips:
            self.failures.append("no point")

    def read_plan(self, line):
        count, reason = PLAN.fullmatch(line).groups()
        self.plan = int(count)
        if self.plan == 0 and reason is not None:
            self.plan = 1
            self.skips.append(("everything", reason))

    def read_point(self, line):
        bad, number, what, directive, reason = POINT.fullmatch(line).groups()
        what = what.strip() or f"point {number}"
        self.last = f"'{what}'"
        if bad:
            self.failures.append(what)
        elif directive and directive.upper() == "SKIP":
            self.skips.append((what, reason))
        else:
            self.passed += 1

    def seen(self):
        return self.passed + len(self.failures) + len(self.skips)

    def judge_end(self, result, status):
        """A test that did not end well has failed, whatever its points say."""
        if result in ("OK", "SKIP"):
            return
        ended = f"ended as {result}, exit status {status}"
        if not self.failures:
            self.failures.append(ended)
        elif self.plan is None:
            self.failures[-1] += f"; {ended}"


def from_log(path):
    tests = []
    with open(path, encoding="utf-8") as log:
        for line in log:
            entry = json.loads(line)
            place, _, name = entry["name"].rpartition(" / ")
            suite = place.partition(":")[2].partition("+")[0] or "other"
            test = Test(suite, name)
            test.read(entry.get("stdout", ""))
            test.judge_end(entry["result"], entry["returncode"])
            if test.failures and entry.get("stderr", "").strip():
                test.failures[-1] += "\n    " + "\n    ".join(
                    entry["stderr"].strip().splitlines()[-15:])
            tests.append(test)
    return tests


def from_tap(argument):
    suite, _, path = argument.partition("=")
    test = Test(suite, suite)
    with open(path, encoding="utf-8") as tap:
        test.read(tap.read())
    return test


def read_skips(path):
    with open(path, encoding="utf-8") as skips:
        return [line.strip() for line in skips if line.strip() and not line.startswith("#")]


def compare_skips(tests, path):
    """A test of our own: the skips are those of the list, no more and no fewer."""
    verdict = Test("skips", "skips")
    left = read_skips(path)
    for test in tests:
        for what, reason in test.skips:
            entry = f"{test.suite} / {test.name}: {what}"
            if entry in left:
                left.remove(entry)
            else:
                verdict.failures.append(f"{entry}: skipped ({reason}), but not in {path}")
    verdict.failures += [f"{entry}: in {path}, but not skipped" for entry in left]
    verdict.passed = 0 if verdict.failures else 1
    return verdict


def print_table(tests):
    print(f"{'suite':<12}{'tests':>7}{'points':>8}{'failed':>8}{'skipped':>9}")
    for suite in sorted({test.suite for test in tests}):
        mine = [test for test in tests if test.suite == suite]
        print(f"{suite:<12}{len(mine):>7}{sum(test.seen() for test in mine):>8}"
              f"{sum(len(test.failures) for test in mine):>8}"
              f"{sum(len(test.skips) for test in mine):>9}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skips", required=True, metavar="FILE", help="points that may be skipped")
    parser.add_argument("--tap", action="append", default=[], metavar="SUITE=FILE")
    parser.add_argument("log", help="of meson test, as JSON")
    arguments = parser.parse_args()

    tests = [from_tap(tap) for tap in arguments.tap]
    try:
        run = from_log(arguments.log)
    except FileNotFoundError:
        run = []
    if sum(test.passed for test in run) == 0:
        empty = Test("other", "run")
        empty.failures.append("no test passed: nothing was tested")
        run.append(empty)
    tests += run
    tests.append(compare_skips(tests, arguments.skips))

    print_table(tests)
    for test in tests:
        for failure in test.failures:
            print(f"failed: {test.suite} / {test.name}: {failure}")
    failed = sum(len(test.failures) for test in tests)
    skipped = sum(len(test.skips) for test in tests)
    passed = sum(test.passed for test in tests)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


sys.exit(main())
