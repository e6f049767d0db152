#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What kernels.sh runs under each kernel. usage: guest.sh judges|refuses FOLDER
#   judges    every demo under its contract; the figures of the verifier; the tests, if FOLDER has
#             a list of them; and what mp-trace says where it may not
#   refuses   that mp-trace says in one line that this kernel is too old
#   FOLDER    has tap.sh, demos, verified, and perhaps tests: lines of name, seconds and command
#
# Prints how many blocks there will be, and a block for each test, of TAP between "@ test NAME" and
# "@ ended STATUS". None of them reads from what another reads.
part=$1 folder=$2

# refused TEXT PATTERN COMMAND…: the command ends with 2, and has one line to say, like that.
refused() {
	title=$1 pattern=$2
	shift 2
	said=$("$@" 2>&1)
	status=$?
	one_line=no
	# shellcheck disable=SC2254 # a pattern is meant
	case $said in
	*'
'*) ;;
	$pattern) one_line=yes ;;
	esac
	is "$title" "exit $status, the line: $one_line" "exit 2, the line: yes"
	printf '%s\n' "$said" | tap_note
}

demos() {
	while read -r demo _ options; do
		case $demo in
		mp-*) ;;
		*) continue ;;
		esac
		# shellcheck disable=SC2086 # words
		ok "${demo}${options:+ $options} keeps its contract" mp-trace "$demo" $options </dev/null
	done <"$folder/demos"
}

verifier() {
	mp-trace -n "$folder/verified" >/tmp/verified
	ok "the verifier has counted instructions" test -s /tmp/verified
	sed 's/^/@ verified /' /tmp/verified
}

# The last one cannot be taken back.
refusals() {
	refused "nobody is told to be root" 'mp-trace: *root*' su nobody -s /bin/sh -c 'mp-trace mp-barrier'
	mount -t securityfs securityfs /sys/kernel/security
	echo confidentiality >/sys/kernel/security/lockdown
	refused "a kernel in lockdown says so" 'mp-trace: *lockdown*' mp-trace mp-barrier
	umount /sys/kernel/security /sys
	refused "without its types, it is told what it needs" \
		'mp-trace: /sys/kernel/btf/vmlinux is not there: *' mp-trace mp-barrier
}

too_old() {
	refused "this kernel is too old" 'mp-trace: kernel *is too old: 6.1 or newer is needed' \
		mp-trace mp-barrier
}

# block NAME COMMAND…
block() {
	echo "@ test $1"
	shift
	(
		"$@"
	) </dev/null
	echo "@ ended $?"
}

own() {
	# shellcheck source=/dev/null # of tests/house
	. "$folder/tap.sh"
	"$@"
	tap_done
}

# The tests of the build, which belong where they were built.
tests() {
	while read -r name limit command; do
		block "$name" timeout "$limit" sh -c "$command"
	done <"$folder/tests"
}

if [ "$part" = refuses ]; then
	echo "@ blocks 1"
	block refusal own too_old
	exit
fi
[ ! -e "$folder/tests" ] || listed=$(wc -l <"$folder/tests")
echo "@ blocks $((3 + ${listed:-0}))"
block demos own demos
block verifier own verifier
[ ! -e "$folder/tests" ] || tests
block refusals own refusals
