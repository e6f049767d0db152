# SPDX-License-Identifier: GPL-2.0-or-later


def myFunc(i):
    print("calling myFunc from process n°: %s" % i)
    for j in range(i):
        print("output from myFunc is :%s" % j)
    return i
