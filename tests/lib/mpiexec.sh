# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: $mpiexec, a launcher of MPI, and $modules, the folder of the library's modules. Gives: jobs
# on this machine, and the same programs alone. Never: shows what the launcher itself says.
# shellcheck disable=SC2154
export MPROC_MODULES="$modules"
unset MPROC_MPI

# Open MPI looks for ssh, though it needs none here; and it does not like root, nor few processors.
export OMPI_MCA_plm_rsh_agent=false PRTE_MCA_plm_ssh_agent=false
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# What it learns the machine from asks ten displays whether one is a graphics card, and so a name
# server for localhost, which may take seconds for each rank where /etc/hosts does not know it.
export HWLOC_COMPONENTS=-gl
# It also frees little when it ends, which is not ours to be told of.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
case $mpiexec in
*openmpi) crowded=--oversubscribe ;;
*) crowded= ;;
esac

# launch RANKS COMMAND…
launch() {
	ranks=$1
	shift
	timeout -k 5 60 "$mpiexec" $crowded -n "$ranks" "$@" 2>/dev/null </dev/null
}

alone() {
	MPROC_MPI=none "$@" </dev/null
}

# Each rank of a job ends with it, so the launcher says one of them.
result() {
	"$@"
	echo "exit $?"
}
