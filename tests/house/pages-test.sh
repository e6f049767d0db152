#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual pages are there, well formed, and refer to pages that exist. usage: pages-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

listed() {
	sed -n "/^pages/,/^endif/s/'\([^']*\.[0-9]\)'/\n\1\n/gp" man/meson.build |
		grep -x '[a-z0-9_-]*\.[0-9]' | sort
}

lint() {
	# Pages of other projects may be missing on this machine: that says nothing of ours. The two
	# streams of mandoc may not meet: it would write the one into the lines of the other.
	for page in man/*.[0-9]; do
		mandoc -T lint -W style "$page" 2>"$work/said"
		cat "$work/said"
	done |
		grep -vE 'referenced manual not found|outdated mandoc.db|line longer than 80 bytes'
}

# Every Xr to a page of ours; those of others may be missing on this machine.
dead_references() {
	grep -h '^\.' man/*.[0-9] | grep -oE '[. ]Xr mp[_r-][a-z0-9_-]* [0-9]' |
		sed 's/^.Xr //; s/ /./' | sort -u | while read -r page; do
		[ -e "man/$page" ] || grep -l "Xr ${page%.*} ${page##*.}" man/*.[0-9] |
			sed "s/\$/ refers to $page/"
	done
}

# The names under which man-db finds a page, as its own reader of headings sees them.
names() {
	lexgrog "$1" | sed -n 's/^[^"]*"\([^ ]*\) - .*/\1/p' | sort
}

# A page has the name of its file; one of the library those of its functions.
wrong_names() {
	for page in man/*.[0-9]; do
		case $page in
		man/mproc.3) expected=$(printf 'mproc\n%s\n' "$(shown "$page")" | sort) ;;
		*.3) expected=$(shown "$page") ;;
		*) expected=$(basename "${page%.*}") ;;
		esac
		[ "$(names "$page")" = "$expected" ] ||
			echo "$page: lexgrog finds '$(names "$page")' and not '$expected'"
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

# What the SYNOPSIS of pages of the library shows, and what the library exports, each once.
shown() {
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.F[no] "\{0,1\}\(mp_[a-z0-9_]*\).*/\1/p' \
		"$@" | sort
}

exported() {
	sed -n 's/^\t\(mp_[a-z0-9_]*\);$/\1/p' lib/mproc.map | sort
}

# All else that the header gives: structures, enumerations, constants, types of functions.
untold() {
	{
		grep -oE '(struct|enum) mp_[a-z0-9_]+' lib/mproc.h | cut -d ' ' -f 2
		grep -oE 'MP_[A-Z0-9_]+' lib/mproc.h
		sed -n 's/^typedef .*[ *]\(mp_[a-z_]*\)(.*/\1/p' lib/mproc.h
	} | sort -u | grep -vx MP_API | while read -r name; do
		grep -qwF -e "$name" man/*.3 || echo "$name is on no page"
	done
}

# FUNCTION ERROR: what the comment above its declaration in the header says it may return.
errors() {
	awk '/^\/\*/ { comment = "" }
		/^\/\*/, /\*\// { comment = comment $0; next }
		match($0, /^MP_API .*mp_[a-z0-9_]+\(/) {
			name = substr($0, RSTART, RLENGTH - 1)
			sub(/.*[ *]/, "", name)
			rest = comment
			while (match(rest, /-E[A-Z0-9]+/)) {
				print name, substr(rest, RSTART, RLENGTH)
				rest = substr(rest, RSTART + RLENGTH)
			}
		}' lib/mproc.h
}

untold_errors() {
	errors | while read -r name error; do
		page=$(grep -l "^\.Nm $name\( ,\)\{0,1\}\$" man/*.3)
		grep -qwF -e "$error" "$page" || echo "$page does not say that $name may be $error"
	done
}

versions() {
	grep -nF "$(version)" man/*.[0-9]
}

newest() {
	sed -n 's/^## \([^ ]*\).*/\1/p' NEWS.md | head -n 1
}

is "every page that is listed is there, and the other way round" \
	"$(cd man && ls ./*.[0-9] | sed 's,^\./,,' | sort)" "$(listed)"
empty "mandoc has nothing to say" lint
empty "no page refers to one of ours that does not exist" dead_references
empty "every page has the sections that its readers look for" without_section
empty "lexgrog finds every page under its names" wrong_names
is "each function of the library stands in the synopsis of one page" "$(shown man/*.3)" "$(exported)"
empty "all else that the header gives is on a page" untold
ok "the header says which errors there are" test "$(errors | wc -l)" -gt 100
empty "and so does the page of each function" untold_errors
empty "no page repeats the version" versions
is "NEWS.md begins with it" "$(newest)" "$(version)"
tap_done
