#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ranks under a launcher of MPI: the same program says the same as alone, and a job in which
# something goes wrong ends, with its status. usage: comm-mpi-test.sh TOP SUITE JOB MODULES MPIEXEC
cd -- "$1" || exit 1
. tests/house/tap.sh
suite=$2 job=$3 modules=$4 mpiexec=$5
. tests/lib/mpiexec.sh

for ranks in 1 3; do
	is "$ranks ranks say the same as alone" "$(result launch $ranks "$suite")" \
		"$(result alone "$suite" $ranks)"
done
is "without enough ranks all end, with the status" \
	"$(result launch 2 "$job" too-few)" "2 are too few
exit 2"
is "a rank that leaves is missed by the others, as alone" \
	"$(result launch 3 "$job" one-leaves)" "$(result alone "$job" one-leaves)"
is "one that fails does not keep those that wait for its message" \
	"$(result launch 3 "$job" one-fails)" "one fails
exit 3"
is "or for it at a barrier" "$(result launch 3 "$job" one-misses)" "exit 4"
is "a status has eight bits" "$(result launch 1 "$job" large-status)" "exit 5"
is "messages that nobody receives keep nobody" "$(result launch 3 "$job" unheard)" "exit 0"
is "MPI runs once in a program" "$(result launch 1 "$job" twice)" "-114
exit 99"
# The launcher of MPICH can stumble over a job that has ended before all of it is set up, which one
# without MPI may have: these live on a while.
# shellcheck disable=SC2016 # words for the shell of the rank
unhurried='"$@"; status=$?; sleep 0.5; exit $status'
is "without the module nothing is run" \
	"$(MPROC_MODULES=/nonexistent result launch 1 sh -c "$unhurried" sh "$job" unheard)" "-79
exit 99"
is "unless it is to run alone" \
	"$(MPROC_MODULES=/nonexistent MPROC_MPI=none \
		result launch 1 sh -c "$unhurried" sh "$job" unheard)" "exit 0"
tap_done
