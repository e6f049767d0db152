# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: conditions, as commands. Gives: TAP, as tests/tap.h does for C. Never: knows what is
# tested. To be read with `.`; the last command of a test is tap_done.

tap_count=0
tap_failed=0
echo "TAP version 13"

# tap_point STATUS TEXT…
tap_point() {
	tap_status=$1
	shift
	tap_count=$((tap_count + 1))
	tap_text=$(printf '%s' "$*" | sed 's/\\/\\x5c/g; s/#/\\x23/g')
	if [ "$tap_status" -eq 0 ]; then
		echo "ok $tap_count - $tap_text"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $tap_text"
	fi
}

# What it says on the way becomes comments.
tap_note() {
	sed 's/^/# /'
}

# ok TEXT COMMAND…: the command ends with 0. What it prints explains a failure.
ok() {
	tap_title=$1
	shift
	tap_said=$("$@" 2>&1)
	tap_result=$?
	tap_point "$tap_result" "$tap_title"
	[ "$tap_result" -eq 0 ] || printf '%s\n' "$tap_said" | tap_note
}

# is TEXT GOT EXPECTED
is() {
	[ "$2" = "$3" ]
	tap_point $? "$1"
	[ "$2" = "$3" ] || printf 'got:\n%s\nexpected:\n%s\n' "$2" "$3" | tap_note
}

# empty TEXT COMMAND…: the command has nothing to say (it prints what is wrong).
empty() {
	tap_title=$1
	shift
	is "$tap_title" "$("$@" 2>&1)" ""
}

tap_done() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ] && [ "$tap_count" -gt 0 ]
	exit
}
