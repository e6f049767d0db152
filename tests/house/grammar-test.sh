#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The grammar of mp-contract(5) has every word that the parser of contracts reads, and no other; that
# it has them at the right places is for tests/judge/parse_grammar.c. usage: grammar-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh

judge=tools/trace/judge

# The forms of the rules that $1 is so for (an expression of awk in `rule`), word by word.
grammar() {
	awk '/^DECLARATION:/ { inside = 1 }
		/^\.Ed/ { inside = 0 }
		inside && /^[A-Z]+:/ { rule = substr($1, 1, length($1) - 1) }
		inside && ('"$1"') { sub(/^[A-Z]+:/, ""); print }' man/mp-contract.5 |
		tr -s '[]| ' '\n' | grep -x '[a-z][a-z]*' | sort -u
}

# In quotes, of what stands on standard input; several words in one pair are several.
quoted() {
	grep -o '"[a-z ]*"' | tr -d '"' | tr -s ' ' '\n' | grep . | sort -u
}

# The words of the table with this name.
table() {
	awk "/ $1\\[\\] = \\{/, /};/" $judge/*.c | quoted
}

# One form is enough: the page says that verbs have two.
verbs() {
	sed -n -e 's/^\tVERB([A-Z_]*, "\([^"]*\)".*/"\1"/p' -e 's/^\tSTATE([A-Z_]*, "\([^"]*\)".*/"\1"/p' \
		$judge/verb.c | quoted
}

singular() {
	sed -e 's/^run$/runs/' | sort -u
}

words() {
	{
		verbs
		for name in keywords units picked counts; do
			table $name
		done
		grep -hoE 'mp_(take|need|is)\([^"]*"[a-z]+"' $judge/*.c | quoted
	} | singular
}

is "every word that is read is in the grammar, and the other way round" \
	"$(grammar 'rule != "RESERVED"' | singular)" "$(words)"
is "and so is every word that cannot be a name" "$(grammar 'rule == "RESERVED"')" "$(table reserved)"
ok "which are many" test "$(words | wc -l)" -gt 80
tap_done
