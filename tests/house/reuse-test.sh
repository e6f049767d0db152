#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every file says who holds its copyright and under which licence, as reuse(1) reads it: in itself,
# or in .reuse/dep5, which also old versions of reuse know. usage: reuse-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The sources alone: what was built here is not looked at, whoever owns it.
copy() {
	sources | tar cf - -T - | tar xf - -C "$work"
}

# It says nothing on standard error but that this is no repository, and that dep5 has a successor.
complaints() {
	(cd "$work" && reuse lint) 2>&1 >/dev/null |
		grep -vE "could not find supported VCS|dep5. is deprecated"
}

# What a file says of itself, and what .reuse/dep5 says of it, is the same.
in_two_minds() {
	(cd "$work" && reuse spdx) 2>/dev/null | awk '
		$1 == "FileName:" { file = $2 }
		$1 == "LicenseInfoInFile:" { licences[file] = licences[file] " " $2; all++ }
		$1 == "LicenseInfoInFile:" && ++count[file] > 1 { print file ":" licences[file] }
		END { if (!all) print "reuse tells of no licence" }'
}

# A check that finds nothing wrong with a stray file would be none.
strayed() {
	rm "$work/LICENSES/GPL-2.0-or-later.txt"
	(cd "$work" && reuse lint) >/dev/null 2>&1 && echo "a licence without its text is accepted"
}

ok "the sources can be copied" copy
ok "reuse finds the licence of every file" sh -c 'cd "$1" && reuse lint' sh "$work"
empty "and no line that it cannot read" complaints
empty "and one licence for each" in_two_minds
empty "reuse notices what is missing" strayed
tap_done
