#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual pages are there, well formed, and refer to pages that exist. usage: pages-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh

listed() {
	sed -n "/^pages/,/^endif/s/'\([^']*\.[0-9]\)'/\n\1\n/gp" man/meson.build |
		grep -x '[a-z0-9_-]*\.[0-9]' | sort
}

lint() {
	# Pages of other projects may be missing on this machine: that says nothing of ours. Of many
	# pages at once mandoc would write its two streams into each other's lines.
	for page in man/*.[0-9]; do
		mandoc -T lint -W style "$page" 2>&1
	done |
		grep -vE 'referenced manual not found|outdated mandoc.db|line longer than 80 bytes'
}

# Every Xr to a page of ours, and every option of See also.
dead_references() {
	sed -n 's/^\.Xr \(mp[_r-][a-z0-9_-]*\) \([0-9]\).*/\1.\2/p' man/*.[0-9] | sort -u |
		while read -r page; do
			[ -e "man/$page" ] || grep -l "^\.Xr ${page%.*} ${page##*.}" man/*.[0-9] |
				sed "s/\$/ refers to $page/"
		done
}

without_section() {
	for page in man/*.1; do
		for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -qx "\.Sh $section" "$page" || echo "$page has no section $section"
		done
	done
	for page in man/*.[357]; do
		for section in NAME DESCRIPTION 'SEE ALSO'; do
			grep -qx "\.Sh $section" "$page" || echo "$page has no section $section"
		done
	done
}

# What the SYNOPSIS of the library's pages shows, and what the library exports, each once.
shown() {
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.F[no] "\{0,1\}\(mp_[a-z0-9_]*\).*/\1/p' \
		man/*.3 | sort
}

exported() {
	sed -n 's/^\t\(mp_[a-z0-9_]*\);$/\1/p' lib/mproc.map | sort
}

# What a page says that its program does not: the long options of the two must be the same.
# (Only where a program has a table of options; tests/cli/ tries what they do.)
is "every page that is listed is there, and the other way round" \
	"$(cd man && ls ./*.[0-9] | sed 's,^\./,,' | sort)" "$(listed)"
empty "mandoc has nothing to say" lint
empty "no page refers to one of ours that does not exist" dead_references
empty "every page has the sections that its readers look for" without_section
is "each function of the library stands in the synopsis of one page" "$(shown)" "$(exported)"
tap_done
