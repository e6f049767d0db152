#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mp-p2p as the ranks of a launcher of MPI. usage: mpi-output-test.sh TOP MP-P2P MODULES MPIEXEC
cd -- "$1" || exit 1
. tests/house/tap.sh
p2p=$2 modules=$3 mpiexec=$4
. tests/lib/mpiexec.sh

lines() {
	result "$@" | sort
}

# What the ranks complain of; the launcher adds remarks of its own.
complaints() {
	"$mpiexec" $crowded -n "$@" 2>&1 >/dev/null </dev/null | grep '^mp-p2p: '
}

for ranks in 9 12; do
	is "$ranks ranks print the same lines as alone" "$(lines launch $ranks "$p2p")" \
		"$(lines alone "$p2p" -n $ranks)"
done
is "the launcher's number may be said again" "$(lines launch 10 "$p2p" -n 10)" \
	"$(lines alone "$p2p" -n 10)"
for ranks in 1 8; do
	is "$ranks ranks are too few, and the job says so" "$(result launch $ranks "$p2p")" "exit 2"
	is "once" "$(complaints $ranks "$p2p")" \
		"mp-p2p: too few ranks: $ranks; the messages need 9"
done
is "another number is a mistake" "$(result launch 9 "$p2p" -n 12)" "exit 2"
is "which is said once" "$(complaints 9 "$p2p" -n 12)" \
	"mp-p2p: --ranks: mpiexec has started another number of ranks: 9"
tap_done
