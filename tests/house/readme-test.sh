#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What README.md says to do works, and what it refers to is there. usage: readme-test.sh TOP MP-TRACE
# Needs root.
trace=$2
cd -- "$1" || exit 1
. tests/house/tap.sh
top=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# The block of a kind (what stands behind the three marks), without its marks.
block() {
	awk -v kind="$1" '$0 == "```" { inside = 0 } inside { print } $0 == "```" kind { inside = 1 }' \
		README.md
}

# Links to files, and the pages and scripts it names.
dead_links() {
	{
		grep -o '](\([^)#]*\))' README.md CONTRIBUTING.md | sed 's/.*](\(.*\))/\1/'
		grep -oh '`\(man man\|\./\)[^ `]*' README.md CONTRIBUTING.md | sed 's/^`\(man \)\{0,1\}//'
		grep -oh '`\(lib\|bpf\|tools\|tests\|man\|setup\|pictures\)/[^ `*]*' CONTRIBUTING.md |
			sed 's/^`//'
	} | sort -u | while read -r name; do
		[ -e "$name" ] || echo "$name"
	done
}

# verdict COMMAND: the exit status and the last line that counts claims.
verdict() {
	"$trace" -c sorted.contract sh -c "$1" >out 2>report
	echo "$?, $(cat out), $(grep -E '^[0-9]+ of [0-9]+ claims? hold' report)"
}

# The table of ./try: every demo, with as many claims as its contract has.
rows() {
	sed -n 's/^\(mp-[a-z0-9-]*\)  *\([0-9]* of [0-9]*\) .*/\1 \2/p' README.md
}
demos_and_claims() {
	sed -n 's/^\(mp-[a-z0-9-]*\) .*/\1/p' setup/demos | while read -r demo; do
		claims=$(grep -c '^claim ' "tools/contracts/$demo.contract")
		echo "$demo $claims of $claims"
	done
}

is "README.md shows what becomes of every demo" "$(rows)" "$(demos_and_claims)"
empty "README.md and CONTRIBUTING.md refer to nothing that is not there" dead_links
block contract >"$work/sorted.contract"
cd "$work" || exit 1
is "its contract has ten lines" "$(wc -l <sorted.contract)" 10
is "the contract holds for sort" "$(verdict 'seq 1000 | sort -n | tail -n 1')" \
	"0, 1000, 2 of 2 claims hold"
is "it is broken for cat" "$(verdict 'seq 1000 | cat | tail -n 1')" \
	"1, 1000, 1 of 2 claims holds, 1 broken"
printf '#!/bin/sh\nseq 1000 | sort -n | tail -n 1\n' >my-program
printf '#!/bin/sh\nseq 1000 | cat | tail -n 1\n' >my-mistake
chmod 755 my-program my-mistake
judge="$trace -f tap -o - -c sorted.contract"
ok "prove accepts a program that keeps it" prove --norc --exec "$judge" ./my-program
ok "prove refuses one that does not" \
	sh -c 'prove --norc --exec "$1" "$2" 2>&1 | grep -x "Result: FAIL"' sh "$judge" ./my-mistake
cd "$top" || exit 1
tap_done
