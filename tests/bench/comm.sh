#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How fast two ranks talk, side by side in one run: tests/bench/comm.sh BUILD [ROUNDS]
# 8 bytes there and back, halved; and 1 MiB. Figures are the best of five runs in turn; the ratios
# are to mp_comm's ranks on this machine (latency: more than 1 is slower; bandwidth: more is faster).
set -eu
build=${1:?"usage: tests/bench/comm.sh BUILD [ROUNDS]"}
rounds=${2:-20000}
bench=$build/tests/bench
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent=false
export MPROC_MODULES="$build/lib/mpi"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

measure() {
	name=$1
	shift
	"$@" 2>/dev/null </dev/null | sed "s/^/$name /" >>"$work/all"
}

for run in 1 2 3 4 5; do
	MPROC_MPI=none measure ranks "$bench/bench-comm" ranks "$rounds"
	measure pipe "$bench/bench-comm" pipe "$rounds"
	for mpi in openmpi mpich; do
		[ -e "$bench/bench-comm-$mpi" ] || continue
		measure "$mpi" "mpiexec.$mpi" -n 2 "$bench/bench-comm-$mpi" "$rounds"
		measure "ranks-by-$mpi" "mpiexec.$mpi" -n 2 "$bench/bench-comm" ranks "$rounds"
	done
done
awk '
	!($1 in least) { order[++names] = $1; least[$1] = $2; most[$1] = $3 }
	$2 < least[$1] { least[$1] = $2 }
	$3 > most[$1] { most[$1] = $3 }
	END {
		for (i = 1; i <= names; i++) {
			n = order[i]
			printf "%-18s %8d ns %6.2f   %7d MB/s %6.2f\n", n, least[n],
				least[n] / least["ranks"], most[n], most[n] / most["ranks"]
		}
	}' "$work/all"
