#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What mp-contract(5) says of its examples is so: under each one stands a command for which all of
# it holds, and commands by which every claim of it, and every clause of the shorter ones, is broken.
# Needs root. usage: contract-test.sh TOP MP-TRACE DEMOS
cd -- "$1" || exit 1
. tests/house/tap.sh
trace=$2
PATH=$3:$PATH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# Each example of the page as a file with the number of its line, in the signs that a reader sees.
extract() {
	awk -v to="$work/" '
		/^\.Bd -literal/ { file = sprintf("%sline-%04d", to, NR); next }
		/^\.Ed/ { file = "" }
		file { gsub(/\\e/, "\\"); print > file }' man/mp-contract.5
}

# The commands of example $1 for which $2 is so.
commands() {
	sed -n "s/^ *# $2: *//p" "$1"
}

# What is judged: a whole contract, or clauses that speak of the names of the page, each with a claim of
# its own.
contract_of() {
	if grep -q '^claim' "$1"; then
		cat "$1"
	else
		cat "$work/names"
		grep -v '^ *#' "$1" | awk '{ gsub(/"/, "\\\""); title = $0; sub(/^ */, "", title)
			print "claim \"" title "\""; gsub(/\\"/, "\""); print }'
	fi
}

# The verdict on each claim, one a line: holds or broken or inconclusive, and its title.
verdicts() {
	(cd / && eval "'$trace' -f tap -o - -c '$work/contract' $1" </dev/null 2>&1) |
		awk '/^ok / { sub(/^ok [0-9]+ - /, ""); print "holds: " $0 }
			/^not ok / { sub(/^not ok [0-9]+ - /, ""); title = $0 }
			/^# (broken|inconclusive): / { print substr($2, 1) " " title }
			/^mp-trace: / { print }'
}

# Every claim of example $1 and no other verdict, for a command of the page.
all_hold() {
	verdicts "$(commands "$1" holds)" | grep -v '^holds: ' >"$work/wrong"
	cat "$work/wrong"
	[ ! -s "$work/wrong" ] && [ "$(commands "$1" holds | wc -l)" -eq 1 ]
}

# Each claim is broken by one of the commands, and nothing is inconclusive.
all_break() {
	commands "$1" broken | while read -r command; do
		verdicts "$command"
	done >"$work/verdicts"
	grep -v -e '^holds: ' -e '^broken: ' "$work/verdicts"
	sed -n 's/^broken: //p' "$work/verdicts" | sort -u >"$work/broken"
	sed -n 's/^[a-z]*: //p' "$work/verdicts" | sort -u | comm -23 - "$work/broken" |
		sed 's/^/never broken: /' >"$work/wrong"
	cat "$work/wrong"
	[ -s "$work/broken" ] && [ ! -s "$work/wrong" ] &&
		! grep -qv -e '^holds: ' -e '^broken: ' "$work/verdicts"
}

extract
# The only one that says nothing of a program: the names that the others speak of.
names=$(grep -L '# holds:' "$work"/line-*)
ok "one example has no command: the names" grep -q '^process worker' "$names"
mv "$names" "$work/names"
for example in "$work"/line-*; do
	contract_of "$example" >"$work/contract"
	chmod 644 "$work/contract"
	ok "the example in $(basename "$example") holds, as the page says" all_hold "$example"
	ok "and is broken, clause by clause" all_break "$example"
done
tap_done
