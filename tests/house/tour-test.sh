#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tour of mp-tools(7) passes every demo, and the commands that it and the pages of the programs
# show can be run as they stand. usage: tour-test.sh TOP PROGRAMS plain|traced DEMO…
#   plain   commands of the demos
#   traced  those of mp-trace, which need root
cd -- "$1" || exit 1
. tests/house/tap.sh
top=$PWD programs=$2 mode=$3
shift 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Here root itself calls.
unset SUDO_UID SUDO_GID SUDO_USER
printf '#!/bin/sh\nexec "$@"\n' >"$work/sudo"
chmod 755 "$work/sudo"
PATH=$work:$programs:$programs/trace:$PATH

# The stops of the tour, in their order.
stops() {
	sed -n '/^\.Sh THE TOUR/,/^\.Sh AND/s/^\.It Xr \(mp-[a-z0-9-]*\) 1$/\1/p' man/mp-tools.7
}

# What a page has a reader do: its displays of one line that begin with $.
commands() {
	sed -n '/^\.Sh \(HOW TO LOOK\|THE TOUR\|EXAMPLES\)/,/^\.Sh \(AND\|DIAG\|SEE\)/s/^\.Dl \$ //p' "$1" |
		grep -E "$2" | sed 's/\\-/-/g; s/\\&//g; s/\\e/\\/g'
}

# In a folder of its own, where files that one leaves are there for the next.
runs() {
	(cd "$work" && timeout -k 5 60 sh -c "$1" </dev/null)
	status=$?
	# What -t has to stop was killed.
	case $1 in
	*mp-trace*' -t '*) [ "$status" -eq 137 ] ;;
	*) [ "$status" -eq 0 ] ;;
	esac
}

all_run() {
	commands "$1" "$2" >"$work/commands"
	ok "$(basename "$1") shows what to do" test -s "$work/commands"
	while read -r command <&3; do
		ok "$(basename "$1"): $command" runs "$command"
	done 3<"$work/commands"
}

if [ "$mode" = plain ]; then
	is "the tour passes every demo once" "$(stops | sort)" "$(printf '%s\n' "$@" | sort)"
	is "./try goes the same way" "$(sed -n 's/^\(mp-[a-z0-9-]*\) .*/\1/p' setup/demos)" "$(stops)"
	for demo; do
		all_run "man/$demo.1" "^$demo"
	done
else
	for demo; do
		all_run "man/$demo.1" '^sudo mp-trace'
	done
	all_run man/mp-trace.1 .
	all_run man/mp-tools.7 .
fi
cd "$top" || exit 1
tap_done
